/* SPDX-License-Identifier: Apache-2.0 */
/* What a random scenario of operations is made of: files, pipes, sockets and a listener, with devices before
 * them or none; threads that issue, cancel, close, wait and ask for results; threads that serve a port; and far
 * ends, which are remote threads. Sizes, offsets and times are small, so that much meets at one instant. What makes
 * a handle or a connection stands once, in a thread of the top, as the second twin wants it. Every list of steps
 * ends, but those of `serve`, so every run comes to rest. */
#include "tests/random_scenario.h"

#include <stdbool.h>

#include "tests/random_text.h"

#define HANDLES 20
#define VARIABLES 4

enum kind { FILE_HANDLE, PIPE_HANDLE, SOCKET_HANDLE, LISTENER_HANDLE, UNCONNECTED_HANDLE, DUPLICATE_HANDLE };

struct world {
    struct random_text out;
    struct {
        char letter;
        uint32_t number;
        enum kind kind;
    } handle[HANDLES];
    uint32_t handles, ports, devices, events, threads, remotes;
    uint32_t used;  /* bit i: what handle i makes or becomes stands in a step already */
    bool closes_ports, in_procedure;
};

#define put(world, ...) random_put(&(world)->out, __VA_ARGS__)

static uint32_t below(struct world *world, uint32_t count)
{
    return random_below(&world->out, count);
}

static bool chance(struct world *world, uint32_t percent)
{
    return random_chance(&world->out, percent);
}

static void add_handles(struct world *world, char letter, uint32_t count, enum kind kind)
{
    for (uint32_t i = 0; i < count; i++) {
        world->handle[world->handles].letter = letter;
        world->handle[world->handles].number = i;
        world->handle[world->handles].kind = kind;
        world->handles++;
    }
}

static void put_handle(struct world *world, uint32_t handle)
{
    put(world, "\"%c%u\"", world->handle[handle].letter, world->handle[handle].number);
}

/* One of all; pipes and sockets twice as often. */
static uint32_t any_handle(struct world *world)
{
    uint32_t handle = below(world, world->handles);

    return world->handle[handle].kind == PIPE_HANDLE || world->handle[handle].kind == SOCKET_HANDLE
               ? handle
               : below(world, world->handles);
}

/* One of a kind that no step has used yet; HANDLES: none. */
static uint32_t unused(struct world *world, enum kind kind)
{
    for (uint32_t i = 0; i < world->handles; i++) {
        if (world->handle[i].kind == kind && (world->used & 1u << i) == 0) {
            world->used |= 1u << i;
            return i;
        }
    }
    return HANDLES;
}

static bool is_stream(const struct world *world, uint32_t handle)
{
    return world->handle[handle].kind != FILE_HANDLE;
}

static void put_variable(struct world *world, const char *before)
{
    put(world, "%s\"%c\"", before, 'A' + below(world, VARIABLES));
}

static void put_timeout(struct world *world, uint32_t infinite)
{
    if (!chance(world, infinite)) {
        uint32_t time = below(world, 8);
        put(world, time < 2 ? ", \"timeout\": 0" : ", \"timeout\": \"%ums\"", time);
    }
}

/* The event, the low bit, no OVERLAPPED, a routine: what decides about packets. */
static void put_completion(struct world *world)
{
    uint32_t form = below(world, 100);

    if (form < 30 && world->events > 0) {
        put(world, ", \"event\": \"e%u\"%s", below(world, world->events),
            chance(world, 35) ? ", \"packet\": false" : "");
    } else if (form < 45) {
        put(world, ", \"apc\": \"routine\"");
    } else if (form < 52) {
        put(world, ", \"overlapped\": false");
    }
    if ((form < 45 || form >= 52) && chance(world, 65)) {
        put_variable(world, ", \"as\": ");
    }
    if ((form < 30 || form >= 45) && chance(world, 30)) {
        put(world, ", \"callback\": \"h%u\"", world->in_procedure ? 1 : below(world, 2));
    }
}

