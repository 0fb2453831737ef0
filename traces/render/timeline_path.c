/* SPDX-License-Identifier: Apache-2.0 */
/* The path of one operation: a line with a halo over the rows that it goes through, the same path as one bar, and each
 * of its segments in words; then what the picture's shapes mean. */
#include <stdio.h>
#include <string.h>

#include "traces/render/timeline.h"
#include "traces/writing.h"

/* Where a thread's row begins; 0: it is not drawn. */
static uint32_t thread_y(const struct timeline *timeline, reference thread)
{
    return thread == REFERENCE_NONE || reference_slot(thread) >= timeline->scene->lanes->threads
               ? 0
               : timeline->row_y[reference_slot(thread)];
}

/* How high on the picture the bar of the operation lies at a place, or what is under all of them; 0: it is not drawn. */
static uint32_t bar_y(const struct timeline *timeline, reference object)
{
    for (size_t i = 0; i < timeline->places; i++) {
        const struct place *place = &timeline->place[i];
        uint32_t row = place->rows == 0 ? 0 : place->rows - 1;
        if (place->object != object) {
            continue;
        }
        for (size_t j = 0; j < place->bars; j++) {
            row = place->bar[j].life == timeline->life && place->bar[j].row != UINT32_MAX ? place->bar[j].row : row;
        }
        return place->y + row * BAR + BAR_HEIGHT + SVG_PIXEL;
    }
    return 0;
}

/* Where the operation's bars lie: looked for once, since a path may have a hundred thousand segments. */
struct heights {
    uint32_t queue, service;
    uint32_t call; /* under its issuer: with the far end it is on no row */
};

/* How high on the picture a segment lies; 0: on no row that is drawn. */
static uint32_t row_of(const struct timeline *timeline, const struct heights *heights, const struct segment *segment)
{
    uint32_t y = segment->kind == SEGMENT_QUEUE                                       ? heights->queue
                 : segment->kind == SEGMENT_CALL                                      ? heights->call
                 : segment->kind == SEGMENT_SERVICE || segment->kind == SEGMENT_WAIT ? heights->service
                                                                                      : 0;

    if (y > 0) {
        return y;
    }
    return thread_y(timeline, segment->thread) > 0 ? thread_y(timeline, segment->thread) + ROW_HEIGHT + 2 * SVG_PIXEL : 0;
}

/* The line, once wide and white and once black. */
static void put_line(struct timeline *timeline)
{
    static const char *const looks[] = {"{paper}\" stroke-width=\"46\"", "{path}\" stroke-width=\"24\""};
    struct svg *svg = &timeline->svg;
    const struct life *life = timeline->life;
    uint32_t issuer = thread_y(timeline, life->issuer);
    uint32_t taker = thread_y(timeline, life->taker);
    struct heights heights = {bar_y(timeline, life->port), bar_y(timeline, life->device),
                              issuer > 0 ? issuer + ROW_HEIGHT + 2 * SVG_PIXEL : 0};

    for (int i = 0; i < 2; i++) {
        bool has_begun = false;
        uint32_t last = 0; /* how high the line is */
        out_text(&svg->out, "<path d=\"");
        if (issuer > 0 && life->at[LIFE_ISSUED] >= svg->from) {
            out_put(&svg->out, "M%u %u", svg_x(svg, life->at[LIFE_ISSUED]), issuer + ROW_HEIGHT + 2 * SVG_PIXEL);
            has_begun = true;
        }
        for (size_t j = 0; j < timeline->path.count; j++) {
            const struct segment *segment = &timeline->path.segment[j];
            uint32_t y = row_of(timeline, &heights, segment);
            bool goes_on = j + 1 < timeline->path.count && segment->to < svg->to &&
                           row_of(timeline, &heights, &timeline->path.segment[j + 1]) == y;
            if (y > 0 && segment->from <= svg->to && segment->to >= svg->from) {
                if (y != last) {
                    out_put(&svg->out, has_begun ? "L%u %u" : "M%u %u", svg_x(svg, segment->from), y);
                }
                if (!goes_on) {
                    out_put(&svg->out, "H%u", svg_x(svg, segment->to));
                }
                has_begun = true;
                last = y;
            }
        }
        if (has_begun && taker > 0 && life_end(life) <= svg->to) {
            out_put(&svg->out, "L%u %u", svg_x(svg, life_end(life)), taker + ROW_HEIGHT + 2 * SVG_PIXEL);
        }
        out_put(&svg->out, "\" fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\" stroke=\"%s/>\n", looks[i]);
    }
}

