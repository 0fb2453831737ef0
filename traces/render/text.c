/* SPDX-License-Identifier: Apache-2.0 */
/* One row a thread, one column a stretch of time. Of several states in one column the most interesting is
 * shown: running, ready, blocked, parked, in this order. Three threads or more that stand together and look alike
 * share a row, so that seventy threads fit where sixty sleep. Under the threads each port has its queue and its active
 * threads, where a column shows the most of its stretch. */
#include "traces/render/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/render/decisions.h"
#include "traces/render/table.h"

/* The widest a name may be. */
#define NAME_WIDTH_MAX 24u
#define WIDTH_MIN 40u
#define WIDTH_MAX 400u
#define NAME_ROOM 512u

struct drawing {
    const struct scene *scene;
    const struct trace_sink *sink, *colours;
    unsigned name_width, columns;
    bool failed;
};

static void put(struct drawing *to, const char *text, size_t length)
{
    to->failed = to->failed || !to->sink->write(to->sink->context, text, length);
}

static void put_text(struct drawing *to, const char *text)
{
    put(to, text, strlen(text));
}

static size_t name_of(const struct drawing *to, reference object, char *name, size_t room)
{
    size_t length = to->scene->names->of_reference(to->scene->names->context, object, name, room);

    return length < room ? length : room;
}

/* How many columns a name takes: characters, not bytes. */
static unsigned characters(const char *name, size_t length)
{
    unsigned count = 0;

    for (size_t i = 0; i < length; i++) {
        count += ((unsigned char)name[i] & 0xc0) != 0x80;
    }
    return count;
}

/* A name, cut or filled to the width of the name column. */
static void put_name(struct drawing *to, const char *name, size_t length)
{
    unsigned shown = 0;
    size_t i = 0;

    while (i < length && shown < to->name_width) {
        size_t from = i++;
        while (i < length && ((unsigned char)name[i] & 0xc0) == 0x80) {
            i++;
        }
        if ((unsigned char)name[from] < 0x20 || name[from] == 0x7f) {
            put_text(to, "?");
        } else {
            put(to, name + from, i - from);
        }
        shown++;
    }
    for (; shown < to->name_width; shown++) {
        put_text(to, " ");
    }
}

/* The instant at which a column begins. */
static sim_time column_time(const struct drawing *to, unsigned column)
{
    sim_span length = to->scene->to - to->scene->from + 1;

    return to->scene->from + (length / to->columns) * column + (length % to->columns) * column / to->columns;
}

/* How interesting a state is. */
static int interest(enum replay_thread_state state)
{
    static const int of[REPLAY_THREAD_STATES] = {
        [REPLAY_UNBORN] = 0, [REPLAY_ENDED] = 0, [REPLAY_PARKED] = 1,
        [REPLAY_BLOCKED] = 2, [REPLAY_READY] = 3, [REPLAY_RUNNING] = 4};

    return of[state];
}

static char glyph(enum replay_thread_state state, uint8_t type)
{
    char upper = thread_type_glyph((enum thread_type)type);

    switch (state) {
    case REPLAY_RUNNING:
        return upper;
    case REPLAY_READY:
        return (char)(upper - 'A' + 'a');
    case REPLAY_BLOCKED:
        return '-';
    case REPLAY_PARKED:
        return '~';
    case REPLAY_UNBORN:
    case REPLAY_ENDED:
    case REPLAY_THREAD_STATES:
        break;
    }
    return ' ';
}

/* A thread's row. One that ran for no time is shown running in the column of that instant. */
static void fill_row(const struct drawing *to, uint32_t slot, char *row)
{
    const struct lane *lane = &to->scene->lanes->thread[slot];
    size_t at = lane_at(lane, to->scene->from);

    at = at == SIZE_MAX ? 0 : at;
    for (unsigned column = 0; column < to->columns; column++) {
        sim_time begin = column_time(to, column);
        sim_time end = column_time(to, column + 1);
        enum replay_thread_state best;
        while (at + 1 < lane->count && lane->stretch[at + 1].t <= begin) {
            at++;
        }
        best = lane->stretch[at].t <= begin ? (enum replay_thread_state)lane->stretch[at].state : REPLAY_UNBORN;
        for (size_t i = at; i < lane->count && lane->stretch[i].t < end; i++) {
            enum replay_thread_state state = (enum replay_thread_state)lane->stretch[i].state;
            state = lane->stretch[i].ran && lane->stretch[i].t >= begin ? REPLAY_RUNNING : state;
            best = interest(state) > interest(best) ? state : best;
        }
        row[column] = glyph(best, lane->type);
    }
}

