/* SPDX-License-Identifier: Apache-2.0 */
/* Runs from the outside of the model: what a wrong program is told, which candidate a choice takes, and what
 * becomes of a run whose memory ends. */
#include "tests/support.h"

#include <glob.h>

#include "model/handle.h"
#include "model/run.h"
#include "scenarios/load/load.h"
#include "scenarios/load/shape.h"

/* A scenario compiled, its run, and what the run said. */
struct world {
    struct document *document;
    struct diagnostics diagnostics;
    struct loaded loaded;
    struct simulation sim;
    char said[8192]; /* lines logged and misuses, one a line */
    size_t length;
};

static void keep(struct world *world, const char *bytes, size_t length)
{
    assert_true(world->length + length + 2 < sizeof world->said);
    memcpy(world->said + world->length, bytes, length);
    memcpy(world->said + world->length + length, "\n", 2);
    world->length += length + 1;
}

static void see(void *context, const struct record_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct record *record = &batch->record[i];
        if (record->kind == RECORD_LOG || record->kind == RECORD_MISUSE) {
            keep(context, batch->bytes + record->span.first, record->span.length);
        }
    }
}

static void load_variant_of(struct world *world, const char *text, const char *variant)
{
    memset(world, 0, sizeof *world);
    diagnostics_init(&world->diagnostics);
    assert_int_equal(document_create(&world->document, text, strlen(text), &world->diagnostics), DOCUMENT_OK);
    shape_check(world->document, &world->diagnostics);
    if (world->diagnostics.count > 0 || load_compile(world->document, &(struct load_options){.variant = variant},
                                                     &world->diagnostics, &world->loaded) != LOAD_OK) {
        print_error("%s\n%s\n", text, world->diagnostics.count > 0 ? world->diagnostics.item[0].message : "");
        fail();
    }
}

static void load(struct world *world, const char *text)
{
    load_variant_of(world, text, NULL);
}

static void unload(struct world *world)
{
    load_release(&world->loaded);
    document_destroy(world->document);
    diagnostics_release(&world->diagnostics);
}

/* Runs to the end; false when memory ran out. */
static bool run(struct world *world, struct choice_source choices)
{
    struct record_observer observer = {{UINT64_MAX, UINT64_MAX}, see, world};
    struct run_options options = {
        .seed = 1, .until = world->loaded.plan.until, .choices = choices, .observer = &observer, .observer_count = 1};
    bool good;

    world->length = 0;
    if (!run_create(&world->sim, &world->loaded.plan, &options)) {
        return false;
    }
    good = run_to_end(&world->sim);
    run_destroy(&world->sim);
    return good;
}

/* The world of the wrong steps: what stands in a variable is known only when the run reads it. */
#define WORLD                                                                                                 \
    "{\"format\":1,\"parameters\":{\"w\":\"text\"},\"ports\":{\"P\":{},\"late\":{\"later\":true}},\"devices\":{\"disk\":{}},"                 \
    "\"handles\":{\"f\":{\"device\":\"disk\",\"port\":\"P\"},\"h\":{\"later\":true,\"count\":2}},"            \
    "\"events\":{\"e\":{\"count\":2}},\"mutexes\":{\"m\":{}},\"semaphores\":{\"s\":{}},"                      \
    "\"variables\":{\"null1\":null,\"five\":5,\"minus\":-1,\"word\":\"w\",\"flag\":true,\"big\":"           \
    "\"0x7FFFFFFFFFFFFFFF\",\"zero\":0,\"port\":null,\"event\":null,\"short\":\"1ms\",\"long\":\"9223372036854775806ns\","   \
    "\"list\":{\"count\":2,\"value\":0}},\"threads\":{\"t\":{\"later\":true,\"count\":2,\"runs\":\"other\"}," \
    "\"main\":{\"runs\":\"main\"}},\"procedures\":{\"other\":[],\"spare\":[{\"call\":\"use\",\"with\":{\"x\":0}}],\"use\":[{\"log\":\"{x}\"}],\"main\":["

struct wrong_step {
    const char *step, *told;
};

