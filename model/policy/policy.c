/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of policies by their words. */
#include "model/policy/policy.h"
#include "model/policy/pool.h"

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

static const struct pool_row pools[] = {
#define POOL_PRESET(id, word, policy, what) {word, what},
    POOL_PRESETS(POOL_PRESET)
#undef POOL_PRESET
};

static const struct pool_constant_row pool_constants[] = {
#define POOL_VALUES(...) __VA_ARGS__
#define POOL_CONSTANT(word, kind, least, presets, verified, source, what)                              \
    {#word, source, what, {POOL_VALUES presets}, POOL_CONSTANT_IS_##kind, least, verified},
    POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
#undef POOL_VALUES
};

const struct pool_row *pool_row(enum pool_preset preset)
{
    return &pools[preset];
}

const struct pool_constant_row *pool_constant_row(enum pool_constant constant)
{
    return &pool_constants[constant];
}

uint64_t pool_constant_preset(enum pool_constant constant, enum pool_preset preset, uint32_t processors)
{
    uint64_t value = pool_constants[constant].preset[preset];

    if (value == EIGHT_PER_PROCESSOR) {
        return processors > 96 ? processors * UINT64_C(8) : 768;
    }
    return value == PER_PROCESSOR ? processors : value;
}

const struct pool_policy *policy_pool(enum pool_preset preset)
{
    static const struct pool_policy *const policies[] = {
#define POOL_PRESET(id, word, policy, what) policy,
        POOL_PRESETS(POOL_PRESET)
#undef POOL_PRESET
    };

    return policies[preset];
}
