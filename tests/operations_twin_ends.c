/* SPDX-License-Identifier: Apache-2.0 */
/* The second twin's devices and streams, and what the end of an operation leaves (IOCP-80..104). */
#include <string.h>

#include "tests/operations_twin_inside.h"

/* --- devices --- */

/* Who is served next; OT_NONE. */
static int next_at(const struct operations_twin *twin, int device)
{
    const enum ot_order order = twin->device[device].order;
    int best = OT_NONE;

    for (int i = 0; i < twin->ops; i++) {
        const struct ot_operation *op = &twin->op[i];
        if (op->place == OT_AT_DEVICE && twin->file[op->file].device == device) {
            const struct ot_operation *other = best == OT_NONE ? op : &twin->op[best];
            bool is_later = op->entered > other->entered;
            bool is_better = order == OT_SHORTEST && op->latency != other->latency ? op->latency < other->latency
                             : order == OT_LIFO                                     ? is_later
                                                                                   : !is_later;
            best = best == OT_NONE || is_better ? i : best;
        }
    }
    return best;
}

static bool has_room(const struct operations_twin *twin, int device)
{
    uint32_t busy = 0;

    for (int i = 0; i < twin->ops; i++) {
        busy += twin->op[i].place == OT_IN_SERVICE && twin->file[twin->op[i].file].device == device;
    }
    return twin->device[device].parallel == 0 || busy < twin->device[device].parallel;
}

static void serve(struct operations_twin *twin, int i)
{
    twin->op[i].place = OT_IN_SERVICE;
    twin->op[i].due = twin->now + twin->op[i].latency;
    if (file_of(twin, i)->device != OT_NONE) {
        say_op(twin, OT_DEVICE_BEGIN, i);
    }
}

void ot_submit(struct operations_twin *twin, int i)
{
    int device = file_of(twin, i)->device;

    if (device == OT_NONE || has_room(twin, device)) {
        serve(twin, i);
    } else {
        twin->op[i].place = OT_AT_DEVICE;
        twin->op[i].entered = ++twin->count;
        say_op(twin, OT_DEVICE_QUEUE, i);
    }
}

/* The device has done with it, and takes the next. */
static void leave_device(struct operations_twin *twin, int i)
{
    int device = file_of(twin, i)->device;
    bool was_served = twin->op[i].place == OT_IN_SERVICE;
    bool was_there = was_served || twin->op[i].place == OT_AT_DEVICE;
    int next;

    twin->op[i].place = OT_OVER;
    if (device == OT_NONE || !was_there) {
        return;
    }
    say_op(twin, OT_DEVICE_END, i);
    next = next_at(twin, device);
    if (was_served && next != OT_NONE) {
        serve(twin, next);
    }
}

/* --- what an end leaves --- */

/* IOCP-80..84, 87, 103, 104, 12: whether there is a packet. */
static bool leaves_packet(struct operations_twin *twin, const struct ot_operation *op)
{
    const struct ot_file *file = &twin->file[op->file];
    bool failed_at_once = op->in_call && is_error(op->error) && twin->mistake != OT_ERROR_LEAVES_PACKET;

    if (op->waits) {
        fire(twin, file->synchronous ? OT_RULE_SYNCHRONOUS : OT_RULE_NO_OVERLAPPED);
        return false;
    }
    if (failed_at_once || op->call.routine || file->port == OT_NONE) {
        fire(twin, failed_at_once ? OT_RULE_FAILED_AT_ONCE : op->call.routine ? OT_RULE_ROUTINE : OT_RULE_NO_PORT);
        return false;
    }
    if (!op->call.packet) {
        fire(twin, OT_RULE_LOW_BIT);
        return false;
    }
    if (op->in_call && op->error == NO_ERROR && file->skips_port) {
        fire(twin, OT_RULE_SKIPPED);
        return false;
    }
    return true;
}

