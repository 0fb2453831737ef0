/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions as tokens: words, quoted names, texts, literals with their units, operators. */
#ifndef SCENARIOS_LOAD_EXPRESSION_SCAN_H
#define SCENARIOS_LOAD_EXPRESSION_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/load/expression.h"

/* The longest name, in bytes. */
#define SCAN_NAME_MAX 100

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_QUOTED,   /* 'a name', quotes included */
    TOKEN_TEXT,     /* `a text`, quotes included */
    TOKEN_LITERAL,  /* `value` */
    TOKEN_OPERATOR, /* `operation`; FORMULA_SUBTRACT for either minus */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_INDEX,
    TOKEN_CLOSE_INDEX,
    TOKEN_DOT,
    TOKEN_COMMA,
};

/* A stretch of the text. */
struct span {
    size_t offset, length;
};

struct token {
    enum token_kind kind;
    enum formula_operation operation;
    struct value value;
    struct span span;
    bool has_no_unit; /* a literal of plain digits */
    bool wants_minus; /* its magnitude is 2^63: `value` is the negative */
};

struct scanner {
    const char *text;
    struct token token; /* that is looked at */
    struct expression_error *error;
};

/* Starts before the first token: scanner_next makes it the one that is looked at. */
void scanner_init(struct scanner *scanner, const char *text, struct expression_error *error);

/* Goes to the next token; false with the error filled in when the text cannot be read. */
bool scanner_next(struct scanner *scanner);

/* Fills in the error; `hint` may be NULL. Always false. */
__attribute__((format(printf, 4, 5))) bool scanner_refuse(
    struct scanner *scanner, struct span span, const char *hint, const char *format, ...);

/* Refuses a literal that does not fit in 64 bits. Always false. */
bool scanner_refuse_size(struct scanner *scanner, const struct token *literal);

/* How many bytes of a stretch a message shows: whole characters. */
int scanner_shown(const struct scanner *scanner, struct span span);

#endif
