/* SPDX-License-Identifier: Apache-2.0 */
/* Doors. Source: facts IOCP-130..134. */
#include "model/door.h"

#include "model/completion_thread.h"
#include "model/io_poller.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/port.h"
#include "model/thread.h"
#include "model/wait.h"
#include "model/waitable.h"

door_id door_create(struct simulation *sim, pool_id pool, bool wants_announcements)
{
    door_id id = simulation_create_element(sim, TABLE_DOOR);

    *door_at(sim, id) = (struct door){.pool = pool, .wants_announcements = wants_announcements};
    return id;
}

/* Why the completion is ignored; WHY_NONE: it is not. */
static enum record_why ignored(const struct simulation *sim, const struct door *door, packet_id packet)
{
    if (!door->wants_announcements) {
        return WHY_NONE;
    }
    if ((packet_at(sim, packet)->flags & PACKET_IS_DISOWNED) != 0) {
        return WHY_ANNOUNCEMENT_DROPPED;
    }
    return door->announced == 0 ? WHY_NOT_ANNOUNCED : WHY_NONE;
}

/* How the pool hears of it. Packets of its own port carry the key 0, for what they run stands in them (fact CLR-70). */
static void deliver(struct simulation *sim, door_id id, packet_id packet)
{
    pool_id pool = door_at(sim, id)->pool;
    bool in_call = (packet_at(sim, packet)->flags & PACKET_IN_CALL) != 0;

    if (pool_io_of(sim, pool) == IO_IS_WORK || (in_call && (packet_at(sim, packet)->flags & PACKET_TO_WORKER) != 0)) {
        pool_queue_packet(sim, pool, packet, id, 0);
        return;
    }
    door_at(sim, id)->callbacks--;
    packet_at(sim, packet)->queue = pool_at(sim, pool)->service.port;
    packet_at(sim, packet)->key = 0;
    port_insert(sim, pool_at(sim, pool)->service.port, packet, 0);
}

void door_deliver(struct simulation *sim, door_id id, packet_id packet)
{
    enum record_why why = ignored(sim, door_at(sim, id), packet);

    if (why != WHY_NONE) {
        (void)emit_packet(sim, RECORD_PACKET_DROP, packet, why);
        packet_drop(sim, packet);
        return;
    }
    door_at(sim, id)->announced -= door_at(sim, id)->wants_announcements;
    door_at(sim, id)->callbacks++;
    deliver(sim, id, packet);
}

/* The port is made, and with it the threads that serve it from the beginning. */
static void open_port(struct simulation *sim, pool_id id, thread_id thread, uint64_t cause)
{
    struct pool_service *service = &pool_at(sim, id)->service;
    bool is_by_port = pool_io_of(sim, id) == IO_BY_PORT;
    uint32_t limit = is_by_port ? sim->plan->processors : io_pollers(sim, id);
    queue_id port = port_make_for_pool(sim, service->name, limit);

    pool_at(sim, id)->service.port = port;
    if (!is_by_port && !sim->out_of_memory) {
        io_pollers_begin(sim, id, cause, thread);
    }
}

void door_opens_pool(struct simulation *sim, pool_id pool, thread_id thread, uint64_t cause)
{
    if (pool_at(sim, pool)->service.port == 0) {
        open_port(sim, pool, thread, cause);
    }
    if (pool_io_of(sim, pool) == IO_BY_PORT && cause != 0 && !sim->out_of_memory) {
        completion_threads_grow(sim, pool, cause, thread);
    }
}

void door_is_used(struct simulation *sim, door_id id, thread_id thread, uint64_t cause)
{
    pool_id pool = door_at(sim, id)->pool;
    bool is_first = !door_at(sim, id)->is_used;

    if (is_first && pool_io_of(sim, pool) != IO_IS_WORK) {
        door_at(sim, id)->is_used = true;
        door_opens_pool(sim, pool, thread, cause);
    }
}

uint32_t door_queued(const struct simulation *sim, door_id id)
{
    uint32_t count = 0;

    for (work_item_id item = pool_at(sim, door_at(sim, id)->pool)->queue[WORK_GLOBAL].first; item != 0; item = work_item_at(sim, item)->next) {
        count += work_item_at(sim, item)->door == id;
    }
    return count;
}

/* Drops the callbacks that are queued. O(items queued at the pool). */
static void drop_queued(struct simulation *sim, door_id id)
{
    pool_id pool = door_at(sim, id)->pool;
    work_item_id next;

    for (work_item_id item = pool_at(sim, pool)->queue[WORK_GLOBAL].first; item != 0; item = next) {
        next = work_item_at(sim, item)->next;
        if (work_item_at(sim, item)->door == id) {
            (void)emit_packet(sim, RECORD_PACKET_DROP, work_item_at(sim, item)->packet, WHY_ANNOUNCEMENT_DROPPED);
            door_at(sim, id)->callbacks--;
            pool_forget(sim, pool, item);
        }
    }
}

void door_drop(struct simulation *sim, door_id id, packet_id first)
{
    drop_queued(sim, id);
    for (packet_id at = first; at != 0 && door_at(sim, id)->announced > 0; at = packet_at(sim, at)->file_next) {
        packet_at(sim, at)->flags |= PACKET_IS_DISOWNED;
        door_at(sim, id)->announced--;
    }
    door_at(sim, id)->announced = 0;
}

void door_settle(struct simulation *sim, door_id id, uint64_t cause)
{
    waitable_id waitable = door_at(sim, id)->waitable;

    if (waitable != 0) {
        waitable_at(sim, waitable)->state = door_outstanding(sim, id) == 0;
        wait_signal(sim, waitable, cause);
    }
}

/* The door of the item that a pool's thread has; 0: none. */
static door_id door_of(const struct simulation *sim, thread_id thread)
{
    work_item_id item = worker_of(sim, thread)->item;

    return item == 0 ? 0 : work_item_at(sim, item)->door;
}

void door_worker_is_done(struct simulation *sim, thread_id thread)
{
    door_id door = door_of(sim, thread);

    pool_worker_is_done(sim, thread);
    if (door != 0) {
        door_at(sim, door)->callbacks--;
        door_settle(sim, door, sim->state.n);
    }
}

void door_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause)
{
    door_id door = door_of(sim, thread);

    if (completion_thread_is(sim, thread)) {
        completion_thread_ends(sim, thread);
    } else if (io_poller_is(sim, thread)) {
        io_poller_ends(sim, thread);
    }
    pool_thread_ends(sim, thread, cause);
    if (door != 0) {
        door_at(sim, door)->callbacks--;
        door_settle(sim, door, cause);
    }
}
