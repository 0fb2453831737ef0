/* SPDX-License-Identifier: Apache-2.0 */
/* What time was spent on. Of items of loads, and of all operations, a bar of shares each; then the worst of both, one by
 * one: a bar on the scale of the worst, and in words what most of it was, with the record that `why` explains. */
#include <stdio.h>
#include <string.h>

#include "traces/render/figures.h"
#include "traces/writing.h"

__extension__ typedef unsigned __int128 wide;

enum {
    SHARES = 40 * SVG_PIXEL, /* a bar of shares, with room under it */
    WORST = 38 * SVG_PIXEL,  /* one of the worst: words and bar */
    BAR = 12 * SVG_PIXEL,
};

/* A part of a bar: how long, in which colour, what it is called. */
struct part {
    sim_span span;
    const char *colour, *name;
    bool is_dark; /* letters on it are white */
};

/* A bar `width` wide of parts that sum to `whole`, with names and shares where they have room. */
static void put_parts(struct svg *svg, struct svg_box box, const struct part *part, size_t count)
{
    uint64_t whole = 0;
    uint64_t before = 0;
    char words[120];

    for (size_t i = 0; i < count; i++) {
        whole += part[i].span / 64; /* no sum overflows */
    }
    for (size_t i = 0; i < count && whole > 0; i++) {
        uint64_t until = before + part[i].span / 64;
        uint32_t from = box.x + (uint32_t)((wide)before * box.width / whole);
        uint32_t to = box.x + (uint32_t)((wide)until * box.width / whole);
        uint64_t share = (uint64_t)((wide)(until - before) * 1000 / whole);
        before = until;
        if (to <= from) {
            continue;
        }
        out_put(&svg->out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"%s\" stroke=\"{edge}\" stroke-width=\"10\"/>\n", from,
                box.y, to - from, box.height, part[i].colour);
        snprintf(words, sizeof words, "%s %llu.%llu%%", part[i].name, (unsigned long long)(share / 10), (unsigned long long)(share % 10));
        if (box.height > BAR && to - from > (uint32_t)out_characters(words) * SVG_LETTER + 6 * SVG_PIXEL) {
            svg_text(svg, (struct svg_text){from + (to - from) / 2, box.y + 155, SVG_MIDDLE, part[i].is_dark ? "#FFFFFF" : "#000000", false},
                     words);
        }
    }
}

/* The parts of an item's latency, in the colours of the segments that are like them. */
static void item_parts(const sim_span *span, struct part *part)
{
    static const struct part looks[SERIES_COUNT] = {
        [SERIES_RUNNING] = {0, "#EE8866", "running", false}, [SERIES_DEVICE] = {0, "#99DDFF", "device", false},
        [SERIES_READY] = {0, "#FFFFFF", "ready", false},     [SERIES_QUEUED] = {0, "#F0E442", "queued", false},
        [SERIES_BLOCKED] = {0, "#AA4499", "blocked", true},
    };
    static const int order[] = {SERIES_QUEUED, SERIES_READY, SERIES_RUNNING, SERIES_BLOCKED, SERIES_DEVICE};

    for (int i = 0; i < SERIES_COUNT - 1; i++) {
        part[i] = looks[order[i]];
        part[i].span = span[order[i]];
    }
}

/* What the items of a load were spent on, all together, and how long they took. */
static void put_load(struct figures *figures, const struct figures_load *load)
{
    struct svg *svg = &figures->svg;
    struct part part[SERIES_COUNT];
    char what[4 * SCENE_NAME_MAX + 40];
    char words[300];
    size_t last = load->count - 1;

    snprintf(what, sizeof what, "items of %s", scene_name(figures->scene, load->load).text);
    snprintf(words, sizeof words, "%zu ended", load->count);
    figures_label(svg, what, words, NULL);
    item_parts(load->span, part);
    put_parts(svg, (struct svg_box){svg->left, svg->y, svg->width, 22 * SVG_PIXEL}, part, SERIES_COUNT - 1);
    snprintf(words, sizeof words, "each took %s on average; half at most %s, 99%% at most %s, the longest %s",
             span_mean(load->span[SERIES_LATENCY], load->count).text, span_mean(load->latency[last - load->count / 2], 1).text,
             span_mean(load->latency[last - load->count / 100], 1).text, span_mean(load->latency[last], 1).text);
    svg_text(svg, (struct svg_text){svg->left, svg->y + 37 * SVG_PIXEL, SVG_START, "{faint}", false}, words);
    svg->y += SHARES + 10 * SVG_PIXEL;
}

