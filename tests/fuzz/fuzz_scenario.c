/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzzer of the loader and of what it lets through: bytes are read as a scenario; one without mistakes is run with
 * every observer, and all that is made of a run is made. Nothing may crash, leak, hang or break a check.
 *
 * A run is cut short, because a scenario may rightly ask for years of work: it stops after a number of events, after
 * few verbs at one instant, and is not begun with more objects than a run of that length could use. */
#include <stdlib.h>
#include <string.h>

#include "iocpsim.h"
#include "lib/session.h"
#include "tests/fuzz/fuzzing.h"

#define EVENTS_MAX 2000
#define VERBS_MAX 2000
#define OBJECTS_MAX 5000
#define VARIANTS_MAX 3

static bool is_small(const struct plan *plan)
{
    uint64_t objects = 0;

    for (uint32_t kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        objects += plan->declared[kind];
    }
    return objects <= OBJECTS_MAX;
}

/* As iocpsim_run_finish does it, but for a number of events only. */
static bool run_some(struct iocpsim_run *run)
{
    run->options.observer = run->observer;
    run->options.observer_count = run->observers;
    if (!run_create(&run->sim, &run->loaded.plan, &run->options)) {
        return false;
    }
    run->is_created = true;
    for (int i = 0; i < EVENTS_MAX && run_step(&run->sim); i++) {
    }
    emission_flush(&run->sim);
    return expectation_finish(run->judge);
}

static void run_variant(struct iocpsim_scenario *scenario, const char *variant)
{
    const struct iocpsim_sink sink = {drop, NULL};
    struct iocpsim_run_options options = {.variant = variant};
    struct iocpsim_picture picture = {.form = IOCPSIM_TEXT, .width = 80};
    struct iocpsim_run *run = NULL;

    if (iocpsim_run_create(&run, scenario, &options) != IOCPSIM_OK) {
        return;
    }
    if (run->loaded.plan.livelock_after > VERBS_MAX) {
        run->loaded.plan.livelock_after = VERBS_MAX;
    }
    if (is_small(&run->loaded.plan) && iocpsim_run_trace(run, &sink) == IOCPSIM_OK &&
        iocpsim_run_follow(run, &sink) == IOCPSIM_OK && iocpsim_run_draw(run) == IOCPSIM_OK && run_some(run)) {
        (void)iocpsim_run_report(run, &sink, false);
        (void)iocpsim_run_report(run, &sink, true);
        (void)iocpsim_run_stats(run, &sink, false);
        (void)iocpsim_run_stats(run, &sink, true);
        for (int form = IOCPSIM_TEXT; form <= IOCPSIM_MERMAID; form++) {
            picture.form = (enum iocpsim_form)form;
            (void)iocpsim_run_render(run, &picture, &sink);
        }
        (void)iocpsim_judge_across(&run, 1, &sink);
    }
    iocpsim_run_destroy(run);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length)
{
    const struct iocpsim_sink sink = {drop, NULL};
    struct iocpsim_scenario *scenario = NULL;
    char *text = malloc(length + 1);

    if (text == NULL) {
        return 0;
    }
    memcpy(text, bytes, length);
    text[length] = '\0';
    (void)iocpsim_scenario_read(&scenario, "fuzz.json", text, length);
    if (scenario != NULL) {
        run_variant(scenario, NULL);
        for (size_t i = 1; i < VARIANTS_MAX && iocpsim_scenario_variant(scenario, i) != NULL; i++) {
            run_variant(scenario, iocpsim_scenario_variant(scenario, i));
        }
        (void)iocpsim_scenario_diagnose(scenario, &sink, false);
        (void)iocpsim_scenario_diagnose(scenario, &sink, true);
    }
    iocpsim_scenario_destroy(scenario);
    free(text);
    return 0;
}
