/* SPDX-License-Identifier: Apache-2.0 */
/* The future event list as a small sorted array before a monotone radix heap.
 *
 * Far events lie in buckets by the highest digit in which their instant differs from `base`, unsorted, each
 * bucket first scheduled first. When the near events are used up, the earliest buckets become the near ones,
 * as many as are few events together; if the first alone is not, `base` moves to its earliest instant and it
 * is spread over the levels below. An event can only move downwards, so that it moves at most as often as
 * time has digits, and in practice once or twice.
 *
 * Invariants; together they keep events of one instant in the order of their scheduling without a number:
 *   the near events are sorted by time, the first scheduled first within an instant
 *   all events of one instant are near, or all are far
 *   a near event is before near_bound, a far one is not, and not before base
 *   within a bucket, events of one instant lie in the order of their scheduling
 *   no event is earlier than the open instant; all its events are open */
#include "sim/event_queue.h"

#include <string.h>

#include "sim/apart.h"

/* Later than every instant: nothing is far. */
#define NOTHING_FAR UINT64_MAX

/* Sorting among so many is cheap; when there are more, the later half is sent away. */
#define NEAR_MOST 32
#define NEAR_PLACES 64

static struct event_chunk *chunk_at(const struct event_queue *queue, uint32_t number)
{
    return BLOCK_AT(queue->block, queue->tables.chunk, struct event_chunk, number - 1);
}

static struct event *near_of(const struct event_queue *queue)
{
    return BLOCK_AT(queue->block, queue->tables.near, struct event, 0);
}

/* Makes places for near events, at least as many as there are. */
static bool add_places(struct event_queue *queue, uint32_t wanted)
{
    uint32_t places = event_queue_state(queue)->places;
    uint32_t id;

    wanted = wanted < places * 2 ? places * 2 : wanted;
    for (; places < wanted; places++) {
        if (!block_create(queue->block, queue->tables.near, &id)) {
            return false;
        }
    }
    event_queue_state(queue)->places = places;
    return true;
}

bool event_queue_init(struct event_queue *queue, struct block *block, struct event_tables tables)
{
    uint32_t state;

    queue->block = block;
    queue->tables = tables;
    queue->failed = false;
    if (!block_create(block, tables.state, &state)) {
        return false;
    }
    event_queue_state(queue)->near_bound = NOTHING_FAR;
    return add_places(queue, NEAR_PLACES);
}

/* The level of a bucket, and its place there. */
static uint32_t level_of(uint32_t number)
{
    return number / EVENT_DIGITS;
}

static uint32_t digit_of(uint32_t number)
{
    return number % EVENT_DIGITS;
}

/* The bucket of an instant: the highest place in which it differs from the base, and its digit there. */
static uint32_t bucket_of(const struct event_queue_state *state, sim_time time)
{
    uint64_t difference = time ^ state->base;
    uint32_t level = (63 - (uint32_t)__builtin_clzll(difference | 1)) / EVENT_DIGIT_BITS;

    return level * EVENT_DIGITS + (time >> level * EVENT_DIGIT_BITS) % EVENT_DIGITS;
}

/* The first instant after all that belong to a bucket. */
static sim_time bucket_end(const struct event_queue_state *state, uint32_t number)
{
    uint32_t place = level_of(number) * EVENT_DIGIT_BITS;
    uint64_t digits = (state->base >> place) / EVENT_DIGITS * EVENT_DIGITS + digit_of(number);

    return (digits + 1) << place;
}

static void note_occupied(struct event_queue_state *state, uint32_t number)
{
    state->digits[level_of(number)] |= UINT64_C(1) << digit_of(number);
    state->levels |= 1u << level_of(number);
}

static void note_empty(struct event_queue_state *state, uint32_t number)
{
    state->digits[level_of(number)] &= ~(UINT64_C(1) << digit_of(number));
    if (state->digits[level_of(number)] == 0) {
        state->levels &= ~(1u << level_of(number));
    }
}

