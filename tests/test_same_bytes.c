/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of one scenario in one process: the second is the first again, byte for byte, whatever ran between; and who
 * watches changes no record's number, cause or kind. */
#define _POSIX_C_SOURCE 200809L
#include "tests/support.h"

#include "tests/every_scenario.h"

#include <glob.h>

#include "iocpsim.h"
#include "lib/session.h"

/* Bytes that grow. */
struct bytes {
    char *bytes;
    size_t length, room;
};

static bool keep(void *context, const char *bytes, size_t length)
{
    struct bytes *to = context;

    if (to->length + length > to->room) {
        to->room = (to->length + length) * 2;
        to->bytes = realloc(to->bytes, to->room);
        assert_non_null(to->bytes);
    }
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
    return true;
}

static bool drop(void *context, const char *bytes, size_t length)
{
    (void)context;
    (void)bytes;
    (void)length;
    return true;
}

/* What must not depend on who watches. */
struct seen {
    uint64_t n, cause;
    uint32_t kind;
    uint32_t spare;
};

static void see(void *context, const struct record_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct seen seen = {batch->record[i].n, batch->record[i].cause, batch->record[i].kind, 0};
        (void)keep(context, (const char *)&seen, sizeof seen);
    }
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes;

    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *length = (size_t)ftell(file);
    rewind(file);
    bytes = calloc(1, *length + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

/* Calls `check` for every variant of every shipped scenario. */
static void for_every_variant(void (*check)(struct iocpsim_scenario *scenario, const char *variant))
{
    glob_t found;

    assert_int_equal(glob("scenarios/*/*.json", 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 20);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct iocpsim_scenario *scenario;
        size_t length;
        char *bytes = read_file(found.gl_pathv[i], &length);
        char folder[EVERY_FOLDER];
        assert_int_equal(iocpsim_scenario_read(&scenario, found.gl_pathv[i], bytes, length), IOCPSIM_OK);
        every_give_files(scenario, found.gl_pathv[i], folder);
        check(scenario, iocpsim_scenario_variant(scenario, 0));
        for (size_t j = 1; iocpsim_scenario_variant(scenario, j) != NULL; j++) {
            check(scenario, iocpsim_scenario_variant(scenario, j));
        }
        iocpsim_scenario_destroy(scenario);
        free(bytes);
    }
    globfree(&found);
}

static struct iocpsim_run *create(struct iocpsim_scenario *scenario, const char *variant)
{
    struct iocpsim_run_options options = {.variant = variant};
    struct iocpsim_run *run;

    assert_int_equal(iocpsim_run_create(&run, scenario, &options), IOCPSIM_OK);
    return run;
}

static void trace_into(struct bytes *to, struct iocpsim_scenario *scenario, const char *variant)
{
    struct iocpsim_sink sink = {keep, to};
    struct iocpsim_run *run = create(scenario, variant);

    assert_int_equal(iocpsim_run_trace(run, &sink), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_finish(run), IOCPSIM_OK);
    iocpsim_run_destroy(run);
}

static void second_is_first(struct iocpsim_scenario *scenario, const char *variant)
{
    struct bytes first = {NULL, 0, 0};
    struct bytes second = {NULL, 0, 0};

    trace_into(&first, scenario, variant);
    trace_into(&second, scenario, variant);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.bytes, second.bytes, first.length);
    free(first.bytes);
    free(second.bytes);
}

static void a_second_run_in_the_same_process_has_the_same_bytes(void **state)
{
    (void)state;
    for_every_variant(second_is_first);
}

/* Which of a run's own observers watch beside ours. */
enum watchers {
    NOBODY,
    THE_JUDGE,
    EVERYBODY,
    WATCHERS,
};

static void run_watched(struct bytes *to, struct iocpsim_run *run, enum watchers watchers, uint64_t kinds)
{
    struct iocpsim_sink sink = {drop, NULL};
    struct record_observer observer[RUN_OBSERVERS + 1];
    uint32_t count = watchers == NOBODY ? 0 : 1;

    if (watchers == EVERYBODY) {
        assert_int_equal(iocpsim_run_trace(run, &sink), IOCPSIM_OK);
        assert_int_equal(iocpsim_run_follow(run, &sink), IOCPSIM_OK);
        count = run->observers;
    }
    memcpy(observer, run->observer, count * sizeof observer[0]);
    observer[count++] = (struct record_observer){{kinds, kinds}, see, to};
    run->options.observer = observer;
    run->options.observer_count = count;
    assert_true(run_create(&run->sim, &run->loaded.plan, &run->options));
    run->is_created = true;
    assert_true(run_to_end(&run->sim));
}

static void watched_alike(struct iocpsim_scenario *scenario, const char *variant)
{
    struct bytes to[WATCHERS] = {{NULL, 0, 0}};
    struct bytes few = {NULL, 0, 0};
    const struct seen *all;
    const struct seen *some;
    size_t at = 0;

    for (int watchers = 0; watchers < WATCHERS; watchers++) {
        struct iocpsim_run *run = create(scenario, variant);
        run_watched(&to[watchers], run, (enum watchers)watchers, UINT64_MAX);
        iocpsim_run_destroy(run);
        assert_int_equal(to[watchers].length, to[0].length);
        assert_memory_equal(to[watchers].bytes, to[0].bytes, to[0].length);
    }
    {
        struct iocpsim_run *run = create(scenario, variant);
        run_watched(&few, run, NOBODY, UINT64_C(0x5555555555555555));
        iocpsim_run_destroy(run);
    }
    /* Who wants half of the kinds is told of those the same. */
    all = (const struct seen *)(const void *)to[0].bytes;
    some = (const struct seen *)(const void *)few.bytes;
    for (size_t i = 0; i < to[0].length / sizeof *all; i++) {
        if (all[i].kind % 2 == 0) {
            assert_true(at < few.length / sizeof *some);
            assert_memory_equal(&some[at], &all[i], sizeof *all);
            at++;
        }
    }
    assert_int_equal(at, few.length / sizeof *some);
    assert_true(at > 0);
    for (int watchers = 0; watchers < WATCHERS; watchers++) {
        free(to[watchers].bytes);
    }
    free(few.bytes);
}

static void who_watches_changes_no_number_cause_or_kind(void **state)
{
    (void)state;
    for_every_variant(watched_alike);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_run_in_the_same_process_has_the_same_bytes),
        cmocka_unit_test(who_watches_changes_no_number_cause_or_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
