/* SPDX-License-Identifier: Apache-2.0 */
/* Events, mutexes and semaphores, and everything as something to wait for. */
#ifndef MODEL_OBJECT_H
#define MODEL_OBJECT_H

#include "model/simulation.h"

/* Declared events, mutexes and semaphores come to lie in their slots: first all events, and so on. */
void object_declare(struct simulation *sim, const struct plan_object *declaration);

/* The waitable of a declared event, mutex or semaphore. */
waitable_id object_waitable(const struct simulation *sim, reference object);

/* What a wait for any object waits on; 0 when its handle is closed or it is none to wait for. */
waitable_id object_waitable_of(struct simulation *sim, reference object);

/* An operation that names this event has ended: it is set, and who waits for it goes on. */
void object_signal_event(struct simulation *sim, waitable_id event, uint64_t cause);

/* A step of `thread` resets an event; nothing is told when it was not signalled. */
void object_reset_event(struct simulation *sim, waitable_id event, thread_id thread);

/* The verbs. */
enum step_end object_wait(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end object_acquire(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end object_release(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end object_set(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end object_reset(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end object_pulse(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
