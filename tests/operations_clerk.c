/* SPDX-License-Identifier: Apache-2.0 */
/* Steps are read from the scenario's own text, by the pointer of the step; names stand for declarations in their
 * order, so all operands must be literal. A handle or a connection is made by one step of a scenario at most. */
#include "tests/operations_clerk.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/thread.h"
#include "tests/witness_inside.h"

struct clerk {
    struct operations_twin twin;
    const struct cJSON *devices, *handles, *ports, *events, *variables, *threads;
    enum verb verb[OT_THREADS]; /* that a thread executes */
};

static const char *const kind_name[OT_KINDS] = {
    [OT_ISSUE] = "its issue",
    [OT_PEND] = "that it pends",
    [OT_IMMEDIATE] = "an immediate end",
    [OT_COMPLETE] = "its end",
    [OT_VISIBLE] = "that its result can be read",
    [OT_CANCEL] = "its cancel",
    [OT_DEVICE_QUEUE] = "that it waits at its device",
    [OT_DEVICE_BEGIN] = "the begin of its service",
    [OT_DEVICE_END] = "the end of its service",
    [OT_SUPPRESS] = "that there is no packet",
    [OT_INSERT] = "its packet",
    [OT_ROUTINE_QUEUED] = "its routine",
    [OT_EVENT_SET] = "a set of event",
    [OT_EVENT_RESET] = "a reset of event",
    [OT_FILE_SET] = "a set of file",
    [OT_FILE_RESET] = "a reset of file",
    [OT_ASSOCIATED] = "an association of handle",
    [OT_MODES] = "the modes of handle",
    [OT_CLOSED] = "a close of handle",
    [OT_FAR_END] = "an act of the far end of handle",
    [OT_MISUSE] = "a misuse",
};

/* --- the scenario's text --- */

/* The place of a name among the declarations; OT_NONE. */
static int place_of(const cJSON *table, const cJSON *name)
{
    const cJSON *node = NULL;
    int place = 0;

    cJSON_ArrayForEach(node, table)
    {
        if (cJSON_IsString(name) && strcmp(node->string, name->valuestring) == 0) {
            return place;
        }
        place++;
    }
    return OT_NONE;
}

static void refuse(struct witness *witness, const char *why)
{
    if (witness->report->end == WITNESS_AGREES) {
        witness->report->end = WITNESS_REFUSED;
        witness->sim.state.is_over = true;
        snprintf(witness->report->message, sizeof witness->report->message, "%s", why);
    }
}

/* The same of a name that a step gives; a scenario in which it stands for nothing cannot be followed. */
static int place_given(struct witness *witness, const cJSON *table, const cJSON *name)
{
    int place = place_of(table, name);

    if (name != NULL && place == OT_NONE) {
        refuse(witness, "a name stands for nothing declared");
    }
    return place;
}

/* A literal size ("5B"), number or, in ms, span; what is absent is `otherwise`. */
static uint64_t amount(const cJSON *node, uint64_t otherwise)
{
    char *unit;
    uint64_t number;

    if (!cJSON_IsString(node)) {
        return cJSON_IsNumber(node) ? (uint64_t)node->valuedouble : otherwise;
    }
    number = strtoull(node->valuestring, &unit, 10);
    return strcmp(unit, "ms") == 0 ? number * 1000000 : number;
}

static uint32_t error_number(const cJSON *name)
{
    for (uint16_t i = 0; cJSON_IsString(name) && i < (uint16_t)win32_error_count(); i++) {
        if (strcmp(win32_error_name(i), name->valuestring) == 0) {
            return win32_error_number(i);
        }
    }
    return 0;
}

/* The place of a word among words; `otherwise` when it is absent. */
static int word_of(const cJSON *node, const char *const *words, int otherwise)
{
    for (int i = 0; cJSON_IsString(node) && words[i] != NULL; i++) {
        if (strcmp(words[i], node->valuestring) == 0) {
            return i;
        }
    }
    return otherwise;
}

