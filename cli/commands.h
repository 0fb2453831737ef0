/* SPDX-License-Identifier: Apache-2.0 */
/* The commands; each answers with an exit status. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

int command_run(const struct options *options);
int command_check(const struct options *options);
int command_test(const struct options *options);
int command_render(const struct options *options);
int command_stats(const struct options *options);

/* The path of a shipped scenario by its name, in a buffer of the caller; NULL when there is none. */
const char *example_path(const char *name, char *buffer, size_t room);

/* A scenario with its text. */
struct opened {
    char *bytes;
    size_t length;
    struct iocpsim_scenario *scenario;
};

/* Reads and checks one; 0, or the exit status, with everything said on stderr. */
int scenario_open(struct opened *opened, const char *path);
void scenario_close(struct opened *opened);

/* Prepares a run of a variant with the options; 0 or the exit status. */
int scenario_run(const struct opened *opened, const struct options *options, const char *variant, struct iocpsim_run **run);

/* The exit status of the library's answer. */
int status_of(enum iocpsim_status status);

/* Text to stdout and stderr. */
struct iocpsim_sink sink_stdout(void);
struct iocpsim_sink sink_stderr(void);

#endif
