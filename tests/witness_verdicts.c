/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts of the twin against records: kind, rule, port, thread, packet and counts must be the same. */
#include <stdio.h>
#include <string.h>

#include "model/names.h"
#include "tests/witness_inside.h"

static const enum record_kind kinds[] = {
    [TWIN_QUEUE] = RECORD_PACKET_QUEUE,   [TWIN_RELEASE] = RECORD_PACKET_RELEASE, [TWIN_TAKE] = RECORD_PACKET_TAKE,
    [TWIN_DROP] = RECORD_PACKET_DROP,     [TWIN_JOIN] = RECORD_PORT_JOIN,         [TWIN_LEAVE] = RECORD_PORT_LEAVE,
    [TWIN_WAIT] = RECORD_PORT_WAIT,       [TWIN_RETURN] = RECORD_PORT_TIMEOUT,    [TWIN_BLOCK] = RECORD_PORT_BLOCK,
    [TWIN_UNBLOCK] = RECORD_PORT_UNBLOCK, [TWIN_RUNDOWN] = RECORD_PORT_RUNDOWN,
};

static const enum record_why whys[] = {
    [TWIN_NO_WHY] = WHY_NONE,
    [TWIN_NEWEST] = WHY_NEWEST_WAITER,
    [TWIN_BY_BLOCK] = WHY_SLOT_FREED_BY_BLOCK,
    [TWIN_BY_EXIT] = WHY_SLOT_FREED_BY_EXIT,
    [TWIN_BY_LEAVE] = WHY_SLOT_FREED_BY_LEAVE,
    [TWIN_BY_SUSPEND] = WHY_SLOT_FREED_BY_SUSPEND,
    [TWIN_OVER_LIMIT] = WHY_OVER_LIMIT,
    [TWIN_NO_WAITER] = WHY_NO_WAITER,
    [TWIN_BELOW] = WHY_BELOW_LIMIT,
    [TWIN_AT_LIMIT] = WHY_AT_LIMIT,
    [TWIN_EMPTY] = WHY_QUEUE_EMPTY,
    [TWIN_TIMED_OUT] = WHY_TIMED_OUT,
    [TWIN_POLL_EMPTY] = WHY_POLL_EMPTY,
    [TWIN_POLL_AT_LIMIT] = WHY_POLL_AT_LIMIT,
    [TWIN_APC] = WHY_APC,
    [TWIN_ABANDONED] = WHY_ABANDONED,
    [TWIN_FIRST_GET] = WHY_FIRST_GET,
    [TWIN_OTHER_PORT] = WHY_OTHER_PORT,
    [TWIN_EXIT] = WHY_EXIT,
    [TWIN_GONE] = WHY_RUNDOWN,
};

static enum record_why why_of(const struct verdict *verdict)
{
    return verdict->kind == TWIN_DROP ? WHY_PORT_RUNDOWN : whys[verdict->why];
}

/* Whether the record tells a decision of the kernel queue. */
static bool is_decision(const struct record *record)
{
    for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        if (record->kind == kinds[kind]) {
            return true;
        }
    }
    return false;
}

/* Counts which rules a verdict, which the run has confirmed, stands for. */
static void count(struct witness *witness, const struct verdict *verdict)
{
    static const struct {
        enum twin_why why;
        enum witness_rule rule;
    } rows[] = {{TWIN_NEWEST, WITNESS_HAND_OFF},
                {TWIN_BY_BLOCK, WITNESS_BY_BLOCK},
                {TWIN_BY_EXIT, WITNESS_BY_EXIT},
                {TWIN_BY_LEAVE, WITNESS_BY_LEAVE},
                {TWIN_TIMED_OUT, WITNESS_TIMED_OUT},
                {TWIN_POLL_AT_LIMIT, WITNESS_POLL_AT_LIMIT},
                {TWIN_ABANDONED, WITNESS_ABANDONED},
                {TWIN_BELOW, WITNESS_TAKEN},
                {TWIN_NO_WAITER, WITNESS_NO_WAITER},
                {TWIN_POLL_EMPTY, WITNESS_POLL_EMPTY},
                {TWIN_APC, WITNESS_APC}};

    bool has_waiter = false;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].why == verdict->why) {
            witness_fire(witness, rows[i].rule);
        }
    }
    for (int i = 0; i < TWIN_THREADS; i++) {
        has_waiter =
            has_waiter || (witness->twin.thread[i].parked && witness->twin.thread[i].port == verdict->port);
    }
    if (verdict->active > witness->twin.port[verdict->port].limit) {
        witness_fire(witness, WITNESS_OVERSHOOT);
    }
    if (verdict->kind == TWIN_WAIT && verdict->depth > 0) {
        witness_fire(witness, WITNESS_BESIDE_PACKETS);
    }
    if (verdict->why == TWIN_OVER_LIMIT && has_waiter) {
        witness_fire(witness, WITNESS_OVER_LIMIT);
    }
    if (verdict->kind == TWIN_TAKE && witness->takes > 1) {
        witness_fire(witness, WITNESS_BATCH);
    }
    if (verdict->kind == TWIN_DROP) {
        witness_fire(witness, WITNESS_DROPPED);
    }
    witness->report->assignments += verdict->kind == TWIN_TAKE || verdict->kind == TWIN_RELEASE;
}

