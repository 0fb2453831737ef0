/* SPDX-License-Identifier: Apache-2.0 */
/* Waits.
 *
 * Order of tests, as the NT dispatcher has it: what is signalled satisfies at once; then, in an alertable
 * wait, a queued APC; then a time-out of 0; only then does the thread wait. Whoever ends the wait writes
 * its outcome and makes the thread ready; the thread goes on with its next verb, there is no resumption in
 * the middle of one. The deadline is one event, made stale by the thread's stamp when the wait ends. */
#include "model/wait.h"

#include "model/delivery.h"
#include "model/operand.h"
#include "model/processor.h"
#include "model/queue.h"
#include "sim/check.h"

static bool is_available(const struct waitable *waitable, thread_id thread)
{
    if (waitable->kind == WAITABLE_MUTEX) {
        return waitable->owner == 0 || waitable->owner == thread;
    }
    return waitable->state > 0;
}

/* The mutex goes to the tail of what its new owner holds. */
static void own(struct simulation *sim, waitable_id id, thread_id owner)
{
    struct waitable *mutex = waitable_at(sim, id);
    struct thread *thread = thread_at(sim, owner);

    mutex->owner = owner;
    mutex->held_previous = thread->last_held;
    mutex->held_next = 0;
    if (thread->last_held != 0) {
        waitable_at(sim, thread->last_held)->held_next = id;
    } else {
        thread->first_held = id;
    }
    thread->last_held = id;
}

static void disown(struct simulation *sim, waitable_id id)
{
    struct waitable *mutex = waitable_at(sim, id);
    struct thread *thread = thread_at(sim, mutex->owner);

    if (mutex->held_previous != 0) {
        waitable_at(sim, mutex->held_previous)->held_next = mutex->held_next;
    } else {
        thread->first_held = mutex->held_next;
    }
    if (mutex->held_next != 0) {
        waitable_at(sim, mutex->held_next)->held_previous = mutex->held_previous;
    } else {
        thread->last_held = mutex->held_previous;
    }
    mutex->owner = 0;
    mutex->recursion = 0;
}

/* Takes what a satisfied wait takes; whether that is something to tell. */
static bool take(struct simulation *sim, waitable_id id, thread_id thread)
{
    struct waitable *waitable = waitable_at(sim, id);

    switch ((enum waitable_kind)waitable->kind) {
    case WAITABLE_EVENT:
        waitable->state = 0;
        return true;
    case WAITABLE_SEMAPHORE:
        waitable->state--;
        return true;
    case WAITABLE_MUTEX:
        waitable->recursion++;
        if (waitable->owner == thread) {
            return false;
        }
        own(sim, id, thread);
        return true;
    case WAITABLE_MANUAL_EVENT:
    case WAITABLE_TASK:
    case WAITABLE_NOTICE:
        break;
    }
    return false;
}

/* Acquires one object for a wait; `cause` is 0 when the thread takes it itself. Whether it was abandoned. */
static bool acquire(struct simulation *sim, waitable_id id, thread_id thread, uint64_t cause)
{
    struct record *record;
    bool abandoned;

    if (!take(sim, id, thread)) {
        return false;
    }
    record = thread == 0  ? emit(sim, RECORD_OBJECT_ACQUIRE)
             : cause == 0 ? emit_verb(sim, RECORD_OBJECT_ACQUIRE, thread)
                          : emit_thread(sim, RECORD_OBJECT_ACQUIRE, thread, cause);
    if (record != NULL) {
        record->cause = cause == 0 ? record->cause : cause;
        const struct waitable *waitable = waitable_at(sim, id);
        record->object = waitable->object;
        record->why = cause == 0 ? WHY_AT_ONCE : WHY_HANDED_OVER;
        record->count = (uint32_t)waitable->state;
        record->absent = waitable->kind == WAITABLE_SEMAPHORE ? 0 : 1;
    }
    abandoned = waitable_at(sim, id)->abandoned != 0;
    waitable_at(sim, id)->abandoned = false;
    return abandoned;
}

