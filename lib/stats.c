/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a finished run. */
#include "lib/session.h"
#include "traces/statistics.h"

enum iocpsim_status iocpsim_run_stats(const struct iocpsim_run *run, const struct iocpsim_sink *sink, bool json)
{
    struct iocpsim_sink kept = *sink;
    struct iocpsim_sink shown = json ? kept : iocpsim_harmless(&kept);
    struct trace_sink to = {shown.write, shown.context};
    struct statistics statistics = {expectation_replay(run->judge), run->lanes, &run->names};
    bool written = json ? statistics_write_json(&statistics, &to) : statistics_write(&statistics, &to);

    return written ? IOCPSIM_OK : IOCPSIM_NOT_WRITTEN;
}
