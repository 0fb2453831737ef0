/* SPDX-License-Identifier: Apache-2.0 */
/* A run that makes up only the records that its folds need reports, and judges, what a run with all of them does. */
#define _POSIX_C_SOURCE 200809L

#include "tests/support.h"

#include "tests/every_scenario.h"

#include <glob.h>

#include "iocpsim.h"

/* Text that gathers. */
struct text {
    char *bytes;
    size_t length;
};

static bool gather(void *context, const char *bytes, size_t length)
{
    struct text *text = context;

    text->bytes = realloc(text->bytes, text->length + length + 1);
    assert_non_null(text->bytes);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return true;
}

static char *read_whole(const char *path, size_t *length)
{
    static char bytes[1 << 20];
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    *length = fread(bytes, 1, sizeof bytes, file);
    assert_true(*length < sizeof bytes);
    fclose(file);
    return bytes;
}

/* The report of one run and what it found wrong. */
static struct text report(struct iocpsim_scenario *scenario, const struct iocpsim_run_options *options)
{
    struct text text = {NULL, 0};
    struct iocpsim_sink sink = {gather, &text};
    struct iocpsim_run *run;

    assert_int_equal(iocpsim_run_create(&run, scenario, options), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_finish(run), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_report(run, &sink, false), IOCPSIM_OK);
    for (size_t i = 0; i < iocpsim_run_failures(run); i++) {
        struct iocpsim_failure failure = iocpsim_run_failure(run, i);
        gather(&text, failure.message, strlen(failure.message));
    }
    iocpsim_run_destroy(run);
    return text;
}

static void compare(const char *path)
{
    static const char *const until[] = {NULL, "3ms", "40ms"};
    struct iocpsim_scenario *scenario;
    size_t length;
    char *bytes = read_whole(path, &length);
    char folder[EVERY_FOLDER];

    assert_int_equal(iocpsim_scenario_read(&scenario, path, bytes, length), IOCPSIM_OK);
    every_give_files(scenario, path, folder);
    for (size_t i = 0; i < sizeof until / sizeof until[0]; i++) {
        struct iocpsim_run_options options = {.has_until = until[i] != NULL, .until = until[i]};
        struct text narrow = report(scenario, &options);
        struct text whole;
        options.keeps_state = true;
        whole = report(scenario, &options);
        assert_string_equal(narrow.bytes, whole.bytes);
        free(narrow.bytes);
        free(whole.bytes);
    }
    iocpsim_scenario_destroy(scenario);
}

static void a_report_is_the_same_whether_all_records_are_made_up_or_only_those_needed(void **state)
{
    glob_t found;

    (void)state;
    assert_int_equal(glob("scenarios/*/*.json", 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 30);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        compare(found.gl_pathv[i]);
    }
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_the_same_whether_all_records_are_made_up_or_only_those_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
