/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of a run: by type of thread, by thread, by port, pool, device, handle and procedure. Integers throughout;
 * sums of times are exact. */
#ifndef TRACES_STATISTICS_H
#define TRACES_STATISTICS_H

#include "traces/replay.h"
#include "traces/trace.h"

__extension__ typedef unsigned __int128 statistics_sum; /* ns, or a number times ns */

/* What comes into a place and leaves it again. Two sums that know nothing of each other: how many are there, over
 * time, from the counts that records show; and how long each was there, from when it came and went. Where
 * nobody is left behind they are equal (Little's law). */
struct statistics_flow {
    uint64_t in, out, most;
    uint64_t present;        /* since `since` */
    sim_time since;
    statistics_sum area;     /* present times ns, up to `since` */
    statistics_sum sojourn;  /* of those that left */
    sim_span longest;
};

/* Up to `end`. */
statistics_sum statistics_area(const struct statistics_flow *flow, sim_time end);

/* Spans of one sort. */
struct statistics_spans {
    uint64_t count;
    sim_span least, most;
    statistics_sum sum;
};

struct statistics_port {
    uint32_t told;                 /* as which of its kind a record first told of it, from 1; 0: none has */
    struct statistics_flow queue;  /* packets queued; present: `depth` of the records */
    struct statistics_flow active; /* threads: only the number over time */
    uint64_t posted;               /* packets; the others that came are of operations */
    uint64_t handed;               /* given to a parked thread without being queued */
    uint64_t released, taken, dropped; /* that had been queued: to a parked thread, by a get, lost */
};

struct statistics_pool {
    uint32_t told;                 /* as which of its kind a record first told of it, from 1; 0: none has */
    struct statistics_flow queue;  /* items; present: `depth` of the records */
    struct statistics_flow threads; /* in: made, out: gone; present: those that exist */
    uint64_t handed;               /* items that a thread had at once */
    uint64_t done;
};

struct statistics_device {
    uint32_t told;                 /* as which of its kind a record first told of it, from 1; 0: none has */
    struct statistics_flow all;    /* operations waiting and served; present: busy and queued of the records */
    struct statistics_flow served; /* present: busy */
    struct statistics_spans waits; /* for a place */
};

struct statistics_handle {
    uint32_t told;                 /* as which of its kind a record first told of it, from 1; 0: none has */
    struct statistics_flow pending; /* operations */
    uint64_t bytes;
};

struct statistics_procedure {
    uint32_t told;                 /* as which of its kind a record first told of it, from 1; 0: none has */
    uint64_t calls;
    struct statistics_spans waits; /* from the packet's arrival to its callback */
    struct statistics_spans runs;  /* from begin to end */
};

struct statistics;

/* NULL when there is no memory. `names` is copied. */
struct statistics *statistics_create(const struct record_names *names);
void statistics_destroy(struct statistics *statistics);

/* An observer's `see`; `context` is the statistics. */
void statistics_see(void *context, const struct record_batch *batch);
bool statistics_failed(const struct statistics *statistics);

/* The instant of the last record. */
sim_time statistics_end(const struct statistics *statistics);

/* What records told of, in the order in which they first did, which is the same for a run and its trace: the
 * slot, or the number of the procedure, of the index-th. False behind the last. */
enum statistics_table {
    STATISTICS_PORTS,
    STATISTICS_POOLS,
    STATISTICS_DEVICES,
    STATISTICS_HANDLES,
    STATISTICS_PROCEDURES,
    STATISTICS_TABLES,
};

bool statistics_told(const struct statistics *statistics, enum statistics_table table, size_t index, uint32_t *number);

/* By slot, or by number of the procedure; NULL behind the last. */
const struct statistics_port *statistics_port(const struct statistics *statistics, uint32_t slot);
const struct statistics_pool *statistics_pool(const struct statistics *statistics, uint32_t slot);
const struct statistics_device *statistics_device(const struct statistics *statistics, uint32_t slot);
const struct statistics_handle *statistics_handle(const struct statistics *statistics, uint32_t slot);
const struct statistics_procedure *statistics_procedure(const struct statistics *statistics, uint32_t number);

/* What the threads of one type, or one thread, did. Times in ns. */
struct thread_figures {
    uint64_t threads, callbacks, switches;
    sim_span in_state[REPLAY_THREAD_STATES];
};

/* Adds a thread's figures up to now. */
void statistics_add_thread(const struct replay *replay, reference thread, struct thread_figures *figures);

/* Adds those of the threads of a type that are forgotten. */
void statistics_add_forgotten(const struct replay *replay, uint8_t type, struct thread_figures *figures);

/* Writes them, for people or as one JSON object; `replay` has seen the whole run too. False when the sink took
 * no more. */
bool statistics_write(const struct statistics *statistics, const struct replay *replay, const struct trace_sink *sink);
bool statistics_write_json(const struct statistics *statistics, const struct replay *replay, const struct trace_sink *sink);

/* The names that the figures are told by. */
const struct record_names *statistics_names(const struct statistics *statistics);

#endif
