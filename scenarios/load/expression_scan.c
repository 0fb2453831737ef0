/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of expressions, and what numbers with units mean.
 *
 * A decimal must come out whole in the smallest part of its unit. Its fraction is multiplied by the
 * unit's size digit by digit from the right, as on paper: what is carried out on the left is the
 * whole part, and every digit that is left behind must be 0. So no number of digits is too long to
 * be exact.
 *
 * A magnitude of 2^63 is a literal only behind a minus, which the parser knows: token.wants_minus.
 * Bytes from 0x80 on are letters, so that names may be written in any language. */
#include "scenarios/load/expression_scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/load/diagnostic.h"

/* How much of a long stretch messages show. */
#define SHOWN_MAX 40

/* The magnitude that only a negative literal can have. */
#define MAGNITUDE_MAX ((uint64_t)INT64_MAX + 1)

struct unit {
    const char *name;
    enum value_type type;
    uint64_t size;
};

static const struct unit units[] = {
    {"ns", VALUE_DURATION, 1},
    {"us", VALUE_DURATION, 1000},
    {"ms", VALUE_DURATION, 1000000},
    {"s", VALUE_DURATION, 1000000000},
    {"min", VALUE_DURATION, UINT64_C(60000000000)},
    {"h", VALUE_DURATION, UINT64_C(3600000000000)},
    {"B", VALUE_SIZE, 1},
    {"kB", VALUE_SIZE, 1000},
    {"MB", VALUE_SIZE, 1000000},
    {"GB", VALUE_SIZE, 1000000000},
    {"KiB", VALUE_SIZE, 1024},
    {"MiB", VALUE_SIZE, 1048576},
    {"GiB", VALUE_SIZE, 1073741824},
    {"%", VALUE_SHARE, 10000},
};

/* The words that stand for a value. */
static const struct {
    const char *word;
    struct value value;
} constants[] = {
    {"true", {1, VALUE_BOOLEAN, 0}},
    {"false", {0, VALUE_BOOLEAN, 0}},
    {"null", {0, VALUE_NULL, 0}},
    {"infinite", {VALUE_INFINITE, VALUE_DURATION, 0}},
};

static const struct {
    const char *sign;
    enum token_kind kind;
    enum formula_operation operation;
} signs[] = {
    /* Longer ones first. */
    {"==", TOKEN_OPERATOR, FORMULA_EQUAL},      {"!=", TOKEN_OPERATOR, FORMULA_NOT_EQUAL},
    {"<=", TOKEN_OPERATOR, FORMULA_LESS_EQUAL}, {">=", TOKEN_OPERATOR, FORMULA_GREATER_EQUAL},
    {"<", TOKEN_OPERATOR, FORMULA_LESS},        {">", TOKEN_OPERATOR, FORMULA_GREATER},
    {"+", TOKEN_OPERATOR, FORMULA_ADD},         {"-", TOKEN_OPERATOR, FORMULA_SUBTRACT},
    {"*", TOKEN_OPERATOR, FORMULA_MULTIPLY},    {"/", TOKEN_OPERATOR, FORMULA_DIVIDE},
    {"(", TOKEN_OPEN, FORMULA_CONSTANT},        {")", TOKEN_CLOSE, FORMULA_CONSTANT},
    {"[", TOKEN_OPEN_INDEX, FORMULA_CONSTANT},  {"]", TOKEN_CLOSE_INDEX, FORMULA_CONSTANT},
    {".", TOKEN_DOT, FORMULA_CONSTANT},         {",", TOKEN_COMMA, FORMULA_CONSTANT},
};

static const struct {
    const char *word;
    enum formula_operation operation;
} operators[] = {
    {"and", FORMULA_AND},
    {"or", FORMULA_OR},
    {"not", FORMULA_NOT},
    {"mod", FORMULA_MODULO},
};

