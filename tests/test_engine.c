/* SPDX-License-Identifier: Apache-2.0 */
/* The engine: block, event queue against a naive oracle, draws and distributions. */
#include "tests/support.h"

#include "sim/block.h"
#include "sim/event_queue.h"
#include "sim/literal.h"
#include "sim/random.h"
#include "sim/time.h"
#include "tests/event_heap.h"

enum { STATE, CHUNK, NEAR, ELEMENT, RUN, TABLES };

static const uint32_t sizes[TABLES] = {sizeof(struct event_queue_state), sizeof(struct event_chunk),
                                       sizeof(struct event), 24, 16};
static const struct event_tables tables = {STATE, CHUNK, NEAR};

static void elements_keep_their_bytes_when_tables_grow(void **state)
{
    struct block block;
    uint32_t id;

    (void)state;
    assert_true(block_init(&block, support_allocator, sizes, TABLES));
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t first;
        assert_true(block_create(&block, ELEMENT, &id));
        assert_int_equal(id, i);
        *(uint32_t *)block_at(&block, ELEMENT, id) = i * 7;
        assert_true(block_run_create(&block, RUN, 3, &first));
        *(uint32_t *)block_at(&block, RUN, first + 2) = i;
    }
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(*(uint32_t *)block_at(&block, ELEMENT, i), i * 7);
        assert_int_equal(*(uint32_t *)block_at(&block, RUN, i * 4 + 2), i);
    }
    block_release(&block);
}

static void a_freed_element_is_used_again_and_zeroed(void **state)
{
    struct block block;
    uint32_t first;
    uint32_t second;

    (void)state;
    assert_true(block_init(&block, support_allocator, sizes, TABLES));
    assert_true(block_create(&block, ELEMENT, &first));
    memset(block_at(&block, ELEMENT, first), 0xff, sizes[ELEMENT]);
    block_free(&block, ELEMENT, first);
    assert_true(block_create(&block, ELEMENT, &second));
    assert_int_equal(second, first);
    for (uint32_t i = 0; i < sizes[ELEMENT]; i++) {
        assert_int_equal(((unsigned char *)block_at(&block, ELEMENT, second))[i], 0);
    }
    block_release(&block);
}

static void freed_runs_are_used_again_by_runs_of_their_class(void **state)
{
    struct block block;
    uint32_t first;
    uint32_t second;
    uint32_t third;

    (void)state;
    assert_true(block_init(&block, support_allocator, sizes, TABLES));
    assert_true(block_run_create(&block, RUN, 3, &first));
    assert_true(block_run_create(&block, RUN, 4, &second));
    memset(block_at(&block, RUN, first), 0xff, (size_t)3 * sizes[RUN]);
    block_run_free(&block, RUN, first, 3);
    assert_true(block_run_create(&block, RUN, 5, &third));
    assert_int_not_equal(third, first);
    assert_true(block_run_create(&block, RUN, 4, &third));
    assert_int_equal(third, first);
    for (uint32_t i = 0; i < 4 * sizes[RUN]; i++) {
        assert_int_equal(((unsigned char *)block_at(&block, RUN, third))[i], 0);
    }
    assert_false(block_run_create(&block, RUN, UINT32_MAX, &third));
    block_release(&block);
}

/* Fails every request from the n-th on. */
static void *failing(void *context, void *memory, size_t size)
{
    int *left = context;

    if (size > 0 && (*left)-- <= 0) {
        return NULL;
    }
    return support_reallocate(NULL, memory, size);
}

static void a_creation_without_memory_changes_nothing(void **state)
{
    (void)state;
    for (int n = 0; n < 6; n++) {
        int left = n;
        struct block block;
        uint32_t created = 0;
        uint32_t id;
        if (!block_init(&block, (struct sim_allocator){failing, &left}, sizes, TABLES)) {
            assert_int_equal(n, 0);
            continue;
        }
        while (created < 100 && block_create(&block, ELEMENT, &id)) {
            *(uint32_t *)block_at(&block, ELEMENT, id) = created++;
        }
        assert_int_equal(block_used(&block, ELEMENT), created);
        for (uint32_t i = 0; i < created; i++) {
            assert_int_equal(*(uint32_t *)block_at(&block, ELEMENT, i), i);
        }
        block_release(&block);
    }
}

