/* SPDX-License-Identifier: Apache-2.0 */
/* Timers of pools that have a thread for them. Source: facts CLR-10, 90, 91, 91b, 92.
 *
 * The thread does nothing but queue an item for each queue that is due; a worker that takes it fires all timers that
 * are due then, queues the callbacks of all but the first behind the work of all others, and runs that of the first.
 * So a pool whose workers are late has late timers, and a timer does not wait for its own last callback. All of it goes
 * by the clock's ticks, whose reading is behind: a thread that comes too early for the clock waits once more. */
#include "model/timer_queue.h"

#include "model/names.h"
#include "model/pool.h"
#include "model/process.h"
#include "model/wait.h"
#include "sim/random.h"

#define MS UINT64_C(1000000)

/* When `span` has passed since; SIM_NEVER. */
static sim_time behind(sim_time since, sim_span span)
{
    sim_time end = SIM_NEVER;

    return sim_time_add(since, span, &end) ? end : SIM_NEVER;
}

static sim_time due_at(const struct timer *timer)
{
    return behind(timer->since, timer->due);
}

static timer_id *head_of(const struct simulation *sim, const struct timer *timer)
{
    struct timer_queue *queue = timer_queue_at(sim, timer->queue);

    return timer->is_short ? &queue->soon : &queue->later;
}

static void leave_list(struct simulation *sim, timer_id id)
{
    const struct timer *timer = timer_at(sim, id);

    *(timer->previous != 0 ? &timer_at(sim, timer->previous)->next : head_of(sim, timer)) = timer->next;
    if (timer->next != 0) {
        timer_at(sim, timer->next)->previous = timer->previous;
    }
}

/* Nothing in the long list is due before what the queue knows. */
static void note_later(struct simulation *sim, timer_id id)
{
    const struct timer *timer = timer_at(sim, id);
    struct timer_queue *queue = timer_queue_at(sim, timer->queue);

    if (!timer->is_short && due_at(timer) < queue->first_later) {
        queue->first_later = due_at(timer);
    }
}

/* Comes to the head of the list where it belongs, unless it stands there already: then it keeps its place. */
static void take_place(struct simulation *sim, timer_id id, bool is_short)
{
    struct timer *timer = timer_at(sim, id);

    if (timer->is_active && timer->is_short == is_short) {
        return;
    }
    if (timer->is_active) {
        leave_list(sim, id);
    } else {
        pool_at(sim, timer->pool)->timers.active++;
    }
    timer->is_active = true;
    timer->is_short = is_short;
    timer->previous = 0;
    timer->next = *head_of(sim, timer);
    if (timer->next != 0) {
        timer_at(sim, timer->next)->previous = id;
    }
    *head_of(sim, timer) = id;
    note_later(sim, id);
}

void timer_queue_disarm(struct simulation *sim, timer_id id)
{
    struct timer *timer = timer_at(sim, id);

    if (timer->is_active) {
        if (timer->queue != 0) {
            leave_list(sim, id);
        }
        timer->is_active = false;
        pool_at(sim, timer->pool)->timers.active--;
    }
}

/* The thread is to wait for the queue, behind those that it waits for already. */
static void enlist(struct simulation *sim, timer_queue_id id)
{
    struct timer_queue *queue = timer_queue_at(sim, id);
    struct timekeeper *timers = &pool_at(sim, queue->pool)->timers;

    queue->is_pending = true;
    queue->behind = 0;
    queue->before = timers->latest;
    *(timers->latest != 0 ? &timer_queue_at(sim, timers->latest)->behind : &timers->earliest) = id;
    timers->latest = id;
}

static void discharge(struct simulation *sim, timer_queue_id id)
{
    const struct timer_queue *queue = timer_queue_at(sim, id);
    struct timekeeper *timers = &pool_at(sim, queue->pool)->timers;

    *(queue->before != 0 ? &timer_queue_at(sim, queue->before)->behind : &timers->earliest) = queue->behind;
    *(queue->behind != 0 ? &timer_queue_at(sim, queue->behind)->before : &timers->latest) = queue->before;
}

/* The item of the queue is to be queued at `due` at the latest; `cause` is the record that says so. */
static void want(struct simulation *sim, timer_queue_id id, sim_time due, uint64_t cause)
{
    struct timer_queue *queue = timer_queue_at(sim, id);
    thread_id thread = pool_at(sim, queue->pool)->timers.thread;

    if (due == SIM_NEVER || (queue->is_pending && queue->due <= due)) {
        return;
    }
    queue->due = due;
    if (!queue->is_pending) {
        enlist(sim, id);
    }
    if (thread_at(sim, thread)->state == THREAD_BLOCKED) {
        wait_wake(sim, thread, cause);
    }
}

