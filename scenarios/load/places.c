/* SPDX-License-Identifier: Apache-2.0 */
/* Places: a value of the file becomes an operand of the plan, by the shape of its place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/object.h"
#include "model/record.h"
#include "scenarios/load/loader.h"
#include "sim/random.h"

uint32_t place_formula(struct loader *loader, const struct expression *expression)
{
    uint32_t number = plan_add_formula(loader->plan, 1);

    if (!loader->plan->out_of_memory) {
        loader->plan->formula[number] = (struct plan_formula){
            .form = expression->is_constant ? FORMULA_IS_CONSTANT : FORMULA_IS_CODE,
            .first = expression->first,
            .count = expression->count,
            .constant = expression->constant,
        };
    }
    return number;
}

/* Whether something that was refused by its form may declare a name: a key (of a table, of `with`) or an `as` says it.
 * Then that it is unknown would be one mistake told twice. */
static bool may_be_declared(const struct loader *loader, const char *name, size_t length)
{
    const struct document *document = loader->document;

    if (!diagnostics_have(loader->diagnostics, DIAGNOSTIC_FORM)) {
        return false;
    }
    for (node_id node = 1; node < document_count(document); node++) {
        const char *key = node_key(document, node);
        const char *word = key;
        if (key != NULL && strcmp(key, "as") == 0 && node_kind(document, node) == NODE_STRING) {
            word = node_string(document, node);
        }
        if (word != NULL && strncmp(word, name, length) == 0 && (word[length] == '\0' || word[length] == '[')) {
            return true;
        }
    }
    return false;
}

/* A mistake inside the text of a node: shown at its place when the string has no escapes. */
static void text_mistake(struct loader *loader, node_id node, size_t before, const struct expression_error *error)
{
    const char *text = node_string(loader->document, node);
    char pointer[512];
    struct diagnostic_place place = {
        .class = DIAGNOSTIC_MEANING,
        .offset = node_offset(loader->document, node),
        .length = node_span(loader->document, node),
        .pointer = pointer,
    };

    if (strncmp(error->message, "unknown name", 12) == 0 &&
        may_be_declared(loader, text + before + error->offset, error->length)) {
        return;
    }
    if (strlen(text) + 2 == node_span(loader->document, node)) {
        place.offset += 1 + (uint32_t)(before + error->offset);
        place.length = (uint32_t)error->length;
    }
    (void)node_pointer(loader->document, node, pointer, sizeof pointer);
    diagnostics_add(loader->diagnostics, &place, error->hint, "%s", error->message);
}

/* A JSON value that is no string, as a constant. */
static bool plain_constant(const struct loader *loader, node_id node, struct expression *result)
{
    *result = (struct expression){.is_constant = true};
    switch (node_kind(loader->document, node)) {
    case NODE_INTEGER:
        result->constant = value_number(node_integer(loader->document, node));
        break;
    case NODE_BOOLEAN:
        result->constant = value_boolean(node_boolean(loader->document, node));
        break;
    case NODE_NULL:
        result->constant = value_null();
        break;
    case NODE_STRING:
    case NODE_ARRAY:
    case NODE_OBJECT:
        return false;
    }
    result->type.type = (enum value_type)result->constant.type;
    return true;
}

/* Whether a value known at load is what the place wants; null stands for nothing, and 0 for any quantity. */
static bool is_wanted(const struct expression *expression, struct place_wanted wanted)
{
    enum value_type type = expression->type.type;

    if (wanted.type == VALUE_ANY || type == VALUE_ANY) {
        return true;
    }
    if (expression->is_constant && expression->constant.type == VALUE_NUMBER &&
        expression->constant.bits == 0 &&
        (wanted.type == VALUE_DURATION || wanted.type == VALUE_SIZE || wanted.type == VALUE_SHARE)) {
        return true;
    }
    if (type != wanted.type) {
        return false;
    }
    return type != VALUE_REFERENCE || wanted.kind == OBJECT_UNKNOWN ||
           expression->type.kind == OBJECT_UNKNOWN || expression->type.kind == wanted.kind;
}