/* A small generator of its own, so that the test does not rest on what it tests. */
static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* How the instants of one history lie: the span ahead of now from which each is taken. */
struct history {
    uint64_t span;      /* 1: all at one instant */
    uint32_t most;      /* pending events that it grows to */
    uint32_t steps;
    bool is_constant;   /* always the whole span ahead */
    bool cancels;
};

/* Cancelled events, by their number, which is their `what`. */
#define NUMBERS_MAX 400000

struct world {
    struct block block;
    struct event_queue queue;
    struct event_heap oracle;
    bool cancelled[NUMBERS_MAX];
    uint32_t number, stale;
    uint32_t seed;
    sim_time now;
};

static bool is_cancelled(const void *context, struct event event)
{
    const struct world *world = context;

    return world->cancelled[event.what];
}

static void schedule(struct world *world, const struct history *history)
{
    uint64_t draw = (uint64_t)next(&world->seed) << 24 | next(&world->seed);
    struct event event = {.time = world->now + (history->is_constant ? history->span : draw % history->span),
                          .stamp = world->seed,
                          .what = world->number++};

    event_heap_push(&world->oracle, event);
    assert_true(event_queue_push(&world->queue, event));
}

/* The first event that was not cancelled, from both. */
static void take_and_compare(struct world *world)
{
    struct event expected;
    struct event taken;

    do {
        expected = event_heap_take(&world->oracle);
    } while (world->cancelled[expected.what] && world->oracle.count > 0);
    if (world->cancelled[expected.what]) {
        return;
    }
    do {
        assert_true(event_queue_due(&world->queue) > 0);
        taken = event_queue_take(&world->queue, 0);
    } while (world->cancelled[taken.what]);
    assert_int_equal(taken.what, expected.what);
    assert_int_equal(taken.stamp, expected.stamp);
    assert_true(taken.time == expected.time);
    world->now = taken.time;
}

static void cancel_one(struct world *world)
{
    struct event_judge judge = {is_cancelled, world};

    world->cancelled[next(&world->seed) % world->number] = true;
    if (++world->stale > event_queue_pending(&world->queue) / 2) {
        event_queue_prune(&world->queue, &judge);
        world->stale = 0;
    }
}

/* Grows to `most` pending events, holds there, and runs empty. */
static void live_through(struct world *world, const struct history *history)
{
    memset(world, 0, sizeof *world);
    assert_true(block_init(&world->block, support_allocator, sizes, TABLES));
    assert_true(event_queue_init(&world->queue, &world->block, tables));
    world->seed = (uint32_t)history->span + history->most;
    for (uint32_t step = 0; step < history->steps; step++) {
        bool grows = world->oracle.count < history->most;
        if (grows || next(&world->seed) % 2 == 0) {
            schedule(world, history);
        }
        if (world->oracle.count > 0 && (!grows || next(&world->seed) % 3 == 0)) {
            take_and_compare(world);
        }
        if (history->cancels) {
            cancel_one(world);
        }
    }
    while (world->oracle.count > 0) {
        take_and_compare(world);
    }
    while (event_queue_due(&world->queue) > 0) {
        assert_true(world->cancelled[event_queue_take(&world->queue, 0).what]);
    }
    assert_int_equal(event_queue_pending(&world->queue), 0);
    block_release(&world->block);
}

static void events_leave_by_time_and_then_in_the_order_of_their_scheduling(void **state)
{
    static struct world world;
    static const uint64_t spans[] = {1, 2, 7, 100, 5000, 1000000, UINT64_C(1) << 40};
    static const uint32_t most[] = {1, 5, 31, 32, 33, 64, 200, 1000};

    (void)state;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        for (size_t j = 0; j < sizeof most / sizeof most[0]; j++) {
            for (int form = 0; form < 4; form++) {
                struct history history = {spans[i], most[j], 400 + 3 * most[j], form & 1, form & 2};
                live_through(&world, &history);
            }
        }
    }
}