/* What all operations were spent on. */
static void put_operations(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    struct part part[SEGMENT_KINDS];
    char words[120];

    for (int i = 0; i < SEGMENT_KINDS; i++) {
        part[i] = (struct part){figures->spent[i], svg_segment_colour((enum segment_kind)i), segment_kind_name((enum segment_kind)i),
                                i == SEGMENT_CALL || i == SEGMENT_BLOCKED};
    }
    snprintf(words, sizeof words, figures->split < figures->count ? "of the first %zu" : "of all %zu", figures->split);
    figures_label(svg, "where it went", words, NULL);
    put_parts(svg, (struct svg_box){svg->left, svg->y, svg->width, 22 * SVG_PIXEL}, part, SEGMENT_KINDS);
    svg->y += SHARES;
}

/* The kind on which most of a path was spent, and its longest segment; NULL: it took no time. */
static const struct segment *mostly(const struct path *path, sim_span *in_all)
{
    const struct segment *longest = NULL;
    sim_span sums[SEGMENT_KINDS];
    int most = 0;

    path_sums(path, sums);
    for (int i = 0; i < SEGMENT_KINDS; i++) {
        most = sums[i] > sums[most] ? i : most;
    }
    for (size_t i = 0; i < path->count; i++) {
        const struct segment *at = &path->segment[i];
        if (at->kind == most && (longest == NULL || at->to - at->from > longest->to - longest->from)) {
            longest = at;
        }
    }
    *in_all = sums[most];
    return longest;
}

/* "queue 3.4ms, 2ms of it: waits for T3, which runs handle p3 (why 57)". False when memory ran out. */
static bool put_reason(struct figures *figures, const struct life *life, char *words, size_t room)
{
    const struct scene *scene = figures->scene;
    const struct segment *longest;
    enum life_stage last = LIFE_ISSUED;
    char does[1200];
    sim_span in_all;

    words[0] = '\0';
    if (!path_of(&figures->path, scene->lanes, scene->lives, life)) {
        return false;
    }
    longest = mostly(&figures->path, &in_all);
    for (int i = 0; i < LIFE_STAGES; i++) {
        last = life->at[i] != SIM_NEVER && i != LIFE_DONE ? (enum life_stage)i : last;
    }
    if (longest == NULL) {
        return true;
    }
    segment_words(longest, (struct path_names){scene->names, scene->lives}, does, sizeof does);
    snprintf(words, room, "%s %s", segment_kind_name((enum segment_kind)longest->kind), span_mean(in_all, 1).text);
    if (longest->to - longest->from < in_all) {
        snprintf(words + strlen(words), room - strlen(words), ", %s of it", span_mean(longest->to - longest->from, 1).text);
    }
    snprintf(words + strlen(words), room - strlen(words), " (why %llu): ", (unsigned long long)life->n[last]);
    out_cut(words + strlen(words), room - strlen(words), does, 90);
    return true;
}

/* The words of one of the worst, and where its bar goes; its length is its share of the worst one's. */
static struct svg_box put_worst_words(struct svg *svg, sim_span latency, sim_span worst, const char *words)
{
    struct svg_box box = {svg->left + 100 * SVG_PIXEL, svg->y + 20 * SVG_PIXEL, svg->width - 100 * SVG_PIXEL, BAR};
    char cut[2400];

    box.width = worst == 0 ? 0 : (uint32_t)((wide)latency * box.width / worst);
    svg_text(svg, (struct svg_text){svg->left + 90 * SVG_PIXEL, svg->y + 14 * SVG_PIXEL, SVG_END, NULL, true}, span_mean(latency, 1).text);
    svg_text(svg, (struct svg_text){svg->left + 100 * SVG_PIXEL, svg->y + 14 * SVG_PIXEL, SVG_START, NULL, false},
             out_cut(cut, sizeof cut, words, (svg->width - 100 * SVG_PIXEL) / SVG_LETTER));
    svg->y += WORST;
    return box;
}

