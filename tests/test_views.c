/* SPDX-License-Identifier: Apache-2.0 */
/* Views: paths sum to what the records say an operation took, on every scenario and on random ones; and ten thousand
 * names that some language could take for its own go through every form. */
#include "tests/support.h"

#include <cJSON.h>

#include "lib/session.h"
#include "tests/every_scenario.h"
#include "tests/random_scenario.h"
#include "traces/path.h"

/* Bytes that a form wrote. */
struct text {
    char *bytes;
    size_t length, room;
};

static bool keep(void *context, const char *bytes, size_t length)
{
    struct text *text = context;

    if (text->length + length + 1 > text->room) {
        text->room = (text->length + length + 1) * 2;
        text->bytes = realloc(text->bytes, text->room);
        assert_non_null(text->bytes);
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
    return true;
}

/* When an operation was issued and what record of it came last: from the records alone. */
struct span {
    sim_time from, to;
    bool has_begun;
    bool is_early; /* its work was queued before the operation was over: a worker is to do it */
    sim_span handed; /* from its end to when the thread that took its packet queued it as work */
    sim_time first[RECORD_KIND_COUNT]; /* of each kind; SIM_NEVER: none. A release, and the taking of work, stand as a take,
                                          work that is queued as a packet that is. */
};

/* The same of a work item, by what its records say: a work-take is caused by its work-queue, its callback by the take. */
static struct span span_of_work(const struct kept *kept, uint64_t n)
{
    const struct record *queued = kept_find(kept, n);
    struct span span = {.from = queued->t, .to = queued->t, .has_begun = true};
    uint64_t take = 0;
    uint64_t frame = 0;
    bool is_over = false;

    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        span.first[i] = SIM_NEVER;
    }
    span.first[RECORD_PACKET_QUEUE] = queued->t;
    for (size_t i = 0; i < kept->count; i++) {
        const struct record *record = &kept->record[i];
        enum record_kind as = RECORD_PACKET_TAKE;
        if (record->kind == RECORD_WORK_TAKE && record->cause == n) {
            take = record->n;
        } else if (record->kind == RECORD_CALLBACK_BEGIN && record->cause == take && take != 0 && record->op == 0) {
            frame = record->frame;
            as = RECORD_CALLBACK_BEGIN;
        } else if (record->kind == RECORD_WORK_END && take != 0 && frame == 0 && record->op == 0 && !is_over &&
                   record->thread == kept_find(kept, take)->thread) {
            /* It had no callback of its own, and ran those of others, or nothing. */
            span.first[RECORD_CALLBACK_BEGIN] = span.first[RECORD_PACKET_TAKE];
            as = RECORD_CALLBACK_END;
            is_over = true;
        } else if (record->kind == RECORD_CALLBACK_END && record->frame == frame && frame != 0) {
            as = RECORD_CALLBACK_END;
        } else {
            continue;
        }
        span.first[as] = span.first[as] == SIM_NEVER ? record->t : span.first[as];
        span.to = span.first[as];
    }
    return span;
}

