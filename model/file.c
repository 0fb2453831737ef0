/* SPDX-License-Identifier: Apache-2.0 */
/* File objects: their signal, and the list of what is pending on them. */
#include "model/file.h"

#include "model/thread.h"
#include "model/wait.h"
#include "sim/check.h"

static reference named(const struct file *file)
{
    return reference_make(OBJECT_HANDLE, file->named - 1);
}

void file_signal(struct simulation *sim, file_id id, uint64_t cause)
{
    struct file *file = file_at(sim, id);
    struct record *record;

    if ((file->flags & FILE_IS_SIGNALLED) != 0) {
        return;
    }
    file->flags |= FILE_IS_SIGNALLED;
    record = emit(sim, RECORD_OBJECT_SET);
    if (record != NULL) {
        record->object = named(file);
        record->cause = cause;
        record->why = WHY_SIGNALLED_BY_OPERATION;
    }
    if (file->waitable != 0) {
        waitable_at(sim, file->waitable)->state = 1;
        wait_signal(sim, file->waitable, sim->state.n);
    }
}

void file_unsignal(struct simulation *sim, file_id id, thread_id issuer)
{
    struct file *file = file_at(sim, id);
    struct record *record;

    if ((file->flags & FILE_IS_SIGNALLED) == 0) {
        return;
    }
    file->flags &= (uint8_t)~FILE_IS_SIGNALLED;
    if (file->waitable != 0) {
        waitable_at(sim, file->waitable)->state = 0;
    }
    record = emit_verb(sim, RECORD_OBJECT_RESET, issuer);
    if (record != NULL) {
        record->object = named(file);
    }
}

void file_link(struct simulation *sim, file_id id, packet_id operation)
{
    struct file *file = file_at(sim, id);
    struct packet *packet = packet_at(sim, operation);

    packet->file_previous = file->last_pending;
    packet->file_next = 0;
    if (file->last_pending != 0) {
        packet_at(sim, file->last_pending)->file_next = operation;
    } else {
        file->first_pending = operation;
    }
    file->last_pending = operation;
    file->pending++;
}

void file_unlink(struct simulation *sim, file_id id, packet_id operation)
{
    struct file *file = file_at(sim, id);
    const struct packet *packet = packet_at(sim, operation);

    SIM_CHECK(file->pending > 0);
    if (packet->file_previous != 0) {
        packet_at(sim, packet->file_previous)->file_next = packet->file_next;
    } else {
        file->first_pending = packet->file_next;
    }
    if (packet->file_next != 0) {
        packet_at(sim, packet->file_next)->file_previous = packet->file_previous;
    } else {
        file->last_pending = packet->file_previous;
    }
    file->pending--;
}
