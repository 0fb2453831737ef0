/* SPDX-License-Identifier: Apache-2.0 */
/* The life of operations: a cluster for each thread, in it what it did in the order of time, joined by the ways that
 * the operations took. Ids are our own words and numbers, so that no name can break one. */
#include "traces/render/graph.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/writing.h"

void graph_begin(struct out *out, const struct scene *scene, const char *what)
{
    char title[4 * 100 + 16];

    scene_title(scene, title, 100);
    out_text(out, "digraph iocpsim {\n    rankdir=LR\n    fontname=\"sans-serif\"\n    labelloc=t\n    label=\"");
    out_label(out, title);
    out_put(out, "%s%s\"\n", title[0] == '\0' ? "" : "\\n", what);
    out_text(out, "    node [style=filled, fillcolor=\"#FFFFFF\", fontname=\"sans-serif\", fontsize=11]\n"
                  "    edge [fontname=\"sans-serif\", fontsize=10]\n");
}

void graph_type(struct out *out, enum thread_type type)
{
    out_put(out, "fillcolor=\"%s\", fontcolor=\"%s\"", thread_type_colour(type), thread_type_text_colour(type));
}

/* A graph of lives on its way. */
struct drawing {
    const struct scene *scene;
    struct out out;
    const struct life *shown[GRAPH_LIVES];
    size_t count;
};

/* The id of what an operation, or a work item, does at a stage: c4, cw12. */
static void put_id(struct out *out, const struct life *life, char stage)
{
    out_put(out, "\"%c%s%llu\"", stage, (life->op & LIFE_WORK) != 0 ? "w" : "", (unsigned long long)(life->op & ~LIFE_WORK));
}

/* One node of a life: "read test.txt" with the name of the operation and the instant. */
static void put_node(struct drawing *to, const struct life *life, char stage, const char *words)
{
    out_text(&to->out, "        ");
    put_id(&to->out, life, stage);
    out_put(&to->out, " [id=\"%s%s%llu\", label=\"", stage == 'i' ? "op" : stage == 's' ? "service" : "callback",
            (life->op & LIFE_WORK) != 0 ? "w" : "", (unsigned long long)(life->op & ~LIFE_WORK));
    out_label(&to->out, words);
    out_text(&to->out, "\\n");
    out_label(&to->out, scene_op(to->scene, life).text);
    out_put(&to->out, "  %s\"", span_words(life->at[stage == 'i' ? LIFE_ISSUED : stage == 's' ? LIFE_BEGUN
                                                : life->at[LIFE_BEGAN] != SIM_NEVER ? LIFE_BEGAN
                                                                                    : LIFE_TAKEN]).text);
}

/* What a thread did, in a box of its own. */
static void put_thread(struct drawing *to, reference thread)
{
    const struct lane *lane = reference_slot(thread) < to->scene->lanes->threads
                                  ? &to->scene->lanes->thread[reference_slot(thread)]
                                  : NULL;
    enum thread_type type = lane == NULL ? THREAD_TYPE_USER : (enum thread_type)lane->type;
    char deed[4 * SCENE_NAME_MAX + 40];

    out_put(&to->out, "    subgraph \"cluster thread %u\" {\n        style=rounded\n        color=\"#777777\"\n        label=\"",
            reference_slot(thread));
    out_label(&to->out, scene_name(to->scene, thread).text);
    out_put(&to->out, " (%s)\"\n", thread_type_name(type));
    for (size_t i = 0; i < to->count; i++) {
        const struct life *life = to->shown[i];
        if (life->issuer == thread) {
            scene_deed(to->scene, life, deed, sizeof deed);
            put_node(to, life, 'i', deed);
            out_text(&to->out, ", shape=cds, ");
            graph_type(&to->out, type);
            out_text(&to->out, "]\n");
        }
        if (life->taker == thread) {
            bool runs = life->at[LIFE_BEGAN] != SIM_NEVER;
            put_node(to, life, 'c', runs ? scene_procedure(to->scene, life->procedure).text : "takes it");
            out_text(&to->out, ", shape=box, style=\"filled,rounded\", ");
            graph_type(&to->out, type);
            out_text(&to->out, "]\n");
        }
    }
    out_text(&to->out, "    }\n");
}

/* The boxes of all threads that did anything, each once. */
static void put_threads(struct drawing *to)
{
    for (size_t i = 0; i < 2 * to->count; i++) {
        reference thread = i % 2 == 0 ? to->shown[i / 2]->issuer : to->shown[i / 2]->taker;
        bool is_new = thread != REFERENCE_NONE;
        for (size_t j = 0; j < i && is_new; j++) {
            is_new = (j % 2 == 0 ? to->shown[j / 2]->issuer : to->shown[j / 2]->taker) != thread;
        }
        if (is_new) {
            put_thread(to, thread);
        }
    }
}

