/* SPDX-License-Identifier: Apache-2.0 */
/* Each record of each scenario names a rule that held, and has the cause that the vocabulary gives it. */
#include "tests/support.h"

#include "model/run.h"
#include "tests/every_scenario.h"
#include "tests/rules_check.h"

/* Runs a prepared run with one observer. */
static void run_with(struct iocpsim_run *run, void (*see)(void *context, const struct record_batch *batch), void *context)
{
    struct record_observer observer = {{UINT64_MAX, UINT64_MAX}, see, context};

    run->options.observer = &observer;
    run->options.observer_count = 1;
    assert_true(run_create(&run->sim, &run->loaded.plan, &run->options));
    run->is_created = true;
    assert_true(run_to_end(&run->sim));
}

static void judge(void *context, struct iocpsim_run *run, const char *name)
{
    struct rules_check *check = context;

    assert_true(rules_check_init(check, &run->cast));
    run_with(run, rules_check_see, check);
    if (check->message[0] != '\0') {
        print_error("%s: %s\n", name, check->message);
    }
    assert_string_equal(check->message, "");
    assert_false(check->past.failed);
    rules_check_release(check);
}

static struct rules_check checked;

static void every_rule_named_held_and_every_cause_is_the_right_one(void **state)
{
    (void)state;
    memset(&checked, 0, sizeof checked);
    every_scenario(judge, &checked);
    assert_true(checked.records > 1500);
}

/* Two rules of one kind that may both be true of a record: which of them it names, records alone cannot tell. */
struct both {
    enum record_kind kind;
    enum record_why named, other;
};

