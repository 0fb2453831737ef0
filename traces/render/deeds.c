/* SPDX-License-Identifier: Apache-2.0 */
/* Callbacks lie in each other as they ran. A state is cut where a callback begins or ends, so that it lies in what the
 * thread was running, or beside it: no two slices of a thread overlap by halves, whatever a trace says. */
#include "traces/render/deeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/verb.h"
#include "traces/array.h"
#include "traces/path.h"

bool deeds_begin(struct deeds *deeds, const struct scene *scene)
{
    const struct lives *lives = scene->lives;

    *deeds = (struct deeds){.scene = scene};
    deeds->first = malloc((scene->lanes->threads + 1) * sizeof *deeds->first);
    deeds->next = malloc((lives_all(lives) + 1) * sizeof *deeds->next);
    if (deeds->first == NULL || deeds->next == NULL) {
        deeds_end(deeds);
        return false;
    }
    memset(deeds->first, 0xff, (scene->lanes->threads + 1) * sizeof *deeds->first);
    for (size_t i = lives_all(lives); i > 0; i--) {
        reference issuer = lives_at(lives, i - 1)->issuer;
        deeds->next[i - 1] = UINT32_MAX;
        if (issuer != REFERENCE_NONE && reference_slot(issuer) < scene->lanes->threads) {
            deeds->next[i - 1] = deeds->first[reference_slot(issuer)];
            deeds->first[reference_slot(issuer)] = (uint32_t)(i - 1);
        }
    }
    return true;
}

void deeds_end(struct deeds *deeds)
{
    free(deeds->deed);
    free(deeds->first);
    free(deeds->next);
    *deeds = (struct deeds){.scene = NULL};
}

static void add(struct deeds *deeds, const struct deed *deed)
{
    void *items = deeds->deed;

    if (deed->from > deeds->scene->to || deed->to < deeds->scene->from) {
        return;
    }
    if (!array_reach(&items, &deeds->room, deeds->count, sizeof *deed)) {
        deeds->failed = true;
        return;
    }
    deeds->deed = items;
    deeds->deed[deeds->count++] = *deed;
}

/* Callbacks, each within what it ran in; those that did not end, to the end of the run. */
static void add_callbacks(struct deeds *deeds, const struct lane *lane)
{
    sim_time end[256]; /* of the callbacks that are open, by depth */
    uint32_t open = 0;

    for (size_t i = 0; i < lane->callbacks; i++) {
        const struct lane_callback *callback = &lane->callback[i];
        struct deed deed = {.from = callback->begin, .to = callback->end, .op = callback->op, .on = callback->object,
                            .procedure = callback->procedure, .kind = DEED_CALLBACK, .why = callback->why};
        deed.to = deed.to == SIM_NEVER ? deeds->scene->lanes->end : deed.to;
        deed.to = deed.to < deed.from ? deed.from : deed.to; /* time goes back only in a broken trace */
        while (open > 0 && end[open - 1] <= deed.from) {
            open--;
        }
        if (open > 0 && deed.to > end[open - 1]) {
            deed.to = end[open - 1];
        }
        if (open < 256) {
            deed.depth = (uint8_t)open;
            end[open++] = deed.to;
        }
        add(deeds, &deed);
    }
}

/* The first callback boundary behind an instant, of those up to place `*at`, which moves on; SIM_NEVER: none. */
static sim_time next_boundary(const sim_time *boundary, size_t count, size_t *at, sim_time t)
{
    while (*at < count && boundary[*at] <= t) {
        (*at)++;
    }
    return *at < count ? boundary[*at] : SIM_NEVER;
}

static int order_times(const void *left, const void *right)
{
    sim_time a = *(const sim_time *)left;
    sim_time b = *(const sim_time *)right;

    return a < b ? -1 : a > b;
}

/* Whether a piece of a lane is a slice: what is running in a callback is told by the callback. */
static bool is_piece(const struct lane *lane, const struct lane_stretch *stretch, sim_time from)
{
    return stretch->state == REPLAY_READY || stretch->state == REPLAY_BLOCKED || stretch->state == REPLAY_PARKED ||
           (stretch->state == REPLAY_RUNNING && lane_callback_at(lane, from) == SIZE_MAX);
}