/* What people write who know other languages. */
static const struct {
    const char *sign, *hint;
} foreign[] = {
    {"=", "write '==' to compare"},
    {"!", "write 'not'"},
    {"&&", "write 'and'"},
    {"||", "write 'or'"},
    {"%", "write 'mod' for a remainder, and a share without a space: '30%'"},
    {"\"", "a text stands between backquotes: `text`"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ((unsigned char)c & 0x80) != 0;
}

static bool goes_on_a_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

static bool is_same(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

int scanner_shown(const struct scanner *scanner, struct span span)
{
    const char *text = scanner->text + span.offset;
    int shown = SHOWN_MAX;

    if (span.length <= SHOWN_MAX) {
        return (int)span.length;
    }
    while (shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80) {
        shown--;
    }
    return shown;
}

bool scanner_refuse(
    struct scanner *scanner, struct span span, const char *hint, const char *format, ...)
{
    struct expression_error *error = scanner->error;
    va_list arguments;

    error->offset = span.offset;
    error->length = span.length;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    snprintf(error->hint, sizeof error->hint, "%s", hint == NULL ? "" : hint);
    return false;
}

bool scanner_refuse_size(struct scanner *scanner, const struct token *literal)
{
    static const char *const limits[] = {
        [VALUE_NUMBER] = "a number is below 2^63",
        [VALUE_DURATION] = "a duration is below 2^63 - 1 nanoseconds",
        [VALUE_SIZE] = "a size is below 2^63 bytes",
        [VALUE_SHARE] = "a share is below 2^63 millionths",
    };

    return scanner_refuse(scanner, literal->span, limits[literal->value.type],
                          "'%.*s' is too large", scanner_shown(scanner, literal->span),
                          scanner->text + literal->span.offset);
}

/* The span from the token's beginning to `end`. */
static struct span span_to(const struct token *token, size_t end)
{
    return (struct span){token->span.offset, end - token->span.offset};
}

static bool is_word_a_unit(const char *text, size_t length)
{
    for (size_t i = 0; i < COUNT(units); i++) {
        if (is_same(text, length, units[i].name)) {
            return true;
        }
    }
    return false;
}

static bool refuse_unit(struct scanner *scanner, struct span span)
{
    const char *candidates[COUNT(units)];
    const char *nearest = NULL;
    char unit[8];
    char hint[80] = "units are ns us ms s min h, B kB MB GB KiB MiB GiB and %";
    const char *text = scanner->text + span.offset;

    for (size_t i = 0; i < COUNT(units); i++) {
        candidates[i] = units[i].name;
    }
    if (span.length < sizeof unit) {
        memcpy(unit, text, span.length);
        unit[span.length] = '\0';
        nearest = suggest_nearest(unit, candidates, COUNT(units));
    }
    if (is_same(text, span.length, "\xc2\xb5s") || is_same(text, span.length, "\xce\xbcs")) {
        nearest = "us";
    }
    if (nearest != NULL) {
        snprintf(hint, sizeof hint, "did you mean '%s'?", nearest);
    }
    return scanner_refuse(scanner, span, hint, "unknown unit '%.*s'", scanner_shown(scanner, span),
                          text);
}

/* Goes past digits. */
static size_t skip_digits(const char *text, size_t at)
{
    while (is_digit(text[at])) {
        at++;
    }
    return at;
}

/* The whole part of 0.digits times `size`; false when a part is left over. */
static bool multiply_fraction(const char *digits, size_t count, uint64_t size, uint64_t *whole)
{
    uint64_t carried = 0;
    bool is_whole = true;

    while (count > 0) {
        carried += (uint64_t)(digits[--count] - '0') * size;
        is_whole = is_whole && carried % 10 == 0;
        carried /= 10;
    }
    *whole = carried;
    return is_whole;
}

/* The magnitude of digits times `size` and a fraction's part; false when it is above MAGNITUDE_MAX.
 */
static bool
multiply_digits(const char *text, size_t count, const struct unit *unit, uint64_t *magnitude)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (sum > (MAGNITUDE_MAX - digit) / 10) {
            return false;
        }
        sum = sum * 10 + digit;
    }
    if (sum > MAGNITUDE_MAX / unit->size || *magnitude > MAGNITUDE_MAX - sum * unit->size) {
        return false;
    }
    *magnitude += sum * unit->size;
    return true;
}

