/* SPDX-License-Identifier: Apache-2.0 */
/* The loop, and how a run ends.
 *
 * At one instant: one due event is handled, then every ready thread runs, the first ready first, each until
 * it stops; then the next due event, in the order of scheduling. A deadline that was overtaken is dropped
 * when it surfaces and moves no clock. */
#include "model/run.h"

#include "model/birth.h"
#include "model/completion_thread.h"
#include "model/crew.h"
#include "model/device.h"
#include "model/dispatch.h"
#include "model/handle.h"
#include "model/load.h"
#include "model/names.h"
#include "model/object.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/port.h"
#include "model/process.h"
#include "model/processor.h"
#include "model/program.h"
#include "model/queue.h"
#include "model/ready.h"
#include "model/registered_wait.h"
#include "model/switchboard.h"
#include "model/task.h"
#include "model/thread.h"
#include "model/timer_queue.h"
#include "model/wait.h"
#include "sim/apart.h"
#include "sim/check.h"

/* Element 0 of every table is nobody's. */
static bool create_nobody(struct simulation *sim)
{
    uint32_t id;

    for (uint32_t table = 0; table < TABLE_COUNT; table++) {
        bool is_of_events = table >= TABLE_EVENT_STATE;
        if (table == TABLE_LOCAL) {
            if (!block_run_create(&sim->block, table, sim->plan->locals_most + 1, &id)) {
                return false;
            }
        } else if (!is_of_events && !block_create(&sim->block, table, &id)) {
            return false;
        }
    }
    return true;
}

static void declare_variables(struct simulation *sim, const struct plan_object *declaration)
{
    for (uint32_t i = 0; i < declaration->count; i++) {
        uint32_t id = declaration->first_slot + i + 1;
        struct value value = value_null();

        sim->index = declaration->from + i;
        (void)operand_value(sim, 0, declaration->value, &value);
        *(struct value *)block_at(&sim->block, TABLE_VARIABLE, id) = value;
    }
}

static void create_declared(struct simulation *sim, reference object)
{
    switch (reference_kind(object)) {
    case OBJECT_EVENT:
        (void)waitable_create(sim, WAITABLE_EVENT, object);
        break;
    case OBJECT_MUTEX:
        (void)waitable_create(sim, WAITABLE_MUTEX, object);
        break;
    case OBJECT_SEMAPHORE:
        (void)waitable_create(sim, WAITABLE_SEMAPHORE, object);
        break;
    case OBJECT_DEVICE:
        (void)simulation_create_element(sim, TABLE_DEVICE);
        break;
    case OBJECT_PORT:
        (void)simulation_create_element(sim, TABLE_QUEUE);
        break;
    case OBJECT_POOL:
        (void)simulation_create_element(sim, TABLE_POOL);
        (void)simulation_create_element(sim, TABLE_CREW);
        break;
    case OBJECT_HANDLE:
        (void)simulation_create_element(sim, TABLE_HANDLE);
        break;
    case OBJECT_VARIABLE:
        (void)simulation_create_element(sim, TABLE_VARIABLE);
        break;
    case OBJECT_THREAD:
        (void)thread_create(sim);
        break;
    case OBJECT_LOAD:
        (void)simulation_create_element(sim, TABLE_LOAD);
        break;
    default:
        break;
    }
}

/* First every declared object comes to lie in its slot, then each reads its attributes, which may name any
 * other: a mutex its owner, a file its port. Variables come first, so that all others can use their values. */
