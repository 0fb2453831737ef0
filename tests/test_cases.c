/* SPDX-License-Identifier: Apache-2.0 */
/* Whole tables of the kernel queue's cases against runs: each row of a table in tests/cases is turned into the
 * record that tells it, and the run's records must be exactly these, in this order. tests/cases/README.md
 * says which record tells which row. */
#include "tests/support.h"

#include "iocpsim.h"

/* A table in memory, cut into lines. */
struct text {
    char *bytes;
    size_t length;
};

static struct text read_file(const char *path)
{
    struct text text = {calloc(1, 1 << 20), 0};
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        print_error("cannot read %s\n", path);
    }
    assert_non_null(file);
    text.length = fread(text.bytes, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

static bool keep(void *context, const char *bytes, size_t length)
{
    struct text *text = context;

    assert_true(text->length + length < 1 << 20);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return true;
}

/* One state change: when, who, what, and the queue after it. */
struct row {
    unsigned long long t; /* ms */
    char thread[32], what[64], queue[160];
};

struct rows {
    struct row row[128];
    size_t count;
};

static struct row *add(struct rows *rows)
{
    assert_true(rows->count < 128);
    memset(&rows->row[rows->count], 0, sizeof rows->row[0]);
    return &rows->row[rows->count++];
}

/* The text between the bars of a table's line, trimmed. */
static void column(const char *line, int number, char *cell, size_t room)
{
    const char *at = line;
    size_t length;

    for (int i = 0; i <= number; i++) {
        at = strchr(at, '|') + 1;
    }
    at += strspn(at, " ");
    length = strcspn(at, "|");
    while (length > 0 && at[length - 1] == ' ') {
        length--;
    }
    assert_true(length < room);
    memcpy(cell, at, length);
    cell[length] = '\0';
}

/* A row of the table as it must appear in the run; false when no record tells it. */
static bool expect_row(const char *line, struct row *row)
{
    char event[128];
    char t[16];

    column(line, 0, t, sizeof t);
    column(line, 1, row->thread, sizeof row->thread);
    column(line, 2, event, sizeof event);
    column(line, 3, row->queue, sizeof row->queue);
    row->t = strtoull(t, NULL, 10);
    if (strstr(event, "-> handed to") != NULL || strcmp(event, "blocks") == 0 || strncmp(event, "Sleep(0)", 8) == 0) {
        return false; /* the hand-off has its own row; the state stands in the row "is blocked"; nothing changes */
    }
    if (strncmp(event, "post ", 5) == 0) {
        snprintf(row->what, sizeof row->what, "queued %.2s", event + 5);
    } else if (strncmp(event, "released with ", 14) == 0) {
        const char *why = strstr(event, "hand-off") != NULL    ? "hand-off"
                          : strstr(event, "blocked") != NULL   ? "slot freed by block"
                          : strstr(event, "exited") != NULL    ? "slot freed by exit"
                                                               : "slot freed by leave";
        snprintf(row->what, sizeof row->what, "released %.2s %s", event + 14, why);
    } else if (strncmp(event, "GQCS takes ", 11) == 0) {
        snprintf(row->what, sizeof row->what, "takes %.2s", event + 11);
    } else if (strncmp(event, "leaves", 6) == 0) {
        snprintf(row->what, sizeof row->what, "leaves");
    } else if (strncmp(event, "GQCS(0)", 7) == 0) {
        snprintf(row->what, sizeof row->what, "polls in vain");
    } else {
        snprintf(row->what, sizeof row->what, "%.63s", event); /* GQCS waits, is blocked, resumes, exits */
    }
    return true;
}

static void expect_table(const char *text, struct rows *rows)
{
    for (const char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (line[0] == '|' && line[2] >= '0' && line[2] <= '9') {
            struct row row = {0};
            if (expect_row(line, &row)) {
                *add(rows) = row;
            }
        }
    }
}

/* A field of a record in JSON; false when it is absent. */
static bool field(const char *line, const char *key, char *value, size_t room)
{
    char wanted[32];
    const char *at;
    size_t length;

    snprintf(wanted, sizeof wanted, "\"%s\":", key);
    at = strstr(line, wanted);
    if (at == NULL || at > line + strcspn(line, "\n")) {
        return false;
    }
    at += strlen(wanted);
    at += *at == '"';
    length = strcspn(at, ",\"}\n");
    assert_true(length < room);
    memcpy(value, at, length);
    value[length] = '\0';
    return true;
}

/* What the run says, with waiters that the test follows by itself. */
struct following {
    struct rows rows;
    char waiter[16][32]; /* oldest first, of the port that the row is about */
    char port[16][32];   /* whose waiter each is */
    size_t waiters;
    char label[64][8];   /* by op */
    unsigned limit;
};

static void park(struct following *run, const char *thread, const char *port)
{
    snprintf(run->waiter[run->waiters], 32, "%s", thread);
    snprintf(run->port[run->waiters++], 32, "%s", port);
}

static void unpark(struct following *run, const char *thread)
{
    for (size_t i = 0; i < run->waiters; i++) {
        if (strcmp(run->waiter[i], thread) == 0) {
            memmove(run->waiter[i], run->waiter[i + 1], (run->waiters - i - 1) * sizeof run->waiter[0]);
            memmove(run->port[i], run->port[i + 1], (run->waiters - i - 1) * sizeof run->port[0]);
            run->waiters--;
            return;
        }
    }
}

static void say_queue(const struct following *run, const char *line, const char *port, struct row *row)
{
    char active[16];
    char depth[16];
    size_t length;

    assert_true(field(line, "active", active, sizeof active) && field(line, "depth", depth, sizeof depth));
    length = (size_t)snprintf(row->queue, sizeof row->queue, "cur=%s/%u depth=%s waiters=[", active, run->limit, depth);
    for (size_t i = 0, told = 0; i < run->waiters; i++) {
        if (strcmp(run->port[i], port) == 0) {
            length += (size_t)snprintf(row->queue + length, sizeof row->queue - length, told++ > 0 ? " %s" : "%s",
                                       run->waiter[i]);
        }
    }
    snprintf(row->queue + length, sizeof row->queue - length, "]");
}

/* The groups "is blocked", "exits" and "leaves" show the state after the last record of their group: a release
 * that they cause stands above them in the table. */
static void follow_group(struct following *run, size_t group)
{
    struct row held = run->rows.row[group];
    char queue[160];

    memcpy(queue, run->rows.row[group + 1].queue, sizeof queue);
    run->rows.row[group] = run->rows.row[group + 1];
    run->rows.row[group + 1] = held;
    memcpy(run->rows.row[group + 1].queue, queue, sizeof queue);
}

static void follow_record(struct following *run, const char *line)
{
    static const struct {
        const char *kind, *what;
    } told[] = {{"port-wait", "GQCS waits"}, {"packet-queue", "queued"},      {"packet-release", "released"},
                {"packet-take", "takes"},    {"port-block", "is blocked"},    {"port-unblock", "resumes"},
                {"port-timeout", "polls in vain"}, {"port-leave", "leaves"}};
    char kind[32];
    char thread[32] = "";
    char port[32] = "";
    char op[16] = "";
    char why[32] = "";
    char t[32];
    char label[32];
    struct row *row = NULL;

    (void)field(line, "kind", kind, sizeof kind);
    (void)field(line, "thread", thread, sizeof thread);
    (void)field(line, "object", port, sizeof port);
    (void)field(line, "t", t, sizeof t);
    (void)field(line, "why", why, sizeof why);
    if (field(line, "op", op, sizeof op) && strcmp(kind, "packet-post") == 0 && field(line, "label", label, sizeof label)) {
        snprintf(run->label[atoi(op)], sizeof run->label[0], "%.7s", label);
    }
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strcmp(told[i].kind, kind) == 0) {
            row = add(&run->rows);
            snprintf(row->what, sizeof row->what, "%s", told[i].what);
        }
    }
    if (row == NULL) {
        return;
    }
    row->t = strtoull(t, NULL, 10) / 1000000;
    snprintf(row->thread, sizeof row->thread, "%s", thread);
    if (strcmp(kind, "port-wait") == 0) {
        park(run, thread, port);
    } else if (strcmp(kind, "packet-release") == 0) {
        unpark(run, thread);
        snprintf(row->what, sizeof row->what, "released %s %s", run->label[atoi(op)],
                 strcmp(why, "newest-waiter") == 0        ? "hand-off"
                 : strcmp(why, "slot-freed-by-block") == 0 ? "slot freed by block"
                 : strcmp(why, "slot-freed-by-exit") == 0  ? "slot freed by exit"
                                                           : "slot freed by leave");
    } else if (op[0] != '\0') {
        snprintf(row->what, sizeof row->what, "%s %s", strcmp(kind, "packet-queue") == 0 ? "queued" : "takes",
                 run->label[atoi(op)]);
    } else if (strcmp(kind, "port-leave") == 0 && strcmp(why, "exit") == 0) {
        snprintf(row->what, sizeof row->what, "exits");
    }
    say_queue(run, line, port, row);
    if (strncmp(row->what, "released", 8) == 0 && strstr(row->what, "slot freed") != NULL && run->rows.count >= 2) {
        follow_group(run, run->rows.count - 2);
    }
}

