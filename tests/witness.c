/* SPDX-License-Identifier: Apache-2.0 */
/* What the twin is told of a call comes from the scenario's own text, by the pointer that its records carry. The
 * switchboard is replaced by one that looks between all verbs and events: there the records that have gathered
 * are handed over, the invariants are judged, and the twin's counts are compared with the state. A failed check
 * of the model is a difference too. */
#include "tests/witness.h"

#include <cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/queue.h"
#include "model/run.h"
#include "model/switchboard.h"
#include "model/thread.h"
#include "scenarios/load/load.h"
#include "scenarios/load/shape.h"
#include "sim/check.h"
#include "tests/witness_inside.h"

static struct {
    jmp_buf back;
    char text[200];
    bool is_armed;
} check;

_Noreturn void sim_check_failed(const char *text, const char *file, int line)
{
    if (check.is_armed) {
        snprintf(check.text, sizeof check.text, "the check %s fails at %s:%d", text, file, line);
        longjmp(check.back, 1);
    }
    fprintf(stderr, "check failed: %s at %s:%d\n", text, file, line);
    abort();
}

const char *witness_rule_name(enum witness_rule rule)
{
    static const char *const name[] = {
#define RULE(id, what) what,
        WITNESS_RULES(RULE)
#undef RULE
    };

    return name[rule];
}

__attribute__((format(printf, 2, 3))) void witness_differ(struct witness *witness, const char *format, ...)
{
    va_list arguments;
    int length;

    witness->sim.state.is_over = true;
    if (witness->report->end != WITNESS_AGREES) {
        return;
    }
    witness->report->end = WITNESS_DIFFERS;
    length = snprintf(witness->report->message, sizeof witness->report->message,
                      "at %llu us, step %llu: ", (unsigned long long)witness->twin.now / 1000,
                      (unsigned long long)witness->sim.state.step_n);
    va_start(arguments, format);
    vsnprintf(witness->report->message + length, sizeof witness->report->message - (size_t)length, format,
              arguments);
    va_end(arguments);
}

/* How many may be active at a port, from its attributes; 0 is the number of processors (fact IOCP-4). */
static uint32_t limit_of(const struct witness *witness, const cJSON *attributes)
{
    const cJSON *limit = witness_member(attributes, "concurrency");

    if (cJSON_IsString(limit) && witness->report->end == WITNESS_AGREES) {
        witness->report->end = WITNESS_REFUSED;
        snprintf(witness->report->message, sizeof witness->report->message, "a limit is no literal number");
    }
    return limit != NULL && limit->valueint > 0 ? (uint32_t)limit->valueint : witness->sim.plan->processors;
}

static void port_made(struct witness *witness, int port, uint32_t limit)
{
    if (port >= TWIN_PORTS) {
        witness_differ(witness, "more ports than the twin has room for");
    } else {
        witness->twin.port[port] = (struct twin_port){.limit = limit, .exists = true};
    }
}

/* A port made at run time: a step's attributes win over those declared for the name. */
static void see_made(struct witness *witness, const struct record *record)
{
    const cJSON *node = witness_step(witness, record->step);
    int port = (int)reference_slot(record->object);
    const cJSON *declared = cJSON_GetArrayItem(witness_member(witness->scenario, "ports"), port);

    if (reference_kind(record->object) == OBJECT_PORT) {
        witness_happens(witness, record);
        port_made(witness, port, limit_of(witness, witness_member(node, "concurrency") != NULL ? node : declared));
    }
}

static void associate(struct witness *witness, uint32_t file, int port)
{
    if (file < OPERATIONS && port >= 0 && port < TWIN_PORTS) {
        witness->file_port[file] = port;
        witness->has_port[file] = true;
        witness->twin.port[port].files++;
    }
}

static void insert(struct witness *witness, int port, uint64_t op)
{
    if (witness->twin.packets == TWIN_PACKETS || op >= OPERATIONS) {
        witness_differ(witness, "more packets than the twin has room for");
    } else {
        twin_insert(&witness->twin, port, op);
    }
}

/* An operation ends: its packet must follow, once the event that stands before it is set (fact IOCP-89); in the
 * call too, if that succeeds (fact IOCP-81). */
static void see_completion(struct witness *witness, const struct record *record)
{
    uint32_t file = reference_slot(record->object);

    witness_happens(witness, record);
    if (witness->completed != 0) {
        witness_differ(witness, "operation %llu has ended and left no packet",
                       (unsigned long long)witness->completed);
    }
    witness->completed = record->op;
    if (witness->clerk != NULL) {
        witness->completed_port = clerk_port_of(witness, record->op);
        return;
    }
    witness->completed_port = witness->is_silent[record->op % OPERATIONS] || !witness->has_port[file % OPERATIONS]
                                  ? TWIN_NONE
                                  : witness->file_port[file % OPERATIONS];
}