static void declare(struct simulation *sim)
{
    static const enum object_kind order[] = {OBJECT_VARIABLE,  OBJECT_EVENT,  OBJECT_MUTEX,
                                             OBJECT_SEMAPHORE, OBJECT_DEVICE, OBJECT_PORT,
                                             OBJECT_HANDLE,    OBJECT_LOAD,   OBJECT_THREAD, OBJECT_POOL};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        for (uint32_t slot = 0; slot < sim->plan->declared[order[i]]; slot++) {
            create_declared(sim, reference_make(order[i], slot));
        }
    }
    if (sim->out_of_memory) {
        return;
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        uint32_t first = sim->plan->first_object[order[i]];
        if (order[i] == OBJECT_THREAD && sim->plan->load_is_first) {
            load_declare(sim);
        }
        for (uint32_t j = 0; j < sim->plan->object_count_of[order[i]]; j++) {
            const struct plan_object *declaration = &sim->plan->object[first + j];
            switch ((int)order[i]) {
            case OBJECT_LOAD: /* all of them at once, in their place */
                break;
            case OBJECT_DEVICE:
                device_declare(sim, declaration);
                break;
            case OBJECT_PORT:
                port_declare(sim, declaration);
                break;
            case OBJECT_POOL:
                pool_declare(sim, declaration);
                break;
            case OBJECT_HANDLE:
                handle_declare(sim, declaration);
                break;
            case OBJECT_VARIABLE:
                declare_variables(sim, declaration);
                break;
            case OBJECT_THREAD:
                birth_declare(sim, declaration);
                break;
            default:
                object_declare(sim, declaration);
                break;
            }
        }
    }
    if (!sim->plan->load_is_first) {
        load_declare(sim);
    }
    for (uint32_t i = 0; i < sim->plan->procedure_count; i++) {
        (void)simulation_create_element(sim, TABLE_PROCEDURE);
    }
    for (uint32_t i = 0; i < sim->plan->object_count; i++) {
        (void)simulation_create_element(sim, TABLE_NAME_COUNT);
    }
    for (uint32_t i = 0; i < sim->plan->process_count; i++) {
        (void)simulation_create_element(sim, TABLE_PROCESS);
    }
}

bool run_create(struct simulation *sim, const struct plan *plan, const struct run_options *options)
{
    static const struct event_tables tables = {TABLE_EVENT_STATE, TABLE_EVENT_CHUNK,
                                               TABLE_EVENT_NEAR};

    memset(sim, 0, sizeof *sim);
    sim->plan = plan;
    sim->dispatcher = policy_dispatcher(plan->dispatch);
    sim->switchboard = &switchboard;
    sim->choices = options->choices;
    sim->arrivals = options->arrivals;
    sim->allocator = plan->allocator;
    sim->seed = options->seed;
    sim->until = options->until;
    sim->emission.observer = options->observer;
    sim->emission.observer_count = options->observer_count;
    for (uint32_t i = 0; i < options->observer_count; i++) {
        sim->emission.wanted[0] |= options->observer[i].kinds[0];
        sim->emission.wanted[1] |= options->observer[i].kinds[1];
    }
    sim->emission.record = sim->allocator.reallocate(
        sim->allocator.context, NULL, EMISSION_BATCH * sizeof *sim->emission.record);
    if (sim->emission.record == NULL ||
        !block_init(&sim->block, sim->allocator, table_sizes, TABLE_COUNT) || !create_nobody(sim) ||
        !event_queue_init(&sim->events, &sim->block, tables)) {
        run_destroy(sim);
        return false;
    }
    sim->state.step_n = 1;
    {
        struct record *record = emit(sim, RECORD_RUN_BEGIN);
        if (record != NULL) {
            record->amount = options->seed;
        }
    }
    sim->state.run_begin = sim->state.n;
    ready_create(sim);
    declare(sim);
    if (sim->out_of_memory) {
        run_destroy(sim);
        return false;
    }
    return true;
}

void run_destroy(struct simulation *sim)
{
    struct emission *emission = &sim->emission;

    sim->allocator.reallocate(sim->allocator.context, emission->record, 0);
    sim->allocator.reallocate(sim->allocator.context, emission->bytes, 0);
    sim->allocator.reallocate(sim->allocator.context, emission->list, 0);
    sim->allocator.reallocate(sim->allocator.context, emission->scratch, 0);
    block_release(&sim->block);
    memset(sim, 0, sizeof *sim);
}

/* Lets every thread run that a dispatcher gives a turn. */
static void run_dispatched(struct simulation *sim)
{
    thread_id id;

    dispatch_settle(sim, 0);
    while (!sim->state.is_over && !sim->out_of_memory && (id = processor_next(sim)) != 0) {
        program_run(sim, id);
        dispatch_settle(sim, id);
        if (sim->state.spinner_first != 0) {
            processor_recheck_spinners(sim);
            dispatch_settle(sim, 0);
        }
    }
}

