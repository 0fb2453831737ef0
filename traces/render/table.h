/* SPDX-License-Identifier: Apache-2.0 */
/* The table of operations under the lanes in a terminal. */
#ifndef TRACES_RENDER_TABLE_H
#define TRACES_RENDER_TABLE_H

#include "traces/render/scene.h"

/* At most so many operations stand in it; of more, the rest is counted and the slowest are named. */
#define TABLE_ROWS 20u

/* Writes it, no line wider than `width`; nothing where there is no operation. False when the sink took no more. */
bool table_render(const struct scene *scene, unsigned width, const struct trace_sink *sink);

#endif
