/* SPDX-License-Identifier: Apache-2.0 */
/* Loops that can use no time: `forever`, `repeat` without end and `while`, none of whose paths can use time,
 * wait or leave, and calls in a circle without time. A run of them would stand still for ever. A wait whose time-out
 * is written as 0 is none; giving way counts, since another thread may then end the run. */
#include <string.h>

#include "scenarios/load/loader.h"

/* Where the asked steps stand: a break there ends only the loop that they are in, a return only their procedure. */
enum inside {
    INSIDE_LOOP = 1,
    INSIDE_CALL = 2,
};

static bool can_use_time(struct loader *loader, node_id list, unsigned inside);

/* The verb of a step; VERB_COUNT for a comment or a bad step. */
static enum verb verb_of(const struct loader *loader, node_id node, node_id *subject)
{
    const struct document *document = loader->document;

    *subject = NODE_NONE;
    if (node_is_bad(document, node) || node_object(document, node) == 0) {
        return (enum verb)VERB_COUNT;
    }
    if (node_kind(document, node) == NODE_OBJECT) {
        *subject = node_member(document, node, verb_name((enum verb)(node_object(document, node) - 1)));
    }
    return (enum verb)(node_object(document, node) - 1);
}

/* The procedure that a call runs, plus 1; 0 when it is not known. */
static uint32_t called_routine(struct loader *loader, node_id place)
{
    uint32_t *kept = &loader->routine_of_node[place];

    if (*kept == 0 && node_kind(loader->document, place) == NODE_STRING && !node_is_bad(loader->document, place)) {
        const char *name = node_string(loader->document, place);
        for (size_t i = 0; i < loader->routine_count && *kept == 0; i++) {
            if (loader->routine[i].name != NULL && strcmp(loader->routine[i].name, name) == 0) {
                *kept = (uint32_t)i + 1;
            }
        }
    }
    return *kept;
}

static bool member_can(struct loader *loader, node_id step, const char *key, unsigned inside)
{
    node_id list = node_member(loader->document, step, key);

    return list != NODE_NONE && can_use_time(loader, list, inside);
}

/* Whether a procedure can do anything but go on: what a call of it may do. */
static bool call_can(struct loader *loader, node_id place)
{
    uint32_t number = called_routine(loader, place);

    return number == 0 || loader->routine[number - 1].uses_time[1];
}

/* Whether a duration is written as 0. */
static bool is_zero(const struct loader *loader, node_id span)
{
    struct value value;

    if (span == NODE_NONE || node_is_bad(loader->document, span)) {
        return false;
    }
    if (node_kind(loader->document, span) == NODE_INTEGER) {
        return node_integer(loader->document, span) == 0;
    }
    return node_kind(loader->document, span) == NODE_STRING &&
           expression_literal(node_string(loader->document, span), &value) && value.type != VALUE_NULL &&
           value.bits == 0;
}

/* Whether a step that could use time says itself that it uses none. */
static bool says_no_time(const struct loader *loader, node_id step, enum verb verb, node_id subject)
{
    switch ((int)verb) {
    case VERB_compute:
        return is_zero(loader, subject);
    case VERB_spin:
    case VERB_get:
    case VERB_wait:
    case VERB_acquire:
    case VERB_block_on:
        return is_zero(loader, node_member(loader->document, step, "timeout"));
    default:
        return false;
    }
}

static bool step_can_use_time(struct loader *loader, node_id step, unsigned inside)
{
    node_id subject;
    enum verb verb = verb_of(loader, step, &subject);

    switch ((int)verb) {
    case VERB_if:
        return member_can(loader, step, "then", inside) || member_can(loader, step, "else", inside);
    case VERB_while:
    case VERB_repeat:
        return member_can(loader, step, "do", inside | INSIDE_LOOP);
    case VERB_forever:
        return can_use_time(loader, subject, inside | INSIDE_LOOP);
    case VERB_choose:
        for (node_id at = node_first(loader->document, subject); at != NODE_NONE;
             at = node_next(loader->document, at)) {
            if (can_use_time(loader, at, inside)) {
                return true;
            }
        }
        return false;
    case VERB_call:
        return node_is_bad(loader->document, subject) || call_can(loader, subject);
    case VERB_dispatch:
    case VERB_serve:
        return true;
    case VERB_break:
        return (inside & INSIDE_LOOP) == 0;
    case VERB_return:
        return (inside & INSIDE_CALL) == 0;
    case VERB_COUNT:
        return false;
    default:
        return verb_nature(verb) == NATURE_LEAVES ||
               (verb_nature(verb) == NATURE_WAITS && !says_no_time(loader, step, verb, subject));
    }
}

static bool can_use_time(struct loader *loader, node_id list, unsigned inside)
{
    if (node_kind(loader->document, list) != NODE_ARRAY || node_is_bad(loader->document, list)) {
        return true;
    }
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        if (step_can_use_time(loader, at, inside)) {
            return true;
        }
    }
    return false;
}

/* Whether a list assigns to something, calls or acts on something that a condition could read. */
static bool can_change(struct loader *loader, node_id list)
{
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        node_id subject;
        enum verb verb = verb_of(loader, at, &subject);
        if (verb != VERB_log && verb != VERB_assert && verb != (enum verb)VERB_COUNT) {
            return true;
        }
    }
    return false;
}

/* A repeat with this count never ends. */
static bool is_endless(const struct loader *loader, node_id count)
{
    return node_kind(loader->document, count) == NODE_STRING &&
           strcmp(node_string(loader->document, count), "infinite") == 0;
}

static bool is_true(const struct loader *loader, node_id condition)
{
    return (node_kind(loader->document, condition) == NODE_BOOLEAN &&
            node_boolean(loader->document, condition)) ||
           (node_kind(loader->document, condition) == NODE_STRING &&
            strcmp(node_string(loader->document, condition), "true") == 0);
}

