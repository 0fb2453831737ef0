/* SPDX-License-Identifier: Apache-2.0 */
/* Who waits for what: a thread points to what it waits for, a mutex to its owner, a handle or port to nobody. Where
 * this leads back to the thread, all on the way is painted: that is a deadlock. The state of an earlier instant is
 * folded anew from the records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/render/graph.h"
#include "traces/writing.h"

/* At most so many threads that wait are drawn. */
#define WAITERS 60u

struct waits {
    const struct scene *scene;
    const struct replay *replay;
    struct out out;
    reference waiter[WAITERS];
    uint32_t count, in_all;
    bool in_circle[WAITERS];
};

/* Whom a thread waits for: the owner of the first mutex that another has, or the first thread that has not ended;
 * REFERENCE_NONE: nobody. */
static reference next_thread(const struct waits *to, reference thread, reference *through)
{
    const struct replay_thread *state = replay_thread(to->replay, thread);

    for (uint32_t i = 0; state != NULL && state->state == REPLAY_BLOCKED && i < state->on_count; i++) {
        const struct replay_object *object = replay_object(to->replay, state->on[i]);
        const struct replay_thread *other =
            reference_kind(state->on[i]) == OBJECT_THREAD ? replay_thread(to->replay, state->on[i]) : NULL;
        *through = state->on[i];
        if (other != NULL && other->state != REPLAY_ENDED) {
            return state->on[i];
        }
        /* A mutex of its own would let it through. */
        if (reference_kind(state->on[i]) == OBJECT_MUTEX && object != NULL && object->owner != REFERENCE_NONE &&
            object->owner != thread) {
            return object->owner;
        }
    }
    return REFERENCE_NONE;
}

/* Whether a thread comes back to itself. */
static bool is_in_circle(const struct waits *to, reference thread)
{
    reference through;
    reference at = next_thread(to, thread, &through);

    for (uint32_t i = 0; i <= to->in_all && at != REFERENCE_NONE; i++) {
        if (at == thread) {
            return true;
        }
        at = next_thread(to, at, &through);
    }
    return false;
}

static void put_id(struct out *out, reference object)
{
    out_put(out, "\"%s%u\"", object_kind_name((enum object_kind)reference_kind(object)), reference_slot(object));
}

static void put_thread(struct waits *to, reference thread, bool in_circle)
{
    const struct replay_thread *state = replay_thread(to->replay, thread);
    enum thread_type type = state == NULL ? THREAD_TYPE_USER : (enum thread_type)state->type;

    out_text(&to->out, "    ");
    put_id(&to->out, thread);
    out_text(&to->out, " [shape=box, style=\"filled,rounded\", ");
    graph_type(&to->out, type);
    out_put(&to->out, "%s, label=\"", in_circle ? ", color=\"#CC3311\", penwidth=4" : "");
    out_label(&to->out, scene_name(to->scene, thread).text);
    out_put(&to->out, "\\n%s", thread_type_name(type));
    if (state != NULL && state->state == REPLAY_BLOCKED) {
        out_put(&to->out, "\\n%s since %s", record_why_name((enum record_why)state->why), span_words(state->since).text);
        if (state->deadline != SIM_NEVER) {
            out_put(&to->out, ",\\nuntil %s at the latest", span_words(state->deadline).text);
        }
    }
    out_text(&to->out, "\"]\n");
}

/* What is waited for, and whom it leads to. */
static void put_object(struct waits *to, reference object)
{
    const struct replay_object *state = replay_object(to->replay, object);
    enum object_kind kind = (enum object_kind)reference_kind(object);

    out_text(&to->out, "    ");
    put_id(&to->out, object);
    out_put(&to->out, " [shape=%s, label=\"%s ", kind == OBJECT_MUTEX ? "diamond" : "ellipse", object_kind_name(kind));
    out_label(&to->out, scene_name(to->scene, object).text);
    if (kind == OBJECT_MUTEX && state != NULL) {
        out_text(&to->out, state->owner == REFERENCE_NONE ? "\\nno owner" : "");
    }
    out_text(&to->out, "\"]\n");
}

/* Whether an object, or a thread that is only waited for, was drawn for an earlier waiter. */
static bool was_drawn(const struct waits *to, reference object, uint32_t waiter, uint32_t place)
{
    for (uint32_t i = 0; i <= waiter; i++) {
        const struct replay_thread *state = replay_thread(to->replay, to->waiter[i]);
        uint32_t end = i == waiter ? place : state->on_count;
        for (uint32_t j = 0; j < end; j++) {
            if (state->on[j] == object) {
                return true;
            }
        }
    }
    return false;
}

static bool is_waiter(const struct waits *to, reference thread)
{
    for (uint32_t i = 0; i < to->count; i++) {
        if (to->waiter[i] == thread) {
            return true;
        }
    }
    return false;
}

