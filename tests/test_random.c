/* SPDX-License-Identifier: Apache-2.0 */
/* Random scenarios (case KQ-27), about ports and about operations: each runs with the twin beside it, which must
 * agree on every assignment and every count, and the invariants of fact IOCP-47 are judged between all steps.
 * Beside those about operations runs the second twin too: on who gets which packet, error and count of bytes.
 *
 *     test_random [SEED [COUNT]]   how many random scenarios of each, and which (1 500)
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

/* What a random scenario is about, and with which mistake its twin is run. */
struct trial {
    const char *about; /* names the files of its failures */
    bool has_operations;
    int mistake;
};

static size_t write_scenario(const struct trial *trial, uint64_t of_seed, uint64_t number)
{
    return trial->has_operations ? random_operations_write(text, of_seed, number)
                                 : random_scenario_write(text, of_seed, number);
}

static void run_trial(struct witness_report *report, const struct trial *trial, const char *bytes, size_t length)
{
    if (trial->has_operations) {
        witness_run_operations(report, bytes, length, (enum ot_mistake)trial->mistake);
    } else {
        witness_run(report, bytes, length, (enum twin_mistake)trial->mistake);
    }
}

/* Fails in the shrinker's eyes: the twin, with its mistake, differs. */
static bool differs(void *context, const char *candidate, size_t length)
{
    struct witness_report report;

    run_trial(&report, context, candidate, length);
    return report.end == WITNESS_DIFFERS;
}

/* Runs the scenario of a file; false when it cannot be read. */
static bool run_file(struct witness_report *report, const char *path, const struct trial *trial)
{
    FILE *file = fopen(path, "r");
    size_t length;

    if (file == NULL) {
        return false;
    }
    length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    run_trial(report, trial, text, length);
    return true;
}

/* Shrinks the failing `text`, and writes what is left to a file below build/failures; to be freed. */
static char *keep_failure(struct trial trial, const char *path)
{
    struct shrink_question question = {differs, &trial};
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
static void tell_failure(const struct trial *trial, uint64_t number)
{
    struct witness_report report;
    char path[128];
    char *small;

    snprintf(path, sizeof path, "build/failures/%s-%llu-%llu.json", trial->about, (unsigned long long)seed,
             (unsigned long long)number);
    run_trial(&report, trial, text, strlen(text));
    print_error("%s\n", report.message);
    small = keep_failure(*trial, path);
    run_trial(&report, trial, small, strlen(small));
    print_error("scenario %llu of seed %llu, shrunk: %s\n%ssee it again: %s %s\n", (unsigned long long)number,
                (unsigned long long)seed, report.message, small, program, path);
    free(small);
}

/* One random scenario; whether all is well. */
static bool try_scenario(const struct trial *trial, uint64_t number, struct witness_report *report)
{
    run_trial(report, trial, text, write_scenario(trial, seed, number));
    if (report->end == WITNESS_DIFFERS) {
        tell_failure(trial, number);
    } else if (report->end == WITNESS_REFUSED || report->stands_still) {
        print_error("scenario %llu of seed %llu is no good: %s\n", (unsigned long long)number,
                    (unsigned long long)seed, report->end == WITNESS_REFUSED ? report->message : "it stands still");
    }
    return report->end == WITNESS_AGREES && !report->stands_still;
}

static void random_scenarios_agree_with_the_twin_and_keep_the_invariants(void **state)
{
    static const struct trial trial = {.about = "random"};
    unsigned reached[WITNESS_RULE_COUNT] = {0};
    struct witness_report report;

    (void)state;
    for (uint64_t number = 0; number < count; number++) {
        assert_true(try_scenario(&trial, number, &report));
        for (int rule = 0; rule < WITNESS_RULE_COUNT; rule++) {
            reached[rule] += report.fired[rule] > 0;
        }
    }
    for (int rule = 0; rule < WITNESS_RULE_COUNT; rule++) {
        printf("%8u of %llu scenarios: %s\n", reached[rule], (unsigned long long)count,
               witness_rule_name((enum witness_rule)rule));
        assert_true(reached[rule] > 0 || count < 500);
        assert_true(reached[rule] >= count / 10 || rule >= WITNESS_RULES_ASKED || count < 10000);
    }
}

static void random_operations_agree_with_both_twins_and_keep_the_invariants(void **state)
{
    static const char *const name[] = {
#define RULE(id, fact, what) fact ": " what,
        OT_RULES(RULE)
#undef RULE
    };
    static const struct trial trial = {.about = "operations", .has_operations = true};
    unsigned reached[OT_RULE_COUNT] = {0};
    struct witness_report report;
    bool enough = true;

    (void)state;
    for (uint64_t number = 0; number < count; number++) {
        assert_true(try_scenario(&trial, number, &report));
        for (int rule = 0; rule < OT_RULE_COUNT; rule++) {
            reached[rule] += report.operations_fired[rule] > 0;
        }
    }
    for (int rule = 0; rule < OT_RULE_COUNT; rule++) {
        printf("%8u of %llu scenarios: %s\n", reached[rule], (unsigned long long)count, name[rule]);
        enough = enough && (count < 10000 || reached[rule] >= count * 3 / 100);
        enough = enough && (count < 500 || reached[rule] > 0);
    }
    assert_true(enough);
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
        struct trial trial;
        const char *named;
        unsigned threads; /* that are needed to show it, and the one who posts */
    } rows[] = {
        {{"on-purpose", false, TWIN_OLDEST_FIRST}, "newest-waiter", 3},         /* two who wait */
        {{"on-purpose", false, TWIN_EXIT_KEEPS_SLOT}, "slot-freed-by-exit", 3}, /* who exits and who waits */
        {{"on-purpose", false, TWIN_LIMIT_PLUS_ONE}, "limit", 2},
        {{"operations-on-purpose", true, OT_ERROR_LEAVES_PACKET}, "the twin says of operation 1 its packet", 3},
        {{"operations-on-purpose", true, OT_CANCEL_FORGETS_ISSUER}, "has not been ended by a cancel", 3},
        {{"operations-on-purpose", true, OT_CLOSE_IS_ABORT}, "error 109", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct witness_report report = {.end = WITNESS_AGREES};
        struct trial trial = rows[i].trial;
        char path[64];
        char *small;

        for (uint64_t number = 0; report.end != WITNESS_DIFFERS; number++) {
            assert_true(number < 200);
            run_trial(&report, &trial, text, write_scenario(&trial, 3, number));
        }
        snprintf(path, sizeof path, "build/failures/%s-%zu.json", trial.about, i);
        small = keep_failure(trial, path);
        run_trial(&report, &trial, small, strlen(small));
        assert_int_equal(report.end, WITNESS_DIFFERS);
        assert_non_null(strstr(report.message, rows[i].named));
        assert_true(occurrences(small, "\"runs\"") <= rows[i].threads);
        assert_true(strlen(small) < 700);
        trial.mistake = 0;
        run_trial(&report, &trial, small, strlen(small));
        assert_int_equal(report.end, WITNESS_AGREES);
        assert_true(run_file(&report, path, &rows[i].trial));
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
        assert_true(run_file(&report, found.gl_pathv[i], &(struct trial){.about = "random"}));
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
    struct trial trial = {.about = "random", .has_operations = strstr(path, "operations-") != NULL};
    struct witness_report report;

    if (!run_file(&report, path, &trial)) {
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
        cmocka_unit_test(random_operations_agree_with_both_twins_and_keep_the_invariants),
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