/* What the step says instead of the device. */
static void put_script(struct world *world, bool stream)
{
    bool fails = chance(world, 9);

    if (chance(world, 20)) {
        put(world, ", \"latency\": \"%ums\"", below(world, 4));
    }
    if (fails) {
        put(world, ", \"failure\": \"%s\"", chance(world, 70) ? "ERROR_CRC" : "ERROR_MORE_DATA");
    }
    if ((!stream || fails) && chance(world, 25)) {
        put(world, ", \"at_once\": %s", chance(world, 60) ? "true" : "false");
    }
}

static void put_io(struct world *world)
{
    uint32_t handle = any_handle(world);
    bool stream = is_stream(world, handle);
    uint32_t what = below(world, 100);

    if (what < 8) {
        put(world, "{\"control\": ");
        put_handle(world, handle);
        put(world, ", \"bytes\": \"%uB\", \"packet_bytes\": \"%uB\"", below(world, 6), below(world, 3));
        stream = false;
    } else if (what < 28 && world->handle[handle].kind == PIPE_HANDLE) {
        put(world, "{\"accept\": ");
        put_handle(world, handle);
    } else {
        put(world, what < 70 ? "{\"read\": " : "{\"write\": ");
        put_handle(world, handle);
        put(world, ", \"bytes\": \"%uB\"", chance(world, 15) ? 0 : 1 + below(world, 9));
        if (!stream) {
            put(world, ", \"offset\": \"%uB\"", chance(world, 25) ? 16 + below(world, 3) : below(world, 18));
        }
    }
    put_completion(world);
    put_script(world, stream);
    put(world, "}");
}

/* One OVERLAPPED in flight twice, and its cancel; or an association behind the issue. */
static void put_pair(struct world *world)
{
    uint32_t handle = any_handle(world);
    char name = (char)('A' + below(world, VARIABLES));

    if (chance(world, 50)) {
        put(world, "{\"read\": ");
        put_handle(world, handle);
        put(world, ", \"bytes\": \"%uB\"}, {\"associate\": ", below(world, 3));
        put_handle(world, handle);
        put(world, ", \"port\": \"P0\", \"key\": 7}");
        return;
    }
    for (int i = 0; i < 2; i++) {
        put(world, "{\"read\": ");
        put_handle(world, handle);
        put(world, ", \"bytes\": \"%uB\", \"as\": \"%c\"}, ", 1 + below(world, 4), name);
    }
    put(world, "{\"cancel\": ");
    put_handle(world, handle);
    put(world, ", \"operation\": \"%c\"}", name);
}

/* What may stand only once: a duplicate, a connection on either side. */
static void put_once(struct world *world)
{
    bool duplicates = chance(world, 50);
    uint32_t made = unused(world, duplicates ? DUPLICATE_HANDLE : UNCONNECTED_HANDLE);
    uint32_t listener = 0;

    while (listener < world->handles && world->handle[listener].kind != LISTENER_HANDLE) {
        listener++;
    }
    if (made == HANDLES || (!duplicates && listener == world->handles)) {
        put_io(world);
    } else if (duplicates) {
        put(world, "{\"duplicate\": ");
        put_handle(world, below(world, made));
        put(world, ", \"as\": ");
        put_handle(world, made);
        put(world, "}");
    } else if (world->handle[made].letter == 'c') {
        put(world, "{\"connect\": ");
        put_handle(world, made);
        put(world, ", \"to\": ");
        put_handle(world, listener);
        put_completion(world);
        put(world, "}");
    } else {
        put(world, "{\"accept\": ");
        put_handle(world, listener);
        put(world, ", \"socket\": ");
        put_handle(world, made);
        if (chance(world, 40)) {
            put_variable(world, ", \"as\": ");
        }
        put(world, "}");
    }
}

static void put_cancel(struct world *world)
{
    uint32_t form = below(world, 10);

    put(world, "{\"cancel\": ");
    if (form < 3) {
        put(world, "\"T%u\"", below(world, world->threads));
    } else {
        put_handle(world, any_handle(world));
        if (form < 5) {
            put(world, ", \"own\": true");
        } else if (form < 7) {
            put_variable(world, ", \"operation\": ");
        }
    }
    put(world, "}");
}

