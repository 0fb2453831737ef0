/* SPDX-License-Identifier: Apache-2.0 */
/* One row an operation: when it was issued, queued, taken and done, and where its time went. Columns are as wide as
 * what stands in them; the last is cut at the width of the terminal. */
#include "traces/render/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/path.h"
#include "traces/writing.h"

#define COLUMNS 8
#define SLOWEST 3
/* A thread's name is cut to no less. */
#define NAME_LEAST 12u

struct row {
    char cell[COLUMNS][4 * SCENE_NAME_MAX + 40];
};

/* When it reached a stage; "-" where it never did. */
static void put_time(char *cell, size_t room, const struct life *life, enum life_stage stage)
{
    snprintf(cell, room, "%s", life->at[stage] == SIM_NEVER ? "-" : span_words(life->at[stage]).text);
}

/* What it was spent on most, and how much of it that is. False when memory ran out. */
static bool put_mostly(const struct scene *scene, const struct life *life, struct path *path, char *cell, size_t room)
{
    sim_span sums[SEGMENT_KINDS];
    sim_span latency = life_latency(life);
    int most = 0;

    cell[0] = '\0';
    if (latency == 0) {
        return true;
    }
    if (!path_of(path, scene->lanes, scene->lives, life)) {
        return false;
    }
    path_sums(path, sums);
    for (int i = 0; i < SEGMENT_KINDS; i++) {
        most = sums[i] > sums[most] ? i : most;
    }
    /* A latency of years times a hundred would not fit. */
    snprintf(cell, room, "%s %llu%%", segment_kind_name((enum segment_kind)most),
             (unsigned long long)(latency < SIM_NEVER / 100 ? sums[most] * 100 / latency : sums[most] / (latency / 100)));
    return true;
}

/* False when memory ran out. */
static bool fill(const struct scene *scene, const struct life *life, struct path *path, struct row *row)
{
    size_t room = sizeof row->cell[0];
    char deed[4 * SCENE_NAME_MAX + 40];

    snprintf(row->cell[0], room, "%s", scene_op(scene, life).text);
    scene_deed(scene, life, deed, sizeof deed);
    out_cut(row->cell[1], room, deed, 22);
    put_time(row->cell[2], room, life, LIFE_ISSUED);
    put_time(row->cell[3], room, life, LIFE_QUEUED);
    put_time(row->cell[4], room, life, LIFE_TAKEN);
    put_time(row->cell[5], room, life, life->at[LIFE_DONE] != SIM_NEVER ? LIFE_DONE : LIFE_ENDED);
    if (life->taker == REFERENCE_NONE) {
        snprintf(row->cell[7], room, "%s", life->is_dropped ? "dropped" : life_is_over(life) ? "" : "nobody");
    } else {
        snprintf(row->cell[7], room, "%c %s", thread_type_glyph((enum thread_type)life->taker_type),
                 scene_name(scene, life->taker).text);
    }
    return put_mostly(scene, life, path, row->cell[6], room);
}

static void put_row(struct out *out, const struct row *row, const size_t *width, unsigned total)
{
    char cut[4 * SCENE_NAME_MAX + 40];
    size_t used = 0;

    for (int i = 0; i < COLUMNS; i++) {
        bool is_number = i >= 2 && i <= 5;
        size_t length = out_characters(row->cell[i]);
        size_t left = used < total ? total - used : 0;
        if (width[i] == 0) {
            continue;
        }
        for (size_t j = length; is_number && j < width[i]; j++) {
            out_text(out, " ");
        }
        out_text(out, left < 4 ? "" : out_cut(cut, sizeof cut, row->cell[i], i == COLUMNS - 1 ? left : width[i]));
        for (size_t j = length; !is_number && i < COLUMNS - 1 && j < width[i]; j++) {
            out_text(out, " ");
        }
        out_text(out, i < COLUMNS - 1 ? "  " : "");
        used += width[i] + 2;
    }
    out_text(out, "\n");
}

