/* SPDX-License-Identifier: Apache-2.0 */
/* One cursor goes from the issue to the end and never back, and each segment begins where the one before it ended:
 * so they sum to the latency whatever the trace says. Where an operation waits for a thread, the time is told by what
 * that thread did meanwhile: who freed the slot for the taker, or the taker itself. Where it waits for its device, by
 * the operations that were served, each behind the one that made room for it. */
#include "traces/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/writing.h"

/* A walk along one operation. */
struct walk {
    struct path *path;
    const struct lanes *lanes;
    const struct lives *lives;
    const struct life *life;
    sim_time at;
};

/* The segment up to `to` is like this. */
static void walk_to(struct walk *walk, sim_time to, const struct segment *like)
{
    void *items = walk->path->segment;

    if (to == SIM_NEVER || to <= walk->at || walk->path->failed) {
        return;
    }
    if (!array_reach(&items, &walk->path->room, walk->path->count, sizeof *like)) {
        walk->path->failed = true;
        return;
    }
    walk->path->segment = items;
    walk->path->segment[walk->path->count] = *like;
    walk->path->segment[walk->path->count].from = walk->at;
    walk->path->segment[walk->path->count++].to = to;
    walk->at = to;
}

size_t lane_callback_at(const struct lane *lane, sim_time t)
{
    size_t first = 0;
    size_t end = lane->callbacks;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (lane->callback[middle].begin <= t) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    while (first > 0 && lane->callback[first - 1].end <= t && lane->callback[first - 1].depth > 0) {
        first--;
    }
    return first == 0 || lane->callback[first - 1].end <= t ? SIZE_MAX : first - 1;
}

/* When what a thread does next changes after `t`, `end` at the latest. */
static sim_time next_change(const struct lane *lane, sim_time t, size_t stretch, sim_time end)
{
    size_t innermost = lane_callback_at(lane, t);
    size_t next = innermost == SIZE_MAX ? 0 : innermost + 1;
    size_t last = lane->callbacks;
    sim_time change = end;

    while (next < last) { /* the first that begins after t */
        size_t middle = next + (last - next) / 2;
        if (lane->callback[middle].begin <= t) {
            next = middle + 1;
        } else {
            last = middle;
        }
    }
    if (next < lane->callbacks && lane->callback[next].begin < change) {
        change = lane->callback[next].begin;
    }
    if (innermost != SIZE_MAX && lane->callback[innermost].end < change) {
        change = lane->callback[innermost].end;
    }
    stretch = stretch == SIZE_MAX ? 0 : stretch + 1;
    return stretch < lane->count && lane->stretch[stretch].t < change ? lane->stretch[stretch].t : change;
}

/* What the kind of a segment is while a thread that runs the operation's own callback is in a state. */
static enum segment_kind kind_of_state(enum replay_thread_state state)
{
    return state == REPLAY_READY     ? SEGMENT_READY
           : state == REPLAY_RUNNING ? SEGMENT_RUN
                                     : SEGMENT_BLOCKED;
}

/* Up to `to` the time is told by what a thread does. `kind`: SEGMENT_QUEUE, SEGMENT_WAKE or SEGMENT_RUN. */
static void walk_thread(struct walk *walk, reference thread, sim_time to, enum segment_kind kind)
{
    const struct lane *lane = thread == REFERENCE_NONE || reference_slot(thread) >= walk->lanes->threads
                                  ? NULL
                                  : &walk->lanes->thread[reference_slot(thread)];

    /* What a busy thread does while thousands wait for it is not looked at for each of them, where only sums are wanted. */
    lane = walk->path->is_coarse && kind != SEGMENT_RUN ? NULL : lane;
    while (lane != NULL && walk->at < to && to != SIM_NEVER && !walk->path->failed) {
        size_t at = lane_at(lane, walk->at);
        size_t callback = lane_callback_at(lane, walk->at);
        const struct lane_stretch *stretch = at == SIZE_MAX ? NULL : &lane->stretch[at];
        struct segment like = {.kind = (uint8_t)kind, .thread = thread, .on = walk->life->port, .by = REFERENCE_NONE,
                               .procedure = NAME_NONE};
        if (stretch != NULL) {
            like.state = stretch->state;
            like.why = stretch->why;
        }
        if (callback != SIZE_MAX && lane->callback[callback].op != walk->life->op) {
            like.procedure = lane->callback[callback].procedure;
            like.op = lane->callback[callback].op;
        }
        if (kind == SEGMENT_RUN) {
            like.kind = (uint8_t)kind_of_state((enum replay_thread_state)like.state);
            like.procedure = callback == SIZE_MAX ? walk->life->procedure : lane->callback[callback].procedure;
        }
        if (stretch != NULL && stretch->state == REPLAY_BLOCKED) {
            like.on = stretch->on;
            like.by = at + 1 < lane->count ? lane_woken_by(lane, lane->stretch[at + 1].t) : REFERENCE_NONE;
        }
        sim_time change = next_change(lane, walk->at, at, to);
        walk_to(walk, change > walk->at ? change : to, &like);
    }
    walk_to(walk, to, &(struct segment){.kind = (uint8_t)kind, .thread = thread, .on = walk->life->port,
                                        .by = REFERENCE_NONE, .procedure = NAME_NONE});
}

