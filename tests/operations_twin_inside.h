/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the second twin share: steps of the program, and ends of operations. */
#ifndef TESTS_OPERATIONS_TWIN_INSIDE_H
#define TESTS_OPERATIONS_TWIN_INSIDE_H

#include <stddef.h>

#include "tests/operations_twin.h"

enum {
    NO_ERROR = 0,
    INVALID_FUNCTION = 1,
    INVALID_HANDLE = 6,
    HANDLE_EOF = 38,
    NETNAME_DELETED = 64,
    INVALID_PARAMETER = 87,
    BROKEN_PIPE = 109,
    NO_DATA = 232,
    MORE_DATA = 234,
    TIMED_OUT = 258,
    PIPE_CONNECTED = 535,
    PIPE_LISTENING = 536,
    ABORTED = 995,
    INCOMPLETE = 996,
    PENDING = 997,
    NOT_FOUND = 1168,
    REFUSED = 1225,
    CONNRESET = 10054,
    NOTCONN = 10057,
};

static inline void fire(struct operations_twin *twin, enum ot_rule rule)
{
    twin->fired[rule]++;
}

static inline void fire_if(struct operations_twin *twin, bool reached, enum ot_rule rule)
{
    twin->fired[rule] += reached;
}

static inline void say(struct operations_twin *twin, struct ot_verdict verdict)
{
    if (twin->verdicts < OT_VERDICTS) {
        twin->verdict[twin->verdicts++] = verdict;
    }
}

static inline void say_op(struct operations_twin *twin, enum ot_kind kind, int op)
{
    say(twin, (struct ot_verdict){.kind = kind, .op = op, .object = OT_NONE});
}

static inline void say_object(struct operations_twin *twin, enum ot_kind kind, int object)
{
    say(twin, (struct ot_verdict){.kind = kind, .op = OT_NONE, .object = object});
}

static inline void answer(struct operations_twin *twin, int thread, uint32_t error, uint64_t bytes)
{
    twin->thread[thread].has_answer = true;
    twin->thread[thread].error = error;
    twin->thread[thread].bytes = bytes;
}

/* Of error severity: neither success nor the one warning. */
static inline bool is_error(uint32_t error)
{
    return error != NO_ERROR && error != MORE_DATA;
}

static inline struct ot_file *open_file(struct operations_twin *twin, int handle)
{
    return handle != OT_NONE && twin->handle[handle].is_open ? &twin->file[twin->handle[handle].file] : NULL;
}

static inline struct ot_file *file_of(struct operations_twin *twin, int op)
{
    return &twin->file[twin->op[op].file];
}

/* Whether the far end must act for it. */
static inline bool is_of_stream(const struct operations_twin *twin, int op)
{
    return twin->file[twin->op[op].file].kind != OT_FILE && twin->op[op].call.verb != OT_CONNECT &&
           twin->op[op].call.verb != OT_CONTROL;
}

struct ending {
    uint32_t error;
    uint64_t count;
};

/* The operation goes to its device, if it has one, or its time begins. */
void ot_submit(struct operations_twin *twin, int op);

/* It is over: what an end tells and leaves. */
void ot_end(struct operations_twin *twin, int op, uint32_t error, uint64_t count);

/* Whether the stream has something for an operation, and what; with `takes` it is taken. */
bool ot_stream_has(struct operations_twin *twin, int op, bool is_new, struct ending *ending, bool takes);

/* Bytes or a message come to a file; to none that is not connected. */
void ot_arrive(struct ot_file *file, uint64_t bytes);

/* Whether an older operation of its kind waits for the far end (IOCP-24). */
bool ot_has_older(const struct operations_twin *twin, int op);

#endif
