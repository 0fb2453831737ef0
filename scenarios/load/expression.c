/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions: recursive descent straight to postfix code.
 *
 * What `and` and `or` can no longer reach, since a constant has decided, is dead: `n != 0 and 10 /
 * n > 2` is right when the parameter n is 0. Dead text must be grammatical and use known names; its
 * types, indices and results are not looked at, and it emits nothing.
 *
 * The argument of a function of the run so far becomes a formula of its own: its code goes to the
 * output in front of the expression that it stands in. */
#include "scenarios/load/expression.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/load/expression_code.h"
#include "scenarios/load/expression_path.h"

/* The longest text, in bytes. */
#define TEXT_MAX 65536u

typedef bool parser(struct compiler *compiler, struct part *part);

enum function_kind {
    FUNCTION_EXTREME,   /* `code`: enum formula_operation */
    FUNCTION_PROCEDURE, /* `code`: enum read */
    FUNCTION_AGGREGATE,
    FUNCTION_CHANGE,
};

static const struct function {
    const char *name, *form;
    enum function_kind kind;
    uint32_t code;
} functions[] = {
    {"min", "min(a, b)", FUNCTION_EXTREME, FORMULA_MIN},
    {"max", "max(a, b)", FUNCTION_EXTREME, FORMULA_MAX},
    {"calls", "calls(procedure)", FUNCTION_PROCEDURE, READ_CALLS},
    {"running", "running(procedure)", FUNCTION_PROCEDURE, READ_RUNNING},
    {"change", "change(x, 1s)", FUNCTION_CHANGE, 0},
    {"least", "least(x)", FUNCTION_AGGREGATE, 0},
    {"most", "most(x)", FUNCTION_AGGREGATE, 0},
    {"mean", "mean(x)", FUNCTION_AGGREGATE, 0},
    {"area", "area(x)", FUNCTION_AGGREGATE, 0},
    {"total", "total(x)", FUNCTION_AGGREGATE, 0},
    {"p50", "p50(x)", FUNCTION_AGGREGATE, 0},
    {"p90", "p90(x)", FUNCTION_AGGREGATE, 0},
    {"p95", "p95(x)", FUNCTION_AGGREGATE, 0},
    {"p99", "p99(x)", FUNCTION_AGGREGATE, 0},
    {"p999", "p999(x)", FUNCTION_AGGREGATE, 0},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One level deeper; leave() follows when it answers true. */
static bool enter(struct compiler *compiler)
{
    if (compiler->nesting == FORMULA_STACK_MAX) {
        return scanner_refuse(&compiler->scanner, compiler_span(compiler), NULL,
                              "an expression nests at most %d deep", FORMULA_STACK_MAX);
    }
    compiler->nesting++;
    return true;
}

static bool leave(struct compiler *compiler, bool is_parsed)
{
    compiler->nesting--;
    return is_parsed;
}

static bool parse_or(struct compiler *compiler, struct part *part);

bool compiler_nested(struct compiler *compiler, struct part *part)
{
    return enter(compiler) && leave(compiler, parse_or(compiler, part));
}

/* min and max: of the arguments so far and the next, until there is none. */
static bool parse_extreme(struct compiler *compiler,
                          const struct function *function,
                          struct span name,
                          struct part *part)
{
    struct joint joint = {(enum formula_operation)function->code, name, code_mark(compiler)};
    struct part right;
    uint32_t count = 1;

    if (!compiler_nested(compiler, part)) {
        return false;
    }
    for (; compiler_looks_at(compiler) == TOKEN_COMMA; count++) {
        joint.mark = code_mark(compiler);
        code_put(compiler, part);
        if (!compiler_advance(compiler) || !compiler_nested(compiler, &right) ||
            !joint_combine(compiler, &joint, part, &right)) {
            return false;
        }
    }
    if (count < 2) {
        return scanner_refuse(&compiler->scanner, name, NULL, "'%s' wants two values or more",
                              function->name);
    }
    return true;
}

/* calls and running: of a procedure, by its name. */
static bool parse_count(struct compiler *compiler, enum read what, struct part *part)
{
    struct span span = compiler_span(compiler);
    char name[SCAN_NAME_MAX + 1];
    uint32_t number = 0;

    if (compiler_looks_at(compiler) != TOKEN_WORD && compiler_looks_at(compiler) != TOKEN_QUOTED) {
        return compiler_refuse_token(compiler, "a procedure's name");
    }
    if (!compiler_copy_name(compiler, span, name)) {
        return false;
    }
    if (!compiler->scope->procedure(compiler->scope->context, name, &number)) {
        return scanner_refuse(&compiler->scanner, span, NULL, "unknown procedure '%s'", name);
    }
    code_read(compiler, what, number);
    part_set_type(part, VALUE_NUMBER, OBJECT_UNKNOWN);
    return compiler_advance(compiler);
}

/* The second argument of change: how long ago. */
static bool parse_span(struct compiler *compiler, uint64_t *span)
{
    struct part ago;
    char words[DESCRIPTION_MAX];

    if (!compiler_expect(compiler, TOKEN_COMMA, "','") || !compiler_nested(compiler, &ago)) {
        return false;
    }
    *span = ago.constant.bits;
    if (compiler->dead > 0 || (ago.is_constant && ago.constant.type == VALUE_DURATION &&
                               *span > 0 && *span < VALUE_INFINITE)) {
        return true;
    }
    part_describe(compiler, &ago, words);
    if (ago.is_constant && (part_is_bare_zero(&ago) || ago.type.type == VALUE_DURATION)) {
        return scanner_refuse(&compiler->scanner, part_span(&ago), NULL,
                              "'change' wants a finite duration above 0, not '%.*s'",
                              scanner_shown(&compiler->scanner, part_span(&ago)),
                              compiler_text(compiler, part_span(&ago)));
    }
    return scanner_refuse(&compiler->scanner, part_span(&ago), NULL,
                          "'change' wants a constant duration such as '1s', but %s%s", words,
                          ago.type.type == VALUE_DURATION ? " that only a run knows" : "");
}

/* Looks at the argument of a function of the run so far. */
static bool check_aggregate(struct compiler *compiler,
                            const struct function *function,
                            const struct part *argument)
{
    bool is_area = strcmp(function->name, "area") == 0;
    char words[DESCRIPTION_MAX];

    if (argument->is_constant) {
        return scanner_refuse(&compiler->scanner, part_span(argument), NULL,
                              "'%s' wants something that changes, but '%.*s' is constant",
                              function->name,
                              scanner_shown(&compiler->scanner, part_span(argument)),
                              compiler_text(compiler, part_span(argument)));
    }
    part_describe(compiler, argument, words);
    if (is_area && argument->type.type != VALUE_NUMBER && argument->type.type != VALUE_ANY) {
        return scanner_refuse(&compiler->scanner, part_span(argument), NULL,
                              "'area' wants a number, but %s", words);
    }
    if (!part_may_be_quantity(argument)) {
        return scanner_refuse(&compiler->scanner, part_span(argument), NULL,
                              "'%s' wants a number, duration, size or share, but %s",
                              function->name, words);
    }
    return code_check_depth(compiler, part_span(argument));
}

/* The words of a series' code: the load, and the read with its argument. */
#define SERIES_WORDS 3u

/* A series may only be all that a function is asked about, and not every function. */
static bool check_series(struct compiler *compiler, const struct function *function, uint32_t words)
{
    if (compiler->series.length == 0 || compiler->output->out_of_memory) {
        return true;
    }
    if (words != SERIES_WORDS || function->kind == FUNCTION_CHANGE) {
        return scanner_refuse(&compiler->scanner, compiler->series, "ask 'mean' or 'p99' about the series alone",
                              "a series cannot be reckoned with");
    }
    compiler->series = (struct span){0, 0};
    return true;
}

/* Moves the argument's code to the output and registers the call. */
static bool add_aggregate(struct compiler *compiler,
                          const struct function *function,
                          struct expression_functions *call,
                          struct span name)
{
    const char *message = "this is nothing to reckon with";

    if (compiler->output->out_of_memory) {
        return true;
    }
    if (!compiler->scope->aggregate(compiler->scope->context, function->name, call, &message)) {
        return scanner_refuse(&compiler->scanner, name, NULL, "%s", message);
    }
    if (strcmp(function->name, "area") == 0) {
        *call->type = (struct expression_type){VALUE_DURATION, OBJECT_UNKNOWN};
    }
    return true;
}

/* A function of the run so far: its argument becomes a formula of its own. */
static bool parse_aggregate(struct compiler *compiler,
                            const struct function *function,
                            struct span name,
                            struct part *part)
{
    struct mark mark = code_mark(compiler);
    struct part argument;
    uint32_t number = 0;
    struct expression_functions call = {.type = &argument.type, .number = &number};

    if (compiler->scope->aggregate == NULL) {
        return scanner_refuse(&compiler->scanner, name, NULL, "'%s' stands in claims only",
                              function->name);
    }
    compiler->depth = 0;
    compiler->depth_most = 0;
    if (!compiler_nested(compiler, &argument) ||
        (function->kind == FUNCTION_CHANGE && !parse_span(compiler, &call.span))) {
        return false;
    }
    if (compiler->dead == 0 && (!check_aggregate(compiler, function, &argument) ||
                                !check_series(compiler, function, compiler->word_count - mark.word_count))) {
        return false;
    }
    compiler->depth = mark.depth;
    compiler->depth_most = mark.depth_most;
    if (compiler->dead > 0) {
        return part_set_unknown(part);
    }
    call.first_word = compiler->output->word_count;
    call.word_count = code_move_out(compiler, mark.word_count);
    if (!add_aggregate(compiler, function, &call, name)) {
        return false;
    }
    code_read(compiler, READ_AGGREGATE, number);
    part_set_type(part, argument.type.type, OBJECT_UNKNOWN);
    return true;
}

/* The arguments of a function; its opening parenthesis has been taken. */
static bool parse_arguments(struct compiler *compiler,
                            const struct function *function,
                            struct span name,
                            struct part *part)
{
    switch (function->kind) {
    case FUNCTION_EXTREME:
        return parse_extreme(compiler, function, name, part);
    case FUNCTION_PROCEDURE:
        return parse_count(compiler, (enum read)function->code, part);
    case FUNCTION_AGGREGATE:
    case FUNCTION_CHANGE:
        break;
    }
    return parse_aggregate(compiler, function, name, part);
}

static bool refuse_function(struct compiler *compiler, struct span name)
{
    struct search search = {.word = ""};
    char word[SCAN_NAME_MAX + 1];
    char hint[SEARCH_HINT_MAX];

    if (!compiler_copy_name(compiler, name, word)) {
        return false;
    }
    search.word = word;
    for (size_t i = 0; i < COUNT(functions); i++) {
        search_consider(&search, functions[i].name);
    }
    return scanner_refuse(
        &compiler->scanner, name,
        search_hint(&search, "functions are min max calls running; claims have more", hint),
        "unknown function '%s'", word);
}

/* Whether the scenario has given a function's name to something, as it may those that claims alone know. */
static bool is_declared(const struct compiler *compiler, const char *name)
{
    struct expression_head head = {.kind = HEAD_UNKNOWN};

    compiler->scope->resolve(compiler->scope->context, name, &head);
    return head.kind != HEAD_UNKNOWN;
}

/* A word: a function if a parenthesis follows, otherwise a path. */
static bool parse_word(struct compiler *compiler, struct part *part)
{
    struct span name = compiler_span(compiler);
    const char *behind = compiler_text(compiler, name) + name.length;
    const struct function *function = NULL;
    char hint[48];

    for (size_t i = 0; i < COUNT(functions) && function == NULL; i++) {
        function = compiler_is_word(compiler, name, functions[i].name) ? &functions[i] : NULL;
    }
    behind += strspn(behind, " \t\r\n");
    if (*behind != '(' && (function == NULL || is_declared(compiler, function->name))) {
        return path_parse(compiler, part);
    }
    if (function == NULL) {
        return refuse_function(compiler, name);
    }
    if (*behind != '(') {
        snprintf(hint, sizeof hint, "write '%s'", function->form);
        return scanner_refuse(&compiler->scanner, name, hint, "'%s' is a function", function->name);
    }
    if (!compiler_advance(compiler) || !compiler_advance(compiler) ||
        !parse_arguments(compiler, function, name, part) ||
        !compiler_expect(compiler, TOKEN_CLOSE, "')'")) {
        return false;
    }
    part->end = compiler->end;
    return path_parse_members(compiler, part);
}

static bool parse_literal(struct compiler *compiler, struct part *part)
{
    const struct token *token = &compiler->scanner.token;

    if (token->wants_minus) {
        return scanner_refuse_size(&compiler->scanner, token);
    }
    *part = part_constant(token->value);
    return compiler_advance(compiler);
}

static bool parse_text(struct compiler *compiler, struct part *part)
{
    struct span span = compiler_span(compiler);
    uint32_t text = compiler->scope->text(compiler->scope->context,
                                          compiler_text(compiler, span) + 1, span.length - 2);

    *part = part_constant(value_make(VALUE_TEXT, text));
    return compiler_advance(compiler);
}

static bool parse_parentheses(struct compiler *compiler, struct part *part)
{
    return compiler_advance(compiler) && compiler_nested(compiler, part) &&
           compiler_expect(compiler, TOKEN_CLOSE, "')'");
}

static bool parse_primary(struct compiler *compiler, struct part *part)
{
    size_t start = compiler_span(compiler).offset;
    bool is_parsed = false;

    *part = (struct part){.start = start};
    switch (compiler_looks_at(compiler)) {
    case TOKEN_WORD:
        is_parsed = parse_word(compiler, part);
        break;
    case TOKEN_QUOTED:
        is_parsed = path_parse(compiler, part);
        break;
    case TOKEN_LITERAL:
        is_parsed = parse_literal(compiler, part);
        break;
    case TOKEN_TEXT:
        is_parsed = parse_text(compiler, part);
        break;
    case TOKEN_OPEN:
        is_parsed = parse_parentheses(compiler, part);
        break;
    case TOKEN_END:
    case TOKEN_OPERATOR:
    case TOKEN_CLOSE:
    case TOKEN_OPEN_INDEX:
    case TOKEN_CLOSE_INDEX:
    case TOKEN_DOT:
    case TOKEN_COMMA:
        return compiler_refuse_token(compiler, "a value");
    }
    part->start = start;
    part->end = compiler->end;
    return is_parsed;
}

static bool parse_unary(struct compiler *compiler, struct part *part);

/* Applies - or not to an operand of the right type. */
static bool apply_unary(struct compiler *compiler,
                        enum formula_operation operation,
                        struct span sign,
                        struct part *part)
{
    struct joint joint = {operation, sign, code_mark(compiler)};

    part->start = sign.offset;
    if (part->is_constant) {
        return joint_fold(compiler, &joint, part, value_null());
    }
    code_emit(compiler, (uint32_t)operation);
    return true;
}

/* What stands behind a minus. */
static bool parse_negative(struct compiler *compiler, struct span sign, struct part *part)
{
    const struct token *token = &compiler->scanner.token;
    char words[DESCRIPTION_MAX];

    if (token->wants_minus) {
        *part = part_constant(token->value);
        part->start = sign.offset;
        part->end = token->span.offset + token->span.length;
        return compiler_advance(compiler);
    }
    if (!enter(compiler) || !leave(compiler, parse_unary(compiler, part))) {
        return false;
    }
    if (!part_may_be_quantity(part)) {
        part_describe(compiler, part, words);
        return compiler->dead > 0
                   ? part_set_unknown(part)
                   : scanner_refuse(&compiler->scanner, sign, NULL,
                                    "'-' wants a number, duration, size or share, but %s", words);
    }
    return apply_unary(compiler, FORMULA_NEGATE, sign, part);
}

static bool parse_unary(struct compiler *compiler, struct part *part)
{
    struct span sign = compiler_span(compiler);

    if (!compiler_is_operator(compiler, FORMULA_SUBTRACT)) {
        return parse_primary(compiler, part);
    }
    return compiler_advance(compiler) && parse_negative(compiler, sign, part);
}

/* Takes the operator that is looked at and what stands on its right, and applies it. */
static bool join(struct compiler *compiler, parser *parse_side, struct part *left)
{
    struct joint joint = {compiler->scanner.token.operation, compiler_span(compiler),
                          code_mark(compiler)};
    struct part right;

    code_put(compiler, left);
    return compiler_advance(compiler) && parse_side(compiler, &right) &&
           joint_combine(compiler, &joint, left, &right);
}

static bool parse_product(struct compiler *compiler, struct part *part)
{
    bool is_parsed = parse_unary(compiler, part);

    while (is_parsed && (compiler_is_operator(compiler, FORMULA_MULTIPLY) ||
                         compiler_is_operator(compiler, FORMULA_DIVIDE) ||
                         compiler_is_operator(compiler, FORMULA_MODULO))) {
        is_parsed = join(compiler, parse_unary, part);
    }
    return is_parsed;
}

static bool parse_sum(struct compiler *compiler, struct part *part)
{
    bool is_parsed = parse_product(compiler, part);

    while (is_parsed && (compiler_is_operator(compiler, FORMULA_ADD) ||
                         compiler_is_operator(compiler, FORMULA_SUBTRACT))) {
        is_parsed = join(compiler, parse_product, part);
    }
    return is_parsed;
}

static bool is_comparison(const struct compiler *compiler)
{
    return compiler_looks_at(compiler) == TOKEN_OPERATOR &&
           compiler->scanner.token.operation >= FORMULA_EQUAL &&
           compiler->scanner.token.operation <= FORMULA_GREATER_EQUAL;
}

static bool parse_compare(struct compiler *compiler, struct part *part)
{
    if (!parse_sum(compiler, part)) {
        return false;
    }
    if (!is_comparison(compiler)) {
        return true;
    }
    if (!join(compiler, parse_sum, part)) {
        return false;
    }
    if (is_comparison(compiler)) {
        struct span sign = compiler_span(compiler);
        return scanner_refuse(&compiler->scanner, sign, "join two comparisons with 'and'",
                              "'%.*s' cannot follow a comparison", (int)sign.length,
                              compiler_text(compiler, sign));
    }
    return true;
}

/* Looks at a side of and, or, not. */
static bool want_boolean(struct compiler *compiler, struct span sign, struct part *part)
{
    char words[DESCRIPTION_MAX];

    if (part->type.type == VALUE_BOOLEAN || part->type.type == VALUE_ANY) {
        return true;
    }
    if (compiler->dead > 0) {
        return part_set_unknown(part);
    }
    part_describe(compiler, part, words);
    return scanner_refuse(&compiler->scanner, sign, NULL, "'%.*s' wants booleans, but %s",
                          (int)sign.length, compiler_text(compiler, sign), words);
}

static bool parse_not(struct compiler *compiler, struct part *part)
{
    struct span sign = compiler_span(compiler);

    if (!compiler_is_operator(compiler, FORMULA_NOT)) {
        return parse_compare(compiler, part);
    }
    if (!compiler_advance(compiler) || !enter(compiler) ||
        !leave(compiler, parse_not(compiler, part)) || !want_boolean(compiler, sign, part)) {
        return false;
    }
    if (!part->is_constant) {
        part_set_type(part, VALUE_BOOLEAN, OBJECT_UNKNOWN);
    }
    return apply_unary(compiler, FORMULA_NOT, sign, part);
}

static bool
parse_logic(struct compiler *compiler, enum formula_operation operation, struct part *part);

static bool
parse_logic_side(struct compiler *compiler, enum formula_operation operation, struct part *part)
{
    return operation == FORMULA_OR ? parse_logic(compiler, FORMULA_AND, part)
                                   : parse_not(compiler, part);
}

/* Lets a run see to it that the side on top is a boolean. */
static void check_boolean(struct compiler *compiler, struct part *part)
{
    if (part->type.type == VALUE_ANY) {
        code_emit(compiler, FORMULA_NOT);
        code_emit(compiler, FORMULA_NOT);
    }
    part_set_type(part, VALUE_BOOLEAN, OBJECT_UNKNOWN);
}

/* and or or behind a constant: it decides, and the right side is dead, or the right side is the
 * result. */
static bool join_constant(struct compiler *compiler,
                          enum formula_operation operation,
                          struct span sign,
                          struct part *left)
{
    bool is_decided = (left->constant.bits != 0) == (operation == FORMULA_OR);
    struct part right;
    bool is_right;

    compiler->dead += is_decided;
    is_right = compiler_advance(compiler) && parse_logic_side(compiler, operation, &right) &&
               want_boolean(compiler, sign, &right);
    compiler->dead -= is_decided;
    if (!is_right) {
        return false;
    }
    if (!is_decided) {
        right.start = left->start;
        *left = right;
        if (!left->is_constant) {
            check_boolean(compiler, left);
        }
    }
    left->end = right.end;
    return true;
}

/* One and or or. The skips of a chain are linked by number + 1 until the chain's end is known. */
static bool join_logic(struct compiler *compiler,
                       enum formula_operation operation,
                       uint32_t *skips,
                       struct part *left)
{
    struct span sign = compiler_span(compiler);
    struct part right;

    if (!want_boolean(compiler, sign, left)) {
        return false;
    }
    if (left->is_constant) {
        return join_constant(compiler, operation, sign, left);
    }
    code_emit(compiler, (uint32_t)operation | *skips << 8);
    code_pop(compiler);
    *skips = compiler->dead > 0 ? 0 : compiler->word_count;
    if (!compiler_advance(compiler) || !parse_logic_side(compiler, operation, &right) ||
        !want_boolean(compiler, sign, &right)) {
        return false;
    }
    code_put(compiler, &right);
    check_boolean(compiler, &right);
    part_set_type(left, VALUE_BOOLEAN, OBJECT_UNKNOWN);
    left->end = right.end;
    return true;
}

/* A chain of and or of or: whatever decides it skips all that is left. */
static bool
parse_logic(struct compiler *compiler, enum formula_operation operation, struct part *part)
{
    uint32_t skips = 0;

    if (!parse_logic_side(compiler, operation, part)) {
        return false;
    }
    while (compiler_is_operator(compiler, operation)) {
        if (!join_logic(compiler, operation, &skips, part)) {
            return false;
        }
    }
    while (skips != 0 && !compiler->output->out_of_memory) {
        uint32_t *word = &compiler->word[skips - 1];
        uint32_t before = *word >> 8;
        *word = (uint32_t)operation | (compiler->word_count - skips) << 8;
        skips = before;
    }
    return true;
}

static bool parse_or(struct compiler *compiler, struct part *part)
{
    return parse_logic(compiler, FORMULA_OR, part);
}

/* The whole text. */
static bool parse_all(struct compiler *compiler, struct part *part)
{
    struct span all = {0, strlen(compiler->scanner.text)};

    if (all.length > TEXT_MAX) {
        return scanner_refuse(&compiler->scanner, all, NULL, "an expression has at most %u bytes",
                              TEXT_MAX);
    }
    if (!scanner_next(&compiler->scanner) || !parse_or(compiler, part)) {
        return false;
    }
    if (compiler_looks_at(compiler) == TOKEN_CLOSE) {
        return scanner_refuse(&compiler->scanner, compiler_span(compiler), NULL, "')' has no '('");
    }
    if (compiler_looks_at(compiler) != TOKEN_END) {
        return compiler_refuse_token(compiler, "an operator");
    }
    if (compiler->series.length > 0) {
        return scanner_refuse(&compiler->scanner, compiler->series, "claims ask about it: mean(x.latency), p99(x.latency)",
                              "'%.*s' is a series, which has no value of its own",
                              scanner_shown(&compiler->scanner, compiler->series),
                              compiler_text(compiler, compiler->series));
    }
    return code_check_depth(compiler, all);
}

bool expression_compile(const char *text,
                        const struct expression_scope *scope,
                        struct expression_output *output,
                        struct expression *result,
                        struct expression_error *error)
{
    struct compiler compiler = {.scope = scope, .output = output};
    uint32_t first_word = output->word_count;
    uint32_t first_constant = output->constant_count;
    struct part whole;
    bool is_right;

    *error = (struct expression_error){0};
    scanner_init(&compiler.scanner, text, error);
    is_right = parse_all(&compiler, &whole);
    if (is_right) {
        *result = (struct expression){.first = output->word_count,
                                      .is_constant = whole.is_constant,
                                      .constant = whole.is_constant ? whole.constant : value_null(),
                                      .type = whole.type};
        result->count = code_move_out(&compiler, 0);
    }
    if (is_right && output->out_of_memory) {
        is_right = scanner_refuse(&compiler.scanner, (struct span){0, 0}, NULL, "out of memory");
    }
    if (!is_right) {
        output->word_count = first_word;
        output->constant_count = first_constant;
    }
    free(compiler.word);
    return is_right;
}

uint32_t expression_add_index(struct expression_output *output)
{
    struct compiler compiler = {.output = output};
    uint32_t first = output->word_count;

    code_read(&compiler, READ_INDEX, 0);
    (void)code_move_out(&compiler, 0);
    free(compiler.word);
    return first;
}

bool expression_literal(const char *text, struct value *value)
{
    struct expression_error error;
    struct scanner scanner;
    bool is_negative = text[0] == '-';
    const struct token *token = &scanner.token;

    scanner_init(&scanner, text + is_negative, &error);
    if (!scanner_next(&scanner) || token->kind != TOKEN_LITERAL || token->span.offset != 0 ||
        text[is_negative + token->span.length] != '\0') {
        return false;
    }
    if (token->wants_minus || !is_negative) {
        *value = token->value;
        return token->wants_minus == is_negative;
    }
    return formula_apply(FORMULA_NEGATE, token->value, value_null(), value) == FORMULA_OK;
}
