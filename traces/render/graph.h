/* SPDX-License-Identifier: Apache-2.0 */
/* Graphs for Graphviz beside the structure: a life or a stretch of time, who waits for what, and a summary. */
#ifndef TRACES_RENDER_GRAPH_H
#define TRACES_RENDER_GRAPH_H

#include "traces/render/scene.h"

/* At most so many operations of a stretch of time are drawn; the rest is counted. */
#define GRAPH_LIVES 50u

/* At most so many nodes has a summary. */
#define GRAPH_NODES 60u

/* One operation (NULL: those of the scene's stretch of time), from its issue to its callback's end. */
bool graph_life(const struct scene *scene, const struct life *life, const struct trace_sink *sink);

/* Who waits for what at an instant, and the circle painted; SIM_NEVER: at the end of the run. Earlier only when the
 * records are kept. False too when memory ran out. */
bool graph_waits(const struct scene *scene, sim_time at, const struct trace_sink *sink);

/* What led to what: a node for each kind of record, type of thread and object, an edge for how often one caused the
 * other, with the median of the time between. Needs kept records. */
bool graph_summary(const struct scene *scene, const struct trace_sink *sink);

/* The head of a graph: title, fonts; and the attributes of a node that stands for a type of thread. */
void graph_begin(struct out *out, const struct scene *scene, const char *what);
void graph_type(struct out *out, enum thread_type type);

#endif
