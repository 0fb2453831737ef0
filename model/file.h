/* SPDX-License-Identifier: Apache-2.0 */
/* File objects and the handles to them. A file object belongs to one port for life (fact IOCP-6). */
#ifndef MODEL_FILE_H
#define MODEL_FILE_H

#include "model/simulation.h"

enum {
    FILE_IS_MADE = 1,
    FILE_IS_SIGNALLED = 2,
};

/* A file without an end. */
#define FILE_SIZE_NONE UINT64_MAX

struct file {
    uint64_t key;
    uint64_t size; /* FILE_SIZE_NONE: no end */
    device_id device;
    queue_id queue;
    uint32_t procedure; /* callback of operations that name none; PLAN_NONE */
    uint32_t pending;   /* operations */
    waitable_id waitable;
    uint32_t flags;
};

static inline struct file *file_at(const struct simulation *sim, file_id id)
{
    return BLOCK_AT(&sim->block, TABLE_FILE, struct file, id);
}

static inline reference file_reference(file_id id)
{
    return reference_make(OBJECT_HANDLE, id - 1);
}

void file_declare(struct simulation *sim, const struct plan_object *declaration);

/* The file object's own signal (facts IOCP-89, 92); told only where it changes. */
void file_signal(struct simulation *sim, file_id file, uint64_t cause);
void file_unsignal(struct simulation *sim, file_id file, thread_id issuer);

/* The verbs. */
enum step_end file_open(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end file_associate(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
