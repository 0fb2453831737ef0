/* SPDX-License-Identifier: Apache-2.0 */
/* One line a segment of the path, from the end backwards as one asks "why so late?", with a bar for its share; then
 * the rule by which its thread got it. The numbers of records are there for `why`. */
#include "traces/render/ribbon.h"

#include <stdio.h>
#include <string.h>

#include "traces/path.h"
#include "traces/writing.h"

#define BAR 20u

static void put_bar(struct out *out, sim_span part, sim_span whole)
{
    unsigned filled = whole < SIM_NEVER / BAR ? (unsigned)((part * BAR + whole / 2) / whole)
                                              : (unsigned)(part / (whole / BAR));

    for (unsigned i = 0; i < BAR; i++) {
        out_text(out, i < (filled == 0 ? 1 : filled) ? "#" : ".");
    }
}

/* Whether two segments read alike, so that one line tells both. */
static bool alike(const struct segment *one, const struct segment *other)
{
    return one->kind == other->kind && one->state == other->state && one->why == other->why && one->thread == other->thread &&
           one->on == other->on && one->by == other->by && one->op == other->op && one->procedure == other->procedure;
}

static void put_segments(struct out *out, const struct scene *scene, const struct path *path, sim_span latency)
{
    char words[1200];

    for (size_t i = path->count; i > 0;) {
        const struct segment *segment = &path->segment[i - 1];
        sim_time from = segment->from;
        while (i > 1 && alike(&path->segment[i - 2], segment)) {
            i--;
            from = path->segment[i - 1].from;
        }
        i--;
        segment_words(segment, (struct path_names){scene->names, scene->lives}, words, sizeof words);
        out_put(out, "%12s  %12s  ", span_words(segment->to).text, span_words(segment->to - from).text);
        put_bar(out, segment->to - from, latency);
        out_put(out, "  %-11s  ", segment_kind_name((enum segment_kind)segment->kind));
        out_text(out, out_plain(words));
        out_text(out, "\n");
    }
}

/* What the path adds up to, kind by kind. */
static void put_sums(struct out *out, const struct path *path, sim_span latency)
{
    sim_span sums[SEGMENT_KINDS];
    bool first = true;

    path_sums(path, sums);
    out_put(out, "%12s  %12s  in all: ", "", span_words(latency).text);
    for (int i = 0; i < SEGMENT_KINDS; i++) {
        if (sums[i] > 0) {
            out_put(out, "%s%s %s", first ? "" : " + ", segment_kind_name((enum segment_kind)i), span_words(sums[i]).text);
            first = false;
        }
    }
    out_text(out, "\n");
}

bool ribbon_render(const struct scene *scene, const struct life *life, const struct trace_sink *sink)
{
    sim_span latency = life_latency(life);
    struct path path = {.count = 0};
    char deed[4 * SCENE_NAME_MAX + 40];
    struct out out;
    bool good = path_of(&path, scene->lanes, scene->lives, life);

    out_begin(&out, sink);
    scene_deed(scene, life, deed, sizeof deed);
    out_put(&out, "%s %llu", (life->op & LIFE_WORK) != 0 ? "the work item of record" : life->is_post ? "packet" : "operation",
            (unsigned long long)(life->op & ~LIFE_WORK));
    if (life_label(scene->lives, life) != NULL) {
        out_text(&out, " (");
        out_text(&out, scene_op(scene, life).text);
        out_text(&out, ")");
    }
    out_text(&out, ", ");
    out_text(&out, deed);
    out_put(&out, ": %s, from %s", span_words(latency).text, span_words(life->at[LIFE_ISSUED]).text);
    out_put(&out, " to %s%s\n", span_words(life_end(life)).text, life_is_over(life) ? "" : ", and it is not over");
    if (path.count > 0) {
        out_text(&out, "\n       until       it took  and was spent on, the last first\n");
        put_segments(&out, scene, &path, latency);
        put_sums(&out, &path, latency);
    }
    if (life->taker != REFERENCE_NONE && life->why != WHY_NONE) {
        out_text(&out, "\nwhy ");
        out_text(&out, scene_name(scene, life->taker).text);
        out_put(&out, "? Because %s (%s)\n", record_why_sentence((enum record_why)life->why),
                record_why_name((enum record_why)life->why));
    }
    out_text(&out, "records");
    for (int i = 0; i < LIFE_STAGES; i++) {
        static const char *const names[] = {"issued", "waits for its device", "begun", "served", "ended",
                                            "queued", "taken", "callback begins", "callback ends"};
        if (life->at[i] != SIM_NEVER) {
            out_put(&out, "%s %s %llu", i == 0 ? ":" : ",", names[i], (unsigned long long)life->n[i]);
        }
    }
    out_text(&out, "\n");
    path_release(&path);
    return out_end(&out) && good;
}
