/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: recursive descent straight to postfix code.
 *
 * Every sub-expression emits its code; when all of its parts turn out to be constants, the code is taken
 * back and one constant takes its place. Types are those of formula.c, and what only a run can know is
 * VALUE_ANY, which goes with everything. */
#include "scenarios/load/expression.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/load/diagnostic.h"
#include "sim/literal.h"

enum token {
    TOKEN_END,
    TOKEN_WORD,    /* a name or a keyword */
    TOKEN_QUOTED,  /* 'a name' */
    TOKEN_TEXT,    /* `a text` */
    TOKEN_LITERAL,
    TOKEN_SIGN,    /* an operator or bracket, by its characters */
};

/* The longest word, name or sign that is looked at. */
#define WORD_MAX 128

struct parser {
    const char *text;
    const struct expression_scope *scope;
    struct expression_output *output;
    struct expression_error *error;
    bool failed;
    uint32_t levels; /* of nesting */
    uint32_t depth;  /* of the stack of the code emitted so far */
    /* The token that is looked at. */
    enum token token;
    size_t start, end;
    char word[WORD_MAX];
    struct value literal;
};

/* A sub-expression. */
struct part {
    uint32_t start; /* its first word */
    bool is_constant;
    struct value constant;
    struct expression_type type;
    size_t text_start, text_end;
};

__attribute__((format(printf, 5, 6))) static void
fail(struct parser *parser, size_t offset, size_t length, const char *hint, const char *format, ...)
{
    va_list arguments;

    if (parser->failed) {
        return;
    }
    parser->failed = true;
    parser->error->offset = offset;
    parser->error->length = length;
    va_start(arguments, format);
    vsnprintf(parser->error->message, sizeof parser->error->message, format, arguments);
    va_end(arguments);
    snprintf(parser->error->hint, sizeof parser->error->hint, "%s", hint == NULL ? "" : hint);
    parser->token = TOKEN_END;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* Copies a stretch of the text as the token's word. */
static void take_word(struct parser *parser, size_t start, size_t end)
{
    size_t length = end - start;

    if (length >= WORD_MAX) {
        fail(parser, start, length, NULL, "this name is too long");
        length = 0;
    }
    memcpy(parser->word, parser->text + start, length);
    parser->word[length] = '\0';
}

/* A name or text between quotes of one kind. */
static void next_quoted(struct parser *parser, char quote, enum token token)
{
    size_t at = parser->start + 1;

    while (parser->text[at] != '\0' && parser->text[at] != quote) {
        at++;
    }
    if (parser->text[at] == '\0') {
        fail(parser, parser->start, 1, NULL, "this %c is not closed", quote);
        return;
    }
    parser->token = token;
    parser->end = at + 1;
    if (token == TOKEN_QUOTED) {
        take_word(parser, parser->start + 1, at);
    }
}

static void next_literal(struct parser *parser)
{
    struct literal_mistake mistake;
    size_t length = literal_read(parser->text + parser->start, &parser->literal, &mistake);

    if (length == 0) {
        char shown[64];
        snprintf(shown, sizeof shown, "%.*s", (int)(mistake.length < 60 ? mistake.length : 60),
                 parser->text + parser->start);
        fail(parser, parser->start, mistake.length, mistake.hint, "'%s': %s", shown, mistake.message);
        return;
    }
    parser->token = TOKEN_LITERAL;
    parser->end = parser->start + length;
}

static void next_token(struct parser *parser)
{
    static const char *const doubles[] = {"==", "!=", "<=", ">="};
    const char *text = parser->text;
    size_t at = parser->end;

    if (parser->failed) {
        return;
    }
    while (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
        at++;
    }
    parser->start = at;
    parser->end = at;
    parser->word[0] = '\0';
    if (text[at] == '\0') {
        parser->token = TOKEN_END;
    } else if (is_digit(text[at])) {
        next_literal(parser);
    } else if (text[at] == '\'') {
        next_quoted(parser, '\'', TOKEN_QUOTED);
    } else if (text[at] == '`') {
        next_quoted(parser, '`', TOKEN_TEXT);
    } else if (is_letter(text[at])) {
        while (is_letter(text[at]) || is_digit(text[at])) {
            at++;
        }
        parser->token = TOKEN_WORD;
        parser->end = at;
        take_word(parser, parser->start, at);
    } else {
        parser->token = TOKEN_SIGN;
        parser->end = at + 1;
        for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++) {
            parser->end += strncmp(text + at, doubles[i], 2) == 0;
        }
        take_word(parser, parser->start, parser->end);
    }
}

