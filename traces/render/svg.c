/* SPDX-License-Identifier: Apache-2.0 */
/* Whole numbers only, attributes in one order, nothing of the machine: the same run gives the same bytes. Every fill of
 * a thread type is a colour with a pattern on it, so that it can be told on paper, and has an outline that shows the
 * light ones on white. */
#include "traces/render/svg.h"

#include <stdio.h>
#include <string.h>

#include "traces/writing.h"

__extension__ typedef unsigned __int128 wide;

/* The inks of each type of thread: its boxes, the letters on them, and what is thin. */
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) \
    {"fill-" #id, colour}, {"text-" #id, text_colour}, {"line-" #id, colour},

static const struct out_ink light[] = {
    {"paper", "#FFFFFF"}, {"ink", "#222222"},   {"faint", "#555555"}, {"edge", "#333333"}, {"grid", "#DDDDDD"},
    {"line", "#777777"},  {"axis", "#999999"},  {"plot", "#888888"},  {"plot2", "#BBBBBB"}, {"red", "#CC3311"},
    {"path", "#000000"},  {"blue", "#332288"},  {"heat1", "#B9BDE6"}, {"heat2", "#9A9DD6"}, {"heat3", "#7A7CC2"},
    {"heat4", "#5654A8"}, {"heat5", "#332288"},
#include "model/thread_type.def"
    {NULL, NULL},
};

/* On dark paper the edges are light, as they show there what the dark colours would hide, and the program's own threads
 * are white. What stands first counts. */
static const struct out_ink dark[] = {
    {"paper", "#1E1E1E"}, {"ink", "#EEEEEE"},   {"faint", "#AAAAAA"}, {"edge", "#DDDDDD"}, {"grid", "#3A3A3A"},
    {"line", "#999999"},  {"axis", "#777777"},  {"plot", "#8A8A8A"},  {"plot2", "#5F5F5F"}, {"red", "#FF6644"},
    {"path", "#FFFFFF"},  {"blue", "#8F88E8"},  {"heat1", "#2F2C58"}, {"heat2", "#4A458E"}, {"heat3", "#6F6ABF"},
    {"heat4", "#9A96DD"}, {"heat5", "#D5D3F7"},
    {"fill-USER", "#FFFFFF"}, {"text-USER", "#000000"}, {"line-USER", "#FFFFFF"},
    {"fill-MAIN", "#FFFFFF"}, {"text-MAIN", "#000000"}, {"line-MAIN", "#FFFFFF"},
    {"line-WORKER", "#8F88E8"},
#include "model/thread_type.def"
    {NULL, NULL},
};
#undef THREAD_TYPE

/* The usual size of letters, in pixels; all sizes are made for it, and a picture with larger ones is a smaller picture,
 * enlarged. */
#define LETTERS 12u

/* A number that was asked for, within what can be drawn; what is usual where none was. */
static uint32_t within(uint32_t asked, uint32_t usual, uint32_t least, uint32_t most)
{
    return asked == 0 ? usual : asked < least ? least : asked > most ? most : asked;
}

static uint32_t letters_of(const struct scene *scene)
{
    return within(scene->letters, LETTERS, 6, 72);
}

/* So many pixels, in units of the picture. */
static uint32_t units_of(const struct scene *scene, uint32_t pixels)
{
    return (uint32_t)((uint64_t)pixels * SVG_PIXEL * LETTERS / letters_of(scene));
}

uint32_t svg_room(const struct svg *svg)
{
    return svg->scene->height == 0 ? 0 : units_of(svg->scene, within(svg->scene->height, 0, 100, 100000));
}

void svg_begin(struct svg *svg, const struct scene *scene, const struct trace_sink *sink)
{
    uint32_t width = units_of(scene, within(scene->width, SVG_WIDTH_USUAL, 480, 10000));

    out_begin(&svg->out, sink);
    svg->out.ink = scene->is_dark ? dark : light;
    svg->other = NULL;
    svg->total = width < 480 * SVG_PIXEL ? 480 * SVG_PIXEL : width;
    svg->left = SVG_LEFT;
    svg->width = svg->total - SVG_LEFT - SVG_RIGHT;
    svg->page = 0;
    svg_show(svg, scene);
}

void svg_show(struct svg *svg, const struct scene *scene)
{
    svg->scene = scene;
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
                "height=\"80\" fill=\"%s\"/>", type, svg_type_colour((enum thread_type)type));
        if (path != NULL) {
            out_put(&svg->out, "%s stroke=\"%s\" stroke-width=\"10\" stroke-opacity=\".28\"/>", path,
                    svg_type_text((enum thread_type)type));
        }
        out_text(&svg->out, "</pattern>\n");
    }
    out_text(&svg->out, "<pattern id=\"over\" width=\"60\" height=\"60\" patternUnits=\"userSpaceOnUse\"><rect width=\"60\" height=\"60\" "
             "fill=\"{paper}\"/><path d=\"M-10 10L10-10M-10 70L70-10M50 70L70 50\" stroke=\"{red}\" stroke-width=\"20\"/></pattern>\n"
             "<pattern id=\"service\" width=\"80\" height=\"80\" patternUnits=\"userSpaceOnUse\"><rect width=\"80\" height=\"80\" "
             "fill=\"#99DDFF\"/><path d=\"M0 20h80M0 60h80\" stroke=\"#000000\" stroke-width=\"10\" stroke-opacity=\".2\"/></pattern>\n"
             "</defs>\n");
}