static const struct wrong_step wrong_steps[] = {
    /* What an expression cannot answer. */
    {"{\"let\":{\"zero\":\"big + 1\"}}", "a result does not fit: overflow"},
    {"{\"let\":{\"zero\":\"five / zero\"}}", "division by zero"},
    {"{\"let\":{\"zero\":\"five + word\"}}", "values of types that do not go together"},
    {"{\"let\":{\"zero\":\"null1.depth\"}}", "null has no members"},
    {"{\"let\":{\"zero\":\"five.depth\"}}", "this object has no such member"},
    {"{\"let\":{\"zero\":\"port.owner\"}}", "this object has no such member"},
    {"{\"let\":{\"zero\":\"list[five]\"}}", "an index lies outside its array"},
    {"{\"let\":{\"zero\":\"list[short]\"}}", "values of types that do not go together"},
    {"{\"let\":{\"zero\":\"e[minus].signalled\"}}", "an index lies outside its array"},
    {"{\"let\":{\"list[five]\":1}}", "an index lies outside its array"},
    {"{\"let\":{\"list[word]\":1}}", "a number is wanted"},
    {"{\"let\":{\"zero\":\"packet.key\"}}", "null has no members"},
    {"{\"log\":\"{five / zero}\"}", "division by zero"},
    {"{\"assert\":\"five\"}", "true or false is wanted"},
    {"{\"assert\":\"five / zero == 1\"}", "division by zero"},
    {"{\"assert\":\"flag\",\"description\":\"{null1.depth}\"}", "null has no members"},
    {"{\"if\":\"five\",\"then\":[]}", "true or false is wanted"},
    {"{\"if\":\"null1.signalled\",\"then\":[]}", "null has no members"},
    {"{\"repeat\":\"word\",\"do\":[{\"log\":\"no\"}]}", "a number is wanted"},
    {"{\"repeat\":2,\"from\":\"word\",\"as\":\"i\",\"do\":[{\"log\":\"no\"}]}", "a number is wanted"},
    {"{\"call\":\"use\",\"with\":{\"x\":\"five / zero\"}}", "division by zero"},
    /* What a verb cannot use. */
    {"{\"compute\":\"five\"}", "a duration is wanted"},
    {"{\"compute\":\"0ns - short\"}", "a duration is negative"},
    {"{\"compute\":\"null1\"}", "a duration is wanted"},
    {"{\"sleep\":\"five\"}", "a duration is wanted"},
    {"{\"sleep\":\"five / zero\"}", "division by zero"},
    {"{\"sleep\":\"short\",\"alertable\":\"five\"}", "true or false is wanted"},
    {"{\"sleep\":{\"exponential\":\"0ns - short\"}}", "a distribution's value is negative or no quantity"},
    {"{\"sleep\":{\"uniform\":[\"short\",\"null1\"]}}", "a distribution's value is negative or no quantity"},
    {"{\"sleep\":{\"mixed\":[[\"zero\",\"1ms\"],[0,\"2ms\"]]}}", "the weights of a distribution sum to 0"},
    {"{\"sleep\":{\"mixed\":[[\"minus\",\"1ms\"],[1,\"2ms\"]]}}", "a distribution's value is negative or no quantity"},
    {"{\"sleep\":{\"cycle\":[\"null1\",\"1ms\"]}}", "a distribution's value is negative or no quantity"},
    {"{\"spin\":\"five\"}", "true or false is wanted"},
    {"{\"spin\":\"flag\",\"timeout\":\"five\"}", "a duration is wanted"},
    {"{\"get\":\"null1\"}", "null is used as an object"},
    {"{\"get\":\"five\"}", "an object is wanted"},
    {"{\"get\":\"event\"}", "an object of another kind is wanted"},
    {"{\"get\":\"P\",\"timeout\":\"five\"}", "a duration is wanted"},
    {"{\"get\":\"P\",\"max\":\"word\"}", "a number is wanted"},
    {"{\"get\":\"P\",\"alertable\":\"five\"}", "true or false is wanted"},
    {"{\"post\":\"P\",\"bytes\":\"five\"}", "a size is wanted"},
    {"{\"post\":\"P\",\"bytes\":\"0B - 1B\"}", "a size is negative"},
    {"{\"post\":\"P\",\"key\":\"flag\"}", "a number is wanted"},
    {"{\"post\":\"P\",\"callback\":\"use\",\"with\":{\"x\":\"null1.depth\"}}", "null has no members"},
    {"{\"post\":\"P\",\"as\":\"list[five]\"}", "an index lies outside its array"},
    {"{\"post\":\"P\",\"callback\":\"use\",\"with\":{\"x\":1},\"as\":\"list[five]\"}", "an index lies outside its array"},
    {"{\"depth\":\"null1\"}", "null is used as an object"},
    {"{\"close\":\"five\"}", "an object is wanted"},
    {"{\"create_port\":\"late\",\"concurrency\":\"word\"}", "a number is wanted"},
    {"{\"read\":\"null1\"}", "null is used as an object"},
    {"{\"read\":\"f\",\"bytes\":\"word\"}", "a size is wanted"},
    {"{\"read\":\"f\",\"offset\":\"five\"}", "a size is wanted"},
    {"{\"read\":\"f\",\"latency\":\"five\"}", "a duration is wanted"},
    {"{\"read\":\"f\",\"event\":\"null1\"}", "null is used as an object"},
    {"{\"read\":\"f\",\"event\":\"e[0]\",\"packet\":\"five\"}", "true or false is wanted"},
    {"{\"read\":\"f\",\"callback\":\"use\",\"with\":{\"x\":\"five / zero\"}}", "division by zero"},
    {"{\"read\":\"f\",\"failure\":\"ERROR_IO_PENDING\"}", "an operation cannot fail with ERROR_IO_PENDING"},
    {"{\"read\":\"f\",\"as\":\"list[minus]\"}", "an index lies outside its array"},
    {"{\"write\":\"five\",\"bytes\":\"1B\"}", "an object is wanted"},
    {"{\"open\":\"h[five]\"}", "an index lies outside its array"},
    {"{\"open\":\"h[0]\",\"size\":\"five\"}", "a size is wanted"},
    {"{\"open\":\"h[0]\",\"key\":\"word\"}", "a number is wanted"},
    {"{\"associate\":\"f\",\"port\":\"null1\"}", "null is used as an object"},
    {"{\"associate\":\"f\",\"port\":\"P\",\"key\":\"word\"}", "a number is wanted"},
    {"{\"start\":\"t[five]\"}", "an index lies outside its array"},
    {"{\"start\":\"t[0]\",\"priority\":\"word\"}", "a number is wanted"},
    {"{\"start\":\"t[0]\",\"background\":\"five\"}", "true or false is wanted"},
    {"{\"start\":\"x\",\"runs\":\"use\",\"with\":{\"x\":\"five / zero\"}}", "division by zero"},
    {"{\"queue_apc\":\"null1\",\"callback\":\"other\"}", "null is used as an object"},
    {"{\"queue_apc\":\"main\",\"callback\":\"use\",\"with\":{\"x\":\"five / zero\"}}", "division by zero"},
    {"{\"wait\":\"null1\"}", "null is used as an object"},
    {"{\"wait\":[\"e[0]\",\"five\"]}", "an object is wanted"},
    {"{\"wait\":\"e[0]\",\"timeout\":\"five\"}", "a duration is wanted"},
    {"{\"wait\":\"e[0]\",\"alertable\":\"five\"}", "true or false is wanted"},
    {"{\"acquire\":\"null1\"}", "null is used as an object"},
    {"{\"acquire\":\"port\"}", "a mutex or a semaphore is wanted"},
    {"{\"acquire\":\"m\",\"timeout\":\"five\"}", "a duration is wanted"},
    {"{\"release\":\"port\"}", "a mutex or a semaphore is wanted"},
    {"{\"release\":\"s\",\"by\":\"word\"}", "a number is wanted"},
    {"{\"set\":\"null1\"}", "null is used as an object"},
    {"{\"reset\":\"port\"}", "an object of another kind is wanted"},
    {"{\"pulse\":\"five\"}", "an object is wanted"},
};

