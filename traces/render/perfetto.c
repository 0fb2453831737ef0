/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of fields are those of Perfetto's public schema; tests/perfetto.proto has the part that is used.
 * Operations overlap at a device or port, where each lies on a track of its own: the first that is free. Names of
 * procedures and states are sent once and then told by number. */
#include "traces/render/perfetto.h"

#include <stdlib.h>

#include "traces/array.h"
#include "traces/render/decisions.h"
#include "traces/render/deeds.h"
#include "traces/render/proto.h"

/* Fields of a packet, a track's description, an event. */
enum {
    PACKET_TIMESTAMP = 8,
    PACKET_SEQUENCE = 10,
    PACKET_EVENT = 11,
    PACKET_INTERNED = 12,
    PACKET_FLAGS = 13,
    PACKET_TRACK = 60,
    TRACK_UUID = 1,
    TRACK_NAME = 2,
    TRACK_PROCESS = 3,
    TRACK_THREAD = 4,
    TRACK_PARENT = 5,
    TRACK_COUNTER = 8,
    TRACK_RANK = 12,
    TRACK_MERGE = 15,
    EVENT_ANNOTATION = 4,
    EVENT_TYPE = 9,
    EVENT_NAME_NUMBER = 10,
    EVENT_TRACK = 11,
    EVENT_NAME = 23,
    EVENT_COUNT = 30,
    EVENT_FLOW = 47,
    EVENT_FLOW_END = 48,
};

enum event_type {
    EVENT_BEGIN = 1,
    EVENT_END = 2,
    EVENT_INSTANT = 3,
    EVENT_COUNTER = 4,
};

/* Tracks by sort and slot; the sort in the high bits. */
#define TRACK(sort, slot) ((uint64_t)(sort) << 48 | (uint64_t)(slot))

enum track_sort {
    TRACKS_PROCESS = 1,
    TRACKS_THREAD,
    TRACKS_PLACE,
    TRACKS_QUEUED,
    TRACKS_ACTIVE,
    TRACKS_ROW,
    TRACKS_TARGET,
};

struct perfetto {
    struct out out;
    const struct scene *scene;
    struct deeds deeds;
    char *sent; /* by the number of a name: it was sent */
    size_t sent_room;
};

/* One packet of the trace. */
static void put_packet(struct perfetto *to, const struct proto *packet)
{
    struct proto head = {.length = 0};

    proto_raw(&head, 1 << 3 | 2);
    proto_raw(&head, packet->length);
    out_bytes(&to->out, (const char *)head.byte, head.length);
    out_bytes(&to->out, (const char *)packet->byte, packet->length);
}

/* A description of a track, with what only its sort has. */
static void put_track(struct perfetto *to, uint64_t track, uint64_t parent, const struct proto *more)
{
    struct proto packet;
    struct proto description;

    packet.length = 0;
    description.length = 0;
    proto_number(&description, TRACK_UUID, track);
    if (parent != 0) {
        proto_number(&description, TRACK_PARENT, parent);
    }
    memcpy(description.byte + description.length, more->byte, more->length);
    description.length += more->length;
    proto_number(&packet, PACKET_SEQUENCE, 1);
    proto_message(&packet, PACKET_TRACK, &description);
    put_packet(to, &packet);
}

static void put_process(struct perfetto *to, uint32_t number, const char *name)
{
    struct proto more;
    struct proto process;

    more.length = 0;
    process.length = 0;
    proto_number(&process, 1, number);
    proto_text(&process, 6, name);
    proto_message(&more, TRACK_PROCESS, &process);
    put_track(to, TRACK(TRACKS_PROCESS, number), 0, &more);
}

/* An event that has its type and track; what else it has is put into it before it is sent. */
static void event_begin(struct proto *event, enum event_type type, uint64_t track)
{
    event->length = 0;
    proto_number(event, EVENT_TYPE, type);
    proto_number(event, EVENT_TRACK, track);
}

static void put_event(struct perfetto *to, sim_time t, const struct proto *event, const struct proto *interned)
{
    struct proto packet;

    packet.length = 0;
    proto_number(&packet, PACKET_TIMESTAMP, t);
    proto_number(&packet, PACKET_SEQUENCE, 1);
    if (interned != NULL) {
        proto_message(&packet, PACKET_INTERNED, interned);
    }
    proto_number(&packet, PACKET_FLAGS, 2);
    proto_message(&packet, PACKET_EVENT, event);
    put_packet(to, &packet);
}