static struct span span_of(const struct kept *kept, uint64_t op)
{
    static const enum record_kind kinds[] = {RECORD_DEVICE_QUEUE, RECORD_DEVICE_BEGIN, RECORD_DEVICE_END, RECORD_OP_COMPLETE,
                                             RECORD_OP_IMMEDIATE, RECORD_PACKET_QUEUE, RECORD_PACKET_RELEASE, RECORD_PACKET_TAKE,
                                             RECORD_CALLBACK_BEGIN, RECORD_CALLBACK_END, RECORD_WORK_QUEUE, RECORD_WORK_TAKE};
    struct span span = {.has_begun = false};

    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        span.first[i] = SIM_NEVER;
    }
    for (size_t i = 0; i < kept->count; i++) {
        const struct record *record = &kept->record[i];
        if (record->op != op) {
            continue;
        }
        if ((record->kind == RECORD_OP_ISSUE || record->kind == RECORD_PACKET_POST) && !span.has_begun) {
            span.from = record->t;
            span.to = record->t;
            span.has_begun = true;
        }
        if (record->kind == RECORD_WORK_QUEUE && span.has_begun) {
            bool is_over = span.first[RECORD_OP_COMPLETE] != SIM_NEVER || span.first[RECORD_OP_IMMEDIATE] != SIM_NEVER;
            bool is_handed = span.first[RECORD_PACKET_TAKE] != SIM_NEVER && span.first[RECORD_CALLBACK_BEGIN] == SIM_NEVER;
            span.is_early = span.is_early || !is_over;
            span.handed = is_handed && span.first[RECORD_PACKET_QUEUE] == SIM_NEVER ? record->t - span.first[RECORD_PACKET_TAKE] : span.handed;
            span.first[RECORD_PACKET_TAKE] = is_handed ? SIM_NEVER : span.first[RECORD_PACKET_TAKE];
        }
        for (size_t j = 0; span.has_begun && j < sizeof kinds / sizeof kinds[0]; j++) {
            enum record_kind as = kinds[j] == RECORD_PACKET_RELEASE || kinds[j] == RECORD_WORK_TAKE ? RECORD_PACKET_TAKE
                                  : kinds[j] == RECORD_WORK_QUEUE                                   ? RECORD_PACKET_QUEUE
                                                                                                    : kinds[j];
            if (record->kind == kinds[j] && span.first[as] == SIM_NEVER) {
                span.first[as] = record->t;
                span.to = record->t > span.to ? record->t : span.to;
            }
        }
    }
    return span;
}

/* How long it was between two of its records; 0 when it has not both. */
static sim_span between(const struct span *span, enum record_kind from, enum record_kind to)
{
    return span->first[from] == SIM_NEVER || span->first[to] == SIM_NEVER ? 0 : span->first[to] - span->first[from];
}

/* Whether the parts of a path are what the records say of each. */
static bool parts_are_right(const struct span *span, const sim_span *sums)
{
    /* What is cancelled while it waits is never begun. */
    enum record_kind waited = span->first[RECORD_DEVICE_BEGIN] == SIM_NEVER ? RECORD_OP_COMPLETE : RECORD_DEVICE_BEGIN;

    sim_span wake = between(span, RECORD_PACKET_TAKE, RECORD_CALLBACK_BEGIN) + span->handed;

    if (span->is_early && span->first[RECORD_OP_COMPLETE] != SIM_NEVER) { /* meanwhile it is at its device, or in the call */
        wake -= span->first[RECORD_OP_COMPLETE] - (span->first[RECORD_DEVICE_QUEUE] != SIM_NEVER   ? span->first[RECORD_DEVICE_QUEUE]
                                                   : span->first[RECORD_DEVICE_BEGIN] != SIM_NEVER ? span->first[RECORD_DEVICE_BEGIN]
                                                                                                    : span->first[RECORD_PACKET_TAKE]);
    }
    return sums[SEGMENT_WAIT] == between(span, RECORD_DEVICE_QUEUE, waited) &&
           sums[SEGMENT_SERVICE] == between(span, RECORD_DEVICE_BEGIN, RECORD_DEVICE_END) &&
           sums[SEGMENT_QUEUE] == between(span, RECORD_PACKET_QUEUE, RECORD_PACKET_TAKE) &&
           sums[SEGMENT_WAKE] == wake &&
           sums[SEGMENT_RUN] + sums[SEGMENT_READY] + sums[SEGMENT_BLOCKED] == between(span, RECORD_CALLBACK_BEGIN, RECORD_CALLBACK_END);
}

/* So many operations of one run are looked at. */
#define LIVES_MOST 60u

