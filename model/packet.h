/* SPDX-License-Identifier: Apache-2.0 */
/* Packets: what a completion port queues. A posted packet and an overlapped operation are one noun here,
 * for a finished operation is its own packet (fact IOCP-14): completing cannot fail for want of memory.
 *
 * A packet lives as long as something refers to it: the device or queue that has it, the frame that took
 * it, the callback that it caused, a variable, local or result that names it. */
#ifndef MODEL_PACKET_H
#define MODEL_PACKET_H

#include "model/item.h"
#include "model/simulation.h"
#include "sim/check.h"

enum {
    PACKET_IS_POST = 1,
    PACKET_IS_PENDING = 2,
    PACKET_IS_NAMED = 4,        /* by `as`: results show it */
    PACKET_SUPPRESSED = 8,      /* hEvent's low bit is set: no packet */
    PACKET_IS_VISIBLE = 16,     /* its status block can be read (fact IOCP-90) */
    PACKET_IN_SERVICE = 32,     /* its end is scheduled */
    PACKET_AT_DEVICE = 64,      /* it waits at its device for a server */
    PACKET_IS_SYNCHRONOUS = 128, /* its issuer waits in the call for its end */
    PACKET_HAS_APC = 256,       /* a routine of the issuer runs instead of a packet */
    PACKET_NO_OVERLAPPED = 512, /* none was passed: no packet */
    PACKET_IN_CALL = 1024,      /* the call has not answered yet */
    PACKET_IS_DISOWNED = 2048,  /* its announcement was dropped: no callback */
    PACKET_HAS_ARRIVED = 4096,  /* its callback has begun, or would have */
    PACKET_TO_WORKER = 8192,    /* a worker of its pool runs its callback, whoever hears of its end */
    PACKET_BY_WORKER = 16384,   /* a worker of its pool serves it, and waits for it */
    PACKET_ON_CALLER = 32768,   /* its callback runs within the call */
    PACKET_IS_LATE = 131072,    /* the registered wait that posted it has timed out */
    PACKET_IS_REQUEST = 65536,  /* the first of a web request: its response comes later */
};

struct packet {
    uint64_t number;     /* its `op` */
    uint64_t bytes;      /* while an operation waits for its far end: how many it wants */
    uint64_t key;        /* while an operation pends: how long its device needs for it, in ns */
    uint64_t cause;      /* n of its packet-post or op-complete; pending: of what it last went through */
    uint64_t given;      /* n of the release or take that gave it to a thread; pending: of its op-issue */
    uint64_t overlapped; /* which OVERLAPPED it was issued with; 0: an unnamed one */
    uint64_t told;       /* a control's: the count that a call which waits for it tells (fact IOCP-99) */
    uint64_t item;       /* of the load that it belongs to: a key of model/item.h; 0 */
    packet_id next;      /* in the port's queue, a device's or a frame's list */
    handle_id handle;    /* 0: a post */
    queue_id queue;      /* posts: the port */
    uint32_t procedure;  /* callback; PLAN_NONE */
    uint32_t locals;     /* the callback's, filled by `with` */
    waitable_id event;   /* hEvent; 0 */
    uint32_t references;
    thread_id issuer;
    packet_id file_previous, file_next; /* among what is pending on its file object */
    uint32_t other;      /* the file of an accept's socket; the handle of a connect's listener */
    uint32_t flags;
    uint16_t error;
    uint8_t given_why;   /* of `given`; pending: the why of its op-complete */
    uint8_t verb;        /* that issued it */
    uint32_t task;       /* that it completes, once it has arrived; 0: nobody awaits it */
};

static inline struct packet *packet_at(const struct simulation *sim, packet_id id)
{
    return BLOCK_AT(&sim->block, TABLE_PACKET, struct packet, id);
}

static inline reference packet_reference(packet_id id)
{
    return reference_make(OBJECT_OPERATION, id - 1);
}

/* A packet with the next number, referred to once. */
packet_id packet_create(struct simulation *sim);

static inline void packet_hold(struct simulation *sim, packet_id packet)
{
    packet_at(sim, packet)->references++;
}

/* Lets go of one reference; the last frees the packet and the locals that no callback has taken. 0 is let pass. */
void packet_free(struct simulation *sim, packet_id packet);

static inline void packet_drop(struct simulation *sim, packet_id id)
{
    if (id != 0) {
        SIM_CHECK(packet_at(sim, id)->references > 0);
        if (--packet_at(sim, id)->references == 0) {
            packet_free(sim, id);
        }
    }
}

/* A record about the operation: its handle as the object, its number; caused by what completed it, or, once
 * it was given to a thread, by that. */
struct record *emit_packet(struct simulation *sim, enum record_kind kind, packet_id packet, enum record_why why);

/* The values of a frame: consecutive elements, as many as its procedure has slots. A value may hold a packet
 * and a packet holds the locals of its callback, so the two let go of each other and live in one file. */
static inline struct value *local_at(const struct simulation *sim, uint32_t id)
{
    return BLOCK_AT(&sim->block, TABLE_LOCAL, struct value, id);
}

/* Fresh locals for `procedure`, all null; 0 when it has none. */
uint32_t locals_make(struct simulation *sim, uint32_t count);

static inline uint32_t locals_create(struct simulation *sim, uint32_t procedure)
{
    uint32_t count = sim->plan->procedure[procedure].locals;

    return count == 0 ? 0 : locals_make(sim, count);
}

/* The same again, for a procedure that is called more than once with what was said once. */
uint32_t locals_copy(struct simulation *sim, uint32_t procedure, uint32_t locals);

/* Lets go of what they refer to, and frees them. */
void locals_free(struct simulation *sim, uint32_t procedure, uint32_t locals);

/* Stores a value where values live, moving the reference that an operation's value holds. */
void value_store(struct simulation *sim, struct value *place, struct value value);

/* The packet as a value, or null for none. Its number stands in the upper half, for readers of records,
 * who know operations by nothing else. */
struct value packet_value(const struct simulation *sim, packet_id packet);

/* The number of a packet as results name it: a post without `as` has a null operation. */
static inline packet_id packet_as_result(const struct simulation *sim, packet_id id)
{
    return (packet_at(sim, id)->flags & (PACKET_IS_POST | PACKET_IS_NAMED)) == PACKET_IS_POST ? 0 : id;
}

#endif
