/* SPDX-License-Identifier: Apache-2.0 */
/* Putting together what a stored trace says.
 *
 * A trace tells names, a record has references: an object's kind follows from the record and field
 * that name it. Where several kinds are possible (what an outcome's verb was about) an object that
 * is known already is meant; one that is not is of the kind UNKNOWN. Ports need no guess: with
 * them, and with them alone, stand `active` and `depth`.
 *
 * Numbers are given in the order in which names come. Checked here is what every reader of records
 * relies on: n ascends, time and step_n never fall, a cause comes before what it causes. */
#include "traces/stored.h"

#include <stdlib.h>
#include <string.h>

#include "model/verb.h"
#include "traces/array.h"

/* The places' names, and how what stands there is written; own fields have theirs in field.def. */
static const struct {
    const char *name;
    enum field_format format;
} places[PLACES] = {
    [PLACE_THREAD] = {"thread", FORMAT_REFERENCE},
    [PLACE_TYPE] = {"type", FORMAT_WHAT},
    [PLACE_CPU] = {"cpu", FORMAT_COUNT},
    [PLACE_FRAME] = {"frame", FORMAT_INTEGER},
    [PLACE_OBJECT] = {"object", FORMAT_REFERENCE},
    [PLACE_OP] = {"op", FORMAT_INTEGER},
    [PLACE_PROCEDURE] = {"procedure", FORMAT_REFERENCE},
    [PLACE_STEP] = {"step", FORMAT_REFERENCE},
    [PLACE_ITEM] = {"item", FORMAT_INTEGER},
    [PLACE_ACTIVE] = {"active", FORMAT_COUNT},
    [PLACE_DEPTH] = {"depth", FORMAT_COUNT},
    [PLACE_CAUSE] = {"cause", FORMAT_INTEGER},
    [PLACE_WHY] = {"why", FORMAT_WHAT},
};

/* The kind of a record's object where the kind of record decides it. */
static const uint8_t object_kinds[RECORD_KIND_COUNT] = {
    [RECORD_VARIABLE_SET] = OBJECT_VARIABLE,   [RECORD_CALLBACK_BEGIN] = OBJECT_HANDLE,
    [RECORD_CALLBACK_END] = OBJECT_HANDLE,     [RECORD_OP_ISSUE] = OBJECT_HANDLE,
    [RECORD_OP_PEND] = OBJECT_HANDLE,          [RECORD_OP_IMMEDIATE] = OBJECT_HANDLE,
    [RECORD_OP_COMPLETE] = OBJECT_HANDLE,      [RECORD_OP_VISIBLE] = OBJECT_HANDLE,
    [RECORD_DEVICE_QUEUE] = OBJECT_DEVICE,     [RECORD_DEVICE_BEGIN] = OBJECT_DEVICE,
    [RECORD_DEVICE_END] = OBJECT_DEVICE,       [RECORD_PACKET_SUPPRESS] = OBJECT_HANDLE,
    [RECORD_HANDLE_ASSOCIATE] = OBJECT_HANDLE, [RECORD_APC_QUEUE] = OBJECT_THREAD,
    [RECORD_THREAD_PRIORITY] = OBJECT_THREAD, [RECORD_THREAD_SUSPEND] = OBJECT_THREAD,
    [RECORD_THREAD_RESUME] = OBJECT_THREAD,     [RECORD_HANDLE_MODES] = OBJECT_HANDLE,
    [RECORD_HANDLE_CLOSE] = OBJECT_HANDLE,     [RECORD_OP_CANCEL] = OBJECT_HANDLE,
    [RECORD_FAR_END] = OBJECT_HANDLE,          [RECORD_WORK_QUEUE] = OBJECT_POOL,
    [RECORD_WORK_TAKE] = OBJECT_POOL,          [RECORD_WORK_END] = OBJECT_POOL,
    [RECORD_POOL_PARK] = OBJECT_POOL,          [RECORD_POOL_UNPARK] = OBJECT_POOL,
    [RECORD_POOL_REQUEST] = OBJECT_POOL,       [RECORD_POOL_RETIRE] = OBJECT_POOL,
    [RECORD_POOL_TARGET] = OBJECT_POOL,        [RECORD_GATE_ROUND] = OBJECT_POOL,
    [RECORD_CLIMB] = OBJECT_POOL,              [RECORD_POOL_LIMITS] = OBJECT_POOL,
    [RECORD_IO_ANNOUNCE] = OBJECT_HANDLE,      [RECORD_IO_WITHDRAW] = OBJECT_HANDLE,
    [RECORD_IO_DRAIN] = OBJECT_HANDLE,         [RECORD_TIMER_SET] = OBJECT_TIMER,
    [RECORD_TIMER_FIRE] = OBJECT_TIMER,        [RECORD_TIMER_STOP] = OBJECT_TIMER,
    [RECORD_WAIT_REGISTER] = OBJECT_REGISTRATION, [RECORD_WAIT_FIRE] = OBJECT_REGISTRATION,
    [RECORD_WAIT_END] = OBJECT_REGISTRATION,
};

