/* SPDX-License-Identifier: Apache-2.0 */
/* What every picture is drawn from: the lanes and lives of a run, the state at its end, and its names. */
#ifndef TRACES_RENDER_SCENE_H
#define TRACES_RENDER_SCENE_H

#include "traces/kept.h"
#include "traces/lives.h"
#include "traces/render/out.h"
#include "traces/replay.h"

struct scene {
    const struct lanes *lanes;
    const struct lives *lives;
    const struct replay *replay; /* has seen the whole run */
    const struct kept *kept;     /* NULL: not kept; only a wait-for graph of an earlier instant, and a diff, need it */
    const struct cast *cast;
    const struct record_names *names;
    const struct trace_header *header;
    sim_time from, to;           /* the stretch of time that is shown: from <= to */
    unsigned width;              /* columns, or pixels */
    unsigned height, letters;    /* of an SVG, pixels; 0: as is usual */
    unsigned pages;              /* of an SVG: so many sheets of paper; 0: none */
    bool is_dark;                /* on dark paper */
};

/* The longest name that a picture shows. */
#define SCENE_NAME_MAX 48u

struct scene_name {
    char text[4 * SCENE_NAME_MAX + 16];
};

/* Names, cut to what a picture has room for. An operation is called by its label, else by its number, #4,
 * a work item by that of the record that queued it, @12. */
struct scene_name scene_name(const struct scene *scene, reference object);
struct scene_name scene_procedure(const struct scene *scene, uint32_t procedure);
struct scene_name scene_op(const struct scene *scene, const struct life *life);

/* A name cut to at most `most` characters, at its end or, of an element, before its index, which tells it from its
 * neighbours. `room` bytes are enough for 4 times `most`. */
const char *scene_cut(char *buffer, size_t room, const char *name, size_t most);

/* Title and variant, cut to `most` characters; `title` has room for four times as many bytes, and 16. */
void scene_title(const struct scene *scene, char *title, size_t most);

/* The threads that have a lane, in the order in which they are shown: the program's own first, then by type, each in
 * the order of their numbers. How many; `order` has room for all lanes. */
size_t scene_threads(const struct scene *scene, uint32_t *order);

/* Whether a life has anything to show in the scene's stretch of time. */
bool scene_shows(const struct scene *scene, const struct life *life);

/* What an operation does: "read test.txt", "post to P" or "queue to pool". */
void scene_deed(const struct scene *scene, const struct life *life, char *words, size_t room);

#endif