static void unwanted(struct loader *loader, node_id node, const struct expression *expression, struct place_wanted wanted)
{
    const char *key = node_key(loader->document, node);
    const char *is = expression_type_words(expression->type.type);
    const char *hint = NULL;
    char object[64];

    if (expression->type.type == VALUE_REFERENCE && expression->type.kind != OBJECT_UNKNOWN) {
        snprintf(object, sizeof object, "%s %s", object_kind_article(expression->type.kind),
                 object_kind_name(expression->type.kind));
        is = object;
    }
    if (expression->type.type == VALUE_NUMBER &&
        (wanted.type == VALUE_DURATION || wanted.type == VALUE_SIZE)) {
        hint = wanted.type == VALUE_DURATION ? "write a unit, such as \"5ms\"" : "write a unit, such as \"5B\"";
        is = "a bare number";
    }
    if (key != NULL) {
        loader_mistake(loader, node, false, hint, "'%s' wants %s, not %s", key, wanted.what, is);
    } else {
        loader_mistake(loader, node, false, hint, "%s is wanted here, not %s", wanted.what, is);
    }
}

bool place_expression(struct loader *loader, node_id node, struct place_wanted wanted, struct expression *result)
{
    struct expression_scope scope;
    struct expression_error error;

    if (node_is_bad(loader->document, node)) {
        return false;
    }
    if (!plain_constant(loader, node, result)) {
        if (node_kind(loader->document, node) != NODE_STRING) {
            return false;
        }
        scope = names_scope(loader);
        if (!expression_compile(node_string(loader->document, node), &scope, &loader->output, result, &error)) {
            if (!loader->output.out_of_memory) {
                text_mistake(loader, node, 0, &error);
            }
            return false;
        }
    }
    if (!is_wanted(result, wanted)) {
        unwanted(loader, node, result, wanted);
        return false;
    }
    return true;
}

/* What an expression's place wants, by its shape. */
static struct place_wanted wanted_of(enum shape shape)
{
    static const struct {
        enum shape shape;
        enum value_type type;
        enum object_kind kind;
    } rows[] = {
        {SHAPE_NUMBER, VALUE_NUMBER, OBJECT_UNKNOWN},     {SHAPE_CONDITION, VALUE_BOOLEAN, OBJECT_UNKNOWN},
        {SHAPE_FLAG, VALUE_BOOLEAN, OBJECT_UNKNOWN},      {SHAPE_SPAN, VALUE_DURATION, OBJECT_UNKNOWN},
        {SHAPE_SIZE, VALUE_SIZE, OBJECT_UNKNOWN},         {SHAPE_INSTANT, VALUE_DURATION, OBJECT_UNKNOWN},
        {SHAPE_MEAN, VALUE_DURATION, OBJECT_UNKNOWN},     {SHAPE_LOAD, VALUE_REFERENCE, OBJECT_LOAD},
        {SHAPE_ERROR, VALUE_ERROR, OBJECT_UNKNOWN},       {SHAPE_CHANCE, VALUE_SHARE, OBJECT_UNKNOWN},
        {SHAPE_PORT, VALUE_REFERENCE, OBJECT_PORT},       {SHAPE_POOL, VALUE_REFERENCE, OBJECT_POOL},
        {SHAPE_HANDLE, VALUE_REFERENCE, OBJECT_HANDLE},   {SHAPE_DEVICE, VALUE_REFERENCE, OBJECT_DEVICE},
        {SHAPE_EVENT, VALUE_REFERENCE, OBJECT_EVENT},     {SHAPE_THREAD, VALUE_REFERENCE, OBJECT_THREAD},
        {SHAPE_TASK, VALUE_REFERENCE, OBJECT_TASK},       {SHAPE_AWAITABLE, VALUE_REFERENCE, OBJECT_UNKNOWN},
        {SHAPE_LOCK, VALUE_REFERENCE, OBJECT_UNKNOWN},    {SHAPE_WAITABLE, VALUE_REFERENCE, OBJECT_UNKNOWN},
        {SHAPE_CLOSABLE, VALUE_REFERENCE, OBJECT_UNKNOWN}, {SHAPE_POSTABLE, VALUE_REFERENCE, OBJECT_UNKNOWN},
        {SHAPE_CANCELLABLE, VALUE_REFERENCE, OBJECT_UNKNOWN},
        {SHAPE_OPERATION, VALUE_REFERENCE, OBJECT_OPERATION}, {SHAPE_TIMER, VALUE_REFERENCE, OBJECT_TIMER},
        {SHAPE_REGISTRATION, VALUE_REFERENCE, OBJECT_REGISTRATION},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].shape == shape) {
            return (struct place_wanted){rows[i].type, rows[i].kind, shape_form_of(shape)->what};
        }
    }
    return (struct place_wanted){VALUE_ANY, OBJECT_UNKNOWN, shape_form_of(shape)->what};
}

