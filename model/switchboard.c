/* SPDX-License-Identifier: Apache-2.0 */
/* The switchboard: three tables, and the reading of names in expressions. */
#include "model/switchboard.h"

#include "model/api.h"
#include "model/async.h"
#include "model/bind.h"
#include "model/birth.h"
#include "model/blocking.h"
#include "model/cancel.h"
#include "model/completion_thread.h"
#include "model/console.h"
#include "model/crew.h"
#include "model/device.h"
#include "model/dispatch.h"
#include "model/door.h"
#include "model/far_end.h"
#include "model/gate.h"
#include "model/handle.h"
#include "model/io_poller.h"
#include "model/limits.h"
#include "model/load.h"
#include "model/names.h"
#include "model/object.h"
#include "model/operand.h"
#include "model/operation.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/port.h"
#include "model/process.h"
#include "model/process_exit.h"
#include "model/processor.h"
#include "model/program.h"
#include "model/queue.h"
#include "model/ready.h"
#include "model/registered_wait.h"
#include "model/service.h"
#include "model/stream.h"
#include "model/suspend.h"
#include "model/task.h"
#include "model/thread.h"
#include "model/timer.h"
#include "model/timer_queue.h"
#include "model/wait.h"
#include "model/work.h"

const uint32_t table_sizes[] = {
#define BLOCK_TABLE(id, type) sizeof(type),
#include "model/table.def"
#undef BLOCK_TABLE
};

/* Verbs. */
#define NO_FUNCTION NULL
#define VERB(name, subject, results, nature, function, what, arguments) function,
static verb_function *const verbs[] = {
#include "model/verb.def"
};
#undef VERB
#undef NO_FUNCTION

/* Events. */
static void (*const events[])(struct simulation *sim, uint32_t id) = {
#define EVENT(id, handler) handler,
#include "model/event.def"
#undef EVENT
};

/* Observables: one function each, named by kind and word. */
#define OBSERVE(kind, word)                                                                        \
    static struct value observe_##kind##_##word(const struct simulation *sim, uint32_t id)

OBSERVE(PORT, depth)
{
    return value_number(queue_at(sim, id)->depth);
}

OBSERVE(PORT, active)
{
    return value_number(queue_at(sim, id)->active);
}

OBSERVE(PORT, limit)
{
    return value_number(queue_at(sim, id)->limit);
}

OBSERVE(PORT, waiting)
{
    return value_number(queue_at(sim, id)->parked.count);
}

OBSERVE(THREAD, running)
{
    return value_boolean(thread_at(sim, id)->state == THREAD_RUNNING);
}

OBSERVE(THREAD, ready)
{
    return value_boolean(thread_at(sim, id)->state == THREAD_READY);
}

OBSERVE(THREAD, blocked)
{
    return value_boolean(thread_at(sim, id)->state == THREAD_BLOCKED);
}

OBSERVE(THREAD, parked)
{
    return value_boolean(thread_at(sim, id)->state == THREAD_PARKED);
}

OBSERVE(THREAD, ended)
{
    return value_boolean(thread_at(sim, id)->state == THREAD_ENDED);
}

OBSERVE(THREAD, switches)
{
    return value_number(thread_at(sim, id)->switches);
}

OBSERVE(THREAD, age)
{
    const struct thread *thread = thread_at(sim, id);

    return value_make(VALUE_DURATION,
                      thread->state == THREAD_UNBORN ? 0 : sim->state.now - thread->born);
}

OBSERVE(HANDLE, open)
{
    return value_boolean(handle_at(sim, id)->is_open);
}

OBSERVE(HANDLE, pending)
{
    return value_number(handle_file(sim, id)->pending);
}

OBSERVE(HANDLE, signalled)
{
    return value_boolean((handle_file(sim, id)->flags & FILE_IS_SIGNALLED) != 0);
}

