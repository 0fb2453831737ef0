/* SPDX-License-Identifier: Apache-2.0 */
/* The second twin's calls, far ends, cancels and closes. Everything is looked for among all operations whenever
 * it is wanted; nothing is linked. */
#include <string.h>

#include "tests/operations_twin_inside.h"

void operations_begin(struct operations_twin *twin)
{
    for (int i = 0; i < OT_HANDLES; i++) {
        twin->handle[i].file = OT_NONE;
        twin->variable[i] = OT_NONE;
    }
    for (int i = 0; i < OT_THREADS; i++) {
        twin->thread[i].call = OT_NONE;
        twin->thread[i].awaited = OT_NONE;
    }
    twin->closing = OT_NONE;
}

/* --- calls --- */

/* What is refused before there is an operation. */
static uint32_t refusal(struct operations_twin *twin, const struct ot_file *file, const struct ot_call *call)
{
    bool is_pipe = file->kind == OT_PIPE || file->kind == OT_MESSAGE_PIPE;

    if (call->verb == OT_ACCEPT && file->kind == OT_LISTENER) {
        const struct ot_file *socket = open_file(twin, call->other);
        if (socket == NULL || socket->kind != OT_SOCKET) {
            return INVALID_HANDLE;
        }
    } else if (call->verb == OT_ACCEPT && !is_pipe) {
        return INVALID_FUNCTION;
    }
    if (call->verb == OT_CONNECT && file->kind != OT_SOCKET) {
        return INVALID_FUNCTION;
    }
    if (call->routine && (file->port != OT_NONE || file->synchronous)) {
        fire_if(twin, file->port != OT_NONE, OT_RULE_ROUTINE_REFUSED);
        return INVALID_PARAMETER;
    }
    if (!call->has_overlapped && !file->synchronous && file->kind == OT_FILE) {
        fire(twin, OT_RULE_NO_OVERLAPPED_FILE);
        return INVALID_PARAMETER;
    }
    return NO_ERROR;
}

/* What the device makes of it: the faults, in order, then its share. What the step says goes before. */
static void ask_device(struct operations_twin *twin, struct ot_device *device, struct ot_call *call)
{
    uint64_t nth = ++device->issued;

    call->latency = call->says_latency ? call->latency : device->latency;
    for (uint32_t i = 0; i < device->faults; i++) {
        const struct ot_fault *fault = &device->fault[i];
        bool is_now = fault->nth == 0 && fault->to > 0 && fault->from <= twin->now && twin->now <= fault->to;
        if (fault->nth == nth || is_now) {
            call->failure = call->failure == NO_ERROR ? fault->error : call->failure;
            if (!call->says_at_once && fault->at_once) {
                call->says_at_once = call->at_once = true;
            }
            return;
        }
    }
    if (!call->says_at_once && device->at_once) {
        call->says_at_once = call->at_once = true;
    }
}

/* How an operation on a file ends (IOCP-94, 95), and whether it makes the file longer. */
static bool settle(struct operations_twin *twin, struct ot_operation *op)
{
    struct ot_file *file = &twin->file[op->file];
    const struct ot_call *call = &op->call;

    op->count = call->verb == OT_CONTROL ? call->packet_bytes : call->verb == OT_CONNECT ? 0 : call->bytes;
    if (call->failure != NO_ERROR) {
        op->error = call->failure;
        op->count = 0;
        return false;
    }
    if (file->kind != OT_FILE || file->size == OT_NEVER) {
        return false;
    }
    if (call->verb == OT_WRITE && call->offset + call->bytes > file->size) {
        file->size = call->offset + call->bytes;
        return true;
    }
    if (call->verb == OT_READ) {
        uint64_t left = call->offset < file->size ? file->size - call->offset : 0;
        fire_if(twin, left > 0 && call->bytes > left, OT_RULE_SHORT_COUNT);
        fire_if(twin, call->bytes == 0, OT_RULE_ZERO_FILE);
        op->error = left == 0 && call->bytes > 0 ? HANDLE_EOF : NO_ERROR;
        op->count = call->bytes < left ? call->bytes : left;
    }
    return false;
}