bool place_constant(struct loader *loader, node_id node, enum shape shape, struct value *value)
{
    struct expression expression;
    struct place_wanted wanted = wanted_of(shape);

    if (!place_expression(loader, node, wanted, &expression)) {
        return false;
    }
    if (!expression.is_constant) {
        loader_mistake(loader, node, false, "only numbers and parameters may stand here",
                       "this must be known before the run");
        return false;
    }
    *value = expression.constant;
    if (value->type == VALUE_NUMBER && value->bits == 0 && wanted.type != VALUE_ANY) {
        value->type = wanted.type;
    }
    return true;
}

/* A place that wants an object: a string looked up whole as a name, or else an expression. */
static bool object_expression(struct loader *loader, node_id node, enum shape shape, struct expression *result)
{
    struct place_wanted wanted = wanted_of(shape);
    const char *text = node_string(loader->document, node);
    const struct named *named = names_find(loader, text, strlen(text));
    const struct plan_object *object;

    if (named == NULL || named->kind != NAME_OBJECT ||
        loader->plan->object[named->number].kind == OBJECT_VARIABLE ||
        (loader->surroundings == IN_PROCEDURE && names_local(loader->inside, text, strlen(text)) != NULL)) {
        return place_expression(loader, node, wanted, result);
    }
    object = &loader->plan->object[named->number];
    if (object->is_array) {
        loader_mistake(loader, node, false, "write an index, such as [0]", "'%s' is an array", text);
        return false;
    }
    *result = (struct expression){
        .is_constant = true,
        .constant = value_make(VALUE_REFERENCE, reference_make(object->kind, object->first_slot)),
        .type = {VALUE_REFERENCE, object->kind},
    };
    if (!is_wanted(result, wanted)) {
        unwanted(loader, node, result, wanted);
        return false;
    }
    return true;
}

bool place_object(struct loader *loader, node_id node, enum shape shape, struct value *value)
{
    struct expression expression;

    if (!object_expression(loader, node, shape, &expression)) {
        return false;
    }
    if (!expression.is_constant) {
        loader_mistake(loader, node, false, "only names and parameters may stand here",
                       "this must be known before the run");
        return false;
    }
    *value = expression.constant;
    return true;
}

/* Whether an object of `kind` may stand where a shape takes one of several kinds; what only a run knows may. */
static bool is_one_of(enum shape shape, enum object_kind kind)
{
    switch ((int)shape) {
    case SHAPE_LOCK:
        return kind == OBJECT_UNKNOWN || kind == OBJECT_MUTEX || kind == OBJECT_SEMAPHORE;
    case SHAPE_CLOSABLE:
        return kind == OBJECT_UNKNOWN || kind == OBJECT_HANDLE || kind == OBJECT_PORT;
    case SHAPE_POSTABLE:
        return kind == OBJECT_UNKNOWN || kind == OBJECT_PORT || kind == OBJECT_POOL;
    case SHAPE_CANCELLABLE:
        return kind == OBJECT_UNKNOWN || kind == OBJECT_HANDLE || kind == OBJECT_THREAD;
    case SHAPE_WAITABLE:
        return kind != OBJECT_DEVICE && kind != OBJECT_MACHINE && kind != OBJECT_POOL && kind != OBJECT_LOAD &&
               kind != OBJECT_TASK && kind != OBJECT_TIMER && kind != OBJECT_REGISTRATION;
    case SHAPE_AWAITABLE:
        return kind == OBJECT_UNKNOWN || kind == OBJECT_TASK || kind == OBJECT_OPERATION;
    default:
        return true;
    }
}

static uint32_t object_place(struct loader *loader, node_id node, enum shape shape)
{
    struct expression expression;

    if (!object_expression(loader, node, shape, &expression)) {
        return OPERAND_ABSENT;
    }
    if (!is_one_of(shape, expression.type.kind)) {
        unwanted(loader, node, &expression, wanted_of(shape));
        return OPERAND_ABSENT;
    }
    return place_formula(loader, &expression);
}

/* What is in one element of an array of variables: an expression that reads it. */
static uint32_t variable_element(struct loader *loader, const struct plan_object *array, uint32_t offset)
{
    char text[160];
    struct expression expression;
    struct expression_error error;
    struct expression_scope scope = names_scope(loader);

    snprintf(text, sizeof text, "'%s'[%u]", plan_text(loader->plan, array->name), array->from + offset);
    if (!expression_compile(text, &scope, &loader->output, &expression, &error)) {
        return OPERAND_ABSENT; /* there is no memory: the name and the index are good */
    }
    return place_formula(loader, &expression);
}