/* The waitable of an event, mutex or semaphore with this number (slot + 1). */
static const struct waitable *
object_at(const struct simulation *sim, enum object_kind kind, uint32_t id)
{
    return waitable_at(sim, object_waitable(sim, reference_make(kind, id - 1)));
}

OBSERVE(EVENT, signalled)
{
    return value_boolean(object_at(sim, OBJECT_EVENT, id)->state > 0);
}

OBSERVE(MUTEX, owner)
{
    thread_id owner = object_at(sim, OBJECT_MUTEX, id)->owner;

    return owner == 0 ? value_null() : thread_value(sim, owner);
}

OBSERVE(SEMAPHORE, available)
{
    return value_number((int64_t)object_at(sim, OBJECT_SEMAPHORE, id)->state);
}

OBSERVE(OPERATION, pending)
{
    return value_boolean((packet_at(sim, id)->flags & PACKET_IS_PENDING) != 0);
}

OBSERVE(OPERATION, ok)
{
    const struct packet *packet = packet_at(sim, id);

    return value_boolean((packet->flags & PACKET_IS_PENDING) == 0 &&
                         !win32_error_is_failed(packet->error));
}

OBSERVE(OPERATION, error)
{
    const struct packet *packet = packet_at(sim, id);
    bool pending = (packet->flags & PACKET_IS_PENDING) != 0;

    return value_make(VALUE_ERROR, pending ? (uint16_t)WIN32_ERROR_IO_PENDING : packet->error);
}

OBSERVE(OPERATION, bytes)
{
    const struct packet *packet = packet_at(sim, id);
    bool pending = (packet->flags & PACKET_IS_PENDING) != 0;

    return value_make(VALUE_SIZE, pending ? 0 : packet->bytes);
}

OBSERVE(POOL, workers)
{
    return value_number(crew_at(sim, id)->threads);
}

OBSERVE(POOL, busy)
{
    return value_number(pool_at(sim, id)->busy);
}

OBSERVE(POOL, queued)
{
    return value_number(pool_at(sim, id)->depth);
}

OBSERVE(POOL, target)
{
    return value_number(pool_at(sim, id)->target);
}

OBSERVE(POOL, min_workers)
{
    return value_number(pool_at(sim, id)->minimum);
}

OBSERVE(POOL, max_workers)
{
    return value_number(pool_at(sim, id)->maximum);
}

OBSERVE(POOL, available_workers)
{
    return value_number(pool_available_workers(sim, id));
}

OBSERVE(POOL, completion_min)
{
    return value_number(pool_at(sim, id)->completion_minimum);
}

OBSERVE(POOL, completion_max)
{
    return value_number(pool_at(sim, id)->completion_maximum);
}

OBSERVE(POOL, available_completion_threads)
{
    return value_number(pool_available_completion_threads(sim, id));
}

OBSERVE(POOL, completion_threads)
{
    return value_number(pool_at(sim, id)->service.threads);
}

OBSERVE(POOL, completion_busy)
{
    return value_number(pool_at(sim, id)->service.working);
}

OBSERVE(POOL, completed)
{
    return value_number((int64_t)pool_at(sim, id)->completed);
}

OBSERVE(TASK, done)
{
    return value_boolean(task_at(sim, id)->is_done);
}

OBSERVE(DEVICE, busy)
{
    return value_number(device_at(sim, id)->busy);
}

OBSERVE(DEVICE, queued)
{
    return value_number(device_at(sim, id)->queued);
}

OBSERVE(LOAD, arrived)
{
    return value_number((int64_t)load_at(sim, id)->arrived);
}

OBSERVE(LOAD, finished)
{
    return value_number((int64_t)load_at(sim, id)->finished);
}

OBSERVE(LOAD, unfinished)
{
    return value_number((int64_t)(load_at(sim, id)->arrived - load_at(sim, id)->finished));
}

OBSERVE(MACHINE, processors)
{
    (void)id;
    return value_number(sim->plan->processors);
}

