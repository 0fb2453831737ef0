/* SPDX-License-Identifier: Apache-2.0 */
/* How latencies are spread, without time: how often which, and which share stays below which. */
#include <stdio.h>

#include "traces/render/figures.h"
#include "traces/writing.h"

uint32_t figures_spread_height(const struct figures *figures)
{
    return figures->count > 0 ? FIGURES_LARGE + FIGURES_BETWEEN + 22 * SVG_PIXEL : 0;
}

/* At the left how often which latency; at the right which share of the operations took no longer than that. */
void figures_spread(struct figures *figures)
{
    static const uint64_t marks[] = {2, 10, 100, 1000, 10000, 100000};
    static const char *const names[] = {"half", "90%", "99%", "99.9%", "99.99%", "99.999%"};
    struct svg *svg = &figures->svg;
    uint32_t width = svg->width / 2 - 60 * SVG_PIXEL;
    uint32_t left = svg->left + svg->width / 2 + 60 * SVG_PIXEL;
    uint32_t range = figures_log(figures->count) + 1;
    uint64_t most = 1;
    uint32_t last = 0;

    for (uint32_t i = 0; i < FIGURES_BINS; i++) {
        most = figures->spread[i] > most ? figures->spread[i] : most;
    }
    figures_label(svg, "latencies", "left: number", "right: share");
    figures_latency_scale(figures, svg->left, width);
    out_text(&svg->out, "<path d=\"");
    for (uint32_t i = 0; i < FIGURES_BINS; i++) {
        uint32_t top = svg->y + FIGURES_LARGE - FIGURES_LARGE * (i + 1) / FIGURES_BINS;
        if (figures->spread[i] > 0) {
            uint32_t long_ = (uint32_t)(figures->spread[i] * width / most);
            out_put(&svg->out, "M%u %uh%uv%dH%uz", svg->left, top, long_ < SVG_PIXEL ? SVG_PIXEL : long_, FIGURES_LARGE / FIGURES_BINS - 5, svg->left);
        }
    }
    out_text(&svg->out, "\" fill=\"{blue}\"/>\n");
    figures_latency_scale(figures, left, width);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0] && marks[i] <= figures->count; i++) {
        uint32_t x = left + figures_log(marks[i]) * width / range;
        sim_span latency = figures->latency[figures->count - 1 - figures->count / marks[i]];
        out_put(&svg->out, "<path d=\"M%u %uV%u\" stroke=\"{grid}\" stroke-width=\"10\"/>\n", x, svg->y, svg->y + FIGURES_LARGE);
        svg_text(svg, (struct svg_text){x, svg->y + FIGURES_LARGE + 14 * SVG_PIXEL, SVG_MIDDLE, "{faint}", false}, names[i]);
        svg_text(svg, (struct svg_text){x, svg->y + FIGURES_LARGE + 28 * SVG_PIXEL, SVG_MIDDLE, NULL, false}, span_mean(latency, 1).text);
    }
    out_put(&svg->out, "<path d=\"M%u %u", left, figures_latency_y(figures, svg->y, figures->latency[0]));
    for (size_t i = 0; i < figures->count; i++) {
        uint32_t x = left + (figures_log(figures->count * 256 / (figures->count - i)) - 8 * 256) * width / range;
        if (x >= last + SVG_PIXEL / 2 || i + 1 == figures->count) {
            out_put(&svg->out, "H%uV%u", x, figures_latency_y(figures, svg->y, figures->latency[i]));
            last = x;
        }
    }
    out_text(&svg->out, "\" fill=\"none\" stroke=\"#EE8866\" stroke-width=\"25\"/>\n");
    svg->y += FIGURES_LARGE + FIGURES_BETWEEN + 22 * SVG_PIXEL;
}
