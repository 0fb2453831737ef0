/* SPDX-License-Identifier: Apache-2.0 */
/* Loops that can use no time: `forever`, `repeat` without end and `while`, none of whose paths can use time,
 * wait or leave, and calls in a circle without time. A run of them would stand still for ever. */
#include <string.h>

#include "scenarios/load/loader.h"

static bool can_use_time(struct loader *loader, node_id list, bool in_inner_loop);

/* The verb of a step; VERB_COUNT for a comment or a bad step. */
static enum verb verb_of(const struct loader *loader, node_id node, node_id *subject)
{
    const struct document *document = loader->document;

    *subject = NODE_NONE;
    if (node_is_bad(document, node)) {
        return (enum verb)VERB_COUNT;
    }
    for (uint32_t i = 0; i < VERB_COUNT; i++) {
        const char *name = verb_name((enum verb)i);
        if (node_kind(document, node) == NODE_STRING) {
            if (strcmp(node_string(document, node), name) == 0) {
                return (enum verb)i;
            }
        } else if (node_kind(document, node) == NODE_OBJECT) {
            *subject = node_member(document, node, name);
            if (*subject != NODE_NONE) {
                return (enum verb)i;
            }
        }
    }
    return (enum verb)VERB_COUNT;
}

/* Whether some path through a procedure can use time or wait. One that is being asked is taken not to. */
static bool routine_uses_time(struct loader *loader, uint32_t number)
{
    struct routine *routine = &loader->routine[number];

    if (routine->is_being_asked) {
        return false;
    }
    if (!routine->is_known_to_use_time) {
        routine->is_being_asked = true;
        routine->uses_time = can_use_time(loader, routine->steps, true);
        routine->is_being_asked = false;
        routine->is_known_to_use_time = true;
    }
    return routine->uses_time;
}

static bool member_can(struct loader *loader, node_id step, const char *key, bool inner)
{
    node_id list = node_member(loader->document, step, key);

    return list != NODE_NONE && can_use_time(loader, list, inner);
}

/* Whether a procedure can do anything but go on: what a call of it may do. */
static bool call_can(struct loader *loader, node_id place)
{
    const char *name;

    if (node_kind(loader->document, place) == NODE_ARRAY) {
        return loader->routine_of_node[place] == 0 ||
               routine_uses_time(loader, loader->routine_of_node[place] - 1);
    }
    name = node_string(loader->document, place);
    for (size_t i = 0; i < loader->routine_count; i++) {
        if (loader->routine[i].name != NULL && strcmp(loader->routine[i].name, name) == 0) {
            return routine_uses_time(loader, (uint32_t)i);
        }
    }
    return true;
}

static bool step_can_use_time(struct loader *loader, node_id step, bool inner)
{
    node_id subject;
    enum verb verb = verb_of(loader, step, &subject);

    switch ((int)verb) {
    case VERB_if:
        return member_can(loader, step, "then", inner) || member_can(loader, step, "else", inner);
    case VERB_while:
    case VERB_repeat:
        return member_can(loader, step, "do", true);
    case VERB_forever:
        return can_use_time(loader, subject, true);
    case VERB_choose:
        for (node_id at = node_first(loader->document, subject); at != NODE_NONE;
             at = node_next(loader->document, at)) {
            if (can_use_time(loader, at, inner)) {
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
        return !inner;
    case VERB_return:
        return true;
    case VERB_COUNT:
        return false;
    default:
        return verb_nature(verb) == NATURE_WAITS || verb_nature(verb) == NATURE_LEAVES;
    }
}

static bool can_use_time(struct loader *loader, node_id list, bool in_inner_loop)
{
    if (node_kind(loader->document, list) != NODE_ARRAY || node_is_bad(loader->document, list)) {
        return true;
    }
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        if (step_can_use_time(loader, at, in_inner_loop)) {
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
    if (endless && body != NODE_NONE && !can_use_time(loader, body, false)) {
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

/* Whether `from` reaches `target` by calls that use no time. */
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
        if (verb == VERB_call && node_kind(loader->document, subject) == NODE_STRING) {
            const char *name = node_string(loader->document, subject);
            for (size_t i = 0; i < loader->routine_count; i++) {
                if (loader->routine[i].name != NULL && strcmp(loader->routine[i].name, name) == 0 &&
                    !routine_uses_time(loader, (uint32_t)i) &&
                    (i == target || (!loader->routine[i].is_being_asked &&
                                     calls(loader, loader->routine[i].steps, target, depth - 1)))) {
                    return true;
                }
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

void time_check(struct loader *loader)
{
    for (size_t i = 0; i < loader->routine_count; i++) {
        check_steps(loader, loader->routine[i].steps);
        if (!routine_uses_time(loader, (uint32_t)i) &&
            calls(loader, loader->routine[i].steps, (uint32_t)i, DOCUMENT_DEPTH_MAX)) {
            loader_mistake(loader, loader->routine[i].steps, loader->routine[i].name != NULL,
                           "let it compute, sleep or wait", "'%s' calls itself without using time",
                           loader->routine[i].name == NULL ? "this" : loader->routine[i].name);
        }
    }
}
