/* SPDX-License-Identifier: Apache-2.0 */
/* Percentiles are exact: of the latencies of all items that ended. The parts of the latency stand as means, which
 * add up to its mean but for what rounding takes. */
#include "traces/loads.h"

/* A percentile of the latencies, 0 where there is none; a lack of memory fails the writing. */
static sim_span percentile(struct writing *to, const struct items_of_load *load, uint32_t per_mille)
{
    const struct spans *latency = &load->span[SERIES_LATENCY];
    sim_span span = 0;

    if (latency->count > 0 && !spans_percentile(latency, per_mille, &span)) {
        to->failed = true;
    }
    return span;
}

static struct mean_words span_or_none(const struct items_of_load *load, sim_span span)
{
    return span_mean(span, load->span[SERIES_LATENCY].count > 0 ? 1 : 0);
}

void loads_write(struct writing *to, const struct items *items, const struct record_names *names)
{
    const struct items_of_load *load;
    char name[512];

    if (items_of(items, 0) == NULL) {
        return;
    }
    writing_put(to, "\n%-24s %9s %10s %11s %11s %11s %11s %11s\n", "load", "items", "unfinished", "latency", "p50", "p95",
                "p99", "most");
    for (size_t i = 0; (load = items_of(items, i)) != NULL; i++) {
        const struct spans *latency = &load->span[SERIES_LATENCY];
        writing_put(to, "%-24s %9llu %10llu %11s %11s %11s %11s %11s\n",
                    name_words(names, load->load, name, sizeof name), (unsigned long long)load->arrived,
                    (unsigned long long)(load->arrived - latency->count), span_mean(latency->sum, latency->count).text,
                    span_or_none(load, percentile(to, load, 500)).text, span_or_none(load, percentile(to, load, 950)).text,
                    span_or_none(load, percentile(to, load, 990)).text, span_or_none(load, latency->most).text);
    }
    writing_put(to, "\n%-24s", "of the mean latency");
    for (int series = SERIES_LATENCY + 1; series < SERIES_COUNT; series++) {
        writing_put(to, " %11s", series_word((enum series)series));
    }
    writing_put(to, "\n");
    for (size_t i = 0; (load = items_of(items, i)) != NULL; i++) {
        writing_put(to, "%-24s", name_words(names, load->load, name, sizeof name));
        for (int series = SERIES_LATENCY + 1; series < SERIES_COUNT; series++) {
            writing_put(to, " %11s", span_mean(load->span[series].sum, load->span[series].count).text);
        }
        writing_put(to, "\n");
    }
}

void loads_write_json(struct writing *to, const struct items *items, const struct record_names *names)
{
    static const struct {
        const char *name;
        uint32_t per_mille;
    } percentiles[] = {{"p50", 500}, {"p95", 950}, {"p99", 990}};
    const struct items_of_load *load;
    char name[512];

    for (size_t i = 0; (load = items_of(items, i)) != NULL; i++) {
        const struct spans *latency = &load->span[SERIES_LATENCY];
        writing_put(to, i == 0 ? ",\"load\":[{\"name\":" : ",{\"name\":");
        writing_string(to, name_words(names, load->load, name, sizeof name));
        writing_put(to, ",");
        writing_sum(to, "items", load->arrived);
        writing_put(to, ",");
        writing_sum(to, "unfinished", load->arrived - latency->count);
        for (size_t k = 0; latency->count > 0 && k < sizeof percentiles / sizeof percentiles[0]; k++) {
            writing_put(to, ",");
            writing_sum(to, percentiles[k].name, percentile(to, load, percentiles[k].per_mille));
        }
        for (int series = 0; series < SERIES_COUNT; series++) {
            writing_put(to, ",\"%s\":{", series_word((enum series)series));
            writing_sum(to, "sum", load->span[series].sum);
            writing_put(to, ",");
            writing_sum(to, "most", load->span[series].most);
            writing_put(to, "}");
        }
        writing_put(to, "}");
    }
    if (items_of(items, 0) != NULL) {
        writing_put(to, "]");
    }
}
