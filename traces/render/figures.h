/* SPDX-License-Identifier: Apache-2.0 */
/* Figures to look at, as an SVG: over one axis of time throughput, latencies, queues and use; under it how latencies are
 * spread, what they were spent on, and the worst of them. */
#ifndef TRACES_RENDER_FIGURES_H
#define TRACES_RENDER_FIGURES_H

#include "traces/render/svg.h"

/* So many stretches of time, and of latency. */
#define FIGURES_SLOTS 120u
#define FIGURES_BINS 48u
#define FIGURES_WORST 5u
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
};

/* False when the sink took no more, or memory ran out. */
bool figures_render(const struct scene *scene, const struct trace_sink *sink);

/* The logarithm of a number, in 256ths of a power of two: exact at powers of two, straight between them. */
uint32_t figures_log(uint64_t number);

/* The bin that a latency falls into, on a scale of logarithms from the least to the most. */
uint32_t figures_bin(const struct figures *figures, sim_span latency);

/* Draws what was gathered. */
void figures_draw(struct figures *figures);

#endif
