/* SPDX-License-Identifier: Apache-2.0 */
/* What pictures are written with: text on its way to a sink, in pieces that are large, and every name of a scenario
 * made harmless to the language that it stands in. */
#ifndef TRACES_RENDER_OUT_H
#define TRACES_RENDER_OUT_H

#include "traces/trace.h"

/* What stands for {name} in our own words. */
struct out_ink {
    const char *name, *colour;
};

struct out {
    const struct trace_sink *sink;
    const struct out_ink *ink; /* NULL: braces are braces; ends with a name of NULL */
    size_t used;
    uint64_t written; /* bytes in all */
    bool failed; /* the sink took no more */
    char buffer[16384];
};

void out_begin(struct out *out, const struct trace_sink *sink);
/* Hands over what is left. False when the sink took no more. */
bool out_end(struct out *out);

void out_bytes(struct out *out, const char *bytes, size_t length);
/* For our own words, never for a name: {ink} is looked up. */
void out_text(struct out *out, const char *text);
void out_number(struct out *out, uint64_t number);
void out_hexadecimal(struct out *out, uint64_t number);
/* As printf does, cut to 1024 bytes: for our own words, never for a name. */
__attribute__((format(printf, 2, 3))) void out_put(struct out *out, const char *format, ...);

/* A duration as the language writes it: 40us. */
void out_span(struct out *out, sim_span span);

/* A name within text of XML, an attribute included. What may not be shown becomes a question mark. */
void out_xml(struct out *out, const char *name);
/* Within a quoted label of dot, where backslashes and entities are read. */
void out_label(struct out *out, const char *name);
/* Within a string of JSON. Every character is kept. */
void out_json(struct out *out, const char *name);
/* Within a line of Mermaid: what its grammar reads is written as its entities. */
void out_mermaid(struct out *out, const char *name);

/* Makes question marks of what would break a line or steer: for names within text. In place; the text. */
char *out_plain(char *text);

/* How many characters a name has, and the name cut to at most `most` of them, the last three of which are then dots.
 * `room` bytes are enough for 4 times `most`. */
size_t out_characters(const char *name);
const char *out_cut(char *buffer, size_t room, const char *name, size_t most);

#endif
