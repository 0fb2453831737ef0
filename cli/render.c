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

/* Runs what the options name; 0 or the exit status. */
static int run_operand(const struct options *options, struct opened *opened, struct iocpsim_run **run)
{
    char buffer[4096];
    const char *path = options->operand_count > 0 ? options->operand[0] : NULL;
    int result;

    if (options->example != NULL) {
        path = example_path(options->example, buffer, sizeof buffer);
    }
    if (path == NULL || options->operand_count > 1) {
        fprintf(stderr, "iocpsim: one scenario is wanted\n");
        return EXIT_USAGE;
    }
    result = scenario_open(opened, path);
    if (result == 0) {
        result = scenario_run(opened, options, options->variant, run);
        if (result == 0) {
            result = status_of(iocpsim_run_finish(*run));
        }
    }
    return result;
}

/* Waits for dot, at most so long; its exit status, or -1 when it was stopped. */
static int wait_for_dot(pid_t child)
{
    struct timespec pause = {0, 20000000};
    int status;

    for (int i = 0; i < DOT_SECONDS * 50; i++) {
        if (waitpid(child, &status, WNOHANG) == child) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        (void)nanosleep(&pause, NULL);
    }
    (void)kill(child, SIGKILL);
    (void)waitpid(child, &status, 0);
    return -1;
}

/* Draws `graph`, a file of dot text, as SVG into `picture`. */
static int draw(const char *graph, const char *picture)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        char out[4200];
        snprintf(out, sizeof out, "-o%s", picture);
        execlp("dot", "dot", "-Tsvg", out, graph, (char *)NULL);
        _exit(127);
    }
    if (child < 0) {
        fprintf(stderr, "iocpsim: cannot start the dot program: %s\n", strerror(errno));
        return EXIT_IO;
    }
    status = wait_for_dot(child);
    if (status == 127) {
        fprintf(stderr, "iocpsim: the dot program is not there; install Graphviz, or use --as dot or --as text\n");
    } else if (status < 0) {
        fprintf(stderr, "iocpsim: the dot program took more than %d s and was stopped\n", DOT_SECONDS);
    } else if (status > 0) {
        fprintf(stderr, "iocpsim: the dot program failed with status %d\n", status);
    }
    return status == 0 ? 0 : EXIT_IO;
}

/* The graph goes through a temporary file, the picture through the output. */
static int render_svg(const struct iocpsim_run *run, struct output *output)
{
    char graph[] = "/tmp/iocpsim-XXXXXX";
    char picture[64];
    int descriptor = mkstemp(graph);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    struct output to = {.file = file, .path = graph};
    struct iocpsim_sink sink = output_sink(&to);
    struct iocpsim_picture how = {.form = IOCPSIM_DOT};
    struct iocpsim_sink out = output_sink(output);
    size_t length;
    char *bytes;
    int result;

    if (file == NULL) {
        fprintf(stderr, "iocpsim: cannot write '%s': %s\n", graph, strerror(errno));
        return EXIT_IO;
    }
    snprintf(picture, sizeof picture, "%s.svg", graph);
    result = status_of(iocpsim_run_render(run, &how, &sink));
    if (!output_close(&to, true)) {
        result = EXIT_IO;
    }
    if (result == 0) {
        result = draw(graph, picture);
    }
    if (result == 0 && (bytes = file_read(picture, &length)) != NULL) {
        (void)out.write(out.context, bytes, length);
        free(bytes);
    }
    (void)unlink(picture);
    (void)unlink(graph);
    return result;
}

int command_render(const struct options *options)
{
    struct opened opened = {NULL, 0, NULL};
    struct iocpsim_run *run = NULL;
    struct output output;
    struct iocpsim_picture picture = {.width = width_of(options)};
    const char *as = options->as == NULL ? "text" : options->as;
    bool is_svg = strcmp(as, "svg") == 0;
    int result;

    if (strcmp(as, "text") != 0 && strcmp(as, "dot") != 0 && !is_svg) {
        bool later = strcmp(as, "html") == 0 || strcmp(as, "chrome") == 0 || strcmp(as, "perfetto") == 0 ||
                     strcmp(as, "mermaid") == 0;
        fprintf(stderr, later ? "iocpsim: the form '%s' is not in this version; text, dot and svg are\n"
                              : "iocpsim: unknown form '%s'; text, dot and svg are known\n", as);
        return EXIT_USAGE;
    }
    picture.form = strcmp(as, "text") == 0 ? IOCPSIM_TEXT : IOCPSIM_DOT;
    result = run_operand(options, &opened, &run);
    if (result == 0 && output_open(&output, options->out == NULL ? "-" : options->out)) {
        if (is_svg) {
            result = render_svg(run, &output);
        } else {
            struct iocpsim_sink sink = output_sink(&output);
            result = status_of(iocpsim_run_render(run, &picture, &sink));
        }
        if (!output_close(&output, result == 0)) {
            result = EXIT_IO;
        }
    } else if (result == 0) {
        result = EXIT_IO;
    }
    iocpsim_run_destroy(run);
    scenario_close(&opened);
    return result;
}

int command_stats(const struct options *options)
{
    struct opened opened = {NULL, 0, NULL};
    struct iocpsim_run *run = NULL;
    struct iocpsim_sink sink = sink_stdout();
    int result = run_operand(options, &opened, &run);

    if (result == 0) {
        result = status_of(iocpsim_run_stats(run, &sink, options->json));
    }
    iocpsim_run_destroy(run);
    scenario_close(&opened);
    return result;
}