/* One line of the index: table, scenario, variant. */
static void table_matches(const char *table, const char *path, const char *variant)
{
    struct text text = read_file(table);
    struct text scenario_text = read_file(path);
    struct text trace = {calloc(1, 1 << 20), 0};
    struct iocpsim_sink sink = {keep, &trace};
    struct iocpsim_run_options options = {.variant = strcmp(variant, "-") == 0 ? NULL : variant};
    struct iocpsim_scenario *scenario;
    struct iocpsim_run *run;
    static struct rows expected;
    static struct following following;
    const char *maximum = strstr(text.bytes, "cur=");

    memset(&expected, 0, sizeof expected);
    memset(&following, 0, sizeof following);
    following.limit = (unsigned)strtoul(strchr(maximum, '/') + 1, NULL, 10);
    assert_int_equal(iocpsim_scenario_read(&scenario, path, scenario_text.bytes, scenario_text.length), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_create(&run, scenario, &options), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_trace(run, &sink), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_finish(run), IOCPSIM_OK);
    expect_table(text.bytes, &expected);
    for (const char *line = trace.bytes; *line != '\0'; line += strcspn(line, "\n") + 1) {
        follow_record(&following, line);
    }
    assert_true(expected.count > 5);
    for (size_t i = 0; i < expected.count && i < following.rows.count; i++) {
        const struct row *a = &expected.row[i];
        const struct row *b = &following.rows.row[i];
        if (a->t != b->t || strcmp(a->thread, b->thread) != 0 || strcmp(a->what, b->what) != 0 ||
            strcmp(a->queue, b->queue) != 0) {
            print_error("%s row %zu: table %llu %s %s %s; run %llu %s %s %s\n", table, i + 1, a->t, a->thread, a->what,
                        a->queue, b->t, b->thread, b->what, b->queue);
            fail();
        }
    }
    assert_int_equal(expected.count, following.rows.count);
    iocpsim_run_destroy(run);
    iocpsim_scenario_destroy(scenario);
    free(text.bytes);
    free(scenario_text.bytes);
    free(trace.bytes);
}

