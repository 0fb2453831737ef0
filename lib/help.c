/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of the help and the schema, read from the tables that the loader reads. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "iocpsim.h"
#include "model/policy/dispatch.h"
#include "model/policy/pool.h"
#include "model/record.h"
#include "model/verb.h"
#include "scenarios/load/shape.h"
#include "sim/time.h"

/* Text on its way. */
struct page {
    const struct iocpsim_sink *sink;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void put(struct page *page, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0 && !page->failed) {
        size_t size = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
        page->failed = !page->sink->write(page->sink->context, text, size);
    }
}

/* The keys of one object: its own first, then what may stand beside it. */
static void put_keys(struct page *page, const struct shape_object *object, size_t first)
{
    for (size_t i = first; i < object->count; i++) {
        put(page, "    %-12s %s: %s\n", object->key[i].word, shape_form_of(object->key[i].shape)->what,
            object->key[i].what);
    }
}

static void put_results(struct page *page, enum verb verb)
{
    static const char *const names[] = {"ok", "error", "bytes", "key", "operation", "count", "which"};
    const char *between = "    -> ";

    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((verb_results(verb) >> i & 1) != 0) {
            put(page, "%s%s", between, names[i]);
            between = " ";
        }
    }
    if (verb_results(verb) != 0) {
        put(page, "\n");
    }
}

static void page_steps(struct page *page)
{
    size_t count;
    const struct shape_object *steps = shape_keyed(SHAPE_STEP, &count);

    put(page, "Verbs: a step is an object with one of these keys, or, without an object, a bare string.\n\n");
    for (size_t i = 0; i < count; i++) {
        const struct shape_key *key = &steps[i].key[0];
        if (steps[i].name == NULL) {
            put(page, "\"%s\"\n    %s\n", key->word, key->what);
        } else {
            put(page, "%s: %s\n    %s\n", key->word, shape_form_of(key->shape)->what, key->what);
        }
        put_keys(page, &steps[i], 1);
        put_results(page, (enum verb)i);
    }
}

static void page_claims(struct page *page)
{
    size_t count;
    const struct shape_object *claims = shape_keyed(SHAPE_CLAIM, &count);

    put(page, "Claims: each element of \"expect\" is an object with one of these keys. estimate is judged by "
              "test\n--estimates; explore is checked, but not judged in this version: run and test say how many.\n\n");
    for (size_t i = 0; i < count; i++) {
        put(page, "%s: %s\n    %s\n", claims[i].key[0].word, shape_form_of(claims[i].key[0].shape)->what,
            claims[i].key[0].what);
        put_keys(page, &claims[i], 1);
    }
}

static void page_records(struct page *page)
{
    put(page, "Every record: n t step_n kind. Where they apply: thread type cpu frame object op procedure step item "
              "cause why,\nand active depth where the object is a port. Derived: waiters limit owner age.\n\n");
    for (uint32_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const uint8_t *own = record_own_fields((enum record_kind)kind);
        put(page, "%-18s %s\n", record_kind_name((enum record_kind)kind), record_kind_sentence((enum record_kind)kind));
        for (uint32_t i = 0; own[i] != FIELD_NONE; i++) {
            put(page, "%s%s", i == 0 ? "                   " : " ", record_field_name((enum record_field)own[i]));
        }
        put(page, "%s", own[0] == FIELD_NONE ? "" : "\n");
    }
}

static void page_why(struct page *page)
{
    put(page, "Rules: what `why` of a record names. The facts are those of docs/faithfulness.md.\n\n");
    for (uint32_t why = 1; why < WHY_COUNT; why++) {
        put(page, "%-22s because %s%s%s%s\n", record_why_name((enum record_why)why),
            record_why_sentence((enum record_why)why), record_why_facts((enum record_why)why)[0] == '\0' ? "" : " [",
            record_why_facts((enum record_why)why), record_why_facts((enum record_why)why)[0] == '\0' ? "" : "]");
    }
}

/* What a constant is without being said. */
static void put_preset(struct page *page, enum dispatch_constant_kind kind, uint64_t value)
{
    char text[32];
    size_t length = 0;

    if (value == PER_PROCESSOR) {
        put(page, "as many as processors");
        return;
    }
    if (value == EIGHT_PER_PROCESSOR) {
        put(page, "8 for each processor, 768 at least");
        return;
    }
    switch (kind) {
    case CONSTANT_IS_SPAN:
        length = sim_span_write(value, text, sizeof text);
        break;
    case CONSTANT_IS_NUMBER:
        length = sim_digits_write(value, text, sizeof text);
        break;
    case CONSTANT_IS_FLAG:
        put(page, "%s", value != 0 ? "true" : "false");
        return;
    }
    put(page, "%.*s", (int)length, text);
}

