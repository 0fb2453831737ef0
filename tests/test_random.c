/* SPDX-License-Identifier: Apache-2.0 */
/* Random scenarios (case KQ-27): each runs with the twin beside it, which must agree on every assignment and
 * every count, and the invariants of fact IOCP-47 are judged between all steps.
 *
 *     test_random [SEED [COUNT]]   how many random scenarios, and which (1 500)
 *     test_random FILE             one scenario again, as a failure left it */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/random_scenario.h"
#include "tests/shrink.h"
#include "tests/witness.h"

static uint64_t seed = 1;
static uint64_t count = 500;
static const char *program = "build/tests/test_random";

static char text[RANDOM_SCENARIO_ROOM];

/* Fails in the shrinker's eyes: the twin, with its mistake, differs. */
static bool differs(void *context, const char *candidate, size_t length)
{
    const enum twin_mistake *mistake = context;
    struct witness_report report;

    witness_run(&report, candidate, length, *mistake);
    return report.end == WITNESS_DIFFERS;
}

/* Runs the scenario of a file; false when it cannot be read. */
static bool run_file(struct witness_report *report, const char *path, enum twin_mistake mistake)
{
    FILE *file = fopen(path, "r");
    size_t length;

    if (file == NULL) {
        return false;
    }
    length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    witness_run(report, text, length, mistake);
    return true;
}

/* Shrinks the failing `text`, and writes what is left to a file below build/failures; to be freed. */
static char *keep_failure(enum twin_mistake mistake, const char *path)
{
    struct shrink_question question = {differs, &mistake};
    char *small = shrink(text, &question);
    FILE *file;

    (void)mkdir("build", 0777);
    (void)mkdir("build/failures", 0777);
    file = fopen(path, "w");
    assert_non_null(small);
    assert_non_null(file);
    fputs(small, file);
    assert_int_equal(fclose(file), 0);
    return small;
}

/* What a person needs: what differs, the small scenario, and how to see it again. */
static void tell_failure(uint64_t number)
{
    struct witness_report report;
    char path[128];
    char *small;

    snprintf(path, sizeof path, "build/failures/random-%llu-%llu.json", (unsigned long long)seed,
             (unsigned long long)number);
    small = keep_failure(TWIN_RIGHT, path);
    witness_run(&report, small, strlen(small), TWIN_RIGHT);
    print_error("scenario %llu of seed %llu, shrunk: %s\n%ssee it again: %s %s\n", (unsigned long long)number,
                (unsigned long long)seed, report.message, small, program, path);
    free(small);
}

/* One random scenario; whether all is well. */
static bool try_scenario(uint64_t number, unsigned *reached)
{
    struct witness_report report;

    witness_run(&report, text, random_scenario_write(text, seed, number), TWIN_RIGHT);
    if (report.end == WITNESS_DIFFERS) {
        tell_failure(number);
    } else if (report.end == WITNESS_REFUSED || report.stands_still) {
        print_error("scenario %llu of seed %llu is no good: %s\n", (unsigned long long)number,
                    (unsigned long long)seed, report.end == WITNESS_REFUSED ? report.message : "it stands still");
    }
    for (int rule = 0; rule < WITNESS_RULE_COUNT; rule++) {
        reached[rule] += report.fired[rule] > 0;
    }
    return report.end == WITNESS_AGREES && !report.stands_still;
}

static void random_scenarios_agree_with_the_twin_and_keep_the_invariants(void **state)
{
    unsigned reached[WITNESS_RULE_COUNT] = {0};

    (void)state;
    for (uint64_t number = 0; number < count; number++) {
        assert_true(try_scenario(number, reached));
    }
    for (int rule = 0; rule < WITNESS_RULE_COUNT; rule++) {
        printf("%8u of %llu scenarios: %s\n", reached[rule], (unsigned long long)count,
               witness_rule_name((enum witness_rule)rule));
        assert_true(reached[rule] > 0 || count < 500);
        assert_true(reached[rule] >= count / 10 || rule >= WITNESS_RULES_ASKED || count < 10000);
    }
}

static void the_same_seed_and_number_give_the_same_scenario(void **state)
{
    static char again[RANDOM_SCENARIO_ROOM];
    size_t length = random_scenario_write(text, 7, 3);

    (void)state;
    assert_int_equal(random_scenario_write(again, 7, 3), length);
    assert_string_equal(again, text);
    (void)random_scenario_write(again, 7, 4);
    assert_string_not_equal(again, text);
    (void)random_scenario_write(again, 8, 3);
    assert_string_not_equal(again, text);
}