/* With events that are far apart and near each other at once, at every scale of time. */
static void events_of_every_distance_leave_in_order(void **state)
{
    static struct world world;

    (void)state;
    memset(&world, 0, sizeof world);
    assert_true(block_init(&world.block, support_allocator, sizes, TABLES));
    assert_true(event_queue_init(&world.queue, &world.block, tables));
    for (uint32_t step = 0; step < 5000; step++) {
        struct history history = {.span = UINT64_C(1) << next(&world.seed) % 50};
        schedule(&world, &history);
        if (step > 1000) {
            take_and_compare(&world);
        }
    }
    while (world.oracle.count > 0) {
        take_and_compare(&world);
    }
    block_release(&world.block);
}

static void an_open_instant_shows_all_its_events_and_takes_any(void **state)
{
    struct block block;
    struct event_queue queue;

    (void)state;
    assert_true(block_init(&block, support_allocator, sizes, TABLES));
    assert_true(event_queue_init(&queue, &block, tables));
    for (uint32_t i = 0; i < 300; i++) {
        assert_true(event_queue_push(&queue, (struct event){.time = 50 + i % 2, .what = i}));
    }
    assert_int_equal(event_queue_due(&queue), 150);
    assert_int_equal(event_queue_peek(&queue, 149).what, 298);
    assert_int_equal(event_queue_take(&queue, 100).what, 200);
    assert_true(event_queue_push(&queue, (struct event){.time = 50, .what = 1000}));
    assert_int_equal(event_queue_due(&queue), 150);
    for (uint32_t i = 0; i < 149; i++) {
        assert_int_equal(event_queue_take(&queue, 0).what, 2 * (i < 100 ? i : i + 1));
    }
    assert_int_equal(event_queue_take(&queue, 0).what, 1000);
    assert_int_equal(event_queue_due(&queue), 150);
    assert_int_equal(event_queue_take(&queue, 0).what, 1);
    block_release(&block);
}

static void draws_do_not_depend_on_other_draws(void **state)
{
    struct random_stream a = {.key = random_stream_key(1, 7), .k = 5};
    struct random_stream b = {.key = random_stream_key(1, 7), .k = 5};
    struct random_stream other = {.key = random_stream_key(1, 8), .k = 5};

    (void)state;
    (void)random_exponential(&other, 1000);
    assert_true(random_bits(&a) == random_bits(&b));
    assert_true(random_bits(&a) != random_bits(&other));
}

/* The first draw, computed by hand from the definition of the finaliser (an independent program in another
 * language): seed 1, stream 7, k 0. */
static void a_draw_is_the_number_that_its_definition_gives(void **state)
{
    struct random_stream stream = {.key = random_stream_key(1, 7), .k = 0};

    (void)state;
    assert_true(random_bits(&stream) == UINT64_C(0x5362968425dd22a4));
}

static void uniform_draws_cover_their_range_evenly(void **state)
{
    uint32_t count[6] = {0};

    (void)state;
    for (uint64_t k = 0; k < 60000; k++) {
        struct random_stream stream = {.key = random_stream_key(2, 3), .k = k};
        uint64_t drawn = random_uniform(&stream, 10, 15);
        assert_in_range(drawn, 10, 15);
        count[drawn - 10]++;
    }
    for (int i = 0; i < 6; i++) {
        assert_in_range(count[i], 9600, 10400); /* 10000, and more than four standard deviations */
    }
}

static void exponential_draws_have_their_mean_and_median(void **state)
{
    uint64_t sum = 0;
    uint32_t below_median = 0;

    (void)state;
    for (uint64_t k = 0; k < 200000; k++) {
        struct random_stream stream = {.key = random_stream_key(3, 3), .k = k};
        uint64_t drawn = random_exponential(&stream, 1000000);
        sum += drawn;
        below_median += drawn < 693147;
    }
    assert_in_range(sum / 200000, 990000, 1010000);
    assert_in_range(below_median, 99000, 101000);
}

