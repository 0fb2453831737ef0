/* SPDX-License-Identifier: Apache-2.0 */
/* Two runs side by side: their lanes on one scale, the first decision that differs, and the operations whose latency
 * changed, the most changed first. */
#ifndef TRACES_RENDER_PAIR_H
#define TRACES_RENDER_PAIR_H

#include "traces/diff.h"
#include "traces/render/scene.h"

struct pair {
    const struct scene *before, *after; /* of kept runs */
    const char *before_name, *after_name;
};

/* An operation of both runs: by its label, or else by its number. */
struct pair_change {
    const struct life *before, *after; /* NULL: only the other run has it, or it was not over there */
    uint64_t change;                   /* how much longer or shorter it took; SIM_NEVER: one run only */
    bool is_longer;
};

/* So many of the changes are shown; of more, the rest is counted. */
#define PAIR_CHANGES 20u

/* The changes, sorted; NULL when memory ran out. To be freed. */
struct pair_change *pair_changes(const struct pair *pair, size_t *count);

/* Where the runs part, as two lines of words and the rules; the instants. False when they do not. */
struct pair_parting {
    sim_time before, after;
    char words[1600];
    char rules[1200];
};

/* What is said of an operation that is not over in both runs: how far it came is then compared. */
const char *pair_unfinished(const struct life *before, const struct life *after);

bool pair_parts(const struct pair *pair, struct pair_parting *parting);

/* False when the sink took no more, or memory ran out. */
bool pair_render_text(const struct pair *pair, const struct trace_sink *sink, const struct trace_sink *colours);
bool pair_render_svg(const struct pair *pair, const struct trace_sink *sink);

#endif
