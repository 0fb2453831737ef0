/* SPDX-License-Identifier: Apache-2.0 */
/* Percentiles are found byte by byte from the top: those whose upper bytes are the wanted one's are counted by the
 * next byte, until a single value is left. Nothing is sorted, and no order of arrival is slow. */
#include "traces/spans.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

__extension__ typedef unsigned __int128 uint128;

void spans_release(struct spans *spans)
{
    free(spans->kept);
    memset(spans, 0, sizeof *spans);
}

bool spans_add(struct spans *spans, sim_span span)
{
    void *kept = spans->kept;

    if (spans->keeps) {
        if (!array_reach(&kept, &spans->room, spans->count, sizeof *spans->kept)) {
            return false;
        }
        spans->kept = kept;
        spans->kept[spans->count] = span;
    }
    spans->least = spans->count == 0 || span < spans->least ? span : spans->least;
    spans->most = span > spans->most ? span : spans->most;
    spans->sum += span;
    spans->count++;
    return true;
}

/* Moves those with this byte to the front; how many they are. */
static size_t keep_byte(sim_span *span, size_t count, uint32_t shift, uint32_t byte)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if ((span[i] >> shift & 0xff) == byte) {
            span[kept++] = span[i];
        }
    }
    return kept;
}

/* The one that `rank` others stand before in order of size. */
static sim_span select_rank(sim_span *span, size_t count, size_t rank)
{
    for (uint32_t shift = 64; shift > 0 && count > 1;) {
        size_t with_byte[256] = {0};
        uint32_t byte = 0;

        shift -= 8;
        for (size_t i = 0; i < count; i++) {
            with_byte[span[i] >> shift & 0xff]++;
        }
        for (; rank >= with_byte[byte]; byte++) {
            rank -= with_byte[byte];
        }
        count = keep_byte(span, count, shift, byte);
    }
    return span[0];
}

bool spans_percentile(const struct spans *spans, uint32_t per_mille, sim_span *result)
{
    uint64_t rank = (uint64_t)(((uint128)spans->count * per_mille + 999) / 1000);
    sim_span *copy = malloc(spans->count * sizeof *copy);

    if (copy == NULL) {
        return false;
    }
    memcpy(copy, spans->kept, spans->count * sizeof *copy);
    *result = select_rank(copy, spans->count, rank == 0 ? 0 : rank - 1);
    free(copy);
    return true;
}