/* Lets every ready thread run, first ready first. */
static void run_ready(struct simulation *sim)
{
    if (sim->dispatcher != NULL && !sim->dispatcher->shares) {
        run_dispatched(sim);
        return;
    }
    while (sim->state.ready_count > 0 && !sim->state.is_over && !sim->out_of_memory) {
        uint32_t index = choose(&sim->choices, CHOICE_READY, sim->state.ready_count, 0);
        thread_id id = processor_take(sim, index);
        if (id != 0) {
            program_run(sim, id);
        }
        if (sim->state.spinner_first != 0) {
            processor_recheck_spinners(sim);
        }
    }
}

static enum event_kind event_kind(struct event event)
{
    return (enum event_kind)(event.what >> EVENT_KIND_SHIFT);
}

/* The number of what the event is about. */
static uint32_t event_subject(struct event event)
{
    return event.what & ((1u << EVENT_KIND_SHIFT) - 1);
}

static bool is_of_dispatcher(struct event event)
{
    return event_kind(event) == EVENT_PROCESSOR || event_kind(event) == EVENT_SCAN;
}

/* Whether it is a thread's deadline, the end of its compute, or of its patience at its pool. */
static bool is_timed(struct event event)
{
    return event_kind(event) == EVENT_COMPUTE_END || event_kind(event) == EVENT_DEADLINE ||
           event_kind(event) == EVENT_WORKER_IDLE;
}

/* Whether the thread's wait or compute, which the event was to end, has ended otherwise, or a pool wants its tick no
 * longer. */
static bool is_overtaken(const void *context, struct event event)
{
    return event_kind(event) == EVENT_POOL_TICK
               ? pool_tick_is_stale(context, event_subject(event), event.stamp)
               : is_timed(event) && thread_at(context, event_subject(event))->stamp != event.stamp;
}

/* Whether the operation, whose service or call the event was to end, has ended otherwise. */
static bool is_of_ended_operation(const struct simulation *sim, struct event event)
{
    const struct packet *packet = packet_at(sim, event_subject(event));
    uint32_t awaited = event_kind(event) == EVENT_CALL_END ? PACKET_IN_CALL : PACKET_IN_SERVICE;

    return (packet->flags & PACKET_IS_PENDING) == 0 || (packet->flags & awaited) == 0 ||
           (uint32_t)packet->number != event.stamp;
}

/* Whether the thread that was to begin belongs to a process that has ended. */
static bool is_birth_in_vain(const struct simulation *sim, struct event event)
{
    return process_at(sim, thread_at(sim, event_subject(event))->process)->has_exited != 0;
}

static inline bool is_stale(const struct simulation *sim, struct event event)
{
    switch (event_kind(event)) {
    case EVENT_COMPUTE_END:
    case EVENT_DEADLINE:
    case EVENT_WORKER_IDLE:
    case EVENT_POOL_TICK:
        return is_overtaken(sim, event);
    case EVENT_POOL_BEGIN:
    case EVENT_BIRTH:
        break;
    case EVENT_SERVICE_END:
    case EVENT_CALL_END:
        return is_of_ended_operation(sim, event);
    case EVENT_PROCESSOR:
    case EVENT_SCAN:
        return ready_is_stale(sim, event);
    case EVENT_THREAD_START:
        return is_birth_in_vain(sim, event);
    case EVENT_REGISTRATION:
        return registration_at(sim, event_subject(event))->stamp != event.stamp;
    case EVENT_TIMER:
        return timer_at(sim, event_subject(event))->stamp != event.stamp;
    case EVENT_ARRIVAL:
    case EVENT_CLIENT:
        break;
    }
    return false;
}

/* Whether it is the time-out of a thread that waits at its pool's port, or is retired there. */
static bool is_of_completion_thread(const struct simulation *sim, struct event event)
{
    thread_id thread = event_kind(event) == EVENT_DEADLINE ? event_subject(event) : 0;

    return thread_at(sim, thread)->frame == 0 && completion_thread_is(sim, thread);
}