static void count_packet(struct operations_twin *twin, const struct ot_operation *op)
{
    const struct ot_file *file = &twin->file[op->file];

    if (op->in_call) {
        fire(twin, op->error == MORE_DATA ? OT_RULE_WARNED_AT_ONCE : OT_RULE_AT_ONCE);
    } else {
        fire(twin, op->error == MORE_DATA ? OT_RULE_WARNED_LATER
                   : is_error(op->error)  ? OT_RULE_PENDED_BADLY
                                          : OT_RULE_PENDED_WELL);
    }
    fire_if(twin, file->skips_port && !op->in_call, OT_RULE_NOT_SKIPPED);
    fire_if(twin, !op->had_port, OT_RULE_LATE_PORT);
    fire_if(twin, op->call.event != OT_NONE, OT_RULE_EVENT_AND_PACKET);
    fire_if(twin, op->error == HANDLE_EOF && !op->in_call, OT_RULE_END_PENDS);
    fire_if(twin, op->is_marked, OT_RULE_CANCELLED);
    fire_if(twin, twin->port_closed[file->port], OT_RULE_PORT_CLOSED);
    fire_if(twin, file->kind == OT_LISTENER, OT_RULE_ACCEPTED);
    fire_if(twin, twin->handle[op->call.handle].file != OT_NONE && file->first_handle != op->call.handle,
            OT_RULE_SHARED_FILE);
}

/* IOCP-89: status block, event, file object, packet; and the answer to who is in the call. */
static void leave(struct operations_twin *twin, int i)
{
    struct ot_operation *op = &twin->op[i];
    struct ot_file *file = &twin->file[op->file];
    bool has_packet = leaves_packet(twin, op);
    bool signals = !(op->in_call && is_error(op->error));

    if (!has_packet || file->visible == OT_AT_COMPLETION ||
        (file->visible == OT_BY_EVENT && op->call.event != OT_NONE)) {
        fire_if(twin, has_packet, OT_RULE_SEEN_EARLY);
        say_op(twin, OT_VISIBLE, i);
    }
    if (signals && op->call.event != OT_NONE) {
        fire_if(twin, has_packet, OT_RULE_SIGNAL_FIRST);
        say_object(twin, OT_EVENT_SET, op->call.event);
    }
    fire_if(twin, signals && file->skips_event, OT_RULE_QUIET_FILE);
    if (signals && !file->skips_event) {
        say_object(twin, OT_FILE_SET, (int)(file - twin->file));
    }
    if (has_packet) {
        count_packet(twin, op);
        op->is_queued = true;
        say(twin, (struct ot_verdict){.kind = OT_INSERT, .op = i, .object = file->port});
    } else {
        say_op(twin, OT_SUPPRESS, i);
        if (op->call.routine && signals && !twin->thread[op->thread].has_ended) {
            say(twin, (struct ot_verdict){.kind = OT_ROUTINE_QUEUED, .op = i, .object = op->thread});
        }
    }
    if (op->in_call || op->waits) {
        answer(twin, op->thread, op->error, op->callers_count);
        twin->thread[op->thread].call = OT_NONE;
    }
}

/* What the caller of an operation that is over is told is its own count (IOCP-99). */
void ot_end(struct operations_twin *twin, int i, uint32_t error, uint64_t count)
{
    struct ot_operation *op = &twin->op[i];

    leave_device(twin, i);
    op->error = error;
    op->count = count;
    op->callers_count = op->call.verb == OT_CONTROL && !is_error(error) ? op->call.bytes : count;
    fire_if(twin, op->call.verb == OT_CONTROL && op->in_call && op->callers_count != count, OT_RULE_TWO_COUNTS);
    say(twin, (struct ot_verdict){op->in_call ? OT_IMMEDIATE : OT_COMPLETE, i, OT_NONE, error, count});
    leave(twin, i);
}

/* --- streams --- */

/* The read or write of a stream whose state decides; false while it goes on. */
static bool state_answers(const struct ot_file *file, bool is_new, struct ending *ending)
{
    bool is_socket = file->kind == OT_SOCKET || file->kind == OT_LISTENER;

    ending->count = 0;
    if (file->state == OT_UNCONNECTED) {
        ending->error = is_socket ? NOTCONN : PIPE_LISTENING;
    } else if (file->state == OT_HUNG_UP) {
        ending->error = is_socket ? NO_ERROR : BROKEN_PIPE;
    } else if (file->state == OT_RESET) {
        ending->error = !is_socket ? BROKEN_PIPE : is_new ? CONNRESET : NETNAME_DELETED;
    }
    return file->state != OT_CONNECTED;
}

