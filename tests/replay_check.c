/* SPDX-License-Identifier: Apache-2.0 */
/* The fold over records beside the model.
 *
 * The model calls its verbs and events through a switchboard; here stands another in its place, whose
 * functions compare, call the model's own, and compare again. So every state between two steps is looked at,
 * and nothing in the model knows of it. Compared are all observables of all objects, and what a person sees
 * beside them: who is parked and who waits in which order, which packets are queued in which order, what
 * each thread is, does, runs and belongs to. */
#include "tests/replay_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/crew.h"
#include "model/device.h"
#include "model/door.h"
#include "model/handle.h"
#include "model/object.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/queue.h"
#include "model/run.h"
#include "model/switchboard.h"
#include "model/task.h"
#include "model/thread.h"
#include "model/wait.h"

/* Notes a difference, unless one was found before. */
__attribute__((format(printf, 2, 3))) static void differ(struct replay_check *check, const char *format, ...)
{
    va_list arguments;
    int length;

    if (check->message[0] != '\0') {
        return;
    }
    length = snprintf(check->message, sizeof check->message, "after step %llu at %llu ns: ",
                      (unsigned long long)check->sim->state.step_n, (unsigned long long)check->sim->state.now);
    va_start(arguments, format);
    vsnprintf(check->message + length, sizeof check->message - (size_t)length, format, arguments);
    va_end(arguments);
}

/* One value of one object. */
static void same(struct replay_check *check, reference object, const char *what, uint64_t model, uint64_t replayed)
{
    check->values++;
    if (model != replayed) {
        differ(check, "%s %u: %s is %llu, the records say %llu", object_kind_name((enum object_kind)reference_kind(object)),
               reference_slot(object), what, (unsigned long long)model, (unsigned long long)replayed);
    }
}

/* A table of the model's objects of one kind, and how many there are. */
static uint32_t objects_of(const struct simulation *sim, enum object_kind kind)
{
    switch ((int)kind) {
    case OBJECT_THREAD:
        return sim->state.thread_references;
    case OBJECT_PORT:
        return block_used(&sim->block, TABLE_QUEUE) - 1;
    case OBJECT_HANDLE:
        return block_used(&sim->block, TABLE_FILE) - 1;
    case OBJECT_DEVICE:
        return block_used(&sim->block, TABLE_DEVICE) - 1;
    case OBJECT_TASK:
        return block_used(&sim->block, TABLE_TASK) - 1;
    case OBJECT_MACHINE:
        return 1;
    case OBJECT_OPERATION:
        return 0;
    default:
        return sim->plan->declared[kind];
    }
}

static void compare_observable(struct replay_check *check, enum observable observable, reference object, uint64_t op)
{
    struct value model = value_null();
    struct value replayed = value_null();

    if (!switchboard_observe(check->sim, observable, object, &model) ||
        !replay_observe(check->replay, observable, value_make(VALUE_REFERENCE, op << 32 | object), &replayed)) {
        differ(check, "%s cannot be observed", observable_word(observable));
    }
    same(check, object, observable_word(observable), model.bits, replayed.bits);
    same(check, object, "a value's type", model.type, replayed.type);
}

static void compare_observables(struct replay_check *check)
{
    const struct simulation *sim = check->sim;

    for (int i = 0; i < OBSERVABLE_COUNT; i++) {
        enum observable observable = (enum observable)i;
        enum object_kind kind = observable_kind(observable);
        for (uint32_t slot = 0; slot < objects_of(sim, kind); slot++) {
            if (kind == OBJECT_THREAD && thread_of(sim, reference_make(kind, slot)) == 0) {
                continue; /* ended, and nothing names it: another has its place */
            }
            compare_observable(check, observable, reference_make(kind, slot), 0);
        }
        for (uint32_t id = 1; kind == OBJECT_OPERATION && id < block_used(&sim->block, TABLE_PACKET); id++) {
            if (packet_at(sim, id)->references > 0) {
                compare_observable(check, observable, packet_reference(id), packet_at(sim, id)->number);
            }
        }
    }
}

/* Packets or operations that are queued, in order. */
static void compare_queue(struct replay_check *check, reference object, packet_id first, uint64_t op)
{
    packet_id at = first;

    for (; at != 0 && op != 0; at = packet_at(check->sim, at)->next) {
        const struct replay_op *replayed = replay_op(check->replay, op);
        same(check, object, "what is queued", packet_at(check->sim, at)->number, op);
        op = replayed == NULL ? 0 : replayed->next;
    }
    same(check, object, "what is queued last", at == 0 ? 0 : packet_at(check->sim, at)->number, op);
}

