/* SPDX-License-Identifier: Apache-2.0 */
/* iocpsim, a deterministic simulator of I/O completion ports and thread pools: the library's contract.
 *
 *     struct iocpsim_scenario *scenario;
 *     struct iocpsim_run *run;
 *     iocpsim_scenario_read(&scenario, "path.json", bytes, length);
 *     iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){0});
 *     iocpsim_run_trace(run, sink);
 *     iocpsim_run_finish(run);
 *
 * Every object belongs to who created it. Nothing here prints or ends the process. */
#ifndef IOCPSIM_H
#define IOCPSIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version of this program, and the day as of which it knows format 1. */
#define IOCPSIM_VERSION "0.1.0"
#define IOCPSIM_FORMAT_DATE "2026-11-24"

enum iocpsim_status {
    IOCPSIM_OK,
    IOCPSIM_BAD_SCENARIO, /* ask iocpsim_scenario_diagnose */
    IOCPSIM_BAD_OPTION,   /* an unknown variant, or a parameter that is unknown or cannot be so */
    IOCPSIM_NO_MEMORY,
    IOCPSIM_NOT_WRITTEN,  /* a sink took no more */
    IOCPSIM_BAD_TRACE,    /* ask iocpsim_trace_error */
    IOCPSIM_NOT_READ,     /* a source failed */
    IOCPSIM_BAD_FILE,     /* one that the scenario names: ask iocpsim_scenario_file_error */
};

/* Where text goes; false ends the writing. */
struct iocpsim_sink {
    bool (*write)(void *context, const char *bytes, size_t length);
    void *context;
};

/* Where a trace comes from. `length` 0: there is no more; false: it could not be read. */
struct iocpsim_source {
    bool (*read)(void *context, char *bytes, size_t room, size_t *length);
    void *context;
};

/* Writes to another sink, borrowed, what a person may be shown: a character that would steer a terminal or turn text
 * around becomes a question mark. All text for people that the library writes has gone through it. */
struct iocpsim_sink iocpsim_harmless(struct iocpsim_sink *to);

/* A scenario read from text; compiled anew for each run. */
struct iocpsim_scenario;

/* Reads a scenario. `path` is what messages call it. `bytes` is borrowed for the scenario's life. A scenario
 * with mistakes is created too, so that they can be asked for; it cannot be run. */
enum iocpsim_status iocpsim_scenario_read(struct iocpsim_scenario **scenario,
                                          const char *path,
                                          const char *bytes,
                                          size_t length);
void iocpsim_scenario_destroy(struct iocpsim_scenario *scenario);

/* The name of the index-th variant; NULL behind the last. */
const char *iocpsim_scenario_variant(const struct iocpsim_scenario *scenario, size_t index);
const char *iocpsim_scenario_title(const struct iocpsim_scenario *scenario);

/* Writes what is wrong, for people or as one JSON object a line. How many mistakes there are. */
size_t iocpsim_scenario_diagnose(struct iocpsim_scenario *scenario, const struct iocpsim_sink *sink, bool json);

/* Where the files come from that a scenario names (arrivals). `open` has told why when it answers false; what it
 * opened is closed by `close`, with the same source. */
struct iocpsim_files {
    bool (*open)(void *context, const char *path, struct iocpsim_source *source);
    void (*close)(void *context, struct iocpsim_source *source);
    void *context;
};

/* Said before the scenario is run; without it no such file can be read. */
void iocpsim_scenario_files(struct iocpsim_scenario *scenario, const struct iocpsim_files *files);

/* Is told of each run of a scenario when it begins, and, with NULL, when it is over. */
struct iocpsim_run;
struct iocpsim_watch {
    void (*watch)(void *context, const struct iocpsim_run *run);
    void *context;
};

void iocpsim_scenario_watch(struct iocpsim_scenario *scenario, const struct iocpsim_watch *watch);

/* How far a run is, in virtual time and in events handled. May be asked while it runs, by a signal handler too: it
 * reads and calls nothing. */
struct iocpsim_progress {
    uint64_t time, events;
};

struct iocpsim_progress iocpsim_run_progress(const struct iocpsim_run *run);

/* What is wrong in a file that the scenario names, as it names it, and where: the line, from 1. */
struct iocpsim_file_error {
    char path[512];
    uint64_t line;
    char message[128], hint[128];
};

const struct iocpsim_file_error *iocpsim_scenario_file_error(const struct iocpsim_scenario *scenario);

/* --set name=value. */
struct iocpsim_setting {
    const char *name, *value;
};