static bool add_words(struct strings *strings, uint32_t count, const char *(*name)(uint32_t number))
{
    for (uint32_t i = 0; i < count; i++) {
        if (strings_add(strings, name(i), strlen(name(i))) != i) {
            return false;
        }
    }
    return true;
}

static const char *kind_word(uint32_t number)
{
    return record_kind_name((enum record_kind)number);
}

static const char *type_word(uint32_t number)
{
    return thread_type_name((enum thread_type)number);
}

static const char *why_word(uint32_t number)
{
    return record_why_name((enum record_why)number);
}

static const char *error_word(uint32_t number)
{
    return win32_error_name((uint16_t)number);
}

static const char *verb_word(uint32_t number)
{
    return verb_name((enum verb)number);
}

bool stored_init(struct stored *stored)
{
    memset(stored, 0, sizeof *stored);
    /* Texts and lists of nothing lie somewhere too. */
    stored->bytes = calloc(64, 1);
    stored->list = calloc(64, sizeof *stored->list);
    stored->byte_room = stored->list_room = 64;
    return stored->bytes != NULL && stored->list != NULL &&
           add_words(&stored->kinds, RECORD_KIND_COUNT, kind_word) &&
           add_words(&stored->types, THREAD_TYPE_COUNT, type_word) &&
           add_words(&stored->whys, WHY_COUNT, why_word) &&
           add_words(&stored->errors, (uint32_t)win32_error_count(), error_word) &&
           add_words(&stored->verbs, VERB_COUNT, verb_word);
}

void stored_release(struct stored *stored)
{
    struct strings *const all[] = {&stored->strings, &stored->kinds,  &stored->types,
                                   &stored->whys,    &stored->errors, &stored->verbs};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        strings_release(all[i]);
    }
    for (uint32_t kind = 0; kind < STORED_KINDS; kind++) {
        free(stored->kind[kind].slot);
        free(stored->kind[kind].string);
    }
    free(stored->bytes);
    free(stored->list);
}

void stored_begin_run(struct stored *stored)
{
    strings_clear(&stored->strings);
    for (uint32_t kind = 0; kind < STORED_KINDS; kind++) {
        struct stored_kind *of = &stored->kind[kind];
        if (of->slot_room > 0) {
            memset(of->slot, 0, of->slot_room * sizeof *of->slot);
        }
        of->count = 0;
    }
    stored->n = stored->t = stored->step_n = 0;
    stored_begin_batch(stored);
}

void stored_begin_batch(struct stored *stored)
{
    stored->count = 0;
    stored->byte_count = 0;
    stored->list_count = 0;
}

/* Long texts end a batch early, so that it stays small. */
bool stored_has_room(const struct stored *stored)
{
    return stored->count < STORED_BATCH && stored->byte_count < 65536 && stored->list_count < 65536;
}

struct record_batch stored_batch(const struct stored *stored)
{
    return (struct record_batch){stored->record, stored->count, stored->bytes, stored->list};
}

static bool complain(struct stored *stored, const char *problem)
{
    stored->problem = problem;
    return false;
}

static bool lack_memory(struct stored *stored)
{
    stored->out_of_memory = true;
    return complain(stored, "takes more memory than there is");
}

