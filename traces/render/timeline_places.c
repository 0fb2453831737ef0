/* SPDX-License-Identifier: Apache-2.0 */
/* Ports and devices: each packet while it is queued, each operation while it is served, as a bar; under them the
 * counts as steps. A bar lies in the first row that is free; where more are there at once than rows, the steps alone
 * tell it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/render/decisions.h"
#include "traces/render/timeline.h"

static int order_bars(const void *left, const void *right)
{
    const struct bar *a = left;
    const struct bar *b = right;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return a->life->op < b->life->op ? -1 : a->life->op > b->life->op;
}

/* What of a life is a bar at this place; false: nothing. */
static bool bar_of(const struct timeline *timeline, const struct place *place, const struct life *life, struct bar *bar)
{
    bool is_port = reference_kind(place->object) != OBJECT_DEVICE;
    sim_time from = is_port ? life->at[LIFE_QUEUED] : life->at[LIFE_BEGUN];
    sim_time to = is_port ? life->at[LIFE_TAKEN] : life->at[LIFE_SERVED];

    if ((is_port ? life->port : life->device) != place->object || from == SIM_NEVER) {
        return false;
    }
    to = to == SIM_NEVER ? (life->is_dropped ? from : timeline->scene->lanes->end) : to;
    *bar = (struct bar){life, from, to, UINT32_MAX};
    return from <= timeline->scene->to && to >= timeline->scene->from && to > from;
}

bool place_gather(const struct timeline *timeline, struct place *place)
{
    const struct lives *lives = timeline->scene->lives;
    sim_time free_at[TIMELINE_BARS] = {0};
    struct bar bar;

    for (size_t i = 0; i < lives_all(lives); i++) {
        place->bars += bar_of(timeline, place, lives_at(lives, i), &bar);
    }
    place->bar = calloc(place->bars + 1, sizeof *place->bar);
    if (place->bar == NULL) {
        return false;
    }
    place->bars = 0;
    for (size_t i = 0; i < lives_all(lives); i++) {
        if (bar_of(timeline, place, lives_at(lives, i), &bar)) {
            place->bar[place->bars++] = bar;
        }
    }
    place->has_queue = svg_most(&timeline->svg, place->counts, true) > 0;
    qsort(place->bar, place->bars, sizeof *place->bar, order_bars);
    for (size_t i = 0; i < place->bars; i++) {
        if (svg_x(&timeline->svg, place->bar[i].to) < svg_x(&timeline->svg, place->bar[i].from) + SVG_PIXEL) {
            place->bar[i].row = 0; /* less than a pixel is a mark, and takes no row from what is longer */
            place->rows = place->rows == 0 ? 1 : place->rows;
            continue;
        }
        for (uint32_t row = 0; row < TIMELINE_BARS; row++) {
            if (free_at[row] <= place->bar[i].from) {
                free_at[row] = place->bar[i].to;
                place->bar[i].row = row;
                place->rows = row + 1 > place->rows ? row + 1 : place->rows;
                break;
            }
        }
        place->is_crowded = place->is_crowded || place->bar[i].row == UINT32_MAX;
    }
    return true;
}

/* The rows, and a little room under them for the path. */
static uint32_t bars_height(const struct place *place)
{
    return place->rows == 0 ? 0 : place->rows * BAR + 8 * SVG_PIXEL;
}

uint32_t place_height(const struct place *place)
{
    bool is_port = reference_kind(place->object) != OBJECT_DEVICE;

    return 22 * SVG_PIXEL + bars_height(place) + (is_port && place->has_queue ? 2u : 1u) * PLOT + (place->counts->decisions > 0 ? GAP : 0) + GAP;
}

/* The bars of one row, and their names where there is room. */
static void put_bars(struct timeline *timeline, const struct place *place, uint32_t row)
{
    struct svg *svg = &timeline->svg;
    bool is_port = reference_kind(place->object) != OBJECT_DEVICE;
    uint32_t y = svg->y + row * BAR;
    uint32_t labels = 0;
    struct svg_boxes boxes;

    svg_boxes_begin(&boxes, y, BAR_HEIGHT,
                    is_port ? "fill=\"#F0E442\" stroke=\"{edge}\" stroke-width=\"6\""
                            : "fill=\"url(#service)\" stroke=\"{edge}\" stroke-width=\"6\"");
    for (size_t i = 0; i < place->bars; i++) {
        if (place->bar[i].row == row) {
            svg_boxes_add(svg, &boxes, svg_x(svg, place->bar[i].from), svg_x(svg, place->bar[i].to));
        }
    }
    svg_boxes_end(svg, &boxes);
    for (size_t i = 0; i < place->bars && labels < 120; i++) {
        const struct bar *bar = &place->bar[i];
        struct scene_name name = scene_op(timeline->scene, bar->life);
        uint32_t from = svg_x(svg, bar->from);
        uint32_t to = svg_x(svg, bar->to);
        if (bar->row == row && to - from >= (uint32_t)out_characters(name.text) * SVG_LETTER + 6 * SVG_PIXEL) {
            svg_text(svg, (struct svg_text){from + (to - from) / 2, y + 12 * SVG_PIXEL, SVG_MIDDLE, "#000000", false}, name.text);
            if (from > svg->left && to < svg->left + svg->width) { /* its ends, where it touches others */
                out_put(&svg->out, "<path d=\"M%u %uv%dM%u %uv%d\" stroke=\"{edge}\" stroke-width=\"10\"/>\n", from, y, BAR_HEIGHT,
                        to, y, BAR_HEIGHT);
            }
            labels++;
        }
    }
}