static bool is_word(const struct parser *parser, const char *word)
{
    return parser->token == TOKEN_WORD && strcmp(parser->word, word) == 0;
}

static bool is_sign(const struct parser *parser, const char *sign)
{
    return parser->token == TOKEN_SIGN && strcmp(parser->word, sign) == 0;
}

/* Goes past a sign that must stand here. */
static void expect(struct parser *parser, const char *sign)
{
    if (is_sign(parser, sign)) {
        next_token(parser);
    } else {
        fail(parser, parser->start, parser->end - parser->start, NULL, "'%s' is wanted here", sign);
    }
}

static void emit_word(struct parser *parser, uint32_t word)
{
    struct expression_output *output = parser->output;

    if (output->word_count == output->word_room) {
        uint32_t room = output->word_room == 0 ? 256 : output->word_room * 2;
        uint32_t *grown = realloc(output->word, room * sizeof *grown);
        if (grown == NULL) {
            output->out_of_memory = true;
            parser->failed = true;
            return;
        }
        output->word = grown;
        output->word_room = room;
    }
    output->word[output->word_count++] = word;
}

/* One more value on the stack, or, with a negative count, fewer. */
static void stack(struct parser *parser, int by)
{
    parser->depth = (uint32_t)((int)parser->depth + by);
    if (parser->depth >= FORMULA_STACK_MAX) {
        fail(parser, parser->start, 1, NULL, "this expression is nested too deeply");
    }
}

static void emit_constant(struct parser *parser, struct value value)
{
    struct expression_output *output = parser->output;

    if (output->constant_count == output->constant_room) {
        uint32_t room = output->constant_room == 0 ? 64 : output->constant_room * 2;
        struct value *grown = realloc(output->constant, room * sizeof *grown);
        if (grown == NULL) {
            output->out_of_memory = true;
            parser->failed = true;
            return;
        }
        output->constant = grown;
        output->constant_room = room;
    }
    output->constant[output->constant_count] = value;
    emit_word(parser, FORMULA_CONSTANT | output->constant_count++ << 8);
    stack(parser, 1);
}

static void emit_read(struct parser *parser, uint32_t what, uint32_t argument, bool pops)
{
    emit_word(parser, FORMULA_READ | (what << 1 | (pops ? 1u : 0u)) << 8);
    emit_word(parser, argument);
    stack(parser, pops ? 0 : 1);
}

static uint32_t here(const struct parser *parser)
{
    return parser->output->word_count;
}

static struct part constant_part(struct parser *parser, struct value value)
{
    struct part part = {.start = here(parser),
                        .is_constant = true,
                        .constant = value,
                        .type = {(enum value_type)value.type, OBJECT_UNKNOWN},
                        .text_start = parser->start,
                        .text_end = parser->end};

    if (value.type == VALUE_REFERENCE) {
        part.type.kind = (enum object_kind)reference_kind((reference)value.bits);
    }
    emit_constant(parser, value);
    return part;
}

const char *expression_type_words(enum value_type type)
{
    switch (type) {
    case VALUE_NULL:
        return "null";
    case VALUE_NUMBER:
        return "a number";
    case VALUE_DURATION:
        return "a duration such as '8ms'";
    case VALUE_SIZE:
        return "a size such as '64KiB'";
    case VALUE_SHARE:
        return "a share such as '30%'";
    case VALUE_BOOLEAN:
        return "true or false";
    case VALUE_ERROR:
        return "an error";
    case VALUE_TEXT:
        return "a text";
    case VALUE_REFERENCE:
        return "an object";
    case VALUE_ANY:
        break;
    }
    return "a value";
}

static bool is_quantity_type(enum value_type type)
{
    return type >= VALUE_NUMBER && type <= VALUE_SHARE;
}

static bool is_bare_zero(const struct part *part)
{
    return part->is_constant && part->constant.type == VALUE_NUMBER && part->constant.bits == 0;
}

/* A mistake about the types of the two sides of an operator. */
static struct expression_type
clash(struct parser *parser, const struct part *left, const struct part *right, const char *wants)
{
    fail(parser, left->text_start, right->text_end - left->text_start, NULL,
         "%s, but '%.*s' is %s and '%.*s' is %s", wants,
         (int)(left->text_end - left->text_start), parser->text + left->text_start,
         expression_type_words(left->type.type), (int)(right->text_end - right->text_start),
         parser->text + right->text_start, expression_type_words(right->type.type));
    return left->type;
}

