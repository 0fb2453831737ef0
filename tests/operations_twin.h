/* SPDX-License-Identifier: Apache-2.0 */
/* The second twin: overlapped operations once more, naive and by the facts alone (IOCP-5..12, 80..120).
 *
 * What it takes from the run: which thread executes which step and when; which operation goes on next, where
 * several may; and which of two things due at one instant comes first. What it decides: what a call answers,
 * whether an operation may go on now and whether one must have gone on, with which error and count, whether a
 * packet comes, at which port, with which key, what is signalled, what a cancel or a close finds, and what a
 * device serves next. Errors are Windows' own numbers. */
#ifndef TESTS_OPERATIONS_TWIN_H
#define TESTS_OPERATIONS_TWIN_H

#include <stdbool.h>
#include <stdint.h>

#define OT_NONE (-1)
#define OT_NEVER UINT64_MAX
#define OT_HANDLES 48
#define OT_EVENTS 16
#define OT_DEVICES 8
#define OT_FAULTS 4
#define OT_THREADS 24
#define OT_PORTS 40
#define OT_ARRIVALS 64
#define OT_OPERATIONS 1024
#define OT_VERDICTS 64

/* RULE(id, fact, what): counted, so that the random scenarios are known to reach it. */
#define OT_RULES(RULE)                                                                             \
    RULE(SHARED_FILE, "IOCP-5", "an operation through a duplicate")                                \
    RULE(BOUND_TWICE, "IOCP-6", "a second association refused")                                    \
    RULE(SYNC_BOUND, "IOCP-8", "a synchronous handle refused by a port")                           \
    RULE(LATE_PORT, "IOCP-11", "a packet at a port associated after the issue")                    \
    RULE(ROUTINE, "IOCP-12", "a routine instead of a packet")                                      \
    RULE(ROUTINE_REFUSED, "IOCP-12", "a routine refused where there is a port")                    \
    RULE(PENDED_WELL, "IOCP-80", "a packet of what pended and succeeded")                          \
    RULE(NO_PORT, "IOCP-80", "no packet without a port")                                           \
    RULE(AT_ONCE, "IOCP-81", "a packet of an immediate success")                                   \
    RULE(PENDED_BADLY, "IOCP-82", "a packet of what pended and failed")                            \
    RULE(FAILED_AT_ONCE, "IOCP-83", "no packet of an immediate error")                             \
    RULE(WARNED_AT_ONCE, "IOCP-83a", "a packet of an immediate warning")                           \
    RULE(WARNED_LATER, "IOCP-83a", "a packet of a warning that pended")                            \
    RULE(SKIPPED, "IOCP-84", "no packet of an immediate success in skip mode")                     \
    RULE(NOT_SKIPPED, "IOCP-84", "a packet of what pended in skip mode")                           \
    RULE(QUIET_FILE, "IOCP-85", "a file object that is not signalled")                             \
    RULE(MODES_STAY, "IOCP-86", "modes added to modes")                                            \
    RULE(MODES_REFUSED, "IOCP-86", "a synchronous handle refused to skip its port")                \
    RULE(LOW_BIT, "IOCP-87", "no packet with the low bit of hEvent")                               \
    RULE(EVENT_AND_PACKET, "IOCP-88", "an event set and a packet")                                 \
    RULE(SIGNAL_FIRST, "IOCP-89", "the event set before the packet")                               \
    RULE(SEEN_LATE, "IOCP-90", "a result to be read when its packet was taken")                    \
    RULE(SEEN_EARLY, "IOCP-90", "a result to be read before its packet was taken")                 \
    RULE(INCOMPLETE, "IOCP-91", "a result asked while the operation pends")                        \
    RULE(RESULT_READ, "IOCP-91", "a result read")                                                  \
    RULE(WAITS_FILE, "IOCP-92", "a result awaited at the file object")                             \
    RULE(WAITS_EVENT, "IOCP-92", "a result awaited at the event")                                  \
    RULE(WRONG_WAKE, "IOCP-92", "another operation's end ends the wait for a result")              \
    RULE(EVENT_RESET, "IOCP-93", "an event reset at the start")                                    \
    RULE(END_PENDS, "IOCP-94", "the end of a file told by a packet")                               \
    RULE(END_AT_ONCE, "IOCP-94", "the end of a file told by the call")                             \
    RULE(SHORT_COUNT, "IOCP-94", "a short count before the end of a file")                         \
    RULE(ZERO_FILE, "IOCP-95", "a read of nothing from a file")                                    \
    RULE(ZERO_STREAM, "IOCP-95", "a read of nothing that waited for data")                         \
    RULE(SHUT_DOWN, "IOCP-96", "a receive of 0 bytes after a shutdown")                            \
    RULE(RESET_PENDING, "IOCP-96", "a reset with a receive pending")                               \
    RULE(RESET_KNOWN, "IOCP-96", "a reset known before the call")                                  \
    RULE(ACCEPTED, "IOCP-97", "an accept ends on the listener's port")                             \
    RULE(CLIENT_LATER, "IOCP-98", "a pipe's client comes after the call")                          \
    RULE(CLIENT_THERE, "IOCP-98", "a pipe's client is there already")                              \
    RULE(TWO_COUNTS, "IOCP-99", "another count for the caller than for the packet")                \
    RULE(CACHED, "IOCP-100", "a read of a cached file within the call")                            \
    RULE(EXTENDING, "IOCP-100", "a write that makes its file longer")                              \
    RULE(IN_CALL, "IOCP-101", "an operation over before its call")                                 \
    RULE(PENDS_LATE, "IOCP-101", "a call that keeps its caller and then pends")                    \
    RULE(UNCACHED, "IOCP-102", "an uncached read that pends")                                      \
    RULE(SYNCHRONOUS, "IOCP-103", "a call on a synchronous handle")                                \
    RULE(NO_OVERLAPPED_FILE, "IOCP-104", "a file that refuses a call without an OVERLAPPED")       \
    RULE(NO_OVERLAPPED, "IOCP-104", "a call without an OVERLAPPED that waits")                     \
    RULE(TWICE, "IOCP-105", "a cancel finds two with one OVERLAPPED")                              \
    RULE(CANCELLED, "IOCP-110", "a packet of what was cancelled")                                  \
    RULE(OWN_ONLY, "IOCP-111", "CancelIo leaves what another thread issued")                       \
    RULE(OWN_NONE, "IOCP-111", "CancelIo finds nothing and succeeds")                              \
    RULE(CANCEL_ALL, "IOCP-112", "CancelIoEx finds what another thread issued")                    \
    RULE(CANCEL_ONE, "IOCP-112", "CancelIoEx leaves what has another OVERLAPPED")                  \
    RULE(CANCEL_NONE, "IOCP-112", "CancelIoEx finds nothing and fails")                            \
    RULE(CANCEL_LATE, "IOCP-113", "a cancel between an end and its dequeue")                       \
    RULE(CALL_CANCELLED, "IOCP-114", "CancelSynchronousIo ends a call")                            \
    RULE(NO_CALL, "IOCP-114", "CancelSynchronousIo finds no call")                                 \
    RULE(STILL_OPEN, "IOCP-116", "a close of one of two handles beside pending operations")        \
    RULE(PIPE_CLOSED, "IOCP-117", "a close ends what is pending on a pipe")                        \
    RULE(SOCKET_CLOSED, "IOCP-117", "a close ends what is pending on a socket or file")            \
    RULE(PORT_CLOSED, "IOCP-118", "a packet at a closed port")                                     \
    RULE(ISSUER_ENDS, "IOCP-119", "an exit ends what has no port")                                 \
    RULE(OUTLIVES, "IOCP-119", "an operation outlives its issuer")                                 \
    RULE(EVENT_ENDS, "IOCP-120", "an exit ends what has a port and an event")

