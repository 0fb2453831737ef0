/* SPDX-License-Identifier: Apache-2.0 */
/* Processes. A process is little more than a number: the threads, handles and ports that belong to it say so. */
#ifndef MODEL_PROCESS_H
#define MODEL_PROCESS_H

#include "model/simulation.h"

/* Its number is that in the plan, from 1. */
struct process {
    uint32_t has_exited;
};

/* The process of what names none. */
#define PROCESS_DEFAULT 1

static inline struct process *process_at(const struct simulation *sim, process_id id)
{
    return BLOCK_AT(&sim->block, TABLE_PROCESS, struct process, id);
}

/* The process that an operand names; absent: `otherwise`. */
static inline process_id process_of(uint32_t operand, process_id otherwise)
{
    return operand == OPERAND_ABSENT ? otherwise : operand + 1;
}

#endif
