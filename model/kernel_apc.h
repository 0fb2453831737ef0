/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel APCs: what the kernel runs on top of a thread, and what that does to the thread's wait. */
#ifndef MODEL_KERNEL_APC_H
#define MODEL_KERNEL_APC_H

#include "model/simulation.h"

/* An APC begins, caused by that record: a thread that waits is active meanwhile. n of the record that says so. */
uint64_t kernel_apc_begin(struct simulation *sim, thread_id thread, uint64_t cause);

/* It is over: the thread begins its wait again, or is ready, made so by `ready`. Nothing happens to a thread
 * that was not waiting. */
void kernel_apc_end(struct simulation *sim, thread_id thread, uint64_t ready);

/* Whether the end of an operation is such an APC for its issuer, and disturbs it (facts IOCP-51, 144, 145). */
bool kernel_apc_completes(const struct simulation *sim, packet_id operation, queue_id port);

#endif
