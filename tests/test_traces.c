/* SPDX-License-Identifier: Apache-2.0 */
/* Stored traces: both forms say the same, convert exactly, and no broken file does harm. */
#define _POSIX_C_SOURCE 200809L
#include <glob.h>

#include "iocpsim.h"
#include "support.h"
#include "tests/every_scenario.h"

/* Bytes that grow as a sink writes them, or that a source gives out. */
struct text {
    char *bytes;
    size_t length, room, given, step; /* step: how many a source gives at once; 0: all */
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

static bool give(void *context, char *bytes, size_t room, size_t *length)
{
    struct text *text = context;
    size_t left = text->length - text->given;

    *length = text->step > 0 && text->step < room ? text->step : room;
    *length = left < *length ? left : *length;
    memcpy(bytes, text->bytes + text->given, *length);
    text->given += *length;
    return true;
}

static struct text text_of(const char *bytes, size_t length)
{
    struct text text = {0};

    (void)keep(&text, bytes, length);
    return text;
}

static struct text read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct text text = {0};
    char buffer[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0) {
        (void)keep(&text, buffer, got);
    }
    fclose(file);
    return text;
}

/* Takes out every member of this name, with its number and the comma behind it. */
static void forget(struct text *seen, const char *name)
{
    char *found;

    while ((found = strstr(seen->bytes, name)) != NULL) {
        size_t length = strcspn(found, ",") + 1;
        memmove(found, found + length, seen->length - (size_t)(found - seen->bytes) - length + 1);
        seen->length -= length;
    }
}

/* What a person sees of a run: picture and figures. A limit may be unknown to a stored one, and what is drawn
 * for its sake: both are made alike. */
static void show(struct iocpsim_run *run, struct text *seen)
{
    struct iocpsim_sink sink = {keep, seen};
    struct iocpsim_picture picture = {.form = IOCPSIM_TEXT, .width = 100};
    char *found;

    assert_int_equal(iocpsim_run_render(run, &picture, &sink), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_stats(run, &sink, true), IOCPSIM_OK);
    forget(seen, "\"limit\":");
    forget(seen, "\"processors\":");
    forget(seen, "\"utilization\":");
    assert_int_equal(iocpsim_run_report(run, &sink, true), IOCPSIM_OK);
    while ((found = strstr(seen->bytes, "limit ")) != NULL) {
        size_t length = strcspn(found, ",\n");
        memmove(found, found + length, seen->length - (size_t)(found - seen->bytes) - length + 1);
        seen->length -= length;
    }
    for (found = seen->bytes; (found = strstr(found, "\n  active")) != NULL; found++) {
        memset(found + 9, ' ', strcspn(found + 9, "|"));
        for (char *at = strchr(found, '|'); *at != '\n'; at++) {
            *at = strchr(".|", *at) == NULL ? '#' : *at;
        }
    }
}

/* Both forms and the views of every run that a stored trace holds. False when the trace is broken. */
struct copy {
    struct text lines, binary, seen;
    size_t runs;
    char message[600];
};

static bool copy_trace(struct text *stored, struct copy *copy)
{
    struct iocpsim_source source = {give, stored};
    struct iocpsim_sink to_lines = {keep, &copy->lines};
    struct iocpsim_sink to_binary = {keep, &copy->binary};
    struct iocpsim_trace *trace;
    struct iocpsim_run *run;
    enum iocpsim_status status;

    memset(copy, 0, sizeof *copy);
    assert_int_equal(iocpsim_trace_create(&trace, &source), IOCPSIM_OK);
    while ((status = iocpsim_trace_next(trace, &run)) == IOCPSIM_OK && run != NULL) {
        assert_int_equal(iocpsim_run_trace(run, &to_lines), IOCPSIM_OK);
        assert_int_equal(iocpsim_run_trace_binary(run, &to_binary), IOCPSIM_OK);
        assert_int_equal(iocpsim_run_measure(run), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_draw(run), IOCPSIM_OK);
        status = iocpsim_run_finish(run);
        if (status == IOCPSIM_OK) {
            show(run, &copy->seen);
        }
        iocpsim_run_destroy(run);
        if (status != IOCPSIM_OK) {
            break;
        }
        copy->runs++;
    }
    if (status != IOCPSIM_OK) {
        struct iocpsim_trace_error error = iocpsim_trace_error(trace);
        assert_int_equal(status, IOCPSIM_BAD_TRACE);
        snprintf(copy->message, sizeof copy->message, "%llu:%llu: %s", (unsigned long long)error.line,
                 (unsigned long long)error.byte, error.message);
        assert_true(error.message[0] != '\0');
    }
    iocpsim_trace_destroy(trace);
    return status == IOCPSIM_OK;
}

