/* SPDX-License-Identifier: Apache-2.0 */
/* Whole numbers only, attributes in one order, nothing of the machine: the same run gives the same bytes. Every fill of
 * a thread type is a colour with a pattern on it, so that it can be told on paper, and has an outline that shows the
 * light ones on white. */
#include "traces/render/svg.h"

#include <stdio.h>
#include <string.h>

#include "traces/writing.h"

__extension__ typedef unsigned __int128 wide;

void svg_begin(struct svg *svg, const struct scene *scene, const struct trace_sink *sink)
{
    uint32_t width = (scene->width == 0 ? SVG_WIDTH_USUAL : scene->width < 480 ? 480 : scene->width > 10000 ? 10000 : scene->width) *
                     SVG_PIXEL;

    out_begin(&svg->out, sink);
    svg->scene = scene;
    svg->other = NULL;
    svg->total = width;
    svg->left = SVG_LEFT;
    svg->width = width - SVG_LEFT - SVG_RIGHT;
    svg->from = scene->from;
    svg->to = scene->to;
    svg->y = 0;
    svg->top = 0;
}

/* What lies over a colour, by the name that thread_type.def gives it. */
static const char *pattern_of(const char *name)
{
    static const struct {
        const char *name, *path;
    } patterns[] = {
        {"falling", "<path d=\"M-20 60L20 100M-20-20L100 100M60-20L100 20\""},
        {"rising", "<path d=\"M-20 20L20-20M-20 100L100-20M60 100L100 60\""},
        {"dots", "<path d=\"M15 15h10v10h-10zM55 55h10v10h-10z\""},
        {"upright", "<path d=\"M20 0v80M60 0v80\""},
        {"level", "<path d=\"M0 20h80M0 60h80\""},
        {"crossed", "<path d=\"M-20-20L100 100M-20 100L100-20\""},
        {"rings", "<path d=\"M20 40a20 20 0 1 1 40 0a20 20 0 1 1-40 0\" fill=\"none\""},
    };

    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        if (strcmp(patterns[i].name, name) == 0) {
            return patterns[i].path;
        }
    }
    return NULL; /* solid */
}

static void note_types(const struct scene *scene, bool *seen)
{
    for (uint32_t i = 0; i < scene->lanes->threads; i++) {
        if (scene->lanes->thread[i].count > 0) {
            seen[scene->lanes->thread[i].type] = true;
        }
    }
}

/* The fills of the types that are there. */
static void put_patterns(struct svg *svg)
{
    bool seen[THREAD_TYPE_COUNT] = {false};

    note_types(svg->scene, seen);
    if (svg->other != NULL) {
        note_types(svg->other, seen);
    }
    out_text(&svg->out, "<defs>\n");
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        const char *path = pattern_of(thread_type_pattern((enum thread_type)type));
        if (!seen[type]) {
            continue;
        }
        out_put(&svg->out, "<pattern id=\"t%u\" width=\"80\" height=\"80\" patternUnits=\"userSpaceOnUse\"><rect width=\"80\" "
                "height=\"80\" fill=\"%s\"/>", type, thread_type_colour((enum thread_type)type));
        if (path != NULL) {
            out_put(&svg->out, "%s stroke=\"%s\" stroke-width=\"10\" stroke-opacity=\".28\"/>", path,
                    thread_type_text_colour((enum thread_type)type));
        }
        out_text(&svg->out, "</pattern>\n");
    }
    out_text(&svg->out, "<pattern id=\"over\" width=\"60\" height=\"60\" patternUnits=\"userSpaceOnUse\"><rect width=\"60\" height=\"60\" "
             "fill=\"#FFFFFF\"/><path d=\"M-10 10L10-10M-10 70L70-10M50 70L70 50\" stroke=\"#CC3311\" stroke-width=\"20\"/></pattern>\n"
             "<pattern id=\"service\" width=\"80\" height=\"80\" patternUnits=\"userSpaceOnUse\"><rect width=\"80\" height=\"80\" "
             "fill=\"#99DDFF\"/><path d=\"M0 20h80M0 60h80\" stroke=\"#000000\" stroke-width=\"10\" stroke-opacity=\".2\"/></pattern>\n"
             "</defs>\n");
}