static unsigned modes_of(const cJSON *node)
{
    const cJSON *mode = NULL;
    unsigned modes = 0;

    cJSON_ArrayForEach(mode, witness_member(node, "modes"))
    {
        modes |= strcmp(mode->valuestring, "skip_port_on_success") == 0 ? 1u : 2u;
    }
    return modes;
}

static void read_device(struct ot_device *device, const cJSON *node)
{
    static const char *const orders[] = {"fifo", "lifo", "shortest", NULL};
    const cJSON *fault = NULL;
    const cJSON *share = witness_member(node, "at_once");
    const cJSON *end = witness_member(node, "end_of_file");

    device->latency = amount(witness_member(node, "latency"), 0);
    device->inside_call = amount(witness_member(node, "inside_call"), 0);
    device->parallel = (uint32_t)amount(witness_member(node, "parallel"), 0);
    device->order = (enum ot_order)word_of(witness_member(node, "order"), orders, OT_FIFO);
    device->at_once = cJSON_IsString(share) && strcmp(share->valuestring, "100%") == 0;
    device->end_at_once = cJSON_IsString(end) && strcmp(end->valuestring, "at_once") == 0;
    cJSON_ArrayForEach(fault, witness_member(node, "fails"))
    {
        const cJSON *between = witness_member(fault, "between");
        device->fault[device->faults++ % OT_FAULTS] = (struct ot_fault){
            .error = error_number(witness_member(fault, "error")),
            .nth = between != NULL ? 0 : amount(witness_member(fault, "nth"), OT_NEVER),
            .from = amount(cJSON_GetArrayItem(between, 0), 0),
            .to = amount(cJSON_GetArrayItem(between, 1), 0),
            .at_once = cJSON_IsTrue(witness_member(fault, "at_once")),
        };
    }
}

static void read_handle(struct clerk *clerk, int handle, const cJSON *node)
{
    static const char *const kinds[] = {"file", "pipe", "message_pipe", "socket", "listener", NULL};
    static const char *const visible[] = {"at_dequeue", "at_completion", NULL};
    struct ot_file *file = &clerk->twin.file[clerk->twin.files];

    *file = (struct ot_file){
        .kind = (enum ot_file_kind)word_of(witness_member(node, "kind"), kinds, OT_FILE),
        .synchronous = cJSON_IsFalse(witness_member(node, "overlapped")),
        .cached = cJSON_IsTrue(witness_member(node, "cached")),
        .skips_port = (modes_of(node) & 1) != 0,
        .skips_event = (modes_of(node) & 2) != 0,
        .visible = (enum ot_visible)word_of(witness_member(node, "status_visible"), visible, OT_BY_EVENT),
        .state = cJSON_IsFalse(witness_member(node, "connected")) ? OT_UNCONNECTED : OT_CONNECTED,
        .port = place_of(clerk->ports, witness_member(node, "port")),
        .device = place_of(clerk->devices, witness_member(node, "device")),
        .first_handle = handle,
        .handles = 1,
        .key = amount(witness_member(node, "key"), 0),
        .size = amount(witness_member(node, "size"), OT_NEVER),
        .peer = OT_NONE,
    };
    if (file->kind == OT_LISTENER) {
        file->state = OT_UNCONNECTED;
    }
    clerk->twin.handle[handle].file = clerk->twin.files++;
    clerk->twin.handle[handle].is_open = true;
}

struct clerk *clerk_create(const struct witness *witness, enum ot_mistake mistake)
{
    const cJSON *root = witness->scenario;
    const cJSON *release = witness_member(witness_member(root, "machine"), "release");
    struct clerk *clerk = calloc(1, sizeof *clerk);
    const cJSON *node = NULL;
    int place = 0;

