/* SPDX-License-Identifier: Apache-2.0 */
/* The structure of a scenario as a graph for the dot program: devices, handles, ports, threads, and who talks to whom. */
#ifndef TRACES_RENDER_DOT_H
#define TRACES_RENDER_DOT_H

#include "traces/render/scene.h"

/* False when the sink took no more. */
bool dot_render(const struct scene *scene, const struct trace_sink *sink);

#endif