void svg_head(struct svg *svg, uint32_t height, const char *description)
{
    char title[4 * 110 + 16];

    scene_title(svg->scene, title, 110);
    out_put(&svg->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" role=\"img\" "
            "aria-labelledby=\"title desc\" font-family=\"'DejaVu Sans',Verdana,sans-serif\" font-size=\"%d\">\n<title id=\"title\">",
            svg->total / SVG_PIXEL, height / SVG_PIXEL, svg->total, height, SVG_TEXT);
    out_xml(&svg->out, title[0] == '\0' ? "a run" : title);
    out_text(&svg->out, "</title>\n<desc id=\"desc\">");
    out_xml(&svg->out, description);
    out_text(&svg->out, "</desc>\n");
    put_patterns(svg);
    out_put(&svg->out, "<rect width=\"%u\" height=\"%u\" fill=\"#FFFFFF\"/>\n", svg->total, height);
    out_put(&svg->out, "<text x=\"%d\" y=\"%d\" font-size=\"%d\" font-weight=\"bold\" fill=\"#222222\">", 16 * SVG_PIXEL,
            26 * SVG_PIXEL, 16 * SVG_PIXEL);
    out_xml(&svg->out, title);
    out_text(&svg->out, "</text>\n");
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, 46 * SVG_PIXEL, SVG_START, "#555555", false}, description);
    svg->y = 60 * SVG_PIXEL;
    svg->top = svg->y;
}

bool svg_end(struct svg *svg)
{
    out_text(&svg->out, "</svg>\n");
    return out_end(&svg->out);
}

uint32_t svg_x(const struct svg *svg, sim_time t)
{
    sim_span span = svg->to > svg->from ? svg->to - svg->from : 1;
    sim_span at = t <= svg->from ? 0 : t >= svg->to ? (svg->to > svg->from ? span : 0) : t - svg->from;

    return svg->left + (uint32_t)(((wide)at * svg->width * 2 + span) / ((wide)span * 2));
}

void svg_text(struct svg *svg, struct svg_text how, const char *text)
{
    static const char *const anchors[] = {"", " text-anchor=\"end\"", " text-anchor=\"middle\""};

    out_put(&svg->out, "<text x=\"%u\" y=\"%u\"%s%s fill=\"%s\">", how.x, how.y, anchors[how.align],
            how.is_bold ? " font-weight=\"bold\"" : "", how.colour == NULL ? "#222222" : how.colour);
    out_xml(&svg->out, text);
    out_text(&svg->out, "</text>\n");
}

void svg_heading(struct svg *svg, const char *text)
{
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 15 * SVG_PIXEL, SVG_START, NULL, true}, text);
    svg->y += 22 * SVG_PIXEL;
}

/* The distance of the marks of an axis: 1, 2 or 5 times a power of ten, at most about ten of them. */
static sim_span mark_distance(sim_span span)
{
    sim_span distance = 1;

    for (;;) {
        static const sim_span steps[] = {1, 2, 5};
        for (size_t i = 0; i < 3; i++) {
            if (span / (distance * steps[i]) <= 10) {
                return distance * steps[i];
            }
        }
        if (distance > SIM_NEVER / 100) {
            return distance;
        }
        distance *= 10;
    }
}

void svg_axis(struct svg *svg, uint32_t bottom)
{
    sim_span distance = mark_distance(svg->to - svg->from);
    sim_time first = svg->from + (distance - svg->from % distance) % distance;

    svg->y += 26 * SVG_PIXEL;
    if (first < svg->from) {
        return; /* the end of time comes before the next mark */
    }
    out_put(&svg->out, "<path d=\"");
    for (sim_time t = first; t >= first && t <= svg->to; t += distance) {
        out_put(&svg->out, "M%u %uV%u", svg_x(svg, t), svg->y - 8 * SVG_PIXEL, bottom);
        if (t > SIM_NEVER - distance) {
            break;
        }
    }
    out_text(&svg->out, "\" stroke=\"#DDDDDD\" stroke-width=\"10\"/>\n");
    for (sim_time t = first; t >= first && t <= svg->to; t += distance) {
        svg_text(svg, (struct svg_text){svg_x(svg, t), svg->y - 12 * SVG_PIXEL,
                                        svg_x(svg, t) + 300 > svg->left + svg->width ? SVG_END : SVG_MIDDLE, "#555555", false},
                 span_words(t).text);
        if (t > SIM_NEVER - distance) {
            break;
        }
    }
}

void svg_boxes_begin(struct svg_boxes *boxes, uint32_t y, uint32_t height, const char *attributes)
{
    *boxes = (struct svg_boxes){.y = y, .height = height, .attributes = attributes};
}

/* Writes the box that was growing. */
static void put_box(struct svg *svg, struct svg_boxes *boxes)
{
    if (!boxes->has_path) {
        out_text(&svg->out, "<path d=\"");
        boxes->has_path = true;
    }
    out_text(&svg->out, "M");
    out_number(&svg->out, boxes->from);
    out_text(&svg->out, " ");
    out_number(&svg->out, boxes->y);
    out_text(&svg->out, "h");
    out_number(&svg->out, boxes->to - boxes->from);
    out_text(&svg->out, "v");
    out_number(&svg->out, boxes->height);
    out_text(&svg->out, "H");
    out_number(&svg->out, boxes->from);
    out_text(&svg->out, "z");
}

