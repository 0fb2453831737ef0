/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: a scenario read, runs of it with their observers. */
#include "lib/session.h"

#include <stdlib.h>
#include <string.h>

#include "model/handle.h"
#include "model/names.h"
#include "model/queue.h"
#include "scenarios/load/expression.h"
#include "scenarios/load/shape.h"
#include "sim/check.h"

enum iocpsim_status iocpsim_scenario_read(struct iocpsim_scenario **out,
                                          const char *path,
                                          const char *bytes,
                                          size_t length)
{
    struct iocpsim_scenario *scenario = calloc(1, sizeof *scenario);
    enum document_status status;

    *out = scenario;
    if (scenario == NULL) {
        return IOCPSIM_NO_MEMORY;
    }
    scenario->path = path;
    scenario->bytes = bytes;
    scenario->length = length;
    diagnostics_init(&scenario->diagnostics);
    status = document_create(&scenario->document, bytes, length, &scenario->diagnostics);
    if (status == DOCUMENT_OK) {
        shape_check(scenario->document, &scenario->diagnostics);
        scenario->has_bad_form = scenario->diagnostics.count > 0;
    }
    if (status == DOCUMENT_NO_MEMORY || scenario->diagnostics.out_of_memory) {
        iocpsim_scenario_destroy(scenario);
        *out = NULL;
        return IOCPSIM_NO_MEMORY;
    }
    return status == DOCUMENT_OK && !scenario->has_bad_form ? IOCPSIM_OK : IOCPSIM_BAD_SCENARIO;
}

void iocpsim_scenario_destroy(struct iocpsim_scenario *scenario)
{
    if (scenario != NULL) {
        document_destroy(scenario->document);
        diagnostics_release(&scenario->diagnostics);
        free(scenario);
    }
}

void iocpsim_scenario_files(struct iocpsim_scenario *scenario, const struct iocpsim_files *files)
{
    scenario->files = *files;
}

void iocpsim_scenario_watch(struct iocpsim_scenario *scenario, const struct iocpsim_watch *watch)
{
    scenario->watch = *watch;
}

struct iocpsim_progress iocpsim_run_progress(const struct iocpsim_run *run)
{
    return (struct iocpsim_progress){run->sim.state.now, run->sim.state.events};
}

const struct iocpsim_file_error *iocpsim_scenario_file_error(const struct iocpsim_scenario *scenario)
{
    return &scenario->file_error;
}

const char *iocpsim_scenario_variant(const struct iocpsim_scenario *scenario, size_t index)
{
    return scenario->document == NULL ? NULL : load_variant(scenario->document, index);
}

const char *iocpsim_scenario_title(const struct iocpsim_scenario *scenario)
{
    node_id title;

    if (scenario->document == NULL || node_kind(scenario->document, 0) != NODE_OBJECT) {
        return NULL;
    }
    title = node_member(scenario->document, 0, "title");
    return title == NODE_NONE || node_kind(scenario->document, title) != NODE_STRING
               ? NULL
               : node_string(scenario->document, title);
}

/* Text from the diagnostics to a sink that can refuse. */
static void diagnose_write(void *context, const char *text, size_t length)
{
    const struct iocpsim_sink *sink = context;

    (void)sink->write(sink->context, text, length);
}

size_t iocpsim_scenario_diagnose(struct iocpsim_scenario *scenario, const struct iocpsim_sink *sink, bool json)
{
    struct diagnostic_source source = {scenario->path, scenario->bytes, scenario->length};
    struct iocpsim_sink kept = *sink;
    struct diagnostic_sink to = {diagnose_write, &kept};

    if (json) {
        diagnostics_print_json(&scenario->diagnostics, &source, &to);
    } else {
        diagnostics_print(&scenario->diagnostics, &source, &to);
    }
    return scenario->diagnostics.count + scenario->diagnostics.unstored;
}

