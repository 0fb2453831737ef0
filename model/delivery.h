/* SPDX-License-Identifier: Apache-2.0 */
/* What a get gives its caller: packets for its dispatch, results, and the names that `as` binds. Used alike
 * when the caller takes packets itself and when one is handed to it while it is parked. */
#ifndef MODEL_DELIVERY_H
#define MODEL_DELIVERY_H

#include "model/thread.h"

/* Forgets what the frame's last get took, if it took something that no dispatch has run. */
void delivery_forget(struct simulation *sim, thread_id thread);

static inline void delivery_begin(struct simulation *sim, thread_id thread)
{
    if (*thread_taken(sim, thread) != 0) {
        delivery_forget(sim, thread);
    }
}

/* Adds a packet that the record just emitted gives to the thread, by the rule `why`. The frame takes over
 * the queue's reference to it. */
void delivery_add(struct simulation *sim, thread_id thread, packet_id packet, enum record_why why);

/* The get is over with what was added: results, `as`, outcome. */
void delivery_end(struct simulation *sim, thread_id thread);

/* The get is over without a packet (facts IOCP-62, 73): bytes and key stay as they were. */
void delivery_fail(struct simulation *sim, thread_id thread, uint16_t error);

#endif
