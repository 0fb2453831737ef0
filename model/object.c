/* SPDX-License-Identifier: Apache-2.0 */
/* Events, mutexes, semaphores; and threads, ports and file objects where somebody waits for them, which get
 * a waitable of their own only then. */
#include "model/object.h"

#include "model/handle.h"
#include "model/operand.h"
#include "model/queue.h"
#include "model/thread.h"
#include "model/wait.h"
#include "sim/check.h"

waitable_id object_waitable(const struct simulation *sim, reference object)
{
    const uint32_t *declared = sim->plan->declared;
    uint32_t first = 1;

    if (reference_kind(object) != OBJECT_EVENT) {
        first += declared[OBJECT_EVENT];
    }
    if (reference_kind(object) == OBJECT_SEMAPHORE) {
        first += declared[OBJECT_MUTEX];
    }
    return first + reference_slot(object);
}

static void event_declare(struct simulation *sim, const struct plan_object *declaration, reference object)
{
    const struct event_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, event, declaration);
    bool manual = false;
    bool signalled = false;
    waitable_id id;

    (void)operand_flag(sim, 0, attributes->manual_reset, &manual);
    (void)operand_flag(sim, 0, attributes->signalled, &signalled);
    id = object_waitable(sim, object);
    waitable_at(sim, id)->kind = manual ? WAITABLE_MANUAL_EVENT : WAITABLE_EVENT;
    waitable_at(sim, id)->state = signalled ? 1 : 0;
}

static void mutex_declare(struct simulation *sim, const struct plan_object *declaration, reference object)
{
    const struct mutex_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, mutex, declaration);
    waitable_id id = object_waitable(sim, object);
    struct value owner = value_null();

    (void)operand_value(sim, 0, attributes->owner, &owner);
    if (owner.type == VALUE_REFERENCE && reference_kind((reference)owner.bits) == OBJECT_THREAD) {
        wait_give_mutex(sim, id, thread_of(sim, (reference)owner.bits));
    }
}

static void
semaphore_declare(struct simulation *sim, const struct plan_object *declaration, reference object)
{
    const struct semaphore_attributes *attributes =
        PLAN_ATTRIBUTES(sim->plan, semaphore, declaration);
    waitable_id id = object_waitable(sim, object);
    int64_t available = 0;
    int64_t most = INT64_MAX;

    (void)operand_number(sim, 0, attributes->available, &available);
    (void)operand_number(sim, 0, attributes->most, &most);
    waitable_at(sim, id)->state = (uint64_t)available;
    waitable_at(sim, id)->most = (uint64_t)most;
}

void object_declare(struct simulation *sim, const struct plan_object *declaration)
{
    for (uint32_t i = 0; i < declaration->count; i++) {
        reference object = reference_make(declaration->kind, declaration->first_slot + i);
        sim->index = declaration->from + i;
        if (declaration->kind == OBJECT_EVENT) {
            event_declare(sim, declaration, object);
        } else if (declaration->kind == OBJECT_MUTEX) {
            mutex_declare(sim, declaration, object);
        } else {
            semaphore_declare(sim, declaration, object);
        }
    }
}

/* A waitable that mirrors something else; made when it is first wanted. */
static waitable_id notice(struct simulation *sim, waitable_id present, reference object, uint64_t state)
{
    waitable_id id = present != 0 ? present : waitable_create(sim, WAITABLE_NOTICE, object);

    waitable_at(sim, id)->state = state;
    return id;
}

