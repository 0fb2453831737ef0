/* SPDX-License-Identifier: Apache-2.0 */
/* The one contiguous piece of memory that holds all mutable state of a run, in tables addressed by number.
 *
 * A snapshot is a copy of the used bytes. Creating may lay the block out anew, so that a pointer into it is
 * dead after any call that may create; with -DSIM_BLOCK_MOVES every creation moves the block, which finds
 * the pointers that were kept. */
#ifndef SIM_BLOCK_H
#define SIM_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/allocator.h"
#include "sim/check.h"

/* Runs of consecutive elements are recycled by their size, rounded up to a power of two. */
#define BLOCK_RUN_CLASSES 24

/* The most elements of a table; their numbers fit into the words that refer to them. */
#define BLOCK_ELEMENTS_MAX (UINT32_C(1) << 27)

struct block_table {
    uint64_t offset; /* of element 0, from the beginning of the block */
    uint32_t element_size, used, capacity;
    uint32_t free_first; /* number + 1 of a free element; 0: none */
    uint32_t free_run[BLOCK_RUN_CLASSES];
};

/* The most tables. */
#define BLOCK_TABLES_MOST 48

struct block {
    unsigned char *first[BLOCK_TABLES_MOST]; /* element 0 of each table */
    unsigned char *bytes;                    /* the tables' headers first */
    size_t size, room;
    uint32_t table_count;
    struct sim_allocator allocator;
};

/* Prepares `table_count` empty tables. Element sizes are at least 4. False when there is no memory. */
bool block_init(struct block *block,
                struct sim_allocator allocator,
                const uint32_t *element_sizes,
                uint32_t table_count);

void block_release(struct block *block);

/* Creates a zeroed element, a freed one if there is one. False, and the block unchanged, when there is no
 * memory. O(1) amortised. */
bool block_create(struct block *block, uint32_t table, uint32_t *id);

/* Gives an element back. O(1). */
void block_free(struct block *block, uint32_t table, uint32_t id);

/* The same for `count` consecutive elements; a table has single elements or runs, never both. */
bool block_run_create(struct block *block, uint32_t table, uint32_t count, uint32_t *first);
void block_run_free(struct block *block, uint32_t table, uint32_t first, uint32_t count);

static inline struct block_table *block_table(const struct block *block, uint32_t table)
{
    SIM_ASSERT(table < block->table_count);
    return (struct block_table *)(void *)block->bytes + table;
}

/* The element with this number. */
static inline void *block_at(const struct block *block, uint32_t table, uint32_t id)
{
    SIM_ASSERT(id < block_table(block, table)->used);
    return block->first[table] + (uint64_t)id * block_table(block, table)->element_size;
}

/* The beginning of a table, for BLOCK_AT, which has the size from its type. */
static inline void *block_first(const struct block *block, uint32_t table, size_t size, uint32_t id)
{
    SIM_ASSERT(block_table(block, table)->element_size == size && id < block_table(block, table)->used);
    (void)size;
    (void)id;
    return block->first[table];
}

/* The element with this number, as what it is: one load and one addition. */
#define BLOCK_AT(block, table, type, id) ((type *)block_first(block, table, sizeof(type), id) + (id))

/* How many numbers have been given so far, freed ones too. */
static inline uint32_t block_used(const struct block *block, uint32_t table)
{
    return block_table(block, table)->used;
}

#endif