void wait_tell_result(struct simulation *sim, thread_id thread)
{
    packet_id id = thread_at(sim, thread)->awaits;
    const struct packet *packet = packet_at(sim, id);
    bool asks = thread_at(sim, thread)->verb == VERB_result;
    bool is_pending =
        (packet->flags & PACKET_IS_PENDING) != 0 || (!asks && (packet->flags & PACKET_TO_WORKER) != 0);
    bool can_be_read = !is_pending && (!asks || (packet->flags & PACKET_IS_VISIBLE) != 0);
    struct outcome outcome = {
        .error = can_be_read ? packet->error
                 : asks      ? (uint16_t)WIN32_ERROR_IO_INCOMPLETE
                             : (uint16_t)WIN32_ERROR_IO_PENDING,
        .bytes = can_be_read ? packet->bytes : 0,
        .op = packet->number,
        .shown = RESULT_OK | RESULT_ERROR | RESULT_BYTES,
    };

    if (!asks && can_be_read && packet->verb == VERB_control && !win32_error_is_error(packet->error)) {
        outcome.bytes = packet->told;
    }
    outcome.ok = can_be_read && packet->error == WIN32_ERROR_SUCCESS;
    thread_outcome(sim, thread, &outcome);
    thread_await(sim, thread, 0);
}

/* How a wait ended. */
struct wait_end {
    enum record_why why;
    uint16_t error;
    uint32_t which;
    uint64_t bytes; /* of the tasks that were waited for */
    uint64_t cause;
};

/* A task that was waited for hands on its bytes, and its failure unless another has failed before it. */
static void hand_on(const struct simulation *sim, waitable_id id, struct wait_end *end)
{
    const struct waitable *waitable = waitable_at(sim, id);

    if (waitable->kind == WAITABLE_TASK) {
        end->bytes += waitable->most;
        end->error = end->error == WIN32_ERROR_SUCCESS ? waitable->error : end->error;
    }
}

/* Which results the verb of a wait has. */
static void wait_outcome(struct simulation *sim, thread_id thread, const struct wait_end *end)
{
    struct outcome outcome;

    if (thread_at(sim, thread)->frame == 0) { /* a pool's own, which has no verb */
        thread_at(sim, thread)->woken_by = end->error == WIN32_WAIT_TIMEOUT ? WOKEN_BY_TIMEOUT : end->which;
        thread_await(sim, thread, 0);
        return;
    }
    if (thread_at(sim, thread)->awaits != 0) {
        if (end->error == WIN32_ERROR_SUCCESS) {
            wait_tell_result(sim, thread);
            return;
        }
        thread_await(sim, thread, 0);
    }
    outcome = (struct outcome){
        .ok = end->error == WIN32_ERROR_SUCCESS || end->error == WIN32_WAIT_ABANDONED,
        .error = end->error,
        .which = end->which,
        .bytes = end->bytes,
        .shown = verb_results((enum verb)thread_at(sim, thread)->verb),
    };
    if ((outcome.shown & RESULT_OK) != 0) {
        thread_outcome(sim, thread, &outcome);
    }
}

/* The instant rounded up to a tick: a Windows dispatcher looks at time-outs when its clock ticks (fact C7).
 * One that would pass the end of time is left as it is. */
static sim_time round_to_tick(const struct simulation *sim, sim_time end)
{
    sim_span tick = sim->plan->tick;
    sim_span over = tick == 0 ? 0 : end % tick;
    sim_time rounded = end;

    if (sim->dispatcher == NULL || !sim->dispatcher->has_ticks || over == 0) {
        return end;
    }
    (void)sim_time_add(end, tick - over, &rounded);
    return rounded;
}

/* Schedules the one deadline that a waiting thread has. */
static void set_deadline(struct simulation *sim, thread_id thread, sim_span timeout)
{
    sim_time end;

    if (sim_time_add(sim->state.now, timeout, &end) && end != SIM_NEVER) {
        thread_schedule(sim, thread, EVENT_DEADLINE, round_to_tick(sim, end));
    }
}

/* The wait that begins comes behind all others; one that a kernel APC interrupted has its old place again, unless
 * the machine says otherwise (fact IOCP-51, whose end is open). Whether it is such a one. */
