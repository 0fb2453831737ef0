/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of policies by their words. */
#include "model/policy/policy.h"

#include <stddef.h>

static const struct dispatch_row rows[] = {
#define DISPATCHER(id, word, operations, what) {word, what},
    DISPATCHERS(DISPATCHER)
#undef DISPATCHER
};

static const struct dispatch_constant_row constants[] = {
#define CONSTANT(word, kind, client, server, eevdf, turns, verified, source, what)                    \
    {#word, source, what, {LACKS, client, server, eevdf, LACKS, turns}, CONSTANT_IS_##kind, verified},
    DISPATCH_CONSTANTS(CONSTANT)
#undef CONSTANT
};

const struct dispatch_row *dispatch_row(enum dispatch dispatch)
{
    return &rows[dispatch];
}

const struct dispatch_constant_row *dispatch_constant_row(enum dispatch_constant constant)
{
    return &constants[constant];
}

const struct dispatcher *policy_dispatcher(enum dispatch dispatch)
{
    static const struct dispatcher *const dispatchers[] = {
#define DISPATCHER(id, word, operations, what) operations,
        DISPATCHERS(DISPATCHER)
#undef DISPATCHER
    };

    return dispatchers[dispatch];
}