static void lognormal_draws_have_their_median_and_99th_percentile(void **state)
{
    uint32_t below_p50 = 0;
    uint32_t below_p99 = 0;

    (void)state;
    for (uint64_t k = 0; k < 100000; k++) {
        struct random_stream stream = {.key = random_stream_key(4, 3), .k = k};
        uint64_t drawn = random_lognormal(&stream, 1000000, 7000000);
        below_p50 += drawn < 1000000;
        below_p99 += drawn < 7000000;
    }
    assert_in_range(below_p50, 49300, 50700);
    assert_in_range(below_p99, 98850, 99150);
}

/* An Erlang time of k stages has the mean asked for, and a variance k times smaller than an exponential one. */
static void erlang_draws_have_their_mean_and_variance(void **state)
{
    uint64_t sum = 0;
    uint64_t squares = 0;

    (void)state;
    for (uint64_t k = 0; k < 100000; k++) {
        struct random_stream stream = {.key = random_stream_key(5, 3), .k = k};
        uint64_t drawn = random_erlang(&stream, 4, 10000);
        sum += drawn;
        squares += drawn * drawn;
    }
    assert_in_range(sum / 100000, 9920, 10080);
    assert_in_range(squares / 100000 - (sum / 100000) * (sum / 100000), 24000000, 26000000);
}

static void draws_without_a_spread_are_their_only_value(void **state)
{
    struct random_stream stream = {.key = random_stream_key(6, 3)};

    (void)state;
    assert_true(random_uniform(&stream, 7, 7) == 7);
    assert_true(random_erlang(&stream, 0, 9) == 9);
    assert_true(random_exponential(&stream, 0) == 0);
    assert_true(random_lognormal(&stream, 0, 100) == 0);
    assert_true(random_lognormal(&stream, 100, 100) == 100);
}

/* The widest range is the draw itself; what would pass 2^63 is 2^63 - 1, and what would be below 1 is 0. */
static void draws_stay_within_their_limits(void **state)
{
    uint64_t at_most = 0;
    uint64_t at_least = UINT64_MAX;

    (void)state;
    for (uint64_t k = 0; k < 2000; k++) {
        struct random_stream a = {.key = random_stream_key(7, 3), .k = k};
        struct random_stream b = a;
        uint64_t drawn;
        assert_true(random_uniform(&a, 0, UINT64_MAX) == random_bits(&b));
        drawn = random_lognormal(&a, 1, INT64_MAX);
        assert_true(drawn <= INT64_MAX);
        at_most = drawn > at_most ? drawn : at_most;
        at_least = drawn < at_least ? drawn : at_least;
        assert_true(random_exponential(&a, INT64_MAX) <= INT64_MAX);
        assert_true(random_lognormal(&b, (uint64_t)INT64_MAX - 1, INT64_MAX) <= INT64_MAX);
    }
    assert_true(at_most == INT64_MAX);
    assert_true(at_least == 0);
}

