/* SPDX-License-Identifier: Apache-2.0 */
/* Streams. Source: facts IOCP-83, 83a, 94..98, 117.
 *
 * An operation asks its stream twice: when it is issued, and, while it pends, whenever the far end has acted.
 * Bytes that nobody reads stay; a write is over when the far end has taken all of it, which it may have asked
 * for before. */
#include "model/stream.h"

#include "sim/check.h"

static struct arrival *arrival_at(const struct simulation *sim, uint32_t id)
{
    return block_at(&sim->block, TABLE_ARRIVAL, id);
}

void stream_create(struct simulation *sim, file_id file, bool is_connected)
{
    stream_id id = simulation_create_element(sim, TABLE_STREAM);
    struct stream *stream = block_at(&sim->block, TABLE_STREAM, id);

    stream->state = is_connected && file_at(sim, file)->kind != FILE_KIND_LISTENER ? STREAM_CONNECTED
                                                                                  : STREAM_UNCONNECTED;
    file_at(sim, file)->stream = id;
}

static void append(struct simulation *sim, file_id file, struct arrival arrival)
{
    uint32_t id = simulation_create_element(sim, TABLE_ARRIVAL);
    struct stream *stream = stream_of(sim, file);

    *arrival_at(sim, id) = arrival;
    if (stream->last != 0) {
        arrival_at(sim, stream->last)->next = id;
    } else {
        stream->first = id;
    }
    stream->last = id;
    stream->arrivals++;
}

static struct arrival pop(struct simulation *sim, file_id file)
{
    struct stream *stream = stream_of(sim, file);
    uint32_t id = stream->first;
    struct arrival arrival = *arrival_at(sim, id);

    SIM_CHECK(id != 0);
    stream->first = arrival.next;
    if (stream->first == 0) {
        stream->last = 0;
    }
    stream->arrivals--;
    block_free(&sim->block, TABLE_ARRIVAL, id);
    return arrival;
}

static bool answer_with(struct stream_answer *answer, uint64_t bytes, uint16_t error, enum record_why why)
{
    *answer = (struct stream_answer){bytes, error, why};
    return true;
}

static bool is_socket(const struct simulation *sim, file_id file)
{
    return file_at(sim, file)->kind == FILE_KIND_SOCKET || file_at(sim, file)->kind == FILE_KIND_LISTENER;
}

/* A read with nothing left to read. `is_new`: it was issued just now (fact IOCP-96). */
static bool read_answers_none(const struct simulation *sim, file_id file, bool is_new, struct stream_answer *answer)
{
    switch ((enum stream_state)stream_of(sim, file)->state) {
    case STREAM_UNCONNECTED:
        return answer_with(answer, 0,
                           is_socket(sim, file) ? WIN32_WSAENOTCONN : WIN32_ERROR_PIPE_LISTENING,
                           WHY_IMMEDIATE_ERROR);
    case STREAM_CONNECTED:
        break;
    case STREAM_HUNG_UP:
        return answer_with(answer, 0,
                           is_socket(sim, file) ? WIN32_ERROR_SUCCESS : WIN32_ERROR_BROKEN_PIPE, WHY_HANG_UP);
    case STREAM_RESET:
        return answer_with(answer, 0,
                           !is_socket(sim, file) ? WIN32_ERROR_BROKEN_PIPE
                           : is_new              ? WIN32_WSAECONNRESET
                                                 : WIN32_ERROR_NETNAME_DELETED,
                           WHY_RESET);
    }
    return false;
}

/* A message longer than the buffer gives its beginning and a warning; the rest stays (fact IOCP-83a). */
static bool read_message(struct simulation *sim, file_id file, uint64_t room, struct stream_answer *answer)
{
    struct stream *stream = stream_of(sim, file);
    struct arrival *message = arrival_at(sim, stream->first);

    if (message->bytes > room) {
        message->bytes -= room;
        stream->unread -= room;
        return answer_with(answer, room, WIN32_ERROR_MORE_DATA, WHY_DATA_ARRIVED);
    }
    stream->unread -= message->bytes;
    return answer_with(answer, pop(sim, file).bytes, WIN32_ERROR_SUCCESS, WHY_DATA_ARRIVED);
}

static bool read_answers(struct simulation *sim, file_id file, const struct packet *read, struct stream_answer *answer)
{
    struct stream *stream = stream_of(sim, file);
    bool is_new = (read->flags & PACKET_IS_PENDING) == 0;
    uint64_t bytes = read->bytes < stream->unread ? read->bytes : stream->unread;

    if (stream->first != 0 && file_at(sim, file)->kind == FILE_KIND_MESSAGE_PIPE) { /* a listener's are clients */
        return read_message(sim, file, read->bytes, answer);
    }
    if (stream->unread == 0) {
        return read_answers_none(sim, file, is_new, answer);
    }
    stream->unread -= bytes;
    return answer_with(answer, bytes, WIN32_ERROR_SUCCESS, WHY_DATA_ARRIVED);
}

