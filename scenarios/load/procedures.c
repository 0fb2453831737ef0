/* SPDX-License-Identifier: Apache-2.0 */
/* Procedures: first all are gathered, with the names that each of them binds or is given, then compiled to
 * code. A list of steps in place is a procedure whose name is its JSON pointer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/program.h"
#include "model/record.h"
#include "scenarios/load/loader.h"

/* The shape object of a verb, and the verb, of a step; NULL for a comment or a bad step. */
struct step {
    node_id node;
    enum verb verb;
    const struct shape_object *shape;
    node_id subject; /* NODE_NONE: a bare verb */
    uint32_t pointer; /* the step's, in the plan; set while it is compiled */
};

static bool read_step(const struct loader *loader, node_id node, struct step *step)
{
    const struct document *document = loader->document;
    size_t count;
    const struct shape_object *all = shape_keyed(SHAPE_STEP, &count);
    uint32_t verb = node_object(document, node);
    node_id subject = NODE_NONE;

    if (node_is_bad(document, node) || verb == 0) {
        return false;
    }
    verb--;
    if (node_kind(document, node) == NODE_OBJECT) {
        subject = node_member(document, node, all[verb].key[0].word);
    }
    *step = (struct step){node, (enum verb)verb, &all[verb], subject, PLAN_NONE};
    return true;
}

/* The value of an argument of a step; NODE_NONE when it is absent or bad. */
static node_id argument(const struct loader *loader, const struct step *step, const char *word)
{
    node_id node = step->subject == NODE_NONE ? NODE_NONE : node_member(loader->document, step->node, word);

    return node == NODE_NONE || node_is_bad(loader->document, node) ? NODE_NONE : node;
}

/* A new procedure; its number. */
static uint32_t add_routine(struct loader *loader, const char *name, node_id steps)
{
    if (loader->routine_count == loader->routine_room) {
        size_t room = loader->routine_room == 0 ? 32 : loader->routine_room * 2;
        struct routine *grown = realloc(loader->routine, room * sizeof *grown);
        if (grown == NULL) {
            loader->out_of_memory = true;
            return PLAN_NONE;
        }
        loader->routine = grown;
        loader->routine_room = room;
    }
    loader->routine[loader->routine_count] = (struct routine){.name = name, .steps = steps};
    return (uint32_t)loader->routine_count++;
}

static uint32_t find_routine(const struct loader *loader, const char *name)
{
    for (size_t i = 0; i < loader->routine_count; i++) {
        if (loader->routine[i].name != NULL && strcmp(loader->routine[i].name, name) == 0) {
            return (uint32_t)i;
        }
    }
    return PLAN_NONE;
}

static void unknown_procedure(struct loader *loader, node_id node, const char *name)
{
    const char *candidates[256];
    size_t count = 0;
    const char *nearest;
    char hint[160];

    for (size_t i = 0; i < loader->routine_count && count < 256; i++) {
        if (loader->routine[i].name != NULL) {
            candidates[count++] = loader->routine[i].name;
        }
    }
    nearest = suggest_nearest(name, candidates, count);
    snprintf(hint, sizeof hint, "did you mean '%s'?", nearest == NULL ? "" : nearest);
    loader_mistake(loader, node, false, nearest == NULL ? "'procedures' declares them" : hint,
                   "unknown procedure '%s'", name);
}

uint32_t procedures_at(struct loader *loader, node_id node)
{
    const char *name;
    uint32_t number;

    if (node_kind(loader->document, node) == NODE_ARRAY) {
        return loader->routine_of_node[node] - 1;
    }
    name = names_word(loader, node);
    if (name == NULL) {
        return OPERAND_ABSENT;
    }
    number = find_routine(loader, name);
    if (number == PLAN_NONE) {
        unknown_procedure(loader, node, name);
        return OPERAND_ABSENT;
    }
    return number;
}

/* The procedure at a place, without a mistake when there is none. */
static uint32_t peek_procedure(struct loader *loader, node_id node)
{
    const char *text;

    if (node == NODE_NONE || node_is_bad(loader->document, node)) {
        return PLAN_NONE;
    }
    if (node_kind(loader->document, node) == NODE_ARRAY) {
        return loader->routine_of_node[node] - 1;
    }
    text = node_string(loader->document, node);
    if (text[0] == '{') {
        text = names_word(loader, node);
    }
    return text == NULL ? PLAN_NONE : find_routine(loader, text);
}

