/* SPDX-License-Identifier: Apache-2.0 */
/* The order of loading: parameters, names, procedures and what they bind, declarations, code, claims. Every
 * pass goes on after a mistake, so that all mistakes of a file are told at once. */
#include "scenarios/load/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/record.h"
#include "scenarios/load/loader.h"

static bool is_comment(const char *key)
{
    return strcmp(key, "//") == 0;
}

/* The table at the top under this key; NODE_NONE when there is none of the right form. */
static node_id top_table(const struct loader *loader, const char *key)
{
    node_id table = node_member(loader->document, 0, key);

    return table == NODE_NONE || node_kind(loader->document, table) != NODE_OBJECT ? NODE_NONE : table;
}

/* A parameter's value as the scenario writes it, and as expressions see it. */
static void parameter_from_node(struct loader *loader, struct parameter *parameter, node_id node)
{
    const struct document *document = loader->document;

    parameter->said = (struct trace_parameter){.name = parameter->name};
    parameter->value = value_null();
    switch (node_kind(document, node)) {
    case NODE_INTEGER:
        parameter->said.form = PARAMETER_INTEGER;
        parameter->said.number = node_integer(document, node);
        parameter->value = value_number(parameter->said.number);
        break;
    case NODE_BOOLEAN:
        parameter->said.form = PARAMETER_BOOLEAN;
        parameter->said.number = node_boolean(document, node);
        parameter->value = value_boolean(node_boolean(document, node));
        break;
    case NODE_STRING:
        parameter->said.form = PARAMETER_STRING;
        parameter->said.text = node_string(document, node);
        if (!expression_literal(parameter->said.text, &parameter->value)) {
            parameter->value = value_make(
                VALUE_TEXT, plan_intern(loader->plan, parameter->said.text, strlen(parameter->said.text)));
        }
        break;
    case NODE_NULL:
    case NODE_ARRAY:
    case NODE_OBJECT:
        break;
    }
}

static struct parameter *find_parameter(const struct loader *loader, const char *name)
{
    for (size_t i = 0; i < loader->parameter_count; i++) {
        if (strcmp(loader->parameter[i].name, name) == 0) {
            return &loader->parameter[i];
        }
    }
    return NULL;
}

static void read_parameters(struct loader *loader)
{
    node_id table = top_table(loader, "parameters");

    if (table == NODE_NONE) {
        return;
    }
    loader->parameter = calloc(node_length(loader->document, table) + 1, sizeof *loader->parameter);
    if (loader->parameter == NULL) {
        loader->out_of_memory = true;
        return;
    }
    for (node_id at = node_first(loader->document, table); at != NODE_NONE;
         at = node_next(loader->document, at)) {
        struct parameter *parameter = &loader->parameter[loader->parameter_count];
        if (is_comment(node_key(loader->document, at)) || node_is_bad(loader->document, at)) {
            continue;
        }
        parameter->name = node_key(loader->document, at);
        parameter->declared = at;
        parameter_from_node(loader, parameter, at);
        loader->parameter_count++;
    }
}

void loader_unknown_parameter(struct loader *loader, node_id node, bool at_key, const char *otherwise, const char *name)
{
    const char *candidates[256];
    size_t count = 0;
    const char *nearest;
    char hint[160];

    for (; count < loader->parameter_count && count < 256; count++) {
        candidates[count] = loader->parameter[count].name;
    }
    nearest = suggest_nearest(name, candidates, count);
    snprintf(hint, sizeof hint, "did you mean '%s'?", nearest == NULL ? "" : nearest);
    loader_mistake(loader, node, at_key, nearest == NULL ? otherwise : hint, "unknown parameter '%s'", name);
}

/* Checks every variant's names, and applies the one that is run. */
static enum load_status apply_variants(struct loader *loader, const char *wanted)
{
    node_id table = top_table(loader, "variants");
    node_id taken = NODE_NONE;

