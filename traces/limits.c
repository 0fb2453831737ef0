/* SPDX-License-Identifier: Apache-2.0 */
/* Limits from rules: who was let through below the limit shows that it is at least the count that
 * came of it; who was held back at it shows that it is at most the count that was there [IOCP-32,
 * IOCP-36]. A thread that regains its slot may go over the limit [IOCP-42]: that shows nothing. */
#include "traces/limits.h"

#include <stdlib.h>
#include <string.h>

void limits_release(struct limits *limits)
{
    free(limits->port);
}

static struct limits_port *port_at(struct limits *limits, uint32_t slot)
{
    uint32_t room = limits->room == 0 ? 16 : limits->room;
    struct limits_port *grown;

    while (room <= slot) {
        room *= 2;
    }
    if (room > limits->room) {
        grown = realloc(limits->port, room * sizeof *grown);
        if (grown == NULL) {
            limits->failed = true;
            return NULL;
        }
        memset(grown + limits->room, 0, (room - limits->room) * sizeof *grown);
        limits->port = grown;
        limits->room = room;
    }
    return &limits->port[slot];
}

static void see(struct limits *limits, const struct record *record)
{
    struct limits_port *port = port_at(limits, reference_slot(record->object));

    if (port == NULL) {
        return;
    }
    switch ((int)record->why) {
    case WHY_OVER_LIMIT:
    case WHY_AT_LIMIT:
    case WHY_POLL_AT_LIMIT:
        port->most = port->most == 0 || record->active < port->most ? record->active : port->most;
        break;
    case WHY_BELOW_LIMIT:
    case WHY_NEWEST_WAITER:
    case WHY_SLOT_FREED_BY_BLOCK:
    case WHY_SLOT_FREED_BY_EXIT:
    case WHY_SLOT_FREED_BY_LEAVE:
        port->least = record->active > port->least ? record->active : port->least;
        break;
    default:
        break;
    }
}

void limits_see(void *context, const struct record_batch *batch)
{
    struct limits *limits = context;

    for (uint32_t i = 0; i < batch->count && !limits->failed; i++) {
        if (record_shows_port(&batch->record[i])) {
            see(limits, &batch->record[i]);
        }
    }
}

uint64_t limits_of(const struct limits *limits, reference port)
{
    uint32_t slot = reference_slot(port);

    return slot < limits->room && limits->port[slot].least == limits->port[slot].most
               ? limits->port[slot].least
               : 0;
}
