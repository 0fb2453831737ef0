/* SPDX-License-Identifier: Apache-2.0 */
/* Causes, as the record vocabulary gives them. Where it determines the very record, that record is demanded;
 * else its kind, its step, and that it is about the same thread, object or operation. */
#include "traces/rules.h"

/* A record with its cause. */
struct caused {
    const struct past *past;
    const struct record *record, *cause;
};

static bool is(const struct caused *at, enum record_kind kind)
{
    return at->cause->kind == kind;
}

static bool in_step(const struct caused *at, enum record_kind kind)
{
    return is(at, kind) && at->cause->step_n == at->record->step_n;
}

static bool of_thread(const struct caused *at, enum record_kind kind)
{
    return is(at, kind) && at->cause->thread == at->record->thread;
}

static bool of_op(const struct caused *at, enum record_kind kind)
{
    return is(at, kind) && at->cause->op == at->record->op;
}

/* Whether the cause is the end of the record's own operation, by itself or in its call. */
static bool of_end(const struct caused *at)
{
    return of_op(at, RECORD_OP_COMPLETE) || of_op(at, RECORD_OP_IMMEDIATE);
}

/* What a thread's own verb leaves: caused by what last set the thread going. */
static bool by_verb(const struct caused *at)
{
    return at->record->thread != REFERENCE_NONE &&
           at->record->cause == past_latest(at->past, at->record->thread);
}

/* What makes a pool have another thread that serves its port: a handle comes to be bound or used, one of them gets a
 * packet, the gate looks round or has taken one. */
static bool serves_port(const struct caused *at, reference pool)
{
    reference thread = at->cause->thread;
    const struct replay_thread *by = thread == REFERENCE_NONE ? NULL : replay_thread(at->past->replay, thread);
    bool is_own = by != NULL && by->pool == pool && (by->is_completion || by->type == THREAD_TYPE_GATE);

    if (at->record->type != THREAD_TYPE_COMPLETION_PORT && at->record->type != THREAD_TYPE_IO_POLLER &&
        at->record->type != THREAD_TYPE_GATE) {
        return false;
    }
    if (at->record->type == THREAD_TYPE_IO_POLLER && thread != REFERENCE_NONE && at->record->cause == past_latest(at->past, thread)) {
        return true; /* before something is posted */
    }
    return in_step(at, RECORD_OP_ISSUE) || in_step(at, RECORD_HANDLE_ASSOCIATE) || in_step(at, RECORD_PACKET_POST) ||
           (is_own && at->record->cause == past_latest(at->past, thread));
}

/* What a pool reacts to: its work, or what its own threads do; a tick, what made it wait for that. */
static bool by_pool(const struct caused *at)
{
    reference pool = at->record->kind == RECORD_THREAD_CREATE ? at->record->which : at->record->object;
    reference thread = at->cause->thread;
    bool is_own = thread != REFERENCE_NONE && replay_thread(at->past->replay, thread)->pool == pool;

    if (is(at, RECORD_WORK_QUEUE)) {
        const struct record *queued =
            past_in_step(at->past, at->record, (struct past_like){RECORD_WORK_QUEUE, REFERENCE_NONE, pool, 0});
        return at->cause->object == pool && (queued == NULL || queued->n == at->record->cause);
    }
    if (at->record->kind == RECORD_THREAD_CREATE && at->record->type != THREAD_TYPE_WORKER &&
        (in_step(at, RECORD_TIMER_SET) || in_step(at, RECORD_WAIT_REGISTER))) {
        return true; /* who waits for timers, or for what is registered */
    }
    if (serves_port(at, pool)) {
        return true;
    }
    if (replay_pool(at->past->replay, pool)->has_requests || at->record->type == THREAD_TYPE_GATE) {
        return (at->cause->step_n == at->record->step_n && (at->cause->object == pool || is_own)) ||
               (is_own && at->cause->n == past_latest(at->past, thread));
    }
    return ((is(at, RECORD_THREAD_BLOCK) || is(at, RECORD_PORT_WAIT)) && is_own) || is(at, RECORD_THREAD_EXIT) ||
           (is(at, RECORD_CALLBACK_BEGIN) && is_own);
}

