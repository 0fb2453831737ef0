/* SPDX-License-Identifier: Apache-2.0 */
/* Figures to look at, as an SVG: over one axis of time throughput, latencies, queues and use; under it how latencies are
 * spread, what they were spent on, and the worst of them. */
#ifndef TRACES_RENDER_FIGURES_H
#define TRACES_RENDER_FIGURES_H

#include "traces/items.h"
#include "traces/render/svg.h"

/* So many stretches of time, and of latency. */
#define FIGURES_SLOTS 120u
#define FIGURES_BINS 48u
#define FIGURES_WORST 5u
#define FIGURES_LOADS 4u /* of more, the first are drawn */
/* Of more operations than this only the first are split into what they were spent on. */
#define FIGURES_SPLIT 100000u

struct figures {
    struct svg svg;
    const struct scene *scene;
    uint64_t *latency;      /* of the operations that ended in the picture's time, sorted; owned */
    size_t count;
    sim_span least, most;   /* of the latencies, at least 1 ns */
    uint64_t done[FIGURES_SLOTS];
    uint32_t heat[FIGURES_SLOTS][FIGURES_BINS];
    uint32_t hottest;
    uint64_t spread[FIGURES_BINS];
    sim_span running[FIGURES_SLOTS][THREAD_TYPE_COUNT]; /* ns that threads ran */
    struct path path;
    sim_span spent[SEGMENT_KINDS]; /* of all, in units of the whole that do not overflow: see `split` */
    size_t split;
    const struct life *worst[FIGURES_WORST];
    struct figures_load {
        reference load;
        size_t count;
        sim_span *latency;         /* sorted; owned */
        sim_span span[SERIES_COUNT]; /* sums */
    } load[FIGURES_LOADS];
    size_t loads;
    const struct item_ended *worst_item[FIGURES_WORST];
    sim_span busy;          /* ns that threads ran in the picture's time */
};

/* False when the sink took no more, or memory ran out. */
bool figures_render(const struct scene *scene, const struct trace_sink *sink);

/* The logarithm of a number, in 256ths of a power of two: exact at powers of two, straight between them. */
uint32_t figures_log(uint64_t number);

/* The bin that a latency falls into, on a scale of logarithms from the least to the most. */
uint32_t figures_bin(const struct figures *figures, sim_span latency);

/* Draws what was gathered. The parts, each in a file of its own: over one axis of time; how latencies are spread; what
 * they were spent on, and the worst. */
void figures_draw(struct figures *figures);
void figures_spread(struct figures *figures);
void figures_spent(struct figures *figures);
uint32_t figures_spread_height(const struct figures *figures);
uint32_t figures_spent_height(const struct figures *figures);

/* The words at the left of a panel: what it shows, and in which unit; a third line. */
void figures_label(struct svg *svg, const char *what, const char *unit, const char *more);

/* Sizes, in units. */
enum {
    FIGURES_SMALL = 70 * SVG_PIXEL,
    FIGURES_LARGE = 150 * SVG_PIXEL,
    FIGURES_BETWEEN = 22 * SVG_PIXEL,
};

/* A scale of latencies at the left of a panel, with lines through it, and where a latency lies there. */
uint32_t figures_latency_y(const struct figures *figures, uint32_t y, sim_span latency);
void figures_latency_scale(struct figures *figures, uint32_t left, uint32_t width);

#endif
