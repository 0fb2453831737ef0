/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlock: one line for each thread that waits, with the owner of what it waits for, or the sentence that nobody
 * is left. Otherwise: operations that are pending, packets that nobody took, and, when the last foreground thread has
 * ended, the threads that still had something to do: to forget "read_line" is how that happens. */
#include "traces/ending.h"

#include "traces/writing.h"

/* How many threads, handles and ports are told one by one. */
#define TOLD_MAX 10u

/* What is told of an end, on its way to a sink. */
struct telling {
    struct writing to;
    const struct replay *replay;
    const struct record_names *names;
    uint32_t told;
};

struct name {
    char text[128];
};

static struct name name_of(const struct telling *telling, reference object)
{
    struct name name;

    (void)name_words(telling->names, object, name.text, sizeof name.text);
    return name;
}

/* Who could end a wait for an object, in words. */
static void put_hope(struct telling *telling, reference object)
{
    const struct replay_object *state = replay_object(telling->replay, object);
    struct name name = name_of(telling, object);

    switch ((enum object_kind)reference_kind(object)) {
    case OBJECT_MUTEX:
        if (state != NULL && state->owner != REFERENCE_NONE) {
            writing_put(&telling->to, "which %s owns", name_of(telling, state->owner).text);
        } else {
            writing_put(&telling->to, "which nobody owns");
        }
        return;
    case OBJECT_EVENT:
        writing_put(&telling->to, "and nobody left can set %s", name.text);
        return;
    case OBJECT_SEMAPHORE:
        writing_put(&telling->to, "and nobody left can release %s", name.text);
        return;
    case OBJECT_TASK:
        if (state != NULL && state->owner != REFERENCE_NONE) {
            writing_put(&telling->to, "which the end of a procedure on %s completes", name_of(telling, state->owner).text);
        } else {
            writing_put(&telling->to, "and nobody left can complete %s", name.text);
        }
        return;
    case OBJECT_THREAD:
        writing_put(&telling->to, "which does not end");
        return;
    case OBJECT_PORT:
        writing_put(&telling->to, "and nobody left can post to %s", name.text);
        return;
    case OBJECT_HANDLE:
        if (replay_file(telling->replay, object)->is_drained) {
            writing_put(&telling->to, "of which something is announced that nobody left can finish or take back");
        } else if (replay_file(telling->replay, object)->pending > 0) {
            writing_put(&telling->to, "and nobody left can end what is pending on %s", name.text);
        } else {
            writing_put(&telling->to, "and no operation on %s is pending", name.text);
        }
        return;
    default:
        writing_put(&telling->to, "and nobody left can end that");
        return;
    }
}

/* Whether one more line may be told. */
static bool may_tell(struct telling *telling)
{
    if (telling->told++ == TOLD_MAX) {
        writing_put(&telling->to, "  and more\n");
    }
    return telling->told <= TOLD_MAX;
}

static void put_waiting(struct telling *telling, reference thread)
{
    const struct replay_thread *state = replay_thread(telling->replay, thread);

    if ((state->on_count == 0 && state->why != WHY_SUSPENDED) || !may_tell(telling)) {
        return;
    }
    if (state->why == WHY_SUSPENDED) {
        writing_put(&telling->to, "  %s is suspended, and nobody left can resume it\n", name_of(telling, thread).text);
        return;
    }
    writing_put(&telling->to, "  %s waits for", name_of(telling, thread).text);
    for (uint32_t i = 0; i < state->on_count && i < TOLD_MAX; i++) {
        writing_put(&telling->to, "%s %s, ", i == 0 ? "" : " and", name_of(telling, state->on[i]).text);
        put_hope(telling, state->on[i]);
    }
    writing_put(&telling->to, state->on_count > TOLD_MAX ? " and for more\n" : "\n");
}

/* Those who wait for something inside. */
static void put_all_waiting(struct telling *telling)
{
    telling->told = 0;
    for (uint32_t i = 0; i < replay_count(telling->replay, OBJECT_THREAD); i++) {
        reference thread = reference_make(OBJECT_THREAD, i);
        const struct replay_thread *state = replay_thread(telling->replay, thread);
        if (state != NULL && state->state == REPLAY_BLOCKED && state->why != WHY_READ_LINE) {
            put_waiting(telling, thread);
        }
    }
}

