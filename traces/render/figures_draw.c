/* SPDX-License-Identifier: Apache-2.0 */
/* Panels, one under the other. Over time: how many operations ended, how long they took (darker: more of them), what
 * was queued, who ran. Then, without time: how often which latency, what share stays below which, where it went. */
#include <stdio.h>
#include <string.h>

#include "traces/render/figures.h"
#include "traces/writing.h"

__extension__ typedef unsigned __int128 wide;

enum {
    SMALL = 70 * SVG_PIXEL,
    LARGE = 150 * SVG_PIXEL,
    BETWEEN = 22 * SVG_PIXEL,
    STEP = 18 * SVG_PIXEL,
    PORTS_MOST = 4,
};

static void put_rect(struct svg *svg, struct svg_box box, const char *fill)
{
    out_put(&svg->out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"%s\"/>\n", box.x, box.y, box.width, box.height, fill);
}

/* The words at the left of a panel: what it shows, and in which unit. */
static void put_label(struct svg *svg, const char *what, const char *unit)
{
    char cut[4 * SCENE_NAME_MAX + 16];
    size_t most = (SVG_LEFT - 24 * SVG_PIXEL) / SVG_LETTER;

    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 14 * SVG_PIXEL, SVG_START, NULL, true}, out_cut(cut, sizeof cut, what, most));
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 30 * SVG_PIXEL, SVG_START, "{faint}", false}, out_cut(cut, sizeof cut, unit, most));
}

static void put_base(struct svg *svg, uint32_t y)
{
    out_put(&svg->out, "<path d=\"M%u %uH%u\" stroke=\"{edge}\" stroke-width=\"10\"/>\n", svg->left, y, svg->left + svg->width);
}

static uint32_t slot_x(const struct svg *svg, uint32_t slot)
{
    return svg->left + svg->width * slot / FIGURES_SLOTS;
}

/* Operations that ended, a bar a slot. */
static void draw_done(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    uint64_t most = 1;
    char words[80];

    for (uint32_t i = 0; i < FIGURES_SLOTS; i++) {
        most = figures->done[i] > most ? figures->done[i] : most;
    }
    snprintf(words, sizeof words, "ended, most %llu", (unsigned long long)most);
    put_label(svg, "throughput", words);
    snprintf(words, sizeof words, "in each %s", span_words((svg->to - svg->from) / FIGURES_SLOTS).text);
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 46 * SVG_PIXEL, SVG_START, "{faint}", false}, words);
    out_text(&svg->out, "<path d=\"");
    for (uint32_t i = 0; i < FIGURES_SLOTS; i++) {
        uint32_t height = (uint32_t)(figures->done[i] * SMALL / most);
        if (height > 0) {
            out_put(&svg->out, "M%u %uV%uH%uV%uz", slot_x(svg, i), svg->y + SMALL, svg->y + SMALL - height, slot_x(svg, i + 1) - 8,
                    svg->y + SMALL);
        }
    }
    out_text(&svg->out, "\" fill=\"{blue}\"/>\n");
    put_base(svg, svg->y + SMALL);
    svg->y += SMALL + BETWEEN;
}

/* Where a latency lies in a panel of this height. */
static uint32_t latency_y(const struct figures *figures, uint32_t y, sim_span latency)
{
    uint32_t least = figures_log(figures->least);
    uint32_t range = figures_log(figures->most) - least + 1;
    uint32_t at = figures_log(latency < figures->least ? figures->least : latency) - least;

    return y + LARGE - at * LARGE / range;
}

/* Lines at powers of ten, or at the ends where there are none between. */
static void draw_latency_scale(struct figures *figures, uint32_t left, uint32_t width)
{
    struct svg *svg = &figures->svg;
    uint32_t last = 0;

    for (sim_span mark = 1; mark <= figures->most; mark *= 10) {
        uint32_t y = latency_y(figures, svg->y, mark);
        for (sim_span part = 2; figures->most / 50 < figures->least && part <= 5 && mark < SIM_NEVER / 10; part += 3) {
            uint32_t at = latency_y(figures, svg->y, mark * part);
            if (mark * part >= figures->least && mark * part <= figures->most) {
                svg_text(svg, (struct svg_text){left - 6 * SVG_PIXEL, at + 4 * SVG_PIXEL, SVG_END, "{faint}", false},
                         span_words(mark * part).text);
                last = at;
            }
        }
        if (mark >= figures->least) {
            out_put(&svg->out, "<path d=\"M%u %uH%u\" stroke=\"{grid}\" stroke-width=\"10\"/>\n", left, y, left + width);
            svg_text(svg, (struct svg_text){left - 6 * SVG_PIXEL, y + 4 * SVG_PIXEL, SVG_END, "{faint}", false}, span_words(mark).text);
            last = y;
        }
        if (mark > SIM_NEVER / 10) {
            break;
        }
    }
    if (last == 0) {
        svg_text(svg, (struct svg_text){left - 6 * SVG_PIXEL, svg->y + 10 * SVG_PIXEL, SVG_END, "{faint}", false},
                 span_words(figures->most).text);
        svg_text(svg, (struct svg_text){left - 6 * SVG_PIXEL, svg->y + LARGE, SVG_END, "{faint}", false}, span_words(figures->least).text);
    }
}