static bool put_worst_operations(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    char reason[1600];
    char words[2400];
    char deed[4 * SCENE_NAME_MAX + 40];

    figures_label(svg, "the slowest", "mostly due to", NULL);
    for (uint32_t i = 0; i < FIGURES_WORST && figures->worst[i] != NULL; i++) {
        const struct life *life = figures->worst[i];
        struct part part[SEGMENT_KINDS];
        sim_span sums[SEGMENT_KINDS];
        struct svg_box box;
        if (!put_reason(figures, life, reason, sizeof reason)) {
            return false;
        }
        path_sums(&figures->path, sums);
        for (int j = 0; j < SEGMENT_KINDS; j++) {
            part[j] = (struct part){sums[j], svg_segment_colour((enum segment_kind)j), segment_kind_name((enum segment_kind)j), false};
        }
        scene_deed(figures->scene, life, deed, sizeof deed);
        snprintf(words, sizeof words, "%s, %s, from %s: %s", scene_op(figures->scene, life).text, deed, span_mean(life->at[LIFE_ISSUED], 1).text,
                 reason[0] == '\0' ? "took no time" : reason);
        box = put_worst_words(svg, life_latency(life), life_latency(figures->worst[0]), words);
        put_parts(svg, box, part, SEGMENT_KINDS);
    }
    return true;
}

/* Of the operations and work items of an item the one that took longest; NULL: it had none. */
static const struct life *longest_of(const struct scene *scene, uint32_t item)
{
    const struct life *longest = NULL;

    for (size_t i = 0; i < lives_all(scene->lives); i++) {
        const struct life *life = lives_at(scene->lives, i);
        if (life->item == item && life_is_over(life) && (longest == NULL || life_latency(life) > life_latency(longest))) {
            longest = life;
        }
    }
    return longest;
}

static bool put_worst_items(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    char reason[1600];
    char words[2400];

    figures_label(svg, "the worst items", "mostly due to", NULL);
    for (uint32_t i = 0; i < FIGURES_WORST && figures->worst_item[i] != NULL; i++) {
        const struct item_ended *item = figures->worst_item[i];
        const struct life *life = longest_of(figures->scene, item->item);
        struct part part[SERIES_COUNT];
        struct svg_box box;
        reason[0] = '\0';
        if (life != NULL && !put_reason(figures, life, reason, sizeof reason)) {
            return false;
        }
        snprintf(words, sizeof words, "item %u of %s, from %s%s%s%s%s", item->item, scene_name(figures->scene, item->load).text,
                 span_mean(item->arrived, 1).text, life == NULL ? "" : ": ", life == NULL ? "" : scene_op(figures->scene, life).text,
                 life == NULL ? "" : ", ", reason);
        item_parts(item->span, part);
        box = put_worst_words(svg, item->span[SERIES_LATENCY], figures->worst_item[0]->span[SERIES_LATENCY], words);
        put_parts(svg, box, part, SERIES_COUNT - 1);
    }
    return true;
}

/* How many of the worst there are. */
static uint32_t count_worst(const struct figures *figures, bool items)
{
    uint32_t count = 0;

    while (count < FIGURES_WORST && (items ? figures->worst_item[count] != NULL : figures->worst[count] != NULL)) {
        count++;
    }
    return count;
}

uint32_t figures_spent_height(const struct figures *figures)
{
    return (uint32_t)figures->loads * (SHARES + 10 * SVG_PIXEL) + count_worst(figures, true) * WORST +
           (figures->count == 0 ? 0 : figures->loads > 0 ? SHARES + 14 * SVG_PIXEL : SHARES + count_worst(figures, false) * WORST) +
           4 * SVG_PIXEL;
}

void figures_spent(struct figures *figures)
{
    bool good = true;

    for (size_t i = 0; i < figures->loads; i++) {
        put_load(figures, &figures->load[i]);
    }
    if (figures->loads > 0) {
        good = put_worst_items(figures);
        figures->svg.y += 14 * SVG_PIXEL;
    }
    if (figures->count > 0) {
        put_operations(figures);
    }
    if (figures->count > 0 && figures->loads == 0) { /* else the worst items have told */
        good = put_worst_operations(figures);
    }
    figures->svg.out.failed = figures->svg.out.failed || !good;
}
