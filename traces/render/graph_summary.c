/* SPDX-License-Identifier: Apache-2.0 */
/* A long run on one page: records that are alike (kind, type of thread, object) are one node, and an edge says how
 * often one of them caused another and after how long. Of more than sixty sorts the most frequent are drawn and the
 * rest is one node. Medians are exact: the delays of each edge are sorted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/render/graph.h"
#include "traces/writing.h"

/* One sort of records. `object` REFERENCE_NONE and kind RECORD_KIND_COUNT: all that are left. */
struct sort {
    uint64_t count;
    reference object;
    uint32_t place; /* among the nodes; UINT32_MAX: not drawn by itself */
    uint8_t kind, type;
    bool has_thread;
};

/* One cause: from sort to sort, after so long. */
struct link {
    uint32_t from, to;
    sim_span delay;
};

struct summary {
    const struct scene *scene;
    struct out out;
    struct sort *sort;
    size_t sorts, room;
    uint32_t *of_record; /* the sort of each kept record */
    struct link *link;
    size_t links;
};

static int order_links(const void *left, const void *right)
{
    const struct link *a = left;
    const struct link *b = right;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    return a->delay < b->delay ? -1 : a->delay > b->delay;
}

/* The sort that a record is of; UINT32_MAX when memory ran out. A cache of the last of each kind makes it quick. */
static uint32_t sort_of(struct summary *to, const struct record *record, uint32_t *cache)
{
    bool has_thread = record->thread != REFERENCE_NONE;
    uint8_t type = has_thread ? record->type : 0;
    void *items = to->sort;
    uint32_t *slot = &cache[(record->object * UINT32_C(2654435769) ^ (uint32_t)record->kind * 40503u ^ type) >> 20];
    const struct sort *at = *slot < to->sorts ? &to->sort[*slot] : NULL;

    if (at != NULL && at->kind == record->kind && at->type == type && at->has_thread == has_thread && at->object == record->object) {
        return *slot;
    }
    for (size_t i = 0; i < to->sorts; i++) {
        at = &to->sort[i];
        if (at->kind == record->kind && at->type == type && at->has_thread == has_thread && at->object == record->object) {
            *slot = (uint32_t)i;
            return (uint32_t)i;
        }
    }
    if (!array_reach(&items, &to->room, to->sorts, sizeof *to->sort)) {
        return UINT32_MAX;
    }
    to->sort = items;
    to->sort[to->sorts] = (struct sort){.object = record->object, .place = UINT32_MAX, .kind = record->kind, .type = type,
                                        .has_thread = has_thread};
    *slot = (uint32_t)to->sorts;
    return (uint32_t)to->sorts++;
}

/* Above so many sorts objects of one kind are one: a thousand files would make a table that nobody reads. */
#define SORTS_MOST 4096u

/* Sorts all records and links each to its cause. */
static bool gather(struct summary *to)
{
    const struct kept *kept = to->scene->kept;
    uint32_t cache[4096];

    memset(cache, 0xff, sizeof cache);
    to->of_record = calloc(kept->count + 1, sizeof *to->of_record);
    to->link = calloc(kept->count + 1, sizeof *to->link);
    if (to->of_record == NULL || to->link == NULL) {
        return false;
    }
    for (size_t i = 0; i < kept->count; i++) {
        struct record record = kept->record[i];
        const struct record *cause = record.cause < record.n ? kept_find(kept, record.cause) : NULL;
        if (to->sorts >= SORTS_MOST && record.object != REFERENCE_NONE) {
            record.object = reference_make((enum object_kind)reference_kind(record.object), REFERENCE_SLOT_MAX);
        }
        to->of_record[i] = sort_of(to, &record, cache);
        if (to->of_record[i] == UINT32_MAX) {
            return false;
        }
        to->sort[to->of_record[i]].count++;
        if (cause != NULL) {
            to->link[to->links++] = (struct link){to->of_record[cause - kept->record], to->of_record[i], record.t - cause->t};
        }
    }
    return true;
}

