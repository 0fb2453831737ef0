/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of expressions: names, members of objects, elements of arrays, fields of the packet. */
#ifndef SCENARIOS_LOAD_EXPRESSION_PATH_H
#define SCENARIOS_LOAD_EXPRESSION_PATH_H

#include "scenarios/load/expression_code.h"

/* The nearest of the names that may stand in a place, while they are told. */
struct search {
    const char *word;
    char nearest[SCAN_NAME_MAX + 1]; /* empty: none is near */
};

/* Room for "did you mean '...'?". */
#define SEARCH_HINT_MAX (SCAN_NAME_MAX + 32)

/* Looks at one more name; `list` is the struct search. */
void search_consider(void *list, const char *name);

/* The hint for what was found, written to hint[SEARCH_HINT_MAX]; `otherwise` when nothing is near.
 */
const char *search_hint(const struct search *search, const char *otherwise, char *hint);

/* Compiles the path whose first word is looked at. */
bool path_parse(struct compiler *compiler, struct part *part);

/* Compiles `.word` as often as it follows; no index may. */
bool path_parse_members(struct compiler *compiler, struct part *part);

#endif