struct iocpsim_run_options {
    const char *variant;    /* NULL: the first, if there are any */
    const struct iocpsim_setting *setting;
    size_t setting_count;
    bool has_seed, has_until;
    uint64_t seed;
    const char *until;      /* a duration, as the language writes it */
    bool keeps_state;       /* for iocpsim_run_draw and iocpsim_run_stats; costs time and memory */
    bool estimates;         /* one of the replications of iocpsim_estimate: nothing else is judged */
};

/* Prepares a run. On IOCPSIM_BAD_SCENARIO the scenario's diagnostics say why. */
enum iocpsim_status iocpsim_run_create(struct iocpsim_run **run,
                                       struct iocpsim_scenario *scenario,
                                       const struct iocpsim_run_options *options);
void iocpsim_run_destroy(struct iocpsim_run *run);

/* Wants, said before the run begins: the trace as JSON Lines or in binary; a sentence for each record; pictures. */
enum iocpsim_status iocpsim_run_trace(struct iocpsim_run *run, const struct iocpsim_sink *sink);
enum iocpsim_status iocpsim_run_trace_binary(struct iocpsim_run *run, const struct iocpsim_sink *sink);
enum iocpsim_status iocpsim_run_follow(struct iocpsim_run *run, const struct iocpsim_sink *sink);
enum iocpsim_status iocpsim_run_draw(struct iocpsim_run *run);

/* Runs to the end. On IOCPSIM_BAD_TRACE everything before the mistake has been seen. */
enum iocpsim_status iocpsim_run_finish(struct iocpsim_run *run);

/* What the run is called; NULL: not at all. */
const char *iocpsim_run_title(const struct iocpsim_run *run);
const char *iocpsim_run_variant(const struct iocpsim_run *run);

/* After the run: how it ended, in one word; the instant in ns. */
const char *iocpsim_run_end(const struct iocpsim_run *run);
uint64_t iocpsim_run_time(const struct iocpsim_run *run);

/* Writes what a person wants of a run: callbacks, log, who ran what, how it ended and what was claimed. */
enum iocpsim_status iocpsim_run_report(const struct iocpsim_run *run, const struct iocpsim_sink *sink, bool json);

/* What did not come out as claimed. */
struct iocpsim_failure {
    const char *pointer, *description, *message;
};

size_t iocpsim_run_failures(const struct iocpsim_run *run);
struct iocpsim_failure iocpsim_run_failure(const struct iocpsim_run *run, size_t index);

/* Claims judged, and those that one run cannot judge: over variants, over replications, by exploration. */
struct iocpsim_judged {
    size_t judged, variants, replications, exploration;
};

struct iocpsim_judged iocpsim_run_judged(const struct iocpsim_run *run);

/* Judges the claims over several variants of one scenario, given the finished runs of them. The failures are
 * written, one a line; how many there are. */
size_t iocpsim_judge_across(struct iocpsim_run *const *run, size_t count, const struct iocpsim_sink *sink);

/* Runs the replications that a scenario's estimates want, with the seed of the options (the scenario's, where they
 * say none) and those behind it, and judges them; a line for each is written. */
struct iocpsim_estimates {
    size_t judged, failed;
};

enum iocpsim_status iocpsim_estimate(struct iocpsim_scenario *scenario,
                                     const struct iocpsim_run_options *options,
                                     const struct iocpsim_sink *sink,
                                     struct iocpsim_estimates *result);

/* Pictures of a finished run that was to be drawn. */
enum iocpsim_form {
    IOCPSIM_TEXT,        /* lanes in a terminal, and a table of operations */
    IOCPSIM_PATH,        /* where the time of one operation went, in words */
    IOCPSIM_SVG,         /* lanes, queues and the slowest operation's path, as a picture */
    IOCPSIM_STATISTICS,  /* figures over time, as an SVG */
    IOCPSIM_DOT,         /* the structure, for Graphviz, and so are the next three */
    IOCPSIM_DOT_LIFE,    /* one operation, or what happened in a stretch of time */
    IOCPSIM_DOT_WAITS,   /* who waits for what, and the circle if there is one; before the end only of kept runs */
    IOCPSIM_DOT_SUMMARY, /* what led to what how often: at most 60 nodes, however long the run; only of kept runs */
    IOCPSIM_CHROME,      /* Chrome's trace event format, in JSON */
    IOCPSIM_PERFETTO,    /* Perfetto's trace format, in binary */
    IOCPSIM_MERMAID,     /* a sequence diagram */
};

/* A work item of a pool, which has no number, goes by that of the record that queued it, with this bit. */
#define IOCPSIM_WORK (UINT64_C(1) << 62)