enum ot_rule {
#define RULE(id, fact, what) OT_RULE_##id,
    OT_RULES(RULE)
#undef RULE
    OT_RULE_COUNT,
};

/* What the twin can be told to get wrong, so that the test of the test has something to find. */
enum ot_mistake { OT_RIGHT, OT_ERROR_LEAVES_PACKET, OT_CANCEL_FORGETS_ISSUER, OT_CLOSE_IS_ABORT, OT_MISTAKES };

/* What must be told next. Of what happens within a call the thread's answer is kept apart. */
enum ot_kind {
    OT_ISSUE,
    OT_PEND,
    OT_IMMEDIATE,
    OT_COMPLETE,
    OT_VISIBLE,
    OT_CANCEL,
    OT_DEVICE_QUEUE,
    OT_DEVICE_BEGIN,
    OT_DEVICE_END,
    OT_SUPPRESS,
    OT_INSERT,
    OT_ROUTINE_QUEUED, /* up to here: of an operation */
    OT_EVENT_SET,
    OT_EVENT_RESET,
    OT_FILE_SET,
    OT_FILE_RESET, /* up to here: of what is signalled */
    OT_ASSOCIATED,
    OT_MODES,
    OT_CLOSED,
    OT_FAR_END,
    OT_MISUSE,
    OT_KINDS,
};

struct ot_verdict {
    enum ot_kind kind;
    int op;     /* the twin's own number; OT_NONE */
    int object; /* event, handle, port or, of a routine, thread; OT_NONE */
    uint32_t error;
    uint64_t bytes;
};

enum ot_file_kind { OT_FILE, OT_PIPE, OT_MESSAGE_PIPE, OT_SOCKET, OT_LISTENER };
enum ot_state { OT_UNCONNECTED, OT_CONNECTED, OT_HUNG_UP, OT_RESET };
enum ot_visible { OT_AT_DEQUEUE, OT_AT_COMPLETION, OT_BY_EVENT };
enum ot_order { OT_FIFO, OT_LIFO, OT_SHORTEST };
enum ot_verb { OT_READ, OT_WRITE, OT_ACCEPT, OT_CONNECT, OT_CONTROL };
enum ot_act { OT_DIAL, OT_DELIVER, OT_CONSUME, OT_HANG_UP, OT_ABORT };