static bool
read_has(struct ot_file *file, const struct ot_call *call, bool is_new, struct ending *ending, bool takes)
{
    uint64_t room = call->bytes;

    if (file->kind == OT_MESSAGE_PIPE && file->arrivals > 0) { /* IOCP-83a */
        uint64_t message = file->arrival[0];
        *ending = message > room ? (struct ending){MORE_DATA, room} : (struct ending){NO_ERROR, message};
        if (takes && message > room) {
            file->arrival[0] -= room;
        } else if (takes) {
            file->arrivals--;
            memmove(file->arrival, file->arrival + 1, file->arrivals * sizeof file->arrival[0]);
        }
        return true;
    }
    if (file->kind != OT_MESSAGE_PIPE && file->unread > 0) {
        *ending = (struct ending){NO_ERROR, room < file->unread ? room : file->unread};
        file->unread -= takes ? ending->count : 0;
        return true;
    }
    return state_answers(file, is_new, ending);
}

void ot_arrive(struct ot_file *file, uint64_t bytes)
{
    if (file->state != OT_CONNECTED) {
        return;
    }
    if (file->kind == OT_MESSAGE_PIPE && file->arrivals < OT_ARRIVALS) {
        file->arrival[file->arrivals++] = bytes;
    }
    file->unread += bytes;
}

static bool write_has(struct operations_twin *twin, int i, bool is_new, struct ending *ending, bool takes)
{
    struct ot_file *file = file_of(twin, i);
    uint64_t bytes = twin->op[i].call.bytes;

    if (file->state == OT_HUNG_UP && file->kind != OT_SOCKET) {
        *ending = (struct ending){is_new ? NO_DATA : BROKEN_PIPE, 0};
        return true;
    }
    if (file->state != OT_HUNG_UP && state_answers(file, is_new, ending)) {
        return true;
    }
    *ending = (struct ending){NO_ERROR, bytes};
    if (file->peer != OT_NONE) {
        if (takes) {
            ot_arrive(&twin->file[file->peer], bytes);
        }
        return true;
    }
    if (file->wanted < bytes) {
        return false;
    }
    file->wanted -= takes ? bytes : 0;
    return true;
}

/* IOCP-97: the socket is what the listener's first client talks to. */
static void take_client(struct operations_twin *twin, struct ot_file *listener, int socket)
{
    uint64_t client = listener->arrival[0];

    listener->arrivals--;
    memmove(listener->arrival, listener->arrival + 1, listener->arrivals * sizeof listener->arrival[0]);
    twin->file[socket].state = OT_CONNECTED;
    twin->file[socket].unread = 0;
    if (client != OT_NEVER) {
        twin->file[socket].peer = (int)client;
        twin->file[client].peer = socket;
        if (twin->file[client].handles == 0) { /* gone before it was accepted: it has shut down */
            twin->file[socket].state = OT_HUNG_UP;
        }
    }
}

static bool accept_has(struct operations_twin *twin, int i, bool is_new, struct ending *ending, bool takes)
{
    struct ot_file *file = file_of(twin, i);

    *ending = (struct ending){NO_ERROR, 0};
    if (file->kind == OT_LISTENER) {
        if (takes && file->arrivals > 0) {
            take_client(twin, file, twin->handle[twin->op[i].call.other].file);
            return true;
        }
        return file->arrivals > 0;
    }
    if (file->state == OT_CONNECTED) { /* IOCP-98 */
        ending->error = is_new ? PIPE_CONNECTED : NO_ERROR;
        fire_if(twin, takes, is_new ? OT_RULE_CLIENT_THERE : OT_RULE_CLIENT_LATER);
    } else if (file->state != OT_UNCONNECTED) {
        ending->error = NO_DATA;
    }
    return file->state != OT_UNCONNECTED;
}

bool ot_stream_has(struct operations_twin *twin, int i, bool is_new, struct ending *ending, bool takes)
{
    const struct ot_call *call = &twin->op[i].call;
    bool is_socket = file_of(twin, i)->kind == OT_SOCKET;
    bool has;

    if (call->verb == OT_WRITE) {
        return write_has(twin, i, is_new, ending, takes);
    }
    if (call->verb == OT_ACCEPT) {
        return accept_has(twin, i, is_new, ending, takes);
    }
    has = read_has(file_of(twin, i), call, is_new, ending, takes);
    if (has && takes) {
        fire_if(twin, call->bytes == 0 && !is_new && ending->error == NO_ERROR, OT_RULE_ZERO_STREAM);
        fire_if(twin, is_socket && file_of(twin, i)->state == OT_HUNG_UP && ending->count == 0, OT_RULE_SHUT_DOWN);
        fire_if(twin, ending->error == NETNAME_DELETED, OT_RULE_RESET_PENDING);
        fire_if(twin, ending->error == CONNRESET, OT_RULE_RESET_KNOWN);
    }
    return has;
}