static bool refuse_parts(struct scanner *scanner, const struct token *token)
{
    static const char *const parts[][2] = {
        [VALUE_DURATION] = {"nanoseconds", "the smallest duration is 1ns"},
        [VALUE_SIZE] = {"bytes", "the smallest size is 1B"},
        [VALUE_SHARE] = {"millionths", "the smallest share is 0.0001%"},
    };
    const char *const *part = parts[token->value.type];

    return scanner_refuse(scanner, token->span, part[1], "'%.*s' is no whole number of %s",
                          scanner_shown(scanner, token->span), scanner->text + token->span.offset,
                          part[0]);
}

/* 0x and hexadecimal digits: a bit pattern of up to 64 bits. */
static bool scan_hexadecimal(struct scanner *scanner, struct token *token)
{
    const char *text = scanner->text;
    size_t start = token->span.offset + 2;
    size_t end = start;
    uint64_t bits = 0;
    bool is_pattern = true;
    bool fits = true;

    for (; goes_on_a_word(text[end]); end++) {
        char small = (char)(text[end] | 0x20);
        bool is_alpha = small >= 'a' && small <= 'f';
        is_pattern = is_pattern && (is_alpha || is_digit(text[end]));
        fits = fits && bits >> 60 == 0;
        bits = bits << 4 | (uint64_t)(is_alpha ? small - 'a' + 10 : text[end] & 0xf);
    }
    token->span = span_to(token, end);
    token->value = value_make(VALUE_NUMBER, bits);
    if (start == end) {
        return scanner_refuse(scanner, token->span, NULL,
                              "hexadecimal digits are wanted behind '0x'");
    }
    if (!is_pattern) {
        return scanner_refuse(scanner, token->span, NULL, "'%.*s' is no hexadecimal number",
                              scanner_shown(scanner, token->span), text + token->span.offset);
    }
    if (!fits) {
        return scanner_refuse(scanner, token->span, NULL, "'%.*s' has more than 64 bits",
                              scanner_shown(scanner, token->span), text + token->span.offset);
    }
    return true;
}

/* The unit that stands at the end of the token so far, which it takes in; NULL after an unknown
 * one. */
static const struct unit *scan_unit(struct scanner *scanner, struct token *token)
{
    static const struct unit none = {"", VALUE_NUMBER, 1};
    const char *text = scanner->text;
    size_t start = token->span.offset + token->span.length;
    size_t end = start;

    if (text[end] == '%') {
        end++;
    } else {
        while (goes_on_a_word(text[end])) {
            end++;
        }
    }
    token->span = span_to(token, end);
    if (start == end) {
        return &none;
    }
    for (size_t i = 0; i < COUNT(units); i++) {
        if (is_same(text + start, end - start, units[i].name)) {
            return &units[i];
        }
    }
    (void)refuse_unit(scanner, (struct span){start, end - start});
    return NULL;
}

/* Digits, a fraction, a unit. */
static bool scan_decimal(struct scanner *scanner, struct token *token)
{
    const char *text = scanner->text;
    const char *digits = text + token->span.offset;
    size_t end = skip_digits(text, token->span.offset);
    size_t count = end - token->span.offset;
    size_t fraction = 0;
    uint64_t magnitude = 0;
    const struct unit *unit;

    if (text[end] == '.') {
        fraction = skip_digits(text, end + 1) - end - 1;
        end += 1 + fraction;
        if (fraction == 0) {
            return scanner_refuse(scanner, span_to(token, end), NULL,
                                  "digits are wanted behind '%.*s'",
                                  scanner_shown(scanner, span_to(token, end)), digits);
        }
    }
    token->span = span_to(token, end);
    unit = scan_unit(scanner, token);
    if (unit == NULL) {
        return false;
    }
    token->has_no_unit = unit->type == VALUE_NUMBER;
    token->value = value_make(unit->type, 0);
    if (fraction > 0 && token->has_no_unit) {
        return scanner_refuse(scanner, token->span,
                              "numbers are whole; durations, sizes and shares have a unit: '1.5ms'",
                              "'%.*s' is a fraction without a unit",
                              scanner_shown(scanner, token->span), digits);
    }
    if (fraction > 0 && !multiply_fraction(digits + count + 1, fraction, unit->size, &magnitude)) {
        return refuse_parts(scanner, token);
    }
    if (!multiply_digits(digits, count, unit, &magnitude) ||
        (unit->type == VALUE_DURATION && magnitude == VALUE_INFINITE)) {
        return scanner_refuse_size(scanner, token);
    }
    token->wants_minus = magnitude == MAGNITUDE_MAX;
    token->value.bits = magnitude;
    return true;
}

