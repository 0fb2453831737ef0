/* SPDX-License-Identifier: Apache-2.0 */
/* Strings, found by hash. The hash decides only where a string is looked for: numbers follow the
 * order of adding alone, so that they are the same on every machine. */
#include "traces/strings.h"

#include <stdlib.h>
#include <string.h>

void strings_release(struct strings *strings)
{
    free(strings->bytes);
    free(strings->entry);
    free(strings->slot);
    memset(strings, 0, sizeof *strings);
}

void strings_clear(struct strings *strings)
{
    strings->byte_count = 0;
    strings->count = 0;
    if (strings->slots > 0) {
        memset(strings->slot, 0, strings->slots * sizeof *strings->slot);
    }
}

static uint32_t hash_of(const char *bytes, size_t length)
{
    uint64_t hash = length;

    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (; length > 0; bytes++, length--) {
        hash = (hash ^ (unsigned char)*bytes) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return (uint32_t)hash;
}

/* The slot of a string, or the free slot where it belongs. There is always a free one. */
static uint32_t
place_of(const struct strings *strings, const char *bytes, size_t length, uint32_t hash)
{
    uint32_t at = hash & (strings->slots - 1);

    while (strings->slot[at] != 0) {
        const struct strings_entry *entry = &strings->entry[strings->slot[at] - 1];
        if (entry->hash == hash && entry->length == length &&
            memcmp(strings->bytes + entry->first, bytes, length) == 0) {
            break;
        }
        at = (at + 1) & (strings->slots - 1);
    }
    return at;
}

uint32_t strings_find(const struct strings *strings, const char *bytes, size_t length)
{
    return strings->slots == 0
               ? STRING_NONE
               : strings->slot[place_of(strings, bytes, length, hash_of(bytes, length))] - 1;
}

/* Doubles the slots when they are half full. */
static bool grow_slots(struct strings *strings)
{
    uint32_t slots = strings->slots == 0 ? 64 : strings->slots * 2;
    uint32_t *slot;

    if (strings->count < strings->slots / 2) {
        return true;
    }
    slot = slots == 0 ? NULL : calloc(slots, sizeof *slot);
    if (slot == NULL) {
        return false;
    }
    for (uint32_t number = 0; number < strings->count; number++) {
        uint32_t at = strings->entry[number].hash & (slots - 1);
        while (slot[at] != 0) {
            at = (at + 1) & (slots - 1);
        }
        slot[at] = number + 1;
    }
    free(strings->slot);
    strings->slot = slot;
    strings->slots = slots;
    return true;
}

static bool make_room(struct strings *strings, size_t length)
{
    if (strings->count == strings->room) {
        uint32_t room = strings->room == 0 ? 32 : strings->room * 2;
        struct strings_entry *grown = realloc(strings->entry, room * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        strings->entry = grown;
        strings->room = room;
    }
    if (strings->bytes == NULL || strings->byte_room - strings->byte_count < length) {
        size_t room = (strings->byte_room + length) * 2 + 64;
        char *grown = realloc(strings->bytes, room);
        if (grown == NULL) {
            return false;
        }
        strings->bytes = grown;
        strings->byte_room = room;
    }
    return true;
}

uint32_t strings_add(struct strings *strings, const char *bytes, size_t length)
{
    uint32_t hash = hash_of(bytes, length);
    uint32_t at;

    if (!grow_slots(strings)) {
        return STRING_NONE;
    }
    at = place_of(strings, bytes, length, hash);
    if (strings->slot[at] == 0) {
        if (length > UINT32_MAX || !make_room(strings, length)) {
            return STRING_NONE;
        }
        if (length > 0) {
            memcpy(strings->bytes + strings->byte_count, bytes, length);
        }
        strings->entry[strings->count] =
            (struct strings_entry){strings->byte_count, (uint32_t)length, hash};
        strings->byte_count += length;
        strings->slot[at] = ++strings->count;
    }
    return strings->slot[at] - 1;
}
