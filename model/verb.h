/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs: their numbers, what they set, and the shape of their operands in the plan's code. */
#ifndef MODEL_VERB_H
#define MODEL_VERB_H

#include <stdint.h>

enum verb {
#define VERB(name, ...) VERB_##name,
#include "model/verb.def"
#undef VERB
};

enum {
    VERB_COUNT = 0
#define VERB(name, ...) +1
#include "model/verb.def"
#undef VERB
};

/* Results of a frame, and which of them a verb sets. */
enum result {
    RESULT_OK = 1,
    RESULT_ERROR = 2,
    RESULT_BYTES = 4,
    RESULT_KEY = 8,
    RESULT_OPERATION = 16,
    RESULT_COUNT = 32,
    RESULT_WHICH = 64,
};

enum verb_nature {
    NATURE_FLOW,
    NATURE_ACTS,
    NATURE_WAITS,
    NATURE_LEAVES,
};

const char *verb_name(enum verb verb);
uint32_t verb_results(enum verb verb);
enum verb_nature verb_nature(enum verb verb);

#endif
