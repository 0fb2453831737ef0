/* SPDX-License-Identifier: Apache-2.0 */
/* Draws keyed by (seed, stream, how many-th), and distributions of them in integers, the same on every
 * machine. A draw never depends on what was drawn elsewhere. */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* One draw of a stream. What a distribution needs beyond one number is derived from the same key. */
struct random_stream {
    uint64_t key; /* of seed and stream */
    uint64_t k;   /* how many-th draw of the stream, from 0 */
    uint32_t sub; /* numbers used so far for this draw; begins at 0 */
};

/* The key of a stream by its name. */
uint64_t random_key(const char *bytes, size_t length);

/* What all draws of a stream have in common. */
uint64_t random_stream_key(uint64_t seed, uint64_t stream);

/* The next 64 bits of this draw. */
uint64_t random_bits(struct random_stream *stream);

/* Every whole number from `least` to `most` alike, without bias. */
uint64_t random_uniform(struct random_stream *stream, uint64_t least, uint64_t most);

/* Exponential with this mean; the relative error of the quantile function is below 1e-8, the tail ends at
 * 44 means. Results of all of these stay below 2^63. */
uint64_t random_exponential(struct random_stream *stream, uint64_t mean);

/* The sum of `k` exponentials, whose mean is `mean`. O(k). */
uint64_t random_erlang(struct random_stream *stream, uint32_t k, uint64_t mean);

/* Log-normal by its median and 99th percentile; the relative error of the quantile function is below 1e-5
 * between the 1st and the 99.9th percentile. */
uint64_t random_lognormal(struct random_stream *stream, uint64_t p50, uint64_t p99);

#endif
