/* SPDX-License-Identifier: Apache-2.0 */
/* Asynchronous procedures.
 *
 * A frame has no stack beside its own: its locals, results and packet lie in the block. To suspend it is to unlink it
 * from its thread and to note where it goes on; to resume it is to push it on whichever thread runs the continuation.
 * Who called it sees it return. What its code begins with (FLOW_BEGIN) makes it one that can be suspended, however it
 * was begun: by a call, as a callback, or as what a thread runs, which then ends when it is suspended. */
#include "model/async.h"

#include "model/item.h"
#include "model/load.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/program.h"
#include "model/target.h"
#include "model/task.h"
#include "model/thread.h"
#include "model/wait.h"
#include "sim/check.h"

static struct frame *innermost(const struct simulation *sim, thread_id thread)
{
    return frame_at(sim, thread_at(sim, thread)->frame);
}

/* A record about the thread's innermost frame, which is asynchronous. */
static struct record *tell_frame(struct simulation *sim, enum record_kind kind, thread_id thread)
{
    struct record *record = emit_verb(sim, kind, thread);
    task_id task = coroutine_at(sim, innermost(sim, thread)->coroutine)->task;

    if (record != NULL) {
        record->which = task_reference(task);
        record->absent = task == 0 ? 1 : 0;
    }
    return record;
}

coroutine_id async_call_begins(struct simulation *sim, thread_id thread, uint32_t target)
{
    task_id task = task_create(sim, thread, target);
    coroutine_id id;

    if (task == 0) {
        return 0;
    }
    id = simulation_create_element(sim, TABLE_COROUTINE);
    coroutine_at(sim, id)->task = task;
    task_at(sim, task)->coroutine = id;
    return id;
}

/* Whether the thread's innermost frame is the first of its item. */
static bool is_first_of_item(const struct simulation *sim, thread_id thread)
{
    const struct thread *runner = thread_at(sim, thread);
    const struct frame *frame = innermost(sim, thread);

    return frame->kind == FRAME_THREAD ? runner->is_of_load
                                       : frame->kind == FRAME_WORK && work_item_at(sim, worker_of(sim, thread)->item)->is_first;
}

void async_frame_begins(struct simulation *sim, thread_id thread)
{
    coroutine_id id = innermost(sim, thread)->coroutine;
    struct record *record;
    struct frame *frame;

    if (id == 0) {
        id = simulation_create_element(sim, TABLE_COROUTINE);
        innermost(sim, thread)->coroutine = id;
    }
    coroutine_at(sim, id)->frame = thread_at(sim, thread)->frame;
    coroutine_at(sim, id)->thread = thread;
    frame = innermost(sim, thread);
    if (is_first_of_item(sim, thread)) {
        coroutine_at(sim, id)->item = frame->item;
        item_of(sim, frame->item)->is_asynchronous = true;
    }
    record = tell_frame(sim, RECORD_FRAME_BEGIN, thread);
    if (frame_is_callback(frame->kind)) { /* its call is counted already */
        if (record != NULL) {
            record->step = frame->begun_at;
        }
    } else {
        procedure_count_at(sim, frame->procedure)->calls++;
        procedure_count_at(sim, frame->procedure)->running++;
    }
}

bool async_frame_ends(struct simulation *sim, thread_id thread)
{
    struct frame *frame = innermost(sim, thread);
    coroutine_id id = frame->coroutine;
    struct coroutine *coroutine = coroutine_at(sim, id);
    task_id task = coroutine->task;

    if (!coroutine->has_ended) {
        coroutine->has_ended = true;
        if (coroutine->frame != 0) { /* it is asynchronous, and has not only a task */
            (void)tell_frame(sim, RECORD_FRAME_END, thread);
            thread_is_caused(sim, thread);
        }
        if (!frame_is_callback(frame->kind)) {
            procedure_count_at(sim, frame->procedure)->running--;
        }
        load_procedure_is_over(sim, thread, coroutine->item, sim->state.n);
        if (task != 0) {
            continuation_id before = thread_at(sim, thread)->first_inline;
            task_complete(sim, thread, task, frame->ok ? (uint16_t)WIN32_ERROR_SUCCESS : frame->error);
            if (thread_at(sim, thread)->first_inline != before) {
                return true;
            }
        }
    }
    block_free(&sim->block, TABLE_COROUTINE, id);
    innermost(sim, thread)->coroutine = 0;
    return false;
}

void async_frame_is_lost(struct simulation *sim, thread_id thread)
{
    struct frame *frame = innermost(sim, thread);
    const struct coroutine *coroutine = coroutine_at(sim, frame->coroutine);

    if (!coroutine->has_ended || frame_is_callback(frame->kind)) {
        procedure_count_at(sim, frame->procedure)->running--;
    }
    if (!coroutine->has_ended && coroutine->task != 0) {
        task_at(sim, coroutine->task)->coroutine = 0;
    }
    block_free(&sim->block, TABLE_COROUTINE, frame->coroutine);
    frame->coroutine = 0;
}