/* What its second count is called. */
static const char *place_count_name(const struct place *place)
{
    return reference_kind(place->object) == OBJECT_PORT     ? "active"
           : reference_kind(place->object) == OBJECT_DEVICE ? "busy"
                                                            : "threads";
}

/* One plot: what it shows at the left, the most at its top. */
static void put_plot(struct timeline *timeline, const struct place *place, bool depth, uint64_t limit)
{
    struct svg *svg = &timeline->svg;
    uint32_t names = !depth && place->counts->decisions > 0 ? GAP : 0; /* over it stand the names of decisions */
    const char *what = place_count_name(place);
    bool is_pool = !depth && reference_kind(place->object) == OBJECT_POOL;
    uint32_t most = svg_most(svg, place->counts, depth);
    struct svg_steps steps = {.lane = place->counts, .depth = depth, .y = svg->y + names, .height = PLOT_HEIGHT, .most = most,
                              .attributes = depth ? "fill=\"{plot}\"" : "fill=\"{plot2}\""};
    struct decisions decisions = {.lane = is_pool ? place->counts : NULL, .y = svg->y + names, .height = PLOT_HEIGHT, .rows = 1};
    char words[80];

    svg->y += names;
    if (decisions.lane != NULL) {
        decisions.last = replay_pool(timeline->scene->replay, place->object)->target;
        steps.most = decisions_most(svg, place->counts, decisions.last);
        steps.most = steps.most > most ? steps.most : most;
    }
    steps.most = !depth && limit > steps.most && limit <= 4 * (uint64_t)most + 4 ? limit : steps.most;
    steps.most = steps.most == 0 ? 1 : steps.most;
    if (depth) {
        snprintf(words, sizeof words, "queued, at most %u", most);
    } else if (limit > 0) {
        snprintf(words, sizeof words, "%s of %llu, most %u", what, (unsigned long long)limit, most);
    } else if (decisions.last > 0) {
        snprintf(words, sizeof words, "%s, at most %u", what, most);
        svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + PLOT_HEIGHT - 18 * SVG_PIXEL, SVG_START, "{faint}", false}, "line: the target");
    } else {
        snprintf(words, sizeof words, "%s, at most %u", what, most);
    }
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + PLOT_HEIGHT - 2 * SVG_PIXEL, SVG_START, "{faint}", false}, words);
    out_put(&svg->out, "<path d=\"M%u %uH%u\" stroke=\"{axis}\" stroke-width=\"10\"/>\n", svg->left, svg->y + PLOT_HEIGHT,
            svg->left + svg->width);
    svg_steps(svg, &steps);
    if (!depth && limit > 0 && most > limit) {
        steps.floor = limit;
        steps.attributes = "fill=\"url(#over)\" stroke=\"{red}\" stroke-width=\"10\"";
        svg_steps(svg, &steps);
    }
    if (!depth && limit > 0 && limit <= steps.most) {
        uint32_t y = svg->y + PLOT_HEIGHT - (uint32_t)(limit * PLOT_HEIGHT / steps.most);
        out_put(&svg->out, "<path d=\"M%u %uH%u\" stroke=\"{ink}\" stroke-width=\"15\" stroke-dasharray=\"60 40\"/>\n", svg->left, y,
                svg->left + svg->width);
    }
    decisions.most = steps.most;
    if (decisions.lane != NULL) {
        decisions_draw(svg, &decisions);
    }
    svg->y += PLOT;
}

void timeline_place(struct timeline *timeline, struct place *place)
{
    struct svg *svg = &timeline->svg;
    bool is_port = reference_kind(place->object) == OBJECT_PORT;
    const struct replay_port *port = is_port ? replay_port(timeline->scene->replay, place->object) : NULL;
    bool is_device = reference_kind(place->object) == OBJECT_DEVICE;
    const struct replay_object *device = is_device ? replay_object(timeline->scene->replay, place->object) : NULL;
    uint64_t limit;
    char words[4 * SCENE_NAME_MAX + 80];
    char cut[4 * SCENE_NAME_MAX + 80];

    snprintf(words, sizeof words, "%s %s", object_kind_name((enum object_kind)reference_kind(place->object)), scene_name(timeline->scene, place->object).text);
    svg_heading(svg, out_cut(cut, sizeof cut, words, (SVG_LEFT - 26 * SVG_PIXEL) / SVG_LETTER));
    if (place->rows > 0) {
        svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 12 * SVG_PIXEL, SVG_START, "{faint}", false},
                 is_port ? "packets in it" : is_device ? "what it serves" : "items in it");
        if (place->is_crowded) {
            svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + BAR + 12 * SVG_PIXEL, SVG_START, "{faint}", false},
                     "(not all have room)");
        }
    }
    place->y = svg->y;
    for (uint32_t row = 0; row < place->rows; row++) {
        put_bars(timeline, place, row);
    }
    svg->y += bars_height(place);
    if (!is_device && place->has_queue) {
        put_plot(timeline, place, true, 0);
    }
    limit = port != NULL ? port->limit : device != NULL ? device->limit : 0;
    put_plot(timeline, place, false, limit < UINT32_MAX ? limit : 0); /* of a device that serves all at once */
    svg->y += GAP;
}