/* The packet of the operation that has ended, if this is its record; or the word that there is none. */
static void see_packet(struct witness *witness, const struct record *record)
{
    if (record->op == 0 || record->op != witness->completed) {
        return;
    }
    witness->completed = 0;
    witness_happens(witness, record);
    if ((record->kind == RECORD_PACKET_SUPPRESS) != (witness->completed_port == TWIN_NONE)) {
        witness_differ(witness, "operation %llu leaves a packet, or none, against the rule",
                       (unsigned long long)record->op);
    } else if (witness->completed_port != TWIN_NONE) {
        witness_fire(witness, WITNESS_COMPLETION);
        insert(witness, witness->completed_port, record->op);
    }
}

/* A port is closed, or, once those who wait for its handle go on, run down, which the twin must expect. */
static void see_close(struct witness *witness, const struct record *record)
{
    int port = (int)reference_slot(record->object);

    witness_happens(witness, record);
    if (record->kind == RECORD_PORT_CLOSE) {
        twin_closes(&witness->twin, port);
        witness_fire(witness, WITNESS_CLOSED);
        witness->closing = witness->twin.port[port].files == 0 ? port : TWIN_NONE;
    } else if (witness->closing == port) {
        twin_runs_down(&witness->twin, port);
        witness->closing = TWIN_NONE;
    }
}

/* The last handle of a file is closed, which was perhaps the last reference to its port (fact IOCP-13). */
static void see_handle_close(struct witness *witness, const struct record *record)
{
    uint32_t file = reference_slot(record->object) % OPERATIONS;
    int port = witness->clerk != NULL        ? clerk_port_of_handle(witness, reference_slot(record->object))
               : witness->has_port[file] ? witness->file_port[file]
                                         : TWIN_NONE;

    if (record->ok && port != TWIN_NONE) {
        struct twin_port *twin_port = &witness->twin.port[port];
        witness->has_port[file] = false;
        twin_port->files--;
        witness->closing = twin_port->closed && twin_port->files == 0 ? port : witness->closing;
    }
}

/* Tells the twin what happens. `end` is behind the last record at hand. */
static void tell(struct witness *witness, const struct record *record, const struct record *end)
{
    struct twin *twin = &witness->twin;
    int thread = (int)reference_slot(record->thread);
    int object = (int)reference_slot(record->object);

    switch ((int)record->kind) {
    case RECORD_THREAD_CREATE:
        witness_happens(witness, record);
        twin->thread[thread] = (struct twin_thread){.alive = true, .port = TWIN_NONE};
        break;
    case RECORD_THREAD_BLOCK:
    case RECORD_THREAD_UNBLOCK:
        witness_happens(witness, record);
        if (record->why == WHY_SUSPENDED) {
            twin_is_suspended(twin, thread);
        } else {
            twin_waits(twin, thread, record->kind == RECORD_THREAD_BLOCK);
        }
        break;
    case RECORD_THREAD_EXIT:
        witness_happens(witness, record);
        twin_exits(twin, thread);
        break;
    case RECORD_PACKET_POST:
        witness_happens(witness, record);
        insert(witness, object, record->op);
        break;
    case RECORD_APC_QUEUE:
        witness_happens(witness, record);
        twin_apc_queued(twin, object);
        break;
    case RECORD_APC_RUN:
        twin->thread[thread].apcs--;
        break;
    case RECORD_PORT_CLOSE:
    case RECORD_PORT_RUNDOWN:
        see_close(witness, record);
        break;
    case RECORD_HANDLE_CLOSE:
        see_handle_close(witness, record);
        break;
    case RECORD_PORT_TIMEOUT:
        if (record->why == WHY_TIMED_OUT) {
            witness_happens(witness, record);
            twin_times_out(twin, thread);
        } else if (record->why == WHY_APC && twin->thread[thread].parked) { /* fact IOCP-51 */
            witness->report->end = WITNESS_REFUSED;
            snprintf(witness->report->message, sizeof witness->report->message,
                     "a get is interrupted, and goes on later");
        }
        break;
    case RECORD_OBJECT_CREATE:
        see_made(witness, record);
        break;
    case RECORD_HANDLE_ASSOCIATE:
        associate(witness, (uint32_t)object, (int)reference_slot(record->which));
        break;
    case RECORD_OP_ISSUE:
        witness->is_silent[record->op % OPERATIONS] =
            cJSON_IsFalse(witness_member(witness_step(witness, record->step), "packet"));
        break;
    case RECORD_OP_COMPLETE:
    case RECORD_OP_IMMEDIATE:
        see_completion(witness, record);
        break;
    case RECORD_RUN_END:
        witness_happens(witness, record);
        witness->report->stands_still = record->count == END_LIVELOCK;
        break;
    default: /* of the many kinds of records these are all that the twin asks for */
        break;
    }
    witness_see_call(witness, record, end);
}

