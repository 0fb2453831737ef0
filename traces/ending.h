/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be said when a run has ended: who waits for what and who could end that, and what is left over. */
#ifndef TRACES_ENDING_H
#define TRACES_ENDING_H

#include "traces/replay.h"
#include "traces/trace.h"

struct ending;

/* NULL when there is no memory. */
struct ending *ending_create(const struct record_names *names);
void ending_destroy(struct ending *ending);

/* Takes one record. */
void ending_see(struct ending *ending, const struct record *record, const struct record_batch *batch);
bool ending_failed(const struct ending *ending);

/* Writes it, a line a matter; nothing when all is told by how the run ended. `replay` has seen the whole run.
 * False when the sink took no more. */
bool ending_write(const struct ending *ending, const struct replay *replay, const struct trace_sink *sink);

#endif
