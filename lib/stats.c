/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a finished run. */
#include "lib/session.h"
#include "traces/statistics.h"

enum iocpsim_status iocpsim_run_stats(const struct iocpsim_run *run, const struct iocpsim_sink *sink, bool json)
{
    struct trace_sink to = {sink->write, sink->context};
    struct statistics statistics = {expectation_replay(run->judge), run->lanes, &run->names};
    bool written;

    if (run->lanes == NULL) {
        return IOCPSIM_BAD_OPTION;
    }
    written = json ? statistics_write_json(&statistics, &to) : statistics_write(&statistics, &to);
    return written ? IOCPSIM_OK : IOCPSIM_NOT_WRITTEN;
}