static void put_wait(struct world *world)
{
    uint32_t what = below(world, 10);

    put(world, "{\"wait\": ");
    if (what < 3) {
        put(world, "\"e%u\"", below(world, world->events));
    } else if (what < 6) {
        put_handle(world, below(world, world->handles));
    } else if (what < 7) {
        put(world, "\"T%u\"", below(world, world->threads));
    } else if (what < 8) {
        put(world, "\"P0\"");
    } else {
        put(world, "[\"e%u\", \"%s\", ", below(world, world->events), chance(world, 50) ? "m" : "s");
        put_handle(world, 0);
        put(world, "], \"for\": \"%s\"", chance(world, 60) ? "any" : "all");
    }
    put_timeout(world, 3);
    put(world, "%s}", chance(world, 30) ? ", \"alertable\": true" : "");
}

static void put_get(struct world *world)
{
    put(world, "{\"get\": \"P%u\"", below(world, world->ports));
    put_timeout(world, 5);
    if (chance(world, 20)) {
        put(world, ", \"max\": %u", 1 + below(world, 3));
    }
    put(world, "%s}", chance(world, 30) ? ", \"alertable\": true" : "");
    if (chance(world, 60)) {
        put(world, ", \"dispatch\"");
    }
}

static void put_handle_step(struct world *world)
{
    static const char *const modes[] = {"\"skip_port_on_success\"", "\"skip_set_event_on_handle\"",
                                        "\"skip_port_on_success\", \"skip_set_event_on_handle\""};
    uint32_t what = below(world, 100);
    uint32_t handle = any_handle(world);

    if (what < 35 && world->closes_ports && chance(world, 25)) {
        put(world, "{\"close\": \"P%u\"}", below(world, world->ports));
    } else if (what < 45) {
        put(world, "{\"close\": ");
        put_handle(world, handle);
        put(world, "}");
    } else if (what < 75) {
        put(world, "{\"associate\": ");
        put_handle(world, handle);
        put(world, ", \"port\": \"P%u\", \"key\": %u}", below(world, world->ports), 10 + below(world, 5));
    } else {
        put(world, "{\"set_modes\": ");
        put_handle(world, handle);
        put(world, ", \"modes\": [%s]}", modes[below(world, 3)]);
    }
}

/* Locks, events and time. */
static void put_pause(struct world *world)
{
    static const char *const locks[] = {"{\"acquire\": \"m\", \"timeout\": \"2ms\"}", "{\"release\": \"m\"}",
                                        "{\"acquire\": \"s\", \"timeout\": 0}", "{\"release\": \"s\"}"};
    static const char *const signals[] = {"set", "reset", "pulse"};
    uint32_t what = below(world, 10);

    if (what < 5) {
        put(world, "{\"sleep\": \"%ums\"%s}", below(world, 4), chance(world, 45) ? ", \"alertable\": true" : "");
    } else if (what < 7) {
        put(world, "{\"compute\": \"%ums\"}", below(world, 3));
    } else if (what < 8) {
        put(world, "%s", locks[below(world, 4)]);
    } else {
        put(world, "{\"%s\": \"e%u\"}", signals[below(world, 3)], below(world, world->events));
    }
}

static void put_step(struct world *world)
{
    uint32_t what = below(world, 100);

    if (what < 40) {
        put_io(world);
    } else if (what < 43) {
        put_pair(world);
    } else if (what < 49 && !world->in_procedure) {
        put_once(world);
    } else if (what < 60) {
        put_cancel(world);
    } else if (what < 68) {
        put(world, "{\"result\": ");
        put_variable(world, "");
        put_timeout(world, 2);
        put(world, "}");
    } else if (what < 73) {
        put_wait(world);
    } else if (what < 79) {
        put_get(world);
    } else if (what < 81) {
        put(world, "{\"post\": \"P%u\", \"key\": %u}", below(world, world->ports), below(world, 9));
    } else if (what < 90) {
        put_handle_step(world);
    } else if (what < 91 && !world->in_procedure) {
        put(world, "\"exit\"");
    } else {
        put_pause(world);
    }
}

static void put_steps(struct world *world, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put(world, i > 0 ? ", " : "");
        put_step(world);
    }
}

/* One stream of the scenario; HANDLES: there is none. */
static uint32_t a_stream(struct world *world)
{
    for (uint32_t tries = 0; tries < 20; tries++) {
        uint32_t handle = any_handle(world);
        if (is_stream(world, handle) && world->handle[handle].kind != DUPLICATE_HANDLE) {
            return handle;
        }
    }
    return HANDLES;
}