waitable_id object_waitable_of(struct simulation *sim, reference object)
{
    uint32_t id = reference_kind(object) == OBJECT_THREAD ? thread_of(sim, object) : reference_slot(object) + 1;
    waitable_id waitable = 0;

    switch (reference_kind(object)) {
    case OBJECT_EVENT:
    case OBJECT_MUTEX:
    case OBJECT_SEMAPHORE:
        return object_waitable(sim, object);
    case OBJECT_THREAD:
        waitable = notice(sim, thread_at(sim, id)->waitable, object,
                          thread_at(sim, id)->state == THREAD_ENDED);
        thread_at(sim, id)->waitable = waitable;
        break;
    case OBJECT_PORT:
        if (queue_at(sim, id)->is_made && !queue_at(sim, id)->is_closed) {
            waitable =
                notice(sim, queue_at(sim, id)->waitable, object, queue_at(sim, id)->depth);
            queue_at(sim, id)->waitable = waitable;
        }
        break;
    case OBJECT_HANDLE:
        if (handle_at(sim, id)->is_open) {
            reference named = reference_make(OBJECT_HANDLE, handle_file(sim, id)->named - 1);
            waitable = notice(sim, handle_file(sim, id)->waitable, named,
                              (handle_file(sim, id)->flags & FILE_IS_SIGNALLED) != 0);
            handle_file(sim, id)->waitable = waitable;
        }
        break;
    default:
        break;
    }
    return waitable;
}

enum step_end object_wait(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct wait_operands *operands = (const void *)words;
    struct plan_span list = sim->plan->span[operands->object];
    waitable_id object[WAIT_OBJECTS_MAX];
    struct waiting waiting = {
        .object = object,
        .count = list.count,
        .any = operands->quantifier == QUANTIFIER_ANY,
        .timeout = SIM_NEVER,
        .why = WHY_WAIT,
    };

    thread_at(sim, thread)->subject = REFERENCE_NONE;
    SIM_CHECK(list.count > 0 && list.count <= WAIT_OBJECTS_MAX);
    for (uint32_t i = 0; i < list.count; i++) {
        reference wanted = REFERENCE_NONE;
        if (!operand_reference(sim, thread, sim->plan->list[list.first + i], &wanted)) {
            return STEP_GOES_ON;
        }
        if (list.count == 1) {
            thread_at(sim, thread)->subject = wanted;
        }
        object[i] = object_waitable_of(sim, wanted);
        if (object[i] == 0) {
            thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
            return STEP_GOES_ON;
        }
    }
    if (!operand_span(sim, thread, operands->timeout, &waiting.timeout) ||
        !operand_flag(sim, thread, operands->alertable, &waiting.alertable)) {
        return STEP_GOES_ON;
    }
    return wait_begin(sim, thread, &waiting);
}

/* The mutex or semaphore that a verb names; 0 after a misuse. */
static waitable_id lock_operand(struct simulation *sim, thread_id thread, uint32_t operand)
{
    reference object = REFERENCE_NONE;

    if (!operand_reference(sim, thread, operand, &object)) {
        return 0;
    }
    thread_at(sim, thread)->subject = object;
    if (reference_kind(object) != OBJECT_MUTEX && reference_kind(object) != OBJECT_SEMAPHORE) {
        misuse(sim, thread, "a mutex or a semaphore is wanted");
        return 0;
    }
    return object_waitable(sim, object);
}

enum step_end object_acquire(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct acquire_operands *operands = (const void *)words;
    waitable_id lock = lock_operand(sim, thread, operands->object);
    struct waiting waiting = {
        .object = &lock, .count = 1, .timeout = SIM_NEVER, .why = WHY_LOCK};

    if (lock == 0 || !operand_span(sim, thread, operands->timeout, &waiting.timeout)) {
        return STEP_GOES_ON;
    }
    return wait_begin(sim, thread, &waiting);
}

static uint16_t mutex_release(struct simulation *sim, thread_id thread, waitable_id id)
{
    struct waitable *mutex = waitable_at(sim, id);
    struct record *record;

    if (mutex->owner != thread) {
        return WIN32_ERROR_NOT_OWNER;
    }
    if (--mutex->recursion > 0) {
        return WIN32_ERROR_SUCCESS;
    }
    record = emit_verb(sim, RECORD_OBJECT_RELEASE, thread);
    if (record != NULL) {
        record->object = mutex->object;
        record->absent = 1;
    }
    wait_mutex_is_free(sim, id, sim->state.n);
    return WIN32_ERROR_SUCCESS;
}

