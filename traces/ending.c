/* SPDX-License-Identifier: Apache-2.0 */
/* Of each thread the objects that it waits for are kept; the rest is replay's. Deadlock: one line for each thread that
 * waits, with the owner of what it waits for, or the sentence that nobody is left. Otherwise: operations that are
 * pending, packets that nobody took, and, when the last foreground thread has ended, the threads that still had
 * something to do: to forget "read_line" is how that happens. */
#include "traces/ending.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many threads, handles and ports are told one by one. */
#define TOLD_MAX 10u

/* What a thread waits for. */
struct wait_of {
    reference *on;
    uint32_t count;
};

struct ending {
    struct record_names names;
    struct wait_of *wait; /* by slot of the thread */
    uint32_t waits;
    struct record end; /* the run-end, when it has come */
    bool failed;
};

struct ending *ending_create(const struct record_names *names)
{
    struct ending *ending = calloc(1, sizeof *ending);

    if (ending != NULL) {
        ending->names = *names;
        ending->end.count = END_COUNT;
    }
    return ending;
}

void ending_destroy(struct ending *ending)
{
    if (ending == NULL) {
        return;
    }
    for (uint32_t i = 0; i < ending->waits; i++) {
        free(ending->wait[i].on);
    }
    free(ending->wait);
    free(ending);
}

bool ending_failed(const struct ending *ending)
{
    return ending->failed;
}

static struct wait_of *wait_at(struct ending *ending, reference thread)
{
    uint32_t slot = reference_slot(thread);
    uint32_t room = ending->waits == 0 ? 64 : ending->waits;
    struct wait_of *grown;

    if (slot < ending->waits) {
        return &ending->wait[slot];
    }
    while (room <= slot) {
        room *= 2;
    }
    grown = realloc(ending->wait, room * sizeof *grown);
    if (grown == NULL) {
        ending->failed = true;
        return NULL;
    }
    memset(grown + ending->waits, 0, (room - ending->waits) * sizeof *grown);
    ending->wait = grown;
    ending->waits = room;
    return &grown[slot];
}

void ending_see(struct ending *ending, const struct record *record, const struct record_batch *batch)
{
    struct wait_of *wait;

    if (record->kind == RECORD_RUN_END) {
        ending->end = *record;
    }
    /* A stored trace may leave the thread out. */
    if (record->kind != RECORD_THREAD_BLOCK || record->thread == REFERENCE_NONE || ending->failed || (wait = wait_at(ending, record->thread)) == NULL) {
        return;
    }
    wait->count = 0;
    if (record->span.length > 0) {
        reference *on = realloc(wait->on, record->span.length * sizeof *on);
        if (on == NULL) {
            ending->failed = true;
            return;
        }
        memcpy(on, batch->list + record->span.first, record->span.length * sizeof *on);
        wait->on = on;
        wait->count = record->span.length;
    }
}

/* Text on its way to a sink. */
struct writing {
    const struct ending *ending;
    const struct replay *replay;
    const struct trace_sink *sink;
    uint32_t told;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void put(struct writing *to, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0 && !to->failed) {
        size_t size = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
        to->failed = !to->sink->write(to->sink->context, text, size);
    }
}

struct name {
    char text[128];
};

static struct name name_of(const struct writing *to, reference object)
{
    struct name name;
    const struct record_names *names = &to->ending->names;
    size_t length = names->of_reference(names->context, object, name.text, sizeof name.text - 1);

    name.text[length < sizeof name.text - 1 ? length : sizeof name.text - 1] = '\0';
    return name;
}

/* Who could end a wait for an object, in words. */
static void put_hope(struct writing *to, reference object)
{
    const struct replay_object *state = replay_object(to->replay, object);
    struct name name = name_of(to, object);

    switch ((enum object_kind)reference_kind(object)) {
    case OBJECT_MUTEX:
        if (state != NULL && state->owner != REFERENCE_NONE) {
            put(to, "which %s owns", name_of(to, state->owner).text);
        } else {
            put(to, "which nobody owns");
        }
        return;
    case OBJECT_EVENT:
        put(to, "and nobody left can set %s", name.text);
        return;
    case OBJECT_SEMAPHORE:
        put(to, "and nobody left can release %s", name.text);
        return;
    case OBJECT_THREAD:
        put(to, "which does not end");
        return;
    case OBJECT_PORT:
        put(to, "and nobody left can post to %s", name.text);
        return;
    case OBJECT_HANDLE:
        put(to, replay_file(to->replay, object)->pending > 0 ? "and nobody left can end what is pending on %s"
                                                             : "and no operation on %s is pending",
            name.text);
        return;
    default:
        put(to, "and nobody left can end that");
        return;
    }
}

