/* SPDX-License-Identifier: Apache-2.0 */
/* Binding names to values, and new objects to names. */
#include "model/target.h"

#include "model/names.h"
#include "model/operand.h"
#include "model/thread.h"

static struct value *variable_at(const struct simulation *sim, uint32_t slot)
{
    return BLOCK_AT(&sim->block, TABLE_VARIABLE, struct value, slot + 1);
}

/* The index of an element, from 0; false after a misuse. */
static bool element(struct simulation *sim,
                    thread_id thread,
                    const struct plan_target *target,
                    uint32_t *offset)
{
    int64_t index = 0;
    uint32_t from = 0;
    uint32_t count = target->room;

    if (target->form == TARGET_VARIABLE_ELEMENT || target->form == TARGET_OBJECT_ELEMENT) {
        from = sim->plan->object[target->slot].from;
        count = sim->plan->object[target->slot].count;
    }
    if (!operand_number(sim, thread, target->index, &index)) {
        return false;
    }
    if (index < from || index - from >= count) {
        misuse(sim, thread, "an index lies outside its array");
        return false;
    }
    *offset = (uint32_t)(index - from);
    return true;
}

bool target_store(struct simulation *sim, thread_id thread, uint32_t number, struct value value)
{
    const struct plan_target *target = &sim->plan->target[number];
    uint32_t locals = frame_at(sim, thread_at(sim, thread)->frame)->locals;
    uint32_t offset = 0;

    switch (target->form) {
    case TARGET_LOCAL:
        value_store(sim, local_at(sim, locals + target->slot), value);
        return true;
    case TARGET_LOCAL_ELEMENT:
        if (!element(sim, thread, target, &offset)) {
            return false;
        }
        value_store(sim, local_at(sim, locals + target->slot + 1 + offset), value);
        return true;
    case TARGET_VARIABLE:
        value_store(sim, variable_at(sim, target->slot), value);
        return true;
    case TARGET_VARIABLE_ELEMENT:
        if (!element(sim, thread, target, &offset)) {
            return false;
        }
        value_store(sim, variable_at(sim, sim->plan->object[target->slot].first_slot + offset), value);
        return true;
    case TARGET_LOCAL_ARRAY:
    case TARGET_VARIABLE_ARRAY:
    case TARGET_OBJECT:
    case TARGET_OBJECT_ELEMENT:
        break;
    }
    misuse(sim, thread, "this name cannot be given another value");
    return false;
}

uint64_t target_identity(struct simulation *sim, thread_id thread, uint32_t number)
{
    const struct plan_target *target = &sim->plan->target[number];
    bool is_local = target->form <= TARGET_LOCAL_ELEMENT;
    uint64_t place = target->slot + UINT64_C(1);
    uint32_t offset = 0;

    if (target->index != OPERAND_ABSENT && element(sim, thread, target, &offset)) {
        place += offset;
    }
    if (target->form == TARGET_VARIABLE_ELEMENT) {
        place += sim->plan->object[target->slot].first_slot - target->slot;
    }
    return is_local ? frame_at(sim, thread_at(sim, thread)->frame)->number << 32 | place : place;
}

bool target_array(struct simulation *sim, thread_id thread, uint32_t number, struct target_place *place)
{
    const struct plan_target *target = &sim->plan->target[number];

    if (target->form == TARGET_LOCAL_ARRAY) {
        place->is_local = true;
        place->first = frame_at(sim, thread_at(sim, thread)->frame)->locals + target->slot + 1;
        place->room = target->room;
        return true;
    }
    if (target->form == TARGET_VARIABLE_ARRAY) {
        place->is_local = false;
        place->first = sim->plan->object[target->slot].first_slot + 1;
        place->room = sim->plan->object[target->slot].count;
        return true;
    }
    return false;
}

size_t target_write(struct simulation *sim, thread_id thread, uint32_t number, char *buffer, size_t room)
{
    const struct plan_target *target = &sim->plan->target[number];
    const char *name = plan_text(sim->plan, target->name);
    size_t length = strlen(name);
    int64_t index = 0;

    memcpy(buffer, name, length < room ? length : room);
    if (target->index != OPERAND_ABSENT && operand_number(sim, thread, target->index, &index) &&
        length + 24 < room) {
        buffer[length++] = '[';
        length += sim_digits_write((uint64_t)index, buffer + length, room - length);
        buffer[length++] = ']';
    }
    return length;
}

bool emit_label(struct simulation *sim, thread_id thread, struct record *record, uint32_t target)
{
    char label[160];
    size_t length;

    if (target == OPERAND_ABSENT || record == NULL) {
        return false;
    }
    length = target_write(sim, thread, target, label, sizeof label);
    emit_text(sim, record, label, length < sizeof label ? length : sizeof label);
    return true;
}

static bool is_declared(const struct plan_target *target)
{
    return target->form == TARGET_OBJECT || target->form == TARGET_OBJECT_ELEMENT;
}

bool target_declared(struct simulation *sim, thread_id thread, uint32_t number, reference *declared)
{
    const struct plan_target *target = &sim->plan->target[number];
    const struct plan_object *object = &sim->plan->object[target->slot];
    uint32_t offset = 0;

    if (target->index != OPERAND_ABSENT && !element(sim, thread, target, &offset)) {
        return false;
    }
    *declared = is_declared(target) ? reference_make(object->kind, object->first_slot + offset)
                                    : REFERENCE_NONE;
    return true;
}

bool target_name(struct simulation *sim, thread_id thread, uint32_t number, reference made)
{
    const struct plan_target *target = &sim->plan->target[number];
    int64_t index = 0;

    if (!operand_number(sim, thread, target->index, &index)) {
        return false;
    }
    made_note(sim, made,
              (struct made){
                  .object = target->made,
                  .has_index = target->index != OPERAND_ABSENT,
                  .index = (uint32_t)index,
              });
    return is_declared(target) ||
           target_store(sim, thread, number, value_make(VALUE_REFERENCE, made));
}
