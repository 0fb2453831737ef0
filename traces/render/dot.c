/* SPDX-License-Identifier: Apache-2.0 */
/* Graphviz text. Every name stands in double quotes; in labels backslashes are doubled, since dot reads
 * escapes there. Of many alike (an array of handles, say) the first few are drawn and the rest counted. */
#include "traces/render/dot.h"

#include <stdio.h>
#include <string.h>

/* How many nodes of one kind are drawn. */
#define NODES_MAX 40u

struct graph {
    const struct dot_picture *picture;
    const struct trace_sink *sink;
    bool failed;
};

static void put(struct graph *to, const char *text)
{
    to->failed = to->failed || !to->sink->write(to->sink->context, text, strlen(text));
}

/* Text inside a quoted label. */
static void put_label(struct graph *to, const char *text)
{
    char escape[3] = {'\\', '\0', '\0'};

    for (const char *at = text; *at != '\0'; at++) {
        escape[1] = *at;
        if (*at == '"' || *at == '\\') {
            put(to, escape);
        } else if ((unsigned char)*at < 0x20) {
            put(to, "?");
        } else {
            put(to, escape + 1);
        }
    }
}

static void put_name(struct graph *to, reference object)
{
    char name[512];
    size_t length = to->picture->names->of_reference(to->picture->names->context, object, name, sizeof name - 1);

    name[length < sizeof name - 1 ? length : sizeof name - 1] = '\0';
    put_label(to, name);
}

/* The id of a node: its kind and slot, which no name can break. */
static void put_id(struct graph *to, reference object)
{
    char id[40];

    snprintf(id, sizeof id, "\"%s%u\"", object_kind_name((enum object_kind)reference_kind(object)),
             reference_slot(object));
    put(to, id);
}

static uint32_t shown(const struct graph *to, enum object_kind kind)
{
    uint32_t count = replay_count(to->picture->replay, kind);

    return count < NODES_MAX ? count : NODES_MAX;
}

/* The node that stands for those that are not drawn. */
static void put_rest(struct graph *to, enum object_kind kind)
{
    uint32_t count = replay_count(to->picture->replay, kind);
    char node[120];

    if (count > NODES_MAX) {
        snprintf(node, sizeof node, "    \"%s more\" [shape=plaintext, label=\"and %u more %ss\"]\n",
                 object_kind_name(kind), count - NODES_MAX, object_kind_name(kind));
        put(to, node);
    }
}

static void put_devices(struct graph *to)
{
    for (uint32_t i = 0; i < shown(to, OBJECT_DEVICE); i++) {
        put(to, "    ");
        put_id(to, reference_make(OBJECT_DEVICE, i));
        put(to, " [shape=cylinder, fillcolor=\"#99DDFF\", label=\"");
        put_name(to, reference_make(OBJECT_DEVICE, i));
        put(to, "\"]\n");
    }
    put_rest(to, OBJECT_DEVICE);
}

static void put_handles(struct graph *to)
{
    for (uint32_t i = 0; i < shown(to, OBJECT_HANDLE); i++) {
        put(to, "    ");
        put_id(to, reference_make(OBJECT_HANDLE, i));
        put(to, " [shape=note, fillcolor=\"#FFFFFF\", label=\"");
        put_name(to, reference_make(OBJECT_HANDLE, i));
        put(to, "\"]\n");
    }
    put_rest(to, OBJECT_HANDLE);
}

static void put_ports(struct graph *to)
{
    char counts[96];

    for (uint32_t i = 0; i < shown(to, OBJECT_PORT); i++) {
        const struct replay_port *port = replay_port(to->picture->replay, reference_make(OBJECT_PORT, i));
        put(to, "    ");
        put_id(to, reference_make(OBJECT_PORT, i));
        put(to, " [shape=box3d, fillcolor=\"#F0E442\", label=\"port ");
        put_name(to, reference_make(OBJECT_PORT, i));
        put(to, "\\nlimit ");
        snprintf(counts, sizeof counts, port->limit == 0 ? "not known" : "%llu", (unsigned long long)port->limit);
        put(to, counts);
        snprintf(counts, sizeof counts, "\\nat the end: %u queued, %u parked\"]\n",
                 port->depth, port->waiting);
        put(to, counts);
    }
    put_rest(to, OBJECT_PORT);
}