/* Latency over time: the darker, the more operations. Five shades, by logarithm, one path each. */
static void draw_heat(struct figures *figures)
{
    static const char *const shades[] = {"{heat1}", "{heat2}", "{heat3}", "{heat4}", "{heat5}"};
    struct svg *svg = &figures->svg;
    uint32_t range = figures_log(figures->hottest) + 257;
    char words[80];

    snprintf(words, sizeof words, "most: %u", figures->hottest);
    put_label(svg, "latency", "darker: more");
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 46 * SVG_PIXEL, SVG_START, "{faint}", false}, words);
    draw_latency_scale(figures, svg->left, svg->width);
    for (uint32_t shade = 0; shade < 5; shade++) {
        out_text(&svg->out, "<path d=\"");
        for (uint32_t i = 0; i < FIGURES_SLOTS; i++) {
            for (uint32_t j = 0; j < FIGURES_BINS; j++) {
                uint32_t count = figures->heat[i][j];
                if (count > 0 && (figures_log(count) + 256) * 5 / range == shade) {
                    uint32_t top = svg->y + LARGE - LARGE * (j + 1) / FIGURES_BINS;
                    out_put(&svg->out, "M%u %uH%uV%uH%uz", slot_x(svg, i), top, slot_x(svg, i + 1), top + LARGE / FIGURES_BINS, slot_x(svg, i));
                }
            }
        }
        out_put(&svg->out, "\" fill=\"%s\"/>\n", shades[shade]);
    }
    put_base(svg, svg->y + LARGE);
    svg->y += LARGE + BETWEEN;
}

/* The queue of each port, and how many threads were active there. */
static void draw_ports(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    const struct lanes *lanes = figures->scene->lanes;
    uint32_t drawn = 0;

    for (uint32_t i = 0; i < lanes->ports && drawn < PORTS_MOST; i++) {
        const struct port_lane *lane = &lanes->port[i];
        struct svg_steps steps = {.lane = lane, .depth = true, .y = svg->y, .height = SMALL, .attributes = "fill=\"#44AA99\""};
        char what[4 * SCENE_NAME_MAX + 40];
        char words[80];
        if (lane->count == 0) {
            continue;
        }
        steps.most = svg_most(svg, lane, true);
        snprintf(what, sizeof what, "queue of %s", scene_name(figures->scene, reference_make(OBJECT_PORT, i)).text);
        snprintf(words, sizeof words, "packets, at most %llu", (unsigned long long)steps.most);
        put_label(svg, what, words);
        steps.most = steps.most == 0 ? 1 : steps.most;
        svg_steps(svg, &steps);
        put_base(svg, svg->y + SMALL);
        svg->y += SMALL + BETWEEN;
        drawn++;
    }
}

/* How many threads ran, on average, by type, one type upon the other. */
static void draw_running(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    sim_span length = (svg->to - svg->from + 1) / FIGURES_SLOTS + 1;
    uint64_t most = 1; /* in thousandths of a thread */
    uint64_t under[FIGURES_SLOTS] = {0};
    char words[80];

    for (uint32_t i = 0; i < FIGURES_SLOTS; i++) {
        uint64_t sum = 0;
        for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
            sum += figures->running[i][type] / (length / 1000 + 1);
        }
        most = sum > most ? sum : most;
    }
    snprintf(words, sizeof words, "threads, at most %llu.%llu", (unsigned long long)(most / 1000), (unsigned long long)(most / 100 % 10));
    put_label(svg, "running", words);
    if (figures->scene->cast->processors > 0) {
        snprintf(words, sizeof words, "of %u processors", figures->scene->cast->processors);
        svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 46 * SVG_PIXEL, SVG_START, "{faint}", false}, words);
    }
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        bool has_any = false;
        for (uint32_t i = 0; i < FIGURES_SLOTS; i++) {
            uint64_t here = figures->running[i][type] / (length / 1000 + 1);
            uint32_t bottom = svg->y + SMALL - (uint32_t)(under[i] * SMALL / most);
            under[i] += here;
            if (here > 0) {
                out_put(&svg->out, "%sM%u %uH%uV%uH%uz", has_any ? "" : "<path d=\"", slot_x(svg, i), bottom, slot_x(svg, i + 1),
                        svg->y + SMALL - (uint32_t)(under[i] * SMALL / most), slot_x(svg, i));
                has_any = true;
            }
        }
        if (has_any) {
            out_put(&svg->out, "\" fill=\"url(#t%u)\"/>\n", type);
        }
    }
    put_base(svg, svg->y + SMALL);
    svg->y += SMALL + BETWEEN;
}

