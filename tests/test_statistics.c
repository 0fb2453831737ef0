/* SPDX-License-Identifier: Apache-2.0 */
/* Figures: Little's law to the nanosecond on every run, and numbers worked out by hand. */
#include "tests/support.h"

#include "model/run.h"
#include "tests/every_scenario.h"
#include "traces/statistics.h"

/* Runs a prepared run and measures it; a kind of record may be lost on the way. */
struct measured {
    struct statistics *statistics;
    int lost; /* enum record_kind; -1: none */
};

static void see(void *context, const struct record_batch *batch)
{
    struct measured *measured = context;

    for (uint32_t i = 0; i < batch->count; i++) {
        struct record_batch one = {&batch->record[i], 1, batch->bytes, batch->list};
        if (batch->record[i].kind != measured->lost) {
            statistics_see(measured->statistics, &one);
        }
    }
}

static void measure(struct measured *measured, struct iocpsim_run *run)
{
    struct record_observer observer = {{UINT64_MAX, UINT64_MAX}, see, measured};

    measured->statistics = statistics_create(&run->names);
    assert_non_null(measured->statistics);
    run->options.observer = &observer;
    run->options.observer_count = 1;
    assert_true(run_create(&run->sim, &run->loaded.plan, &run->options));
    run->is_created = true;
    assert_true(run_to_end(&run->sim));
    assert_false(statistics_failed(measured->statistics));
}

/* What was looked at over all runs. */
struct laws {
    uint64_t exact, left_behind, busy; /* flows that end empty; that do not; that held something for a time */
    uint64_t broken;
    int lost;
};

/* Number over time against time in it: equal when nobody is left, else more by the age of those who are. */
static void judge(struct laws *laws, const struct statistics_flow *flow, sim_time end)
{
    statistics_sum area = statistics_area(flow, end);

    laws->busy += area > 0;
    if (flow->in - flow->out != flow->present) {
        laws->broken++;
    } else if (flow->present == 0) {
        laws->exact++;
        laws->broken += area != flow->sojourn;
    } else {
        laws->left_behind++;
        laws->broken += area < flow->sojourn;
    }
}

static void judge_run(void *context, struct iocpsim_run *run, const char *name)
{
    struct laws *laws = context;
    struct measured measured = {.lost = laws->lost};
    uint64_t broken = laws->broken;
    const struct statistics_port *port;
    const struct statistics_device *device;
    const struct statistics_handle *handle;
    sim_time end;

    measure(&measured, run);
    end = statistics_end(measured.statistics);
    for (uint32_t i = 0; (port = statistics_port(measured.statistics, i)) != NULL; i++) {
        judge(laws, &port->queue, end);
        laws->broken += port->queue.out != port->released + port->taken + port->dropped;
    }
    for (uint32_t i = 0; (device = statistics_device(measured.statistics, i)) != NULL; i++) {
        judge(laws, &device->all, end);
        judge(laws, &device->served, end);
        /* What a device does with an operation is wait and serve. */
        if (device->all.present == 0) {
            laws->broken += device->all.sojourn != device->served.sojourn + device->waits.sum;
        }
    }
    for (uint32_t i = 0; (handle = statistics_handle(measured.statistics, i)) != NULL; i++) {
        judge(laws, &handle->pending, end);
    }
    if (laws->broken > broken && laws->lost < 0) {
        print_error("%s: Little's law does not hold\n", name);
    }
    statistics_destroy(measured.statistics);
}

static void littles_law_holds_to_the_nanosecond_on_every_run_that_ends_empty(void **state)
{
    struct laws laws = {.lost = -1};

    (void)state;
    every_scenario(judge_run, &laws);
    assert_int_equal(laws.broken, 0);
    assert_true(laws.exact > 40);
    assert_true(laws.busy > 15);
    assert_true(laws.left_behind > 0);
}

/* The two sums are two: whoever loses records finds them apart. */
static void a_lost_arrival_or_departure_breaks_the_law(void **state)
{
    static const int lost[] = {RECORD_PACKET_QUEUE, RECORD_PACKET_TAKE, RECORD_PACKET_RELEASE,
                               RECORD_DEVICE_BEGIN, RECORD_DEVICE_END};

    (void)state;
    for (size_t i = 0; i < sizeof lost / sizeof lost[0]; i++) {
        struct laws laws = {.lost = lost[i]};
        every_scenario(judge_run, &laws);
        if (laws.broken == 0) {
            print_error("losing %s breaks nothing\n", record_kind_name((enum record_kind)lost[i]));
        }
        assert_true(laws.broken > 0);
    }
}

/* scenarios/ports/a-poll-takes-a-slot.json: p1 is handed over at 10 ms; p2 and p3 are queued then, p2 leaves
 * at 42 ms when X exits, p3 at 52 ms. T1 is active from 10 to 20 and from 42 to 62 ms, X from 12 to 42 ms. */
static void the_figures_of_a_poll_at_the_limit_are_those_worked_out_by_hand(void **state)
{
    struct every_one one;
    struct measured measured = {.lost = -1};
    const struct statistics_port *port;
    const struct statistics_procedure *handle = NULL;

    (void)state;
    assert_true(every_open(&one, "scenarios/ports/a-poll-takes-a-slot.json", NULL));
    measure(&measured, one.run);
    assert_int_equal(statistics_end(measured.statistics), 62000000);
    port = statistics_port(measured.statistics, 0);
    assert_int_equal(port->posted, 3);
    assert_int_equal(port->handed, 1);
    assert_int_equal(port->released, 1);
    assert_int_equal(port->taken, 1);
    assert_int_equal(port->queue.in, 2);
    assert_int_equal(port->queue.most, 2);
    assert_int_equal(port->queue.longest, 42000000);
    assert_true(port->queue.sojourn == (statistics_sum)(32 + 42) * 1000000);
    assert_true(statistics_area(&port->queue, 62000000) == (statistics_sum)(2 * 32 + 10) * 1000000);
    assert_true(statistics_area(&port->active, 62000000) == (statistics_sum)(10 + 20 + 30) * 1000000);
    for (uint32_t i = 0; statistics_procedure(measured.statistics, i) != NULL; i++) {
        if (statistics_procedure(measured.statistics, i)->calls > 0) {
            assert_null(handle);
            handle = statistics_procedure(measured.statistics, i);
        }
    }
    assert_int_equal(handle->calls, 3);
    assert_int_equal(handle->waits.least, 0);
    assert_int_equal(handle->waits.most, 42000000);
    assert_true(handle->runs.sum == 30000000 && handle->runs.least == handle->runs.most);
    statistics_destroy(measured.statistics);
    every_close(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(littles_law_holds_to_the_nanosecond_on_every_run_that_ends_empty),
        cmocka_unit_test(a_lost_arrival_or_departure_breaks_the_law),
        cmocka_unit_test(the_figures_of_a_poll_at_the_limit_are_those_worked_out_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