/* What moves a pool's target: a round of the gate, a look of hill climbing, the end of a worker, limits that were set, each
 * the record before it; or a verb, and the gate when workers wait for tasks. */
static bool moves_target(const struct caused *at)
{
    if (at->record->why == WHY_STARVATION || at->record->why == WHY_CLIMB || at->record->why == WHY_THREAD_TIMED_OUT) {
        return at->cause->step_n == at->record->step_n &&
               (is(at, RECORD_GATE_ROUND) || is(at, RECORD_CLIMB) || is(at, RECORD_THREAD_EXIT));
    }
    if (at->record->why == WHY_MIN_RAISED || at->record->why == WHY_MAX_LOWERED) {
        return in_step(at, RECORD_POOL_LIMITS);
    }
    return by_verb(at);
}

/* The latest record that tells of a timer or a registered wait. */
static const struct record *last_of_object(const struct caused *at)
{
    for (size_t i = at->past->kept.count; i > 0; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        if (record->object == at->record->object && record->object != REFERENCE_NONE && record->kind != RECORD_OUTCOME) {
            return record;
        }
    }
    return NULL;
}

/* What no thread waits for: a timer fires, and a registered wait takes too long, because it was set, or has fired
 * before; and what is over for ever ends with that. */
static bool by_itself(const struct caused *at)
{
    const struct record *last = last_of_object(at);

    if (at->record->kind == RECORD_WAIT_FIRE && at->record->why == WHY_SIGNALLED) {
        return at->cause->step_n == at->record->step_n;
    }
    return last != NULL && at->record->cause == last->n;
}

/* What nobody queues: the end of an operation, an item of a load, a timer or a registered wait for which no thread waits. */
static bool queued_by_itself(const struct caused *at)
{
    if (is(at, RECORD_TIMER_FIRE) || is(at, RECORD_WAIT_FIRE)) {
        struct past_like like = {(enum record_kind)at->cause->kind, REFERENCE_NONE, REFERENCE_NONE, 0};
        return past_in_step(at->past, at->record, like) == at->cause;
    }
    return (of_end(at) || is(at, RECORD_ITEM_ARRIVE)) && at->cause->step_n == at->record->step_n;
}

/* A declared thread starts by itself; another is started by a verb of a thread that runs. */
static bool creation(const struct caused *at)
{
    if (is(at, RECORD_RUN_BEGIN) && (at->record->absent & 4) == 0) {
        return true; /* of a pool that begins with so many */
    }
    if ((at->record->absent & 4) == 0) {
        return by_pool(at);
    }
    if (is(at, RECORD_RUN_BEGIN)) {
        return at->past->kept.count == 0 || at->past->kept.record[at->past->kept.count - 1].step_n != at->record->step_n;
    }
    if (is(at, RECORD_ITEM_ARRIVE)) {
        return at->cause->n + 1 == at->record->n && at->cause->item == at->record->item;
    }
    return at->cause->thread != REFERENCE_NONE && at->record->cause == past_latest(at->past, at->cause->thread) &&
           replay_thread(at->past->replay, at->cause->thread)->state == REPLAY_RUNNING;
}

/* The last record before it in its step whose thread is its own, else as the verb's. */
static bool outcome(const struct caused *at)
{
    for (size_t i = at->past->kept.count; i > 0 && at->past->kept.record[i - 1].step_n == at->record->step_n; i--) {
        if (at->past->kept.record[i - 1].thread == at->record->thread) {
            return at->record->cause == at->past->kept.record[i - 1].n;
        }
    }
    return by_verb(at);
}

/* The wait that the record ends by its deadline. */
static bool by_deadline(const struct caused *at, enum record_kind wait)
{
    return of_thread(at, wait) && at->record->cause == replay_thread(at->past->replay, at->record->thread)->waiting;
}

/* What runs on top of the thread: what is queued to it, or the kernel's own, to suspend it or to complete an
 * operation. */