/* The type that both sides of + - < and so on have; a bare 0 takes the other's. */
static struct expression_type
common_type(struct parser *parser, const struct part *left, const struct part *right, const char *sign)
{
    char wants[64];
    enum value_type a = left->type.type;
    enum value_type b = right->type.type;

    snprintf(wants, sizeof wants, "'%s' wants two quantities of one type", sign);
    if ((a != VALUE_ANY && !is_quantity_type(a)) || (b != VALUE_ANY && !is_quantity_type(b))) {
        return clash(parser, left, right, wants);
    }
    if (a == VALUE_ANY || is_bare_zero(left)) {
        return right->type;
    }
    if (b == VALUE_ANY || is_bare_zero(right)) {
        return left->type;
    }
    return a == b ? left->type : clash(parser, left, right, wants);
}

static struct expression_type
product_type(struct parser *parser, const struct part *left, const struct part *right, bool divides)
{
    enum value_type a = left->type.type;
    enum value_type b = right->type.type;
    struct expression_type number = {VALUE_NUMBER, OBJECT_UNKNOWN};
    struct expression_type any = {VALUE_ANY, OBJECT_UNKNOWN};

    if ((a != VALUE_ANY && !is_quantity_type(a)) || (b != VALUE_ANY && !is_quantity_type(b))) {
        return clash(parser, left, right, divides ? "'/' wants two quantities" : "'*' wants two quantities");
    }
    if (a == VALUE_ANY || b == VALUE_ANY) {
        return any;
    }
    if (b == VALUE_NUMBER) {
        return left->type;
    }
    if (divides) {
        return a == b || is_bare_zero(left)
                   ? number
                   : clash(parser, left, right,
                           "'/' wants a number on the right, or two quantities of one type");
    }
    return a == VALUE_NUMBER ? right->type
                             : clash(parser, left, right, "'*' wants a number on one side");
}

static struct expression_type
equal_type(struct parser *parser, const struct part *left, const struct part *right)
{
    enum value_type a = left->type.type;
    enum value_type b = right->type.type;
    bool quantities = is_quantity_type(a) && is_quantity_type(b);

    if (a != b && a != VALUE_ANY && b != VALUE_ANY && a != VALUE_NULL && b != VALUE_NULL &&
        !(quantities && (is_bare_zero(left) || is_bare_zero(right)))) {
        return clash(parser, left, right, "'==' and '!=' want two values of one type, or null");
    }
    return (struct expression_type){VALUE_BOOLEAN, OBJECT_UNKNOWN};
}

/* The type of an operator's answer, or a mistake. */
static struct expression_type answer_type(struct parser *parser,
                                          enum formula_operation operation,
                                          const struct part *left,
                                          const struct part *right)
{
    static const char *const signs[] = {
        [FORMULA_ADD] = "+",  [FORMULA_SUBTRACT] = "-",       [FORMULA_MODULO] = "mod",
        [FORMULA_LESS] = "<", [FORMULA_LESS_EQUAL] = "<=",    [FORMULA_GREATER] = ">",
        [FORMULA_GREATER_EQUAL] = ">=", [FORMULA_MIN] = "min", [FORMULA_MAX] = "max"};
    struct expression_type type;

    if (operation == FORMULA_MULTIPLY || operation == FORMULA_DIVIDE) {
        return product_type(parser, left, right, operation == FORMULA_DIVIDE);
    }
    if (operation == FORMULA_EQUAL || operation == FORMULA_NOT_EQUAL) {
        return equal_type(parser, left, right);
    }
    type = common_type(parser, left, right, signs[operation]);
    if (operation >= FORMULA_LESS && operation <= FORMULA_GREATER_EQUAL) {
        type = (struct expression_type){VALUE_BOOLEAN, OBJECT_UNKNOWN};
    }
    return type;
}

/* Takes the code of a part back and puts one constant in its place. */
static void fold(struct parser *parser, struct part *part, struct value value)
{
    parser->output->word_count = part->start;
    part->is_constant = true;
    part->constant = value;
    emit_constant(parser, value);
}

/* Combines two parts whose code stands in order. */
static void combine(struct parser *parser, enum formula_operation operation, struct part *left, const struct part *right)
{
    struct value value;
    enum formula_status status;

    if (parser->failed) {
        return;
    }
    left->type = answer_type(parser, operation, left, right);
    if (left->is_constant && right->is_constant && !parser->failed) {
        status = formula_apply(operation, left->constant, right->constant, &value);
        if (status != FORMULA_OK) {
            fail(parser, left->text_start, right->text_end - left->text_start, NULL, "%s",
                 formula_status_words(status));
            return;
        }
        stack(parser, -2);
        fold(parser, left, value);
    } else {
        left->is_constant = false;
        emit_word(parser, operation);
        stack(parser, -1);
    }
    left->text_end = right->text_end;
}

