/* SPDX-License-Identifier: Apache-2.0 */
/* The strict scan, and the table of nodes.
 *
 * The scan goes once over the bytes. It goes on after a mistake that leaves the structure clear (a bad byte
 * in a string, a number with a fraction) and stops at one that does not. Its table of nodes, in the order
 * of the file, is then walked in step with cJSON's tree, which supplies unescaped strings; nobody else
 * walks cJSON's lists. */
#include "scenarios/load/document.h"

#include <cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
    const cJSON *json;
    uint32_t offset, span;
    uint32_t key_offset, key_span; /* 0: no key */
    node_id parent, next;
    uint32_t length; /* children */
    uint32_t index;  /* which child of its parent it is */
    uint16_t object;
    uint8_t kind;
    bool is_bad;
};

struct document {
    const char *bytes;
    cJSON *json;
    struct node *node;
    uint32_t count, room;
};

/* The scan's own state. */
struct scan {
    struct document *document;
    struct diagnostics *diagnostics;
    const char *bytes;
    size_t length, at;
    uint32_t depth;
    bool stopped;
    bool out_of_memory;
};

__attribute__((format(printf, 5, 6))) static void
mistake(struct scan *scan, size_t offset, size_t length, const char *hint, const char *format, ...)
{
    struct diagnostic_place place = {DIAGNOSTIC_TEXT, (uint32_t)offset, (uint32_t)length, ""};
    char message[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    diagnostics_add(scan->diagnostics, &place, hint, "%s", message);
}

/* A mistake behind which the structure is not clear. */
static void stop(struct scan *scan, size_t offset, const char *hint, const char *message)
{
    if (!scan->stopped) {
        mistake(scan, offset, 1, hint, "%s", message);
    }
    scan->stopped = true;
}

static void skip_space(struct scan *scan)
{
    size_t at = scan->at;

    while (at < scan->length && (scan->bytes[at] == ' ' || scan->bytes[at] == '\t' || scan->bytes[at] == '\r' ||
                                 scan->bytes[at] == '\n')) {
        at++;
    }
    scan->at = at;
}

static int peek(const struct scan *scan)
{
    return scan->at < scan->length ? (unsigned char)scan->bytes[scan->at] : -1;
}

/* A new node; NODE_NONE when memory is out. */
static node_id add_node(struct scan *scan, node_id parent, enum node_kind kind)
{
    struct document *document = scan->document;

    if (document->count == document->room) {
        uint32_t room = document->room == 0 ? 256 : document->room * 2;
        struct node *grown = realloc(document->node, room * sizeof *grown);
        if (grown == NULL) {
            scan->out_of_memory = true;
            scan->stopped = true;
            return NODE_NONE;
        }
        document->node = grown;
        document->room = room;
    }
    document->node[document->count] = (struct node){
        .offset = (uint32_t)scan->at, .parent = parent, .next = NODE_NONE, .kind = (uint8_t)kind};
    return document->count++;
}

/* The length of a well-formed UTF-8 character; 0 when it is none. */
static size_t utf8_length(const unsigned char *text, size_t left)
{
    unsigned char first = text[0];
    size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

    if (length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    if ((first == 0xe0 && text[1] < 0xa0) || (first == 0xed && text[1] > 0x9f) ||
        (first == 0xf0 && text[1] < 0x90) || (first == 0xf4 && text[1] > 0x8f)) {
        return 0;
    }
    return length;
}

/* Four hexadecimal digits; -1 when they are none. */
static int hex4(const struct scan *scan, size_t at)
{
    int sum = 0;

    if (at + 4 > scan->length) {
        return -1;
    }
    for (size_t i = 0; i < 4; i++) {
        char c = scan->bytes[at + i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        sum = sum * 16 + digit;
    }
    return sum;
}

/* \uXXXX, or a pair of them. */
static void scan_unicode_escape(struct scan *scan)
{
    size_t start = scan->at;
    int unit = hex4(scan, start + 2);

    scan->at += 2;
    if (unit < 0) {
        mistake(scan, start, 2, "four hexadecimal digits follow \\u", "bad escape in a string");
        return;
    }
    scan->at += 4;
    if (unit == 0) {
        mistake(scan, start, 6, NULL, "a string cannot hold \\u0000");
    } else if (unit >= 0xd800 && unit < 0xdc00) {
        int low = scan->at + 1 < scan->length && scan->bytes[scan->at] == '\\' &&
                          scan->bytes[scan->at + 1] == 'u'
                      ? hex4(scan, scan->at + 2)
                      : -1;
        if (low >= 0xdc00 && low < 0xe000) {
            scan->at += 6;
            return;
        }
        mistake(scan, start, 6, NULL, "half of a surrogate pair in a string");
    } else if (unit >= 0xdc00 && unit < 0xe000) {
        mistake(scan, start, 6, NULL, "half of a surrogate pair in a string");
    }
}

static void scan_escape(struct scan *scan)
{
    int next = scan->at + 1 < scan->length ? scan->bytes[scan->at + 1] : 0;

    if (next == 'u') {
        scan_unicode_escape(scan);
        return;
    }
    if (next == 0 || strchr("\"\\/bfnrt", next) == NULL) {
        mistake(scan, scan->at, 2, "a backslash is written \\\\", "bad escape in a string");
    }
    scan->at += 2;
}

/* A string, whose opening quote is next. Its length in bytes, quotes included. */
static uint32_t scan_string(struct scan *scan)
{
    size_t start = scan->at++;
    bool reported = false;

    while (scan->at < scan->length && scan->bytes[scan->at] != '"') {
        unsigned char byte = (unsigned char)scan->bytes[scan->at];
        size_t length;
        if (byte >= 0x20 && byte < 0x80 && byte != '\\') {
            scan->at++;
            continue;
        }
        if (byte == '\n') {
            break;
        }
        if (byte == '\\') {
            scan_escape(scan);
            continue;
        }
        length = utf8_length((const unsigned char *)scan->bytes + scan->at, scan->length - scan->at);
        if (length == 0 && !reported) {
            mistake(scan, scan->at, 1, "scenarios are UTF-8", "this is not UTF-8");
            reported = true;
        } else if (byte < 0x20) {
            mistake(scan, scan->at, 1, "write it as an escape, such as \\t",
                    "control character %u in a string", (unsigned)byte);
        }
        scan->at += length == 0 ? 1 : length;
    }
    if (scan->at >= scan->length || scan->bytes[scan->at] != '"') {
        scan->at = start;
        stop(scan, start, "it ends with a \" on the same line", "this string does not end");
        return 0;
    }
    scan->at++;
    if (scan->at - start > DOCUMENT_STRING_MAX + 2) {
        mistake(scan, start, 1, NULL, "this string has more than 65536 bytes");
    }
    return (uint32_t)(scan->at - start);
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* A number, of which this language takes whole ones up to 2^53. */
static void scan_number(struct scan *scan)
{
    size_t start = scan->at;
    size_t digits;
    uint64_t size = 0;
    bool large = false;

    scan->at += peek(scan) == '-';
    digits = scan->at;
    while (is_digit(peek(scan))) {
        size = size * 10 + (uint64_t)(peek(scan) - '0');
        large = large || size > (uint64_t)DOCUMENT_INTEGER_MAX;
        size = large ? 0 : size;
        scan->at++;
    }
    if (scan->at == digits) {
        stop(scan, start, NULL, "digits are wanted behind '-'");
        return;
    }
    if (scan->at - digits > 1 && scan->bytes[digits] == '0') {
        mistake(scan, start, scan->at - start, NULL, "a number does not begin with 0");
    }
    if (peek(scan) == '.' || peek(scan) == 'e' || peek(scan) == 'E') {
        while (is_digit(peek(scan)) || (peek(scan) > 0 && strchr(".eE+-", peek(scan)) != NULL)) {
            scan->at++;
        }
        mistake(scan, start, scan->at - start,
                "there are no fractions; write a string with a unit, such as \"1500us\"",
                "'%.*s' is no whole number", (int)(scan->at - start < 40 ? scan->at - start : 40),
                scan->bytes + start);
    } else if (large) {
        mistake(scan, start, scan->at - start, "write it as a string",
                "this number is above 2^53 in size");
    }
}

static void scan_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);

    if (scan->length - scan->at < length || memcmp(scan->bytes + scan->at, word, length) != 0) {
        stop(scan, scan->at, "known words are true, false and null", "this is no JSON value");
        return;
    }
    scan->at += length;
}

static void scan_value(struct scan *scan, node_id parent, node_id *made);

/* What stands between two elements, or ends them; false at the end. */
static bool scan_separator(struct scan *scan, size_t opened, char end)
{
    int next;
    size_t comma = scan->at;

    skip_space(scan);
    next = peek(scan);
    if (next == end) {
        scan->at++;
        return false;
    }
    if (next != ',') {
        if (next < 0) {
            stop(scan, opened, NULL, end == '}' ? "this '{' is not closed" : "this '[' is not closed");
        } else {
            stop(scan, scan->at, NULL,
                 end == '}' ? "',' or '}' is wanted here" : "',' or ']' is wanted here");
        }
        return false;
    }
    comma = scan->at++;
    skip_space(scan);
    if (peek(scan) == end) {
        mistake(scan, comma, 1, "the last element has no comma behind it", "a comma too many");
        scan->at++;
        return false;
    }
    return true;
}

/* The key of a member and the colon behind it. */
static void scan_key(struct scan *scan, uint32_t *offset, uint32_t *span)
{
    skip_space(scan);
    *offset = (uint32_t)scan->at;
    if (peek(scan) != '"') {
        stop(scan, scan->at, peek(scan) == '/' ? "a comment is a member with the key \"//\"" : NULL,
             "a key in double quotes is wanted here");
        return;
    }
    *span = scan_string(scan);
    skip_space(scan);
    if (!scan->stopped && peek(scan) != ':') {
        stop(scan, scan->at, NULL, "':' is wanted behind a key");
    }
    scan->at++;
}

/* An array or object, whose opening bracket is next. */
static void scan_container(struct scan *scan, node_id self, bool is_object)
{
    size_t opened = scan->at++;
    char end = is_object ? '}' : ']';
    node_id previous = NODE_NONE;
    bool more;

    if (scan->depth == DOCUMENT_DEPTH_MAX) {
        stop(scan, opened, NULL, "nesting is deeper than 64");
        return;
    }
    scan->depth++;
    skip_space(scan);
    more = peek(scan) != end;
    scan->at += more ? 0 : 1;
    while (more && !scan->stopped) {
        uint32_t key_offset = 0;
        uint32_t key_span = 0;
        node_id child = NODE_NONE;
        if (is_object) {
            scan_key(scan, &key_offset, &key_span);
        }
        if (!scan->stopped) {
            scan_value(scan, self, &child);
        }
        if (child == NODE_NONE) {
            break;
        }
        scan->document->node[child].key_offset = key_offset;
        scan->document->node[child].key_span = key_span;
        scan->document->node[child].index = scan->document->node[self].length++;
        if (previous != NODE_NONE) {
            scan->document->node[previous].next = child;
        }
        previous = child;
        more = !scan->stopped && scan_separator(scan, opened, end);
    }
    scan->depth--;
}

static void scan_value(struct scan *scan, node_id parent, node_id *made)
{
    int next;
    node_id self;

    skip_space(scan);
    next = peek(scan);
    self = add_node(scan, parent,
                    next == '{'   ? NODE_OBJECT
                    : next == '[' ? NODE_ARRAY
                    : next == '"' ? NODE_STRING
                    : next == 'n' ? NODE_NULL
                    : next == 't' || next == 'f' ? NODE_BOOLEAN
                                                 : NODE_INTEGER);
    *made = self;
    if (self == NODE_NONE) {
        return;
    }
    if (next == '{' || next == '[') {
        scan_container(scan, self, next == '{');
    } else if (next == '"') {
        (void)scan_string(scan);
    } else if (next == '-' || is_digit(next)) {
        scan_number(scan);
    } else if (next == 't' || next == 'f' || next == 'n') {
        scan_word(scan, next == 't' ? "true" : next == 'f' ? "false" : "null");
    } else if (next < 0) {
        stop(scan, scan->at, NULL, "a value is wanted here, not the end of the file");
    } else {
        stop(scan, scan->at,
             next == '/'    ? "a comment is a member with the key \"//\""
             : next == '\'' ? "strings stand in double quotes"
             : next == '.' || next == '+' ? "a number begins with a digit or '-'"
                                          : NULL,
             "a value is wanted here");
    }
    scan->document->node[self].span = (uint32_t)(scan->at - scan->document->node[self].offset);
}

/* Walks cJSON's tree in the order of the table. False when they disagree, which would be a mistake of ours. */
static bool join(struct document *document, const cJSON *json, node_id *next)
{
    node_id self = (*next)++;
    const cJSON *child;

    if (self >= document->count) {
        return false;
    }
    document->node[self].json = json;
    cJSON_ArrayForEach(child, json)
    {
        if (!join(document, child, next)) {
            return false;
        }
    }
    return document->node[self].length == (uint32_t)cJSON_GetArraySize(json);
}

/* Keys of one object, to be sorted. */
struct key_place {
    const char *key;
    node_id node;
};

static int compare_keys(const void *left, const void *right)
{
    const struct key_place *a = left;
    const struct key_place *b = right;
    int order = strcmp(a->key, b->key);

    return order != 0 ? order : a->node < b->node ? -1 : 1;
}

static void find_duplicates(struct scan *scan, node_id object)
{
    const struct document *document = scan->document;
    uint32_t length = document->node[object].length;
    struct key_place *keys;
    uint32_t count = 0;

    if (length < 2) {
        return;
    }
    keys = malloc(length * sizeof *keys);
    if (keys == NULL) {
        scan->out_of_memory = true;
        return;
    }
    for (node_id at = object + 1; at != NODE_NONE && count < length; at = document->node[at].next) {
        keys[count++] = (struct key_place){document->node[at].json->string, at};
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    for (uint32_t i = 1; i < count; i++) {
        if (strcmp(keys[i - 1].key, keys[i].key) == 0) {
            const struct node *node = &document->node[keys[i].node];
            mistake(scan, node->key_offset, node->key_span, "a key stands once in an object",
                    "the key '%.100s' stands here for the second time", keys[i].key);
        }
    }
    free(keys);
}

/* Gives cJSON the text, which the scan found good, and joins the two. */
static void parse(struct scan *scan)
{
    struct document *document = scan->document;
    node_id next = 0;

    document->json = cJSON_ParseWithLength(scan->bytes, scan->length);
    if (document->json == NULL) {
        scan->out_of_memory = scan->diagnostics->count == 0;
        return;
    }
    if (!join(document, document->json, &next) || next != document->count) {
        mistake(scan, 0, 1, NULL, "this text is read in two ways");
        return;
    }
    for (node_id i = 0; i < document->count; i++) {
        if (document->node[i].kind == NODE_OBJECT) {
            find_duplicates(scan, i);
        }
    }
}

static void scan_document(struct scan *scan)
{
    node_id root;

    if (scan->length >= 3 && memcmp(scan->bytes, "\xef\xbb\xbf", 3) == 0) {
        mistake(scan, 0, 3, NULL, "a scenario does not begin with a byte-order mark");
        scan->at = 3;
    }
    skip_space(scan);
    if (scan->at == scan->length) {
        stop(scan, 0, "a scenario begins with {", "this file is empty");
        return;
    }
    scan_value(scan, NODE_NONE, &root);
    skip_space(scan);
    if (!scan->stopped && scan->at < scan->length) {
        stop(scan, scan->at, "a file holds one scenario", "text behind the end");
    }
    if (!scan->stopped) {
        parse(scan);
    }
}

enum document_status document_create(struct document **out,
                                     const char *bytes,
                                     size_t length,
                                     struct diagnostics *diagnostics)
{
    struct document *document = calloc(1, sizeof *document);
    struct scan scan = {
        .document = document, .diagnostics = diagnostics, .bytes = bytes, .length = length};
    size_t before = diagnostics->count + diagnostics->unstored;

    *out = NULL;
    if (document == NULL) {
        return DOCUMENT_NO_MEMORY;
    }
    document->bytes = bytes;
    if (length > UINT32_C(1) << 30) {
        mistake(&scan, 0, 1, NULL, "a scenario has at most 1 GiB");
    } else {
        scan_document(&scan);
    }
    if (scan.out_of_memory || diagnostics->out_of_memory) {
        document_destroy(document);
        return DOCUMENT_NO_MEMORY;
    }
    if (diagnostics->count + diagnostics->unstored > before) {
        document_destroy(document);
        return DOCUMENT_BAD_TEXT;
    }
    *out = document;
    return DOCUMENT_OK;
}

void document_destroy(struct document *document)
{
    if (document != NULL) {
        cJSON_Delete(document->json);
        free(document->node);
        free(document);
    }
}

uint32_t document_count(const struct document *document)
{
    return document->count;
}

enum node_kind node_kind(const struct document *document, node_id node)
{
    return (enum node_kind)document->node[node].kind;
}

const char *node_key(const struct document *document, node_id node)
{
    return document->node[node].key_span == 0 ? NULL : document->node[node].json->string;
}

const char *node_string(const struct document *document, node_id node)
{
    return document->node[node].json->valuestring;
}

int64_t node_integer(const struct document *document, node_id node)
{
    const char *at = document->bytes + document->node[node].offset;
    bool negative = *at == '-';
    int64_t number = 0;

    for (at += negative; is_digit((unsigned char)*at); at++) {
        number = number * 10 + (*at - '0');
    }
    return negative ? -number : number;
}

bool node_boolean(const struct document *document, node_id node)
{
    return document->bytes[document->node[node].offset] == 't';
}

node_id node_parent(const struct document *document, node_id node)
{
    return document->node[node].parent;
}

node_id node_first(const struct document *document, node_id node)
{
    return document->node[node].length == 0 ? NODE_NONE : node + 1;
}

node_id node_next(const struct document *document, node_id node)
{
    return document->node[node].next;
}

uint32_t node_length(const struct document *document, node_id node)
{
    return document->node[node].length;
}

/* Whether a member has this key. Most differ in their first byte, which costs no call. */
static bool key_is(const struct document *document, node_id member, const char *key)
{
    const char *own = node_key(document, member);

    return own[0] == key[0] && strcmp(own, key) == 0;
}

node_id node_member(const struct document *document, node_id object, const char *key)
{
    node_id at = node_first(document, object);

    while (at != NODE_NONE && !key_is(document, at, key)) {
        at = node_next(document, at);
    }
    return at;
}

uint32_t node_offset(const struct document *document, node_id node)
{
    return document->node[node].offset;
}

uint32_t node_span(const struct document *document, node_id node)
{
    return document->node[node].span;
}

uint32_t node_key_offset(const struct document *document, node_id node)
{
    return document->node[node].key_offset;
}

uint32_t node_key_span(const struct document *document, node_id node)
{
    return document->node[node].key_span;
}

/* The parent first, then the own token: nesting is bounded. */
static size_t write_pointer(const struct document *document, node_id node, char *buffer, size_t room)
{
    size_t length;
    char digits[11];
    char *index = digits + sizeof digits - 1;
    const char *token;

    if (document->node[node].parent == NODE_NONE) {
        return 0;
    }
    length = write_pointer(document, document->node[node].parent, buffer, room);
    if (document->node[node].key_span > 0) {
        token = node_key(document, node);
    } else {
        *index = '\0';
        for (uint32_t left = document->node[node].index; index == digits + sizeof digits - 1 || left > 0; left /= 10) {
            *--index = (char)('0' + left % 10);
        }
        token = index;
    }
    if (length < room) {
        buffer[length] = '/';
    }
    length++;
    for (; *token != '\0'; token++) {
        char escape[2] = {*token, '\0'};
        size_t size = 1;
        if (*token == '~' || *token == '/') {
            escape[0] = '~';
            escape[1] = *token == '~' ? '0' : '1';
            size = 2;
        }
        for (size_t i = 0; i < size; i++, length++) {
            if (length < room) {
                buffer[length] = escape[i];
            }
        }
    }
    return length;
}

size_t node_pointer(const struct document *document, node_id node, char *buffer, size_t room)
{
    size_t length = write_pointer(document, node, buffer, room);

    if (room > 0) {
        buffer[length < room ? length : room - 1] = '\0';
    }
    return length;
}

void node_note_object(struct document *document, node_id node, uint32_t object)
{
    document->node[node].object = (uint16_t)object;
}

uint32_t node_object(const struct document *document, node_id node)
{
    return document->node[node].object;
}

void node_mark_bad(struct document *document, node_id node)
{
    document->node[node].is_bad = true;
}

bool node_is_bad(const struct document *document, node_id node)
{
    return document->node[node].is_bad;
}
