/* SPDX-License-Identifier: Apache-2.0 */
/* What a random scenario is made of: one to three ports with limits of 0 to 4, one to eight threads that serve
 * them, drive them or do a little of everything, and procedures that packets call back. Durations are a few
 * whole milliseconds, so that much happens at one instant. No loop is without end but those of `serve`, and a
 * procedure calls back only procedures of larger number, so every run comes to rest. */
#include "tests/random_scenario.h"

#include <stdbool.h>

#include "tests/random_text.h"

#define PROCEDURES 4

struct writer {
    struct random_text out;
    uint32_t ports, events, mutexes, semaphores, handles, free_handles, threads;
    uint32_t procedure; /* the lowest that may be called back from here */
    bool has_later;     /* a declared port that some step makes */
    bool closes;        /* ports are closed now and then */
};

static uint32_t below(struct writer *writer, uint32_t count)
{
    return random_below(&writer->out, count);
}

static bool chance(struct writer *writer, uint32_t percent)
{
    return random_chance(&writer->out, percent);
}

#define put(writer, ...) random_put(&(writer)->out, __VA_ARGS__)

/* One of those declared; the port that is made at run time counts as one, whether it is there or not. */
static uint32_t port(struct writer *writer)
{
    return below(writer, writer->ports + (writer->has_later && chance(writer, 50)));
}

static void put_timeout(struct writer *writer, uint32_t infinite)
{
    if (!chance(writer, infinite)) {
        uint32_t time = below(writer, 10);
        put(writer, time < 5 ? ", \"timeout\": 0" : ", \"timeout\": \"%ums\"", time - 4);
    }
}

static void put_get(struct writer *writer)
{
    put(writer, "{\"get\": \"P%u\"", port(writer));
    put_timeout(writer, 40);
    if (chance(writer, 30)) {
        put(writer, ", \"max\": %u", chance(writer, 3) ? 0 : 1 + below(writer, 4));
    }
    if (chance(writer, 30)) {
        put(writer, ", \"alertable\": true");
    }
    put(writer, "}");
    if (chance(writer, 75)) {
        put(writer, ", \"dispatch\"");
    }
}

static void put_callback(struct writer *writer, uint32_t percent)
{
    if (writer->procedure < PROCEDURES && chance(writer, percent)) {
        put(writer, ", \"callback\": \"h%u\"", writer->procedure + below(writer, PROCEDURES - writer->procedure));
    }
}

static void put_post(struct writer *writer)
{
    put(writer, "{\"post\": \"P%u\", \"key\": %u", port(writer), below(writer, 9));
    if (chance(writer, 8)) {
        put(writer, ", \"failure\": \"ERROR_HANDLE_EOF\"");
    }
    put_callback(writer, 80);
    put(writer, "}");
}

static void put_transfer(struct writer *writer)
{
    put(writer, "{\"%s\": \"f%u\", \"bytes\": \"%uB\", \"offset\": \"%uB\"", chance(writer, 70) ? "read" : "write",
        below(writer, writer->handles + writer->free_handles), 1 + below(writer, 12), below(writer, 12));
    if (writer->events > 0 && chance(writer, 25)) {
        put(writer, ", \"event\": \"e%u\"%s", below(writer, writer->events),
            chance(writer, 30) ? ", \"packet\": false" : "");
    }
    if (chance(writer, 20)) {
        put(writer, ", \"latency\": \"%ums\"", below(writer, 4));
    }
    put_callback(writer, 80);
    put(writer, "}");
}

/* A wait on an object, on a port's handle or for the end of a thread. */
static void put_wait(struct writer *writer)
{
    uint32_t what = below(writer, 10);

    if (what < 5 && writer->events > 0) {
        put(writer, "{\"wait\": \"e%u\"", below(writer, writer->events));
    } else if (what < 6 && writer->events > 1) {
        put(writer, "{\"wait\": [\"e0\", \"e1\"], \"for\": \"%s\"", chance(writer, 50) ? "any" : "all");
    } else if (what < 8) {
        put(writer, "{\"wait\": \"P%u\"", below(writer, writer->ports));
    } else {
        put(writer, "{\"wait\": \"T%u\"", below(writer, writer->threads));
    }
    put_timeout(writer, what < 5 ? 30 : 5);
    put(writer, "%s}", chance(writer, 15) ? ", \"alertable\": true" : "");
}

static void put_lock(struct writer *writer)
{
    bool takes = chance(writer, 60);

    if (writer->mutexes > 0 && (writer->semaphores == 0 || chance(writer, 50))) {
        put(writer, takes ? "{\"acquire\": \"m\"" : "{\"release\": \"m\"");
    } else if (writer->semaphores > 0) {
        put(writer, takes ? "{\"acquire\": \"s\"" : "{\"release\": \"s\"");
    } else {
        put(writer, "{\"depth\": \"P0\"");
    }
    if (takes && writer->mutexes + writer->semaphores > 0) {
        put_timeout(writer, 30);
    }
    put(writer, "}");
}

