/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks and their completion.
 *
 * In this order (fact CLR-12): who is blocked on the task goes on; then every continuation that may not run inline
 * is queued; then those that may run on the completing thread, on top of the frame that completed the task, before
 * that executes anything else. Inline run ExecuteSynchronously ones, the first of the frames that await this task
 * alone, and frames that have got the last of several; but none of a task that runs its continuations
 * asynchronously. An operation that somebody awaits is a task too, which is complete when its callback would run. */
#include "model/task.h"

#include "model/backlog.h"
#include "model/item.h"
#include "model/names.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/program.h"
#include "model/target.h"
#include "model/thread.h"
#include "model/wait.h"
#include "sim/check.h"

/* How deep continuations run inside of each other: until 128 KiB of a stack of 1 MiB are left, at 690 bytes a level
 * (fact CLR-12, and for the size CLR-20). */
#define INLINE_DEPTH_MAX ((1024u * 1024u - 128u * 1024u) / 690u)

static void tell_creation(struct simulation *sim, thread_id thread, task_id id)
{
    struct record *record = emit_verb(sim, RECORD_TASK_CREATE, thread);

    if (record != NULL) {
        record->which = task_reference(id);
        record->op = task_at(sim, id)->packet == 0 ? 0 : packet_at(sim, task_at(sim, id)->packet)->number;
    }
}

task_id task_create(struct simulation *sim, thread_id thread, uint32_t target)
{
    reference declared;
    task_id id;

    if (!target_declared(sim, thread, target, &declared)) {
        return 0;
    }
    id = simulation_create_element(sim, TABLE_TASK);
    if (sim->out_of_memory || !target_name(sim, thread, target, task_reference(id))) {
        return 0;
    }
    tell_creation(sim, thread, id);
    return id;
}

/* The task that stands for an operation. */
static task_id of_operation(struct simulation *sim, thread_id thread, packet_id operation)
{
    task_id id = packet_at(sim, operation)->task;

    if (id != 0) {
        return id;
    }
    id = simulation_create_element(sim, TABLE_TASK);
    if (sim->out_of_memory) {
        return 0;
    }
    made_note_operation(sim, task_reference(id), packet_at(sim, operation)->number);
    packet_hold(sim, operation);
    task_at(sim, id)->packet = operation;
    packet_at(sim, operation)->task = id;
    tell_creation(sim, thread, id);
    if ((packet_at(sim, operation)->flags & PACKET_HAS_ARRIVED) != 0) {
        (void)task_packet_arrives(sim, thread, operation);
    }
    return id;
}

task_id task_operand(struct simulation *sim, thread_id thread, uint32_t operand)
{
    reference object = REFERENCE_NONE;

    if (!operand_reference(sim, thread, operand, &object)) {
        return 0;
    }
    switch ((int)reference_kind(object)) {
    case OBJECT_TASK:
        return reference_slot(object) + 1;
    case OBJECT_OPERATION:
        return of_operation(sim, thread, reference_slot(object) + 1);
    default:
        misuse(sim, thread, "a task or an operation is wanted");
        return 0;
    }
}

static void free_continuation(struct simulation *sim, continuation_id id)
{
    const struct continuation *continuation = continuation_at(sim, id);

    if (continuation->kind == CONTINUES_WITH || continuation->kind == CONTINUES_BEGINNING) {
        locals_free(sim, continuation->procedure, continuation->locals);
    }
    block_free(&sim->block, TABLE_CONTINUATION, id);
}

/* Forgets the oldest of those registered whose frames no longer wait for this: one task that is awaited beside
 * others again and again would gather them. */
static void forget_overtaken(struct simulation *sim, struct task *task)
{
    while (task->first != 0) {
        const struct continuation *oldest = continuation_at(sim, task->first);
        continuation_id id = task->first;
        if (oldest->coroutine == 0 || coroutine_at(sim, oldest->coroutine)->awaiting == oldest->awaiting) {
            return;
        }
        task->first = oldest->next;
        task->last = task->first == 0 ? 0 : task->last;
        free_continuation(sim, id);
    }
}

