/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/load/loader.h"

bool claims_aggregate(void *context, const char *function, const struct expression_functions *call, const char **message)
{
    (void)context; (void)function; (void)call;
    *message = "not yet";
    return false;
}

void claims_compile(struct loader *loader)
{
    (void)loader;
}

void claims_gives(struct loader *loader, node_id gives, uint32_t step, enum verb verb)
{
    (void)loader; (void)gives; (void)step; (void)verb;
}