/* Whether a file's operation is over within the call (IOCP-81, 94, 100). */
static bool is_over_in_call(struct operations_twin *twin, const struct ot_operation *op, bool extends)
{
    const struct ot_file *file = &twin->file[op->file];
    bool is_read = op->call.verb == OT_READ;

    if (op->call.says_at_once) {
        return op->call.at_once;
    }
    fire_if(twin, extends, OT_RULE_EXTENDING);
    fire_if(twin, is_read && file->cached, OT_RULE_CACHED);
    fire_if(twin, is_read && !file->cached && file->kind == OT_FILE && op->error == NO_ERROR, OT_RULE_UNCACHED);
    if (is_read && op->error == HANDLE_EOF && op->call.failure == NO_ERROR && file->device != OT_NONE &&
        twin->device[file->device].end_at_once) {
        fire(twin, OT_RULE_END_AT_ONCE);
        return true;
    }
    return extends || (is_read && file->cached);
}

/* The operation is under way: the call answers, or keeps its caller. */
static void go(struct operations_twin *twin, int i, uint64_t inside)
{
    struct ot_operation *op = &twin->op[i];

    op->is_pending = true;
    if (!is_of_stream(twin, i) || op->error != NO_ERROR) {
        ot_submit(twin, i);
    } else {
        op->place = OT_AT_FAR_END;
    }
    if (!op->in_call && !op->waits && inside > 0) {
        op->in_call = true;
        op->call_due = twin->now + inside;
    }
    if (op->in_call || op->waits) {
        twin->thread[op->thread].call = i;
    } else {
        answer(twin, op->thread, PENDING, 0);
        say_op(twin, OT_PEND, i);
    }
}

static void begin_file(struct operations_twin *twin, int i, uint64_t inside)
{
    struct ot_operation *op = &twin->op[i];
    bool extends = settle(twin, op);

    op->latency = op->call.latency;
    if (is_over_in_call(twin, op, extends)) {
        bool is_extending = extends && !op->call.says_at_once;
        op->latency = !is_extending && inside < op->latency ? inside : op->latency;
        op->in_call = true;
        op->call_due = OT_NEVER;
        if (op->latency == 0) {
            ot_end(twin, i, op->error, op->count);
            return;
        }
        fire(twin, OT_RULE_IN_CALL);
    }
    go(twin, i, inside);
}

static void begin_stream(struct operations_twin *twin, int i, uint64_t inside)
{
    struct ot_operation *op = &twin->op[i];
    struct ending ending;

    op->latency = op->call.latency;
    if (op->call.failure != NO_ERROR) {
        if (op->call.at_once) {
            op->in_call = true;
            ot_end(twin, i, op->call.failure, 0);
            return;
        }
        op->error = op->call.failure;
    } else if (!ot_has_older(twin, i) && ot_stream_has(twin, i, true, &ending, true)) {
        op->in_call = true;
        ot_end(twin, i, ending.error, ending.count);
        return;
    }
    go(twin, i, inside);
}

void operations_call(struct operations_twin *twin, int thread, const struct ot_call *call)
{
    struct ot_file *file = open_file(twin, call->handle);
    uint32_t refused = file == NULL ? INVALID_HANDLE : refusal(twin, file, call);
    struct ot_operation *op = &twin->op[twin->ops];
    uint64_t inside = 0;

    if (refused != NO_ERROR || twin->ops == OT_OPERATIONS) {
        answer(twin, thread, refused, 0);
        return;
    }
    *op = (struct ot_operation){
        .call = *call, .file = (int)(file - twin->file), .thread = thread, .place = OT_OVER};
    op->waits = file->synchronous || !call->has_overlapped;
    op->had_port = file->port != OT_NONE;
    op->taker = OT_NONE;
    op->call_due = OT_NEVER;
    if (file->device != OT_NONE) {
        ask_device(twin, &twin->device[file->device], &op->call);
        inside = twin->device[file->device].inside_call;
    }
    say_op(twin, OT_ISSUE, twin->ops);
    if (call->event != OT_NONE) { /* IOCP-93 */
        fire_if(twin, twin->event_set[call->event], OT_RULE_EVENT_RESET);
        say_object(twin, OT_EVENT_RESET, call->event);
    }
    say_object(twin, OT_FILE_RESET, op->file);
    if (call->overlapped != OT_NONE) {
        twin->variable[call->overlapped] = twin->ops;
    }
    twin->ops++;
    if (is_of_stream(twin, twin->ops - 1)) {
        begin_stream(twin, twin->ops - 1, inside);
    } else {
        begin_file(twin, twin->ops - 1, inside);
    }
}

