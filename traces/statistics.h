/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a run: by type of thread, by thread, by port. */
#ifndef TRACES_STATISTICS_H
#define TRACES_STATISTICS_H

#include "traces/lanes.h"
#include "traces/replay.h"
#include "traces/trace.h"

/* What the figures are read from; everything is borrowed, and has seen the whole run. */
struct statistics {
    const struct replay *replay;
    const struct lanes *lanes;
    const struct record_names *names;
};

/* What the threads of one type, or one thread, did. Times in ns. */
struct thread_figures {
    uint64_t threads, callbacks, switches;
    sim_span in_state[REPLAY_THREAD_STATES];
};

/* Adds a thread's figures up to now. */
void statistics_add_thread(const struct replay *replay, reference thread, struct thread_figures *figures);

/* False when the sink took no more. */
bool statistics_write(const struct statistics *statistics, const struct trace_sink *sink);
bool statistics_write_json(const struct statistics *statistics, const struct trace_sink *sink);

#endif