/* Adds the elements of an array that stands bare where a list of objects is wanted. */
static bool add_elements(struct loader *loader, node_id node)
{
    const char *text = node_string(loader->document, node);
    const struct named *named = names_find(loader, text, strlen(text));
    const struct plan_object *object;

    if (named == NULL || named->kind != NAME_OBJECT || !loader->plan->object[named->number].is_array) {
        return false;
    }
    object = &loader->plan->object[named->number];
    for (uint32_t i = 0; i < object->count && !loader->plan->out_of_memory; i++) {
        reference element = reference_make(object->kind, object->first_slot + i);
        uint32_t formula = object->kind == OBJECT_VARIABLE
                               ? variable_element(loader, object, i)
                               : plan_add_constant_formula(loader->plan, value_make(VALUE_REFERENCE, element));
        uint32_t at = plan_add_list(loader->plan, 1);
        if (!loader->plan->out_of_memory) {
            loader->plan->list[at] = formula;
        }
        object = &loader->plan->object[named->number];
    }
    return true;
}

uint32_t place_span(struct loader *loader, uint32_t first, uint32_t end)
{
    uint32_t span = plan_add_span(loader->plan, 1);

    if (!loader->plan->out_of_memory) {
        loader->plan->span[span] = (struct plan_span){first, end - first};
    }
    return span;
}

/* One object or a list of them, each of the shape `element`. */
static uint32_t objects_place(struct loader *loader, node_id node, enum shape element)
{
    const struct document *document = loader->document;
    bool is_list = node_kind(document, node) == NODE_ARRAY;
    node_id at = is_list ? node_first(document, node) : node;
    uint32_t first = loader->plan->list_count;
    uint32_t span;

    while (at != NODE_NONE) {
        if (!node_is_bad(document, at) && !add_elements(loader, at)) {
            uint32_t formula = object_place(loader, at, element);
            uint32_t place = plan_add_list(loader->plan, 1);
            if (!loader->plan->out_of_memory) {
                loader->plan->list[place] = formula;
            }
        }
        at = is_list ? node_next(document, at) : NODE_NONE;
    }
    span = place_span(loader, first, loader->plan->list_count);
    if (loader->plan->list_count - first > 64) {
        loader_mistake(loader, node, false, NULL, "a wait takes at most 64 objects, not %u",
                       loader->plan->list_count - first);
    }
    return span;
}

/* The parameters of a distribution, entered in the plan's lists one behind the other. */
static void add_parameters(struct loader *loader, node_id value, enum shape shape, uint32_t *list, uint32_t *count)
{
    const struct document *document = loader->document;
    node_id at;

    if (node_kind(document, value) == NODE_STRING || node_kind(document, value) == NODE_INTEGER) {
        list[(*count)++] = place_compile(loader, value, shape);
        return;
    }
    for (at = node_first(document, value); at != NODE_NONE; at = node_next(document, at)) {
        if (node_is_bad(document, at)) {
            continue;
        }
        if (node_kind(document, at) == NODE_ARRAY) {
            node_id weight = node_first(document, at);
            list[(*count)++] = place_compile(loader, weight, SHAPE_NUMBER);
            list[(*count)++] = place_compile(loader, node_next(document, weight), shape);
        } else {
            const char *key = node_key(document, at);
            bool is_number = key != NULL && strcmp(key, "k") == 0;
            list[(*count)++] = place_compile(loader, at, is_number ? SHAPE_NUMBER : shape);
        }
    }
}

uint64_t place_stream(struct loader *loader, node_id node)
{
    node_id stream = node_member(loader->document, node, "stream");
    char pointer[1024];
    size_t length;

    if (stream != NODE_NONE && node_kind(loader->document, stream) == NODE_STRING) {
        const char *word = node_string(loader->document, stream);
        return random_key(word, strlen(word));
    }
    length = node_pointer(loader->document, node, pointer, sizeof pointer);
    return random_key(pointer, length < sizeof pointer ? length : sizeof pointer - 1);
}

/* How many operands a distribution's value can have at most. */
static uint32_t most_parameters(const struct document *document, node_id value)
{
    return node_kind(document, value) == NODE_ARRAY ? 2 * node_length(document, value) : 2;
}

