/* SPDX-License-Identifier: Apache-2.0 */
/* Streams: the bytes of pipes and sockets, the clients of a listener, and what the far end has done. A far end
 * outside the simulation is driven by the scenario (dial, deliver, consume, hang_up, abort); a socket that was
 * connected to a listener of the scenario has another socket as its peer. */
#ifndef MODEL_STREAM_H
#define MODEL_STREAM_H

#include "model/file.h"
#include "model/simulation.h"

enum stream_state {
    STREAM_UNCONNECTED,
    STREAM_CONNECTED,
    STREAM_HUNG_UP, /* the far end sends no more */
    STREAM_RESET,
};

/* What has arrived and was not taken: a message of a message pipe, or a client at a listener. */
struct arrival {
    uint64_t bytes;
    file_id peer;  /* of a client: its socket; 0: it dialled from outside */
    uint32_t next;
};

struct stream {
    uint64_t unread;        /* bytes that nobody has read yet; of message pipes too */
    uint64_t wanted;        /* bytes that the far end would take and nobody has written yet */
    uint32_t first, last;   /* arrivals: messages, or clients */
    uint32_t arrivals;      /* how many */
    file_id peer;           /* 0: the far end is outside */
    uint32_t state;         /* enum stream_state */
    uint32_t spare;
};

/* What an operation comes to. */
struct stream_answer {
    uint64_t bytes;
    uint16_t error;
    enum record_why why;
};

/* The stream of a pipe, socket or listener that comes to be open. */
void stream_create(struct simulation *sim, file_id file, bool is_connected);

static inline struct stream *stream_of(const struct simulation *sim, file_id file)
{
    return block_at(&sim->block, TABLE_STREAM, file_at(sim, file)->stream);
}

/* Whether the operation, issued or pending, can be answered as its stream stands. If so it takes what it
 * takes: bytes, a message, a client. */
bool stream_answers(struct simulation *sim, file_id file, packet_id operation, struct stream_answer *answer);

/* The far end acts. False when there is no far end that could. */
bool stream_dial(struct simulation *sim, file_id file, file_id client);
bool stream_deliver(struct simulation *sim, file_id file, uint64_t bytes);
bool stream_consume(struct simulation *sim, file_id file, uint64_t bytes);
bool stream_hang_up(struct simulation *sim, file_id file);
bool stream_abort(struct simulation *sim, file_id file);

#endif
