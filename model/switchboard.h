/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that knows every noun: which function a verb, an event and a question to the state go to. */
#ifndef MODEL_SWITCHBOARD_H
#define MODEL_SWITCHBOARD_H

#include "model/observable.h"
#include "model/simulation.h"

extern const struct switchboard switchboard;

/* Sizes of the elements of the block's tables, by enum table. */
extern const uint32_t table_sizes[];

/* What an observable says of the state now. False when the object is not of its kind. */
bool switchboard_observe(const struct simulation *sim,
                         enum observable observable,
                         reference object,
                         struct value *value);

#endif
