/* SPDX-License-Identifier: Apache-2.0 */
/* A graph is drawn by the dot program, which gets a hard time limit. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/files.h"

/* How long dot may take. */
#define DOT_SECONDS 10

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
int draw_graph(const struct iocpsim_run *run, const struct iocpsim_picture *what, struct output *output)
{
    FILE *graph = tmpfile();
    FILE *picture = tmpfile();
    struct output to = {.file = graph, .path = "a temporary file"};
    struct iocpsim_sink sink = output_sink(&to);
    struct iocpsim_sink out = output_sink(output);
    int result = EXIT_IO;

    if (graph != NULL && picture != NULL) {
        result = status_of(iocpsim_run_render(run, what, &sink));
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
