/* SPDX-License-Identifier: Apache-2.0 */
/* The table of observables in words. */
#include "model/observable.h"

#include <string.h>

struct observable_row {
    enum object_kind kind;
    const char *word;
    enum value_type type;
};

static const struct observable_row rows[] = {
#define OBSERVABLE(kind, word, type, what) {OBJECT_##kind, #word, VALUE_##type},
#include "model/observable.def"
#undef OBSERVABLE
};

static const struct {
    const char *word, *what;
} series_rows[] = {
#define SERIES(id, word, what) {word, what},
#include "model/series.def"
#undef SERIES
};

const char *series_word(enum series series)
{
    return series_rows[series].word;
}

const char *series_what(enum series series)
{
    return series_rows[series].what;
}

uint32_t series_find(const char *word)
{
    uint32_t i = 0;

    while (i < SERIES_COUNT && strcmp(series_rows[i].word, word) != 0) {
        i++;
    }
    return i;
}

enum object_kind observable_kind(enum observable observable)
{
    return rows[observable].kind;
}

const char *observable_word(enum observable observable)
{
    return rows[observable].word;
}

enum value_type observable_type(enum observable observable)
{
    return rows[observable].type;
}

uint32_t observable_find(enum object_kind kind, const char *word)
{
    for (uint32_t i = 0; i < OBSERVABLE_COUNT; i++) {
        if (rows[i].kind == kind && strcmp(rows[i].word, word) == 0) {
            return i;
        }
    }
    return OBSERVABLE_COUNT;
}
