/* SPDX-License-Identifier: Apache-2.0 */
/* The past of a record: the state that it found, and the records before it. What the rules of why.def and the
 * causes are judged by. */
#ifndef TRACES_PAST_H
#define TRACES_PAST_H

#include "traces/kept.h"
#include "traces/replay.h"

struct past {
    struct replay *replay;  /* the state before the record that is judged */
    struct kept kept;       /* all that came before, in order */
    uint64_t *latest;       /* by thread: n of what causes its verbs' records */
    uint64_t *readied;      /* by thread: n of what made it ready */
    uint32_t threads;       /* room of both */
    bool failed;            /* memory ran out */
};

/* Whether it could be prepared; `cast` is borrowed. */
bool past_init(struct past *past, const struct cast *cast);
void past_release(struct past *past);

/* The record becomes past. O(1) amortised. */
void past_take(struct past *past, const struct record *record, const struct record_batch *batch);

/* What a record of the past is looked for by; REFERENCE_NONE and 0 stand for any. */
struct past_like {
    enum record_kind kind;
    reference thread, object;
    uint64_t op;
};

/* The latest record of `now`'s step, before it, that is like this; NULL when there is none. */
const struct record *past_in_step(const struct past *past, const struct record *now, struct past_like like);

/* n of what causes the records of the thread's verbs, and of what last made it ready; 0: nothing has. */
uint64_t past_latest(const struct past *past, reference thread);
uint64_t past_readied(const struct past *past, reference thread);

#endif
