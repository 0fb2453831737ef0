/* SPDX-License-Identifier: Apache-2.0 */
/* Every shipped scenario and fixture that loads, in every variant: what the records say is what the model
 * knows, after every step. */
#include "tests/support.h"

#include "tests/every_scenario.h"
#include "model/run.h"
#include "tests/replay_check.h"

/* What was looked at, over all runs. */
struct looked {
    uint64_t runs, comparisons, values;
};

static void replay_matches(void *context, struct iocpsim_run *run, const char *name)
{
    struct looked *looked = context;
    struct replay_check check;

    assert_true(replay_check_run(&check, run));
    if (check.message[0] != '\0') {
        print_error("%s: %s\n", name, check.message);
    }
    assert_string_equal(check.message, "");
    looked->runs++;
    looked->comparisons += check.comparisons;
    looked->values += check.values;
    replay_check_release(&check);
}

static void the_records_say_what_the_model_knows_after_every_step(void **state)
{
    struct looked looked = {0};

    (void)state;
    every_scenario(replay_matches, &looked);
    print_message("%llu runs, %llu states, %llu values compared\n", (unsigned long long)looked.runs,
                  (unsigned long long)looked.comparisons, (unsigned long long)looked.values);
    assert_true(looked.runs >= 40);
    assert_true(looked.comparisons > looked.runs * 10);
}

/* The kinds of records of each run, in the order of every_scenario: what a run does not have it cannot lose. */
#define RUNS_MOST 1024

static uint64_t kinds_of_run[RUNS_MOST][2];
static size_t noted_runs;

static void see_kinds(void *context, const struct record_batch *batch)
{
    uint64_t *kinds = context;

    for (uint32_t i = 0; i < batch->count; i++) {
        kinds[batch->record[i].kind / 64] |= UINT64_C(1) << (batch->record[i].kind % 64);
    }
}

static void note_kinds(void *context, struct iocpsim_run *run, const char *name)
{
    struct record_observer observer = {{UINT64_MAX, UINT64_MAX}, see_kinds, NULL};

    (void)context;
    (void)name;
    assert_true(noted_runs < RUNS_MOST);
    observer.context = kinds_of_run[noted_runs++];
    run->options.observer = &observer;
    run->options.observer_count = 1;
    assert_true(run_create(&run->sim, &run->loaded.plan, &run->options));
    run->is_created = true;
    assert_true(run_to_end(&run->sim));
}

/* A comparison that loses every record of one kind. */
struct losing {
    struct replay_check check;
    enum record_kind kind;
    size_t run;
    bool noticed;
};

static void see_most(void *context, const struct record_batch *batch)
{
    struct losing *losing = context;

    for (uint32_t i = 0; i < batch->count; i++) {
        if (batch->record[i].kind != losing->kind) {
            replay_see(losing->check.replay, &batch->record[i], batch);
        }
    }
}

static void run_and_lose(void *context, struct iocpsim_run *run, const char *name)
{
    struct losing *losing = context;
    struct record_observer observer = {{UINT64_MAX, UINT64_MAX}, see_most, losing};

    (void)name;
    if (losing->noticed || (kinds_of_run[losing->run++][losing->kind / 64] >> (losing->kind % 64) & 1) == 0) {
        return;
    }
    replay_check_init(&losing->check, &run->sim, &run->cast);
    run->options.observer = &observer;
    run->options.observer_count = 1;
    assert_true(run_create(&run->sim, &run->loaded.plan, &run->options));
    run->is_created = true;
    replay_check_attach(&losing->check);
    assert_true(run_to_end(&run->sim));
    losing->noticed = losing->check.message[0] != '\0';
    replay_check_release(&losing->check);
}

/* The comparison is worth something: whichever kind of record that changes the state is kept from the fold,
 * the comparison finds it out. */
static void a_record_that_is_lost_is_noticed(void **state)
{
    static const enum record_kind kinds[] = {
        RECORD_THREAD_CREATE,  RECORD_THREAD_EXIT,    RECORD_THREAD_RUN,       RECORD_THREAD_BLOCK,
        RECORD_THREAD_UNBLOCK, RECORD_CALLBACK_BEGIN, RECORD_CALLBACK_END,     RECORD_OP_ISSUE,
        RECORD_OP_COMPLETE,    RECORD_DEVICE_QUEUE,   RECORD_DEVICE_BEGIN,     RECORD_DEVICE_END,
        RECORD_PACKET_POST,    RECORD_PACKET_QUEUE,   RECORD_PACKET_RELEASE,   RECORD_PACKET_TAKE,
        RECORD_PORT_JOIN,      RECORD_PORT_LEAVE,     RECORD_PORT_WAIT,        RECORD_PORT_TIMEOUT,
        RECORD_PORT_BLOCK,     RECORD_PORT_UNBLOCK,   RECORD_HANDLE_ASSOCIATE, RECORD_OBJECT_SET,
        RECORD_OBJECT_RESET,   RECORD_OBJECT_ACQUIRE, RECORD_OBJECT_RELEASE,   RECORD_APC_QUEUE,
        RECORD_APC_RUN,        RECORD_VARIABLE_SET,   RECORD_OBJECT_CREATE,    RECORD_PORT_CLOSE,
        RECORD_THREAD_PREEMPT, RECORD_THREAD_SUSPEND, RECORD_THREAD_RESUME,
    };

    (void)state;
    every_scenario(note_kinds, NULL);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct losing losing = {.kind = kinds[i]};
        every_scenario(run_and_lose, &losing);
        if (!losing.noticed) {
            print_error("losing %s is not noticed\n", record_kind_name(kinds[i]));
        }
        assert_true(losing.noticed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_records_say_what_the_model_knows_after_every_step),
        cmocka_unit_test(a_record_that_is_lost_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
