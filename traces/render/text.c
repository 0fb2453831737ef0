/* SPDX-License-Identifier: Apache-2.0 */
/* One row a thread, one column a stretch of time. Of several states in one column the most interesting is
 * shown: running, ready, blocked, parked, in this order. Three threads or more that stand together and look alike
 * share a row, so that seventy threads fit where sixty sleep. Under the threads each port has its queue and its active
 * threads, where a column shows the most of its stretch. */
#include "traces/render/text.h"

#include <stdio.h>
#include <string.h>

/* The widest a name may be. */
#define NAME_WIDTH_MAX 24u
#define WIDTH_MIN 40u
#define WIDTH_MAX 400u

struct drawing {
    const struct text_picture *picture;
    const struct trace_sink *sink;
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
    size_t length = to->picture->names->of_reference(to->picture->names->context, object, name, room);

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
    sim_time end = to->picture->lanes->end + 1;

    return (end / to->columns) * column + (end % to->columns) * column / to->columns;
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
    const struct lane *lane = &to->picture->lanes->thread[slot];
    size_t at = 0;

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

/* How many threads from `first` on stand together and look like it; `row` is its row. */
static uint32_t count_alike(const struct drawing *to, uint32_t first, const char *row)
{
    const struct lanes *lanes = to->picture->lanes;
    char other[WIDTH_MAX];
    uint32_t count = 1;

    while (first + count < lanes->threads && lanes->thread[first + count].count > 0 &&
           lanes->thread[first + count].type == lanes->thread[first].type) {
        fill_row(to, first + count, other);
        if (memcmp(row, other, to->columns) != 0) {
            break;
        }
        count++;
    }
    return count;
}

/* What several threads are called together: pool[0..35] when they are elements of one array. */
static size_t name_alike(const struct drawing *to, uint32_t first, uint32_t last, char *name, size_t room)
{
    char other[512];
    size_t length = name_of(to, reference_make(OBJECT_THREAD, first), name, room);
    size_t other_length = name_of(to, reference_make(OBJECT_THREAD, last), other, sizeof other);
    size_t base = 0;
    int written;

    if (first == last) {
        return length;
    }
    while (base < length && base < other_length && name[base] == other[base] && name[base] != '[') {
        base++;
    }
    if (base + 1 < length && base + 1 < other_length && name[base] == '[' && other[base] == '[') {
        written = snprintf(name + length - 1, room - length + 1, "..%.*s", (int)(other_length - base - 1), other + base + 1);
        length--;
    } else {
        written = snprintf(name + length, room - length, " +%u", last - first);
    }
    return written > 0 && length + (size_t)written < room ? length + (size_t)written : length;
}

/* Draws the row of a thread and of those behind it that look alike; how many that are. */
static uint32_t draw_threads(struct drawing *to, uint32_t first)
{
    char row[WIDTH_MAX];
    char name[512];
    uint32_t alike;

    fill_row(to, first, row);
    alike = count_alike(to, first, row);
    alike = alike < ALIKE_MIN ? 1 : alike;
    put_name(to, name, name_alike(to, first, first + alike - 1, name, sizeof name));
    put_text(to, " |");
    put(to, row, to->columns);
    put_text(to, "|\n");
    return alike;
}

/* The most that a port's count was in a stretch of time. */
static uint32_t most(const struct port_lane *lane, sim_time begin, sim_time end, bool depth)
{
    uint32_t found = 0;

    for (size_t i = 0; i < lane->count && lane->counts[i].t < end; i++) {
        const struct lane_counts *counts = &lane->counts[i];
        bool over = i + 1 < lane->count && lane->counts[i + 1].t <= begin;
        /* What was for no time counts in the column of its instant. */
        uint32_t count = counts->t < begin ? (depth ? counts->depth : counts->active)
                                           : (depth ? counts->most_depth : counts->most_active);
        if ((!over || counts->t >= begin) && count > found) {
            found = count;
        }
    }
    return found;
}

static char digit(uint32_t count)
{
    return count == 0 ? '.' : count > 9 ? '+' : (char)('0' + count);
}

static void draw_port(struct drawing *to, uint32_t slot)
{
    const struct port_lane *lane = &to->picture->lanes->port[slot];
    reference port = reference_make(OBJECT_PORT, slot);
    uint64_t limit = replay_port(to->picture->replay, port)->limit;
    char row[WIDTH_MAX];
    char name[512];
    char label[64];
    size_t length = name_of(to, port, name, sizeof name);
    int label_length;

    put_text(to, "port ");
    put(to, name, length);
    put_text(to, "\n");
    for (unsigned column = 0; column < to->columns; column++) {
        row[column] = digit(most(lane, column_time(to, column), column_time(to, column + 1), true));
    }
    put_name(to, "  queued", 8);
    put_text(to, " |");
    put(to, row, to->columns);
    put_text(to, "|\n");
    for (unsigned column = 0; column < to->columns; column++) {
        uint32_t active = most(lane, column_time(to, column), column_time(to, column + 1), false);
        row[column] = limit > 0 && active > limit ? '!' : digit(active);
    }
    label_length = limit > 0 ? snprintf(label, sizeof label, "  active of %llu", (unsigned long long)limit)
                             : snprintf(label, sizeof label, "  active");
    put_name(to, label, (size_t)label_length);
    put_text(to, " |");
    put(to, row, to->columns);
    put_text(to, "|\n");
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
    size_t last = write_instant(to->picture->lanes->end, words, sizeof words);
    size_t used = to->columns;
    size_t room = last + 1 < used ? used - last : 0; /* for the other words */

    memset(row, ' ', sizeof row);
    memcpy(row + room, words, last < used ? last : 0);
    for (unsigned column = 0; column < to->columns; column += 20) {
        size_t length;
        if (column_time(to, column) == to->picture->lanes->end) {
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

    for (uint32_t i = 0; i < to->picture->lanes->threads; i++) {
        if (to->picture->lanes->thread[i].count > 0) {
            seen[to->picture->lanes->thread[i].type] = true;
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
    if (to->picture->lanes->ports > 0) {
        put_text(to, "queued, active: how many, . none, + more than 9, ! above the limit\n");
    }
}

bool text_render(const struct text_picture *picture, const struct trace_sink *sink)
{
    struct drawing to = {.picture = picture, .sink = sink, .name_width = 14};
    unsigned width = picture->width < WIDTH_MIN ? WIDTH_MIN : picture->width > WIDTH_MAX ? WIDTH_MAX : picture->width;
    char name[512];

    for (uint32_t i = 0; i < picture->lanes->threads; i++) {
        unsigned wide;
        size_t length;
        if (picture->lanes->thread[i].count == 0) {
            continue;
        }
        length = name_of(&to, reference_make(OBJECT_THREAD, i), name, sizeof name - 1);
        name[length < sizeof name - 1 ? length : sizeof name - 1] = '\0';
        /* An element may stand for several, with a second index. */
        wide = characters(name, strlen(name)) +
               (strchr(name, '[') == NULL ? 0 : characters(strchr(name, '['), strlen(strchr(name, '['))));
        to.name_width = wide > to.name_width ? wide : to.name_width;
    }
    to.name_width = to.name_width > NAME_WIDTH_MAX ? NAME_WIDTH_MAX : to.name_width;
    to.columns = width - to.name_width - 3;
    if (picture->title != NULL) {
        put_text(&to, picture->title);
        put_text(&to, "\n\n");
    }
    draw_scale(&to);
    for (uint32_t i = 0; i < picture->lanes->threads;) {
        i += picture->lanes->thread[i].count > 0 ? draw_threads(&to, i) : 1;
    }
    for (uint32_t i = 0; i < picture->lanes->ports; i++) {
        if (picture->lanes->port[i].count > 0) {
            draw_port(&to, i);
        }
    }
    draw_legend(&to);
    return !to.failed;
}
