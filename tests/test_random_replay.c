/* SPDX-License-Identifier: Apache-2.0 */
/* Random scenarios, about ports and about operations, once more, through the library, with the two observers that
 * the shipped scenarios have: the fold over records gives the model's state after every step, and every record names
 * a rule that held and the cause that is its own.
 *
 *     test_random_replay [SEED [COUNT]]   of each (1 100) */
#include "tests/support.h"

#include "model/run.h"
#include "tests/random_scenario.h"
#include "tests/replay_check.h"
#include "tests/rules_check.h"
#include "tests/shrink.h"

static uint64_t seed = 1;
static uint64_t count = 100;

static char text[RANDOM_SCENARIO_ROOM];

/* Runs one scenario; false when it does not load. `message` is what is wrong, or empty. */
static bool check_scenario(const char *bytes, size_t length, char message[512])
{
    struct iocpsim_scenario *scenario;
    struct iocpsim_run *run = NULL;
    struct replay_check replay;
    struct rules_check *rules = calloc(1, sizeof *rules);
    bool is_good = iocpsim_scenario_read(&scenario, "random", bytes, length) == IOCPSIM_OK &&
                   iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){0}) == IOCPSIM_OK;

    message[0] = '\0';
    assert_non_null(rules);
    if (is_good) {
        assert_true(rules_check_init(rules, &run->cast));
        run->observer[run->observers++] =
            (struct record_observer){{UINT64_MAX, UINT64_MAX}, rules_check_see, rules};
        assert_true(replay_check_run(&replay, run));
        snprintf(message, 512, "%s", rules->message[0] != '\0' ? rules->message : replay.message);
        replay_check_release(&replay);
        rules_check_release(rules);
    }
    iocpsim_run_destroy(run);
    iocpsim_scenario_destroy(scenario);
    free(rules);
    return is_good;
}

static bool still_fails(void *context, const char *candidate, size_t length)
{
    char message[512];

    (void)context;
    return check_scenario(candidate, length, message) && message[0] != '\0';
}

/* Tries what `write` writes. */
static void check_all(size_t (*write)(char *text, uint64_t seed, uint64_t number))
{
    struct shrink_question question = {still_fails, NULL};

    for (uint64_t number = 0; number < count; number++) {
        size_t length = write(text, seed, number);
        char message[512];

        assert_true(check_scenario(text, length, message));
        if (message[0] != '\0') {
            char *small = shrink(text, &question);
            (void)check_scenario(small, strlen(small), message);
            print_error("scenario %llu of seed %llu, shrunk: %s\n%s", (unsigned long long)number,
                        (unsigned long long)seed, message, small);
            free(small);
            fail();
        }
    }
}

static void records_of_random_scenarios_say_what_the_model_knows_and_why(void **state)
{
    (void)state;
    check_all(random_scenario_write);
}

static void records_of_random_operations_say_what_the_model_knows_and_why(void **state)
{
    (void)state;
    check_all(random_operations_write);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_random_scenarios_say_what_the_model_knows_and_why),
        cmocka_unit_test(records_of_random_operations_say_what_the_model_knows_and_why),
    };

    seed = argc > 1 ? strtoull(argv[1], NULL, 10) : seed;
    count = argc > 2 ? strtoull(argv[2], NULL, 10) : count;
    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