static bool takes_old_place(struct simulation *sim, thread_id thread)
{
    bool was_interrupted = thread_at(sim, thread)->interrupted != INTERRUPTED_NOT;

    thread_at(sim, thread)->interrupted = INTERRUPTED_NOT;
    if (was_interrupted && !sim->plan->kernel_apc_requeues) {
        return true;
    }
    thread_at(sim, thread)->wait_order = ++sim->state.waits;
    return false;
}

/* The last of an object's blocks whose wait comes before the thread's; 0: none does. O(1) for a wait that is new. */
static uint32_t block_before(const struct simulation *sim, const struct waitable *waitable, thread_id thread)
{
    uint32_t id = waitable->last;

    while (id != 0 && thread_at(sim, wait_block_at(sim, id)->thread)->wait_order > thread_at(sim, thread)->wait_order) {
        id = wait_block_at(sim, id)->previous;
    }
    return id;
}

/* Enters a block in its object's list. */
static void enter_block(struct simulation *sim, uint32_t id)
{
    struct wait_block *block = wait_block_at(sim, id);
    struct waitable *waitable = waitable_at(sim, block->waitable);

    block->previous = block_before(sim, waitable, block->thread);
    block->next = block->previous == 0 ? waitable->first : wait_block_at(sim, block->previous)->next;
    *(block->previous != 0 ? &wait_block_at(sim, block->previous)->next : &waitable->first) = id;
    *(block->next != 0 ? &wait_block_at(sim, block->next)->previous : &waitable->last) = id;
}

/* Takes a block out of its object's list. */
static void leave_block(struct simulation *sim, uint32_t id)
{
    const struct wait_block *block = wait_block_at(sim, id);
    struct waitable *waitable = waitable_at(sim, block->waitable);

    *(block->previous != 0 ? &wait_block_at(sim, block->previous)->next : &waitable->first) = block->next;
    *(block->next != 0 ? &wait_block_at(sim, block->next)->previous : &waitable->last) = block->previous;
}

/* Enters the thread with every object that it waits for. */
static void link_blocks(struct simulation *sim, thread_id thread, const struct waiting *waiting)
{
    uint32_t previous = 0;

    for (uint32_t i = 0; i < waiting->count; i++) {
        uint32_t id = simulation_create_element(sim, TABLE_WAIT_BLOCK);

        *wait_block_at(sim, id) =
            (struct wait_block){.waitable = waiting->object[i], .thread = thread, .place = i};
        enter_block(sim, id);
        if (previous == 0) {
            thread_at(sim, thread)->first_wait = id;
        } else {
            wait_block_at(sim, previous)->sibling = id;
        }
        previous = id;
    }
}

static void free_blocks(struct simulation *sim, thread_id thread)
{
    uint32_t id = thread_at(sim, thread)->first_wait;

    thread_at(sim, thread)->first_wait = 0;
    while (id != 0) {
        uint32_t sibling = wait_block_at(sim, id)->sibling;
        block_free(&sim->block, TABLE_WAIT_BLOCK, id);
        id = sibling;
    }
}

/* The thread leaves the lists of what it waits for; its blocks stay with it. */
static void leave_objects(struct simulation *sim, thread_id thread)
{
    for (uint32_t id = thread_at(sim, thread)->first_wait; id != 0; id = wait_block_at(sim, id)->sibling) {
        leave_block(sim, id);
    }
}

