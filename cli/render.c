/* SPDX-License-Identifier: Apache-2.0 */
/* render and stats. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/files.h"

/* Columns: as asked, of the terminal, or 80. */
static unsigned columns_of(const struct options *options)
{
    struct winsize size;
    const char *columns = options->width != NULL ? options->width : getenv("COLUMNS");

    if (columns != NULL && atoi(columns) > 0) {
        return (unsigned)atoi(columns);
    }
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    return 80;
}

/* The forms of render. */
enum form {
    FORM_TEXT,
    FORM_DOT,
    FORM_SVG,
    FORM_CHROME,
    FORM_PERFETTO,
    FORM_MERMAID,
    FORM_JSONL,
    FORM_TRACE,
    FORM_UNKNOWN,
};

static const char *const form_names[] = {"text", "dot", "svg", "chrome", "perfetto", "mermaid", "jsonl", "trace"};

static enum form form_of(const char *name)
{
    for (int i = 0; i < FORM_UNKNOWN; i++) {
        if (strcmp(form_names[i], name) == 0) {
            return (enum form)i;
        }
    }
    if (strcmp(name, "html") == 0) {
        say(stderr, "iocpsim: the form '%s' is not in this version; text, dot, svg, chrome, perfetto, mermaid, jsonl and "
                    "trace are\n", name);
        return FORM_UNKNOWN;
    }
    say(stderr, "iocpsim: unknown form '%s'; text, dot, svg, chrome, perfetto, mermaid, jsonl and trace are known\n", name);
    return FORM_UNKNOWN;
}

/* What was asked for, made of the options. */
struct wanted {
    enum form form;
    struct iocpsim_picture picture;
    bool by_dot; /* an SVG that the dot program draws */
    const char *out;
};

/* Which picture of a form is meant; false, and told, when there is none such. */
static bool choose_picture(const struct options *options, struct wanted *wanted)
{
    bool is_graph = options->structure || options->waits || options->summary;
    bool is_window = options->from != NULL || options->to != NULL;

    if (options->structure + options->waits + options->summary + options->statistics + (options->operation != NULL) > 1) {
        fprintf(stderr, "iocpsim: --structure, --operation, --waits, --summary and --statistics are one picture each; say one\n");
        return false;
    }
    if ((is_graph && wanted->form != FORM_DOT && wanted->form != FORM_SVG) ||
        (options->statistics && wanted->form != FORM_SVG)) {
        fprintf(stderr, "iocpsim: --structure, --waits and --summary are for --as dot and svg, --statistics for svg\n");
        return false;
    }
    if (options->at != NULL && !options->waits) {
        fprintf(stderr, "iocpsim: --at is for --waits: who waits for what at that instant\n");
        return false;
    }
    wanted->by_dot = wanted->form == FORM_SVG && is_graph;
    if (options->statistics) {
        wanted->picture.form = IOCPSIM_STATISTICS;
    } else if (options->waits) {
        wanted->picture.form = IOCPSIM_DOT_WAITS;
    } else if (options->summary) {
        wanted->picture.form = IOCPSIM_DOT_SUMMARY;
    } else if (options->structure || wanted->form == FORM_DOT) {
        wanted->picture.form = options->operation != NULL || is_window ? IOCPSIM_DOT_LIFE : IOCPSIM_DOT;
    } else {
        wanted->picture.form = wanted->form == FORM_SVG        ? IOCPSIM_SVG
                               : wanted->form == FORM_CHROME   ? IOCPSIM_CHROME
                               : wanted->form == FORM_PERFETTO ? IOCPSIM_PERFETTO
                               : wanted->form == FORM_MERMAID  ? IOCPSIM_MERMAID
                               : options->operation != NULL    ? IOCPSIM_PATH
                                                               : IOCPSIM_TEXT;
    }
    return true;
}

/* One size; false, and told, when it is none. */
static bool read_size(const char *option, const char *text, unsigned *size)
{
    uint64_t number = 0;

    if (text != NULL && (!read_number(text, &number) || number == 0 || number > 100000)) {
        say(stderr, "iocpsim: %s wants a number from 1 to 100000, not '%s'\n", option, text);
        return false;
    }
    *size = (unsigned)number;
    return true;
}

