/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be said when a run has ended: who waits for what and who could end that, and what is left over. */
#ifndef TRACES_ENDING_H
#define TRACES_ENDING_H

#include "traces/replay.h"
#include "traces/trace.h"

struct ending {
    const struct record *end; /* the run-end */
    const struct replay *replay; /* which has seen the whole run */
    const struct record_names *names;
};

/* Writes it, a line a matter; nothing when all is told by how the run ended. False when the sink took no more. */
bool ending_write(const struct ending *ending, const struct trace_sink *sink);

#endif