/* Those that took longest, among them all. */
static void put_slowest(struct out *out, const struct scene *scene, size_t count)
{
    const struct life *slowest[SLOWEST] = {NULL};

    for (size_t i = 0; i < lives_all(scene->lives); i++) {
        const struct life *life = lives_at(scene->lives, i);
        for (int j = 0; scene_shows(scene, life) && j < SLOWEST; j++) {
            if (slowest[j] == NULL || life_latency(life) > life_latency(slowest[j])) {
                memmove(&slowest[j + 1], &slowest[j], (size_t)(SLOWEST - 1 - j) * sizeof slowest[0]);
                slowest[j] = life;
                break;
            }
        }
    }
    out_put(out, "and %zu more; the slowest of all:", count - TABLE_ROWS);
    for (int j = 0; j < SLOWEST && slowest[j] != NULL; j++) {
        out_put(out, "%s ", j == 0 ? "" : ",");
        out_text(out, scene_op(scene, slowest[j]).text);
        out_put(out, " %s", span_words(life_latency(slowest[j])).text);
    }
    out_text(out, "\n");
}

/* Whether all were queued when they were issued, as work items are: one of the two columns then says it. */
static bool are_queued_at_once(const struct row *row, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        if (strcmp(row[i].cell[2], row[i].cell[3]) != 0) {
            return false;
        }
    }
    return true;
}

/* Where the terminal is too narrow, columns go that are told elsewhere too. */
static void make_fit(size_t *widths, unsigned total)
{
    static const int dispensable[] = {6, 3, 1};
    size_t sum = widths[COLUMNS - 1] > NAME_LEAST ? NAME_LEAST : widths[COLUMNS - 1];

    for (int j = 0; j < COLUMNS - 1; j++) {
        sum += widths[j] > 0 ? widths[j] + 2 : 0;
    }
    for (size_t i = 0; i < sizeof dispensable / sizeof dispensable[0] && sum > total; i++) {
        sum -= widths[dispensable[i]] > 0 ? widths[dispensable[i]] + 2 : 0;
        widths[dispensable[i]] = 0;
    }
}

/* The lives that have a row; how many there are in all. */
static size_t gather(const struct scene *scene, const struct life **shown)
{
    const struct lives *lives = scene->lives;
    size_t count = 0;
    size_t works = 0;

    /* Operations and work items lie apart, each in the order in which they began. */
    for (size_t ops = 0; ops < lives->count || works < lives->works;) {
        bool is_work = ops == lives->count ||
                       (works < lives->works && lives->work[works].n[LIFE_ISSUED] < lives->life[ops].n[LIFE_ISSUED]);
        const struct life *life = is_work ? &lives->work[works++] : &lives->life[ops++];
        if (scene_shows(scene, life)) {
            if (count < TABLE_ROWS) {
                shown[count] = life;
            }
            count++;
        }
    }
    return count;
}

bool table_render(const struct scene *scene, unsigned width, const struct trace_sink *sink)
{
    static const struct row head = {
        {"op", "what", "issued", "queued", "taken", "done", "mostly", "thread"},
    };
    const struct life *shown[TABLE_ROWS];
    size_t widths[COLUMNS] = {0};
    size_t count = gather(scene, shown);
    size_t rows = count < TABLE_ROWS ? count : TABLE_ROWS;
    struct row *row = calloc(rows + 1, sizeof *row);
    struct path path = {.is_coarse = true};
    struct out out;

    out_begin(&out, sink);
    for (size_t i = 0; row != NULL && i < rows; i++) {
        out.failed = !fill(scene, shown[i], &path, &row[i]) || out.failed;
        for (int j = 0; j < COLUMNS; j++) {
            size_t length = out_characters(row[i].cell[j]);
            widths[j] = length > widths[j] ? length : widths[j];
        }
    }
    for (int j = 0; j < COLUMNS; j++) {
        size_t length = out_characters(head.cell[j]);
        widths[j] = widths[j] > 0 && length > widths[j] ? length : widths[j];
    }
    if (row != NULL && are_queued_at_once(row, rows)) {
        widths[3] = 0;
    }
    make_fit(widths, width);
    if (count > 0) {
        out_text(&out, "\n");
        put_row(&out, &head, widths, width);
    }
    for (size_t i = 0; row != NULL && i < rows; i++) {
        put_row(&out, &row[i], widths, width);
    }
    if (count > rows) {
        put_slowest(&out, scene, count);
    }
    out.failed = out.failed || row == NULL;
    free(row);
    path_release(&path);
    return out_end(&out);
}