/* How often `what` stands in a text. */
static unsigned occurrences(const char *in, const char *what)
{
    unsigned found = 0;

    for (const char *at = strstr(in, what); at != NULL; at = strstr(at + 1, what)) {
        found++;
    }
    return found;
}

/* A twin with a mistake is what a model with a mistake would be: found, shrunk, named, kept and found again. */
static void a_mistake_is_found_shrunk_and_named(void **state)
{
    static const struct {
        enum twin_mistake mistake;
        const char *named;
        unsigned threads; /* that are needed to show it, and the one who posts */
    } rows[] = {
        {TWIN_OLDEST_FIRST, "newest-waiter", 3},         /* two who wait */
        {TWIN_EXIT_KEEPS_SLOT, "slot-freed-by-exit", 3}, /* who exits and who waits */
        {TWIN_LIMIT_PLUS_ONE, "limit", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct witness_report report = {.end = WITNESS_AGREES};
        enum twin_mistake mistake = rows[i].mistake;
        char path[64];
        char *small;

        for (uint64_t number = 0; report.end != WITNESS_DIFFERS; number++) {
            assert_true(number < 200);
            witness_run(&report, text, random_scenario_write(text, 3, number), mistake);
        }
        snprintf(path, sizeof path, "build/failures/on-purpose-%zu.json", i);
        small = keep_failure(mistake, path);
        witness_run(&report, small, strlen(small), mistake);
        assert_int_equal(report.end, WITNESS_DIFFERS);
        assert_non_null(strstr(report.message, rows[i].named));
        assert_true(occurrences(small, "\"runs\"") <= rows[i].threads);
        assert_true(strlen(small) < 700);
        witness_run(&report, small, strlen(small), TWIN_RIGHT);
        assert_int_equal(report.end, WITNESS_AGREES);
        assert_true(run_file(&report, path, mistake));
        assert_string_equal(text, small);
        assert_int_equal(report.end, WITNESS_DIFFERS);
        (void)remove(path);
        free(small);
    }
}

/* Nothing can be taken from what is left, whatever it was that fails. */
static bool holds_two_of_three(void *context, const char *candidate, size_t length)
{
    (void)context;
    (void)length;
    return strstr(candidate, "\"b\"") != NULL && strstr(candidate, "7") != NULL;
}

static void shrinking_leaves_what_is_needed_and_nothing_else(void **state)
{
    struct shrink_question question = {holds_two_of_three, NULL};
    char *small =
        shrink("{\"x\":[1,{\"do\":[\"a\",\"b\",{\"w\":\"12ms\"}],\"repeat\":9},[7]],\"y\":{\"a\":3}}", &question);

    (void)state;
    assert_string_equal(small, "{\n  \"x\": [\"b\",\n    [7]]}\n");
    free(small);
}

/* Those that a person wrote, too; one has a limit that its variants set, which the witness cannot read. */
static void shipped_scenarios_about_ports_are_what_the_twin_says(void **state)
{
    glob_t found;
    size_t agreeing = 0;

    (void)state;
    assert_int_equal(glob("scenarios/ports/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct witness_report report;
        assert_true(run_file(&report, found.gl_pathv[i], TWIN_RIGHT));
        if (report.end == WITNESS_DIFFERS) {
            print_error("%s: %s\n", found.gl_pathv[i], report.message);
        }
        assert_int_not_equal(report.end, WITNESS_DIFFERS);
        agreeing += report.end == WITNESS_AGREES;
    }
    assert_true(agreeing >= 25);
    globfree(&found);
}

/* One file, in which a failure was kept. */
static int see_again(const char *path)
{
    struct witness_report report;

    if (!run_file(&report, path, TWIN_RIGHT)) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 2;
    }
    printf("%s: %s%s\n", path,
           report.end == WITNESS_AGREES    ? "the twin agrees, the invariants hold"
           : report.end == WITNESS_REFUSED ? "it does not load: "
                                           : "",
           report.message);
    return report.end == WITNESS_AGREES ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_scenarios_agree_with_the_twin_and_keep_the_invariants),
        cmocka_unit_test(the_same_seed_and_number_give_the_same_scenario),
        cmocka_unit_test(a_mistake_is_found_shrunk_and_named),
        cmocka_unit_test(shipped_scenarios_about_ports_are_what_the_twin_says),
        cmocka_unit_test(shrinking_leaves_what_is_needed_and_nothing_else),
    };

    program = argv[0];
    if (argc > 1 && strstr(argv[1], ".json") != NULL) {
        return see_again(argv[1]);
    }
    seed = argc > 1 ? strtoull(argv[1], NULL, 10) : seed;
    count = argc > 2 ? strtoull(argv[2], NULL, 10) : count;
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