static struct part parse_or(struct parser *parser);

/* One level deeper; false, and a mistake, when that is too deep. */
static bool enter(struct parser *parser)
{
    if (++parser->levels > FORMULA_STACK_MAX) {
        fail(parser, parser->start, 1, NULL, "this expression is nested too deeply");
        return false;
    }
    return true;
}

/* Gathers names for a suggestion. */
struct candidates {
    const char *name[256];
    size_t count;
};

static void add_candidate(void *list, const char *name)
{
    struct candidates *candidates = list;

    if (candidates->count < sizeof candidates->name / sizeof candidates->name[0]) {
        candidates->name[candidates->count++] = name;
    }
}

static void unknown_name(struct parser *parser, const char *what)
{
    struct candidates candidates = {.count = 0};
    const char *nearest;
    char hint[WORD_MAX + 32];

    parser->scope->names(parser->scope->context, add_candidate, &candidates);
    nearest = suggest_nearest(parser->word, candidates.name, candidates.count);
    snprintf(hint, sizeof hint, "did you mean '%s'?", nearest == NULL ? "" : nearest);
    fail(parser, parser->start, parser->end - parser->start, nearest == NULL ? NULL : hint,
         "unknown %s '%s'", what, parser->word);
}

/* What stands behind a dot of an object. */
static void parse_member(struct parser *parser, struct part *part)
{
    uint32_t observable;

    if (part->type.type != VALUE_REFERENCE && part->type.type != VALUE_ANY) {
        fail(parser, parser->start, parser->end - parser->start, NULL, "'%s': %s has no members",
             parser->word, expression_type_words(part->type.type));
        return;
    }
    if (part->type.type == VALUE_ANY || part->type.kind == OBJECT_UNKNOWN) {
        uint32_t text = parser->scope->text(parser->scope->context, parser->word, strlen(parser->word));
        emit_read(parser, READ_MEMBER, text, true);
        part->type = (struct expression_type){VALUE_ANY, OBJECT_UNKNOWN};
    } else {
        observable = observable_find(part->type.kind, parser->word);
        if (observable == OBSERVABLE_COUNT) {
            char hint[200];
            size_t length = (size_t)snprintf(hint, sizeof hint, "%s %s has",
                                             object_kind_article(part->type.kind),
                                             object_kind_name(part->type.kind));
            for (uint32_t i = 0; i < OBSERVABLE_COUNT && length < sizeof hint; i++) {
                if (observable_kind((enum observable)i) == part->type.kind) {
                    length += (size_t)snprintf(hint + length, sizeof hint - length, " .%s",
                                               observable_word((enum observable)i));
                }
            }
            fail(parser, parser->start, parser->end - parser->start, hint,
                 "'.%s' is nothing that can be asked of %s %s", parser->word,
                 object_kind_article(part->type.kind), object_kind_name(part->type.kind));
            return;
        }
        emit_read(parser, READ_OBSERVABLE, observable, true);
        part->type.type = observable_type((enum observable)observable);
        part->type.kind = part->type.type == VALUE_REFERENCE ? OBJECT_THREAD : OBJECT_UNKNOWN;
    }
    part->is_constant = false;
}

/* packet.bytes and its like. */
static struct part parse_packet(struct parser *parser)
{
    static const struct {
        const char *word;
        enum packet_field field;
        enum value_type type;
    } fields[] = {
        {"ok", PACKET_OK, VALUE_BOOLEAN},        {"error", PACKET_ERROR, VALUE_ERROR},
        {"bytes", PACKET_BYTES, VALUE_SIZE},     {"key", PACKET_KEY, VALUE_NUMBER},
        {"operation", PACKET_OPERATION, VALUE_ANY}, {"handle", PACKET_HANDLE, VALUE_ANY},
        {"callback", PACKET_CALLBACK, VALUE_ANY},   {"timed_out", PACKET_TIMED_OUT, VALUE_BOOLEAN},
    };
    struct part part = {.start = here(parser), .type = {VALUE_ANY, OBJECT_OPERATION},
                        .text_start = parser->start, .text_end = parser->end};

