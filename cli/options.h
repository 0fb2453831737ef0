/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one table of options, read by the parser, the help and the shell completions. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iocpsim.h"

/* Exit statuses. */
enum exit_status {
    EXIT_ALL_AS_EXPECTED = 0,
    EXIT_NOT_AS_EXPECTED = 1,
    EXIT_USAGE = 2,
    EXIT_BAD_DATA = 65,
    EXIT_BUG = 70,
    EXIT_IO = 74,
    EXIT_INTERRUPTED = 130,
};

enum command {
#define COMMAND(name, operands, what) COMMAND_##name,
#define LATER(name)
#define OPTION(command, member, flag, value, what)
#include "cli/option.def"
#undef COMMAND
#undef LATER
#undef OPTION
};

#define SETTINGS_MAX 64

/* What was asked for. Strings are borrowed from argv. */
struct options {
    enum command command;
    bool all, quiet, follow, json, bless, estimates, help;
    bool structure, waits, summary, statistics, dark;
    bool keeps_state; /* no option: the command draws pictures or prints figures */
    const char *trace, *variant, *until, *example, *as, *out, *seed, *width, *set;
    const char *height, *font_size, *pages;
    const char *operation, *from, *to, *at, *with;
    const char *with_variant, *with_seed, *with_set; /* of the second of two runs */
    struct iocpsim_setting setting[SETTINGS_MAX], with_setting[SETTINGS_MAX];
    size_t setting_count, with_setting_count;
    const char *const *operand;
    size_t operand_count;
};

/* Reads the command line. False, and a sentence on stderr, when it is wrong. */
bool options_read(struct options *options, int argc, char **argv);

/* Writes how a command is used; with `command` NULL, what there is. */
void options_usage(const char *command, bool to_stderr);

/* Lists every command and option, one a line. */
void options_list(void);

#endif