/* Whether it is the time-out of a thread that a pool has for itself: its gate, or who waits for timers or for what is
 * registered. */
static bool is_of_helper(const struct simulation *sim, struct event event)
{
    const struct thread *thread = thread_at(sim, event_kind(event) == EVENT_DEADLINE ? event_subject(event) : 0);

    return thread->pool != 0 && (thread->type == THREAD_TYPE_GATE || thread->type == THREAD_TYPE_TIMER ||
                                 thread->type == THREAD_TYPE_WAIT);
}

/* Whether that leads to more than housekeeping: a timer that will fire, a registered wait that may take too long. */
static bool helper_keeps_alive(const struct simulation *sim, thread_id thread)
{
    pool_id pool = thread_at(sim, thread)->pool;

    switch ((int)thread_at(sim, thread)->type) {
    case THREAD_TYPE_TIMER:
        return pool_at(sim, pool)->timers.active > 0;
    case THREAD_TYPE_WAIT:
        return wait_thread_keeps_alive(sim, thread);
    default: /* a timer that has fired may wait for a worker that the gate adds */
        return pool_keeps_alive(sim, pool) && (sim->until == SIM_NEVER || pool_at(sim, pool)->timers.active > 0);
    }
}

/* Whether something waits for the event: an idle time-out, and the tick or gate of a pool that has nothing to do, are
 * housekeeping, and alone keep no run alive. */
static bool keeps_alive(const void *context, struct event event)
{
    const struct simulation *sim = context;
    uint32_t subject = event_subject(event);

    if (is_of_helper(sim, event)) {
        return helper_keeps_alive(sim, subject) && !is_stale(sim, event);
    }
    if (event_kind(event) == EVENT_POOL_TICK) {
        return sim->until == SIM_NEVER && pool_keeps_alive(sim, subject) && !is_stale(sim, event);
    }
    return event_kind(event) != EVENT_WORKER_IDLE && !is_of_completion_thread(sim, event) && !is_stale(sim, event);
}

static bool is_kept_alive(const struct simulation *sim)
{
    struct event_judge judge = {keeps_alive, sim};

    return event_queue_has(&sim->events, &judge);
}

/* Counts an event that has been taken out of the future event list. */
static void note_taken(struct simulation *sim, struct event event, bool stale)
{
    sim->state.pending -= !is_of_dispatcher(event);
    if (is_timed(event)) {
        if (stale) {
            sim->state.stale_events--;
        } else {
            thread_at(sim, event_subject(event))->is_timed = false;
        }
    } else if (event_kind(event) == EVENT_POOL_TICK && stale) {
        sim->state.stale_events--;
    }
}

static bool has_owner(const struct simulation *sim, waitable_id id, thread_id *owner)
{
    const struct waitable *waitable = waitable_at(sim, id);

    if (waitable->kind == WAITABLE_MUTEX) {
        *owner = waitable->owner;
        return true;
    }
    if (reference_kind(waitable->object) == OBJECT_THREAD) {
        *owner = thread_of(sim, waitable->object);
        return true;
    }
    if (reference_kind(waitable->object) == OBJECT_TASK) {
        *owner = task_owner(sim, reference_slot(waitable->object) + 1);
        return true;
    }
    return false;
}

bool run_waits_inside(const struct simulation *sim, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);
    const struct frame *frame = frame_at(sim, thread->frame);
    bool in_callback = false;

    bool is_suspended = thread->suspensions > 0;
    bool waits = is_suspended || (thread->first_wait != 0 && (thread->flags & THREAD_OUTSIDE) == 0);

    if (thread->state != THREAD_BLOCKED || !waits || (thread->flags & THREAD_MAY_WAIT) != 0) {
        return false;
    }
    for (frame_id at = thread->frame; at != 0; at = frame->up) {
        frame = frame_at(sim, at);
        in_callback = in_callback || frame_is_callback(frame->kind) || frame->kind >= FRAME_RESUMED;
    }
    return in_callback || (thread->flags & THREAD_BACKGROUND) == 0;
}