    for (node_id at = table == NODE_NONE ? NODE_NONE : node_first(loader->document, table); at != NODE_NONE;
         at = node_next(loader->document, at)) {
        const char *name = node_key(loader->document, at);
        if (is_comment(name) || node_kind(loader->document, at) != NODE_OBJECT) {
            continue;
        }
        if (taken == NODE_NONE && (wanted == NULL || strcmp(wanted, name) == 0)) {
            taken = at;
            loader->loaded->variant = name;
        }
        (void)names_is_short(loader, at, name);
        for (node_id set = node_first(loader->document, at); set != NODE_NONE;
             set = node_next(loader->document, set)) {
            struct parameter *parameter = find_parameter(loader, node_key(loader->document, set));
            if (is_comment(node_key(loader->document, set))) {
                continue;
            }
            if (parameter == NULL) {
                loader_unknown_parameter(loader, set, true, "'parameters' declares them",
                                         node_key(loader->document, set));
            } else if (taken == at) {
                parameter_from_node(loader, parameter, set);
            }
        }
    }
    return wanted != NULL && taken == NODE_NONE ? LOAD_NO_VARIANT : LOAD_OK;
}

/* --set name=value: a literal if it reads as one, an integer or text else. */
static enum load_status apply_settings(struct loader *loader, const struct load_options *options)
{
    for (size_t i = 0; i < options->setting_count; i++) {
        const char *value = options->setting[i].value;
        struct parameter *parameter = find_parameter(loader, options->setting[i].name);
        struct value read;
        if (parameter == NULL) {
            return LOAD_NO_VARIANT;
        }
        parameter->said =
            (struct trace_parameter){.name = parameter->name, .form = PARAMETER_STRING, .text = value};
        if (!expression_literal(value, &read)) {
            read = value_make(VALUE_TEXT, plan_intern(loader->plan, value, strlen(value)));
        } else if (read.type == VALUE_NUMBER) {
            parameter->said.form = PARAMETER_INTEGER;
            parameter->said.number = (int64_t)read.bits;
        } else if (read.type == VALUE_BOOLEAN) {
            parameter->said.form = PARAMETER_BOOLEAN;
            parameter->said.number = (int64_t)read.bits;
        } else if (read.type == VALUE_NULL) {
            parameter->said.form = PARAMETER_NULL;
        }
        parameter->value = read;
    }
    return LOAD_OK;
}

/* Whether some string of the file holds a parameter's name. What is refused by its form is not compiled, so that a
 * use in there is not counted: then a mention is enough. */
static bool is_mentioned(const struct loader *loader, const char *name)
{
    const struct document *document = loader->document;

    for (node_id node = 0; node < document_count(document); node++) {
        if (node_kind(document, node) == NODE_STRING && strstr(node_string(document, node), name) != NULL) {
            return true;
        }
    }
    return false;
}

static void unused_parameters(struct loader *loader)
{
    bool is_whole = !diagnostics_have(loader->diagnostics, DIAGNOSTIC_FORM);

    for (size_t i = 0; i < loader->parameter_count; i++) {
        if (!loader->parameter[i].is_used && (is_whole || !is_mentioned(loader, loader->parameter[i].name))) {
            loader_mistake(loader, loader->parameter[i].declared, true,
                           "use it, or take it out of 'parameters'", "nothing uses the parameter '%s'",
                           loader->parameter[i].name);
        }
    }
}

/* The attributes of one declaration, by the table's keys in their order. */
/* What an attribute cannot be: a duration or size below 0, a device without servers. It is said here where it is
 * known before the run, for a run has no step to point at. */
static void check_attribute(struct loader *loader, node_id value, const struct shape_key *key, uint32_t operand)
{
    struct value constant;

    if (loader->plan->out_of_memory || operand == OPERAND_ABSENT ||
        (key->shape != SHAPE_SPAN && key->shape != SHAPE_SIZE && strcmp(key->word, "parallel") != 0) ||
        loader->plan->formula[operand].form != FORMULA_IS_CONSTANT) {
        return;
    }
    constant = loader->plan->formula[operand].constant;
    if (constant.type == VALUE_DURATION && (int64_t)constant.bits < 0) {
        loader_mistake(loader, value, false, NULL, "a duration is not negative");
    } else if (constant.type == VALUE_SIZE && (int64_t)constant.bits < 0) {
        loader_mistake(loader, value, false, NULL, "a size is not negative");
    } else if (constant.type == VALUE_NUMBER && key->shape == SHAPE_NUMBER && (int64_t)constant.bits < 1) {
        loader_mistake(loader, value, false, "without 'parallel' there is no limit",
                       "a device serves at least one operation at a time");
    }
}