/* The queue with this number, which comes with its first timer. */
static timer_queue_id queue_of(struct simulation *sim, pool_id pool, uint32_t number)
{
    struct timekeeper *timers = &pool_at(sim, pool)->timers;
    timer_queue_id id = timers->newest;

    while (id != 0 && timer_queue_at(sim, id)->number != number) {
        id = timer_queue_at(sim, id)->older;
    }
    if (id != 0) {
        return id;
    }
    id = simulation_create_element(sim, TABLE_TIMER_QUEUE);
    timers = &pool_at(sim, pool)->timers;
    *timer_queue_at(sim, id) = (struct timer_queue){
        .pool = pool,
        .number = number,
        .older = timers->newest,
        .threshold = behind(timers->begun, pool_at(sim, pool)->constants.short_timer_limit),
        .first_later = SIM_NEVER,
    };
    timers->newest = id;
    return id;
}

/* Which of the queues: that of the maker's processor; a draw where processors are not known. */
static uint32_t place_of(struct simulation *sim, pool_id pool, thread_id thread)
{
    uint32_t queues = (uint32_t)pool_at(sim, pool)->constants.timer_queues;
    char name[160];
    size_t length;
    struct random_stream stream;

    if (sim->dispatcher != NULL && !sim->dispatcher->shares && standing_at(sim, thread)->processor != 0) {
        return (standing_at(sim, thread)->processor - 1) % queues;
    }
    length = name_write(sim, thread_reference(sim, thread), name, sizeof name);
    stream = (struct random_stream){
        .key = random_stream_key(sim->seed, random_key(name, length < sizeof name ? length : sizeof name)),
        .k = pool_at(sim, pool)->timers.made,
    };
    return queues == 1 ? 0 : (uint32_t)random_uniform(&stream, 0, queues - 1);
}

timer_queue_id timer_queue_choose(struct simulation *sim, pool_id pool, thread_id thread)
{
    if (pool_at(sim, pool)->timers.made == 0) {
        pool_at(sim, pool)->timers.begun = pool_clock(sim);
    }
    return queue_of(sim, pool, place_of(sim, pool, thread));
}

/* The thread comes with the first timer (facts CLR-90, 91). */
static void want_thread(struct simulation *sim, pool_id id)
{
    struct birth_of of = {.type = THREAD_TYPE_TIMER, .cause = sim->state.n};

    if (pool_at(sim, id)->timers.thread == 0 && !process_at(sim, PROCESS_DEFAULT)->has_exited) {
        thread_id thread = pool_add_thread(sim, id, of);
        pool_at(sim, id)->timers.thread = thread;
    }
}

void timer_queue_arm(struct simulation *sim, timer_id id)
{
    struct timer *timer = timer_at(sim, id);

    timer->since = pool_clock(sim);
    if (timer->due != SIM_NEVER) {
        take_place(sim, id, due_at(timer) <= timer_queue_at(sim, timer->queue)->threshold);
        want_thread(sim, timer_at(sim, id)->pool);
        want(sim, timer_at(sim, id)->queue, due_at(timer_at(sim, id)), timer_at(sim, id)->latest);
    }
}

enum step_end timer_thread_goes_on(struct simulation *sim, thread_id thread)
{
    pool_id pool = thread_at(sim, thread)->pool;
    sim_time now = pool_clock(sim);
    struct waiting waiting = {.timeout = SIM_NEVER, .why = WHY_WAIT};
    bool has_queued = false;
    timer_queue_id before;

    step_begin(sim);
    sim->state.verbs_now++;
    for (timer_queue_id id = pool_at(sim, pool)->timers.latest; id != 0; id = before) {
        sim_time due = timer_queue_at(sim, id)->due;
        before = timer_queue_at(sim, id)->before;
        if (due <= now) {
            work_item_id item = simulation_create_element(sim, TABLE_WORK_ITEM);
            *work_item_at(sim, item) = (struct work_item){
                .procedure = PLAN_NONE,
                .queue = pool_policy_of(sim, pool)->timer_queue,
                .chore = CHORE_TIMERS,
                .subject = id,
            };
            discharge(sim, id);
            pool_queue(sim, pool, item, thread);
            has_queued = true;
        } else if (due - now < waiting.timeout) {
            waiting.timeout = due - now;
        }
    }
    if (has_queued) {
        return STEP_GOES_ON; /* and pays for the workers that it has made, before it looks once more */
    }
    waiting.timeout = pool_timeout(sim, pool, waiting.timeout);
    return wait_begin(sim, thread, &waiting);
}

