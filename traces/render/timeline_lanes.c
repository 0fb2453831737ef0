/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes of threads. A state is told by height and fill: running full and solid, ready full and hollow,
 * blocked a third of the height with the letter of its reason, parked a line. Each state of a lane is one path. */
#include <stdio.h>
#include <string.h>

#include "traces/render/timeline.h"

/* Why a thread is blocked, in one letter. */
static const char *reason_letter(const struct lane_stretch *stretch)
{
    switch ((int)stretch->why) {
    case WHY_LOCK:
        return "L";
    case WHY_SYNCHRONOUS_IO:
        return "I";
    case WHY_SLEEP:
        return "S";
    case WHY_READ_LINE:
        return "I";
    default:
        return stretch->on != REFERENCE_NONE && reference_kind(stretch->on) == OBJECT_THREAD   ? "J"
               : stretch->on != REFERENCE_NONE && reference_kind(stretch->on) == OBJECT_MUTEX ? "L"
                                                                                                : "O";
    }
}

/* The name of a row, with the letter of its type in a box of its colour. */
static void put_name(struct svg *svg, uint32_t y, enum thread_type type, const char *name)
{
    char shown[4 * SCENE_NAME_MAX];
    char glyph[2] = {thread_type_glyph(type), '\0'};

    out_put(&svg->out, "<path d=\"M%d %uh%dv%dH%dz\" fill=\"%s\" stroke=\"{edge}\" stroke-width=\"10\"/>\n", 16 * SVG_PIXEL,
            y + 2 * SVG_PIXEL, 18 * SVG_PIXEL, 18 * SVG_PIXEL, 16 * SVG_PIXEL, svg_type_colour(type));
    svg_text(svg, (struct svg_text){25 * SVG_PIXEL, y + 15 * SVG_PIXEL, SVG_MIDDLE, svg_type_text(type), true}, glyph);
    svg_text(svg, (struct svg_text){40 * SVG_PIXEL, y + 15 * SVG_PIXEL, SVG_START, NULL, false},
             scene_cut(shown, sizeof shown, name, (SVG_LEFT - 48 * SVG_PIXEL) / SVG_LETTER));
}

sim_time stretch_end(const struct svg *svg, const struct lane *lane, size_t i)
{
    sim_time end = i + 1 < lane->count ? lane->stretch[i + 1].t : svg->scene->lanes->end;

    return end > svg->to ? svg->to : end;
}

/* Until when a thread that came back is one too many; its beginning when it is not. */
static sim_time over_limit_until(const struct timeline *timeline, const struct lane_stretch *stretch, sim_time end)
{
    const struct replay_port *port = stretch->active == 0 ? NULL : replay_port(timeline->scene->replay, stretch->slot);
    const struct port_lane *lane = port == NULL ? NULL : &timeline->scene->lanes->port[reference_slot(stretch->slot)];

    if (port == NULL || port->limit == 0 || stretch->active <= port->limit) {
        return stretch->t;
    }
    for (size_t i = lane_counts_at(lane, stretch->t) + 1; i < lane->count && lane->counts[i].t < end; i++) {
        if (lane->counts[i].active <= port->limit) {
            return lane->counts[i].t;
        }
    }
    return end;
}

/* One state of one lane. */
static void put_state(struct timeline *timeline, const struct lane *lane, uint32_t y, enum replay_thread_state state)
{
    struct svg *svg = &timeline->svg;
    enum thread_type type = (enum thread_type)lane->type;
    struct svg_boxes boxes;
    size_t first = lane_at(lane, svg->from);
    char attributes[80];

    if (state == REPLAY_PARKED) {
        snprintf(attributes, sizeof attributes, "fill=\"%s\"", svg_type_line(type));
        svg_boxes_begin(&boxes, y + ROW_HEIGHT / 2 - SVG_PIXEL, 2 * SVG_PIXEL, attributes);
    } else if (state == REPLAY_BLOCKED) {
        svg_boxes_begin(&boxes, y + ROW_HEIGHT - ROW_HEIGHT / 3, ROW_HEIGHT / 3, svg_type_fill(type));
    } else if (state == REPLAY_READY) {
        svg_boxes_begin(&boxes, y + SVG_PIXEL, ROW_HEIGHT - 2 * SVG_PIXEL, svg_type_hollow(type));
    } else {
        svg_boxes_begin(&boxes, y, ROW_HEIGHT, svg_type_fill(type));
    }
    for (size_t i = first == SIZE_MAX ? 0 : first; i < lane->count && lane->stretch[i].t <= svg->to; i++) {
        const struct lane_stretch *stretch = &lane->stretch[i];
        sim_time end = stretch_end(svg, lane, i);
        if (stretch->state == (uint8_t)state && (end > stretch->t || state == REPLAY_RUNNING)) {
            svg_boxes_add(svg, &boxes, svg_x(svg, stretch->t), svg_x(svg, end));
        } else if (state == REPLAY_RUNNING && stretch->ran && stretch->t >= svg->from) {
            svg_boxes_add(svg, &boxes, svg_x(svg, stretch->t), svg_x(svg, stretch->t));
        }
    }
    svg_boxes_end(svg, &boxes);
}

