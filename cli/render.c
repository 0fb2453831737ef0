/* SPDX-License-Identifier: Apache-2.0 */
/* render and stats. An SVG is drawn by the dot program, which gets a hard time limit. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/files.h"

/* How long dot may take. */
#define DOT_SECONDS 10

/* Columns: as asked, of the terminal, or 80. */
static unsigned width_of(const struct options *options)
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

/* How dot ended, where it has no exit status of its own. */
#define DOT_TIMED_OUT (-1)
#define DOT_WAS_KILLED (-2)

/* Waits for dot, at most so long; its exit status, or one of the above. */
static int wait_for_dot(pid_t child)
{
    struct timespec pause = {0, 20000000};
    int status;

    for (int i = 0; i < DOT_SECONDS * 50; i++) {
        if (waitpid(child, &status, WNOHANG) == child) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : DOT_WAS_KILLED;
        }
        (void)nanosleep(&pause, NULL);
    }
    (void)kill(child, SIGKILL);
    (void)waitpid(child, &status, 0);
    return DOT_TIMED_OUT;
}

/* Draws `graph`, a file of dot text, as SVG into `picture`. */
static int draw(FILE *graph, FILE *picture)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        if (lseek(fileno(graph), 0, SEEK_SET) == 0 && dup2(fileno(graph), STDIN_FILENO) >= 0 &&
            dup2(fileno(picture), STDOUT_FILENO) >= 0) {
            execlp("dot", "dot", "-Tsvg", (char *)NULL);
        }
        _exit(127);
    }
    if (child < 0) {
        say(stderr, "iocpsim: cannot start the dot program: %s\n", strerror(errno));
        return EXIT_IO;
    }
    status = wait_for_dot(child);
    if (status == 127) {
        fprintf(stderr, "iocpsim: the dot program is not there; install Graphviz, or use --as dot or --as text\n");
    } else if (status == DOT_TIMED_OUT) {
        say(stderr, "iocpsim: the dot program took more than %d s and was stopped\n", DOT_SECONDS);
    } else if (status == DOT_WAS_KILLED) {
        fprintf(stderr, "iocpsim: the dot program was killed\n");
    } else if (status > 0) {
        say(stderr, "iocpsim: the dot program failed with status %d\n", status);
    }
    return status == 0 ? 0 : EXIT_IO;
}

/* Copies the picture; false when it cannot be read. */
static bool copy_picture(FILE *picture, const struct iocpsim_sink *to)
{
    char bytes[65536];
    size_t length;

    rewind(picture);
    while ((length = fread(bytes, 1, sizeof bytes, picture)) > 0) {
        if (!to->write(to->context, bytes, length)) {
            return true; /* whoever closes the output says so */
        }
    }
    return !ferror(picture);
}

/* Graph and picture are files without a name: nothing is left of them however the program ends. */
static int render_svg(const struct iocpsim_run *run, struct output *output)
{
    FILE *graph = tmpfile();
    FILE *picture = tmpfile();
    struct output to = {.file = graph, .path = "a temporary file"};
    struct iocpsim_sink sink = output_sink(&to);
    struct iocpsim_picture how = {.form = IOCPSIM_DOT};
    struct iocpsim_sink out = output_sink(output);
    int result = EXIT_IO;

    if (graph != NULL && picture != NULL) {
        result = status_of(iocpsim_run_render(run, &how, &sink));
        if (to.failed || fflush(graph) != 0) {
            say(stderr, "iocpsim: cannot write a temporary file: %s\n", strerror(errno));
            result = EXIT_IO;
        }
        if (result == 0) {
            result = draw(graph, picture);
        }
        if (result == 0 && !copy_picture(picture, &out)) {
            say(stderr, "iocpsim: cannot read a temporary file: %s\n", strerror(errno));
            result = EXIT_IO;
        }
    } else {
        say(stderr, "iocpsim: cannot write a temporary file: %s\n", strerror(errno));
    }
    if (graph != NULL) {
        fclose(graph);
    }
    if (picture != NULL) {
        fclose(picture);
    }
    return result;
}

/* The forms of render. */
enum form {
    FORM_TEXT,
    FORM_DOT,
    FORM_SVG,
    FORM_JSONL,
    FORM_TRACE,
    FORM_UNKNOWN,
};

static enum form form_of(const char *name)
{
    static const char *const names[] = {"text", "dot", "svg", "jsonl", "trace"};
    static const char *const later[] = {"html", "chrome", "perfetto", "mermaid"};

    for (int i = 0; i < FORM_UNKNOWN; i++) {
        if (strcmp(names[i], name) == 0) {
            return (enum form)i;
        }
    }
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        if (strcmp(later[i], name) == 0) {
            say(stderr, "iocpsim: the form '%s' is not in this version; text, dot, svg, jsonl and trace are\n", name);
            return FORM_UNKNOWN;
        }
    }
    say(stderr, "iocpsim: unknown form '%s'; text, dot, svg, jsonl and trace are known\n", name);
    return FORM_UNKNOWN;
}

/* Renders one run; 0 or the exit status. */
static int render_run(struct shown *shown, enum form form, struct output *output, const struct iocpsim_picture *picture)
{
    struct iocpsim_sink sink = output_sink(output);
    enum iocpsim_status status = IOCPSIM_OK;
    int result;

    if (form == FORM_SVG && shown->runs > 1) {
        fprintf(stderr, "iocpsim: an svg shows one run, and this trace has several; name one with --variant\n");
        return EXIT_USAGE;
    }
    if (form == FORM_JSONL) {
        status = iocpsim_run_trace(shown->run, &sink);
    } else if (form == FORM_TRACE) {
        status = iocpsim_run_trace_binary(shown->run, &sink);
    } else if (form == FORM_TEXT && shown->runs > 1) {
        (void)sink.write(sink.context, "\n", 1);
    }
    if (status != IOCPSIM_OK) {
        return status_of(status);
    }
    result = shown_finish(shown);
    if (result != 0 || form == FORM_JSONL || form == FORM_TRACE) {
        return result;
    }
    return form == FORM_SVG ? render_svg(shown->run, output) : status_of(iocpsim_run_render(shown->run, picture, &sink));
}

int command_render(const struct options *options)
{
    struct shown shown;
    struct output output = {.file = NULL};
    enum form form = form_of(options->as == NULL ? "text" : options->as);
    const char *out = options->out == NULL ? "-" : options->out;
    struct iocpsim_picture picture = {.form = form == FORM_TEXT ? IOCPSIM_TEXT : IOCPSIM_DOT, .width = width_of(options)};
    int result;

    if (form == FORM_UNKNOWN) {
        return EXIT_USAGE;
    }
    if (form == FORM_TRACE && strcmp(out, "-") == 0 && isatty(STDOUT_FILENO)) {
        fprintf(stderr, "iocpsim: a binary trace is not for a terminal; say -o OUT.trace\n");
        return EXIT_USAGE;
    }
    result = shown_open(&shown, options);
    if (result == 0) {
        result = shown_next(&shown, options);
    }
    if (result == 0 && !output_open(&output, out)) {
        result = EXIT_IO;
    }
    while (result == 0 && shown.run != NULL) {
        result = render_run(&shown, form, &output, &picture);
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