/* Steps that take no object, or only a time. */
static void put_pause(struct writer *writer)
{
    switch (below(writer, 8)) {
    case 0:
        put(writer, "\"yield\"");
        break;
    case 1:
    case 2:
    case 3:
        put(writer, "{\"compute\": \"%ums\"}", below(writer, 6));
        break;
    case 4:
        put(writer, "{\"spin\": \"P%u.depth == 0\", \"timeout\": \"%ums\"}", below(writer, writer->ports),
            1 + below(writer, 3));
        break;
    default:
        put(writer, "{\"sleep\": \"%ums\"%s}", below(writer, 5), chance(writer, 15) ? ", \"alertable\": true" : "");
        break;
    }
}

static void put_signal(struct writer *writer)
{
    static const char *const verb[] = {"set", "set", "reset", "pulse"};

    if (writer->events > 0) {
        put(writer, "{\"%s\": \"e%u\"}", verb[below(writer, 4)], below(writer, writer->events));
    } else {
        put(writer, "{\"depth\": \"P%u\"}", below(writer, writer->ports));
    }
}

static void put_apc(struct writer *writer)
{
    put(writer, "{\"queue_apc\": \"T%u\", \"callback\": \"%s\"}", below(writer, writer->threads),
        chance(writer, 80) ? "quick" : "slow");
}

/* What is done once in a while. */
static void put_rare(struct writer *writer)
{
    uint32_t what = below(writer, 1000);

    if (what < 350 && writer->closes) {
        put(writer, "{\"close\": \"P%u\"}", port(writer));
    } else if (what < 480 && writer->has_later && writer->procedure == 0) {
        put(writer, "{\"create_port\": \"P%u\", \"concurrency\": %u}", writer->ports, below(writer, 3));
    } else if (what < 520 && writer->procedure == 0) {
        put(writer,
            "{\"create_port\": \"own\", \"concurrency\": %u}, {\"post\": \"own\"}, {\"get\": \"own\", \"timeout\": "
            "0}",
            below(writer, 3));
    } else if (what < 600 && writer->free_handles > 0) {
        put(writer, "{\"associate\": \"f%u\", \"port\": \"P%u\", \"key\": 5}",
            writer->handles + below(writer, writer->free_handles), port(writer));
    } else if (what < 640 && writer->procedure == 0) {
        put(writer, "{\"start\": \"more\", \"runs\": \"h%u\"}", below(writer, PROCEDURES));
    } else if (what < 720) {
        put(writer, "\"exit\"");
    } else {
        put_apc(writer);
    }
}

static void put_step(struct writer *writer)
{
    uint32_t what = below(writer, 100);

    if (what < 30) {
        put_get(writer);
    } else if (what < 46) {
        put_post(writer);
    } else if (what < 63) {
        put_pause(writer);
    } else if (what < 72) {
        put_wait(writer);
    } else if (what < 78) {
        put_lock(writer);
    } else if (what < 84) {
        put_signal(writer);
    } else if (what < 90 && writer->handles + writer->free_handles > 0) {
        put_transfer(writer);
    } else if (what < 92 && writer->procedure == 0) {
        put_apc(writer);
    } else if (what < 93) {
        put(writer, "{\"call\": \"quick\"}");
    } else if (what < 94) {
        put(writer,
            "{\"choose\": [[\"yield\"], [{\"sleep\": \"1ms\"}], [{\"post\": \"P0\"}]], \"weights\": [1, 2, 2]}");
    } else if (what < 95) {
        put(writer,
            "{\"if\": \"P%u.active > 1\", \"then\": [{\"sleep\": \"2ms\"}], \"else\": [{\"compute\": \"1ms\"}]}",
            below(writer, writer->ports));
    } else {
        put_rare(writer);
    }
}

static void put_steps(struct writer *writer, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put(writer, i > 0 ? ", " : "");
        put_step(writer);
    }
}

/* A thread that serves a port: without end, with a time-out, or so many times by hand. */
static void put_server(struct writer *writer)
{
    if (chance(writer, 50)) {
        put(writer, "{\"serve\": \"P%u\"", below(writer, writer->ports));
        if (chance(writer, 40)) {
            put(writer, ", \"timeout\": \"%ums\"", 1 + below(writer, 9));
        }
        put(writer, "%s%s}", chance(writer, 20) ? ", \"max\": 3" : "",
            chance(writer, 15) ? ", \"alertable\": true" : "");
        if (chance(writer, 40)) {
            put(writer, ", ");
            put_steps(writer, 1 + below(writer, 3));
        }
    } else {
        put(writer, "{\"repeat\": %u, \"do\": [", 2 + below(writer, 3));
        put_get(writer);
        put(writer, ", ");
        put_steps(writer, 1 + below(writer, 2));
        put(writer, "]}");
    }
}

/* A thread that posts and reads, with pauses. */
static void put_driver(struct writer *writer)
{
    uint32_t count = 6 + below(writer, 12);

    for (uint32_t i = 0; i < count; i++) {
        put(writer, i > 0 ? ", " : "");
        if (chance(writer, 65)) {
            put_post(writer);
        } else if (writer->handles > 0 && chance(writer, 40)) {
            put_transfer(writer);
        } else {
            put_pause(writer);
        }
    }
    if (writer->closes && chance(writer, 50)) {
        put(writer, ", {\"close\": \"P%u\"}", port(writer));
    }
}

