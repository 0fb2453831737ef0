/* SPDX-License-Identifier: Apache-2.0 */
/* Stored traces: each run of one is a session whose records come from the file. */
#include <stdlib.h>
#include <string.h>

#include "lib/session.h"

struct iocpsim_trace {
    struct trace_reader *reader;
    struct iocpsim_source source;
    enum trace_status status;
};

bool iocpsim_is_trace(const char *head, size_t length)
{
    return trace_is(head, length);
}

enum iocpsim_status iocpsim_trace_create(struct iocpsim_trace **out,
                                         const struct iocpsim_source *source)
{
    struct trace_source from = {source->read, source->context};
    struct iocpsim_trace *trace = calloc(1, sizeof *trace);

    *out = trace;
    if (trace != NULL) {
        trace->reader = trace_reader_create(&from);
    }
    if (trace == NULL || trace->reader == NULL) {
        free(trace);
        *out = NULL;
        return IOCPSIM_NO_MEMORY;
    }
    return IOCPSIM_OK;
}

void iocpsim_trace_destroy(struct iocpsim_trace *trace)
{
    if (trace != NULL) {
        trace_reader_destroy(trace->reader);
        free(trace);
    }
}

static enum iocpsim_status status_of(enum trace_status status)
{
    switch (status) {
    case TRACE_OK:
    case TRACE_END:
        return IOCPSIM_OK;
    case TRACE_BAD:
        return IOCPSIM_BAD_TRACE;
    case TRACE_NOT_READ:
        return IOCPSIM_NOT_READ;
    case TRACE_NO_MEMORY:
        break;
    }
    return IOCPSIM_NO_MEMORY;
}

/* What is known of an object that no record tells of: of ports the limit, once the records so far
 * pin it. */
static void cast_member_of(const void *context, reference object, struct cast_member *member)
{
    const struct iocpsim_run *run = context;

    *member = (struct cast_member){
        .port = REFERENCE_NONE, .owner = REFERENCE_NONE, .device = REFERENCE_NONE};
    if (reference_kind(object) == OBJECT_PORT) {
        member->limit = limits_of(&run->limits, object);
    }
}

enum iocpsim_status iocpsim_trace_next(struct iocpsim_trace *trace, struct iocpsim_run **out)
{
    struct iocpsim_run *run = calloc(1, sizeof *run);
    enum trace_status status;

    *out = NULL;
    if (run == NULL) {
        return IOCPSIM_NO_MEMORY;
    }
    status = trace_reader_begin(trace->reader, &run->header);
    if (status == TRACE_OK) {
        run->reader = trace->reader;
        run->keeps_state = true;
        run->names = trace_reader_names(trace->reader);
        run->cast.member = cast_member_of;
        run->cast.context = run;
        /* First, so that a limit is known where the record that pins it is replayed. */
        session_observe(run, interest_all(), (struct record_observer){.see = limits_see, .context = &run->limits});
        if (session_attach(run)) {
            *out = run;
            return IOCPSIM_OK;
        }
        status = TRACE_NO_MEMORY;
    }
    iocpsim_run_destroy(run);
    return status_of(status);
}

struct iocpsim_trace_error iocpsim_trace_error(const struct iocpsim_trace *trace)
{
    struct trace_error error = trace_reader_error(trace->reader);

    return (struct iocpsim_trace_error){error.line, error.byte, error.message};
}

enum iocpsim_status session_replay(struct iocpsim_run *run)
{
    struct record_batch batch;
    enum trace_status status;

    while ((status = trace_reader_next(run->reader, &batch)) == TRACE_OK) {
        for (uint32_t i = 0; i < run->observers; i++) {
            run->observer[i].see(run->observer[i].context, &batch);
        }
    }
    return status == TRACE_END ? session_end(run) : status_of(status);
}

const char *iocpsim_run_title(const struct iocpsim_run *run)
{
    return run->header.title;
}

const char *iocpsim_run_variant(const struct iocpsim_run *run)
{
    return run->header.variant;
}