OBSERVE(MACHINE, busy)
{
    (void)id;
    return value_number(processor_busy(sim));
}

OBSERVE(MACHINE, ready)
{
    (void)id;
    return value_number(dispatch_ready_count(sim) + sim->state.unpaid);
}

OBSERVE(MACHINE, threads)
{
    (void)id;
    return value_number(sim->state.alive);
}

OBSERVE(MACHINE, switches)
{
    (void)id;
    return value_number((int64_t)sim->state.switches);
}

OBSERVE(MACHINE, cpu_time)
{
    (void)id;
    return value_make(VALUE_DURATION, processor_cpu_time(sim));
}

bool switchboard_observe(const struct simulation *sim,
                         enum observable observable,
                         reference object,
                         struct value *value)
{
    static struct value (*const observe[])(const struct simulation *sim, uint32_t id) = {
#define OBSERVABLE(kind, word, type, what) observe_##kind##_##word,
#include "model/observable.def"
#undef OBSERVABLE
    };

    if (reference_kind(object) != observable_kind(observable)) {
        return false;
    }
    *value = observe[observable](sim, reference_kind(object) == OBJECT_THREAD ? thread_of(sim, object)
                                                                             : reference_slot(object) + 1);
    return true;
}

/* One result of the executing frame. */
static struct value read_result(const struct simulation *sim, const struct frame *frame, uint32_t which)
{
    (void)sim;
    switch ((enum result)which) {
    case RESULT_OK:
        return value_boolean(frame->ok);
    case RESULT_ERROR:
        return value_make(VALUE_ERROR, frame->error);
    case RESULT_BYTES:
        return value_make(VALUE_SIZE, frame->bytes);
    case RESULT_KEY:
        return value_make(VALUE_NUMBER, frame->key);
    case RESULT_OPERATION:
        return packet_value(sim, frame->operation);
    case RESULT_COUNT:
        return value_number(frame->count);
    case RESULT_WHICH:
        return value_number(frame->which);
    }
    return value_null();
}

/* One field of what a registered wait tells its callback: nothing but whether it has waited too long. */
static enum formula_status read_notice(enum notice notice, uint32_t field, struct value *value)
{
    switch ((enum packet_field)field) {
    case PACKET_OK:
        *value = value_boolean(true);
        break;
    case PACKET_ERROR:
        *value = value_make(VALUE_ERROR, WIN32_ERROR_SUCCESS);
        break;
    case PACKET_BYTES:
        *value = value_make(VALUE_SIZE, 0);
        break;
    case PACKET_KEY:
        *value = value_number(0);
        break;
    case PACKET_TIMED_OUT:
        *value = value_boolean(notice == NOTICE_TIMED_OUT);
        break;
    case PACKET_WHOLE:
    case PACKET_OPERATION:
    case PACKET_HANDLE:
    case PACKET_CALLBACK:
        *value = value_null();
        break;
    }
    return FORMULA_OK;
}

/* One field of the packet that caused the executing callback. */
static enum formula_status
read_packet(const struct simulation *sim, const struct frame *frame, uint32_t field, struct value *value)
{
    packet_id id = frame->packet;
    const struct packet *packet = packet_at(sim, id);

    if (frame->notice != NOTICE_NONE) {
        return read_notice((enum notice)frame->notice, field, value);
    }

    if (field == PACKET_WHOLE) {
        *value = packet_value(sim, id);
        return FORMULA_OK;
    }
    if (id == 0) {
        return FORMULA_NULL_MEMBER;
    }
    switch ((enum packet_field)field) {
    case PACKET_WHOLE:
        break;
    case PACKET_OK:
        *value = value_boolean(!win32_error_is_failed(packet->error));
        break;
    case PACKET_ERROR:
        *value = value_make(VALUE_ERROR, packet->error);
        break;
    case PACKET_BYTES:
        *value = value_make(VALUE_SIZE, packet->bytes);
        break;
    case PACKET_KEY:
        *value = value_make(VALUE_NUMBER, packet->key);
        break;
    case PACKET_OPERATION:
        *value = packet_value(sim, packet_as_result(sim, id));
        break;
    case PACKET_HANDLE:
        *value = packet->handle == 0 ? value_null()
                                     : value_make(VALUE_REFERENCE, handle_reference(packet->handle));
        break;
    case PACKET_CALLBACK:
        *value = packet->procedure == PLAN_NONE
                     ? value_null()
                     : value_make(VALUE_TEXT, sim->plan->procedure[packet->procedure].name);
        break;
    case PACKET_TIMED_OUT:
        *value = value_boolean((packet->flags & PACKET_IS_LATE) != 0);
        break;
    }
    return FORMULA_OK;
}

