/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes in a terminal, and the operations in a table under them. */
#ifndef TRACES_RENDER_TEXT_H
#define TRACES_RENDER_TEXT_H

#include "traces/render/scene.h"

/* Writes them, at least 40 columns wide. `colours` takes what steers a terminal's colours, in its place among the
 * text; NULL: no colours. False when a sink took no more. */
bool text_render(const struct scene *scene, const struct trace_sink *sink, const struct trace_sink *colours);

/* The lanes alone, without title and legend, of the threads and ports; how two runs are set beside each other. */
bool text_render_lanes(const struct scene *scene, const struct trace_sink *sink, const struct trace_sink *colours);

#endif
