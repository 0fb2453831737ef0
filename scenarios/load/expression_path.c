/* SPDX-License-Identifier: Apache-2.0 */
/* What names stand for, and what can be asked of it.
 *
 * Of an object whose kind is known a member is one observable; of one whose kind only a run knows
 * it is looked up by its word, which some kind of object must have. The owner of a mutex is a
 * thread, or null: null answers any member with FORMULA_NULL_MEMBER when the run comes to it. */
#include "scenarios/load/expression_path.h"

#include <stdio.h>
#include <string.h>

#include "model/record.h"
#include "scenarios/load/diagnostic.h"

static const struct {
    const char *word;
    enum packet_field field;
    struct expression_type type;
} packet_fields[] = {
    {"ok", PACKET_OK, {VALUE_BOOLEAN, OBJECT_UNKNOWN}},
    {"error", PACKET_ERROR, {VALUE_ERROR, OBJECT_UNKNOWN}},
    {"bytes", PACKET_BYTES, {VALUE_SIZE, OBJECT_UNKNOWN}},
    {"key", PACKET_KEY, {VALUE_NUMBER, OBJECT_UNKNOWN}},
    {"operation", PACKET_OPERATION, {VALUE_REFERENCE, OBJECT_OPERATION}},
    {"handle", PACKET_HANDLE, {VALUE_REFERENCE, OBJECT_HANDLE}},
    {"callback", PACKET_CALLBACK, {VALUE_TEXT, OBJECT_UNKNOWN}},
    {"timed_out", PACKET_TIMED_OUT, {VALUE_BOOLEAN, OBJECT_UNKNOWN}},
};

