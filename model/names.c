/* SPDX-License-Identifier: Apache-2.0 */
/* Names. A declared object's name follows from its slot; one made at run time has a note of it, because
 * the second of a name is called name#2. */
#include "model/names.h"

#include "model/packet.h"
#include "sim/check.h"

/* Bytes written so far, and how many there would be with room for all. */
struct writing {
    char *buffer;
    size_t room, length;
};

static void write_bytes(struct writing *to, const char *bytes, size_t length)
{
    if (to->length < to->room) {
        size_t fits = to->room - to->length;
        memcpy(to->buffer + to->length, bytes, length < fits ? length : fits);
    }
    to->length += length;
}

static void write_text(struct writing *to, const char *text)
{
    write_bytes(to, text, strlen(text));
}

static void write_digits(struct writing *to, uint64_t number)
{
    char digits[20];

    write_bytes(to, digits, sim_digits_write(number, digits, sizeof digits));
}

static void write_signed(struct writing *to, int64_t number)
{
    if (number < 0) {
        write_bytes(to, "-", 1);
    }
    write_digits(to, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

static void write_index(struct writing *to, uint32_t index)
{
    write_bytes(to, "[", 1);
    write_digits(to, index);
    write_bytes(to, "]", 1);
}

/* Where the notes of a kind lie. */
static enum table notes_of(reference object)
{
    switch (reference_kind(object)) {
    case OBJECT_THREAD:
        return TABLE_MADE_THREAD;
    case OBJECT_PORT:
        return TABLE_MADE_PORT;
    case OBJECT_TASK:
        return TABLE_MADE_TASK;
    case OBJECT_TIMER:
        return TABLE_MADE_TIMER;
    case OBJECT_REGISTRATION:
        return TABLE_MADE_REGISTRATION;
    default:
        return TABLE_MADE_HANDLE;
    }
}

/* The number of the note of an object that was not declared. */
static uint32_t note_of(const struct simulation *sim, reference object)
{
    return reference_slot(object) - sim->plan->declared[reference_kind(object)] + 1;
}

void made_note(struct simulation *sim, reference object, struct made made)
{
    enum table notes = notes_of(object);
    uint32_t *born = block_at(&sim->block, TABLE_NAME_COUNT, made.object);
    uint32_t id;

    made.ordinal = made.has_index ? 1 : ++*born;
    id = simulation_create_element(sim, notes);
    SIM_CHECK(sim->out_of_memory || id == note_of(sim, object));
    *(struct made *)block_at(&sim->block, notes, id) = made;
}

void made_note_operation(struct simulation *sim, reference task, uint64_t operation)
{
    uint32_t id = simulation_create_element(sim, TABLE_MADE_TASK);

    SIM_CHECK(sim->out_of_memory || id == note_of(sim, task));
    *(struct made *)block_at(&sim->block, TABLE_MADE_TASK, id) =
        (struct made){.object = PLAN_NONE, .index = (uint32_t)operation};
}

static void write_name(const struct simulation *sim, reference object, struct writing *to)
{
    const struct plan_object *declaration = plan_object_of(sim->plan, object);
    uint32_t slot = reference_slot(object);

    if (reference_kind(object) == OBJECT_OPERATION) {
        write_text(to, "#");
        write_digits(to, packet_at(sim, slot + 1)->number);
    } else if (reference_kind(object) == OBJECT_MACHINE) {
        write_text(to, "machine");
    } else if (declaration != NULL) {
        write_text(to, plan_text(sim->plan, declaration->name));
        if (declaration->is_array && declaration->kind != OBJECT_VARIABLE) {
            write_index(to, slot - declaration->first_slot + declaration->from);
        }
    } else {
        const struct made *made = block_at(&sim->block, notes_of(object), note_of(sim, object));
        if (made->object == PLAN_NONE) {
            write_text(to, "#");
            write_digits(to, made->index);
            return;
        }
        write_text(to, plan_text(sim->plan, sim->plan->object[made->object].name));
        if (made->has_index) {
            write_index(to, made->index);
        }
        if (made->ordinal > 1) {
            write_text(to, "#");
            write_digits(to, made->ordinal);
        }
    }
}

size_t name_write(const struct simulation *sim, reference object, char *buffer, size_t room)
{
    struct writing to = {buffer, room, 0};

    write_name(sim, object, &to);
    return to.length;
}

/* Millionths as percent: 30%, 12.5%. */
static void write_share(struct writing *to, int64_t share)
{
    uint64_t size = share < 0 ? 0 - (uint64_t)share : (uint64_t)share;
    uint64_t rest = size % 10000;

    if (share < 0) {
        write_text(to, "-");
    }
    write_digits(to, size / 10000);
    if (rest > 0) {
        char digits[4] = {(char)('0' + rest / 1000), (char)('0' + rest / 100 % 10),
                          (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
        size_t length = 4;
        while (digits[length - 1] == '0') {
            length--;
        }
        write_text(to, ".");
        write_bytes(to, digits, length);
    }
    write_text(to, "%");
}

static void write_span(struct writing *to, int64_t span)
{
    char words[32];

    if (span == INT64_MAX) {
        write_text(to, "infinite");
        return;
    }
    if (span < 0) {
        write_text(to, "-");
    }
    write_bytes(to, words,
                sim_span_write(span < 0 ? 0 - (uint64_t)span : (uint64_t)span, words, sizeof words));
}

size_t value_write(const struct simulation *sim, struct value value, char *buffer, size_t room)
{
    struct writing to = {buffer, room, 0};

    switch ((enum value_type)value.type) {
    case VALUE_NULL:
    case VALUE_ANY:
        write_text(&to, "null");
        break;
    case VALUE_NUMBER:
    case VALUE_SIZE:
        write_signed(&to, (int64_t)value.bits);
        break;
    case VALUE_DURATION:
        write_span(&to, (int64_t)value.bits);
        break;
    case VALUE_SHARE:
        write_share(&to, (int64_t)value.bits);
        break;
    case VALUE_BOOLEAN:
        write_text(&to, value.bits != 0 ? "true" : "false");
        break;
    case VALUE_ERROR:
        write_text(&to, win32_error_name((uint16_t)value.bits));
        break;
    case VALUE_TEXT:
        write_text(&to, plan_text(sim->plan, (uint32_t)value.bits));
        break;
    case VALUE_REFERENCE:
        write_name(sim, (reference)value.bits, &to);
        break;
    }
    return to.length;
}

static size_t name_of_reference(const void *context, reference object, char *buffer, size_t room)
{
    return name_write(context, object, buffer, room);
}

static size_t write_plan_text(const struct plan *plan, uint32_t text, char *buffer, size_t room)
{
    struct writing to = {buffer, room, 0};

    write_text(&to, plan_text(plan, text));
    return to.length;
}

static size_t name_of_procedure(const void *context, uint32_t procedure, char *buffer, size_t room)
{
    const struct simulation *sim = context;

    return write_plan_text(sim->plan, sim->plan->procedure[procedure].name, buffer, room);
}

static size_t name_of_step(const void *context, uint32_t step, char *buffer, size_t room)
{
    const struct simulation *sim = context;

    return write_plan_text(sim->plan, step, buffer, room);
}

struct record_names simulation_names(const struct simulation *sim)
{
    return (struct record_names){name_of_reference, name_of_procedure, name_of_step, sim};
}
