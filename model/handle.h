/* SPDX-License-Identifier: Apache-2.0 */
/* Handles: references to file objects. Duplicates share the file object, and with it the port and the key
 * (fact IOCP-5). */
#ifndef MODEL_HANDLE_H
#define MODEL_HANDLE_H

#include "model/file.h"
#include "model/simulation.h"
#include "model/thread.h"

struct handle {
    file_id file;    /* stays when the handle is closed: operations end under its name */
    process_id process;
    uint32_t is_open;
};

static inline struct handle *handle_at(const struct simulation *sim, handle_id id)
{
    return block_at(&sim->block, TABLE_HANDLE, id);
}

static inline reference handle_reference(handle_id id)
{
    return reference_make(OBJECT_HANDLE, id - 1);
}

/* The file object that a handle refers to, or last referred to. */
static inline struct file *handle_file(const struct simulation *sim, handle_id id)
{
    return file_at(sim, handle_at(sim, id)->file);
}

void handle_declare(struct simulation *sim, const struct plan_object *declaration);

/* Whether a thread can use a handle: it is open, and its process has it. */
static inline bool handle_is_valid(const struct simulation *sim, thread_id thread, handle_id id)
{
    return handle_at(sim, id)->is_open && handle_at(sim, id)->process == thread_at(sim, thread)->process;
}

/* The handle of a verb; 0 after a misuse, or when it is closed or another process's, which the outcome then says. */
handle_id handle_operand(struct simulation *sim, thread_id thread, uint32_t operand);

/* INVALID_HANDLE_VALUE, -1, as the bits of a number. The language cannot say it. */
#define HANDLE_INVALID_VALUE UINT64_MAX

/* What associating a value with a port is refused for: ERROR_INVALID_PARAMETER for INVALID_HANDLE_VALUE (fact
 * IOCP-2), a file that has a port (IOCP-6) or is synchronous (IOCP-8); ERROR_INVALID_HANDLE for NULL, for what is
 * no file or closed (IOCP-9), and for a closed port (IOCP-68); else ERROR_SUCCESS. A queue of 0 stands for a pool,
 * which is never closed. */
uint16_t handle_association_error(const struct simulation *sim,
                                  thread_id thread,
                                  struct value object,
                                  queue_id queue);

/* The number of a value that is an open handle; 0: it is none (fact IOCP-9). */
handle_id handle_of_value(const struct simulation *sim, thread_id thread, struct value value);

/* Binds the file of an open handle, which has neither port nor pool, and says so. */
struct handle_pool {
    pool_id pool;
    bool announced;
};
void handle_bind(struct simulation *sim, thread_id thread, handle_id handle, struct handle_pool pool);

/* The verbs. */
enum step_end handle_open(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end handle_duplicate(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end handle_associate(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end handle_set_modes(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
