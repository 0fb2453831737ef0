/* SPDX-License-Identifier: Apache-2.0 */
/* The structure of a scenario as a graph for the dot program: devices, handles, ports, threads, and who talks to whom. */
#ifndef TRACES_RENDER_DOT_H
#define TRACES_RENDER_DOT_H

#include "traces/lanes.h"
#include "traces/replay.h"
#include "traces/trace.h"

struct dot_picture {
    const struct replay *replay; /* has seen the whole run */
    const struct lanes *lanes;
    const struct cast *cast;
    const struct record_names *names;
    const char *title;
};

/* False when the sink took no more. */
bool dot_render(const struct dot_picture *picture, const struct trace_sink *sink);

#endif
