/* SPDX-License-Identifier: Apache-2.0 */
/* The target of a pool over its threads: a line of steps, and at each change what decided it. */
#ifndef TRACES_RENDER_DECISIONS_H
#define TRACES_RENDER_DECISIONS_H

#include "traces/render/svg.h"

/* Why the target became what it is, in a word: a climb by its transition. */
const char *decision_word(const struct lane_decision *decision);

/* The target at an instant; `last` is that at the end of the run, 0: not known. */
uint32_t decisions_target(const struct port_lane *lane, sim_time t, uint32_t last);

/* The greatest target in the picture's stretch of time. */
uint32_t decisions_most(const struct svg *svg, const struct port_lane *lane, uint32_t last);

#define DECISIONS_ROW (13 * SVG_PIXEL)
#define DECISIONS_ROWS 4u

/* Draws them into a plot whose height stands for `most`. */
struct decisions {
    const struct port_lane *lane;
    uint32_t last;      /* the target at the end of the run; 0: not known */
    uint32_t y, height; /* the plot */
    uint32_t rows;      /* of names over it, DECISIONS_ROW high each */
    uint64_t most;
};

void decisions_draw(struct svg *svg, const struct decisions *decisions);

/* How often each decision was made, in words: "9 starvation, 2 climb". Those of the picture's time. */
void decisions_words(const struct scene *scene, const struct port_lane *lane, char *words, size_t room);

#endif