/* The thread really waits: it says so, and its port is told. */
static void block(struct simulation *sim, thread_id thread, const struct waiting *waiting)
{
    struct record *record;
    struct thread *waiter = thread_at(sim, thread);
    bool goes_on = takes_old_place(sim, thread);

    waiter->flags &= (uint8_t) ~(THREAD_ALERTABLE | THREAD_WAITS_ANY | THREAD_OUTSIDE);
    waiter->flags |= (uint8_t)((waiting->alertable ? THREAD_ALERTABLE : 0) |
                               (waiting->any ? THREAD_WAITS_ANY : 0) |
                               (waiting->outside ? THREAD_OUTSIDE : 0));
    waiter->why = (uint8_t)waiting->why;
    link_blocks(sim, thread, waiting);
    thread_stops_running(sim, thread, THREAD_BLOCKED);
    record = emit_verb(sim, RECORD_THREAD_BLOCK, thread);
    if (record != NULL) {
        record->why = (uint8_t)waiting->why;
        record->cause = goes_on ? thread_note_at(sim, thread)->interrupted : record->cause;
        record->amount = waiting->timeout;
        record->absent = (uint8_t)((waiting->count == 0 && !waiting->has_on ? 1 : 0) |
                                    (waiting->timeout == SIM_NEVER ? 2 : 0));
        if (waiting->has_on) {
            emit_reference(sim, record, waiting->on);
        }
        for (uint32_t i = 0; i < waiting->count; i++) {
            emit_reference(sim, record, waitable_at(sim, waiting->object[i])->object);
        }
    }
    thread_note_at(sim, thread)->waiting = sim->state.n;
    set_deadline(sim, thread, waiting->timeout);
    queue_thread_waits(sim, thread, sim->state.n);
    if (thread_at(sim, thread)->worker != 0) {
        sim->switchboard->worker_waits(sim, thread, thread_note_at(sim, thread)->waiting);
    }
}

/* Whether the objects satisfy the wait; for any, which one does. */
static bool
is_satisfied(const struct simulation *sim, thread_id thread, const struct waiting *waiting, uint32_t *which)
{
    for (uint32_t i = 0; i < waiting->count; i++) {
        bool available = is_available(waitable_at(sim, waiting->object[i]), thread);
        if (available && waiting->any) {
            *which = i;
            return true;
        }
        if (!available && !waiting->any) {
            return false;
        }
    }
    *which = 0;
    return waiting->count > 0 && !waiting->any;
}

static bool has_apc(const struct simulation *sim, thread_id thread)
{
    return thread_at(sim, thread)->first_apc != 0;
}

enum step_end wait_begin(struct simulation *sim, thread_id thread, const struct waiting *waiting)
{
    struct wait_end end = {.error = WIN32_ERROR_SUCCESS};

    if (is_satisfied(sim, thread, waiting, &end.which)) {
        bool abandoned = false;
        uint32_t first = waiting->any ? end.which : 0;
        uint32_t behind = waiting->any ? end.which + 1 : waiting->count;
        for (uint32_t i = first; i < behind; i++) {
            abandoned = acquire(sim, waiting->object[i], thread, 0) || abandoned;
            hand_on(sim, waiting->object[i], &end);
        }
        end.error = abandoned ? (uint16_t)WIN32_WAIT_ABANDONED : end.error;
        wait_outcome(sim, thread, &end);
        return STEP_GOES_ON;
    }
    if (waiting->alertable && has_apc(sim, thread)) {
        thread_run_apcs(sim, thread);
        end.error = WIN32_WAIT_IO_COMPLETION;
        wait_outcome(sim, thread, &end);
        return STEP_GOES_ON;
    }
    if (waiting->timeout == 0) {
        end.error = waiting->why == WHY_SLEEP ? WIN32_ERROR_SUCCESS : WIN32_WAIT_TIMEOUT;
        wait_outcome(sim, thread, &end);
        return STEP_GOES_ON;
    }
    block(sim, thread, waiting);
    return STEP_STOPS;
}

/* Ends a thread's wait: it has its slot again at once, whatever the limit (fact IOCP-42), and is ready. */
static void unblock(struct simulation *sim, thread_id thread, const struct wait_end *end)
{
    struct record *record;
    uint64_t unblocked;

    leave_objects(sim, thread);
    free_blocks(sim, thread);
    record = emit_thread(sim, RECORD_THREAD_UNBLOCK, thread, end->cause);
    if (record != NULL) {
        record->why = (uint8_t)end->why;
    }
    unblocked = sim->state.n;
    queue_thread_wakes(sim, thread, unblocked);
    wait_outcome(sim, thread, end);
    thread_make_ready(sim, thread, unblocked);
    if (thread_at(sim, thread)->worker != 0) {
        sim->switchboard->worker_wakes(sim, thread, unblocked);
    }
}

