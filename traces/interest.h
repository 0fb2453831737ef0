/* SPDX-License-Identifier: Apache-2.0 */
/* Which kinds of records a fold needs. What nobody needs is counted and never made up, which is most of what
 * a run says: a run that is only reported is several times faster for it. */
#ifndef TRACES_INTEREST_H
#define TRACES_INTEREST_H

#include <stdbool.h>

#include "model/record.h"

struct expectation_claims;

/* A set of kinds, as observers give it. */
struct interest {
    uint64_t kinds[2];
};

static inline bool interest_has(const struct interest *interest, enum record_kind kind)
{
    return (interest->kinds[kind / 64] >> (kind % 64) & 1) != 0;
}

/* Every kind: the whole state. */
struct interest interest_all(void);

/* What the report shows: the threads' states, callbacks and lines; and, of how the run ended, who owns what,
 * what is pending and what is queued. */
struct interest interest_of_report(void);

/* The same, and what became of the items of loads, and where they were meanwhile. */
struct interest interest_of_items(void);

/* What a run's claims, its asserts and its misuses are judged by. */
struct interest interest_of_claims(const struct expectation_claims *claims);

struct interest interest_both(struct interest a, struct interest b);

#endif
