/* SPDX-License-Identifier: Apache-2.0 */
/* Two runs beside each other: where they first part, in words, and what came out otherwise. */
#ifndef TRACES_DIFF_H
#define TRACES_DIFF_H

#include "traces/kept.h"

/* Two runs. The names say of which a sentence speaks, as in "where the golden trace has". */
struct diff {
    const struct kept *before, *after;
    const char *before_name, *after_name;
};

/* The first place, counted from 0, at which the runs do not tell the same; false when they do to their ends.
 * Compared is what records mean: names, not numbers of objects; causes by their place; not the numbers of
 * steps and frames, the pointers of steps, or the seed. O(records). */
bool diff_first(const struct diff *diff, size_t *place);

/* Writes the first divergence as one line, and the rules of both in words; nothing when there is none. False
 * when the sink took no more. */
bool diff_write_first(const struct diff *diff, const struct trace_sink *sink);

/* The same, then the outcomes that changed: callbacks that moved, and counts; for people or as one JSON
 * object. A diff without difference writes nothing, or {"same":true}. */
bool diff_write(const struct diff *diff, const struct trace_sink *sink);
bool diff_write_json(const struct diff *diff, const struct trace_sink *sink);

/* Whether memory ran out where the outcomes were gathered is told by these; the outcomes of one run. */
struct outcomes;
struct outcomes *outcomes_create(const struct kept *kept);
void outcomes_destroy(struct outcomes *outcomes);

struct writing;

/* Writes what changed between two runs' outcomes. */
void outcomes_write(const struct outcomes *before, const struct outcomes *after, struct writing *to);
void outcomes_write_json(const struct outcomes *before, const struct outcomes *after, struct writing *to);

#endif
