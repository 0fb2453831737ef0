/* SPDX-License-Identifier: Apache-2.0 */
/* Threads are process 1, devices 2, ports 3, pools 4. Times are microseconds with three decimals, written from integers: every
 * reader gets the nanosecond back below 2^51 ns; a run that is longer is told from its beginning on, which then stands
 * in the metadata. The way of an operation is a flow of the second sort: bind_id on the slices themselves, so that
 * no arrow depends on what is open at an instant. Operations overlap at devices and ports, so they are asynchronous
 * there, each with its own number for id. Who released whom is a flow of the first sort, since a slice has one bind_id:
 * it goes from within what the releasing thread ran, at that instant, to a nanosecond later on the other's lane, because such
 * a flow is bound to what is open there, and where nothing is, readers drop it. */
#include "traces/render/chrome.h"

#include <stdio.h>
#include <string.h>

#include "model/verb.h"
#include "traces/render/decisions.h"
#include "traces/render/deeds.h"

enum {
    PROCESS_THREADS = 1,
    PROCESS_DEVICES = 2,
    PROCESS_PORTS = 3,
    PROCESS_POOLS = 4,
};

/* Below this every reader gets exact times. */
#define EXACT_TIMES (UINT64_C(1) << 51)

struct chrome {
    struct out out;
    const struct scene *scene;
    sim_time origin;
    bool has_event;
};

/* Microseconds, exactly. */
static void put_micros(struct out *out, uint64_t ns)
{
    char rest[4] = {'.', (char)('0' + ns / 100 % 10), (char)('0' + ns / 10 % 10), (char)('0' + ns % 10)};

    out_number(out, ns / 1000);
    if (ns % 1000 != 0) {
        out_bytes(out, rest, sizeof rest);
    }
}

/* Begins an event: phase, process and thread, name to come. */
static void begin(struct chrome *to, char phase, int process, uint64_t thread)
{
    char head[] = ",\n{\"ph\":\" \",\"pid\": ,\"tid\":";

    head[9] = phase;
    head[18] = (char)('0' + process);
    out_text(&to->out, to->has_event ? head : head + 1);
    to->has_event = true;
    out_number(&to->out, thread);
}

static void put_name(struct chrome *to, const char *name)
{
    out_text(&to->out, ",\"name\":\"");
    out_json(&to->out, name);
    out_text(&to->out, "\"");
}

static void put_time(struct chrome *to, const char *key, sim_time t)
{
    out_text(&to->out, key);
    put_micros(&to->out, t);
}

/* A name of a process or a thread, and its place. */
static void put_meta(struct chrome *to, int process, uint64_t thread, const char *name)
{
    const char *what = thread == 0 ? "process" : "thread";

    begin(to, 'M', process, thread);
    out_put(&to->out, ",\"name\":\"%s_name\",\"args\":{\"name\":\"", what);
    out_json(&to->out, name);
    out_text(&to->out, "\"}}");
    if (thread == 0) {
        begin(to, 'M', process, thread);
        out_put(&to->out, ",\"name\":\"process_sort_index\",\"args\":{\"sort_index\":%d}}", process);
    }
}

/* Where a flow goes on: it begins at the issue, passes device and port, and ends at the callback. */
static void put_flow(struct chrome *to, uint64_t op, bool comes, bool goes)
{
    out_text(&to->out, ",\"bind_id\":\"0x");
    out_hexadecimal(&to->out, op);
    out_text(&to->out, comes ? goes ? "\",\"flow_in\":true,\"flow_out\":true" : "\",\"flow_in\":true" : "\",\"flow_out\":true");
}

/* What took no time has its number in front: a reader that pairs ends with beginnings by name would take another one of
 * that instant. */
static void put_deed_name(struct chrome *to, const struct deeds *deeds, const struct deed *deed)
{
    char words[8 * SCENE_NAME_MAX];

    deed_words(deeds, deed, words, sizeof words);
    out_text(&to->out, ",\"name\":\"");
    if (deed->op != 0 && deed->to == deed->from) {
        out_text(&to->out, (deed->op & LIFE_WORK) != 0 ? "@" : "#");
        out_number(&to->out, deed->op & ~LIFE_WORK);
        out_text(&to->out, ": ");
    }
    out_json(&to->out, words);
    out_text(&to->out, "\"");
}