/* An owner that does not wait itself has no box yet, unless another mutex gave it one. */
static void put_owner(struct waits *to, reference mutex, bool in_circle)
{
    const struct replay_object *state = replay_object(to->replay, mutex);

    if (state == NULL || state->owner == REFERENCE_NONE) {
        return;
    }
    if (!is_waiter(to, state->owner)) {
        put_thread(to, state->owner, false);
    }
    out_text(&to->out, "    ");
    put_id(&to->out, mutex);
    out_text(&to->out, " -> ");
    put_id(&to->out, state->owner);
    out_put(&to->out, " [label=\"owned by\"%s]\n", in_circle ? ", color=\"#CC3311\", penwidth=3" : "");
}

/* What one thread waits for. */
static void put_waiter(struct waits *to, uint32_t waiter)
{
    reference thread = to->waiter[waiter];
    const struct replay_thread *state = replay_thread(to->replay, thread);
    reference on_way = REFERENCE_NONE;
    bool in_circle = to->in_circle[waiter];

    (void)next_thread(to, thread, &on_way);
    put_thread(to, thread, in_circle);
    for (uint32_t i = 0; i < state->on_count; i++) {
        reference object = state->on[i];
        bool leads_back = in_circle && object == on_way;
        if (!was_drawn(to, object, waiter, i)) {
            if (reference_kind(object) != OBJECT_THREAD) {
                put_object(to, object);
            } else if (!is_waiter(to, object)) {
                put_thread(to, object, false);
            }
            if (reference_kind(object) == OBJECT_MUTEX) {
                put_owner(to, object, leads_back);
            }
        }
        out_text(&to->out, "    ");
        put_id(&to->out, thread);
        out_text(&to->out, " -> ");
        put_id(&to->out, object);
        out_put(&to->out, " [label=\"waits for\", style=%s%s]\n", leads_back ? "bold" : "dashed",
                leads_back ? ", color=\"#CC3311\", penwidth=3" : "");
    }
    if (state->on_count == 0) {
        out_put(&to->out, "    \"outside%u\" [shape=plaintext, style=\"\", label=\"%s\"]\n    ", waiter,
                state->why == WHY_READ_LINE ? "the outside" : "time, or a call to return");
        put_id(&to->out, thread);
        out_put(&to->out, " -> \"outside%u\" [style=dashed]\n", waiter);
    }
}

/* The state at an instant: the records up to it, folded. NULL when there is no memory. */
static struct replay *state_at(const struct scene *scene, sim_time at)
{
    struct replay *replay = replay_create(scene->cast);
    struct record_batch batch = kept_batch(scene->kept);

    for (size_t i = 0; replay != NULL && i < scene->kept->count && scene->kept->record[i].t <= at; i++) {
        replay_see(replay, &scene->kept->record[i], &batch);
    }
    return replay;
}

static void gather(struct waits *to)
{
    for (uint32_t i = 0; i < replay_count(to->replay, OBJECT_THREAD); i++) {
        const struct replay_thread *thread = replay_thread(to->replay, reference_make(OBJECT_THREAD, i));
        if (thread != NULL && thread->state == REPLAY_BLOCKED) {
            if (to->count < WAITERS) {
                to->waiter[to->count++] = reference_make(OBJECT_THREAD, i);
            }
            to->in_all++;
        }
    }
    for (uint32_t i = 0; i < to->count; i++) {
        to->in_circle[i] = is_in_circle(to, to->waiter[i]);
    }
}

bool graph_waits(const struct scene *scene, sim_time at, const struct trace_sink *sink)
{
    struct replay *folded = at == SIM_NEVER || scene->kept == NULL ? NULL : state_at(scene, at);
    struct waits to = {.scene = scene, .replay = folded == NULL ? scene->replay : folded};
    uint32_t circle = 0;
    char what[160];
    bool good = folded == NULL ? at == SIM_NEVER : !replay_failed(folded);

    gather(&to);
    for (uint32_t i = 0; i < to.count; i++) {
        circle += to.in_circle[i];
    }
    snprintf(what, sizeof what, "who waits for what at %s: %u thread%s, %s%s", span_words(at == SIM_NEVER ? scene->lanes->end : at).text,
             to.in_all, to.in_all == 1 ? "" : "s", circle > 0 ? "some in a circle, painted red" : "no circle",
             to.in_all > to.count ? " among the first 60, which are drawn" : "");
    out_begin(&to.out, sink);
    graph_begin(&to.out, scene, what);
    for (uint32_t i = 0; i < to.count; i++) {
        put_waiter(&to, i);
    }
    out_text(&to.out, "}\n");
    replay_destroy(folded);
    return out_end(&to.out) && good;
}
