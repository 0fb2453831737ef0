/* SPDX-License-Identifier: Apache-2.0 */
/* Completion: what the end of an operation leaves behind. */
#ifndef MODEL_COMPLETION_H
#define MODEL_COMPLETION_H

#include "model/simulation.h"

/* The operation has ended, with its status in the packet: event, file object, then packet, routine or
 * nothing. The reference that the operation itself held is let go of, or goes with the packet. */
void completion_leave(struct simulation *sim, packet_id operation);

#endif