/* The same path as one bar, each segment in the colour of its kind. */
static void put_bar(struct timeline *timeline)
{
    struct svg *svg = &timeline->svg;

    svg_text(svg, (struct svg_text){16 * SVG_PIXEL, svg->y + 15 * SVG_PIXEL, SVG_START, "{faint}", false}, "its path");
    for (size_t i = 0; i < timeline->path.count; i++) {
        const struct segment *segment = &timeline->path.segment[i];
        const char *name = segment_kind_name((enum segment_kind)segment->kind);
        uint32_t from = svg_x(svg, segment->from);
        uint32_t to = svg_x(svg, segment->to);
        if (segment->to < svg->from || segment->from > svg->to || i >= 400) {
            continue;
        }
        out_put(&svg->out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"%s\" stroke=\"{edge}\" stroke-width=\"10\"/>\n",
                from, svg->y, to - from, ROW_HEIGHT, svg_segment_colour((enum segment_kind)segment->kind));
        if (to - from > strlen(name) * SVG_LETTER + 6 * SVG_PIXEL) {
            svg_text(svg, (struct svg_text){from + (to - from) / 2, svg->y + 155, SVG_MIDDLE,
                                            segment->kind == SEGMENT_CALL || segment->kind == SEGMENT_BLOCKED ? "#FFFFFF" : "#000000",
                                            false}, name);
        }
    }
    svg->y += ROW;
}

void timeline_path(struct timeline *timeline)
{
    struct svg *svg = &timeline->svg;
    char deed[4 * SCENE_NAME_MAX + 40];
    char words[1600];
    char text[1200];

    if (timeline->path.count == 0) {
        return;
    }
    put_line(timeline);
    if (!timeline->has_bar) {
        return;
    }
    scene_deed(timeline->scene, timeline->life, deed, sizeof deed);
    snprintf(words, sizeof words, "where the %s of %s went (%s); the thick line through the rows is its path",
             span_words(life_latency(timeline->life)).text, scene_op(timeline->scene, timeline->life).text, deed);
    svg_heading(svg, words);
    put_bar(timeline);
    if (timeline->segments == 0) {
        svg->y += GAP;
        return;
    }
    for (size_t i = 0; i < timeline->path.count && i < timeline->segments; i++) {
        const struct segment *segment = &timeline->path.segment[i];
        uint32_t y = svg->y + 13 * SVG_PIXEL;
        segment_words(segment, (struct path_names){timeline->scene->names, timeline->scene->lives}, words, sizeof words);
        svg_text(svg, (struct svg_text){SVG_LEFT - 10 * SVG_PIXEL, y, SVG_END, NULL, false}, span_words(segment->to - segment->from).text);
        out_put(&svg->out, "<rect x=\"%d\" y=\"%u\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"{edge}\" stroke-width=\"10\"/>\n",
                SVG_LEFT, y - 10 * SVG_PIXEL, 11 * SVG_PIXEL, 11 * SVG_PIXEL, svg_segment_colour((enum segment_kind)segment->kind));
        snprintf(text, sizeof text, "%s: ", segment_kind_name((enum segment_kind)segment->kind));
        out_cut(text + strlen(text), sizeof text - strlen(text), words, 120);
        svg_text(svg, (struct svg_text){SVG_LEFT + 20 * SVG_PIXEL, y, SVG_START, NULL, false}, text);
        svg->y += LINE;
    }
    if (timeline->path.count > timeline->segments) {
        sim_span rest = timeline->path.segment[timeline->path.count - 1].to - timeline->path.segment[timeline->segments - 1].to;
        snprintf(words, sizeof words, "in %zu more segments; --operation %s%llu tells them all", timeline->path.count - timeline->segments,
                 (timeline->life->op & LIFE_WORK) != 0 ? "@" : "", (unsigned long long)(timeline->life->op & ~LIFE_WORK));
        svg_text(svg, (struct svg_text){SVG_LEFT - 10 * SVG_PIXEL, svg->y + 13 * SVG_PIXEL, SVG_END, NULL, false}, span_words(rest).text);
        svg_text(svg, (struct svg_text){SVG_LEFT + 20 * SVG_PIXEL, svg->y + 13 * SVG_PIXEL, SVG_START, NULL, false}, words);
        svg->y += LINE;
    }
    svg_text(svg, (struct svg_text){SVG_LEFT - 10 * SVG_PIXEL, svg->y + 13 * SVG_PIXEL, SVG_END, NULL, true},
             span_words(life_latency(timeline->life)).text);
    svg_text(svg, (struct svg_text){SVG_LEFT, svg->y + 13 * SVG_PIXEL, SVG_START, NULL, true}, "in all, to the nanosecond");
    svg->y += LINE + GAP;
}