void wait_wake(struct simulation *sim, thread_id thread, uint64_t cause)
{
    unblock(sim, thread, &(struct wait_end){.why = WHY_SIGNALLED, .cause = cause});
}

/* Whether the state of its objects satisfies a waiting thread; `place` is of the object just signalled. */
static bool may_go_on(const struct simulation *sim, thread_id thread)
{
    uint32_t id = thread_at(sim, thread)->first_wait;

    if ((thread_at(sim, thread)->flags & THREAD_WAITS_ANY) != 0) {
        return true;
    }
    for (; id != 0; id = wait_block_at(sim, id)->sibling) {
        if (!is_available(waitable_at(sim, wait_block_at(sim, id)->waitable), thread)) {
            return false;
        }
    }
    return true;
}

/* What ends the wait, for dispatchers: the object just signalled, unless that only gives notice. */
static uint8_t readied_by(const struct simulation *sim, uint32_t signalled)
{
    const struct waitable *waitable = waitable_at(sim, wait_block_at(sim, signalled)->waitable);

    return waitable->kind == WAITABLE_NOTICE ? READIED_PLAINLY : READIED_BY_OBJECT;
}

/* Gives a waiting thread what its wait takes, and ends the wait. */
static void satisfy(struct simulation *sim, thread_id thread, uint32_t signalled, uint64_t cause)
{
    bool any = (thread_at(sim, thread)->flags & THREAD_WAITS_ANY) != 0;
    bool abandoned = false;
    struct wait_end end = {.why = WHY_SIGNALLED, .cause = cause};

    if (any) {
        end.which = wait_block_at(sim, signalled)->place;
        abandoned = acquire(sim, wait_block_at(sim, signalled)->waitable, thread, cause);
        hand_on(sim, wait_block_at(sim, signalled)->waitable, &end);
    } else {
        for (uint32_t id = thread_at(sim, thread)->first_wait; id != 0;
             id = wait_block_at(sim, id)->sibling) {
            abandoned = acquire(sim, wait_block_at(sim, id)->waitable, thread, cause) || abandoned;
            hand_on(sim, wait_block_at(sim, id)->waitable, &end);
        }
    }
    if (abandoned) {
        end.why = WHY_ABANDONED;
        end.error = WIN32_WAIT_ABANDONED;
    }
    thread_at(sim, thread)->readied_by = readied_by(sim, signalled);
    unblock(sim, thread, &end);
}

bool wait_take(struct simulation *sim, thread_id thread, waitable_id id)
{
    if (!is_available(waitable_at(sim, id), thread)) {
        return false;
    }
    (void)acquire(sim, id, thread, 0);
    return true;
}

uint32_t wait_watch(struct simulation *sim, waitable_id waitable, registration_id registration)
{
    uint32_t id = simulation_create_element(sim, TABLE_WAIT_BLOCK);
    struct wait_block *block = wait_block_at(sim, id);
    struct waitable *object = waitable_at(sim, waitable);

    *block = (struct wait_block){.waitable = waitable, .registration = registration, .previous = object->last};
    *(object->last != 0 ? &wait_block_at(sim, object->last)->next : &object->first) = id;
    object->last = id;
    return id;
}

void wait_unwatch(struct simulation *sim, uint32_t watch)
{
    leave_block(sim, watch);
    block_free(&sim->block, TABLE_WAIT_BLOCK, watch);
}

void wait_signal(struct simulation *sim, waitable_id id, uint64_t cause)
{
    uint32_t next;

    for (uint32_t at = waitable_at(sim, id)->first; at != 0; at = next) {
        thread_id thread = wait_block_at(sim, at)->thread;
        next = wait_block_at(sim, at)->next;
        if (!is_available(waitable_at(sim, id), thread)) {
            return;
        }
        if (thread == 0) {
            (void)acquire(sim, id, 0, cause);
            sim->switchboard->watch_ends(sim, wait_block_at(sim, at)->registration, cause);
        } else if (may_go_on(sim, thread)) {
            /* A thread may wait for one object twice: its other blocks go with it. */
            while (next != 0 && wait_block_at(sim, next)->thread == thread) {
                next = wait_block_at(sim, next)->next;
            }
            satisfy(sim, thread, at, cause);
        }
    }
}