static bool by_apc(const struct caused *at)
{
    return ((in_step(at, RECORD_APC_QUEUE) || in_step(at, RECORD_THREAD_SUSPEND)) &&
            at->cause->object == at->record->thread) ||
           in_step(at, RECORD_OP_COMPLETE);
}

static bool unblocking(const struct caused *at)
{
    if (replay_thread(at->past->replay, at->record->thread)->why == WHY_SUSPENDED) {
        return in_step(at, RECORD_THREAD_RESUME) && at->cause->object == at->record->thread;
    }
    switch ((int)at->record->why) {
    case WHY_TIMED_OUT:
        return by_deadline(at, RECORD_THREAD_BLOCK);
    case WHY_APC:
        return by_apc(at);
    default:
        if (replay_thread(at->past->replay, at->record->thread)->pool != REFERENCE_NONE &&
            !replay_thread(at->past->replay, at->record->thread)->is_worker) {
            return at->cause->step_n == at->record->step_n;
        }
        return in_step(at, RECORD_OBJECT_SET) || in_step(at, RECORD_OBJECT_PULSE) ||
               in_step(at, RECORD_OBJECT_RELEASE) || in_step(at, RECORD_THREAD_EXIT) ||
               in_step(at, RECORD_PACKET_QUEUE) || in_step(at, RECORD_PORT_CLOSE) || in_step(at, RECORD_OP_COMPLETE) ||
               in_step(at, RECORD_OP_IMMEDIATE) || in_step(at, RECORD_OP_PEND) || in_step(at, RECORD_WORK_END) ||
               in_step(at, RECORD_IO_WITHDRAW) || in_step(at, RECORD_IO_DRAIN) || in_step(at, RECORD_TASK_COMPLETE);
    }
}

static bool unparking(const struct caused *at)
{
    bool parked = replay_thread(at->past->replay, at->record->thread)->state == REPLAY_PARKED;

    switch ((int)at->record->why) {
    case WHY_TIMED_OUT:
        return parked ? by_deadline(at, RECORD_PORT_WAIT) : by_verb(at);
    case WHY_APC:
        return parked ? by_apc(at) : by_verb(at);
    case WHY_ABANDONED:
        return !parked ? by_verb(at) : in_step(at, RECORD_PORT_CLOSE) && at->cause->object == at->record->object;
    default:
        return by_verb(at);
    }
}

static bool acquisition(const struct caused *at)
{
    if (at->record->why == WHY_AT_ONCE) {
        return by_verb(at);
    }
    return in_step(at, RECORD_OBJECT_SET) || in_step(at, RECORD_OBJECT_PULSE) || in_step(at, RECORD_OBJECT_RELEASE) ||
           in_step(at, RECORD_THREAD_EXIT) || in_step(at, RECORD_PACKET_QUEUE) || in_step(at, RECORD_PORT_CLOSE);
}

static bool leaving(const struct caused *at)
{
    switch ((int)at->record->why) {
    case WHY_EXIT:
        return in_step(at, RECORD_THREAD_EXIT) && at->cause->thread == at->record->thread;
    case WHY_RUNDOWN:
        return in_step(at, RECORD_PORT_RUNDOWN) && at->cause->object == at->record->object;
    default:
        return by_verb(at);
    }
}

/* Whether the thread has taken no work since. */
static bool is_latest_take(const struct caused *at)
{
    for (size_t i = at->past->kept.count; i > 0; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        if (record->kind == RECORD_WORK_TAKE && record->thread == at->record->thread) {
            return record->n == at->record->cause;
        }
    }
    return false;
}

/* The packet's or APC's arrival at the thread that runs the callback. */
static bool callback(const struct caused *at)
{
    if (at->record->why == WHY_ON_CALLER) {
        return of_op(at, RECORD_PACKET_SUPPRESS) && in_step(at, RECORD_PACKET_SUPPRESS);
    }
    if (at->record->why == WHY_GATE_HANDED_PACKET) {
        return of_thread(at, RECORD_THREAD_CREATE);
    }
    if (is(at, RECORD_WORK_TAKE)) {
        return of_thread(at, RECORD_WORK_TAKE) && is_latest_take(at);
    }
    if (at->record->why == WHY_INLINE) {
        return of_thread(at, RECORD_TASK_RESUME) && at->record->cause + 1 == at->record->n;
    }
    if (at->record->op == 0 || is(at, RECORD_APC_RUN)) {
        return of_thread(at, RECORD_APC_RUN) && at->record->cause + 1 == at->record->n;
    }
    return at->cause->thread == at->record->thread && (of_op(at, RECORD_PACKET_RELEASE) || of_op(at, RECORD_PACKET_TAKE));
}

