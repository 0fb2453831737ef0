/* SPDX-License-Identifier: Apache-2.0 */
/* A row of a table is one call: its inputs are fed in, and what comes back must be what stands there. Counts,
 * intervals, transitions and whether a sample was taken must be equal; real values within 1e-9 of themselves or
 * 1e-12. A table that breaks off, or has a cell that is no number, is bad. */
#define _XOPEN_SOURCE 700
#include "tests/hill_climbing_table.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum column {
    STEP, SECONDS, COMPLETIONS, THREADS, CPU, MINIMUM, MAXIMUM,
    NEW_THREADS, NEW_INTERVAL, TRANSITION, OP, ACCEPTED,
    FIRST_VALUE, CONFIDENCE = FIRST_VALUE + 7, SETTING, MAGNITUDE, INTERVAL, COLUMNS,
};

static const char header[] =
    "step,sample_seconds,completions,current_threads_in,cpu_utilisation,min,max,new_threads,new_sample_interval_ms,"
    "transition,op,accepted,eff_duration,throughput,thread_wave_re,throughput_wave_re,throughput_error_estimate,"
    "average_noise,ratio_re,confidence,control_setting,wave_magnitude,current_sample_interval";

static const char *const transitions[] = {
#define TRANSITION(id, name) name,
    HILL_CLIMBING_TRANSITIONS(TRANSITION)
#undef TRANSITION
};

/* A replay as it goes on. */
struct going {
    struct hill_climbing_replay *replay;
    const char *name;
    char *line; /* the rest of the table */
    char *log;  /* the rest of the log; NULL: there is none */
    char *cell[COLUMNS];
    struct hill_climbing_settings settings;
    struct hill_climbing *state;
    int32_t drawn; /* what the table tells that this row draws */
    struct hill_climbing_source source;
};

__attribute__((format(printf, 3, 4))) static enum hill_climbing_verdict
verdict(struct going *going, enum hill_climbing_verdict verdict, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(going->replay->what, sizeof going->replay->what, format, arguments);
    va_end(arguments);
    return verdict;
}