void wait_park(struct simulation *sim, thread_id thread, const struct waiting *waiting)
{
    queue_id queue = thread_at(sim, thread)->queue;
    bool goes_on = takes_old_place(sim, thread);
    struct record *record;

    thread_at(sim, thread)->flags &= (uint8_t)~THREAD_ALERTABLE;
    thread_at(sim, thread)->flags |= (uint8_t)(waiting->alertable ? THREAD_ALERTABLE : 0);
    thread_stops_running(sim, thread, THREAD_PARKED);
    queue_park(sim, queue, thread);
    record = emit_verb(sim, RECORD_PORT_WAIT, thread);
    record_queue(sim, record, queue);
    if (record != NULL) {
        record->why = (uint8_t)waiting->why;
        record->cause = goes_on ? thread_note_at(sim, thread)->interrupted : record->cause;
    }
    thread_note_at(sim, thread)->waiting = sim->state.n;
    if (thread_at(sim, thread)->worker != 0) {
        sim->switchboard->worker_waits(sim, thread, sim->state.n);
    }
    set_deadline(sim, thread, waiting->timeout);
}

uint16_t wait_unparked_error(enum record_why why)
{
    switch ((int)why) {
    case WHY_APC:
        return WIN32_WAIT_IO_COMPLETION;
    case WHY_ABANDONED:
        return WIN32_ERROR_ABANDONED_WAIT_0;
    default:
        return WIN32_WAIT_TIMEOUT;
    }
}

void wait_unpark(struct simulation *sim, thread_id thread, enum record_why why, uint64_t cause)
{
    struct record *record;
    uint64_t unparked;

    queue_unpark(sim, thread);
    record = emit_thread(sim, RECORD_PORT_TIMEOUT, thread, cause);
    record_queue(sim, record, thread_at(sim, thread)->queue);
    if (record != NULL) {
        record->why = (uint8_t)why;
    }
    unparked = sim->state.n;
    delivery_begin(sim, thread);
    delivery_fail(sim, thread, wait_unparked_error(why));
    thread_make_ready(sim, thread, unparked);
}

/* A call waits for this operation as long as that is pending and its answer outstanding. */
static bool is_in_call(const struct simulation *sim, thread_id thread)
{
    packet_id id = thread_at(sim, thread)->awaits;

    return (packet_at(sim, id)->flags & PACKET_IS_PENDING) != 0 &&
           (packet_at(sim, id)->flags & (PACKET_IS_SYNCHRONOUS | PACKET_IN_CALL)) != 0;
}

uint64_t wait_interrupt(struct simulation *sim, thread_id id, uint64_t cause)
{
    struct thread *thread = thread_at(sim, id);
    bool is_parked = thread->state == THREAD_PARKED;
    struct record *record;
    uint64_t interrupted;

    if (is_parked) {
        queue_unpark(sim, id);
        record = emit_thread(sim, RECORD_PORT_TIMEOUT, id, cause);
        record_queue(sim, record, thread->queue);
    } else {
        leave_objects(sim, id);
        record = emit_thread(sim, RECORD_THREAD_UNBLOCK, id, cause);
    }
    interrupted = sim->state.n;
    if (record != NULL) {
        record->why = WHY_APC;
    }
    thread->interrupted = is_parked ? INTERRUPTED_GET : INTERRUPTED_WAIT;
    thread->interrupted_why = thread->why;
    thread_note_at(sim, id)->interrupted = thread_note_at(sim, id)->waiting;
    if (!is_parked) {
        queue_thread_wakes(sim, id, interrupted);
    }
    thread->state = THREAD_READY;
    thread_postpones(sim, id);
    return interrupted;
}

void wait_forget(struct simulation *sim, thread_id thread)
{
    if (thread_at(sim, thread)->interrupted == INTERRUPTED_NOT) {
        leave_objects(sim, thread);
    }
    free_blocks(sim, thread);
}

