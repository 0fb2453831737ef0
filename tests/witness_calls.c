/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of get, as the scenario's own text and the records tell them: which port, which time-out, how many; and
 * what the call must answer (facts IOCP-60..73) by what the twin decided. */
#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "tests/witness_inside.h"

const cJSON *witness_member(const cJSON *node, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(node, key);
}

/* What a JSON pointer names; NULL. */
static const cJSON *find(const cJSON *node, const char *pointer)
{
    char key[128];

    while (node != NULL && *pointer == '/') {
        size_t length = strcspn(++pointer, "/");
        if (length >= sizeof key) {
            return NULL;
        }
        memcpy(key, pointer, length);
        key[length] = '\0';
        node =
            cJSON_IsArray(node) ? cJSON_GetArrayItem(node, atoi(key)) : cJSON_GetObjectItemCaseSensitive(node, key);
        pointer += length;
    }
    return node;
}

const cJSON *witness_step(struct witness *witness, uint32_t number)
{
    struct step *step = &witness->step[number % STEPS_KEPT];

    if (number == NAME_NONE) {
        return NULL;
    }
    if (step->node == NULL || step->number != number) {
        *step = (struct step){number, find(witness->scenario, plan_text(witness->sim.plan, number))};
    }
    return step->node;
}

/* A literal duration; what is absent is `otherwise`. */
static uint64_t duration(const cJSON *node, uint64_t otherwise)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};

    char *unit;
    uint64_t number;

    if (!cJSON_IsString(node)) {
        return cJSON_IsNumber(node) ? (uint64_t)node->valuedouble : otherwise;
    }
    number = strtoull(node->valuestring, &unit, 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].unit) == 0) {
            return number * units[i].ns;
        }
    }
    return TWIN_NEVER;
}

/* Whether the step calls get; then what it asks for. */
static bool read_call(const cJSON *node, struct twin_call *call)
{
    const cJSON *most = witness_member(node, "max");

    call->timeout = duration(witness_member(node, "timeout"), TWIN_NEVER);
    call->most = most == NULL ? 1 : (uint32_t)most->valueint;
    call->alertable = cJSON_IsTrue(witness_member(node, "alertable"));
    return node != NULL && (witness_member(node, "get") != NULL || witness_member(node, "serve") != NULL);
}

/* The number of a declared port; TWIN_NONE for what is made at run time. */
int witness_declared_port(const struct witness *witness, const cJSON *name)
{
    const cJSON *port = NULL;
    int number = 0;

    cJSON_ArrayForEach(port, witness_member(witness->scenario, "ports"))
    {
        if (cJSON_IsString(name) && strcmp(port->string, name->valuestring) == 0) {
            return number;
        }
        number++;
    }
    return TWIN_NONE;
}

/* Which port a get whose first record is `record` asks; a thread that leaves another one joins it next. */
static int port_called(const struct record *record, const struct record *end)
{
    const struct record *join = record;

    while (record->kind == RECORD_PORT_LEAVE && join < end &&
           (join->kind != RECORD_PORT_JOIN || join->thread != record->thread)) {
        join++;
    }
    return join < end ? (int)reference_slot(join->object) : TWIN_PORTS;
}

/* A thread may call get: the first record of a call says so. `end` is behind the last record at hand. */
void witness_see_call(struct witness *witness, const struct record *record, const struct record *end)
{
    int thread = (int)reference_slot(record->thread);
    const cJSON *node = witness_step(witness, record->step);
    struct twin_call call;
    bool can_begin = record->kind == RECORD_PORT_JOIN || record->kind == RECORD_PACKET_TAKE ||
                     record->kind == RECORD_PORT_WAIT || record->kind == RECORD_PORT_TIMEOUT ||
                     record->kind == RECORD_PORT_LEAVE;
    int declared;
    int port;

    if (!can_begin || record->thread == REFERENCE_NONE || record->frame == 0 ||
        witness->called_at[thread] == record->step_n || witness->twin.thread[thread].parked ||
        !read_call(node, &call)) {
        return;
    }
    port = port_called(record, end);
    declared = witness_declared_port(witness, witness_member(node, "get") != NULL ? witness_member(node, "get")
                                                                                  : witness_member(node, "serve"));
    if (port >= TWIN_PORTS || witness->twin.port[port].closed || (declared != TWIN_NONE && declared != port) ||
        witness->has_answer[thread]) {
        witness_differ(witness, "%s calls get on the wrong port, a closed one, or before its last get has answered",
                       witness_thread_name(witness, thread).text);
        return;
    }
    witness_happens(witness, record);
    witness->called_at[thread] = record->step_n;
    twin_get(&witness->twin, thread, port, &call);
    witness->takes = 0;
    for (uint32_t i = 0; i < witness->twin.verdicts; i++) {
        witness->takes += witness->twin.verdict[i].kind == TWIN_TAKE;
    }
}

/* What a get answers its caller (facts IOCP-60..73). */
void witness_see_answer(struct witness *witness, const struct record *record)
{
    int thread = (int)reference_slot(record->thread);
    const struct verdict *answer = &witness->answer[thread];
    const cJSON *node = witness_step(witness, record->step);
    bool is_plain = witness_member(node, "max") == NULL;
    enum win32_error error = WIN32_ERROR_INVALID_HANDLE;
    struct twin_call call;

    if (!read_call(node, &call)) {
        return;
    }
    if (!witness->has_answer[thread]) {
        const struct twin_port *port = &witness->twin.port[reference_slot(record->object) % TWIN_PORTS];
        bool closed = !port->exists || port->closed;
        witness_fire(witness, WITNESS_CLOSED_CALL);
        error = !closed && call.most == 0 ? WIN32_ERROR_INVALID_PARAMETER : error;
        if ((!closed && call.most > 0) || record->ok || record->error != error) {
            witness_differ(witness, "a get of %s answers %s although nothing was decided",
                           witness_thread_name(witness, thread).text, win32_error_name(record->error));
        }
        return;
    }
    witness->has_answer[thread] = false;
    if (answer->kind != TWIN_RETURN) {
        bool right = is_plain ? record->op == answer->op && record->count == 1
                              : record->ok && record->count == (answer->kind == TWIN_TAKE ? witness->takes : 1);
        if (!right) {
            witness_differ(witness, "a get of %s answers with another packet or count than it was given",
                           witness_thread_name(witness, thread).text);
        }
        return;
    }
    error = answer->why == TWIN_APC         ? WIN32_WAIT_IO_COMPLETION
            : answer->why == TWIN_ABANDONED ? WIN32_ERROR_ABANDONED_WAIT_0
                                            : WIN32_WAIT_TIMEOUT;
    if (record->ok || record->error != error) {
        witness_differ(witness, "a get of %s without a packet answers %s",
                       witness_thread_name(witness, thread).text, win32_error_name(record->error));
    }
}