static uint32_t distribution_place(struct loader *loader, node_id node, enum shape shape)
{
    const struct document *document = loader->document;
    size_t count;
    const struct shape_object *forms = shape_keyed(SHAPE_SPAN, &count);
    struct plan *plan = loader->plan;
    uint32_t formula;
    uint32_t number;

    for (size_t i = 0; i < count; i++) {
        node_id value = node_member(document, node, forms[i].key[0].word);
        uint32_t *list;
        uint32_t parameters = 0;
        uint32_t first;
        if (value == NODE_NONE || node_is_bad(document, value)) {
            continue;
        }
        list = malloc((most_parameters(document, value) + 1) * sizeof *list);
        if (list == NULL) {
            loader->out_of_memory = true;
            return OPERAND_ABSENT;
        }
        add_parameters(loader, value, shape, list, &parameters);
        first = plan_add_list(plan, parameters);
        number = plan_add_distribution(plan, 1);
        formula = plan_add_formula(plan, 1);
        if (!plan->out_of_memory && parameters > 0) {
            memcpy(plan->list + first, list, parameters * sizeof *list);
            plan->distribution[number] = (struct plan_distribution){
                .form = (enum distribution_form)i,
                .first = first,
                .count = parameters,
                .stream = place_stream(loader, node),
            };
            plan->formula[formula] =
                (struct plan_formula){.form = FORMULA_IS_DISTRIBUTION, .first = number};
        }
        free(list);
        return formula;
    }
    return OPERAND_ABSENT;
}

/* Where the index of an element stands in a target: p[i]. Its expression, or OPERAND_ABSENT. */
static bool index_place(struct loader *loader, node_id node, const char *text, uint32_t *index)
{
    size_t open = strcspn(text, "[");
    size_t length = strlen(text);
    char inner[512];
    struct expression expression;
    struct expression_error error;
    struct expression_scope scope = names_scope(loader);

    *index = OPERAND_ABSENT;
    if (open == length) {
        return true;
    }
    if (text[length - 1] != ']' || length - open - 2 >= sizeof inner) {
        loader_mistake(loader, node, false, "an element is written name[index]", "'%s' is no name", text);
        return false;
    }
    memcpy(inner, text + open + 1, length - open - 2);
    inner[length - open - 2] = '\0';
    if (!expression_compile(inner, &scope, &loader->output, &expression, &error)) {
        text_mistake(loader, node, open + 1, &error);
        return false;
    }
    if (expression.type.type != VALUE_NUMBER && expression.type.type != VALUE_ANY) {
        loader_mistake(loader, node, false, NULL, "an index is a number, not %s",
                       expression_type_words(expression.type.type));
        return false;
    }
    *index = place_formula(loader, &expression);
    return true;
}

/* A declared name as a target. */
static bool declared_target(struct loader *loader, node_id node, const struct named *named, struct plan_target *target)
{
    const struct plan_object *object = &loader->plan->object[named->number];
    bool is_element = target->index != OPERAND_ABSENT;

    if (named->kind != NAME_OBJECT) {
        loader_mistake(loader, node, false, NULL, "'%s' is a parameter, which is constant", named->name);
        return false;
    }
    if (is_element != object->is_array && !(object->kind == OBJECT_VARIABLE && object->is_array)) {
        loader_mistake(loader, node, false, NULL, object->is_array ? "'%s' is an array" : "'%s' is no array",
                       named->name);
        return false;
    }
    target->slot = object->is_array ? named->number : object->first_slot;
    target->made = named->number;
    if (object->kind == OBJECT_VARIABLE) {
        target->form = is_element         ? TARGET_VARIABLE_ELEMENT
                       : object->is_array ? TARGET_VARIABLE_ARRAY
                                          : TARGET_VARIABLE;
        return true;
    }
    target->slot = named->number;
    target->form = is_element ? TARGET_OBJECT_ELEMENT : TARGET_OBJECT;
    return true;
}

/* A name under which a maker makes what was not declared. */
static uint32_t made_name(struct loader *loader, const char *name, size_t length, enum object_kind kind)
{
    struct plan *plan = loader->plan;
    uint32_t text = plan_intern(plan, name, length);
    uint32_t number;

    for (uint32_t i = 0; i < plan->object_count; i++) {
        if (plan->object[i].name == text && plan->object[i].kind == kind) {
            return i;
        }
    }
    number = plan_add_object(plan, 1);
    if (!plan->out_of_memory) {
        plan->object[number] = (struct plan_object){.kind = kind, .name = text, .attributes = OPERAND_ABSENT,
                                                    .value = OPERAND_ABSENT};
    }
    return number;
}