static void literals_are_read_exactly_or_refused(void **state)
{
    static const struct {
        const char *text;
        enum value_type type;
        uint64_t bits;
        size_t length; /* of what was read, or of what is wrong */
        const char *message;
    } rows[] = {
        {"0", VALUE_NUMBER, 0, 1, NULL},
        {"12 + 1", VALUE_NUMBER, 12, 2, NULL},
        {"0x1F", VALUE_NUMBER, 31, 4, NULL},
        {"0xffffffffFFFFFFFF", VALUE_NUMBER, UINT64_MAX, 18, NULL},
        {"0.8ms", VALUE_DURATION, 800000, 5, NULL},
        {"1.5h", VALUE_DURATION, UINT64_C(5400000000000), 4, NULL},
        {"2min", VALUE_DURATION, UINT64_C(120000000000), 4, NULL},
        {"64KiB", VALUE_SIZE, 65536, 5, NULL},
        {"1.5kB", VALUE_SIZE, 1500, 5, NULL},
        {"12.5%", VALUE_SHARE, 125000, 5, NULL},
        {"30% mod", VALUE_SHARE, 300000, 3, NULL},
        {"9223372036854775806ns", VALUE_DURATION, INT64_MAX - 1, 21, NULL},
        {"0x", 0, 0, 2, "hexadecimal digits are wanted behind 0x"},
        {"0x1ffffffffffffffff", 0, 0, 18, "a hexadecimal number has at most 64 bits"},
        {"1.5", 0, 0, 3, "a fraction wants a unit"},
        {"5msec", 0, 0, 5, "unknown unit"},
        {"5ms2", 0, 0, 4, "unknown unit"},
        {"0.3B", 0, 0, 4, "this does not come out whole"},
        {"1.0000000001s", 0, 0, 13, "this does not come out whole"},
        {"9223372036854775807", 0, 0, 19, "this is too large"},
        {"3000000h", 0, 0, 8, "this is too large"},
        {"1234567890123456789012345678901234567890", 0, 0, 0, "this number has too many digits"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct value value = value_null();
        struct literal_mistake mistake = {NULL, NULL, 0};
        size_t length = literal_read(rows[i].text, &value, &mistake);
        if (rows[i].message == NULL) {
            assert_int_equal(length, rows[i].length);
            assert_int_equal(value.type, rows[i].type);
            assert_true(value.bits == rows[i].bits);
        } else {
            assert_int_equal(length, 0);
            assert_string_equal(mistake.message, rows[i].message);
            assert_true(rows[i].length == 0 || mistake.length == rows[i].length);
        }
    }
}

static void sums_of_time_notice_their_overflow(void **state)
{
    sim_time sum = 1;

    (void)state;
    assert_true(sim_time_add(SIM_TIME_MAX - 5, 5, &sum));
    assert_true(sum == SIM_TIME_MAX);
    assert_true(sim_time_add(5, SIM_NEVER, &sum));
    assert_true(sum == SIM_NEVER);
    sum = 1;
    assert_false(sim_time_add(SIM_TIME_MAX - 5, 6, &sum));
    assert_false(sim_time_add(SIM_NEVER, 0, &sum));
    assert_true(sum == 1);
}

static void durations_are_written_in_the_largest_whole_unit(void **state)
{
    static const struct {
        sim_span span;
        const char *words;
    } rows[] = {{0, "0ns"}, {8000000, "8ms"}, {1500000, "1500us"}, {999, "999ns"}, {90000000000, "90s"},
                {60000000000, "1min"}, {7200000000000, "2h"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char words[40] = "";
        words[sim_span_write(rows[i].span, words, sizeof words - 1)] = '\0';
        assert_string_equal(words, rows[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_keep_their_bytes_when_tables_grow),
        cmocka_unit_test(a_freed_element_is_used_again_and_zeroed),
        cmocka_unit_test(freed_runs_are_used_again_by_runs_of_their_class),
        cmocka_unit_test(a_creation_without_memory_changes_nothing),
        cmocka_unit_test(events_leave_by_time_and_then_in_the_order_of_their_scheduling),
        cmocka_unit_test(events_of_every_distance_leave_in_order),
        cmocka_unit_test(an_open_instant_shows_all_its_events_and_takes_any),
        cmocka_unit_test(draws_do_not_depend_on_other_draws),
        cmocka_unit_test(a_draw_is_the_number_that_its_definition_gives),
        cmocka_unit_test(uniform_draws_cover_their_range_evenly),
        cmocka_unit_test(exponential_draws_have_their_mean_and_median),
        cmocka_unit_test(lognormal_draws_have_their_median_and_99th_percentile),
        cmocka_unit_test(erlang_draws_have_their_mean_and_variance),
        cmocka_unit_test(draws_without_a_spread_are_their_only_value),
        cmocka_unit_test(draws_stay_within_their_limits),
        cmocka_unit_test(literals_are_read_exactly_or_refused),
        cmocka_unit_test(sums_of_time_notice_their_overflow),
        cmocka_unit_test(durations_are_written_in_the_largest_whole_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
