/* SPDX-License-Identifier: Apache-2.0 */
/* What both forms of a trace have in common. */
#include "traces/trace.h"

bool trace_is_big_integer(const char *text, size_t length, int64_t *number)
{
    bool negative = length > 0 && text[0] == '-';
    size_t first = negative ? 1 : 0;
    uint64_t most = negative ? UINT64_C(1) << 63 : (UINT64_C(1) << 63) - 1;
    uint64_t size = 0;

    if (length - first > 19 || length == first || text[first] == '0') {
        return false;
    }
    for (size_t i = first; i < length; i++) {
        uint32_t digit = (uint32_t)((unsigned char)text[i] - '0');
        if (digit > 9 || size > (most - digit) / 10) {
            return false;
        }
        size = size * 10 + digit;
    }
    *number = negative ? (int64_t)(0 - size) : (int64_t)size;
    return size > TRACE_EXACT_MAX;
}
