/* SPDX-License-Identifier: Apache-2.0 */
/* Claims, and the results that steps must give, compiled for the judge: names stay names, expressions become
 * code, what is expected in a field becomes a cell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/record.h"
#include "scenarios/load/loader.h"
#include "sim/literal.h"

/* Memory that belongs to the claims. */
static void *claims_own(struct loader *loader, size_t count, size_t size)
{
    struct expectation_claims *claims = &loader->loaded->claims;
    void *owned = calloc(count + 1, size);

    if (owned != NULL && claims->owned_count == claims->owned_room) {
        size_t room = claims->owned_room == 0 ? 64 : claims->owned_room * 2;
        void **grown = realloc(claims->owned, room * sizeof *grown);
        if (grown == NULL) {
            free(owned);
            owned = NULL;
        } else {
            claims->owned = grown;
            claims->owned_room = room;
        }
    }
    if (owned == NULL) {
        loader->out_of_memory = true;
        return NULL;
    }
    claims->owned[claims->owned_count++] = owned;
    return owned;
}

/* Room for one more element at the end of an array; NULL when memory is out. */
static void *append(struct loader *loader, void **items, size_t *count, size_t *room, size_t size)
{
    if (*count == *room) {
        size_t wanted = *room == 0 ? 16 : *room * 2;
        void *grown = realloc(*items, wanted * size);
        if (grown == NULL) {
            loader->out_of_memory = true;
            return NULL;
        }
        *items = grown;
        *room = wanted;
    }
    memset((char *)*items + *count * size, 0, size);
    return (char *)*items + (*count)++ * size;
}

static struct claim_formula formula_of(const struct expression *expression)
{
    return (struct claim_formula){.given = true,
                                  .is_constant = expression->is_constant,
                                  .first = expression->first,
                                  .count = expression->count,
                                  .constant = expression->constant};
}

/* The code of an aggregate's argument, copied: an expression takes back what it emitted for it. */
static const uint32_t *claims_keep_code(struct loader *loader, uint32_t first, uint32_t count)
{
    uint32_t *kept = claims_own(loader, count, sizeof *kept);

    if (kept != NULL) {
        memcpy(kept, loader->output.word + first, count * sizeof *kept);
    }
    return kept;
}

/* What stands in the code of an aggregate's argument that is a series: the load as a constant, then the read. */
static void note_series(const struct loader *loader, struct claim_aggregate *aggregate)
{
    const uint32_t *word = aggregate->argument.own;

    if (word == NULL || aggregate->argument.count != 3 || (word[0] & 0xff) != FORMULA_CONSTANT ||
        (word[1] & 0xff) != FORMULA_READ || word[1] >> 9 != READ_SERIES) {
        return;
    }
    aggregate->is_of_series = true;
    aggregate->series = (enum series)word[2];
    aggregate->load = (reference)loader->output.constant[word[0] >> 8].bits;
    aggregate->measure_from = loader->plan->load[reference_slot(aggregate->load)].measure_from;
}

bool claims_aggregate(void *context, const char *function, const struct expression_functions *call, const char **message)
{
    static const char *const names[] = {"change", "least", "most", "mean", "area", "total",
                                        "p50",    "p90",   "p95",  "p99",  "p999"};
    struct loader *loader = context;
    struct expectation_claims *claims = &loader->loaded->claims;
    struct claim_aggregate *aggregate;
    void *items = claims->aggregate;
    enum value_type type = call->type->type;

    if (type != VALUE_ANY && (type < VALUE_NUMBER || type > VALUE_SHARE)) {
        *message = "a quantity is wanted here, such as port.depth";
        return false;
    }
    aggregate = append(loader, &items, &claims->aggregate_count, &claims->aggregate_room, sizeof *aggregate);
    claims->aggregate = items;
    if (aggregate == NULL) {
        *message = "no memory";
        return false;
    }
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], function) == 0) {
            aggregate->function = (enum aggregate_function)i;
        }
    }
    aggregate->argument.given = true;
    aggregate->argument.count = call->word_count;
    aggregate->argument.own = claims_keep_code(loader, call->first_word, call->word_count);
    aggregate->span = call->span;
    note_series(loader, aggregate);
    *call->number = (uint32_t)claims->aggregate_count - 1;
    if (aggregate->function == AGGREGATE_AREA) {
        call->type->type = VALUE_DURATION;
    }
    return true;
}

