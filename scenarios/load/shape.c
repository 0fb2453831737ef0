/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a scenario, as tables, and the check against them.
 *
 * The tables are made from the ones that the rest of the program uses (verbs, attributes, claims, words), so
 * that a verb added there is known here. The schema prints the same tables: what this check refuses and what
 * the schema refuses is one thing. */
#include "scenarios/load/shape.h"

#include <stdio.h>
#include <string.h>

#include "model/policy/dispatch.h"
#include "model/policy/pool.h"
#include "model/record.h"
#include "model/verb.h"

/* As of when this program knows format 1. */
#define FORMAT_DATE "2026-11-24"

/* Word lists. */
static const char *const thread_types[] = {
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) name,
#include "model/thread_type.def"
#undef THREAD_TYPE
    NULL};
static const char *const ends[] = {
#define END(id, name, sentence) name,
#include "model/end.def"
#undef END
    NULL};
static const char *const pool_presets[] = {
#define POOL_PRESET(id, word, policy, what) word,
    POOL_PRESETS(POOL_PRESET)
#undef POOL_PRESET
        NULL};
static const char *const preferences[] = {"global", "local", NULL};
static const char *const wakes[] = {"newest", "oldest", NULL};
static const char *const quantifiers[] = {"all", "any", NULL};
static const char *const contexts[] = {"captured", "any", NULL};
static const char *const handle_kinds[] = {"file", "pipe", "message_pipe", "socket", "listener", NULL};
static const char *const apis[] = {"overlapped", "file_stream", "socket", "http", NULL};
static const char *const device_presets[] = {
#define DEVICE_PRESET(word, p50, p99, parallel, bandwidth, at_once, source) word,
#include "model/device_preset.def"
#undef DEVICE_PRESET
    NULL};
static const char *const device_orders[] = {"fifo", "lifo", "shortest", NULL};
static const char *const ends_of_file[] = {"pending", "at_once", NULL};
static const char *const modes[] = {"skip_port_on_success", "skip_set_event_on_handle", NULL};
static const char *const statuses_visible[] = {"at_dequeue", "at_completion", NULL};
static const char *const dispatches[] = {
#define DISPATCHER(id, word, operations, what) word,
    DISPATCHERS(DISPATCHER)
#undef DISPATCHER
        NULL};
static const char *const releases[] = {"windows-11", "windows-xp", NULL};
static const char *const across_words[] = {"increasing",     "decreasing",     "equal",
                                           "not_increasing", "not_decreasing", NULL};