/* What no record tells, from the plan and the state of the run. */
static void cast_member_of(const void *context, reference object, struct cast_member *member)
{
    const struct iocpsim_run *run = context;
    const struct simulation *sim = &run->sim;
    uint32_t id = reference_slot(object) + 1;
    bool declared = plan_object_of(sim->plan, object) != NULL;

    *member = run->initial == NULL || !declared
                  ? (struct cast_member){.port = REFERENCE_NONE, .owner = REFERENCE_NONE, .device = REFERENCE_NONE}
                  : run->initial[run->first_initial[reference_kind(object)] + reference_slot(object)];
    if (reference_kind(object) == OBJECT_PORT && id < block_used(&sim->block, TABLE_QUEUE)) {
        member->limit = queue_at(sim, id)->limit;
        member->wakes_oldest = queue_at(sim, id)->wake == WAKE_OLDEST;
    }
    if (reference_kind(object) == OBJECT_HANDLE && id < block_used(&sim->block, TABLE_HANDLE)) {
        device_id device = handle_file(sim, id)->device;
        member->device = device == 0 ? REFERENCE_NONE : reference_make(OBJECT_DEVICE, device - 1);
    }
}

static void cast_array_of(const void *context, uint32_t number, struct cast_array *array)
{
    const struct iocpsim_run *run = context;
    const struct plan_object *object = &run->loaded.plan.object[number];

    *array = (struct cast_array){reference_make(object->kind, object->first_slot), object->count, object->from};
}

static const char *cast_text_of(const void *context, uint32_t number)
{
    const struct iocpsim_run *run = context;

    return plan_text(&run->loaded.plan, number);
}

void session_observe(struct iocpsim_run *run, struct interest interest, struct record_observer observer)
{
    memcpy(observer.kinds, interest.kinds, sizeof observer.kinds);
    run->observer[run->observers++] = observer;
}

bool session_attach(struct iocpsim_run *run)
{
    struct interest interest = interest_of_report();
    struct expectation_context context = {&run->loaded.claims, &run->cast, &run->names, interest_all()};

    if (run->loaded.plan.load_count > 0) {
        interest = interest_of_items();
    }
    if (!run->keeps_state) {
        context.interest = interest_both(interest, interest_of_claims(&run->loaded.claims));
    }
    if (run->loaded.claims.are_replicated) { /* nobody asks for more */
        interest = interest_of_claims(&run->loaded.claims);
        context.interest = interest;
    }
    run->judge = expectation_create(&context);
    run->report = report_create(&run->names);
    if (run->judge == NULL || run->report == NULL) {
        return false;
    }
    session_observe(run, context.interest, (struct record_observer){.see = expectation_see, .context = run->judge});
    session_observe(run, interest, (struct record_observer){.see = report_see, .context = run->report});
    return true;
}

/* Sets up names, cast and header of a run that is simulated. */
static bool attach(struct iocpsim_run *run)
{
    run->names = simulation_names(&run->sim);
    memcpy(run->cast.declared, run->loaded.plan.declared, sizeof run->cast.declared);
    run->cast.processors = run->loaded.plan.processors;
    run->cast.processors_are_shared = run->loaded.plan.dispatch == DISPATCH_SHARING;
    run->cast.is_live = true;
    run->cast.member = cast_member_of;
    run->cast.array = cast_array_of;
    run->cast.text = cast_text_of;
    run->cast.context = run;
    run->header = (struct trace_header){
        .title = run->loaded.title,
        .seed = run->options.seed,
        .variant = run->loaded.variant,
        .parameter = run->loaded.parameter,
        .parameter_count = run->loaded.parameter_count,
    };
    return session_attach(run);
}

/* Reads --until; false when it is no duration. */
static bool read_until(struct iocpsim_run *run, const struct iocpsim_run_options *options)
{
    struct value value;

    run->options.until = run->loaded.plan.until;
    if (!options->has_until) {
        return true;
    }
    if (!expression_literal(options->until, &value) || (int64_t)value.bits < 0 ||
        (value.type != VALUE_DURATION && value.bits != 0)) {
        return false;
    }
    run->options.until = value.bits == VALUE_INFINITE ? SIM_NEVER : value.bits;
    return true;
}