/* An expected value of the file as a cell. */
static void read_cell(struct loader *loader, node_id node, struct cell *cell)
{
    const struct document *document = loader->document;
    size_t count = 0;

    switch (node_kind(document, node)) {
    case NODE_NULL:
    case NODE_OBJECT:
        cell->form = CELL_NULL;
        break;
    case NODE_BOOLEAN:
        cell->form = CELL_BOOLEAN;
        cell->number = node_boolean(document, node);
        break;
    case NODE_INTEGER:
        cell->form = CELL_INTEGER;
        cell->number = node_integer(document, node);
        break;
    case NODE_STRING:
        cell->text = node_string(document, node);
        cell->form = strcmp(cell->text, "*") == 0 ? CELL_ANY : CELL_STRING;
        break;
    case NODE_ARRAY:
        cell->form = CELL_LIST;
        cell->item = claims_own(loader, node_length(document, node), sizeof *cell->item);
        for (node_id at = node_first(document, node); at != NODE_NONE && cell->item != NULL;
             at = node_next(document, at)) {
            read_cell(loader, at, &cell->item[count++]);
        }
        cell->count = count;
        break;
    }
}

/* Of which vocabulary of the records a word is. */
enum vocabulary { RECORD_KINDS, RECORD_RULES, RECORD_COLUMNS };

#define VOCABULARY_WORDS_MAX 128

static size_t vocabulary_words(enum vocabulary vocabulary, const char **words)
{
    size_t count = 0;

    switch (vocabulary) {
    case RECORD_KINDS:
        for (; count < RECORD_KIND_COUNT; count++) {
            words[count] = record_kind_name((enum record_kind)count);
        }
        break;
    case RECORD_RULES:
        for (; count + 1 < WHY_COUNT; count++) {
            words[count] = record_why_name((enum record_why)(count + 1));
        }
        break;
    case RECORD_COLUMNS:
        while (count < VOCABULARY_WORDS_MAX && (words[count] = cell_column(count)) != NULL) {
            count++;
        }
        break;
    }
    return count;
}

/* A mistake when a word is not of the vocabulary, with the nearest one that is. */
static void want_word(struct loader *loader, node_id node, bool at_key, enum vocabulary vocabulary, const char *word)
{
    static const char *const says[] = {"unknown kind of record", "unknown rule", "records have no field"};
    static const char *const listed[] = {"'iocpsim help records' lists them", "'iocpsim help why' lists them",
                                         "'iocpsim help records' lists them"};
    const char *words[VOCABULARY_WORDS_MAX];
    size_t count = vocabulary_words(vocabulary, words);
    const char *nearest;
    char meant[160];

    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            return;
        }
    }
    nearest = suggest_nearest(word, words, count);
    snprintf(meant, sizeof meant, "did you mean '%s'?", nearest == NULL ? "" : nearest);
    loader_mistake(loader, node, at_key,
                   shape_is_later(word) ? "it is not in this version"
                   : nearest != NULL    ? meant
                                        : listed[vocabulary],
                   "%s '%s'", says[vocabulary], word);
}

/* An object from field to expected value. */
static struct claim_filter read_filter(struct loader *loader, node_id node)
{
    const struct document *document = loader->document;
    struct claim_filter filter = {
        .field = claims_own(loader, node_length(document, node), sizeof *filter.field)};

    for (node_id at = node_first(document, node); at != NODE_NONE && filter.field != NULL;
         at = node_next(document, at)) {
        const char *key = node_key(document, at);
        if (strcmp(key, "//") == 0) {
            continue;
        }
        if (!cell_is_column(key)) {
            want_word(loader, at, true, RECORD_COLUMNS, key);
            continue;
        }
        filter.field[filter.count].field = key;
        read_cell(loader, at, &filter.field[filter.count].expected);
        filter.count++;
    }
    return filter;
}

/* Checks that what a filter names as kind or why is one. */
static void check_filter(struct loader *loader, node_id node)
{
    const char *const keys[] = {"kind", "why"};

    for (int which = 0; which < 2; which++) {
        node_id value = node_member(loader->document, node, keys[which]);
        node_id at = value;
        bool is_list = value != NODE_NONE && node_kind(loader->document, value) == NODE_ARRAY;
        at = is_list ? node_first(loader->document, value) : value;
        while (at != NODE_NONE) {
            if (node_kind(loader->document, at) == NODE_STRING) {
                want_word(loader, at, false, which == 0 ? RECORD_KINDS : RECORD_RULES, node_string(loader->document, at));
            }
            at = is_list ? node_next(loader->document, at) : NODE_NONE;
        }
    }
}