static bool write_answers(struct simulation *sim, file_id file, const struct packet *write, struct stream_answer *answer)
{
    struct stream *stream = stream_of(sim, file);
    bool is_new = (write->flags & PACKET_IS_PENDING) == 0;

    if (stream->state == STREAM_UNCONNECTED || stream->state == STREAM_RESET) {
        return read_answers_none(sim, file, is_new, answer);
    }
    if (stream->state == STREAM_HUNG_UP && !is_socket(sim, file)) {
        return answer_with(answer, 0, is_new ? WIN32_ERROR_NO_DATA : WIN32_ERROR_BROKEN_PIPE, WHY_HANG_UP);
    }
    if (stream->peer != 0) {
        (void)stream_deliver(sim, stream->peer, write->bytes);
        return answer_with(answer, write->bytes, WIN32_ERROR_SUCCESS, WHY_DATA_ARRIVED);
    }
    if (stream->wanted < write->bytes) {
        return false;
    }
    stream->wanted -= write->bytes;
    return answer_with(answer, write->bytes, WIN32_ERROR_SUCCESS, WHY_DATA_ARRIVED);
}

/* The accepted socket is connected to the client (fact IOCP-97). */
static void take_client(struct simulation *sim, file_id listener, file_id file)
{
    struct arrival client = pop(sim, listener);

    stream_of(sim, file)->state = STREAM_CONNECTED;
    stream_of(sim, file)->unread = client.bytes;
    stream_of(sim, file)->peer = client.peer;
    if (client.peer != 0) {
        stream_of(sim, client.peer)->peer = file;
    }
    if (client.peer != 0 && file_at(sim, client.peer)->handles == 0) { /* it was closed before, which tells this side */
        stream_of(sim, file)->state = STREAM_HUNG_UP;
    }
}

/* ConnectNamedPipe and AcceptEx (facts IOCP-97, 98). */
static bool accept_answers(struct simulation *sim, file_id file, const struct packet *accept, struct stream_answer *answer)
{
    struct stream *stream = stream_of(sim, file);
    bool is_new = (accept->flags & PACKET_IS_PENDING) == 0;

    if (file_at(sim, file)->kind == FILE_KIND_LISTENER) {
        if (stream->arrivals == 0) {
            return false;
        }
        take_client(sim, file, accept->other);
        return answer_with(answer, 0, WIN32_ERROR_SUCCESS, WHY_DATA_ARRIVED);
    }
    switch ((enum stream_state)stream->state) {
    case STREAM_UNCONNECTED:
        return false;
    case STREAM_CONNECTED:
        return answer_with(answer, 0, is_new ? WIN32_ERROR_PIPE_CONNECTED : WIN32_ERROR_SUCCESS,
                           is_new ? WHY_IMMEDIATE_ERROR : WHY_DATA_ARRIVED);
    case STREAM_HUNG_UP:
    case STREAM_RESET:
        break;
    }
    return answer_with(answer, 0, WIN32_ERROR_NO_DATA, WHY_HANG_UP);
}

bool stream_answers(struct simulation *sim, file_id file, packet_id id, struct stream_answer *answer)
{
    const struct packet *packet = packet_at(sim, id);

    switch ((int)packet->verb) {
    case VERB_read:
        return read_answers(sim, file, packet, answer);
    case VERB_write:
        return write_answers(sim, file, packet, answer);
    case VERB_accept:
        return accept_answers(sim, file, packet, answer);
    default:
        return answer_with(answer, packet->bytes, WIN32_ERROR_SUCCESS, WHY_DATA_ARRIVED);
    }
}

bool stream_dial(struct simulation *sim, file_id file, file_id client)
{
    enum file_kind kind = (enum file_kind)file_at(sim, file)->kind;

    if (kind == FILE_KIND_LISTENER) {
        append(sim, file, (struct arrival){.peer = client});
        return true;
    }
    if (kind == FILE_KIND_FILE || stream_of(sim, file)->state != STREAM_UNCONNECTED) {
        return false;
    }
    stream_of(sim, file)->state = STREAM_CONNECTED;
    return true;
}

/* Whether bytes can come and go. */
static bool has_far_end(const struct simulation *sim, file_id file)
{
    enum file_kind kind = (enum file_kind)file_at(sim, file)->kind;

    return kind != FILE_KIND_FILE && kind != FILE_KIND_LISTENER &&
           stream_of(sim, file)->state == STREAM_CONNECTED;
}

/* What there is and what comes to it: more than can be counted is as much as can be. */
static uint64_t sum(uint64_t some, uint64_t more)
{
    return more > UINT64_MAX - some ? UINT64_MAX : some + more;
}

bool stream_deliver(struct simulation *sim, file_id file, uint64_t bytes)
{
    if (!has_far_end(sim, file)) {
        return false;
    }
    if (file_at(sim, file)->kind == FILE_KIND_MESSAGE_PIPE) {
        append(sim, file, (struct arrival){.bytes = bytes});
    }
    stream_of(sim, file)->unread = sum(stream_of(sim, file)->unread, bytes);
    return true;
}

bool stream_consume(struct simulation *sim, file_id file, uint64_t bytes)
{
    if (!has_far_end(sim, file)) {
        return false;
    }
    stream_of(sim, file)->wanted = sum(stream_of(sim, file)->wanted, bytes);
    return true;
}

bool stream_hang_up(struct simulation *sim, file_id file)
{
    if (!has_far_end(sim, file)) {
        return false;
    }
    stream_of(sim, file)->state = STREAM_HUNG_UP;
    return true;
}

bool stream_abort(struct simulation *sim, file_id file)
{
    struct stream *stream;

    if (!has_far_end(sim, file) && (file_at(sim, file)->stream == 0 ||
                                    stream_of(sim, file)->state != STREAM_HUNG_UP)) {
        return false;
    }
    while (stream_of(sim, file)->arrivals > 0) {
        (void)pop(sim, file);
    }
    stream = stream_of(sim, file);
    stream->unread = 0;
    stream->state = STREAM_RESET;
    return true;
}
