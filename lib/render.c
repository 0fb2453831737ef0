/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: what a run kept for them, and which renderer draws which form. */
#include <assert.h>
#include <string.h>

#include "lib/session.h"
#include "scenarios/load/expression.h"
#include "traces/render/chrome.h"
#include "traces/render/dot.h"
#include "traces/render/figures.h"
#include "traces/render/graph.h"
#include "traces/render/mermaid.h"
#include "traces/render/pair.h"
#include "traces/render/perfetto.h"
#include "traces/render/ribbon.h"
#include "traces/render/text.h"
#include "traces/render/timeline.h"

static_assert(IOCPSIM_WORK == LIFE_WORK, "a work item has one name");

enum iocpsim_status iocpsim_run_draw(struct iocpsim_run *run)
{
    run->lanes = lanes_create();
    run->lives = lives_create();
    if (run->lanes == NULL || run->lives == NULL) {
        lanes_destroy(run->lanes);
        lives_destroy(run->lives);
        run->lanes = NULL;
        run->lives = NULL;
        return IOCPSIM_NO_MEMORY;
    }
    expectation_keep_items(run->judge);
    session_observe(run, interest_all(), (struct record_observer){.see = lanes_see, .context = run->lanes});
    session_observe(run, interest_all(), (struct record_observer){.see = lives_see, .context = run->lives});
    return IOCPSIM_OK;
}

/* A sink on which it is noted whether it took all: what was not written though it did, memory was missing for. */
struct watched {
    struct iocpsim_sink to;
    bool refused;
};

static bool write_watched(void *context, const char *bytes, size_t length)
{
    struct watched *watched = context;

    watched->refused = watched->refused || !watched->to.write(watched->to.context, bytes, length);
    return !watched->refused;
}

static enum iocpsim_status status_of(const struct watched *watched, bool written)
{
    return written ? IOCPSIM_OK : watched->refused ? IOCPSIM_NOT_WRITTEN : IOCPSIM_NO_MEMORY;
}

/* An instant as it was asked for; what it was when there is none. False when it is no duration. */
static bool read_instant(const char *text, sim_time *instant)
{
    struct value value;

    if (text == NULL) {
        return true;
    }
    if (!expression_literal(text, &value) || (int64_t)value.bits < 0 ||
        (value.type != VALUE_DURATION && value.bits != 0)) {
        return false;
    }
    *instant = value.bits;
    return true;
}

/* What is drawn of a run; false when the picture asks for what cannot be. */
static bool set_scene(const struct iocpsim_run *run, const struct iocpsim_picture *picture, struct scene *scene)
{
    if (run->lanes == NULL) {
        return false;
    }
    *scene = (struct scene){
        .lanes = run->lanes,
        .lives = run->lives,
        .replay = expectation_replay(run->judge),
        .kept = run->kept == NULL ? NULL : &run->kept->records,
        .cast = &run->cast,
        .names = &run->names,
        .header = &run->header,
        .to = run->lanes->end,
        .width = picture->width,
        .height = picture->height,
        .letters = picture->letters,
        .pages = picture->pages,
        .is_dark = picture->is_dark,
    };
    if (!read_instant(picture->from, &scene->from) || !read_instant(picture->to, &scene->to)) {
        return false;
    }
    scene->to = scene->to > run->lanes->end ? run->lanes->end : scene->to;
    return scene->from <= scene->to;
}

enum iocpsim_status
iocpsim_run_render(const struct iocpsim_run *run, const struct iocpsim_picture *picture, const struct iocpsim_sink *sink)
{
    struct watched watched = {*sink, false};
    struct iocpsim_sink kept = {write_watched, &watched};
    struct iocpsim_sink shown = iocpsim_harmless(&kept);
    struct trace_sink to = {kept.write, kept.context};
    struct trace_sink to_people = {shown.write, shown.context};
    const struct life *life = NULL;
    struct scene scene;
    sim_time at = SIM_NEVER;
    bool written = false;

    if (!set_scene(run, picture, &scene)) {
        return IOCPSIM_BAD_OPTION;
    }
    if (picture->operation != 0 && (life = lives_find(run->lives, picture->operation)) == NULL) {
        return IOCPSIM_BAD_OPTION;
    }
    switch (picture->form) {
    case IOCPSIM_TEXT:
        written = text_render(&scene, &to_people, picture->has_colours ? &to : NULL);
        break;
    case IOCPSIM_PATH:
        if (life == NULL) {
            return IOCPSIM_BAD_OPTION;
        }
        written = ribbon_render(&scene, life, &to_people);
        break;
    case IOCPSIM_DOT:
        written = dot_render(&scene, &to);
        break;
    case IOCPSIM_DOT_LIFE:
        written = graph_life(&scene, life, &to);
        break;
    case IOCPSIM_DOT_WAITS:
        if (!read_instant(picture->at, &at) || (picture->at != NULL && scene.kept == NULL)) {
            return IOCPSIM_BAD_OPTION;
        }
        written = graph_waits(&scene, at, &to);
        break;
    case IOCPSIM_DOT_SUMMARY:
        if (scene.kept == NULL) {
            return IOCPSIM_BAD_OPTION;
        }
        written = graph_summary(&scene, &to);
        break;
    case IOCPSIM_SVG:
        written = timeline_render(&scene, life, &to);
        break;
    case IOCPSIM_CHROME:
        written = chrome_render(&scene, &to);
        break;
    case IOCPSIM_PERFETTO:
        written = perfetto_render(&scene, &to);
        break;
    case IOCPSIM_MERMAID:
        written = mermaid_render(&scene, &to);
        break;
    case IOCPSIM_STATISTICS:
        written = figures_render(&scene, &to);
        break;
    }
    return status_of(&watched, written);
}

enum iocpsim_status iocpsim_render_pair(const struct iocpsim_run_pair *runs,
                                        const struct iocpsim_picture *picture,
                                        const struct iocpsim_sink *sink)
{
    struct watched watched = {*sink, false};
    struct iocpsim_sink kept = {write_watched, &watched};
    struct iocpsim_sink shown = iocpsim_harmless(&kept);
    struct trace_sink to = {kept.write, kept.context};
    struct trace_sink to_people = {shown.write, shown.context};
    struct scene before;
    struct scene after;
    struct pair pair = {&before, &after, runs->before_name, runs->after_name};
    bool written;

    if (!set_scene(runs->before, picture, &before) || !set_scene(runs->after, picture, &after) || before.kept == NULL ||
        after.kept == NULL || (picture->form != IOCPSIM_TEXT && picture->form != IOCPSIM_SVG)) {
        return IOCPSIM_BAD_OPTION;
    }
    if (picture->form == IOCPSIM_SVG) {
        written = pair_render_svg(&pair, &to);
    } else {
        /* On one scale: up to the end of the longer one. */
        before.to = picture->to == NULL && after.to > before.to ? after.to : before.to;
        after.to = before.to > after.to && picture->to == NULL ? before.to : after.to;
        written = pair_render_text(&pair, &to_people, picture->has_colours ? &to : NULL);
    }
    return status_of(&watched, written);
}