/* A misuse is told in these words, once, and the thread goes on with its next step. */
static void a_wrong_step_is_told_and_the_thread_goes_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_steps / sizeof wrong_steps[0]; i++) {
        struct world world;
        char text[4096];
        char expected[256];
        const char *step = wrong_steps[i].step;

        snprintf(text, sizeof text, "%s{\"let\":{\"port\":\"P\",\"event\":\"e[0]\"}},%s,{\"log\":\"after\"}]}}", WORLD, step);
        snprintf(expected, sizeof expected, "%s\nafter\n", wrong_steps[i].told);
        load(&world, text);
        assert_true(run(&world, (struct choice_source){0}));
        if (strcmp(world.said, expected) != 0) {
            print_error("%s\nsays: %s\nexpected: %s", step, world.said, expected);
            fail();
        }
        unload(&world);
    }
}

/* Declarations are read before the run, by nobody: what is wrong with one is told too. */
static void a_wrong_attribute_is_told_before_the_run(void **state)
{
    static const struct wrong_step rows[] = {
        {"\"ports\":{\"P\":{\"count\":2,\"concurrency\":\"1 / index\"}}", "division by zero\n"},
        {"\"devices\":{\"d\":{\"count\":2,\"parallel\":\"1 / index\"}}", "division by zero\n"},
        {"\"handles\":{\"f\":{\"count\":2,\"key\":\"1 / index\"}}", "division by zero\n"},
        {"\"variables\":{\"v\":{\"count\":2,\"value\":\"1 / index\"}}", "division by zero\n"},
        {"\"semaphores\":{\"s\":{\"count\":2,\"available\":\"1 / index\"}}", "division by zero\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world world;
        char text[512];
        snprintf(text, sizeof text, "{\"format\":1,%s,\"procedures\":{\"main\":[]}}", rows[i].step);
        load(&world, text);
        assert_true(run(&world, (struct choice_source){0}));
        assert_string_equal(world.said, rows[i].told);
        unload(&world);
    }
}

/* An attribute may name any other object, whatever their order, and use the first value of a variable. */
static void attributes_use_what_the_file_declares(void **state)
{
    struct world world;

    (void)state;
    load(&world, "{\"format\":1,\"mutexes\":{\"m\":{\"owner\":\"late\"}},\"semaphores\":{\"s\":{\"available\":\"two\"}},"
                 "\"handles\":{\"f\":{\"port\":\"P\"}},\"ports\":{\"P\":{\"concurrency\":\"two + 1\"}},"
                 "\"variables\":{\"two\":2,\"soon\":\"3ms\",\"held\":\"m\"},\"threads\":{\"main\":{\"at\":\"soon\",\"runs\":"
                 "[{\"log\":\"{m.owner} {s.available} {P.limit} {held.owner} {now}\"}]},\"late\":{\"background\":true,\"at\":\"1h\","
                 "\"runs\":[]}}}");
    assert_true(run(&world, (struct choice_source){0}));
    assert_string_equal(world.said, "late 2 3 late 3ms\n");
    unload(&world);
}

/* A declared thread that is started again is a new one, with what is declared, and the step's own winning. */
static void a_thread_started_again_has_what_is_declared(void **state)
{
    struct world world;

    (void)state;
    load(&world, "{\"format\":1,\"threads\":{\"t\":{\"later\":true,\"count\":2,\"runs\":\"say\",\"with\":{\"n\":\"index + 5\"}},"
                 "\"main\":{\"runs\":[{\"start\":\"t[1]\"},{\"start\":\"t[1]\"},"
                 "{\"start\":\"t[1]\",\"runs\":\"say\",\"with\":{\"n\":9}}]}},"
                 "\"procedures\":{\"say\":[{\"log\":\"{n}\"}]}}");
    assert_true(run(&world, (struct choice_source){0}));
    assert_string_equal(world.said, "6\n6\n9\n");
    unload(&world);
}

/* What a scenario about streams says. */
static void expect_said(const char *text, const char *expected)
{
    struct world world;

    load(&world, text);
    assert_true(run(&world, (struct choice_source){0}));
    assert_string_equal(world.said, expected);
    unload(&world);
}

#define SOCKETS                                                                                                 \
    "{\"format\":1,\"variables\":{\"A\":null,\"B\":null},\"ports\":{\"P\":{}},\"handles\":{\"l\":{\"kind\":"      \
    "\"listener\"},\"never\":{\"kind\":\"listener\",\"later\":true},\"c\":{\"kind\":\"socket\",\"connected\":"    \
    "false},\"s\":{\"kind\":\"socket\"},\"p\":{\"kind\":\"pipe\"},\"f\":{}},\"procedures\":{\"main\":["

/* Both sides have written before they were connected to each other: nothing is lost and nothing ends twice. */
static void two_sockets_that_both_wrote_have_it_all(void **state)
{
    (void)state;
    expect_said(SOCKETS "{\"connect\":\"c\",\"to\":\"l\"},{\"sleep\":\"1ms\"},"
                        "{\"repeat\":4,\"do\":[{\"write\":\"c\",\"bytes\":\"1B\"}]},"
                        "{\"repeat\":4,\"do\":[{\"write\":\"s\",\"bytes\":\"2B\"}]},"
                        "{\"log\":\"{c.pending} {s.pending}\"},{\"accept\":\"l\",\"socket\":\"s\"},"
                        "{\"log\":\"{c.pending} {s.pending}\"},{\"read\":\"s\",\"bytes\":\"9B\"},{\"log\":\"{bytes}\"},"
                        "{\"read\":\"c\",\"bytes\":\"9B\"},{\"log\":\"{bytes}\"}]}}",
                "4 4\n0 0\n4\n8\n");
}

/* Fact IOCP-68, and nobody listens at what was never opened. */
static void a_wrong_socket_is_refused(void **state)
{
    (void)state;
    expect_said(SOCKETS "{\"accept\":\"l\",\"socket\":\"p\"},{\"log\":\"{error}\"},"
                        "{\"accept\":\"l\",\"socket\":\"f\"},{\"log\":\"{error}\"},"
                        "{\"accept\":\"l\",\"socket\":\"l\"},{\"log\":\"{error}\"},{\"log\":\"{l.pending}\"},"
                        "{\"connect\":\"c\",\"to\":\"never\",\"as\":\"A\"},{\"sleep\":\"1ms\"},{\"log\":\"{A.error}\"}]}}",
                "ERROR_INVALID_HANDLE\nERROR_INVALID_HANDLE\nERROR_INVALID_HANDLE\n0\nERROR_CONNECTION_REFUSED\n");
}

/* Fact IOCP-68: the handle is open, and its completions go nowhere. */
static void a_closed_port_is_not_associated(void **state)
{
    (void)state;
    expect_said(SOCKETS "{\"close\":\"P\"},{\"open\":\"A\",\"port\":\"P\"},{\"log\":\"{error} {A.open}\"},"
                        "{\"read\":\"A\",\"apc\":[{\"log\":\"read\"}]},{\"sleep\":\"1ms\",\"alertable\":true}]}}",
                "ERROR_INVALID_HANDLE true\nread\n");
}

/* An operation that its step or its device lets fail does so whatever the far end does, and takes nothing. */
/* Case C-02, fact IOCP-2: the language cannot say INVALID_HANDLE_VALUE. */
static void no_file_at_all_is_a_wrong_parameter_to_a_port(void **state)
{
    struct world world;
    struct run_options options = {.seed = 1, .until = SIM_NEVER};
    const struct value no_file = {.type = VALUE_NUMBER, .bits = HANDLE_INVALID_VALUE};

    (void)state;
    load(&world, "{\"format\":1,\"ports\":{\"P\":{}},\"procedures\":{\"main\":[]}}");
    assert_true(run_create(&world.sim, &world.loaded.plan, &options));
    assert_int_equal(handle_association_error(&world.sim, 1, no_file, 1), WIN32_ERROR_INVALID_PARAMETER);
    assert_int_equal(handle_association_error(&world.sim, 1, value_null(), 1), WIN32_ERROR_INVALID_HANDLE);
    run_destroy(&world.sim);
    unload(&world);
}

static void a_failure_does_not_wait_for_the_far_end(void **state)
{
    (void)state;
    expect_said("{\"format\":1,\"variables\":{\"A\":null,\"B\":null},\"devices\":{\"d\":{\"latency\":\"2ms\",\"fails\":"
                "[{\"error\":\"ERROR_CRC\",\"nth\":1}]}},\"handles\":{\"p\":{\"kind\":\"pipe\",\"device\":\"d\"}},"
                "\"procedures\":{\"main\":[{\"deliver\":\"p\",\"bytes\":\"4B\"},{\"read\":\"p\",\"bytes\":\"4B\",\"as\":\"A\"},"
                "{\"log\":\"{error} {p.pending}\"},{\"sleep\":\"2ms\"},{\"log\":\"{A.error} {A.bytes}\"},"
                "{\"write\":\"p\",\"bytes\":\"4B\",\"failure\":\"ERROR_IO_DEVICE\",\"latency\":\"1ms\",\"as\":\"B\"},"
                "{\"read\":\"p\",\"bytes\":\"9B\"},{\"log\":\"{bytes}\"},"
                "{\"sleep\":\"1ms\"},{\"log\":\"{B.error} {p.pending}\"}]}}",
                "ERROR_IO_PENDING 1\nERROR_CRC 0\n4\nERROR_IO_DEVICE 0\n");
}

/* The largest size three times is more than 64 bits: what has arrived does not become less by more. */
static void what_has_arrived_does_not_wrap(void **state)
{
    (void)state;
    expect_said(SOCKETS "{\"repeat\":3,\"do\":[{\"deliver\":\"p\",\"bytes\":\"9223372036854775807B\"},"
                        "{\"consume\":\"p\",\"bytes\":\"9223372036854775807B\"}]},"
                        "{\"repeat\":2,\"do\":[{\"read\":\"p\",\"bytes\":\"9223372036854775807B\"},{\"log\":\"{bytes}\"},"
                        "{\"write\":\"p\",\"bytes\":\"9223372036854775807B\"},{\"log\":\"{bytes}\"}]}]}}",
                "9223372036854775807\n9223372036854775807\n9223372036854775807\n9223372036854775807\n");
}

/* Steps of one instant are counted: a loop that leaves by itself in the end is no livelock before that. */
/* Fact CLR-12: until about 128 KiB of the stack are left, at 690 bytes a level; of 1 MiB that is 1329 levels. */
static void continuations_nest_until_the_stack_is_used_up(void **state)
{
    (void)state;
    expect_said("{ \"format\": 1, \"pools\": { \"pool\": { \"threads\": 1 } }, \"variables\": { \"levels\": 0 },"
                " \"procedures\": {"
                "  \"main\": [ { \"task\": \"t\" }, { \"call\": \"link\", \"with\": { \"task\": \"t\" } }, { \"complete\": \"t\" },"
                "   { \"log\": \"{levels} levels\" }, { \"sleep\": \"1ms\" } ],"
                "  \"link\": [ { \"await\": \"task\" }, { \"let\": { \"levels\": \"levels + 1\" } },"
                "   { \"if\": \"levels == 1400\", \"then\": [ { \"log\": \"{levels} on {me}\" } ],"
                "    \"else\": [ { \"task\": \"next\" }, { \"call\": \"link\", \"with\": { \"task\": \"next\" } },"
                "     { \"complete\": \"next\" } ] } ] } }",
                "1329 levels\n1400 on pool.worker[0]\n");
}

static void too_many_steps_at_one_instant_end_the_run(void **state)
{
    static const char format[] = "{\"format\":1,\"machine\":{\"livelock_after\":100},\"procedures\":{\"main\":["
                                 "{\"repeat\":%d,\"do\":[{\"log\":\"x\"}]},{\"log\":\"end\"}]}}";
    struct world world;
    char text[256];

    (void)state;
    snprintf(text, sizeof text, format, 40);
    load(&world, text);
    assert_true(run(&world, (struct choice_source){0}));
    assert_non_null(strstr(world.said, "end"));
    unload(&world);
    snprintf(text, sizeof text, format, 1000);
    load(&world, text);
    assert_true(run(&world, (struct choice_source){0}));
    assert_null(strstr(world.said, "end"));
    assert_true(world.length < 400);
    unload(&world);
}

static void a_run_stops_at_its_limit(void **state)
{
    static const struct {
        const char *until, *said;
    } rows[] = {{"10ms", "1\n2\n"}, {"3ms", "1\n"}, {"2ms", "1\n"}, {"1ms", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world world;
        char text[256];
        snprintf(text, sizeof text,
                 "{\"format\":1,\"until\":\"%s\",\"procedures\":{\"main\":[{\"sleep\":\"2ms\"},{\"log\":\"1\"},"
                 "{\"sleep\":\"2ms\"},{\"log\":\"2\"},\"read_line\"]}}",
                 rows[i].until);
        load(&world, text);
        assert_true(run(&world, (struct choice_source){0}));
        assert_string_equal(world.said, rows[i].said);
        unload(&world);
    }
}

/* Where a run went: all that does not depend on who looked. */
struct way {
    uint64_t n, now, steps, switches, operations;
    uint32_t end, misuses;
};

static void see_nothing(void *context, const struct record_batch *batch)
{
    (void)context;
    (void)batch;
}

static struct way way_of(struct world *world, const struct record_observer *observer)
{
    struct run_options options = {.seed = 1,
                                  .until = world->loaded.plan.until,
                                  .observer = observer,
                                  .observer_count = observer != NULL};
    struct way way;

    assert_true(run_create(&world->sim, &world->loaded.plan, &options));
    assert_true(run_to_end(&world->sim));
    way = (struct way){world->sim.state.n,        world->sim.state.now,        world->sim.state.step_n,
                       world->sim.state.switches, world->sim.state.operations, world->sim.state.end,
                       (uint32_t)world->sim.state.misuses};
    run_destroy(&world->sim);
    return way;
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 18);

    assert_non_null(file);
    assert_non_null(text);
    assert_in_range(fread(text, 1, (1 << 18) - 1, file), 1, (1 << 18) - 2);
    fclose(file);
    return text;
}

/* Every shipped scenario, in every variant, goes the same way whether somebody wants all records, only those of
 * threads that end, or none. */
static void who_looks_changes_nothing(void **state)
{
    const struct record_observer all = {{UINT64_MAX, UINT64_MAX}, see_nothing, NULL};
    struct record_observer few = {{0, 0}, see_nothing, NULL};
    glob_t paths;
    size_t runs = 0;

    (void)state;
    few.kinds[RECORD_THREAD_EXIT / 64] |= UINT64_C(1) << RECORD_THREAD_EXIT % 64;
    assert_int_equal(glob("scenarios/*/*.json", 0, NULL, &paths), 0);
    for (size_t i = 0; i < paths.gl_pathc; i++) {
        char *text = read_whole(paths.gl_pathv[i]);
        char variant[64] = "";
        size_t number = 0;
        do {
            struct world world;
            const char *next;
            struct way seen;
            struct way glanced;
            struct way unseen;
            load_variant_of(&world, text, number == 0 ? NULL : variant);
            seen = way_of(&world, &all);
            glanced = way_of(&world, &few);
            unseen = way_of(&world, NULL);
            assert_memory_equal(&seen, &glanced, sizeof seen);
            assert_memory_equal(&seen, &unseen, sizeof seen);
            assert_true(seen.n > 0);
            next = load_variant(world.document, ++number);
            snprintf(variant, sizeof variant, "%s", next == NULL ? "" : next);
            unload(&world);
            runs++;
        } while (variant[0] != '\0');
        free(text);
    }
    globfree(&paths);
    assert_true(runs > 50);
}

/* Takes the last candidate always. */
static uint32_t last(void *context, enum choice_kind kind, uint32_t count, uint32_t object)
{
    (void)context;
    (void)kind;
    (void)object;
    return count - 1;
}

/* Everything that is open in a run: which event of an instant, which ready thread, which waiter of a port,
 * which bound of `between`, which list of `choose`. */
static const char open_world[] =
    "{\"format\":1,\"ports\":{\"P\":{}},\"events\":{\"go\":{\"manual_reset\":true}},\"threads\":{"
    "\"W\":{\"count\":3,\"at\":\"index * 1ms\",\"background\":true,\"runs\":[{\"get\":\"P\"},{\"log\":\"waiter {index}\"}]},"
    "\"E\":{\"count\":2,\"at\":\"5ms\",\"runs\":[{\"log\":\"event {index}\"}]},"
    "\"R\":{\"count\":3,\"at\":\"index * 1us\",\"runs\":[{\"wait\":\"go\"},{\"log\":\"ready {index}\"}]},"
    "\"main\":{\"at\":\"10ms\",\"runs\":[{\"post\":\"P\"},{\"sleep\":\"1ms\"},{\"set\":\"go\"},"
    "{\"sleep\":{\"between\":[\"1ms\",\"4ms\"]}},{\"log\":\"{now}\"},"
    "{\"choose\":[[{\"log\":\"first\"}],[{\"log\":\"second\"}],[{\"log\":\"third\"}]]}]}}}";

static void a_choice_takes_the_first_candidate_unless_told_otherwise(void **state)
{
    struct world world;

    (void)state;
    load(&world, open_world);
    assert_true(run(&world, (struct choice_source){0}));
    assert_string_equal(world.said, "event 0\nevent 1\nwaiter 2\nready 0\nready 1\nready 2\n12ms\nfirst\n");
    assert_true(run(&world, (struct choice_source){last, NULL}));
    assert_string_equal(world.said, "event 1\nevent 0\nwaiter 0\nready 2\nready 1\nready 0\n15ms\nthird\n");
    unload(&world);
}

/* Memory that ends: the n-th request and all behind it fail; what is held is counted. */
struct memory {
    size_t left, held;
};

static void *scarce(void *context, void *memory, size_t size)
{
    struct memory *of = context;

    if (size == 0) {
        of->held -= memory != NULL;
    } else if (of->left == 0) {
        return NULL;
    } else {
        of->left--;
        of->held += memory == NULL;
    }
    return support_reallocate(NULL, memory, size);
}

/* A run in which something of every kind is made. */
static const char rich_world[] =
    "{\"format\":1,\"devices\":{\"d\":{\"latency\":\"1ms\",\"parallel\":1}},\"ports\":{\"P\":{},\"Q\":{\"later\":true}},"
    "\"handles\":{\"f\":{\"device\":\"d\",\"port\":\"P\"}},\"events\":{\"e\":{}},\"mutexes\":{\"m\":{}},\"variables\":{\"v\":0},"
    "\"threads\":{\"T\":{\"count\":2,\"background\":true,\"runs\":[{\"serve\":\"P\",\"alertable\":true}]},"
    "\"W\":{\"background\":true,\"runs\":[{\"wait\":[\"e\",\"P\",\"main\"],\"timeout\":\"1ms\"}]},"
    "\"main\":{\"runs\":[{\"queue_apc\":\"T[0]\",\"callback\":\"work\",\"with\":{\"n\":1}},"
    "{\"create_port\":\"Q\"},{\"create_port\":\"made\"},{\"open\":\"g\",\"device\":\"d\",\"port\":\"P\"},"
    "{\"start\":\"child\",\"runs\":\"work\",\"with\":{\"n\":2}},"
    "{\"repeat\":3,\"as\":\"i\",\"do\":[{\"read\":\"f\",\"bytes\":\"1B\",\"callback\":\"work\",\"with\":{\"n\":\"i\"}},"
    "{\"post\":\"P\",\"as\":\"x\",\"callback\":\"work\",\"with\":{\"n\":\"i\"}}]},"
    "{\"acquire\":\"m\"},{\"sleep\":{\"uniform\":[\"5ms\",\"6ms\"]}},{\"call\":\"work\",\"with\":{\"n\":3}}]}},"
    "\"procedures\":{\"work\":[{\"let\":{\"v\":\"v + n\"}},{\"log\":\"{n}\"}]}}";

static void a_run_whose_memory_ends_says_so_and_leaves_nothing(void **state)
{
    struct world world;
    struct sim_allocator before;
    struct memory memory = {0, 0};
    size_t n = 0;

    (void)state;
    load(&world, rich_world);
    before = world.loaded.plan.allocator;
    world.loaded.plan.allocator = (struct sim_allocator){scarce, &memory};
    for (;; n++) {
        memory.left = n;
        if (run(&world, (struct choice_source){0})) {
            break;
        }
        assert_int_equal(memory.held, 0);
    }
    assert_int_equal(memory.held, 0);
    assert_true(n > 20);
    world.loaded.plan.allocator = before;
    unload(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_step_is_told_and_the_thread_goes_on),
        cmocka_unit_test(a_wrong_attribute_is_told_before_the_run),
        cmocka_unit_test(attributes_use_what_the_file_declares),
        cmocka_unit_test(a_thread_started_again_has_what_is_declared),
        cmocka_unit_test(two_sockets_that_both_wrote_have_it_all),
        cmocka_unit_test(a_wrong_socket_is_refused),
        cmocka_unit_test(a_closed_port_is_not_associated),
        cmocka_unit_test(no_file_at_all_is_a_wrong_parameter_to_a_port),
        cmocka_unit_test(a_failure_does_not_wait_for_the_far_end),
        cmocka_unit_test(what_has_arrived_does_not_wrap),
        cmocka_unit_test(continuations_nest_until_the_stack_is_used_up),
        cmocka_unit_test(too_many_steps_at_one_instant_end_the_run),
        cmocka_unit_test(a_run_stops_at_its_limit),
        cmocka_unit_test(who_looks_changes_nothing),
        cmocka_unit_test(a_choice_takes_the_first_candidate_unless_told_otherwise),
        cmocka_unit_test(a_run_whose_memory_ends_says_so_and_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