static const char *string_member(const struct loader *loader, node_id claim, const char *key)
{
    node_id node = node_member(loader->document, claim, key);

    return node == NODE_NONE || node_is_bad(loader->document, node) ||
                   node_kind(loader->document, node) != NODE_STRING
               ? NULL
               : node_string(loader->document, node);
}

/* A number of a claim; -1 when it is not given. */
static int64_t number_member(struct loader *loader, node_id claim, const char *key)
{
    node_id node = node_member(loader->document, claim, key);
    struct value value;

    if (node == NODE_NONE || node_is_bad(loader->document, node) ||
        !place_constant(loader, node, SHAPE_NUMBER, &value)) {
        return -1;
    }
    if ((int64_t)value.bits < 0) {
        loader_mistake(loader, node, false, NULL, "'%s' is not negative", key);
    }
    return (int64_t)value.bits;
}

/* An instant, or a list of two. */
static struct claim_time time_at(struct loader *loader, node_id node)
{
    struct claim_time time = {.given = true, .to = SIM_NEVER};
    struct value value = value_null();
    bool is_list;
    node_id first;

    if (node == NODE_NONE || node_is_bad(loader->document, node)) {
        return (struct claim_time){.to = SIM_NEVER};
    }
    is_list = node_kind(loader->document, node) == NODE_ARRAY;
    first = is_list ? node_first(loader->document, node) : node;
    if (place_constant(loader, first, SHAPE_INSTANT, &value)) {
        time.from = value.bits;
        time.to = value.bits;
    }
    if (is_list && place_constant(loader, node_next(loader->document, first), SHAPE_INSTANT, &value)) {
        time.to = value.bits == VALUE_INFINITE ? SIM_NEVER : value.bits;
    }
    return time;
}

static void read_names(struct loader *loader, node_id node, struct claim *claim)
{
    if (node == NODE_NONE || node_is_bad(loader->document, node) ||
        node_kind(loader->document, node) != NODE_ARRAY) {
        return;
    }
    claim->has_names = true;
    claim->name = claims_own(loader, node_length(loader->document, node), sizeof *claim->name);
    for (node_id at = node_first(loader->document, node); at != NODE_NONE && claim->name != NULL;
         at = node_next(loader->document, at)) {
        claim->name[claim->name_count++] =
            node_kind(loader->document, at) == NODE_STRING ? node_string(loader->document, at) : "";
    }
}

/* Whether the claim is made of the variant that is run; unknown variants are mistakes. */
static bool applies(struct loader *loader, node_id claim)
{
    node_id in = node_member(loader->document, claim, "in");
    bool found = in == NODE_NONE;

    if (in == NODE_NONE || node_is_bad(loader->document, in) || node_kind(loader->document, in) != NODE_ARRAY) {
        return found;
    }
    for (node_id at = node_first(loader->document, in); at != NODE_NONE; at = node_next(loader->document, at)) {
        const char *name = node_is_bad(loader->document, at) ? "" : node_string(loader->document, at);
        bool known = false;
        const char *variant;
        for (size_t i = 0; (variant = load_variant(loader->document, i)) != NULL; i++) {
            known = known || strcmp(variant, name) == 0;
        }
        if (!known) {
            loader_mistake(loader, at, false, "'variants' declares them", "unknown variant '%s'", name);
        }
        found = found || (loader->loaded->variant != NULL && strcmp(loader->loaded->variant, name) == 0);
    }
    return found;
}

static void read_condition(struct loader *loader, node_id node, struct claim *claim, enum value_type type)
{
    struct expression expression;
    struct place_wanted wanted = {type, OBJECT_UNKNOWN,
                                  type == VALUE_ANY ? "a figure" : "a condition such as 'port.depth < 3'"};

    if (node == NODE_NONE || node_is_bad(loader->document, node)) {
        return;
    }
    if (node_kind(loader->document, node) == NODE_STRING) {
        claim->words = node_string(loader->document, node);
    }
    if (place_expression(loader, node, wanted, &expression)) {
        claim->condition = formula_of(&expression);
    }
}

