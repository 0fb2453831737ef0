/* SPDX-License-Identifier: Apache-2.0 */
/* Graphviz text. Every name stands in double quotes; in labels backslashes are doubled, since dot reads escapes
 * there. Threads that stand together and are alike (type, port, callbacks, partners) are one node, and so are handles
 * with one device and one port: an array of a thousand is one box. Of what is left the first few are drawn and the
 * rest counted. */
#include "traces/render/dot.h"

#include <stdio.h>
#include <string.h>

/* How many nodes of one kind are drawn. */
#define NODES_MAX 40u

struct graph {
    const struct scene *scene;
    struct out out;
};

/* Objects of one kind that are drawn as one node: slots first .. first + count - 1. */
struct group {
    enum object_kind kind;
    uint32_t first, count;
};

static void put(struct graph *to, const char *text)
{
    out_text(&to->out, text);
}

struct name {
    char text[512];
};

static struct name name_of(const struct graph *to, reference object)
{
    struct name name;
    const struct record_names *names = to->scene->names;
    size_t length = names->of_reference(names->context, object, name.text, sizeof name.text - 1);

    name.text[length < sizeof name.text - 1 ? length : sizeof name.text - 1] = '\0';
    return name;
}

/* The name of one, or of the first and the last. */
static void put_group_name(struct graph *to, struct group group)
{
    out_label(&to->out, name_of(to, reference_make(group.kind, group.first)).text);
    if (group.count > 1) {
        put(to, " .. ");
        out_label(&to->out, name_of(to, reference_make(group.kind, group.first + group.count - 1)).text);
    }
}

/* The id of a node: its kind and first slot, which no name can break. */
static void put_id(struct graph *to, enum object_kind kind, uint32_t slot)
{
    char id[40];

    snprintf(id, sizeof id, "\"%s%u\"", object_kind_name(kind), slot);
    put(to, id);
}

/* Where a handle belongs, as it is known at the end of the run. */
static struct cast_member member_of(const struct graph *to, uint32_t handle)
{
    struct cast_member member = {.port = REFERENCE_NONE, .device = REFERENCE_NONE};
    const struct replay_object *file = replay_object(to->scene->replay, reference_make(OBJECT_HANDLE, handle));

    if (file != NULL) {
        member.port = file->port;
        member.device = file->device;
        member.key = file->key;
    }
    return member;
}

static const struct replay_thread *thread_of(const struct graph *to, uint32_t slot)
{
    return replay_thread(to->scene->replay, reference_make(OBJECT_THREAD, slot));
}

/* The places for partners of a thread; NULL when it talked to nobody. */
static const struct lane_talk *talks_of(const struct graph *to, uint32_t slot)
{
    return slot < to->scene->lanes->threads ? to->scene->lanes->thread[slot].talk : NULL;
}

static bool talk_alike(const struct lane_talk *left, const struct lane_talk *right)
{
    for (int i = 0; left != NULL && right != NULL && i < LANE_TALKS; i++) {
        if (left[i].count != right[i].count || (left[i].count > 0 && left[i].with != right[i].with)) {
            return false;
        }
    }
    return (left == NULL) == (right == NULL);
}

static bool are_alike(const struct graph *to, enum object_kind kind, uint32_t left, uint32_t right)
{
    const struct replay_thread *one;
    const struct replay_thread *other;
    struct cast_member member;
    struct cast_member next;

    if (kind == OBJECT_HANDLE) {
        member = member_of(to, left);
        next = member_of(to, right);
        return member.port == next.port && member.device == next.device;
    }
    if (kind != OBJECT_THREAD) {
        return false;
    }
    one = thread_of(to, left);
    other = thread_of(to, right);
    return one->type == other->type && one->port == other->port && one->pool == other->pool && one->state == other->state &&
           one->callbacks_run == other->callbacks_run && talk_alike(talks_of(to, left), talks_of(to, right));
}

/* The group that begins at a slot. Below three, each stands alone. */
static struct group group_at(const struct graph *to, enum object_kind kind, uint32_t first)
{
    struct group group = {kind, first, 1};

    while (first + group.count < replay_count(to->scene->replay, kind) &&
           are_alike(to, kind, first, first + group.count)) {
        group.count++;
    }
    if (group.count < 3) {
        group.count = 1;
    }
    return group;
}

/* The slot whose node stands for an object; false when that is not drawn. */
static bool drawn_as(const struct graph *to, reference object, uint32_t *slot)
{
    enum object_kind kind = (enum object_kind)reference_kind(object);
    uint32_t at = 0;

    for (uint32_t nodes = 0; nodes < NODES_MAX && at < replay_count(to->scene->replay, kind); nodes++) {
        struct group group = group_at(to, kind, at);
        if (reference_slot(object) < at + group.count) {
            *slot = at;
            return true;
        }
        at += group.count;
    }
    return false;
}