static void compare_port(struct replay_check *check, queue_id id)
{
    const struct simulation *sim = check->sim;
    const struct queue *queue = queue_at(sim, id);
    reference self = queue_reference(id);
    const struct replay_port *port = replay_port(check->replay, self);
    reference at = port->oldest;

    for (thread_id thread = queue->parked.oldest; thread != 0; thread = thread_at(sim, thread)->parked_next) {
        same(check, self, "a waiter, from the oldest", thread_reference(sim, thread), at);
        at = at == REFERENCE_NONE ? at : replay_thread(check->replay, at)->parked_next;
    }
    same(check, self, "the waiter behind the newest", REFERENCE_NONE, at);
    same(check, self, "the newest waiter", queue->parked.newest == 0 ? REFERENCE_NONE : thread_reference(sim, queue->parked.newest),
         port->newest);
    same(check, self, "closed", queue->is_closed, port->is_closed);
    compare_queue(check, self, queue->first_packet, port->first_op);
}

/* The items of a queue of a pool, from its first: the replay has them all, in the order in which they came. */
static void compare_queued_items(struct replay_check *check, pool_id id, work_item_id item)
{
    const struct simulation *sim = check->sim;
    reference self = pool_reference(id);
    const struct replay_pool *pool = replay_pool(check->replay, self);
    size_t index = 0;

    for (; item != 0; item = work_item_at(sim, item)->next) {
        const struct replay_item *replayed;
        bool was_moved = work_item_at(sim, item)->was_moved; /* no record says where it stands then */
        for (index = was_moved ? 0 : index; (replayed = replay_item(pool, index)) != NULL; index++) {
            if (replayed->n == work_item_at(sim, item)->cause) {
                break;
            }
        }
        same(check, self, "what queued an item", work_item_at(sim, item)->cause, replayed == NULL ? 0 : replayed->n);
        same(check, self, "what it runs", work_item_at(sim, item)->procedure, replayed == NULL ? 0 : replayed->procedure);
    }
}

/* Who waits for a pool's work, and what is queued there. */
static void compare_pool(struct replay_check *check, pool_id id)
{
    const struct simulation *sim = check->sim;
    reference self = pool_reference(id);
    const struct replay_pool *pool = replay_pool(check->replay, self);
    reference at = pool->oldest;

    for (thread_id thread = pool_at(sim, id)->idle.oldest; thread != 0; thread = thread_at(sim, thread)->parked_next) {
        same(check, self, "an idle worker, from the oldest", thread_reference(sim, thread), at);
        at = at == REFERENCE_NONE ? at : replay_thread(check->replay, at)->parked_next;
    }
    same(check, self, "the idle worker behind the newest", REFERENCE_NONE, at);
    same(check, self, "how many workers are idle", pool_at(sim, id)->idle.count, pool->idle);
    for (uint32_t queue = 0; queue < WORK_QUEUE_KINDS; queue++) {
        compare_queued_items(check, id, pool_at(sim, id)->queue[queue].first);
    }
    for (thread_id worker = pool_at(sim, id)->oldest; worker != 0; worker = worker_of(sim, worker)->newer) {
        compare_queued_items(check, id, worker_of(sim, worker)->local.first);
    }
    same(check, self, "how many items are queued", pool_at(sim, id)->depth, pool->queued);
    same(check, self, "how many workers there are", crew_at(sim, id)->threads, pool->workers);
    if (pool->has_requests) {
        same(check, self, "how many workers work", pool_at(sim, id)->working, pool->working);
        same(check, self, "requests", pool_at(sim, id)->requests, pool->requests);
    }
    same(check, self, "the target", pool_at(sim, id)->target, pool->target);
}

/* What the thread waits for, in the order of its verb. */
static void compare_wait(struct replay_check *check, thread_id id, const struct replay_thread *replayed)
{
    const struct simulation *sim = check->sim;
    const struct thread *thread = thread_at(sim, id);
    reference self = thread_reference(sim, id);
    uint32_t count = 0;

    if (thread->state != THREAD_BLOCKED) {
        return;
    }
    same(check, self, "why it is blocked", thread->why, replayed->why);
    same(check, self, "the record of its wait", thread_note_at(sim, id)->waiting, replayed->waiting);
    if (thread->why == WHY_SUSPENDED) { /* it is out of the wait that it was in */
        same(check, self, "what it waits for while it is suspended", 0, replayed->on_count);
        return;
    }
    if (thread->why == WHY_SYNCHRONOUS_IO) { /* in its call: no object is waited for, the operation is */
        same(check, self, "whose operation it waits for",
             reference_make(OBJECT_HANDLE, packet_at(sim, thread->awaits)->handle - 1),
             replayed->on_count == 1 ? replayed->on[0] : REFERENCE_NONE);
        return;
    }
    for (uint32_t block = thread->first_wait; block != 0; block = wait_block_at(sim, block)->sibling) {
        reference object = waitable_at(sim, wait_block_at(sim, block)->waitable)->object;
        same(check, self, "what it waits for", object,
             count < replayed->on_count ? replayed->on[count] : REFERENCE_NONE);
        count++;
    }
    same(check, self, "how many objects it waits for", count, replayed->on_count);
}