static void copy_release(struct copy *copy)
{
    free(copy->lines.bytes);
    free(copy->binary.bytes);
    free(copy->seen.bytes);
}

static void assert_same(const struct text *a, const struct text *b, const char *what)
{
    if (a->length != b->length || memcmp(a->bytes, b->bytes, a->length) != 0) {
        size_t at = 0;
        while (at < a->length && at < b->length && a->bytes[at] == b->bytes[at]) {
            at++;
        }
        at = at < 40 ? 0 : at - 40;
        print_error("%s differs: '%.80s' is not '%.80s'\n", what, a->bytes + at, b->bytes + at);
        fail();
    }
}

/* A stored trace in either form gives the given lines, bytes and views. */
static void assert_copies(struct text *stored, const struct copy *wanted, const char *what)
{
    struct copy copy;

    stored->given = 0;
    if (!copy_trace(stored, &copy)) {
        print_error("%s: %s\n", what, copy.message);
        fail();
    }
    assert_same(&copy.lines, &wanted->lines, what);
    assert_same(&copy.binary, &wanted->binary, what);
    if (wanted->seen.length > 0) {
        assert_same(&copy.seen, &wanted->seen, what);
    }
    copy_release(&copy);
}

/* Runs a variant and keeps its traces and views. */
static void run_variant(struct iocpsim_scenario *scenario, const char *variant, struct copy *live)
{
    struct iocpsim_run_options options = {.variant = variant, .keeps_state = true};
    struct iocpsim_sink to_lines = {keep, &live->lines};
    struct iocpsim_sink to_binary = {keep, &live->binary};
    struct iocpsim_run *run;

    assert_int_equal(iocpsim_run_create(&run, scenario, &options), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_trace(run, &to_lines), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_trace_binary(run, &to_binary), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_measure(run), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_draw(run), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_finish(run), IOCPSIM_OK);
    show(run, &live->seen);
    live->runs++;
    iocpsim_run_destroy(run);
}

/* All variants of a scenario, one behind the other, as run --all writes them. */
static void run_all(const char *path, struct copy *live)
{
    struct text text = read_file(path);
    struct iocpsim_scenario *scenario;
    char folder[EVERY_FOLDER];

    memset(live, 0, sizeof *live);
    assert_int_equal(iocpsim_scenario_read(&scenario, path, text.bytes, text.length), IOCPSIM_OK);
    every_give_files(scenario, path, folder);
    for (size_t i = 0; i == 0 || iocpsim_scenario_variant(scenario, i) != NULL; i++) {
        run_variant(scenario, iocpsim_scenario_variant(scenario, i), live);
    }
    iocpsim_scenario_destroy(scenario);
    free(text.bytes);
}

static bool line_has(const char *line, const char *end, const char *word)
{
    size_t length = strlen(word);

    while ((line = memchr(line, word[0], (size_t)(end - line))) != NULL && (size_t)(end - line) >= length) {
        if (memcmp(line, word, length) == 0) {
            return true;
        }
        line++;
    }
    return false;
}

/* Whether a thread of no pool comes into being behind one of a pool. A stored trace numbers threads as they come, a run
 * those first that are declared: views then show the same threads in another order. */