/* A port that is made later cannot have files from the beginning. */
static void check_port(struct loader *loader, node_id node, uint32_t number)
{
    node_id value = node_member(loader->document, node, "port");
    const char *text = value == NODE_NONE ? NULL : node_string(loader->document, value);
    const struct named *named = text == NULL ? NULL : names_find(loader, text, strlen(text));

    if (named != NULL && named->kind == NAME_OBJECT && loader->plan->object[named->number].later &&
        !loader->plan->object[number].later) {
        loader_mistake(loader, value, false, "make the handle 'later' too, or associate it when the port is made",
                       "the port '%s' is made later than the handle", text);
    }
}

/* Completions go to one place; announcements are a pool's. */
static void check_pool(struct loader *loader, node_id node)
{
    node_id pool = node_member(loader->document, node, "pool");
    node_id announced = node_member(loader->document, node, "announced");

    if (pool != NODE_NONE && node_member(loader->document, node, "port") != NODE_NONE) {
        loader_mistake(loader, pool, true, NULL, "completions go to a port or to a pool, not to both");
    }
    if (announced != NODE_NONE && pool == NODE_NONE) {
        loader_mistake(loader, announced, true, "give it a 'pool', or bind it to one with 'announced'",
                       "'announced' is for a handle of a pool");
    }
}

static void compile_attributes(struct loader *loader, node_id node, enum shape table, uint32_t number)
{
    const struct shape_object *shape = shape_form_of(table)->object;
    uint32_t first = loader->plan->object[number].attributes;
    node_id with = NODE_NONE;
    uint32_t runs = OPERAND_ABSENT;

    for (size_t i = 0; i + 4 < shape->count; i++) {
        node_id value = node_member(loader->document, node, shape->key[i].word);
        uint32_t operand;
        if (value == NODE_NONE || node_is_bad(loader->document, value)) {
            continue;
        }
        if (strcmp(shape->key[i].word, "with") == 0) {
            with = value;
            continue;
        }
        operand = place_compile(loader, value, shape->key[i].shape);
        check_attribute(loader, value, &shape->key[i], operand);
        loader->plan->attribute[first + i] = operand;
        runs = shape->key[i].shape == SHAPE_PROCEDURE ? operand : runs;
    }
    if (table == SHAPE_HANDLE_TABLE) {
        check_port(loader, node, number);
        check_pool(loader, node);
    }
    if (table == SHAPE_DEVICE_TABLE && !loader->plan->out_of_memory) {
        struct device_attributes attributes =
            *(const struct device_attributes *)(const void *)(loader->plan->attribute + first);
        if (attributes.preset != OPERAND_ABSENT) {
            device_preset(loader, node, &attributes);
            memcpy(loader->plan->attribute + first, &attributes, sizeof attributes);
        }
    }
    if (table == SHAPE_POOL_TABLE) {
        pools_compile(loader, node, number);
    }
    if (table == SHAPE_THREAD_TABLE) {
        struct thread_attributes *attributes =
            (struct thread_attributes *)(void *)(loader->plan->attribute + first);
        bool later = loader->plan->object[number].later;
        if (runs == OPERAND_ABSENT && node_member(loader->document, node, "runs") == NODE_NONE && !later) {
            loader_mistake(loader, node, true, NULL, "the thread '%s' has no 'runs'",
                           node_key(loader->document, node));
        }
        if (runs != OPERAND_ABSENT) {
            bool is_array = node_member(loader->document, node, "count") != NODE_NONE;
            uint32_t span = is_array ? place_with_index(loader, with, runs) : place_with(loader, with, runs);
            attributes = (struct thread_attributes *)(void *)(loader->plan->attribute + first);
            attributes->with = span;
        }
    }
}

static const struct {
    const char *key;
    enum shape shape;
} tables[] = {
    {"devices", SHAPE_DEVICE_TABLE}, {"ports", SHAPE_PORT_TABLE},           {"pools", SHAPE_POOL_TABLE},
    {"handles", SHAPE_HANDLE_TABLE},
    {"events", SHAPE_EVENT_TABLE},   {"mutexes", SHAPE_MUTEX_TABLE},        {"semaphores", SHAPE_SEMAPHORE_TABLE},
    {"threads", SHAPE_THREAD_TABLE},
};