static void put_port_words(struct graph *to, uint32_t slot)
{
    const struct replay_port *port = replay_port(to->scene->replay, reference_make(OBJECT_PORT, slot));
    char words[96];

    snprintf(words, sizeof words, port->limit == 0 ? "\\nlimit not known" : "\\nlimit %llu",
             (unsigned long long)port->limit);
    put(to, words);
    snprintf(words, sizeof words, "\\nat the end: %u queued, %u parked", port->depth, port->waiting);
    put(to, words);
}

static void put_pool_words(struct graph *to, uint32_t slot)
{
    const struct replay_pool *pool = replay_pool(to->scene->replay, reference_make(OBJECT_POOL, slot));
    char target[40] = "";
    char words[160];

    if (pool->target > 0) {
        snprintf(target, sizeof target, " of %u", pool->target);
    }
    snprintf(words, sizeof words, "\\nat the end: %u%s thread%s, %u queued\\n%llu done", pool->workers, target, pool->workers == 1 ? "" : "s",
             pool->queued, (unsigned long long)pool->completed);
    put(to, words);
}

static void put_thread_words(struct graph *to, struct group group)
{
    const struct replay_thread *thread = thread_of(to, group.first);
    char words[96];

    put(to, "\\n");
    if (group.count > 1) {
        snprintf(words, sizeof words, "%u threads, ", group.count);
        put(to, words);
    }
    put(to, thread_type_name((enum thread_type)thread->type));
    if (thread->port != REFERENCE_NONE || thread->callbacks_run > 0) {
        snprintf(words, sizeof words, "\\n%llu callback%s%s", (unsigned long long)thread->callbacks_run,
                 thread->callbacks_run == 1 ? "" : "s", group.count > 1 ? " each" : "");
        put(to, words);
    }
}

static void put_node(struct graph *to, struct group group)
{
    static const char *const looks[OBJECT_KIND_COUNT] = {
        [OBJECT_DEVICE] = "shape=cylinder, fillcolor=\"#99DDFF\"",
        [OBJECT_HANDLE] = "shape=note, fillcolor=\"#FFFFFF\"",
        [OBJECT_PORT] = "shape=box3d, fillcolor=\"#F0E442\"",
        [OBJECT_POOL] = "shape=folder, fillcolor=\"#FFFFFF\"",
        [OBJECT_THREAD] = "shape=box, style=\"filled,rounded\"",
    };
    char words[96];

    put(to, "    ");
    put_id(to, group.kind, group.first);
    put(to, " [");
    put(to, looks[group.kind]);
    if (group.kind == OBJECT_THREAD) {
        enum thread_type type = (enum thread_type)thread_of(to, group.first)->type;
        snprintf(words, sizeof words, ", fillcolor=\"%s\", fontcolor=\"%s\"", thread_type_colour(type),
                 thread_type_text_colour(type));
        put(to, words);
    }
    put(to, group.kind == OBJECT_PORT ? ", label=\"port " : group.kind == OBJECT_POOL ? ", label=\"pool " : ", label=\"");
    put_group_name(to, group);
    if (group.kind == OBJECT_PORT) {
        put_port_words(to, group.first);
    } else if (group.kind == OBJECT_POOL) {
        put_pool_words(to, group.first);
    } else if (group.kind == OBJECT_THREAD) {
        put_thread_words(to, group);
    } else if (group.kind == OBJECT_HANDLE && group.count > 1) {
        snprintf(words, sizeof words, "\\n%u files", group.count);
        put(to, words);
    }
    put(to, "\"]\n");
}

/* How often the thread talked to those that one node stands for, from place `i` on: 0 when an earlier place has told
 * it already. */
static uint64_t talks_to_node(const struct graph *to, const struct lane_talk *talk, int i, uint32_t *slot)
{
    uint64_t count = 0;

    if (talk[i].count == 0 || !drawn_as(to, talk[i].with, slot)) {
        return 0;
    }
    for (int j = 0; j < LANE_TALKS; j++) {
        uint32_t other;
        bool same = talk[j].count > 0 && reference_kind(talk[j].with) == reference_kind(talk[i].with) &&
                    drawn_as(to, talk[j].with, &other) && other == *slot;
        if (same && j < i) {
            return 0;
        }
        count += same ? talk[j].count : 0;
    }
    return count;
}