static void read_records(struct loader *loader, node_id node, struct claim *claim)
{
    const struct document *document = loader->document;
    node_id filter = node_member(document, node, "records");
    node_id columns = node_member(document, node, "columns");
    node_id rows = node_member(document, node, "rows");
    size_t row = 0;

    claim->filter = read_filter(loader, filter);
    check_filter(loader, filter);
    claim->count = number_member(loader, node, "count");
    if ((columns == NODE_NONE) != (rows == NODE_NONE) || (columns == NODE_NONE && claim->count < 0)) {
        loader_mistake(loader, node, false, NULL, "'records' wants 'columns' and 'rows', or 'count'");
        return;
    }
    read_names(loader, columns, claim);
    for (size_t i = 0; i < claim->name_count; i++) {
        want_word(loader, columns, false, RECORD_COLUMNS, claim->name[i]);
    }
    if (rows == NODE_NONE || node_is_bad(document, rows) || claim->name_count == 0) {
        return;
    }
    claim->row_count = node_length(document, rows);
    claim->cell = claims_own(loader, claim->row_count * claim->name_count, sizeof *claim->cell);
    for (node_id at = node_first(document, rows); at != NODE_NONE && claim->cell != NULL;
         at = node_next(document, at), row++) {
        size_t column = 0;
        if (node_is_bad(document, at) || node_length(document, at) != claim->name_count) {
            loader_mistake(loader, at, false, NULL, "this row has %u values for %zu columns",
                           node_length(document, at), claim->name_count);
            continue;
        }
        for (node_id cell = node_first(document, at); cell != NODE_NONE; cell = node_next(document, cell)) {
            read_cell(loader, cell, &claim->cell[row * claim->name_count + column++]);
        }
    }
}

static void want_procedure(struct loader *loader, node_id node)
{
    const char *name = node_string(loader->document, node);
    uint32_t number;
    struct expression_scope scope = names_scope(loader);

    if (name[0] != '/' && !scope.procedure(loader, name, &number)) {
        loader_mistake(loader, node, false, "a list of steps in place is named by its JSON pointer",
                       "unknown procedure '%s'", name);
    }
}

static void read_order(struct loader *loader, node_id list, struct claim *claim)
{
    const struct document *document = loader->document;

    if (node_is_bad(document, list)) {
        return;
    }
    claim->event = claims_own(loader, node_length(document, list), sizeof *claim->event);
    for (node_id at = node_first(document, list); at != NODE_NONE && claim->event != NULL;
         at = node_next(document, at)) {
        struct claim_event *event = &claim->event[claim->event_count];
        node_id record;
        node_id callback;
        if (node_is_bad(document, at)) {
            continue;
        }
        claim->event_count++;
        if (node_kind(document, at) == NODE_STRING) {
            event->log = node_string(document, at);
            continue;
        }
        record = node_member(document, at, "record");
        callback = node_member(document, at, "callback");
        if (callback != NODE_NONE) {
            want_procedure(loader, callback);
            event->callback = node_string(document, callback);
            event->thread = string_member(loader, at, "thread");
        } else if (record != NODE_NONE) {
            event->record = read_filter(loader, record);
            check_filter(loader, record);
        }
    }
}

/* A claim's own arguments, by its kind. */
static void read_claim(struct loader *loader, node_id node, node_id subject, struct claim *claim)
{
    const struct document *document = loader->document;
    node_id type = node_member(document, node, "runs_on");

    switch (claim->kind) {
    case CLAIM_ends:
        claim->end = (enum run_end)place_compile(loader, subject, SHAPE_END_WORD);
        claim->time = time_at(loader, node_member(document, node, "at"));
        read_names(loader, node_member(document, node, "threads"), claim);
        break;
    case CLAIM_callback:
        want_procedure(loader, subject);
        claim->type = type == NODE_NONE || node_is_bad(document, type) ? NULL : names_word(loader, type);
        claim->why = string_member(loader, node, "why");
        if (claim->why != NULL) {
            want_word(loader, node_member(document, node, "why"), false, RECORD_RULES, claim->why);
        }
        claim->nth = number_member(loader, node, "nth");
        claim->times = number_member(loader, node, "times");
        claim->time = time_at(loader, node_member(document, node, "at"));
        break;
    case CLAIM_log:
        claim->times = number_member(loader, node, "times");
        claim->time = time_at(loader, node_member(document, node, "at"));
        break;
    case CLAIM_output:
        read_names(loader, subject, claim);
        break;
    case CLAIM_order:
        read_order(loader, subject, claim);
        break;
    case CLAIM_when:
        claim->time = time_at(loader, subject);
        if (node_member(document, node, "that") == NODE_NONE) {
            loader_mistake(loader, node, false, NULL, "'when' wants 'that' beside it");
        }
        read_condition(loader, node_member(document, node, "that"), claim, VALUE_BOOLEAN);
        break;
    case CLAIM_always:
    case CLAIM_never:
        claim->time = time_at(loader, node_member(document, node, "between"));
        read_condition(loader, subject, claim, VALUE_BOOLEAN);
        break;
    case CLAIM_eventually:
        claim->time = time_at(loader, node_member(document, node, "by"));
        read_condition(loader, subject, claim, VALUE_BOOLEAN);
        break;
    case CLAIM_finally:
        read_condition(loader, subject, claim, VALUE_BOOLEAN);
        break;
    case CLAIM_records:
        read_records(loader, node, claim);
        break;
    case CLAIM_across: {
        node_id word = node_member(document, node, "is");
        read_names(loader, subject, claim);
        read_condition(loader, node_member(document, node, "of"), claim, VALUE_ANY);
        if (word != NODE_NONE && !node_is_bad(document, word)) {
            claim->across = (enum across_word)place_compile(loader, word, SHAPE_ACROSS_WORD);
        }
        break;
    }
    case CLAIM_estimate: {
        size_t first = loader->loaded->claims.aggregate_count;
        read_condition(loader, subject, claim, VALUE_ANY);
        estimate_compile(loader, node, claim, first);
        break;
    }
    case CLAIM_explore:
        break;
    }
}

