/* SPDX-License-Identifier: Apache-2.0 */
/* Panels over one axis of time: how many operations ended, how long they took (darker: more of them), what was queued,
 * how many threads a pool had and wanted, who ran. */
#include <stdio.h>
#include <string.h>

#include "traces/render/decisions.h"
#include "traces/render/figures.h"
#include "traces/writing.h"

__extension__ typedef unsigned __int128 wide;

enum {
    SMALL = FIGURES_SMALL,
    LARGE = FIGURES_LARGE,
    BETWEEN = FIGURES_BETWEEN,
    PLACES_MOST = 4,
};

void figures_label(struct svg *svg, const char *what, const char *unit, const char *more)
{
    char cut[4 * SCENE_NAME_MAX + 16];
    size_t most = (SVG_LEFT - 24 * SVG_PIXEL) / SVG_LETTER;

    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 14 * SVG_PIXEL, SVG_START, NULL, true}, out_cut(cut, sizeof cut, what, most));
    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 30 * SVG_PIXEL, SVG_START, "{faint}", false}, out_cut(cut, sizeof cut, unit, most));
    if (more != NULL) {
        svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 46 * SVG_PIXEL, SVG_START, "{faint}", false}, out_cut(cut, sizeof cut, more, most));
    }
}

static void put_base(struct svg *svg, uint32_t y)
{
    out_put(&svg->out, "<path d=\"M%u %uH%u\" stroke=\"{edge}\" stroke-width=\"10\"/>\n", svg->left, y, svg->left + svg->width);
}

static uint32_t slot_x(const struct svg *svg, uint32_t slot)
{
    return svg->left + svg->width * slot / FIGURES_SLOTS;
}

/* So many items in a slot is what a pool took for its throughput, in 1024ths. */
static uint64_t measured(const struct figures *figures, const struct lane_decision *decision)
{
    sim_span slot = (figures->svg.to - figures->svg.from) / FIGURES_SLOTS;

    return (uint64_t)((wide)decision->throughput * slot / UINT64_C(1000000000) * 1024 / 1000);
}

/* What hill climbing measured, as dots up to `most`, none where that is 0; the most of them, in 1024ths. */
static uint64_t draw_measured(struct figures *figures, uint64_t most)
{
    struct svg *svg = &figures->svg;
    const struct lanes *lanes = figures->scene->lanes;
    uint64_t highest = 0;
    uint32_t next = 0;

    for (uint32_t i = 0; i < lanes->pools; i++) {
        for (size_t j = 0; j < lanes->pool[i].decisions; j++) {
            const struct lane_decision *decision = &lanes->pool[i].decision[j];
            uint64_t here = decision->is_climb && decision->t >= svg->from && decision->t <= svg->to ? measured(figures, decision) : 0;
            highest = here > highest ? here : highest;
            if (here > 0 && here <= most && svg_x(svg, decision->t) >= next) {
                out_put(&svg->out, "<path d=\"M%u %uh50v50h-50z\" fill=\"#EE8866\" stroke=\"{edge}\" stroke-width=\"8\"/>\n",
                        svg_x(svg, decision->t) - 25, svg->y + SMALL - (uint32_t)((wide)here * SMALL / most) - 25);
                next = svg_x(svg, decision->t) + SVG_PIXEL;
            }
        }
        next = 0;
    }
    return highest;
}

/* Operations that ended, a bar a slot. */
static void draw_done(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    uint64_t most = 1;
    uint64_t seen = draw_measured(figures, 0);
    uint64_t scale;
    char words[80];
    char each[80];

    for (uint32_t i = 0; i < FIGURES_SLOTS; i++) {
        most = figures->done[i] > most ? figures->done[i] : most;
    }
    scale = most * 1024 > seen ? most * 1024 : seen;
    snprintf(words, sizeof words, "ended, most %llu", (unsigned long long)(figures->count == 0 ? 0 : most));
    snprintf(each, sizeof each, "in each %s", span_mean((svg->to - svg->from) / FIGURES_SLOTS, 1).text);
    figures_label(svg, "throughput", words, each);
    out_text(&svg->out, "<path d=\"");
    for (uint32_t i = 0; i < FIGURES_SLOTS; i++) {
        uint32_t height = (uint32_t)((wide)figures->done[i] * 1024 * SMALL / scale);
        if (height > 0) {
            out_put(&svg->out, "M%u %uV%uH%uV%uz", slot_x(svg, i), svg->y + SMALL, svg->y + SMALL - height, slot_x(svg, i + 1) - 8,
                    svg->y + SMALL);
        }
    }
    out_text(&svg->out, "\" fill=\"{blue}\"/>\n");
    put_base(svg, svg->y + SMALL);
    if (seen > 0) {
        (void)draw_measured(figures, scale);
        svg_text(svg, (struct svg_text){svg->left, svg->y + SMALL + 15 * SVG_PIXEL, SVG_START, "{faint}", false},
                 "dots: what hill climbing took the throughput for");
    }
    svg->y += SMALL + BETWEEN;
}