static bool has_latecomer(const struct text *lines)
{
    bool has_pool = false;
    const char *end;

    for (const char *line = lines->bytes; line != NULL && (end = strchr(line, '\n')) != NULL; line = end + 1) {
        bool is_of_pool = line_has(line, end, "\"pool\":");
        if (strncmp(line, "{\"trace\":", 9) == 0) {
            has_pool = false;
        } else if (line_has(line, end, "\"kind\":\"thread-create\"")) {
            if (has_pool && !is_of_pool) {
                return true;
            }
            has_pool = has_pool || is_of_pool;
        }
    }
    return false;
}

static void every_scenario_is_the_same_from_its_stored_traces(void **state)
{
    glob_t found;
    size_t runs = 0;
    size_t ordered_otherwise = 0;

    (void)state;
    assert_int_equal(glob("scenarios/*/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct copy live;
        run_all(found.gl_pathv[i], &live);
        if (has_latecomer(&live.lines)) {
            live.seen.length = 0;
            ordered_otherwise++;
        }
        assert_copies(&live.lines, &live, found.gl_pathv[i]);
        assert_copies(&live.binary, &live, found.gl_pathv[i]);
        runs += live.runs;
        copy_release(&live);
    }
    assert_true(runs > found.gl_pathc && found.gl_pathc > 30 && ordered_otherwise < found.gl_pathc / 10);
    globfree(&found);
}

/* A source may give as little as a byte at a time. */
static void a_trace_that_comes_byte_by_byte_is_the_same(void **state)
{
    struct copy live;

    (void)state;
    run_all("scenarios/seed/io-completion-ports.json", &live);
    live.lines.step = live.binary.step = 1;
    assert_copies(&live.lines, &live, "lines");
    assert_copies(&live.binary, &live, "binary");
    copy_release(&live);
}

#define HEADER "{\"trace\":1,\"title\":\"t\",\"seed\":1,\"variant\":null,\"parameters\":{}}\n"

/* Lines that no scenario leaves, but that a trace can hold: they come back as they were, from both forms. */
static const char *const odd_traces[] = {
    /* No records at all. */
    HEADER,
    /* Names with quotes, backslashes, control and bidirectional characters. */
    HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"thread-run\",\"thread\":\"a\\\"b\\\\c\\n\\u0001\\u001f<&>'\xe2\x80\xae\xf0\x9f\x98\x80\x7f\",\"type\":\"user\",\"priority\":8}\n",
    /* A name of 100 bytes, and none at all. */
    HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"object-set\",\"object\":\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\"}\n"
           "{\"n\":2,\"t\":0,\"step_n\":1,\"kind\":\"object-set\",\"object\":\"\"}\n",
    /* Whatever needs more than 53 bits; 2^53 itself does not. */
    HEADER "{\"n\":1,\"t\":9007199254740992,\"step_n\":1,\"kind\":\"run-begin\",\"seed\":\"18446744073709551615\"}\n"
           "{\"n\":\"9007199254740993\",\"t\":\"18446744073709551615\",\"step_n\":\"18446744073709551615\",\"kind\":\"log\",\"text\":\"\",\"cause\":9007199254740992}\n",
    /* Values of every form; digits in a string that are a number, and some that are none. */
    HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"variable-set\",\"object\":\"v\",\"value\":-5,\"index\":0}\n"
           "{\"n\":2,\"t\":0,\"step_n\":1,\"kind\":\"variable-set\",\"object\":\"v\",\"value\":\"-9223372036854775808\"}\n"
           "{\"n\":3,\"t\":0,\"step_n\":1,\"kind\":\"variable-set\",\"object\":\"v\",\"value\":\"9223372036854775807\"}\n"
           "{\"n\":4,\"t\":0,\"step_n\":1,\"kind\":\"variable-set\",\"object\":\"v\",\"value\":\"9223372036854775808\"}\n"
           "{\"n\":5,\"t\":0,\"step_n\":1,\"kind\":\"variable-set\",\"object\":\"v\",\"value\":\"12\"}\n"
           "{\"n\":6,\"t\":0,\"step_n\":1,\"kind\":\"variable-set\",\"object\":\"v\",\"value\":true}\n"
           "{\"n\":7,\"t\":0,\"step_n\":1,\"kind\":\"variable-set\",\"object\":\"v\",\"value\":\"#7\"}\n"
           "{\"n\":8,\"t\":0,\"step_n\":1,\"kind\":\"variable-set\",\"object\":\"v\"}\n",
    /* One name for objects of several kinds, a filter's gaps in n, counts that go up and down, lists. */
    HEADER "{\"n\":5,\"t\":1,\"step_n\":2,\"kind\":\"packet-queue\",\"object\":\"x\",\"op\":9,\"active\":4294967295,\"depth\":1,\"why\":\"over-limit\"}\n"
           "{\"n\":9,\"t\":1,\"step_n\":2,\"kind\":\"packet-queue\",\"object\":\"x\",\"op\":3,\"active\":4294967295,\"depth\":0,\"why\":\"over-limit\"}\n"
           "{\"n\":10,\"t\":1,\"step_n\":2,\"kind\":\"device-begin\",\"object\":\"x\",\"op\":\"18446744073709551615\",\"busy\":1,\"queued\":0,\"cause\":9}\n"
           "{\"n\":11,\"t\":1,\"step_n\":2,\"kind\":\"thread-block\",\"thread\":\"x\",\"type\":\"main\",\"on\":[\"x\",\"y\",\"x\"],\"timeout\":0,\"why\":\"wait\"}\n"
           "{\"n\":12,\"t\":1,\"step_n\":2,\"kind\":\"run-end\",\"end\":\"deadlock\",\"threads\":[\"x\"]}\n",
    /* Parameters of every form, a title and variant of strange characters; two runs. */
    ("{\"trace\":1,\"title\":null,\"seed\":\"18446744073709551615\",\"variant\":\"\\t\xc3\xa9\",\"parameters\":{\"a\":null,\"b\":true,\"c\":-1,\"d\":\"\\\"\",\"e\":\"9007199254740993\",\"\":false}}\n" HEADER),
};

static void what_a_trace_can_hold_comes_back_from_both_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof odd_traces / sizeof odd_traces[0]; i++) {
        struct text stored = text_of(odd_traces[i], strlen(odd_traces[i]));
        struct copy wanted;
        char what[32];
        snprintf(what, sizeof what, "odd trace %zu", i);
        if (!copy_trace(&stored, &wanted)) {
            print_error("%s: %s\n", what, wanted.message);
            fail();
        }
        assert_same(&wanted.lines, &stored, what);
        assert_copies(&wanted.binary, &wanted, what);
        copy_release(&wanted);
        free(stored.bytes);
    }
}

