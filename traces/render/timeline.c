/* SPDX-License-Identifier: Apache-2.0 */
/* The whole picture: what is on it is gathered first, since an SVG begins with its height. */
#include "traces/render/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/writing.h"

/* How many processors ever ran a thread. */
static uint32_t count_processors(const struct lanes *lanes)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < lanes->threads; i++) {
        for (size_t j = 0; j < lanes->thread[i].count; j++) {
            const struct lane_stretch *stretch = &lanes->thread[i].stretch[j];
            most = stretch->state == REPLAY_RUNNING && stretch->cpu > most ? stretch->cpu : most;
        }
    }
    return most > 64 ? 64 : most;
}

/* Ports, then devices, then pools, those that records told of. */
static bool gather_places(struct timeline *timeline)
{
    const struct lanes *lanes = timeline->scene->lanes;

    for (uint32_t sort = 0; sort < 3; sort++) {
        static const enum object_kind kinds[] = {OBJECT_PORT, OBJECT_DEVICE, OBJECT_POOL};
        const struct port_lane *lane = sort == 0 ? lanes->port : sort == 1 ? lanes->device : lanes->pool;
        size_t count = sort == 0 ? lanes->ports : sort == 1 ? lanes->devices : lanes->pools;
        size_t most = timeline->places + TIMELINE_PLACES;
        for (uint32_t i = 0; i < count && timeline->places < most; i++) {
            struct place *place = &timeline->place[timeline->places];
            if (lane[i].count == 0) {
                continue;
            }
            place->object = reference_make(kinds[sort], i);
            place->counts = &lane[i];
            timeline->places++;
            if (!place_gather(timeline, place)) {
                return false;
            }
        }
    }
    return true;
}

/* The operation that took longest of those that are shown and over; NULL: there is none that took time. */
static const struct life *slowest(const struct scene *scene)
{
    const struct life *found = NULL;

    for (size_t i = 0; i < lives_all(scene->lives); i++) {
        const struct life *life = lives_at(scene->lives, i);
        if (scene_shows(scene, life) && life_is_over(life) && life_latency(life) > 0 &&
            (found == NULL || life_latency(life) > life_latency(found))) {
            found = life;
        }
    }
    return found;
}

static uint32_t path_height(const struct timeline *timeline)
{
    size_t lines = timeline->path.count > timeline->segments ? timeline->segments + 1 : timeline->path.count;

    return timeline->path.count == 0 || !timeline->has_bar ? 0 : 22 * SVG_PIXEL + ROW + (timeline->segments == 0 ? 0 : (uint32_t)(lines + 1) * LINE) + GAP;
}

/* What is drawn is known now; how high that is. */
static uint32_t height_of(const struct timeline *timeline)
{
    uint32_t height = 60 * SVG_PIXEL + 26 * SVG_PIXEL;

    height += 22 * SVG_PIXEL + (uint32_t)timeline->shown * ROW + (timeline->shown < timeline->threads ? LINE : 0) + GAP;
    height += timeline_processors_height(timeline);
    for (size_t i = 0; i < timeline->places; i++) {
        height += place_height(&timeline->place[i]);
    }
    return height + path_height(timeline) + timeline_legend_height(timeline);
}

/* The picture in a sentence. */
static void describe(const struct timeline *timeline, char *words, size_t room)
{
    const struct scene *scene = timeline->scene;
    bool is_part = scene->from > 0 || scene->to < scene->lanes->end;

    snprintf(words, room, "%zu thread%s, %zu %s, %llu records; virtual time from %s to %s%s", timeline->threads,
             timeline->threads == 1 ? "" : "s", lives_all(scene->lives),
             scene->lives->works == 0 ? (scene->lives->count == 1 ? "operation or packet" : "operations and packets")
             : scene->lives->count == 0 ? (scene->lives->works == 1 ? "work item" : "work items")
                                        : "operations, packets and work items", (unsigned long long)scene->lanes->records, span_words(scene->from).text,
             span_words(scene->to).text, is_part ? ", a part of the run" : scene->from == scene->to ? ": all at one instant, in the order that --follow tells" : "");
}

/* Takes away what can be missed, until the picture has the height that it was given: words of the path, the legend, the
 * path as a bar; then rows, when all would else be a fifth smaller than it should. */
static void make_fit(struct timeline *timeline)
{
    uint32_t room = svg_room(&timeline->svg);

    while (room > 0 && height_of(timeline) > room && timeline->has_bar) {
        if (timeline->segments > 0) {
            timeline->segments--;
        } else if (timeline->has_legend) {
            timeline->has_legend = false;
        } else {
            timeline->has_bar = false;
        }
    }
    while (room > 0 && height_of(timeline) > room + room / 4 && timeline->shown > TIMELINE_FEW) {
        timeline->shown--;
    }
}