static void gather_steps(struct loader *loader, node_id list, uint32_t routine);

/* A list of steps in place becomes a procedure. */
static void gather_place(struct loader *loader, node_id node)
{
    uint32_t number;

    if (node_kind(loader->document, node) != NODE_ARRAY || loader->routine_of_node[node] != 0) {
        return;
    }
    number = add_routine(loader, NULL, node);
    loader->routine_of_node[node] = number + 1;
    if (number != PLAN_NONE) {
        gather_steps(loader, node, number);
    }
}

/* A name that a procedure binds becomes its local, unless the top level has it. */
static void gather_name(struct loader *loader, uint32_t routine, const char *text, uint32_t room)
{
    if (text == NULL) {
        return; /* no string: a mistake of form, told already */
    }
    if (names_find(loader, text, strcspn(text, "[")) == NULL && text[strcspn(text, "[")] == '\0') {
        names_add_local(loader, &loader->routine[routine], text, room);
    }
}

/* The names that a `with` gives to a procedure are locals of that one. */
static void gather_with(struct loader *loader, node_id with, uint32_t callee)
{
    const struct document *document = loader->document;

    for (node_id at = node_first(document, with); at != NODE_NONE; at = node_next(document, at)) {
        if (strcmp(node_key(document, at), "//") != 0 && callee != PLAN_NONE) {
            names_add_local(loader, &loader->routine[callee], node_key(document, at), 0);
        }
    }
}

/* How many packets a get with `max` takes at most, for the array that its `as` binds. */
static uint32_t batch_room(const struct loader *loader, const struct step *step)
{
    node_id most = argument(loader, step, "max");
    int64_t number = 256;

    if (most == NODE_NONE) {
        return 0;
    }
    if (node_kind(loader->document, most) == NODE_INTEGER) {
        number = node_integer(loader->document, most);
    }
    return number < 1 ? 1 : number > 256 ? 256 : (uint32_t)number;
}

/* One argument, or the object, of a step: what it binds, and the steps inside it. */
static void gather_value(struct loader *loader, const struct step *step, node_id node, enum shape shape, uint32_t routine)
{
    const struct document *document = loader->document;

    if (node == NODE_NONE || node_is_bad(document, node)) {
        return;
    }
    if (shape == SHAPE_PROCEDURE) {
        gather_place(loader, node);
    } else if (shape == SHAPE_STEPS) {
        gather_steps(loader, node, routine);
    } else if (shape == SHAPE_STEP_LISTS) {
        for (node_id at = node_first(document, node); at != NODE_NONE; at = node_next(document, at)) {
            gather_steps(loader, at, routine);
        }
    } else if (shape == SHAPE_TARGET || shape == SHAPE_NAME || shape == SHAPE_NEW_HANDLE ||
               shape == SHAPE_NEW_PORT || shape == SHAPE_NEW_THREAD || shape == SHAPE_NEW_TASK || shape == SHAPE_NEW_TIMER ||
               shape == SHAPE_NEW_REGISTRATION) {
        uint32_t room = step->verb == VERB_get ? batch_room(loader, step) : 0;
        gather_name(loader, routine, node_string(document, node), room);
    } else if (step->verb == VERB_let && shape == SHAPE_BINDINGS) {
        for (node_id at = node_first(document, node); at != NODE_NONE; at = node_next(document, at)) {
            if (strcmp(node_key(document, at), "//") != 0) {
                gather_name(loader, routine, node_key(document, at), 0);
            }
        }
    }
}

/* Whose frame a step's `with` begins. */
static uint32_t callee_of(struct loader *loader, const struct step *step)
{
    node_id place = step->verb == VERB_call ? step->subject : argument(loader, step, "callback");

    if (place == NODE_NONE) {
        place = argument(loader, step, "runs");
    }
    return peek_procedure(loader, place);
}

static void gather_steps(struct loader *loader, node_id list, uint32_t routine)
{
    const struct document *document = loader->document;
    struct step step;

    if (node_is_bad(document, list) || node_kind(document, list) != NODE_ARRAY) {
        return;
    }
    for (node_id at = node_first(document, list); at != NODE_NONE; at = node_next(document, at)) {
        node_id with;
        if (!read_step(loader, at, &step) || step.subject == NODE_NONE) {
            continue;
        }
        if (step.verb == VERB_await) {
            loader->routine[routine].is_asynchronous = true;
        }
        gather_value(loader, &step, step.subject, step.shape->key[0].shape, routine);
        for (size_t i = 1; i < step.shape->count; i++) {
            gather_value(loader, &step, argument(loader, &step, step.shape->key[i].word),
                         step.shape->key[i].shape, routine);
        }
        with = argument(loader, &step, "with");
        if (with != NODE_NONE) {
            gather_with(loader, with, callee_of(loader, &step));
        }
    }
}