/* --- the far end, handles --- */

void operations_far_end(struct operations_twin *twin, int handle, enum ot_act act, uint64_t bytes)
{
    struct ot_file *file = twin->handle[handle].file == OT_NONE ? NULL : &twin->file[twin->handle[handle].file];
    bool is_stream = file != NULL && file->kind != OT_FILE && file->kind != OT_LISTENER;
    bool is_there = is_stream && file->state == OT_CONNECTED;

    if (act == OT_DIAL && file != NULL && file->kind == OT_LISTENER) {
        if (file->arrivals < OT_ARRIVALS) {
            file->arrival[file->arrivals++] = OT_NEVER;
        }
        say_object(twin, OT_FAR_END, handle);
        return;
    }
    if (act == OT_DIAL ? !is_stream || file->state != OT_UNCONNECTED
                       : !is_there && !(act == OT_ABORT && is_stream && file->state == OT_HUNG_UP)) {
        say_object(twin, OT_MISUSE, OT_NONE);
        return;
    }
    say_object(twin, OT_FAR_END, handle);
    switch (act) {
    case OT_DIAL:
        file->state = OT_CONNECTED;
        break;
    case OT_DELIVER:
        ot_arrive(file, bytes);
        break;
    case OT_CONSUME:
        file->wanted += bytes;
        break;
    case OT_HANG_UP:
        file->state = OT_HUNG_UP;
        break;
    case OT_ABORT:
        file->state = OT_RESET;
        file->unread = 0;
        file->arrivals = 0;
        break;
    }
}

void operations_associate(struct operations_twin *twin, int thread, int handle, int port, uint64_t key)
{
    struct ot_file *file = open_file(twin, handle);

    if (file == NULL || twin->port_closed[port]) {
        answer(twin, thread, INVALID_HANDLE, 0);
    } else if (file->port != OT_NONE || file->synchronous) {
        fire(twin, file->synchronous ? OT_RULE_SYNC_BOUND : OT_RULE_BOUND_TWICE);
        answer(twin, thread, INVALID_PARAMETER, 0);
    } else {
        file->port = port;
        file->key = key;
        say_object(twin, OT_ASSOCIATED, handle);
        answer(twin, thread, NO_ERROR, 0);
    }
}

void operations_duplicate(struct operations_twin *twin, int thread, int handle, int made)
{
    struct ot_file *file = open_file(twin, handle);

    if (file != NULL) {
        twin->handle[made].file = twin->handle[handle].file;
        twin->handle[made].is_open = true;
        file->handles++;
    }
    answer(twin, thread, file == NULL ? INVALID_HANDLE : NO_ERROR, 0);
}

void operations_set_modes(struct operations_twin *twin, int thread, int handle, unsigned modes)
{
    struct ot_file *file = open_file(twin, handle);

    if (file == NULL || (file->synchronous && (modes & 1) != 0)) {
        fire_if(twin, file != NULL, OT_RULE_MODES_REFUSED);
        answer(twin, thread, file == NULL ? INVALID_HANDLE : INVALID_PARAMETER, 0);
        return;
    }
    fire_if(twin, (file->skips_port && (modes & 1) == 0) || (file->skips_event && (modes & 2) == 0),
            OT_RULE_MODES_STAY);
    file->skips_port = file->skips_port || (modes & 1) != 0;
    file->skips_event = file->skips_event || (modes & 2) != 0;
    say(twin, (struct ot_verdict){.kind = OT_MODES, .op = OT_NONE, .object = handle,
                                  .bytes = (file->skips_port ? 1u : 0) | (file->skips_event ? 2u : 0)});
    answer(twin, thread, NO_ERROR, 0);
}

/* --- what ends early --- */

static void doom(struct operations_twin *twin, int i, uint32_t error, bool is_cancel)
{
    twin->op[i].is_doomed = true;
    twin->op[i].is_marked = is_cancel;
    twin->op[i].doom = error;
}