void task_continue(struct simulation *sim, task_id task, const struct continuation *continuation)
{
    continuation_id id;

    forget_overtaken(sim, task_at(sim, task));
    id = simulation_create_element(sim, TABLE_CONTINUATION);
    *continuation_at(sim, id) = *continuation;
    continuation_at(sim, id)->task = task;
    if (task_at(sim, task)->last != 0) {
        continuation_at(sim, task_at(sim, task)->last)->next = id;
    } else {
        task_at(sim, task)->first = id;
    }
    task_at(sim, task)->last = id;
}

/* A frame has one task less to wait for. Whether it goes on; it does not when it has gone on already. */
static bool frame_goes_on(struct simulation *sim, const struct continuation *continuation)
{
    struct coroutine *coroutine = coroutine_at(sim, continuation->coroutine);
    const struct task *task = task_at(sim, continuation->task);

    if (coroutine->awaiting != continuation->awaiting) {
        return false;
    }
    coroutine->bytes += task->bytes;
    if (task->error != WIN32_ERROR_SUCCESS &&
        (coroutine->error == WIN32_ERROR_SUCCESS || continuation->place < coroutine->place)) {
        coroutine->error = task->error;
        coroutine->place = continuation->place;
    }
    if (!coroutine->awaits_any && --coroutine->missing > 0) {
        return false;
    }
    coroutine->awaiting = 0;
    return true;
}

void task_continuation_is_lost(struct simulation *sim, continuation_id id)
{
    coroutine_id coroutine = continuation_at(sim, id)->coroutine;

    if (continuation_at(sim, id)->kind == CONTINUES_BEGINNING) {
        task_at(sim, coroutine_at(sim, coroutine)->task)->coroutine = 0;
        block_free(&sim->block, TABLE_COROUTINE, coroutine);
    }
    free_continuation(sim, id);
}

pool_id task_context(const struct simulation *sim, thread_id thread)
{
    pool_id pool = thread_at(sim, thread)->pool;

    return pool != 0 && pool_policy_of(sim, pool)->has_context ? pool : 0;
}

/* Which pool has it, and in which of its queues. */
struct destination {
    pool_id pool;
    enum work_queue_kind queue;
};

/* The one way by which a continuation, or what a task runs, is handed to a pool. `thread` is who does; 0: nobody, and
 * the completion of the task is the cause. */
static void hand_over(struct simulation *sim, thread_id thread, struct destination to, continuation_id id)
{
    const struct continuation *continuation;
    frame_id frame; /* that goes on; 0: the procedure is called afresh */
    work_item_id item;

    if (to.pool == 0) {
        misuse(sim, thread, "what follows a task is to be queued, and there is no pool to run it");
        task_continuation_is_lost(sim, id);
        return;
    }
    item = simulation_create_element(sim, TABLE_WORK_ITEM);
    continuation = continuation_at(sim, id);
    frame = continuation->kind == CONTINUES_FRAME || continuation->kind == CONTINUES_JOIN
                ? coroutine_at(sim, continuation->coroutine)->frame
                : 0;
    *work_item_at(sim, item) = (struct work_item){
        .cause = continuation->cause,
        .load_item = frame != 0 ? frame_at(sim, frame)->item : thread == 0 ? 0 : thread_item(sim, thread),
        .procedure = frame != 0 ? frame_at(sim, frame)->procedure : continuation->procedure,
        .continuation = id,
        .queue = (uint8_t)to.queue,
    };
    pool_queue(sim, to.pool, item, thread);
}

/* What a worker of a pool with local queues queues stands in its own (facts CLR-2, 12). */
static bool has_local_queue(const struct simulation *sim, thread_id thread, pool_id pool)
{
    return pool != 0 && thread_at(sim, thread)->worker != 0 && thread_at(sim, thread)->pool == pool &&
           pool_policy_of(sim, pool)->order[0] == WORK_LOCAL;
}

