/* SPDX-License-Identifier: Apache-2.0 */
/* Completion ports as programs call them. Source: facts IOCP-1..4, 15..17, 60..75. */
#include "model/port.h"

#include "model/delivery.h"
#include "model/names.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/process.h"
#include "model/queue.h"
#include "model/target.h"
#include "model/thread.h"
#include "model/wait.h"

/* The most packets that one Ex takes. */
#define PACKETS_MAX 256

/* Reads what a declaration or a `create_port` gives (fact IOCP-4: 0 means as many as processors). */
static bool
queue_read(struct simulation *sim, thread_id thread, queue_id id, const struct port_attributes *given)
{
    int64_t limit = 0;

    if (!operand_number(sim, thread, given->concurrency, &limit)) {
        return false;
    }
    queue_at(sim, id)->limit =
        limit <= 0 ? sim->plan->processors : limit > UINT32_MAX ? UINT32_MAX : (uint32_t)limit;
    queue_at(sim, id)->wake =
        given->wake == OPERAND_ABSENT ? (uint8_t)WAKE_NEWEST : (uint8_t)given->wake;
    return true;
}

void port_declare(struct simulation *sim, const struct plan_object *declaration)
{
    const struct port_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, port, declaration);

    for (uint32_t i = 0; i < declaration->count; i++) {
        queue_id id = declaration->first_slot + i + 1;

        sim->index = declaration->from + i;
        queue_at(sim, id)->process = PROCESS_DEFAULT;
        if (!declaration->later) {
            queue_at(sim, id)->is_made = queue_read(sim, 0, id, attributes);
        }
    }
}

/* The port of a verb; 0 after a misuse, or when its handle is closed or another process's, which the outcome then
 * says. */
static inline queue_id port_operand(struct simulation *sim, thread_id thread, uint32_t operand)
{
    queue_id id = operand_subject(sim, thread, operand, OBJECT_PORT);

    if (queue_is_valid(sim, thread, id)) {
        return id; /* nobody's is not made */
    }
    if (id != 0) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
    }
    return 0;
}

/* The thread never parked: it comes back active, without a packet (fact IOCP-39). */
static void
come_back(struct simulation *sim, thread_id thread, queue_id queue, enum record_why why)
{
    struct record *record;

    queue_at(sim, queue)->active++;
    record = emit_verb(sim, RECORD_PORT_TIMEOUT, thread);
    record_queue(sim, record, queue);
    if (record != NULL) {
        record->why = (uint8_t)why;
    }
    delivery_fail(sim, thread, wait_unparked_error(why));
}

/* Takes up to `most` packets (facts IOCP-36, 52, 71), by the rule `why`: the taker counts once. */
static void take(struct simulation *sim, thread_id thread, uint32_t most, enum record_why why)
{
    queue_id queue = thread_at(sim, thread)->queue;
    uint32_t batch = queue_at(sim, queue)->depth < most ? queue_at(sim, queue)->depth : most;

    queue_at(sim, queue)->active++;
    for (uint32_t i = 0; i < batch; i++) {
        packet_id packet = queue_take(sim, queue);
        struct record *record = emit_verb(sim, RECORD_PACKET_TAKE, thread);
        record_queue(sim, record, queue);
        if (record != NULL) {
            record->op = packet_at(sim, packet)->number;
            record->item = item_number(sim, packet_at(sim, packet)->item);
            record->cause = packet_at(sim, packet)->cause;
            record->count = batch;
            record->why = (uint8_t)why;
        }
        thread_is_caused(sim, thread);
        delivery_add(sim, thread, packet, why);
    }
    delivery_end(sim, thread);
}

/* How a get wants to dequeue. */
static bool get_read(struct simulation *sim,
                     thread_id thread,
                     const struct get_operands *operands,
                     struct waiting *waiting)
{
    int64_t most = 0;

    if (!operand_span(sim, thread, operands->timeout, &waiting->timeout) ||
        !operand_flag(sim, thread, operands->alertable, &waiting->alertable) ||
        !operand_number(sim, thread, operands->max, &most)) {
        return false;
    }
    if (operands->max != OPERAND_ABSENT && (most <= 0 || most > PACKETS_MAX)) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_PARAMETER);
        return false;
    }
    thread_at(sim, thread)->most_packets = (uint32_t)most;
    thread_at(sim, thread)->target = operands->as;
    return true;
}