/* Whether one more line may be told. */
static bool may_tell(struct writing *to)
{
    if (to->told++ == TOLD_MAX) {
        put(to, "  and more\n");
    }
    return to->told <= TOLD_MAX;
}

static void put_waiting(struct writing *to, reference thread)
{
    uint32_t slot = reference_slot(thread);
    const struct wait_of *wait = slot < to->ending->waits ? &to->ending->wait[slot] : NULL;

    if (wait == NULL || wait->count == 0 || !may_tell(to)) {
        return;
    }
    put(to, "  %s waits for", name_of(to, thread).text);
    for (uint32_t i = 0; i < wait->count && i < TOLD_MAX; i++) {
        put(to, "%s %s, ", i == 0 ? "" : " and", name_of(to, wait->on[i]).text);
        put_hope(to, wait->on[i]);
    }
    put(to, wait->count > TOLD_MAX ? " and for more\n" : "\n");
}

/* Those who wait for something inside. */
static void put_all_waiting(struct writing *to)
{
    to->told = 0;
    for (uint32_t i = 0; i < replay_count(to->replay, OBJECT_THREAD); i++) {
        reference thread = reference_make(OBJECT_THREAD, i);
        const struct replay_thread *state = replay_thread(to->replay, thread);
        if (state != NULL && state->state == REPLAY_BLOCKED && state->why != WHY_READ_LINE) {
            put_waiting(to, thread);
        }
    }
}

/* Operations and packets that nobody has taken. True when there was one. */
static bool put_left_over(struct writing *to)
{
    bool any = false;

    to->told = 0;
    for (uint32_t i = 0; i < replay_count(to->replay, OBJECT_HANDLE); i++) {
        reference handle = reference_make(OBJECT_HANDLE, i);
        const struct replay_object *state = replay_object(to->replay, handle);
        if (state != NULL && state->pending > 0 && may_tell(to)) {
            put(to, "  %u operation%s on %s pending\n", state->pending, state->pending == 1 ? "" : "s",
                name_of(to, handle).text);
            any = true;
        }
    }
    to->told = 0;
    for (uint32_t i = 0; i < replay_count(to->replay, OBJECT_PORT); i++) {
        reference port = reference_make(OBJECT_PORT, i);
        const struct replay_port *state = replay_port(to->replay, port);
        if (state != NULL && state->depth > 0 && may_tell(to)) {
            put(to, "  %u packet%s queued at %s, which nobody took\n", state->depth, state->depth == 1 ? "" : "s",
                name_of(to, port).text);
            any = true;
        }
    }
    return any;
}

/* Threads that time would have brought further: they ran, were ready, or slept. True when there was one. */
static bool put_unfinished(struct writing *to)
{
    bool any = false;

    to->told = 0;
    for (uint32_t i = 0; i < replay_count(to->replay, OBJECT_THREAD); i++) {
        reference thread = reference_make(OBJECT_THREAD, i);
        const struct replay_thread *state = replay_thread(to->replay, thread);
        bool goes_on = state != NULL && (state->state == REPLAY_READY || state->state == REPLAY_RUNNING ||
                                         (state->state == REPLAY_BLOCKED && state->why == WHY_SLEEP));
        if (goes_on && may_tell(to)) {
            put(to, "  %s %s\n", name_of(to, thread).text,
                state->state == REPLAY_READY     ? "could go on"
                : state->state == REPLAY_RUNNING ? "was running"
                                                 : "was asleep");
            any = true;
        }
    }
    return any;
}

bool ending_write(const struct ending *ending, const struct replay *replay, const struct trace_sink *sink)
{
    struct writing to = {.ending = ending, .replay = replay, .sink = sink};
    struct name step;
    size_t length;
    bool any;

    switch ((int)ending->end.count) {
    case END_DEADLOCK:
        put_all_waiting(&to);
        (void)put_left_over(&to);
        break;
    case END_LIVELOCK:
        length = ending->names.of_step(ending->names.context, ending->end.step, step.text, sizeof step.text - 1);
        step.text[length < sizeof step.text - 1 ? length : sizeof step.text - 1] = '\0';
        if (ending->end.thread != REFERENCE_NONE) {
            put(&to, "  %s at %s\n", name_of(&to, ending->end.thread).text, step.text);
        }
        break;
    case END_EXITED:
        any = put_left_over(&to);
        any = put_unfinished(&to) || any;
        if (any) {
            put(&to, "That was still pending; a step \"read_line\" at the end of a foreground thread lets it end first.\n");
        }
        break;
    case END_IDLE:
    case END_STOPPED:
    case END_TIME_LIMIT:
        (void)put_left_over(&to);
        break;
    default:
        break;
    }
    return !to.failed;
}