bool stored_add_bytes(struct stored *stored, const char *bytes, size_t length)
{
    void *items = stored->bytes;

    if (length > UINT32_MAX / 4 || stored->byte_count > UINT32_MAX / 4) {
        return complain(stored, "is longer than a trace can have it");
    }
    if (!array_reach(&items, &stored->byte_room, stored->byte_count + length, 1)) {
        return lack_memory(stored);
    }
    stored->bytes = items;
    if (length > 0) {
        memcpy(stored->bytes + stored->byte_count, bytes, length);
    }
    stored->byte_count += (uint32_t)length;
    return true;
}

/* The number of a name among those of one kind, given anew when it has none. STRING_NONE: out of
 * memory. */
static uint32_t slot_of(struct stored *stored, uint32_t kind, uint32_t string)
{
    struct stored_kind *of = &stored->kind[kind];
    void *slots = of->slot;
    void *strings = of->string;

    if (!array_reach(&slots, &of->slot_room, string, sizeof *of->slot)) {
        (void)lack_memory(stored);
        return STRING_NONE;
    }
    of->slot = slots;
    if (of->slot[string] == 0) {
        if (of->count >= REFERENCE_SLOT_MAX) {
            (void)complain(stored, "is one name more than a trace can have");
            return STRING_NONE;
        }
        if (!array_reach(&strings, &of->string_room, of->count, sizeof *of->string)) {
            (void)lack_memory(stored);
            return STRING_NONE;
        }
        of->string = strings;
        of->string[of->count] = string;
        of->slot[string] = ++of->count;
    }
    return of->slot[string] - 1;
}

static bool make_reference(struct stored *stored, uint32_t kind, uint32_t string, reference *object)
{
    uint32_t slot = slot_of(stored, kind, string);

    *object = slot == STRING_NONE ? REFERENCE_NONE : reference_make((enum object_kind)kind, slot);
    return slot != STRING_NONE;
}

static bool is_known(const struct stored *stored, uint32_t kind, uint32_t string)
{
    return string < stored->kind[kind].slot_room && stored->kind[kind].slot[string] != 0;
}

/* The kind under which a name is known already, but for one; UNKNOWN when under none. */
static uint32_t known_kind(const struct stored *stored, uint32_t string, uint32_t but)
{
    for (uint32_t kind = OBJECT_UNKNOWN + 1; kind < OBJECT_KIND_COUNT; kind++) {
        if (kind != but && is_known(stored, kind, string)) {
            return kind;
        }
    }
    return OBJECT_UNKNOWN;
}

bool stored_add_reference(struct stored *stored, uint32_t string)
{
    void *items = stored->list;
    reference object;

    if (stored->list_count > UINT32_MAX / 2 || !array_reach(&items, &stored->list_room, stored->list_count, sizeof *stored->list)) {
        return lack_memory(stored);
    }
    stored->list = items;
    if (!make_reference(stored, known_kind(stored, string, OBJECT_UNKNOWN), string, &object)) {
        return false;
    }
    stored->list[stored->list_count++] = object;
    return true;
}

struct record *stored_begin(struct stored *stored, const char *kind, size_t length)
{
    struct record *record = &stored->record[stored->count];
    uint32_t number = strings_find(&stored->kinds, kind, length);

    if (number == STRING_NONE) {
        (void)complain(stored, "is no kind of record that this program knows");
        return NULL;
    }
    *record = (struct record){.thread = REFERENCE_NONE,
                              .object = REFERENCE_NONE,
                              .procedure = NAME_NONE,
                              .step = NAME_NONE};
    record->kind = (uint8_t)number;
    record->absent = UINT8_MAX;
    stored->set = 0;
    stored->object = STRING_NONE;
    return record;
}

const char *stored_name(const struct record *record, uint32_t place)
{
    if (place < PLACE_OWN || place >= PLACE_CAUSE) {
        return places[place].name;
    }
    return record_field_name(
        (enum record_field)record_own_fields((enum record_kind)record->kind)[place - PLACE_OWN]);
}

/* The place behind, where a kind has fewer own fields than there are places for them. */
static uint32_t next_place(const struct record *record, uint32_t place)
{
    bool is_own = place >= PLACE_OWN && place < PLACE_CAUSE;

    return is_own && record_own_fields((enum record_kind)record->kind)[place - PLACE_OWN] ==
                         FIELD_NONE
               ? PLACE_CAUSE
               : place;
}