/* The procedures of threads or of a load, what they are given, and the index of an element or item. */
static void gather_runs(struct loader *loader, node_id table, bool are_items)
{
    const struct document *document = loader->document;

    for (node_id at = node_first(document, table); at != NODE_NONE; at = node_next(document, at)) {
        node_id runs;
        node_id with;
        uint32_t callee;
        if (node_kind(document, at) != NODE_OBJECT || strcmp(node_key(document, at), "//") == 0) {
            continue;
        }
        runs = node_member(document, at, "runs");
        with = node_member(document, at, "with");
        if (runs == NODE_NONE || node_is_bad(document, runs)) {
            continue;
        }
        gather_place(loader, runs);
        callee = peek_procedure(loader, runs);
        if (with != NODE_NONE && !node_is_bad(document, with) && node_kind(document, with) == NODE_OBJECT) {
            gather_with(loader, with, callee);
        }
        if ((are_items || node_member(document, at, "count") != NODE_NONE) && callee != PLAN_NONE) {
            names_add_local(loader, &loader->routine[callee], "index", 0);
        }
    }
}

static void gather_handles(struct loader *loader, node_id table)
{
    const struct document *document = loader->document;

    for (node_id at = node_first(document, table); at != NODE_NONE; at = node_next(document, at)) {
        node_id callback = node_kind(document, at) == NODE_OBJECT ? node_member(document, at, "callback") : NODE_NONE;
        if (callback != NODE_NONE && !node_is_bad(document, callback)) {
            gather_place(loader, callback);
        }
    }
}

void procedures_gather(struct loader *loader)
{
    const struct document *document = loader->document;
    node_id table = node_member(document, 0, "procedures");
    size_t named;

    if (table != NODE_NONE && node_kind(document, table) == NODE_OBJECT) {
        for (node_id at = node_first(document, table); at != NODE_NONE; at = node_next(document, at)) {
            const char *name = node_key(document, at);
            if (strcmp(name, "//") == 0) {
                continue;
            }
            (void)names_is_short(loader, at, name);
            if (names_is_reserved(name)) {
                loader_mistake(loader, at, true, "'iocpsim help names' lists the words that are taken",
                               "'%s' is a word of the language", name);
            }
            (void)add_routine(loader, name, at);
        }
    }
    named = loader->routine_count;
    for (size_t i = 0; i < named && !loader->out_of_memory; i++) {
        gather_steps(loader, loader->routine[i].steps, (uint32_t)i);
    }
    table = node_member(document, 0, "threads");
    if (table != NODE_NONE && node_kind(document, table) == NODE_OBJECT) {
        gather_runs(loader, table, false);
    }
    table = node_member(document, 0, "load");
    if (table != NODE_NONE && node_kind(document, table) == NODE_OBJECT) {
        gather_runs(loader, table, true);
    }
    table = node_member(document, 0, "handles");
    if (table != NODE_NONE && node_kind(document, table) == NODE_OBJECT) {
        gather_handles(loader, table);
    }
}

/* Appends words of code; the place of the first. */
static uint32_t code(struct loader *loader, const uint32_t *words, uint32_t count)
{
    uint32_t first = plan_add_code(loader->plan, count);

    if (!loader->plan->out_of_memory) {
        memcpy(loader->plan->code + first, words, count * sizeof *words);
    }
    return first;
}

static void patch(struct loader *loader, uint32_t at, uint32_t word)
{
    if (!loader->plan->out_of_memory) {
        loader->plan->code[at] = word;
    }
}

/* Jumps out of the loops that are being compiled, to be patched at their ends. */
struct loop {
    struct loop *outer;
    uint32_t *exit;
    size_t count, room;
};

/* What compiling the steps of one procedure carries along. */
struct compiling {
    struct loader *loader;
    struct loop *loop;
    uint32_t next_slot; /* of hidden locals */
};

static void compile_steps(struct compiling *compiling, node_id list);

static uint32_t here(const struct compiling *compiling)
{
    return compiling->loader->plan->code_count;
}

