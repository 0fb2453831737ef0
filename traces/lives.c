/* SPDX-License-Identifier: Apache-2.0 */
/* Operations are numbered as they begin, so they are appended; a broken trace that says otherwise loses the operation.
 * Work items are numbered by the records that queue them, which their work-takes name as their causes; what a thread
 * took it has in hand until its callback ends.
 * Who freed the slot for a packet's taker, and which operation made room at a device, is told by records of the same
 * step, which a ring of the latest remembers. */
#include "traces/lives.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

struct lives *lives_create(void)
{
    return calloc(1, sizeof(struct lives));
}

void lives_destroy(struct lives *lives)
{
    if (lives != NULL) {
        free(lives->life);
        free(lives->work);
        free(lives->hand);
        free(lives->bytes);
        free(lives);
    }
}

struct life *lives_find(const struct lives *lives, uint64_t op)
{
    struct life *life = (op & LIFE_WORK) != 0 ? lives->work : lives->life;
    size_t count = (op & LIFE_WORK) != 0 ? lives->works : lives->count;
    size_t first = 0;
    size_t end = count;

    if (op > 0 && op <= count && life[op - 1].op == op) {
        return &life[op - 1];
    }
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (life[middle].op < op) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first < count && life[first].op == op ? &life[first] : NULL;
}

size_t lives_all(const struct lives *lives)
{
    return lives->count + lives->works;
}

const struct life *lives_at(const struct lives *lives, size_t index)
{
    return index < lives->count ? &lives->life[index] : &lives->work[index - lives->count];
}

void lives_name(const struct lives *lives, uint64_t op, char *words, size_t room)
{
    const struct life *life = lives_find(lives, op);
    const char *label = life == NULL ? NULL : life_label(lives, life);

    if (label != NULL) {
        snprintf(words, room, "%s", label);
    } else {
        snprintf(words, room, "%c%llu", (op & LIFE_WORK) != 0 ? '@' : '#', (unsigned long long)(op & ~LIFE_WORK));
    }
}

const char *life_label(const struct lives *lives, const struct life *life)
{
    return life->label == UINT32_MAX ? NULL : lives->bytes + life->label;
}

/* Notes the label that stands in a record's span. */
static void take_label(struct lives *lives, struct life *life, const struct record *record,
                       const struct record_batch *batch)
{
    void *items = lives->bytes;

    if (record->span.length == 0) {
        return;
    }
    if (!array_reach(&items, &lives->byte_room, lives->byte_count + record->span.length, 1)) {
        lives->failed = true;
        return;
    }
    lives->bytes = items;
    memcpy(lives->bytes + lives->byte_count, batch->bytes + record->span.first, record->span.length);
    life->label = (uint32_t)lives->byte_count;
    lives->byte_count += record->span.length;
    lives->bytes[lives->byte_count++] = '\0';
}

/* A new life that goes by `op`, in one of the two arrays; NULL: that came before, or there is no memory. */
static struct life *append(struct lives *lives, uint64_t op, const struct record *record)
{
    bool is_work = (op & LIFE_WORK) != 0;
    struct life **array = is_work ? &lives->work : &lives->life;
    size_t *count = is_work ? &lives->works : &lives->count;
    void *items = *array;
    struct life *life;

    if (*count > 0 && (*array)[*count - 1].op >= op) {
        return NULL;
    }
    if (!array_reach(&items, is_work ? &lives->work_room : &lives->room, *count, sizeof *life)) {
        lives->failed = true;
        return NULL;
    }
    *array = items;
    life = &(*array)[(*count)++];
    *life = (struct life){.op = op, .issuer = record->thread, .item = record->item, .object = record->object, .device = REFERENCE_NONE,
                          .port = REFERENCE_NONE, .taker = REFERENCE_NONE, .freed_by = REFERENCE_NONE, .handed_by = REFERENCE_NONE,
                          .procedure = NAME_NONE, .label = UINT32_MAX, .issuer_type = record->type,
                          .is_post = record->kind == RECORD_PACKET_POST};
    for (int i = 0; i < LIFE_STAGES; i++) {
        life->at[i] = SIM_NEVER;
    }
    life->at[LIFE_ISSUED] = record->t;
    life->n[LIFE_ISSUED] = record->n;
    return life;
}

