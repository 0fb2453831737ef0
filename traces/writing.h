/* SPDX-License-Identifier: Apache-2.0 */
/* Text on its way to a sink: what a person reads, and JSON. */
#ifndef TRACES_WRITING_H
#define TRACES_WRITING_H

#include "sim/time.h"
#include "traces/trace.h"

struct writing {
    const struct trace_sink *sink;
    bool failed; /* the sink took no more */
};

/* Writes as printf does, cut to 8192 bytes. */
__attribute__((format(printf, 2, 3))) void writing_put(struct writing *to, const char *format, ...);

/* A string of JSON in its quotes; NULL is an empty one. */
void writing_string(struct writing *to, const char *text);

/* A duration with a NUL behind it. */
struct span_words {
    char text[40];
};

struct span_words span_words(sim_span span);

__extension__ typedef unsigned __int128 writing_total;

/* A number with a NUL behind it. */
struct mean_words {
    char text[48];
};

/* A number over time, in thousandths, such as 0.250. */
struct mean_words mean_words(writing_total area, sim_time end);

/* The mean of spans, in the largest unit that leaves a whole number before the point, such as 24.666ms. */
struct mean_words span_mean(writing_total sum, uint64_t count);

/* A member of an object of JSON; integers that not every reader keeps are strings, as in traces. */
void writing_sum(struct writing *to, const char *name, writing_total sum);

/* An object's name with a NUL behind it, cut to `room`. */
const char *name_words(const struct record_names *names, reference object, char *name, size_t room);

#endif
