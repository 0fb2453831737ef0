/* SPDX-License-Identifier: Apache-2.0 */
/* File objects: what handles refer to. A file object belongs to one port for life (fact IOCP-6), and knows
 * the operations that are pending on it. */
#ifndef MODEL_FILE_H
#define MODEL_FILE_H

#include "model/packet.h"
#include "model/simulation.h"

/* In the order of the words of `kind`. */
enum file_kind {
    FILE_KIND_FILE, /* answers by itself, after its device's time */
    FILE_KIND_PIPE,
    FILE_KIND_MESSAGE_PIPE,
    FILE_KIND_SOCKET,
    FILE_KIND_LISTENER,
};

enum {
    FILE_IS_SIGNALLED = 1,
    FILE_IS_SYNCHRONOUS = 2, /* opened without FILE_FLAG_OVERLAPPED */
    FILE_IS_CACHED = 4,      /* a read completes in the call */
    FILE_IS_SERVING = 8,     /* what is pending is being given what its stream has */
    FILE_SERVE_AGAIN = 16,   /* and its stream has changed meanwhile */
};

/* Notification modes (facts IOCP-84..86): bits in the order of the words of `modes`. */
enum {
    MODE_SKIP_PORT_ON_SUCCESS = 1,
    MODE_SKIP_SET_EVENT_ON_HANDLE = 2,
};

/* When the status block of an operation can be read (fact IOCP-90), in the order of the words. */
enum status_visible {
    STATUS_AT_DEQUEUE,
    STATUS_AT_COMPLETION,
    STATUS_BY_EVENT, /* not said: at completion with an event, else at dequeue */
};

/* The layer of a library through which a program uses it, in the order of the words of `api`. */
enum file_api {
    FILE_API_OVERLAPPED, /* none */
    FILE_API_FILE_STREAM,
    FILE_API_SOCKET,
    FILE_API_HTTP,
};

/* A file without an end. */
#define FILE_SIZE_NONE UINT64_MAX

struct file {
    uint64_t key;
    uint64_t size; /* FILE_SIZE_NONE: no end */
    uint64_t buffer, buffered; /* of a file_stream: room, and bytes that have been read ahead */
    device_id device;
    queue_id queue;
    uint32_t procedure;                     /* callback of operations that name none; PLAN_NONE */
    waitable_id waitable;                   /* made when somebody waits for it */
    packet_id first_pending, last_pending;  /* operations, in the order of their issue */
    uint32_t pending;                       /* how many */
    uint32_t handles;                       /* open ones */
    handle_id named;                        /* the first handle to it: records of its signal name this one */
    stream_id stream;                       /* of all kinds but files */
    door_id door;                           /* to a pool, where completions go; 0: to none */
    uint8_t kind, flags, modes, status_visible;
    uint8_t api;                            /* enum file_api */
    bool is_used, spare[6];                 /* the layer has begun its first operation */
};

static inline struct file *file_at(const struct simulation *sim, file_id id)
{
    return BLOCK_AT(&sim->block, TABLE_FILE, struct file, id);
}

/* The file object's own signal (facts IOCP-89, 92); told only where it changes. */
void file_signal(struct simulation *sim, file_id file, uint64_t cause);
void file_unsignal(struct simulation *sim, file_id file, thread_id issuer);

/* An operation is pending on its file object, or no longer. O(1). */
void file_link(struct simulation *sim, file_id file, packet_id operation);
void file_unlink(struct simulation *sim, file_id file, packet_id operation);

#endif
