/* SPDX-License-Identifier: Apache-2.0 */
/* What a person wants of a run at once: every callback with its thread, type and rule, every line logged,
 * and who did how much. */
#ifndef TRACES_REPORT_H
#define TRACES_REPORT_H

#include "traces/replay.h"
#include "traces/trace.h"

struct report;

/* Callbacks beyond this many are counted, not kept. */
#define REPORT_CALLBACKS_MAX 200

struct report *report_create(const struct record_names *names);
void report_destroy(struct report *report);

/* An observer's `see`; `context` is the report. */
void report_see(void *context, const struct record_batch *batch);
bool report_failed(const struct report *report);

/* How the run ended; END_COUNT while it has not. */
enum run_end report_end(const struct report *report);
sim_time report_end_time(const struct report *report);

/* Writes it for people. `replay` has seen the whole run. False when the sink took no more. */
bool report_write(const struct report *report, const struct replay *replay, const struct trace_sink *sink);

/* The same as one JSON object. */
bool report_write_json(const struct report *report, const struct replay *replay, const struct trace_sink *sink);

#endif