static void put_threads(struct writer *writer)
{
    static const char *const type[] = {"user", "completion-port", "worker", "main"};

    put(writer, "  \"threads\": {\n");
    for (uint32_t i = 0; i < writer->threads; i++) {
        uint32_t kind = below(writer, 10);
        put(writer, "    \"T%u\": {\"type\": \"%s\", \"at\": \"%ums\"%s, \"runs\": [", i, type[below(writer, 4)],
            below(writer, 6), chance(writer, 30) ? ", \"background\": true" : "");
        if (kind < 5) {
            put_server(writer);
        } else if (kind < 7) {
            put_driver(writer);
        } else {
            put_steps(writer, 3 + below(writer, 9));
        }
        put(writer, i + 1 < writer->threads ? "]},\n" : "]}},\n");
    }
}

static void put_ports(struct writer *writer)
{
    put(writer, "  \"ports\": {");
    for (uint32_t i = 0; i < writer->ports; i++) {
        static const uint32_t limit[] = {1, 1, 1, 1, 1, 2, 2, 3, 4, 0};
        put(writer, "%s\"P%u\": {\"concurrency\": %u}", i > 0 ? ", " : "", i, limit[below(writer, 10)]);
    }
    if (writer->has_later) {
        put(writer, ", \"P%u\": {\"later\": true, \"concurrency\": 1}", writer->ports);
    }
    put(writer, "},\n");
}

static void put_objects(struct writer *writer)
{
    if (writer->events > 0) {
        put(writer, "  \"events\": {");
        for (uint32_t i = 0; i < writer->events; i++) {
            put(writer, "%s\"e%u\": {\"manual_reset\": %s}", i > 0 ? ", " : "", i,
                chance(writer, 40) ? "true" : "false");
        }
        put(writer, "},\n");
    }
    if (writer->mutexes > 0) {
        put(writer, "  \"mutexes\": {\"m\": {}},\n");
    }
    if (writer->semaphores > 0) {
        put(writer, "  \"semaphores\": {\"s\": {\"available\": %u}},\n", below(writer, 3));
    }
    if (writer->handles + writer->free_handles > 0) {
        put(writer, "  \"devices\": {\"disk\": {\"latency\": \"%ums\", \"parallel\": %u}},\n  \"handles\": {",
            below(writer, 4), 1 + below(writer, 3));
        for (uint32_t i = 0; i < writer->handles + writer->free_handles; i++) {
            put(writer, "%s\"f%u\": {\"device\": \"disk\", \"size\": \"16B\"", i > 0 ? ", " : "", i);
            if (i < writer->handles) {
                put(writer, ", \"port\": \"P%u\", \"key\": %u", below(writer, writer->ports), i);
            }
            put(writer, "}");
        }
        put(writer, "},\n");
    }
}

static void put_procedures(struct writer *writer)
{
    put(writer, "  \"procedures\": {\n    \"quick\": [{\"depth\": \"P0\"}], \"slow\": [{\"compute\": \"1ms\"}, "
                "{\"sleep\": \"1ms\"}]");
    for (uint32_t i = 0; i < PROCEDURES; i++) {
        put(writer, ",\n    \"h%u\": [", i);
        writer->procedure = i + 1;
        put(writer, "{\"%s\": \"%ums\"}", chance(writer, 40) ? "sleep" : "compute", below(writer, 6));
        if (chance(writer, 70)) {
            put(writer, ", ");
            put_steps(writer, 1 + below(writer, 4));
        }
        put(writer, "]");
    }
    put(writer, "}}\n");
}

size_t random_scenario_write(char *text, uint64_t seed, uint64_t number)
{
    struct writer writer = {.out = random_text_begin(text, seed, number)};

    writer.ports = chance(&writer, 20) ? 1 : 2 + below(&writer, 2);
    writer.threads = chance(&writer, 10) ? 1 + below(&writer, 4) : 5 + below(&writer, 4);
    writer.events = below(&writer, 3);
    writer.mutexes = below(&writer, 2);
    writer.semaphores = below(&writer, 2);
    writer.handles = chance(&writer, 40) ? 1 + below(&writer, 2) : 0;
    writer.free_handles = chance(&writer, 20);
    writer.has_later = chance(&writer, 20);
    writer.closes = chance(&writer, 55);
    put(&writer,
        "{ \"format\": 1, \"title\": \"Random scenario %llu of seed %llu\", \"seed\": %u,\n"
        "  \"machine\": {\"processors\": %u, \"livelock_after\": 20000},\n",
        (unsigned long long)number, (unsigned long long)seed, below(&writer, 1000), 1 + below(&writer, 4));
    put_ports(&writer);
    put_objects(&writer);
    put_threads(&writer);
    put_procedures(&writer);
    return writer.out.length;
}