/* The second and third step of a dequeue (facts IOCP-36, 37): a packet, an APC, a time-out of 0, or parking. */
static enum step_end dequeue(struct simulation *sim, thread_id thread, struct waiting *waiting)
{
    queue_id queue = thread_at(sim, thread)->queue;
    bool was_interrupted = thread_at(sim, thread)->interrupted != INTERRUPTED_NOT;
    bool at_limit = queue_at(sim, queue)->active >= queue_at(sim, queue)->limit;
    bool is_empty = queue_at(sim, queue)->depth == 0;

    if (queue_may_take(sim, queue)) {
        uint32_t most = thread_at(sim, thread)->most_packets;
        take(sim, thread, most == 0 ? 1 : most, WHY_BELOW_LIMIT);
        return STEP_GOES_ON;
    }
    if (waiting->alertable && thread_at(sim, thread)->first_apc != 0) {
        thread_run_apcs(sim, thread);
        come_back(sim, thread, queue, WHY_APC);
        return STEP_GOES_ON;
    }
    if (waiting->timeout == 0) {
        come_back(sim, thread, queue, was_interrupted ? WHY_TIMED_OUT : is_empty ? WHY_POLL_EMPTY : WHY_POLL_AT_LIMIT);
        return STEP_GOES_ON;
    }
    waiting->why = at_limit ? WHY_AT_LIMIT : WHY_QUEUE_EMPTY;
    wait_park(sim, thread, waiting);
    return STEP_STOPS;
}

enum step_end port_get(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct get_operands *operands = (const void *)words;
    queue_id queue = port_operand(sim, thread, operands->object);
    struct waiting waiting = {.timeout = SIM_NEVER};

    delivery_begin(sim, thread);
    if (queue == 0 || !get_read(sim, thread, operands, &waiting)) {
        return STEP_GOES_ON;
    }
    queue_remove_begin(sim, queue, thread);
    return dequeue(sim, thread, &waiting);
}

enum step_end port_go_on(struct simulation *sim, thread_id thread)
{
    struct waiting waiting = {
        .timeout = wait_time_left(sim, thread),
        .alertable = (thread_at(sim, thread)->flags & THREAD_ALERTABLE) != 0,
    };
    queue_id queue = thread_at(sim, thread)->queue;
    enum step_end end = STEP_GOES_ON;

    if (queue == 0) { /* it was run down meanwhile */
        delivery_fail(sim, thread, WIN32_ERROR_ABANDONED_WAIT_0);
    } else {
        queue_remove_begin(sim, queue, thread);
        if (queue_at(sim, queue)->is_closed && !sim->plan->release_is_xp) {
            come_back(sim, thread, queue, WHY_ABANDONED);
        } else {
            end = dequeue(sim, thread, &waiting);
        }
    }
    thread_at(sim, thread)->interrupted = INTERRUPTED_NOT;
    return end;
}

enum step_end port_serve_pool(struct simulation *sim, thread_id thread, const struct port_wait *wait)
{
    struct waiting waiting = {.timeout = wait->timeout};

    thread_at(sim, thread)->most_packets = wait->most;
    thread_at(sim, thread)->target = OPERAND_ABSENT;
    queue_remove_begin(sim, wait->port, thread);
    return dequeue(sim, thread, &waiting);
}

bool port_poll_for_pool(struct simulation *sim, thread_id thread, queue_id queue)
{
    queue_remove_begin(sim, queue, thread);
    if (!queue_may_take(sim, queue)) {
        come_back(sim, thread, queue, queue_at(sim, queue)->depth == 0 ? WHY_POLL_EMPTY : WHY_POLL_AT_LIMIT);
        return false;
    }
    take(sim, thread, 1, WHY_GATE_DEQUEUE);
    return true;
}

queue_id port_make_for_pool(struct simulation *sim, uint32_t name, uint32_t limit)
{
    queue_id id = simulation_create_element(sim, TABLE_QUEUE);

    if (!sim->out_of_memory) {
        made_note(sim, queue_reference(id), (struct made){.object = name});
        queue_at(sim, id)->limit = limit;
        queue_at(sim, id)->process = PROCESS_DEFAULT;
        queue_at(sim, id)->is_made = true;
    }
    return id;
}

