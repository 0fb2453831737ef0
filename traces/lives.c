/* SPDX-License-Identifier: Apache-2.0 */
/* Operations are numbered as they begin, so they are appended; a broken trace that says otherwise loses the operation.
 * Who freed the slot for a packet's taker, and which operation made room at a device, is told by records of the same
 * step, which a ring of the latest remembers. */
#include "traces/lives.h"

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
        free(lives->bytes);
        free(lives);
    }
}

struct life *lives_find(const struct lives *lives, uint64_t op)
{
    size_t first = 0;
    size_t end = lives->count;

    if (op > 0 && op <= lives->count && lives->life[op - 1].op == op) {
        return &lives->life[op - 1];
    }
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (lives->life[middle].op < op) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first < lives->count && lives->life[first].op == op ? &lives->life[first] : NULL;
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

static void begin(struct lives *lives, const struct record *record, const struct record_batch *batch)
{
    void *items = lives->life;
    struct life *life;

    if (lives->count > 0 && lives->life[lives->count - 1].op >= record->op) {
        return;
    }
    if (!array_reach(&items, &lives->room, lives->count, sizeof *life)) {
        lives->failed = true;
        return;
    }
    lives->life = items;
    life = &lives->life[lives->count++];
    *life = (struct life){.op = record->op, .issuer = record->thread, .object = record->object, .device = REFERENCE_NONE,
                          .port = REFERENCE_NONE, .taker = REFERENCE_NONE, .freed_by = REFERENCE_NONE,
                          .procedure = NAME_NONE, .label = UINT32_MAX, .issuer_type = record->type,
                          .is_post = record->kind == RECORD_PACKET_POST};
    for (int i = 0; i < LIFE_STAGES; i++) {
        life->at[i] = SIM_NEVER;
    }
    life->verb = life->is_post ? 0 : record->verb;
    life->at[LIFE_ISSUED] = record->t;
    life->n[LIFE_ISSUED] = record->n;
    if (life->is_post) {
        life->port = record->object;
    }
    take_label(lives, life, record, batch);
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
    case RECORD_PACKET_QUEUE:
    case RECORD_WORK_QUEUE: /* the end of an operation on a handle that is bound to a pool */
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
        life->taker = life->taker == REFERENCE_NONE ? record->thread : life->taker;
        life->taker_type = record->type;
        break;
    case RECORD_CALLBACK_END:
        reach(life, LIFE_DONE, record);
        break;
    default:
        break;
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
