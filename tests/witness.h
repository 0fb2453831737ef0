/* SPDX-License-Identifier: Apache-2.0 */
/* The witness: runs one scenario with the twin beside it, and says where they part. Of a record that tells
 * what happens (a post, a wait that begins, an exit) the twin is told; records that tell what the kernel
 * queue decided must be the twin's verdicts, one after another. */
#ifndef TESTS_WITNESS_H
#define TESTS_WITNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/operations_twin.h"
#include "tests/twin.h"

/* RULE(id, what fired): what is counted, so that the random scenarios are known to reach it. The first nine
 * are those that a thousand of ten thousand scenarios must reach. */
#define WITNESS_RULES(RULE)                                                                        \
    RULE(HAND_OFF, "a packet handed over at its insertion")                                        \
    RULE(BY_BLOCK, "a slot freed by a block")                                                      \
    RULE(BY_EXIT, "a slot freed by an exit")                                                       \
    RULE(BY_LEAVE, "a slot freed by a change of port")                                             \
    RULE(POLL_AT_LIMIT, "a poll at the limit, beside packets")                                     \
    RULE(OVERSHOOT, "more active than the limit")                                                  \
    RULE(TIMED_OUT, "a time-out while parked")                                                     \
    RULE(CLOSED, "a port closed")                                                                  \
    RULE(ABANDONED, "a waiter woken by a close")                                                   \
    RULE(TAKEN, "a packet taken at once")                                                          \
    RULE(BATCH, "several packets taken at once")                                                   \
    RULE(OVER_LIMIT, "a packet queued at the limit beside a waiter")                               \
    RULE(NO_WAITER, "a packet queued for want of a waiter")                                        \
    RULE(BESIDE_PACKETS, "a thread parked beside queued packets")                                  \
    RULE(POLL_EMPTY, "a poll of an empty port")                                                    \
    RULE(APC, "an APC instead of a packet")                                                        \
    RULE(COMPLETION, "a finished operation inserted")                                              \
    RULE(DROPPED, "a packet dropped by a rundown")                                                 \
    RULE(CLOSED_CALL, "a get on a closed port")

#define WITNESS_RULES_ASKED 9

enum witness_rule {
#define RULE(id, what) WITNESS_##id,
    WITNESS_RULES(RULE)
#undef RULE
    WITNESS_RULE_COUNT,
};

enum witness_end {
    WITNESS_AGREES,
    WITNESS_REFUSED, /* the scenario does not load; `message` says why */
    WITNESS_DIFFERS,
};

struct witness_report {
    enum witness_end end;
    char message[600];
    bool stands_still;                  /* the run ended as livelock */
    unsigned steps, assignments;
    unsigned fired[WITNESS_RULE_COUNT];
    unsigned operations_fired[OT_RULE_COUNT];
};

void witness_run(struct witness_report *report, const char *text, size_t length, enum twin_mistake mistake);

/* The same with the second twin, of operations, beside it; all operands of the scenario are literal. */
void witness_run_operations(struct witness_report *report, const char *text, size_t length, enum ot_mistake mistake);

const char *witness_rule_name(enum witness_rule rule);

#endif