void operations_close(struct operations_twin *twin, int thread, int handle)
{
    struct ot_file *file = open_file(twin, handle);
    bool is_pipe;

    answer(twin, thread, file == NULL ? INVALID_HANDLE : NO_ERROR, 0);
    if (file == NULL) {
        return;
    }
    twin->handle[handle].is_open = false;
    file->handles--;
    say(twin, (struct ot_verdict){.kind = OT_CLOSED, .op = OT_NONE, .object = handle, .bytes = file->handles == 0});
    is_pipe = file->kind == OT_PIPE || file->kind == OT_MESSAGE_PIPE;
    for (int i = 0; i < twin->ops; i++) {
        if (twin->op[i].place != OT_OVER && &twin->file[twin->op[i].file] == file) {
            fire(twin, file->handles > 0 ? OT_RULE_STILL_OPEN
                       : is_pipe         ? OT_RULE_PIPE_CLOSED
                                         : OT_RULE_SOCKET_CLOSED);
            if (file->handles == 0) {
                doom(twin, i, is_pipe && twin->mistake != OT_CLOSE_IS_ABORT ? BROKEN_PIPE : ABORTED, false);
            }
        }
    }
    if (file->handles == 0) {
        twin->closing = (int)(file - twin->file);
        if (file->peer != OT_NONE && twin->file[file->peer].state == OT_CONNECTED) {
            twin->file[file->peer].state = OT_HUNG_UP; /* IOCP-96 */
        }
    }
}

void operations_exit(struct operations_twin *twin, int thread)
{
    twin->thread[thread].has_ended = true;
    for (int i = 0; i < twin->ops; i++) {
        const struct ot_operation *op = &twin->op[i];
        bool has_port = file_of(twin, i)->port != OT_NONE;
        bool tells_port = has_port && op->call.packet && !op->call.routine && op->call.has_overlapped;
        if (op->place == OT_OVER || op->thread != thread) {
            continue;
        }
        if (tells_port && op->call.event == OT_NONE && !twin->is_xp) {
            fire(twin, OT_RULE_OUTLIVES);
        } else {
            fire_if(twin, !has_port, OT_RULE_ISSUER_ENDS);
            fire_if(twin, tells_port && !twin->is_xp, OT_RULE_EVENT_ENDS);
            doom(twin, i, ABORTED, false);
        }
    }
}

/* IOCP-113: what has ended on the file and lies in its port cannot be cancelled any more. */
static bool has_packet_queued(const struct operations_twin *twin, int file)
{
    for (int i = 0; i < twin->ops; i++) {
        if (twin->op[i].file == file && twin->op[i].is_queued) {
            return true;
        }
    }
    return false;
}

void operations_cancel(struct operations_twin *twin, int thread, int handle, bool own)
{
    const struct ot_file *file = open_file(twin, handle);
    int found = 0;
    int others = 0;

    if (file == NULL) {
        answer(twin, thread, INVALID_HANDLE, 0);
        return;
    }
    for (int i = 0; i < twin->ops; i++) {
        struct ot_operation *op = &twin->op[i];
        bool is_own = op->thread == thread;
        if (op->place != OT_OVER && file_of(twin, i) == file) {
            others += !is_own;
            if (!own || (is_own && !op->waits) || twin->mistake == OT_CANCEL_FORGETS_ISSUER) {
                doom(twin, i, ABORTED, true);
                found++;
            }
        }
    }
    fire_if(twin, own && others > 0, OT_RULE_OWN_ONLY);
    fire_if(twin, own && found == 0, OT_RULE_OWN_NONE);
    fire_if(twin, !own && others > 0, OT_RULE_CANCEL_ALL);
    fire_if(twin, !own && found == 0, OT_RULE_CANCEL_NONE);
    fire_if(twin, found == 0 && has_packet_queued(twin, (int)(file - twin->file)), OT_RULE_CANCEL_LATE);
    answer(twin, thread, found > 0 || own ? NO_ERROR : NOT_FOUND, 0);
}

void operations_cancel_one(struct operations_twin *twin, int thread, int handle, int variable)
{
    const struct ot_file *file = open_file(twin, handle);
    int found = 0;
    int others = 0;

    if (file == NULL) {
        answer(twin, thread, INVALID_HANDLE, 0);
        return;
    }
    if (twin->variable[variable] == OT_NONE) {
        say_object(twin, OT_MISUSE, OT_NONE);
        return;
    }
    for (int i = 0; i < twin->ops; i++) {
        if (twin->op[i].place != OT_OVER && file_of(twin, i) == file) {
            bool has_it = twin->op[i].call.overlapped == variable;
            found += has_it;
            others += !has_it;
            if (has_it) {
                doom(twin, i, ABORTED, true);
            }
        }
    }
    fire_if(twin, found > 1, OT_RULE_TWICE);
    fire_if(twin, others > 0, OT_RULE_CANCEL_ONE);
    answer(twin, thread, found > 0 ? NO_ERROR : NOT_FOUND, 0);
}

