/* SPDX-License-Identifier: Apache-2.0 */
/* How 32 bits name any object of a run: five bits of kind, twenty-seven of slot. */
#ifndef MODEL_REFERENCE_H
#define MODEL_REFERENCE_H

#include <stdint.h>

/* The nouns that a reference can name; model/object_kind.def lists them. */
enum object_kind {
#define OBJECT_KIND(id, name, table, article) OBJECT_##id,
#include "model/object_kind.def"
#undef OBJECT_KIND
};

/* How many kinds there are. */
enum {
    OBJECT_KIND_COUNT = 0
#define OBJECT_KIND(id, name, table, article) +1
#include "model/object_kind.def"
#undef OBJECT_KIND
};

/* An object: kind and slot. Slots count within a kind, declared objects first in order of the file. */
typedef uint32_t reference;

#define REFERENCE_SLOT_BITS 27
#define REFERENCE_SLOT_MAX ((1u << REFERENCE_SLOT_BITS) - 1)
#define REFERENCE_NONE UINT32_MAX

static inline reference reference_make(enum object_kind kind, uint32_t slot)
{
    return (uint32_t)kind << REFERENCE_SLOT_BITS | slot;
}

static inline uint32_t reference_kind(reference object)
{
    return object >> REFERENCE_SLOT_BITS;
}

static inline uint32_t reference_slot(reference object)
{
    return object & REFERENCE_SLOT_MAX;
}

#endif