/* The first element: how large, what it is called, and what stands for it where it cannot be seen. */
static void put_root(struct svg *svg, const char *size, const char *title, const char *description)
{
    out_put(&svg->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" %s role=\"img\" "
            "aria-labelledby=\"title desc\" font-family=\"'DejaVu Sans',Verdana,sans-serif\" font-size=\"%d\">\n<title id=\"title\">",
            size, SVG_TEXT);
    out_xml(&svg->out, title[0] == '\0' ? "a run" : title);
    out_text(&svg->out, "</title>\n<desc id=\"desc\">");
    out_xml(&svg->out, description);
    out_text(&svg->out, "</desc>\n");
    put_patterns(svg);
}

/* A sheet: A4, landscape, in fortieths of a millimetre. */
enum {
    SHEET_WIDTH = 297 * 40,
    SHEET_HEIGHT = 210 * 40,
};

/* One sheet under the others, with a margin; what is too high for it is drawn smaller. */
static void put_sheet(struct svg *svg, uint32_t height, const char *title, const char *description)
{
    uint32_t width = svg->total + svg->total / 20;
    uint32_t needed = (uint32_t)((uint64_t)(height + height / 20) * SHEET_WIDTH / SHEET_HEIGHT);
    char words[200];

    width = needed > width ? needed : width;
    if (svg->page == 0) {
        snprintf(words, sizeof words, "width=\"297mm\" height=\"%umm\" viewBox=\"0 0 %d %llu\"", 210 * svg->scene->pages, SHEET_WIDTH,
                 (unsigned long long)SHEET_HEIGHT * svg->scene->pages);
        put_root(svg, words, title, description);
        out_text(&svg->out, "<style>@page{size:A4 landscape;margin:0}</style>\n");
        out_put(&svg->out, "<rect width=\"%d\" height=\"%llu\" fill=\"{paper}\"/>\n", SHEET_WIDTH,
                (unsigned long long)SHEET_HEIGHT * svg->scene->pages);
    }
    out_put(&svg->out, "<svg y=\"%llu\" width=\"%d\" height=\"%d\" viewBox=\"-%u -%u %u %llu\">\n",
            (unsigned long long)SHEET_HEIGHT * svg->page, SHEET_WIDTH, SHEET_HEIGHT, (width - svg->total) / 2, svg->total / 40, width,
            (unsigned long long)width * SHEET_HEIGHT / SHEET_WIDTH);
    snprintf(words, sizeof words, "sheet %u of %u", svg->page + 1, svg->scene->pages);
    svg_text(svg, (struct svg_text){svg->total - 16 * SVG_PIXEL, 26 * SVG_PIXEL, SVG_END, "{faint}", false}, words);
}