    if (clerk == NULL) {
        abort();
    }
    clerk->devices = witness_member(root, "devices");
    clerk->handles = witness_member(root, "handles");
    clerk->ports = witness_member(root, "ports");
    clerk->events = witness_member(root, "events");
    clerk->variables = witness_member(root, "variables");
    clerk->threads = witness_member(root, "threads");
    operations_begin(&clerk->twin);
    clerk->twin.mistake = mistake;
    clerk->twin.is_xp = cJSON_IsString(release) && strcmp(release->valuestring, "windows-xp") == 0;
    cJSON_ArrayForEach(node, clerk->devices)
    {
        read_device(&clerk->twin.device[place++ % OT_DEVICES], node);
    }
    place = 0;
    cJSON_ArrayForEach(node, clerk->handles)
    {
        if (place < OT_HANDLES && !cJSON_IsTrue(witness_member(node, "later"))) {
            read_handle(clerk, place, node);
        }
        place++;
    }
    return clerk;
}

/* --- steps --- */

static void step_of_io(struct witness *witness, int thread, const cJSON *node, enum ot_verb verb)
{
    static const char *const names[] = {"read", "write", "accept", "connect", "control"};
    struct clerk *clerk = witness->clerk;
    const cJSON *socket = witness_member(node, "socket");
    struct ot_call call = {
        .verb = verb,
        .handle = place_given(witness, clerk->handles, witness_member(node, names[verb])),
        .other = place_given(witness, clerk->handles, verb == OT_ACCEPT ? socket : witness_member(node, "to")),
        .bytes = amount(witness_member(node, "bytes"), 0),
        .offset = amount(witness_member(node, "offset"), 0),
        .latency = amount(witness_member(node, "latency"), 0),
        .event = place_given(witness, clerk->events, witness_member(node, "event")),
        .overlapped = place_given(witness, clerk->variables, witness_member(node, "as")),
        .has_overlapped = !cJSON_IsFalse(witness_member(node, "overlapped")),
        .packet = !cJSON_IsFalse(witness_member(node, "packet")),
        .routine = witness_member(node, "apc") != NULL,
        .says_latency = witness_member(node, "latency") != NULL,
        .says_at_once = witness_member(node, "at_once") != NULL,
        .at_once = cJSON_IsTrue(witness_member(node, "at_once")),
        .failure = error_number(witness_member(node, "failure")),
    };

    if (call.handle == OT_NONE || clerk->twin.handle[call.handle].file == OT_NONE) {
        if (call.handle != OT_NONE) { /* a duplicate that was not made */
            operations_call(&clerk->twin, thread, &call);
        }
        return;
    }
    call.packet_bytes = amount(witness_member(node, "packet_bytes"), call.bytes);
    if (verb == OT_ACCEPT && clerk->twin.file[clerk->twin.handle[call.handle].file].kind == OT_LISTENER) {
        call.other = place_given(witness, clerk->handles, cJSON_IsString(socket) ? socket : node);
        if (call.other != OT_NONE &&
            clerk->twin.file[clerk->twin.handle[call.other].file].state != OT_UNCONNECTED) {
            refuse(witness, "a socket is accepted that is connected");
        }
    }
    if (witness->report->end == WITNESS_AGREES) {
        operations_call(&clerk->twin, thread, &call);
    }
}

static void step_of_far_end(struct witness *witness, const cJSON *node, enum ot_act act)
{
    static const char *const names[] = {"dial", "deliver", "consume", "hang_up", "abort"};

    int handle = place_given(witness, witness->clerk->handles, witness_member(node, names[act]));

    if (handle != OT_NONE) {
        operations_far_end(&witness->clerk->twin, handle, act, amount(witness_member(node, "bytes"), 0));
    }
}

static void step_of_cancel(struct witness *witness, int thread, const cJSON *node)
{
    struct clerk *clerk = witness->clerk;
    int target = place_of(clerk->threads, witness_member(node, "cancel"));
    const cJSON *operation = witness_member(node, "operation");
    int handle;

    if (target != OT_NONE) {
        operations_cancel_call(&clerk->twin, thread, target);
        return;
    }
    handle = place_given(witness, clerk->handles, witness_member(node, "cancel"));
    if (handle == OT_NONE) {
        return;
    }
    if (operation != NULL) {
        int variable = place_given(witness, clerk->variables, operation);
        operations_cancel_one(&clerk->twin, thread, handle, variable == OT_NONE ? 0 : variable);
    } else {
        operations_cancel(&clerk->twin, thread, handle, cJSON_IsTrue(witness_member(node, "own")));
    }
}

