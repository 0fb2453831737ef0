/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own APCs run on top of a thread whatever it is waiting for, and take no time here. They take the
 * thread out of its wait, which it then begins again (fact IOCP-51): for what is signalled meanwhile it does not
 * wait, as the documentation of PulseEvent says, and a packet is found by the loop that starts anew (fact IOCP-33).
 *
 * Two things are such an APC. A suspension, whose APC is over when the thread is resumed. And the completion of an
 * operation on its issuer: under windows-xp of each, since then only of those whose file has no port. */
#include "model/kernel_apc.h"

#include "model/packet.h"
#include "model/port.h"
#include "model/thread.h"
#include "model/wait.h"

uint64_t kernel_apc_begin(struct simulation *sim, thread_id thread, uint64_t cause)
{
    uint8_t state = thread_at(sim, thread)->state;

    return (state == THREAD_BLOCKED || state == THREAD_PARKED) && !thread_is_idle(sim, thread)
               ? wait_interrupt(sim, thread, cause)
               : 0;
}

void kernel_apc_end(struct simulation *sim, thread_id thread, uint64_t ready)
{
    enum step_end end;

    if (thread_at(sim, thread)->interrupted == INTERRUPTED_NOT) {
        return;
    }
    end = thread_at(sim, thread)->interrupted == INTERRUPTED_GET ? port_go_on(sim, thread)
                                                                  : wait_go_on(sim, thread);
    if (end == STEP_GOES_ON) {
        thread_make_ready(sim, thread, ready);
    }
}

bool kernel_apc_completes(const struct simulation *sim, packet_id operation, queue_id port)
{
    const struct packet *packet = packet_at(sim, operation);
    const struct thread *issuer = thread_at(sim, packet->issuer);
    bool waits = issuer->state == THREAD_BLOCKED || issuer->state == THREAD_PARKED;

    if ((packet->flags & (PACKET_IS_SYNCHRONOUS | PACKET_IN_CALL)) != 0 || !waits || issuer->suspensions > 0 ||
        thread_is_idle(sim, packet->issuer)) {
        return false;
    }
    return sim->plan->release_is_xp || (port == 0 && sim->plan->kernel_apc_requeues);
}
