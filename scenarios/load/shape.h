/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a scenario: which keys stand where, and which JSON kinds their values have. */
#ifndef SCENARIOS_LOAD_SHAPE_H
#define SCENARIOS_LOAD_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/load/diagnostic.h"
#include "scenarios/load/document.h"

enum shape {
    SHAPE_NOTHING,
#define PLAIN(id, kinds, what) SHAPE_##id,
#define WORDS(id, list, what) SHAPE_##id,
#define LIST(id, kinds, element, least, most, what) SHAPE_##id,
#define MAP(id, value, what) SHAPE_##id,
#define CLOSED(id, kinds, object, what) SHAPE_##id,
#define KEYED(id, kinds, what) SHAPE_##id,
#include "scenarios/load/shape.def"
#undef PLAIN
#undef WORDS
#undef LIST
#undef MAP
#undef CLOSED
#undef KEYED
    SHAPE_END
};

enum shape_form {
    FORM_PLAIN,
    FORM_WORDS,
    FORM_LIST,
    FORM_MAP,
    FORM_CLOSED,
    FORM_KEYED,
};

/* One key of an object. */
struct shape_key {
    const char *word;
    enum shape shape;
    bool required;
    const char *what;
};

/* The keys of one kind of object. A keyed object's first key is the one that distinguishes it. */
struct shape_object {
    const char *name;
    const struct shape_key *key;
    size_t count;
};

struct shape_form_of {
    const char *name;
    enum shape_form form;
    const char *kinds; /* JSON kinds beside the one that the form implies */
    const char *what;
    const char *const *words;   /* FORM_WORDS, NULL at the end */
    enum shape inner;           /* element or value */
    uint32_t least, most;       /* elements; most 0: no limit */
    const struct shape_object *object;
};

/* What a shape is. */
const struct shape_form_of *shape_form_of(enum shape shape);

/* The objects that a keyed shape can be: verbs, claims, distributions, ordered events. */
const struct shape_object *shape_keyed(enum shape shape, size_t *count);

/* Strings that a keyed shape can be instead: the verbs without an object. NULL: any string. */
const char *const *shape_bare(enum shape shape);

/* Whether a shape is one of the lists of objects in which a comment may stand for an element. */
bool shape_takes_comments(enum shape element);

/* The number of a word in a shape's list; -1 when it is none. */
int shape_word(enum shape shape, const char *word);

/* Whether a word belongs to a noun of the language that this version does not have yet. */
bool shape_is_later(const char *word);

/* Checks the whole document; every mistake is a diagnostic of class form, and its node is marked bad. */
void shape_check(struct document *document, struct diagnostics *diagnostics);

/* The pattern of names, as the schema says it. */
#define SHAPE_NAME_PATTERN "^[^\\u0000-\\u001f\\u007f\"'`{}\\[\\]]{1,100}$"

#endif