/* Steps about handles. */
static void step_of_handle(struct witness *witness, int thread, enum verb verb, const cJSON *node)
{
    struct clerk *clerk = witness->clerk;
    struct operations_twin *twin = &clerk->twin;
    int handle = place_of(clerk->handles, witness_member(node, verb_name(verb)));
    int other;

    if (verb == VERB_close && handle == OT_NONE) {
        return; /* a port */
    }
    handle = place_given(witness, clerk->handles, witness_member(node, verb_name(verb)));
    other = verb == VERB_associate   ? place_given(witness, clerk->ports, witness_member(node, "port"))
            : verb == VERB_duplicate ? place_given(witness, clerk->handles, witness_member(node, "as"))
                                     : 0;
    if (handle == OT_NONE || other == OT_NONE) {
        return;
    }
    if (verb == VERB_associate) {
        operations_associate(twin, thread, handle, other, amount(witness_member(node, "key"), 0));
    } else if (verb == VERB_duplicate && twin->handle[other].file != OT_NONE) {
        refuse(witness, "a handle is made twice");
    } else if (verb == VERB_duplicate) {
        operations_duplicate(twin, thread, handle, other);
    } else if (verb == VERB_set_modes) {
        operations_set_modes(twin, thread, handle, modes_of(node));
    } else {
        operations_close(twin, thread, handle);
    }
}

void clerk_step(struct witness *witness, int thread, enum verb verb)
{
    struct clerk *clerk = witness->clerk;
    struct operations_twin *twin = &clerk->twin;
    const cJSON *node = witness_step(witness, thread_at(&witness->sim, (thread_id)thread + 1)->step);
    const cJSON *timeout = witness_member(node, "timeout");
    int variable;

    twin->now = witness->sim.state.now;
    clerk->verb[thread] = verb;
    if (verb >= VERB_read && verb <= VERB_control) {
        step_of_io(witness, thread, node, (enum ot_verb)(verb - VERB_read));
    } else if (verb >= VERB_dial && verb <= VERB_abort) {
        step_of_far_end(witness, node, (enum ot_act)(verb - VERB_dial));
    } else if (verb == VERB_associate || verb == VERB_duplicate || verb == VERB_set_modes || verb == VERB_close) {
        step_of_handle(witness, thread, verb, node);
    } else if (verb == VERB_cancel) {
        step_of_cancel(witness, thread, node);
    } else if (verb == VERB_result) {
        variable = place_given(witness, clerk->variables, witness_member(node, "result"));
        if (variable != OT_NONE) {
            bool is_endless = cJSON_IsString(timeout) && strcmp(timeout->valuestring, "infinite") == 0;
            operations_result(twin, thread, variable, is_endless || amount(timeout, 0) > 0);
        }
    }
}

/* --- records --- */

static int find_op(const struct operations_twin *twin, uint64_t number)
{
    for (int i = twin->ops - 1; i >= 0; i--) {
        if (number != 0 && twin->op[i].number == number) {
            return i;
        }
    }
    return OT_NONE;
}

int clerk_port_of(const struct witness *witness, uint64_t number)
{
    const struct operations_twin *twin = &witness->clerk->twin;
    int op = find_op(twin, number);

    return op != OT_NONE && twin->op[op].is_queued ? twin->file[twin->op[op].file].port : TWIN_NONE;
}

int clerk_port_of_handle(const struct witness *witness, uint32_t handle)
{
    const struct operations_twin *twin = &witness->clerk->twin;

    return handle < OT_HANDLES && twin->handle[handle].file != OT_NONE ? twin->file[twin->handle[handle].file].port
                                                                       : TWIN_NONE;
}

