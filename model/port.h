/* SPDX-License-Identifier: Apache-2.0 */
/* Completion ports as programs call them: GetQueuedCompletionStatus(Ex), PostQueuedCompletionStatus, the
 * query of the depth, creating and closing; and the errors that a caller sees. */
#ifndef MODEL_PORT_H
#define MODEL_PORT_H

#include "model/simulation.h"

void port_declare(struct simulation *sim, const struct plan_object *declaration);

/* Inserts a packet, and wakes who waits for the port's handle if it was queued (fact IOCP-17). */
void port_insert(struct simulation *sim, queue_id queue, packet_id packet, thread_id poster);

/* A port of a pool's own, under the name of this object of the plan. */
queue_id port_make_for_pool(struct simulation *sim, uint32_t name, uint32_t limit);

/* A pool's thread that has no frame asks for packets: it has them in hand, or parks. */
struct port_wait {
    queue_id port;
    uint32_t most;
    sim_span timeout; /* not 0; SIM_NEVER */
};
enum step_end port_serve_pool(struct simulation *sim, thread_id thread, const struct port_wait *wait);

/* The same for a gate, which does not wait; whether it has a packet in hand (fact CLR-74). */
bool port_poll_for_pool(struct simulation *sim, thread_id thread, queue_id queue);

/* The two halves of a post to a port: what says so, and what brings it there. 0 after a misuse. */
packet_id port_post_begin(struct simulation *sim, thread_id thread, const uint32_t *operands, queue_id queue);
void port_post_end(struct simulation *sim, thread_id thread, packet_id packet);

/* Goes on with a get that a kernel APC has interrupted: its loop starts again (facts IOCP-33, 51). */
enum step_end port_go_on(struct simulation *sim, thread_id thread);

/* Closes the port's handle, which is open (fact IOCP-66). */
void port_close(struct simulation *sim, thread_id thread, queue_id queue);

/* A file object that was associated is gone, which may be the port's last reference (facts IOCP-13, 46). */
void port_forget_file(struct simulation *sim, queue_id queue, thread_id thread);

/* The verbs. */
enum step_end port_get(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end port_post(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end port_depth(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end port_create(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
