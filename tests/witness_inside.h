/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the witness know of each other. */
#ifndef TESTS_WITNESS_INSIDE_H
#define TESTS_WITNESS_INSIDE_H

#include "model/plan.h"
#include "model/record.h"
#include "model/simulation.h"
#include "tests/invariants.h"
#include "tests/operations_clerk.h"
#include "tests/twin.h"
#include "tests/witness.h"

#define STEPS_KEPT 512
#define OPERATIONS INVARIANT_PACKETS

/* A step of the scenario, as its pointer finds it. */
struct step {
    uint32_t number;
    const struct cJSON *node;
};

struct witness {
    struct simulation sim; /* first: the switchboard's functions find the witness by it */
    struct switchboard looked;
    verb_function *verb[VERB_COUNT];
    struct twin twin;
    struct invariants invariants;
    struct clerk *clerk; /* of operations; NULL: nobody looks at them */
    struct witness_report *report;
    struct cJSON *scenario;
    struct step step[STEPS_KEPT];
    uint32_t next;                       /* verdict that a record must tell next */
    uint32_t takes;                      /* of the verdicts at hand */
    uint64_t step_n;                     /* of those verdicts */
    struct verdict answer[TWIN_THREADS]; /* of the last get, until its outcome */
    bool has_answer[TWIN_THREADS];
    uint64_t called_at[TWIN_THREADS]; /* step_n of the last get */
    bool is_silent[OPERATIONS];       /* issued with the low bit of its event set */
    bool has_port[OPERATIONS];        /* files: associated with a port */
    int file_port[OPERATIONS];
    uint64_t completed; /* op that has ended, and whose packet must follow; 0 */
    int completed_port;
    int closing; /* port that must be run down before its close answers */
};

/* Notes the first difference, and ends the run. */
__attribute__((format(printf, 2, 3))) void witness_differ(struct witness *witness, const char *format, ...);

/* What a thread is called. */
struct witness_name {
    char text[64];
};

struct witness_name witness_thread_name(const struct witness *witness, int thread);

static inline void witness_fire(struct witness *witness, enum witness_rule rule)
{
    witness->report->fired[rule]++;
}

/* A step or declaration of the scenario's text. */
struct cJSON;

const struct cJSON *witness_member(const struct cJSON *node, const char *key);

/* The step that a record's pointer names; NULL. */
const struct cJSON *witness_step(struct witness *witness, uint32_t number);

/* The number of a declared port; TWIN_NONE for what is made at run time. */
int witness_declared_port(const struct witness *witness, const struct cJSON *name);

/* A thread may call get: the first record of a call says so. `end` is behind the last record at hand. */
void witness_see_call(struct witness *witness, const struct record *record, const struct record *end);

/* What a get answers its caller. */
void witness_see_answer(struct witness *witness, const struct record *record);

/* The next verdict was not told by any record. */
void witness_missing(struct witness *witness);

/* Something happens: all that was said before must have been told. */
void witness_happens(struct witness *witness, const struct record *record);

/* A record that tells a decision of the kernel queue must be the next verdict; others are let pass. */
void witness_compare(struct witness *witness, const struct record *record);

#endif
