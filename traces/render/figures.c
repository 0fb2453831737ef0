/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the lives and one over the lanes. Everything is counted in integers; logarithms are straight lines
 * between powers of two, which moves a mark by less than a tenth of an octave and never turns two round. */
#include "traces/render/figures.h"

#include <stdlib.h>
#include <string.h>

uint32_t figures_log(uint64_t number)
{
    uint32_t power = 0;

    if (number == 0) {
        return 0;
    }
    while (number >> power > 1) {
        power++;
    }
    return power * 256 + (uint32_t)(power >= 8 ? (number >> (power - 8)) - 256 : (number << (8 - power)) - 256);
}

uint32_t figures_bin(const struct figures *figures, sim_span latency)
{
    uint32_t least = figures_log(figures->least);
    uint32_t range = figures_log(figures->most) - least + 1;
    uint32_t at = figures_log(latency < figures->least ? figures->least : latency) - least;

    return at * FIGURES_BINS / range;
}

/* How many nanoseconds the picture's time has, both ends among them. */
static sim_span length_of(const struct figures *figures)
{
    sim_span length = figures->scene->to - figures->scene->from;

    return length + (length < SIM_NEVER);
}

/* The slot of time that an instant falls into. */
static uint32_t slot_of(const struct figures *figures, sim_time t)
{
    __extension__ typedef unsigned __int128 wide;
    uint32_t slot = (uint32_t)((wide)(t - figures->scene->from) * FIGURES_SLOTS / length_of(figures));

    return slot < FIGURES_SLOTS ? slot : FIGURES_SLOTS - 1;
}

static sim_time slot_begin(const struct figures *figures, uint32_t slot)
{
    sim_span span = length_of(figures);

    return figures->scene->from + span / FIGURES_SLOTS * slot + span % FIGURES_SLOTS * slot / FIGURES_SLOTS;
}

static int order(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;

    return a < b ? -1 : a > b;
}

/* Whether an operation came to its end in the picture's time. */
static bool ended_here(const struct figures *figures, const struct life *life)
{
    sim_time end = life_end(life);

    return life_is_over(life) && end >= figures->scene->from && end <= figures->scene->to;
}

static void note_worst(struct figures *figures, const struct life *life)
{
    for (uint32_t i = 0; i < FIGURES_WORST; i++) {
        if (figures->worst[i] == NULL || life_latency(life) > life_latency(figures->worst[i])) {
            memmove(&figures->worst[i + 1], &figures->worst[i], (FIGURES_WORST - 1 - i) * sizeof figures->worst[0]);
            figures->worst[i] = life;
            return;
        }
    }
}

/* Latencies: least and most first, then where each falls. */
static bool gather_lives(struct figures *figures)
{
    const struct lives *lives = figures->scene->lives;

    figures->latency = calloc(lives_all(lives) + 1, sizeof *figures->latency);
    if (figures->latency == NULL) {
        return false;
    }
    for (size_t i = 0; i < lives_all(lives); i++) {
        const struct life *life = lives_at(lives, i);
        if (ended_here(figures, life)) {
            figures->latency[figures->count++] = life_latency(life);
            note_worst(figures, life);
        }
    }
    qsort(figures->latency, figures->count, sizeof *figures->latency, order);
    figures->least = figures->count == 0 || figures->latency[0] == 0 ? 1 : figures->latency[0];
    figures->most = figures->count == 0 || figures->latency[figures->count - 1] < figures->least
                        ? figures->least
                        : figures->latency[figures->count - 1];
    for (size_t i = 0; i < lives_all(lives); i++) {
        const struct life *life = lives_at(lives, i);
        if (ended_here(figures, life)) {
            uint32_t slot = slot_of(figures, life_end(life));
            uint32_t bin = figures_bin(figures, life_latency(life));
            figures->done[slot]++;
            figures->spread[bin]++;
            if (++figures->heat[slot][bin] > figures->hottest) {
                figures->hottest = figures->heat[slot][bin];
            }
        }
    }
    return true;
}

/* What the operations were spent on, summed. */
static bool gather_paths(struct figures *figures)
{
    const struct lives *lives = figures->scene->lives;
    sim_span sums[SEGMENT_KINDS];

    figures->path.is_coarse = true;
    for (size_t i = 0; i < lives_all(lives) && figures->split < FIGURES_SPLIT; i++) {
        if (!ended_here(figures, lives_at(lives, i))) {
            continue;
        }
        if (!path_of(&figures->path, figures->scene->lanes, lives, lives_at(lives, i))) {
            return false;
        }
        path_sums(&figures->path, sums);
        for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
            /* At the very end of time sums stay where they are. */
            figures->spent[kind] += sums[kind] > SIM_NEVER - figures->spent[kind] ? 0 : sums[kind];
        }
        figures->split++;
    }
    figures->path.is_coarse = false;
    return true;
}