/* What an event of a deed is about. */
static void put_deed_arguments(struct chrome *to, const struct deed *deed)
{
    if (deed->op != 0) {
        /* A work item goes by the record that queued it. */
        out_text(&to->out, (deed->op & LIFE_WORK) != 0 ? ",\"args\":{\"record\":" : ",\"args\":{\"op\":");
        out_number(&to->out, deed->op & ~LIFE_WORK);
        if (deed->kind == DEED_CALLBACK) {
            out_text(&to->out, ",\"why\":\"");
            out_text(&to->out, record_why_name((enum record_why)deed->why));
            out_text(&to->out, "\"");
        }
        out_text(&to->out, "}");
    } else if (deed->kind == DEED_STATE && deed->on != REFERENCE_NONE) {
        out_text(&to->out, ",\"args\":{\"on\":\"");
        out_json(&to->out, scene_name(to->scene, deed->on).text);
        out_text(&to->out, "\"}");
    }
}

/* What took time is one event. What took none is a beginning and an end, the one right behind the other: a reader that
 * sorts by length would else put its end before the beginning of what it is in. */
static void put_deed(struct chrome *to, const struct deeds *deeds, const struct deed *deed, uint64_t thread)
{
    const struct life *life = deed->op == 0 ? NULL : lives_find(to->scene->lives, deed->op);
    bool is_end = life != NULL && deed->kind == DEED_CALLBACK && deed->from == life->at[LIFE_BEGAN];
    bool takes_time = deed->to > deed->from;

    for (const char *phase = takes_time ? "X" : "BE"; *phase != '\0'; phase++) {
        begin(to, *phase, PROCESS_THREADS, thread);
        put_time(to, ",\"ts\":", deed->from - to->origin);
        if (takes_time) {
            put_time(to, ",\"dur\":", deed->to - deed->from);
        }
        put_deed_name(to, deeds, deed);
        out_text(&to->out, deed->kind == DEED_CALLBACK ? ",\"cat\":\"callback\""
                           : deed->kind == DEED_ISSUE  ? ",\"cat\":\"issue\""
                                                       : ",\"cat\":\"state\"");
        if (*phase != 'E' && (is_end || (deed->op != 0 && deed->kind == DEED_ISSUE))) {
            put_flow(to, deed->op, is_end, !is_end);
        }
        put_deed_arguments(to, deed);
        out_text(&to->out, "}");
    }
}

static void put_threads(struct chrome *to)
{
    struct deeds deeds;

    if (!deeds_begin(&deeds, to->scene)) {
        to->out.failed = true;
        return;
    }
    for (uint32_t i = 0; i < to->scene->lanes->threads && !to->out.failed; i++) {
        const struct lane *lane = &to->scene->lanes->thread[i];
        char name[4 * SCENE_NAME_MAX + 60];
        if (lane->count == 0) {
            continue;
        }
        snprintf(name, sizeof name, "%s (%s)", scene_name(to->scene, reference_make(OBJECT_THREAD, i)).text,
                 thread_type_name((enum thread_type)lane->type));
        put_meta(to, PROCESS_THREADS, i + 1, name);
        if (!deeds_of(&deeds, i)) {
            to->out.failed = true;
        }
        for (size_t j = 0; j < deeds.count; j++) {
            put_deed(to, &deeds, &deeds.deed[j], i + 1);
        }
    }
    deeds_end(&deeds);
}

/* Whether a slice of a lane is open at an instant, and neither begins nor ends then: a callback, or a state beside one. */
static bool is_within_slice(const struct chrome *to, const struct lane *lane, sim_time t)
{
    size_t at = lane_callback_at(lane, t);
    size_t stretch = lane_at(lane, t);
    sim_time end = to->scene->lanes->end;

    if (at != SIZE_MAX) {
        end = lane->callback[at].end == SIM_NEVER ? end : lane->callback[at].end;
        return lane->callback[at].begin < t && t < end;
    }
    if (stretch == SIZE_MAX || lane->stretch[stretch].state == REPLAY_ENDED || lane->stretch[stretch].t >= t ||
        lane_callback_at(lane, t - 1) != SIZE_MAX) {
        return false;
    }
    return t < (stretch + 1 < lane->count ? lane->stretch[stretch + 1].t : end);
}