static void take_front(struct operations_twin *twin)
{
    twin->verdicts--;
    memmove(twin->verdict, twin->verdict + 1, (size_t)twin->verdicts * sizeof twin->verdict[0]);
}

/* What is signalled already is not told again. */
static void skip_what_is_so(struct operations_twin *twin)
{
    while (twin->verdicts > 0) {
        const struct ot_verdict *front = &twin->verdict[0];
        bool is_so = (front->kind == OT_EVENT_SET && twin->event_set[front->object]) ||
                     (front->kind == OT_EVENT_RESET && !twin->event_set[front->object]) ||
                     (front->kind == OT_FILE_SET && twin->file[front->object].signalled) ||
                     (front->kind == OT_FILE_RESET && !twin->file[front->object].signalled);
        if (!is_so) {
            return;
        }
        take_front(twin);
    }
}

struct verdict_name {
    char text[160];
};

static struct verdict_name name_of(const struct operations_twin *twin, const struct ot_verdict *verdict)
{
    struct verdict_name name;

    if (verdict->op != OT_NONE) {
        snprintf(name.text, sizeof name.text, "of operation %llu %s (error %u, %llu bytes, %d)",
                 (unsigned long long)twin->op[verdict->op].number, kind_name[verdict->kind], verdict->error,
                 (unsigned long long)verdict->bytes, verdict->object);
    } else {
        snprintf(name.text, sizeof name.text, "%s %d (%llu)", kind_name[verdict->kind], verdict->object,
                 (unsigned long long)verdict->bytes);
    }
    return name;
}

static bool are_equal(const struct ot_verdict *a, const struct ot_verdict *b)
{
    return a->kind == b->kind && a->op == b->op && a->object == b->object && a->error == b->error &&
           a->bytes == b->bytes;
}

/* The run tells something: the twin must have said it, or say now that it may be. */
static void compare(struct witness *witness, const struct ot_verdict *told)
{
    struct operations_twin *twin = &witness->clerk->twin;
    struct ot_verdict front;

    if (twin->verdicts == 0 && told->op != OT_NONE) {
        operations_goes_on(twin, told->kind, told->op);
        skip_what_is_so(twin);
    }
    if (twin->verdicts == 0) {
        witness_differ(witness, "the run tells %s; the twin says nothing", name_of(twin, told).text);
        return;
    }
    front = twin->verdict[0];
    if (!are_equal(&front, told)) {
        witness_differ(witness, "the run tells %s; the twin says %s", name_of(twin, told).text,
                       name_of(twin, &front).text);
        return;
    }
    take_front(twin);
    operations_told(twin, told);
}

/* Records of one operation, as the twin's kinds. */
static enum ot_kind kind_of_operation(enum record_kind kind)
{
    static const struct {
        enum record_kind record;
        enum ot_kind kind;
    } rows[] = {
        {RECORD_OP_PEND, OT_PEND},           {RECORD_OP_IMMEDIATE, OT_IMMEDIATE},
        {RECORD_OP_COMPLETE, OT_COMPLETE},   {RECORD_OP_VISIBLE, OT_VISIBLE},
        {RECORD_OP_CANCEL, OT_CANCEL},       {RECORD_DEVICE_QUEUE, OT_DEVICE_QUEUE},
        {RECORD_DEVICE_BEGIN, OT_DEVICE_BEGIN}, {RECORD_DEVICE_END, OT_DEVICE_END},
        {RECORD_PACKET_SUPPRESS, OT_SUPPRESS},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].record == kind) {
            return rows[i].kind;
        }
    }
    return OT_KINDS;
}