/* What a maker's shape makes; OBJECT_UNKNOWN: the target of a let or an as. */
static enum object_kind made_kind(enum shape shape)
{
    return shape == SHAPE_NEW_THREAD         ? OBJECT_THREAD
           : shape == SHAPE_NEW_TASK         ? OBJECT_TASK
           : shape == SHAPE_NEW_TIMER        ? OBJECT_TIMER
           : shape == SHAPE_NEW_REGISTRATION ? OBJECT_REGISTRATION
           : shape == SHAPE_NEW_PORT         ? OBJECT_PORT
           : shape == SHAPE_NEW_HANDLE       ? OBJECT_HANDLE
                                             : OBJECT_UNKNOWN;
}

/* A target by its text, which stands at `node` (its value, or its key in a let). */
static uint32_t target_by_text(struct loader *loader, node_id node, const char *text, enum shape shape)
{
    size_t length = strcspn(text, "[");
    const struct named *named = names_find(loader, text, length);
    const struct local *local = loader->inside == NULL ? NULL : names_local(loader->inside, text, length);
    enum object_kind kind = made_kind(shape);
    struct plan_target target = {.index = OPERAND_ABSENT};
    uint32_t number;

    if (!index_place(loader, node, text, &target.index)) {
        return OPERAND_ABSENT;
    }
    target.name = plan_intern(loader->plan, text, length);
    if (named != NULL) {
        if (!declared_target(loader, node, named, &target)) {
            return OPERAND_ABSENT;
        }
        if (target.form >= TARGET_OBJECT &&
            (kind == OBJECT_UNKNOWN || loader->plan->object[named->number].kind != kind)) {
            loader_mistake(loader, node, false, NULL, "'%s' is %s %s, which cannot be bound here", named->name,
                           object_kind_article(loader->plan->object[named->number].kind),
                           object_kind_name(loader->plan->object[named->number].kind));
            return OPERAND_ABSENT;
        }
    } else if (local != NULL) {
        target.slot = local->slot;
        target.room = local->room;
        target.form = local->room == 0                     ? TARGET_LOCAL
                      : target.index == OPERAND_ABSENT     ? TARGET_LOCAL_ARRAY
                                                           : TARGET_LOCAL_ELEMENT;
        if (local->room == 0 && target.index != OPERAND_ABSENT) {
            loader_mistake(loader, node, false, "declare it in 'variables' with a count", "'%.*s' is no array",
                           (int)length, text);
            return OPERAND_ABSENT;
        }
    }
    if (kind != OBJECT_UNKNOWN && target.form < TARGET_OBJECT) {
        target.made = made_name(loader, text, length, kind);
    }
    number = plan_add_target(loader->plan, 1);
    if (!loader->plan->out_of_memory) {
        loader->plan->target[number] = target;
    }
    return number;
}

/* A let assigns one value: an array's name wants an index. */
static void want_single(struct loader *loader, node_id node, const char *key, uint32_t target)
{
    enum target_form form;

    if (loader->plan->out_of_memory || target == OPERAND_ABSENT) {
        return;
    }
    form = loader->plan->target[target].form;
    if (form == TARGET_VARIABLE_ARRAY || form == TARGET_LOCAL_ARRAY) {
        loader_mistake(loader, node, true, "write an index, such as [0]", "'%s' is an array", key);
    }
}

/* The bindings of a `let`. */
static uint32_t let_place(struct loader *loader, node_id node)
{
    const struct document *document = loader->document;
    struct plan_binding binding[64];
    uint32_t count = 0;
    uint32_t first;

    for (node_id at = node_first(document, node); at != NODE_NONE; at = node_next(document, at)) {
        const char *key = node_key(document, at);
        if (strcmp(key, "//") == 0 || node_is_bad(document, at)) {
            continue;
        }
        if (count == 64) {
            loader_mistake(loader, at, true, NULL, "one let assigns at most 64 names");
            break;
        }
        binding[count].target = target_by_text(loader, at, key, SHAPE_TARGET);
        want_single(loader, at, key, binding[count].target);
        binding[count++].formula = place_compile(loader, at, SHAPE_BOUND);
    }
    first = plan_add_binding(loader->plan, count);
    if (!loader->plan->out_of_memory && count > 0) {
        memcpy(loader->plan->binding + first, binding, count * sizeof binding[0]);
    }
    return place_span(loader, first, first + count);
}

