/* SPDX-License-Identifier: Apache-2.0 */
/* The starvation rule of the CLR's gates (facts CLR-62..65). */
#ifndef MODEL_POLICY_STARVATION_H
#define MODEL_POLICY_STARVATION_H

#include "model/policy/pool.h"

/* Whether the gate adds a worker. */
enum gate_verdict starvation_round(const struct pool_view *view, struct gate_sample sample);

#endif