/* Many texts: those that come again late, after the table has taken all it takes, are in full. */
static void texts_beyond_the_table_come_back_too(void **state)
{
    struct text stored = text_of(HEADER, strlen(HEADER));
    struct copy wanted;
    char line[400];

    (void)state;
    for (int i = 1; i <= 10000; i++) {
        char text[201];
        memset(text, 'x', sizeof text - 1);
        text[i % 200] = '\0';
        snprintf(line, sizeof line, "{\"n\":%d,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"text\":\"%d %s\"}\n", i, i % 6000, text);
        (void)keep(&stored, line, strlen(line));
    }
    assert_true(copy_trace(&stored, &wanted));
    assert_same(&wanted.lines, &stored, "texts");
    assert_copies(&wanted.binary, &wanted, "texts");
    copy_release(&wanted);
    free(stored.bytes);
}

/* What is wrong with a file, and where. */
static const struct {
    const char *trace, *message;
} broken[] = {
    {"{\"trace\":2,\"title\":null}\n", "1:10: this trace is of version 2; this program reads versions up to 1"},
    {"{\"trace\":0}\n", "1:10: this trace is of version 0; this program reads versions up to 1"},
    {"{\"trace\":1,\"seed\":1}\n", "1:11: expected ,\"title\":"},
    {"{\"trace\":1", "1:11: the trace ends in the middle of a line"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\"", "2:37: the trace ends in the middle of a line"},
    {HEADER "{\"n\": 1}\n", "2:6: expected a whole number"},
    {HEADER "{\"n\":01}\n", "2:6: a number does not begin with 0"},
    {HEADER "{\"n\":9007199254740993}\n", "2:6: a number above 2^53 stands in quotes"},
    {HEADER "{\"n\":\"1\"}\n", "2:6: only a number above 2^53 stands in quotes"},
    {HEADER "{\"n\":99999999999999999999}\n", "2:6: a number needs more than 64 bits"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"fly\"}\n", "2:32: 'fly' is no kind of record that this program knows"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"text\":\"a\",\"thread\":\"T\"}\n", "2:49: 'log' has no 'thread' here"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"text\":1}\n", "2:45: expected \""},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"text\":\"a\tb\"}\n", "2:47: a control character stands in a string"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"text\":\"\\u0041\"}\n", "2:46: this is not how a trace escapes a character"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"text\":\"\xff\"}\n", "2:1: a line is not UTF-8"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"text\":\"a\"}}\n", "2:49: the record goes on behind its end"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"frame\":0}\n", "2:46: 'frame' must be 1 or more"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"thread\":\"T\"}\n", "2:1: 'thread' and 'type' belong together"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"thread\":\"T\",\"type\":\"cat\"}\n", "2:58: 'type' is no word that this program knows there"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"why\":\"\"}\n", "2:44: 'why' is no word that this program knows there"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"active\":1}\n", "2:1: 'active' and 'depth' belong to the object, together, but to no outcome"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"device-end\",\"busy\":4294967296}\n", "2:52: 'busy' must be a whole number below 2^32"},
    {HEADER "{\"n\":1,\"t\":0,\"step_n\":1,\"kind\":\"log\",\"text\":\"\",\"cause\":1}\n", "2:1: 'cause' must be an earlier record"},
    {HEADER "{\"n\":2,\"t\":5,\"step_n\":1,\"kind\":\"log\"}\n{\"n\":2,\"t\":5,\"step_n\":1,\"kind\":\"log\"}\n", "3:1: 'n' does not ascend"},
    {HEADER "{\"n\":2,\"t\":5,\"step_n\":1,\"kind\":\"log\"}\n{\"n\":3,\"t\":4,\"step_n\":1,\"kind\":\"log\"}\n", "3:1: 't' falls"},
    {HEADER "\n", "2:1: expected {\"n\":"},
};

