/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: what `let`, `as` and the makers bind. */
#ifndef MODEL_TARGET_H
#define MODEL_TARGET_H

#include "model/simulation.h"

/* Stores a value; false after a misuse (an index outside its array). */
bool target_store(struct simulation *sim, thread_id thread, uint32_t target, struct value value);

/* The place of a variable's element or of a local, for those who store more than one value there. */
struct target_place {
    uint32_t first; /* number of the first element, among variables or locals */
    uint32_t room;
    bool is_local;
};

/* Which place a target is: the same number for the same variable, or the same local of one activation. It stands
 * for the address of an OVERLAPPED. */
uint64_t target_identity(struct simulation *sim, thread_id thread, uint32_t target);

/* Where an array target's elements lie. */
bool target_array(struct simulation *sim, thread_id thread, uint32_t target, struct target_place *place);

/* The target in words, as labels say it: p[3]. At most `room` bytes; returns the whole length. */
size_t target_write(struct simulation *sim, thread_id thread, uint32_t target, char *buffer, size_t room);

/* Writes the target as the record's label; false when there is none. NULL is let pass. */
bool emit_label(struct simulation *sim, thread_id thread, struct record *record, uint32_t target);

/* The declared object that a maker's target names; REFERENCE_NONE when it names none. False after a misuse. */
bool target_declared(struct simulation *sim, thread_id thread, uint32_t target, reference *declared);

/* Names what a maker has just made, beside the declared objects: notes the name, and binds it where it is not
 * a declared object's. False after a misuse. */
bool target_name(struct simulation *sim, thread_id thread, uint32_t target, reference made);

#endif