static void loop_exit(struct compiling *compiling, uint32_t at)
{
    struct loop *loop = compiling->loop;

    if (loop->count == loop->room) {
        size_t room = loop->room == 0 ? 8 : loop->room * 2;
        uint32_t *grown = realloc(loop->exit, room * sizeof *grown);
        if (grown == NULL) {
            compiling->loader->out_of_memory = true;
            return;
        }
        loop->exit = grown;
        loop->room = room;
    }
    loop->exit[loop->count++] = at;
}

static void loop_end(struct compiling *compiling, struct loop *loop)
{
    for (size_t i = 0; i < loop->count; i++) {
        patch(compiling->loader, loop->exit[i], here(compiling));
    }
    free(loop->exit);
    compiling->loop = loop->outer;
}

/* An operand of a step by its word; a mistake when one that must be there is not. */
static uint32_t operand(struct compiling *compiling, const struct step *step, size_t key)
{
    struct loader *loader = compiling->loader;
    const struct shape_key *wanted = &step->shape->key[key];
    node_id node = key == 0 ? step->subject : argument(loader, step, wanted->word);

    if (node == NODE_NONE && step->verb == VERB_block_on && strcmp(wanted->word, "for") == 0 &&
        node_kind(loader->document, step->subject) == NODE_ARRAY) {
        return 0; /* all: a list of one task is WaitAll too */
    }
    return node == NODE_NONE || node_is_bad(loader->document, node) ? OPERAND_ABSENT
                                                                    : place_compile(loader, node, wanted->shape);
}

static uint32_t branch(struct compiling *compiling, const struct step *step)
{
    const uint32_t words[] = {FLOW_BRANCH, operand(compiling, step, 0), 0, step->pointer};

    return code(compiling->loader, words, 4) + 2;
}

static uint32_t jump(struct compiling *compiling, uint32_t to)
{
    const uint32_t words[] = {FLOW_JUMP, to};

    return code(compiling->loader, words, 2) + 1;
}

static void compile_if(struct compiling *compiling, const struct step *step)
{
    node_id then = argument(compiling->loader, step, "then");
    node_id otherwise = argument(compiling->loader, step, "else");
    uint32_t skip = branch(compiling, step);

    if (then != NODE_NONE) {
        compile_steps(compiling, then);
    }
    if (otherwise != NODE_NONE) {
        uint32_t end = jump(compiling, 0);
        patch(compiling->loader, skip, here(compiling));
        compile_steps(compiling, otherwise);
        patch(compiling->loader, end, here(compiling));
    } else {
        patch(compiling->loader, skip, here(compiling));
    }
}

static void compile_while(struct compiling *compiling, const struct step *step)
{
    struct loop loop = {.outer = compiling->loop};
    uint32_t start = here(compiling);
    node_id body = argument(compiling->loader, step, "do");

    compiling->loop = &loop;
    loop_exit(compiling, branch(compiling, step));
    if (body != NODE_NONE) {
        compile_steps(compiling, body);
    }
    (void)jump(compiling, start);
    loop_end(compiling, &loop);
}

static void compile_forever(struct compiling *compiling, const struct step *step)
{
    struct loop loop = {.outer = compiling->loop};
    uint32_t start = here(compiling);

    compiling->loop = &loop;
    compile_steps(compiling, step->subject);
    (void)jump(compiling, start);
    loop_end(compiling, &loop);
}

static void compile_repeat(struct compiling *compiling, const struct step *step)
{
    struct loader *loader = compiling->loader;
    struct loop loop = {.outer = compiling->loop};
    uint32_t slot = compiling->next_slot;
    node_id as = argument(loader, step, "as");
    node_id from = argument(loader, step, "from");
    node_id body = argument(loader, step, "do");
    uint32_t target = as == NODE_NONE ? OPERAND_ABSENT : place_compile(loader, as, SHAPE_NAME);
    uint32_t first = from == NODE_NONE ? OPERAND_ABSENT : place_compile(loader, from, SHAPE_NUMBER);
    const uint32_t begin[] = {FLOW_REPEAT, operand(compiling, step, 0), first, slot, target, 0, step->pointer};
    uint32_t start;

    compiling->next_slot += 2;
    compiling->loop = &loop;
    loop_exit(compiling, code(loader, begin, 7) + 5);
    start = here(compiling);
    if (body != NODE_NONE) {
        compile_steps(compiling, body);
    }
    {
        const uint32_t again[] = {FLOW_AGAIN, slot, target, start};
        (void)code(loader, again, 4);
    }
    loop_end(compiling, &loop);
}

