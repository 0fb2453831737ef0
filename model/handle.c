/* SPDX-License-Identifier: Apache-2.0 */
/* Handles: opening, duplicating, associating. Source: facts IOCP-5..13, 84..86. */
#include "model/handle.h"

#include "model/door.h"
#include "model/operand.h"
#include "model/pool_state.h"
#include "model/process.h"
#include "model/queue.h"
#include "model/stream.h"
#include "model/target.h"
#include "model/thread.h"

/* Reads the attributes that a declaration or an `open` gives; false after a misuse. */
static bool file_read(struct simulation *sim,
                      thread_id thread,
                      struct file *file,
                      const struct handle_attributes *attributes)
{
    int64_t key = 0;
    bool overlapped = true;
    bool cached = false;

    file->size = FILE_SIZE_NONE;
    if (!operand_number(sim, thread, attributes->key, &key) ||
        !operand_size(sim, thread, attributes->size, &file->size) ||
        !operand_flag(sim, thread, attributes->overlapped, &overlapped) ||
        !operand_flag(sim, thread, attributes->cached, &cached) ||
        !operand_size(sim, thread, attributes->buffer, &file->buffer)) {
        return false;
    }
    file->key = (uint64_t)key;
    file->device = operand_object(sim, thread, attributes->device, OBJECT_DEVICE);
    file->queue = operand_object(sim, thread, attributes->port, OBJECT_PORT);
    file->procedure = attributes->callback == OPERAND_ABSENT ? PLAN_NONE : attributes->callback;
    file->kind = attributes->kind == OPERAND_ABSENT ? FILE_KIND_FILE : (uint8_t)attributes->kind;
    file->flags = (uint8_t)((overlapped ? 0 : FILE_IS_SYNCHRONOUS) | (cached ? FILE_IS_CACHED : 0));
    file->modes = attributes->modes == OPERAND_ABSENT ? 0 : (uint8_t)attributes->modes;
    file->api = attributes->api == OPERAND_ABSENT ? FILE_API_OVERLAPPED : (uint8_t)attributes->api;
    file->status_visible =
        attributes->status_visible == OPERAND_ABSENT ? STATUS_BY_EVENT : (uint8_t)attributes->status_visible;
    return true;
}

/* A file object of its own for a handle that comes to be open; false after a misuse. */
static bool open_file(struct simulation *sim,
                      thread_id thread,
                      handle_id handle,
                      const struct handle_attributes *attributes)
{
    struct file file = {.handles = 1, .named = handle};
    bool is_connected = true;
    file_id id;

    if (!file_read(sim, thread, &file, attributes) ||
        !operand_flag(sim, thread, attributes->connected, &is_connected)) {
        return false;
    }
    id = simulation_create_element(sim, TABLE_FILE);
    *file_at(sim, id) = file;
    *handle_at(sim, handle) = (struct handle){
        .file = id,
        .process = process_of(attributes->process, thread == 0 ? PROCESS_DEFAULT : thread_at(sim, thread)->process),
        .is_open = true,
    };
    if (file.kind != FILE_KIND_FILE) {
        stream_create(sim, id, is_connected);
    }
    return true;
}

/* The pool that the attributes give, if they do; false after a misuse. */
static bool pool_read(struct simulation *sim, thread_id thread, const struct handle_attributes *attributes, struct handle_pool *pool)
{
    pool->pool = operand_object(sim, thread, attributes->pool, OBJECT_POOL);
    pool->announced = false;
    if (attributes->pool != OPERAND_ABSENT && attributes->port != OPERAND_ABSENT) {
        misuse(sim, thread, "completions go to a port or to a pool, not to both");
        return false;
    }
    return operand_flag(sim, thread, attributes->announced, &pool->announced);
}

void handle_declare(struct simulation *sim, const struct plan_object *declaration)
{
    const struct handle_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, handle, declaration);

    for (uint32_t i = 0; i < declaration->count; i++) {
        handle_id id = declaration->first_slot + i + 1;

        struct handle_pool pool;

        sim->index = declaration->from + i;
        if (declaration->later || !open_file(sim, 0, id, attributes) || !pool_read(sim, 0, attributes, &pool)) {
            continue;
        }
        if (handle_file(sim, id)->queue != 0) {
            queue_at(sim, handle_file(sim, id)->queue)->files++;
        }
        if (pool.pool != 0) {
            door_id door = door_create(sim, pool.pool, pool.announced);
            handle_file(sim, id)->door = door;
        }
    }
}