/* Gives the most frequent sorts a node each; how many there are. */
static uint32_t choose(struct summary *to)
{
    uint32_t nodes = 0;

    while (nodes < GRAPH_NODES - (to->sorts > GRAPH_NODES)) {
        struct sort *best = NULL;
        for (size_t i = 0; i < to->sorts; i++) {
            struct sort *at = &to->sort[i];
            if (at->place == UINT32_MAX && (best == NULL || at->count > best->count)) {
                best = at;
            }
        }
        if (best == NULL) {
            break;
        }
        best->place = nodes++;
    }
    return nodes;
}

static void put_nodes(struct summary *to, uint32_t nodes)
{
    uint64_t rest = 0;

    for (size_t i = 0; i < to->sorts; i++) {
        const struct sort *at = &to->sort[i];
        if (at->place == UINT32_MAX) {
            rest += at->count;
            continue;
        }
        out_put(&to->out, "    \"n%u\" [shape=box, ", at->place);
        if (at->has_thread) {
            graph_type(&to->out, (enum thread_type)at->type);
        } else {
            out_text(&to->out, at->object != REFERENCE_NONE && reference_kind(at->object) == OBJECT_DEVICE
                                   ? "fillcolor=\"#99DDFF\""
                                   : "fillcolor=\"#FFFFFF\"");
        }
        out_put(&to->out, ", label=\"%s\\n", record_kind_name((enum record_kind)at->kind));
        if (at->object != REFERENCE_NONE && reference_slot(at->object) == REFERENCE_SLOT_MAX) {
            out_put(&to->out, "other %ss\\n", object_kind_name((enum object_kind)reference_kind(at->object)));
        } else if (at->object != REFERENCE_NONE) {
            out_label(&to->out, scene_name(to->scene, at->object).text);
            out_text(&to->out, "\\n");
        }
        if (at->has_thread) {
            out_put(&to->out, "%s, ", thread_type_name((enum thread_type)at->type));
        }
        if (at->count == 1) {
            out_text(&to->out, "once\"]\n");
        } else {
            out_put(&to->out, "%llu times\"]\n", (unsigned long long)at->count);
        }
    }
    if (rest > 0) {
        out_put(&to->out, "    \"n%u\" [shape=box, style=\"filled,dashed\", label=\"%zu other sorts\\n%llu records\"]\n", nodes,
                to->sorts - nodes, (unsigned long long)rest);
    }
}

static uint32_t node_of(const struct summary *to, uint32_t sort, uint32_t nodes)
{
    return to->sort[sort].place == UINT32_MAX ? nodes : to->sort[sort].place;
}

static void put_edges(struct summary *to, uint32_t nodes)
{
    for (size_t i = 0; i < to->links; i++) {
        to->link[i].from = node_of(to, to->link[i].from, nodes);
        to->link[i].to = node_of(to, to->link[i].to, nodes);
    }
    qsort(to->link, to->links, sizeof *to->link, order_links);
    for (size_t i = 0; i < to->links;) {
        const struct link *first = &to->link[i];
        size_t count = 0;
        sim_span median;
        while (i < to->links && to->link[i].from == first->from && to->link[i].to == first->to) {
            count++;
            i++;
        }
        median = first[(count - 1) / 2].delay;
        out_put(&to->out, "    \"n%u\" -> \"n%u\" [penwidth=%d, label=\"%zu%s%s\"]\n", first->from, first->to,
                count > 10000 ? 5 : count > 1000 ? 4 : count > 100 ? 3 : count > 10 ? 2 : 1, count,
                median == 0 ? "" : "\\nmedian ", median == 0 ? "" : span_words(median).text);
    }
}

bool graph_summary(const struct scene *scene, const struct trace_sink *sink)
{
    struct summary to = {.scene = scene};
    bool good = scene->kept != NULL && gather(&to);
    char what[160];

    out_begin(&to.out, sink);
    if (good) {
        uint32_t nodes = choose(&to);
        snprintf(what, sizeof what, "what led to what: %zu records of %zu sorts, how often, and the median of the time between",
                 scene->kept->count, to.sorts);
        graph_begin(&to.out, scene, what);
        put_nodes(&to, nodes);
        put_edges(&to, nodes);
        out_text(&to.out, "}\n");
    }
    free(to.sort);
    free(to.of_record);
    free(to.link);
    return out_end(&to.out) && good;
}
