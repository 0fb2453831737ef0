/* SPDX-License-Identifier: Apache-2.0 */
/* What a terminal takes as a command, or what makes text read otherwise than it is, is not shown: the control
 * characters of ASCII and of Latin 1, the marks, embeddings, overrides and isolates of bidirectional text, and the
 * separators of lines and paragraphs. */
#include "sim/harmless.h"

#include <stdint.h>

/* The code of a well-formed character of `length` bytes. */
static uint32_t code_of(const unsigned char *text, size_t length)
{
    uint32_t code = length == 1 ? text[0] : text[0] & (0x7fu >> length);

    for (size_t i = 1; i < length; i++) {
        code = code << 6 | (text[i] & 0x3fu);
    }
    return code;
}

size_t harmless_length(const char *text, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length;
    uint32_t code;

    if (left == 0) {
        return 0;
    }
    length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xc0 ? 0 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : bytes[0] < 0xf8 ? 4 : 0;
    if (length == 0 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    code = code_of(bytes, length);
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        return 0;
    }
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || (code >= 0x200e && code <= 0x200f) ||
        (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) {
        return 0;
    }
    return length;
}
