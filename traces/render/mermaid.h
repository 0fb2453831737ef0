/* SPDX-License-Identifier: Apache-2.0 */
/* A sequence diagram for Mermaid, which hosts draw in their pages: short runs, or a stretch of a long one. */
#ifndef TRACES_RENDER_MERMAID_H
#define TRACES_RENDER_MERMAID_H

#include "traces/render/scene.h"

/* More than so many messages nobody reads, and hosts refuse texts of more than 50,000 characters. */
#define MERMAID_MESSAGES 200u
#define MERMAID_BYTES 45000u

/* False when the sink took no more, or memory ran out. */
bool mermaid_render(const struct scene *scene, const struct trace_sink *sink);

#endif
