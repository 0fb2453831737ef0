/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes of processors: who ran there, and how each one came off: a bar where it went by itself, a cross where it was
 * driven out. Under them how many threads waited for a processor, which no record counts: it is summed up from their
 * lanes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/render/timeline.h"

/* A thread begins to wait for a processor, or no longer does. */
struct turn {
    sim_time t;
    bool waits;
};

static int order_turns(const void *left, const void *right)
{
    const struct turn *a = left;
    const struct turn *b = right;

    if (a->t != b->t) {
        return a->t < b->t ? -1 : 1;
    }
    return (int)a->waits - (int)b->waits; /* those that go, first: nobody is counted who waited for no time */
}

/* Adds the turns of one thread; how many there are then. */
static size_t add_turns(const struct lanes *lanes, uint32_t slot, struct turn *turn, size_t count)
{
    const struct lane *lane = &lanes->thread[slot];

    for (size_t i = 0; i < lane->count; i++) {
        sim_time end = i + 1 < lane->count ? lane->stretch[i + 1].t : lanes->end;
        if (lane->stretch[i].state == REPLAY_READY && end > lane->stretch[i].t) {
            turn[count++] = (struct turn){lane->stretch[i].t, true};
            turn[count++] = (struct turn){end, false};
        }
    }
    return count;
}

bool timeline_count_ready(struct timeline *timeline, const struct lanes *lanes)
{
    struct port_lane *ready = &timeline->ready;
    struct turn *turn;
    size_t count = 0;
    uint32_t waiting = 0;

    for (uint32_t i = 0; i < lanes->threads; i++) {
        count += lanes->thread[i].count;
    }
    turn = calloc(2 * count + 1, sizeof *turn);
    ready->counts = calloc(2 * count + 1, sizeof *ready->counts);
    if (turn == NULL || ready->counts == NULL) {
        free(turn);
        return false;
    }
    count = 0;
    for (uint32_t i = 0; i < lanes->threads; i++) {
        count = add_turns(lanes, i, turn, count);
    }
    qsort(turn, count, sizeof *turn, order_turns);
    for (size_t i = 0; i < count; i++) {
        waiting = turn[i].waits ? waiting + 1 : waiting - 1;
        ready->count -= ready->count > 0 && ready->counts[ready->count - 1].t == turn[i].t;
        ready->counts[ready->count++] = (struct lane_counts){.t = turn[i].t, .depth = waiting, .most_depth = waiting};
    }
    free(turn);
    return true;
}

/* What one thread ran on one processor, and its name where there is room. */
static void put_thread(struct timeline *timeline, uint32_t cpu, uint32_t slot)
{
    struct svg *svg = &timeline->svg;
    const struct lane *lane = &timeline->scene->lanes->thread[slot];
    enum thread_type type = (enum thread_type)lane->type;
    struct scene_name name = scene_name(timeline->scene, reference_make(OBJECT_THREAD, slot));
    size_t first = lane_at(lane, svg->from);
    uint32_t labels = 0;
    struct svg_boxes boxes;

    first = first == SIZE_MAX ? 0 : first;
    svg_boxes_begin(&boxes, svg->y, ROW_HEIGHT, svg_type_fill(type));
    for (size_t i = first; i < lane->count && lane->stretch[i].t <= svg->to; i++) {
        if (lane->stretch[i].state == REPLAY_RUNNING && lane->stretch[i].cpu == cpu) {
            svg_boxes_add(svg, &boxes, svg_x(svg, lane->stretch[i].t), svg_x(svg, stretch_end(svg, lane, i)));
        }
    }
    svg_boxes_end(svg, &boxes);
    for (size_t i = first; i < lane->count && lane->stretch[i].t <= svg->to && labels < TIMELINE_LABELS; i++) {
        uint32_t from = svg_x(svg, lane->stretch[i].t);
        uint32_t to = svg_x(svg, stretch_end(svg, lane, i));
        if (lane->stretch[i].state == REPLAY_RUNNING && lane->stretch[i].cpu == cpu &&
            to - from >= (uint32_t)out_characters(name.text) * SVG_LETTER + 6 * SVG_PIXEL) {
            svg_text(svg, (struct svg_text){from + (to - from) / 2, svg->y + 155, SVG_MIDDLE, svg_type_text(type), false},
                     name.text);
            out_put(&svg->out, "<path d=\"M%u %uv%d\" stroke=\"{paper}\" stroke-width=\"16\"/>\n", from, svg->y + 5, ROW_HEIGHT - 10);
            labels++;
        }
    }
}

