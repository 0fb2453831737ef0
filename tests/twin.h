/* SPDX-License-Identifier: Apache-2.0 */
/* The twin: the kernel queue once more, naive and by the facts alone, for comparison with the model.
 * It is told what happens from outside (a call, a post, a wait, an end of one) and answers with what must
 * follow. It keeps no counts: it looks at all threads and all packets whenever it wants to know. */
#ifndef TESTS_TWIN_H
#define TESTS_TWIN_H

#include <stdbool.h>
#include <stdint.h>

#define TWIN_THREADS 24
#define TWIN_PORTS 40
#define TWIN_PACKETS 512
#define TWIN_VERDICTS 1024 /* of one happening; the caller sets `verdicts` to 0 before the next */
#define TWIN_NEVER UINT64_MAX
#define TWIN_NONE (-1)

/* What the twin says must follow. */
enum twin_kind {
    TWIN_QUEUE,
    TWIN_RELEASE,
    TWIN_TAKE,
    TWIN_DROP, /* up to here: of a packet */
    TWIN_JOIN,
    TWIN_LEAVE,
    TWIN_WAIT,
    TWIN_RETURN,
    TWIN_BLOCK,
    TWIN_UNBLOCK,
    TWIN_RUNDOWN,
};

enum twin_why {
    TWIN_NO_WHY,
    TWIN_NEWEST,
    TWIN_BY_BLOCK,
    TWIN_BY_EXIT,
    TWIN_BY_LEAVE,
    TWIN_BY_SUSPEND,
    TWIN_OVER_LIMIT,
    TWIN_NO_WAITER,
    TWIN_BELOW,
    TWIN_AT_LIMIT,
    TWIN_EMPTY,
    TWIN_TIMED_OUT,
    TWIN_POLL_EMPTY,
    TWIN_POLL_AT_LIMIT,
    TWIN_APC,
    TWIN_ABANDONED,
    TWIN_FIRST_GET,
    TWIN_OTHER_PORT,
    TWIN_EXIT,
    TWIN_GONE,
};

/* Rules that the twin can be told to get wrong, so that the test of the test has something to find. */
enum twin_mistake { TWIN_RIGHT, TWIN_OLDEST_FIRST, TWIN_EXIT_KEEPS_SLOT, TWIN_LIMIT_PLUS_ONE, TWIN_MISTAKES };

struct verdict {
    enum twin_kind kind;
    enum twin_why why;
    int thread, port;      /* TWIN_NONE: nobody's */
    uint64_t op;           /* the packet; 0 */
    uint32_t active, depth; /* of the port, just after it */
};

/* Who tells of a thread or port that is new fills it in. */
struct twin_thread {
    bool alive, waits, parked, alertable; /* waits: for anything at all */
    int port;              /* associated with */
    uint64_t joined, began; /* when it joined and when it began to wait: a count that grows */
    uint64_t deadline;
    uint32_t apcs;         /* queued to it */
};

struct twin_port {
    uint32_t limit, files; /* files: associated with it */
    bool exists, closed;
};

struct twin_packet {
    uint64_t op;
    int port;
};

/* A call of get. */
struct twin_call {
    uint64_t timeout; /* ns; 0 polls */
    uint32_t most;
    bool alertable;
};

/* Zeroed at first. */
struct twin {
    struct twin_thread thread[TWIN_THREADS];
    struct twin_port port[TWIN_PORTS];
    struct twin_packet packet[TWIN_PACKETS]; /* of all ports, oldest first */
    uint32_t packets;
    struct verdict verdict[TWIN_VERDICTS];
    uint32_t verdicts;
    uint64_t now, count;
    enum twin_mistake mistake;
};

uint32_t twin_active(const struct twin *twin, int port);
uint32_t twin_depth(const struct twin *twin, int port);

/* What happens. Each appends to `verdict` what must follow, in order. */
void twin_get(struct twin *twin, int thread, int port, const struct twin_call *call);
void twin_insert(struct twin *twin, int port, uint64_t op);
/* The thread begins to wait for something other than a packet, or that wait has ended. */
void twin_waits(struct twin *twin, int thread, bool begins);
/* It is suspended: a wait, but for what its slot is then freed by (fact IOCP-50). */
void twin_is_suspended(struct twin *twin, int thread);
void twin_times_out(struct twin *twin, int thread);
void twin_apc_queued(struct twin *twin, int thread);
void twin_exits(struct twin *twin, int thread);
void twin_closes(struct twin *twin, int port);
/* The last reference to a closed port goes: no file is associated. */
void twin_runs_down(struct twin *twin, int port);

#endif
