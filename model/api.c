/* SPDX-License-Identifier: Apache-2.0 */
/* Layers.
 *
 * A file_stream has a buffer. A read that is smaller fills it, and the next ones are served from it: within the call,
 * on the caller; but .NET Framework has a worker run that callback, and blocks the caller while it fills the buffer
 * (fact CLR-4). On Linux no file is overlapped: a worker reads it, and blocks (fact CLR-3). Sockets of Linux that have
 * an answer at once run the callback on the caller (fact CLR-5). So does the body of a web response that is there
 * (fact CLR-7); issuing the request queues an item at once, that connects (fact CLR-6). All else goes through the pool
 * (model/door.c), and there the end of any operation is alike. */
#include "model/api.h"

#include "model/door.h"
#include "model/file.h"
#include "model/handle.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/program.h"
#include "model/service.h"
#include "model/thread.h"
#include "model/wait.h"

static struct file *file_of(const struct simulation *sim, packet_id id)
{
    return handle_file(sim, packet_at(sim, id)->handle);
}

static pool_id pool_of(const struct simulation *sim, packet_id id)
{
    return door_at(sim, file_of(sim, id)->door)->pool;
}

/* Whether a file_stream reads so little that it uses its buffer. */
static bool uses_buffer(const struct simulation *sim, packet_id id)
{
    const struct packet *packet = packet_at(sim, id);

    return packet->verb == VERB_read && file_of(sim, id)->api == FILE_API_FILE_STREAM &&
           packet->told < file_of(sim, id)->buffer;
}

/* Whether it is served from what was read ahead, which is there once nothing is pending. */
static bool is_buffered(const struct simulation *sim, packet_id id)
{
    return uses_buffer(sim, id) && file_of(sim, id)->buffered > 0 && file_of(sim, id)->pending == 0;
}

static void begin_file_stream(struct simulation *sim, packet_id id)
{
    pool_id pool = pool_of(sim, id);
    const struct pool_policy *policy = pool_policy_of(sim, pool);
    enum pool_io io = pool_io_of(sim, pool);
    bool in_call = policy->buffers_in_call && uses_buffer(sim, id);

    if (is_buffered(sim, id) && !policy->buffers_in_call) {
        packet_at(sim, id)->flags |= PACKET_ON_CALLER;
    } else if (io == IO_BY_ENGINE) {
        packet_at(sim, id)->flags |= PACKET_BY_WORKER;
    } else if (in_call || (io == IO_BY_PORT && policy->files_reach_workers)) {
        packet_at(sim, id)->flags |= PACKET_TO_WORKER;
    }
}

/* The item that a request queues at once: a worker connects. */
static void begin_request(struct simulation *sim, thread_id thread, packet_id id)
{
    pool_id pool = pool_of(sim, id);
    work_item_id item;

    if (pool_policy_of(sim, pool)->web_reaches_workers && pool_io_of(sim, pool) == IO_BY_PORT) {
        packet_at(sim, id)->flags |= PACKET_TO_WORKER; /* fact CLR-6 */
    }
    if (file_of(sim, id)->is_used) {
        return;
    }
    file_of(sim, id)->is_used = true;
    packet_at(sim, id)->flags |= PACKET_IS_REQUEST;
    item = simulation_create_element(sim, TABLE_WORK_ITEM);
    *work_item_at(sim, item) = (struct work_item){.load_item = packet_at(sim, id)->item, .procedure = PLAN_NONE};
    pool_queue(sim, pool, item, thread);
}

void api_begins(struct simulation *sim, thread_id thread, packet_id id)
{
    enum file_api api = (enum file_api)file_of(sim, id)->api;
    enum pool_io io = pool_io_of(sim, pool_of(sim, id));

    if (io == IO_IS_WORK) {
        return;
    }
    if (io != IO_BY_ENGINE || api != FILE_API_FILE_STREAM) {
        door_is_used(sim, file_of(sim, id)->door, thread, packet_at(sim, id)->given);
    }
    switch (api) {
    case FILE_API_OVERLAPPED:
        if (io == IO_BY_ENGINE) {
            misuse(sim, thread, "a pool on Linux serves no overlapped operation: give the handle an 'api' (fact CLR-8)");
        }
        break;
    case FILE_API_SOCKET:
        break;
    case FILE_API_FILE_STREAM:
        begin_file_stream(sim, id);
        break;
    case FILE_API_HTTP:
        begin_request(sim, thread, id);
        break;
    }
}

/* The buffer is filled as far as the file goes, and the read has its part of it. */
static void fill(struct simulation *sim, packet_id id)
{
    struct file *file = file_of(sim, id);
    uint64_t there = file->size < file->buffer ? file->size : file->buffer;
    uint64_t taken = packet_at(sim, id)->bytes;

    file->buffered = there > taken ? there - taken : 0;
}

