/* SPDX-License-Identifier: Apache-2.0 */
/* Processors, where a scenario cannot look: the arithmetic of sharing, and utilisation as pools are told it. */
#include "tests/support.h"

#include "model/policy/policy.h"
#include "model/processor.h"
#include "model/run.h"
#include "scenarios/load/load.h"
#include "scenarios/load/shape.h"

/* A number below 2^bits; the same ones in every run. */
static uint64_t any(uint32_t bits)
{
    static uint64_t number = UINT64_C(0x9e3779b97f4a7c15);

    number ^= number << 13;
    number ^= number >> 7;
    number ^= number << 17;
    return number >> (64 - bits);
}

static void sharing_neither_loses_nor_makes_work(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint32_t processors = 1 + (uint32_t)any(5);
        uint32_t sharers = 1 + (uint32_t)any(8);
        uint32_t serving = processors < sharers ? processors : sharers;
        uint64_t rest = any(8) % sharers;
        sim_span span = any(1 + (uint32_t)any(5));
        struct share share = sharing_credit(processors, sharers, rest, span);

        assert_true(share.rest < sharers);
        assert_int_equal(share.credit * sharers + share.rest, serving * span + rest);
    }
}

static void a_share_is_waited_for_no_longer_than_it_takes(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint32_t processors = 1 + (uint32_t)any(5);
        uint32_t sharers = 1 + (uint32_t)any(8);
        uint64_t rest = any(8) % sharers;
        uint64_t need = any(40);
        sim_span span = sharing_span(processors, sharers, rest, need);

        assert_true(sharing_credit(processors, sharers, rest, span).credit >= need);
        if (span > 0) {
            assert_true(sharing_credit(processors, sharers, rest, span - 1).credit < need);
        }
    }
}

static void sharing_is_exact_at_the_edges(void **state)
{
    (void)state;
    /* 3 threads of 5 ns on 2 processors: 15 ns of work, 2 a ns. */
    assert_int_equal(sharing_span(2, 3, 0, 5), 8);
    assert_int_equal(sharing_credit(2, 3, 0, 8).credit, 5);
    assert_int_equal(sharing_credit(2, 3, 0, 8).rest, 1);
    /* What one alone needs is what it takes; what cannot come in time never comes. */
    assert_int_equal(sharing_span(65535, 1, 0, SIM_TIME_MAX), SIM_TIME_MAX);
    assert_true(sharing_span(1, 2, 0, SIM_TIME_MAX) == SIM_NEVER);
    assert_int_equal(sharing_credit(4, 0, 3, 10).credit, 0);
}

/* A machine of two processors. A works 1 ms, sleeps 1 ms, works on; B and C come at 2 ms. A remote thread ends
 * each millisecond. */
#define UTILIZATION_SCENARIO(machine)                                                              \
    "{\"format\":1,\"machine\":{\"processors\":2" machine "},\"threads\":{"                            \
    "\"A\":{\"runs\":[{\"compute\":\"1ms\"},{\"sleep\":\"1ms\"},{\"compute\":\"2500us\"}]},"             \
    "\"B\":{\"at\":\"2ms\",\"runs\":[{\"compute\":\"1500us\"}]},"                                      \
    "\"C\":{\"at\":\"2ms\",\"runs\":[{\"compute\":\"1ms\"}]},"                                         \
    "\"clock\":{\"type\":\"remote\",\"runs\":[{\"repeat\":4,\"do\":[{\"sleep\":\"1ms\"}]}]}}}"

/* The utilisation of each of the first four milliseconds. */
static void utilizations(const char *text, uint32_t percent[4])
{
    struct loaded loaded;
    struct diagnostics diagnostics;
    struct document *document;
    struct simulation sim;
    struct utilization_window window = {0, 0};
    const struct run_options options = {.seed = 1, .until = SIM_NEVER};
    const struct load_options load = {0};

    diagnostics_init(&diagnostics);
    assert_int_equal(document_create(&document, text, strlen(text), &diagnostics), DOCUMENT_OK);
    shape_check(document, &diagnostics);
    assert_int_equal(load_compile(document, &load, &diagnostics, &loaded), LOAD_OK);
    assert_true(run_create(&sim, &loaded.plan, &options));
    memset(percent, 0xff, 4 * sizeof *percent);
    while (run_step(&sim)) {
        sim_time now = sim.state.now;
        if (now > window.from && now % 1000000 == 0) {
            percent[now / 1000000 - 1] = processor_utilization(&sim, &window);
            window = (struct utilization_window){now, processor_cpu_time(&sim)};
        }
    }
    run_destroy(&sim);
    load_release(&loaded);
    document_destroy(document);
    diagnostics_release(&diagnostics);
}

static void utilisation_is_busy_time_of_a_window(void **state)
{
    static const char *const texts[] = {
        UTILIZATION_SCENARIO(""), UTILIZATION_SCENARIO(",\"dispatch\":\"windows-server\""),
        UTILIZATION_SCENARIO(",\"dispatch\":\"sharing\""), UTILIZATION_SCENARIO(",\"dispatch\":\"linux-eevdf\"")};
    uint32_t percent[4];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        utilizations(texts[i], percent);
        assert_int_equal(percent[0], 50); /* A */
        assert_int_equal(percent[1], 0);
        assert_int_equal(percent[2], 100); /* three threads: on ideal processors more than there are */
        /* With turns, or ideally, A is left, and B for half of it. Who shares has done 2/3 ms by 3 ms: C ends
         * at 3.5 ms, B at 4 ms. */
        assert_int_equal(percent[3], i == 2 ? 100 : 75);
    }
}

static void pools_are_told_the_share_that_is_given(void **state)
{
    uint32_t percent[4];

    (void)state;
    utilizations(UTILIZATION_SCENARIO(",\"cpu_utilization\":\"30%\""), percent);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(percent[i], 30);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharing_neither_loses_nor_makes_work),
        cmocka_unit_test(a_share_is_waited_for_no_longer_than_it_takes),
        cmocka_unit_test(sharing_is_exact_at_the_edges),
        cmocka_unit_test(utilisation_is_busy_time_of_a_window),
        cmocka_unit_test(pools_are_told_the_share_that_is_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