static void see_operation(struct witness *witness, const struct record *record)
{
    struct operations_twin *twin = &witness->clerk->twin;
    struct ot_verdict told = {.kind = kind_of_operation((enum record_kind)record->kind),
                              .op = find_op(twin, record->op),
                              .object = OT_NONE};

    if (told.kind == OT_IMMEDIATE || told.kind == OT_COMPLETE) {
        told.error = win32_error_number(record->error);
        told.bytes = record->bytes;
    }
    if (told.op == OT_NONE) {
        witness_differ(witness, "the run tells of operation %llu, which was not issued",
                       (unsigned long long)record->op);
        return;
    }
    compare(witness, &told);
}

/* The operation gets its number. */
static void see_issue(struct witness *witness, const struct record *record)
{
    struct operations_twin *twin = &witness->clerk->twin;
    int op = twin->ops - 1;

    if (twin->verdicts > 0 && twin->verdict[0].kind == OT_ISSUE) {
        twin->op[op].number = record->op;
        if (twin->op[op].thread != (int)reference_slot(record->thread) ||
            twin->op[op].call.handle != (int)reference_slot(record->object)) {
            witness_differ(witness, "an operation is issued by another thread or on another handle than the step's");
        }
    }
    compare(witness, &(struct ot_verdict){.kind = OT_ISSUE, .op = op, .object = OT_NONE});
}

/* What is set or reset: by operations as the twin says; of what the program does to events it is told. */
static void see_signal(struct witness *witness, const struct record *record)
{
    struct clerk *clerk = witness->clerk;
    int slot = (int)reference_slot(record->object);
    bool is_set = record->kind == RECORD_OBJECT_SET;
    struct ot_verdict told = {.op = OT_NONE};

    if (reference_kind(record->object) == OBJECT_HANDLE) {
        told.kind = is_set ? OT_FILE_SET : OT_FILE_RESET;
        told.object = clerk->twin.handle[slot].file;
        compare(witness, &told);
    } else if (reference_kind(record->object) == OBJECT_EVENT && slot < OT_EVENTS) {
        bool is_issue = !is_set && record->kind == RECORD_OBJECT_RESET && record->thread != REFERENCE_NONE &&
                        clerk->verb[reference_slot(record->thread)] != VERB_reset;
        told.kind = is_set ? OT_EVENT_SET : OT_EVENT_RESET;
        told.object = slot;
        if (is_issue || (is_set && record->why == WHY_SIGNALLED_BY_OPERATION)) {
            compare(witness, &told);
        } else {
            operations_told(&clerk->twin, &told);
        }
    }
}

/* A packet of an operation is inserted, taken, or both. */
static void see_packet_of(struct witness *witness, const struct record *record)
{
    struct operations_twin *twin = &witness->clerk->twin;
    int op = find_op(twin, record->op);
    bool is_insertion = op != OT_NONE && twin->verdicts > 0 && twin->verdict[0].kind == OT_INSERT;

    if (op == OT_NONE) {
        return; /* a post */
    }
    if (is_insertion || record->kind == RECORD_PACKET_QUEUE) {
        compare(witness, &(struct ot_verdict){
                             .kind = OT_INSERT, .op = op, .object = (int)reference_slot(record->object)});
    } else if (!twin->op[op].is_queued) {
        witness_differ(witness, "operation %llu has no packet that could be taken", (unsigned long long)record->op);
    }
    if (record->kind != RECORD_PACKET_QUEUE) {
        operations_taken(twin, op, (int)reference_slot(record->thread));
    }
}

/* What a get or a callback is told of an operation (IOCP-60, 61, 97). */
static void see_delivery(struct witness *witness, const struct record *record)
{
    const struct operations_twin *twin = &witness->clerk->twin;
    int i = find_op(twin, record->op);
    const struct ot_operation *op = &twin->op[i == OT_NONE ? 0 : i];
    int thread = (int)reference_slot(record->thread);

    if (i == OT_NONE) {
        return;
    }
    if (thread != (op->call.routine ? op->thread : op->taker)) {
        witness_differ(witness, "%s has operation %llu; the twin gives it to thread %d",
                       witness_thread_name(witness, thread).text, (unsigned long long)record->op, op->taker);
    } else if (win32_error_number(record->error) != op->error || record->bytes != op->count ||
               record->ok != (op->error == 0) || (!op->call.routine && record->key != twin->file[op->file].key)) {
        witness_differ(witness, 
                       "%s is told of operation %llu error %u, %llu bytes, key %llu; the twin says %u, %llu, %llu",
                       witness_thread_name(witness, thread).text, (unsigned long long)record->op,
                       win32_error_number(record->error), (unsigned long long)record->bytes,
                       (unsigned long long)record->key, op->error, (unsigned long long)op->count,
                       (unsigned long long)twin->file[op->file].key);
    }
}

