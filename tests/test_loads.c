/* SPDX-License-Identifier: Apache-2.0 */
/* Loads: of what latencies are made, on every scenario; percentiles against sorting; what a long run keeps. */
#include "tests/support.h"

#include "model/names.h"
#include "model/run.h"
#include "model/thread.h"
#include "tests/every_scenario.h"
#include "traces/map.h"
#include "traces/replay.h"

/* The fold over the records of a run, and what the records say by themselves. */
struct fold {
    struct replay *replay;
    struct cast cast;
    uint64_t items, split;            /* that ended; in more than one part */
    spans_sum latencies, area;        /* of all that ended; unfinished over time */
    uint64_t unfinished;
    sim_time since;
    const char *broken;
};

/* The parts add up to the latency, which the model tells by itself. */
static void look_at_end(struct fold *fold, const struct record *record)
{
    const struct item_ended *ended = &replay_items(fold->replay)->ended;
    sim_span sum = 0;
    uint32_t parts = 0;

    for (int series = SERIES_LATENCY + 1; series < SERIES_COUNT; series++) {
        sum += ended->span[series];
        parts += ended->span[series] > 0;
    }
    fold->items++;
    fold->split += parts > 1;
    fold->latencies += record->amount;
    if (sum != record->amount || ended->span[SERIES_LATENCY] != record->amount) {
        fold->broken = "the parts of a latency do not add up to it";
    }
}

static void see(void *context, const struct record_batch *batch)
{
    struct fold *fold = context;

    for (uint32_t i = 0; i < batch->count; i++) {
        const struct record *record = &batch->record[i];
        fold->area += (spans_sum)fold->unfinished * (record->t - fold->since);
        fold->since = record->t;
        fold->unfinished += record->kind == RECORD_ITEM_ARRIVE;
        fold->unfinished -= record->kind == RECORD_ITEM_END;
        replay_see(fold->replay, record, batch);
        if (record->kind == RECORD_ITEM_END) {
            look_at_end(fold, record);
        }
    }
}

static void fold_run(struct fold *fold, struct iocpsim_run *run)
{
    struct record_observer observer = {{UINT64_MAX, UINT64_MAX}, see, fold};

    fold->replay = replay_create(&run->cast);
    assert_non_null(fold->replay);
    run->options.observer = &observer;
    run->options.observer_count = 1;
    assert_true(run_create(&run->sim, &run->loaded.plan, &run->options));
    run->is_created = true;
    assert_true(run_to_end(&run->sim));
    assert_false(replay_failed(fold->replay));
}

/* What was looked at over all scenarios. */
struct looked {
    uint64_t items, split, empty;
};

static void judge(void *context, struct iocpsim_run *run, const char *name)
{
    struct looked *looked = context;
    struct fold fold = {0};

    fold_run(&fold, run);
    if (fold.broken == NULL && fold.unfinished == 0 && fold.area != fold.latencies) {
        fold.broken = "Little's law does not hold";
    }
    if (fold.broken != NULL) {
        print_error("%s: %s\n", name, fold.broken);
        fail();
    }
    looked->items += fold.items;
    looked->split += fold.split;
    looked->empty += fold.items > 0 && fold.unfinished == 0;
    replay_destroy(fold.replay);
}

static void the_parts_add_up_and_littles_law_holds_on_every_scenario(void **state)
{
    struct looked looked = {0};

    (void)state;
    every_scenario(judge, &looked);
    assert_true(looked.items >= 18);
    assert_true(looked.split >= 5);
    assert_true(looked.empty >= 3);
}

static int by_size(const void *left, const void *right)
{
    const sim_span *a = left;
    const sim_span *b = right;

    return *a < *b ? -1 : *a > *b;
}

/* Nearest rank, by its definition: the least value that at least so many of a thousand do not exceed. */
static sim_span percentile_by_sorting(const struct spans *spans, uint32_t per_mille)
{
    sim_span sorted[512];
    uint64_t i = 0;

    memcpy(sorted, spans->kept, spans->count * sizeof *sorted);
    qsort(sorted, spans->count, sizeof *sorted, by_size);
    while ((i + 1) * 1000 < spans->count * per_mille) {
        i++;
    }
    return sorted[i];
}

static void percentiles_are_those_of_the_sorted_values(void **state)
{
    static const uint32_t asked[] = {1, 500, 900, 950, 990, 999, 1000};
    uint64_t seed = 1;

    (void)state;
    for (uint32_t round = 0; round < 400; round++) {
        struct spans spans = {.keeps = true};
        uint32_t bits = round % 64;
        for (uint32_t i = 0; i <= round % 300; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            assert_true(spans_add(&spans, seed >> bits >> (seed % 3)));
        }
        for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
            sim_span found = 0;
            assert_true(spans_percentile(&spans, asked[i], &found));
            assert_int_equal(found, percentile_by_sorting(&spans, asked[i]));
        }
        spans_release(&spans);
    }
}

