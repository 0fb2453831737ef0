/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of model/why.def as predicates: what must have been true where a record names one. And of causes:
 * which record may have caused which. */
#ifndef TRACES_RULES_H
#define TRACES_RULES_H

#include "traces/past.h"

/* Whether the rule that the record names held in the state that it found. What neither records nor cast tell
 * (a limit, in some stored traces) is taken to be so. */
bool rule_holds(const struct past *past, const struct record *record, const struct record_batch *batch);

/* Whether the record has the cause that the vocabulary gives it: the very record where that is determined. */
bool cause_holds(const struct past *past, const struct record *record);

#endif