static void put_threads(struct graph *to)
{
    char attributes[160];

    for (uint32_t i = 0; i < shown(to, OBJECT_THREAD); i++) {
        const struct replay_thread *thread = replay_thread(to->picture->replay, reference_make(OBJECT_THREAD, i));
        if (thread->state == REPLAY_UNBORN) {
            continue;
        }
        put(to, "    ");
        put_id(to, reference_make(OBJECT_THREAD, i));
        snprintf(attributes, sizeof attributes, " [shape=box, style=\"filled,rounded\", fillcolor=\"%s\", fontcolor=\"%s\", label=\"",
                 thread_type_colour((enum thread_type)thread->type), thread_type_text_colour((enum thread_type)thread->type));
        put(to, attributes);
        put_name(to, reference_make(OBJECT_THREAD, i));
        snprintf(attributes, sizeof attributes, "\\n%s\\n%llu callbacks\"]\n", thread_type_name((enum thread_type)thread->type),
                 (unsigned long long)thread->callbacks_run);
        put(to, attributes);
    }
    put_rest(to, OBJECT_THREAD);
}

/* From one node to another, with a label that is plain text. */
static void put_edge(struct graph *to, reference from, reference target, const char *attributes)
{
    put(to, "    ");
    put_id(to, from);
    put(to, " -> ");
    put_id(to, target);
    put(to, attributes);
}

static void put_edges(struct graph *to)
{
    char label[96];

    for (uint32_t i = 0; i < shown(to, OBJECT_HANDLE); i++) {
        reference handle = reference_make(OBJECT_HANDLE, i);
        struct cast_member member = {.port = REFERENCE_NONE, .device = REFERENCE_NONE};
        if (to->picture->cast->member != NULL) {
            to->picture->cast->member(to->picture->cast->context, handle, &member);
        }
        if (member.device != REFERENCE_NONE && reference_slot(member.device) < NODES_MAX) {
            put_edge(to, handle, member.device, " [dir=both, arrowhead=none]\n");
        }
        if (member.port != REFERENCE_NONE && reference_slot(member.port) < NODES_MAX) {
            snprintf(label, sizeof label, " [penwidth=2, label=\"key %llu\"]\n", (unsigned long long)member.key);
            put_edge(to, handle, member.port, label);
        }
    }
    for (uint32_t i = 0; i < shown(to, OBJECT_THREAD); i++) {
        const struct replay_thread *thread = replay_thread(to->picture->replay, reference_make(OBJECT_THREAD, i));
        if (thread->port != REFERENCE_NONE && reference_slot(thread->port) < NODES_MAX) {
            put_edge(to, thread->port, reference_make(OBJECT_THREAD, i),
                     thread->state == REPLAY_PARKED ? " [style=dashed, label=\"parked\"]\n" : "\n");
        }
    }
}

bool dot_render(const struct dot_picture *picture, const struct trace_sink *sink)
{
    struct graph to = {picture, sink, false};

    put(&to, "digraph iocpsim {\n    rankdir=LR\n    fontname=\"sans-serif\"\n    labelloc=t\n    label=\"");
    put_label(&to, picture->title == NULL ? "" : picture->title);
    put(&to, "\"\n    node [style=filled, fontname=\"sans-serif\", fontsize=11]\n"
             "    edge [fontname=\"sans-serif\", fontsize=10]\n");
    put_devices(&to);
    put_handles(&to);
    put_ports(&to);
    put_threads(&to);
    put_edges(&to);
    put(&to, "}\n");
    return !to.failed;
}