static void compile_claim(struct loader *loader, node_id node)
{
    struct expectation_claims *claims = &loader->loaded->claims;
    struct claim claim = {.times = -1, .nth = -1, .count = -1, .words = "", .time.to = SIM_NEVER};
    struct claim *place;
    void *items = claims->claim;
    size_t count;
    const struct shape_object *shapes = shape_keyed(SHAPE_CLAIM, &count);
    node_id subject = NODE_NONE;
    char pointer[512];

    for (size_t i = 0; i < count && subject == NODE_NONE; i++) {
        subject = node_member(loader->document, node, shapes[i].key[0].word);
        claim.kind = (enum claim_kind)i;
    }
    if (subject == NODE_NONE || node_is_bad(loader->document, node) || node_is_bad(loader->document, subject)) {
        return;
    }
    (void)node_pointer(loader->document, node, pointer, sizeof pointer);
    {
        char *kept = claims_own(loader, strlen(pointer), 1);
        if (kept == NULL) {
            return;
        }
        memcpy(kept, pointer, strlen(pointer));
        claim.pointer = kept;
    }
    claim.description = string_member(loader, node, "description");
    claim.thread = string_member(loader, node, "thread");
    claim.applies = applies(loader, node);
    if (node_kind(loader->document, subject) == NODE_STRING) {
        claim.words = node_string(loader->document, subject);
    }
    read_claim(loader, node, subject, &claim);
    place = append(loader, &items, &claims->claim_count, &claims->claim_room, sizeof *place);
    claims->claim = items;
    if (place != NULL) {
        *place = claim;
    }
}

static int compare_gives(const void *left, const void *right)
{
    const struct claim_gives *a = left;
    const struct claim_gives *b = right;

    return a->step < b->step ? -1 : a->step > b->step;
}

/* Questions are answered later; their expressions are checked now. */
static void check_questions(struct loader *loader)
{
    node_id list = node_member(loader->document, 0, "questions");
    struct place_wanted any = {VALUE_ANY, OBJECT_UNKNOWN, "an answer"};
    struct expression expression;

    if (list == NODE_NONE || node_kind(loader->document, list) != NODE_ARRAY) {
        return;
    }
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        node_id answer = node_kind(loader->document, at) == NODE_OBJECT ? node_member(loader->document, at, "answer")
                                                                        : NODE_NONE;
        if (answer != NODE_NONE && node_kind(loader->document, answer) == NODE_STRING) {
            (void)place_expression(loader, answer, any, &expression);
        }
        (void)time_at(loader, node_kind(loader->document, at) == NODE_OBJECT
                                  ? node_member(loader->document, at, "at")
                                  : NODE_NONE);
    }
}

static void check_outcome(struct loader *loader)
{
    node_id list = node_member(loader->document, 0, "outcome");
    struct place_wanted any = {VALUE_ANY, OBJECT_UNKNOWN, "an expression"};
    struct expression expression;

    if (list == NODE_NONE || node_kind(loader->document, list) != NODE_ARRAY) {
        return;
    }
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        (void)place_expression(loader, at, any, &expression);
    }
}

