/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a record has what its kind is about. Those of a run always have; a stored trace can be anything. */
#ifndef TRACES_WHOLE_H
#define TRACES_WHOLE_H

#include <stdbool.h>

#include "model/record.h"

bool record_is_whole(const struct record *record);

#endif
