/* SPDX-License-Identifier: Apache-2.0 */
/* The wire form of protocol buffers, as much of it as a trace needs: one message in a buffer of its own. */
#ifndef TRACES_RENDER_PROTO_H
#define TRACES_RENDER_PROTO_H

#include <stdint.h>
#include <string.h>

/* The longest message: names in it are cut. */
#define PROTO_ROOM 2048u

struct proto {
    uint32_t length;
    unsigned char byte[PROTO_ROOM];
};

static inline void proto_byte(struct proto *to, unsigned char byte)
{
    if (to->length < PROTO_ROOM) {
        to->byte[to->length++] = byte;
    }
}

static inline void proto_raw(struct proto *to, uint64_t value)
{
    for (; value >= 0x80; value >>= 7) {
        proto_byte(to, (unsigned char)(value | 0x80));
    }
    proto_byte(to, (unsigned char)value);
}

/* A field that is a number. */
static inline void proto_number(struct proto *to, uint32_t field, uint64_t value)
{
    proto_raw(to, field << 3);
    proto_raw(to, value);
}

/* A field of eight bytes, the lowest first. */
static inline void proto_fixed(struct proto *to, uint32_t field, uint64_t value)
{
    proto_raw(to, field << 3 | 1);
    for (int i = 0; i < 8; i++) {
        proto_byte(to, (unsigned char)(value >> (8 * i)));
    }
}

/* A field that is a text or a message. */
static inline void proto_bytes(struct proto *to, uint32_t field, const void *bytes, size_t length)
{
    proto_raw(to, field << 3 | 2);
    proto_raw(to, length);
    if (length <= PROTO_ROOM - to->length) {
        memcpy(to->byte + to->length, bytes, length);
        to->length += (uint32_t)length;
    }
}

static inline void proto_text(struct proto *to, uint32_t field, const char *text)
{
    proto_bytes(to, field, text, strlen(text));
}

static inline void proto_message(struct proto *to, uint32_t field, const struct proto *message)
{
    proto_bytes(to, field, message->byte, message->length);
}

#endif