/* The bucket with the earliest of the far events. */
static uint32_t first_bucket(const struct event_queue_state *state)
{
    uint32_t level = (uint32_t)__builtin_ctz(state->levels);

    return level * EVENT_DIGITS + (uint32_t)__builtin_ctzll(state->digits[level]);
}

/* Adds a chunk to a bucket whose last one is full. */
SIM_APART static bool add_chunk(struct event_queue *queue, uint32_t number)
{
    uint32_t added = event_queue_state(queue)->unused;
    struct event_bucket *bucket;

    if (added != 0) {
        event_queue_state(queue)->unused = chunk_at(queue, added)->next;
    } else {
        if (!block_create(queue->block, queue->tables.chunk, &added)) {
            return false;
        }
        added++;
    }
    bucket = &event_queue_state(queue)->bucket[number];
    if (bucket->last != 0) {
        chunk_at(queue, bucket->last)->next = added;
    } else {
        bucket->first = added;
        note_occupied(event_queue_state(queue), number);
    }
    chunk_at(queue, added)->next = 0;
    bucket->last = added;
    bucket->last_count = 0;
    return true;
}

/* Puts an event at the end of its bucket. */
SIM_APART static bool push_far(struct event_queue *queue, struct event event)
{
    uint32_t number = bucket_of(event_queue_state(queue), event.time);
    struct event_bucket *bucket = &event_queue_state(queue)->bucket[number];

    if (bucket->last == 0 || bucket->last_count == EVENT_CHUNK_ROOM) {
        if (!add_chunk(queue, number)) {
            return false;
        }
        bucket = &event_queue_state(queue)->bucket[number];
    }
    chunk_at(queue, bucket->last)->entry[bucket->last_count++] = event;
    bucket->count++;
    return true;
}

/* Sorts an event in among the near ones, after those of its instant. There is a place behind them. */
static inline void push_near(struct event_queue_state *state, struct event *near, struct event event)
{
    uint32_t at = state->near_end++;

    while (at > state->near_first && near[at - 1].time > event.time) {
        near[at] = near[at - 1];
        at--;
    }
    near[at] = event;
}

/* Makes a place behind the near events: they move to the front, or, if they fill most places, get more. */
SIM_APART static bool make_place(struct event_queue *queue)
{
    struct event_queue_state *state = event_queue_state(queue);
    uint32_t count = state->near_end - state->near_first;

    if (count > state->places / 2) {
        return add_places(queue, state->places * 2);
    }
    memmove(near_of(queue), near_of(queue) + state->near_first, count * sizeof(struct event));
    state->near_first = 0;
    state->near_end = count;
    return true;
}

/* Where the near events can be cut without tearing an instant, near their middle; their end: nowhere. */
static uint32_t place_to_cut(const struct event_queue_state *state, const struct event *near)
{
    uint32_t least = state->near_first + state->open;
    uint32_t middle = state->near_first + NEAR_MOST / 2;
    uint32_t cut = middle > least ? middle : least;

    while (cut > least && near[cut - 1].time == near[cut].time) {
        cut--;
    }
    while (cut < state->near_end && cut > state->near_first && near[cut - 1].time == near[cut].time) {
        cut++;
    }
    return cut;
}

/* Sends the later half of the near events away. */
SIM_APART static bool evict(struct event_queue *queue)
{
    struct event_queue_state *state = event_queue_state(queue);
    uint32_t end = state->near_end;
    uint32_t cut = place_to_cut(state, near_of(queue));

    if (cut == end) {
        return true;
    }
    if (state->levels == 0) {
        state->base = state->open_time;
    }
    state->near_bound = near_of(queue)[cut].time;
    state->near_end = cut;
    for (uint32_t i = cut; i < end; i++) {
        if (!push_far(queue, near_of(queue)[i])) {
            return false;
        }
    }
    return true;
}

/* Makes room for one more near event, by sending the later half away when there are many. */
SIM_APART static bool make_room(struct event_queue *queue)
{
    struct event_queue_state *state = event_queue_state(queue);

    if (state->near_end - state->near_first >= NEAR_MOST && !evict(queue)) {
        return false;
    }
    state = event_queue_state(queue);
    return state->near_end < state->places || make_place(queue);
}