/* Fewer than so many alike are shown one by one. */
#define ALIKE_MIN 3u

/* How many threads of `order`, `left` of them, stand together and look like the first; `row` is its row. */
static uint32_t count_alike(const struct drawing *to, const uint32_t *order, size_t left, const char *row)
{
    const struct lanes *lanes = to->scene->lanes;
    char other[WIDTH_MAX];
    uint32_t count = 1;

    while (count < left && lanes->thread[order[count]].type == lanes->thread[order[0]].type) {
        fill_row(to, order[count], other);
        if (memcmp(row, other, to->columns) != 0) {
            break;
        }
        count++;
    }
    return count;
}

/* What several threads are called together: pool[0..35] when they are elements of one array. */
static size_t name_alike(const struct drawing *to, const uint32_t *order, uint32_t count, char *name)
{
    char other[NAME_ROOM];
    size_t length = name_of(to, reference_make(OBJECT_THREAD, order[0]), name, NAME_ROOM);
    size_t other_length = name_of(to, reference_make(OBJECT_THREAD, order[count - 1]), other, sizeof other);
    size_t base = 0;
    int written;

    if (count == 1) {
        return length;
    }
    while (base < length && base < other_length && name[base] == other[base] && name[base] != '[') {
        base++;
    }
    if (base + 1 < length && base + 1 < other_length && name[base] == '[' && other[base] == '[') {
        written = snprintf(name + length - 1, NAME_ROOM - length + 1, "..%.*s", (int)(other_length - base - 1), other + base + 1);
        length--;
    } else {
        written = snprintf(name + length, NAME_ROOM - length, " +%u", count - 1);
    }
    return written > 0 && length + (size_t)written < NAME_ROOM ? length + (size_t)written : length;
}

/* A row of states; with colours, each letter on that of its type. */
static void put_states(struct drawing *to, const char *row, uint8_t type)
{
    char steer[48];

    for (unsigned column = 0; to->colours != NULL && column < to->columns;) {
        unsigned last = column;
        bool runs = row[column] >= 'A' && row[column] <= 'Z';
        bool waits = row[column] >= 'a' && row[column] <= 'z';
        while (last < to->columns && row[last] == row[column]) {
            last++;
        }
        if (runs || waits) {
            unsigned colour = (unsigned)strtoul(thread_type_colour((enum thread_type)type) + 1, NULL, 16);
            bool is_dark_text = strcmp(thread_type_text_colour((enum thread_type)type), "#000000") == 0;
            snprintf(steer, sizeof steer, "\033[%s48;2;%u;%u;%u;%dm", waits ? "4;" : "", colour >> 16, colour >> 8 & 255,
                     colour & 255, is_dark_text ? 30 : 97);
            to->failed = to->failed || !to->colours->write(to->colours->context, steer, strlen(steer));
        }
        put(to, row + column, last - column);
        if (runs || waits) {
            to->failed = to->failed || !to->colours->write(to->colours->context, "\033[0m", 4);
        }
        column = last;
    }
    if (to->colours == NULL) {
        put(to, row, to->columns);
    }
}

/* Draws the row of the first thread of `order` and of those behind it that look alike; how many that are. */
static uint32_t draw_threads(struct drawing *to, const uint32_t *order, size_t left)
{
    char row[WIDTH_MAX];
    char name[NAME_ROOM];
    uint32_t alike;

    fill_row(to, order[0], row);
    alike = count_alike(to, order, left, row);
    alike = alike < ALIKE_MIN ? 1 : alike;
    put_name(to, name, name_alike(to, order, alike, name));
    put_text(to, " |");
    put_states(to, row, to->scene->lanes->thread[order[0]].type);
    put_text(to, "|\n");
    return alike;
}