sim_span wait_time_left(const struct simulation *sim, thread_id thread)
{
    sim_time due = thread_at(sim, thread)->due;

    return due == SIM_NEVER ? SIM_NEVER : due > sim->state.now ? due - sim->state.now : 0;
}

enum step_end wait_go_on(struct simulation *sim, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);
    waitable_id object[WAIT_OBJECTS_MAX];
    struct waiting waiting = {
        .object = object,
        .any = (thread->flags & THREAD_WAITS_ANY) != 0,
        .alertable = (thread->flags & THREAD_ALERTABLE) != 0,
        .outside = (thread->flags & THREAD_OUTSIDE) != 0,
        .timeout = wait_time_left(sim, id),
        .why = (enum record_why)thread->interrupted_why,
    };
    enum step_end end;

    for (uint32_t at = thread->first_wait; at != 0; at = wait_block_at(sim, at)->sibling) {
        object[waiting.count++] = wait_block_at(sim, at)->waitable;
    }
    free_blocks(sim, id);
    if (waiting.why != WHY_SYNCHRONOUS_IO) {
        end = wait_begin(sim, id, &waiting);
    } else if (is_in_call(sim, id)) {
        waiting.on = reference_make(OBJECT_HANDLE, packet_at(sim, thread->awaits)->handle - 1);
        waiting.has_on = true;
        block(sim, id, &waiting);
        end = STEP_STOPS;
    } else {
        wait_outcome(sim, id, &(struct wait_end){.error = WIN32_ERROR_SUCCESS});
        end = STEP_GOES_ON;
    }
    thread_at(sim, id)->interrupted = INTERRUPTED_NOT;
    return end;
}

void wait_deadline(struct simulation *sim, uint32_t id)
{
    const struct thread *thread = thread_at(sim, id);
    uint64_t waiting = thread_note_at(sim, id)->waiting;
    struct wait_end end = {.why = WHY_TIMED_OUT, .error = WIN32_WAIT_TIMEOUT, .cause = waiting};

    if (thread->state == THREAD_PARKED) {
        wait_unpark(sim, id, WHY_TIMED_OUT, waiting);
    } else if ((thread->flags & THREAD_SPINS) != 0) {
        processor_spin_ends(sim, id, WIN32_WAIT_TIMEOUT);
    } else {
        if (thread->why == WHY_SLEEP) {
            end.error = WIN32_ERROR_SUCCESS;
        }
        unblock(sim, id, &end);
    }
}

void wait_give_mutex(struct simulation *sim, waitable_id mutex, thread_id owner)
{
    waitable_at(sim, mutex)->recursion = 1;
    own(sim, mutex, owner);
}

void wait_mutex_is_free(struct simulation *sim, waitable_id mutex, uint64_t cause)
{
    disown(sim, mutex);
    wait_signal(sim, mutex, cause);
}

void wait_abandon_all(struct simulation *sim, thread_id thread, uint64_t cause)
{
    waitable_id id;

    while ((id = thread_at(sim, thread)->first_held) != 0) {
        struct record *record = emit_verb(sim, RECORD_OBJECT_RELEASE, thread);
        if (record != NULL) {
            record->object = waitable_at(sim, id)->object;
            record->why = WHY_ABANDONED;
            record->cause = cause;
            record->absent = 1;
        }
        waitable_at(sim, id)->abandoned = true;
        wait_mutex_is_free(sim, id, sim->state.n);
    }
}

enum step_end wait_sleep(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct sleep_operands *operands = (const void *)words;
    struct waiting waiting = {.timeout = SIM_NEVER, .why = WHY_SLEEP};
    sim_time end;

    thread_at(sim, thread)->subject = REFERENCE_NONE;
    if (!operand_span(sim, thread, operands->object, &waiting.timeout) ||
        !operand_flag(sim, thread, operands->alertable, &waiting.alertable)) {
        return STEP_GOES_ON;
    }
    if (!sim_time_add(sim->state.now, waiting.timeout, &end)) {
        misuse(sim, thread, "the clock would pass 2^63 ns");
        return STEP_GOES_ON;
    }
    if (waiting.timeout == 0 && !(waiting.alertable && has_apc(sim, thread))) {
        enum step_end yielded = processor_yield(sim, thread, words);
        thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
        return yielded;
    }
    return wait_begin(sim, thread, &waiting);
}

