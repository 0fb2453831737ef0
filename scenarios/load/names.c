/* SPDX-License-Identifier: Apache-2.0 */
/* Names: the two namespaces of a scenario, and what a word means where it stands. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/record.h"
#include "scenarios/load/loader.h"

void loader_mistake(struct loader *loader, node_id node, bool at_key, const char *hint, const char *format, ...)
{
    const struct document *document = loader->document;
    char pointer[512];
    char message[768];
    struct diagnostic_place place = {
        .class = DIAGNOSTIC_MEANING,
        .offset = at_key ? node_key_offset(document, node) : node_offset(document, node),
        .length = at_key ? node_key_span(document, node) : node_span(document, node),
        .pointer = pointer,
    };
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    (void)node_pointer(document, node, pointer, sizeof pointer);
    diagnostics_add(loader->diagnostics, &place, hint, "%s", message);
}

static const char *const results[] = {"ok", "error", "bytes", "key", "operation", "count", "which"};

/* Functions that look back over the run, least to total, are known to claims alone: a name may be theirs. */
static const char *const reserved[] = {
    "and",  "or",  "not", "mod",  "true", "false", "null",  "infinite", "me",    "packet",    "index", "now",
    "machine", "load", "min", "max", "calls", "running", "change", "p50", "p90", "p95", "p99", "p999", "ok",
    "error", "bytes", "key", "operation", "count", "which"};

bool names_is_reserved(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (strcmp(reserved[i], name) == 0) {
            return true;
        }
    }
    for (int i = 0; i < win32_error_count(); i++) {
        if (strcmp(win32_error_name((uint16_t)i), name) == 0) {
            return true;
        }
    }
    return false;
}

static size_t hash(const char *name, size_t length)
{
    size_t sum = 14695981039346656037u;

    for (size_t i = 0; i < length; i++) {
        sum = (sum ^ (unsigned char)name[i]) * 1099511628211u;
    }
    return sum;
}

/* The place of a name in the table: its own, or the free one where it belongs. */
static struct named *find_place(const struct loader *loader, const char *name, size_t length)
{
    size_t at = hash(name, length) & (loader->named_room - 1);

    while (loader->named[at].name != NULL &&
           (strncmp(loader->named[at].name, name, length) != 0 || loader->named[at].name[length] != '\0')) {
        at = (at + 1) & (loader->named_room - 1);
    }
    return &loader->named[at];
}

const struct named *names_find(const struct loader *loader, const char *name, size_t length)
{
    const struct named *found = loader->named_room == 0 ? NULL : find_place(loader, name, length);

    return found == NULL || found->name == NULL ? NULL : found;
}

static bool grow_names(struct loader *loader)
{
    struct named *old = loader->named;
    size_t room = loader->named_room;

    if (loader->named_count * 2 < room) {
        return true;
    }
    loader->named_room = room == 0 ? 64 : room * 2;
    loader->named = calloc(loader->named_room, sizeof *loader->named);
    if (loader->named == NULL) {
        loader->named = old;
        loader->named_room = room;
        loader->out_of_memory = true;
        return false;
    }
    for (size_t i = 0; i < room; i++) {
        if (old[i].name != NULL) {
            *find_place(loader, old[i].name, strlen(old[i].name)) = old[i];
        }
    }
    free(old);
    return true;
}

bool names_is_short(struct loader *loader, node_id node, const char *name)
{
    bool is_short = strlen(name) <= 100;

    if (!is_short && !node_is_bad(loader->document, node)) {
        loader_mistake(loader, node, true, NULL, "this name has more than 100 bytes");
    }
    return is_short;
}

/* Enters a name; a mistake when it is taken or reserved. */
static void declare_name(struct loader *loader, node_id node, struct named named)
{
    struct named *place;

    if (!names_is_short(loader, node, named.name)) {
        return;
    }
    if (names_is_reserved(named.name)) {
        loader_mistake(loader, node, true, "'iocpsim help names' lists the words that are taken",
                       "'%s' is a word of the language", named.name);
        return;
    }
    if (!grow_names(loader)) {
        return;
    }
    place = find_place(loader, named.name, strlen(named.name));
    if (place->name != NULL) {
        loader_mistake(loader, node, true, "everything but procedures shares one namespace",
                       "the name '%s' is taken already", named.name);
        return;
    }
    *place = named;
    loader->named_count++;
}

static void declare_parameters(struct loader *loader)
{
    for (size_t i = 0; i < loader->parameter_count; i++) {
        declare_name(loader, loader->parameter[i].declared,
                     (struct named){loader->parameter[i].name, NAME_PARAMETER, (uint32_t)i});
    }
}

