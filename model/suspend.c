/* SPDX-License-Identifier: Apache-2.0 */
/* A suspended thread is blocked until it was resumed as often as it was suspended. To its port that is a wait: an
 * active thread gives up its slot, and has it again, whatever the limit, when it is resumed (fact IOCP-50).
 *
 * NT does it with a kernel APC in which the thread waits. So a thread that was waiting is out of its wait while it
 * is suspended (model/kernel_apc.c): no packet and no event goes to it, others that wait get them, and its time-out
 * is looked at when it is resumed. One that computes or spins keeps what is left of that. */
#include "model/suspend.h"

#include "model/kernel_apc.h"
#include "model/operand.h"
#include "model/processor.h"
#include "model/queue.h"
#include "model/thread.h"

/* As often as Windows lets a thread be suspended: MAXIMUM_SUSPEND_COUNT. */
#define SUSPENSIONS_MAX 127

/* The thread that a verb suspends or resumes; 0 after a misuse. */
static thread_id subject(struct simulation *sim, thread_id thread, uint32_t operand)
{
    thread_id id = operand_subject(sim, thread, operand, OBJECT_THREAD);

    if (id != 0 && (thread_at(sim, id)->state == THREAD_UNBORN || thread_at(sim, id)->state == THREAD_ENDED)) {
        misuse(sim, thread, "a thread that has not begun or has ended is neither suspended nor resumed");
        return 0;
    }
    if (id != 0 && thread_is_idle(sim, id)) {
        misuse(sim, thread, "a pool's thread that waits for work is not to be suspended");
        return 0;
    }
    return id;
}

/* Says how often the target is suspended now. */
static void tell(struct simulation *sim, enum record_kind kind, thread_id thread, thread_id target)
{
    struct record *record = emit_verb(sim, kind, thread);

    if (record != NULL) {
        record->object = thread_reference(sim, target);
        record->count = thread_at(sim, target)->suspensions;
    }
}

/* Stops a thread, which may be the one that says so. */
static void stop(struct simulation *sim, thread_id id, thread_id suspender, uint64_t cause)
{
    bool by_itself = id == suspender;
    struct record *record;
    uint64_t blocked;

    (void)kernel_apc_begin(sim, id, cause);
    record = by_itself ? emit_verb(sim, RECORD_THREAD_BLOCK, id) : emit_thread(sim, RECORD_THREAD_BLOCK, id, cause);
    blocked = sim->state.n;
    if (record != NULL) {
        record->why = WHY_SUSPENDED;
        record->cause = cause;
        record->absent = 3;
    }
    if (!by_itself && thread_at(sim, id)->interrupted == INTERRUPTED_NOT) {
        processor_suspends(sim, id);
    }
    thread_stops_running(sim, id, THREAD_BLOCKED);
    thread_at(sim, id)->why = WHY_SUSPENDED;
    thread_note_at(sim, id)->waiting = blocked;
    queue_thread_is_suspended(sim, id, blocked, by_itself);
    if (thread_at(sim, id)->pool != 0) {
        sim->switchboard->worker_waits(sim, id, blocked);
    }
}

enum step_end suspend_suspend(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct suspend_operands *operands = (const void *)words;
    thread_id id = subject(sim, thread, operands->object);

    if (id == 0) {
        return STEP_GOES_ON;
    }
    if (thread_at(sim, id)->suspensions == SUSPENSIONS_MAX) {
        misuse(sim, thread, "a thread is suspended 127 times at most");
        return STEP_GOES_ON;
    }
    thread_at(sim, id)->suspensions++;
    tell(sim, RECORD_THREAD_SUSPEND, thread, id);
    if (thread_at(sim, id)->suspensions == 1) {
        stop(sim, id, thread, sim->state.n);
    }
    return id == thread ? STEP_STOPS : STEP_GOES_ON;
}

/* A thread may go on: with its wait, or with what else it was doing. */
static void go_on(struct simulation *sim, thread_id id, uint64_t cause)
{
    struct record *record = emit_thread(sim, RECORD_THREAD_UNBLOCK, id, cause);
    uint64_t unblocked = sim->state.n;

    if (record != NULL) {
        record->why = WHY_SIGNALLED; /* what it waited for is a semaphore of its own */
    }
    queue_thread_wakes(sim, id, unblocked);
    thread_at(sim, id)->state = THREAD_READY;
    if (thread_at(sim, id)->interrupted == INTERRUPTED_NOT) {
        processor_resumes(sim, id, unblocked);
    } else {
        kernel_apc_end(sim, id, unblocked);
    }
}

enum step_end suspend_resume(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct resume_operands *operands = (const void *)words;
    thread_id id = subject(sim, thread, operands->object);

    if (id == 0 || thread_at(sim, id)->suspensions == 0) {
        return STEP_GOES_ON;
    }
    thread_at(sim, id)->suspensions--;
    tell(sim, RECORD_THREAD_RESUME, thread, id);
    if (thread_at(sim, id)->suspensions == 0) {
        go_on(sim, id, sim->state.n);
    }
    return STEP_GOES_ON;
}