static void see_outcome(struct witness *witness, const struct record *record)
{
    if (record->verb == VERB_get) {
        witness_see_answer(witness, record);
    } else if (record->verb == VERB_close && witness->closing != TWIN_NONE) {
        witness_differ(witness, "a port that no file keeps alive is closed and not run down");
    }
}

/* Nobody sleeps past its time-out. */
static void see_time(struct witness *witness, sim_time now)
{
    if (now > witness->twin.now) {
        for (int i = 0; i < TWIN_THREADS; i++) {
            const struct twin_thread *thread = &witness->twin.thread[i];
            if (thread->parked && thread->deadline < now) {
                witness_differ(witness, "%s is still parked after its time-out",
                               witness_thread_name(witness, i).text);
            }
        }
        witness->twin.now = now;
    }
}

static void see(void *context, const struct record_batch *batch)
{
    struct witness *witness = context;

    for (uint32_t i = 0; i < batch->count && witness->report->end == WITNESS_AGREES; i++) {
        const struct record *record = &batch->record[i];
        see_time(witness, record->t);
        if (witness->clerk != NULL &&
            (record->thread == REFERENCE_NONE || reference_slot(record->thread) < OT_THREADS)) {
            clerk_see(witness, batch, record);
        }
        if (record->thread != REFERENCE_NONE && reference_slot(record->thread) >= TWIN_THREADS) {
            witness_differ(witness, "more threads than the twin has room for");
            return;
        }
        if (record->kind == RECORD_PACKET_QUEUE || record->kind == RECORD_PACKET_RELEASE ||
            record->kind == RECORD_PACKET_SUPPRESS) {
            see_packet(witness, record);
        }
        if (record->kind == RECORD_OUTCOME) {
            see_outcome(witness, record);
            continue;
        }
        tell(witness, record, batch->record + batch->count);
        witness_compare(witness, record);
        invariants_see(&witness->invariants, &witness->sim, record);
    }
}

/* The twin's counts of a port are those of the state. */
static void look_at_port(struct witness *witness, int port)
{
    const struct queue *queue = queue_at(&witness->sim, (queue_id)port + 1);
    uint32_t active = twin_active(&witness->twin, port);
    uint32_t depth = twin_depth(&witness->twin, port);
    uint32_t limit = witness->twin.port[port].limit;

    if (witness->twin.port[port].exists &&
        (queue->active != active || queue->depth != depth || queue->limit != limit)) {
        witness_differ(witness, "port %d has active %u, depth %u, limit %u; the twin's has %u, %u, %u", port,
                       queue->active, queue->depth, queue->limit, active, depth, limit);
    }
}

/* Between two steps. */
static void look(struct simulation *sim)
{
    struct witness *witness = (struct witness *)(void *)sim;

    emission_flush(sim);
    invariants_look(&witness->invariants, sim);
    if (witness->invariants.broken != NULL) {
        witness_differ(witness, "%s", witness->invariants.broken);
    }
    if (witness->next < witness->twin.verdicts) {
        witness_missing(witness);
    }
    if (witness->clerk != NULL) {
        clerk_look(witness);
    }
    for (uint32_t id = 1; id < block_used(&sim->block, TABLE_QUEUE) && id <= TWIN_PORTS; id++) {
        look_at_port(witness, (int)id - 1);
    }
}

static enum step_end looked_verb(struct simulation *sim, thread_id thread, const uint32_t *operands)
{
    enum verb verb = (enum verb)thread_at(sim, thread)->verb;
    enum step_end end;

    look(sim);
    if (sim->state.is_over) {
        return STEP_STOPS;
    }
    if (((struct witness *)(void *)sim)->clerk != NULL && thread <= OT_THREADS) {
        clerk_step((struct witness *)(void *)sim, (int)thread - 1, verb);
    }
    end = switchboard.verb[verb](sim, thread, operands);
    look(sim);
    return end;
}

