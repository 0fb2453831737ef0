/* SPDX-License-Identifier: Apache-2.0 */
/* What all SVG pictures share: geometry in integers, the look of each thread type, axes, text and boxes. */
#ifndef TRACES_RENDER_SVG_H
#define TRACES_RENDER_SVG_H

#include "traces/path.h"
#include "traces/render/scene.h"

/* So many units of the picture are a pixel: whole numbers place things to a tenth. */
#define SVG_PIXEL 10
#define SVG_WIDTH_USUAL 1280u

/* Sizes, in units. */
enum {
    SVG_LEFT = 170 * SVG_PIXEL,   /* the names stand left of it */
    SVG_RIGHT = 24 * SVG_PIXEL,
    SVG_TEXT = 12 * SVG_PIXEL,    /* the size of letters: none is smaller */
    SVG_LETTER = 67,              /* about how wide one is */
};

/* A stretch of time drawn from `left` to `left + width`. */
struct svg {
    struct out out;
    const struct scene *scene;
    const struct scene *other;   /* a second run on the same picture; NULL: none */
    uint32_t left, width, total; /* total: of the picture */
    sim_time from, to;
    uint32_t y;                  /* how far down the picture has come */
    uint32_t top;                /* where the plots begin: the grid goes from here */
    uint32_t page;               /* the sheet that is drawn on, where there are any */
};

/* Begins a picture of this height: title, description for those who do not see it, patterns. A picture must know its
 * height first, so each plot can be measured before it is drawn. */
void svg_begin(struct svg *svg, const struct scene *scene, const struct trace_sink *sink);
void svg_head(struct svg *svg, uint32_t height, const char *description);
bool svg_end(struct svg *svg);
/* How high it may get, in units, so that nothing has to be drawn smaller; 0: as high as it likes. */
uint32_t svg_room(const struct svg *svg);
/* On sheets of paper: each has a head, and ends with this. The next shows another stretch of time. */
void svg_sheet_end(struct svg *svg);
void svg_show(struct svg *svg, const struct scene *scene);

/* Where an instant lies. */
uint32_t svg_x(const struct svg *svg, sim_time t);

/* Texts, from the left, to the right, or in the middle. `colour` NULL: as usual. */
enum svg_align {
    SVG_START,
    SVG_END,
    SVG_MIDDLE,
};

struct svg_text {
    uint32_t x, y; /* of its baseline */
    enum svg_align align;
    const char *colour;
    bool is_bold;
};

void svg_text(struct svg *svg, struct svg_text how, const char *text);
/* A heading over a section of the picture. */
void svg_heading(struct svg *svg, const char *text);

/* The time axis, with lines down to `bottom`. */
void svg_axis(struct svg *svg, uint32_t bottom);

struct svg_box {
    uint32_t x, y, width, height;
};

/* Boxes of one look, gathered into one path: what touches or is less than a pixel apart is one box. */
struct svg_boxes {
    uint32_t y, height;
    uint32_t from, to;   /* the box that is still growing */
    bool has_box, has_path;
    const char *attributes;
};

void svg_boxes_begin(struct svg_boxes *boxes, uint32_t y, uint32_t height, const char *attributes);
void svg_boxes_add(struct svg *svg, struct svg_boxes *boxes, uint32_t from, uint32_t to);
void svg_boxes_end(struct svg *svg, struct svg_boxes *boxes);

/* The inks of a type of thread: of its boxes, of letters on them, of what is thin. */
const char *svg_type_colour(enum thread_type type);
const char *svg_type_text(enum thread_type type);
const char *svg_type_line(enum thread_type type);
/* The attributes of a type of thread that runs, and of a hollow one. */
const char *svg_type_fill(enum thread_type type);
const char *svg_type_hollow(enum thread_type type);
/* The colour of a kind of segment. */
const char *svg_segment_colour(enum segment_kind kind);

/* A step line of counts over time: never slanted. */
struct svg_steps {
    const struct port_lane *lane;
    bool depth;          /* `depth`, else `active` */
    uint32_t y, height;  /* the plot */
    uint64_t most;       /* what its height stands for, above 0 */
    uint64_t floor;      /* only what is above this is drawn */
    const char *attributes;
};

void svg_steps(struct svg *svg, const struct svg_steps *steps);

/* The greatest count in the picture's stretch of time. */
uint32_t svg_most(const struct svg *svg, const struct port_lane *lane, bool depth);

#endif