/* Operations and packets that nobody has taken. True when there was one. */
static bool put_left_over(struct telling *telling)
{
    bool any = false;

    telling->told = 0;
    for (uint32_t i = 0; i < replay_count(telling->replay, OBJECT_HANDLE); i++) {
        reference handle = reference_make(OBJECT_HANDLE, i);
        const struct replay_object *state = replay_object(telling->replay, handle);
        if (state != NULL && state->pending > 0 && may_tell(telling)) {
            writing_put(&telling->to, "  %u operation%s on %s pending\n", state->pending,
                        state->pending == 1 ? "" : "s", name_of(telling, handle).text);
            any = true;
        }
    }
    telling->told = 0;
    for (uint32_t i = 0; i < replay_count(telling->replay, OBJECT_PORT); i++) {
        reference port = reference_make(OBJECT_PORT, i);
        const struct replay_port *state = replay_port(telling->replay, port);
        if (state != NULL && state->depth > 0 && may_tell(telling)) {
            writing_put(&telling->to, "  %u packet%s queued at %s, which nobody took\n", state->depth,
                        state->depth == 1 ? "" : "s", name_of(telling, port).text);
            any = true;
        }
    }
    return any;
}

/* Work items that no thread of their pool has taken. True when there was one. */
static bool put_queued_work(struct telling *telling)
{
    bool any = false;

    telling->told = 0;
    for (uint32_t i = 0; i < replay_count(telling->replay, OBJECT_POOL); i++) {
        reference pool = reference_make(OBJECT_POOL, i);
        uint32_t queued = replay_pool(telling->replay, pool)->queued;
        if (queued > 0 && may_tell(telling)) {
            writing_put(&telling->to, "  %u work item%s queued at %s, which no thread took\n", queued,
                        queued == 1 ? "" : "s", name_of(telling, pool).text);
            any = true;
        }
    }
    return any;
}

/* Completions that a pool ignored (fact IOCP-132): no misuse of this run, but memory corrupted on Windows. */
static void put_ignored(struct telling *telling)
{
    telling->told = 0;
    for (uint32_t i = 0; i < replay_count(telling->replay, OBJECT_HANDLE); i++) {
        reference handle = reference_make(OBJECT_HANDLE, i);
        const struct replay_object *state = replay_object(telling->replay, handle);
        if (state != NULL && state->ignored > 0 && may_tell(telling)) {
            writing_put(&telling->to,
                        "warning: %u completion%s on %s without an announcement: no callback, and on Windows corrupted "
                        "memory; 'announce' each operation first\n",
                        state->ignored, state->ignored == 1 ? "" : "s", name_of(telling, handle).text);
        }
    }
}

/* Threads that time would have brought further: they ran, were ready, or slept. True when there was one. */
static bool put_unfinished(struct telling *telling)
{
    bool any = false;

    telling->told = 0;
    for (uint32_t i = 0; i < replay_count(telling->replay, OBJECT_THREAD); i++) {
        reference thread = reference_make(OBJECT_THREAD, i);
        const struct replay_thread *state = replay_thread(telling->replay, thread);
        bool goes_on = state != NULL && (state->state == REPLAY_READY || state->state == REPLAY_RUNNING ||
                                         (state->state == REPLAY_BLOCKED && state->why == WHY_SLEEP));
        if (goes_on && may_tell(telling)) {
            writing_put(&telling->to, "  %s %s\n", name_of(telling, thread).text,
                state->state == REPLAY_READY     ? "could go on"
                : state->state == REPLAY_RUNNING ? "was running"
                                                 : "was asleep");
            any = true;
        }
    }
    return any;
}

bool ending_write(const struct ending *ending, const struct trace_sink *sink)
{
    struct telling telling = {.to = {.sink = sink}, .replay = ending->replay, .names = ending->names};
    struct name step;
    size_t length;
    bool any;

    switch ((int)ending->end->count) {
    case END_DEADLOCK:
        put_all_waiting(&telling);
        (void)put_left_over(&telling);
        (void)put_queued_work(&telling);
        break;
    case END_LIVELOCK:
        length = ending->end->step == NAME_NONE
                     ? 0
                     : ending->names->of_step(ending->names->context, ending->end->step, step.text, sizeof step.text - 1);
        step.text[length < sizeof step.text - 1 ? length : sizeof step.text - 1] = '\0';
        if (ending->end->thread != REFERENCE_NONE) { /* which executes no step where a pool has it for itself */
            writing_put(&telling.to, length > 0 ? "  %s at %s\n" : "  %s\n", name_of(&telling, ending->end->thread).text,
                        step.text);
        }
        break;
    case END_EXITED:
        any = put_left_over(&telling);
        any = put_queued_work(&telling) || any;
        any = put_unfinished(&telling) || any;
        if (any) {
            writing_put(&telling.to, "That was still pending; a step \"read_line\" at the end of a foreground "
                                     "thread lets it end first.\n");
        }
        break;
    case END_IDLE:
    case END_STOPPED:
    case END_TIME_LIMIT:
        (void)put_left_over(&telling);
        (void)put_queued_work(&telling);
        break;
    default:
        break;
    }
    put_ignored(&telling);
    return !telling.to.failed;
}