static void begin(struct lives *lives, const struct record *record, const struct record_batch *batch)
{
    struct life *life = append(lives, record->op, record);

    if (life != NULL) {
        life->verb = life->is_post ? 0 : record->verb;
        life->port = life->is_post ? record->object : REFERENCE_NONE;
        take_label(lives, life, record, batch);
    }
}

/* Reaches a stage; only the first time counts. */
static void reach(struct life *life, enum life_stage stage, const struct record *record)
{
    if (life->at[stage] == SIM_NEVER) {
        life->at[stage] = record->t;
        life->n[stage] = record->n;
    }
}

/* The latest record of the moment that says a thread gave up its slot at a port. */
static reference slot_freed_by(const struct lives *lives, const struct record *record)
{
    for (uint64_t n = record->n - 1; n > 0 && record->n - n < LANE_RECENT; n--) {
        const struct lives_recent *recent = &lives->recent[n % LANE_RECENT];
        if (recent->n == n && (recent->kind == RECORD_PORT_BLOCK || recent->kind == RECORD_PORT_LEAVE)) {
            return recent->thread;
        }
    }
    return REFERENCE_NONE;
}

static void take(const struct lives *lives, struct life *life, const struct record *record)
{
    if (life->at[LIFE_TAKEN] == SIM_NEVER) {
        life->taker = record->thread;
        life->taker_type = record->type;
        life->why = record->why;
        life->port = record->object;
        if (record->why == WHY_SLOT_FREED_BY_BLOCK || record->why == WHY_SLOT_FREED_BY_EXIT ||
            record->why == WHY_SLOT_FREED_BY_LEAVE) {
            life->freed_by = slot_freed_by(lives, record);
        }
    }
    reach(life, LIFE_TAKEN, record);
}

/* A device begins an operation that had waited for it: by its cause, behind another one. */
static void begin_service(const struct lives *lives, struct life *life, const struct record *record)
{
    const struct lives_recent *recent = &lives->recent[record->cause % LANE_RECENT];

    reach(life, LIFE_BEGUN, record);
    life->device = record->object;
    if (life->at[LIFE_WAITED] != SIM_NEVER && recent->n == record->cause && recent->kind == RECORD_DEVICE_END) {
        life->behind = recent->op;
    }
}

/* Its packet was taken by a thread that makes work of it: the one that takes it is who takes the work. */
static void hand_on(struct life *life)
{
    if (life->at[LIFE_TAKEN] != SIM_NEVER && life->at[LIFE_BEGAN] == SIM_NEVER) {
        life->handed_by = life->taker;
        life->freed_by = REFERENCE_NONE;
        life->at[LIFE_TAKEN] = SIM_NEVER;
    }
}

/* A record of an operation that has begun. */
static void see_life(const struct lives *lives, struct life *life, const struct record *record)
{
    switch ((int)record->kind) {
    case RECORD_DEVICE_QUEUE:
        reach(life, LIFE_WAITED, record);
        life->device = record->object;
        break;
    case RECORD_DEVICE_BEGIN:
        begin_service(lives, life, record);
        break;
    case RECORD_DEVICE_END:
        if (life->at[LIFE_BEGUN] != SIM_NEVER) { /* else it was cancelled while it waited */
            reach(life, LIFE_SERVED, record);
        }
        break;
    case RECORD_OP_IMMEDIATE:
    case RECORD_OP_COMPLETE:
        reach(life, LIFE_ENDED, record);
        life->error = record->error;
        life->has_error = true;
        break;
    case RECORD_WORK_QUEUE: /* the end of an operation on a handle that is bound to a pool */
        hand_on(life);
        reach(life, LIFE_QUEUED, record);
        life->port = record->object;
        break;
    case RECORD_PACKET_QUEUE:
        reach(life, LIFE_QUEUED, record);
        life->port = record->object;
        break;
    case RECORD_PACKET_RELEASE:
    case RECORD_PACKET_TAKE:
    case RECORD_WORK_TAKE:
        take(lives, life, record);
        break;
    case RECORD_PACKET_DROP:
        life->is_dropped = true;
        break;
    case RECORD_CALLBACK_BEGIN:
        reach(life, LIFE_BEGAN, record);
        life->procedure = record->procedure;
        life->taker = record->thread; /* whoever took it may have handed it on */
        life->taker_type = record->type;
        break;
    case RECORD_CALLBACK_END:
        reach(life, LIFE_DONE, record);
        break;
    default:
        break;
    }
}

/* What a thread has in hand; NULL when there is no memory. */
static struct lives_hand *hand_of(struct lives *lives, const struct record *record)
{
    void *items = lives->hand;
    uint32_t slot = reference_slot(record->thread);

