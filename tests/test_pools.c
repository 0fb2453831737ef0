/* SPDX-License-Identifier: Apache-2.0 */
/* Pools of the CLR against figures that a real .NET 10 gave, where a claim of a scenario cannot say them: the grid of
 * limits, and the spread of a timer's ticks (cases N11 and N4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iocpsim.h"
#include "tests/support.h"

/* Text that grows. */
struct text {
    char *bytes;
    size_t length, room;
};

static bool keep(void *context, const char *bytes, size_t length)
{
    struct text *text = context;

    if (text->room - text->length < length + 1) {
        text->room = (text->length + length) * 2 + 256;
        text->bytes = realloc(text->bytes, text->room);
        assert_non_null(text->bytes);
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return true;
}

static void add(struct text *text, const char *bytes)
{
    (void)keep(text, bytes, strlen(bytes));
}

/* Runs a scenario; its trace as JSON Lines. Fails when a claim does. */
static struct text run(const char *path, const char *bytes, const char *variant)
{
    struct iocpsim_run_options options = {.variant = variant};
    struct iocpsim_scenario *scenario;
    struct text lines = {NULL, 0, 0};
    struct iocpsim_sink sink = {keep, &lines};
    struct iocpsim_run *made;

    assert_int_equal(iocpsim_scenario_read(&scenario, path, bytes, strlen(bytes)), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_create(&made, scenario, &options), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_trace(made, &sink), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_finish(made), IOCPSIM_OK);
    for (size_t i = 0; i < iocpsim_run_failures(made); i++) {
        print_error("%s\n", iocpsim_run_failure(made, i).message);
    }
    assert_int_equal(iocpsim_run_failures(made), 0);
    iocpsim_run_destroy(made);
    iocpsim_scenario_destroy(scenario);
    return lines;
}

static struct text read_file(const char *path)
{
    struct text text = {NULL, 0, 0};
    FILE *file = fopen(path, "rb");
    char bytes[4096];
    size_t count;

    assert_non_null(file);
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0) {
        (void)keep(&text, bytes, count);
    }
    fclose(file);
    return text;
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* One cell: limits of 4 to 1000 and 2 to 900, then a call, what it must answer, and what must stand then. */
static void add_cell(struct text *text, bool is_minimum, int64_t workers, int64_t completions)
{
    static const int64_t least[] = {4, 2}, most[] = {1000, 900};
    const int64_t asked[] = {workers, completions};
    int64_t now[2];
    bool ok = true;
    char step[512];

    for (int i = 0; i < 2; i++) { /* fact CLR-26 */
        ok = ok && (is_minimum ? asked[i] >= 0 && asked[i] <= most[i] : asked[i] >= least[i]);
    }
    for (int i = 0; i < 2; i++) {
        int64_t before = is_minimum ? least[i] : most[i];
        now[i] = !ok ? before : is_minimum ? greater(1, asked[i]) : smaller(asked[i], 32767);
    }
    add(text, "{\"set_min_threads\":\"clr\",\"workers\":1,\"completion_threads\":1,\"gives\":{\"ok\":true}},"
              "{\"set_max_threads\":\"clr\",\"workers\":1000,\"completion_threads\":900,\"gives\":{\"ok\":true}},"
              "{\"set_min_threads\":\"clr\",\"workers\":4,\"completion_threads\":2,\"gives\":{\"ok\":true}},");
    snprintf(step, sizeof step,
             "{\"set_%s_threads\":\"clr\",\"workers\":\"%lld\",\"completion_threads\":\"%lld\",\"gives\":{\"ok\":%s}},"
             "{\"assert\":\"clr.%s_workers == %lld and clr.completion_%s == %lld\"},",
             is_minimum ? "min" : "max", (long long)workers, (long long)completions, ok ? "true" : "false",
             is_minimum ? "min" : "max", (long long)now[0], is_minimum ? "min" : "max", (long long)now[1]);
    add(text, step);
}

/* Case N11, fact CLR-26: 144 cells of each call. */
static void limits_are_set_and_refused_as_dotnet_10_does(void **state)
{
    static const int64_t values[] = {-32768, -1, 0, 1, 2, 3, 4, 899, 900, 1000, 32767, 100000};
    const size_t count = sizeof values / sizeof values[0];
    struct text text = {NULL, 0, 0};
    struct text lines;

    (void)state;
    add(&text, "{\"format\":1,\"machine\":{\"processors\":4},\"pools\":{\"clr\":{\"preset\":\"net10\",\"system\":\"linux\"}},"
               "\"procedures\":{\"main\":[");
    for (int is_minimum = 0; is_minimum < 2; is_minimum++) {
        for (size_t i = 0; i < count * count; i++) {
            add_cell(&text, is_minimum != 0, values[i / count], values[i % count]);
        }
    }
    add(&text, "\"stop\"]}}");
    lines = run("grid", text.bytes, NULL);
    assert_non_null(strstr(lines.bytes, "\"verb\":\"set_max_threads\",\"ok\":false"));
    free(lines.bytes);
    free(text.bytes);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Case N4: of an idle pool's timer the first tick and the gaps between ticks, in ms, lie where .NET 10 had them: a first
 * of 101.6 to 107.1, less up to 5 of its start-up; gaps with a median of 100.3, between 96.6 (p5) and 102 (p95), to a
 * tick of the clock. */
static void a_timer_ticks_as_it_does_on_dotnet_10(void **state)
{
    struct text file = read_file("scenarios/dotnet/n4.json");
    struct text lines = run("scenarios/dotnet/n4.json", file.bytes, "idle");
    double gap[256];
    double last = 0;
    double first = 0;
    size_t count = 0;

    (void)state;
    for (const char *line = lines.bytes; (line = strstr(line, "\"kind\":\"callback-begin\"")) != NULL; line++) {
        const char *begin = line;
        while (begin > lines.bytes && begin[-1] != '\n') {
            begin--;
        }
        double t = (double)strtoull(strstr(begin, "\"t\":") + 4, NULL, 10) / 1e6;
        if (first == 0) {
            first = t;
        } else {
            assert_true(count < sizeof gap / sizeof gap[0]);
            gap[count++] = t - last;
        }
        last = t;
    }
    assert_in_range((uint64_t)(first * 1000), 96600, 107100);
    assert_true(count > 100);
    qsort(gap, count, sizeof gap[0], compare);
    assert_in_range((uint64_t)(gap[count / 2] * 1000), 99300, 101300);
    assert_true(gap[count / 20] >= 96.0 && gap[count - 1 - count / 20] <= 104.0);
    free(lines.bytes);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_set_and_refused_as_dotnet_10_does),
        cmocka_unit_test(a_timer_ticks_as_it_does_on_dotnet_10),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