#define EVENT(id, handler)                                                                         \
    static void looked_##handler(struct simulation *sim, uint32_t number)                          \
    {                                                                                              \
        look(sim);                                                                                 \
        switchboard.event[EVENT_##id](sim, number);                                                \
        look(sim);                                                                                 \
    }
#include "model/event.def"
#undef EVENT

static void (*const looked_events[])(struct simulation *sim, uint32_t id) = {
#define EVENT(id, handler) looked_##handler,
#include "model/event.def"
#undef EVENT
};

/* What is there before the run. */
static void declare(struct witness *witness)
{
    const cJSON *node = NULL;
    uint32_t file = 0;
    int number = 0;

    witness->closing = TWIN_NONE;
    cJSON_ArrayForEach(node, witness_member(witness->scenario, "ports"))
    {
        if (!cJSON_IsTrue(witness_member(node, "later"))) {
            port_made(witness, number, limit_of(witness, node));
        }
        number++;
    }
    cJSON_ArrayForEach(node, witness_member(witness->scenario, "handles"))
    {
        const cJSON *elements = witness_member(node, "count");
        int count = elements == NULL ? 1 : elements->valueint;
        for (int port = witness_declared_port(witness, witness_member(node, "port")); count > 0; count--) {
            associate(witness, file++, port);
        }
    }
}

static void run_looked(struct witness *witness, const struct plan *plan)
{
    struct record_observer observer = {{UINT64_MAX, UINT64_MAX}, see, witness};
    struct run_options options = {
        .seed = plan->seed, .until = plan->until, .observer = &observer, .observer_count = 1};

    if (!run_create(&witness->sim, plan, &options)) {
        abort();
    }
    for (uint32_t i = 0; i < VERB_COUNT; i++) {
        witness->verb[i] = looked_verb;
    }
    witness->looked = switchboard;
    witness->looked.verb = witness->verb;
    witness->looked.event = looked_events;
    witness->sim.switchboard = &witness->looked;
    declare(witness);
    check.is_armed = true;
    if (setjmp(check.back) == 0) {
        while (witness->report->end == WITNESS_AGREES && run_step(&witness->sim)) {
        }
        look(&witness->sim);
    } else {
        witness_differ(witness, "%s", check.text);
    }
    check.is_armed = false;
    witness->report->steps = (unsigned)witness->sim.state.step_n;
    run_destroy(&witness->sim);
}

/* What the twins get wrong, and whether the second one is there. */
struct mistakes {
    enum twin_mistake queue;
    enum ot_mistake operations;
    bool has_operations;
};

static void run(struct witness_report *report, const char *text, size_t length, const struct mistakes *mistakes)
{
    struct witness *witness = calloc(1, sizeof *witness);
    struct diagnostics diagnostics;
    struct document *document = NULL;
    struct loaded loaded;

    memset(report, 0, sizeof *report);
    diagnostics_init(&diagnostics);
    if (witness == NULL || document_create(&document, text, length, &diagnostics) == DOCUMENT_NO_MEMORY) {
        abort();
    }
    if (document != NULL) {
        shape_check(document, &diagnostics);
    }
    if (diagnostics.count > 0 ||
        load_compile(document, &(struct load_options){0}, &diagnostics, &loaded) != LOAD_OK) {
        report->end = WITNESS_REFUSED;
        snprintf(report->message, sizeof report->message, "%s: %s",
                 diagnostics.count > 0 ? diagnostics.item[0].pointer : "",
                 diagnostics.count > 0 ? diagnostics.item[0].message : "no variant");
    } else {
        witness->report = report;
        witness->twin.mistake = mistakes->queue;
        witness->scenario = cJSON_ParseWithLength(text, length);
        witness->clerk = mistakes->has_operations ? clerk_create(witness, mistakes->operations) : NULL;
        run_looked(witness, &loaded.plan);
        if (witness->clerk != NULL) {
            memcpy(report->operations_fired, clerk_fired(witness->clerk), sizeof report->operations_fired);
        }
        free(witness->clerk);
        cJSON_Delete(witness->scenario);
        load_release(&loaded);
    }
    document_destroy(document);
    diagnostics_release(&diagnostics);
    free(witness);
}

void witness_run(struct witness_report *report, const char *text, size_t length, enum twin_mistake mistake)
{
    run(report, text, length, &(struct mistakes){.queue = mistake});
}

void witness_run_operations(struct witness_report *report, const char *text, size_t length, enum ot_mistake mistake)
{
    run(report, text, length, &(struct mistakes){.operations = mistake, .has_operations = true});
}