static bool may_both_hold(enum record_kind kind, enum record_why named, enum record_why other)
{
    static const struct both both[] = {
        /* Waiting for ever for no object: the outside may be meant. */
        {RECORD_THREAD_BLOCK, WHY_READ_LINE, WHY_SLEEP},
        {RECORD_THREAD_BLOCK, WHY_SLEEP, WHY_READ_LINE},
        /* `wait` takes mutexes too. */
        {RECORD_THREAD_BLOCK, WHY_LOCK, WHY_WAIT},
        {RECORD_THREAD_BLOCK, WHY_WAIT, WHY_LOCK},
        /* How a handle was opened stands in no record: of what kind it is, whether it is cached. */
        {RECORD_OP_IMMEDIATE, WHY_SERVED_IN_CALL, WHY_CACHED},
        {RECORD_OP_IMMEDIATE, WHY_CACHED, WHY_SERVED_IN_CALL},
        {RECORD_OP_IMMEDIATE, WHY_EXTENDING_WRITE, WHY_SERVED_IN_CALL},
        /* A step may let an operation fail with the error of the end of a file. */
        {RECORD_OP_COMPLETE, WHY_END_OF_FILE, WHY_FAULT},
        {RECORD_OP_COMPLETE, WHY_FAULT, WHY_END_OF_FILE},
        /* An accept has 0 bytes, as a read at the end of a stream: which it is stands in its issue, a step before. */
        {RECORD_OP_COMPLETE, WHY_DATA_ARRIVED, WHY_HANG_UP},
        {RECORD_OP_COMPLETE, WHY_DEVICE_DONE, WHY_DATA_ARRIVED},
        {RECORD_OP_COMPLETE, WHY_DEVICE_DONE, WHY_HANG_UP},
        {RECORD_OP_COMPLETE, WHY_DATA_ARRIVED, WHY_DEVICE_DONE},
        {RECORD_OP_COMPLETE, WHY_HANG_UP, WHY_DATA_ARRIVED},
        {RECORD_OP_IMMEDIATE, WHY_SERVED_IN_CALL, WHY_BUFFERED},
        {RECORD_OP_IMMEDIATE, WHY_BUFFERED, WHY_SERVED_IN_CALL},
        {RECORD_OP_IMMEDIATE, WHY_BUFFERED, WHY_CACHED},
        /* Nor what was passed to the call. */
        {RECORD_PACKET_SUPPRESS, WHY_ON_CALLER, WHY_APC},
        {RECORD_PACKET_SUPPRESS, WHY_ON_CALLER, WHY_SKIP_ON_SUCCESS},
        {RECORD_PACKET_SUPPRESS, WHY_SKIP_ON_SUCCESS, WHY_ON_CALLER},
        {RECORD_PACKET_SUPPRESS, WHY_ON_CALLER, WHY_EVENT_LOW_BIT},
        {RECORD_PACKET_SUPPRESS, WHY_ON_CALLER, WHY_NO_OVERLAPPED},
        {RECORD_PACKET_SUPPRESS, WHY_ON_CALLER, WHY_SYNCHRONOUS},
        {RECORD_PACKET_SUPPRESS, WHY_READ_BY_WORKER, WHY_APC},
        {RECORD_PACKET_SUPPRESS, WHY_READ_BY_WORKER, WHY_EVENT_LOW_BIT},
        {RECORD_PACKET_SUPPRESS, WHY_READ_BY_WORKER, WHY_NO_OVERLAPPED},
        {RECORD_PACKET_SUPPRESS, WHY_READ_BY_WORKER, WHY_SYNCHRONOUS},
        {RECORD_PACKET_SUPPRESS, WHY_EVENT_LOW_BIT, WHY_NO_OVERLAPPED},
        {RECORD_PACKET_SUPPRESS, WHY_EVENT_LOW_BIT, WHY_SYNCHRONOUS},
        {RECORD_PACKET_SUPPRESS, WHY_EVENT_LOW_BIT, WHY_APC},
        {RECORD_PACKET_SUPPRESS, WHY_APC, WHY_EVENT_LOW_BIT},
        {RECORD_PACKET_SUPPRESS, WHY_APC, WHY_NO_PORT},
        {RECORD_PACKET_SUPPRESS, WHY_APC, WHY_SKIP_ON_SUCCESS},
        {RECORD_PACKET_SUPPRESS, WHY_APC, WHY_NO_OVERLAPPED},
        {RECORD_PACKET_SUPPRESS, WHY_APC, WHY_SYNCHRONOUS},
        {RECORD_PACKET_SUPPRESS, WHY_NO_PORT, WHY_EVENT_LOW_BIT},
        {RECORD_PACKET_SUPPRESS, WHY_NO_PORT, WHY_APC},
        {RECORD_PACKET_SUPPRESS, WHY_NO_PORT, WHY_SKIP_ON_SUCCESS},
        {RECORD_PACKET_SUPPRESS, WHY_NO_PORT, WHY_NO_OVERLAPPED},
        {RECORD_PACKET_SUPPRESS, WHY_NO_PORT, WHY_SYNCHRONOUS},
        {RECORD_PACKET_SUPPRESS, WHY_IMMEDIATE_ERROR, WHY_EVENT_LOW_BIT},
        {RECORD_PACKET_SUPPRESS, WHY_SKIP_ON_SUCCESS, WHY_EVENT_LOW_BIT},
        {RECORD_PACKET_SUPPRESS, WHY_SKIP_ON_SUCCESS, WHY_NO_OVERLAPPED},
        {RECORD_PACKET_SUPPRESS, WHY_SKIP_ON_SUCCESS, WHY_SYNCHRONOUS},
        {RECORD_PACKET_SUPPRESS, WHY_SKIP_ON_SUCCESS, WHY_APC},
        {RECORD_PACKET_SUPPRESS, WHY_NO_OVERLAPPED, WHY_EVENT_LOW_BIT},
        {RECORD_PACKET_SUPPRESS, WHY_NO_OVERLAPPED, WHY_SYNCHRONOUS},
        {RECORD_PACKET_SUPPRESS, WHY_SYNCHRONOUS, WHY_EVENT_LOW_BIT},
        {RECORD_PACKET_SUPPRESS, WHY_SYNCHRONOUS, WHY_NO_OVERLAPPED},
        /* Nor whether a thread that ends by its own verb ends its process too. */
        {RECORD_THREAD_EXIT, WHY_ENDED, WHY_PROCESS_EXIT},
        {RECORD_THREAD_EXIT, WHY_PROCESS_EXIT, WHY_ENDED},
        {RECORD_THREAD_EXIT, WHY_IDLE_TIMEOUT, WHY_PROCESS_EXIT},
        {RECORD_THREAD_EXIT, WHY_PROCESS_EXIT, WHY_IDLE_TIMEOUT},
        /* Nor how long a get waits, when it was suspended meanwhile. */
        {RECORD_PORT_TIMEOUT, WHY_ABANDONED, WHY_TIMED_OUT},
        /* Which of several operations a drain has dropped the announcement of is not told. */
        {RECORD_PACKET_DROP, WHY_ANNOUNCEMENT_DROPPED, WHY_NOT_ANNOUNCED},
        {RECORD_PACKET_DROP, WHY_NOT_ANNOUNCED, WHY_ANNOUNCEMENT_DROPPED},
        /* How deep a thread's stack is stands in no record. */
        {RECORD_TASK_RESUME, WHY_QUEUED_GLOBAL, WHY_DEPTH_LIMIT},
        {RECORD_TASK_RESUME, WHY_QUEUED_GLOBAL, WHY_QUEUED_LOCAL},
        {RECORD_TASK_RESUME, WHY_QUEUED_LOCAL, WHY_QUEUED_GLOBAL},
        {RECORD_TASK_RESUME, WHY_QUEUED_LOCAL, WHY_DEPTH_LIMIT},
        {RECORD_TASK_RESUME, WHY_DEPTH_LIMIT, WHY_QUEUED_LOCAL},
        {RECORD_TASK_RESUME, WHY_DEPTH_LIMIT, WHY_QUEUED_GLOBAL},
        /* Nor how long work may wait until it starves, and from when on processors count as busy. */
        {RECORD_GATE_ROUND, WHY_STARVATION, WHY_DEQUEUED_LATELY},
        {RECORD_GATE_ROUND, WHY_DEQUEUED_LATELY, WHY_STARVATION},
        {RECORD_GATE_ROUND, WHY_STARVATION, WHY_CPU_HIGH},
        {RECORD_GATE_ROUND, WHY_DEQUEUED_LATELY, WHY_CPU_HIGH},
        {RECORD_GATE_ROUND, WHY_CPU_HIGH, WHY_DEQUEUED_LATELY},
        {RECORD_GATE_ROUND, WHY_CPU_HIGH, WHY_STARVATION},
        {RECORD_GATE_ROUND, WHY_DEQUEUED_LATELY, WHY_AT_MAX},
        /* Nor whether a worker above the target has looked for work before it parked. */
        {RECORD_POOL_PARK, WHY_OVER_TARGET, WHY_NO_WORK},
        {RECORD_POOL_PARK, WHY_NO_WORK, WHY_OVER_TARGET},
        /* Nor does it stand there whether a get was alertable. */
        {RECORD_PORT_TIMEOUT, WHY_APC, WHY_POLL_EMPTY},
        {RECORD_PORT_TIMEOUT, WHY_POLL_EMPTY, WHY_APC},
    };

    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        if (both[i].kind == kind && both[i].named == named && both[i].other == other) {
            return true;
        }
    }
    return false;
}