/* The most that a port's count was in a stretch of time. */
static uint32_t most(const struct port_lane *lane, sim_time begin, sim_time end, bool depth)
{
    uint32_t found = 0;

    for (size_t i = lane_counts_at(lane, begin); i < lane->count && lane->counts[i].t < end; i++) {
        const struct lane_counts *counts = &lane->counts[i];
        /* What was for no time counts in the column of its instant. */
        uint32_t count = counts->t < begin ? (depth ? counts->depth : counts->active)
                                           : (depth ? counts->most_depth : counts->most_active);
        found = count > found ? count : found;
    }
    return found;
}

static char digit(uint32_t count)
{
    return count == 0 ? '.' : count > 9 ? '+' : (char)('0' + count);
}

/* One row of counts: at most one digit a column. */
static void draw_counts(struct drawing *to, const struct port_lane *lane, bool depth, uint64_t limit)
{
    char row[WIDTH_MAX];

    for (unsigned column = 0; column < to->columns; column++) {
        uint32_t count = most(lane, column_time(to, column), column_time(to, column + 1), depth);
        row[column] = limit > 0 && count > limit ? '!' : digit(count);
    }
    put_text(to, " |");
    put(to, row, to->columns);
    put_text(to, "|\n");
}

/* What a pool aims at, and what decided it. */
static void draw_target(struct drawing *to, reference object, const struct port_lane *lane)
{
    uint32_t last = replay_pool(to->scene->replay, object)->target;
    char row[WIDTH_MAX];
    char words[400];
    char line[480];

    for (unsigned column = 0; column < to->columns; column++) {
        sim_time end = column_time(to, column + 1);
        row[column] = digit(decisions_target(lane, end > to->scene->from ? end - 1 : end, last));
    }
    put_name(to, "  target", 8);
    put_text(to, " |");
    put(to, row, to->columns);
    put_text(to, "|\n");
    decisions_words(to->scene, lane, words, sizeof words);
    snprintf(line, sizeof line, "  from %u to %u: %s\n", decisions_target(lane, to->scene->from, last),
             decisions_target(lane, to->scene->to, last), words);
    put_text(to, line);
}

/* The counts of a port, or of a pool. */
static void draw_place(struct drawing *to, reference object, const struct port_lane *lane)
{
    bool is_port = reference_kind(object) == OBJECT_PORT;
    uint64_t limit = is_port ? replay_port(to->scene->replay, object)->limit : 0;
    char label[64];
    int length;

    put_text(to, is_port ? "port " : "pool ");
    put_text(to, scene_name(to->scene, object).text);
    put_text(to, "\n");
    put_name(to, "  queued", 8);
    draw_counts(to, lane, true, 0);
    length = limit > 0 ? snprintf(label, sizeof label, "  active of %llu", (unsigned long long)limit)
                       : snprintf(label, sizeof label, is_port ? "  active" : "  threads");
    put_name(to, label, (size_t)length);
    draw_counts(to, lane, false, limit);
    if (lane->decisions > 0) {
        draw_target(to, object, lane);
    }
}

/* An instant for a scale: two figures are enough. */
static size_t write_instant(sim_time time, char *words, size_t room)
{
    for (sim_span unit = 1; time / unit >= 100; unit *= 10) {
        time -= time % (unit * 10);
    }
    return sim_span_write(time, words, room);
}

/* The scale over the lanes: where each twentieth column begins, and at the right where the run ends. */
static void draw_scale(struct drawing *to)
{
    char row[WIDTH_MAX];
    char words[40];
    size_t last = write_instant(to->scene->to, words, sizeof words);
    size_t used = to->columns;
    size_t room = last + 1 < used ? used - last : 0; /* for the other words */

    memset(row, ' ', sizeof row);
    memcpy(row + room, words, last < used ? last : 0);
    for (unsigned column = 0; column < to->columns; column += 20) {
        size_t length;
        if (column_time(to, column) == to->scene->to) {
            break;
        }
        length = write_instant(column_time(to, column), words, sizeof words);
        if (column + length < room && length < 20) {
            memcpy(row + column, words, length);
        }
    }
    put_name(to, "time", 4);
    put_text(to, "  ");
    put(to, row, used);
    put_text(to, "\n");
}

