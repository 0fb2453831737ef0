/* SPDX-License-Identifier: Apache-2.0 */
/* Estimates. Replication i runs with the seed of the first plus i, so that no two share a draw; whatever a scenario
 * claims beside its estimates is about one run and is not judged here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/session.h"
#include "traces/student.h"
#include "traces/writing.h"

void session_judge_estimates(struct iocpsim_run *run)
{
    struct expectation_claims *claims = &run->loaded.claims;

    claims->are_replicated = true;
    claims->gives_count = 0;
    for (size_t i = 0; i < claims->claim_count; i++) {
        claims->claim[i].applies = claims->claim[i].applies && claims->claim[i].kind == CLAIM_estimate;
    }
}

/* The figures of all replications so far: of claim c those from c * most on. */
struct figures {
    double *figure;
    size_t claims, most;
    bool *is_read; /* by claim: every figure of it */
    uint64_t seed;
};

/* One more replication. */
static enum iocpsim_status replicate(struct iocpsim_scenario *scenario,
                                     const struct iocpsim_run_options *options,
                                     struct figures *figures,
                                     size_t index)
{
    struct iocpsim_run_options one = *options;
    enum iocpsim_status status;
    struct iocpsim_run *run;

    one.estimates = true;
    one.has_seed = true;
    one.seed = figures->seed + index;
    status = iocpsim_run_create(&run, scenario, &one);
    if (status != IOCPSIM_OK) {
        return status;
    }
    status = iocpsim_run_finish(run);
    for (size_t claim = 0; status == IOCPSIM_OK && claim < figures->claims; claim++) {
        const struct claim *said = &run->loaded.claims.claim[claim];
        if (said->applies && index < said->estimate.replications &&
            !expectation_estimate(run->judge, claim, &figures->figure[claim * figures->most + index])) {
            figures->is_read[claim] = false;
        }
    }
    iocpsim_run_destroy(run);
    return status;
}

/* A figure in the unit of its type; durations in the largest unit of which it has one. */
struct figure_words {
    char text[64];
};

static struct figure_words figure_words(double figure, enum value_type type)
{
    static const struct {
        double ns;
        const char *name;
    } units[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}};
    struct figure_words words;
    size_t unit = 0;

    if (type == VALUE_DURATION) {
        while (unit < 3 && figure < units[unit].ns) {
            unit++;
        }
        snprintf(words.text, sizeof words.text, "%.6g%s", figure / units[unit].ns, units[unit].name);
    } else if (type == VALUE_SHARE) {
        snprintf(words.text, sizeof words.text, "%.6g%%", figure / 10000);
    } else {
        snprintf(words.text, sizeof words.text, "%.6g%s", figure, type == VALUE_SIZE ? "B" : "");
    }
    return words;
}

/* Judges one estimate, and says so; whether it holds. */
static bool judge(const struct claim *claim, const struct figures *figures, const double *figure, struct writing *to)
{
    const struct claim_estimate *estimate = &claim->estimate;
    struct student interval = student_interval(figure, estimate->replications, estimate->confidence);
    bool contains = estimate->is >= interval.mean - interval.half_width && estimate->is <= interval.mean + interval.half_width;
    bool is_narrow = !estimate->has_half_width || interval.half_width <= estimate->half_width;

    writing_put(to, "%s: %s is %s, give or take %s (%.6g%%, %u replications from seed %llu); claimed %s: %s",
                claim->pointer, claim->words, figure_words(interval.mean, estimate->type).text,
                figure_words(interval.half_width, estimate->type).text, estimate->confidence * 100,
                estimate->replications, (unsigned long long)figures->seed, figure_words(estimate->is, estimate->type).text,
                contains ? "inside" : "outside");
    if (!is_narrow) {
        writing_put(to, ", and the interval is wider than %s", figure_words(estimate->half_width, estimate->type).text);
    }
    writing_put(to, "%s%s%s\n", claim->description == NULL ? "" : " (", claim->description == NULL ? "" : claim->description,
                claim->description == NULL ? "" : ")");
    return contains && is_narrow;
}

static bool judge_all(const struct expectation_claims *claims, const struct figures *figures, struct writing *to,
                      struct iocpsim_estimates *result)
{
    for (size_t i = 0; i < claims->claim_count; i++) {
        const struct claim *claim = &claims->claim[i];
        if (!claim->applies) {
            continue;
        }
        result->judged++;
        if (!figures->is_read[i]) {
            writing_put(to, "%s: %s cannot be read in every replication\n", claim->pointer, claim->words);
            result->failed++;
        } else if (!judge(claim, figures, figures->figure + i * figures->most, to)) {
            result->failed++;
        }
    }
    return !to->failed;
}

/* Room for the figures of every claim; false when there is no memory. */
static bool make_room(struct figures *figures, const struct iocpsim_run *run)
{
    const struct expectation_claims *claims = &run->loaded.claims;

    figures->claims = claims->claim_count;
    figures->seed = run->options.seed;
    for (size_t i = 0; i < claims->claim_count; i++) {
        const struct claim *claim = &claims->claim[i];
        if (claim->applies && claim->estimate.replications > figures->most) {
            figures->most = claim->estimate.replications;
        }
    }
    figures->figure = calloc(figures->claims * figures->most + 1, sizeof *figures->figure);
    figures->is_read = malloc(figures->claims + 1);
    if (figures->is_read != NULL) {
        memset(figures->is_read, true, figures->claims + 1);
    }
    return figures->figure != NULL && figures->is_read != NULL;
}

enum iocpsim_status iocpsim_estimate(struct iocpsim_scenario *scenario,
                                     const struct iocpsim_run_options *options,
                                     const struct iocpsim_sink *sink,
                                     struct iocpsim_estimates *result)
{
    struct iocpsim_sink kept = *sink;
    struct iocpsim_sink shown = iocpsim_harmless(&kept);
    struct trace_sink to = {shown.write, shown.context};
    struct writing writing = {&to, false};
    struct iocpsim_run_options first = *options;
    struct figures figures = {0};
    struct iocpsim_run *run = NULL; /* for its claims: it is never turned */
    enum iocpsim_status status;

    *result = (struct iocpsim_estimates){0, 0};
    first.estimates = true;
    status = iocpsim_run_create(&run, scenario, &first);
    if (status != IOCPSIM_OK) {
        return status;
    }
    status = make_room(&figures, run) ? IOCPSIM_OK : IOCPSIM_NO_MEMORY;
    for (size_t i = 0; status == IOCPSIM_OK && i < figures.most; i++) {
        status = replicate(scenario, options, &figures, i);
    }
    if (status == IOCPSIM_OK && !judge_all(&run->loaded.claims, &figures, &writing, result)) {
        status = IOCPSIM_NOT_WRITTEN;
    }
    iocpsim_run_destroy(run);
    free(figures.figure);
    free(figures.is_read);
    return status;
}
