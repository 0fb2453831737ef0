/* SPDX-License-Identifier: Apache-2.0 */
/* The block: headers of the tables, then their elements. Growing a table doubles it and lays all of them out
 * again in one fresh piece; that is rare, and makes every other access one addition and one multiplication.
 *
 * Invariant: tables lie in the order of their numbers, each aligned to 16 bytes, without overlapping. */
#include "sim/block.h"

#include <string.h>

#define ALIGNMENT 16u

/* A block of this size grows by shares of itself. */
#define LARGE (UINT64_C(1) << 20)

static uint64_t align(uint64_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Notes where the tables begin. */
static void note_first(struct block *block)
{
    for (uint32_t i = 0; i < block->table_count; i++) {
        block->first[i] = block->bytes + block_table(block, i)->offset;
    }
}

bool block_init(struct block *block,
                struct sim_allocator allocator,
                const uint32_t *element_sizes,
                uint32_t table_count)
{
    size_t size = (size_t)align(table_count * sizeof(struct block_table));

    SIM_CHECK(table_count <= BLOCK_TABLES_MOST);
    memset(block, 0, sizeof *block);
    block->allocator = allocator;
    block->bytes = allocator.reallocate(allocator.context, NULL, size);
    if (block->bytes == NULL) {
        return false;
    }
    memset(block->bytes, 0, size);
    block->size = size;
    block->room = size;
    block->table_count = table_count;
    for (uint32_t i = 0; i < table_count; i++) {
        SIM_CHECK(element_sizes[i] >= sizeof(uint32_t));
        block_table(block, i)->element_size = element_sizes[i];
        block_table(block, i)->offset = size;
    }
    note_first(block);
    return true;
}

void block_release(struct block *block)
{
    if (block->bytes != NULL) {
        block->allocator.reallocate(block->allocator.context, block->bytes, 0);
    }
    memset(block, 0, sizeof *block);
}

/* Lays the block out in fresh memory, with room for `capacity` elements in one table. */
static bool lay_out(struct block *block, uint32_t grown, uint32_t capacity)
{
    uint64_t size = align(block->table_count * sizeof(struct block_table));
    struct block moved = *block;

    for (uint32_t i = 0; i < block->table_count; i++) {
        uint32_t elements = i == grown ? capacity : block_table(block, i)->capacity;
        size += align((uint64_t)elements * block_table(block, i)->element_size);
    }
    moved.bytes = block->allocator.reallocate(block->allocator.context, NULL, (size_t)size);
    if (moved.bytes == NULL) {
        return false;
    }
    memcpy(moved.bytes, block->bytes, block->table_count * sizeof(struct block_table));
    size = align(block->table_count * sizeof(struct block_table));
    for (uint32_t i = 0; i < block->table_count; i++) {
        const struct block_table *from = block_table(block, i);
        struct block_table *to = block_table(&moved, i);
        to->offset = size;
        to->capacity = i == grown ? capacity : from->capacity;
        memcpy(moved.bytes + to->offset, block->bytes + from->offset,
               (size_t)from->used * from->element_size);
        size += align((uint64_t)to->capacity * to->element_size);
    }
    moved.size = (size_t)size;
    moved.room = (size_t)size;
#ifdef SIM_BLOCK_MOVES
    memset(block->bytes, 0xdb, block->size);
#endif
    block->allocator.reallocate(block->allocator.context, block->bytes, 0);
    *block = moved;
    note_first(block);
    return true;
}

/* The capacity of a table that must grow: the double, and in a large block no less than an eighth of it, since
 * every growth copies the whole block. */
static uint64_t grown_capacity(const struct block *block, const struct block_table *table, uint64_t needed)
{
    uint64_t capacity = table->capacity < 4 ? 4 : table->capacity;
    uint64_t share = block->size < LARGE ? 0 : block->size / 8 / table->element_size;

    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity < share && needed > table->capacity) {
        capacity = share;
    }
    return capacity < BLOCK_ELEMENTS_MAX ? capacity : BLOCK_ELEMENTS_MAX;
}

/* Appends `count` zeroed elements. */
static bool append(struct block *block, uint32_t table, uint32_t count, uint32_t *first)
{
    struct block_table *header = block_table(block, table);
    uint64_t needed = (uint64_t)header->used + count;
    uint64_t capacity = grown_capacity(block, header, needed);

    if (needed > BLOCK_ELEMENTS_MAX) {
        return false;
    }
#ifdef SIM_BLOCK_MOVES
    if (!lay_out(block, table, (uint32_t)capacity)) {
        return false;
    }
#else
    if (needed > header->capacity && !lay_out(block, table, (uint32_t)capacity)) {
        return false;
    }
#endif
    header = block_table(block, table);
    *first = header->used;
    header->used += count;
    memset(block_at(block, table, *first), 0, (size_t)count * header->element_size);
    return true;
}

/* Takes the first of a list of free elements, whose links lie in the elements themselves. */
static bool recycle(struct block *block, uint32_t table, uint32_t *list, uint32_t *id)
{
    if (*list == 0) {
        return false;
    }
    *id = *list - 1;
    memcpy(list, block_at(block, table, *id), sizeof *list);
    return true;
}

bool block_create(struct block *block, uint32_t table, uint32_t *id)
{
    struct block_table *header = block_table(block, table);

    if (!recycle(block, table, &header->free_first, id)) {
        return append(block, table, 1, id);
    }
    memset(block_at(block, table, *id), 0, header->element_size);
    return true;
}

void block_free(struct block *block, uint32_t table, uint32_t id)
{
    struct block_table *header = block_table(block, table);

    memcpy(block_at(block, table, id), &header->free_first, sizeof header->free_first);
    header->free_first = id + 1;
}

/* The class of a run: the least power of two that is not below `count`. */
static uint32_t run_class(uint32_t count)
{
    uint32_t class = 0;

    while (UINT64_C(1) << class < count) {
        class ++;
    }
    return class;
}

bool block_run_create(struct block *block, uint32_t table, uint32_t count, uint32_t *first)
{
    struct block_table *header = block_table(block, table);
    uint32_t class = run_class(count);

    if (class >= BLOCK_RUN_CLASSES) {
        return false;
    }
    if (!recycle(block, table, &header->free_run[class], first)) {
        return append(block, table, UINT32_C(1) << class, first);
    }
    memset(block_at(block, table, *first), 0, (size_t)header->element_size << class);
    return true;
}

void block_run_free(struct block *block, uint32_t table, uint32_t first, uint32_t count)
{
    uint32_t *list = &block_table(block, table)->free_run[run_class(count)];

    memcpy(block_at(block, table, first), list, sizeof *list);
    *list = first + 1;
}
