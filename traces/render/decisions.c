/* SPDX-License-Identifier: Apache-2.0 */
/* Every decision has its mark, those that change the target a name too, where there is room, and all are counted in words.
 * A climb that leaves the target as it is has a mark as well: that the pool looked is what the reader wants to know. */
#include "traces/render/decisions.h"

#include <stdio.h>
#include <string.h>

#include "traces/writing.h"

const char *decision_word(const struct lane_decision *decision)
{
    return decision->is_climb ? transition_name(decision->transition) : record_why_name((enum record_why)decision->why);
}

uint32_t decisions_target(const struct port_lane *lane, sim_time t, uint32_t last)
{
    uint32_t target = lane->decisions == 0 ? last : lane->decision[0].old;

    for (size_t i = 0; i < lane->decisions && lane->decision[i].t <= t; i++) {
        target = lane->decision[i].target;
    }
    return target;
}

static bool is_shown(const struct scene *scene, const struct lane_decision *decision)
{
    return decision->t >= scene->from && decision->t <= scene->to;
}

uint32_t decisions_most(const struct svg *svg, const struct port_lane *lane, uint32_t last)
{
    uint32_t most = decisions_target(lane, svg->from, last);

    for (size_t i = 0; i < lane->decisions; i++) {
        if (is_shown(svg->scene, &lane->decision[i]) && lane->decision[i].target > most) {
            most = lane->decision[i].target;
        }
    }
    return most;
}

static uint32_t target_y(const struct decisions *decisions, uint64_t target)
{
    target = target > decisions->most ? decisions->most : target;
    return decisions->y + decisions->height - (uint32_t)(target * decisions->height / decisions->most);
}

/* The line of the target, once wide on paper's colour and once itself; of what falls into one pixel the last counts. */
static void put_line(struct svg *svg, const struct decisions *decisions)
{
    static const char *const looks[] = {"{paper}\" stroke-width=\"40", "{ink}\" stroke-width=\"18"};
    const struct port_lane *lane = decisions->lane;

    for (int look = 0; look < 2; look++) {
        uint32_t y = target_y(decisions, decisions_target(lane, svg->from, decisions->last));
        out_put(&svg->out, "<path d=\"M%u %u", svg->left, y);
        for (size_t i = 0; i < lane->decisions; i++) {
            uint32_t next = target_y(decisions, lane->decision[i].target);
            bool is_last = i + 1 == lane->decisions || svg_x(svg, lane->decision[i + 1].t) > svg_x(svg, lane->decision[i].t);
            if (is_shown(svg->scene, &lane->decision[i]) && next != y && is_last) {
                out_put(&svg->out, "H%uV%u", svg_x(svg, lane->decision[i].t), next);
                y = next;
            }
        }
        out_put(&svg->out, "H%u\" fill=\"none\" stroke=\"%s\"/>\n", svg->left + svg->width, looks[look]);
    }
}

/* Names a decision in the first row over the plot where there is room, with a line down to its mark. `taken`: how far to
 * the right each row is. */
static void put_name(struct svg *svg, const struct decisions *decisions, const struct lane_decision *decision, uint32_t *taken)
{
    const char *word = decision_word(decision);
    uint32_t x = svg_x(svg, decision->t);
    uint32_t width = (uint32_t)strlen(word) * (SVG_LETTER + 7);
    uint32_t left = x + width > svg->left + svg->width ? svg->left + svg->width - width : x;
    uint32_t row = 0;

    while (row < decisions->rows && taken[row] > left) {
        row++;
    }
    if (row < decisions->rows) {
        uint32_t y = decisions->y - 40 - row * DECISIONS_ROW;
        taken[row] = left + width + 4 * SVG_PIXEL;
        svg_text(svg, (struct svg_text){left, y, SVG_START, "{faint}", false}, word);
        out_put(&svg->out, "<path d=\"M%u %uV%u\" stroke=\"{line}\" stroke-width=\"5\"/>\n", x, y + 20, target_y(decisions, decision->target));
    }
}

/* Marks that are nearer to each other than this are one. */
#define MARKS_APART (8 * SVG_PIXEL)

/* The names of those that change the target, or of those that do not: the former have the first choice of rows. */
static void put_names(struct svg *svg, const struct decisions *decisions, bool changes)
{
    const struct port_lane *lane = decisions->lane;
    uint32_t taken[DECISIONS_ROWS] = {0};
    uint32_t last = 0;

    for (size_t i = 0; i < lane->decisions; i++) {
        const struct lane_decision *decision = &lane->decision[i];
        uint32_t x = svg_x(svg, decision->t);
        if (is_shown(svg->scene, decision) && (decision->target != decision->old) == changes && x >= last) {
            put_name(svg, decisions, decision, taken);
            last = x + MARKS_APART;
        }
    }
}

/* Whether any decision changed the target. */
static bool has_changes(const struct svg *svg, const struct port_lane *lane)
{
    for (size_t i = 0; i < lane->decisions; i++) {
        if (is_shown(svg->scene, &lane->decision[i]) && lane->decision[i].target != lane->decision[i].old) {
            return true;
        }
    }
    return false;
}

void decisions_draw(struct svg *svg, const struct decisions *decisions)
{
    const struct port_lane *lane = decisions->lane;
    uint32_t next = 0;

    if (decisions->most == 0 || (lane->decisions == 0 && decisions->last == 0)) {
        return;
    }
    put_names(svg, decisions, has_changes(svg, lane));
    put_line(svg, decisions);
    for (size_t i = 0; i < lane->decisions; i++) {
        const struct lane_decision *decision = &lane->decision[i];
        uint32_t x = svg_x(svg, decision->t);
        if (is_shown(svg->scene, decision) && x >= next) {
            out_put(&svg->out, "<path d=\"M%u %ul40 40l-40 40l-40-40z\" fill=\"%s\" stroke=\"{edge}\" stroke-width=\"8\"/>\n", x,
                    target_y(decisions, decision->target) - 40,
                    decision->target > decision->old ? "{red}" : decision->target < decision->old ? "#44AA99" : "{paper}");
            next = x + MARKS_APART;
        }
    }
}

/* So many different words are counted. */
#define WORDS_MOST 24u

void decisions_words(const struct scene *scene, const struct port_lane *lane, char *words, size_t room)
{
    const char *word[WORDS_MOST];
    size_t times[WORDS_MOST];
    size_t count = 0;

    for (size_t i = 0; i < lane->decisions; i++) {
        size_t at = 0;
        while (at < count && strcmp(word[at], decision_word(&lane->decision[i])) != 0) {
            at++;
        }
        if (is_shown(scene, &lane->decision[i]) && at < WORDS_MOST) {
            word[at] = decision_word(&lane->decision[i]);
            times[at] = at == count ? 1 : times[at] + 1;
            count += at == count;
        }
    }
    words[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        snprintf(words + strlen(words), room - strlen(words), "%s%zu %s", i == 0 ? "" : ", ", times[i], word[i]);
    }
}
