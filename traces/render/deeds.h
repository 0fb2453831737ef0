/* SPDX-License-Identifier: Apache-2.0 */
/* What a thread did, as slices that nest: what the formats of trace viewers are made of. */
#ifndef TRACES_RENDER_DEEDS_H
#define TRACES_RENDER_DEEDS_H

#include "traces/render/scene.h"

enum deed_kind {
    DEED_CALLBACK,
    DEED_ISSUE, /* it issues an operation or posts a packet: for no time */
    DEED_STATE, /* it is ready, blocked or parked, or runs what is no callback */
};

struct deed {
    sim_time from, to;
    uint64_t op;        /* 0: none */
    reference on;       /* of a state: on what it is blocked, or where it is parked */
    uint32_t procedure; /* of a callback */
    uint32_t place;     /* of an issue: of its life */
    uint8_t kind, state, why, depth;
};

struct deeds {
    const struct scene *scene;
    struct deed *deed;      /* of one thread, by beginning; of those that begin together the longer first, but for those
                               that take no time, which go before */
    size_t count, room;
    uint32_t *first, *next; /* by thread, and by life: who issued what; UINT32_MAX: no more */
    bool failed;
};

/* Prepares; false when memory ran out. */
bool deeds_begin(struct deeds *deeds, const struct scene *scene);
void deeds_end(struct deeds *deeds);

/* Gathers what one thread did within the scene's stretch of time. False when memory ran out. */
bool deeds_of(struct deeds *deeds, uint32_t slot);

/* A deed in a word or two, cut to `room`: the procedure, "blocked: sleep", "read test.txt". */
void deed_words(const struct deeds *deeds, const struct deed *deed, char *words, size_t room);

#endif
