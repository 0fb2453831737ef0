/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel queue from its facts (IOCP-30..52, and for closing IOCP-66), by linear search. Written without a
 * look at the model's and sharing nothing with it. Who is active is not counted but seen: an associated thread
 * that waits for nothing (IOCP-30). Who is released is searched for, by when each began to wait (IOCP-25). */
#include "tests/twin.h"

#include <string.h>

uint32_t twin_active(const struct twin *twin, int port)
{
    uint32_t active = 0;

    for (int i = 0; i < TWIN_THREADS; i++) {
        active += twin->thread[i].alive && twin->thread[i].port == port && !twin->thread[i].waits;
    }
    return active;
}

uint32_t twin_depth(const struct twin *twin, int port)
{
    uint32_t depth = 0;

    for (uint32_t i = 0; i < twin->packets; i++) {
        depth += twin->packet[i].port == port;
    }
    return depth;
}

static void decide(struct twin *twin, struct verdict verdict)
{
    verdict.active = twin_active(twin, verdict.port);
    verdict.depth = twin_depth(twin, verdict.port);
    twin->verdict[twin->verdicts++ % TWIN_VERDICTS] = verdict;
}

/* IOCP-21, 25: of those parked at the port, who began to wait last, or first; TWIN_NONE. */
static int waiter(const struct twin *twin, int port, bool newest)
{
    int best = TWIN_NONE;

    for (int i = 0; i < TWIN_THREADS; i++) {
        const struct twin_thread *thread = &twin->thread[i];
        if (thread->parked && thread->port == port &&
            (best == TWIN_NONE || (thread->began > twin->thread[best].began) == newest)) {
            best = i;
        }
    }
    return best;
}

/* IOCP-20: takes the port's oldest packet out. */
static uint64_t oldest_packet(struct twin *twin, int port)
{
    uint32_t i = 0;
    uint64_t op;

    while (twin->packet[i].port != port) {
        i++;
    }
    op = twin->packet[i].op;
    memmove(&twin->packet[i], &twin->packet[i + 1], (--twin->packets - i) * sizeof twin->packet[0]);
    return op;
}

static bool has_room(const struct twin *twin, int port)
{
    return twin_active(twin, port) < twin->port[port].limit + (twin->mistake == TWIN_LIMIT_PLUS_ONE);
}

/* IOCP-32, 40: where there are room, a waiter and a packet, one waiter gets the oldest packet. */
static bool release(struct twin *twin, int port, enum twin_why why)
{
    int thread = waiter(twin, port, twin->mistake != TWIN_OLDEST_FIRST);

    if (!has_room(twin, port) || thread == TWIN_NONE || twin_depth(twin, port) == 0) {
        return false;
    }
    twin->thread[thread].waits = twin->thread[thread].parked = false;
    decide(twin, (struct verdict){TWIN_RELEASE, why, thread, port, oldest_packet(twin, port), 0, 0});
    return true;
}

static void leave(struct twin *twin, int thread, enum twin_why why)
{
    int port = twin->thread[thread].port;

    twin->thread[thread].port = TWIN_NONE;
    decide(twin, (struct verdict){TWIN_LEAVE, why, thread, port, 0, 0, 0});
}

/* Back from get without a packet, and active, whatever the limit (IOCP-37, 39). */
static void come_back(struct twin *twin, int thread, enum twin_why why)
{
    twin->thread[thread].waits = twin->thread[thread].parked = false;
    decide(twin, (struct verdict){TWIN_RETURN, why, thread, twin->thread[thread].port, 0, 0, 0});
}

void twin_get(struct twin *twin, int number, int port, const struct twin_call *call)
{
    struct twin_thread *thread = &twin->thread[number];
    int old = thread->port;

    thread->waits = true; /* IOCP-35: it stops being active */
    if (old != port) {    /* IOCP-44: first the old port */
        if (old != TWIN_NONE) {
            leave(twin, number, TWIN_OTHER_PORT);
            (void)release(twin, old, TWIN_BY_LEAVE);
        }
        thread->port = port;
        thread->joined = ++twin->count;
        decide(twin, (struct verdict){TWIN_JOIN, TWIN_FIRST_GET, number, port, 0, 0, 0});
    }
    if (has_room(twin, port) && twin_depth(twin, port) > 0) { /* IOCP-36, 52 */
        thread->waits = false;
        for (uint32_t taken = 0; taken < call->most && twin_depth(twin, port) > 0; taken++) {
            decide(twin, (struct verdict){TWIN_TAKE, TWIN_BELOW, number, port, oldest_packet(twin, port), 0, 0});
        }
    } else if (call->alertable && thread->apcs > 0) { /* IOCP-37, in its order */
        come_back(twin, number, TWIN_APC);
    } else if (call->timeout == 0) {
        come_back(twin, number, twin_depth(twin, port) == 0 ? TWIN_POLL_EMPTY : TWIN_POLL_AT_LIMIT);
    } else {
        thread->parked = true;
        thread->alertable = call->alertable;
        thread->began = ++twin->count;
        thread->deadline = call->timeout == TWIN_NEVER ? TWIN_NEVER : twin->now + call->timeout;
        decide(twin, (struct verdict){TWIN_WAIT, has_room(twin, port) ? TWIN_EMPTY : TWIN_AT_LIMIT, number, port, 0,
                                      0, 0});
    }
}