static void put_end(struct perfetto *to, sim_time t, uint64_t track)
{
    struct proto event;

    event_begin(&event, EVENT_END, track);
    put_event(to, t, &event, NULL);
}

/* Which operation it is about; a work item goes by the record that queued it. */
static void annotate(struct proto *event, uint64_t op)
{
    struct proto annotation;

    annotation.length = 0;
    proto_text(&annotation, 10, (op & LIFE_WORK) != 0 ? "record" : "op");
    proto_number(&annotation, 3, op & ~LIFE_WORK);
    proto_message(event, EVENT_ANNOTATION, &annotation);
}

/* The number of a deed's name, and the name itself where it was not sent before. */
static uint32_t name_number(struct perfetto *to, const struct deed *deed, struct proto *interned)
{
    uint32_t number = deed->kind == DEED_CALLBACK ? 4096 + (deed->procedure == NAME_NONE ? 0 : 1 + deed->procedure % 1000000)
                                                  : 1 + (uint32_t)deed->state * 256 + deed->why;
    void *items = to->sent;
    char words[8 * SCENE_NAME_MAX];
    struct proto entry;

    if (!array_reach(&items, &to->sent_room, number, 1)) {
        to->out.failed = true;
        return 0;
    }
    to->sent = items;
    interned->length = 0;
    if (to->sent[number] == 0) {
        to->sent[number] = 1;
        deed_words(&to->deeds, deed, words, sizeof words);
        entry.length = 0;
        proto_number(&entry, 1, number);
        proto_text(&entry, 2, words);
        proto_message(interned, 2, &entry);
    }
    return number;
}

static void put_deed(struct perfetto *to, const struct deed *deed, uint64_t track)
{
    const struct life *life = deed->op == 0 ? NULL : lives_find(to->scene->lives, deed->op);
    struct proto event;
    struct proto interned;
    char words[8 * SCENE_NAME_MAX];

    interned.length = 0;
    event_begin(&event, EVENT_BEGIN, track);
    if (deed->kind == DEED_ISSUE) {
        deed_words(&to->deeds, deed, words, sizeof words);
        proto_text(&event, EVENT_NAME, words);
    } else {
        proto_number(&event, EVENT_NAME_NUMBER, name_number(to, deed, &interned));
    }
    if (deed->op != 0) {
        annotate(&event, deed->op);
    }
    if (deed->kind == DEED_ISSUE) {
        proto_fixed(&event, EVENT_FLOW, deed->op);
    } else if (deed->kind == DEED_CALLBACK && life != NULL && life->at[LIFE_BEGAN] == deed->from) {
        proto_fixed(&event, EVENT_FLOW_END, deed->op);
    }
    put_event(to, deed->from, &event, interned.length > 0 ? &interned : NULL);
}

/* What a thread did: each slice ends before one begins that does not lie in it. */
static void put_thread(struct perfetto *to, uint32_t slot, uint32_t rank)
{
    uint64_t track = TRACK(TRACKS_THREAD, slot);
    sim_time open[260];
    uint32_t count = 0;
    struct proto more;
    struct proto thread;

    more.length = 0;
    thread.length = 0;
    proto_number(&thread, 1, 1);
    proto_number(&thread, 2, slot + 1);
    proto_text(&thread, 5, scene_name(to->scene, reference_make(OBJECT_THREAD, slot)).text);
    proto_message(&more, TRACK_THREAD, &thread);
    proto_number(&more, TRACK_RANK, rank);
    put_track(to, track, 0, &more);
    if (!deeds_of(&to->deeds, slot)) {
        to->out.failed = true;
        return;
    }
    for (size_t i = 0; i <= to->deeds.count; i++) {
        const struct deed *deed = i < to->deeds.count ? &to->deeds.deed[i] : NULL;
        while (count > 0 && (deed == NULL || open[count - 1] <= deed->from)) {
            put_end(to, open[--count], track);
        }
        if (deed != NULL && count < 260) {
            put_deed(to, deed, track);
            open[count++] = deed->to;
        }
    }
}

/* The sorts of places: devices, ports, pools. */
static uint32_t sort_of(reference object)
{
    return reference_kind(object) == OBJECT_DEVICE ? 0 : reference_kind(object) == OBJECT_PORT ? 1 : 2;
}

/* An operation at a device, its packet in a queue, or a work item in one. */
struct stay {
    const struct life *life;
    sim_time from, to;
};