/* A far end. */
static void put_remote(struct world *world)
{
    uint32_t count = 5 + below(world, 9);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t what = below(world, 100);
        uint32_t handle = a_stream(world);
        put(world, i > 0 ? ", " : "");
        if (what < 25 || handle == HANDLES) {
            put(world, "{\"sleep\": \"%ums\"}", 1 + below(world, 3));
            continue;
        }
        if (world->handle[handle].kind == LISTENER_HANDLE) {
            what = 40;
        } else if (world->handle[handle].kind != PIPE_HANDLE && what < 46) {
            what = 50; /* a socket is connected by an accept or a connect */
        }
        put(world, "{\"%s\": ", what < 46   ? "dial"
                                 : what < 72 ? "deliver"
                                 : what < 84 ? "consume"
                                 : what < 91 ? "hang_up"
                                             : "abort");
        put_handle(world, handle);
        if (what >= 46 && what < 84) {
            put(world, ", \"bytes\": \"%uB\"", below(world, 9));
        }
        put(world, "}");
    }
}

static void put_threads(struct world *world)
{
    put(world, "  \"threads\": {\n");
    for (uint32_t i = 0; i < world->threads; i++) {
        bool serves = chance(world, 20);
        put(world, "    \"T%u\": {\"type\": \"%s\", \"at\": \"%ums\", \"runs\": [", i,
            serves ? "completion-port" : "user", below(world, 4));
        if (serves) {
            put(world, "{\"serve\": \"P%u\", \"timeout\": \"%ums\"%s}", below(world, world->ports),
                3 + below(world, 9), chance(world, 20) ? ", \"alertable\": true" : "");
        } else {
            put_steps(world, 5 + below(world, 14));
        }
        put(world, "]},\n");
    }
    for (uint32_t i = 0; i < world->remotes; i++) {
        put(world, "    \"R%u\": {\"type\": \"remote\", \"at\": \"%ums\", \"runs\": [", i, below(world, 4));
        put_remote(world);
        put(world, i + 1 < world->remotes ? "]},\n" : "]}},\n");
    }
}

static void put_device(struct world *world, uint32_t number)
{
    static const char *const orders[] = {"fifo", "lifo", "shortest"};

    put(world, "%s\"D%u\": {\"latency\": \"%ums\"", number > 0 ? ", " : "", number, below(world, 4));
    if (chance(world, 60)) {
        put(world, ", \"parallel\": %u, \"order\": \"%s\"", 1 + below(world, 2), orders[below(world, 3)]);
    }
    if (chance(world, 35)) {
        put(world, ", \"inside_call\": \"%ums\"", 1 + below(world, 3));
    }
    if (chance(world, 20)) {
        put(world, ", \"at_once\": \"%u%%\"", chance(world, 75) ? 100 : 0);
    }
    if (chance(world, 50)) {
        put(world, ", \"end_of_file\": \"at_once\"");
    }
    if (chance(world, 30)) {
        put(world, ", \"fails\": [{\"error\": \"ERROR_IO_DEVICE\", \"nth\": %u%s}", 1 + below(world, 4),
            chance(world, 40) ? ", \"at_once\": true" : "");
        if (chance(world, 50)) {
            put(world, ", {\"error\": \"ERROR_GEN_FAILURE\", \"between\": [\"%ums\", \"%ums\"]}", below(world, 3),
                3 + below(world, 2));
        }
        put(world, "]");
    }
    put(world, "}");
}