void svg_boxes_add(struct svg *svg, struct svg_boxes *boxes, uint32_t from, uint32_t to)
{
    to = to < from + SVG_PIXEL ? from + SVG_PIXEL : to; /* what took no time is seen too */
    if (boxes->has_box && from < boxes->to + SVG_PIXEL / 2) {
        boxes->to = to > boxes->to ? to : boxes->to;
        return;
    }
    if (boxes->has_box) {
        put_box(svg, boxes);
    }
    boxes->from = from;
    boxes->to = to;
    boxes->has_box = true;
}

void svg_boxes_end(struct svg *svg, struct svg_boxes *boxes)
{
    if (boxes->has_box) {
        put_box(svg, boxes);
    }
    if (boxes->has_path) {
        out_put(&svg->out, "\" %s/>\n", boxes->attributes);
    }
    boxes->has_box = false;
    boxes->has_path = false;
}

const char *svg_type_fill(enum thread_type type)
{
    /* By the number that the type has in the table: the patterns are called so. */
    static const char *const fills[] = {
#define FILL(number) "fill=\"url(#t" #number ")\" stroke=\"#333333\" stroke-width=\"6\""
        FILL(0), FILL(1), FILL(2), FILL(3), FILL(4), FILL(5), FILL(6), FILL(7), FILL(8), FILL(9),
#undef FILL
    };

    static_assert(sizeof fills / sizeof fills[0] >= THREAD_TYPE_COUNT, "a fill for each type");
    return fills[type];
}

const char *svg_type_hollow(enum thread_type type)
{
    static const char *const hollow[] = {
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) \
    "fill=\"#FFFFFF\" stroke=\"" colour "\" stroke-width=\"20\"",
#include "model/thread_type.def"
#undef THREAD_TYPE
    };

    return hollow[type];
}

const char *svg_segment_colour(enum segment_kind kind)
{
    static const char *const colours[] = {"#777777", "#DDDDDD", "#99DDFF", "#F0E442", "#FFFFFF", "#EE8866", "#FFFFFF", "#AA4499"};

    return colours[kind];
}

/* Where a count lies in a plot. */
static uint32_t step_y(const struct svg_steps *steps, uint64_t count)
{
    count = count > steps->most ? steps->most : count < steps->floor ? steps->floor : count;
    return steps->y + steps->height - (uint32_t)(count * steps->height / steps->most);
}

/* Of what falls into one pixel the most is drawn. */
void svg_steps(struct svg *svg, const struct svg_steps *steps)
{
    const struct port_lane *lane = steps->lane;
    uint32_t bottom = step_y(steps, 0);
    uint32_t y = bottom;
    uint32_t x = svg_x(svg, svg->from);

    out_put(&svg->out, "<path d=\"M%u %u", x, bottom);
    for (size_t i = lane_counts_at(lane, svg->from); i < lane->count && lane->counts[i].t <= svg->to;) {
        uint32_t at = svg_x(svg, lane->counts[i].t);
        uint32_t most = 0;
        uint32_t last = 0;
        uint32_t end = at;
        bool is_first = lane->counts[i].t < svg->from;
        for (; i < lane->count && svg_x(svg, lane->counts[i].t) < at + SVG_PIXEL && lane->counts[i].t <= svg->to; i++) {
            const struct lane_counts *counts = &lane->counts[i];
            uint32_t here = steps->depth ? (is_first ? counts->depth : counts->most_depth)
                                         : (is_first ? counts->active : counts->most_active);
            most = here > most ? here : most;
            last = steps->depth ? counts->depth : counts->active;
            end = svg_x(svg, counts->t);
        }
        if (step_y(steps, most) != y || end != at) {
            out_put(&svg->out, "H%uV%u", at, step_y(steps, most));
        }
        if (most != last) {
            out_put(&svg->out, "H%uV%u", (end > at + SVG_PIXEL ? end : at + SVG_PIXEL), step_y(steps, last));
        }
        y = step_y(steps, last);
    }
    out_put(&svg->out, "H%uV%u\" %s/>\n", svg_x(svg, svg->to), bottom, steps->attributes);
}

uint32_t svg_most(const struct svg *svg, const struct port_lane *lane, bool depth)
{
    uint32_t most = 0;

    for (size_t i = lane_counts_at(lane, svg->from); i < lane->count && lane->counts[i].t <= svg->to; i++) {
        const struct lane_counts *counts = &lane->counts[i];
        uint32_t here = depth ? counts->most_depth : counts->most_active;
        most = here > most ? here : most;
    }
    return most;
}