/* Whom the thread waits for: the owner of the first of its objects that is not available; 0: nobody. */
static thread_id waits_for(const struct simulation *sim, thread_id id)
{
    thread_id owner = 0;

    if (thread_at(sim, id)->state != THREAD_BLOCKED || thread_at(sim, id)->suspensions > 0) {
        return 0;
    }
    for (uint32_t block = thread_at(sim, id)->first_wait; block != 0;
         block = wait_block_at(sim, block)->sibling) {
        waitable_id waitable = wait_block_at(sim, block)->waitable;
        const struct waitable *object = waitable_at(sim, waitable);
        bool available = object->kind == WAITABLE_MUTEX ? object->owner == 0 || object->owner == id
                                                        : object->state > 0;
        if (!available) {
            return has_owner(sim, waitable, &owner) ? owner : 0;
        }
    }
    return 0;
}

/* A thread of a circle that is reached from `start` by following owners; 0 when there is none. O(threads). */
static thread_id find_circle(const struct simulation *sim, thread_id start)
{
    thread_id slow = start;
    thread_id fast = start;

    do {
        slow = waits_for(sim, slow);
        fast = waits_for(sim, fast);
        fast = fast == 0 ? 0 : waits_for(sim, fast);
        if (slow == 0 || fast == 0) {
            return 0;
        }
    } while (slow != fast);
    /* Where the path from the start enters the circle. */
    slow = start;
    while (slow != fast) {
        slow = waits_for(sim, slow);
        fast = waits_for(sim, fast);
    }
    return slow;
}

/* Adds the threads of the first circle found to the record of the end. */
static void tell_circle(struct simulation *sim, struct record *record)
{
    for (thread_id id = 1; id < block_used(&sim->block, TABLE_THREAD); id++) {
        thread_id first = run_waits_inside(sim, id) ? find_circle(sim, id) : 0;
        thread_id at = first;
        while (at != 0) {
            emit_reference(sim, record, thread_reference(sim, at));
            at = waits_for(sim, at);
            if (at == first) {
                return;
            }
        }
    }
}

/* How a run ends in which nothing is ready and nothing is pending. */
static enum run_end quiet_end(const struct simulation *sim)
{
    if (sim->state.spinner_first != 0) {
        return END_LIVELOCK;
    }
    for (thread_id id = 1; id < block_used(&sim->block, TABLE_THREAD); id++) {
        if (run_waits_inside(sim, id)) {
            return END_DEADLOCK;
        }
    }
    return END_IDLE;
}

static void finish(struct simulation *sim)
{
    struct record *record;

    if (sim->state.end == END_LIVELOCK && sim->state.livelocked == 0) {
        sim->state.livelocked = sim->state.spinner_first;
    }
    sim->state.step_n++;
    /* A livelock says who ran, and at which step. */
    record = sim->state.end == END_LIVELOCK ? emit_verb(sim, RECORD_RUN_END, sim->state.livelocked)
                                            : emit(sim, RECORD_RUN_END);
    if (record != NULL) {
        record->cause = 0;
        record->count = sim->state.end;
        if (sim->state.end == END_DEADLOCK) {
            tell_circle(sim, record);
        }
        record->absent = record->span.length == 0 ? 2 : 0;
    }
    emission_flush(sim);
}

/* Whether nothing is pending but turns of threads that spin. */
static bool is_livelock(struct simulation *sim)
{
    return sim->dispatcher != NULL && sim->state.pending == sim->state.stale_events && sim->state.spinner_first != 0 &&
           processor_only_spins(sim);
}

/* Stale events are kept until they are due, unless they are many and most: then they are forgotten, or a run
 * of long time-outs that never pass would fill the memory with them. */
#define STALE_EVENTS_MOST 16

static void forget_stale_events(struct simulation *sim)
{
    struct event_judge judge = {is_overtaken, sim};
    uint32_t pending = event_queue_pending(&sim->events);
    uint32_t forgotten;

    if (sim->state.stale_events > STALE_EVENTS_MOST && sim->state.stale_events > pending / 2) {
        event_queue_prune(&sim->events, &judge);
        forgotten = pending - event_queue_pending(&sim->events);
        sim->state.stale_events -= forgotten;
        sim->state.pending -= forgotten;
    }
}