static void a_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct text stored = text_of(broken[i].trace, strlen(broken[i].trace));
        struct copy copy;
        assert_false(copy_trace(&stored, &copy));
        assert_string_equal(copy.message, broken[i].message);
        copy_release(&copy);
        free(stored.bytes);
    }
}

#define MAGIC "\x89iocp\r\n\x1a"

/* The same in binary; lengths are given because the bytes hold NULs. */
static const struct {
    const char *trace;
    size_t length;
    const char *message;
} broken_binary[] = {
#define BINARY(bytes, message) {MAGIC bytes, sizeof(MAGIC bytes) - 1, message},
    BINARY("\x02", "0:9: this trace is of version 2; this program reads versions up to 1")
    BINARY("\x81\x00", "0:10: a number is longer than it need be, or than 64 bits")
    BINARY("\x01\x00\x01\x00\x00", "0:13: the trace ends in the middle of a run")
    BINARY("\x01\x00\x01\x00\x00\x00\x01", "0:15: the run ends after 0 records where it says 1")
    BINARY("\x01\x00\x01\x00\x00\x01\x05" "abc", "0:15: the trace ends in the middle of a text of 5 bytes")
    BINARY("\x01\x00\x01\x00\x00\x01\xff\xff\xff\xff\x0f", "0:19: a text of 4294967295 bytes is longer than 16384")
    BINARY("\x01\x00\x01\x00\x00\x01\x01x\x01\x01x", "0:19: the string 'x' is defined twice")
    BINARY("\x01\x00\x01\x00\x00\x02\x00", "0:15: string 0 is not defined; there are 0")
    BINARY("\x01\x00\x01\x00\x00\x04", "0:14: shape 0 is not defined; there are 0")
    BINARY("\x01\x00\x01\x00\x00\x01\x03" "fly\x02\x00\x00", "0:21: 'fly' is no kind of record that this program knows")
    BINARY("\x01\x00\x01\x00\x00\x01\x03log\x02\x00\x01\x00\x04", "0:23: the field 'log' is not known there, or not in form 4")
    BINARY("\x01\x00\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "0:22: the trace ends in the middle of a run")
    BINARY("\x01\x00\x01\x00\x00\x00\x00xyz\n", "1:1: expected {\"trace\":")
};

static void a_mistake_in_binary_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken_binary / sizeof broken_binary[0]; i++) {
        struct text stored = text_of(broken_binary[i].trace, broken_binary[i].length);
        struct copy copy;
        assert_false(copy_trace(&stored, &copy));
        assert_string_equal(copy.message, broken_binary[i].message);
        copy_release(&copy);
        free(stored.bytes);
    }
}