void svg_head(struct svg *svg, uint32_t height, const char *description)
{
    char title[4 * 110 + 16];
    char words[200];
    size_t most = (svg->total - 32 * SVG_PIXEL) / 95;

    scene_title(svg->scene, title, most > 110 ? 110 : most);
    if (svg->scene->pages > 0) {
        put_sheet(svg, height, title, description);
    } else {
        uint32_t room = svg_room(svg) > height ? svg_room(svg) : height;
        uint32_t pixels = svg->scene->height != 0 ? within(svg->scene->height, 0, 100, 100000)
                                                  : (uint32_t)((uint64_t)height * letters_of(svg->scene) / LETTERS / SVG_PIXEL);
        snprintf(words, sizeof words, "width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\"",
                 (uint32_t)((uint64_t)svg->total * letters_of(svg->scene) / LETTERS / SVG_PIXEL), pixels, svg->total, room);
        put_root(svg, words, title, description);
        /* Where the picture is drawn smaller to fit, there is paper beside it. */
        out_put(&svg->out, "<rect x=\"-%u\" width=\"%u\" height=\"%u\" fill=\"{paper}\"/>\n", svg->scene->height == 0 ? 0 : svg->total,
                svg->scene->height == 0 ? svg->total : 3 * svg->total, room);
    }
    out_put(&svg->out, "<text x=\"%d\" y=\"%d\" font-size=\"%d\" font-weight=\"bold\" fill=\"{ink}\">", 16 * SVG_PIXEL,
            26 * SVG_PIXEL, 16 * SVG_PIXEL);
    out_xml(&svg->out, title);
    out_text(&svg->out, "</text>\n");
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, 46 * SVG_PIXEL, SVG_START, "{faint}", false}, description);
    svg->y = 60 * SVG_PIXEL;
    svg->top = svg->y;
}

void svg_sheet_end(struct svg *svg)
{
    if (svg->scene->pages > 0) {
        out_text(&svg->out, "</svg>\n");
        svg->page++;
    }
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
            how.is_bold ? " font-weight=\"bold\"" : "", how.colour == NULL ? "{ink}" : how.colour);
    out_xml(&svg->out, text);
    out_text(&svg->out, "</text>\n");
}

void svg_heading(struct svg *svg, const char *text)
{
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 15 * SVG_PIXEL, SVG_START, NULL, true}, text);
    svg->y += 22 * SVG_PIXEL;
}

/* The distance of the marks of an axis: 1, 2 or 5 times a power of ten, at most about ten of them, fewer where there is no
 * room for their words. */
static sim_span mark_distance(sim_span span, uint32_t width)
{
    sim_span most = width / (80 * SVG_PIXEL) < 2 ? 2 : width / (80 * SVG_PIXEL) > 10 ? 10 : width / (80 * SVG_PIXEL);
    sim_span distance = 1;

    for (;;) {
        static const sim_span steps[] = {1, 2, 5};
        for (size_t i = 0; i < 3; i++) {
            if (span / (distance * steps[i]) <= most) {
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
    sim_span distance = mark_distance(svg->to - svg->from, svg->width);
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
    out_text(&svg->out, "\" stroke=\"{grid}\" stroke-width=\"10\"/>\n");
    for (sim_time t = first; t >= first && t <= svg->to; t += distance) {
        struct span_words words = span_words(t);
        bool has_room = svg_x(svg, t) + strlen(words.text) * SVG_LETTER / 2 <= svg->total;
        svg_text(svg, (struct svg_text){svg_x(svg, t), svg->y - 12 * SVG_PIXEL, has_room ? SVG_MIDDLE : SVG_END, "{faint}", false},
                 words.text);
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
#define FILL(number) "fill=\"url(#t" #number ")\" stroke=\"{edge}\" stroke-width=\"6\""
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
    "fill=\"{paper}\" stroke=\"{line-" #id "}\" stroke-width=\"20\"",
#include "model/thread_type.def"
#undef THREAD_TYPE
    };

    return hollow[type];
}

#define INK(id, use) "{" use "-" #id "}",
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) INK(id, "fill")
static const char *const type_colours[] = {
#include "model/thread_type.def"
};
#undef THREAD_TYPE
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) INK(id, "text")
static const char *const type_texts[] = {
#include "model/thread_type.def"
};
#undef THREAD_TYPE
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) INK(id, "line")
static const char *const type_lines[] = {
#include "model/thread_type.def"
};
#undef THREAD_TYPE
#undef INK

const char *svg_type_colour(enum thread_type type)
{
    return type_colours[type];
}

const char *svg_type_text(enum thread_type type)
{
    return type_texts[type];
}

const char *svg_type_line(enum thread_type type)
{
    return type_lines[type];
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