work_item_id timer_item(struct simulation *sim, timer_id id)
{
    work_item_id item = simulation_create_element(sim, TABLE_WORK_ITEM);
    const struct timer *timer = timer_at(sim, id);

    *work_item_at(sim, item) = (struct work_item){
        .cause = timer->latest,
        .load_item = timer->load_item,
        .procedure = timer->procedure,
        .queue = WORK_GLOBAL,
        .chore = CHORE_TIMER,
        .subject = id,
    };
    return item;
}

bool timer_runs(struct simulation *sim, work_item_id id, timer_id number)
{
    struct timer *timer = timer_at(sim, number);
    struct work_item *item = work_item_at(sim, id);
    uint32_t locals = timer->locals;

    if (timer->is_stopped) {
        return false;
    }
    item->chore = CHORE_CALLBACK;
    item->procedure = timer->procedure;
    item->load_item = timer->load_item;
    if (timer->period == SIM_NEVER) {
        timer->locals = 0;
    } else {
        locals = locals_copy(sim, timer->procedure, locals);
    }
    work_item_at(sim, id)->locals = locals;
    return true;
}

void timer_fires(struct simulation *sim, timer_id id, thread_id thread)
{
    struct record *record = thread != 0 ? emit_verb(sim, RECORD_TIMER_FIRE, thread) : emit(sim, RECORD_TIMER_FIRE);
    struct timer *timer = timer_at(sim, id);

    if (record != NULL) {
        record->object = timer_reference(id);
        record->amount = timer->due;
        record->bytes = timer->period;
        record->absent = timer->period == SIM_NEVER ? 3 : 0;
        record->cause = thread != 0 ? record->cause : timer->latest;
    }
    timer->latest = sim->state.n;
}

/* A timer that is due fires, and is due again when its period has passed since it was, or, when it is later than that,
 * in a millisecond (fact CLR-91b): however late it is, it does not catch up. */
static void fire(struct simulation *sim, timer_id id, thread_id thread)
{
    struct timer *timer = timer_at(sim, id);
    sim_time now = pool_clock(sim);
    sim_span late = now - due_at(timer);

    if (timer->period == SIM_NEVER) {
        timer_queue_disarm(sim, id);
    } else {
        timer->due = late + MS < timer->period ? timer->period - late : MS;
        timer->since = now;
        take_place(sim, id, due_at(timer) <= timer_queue_at(sim, timer->queue)->threshold);
    }
    timer_fires(sim, id, thread);
}

/* What looking through a list of timers finds. */
struct found {
    timer_id first; /* that is due */
    sim_time next;  /* when another will be */
    uint64_t cause; /* n of the last timer-fire */
};

static void look_through(struct simulation *sim, timer_id id, thread_id thread, struct found *found)
{
    sim_time now = pool_clock(sim);
    timer_id next;

    for (; id != 0; id = next) {
        struct timer *timer = timer_at(sim, id);
        next = timer->next;
        if (due_at(timer) > now) {
            take_place(sim, id, timer->is_short || due_at(timer) <= timer_queue_at(sim, timer->queue)->threshold);
            note_later(sim, id);
        } else {
            fire(sim, id, thread);
            found->cause = sim->state.n;
            if (found->first == 0) {
                found->first = id;
            } else {
                pool_queue(sim, timer_at(sim, id)->pool, timer_item(sim, id), thread);
            }
        }
        if (timer_at(sim, id)->is_active && due_at(timer_at(sim, id)) < found->next) {
            found->next = due_at(timer_at(sim, id));
        }
    }
}

bool timer_queue_fires(struct simulation *sim, thread_id thread, work_item_id item)
{
    timer_queue_id id = work_item_at(sim, item)->subject;
    struct timer_queue *queue = timer_queue_at(sim, id);
    sim_time now = pool_clock(sim);
    struct found found = {.next = SIM_NEVER, .cause = thread_note_at(sim, thread)->latest};

    queue->is_pending = false;
    look_through(sim, queue->soon, thread, &found);
    queue = timer_queue_at(sim, id);
    if (queue->threshold <= now) {
        queue->threshold = behind(now, pool_at(sim, queue->pool)->constants.short_timer_limit);
        queue->first_later = SIM_NEVER;
        look_through(sim, queue->later, thread, &found);
    } else if (queue->first_later < found.next) {
        found.next = queue->first_later;
    }
    want(sim, id, found.next, found.cause);
    return found.first != 0 && timer_runs(sim, item, found.first);
}
