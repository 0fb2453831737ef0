/* SPDX-License-Identifier: Apache-2.0 */
/* The table of verbs in words. */
#include "model/verb.h"

struct verb_row {
    const char *name;
    uint32_t results;
    enum verb_nature nature;
};

static const struct verb_row rows[] = {
#define VERB(name, subject, results, nature, function, what, arguments)                            \
    {#name, results, NATURE_##nature},
#include "model/verb.def"
#undef VERB
};

const char *verb_name(enum verb verb)
{
    return rows[verb].name;
}

uint32_t verb_results(enum verb verb)
{
    return rows[verb].results;
}

enum verb_nature verb_nature(enum verb verb)
{
    return rows[verb].nature;
}
