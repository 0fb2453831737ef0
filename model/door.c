/* SPDX-License-Identifier: Apache-2.0 */
/* Doors. Source: facts IOCP-130..134. */
#include "model/door.h"

#include "model/packet.h"
#include "model/pool.h"
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

void door_deliver(struct simulation *sim, door_id id, packet_id packet)
{
    enum record_why why = ignored(sim, door_at(sim, id), packet);
    work_item_id item;

    if (why != WHY_NONE) {
        (void)emit_packet(sim, RECORD_PACKET_DROP, packet, why);
        packet_drop(sim, packet);
        return;
    }
    door_at(sim, id)->announced -= door_at(sim, id)->wants_announcements;
    door_at(sim, id)->callbacks++;
    item = simulation_create_element(sim, TABLE_WORK_ITEM);
    *work_item_at(sim, item) = (struct work_item){
        .cause = packet_at(sim, packet)->cause,
        .load_item = packet_at(sim, packet)->item,
        .packet = packet,
        .procedure = packet_at(sim, packet)->procedure,
        .locals = packet_at(sim, packet)->locals,
        .door = id,
    };
    packet_at(sim, packet)->locals = 0;
    pool_queue(sim, door_at(sim, id)->pool, item, 0);
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

    pool_thread_ends(sim, thread, cause);
    if (door != 0) {
        door_at(sim, door)->callbacks--;
        door_settle(sim, door, cause);
    }
}