static bool scan_number(struct scanner *scanner, struct token *token)
{
    const char *text = scanner->text + token->span.offset;

    token->kind = TOKEN_LITERAL;
    return text[0] == '0' && text[1] == 'x' ? scan_hexadecimal(scanner, token)
                                            : scan_decimal(scanner, token);
}

/* A name or a text, with its quotes. */
static bool scan_quoted(struct scanner *scanner, struct token *token)
{
    const char *start = scanner->text + token->span.offset;
    const char *what = *start == '`' ? "text" : "name";
    const char *end = strchr(start + 1, *start);

    token->kind = *start == '`' ? TOKEN_TEXT : TOKEN_QUOTED;
    if (end == NULL) {
        return scanner_refuse(scanner, (struct span){token->span.offset, strlen(start)}, NULL,
                              "this %s has no closing %c", what, *start);
    }
    token->span.length = (size_t)(end - start) + 1;
    if (end == start + 1) {
        return scanner_refuse(scanner, token->span, NULL, "this %s is empty", what);
    }
    return true;
}

static bool scan_word(struct scanner *scanner, struct token *token)
{
    const struct token *before = &scanner->token;
    const char *text = scanner->text + token->span.offset;
    size_t length = 0;

    while (goes_on_a_word(text[length])) {
        length++;
    }
    token->kind = TOKEN_WORD;
    token->span.length = length;
    for (size_t i = 0; i < COUNT(constants); i++) {
        if (is_same(text, length, constants[i].word)) {
            token->kind = TOKEN_LITERAL;
            token->value = constants[i].value;
        }
    }
    for (size_t i = 0; i < COUNT(operators); i++) {
        if (is_same(text, length, operators[i].word)) {
            token->kind = TOKEN_OPERATOR;
            token->operation = operators[i].operation;
        }
    }
    if (before->kind == TOKEN_LITERAL && before->has_no_unit && is_word_a_unit(text, length)) {
        char hint[80];
        snprintf(hint, sizeof hint, "write '%.*s%.*s'", scanner_shown(scanner, before->span),
                 scanner->text + before->span.offset, (int)length, text);
        return scanner_refuse(scanner, span_to(before, token->span.offset + length), hint,
                              "a unit stands right behind its number");
    }
    return true;
}

static bool scan_sign(struct scanner *scanner, struct token *token)
{
    const char *text = scanner->text + token->span.offset;
    const char *hint = NULL;

    token->span.length = 1;
    for (size_t i = 0; i < COUNT(signs); i++) {
        size_t length = strlen(signs[i].sign);
        if (strncmp(text, signs[i].sign, length) == 0) {
            token->kind = signs[i].kind;
            token->operation = signs[i].operation;
            token->span.length = length;
            return true;
        }
    }
    for (size_t i = 0; i < COUNT(foreign); i++) {
        size_t length = strlen(foreign[i].sign);
        if (strncmp(text, foreign[i].sign, length) == 0) {
            token->span.length = length;
            hint = foreign[i].hint;
            break;
        }
    }
    return scanner_refuse(scanner, token->span, hint, "'%.*s' has no meaning here",
                          (int)token->span.length, text);
}

void scanner_init(struct scanner *scanner, const char *text, struct expression_error *error)
{
    *scanner = (struct scanner){.text = text, .error = error};
}

bool scanner_next(struct scanner *scanner)
{
    const char *text = scanner->text;
    struct token token = {.kind = TOKEN_END};
    size_t at = scanner->token.span.offset + scanner->token.span.length;
    bool is_read = true;

    while (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r') {
        at++;
    }
    token.span.offset = at;
    if (is_digit(text[at])) {
        is_read = scan_number(scanner, &token);
    } else if (text[at] == '\'' || text[at] == '`') {
        is_read = scan_quoted(scanner, &token);
    } else if (is_letter(text[at])) {
        is_read = scan_word(scanner, &token);
    } else if (text[at] != '\0') {
        is_read = scan_sign(scanner, &token);
    }
    scanner->token = token;
    return is_read;
}
