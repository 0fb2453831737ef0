/* SPDX-License-Identifier: Apache-2.0 */
/* Names and order, the same in every picture. */
#include "traces/render/scene.h"

#include <stdio.h>
#include <string.h>

#include "model/verb.h"
#include "traces/writing.h"

static struct scene_name cut(const char *name)
{
    struct scene_name shown;

    out_cut(shown.text, sizeof shown.text, name, SCENE_NAME_MAX);
    (void)out_plain(shown.text);
    return shown;
}

struct scene_name scene_name(const struct scene *scene, reference object)
{
    char name[512];

    return cut(object == REFERENCE_NONE ? "" : name_words(scene->names, object, name, sizeof name));
}

struct scene_name scene_procedure(const struct scene *scene, uint32_t procedure)
{
    char name[512];
    size_t length = procedure == NAME_NONE
                        ? 0
                        : scene->names->of_procedure(scene->names->context, procedure, name, sizeof name - 1);

    name[length < sizeof name - 1 ? length : sizeof name - 1] = '\0';
    return cut(name);
}

struct scene_name scene_op(const struct scene *scene, const struct life *life)
{
    char name[512];

    lives_name(scene->lives, life->op, name, sizeof name);
    return cut(name);
}

const char *scene_cut(char *buffer, size_t room, const char *name, size_t most)
{
    const char *index = strrchr(name, '[');
    size_t tail = index == NULL ? 0 : strlen(index);
    char head[4 * SCENE_NAME_MAX + 16];

    if (out_characters(name) <= most || tail == 0 || tail + 4 > most || tail >= room || (size_t)(index - name) >= sizeof head) {
        return out_cut(buffer, room, name, most);
    }
    memcpy(head, name, (size_t)(index - name));
    head[index - name] = '\0';
    (void)out_cut(buffer, room - tail, head, most - out_characters(index));
    memcpy(buffer + strlen(buffer), index, tail + 1);
    return buffer;
}

void scene_title(const struct scene *scene, char *title, size_t most)
{
    const char *variant = scene->header->variant;
    char whole[2048];

    snprintf(whole, sizeof whole, "%s%s%s%s", scene->header->title == NULL ? "" : scene->header->title,
             variant == NULL ? "" : " [", variant == NULL ? "" : variant, variant == NULL ? "" : "]");
    out_cut(title, 4 * most + 16, out_plain(whole), most);
}

/* The place of a type among the lanes. */
static int rank_of(uint8_t type)
{
    return type == THREAD_TYPE_MAIN ? 0 : type == THREAD_TYPE_USER ? 1 : 2 + type;
}

size_t scene_threads(const struct scene *scene, uint32_t *order)
{
    size_t count = 0;

    for (int rank = 0; rank < 2 + THREAD_TYPE_COUNT; rank++) {
        for (uint32_t i = 0; i < scene->lanes->threads; i++) {
            if (scene->lanes->thread[i].count > 0 && rank_of(scene->lanes->thread[i].type) == rank) {
                order[count++] = i;
            }
        }
    }
    return count;
}

bool scene_shows(const struct scene *scene, const struct life *life)
{
    return life->at[LIFE_ISSUED] <= scene->to && life_end(life) >= scene->from;
}

void scene_deed(const struct scene *scene, const struct life *life, char *words, size_t room)
{
    bool is_work = (life->op & LIFE_WORK) != 0;

    snprintf(words, room, "%s%s%s", is_work ? "queue" : life->is_post ? "post" : verb_name((enum verb)life->verb),
             is_work || life->is_post ? " to " : " ", scene_name(scene, life->object).text);
}