static int order_stays(const void *left, const void *right)
{
    const struct stay *a = left;
    const struct stay *b = right;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return a->life->op < b->life->op ? -1 : a->life->op > b->life->op;
}

/* Those of one place, in the order of their beginnings; how many. */
static size_t gather(const struct scene *scene, reference object, struct stay *stay)
{
    bool is_port = reference_kind(object) != OBJECT_DEVICE;
    size_t count = 0;

    for (size_t i = 0; i < lives_all(scene->lives); i++) {
        const struct life *life = lives_at(scene->lives, i);
        enum life_stage from = is_port ? LIFE_QUEUED : LIFE_BEGUN;
        sim_time end = life->at[from + 1];
        if ((is_port ? life->port : life->device) != object || life->at[from] == SIM_NEVER || !scene_shows(scene, life)) {
            continue;
        }
        end = end == SIM_NEVER ? (life->is_dropped ? life->at[from] : scene->lanes->end) : end;
        stay[count++] = (struct stay){life, life->at[from], end};
    }
    qsort(stay, count, sizeof *stay, order_stays);
    return count;
}

/* Rows that are taken, the first to come free at the root of a heap. */
struct rows {
    struct taken {
        sim_time until;
        uint32_t row;
    } *taken;
    uint32_t count;
};

/* Puts a row with its new end where it belongs, down from the root. */
static void sink_root(struct rows *rows, struct taken taken)
{
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child + 1 < rows->count && (rows->taken[child + 1].until < rows->taken[child].until ||
                                        (rows->taken[child + 1].until == rows->taken[child].until &&
                                         rows->taken[child + 1].row < rows->taken[child].row))) {
            child++;
        }
        if (child >= rows->count || taken.until < rows->taken[child].until ||
            (taken.until == rows->taken[child].until && taken.row < rows->taken[child].row)) {
            break;
        }
        rows->taken[at] = rows->taken[child];
        at = child;
    }
    rows->taken[at] = taken;
}

