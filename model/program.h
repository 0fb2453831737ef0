/* SPDX-License-Identifier: Apache-2.0 */
/* The interpreter: runs the steps of a thread until it stops. Verbs come by table; this file knows no noun
 * but threads and packets. */
#ifndef MODEL_PROGRAM_H
#define MODEL_PROGRAM_H

#include "model/simulation.h"
#include "model/thread.h"

/* What the flow verbs are compiled to; they stand behind the verbs in a step's first word. */
enum flow {
    FLOW_JUMP = VERB_COUNT, /* to */
    FLOW_BRANCH,            /* condition, to: when it is false, pointer of the step */
    FLOW_REPEAT,            /* count, from, counter slot, target of `as`, to: when it is over, pointer */
    FLOW_AGAIN,             /* counter slot, target of `as`, to: back to the body */
    FLOW_CALL,              /* procedure, with, pointer, target of `as` */
    FLOW_RETURN,            /* - */
    FLOW_SERVED,            /* to: after a get that failed for another reason than an APC */
    FLOW_CHOOSE,            /* list of weights or absent, count, then where each begins */
    FLOW_BEGIN,             /* - : an asynchronous procedure begins */
};

/* Runs `thread`, which has a processor, until it uses time, waits, gives way or ends, or the run is over. */
void program_run(struct simulation *sim, thread_id thread);

/* Begins a callback in a frame of its own; it returns to `return_pc`. */
void program_begin_callback(struct simulation *sim, thread_id thread, const struct frame *frame);

/* The innermost frame leaves its thread unfinished; who called it goes on. */
void program_leave(struct simulation *sim, thread_id thread);

/* The verbs. */
enum step_end program_dispatch(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end program_let(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end program_exit(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end program_stop(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