bool ot_has_older(const struct operations_twin *twin, int i)
{
    for (int j = 0; j < i; j++) {
        if (twin->op[j].place == OT_AT_FAR_END && twin->op[j].file == twin->op[i].file &&
            twin->op[j].call.verb == twin->op[i].call.verb) {
            return true;
        }
    }
    return false;
}

/* A connect is over; its listener has a client, or there is none that listens. */
static uint32_t connects(struct operations_twin *twin, int i)
{
    int other = twin->op[i].call.other == OT_NONE ? OT_NONE : twin->handle[twin->op[i].call.other].file;
    struct ot_file *listener = other == OT_NONE ? NULL : &twin->file[other];

    if (twin->op[i].error != NO_ERROR) {
        return twin->op[i].error;
    }
    if (twin->op[i].call.other != OT_NONE &&
        (listener == NULL || listener->handles == 0 || listener->kind != OT_LISTENER)) {
        return REFUSED;
    }
    file_of(twin, i)->state = OT_CONNECTED;
    if (listener != NULL && listener->arrivals < OT_ARRIVALS) {
        listener->arrival[listener->arrivals++] = (uint64_t)twin->op[i].file;
    }
    return NO_ERROR;
}

void operations_goes_on(struct operations_twin *twin, enum ot_kind kind, int i)
{
    struct ot_operation *op = &twin->op[i];
    bool at_device = file_of(twin, i)->device != OT_NONE;
    bool begins = kind == OT_DEVICE_BEGIN || kind == OT_DEVICE_QUEUE;
    struct ending ending;

    if (op->place == OT_OVER) {
        return;
    }
    if (kind == OT_PEND) {
        if (op->in_call && !op->waits && op->call_due == twin->now) {
            op->in_call = false;
            fire(twin, OT_RULE_PENDS_LATE);
            twin->thread[op->thread].call = OT_NONE;
            answer(twin, op->thread, PENDING, 0);
            say_op(twin, OT_PEND, i);
        }
    } else if (op->is_doomed) {
        if (op->is_marked == (kind == OT_CANCEL)) {
            op->is_doomed = false;
            if (op->is_marked) {
                say_op(twin, OT_CANCEL, i);
            }
            ot_end(twin, i, op->doom, 0);
        }
    } else if (op->place == OT_IN_SERVICE && op->due == twin->now && !begins) {
        uint32_t error = op->call.verb == OT_CONNECT ? connects(twin, i) : op->error;
        ot_end(twin, i, error, error == NO_ERROR || error == MORE_DATA ? op->count : 0);
    } else if (op->place == OT_AT_FAR_END && begins == at_device && !ot_has_older(twin, i) &&
               ot_stream_has(twin, i, false, &ending, true)) {
        op->error = ending.error;
        op->count = ending.count;
        if (at_device) {
            ot_submit(twin, i);
        } else {
            ot_end(twin, i, ending.error, ending.count);
        }
    }
}

const char *operations_owes(struct operations_twin *twin)
{
    struct ending ending;

    if (twin->verdicts > 0) {
        return "has not gone all the way";
    }
    for (int i = 0; i < twin->ops; i++) {
        const struct ot_operation *op = &twin->op[i];
        int device = twin->file[op->file].device;
        if (op->place == OT_OVER) {
            continue;
        }
        if (op->is_doomed) {
            return "has not been ended by a cancel, a close or an exit";
        }
        if ((op->place == OT_IN_SERVICE && op->due < twin->now) ||
            (op->in_call && !op->waits && op->call_due < twin->now)) {
            return "is past its time";
        }
        if (op->place == OT_AT_DEVICE && has_room(twin, device)) {
            return "waits for a device that has room";
        }
        if (op->place == OT_AT_FAR_END && !ot_has_older(twin, i) && ot_stream_has(twin, i, false, &ending, false)) {
            return "waits for what is there";
        }
    }
    for (int i = 0; i < OT_THREADS; i++) {
        const struct ot_thread *thread = &twin->thread[i];
        if (thread->awaited != OT_NONE && twin->op[thread->awaited].call.event == OT_NONE &&
            twin->file[twin->op[thread->awaited].file].signalled) {
            return "is awaited at a file object that is signalled";
        }
    }
    return NULL;
}