uint32_t stored_find(const struct record *record, uint32_t from, const char *name, size_t length)
{
    for (uint32_t place = next_place(record, from); place < PLACES;
         place = next_place(record, place + 1)) {
        const char *known = stored_name(record, place);
        if (strlen(known) == length && memcmp(known, name, length) == 0) {
            return place;
        }
    }
    return PLACES;
}

enum field_format stored_format(const struct record *record, uint32_t place)
{
    if (place < PLACE_OWN || place >= PLACE_CAUSE) {
        return places[place].format;
    }
    return record_field_format(
        (enum record_field)record_own_fields((enum record_kind)record->kind)[place - PLACE_OWN]);
}

/* The member of a vocabulary that a string names; STRING_NONE when it is none. */
static uint32_t
word_number(const struct stored *stored, enum field_format format, const struct stored_value *value)
{
    if (format == FORMAT_ERROR || format == FORMAT_VERB) {
        return strings_find(format == FORMAT_ERROR ? &stored->errors : &stored->verbs, value->bytes,
                            value->length);
    }
    for (uint32_t i = 0;; i++) {
        const char *word = format == FORMAT_KIND && i < OBJECT_KIND_COUNT
                               ? object_kind_of((enum object_kind)i)
                           : format == FORMAT_END && i < END_COUNT ? run_end_name((enum run_end)i)
                           : format == FORMAT_WHAT && i < CHOICE_NAMES ? choice_name(i)
                           : format == FORMAT_QUEUE && i < WORK_QUEUE_NAMES ? work_queue_name(i)
                           : format == FORMAT_TRANSITION && i < TRANSITION_NAMES ? transition_name(i)
                                                                            : NULL;
        if (word == NULL) {
            return STRING_NONE;
        }
        if (strlen(word) == value->length && memcmp(word, value->bytes, value->length) == 0) {
            return i;
        }
    }
}

/* A value of the language: its type is what the trace tells of it. */
static bool
set_value(struct stored *stored, struct record *record, const struct stored_value *value)
{
    switch (value->form) {
    case STORED_INTEGER:
        record->which = VALUE_NUMBER;
        record->amount = value->number;
        return true;
    case STORED_BOOLEAN:
        record->which = VALUE_BOOLEAN;
        record->amount = value->number;
        return true;
    case STORED_STRING:
        record->which = VALUE_TEXT;
        record->span = (struct record_span){stored->byte_count, (uint32_t)value->length};
        return stored_add_bytes(stored, value->bytes, value->length);
    case STORED_LIST:
        break;
    }
    return complain(stored, "cannot be a list");
}

/* The kind of what a field of one object names: a field that has the name of a kind names one of
 * these, and what is duplicated is a handle. */
static uint32_t field_kind(const struct stored *stored, const char *name, uint32_t string)
{
    if (strcmp(name, record_field_name(FIELD_DUPLICATE_OF)) == 0) {
        return OBJECT_HANDLE;
    }
    for (uint32_t kind = OBJECT_UNKNOWN + 1; kind < OBJECT_KIND_COUNT; kind++) {
        if (strcmp(name, object_kind_name((enum object_kind)kind)) == 0) {
            return kind;
        }
    }
    return known_kind(stored, string, OBJECT_UNKNOWN);
}

/* Whether a value's form is that of the format. */
static bool fits(struct stored *stored, enum field_format format, const struct stored_value *value)
{
    switch (format) {
    case FORMAT_INTEGER:
        return (value->form == STORED_INTEGER && !value->negative) ||
               complain(stored, "must be a whole number");
    case FORMAT_COUNT:
        return (value->form == STORED_INTEGER && !value->negative && value->number <= UINT32_MAX) ||
               complain(stored, "must be a whole number below 2^32");
    case FORMAT_BOOLEAN:
        return value->form == STORED_BOOLEAN || complain(stored, "must be true or false");
    case FORMAT_REFERENCES:
        return (value->form == STORED_LIST && value->number > 0) ||
               complain(stored, "must be a list of names");
    case FORMAT_VALUE:
        return true;
    case FORMAT_ERROR:
    case FORMAT_TEXT:
    case FORMAT_REFERENCE:
    case FORMAT_VERB:
    case FORMAT_KIND:
    case FORMAT_END:
    case FORMAT_WHAT:
    case FORMAT_QUEUE:
    case FORMAT_TRANSITION:
        break;
    }
    return value->form == STORED_STRING || complain(stored, "must be a string");
}