enum record_why api_serves_in_call(struct simulation *sim, packet_id id)
{
    struct packet *packet = packet_at(sim, id);
    struct file *file = file_of(sim, id);

    if (file->door == 0 || pool_io_of(sim, pool_of(sim, id)) == IO_IS_WORK || !uses_buffer(sim, id)) {
        return WHY_NONE;
    }
    if (is_buffered(sim, id)) {
        packet->bytes = packet->bytes < file->buffered ? packet->bytes : file->buffered;
        file->buffered -= packet->bytes;
        return WHY_BUFFERED;
    }
    fill(sim, id);
    return pool_policy_of(sim, pool_of(sim, id))->buffers_in_call ? WHY_SERVED_IN_CALL : WHY_NONE;
}

/* How many callbacks the thread runs within calls, each inside the one before (fact CLR-7). */
static bool is_too_deep(const struct simulation *sim, packet_id id)
{
    uint64_t most = pool_at(sim, pool_of(sim, id))->constants.inline_nesting_limit;
    uint64_t depth = 0;

    for (frame_id at = thread_at(sim, packet_at(sim, id)->issuer)->frame; at != 0 && most > 0; at = frame_at(sim, at)->up) {
        depth += frame_at(sim, at)->kind == FRAME_CONTINUATION && frame_at(sim, at)->packet != 0;
    }
    return most > 0 && depth >= most;
}

void api_is_answered(struct simulation *sim, packet_id id)
{
    struct packet *packet = packet_at(sim, id);
    bool is_response = (packet->flags & PACKET_IS_REQUEST) != 0;
    enum file_api api = (enum file_api)file_of(sim, id)->api;
    enum pool_io io;

    if (file_of(sim, id)->door == 0) {
        return;
    }
    io = pool_io_of(sim, pool_of(sim, id));
    if (api == FILE_API_SOCKET && io == IO_BY_ENGINE) {
        packet->flags |= PACKET_ON_CALLER;
    } else if (api == FILE_API_HTTP && !is_response && io != IO_IS_WORK) {
        packet->flags &= ~(uint32_t)PACKET_TO_WORKER;
        packet->flags |= is_too_deep(sim, id) ? PACKET_TO_WORKER : PACKET_ON_CALLER;
    }
}

bool api_answers_pending(const struct simulation *sim, packet_id id)
{
    return file_of(sim, id)->door != 0 && file_of(sim, id)->api != FILE_API_OVERLAPPED &&
           (packet_at(sim, id)->flags & PACKET_ON_CALLER) == 0;
}

void api_queue_for_worker(struct simulation *sim, packet_id id)
{
    packet_hold(sim, id); /* by the item */
    pool_queue_packet(sim, pool_of(sim, id), id, 0, packet_at(sim, id)->issuer);
}

enum step_end api_worker_serves(struct simulation *sim, thread_id worker, work_item_id item)
{
    packet_id id = work_item_at(sim, item)->packet;
    struct packet *packet = packet_at(sim, id);
    thread_id issuer = packet->issuer;

    work_item_at(sim, item)->chore = CHORE_CALLBACK; /* when it goes on */
    if ((packet->flags & PACKET_IS_PENDING) == 0) {  /* it was cancelled */
        return STEP_GOES_ON;
    }
    thread_at(sim, issuer)->outstanding--;
    thread_forget(sim, issuer);
    thread_at(sim, worker)->outstanding++;
    packet->issuer = worker;
    packet->flags |= PACKET_IS_SYNCHRONOUS;
    packet->cause = work_item_at(sim, item)->cause;
    service_begin(sim, id);
    wait_for_operation(sim, worker, id);
    return STEP_STOPS;
}

void api_call_back(struct simulation *sim, packet_id id)
{
    struct packet *packet = packet_at(sim, id);
    thread_id thread = packet->issuer;
    struct frame frame = {
        .bytes = packet->bytes,
        .key = packet->key,
        .operation = id,
        .error = packet->error,
        .ok = !win32_error_is_failed(packet->error),
        .kind = FRAME_CONTINUATION,
        .procedure = packet->procedure,
        .return_pc = thread_at(sim, thread)->pc,
        .locals = packet->locals,
        .packet = id,
        .begun_at = thread_at(sim, thread)->step,
        .called_by = packet->given,
        .item = packet->item,
        .called_why = packet->given_why,
    };

    packet->flags |= PACKET_HAS_ARRIVED;
    if (packet->procedure == PLAN_NONE) {
        return;
    }
    packet->locals = 0;
    packet_hold(sim, id); /* by the frame, as its packet and as its result */
    packet_hold(sim, id);
    program_begin_callback(sim, thread, &frame);
}