/* The same of a pool's. */
static void put_pool_preset(struct page *page, enum pool_constant_kind kind, uint64_t value)
{
    switch (kind) {
    case POOL_CONSTANT_IS_SPAN:
        put_preset(page, CONSTANT_IS_SPAN, value);
        break;
    case POOL_CONSTANT_IS_NUMBER:
        put_preset(page, CONSTANT_IS_NUMBER, value);
        break;
    case POOL_CONSTANT_IS_SHARE:
        put(page, "%llu %%", (unsigned long long)(value / 10000));
        break;
    case POOL_CONSTANT_IS_FLAG:
        put_preset(page, CONSTANT_IS_FLAG, value);
        break;
    case POOL_CONSTANT_IS_SYSTEM:
        put(page, "%s", value == SYSTEM_IS_WINDOWS ? "windows" : "linux");
        break;
    }
}

static void put_pools(struct page *page)
{
    put(page, "\nPools: what \"preset\" of a pool may be, each with its constants, what they are without being said, and "
              "the\nfact that says so. null stands for a constant's own value, and is let pass where a preset lacks the "
              "constant.\n\n");
    for (int i = 0; i < POOL_PRESET_COUNT; i++) {
        put(page, "%s\n    %s\n", pool_row((enum pool_preset)i)->word, pool_row((enum pool_preset)i)->what);
        for (int j = 0; j < POOL_CONSTANT_COUNT; j++) {
            const struct pool_constant_row *row = pool_constant_row((enum pool_constant)j);
            if (row->preset[i] != LACKS) {
                put(page, "    %-22s ", row->word);
                put_pool_preset(page, row->kind, row->preset[i]);
                put(page, ": %s [%s]%s\n", row->what, row->source, row->is_verified ? "" : " unverified");
            }
        }
    }
}

static void put_devices(struct page *page)
{
    static const struct {
        const char *word;
        uint64_t p50, p99, parallel, bandwidth, at_once;
        const char *source;
    } devices[] = {
#define DEVICE_PRESET(word, p50, p99, parallel, bandwidth, at_once, source) \
    {word, p50, p99, parallel, bandwidth, at_once, source},
#include "model/device_preset.def"
#undef DEVICE_PRESET
    };

    put(page, "\nDevices: what \"preset\" of a device may be, and what it gives to what the declaration does not "
              "say. A latency\nof two times is log-normal: its median, and what 99 of 100 stay below.\n\n");
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        char text[32];
        put(page, "%-20s %.*s", devices[i].word, (int)sim_span_write(devices[i].p50, text, sizeof text), text);
        if (devices[i].p99 != 0) {
            put(page, " and %.*s", (int)sim_span_write(devices[i].p99, text, sizeof text), text);
        }
        if (devices[i].parallel != 0) {
            put(page, ", %llu in parallel", (unsigned long long)devices[i].parallel);
        }
        if (devices[i].bandwidth != 0) {
            put(page, ", %llu B/s", (unsigned long long)devices[i].bandwidth);
        }
        if (devices[i].at_once != 0) {
            put(page, ", %llu %% answered in the call", (unsigned long long)(devices[i].at_once / 10000));
        }
        put(page, " [%s]\n", devices[i].source);
    }
}

static void page_presets(struct page *page)
{
    put(page, "Dispatchers: what \"dispatch\" of the machine may be, each with its constants, what they are without "
              "being\nsaid, and the fact that says so. Every dispatcher has thread_create_cost (0ns), tick (0ns: none), "
              "\ncpu_utilization (what is measured) and kernel_apc_requeues (false; true with windows-xp) [IOCP-51] "
              "unverified.\nnull stands for a constant's own value.\n\n");
    for (int i = 0; i < DISPATCH_COUNT; i++) {
        put(page, "%s\n    %s\n", dispatch_row((enum dispatch)i)->word, dispatch_row((enum dispatch)i)->what);
        for (int j = 0; j < DISPATCH_CONSTANT_COUNT; j++) {
            const struct dispatch_constant_row *row = dispatch_constant_row((enum dispatch_constant)j);
            if (row->preset[i] == LACKS) {
                continue;
            }
            put(page, "    %-22s ", row->word);
            put_preset(page, row->kind, row->preset[i]);
            put(page, ": %s [%s]%s\n", row->what, row->source, row->is_verified ? "" : " unverified");
        }
    }
    put_pools(page);
    put_devices(page);
}