/* Why a thread is blocked, as far as there is room: "p1 S: sleep", "S: sleep" or "S". `words` has room for a name more. */
static const char *block_words(const struct scene *scene, const struct lane *lane, const struct lane_stretch *stretch, size_t letters, char *words)
{
    const char *letter = reason_letter(stretch);
    size_t callback = lane_callback_at(lane, stretch->t);
    const struct life *life = callback == SIZE_MAX || lane->callback[callback].op == 0 ? NULL : lives_find(scene->lives, lane->callback[callback].op);
    size_t room = 4 * SCENE_NAME_MAX + 80;

    if (life != NULL) {
        snprintf(words, room, "%s %s: %s", scene_op(scene, life).text, letter, record_why_name((enum record_why)stretch->why));
    }
    if (life == NULL || out_characters(words) > letters) {
        snprintf(words, room, "%s: %s", letter, record_why_name((enum record_why)stretch->why));
    }
    return out_characters(words) <= letters ? words : letter;
}

/* The letters of reasons over what is blocked, where there is room. */
static void put_letters(struct timeline *timeline, const struct lane *lane, uint32_t y)
{
    struct svg *svg = &timeline->svg;
    size_t first = lane_at(lane, svg->from);
    uint32_t count = 0;
    char words[4 * SCENE_NAME_MAX + 80];

    for (size_t i = first == SIZE_MAX ? 0 : first; i < lane->count && lane->stretch[i].t <= svg->to && count < TIMELINE_LABELS; i++) {
        const struct lane_stretch *stretch = &lane->stretch[i];
        uint32_t from = svg_x(svg, stretch->t);
        uint32_t to = svg_x(svg, stretch_end(svg, lane, i));
        if (stretch->state == REPLAY_BLOCKED && to - from >= 14 * SVG_PIXEL) {
            svg_text(svg, (struct svg_text){from + (to - from) / 2, y + 12 * SVG_PIXEL, SVG_MIDDLE, "{faint}", false},
                     block_words(timeline->scene, lane, stretch, (to - from - 4 * SVG_PIXEL) / SVG_LETTER, words));
            count++;
        }
    }
}

/* Red along the top while more threads are active than the port allows, because this one came back. */
static void put_over_limit(struct timeline *timeline, const struct lane *lane, uint32_t y)
{
    struct svg *svg = &timeline->svg;
    struct svg_boxes boxes;
    size_t first = lane_at(lane, svg->from);

    svg_boxes_begin(&boxes, y - 3 * SVG_PIXEL, 4 * SVG_PIXEL, "fill=\"{red}\"");
    for (size_t i = first == SIZE_MAX ? 0 : first; i < lane->count && lane->stretch[i].t <= svg->to; i++) {
        sim_time until = over_limit_until(timeline, &lane->stretch[i], stretch_end(svg, lane, i));
        if (until > lane->stretch[i].t) {
            svg_boxes_add(svg, &boxes, svg_x(svg, lane->stretch[i].t), svg_x(svg, until));
        }
    }
    svg_boxes_end(svg, &boxes);
}

/* The widest stretch in which a callback runs: its label stands there. */
static bool widest_run(const struct svg *svg, const struct lane *lane, const struct lane_callback *callback, struct svg_box *box)
{
    size_t at = lane_at(lane, callback->begin > svg->from ? callback->begin : svg->from);

    box->width = 0;
    for (size_t i = at == SIZE_MAX ? 0 : at; i < lane->count && lane->stretch[i].t < callback->end && i < at + 32; i++) {
        sim_time from = lane->stretch[i].t > callback->begin ? lane->stretch[i].t : callback->begin;
        sim_time to = stretch_end(svg, lane, i);
        uint32_t x = svg_x(svg, from);
        uint32_t end = svg_x(svg, to < callback->end ? to : callback->end);
        if (lane->stretch[i].state == REPLAY_RUNNING && end > x && end - x > box->width) {
            box->x = x;
            box->width = end - x;
        }
    }
    return box->width > 0;
}

