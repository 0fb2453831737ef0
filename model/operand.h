/* SPDX-License-Identifier: Apache-2.0 */
/* Operands of a step or a declaration, evaluated. What goes wrong (null, overflow, a wrong kind of object)
 * becomes a misuse record; the function then answers false, and the verb does nothing more.
 *
 * `thread` is the one that executes, 0 for a declaration. An absent operand leaves *value as it was. */
#ifndef MODEL_OPERAND_H
#define MODEL_OPERAND_H

#include "model/simulation.h"
#include "model/thread.h"

/* A `with` and the procedure whose frame it begins. */
struct operand_with {
    uint32_t operand, procedure;
};

/* How many draws a thread, item or client has made from one distribution: draws are keyed, and this is the
 * key's last part. */
struct draw_count {
    uint32_t distribution, next;
    uint64_t count;
    uint64_t key; /* of the seed, the distribution's stream and of who draws */
};

static inline struct draw_count *draw_count_at(const struct simulation *sim, uint32_t id)
{
    return BLOCK_AT(&sim->block, TABLE_DRAW_COUNT, struct draw_count, id);
}

/* What is neither absent nor constant: drawn or evaluated. */
bool operand_evaluate(struct simulation *sim, thread_id thread, uint32_t operand, struct value *value);

/* Anything; an absent operand is null. Most are constants: those cost one load. */
static inline bool operand_value(struct simulation *sim, thread_id thread, uint32_t operand, struct value *value)
{
    if (operand == OPERAND_ABSENT) {
        *value = value_null();
        return true;
    }
    if (sim->plan->formula[operand].form == FORMULA_IS_CONSTANT) {
        *value = sim->plan->formula[operand].constant;
        return true;
    }
    return operand_evaluate(sim, thread, operand, value);
}

/* One that is there, and must be a number; true or false; a duration or a size that is not negative. */
bool operand_read_number(struct simulation *sim, thread_id thread, uint32_t operand, int64_t *number);
bool operand_read_flag(struct simulation *sim, thread_id thread, uint32_t operand, bool *flag);
bool operand_read_span(struct simulation *sim, thread_id thread, uint32_t operand, sim_span *span);
bool operand_read_size(struct simulation *sim, thread_id thread, uint32_t operand, uint64_t *size);

static inline bool operand_number(struct simulation *sim, thread_id thread, uint32_t operand, int64_t *number)
{
    return operand == OPERAND_ABSENT || operand_read_number(sim, thread, operand, number);
}

static inline bool operand_flag(struct simulation *sim, thread_id thread, uint32_t operand, bool *flag)
{
    return operand == OPERAND_ABSENT || operand_read_flag(sim, thread, operand, flag);
}

/* A duration that is not negative, drawn where it is a distribution; SIM_NEVER for infinite. */
static inline bool operand_span(struct simulation *sim, thread_id thread, uint32_t operand, sim_span *span)
{
    return operand == OPERAND_ABSENT || operand_read_span(sim, thread, operand, span);
}

/* A size that is not negative, drawn where it is a distribution. */
static inline bool operand_size(struct simulation *sim, thread_id thread, uint32_t operand, uint64_t *size)
{
    return operand == OPERAND_ABSENT || operand_read_size(sim, thread, operand, size);
}

/* A reference to an object; null or something else is a misuse. */
bool operand_reference(struct simulation *sim,
                       thread_id thread,
                       uint32_t operand,
                       reference *object);

/* The number (slot + 1) of the verb's own object, which must be of `kind`; 0 after a misuse. The object
 * becomes the thread's subject. A declared one is a constant. */
uint32_t operand_read_subject(struct simulation *sim,
                              thread_id thread,
                              uint32_t operand,
                              enum object_kind kind);

static inline uint32_t operand_subject(struct simulation *sim, thread_id thread, uint32_t operand, enum object_kind kind)
{
    if (operand != OPERAND_ABSENT) {
        const struct plan_formula *formula = &sim->plan->formula[operand];
        reference object = (reference)formula->constant.bits;
        if (formula->form == FORMULA_IS_CONSTANT && formula->constant.type == VALUE_REFERENCE &&
            reference_kind(object) == kind) {
            thread_at(sim, thread)->subject = object;
            return reference_slot(object) + 1;
        }
    }
    return operand_read_subject(sim, thread, operand, kind);
}

/* The number of another object of `kind`; 0 when the operand is absent, or after a misuse. */
uint32_t operand_object(struct simulation *sim,
                        thread_id thread,
                        uint32_t operand,
                        enum object_kind kind);

/* Fills the first locals of a new frame of `procedure`, as `with` says; their number in *locals. */
bool operand_with(struct simulation *sim,
                  thread_id thread,
                  struct operand_with with,
                  uint32_t *locals);

/* A record of a rule broken by the program; it fails the run. */
void misuse(struct simulation *sim, thread_id thread, const char *text);

#endif
