/* SPDX-License-Identifier: Apache-2.0 */
/* Where the time of one operation went, in a terminal. */
#ifndef TRACES_RENDER_RIBBON_H
#define TRACES_RENDER_RIBBON_H

#include "traces/render/scene.h"

/* Writes it; false when the sink took no more, or memory ran out. */
bool ribbon_render(const struct scene *scene, const struct life *life, const struct trace_sink *sink);

#endif
