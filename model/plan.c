/* SPDX-License-Identifier: Apache-2.0 */
/* The plan's arrays and its texts. A text is stored once: an open hash table over texts, kept at most half
 * full, finds the number of bytes seen before. */
#include "model/plan.h"

#include <string.h>

void plan_init(struct plan *plan, struct sim_allocator allocator)
{
    memset(plan, 0, sizeof *plan);
    plan->allocator = allocator;
    plan->until = SIM_NEVER;
    plan->seed = 1;
    plan->cpu_utilization = CPU_UTILIZATION_MEASURED;
}

void plan_release(struct plan *plan)
{
#define ARRAY(type, name) plan->allocator.reallocate(plan->allocator.context, plan->name, 0);
    PLAN_ARRAYS(ARRAY)
#undef ARRAY
    memset(plan, 0, sizeof *plan);
}

/* Makes room for `count` more elements; false, and the flag set, when there is no memory. */
static bool grow(struct plan *plan, void **items, uint32_t *room, uint64_t size, uint64_t needed)
{
    uint64_t wanted = *room == 0 ? 16 : *room;
    void *grown;

    while (wanted < needed) {
        wanted *= 2;
    }
    if (needed > UINT32_MAX / 2) {
        plan->out_of_memory = true;
        return false;
    }
    grown = plan->allocator.reallocate(plan->allocator.context, *items, (size_t)(wanted * size));
    if (grown == NULL) {
        plan->out_of_memory = true;
        return false;
    }
    *items = grown;
    *room = (uint32_t)wanted;
    return true;
}

#define ARRAY(type, name)                                                                          \
    uint32_t plan_add_##name(struct plan *plan, uint32_t count)                                    \
    {                                                                                              \
        void *items = plan->name;                                                                  \
        uint64_t needed = (uint64_t)plan->name##_count + count;                                    \
        uint32_t first = plan->name##_count;                                                       \
        if (needed > plan->name##_room &&                                                          \
            !grow(plan, &items, &plan->name##_room, sizeof(type), needed)) {                       \
            return 0;                                                                              \
        }                                                                                          \
        plan->name = items;                                                                        \
        if (count > 0) {                                                                           \
            memset(plan->name + first, 0, count * sizeof(type));                                   \
        }                                                                                          \
        plan->name##_count = first + count;                                                        \
        return first;                                                                              \
    }
PLAN_ARRAYS(ARRAY)
#undef ARRAY

/* FNV-1a. */
static uint32_t hash(const char *bytes, size_t length)
{
    uint32_t sum = 2166136261u;

    for (size_t i = 0; i < length; i++) {
        sum = (sum ^ (unsigned char)bytes[i]) * 16777619u;
    }
    return sum;
}

static uint32_t text_length(const struct plan *plan, uint32_t text)
{
    uint32_t end = text + 1 < plan->text_count ? plan->text[text + 1] : plan->byte_count;

    return end - plan->text[text] - 1;
}

/* The place of a text in the hash table: its own, or the free one where it belongs. */
static uint32_t *find_slot(struct plan *plan, const char *bytes, size_t length)
{
    uint32_t mask = plan->text_slot_count - 1;
    uint32_t at = hash(bytes, length) & mask;

    for (;; at = (at + 1) & mask) {
        uint32_t text = plan->text_slot[at];
        if (text == 0 || (text_length(plan, text - 1) == length &&
                          memcmp(plan_text(plan, text - 1), bytes, length) == 0)) {
            return &plan->text_slot[at];
        }
    }
}

/* Doubles the hash table and enters every text anew. */
static bool rehash(struct plan *plan)
{
    uint32_t size = plan->text_slot_count == 0 ? 64 : plan->text_slot_count * 2;

    plan->text_slot_count = 0;
    plan_add_text_slot(plan, size);
    if (plan->text_slot_count != size) {
        return false;
    }
    for (uint32_t i = 0; i < plan->text_count; i++) {
        *find_slot(plan, plan_text(plan, i), text_length(plan, i)) = i + 1;
    }
    return true;
}

uint32_t plan_intern(struct plan *plan, const char *bytes, size_t length)
{
    uint32_t *slot;
    uint32_t first;
    uint32_t text;

    if (length > UINT32_MAX / 4) {
        plan->out_of_memory = true;
    }
    if (plan->out_of_memory || (plan->text_count * 2 >= plan->text_slot_count && !rehash(plan))) {
        return 0;
    }
    slot = find_slot(plan, bytes, length);
    if (*slot != 0) {
        return *slot - 1;
    }
    first = plan_add_byte(plan, (uint32_t)length + 1);
    text = plan_add_text(plan, 1);
    if (plan->out_of_memory) {
        return 0;
    }
    memcpy(plan->byte + first, bytes, length);
    plan->text[text] = first;
    *slot = text + 1;
    return text;
}

uint32_t plan_add_constant_formula(struct plan *plan, struct value value)
{
    uint32_t number = plan_add_formula(plan, 1);

    if (!plan->out_of_memory) {
        plan->formula[number] = (struct plan_formula){.form = FORMULA_IS_CONSTANT, .constant = value};
    }
    return number;
}

const struct plan_object *plan_object_of(const struct plan *plan, reference object)
{
    uint32_t kind = reference_kind(object);
    uint32_t slot = reference_slot(object);
    uint32_t low;
    uint32_t high;

    if (object == REFERENCE_NONE || slot >= plan->declared[kind]) {
        return NULL;
    }
    low = plan->first_object[kind];
    high = low + plan->object_count_of[kind];
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (plan->object[middle].first_slot <= slot) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &plan->object[low];
}