/* Who tells of a new file fills in the upper half. */
struct ot_file {
    enum ot_file_kind kind;
    bool synchronous, cached, skips_port, skips_event;
    enum ot_visible visible;
    enum ot_state state;
    int port, device;   /* OT_NONE */
    int first_handle;   /* names its signal */
    int handles;        /* open ones */
    uint64_t key, size; /* size OT_NEVER: no end */
    bool signalled;
    int peer;                          /* the file at the other side; OT_NONE */
    uint64_t arrival[OT_ARRIVALS];     /* message pipes: bytes; listeners: clients' files, OT_NEVER is outside */
    uint32_t arrivals;
    uint64_t unread, wanted;           /* bytes that came; bytes that the far end would take */
};

struct ot_fault {
    uint32_t error;
    uint64_t nth, from, to; /* nth 0: between two instants */
    bool at_once;
};

struct ot_device {
    uint64_t latency, inside_call;
    uint32_t parallel; /* 0: no limit */
    enum ot_order order;
    bool at_once, end_at_once;
    struct ot_fault fault[OT_FAULTS];
    uint32_t faults;
    uint64_t issued;
};

/* A call of I/O. */
struct ot_call {
    enum ot_verb verb;
    int handle, other; /* other: an accept's socket, a connect's listener */
    uint64_t bytes, offset, packet_bytes, latency;
    int event, overlapped; /* overlapped: the variable that stands for the OVERLAPPED */
    bool has_overlapped, packet, routine, says_latency, says_at_once, at_once;
    uint32_t failure;
};

/* Where an operation is. */
enum ot_place { OT_AT_FAR_END, OT_AT_DEVICE, OT_IN_SERVICE, OT_OVER };

struct ot_operation {
    struct ot_call call;
    uint64_t number; /* the run's; 0: not told yet */
    int file, thread;
    enum ot_place place;
    bool waits;         /* its issuer is in the call until it is over */
    bool in_call;       /* the call has not answered */
    bool had_port;      /* at its issue */
    bool is_pending, is_visible; /* as far as was told */
    bool is_queued;     /* its packet is to be taken */
    bool is_doomed, is_marked;   /* by a close or exit; by a cancel */
    uint32_t error, doom;
    uint64_t count, callers_count, latency, due, call_due, entered;
    int taker;          /* thread that got the packet */
};

struct ot_thread {
    bool has_answer, has_ended;
    bool was_blocked, timed_out; /* in the wait for a result */
    uint32_t error;
    uint64_t bytes;
    int call;    /* the operation whose end the thread waits for in its call */
    int awaited; /* the operation whose result it asks for */
};

/* Zeroed, then begun. */
struct operations_twin {
    struct ot_file file[OT_HANDLES];
    struct {
        int file; /* OT_NONE: not made */
        bool is_open;
    } handle[OT_HANDLES];
    struct ot_device device[OT_DEVICES];
    struct ot_operation op[OT_OPERATIONS];
    struct ot_thread thread[OT_THREADS];
    bool event_set[OT_EVENTS], port_closed[OT_PORTS];
    int variable[OT_HANDLES]; /* the operation it holds; OT_NONE */
    int files, ops;
    struct ot_verdict verdict[OT_VERDICTS]; /* what must be told next, in order */
    int verdicts;
    uint64_t now, count;
    int closing; /* file whose last handle is being closed; OT_NONE */
    bool is_xp;
    enum ot_mistake mistake;
    unsigned fired[OT_RULE_COUNT];
};

void operations_begin(struct operations_twin *twin);

/* Steps of a thread. */
void operations_call(struct operations_twin *twin, int thread, const struct ot_call *call);
void operations_far_end(struct operations_twin *twin, int handle, enum ot_act act, uint64_t bytes);
void operations_associate(struct operations_twin *twin, int thread, int handle, int port, uint64_t key);
void operations_duplicate(struct operations_twin *twin, int thread, int handle, int made);
void operations_set_modes(struct operations_twin *twin, int thread, int handle, unsigned modes);
void operations_close(struct operations_twin *twin, int thread, int handle);
void operations_cancel(struct operations_twin *twin, int thread, int handle, bool own);
void operations_cancel_one(struct operations_twin *twin, int thread, int handle, int variable);
void operations_cancel_call(struct operations_twin *twin, int thread, int target);
void operations_result(struct operations_twin *twin, int thread, int variable, bool waits);
void operations_exit(struct operations_twin *twin, int thread);

/* The run goes on with an operation by a record of this kind; no verdicts follow when it may not. */
void operations_goes_on(struct operations_twin *twin, enum ot_kind kind, int op);

/* What a record has told is known from now on. */
void operations_told(struct operations_twin *twin, const struct ot_verdict *verdict);

/* A thread takes the operation's packet. */
void operations_taken(struct operations_twin *twin, int op, int thread);

/* The answer of the result that a thread asked for. */
void operations_answer_result(struct operations_twin *twin, int thread);

/* Between two steps: what must have happened and has not; NULL. */
const char *operations_owes(struct operations_twin *twin);

#endif