/* The weights of a choose as a distribution over the numbers of its lists. */
static uint32_t compile_weights(struct compiling *compiling, node_id weights)
{
    struct loader *loader = compiling->loader;
    struct plan *plan = loader->plan;
    uint32_t count = 2 * node_length(loader->document, weights);
    uint32_t first = plan_add_list(plan, count);
    uint32_t number = plan_add_distribution(plan, 1);
    uint32_t formula = plan_add_formula(plan, 1);
    uint32_t i = 0;
    char pointer[1024];

    for (node_id at = node_first(loader->document, weights); at != NODE_NONE;
         at = node_next(loader->document, at), i += 2) {
        uint32_t weight = place_compile(loader, at, SHAPE_NUMBER);
        uint32_t value = plan_add_constant_formula(plan, value_number(i / 2));
        if (!plan->out_of_memory) {
            plan->list[first + i] = weight;
            plan->list[first + i + 1] = value;
        }
    }
    (void)node_pointer(loader->document, weights, pointer, sizeof pointer);
    if (!plan->out_of_memory) {
        plan->distribution[number] = (struct plan_distribution){
            .form = DISTRIBUTION_MIXED, .first = first, .count = count,
            .stream = plan_intern(plan, pointer, strlen(pointer))};
        plan->formula[formula] = (struct plan_formula){.form = FORMULA_IS_DISTRIBUTION, .first = number};
    }
    return formula;
}

static void compile_choose(struct compiling *compiling, const struct step *step)
{
    struct loader *loader = compiling->loader;
    uint32_t count = node_length(loader->document, step->subject);
    node_id weights = argument(loader, step, "weights");
    uint32_t weighed = weights == NODE_NONE ? OPERAND_ABSENT : compile_weights(compiling, weights);
    const uint32_t begin[] = {FLOW_CHOOSE, weighed, count};
    uint32_t table;
    uint32_t i = 0;
    uint32_t *end;

    if (weights != NODE_NONE && node_length(loader->document, weights) != count) {
        loader_mistake(loader, weights, false, NULL, "there are %u lists and %u weights", count,
                       node_length(loader->document, weights));
    }
    end = calloc(count, sizeof *end);
    if (end == NULL) {
        loader->out_of_memory = true;
        return;
    }
    (void)code(loader, begin, 3);
    table = plan_add_code(loader->plan, count);
    for (node_id at = node_first(loader->document, step->subject); at != NODE_NONE;
         at = node_next(loader->document, at), i++) {
        patch(loader, table + i, here(compiling));
        compile_steps(compiling, at);
        end[i] = jump(compiling, 0);
    }
    for (i = 0; i < count; i++) {
        patch(loader, end[i], here(compiling));
    }
    free(end);
}

/* The code of a verb: its number, its pointer, its operands. */
static void compile_verb(struct compiling *compiling, enum verb verb, uint32_t pointer, const struct step *step)
{
    struct loader *loader = compiling->loader;
    uint32_t words[24] = {verb, pointer, OPERAND_ABSENT};
    uint32_t count = 3;
    node_id gives = argument(loader, step, "gives");
    node_id with = argument(loader, step, "with");

    if (step->subject != NODE_NONE) {
        words[2] = operand(compiling, step, 0);
        for (size_t i = 1; i < step->shape->count; i++) {
            const struct shape_key *key = &step->shape->key[i];
            if (key->shape == SHAPE_GIVES) {
                continue;
            }
            words[count++] = strcmp(key->word, "with") == 0 ? OPERAND_ABSENT : operand(compiling, step, i);
            if (strcmp(key->word, "with") == 0 && with != NODE_NONE) {
                uint32_t callee = callee_of(loader, step);
                if (callee == PLAN_NONE) {
                    loader_mistake(loader, with, true, NULL, "'with' wants a procedure beside it");
                } else {
                    words[count - 1] = place_with(loader, with, callee);
                }
            }
        }
    }
    if (verb == VERB_assert && words[3] == OPERAND_ABSENT) {
        node_id condition = step->subject;
        bool is_text = node_kind(loader->document, condition) == NODE_STRING;
        uint32_t text = plan_intern(loader->plan, is_text ? node_string(loader->document, condition) : "true",
                                    is_text ? strlen(node_string(loader->document, condition)) : 4);
        uint32_t piece = plan_add_piece(loader->plan, 1);
        uint32_t span = plan_add_span(loader->plan, 1);
        if (!loader->plan->out_of_memory) {
            loader->plan->piece[piece] = (struct plan_piece){text, 0};
            loader->plan->span[span] = (struct plan_span){piece, 1};
        }
        words[3] = span;
    }
    if (verb == VERB_finish) {
        loads_note_finish(loader, words[2]);
    }
    (void)code(loader, words, count);
    if (gives != NODE_NONE) {
        claims_gives(loader, gives, pointer, verb);
    }
}

