/* SPDX-License-Identifier: Apache-2.0 */
/* Claims over variants: a figure of each run, compared in the order claimed. */
#include <stdio.h>
#include <string.h>

#include "lib/session.h"

static const struct iocpsim_run *run_of(struct iocpsim_run *const *run, size_t count, const char *variant)
{
    for (size_t i = 0; i < count; i++) {
        if (run[i]->loaded.variant != NULL && strcmp(run[i]->loaded.variant, variant) == 0) {
            return run[i];
        }
    }
    return NULL;
}

static bool goes(enum across_word word, int64_t before, int64_t after)
{
    switch (word) {
    case ACROSS_INCREASING:
        return before < after;
    case ACROSS_DECREASING:
        return before > after;
    case ACROSS_EQUAL:
        return before == after;
    case ACROSS_NOT_INCREASING:
        return before >= after;
    case ACROSS_NOT_DECREASING:
        return before <= after;
    }
    return false;
}

/* Judges one claim; true when it holds. */
static bool judge(struct iocpsim_run *const *run, size_t count, size_t index, const struct iocpsim_sink *sink)
{
    const struct claim *claim = &run[0]->loaded.claims.claim[index];
    struct value before = {0};
    char message[1024];

    for (size_t i = 0; i < claim->name_count; i++) {
        const struct iocpsim_run *one = run_of(run, count, claim->name[i]);
        struct value value;
        bool read = one != NULL && expectation_across(one->judge, index, &value);
        if (!read || (i > 0 && !goes(claim->across, (int64_t)before.bits, (int64_t)value.bits))) {
            int length = snprintf(message, sizeof message,
                                  read ? "%s: from '%s' to '%s' '%s' goes from %lld to %lld%s%.256s%s\n"
                                       : "%s: in '%s' there is no figure '%s%s' (%lld, %lld)%s%.256s%s\n",
                                  claim->pointer, i > 0 ? claim->name[i - 1] : "", claim->name[i], claim->words,
                                  i > 0 ? (long long)before.bits : 0, read ? (long long)value.bits : 0,
                                  claim->description == NULL ? "" : " (",
                                  claim->description == NULL ? "" : claim->description,
                                  claim->description == NULL ? "" : ")");
            (void)sink->write(sink->context, message, (size_t)length);
            return false;
        }
        before = value;
    }
    return true;
}

size_t iocpsim_judge_across(struct iocpsim_run *const *run, size_t count, const struct iocpsim_sink *sink)
{
    struct iocpsim_sink kept = *sink;
    struct iocpsim_sink shown = iocpsim_harmless(&kept);
    size_t failures = 0;

    for (size_t i = 0; count > 0 && i < run[0]->loaded.claims.claim_count; i++) {
        if (run[0]->loaded.claims.claim[i].kind == CLAIM_across) {
            failures += !judge(run, count, i, &shown);
        }
    }
    return failures;
}