uint32_t figures_latency_y(const struct figures *figures, uint32_t y, sim_span latency)
{
    uint32_t least = figures_log(figures->least);
    uint32_t range = figures_log(figures->most) - least + 1;
    uint32_t at = figures_log(latency < figures->least ? figures->least : latency) - least;

    return y + LARGE - at * LARGE / range;
}

/* Lines at powers of ten; words at the ends where there are none between. */
void figures_latency_scale(struct figures *figures, uint32_t left, uint32_t width)
{
    struct svg *svg = &figures->svg;
    uint32_t last = 0;

    for (sim_span mark = 1; mark <= figures->most; mark *= 10) {
        uint32_t y = figures_latency_y(figures, svg->y, mark);
        for (sim_span part = 2; figures->most / 50 < figures->least && part <= 5 && mark < SIM_NEVER / 10; part += 3) {
            uint32_t at = figures_latency_y(figures, svg->y, mark * part);
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
    figures_label(svg, "latency", figures->scene->is_dark ? "lighter: more" : "darker: more", words);
    figures_latency_scale(figures, svg->left, svg->width);
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

/* The queue of one port, device or pool. */
static void draw_queue(struct figures *figures, reference object, const struct port_lane *lane)
{
    struct svg *svg = &figures->svg;
    struct svg_steps steps = {.lane = lane, .depth = true, .y = svg->y, .height = SMALL, .attributes = "fill=\"#44AA99\""};
    char what[4 * SCENE_NAME_MAX + 40];
    char words[80];

    steps.most = svg_most(svg, lane, true);
    snprintf(what, sizeof what, "queue of %s", scene_name(figures->scene, object).text);
    snprintf(words, sizeof words, "%s, at most %llu",
             reference_kind(object) == OBJECT_PORT     ? "packets"
             : reference_kind(object) == OBJECT_DEVICE ? "operations"
                                                       : "items",
             (unsigned long long)steps.most);
    figures_label(svg, what, words, NULL);
    steps.most = steps.most == 0 ? 1 : steps.most;
    svg_steps(svg, &steps);
    put_base(svg, svg->y + SMALL);
    svg->y += SMALL + BETWEEN;
}

/* Over the threads of a pool stand the names of decisions, where there are any. */
static uint32_t names_height(const struct port_lane *lane)
{
    return lane->decisions == 0 ? 0 : DECISIONS_ROWS * DECISIONS_ROW;
}

/* The threads of a pool against its target, with what decided it. */
static void draw_threads(struct figures *figures, reference pool, const struct port_lane *lane)
{
    struct svg *svg = &figures->svg;
    uint32_t names = names_height(lane);
    struct decisions decisions = {.lane = lane, .last = replay_pool(figures->scene->replay, pool)->target, .y = svg->y + names, .height = SMALL,
                                  .rows = names / DECISIONS_ROW};
    struct svg_steps steps = {.lane = lane, .y = svg->y + names, .height = SMALL, .attributes = "fill=\"{plot2}\""};
    uint32_t threads = svg_most(svg, lane, false);
    uint32_t target = decisions_most(svg, lane, decisions.last);
    char what[4 * SCENE_NAME_MAX + 40];
    char words[80];
    char why[300];
    char line[400];

    steps.most = threads > target ? threads : target;
    steps.most = steps.most == 0 ? 1 : steps.most;
    decisions.most = steps.most;
    snprintf(what, sizeof what, "threads of %s", scene_name(figures->scene, pool).text);
    snprintf(words, sizeof words, "at most %u", threads);
    figures_label(svg, what, words, target == 0 ? NULL : "line: the target");
    svg->y += names;
    svg_steps(svg, &steps);
    put_base(svg, svg->y + SMALL);
    decisions_draw(svg, &decisions);
    svg->y += SMALL + BETWEEN;
    if (lane->decisions > 0) {
        decisions_words(figures->scene, lane, why, sizeof why);
        snprintf(line, sizeof line, "%s; red: to more, green: to fewer threads, hollow: to as many", why);
        svg_text(svg, (struct svg_text){svg->left, svg->y - 6 * SVG_PIXEL, SVG_START, "{faint}", false}, line);
        svg->y += BETWEEN;
    }
}

/* Ports and pools that records told of, and devices where anything waited; at most so many of each. */
static void draw_places(struct figures *figures)
{
    const struct lanes *lanes = figures->scene->lanes;
    uint32_t drawn = 0;

    for (uint32_t i = 0; i < lanes->ports && drawn < PLACES_MOST; i++) {
        if (lanes->port[i].count > 0) {
            draw_queue(figures, reference_make(OBJECT_PORT, i), &lanes->port[i]);
            drawn++;
        }
    }
    drawn = 0;
    for (uint32_t i = 0; i < lanes->devices && drawn < PLACES_MOST; i++) {
        if (svg_most(&figures->svg, &lanes->device[i], true) > 0) {
            draw_queue(figures, reference_make(OBJECT_DEVICE, i), &lanes->device[i]);
            drawn++;
        }
    }
    drawn = 0;
    for (uint32_t i = 0; i < lanes->pools && drawn < PLACES_MOST; i++) {
        if (lanes->pool[i].count > 0) {
            draw_queue(figures, reference_make(OBJECT_POOL, i), &lanes->pool[i]);
            draw_threads(figures, reference_make(OBJECT_POOL, i), &lanes->pool[i]);
            drawn++;
        }
    }
}

/* How many threads ran, on average, by type, one type upon the other. */
static void draw_running(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    sim_span length = (svg->to - svg->from + 1) / FIGURES_SLOTS + 1;
    uint64_t most = 100; /* in thousandths of a thread; a busy hundredth is no tower */
    uint64_t highest = 0;
    uint64_t under[FIGURES_SLOTS] = {0};
    uint32_t processors = figures->scene->cast->processors;
    char words[80];
    char share[80];

    for (uint32_t i = 0; i < FIGURES_SLOTS; i++) {
        uint64_t sum = 0;
        for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
            sum += figures->running[i][type] / (length / 1000 + 1);
        }
        highest = sum > highest ? sum : highest;
    }
    most = highest > most ? highest : most;
    snprintf(words, sizeof words, "threads, at most %llu.%llu", (unsigned long long)(highest / 1000), (unsigned long long)(highest / 100 % 10));
    share[0] = '\0';
    if (processors > 0) {
        uint64_t percent = (uint64_t)((wide)figures->busy * 1000 / ((wide)(svg->to - svg->from + 1) * processors));
        snprintf(share, sizeof share, "%llu.%llu%% of %u CPU%s", (unsigned long long)(percent / 10), (unsigned long long)(percent % 10),
                 processors, processors == 1 ? "" : "s");
        most = (uint64_t)processors * 1000 > most && processors <= 4 * most / 1000 ? (uint64_t)processors * 1000 : most;
    }
    figures_label(svg, "running", words, share[0] == '\0' ? NULL : share);
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
    if (processors > 0 && most >= (uint64_t)processors * 1000) {
        uint32_t y = svg->y + SMALL - (uint32_t)((uint64_t)processors * 1000 * SMALL / most);
        out_put(&svg->out, "<path d=\"M%u %uH%u\" stroke=\"{ink}\" stroke-width=\"15\" stroke-dasharray=\"60 40\"/>\n", svg->left, y,
                svg->left + svg->width);
    }
    put_base(svg, svg->y + SMALL);
    svg->y += SMALL + BETWEEN;
}

/* How far down the axis of time goes. */
static uint32_t timed_height(const struct figures *figures)
{
    const struct lanes *lanes = figures->scene->lanes;
    uint32_t ports = 0;
    uint32_t devices = 0;
    uint32_t pools = 0;
    uint32_t names = 0;

    for (uint32_t i = 0; i < lanes->ports && ports < PLACES_MOST; i++) {
        ports += lanes->port[i].count > 0;
    }
    for (uint32_t i = 0; i < lanes->pools && pools < PLACES_MOST; i++) {
        pools += lanes->pool[i].count > 0;
        names += lanes->pool[i].decisions > 0 ? names_height(&lanes->pool[i]) + BETWEEN : 0;
    }
    for (uint32_t i = 0; i < lanes->devices && devices < PLACES_MOST; i++) {
        devices += svg_most(&figures->svg, &lanes->device[i], true) > 0;
    }
    return 60 * SVG_PIXEL + 26 * SVG_PIXEL + (ports + devices + 2 * pools + 2) * (SMALL + BETWEEN) + names +
           (figures->count > 0 ? LARGE + BETWEEN : 0);
}

void figures_draw(struct figures *figures)
{
    struct svg *svg = &figures->svg;
    const struct lives *lives = figures->scene->lives;
    uint32_t timed = timed_height(figures);
    char words[200];

    snprintf(words, sizeof words, "%zu %s came to their end from %s to %s", figures->count,
             lives->works == 0 ? "operations and packets" : lives->count == 0 ? "work items" : "operations, packets and work items",
             span_words(svg->from).text, span_words(svg->to).text);
    svg_head(svg, timed + figures_spread_height(figures) + figures_spent_height(figures) + 30 * SVG_PIXEL, words);
    svg_axis(svg, timed);
    draw_done(figures);
    if (figures->count > 0) {
        draw_heat(figures);
    }
    draw_places(figures);
    draw_running(figures);
    if (figures->count > 0) {
        figures_spread(figures);
    }
    figures_spent(figures);
}
