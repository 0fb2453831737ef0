/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of ports, as far as records alone pin them down: what a stored trace has instead of a plan. */
#ifndef TRACES_LIMITS_H
#define TRACES_LIMITS_H

#include <stdbool.h>

#include "model/record.h"

/* A port's limit lies between these; `most` 0: no upper bound yet. */
struct limits_port {
    uint32_t least, most;
};

struct limits {
    struct limits_port *port; /* by slot */
    uint32_t room;
    bool failed; /* no memory */
};

void limits_release(struct limits *limits);

/* An observer's `see`; `context` is the limits. */
void limits_see(void *context, const struct record_batch *batch);

/* The limit of a port when only one is possible; else 0. */
uint64_t limits_of(const struct limits *limits, reference port);

#endif
