/* SPDX-License-Identifier: Apache-2.0 */
/* All records of one run, kept in memory with their texts, so that they can be asked about in any order. */
#ifndef TRACES_KEPT_H
#define TRACES_KEPT_H

#include "traces/follow.h"

/* Where an operation or packet begins. */
struct kept_op {
    uint64_t op;
    size_t place; /* of its op-issue or packet-post */
};

struct kept {
    struct record *record;
    size_t count, room;
    char *bytes;            /* what spans point into; a NUL behind each text */
    size_t byte_count, byte_room;
    reference *list;
    size_t list_count, list_room;
    struct kept_op *op;     /* operations and packets, in the order of their numbers */
    size_t ops, op_room;
    struct record_names names; /* must outlive it */
    bool failed;            /* memory ran out */
};

void kept_init(struct kept *kept, const struct record_names *names);
void kept_release(struct kept *kept);

/* Takes one record with what its span points to. O(1) amortised. */
void kept_add(struct kept *kept, const struct record *record, const struct record_batch *batch);

/* An observer's `see`; `context` is the kept. */
void kept_see(void *context, const struct record_batch *batch);

/* The record with this number; NULL when there is none. O(1) where no record was filtered out. */
const struct record *kept_find(const struct kept *kept, uint64_t n);

/* The label that an operation or packet was given; NULL: none. */
const char *kept_label(const struct kept *kept, uint64_t op);

/* What texts and lists of any record are read from. */
struct record_batch kept_batch(const struct kept *kept);

/* The sentence of one record with labels for numbers, a NUL behind it, cut to `room`. */
void kept_sentence(const struct kept *kept, const struct record *record, char *buffer, size_t room);

#endif