bool event_queue_push(struct event_queue *queue, struct event event)
{
    struct event_queue_state *state = event_queue_state(queue);

    SIM_CHECK(event.time >= state->open_time);
    state->pending++;
    if (event.time < state->near_bound &&
        (state->near_end - state->near_first >= NEAR_MOST || state->near_end == state->places)) {
        if (!make_room(queue)) {
            return false;
        }
        state = event_queue_state(queue);
    }
    if (event.time >= state->near_bound) {
        return push_far(queue, event);
    }
    push_near(state, near_of(queue), event);
    state->open += state->open > 0 && event.time == state->open_time;
    return true;
}

/* Empties a bucket, and returns its chunks. */
static struct event_bucket bucket_clear(struct event_queue_state *state, uint32_t number)
{
    struct event_bucket cleared = state->bucket[number];

    state->bucket[number] = (struct event_bucket){0, 0, 0, 0};
    note_empty(state, number);
    return cleared;
}

/* How many events the first chunk has. */
static uint32_t first_count(const struct event_bucket *bucket)
{
    return bucket->count < EVENT_CHUNK_ROOM ? bucket->count : EVENT_CHUNK_ROOM;
}

/* Goes on to the next chunk of a bucket, all of whose chunks are to be used up: this one is free again. */
static void chunk_end(struct event_queue *queue, struct event_bucket *bucket)
{
    struct event_chunk *ended = chunk_at(queue, bucket->first);
    uint32_t number = bucket->first;

    bucket->count -= first_count(bucket);
    bucket->first = ended->next;
    ended->next = event_queue_state(queue)->unused;
    event_queue_state(queue)->unused = number;
}

static sim_time earliest_of(const struct event_queue *queue, struct event_bucket bucket)
{
    sim_time earliest = SIM_NEVER;

    for (; bucket.count > 0; bucket.first = chunk_at(queue, bucket.first)->next) {
        const struct event_chunk *chunk = chunk_at(queue, bucket.first);
        uint32_t count = first_count(&bucket);
        for (uint32_t i = 0; i < count; i++) {
            earliest = chunk->entry[i].time < earliest ? chunk->entry[i].time : earliest;
        }
        bucket.count -= count;
    }
    return earliest;
}

/* Spreads a bucket over the ones below it, reckoned from its earliest instant. */
static bool spread(struct event_queue *queue, uint32_t number)
{
    struct event_bucket bucket = bucket_clear(event_queue_state(queue), number);

    event_queue_state(queue)->base = earliest_of(queue, bucket);
    while (bucket.count > 0) {
        uint32_t count = first_count(&bucket);
        for (uint32_t i = 0; i < count; i++) {
            if (!push_far(queue, chunk_at(queue, bucket.first)->entry[i])) {
                return false;
            }
        }
        chunk_end(queue, &bucket);
    }
    return true;
}

/* Adds a bucket to the near events, behind which there is room. */
static void fetch(struct event_queue *queue, uint32_t number)
{
    struct event_queue_state *state = event_queue_state(queue);
    sim_time end = bucket_end(state, number);
    struct event_bucket bucket = bucket_clear(state, number);

    while (bucket.count > 0) {
        uint32_t count = first_count(&bucket);
        for (uint32_t i = 0; i < count; i++) {
            push_near(state, near_of(queue), chunk_at(queue, bucket.first)->entry[i]);
        }
        chunk_end(queue, &bucket);
    }
    state->near_bound = state->levels == 0 ? NOTHING_FAR : end;
}

/* Makes the earliest of the far events, of which there are some, the near ones; there were none. */
SIM_APART static bool refill(struct event_queue *queue)
{
    struct event_queue_state *state = event_queue_state(queue);
    uint32_t number = first_bucket(state);

    while (level_of(number) > 0 && state->bucket[number].count > NEAR_MOST) {
        if (!spread(queue, number)) {
            return false;
        }
        state = event_queue_state(queue);
        number = first_bucket(state);
    }
    state->near_first = 0;
    state->near_end = 0;
    if (state->bucket[number].count >= state->places && !add_places(queue, state->bucket[number].count + 1)) {
        return false;
    }
    state = event_queue_state(queue);
    do {
        fetch(queue, number);
        number = state->levels == 0 ? number : first_bucket(state);
    } while (state->levels != 0 && state->near_end + state->bucket[number].count <= NEAR_MOST / 2);
    return true;
}