/* The bytes of a file with a NUL behind them; NULL if it cannot be read. */
static char *bytes_of(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    long length;

    if (file == NULL) {
        return NULL;
    }
    if (fseek(file, 0, SEEK_END) == 0 && (length = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        bytes = malloc((size_t)length + 1);
        if (bytes != NULL) {
            bytes[fread(bytes, 1, (size_t)length, file)] = '\0';
        }
    }
    fclose(file);
    return bytes;
}

/* Cuts the next line, without its end, off `rest`; NULL: there is none. */
static char *next_line(char **rest)
{
    char *line = *rest;
    size_t length = line == NULL ? 0 : strcspn(line, "\n");

    if (line == NULL || *line == '\0') {
        return NULL;
    }
    *rest = line + length + (line[length] == '\n');
    line[length] = '\0';
    if (length > 0 && line[length - 1] == '\r') {
        line[length - 1] = '\0';
    }
    return line;
}

static bool cut_cells(char *line, char **cell, size_t count)
{
    size_t cells = 0;

    for (char *at = line; at != NULL; cells++) {
        char *comma = strchr(at, ',');
        if (cells < count) {
            cell[cells] = at;
        }
        if (comma != NULL) {
            *comma++ = '\0';
        }
        at = comma;
    }
    return cells == count;
}

static bool read_int(const char *text, int32_t *value)
{
    char *end;
    long read;

    errno = 0;
    read = strtol(text, &end, 10);
    *value = (int32_t)read;
    return end != text && *end == '\0' && errno == 0 && read >= INT32_MIN && read <= INT32_MAX;
}

static bool read_double(const char *text, double *value)
{
    char *end;

    *value = strtod(text, &end);
    return end != text && *end == '\0';
}

static int32_t draw_of_table(void *state, int32_t least, int32_t above)
{
    const struct going *going = state;

    (void)least;
    (void)above;
    return going->drawn;
}

/* ---- Knobs. ---- */

/* The text behind a quoted key and its colon, from `text` on; NULL: there is no such key. */
static const char *behind_key(const char *text, const char *key, size_t length)
{
    for (const char *at = strchr(text, '"'); at != NULL; at = strchr(at, '"')) {
        const char *end = strchr(at + 1, '"');
        if (end == NULL) {
            return NULL;
        }
        if ((size_t)(end - at - 1) == length && memcmp(at + 1, key, length) == 0) {
            end += 1 + strspn(end + 1, " \t\r\n");
            return *end == ':' ? end + 1 + strspn(end + 1, " \t\r\n") : NULL;
        }
        at = end + 1;
    }
    return NULL;
}

static int32_t *knob_called(struct hill_climbing_settings *settings, const char *name, size_t length)
{
#define KNOB(word, preset, least, most, runtime_name, what)                                          \
    if (strlen(runtime_name) == length && memcmp(runtime_name, name, length) == 0) {                 \
        return &settings->word;                                                                      \
    }
    HILL_CLIMBING_KNOBS(KNOB)
#undef KNOB
    return NULL;
}

/* A number or a string, decimal, octal or hexadecimal; what is no number or is negative leaves the preset, as the
 * runtime reads it. Returns what is behind it. */
static const char *read_knob(const char *text, int32_t *knob)
{
    const bool is_quoted = *text == '"';
    char *end;
    long value;

    errno = 0;
    value = strtol(text + is_quoted, &end, 0);
    if (end != text + is_quoted && (!is_quoted || *end == '"') && errno == 0 && value >= 0 && value <= INT32_MAX) {
        *knob = (int32_t)value;
    }
    return text + is_quoted + strcspn(text + is_quoted, is_quoted ? "\"" : ",}") + is_quoted;
}

/* Takes over the knobs of one table: { "its name": { "a knob": a number, ... }, ... }. */
static bool read_knobs(struct hill_climbing_settings *settings, const char *text, const char *name)
{
    const char *at = behind_key(text, name, strlen(name));

    if (at == NULL) {
        return true;
    }
    while (*at == '{' || *at == ',') {
        const char *key = at + 1 + strspn(at + 1, " \t\r\n");
        size_t length = *key == '"' ? strcspn(key + 1, "\"") : 0;
        int32_t *knob = *key == '"' ? knob_called(settings, key + 1, length) : NULL;
        if (*key == '}') {
            return true;
        }
        at = knob == NULL ? NULL : behind_key(key, key + 1, length);
        if (at == NULL) {
            return false;
        }
        at = read_knob(at, knob);
        at += strspn(at, " \t\r\n");
    }
    return *at == '}';
}

/* ---- One row. ---- */

/* The entries that a call made, as the table spells them. */
static void spell(const struct hill_climbing_advice *advice, char *text, size_t room)
{
    size_t length = (size_t)snprintf(text, room, advice->changes == 0 ? "None" : "%s", "");

    for (uint32_t i = 0; i < advice->changes; i++) {
        length += (size_t)snprintf(text + length, room - length, "%s%s", i > 0 ? ";" : "",
                                   transitions[advice->change[i].transition]);
    }
}

/* Compares a log's entries with those that a call made; the mean is a float there. */
static enum hill_climbing_verdict compare_log(struct going *going, const struct hill_climbing_advice *advice)
{
    for (uint32_t i = 0; i < advice->changes && going->log != NULL; i++) {
        const struct hill_climbing_change *change = &advice->change[i];
        char *wanted = next_line(&going->log);
        char is[128];
        snprintf(is, sizeof is, "%s,%s,%u,%s,%d,%d,%.9g", going->cell[STEP], going->cell[OP], i,
                 transitions[change->transition], change->threads, change->history,
                 (double)(float)change->throughput);
        if (wanted == NULL || strcmp(wanted, is) != 0) {
            return verdict(going, TABLE_DIFFERS, "the log says %s; here it is %s",
                           wanted == NULL ? "no more" : wanted, is);
        }
        going->replay->log_count++;
    }
    return TABLE_IS_REPLAYED;
}

static enum hill_climbing_verdict compare_value(struct going *going, enum column column, double is)
{
    const char *names = header;
    struct hill_climbing_replay *replay = going->replay;
    double wanted, error;

    if (going->cell[column][0] == '\0') {
        return TABLE_IS_REPLAYED;
    }
    if (!read_double(going->cell[column], &wanted)) {
        return verdict(going, TABLE_IS_BAD, "step %s has %s for a number", going->cell[STEP], going->cell[column]);
    }
    if (column == CONFIDENCE) {
        is = is < 0 ? 0 : is > 1 ? 1 : is;
        wanted = wanted < 0 ? 0 : wanted > 1 ? 1 : wanted;
    }
    replay->values++;
    if (is == wanted || (is != is && wanted != wanted)) {
        return TABLE_IS_REPLAYED;
    }
    replay->values_of_other_bits++;
    error = is > wanted ? is - wanted : wanted - is;
    if (error <= 1e-12) {
        return TABLE_IS_REPLAYED;
    }
    error /= wanted < 0 ? -wanted : wanted;
    replay->largest_error = error > replay->largest_error ? error : replay->largest_error;
    if (error <= 1e-9) {
        return TABLE_IS_REPLAYED;
    }
    replay->values_too_far++;
    for (int i = 0; i < (int)column; i++) {
        names = strchr(names, ',') + 1;
    }
    return verdict(going, TABLE_DIFFERS, "step %s: %.*s is %.17g, not %s", going->cell[STEP],
                   (int)strcspn(names, ","), names, is, going->cell[column]);
}

static enum hill_climbing_verdict compare_values(struct going *going, bool is_accepted)
{
    const struct hill_climbing_figures *figures = &going->state->figures;
    const double value[] = {figures->seconds, figures->throughput, figures->thread_wave, figures->throughput_wave,
                            figures->error,   going->state->noise, figures->ratio,       figures->confidence};
    enum hill_climbing_verdict found = compare_value(going, SETTING, going->state->setting);

    for (int i = 0; i < 8 && is_accepted && found == TABLE_IS_REPLAYED; i++) {
        found = compare_value(going, (enum column)(FIRST_VALUE + i), value[i]);
    }
    return found;
}

static void tell_row(struct going *going, const struct hill_climbing_advice *advice, const char *spelt)
{
    const struct hill_climbing_figures *figures = &going->state->figures;
    const double value[] = {figures->seconds, figures->throughput, figures->thread_wave, figures->throughput_wave,
                            figures->error,   going->state->noise, figures->ratio,       figures->confidence,
                            going->state->setting};
    FILE *rows = going->replay->rows;

    fprintf(rows, "%s,%s,%d,%d,%s", going->cell[STEP], going->cell[OP], advice->threads, advice->interval, spelt);
    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
        unsigned long long bits;
        memcpy(&bits, &value[i], sizeof bits);
        /* The sign and the bits of a NaN are no result, and differ between processors. */
        fprintf(rows, ",%016llx", value[i] != value[i] ? 0x7ff8000000000000ULL : bits);
    }
    fprintf(rows, ",%d\n", figures->magnitude);
}