    if (!array_reach(&items, &lives->hands, slot, sizeof *lives->hand)) {
        lives->failed = true;
        return NULL;
    }
    lives->hand = items;
    return &lives->hand[slot];
}

static void queue_work(struct lives *lives, const struct record *record)
{
    struct life *life = append(lives, LIFE_WORK | record->n, record);

    if (life != NULL) {
        reach(life, LIFE_QUEUED, record);
        life->port = record->object;
        life->procedure = record->procedure;
    }
}

/* A thread takes a work item; while it waits in the callback of one it may take another. */
static void take_work(struct lives *lives, struct lives_hand *hand, const struct record *record)
{
    struct life *life = lives_find(lives, LIFE_WORK | record->cause);

    if (life != NULL && life->at[LIFE_TAKEN] == SIM_NEVER) {
        const struct life *before = hand->work == 0 || hand->frame != 0 ? NULL : lives_find(lives, hand->work);
        life->outer = before == NULL ? *hand : before->outer; /* that one had no callback */
        *hand = (struct lives_hand){life->op, 0};
        take(lives, life, record);
    }
}

/* A thread does something with the work item that it takes or has in hand. */
static void see_work(struct lives *lives, const struct record *record)
{
    struct lives_hand *hand = record->thread == REFERENCE_NONE ? NULL : hand_of(lives, record);
    struct life *life;

    if (hand == NULL) {
        return;
    }
    if (record->kind == RECORD_WORK_TAKE) {
        take_work(lives, hand, record);
        return;
    }
    life = hand->work == 0 ? NULL : lives_find(lives, hand->work);
    if (life == NULL) {
        return;
    }
    if (record->kind == RECORD_CALLBACK_BEGIN && hand->frame == 0 && record->object == life->port) {
        hand->frame = record->frame;
        reach(life, LIFE_BEGAN, record);
        life->procedure = record->procedure;
    } else if (record->kind == RECORD_CALLBACK_END && hand->frame == record->frame && hand->frame != 0) {
        reach(life, LIFE_DONE, record);
        *hand = life->outer;
    } else if (record->kind == RECORD_WORK_END && hand->frame == 0) {
        /* It had no callback of its own: it ran others', from when it was taken. */
        life->at[LIFE_BEGAN] = life->at[LIFE_TAKEN];
        life->n[LIFE_BEGAN] = life->n[LIFE_TAKEN];
        reach(life, LIFE_DONE, record);
        *hand = life->outer;
    }
}

void lives_see(void *context, const struct record_batch *batch)
{
    struct lives *lives = context;

    for (uint32_t i = 0; i < batch->count && !lives->failed; i++) {
        const struct record *record = &batch->record[i];
        struct life *life;
        lives->end = record->t;
        lives->recent[record->n % LANE_RECENT] =
            (struct lives_recent){record->n, record->op, record->thread, record->kind};
        if (record->op == 0) {
            if (record->kind == RECORD_WORK_QUEUE) {
                queue_work(lives, record);
            } else if (record->kind == RECORD_WORK_TAKE || record->kind == RECORD_CALLBACK_BEGIN || record->kind == RECORD_CALLBACK_END ||
                       record->kind == RECORD_WORK_END) {
                see_work(lives, record);
            }
            continue;
        }
        if (record->kind == RECORD_OP_ISSUE || record->kind == RECORD_PACKET_POST) {
            begin(lives, record, batch);
            continue;
        }
        life = lives_find(lives, record->op);
        if (life != NULL) {
            see_life(lives, life, record);
        }
    }
}

sim_time life_end(const struct life *life)
{
    sim_time end = life->at[LIFE_ISSUED];

    for (int i = 0; i < LIFE_STAGES; i++) {
        end = life->at[i] != SIM_NEVER && life->at[i] > end ? life->at[i] : end;
    }
    return end;
}

sim_span life_latency(const struct life *life)
{
    return life_end(life) - life->at[LIFE_ISSUED];
}

bool life_is_over(const struct life *life)
{
    if (life->at[LIFE_BEGAN] != SIM_NEVER) {
        return life->at[LIFE_DONE] != SIM_NEVER;
    }
    return life->at[LIFE_TAKEN] != SIM_NEVER ||
           (life->at[LIFE_ENDED] != SIM_NEVER && life->at[LIFE_QUEUED] == SIM_NEVER);
}