/* What a callback is called on its lane, as far as there is room: "handle p2", "p2", or nothing. */
static bool callback_words(const struct scene *scene, const struct lane_callback *callback, size_t letters, char *words)
{
    const struct life *life = callback->op == 0 ? NULL : lives_find(scene->lives, callback->op);
    struct scene_name procedure = scene_procedure(scene, callback->procedure);
    struct scene_name op = {""};

    if (life != NULL) {
        op = scene_op(scene, life);
    }
    snprintf(words, 8 * SCENE_NAME_MAX + 40, "%s%s%s", procedure.text, op.text[0] == '\0' ? "" : " ", op.text);
    if (out_characters(words) > letters) {
        snprintf(words, 8 * SCENE_NAME_MAX + 40, "%s", op.text[0] == '\0' ? procedure.text : op.text);
    }
    return words[0] != '\0' && out_characters(words) <= letters;
}

/* A callback that took no time is named beside its mark, where nothing else is; how far to the right that reaches. */
static uint32_t put_instant(struct timeline *timeline, const struct lane_callback *callback, uint32_t y, uint32_t taken)
{
    struct svg *svg = &timeline->svg;
    uint32_t x = svg_x(svg, callback->begin);
    char words[8 * SCENE_NAME_MAX + 40];
    uint32_t width;
    uint32_t left;

    if (!callback_words(timeline->scene, callback, 24, words)) {
        return taken;
    }
    width = (uint32_t)out_characters(words) * SVG_LETTER + 60;
    left = x + 30 + width > svg->left + svg->width ? x - 30 - width : x + 30;
    if (left < taken + SVG_PIXEL) {
        return taken;
    }
    out_put(&svg->out, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"150\" fill=\"{paper}\"/>\n", left, y + 35, width);
    svg_text(svg, (struct svg_text){left + width / 2, y + 155, SVG_MIDDLE, NULL, false}, words);
    return left > x ? left + width : x;
}

/* Where callbacks begin, and what they are called. */
static void put_callbacks(struct timeline *timeline, const struct lane *lane, uint32_t y)
{
    struct svg *svg = &timeline->svg;
    const char *colour = svg_type_text((enum thread_type)lane->type);
    size_t at = lane_callback_at(lane, svg->from);
    uint32_t last = 0;
    uint32_t count = 0;
    char words[8 * SCENE_NAME_MAX + 40];

    for (size_t i = at == SIZE_MAX ? 0 : at; i < lane->callbacks && lane->callback[i].begin <= svg->to; i++) {
        const struct lane_callback *callback = &lane->callback[i];
        struct svg_box box = {0, 0, 0, 0};
        bool is_alone = i + 1 == lane->callbacks || svg_x(svg, lane->callback[i + 1].begin) > svg_x(svg, callback->begin) + 1800;
        if (callback->begin == callback->end && callback->begin >= svg->from && count < TIMELINE_LABELS && is_alone) {
            last = put_instant(timeline, callback, y, last);
            count++;
            continue;
        }
        if (callback->end < svg->from || count >= TIMELINE_LABELS || !widest_run(svg, lane, callback, &box) ||
            box.width < 10 * SVG_PIXEL) {
            continue;
        }
        if (svg_x(svg, callback->begin) == last) { /* right behind another one */
            out_put(&svg->out, "<path d=\"M%u %uv%d\" stroke=\"{paper}\" stroke-width=\"16\"/>\n", last, y + 5, ROW_HEIGHT - 10);
        }
        last = svg_x(svg, callback->end);
        if (callback_words(timeline->scene, callback, (box.width - 4 * SVG_PIXEL) / SVG_LETTER, words)) {
            svg_text(svg, (struct svg_text){box.x + box.width / 2, y + 155, SVG_MIDDLE, colour, false}, words);
            count++;
        }
    }
}

void timeline_threads(struct timeline *timeline)
{
    struct svg *svg = &timeline->svg;
    char words[80];

    svg_heading(svg, "threads");
    for (size_t i = 0; i < timeline->shown; i++) {
        const struct lane *lane = &timeline->scene->lanes->thread[timeline->order[i]];
        struct scene_name name = scene_name(timeline->scene, reference_make(OBJECT_THREAD, timeline->order[i]));
        timeline->row_y[timeline->order[i]] = svg->y;
        put_name(svg, svg->y, (enum thread_type)lane->type, name.text);
        put_state(timeline, lane, svg->y, REPLAY_PARKED);
        put_state(timeline, lane, svg->y, REPLAY_BLOCKED);
        put_state(timeline, lane, svg->y, REPLAY_READY);
        put_state(timeline, lane, svg->y, REPLAY_RUNNING);
        put_over_limit(timeline, lane, svg->y);
        put_letters(timeline, lane, svg->y);
        put_callbacks(timeline, lane, svg->y);
        svg->y += ROW;
    }
    if (timeline->shown < timeline->threads) {
        snprintf(words, sizeof words, "and %zu more threads", timeline->threads - timeline->shown);
        svg_text(svg, (struct svg_text){40 * SVG_PIXEL, svg->y + 11 * SVG_PIXEL, SVG_START, "{faint}", false}, words);
        svg->y += LINE;
    }
    svg->y += GAP;
}