/* The service of a device, and the device's box. */
static void put_services(struct drawing *to)
{
    char words[300];

    for (size_t i = 0; i < to->count; i++) {
        const struct life *life = to->shown[i];
        if (life->at[LIFE_BEGUN] == SIM_NEVER) {
            continue;
        }
        out_put(&to->out, "    subgraph \"cluster device %u\" {\n        style=rounded\n        color=\"#777777\"\n        label=\"",
                reference_slot(life->device));
        out_label(&to->out, scene_name(to->scene, life->device).text);
        out_text(&to->out, "\"\n");
        snprintf(words, sizeof words, "serves %s",
                 life->at[LIFE_SERVED] == SIM_NEVER ? "still" : span_words(life->at[LIFE_SERVED] - life->at[LIFE_BEGUN]).text);
        put_node(to, life, 's', words);
        out_text(&to->out, ", shape=cylinder, fillcolor=\"#99DDFF\"]\n    }\n");
    }
}

/* An edge from one stage to another, with how long it took. */
static void put_edge(struct drawing *to, const struct life *life, const char *stages, const char *look)
{
    out_text(&to->out, "    ");
    put_id(&to->out, life, stages[0]);
    out_text(&to->out, " -> ");
    put_id(&to->out, life, stages[1]);
    out_put(&to->out, " [%s, label=\"", look);
}

/* The way of one operation: to its device, to its packet, to the thread that took it. */
static void put_way(struct drawing *to, const struct life *life)
{
    bool is_served = life->at[LIFE_BEGUN] != SIM_NEVER;
    sim_time queued = life->at[LIFE_QUEUED];

    if (is_served) {
        put_edge(to, life, "is", "style=solid");
        if (life->at[LIFE_WAITED] != SIM_NEVER) {
            out_put(&to->out, "waits %s", span_words(life->at[LIFE_BEGUN] - life->at[LIFE_WAITED]).text);
        }
        out_text(&to->out, "\"]\n");
    }
    if (life->taker == REFERENCE_NONE) {
        return;
    }
    put_edge(to, life, is_served ? "sc" : "ic", queued == SIM_NEVER ? "style=dashed, arrowhead=open, penwidth=2" : "penwidth=2");
    out_label(&to->out, life->port == REFERENCE_NONE ? "" : scene_name(to->scene, life->port).text);
    if (queued != SIM_NEVER && life->at[LIFE_TAKEN] != SIM_NEVER) {
        out_put(&to->out, ", queued %s", span_words(life->at[LIFE_TAKEN] - queued).text);
    }
    out_put(&to->out, "%s%s\"]\n", life->why == WHY_NONE ? "" : "\\n", record_why_name((enum record_why)life->why));
}

/* What one thread did, one behind the other. */
static void put_order(struct drawing *to)
{
    for (size_t i = 0; i < to->count; i++) {
        const struct life *life = to->shown[i];
        const struct life *next = NULL;
        for (size_t j = 0; j < to->count && life->at[LIFE_TAKEN] != SIM_NEVER; j++) {
            const struct life *other = to->shown[j];
            if (other->taker == life->taker && other->n[LIFE_TAKEN] > life->n[LIFE_TAKEN] &&
                (next == NULL || other->n[LIFE_TAKEN] < next->n[LIFE_TAKEN])) {
                next = other;
            }
        }
        if (next != NULL && life->taker != REFERENCE_NONE) {
            out_text(&to->out, "    ");
            put_id(&to->out, life, 'c');
            out_text(&to->out, " -> ");
            put_id(&to->out, next, 'c');
            out_text(&to->out, " [style=dotted, color=\"#777777\", arrowhead=none]\n");
        }
    }
}

bool graph_life(const struct scene *scene, const struct life *life, const struct trace_sink *sink)
{
    struct drawing to = {.scene = scene};
    size_t in_all = 0;
    char what[160];

    if (life != NULL) {
        to.shown[to.count++] = life;
        snprintf(what, sizeof what, "%s %llu, %s in all", (life->op & LIFE_WORK) != 0 ? "the work item of record" : "operation",
                 (unsigned long long)(life->op & ~LIFE_WORK), span_words(life_latency(life)).text);
    } else {
        for (size_t i = 0; i < lives_all(scene->lives); i++) {
            if (scene_shows(scene, lives_at(scene->lives, i))) {
                if (to.count < GRAPH_LIVES) {
                    to.shown[to.count++] = lives_at(scene->lives, i);
                }
                in_all++;
            }
        }
        snprintf(what, sizeof what, in_all > to.count ? "the first %zu of %zu operations from %s to %s" : "%zu of %zu operations from %s to %s",
                 to.count, in_all, span_words(scene->from).text, span_words(scene->to).text);
    }
    out_begin(&to.out, sink);
    graph_begin(&to.out, scene, what);
    put_threads(&to);
    put_services(&to);
    for (size_t i = 0; i < to.count; i++) {
        put_way(&to, to.shown[i]);
    }
    put_order(&to);
    out_text(&to.out, "}\n");
    return out_end(&to.out);
}