/* At the left how often which latency; at the right which share of the operations took no longer than that. */
static void draw_spread(struct figures *figures)
{
    static const uint64_t marks[] = {2, 10, 100, 1000, 10000, 100000};
    static const char *const names[] = {"half", "90%", "99%", "99.9%", "99.99%", "99.999%"};
    struct svg *svg = &figures->svg;
    uint32_t width = svg->width / 2 - 60 * SVG_PIXEL;
    uint32_t left = svg->left + svg->width / 2 + 60 * SVG_PIXEL;
    uint32_t range = figures_log(figures->count) + 1;
    uint64_t most = 1;
    uint32_t last = 0;

    for (uint32_t i = 0; i < FIGURES_BINS; i++) {
        most = figures->spread[i] > most ? figures->spread[i] : most;
    }
    put_label(svg, "latencies", "left: number");
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 46 * SVG_PIXEL, SVG_START, "{faint}", false}, "right: share");
    draw_latency_scale(figures, svg->left, width);
    out_text(&svg->out, "<path d=\"");
    for (uint32_t i = 0; i < FIGURES_BINS; i++) {
        uint32_t top = svg->y + LARGE - LARGE * (i + 1) / FIGURES_BINS;
        if (figures->spread[i] > 0) {
            uint32_t long_ = (uint32_t)(figures->spread[i] * width / most);
            out_put(&svg->out, "M%u %uh%uv%dH%uz", svg->left, top, long_ < SVG_PIXEL ? SVG_PIXEL : long_, LARGE / FIGURES_BINS - 5, svg->left);
        }
    }
    out_text(&svg->out, "\" fill=\"{blue}\"/>\n");
    draw_latency_scale(figures, left, width);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0] && marks[i] <= figures->count; i++) {
        uint32_t x = left + figures_log(marks[i]) * width / range;
        sim_span latency = figures->latency[figures->count - 1 - (figures->count - 1) / marks[i]];
        out_put(&svg->out, "<path d=\"M%u %uV%u\" stroke=\"{grid}\" stroke-width=\"10\"/>\n", x, svg->y, svg->y + LARGE);
        svg_text(svg, (struct svg_text){x, svg->y + LARGE + 14 * SVG_PIXEL, SVG_MIDDLE, "{faint}", false}, names[i]);
        svg_text(svg, (struct svg_text){x, svg->y + LARGE + 28 * SVG_PIXEL, SVG_MIDDLE, NULL, false}, span_words(latency).text);
    }
    out_put(&svg->out, "<path d=\"M%u %u", left, latency_y(figures, svg->y, figures->latency[0]));
    for (size_t i = 0; i < figures->count; i++) {
        uint32_t x = left + (figures_log(figures->count * 256 / (figures->count - i)) - 8 * 256) * width / range;
        if (x >= last + SVG_PIXEL / 2 || i + 1 == figures->count) {
            out_put(&svg->out, "H%uV%u", x, latency_y(figures, svg->y, figures->latency[i]));
            last = x;
        }
    }
    out_text(&svg->out, "\" fill=\"none\" stroke=\"#EE8866\" stroke-width=\"25\"/>\n");
    svg->y += LARGE + BETWEEN + 22 * SVG_PIXEL;
}