static const char *const error_names[] = {
#define WIN32_ERROR(name, number, severity) #name,
#include "model/win32_error.def"
#undef WIN32_ERROR
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void search_consider(void *list, const char *name)
{
    struct search *search = list;
    const char *pair[] = {search->nearest, name};
    const char *nearest = suggest_nearest(search->word, pair, 2);

    if (nearest == name) {
        snprintf(search->nearest, sizeof search->nearest, "%s", name);
    }
}

const char *search_hint(const struct search *search, const char *otherwise, char *hint)
{
    if (search->nearest[0] == '\0') {
        return otherwise;
    }
    snprintf(hint, SEARCH_HINT_MAX, "did you mean '%s'?", search->nearest);
    return hint;
}

/* Refuses a name that stands for nothing. Always false. */
static bool refuse_name(struct compiler *compiler, struct span span, const char *name)
{
    struct search search = {.word = name};
    char hint[SEARCH_HINT_MAX];
    bool is_error = strncmp(name, "ERROR_", 6) == 0 || strncmp(name, "WAIT_", 5) == 0 ||
                    strncmp(name, "WSA", 3) == 0;

    if (is_error) {
        for (size_t i = 0; i < COUNT(error_names); i++) {
            search_consider(&search, error_names[i]);
        }
        return scanner_refuse(
            &compiler->scanner, span,
            search_hint(&search, "errors are written as Windows names them: ERROR_HANDLE_EOF",
                        hint),
            "unknown error '%s'", name);
    }
    compiler->scope->names(compiler->scope->context, search_consider, &search);
    return scanner_refuse(&compiler->scanner, span, search_hint(&search, NULL, hint),
                          "unknown name '%s'", name);
}

/* Refuses a member, with the nearest of the words, or all that there are. Always false. */
static bool
refuse_member(struct compiler *compiler, const char *owner, const char *const *words, size_t count)
{
    char name[SCAN_NAME_MAX + 1];
    char hint[256];
    size_t length;
    const char *nearest;

    if (!compiler_copy_name(compiler, compiler_span(compiler), name)) {
        return false;
    }
    nearest = suggest_nearest(name, words, count);
    if (nearest != NULL) {
        snprintf(hint, sizeof hint, "did you mean '%s'?", nearest);
    } else {
        length = (size_t)snprintf(hint, sizeof hint, "%s has%s", owner, count == 0 ? " none" : "");
        for (size_t i = 0; i < count && length < sizeof hint; i++) {
            size_t before = 0;
            while (strcmp(words[before], words[i]) != 0) {
                before++;
            }
            /* Several kinds of objects have a word: it is told once. */
            if (before == i) {
                length += (size_t)snprintf(hint + length, sizeof hint - length, "%s %s",
                                           i == 0 ? "" : ",", words[i]);
            }
        }
    }
    return scanner_refuse(&compiler->scanner, compiler_span(compiler), hint,
                          "%s has no member '%s'", owner, name);
}

/* The members of a kind of object; their number. */
static size_t members_of(enum object_kind kind, const char *words[OBSERVABLE_COUNT + SERIES_COUNT])
{
    size_t count = 0;

    for (uint32_t i = 0; i < OBSERVABLE_COUNT; i++) {
        if (observable_kind((enum observable)i) == kind) {
            words[count++] = observable_word((enum observable)i);
        }
    }
    for (uint32_t i = 0; kind == OBJECT_LOAD && i < SERIES_COUNT; i++) {
        words[count++] = series_word((enum series)i);
    }
    return count;
}

static struct expression_type type_of_observable(enum observable observable)
{
    return (struct expression_type){observable_type(observable),
                                    observable == OBSERVABLE_MUTEX_owner ? OBJECT_THREAD
                                                                         : OBJECT_UNKNOWN};
}

/* `.word` of an object whose kind only a run knows: some kind has it. */
static bool parse_member_of_any(struct compiler *compiler, const char *word, struct part *part)
{
    const char *words[OBSERVABLE_COUNT];
    struct expression_type type = {VALUE_ANY, OBJECT_UNKNOWN};
    bool is_known = false;
    uint32_t text;

    for (uint32_t i = 0; i < OBSERVABLE_COUNT; i++) {
        words[i] = observable_word((enum observable)i);
        if (strcmp(words[i], word) == 0) {
            struct expression_type one = type_of_observable((enum observable)i);
            type = is_known && one.type != type.type
                       ? (struct expression_type){VALUE_ANY, OBJECT_UNKNOWN}
                       : one;
            is_known = true;
        }
    }
    if (!is_known) {
        return refuse_member(compiler, "an object", words, OBSERVABLE_COUNT);
    }
    code_put(compiler, part);
    if (compiler->dead == 0) {
        text = compiler->scope->text(compiler->scope->context, word, strlen(word));
        code_replace(compiler, READ_MEMBER, text);
    }
    part_set_type(part, type.type, type.kind);
    return true;
}

/* `.word` of a load that is a series: a function of the run so far must take it. */
static bool parse_series(struct compiler *compiler, uint32_t series, struct part *part)
{
    struct span word = compiler_span(compiler);

    code_put(compiler, part);
    code_replace(compiler, READ_SERIES, series);
    part_set_type(part, VALUE_DURATION, OBJECT_UNKNOWN);
    if (compiler->dead == 0) {
        compiler->series = (struct span){part->start, word.offset + word.length - part->start};
    }
    return true;
}

/* `.word` of a value; the word is looked at. */
static bool parse_member(struct compiler *compiler, struct part *part)
{
    char word[SCAN_NAME_MAX + 1];
    char owner[DESCRIPTION_MAX];
    const char *words[OBSERVABLE_COUNT + SERIES_COUNT];
    struct expression_type type = part->type;
    uint32_t observable;

    if (!compiler_copy_name(compiler, compiler_span(compiler), word)) {
        return false;
    }
    if (type.type == VALUE_ANY || (type.type == VALUE_REFERENCE && type.kind == OBJECT_UNKNOWN)) {
        return parse_member_of_any(compiler, word, part);
    }
    if (type.type != VALUE_REFERENCE) {
        part_describe(compiler, part, owner);
        return compiler->dead > 0
                   ? part_set_unknown(part)
                   : scanner_refuse(&compiler->scanner, compiler_span(compiler), NULL,
                                    "only objects have members, but %s", owner);
    }
    if (type.kind == OBJECT_LOAD && series_find(word) < SERIES_COUNT) {
        return parse_series(compiler, series_find(word), part);
    }
    observable = observable_find(type.kind, word);
    if (observable == OBSERVABLE_COUNT) {
        snprintf(owner, sizeof owner, "%s %s", object_kind_article(type.kind),
                 object_kind_name(type.kind));
        return refuse_member(compiler, owner, words, members_of(type.kind, words));
    }
    code_put(compiler, part);
    code_replace(compiler, READ_OBSERVABLE, observable);
    type = type_of_observable((enum observable)observable);
    part_set_type(part, type.type, type.kind);
    return true;
}

bool path_parse_members(struct compiler *compiler, struct part *part)
{
    while (compiler_looks_at(compiler) == TOKEN_DOT) {
        if (!compiler_advance(compiler)) {
            return false;
        }
        if (compiler_looks_at(compiler) != TOKEN_WORD) {
            return compiler_refuse_token(compiler, "a member");
        }
        if (!parse_member(compiler, part) || !compiler_advance(compiler)) {
            return false;
        }
        part->end = compiler->end;
    }
    if (compiler_looks_at(compiler) == TOKEN_OPEN_INDEX) {
        return scanner_refuse(&compiler->scanner, compiler_span(compiler), NULL,
                              "'%.*s' is no array",
                              scanner_shown(&compiler->scanner, part_span(part)),
                              compiler_text(compiler, part_span(part)));
    }
    return true;
}

/* `packet`, alone or with one of its fields; what follows is looked at. */
static bool parse_packet(struct compiler *compiler, struct part *part)
{
    const char *words[COUNT(packet_fields)];

    if (compiler_looks_at(compiler) != TOKEN_DOT) {
        code_read(compiler, READ_PACKET, PACKET_WHOLE);
        part_set_type(part, VALUE_REFERENCE, OBJECT_OPERATION);
        return true;
    }
    if (!compiler_advance(compiler)) {
        return false;
    }
    if (compiler_looks_at(compiler) != TOKEN_WORD) {
        return compiler_refuse_token(compiler, "a member");
    }
    for (size_t i = 0; i < COUNT(packet_fields); i++) {
        words[i] = packet_fields[i].word;
        if (compiler_is_word(compiler, compiler_span(compiler), words[i])) {
            code_read(compiler, READ_PACKET, packet_fields[i].field);
            part_set_type(part, packet_fields[i].type.type, packet_fields[i].type.kind);
            return compiler_advance(compiler);
        }
    }
    return refuse_member(compiler, "a packet", words, COUNT(packet_fields));
}

/* Looks at the index of an array, as far as loading can. */
static bool check_index(struct compiler *compiler,
                        const struct expression_head *head,
                        const struct part *array,
                        const struct part *index)
{
    struct span name = part_span(array);
    int shown = scanner_shown(&compiler->scanner, name);
    const char *text = compiler_text(compiler, name);
    char words[DESCRIPTION_MAX];
    int64_t number = (int64_t)index->constant.bits;

    if (compiler->dead > 0) {
        return true;
    }
    if (index->type.type != VALUE_NUMBER && index->type.type != VALUE_ANY) {
        part_describe(compiler, index, words);
        return scanner_refuse(&compiler->scanner, part_span(index), NULL,
                              "an index is a number, but %s", words);
    }
    if (!index->is_constant || (head->length_is_read && number >= 0) ||
        (number >= head->from && number - head->from < head->length)) {
        return true;
    }
    if (head->length_is_read || head->length == 0) {
        return scanner_refuse(&compiler->scanner, part_span(index), NULL,
                              "'%.*s' has no element %lld", shown, text, (long long)number);
    }
    return scanner_refuse(&compiler->scanner, part_span(index), NULL,
                          "'%.*s' has the elements %lld to %lld, not %lld", shown, text,
                          (long long)head->from, (long long)head->from + head->length - 1,
                          (long long)number);
}

/* The length of an array: `.length` is looked at. */
static bool
parse_length(struct compiler *compiler, const struct expression_head *head, struct part *part)
{
    static const char *const words[] = {"length"};

    if (!compiler_is_word(compiler, compiler_span(compiler), words[0])) {
        return refuse_member(compiler, "an array", words, COUNT(words));
    }
    if (head->length_is_read) {
        code_read(compiler, READ_LOCAL, head->argument);
        part_set_type(part, VALUE_NUMBER, OBJECT_UNKNOWN);
    } else {
        part->is_constant = true;
        part->constant = value_number(head->length);
        part->type = (struct expression_type){VALUE_NUMBER, OBJECT_UNKNOWN};
    }
    return compiler_advance(compiler);
}

/* An array: one of its elements, or its length; what follows its name is looked at. */
static bool
parse_array(struct compiler *compiler, const struct expression_head *head, struct part *part)
{
    struct span name = part_span(part);
    struct part index;
    char hint[80];

    if (compiler_looks_at(compiler) == TOKEN_DOT) {
        return compiler_advance(compiler) && parse_length(compiler, head, part);
    }
    if (compiler_looks_at(compiler) != TOKEN_OPEN_INDEX) {
        snprintf(hint, sizeof hint, "write '%.*s[%u]' or '%.*s.length'",
                 scanner_shown(&compiler->scanner, name), compiler_text(compiler, name), head->from,
                 scanner_shown(&compiler->scanner, name), compiler_text(compiler, name));
        return scanner_refuse(
            &compiler->scanner, name, hint, "'%.*s' is an array: an index is wanted",
            scanner_shown(&compiler->scanner, name), compiler_text(compiler, name));
    }
    if (!compiler_advance(compiler) || !compiler_nested(compiler, &index) ||
        !check_index(compiler, head, part, &index) ||
        !compiler_expect(compiler, TOKEN_CLOSE_INDEX, "']'")) {
        return false;
    }
    code_put(compiler, &index);
    code_replace(compiler, (enum read)head->what, head->argument);
    part_set_type(part, head->type.type, head->type.kind);
    return true;
}

/* Makes an operand of the first word of a path, which has been taken. */
static bool parse_head(struct compiler *compiler, const char *name, struct part *part)
{
    struct expression_head head = {.kind = HEAD_UNKNOWN};
    struct span span = part_span(part);
    uint32_t error;

    compiler->scope->resolve(compiler->scope->context, name, &head);
    switch (head.kind) {
    case HEAD_UNKNOWN:
        break;
    case HEAD_CONSTANT:
        part->is_constant = true;
        part->constant = head.constant;
        part->type.type = (enum value_type)head.constant.type;
        part->type.kind = head.constant.type == VALUE_REFERENCE
                              ? (enum object_kind)reference_kind((reference)head.constant.bits)
                              : OBJECT_UNKNOWN;
        return true;
    case HEAD_READ:
        code_read(compiler, (enum read)head.what, head.argument);
        part_set_type(part, head.type.type, head.type.kind);
        return true;
    case HEAD_ARRAY:
        return parse_array(compiler, &head, part);
    case HEAD_PACKET:
        return parse_packet(compiler, part);
    }
    if (compiler->scope->error(compiler->scope->context, name, &error)) {
        part->is_constant = true;
        part->constant = value_make(VALUE_ERROR, error);
        part->type = (struct expression_type){VALUE_ERROR, OBJECT_UNKNOWN};
        return true;
    }
    return refuse_name(compiler, span, name);
}

bool path_parse(struct compiler *compiler, struct part *part)
{
    char name[SCAN_NAME_MAX + 1];

    if (!compiler_copy_name(compiler, compiler_span(compiler), name) ||
        !compiler_advance(compiler)) {
        return false;
    }
    part->end = compiler->end;
    if (!parse_head(compiler, name, part)) {
        return false;
    }
    part->end = compiler->end;
    return path_parse_members(compiler, part);
}