/* A thread in an alertable wait goes on at once to run what was queued to it (fact IOCP-70). */
static void alert(struct simulation *sim, thread_id thread, uint64_t cause)
{
    struct thread *target = thread_at(sim, thread);
    struct wait_end end = {.why = WHY_APC, .error = WIN32_WAIT_IO_COMPLETION, .cause = cause};

    if ((target->flags & THREAD_ALERTABLE) == 0 || target->suspensions > 0 ||
        (target->state != THREAD_BLOCKED && target->state != THREAD_PARKED)) {
        return;
    }
    thread_run_apcs(sim, thread);
    if (target->state == THREAD_PARKED) {
        wait_unpark(sim, thread, WHY_APC, cause);
    } else {
        unblock(sim, thread, &end);
    }
}

/* Appends an APC to those of a thread, which runs it at once if its wait is alertable. */
static void append_apc(struct simulation *sim, thread_id thread, struct apc apc)
{
    uint32_t id = simulation_create_element(sim, TABLE_APC);

    apc.queued = sim->state.n;
    *apc_at(sim, id) = apc;
    if (thread_at(sim, thread)->last_apc != 0) {
        apc_at(sim, thread_at(sim, thread)->last_apc)->next = id;
    } else {
        thread_at(sim, thread)->first_apc = id;
    }
    thread_at(sim, thread)->last_apc = id;
    alert(sim, thread, sim->state.n);
}

void wait_deliver_apc(struct simulation *sim, thread_id thread, struct apc apc, uint64_t cause)
{
    struct record *record = emit(sim, RECORD_APC_QUEUE);

    if (record != NULL) {
        record->object = thread_reference(sim, thread);
        record->procedure = apc.procedure;
        record->cause = cause;
        record->why = (uint8_t)apc.why;
        record->item = item_number(sim, apc.item);
    }
    append_apc(sim, thread, apc);
}

enum step_end wait_queue_apc(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct queue_apc_operands *operands = (const void *)words;
    thread_id target = operand_subject(sim, thread, operands->object, OBJECT_THREAD);
    struct operand_with with = {operands->with, operands->callback};
    struct record *record;
    uint32_t locals;

    if (target == 0 || !operand_with(sim, thread, with, &locals)) {
        return STEP_GOES_ON;
    }
    if (thread_at(sim, target)->state == THREAD_ENDED ||
        thread_at(sim, target)->state == THREAD_UNBORN) {
        locals_free(sim, operands->callback, locals);
        thread_outcome_plain(sim, thread, WIN32_ERROR_GEN_FAILURE);
        return STEP_GOES_ON;
    }
    record = emit_verb(sim, RECORD_APC_QUEUE, thread);
    if (record != NULL) {
        record->object = thread_reference(sim, target);
        record->procedure = operands->callback;
    }
    append_apc(sim, target,
               (struct apc){.procedure = operands->callback,
                            .locals = locals,
                            .item = thread_item(sim, thread),
                            .why = WHY_USER});
    thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    return STEP_GOES_ON;
}

void wait_for_operation(struct simulation *sim, thread_id thread, packet_id operation)
{
    struct waiting waiting = {
        .on = reference_make(OBJECT_HANDLE, packet_at(sim, operation)->handle - 1),
        .has_on = true,
        .outside = true,
        .timeout = SIM_NEVER,
        .why = WHY_SYNCHRONOUS_IO,
    };

    thread_await(sim, thread, operation);
    block(sim, thread, &waiting);
}

void wait_operation_ends(struct simulation *sim, thread_id thread, uint64_t cause)
{
    struct wait_end end = {.why = WHY_SIGNALLED, .cause = cause};

    /* Who is suspended finds out when it goes on, and who has ended never. */
    if (thread_at(sim, thread)->suspensions == 0 && thread_at(sim, thread)->state == THREAD_BLOCKED) {
        unblock(sim, thread, &end);
    }
}
