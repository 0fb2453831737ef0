/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as people write them. */
#include "sim/time.h"

#include <string.h>

size_t sim_digits_write(uint64_t number, char *buffer, size_t room)
{
    char digits[20];
    size_t length = 0;

    do {
        digits[sizeof digits - ++length] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(buffer, digits + sizeof digits - length, length < room ? length : room);
    return length;
}

size_t sim_span_write(sim_span span, char *buffer, size_t room)
{
    static const struct {
        sim_span size;
        char name[4];
    } unit[] = {
        {UINT64_C(3600000000000), "h"}, {UINT64_C(60000000000), "min"}, {1000000000, "s"},
        {1000000, "ms"},                {1000, "us"},                   {1, "ns"},
    };
    size_t i = 0;
    size_t length;
    size_t name_length;

    while (span % unit[i].size != 0) {
        i++;
    }
    if (span == 0) {
        i = sizeof unit / sizeof unit[0] - 1;
    }
    length = sim_digits_write(span / unit[i].size, buffer, room);
    name_length = strlen(unit[i].name);
    for (size_t j = 0; j < name_length && length + j < room; j++) {
        buffer[length + j] = unit[i].name[j];
    }
    return length + name_length;
}
