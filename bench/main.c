/* SPDX-License-Identifier: Apache-2.0 */
/* make bench: times what docs/speed.md sets goals for, and prints figure and goal side by side.
 *
 *     bench [P1 ...] [--smoke] [--rounds N] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

static const struct {
    const char *name;
    bool (*run)(const struct bench_options *options);
} groups[] = {
    {"P1", bench_customers}, {"P2", bench_hold}, {"P3", bench_server}, {"P5", bench_memory},
    {"P6", bench_scale}, {"P7", bench_loading}, {"P8", bench_pool}, {"V", bench_views},
};

#define GROUPS (sizeof groups / sizeof groups[0])

static bool is_wanted(const char *group, int count, char **wanted)
{
    bool any = false;

    for (int i = 1; i < count; i++) {
        if ((wanted[i][0] == 'P' || wanted[i][0] == 'V')) {
            any = true;
            if (strcmp(wanted[i], group) == 0) {
                return true;
            }
        }
    }
    return !any;
}

int main(int count, char **words)
{
    struct bench_options options = {.rounds = 5, .divisor = 1};
    char directory[4096] = ".";
    const char *slash = strrchr(words[0], '/');
    bool done = true;

    if (slash != NULL && (size_t)(slash - words[0]) < sizeof directory) {
        memcpy(directory, words[0], (size_t)(slash - words[0]));
        directory[slash - words[0]] = '\0';
    }
    options.directory = directory;
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--smoke") == 0) {
            options.divisor = 1000;
            options.rounds = 1;
        } else if (strcmp(words[i], "--rounds") == 0 && i + 1 < count) {
            options.rounds = (uint32_t)strtoul(words[++i], NULL, 10);
        } else if (words[i][0] != 'P' && words[i][0] != 'V') {
            fprintf(stderr, "bench: '%s' is no group (P1 P2 P3 P5 P6 P7 P8 V), --smoke or --rounds N\n", words[i]);
            return 2;
        }
    }
    if (options.rounds < 1 || options.rounds > BENCH_ROUNDS_MOST) {
        fprintf(stderr, "bench: --rounds takes 1 to %d\n", BENCH_ROUNDS_MOST);
        return 2;
    }
    printf("CPU time, median of %u rounds in turn; a yardstick is %.1f ns here now\n", options.rounds, bench_yardstick());
    printf("%-3s %-58s %12s %8s %8s  %-4s %6s\n", "", "what", "figure", "ratio", "goal", "", "spread");
    for (size_t i = 0; i < GROUPS; i++) {
        if (is_wanted(groups[i].name, count, words)) {
            done = groups[i].run(&options) && done;
        }
    }
    if (!done) {
        fprintf(stderr, "bench: something could not be measured\n");
    }
    return done ? 0 : 1;
}
