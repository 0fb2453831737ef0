/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes in a scenario: where, what, what was expected, and a hint; collected, sorted, printed. */
#ifndef SCENARIOS_LOAD_DIAGNOSTIC_H
#define SCENARIOS_LOAD_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum diagnostic_class {
    DIAGNOSTIC_TEXT,    /* the bytes are no JSON as this language takes it */
    DIAGNOSTIC_FORM,    /* a key or a JSON kind is wrong: what the schema refuses too */
    DIAGNOSTIC_MEANING, /* a name, an expression or a value is wrong */
};

/* Where a mistake is. `length` bytes are underlined. `pointer` is a JSON pointer, or empty. */
struct diagnostic_place {
    enum diagnostic_class class;
    uint32_t offset, length;
    const char *pointer;
};

struct diagnostic {
    enum diagnostic_class class;
    uint32_t offset, length;
    uint32_t order; /* of adding */
    char *pointer, *message, *hint;
};

struct diagnostics {
    struct diagnostic *item;
    size_t count, room;
    size_t unstored; /* mistakes beyond DIAGNOSTICS_STORED */
    bool out_of_memory;
};

/* How many are kept, and how many of those are printed. */
#define DIAGNOSTICS_STORED 1000
#define DIAGNOSTICS_PRINTED 20

/* Where text goes. */
struct diagnostic_sink {
    void (*write)(void *context, const char *text, size_t length);
    void *context;
};

/* What was read, for the lines that are shown. */
struct diagnostic_source {
    const char *path;
    const char *bytes;
    size_t length;
};

void diagnostics_init(struct diagnostics *diagnostics);
void diagnostics_release(struct diagnostics *diagnostics);

/* Adds one. The same message at the same place is added once. `hint` may be NULL. */
__attribute__((format(printf, 4, 5))) void diagnostics_add(struct diagnostics *diagnostics,
                                                           const struct diagnostic_place *place,
                                                           const char *hint,
                                                           const char *format,
                                                           ...);

bool diagnostics_have(const struct diagnostics *diagnostics, enum diagnostic_class class);

/* Sorts by place, then prints the first twenty with their lines, and how many more there are. */
void diagnostics_print(struct diagnostics *diagnostics,
                       const struct diagnostic_source *source,
                       const struct diagnostic_sink *sink);

/* The same as one JSON object a line, all that are stored. */
void diagnostics_print_json(struct diagnostics *diagnostics,
                            const struct diagnostic_source *source,
                            const struct diagnostic_sink *sink);

/* The candidate that `word` is probably meant to be; NULL when none is near. O(candidates). */
const char *suggest_nearest(const char *word, const char *const *candidates, size_t count);

#endif