/* A thread's talk to its partners, and whose packets it takes. */
static void put_thread_edges(struct graph *to, struct group group)
{
    const struct replay_thread *thread = thread_of(to, group.first);
    const struct lane_talk *talk = talks_of(to, group.first);
    char words[96];
    uint32_t slot;

    for (int i = 0; talk != NULL && i < LANE_TALKS; i++) {
        uint64_t count = talks_to_node(to, talk, i, &slot);
        if (count == 0) {
            continue;
        }
        put(to, "    ");
        put_id(to, OBJECT_THREAD, group.first);
        put(to, " -> ");
        put_id(to, (enum object_kind)reference_kind(talk[i].with), slot);
        snprintf(words, sizeof words, " [label=\"%s %llu%s%s\"]\n",
                 reference_kind(talk[i].with) == OBJECT_PORT   ? "posts"
                 : reference_kind(talk[i].with) == OBJECT_POOL ? "queues"
                                                               : "issues", (unsigned long long)count,
                 to->scene->lanes->thread[group.first].talks_to_more ? " or more" : "",
                 group.count > 1 ? " each" : "");
        put(to, words);
    }
    if (thread->pool != REFERENCE_NONE && drawn_as(to, thread->pool, &slot)) {
        put(to, "    ");
        put_id(to, OBJECT_POOL, slot);
        put(to, " -> ");
        put_id(to, OBJECT_THREAD, group.first);
        put(to, thread->state == REPLAY_PARKED ? " [style=dashed, label=\"idle\"]\n" : "\n");
    }
    if (thread->port != REFERENCE_NONE && drawn_as(to, thread->port, &slot)) {
        put(to, "    ");
        put_id(to, OBJECT_PORT, slot);
        put(to, " -> ");
        put_id(to, OBJECT_THREAD, group.first);
        put(to, thread->state == REPLAY_PARKED ? " [style=dashed, label=\"parked\"]\n" : "\n");
    }
}

static void put_handle_edges(struct graph *to, struct group group)
{
    struct cast_member member = member_of(to, group.first);
    char words[96];
    uint32_t slot;

    if (member.device != REFERENCE_NONE && drawn_as(to, member.device, &slot)) {
        put(to, "    ");
        put_id(to, OBJECT_HANDLE, group.first);
        put(to, " -> ");
        put_id(to, OBJECT_DEVICE, slot);
        put(to, " [dir=both]\n");
    }
    if (member.port != REFERENCE_NONE && drawn_as(to, member.port, &slot)) {
        put(to, "    ");
        put_id(to, OBJECT_HANDLE, group.first);
        put(to, " -> ");
        put_id(to, (enum object_kind)reference_kind(member.port), slot);
        snprintf(words, sizeof words, " [penwidth=2, label=\"key %llu%s\"]\n", (unsigned long long)member.key,
                 group.count > 1 ? " ..." : "");
        put(to, reference_kind(member.port) == OBJECT_POOL ? " [penwidth=2, label=\"bound\"]\n" : words);
    }
}

/* Nodes, or edges, of one kind. */
static void put_kind(struct graph *to, enum object_kind kind, void (*put_one)(struct graph *to, struct group group))
{
    uint32_t count = replay_count(to->scene->replay, kind);
    uint32_t at = 0;
    char words[120];

    for (uint32_t nodes = 0; nodes < NODES_MAX && at < count; nodes++) {
        struct group group = group_at(to, kind, at);
        if (kind != OBJECT_THREAD || thread_of(to, at)->state != REPLAY_UNBORN) {
            put_one(to, group);
        }
        at += group.count;
    }
    if (at < count && put_one == put_node) {
        snprintf(words, sizeof words, "    \"%s more\" [shape=plaintext, style=\"\", label=\"and %u more %ss\"]\n",
                 object_kind_name(kind), count - at, object_kind_name(kind));
        put(to, words);
    }
}

bool dot_render(const struct scene *scene, const struct trace_sink *sink)
{
    static const enum object_kind kinds[] = {OBJECT_THREAD, OBJECT_HANDLE, OBJECT_DEVICE, OBJECT_PORT, OBJECT_POOL};
    struct graph to = {.scene = scene};

    out_begin(&to.out, sink);
    put(&to, "digraph iocpsim {\n    rankdir=LR\n    fontname=\"sans-serif\"\n    labelloc=t\n    label=\"");
    out_label(&to.out, scene->header->title == NULL ? "" : scene->header->title);
    put(&to, "\"\n    node [style=filled, fontname=\"sans-serif\", fontsize=11]\n"
             "    edge [fontname=\"sans-serif\", fontsize=10]\n");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        put_kind(&to, kinds[i], put_node);
    }
    put_kind(&to, OBJECT_THREAD, put_thread_edges);
    put_kind(&to, OBJECT_HANDLE, put_handle_edges);
    put(&to, "}\n");
    return out_end(&to.out);
}