/* A table of declarations. */
static const struct {
    const char *table;
    enum object_kind kind;
    uint32_t words; /* of attributes */
} tables[] = {
#define ARGUMENT(member, word, kind, what) +1
#define NO_ARGUMENTS
#define TABLE(noun, object, table, what, arguments) {table, OBJECT_##object, 0 arguments},
#include "model/attribute.def"
#undef TABLE
#undef NO_ARGUMENTS
#undef ARGUMENT
    {"variables", OBJECT_VARIABLE, 0},
    {"load", OBJECT_LOAD, 0},
};

/* The most objects of a kind. */
#define THREADS_MAX (UINT32_C(1) << 24)
#define OBJECTS_MAX (UINT32_C(1) << 26)

/* What a number of a declaration is without being said, and at most. */
struct number_range {
    uint32_t otherwise, most;
};

/* A number of a declaration that must be a constant. */
static uint32_t constant_number(struct loader *loader, node_id object, const char *key, struct number_range range)
{
    node_id node = node_kind(loader->document, object) == NODE_OBJECT
                       ? node_member(loader->document, object, key)
                       : NODE_NONE;
    struct value value;

    if (node == NODE_NONE || node_is_bad(loader->document, node) ||
        !place_constant(loader, node, SHAPE_NUMBER, &value)) {
        return range.otherwise;
    }
    if ((int64_t)value.bits < 0 || value.bits > range.most) {
        loader_mistake(loader, node, false, NULL, "'%s' is a number from 0 to %u, not %lld", key,
                       range.most, (long long)value.bits);
        return range.otherwise;
    }
    return (uint32_t)value.bits;
}

static bool member_is_true(const struct loader *loader, node_id object, const char *key)
{
    node_id node = node_kind(loader->document, object) == NODE_OBJECT
                       ? node_member(loader->document, object, key)
                       : NODE_NONE;

    return node != NODE_NONE && node_kind(loader->document, node) == NODE_BOOLEAN &&
           node_boolean(loader->document, node);
}

/* What is said of an array is said of all tables but one: the `count` of a load is that of its items. */
static bool may_be_array(enum object_kind kind)
{
    return kind != OBJECT_LOAD;
}

static bool has_member(const struct loader *loader, node_id object, const char *key)
{
    return node_kind(loader->document, object) == NODE_OBJECT &&
           node_member(loader->document, object, key) != NODE_NONE;
}

static void declare_object(struct loader *loader, node_id node, size_t table)
{
    struct plan *plan = loader->plan;
    enum object_kind kind = tables[table].kind;
    const char *name = node_key(loader->document, node);
    uint32_t most = kind == OBJECT_THREAD ? THREADS_MAX : OBJECTS_MAX;
    uint32_t number = plan_add_object(plan, 1);
    struct plan_object object = {
        .kind = kind,
        .first_slot = plan->declared[kind],
        .count = may_be_array(kind) ? constant_number(loader, node, "count", (struct number_range){1, most}) : 1,
        .from = constant_number(loader, node, "from", (struct number_range){0, OBJECTS_MAX}),
        .attributes = OPERAND_ABSENT,
        .value = OPERAND_ABSENT,
        .is_array = may_be_array(kind) && has_member(loader, node, "count"),
        .later = member_is_true(loader, node, "later"),
    };

    object.name = plan_intern(plan, name, strlen(name));
    object.attributes = plan_add_attribute(plan, tables[table].words);
    if (plan->out_of_memory) {
        return;
    }
    /* Variables have no attributes, and without other tables there may be none at all. */
    if (tables[table].words > 0) {
        memset(plan->attribute + object.attributes, 0xff, tables[table].words * sizeof *plan->attribute);
    }
    if ((uint64_t)plan->declared[kind] + object.count > most) {
        loader_mistake(loader, node, true, NULL, "there are more than %u %ss", most, object_kind_name(kind));
        object.count = 1;
    }
    if (object.later && kind != OBJECT_HANDLE && kind != OBJECT_PORT && kind != OBJECT_THREAD) {
        loader_mistake(loader, node_member(loader->document, node, "later"), true, NULL,
                       "'later' is for handles, ports and threads");
    }
    plan->object[number] = object;
    plan->declared[kind] += object.count;
    declare_name(loader, node, (struct named){name, NAME_OBJECT, number});
}