/* Who released whom, where a slice is open on both sides. */
static void put_wakes(struct chrome *to)
{
    const struct lanes *lanes = to->scene->lanes;
    uint64_t number = 0;

    for (uint32_t i = 0; i < lanes->threads; i++) {
        const struct lane *lane = &lanes->thread[i];
        for (size_t j = 0; j < lane->wakes; j++) {
            const struct lane_wake *wake = &lane->wake[j];
            uint32_t by = reference_slot(wake->by);
            if (wake->t < to->scene->from || wake->t >= to->scene->to || by >= lanes->threads ||
                !is_within_slice(to, &lanes->thread[by], wake->t) || !is_within_slice(to, lane, wake->t + 1)) {
                continue;
            }
            number++;
            for (int end = 0; end < 2; end++) {
                begin(to, end == 0 ? 's' : 'f', PROCESS_THREADS, (end == 0 ? by : i) + 1);
                put_time(to, ",\"ts\":", wake->t + (sim_time)end - to->origin);
                out_text(&to->out, ",\"name\":\"wake\",\"cat\":\"wake\",\"id\":");
                out_number(&to->out, number);
                out_text(&to->out, end == 0 ? "}" : ",\"bp\":\"e\"}");
            }
        }
    }
}

/* An operation at its device, its packet in the queue of a port, or an item in that of a pool: from and to, as two
 * events of one id. */
static void put_stay(struct chrome *to, const struct life *life, enum life_stage from)
{
    sim_time end = life->at[from + 1];
    reference object = from == LIFE_BEGUN ? life->device : life->port;
    int process = from == LIFE_BEGUN                                                                ? PROCESS_DEVICES
                  : object != REFERENCE_NONE && reference_kind(object) == OBJECT_POOL ? PROCESS_POOLS
                                                                                     : PROCESS_PORTS;
    char name[8 * SCENE_NAME_MAX + 60];

    if (life->at[from] == SIM_NEVER || !scene_shows(to->scene, life)) {
        return;
    }
    end = end == SIM_NEVER ? (life->is_dropped ? life->at[from] : to->scene->lanes->end) : end;
    snprintf(name, sizeof name, "%s at %s", scene_op(to->scene, life).text, scene_name(to->scene, object).text);
    for (int i = 0; i < 2; i++) {
        begin(to, i == 0 ? 'b' : 'e', process, object == REFERENCE_NONE ? 1 : reference_slot(object) + 1);
        put_time(to, ",\"ts\":", (i == 0 ? life->at[from] : end) - to->origin);
        out_text(&to->out, process == PROCESS_DEVICES ? ",\"cat\":\"service\",\"id\":\"0x" : ",\"cat\":\"queue\",\"id\":\"0x");
        out_hexadecimal(&to->out, life->op);
        out_text(&to->out, "\"");
        put_name(to, name);
        if (i == 0) {
            put_flow(to, life->op, true, life->at[LIFE_BEGAN] != SIM_NEVER ||
                                             (process == PROCESS_DEVICES && life->at[LIFE_QUEUED] != SIM_NEVER));
        }
        out_text(&to->out, "}");
    }
}

/* The counts of a port or device: two numbers an instant. */
static void put_counts(struct chrome *to, int process, reference object, const struct port_lane *lane)
{
    struct scene_name name = scene_name(to->scene, object);

    for (size_t i = 0; i < lane->count; i++) {
        if (lane->counts[i].t < to->scene->from || lane->counts[i].t > to->scene->to) {
            continue;
        }
        begin(to, 'C', process, reference_slot(object) + 1);
        put_time(to, ",\"ts\":", lane->counts[i].t - to->origin);
        put_name(to, name.text);
        out_text(&to->out, ",\"args\":{\"queued\":");
        out_number(&to->out, lane->counts[i].depth);
        out_text(&to->out, process == PROCESS_PORTS     ? ",\"active\":"
                           : process == PROCESS_DEVICES ? ",\"busy\":"
                                                        : ",\"threads\":");
        out_number(&to->out, lane->counts[i].active);
        out_text(&to->out, "}}");
    }
}

