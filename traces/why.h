/* SPDX-License-Identifier: Apache-2.0 */
/* Why something happened: the chain of causes of one record, back to its root. */
#ifndef TRACES_WHY_H
#define TRACES_WHY_H

#include "traces/kept.h"

/* Writes the chain of causes of record `n`, which there must be, the record itself first; for people or as one
 * JSON object. False when the sink took no more. O(length of the chain). */
bool why_write(const struct kept *kept, uint64_t n, const struct trace_sink *sink);
bool why_write_json(const struct kept *kept, uint64_t n, const struct trace_sink *sink);

#endif
