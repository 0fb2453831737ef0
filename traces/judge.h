/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the judge, which its files share: expectation.h is what others see of it. */
#ifndef TRACES_JUDGE_H
#define TRACES_JUDGE_H

#include "traces/aggregate.h"
#include "traces/expectation.h"
#include "traces/replay.h"
#include "traces/spans.h"
#include "traces/writing.h"

/* What is known of one claim so far. */
struct judging {
    bool settled; /* failed, or held for good */
    uint64_t seen;      /* calls, lines or rows that matched */
    size_t next;        /* of an order or output */
    struct value across;
    bool has_across;
};

struct failure {
    const char *pointer, *description;
    char *message;
};

struct expectation {
    struct expectation_context context;
    struct replay *replay;
    struct judging *judging;
    struct aggregate *aggregate;
    struct spans *series; /* by aggregate: of those that are about one */
    struct failure *failure;
    size_t failure_count, failure_room;
    char **label; /* by op; NULL: none */
    uint64_t label_room;
    uint64_t misuses, misuses_expected;
    uint64_t step_n;
    bool follows_steps; /* something is claimed of the state between steps */
    bool begun, ended;
    struct record end; /* the run-end, when it has come */
    bool out_of_memory;
};

/* Notes a failure; a description is NULL where the claim has none. */
__attribute__((format(printf, 4, 5))) void
judge_fail(struct expectation *judge, const char *pointer, const char *description, const char *format, ...);

/* What a formula says of the state as it now is. */
enum formula_status judge_evaluate(struct expectation *judge, const struct claim_formula *formula,
                                   struct value *value);

/* Whether a claim's condition holds now; one that cannot be read fails the claim. */
bool judge_holds(struct expectation *judge, const struct claim *claim, struct judging *judging);

static inline bool judge_is_within(const struct claim_time *time, sim_time now)
{
    return !time->given || (now >= time->from && now <= time->to);
}

/* Judges a claim about records by one more record; `index` is the claim's. */
void judge_record(struct expectation *judge, size_t index, const struct record *record,
                  const struct record_batch *batch);

/* Judges an outcome by what its step must give, where something is said of that. */
void judge_outcome(struct expectation *judge, const struct record *record, const struct record_batch *batch);

#endif