static void put_declaration(struct world *world, uint32_t handle)
{
    enum kind kind = world->handle[handle].kind;
    bool is_synchronous = kind != LISTENER_HANDLE && kind != UNCONNECTED_HANDLE && chance(world, 14);
    bool stream = is_stream(world, handle);

    put_handle(world, handle);
    if (kind == DUPLICATE_HANDLE) {
        put(world, ": {\"later\": true}");
        return;
    }
    put(world, ": {\"kind\": \"%s\"", kind == FILE_HANDLE       ? "file"
                                      : kind == LISTENER_HANDLE ? "listener"
                                      : kind != PIPE_HANDLE     ? "socket"
                                      : chance(world, 50)       ? "pipe"
                                                                : "message_pipe");
    if (world->devices > 0 && chance(world, stream ? 25 : 85)) {
        put(world, ", \"device\": \"D%u\"", below(world, world->devices));
    }
    if (kind == UNCONNECTED_HANDLE || (kind == PIPE_HANDLE && chance(world, 50))) {
        put(world, ", \"connected\": false");
    }
    if (kind == FILE_HANDLE) {
        put(world, "%s%s", chance(world, 85) ? ", \"size\": \"16B\"" : "",
            chance(world, 20) ? ", \"cached\": true" : "");
    }
    if (is_synchronous) {
        put(world, ", \"overlapped\": false");
    } else if (chance(world, 58)) {
        put(world, ", \"port\": \"P%u\", \"key\": %u", below(world, world->ports), handle);
    }
    if (chance(world, 30)) {
        put(world, ", \"modes\": [\"%s\"]",
            is_synchronous || chance(world, 40) ? "skip_set_event_on_handle" : "skip_port_on_success");
    }
    if (chance(world, 20)) {
        put(world, ", \"status_visible\": \"%s\"", chance(world, 50) ? "at_dequeue" : "at_completion");
    }
    put(world, "}");
}

static void put_objects(struct world *world)
{
    put(world, "  \"ports\": {");
    for (uint32_t i = 0; i < world->ports; i++) {
        put(world, "%s\"P%u\": {\"concurrency\": %u}", i > 0 ? ", " : "", i, 1 + below(world, 3));
    }
    put(world, "},\n  \"devices\": {");
    for (uint32_t i = 0; i < world->devices; i++) {
        put_device(world, i);
    }
    put(world, "},\n  \"events\": {");
    for (uint32_t i = 0; i < world->events; i++) {
        put(world, "%s\"e%u\": {\"manual_reset\": %s}", i > 0 ? ", " : "", i, chance(world, 60) ? "true" : "false");
    }
    put(world, "},\n  \"mutexes\": {\"m\": {}}, \"semaphores\": {\"s\": {\"available\": 1}},\n  \"handles\": {");
    for (uint32_t i = 0; i < world->handles; i++) {
        put(world, i > 0 ? ",\n    " : "\n    ");
        put_declaration(world, i);
    }
    put(world, "},\n  \"variables\": {\"A\": null, \"B\": null, \"C\": null, \"D\": null},\n");
}

size_t random_operations_write(char *text, uint64_t seed, uint64_t number)
{
    struct world world = {.out = random_text_begin(text, seed, number)};

    world.ports = 1 + below(&world, 2);
    world.devices = below(&world, 4);
    world.events = 1 + below(&world, 3);
    world.threads = 3 + below(&world, 4);
    world.remotes = 1 + below(&world, 3);
    world.closes_ports = chance(&world, 50);
    add_handles(&world, 'f', 1 + below(&world, 3), FILE_HANDLE);
    add_handles(&world, 'p', chance(&world, 25) ? 0 : 1 + below(&world, 2), PIPE_HANDLE);
    add_handles(&world, 's', below(&world, 3), SOCKET_HANDLE);
    if (chance(&world, 45)) {
        add_handles(&world, 'l', 1, LISTENER_HANDLE);
        add_handles(&world, 'c', 2, UNCONNECTED_HANDLE);
        add_handles(&world, 'a', 2, UNCONNECTED_HANDLE);
    }
    add_handles(&world, 'd', 1 + below(&world, 3), DUPLICATE_HANDLE);
    put(&world,
        "{ \"format\": 1, \"title\": \"Random operations %llu of seed %llu\", \"seed\": %u,\n"
        "  \"machine\": {\"processors\": %u, \"livelock_after\": 20000},\n",
        (unsigned long long)number, (unsigned long long)seed, below(&world, 1000), 1 + below(&world, 4));
    put_objects(&world);
    put_threads(&world);
    world.in_procedure = true;
    put(&world, "  \"procedures\": {\n    \"routine\": [{\"depth\": \"P0\"}],\n    \"h0\": [");
    put_steps(&world, 1 + below(&world, 2));
    put(&world, "],\n    \"h1\": [{\"sleep\": \"1ms\"}]}}\n");
    return world.out.length;
}
