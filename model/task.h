/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: what will be complete once, and what is to run then (facts CLR-12..14). */
#ifndef MODEL_TASK_H
#define MODEL_TASK_H

#include "model/simulation.h"

struct task {
    uint64_t completed;        /* n of its task-complete */
    uint64_t bytes;            /* of an operation */
    waitable_id waitable;      /* made when somebody blocks on it; 0 */
    coroutine_id coroutine;    /* of the frame whose end completes it; 0: a step does, or an operation */
    packet_id packet;          /* the operation that it stands for; 0 */
    continuation_id first, last; /* registered, oldest first */
    uint16_t error;
    bool is_done;
    bool runs_asynchronously;  /* its continuations are queued, whoever completes it */
    uint32_t spare;
};

enum continuation_kind {
    CONTINUES_FRAME,    /* that awaits this task alone */
    CONTINUES_JOIN,     /* a frame that awaits several */
    CONTINUES_WITH,     /* a procedure, of continue_with */
    CONTINUES_DISPATCH, /* of the packets that the frame below has taken */
    CONTINUES_BEGINNING, /* of what a task runs: its procedure has not begun */
};

/* What is to run when a task is complete. */
struct continuation {
    uint64_t awaiting;      /* n of its task-await: with another one the coroutine no longer waits for this */
    uint64_t cause;         /* n of the task-complete, or of the task-await of a task that was complete */
    task_id task;
    continuation_id next;   /* of the task, or of the thread that will run it */
    coroutine_id coroutine; /* of the frame that goes on; 0: a procedure begins */
    uint32_t procedure, locals;
    uint32_t place;         /* of the task among those that the frame awaits */
    pool_id context;        /* to which it comes back; 0: to none */
    frame_id base;          /* left to a thread: it runs on top of this frame */
    uint32_t step;          /* left to a thread: text, the pointer of the step that did so */
    uint8_t kind;           /* enum continuation_kind */
    uint8_t why;            /* enum record_why: where it runs */
    bool may_run_inline;    /* ExecuteSynchronously */
    uint8_t spare[5];
};

/* The context that a thread runs in, which an await captures: its pool, if that is one; 0: none. */
pool_id task_context(const struct simulation *sim, thread_id thread);

/* What makes a frame one that can be suspended, or whose end completes a task. A suspended frame is one that no
 * thread points at: it lies in the block, and this leads to it. */
struct coroutine {
    uint64_t awaiting;  /* n of the task-await that it is suspended by; 0: it is not */
    uint64_t bytes;     /* of what it awaits and is complete */
    frame_id frame;     /* 0: it has not begun, or is not asynchronous and has only a task */
    task_id task;       /* that its end completes; 0 */
    thread_id thread;   /* on which it lies; 0: it is suspended */
    task_id awaits;     /* the first task that it is suspended for */
    pool_id returns_to; /* the context in which it stands queued; 0 */
    uint32_t pc, step;  /* where it goes on; text: the pointer of its await */
    uint32_t missing;   /* tasks that must be complete before it goes on */
    uint32_t place;     /* of the first that failed, among those awaited */
    reference subject;  /* what its await names, where that is one object */
    uint64_t item;      /* that ends with it: a key of model/item.h; 0: none */
    uint16_t error;     /* of that one */
    bool awaits_any, has_ended;
};

static inline struct task *task_at(const struct simulation *sim, task_id id)
{
    return BLOCK_AT(&sim->block, TABLE_TASK, struct task, id);
}

static inline struct continuation *continuation_at(const struct simulation *sim, continuation_id id)
{
    return BLOCK_AT(&sim->block, TABLE_CONTINUATION, struct continuation, id);
}

static inline struct coroutine *coroutine_at(const struct simulation *sim, coroutine_id id)
{
    return BLOCK_AT(&sim->block, TABLE_COROUTINE, struct coroutine, id);
}

static inline reference task_reference(task_id id)
{
    return reference_make(OBJECT_TASK, id - 1);
}

/* A new task that `thread` makes, bound to the target; 0 after a misuse. */
task_id task_create(struct simulation *sim, thread_id thread, uint32_t target);

/* The task is complete: who is blocked on it goes on, then its continuations are queued or left to the thread to
 * run, in the order of fact CLR-12. `thread` is who completes it; 0: nobody, an operation ended by itself. */
void task_complete(struct simulation *sim, thread_id thread, task_id task, uint16_t error);

/* The operation, which a task stands for, has arrived on `thread`; 0: on none. True when something is left to the
 * thread to run, behind which it goes on with its dispatch. */
bool task_packet_arrives(struct simulation *sim, thread_id thread, packet_id operation);

/* Registers a continuation of a task that is not complete. */
void task_continue(struct simulation *sim, task_id task, const struct continuation *continuation);

/* The task that an operand is, or that stands for the operation that it is: made when it is first asked for. 0 after
 * a misuse. */
task_id task_operand(struct simulation *sim, thread_id thread, uint32_t operand);

/* A continuation that nobody will run: of a pool's item that is dropped. */
void task_continuation_is_lost(struct simulation *sim, continuation_id continuation);

/* Forgets what was left to a thread that ends. */
void task_thread_ends(struct simulation *sim, thread_id thread);

/* Who will complete the task, as far as can be known: the thread on which the frame runs that does, or that will
 * complete what this frame awaits; 0: not known. */
thread_id task_owner(const struct simulation *sim, task_id task);

/* The verbs. */
enum step_end task_make(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end task_complete_by_step(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end task_block_on(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end task_continue_with(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