/* Whether the cause is the end, within the call, of what was issued in an earlier step: a cancel came between. */
static bool is_cut_short(const struct caused *at)
{
    return in_step(at, RECORD_OP_IMMEDIATE) &&
           past_in_step(at->past, at->record,
                        (struct past_like){RECORD_OP_ISSUE, REFERENCE_NONE, REFERENCE_NONE, at->cause->op}) == NULL;
}

/* An operation goes to its device when it is issued, or, on a stream, when the far end has acted. */
static bool submission(const struct caused *at)
{
    if (past_in_step(at->past, at->record, (struct past_like){RECORD_OP_ISSUE, REFERENCE_NONE, REFERENCE_NONE, at->record->op})) {
        return of_op(at, RECORD_OP_ISSUE);
    }
    if (is(at, RECORD_WORK_TAKE)) { /* a worker serves it */
        return of_op(at, RECORD_WORK_TAKE) && in_step(at, RECORD_WORK_TAKE);
    }
    return in_step(at, RECORD_FAR_END) || in_step(at, RECORD_HANDLE_CLOSE) || in_step(at, RECORD_OP_ISSUE) ||
           in_step(at, RECORD_OP_COMPLETE) || is_cut_short(at);
}

/* The last record of a kind about the operation; NULL. */
static const struct record *last_of_op(const struct caused *at, enum record_kind kind)
{
    for (size_t i = at->past->kept.count; i > 0; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        if (record->kind == kind && record->op == at->record->op) {
            return record;
        }
    }
    return NULL;
}

/* A service begins when its operation goes to the device, or, if it had to wait there, when another ends. */
static bool service(const struct caused *at)
{
    const struct record *ended =
        past_in_step(at->past, at->record, (struct past_like){RECORD_DEVICE_END, REFERENCE_NONE, at->record->object, 0});

    if (last_of_op(at, RECORD_DEVICE_QUEUE) == NULL) {
        return submission(at);
    }
    return ended != NULL && at->record->cause == ended->n;
}

/* Whether what the record tells may end operations of the other end of a stream. */
static bool moves_streams(const struct record *record)
{
    return record->kind == RECORD_FAR_END || record->kind == RECORD_HANDLE_CLOSE || record->kind == RECORD_OP_ISSUE ||
           record->kind == RECORD_OP_COMPLETE || record->kind == RECORD_OP_IMMEDIATE;
}

/* A device ends what it began. What it never began was cancelled, or taken back, while it waited there. */
static bool service_end(const struct caused *at)
{
    const struct record *begin = last_of_op(at, RECORD_DEVICE_BEGIN);
    const struct record *queue = last_of_op(at, RECORD_DEVICE_QUEUE);

    return at->record->cause == (begin != NULL ? begin->n : queue != NULL ? queue->cause : 0);
}

/* Whether the cause is the latest end of an operation in this step. */
static bool is_latest_end(const struct caused *at)
{
    static const struct past_like complete = {RECORD_OP_COMPLETE, REFERENCE_NONE, REFERENCE_NONE, 0};
    static const struct past_like immediate = {RECORD_OP_IMMEDIATE, REFERENCE_NONE, REFERENCE_NONE, 0};
    const struct record *a = past_in_step(at->past, at->record, complete);
    const struct record *b = past_in_step(at->past, at->record, immediate);
    const struct record *latest = a == NULL || (b != NULL && b->n > a->n) ? b : a;

    return latest != NULL && at->record->cause == latest->n;
}

