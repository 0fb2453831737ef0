/* SPDX-License-Identifier: Apache-2.0 */
/* The one door for choices: which of several candidates is taken. Candidate 0 is always what the real system
 * does; a source may take another, to explore. */
#ifndef SIM_CHOICE_H
#define SIM_CHOICE_H

#include <stddef.h>
#include <stdint.h>

enum choice_kind {
    CHOICE_TIE,     /* which of several events due at one instant */
    CHOICE_READY,   /* which ready thread */
    CHOICE_WAITER,  /* which thread parked at a port */
    CHOICE_LATENCY, /* which bound of `between` */
    CHOICE_FAULT,
    CHOICE_CHOOSE,  /* which list of the verb `choose` */
    CHOICE_POLICY,
};

struct choice_source {
    /* Answers below `count`; NULL: always 0. */
    uint32_t (*choose)(void *context, enum choice_kind kind, uint32_t count, uint32_t object);
    void *context;
};

static inline uint32_t
choose(const struct choice_source *source, enum choice_kind kind, uint32_t count, uint32_t object)
{
    if (count < 2 || source->choose == NULL) {
        return 0;
    }
    return source->choose(source->context, kind, count, object);
}

#endif
