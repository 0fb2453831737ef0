/* SPDX-License-Identifier: Apache-2.0 */
/* Each record is judged before the fold takes it. */
#include "tests/rules_check.h"

#include <stdio.h>
#include <string.h>

bool rules_check_init(struct rules_check *check, const struct cast *cast)
{
    check->message[0] = '\0';
    return past_init(&check->past, cast);
}

void rules_check_release(struct rules_check *check)
{
    past_release(&check->past);
}

static void complain(struct rules_check *check, const struct record *record, const char *what)
{
    if (check->message[0] == '\0') {
        snprintf(check->message, sizeof check->message, "record %llu (%s, %s, caused by %llu) at %llu ns: %s",
                 (unsigned long long)record->n, record_kind_name((enum record_kind)record->kind),
                 record_why_name((enum record_why)record->why), (unsigned long long)record->cause,
                 (unsigned long long)record->t, what);
    }
}

/* Puts every other rule in the place of the record's own, and counts who is refused. */
static void flip(struct rules_check *check, const struct record *record, const struct record_batch *batch)
{
    for (uint32_t why = 0; why < WHY_COUNT; why++) {
        struct record flipped = *record;
        flipped.why = (uint8_t)why;
        if (why != record->why && !rule_holds(&check->past, &flipped, batch)) {
            check->refused[record->kind][record->why][why]++;
        }
    }
}

void rules_check_see(void *context, const struct record_batch *batch)
{
    struct rules_check *check = context;

    for (uint32_t i = 0; i < batch->count; i++) {
        const struct record *record = &batch->record[i];
        check->records++;
        if (rule_holds(&check->past, record, batch)) {
            check->held[record->kind][record->why]++;
        } else {
            complain(check, record, "the rule that it names does not hold");
        }
        if (!cause_holds(&check->past, record)) {
            complain(check, record, "that is not its cause");
        }
        if (check->flips) {
            flip(check, record, batch);
        }
        past_take(&check->past, record, batch);
    }
}