/* The load's place among those that are drawn; FIGURES_LOADS: it is one too many. */
static size_t load_place(struct figures *figures, reference load)
{
    size_t at = 0;

    while (at < figures->loads && figures->load[at].load != load) {
        at++;
    }
    if (at == figures->loads && at < FIGURES_LOADS) {
        figures->load[figures->loads++].load = load;
    }
    return at;
}

static bool item_ended_here(const struct figures *figures, const struct item_ended *item)
{
    return item->ended >= figures->scene->from && item->ended <= figures->scene->to;
}

static void note_worst_item(struct figures *figures, const struct item_ended *item)
{
    for (uint32_t i = 0; i < FIGURES_WORST; i++) {
        if (figures->worst_item[i] == NULL || item->span[SERIES_LATENCY] > figures->worst_item[i]->span[SERIES_LATENCY]) {
            memmove(&figures->worst_item[i + 1], &figures->worst_item[i], (FIGURES_WORST - 1 - i) * sizeof figures->worst_item[0]);
            figures->worst_item[i] = item;
            return;
        }
    }
}

/* Items of loads that ended in the picture's time: latencies, and what they were made of. */
static bool gather_items(struct figures *figures)
{
    const struct items *items = replay_items(figures->scene->replay);

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < items->kept_count; i++) {
            const struct item_ended *item = &items->kept[i];
            size_t at = item_ended_here(figures, item) ? load_place(figures, item->load) : FIGURES_LOADS;
            struct figures_load *load = at == FIGURES_LOADS ? NULL : &figures->load[at];
            if (load == NULL) {
                continue;
            }
            if (pass == 1) {
                load->latency[load->count] = item->span[SERIES_LATENCY];
                for (int part = 0; part < SERIES_COUNT; part++) {
                    load->span[part] += item->span[part] > SIM_NEVER - load->span[part] ? 0 : item->span[part];
                }
                note_worst_item(figures, item);
            }
            load->count++;
        }
        for (size_t i = 0; i < figures->loads && pass == 0; i++) {
            figures->load[i].latency = calloc(figures->load[i].count + 1, sizeof *figures->load[i].latency);
            figures->load[i].count = 0;
            if (figures->load[i].latency == NULL) {
                return false;
            }
        }
    }
    for (size_t i = 0; i < figures->loads; i++) {
        qsort(figures->load[i].latency, figures->load[i].count, sizeof *figures->load[i].latency, order);
    }
    return true;
}

/* How long threads of each type ran in each slot. */
static void gather_running(struct figures *figures)
{
    const struct scene *scene = figures->scene;

    for (uint32_t i = 0; i < scene->lanes->threads; i++) {
        const struct lane *lane = &scene->lanes->thread[i];
        for (size_t j = 0; j < lane->count && lane->stretch[j].t <= scene->to; j++) {
            sim_time from = lane->stretch[j].t;
            sim_time to = j + 1 < lane->count ? lane->stretch[j + 1].t : scene->lanes->end;
            from = from < scene->from ? scene->from : from;
            to = to > scene->to ? scene->to : to;
            for (uint32_t slot = from < to ? slot_of(figures, from) : FIGURES_SLOTS;
                 lane->stretch[j].state == REPLAY_RUNNING && slot < FIGURES_SLOTS && from < to; slot++) {
                sim_time end = slot_begin(figures, slot + 1);
                end = end > to ? to : end;
                figures->running[slot][lane->type] += end > from ? end - from : 0;
                figures->busy += end > from && figures->busy < SIM_NEVER - (end - from) ? end - from : 0;
                from = end > from ? end : from;
            }
        }
    }
}

bool figures_render(const struct scene *scene, const struct trace_sink *sink)
{
    struct figures *figures = calloc(1, sizeof *figures);
    bool good = figures != NULL;

    if (!good) {
        return false;
    }
    figures->scene = scene;
    svg_begin(&figures->svg, scene, sink);
    good = gather_lives(figures) && gather_paths(figures) && gather_items(figures);
    if (good) {
        gather_running(figures);
        figures_draw(figures);
        good = svg_end(&figures->svg);
    }
    path_release(&figures->path);
    for (size_t i = 0; i < figures->loads; i++) {
        free(figures->load[i].latency);
    }
    free(figures->latency);
    free(figures);
    return good;
}
