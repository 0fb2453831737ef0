/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two runs, as both pictures need it; and the picture for a terminal. */
#include "traces/render/pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/render/text.h"
#include "traces/writing.h"

/* An operation with what it is matched by: its label, else its number. Work items have no number that both runs share, so
 * they are matched by which of all they are. */
struct entry {
    const char *label; /* NULL: `number` */
    uint64_t number;
    const struct life *life;
};

static int order_entries(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    int order;

    if (a->label == NULL || b->label == NULL) {
        if ((a->label == NULL) != (b->label == NULL)) {
            return a->label == NULL ? -1 : 1;
        }
        return a->number < b->number ? -1 : a->number > b->number;
    }
    order = strcmp(a->label, b->label);
    return order != 0 ? order : a->number < b->number ? -1 : a->number > b->number;
}

/* Whether two entries are of one operation: 0, or which comes first. Of one label the first goes with the first. */
static int order_across(const struct entry *a, const struct entry *b)
{
    if (a->label != NULL && b->label != NULL) {
        return strcmp(a->label, b->label);
    }
    return order_entries(a, b);
}

static struct entry *entries_of(const struct scene *scene, size_t *count)
{
    struct entry *entry = calloc(lives_all(scene->lives) + 1, sizeof *entry);

    *count = 0;
    for (size_t i = 0; entry != NULL && i < lives_all(scene->lives); i++) {
        const struct life *life = lives_at(scene->lives, i);
        if (life_is_over(life) || life->at[LIFE_TAKEN] != SIM_NEVER) { /* what somebody has is compared as far as it came */
            uint64_t number = i < scene->lives->count ? life->op : LIFE_WORK | (i - scene->lives->count);
            entry[(*count)++] = (struct entry){life_label(scene->lives, life), number, life};
        }
    }
    if (entry != NULL) {
        qsort(entry, *count, sizeof *entry, order_entries);
    }
    return entry;
}

static int order_changes(const void *left, const void *right)
{
    const struct pair_change *a = left;
    const struct pair_change *b = right;
    const struct life *one = a->before != NULL ? a->before : a->after;
    const struct life *other = b->before != NULL ? b->before : b->after;

    if (a->change != b->change) {
        return a->change > b->change ? -1 : 1;
    }
    return one->op < other->op ? -1 : one->op > other->op;
}

/* Whether anything of an operation differs. */
static bool differs(const struct pair *pair, const struct life *a, const struct life *b)
{
    return life_latency(a) != life_latency(b) || a->at[LIFE_ISSUED] != b->at[LIFE_ISSUED] || a->taker_type != b->taker_type ||
           strcmp(scene_name(pair->before, a->taker).text, scene_name(pair->after, b->taker).text) != 0;
}

struct pair_change *pair_changes(const struct pair *pair, size_t *count)
{
    size_t before_count;
    size_t after_count;
    struct entry *before = entries_of(pair->before, &before_count);
    struct entry *after = entries_of(pair->after, &after_count);
    struct pair_change *change = calloc(before_count + after_count + 1, sizeof *change);
    size_t i = 0;
    size_t j = 0;

    *count = 0;
    while (before != NULL && after != NULL && change != NULL && (i < before_count || j < after_count)) {
        int order = i == before_count ? 1 : j == after_count ? -1 : order_across(&before[i], &after[j]);
        struct pair_change at = {order <= 0 ? before[i].life : NULL, order >= 0 ? after[j].life : NULL, SIM_NEVER, false};
        i += order <= 0;
        j += order >= 0;
        if (order == 0) {
            sim_span a = life_latency(at.before);
            sim_span b = life_latency(at.after);
            at.is_longer = b > a;
            at.change = b > a ? b - a : a - b;
        }
        if (order != 0 || differs(pair, at.before, at.after)) {
            change[(*count)++] = at;
        }
    }
    if (before == NULL || after == NULL) {
        free(change);
        change = NULL;
    }
    free(before);
    free(after);
    if (change != NULL) {
        qsort(change, *count, sizeof *change, order_changes);
    }
    return change;
}

/* One rule and its words. */
static void put_rule(char *words, size_t room, const struct record *record, const char *name)
{
    if (record != NULL && record->why != WHY_NONE) {
        snprintf(words + strlen(words), room - strlen(words), "%s%s: %s, because %s", words[0] == '\0' ? "" : "\n", name,
                 record_why_name((enum record_why)record->why), record_why_sentence((enum record_why)record->why));
    }
}