/* Loads that read a file have what reads it. False when there is no memory. */
static bool read_arrivals(struct iocpsim_run *run)
{
    bool has_file = false;

    for (uint32_t i = 0; i < run->loaded.plan.load_count; i++) {
        has_file = has_file || run->loaded.plan.load[i].arrive == ARRIVAL_FILE;
    }
    if (!has_file) {
        return true;
    }
    run->arrivals = arrivals_create(&run->loaded.plan, &run->scenario->files, &run->scenario->file_error);
    if (run->arrivals != NULL) {
        run->options.arrivals = arrivals_source(run->arrivals);
    }
    return run->arrivals != NULL;
}

enum iocpsim_status iocpsim_run_create(struct iocpsim_run **out,
                                       struct iocpsim_scenario *scenario,
                                       const struct iocpsim_run_options *options)
{
    struct load_options load = {
        .variant = options->variant,
        .setting = (const struct load_setting *)(const void *)options->setting,
        .setting_count = options->setting_count,
    };
    struct iocpsim_run *run;
    enum load_status status;

    *out = NULL;
    if (scenario->document == NULL) {
        return IOCPSIM_BAD_SCENARIO;
    }
    run = calloc(1, sizeof *run);
    if (run == NULL) {
        return IOCPSIM_NO_MEMORY;
    }
    run->scenario = scenario;
    run->keeps_state = options->keeps_state;
    status = load_compile(scenario->document, &load, &scenario->diagnostics, &run->loaded);
    if (status == LOAD_OK && options->estimates) {
        session_judge_estimates(run);
    }
    run->is_loaded = status == LOAD_OK;
    if (status == LOAD_OK && !read_until(run, options)) {
        status = LOAD_NO_VARIANT;
    }
    run->options.seed = options->has_seed ? options->seed : run->loaded.plan.seed;
    if (status == LOAD_OK && (!attach(run) || !session_note_initial(run) || !read_arrivals(run))) {
        status = LOAD_NO_MEMORY;
    }
    if (status != LOAD_OK) {
        iocpsim_run_destroy(run);
        return status == LOAD_NO_MEMORY    ? IOCPSIM_NO_MEMORY
               : status == LOAD_NO_VARIANT ? IOCPSIM_BAD_OPTION
                                           : IOCPSIM_BAD_SCENARIO;
    }
    *out = run;
    return IOCPSIM_OK;
}

void iocpsim_run_destroy(struct iocpsim_run *run)
{
    if (run == NULL) {
        return;
    }
    if (run->is_created) {
        run_destroy(&run->sim);
    }
    expectation_destroy(run->judge);
    report_destroy(run->report);
    lanes_destroy(run->lanes);
    lives_destroy(run->lives);
    limits_release(&run->limits);
    free(run->initial);
    arrivals_destroy(run->arrivals);
    session_forget(run->kept);
    if (run->is_loaded) {
        load_release(&run->loaded);
    }
    statistics_destroy(run->statistics);
    free(run->writer);
    if (run->binary != NULL) {
        binary_release(run->binary);
        free(run->binary);
    }
    free(run);
}

enum iocpsim_status iocpsim_run_trace(struct iocpsim_run *run, const struct iocpsim_sink *sink)
{
    struct trace_sink to = {sink->write, sink->context};

    run->writer = malloc(sizeof *run->writer);
    if (run->writer == NULL) {
        return IOCPSIM_NO_MEMORY;
    }
    jsonl_begin(run->writer, &to, &run->names, &run->header);
    session_observe(run, interest_all(), (struct record_observer){.see = jsonl_see, .context = run->writer});
    return IOCPSIM_OK;
}

enum iocpsim_status iocpsim_run_trace_binary(struct iocpsim_run *run, const struct iocpsim_sink *sink)
{
    struct trace_sink to = {sink->write, sink->context};

    run->binary = malloc(sizeof *run->binary);
    if (run->binary == NULL) {
        return IOCPSIM_NO_MEMORY;
    }
    binary_begin(run->binary, &to, &run->names, &run->header);
    session_observe(run, interest_all(), (struct record_observer){.see = binary_see, .context = run->binary});
    return IOCPSIM_OK;
}

enum iocpsim_status iocpsim_run_follow(struct iocpsim_run *run, const struct iocpsim_sink *sink)
{
    struct iocpsim_sink shown;