/* What stands under an observable's word, of an object whose kind only the run knows. */
static enum formula_status read_member(const struct simulation *sim, uint32_t word, struct value *top)
{
    uint32_t observable;

    if (top->type == VALUE_NULL) {
        return FORMULA_NULL_MEMBER;
    }
    if (top->type != VALUE_REFERENCE) {
        return FORMULA_NO_SUCH_MEMBER;
    }
    observable = observable_find((enum object_kind)reference_kind((reference)top->bits),
                                 plan_text(sim->plan, word));
    if (observable == OBSERVABLE_COUNT) {
        return FORMULA_NO_SUCH_MEMBER;
    }
    (void)switchboard_observe(sim, (enum observable)observable, (reference)top->bits, top);
    return FORMULA_OK;
}

/* An element of a declared array: its reference, or, of a variable, its value. */
static enum formula_status
read_element(const struct simulation *sim, enum read what, uint32_t number, struct value *top)
{
    const struct plan_object *declared = &sim->plan->object[number];
    int64_t index = (int64_t)top->bits;

    if (top->type != VALUE_NUMBER) {
        return FORMULA_WRONG_TYPE;
    }
    if (index < declared->from || index - declared->from >= declared->count) {
        return FORMULA_OUT_OF_RANGE;
    }
    index += declared->first_slot - (int64_t)declared->from;
    if (what == READ_ELEMENT) {
        *top = value_make(VALUE_REFERENCE, reference_make(declared->kind, (uint32_t)index));
    } else {
        *top = *BLOCK_AT(&sim->block, TABLE_VARIABLE, const struct value, (uint32_t)index + 1);
    }
    return FORMULA_OK;
}

static enum formula_status
read_local_element(const struct simulation *sim, const struct frame *frame, uint32_t slot, struct value *top)
{
    const struct value *length = local_at(sim, frame->locals + slot);

    if (top->type != VALUE_NUMBER) {
        return FORMULA_WRONG_TYPE;
    }
    if (length->type != VALUE_NUMBER || top->bits >= length->bits) {
        return FORMULA_OUT_OF_RANGE;
    }
    *top = *local_at(sim, frame->locals + slot + 1 + (uint32_t)top->bits);
    return FORMULA_OK;
}

static enum formula_status read_name(void *context, uint32_t what, uint32_t argument, struct value *top)
{
    const struct simulation *sim = context;
    const struct frame *frame = frame_at(sim, thread_at(sim, sim->executing)->frame);
    const struct procedure_count *count;