/* Compares what is counted or named; the interval of a forced change is not told. */
static enum hill_climbing_verdict
compare_row(struct going *going, const struct hill_climbing_advice *advice, bool is_update)
{
    const struct hill_climbing_figures *figures = &going->state->figures;
    int32_t threads, interval, accepted, magnitude;
    char spelt[64];
    enum hill_climbing_verdict found;

    if (!read_int(going->cell[NEW_THREADS], &threads) || !read_int(going->cell[NEW_INTERVAL], &interval) ||
        !read_int(going->cell[ACCEPTED], &accepted)) {
        return verdict(going, TABLE_IS_BAD, "step %s lacks a decision", going->cell[STEP]);
    }
    spell(advice, spelt, sizeof spelt);
    if (going->replay->rows != NULL) {
        tell_row(going, advice, spelt);
    }
    if (threads != advice->threads || (is_update && interval != advice->interval) ||
        going->drawn != going->state->interval || strcmp(going->cell[TRANSITION], spelt) != 0 ||
        (is_update && accepted != (int32_t)figures->is_accepted)) {
        return verdict(going, TABLE_DIFFERS, "step %s decides %d, %d ms, %s, %s; here it is %d, %d ms, %s, %s",
                       going->cell[STEP], threads, interval, going->cell[TRANSITION],
                       accepted ? "taken" : "put off", advice->threads, advice->interval, spelt,
                       figures->is_accepted ? "taken" : "put off");
    }
    if (read_int(going->cell[MAGNITUDE], &magnitude) && magnitude != figures->magnitude) {
        return verdict(going, TABLE_DIFFERS, "step %s has a wave of %d threads; here it has %d", going->cell[STEP],
                       magnitude, figures->magnitude);
    }
    found = compare_log(going, advice);
    return found == TABLE_IS_REPLAYED ? compare_values(going, accepted != 0) : found;
}