void port_insert(struct simulation *sim, queue_id queue, packet_id packet, thread_id poster)
{
    waitable_id waitable;

    if (queue_insert(sim, queue, packet, poster) == QUEUE_APPENDED) {
        uint64_t queued = sim->state.n;
        waitable = queue_at(sim, queue)->waitable;
        if (waitable != 0) {
            wait_signal(sim, waitable, queued);
        }
    }
}

/* Reads what a post carries into a new packet, named if `as` says so; 0 after a misuse. */
static packet_id post_read(struct simulation *sim, thread_id thread, const struct post_operands *operands)
{
    uint64_t bytes = 0;
    int64_t key = 0;
    struct value failure = value_make(VALUE_ERROR, WIN32_ERROR_SUCCESS);
    uint32_t locals = 0;
    packet_id id;

    if (!operand_size(sim, thread, operands->bytes, &bytes) ||
        !operand_number(sim, thread, operands->key, &key) ||
        (operands->failure != OPERAND_ABSENT &&
         !operand_value(sim, thread, operands->failure, &failure)) ||
        (operands->callback != OPERAND_ABSENT &&
         !operand_with(sim, thread, (struct operand_with){operands->with, operands->callback},
                       &locals))) {
        return 0;
    }
    id = packet_create(sim);
    packet_at(sim, id)->flags = PACKET_IS_POST;
    packet_at(sim, id)->item = thread_item(sim, thread);
    packet_at(sim, id)->bytes = bytes;
    packet_at(sim, id)->key = (uint64_t)key;
    packet_at(sim, id)->error = failure.type == VALUE_ERROR ? (uint16_t)failure.bits : 0;
    packet_at(sim, id)->locals = locals;
    if (operands->callback != OPERAND_ABSENT) {
        packet_at(sim, id)->procedure = operands->callback;
    }
    if (operands->as != OPERAND_ABSENT) {
        packet_at(sim, id)->flags |= PACKET_IS_NAMED;
        if (!target_store(sim, thread, operands->as, packet_value(sim, id))) {
            packet_drop(sim, id);
            return 0;
        }
    }
    return id;
}

packet_id port_post_begin(struct simulation *sim, thread_id thread, const uint32_t *words, queue_id queue)
{
    const struct post_operands *operands = (const void *)words;
    packet_id id = post_read(sim, thread, operands);
    struct record *record;

    if (id == 0) {
        return 0;
    }
    packet_at(sim, id)->queue = queue;
    record = emit_verb(sim, RECORD_PACKET_POST, thread);
    record_queue(sim, record, queue);
    if (record != NULL) {
        record->op = packet_at(sim, id)->number;
        record->bytes = packet_at(sim, id)->bytes;
        record->key = packet_at(sim, id)->key;
        record->error = packet_at(sim, id)->error;
        record->absent = emit_label(sim, thread, record, operands->as) ? 0 : 8;
    }
    packet_at(sim, id)->cause = sim->state.n;
    return id;
}

void port_post_end(struct simulation *sim, thread_id thread, packet_id id)
{
    struct outcome outcome = {.ok = true, .op = packet_at(sim, id)->number, .shown = RESULT_OK | RESULT_ERROR};

    port_insert(sim, packet_at(sim, id)->queue, id, thread);
    thread_outcome(sim, thread, &outcome);
}

enum step_end port_post(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct post_operands *operands = (const void *)words;
    queue_id queue = port_operand(sim, thread, operands->object);
    packet_id id = queue == 0 ? 0 : port_post_begin(sim, thread, words, queue);

    if (id != 0) {
        port_post_end(sim, thread, id);
    }
    return STEP_GOES_ON;
}

enum step_end port_depth(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct depth_operands *operands = (const void *)words;
    queue_id queue = port_operand(sim, thread, operands->object);

    if (queue != 0) {
        struct outcome outcome = {
            .ok = true,
            .count = queue_at(sim, queue)->depth,
            .shown = RESULT_OK | RESULT_ERROR | RESULT_COUNT,
        };
        thread_outcome(sim, thread, &outcome);
    }
    return STEP_GOES_ON;
}