/* A predicate that is true of everything would prove nothing: with any other rule in its place, each record is
 * refused. */
static void a_record_that_names_another_rule_is_refused(void **state)
{
    (void)state;
    memset(&checked, 0, sizeof checked);
    checked.flips = true;
    every_scenario(judge, &checked);
    uint64_t confused = 0;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        for (int named = 0; named < WHY_COUNT; named++) {
            for (int other = 0; other < WHY_COUNT; other++) {
                uint64_t accepted = checked.held[kind][named] - checked.refused[kind][named][other];
                if (accepted > 0 && named != other &&
                    !may_both_hold((enum record_kind)kind, (enum record_why)named, (enum record_why)other)) {
                    print_error("%llu of %s with '%s' in the place of '%s' are not refused\n", (unsigned long long)accepted,
                                record_kind_name((enum record_kind)kind), record_why_name((enum record_why)other),
                                record_why_name((enum record_why)named));
                    confused++;
                }
            }
        }
    }
    assert_int_equal(confused, 0);
    assert_int_equal(checked.held[RECORD_PACKET_RELEASE][WHY_NEWEST_WAITER],
                     checked.refused[RECORD_PACKET_RELEASE][WHY_NEWEST_WAITER][WHY_SLOT_FREED_BY_BLOCK]);
}