/* Puts a value into the member of an own field. */
static bool set_own(struct stored *stored,
                    struct record *record,
                    uint32_t index,
                    const struct stored_value *value)
{
    enum record_field field =
        (enum record_field)record_own_fields((enum record_kind)record->kind)[index];
    enum field_format format = record_field_format(field);
    uint64_t number = value->number;
    reference object;

    record->absent = (uint8_t)(record->absent & ~(1u << index));
    switch (format) {
    case FORMAT_TEXT:
        record->span = (struct record_span){stored->byte_count, (uint32_t)value->length};
        return stored_add_bytes(stored, value->bytes, value->length);
    case FORMAT_REFERENCES:
        record->span =
            (struct record_span){stored->list_count - (uint32_t)number, (uint32_t)number};
        return true;
    case FORMAT_VALUE:
        return set_value(stored, record, value);
    case FORMAT_REFERENCE:
        if (!make_reference(stored, field_kind(stored, record_field_name(field), value->string),
                            value->string, &object)) {
            return false;
        }
        number = object;
        break;
    case FORMAT_ERROR:
    case FORMAT_VERB:
    case FORMAT_KIND:
    case FORMAT_END:
    case FORMAT_WHAT:
    case FORMAT_QUEUE:
    case FORMAT_TRANSITION:
        number = word_number(stored, format, value);
        if (number == STRING_NONE) {
            return complain(stored, "is no word that this program knows there");
        }
        break;
    case FORMAT_INTEGER:
    case FORMAT_COUNT:
    case FORMAT_BOOLEAN:
        break;
    }
    record_field_set(record, field, number);
    return true;
}

/* A number that is written only when it is not 0. */
static bool set_positive(struct stored *stored, uint64_t *member, uint64_t number)
{
    *member = number;
    return number > 0 || complain(stored, "must be 1 or more");
}

static bool set_number_of(struct stored *stored, uint32_t *member, uint32_t kind, uint32_t string)
{
    *member = slot_of(stored, kind, string);
    return *member != STRING_NONE;
}

bool stored_set(struct stored *stored,
                struct record *record,
                uint32_t place,
                const struct stored_value *value)
{
    uint32_t number;

    if (!fits(stored, stored_format(record, place), value)) {
        return false;
    }
    stored->set |= 1u << place;
    switch (place) {
    case PLACE_THREAD:
        return make_reference(stored, OBJECT_THREAD, value->string, &record->thread);
    case PLACE_TYPE:
    case PLACE_WHY:
        number = strings_find(place == PLACE_TYPE ? &stored->types : &stored->whys, value->bytes,
                              value->length);
        if (number == STRING_NONE || value->length == 0) {
            return complain(stored, "is no word that this program knows there");
        }
        *(place == PLACE_TYPE ? &record->type : &record->why) = (uint8_t)number;
        return true;
    case PLACE_CPU:
        record->cpu = (uint16_t)(value->number + 1);
        return value->number < UINT16_MAX || complain(stored, "must be below 65535");
    case PLACE_FRAME:
        return set_positive(stored, &record->frame, value->number);
    case PLACE_OBJECT:
        stored->object = value->string;
        return true;
    case PLACE_OP:
        return set_positive(stored, &record->op, value->number);
    case PLACE_PROCEDURE:
        return set_number_of(stored, &record->procedure, STORED_PROCEDURES, value->string);
    case PLACE_STEP:
        return set_number_of(stored, &record->step, STORED_STEPS, value->string);
    case PLACE_ITEM:
        record->item = (uint32_t)value->number;
        return (value->number > 0 && value->number <= UINT32_MAX) || complain(stored, "must be from 1 to 4294967295");
    case PLACE_ACTIVE:
        record->active = (uint32_t)value->number;
        return true;
    case PLACE_DEPTH:
        record->depth = (uint32_t)value->number;
        return true;
    case PLACE_CAUSE:
        return set_positive(stored, &record->cause, value->number);
    default:
        return set_own(stored, record, place - PLACE_OWN, value);
    }
}