static void draw(struct timeline *timeline)
{
    struct svg *svg = &timeline->svg;
    uint32_t height;
    char words[240];

    make_fit(timeline);
    height = height_of(timeline);
    describe(timeline, words, sizeof words);
    svg_head(svg, height, words);
    svg_axis(svg, height - timeline_legend_height(timeline) - path_height(timeline));
    timeline_threads(timeline);
    if (timeline->processors > 0) {
        timeline_processors(timeline);
    }
    for (size_t i = 0; i < timeline->places; i++) {
        timeline_place(timeline, &timeline->place[i]);
    }
    timeline_path(timeline);
    timeline_legend(timeline);
}

/* Draws one stretch of time, with the life's path where it goes through it. False when memory ran out. */
static bool draw_stretch(struct timeline *timeline, const struct scene *scene, const struct life *life)
{
    bool good;

    timeline->scene = scene;
    timeline->places = 0;
    memset(timeline->place, 0, sizeof timeline->place);
    timeline->path.count = 0;
    timeline->life = life != NULL && scene_shows(scene, life) ? life : NULL;
    svg_show(&timeline->svg, scene);
    good = gather_places(timeline) &&
           (timeline->life == NULL || path_of(&timeline->path, scene->lanes, scene->lives, timeline->life));
    if (good) {
        draw(timeline);
    }
    for (size_t i = 0; i < timeline->places; i++) {
        free(timeline->place[i].bar);
    }
    return good;
}

/* All of it as one picture, or cut into sheets of equal time. */
static bool draw_all(struct timeline *timeline, const struct scene *scene, const struct life *life)
{
    __extension__ typedef unsigned __int128 wide;
    struct scene part = *scene;
    bool good = true;

    part.pages = scene->pages > TIMELINE_SHEETS ? TIMELINE_SHEETS : scene->pages;
    for (uint32_t i = 0; i < (part.pages == 0 ? 1 : part.pages) && good; i++) {
        if (part.pages > 0) {
            part.from = scene->from + (sim_time)((wide)(scene->to - scene->from) * i / part.pages);
            part.to = scene->from + (sim_time)((wide)(scene->to - scene->from) * (i + 1) / part.pages);
        }
        good = draw_stretch(timeline, &part, life);
        svg_sheet_end(&timeline->svg);
    }
    return good;
}

/* Which states a legend has to explain. */
static void note_states(struct timeline *timeline, const struct scene *scene)
{
    for (uint32_t i = 0; i < scene->lanes->threads; i++) {
        const struct lane *lane = &scene->lanes->thread[i];
        for (size_t j = 0; j < lane->count; j++) {
            const struct lane_stretch *stretch = &lane->stretch[j];
            sim_time end = j + 1 < lane->count ? lane->stretch[j + 1].t : scene->lanes->end;
            const struct replay_port *port = stretch->active == 0 ? NULL : replay_port(scene->replay, stretch->slot);
            timeline->has[REPLAY_RUNNING] |= stretch->ran;
            timeline->has[stretch->state] |= end > stretch->t;
            timeline->has_preempted |= timeline->processors > 0 && stretch->state == REPLAY_RUNNING && j + 1 < lane->count &&
                                       lane->stretch[j + 1].state == REPLAY_READY;
            timeline->has[REPLAY_THREAD_STATES] |= port != NULL && port->limit > 0 && stretch->active > port->limit;
        }
    }
}

bool timeline_render(const struct scene *scene, const struct life *life, const struct trace_sink *sink)
{
    struct timeline *timeline = calloc(1, sizeof *timeline);
    bool good = timeline != NULL;

    if (!good) {
        return false;
    }
    timeline->order = calloc(scene->lanes->threads + 1, sizeof *timeline->order);
    timeline->row_y = calloc(scene->lanes->threads + 1, sizeof *timeline->row_y);
    good = timeline->order != NULL && timeline->row_y != NULL;
    if (good) {
        svg_begin(&timeline->svg, scene, sink);
        timeline->threads = scene_threads(scene, timeline->order);
        timeline->shown = timeline->threads > TIMELINE_THREADS ? TIMELINE_THREADS : timeline->threads;
        timeline->segments = TIMELINE_SEGMENTS;
        timeline->has_legend = true;
        timeline->has_bar = true;
        timeline->processors = count_processors(scene->lanes);
        note_states(timeline, scene);
        good = (timeline->processors == 0 || timeline_count_ready(timeline, scene->lanes)) &&
               draw_all(timeline, scene, life == NULL ? slowest(scene) : life);
        good = svg_end(&timeline->svg) && good;
    }
    path_release(&timeline->path);
    free(timeline->ready.counts);
    free(timeline->order);
    free(timeline->row_y);
    free(timeline);
    return good;
}
