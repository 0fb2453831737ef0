/* SPDX-License-Identifier: Apache-2.0 */
/* The states of threads, and what else is said of one in a word. */
#ifndef MODEL_THREAD_STATE_H
#define MODEL_THREAD_STATE_H

enum thread_state {
    THREAD_UNBORN,  /* declared, not started */
    THREAD_READY,   /* could run and has not yet */
    THREAD_RUNNING, /* has its processor: executes, computes, spins or has just given way */
    THREAD_BLOCKED, /* waits for something other than a packet */
    THREAD_PARKED,  /* waits for a packet */
    THREAD_ENDED,
};

enum {
    THREAD_BACKGROUND = 1,
    THREAD_MAY_WAIT = 2,
    THREAD_ALERTABLE = 4,  /* its present wait is */
    THREAD_HAS_PAID = 8,   /* for the thread that its present step starts */
    THREAD_WAITS_ANY = 16, /* its present wait is for any of its objects */
    THREAD_OUTSIDE = 32,   /* it waits for the outside, which is no wait of the simulation */
    THREAD_SPINS = 64,
    THREAD_IS_AWAITED = 128, /* declared, not begun, and counted among the foreground */
};

/* Out of which wait a kernel APC has taken a thread, which begins that wait again (fact IOCP-51). */
enum interrupted {
    INTERRUPTED_NOT,
    INTERRUPTED_WAIT, /* for something other than a packet */
    INTERRUPTED_GET,
};

/* What ended a wait, as far as a dispatcher lifts the thread for it (facts C5, IOCP-143). */
enum readied_by {
    READIED_PLAINLY, /* a time-out, an APC, the end of a thread or of an operation */
    READIED_BY_OBJECT,
    READIED_BY_QUEUE,
};

#endif