void claims_compile(struct loader *loader)
{
    struct expectation_claims *claims = &loader->loaded->claims;
    node_id list = node_member(loader->document, 0, "expect");

    loader->surroundings = IN_CLAIM;
    if (list != NODE_NONE && node_kind(loader->document, list) == NODE_ARRAY) {
        for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
            if (node_kind(loader->document, at) == NODE_OBJECT) {
                compile_claim(loader, at);
            }
        }
    }
    check_questions(loader);
    check_outcome(loader);
    if (claims->gives_count > 1) {
        qsort(claims->gives, claims->gives_count, sizeof *claims->gives, compare_gives);
    }
}

/* Which result a word of `gives` is; 0 when the verb has it not. */
static uint32_t result_of(const char *word)
{
    static const struct {
        const char *word;
        uint32_t result;
    } results[] = {{"ok", RESULT_OK},       {"error", RESULT_ERROR}, {"bytes", RESULT_BYTES},
                   {"key", RESULT_KEY},     {"operation", RESULT_OPERATION},
                   {"count", RESULT_COUNT}, {"which", RESULT_WHICH}, {"entries", RESULT_COUNT}};

    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (strcmp(results[i].word, word) == 0) {
            return results[i].result;
        }
    }
    return 0;
}

/* One object of `gives` or of its entries. Numbers given as expressions of parameters become numbers. */
static struct claim_filter read_gives(struct loader *loader, node_id node)
{
    const struct document *document = loader->document;
    struct claim_filter filter = {
        .field = claims_own(loader, node_length(document, node), sizeof *filter.field)};

    for (node_id at = node_first(document, node); at != NODE_NONE && filter.field != NULL;
         at = node_next(document, at)) {
        const char *key = node_key(document, at);
        struct claim_field *field;
        if (strcmp(key, "//") == 0 || strcmp(key, "entries") == 0 || node_is_bad(document, at)) {
            continue;
        }
        field = &filter.field[filter.count++];
        field->field = key;
        read_cell(loader, at, &field->expected);
        if (field->expected.form == CELL_STRING && strcmp(key, "operation") != 0) {
            enum surroundings surroundings = loader->surroundings;
            struct value value;
            loader->surroundings = IN_DECLARATION;
            if (place_constant(loader, at, SHAPE_VALUE, &value) && value.type != VALUE_ERROR) {
                field->expected.form = value.type == VALUE_BOOLEAN ? CELL_BOOLEAN : CELL_INTEGER;
                field->expected.number = (int64_t)value.bits;
            }
            loader->surroundings = surroundings;
        }
    }
    return filter;
}

void claims_gives(struct loader *loader, node_id node, uint32_t step, enum verb verb)
{
    struct expectation_claims *claims = &loader->loaded->claims;
    const struct document *document = loader->document;
    node_id entries = node_member(document, node, "entries");
    void *items = claims->gives;
    struct claim_gives *gives;
    struct claim_filter filter = read_gives(loader, node);
    const char *pointer;

    for (node_id at = node_first(document, node); at != NODE_NONE; at = node_next(document, at)) {
        const char *key = node_key(document, at);
        if (strcmp(key, "//") != 0 && (verb_results(verb) & result_of(key)) == 0) {
            loader_mistake(loader, at, true, NULL, "'%s' gives no '%s'", verb_name(verb), key);
        }
    }
    gives = append(loader, &items, &claims->gives_count, &claims->gives_room, sizeof *gives);
    claims->gives = items;
    if (gives == NULL || loader->plan->out_of_memory) {
        return;
    }
    pointer = plan_text(loader->plan, step);
    *gives = (struct claim_gives){.step = step, .field = filter.field, .count = filter.count};
    {
        char *kept = claims_own(loader, strlen(pointer), 1);
        gives = &claims->gives[claims->gives_count - 1];
        if (kept != NULL) {
            memcpy(kept, pointer, strlen(pointer));
            gives->pointer = kept;
        }
    }
    if (entries != NODE_NONE && !node_is_bad(document, entries) && node_kind(document, entries) == NODE_ARRAY) {
        struct claim_filter *entry = claims_own(loader, node_length(document, entries), sizeof *entry);
        size_t count = 0;
        for (node_id at = node_first(document, entries); at != NODE_NONE && entry != NULL;
             at = node_next(document, at)) {
            if (!node_is_bad(document, at)) {
                entry[count++] = read_gives(loader, at);
            }
        }
        gives->has_entries = true;
        gives->entry = entry;
        gives->entry_count = count;
    }
}