/* serve: get, leave when it failed, dispatch, again. */
static void compile_serve(struct compiling *compiling, const struct step *step, uint32_t pointer)
{
    struct loader *loader = compiling->loader;
    uint32_t get[] = {VERB_get,
                      pointer,
                      operand(compiling, step, 0),
                      operand(compiling, step, 1),
                      operand(compiling, step, 2),
                      operand(compiling, step, 3),
                      OPERAND_ABSENT};
    const uint32_t dispatch[] = {VERB_dispatch, pointer, OPERAND_ABSENT};
    const uint32_t served[] = {FLOW_SERVED, 0};
    uint32_t start = here(compiling);
    uint32_t leave;

    (void)code(loader, get, 7);
    leave = code(loader, served, 2) + 1;
    (void)code(loader, dispatch, 3);
    (void)jump(compiling, start);
    patch(loader, leave, here(compiling));
}

static void compile_call(struct compiling *compiling, const struct step *step)
{
    struct loader *loader = compiling->loader;
    uint32_t callee = operand(compiling, step, 0);
    node_id with = argument(loader, step, "with");
    node_id as = argument(loader, step, "as");
    uint32_t words[] = {FLOW_CALL, callee, OPERAND_ABSENT, step->pointer, OPERAND_ABSENT};

    if (callee == OPERAND_ABSENT) {
        return;
    }
    if (with != NODE_NONE) {
        words[2] = place_with(loader, with, callee);
    }
    if (as != NODE_NONE && !loader->routine[callee].is_asynchronous) {
        loader_mistake(loader, as, true, "a procedure that contains an 'await' does",
                       "the call of this procedure makes no task");
    } else if (as != NODE_NONE) {
        words[4] = place_compile(loader, as, SHAPE_NEW_TASK);
    }
    (void)code(loader, words, 5);
}

/* Arguments without which a verb says nothing. */
static void want_arguments(struct loader *loader, const struct step *step)
{
    static const struct {
        enum verb verb;
        const char *word;
    } wanted[] = {
        {VERB_associate, "port"},      {VERB_duplicate, "as"}, {VERB_set_modes, "modes"},
        {VERB_queue_apc, "callback"}, {VERB_if, "then"},      {VERB_while, "do"},
        {VERB_repeat, "do"}, {VERB_queue, "callback"}, {VERB_bind, "pool"},
        {VERB_continue_with, "runs"}, {VERB_start_timer, "callback"}, {VERB_register_wait, "callback"},
    };

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (wanted[i].verb == step->verb && step->subject != NODE_NONE &&
            node_member(loader->document, step->node, wanted[i].word) == NODE_NONE) {
            loader_mistake(loader, step->node, false, NULL, "'%s' wants '%s' beside it", verb_name(step->verb),
                           wanted[i].word);
        }
    }
}

/* A start must say what runs, unless the thread's declaration does. */
static void want_runs(struct loader *loader, const struct step *step)
{
    const char *name = node_kind(loader->document, step->subject) == NODE_STRING
                           ? node_string(loader->document, step->subject)
                           : "";
    const struct named *named = names_find(loader, name, strcspn(name, "["));

    if (argument(loader, step, "runs") == NODE_NONE && (named == NULL || named->kind != NAME_OBJECT)) {
        loader_mistake(loader, step->node, false, NULL, "'start' wants 'runs' beside it");
    }
}