    run->follow_sink = *sink;
    shown = iocpsim_harmless(&run->follow_sink);
    run->follow = (struct follow){.sink = {shown.write, shown.context}, .names = run->names};
    session_observe(run, interest_all(), (struct record_observer){.see = follow_see, .context = &run->follow});
    return IOCPSIM_OK;
}

enum iocpsim_status session_end(struct iocpsim_run *run)
{
    bool written = run->writer == NULL || jsonl_end(run->writer);
    bool binary_written = run->binary == NULL || binary_end(run->binary);

    if (!expectation_finish(run->judge) || report_failed(run->report) || (run->lanes != NULL && (run->lanes->failed || run->lives->failed)) || run->limits.failed ||
        (run->binary != NULL && run->binary->out_of_memory) || (run->kept != NULL && run->kept->records.failed) ||
        (run->statistics != NULL && statistics_failed(run->statistics))) {
        return IOCPSIM_NO_MEMORY;
    }
    return written && binary_written && !run->follow.failed ? IOCPSIM_OK : IOCPSIM_NOT_WRITTEN;
}

/* Why a run could not go on: for a file, or for want of memory. */
static enum iocpsim_status broken_off(const struct iocpsim_run *run)
{
    enum iocpsim_status status = run->arrivals == NULL ? IOCPSIM_OK : arrivals_status(run->arrivals);

    return status == IOCPSIM_OK ? IOCPSIM_NO_MEMORY : status;
}

/* Tells whoever watches the runs of the scenario that this one begins, or that it is over. */
static void tell_watch(const struct iocpsim_run *run, const struct iocpsim_run *now)
{
    const struct iocpsim_watch *watch = &run->scenario->watch;

    if (watch->watch != NULL) {
        watch->watch(watch->context, now);
    }
}

enum iocpsim_status iocpsim_run_finish(struct iocpsim_run *run)
{
    bool goes_on;

    if (run->reader != NULL) {
        return session_replay(run);
    }
    run->options.observer = run->observer;
    run->options.observer_count = run->observers;
    if (!run_create(&run->sim, &run->loaded.plan, &run->options)) {
        return broken_off(run);
    }
    run->is_created = true;
    tell_watch(run, run);
    goes_on = run_to_end(&run->sim);
    tell_watch(run, NULL);
    return goes_on ? session_end(run) : broken_off(run);
}

const char *iocpsim_run_end(const struct iocpsim_run *run)
{
    enum run_end end = report_end(run->report);

    return end == (enum run_end)END_COUNT ? "" : run_end_name(end);
}

uint64_t iocpsim_run_time(const struct iocpsim_run *run)
{
    return report_end_time(run->report);
}

enum iocpsim_status iocpsim_run_report(const struct iocpsim_run *run, const struct iocpsim_sink *sink, bool json)
{
    struct iocpsim_sink kept = *sink;
    struct iocpsim_sink shown = json ? kept : iocpsim_harmless(&kept);
    struct trace_sink to = {shown.write, shown.context};
    const struct replay *replay = expectation_replay(run->judge);
    bool written = json ? report_write_json(run->report, replay, &to) : report_write(run->report, replay, &to);

    return written ? IOCPSIM_OK : IOCPSIM_NOT_WRITTEN;
}

size_t iocpsim_run_failures(const struct iocpsim_run *run)
{
    return expectation_failures(run->judge);
}

struct iocpsim_failure iocpsim_run_failure(const struct iocpsim_run *run, size_t index)
{
    struct expectation_failure failure = expectation_failure(run->judge, index);

    return (struct iocpsim_failure){failure.pointer, failure.description, failure.message};
}

struct iocpsim_judged iocpsim_run_judged(const struct iocpsim_run *run)
{
    return (struct iocpsim_judged){
        .judged = expectation_judged(run->judge),
        .variants = expectation_unjudged(run->judge, CHECKED_VARIANTS),
        .replications = expectation_unjudged(run->judge, CHECKED_REPLICATIONS),
        .exploration = expectation_unjudged(run->judge, CHECKED_EXPLORATION),
    };
}
