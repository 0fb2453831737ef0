/* SPDX-License-Identifier: Apache-2.0 */
/* Shipped scenarios, disturbed: a thread of the far end suspends and resumes their threads again and again, in
 * whatever they are doing, on ideal processors, under dispatchers, and with waits that come back to their old place
 * or not. Nothing is claimed of what they then do but what holds of every run: the records say what the model knows
 * after every step, and each names a rule that held and its cause. */
#include "tests/support.h"

#include <cjson/cJSON.h>

#include "model/run.h"
#include "tests/every_scenario.h"
#include "tests/replay_check.h"
#include "tests/rules_check.h"

/* How often a scenario's threads are suspended. */
#define SUSPENSIONS 16

struct disturbed {
    uint64_t runs, states, suspensions, interrupted;
};

static void add_step(cJSON *steps, const char *verb, const char *object)
{
    cJSON *step = cJSON_CreateObject();

    assert_non_null(cJSON_AddStringToObject(step, verb, object));
    assert_true(cJSON_AddItemToArray(steps, step));
}

/* The thread number `number` of the table, as an expression. */
static void name_thread(const cJSON *threads, uint64_t number, char *name, size_t room)
{
    const cJSON *thread = cJSON_GetArrayItem(threads, (int)(number % (uint64_t)cJSON_GetArraySize(threads)));
    const cJSON *from = cJSON_GetObjectItemCaseSensitive(thread, "from");
    bool is_array = cJSON_GetObjectItemCaseSensitive(thread, "count") != NULL;

    if (is_array) {
        snprintf(name, room, "'%s'[%d]", thread->string, cJSON_IsNumber(from) ? from->valueint : 0);
    } else {
        snprintf(name, room, "'%s'", thread->string);
    }
}

/* Steps that suspend one thread after the other, at instants and for times of all kinds. */
static cJSON *disturbing_steps(const cJSON *threads, uint64_t number)
{
    static const char *const gap[] = {"100us", "500us", "1ms", "1700us", "3ms"};
    static const char *const length[] = {"300us", "0ms", "1ms", "5ms"};
    cJSON *steps = cJSON_CreateArray();
    char name[256];

    for (uint64_t i = 0; i < SUSPENSIONS; i++) {
        uint64_t draw = (number * SUSPENSIONS + i) * UINT64_C(0x9e3779b97f4a7c15) >> 40;
        name_thread(threads, draw, name, sizeof name);
        add_step(steps, "sleep", gap[draw / 7 % (sizeof gap / sizeof gap[0])]);
        add_step(steps, "suspend", name);
        add_step(steps, "sleep", length[draw / 11 % (sizeof length / sizeof length[0])]);
        add_step(steps, "resume", name);
    }
    return steps;
}

/* Takes the claims away and adds the thread, and a machine where there is none; false: it has no threads. */
static bool disturb(cJSON *scenario, uint64_t number)
{
    static const char *const machine[] = {
        "{\"kernel_apc_requeues\":true}", "{\"release\":\"windows-xp\"}", "{\"processors\":1,\"dispatch\":\"windows-client\"}",
        "{\"processors\":1,\"dispatch\":\"round-robin\",\"switch_cost\":\"7us\"}", "{\"processors\":2,\"dispatch\":\"sharing\"}",
        "{\"processors\":1,\"dispatch\":\"linux-eevdf\"}", "{}"};
    cJSON *threads = cJSON_GetObjectItemCaseSensitive(scenario, "threads");
    cJSON *thread;

    if (!cJSON_IsObject(threads) || threads->child == NULL || cJSON_GetObjectItemCaseSensitive(threads, "//") != NULL) {
        return false;
    }
    thread = cJSON_CreateObject();
    assert_non_null(cJSON_AddStringToObject(thread, "type", "remote"));
    assert_non_null(cJSON_AddTrueToObject(thread, "background"));
    assert_true(cJSON_AddItemToObject(thread, "runs", disturbing_steps(threads, number)));
    assert_true(cJSON_AddItemToObject(threads, "disturber of the peace", thread));
    cJSON_DeleteItemFromObjectCaseSensitive(scenario, "expect");
    cJSON_DeleteItemFromObjectCaseSensitive(scenario, "questions");
    if (cJSON_GetObjectItemCaseSensitive(scenario, "machine") == NULL) {
        cJSON *made = cJSON_Parse(machine[number % (sizeof machine / sizeof machine[0])]);
        assert_true(cJSON_AddItemToObject(scenario, "machine", made));
    }
    return true;
}

