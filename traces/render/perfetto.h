/* SPDX-License-Identifier: Apache-2.0 */
/* Perfetto's own trace format: a stream of packets in protocol buffers' wire form. */
#ifndef TRACES_RENDER_PERFETTO_H
#define TRACES_RENDER_PERFETTO_H

#include "traces/render/scene.h"

/* False when the sink took no more, or memory ran out. */
bool perfetto_render(const struct scene *scene, const struct trace_sink *sink);

#endif