/* A shape and its word. */
struct sample {
    char shape[260], word[64];
};

/* What stands in the legend: the types that are there, and how states look; how many. */
static size_t gather_samples(const struct timeline *timeline, struct sample *sample)
{
    static const struct sample states[REPLAY_THREAD_STATES + 1] = {
        [REPLAY_RUNNING] = {"d=\"M0 0h260v220h-260z\" fill=\"{line}\" stroke=\"{edge}\" stroke-width=\"10\"", "running"},
        [REPLAY_READY] = {"d=\"M0 10h260v200h-260z\" fill=\"{paper}\" stroke=\"{line}\" stroke-width=\"20\"", "ready: waits for a processor"},
        [REPLAY_BLOCKED] = {"d=\"M0 147h260v73h-260z\" fill=\"{line}\" stroke=\"{edge}\" stroke-width=\"10\"",
         "blocked: Lock, Object, Sleep, I/O, Join"},
        [REPLAY_PARKED] = {"d=\"M0 100h260v20h-260z\" fill=\"{line}\"", "parked"},
        [REPLAY_THREAD_STATES] = {"d=\"M0 40h260v180h-260z\" fill=\"{line}\"/><path d=\"M0 10h260v40h-260z\" fill=\"{red}\"", "came back over the limit"},
    };
    static const struct sample preempted = {"d=\"M70 50l120 120m0-120l-120 120\" stroke=\"{red}\" stroke-width=\"30\"",
                                            "driven out of its processor"};
    static const int order[] = {REPLAY_RUNNING, REPLAY_READY, REPLAY_BLOCKED, REPLAY_PARKED, REPLAY_THREAD_STATES};
    bool seen[THREAD_TYPE_COUNT] = {false};
    size_t count = 0;

    for (size_t i = 0; i < timeline->threads; i++) {
        seen[timeline->scene->lanes->thread[timeline->order[i]].type] = true;
    }
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        if (seen[type]) {
            snprintf(sample[count].shape, sizeof sample[count].shape, "d=\"M0 0h260v220h-260z\" %s", svg_type_fill((enum thread_type)type));
            snprintf(sample[count].word, sizeof sample[count].word, "%c %s", thread_type_glyph((enum thread_type)type),
                     thread_type_name((enum thread_type)type));
            count++;
        }
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (timeline->has[order[i]]) {
            sample[count++] = states[order[i]];
        }
    }
    if (timeline->has_preempted) {
        sample[count++] = preempted;
    }
    return count;
}

/* How wide a sample with its word is. */
static uint32_t sample_width(const struct sample *sample)
{
    return (uint32_t)strlen(sample->word) * 66 + 60 * SVG_PIXEL;
}

#define SAMPLES_MOST (THREAD_TYPE_COUNT + 6)

uint32_t timeline_legend_height(const struct timeline *timeline)
{
    struct sample sample[SAMPLES_MOST];
    size_t count = gather_samples(timeline, sample);
    uint32_t x = 16 * SVG_PIXEL;
    uint32_t rows = 1;

    if (!timeline->has_legend) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (x + sample_width(&sample[i]) > timeline->svg.total) {
            x = 16 * SVG_PIXEL;
            rows++;
        }
        x += sample_width(&sample[i]);
    }
    return rows * ROW + GAP;
}

void timeline_legend(struct timeline *timeline)
{
    struct svg *svg = &timeline->svg;
    struct sample sample[SAMPLES_MOST];
    size_t count = gather_samples(timeline, sample);
    uint32_t x = 16 * SVG_PIXEL;

    for (size_t i = 0; i < count && timeline->has_legend; i++) {
        if (x + sample_width(&sample[i]) > svg->total) {
            x = 16 * SVG_PIXEL;
            svg->y += ROW;
        }
        out_put(&svg->out, "<g transform=\"translate(%u %u)\"><path %s/></g>\n", x, svg->y, sample[i].shape);
        svg_text(svg, (struct svg_text){x + 34 * SVG_PIXEL, svg->y + 15 * SVG_PIXEL, SVG_START, NULL, false}, sample[i].word);
        x += sample_width(&sample[i]);
    }
    svg->y += ROW;
}