static void compile_tables(struct loader *loader)
{
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        node_id table = top_table(loader, tables[i].key);
        if (table == NODE_NONE) {
            continue;
        }
        for (node_id at = node_first(loader->document, table); at != NODE_NONE;
             at = node_next(loader->document, at)) {
            const struct named *named = names_find(loader, node_key(loader->document, at),
                                                   strlen(node_key(loader->document, at)));
            if (named != NULL && named->kind == NAME_OBJECT && node_kind(loader->document, at) == NODE_OBJECT) {
                compile_attributes(loader, at, tables[i].shape, named->number);
            }
        }
    }
}

static void compile_variables(struct loader *loader)
{
    node_id table = top_table(loader, "variables");

    for (node_id at = table == NODE_NONE ? NODE_NONE : node_first(loader->document, table); at != NODE_NONE;
         at = node_next(loader->document, at)) {
        const char *name = node_key(loader->document, at);
        const struct named *named = names_find(loader, name, strlen(name));
        bool is_object = node_kind(loader->document, at) == NODE_OBJECT;
        node_id value = is_object ? node_member(loader->document, at, "value") : at;
        if (named != NULL && named->kind == NAME_OBJECT && value != NODE_NONE) {
            uint32_t operand = place_compile(loader, value, SHAPE_VALUE);
            loader->plan->object[named->number].value = operand;
        }
    }
}

static void compile_top(struct loader *loader)
{
    const struct document *document = loader->document;
    node_id node = node_member(document, 0, "title");
    struct value value;

    if (node != NODE_NONE && node_kind(document, node) == NODE_STRING) {
        loader->loaded->title = node_string(document, node);
    }
    node = node_member(document, 0, "description");
    if (node != NODE_NONE && node_kind(document, node) == NODE_STRING) {
        loader->loaded->description = node_string(document, node);
    }
    node = node_member(document, 0, "seed");
    if (node != NODE_NONE && !node_is_bad(document, node)) {
        loader->plan->seed = (uint64_t)node_integer(document, node);
    }
    node = node_member(document, 0, "until");
    if (node != NODE_NONE && place_constant(loader, node, SHAPE_INSTANT, &value)) {
        loader->plan->until = value.bits == VALUE_INFINITE ? SIM_NEVER : value.bits;
        if ((int64_t)value.bits < 0) {
            loader_mistake(loader, node, false, NULL, "an instant is not negative");
        }
    }
}

/* Without threads there is one, main, that runs the procedure main. */
static void default_main(struct loader *loader)
{
    struct plan *plan = loader->plan;
    uint32_t main_procedure = PLAN_NONE;
    struct thread_attributes *attributes;
    uint32_t number;
    uint32_t first;

    if (plan->declared[OBJECT_THREAD] > 0 || top_table(loader, "threads") != NODE_NONE) {
        return;
    }
    for (size_t i = 0; i < loader->routine_count; i++) {
        if (loader->routine[i].name != NULL && strcmp(loader->routine[i].name, "main") == 0) {
            main_procedure = (uint32_t)i;
        }
    }
    if (main_procedure == PLAN_NONE && plan->declared[OBJECT_LOAD] > 0) {
        return; /* what the load brings runs */
    }
    if (main_procedure == PLAN_NONE) {
        if (diagnostics_have(loader->diagnostics, DIAGNOSTIC_FORM)) {
            return;
        }
        loader_mistake(loader, 0, false, "declare 'threads', or a procedure 'main'", "nothing runs");
        return;
    }
    number = plan_add_object(plan, 1);
    first = plan_add_attribute(plan, sizeof(struct thread_attributes) / sizeof(uint32_t));
    if (plan->out_of_memory) {
        return;
    }
    attributes = (struct thread_attributes *)(void *)(plan->attribute + first);
    memset(attributes, 0xff, sizeof *attributes);
    attributes->runs = main_procedure;
    attributes->type = THREAD_TYPE_MAIN;
    plan->object[number] = (struct plan_object){.kind = OBJECT_THREAD, .name = plan_intern(plan, "main", 4),
                                                .count = 1, .attributes = first, .value = OPERAND_ABSENT};
    plan->first_object[OBJECT_THREAD] = number;
    plan->object_count_of[OBJECT_THREAD] = 1;
    plan->declared[OBJECT_THREAD] = 1;
    plan->main_is_implied = true;
    names_declare_main(loader, number);
}

static enum load_status compile(struct loader *loader, const struct load_options *options)
{
    enum load_status status;

