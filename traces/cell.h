/* SPDX-License-Identifier: Apache-2.0 */
/* Cells: a field or derived column of a record as a claim sees it, and what a claim expects there. */
#ifndef TRACES_CELL_H
#define TRACES_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/record.h"
#include "traces/replay.h"

enum cell_form {
    CELL_NULL,
    CELL_INTEGER,
    CELL_BOOLEAN,
    CELL_STRING,
    CELL_LIST,
    CELL_ANY, /* expected only: "*" */
};

/* What is expected. Strings are borrowed. */
struct cell {
    enum cell_form form;
    int64_t number;
    const char *text;
    struct cell *item; /* of a list */
    size_t count;
};

/* What records are asked through: names, replayed state, and the labels that `as` gave. */
struct cell_reader {
    const struct record_names *names;
    const struct replay *replay; /* NULL: derived columns are null */
    const char *(*label)(const void *context, uint64_t op); /* NULL: none */
    const void *context;
};

/* Whether the record's `column` is what is expected: a list that is no list's column means one of. */
bool cell_matches(const struct cell_reader *reader,
                  const struct record *record,
                  const struct record_batch *batch,
                  const char *column,
                  const struct cell *expected);

/* The column in words, for messages; cut to `room`, with a NUL. */
void cell_write(const struct cell_reader *reader,
                const struct record *record,
                const struct record_batch *batch,
                const char *column,
                char *buffer,
                size_t room);

/* What is expected in words. */
void cell_expected_write(const struct cell *expected, char *buffer, size_t room);

/* The columns that there are, one after the other; NULL behind the last. */
const char *cell_column(size_t index);

/* Whether a column of this name exists. */
bool cell_is_column(const char *column);

#endif