void operations_cancel_call(struct operations_twin *twin, int thread, int target)
{
    int call = twin->thread[target].call;
    bool found = call != OT_NONE && twin->op[call].waits;

    fire(twin, found ? OT_RULE_CALL_CANCELLED : OT_RULE_NO_CALL);
    if (found) {
        doom(twin, call, ABORTED, true);
    }
    answer(twin, thread, found ? NO_ERROR : NOT_FOUND, 0);
}

/* --- results --- */

void operations_result(struct operations_twin *twin, int thread, int variable, bool waits)
{
    int op = twin->variable[variable];
    bool at_file = op != OT_NONE && waits && !twin->op[op].is_visible && twin->op[op].call.event == OT_NONE;

    if (op == OT_NONE) {
        say_object(twin, OT_MISUSE, OT_NONE);
        return;
    }
    if (at_file && open_file(twin, twin->op[op].call.handle) == NULL) { /* a closed handle cannot be waited for */
        answer(twin, thread, INVALID_HANDLE, 0);
        return;
    }
    twin->thread[thread].awaited = op;
    twin->thread[thread].was_blocked = false;
    twin->thread[thread].timed_out = false;
}

void operations_answer_result(struct operations_twin *twin, int thread)
{
    const struct ot_operation *op = &twin->op[twin->thread[thread].awaited];
    bool can_be_read = !op->is_pending && op->is_visible;

    fire_if(twin, op->is_pending, OT_RULE_INCOMPLETE);
    fire_if(twin, op->is_pending && twin->thread[thread].was_blocked && !twin->thread[thread].timed_out,
            OT_RULE_WRONG_WAKE);
    fire_if(twin, can_be_read, OT_RULE_RESULT_READ);
    if (twin->thread[thread].timed_out) {
        answer(twin, thread, TIMED_OUT, 0);
    } else {
        answer(twin, thread, can_be_read ? op->error : INCOMPLETE, can_be_read ? op->count : 0);
    }
    twin->thread[thread].awaited = OT_NONE;
}

void operations_taken(struct operations_twin *twin, int i, int thread)
{
    struct ot_operation *op = &twin->op[i];

    op->is_queued = false;
    op->taker = thread;
    if (!op->is_visible) {
        fire(twin, OT_RULE_SEEN_LATE);
        memmove(twin->verdict + 1, twin->verdict, (size_t)twin->verdicts * sizeof twin->verdict[0]);
        twin->verdict[0] = (struct ot_verdict){.kind = OT_VISIBLE, .op = i, .object = OT_NONE};
        twin->verdicts++;
    }
}

void operations_told(struct operations_twin *twin, const struct ot_verdict *verdict)
{
    struct ot_operation *op = verdict->op == OT_NONE ? NULL : &twin->op[verdict->op];

    switch (verdict->kind) {
    case OT_IMMEDIATE:
    case OT_COMPLETE:
        op->is_pending = false;
        break;
    case OT_VISIBLE:
        op->is_visible = true;
        break;
    case OT_EVENT_SET:
    case OT_EVENT_RESET:
        twin->event_set[verdict->object] = verdict->kind == OT_EVENT_SET;
        break;
    case OT_FILE_SET:
    case OT_FILE_RESET:
        twin->file[verdict->object].signalled = verdict->kind == OT_FILE_SET;
        break;
    case OT_ISSUE:
    case OT_PEND:
    case OT_CANCEL:
    case OT_DEVICE_QUEUE:
    case OT_DEVICE_BEGIN:
    case OT_DEVICE_END:
    case OT_SUPPRESS:
    case OT_INSERT:
    case OT_ROUTINE_QUEUED:
    case OT_ASSOCIATED:
    case OT_MODES:
    case OT_CLOSED:
    case OT_FAR_END:
    case OT_MISUSE:
    case OT_KINDS:
        break;
    }
}
