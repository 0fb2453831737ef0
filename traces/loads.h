/* SPDX-License-Identifier: Apache-2.0 */
/* What became of the items of each load, told: how long they took, and of what their latency was made. */
#ifndef TRACES_LOADS_H
#define TRACES_LOADS_H

#include "traces/items.h"
#include "traces/writing.h"

/* Tables for people; nothing where there is no load. */
void loads_write(struct writing *to, const struct items *items, const struct record_names *names);

/* The member "load" of an object of JSON, with the comma before it; nothing where there is no load. */
void loads_write_json(struct writing *to, const struct items *items, const struct record_names *names);

#endif