static void check_paths(const struct iocpsim_run *run, const char *name, uint64_t *checked)
{
    struct path path = {.count = 0};
    char words[1200];

    for (size_t i = 0; i < lives_all(run->lives) && i < LIVES_MOST; i++) {
        const struct life *life = lives_at(run->lives, lives_all(run->lives) - 1 - i);
        bool is_work = (life->op & LIFE_WORK) != 0;
        struct span span = is_work ? span_of_work(&run->kept->records, life->op & ~LIFE_WORK) : span_of(&run->kept->records, life->op);
        sim_span sums[SEGMENT_KINDS];
        sim_span coarse[SEGMENT_KINDS];
        sim_span sum = 0;
        sim_time at = span.from;
        assert_true(path_of(&path, run->lanes, run->lives, life));
        path_sums(&path, sums);
        for (int kind = 0; kind < SEGMENT_KINDS; kind++) {
            sum += sums[kind];
        }
        for (size_t j = 0; j < path.count; j++) {
            segment_words(&path.segment[j], (struct path_names){&run->names, run->lives}, words, sizeof words);
            if (path.segment[j].from != at || path.segment[j].to <= at || words[0] == '\0') {
                fail_msg("%s: operation %llu: a segment that does not follow the one before it", name, (unsigned long long)life->op);
            }
            at = path.segment[j].to;
        }
        if (sum != span.to - span.from || at != span.to) {
            fail_msg("%s: operation %llu took %llu ns, and its path has %llu", name, (unsigned long long)life->op,
                     (unsigned long long)(span.to - span.from), (unsigned long long)sum);
        }
        path.is_coarse = true;
        assert_true(path_of(&path, run->lanes, run->lives, life));
        path_sums(&path, coarse);
        path.is_coarse = false;
        assert_memory_equal(coarse, sums, sizeof sums);
        if (!parts_are_right(&span, sums)) {
            fail_msg("%s: operation %llu: a part is as long as no two of its records are apart", name, (unsigned long long)life->op);
        }
        checked[is_work] += path.count > 0;
    }
    path_release(&path);
}

static void visit(void *context, struct iocpsim_run *run, const char *name)
{
    if (iocpsim_run_draw(run) == IOCPSIM_OK && iocpsim_run_keep(run) == IOCPSIM_OK && iocpsim_run_finish(run) == IOCPSIM_OK &&
        run->kept->records.count < 20000) {
        check_paths(run, name, context);
    }
}

static void paths_of_every_scenario_sum_to_what_its_records_say(void **state)
{
    uint64_t checked[2] = {0};

    (void)state;
    every_scenario(visit, checked);
    print_message("%llu paths of operations and %llu of work items of shipped scenarios\n", (unsigned long long)checked[0],
                  (unsigned long long)checked[1]);
    assert_true(checked[0] > 150 && checked[1] > 20);
}

static void paths_of_random_scenarios_sum_to_what_their_records_say(void **state)
{
    static char text[RANDOM_SCENARIO_ROOM];
    uint64_t checked[2] = {0};

    (void)state;
    for (uint64_t number = 0; number < 60; number++) {
        size_t length = random_scenario_write(text, 7, number);
        struct iocpsim_scenario *scenario;
        struct iocpsim_run *run = NULL;
        if (iocpsim_scenario_read(&scenario, "random", text, length) == IOCPSIM_OK &&
            iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){.keeps_state = true}) == IOCPSIM_OK) {
            visit(checked, run, "random");
        }
        iocpsim_run_destroy(run);
        iocpsim_scenario_destroy(scenario);
    }
    assert_true(checked[0] > 100);
}

/* A run in which every noun that a picture names takes part. The names are replaced in its trace. */
static const char scenario_text[] =
    "{\"format\":1,\"title\":\"zqtitle\",\"devices\":{\"zqdevice\":{\"latency\":\"1ms\",\"parallel\":1}},"
    "\"ports\":{\"zqport\":{\"concurrency\":1}},\"handles\":{\"zqhandle\":{\"device\":\"zqdevice\",\"port\":\"zqport\",\"callback\":\"zqprocedure\"}},"
    "\"pools\":{\"zqpool\":{\"preset\":\"fixed\",\"threads\":1}},\"mutexes\":{\"zqmutex\":{}},\"threads\":{\"zqmain\":{\"type\":\"main\",\"runs\":[{\"acquire\":\"zqmutex\"},{\"queue\":\"zqpool\",\"callback\":\"zqprocedure\"},"
    "{\"queue\":\"zqpool\",\"callback\":\"zqprocedure\"},{\"read\":\"zqhandle\",\"bytes\":\"1B\"},"
    "{\"read\":\"zqhandle\",\"bytes\":\"1B\"},{\"post\":\"zqport\",\"callback\":\"zqprocedure\",\"as\":\"zqlabel\"},{\"compute\":\"4ms\"},\"read_line\"]},"
    "\"zqserver\":{\"type\":\"completion-port\",\"runs\":[{\"serve\":\"zqport\"}]},\"zqserver2\":{\"type\":\"completion-port\",\"runs\":[{\"serve\":\"zqport\"}]},"
    "\"zqwaiter\":{\"runs\":[{\"acquire\":\"zqmutex\"}]}},"
    "\"procedures\":{\"zqprocedure\":[{\"compute\":\"1ms\"},{\"sleep\":\"1ms\"}]}}";