    switch ((enum read)what) {
    case READ_LOCAL:
        *top = *local_at(sim, frame->locals + argument);
        break;
    case READ_LOCAL_ELEMENT:
        return read_local_element(sim, frame, argument, top);
    case READ_RESULT:
        *top = read_result(sim, frame, argument);
        break;
    case READ_PACKET:
        return read_packet(sim, frame, argument, top);
    case READ_ME:
        *top = thread_value(sim, sim->executing);
        break;
    case READ_NOW:
        *top = value_make(VALUE_DURATION, sim->state.now);
        break;
    case READ_VARIABLE:
        *top = *BLOCK_AT(&sim->block, TABLE_VARIABLE, const struct value, argument + 1);
        break;
    case READ_VARIABLE_ELEMENT:
    case READ_ELEMENT:
        return read_element(sim, (enum read)what, argument, top);
    case READ_OBSERVABLE:
        if (top->type == VALUE_NULL) {
            return FORMULA_NULL_MEMBER;
        }
        if (!switchboard_observe(sim, (enum observable)argument, (reference)top->bits, top)) {
            return FORMULA_NO_SUCH_MEMBER;
        }
        break;
    case READ_MEMBER:
        return read_member(sim, argument, top);
    case READ_CALLS:
        count = BLOCK_AT(&sim->block, TABLE_PROCEDURE, struct procedure_count, argument + 1);
        *top = value_number((int64_t)count->calls);
        break;
    case READ_RUNNING:
        count = BLOCK_AT(&sim->block, TABLE_PROCEDURE, struct procedure_count, argument + 1);
        *top = value_number((int64_t)count->running);
        break;
    case READ_INDEX:
        *top = value_number(sim->index);
        break;
    case READ_SERIES:
    case READ_AGGREGATE:
        return FORMULA_NO_SUCH_MEMBER;
    }
    return FORMULA_OK;
}

/* What a pool's thread does when it has nothing to execute, by its type. */
static enum step_end thread_of_pool_goes_on(struct simulation *sim, thread_id thread)
{
    switch ((int)thread_at(sim, thread)->type) {
    case THREAD_TYPE_GATE:
        return gate_goes_on(sim, thread);
    case THREAD_TYPE_TIMER:
        return timer_thread_goes_on(sim, thread);
    case THREAD_TYPE_WAIT:
        return wait_thread_goes_on(sim, thread);
    case THREAD_TYPE_COMPLETION_PORT:
        return completion_thread_goes_on(sim, thread);
    case THREAD_TYPE_IO_POLLER:
        return io_poller_goes_on(sim, thread);
    default:
        return pool_worker_goes_on(sim, thread);
    }
}

/* What a worker does with an item that is no callback. */
static enum chore_end worker_does_chore(struct simulation *sim, thread_id thread, work_item_id item)
{
    enum step_end end = STEP_GOES_ON;

    switch ((enum work_chore)work_item_at(sim, item)->chore) {
    case CHORE_TIMERS:
        return timer_queue_fires(sim, thread, item) ? CHORE_IS_CALLBACK : CHORE_IS_DONE;
    case CHORE_TIMER:
        return timer_runs(sim, item, work_item_at(sim, item)->subject) ? CHORE_IS_CALLBACK : CHORE_IS_DONE;
    case CHORE_WAIT:
        registered_wait_runs(sim, thread, item);
        return CHORE_IS_CALLBACK;
    case CHORE_IO:
        end = io_poller_handles(sim, thread, item);
        break;
    case CHORE_READ:
        end = api_worker_serves(sim, thread, item);
        break;
    case CHORE_CALLBACK:
        return CHORE_IS_DONE;
    }
    return end == STEP_STOPS ? CHORE_STOPS : CHORE_GOES_ON;
}

const struct switchboard switchboard = {
    .verb = verbs,
    .event = events,
    .read = read_name,
    .thread_ends = cancel_thread_ends,
    .worker_goes_on = thread_of_pool_goes_on,
    .worker_is_done = door_worker_is_done,
    .worker_waits = blocking_worker_waits,
    .worker_wakes = blocking_worker_wakes,
    .does_chore = worker_does_chore,
    .watch_ends = registered_wait_is_signalled,
    .pool_takes_item = work_of_item,
    .continues = async_continues,
    .continuation_is_lost = task_continuation_is_lost,
    .frame_begins = async_frame_begins,
    .frame_ends = async_frame_ends,
    .frame_is_lost = async_frame_is_lost,
    .call_begins = async_call_begins,
    .goes_inline = async_goes_inline,
    .packet_arrives = task_packet_arrives,
};
