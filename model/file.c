/* SPDX-License-Identifier: Apache-2.0 */
/* File objects. The handle and its file object are one here, until duplicates come. */
#include "model/file.h"

#include "model/operand.h"
#include "model/queue.h"
#include "model/target.h"
#include "model/thread.h"
#include "model/wait.h"

/* Reads the attributes that a declaration or an `open` gives; false after a misuse. */
static bool file_read(struct simulation *sim,
                      thread_id thread,
                      file_id id,
                      const struct handle_attributes *attributes)
{
    struct file file = *file_at(sim, id);
    int64_t key = 0;
    uint64_t size = FILE_SIZE_NONE;

    if (!operand_number(sim, thread, attributes->key, &key) ||
        !operand_size(sim, thread, attributes->size, &size)) {
        return false;
    }
    file.key = (uint64_t)key;
    file.size = size;
    file.device = operand_object(sim, thread, attributes->device, OBJECT_DEVICE);
    file.queue = operand_object(sim, thread, attributes->port, OBJECT_PORT);
    file.procedure = attributes->callback == OPERAND_ABSENT ? PLAN_NONE : attributes->callback;
    *file_at(sim, id) = file;
    return true;
}

void file_declare(struct simulation *sim, const struct plan_object *declaration)
{
    const struct handle_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, handle, declaration);

    for (uint32_t i = 0; i < declaration->count; i++) {
        file_id id = declaration->first_slot + i + 1;

        sim->index = declaration->from + i;
        if (declaration->later) {
            continue;
        }
        file_at(sim, id)->flags = FILE_IS_MADE;
        if (file_read(sim, 0, id, attributes) && file_at(sim, id)->queue != 0) {
            queue_at(sim, file_at(sim, id)->queue)->files++;
        }
    }
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
        record->object = file_reference(id);
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
    file->flags &= ~(uint32_t)FILE_IS_SIGNALLED;
    if (file->waitable != 0) {
        waitable_at(sim, file->waitable)->state = 0;
    }
    record = emit_verb(sim, RECORD_OBJECT_RESET, issuer);
    if (record != NULL) {
        record->object = file_reference(id);
    }
}

/* Associates an open file with a port and says so. */
static void associate(struct simulation *sim, thread_id thread, file_id id, queue_id queue)
{
    struct record *record;

    file_at(sim, id)->queue = queue;
    queue_at(sim, queue)->files++;
    record = emit_verb(sim, RECORD_HANDLE_ASSOCIATE, thread);
    if (record != NULL) {
        record->object = file_reference(id);
        record->which = queue_reference(queue);
        record->key = file_at(sim, id)->key;
    }
}

/* What an `open` that names a declared handle leaves to its declaration. */
static struct handle_attributes
open_inherit(struct simulation *sim, reference named, const struct open_operands *operands)
{
    const struct plan_object *declaration = plan_object_of(sim->plan, named);
    struct handle_attributes attributes = {
        .kind = OPERAND_ABSENT,
        .device = operands->device,
        .size = operands->size,
        .port = operands->port,
        .key = operands->key,
        .callback = operands->callback,
    };

    if (declaration != NULL) {
        const struct handle_attributes *declared = PLAN_ATTRIBUTES(sim->plan, handle, declaration);
        uint32_t *given = (uint32_t *)&attributes;
        const uint32_t *inherited = (const uint32_t *)declared;
        sim->index = reference_slot(named) - declaration->first_slot + declaration->from;
        for (size_t i = 0; i < sizeof attributes / sizeof *given; i++) {
            given[i] = given[i] == OPERAND_ABSENT ? inherited[i] : given[i];
        }
    }
    return attributes;
}

/* The handle that `open` makes: the declared one, if it waits to be made, else a new one. */
static bool file_to_open(struct simulation *sim, thread_id thread, uint32_t target, reference *handle)
{
    if (*handle != REFERENCE_NONE &&
        (file_at(sim, reference_slot(*handle) + 1)->flags & FILE_IS_MADE) == 0) {
        return true;
    }
    *handle = file_reference(simulation_create_element(sim, TABLE_FILE));
    return !sim->out_of_memory && target_name(sim, thread, target, *handle);
}

enum step_end file_open(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct open_operands *operands = (const void *)words;
    struct handle_attributes attributes;
    reference named = REFERENCE_NONE;
    reference made;
    struct record *record;
    queue_id queue;
    file_id id;

    if (!target_declared(sim, thread, operands->object, &named)) {
        return STEP_GOES_ON;
    }
    made = named;
    if (!file_to_open(sim, thread, operands->object, &made)) {
        return STEP_GOES_ON;
    }
    id = reference_slot(made) + 1;
    thread_at(sim, thread)->subject = made;
    attributes = open_inherit(sim, named, operands);
    if (!file_read(sim, thread, id, &attributes)) {
        return STEP_GOES_ON;
    }
    file_at(sim, id)->flags = FILE_IS_MADE;
    queue = file_at(sim, id)->queue;
    file_at(sim, id)->queue = 0;
    record = emit_verb(sim, RECORD_OBJECT_CREATE, thread);
    if (record != NULL) {
        record->object = made;
        record->count = OBJECT_HANDLE;
    }
    if (queue != 0) {
        associate(sim, thread, id, queue);
    }
    thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    return STEP_GOES_ON;
}

enum step_end file_associate(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct associate_operands *operands = (const void *)words;
    file_id id = operand_subject(sim, thread, operands->object, OBJECT_HANDLE);
    queue_id queue = id == 0 ? 0 : operand_object(sim, thread, operands->port, OBJECT_PORT);
    int64_t key = 0;

    if (queue == 0 || !operand_number(sim, thread, operands->key, &key)) {
        return STEP_GOES_ON;
    }
    if ((file_at(sim, id)->flags & FILE_IS_MADE) == 0 || !queue_at(sim, queue)->is_made ||
        queue_at(sim, queue)->is_closed) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
    } else if (file_at(sim, id)->queue != 0) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_PARAMETER);
    } else {
        file_at(sim, id)->key = (uint64_t)key;
        associate(sim, thread, id, queue);
        thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    }
    return STEP_GOES_ON;
}