static const char *const places[] = {"zqtitle", "zqdevice", "zqport", "zqhandle", "zqmutex", "zqmain", "zqserver", "zqprocedure", "zqlabel",
                                     "zqpool"};

#define PLACES (sizeof places / sizeof places[0])

/* What some reader of names could take for its own, as JSON writes it. */
static const char *const pieces[] = {
    "\\\"", "\\\\", "\\\\n", "\\\\N", "\\\\G", "<script>alert(1)</script>", "&amp;", "&#0;", "&", "<", ">", "'", "\\u0001", "\\n",
    "\\r", "\\t", "\\u001b[31m", "\177", "\302\205", "\342\200\256", "\342\201\246", "\342\200\250", "\357\273\277", "\357\277\276", "\357\277\277", "]]>", "<!--", "-->",
    "<![CDATA[", "%s%n", "%%", "{", "}", "|", "[", "]", "(", ")", ";", "#", "#59;", "end", "END", "End", ":", "->>", "-->>", "--", "+", ",",
    "javascript:alert(1)", "file:///etc/passwd", "../../x", "/", "$(id)", "`id`", "=", "\303\251", "\360\237\246\200", "e\314\201", "x", " ", "  ",
    "\\\"]; node [shape=box]", "\\\"/><image href=\\\"x", "participant A", "Note over A", "loop", "alt", "graph", "digraph", "strict", "\342\200\213",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
};

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* The trace with another name at each place; those of one trace differ in their first letter. */
static void rename_all(const struct text *from, struct text *to, uint64_t *random)
{
    char names[PLACES][1600];

    for (size_t i = 0; i < PLACES; i++) {
        size_t count = 1 + next_random(random) % 6;
        snprintf(names[i], sizeof names[i], "%c", (char)('a' + i));
        for (size_t j = 0; j < count; j++) {
            strncat(names[i], pieces[next_random(random) % (sizeof pieces / sizeof pieces[0])], sizeof names[i] - strlen(names[i]) - 1);
        }
    }
    to->length = 0;
    for (const char *at = from->bytes; *at != '\0';) {
        size_t place = 0;
        while (place < PLACES && strncmp(at, places[place], strlen(places[place])) != 0) {
            place++;
        }
        if (place < PLACES) {
            (void)keep(to, names[place], strlen(names[place]));
            at += strlen(places[place]);
        } else {
            size_t length = 1 + strcspn(at + 1, "z");
            (void)keep(to, at, length);
            at += length;
        }
    }
}

/* What is asked of each form. */
static const struct {
    enum iocpsim_form form;
    uint64_t operation;
    struct iocpsim_picture more; /* sizes, sheets, paper */
} forms[] = {
    {IOCPSIM_TEXT, 0, {0}}, {IOCPSIM_PATH, 1, {0}}, {IOCPSIM_SVG, 0, {0}}, {IOCPSIM_STATISTICS, 0, {0}}, {IOCPSIM_DOT, 0, {0}}, {IOCPSIM_DOT_LIFE, 0, {0}},
    {IOCPSIM_DOT_LIFE, 2, {0}}, {IOCPSIM_DOT_WAITS, 0, {0}}, {IOCPSIM_DOT_SUMMARY, 0, {0}}, {IOCPSIM_CHROME, 0, {0}}, {IOCPSIM_PERFETTO, 0, {0}}, {IOCPSIM_MERMAID, 0, {0}},
    {IOCPSIM_SVG, 0, {.pages = 3, .is_dark = true}}, {IOCPSIM_SVG, 1, {.width = 1280, .height = 720, .letters = 20}},
    {IOCPSIM_STATISTICS, 0, {.height = 500, .is_dark = true}},
};

