/* SPDX-License-Identifier: Apache-2.0 */
/* Files of arrivals. A line is a duration as the language writes it, since the load's `starts`; none lies before the
 * one above it. Space around it and empty lines are let pass. */
#include "lib/arrivals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/load/expression.h"

/* What of a file is in memory at a time, and the longest line. */
#define BUFFER_BYTES 65536
#define LINE_MAX_BYTES 64

/* The file of one load. */
struct stream {
    bool is_open, is_over;
    struct iocpsim_source source;
    char *buffer;
    size_t at, length;
    uint64_t line; /* read so far */
    uint64_t last; /* instant */
};

struct arrivals {
    const struct plan *plan;
    const struct iocpsim_files *files;
    struct iocpsim_file_error *error;
    struct stream *stream; /* by load */
    enum iocpsim_status status;
};

struct arrivals *
arrivals_create(const struct plan *plan, const struct iocpsim_files *files, struct iocpsim_file_error *error)
{
    struct arrivals *arrivals = calloc(1, sizeof *arrivals);

    if (arrivals != NULL) {
        *arrivals = (struct arrivals){.plan = plan, .files = files, .error = error, .status = IOCPSIM_OK};
        arrivals->stream = calloc(plan->load_count + 1u, sizeof *arrivals->stream);
        if (arrivals->stream == NULL) {
            free(arrivals);
            arrivals = NULL;
        }
    }
    return arrivals;
}

void arrivals_destroy(struct arrivals *arrivals)
{
    if (arrivals == NULL) {
        return;
    }
    for (uint32_t i = 0; i < arrivals->plan->load_count; i++) {
        if (arrivals->stream[i].is_open) {
            arrivals->files->close(arrivals->files->context, &arrivals->stream[i].source);
        }
        free(arrivals->stream[i].buffer);
    }
    free(arrivals->stream);
    free(arrivals);
}

enum iocpsim_status arrivals_status(const struct arrivals *arrivals)
{
    return arrivals->status;
}

/* Notes a mistake in the line that was read last. */
static enum arrival_status mistake(struct arrivals *arrivals, uint32_t load, const char *message, const char *hint)
{
    struct iocpsim_file_error *error = arrivals->error;

    arrivals->status = IOCPSIM_BAD_FILE;
    error->line = arrivals->stream[load].line;
    snprintf(error->path, sizeof error->path, "%s", plan_text(arrivals->plan, arrivals->plan->load[load].path));
    snprintf(error->message, sizeof error->message, "%s", message);
    snprintf(error->hint, sizeof error->hint, "%s", hint);
    return ARRIVAL_FAILS;
}

static enum arrival_status fails(struct arrivals *arrivals, enum iocpsim_status status)
{
    arrivals->status = status;
    return ARRIVAL_FAILS;
}

/* The next byte; -1: there is none, -2: it cannot be read. */
static int next_byte(struct stream *stream)
{
    if (stream->at == stream->length) {
        stream->at = 0;
        stream->length = 0;
        if (!stream->source.read(stream->source.context, stream->buffer, BUFFER_BYTES, &stream->length)) {
            return -2;
        }
        if (stream->length == 0) {
            return -1;
        }
    }
    return (unsigned char)stream->buffer[stream->at++];
}

static bool is_space(int byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Reads the next line that is not empty, without the space around it; its length, cut to one byte more than lines
 * have. 0: there is none; -1: it cannot be read. */
static int read_line(struct stream *stream, char *line)
{
    int length = 0;
    int byte = 0;

    while (length == 0 && byte != -1) {
        stream->line++;
        while ((byte = next_byte(stream)) >= 0 && byte != '\n') {
            if ((length > 0 || !is_space(byte)) && length <= LINE_MAX_BYTES) {
                line[length++] = (char)byte;
            }
        }
        while (length > 0 && is_space(line[length - 1])) {
            length--;
        }
        if (byte == -2) {
            return -1;
        }
    }
    line[length] = '\0';
    return length;
}

/* Opens a load's file when it is first asked for. */
static bool open_stream(struct arrivals *arrivals, uint32_t load)
{
    struct stream *stream = &arrivals->stream[load];
    const char *path = plan_text(arrivals->plan, arrivals->plan->load[load].path);

    if (stream->is_open) {
        return true;
    }
    stream->buffer = malloc(BUFFER_BYTES);
    if (stream->buffer == NULL) {
        return fails(arrivals, IOCPSIM_NO_MEMORY) == ARRIVAL_COMES;
    }
    if (arrivals->files->open == NULL || !arrivals->files->open(arrivals->files->context, path, &stream->source)) {
        return fails(arrivals, IOCPSIM_NOT_READ) == ARRIVAL_COMES;
    }
    stream->is_open = true;
    return true;
}

static enum arrival_status next(void *context, uint32_t load, sim_time *instant)
{
    struct arrivals *arrivals = context;
    struct stream *stream = &arrivals->stream[load];
    char line[LINE_MAX_BYTES + 2];
    struct value value;
    int length;

    if (!open_stream(arrivals, load)) {
        return ARRIVAL_FAILS;
    }
    length = stream->is_over ? 0 : read_line(stream, line);
    if (length < 0) {
        return fails(arrivals, IOCPSIM_NOT_READ);
    }
    if (length == 0) {
        stream->is_over = true;
        return ARRIVAL_IS_LAST;
    }
    if (length > LINE_MAX_BYTES || strlen(line) != (size_t)length || !expression_literal(line, &value) ||
        (value.type != VALUE_DURATION && value.type != VALUE_NUMBER)) {
        return mistake(arrivals, load, "this is no duration", "write one a line, such as 1.5ms");
    }
    if (value.type == VALUE_NUMBER && value.bits != 0) {
        return mistake(arrivals, load, "this is a bare number, not a duration", "write a unit, such as 5ms");
    }
    if ((int64_t)value.bits < 0 || value.bits == VALUE_INFINITE) {
        return mistake(arrivals, load, "an instant is neither negative nor infinite", "instants count from 'starts'");
    }
    if (value.bits < stream->last) {
        return mistake(arrivals, load, "this instant lies before the one above it", "instants stand in the order of time");
    }
    stream->last = value.bits;
    *instant = value.bits;
    return ARRIVAL_COMES;
}

struct arrival_source arrivals_source(struct arrivals *arrivals)
{
    return (struct arrival_source){next, arrivals};
}