static void check_steps(struct loader *loader, node_id list);

static void check_step(struct loader *loader, node_id step)
{
    node_id subject;
    enum verb verb = verb_of(loader, step, &subject);
    node_id body = subject == NODE_NONE ? NODE_NONE : node_member(loader->document, step, "do");
    bool endless = false;

    if (verb == VERB_forever) {
        body = subject;
        endless = true;
    } else if (verb == VERB_repeat && body != NODE_NONE) {
        endless = is_endless(loader, subject);
    } else if (verb == VERB_while && body != NODE_NONE && node_kind(loader->document, body) == NODE_ARRAY) {
        endless = is_true(loader, subject) || !can_change(loader, body);
    }
    if (endless && body != NODE_NONE && !can_use_time(loader, body, 0)) {
        loader_mistake(loader, step, false, "let it compute, sleep, wait, or break out of it",
                       "this loop can use no time, wait or leave");
    }
    if (node_kind(loader->document, step) == NODE_OBJECT) {
        for (node_id at = node_first(loader->document, step); at != NODE_NONE; at = node_next(loader->document, at)) {
            check_steps(loader, at);
        }
    }
}

/* Checks the loops in a list of steps, or of lists of them. */
static void check_steps(struct loader *loader, node_id list)
{
    if (node_kind(loader->document, list) != NODE_ARRAY || node_is_bad(loader->document, list)) {
        return;
    }
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        if (node_kind(loader->document, at) == NODE_ARRAY) {
            check_steps(loader, at);
        } else {
            check_step(loader, at);
        }
    }
}

/* Enters a procedure that a search for `target` comes to; false when it has been there. */
static bool visit(struct loader *loader, uint32_t number, uint32_t target)
{
    struct routine *routine = &loader->routine[number];

    if (routine->visited == target + 1) {
        return false;
    }
    routine->visited = target + 1;
    return true;
}

/* Whether `list` reaches `target` by calls that use no time. */
static bool calls(struct loader *loader, node_id list, uint32_t target, uint32_t depth)
{
    if (node_kind(loader->document, list) != NODE_ARRAY || depth == 0) {
        return false;
    }
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        node_id subject;
        enum verb verb;
        if (node_kind(loader->document, at) == NODE_ARRAY) {
            if (calls(loader, at, target, depth - 1)) {
                return true;
            }
            continue;
        }
        verb = verb_of(loader, at, &subject);
        if (verb == VERB_call) {
            uint32_t number = called_routine(loader, subject);
            if (number != 0 && !loader->routine[number - 1].uses_time[0] &&
                (number - 1 == target || (visit(loader, number - 1, target) && calls(loader, loader->routine[number - 1].steps, target, depth - 1)))) {
                return true;
            }
        } else if (node_kind(loader->document, at) == NODE_OBJECT && verb != (enum verb)VERB_COUNT && verb_nature(verb) == NATURE_FLOW) {
            for (node_id inner = node_first(loader->document, at); inner != NODE_NONE;
                 inner = node_next(loader->document, inner)) {
                if (calls(loader, inner, target, depth - 1)) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Whether every run of `list` comes to a call of `target` before it can use time or branch. */
static bool runs_into(struct loader *loader, node_id list, uint32_t target, uint32_t depth)
{
    if (node_kind(loader->document, list) != NODE_ARRAY || node_is_bad(loader->document, list) || depth == 0) {
        return false;
    }
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        node_id subject;
        enum verb verb = verb_of(loader, at, &subject);
        if (verb == VERB_call) {
            uint32_t number = called_routine(loader, subject);
            if (number != 0 && (number - 1 == target ||
                                (visit(loader, number - 1, target) &&
                                 runs_into(loader, loader->routine[number - 1].steps, target, depth - 1)))) {
                return true;
            }
        }
        if (verb != (enum verb)VERB_COUNT &&
            (step_can_use_time(loader, at, 0) || (verb != VERB_call && verb_nature(verb) == NATURE_FLOW))) {
            return false;
        }
    }
    return false;
}

/* Finds out which procedures can use time: none at first, then those of which some step can, until no more are
 * found. Every other pass goes backwards, so that a chain of calls needs few, whichever way it is written. */
static void find_users_of_time(struct loader *loader)
{
    bool changed = true;

    for (unsigned pass = 0; changed; pass++) {
        changed = false;
        for (size_t i = 0; i < loader->routine_count; i++) {
            struct routine *routine = &loader->routine[pass % 2 == 0 ? loader->routine_count - 1 - i : i];
            for (int called = 0; called < 2; called++) {
                if (!routine->uses_time[called] &&
                    can_use_time(loader, routine->steps, INSIDE_LOOP | (called ? INSIDE_CALL : 0u))) {
                    routine->uses_time[called] = true;
                    changed = true;
                }
            }
        }
    }
}

void time_check(struct loader *loader)
{
    find_users_of_time(loader);
    for (size_t i = 0; i < loader->routine_count; i++) {
        check_steps(loader, loader->routine[i].steps);
        if (loader->routine[i].uses_time[0]
                ? runs_into(loader, loader->routine[i].steps, (uint32_t)i, DOCUMENT_DEPTH_MAX)
                : calls(loader, loader->routine[i].steps, (uint32_t)i, DOCUMENT_DEPTH_MAX)) {
            loader_mistake(loader, loader->routine[i].steps, loader->routine[i].name != NULL,
                           "let it compute, sleep or wait", "'%s' calls itself without using time",
                           loader->routine[i].name == NULL ? "this" : loader->routine[i].name);
        }
    }
}