    next_token(parser);
    if (!is_sign(parser, ".")) {
        emit_read(parser, READ_PACKET, PACKET_WHOLE, false);
        return part;
    }
    next_token(parser);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (is_word(parser, fields[i].word)) {
            emit_read(parser, READ_PACKET, fields[i].field, false);
            part.type = (struct expression_type){fields[i].type, OBJECT_UNKNOWN};
            part.text_end = parser->end;
            next_token(parser);
            return part;
        }
    }
    fail(parser, parser->start, parser->end - parser->start,
         "packet has .ok .error .bytes .key .operation .handle .callback .timed_out",
         "'.%s' is nothing that can be asked of a packet", parser->word);
    return part;
}

/* An array: it is indexed, or asked for its length. */
static struct part parse_array(struct parser *parser, const struct expression_head *head)
{
    struct part part = {.start = here(parser), .type = head->type, .text_start = parser->start};
    struct part index;
    char name[WORD_MAX];

    memcpy(name, parser->word, sizeof name);
    next_token(parser);
    if (is_sign(parser, ".")) {
        next_token(parser);
        if (!is_word(parser, "length")) {
            fail(parser, parser->start, parser->end - parser->start, "write .length, or an index such as [0]",
                 "an array has no '.%s'", parser->word);
            return part;
        }
        if (head->length_is_read) {
            emit_read(parser, READ_LOCAL, head->argument, false);
            part.type = (struct expression_type){VALUE_NUMBER, OBJECT_UNKNOWN};
        } else {
            part = constant_part(parser, value_number(head->length));
        }
        next_token(parser);
        return part;
    }
    if (!is_sign(parser, "[")) {
        fail(parser, part.text_start, parser->start - part.text_start, "write an index, such as [0]",
             "'%s' is an array", name);
        return part;
    }
    next_token(parser);
    index = parse_or(parser);
    if (!parser->failed && index.type.type != VALUE_NUMBER && index.type.type != VALUE_ANY) {
        fail(parser, index.text_start, index.text_end - index.text_start, NULL,
             "an index is a number, not %s", expression_type_words(index.type.type));
    }
    if (!parser->failed && index.is_constant && !head->length_is_read &&
        ((int64_t)index.constant.bits < head->from ||
         (int64_t)index.constant.bits - head->from >= head->length)) {
        fail(parser, index.text_start, index.text_end - index.text_start, NULL,
             "'%s' has the elements %u to %u", name, head->from, head->from + head->length - 1);
    }
    part.text_end = parser->end;
    expect(parser, "]");
    emit_read(parser, head->what, head->argument, true);
    return part;
}

/* min, max: of two or more. */
static struct part parse_extreme(struct parser *parser, enum formula_operation operation)
{
    struct part part;
    struct part next;
    uint32_t count = 1;

    part = parse_or(parser);
    while (is_sign(parser, ",")) {
        next_token(parser);
        next = parse_or(parser);
        combine(parser, operation, &part, &next);
        count++;
    }
    if (count < 2) {
        fail(parser, part.text_start, part.text_end - part.text_start, NULL,
             "min and max want two values or more");
    }
    return part;
}

/* calls(P), running(P). */
static struct part parse_count(struct parser *parser, enum read what)
{
    struct part part = {.start = here(parser), .type = {VALUE_NUMBER, OBJECT_UNKNOWN},
                        .text_start = parser->start};
    uint32_t number = 0;

    if ((parser->token != TOKEN_WORD && parser->token != TOKEN_QUOTED) ||
        !parser->scope->procedure(parser->scope->context, parser->word, &number)) {
        fail(parser, parser->start, parser->end - parser->start, NULL, "unknown procedure '%s'", parser->word);
        return part;
    }
    emit_read(parser, what, number, false);
    next_token(parser);
    return part;
}

/* A function of the run so far: least(x), change(x, 1s) ... */
static struct part parse_aggregate(struct parser *parser, const char *function, size_t start)
{
    struct part part = {.start = here(parser), .text_start = start};
    struct part argument;
    struct expression_functions call = {.first_word = here(parser)};
    const char *message = NULL;
    uint32_t number = 0;
    uint32_t depth = parser->depth;

