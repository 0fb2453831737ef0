/* SPDX-License-Identifier: Apache-2.0 */
/* The program: reads the command line, runs the command, answers with its exit status. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/files.h"

static int dispatch(const struct options *options);
static void interrupted(int signal);

int main(int argc, char **argv)
{
    struct options options;
    struct sigaction action = {.sa_handler = interrupted};
    int result;

    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so itself */
    (void)signal(SIGXFSZ, SIG_IGN);
    if (!options_read(&options, argc, argv)) {
        return EXIT_USAGE;
    }
    result = dispatch(&options);
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        say(stderr, "iocpsim: cannot write to stdout%s%s\n", errno == 0 ? "" : ": ", errno == 0 ? "" : strerror(errno));
        result = EXIT_IO;
    }
    return result;
}

static int command_help(const struct options *options)
{
    struct iocpsim_sink sink = sink_stdout();
    const char *page = options->operand_count > 0 ? options->operand[0] : NULL;

    if (page == NULL) {
        options_usage(NULL, false);
        return 0;
    }
    if (strcmp(page, "options") == 0) {
        options_list();
        return 0;
    }
    if (strcmp(page, "examples") == 0) {
        return examples_list();
    }
    if (iocpsim_help(page, &sink)) {
        return 0;
    }
    say(stderr, "iocpsim: there is no help page '%s'; there are steps, records, why, claims, presets, errors, names, "
                    "examples, options\n", page);
    return EXIT_USAGE;
}

static int dispatch(const struct options *options)
{
    static const char *const names[] = {
#define COMMAND(name, operands, what) #name,
#define LATER(name)
#define OPTION(command, member, flag, value, what)
#include "cli/option.def"
#undef COMMAND
#undef LATER
#undef OPTION
    };
    struct iocpsim_sink sink = sink_stdout();

    if (options->help) {
        options_usage(names[options->command], false);
        return 0;
    }
    switch (options->command) {
    case COMMAND_run:
        return command_run(options);
    case COMMAND_check:
        return command_check(options);
    case COMMAND_test:
        return command_test(options);
    case COMMAND_render:
        return command_render(options);
    case COMMAND_stats:
        return command_stats(options);
    case COMMAND_why:
        return command_why(options);
    case COMMAND_diff:
        return command_diff(options);
    case COMMAND_schema:
        return iocpsim_schema(&sink) ? 0 : EXIT_IO;
    case COMMAND_help:
        return command_help(options);
    case COMMAND_version:
        printf("iocpsim %s, scenario format 1 as of %s, trace form 1\n", IOCPSIM_VERSION, IOCPSIM_FORMAT_DATE);
        return 0;
    }
    return EXIT_BUG;
}

/* Nothing half-written stays; the status is that of an interruption. */
static void interrupted(int signal)
{
    (void)signal;
    output_abandon();
    _exit(EXIT_INTERRUPTED);
}

/* A failed check is a bug of ours: it is told with all that is known here. */
_Noreturn void sim_check_failed(const char *text, const char *file, int line);

void sim_check_failed(const char *text, const char *file, int line)
{
    say(stderr, "iocpsim: a bug: %s does not hold at %s:%d; please report it with the scenario\n", text, file, line);
    output_abandon();
    _exit(EXIT_BUG);
}
