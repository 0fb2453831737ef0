/* SPDX-License-Identifier: Apache-2.0 */
/* Runs that are kept to be asked about: why something happened, and where two of them part. */
#include <stdlib.h>

#include "lib/session.h"
#include "traces/diff.h"
#include "traces/why.h"

enum iocpsim_status iocpsim_run_keep(struct iocpsim_run *run)
{
    run->kept = calloc(1, sizeof *run->kept);
    if (run->kept == NULL) {
        return IOCPSIM_NO_MEMORY;
    }
    kept_init(&run->kept->records, &run->names);
    session_observe(run, interest_all(), (struct record_observer){.see = kept_see, .context = &run->kept->records});
    return IOCPSIM_OK;
}

const struct iocpsim_kept *iocpsim_run_kept(const struct iocpsim_run *run)
{
    return run->kept;
}

void session_forget(struct iocpsim_kept *kept)
{
    if (kept != NULL) {
        kept_release(&kept->records);
        free(kept);
    }
}

uint64_t iocpsim_kept_last(const struct iocpsim_kept *kept)
{
    const struct kept *records = &kept->records;

    return records->count == 0 ? 0 : records->record[records->count - 1].n;
}

enum iocpsim_status
iocpsim_why(const struct iocpsim_kept *kept, uint64_t n, const struct iocpsim_sink *sink, bool json)
{
    struct iocpsim_sink given = *sink;
    struct iocpsim_sink shown = json ? given : iocpsim_harmless(&given);
    struct trace_sink to = {shown.write, shown.context};

    if (kept_find(&kept->records, n) == NULL) {
        return IOCPSIM_BAD_OPTION;
    }
    return (json ? why_write_json : why_write)(&kept->records, n, &to) ? IOCPSIM_OK : IOCPSIM_NOT_WRITTEN;
}

enum iocpsim_status iocpsim_diff(const struct iocpsim_pair *pair,
                                 enum iocpsim_diff_form form,
                                 const struct iocpsim_sink *sink,
                                 bool *same)
{
    struct iocpsim_sink given = *sink;
    struct iocpsim_sink shown = form == IOCPSIM_DIFF_JSON ? given : iocpsim_harmless(&given);
    struct trace_sink to = {shown.write, shown.context};
    struct diff diff = {&pair->before->records, &pair->after->records, pair->before_name, pair->after_name};
    size_t place;
    bool written = false;

    *same = !diff_first(&diff, &place);
    switch (form) {
    case IOCPSIM_DIFF_FIRST:
        written = diff_write_first(&diff, &to);
        break;
    case IOCPSIM_DIFF_TEXT:
        written = diff_write(&diff, &to);
        break;
    case IOCPSIM_DIFF_JSON:
        written = diff_write_json(&diff, &to);
        break;
    }
    return written ? IOCPSIM_OK : IOCPSIM_NOT_WRITTEN;
}