/* What the letters mean, for the types that are there. */
static void draw_legend(struct drawing *to)
{
    bool seen[THREAD_TYPE_COUNT] = {false};
    char words[96];

    for (uint32_t i = 0; i < to->scene->lanes->threads; i++) {
        if (to->scene->lanes->thread[i].count > 0) {
            seen[to->scene->lanes->thread[i].type] = true;
        }
    }
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        if (seen[type]) {
            int length = snprintf(words, sizeof words, "%c %s  ", thread_type_glyph((enum thread_type)type),
                                  thread_type_name((enum thread_type)type));
            put(to, words, (size_t)length);
        }
    }
    put_text(to, "(small: ready)  - blocked  ~ parked\n");
    if (to->scene->lanes->ports > 0 || to->scene->lanes->pools > 0) {
        put_text(to, "queued, active, threads: how many, . none, + more than 9, ! above the limit\n");
    }
}

/* How wide names and rows are. */
static void measure(struct drawing *to)
{
    unsigned width = to->scene->width < WIDTH_MIN ? WIDTH_MIN : to->scene->width > WIDTH_MAX ? WIDTH_MAX : to->scene->width;
    char name[512];

    for (uint32_t i = 0; i < to->scene->lanes->threads; i++) {
        unsigned wide;
        size_t length;
        if (to->scene->lanes->thread[i].count == 0) {
            continue;
        }
        length = name_of(to, reference_make(OBJECT_THREAD, i), name, sizeof name - 1);
        name[length < sizeof name - 1 ? length : sizeof name - 1] = '\0';
        /* An element may stand for several, with a second index. */
        wide = characters(name, strlen(name)) +
               (strchr(name, '[') == NULL ? 0 : characters(strchr(name, '['), strlen(strchr(name, '['))));
        to->name_width = wide > to->name_width ? wide : to->name_width;
    }
    to->name_width = to->name_width > NAME_WIDTH_MAX ? NAME_WIDTH_MAX : to->name_width;
    to->columns = width - to->name_width - 3;
}

static void draw_lanes(struct drawing *to)
{
    const struct lanes *lanes = to->scene->lanes;
    uint32_t *order = calloc(lanes->threads + 1, sizeof *order);
    size_t count;

    if (order == NULL) {
        to->failed = true;
        return;
    }
    count = scene_threads(to->scene, order);
    draw_scale(to);
    for (size_t i = 0; i < count;) {
        i += draw_threads(to, order + i, count - i);
    }
    for (uint32_t i = 0; i < lanes->ports; i++) {
        if (lanes->port[i].count > 0) {
            draw_place(to, reference_make(OBJECT_PORT, i), &lanes->port[i]);
        }
    }
    for (uint32_t i = 0; i < lanes->pools; i++) {
        if (lanes->pool[i].count > 0) {
            draw_place(to, reference_make(OBJECT_POOL, i), &lanes->pool[i]);
        }
    }
    free(order);
}

bool text_render_lanes(const struct scene *scene, const struct trace_sink *sink, const struct trace_sink *colours)
{
    struct drawing to = {.scene = scene, .sink = sink, .colours = colours, .name_width = 14};

    measure(&to);
    draw_lanes(&to);
    return !to.failed;
}

bool text_render(const struct scene *scene, const struct trace_sink *sink, const struct trace_sink *colours)
{
    struct drawing to = {.scene = scene, .sink = sink, .colours = colours, .name_width = 14};
    char title[4 * 250 + 16];

    measure(&to);
    if (scene->header->title != NULL) {
        scene_title(scene, title, 250);
        put_text(&to, title);
        put_text(&to, "\n\n");
    }
    draw_lanes(&to);
    draw_legend(&to);
    return !to.failed && table_render(scene, to.columns + to.name_width + 3, sink);
}
