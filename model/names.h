/* SPDX-License-Identifier: Apache-2.0 */
/* What things are called: name, name[3], name#2; and values as a log line shows them. */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include <stddef.h>

#include "model/simulation.h"

/* Under which name, and as which of that name, something was made at run time. The n-th note of a kind is of
 * the n-th object of that kind that was not declared. */
struct made {
    uint32_t object;  /* number of the plan's declaration */
    uint32_t index;   /* of an element */
    uint32_t ordinal; /* 1: the first of that name */
    bool has_index, spare[3];
};

/* Notes under which name an object that was not declared has just been made. */
void made_note(struct simulation *sim, reference object, struct made made);

/* A task that stands for the operation of this number is called as that is. */
void made_note_operation(struct simulation *sim, reference task, uint64_t operation);

/* Writes the name of an object, at most `room` bytes, without a NUL; returns its whole length. */
size_t name_write(const struct simulation *sim, reference object, char *buffer, size_t room);

/* Writes a value as text shows it: durations in the largest whole unit, shares as percent, the rest as
 * integers or by name. */
size_t value_write(const struct simulation *sim, struct value value, char *buffer, size_t room);

/* The names that records carry numbers of; `sim` must outlive what is returned. */
struct record_names simulation_names(const struct simulation *sim);

#endif