/* Nothing is due, or all that is due leads nowhere: the run is over. */
SIM_APART static void end_quietly(struct simulation *sim)
{
    if (sim->events.failed) {
        sim->out_of_memory = true;
        return;
    }
    sim->state.is_over = true;
    sim->state.end = (uint8_t)quiet_end(sim);
    if (sim->until != SIM_NEVER && sim->state.end != END_LIVELOCK) {
        sim->state.now = sim->until;
    }
}

static void end_at_limit(struct simulation *sim)
{
    sim->state.is_over = true;
    sim->state.end = END_TIME_LIMIT;
    sim->state.now = sim->until;
}

static bool is_housekeeping(const struct simulation *sim, struct event event)
{
    return is_of_helper(sim, event) || is_of_completion_thread(sim, event) || event_kind(event) == EVENT_WORKER_IDLE ||
           event_kind(event) == EVENT_POOL_TICK;
}

/* Whether the run is over before this event: it lies behind the limit, or nothing but housekeeping is left. */
SIM_APART static bool is_at_end(struct simulation *sim, struct event event)
{
    bool is_late = event.time > sim->until;
    bool goes_on;

    if (!is_late && (sim->until != SIM_NEVER || keeps_alive(sim, event))) {
        return false;
    }
    goes_on = is_kept_alive(sim);
    if (is_late && goes_on) {
        end_at_limit(sim);
    } else if (!goes_on) {
        end_quietly(sim);
    }
    return is_late || !goes_on;
}

/* Reads the event that was chosen; whether it is stale. */
SIM_APART static bool choose_event(const struct simulation *sim, uint32_t index, struct event *event)
{
    *event = event_queue_peek(&sim->events, index);
    return is_stale(sim, *event);
}

/* Takes the next due event; false when none is due before the limit, and the run is over. A stale one that is the first
 * goes without a choice, and without an end. */
static bool next_event(struct simulation *sim, struct event *event)
{
    for (;;) {
        uint32_t due = event_queue_due(&sim->events);
        uint32_t index = 0;
        bool stale;

        if (due == 0 || is_livelock(sim)) {
            end_quietly(sim);
            return false;
        }
        *event = event_queue_peek(&sim->events, 0);
        stale = is_stale(sim, *event);
        if (!stale && (event->time > sim->until || is_housekeeping(sim, *event)) && is_at_end(sim, *event)) {
            return false;
        }
        if (!stale && due > 1 && sim->choices.choose != NULL) {
            index = choose(&sim->choices, CHOICE_TIE, due, 0);
            stale = choose_event(sim, index, event);
        }
        event_queue_drop(&sim->events, index);
        note_taken(sim, *event, stale);
        if (!stale) {
            return true;
        }
    }
}

/* Takes up to `most` steps; whether the run can go on. One loop, so that a run to its end saves its registers once. */
static bool run_steps(struct simulation *sim, uint64_t most)
{
    struct event event;

    if (sim->state.is_over) {
        return false;
    }
    for (; most > 0 && !sim->state.is_over && !sim->out_of_memory; most--) {
        if (next_event(sim, &event)) {
            if (event.time != sim->state.now) {
                sim->state.now = event.time;
                sim->state.verbs_now = 0;
            }
            sim->state.step_n++;
            sim->state.events++;
            forget_stale_events(sim);
            sim->switchboard->event[event_kind(event)](sim, event_subject(event));
            if (sim->state.spinner_first != 0) {
                processor_recheck_spinners(sim);
            }
            run_ready(sim);
        }
    }
    if (sim->state.is_over) {
        finish(sim);
        return false;
    }
    return !sim->out_of_memory;
}

bool run_step(struct simulation *sim)
{
    return run_steps(sim, 1);
}

bool run_to_end(struct simulation *sim)
{
    (void)run_steps(sim, UINT64_MAX);
    return !sim->out_of_memory;
}
