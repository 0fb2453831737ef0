/* SPDX-License-Identifier: Apache-2.0 */
/* Text for people goes through here: a character that may not be shown becomes a question mark, so that no name and
 * no line of a scenario can steer a terminal. What programs read (traces, JSON, dot) keeps every character. */
#include "lib/session.h"
#include "sim/harmless.h"

static bool write_harmless(void *context, const char *bytes, size_t length)
{
    const struct iocpsim_sink *to = context;
    size_t begun = 0;
    size_t at = 0;

    while (at < length) {
        size_t step = bytes[at] == '\n' || bytes[at] == '\t' ? 1 : harmless_length(bytes + at, length - at);
        if (step > 0) {
            at += step;
            continue;
        }
        if ((at > begun && !to->write(to->context, bytes + begun, at - begun)) || !to->write(to->context, "?", 1)) {
            return false;
        }
        begun = ++at;
        /* What is left of a character that was refused belongs to it. */
        while (at < length && ((unsigned char)bytes[at] & 0xc0) == 0x80) {
            begun = ++at;
        }
    }
    return at == begun || to->write(to->context, bytes + begun, at - begun);
}

struct iocpsim_sink iocpsim_harmless(struct iocpsim_sink *to)
{
    return (struct iocpsim_sink){write_harmless, to};
}