bool pair_parts(const struct pair *pair, struct pair_parting *parting)
{
    struct diff diff = {pair->before->kept, pair->after->kept, pair->before_name, pair->after_name};
    const struct record *a;
    const struct record *b;
    char one[700] = "is over";
    char other[700] = "is over";
    size_t place;

    *parting = (struct pair_parting){.before = pair->before->lanes->end, .after = pair->after->lanes->end};
    if (!diff_first(&diff, &place)) {
        return false;
    }
    a = place < diff.before->count ? &diff.before->record[place] : NULL;
    b = place < diff.after->count ? &diff.after->record[place] : NULL;
    if (a != NULL) {
        parting->before = a->t;
        kept_sentence(diff.before, a, one, sizeof one);
    }
    if (b != NULL) {
        parting->after = b->t;
        kept_sentence(diff.after, b, other, sizeof other);
    }
    snprintf(parting->words, sizeof parting->words, "%s, at %s: %s\n%s, at %s: %s", pair->before_name, span_words(parting->before).text,
             out_plain(one), pair->after_name, span_words(parting->after).text, out_plain(other));
    put_rule(parting->rules, sizeof parting->rules, a, pair->before_name);
    put_rule(parting->rules, sizeof parting->rules, b, pair->after_name);
    return true;
}

const char *pair_unfinished(const struct life *before, const struct life *after)
{
    bool first = life_is_over(before);
    bool second = life_is_over(after);

    return first && second ? "" : !first && !second ? " (not over)" : first ? " (then not over)" : " (not over, then over)";
}

/* One operation in both runs. */
static void put_change(struct out *out, const struct pair *pair, const struct pair_change *change)
{
    const struct life *a = change->before;
    const struct life *b = change->after;
    const struct scene *scene = a != NULL ? pair->before : pair->after;
    char deed[4 * SCENE_NAME_MAX + 40];
    char name[4 * SCENE_NAME_MAX + 16];

    scene_deed(scene, a != NULL ? a : b, deed, sizeof deed);
    out_put(out, "%-10s ", out_cut(name, sizeof name, scene_op(scene, a != NULL ? a : b).text, 10));
    out_put(out, "%-18s ", out_cut(name, sizeof name, deed, 18));
    out_put(out, "%10s %10s ", a == NULL ? "-" : span_words(life_latency(a)).text, b == NULL ? "-" : span_words(life_latency(b)).text);
    if (a != NULL && b != NULL) {
        out_put(out, "%s%-11s", change->change == 0 ? " " : change->is_longer ? "+" : "-", span_words(change->change).text);
        out_text(out, scene_name(pair->before, a->taker).text);
        if (strcmp(scene_name(pair->before, a->taker).text, scene_name(pair->after, b->taker).text) != 0) {
            out_text(out, " -> ");
            out_text(out, scene_name(pair->after, b->taker).text);
        }
        out_text(out, pair_unfinished(a, b));
    } else {
        out_put(out, "only in %s", a == NULL ? pair->after_name : pair->before_name);
    }
    out_text(out, "\n");
}

static bool put_words(const struct trace_sink *sink, const char *words, const char *more)
{
    return sink->write(sink->context, words, strlen(words)) && sink->write(sink->context, more, strlen(more));
}

bool pair_render_text(const struct pair *pair, const struct trace_sink *sink, const struct trace_sink *colours)
{
    struct pair_parting parting;
    size_t count;
    struct pair_change *change;
    struct out out;
    bool good = put_words(sink, pair->before_name, "\n") && text_render_lanes(pair->before, sink, colours) &&
                put_words(sink, "\n", pair->after_name) && put_words(sink, "\n", "") &&
                text_render_lanes(pair->after, sink, colours);

    if (!good) {
        return false;
    }
    out_begin(&out, sink);
    if (!pair_parts(pair, &parting)) {
        out_text(&out, "\nthe runs tell the same\n");
        return out_end(&out);
    }
    out_text(&out, "\nthe first that differs\n");
    out_text(&out, parting.words);
    out_text(&out, "\n");
    out_text(&out, parting.rules);
    out_text(&out, parting.rules[0] == '\0' ? "" : "\n");
    change = pair_changes(pair, &count);
    if (change != NULL && count > 0) {
        out_put(&out, "\n%-10s %-18s %10s %10s %-12s%s\n", "op", "what", "first", "second", " change", "thread");
    }
    for (size_t i = 0; change != NULL && i < count && i < PAIR_CHANGES; i++) {
        put_change(&out, pair, &change[i]);
    }
    if (count > PAIR_CHANGES) {
        out_put(&out, "and %zu more\n", count - PAIR_CHANGES);
    }
    out.failed = out.failed || change == NULL;
    free(change);
    return out_end(&out);
}