/* What they were spent on, all together, and the worst one by one. */
static void draw_spent(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    uint64_t whole = 0;
    uint32_t x = svg->left;
    char words[120];

    for (int i = 0; i < SEGMENT_KINDS; i++) {
        whole += figures->spent[i] / 1024; /* so that no sum overflows */
    }
    snprintf(words, sizeof words, figures->split < figures->count ? "of the first %zu" : "of all %zu", figures->split);
    put_label(svg, "where it went", words);
    for (int i = 0; i < SEGMENT_KINDS && whole > 0; i++) {
        uint64_t share = (uint64_t)((wide)figures->spent[i] * 1000 / ((wide)whole * 1024 + 1023)); /* thousandths */
        uint32_t width = (uint32_t)(share * svg->width / 1000);
        if (figures->spent[i] == 0) {
            continue;
        }
        snprintf(words, sizeof words, "%s %llu.%llu%%", segment_kind_name((enum segment_kind)i), (unsigned long long)(share / 10),
                 (unsigned long long)(share % 10));
        put_rect(svg, (struct svg_box){x, svg->y, width < SVG_PIXEL ? SVG_PIXEL : width, 22 * SVG_PIXEL}, svg_segment_colour((enum segment_kind)i));
        out_put(&svg->out, "<path d=\"M%u %uh%uv%dH%uz\" fill=\"none\" stroke=\"{edge}\" stroke-width=\"10\"/>\n", x, svg->y,
                width < SVG_PIXEL ? SVG_PIXEL : width, 22 * SVG_PIXEL, x);
        if (width > (uint32_t)out_characters(words) * SVG_LETTER + 6 * SVG_PIXEL) {
            svg_text(svg, (struct svg_text){x + width / 2, svg->y + 155, SVG_MIDDLE,
                                            i == SEGMENT_CALL || i == SEGMENT_BLOCKED ? "#FFFFFF" : "#000000", false}, words);
        }
        x += width < SVG_PIXEL ? SVG_PIXEL : width;
    }
    svg->y += 40 * SVG_PIXEL;
}

static void draw_worst(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    struct path_names names = {figures->scene->names, figures->scene->lives};
    char words[1200];
    char line[2000];
    char deed[4 * SCENE_NAME_MAX + 40];

    put_label(svg, "the slowest", "mostly due to");
    for (uint32_t i = 0; i < FIGURES_WORST && figures->worst[i] != NULL; i++) {
        const struct life *life = figures->worst[i];
        const struct segment *most = NULL;
        if (!path_of(&figures->path, figures->scene->lanes, figures->scene->lives, life)) {
            svg->out.failed = true;
            return;
        }
        for (size_t j = 0; j < figures->path.count; j++) {
            const struct segment *at = &figures->path.segment[j];
            most = most == NULL || at->to - at->from > most->to - most->from ? at : most;
        }
        words[0] = '\0';
        if (most != NULL) {
            segment_words(most, names, words, sizeof words);
        }
        scene_deed(figures->scene, life, deed, sizeof deed);
        snprintf(line, sizeof line, "%s, %s, from %s: %s", scene_op(figures->scene, life).text, deed,
                 span_words(life->at[LIFE_ISSUED]).text, most == NULL ? "took no time" : segment_kind_name((enum segment_kind)most->kind));
        if (most != NULL) {
            snprintf(line + strlen(line), sizeof line - strlen(line), " %s, %s", span_words(most->to - most->from).text, words);
        }
        out_cut(words, sizeof words, line, 130);
        svg_text(svg, (struct svg_text){svg->left + 90 * SVG_PIXEL, svg->y + 14 * SVG_PIXEL, SVG_END, NULL, true},
                 span_words(life_latency(life)).text);
        svg_text(svg, (struct svg_text){svg->left + 100 * SVG_PIXEL, svg->y + 14 * SVG_PIXEL, SVG_START, NULL, false}, words);
        svg->y += STEP;
    }
}

/* How high all of it is, and how far down the axis of time goes. */
static uint32_t height_of(const struct figures *figures, uint32_t *timed)
{
    uint32_t ports = 0;

    for (uint32_t i = 0; i < figures->scene->lanes->ports && ports < PORTS_MOST; i++) {
        ports += figures->scene->lanes->port[i].count > 0;
    }
    *timed = 60 * SVG_PIXEL + 26 * SVG_PIXEL + (ports + 2) * (SMALL + BETWEEN) + (figures->count > 0 ? LARGE + BETWEEN : 0);
    return *timed + (figures->count > 0 ? LARGE + BETWEEN + 22 * SVG_PIXEL + 40 * SVG_PIXEL + FIGURES_WORST * STEP : 0) + 30 * SVG_PIXEL;
}

void figures_draw(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    uint32_t timed;
    uint32_t height = height_of(figures, &timed);
    char words[200];

    snprintf(words, sizeof words, "%zu operations and packets came to their end from %s to %s", figures->count,
             span_words(svg->from).text, span_words(svg->to).text);
    svg_head(svg, height, words);
    svg_axis(svg, timed);
    draw_done(figures);
    if (figures->count > 0) {
        draw_heat(figures);
    }
    draw_ports(figures);
    draw_running(figures);
    if (figures->count > 0) {
        draw_spread(figures);
        draw_spent(figures);
        draw_worst(figures);
    }
}