/* Whether the record says what the verdict says. */
static bool tells(const struct witness *witness, const struct record *record, const struct verdict *verdict)
{
    bool has_packet = verdict->kind <= TWIN_DROP;
    bool has_thread = verdict->kind != TWIN_QUEUE && verdict->kind != TWIN_DROP && verdict->kind != TWIN_RUNDOWN;

    return record->kind == kinds[verdict->kind] && record->why == why_of(verdict) &&
           (int)reference_slot(record->object) == verdict->port && record->active == verdict->active &&
           record->depth == verdict->depth && (!has_packet || record->op == verdict->op) &&
           (!has_thread || (int)reference_slot(record->thread) == verdict->thread) &&
           record->step_n == witness->step_n && (verdict->kind != TWIN_TAKE || record->count == witness->takes) &&
           (verdict->kind != TWIN_RUNDOWN || record->count == verdict->depth);
}

struct witness_name witness_thread_name(const struct witness *witness, int thread)
{
    struct witness_name name = {""};

    (void)name_write(&witness->sim, reference_make(OBJECT_THREAD, (uint32_t)thread), name.text,
                     sizeof name.text - 1);
    return name;
}

/* What is told of a verdict or a record, in words: "the packet is queued (no-waiter): P0, T1, packet 3 ...". */
struct words {
    char text[240];
};

static size_t add_name(const struct witness *witness, struct words *words, size_t length, reference object)
{
    size_t room = sizeof words->text - length - 1;
    size_t name = name_write(&witness->sim, object, words->text + length, room);

    return length + (name < room ? name : room);
}

static struct words
say(const struct witness *witness, const struct verdict *verdict, const char *kind, enum record_why why)
{
    struct words words;
    size_t length = (size_t)snprintf(words.text, sizeof words.text, "%s%s%s%s, ", kind, why != WHY_NONE ? " (" : "",
                                     record_why_name(why), why != WHY_NONE ? ")" : "");

    length = add_name(witness, &words, length, reference_make(OBJECT_PORT, (uint32_t)verdict->port));
    if (verdict->thread != TWIN_NONE) {
        memcpy(words.text + length, " and ", 5);
        length = add_name(witness, &words, length + 5, reference_make(OBJECT_THREAD, (uint32_t)verdict->thread));
    }
    if (verdict->op != 0) {
        length += (size_t)snprintf(words.text + length, sizeof words.text - length, ", packet %llu",
                                   (unsigned long long)verdict->op);
    }
    snprintf(words.text + length, sizeof words.text - length, ": %u active, %u queued", verdict->active,
             verdict->depth);
    return words;
}

static struct words say_verdict(const struct witness *witness, const struct verdict *verdict)
{
    return say(witness, verdict, record_kind_name(kinds[verdict->kind]), why_of(verdict));
}

static struct words say_record(const struct witness *witness, const struct record *record)
{
    int thread = record->thread == REFERENCE_NONE ? TWIN_NONE : (int)reference_slot(record->thread);
    struct verdict as = {.thread = thread,
                         .port = (int)reference_slot(record->object),
                         .op = record->op,
                         .active = record->active,
                         .depth = record->depth};

    return say(witness, &as, record_kind_name((enum record_kind)record->kind), (enum record_why)record->why);
}

void witness_compare(struct witness *witness, const struct record *record)
{
    const struct verdict *verdict = &witness->twin.verdict[witness->next];

    if (!is_decision(record) || witness->report->end != WITNESS_AGREES) {
        return;
    }
    if (witness->next == witness->twin.verdicts) {
        witness_differ(witness, "the run says %s; the twin says nothing", say_record(witness, record).text);
    } else if (!tells(witness, record, verdict)) {
        witness_differ(witness, "the twin says %s; the run says %s", say_verdict(witness, verdict).text,
                       say_record(witness, record).text);
    } else {
        witness->next++;
        count(witness, verdict);
        if (verdict->kind == TWIN_RELEASE || verdict->kind == TWIN_TAKE || verdict->kind == TWIN_RETURN) {
            witness->answer[verdict->thread] = *verdict;
            witness->has_answer[verdict->thread] = true;
        }
    }
}

void witness_missing(struct witness *witness)
{
    witness_differ(witness, "the twin says %s; the run goes on without it",
                   say_verdict(witness, &witness->twin.verdict[witness->next]).text);
}

void witness_happens(struct witness *witness, const struct record *record)
{
    if (witness->next < witness->twin.verdicts) {
        witness_missing(witness);
    }
    witness->next = 0;
    witness->twin.verdicts = 0;
    witness->step_n = record->step_n;
}
