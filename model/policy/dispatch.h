/* SPDX-License-Identifier: Apache-2.0 */
/* The table of dispatchers: their words, their constants and what a constant is without being said. The
 * loader, the schema, `help presets` and the structures of the plan are read from here.
 *
 * A figure that is marked unverified rests on memory or on an open question, not on a source that says it. */
#ifndef MODEL_POLICY_DISPATCH_H
#define MODEL_POLICY_DISPATCH_H

#include <stdint.h>

/* DISPATCHER(id, "word", operations, "what it is"); without operations every thread has a processor. */
#define DISPATCHERS(DISPATCHER)                                                                      \
    DISPATCHER(IDEAL, "ideal", NULL, "every thread that can run has a processor, and switching is free") \
    DISPATCHER(WINDOWS_CLIENT, "windows-client", &dispatch_windows, "32 priorities, short quanta (facts C1 to C6)") \
    DISPATCHER(WINDOWS_SERVER, "windows-server", &dispatch_windows, "32 priorities, long quanta (facts C1 to C6)") \
    DISPATCHER(LINUX_EEVDF, "linux-eevdf", &dispatch_eevdf, "the eligible thread with the earliest virtual deadline (fact C9)") \
    DISPATCHER(SHARING, "sharing", &dispatch_sharing, "all threads run at once, at equal parts of the processors' speed") \
    DISPATCHER(ROUND_ROBIN, "round-robin", &dispatch_round_robin, "one queue, one quantum, no priorities")

/* The dispatcher has no such constant. */
#define LACKS UINT64_MAX

/* CONSTANT(word, kind, windows-client, windows-server, linux-eevdf, round-robin, whether it is verified,
 *          "source", "what it is"). Ideal processors and shared ones have none of these. Times are in ns. */
#define DISPATCH_CONSTANTS(CONSTANT)                                                                 \
    CONSTANT(quantum, SPAN, 31250000, 187500000, LACKS, 100000000, true, "C3: 2 and 12 ticks of 15.625 ms; C9: SCHED_RR", \
             "how long a thread may run while another waits")                                        \
    CONSTANT(base_slice, SPAN, LACKS, LACKS, 700000, LACKS, true, "C9",                              \
             "times 1 + log2 of the processors, of at most 8, it is what a thread asks for at once")  \
    CONSTANT(switch_cost, SPAN, 0, 0, 0, 0, true, "12.3: 1.2 to 2.7 us measured, 10 us with the cache", \
             "what a processor loses before it runs another thread than it ran last")                \
    CONSTANT(object_wait_boost, NUMBER, 1, 1, LACKS, LACKS, true, "C5",                              \
             "levels that an event, mutex or semaphore lifts the thread whose wait it ends")         \
    CONSTANT(queue_wait_boost, NUMBER, 0, 0, LACKS, LACKS, false, "IOCP-143",                        \
             "levels that a packet lifts the parked thread that it goes to")                         \
    CONSTANT(preempted_keeps_place, FLAG, 0, 0, LACKS, LACKS, false, "C2",                           \
             "a thread that a higher one drives out goes to the head of its list, not to the tail")  \
    CONSTANT(starvation_scan, SPAN, 1000000000, 1000000000, LACKS, LACKS, false, "C6",               \
             "how often the ready lists are looked through for threads that starve (0: never)")      \
    CONSTANT(starvation_after, SPAN, 4000000000, 4000000000, LACKS, LACKS, false, "C6",              \
             "how long a thread waits for a processor until it starves")                             \
    CONSTANT(starvation_slice, SPAN, 187500000, 187500000, LACKS, LACKS, false, "C6",                \
             "how long a thread that starves may run, at level 15")

enum dispatch {
#define DISPATCHER(id, word, operations, what) DISPATCH_##id,
    DISPATCHERS(DISPATCHER)
#undef DISPATCHER
};

enum {
    DISPATCH_COUNT = 0
#define DISPATCHER(id, word, operations, what) +1
        DISPATCHERS(DISPATCHER)
#undef DISPATCHER
};

enum dispatch_constant {
#define CONSTANT(word, ...) CONSTANT_##word,
    DISPATCH_CONSTANTS(CONSTANT)
#undef CONSTANT
};

enum {
    DISPATCH_CONSTANT_COUNT = 0
#define CONSTANT(word, ...) +1
        DISPATCH_CONSTANTS(CONSTANT)
#undef CONSTANT
};

enum dispatch_constant_kind {
    CONSTANT_IS_SPAN,
    CONSTANT_IS_NUMBER,
    CONSTANT_IS_FLAG,
};

struct dispatch_constant_row {
    const char *word, *source, *what;
    uint64_t preset[DISPATCH_COUNT]; /* LACKS */
    enum dispatch_constant_kind kind;
    int is_verified;
};

struct dispatch_row {
    const char *word, *what;
};

const struct dispatch_row *dispatch_row(enum dispatch dispatch);
const struct dispatch_constant_row *dispatch_constant_row(enum dispatch_constant constant);

/* The constants of one machine; what its dispatcher lacks is 0. */
struct dispatch_constants {
#define CONSTANT(word, ...) uint64_t word;
    DISPATCH_CONSTANTS(CONSTANT)
#undef CONSTANT
};

#endif