static void count_suspensions(void *context, const struct record_batch *batch)
{
    struct disturbed *disturbed = context;

    for (uint32_t i = 0; i < batch->count; i++) {
        disturbed->suspensions += batch->record[i].why == WHY_SUSPENDED;
        disturbed->interrupted += batch->record[i].why == WHY_APC;
    }
}

/* Runs a disturbed scenario, looked at from both sides. */
static void run_disturbed(struct disturbed *disturbed, const char *text, const char *name)
{
    struct iocpsim_scenario *scenario;
    struct iocpsim_run *run = NULL;
    struct replay_check replay;
    struct rules_check *rules = calloc(1, sizeof *rules);
    char folder[EVERY_FOLDER];

    assert_non_null(rules);
    if (iocpsim_scenario_read(&scenario, "disturbed", text, strlen(text)) == IOCPSIM_OK &&
        (every_give_files(scenario, name, folder), true) &&
        iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){.has_until = true, .until = "60ms"}) == IOCPSIM_OK) {
        assert_true(rules_check_init(rules, &run->cast));
        run->observer[run->observers++] = (struct record_observer){{UINT64_MAX, UINT64_MAX}, rules_check_see, rules};
        run->observer[run->observers++] = (struct record_observer){{UINT64_MAX, UINT64_MAX}, count_suspensions, disturbed};
        assert_true(replay_check_run(&replay, run));
        if (rules->message[0] != '\0' || replay.message[0] != '\0') {
            print_error("%s: %s%s\n%s\n", name, rules->message, replay.message, text);
            fail();
        }
        disturbed->runs++;
        disturbed->states += replay.comparisons;
        replay_check_release(&replay);
        rules_check_release(rules);
    }
    iocpsim_run_destroy(run);
    iocpsim_scenario_destroy(scenario);
    free(rules);
}

/* The file of a run's scenario: its name ends before the variant, of which the first is enough. */
struct visited {
    struct disturbed disturbed;
    char last[512];
    uint64_t files;
};

static void visit(void *context, struct iocpsim_run *run, const char *name)
{
    struct visited *visited = context;
    char path[512];
    struct every_one one;
    cJSON *scenario;

    (void)run;
    snprintf(path, sizeof path, "%.*s", (int)strcspn(name, " "), name);
    if (strcmp(path, visited->last) == 0 || !every_open(&one, path, NULL)) {
        return;
    }
    memcpy(visited->last, path, sizeof path);
    scenario = cJSON_Parse(one.bytes);
    if (scenario != NULL && disturb(scenario, visited->files++)) {
        char *text = cJSON_PrintUnformatted(scenario);
        run_disturbed(&visited->disturbed, text, path);
        cJSON_free(text);
    }
    cJSON_Delete(scenario);
    every_close(&one);
}

static void threads_that_are_suspended_anywhere_break_no_rule_and_no_view(void **state)
{
    struct visited visited = {.files = 0};

    (void)state;
    every_scenario(visit, &visited);
    print_message("%llu runs, %llu states, %llu suspensions, %llu waits interrupted\n",
                  (unsigned long long)visited.disturbed.runs, (unsigned long long)visited.disturbed.states,
                  (unsigned long long)visited.disturbed.suspensions, (unsigned long long)visited.disturbed.interrupted);
    assert_true(visited.disturbed.runs > 60);
    assert_true(visited.disturbed.suspensions > 300);
    assert_true(visited.disturbed.interrupted > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_are_suspended_anywhere_break_no_rule_and_no_view),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