/* The kind of a record's object that is no port, or of an outcome's. */
static uint32_t object_kind(const struct stored *stored, const struct record *record)
{
    uint32_t but = record->kind == RECORD_OUTCOME ? OBJECT_UNKNOWN : OBJECT_PORT;
    uint32_t kind = object_kinds[record->kind];

    if (record->kind == RECORD_OBJECT_CREATE || record->kind == RECORD_OBJECT_END) {
        kind = record->count;
    }
    if ((record->kind == RECORD_CALLBACK_BEGIN || record->kind == RECORD_CALLBACK_END) &&
        is_known(stored, OBJECT_POOL, stored->object)) {
        kind = OBJECT_POOL; /* whose work-queue came before */
    }
    if (kind == OBJECT_UNKNOWN || kind == but) {
        kind = known_kind(stored, stored->object, but);
    }
    if (kind != OBJECT_UNKNOWN) {
        return kind;
    }
    switch ((int)record->kind) {
    case RECORD_OBJECT_SET:
    case RECORD_OBJECT_RESET:
    case RECORD_OBJECT_PULSE:
        return OBJECT_EVENT;
    case RECORD_OBJECT_ACQUIRE:
    case RECORD_OBJECT_RELEASE:
        return (stored->set >> PLACE_OWN & 1) != 0 ? OBJECT_SEMAPHORE : OBJECT_MUTEX;
    default:
        return OBJECT_UNKNOWN;
    }
}

bool stored_finish(struct stored *stored, struct record *record)
{
    bool has_active = (stored->set >> PLACE_ACTIVE & 1) != 0;
    bool has_depth = (stored->set >> PLACE_DEPTH & 1) != 0;
    bool has_type = (stored->set >> PLACE_TYPE & 1) != 0;

    if (record->n <= stored->n || record->t < stored->t || record->step_n < stored->step_n ||
        record->step_n == 0) {
        return complain(stored, record->n <= stored->n  ? "'n' does not ascend"
                                : record->t < stored->t ? "'t' falls"
                                                        : "'step_n' falls");
    }
    if (record->cause >= record->n) {
        return complain(stored, "'cause' must be an earlier record");
    }
    if (has_type != (record->thread != REFERENCE_NONE)) {
        return complain(stored, "'thread' and 'type' belong together");
    }
    if (has_active != has_depth ||
        (has_active && (stored->object == STRING_NONE || record->kind == RECORD_OUTCOME))) {
        return complain(stored,
                        "'active' and 'depth' belong to the object, together, but to no outcome");
    }
    if (stored->object != STRING_NONE &&
        !make_reference(stored, has_active ? OBJECT_PORT : object_kind(stored, record),
                        stored->object, &record->object)) {
        return false;
    }
    stored->n = record->n;
    stored->t = record->t;
    stored->step_n = record->step_n;
    stored->count++;
    return true;
}

/* Where a name is to be written. */
struct name_room {
    char *buffer;
    size_t room;
};

static size_t
name_of(const struct stored *stored, uint32_t kind, uint32_t slot, struct name_room to)
{
    const struct stored_kind *of = &stored->kind[kind];
    size_t length;

    if (slot >= of->count) {
        return 0;
    }
    length = strings_length(&stored->strings, of->string[slot]);
    if (length > 0) {
        memcpy(to.buffer, strings_bytes(&stored->strings, of->string[slot]),
               length < to.room ? length : to.room);
    }
    return length;
}

static size_t name_of_reference(const void *context, reference object, char *buffer, size_t room)
{
    uint32_t kind = reference_kind(object);

    return kind >= OBJECT_KIND_COUNT
               ? 0
               : name_of(context, kind, reference_slot(object), (struct name_room){buffer, room});
}

static size_t name_of_procedure(const void *context, uint32_t procedure, char *buffer, size_t room)
{
    return name_of(context, STORED_PROCEDURES, procedure, (struct name_room){buffer, room});
}

static size_t name_of_step(const void *context, uint32_t step, char *buffer, size_t room)
{
    return name_of(context, STORED_STEPS, step, (struct name_room){buffer, room});
}

struct record_names stored_names(const struct stored *stored)
{
    return (struct record_names){name_of_reference, name_of_procedure, name_of_step, stored};
}