#define FORMS (sizeof forms / sizeof forms[0])
#define PLAIN_FORMS (FORMS - 3) /* the others are forms that were there, of other sizes: a few names are enough for them */

/* A stored trace, read. */
struct story {
    struct text text;
    size_t at;
    struct iocpsim_trace *trace;
    struct iocpsim_run *run;
};

static bool give(void *context, char *bytes, size_t room, size_t *length)
{
    struct story *story = context;
    size_t left = story->text.length - story->at;

    *length = left < room ? left : room;
    memcpy(bytes, story->text.bytes + story->at, *length);
    story->at += *length;
    return true;
}

static void story_read(struct story *story)
{
    struct iocpsim_source source = {give, story};
    enum iocpsim_status status;

    story->at = 0;
    assert_int_equal(iocpsim_trace_create(&story->trace, &source), IOCPSIM_OK);
    status = iocpsim_trace_next(story->trace, &story->run);
    if (status != IOCPSIM_OK || story->run == NULL) {
        fail_msg("%s in: %s", iocpsim_trace_error(story->trace).message, story->text.bytes);
    }
    assert_int_equal(iocpsim_run_draw(story->run), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_keep(story->run), IOCPSIM_OK);
    status = iocpsim_run_finish(story->run);
    if (status != IOCPSIM_OK) {
        fail_msg("%s in: %s", iocpsim_trace_error(story->trace).message, story->text.bytes);
    }
}

static void story_release(struct story *story)
{
    iocpsim_run_destroy(story->run);
    iocpsim_trace_destroy(story->trace);
    story->run = NULL;
    story->trace = NULL;
}

static void draw(const struct story *story, size_t form, struct text *out)
{
    struct iocpsim_picture picture = forms[form].more;
    struct iocpsim_sink sink = {keep, out};

    picture.form = forms[form].form;
    picture.operation = forms[form].operation;
    picture.width = picture.form == IOCPSIM_TEXT ? 100 : picture.width;
    out->length = 0;
    assert_int_equal(iocpsim_run_render(story->run, &picture, &sink), IOCPSIM_OK);
}

/* The element that begins at `at`, behind '<': its name is one of ours, its attributes are quoted. Where it ends; NULL
 * when it is not sound. `depth` counts what is open. */
static const char *element_end(const char *at, int *depth)
{
    static const char *const names[] = {"svg", "title", "desc", "defs", "pattern", "rect", "path", "text", "g", "style"};
    bool closes = *at == '/';
    size_t length = strcspn(at += closes, " />\n");
    bool known = false;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        known = known || (strlen(names[i]) == length && strncmp(at, names[i], length) == 0);
    }
    for (at += length; known && *at == ' ';) {
        size_t key = strcspn(++at, "= <>\"");
        at += key;
        if (key == 0 || at[0] != '=' || at[1] != '"') {
            return NULL;
        }
        at += 2;
        at += strcspn(at, "\"<&");
        if (*at++ != '"') {
            return NULL;
        }
    }
    if (at[0] == '/' && at[1] == '>' && known && !closes) {
        return at + 2;
    }
    *depth += closes ? -1 : 1;
    return known && at[0] == '>' && *depth >= 0 ? at + 1 : NULL;
}

/* Whether a text is sound XML of our own elements, in which a name can only stand as text. */
static bool xml_is_sound(const char *at)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    int depth = 0;

    while (*at != '\0') {
        if (*at == '<') {
            at = element_end(at + 1, &depth);
            if (at == NULL) {
                return false;
            }
        } else if (*at == '&') {
            size_t i = 0;
            while (i < 5 && strncmp(at, entities[i], strlen(entities[i])) != 0) {
                i++;
            }
            if (i == 5) {
                return false;
            }
            at++;
        } else if (((unsigned char)*at < 0x20 && *at != '\n') || *at == '>') {
            return false;
        } else {
            at++;
        }
    }
    return depth == 0;
}

