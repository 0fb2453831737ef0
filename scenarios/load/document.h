/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON text with positions. A strict scan of our own stands in front of cJSON: it refuses what RFC 8259
 * forbids or cJSON lets pass, and knows where everything stands. */
#ifndef SCENARIOS_LOAD_DOCUMENT_H
#define SCENARIOS_LOAD_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/load/diagnostic.h"

struct document;

/* A value, numbered in the order of the file; the root is 0. */
typedef uint32_t node_id;

#define NODE_NONE UINT32_MAX

enum node_kind {
    NODE_NULL,
    NODE_BOOLEAN,
    NODE_INTEGER,
    NODE_STRING,
    NODE_ARRAY,
    NODE_OBJECT,
};

enum document_status {
    DOCUMENT_OK,
    DOCUMENT_BAD_TEXT,
    DOCUMENT_NO_MEMORY,
};

/* The language's limits. */
#define DOCUMENT_DEPTH_MAX 64
#define DOCUMENT_STRING_MAX 65536u
#define DOCUMENT_INTEGER_MAX INT64_C(9007199254740992)

/* Reads a text; `bytes` is borrowed for the document's whole life. Mistakes of class text are added; with
 * any there is no document. O(length). */
enum document_status document_create(struct document **out,
                                     const char *bytes,
                                     size_t length,
                                     struct diagnostics *diagnostics);

void document_destroy(struct document *document);

uint32_t document_count(const struct document *document);

enum node_kind node_kind(const struct document *document, node_id node);
/* The unescaped key of an object's member; NULL elsewhere. */
const char *node_key(const struct document *document, node_id node);
const char *node_string(const struct document *document, node_id node);
int64_t node_integer(const struct document *document, node_id node);
bool node_boolean(const struct document *document, node_id node);

node_id node_parent(const struct document *document, node_id node);
/* NODE_NONE when there is none. */
node_id node_first(const struct document *document, node_id node);
node_id node_next(const struct document *document, node_id node);
/* How many children. */
uint32_t node_length(const struct document *document, node_id node);
/* The member with this key; NODE_NONE when there is none. O(members). */
node_id node_member(const struct document *document, node_id object, const char *key);

/* Where the value, and the key, stand: first byte and length, quotes included. */
uint32_t node_offset(const struct document *document, node_id node);
uint32_t node_span(const struct document *document, node_id node);
uint32_t node_key_offset(const struct document *document, node_id node);
uint32_t node_key_span(const struct document *document, node_id node);

/* Writes the JSON pointer (RFC 6901) with a NUL, cut to `room`; the length needed without it. */
size_t node_pointer(const struct document *document, node_id node, char *buffer, size_t room);

/* Which of the objects that may stand at its place it is, as the check of form has found: a number of the caller's, or 0.
 * Later passes ask for it instead of comparing its keys with every word once more. */
void node_note_object(struct document *document, node_id node, uint32_t object);
uint32_t node_object(const struct document *document, node_id node);

/* A mark that a check of form leaves and later passes ask for. */
void node_mark_bad(struct document *document, node_id node);
bool node_is_bad(const struct document *document, node_id node);

#endif