/* The callbacks that a thread runs, from the innermost. */
static void compare_callbacks(struct replay_check *check, thread_id id, const struct replay_thread *replayed)
{
    const struct simulation *sim = check->sim;
    reference self = thread_reference(sim, id);
    uint32_t left = replayed->callbacks;

    for (frame_id at = thread_at(sim, id)->frame; at != 0; at = frame_at(sim, at)->up) {
        const struct frame *frame = frame_at(sim, at);
        bool is_asynchronous = coroutine_at(sim, frame->coroutine)->frame != 0 &&
                               !coroutine_at(sim, frame->coroutine)->has_ended;
        if (!frame_is_callback(frame->kind) && !is_asynchronous) {
            continue;
        }
        if (left == 0) {
            differ(check, "thread %u runs a callback that no record tells", id - 1);
            return;
        }
        left--;
        same(check, self, "a callback's frame", frame->number, replayed->callback[left].frame);
        same(check, self, "a callback's procedure", frame->procedure, replayed->callback[left].procedure);
        if (replayed->callback[left].is_callback) {
            same(check, self, "a callback's packet", frame->packet == 0 ? 0 : packet_at(sim, frame->packet)->number,
                 replayed->callback[left].op);
        }
    }
    same(check, self, "how many callbacks run, beyond the model's", 0, left);
}

static void compare_thread(struct replay_check *check, thread_id id)
{
    static const uint8_t states[] = {
        [THREAD_UNBORN] = REPLAY_UNBORN,   [THREAD_READY] = REPLAY_READY,   [THREAD_RUNNING] = REPLAY_RUNNING,
        [THREAD_BLOCKED] = REPLAY_BLOCKED, [THREAD_PARKED] = REPLAY_PARKED, [THREAD_ENDED] = REPLAY_ENDED};
    const struct simulation *sim = check->sim;
    const struct thread *thread = thread_at(sim, id);
    reference self = thread_reference(sim, id);
    const struct replay_thread *replayed = replay_thread(check->replay, self);
    uint32_t apcs = 0;

    same(check, self, "its state", states[thread->state], replayed->state);
    same(check, self, "its type", thread->state == THREAD_UNBORN ? 0 : thread->type, replayed->type);
    same(check, self, "its port", thread->queue == 0 ? REFERENCE_NONE : queue_reference(thread->queue), replayed->port);
    for (uint32_t apc = thread->first_apc; apc != 0; apc = apc_at(sim, apc)->next) {
        apcs++;
    }
    same(check, self, "its pool", thread->pool == 0 || thread->state == THREAD_ENDED ? REFERENCE_NONE : pool_reference(thread->pool), replayed->pool);
    same(check, self, "whether it has an item", worker_at(sim, thread->worker)->item != 0, replayed->has_item);
    same(check, self, "the APCs queued to it", apcs, replayed->apcs);
    same(check, self, "how often it is suspended", thread->suspensions, replayed->suspensions);
    compare_wait(check, id, replayed);
    compare_callbacks(check, id, replayed);
}

/* The block itself, or the next one behind it of a thread that waits: no record tells where a pool watches. */
static uint32_t of_thread(const struct simulation *sim, uint32_t block)
{
    while (block != 0 && wait_block_at(sim, block)->thread == 0) {
        block = wait_block_at(sim, block)->next;
    }
    return block;
}

/* Who waits for an object, oldest first. */
static void compare_waiters(struct replay_check *check, waitable_id id)
{
    const struct simulation *sim = check->sim;
    const struct waitable *waitable = waitable_at(sim, id);
    reference at = replay_waiter(check->replay, waitable->object, REFERENCE_NONE);
    uint32_t block = of_thread(sim, waitable->first);

    while (block != 0 && at != REFERENCE_NONE) {
        uint32_t times = replay_waits_for(replay_thread(check->replay, at), waitable->object);
        for (; times > 0 && block != 0; times--) {
            same(check, waitable->object, "who waits for it", thread_reference(sim, wait_block_at(sim, block)->thread), at);
            block = of_thread(sim, wait_block_at(sim, block)->next);
        }
        at = replay_waiter(check->replay, waitable->object, at);
    }
    same(check, waitable->object, "who waits for it last",
         block == 0 ? REFERENCE_NONE : thread_reference(sim, wait_block_at(sim, block)->thread), at);
}

