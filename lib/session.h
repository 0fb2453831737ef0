/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the library know of a scenario and a run. */
#ifndef LIB_SESSION_H
#define LIB_SESSION_H

#include "iocpsim.h"
#include "lib/arrivals.h"
#include "model/run.h"
#include "scenarios/load/load.h"
#include "traces/binary.h"
#include "traces/expectation.h"
#include "traces/follow.h"
#include "traces/jsonl.h"
#include "traces/kept.h"
#include "traces/lanes.h"
#include "traces/limits.h"
#include "traces/lives.h"
#include "traces/reader.h"
#include "traces/report.h"
#include "traces/statistics.h"

struct iocpsim_scenario {
    const char *path, *bytes;
    size_t length;
    struct diagnostics diagnostics;
    struct document *document; /* NULL: the text is bad */
    bool has_bad_form;
    struct iocpsim_files files;
    struct iocpsim_file_error file_error;
    struct iocpsim_watch watch;
};

/* Observers of one run: the judge, the report, and, when wanted, the lanes and lives, trace in two forms, sentences,
 * all records and figures; of a stored run the limits. Tests add one or two. */
#define RUN_OBSERVERS 12

struct iocpsim_kept {
    struct kept records;
};

/* A run of a scenario, or one that is read from a stored trace. */
struct iocpsim_run {
    struct iocpsim_scenario *scenario; /* NULL: stored */
    struct trace_reader *reader;       /* NULL: simulated */
    struct trace_header header;
    struct limits limits;              /* of a stored run */
    struct loaded loaded;
    struct simulation sim;
    struct cast cast;
    struct record_names names;
    struct record_observer observer[RUN_OBSERVERS];
    uint32_t observers;
    struct expectation *judge;
    struct report *report;
    struct lanes *lanes; /* NULL: no pictures are wanted */
    struct lives *lives; /* with them */
    struct jsonl_writer *writer;
    struct binary_writer *binary;
    struct follow follow;
    struct iocpsim_kept *kept;
    struct arrivals *arrivals; /* NULL: no load has a file */
    struct statistics *statistics;
    struct iocpsim_sink follow_sink;
    struct run_options options;
    struct cast_member *initial; /* of declared objects, kind by kind, as they are before the run */
    uint32_t first_initial[OBJECT_KIND_COUNT];
    bool is_created, is_loaded, keeps_state;
};

/* Adds an observer, which wants the kinds that `interest` has. */
void session_observe(struct iocpsim_run *run, struct interest interest, struct record_observer observer);

/* Sets up judge and report; names, cast and header are there. False when there is no memory. */
bool session_attach(struct iocpsim_run *run);

/* The run is one of several replications: only its estimates are judged. */
void session_judge_estimates(struct iocpsim_run *run);

/* After the last record: ends what was written, and says how it went. */
enum iocpsim_status session_end(struct iocpsim_run *run);

/* iocpsim_run_finish of a stored run. */
enum iocpsim_status session_replay(struct iocpsim_run *run);

/* Frees what was kept. */
void session_forget(struct iocpsim_kept *kept);

/* Notes how every declared object stands before the run. False when there is no memory. */
bool session_note_initial(struct iocpsim_run *run);

#endif