/* The target of a pool, a number of its own beside its counts, and what decided it, as an instant. */
static void put_decisions(struct chrome *to, reference pool, const struct port_lane *lane)
{
    struct scene_name name = scene_name(to->scene, pool);

    for (size_t i = 0; i < lane->decisions; i++) {
        const struct lane_decision *decision = &lane->decision[i];
        if (decision->t < to->scene->from || decision->t > to->scene->to) {
            continue;
        }
        begin(to, 'C', PROCESS_POOLS, reference_slot(pool) + 1);
        put_time(to, ",\"ts\":", decision->t - to->origin);
        put_name(to, name.text);
        out_put(&to->out, ",\"args\":{\"target\":%u}}", decision->target);
        begin(to, 'i', PROCESS_POOLS, reference_slot(pool) + 1);
        put_time(to, ",\"ts\":", decision->t - to->origin);
        put_name(to, decision_word(decision));
        out_put(&to->out, ",\"cat\":\"decision\",\"s\":\"t\",\"args\":{\"record\":%llu,\"old\":%u,\"new\":%u}}",
                (unsigned long long)decision->n, decision->old, decision->target);
    }
}

static void put_places(struct chrome *to, int process, const struct port_lane *lane, size_t count)
{
    static const enum object_kind kinds[] = {[PROCESS_DEVICES] = OBJECT_DEVICE, [PROCESS_PORTS] = OBJECT_PORT, [PROCESS_POOLS] = OBJECT_POOL};
    static const char *const names[] = {[PROCESS_DEVICES] = "devices", [PROCESS_PORTS] = "ports", [PROCESS_POOLS] = "pools"};
    bool has_name = false;

    for (uint32_t i = 0; i < count; i++) {
        if (lane[i].count > 0) {
            reference object = reference_make(kinds[process], i);
            if (!has_name) {
                put_meta(to, process, 0, names[process]);
                has_name = true;
            }
            put_meta(to, process, i + 1, scene_name(to->scene, object).text);
            put_counts(to, process, object, &lane[i]);
            put_decisions(to, object, &lane[i]);
        }
    }
}

static void put_metadata(struct chrome *to)
{
    const struct trace_header *header = to->scene->header;

    out_text(&to->out, "\n],\"metadata\":{\"title\":\"");
    out_json(&to->out, header->title == NULL ? "" : header->title);
    out_text(&to->out, "\",\"variant\":\"");
    out_json(&to->out, header->variant == NULL ? "" : header->variant);
    out_put(&to->out, "\",\"seed\":\"%llu\",\"trace\":%d,\"t0_ns\":\"%llu\"}}\n", (unsigned long long)header->seed, TRACE_VERSION,
            (unsigned long long)to->origin);
}

bool chrome_render(const struct scene *scene, const struct trace_sink *sink)
{
    struct chrome to = {.scene = scene};

    to.origin = scene->lanes->end >= EXACT_TIMES ? scene->from : 0;
    out_begin(&to.out, sink);
    out_text(&to.out, "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
    put_meta(&to, PROCESS_THREADS, 0, "threads");
    put_threads(&to);
    put_wakes(&to);
    put_places(&to, PROCESS_DEVICES, scene->lanes->device, scene->lanes->devices);
    put_places(&to, PROCESS_PORTS, scene->lanes->port, scene->lanes->ports);
    put_places(&to, PROCESS_POOLS, scene->lanes->pool, scene->lanes->pools);
    for (size_t i = 0; i < lives_all(scene->lives); i++) {
        put_stay(&to, lives_at(scene->lives, i), LIFE_BEGUN);
        put_stay(&to, lives_at(scene->lives, i), LIFE_QUEUED);
    }
    put_metadata(&to);
    return out_end(&to.out);
}