static bool is_answered(enum verb verb)
{
    return (verb >= VERB_read && verb <= VERB_control) || verb == VERB_associate || verb == VERB_duplicate ||
           verb == VERB_set_modes || verb == VERB_cancel || verb == VERB_result;
}

static void see_outcome_of(struct witness *witness, const struct record *record)
{
    struct operations_twin *twin = &witness->clerk->twin;
    int slot = (int)reference_slot(record->thread);
    struct ot_thread *thread = &twin->thread[slot];
    enum verb verb = (enum verb)record->verb;
    bool has_bytes = verb == VERB_result || (verb >= VERB_read && verb <= VERB_control);

    if (verb == VERB_get) {
        see_delivery(witness, record);
    }
    if (verb == VERB_close && twin->closing != OT_NONE) {
        twin->file[twin->closing].port = OT_NONE;
        twin->closing = OT_NONE;
    }
    if (verb == VERB_result && thread->awaited != OT_NONE) {
        operations_answer_result(twin, slot);
    }
    if (!is_answered(verb) && !(verb == VERB_close && thread->has_answer)) {
        return;
    }
    if (!thread->has_answer || win32_error_number(record->error) != thread->error ||
        record->ok != (thread->error == 0) || (has_bytes && record->bytes != thread->bytes)) {
        witness_differ(witness, "%s of %s answers error %u, %llu bytes; the twin says %s %u, %llu bytes",
                       verb_name(verb), witness_thread_name(witness, slot).text, win32_error_number(record->error),
                       (unsigned long long)record->bytes, thread->has_answer ? "error" : "nothing", thread->error,
                       (unsigned long long)thread->bytes);
    }
    thread->has_answer = false;
}

/* Where a thread waits for a result (IOCP-92). */
static void see_block(struct witness *witness, const struct record_batch *batch, const struct record *record)
{
    struct operations_twin *twin = &witness->clerk->twin;
    struct ot_thread *thread = &twin->thread[reference_slot(record->thread)];
    const struct ot_operation *op = &twin->op[thread->awaited == OT_NONE ? 0 : thread->awaited];
    reference on;

    if (thread->awaited == OT_NONE) {
        return;
    }
    on = record->span.length == 1 ? batch->list[record->span.first] : REFERENCE_NONE;
    thread->was_blocked = true;
    twin->fired[op->call.event != OT_NONE ? OT_RULE_WAITS_EVENT : OT_RULE_WAITS_FILE]++;
    if (on == REFERENCE_NONE ||
        (op->call.event != OT_NONE
             ? on != reference_make(OBJECT_EVENT, (uint32_t)op->call.event)
             : reference_kind(on) != OBJECT_HANDLE || twin->handle[reference_slot(on)].file != op->file)) {
        witness_differ(witness, "%s waits for the result of operation %llu at a wrong object",
                       witness_thread_name(witness, (int)reference_slot(record->thread)).text,
                       (unsigned long long)op->number);
    }
}

