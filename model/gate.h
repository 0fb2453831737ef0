/* SPDX-License-Identifier: Apache-2.0 */
/* Gates: the thread that looks after a CLR pool twice a second, and lets it grow when nothing moves (facts CLR-60..66,
 * 83). */
#ifndef MODEL_GATE_H
#define MODEL_GATE_H

#include "model/simulation.h"

/* A pool's gate has a processor, and nothing to execute but its duty. */
enum step_end gate_goes_on(struct simulation *sim, thread_id thread);

#endif
