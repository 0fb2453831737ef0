/* SPDX-License-Identifier: Apache-2.0 */
/* The four invariants of the kernel queue (fact IOCP-47), looked at from outside: threads are counted and
 * lists walked anew, and the order of assignment is followed in the records. */
#ifndef TESTS_INVARIANTS_H
#define TESTS_INVARIANTS_H

#include "model/record.h"
#include "model/simulation.h"

#define INVARIANT_PORTS 40
#define INVARIANT_PACKETS 1024

/* What the records have told; zeroed at first. */
struct invariants {
    struct {
        uint64_t op[INVARIANT_PACKETS]; /* queued, oldest first */
        uint32_t count;
    } queued[INVARIANT_PORTS];
    bool is_given[INVARIANT_PACKETS];   /* by op */
    const char *broken;                 /* the first that did not hold; NULL */
};

/* Takes one record: INV-3 and INV-4. */
void invariants_see(struct invariants *invariants, const struct simulation *sim, const struct record *record);

/* Looks at the state between two steps: INV-1, INV-2, and that the queues hold what the records say. */
void invariants_look(struct invariants *invariants, const struct simulation *sim);

#endif