static void every_table_is_what_its_scenario_does(void **state)
{
    struct text index = read_file("tests/cases/index.tsv");
    size_t tables = 0;

    (void)state;
    for (char *line = strtok(index.bytes, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char table[64];
        char path[128];
        char variant[32];
        char whole[128];
        assert_int_equal(sscanf(line, "%63[^\t]\t%127[^\t]\t%31[^\n]", table, path, variant), 3);
        snprintf(whole, sizeof whole, "tests/cases/%s", table);
        table_matches(whole, path, variant);
        tables++;
    }
    assert_int_equal(tables, 10);
    free(index.bytes);
}

/* The trace of the scenario at the head of the language page was worked out by hand. */
static void the_first_trace_is_the_one_worked_out_by_hand(void **state)
{
    struct text text = read_file("tests/fixtures/first.json");
    struct text wanted = read_file("tests/fixtures/first.jsonl");
    struct text trace = {calloc(1, 1 << 20), 0};
    struct iocpsim_sink sink = {keep, &trace};
    struct iocpsim_scenario *scenario;
    struct iocpsim_run *run;

    (void)state;
    assert_int_equal(iocpsim_scenario_read(&scenario, "first.json", text.bytes, text.length), IOCPSIM_OK);
    for (int i = 0; i < 2; i++) {
        trace.length = 0;
        assert_int_equal(iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){0}), IOCPSIM_OK);
        assert_int_equal(iocpsim_run_trace(run, &sink), IOCPSIM_OK);
        assert_int_equal(iocpsim_run_finish(run), IOCPSIM_OK);
        assert_int_equal(iocpsim_run_failures(run), 0);
        assert_string_equal(trace.bytes, wanted.bytes);
        iocpsim_run_destroy(run);
    }
    iocpsim_scenario_destroy(scenario);
    free(text.bytes);
    free(wanted.bytes);
    free(trace.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_table_is_what_its_scenario_does),
        cmocka_unit_test(the_first_trace_is_the_one_worked_out_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