/* Of a long run the last so many records are tried: what is older is refused alike, and trying all takes the square of
 * their number. */
#define CAUSES_TRIED 256

/* Puts every other earlier record in the place of each cause. */
struct wrong_causes {
    const char *name; /* of the scenario */
    struct past past;
    uint64_t tried;
};

static void see_wrong_causes(void *context, const struct record_batch *batch)
{
    struct wrong_causes *wrong = context;

    for (uint32_t i = 0; i < batch->count; i++) {
        struct record record = batch->record[i];
        /* Open: which of several signals of one step ended a wait, who starts a thread, whose arrival drives
         * another away, who ends a process, whether one that gave way comes anew, whether an interrupted wait has its old place,
         * what a pool reacts to, of which task a worker's own item is, and whose end makes a client send its next item. */
        bool goes_on = (record.kind == RECORD_THREAD_BLOCK || record.kind == RECORD_PORT_WAIT) &&
                       replay_thread(wrong->past.replay, record.thread)->interrupted != 0;
        bool is_open = goes_on || (record.kind == RECORD_THREAD_EXIT && record.why == WHY_PROCESS_EXIT) || record.kind == RECORD_THREAD_UNBLOCK || record.kind == RECORD_OBJECT_ACQUIRE ||
                       (record.kind == RECORD_WAIT_FIRE && record.thread == REFERENCE_NONE) ||
                       record.kind == RECORD_THREAD_CREATE || record.kind == RECORD_THREAD_PREEMPT ||
                       record.kind == RECORD_THREAD_READY || record.kind == RECORD_POOL_UNPARK ||
                       record.kind == RECORD_POOL_REQUEST ||
                       (record.kind == RECORD_WORK_TAKE && record.why == WHY_WAITED_FOR) ||
                       record.kind == RECORD_ITEM_ARRIVE;
        uint64_t right = record.cause;
        assert_true(is_open || cause_holds(&wrong->past, &record));
        record.cause = record.n > CAUSES_TRIED ? record.n - CAUSES_TRIED : 0;
        for (; record.cause <= record.n; record.cause++) {
            bool holds = cause_holds(&wrong->past, &record);
            if (holds != (record.cause == right) && !is_open) {
                print_error("%s: record %llu (%s): cause %llu in the place of %llu is not refused\n", wrong->name,
                            (unsigned long long)record.n, record_kind_name((enum record_kind)record.kind),
                            (unsigned long long)record.cause, (unsigned long long)right);
                fail();
            }
            wrong->tried++;
        }
        past_take(&wrong->past, &batch->record[i], batch);
    }
}

static void try_wrong_causes(void *context, struct iocpsim_run *run, const char *name)
{
    struct wrong_causes *wrong = context;

    wrong->name = name;
    assert_true(past_init(&wrong->past, &run->cast));
    run_with(run, see_wrong_causes, wrong);
    past_release(&wrong->past);
}

static void any_other_cause_is_refused(void **state)
{
    struct wrong_causes wrong = {.tried = 0};

    (void)state;
    every_scenario(try_wrong_causes, &wrong);
    assert_true(wrong.tried > 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_named_held_and_every_cause_is_the_right_one),
        cmocka_unit_test(a_record_that_names_another_rule_is_refused),
        cmocka_unit_test(any_other_cause_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