/* Whether the cause is the latest end of a thread in this step; without any, the verb that ended the process. */
static bool is_latest_exit(const struct caused *at)
{
    static const struct past_like exit = {RECORD_THREAD_EXIT, REFERENCE_NONE, REFERENCE_NONE, 0};
    const struct record *latest = past_in_step(at->past, at->record, exit);

    if (latest == NULL) {
        return at->cause->thread != REFERENCE_NONE && at->record->cause == past_latest(at->past, at->cause->thread);
    }
    return at->record->cause == latest->n;
}

/* A thread ends by itself, or by the verb of another that ends its process. */
static bool thread_ending(const struct caused *at)
{
    reference by = at->cause->thread;

    return by_verb(at) || (at->record->why == WHY_PROCESS_EXIT && by != REFERENCE_NONE && by != at->record->thread &&
                           at->record->cause == past_latest(at->past, by));
}

/* An operation ends by its device, by whom it waits for, or by what takes it away. */
static bool completion(const struct caused *at)
{
    switch ((int)at->record->why) {
    case WHY_CANCELLED:
        return of_op(at, RECORD_OP_CANCEL) && in_step(at, RECORD_OP_CANCEL);
    case WHY_CLOSED:
        return in_step(at, RECORD_HANDLE_CLOSE);
    case WHY_THREAD_EXIT:
        return in_step(at, RECORD_THREAD_EXIT);
    case WHY_PROCESS_EXIT:
        return is_latest_exit(at);
    default:
        break;
    }
    if (past_in_step(at->past, at->record, (struct past_like){RECORD_DEVICE_END, REFERENCE_NONE, REFERENCE_NONE, at->record->op})) {
        return of_op(at, RECORD_DEVICE_END) && in_step(at, RECORD_DEVICE_END);
    }
    for (size_t i = at->past->kept.count; i > 0; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        if (record->step_n != at->record->step_n) {
            break;
        }
        if (moves_streams(record) && record->op != at->record->op) {
            return moves_streams(at->cause) && at->cause->step_n == at->record->step_n;
        }
    }
    return of_op(at, RECORD_OP_ISSUE) || of_op(at, RECORD_WORK_TAKE);
}

/* Records about operations, devices and packets. */
static bool of_operation(const struct caused *at)
{
    switch ((int)at->record->kind) {
    case RECORD_OP_PEND:
    case RECORD_OP_IMMEDIATE:
        return of_op(at, RECORD_OP_ISSUE);
    case RECORD_DEVICE_QUEUE:
        return submission(at);
    case RECORD_DEVICE_BEGIN:
        return service(at);
    case RECORD_DEVICE_END:
        return service_end(at);
    case RECORD_OP_COMPLETE:
        return completion(at);
    case RECORD_OP_VISIBLE:
        return at->record->why == WHY_AT_COMPLETION
                   ? of_end(at)
                   : of_op(at, RECORD_PACKET_RELEASE) || of_op(at, RECORD_PACKET_TAKE) || of_op(at, RECORD_WORK_TAKE);
    case RECORD_PACKET_SUPPRESS:
        return of_end(at);
    default: /* packet-queue, -release, -take, -drop */
        return of_op(at, RECORD_PACKET_POST) || of_end(at);
    }
}

/* n of the oldest apc-queue to the thread that it has not run: they run first in, first out (fact IOCP-70). O(records). */
static uint64_t next_apc(const struct caused *at)
{
    uint64_t run = 0;

    for (size_t i = at->past->kept.count; i > 0 && run == 0; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        run = record->kind == RECORD_APC_RUN && record->thread == at->record->thread ? record->cause : 0;
    }
    for (size_t i = 0; i < at->past->kept.count; i++) {
        const struct record *record = &at->past->kept.record[i];
        if (record->kind == RECORD_APC_QUEUE && record->object == at->record->thread && record->n > run) {
            return record->n;
        }
    }
    return 0;
}

/* What follows a task runs because the task is complete, or because it was when that was asked for. */
static bool resumption(const struct caused *at)
{
    if (at->record->why != WHY_INLINE) {
        return of_thread(at, RECORD_WORK_TAKE) && is_latest_take(at);
    }
    for (size_t i = at->past->kept.count; i > 0; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        bool is_asked = record->kind == RECORD_TASK_AWAIT && record->why == WHY_COMPLETED_ALREADY &&
                        record->procedure == at->record->procedure && record->thread == at->record->thread;
        if ((is_asked || record->kind == RECORD_TASK_COMPLETE) && record->which == at->record->which) {
            return at->record->cause == record->n;
        }
    }
    return false;
}