handle_id handle_operand(struct simulation *sim, thread_id thread, uint32_t operand)
{
    handle_id id = operand_subject(sim, thread, operand, OBJECT_HANDLE);

    if (id != 0 && !handle_is_valid(sim, thread, id)) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
        return 0;
    }
    return id;
}

/* Associates an open file with a port and says so. */
static void associate(struct simulation *sim, thread_id thread, handle_id id, queue_id queue)
{
    struct record *record;

    handle_file(sim, id)->queue = queue;
    queue_at(sim, queue)->files++;
    record = emit_verb(sim, RECORD_HANDLE_ASSOCIATE, thread);
    if (record != NULL) {
        record->object = handle_reference(id);
        record->which = queue_reference(queue);
        record->key = handle_file(sim, id)->key;
        record->absent = 4;
    }
}

void handle_bind(struct simulation *sim, thread_id thread, handle_id id, struct handle_pool pool)
{
    door_id door = door_create(sim, pool.pool, pool.announced);
    struct record *record;

    handle_file(sim, id)->door = door;
    record = emit_verb(sim, RECORD_HANDLE_ASSOCIATE, thread);
    if (record != NULL) {
        record->object = handle_reference(id);
        record->which = reference_make(OBJECT_POOL, pool.pool - 1);
        record->absent = 1 | 2;
    }
    if (pool_io_of(sim, pool.pool) != IO_BY_ENGINE) { /* where only a socket needs a thread, when it is used */
        door_is_used(sim, door, thread, sim->state.n);
    }
}

/* What an `open` that names a declared handle leaves to its declaration. */
static struct handle_attributes
open_inherit(struct simulation *sim, reference named, const struct open_operands *operands)
{
    const struct plan_object *declaration = plan_object_of(sim->plan, named);
    struct handle_attributes attributes = {
        .kind = operands->kind,
        .device = operands->device,
        .size = operands->size,
        .overlapped = operands->overlapped,
        .modes = operands->modes,
        .cached = operands->cached,
        .status_visible = operands->status_visible,
        .connected = operands->connected,
        .port = operands->port,
        .key = operands->key,
        .callback = operands->callback,
        .pool = operands->pool,
        .announced = operands->announced,
        .api = operands->api,
        .buffer = operands->buffer,
        .process = OPERAND_ABSENT,
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

/* The handle that a maker makes: the declared one, if it waits to be made, else a new one; 0 after a misuse.
 * *named is the declared handle that its name means. */
static handle_id handle_to_make(struct simulation *sim, thread_id thread, uint32_t target, reference *named)
{
    handle_id id;

    if (!target_declared(sim, thread, target, named)) {
        return 0;
    }
    id = *named == REFERENCE_NONE ? 0 : reference_slot(*named) + 1;
    if (id == 0 || handle_at(sim, id)->file != 0) {
        id = simulation_create_element(sim, TABLE_HANDLE);
        if (sim->out_of_memory || !target_name(sim, thread, target, handle_reference(id))) {
            return 0;
        }
    }
    return id;
}

/* Says that a handle was made; `original` is what it duplicates, or 0. */
static void tell_made(struct simulation *sim, thread_id thread, handle_id id, handle_id original)
{
    struct record *record = emit_verb(sim, RECORD_OBJECT_CREATE, thread);

    if (record != NULL) {
        record->object = handle_reference(id);
        record->count = OBJECT_HANDLE;
        record->which = handle_reference(original);
        record->absent = original == 0 ? 2 : 0;
    }
}

enum step_end handle_open(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct open_operands *operands = (const void *)words;
    struct handle_attributes attributes;
    struct handle_pool pool;
    reference named = REFERENCE_NONE;
    handle_id id = handle_to_make(sim, thread, operands->object, &named);
    queue_id queue;

    if (id == 0) {
        return STEP_GOES_ON;
    }
    thread_at(sim, thread)->subject = handle_reference(id);
    attributes = open_inherit(sim, named, operands);
    if (!open_file(sim, thread, id, &attributes) || !pool_read(sim, thread, &attributes, &pool)) {
        return STEP_GOES_ON;
    }
    queue = handle_file(sim, id)->queue;
    handle_file(sim, id)->queue = 0;
    tell_made(sim, thread, id, 0);
    if (queue != 0 && !queue_is_valid(sim, thread, queue)) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE); /* it is open, and associated with nothing */
        return STEP_GOES_ON;
    }
    if (queue != 0) {
        associate(sim, thread, id, queue);
    } else if (pool.pool != 0) {
        handle_bind(sim, thread, id, pool);
    }
    thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    return STEP_GOES_ON;
}

