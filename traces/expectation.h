/* SPDX-License-Identifier: Apache-2.0 */
/* Claims: what a scenario says of its run, judged on replayed records as they come. */
#ifndef TRACES_EXPECTATION_H
#define TRACES_EXPECTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/observable.h"
#include "model/record.h"
#include "sim/formula.h"
#include "traces/cast.h"
#include "traces/cell.h"
#include "traces/interest.h"

enum claim_kind {
#define CLAIM(name, subject, checked, what, arguments) CLAIM_##name,
#include "traces/claim.def"
#undef CLAIM
};

/* When a claim is judged. */
enum claim_checked {
    CHECKED_RUN,
    CHECKED_VARIANTS,
    CHECKED_REPLICATIONS,
    CHECKED_EXPLORATION,
};

enum claim_checked claim_checked(enum claim_kind kind);
const char *claim_word(enum claim_kind kind);

/* An expression: code in the claims' words, or a constant. */
struct claim_formula {
    bool given, is_constant;
    uint32_t first, count;
    const uint32_t *own; /* the code, where it is not among the claims' words */
    struct value constant;
};

/* An instant or a stretch of time. */
struct claim_time {
    bool given;
    sim_time from, to;
};

/* A field and what is expected in it. */
struct claim_field {
    const char *field;
    struct cell expected;
};

/* A filter of records: all fields must match. */
struct claim_filter {
    struct claim_field *field;
    size_t count;
};

/* One of the events of an `order`. */
struct claim_event {
    const char *log;       /* a line, or NULL */
    const char *callback;  /* a procedure, or NULL */
    const char *thread;    /* of a callback; NULL: any */
    struct claim_filter record;
};

enum across_word {
    ACROSS_INCREASING,
    ACROSS_DECREASING,
    ACROSS_EQUAL,
    ACROSS_NOT_INCREASING,
    ACROSS_NOT_DECREASING,
};

/* What an estimate claims of a figure's interval over seeds; durations in ns, shares in millionths. */
struct claim_estimate {
    double is, half_width, confidence;
    bool has_half_width;
    uint32_t replications;
    sim_span per;    /* 0: the figure stands as it is */
    sim_time from;   /* what is measured begins here */
    enum value_type type;
    const char *is_words;
};

/* One claim. Strings are borrowed from the scenario, but for `pointer`. */
struct claim {
    enum claim_kind kind;
    bool applies;            /* to the variant that is run */
    const char *pointer;     /* text of the plan */
    const char *description; /* NULL: none */
    const char *words;       /* the claim's object as it is written */
    struct claim_formula condition;
    struct claim_time time;  /* at, between, by, when */
    const char *thread, *type, *why;
    int64_t nth, times;      /* -1: not given */
    int64_t count;           /* records; -1: not given */
    enum run_end end;
    const char **name;       /* output's lines, ends' threads, across's variants, records' columns */
    size_t name_count;
    bool has_names;
    struct claim_event *event;
    size_t event_count;
    struct claim_filter filter;
    struct cell *cell;       /* rows, one behind the other */
    size_t row_count;
    enum across_word across;
    struct claim_estimate estimate;
};

/* The results that a step must give. */
struct claim_gives {
    uint32_t step; /* text: the step's pointer */
    const char *pointer;
    struct claim_field *field;
    size_t count;
    struct claim_filter *entry; /* of a get with max */
    size_t entry_count;
    bool has_entries;
};

/* An argument of a function of the run so far. */
enum aggregate_function {
    AGGREGATE_CHANGE,
    AGGREGATE_LEAST,
    AGGREGATE_MOST,
    AGGREGATE_MEAN,
    AGGREGATE_AREA,
    AGGREGATE_TOTAL,
    AGGREGATE_P50,
    AGGREGATE_P90,
    AGGREGATE_P95,
    AGGREGATE_P99,
    AGGREGATE_P999,
};

struct claim_aggregate {
    enum aggregate_function function;
    struct claim_formula argument;
    sim_span span; /* of change */
    /* Of a series: */
    bool is_of_series;
    enum series series;
    reference load;
    sim_time measure_from; /* the items that come from then on */
    /* Of an estimate: */
    bool is_of_estimate;   /* not reckoned unless replications are run */
    sim_time from;         /* what was before is not reckoned */
};

/* All that a scenario claims, compiled. Owns its arrays. */
struct expectation_claims {
    struct claim *claim;
    size_t claim_count, claim_room;
    struct claim_gives *gives;
    size_t gives_count, gives_room;
    struct claim_aggregate *aggregate;
    size_t aggregate_count, aggregate_room;
    bool are_replicated; /* estimates are judged, and nothing else */
    /* Where the code of formulas lies: the plan's. */
    const uint32_t *word;
    const struct value *constant;
    void **owned; /* whatever else was allocated for it */
    size_t owned_count, owned_room;
};

void expectation_release(struct expectation_claims *claims);

struct expectation;

/* A judge of one run. Everything is borrowed. NULL when there is no memory. It sees, and replays, the kinds of
 * records that `interest` has, which has those that the claims need (traces/interest.h). */
struct expectation_context {
    const struct expectation_claims *claims;
    const struct cast *cast;
    const struct record_names *names;
    struct interest interest;
};

struct expectation *expectation_create(const struct expectation_context *context);
void expectation_destroy(struct expectation *expectation);

/* An observer's `see`; `context` is the judge. */
void expectation_see(void *context, const struct record_batch *batch);

/* After the last record: settles what only the end can settle. False when memory ran out. */
bool expectation_finish(struct expectation *expectation);

/* What did not come out as claimed, in the order of its finding, and what was not checked. */
struct expectation_failure {
    const char *pointer;     /* of the claim or step; may be "" */
    const char *description; /* NULL: none */
    const char *message;
};

size_t expectation_failures(const struct expectation *expectation);
struct expectation_failure expectation_failure(const struct expectation *expectation, size_t index);

/* Claims judged, and those of each kind that one run cannot judge. */
size_t expectation_judged(const struct expectation *expectation);
size_t expectation_unjudged(const struct expectation *expectation, enum claim_checked checked);

/* The figure of an `across` claim in this run; false when it could not be read. */
bool expectation_across(const struct expectation *expectation, size_t claim, struct value *value);

/* The figure of an `estimate` claim in this run, as exact as a double has it; false when it could not be read. */
bool expectation_estimate(struct expectation *expectation, size_t claim, double *figure);

/* Whether a figure of the claims is reckoned in this run. */
static inline bool claim_aggregate_is_asked(const struct expectation_claims *claims, const struct claim_aggregate *aggregate)
{
    return aggregate->is_of_estimate == claims->are_replicated;
}

/* Items are to be kept by the replayed state. Said before the first record. */
void expectation_keep_items(struct expectation *expectation);

/* The state replayed so far. */
const struct replay *expectation_replay(const struct expectation *expectation);

#endif
