/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the command line. Flags without a value set a bool, flags with one a string; --set may come several
 * times. Everything behind -- is an operand. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

struct option_row {
    enum command command;
    const char *flag, *value, *what;
    size_t member;
    bool is_bool;
};

static const struct {
    const char *name, *operands, *what;
} commands[] = {
#define COMMAND(name, operands, what) {#name, operands, what},
#define LATER(name)
#define OPTION(command, member, flag, value, what)
#include "cli/option.def"
#undef COMMAND
#undef LATER
#undef OPTION
};

static const char *const later[] = {
#define COMMAND(name, operands, what)
#define LATER(name) #name,
#define OPTION(command, member, flag, value, what)
#include "cli/option.def"
#undef COMMAND
#undef LATER
#undef OPTION
};

static const struct option_row rows[] = {
#define COMMAND(name, operands, what)
#define LATER(name)
#define OPTION(command, member, flag, value, what)                                                 \
    {COMMAND_##command, flag, value, what, offsetof(struct options, member), sizeof(value) == 1},
#include "cli/option.def"
#undef COMMAND
#undef LATER
#undef OPTION
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void options_list(void)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        printf("%s %s%s%s\n", commands[rows[i].command].name, rows[i].flag, rows[i].is_bool ? "" : " ",
               rows[i].value);
    }
    for (size_t i = 0; i < COUNT(commands); i++) {
        printf("%s --help\n", commands[i].name);
    }
}

void options_usage(const char *command, bool to_stderr)
{
    FILE *to = to_stderr ? stderr : stdout;

    for (size_t i = 0; command != NULL && i < COUNT(commands); i++) {
        if (strcmp(commands[i].name, command) != 0) {
            continue;
        }
        fprintf(to, "usage: iocpsim %s %s\n%s\n", command, commands[i].operands, commands[i].what);
        for (size_t j = 0; j < COUNT(rows); j++) {
            if (rows[j].command == (enum command)i) {
                char flag[64];
                snprintf(flag, sizeof flag, "%s %s", rows[j].flag, rows[j].value);
                fprintf(to, "  %-26s %s\n", flag, rows[j].what);
            }
        }
        return;
    }
    fprintf(to, "iocpsim simulates Windows I/O completion ports in virtual time.\n\n"
                "usage: iocpsim COMMAND [OPTIONS] [FILE...]      (FILE may be -)\n\n");
    for (size_t i = 0; i < COUNT(commands); i++) {
        char words[64];
        snprintf(words, sizeof words, "%s %s", commands[i].name, commands[i].operands);
        fprintf(to, "  %-18s %s\n", words, commands[i].what);
    }
    fprintf(to, "\nBegin with: iocpsim run --example io-completion-ports  ('iocpsim help examples' lists more)\n"
                "'iocpsim COMMAND --help' lists its options; 'iocpsim help steps' the language.\n");
}

/* The row of a flag of this command; NULL when it has none such. */
static const struct option_row *find_row(enum command command, const char *flag, size_t length)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].command == command && strlen(rows[i].flag) == length &&
            strncmp(rows[i].flag, flag, length) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* name=value, cut in two in place. */
static bool add_setting(struct iocpsim_setting *setting, size_t *count, char *text)
{
    char *equals = strchr(text, '=');

    if (equals == NULL || equals == text || *count == SETTINGS_MAX) {
        say(stderr, "iocpsim: --set wants PARAMETER=VALUE, not '%s'\n", text);
        return false;
    }
    *equals = '\0';
    setting[(*count)++] = (struct iocpsim_setting){text, equals + 1};
    return true;
}

/* One flag, with its value behind = or in the next argument. */
static bool read_flag(struct options *options, char **argv, int argc, int *at)
{
    char *flag = argv[*at];
    size_t length = flag[0] == '-' && flag[1] == '-' ? strcspn(flag, "=") : strlen(flag);
    const struct option_row *row = find_row(options->command, flag, length);
    char *value = flag[length] == '=' ? flag + length + 1 : NULL;

    if (strcmp(flag, "--help") == 0 || strcmp(flag, "-h") == 0) {
        options->help = true;
        return true;
    }
    if (row == NULL) {
        say(stderr, "iocpsim: '%s' has no option '%.*s'; see 'iocpsim %s --help'\n",
                commands[options->command].name, (int)length, flag, commands[options->command].name);
        return false;
    }
    if (row->is_bool) {
        if (value != NULL) {
            say(stderr, "iocpsim: %s takes no value\n", row->flag);
            return false;
        }
        *(bool *)((char *)options + row->member) = true;
        return true;
    }
    if (value == NULL && *at + 1 < argc) {
        value = argv[++*at];
    }
    if (value == NULL) {
        say(stderr, "iocpsim: %s wants %s behind it\n", row->flag, row->value);
        return false;
    }
    if (strcmp(row->flag, "--set") == 0) {
        return add_setting(options->setting, &options->setting_count, value);
    }
    if (strcmp(row->flag, "--with-set") == 0) {
        return add_setting(options->with_setting, &options->with_setting_count, value);
    }
    *(const char **)(void *)((char *)options + row->member) = value;
    return true;
}

static bool find_command(struct options *options, const char *word)
{
    for (size_t i = 0; i < COUNT(commands); i++) {
        if (strcmp(commands[i].name, word) == 0) {
            options->command = (enum command)i;
            return true;
        }
    }
    for (size_t i = 0; i < COUNT(later); i++) {
        if (strcmp(later[i], word) == 0) {
            say(stderr, "iocpsim: '%s' is not in this version\n", word);
            return false;
        }
    }
    say(stderr, "iocpsim: unknown command '%s'; 'iocpsim help' lists them\n", word);
    return false;
}

bool options_read(struct options *options, int argc, char **argv)
{
    int kept = 0;
    bool operands_only = false;

    memset(options, 0, sizeof *options);
    if (argc < 2) {
        options_usage(NULL, true);
        return false;
    }
    if (strcmp(argv[1], "--version") == 0) {
        options->command = COMMAND_version;
        return true;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        options->command = COMMAND_help;
        return true;
    }
    if (!find_command(options, argv[1])) {
        return false;
    }
    for (int i = 2; i < argc; i++) {
        if (!operands_only && strcmp(argv[i], "--") == 0) {
            operands_only = true;
        } else if (!operands_only && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!read_flag(options, argv, argc, &i)) {
                return false;
            }
        } else {
            argv[kept++] = argv[i];
        }
    }
    options->operand = (const char *const *)argv;
    options->operand_count = (size_t)kept;
    return true;
}
