/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a run. */
#include "lib/session.h"
#include "traces/statistics.h"

enum iocpsim_status iocpsim_run_measure(struct iocpsim_run *run)
{
    run->statistics = statistics_create(&run->names);
    if (run->statistics == NULL) {
        return IOCPSIM_NO_MEMORY;
    }
    session_observe(run, interest_all(), (struct record_observer){.see = statistics_see, .context = run->statistics});
    return IOCPSIM_OK;
}

enum iocpsim_status iocpsim_run_stats(const struct iocpsim_run *run, const struct iocpsim_sink *sink, bool json)
{
    struct iocpsim_sink kept = *sink;
    struct iocpsim_sink shown = json ? kept : iocpsim_harmless(&kept);
    struct trace_sink to = {shown.write, shown.context};
    const struct replay *replay = expectation_replay(run->judge);
    bool written;

    if (run->statistics == NULL) {
        return IOCPSIM_BAD_OPTION;
    }
    written = json ? statistics_write_json(run->statistics, replay, &to)
                   : statistics_write(run->statistics, replay, &to);
    return written ? IOCPSIM_OK : IOCPSIM_NOT_WRITTEN;
}