/* A task is complete by a verb, by the end of a frame, or with an operation that ends by itself. */
static bool task_completion(const struct caused *at)
{
    return at->record->thread == REFERENCE_NONE ? of_end(at) && at->cause->step_n == at->record->step_n : by_verb(at);
}

/* Records of tasks and asynchronous frames that no verb of their thread explains. */
static bool of_task(const struct caused *at)
{
    switch ((int)at->record->kind) {
    case RECORD_TASK_COMPLETE:
        return task_completion(at);
    case RECORD_TASK_RESUME:
        return resumption(at);
    default: /* frame-resume */
        return of_thread(at, RECORD_TASK_RESUME) && at->record->cause + 1 == at->record->n;
    }
}

/* At the end of a quantum by itself; else by what made the thread ready that drives it away. */
static bool preemption(const struct caused *at)
{
    reference by = at->cause->thread;

    if (at->record->why == WHY_QUANTUM_END) {
        return by_verb(at);
    }
    return by != REFERENCE_NONE && by != at->record->thread && at->record->cause == past_readied(at->past, by);
}

/* Whether an item stands in a queue beside another. */
static bool is_beside(const struct replay_item *item, const struct replay_item *other)
{
    return item->queue == other->queue && item->owner == other->owner;
}

/* Whether a worker has handed back what it had queued for itself since this came. */
static bool was_handed_back(const struct caused *at, const struct replay_item *item)
{
    return item->owner != REFERENCE_NONE && item->n < replay_thread(at->past->replay, item->owner)->handed_back;
}

/* Whether the cause is what queued the item that comes next in its queue: the oldest, of a worker's own the newest.
 * Where what a worker handed back stands, among what others did, no record says. */
static bool is_next_of_its_queue(const struct caused *at)
{
    const struct replay_pool *pool = replay_pool(at->past->replay, at->record->object);
    const struct replay_item *taken = NULL;
    size_t before = 0;
    size_t behind = 0;
    size_t older = 0; /* in the queue to which it was handed back */

    for (size_t i = 0; taken == NULL && i < pool->queued; i++) {
        const struct replay_item *item = replay_item(pool, i);
        taken = item->n == at->record->cause ? item : NULL;
    }
    for (size_t i = 0; taken != NULL && i < pool->queued; i++) {
        const struct replay_item *item = replay_item(pool, i);
        before += is_beside(item, taken) && item->n < taken->n;
        older += item->queue == at->record->count &&
                 item->n < replay_thread(at->past->replay, taken->owner)->handed_back;
        behind += is_beside(item, taken) && item->n > taken->n && (was_handed_back(at, item) || !was_handed_back(at, taken));
    }
    if (taken != NULL && at->record->why == WHY_WAITED_FOR) { /* wherever it stands there */
        return taken->queue == WORK_LOCAL && taken->owner == at->record->thread;
    }
    if (taken == NULL || (taken->queue != at->record->count && at->record->why != WHY_STOLEN)) {
        return taken != NULL && taken->queue == WORK_LOCAL && was_handed_back(at, taken) && behind == 0 && older == 0;
    }
    return at->record->why == WHY_OWN_LOCAL ? behind == 0 && taken->owner == at->record->thread : before == 0;
}

/* A wait begins by a verb; or it goes on, as begun anew or at its old place, whose record is then the cause. */
static bool wait_begins(const struct caused *at)
{
    uint64_t interrupted = replay_thread(at->past->replay, at->record->thread)->interrupted;

    if (at->record->why == WHY_SUSPENDED) {
        return in_step(at, RECORD_THREAD_SUSPEND) && at->cause->object == at->record->thread;
    }
    return by_verb(at) || (interrupted != 0 && at->record->cause == interrupted);
}