/* A new row, up from the end. */
static void add_row(struct rows *rows, struct taken taken)
{
    uint32_t at = rows->count++;

    while (at > 0 && rows->taken[(at - 1) / 2].until > taken.until) {
        rows->taken[at] = rows->taken[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    rows->taken[at] = taken;
}

/* A row's track, described before its first use. */
static void describe_row(struct perfetto *to, uint64_t track, uint64_t parent, const char *name)
{
    struct proto more;

    more.length = 0;
    proto_text(&more, TRACK_NAME, name);
    proto_number(&more, TRACK_MERGE, 2);
    put_track(to, track, parent, &more);
}

/* The track of a row of a place. */
static uint64_t row_track(uint64_t place, uint32_t row)
{
    return TRACK(TRACKS_ROW, (place & 0xffff) << 24 | row);
}

static void put_stays(struct perfetto *to, reference object, uint64_t parent)
{
    static const char *const names[] = {"service", "packet", "work"};
    struct stay *stay = calloc(lives_all(to->scene->lives) + 1, sizeof *stay);
    struct rows rows = {calloc(lives_all(to->scene->lives) + 1, sizeof *rows.taken), 0};
    size_t count = stay == NULL || rows.taken == NULL ? 0 : gather(to->scene, object, stay);

    to->out.failed = to->out.failed || stay == NULL || rows.taken == NULL;
    for (size_t i = 0; i < count; i++) {
        const struct life *life = stay[i].life;
        struct taken taken = {stay[i].to, rows.count};
        struct proto event;
        uint64_t track;
        if (rows.count > 0 && rows.taken[0].until <= stay[i].from) {
            taken.row = rows.taken[0].row;
            sink_root(&rows, taken);
        } else {
            add_row(&rows, taken);
            describe_row(to, row_track(parent, taken.row), parent, names[sort_of(object)]);
        }
        track = row_track(parent, taken.row);
        event_begin(&event, EVENT_BEGIN, track);
        proto_text(&event, EVENT_NAME, scene_op(to->scene, life).text);
        annotate(&event, life->op);
        proto_fixed(&event, EVENT_FLOW, life->op);
        put_event(to, stay[i].from, &event, NULL);
        put_end(to, stay[i].to, track);
    }
    free(stay);
    free(rows.taken);
}

/* One count of a port or device over time. */
static void put_counter(struct perfetto *to, const struct port_lane *lane, uint64_t track, bool depth)
{
    struct proto event;

    for (size_t i = 0; i < lane->count; i++) {
        if (lane->counts[i].t >= to->scene->from && lane->counts[i].t <= to->scene->to) {
            event_begin(&event, EVENT_COUNTER, track);
            proto_number(&event, EVENT_COUNT, depth ? lane->counts[i].depth : lane->counts[i].active);
            put_event(to, lane->counts[i].t, &event, NULL);
        }
    }
}

/* A counter of a place: its description. */
static void describe_counter(struct perfetto *to, uint64_t track, uint64_t parent, const char *name)
{
    struct proto more;
    struct proto counter;

    more.length = 0;
    counter.length = 0;
    proto_text(&more, TRACK_NAME, name);
    proto_number(&counter, 3, 2);
    proto_message(&more, TRACK_COUNTER, &counter);
    put_track(to, track, parent, &more);
}

/* The target of a pool, and what decided it, as instants. */
static void put_target(struct perfetto *to, const struct port_lane *lane, uint64_t place, uint32_t slot)
{
    uint64_t track = TRACK(TRACKS_TARGET, slot);
    struct proto event;

    describe_counter(to, track, place, "target");
    for (size_t i = 0; i < lane->decisions; i++) {
        const struct lane_decision *decision = &lane->decision[i];
        if (decision->t >= to->scene->from && decision->t <= to->scene->to) {
            event_begin(&event, EVENT_COUNTER, track);
            proto_number(&event, EVENT_COUNT, decision->target);
            put_event(to, decision->t, &event, NULL);
            event_begin(&event, EVENT_INSTANT, place);
            proto_text(&event, EVENT_NAME, decision_word(decision));
            annotate(&event, LIFE_WORK | decision->n);
            put_event(to, decision->t, &event, NULL);
        }
    }
}

static void put_place(struct perfetto *to, reference object, const struct port_lane *lane)
{
    static const char *const names[] = {"busy", "active", "threads"};
    uint32_t slot = reference_slot(object) << 2 | sort_of(object);
    uint64_t track = TRACK(TRACKS_PLACE, slot);
    struct proto more;

    more.length = 0;
    proto_text(&more, TRACK_NAME, scene_name(to->scene, object).text);
    put_track(to, track, TRACK(TRACKS_PROCESS, 2 + sort_of(object)), &more);
    for (int i = 0; i < 2; i++) {
        uint64_t own = TRACK(i == 0 ? TRACKS_QUEUED : TRACKS_ACTIVE, slot);
        describe_counter(to, own, track, i == 0 ? "queued" : names[sort_of(object)]);
        put_counter(to, lane, own, i == 0);
    }
    if (lane->decisions > 0) {
        put_target(to, lane, track, slot);
    }
    put_stays(to, object, track);
}

static void put_all(struct perfetto *to, uint32_t *order)
{
    const struct lanes *lanes = to->scene->lanes;
    size_t count = scene_threads(to->scene, order);
    struct proto packet;

    packet.length = 0; /* the first says that what was sent before counts no more */
    proto_number(&packet, PACKET_SEQUENCE, 1);
    proto_number(&packet, PACKET_FLAGS, 1);
    put_packet(to, &packet);
    put_process(to, 1, "threads");
    put_process(to, 2, "devices");
    put_process(to, 3, "ports");
    put_process(to, 4, "pools");
    for (size_t i = 0; i < count && !to->out.failed; i++) {
        put_thread(to, order[i], (uint32_t)i);
    }
    for (uint32_t i = 0; i < lanes->devices; i++) {
        if (lanes->device[i].count > 0) {
            put_place(to, reference_make(OBJECT_DEVICE, i), &lanes->device[i]);
        }
    }
    for (uint32_t i = 0; i < lanes->ports; i++) {
        if (lanes->port[i].count > 0) {
            put_place(to, reference_make(OBJECT_PORT, i), &lanes->port[i]);
        }
    }
    for (uint32_t i = 0; i < lanes->pools; i++) {
        if (lanes->pool[i].count > 0) {
            put_place(to, reference_make(OBJECT_POOL, i), &lanes->pool[i]);
        }
    }
}

bool perfetto_render(const struct scene *scene, const struct trace_sink *sink)
{
    struct perfetto to = {.scene = scene};
    uint32_t *order = calloc(scene->lanes->threads + 1, sizeof *order);
    bool good = order != NULL && deeds_begin(&to.deeds, scene);

    out_begin(&to.out, sink);
    if (good) {
        put_all(&to, order);
    }
    deeds_end(&to.deeds);
    free(to.sent);
    free(order);
    return out_end(&to.out) && good;
}