/* How a thread came off its processor: driven out, it is ready again. */
static void put_switches(struct timeline *timeline, uint32_t cpu, uint32_t slot)
{
    struct svg *svg = &timeline->svg;
    const struct lane *lane = &timeline->scene->lanes->thread[slot];
    size_t first = lane_at(lane, svg->from);
    uint32_t last = 0;
    uint32_t marks = 0;

    for (size_t i = first == SIZE_MAX ? 0 : first; i + 1 < lane->count && lane->stretch[i].t <= svg->to && marks < TIMELINE_LABELS; i++) {
        uint32_t x = svg_x(svg, lane->stretch[i + 1].t);
        if (lane->stretch[i].state != REPLAY_RUNNING || lane->stretch[i].cpu != cpu || lane->stretch[i + 1].t > svg->to || x < last + 12 * SVG_PIXEL) {
            continue;
        }
        if (lane->stretch[i + 1].state == REPLAY_READY) {
            out_put(&svg->out, "<path d=\"M%u %ul70 70m0-70l-70 70\" stroke=\"{red}\" stroke-width=\"20\"/>\n", x - 35,
                    svg->y + ROW_HEIGHT + 5);
        } else {
            out_put(&svg->out, "<path d=\"M%u %uv70\" stroke=\"{ink}\" stroke-width=\"20\"/>\n", x, svg->y + ROW_HEIGHT + 5);
        }
        last = x;
        marks++;
    }
}

uint32_t timeline_processors_height(const struct timeline *timeline)
{
    return timeline->processors == 0 ? 0 : 22 * SVG_PIXEL + timeline->processors * (ROW + 4 * SVG_PIXEL) + PLOT + GAP;
}

/* How many wait for a processor. */
static void put_ready(struct timeline *timeline)
{
    struct svg *svg = &timeline->svg;
    struct svg_steps steps = {.lane = &timeline->ready, .depth = true, .y = svg->y, .height = PLOT_HEIGHT,
                              .most = svg_most(svg, &timeline->ready, true), .attributes = "fill=\"{plot}\""};
    char words[80];

    snprintf(words, sizeof words, "ready, at most %llu", (unsigned long long)steps.most);
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + PLOT_HEIGHT - 2 * SVG_PIXEL, SVG_START, "{faint}", false}, words);
    out_put(&svg->out, "<path d=\"M%u %uH%u\" stroke=\"{axis}\" stroke-width=\"10\"/>\n", svg->left, svg->y + PLOT_HEIGHT,
            svg->left + svg->width);
    steps.most = steps.most == 0 ? 1 : steps.most;
    svg_steps(svg, &steps);
    svg->y += PLOT;
}

void timeline_processors(struct timeline *timeline)
{
    struct svg *svg = &timeline->svg;
    char words[40];

    svg_heading(svg, "processors");
    for (uint32_t cpu = 1; cpu <= timeline->processors; cpu++) {
        snprintf(words, sizeof words, "CPU %u", cpu - 1);
        svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 15 * SVG_PIXEL, SVG_START, NULL, false}, words);
        out_put(&svg->out, "<path d=\"M%u %uH%u\" stroke=\"{line}\" stroke-width=\"10\" stroke-dasharray=\"20 30\"/>\n", svg->left,
                svg->y + ROW_HEIGHT, svg->left + svg->width);
        for (size_t i = 0; i < timeline->threads; i++) {
            put_thread(timeline, cpu, timeline->order[i]);
        }
        for (size_t i = 0; i < timeline->threads; i++) {
            put_switches(timeline, cpu, timeline->order[i]);
        }
        svg->y += ROW + 4 * SVG_PIXEL;
    }
    put_ready(timeline);
    svg->y += GAP;
}