/* What a task runs is run by a pool; without it there is nothing for a pool to run. */
static void want_pool(struct loader *loader, const struct step *step)
{
    static const char *const words[] = {"pool", "prefer"};
    bool runs = argument(loader, step, "runs") != NODE_NONE;

    for (size_t i = 0; i < sizeof words / sizeof words[0] && !runs; i++) {
        node_id node = argument(loader, step, words[i]);
        if (node != NODE_NONE) {
            loader_mistake(loader, node, true, NULL, "'%s' wants '%s' beside it", words[i], "runs");
        }
    }
    if (runs && loader->plan->declared[OBJECT_POOL] == 0) {
        loader_mistake(loader, argument(loader, step, "runs"), true, "'pools' declares them", "there is no pool to run it");
    }
}

/* A timer, and a registered wait, is always some pool's. */
static void want_any_pool(struct loader *loader, const struct step *step)
{
    if (loader->plan->declared[OBJECT_POOL] == 0) {
        loader_mistake(loader, step->node, false, "'pools' declares them", "there is no pool to run the callback");
    }
}

static void compile_step(struct compiling *compiling, node_id node)
{
    static const uint32_t returned[] = {FLOW_RETURN};
    struct loader *loader = compiling->loader;
    struct step step;
    uint32_t pointer;

    if (!read_step(loader, node, &step)) {
        return;
    }
    want_arguments(loader, &step);
    pointer = place_pointer(loader, node);
    step.pointer = pointer;
    switch ((int)step.verb) {
    case VERB_if:
        compile_if(compiling, &step);
        break;
    case VERB_while:
        compile_while(compiling, &step);
        break;
    case VERB_repeat:
        compile_repeat(compiling, &step);
        break;
    case VERB_forever:
        compile_forever(compiling, &step);
        break;
    case VERB_choose:
        compile_choose(compiling, &step);
        break;
    case VERB_call:
        compile_call(compiling, &step);
        break;
    case VERB_serve:
        compile_serve(compiling, &step, pointer);
        break;
    case VERB_return:
        (void)code(loader, returned, 1);
        break;
    case VERB_break:
        if (compiling->loop == NULL) {
            loader_mistake(loader, node, false, NULL, "'break' stands in no loop");
        } else {
            loop_exit(compiling, jump(compiling, 0));
        }
        break;
    case VERB_task:
        want_pool(loader, &step);
        compile_verb(compiling, step.verb, pointer, &step);
        break;
    case VERB_start_timer:
    case VERB_register_wait:
        want_any_pool(loader, &step);
        compile_verb(compiling, step.verb, pointer, &step);
        break;
    case VERB_start:
        want_runs(loader, &step);
        compile_verb(compiling, step.verb, pointer, &step);
        break;
    default:
        compile_verb(compiling, step.verb, pointer, &step);
        break;
    }
}

static void compile_steps(struct compiling *compiling, node_id list)
{
    const struct document *document = compiling->loader->document;

    if (node_is_bad(document, list) || node_kind(document, list) != NODE_ARRAY) {
        return;
    }
    for (node_id at = node_first(document, list); at != NODE_NONE; at = node_next(document, at)) {
        compile_step(compiling, at);
    }
}

void procedures_compile(struct loader *loader)
{
    static const uint32_t returned[] = {FLOW_RETURN};
    static const uint32_t begun[] = {FLOW_BEGIN};

    loader->surroundings = IN_PROCEDURE;
    for (size_t i = 0; i < loader->routine_count; i++) {
        uint32_t number = plan_add_procedure(loader->plan, 1);
        struct compiling compiling = {.loader = loader};
        uint32_t slots = 0;
        uint32_t start = loader->plan->code_count;
        const char *name = loader->routine[i].name;

        for (size_t j = 0; j < loader->routine[i].local_count; j++) {
            const struct local *local = &loader->routine[i].local[j];
            slots = local->slot + 1 + local->room > slots ? local->slot + 1 + local->room : slots;
        }
        compiling.next_slot = loader->routine[i].slots;
        loader->inside = &loader->routine[i];
        if (loader->routine[i].is_asynchronous) {
            (void)code(loader, begun, 1);
        }
        compile_steps(&compiling, loader->routine[i].steps);
        (void)code(loader, returned, 1);
        slots = compiling.next_slot > slots ? compiling.next_slot : slots;
        if (!loader->plan->out_of_memory) {
            loader->plan->procedure[number] = (struct plan_procedure){
                .name = name == NULL ? place_pointer(loader, loader->routine[i].steps)
                                     : plan_intern(loader->plan, name, strlen(name)),
                .start = start,
                .locals = slots,
            };
        }
        if (slots > loader->plan->locals_most) {
            loader->plan->locals_most = slots;
        }
    }
    loader->inside = NULL;
}