    read_parameters(loader);
    if (loader->out_of_memory) {
        return LOAD_NO_MEMORY;
    }
    status = apply_variants(loader, options->variant);
    if (status == LOAD_OK) {
        status = apply_settings(loader, options);
    }
    if (status != LOAD_OK) {
        return status;
    }
    processes_begin(loader);
    names_declare(loader);
    procedures_gather(loader);
    default_main(loader);
    loader->surroundings = IN_DECLARATION;
    compile_top(loader);
    machine_compile(loader);
    compile_variables(loader);
    compile_tables(loader);
    loads_compile(loader);
    procedures_compile(loader);
    processes_check(loader);
    time_check(loader);
    claims_compile(loader);
    unused_parameters(loader);
    return LOAD_OK;
}

/* Hands the code of expressions and the effective parameters to what was loaded. */
static void finish(struct loader *loader)
{
    struct plan *plan = loader->plan;
    struct loaded *loaded = loader->loaded;
    uint32_t first = plan_add_word(plan, loader->output.word_count);
    uint32_t constant = plan_add_constant(plan, loader->output.constant_count);

    if (plan->out_of_memory) {
        return;
    }
    if (loader->output.word_count > 0) {
        memcpy(plan->word + first, loader->output.word, loader->output.word_count * sizeof *plan->word);
    }
    if (loader->output.constant_count > 0) {
        memcpy(plan->constant + constant, loader->output.constant,
               loader->output.constant_count * sizeof *plan->constant);
    }
    loaded->claims.word = plan->word;
    loaded->claims.constant = plan->constant;
    loaded->parameter = calloc(loader->parameter_count + 1, sizeof *loaded->parameter);
    if (loaded->parameter == NULL) {
        loader->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < loader->parameter_count; i++) {
        loaded->parameter[i] = loader->parameter[i].said;
    }
    loaded->parameter_count = loader->parameter_count;
}

static void *reallocate(void *context, void *memory, size_t size)
{
    (void)context;
    if (size == 0) {
        free(memory);
        return NULL;
    }
    return realloc(memory, size);
}

static void release_loader(struct loader *loader)
{
    for (size_t i = 0; i < loader->routine_count; i++) {
        free(loader->routine[i].local);
    }
    free(loader->routine);
    free(loader->routine_of_node);
    free(loader->named);
    free(loader->parameter);
    free(loader->output.word);
    free(loader->output.constant);
}

enum load_status load_compile(struct document *document,
                              const struct load_options *options,
                              struct diagnostics *diagnostics,
                              struct loaded *loaded)
{
    struct loader loader = {
        .document = document, .diagnostics = diagnostics, .plan = &loaded->plan, .loaded = loaded};
    enum load_status status = LOAD_BAD_SCENARIO;

    memset(loaded, 0, sizeof *loaded);
    plan_init(&loaded->plan, (struct sim_allocator){reallocate, NULL});
    if (node_kind(document, 0) != NODE_OBJECT) {
        return LOAD_BAD_SCENARIO;
    }
    loader.routine_of_node = calloc(document_count(document), sizeof *loader.routine_of_node);
    if (loader.routine_of_node == NULL) {
        loader.out_of_memory = true;
    } else {
        status = compile(&loader, options);
        finish(&loader);
    }
    if (loader.out_of_memory || loader.plan->out_of_memory || loader.output.out_of_memory ||
        diagnostics->out_of_memory) {
        status = LOAD_NO_MEMORY;
    } else if (status == LOAD_OK && diagnostics->count > 0) {
        status = LOAD_BAD_SCENARIO;
    }
    release_loader(&loader);
    if (status != LOAD_OK) {
        load_release(loaded);
    }
    return status;
}

void load_release(struct loaded *loaded)
{
    plan_release(&loaded->plan);
    expectation_release(&loaded->claims);
    free(loaded->parameter);
    memset(loaded, 0, sizeof *loaded);
}

const char *load_variant(const struct document *document, size_t index)
{
    node_id table = node_kind(document, 0) == NODE_OBJECT ? node_member(document, 0, "variants") : NODE_NONE;
    node_id at;

    if (table == NODE_NONE || node_kind(document, table) != NODE_OBJECT) {
        return NULL;
    }
    for (at = node_first(document, table); at != NODE_NONE; at = node_next(document, at)) {
        if (!is_comment(node_key(document, at)) && index-- == 0) {
            return node_key(document, at);
        }
    }
    return NULL;
}