/* The port that `create_port` makes: the declared one, if it waits to be made, else a new one. */
static bool port_to_make(struct simulation *sim, thread_id thread, uint32_t target, reference *port)
{
    if (*port != REFERENCE_NONE && !queue_at(sim, reference_slot(*port) + 1)->is_made) {
        return true;
    }
    *port = queue_reference(simulation_create_element(sim, TABLE_QUEUE));
    return !sim->out_of_memory && target_name(sim, thread, target, *port);
}

enum step_end port_create(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct create_port_operands *operands = (const void *)words;
    struct port_attributes given = {operands->concurrency, operands->wake};
    const struct plan_object *declaration;
    reference named = REFERENCE_NONE;
    reference made;
    struct record *record;
    queue_id id;

    if (!target_declared(sim, thread, operands->object, &named)) {
        return STEP_GOES_ON;
    }
    made = named;
    if (!port_to_make(sim, thread, operands->object, &made)) {
        return STEP_GOES_ON;
    }
    id = reference_slot(made) + 1;
    thread_at(sim, thread)->subject = made;
    declaration = plan_object_of(sim->plan, named);
    if (declaration != NULL) {
        const struct port_attributes *declared = PLAN_ATTRIBUTES(sim->plan, port, declaration);
        sim->index = reference_slot(named) - declaration->first_slot + declaration->from;
        if (given.concurrency == OPERAND_ABSENT) {
            given.concurrency = declared->concurrency;
        }
        given.wake = given.wake == OPERAND_ABSENT ? declared->wake : given.wake;
    }
    if (!queue_read(sim, thread, id, &given)) {
        return STEP_GOES_ON;
    }
    queue_at(sim, id)->is_made = true;
    queue_at(sim, id)->process = thread_at(sim, thread)->process;
    record = emit_verb(sim, RECORD_OBJECT_CREATE, thread);
    record_queue(sim, record, id);
    if (record != NULL) {
        record->count = OBJECT_PORT;
        record->absent = 2;
    }
    thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    return STEP_GOES_ON;
}

/* The last reference is gone (fact IOCP-46): packets are dropped, associations cleared. */
static void run_down(struct simulation *sim, queue_id queue, thread_id closer)
{
    struct record *record = emit_verb(sim, RECORD_PORT_RUNDOWN, closer);
    uint64_t run_down = sim->state.n;

    record_queue(sim, record, queue);
    if (record != NULL) {
        record->count = queue_at(sim, queue)->depth;
    }
    queue_at(sim, queue)->is_run_down = true;
    while (queue_at(sim, queue)->depth > 0) {
        packet_id packet = queue_take(sim, queue);
        record = emit(sim, RECORD_PACKET_DROP);
        record_queue(sim, record, queue);
        if (record != NULL) {
            record->op = packet_at(sim, packet)->number;
            record->item = item_number(sim, packet_at(sim, packet)->item);
            record->cause = packet_at(sim, packet)->cause;
            record->why = WHY_PORT_RUNDOWN;
        }
        packet_drop(sim, packet);
    }
    queue_all_leave(sim, queue, closer, run_down);
}

void port_forget_file(struct simulation *sim, queue_id queue, thread_id thread)
{
    const struct queue *port = queue_at(sim, queue);

    queue_at(sim, queue)->files--;
    if (port->is_closed && port->files == 0 && port->parked.count == 0) {
        run_down(sim, queue, thread);
    }
}

void port_close(struct simulation *sim, thread_id thread, queue_id queue)
{
    uint64_t closed;

    record_queue(sim, emit_verb(sim, RECORD_PORT_CLOSE, thread), queue);
    closed = sim->state.n;
    queue_at(sim, queue)->is_closed = true;
    while (!sim->plan->release_is_xp && queue_at(sim, queue)->parked.count > 0) {
        wait_unpark(sim, queue_at(sim, queue)->parked.oldest, WHY_ABANDONED, closed);
    }
    if (queue_at(sim, queue)->waitable != 0) {
        waitable_at(sim, queue_at(sim, queue)->waitable)->state = 1;
        wait_signal(sim, queue_at(sim, queue)->waitable, closed);
    }
    if (queue_at(sim, queue)->files == 0 && queue_at(sim, queue)->parked.count == 0) {
        run_down(sim, queue, thread);
    }
}