struct iocpsim_picture {
    enum iocpsim_form form;
    unsigned width;              /* columns of text, pixels of an SVG; 0: as many as are usual */
    uint64_t operation;          /* by number, or a work item; 0: none is asked about */
    const char *from, *to, *at;  /* instants, as the language writes durations; NULL: the beginning, the end, the end */
    unsigned height, letters;    /* of an SVG: pixels that it fits in, and of its letters; 0: as high as it gets, 12 */
    unsigned pages;              /* a timeline: on so many sheets of paper; 0: on none */
    bool is_dark;                /* an SVG on dark paper */
    bool has_colours;            /* text: for a terminal that knows colours */
};

/* IOCPSIM_BAD_OPTION: it was not to be drawn, there is no such operation, or an instant is none. */
enum iocpsim_status
iocpsim_run_render(const struct iocpsim_run *run, const struct iocpsim_picture *picture, const struct iocpsim_sink *sink);

/* Two runs that were to be drawn and kept, and what a picture calls each of them. */
struct iocpsim_run_pair {
    const struct iocpsim_run *before, *after;
    const char *before_name, *after_name;
};

/* Both on one scale, where they part, and which operations changed; IOCPSIM_TEXT or IOCPSIM_SVG. */
enum iocpsim_status iocpsim_render_pair(const struct iocpsim_run_pair *runs,
                                        const struct iocpsim_picture *picture,
                                        const struct iocpsim_sink *sink);

/* Figures of a run: wanted before it begins, written when it has finished; IOCPSIM_BAD_OPTION when they were not
 * wanted. */
enum iocpsim_status iocpsim_run_measure(struct iocpsim_run *run);
enum iocpsim_status iocpsim_run_stats(const struct iocpsim_run *run, const struct iocpsim_sink *sink, bool json);

/* A stored trace, in either form: one run or several, one behind the other. */
struct iocpsim_trace;

/* Whether a file that begins with these bytes is a trace; IOCPSIM_HEAD_BYTES of them are enough. */
#define IOCPSIM_HEAD_BYTES 9
bool iocpsim_is_trace(const char *head, size_t length);

enum iocpsim_status iocpsim_trace_create(struct iocpsim_trace **trace, const struct iocpsim_source *source);
void iocpsim_trace_destroy(struct iocpsim_trace *trace);

/* The first or next run, to be finished as any other: then its records are read, and figures, pictures and
 * traces of it are those of the run that was stored. It claims nothing. NULL behind the last. It must be
 * finished and destroyed before the next is asked for. */
enum iocpsim_status iocpsim_trace_next(struct iocpsim_trace *trace, struct iocpsim_run **run);

/* What is wrong and where: line and byte in it, from 1; of a binary trace line 0 and the byte's offset. */
struct iocpsim_trace_error {
    uint64_t line, byte;
    const char *message;
};

struct iocpsim_trace_error iocpsim_trace_error(const struct iocpsim_trace *trace);

/* All records of a run, kept so that they can be asked about. They live as long as their run. */
struct iocpsim_kept;

/* Wanted before the run begins; to be asked for when it has finished. */
enum iocpsim_status iocpsim_run_keep(struct iocpsim_run *run);
const struct iocpsim_kept *iocpsim_run_kept(const struct iocpsim_run *run);

/* The number of the last record; 0: there is none. */
uint64_t iocpsim_kept_last(const struct iocpsim_kept *kept);

/* Writes the chain of causes of record `n`; IOCPSIM_BAD_OPTION when there is no such record. */
enum iocpsim_status
iocpsim_why(const struct iocpsim_kept *kept, uint64_t n, const struct iocpsim_sink *sink, bool json);

/* Two runs, and what a sentence calls each of them. */
struct iocpsim_pair {
    const struct iocpsim_kept *before, *after;
    const char *before_name, *after_name;
};

enum iocpsim_diff_form {
    IOCPSIM_DIFF_FIRST, /* where they first part, in words */
    IOCPSIM_DIFF_TEXT,  /* and which outcomes changed */
    IOCPSIM_DIFF_JSON,
};

/* Writes how two runs differ. What they mean is compared: names, not numbers of objects. */
enum iocpsim_status iocpsim_diff(const struct iocpsim_pair *pair,
                                 enum iocpsim_diff_form form,
                                 const struct iocpsim_sink *sink,
                                 bool *same);

/* The language: its JSON schema, and the pages of the help. False when there is no such page. */
bool iocpsim_schema(const struct iocpsim_sink *sink);
bool iocpsim_help(const char *page, const struct iocpsim_sink *sink);

#endif