static void page_errors(struct page *page)
{
    for (int i = 0; i < win32_error_count(); i++) {
        put(page, "%6u  %s\n", win32_error_number((uint16_t)i), win32_error_name((uint16_t)i));
    }
}

static void page_names(struct page *page)
{
    put(page, "A name has 1 to 100 bytes, without control characters, quotes, braces or brackets. These words are "
              "taken:\n\nand or not mod true false null infinite me packet index now machine load\nmin max calls "
              "running change least most mean area total p50 p90 p95 p99 p999\nok error bytes key operation count "
              "which\nand the names of errors ('iocpsim help errors').\n");
}

bool iocpsim_help(const char *name, const struct iocpsim_sink *sink)
{
    static const struct {
        const char *name;
        void (*write)(struct page *page);
    } pages[] = {{"steps", page_steps},   {"claims", page_claims}, {"records", page_records},
                 {"why", page_why},       {"errors", page_errors}, {"names", page_names},
                 {"presets", page_presets}};
    struct page page = {sink, false};

    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if (strcmp(pages[i].name, name) == 0) {
            pages[i].write(&page);
            return true;
        }
    }
    return false;
}

/* The schema. */

static void put_string(struct page *page, const char *text)
{
    put(page, "\"");
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            put(page, "\\%c", *at);
        } else {
            put(page, "%c", *at);
        }
    }
    put(page, "\"");
}

/* The JSON types of a shape's plain kinds, as a list of alternatives. */
static const char *type_of(char kind)
{
    switch (kind) {
    case 's':
        return "string";
    case 'i':
        return "integer";
    case 'b':
        return "boolean";
    case 'n':
        return "null";
    case 'a':
        return "array";
    default:
        return "object";
    }
}

/* "type": of the plain kinds. */
static void put_types(struct page *page, const char *kinds)
{
    put(page, "{\"type\":[");
    for (const char *at = kinds; *at != '\0'; at++) {
        put(page, "%s\"%s\"", at == kinds ? "" : ",", type_of(*at));
    }
    put(page, "]}");
}

static void put_ref(struct page *page, enum shape shape)
{
    put(page, "{\"$ref\":\"#/$defs/%s\"}", shape_form_of(shape)->name);
}

static void put_object(struct page *page, const struct shape_object *object)
{
    bool first = true;

    put(page, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"//\":");
    put_ref(page, SHAPE_COMMENT);
    for (size_t i = 0; i < object->count; i++) {
        put(page, ",");
        put_string(page, object->key[i].word);
        put(page, ":{\"description\":");
        put_string(page, object->key[i].what);
        put(page, ",\"$ref\":\"#/$defs/%s\"}", shape_form_of(object->key[i].shape)->name);
    }
    put(page, "},\"required\":[");
    for (size_t i = 0; i < object->count; i++) {
        if (object->key[i].required) {
            put(page, "%s", first ? "" : ",");
            put_string(page, object->key[i].word);
            first = false;
        }
    }
    put(page, "]}");
}

/* The comment that may stand for an element of a list of objects. */
static void put_comment_object(struct page *page)
{
    put(page, "{\"type\":\"object\",\"properties\":{\"//\":");
    put_ref(page, SHAPE_COMMENT);
    put(page, "},\"required\":[\"//\"],\"maxProperties\":1}");
}

static void put_keyed(struct page *page, enum shape shape, const struct shape_form_of *form)
{
    size_t count;
    const struct shape_object *all = shape_keyed(shape, &count);
    const char *const *bare = shape_bare(shape);
    bool first = true;

    put(page, "{\"anyOf\":[");
    if (bare != NULL) {
        put(page, "{\"enum\":[");
        for (size_t i = 0; bare[i] != NULL; i++) {
            if (bare[i][0] != '\0') {
                put(page, "%s\"%s\"", first ? "" : ",", bare[i]);
                first = false;
            }
        }
        put(page, "]}");
    } else if (form->kinds[0] != '\0') {
        put_types(page, form->kinds);
    }
    first = bare == NULL && form->kinds[0] == '\0';
    for (size_t i = 0; i < count; i++) {
        if (all[i].name != NULL) {
            put(page, first ? "" : ",");
            put_object(page, &all[i]);
            first = false;
        }
    }
    put(page, "]}");
}

