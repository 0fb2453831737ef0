/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario's text to a plan and its claims. */
#ifndef SCENARIOS_LOAD_LOAD_H
#define SCENARIOS_LOAD_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "model/plan.h"
#include "scenarios/load/diagnostic.h"
#include "scenarios/load/document.h"
#include "traces/expectation.h"
#include "traces/trace.h"

/* A parameter set from outside: --set name=value. */
struct load_setting {
    const char *name, *value;
};

struct load_options {
    const char *variant; /* NULL: the first, if there are any */
    const struct load_setting *setting;
    size_t setting_count;
};

enum load_status {
    LOAD_OK,
    LOAD_BAD_SCENARIO,
    LOAD_NO_VARIANT, /* options.variant names none, or a setting names no parameter or is no value */
    LOAD_NO_MEMORY,
};

/* A scenario compiled for one variant. */
struct loaded {
    struct plan plan;
    struct expectation_claims claims;
    const char *title;       /* in the document; NULL: none */
    const char *description;
    const char *variant;
    struct trace_parameter *parameter; /* effective, as the scenario writes them */
    size_t parameter_count;
};

/* Compiles `document`, whose form has been checked, for one variant. Mistakes are added; with any there is
 * nothing to release. `loaded` borrows from the document. */
enum load_status load_compile(struct document *document,
                              const struct load_options *options,
                              struct diagnostics *diagnostics,
                              struct loaded *loaded);

void load_release(struct loaded *loaded);

/* The names of the variants, in order; NULL behind the last. */
const char *load_variant(const struct document *document, size_t index);

#endif