/* How large an SVG is, and its letters, and on how many sheets it goes. */
static bool read_sizes(const struct options *options, struct wanted *wanted)
{
    bool is_own = wanted->form == FORM_SVG && !wanted->by_dot;

    if ((options->height != NULL || options->font_size != NULL || options->pages != NULL || options->dark) && !is_own) {
        fprintf(stderr, "iocpsim: --height, --font-size, --pages and --dark are for --as svg, and not for what the dot program draws\n");
        return false;
    }
    if (options->pages != NULL && (options->statistics || options->height != NULL || is_second_wanted(options))) {
        fprintf(stderr, "iocpsim: --pages cuts the timeline of one run into sheets of A4, which have a height\n");
        return false;
    }
    return read_size("--height", options->height, &wanted->picture.height) &&
           read_size("--font-size", options->font_size, &wanted->picture.letters) &&
           read_size("--pages", options->pages, &wanted->picture.pages);
}

/* 4, or @12 for the work item that record 12 queued. */
static bool read_operation(const char *text, uint64_t *operation)
{
    bool is_work = text[0] == '@';

    if (!read_number(text + is_work, operation) || *operation >= IOCPSIM_WORK) {
        return false;
    }
    *operation |= is_work ? IOCPSIM_WORK : 0;
    return true;
}

/* Reads the options; 0 or the exit status, with everything said on stderr. */
static int read_wanted(const struct options *options, struct wanted *wanted)
{
    const char *no_colour = getenv("NO_COLOR");

    *wanted = (struct wanted){.form = form_of(options->as == NULL ? "text" : options->as),
                              .out = options->out == NULL ? "-" : options->out};
    if (wanted->form == FORM_UNKNOWN) {
        return EXIT_USAGE;
    }
    wanted->picture = (struct iocpsim_picture){
        .width = wanted->form == FORM_TEXT      ? columns_of(options)
                 : options->width != NULL && atoi(options->width) > 0 ? (unsigned)atoi(options->width)
                                                : 0,
        .is_dark = options->dark,
        .from = options->from,
        .to = options->to,
        .at = options->at,
        .has_colours = strcmp(wanted->out, "-") == 0 && isatty(STDOUT_FILENO) && (no_colour == NULL || no_colour[0] == '\0'),
    };
    if (options->operation != NULL && !read_operation(options->operation, &wanted->picture.operation)) {
        say(stderr, "iocpsim: --operation wants the number of an operation or packet, or @ and that of the record that queued a "
                    "work item, not '%s'\n", options->operation);
        return EXIT_USAGE;
    }
    if (!choose_picture(options, wanted) || !read_sizes(options, wanted)) {
        return EXIT_USAGE;
    }
    if ((wanted->form == FORM_TRACE || wanted->form == FORM_PERFETTO) && strcmp(wanted->out, "-") == 0 && isatty(STDOUT_FILENO)) {
        fprintf(stderr, "iocpsim: a binary trace is not for a terminal; say -o OUT.%s\n",
                wanted->form == FORM_TRACE ? "trace" : "pftrace");
        return EXIT_USAGE;
    }
    return 0;
}

/* What is said beyond "cannot": why a picture cannot be. */
static int say_no_picture(const struct wanted *wanted)
{
    const struct iocpsim_picture *picture = &wanted->picture;

    if (picture->operation != 0) {
        bool is_work = (picture->operation & IOCPSIM_WORK) != 0;
        fprintf(stderr, "iocpsim: there is no %s %llu in the time that is shown\n",
                is_work ? "work item of record" : "operation or packet", (unsigned long long)(picture->operation & ~IOCPSIM_WORK));
    } else {
        fprintf(stderr, "iocpsim: --from, --to and --at are instants of the run, such as 40ms, and --from is not behind --to\n");
    }
    return EXIT_USAGE;
}

