/* SPDX-License-Identifier: Apache-2.0 */
/* Claims, judged on records. */
#ifndef TRACES_EXPECTATION_H
#define TRACES_EXPECTATION_H

#include <stddef.h>

/* What a scenario claims. */
struct expectation_claims {
    size_t count;
};

void expectation_release(struct expectation_claims *claims);

#endif