/* IOCP-32: a post, or a completion. */
void twin_insert(struct twin *twin, int port, uint64_t op)
{
    enum twin_why why = has_room(twin, port) ? TWIN_NO_WAITER : TWIN_OVER_LIMIT;

    twin->packet[twin->packets++] = (struct twin_packet){op, port};
    if (!release(twin, port, TWIN_NEWEST)) {
        decide(twin, (struct verdict){TWIN_QUEUE, why, TWIN_NONE, port, op, 0, 0});
    }
}

/* It no longer waits for nothing, which may free a slot. */
static void stop(struct twin *twin, int thread, enum twin_why why)
{
    int port = twin->thread[thread].port;

    twin->thread[thread].waits = true;
    if (port != TWIN_NONE) {
        decide(twin, (struct verdict){TWIN_BLOCK, TWIN_NO_WHY, thread, port, 0, 0, 0});
        (void)release(twin, port, why);
    }
}

void twin_waits(struct twin *twin, int thread, bool begins) /* IOCP-40; its end: IOCP-42 */
{
    int port = twin->thread[thread].port;

    if (begins) {
        stop(twin, thread, TWIN_BY_BLOCK);
        return;
    }
    twin->thread[thread].waits = false;
    if (port != TWIN_NONE) {
        decide(twin, (struct verdict){TWIN_UNBLOCK, TWIN_NO_WHY, thread, port, 0, 0, 0});
    }
}

void twin_is_suspended(struct twin *twin, int thread) /* IOCP-50 */
{
    stop(twin, thread, TWIN_BY_SUSPEND);
}

void twin_times_out(struct twin *twin, int thread) /* IOCP-65: not before its time, and only who is parked */
{
    if (twin->thread[thread].parked && twin->thread[thread].deadline == twin->now) {
        come_back(twin, thread, TWIN_TIMED_OUT);
    }
}

void twin_apc_queued(struct twin *twin, int thread) /* IOCP-37, 70 */
{
    twin->thread[thread].apcs++;
    if (twin->thread[thread].parked && twin->thread[thread].alertable) {
        come_back(twin, thread, TWIN_APC);
    }
}

void twin_exits(struct twin *twin, int thread) /* IOCP-43 */
{
    int port = twin->thread[thread].port;

    twin->thread[thread].alive = false;
    if (port != TWIN_NONE) {
        leave(twin, thread, TWIN_EXIT);
        (void)(twin->mistake != TWIN_EXIT_KEEPS_SLOT && release(twin, port, TWIN_BY_EXIT));
    }
}

void twin_closes(struct twin *twin, int port) /* IOCP-66: those parked, oldest first */
{
    twin->port[port].closed = true;
    for (int thread = waiter(twin, port, false); thread != TWIN_NONE; thread = waiter(twin, port, false)) {
        come_back(twin, thread, TWIN_ABANDONED);
    }
}

void twin_runs_down(struct twin *twin, int port) /* IOCP-46: packets go first, then who joined first */
{
    decide(twin, (struct verdict){TWIN_RUNDOWN, TWIN_NO_WHY, TWIN_NONE, port, 0, 0, 0});
    while (twin_depth(twin, port) > 0) {
        decide(twin, (struct verdict){TWIN_DROP, TWIN_GONE, TWIN_NONE, port, oldest_packet(twin, port), 0, 0});
    }
    for (uint64_t i = 0; i < twin->count * TWIN_THREADS; i++) {
        struct twin_thread *thread = &twin->thread[i % TWIN_THREADS];
        if (thread->alive && thread->port == port && thread->joined == i / TWIN_THREADS + 1) {
            leave(twin, (int)(i % TWIN_THREADS), TWIN_GONE);
        }
    }
}
