/* SPDX-License-Identifier: Apache-2.0 */
/* Every record is kept, so that a cause can be looked up however long ago it was. Which records cause those
 * of a thread's verbs is told by the record vocabulary under "Causes". */
#include "traces/past.h"

#include <stdlib.h>
#include <string.h>

bool past_init(struct past *past, const struct cast *cast)
{
    memset(past, 0, sizeof *past);
    kept_init(&past->kept, NULL);
    past->replay = replay_create(cast);
    return past->replay != NULL;
}

void past_release(struct past *past)
{
    replay_destroy(past->replay);
    kept_release(&past->kept);
    free(past->latest);
    free(past->readied);
    memset(past, 0, sizeof *past);
}

/* Room for what is known of a thread. */
static bool make_room(struct past *past, uint32_t slot)
{
    uint32_t threads = past->threads == 0 ? 16 : past->threads;
    uint64_t *latest;
    uint64_t *readied;

    if (slot < past->threads) {
        return true;
    }
    while (threads <= slot) {
        threads *= 2;
    }
    latest = realloc(past->latest, threads * sizeof *latest);
    past->latest = latest == NULL ? past->latest : latest;
    readied = realloc(past->readied, threads * sizeof *readied);
    past->readied = readied == NULL ? past->readied : readied;
    if (latest == NULL || readied == NULL) {
        past->failed = true;
        return false;
    }
    memset(latest + past->threads, 0, (threads - past->threads) * sizeof *latest);
    memset(readied + past->threads, 0, (threads - past->threads) * sizeof *readied);
    past->threads = threads;
    return true;
}

static void note_thread(struct past *past, const struct record *record)
{
    uint32_t slot = reference_slot(record->thread);

    if (!make_room(past, slot)) {
        return;
    }
    switch ((int)record->kind) {
    case RECORD_PACKET_RELEASE:
        past->readied[slot] = record->n;
        past->latest[slot] = record->n;
        break;
    case RECORD_THREAD_CREATE:
    case RECORD_POOL_UNPARK:
    case RECORD_THREAD_UNBLOCK:
    case RECORD_THREAD_PREEMPT:
        past->readied[slot] = record->n;
        break;
    case RECORD_PORT_TIMEOUT: /* of one that has not parked: it runs, or goes on with its get */
        if (replay_thread(past->replay, record->thread)->state == REPLAY_PARKED) {
            past->readied[slot] = record->n;
        }
        break;
    case RECORD_THREAD_READY: /* of one that gives way: its thread-yield */
        past->readied[slot] = record->cause;
        break;
    case RECORD_THREAD_RUN:
    case RECORD_PACKET_TAKE:
    case RECORD_WORK_TAKE:
    case RECORD_CALLBACK_BEGIN:
    case RECORD_CALLBACK_END:
    case RECORD_FRAME_SUSPEND:
    case RECORD_FRAME_RESUME:
    case RECORD_FRAME_END:
        past->latest[slot] = record->n;
        break;
    default:
        break;
    }
}

void past_take(struct past *past, const struct record *record, const struct record_batch *batch)
{
    kept_add(&past->kept, record, batch);
    if (record->thread != REFERENCE_NONE) {
        note_thread(past, record);
    }
    replay_see(past->replay, record, batch);
    past->failed = past->failed || past->kept.failed || replay_failed(past->replay);
}

static bool is_like(const struct record *record, const struct past_like *like)
{
    return record->kind == like->kind && (like->thread == REFERENCE_NONE || record->thread == like->thread) &&
           (like->object == REFERENCE_NONE || record->object == like->object) && (like->op == 0 || record->op == like->op);
}

const struct record *past_in_step(const struct past *past, const struct record *now, struct past_like like)
{
    for (size_t i = past->kept.count; i > 0 && past->kept.record[i - 1].step_n == now->step_n; i--) {
        if (past->kept.record[i - 1].n < now->n && is_like(&past->kept.record[i - 1], &like)) {
            return &past->kept.record[i - 1];
        }
    }
    return NULL;
}

uint64_t past_latest(const struct past *past, reference thread)
{
    return reference_slot(thread) < past->threads ? past->latest[reference_slot(thread)] : 0;
}

uint64_t past_readied(const struct past *past, reference thread)
{
    return reference_slot(thread) < past->threads ? past->readied[reference_slot(thread)] : 0;
}