/* The objects of key.def. */
#define KEY(word, shape, required, what) {word, SHAPE_##shape, required, what},
#define CONSTANT_KEY(word, kind, client, server, eevdf, turns, verified, source, what)                  \
    {#word, SHAPE_CONSTANT_##kind, false, what},
#define KEYS(object, keys) static const struct shape_key object##_keys[] = {keys};
#include "scenarios/load/key.def"
#undef KEYS
#undef CONSTANT_KEY
#undef KEY

/* Declarations: their attributes, and what every declaration may say. */
#define ARGUMENT(member, word, kind, what) {word, SHAPE_##kind, false, what},
#define NO_ARGUMENTS
#define COMMON_KEYS                                                                                \
    {"count", SHAPE_NUMBER, false, "an array of so many"},                                         \
        {"from", SHAPE_NUMBER, false, "its first index (0)"},                                      \
        {"description", SHAPE_TEXT, false, "for readers"},                                         \
        {"later", SHAPE_FLAG, false, "made at run time by its maker (false)"},
#define TABLE(noun, object, table, what, arguments)                                                \
    static const struct shape_key noun##_keys[] = {arguments COMMON_KEYS};
#include "model/attribute.def"
#undef TABLE
#undef COMMON_KEYS

/* Verbs: their object first, then their arguments, and gives where there are results. */
#define GIVES_KEY {"gives", SHAPE_GIVES, false, "results that must come"},
#define VERB(name, subject, results, nature, function, what, arguments)                            \
    static const struct shape_key verb_##name##_keys[] = {                                         \
        {#name, SHAPE_##subject, true, what},                                                      \
        arguments{(results) != 0 ? "gives" : NULL, SHAPE_GIVES, false, "results that must come"}};
#include "model/verb.def"
#undef VERB
#undef GIVES_KEY

/* Claims: the same, and what may stand beside each. */
#define CLAIM(name, subject, checked, what, arguments)                                             \
    static const struct shape_key claim_##name##_keys[] = {                                        \
        {#name, SHAPE_##subject, true, what},                                                      \
        arguments{"description", SHAPE_TEXT, false, "for readers, and shown when it fails"},       \
        {"in", SHAPE_NAMES, false, "only in these variants"}};
#include "traces/claim.def"
#undef CLAIM
#undef NO_ARGUMENTS
#undef ARGUMENT

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct shape_object objects[] = {
#define KEYS(object, keys) {#object, object##_keys, COUNT(object##_keys)},
#include "scenarios/load/key.def"
#undef KEYS
#define TABLE(noun, object, table, what, arguments) {#noun, noun##_keys, COUNT(noun##_keys)},
#include "model/attribute.def"
#undef TABLE
};

/* Where each object of key.def and attribute.def stands in the table above. */
enum object_index {
#define KEYS(object, keys) INDEX_##object,
#include "scenarios/load/key.def"
#undef KEYS
#define TABLE(noun, object, table, what, arguments) INDEX_##noun,
#include "model/attribute.def"
#undef TABLE
};

/* Steps: the verbs that have an object. The last key of a verb without results has no word and is not
 * counted. */
static const struct shape_object steps[] = {
#define ARGUMENT(member, word, kind, what)
#define NO_ARGUMENTS
#define VERB(name, subject, results, nature, function, what, arguments)                            \
    {SHAPE_##subject == SHAPE_NOTHING ? NULL : #name, verb_##name##_keys,                          \
     COUNT(verb_##name##_keys) - ((results) == 0)},
#include "model/verb.def"
#undef VERB
};

/* Verbs without an object are bare strings; the others' places hold an empty string. */
static const char *const bare_steps[] = {
#define VERB(name, subject, results, nature, function, what, arguments)                            \
    SHAPE_##subject == SHAPE_NOTHING ? #name : "",
#include "model/verb.def"
#undef VERB
    NULL};

static const struct shape_object claims[] = {
#define CLAIM(name, subject, checked, what, arguments)                                             \
    {#name, claim_##name##_keys, COUNT(claim_##name##_keys)},
#include "traces/claim.def"
#undef CLAIM
#undef NO_ARGUMENTS
#undef ARGUMENT
};

#define STREAM_KEY {"stream", SHAPE_NAME, false, "draws of one stream are the same wherever it is used"}
#define DISTRIBUTION(word, shape, what)                                                            \
    static const struct shape_key distribution_##word##_keys[] = {                                 \
        {#word, SHAPE_##shape, true, what}, STREAM_KEY};
#define DISTRIBUTIONS                                                                              \
    DISTRIBUTION(uniform, PAIR, "every value from the first to the second alike")                  \
    DISTRIBUTION(exponential, BOUND, "with this mean")                                             \
    DISTRIBUTION(erlang, ERLANG, "a sum of exponentials")                                          \
    DISTRIBUTION(lognormal, LOGNORMAL, "by its median and 99th percentile")                        \
    DISTRIBUTION(empirical, SPANS, "one of these, all alike")                                      \
    DISTRIBUTION(mixed, WEIGHTED, "one of these, by weight")                                       \
    DISTRIBUTION(between, PAIR, "nothing is known but the bounds: a plain run takes the first")    \
    DISTRIBUTION(cycle, SPANS, "these in turn")
DISTRIBUTIONS
#undef DISTRIBUTION

static const struct shape_object distributions[] = {
#define DISTRIBUTION(word, shape, what)                                                            \
    {#word, distribution_##word##_keys, COUNT(distribution_##word##_keys)},
    DISTRIBUTIONS
#undef DISTRIBUTION
};

/* How items arrive, in the order of enum arrival_form. */
#define ARRIVALS                                                                                   \
    ARRIVAL(every, SPAN, "with this gap, the first at the beginning; it may use index")             \
    ARRIVAL(poisson, MEAN, "with exponential gaps of this mean")                                    \
    ARRIVAL(at_once, NUMBER, "so many together")                                                    \
    ARRIVAL(times, INSTANTS, "at these instants")
#define ARRIVAL(word, shape, what)                                                                 \
    static const struct shape_key arrival_##word##_keys[] = {{#word, SHAPE_##shape, true, what}};
ARRIVALS
#undef ARRIVAL
static const struct shape_key arrival_clients_keys[] = {
    {"clients", SHAPE_NUMBER, true, "each of so many sends its next item when its last has ended"},
    {"think", SHAPE_SPAN, false, "what a client waits before each item (0)"},
};

static const struct shape_key arrival_file_keys[] = {
    {"file", SHAPE_PATH, true, "at the instants in this file, one a line, which is read as a stream"},
};

static const struct shape_object arrivals[] = {
#define ARRIVAL(word, shape, what) {#word, arrival_##word##_keys, COUNT(arrival_##word##_keys)},
    ARRIVALS
#undef ARRIVAL
    {"clients", arrival_clients_keys, COUNT(arrival_clients_keys)},
    {"file", arrival_file_keys, COUNT(arrival_file_keys)},
};

static const struct shape_key ordered_callback_keys[] = {
    {"callback", SHAPE_PROCEDURE_NAME, true, "a call of this procedure"},
    {"thread", SHAPE_TEXT, false, "by this thread"},
};
static const struct shape_key ordered_record_keys[] = {
    {"record", SHAPE_FILTER, true, "a record with these fields"},
};
static const struct shape_object ordered[] = {
    {"callback", ordered_callback_keys, COUNT(ordered_callback_keys)},
    {"record", ordered_record_keys, COUNT(ordered_record_keys)},
};

static const struct shape_form_of forms[] = {
    [SHAPE_NOTHING] = {.name = "NOTHING", .kinds = "", .what = "nothing"},
#define PLAIN(id, json, wants) [SHAPE_##id] = {#id, FORM_PLAIN, json, wants, NULL, 0, 0, 0, NULL},
#define WORDS(id, list, wants) [SHAPE_##id] = {#id, FORM_WORDS, "s", wants, list, 0, 0, 0, NULL},
#define LIST(id, json, element, least, most, wants)                                                \
    [SHAPE_##id] = {#id, FORM_LIST, json, wants, NULL, SHAPE_##element, least, most, NULL},
#define MAP(id, value, wants) [SHAPE_##id] = {#id, FORM_MAP, "", wants, NULL, SHAPE_##value, 0, 0, NULL},
#define CLOSED(id, json, object, wants)                                                            \
    [SHAPE_##id] = {#id, FORM_CLOSED, json, wants, NULL, 0, 0, 0, &objects[INDEX_##object]},
#define KEYED(id, json, wants) [SHAPE_##id] = {#id, FORM_KEYED, json, wants, NULL, 0, 0, 0, NULL},
#include "scenarios/load/shape.def"
#undef PLAIN
#undef WORDS
#undef LIST
#undef MAP
#undef CLOSED
#undef KEYED
};

const struct shape_form_of *shape_form_of(enum shape shape)
{
    return &forms[shape];
}

const struct shape_object *shape_keyed(enum shape shape, size_t *count)
{
    if (shape == SHAPE_STEP) {
        *count = COUNT(steps);
        return steps;
    }
    if (shape == SHAPE_CLAIM) {
        *count = COUNT(claims);
        return claims;
    }
    if (shape == SHAPE_ORDERED) {
        *count = COUNT(ordered);
        return ordered;
    }
    if (shape == SHAPE_ARRIVE) {
        *count = COUNT(arrivals);
        return arrivals;
    }
    *count = COUNT(distributions);
    return distributions;
}

const char *const *shape_bare(enum shape shape)
{
    return shape == SHAPE_STEP ? bare_steps : NULL;
}

bool shape_takes_comments(enum shape element)
{
    return element == SHAPE_STEP || element == SHAPE_CLAIM || element == SHAPE_QUESTION ||
           element == SHAPE_CHOICE;
}

int shape_word(enum shape shape, const char *word)
{
    const char *const *words = forms[shape].words;

    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

/* The check's own state. */
struct checking {
    struct document *document;
    struct diagnostics *diagnostics;
};

static void check(const struct checking *checking, node_id node, enum shape shape);

/* A mistake at a node, or at its key. */
static void
mistake(const struct checking *checking, node_id node, bool at_key, const char *hint, const char *message)
{
    const struct document *document = checking->document;
    char pointer[512];
    struct diagnostic_place place = {
        .class = DIAGNOSTIC_FORM,
        .offset = at_key ? node_key_offset(document, node) : node_offset(document, node),
        .length = at_key ? node_key_span(document, node) : node_span(document, node),
        .pointer = pointer,
    };

    (void)node_pointer(document, node, pointer, sizeof pointer);
    diagnostics_add(checking->diagnostics, &place, hint, "%s", message);
    node_mark_bad(checking->document, node);
}

static const char *kind_words(enum node_kind kind)
{
    switch (kind) {
    case NODE_NULL:
        return "null";
    case NODE_BOOLEAN:
        return "true or false";
    case NODE_INTEGER:
        return "an integer";
    case NODE_STRING:
        return "a string";
    case NODE_ARRAY:
        return "a list";
    case NODE_OBJECT:
        return "an object";
    }
    return "";
}

/* Whether the shape's plain kinds include the node's. */
static bool kind_fits(const char *kinds, enum node_kind kind)
{
    static const char letter[] = {
        [NODE_NULL] = 'n', [NODE_BOOLEAN] = 'b', [NODE_INTEGER] = 'i',
        [NODE_STRING] = 's', [NODE_ARRAY] = 'a', [NODE_OBJECT] = 'o'};

    return strchr(kinds, letter[kind]) != NULL || strchr(kinds, 'x') != NULL;
}

/* What the place is called: its key, or its index in a list. */
static void place_name(const struct document *document, node_id node, char *buffer, size_t room)
{
    const char *key = node_key(document, node);

    if (key != NULL) {
        snprintf(buffer, room, "'%.100s'", key);
    } else {
        snprintf(buffer, room, "this place");
    }
}

static void wrong_kind(const struct checking *checking, node_id node, const char *wanted)
{
    char name[128];
    char message[512];

    place_name(checking->document, node, name, sizeof name);
    snprintf(message, sizeof message, "%s wants %s, not %s", name, wanted,
             kind_words(node_kind(checking->document, node)));
    mistake(checking, node, false, NULL, message);
}

/* Words of the language that belong to nouns which this version does not have yet. */
static const char *const later_words[] = {
    /* presets of pools */
    "policy"};

bool shape_is_later(const char *word)
{
    for (size_t i = 0; i < COUNT(later_words); i++) {
        if (strcmp(later_words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* A hint: that the word comes in a later version, or the nearest of the candidates, or all of them. */
static const char *nearest_hint(const char *word, const char *const *candidates, size_t count, char *hint, size_t room)
{
    const char *nearest = suggest_nearest(word, candidates, count);
    size_t length = 0;

    if (shape_is_later(word)) {
        snprintf(hint, room, "'%s' is not in this version, which knows format 1 as of %s", word, FORMAT_DATE);
        return hint;
    }
    if (nearest != NULL) {
        snprintf(hint, room, "did you mean '%s'?", nearest);
        return hint;
    }
    length = (size_t)snprintf(hint, room, "known here:");
    for (size_t i = 0; i < count && length < room; i++) {
        if (candidates[i][0] != '\0') {
            length += (size_t)snprintf(hint + length, room - length, " %s", candidates[i]);
        }
    }
    return hint;
}

/* A word of a list, or "{parameter}". */
static void check_word(const struct checking *checking, node_id node, enum shape shape)
{
    const char *text = node_string(checking->document, node);
    size_t length = strlen(text);
    size_t count = 0;
    char hint[512];
    char message[256];

    if (shape_word(shape, text) >= 0 ||
        (length > 2 && text[0] == '{' && strcspn(text + 1, "{}") == length - 2 &&
         text[length - 1] == '}')) {
        return;
    }
    while (forms[shape].words[count] != NULL) {
        count++;
    }
    snprintf(message, sizeof message, "'%.100s' is not %s that this program knows", text,
             forms[shape].what);
    if (shape == SHAPE_ACROSS_WORD || shape == SHAPE_QUANTIFIER || shape == SHAPE_PREFER) {
        snprintf(message, sizeof message, "'%.100s' is not %s", text, forms[shape].what);
    }
    mistake(checking, node, false, nearest_hint(text, forms[shape].words, count, hint, sizeof hint), message);
}

static bool is_comment(const struct document *document, node_id node)
{
    node_id first;

    if (node_kind(document, node) != NODE_OBJECT || node_length(document, node) != 1) {
        return false;
    }
    first = node_first(document, node);
    return strcmp(node_key(document, first), "//") == 0;
}

static void check_list(const struct checking *checking, node_id node, const struct shape_form_of *form)
{
    const struct document *document = checking->document;
    uint32_t length = node_length(document, node);
    char message[128];

    if (length < form->least || (form->most > 0 && length > form->most)) {
        if (form->least == form->most) {
            snprintf(message, sizeof message, "%u values are wanted here, not %u", form->least, length);
        } else if (length < form->least) {
            snprintf(message, sizeof message, "this list is empty");
        } else {
            snprintf(message, sizeof message, "this list has %u elements; %u is the most", length,
                     form->most);
        }
        mistake(checking, node, false, NULL, message);
    }
    for (node_id at = node_first(document, node); at != NODE_NONE; at = node_next(document, at)) {
        if (shape_takes_comments(form->inner) && is_comment(document, at)) {
            check(checking, node_first(document, at), SHAPE_COMMENT);
        } else {
            check(checking, at, form->inner);
        }
    }
}

/* Names: of 1 to 100 characters, none of which is a quote, a brace, a bracket or a control character. That they are of
 * 100 bytes, a schema cannot say: names.c looks at that. */
static bool is_name(const char *text)
{
    size_t characters = 0;

    for (const char *at = text; *at != '\0'; at++) {
        bool is_c1 = (unsigned char)at[0] == 0xc2 && (unsigned char)at[1] < 0xa0;
        if ((unsigned char)*at < 0x20 || *at == 0x7f || is_c1 || strchr("\"'`{}[]", *at) != NULL) {
            return false;
        }
        characters += ((unsigned char)*at & 0xc0) != 0x80;
    }
    return characters >= 1 && characters <= 100;
}

static void check_map(const struct checking *checking, node_id node, const struct shape_form_of *form)
{
    const struct document *document = checking->document;
    bool free_keys = form == &forms[SHAPE_BINDINGS] || form == &forms[SHAPE_FILTER];

    for (node_id at = node_first(document, node); at != NODE_NONE; at = node_next(document, at)) {
        const char *key = node_key(document, at);
        if (strcmp(key, "//") == 0) {
            check(checking, at, SHAPE_COMMENT);
            continue;
        }
        if (!free_keys && !is_name(key)) {
            mistake(checking, at, true,
                    "a name has 1 to 100 bytes, without control characters, quotes, braces or brackets",
                    "this is no name");
            continue;
        }
        check(checking, at, form->inner);
    }
}

/* The same word. Most differ in their first byte, which costs no call. */
static bool is_word(const char *a, const char *b)
{
    return a[0] == b[0] && strcmp(a, b) == 0;
}

/* The key of an object by its word; NULL when it has none such. */
static const struct shape_key *find_key(const struct shape_object *object, const char *word)
{
    for (size_t i = 0; i < object->count; i++) {
        if (is_word(object->key[i].word, word)) {
            return &object->key[i];
        }
    }
    return NULL;
}

static void unknown_key(const struct checking *checking, node_id node, const struct shape_object *object)
{
    const char *candidates[64];
    const char *key = node_key(checking->document, node);
    bool at_top = strcmp(object->name, "top") == 0;
    char message[256];
    char hint[512];

    for (size_t i = 0; i < object->count; i++) {
        candidates[i] = object->key[i].word;
    }
    snprintf(message, sizeof message, at_top ? "unknown key '%.100s' at the top%s" : "unknown key '%.100s' of '%s'", key,
             at_top ? "" : object->name);
    mistake(checking, node, true, nearest_hint(key, candidates, object->count, hint, sizeof hint), message);
}

static void check_object(const struct checking *checking, node_id node, const struct shape_object *object)
{
    const struct document *document = checking->document;
    char message[256];

    for (node_id at = node_first(document, node); at != NODE_NONE; at = node_next(document, at)) {
        const struct shape_key *key = find_key(object, node_key(document, at));
        if (strcmp(node_key(document, at), "//") == 0) {
            check(checking, at, SHAPE_COMMENT);
        } else if (key == NULL) {
            unknown_key(checking, at, object);
        } else {
            check(checking, at, key->shape);
        }
    }
    for (size_t i = 0; i < object->count; i++) {
        if (object->key[i].required &&
            node_member(document, node, object->key[i].word) == NODE_NONE) {
            snprintf(message, sizeof message, "the key '%s' is missing (%s)", object->key[i].word,
                     object->key[i].what);
            mistake(checking, node, false, NULL, message);
        }
    }
}

/* What a keyed shape's objects are called in messages. */
static const char *keyed_word(enum shape shape)
{
    return shape == SHAPE_STEP    ? "verb"
           : shape == SHAPE_CLAIM ? "claim"
           : shape == SHAPE_ORDERED ? "event"
           : shape == SHAPE_ARRIVE  ? "way to arrive"
                                  : "distribution";
}

/* A word that none of the keyed objects has. */
static void unknown_word(const struct checking *checking, node_id node, enum shape shape, const char *word)
{
    const char *candidates[128];
    size_t count = 0;
    size_t objects_count;
    const struct shape_object *all = shape_keyed(shape, &objects_count);
    bool at_key = node_kind(checking->document, node) != NODE_STRING ||
                  node_string(checking->document, node) != word;
    char message[256];
    char hint[512];
    const char *nearest;

    for (size_t i = 0; i < objects_count; i++) {
        candidates[count++] = all[i].key[0].word;
    }
    nearest = suggest_nearest(word, candidates, count);
    snprintf(message, sizeof message, "unknown %s '%.100s'; this program knows format 1 as of %s",
             keyed_word(shape), word, FORMAT_DATE);
    if (shape_is_later(word)) {
        snprintf(hint, sizeof hint, "'%s' is not in this version", word);
    } else if (nearest != NULL) {
        snprintf(hint, sizeof hint, "did you mean '%s'?", nearest);
    } else if (shape == SHAPE_ARRIVE) {
        (void)nearest_hint(word, candidates, count, hint, sizeof hint);
    } else {
        snprintf(hint, sizeof hint, "'iocpsim help %s' lists them",
                 shape == SHAPE_STEP ? "steps" : shape == SHAPE_CLAIM ? "claims" : "names");
    }
    mistake(checking, node, at_key, hint, message);
}

/* A bare string where a step is wanted. */
static void check_bare(const struct checking *checking, node_id node, enum shape shape)
{
    const char *text = node_string(checking->document, node);
    size_t count;
    const struct shape_object *all = shape_keyed(shape, &count);
    char message[256];

    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].key[0].word, text) != 0) {
            continue;
        }
        node_note_object(checking->document, node, (uint32_t)i + 1);
        if (all[i].name != NULL) {
            snprintf(message, sizeof message, "'%s' wants an object: { \"%s\": ... }", text, text);
            mistake(checking, node, false, NULL, message);
        }
        return;
    }
    unknown_word(checking, node, shape, text);
}

/* The one key that says what a keyed object is. */
static void check_keyed(const struct checking *checking, node_id node, enum shape shape)
{
    const struct document *document = checking->document;
    size_t count;
    const struct shape_object *all = shape_keyed(shape, &count);
    const struct shape_object *found = NULL;
    node_id unknown = NODE_NONE;
    char message[256];

    for (node_id at = node_first(document, node); at != NODE_NONE; at = node_next(document, at)) {
        const char *word = node_key(document, at);
        const struct shape_object *object = NULL;
        for (size_t i = 0; i < count && object == NULL; i++) {
            object = is_word(all[i].key[0].word, word) ? &all[i] : NULL;
        }
        if (object != NULL && found != NULL && strcmp(word, found->key[0].word) != 0) {
            snprintf(message, sizeof message, "'%s' and '%s' stand in one object, which has one %s",
                     found->key[0].word, word, keyed_word(shape));
            mistake(checking, at, true, NULL, message);
            /* Nothing in it is checked, so that nothing may rely on its form. */
            node_mark_bad(checking->document, node);
            return;
        }
        found = object != NULL ? object : found;
        unknown = object == NULL && unknown == NODE_NONE && strcmp(word, "//") != 0 ? at : unknown;
    }
    if (found == NULL && unknown != NODE_NONE) {
        unknown_word(checking, unknown, shape, node_key(document, unknown));
        node_mark_bad(checking->document, node);
    } else if (found == NULL) {
        snprintf(message, sizeof message, "a %s is wanted here", keyed_word(shape));
        mistake(checking, node, false, NULL, message);
    } else if (found->name == NULL) {
        snprintf(message, sizeof message, "'%s' takes no object; write it as a string",
                 found->key[0].word);
        mistake(checking, node, false, NULL, message);
    } else {
        node_note_object(checking->document, node, (uint32_t)(found - all) + 1);
        check_object(checking, node, found);
    }
}

static void check(const struct checking *checking, node_id node, enum shape shape)
{
    const struct shape_form_of *form = &forms[shape];
    enum node_kind kind = node_kind(checking->document, node);

    if (kind == NODE_ARRAY && form->form == FORM_LIST) {
        check_list(checking, node, form);
    } else if (kind == NODE_OBJECT && form->form == FORM_MAP) {
        check_map(checking, node, form);
    } else if (kind == NODE_OBJECT && form->form == FORM_CLOSED) {
        check_object(checking, node, form->object);
    } else if (kind == NODE_OBJECT && form->form == FORM_KEYED) {
        check_keyed(checking, node, shape);
    } else if (kind == NODE_ARRAY && shape == SHAPE_SWEEP_AXIS) {
        check_list(checking, node, &forms[SHAPE_SWEEP_VALUES]);
    } else if (!kind_fits(form->kinds, kind)) {
        wrong_kind(checking, node, form->what);
    } else if (form->form == FORM_WORDS) {
        check_word(checking, node, shape);
    } else if (shape == SHAPE_STEP) {
        check_bare(checking, node, shape);
    }
}

/* A larger format is refused by both numbers. */
static void check_format(const struct checking *checking)
{
    const struct document *document = checking->document;
    node_id format = node_kind(document, 0) == NODE_OBJECT ? node_member(document, 0, "format") : NODE_NONE;
    char message[160];

    if (format == NODE_NONE || node_kind(document, format) != NODE_INTEGER ||
        node_integer(document, format) == 1) {
        return;
    }
    snprintf(message, sizeof message, "this file is of format %lld; this program knows format 1",
             (long long)node_integer(document, format));
    mistake(checking, format, false, NULL, message);
}

/* A seed is not negative. */
static void check_seed(const struct checking *checking)
{
    const struct document *document = checking->document;
    node_id seed = node_kind(document, 0) == NODE_OBJECT ? node_member(document, 0, "seed") : NODE_NONE;

    if (seed != NODE_NONE && node_kind(document, seed) == NODE_INTEGER &&
        node_integer(document, seed) < 0) {
        mistake(checking, seed, false, NULL, "a seed is not negative");
    }
}

void shape_check(struct document *document, struct diagnostics *diagnostics)
{
    struct checking checking = {document, diagnostics};

    check(&checking, 0, SHAPE_SCENARIO);
    check_format(&checking);
    check_seed(&checking);
}