void names_declare(struct loader *loader)
{
    const struct document *document = loader->document;

    loader->surroundings = IN_DECLARATION;
    declare_parameters(loader);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        node_id table = node_member(document, 0, tables[i].table);
        uint32_t first = loader->plan->object_count;

        loader->plan->first_object[tables[i].kind] = first;
        if (table != NODE_NONE && node_kind(document, table) == NODE_OBJECT) {
            for (node_id at = node_first(document, table); at != NODE_NONE; at = node_next(document, at)) {
                if (strcmp(node_key(document, at), "//") != 0) {
                    declare_object(loader, at, i);
                }
            }
        }
        loader->plan->object_count_of[tables[i].kind] = loader->plan->object_count - first;
    }
}

void names_declare_main(struct loader *loader, uint32_t object)
{
    if (names_find(loader, "main", 4) == NULL && grow_names(loader)) {
        *find_place(loader, "main", 4) = (struct named){"main", NAME_OBJECT, object};
        loader->named_count++;
    }
}

struct local *names_local(const struct routine *routine, const char *name, size_t length)
{
    for (size_t i = 0; i < routine->local_count; i++) {
        if (routine->local[i].length == length && memcmp(routine->local[i].name, name, length) == 0) {
            return &routine->local[i];
        }
    }
    return NULL;
}

void names_add_local(struct loader *loader, struct routine *routine, const char *name, uint32_t room)
{
    size_t length = strcspn(name, "[");
    struct local *present = names_local(routine, name, length);

    if (present != NULL) {
        return;
    }
    if (routine->local_count == routine->local_room) {
        size_t wanted = routine->local_room == 0 ? 8 : routine->local_room * 2;
        struct local *grown = realloc(routine->local, wanted * sizeof *grown);
        if (grown == NULL) {
            loader->out_of_memory = true;
            return;
        }
        routine->local = grown;
        routine->local_room = wanted;
    }
    routine->local[routine->local_count++] =
        (struct local){.name = name, .length = length, .slot = routine->slots, .room = room};
    routine->slots += room == 0 ? 1 : room + 1;
}

const char *names_word(struct loader *loader, node_id node)
{
    const char *text = node_string(loader->document, node);
    size_t length = strlen(text);
    const struct named *named;
    struct parameter *parameter;

    if (text[0] != '{') {
        return text;
    }
    named = length < 2 ? NULL : names_find(loader, text + 1, length - 2);
    if (named == NULL || named->kind != NAME_PARAMETER) {
        char name[104];
        snprintf(name, sizeof name, "%.*s", (int)(length > 2 ? length - 2 : 0), text + 1);
        loader_unknown_parameter(loader, node, false, "a word in braces is a parameter's name", name);
        return NULL;
    }
    parameter = &loader->parameter[named->number];
    parameter->is_used = true;
    if (parameter->said.form != PARAMETER_STRING) {
        loader_mistake(loader, node, false, NULL, "the parameter '%s' is no word", parameter->name);
        return NULL;
    }
    return parameter->said.text;
}

/* What a top-level name stands for in an expression. */
static void resolve_named(struct loader *loader, const struct named *named, struct expression_head *head)
{
    const struct plan_object *object;

    if (named->kind == NAME_PARAMETER) {
        loader->parameter[named->number].is_used = true;
        head->kind = HEAD_CONSTANT;
        head->constant = loader->parameter[named->number].value;
        return;
    }
    object = &loader->plan->object[named->number];
    head->type = (struct expression_type){VALUE_REFERENCE, object->kind};
    if (object->kind == OBJECT_VARIABLE) {
        head->type = (struct expression_type){VALUE_ANY, OBJECT_UNKNOWN};
    }
    if (object->is_array) {
        head->kind = HEAD_ARRAY;
        head->what = object->kind == OBJECT_VARIABLE ? READ_VARIABLE_ELEMENT : READ_ELEMENT;
        head->argument = named->number;
        head->length = object->count;
        head->from = object->from;
    } else if (object->kind == OBJECT_VARIABLE) {
        head->kind = HEAD_READ;
        head->what = READ_VARIABLE;
        head->argument = object->first_slot;
    } else {
        head->kind = HEAD_CONSTANT;
        head->constant =
            value_make(VALUE_REFERENCE, reference_make(object->kind, object->first_slot));
    }
}