enum step_end handle_duplicate(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct duplicate_operands *operands = (const void *)words;
    handle_id original = handle_operand(sim, thread, operands->object);
    process_id process = process_of(operands->process, thread_at(sim, thread)->process);
    reference named = REFERENCE_NONE;
    handle_id id;

    if (original != 0 && process_at(sim, process)->has_exited) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_ACCESS_DENIED);
        return STEP_GOES_ON;
    }
    id = original == 0 ? 0 : handle_to_make(sim, thread, operands->as, &named);
    if (id == 0) {
        return STEP_GOES_ON;
    }
    *handle_at(sim, id) = *handle_at(sim, original);
    handle_at(sim, id)->process = process;
    handle_file(sim, id)->handles++;
    tell_made(sim, thread, id, original);
    thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    return STEP_GOES_ON;
}

handle_id handle_of_value(const struct simulation *sim, thread_id thread, struct value value)
{
    reference object = (reference)value.bits;

    if (value.type != VALUE_REFERENCE || reference_kind(object) != OBJECT_HANDLE ||
        !handle_is_valid(sim, thread, reference_slot(object) + 1)) {
        return 0;
    }
    return reference_slot(object) + 1;
}

uint16_t handle_association_error(const struct simulation *sim,
                                  thread_id thread,
                                  struct value object,
                                  queue_id queue)
{
    handle_id id = handle_of_value(sim, thread, object);

    if (object.type == VALUE_NUMBER && object.bits == HANDLE_INVALID_VALUE) {
        return WIN32_ERROR_INVALID_PARAMETER;
    }
    if (id == 0 || (queue != 0 && !queue_is_valid(sim, thread, queue))) {
        return WIN32_ERROR_INVALID_HANDLE;
    }
    if (handle_file(sim, id)->door != 0) { /* fact IOCP-130 */
        return WIN32_ERROR_INVALID_PARAMETER;
    }
    if (handle_file(sim, id)->queue != 0 || (handle_file(sim, id)->flags & FILE_IS_SYNCHRONOUS) != 0) {
        return WIN32_ERROR_INVALID_PARAMETER;
    }
    return WIN32_ERROR_SUCCESS;
}

enum step_end handle_associate(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct associate_operands *operands = (const void *)words;
    struct value object = value_null();
    queue_id queue = operand_object(sim, thread, operands->port, OBJECT_PORT);
    int64_t key = 0;
    uint16_t error;

    if (queue == 0 || !operand_value(sim, thread, operands->object, &object) ||
        !operand_number(sim, thread, operands->key, &key)) {
        return STEP_GOES_ON;
    }
    thread_at(sim, thread)->subject =
        object.type == VALUE_REFERENCE ? (reference)object.bits : REFERENCE_NONE;
    error = handle_association_error(sim, thread, object, queue);
    if (error == WIN32_ERROR_SUCCESS) {
        handle_id id = handle_of_value(sim, thread, object);
        handle_file(sim, id)->key = (uint64_t)key;
        associate(sim, thread, id, queue);
    }
    thread_outcome_plain(sim, thread, error);
    return STEP_GOES_ON;
}

enum step_end handle_set_modes(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct set_modes_operands *operands = (const void *)words;
    handle_id id = handle_operand(sim, thread, operands->object);
    struct file *file;
    struct record *record;

    if (id == 0) {
        return STEP_GOES_ON;
    }
    file = handle_file(sim, id);
    if ((file->flags & FILE_IS_SYNCHRONOUS) != 0 && (operands->modes & MODE_SKIP_PORT_ON_SUCCESS) != 0) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_PARAMETER);
        return STEP_GOES_ON;
    }
    file->modes |= (uint8_t)operands->modes;
    record = emit_verb(sim, RECORD_HANDLE_MODES, thread);
    if (record != NULL) {
        record->object = handle_reference(id);
        record->which = file->modes;
    }
    thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    return STEP_GOES_ON;
}