/* What stands outside of quotes, in place; false when a quote is left open, or a line breaks within one. */
static bool skeleton(char *text)
{
    bool quoted = false;
    char *to = text;

    for (const char *at = text; *at != '\0'; at++) {
        if (quoted && *at == '\\' && at[1] != '\0') {
            at++;
        } else if (*at == '"') {
            quoted = !quoted;
            *to++ = '"';
        } else if (!quoted) {
            *to++ = *at;
        } else if ((unsigned char)*at < 0x20) {
            return false;
        }
    }
    *to = '\0';
    return !quoted;
}

/* Whether each line of a diagram is of our own making, and its text ends no statement. */
static bool mermaid_is_sound(const char *at)
{
    for (bool first = true; *at != '\0'; first = false) {
        size_t length = strcspn(at, "\n");
        char line[2048];
        const char *text;
        snprintf(line, sizeof line, "%.*s", (int)length, at);
        at += length + (at[length] == '\n');
        if (first) {
            if (strcmp(line, "sequenceDiagram") != 0) {
                return false;
            }
            continue;
        }
        text = strstr(line, strncmp(line, "    participant ", 16) == 0 ? " as " : ": ");
        if (strncmp(line, "    ", 4) != 0 || text == NULL) {
            return false;
        }
        for (; *text != '\0'; text++) {
            size_t entity = *text == '#' ? 1 + strspn(text + 1, "0123456789abcdefghijklmnopqrstuvwxyz") : 0;
            if (*text == ';' || *text == '<' || *text == '>' || *text == '%' || (entity > 0 && text[entity] != ';') ||
                ((text[0] | 32) == 'e' && (text[1] | 32) == 'n' && (text[2] | 32) == 'd')) {
                return false;
            }
            text += entity;
        }
    }
    return true;
}

static size_t lines_of(const char *text)
{
    size_t lines = 0;

    for (; *text != '\0'; text++) {
        lines += *text == '\n';
    }
    return lines;
}

/* How many packets a trace of protocol buffers has; SIZE_MAX when a length leads past its end. */
static size_t packets_of(const struct text *text)
{
    size_t count = 0;
    size_t at = 0;

    while (at < text->length) {
        uint64_t length = 0;
        if ((unsigned char)text->bytes[at++] != 0x0a) {
            return SIZE_MAX;
        }
        for (int shift = 0; at < text->length && shift < 63; shift += 7) {
            unsigned char byte = (unsigned char)text->bytes[at++];
            length |= (uint64_t)(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) {
                break;
            }
        }
        if (length > text->length - at) {
            return SIZE_MAX;
        }
        at += length;
        count++;
    }
    return count;
}

/* How many events a file of Chrome's has; -1 when it is no JSON. */
static int events_of(const struct text *text)
{
    cJSON *json = cJSON_ParseWithLength(text->bytes, text->length);
    int count = json == NULL ? -1 : cJSON_GetArraySize(cJSON_GetObjectItem(json, "traceEvents"));

    cJSON_Delete(json);
    return count;
}

/* Whether what a form made of hostile names is as sound as what it made of tame ones, and of the same shape. */
static bool is_alike(enum iocpsim_form form, struct text *hostile, struct text *tame)
{
    switch (form) {
    case IOCPSIM_TEXT:
    case IOCPSIM_PATH:
        for (size_t i = 0; i < hostile->length; i++) {
            if ((unsigned char)hostile->bytes[i] < 0x20 && hostile->bytes[i] != '\n') {
                return false;
            }
        }
        return lines_of(hostile->bytes) == lines_of(tame->bytes);
    case IOCPSIM_SVG:
    case IOCPSIM_STATISTICS:
        return xml_is_sound(hostile->bytes) && xml_is_sound(tame->bytes);
    case IOCPSIM_DOT:
    case IOCPSIM_DOT_LIFE:
    case IOCPSIM_DOT_WAITS:
    case IOCPSIM_DOT_SUMMARY:
        return skeleton(hostile->bytes) && skeleton(tame->bytes) && strcmp(hostile->bytes, tame->bytes) == 0;
    case IOCPSIM_CHROME:
        return events_of(hostile) > 20 && events_of(hostile) == events_of(tame);
    case IOCPSIM_PERFETTO:
        return packets_of(hostile) > 20 && packets_of(hostile) == packets_of(tame);
    case IOCPSIM_MERMAID:
        return mermaid_is_sound(hostile->bytes) && lines_of(hostile->bytes) == lines_of(tame->bytes);
    }
    return false;
}

