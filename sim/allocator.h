/* SPDX-License-Identifier: Apache-2.0 */
/* Where memory comes from: the host hands it in, so that a test can fail the n-th request. */
#ifndef SIM_ALLOCATOR_H
#define SIM_ALLOCATOR_H

#include <stddef.h>

/* `reallocate` behaves as C's realloc, but frees when `size` is 0 and then returns NULL. */
struct sim_allocator {
    void *(*reallocate)(void *context, void *memory, size_t size);
    void *context;
};

#endif