uint32_t place_with(struct loader *loader, node_id node, uint32_t routine)
{
    const struct document *document = loader->document;
    struct plan_binding binding[64];
    uint32_t count = 0;
    uint32_t first;

    for (node_id at = node == NODE_NONE ? NODE_NONE : node_first(document, node); at != NODE_NONE;
         at = node_next(document, at)) {
        const char *key = node_key(document, at);
        const struct local *local;
        if (strcmp(key, "//") == 0 || node_is_bad(document, at) || count == 64) {
            continue;
        }
        local = names_local(&loader->routine[routine], key, strlen(key));
        binding[count].target = local == NULL ? 0 : local->slot;
        binding[count++].formula = place_compile(loader, at, SHAPE_BOUND);
    }
    first = plan_add_binding(loader->plan, count);
    if (!loader->plan->out_of_memory && count > 0) {
        memcpy(loader->plan->binding + first, binding, count * sizeof binding[0]);
    }
    return place_span(loader, first, first + count);
}

uint32_t place_with_index(struct loader *loader, node_id node, uint32_t routine)
{
    struct plan *plan = loader->plan;
    uint32_t given = place_with(loader, node, routine);
    const struct local *index = names_local(&loader->routine[routine], "index", 5);
    uint32_t first;
    uint32_t formula;
    struct plan_span span;

    if (index == NULL || plan->out_of_memory) {
        return given;
    }
    span = plan->span[given];
    formula = plan_add_formula(plan, 1);
    first = plan_add_binding(plan, span.count + 1);
    if (!plan->out_of_memory) {
        struct expression_output *output = &loader->output;
        plan->formula[formula] = (struct plan_formula){
            .form = FORMULA_IS_CODE, .first = expression_add_index(output), .count = 2};
        for (uint32_t i = 0; i < span.count; i++) {
            plan->binding[first + i] = plan->binding[span.first + i];
        }
        plan->binding[first + span.count] = (struct plan_binding){index->slot, formula};
        plan->span[given] = (struct plan_span){first, span.count + 1};
    }
    return given;
}

static void add_piece(struct loader *loader, struct plan_piece piece)
{
    uint32_t number = plan_add_piece(loader->plan, 1);

    if (!loader->plan->out_of_memory) {
        loader->plan->piece[number] = piece;
    }
}

/* One expression in braces, from behind the opening one; how many bytes it has, the closing one included. */
static size_t text_expression(struct loader *loader, const char *text, size_t at, node_id node)
{
    size_t length = strcspn(text + at, "}");
    char inner[1024];
    struct expression expression;
    struct expression_error error;
    struct expression_scope scope = names_scope(loader);

    if (text[at + length] != '\0' && length >= sizeof inner) {
        loader_mistake(loader, node, false, NULL, "an expression in a text has at most 1023 bytes");
        return strlen(text + at);
    }
    if (text[at + length] == '\0') {
        loader_mistake(loader, node, false, "braces are written {{ and }}", "this '{' is not closed");
        return strlen(text + at);
    }
    memcpy(inner, text + at, length);
    inner[length] = '\0';
    if (!expression_compile(inner, &scope, &loader->output, &expression, &error)) {
        text_mistake(loader, node, at, &error);
    } else {
        add_piece(loader, (struct plan_piece){PLAN_NONE, place_formula(loader, &expression)});
    }
    return length + 1;
}

uint32_t place_text(struct loader *loader, const char *text, node_id node)
{
    uint32_t first = loader->plan->piece_count;
    size_t length = strlen(text);
    char *words = malloc(length + 1);
    size_t count = 0;

    if (words == NULL) {
        loader->out_of_memory = true;
        return OPERAND_ABSENT;
    }
    for (size_t at = 0; at < length;) {
        bool is_brace = text[at] == '{' || text[at] == '}';
        if (is_brace && text[at + 1] == text[at]) {
            words[count++] = text[at];
            at += 2;
        } else if (text[at] == '{') {
            if (count > 0) {
                add_piece(loader, (struct plan_piece){plan_intern(loader->plan, words, count), 0});
                count = 0;
            }
            at++;
            at += text_expression(loader, text, at, node);
        } else {
            if (text[at] == '}') {
                loader_mistake(loader, node, false, "braces are written {{ and }}", "this '}' closes nothing");
            }
            words[count++] = text[at++];
        }
    }
    if (count > 0) {
        add_piece(loader, (struct plan_piece){plan_intern(loader->plan, words, count), 0});
    }
    free(words);
    return place_span(loader, first, loader->plan->piece_count);
}

uint32_t place_pointer(struct loader *loader, node_id node)
{
    char pointer[4096];
    size_t length = node_pointer(loader->document, node, pointer, sizeof pointer);

    return plan_intern(loader->plan, pointer, length < sizeof pointer ? length : sizeof pointer - 1);
}

