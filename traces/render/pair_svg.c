/* SPDX-License-Identifier: Apache-2.0 */
/* The lanes of both runs over one axis, a line in each where they part, and a bar for each operation that changed: blue
 * where it is sooner over, orange where later. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/render/pair.h"
#include "traces/render/timeline.h"
#include "traces/writing.h"

__extension__ typedef unsigned __int128 wide;

/* The lines of a text, one under the other. */
static void put_lines(struct svg *svg, const char *text)
{
    char line[1200];
    char cut[600];

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(length < sizeof line ? length : sizeof line - 1), text);
        svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 13 * SVG_PIXEL, SVG_START, NULL, false},
                 out_cut(cut, sizeof cut, line, (svg->total - 32 * SVG_PIXEL) / SVG_LETTER));
        svg->y += LINE;
        text += length + (text[length] == '\n');
    }
}

static uint32_t lines_of(const char *text)
{
    uint32_t lines = text[0] != '\0';

    for (; *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

/* The threads of one run, as the timeline draws them. False when memory ran out. */
static bool take_threads(struct timeline *timeline, const struct scene *scene)
{
    free(timeline->order);
    free(timeline->row_y);
    timeline->scene = scene;
    timeline->svg.scene = scene;
    timeline->order = calloc(scene->lanes->threads + 1, sizeof *timeline->order);
    timeline->row_y = calloc(scene->lanes->threads + 1, sizeof *timeline->row_y);
    if (timeline->order == NULL || timeline->row_y == NULL) {
        return false;
    }
    timeline->threads = scene_threads(scene, timeline->order);
    timeline->shown = timeline->threads > TIMELINE_THREADS ? TIMELINE_THREADS : timeline->threads;
    return true;
}

static uint32_t threads_height(const struct timeline *timeline)
{
    return LINE + 22 * SVG_PIXEL + (uint32_t)timeline->shown * ROW + (timeline->shown < timeline->threads ? LINE : 0) + GAP;
}

/* One run, and the instant at which it parts from the other. */
static void put_run(struct timeline *timeline, const char *name, sim_time parts, bool part)
{
    struct svg *svg = &timeline->svg;
    uint32_t top = svg->y;

    svg_heading(svg, name);
    timeline_threads(timeline);
    if (part && parts >= svg->from && parts <= svg->to) {
        out_put(&svg->out, "<path d=\"M%u %uV%u\" stroke=\"{red}\" stroke-width=\"20\" stroke-dasharray=\"60 30\"/>\n", svg_x(svg, parts),
                top + 22 * SVG_PIXEL, svg->y - GAP);
        svg_text(svg, (struct svg_text){svg_x(svg, parts) + 50, top + 36 * SVG_PIXEL,
                                        svg_x(svg, parts) > svg->left + svg->width / 2 ? SVG_END : SVG_START, "{red}", false},
                 "here they part");
    }
}

/* One operation: its name, both latencies, and how much it changed as a bar from the middle. */
static void put_change(struct timeline *timeline, const struct pair *pair, const struct pair_change *change, uint64_t most)
{
    struct svg *svg = &timeline->svg;
    const struct scene *scene = change->before != NULL ? pair->before : pair->after;
    const struct life *life = change->before != NULL ? change->before : change->after;
    uint32_t middle = svg->left + svg->width / 2;
    uint32_t width = change->change == SIM_NEVER ? 0 : (uint32_t)((wide)change->change * (svg->width / 2 - 3000) / most);
    char words[8 * SCENE_NAME_MAX + 200];
    char deed[4 * SCENE_NAME_MAX + 40];
    char cut[4 * SCENE_NAME_MAX + 16];

    scene_deed(scene, life, deed, sizeof deed);
    snprintf(words, sizeof words, "%s, %s", scene_op(scene, life).text, deed);
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 13 * SVG_PIXEL, SVG_START, NULL, false},
             out_cut(cut, sizeof cut, words, (SVG_LEFT - 24 * SVG_PIXEL) / SVG_LETTER));
    if (change->change == SIM_NEVER) {
        snprintf(words, sizeof words, "only in %s", change->before == NULL ? pair->after_name : pair->before_name);
    } else {
        struct scene_name first = scene_name(pair->before, change->before->taker);
        struct scene_name second = scene_name(pair->after, change->after->taker);
        bool moved = strcmp(first.text, second.text) != 0;
        snprintf(words, sizeof words, "%s, then %s; %s%s%s%s", span_mean(life_latency(change->before), 1).text,
                 span_mean(life_latency(change->after), 1).text, first.text, moved ? " -> " : "", moved ? second.text : "",
                 pair_unfinished(change->before, change->after));
    }
    svg_text(svg, (struct svg_text){svg->left, svg->y + 13 * SVG_PIXEL, SVG_START, "{faint}", false},
             out_cut(cut, sizeof cut, words, 44));
    width = change->change > 0 && change->change != SIM_NEVER && width < SVG_PIXEL ? SVG_PIXEL : width;
    if (width > 0) {
        uint32_t from = change->is_longer ? middle : middle - width;
        out_put(&svg->out, "<path d=\"M%u %uh%uv%dH%uz\" fill=\"%s\" stroke=\"{edge}\" stroke-width=\"10\"/>\n", from, svg->y, width,
                BAR_HEIGHT, from, change->is_longer ? "#EE8866" : "{blue}");
    }
    if (change->change != SIM_NEVER) {
        snprintf(words, sizeof words, "%s%s", change->change == 0 ? "as long, " : change->is_longer ? "+" : "-",
                 change->change == 0 ? "elsewhere or at another time" : span_words(change->change).text);
        svg_text(svg, (struct svg_text){middle + (change->is_longer ? width : 0) + 60, svg->y + 13 * SVG_PIXEL, SVG_START, NULL, false},
                 words);
    }
    svg->y += LINE;
}