    if (parser->scope->aggregate == NULL) {
        fail(parser, start, strlen(function), NULL, "'%s' stands in claims only", function);
        return part;
    }
    argument = parse_or(parser);
    call.word_count = here(parser) - call.first_word;
    call.type = &argument.type;
    call.number = &number;
    if (strcmp(function, "change") == 0) {
        struct part span;
        expect(parser, ",");
        span = parse_or(parser);
        if (!parser->failed && (!span.is_constant || span.type.type != VALUE_DURATION)) {
            fail(parser, span.text_start, span.text_end - span.text_start, NULL,
                 "change wants a constant duration such as '1s'");
        }
        call.span = span.constant.bits;
        parser->output->word_count = call.first_word + call.word_count;
    }
    if (parser->failed) {
        return part;
    }
    if (!parser->scope->aggregate(parser->scope->context, function, &call, &message)) {
        fail(parser, argument.text_start, argument.text_end - argument.text_start, NULL, "%s", message);
        return part;
    }
    parser->output->word_count = call.first_word;
    parser->depth = depth;
    emit_read(parser, READ_AGGREGATE, number, false);
    part.type = argument.type;
    return part;
}

static bool is_aggregate(const char *word)
{
    static const char *const names[] = {"change", "least", "most", "mean", "area", "total",
                                        "p50",    "p90",   "p95",  "p99",  "p999"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* A word with a parenthesis behind it. */
static struct part parse_function(struct parser *parser, const char *word, size_t start)
{
    struct part part = {.start = here(parser)};

    next_token(parser);
    if (strcmp(word, "min") == 0 || strcmp(word, "max") == 0) {
        part = parse_extreme(parser, word[1] == 'i' ? FORMULA_MIN : FORMULA_MAX);
    } else if (strcmp(word, "calls") == 0 || strcmp(word, "running") == 0) {
        part = parse_count(parser, word[0] == 'c' ? READ_CALLS : READ_RUNNING);
    } else if (is_aggregate(word)) {
        part = parse_aggregate(parser, word, start);
    } else {
        fail(parser, start, strlen(word), "functions are min max calls running, and in claims change least "
             "most mean area total p50 p90 p95 p99 p999", "unknown function '%s'", word);
    }
    part.text_start = start;
    part.text_end = parser->end;
    expect(parser, ")");
    return part;
}

/* The parts of a path behind its first word. */
static void parse_members(struct parser *parser, struct part *part)
{
    while (!parser->failed && is_sign(parser, ".")) {
        next_token(parser);
        if (parser->token != TOKEN_WORD) {
            fail(parser, parser->start, parser->end - parser->start, NULL, "a word is wanted behind '.'");
            return;
        }
        parse_member(parser, part);
        part->text_end = parser->end;
        next_token(parser);
    }
    if (!parser->failed && is_sign(parser, "[")) {
        fail(parser, parser->start, 1, NULL, "this is no array");
    }
}

static struct part parse_path(struct parser *parser)
{
    struct part part = {.start = here(parser), .text_start = parser->start, .text_end = parser->end};
    struct expression_head head = {.kind = HEAD_UNKNOWN};
    uint32_t error;

    parser->scope->resolve(parser->scope->context, parser->word, &head);
    switch (head.kind) {
    case HEAD_CONSTANT:
        part = constant_part(parser, head.constant);
        next_token(parser);
        break;
    case HEAD_READ:
        emit_read(parser, head.what, head.argument, false);
        part.type = head.type;
        next_token(parser);
        break;
    case HEAD_ARRAY:
        part = parse_array(parser, &head);
        break;
    case HEAD_PACKET:
        part = parse_packet(parser);
        break;
    case HEAD_UNKNOWN:
        if (parser->token == TOKEN_WORD &&
            parser->scope->error(parser->scope->context, parser->word, &error)) {
            part = constant_part(parser, value_make(VALUE_ERROR, error));
            next_token(parser);
        } else {
            unknown_name(parser, "name");
        }
        break;
    }
    parse_members(parser, &part);
    return part;
}

static struct part parse_word(struct parser *parser)
{
    static const struct {
        const char *word;
        struct value value;
    } constants[] = {
        {"true", {1, VALUE_BOOLEAN, 0}},
        {"false", {0, VALUE_BOOLEAN, 0}},
        {"null", {0, VALUE_NULL, 0}},
        {"infinite", {VALUE_INFINITE, VALUE_DURATION, 0}},
    };
    char word[WORD_MAX];
    size_t start = parser->start;
    size_t after = parser->end;

    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (is_word(parser, constants[i].word)) {
            struct part part = constant_part(parser, constants[i].value);
            next_token(parser);
            return part;
        }
    }
    memcpy(word, parser->word, sizeof word);
    while (parser->text[after] == ' ') {
        after++;
    }
    if (parser->text[after] == '(') {
        next_token(parser);
        return parse_function(parser, word, start);
    }
    return parse_path(parser);
}

static struct part parse_primary(struct parser *parser)
{
    struct part part = {.start = here(parser), .text_start = parser->start};

    if (is_sign(parser, "(")) {
        next_token(parser);
        part = parse_or(parser);
        part.text_start = part.text_start > 0 ? part.text_start - 1 : 0;
        part.text_end = parser->end;
        expect(parser, ")");
    } else if (parser->token == TOKEN_LITERAL) {
        part = constant_part(parser, parser->literal);
        next_token(parser);
    } else if (parser->token == TOKEN_TEXT) {
        uint32_t text = parser->scope->text(parser->scope->context, parser->text + parser->start + 1,
                                            parser->end - parser->start - 2);
        part = constant_part(parser, value_make(VALUE_TEXT, text));
        next_token(parser);
    } else if (parser->token == TOKEN_QUOTED) {
        part = parse_path(parser);
    } else if (parser->token == TOKEN_WORD) {
        part = parse_word(parser);
    } else {
        size_t length = parser->end - parser->start;
        fail(parser, parser->start, length, NULL,
             length == 0 ? "an expression ends too early" : "a value is wanted here, not '%s'", parser->word);
    }
    return part;
}

static struct part parse_unary(struct parser *parser)
{
    struct part part;
    struct value value;
    size_t start = parser->start;

    if (!is_sign(parser, "-")) {
        return parse_primary(parser);
    }
    if (!enter(parser)) {
        return (struct part){0};
    }
    next_token(parser);
    part = parse_unary(parser);
    parser->levels--;
    if (parser->failed) {
        return part;
    }
    if (part.type.type != VALUE_ANY && !is_quantity_type(part.type.type)) {
        fail(parser, start, part.text_end - start, NULL, "'-' wants a quantity, not %s",
             expression_type_words(part.type.type));
    } else if (part.is_constant &&
               formula_apply(FORMULA_NEGATE, part.constant, part.constant, &value) == FORMULA_OK) {
        stack(parser, -1);
        fold(parser, &part, value);
    } else if (part.is_constant) {
        fail(parser, start, part.text_end - start, NULL, "%s", formula_status_words(FORMULA_OVERFLOW));
    } else {
        emit_word(parser, FORMULA_NEGATE);
    }
    part.text_start = start;
    return part;
}

static struct part parse_product(struct parser *parser)
{
    struct part left = parse_unary(parser);

    while (is_sign(parser, "*") || is_sign(parser, "/") || is_word(parser, "mod")) {
        enum formula_operation operation = is_sign(parser, "*")   ? FORMULA_MULTIPLY
                                           : is_sign(parser, "/") ? FORMULA_DIVIDE
                                                                  : FORMULA_MODULO;
        struct part right;
        next_token(parser);
        right = parse_unary(parser);
        combine(parser, operation, &left, &right);
    }
    return left;
}

static struct part parse_sum(struct parser *parser)
{
    struct part left = parse_product(parser);

    while (is_sign(parser, "+") || is_sign(parser, "-")) {
        enum formula_operation operation = is_sign(parser, "+") ? FORMULA_ADD : FORMULA_SUBTRACT;
        struct part right;
        next_token(parser);
        right = parse_product(parser);
        combine(parser, operation, &left, &right);
    }
    return left;
}

static struct part parse_compare(struct parser *parser)
{
    static const struct {
        const char *sign;
        enum formula_operation operation;
    } signs[] = {{"==", FORMULA_EQUAL},      {"!=", FORMULA_NOT_EQUAL}, {"<=", FORMULA_LESS_EQUAL},
                 {">=", FORMULA_GREATER_EQUAL}, {"<", FORMULA_LESS},      {">", FORMULA_GREATER}};
    struct part left = parse_sum(parser);

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (is_sign(parser, signs[i].sign)) {
            struct part right;
            next_token(parser);
            right = parse_sum(parser);
            combine(parser, signs[i].operation, &left, &right);
            return left;
        }
    }
    if (is_sign(parser, "=")) {
        fail(parser, parser->start, 1, "write ==", "'=' is no comparison");
    }
    return left;
}