static void compare_files_and_devices(struct replay_check *check)
{
    const struct simulation *sim = check->sim;

    for (handle_id id = 1; id < block_used(&sim->block, TABLE_HANDLE); id++) {
        if (handle_at(sim, id)->file == 0) {
            continue; /* no verb has made it yet */
        }
        const struct file *file = handle_file(sim, id);
        reference self = handle_reference(id);
        const struct replay_object *replayed = replay_file(check->replay, self);
        same(check, self, "its port or pool",
             file->queue != 0  ? queue_reference(file->queue)
             : file->door != 0 ? pool_reference(door_at(sim, file->door)->pool)
                               : REFERENCE_NONE,
             replayed->port);
        if (file->queue != 0) {
            same(check, self, "its key", file->key, replayed->key);
        }
    }
    for (device_id id = 1; id < block_used(&sim->block, TABLE_DEVICE); id++) {
        reference self = reference_make(OBJECT_DEVICE, id - 1);
        if (device_at(sim, id)->order == DEVICE_FIFO) { /* what another order makes of the queue stands in no record */
            compare_queue(check, self, device_at(sim, id)->first, replay_object(check->replay, self)->first_op);
        }
    }
}

static void compare_variables(struct replay_check *check)
{
    const struct simulation *sim = check->sim;

    for (uint32_t id = 1; id < block_used(&sim->block, TABLE_VARIABLE); id++) {
        const struct value *value = block_at(&sim->block, TABLE_VARIABLE, id);
        reference self = reference_make(OBJECT_VARIABLE, id - 1);
        const struct replay_object *variable = replay_object(check->replay, self);
        if (value->type == VALUE_REFERENCE && variable->value.bits != value->bits) {
            continue; /* what `as` and the makers bind leaves no variable-set (records.md, Fields) */
        }
        same(check, self, "its type", value->type, variable->value.type);
        same(check, self, "its value", value->bits, variable->value.bits);
        if (variable->text != NULL && strcmp(variable->text, plan_text(sim->plan, (uint32_t)value->bits)) != 0) {
            differ(check, "variable %u is not '%s'", id - 1, variable->text);
        }
    }
}

static void compare_procedures(struct replay_check *check)
{
    const struct simulation *sim = check->sim;

    for (uint32_t i = 0; i < sim->plan->procedure_count; i++) {
        const struct procedure_count *count = block_at(&sim->block, TABLE_PROCEDURE, i + 1);
        struct replay_procedure replayed = replay_procedure(check->replay, i);
        same(check, reference_make(OBJECT_MACHINE, i), "calls of the procedure", count->calls, replayed.calls);
        same(check, reference_make(OBJECT_MACHINE, i), "activations of the procedure", count->running,
             replayed.running);
    }
}

/* The items that have come and not ended, each with its load and the instant of its arrival. */
static void compare_items(struct replay_check *check)
{
    const struct simulation *sim = check->sim;
    const struct items *items = replay_items(check->replay);
    uint32_t count = 0;

    for (uint32_t id = 1; id < block_used(&sim->block, TABLE_LOAD_ITEM); id++) {
        const struct load_item *item = BLOCK_AT(&sim->block, TABLE_LOAD_ITEM, struct load_item, id);
        const uint64_t *place = item->number == 0 ? NULL : map_find(&items->present, item->number);
        if (item->number == 0) {
            continue;
        }
        count++;
        if (place == NULL) {
            differ(check, "item %u has not ended, the records say that it has", item->number);
            return;
        }
        same(check, reference_make(OBJECT_LOAD, item->load - 1), "when an item came", item->arrived,
             items->item[*place].arrived);
        same(check, reference_make(OBJECT_LOAD, item->load - 1), "whose item it is",
             reference_make(OBJECT_LOAD, item->load - 1), items->item[*place].load);
    }
    same(check, reference_make(OBJECT_MACHINE, 0), "items that have not ended", count, items->present.count);
}

/* Whom the thread works for. */
static void compare_item_of(struct replay_check *check, thread_id id)
{
    const struct simulation *sim = check->sim;
    const struct replay_thread *replayed = replay_thread(check->replay, thread_reference(sim, id));
    uint32_t model = item_number(sim, thread_item(sim, id));
    uint32_t item = replayed->callbacks > 0 ? replayed->callback[replayed->callbacks - 1].item : replayed->born_for;

    if (thread_at(sim, id)->state != THREAD_UNBORN && thread_at(sim, id)->state != THREAD_ENDED && model != 0) {
        same(check, thread_reference(sim, id), "the item that it works for", model, item);
    }
}