/* States, cut at the boundaries of callbacks. */
static void add_states(struct deeds *deeds, const struct lane *lane)
{
    sim_time *boundary = malloc((2 * lane->callbacks + 1) * sizeof *boundary);
    size_t count = 0;
    size_t at = 0;

    if (boundary == NULL) {
        deeds->failed = true;
        return;
    }
    for (size_t i = 0; i < lane->callbacks; i++) {
        boundary[count++] = lane->callback[i].begin;
        boundary[count++] = lane->callback[i].end;
    }
    qsort(boundary, count, sizeof *boundary, order_times);
    for (size_t i = 0; i < lane->count; i++) {
        const struct lane_stretch *stretch = &lane->stretch[i];
        sim_time end = i + 1 < lane->count ? lane->stretch[i + 1].t : deeds->scene->lanes->end;
        struct deed deed = {.from = stretch->t, .on = stretch->on, .procedure = NAME_NONE, .kind = DEED_STATE,
                            .state = stretch->state, .why = stretch->why};
        deed.on = stretch->state == REPLAY_RUNNING ? REFERENCE_NONE : deed.on;
        deed.why = stretch->state == REPLAY_RUNNING ? WHY_NONE : deed.why;
        while (deed.from < end) {
            sim_time cut = next_boundary(boundary, count, &at, deed.from);
            deed.to = cut < end ? cut : end;
            if (is_piece(lane, stretch, deed.from)) {
                add(deeds, &deed);
            }
            deed.from = deed.to;
        }
    }
    free(boundary);
}

static int order_deeds(const void *left, const void *right)
{
    const struct deed *a = left;
    const struct deed *b = right;
    bool a_takes_time = a->to > a->from;
    bool b_takes_time = b->to > b->from;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a_takes_time != b_takes_time) {
        return a_takes_time ? 1 : -1;
    }
    if (a->to != b->to) {
        return a->to > b->to ? -1 : 1;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->depth != b->depth) {
        return a->depth < b->depth ? -1 : 1;
    }
    return a->op < b->op ? -1 : a->op > b->op;
}

bool deeds_of(struct deeds *deeds, uint32_t slot)
{
    const struct lane *lane = &deeds->scene->lanes->thread[slot];

    deeds->count = 0;
    add_callbacks(deeds, lane);
    add_states(deeds, lane);
    for (uint32_t i = deeds->first[slot]; i != UINT32_MAX && !deeds->failed; i = deeds->next[i]) {
        const struct life *life = lives_at(deeds->scene->lives, i);
        add(deeds, &(struct deed){.from = life->at[LIFE_ISSUED], .to = life->at[LIFE_ISSUED], .op = life->op,
                                  .on = life->object, .procedure = NAME_NONE, .place = i, .kind = DEED_ISSUE});
    }
    if (deeds->count > 0) {
        qsort(deeds->deed, deeds->count, sizeof *deeds->deed, order_deeds);
    }
    return !deeds->failed;
}

void deed_words(const struct deeds *deeds, const struct deed *deed, char *words, size_t room)
{
    switch ((enum deed_kind)deed->kind) {
    case DEED_CALLBACK:
        snprintf(words, room, "%s", scene_procedure(deeds->scene, deed->procedure).text);
        if (words[0] == '\0') {
            snprintf(words, room, "callback");
        }
        return;
    case DEED_ISSUE:
        scene_deed(deeds->scene, lives_at(deeds->scene->lives, deed->place), words, room);
        return;
    case DEED_STATE:
        break;
    }
    if (deed->state == REPLAY_BLOCKED) {
        snprintf(words, room, "blocked: %s", record_why_name((enum record_why)deed->why));
    } else {
        snprintf(words, room, "%s", deed->state == REPLAY_PARKED ? "parked" : deed->state == REPLAY_RUNNING ? "running" : "ready");
    }
}