/* A side of and, or, not must be true or false. */
static void want_boolean(struct parser *parser, const struct part *part, const char *word)
{
    if (!parser->failed && part->type.type != VALUE_BOOLEAN && part->type.type != VALUE_ANY) {
        fail(parser, part->text_start, part->text_end - part->text_start, NULL,
             "'%s' wants true or false, but '%.*s' is %s", word,
             (int)(part->text_end - part->text_start), parser->text + part->text_start,
             expression_type_words(part->type.type));
    }
}

static struct part parse_not(struct parser *parser)
{
    struct part part;
    size_t start = parser->start;

    if (!is_word(parser, "not")) {
        return parse_compare(parser);
    }
    if (!enter(parser)) {
        return (struct part){0};
    }
    next_token(parser);
    part = parse_not(parser);
    parser->levels--;
    want_boolean(parser, &part, "not");
    if (parser->failed) {
        return part;
    }
    if (part.is_constant) {
        stack(parser, -1);
        fold(parser, &part, value_boolean(part.constant.bits == 0));
    } else {
        emit_word(parser, FORMULA_NOT);
    }
    part.type = (struct expression_type){VALUE_BOOLEAN, OBJECT_UNKNOWN};
    part.text_start = start;
    return part;
}

/* A chain of and, or of or: each skips the rest once it is decided. */
static struct part
parse_chain(struct parser *parser, const char *word, enum formula_operation operation)
{
    bool is_and = operation == FORMULA_AND;
    struct part left = is_and ? parse_not(parser) : parse_chain(parser, "and", FORMULA_AND);

    while (is_word(parser, word)) {
        uint32_t skip = here(parser);
        struct part right;
        want_boolean(parser, &left, word);
        emit_word(parser, operation);
        stack(parser, -1);
        next_token(parser);
        right = is_and ? parse_not(parser) : parse_chain(parser, "and", FORMULA_AND);
        want_boolean(parser, &right, word);
        if (parser->failed) {
            return left;
        }
        if (left.is_constant && right.is_constant) {
            bool a = left.constant.bits != 0;
            bool b = right.constant.bits != 0;
            stack(parser, -1);
            fold(parser, &left, value_boolean(is_and ? a && b : a || b));
        } else {
            parser->output->word[skip] = operation | (here(parser) - skip - 1) << 8;
            left.is_constant = false;
        }
        left.type = (struct expression_type){VALUE_BOOLEAN, OBJECT_UNKNOWN};
        left.text_end = right.text_end;
    }
    return left;
}