static void put_words(struct page *page, const struct shape_form_of *form)
{
    put(page, "{\"anyOf\":[{\"enum\":[");
    for (size_t i = 0; form->words[i] != NULL; i++) {
        put(page, "%s\"%s\"", i == 0 ? "" : ",", form->words[i]);
    }
    put(page, "]},{\"type\":\"string\",\"pattern\":\"^[{][^{}]+[}]$\"}]}");
}

static void put_list(struct page *page, const struct shape_form_of *form)
{
    put(page, "{\"type\":\"array\",\"items\":");
    if (shape_takes_comments(form->inner)) {
        put(page, "{\"anyOf\":[");
        put_ref(page, form->inner);
        put(page, ",");
        put_comment_object(page);
        put(page, "]}");
    } else {
        put_ref(page, form->inner);
    }
    if (form->least > 0) {
        put(page, ",\"minItems\":%u", form->least);
    }
    if (form->most > 0) {
        put(page, ",\"maxItems\":%u", form->most);
    }
    put(page, "}");
}

static void put_map(struct page *page, enum shape shape, const struct shape_form_of *form)
{
    put(page, "{\"type\":\"object\",\"properties\":{\"//\":");
    put_ref(page, SHAPE_COMMENT);
    put(page, "},\"additionalProperties\":");
    put_ref(page, form->inner);
    if (shape != SHAPE_BINDINGS && shape != SHAPE_FILTER) {
        put(page, ",\"propertyNames\":{\"pattern\":\"^[^\\\\u0000-\\\\u001f\\\\u007f-\\\\u009f\\\"'`{}\\\\[\\\\]]+$\",\"maxLength\":100}");
    }
    put(page, "}");
}

/* What a shape takes beside its plain kinds. */
static void put_form(struct page *page, enum shape shape, const struct shape_form_of *form)
{
    switch (form->form) {
    case FORM_WORDS:
        put_words(page, form);
        break;
    case FORM_LIST:
        put_list(page, form);
        break;
    case FORM_MAP:
        put_map(page, shape, form);
        break;
    case FORM_CLOSED:
        put_object(page, form->object);
        break;
    case FORM_KEYED:
        put_keyed(page, shape, form);
        break;
    case FORM_PLAIN:
        put_types(page, form->kinds);
        break;
    }
}

static void put_shape(struct page *page, enum shape shape)
{
    const struct shape_form_of *form = shape_form_of(shape);
    bool both = (form->form == FORM_LIST || form->form == FORM_CLOSED) && form->kinds[0] != '\0';

    put_string(page, form->name);
    put(page, ":");
    if (shape == SHAPE_ANY) {
        put(page, "true");
    } else if (shape == SHAPE_NOTHING) {
        put(page, "false");
    } else if (shape == SHAPE_FORMAT) {
        put(page, "{\"const\":1}");
    } else if (shape == SHAPE_SEED) {
        put(page, "{\"type\":\"integer\",\"minimum\":0}");
    } else if (shape == SHAPE_SWEEP_AXIS) {
        put(page, "{\"anyOf\":[");
        put_ref(page, SHAPE_SWEEP_VALUES);
        put(page, ",");
        put_object(page, form->object);
        put(page, "]}");
    } else if (both) {
        put(page, "{\"anyOf\":[");
        put_types(page, form->kinds);
        put(page, ",");
        put_form(page, shape, form);
        put(page, "]}");
    } else {
        put_form(page, shape, form);
    }
}

bool iocpsim_schema(const struct iocpsim_sink *sink)
{
    struct page page = {sink, false};

    put(&page, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n\"title\":\"iocpsim scenario, format 1\",\n"
               "\"$ref\":\"#/$defs/SCENARIO\",\n\"$defs\":{\n");
    for (enum shape shape = SHAPE_NOTHING; shape < SHAPE_END; shape = (enum shape)(shape + 1)) {
        put_shape(&page, shape);
        put(&page, "%s\n", shape + 1 < SHAPE_END ? "," : "}}");
    }
    return !page.failed;
}
