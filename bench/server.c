/* SPDX-License-Identifier: Apache-2.0 */
/* P3 and P4: a server with a thousand connections, untraced and with every record written; its reads end by a device,
 * or, on sockets, by what remote threads send. */
#include <stdio.h>

#include "bench/bench.h"
#include "bench/trial.h"

bool bench_server(const struct bench_options *options)
{
    char until[32];
    struct trial bare = {.scenario = "bench/scenarios/server.json", .until = until};
    struct trial binary = {.scenario = "bench/scenarios/server.json", .until = until, .trace = TRIAL_BINARY};
    struct trial lines = {.scenario = "bench/scenarios/server.json", .until = until, .trace = TRIAL_LINES};
    struct trial sockets = {.scenario = "bench/scenarios/sockets.json", .until = until};
    struct trial sockets_traced = {.scenario = "bench/scenarios/sockets.json", .until = until, .trace = TRIAL_BINARY};
    struct bench_case cases[] = {
        {"an event of an IOCP server, 1,000 connections, untraced", 2.1, trial_round, &bare},
        {"the same with every record in the binary trace", 5, trial_round, &binary},
        {"the same with every record as JSON Lines", 0, trial_round, &lines},
        {"an event of it on sockets, the far end by threads, untraced", 2.1, trial_round, &sockets},
        {"the same with every record in the binary trace", 5, trial_round, &sockets_traced},
    };
    double median[5];
    double records;

    /* A read lasts a millisecond and its service a microsecond, by four at once. */
    snprintf(until, sizeof until, "%uus", 1000000 / options->divisor);
    if (!bench_in_turn(options, "P3", cases, 5, median)) {
        return false;
    }
    bench_row("P3", "records an event on sockets", (double)sockets.records / (double)sockets.events, "", -1);
    records = (double)lines.records / (double)lines.events;
    bench_row("P4", "records an event", records, "", -1);
    bench_row("P4", "a record in binary, beyond the run", (median[1] - median[0]) / records / bench_yardstick(), "yardsticks", 0.3);
    bench_row("P4", "bytes a record in binary", (double)binary.trace_bytes / (double)binary.records, "B", 12);
    bench_row("P4", "a record as JSON Lines, beyond the run", (median[2] - median[0]) / records / bench_yardstick(), "yardsticks", 1.5);
    bench_row("P4", "bytes a record as JSON Lines", (double)lines.trace_bytes / (double)lines.records, "B", -1);
    return true;
}