static enum hill_climbing_verdict init_row(struct going *going)
{
    hill_climbing_init(going->state, &going->settings, &going->source);
    if (going->state->interval != going->drawn) {
        return verdict(going, TABLE_DIFFERS, "the first interval is %d ms, not %d", going->state->interval,
                       going->drawn);
    }
    return TABLE_IS_REPLAYED;
}

static enum hill_climbing_verdict update_row(struct going *going)
{
    struct hill_climbing_sample sample;
    struct hill_climbing_advice advice;

    if (!read_double(going->cell[SECONDS], &sample.seconds) ||
        !read_int(going->cell[COMPLETIONS], &sample.completions) ||
        !read_int(going->cell[THREADS], &sample.threads) || !read_int(going->cell[CPU], &sample.cpu) ||
        !read_int(going->cell[MINIMUM], &sample.minimum) || !read_int(going->cell[MAXIMUM], &sample.maximum)) {
        return verdict(going, TABLE_IS_BAD, "step %s lacks an input", going->cell[STEP]);
    }
    advice = hill_climbing_update(going->state, &going->settings, &sample, &going->source);
    return compare_row(going, &advice, true);
}

static enum hill_climbing_verdict force_row(struct going *going)
{
    struct hill_climbing_order order = {0, TRANSITION_WARMUP};
    struct hill_climbing_advice advice;

    for (int i = 0; i < (int)(sizeof transitions / sizeof transitions[0]); i++) {
        if (strcmp(transitions[i], going->cell[TRANSITION]) == 0) {
            order.why = (enum hill_climbing_transition)i;
        }
    }
    if (!read_int(going->cell[NEW_THREADS], &order.threads)) {
        return verdict(going, TABLE_IS_BAD, "step %s lacks an input", going->cell[STEP]);
    }
    advice = hill_climbing_force(going->state, &going->settings, &order, &going->source);
    return compare_row(going, &advice, false);
}

static enum hill_climbing_verdict next_row(struct going *going, char *line)
{
    const size_t row = going->replay->row_count++;

    if (!cut_cells(line, going->cell, COLUMNS) || !read_int(going->cell[INTERVAL], &going->drawn)) {
        return verdict(going, TABLE_IS_BAD, "row %zu has not the %d cells of a table", row + 1, COLUMNS);
    }
    if ((row == 0) != (strcmp(going->cell[OP], "init") == 0)) {
        return verdict(going, TABLE_IS_BAD, "init must be the first row, and no other");
    }
    if (row == 0) {
        return init_row(going);
    }
    if (strcmp(going->cell[OP], "update") == 0) {
        return update_row(going);
    }
    if (strcmp(going->cell[OP], "force") == 0) {
        return force_row(going);
    }
    return verdict(going, TABLE_IS_BAD, "row %zu: nobody knows the op %s", row + 1, going->cell[OP]);
}