static void queue(struct simulation *sim, thread_id thread, continuation_id id, bool for_want_of_stack)
{
    pool_id context = continuation_at(sim, id)->context;
    struct destination to = {context != 0 ? context : pool_of_step(sim, thread), WORK_LOCAL};
    bool is_local = has_local_queue(sim, thread, to.pool);

    continuation_at(sim, id)->why = context != 0        ? WHY_CAPTURED_CONTEXT
                                    : for_want_of_stack ? WHY_DEPTH_LIMIT
                                    : is_local          ? WHY_QUEUED_LOCAL
                                                        : WHY_QUEUED_GLOBAL;
    if (context != 0) {
        coroutine_at(sim, continuation_at(sim, id)->coroutine)->returns_to = context;
    }
    hand_over(sim, thread, to, id);
}

/* Leaves continuations to a thread, in the order of the list, to run on top of its innermost frame. */
static void leave_to(struct simulation *sim, thread_id thread, continuation_id first, continuation_id last)
{
    struct thread *runner = thread_at(sim, thread);

    for (continuation_id id = first; id != 0; id = continuation_at(sim, id)->next) {
        continuation_at(sim, id)->base = runner->frame;
        continuation_at(sim, id)->step = runner->step;
    }
    continuation_at(sim, last)->next = runner->first_inline;
    runner->first_inline = first;
}

/* A list of continuations under construction. */
struct chain {
    continuation_id first, last;
};

static void append(struct simulation *sim, struct chain *chain, continuation_id id)
{
    continuation_at(sim, id)->next = 0;
    if (chain->last != 0) {
        continuation_at(sim, chain->last)->next = id;
    } else {
        chain->first = id;
    }
    chain->last = id;
}

/* Whether the thread may run what follows on top of what it does. */
static bool has_stack(const struct simulation *sim, thread_id thread)
{
    return frame_at(sim, thread_at(sim, thread)->frame)->depth < INLINE_DEPTH_MAX;
}

/* Parts what was registered with a complete task: what is queued goes at once, the rest is left to the thread. */
static void run_or_queue(struct simulation *sim, thread_id thread, task_id task, uint64_t cause)
{
    bool inlines = !task_at(sim, task)->runs_asynchronously && thread != 0;
    bool has_frame = false;
    struct chain inlined = {0, 0};
    continuation_id id = task_at(sim, task)->first;

    task_at(sim, task)->first = task_at(sim, task)->last = 0;
    while (id != 0) {
        struct continuation *continuation = continuation_at(sim, id);
        continuation_id next = continuation->next;
        bool may_run = inlines && (continuation->may_run_inline ||
                                   (continuation->context == task_context(sim, thread) &&
                                    (continuation->kind == CONTINUES_JOIN ||
                                     (continuation->kind == CONTINUES_FRAME && !has_frame))));
        has_frame = has_frame || continuation->kind == CONTINUES_FRAME;
        continuation->cause = cause;
        if (continuation->coroutine != 0 && !frame_goes_on(sim, continuation)) {
            free_continuation(sim, id);
        } else if (may_run && has_stack(sim, thread)) {
            continuation_at(sim, id)->why = WHY_INLINE;
            append(sim, &inlined, id);
        } else {
            queue(sim, thread, id, may_run);
        }
        id = next;
    }
    if (inlined.first != 0) {
        leave_to(sim, thread, inlined.first, inlined.last);
    }
}

static void tell_completion(struct simulation *sim, thread_id thread, task_id id)
{
    struct record *record =
        thread != 0 ? emit_verb(sim, RECORD_TASK_COMPLETE, thread) : emit(sim, RECORD_TASK_COMPLETE);
    packet_id packet = task_at(sim, id)->packet;

    if (record != NULL) {
        record->which = task_reference(id);
        record->error = task_at(sim, id)->error;
        record->op = packet == 0 ? 0 : packet_at(sim, packet)->number;
        record->cause = thread == 0 ? packet_at(sim, packet)->cause : record->cause;
    }
    task_at(sim, id)->completed = sim->state.n;
}

