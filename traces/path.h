/* SPDX-License-Identifier: Apache-2.0 */
/* What an operation's time was spent on: segments that lie end to end from its issue to its end, each with a cause
 * that has a name. Their lengths sum to the latency, exactly. */
#ifndef TRACES_PATH_H
#define TRACES_PATH_H

#include "traces/lives.h"

enum segment_kind {
    SEGMENT_CALL,    /* within the call, or waiting for the far end */
    SEGMENT_WAIT,    /* waiting for its device, which serves another operation */
    SEGMENT_SERVICE, /* its device serves it */
    SEGMENT_QUEUE,   /* its packet is queued: a thread that holds the slot is busy otherwise */
    SEGMENT_WAKE,    /* a thread has its packet, and has not begun its callback */
    SEGMENT_RUN,     /* its callback runs */
    SEGMENT_READY,   /* its callback waits for a processor */
    SEGMENT_BLOCKED, /* its callback is blocked */
    SEGMENT_KINDS,
};

struct segment {
    sim_time from, to;
    uint8_t kind;       /* enum segment_kind */
    uint8_t state, why; /* of the thread: enum replay_thread_state; why it is blocked */
    reference thread;   /* who runs it, or whom it waits for; REFERENCE_NONE: no thread */
    reference on;       /* the device, the port, or what the thread is blocked on */
    reference by;       /* blocked: who released it; REFERENCE_NONE: nobody, a time-out or a device */
    uint64_t op;        /* waiting: the operation that goes before it; 0: none */
    uint32_t procedure; /* what the thread runs meanwhile; NAME_NONE */
};

struct path {
    struct segment *segment;
    size_t count, room;
    bool is_coarse; /* said before: a wait for a thread is one segment, whatever the thread does meanwhile; for sums alone */
    bool failed;
};

/* Zeroed before its first use; may be used again. False when memory ran out. */
bool path_of(struct path *path, const struct lanes *lanes, const struct lives *lives, const struct life *life);
void path_release(struct path *path);

/* One word for a kind, and how long an operation spent on each. */
const char *segment_kind_name(enum segment_kind kind);
void path_sums(const struct path *path, sim_span sums[SEGMENT_KINDS]);

/* What objects and operations are called. */
struct path_names {
    const struct record_names *names;
    const struct lives *lives;
};

/* What happens in a segment, in words that complete its kind's, cut to `room`. */
void segment_words(const struct segment *segment, struct path_names names, char *words, size_t room);

/* What a thread runs at an instant: the place of its innermost callback; SIZE_MAX: none. */
size_t lane_callback_at(const struct lane *lane, sim_time t);

#endif
