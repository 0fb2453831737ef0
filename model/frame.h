/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, the APCs that become frames, and how often procedures have been called. */
#ifndef MODEL_FRAME_H
#define MODEL_FRAME_H

#include "model/simulation.h"

/* One activation of a procedure. */
struct frame {
    uint64_t number;
    /* The results of its last step that has an outcome. */
    uint64_t bytes, key;
    packet_id operation;
    uint32_t count, which;
    uint16_t error;
    uint8_t ok, kind; /* enum frame_kind */
    /* Where it stands. */
    frame_id up;
    uint32_t procedure, return_pc;
    uint32_t locals;      /* first of its values */
    packet_id packet;  /* what a callback is about; 0 for an APC */
    packet_id taken;   /* what its last get took and no dispatch has run */
    uint32_t begun_at;    /* callbacks: text, the pointer of the dispatch */
    uint64_t called_by;   /* callbacks: n of the release, take or apc-run */
    uint64_t item;        /* that it works for: a key of model/item.h; 0 */
    uint8_t called_why;
    uint8_t notice;       /* enum notice: what brought the callback where no packet did */
    uint16_t depth;       /* how many continuations it runs inside of (fact CLR-12) */
    coroutine_id coroutine; /* how it is suspended, and whom its end concerns; 0: nobody, and it never is */
};

enum frame_kind {
    FRAME_THREAD,   /* what the thread runs */
    FRAME_CALL,
    FRAME_CALLBACK, /* of a packet */
    FRAME_APC,
    FRAME_WORK,     /* of an item of a pool */
    FRAME_CONTINUATION, /* what continue_with named */
    FRAME_RESUMED,      /* of an asynchronous procedure that was suspended */
    FRAME_WORK_RESUMED, /* the same, as the item of a pool */
};

/* What a callback knows of the registered wait that has brought it. */
enum notice {
    NOTICE_NONE,
    NOTICE_SIGNALLED,
    NOTICE_TIMED_OUT,
};

/* Whether a frame of this kind is told by callback-begin and callback-end. */
static inline bool frame_is_callback(uint32_t kind)
{
    return kind == FRAME_CALLBACK || kind == FRAME_APC || kind == FRAME_WORK || kind == FRAME_CONTINUATION;
}

/* A procedure queued to a thread. */
struct apc {
    uint64_t queued; /* n of its apc-queue */
    uint64_t item;
    packet_id packet;    /* of a routine: the operation that ended; 0 */
    uint32_t procedure, locals, next;
    enum record_why why; /* user or io */
    uint32_t spare;
};

/* How often a procedure was called back, and how many frames of it are unfinished. */
struct procedure_count {
    uint64_t calls, running;
};

static inline struct procedure_count *procedure_count_at(const struct simulation *sim, uint32_t procedure)
{
    return BLOCK_AT(&sim->block, TABLE_PROCEDURE, struct procedure_count, procedure + 1);
}

static inline struct frame *frame_at(const struct simulation *sim, frame_id id)
{
    return BLOCK_AT(&sim->block, TABLE_FRAME, struct frame, id);
}

static inline struct apc *apc_at(const struct simulation *sim, uint32_t id)
{
    return BLOCK_AT(&sim->block, TABLE_APC, struct apc, id);
}

#endif