static void draw(struct timeline *timeline, const struct pair *pair, const struct pair_change *change, size_t count)
{
    struct svg *svg = &timeline->svg;
    struct pair_parting parting;
    bool part = pair_parts(pair, &parting);
    size_t shown = count < PAIR_CHANGES ? count : PAIR_CHANGES;
    uint32_t height = 60 * SVG_PIXEL + 26 * SVG_PIXEL + threads_height(timeline) + GAP;
    uint32_t lanes;
    uint64_t most = 1;
    char words[200];

    if (!take_threads(timeline, pair->after)) {
        svg->out.failed = true;
        return;
    }
    lanes = height + threads_height(timeline);
    height = lanes + (part ? 22 * SVG_PIXEL + (lines_of(parting.words) + lines_of(parting.rules)) * LINE + GAP : LINE) +
             (count > 0 ? 22 * SVG_PIXEL + (uint32_t)(shown + 1) * LINE : 0) + GAP;
    if (!take_threads(timeline, pair->before)) {
        svg->out.failed = true;
        return;
    }
    snprintf(words, sizeof words, part ? "two runs on one scale; %zu operations, packets and work items differ" : "two runs, which tell the same", count);
    svg_head(svg, height, words);
    svg_axis(svg, lanes);
    put_run(timeline, pair->before_name, parting.before, part);
    if (!take_threads(timeline, pair->after)) {
        svg->out.failed = true;
        return;
    }
    svg->y += GAP;
    put_run(timeline, pair->after_name, parting.after, part);
    if (part) {
        svg_heading(svg, "the first that differs");
        put_lines(svg, parting.words);
        put_lines(svg, parting.rules);
        svg->y += GAP;
    }
    for (size_t i = 0; i < count; i++) {
        most = change[i].change != SIM_NEVER && change[i].change > most ? change[i].change : most;
    }
    if (count > 0) {
        svg_heading(svg, "operations that changed: blue are sooner over, orange later");
    }
    for (size_t i = 0; i < shown; i++) {
        put_change(timeline, pair, &change[i], most);
    }
    if (count > shown) {
        snprintf(words, sizeof words, "and %zu more", count - shown);
        put_lines(svg, words);
    }
}

bool pair_render_svg(const struct pair *pair, const struct trace_sink *sink)
{
    struct timeline *timeline = calloc(1, sizeof *timeline);
    size_t count = 0;
    struct pair_change *change = pair_changes(pair, &count);
    bool good = timeline != NULL && change != NULL && take_threads(timeline, pair->before);

    if (good) {
        svg_begin(&timeline->svg, pair->before, sink);
        timeline->svg.other = pair->after;
        timeline->svg.from = pair->before->from < pair->after->from ? pair->before->from : pair->after->from;
        timeline->svg.to = pair->before->to > pair->after->to ? pair->before->to : pair->after->to;
        draw(timeline, pair, change, count);
        good = svg_end(&timeline->svg);
    }
    if (timeline != NULL) {
        free(timeline->order);
        free(timeline->row_y);
    }
    free(timeline);
    free(change);
    return good;
}
