/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader must know beside the records: the objects that exist from the beginning, and what no
 * record says of an object (the limit of a port, the first value of a variable). A live run answers from
 * its plan and state; a stored trace has none of it, and a reader then shows what records alone tell. */
#ifndef TRACES_CAST_H
#define TRACES_CAST_H

#include <stdbool.h>

#include "model/record.h"
#include "sim/value.h"

/* How an object stands when it comes into being. Members that its kind lacks are 0. */
struct cast_member {
    uint64_t limit;        /* port: how many threads may be active; device: how many operations at once; pool: the most
                              threads; 0: not known */
    uint32_t minimum, target; /* pool: threads that never leave; how many should run */
    uint32_t completion_minimum, completion_maximum; /* pool: of completion-port threads, or what passes for them */
    uint64_t available;    /* semaphore */
    uint64_t key;          /* handle: completion key */
    reference port;        /* handle: its port or pool; REFERENCE_NONE: none */
    reference device;      /* handle: what serves it; REFERENCE_NONE: nothing */
    reference owner;       /* mutex: REFERENCE_NONE: nobody */
    struct value value;    /* variable */
    bool signalled;        /* event */
    bool open;             /* handle, port: open from the beginning */
    bool counts_once;      /* pool: what passes for completion-port threads are the workers */
    bool crowds_out;       /* pool: with more workers than its limit none is available, idle or not */
    bool wakes_oldest;     /* port: its policy releases the oldest waiter, not the newest */
};

/* An array as expressions read it: the reference of its first element, and its indices. */
struct cast_array {
    reference first;
    uint32_t count;
    int64_t from;
};

struct cast {
    /* How many objects of each kind are declared; their slots are 0 .. declared - 1. */
    uint32_t declared[OBJECT_KIND_COUNT];
    uint32_t processors; /* machine.processors; 0: not known */
    bool processors_are_shared; /* machine.dispatch: sharing */
    bool is_live;        /* the records come from a run, and are whole (traces/whole.h) */
    /* Answers for any object, declared or made at run time. NULL: nothing is known. */
    void (*member)(const void *context, reference object, struct cast_member *member);
    /* A declared array by its number in the plan, and a text by its number: what claims' code names. */
    void (*array)(const void *context, uint32_t number, struct cast_array *array);
    const char *(*text)(const void *context, uint32_t number);
    const void *context;
};

#endif
