/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes in a terminal. */
#ifndef TRACES_RENDER_TEXT_H
#define TRACES_RENDER_TEXT_H

#include "traces/lanes.h"
#include "traces/trace.h"

/* What is drawn: the lanes, and the replayed state at the end (limits). */
struct text_picture {
    const struct lanes *lanes;
    const struct replay *replay;
    const struct record_names *names;
    const char *title;
    unsigned width; /* columns, at least 40 */
};

/* False when the sink took no more. */
bool text_render(const struct text_picture *picture, const struct trace_sink *sink);

#endif