/* Records about a thread's state and its place at ports. */
static bool of_state(const struct caused *at)
{
    switch ((int)at->record->kind) {
    case RECORD_THREAD_CREATE:
        return creation(at);
    case RECORD_POOL_UNPARK:
        return at->record->why == WHY_TIMED_OUT ? by_deadline(at, RECORD_POOL_PARK) : by_pool(at);
    case RECORD_WORK_TAKE:
        return is(at, RECORD_WORK_QUEUE) && is_next_of_its_queue(at);
    case RECORD_THREAD_RUN:
        return at->record->cause == past_readied(at->past, at->record->thread);
    case RECORD_THREAD_READY:
        return of_thread(at, RECORD_THREAD_YIELD) && in_step(at, RECORD_THREAD_YIELD)
                   ? at->record->cause + 1 == at->record->n
                   : at->record->cause == past_readied(at->past, at->record->thread);
    case RECORD_THREAD_PREEMPT:
        return preemption(at);
    case RECORD_THREAD_EXIT:
        return thread_ending(at);
    case RECORD_THREAD_BLOCK:
    case RECORD_PORT_WAIT:
        return wait_begins(at);
    case RECORD_THREAD_UNBLOCK:
        return unblocking(at);
    case RECORD_PORT_TIMEOUT:
        return unparking(at);
    case RECORD_PORT_LEAVE:
        return leaving(at);
    case RECORD_PORT_BLOCK:
        return of_thread(at, RECORD_THREAD_BLOCK) && in_step(at, RECORD_THREAD_BLOCK);
    case RECORD_PORT_UNBLOCK:
        return of_thread(at, RECORD_THREAD_UNBLOCK) && in_step(at, RECORD_THREAD_UNBLOCK);
    case RECORD_OUTCOME:
        return outcome(at);
    case RECORD_CALLBACK_BEGIN:
        return callback(at);
    case RECORD_APC_RUN:
        return at->record->cause == next_apc(at);
    case RECORD_OBJECT_ACQUIRE:
        return acquisition(at);
    case RECORD_OBJECT_RELEASE: /* abandoned by the end of its owner, or by a verb */
        return at->record->why == WHY_ABANDONED ? of_thread(at, RECORD_THREAD_EXIT) && in_step(at, RECORD_THREAD_EXIT)
                                                : by_verb(at);
    default: /* object-set */
        return at->record->why == WHY_SIGNALLED_BY_OPERATION ? is_latest_end(at) : by_verb(at);
    }
}

/* Whether it is caused by this in its own step, on its own thread. */
static bool ends_with(const struct caused *at, enum record_kind kind)
{
    return of_thread(at, kind) && in_step(at, kind);
}

/* An item comes by itself, or because the last one of its client has ended; it ends by a verb, or with its thread, its
 * work item or its asynchronous frame. */
static bool of_item(const struct caused *at)
{
    if (at->record->kind == RECORD_ITEM_ARRIVE) {
        return is(at, RECORD_RUN_BEGIN) || (is(at, RECORD_ITEM_END) && at->cause->which == at->record->which);
    }
    return at->record->why == WHY_FINISH ? by_verb(at)
                                         : ends_with(at, RECORD_THREAD_EXIT) || ends_with(at, RECORD_WORK_END) ||
                                               ends_with(at, RECORD_FRAME_END);
}

