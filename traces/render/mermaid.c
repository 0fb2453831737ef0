/* SPDX-License-Identifier: Apache-2.0 */
/* Who says what to whom: an issue goes from a thread to a device or handle, a post to a port, a packet from a port to a
 * thread. What did not fit is counted in a note at the end. Ids are our own; names stand behind `as`, escaped. */
#include "traces/render/mermaid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/writing.h"

struct message {
    uint64_t n; /* its record: the order */
    const struct life *life;
    enum life_stage stage;
};

static int order(const void *left, const void *right)
{
    const struct message *a = left;
    const struct message *b = right;

    return a->n < b->n ? -1 : a->n > b->n;
}

static const enum life_stage stages[] = {LIFE_ISSUED, LIFE_SERVED, LIFE_ENDED, LIFE_TAKEN, LIFE_BEGAN};

/* Whether a stage of a life is a message of its own. */
static bool is_message(const struct scene *scene, const struct life *life, enum life_stage stage)
{
    sim_time t = life->at[stage];

    if (t == SIM_NEVER || t < scene->from || t > scene->to) {
        return false;
    }
    return stage == LIFE_ENDED ? life->at[LIFE_SERVED] == SIM_NEVER : true; /* the device's word is enough */
}

/* The other side of what a thread issues: its port, its device, or the handle itself. */
static reference other_of(const struct life *life)
{
    return life->is_post ? life->port : life->device != REFERENCE_NONE ? life->device : life->object;
}

static void put_id(struct out *out, reference object)
{
    if (object == REFERENCE_NONE) {
        out_text(out, "nobody");
        return;
    }
    out_put(out, "%s%u", object_kind_name((enum object_kind)reference_kind(object)), reference_slot(object));
}

/* From whom and to whom a message goes; `to` REFERENCE_NONE: a note over `from`. */
static void ends_of(const struct message *message, reference *from, reference *to)
{
    const struct life *life = message->life;

    *from = life->issuer;
    *to = other_of(life);
    if (message->stage == LIFE_SERVED || message->stage == LIFE_ENDED) {
        *from = other_of(life);
        *to = life->port != REFERENCE_NONE ? life->port : life->issuer;
    } else if (message->stage == LIFE_TAKEN) {
        *from = life->port;
        *to = life->taker;
    } else if (message->stage == LIFE_BEGAN) {
        *from = life->taker;
        *to = REFERENCE_NONE;
    }
}

static void put_message(struct out *out, const struct scene *scene, const struct message *message)
{
    const struct life *life = message->life;
    reference from;
    reference to;
    char deed[4 * SCENE_NAME_MAX + 40];

    ends_of(message, &from, &to);
    if (from == REFERENCE_NONE || (to == REFERENCE_NONE && message->stage != LIFE_BEGAN)) {
        return;
    }
    out_text(out, message->stage == LIFE_BEGAN ? "    Note over " : "    ");
    put_id(out, from);
    if (message->stage != LIFE_BEGAN) {
        out_text(out, message->stage == LIFE_SERVED || message->stage == LIFE_ENDED ? "-->>" : "->>");
        put_id(out, to);
    }
    out_put(out, ": %s ", span_words(life->at[message->stage]).text);
    if (message->stage == LIFE_ISSUED) {
        scene_deed(scene, life, deed, sizeof deed);
        out_mermaid(out, deed);
        out_text(out, " ");
    } else if (message->stage == LIFE_BEGAN) {
        out_mermaid(out, scene_procedure(scene, life->procedure).text);
        out_text(out, " ");
    } else if (message->stage != LIFE_TAKEN) {
        out_text(out, "done ");
    }
    out_mermaid(out, scene_op(scene, life).text);
    if (message->stage == LIFE_TAKEN) {
        out_put(out, " (%s)", record_why_name((enum record_why)life->why));
    }
    out_text(out, "\n");
}

/* Who takes part, threads first, each once. */
static void put_participants(struct out *out, const struct scene *scene, const struct message *message, size_t count)
{
    reference said[2 * MERMAID_MESSAGES];
    size_t known = 0;

    for (int threads = 1; threads >= 0; threads--) {
        for (size_t i = 0; i < 2 * count; i++) {
            reference ends[2];
            reference object;
            size_t j = 0;
            ends_of(&message[i / 2], &ends[0], &ends[1]);
            object = ends[i % 2];
            while (j < known && said[j] != object) {
                j++;
            }
            if (object == REFERENCE_NONE || j < known || (reference_kind(object) == OBJECT_THREAD) != (threads == 1)) {
                continue;
            }
            said[known++] = object;
            out_text(out, "    participant ");
            put_id(out, object);
            out_text(out, " as ");
            if (threads == 0) {
                out_put(out, "%s ", object_kind_name((enum object_kind)reference_kind(object)));
            }
            out_mermaid(out, scene_name(scene, object).text);
            out_text(out, "\n");
        }
    }
}

bool mermaid_render(const struct scene *scene, const struct trace_sink *sink)
{
    size_t stages_count = sizeof stages / sizeof stages[0];
    struct message *message = calloc(lives_all(scene->lives) * stages_count + 1, sizeof *message);
    size_t count = 0;
    size_t shown = 0;
    size_t written = 0;
    struct out out;

    if (message == NULL) {
        return false;
    }
    for (size_t i = 0; i < lives_all(scene->lives) * stages_count; i++) {
        const struct life *life = lives_at(scene->lives, i / stages_count);
        enum life_stage stage = stages[i % stages_count];
        if (is_message(scene, life, stage)) {
            message[count++] = (struct message){life->n[stage], life, stage};
        }
    }
    qsort(message, count, sizeof *message, order);
    shown = count < MERMAID_MESSAGES ? count : MERMAID_MESSAGES;
    out_begin(&out, sink);
    out_text(&out, "sequenceDiagram\n");
    put_participants(&out, scene, message, shown);
    while (written < shown && out.written < MERMAID_BYTES) {
        put_message(&out, scene, &message[written++]);
    }
    if (count == 0) {
        out_text(&out, "    participant nobody\n    Note over nobody: nothing was issued or posted\n");
    } else if (written < count) {
        reference from;
        reference to;
        ends_of(&message[0], &from, &to);
        out_text(&out, "    Note over ");
        put_id(&out, from);
        out_put(&out, ": cut here, %zu of %zu messages are shown, up to %s\n", written, count,
                span_words(message[written - 1].life->at[message[written - 1].stage]).text);
    }
    free(message);
    return out_end(&out);
}