uint32_t event_queue_open(struct event_queue *queue)
{
    struct event_queue_state *state = event_queue_state(queue);
    const struct event *near;
    uint32_t end;

    if (state->pending == 0) {
        return 0;
    }
    if (state->near_first == state->near_end && !refill(queue)) {
        queue->failed = true;
        return 0;
    }
    state = event_queue_state(queue);
    near = near_of(queue);
    end = state->near_first + 1;
    state->open_time = near[state->near_first].time;
    while (end < state->near_end && near[end].time == state->open_time) {
        end++;
    }
    state->open = end - state->near_first;
    return state->open;
}

static void prune_near(struct event_queue_state *state, struct event *near, const struct event_judge *judge)
{
    uint32_t kept = state->near_first + state->open;

    for (uint32_t i = kept; i < state->near_end; i++) {
        if (!judge->says(judge->context, near[i])) {
            near[kept++] = near[i];
        }
    }
    state->pending -= state->near_end - kept;
    state->near_end = kept;
}

/* Takes a bucket's events out, and puts back those that are not stale. No memory is needed: a chunk is free
 * before the next one is read, and is not written before all of it was. */
static void prune_bucket(struct event_queue *queue, uint32_t number, const struct event_judge *judge)
{
    struct event_bucket bucket = bucket_clear(event_queue_state(queue), number);

    event_queue_state(queue)->pending -= bucket.count;
    while (bucket.count > 0) {
        struct event_chunk chunk = *chunk_at(queue, bucket.first);
        uint32_t count = first_count(&bucket);
        chunk_end(queue, &bucket);
        for (uint32_t i = 0; i < count; i++) {
            if (!judge->says(judge->context, chunk.entry[i])) {
                (void)push_far(queue, chunk.entry[i]);
                event_queue_state(queue)->pending++;
            }
        }
    }
}

void event_queue_prune(struct event_queue *queue, const struct event_judge *judge)
{
    struct event_queue_state *state = event_queue_state(queue);

    prune_near(state, near_of(queue), judge);
    for (uint32_t level = 0; level < EVENT_LEVELS; level++) {
        for (uint64_t left = state->digits[level]; left != 0; left &= left - 1) {
            prune_bucket(queue, level * EVENT_DIGITS + (uint32_t)__builtin_ctzll(left), judge);
        }
    }
    if (state->levels == 0) {
        state->near_bound = NOTHING_FAR;
    }
}

static bool bucket_has(const struct event_queue *queue, struct event_bucket bucket, const struct event_judge *judge)
{
    for (; bucket.count > 0; bucket.first = chunk_at(queue, bucket.first)->next) {
        const struct event_chunk *chunk = chunk_at(queue, bucket.first);
        uint32_t count = first_count(&bucket);
        for (uint32_t i = 0; i < count; i++) {
            if (judge->says(judge->context, chunk->entry[i])) {
                return true;
            }
        }
        bucket.count -= count;
    }
    return false;
}

bool event_queue_has(const struct event_queue *queue, const struct event_judge *judge)
{
    const struct event_queue_state *state = event_queue_state(queue);
    const struct event *near = near_of(queue);

    for (uint32_t i = state->near_first; i < state->near_end; i++) {
        if (judge->says(judge->context, near[i])) {
            return true;
        }
    }
    for (uint32_t level = 0; level < EVENT_LEVELS; level++) {
        for (uint64_t left = state->digits[level]; left != 0; left &= left - 1) {
            uint32_t number = level * EVENT_DIGITS + (uint32_t)__builtin_ctzll(left);
            if (bucket_has(queue, state->bucket[number], judge)) {
                return true;
            }
        }
    }
    return false;
}