bool cause_holds(const struct past *past, const struct record *record)
{
    struct caused caused = {past, record, kept_find(&past->kept, record->cause)};

    if (record->kind == RECORD_RUN_BEGIN || record->kind == RECORD_RUN_END) {
        return record->cause == 0;
    }
    if (caused.cause == NULL || record->cause >= record->n) {
        return false;
    }
    switch ((enum record_kind)record->kind) {
    case RECORD_RUN_BEGIN:
    case RECORD_RUN_END:
        break;
    case RECORD_OP_PEND:
    case RECORD_OP_IMMEDIATE:
    case RECORD_OP_COMPLETE:
    case RECORD_OP_VISIBLE:
    case RECORD_DEVICE_QUEUE:
    case RECORD_DEVICE_BEGIN:
    case RECORD_DEVICE_END:
    case RECORD_PACKET_SUPPRESS:
    case RECORD_PACKET_QUEUE:
    case RECORD_PACKET_RELEASE:
    case RECORD_PACKET_TAKE:
    case RECORD_PACKET_DROP:
        return of_operation(&caused);
    case RECORD_THREAD_CREATE:
    case RECORD_THREAD_EXIT:
    case RECORD_POOL_UNPARK:
    case RECORD_WORK_TAKE:
    case RECORD_THREAD_READY:
    case RECORD_THREAD_RUN:
    case RECORD_THREAD_PREEMPT:
    case RECORD_THREAD_BLOCK:
    case RECORD_THREAD_UNBLOCK:
    case RECORD_PORT_WAIT:
    case RECORD_PORT_TIMEOUT:
    case RECORD_PORT_LEAVE:
    case RECORD_PORT_BLOCK:
    case RECORD_PORT_UNBLOCK:
    case RECORD_OUTCOME:
    case RECORD_CALLBACK_BEGIN:
    case RECORD_APC_RUN:
    case RECORD_OBJECT_ACQUIRE:
    case RECORD_OBJECT_SET:
    case RECORD_OBJECT_RELEASE:
        return of_state(&caused);
    case RECORD_FRAME_RESUME:
    case RECORD_TASK_COMPLETE:
    case RECORD_TASK_RESUME:
        return of_task(&caused);
    case RECORD_FRAME_BEGIN:
    case RECORD_FRAME_SUSPEND:
    case RECORD_FRAME_END:
    case RECORD_TASK_CREATE:
    case RECORD_TASK_AWAIT:
    case RECORD_OBJECT_CREATE:
    case RECORD_OBJECT_END:
    case RECORD_CHOICE:
    case RECORD_LOG:
    case RECORD_ASSERT:
    case RECORD_MISUSE:
    case RECORD_VARIABLE_SET:
    case RECORD_THREAD_YIELD:
    case RECORD_THREAD_PRIORITY:
    case RECORD_THREAD_SUSPEND:
    case RECORD_THREAD_RESUME:
    case RECORD_CALLBACK_END:
    case RECORD_OP_ISSUE:
    case RECORD_PACKET_POST:
    case RECORD_PORT_JOIN:
    case RECORD_PORT_CLOSE:
    case RECORD_PORT_RUNDOWN:
    case RECORD_HANDLE_ASSOCIATE:
    case RECORD_HANDLE_MODES:
    case RECORD_HANDLE_CLOSE:
    case RECORD_FAR_END:
    case RECORD_OP_CANCEL:
    case RECORD_OBJECT_RESET:
    case RECORD_OBJECT_PULSE:
        return by_verb(&caused);
    case RECORD_TIMER_FIRE:
    case RECORD_WAIT_FIRE:
    case RECORD_WAIT_END:
        return record->thread == REFERENCE_NONE ? by_itself(&caused) : by_verb(&caused);
    case RECORD_TIMER_SET:
    case RECORD_TIMER_STOP:
    case RECORD_WAIT_REGISTER:
    case RECORD_WORK_END:
    case RECORD_POOL_PARK:
    case RECORD_POOL_RETIRE:
    case RECORD_GATE_ROUND:
    case RECORD_CLIMB:
    case RECORD_POOL_LIMITS:
    case RECORD_IO_ANNOUNCE:
    case RECORD_IO_WITHDRAW:
    case RECORD_IO_DRAIN:
        return by_verb(&caused);
    case RECORD_POOL_REQUEST:
        return by_pool(&caused);
    case RECORD_POOL_TARGET:
        return moves_target(&caused);
    case RECORD_WORK_QUEUE:
        return record->thread == REFERENCE_NONE ? queued_by_itself(&caused) : by_verb(&caused);
    case RECORD_ITEM_ARRIVE:
    case RECORD_ITEM_END:
        return of_item(&caused);
    case RECORD_APC_QUEUE:
        return record->why == WHY_IO ? in_step(&caused, RECORD_OP_COMPLETE) || in_step(&caused, RECORD_OP_IMMEDIATE)
                                     : by_verb(&caused);
    }
    return false;
}