static void a_map_holds_what_was_put_and_not_dropped(void **state)
{
    struct map map = {0};
    uint64_t value[97] = {0}; /* 0: not in it */
    uint64_t seed = 7;

    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        uint64_t number;
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        number = 1 + (seed >> 33) % 96;
        if ((seed >> 20 & 1) != 0) {
            assert_true(map_put(&map, number, i + 1));
            value[number] = i + 1;
        } else {
            map_drop(&map, number);
            value[number] = 0;
        }
        number = 1 + (seed >> 40) % 96;
        assert_int_equal(map_find(&map, number) == NULL ? 0 : *map_find(&map, number), value[number]);
    }
    map_release(&map);
}

static const char many[] =
    "{ \"format\": 1, \"ports\": { \"P\": {} }, \"variables\": { \"kept\": null },"
    "  \"threads\": { \"server\": { \"background\": true, \"runs\": [ { \"serve\": \"P\" } ] } },"
    "  \"load\": { \"a\": { \"arrive\": { \"every\": \"10us\" }, \"count\": 200, \"runs\": [ { \"post\": \"P\", \"callback\":"
    "      [ { \"compute\": \"1us\" } ] }, { \"sleep\": \"35us\" }, { \"log\": \"{me}\" } ] },"
    "    \"b\": { \"arrive\": { \"every\": \"10us\" }, \"count\": 200, \"runs\": [ { \"if\": \"index == 7\", \"then\":"
    "      [ { \"let\": { \"kept\": \"me\" } } ] }, { \"sleep\": \"15us\" } ] } } }";

/* The names that thread-create and log say, in order. */
struct names_seen {
    const struct simulation *sim;
    uint64_t born[2], said;
    bool wrong;
};

static void see_names(void *context, const struct record_batch *batch)
{
    struct names_seen *seen = context;
    char wanted[32];
    char name[32];

    for (uint32_t i = 0; i < batch->count; i++) {
        const struct record *record = &batch->record[i];
        if (record->kind == RECORD_THREAD_CREATE && record->item != 0) {
            size_t length = name_write(seen->sim, record->thread, name, sizeof name);
            int which = name[0] == 'b';
            (void)snprintf(wanted, sizeof wanted, "%c[%llu]", which == 1 ? 'b' : 'a', (unsigned long long)seen->born[which]++);
            seen->wrong = seen->wrong || length != strlen(wanted) || memcmp(name, wanted, length) != 0;
        } else if (record->kind == RECORD_LOG) {
            (void)snprintf(wanted, sizeof wanted, "a[%llu]", (unsigned long long)seen->said++);
            seen->wrong = seen->wrong || record->span.length != strlen(wanted) ||
                          memcmp(batch->bytes + record->span.first, wanted, record->span.length) != 0;
        }
    }
}

static void hundreds_of_items_share_the_places_of_a_few_threads(void **state)
{
    struct iocpsim_scenario *scenario;
    struct iocpsim_run *run;
    struct names_seen seen = {0};
    struct record_observer observer = {{UINT64_MAX, UINT64_MAX}, see_names, &seen};
    reference kept;

    (void)state;
    assert_int_equal(iocpsim_scenario_read(&scenario, "many", many, strlen(many)), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){0}), IOCPSIM_OK);
    seen.sim = &run->sim;
    run->options.observer = &observer;
    run->options.observer_count = 1;
    assert_true(run_create(&run->sim, &run->loaded.plan, &run->options));
    run->is_created = true;
    assert_true(run_to_end(&run->sim));
    assert_int_equal(seen.born[0], 200);
    assert_int_equal(seen.born[1], 200);
    assert_int_equal(seen.said, 200);
    assert_false(seen.wrong);
    /* Those of `a` read `me`, which a variable could have kept, and so did one of `b`; the others leave no trace. */
    assert_true(block_used(&run->sim.block, TABLE_THREAD) < 200 + 10);
    assert_true(block_used(&run->sim.block, TABLE_LOAD_ITEM) < 10);
    assert_true(block_used(&run->sim.block, TABLE_DRAW_COUNT) < 10);
    kept = (reference)BLOCK_AT(&run->sim.block, TABLE_VARIABLE, struct value, 1)->bits;
    assert_int_not_equal(thread_of(&run->sim, kept), 0);
    assert_int_equal(thread_at(&run->sim, thread_of(&run->sim, kept))->state, THREAD_ENDED);
    iocpsim_run_destroy(run);
    iocpsim_scenario_destroy(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_add_up_and_littles_law_holds_on_every_scenario),
        cmocka_unit_test(percentiles_are_those_of_the_sorted_values),
        cmocka_unit_test(a_map_holds_what_was_put_and_not_dropped),
        cmocka_unit_test(hundreds_of_items_share_the_places_of_a_few_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
