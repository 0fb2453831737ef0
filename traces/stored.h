/* SPDX-License-Identifier: Apache-2.0 */
/* What a stored trace is read into, from either form: names get numbers as a run would give them, words
 * become members of their enumerations, and fields become records in a batch. */
#ifndef TRACES_STORED_H
#define TRACES_STORED_H

#include "traces/strings.h"
#include "traces/trace.h"

/* How many records are handed over at once. */
#define STORED_BATCH 256u

/* A place where a field of a record goes; they ascend in the order in which fields are written. */
enum stored_place {
    PLACE_THREAD,
    PLACE_TYPE,
    PLACE_CPU,
    PLACE_FRAME,
    PLACE_OBJECT,
    PLACE_OP,
    PLACE_PROCEDURE,
    PLACE_STEP,
    PLACE_ITEM,
    PLACE_ACTIVE,
    PLACE_DEPTH,
    PLACE_OWN, /* and everything up to PLACE_CAUSE: the own fields of the kind */
    PLACE_CAUSE = PLACE_OWN + RECORD_OWN_FIELDS_MAX,
    PLACE_WHY,
    PLACES,
};

/* What a form says in a place. */
struct stored_value {
    enum { STORED_INTEGER, STORED_BOOLEAN, STORED_STRING, STORED_LIST } form;
    uint64_t number; /* an integer, two's complement when it is negative; a truth; how many in the list */
    bool negative;
    const char *bytes; /* of a string */
    size_t length;
    uint32_t string; /* its number in the table, or STRING_NONE */
};

/* Objects of one kind: slots by string, strings by slot. */
struct stored_kind {
    uint32_t *slot, *string; /* slot + 1; 0: none */
    size_t slot_room, string_room;
    uint32_t count;
};

/* Procedures and steps are numbered like the objects of a kind. */
#define STORED_PROCEDURES OBJECT_KIND_COUNT
#define STORED_STEPS (OBJECT_KIND_COUNT + 1)
#define STORED_KINDS (OBJECT_KIND_COUNT + 2)

struct stored {
    struct strings strings;
    struct stored_kind kind[STORED_KINDS];
    /* The words of the vocabularies; the number of a word is the member of the enumeration. */
    struct strings kinds, types, whys, errors, verbs;
    /* The batch being filled. */
    struct record record[STORED_BATCH];
    uint32_t count;
    char *bytes;
    size_t byte_room;
    uint32_t byte_count;
    reference *list;
    size_t list_room;
    uint32_t list_count;
    /* The record being put together: which places were set, its object's string. */
    uint32_t set, object;
    /* The last record's. */
    uint64_t n, t, step_n;
    const char *problem; /* what is wrong, in words that follow a field's name; NULL: nothing */
    bool out_of_memory;
};

/* False when there is no memory. */
bool stored_init(struct stored *stored);
void stored_release(struct stored *stored);

/* Forgets all of the run before. */
void stored_begin_run(struct stored *stored);

/* Begins a batch: the one before is gone. */
void stored_begin_batch(struct stored *stored);

/* Whether the batch has room for another record. */
bool stored_has_room(const struct stored *stored);

struct record_batch stored_batch(const struct stored *stored);

/* The names of the run that is read. */
struct record_names stored_names(const struct stored *stored);

/* Begins a record of a kind, by its word; NULL, and `problem` said, when there is none such. The pointer is
 * good until the record is finished. */
struct record *stored_begin(struct stored *stored, const char *kind, size_t length);

/* The place of a field of this kind; PLACES when it has none such. The search begins at `from`. */
uint32_t stored_find(const struct record *record, uint32_t from, const char *name, size_t length);

/* What the field in a place is called. */
const char *stored_name(const struct record *record, uint32_t place);

/* The format of what stands in a place. */
enum field_format stored_format(const struct record *record, uint32_t place);

/* Puts a value in its place. False, and `problem` said, when it does not belong there. */
bool stored_set(struct stored *stored, struct record *record, uint32_t place, const struct stored_value *value);

/* Adds to the bytes or to the list of the batch, which a value then names the end of. */
bool stored_add_bytes(struct stored *stored, const char *bytes, size_t length);
bool stored_add_reference(struct stored *stored, uint32_t string);

/* Ends a record whose fields are all set. False, and `problem` said, when they do not go together. */
bool stored_finish(struct stored *stored, struct record *record);

#endif
