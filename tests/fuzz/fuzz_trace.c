/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzzer of the trace readers: bytes are read as a stored trace, in either form, and all that is made of a stored
 * run is made: both forms, sentences, figures, pictures; also behind a mistake, of what was read before it.
 * Nothing may crash, leak, hang or break a check. */
#include <stdlib.h>
#include <string.h>

#include "iocpsim.h"
#include "tests/fuzz/fuzzing.h"

#define RUNS_MAX 4

/* Bytes that are read in small pieces, so that every token is cut somewhere. */
struct pieces {
    const unsigned char *bytes;
    size_t length, at;
};

static bool take(void *context, char *bytes, size_t room, size_t *length)
{
    struct pieces *pieces = context;
    size_t left = pieces->length - pieces->at;
    size_t piece = 1 + pieces->at % 61;

    *length = left < piece ? left : piece;
    *length = *length < room ? *length : room;
    memcpy(bytes, pieces->bytes + pieces->at, *length);
    pieces->at += *length;
    return true;
}

static void show(struct iocpsim_run *run)
{
    const struct iocpsim_sink sink = {drop, NULL};
    struct iocpsim_picture picture = {.form = IOCPSIM_TEXT, .width = 80};

    (void)iocpsim_run_end(run);
    (void)iocpsim_run_report(run, &sink, false);
    (void)iocpsim_run_report(run, &sink, true);
    (void)iocpsim_run_stats(run, &sink, false);
    (void)iocpsim_run_stats(run, &sink, true);
    for (int form = IOCPSIM_TEXT; form <= IOCPSIM_MERMAID; form++) {
        picture.form = (enum iocpsim_form)form;
        picture.operation = 1;
        (void)iocpsim_run_render(run, &picture, &sink);
        picture.operation = 0;
        (void)iocpsim_run_render(run, &picture, &sink);
    }
    picture = (struct iocpsim_picture){.form = IOCPSIM_SVG, .pages = 3, .letters = 20, .is_dark = true};
    (void)iocpsim_run_render(run, &picture, &sink);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length)
{
    const struct iocpsim_sink sink = {drop, NULL};
    struct pieces pieces = {bytes, length, 0};
    struct iocpsim_source source = {take, &pieces};
    struct iocpsim_trace *trace = NULL;
    enum iocpsim_status status = iocpsim_trace_create(&trace, &source);

    for (int i = 0; status == IOCPSIM_OK && i < RUNS_MAX; i++) {
        struct iocpsim_run *run = NULL;
        status = iocpsim_trace_next(trace, &run);
        if (run == NULL) {
            break;
        }
        if (status == IOCPSIM_OK) {
            (void)iocpsim_run_trace(run, &sink);
            (void)iocpsim_run_trace_binary(run, &sink);
            (void)iocpsim_run_follow(run, &sink);
            (void)iocpsim_run_draw(run);
            status = iocpsim_run_finish(run);
            show(run);
        }
        iocpsim_run_destroy(run);
    }
    if (trace != NULL && status == IOCPSIM_BAD_TRACE && iocpsim_trace_error(trace).message == NULL) {
        abort();
    }
    iocpsim_trace_destroy(trace);
    return 0;
}