/* A word of a shape's list. */
static uint32_t word_place(struct loader *loader, node_id node, enum shape shape)
{
    const char *word = names_word(loader, node);
    int number = word == NULL ? -1 : shape_word(shape, word);

    if (word != NULL && number < 0) {
        loader_mistake(loader, node, false, NULL, "'%s' is not %s that this program knows", word,
                       shape_form_of(shape)->what);
    }
    return number < 0 ? OPERAND_ABSENT : (uint32_t)number;
}

/* A list of words of one shape as a sum of bits: bit i for the i-th word. */
static uint32_t modes_place(struct loader *loader, node_id node)
{
    uint32_t modes = 0;

    for (node_id at = node_first(loader->document, node); at != NODE_NONE; at = node_next(loader->document, at)) {
        uint32_t word = node_is_bad(loader->document, at) ? OPERAND_ABSENT : word_place(loader, at, SHAPE_MODE);
        modes |= word == OPERAND_ABSENT ? 0 : 1u << word;
    }
    return modes;
}

/* Whether a shape's place wants an object. */
static bool is_object_shape(enum shape shape)
{
    return shape == SHAPE_PORT || shape == SHAPE_HANDLE || shape == SHAPE_DEVICE || shape == SHAPE_EVENT ||
           shape == SHAPE_THREAD || shape == SHAPE_TASK || shape == SHAPE_AWAITABLE || shape == SHAPE_LOCK ||
           shape == SHAPE_WAITABLE || shape == SHAPE_CLOSABLE || shape == SHAPE_POSTABLE || shape == SHAPE_CANCELLABLE ||
           shape == SHAPE_OPERATION || shape == SHAPE_POOL || shape == SHAPE_LOAD || shape == SHAPE_TIMER ||
           shape == SHAPE_REGISTRATION;
}

uint32_t place_compile(struct loader *loader, node_id node, enum shape shape)
{
    enum node_kind kind = node_kind(loader->document, node);
    struct expression expression;

    if (node_is_bad(loader->document, node) || shape == SHAPE_CONSTANT_SYSTEM) { /* which pools read */
        return OPERAND_ABSENT;
    }
    if (shape_form_of(shape)->form == FORM_WORDS) {
        return word_place(loader, node, shape);
    }
    if (kind == NODE_OBJECT && shape_form_of(shape)->form == FORM_KEYED) {
        return distribution_place(loader, node, shape);
    }
    if (shape == SHAPE_WAITABLES) {
        return objects_place(loader, node, SHAPE_WAITABLE);
    }
    if (shape == SHAPE_AWAITABLES) {
        return objects_place(loader, node, SHAPE_AWAITABLE);
    }
    if (shape == SHAPE_CHANCE) {
        return device_chance(loader, node);
    }
    if (shape == SHAPE_FAULTS) {
        return device_faults(loader, node);
    }
    if (shape == SHAPE_MODES) {
        return modes_place(loader, node);
    }
    if (shape == SHAPE_BINDINGS) {
        return let_place(loader, node);
    }
    if (shape == SHAPE_PROCESS || shape == SHAPE_ENDED_PROCESS) {
        return processes_place(loader, node, shape == SHAPE_ENDED_PROCESS);
    }
    if (shape == SHAPE_PROCEDURE) {
        return procedures_at(loader, node);
    }
    if (shape == SHAPE_TEXT) {
        return place_text(loader, node_string(loader->document, node), node);
    }
    if (shape == SHAPE_TARGET || shape == SHAPE_NAME || made_kind(shape) != OBJECT_UNKNOWN) {
        return target_by_text(loader, node, node_string(loader->document, node), shape);
    }
    if (is_object_shape(shape) && kind == NODE_STRING) {
        return object_place(loader, node, shape);
    }
    if (shape == SHAPE_REPEAT_COUNT) {
        struct place_wanted any = {VALUE_ANY, OBJECT_UNKNOWN, shape_form_of(shape)->what};
        if (!place_expression(loader, node, any, &expression)) {
            return OPERAND_ABSENT;
        }
        if (expression.type.type != VALUE_NUMBER && expression.type.type != VALUE_ANY &&
            !(expression.is_constant && expression.constant.bits == VALUE_INFINITE)) {
            unwanted(loader, node, &expression, any);
        }
        return place_formula(loader, &expression);
    }
    if (!place_expression(loader, node, wanted_of(shape), &expression)) {
        return OPERAND_ABSENT;
    }
    return place_formula(loader, &expression);
}
