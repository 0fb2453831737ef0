/* SPDX-License-Identifier: Apache-2.0 */
/* Chrome's trace event format: what Perfetto, speedscope and others open. */
#ifndef TRACES_RENDER_CHROME_H
#define TRACES_RENDER_CHROME_H

#include "traces/render/scene.h"

/* False when the sink took no more, or memory ran out. */
bool chrome_render(const struct scene *scene, const struct trace_sink *sink);

#endif