/* Cut behind any byte, a binary trace is broken; of lines, those that end behind a whole line are traces. */
static void a_trace_cut_anywhere_is_told_from_a_whole_one(void **state)
{
    struct copy live;

    (void)state;
    run_all("scenarios/ports/a-poll-takes-a-slot.json", &live);
    for (size_t length = 1; length < live.binary.length; length++) {
        struct text cut = {live.binary.bytes, length, 0, 0, 0};
        struct copy copy;
        assert_false(copy_trace(&cut, &copy));
        copy_release(&copy);
    }
    for (size_t length = 1; length < live.lines.length; length++) {
        struct text cut = {live.lines.bytes, length, 0, 0, 0};
        struct copy copy;
        bool whole = live.lines.bytes[length - 1] == '\n';
        assert_int_equal(copy_trace(&cut, &copy), whole);
        if (whole) {
            assert_int_equal(copy.lines.length, length);
            assert_memory_equal(copy.lines.bytes, live.lines.bytes, length);
        }
        copy_release(&copy);
    }
    copy_release(&live);
}

/* Every byte replaced by some others: what is still a trace comes back the same from both forms. */
static void change_each_byte(const struct text *trace)
{
    static const unsigned char others[] = {0x00, 0x7f, 0xff, '"', '9'};

    for (size_t at = 0; at < trace->length; at++) {
        for (size_t i = 0; i < sizeof others; i++) {
            struct text changed = text_of(trace->bytes, trace->length);
            struct copy copy;
            changed.bytes[at] = (char)others[i];
            if (copy_trace(&changed, &copy) && copy.runs > 0) {
                assert_copies(&copy.lines, &copy, "changed");
                assert_copies(&copy.binary, &copy, "changed");
            }
            copy_release(&copy);
            free(changed.bytes);
        }
    }
}

static void a_trace_with_any_byte_changed_does_no_harm(void **state)
{
    struct copy live;

    (void)state;
    run_all("scenarios/ports/limit-zero.json", &live);
    change_each_byte(&live.lines);
    change_each_byte(&live.binary);
    copy_release(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_is_the_same_from_its_stored_traces),
        cmocka_unit_test(a_trace_that_comes_byte_by_byte_is_the_same),
        cmocka_unit_test(what_a_trace_can_hold_comes_back_from_both_forms),
        cmocka_unit_test(texts_beyond_the_table_come_back_too),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(a_mistake_in_binary_is_told_with_its_place),
        cmocka_unit_test(a_trace_cut_anywhere_is_told_from_a_whole_one),
        cmocka_unit_test(a_trace_with_any_byte_changed_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