/* ---- One table. ---- */

/* The flavour by the folder's name. */
static bool flavour_called(const char *word, enum hill_climbing_flavour *flavour)
{
#define FLAVOUR(id, its_word, what)                                                                  \
    if (strcmp(word, its_word) == 0) {                                                               \
        *flavour = HILL_CLIMBING_##id;                                                               \
        return true;                                                                                 \
    }
    HILL_CLIMBING_FLAVOURS(FLAVOUR)
#undef FLAVOUR
    return false;
}

static enum hill_climbing_verdict replay_rows(struct going *going)
{
    enum hill_climbing_verdict found = TABLE_IS_REPLAYED;
    const char *first = next_line(&going->line);
    const char *rest;
    char *line;

    if (first == NULL || strcmp(first, header) != 0) {
        return verdict(going, TABLE_IS_BAD, "its first line does not name the columns of such a table");
    }
    (void)next_line(&going->log);
    while (found == TABLE_IS_REPLAYED && (line = next_line(&going->line)) != NULL) {
        found = next_row(going, line);
    }
    rest = found == TABLE_IS_REPLAYED ? next_line(&going->log) : NULL;
    if (rest != NULL) {
        return verdict(going, TABLE_DIFFERS, "the log goes on with %s", rest);
    }
    if (found == TABLE_IS_REPLAYED && going->replay->row_count < 2) {
        return verdict(going, TABLE_IS_BAD, "it has no row to replay");
    }
    return found;
}

/* Finds flavour, knobs and log by the path, which is cut for it: folder/flavour/name.csv. */
static enum hill_climbing_verdict set_up(struct going *going, char *path)
{
    char *name = strrchr(path, '/');
    char *folder, *knobs;
    char beside[2 * PATH_MAX];
    enum hill_climbing_flavour flavour;
    bool good = true;

    *name++ = '\0';
    name[strlen(name) - (strlen(name) > 4 && strcmp(name + strlen(name) - 4, ".csv") == 0 ? 4 : 0)] = '\0';
    folder = strrchr(path, '/');
    if (folder == NULL || !flavour_called(folder + 1, &flavour)) {
        return verdict(going, TABLE_IS_BAD, "no flavour is called like its folder %s", path);
    }
    going->settings = hill_climbing_preset(flavour);
    snprintf(beside, sizeof beside, "%s/knobs.json", path);
    knobs = bytes_of(beside);
    if (knobs != NULL) {
        good = read_knobs(&going->settings, knobs, name);
    }
    free(knobs);
    if (!good || !hill_climbing_accepts(&going->settings)) {
        return verdict(going, TABLE_IS_BAD, "its entry in %s names a knob or a number that there is not", beside);
    }
    snprintf(beside, sizeof beside, "%s-log/%s.csv", path, name);
    going->log = bytes_of(beside);
    going->state = calloc(1, hill_climbing_size(&going->settings));
    return going->state == NULL ? verdict(going, TABLE_IS_BAD, "no memory") : TABLE_IS_REPLAYED;
}

enum hill_climbing_verdict hill_climbing_replay(const char *path, struct hill_climbing_replay *replay)
{
    struct going going = {.replay = replay, .name = path};
    char *whole = realpath(path, NULL);
    char *bytes = whole == NULL ? NULL : bytes_of(whole);
    char *log = NULL;
    enum hill_climbing_verdict found;

    if (bytes == NULL) {
        found = verdict(&going, TABLE_IS_BAD, "it cannot be read");
    } else {
        going.line = bytes;
        found = set_up(&going, whole);
        log = going.log;
        going.source = (struct hill_climbing_source){draw_of_table, &going};
        if (replay->source != NULL) {
            going.source = *replay->source;
        }
    }
    if (found == TABLE_IS_REPLAYED) {
        found = replay_rows(&going);
    }
    replay->decisions = found == TABLE_DIFFERS && replay->values_too_far == 0;
    free(whole);
    free(bytes);
    free(log);
    free(going.state);
    return found;
}
