/* SPDX-License-Identifier: Apache-2.0 */
/* Replays of the tables of tests/cases/hill-climbing, whose README says what stands in them. */
#ifndef TESTS_HILL_CLIMBING_TABLE_H
#define TESTS_HILL_CLIMBING_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/policy/hill_climbing.h"

enum hill_climbing_verdict {
    TABLE_IS_REPLAYED,
    TABLE_DIFFERS,
    TABLE_IS_BAD, /* it cannot be read, or is no such table */
};

struct hill_climbing_replay {
    /* What to do besides: all that each row gave goes to `rows`, bit for bit, unless it is NULL. */
    FILE *rows;
    /* The draws; NULL: those that the table tells. */
    const struct hill_climbing_source *source;

    /* What came out. */
    size_t row_count, log_count; /* rows compared, and entries of the log beside the table */
    size_t decisions;            /* that differ: 0 or 1, since nothing behind the first can be judged */
    size_t values, values_of_other_bits;
    size_t values_too_far; /* 0 or 1 */
    double largest_error; /* relative, of values that differ by over 1e-12 */
    char what[512];       /* says what differs or is bad */
};

/* Replays one table with the flavour that its folder is called, and the knobs that knobs.json beside it names.
 * A folder NAME-log beside that of the table, with a table of the same name, is the log that must come out. */
enum hill_climbing_verdict hill_climbing_replay(const char *path, struct hill_climbing_replay *replay);

#endif
