/* SPDX-License-Identifier: Apache-2.0 */
/* The timeline as an SVG: lanes by thread and by processor, the packets of each port and the operations of each device,
 * counts as steps, and the path of one operation through them. */
#ifndef TRACES_RENDER_TIMELINE_H
#define TRACES_RENDER_TIMELINE_H

#include "traces/render/svg.h"

/* Rows that are drawn of one sort; of more, the rest is counted. */
#define TIMELINE_THREADS 48u
#define TIMELINE_PLACES 6u    /* ports, devices, pools */
#define TIMELINE_BARS 8u      /* packets or operations above each other */
#define TIMELINE_LABELS 120u  /* that one lane may have: a picture stays small however long the run is */
#define TIMELINE_SEGMENTS 12u /* of a path, told in words */
#define TIMELINE_FEW 4u       /* rows that stay where a picture has to fit */
#define TIMELINE_SHEETS 200u  /* of paper */

/* Sizes, in units. */
enum {
    ROW_HEIGHT = 22 * SVG_PIXEL,
    ROW = 29 * SVG_PIXEL,
    BAR_HEIGHT = 15 * SVG_PIXEL,
    BAR = 17 * SVG_PIXEL,
    PLOT_HEIGHT = 40 * SVG_PIXEL,
    PLOT = 50 * SVG_PIXEL,
    LINE = 18 * SVG_PIXEL,
    GAP = 14 * SVG_PIXEL,
};

/* A stretch of an operation that is drawn as a bar. */
struct bar {
    const struct life *life;
    sim_time from, to;
    uint32_t row; /* UINT32_MAX: there was no row free */
};

/* A port, a device or a pool. */
struct place {
    reference object;
    const struct port_lane *counts;
    struct bar *bar;  /* owned */
    size_t bars;
    bool has_queue;   /* anything ever was queued there */
    bool is_crowded;  /* more bars at once than rows */
    uint32_t rows, y; /* y: of its bars, or its plot */
};

struct timeline {
    struct svg svg;
    const struct scene *scene;
    uint32_t *order;          /* threads, as shown; owned */
    uint32_t *row_y;          /* by slot of a thread: 0: not drawn; owned */
    size_t threads, shown;
    size_t segments;          /* at most so many are told in words */
    bool has[REPLAY_THREAD_STATES + 1]; /* which states there are; the last: a thread that came back over a limit */
    bool has_legend, has_bar; /* bar: of the path, with its words */
    bool has_preempted;
    uint32_t processors;
    struct port_lane ready;   /* how many threads wait for a processor, as `depth`; owned */
    struct place place[3 * TIMELINE_PLACES];
    size_t places;
    const struct life *life;  /* whose path is drawn; NULL: none */
    struct path path;
};

/* `life` NULL: the path of the operation that took longest. False when the sink took no more, or memory ran out. */
bool timeline_render(const struct scene *scene, const struct life *life, const struct trace_sink *sink);

/* The parts, each in a file of its own. */
void timeline_threads(struct timeline *timeline);
void timeline_processors(struct timeline *timeline);
void timeline_place(struct timeline *timeline, struct place *place);
/* Counts who waits for a processor. False when memory ran out. */
bool timeline_count_ready(struct timeline *timeline, const struct lanes *lanes);
uint32_t timeline_processors_height(const struct timeline *timeline);
/* The end of a stretch of a lane, within the picture. */
sim_time stretch_end(const struct svg *svg, const struct lane *lane, size_t i);
void timeline_path(struct timeline *timeline);
void timeline_legend(struct timeline *timeline);
uint32_t timeline_legend_height(const struct timeline *timeline);

/* Those of the places: their bars, in rows. False when memory ran out. */
bool place_gather(const struct timeline *timeline, struct place *place);
uint32_t place_height(const struct place *place);

#endif