/* Renders one run; 0 or the exit status. */
static int render_run(struct shown *shown, const struct wanted *wanted, struct output *output)
{
    struct iocpsim_sink sink = output_sink(output);
    enum iocpsim_status status = IOCPSIM_OK;
    int result;

    if (shown->runs > 1 && wanted->form != FORM_TEXT && wanted->form != FORM_DOT && wanted->form != FORM_JSONL &&
        wanted->form != FORM_TRACE) {
        say(stderr, "iocpsim: one %s shows one run, and this trace has several; name one with --variant\n",
            form_names[wanted->form]);
        return EXIT_USAGE;
    }
    if (wanted->form == FORM_JSONL) {
        status = iocpsim_run_trace(shown->run, &sink);
    } else if (wanted->form == FORM_TRACE) {
        status = iocpsim_run_trace_binary(shown->run, &sink);
    } else if (wanted->form == FORM_TEXT && shown->runs > 1) {
        (void)sink.write(sink.context, "\n", 1);
    }
    if (status == IOCPSIM_OK && wanted->form != FORM_JSONL && wanted->form != FORM_TRACE) {
        status = iocpsim_run_draw(shown->run);
    }
    if (status == IOCPSIM_OK && (wanted->picture.at != NULL || wanted->picture.form == IOCPSIM_DOT_SUMMARY)) {
        status = iocpsim_run_keep(shown->run);
    }
    if (status != IOCPSIM_OK) {
        return status_of(status);
    }
    result = shown_finish(shown);
    if (result != 0 || wanted->form == FORM_JSONL || wanted->form == FORM_TRACE) {
        return result;
    }
    if (wanted->by_dot) {
        return draw_graph(shown->run, &wanted->picture, output);
    }
    status = iocpsim_run_render(shown->run, &wanted->picture, &sink);
    return status == IOCPSIM_BAD_OPTION ? say_no_picture(wanted) : status_of(status);
}

/* Two runs on one picture; 0 or the exit status. */
static int render_two(const struct options *options, const struct wanted *wanted)
{
    struct two_runs runs;
    struct output output = {.file = NULL};
    int result;

    if ((wanted->form != FORM_TEXT && wanted->form != FORM_SVG) || wanted->by_dot ||
        (wanted->picture.form != IOCPSIM_TEXT && wanted->picture.form != IOCPSIM_SVG)) {
        fprintf(stderr, "iocpsim: two runs are set beside each other as text or svg, and without another picture's option\n");
        return EXIT_USAGE;
    }
    result = runs_open(&runs, options, options->with, true);
    if (result == 0 && !output_open(&output, wanted->out)) {
        result = EXIT_IO;
    }
    if (result == 0) {
        struct iocpsim_run_pair pair = {runs.shown[0].run, runs.shown[1].run, runs.name[0], runs.name[1]};
        struct iocpsim_sink sink = output_sink(&output);
        enum iocpsim_status status = iocpsim_render_pair(&pair, &wanted->picture, &sink);
        result = status == IOCPSIM_BAD_OPTION ? say_no_picture(wanted) : status_of(status);
    }
    if (output.file != NULL && !output_close(&output, result == 0)) {
        result = result == 0 ? EXIT_IO : result;
    }
    runs_close(&runs);
    return result;
}

int command_render(const struct options *options)
{
    struct shown shown;
    struct output output = {.file = NULL};
    struct wanted wanted;
    int result = read_wanted(options, &wanted);

    if (result != 0) {
        return result;
    }
    if (is_second_wanted(options)) {
        return render_two(options, &wanted);
    }
    result = shown_open(&shown, options);
    if (result == 0) {
        result = shown_next(&shown, options);
    }
    if (result == 0 && !output_open(&output, wanted.out)) {
        result = EXIT_IO;
    }
    while (result == 0 && shown.run != NULL) {
        result = render_run(&shown, &wanted, &output);
        if (result == 0) {
            result = shown_next(&shown, options);
        }
    }
    if (output.file != NULL && !output_close(&output, result == 0)) {
        result = result == 0 ? EXIT_IO : result;
    }
    shown_close(&shown);
    return result;
}

/* What the run is called, over its figures. */
static void say_title(const struct shown *shown)
{
    const char *title = iocpsim_run_title(shown->run);
    const char *variant = iocpsim_run_variant(shown->run);

    printf("%s", shown->runs > 1 ? "\n" : "");
    if (title != NULL || variant != NULL) {
        say(stdout, "%s%s%s%s\n\n", title == NULL ? "" : title, variant == NULL ? "" : " [", variant == NULL ? "" : variant,
               variant == NULL ? "" : "]");
    }
}

int command_stats(const struct options *options)
{
    struct shown shown;
    struct iocpsim_sink sink = sink_stdout();
    int result = shown_open(&shown, options);

    if (result == 0) {
        result = shown_next(&shown, options);
    }
    while (result == 0 && shown.run != NULL) {
        result = status_of(iocpsim_run_measure(shown.run));
        if (result == 0) {
            result = shown_finish(&shown);
        }
        if (result == 0 && !options->json) {
            say_title(&shown);
        }
        if (result == 0) {
            result = status_of(iocpsim_run_stats(shown.run, &sink, options->json));
        }
        if (result == 0) {
            result = shown_next(&shown, options);
        }
    }
    shown_close(&shown);
    return result;
}