static struct part parse_or(struct parser *parser)
{
    struct part part = {0};

    if (enter(parser)) {
        part = parse_chain(parser, "or", FORMULA_OR);
        parser->levels--;
    }
    return part;
}

bool expression_compile(const char *text,
                        const struct expression_scope *scope,
                        struct expression_output *output,
                        struct expression *result,
                        struct expression_error *error)
{
    struct parser parser = {.text = text, .scope = scope, .output = output, .error = error};
    uint32_t first = output->word_count;
    struct part part;

    memset(error, 0, sizeof *error);
    next_token(&parser);
    part = parse_or(&parser);
    if (!parser.failed && parser.token != TOKEN_END) {
        fail(&parser, parser.start, parser.end - parser.start,
             part.is_constant && parser.token == TOKEN_WORD ? "no space stands between a number and its unit" : NULL,
             "'%s' is not wanted here", parser.word);
    }
    if (parser.failed) {
        output->word_count = first;
        return false;
    }
    if (part.is_constant) {
        output->word_count = first;
    }
    *result = (struct expression){
        .first = first,
        .count = output->word_count - first,
        .is_constant = part.is_constant,
        .constant = part.constant,
        .type = part.type,
    };
    return true;
}

uint32_t expression_add_index(struct expression_output *output)
{
    struct parser parser = {.output = output};
    uint32_t first = output->word_count;

    emit_read(&parser, READ_INDEX, 0, false);
    return first;
}

bool expression_literal(const char *text, struct value *value)
{
    static const struct {
        const char *word;
        struct value value;
    } words[] = {{"true", {1, VALUE_BOOLEAN, 0}},
                 {"false", {0, VALUE_BOOLEAN, 0}},
                 {"null", {0, VALUE_NULL, 0}},
                 {"infinite", {VALUE_INFINITE, VALUE_DURATION, 0}}};
    struct literal_mistake mistake;
    bool negative = text[0] == '-';
    size_t length;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].word) == 0) {
            *value = words[i].value;
            return true;
        }
    }
    text += negative;
    if (!is_digit(text[0])) {
        return false;
    }
    length = literal_read(text, value, &mistake);
    if (length == 0 || text[length] != '\0') {
        return false;
    }
    if (negative) {
        value->bits = 0 - value->bits;
    }
    return true;
}