/* What blocks on the task finds its state at its waitable. */
static void signal_waitable(struct simulation *sim, task_id id)
{
    const struct task *task = task_at(sim, id);
    struct waitable *waitable = waitable_at(sim, task->waitable);

    waitable->state = task->is_done;
    waitable->error = task->error;
    waitable->most = task->bytes;
}

void task_complete(struct simulation *sim, thread_id thread, task_id id, uint16_t error)
{
    struct task *task = task_at(sim, id);

    SIM_CHECK(!task->is_done);
    task->is_done = true;
    task->error = error;
    task->coroutine = 0;
    tell_completion(sim, thread, id);
    if (task->waitable != 0) {
        signal_waitable(sim, id);
        wait_signal(sim, task->waitable, task->completed);
    }
    run_or_queue(sim, thread, id, task_at(sim, id)->completed);
}

bool task_packet_arrives(struct simulation *sim, thread_id thread, packet_id operation)
{
    struct packet *packet = packet_at(sim, operation);
    task_id task = packet->task;
    continuation_id before = thread == 0 ? 0 : thread_at(sim, thread)->first_inline;
    continuation_id dispatch;

    packet->flags |= PACKET_HAS_ARRIVED;
    task_at(sim, task)->bytes = packet->bytes;
    task_complete(sim, thread, task, packet->error);
    task_at(sim, task)->packet = 0;
    packet_drop(sim, operation);
    if (thread == 0 || thread_at(sim, thread)->first_inline == before) {
        return false;
    }
    dispatch = simulation_create_element(sim, TABLE_CONTINUATION);
    *continuation_at(sim, dispatch) = (struct continuation){
        .kind = CONTINUES_DISPATCH,
        .base = thread_at(sim, thread)->frame,
        .step = thread_at(sim, thread)->step,
        .next = before,
    };
    for (continuation_id id = thread_at(sim, thread)->first_inline;; id = continuation_at(sim, id)->next) {
        if (continuation_at(sim, id)->next == before) {
            continuation_at(sim, id)->next = dispatch;
            return true;
        }
    }
}

void task_thread_ends(struct simulation *sim, thread_id thread)
{
    continuation_id id;

    while ((id = thread_at(sim, thread)->first_inline) != 0) {
        thread_at(sim, thread)->first_inline = continuation_at(sim, id)->next;
        free_continuation(sim, id);
    }
}

thread_id task_owner(const struct simulation *sim, task_id task)
{
    /* Frames that await each other in a circle belong to no thread. */
    for (uint32_t left = block_used(&sim->block, TABLE_COROUTINE); task != 0 && left > 0; left--) {
        coroutine_id completer = task_at(sim, task)->coroutine;
        if (completer == 0 || coroutine_at(sim, completer)->thread != 0) {
            return coroutine_at(sim, completer)->thread;
        }
        if (coroutine_at(sim, completer)->returns_to != 0) { /* whose one thread must come to it */
            return pool_at(sim, coroutine_at(sim, completer)->returns_to)->oldest;
        }
        task = coroutine_at(sim, completer)->awaits;
    }
    return 0;
}

/* Hands the procedure of a task to a pool. */
static void begin_task(struct simulation *sim, thread_id thread, struct destination to, struct continuation beginning)
{
    coroutine_id coroutine = simulation_create_element(sim, TABLE_COROUTINE);
    continuation_id id = simulation_create_element(sim, TABLE_CONTINUATION);

    coroutine_at(sim, coroutine)->task = beginning.task;
    task_at(sim, beginning.task)->coroutine = coroutine;
    beginning.kind = CONTINUES_BEGINNING;
    beginning.coroutine = coroutine;
    *continuation_at(sim, id) = beginning;
    hand_over(sim, thread, to, id);
}

