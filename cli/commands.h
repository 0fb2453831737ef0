/* SPDX-License-Identifier: Apache-2.0 */
/* The commands; each answers with an exit status. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/files.h"
#include "cli/options.h"

int command_run(const struct options *options);
int command_check(const struct options *options);
int command_test(const struct options *options);
int command_render(const struct options *options);
int command_stats(const struct options *options);
int command_why(const struct options *options);
int command_diff(const struct options *options);

/* The path of a shipped scenario by its name, in a buffer of the caller; NULL, and told, when there is none. */
const char *example_path(const char *name, char *buffer, size_t room);
/* Prints the shipped scenarios with their titles; the exit status. */
int examples_list(void);

/* A scenario with its text. */
struct opened {
    char *bytes;
    size_t length;
    struct iocpsim_scenario *scenario;
    char folder[4096]; /* where the files are that the scenario names; "": here */
};

/* Shows how far the runs of a scenario are, on a terminal, once a second. */
void progress_watch(struct iocpsim_scenario *scenario);

/* The exit status of the library's answer about a run of it, with mistakes in such a file told. */
int scenario_status(const struct opened *opened, enum iocpsim_status status);

/* Reads and checks one; 0, or the exit status, with everything said on stderr. */
int scenario_open(struct opened *opened, const char *path);
int scenario_open_input(struct opened *opened, struct input *input);
void scenario_close(struct opened *opened);

/* Prepares a run of a variant with the options; 0 or the exit status. */
int scenario_run(const struct opened *opened, const struct options *options, const char *variant, struct iocpsim_run **run);

/* What a command shows: a run of a scenario, or the runs of a stored trace, one after the other. */
struct shown {
    struct input input;
    struct opened opened;
    struct iocpsim_trace *trace; /* NULL: a scenario */
    struct iocpsim_run *run;
    size_t runs;
    char example[4096]; /* the path of --example */
};

/* Opens what the options name; 0 or the exit status, with everything said on stderr. */
int shown_open(struct shown *shown, const struct options *options);
void shown_close(struct shown *shown);

/* Goes to the first or next run, not run yet; `run` is NULL behind the last. 0 or the exit status. */
int shown_next(struct shown *shown, const struct options *options);

/* Runs it, or reads its records. 0 or the exit status. */
int shown_finish(struct shown *shown);

/* Draws a graph of a finished run as SVG with the dot program; 0 or the exit status, with everything said on stderr. */
int draw_graph(const struct iocpsim_run *run, const struct iocpsim_picture *picture, struct output *output);

/* A number in decimal digits and nothing else. */
bool read_number(const char *text, uint64_t *number);

/* Two runs that are compared or drawn together, and what a sentence calls them. */
struct two_runs {
    struct shown shown[2];
    char name[2][4352];
};

/* Whether the options speak of a second run. */
bool is_second_wanted(const struct options *options);

/* Runs or reads both, and keeps their records; `after` NULL: the first file again, with what was said for the second run
 * alone. 0 or the exit status, with everything said on stderr; to be closed in any case. */
int runs_open(struct two_runs *runs, const struct options *options, const char *after, bool draws);
void runs_close(struct two_runs *runs);

/* Whether a file of this name is a trace in binary. */
bool is_binary_name(const char *path);

/* The exit status of the library's answer. */
int status_of(enum iocpsim_status status);

/* Prints for people: a character that would steer a terminal becomes a question mark. */
__attribute__((format(printf, 2, 3))) void say(FILE *to, const char *format, ...);

/* Text to stdout and stderr. */
struct iocpsim_sink sink_stdout(void);
struct iocpsim_sink sink_stderr(void);

#endif