/* A name that only a procedure's own frame knows. */
static bool resolve_inside(const struct loader *loader, const char *name, struct expression_head *head)
{
    static const struct {
        enum value_type type;
        enum object_kind kind;
    } types[] = {{VALUE_BOOLEAN, OBJECT_UNKNOWN}, {VALUE_ERROR, OBJECT_UNKNOWN},
                 {VALUE_SIZE, OBJECT_UNKNOWN},    {VALUE_NUMBER, OBJECT_UNKNOWN},
                 {VALUE_ANY, OBJECT_OPERATION},   {VALUE_NUMBER, OBJECT_UNKNOWN},
                 {VALUE_NUMBER, OBJECT_UNKNOWN}};
    const struct local *local = names_local(loader->inside, name, strlen(name));

    head->kind = HEAD_READ;
    if (local != NULL) {
        head->what = READ_LOCAL;
        head->argument = local->slot;
        head->type = (struct expression_type){VALUE_ANY, OBJECT_UNKNOWN};
        if (local->room > 0) {
            head->kind = HEAD_ARRAY;
            head->what = READ_LOCAL_ELEMENT;
            head->length_is_read = true;
        }
        return true;
    }
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (strcmp(results[i], name) == 0) {
            head->what = READ_RESULT;
            head->argument = 1u << i;
            head->type = (struct expression_type){types[i].type, types[i].kind};
            return true;
        }
    }
    if (strcmp(name, "me") == 0) {
        head->what = READ_ME;
        head->type = (struct expression_type){VALUE_REFERENCE, OBJECT_THREAD};
        return true;
    }
    if (strcmp(name, "packet") == 0) {
        head->kind = HEAD_PACKET;
        return true;
    }
    head->kind = HEAD_UNKNOWN;
    return false;
}

static void resolve(void *context, const char *name, struct expression_head *head)
{
    struct loader *loader = context;
    const struct named *named;

    if (loader->surroundings == IN_PROCEDURE && resolve_inside(loader, name, head)) {
        return;
    }
    if (strcmp(name, "now") == 0 && loader->surroundings != IN_DECLARATION) {
        *head = (struct expression_head){.kind = HEAD_READ, .what = READ_NOW,
                                         .type = {VALUE_DURATION, OBJECT_UNKNOWN}};
        return;
    }
    if (strcmp(name, "index") == 0 && loader->surroundings == IN_DECLARATION) {
        *head = (struct expression_head){.kind = HEAD_READ, .what = READ_INDEX,
                                         .type = {VALUE_NUMBER, OBJECT_UNKNOWN}};
        return;
    }
    if (strcmp(name, "machine") == 0 && loader->surroundings != IN_DECLARATION) {
        *head = (struct expression_head){
            .kind = HEAD_CONSTANT,
            .constant = value_make(VALUE_REFERENCE, reference_make(OBJECT_MACHINE, 0))};
        return;
    }
    named = names_find(loader, name, strlen(name));
    if (named != NULL) {
        resolve_named(loader, named, head);
    }
}

static bool find_procedure(void *context, const char *name, uint32_t *number)
{
    const struct loader *loader = context;

    for (size_t i = 0; i < loader->routine_count; i++) {
        if (loader->routine[i].name != NULL && strcmp(loader->routine[i].name, name) == 0) {
            *number = (uint32_t)i;
            return true;
        }
    }
    return false;
}

static bool find_error(void *context, const char *name, uint32_t *number)
{
    (void)context;
    for (int i = 0; i < win32_error_count(); i++) {
        if (strcmp(win32_error_name((uint16_t)i), name) == 0) {
            *number = (uint32_t)i;
            return true;
        }
    }
    return false;
}

static uint32_t intern(void *context, const char *bytes, size_t length)
{
    struct loader *loader = context;

    return plan_intern(loader->plan, bytes, length);
}

static void each_name(void *context, void (*each)(void *list, const char *name), void *list)
{
    const struct loader *loader = context;

    for (size_t i = 0; i < loader->named_room; i++) {
        if (loader->named[i].name != NULL) {
            each(list, loader->named[i].name);
        }
    }
    if (loader->surroundings == IN_PROCEDURE) {
        for (size_t i = 0; i < loader->inside->local_count; i++) {
            if (strlen(loader->inside->local[i].name) == loader->inside->local[i].length) {
                each(list, loader->inside->local[i].name);
            }
        }
        for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
            each(list, results[i]);
        }
    }
    for (int i = 0; i < win32_error_count(); i++) {
        each(list, win32_error_name((uint16_t)i));
    }
}

struct expression_scope names_scope(struct loader *loader)
{
    return (struct expression_scope){
        .context = loader,
        .resolve = resolve,
        .procedure = find_procedure,
        .error = find_error,
        .text = intern,
        .aggregate = loader->surroundings == IN_CLAIM ? claims_aggregate : NULL,
        .names = each_name,
    };
}