/* How far back the operations that were served before are followed. */
#define BEHIND_MAX 64

/* The wait for a device: each stretch of it by the operation that was served in the place that came free. */
static void walk_wait(struct walk *walk, const struct life *life)
{
    const struct life *before[BEHIND_MAX];
    uint32_t count = 0;
    struct segment like = {.kind = SEGMENT_WAIT, .thread = REFERENCE_NONE, .on = life->device, .by = REFERENCE_NONE,
                           .procedure = NAME_NONE};

    for (const struct life *at = life; at->behind != 0 && count < BEHIND_MAX;) {
        const struct life *next = lives_find(walk->lives, at->behind);
        if (next == NULL || next->at[LIFE_SERVED] <= walk->at) {
            break;
        }
        before[count++] = next;
        at = next;
    }
    while (count > 0) {
        sim_time to = before[--count]->at[LIFE_SERVED];
        like.op = before[count]->op;
        walk_to(walk, to < life->at[LIFE_BEGUN] ? to : life->at[LIFE_BEGUN], &like);
    }
    like.op = 0;
    walk_to(walk, life->at[LIFE_BEGUN], &like);
}

/* Up to an instant it is in the call, or with the far end. */
static void walk_call(struct walk *walk, sim_time to)
{
    walk_to(walk, to, &(struct segment){.kind = SEGMENT_CALL, .thread = REFERENCE_NONE, .on = walk->life->object, .by = REFERENCE_NONE,
                                        .procedure = NAME_NONE});
}

/* At its device: the wait for it, and its service. */
static void walk_device(struct walk *walk, const struct life *life)
{
    struct segment like = {.kind = SEGMENT_WAIT, .thread = REFERENCE_NONE, .on = life->device, .by = REFERENCE_NONE, .procedure = NAME_NONE};

    if (life->at[LIFE_WAITED] != SIM_NEVER) {
        walk_call(walk, life->at[LIFE_WAITED]);
        if (life->at[LIFE_BEGUN] != SIM_NEVER) {
            walk_wait(walk, life);
        } else {
            walk_to(walk, life->at[LIFE_ENDED], &like);
        }
    }
    walk_call(walk, life->at[LIFE_BEGUN]);
    like.kind = SEGMENT_SERVICE;
    walk_to(walk, life->at[LIFE_SERVED], &like);
    walk_call(walk, life->at[LIFE_ENDED]);
}

bool path_of(struct path *path, const struct lanes *lanes, const struct lives *lives, const struct life *life)
{
    struct walk walk = {path, lanes, lives, life, life->at[LIFE_ISSUED]};
    /* Work that a pool is to do for the call is queued before the operation, and not after it. */
    bool is_before = life->at[LIFE_QUEUED] != SIM_NEVER && life->at[LIFE_ENDED] != SIM_NEVER && life->n[LIFE_QUEUED] < life->n[LIFE_ENDED];
    sim_time at_device = life->at[LIFE_WAITED] != SIM_NEVER ? life->at[LIFE_WAITED] : life->at[LIFE_BEGUN];

    path->count = 0;
    path->failed = false;
    if (is_before) {
        walk_call(&walk, life->at[LIFE_QUEUED]);
        walk_thread(&walk, life->taker, life->at[LIFE_TAKEN], SEGMENT_QUEUE);
        walk_thread(&walk, life->taker, at_device, SEGMENT_WAKE);
    }
    walk_device(&walk, life);
    if (life->at[LIFE_QUEUED] != SIM_NEVER && !is_before) {
        if (life->handed_by != REFERENCE_NONE) {
            walk_thread(&walk, life->handed_by, life->at[LIFE_QUEUED], SEGMENT_WAKE);
        }
        walk_call(&walk, life->at[LIFE_QUEUED]);
        walk_thread(&walk, life->freed_by != REFERENCE_NONE ? life->freed_by : life->taker, life->at[LIFE_TAKEN],
                    SEGMENT_QUEUE);
    }
    walk_thread(&walk, life->taker, life->at[LIFE_TAKEN], SEGMENT_WAKE);
    walk_thread(&walk, life->taker, life->at[LIFE_BEGAN], SEGMENT_WAKE);
    walk_thread(&walk, life->taker, life->at[LIFE_DONE], SEGMENT_RUN);
    return !path->failed;
}