enum step_end task_make(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct task_operands *operands = (const void *)words;
    pool_id pool = pool_of_step(sim, thread);
    struct operand_with with = {operands->with, operands->runs};
    bool runs_inline = true;
    uint32_t locals = 0;
    task_id id;

    thread_at(sim, thread)->subject = REFERENCE_NONE;
    if (operands->pool != OPERAND_ABSENT) {
        pool = operand_object(sim, thread, operands->pool, OBJECT_POOL);
    }
    if ((operands->pool != OPERAND_ABSENT && pool == 0) ||
        !operand_flag(sim, thread, operands->runs_inline, &runs_inline) ||
        (operands->runs != OPERAND_ABSENT && !operand_with(sim, thread, with, &locals))) {
        return STEP_GOES_ON;
    }
    id = task_create(sim, thread, operands->object);
    if (id == 0) {
        locals_free(sim, operands->runs, locals);
        return STEP_GOES_ON;
    }
    task_at(sim, id)->runs_asynchronously = !runs_inline;
    if (operands->runs != OPERAND_ABSENT) {
        struct destination to = {pool, operands->prefer == WORK_GLOBAL ? WORK_GLOBAL : WORK_LOCAL};
        begin_task(sim, thread, to, (struct continuation){.task = id, .procedure = operands->runs, .locals = locals});
    }
    return STEP_GOES_ON;
}

enum step_end task_complete_by_step(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct complete_operands *operands = (const void *)words;
    task_id id = operand_subject(sim, thread, operands->object, OBJECT_TASK);
    struct value failure = value_make(VALUE_ERROR, WIN32_ERROR_SUCCESS);

    if (id == 0 ||
        (operands->failure != OPERAND_ABSENT && !operand_value(sim, thread, operands->failure, &failure))) {
        return STEP_GOES_ON;
    }
    if (task_at(sim, id)->is_done) {
        misuse(sim, thread, "the task is complete already");
    } else if (task_at(sim, id)->coroutine != 0) {
        misuse(sim, thread, "the end of what runs completes this task, no step can");
    } else {
        task_complete(sim, thread, id, failure.type == VALUE_ERROR ? (uint16_t)failure.bits : 0);
    }
    return STEP_GOES_ON;
}

/* What a thread that is blocked on the task waits for. */
static waitable_id waitable_of(struct simulation *sim, task_id id)
{
    struct task *task = task_at(sim, id);

    if (task->waitable == 0) {
        waitable_id waitable = waitable_create(sim, WAITABLE_TASK, task_reference(id));
        task = task_at(sim, id);
        task->waitable = waitable;
        signal_waitable(sim, id);
    }
    return task->waitable;
}

/* The item that is to begin what completes the task, if it stands in the thread's own queue; 0. O(queued there). */
static work_item_id own_item_of(const struct simulation *sim, thread_id thread, task_id task)
{
    work_item_id item = task_at(sim, task)->coroutine == 0 ? 0 : worker_of(sim, thread)->local.last;

    for (; item != 0; item = work_item_at(sim, item)->previous) {
        const struct continuation *continuation = continuation_at(sim, work_item_at(sim, item)->continuation);
        if (continuation->kind == CONTINUES_BEGINNING && continuation->task == task) {
            return item;
        }
    }
    return 0;
}

/* The item is done here and now, on top of the verb that waits for it, which is executed once more behind that. */
static void run_waited(struct simulation *sim, thread_id thread, work_item_id id, const uint32_t *words)
{
    struct work_item item = *work_item_at(sim, id);
    struct continuation beginning = *continuation_at(sim, item.continuation);
    pool_id pool = thread_at(sim, thread)->pool;
    struct record *record;

    backlog_remove(sim, pool, id);
    block_free(&sim->block, TABLE_WORK_ITEM, id);
    block_free(&sim->block, TABLE_CONTINUATION, item.continuation);
    record = emit_thread(sim, RECORD_WORK_TAKE, thread, item.cause);
    if (record != NULL) {
        record_place(sim, record, thread);
        record->object = pool_reference(pool);
        record->item = item_number(sim, item.load_item);
        record->count = item.queue;
        record->depth = pool_at(sim, pool)->depth;
        record->why = WHY_WAITED_FOR;
    }
    coroutine_at(sim, beginning.coroutine)->thread = thread;
    program_begin_callback(sim, thread,
                           &(struct frame){
                               .ok = true,
                               .kind = FRAME_CONTINUATION,
                               .procedure = beginning.procedure,
                               .return_pc = (uint32_t)(words - sim->plan->code) - 2,
                               .locals = beginning.locals,
                               .begun_at = thread_at(sim, thread)->step,
                               .called_by = sim->state.n,
                               .called_why = WHY_WAITED_FOR,
                               .item = item.load_item,
                               .coroutine = beginning.coroutine,
                           });
    frame_at(sim, thread_at(sim, thread)->frame)->depth++;
}

