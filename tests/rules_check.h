/* SPDX-License-Identifier: Apache-2.0 */
/* Judges every record of a run by the rules of why.def and of causes. */
#ifndef TESTS_RULES_CHECK_H
#define TESTS_RULES_CHECK_H

#include "model/record.h"
#include "traces/rules.h"

struct rules_check {
    struct past past;
    uint64_t records;
    uint64_t held[RECORD_KIND_COUNT][WHY_COUNT];                /* records of a kind whose rule held */
    uint64_t refused[RECORD_KIND_COUNT][WHY_COUNT][WHY_COUNT];  /* by the rule named and the one put in its place */
    bool flips;                                                 /* judges each record under every other rule too */
    char message[512];                                          /* the first record that breaks a rule; empty: none */
};

/* Prepares it. False when there is no memory. */
bool rules_check_init(struct rules_check *check, const struct cast *cast);
void rules_check_release(struct rules_check *check);

/* An observer of all kinds; `context` is the check. */
void rules_check_see(void *context, const struct record_batch *batch);

#endif
