/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a process (facts IOCP-18, 121): first its threads end, the one that says so last, and with each all
 * that it issued; then its handles are closed, to files and to ports. A file of which another process has a handle
 * lives on, and the packets of what was cancelled come to its port with its key.
 *
 * Threads that are parked end before others, so that no slot which those leave gives them a packet. */
#include "model/process_exit.h"

#include "model/cancel.h"
#include "model/ending.h"
#include "model/handle.h"
#include "model/port.h"
#include "model/process.h"
#include "model/queue.h"
#include "model/thread.h"

/* Threads that were to start and now never will. */
static void forget_unborn(struct simulation *sim, process_id process)
{
    for (thread_id id = 1; id < block_used(&sim->block, TABLE_THREAD); id++) {
        struct thread *thread = thread_at(sim, id);
        if (thread->process == process && thread->state == THREAD_UNBORN && (thread->flags & THREAD_IS_AWAITED) != 0) {
            thread->flags = 0;
            if (--sim->state.foreground == 0) {
                sim->state.is_over = true;
                sim->state.end = END_EXITED;
            }
        }
    }
}

/* Whether a thread ends in this turn: first those that are parked, then the others, then the one that says so. */
static bool has_turn(const struct simulation *sim, thread_id id, thread_id caller, int turn)
{
    uint8_t state = thread_at(sim, id)->state;

    return state != THREAD_UNBORN && state != THREAD_ENDED &&
           turn == (id == caller ? 2 : state == THREAD_PARKED ? 0 : 1);
}

/* Ends the threads of a process. n of the last thread-exit; `cause`, from which they come, when there was none. */
static uint64_t end_threads(struct simulation *sim, thread_id caller, process_id process, uint64_t cause)
{
    uint64_t last = cause;

    for (int turn = 0; turn < 3; turn++) {
        for (thread_id id = 1; id < block_used(&sim->block, TABLE_THREAD); id++) {
            if (thread_at(sim, id)->process == process && has_turn(sim, id, caller, turn)) {
                last = id == caller ? ending_of_itself(sim, id, WHY_PROCESS_EXIT) : ending_by_process(sim, id, cause);
            }
        }
    }
    return last;
}

static void close_handles(struct simulation *sim, process_id process, thread_id caller)
{
    for (handle_id id = 1; id < block_used(&sim->block, TABLE_HANDLE); id++) {
        if (handle_at(sim, id)->process == process && handle_at(sim, id)->is_open) {
            cancel_close_handle(sim, caller, id);
        }
    }
    for (queue_id id = 1; id < block_used(&sim->block, TABLE_QUEUE); id++) {
        if (queue_at(sim, id)->process == process && queue_at(sim, id)->is_made && !queue_at(sim, id)->is_closed) {
            port_close(sim, caller, id);
        }
    }
}

enum step_end process_exit(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct exit_process_operands *operands = (const void *)words;
    process_id process = process_of(operands->object, PROCESS_DEFAULT);
    bool is_own = thread_at(sim, thread)->process == process;
    uint64_t ended;

    if (process_at(sim, process)->has_exited) {
        return STEP_GOES_ON;
    }
    process_at(sim, process)->has_exited = 1;
    ended = end_threads(sim, thread, process, thread_note_at(sim, thread)->latest);
    cancel_process_ends(sim, process, ended);
    close_handles(sim, process, thread);
    forget_unborn(sim, process);
    if (!is_own) {
        return STEP_GOES_ON;
    }
    ending_drop_frames(sim, thread);
    return STEP_STOPS;
}
