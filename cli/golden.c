/* SPDX-License-Identifier: Apache-2.0 */
/* Golden traces are compared by their bytes; what a difference means is told by comparing what the records
 * mean, which leaves out numbers of steps and frames. */
#include "cli/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/files.h"

void golden_find(struct golden *golden, const char *path, const char *variant)
{
    const char *shelves = strstr(path, "scenarios/");
    size_t before = shelves == NULL ? 0 : (size_t)(shelves - path);
    size_t length = strlen(path);

    memset(golden, 0, sizeof *golden);
    if (shelves == NULL || length < 5 || strcmp(path + length - 5, ".json") != 0) {
        return;
    }
    shelves += strlen("scenarios/");
    length = strlen(shelves) - strlen(".json");
    golden->is_there = (size_t)snprintf(golden->path, sizeof golden->path, "%.*straces/golden/%.*s%s%s.jsonl", (int)before,
                                        path, (int)length, shelves, variant == NULL ? "" : ".",
                                        variant == NULL ? "" : variant) < sizeof golden->path &&
                       access(golden->path, F_OK) == 0;
}

void golden_close(struct golden *golden)
{
    free(golden->bytes);
    free(golden->wanted);
}

static bool take(void *context, const char *bytes, size_t length)
{
    struct golden *golden = context;

    if (golden->room - golden->length < length) {
        size_t room = golden->room == 0 ? 65536 : golden->room;
        char *grown;
        while (room - golden->length < length) {
            room *= 2;
        }
        grown = realloc(golden->bytes, room);
        if (grown == NULL) {
            return false;
        }
        golden->bytes = grown;
        golden->room = room;
    }
    memcpy(golden->bytes + golden->length, bytes, length);
    golden->length += length;
    return true;
}

struct iocpsim_sink golden_sink(struct golden *golden)
{
    return (struct iocpsim_sink){take, golden};
}

bool golden_is_same(struct golden *golden)
{
    golden->wanted = file_read(golden->path, &golden->wanted_length);
    return golden->wanted != NULL && golden->length == golden->wanted_length &&
           memcmp(golden->bytes, golden->wanted, golden->length) == 0;
}

/* The golden trace as a stream. */
struct stream {
    const char *bytes;
    size_t left;
};

static bool pour(void *context, char *bytes, size_t room, size_t *length)
{
    struct stream *stream = context;

    *length = stream->left < room ? stream->left : room;
    memcpy(bytes, stream->bytes, *length);
    stream->bytes += *length;
    stream->left -= *length;
    return true;
}

/* Text to stdout with something before each line. */
struct indented {
    const char *before;
    bool inside; /* a line */
};

static bool indent(void *context, const char *bytes, size_t length)
{
    struct indented *to = context;

    for (size_t i = 0; i < length; i++) {
        if (!to->inside) {
            fputs(to->before, stdout);
        }
        to->inside = bytes[i] != '\n';
        putchar(bytes[i]);
    }
    return true;
}

/* Says in words where the runs part; false when the golden trace cannot be read or means the same. */
static bool tell_meaning(const struct golden *golden, const struct iocpsim_run *run, const char *before)
{
    struct stream stream = {golden->wanted, golden->wanted_length};
    struct iocpsim_source source = {pour, &stream};
    struct indented indented = {before, false};
    struct iocpsim_sink sink = {indent, &indented};
    struct iocpsim_trace *trace = NULL;
    struct iocpsim_run *kept = NULL;
    bool same = true;

    if (iocpsim_trace_create(&trace, &source) == IOCPSIM_OK && iocpsim_trace_next(trace, &kept) == IOCPSIM_OK &&
        kept != NULL && iocpsim_run_keep(kept) == IOCPSIM_OK && iocpsim_run_finish(kept) == IOCPSIM_OK) {
        struct iocpsim_pair pair = {iocpsim_run_kept(kept), iocpsim_run_kept(run), "the golden trace", "this run"};
        (void)iocpsim_diff(&pair, IOCPSIM_DIFF_FIRST, &sink, &same);
    }
    iocpsim_run_destroy(kept);
    iocpsim_trace_destroy(trace);
    return !same;
}

bool golden_bless(struct golden *golden, const struct iocpsim_run *run)
{
    struct output output;
    struct iocpsim_sink sink;

    if (golden_is_same(golden)) {
        return true;
    }
    if (golden->wanted == NULL || !output_open(&output, golden->path)) {
        return false;
    }
    sink = output_sink(&output);
    (void)sink.write(sink.context, golden->bytes, golden->length);
    if (!output_close(&output, true)) {
        return false;
    }
    say(stdout, "# blessed %s%s\n", golden->path, golden->wanted_length == 0 ? ": new" : "");
    if (golden->wanted_length > 0 && !tell_meaning(golden, run, "#   ")) {
        say(stdout, "#   what it tells is the same; how it is written changed\n");
    }
    return true;
}

/* Prints the line of a trace that begins at `start`, after a word. */
static void print_line(const char *word, const char *bytes, size_t length, size_t start)
{
    const char *end = start < length ? memchr(bytes + start, '\n', length - start) : NULL;
    size_t left = start < length ? length - start : 0;

    say(stdout, "  %s: %.*s\n", word, (int)(end == NULL ? left : (size_t)(end - bytes) - start), left == 0 ? "" : bytes + start);
}

void golden_tell(const struct golden *golden, const struct iocpsim_run *run)
{
    size_t line = 1;
    size_t start = 0;
    size_t i = 0;

    if (golden->wanted == NULL) {
        say(stdout, "  message: the golden trace %s cannot be read\n", golden->path);
        return;
    }
    while (i < golden->length && i < golden->wanted_length && golden->bytes[i] == golden->wanted[i]) {
        if (golden->bytes[i] == '\n') {
            line++;
            start = i + 1;
        }
        i++;
    }
    say(stdout, "  message: line %zu differs from the golden trace %s\n", line, golden->path);
    (void)tell_meaning(golden, run, "  ");
    print_line("is", golden->bytes, golden->length, start);
    print_line("golden", golden->wanted, golden->wanted_length, start);
}
