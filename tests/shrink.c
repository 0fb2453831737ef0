/* SPDX-License-Identifier: Apache-2.0 */
/* Greedy, from the outside in: whole tables and threads go first, then steps, then arguments; what holds steps
 * is replaced by them; times and numbers get smaller. A change after which the text does not fail, or does not
 * load, is taken back. The walk is repeated until it changes nothing, so what remains is needed, piece by piece. */
#include "tests/shrink.h"

#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shrinker {
    cJSON *root;
    const struct shrink_question *question;
    bool changed;
};

static bool still_fails(struct shrinker *shrinker)
{
    char *text = cJSON_PrintUnformatted(shrinker->root);
    bool fails = text != NULL && shrinker->question->still_fails(shrinker->question->context, text, strlen(text));

    free(text);
    shrinker->changed = shrinker->changed || fails;
    return fails;
}

/* Children are linked here by hand: of two that went in before the same one, cJSON_InsertItemInArray of 1.7.15
 * lost the second. The first child's `prev` is the last, as cJSON has it. */
static void take_out(cJSON *parent, cJSON *item)
{
    cJSON *last = parent->child->prev;

    if (item == parent->child) {
        parent->child = item->next;
    } else {
        item->prev->next = item->next;
    }
    if (item->next != NULL) {
        item->next->prev = item->prev;
    }
    if (parent->child != NULL) {
        parent->child->prev = item == last ? item->prev : last;
    }
}

/* Links `item` in before `next`, or as the last. */
static void put_back(cJSON *parent, cJSON *next, cJSON *item)
{
    cJSON *first = parent->child;

    item->next = next;
    if (first == NULL) {
        item->prev = item;
    } else {
        item->prev = next != NULL ? next->prev : first->prev;
    }
    if (next == NULL && first != NULL) {
        first->prev = item;
    } else if (next != NULL) {
        next->prev = item;
    }
    if (first == NULL || next == first) {
        parent->child = item;
    } else {
        item->prev->next = item;
    }
}

/* Tries without each child of a node; the first goes first. */
static void drop_children(struct shrinker *shrinker, cJSON *node)
{
    cJSON *next;

    for (cJSON *child = node->child; child != NULL; child = next) {
        next = child->next;
        take_out(node, child);
        if (still_fails(shrinker)) {
            child->next = NULL;
            cJSON_Delete(child);
        } else {
            put_back(node, next, child);
        }
    }
}

/* Tries the steps inside a step in its place. */
static void unwrap_child(struct shrinker *shrinker, cJSON *list, cJSON *step)
{
    static const char *const inner[] = {"do", "then", "else"};

    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++) {
        cJSON *steps = cJSON_GetObjectItemCaseSensitive(step, inner[i]);
        cJSON *next = step->next;
        cJSON *copy = NULL;
        int count = 0;

        if (!cJSON_IsArray(steps)) {
            continue;
        }
        take_out(list, step);
        cJSON_ArrayForEach(copy, steps)
        {
            put_back(list, next, cJSON_Duplicate(copy, true));
            count++;
        }
        if (still_fails(shrinker)) {
            step->next = NULL;
            cJSON_Delete(step);
            return;
        }
        for (cJSON *at = next; count > 0; count--) {
            cJSON *last = at == NULL ? cJSON_GetArrayItem(list, cJSON_GetArraySize(list) - 1) : at->prev;
            take_out(list, last);
            last->next = NULL;
            cJSON_Delete(last);
        }
        put_back(list, next, step);
    }
}

/* Tries a smaller number. */
static void lower_number(struct shrinker *shrinker, cJSON *node)
{
    const double old = node->valuedouble;
    const double smaller[] = {0, 1, (double)((long long)old / 2)};

    for (size_t i = 0; i < 3; i++) {
        if (smaller[i] < old) {
            cJSON_SetNumberValue(node, smaller[i]);
            if (still_fails(shrinker)) {
                return;
            }
        }
    }
    cJSON_SetNumberValue(node, old);
}

/* Tries a shorter time. */
static void shorten(struct shrinker *shrinker, cJSON *node)
{
    char *end;
    unsigned long old = strtoul(node->valuestring, &end, 10);

    if (end == node->valuestring || strcmp(end, "ms") != 0) {
        return;
    }
    for (unsigned long shorter = 0; shorter < old; shorter = shorter * 2 + 1) {
        char text[32];
        char *kept = node->valuestring;
        snprintf(text, sizeof text, "%lums", shorter);
        node->valuestring = text;
        if (still_fails(shrinker)) {
            node->valuestring = kept;
            (void)cJSON_SetValuestring(node, text);
            return;
        }
        node->valuestring = kept;
    }
}

static void walk(struct shrinker *shrinker, cJSON *node)
{
    cJSON *next;

    if (cJSON_IsNumber(node)) {
        lower_number(shrinker, node);
    } else if (cJSON_IsString(node)) {
        shorten(shrinker, node);
    } else {
        drop_children(shrinker, node);
        for (cJSON *child = node->child; child != NULL; child = next) {
            next = child->next;
            if (cJSON_IsArray(node) && cJSON_IsObject(child)) {
                bool changed = shrinker->changed;
                shrinker->changed = false;
                unwrap_child(shrinker, node, child);
                if (shrinker->changed) {
                    continue;
                }
                shrinker->changed = changed;
            }
            walk(shrinker, child);
        }
    }
}

/* A line for each declaration, so that a person can read it. */
static char *write_lines(const cJSON *root)
{
    char *flat = cJSON_PrintUnformatted(root);
    char *text = flat == NULL ? NULL : malloc(strlen(flat) * 3 + 64);
    size_t length = 0;
    int level = 0;
    bool quoted = false;

    for (const char *at = flat; text != NULL && *at != '\0'; at++) {
        quoted = quoted != (*at == '"' && (at == flat || at[-1] != '\\'));
        level += !quoted && (*at == '{' || *at == '[');
        level -= !quoted && (*at == '}' || *at == ']');
        text[length++] = *at;
        if (!quoted && ((*at == '{' && level <= 2) || (*at == ',' && level <= 2))) {
            length += (size_t)sprintf(text + length, level == 1 ? "\n  " : "\n    ");
        } else if (!quoted && (*at == ':' || *at == ',')) {
            text[length++] = ' ';
        }
    }
    if (text != NULL) {
        memcpy(text + length, "\n", 2);
    }
    free(flat);
    return text;
}

char *shrink(const char *text, const struct shrink_question *question)
{
    struct shrinker shrinker = {cJSON_Parse(text), question, true};
    char *lines;

    while (shrinker.changed) {
        shrinker.changed = false;
        walk(&shrinker, shrinker.root);
    }
    lines = write_lines(shrinker.root);
    cJSON_Delete(shrinker.root);
    return lines;
}