/* The trace of the scenario above. */
static void make_tame(struct story *tame)
{
    struct iocpsim_sink sink = {keep, &tame->text};
    struct iocpsim_scenario *scenario;
    struct iocpsim_run *run;

    assert_int_equal(iocpsim_scenario_read(&scenario, "tame", scenario_text, sizeof scenario_text - 1), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){0}), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_trace(run, &sink), IOCPSIM_OK);
    assert_int_equal(iocpsim_run_finish(run), IOCPSIM_OK);
    iocpsim_run_destroy(run);
    iocpsim_scenario_destroy(scenario);
}

/* Both runs on one picture. */
static void draw_pair(const struct story *before, const struct story *after, struct text *out)
{
    struct iocpsim_run_pair pair = {before->run, after->run, "<first> & \"run\"", "second"};
    struct iocpsim_sink sink = {keep, out};

    for (int form = 0; form < 2; form++) {
        struct iocpsim_picture picture = {.form = form == 0 ? IOCPSIM_TEXT : IOCPSIM_SVG, .width = form == 0 ? 80 : 0};
        out->length = 0;
        assert_int_equal(iocpsim_render_pair(&pair, &picture, &sink), IOCPSIM_OK);
        assert_true(form == 0 ? strstr(out->bytes, "the first that differs") != NULL : xml_is_sound(out->bytes));
    }
}

static void ten_thousand_hostile_names_break_out_of_no_form(void **state)
{
    struct story tame = {.at = 0};
    struct story hostile = {.at = 0};
    struct text drawn[FORMS] = {{NULL, 0, 0}};
    struct text out = {NULL, 0, 0};
    struct text copy = {NULL, 0, 0};
    uint64_t random = 1;

    (void)state;
    make_tame(&tame);
    story_read(&tame);
    for (size_t form = 0; form < FORMS; form++) {
        draw(&tame, form, &drawn[form]);
    }
    for (size_t names = 0; names < 10000; names += PLACES) {
        rename_all(&tame.text, &hostile.text, &random);
        story_read(&hostile);
        for (size_t form = 0; form < (names % (8 * PLACES) == 0 ? FORMS : PLAIN_FORMS); form++) {
            draw(&hostile, form, &out);
            copy.length = 0;
            (void)keep(&copy, drawn[form].bytes, drawn[form].length);
            if (!is_alike(forms[form].form, &out, &copy)) {
                fail_msg("form %d of the trace %s\nis %s\nand not like %s", (int)forms[form].form, hostile.text.bytes, out.bytes, copy.bytes);
            }
        }
        if (names % (16 * PLACES) == 0) {
            draw_pair(&tame, &hostile, &out);
        }
        story_release(&hostile);
    }
    story_release(&tame);
    for (size_t form = 0; form < FORMS; form++) {
        free(drawn[form].bytes);
    }
    free(tame.text.bytes);
    free(hostile.text.bytes);
    free(out.bytes);
    free(copy.bytes);
}

static void the_same_run_gives_the_same_bytes_in_every_form(void **state)
{
    struct story tame = {.at = 0};
    struct text out[2] = {{NULL, 0, 0}};

    (void)state;
    make_tame(&tame);
    for (size_t form = 0; form < FORMS; form++) {
        for (int i = 0; i < 2; i++) {
            story_read(&tame);
            draw(&tame, form, &out[i]);
            story_release(&tame);
        }
        assert_int_equal(out[0].length, out[1].length);
        assert_memory_equal(out[0].bytes, out[1].bytes, out[0].length);
    }
    free(tame.text.bytes);
    free(out[0].bytes);
    free(out[1].bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_of_every_scenario_sum_to_what_its_records_say),
        cmocka_unit_test(paths_of_random_scenarios_sum_to_what_their_records_say),
        cmocka_unit_test(ten_thousand_hostile_names_break_out_of_no_form),
        cmocka_unit_test(the_same_run_gives_the_same_bytes_in_every_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? 0 : 1;
}