static uint16_t semaphore_release(struct simulation *sim, thread_id thread, waitable_id id, int64_t by)
{
    struct waitable *semaphore = waitable_at(sim, id);
    struct record *record;

    if (by <= 0) {
        return WIN32_ERROR_INVALID_PARAMETER;
    }
    if ((uint64_t)by > semaphore->most - semaphore->state) {
        return WIN32_ERROR_TOO_MANY_POSTS;
    }
    semaphore->state += (uint64_t)by;
    record = emit_verb(sim, RECORD_OBJECT_RELEASE, thread);
    if (record != NULL) {
        record->object = semaphore->object;
        record->count = (uint32_t)semaphore->state;
    }
    wait_signal(sim, id, sim->state.n);
    return WIN32_ERROR_SUCCESS;
}

enum step_end object_release(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct release_operands *operands = (const void *)words;
    waitable_id lock = lock_operand(sim, thread, operands->object);
    int64_t by = 1;
    uint16_t error;

    if (lock == 0 || !operand_number(sim, thread, operands->by, &by)) {
        return STEP_GOES_ON;
    }
    if (waitable_at(sim, lock)->kind == WAITABLE_MUTEX) {
        error = mutex_release(sim, thread, lock);
    } else {
        error = semaphore_release(sim, thread, lock, by);
    }
    thread_outcome_plain(sim, thread, error);
    return STEP_GOES_ON;
}

/* The event that a verb names; 0 after a misuse. */
static waitable_id event_operand(struct simulation *sim, thread_id thread, uint32_t operand)
{
    uint32_t id = operand_subject(sim, thread, operand, OBJECT_EVENT);

    return id == 0 ? 0 : object_waitable(sim, reference_make(OBJECT_EVENT, id - 1));
}

enum step_end object_set(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct set_operands *operands = (const void *)words;
    waitable_id event = event_operand(sim, thread, operands->object);
    struct record *record;

    if (event == 0 || waitable_at(sim, event)->state > 0) {
        return STEP_GOES_ON;
    }
    waitable_at(sim, event)->state = 1;
    record = emit_verb(sim, RECORD_OBJECT_SET, thread);
    if (record != NULL) {
        record->object = waitable_at(sim, event)->object;
        record->why = WHY_PROGRAM;
    }
    wait_signal(sim, event, sim->state.n);
    return STEP_GOES_ON;
}

enum step_end object_reset(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct reset_operands *operands = (const void *)words;
    waitable_id event = event_operand(sim, thread, operands->object);

    if (event != 0) {
        object_reset_event(sim, event, thread);
    }
    return STEP_GOES_ON;
}

enum step_end object_pulse(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct pulse_operands *operands = (const void *)words;
    waitable_id event = event_operand(sim, thread, operands->object);
    struct record *record;

    if (event == 0) {
        return STEP_GOES_ON;
    }
    waitable_at(sim, event)->state = 1;
    record = emit_verb(sim, RECORD_OBJECT_PULSE, thread);
    if (record != NULL) {
        record->object = waitable_at(sim, event)->object;
        record->why = WHY_PROGRAM;
    }
    wait_signal(sim, event, sim->state.n);
    waitable_at(sim, event)->state = 0;
    return STEP_GOES_ON;
}

void object_reset_event(struct simulation *sim, waitable_id event, thread_id thread)
{
    struct record *record;

    if (waitable_at(sim, event)->state == 0) {
        return;
    }
    waitable_at(sim, event)->state = 0;
    record = emit_verb(sim, RECORD_OBJECT_RESET, thread);
    if (record != NULL) {
        record->object = waitable_at(sim, event)->object;
        record->why = WHY_PROGRAM;
    }
}

void object_signal_event(struct simulation *sim, waitable_id event, uint64_t cause)
{
    struct record *record;

    if (waitable_at(sim, event)->state > 0) {
        return;
    }
    waitable_at(sim, event)->state = 1;
    record = emit(sim, RECORD_OBJECT_SET);
    if (record != NULL) {
        record->object = waitable_at(sim, event)->object;
        record->cause = cause;
        record->why = WHY_SIGNALLED_BY_OPERATION;
    }
    wait_signal(sim, event, sim->state.n);
}