/* What an await gives, told when the frame goes on. */
static void tell_result(struct simulation *sim, thread_id thread, const struct coroutine *coroutine)
{
    struct outcome outcome = {
        .ok = coroutine->error == WIN32_ERROR_SUCCESS,
        .error = coroutine->error,
        .bytes = coroutine->bytes,
        .shown = RESULT_OK | RESULT_ERROR | RESULT_BYTES,
    };

    thread_at(sim, thread)->verb = VERB_await;
    thread_at(sim, thread)->subject = coroutine->subject;
    thread_outcome(sim, thread, &outcome);
}

/* The rule by which a continuation runs on this thread. */
static void tell_resumption(struct simulation *sim, thread_id thread, const struct continuation *continuation)
{
    struct record *record = emit_thread(sim, RECORD_TASK_RESUME, thread, continuation->cause);

    if (record != NULL) {
        record->procedure = continuation->procedure;
        record->which = task_reference(continuation->task);
        record->error = task_at(sim, continuation->task)->error;
        record->why = continuation->why;
    }
}

/* The suspended frame goes on, on top of what the thread runs, as a frame of this kind. */
static void resume(struct simulation *sim, thread_id thread, coroutine_id id, enum frame_kind kind)
{
    struct coroutine *coroutine = coroutine_at(sim, id);
    struct frame *frame = frame_at(sim, coroutine->frame);
    struct thread *runner = thread_at(sim, thread);
    struct record *record;
    uint64_t cause = sim->state.n;

    frame->kind = (uint8_t)kind;
    frame->up = runner->frame;
    frame->return_pc = runner->pc;
    frame->depth = (uint16_t)(frame_at(sim, runner->frame)->depth + 1);
    runner->frame = coroutine->frame;
    runner->pc = coroutine->pc;
    runner->step = coroutine->step;
    coroutine->thread = thread;
    coroutine->awaits = 0;
    coroutine->returns_to = 0;
    record = tell_frame(sim, RECORD_FRAME_RESUME, thread);
    if (record != NULL) {
        record->cause = cause;
    }
    thread_is_caused(sim, thread);
    tell_result(sim, thread, coroutine);
}

/* The procedure of a continue_with begins. */
static void begin(struct simulation *sim, thread_id thread, const struct continuation *continuation)
{
    program_begin_callback(sim, thread,
                           &(struct frame){
                               .ok = true,
                               .kind = FRAME_CONTINUATION,
                               .procedure = continuation->procedure,
                               .return_pc = thread_at(sim, thread)->pc,
                               .locals = continuation->locals,
                               .begun_at = continuation->step,
                               .called_by = sim->state.n,
                               .called_why = WHY_INLINE,
                           });
    innermost(sim, thread)->depth++;
}

void async_continues(struct simulation *sim, thread_id thread, continuation_id id)
{
    struct continuation continuation = *continuation_at(sim, id);
    uint64_t taken = work_item_at(sim, worker_of(sim, thread)->item)->cause;
    uint8_t taken_by = work_item_at(sim, worker_of(sim, thread)->item)->taken_by;

    block_free(&sim->block, TABLE_CONTINUATION, id);
    continuation.cause = taken;
    if (continuation.kind == CONTINUES_FRAME || continuation.kind == CONTINUES_JOIN) {
        continuation.procedure = frame_at(sim, coroutine_at(sim, continuation.coroutine)->frame)->procedure;
        tell_resumption(sim, thread, &continuation);
        resume(sim, thread, continuation.coroutine, FRAME_WORK_RESUMED);
        return;
    }
    if (continuation.kind == CONTINUES_WITH) {
        tell_resumption(sim, thread, &continuation);
    } else {
        coroutine_at(sim, continuation.coroutine)->thread = thread;
    }
    program_begin_callback(sim, thread,
                           &(struct frame){
                               .ok = true,
                               .kind = FRAME_WORK,
                               .procedure = continuation.procedure,
                               .return_pc = thread_at(sim, thread)->pc,
                               .locals = continuation.locals,
                               .begun_at = NAME_NONE,
                               .called_by = taken,
                               .called_why = taken_by,
                               .coroutine = continuation.coroutine,
                           });
}

bool async_goes_inline(struct simulation *sim, thread_id thread)
{
    continuation_id id = thread_at(sim, thread)->first_inline;
    struct continuation continuation = *continuation_at(sim, id);

    if (continuation.base != thread_at(sim, thread)->frame) {
        return false;
    }
    thread_at(sim, thread)->first_inline = continuation.next;
    block_free(&sim->block, TABLE_CONTINUATION, id);
    thread_at(sim, thread)->step = continuation.step;
    if (continuation.kind == CONTINUES_DISPATCH) {
        (void)program_dispatch(sim, thread, NULL);
        return true;
    }
    if (continuation.coroutine != 0) {
        continuation.procedure = frame_at(sim, coroutine_at(sim, continuation.coroutine)->frame)->procedure;
    }
    tell_resumption(sim, thread, &continuation);
    if (continuation.coroutine != 0) {
        resume(sim, thread, continuation.coroutine, FRAME_RESUMED);
    } else {
        begin(sim, thread, &continuation);
    }
    return true;
}