/* Whether the thread, before it blocks for ever on all of these tasks, runs one of them that stands in its own queue, the
 * last named first (fact CLR-14). */
static bool runs_one(struct simulation *sim, thread_id thread, const struct waiting *waiting, const uint32_t *words)
{
    pool_id pool = thread_at(sim, thread)->pool;

    if (waiting->any || waiting->timeout != SIM_NEVER || !has_local_queue(sim, thread, pool) ||
        !pool_policy_of(sim, pool)->runs_waited_tasks || !has_stack(sim, thread)) {
        return false;
    }
    for (uint32_t i = waiting->count; i > 0; i--) {
        task_id task = reference_slot(waitable_at(sim, waiting->object[i - 1])->object) + 1;
        work_item_id item = own_item_of(sim, thread, task);
        if (item != 0) {
            run_waited(sim, thread, item, words);
            return true;
        }
    }
    return false;
}

enum step_end task_block_on(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct block_on_operands *operands = (const void *)words;
    struct plan_span list = sim->plan->span[operands->object];
    waitable_id object[WAIT_OBJECTS_MAX];
    struct waiting waiting = {
        .object = object,
        .count = list.count,
        .any = operands->quantifier == QUANTIFIER_ANY,
        .timeout = SIM_NEVER,
        .why = WHY_BLOCK_ON,
    };
    enum step_end end;

    thread_at(sim, thread)->subject = REFERENCE_NONE;
    SIM_CHECK(list.count > 0 && list.count <= WAIT_OBJECTS_MAX);
    for (uint32_t i = 0; i < list.count; i++) {
        task_id task = task_operand(sim, thread, sim->plan->list[list.first + i]);
        if (task == 0) {
            return STEP_GOES_ON;
        }
        if (list.count == 1) {
            thread_at(sim, thread)->subject = task_reference(task);
        }
        object[i] = waitable_of(sim, task);
    }
    if (!operand_span(sim, thread, operands->timeout, &waiting.timeout)) {
        return STEP_GOES_ON;
    }
    if (runs_one(sim, thread, &waiting, words)) {
        return STEP_GOES_ON;
    }
    worker_of(sim, thread)->waits_for_task = operands->quantifier != QUANTIFIER_ALL; /* fact CLR-80: nor WaitAll of one */
    end = wait_begin(sim, thread, &waiting);
    worker_of(sim, thread)->waits_for_task = false;
    return end;
}

enum step_end task_continue_with(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct continue_with_operands *operands = (const void *)words;
    task_id task = operand_subject(sim, thread, operands->object, OBJECT_TASK);
    struct continuation continuation = {.kind = CONTINUES_WITH, .procedure = operands->runs};
    struct record *record;

    if (task == 0 || !operand_flag(sim, thread, operands->runs_inline, &continuation.may_run_inline) ||
        !operand_with(sim, thread, (struct operand_with){operands->with, operands->runs}, &continuation.locals)) {
        return STEP_GOES_ON;
    }
    record = emit_verb(sim, RECORD_TASK_AWAIT, thread);
    if (record != NULL) {
        record->which = task_reference(task);
        record->procedure = operands->runs;
        record->why = task_at(sim, task)->is_done ? WHY_COMPLETED_ALREADY : WHY_NONE;
    }
    continuation.awaiting = sim->state.n;
    task_continue(sim, task, &continuation);
    if (task_at(sim, task)->is_done) {
        run_or_queue(sim, thread, task, continuation.awaiting);
    }
    return STEP_GOES_ON;
}
