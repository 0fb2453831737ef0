/* SPDX-License-Identifier: Apache-2.0 */
/* A table of distinct byte strings, numbered from 0 in the order of their adding. */
#ifndef TRACES_STRINGS_H
#define TRACES_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No string. */
#define STRING_NONE UINT32_MAX

struct strings_entry {
    size_t first;
    uint32_t length, hash;
};

struct strings {
    char *bytes;
    size_t byte_count, byte_room;
    struct strings_entry *entry;
    uint32_t count, room;
    uint32_t *slot; /* open addressing: number + 1, 0 where nothing is */
    uint32_t slots; /* a power of two, or 0 */
};

void strings_release(struct strings *strings);

/* Forgets every string; the memory is kept. */
void strings_clear(struct strings *strings);

/* The number of a string; STRING_NONE when it is not there. */
uint32_t strings_find(const struct strings *strings, const char *bytes, size_t length);

/* The number of a string, which is added when it is not there; STRING_NONE when there is no memory. */
uint32_t strings_add(struct strings *strings, const char *bytes, size_t length);

/* The bytes of a string, valid until the next one is added. */
static inline const char *strings_bytes(const struct strings *strings, uint32_t number)
{
    return strings->bytes + strings->entry[number].first;
}

static inline uint32_t strings_length(const struct strings *strings, uint32_t number)
{
    return strings->entry[number].length;
}

#endif