/* Reads what an await names; false after a misuse. */
static bool read_tasks(struct simulation *sim, thread_id thread, struct plan_span list, task_id *task)
{
    for (uint32_t i = 0; i < list.count; i++) {
        task[i] = task_operand(sim, thread, sim->plan->list[list.first + i]);
        if (task[i] == 0) {
            return false;
        }
    }
    return true;
}

/* What the tasks that are complete give so far; how many are missing. */
static uint32_t gather(const struct simulation *sim, const task_id *task, uint32_t count, struct coroutine *coroutine)
{
    uint32_t missing = 0;

    for (uint32_t i = 0; i < count; i++) {
        const struct task *at = task_at(sim, task[i]);
        missing += !at->is_done;
        if (!at->is_done) {
            continue;
        }
        coroutine->bytes += at->bytes;
        if (at->error != WIN32_ERROR_SUCCESS && coroutine->error == WIN32_ERROR_SUCCESS) {
            coroutine->error = at->error;
            coroutine->place = i;
        }
        if (coroutine->awaits_any) {
            return 0;
        }
    }
    return missing;
}

static void tell_await(struct simulation *sim, thread_id thread, task_id task, enum record_why why)
{
    struct record *record = emit_verb(sim, RECORD_TASK_AWAIT, thread);

    if (record != NULL) {
        record->which = task_reference(task);
        record->why = (uint8_t)why;
    }
}

struct awaited {
    const task_id *task;
    uint32_t count;
};

/* The words of `context`. */
enum context {
    CONTEXT_IS_CAPTURED,
    CONTEXT_IS_ANY,
};

/* The thread's innermost frame leaves it, to go on when as many of the tasks are complete as it awaits. */
static void suspend(struct simulation *sim, thread_id thread, pool_id context, struct awaited awaited)
{
    const task_id *task = awaited.task;
    uint32_t count = awaited.count;
    coroutine_id id = innermost(sim, thread)->coroutine;
    uint64_t awaiting = sim->state.n;

    (void)tell_frame(sim, RECORD_FRAME_SUSPEND, thread);
    thread_is_caused(sim, thread);
    coroutine_at(sim, id)->awaiting = awaiting;
    for (uint32_t i = 0; i < count; i++) {
        struct continuation continuation = {
            .kind = count == 1 ? CONTINUES_FRAME : CONTINUES_JOIN,
            .awaiting = awaiting,
            .coroutine = id,
            .place = i,
            .context = context,
        };
        if (!task_at(sim, task[i])->is_done) {
            task_continue(sim, task[i], &continuation);
            coroutine_at(sim, id)->awaits =
                coroutine_at(sim, id)->awaits == 0 ? task[i] : coroutine_at(sim, id)->awaits;
        }
    }
    coroutine_at(sim, id)->pc = thread_at(sim, thread)->pc;
    coroutine_at(sim, id)->step = thread_at(sim, thread)->step;
    coroutine_at(sim, id)->thread = 0;
    program_leave(sim, thread);
}

enum step_end async_await(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct await_operands *operands = (const void *)words;
    struct plan_span list = sim->plan->span[operands->object];
    coroutine_id id = innermost(sim, thread)->coroutine;
    task_id task[WAIT_OBJECTS_MAX];
    struct coroutine *coroutine;

    thread_at(sim, thread)->subject = REFERENCE_NONE;
    SIM_CHECK(id != 0 && list.count > 0 && list.count <= WAIT_OBJECTS_MAX);
    if (!read_tasks(sim, thread, list, task)) {
        return STEP_GOES_ON;
    }
    coroutine = coroutine_at(sim, id);
    coroutine->subject = list.count == 1 ? task_reference(task[0]) : REFERENCE_NONE;
    coroutine->awaits_any = operands->quantifier == QUANTIFIER_ANY;
    coroutine->bytes = 0;
    coroutine->error = WIN32_ERROR_SUCCESS;
    coroutine->missing = gather(sim, task, list.count, coroutine);
    for (uint32_t i = 0; i < list.count; i++) {
        bool is_done = task_at(sim, task[i])->is_done;
        if (coroutine->missing == 0 ? is_done : !is_done) {
            tell_await(sim, thread, task[i], is_done ? WHY_COMPLETED_ALREADY : WHY_NONE);
        }
    }
    if (coroutine->missing == 0) {
        tell_result(sim, thread, coroutine);
        return STEP_GOES_ON;
    }
    suspend(sim, thread, operands->context == CONTEXT_IS_ANY ? 0 : task_context(sim, thread),
            (struct awaited){task, list.count});
    return STEP_GOES_ON;
}