/* With so many threads more, one step more is let pass between two comparisons. */
#define THREADS_COMPARED_EACH_STEP 24

void replay_check_compare(struct replay_check *check)
{
    struct simulation *sim = check->sim;

    if (sim->out_of_memory || check->message[0] != '\0') {
        return;
    }
    emission_flush(sim);
    replay_advance(check->replay, sim->state.now);
    if (check->steps++ % (1 + block_used(&sim->block, TABLE_THREAD) / THREADS_COMPARED_EACH_STEP) != 0) {
        return;
    }
    check->comparisons++;
    compare_observables(check);
    for (queue_id id = 1; id < block_used(&sim->block, TABLE_QUEUE); id++) {
        compare_port(check, id);
    }
    for (pool_id id = 1; id < block_used(&sim->block, TABLE_POOL); id++) {
        compare_pool(check, id);
    }
    for (thread_id id = 1; id < block_used(&sim->block, TABLE_THREAD); id++) {
        compare_thread(check, id);
        compare_item_of(check, id);
    }
    compare_items(check);
    for (waitable_id id = 1; id < block_used(&sim->block, TABLE_WAITABLE); id++) {
        compare_waiters(check, id);
    }
    compare_files_and_devices(check);
    compare_variables(check);
    compare_procedures(check);
}

/* The check whose switchboard the simulation has. */
static struct replay_check *check_of(const struct simulation *sim)
{
    return (struct replay_check *)(uintptr_t)((const char *)sim->switchboard - offsetof(struct replay_check, table));
}

#define NO_FUNCTION NULL
#define VERB(name, subject, results, nature, function, what, arguments)                                      \
    static enum step_end checked_##name(struct simulation *sim, thread_id thread, const uint32_t *operands)  \
    {                                                                                                        \
        enum step_end end;                                                                                   \
        replay_check_compare(check_of(sim));                                                                 \
        end = switchboard.verb[VERB_##name](sim, thread, operands);                                          \
        replay_check_compare(check_of(sim));                                                                 \
        return end;                                                                                          \
    }
#include "model/verb.def"
#undef VERB

static verb_function *const verbs[] = {
#define VERB(name, ...) checked_##name,
#include "model/verb.def"
#undef VERB
};
#undef NO_FUNCTION

#define EVENT(id, handler)                                                                                   \
    static void checked_event_##id(struct simulation *sim, uint32_t number)                                  \
    {                                                                                                        \
        replay_check_compare(check_of(sim));                                                                 \
        switchboard.event[EVENT_##id](sim, number);                                                          \
        replay_check_compare(check_of(sim));                                                                 \
    }
#include "model/event.def"
#undef EVENT

static void (*const events[])(struct simulation *sim, uint32_t id) = {
#define EVENT(id, handler) checked_event_##id,
#include "model/event.def"
#undef EVENT
};

static void see(void *context, const struct record_batch *batch)
{
    struct replay_check *check = context;

    for (uint32_t i = 0; i < batch->count; i++) {
        replay_see(check->replay, &batch->record[i], batch);
    }
}

struct record_observer replay_check_observer(struct replay_check *check)
{
    return (struct record_observer){{UINT64_MAX, UINT64_MAX}, see, check};
}

void replay_check_init(struct replay_check *check, struct simulation *sim, const struct cast *cast)
{
    memset(check, 0, sizeof *check);
    check->sim = sim;
    check->replay = replay_create(cast);
}

void replay_check_release(struct replay_check *check)
{
    replay_destroy(check->replay);
    check->replay = NULL;
}

void replay_check_attach(struct replay_check *check)
{
    check->table = switchboard;
    check->table.verb = verbs;
    check->table.event = events;
    check->sim->switchboard = &check->table;
}

bool replay_check_run(struct replay_check *check, struct iocpsim_run *run)
{
    bool good;

    replay_check_init(check, &run->sim, &run->cast);
    run->observer[run->observers++] = replay_check_observer(check);
    run->options.observer = run->observer;
    run->options.observer_count = run->observers;
    if (check->replay == NULL || !run_create(&run->sim, &run->loaded.plan, &run->options)) {
        return false;
    }
    run->is_created = true;
    replay_check_attach(check);
    replay_check_compare(check);
    good = run_to_end(&run->sim);
    replay_check_compare(check);
    return good && !replay_failed(check->replay);
}