/* Records about handles and far ends. */
static void see_handle(struct witness *witness, const struct record *record)
{
    struct operations_twin *twin = &witness->clerk->twin;
    struct ot_verdict told = {.op = OT_NONE, .object = (int)reference_slot(record->object)};
    enum verb verb = record->thread == REFERENCE_NONE ? VERB_stop
                                                      : witness->clerk->verb[reference_slot(record->thread)];

    switch ((int)record->kind) {
    case RECORD_HANDLE_ASSOCIATE:
        told.kind = OT_ASSOCIATED;
        break;
    case RECORD_HANDLE_MODES:
        told.kind = OT_MODES;
        told.bytes = record->which;
        break;
    case RECORD_HANDLE_CLOSE:
        told.kind = OT_CLOSED;
        told.bytes = record->ok;
        break;
    case RECORD_FAR_END:
        told.kind = OT_FAR_END;
        break;
    default: /* a misuse */
        told.kind = OT_MISUSE;
        told.object = OT_NONE;
        if (!is_answered(verb) && !(verb >= VERB_dial && verb <= VERB_abort)) {
            return;
        }
        twin->thread[reference_slot(record->thread)].has_answer = false;
        break;
    }
    compare(witness, &told);
}

void clerk_see(struct witness *witness, const struct record_batch *batch, const struct record *record)
{
    struct operations_twin *twin = &witness->clerk->twin;
    struct ot_verdict told = {.op = OT_NONE};

    twin->now = record->t;
    skip_what_is_so(twin);
    if (kind_of_operation((enum record_kind)record->kind) != OT_KINDS) {
        see_operation(witness, record);
        return;
    }
    switch ((int)record->kind) {
    case RECORD_OP_ISSUE:
        see_issue(witness, record);
        break;
    case RECORD_OBJECT_SET:
    case RECORD_OBJECT_RESET:
    case RECORD_OBJECT_PULSE:
    case RECORD_OBJECT_ACQUIRE:
        see_signal(witness, record);
        break;
    case RECORD_PACKET_QUEUE:
    case RECORD_PACKET_RELEASE:
    case RECORD_PACKET_TAKE:
        see_packet_of(witness, record);
        break;
    case RECORD_APC_QUEUE:
        if (record->why == WHY_IO) {
            told.kind = OT_ROUTINE_QUEUED;
            told.op = twin->verdicts > 0 ? twin->verdict[0].op : OT_NONE;
            told.object = (int)reference_slot(record->object);
            compare(witness, &told);
        }
        break;
    case RECORD_CALLBACK_BEGIN:
        see_delivery(witness, record);
        break;
    case RECORD_HANDLE_ASSOCIATE:
    case RECORD_HANDLE_MODES:
    case RECORD_HANDLE_CLOSE:
    case RECORD_FAR_END:
    case RECORD_MISUSE:
        see_handle(witness, record);
        break;
    case RECORD_PORT_CLOSE:
        twin->port_closed[reference_slot(record->object) % OT_PORTS] = true;
        break;
    case RECORD_THREAD_EXIT:
        operations_exit(twin, (int)reference_slot(record->thread));
        break;
    case RECORD_THREAD_BLOCK:
        see_block(witness, batch, record);
        break;
    case RECORD_THREAD_UNBLOCK:
        twin->thread[reference_slot(record->thread)].timed_out = record->why == WHY_TIMED_OUT;
        break;
    case RECORD_OUTCOME:
        see_outcome_of(witness, record);
        break;
    default: /* the rest is of no operation */
        break;
    }
}

void clerk_look(struct witness *witness)
{
    struct operations_twin *twin = &witness->clerk->twin;
    const char *owes;

    twin->now = witness->sim.state.now;
    skip_what_is_so(twin);
    owes = operations_owes(twin);
    if (owes != NULL && twin->verdicts > 0) {
        witness_differ(witness, "the run does not tell %s", name_of(twin, &twin->verdict[0]).text);
    } else if (owes != NULL) {
        witness_differ(witness, "an operation %s", owes);
    }
    for (int i = 0; i < OT_THREADS; i++) {
        if (twin->thread[i].has_answer && twin->thread[i].call == OT_NONE) {
            witness_differ(witness, "%s has had no answer", witness_thread_name(witness, i).text);
        }
    }
}

const unsigned *clerk_fired(const struct clerk *clerk)
{
    return clerk->twin.fired;
}