void path_release(struct path *path)
{
    free(path->segment);
    memset(path, 0, sizeof *path);
}

const char *segment_kind_name(enum segment_kind kind)
{
    static const char *const names[] = {"call", "device wait", "service", "queue", "wake", "run", "ready", "blocked"};

    return names[kind];
}

void path_sums(const struct path *path, sim_span sums[SEGMENT_KINDS])
{
    memset(sums, 0, SEGMENT_KINDS * sizeof *sums);
    for (size_t i = 0; i < path->count; i++) {
        sums[path->segment[i].kind] += path->segment[i].to - path->segment[i].from;
    }
}

/* A thread runs: what, and for which operation. */
static void run_words(const struct segment *segment, struct path_names names, char *words, size_t room)
{
    const struct record_names *of = names.names;
    char procedure[256] = "";
    char op[256] = "";

    if (segment->procedure != NAME_NONE) {
        size_t length = of->of_procedure(of->context, segment->procedure, procedure, sizeof procedure - 1);
        procedure[length < sizeof procedure - 1 ? length : sizeof procedure - 1] = '\0';
    }
    if (segment->op != 0) {
        lives_name(names.lives, segment->op, op, sizeof op);
    }
    snprintf(words, room, "runs%s%s%s%s", procedure[0] == '\0' ? "" : " ", procedure, op[0] == '\0' ? "" : " ", op);
}

/* A thread is blocked: why, on what, and who lets it go on. */
static void block_words(const struct segment *segment, struct path_names names, char *words, size_t room)
{
    char on[256] = "";
    char by[256] = "";

    if (segment->on != REFERENCE_NONE && segment->why != WHY_SLEEP && segment->why != WHY_READ_LINE) {
        name_words(names.names, segment->on, on, sizeof on);
    }
    if (segment->by != REFERENCE_NONE) {
        name_words(names.names, segment->by, by, sizeof by);
    }
    snprintf(words, room, "is blocked (%s%s%s%s%s)", record_why_name((enum record_why)segment->why), on[0] == '\0' ? "" : " on ", on,
             by[0] == '\0' ? "" : ", until released by ", by);
}

/* What a thread does that an operation waits for. */
static void thread_words(const struct segment *segment, struct path_names names, char *words, size_t room)
{
    switch ((enum replay_thread_state)segment->state) {
    case REPLAY_RUNNING:
        run_words(segment, names, words, room);
        return;
    case REPLAY_READY:
        snprintf(words, room, "waits for a processor");
        return;
    case REPLAY_BLOCKED:
        block_words(segment, names, words, room);
        return;
    case REPLAY_PARKED:
        snprintf(words, room, "is parked%s", segment->on != REFERENCE_NONE && reference_kind(segment->on) == OBJECT_PORT
                                                  ? " while others have the slots"
                                                  : "");
        return;
    case REPLAY_UNBORN:
        snprintf(words, room, "has not begun");
        return;
    case REPLAY_ENDED:
    case REPLAY_THREAD_STATES:
        break;
    }
    snprintf(words, room, "has ended");
}

void segment_words(const struct segment *segment, struct path_names names, char *words, size_t room)
{
    char thread[256] = "";
    char on[256] = "";
    char does[900] = "";

    if (segment->thread != REFERENCE_NONE) {
        name_words(names.names, segment->thread, thread, sizeof thread);
        thread_words(segment, names, does, sizeof does);
    }
    if (segment->on != REFERENCE_NONE) {
        name_words(names.names, segment->on, on, sizeof on);
    }
    switch ((enum segment_kind)segment->kind) {
    case SEGMENT_CALL:
        snprintf(words, room, "%s%swaits for the far end, or for the call to return", on, on[0] == '\0' ? "" : ": ");
        return;
    case SEGMENT_WAIT:
        if (segment->op != 0) {
            lives_name(names.lives, segment->op, does, sizeof does);
        }
        snprintf(words, room, "%s serves %s first", on, segment->op == 0 ? "others" : does);
        return;
    case SEGMENT_SERVICE:
        snprintf(words, room, "%s serves it", on[0] == '\0' ? "its device" : on);
        return;
    case SEGMENT_QUEUE:
        snprintf(words, room, "waits for %s, which %s", thread[0] == '\0' ? "a thread" : thread,
                 thread[0] == '\0' ? "is not there" : does);
        return;
    case SEGMENT_WAKE:
        snprintf(words, room, "%s has it, and %s", thread, does);
        return;
    case SEGMENT_RUN:
    case SEGMENT_READY:
    case SEGMENT_BLOCKED:
        snprintf(words, room, "%s %s", thread, does);
        return;
    case SEGMENT_KINDS:
        break;
    }
    words[0] = '\0';
}
