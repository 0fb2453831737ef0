/* SPDX-License-Identifier: Apache-2.0 */
/* Each record names one cause, which has a smaller number, so the chain ends. A trace that was filtered may
 * lack a cause: the chain then says so, and ends there. */
#include "traces/why.h"

#include <stdio.h>
#include <string.h>

#include "traces/writing.h"

/* The cause of a record; NULL: none, or not in this trace. Only a broken trace has causes that come later. */
static const struct record *cause_of(const struct kept *kept, const struct record *record)
{
    return record->cause < record->n ? kept_find(kept, record->cause) : NULL;
}

/* How wide the column of numbers must be: as wide as the greatest, which is the first. */
static int width_of(uint64_t n)
{
    char digits[24];

    return snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
}

/* One link: when and who, what, and by which rule. */
static void write_link(struct writing *to, const struct kept *kept, const struct record *record, int width)
{
    enum record_why why = (enum record_why)record->why;
    char words[2048];

    writing_put(to, "\n%*llu  %s", width, (unsigned long long)record->n, span_words(record->t).text);
    if (record->thread != REFERENCE_NONE) {
        writing_put(to, "  %s (%s)", name_words(&kept->names, record->thread, words, sizeof words),
                    thread_type_name((enum thread_type)record->type));
    }
    kept_sentence(kept, record, words, sizeof words);
    writing_put(to, "\n%*s  %s\n", width, "", words);
    if (why != WHY_NONE) {
        writing_put(to, "%*s  because %s\n%*s  (%s%s%s)\n", width, "", record_why_sentence(why), width, "",
                    record_why_name(why), record_why_facts(why)[0] == '\0' ? "" : ": ", record_why_facts(why));
    }
}

bool why_write(const struct kept *kept, uint64_t n, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    uint64_t cause = n;

    writing_put(&to, "Record %llu, and what led to it: each was caused by the one below.\n", (unsigned long long)n);
    for (const struct record *record = kept_find(kept, n); record != NULL; record = cause_of(kept, record)) {
        write_link(&to, kept, record, width_of(n));
        cause = record->cause;
    }
    if (cause != 0) {
        writing_put(&to, "\nIts cause, record %llu, is not in this trace.\n", (unsigned long long)cause);
    }
    return !to.failed;
}

/* The facts of a rule as a list. */
static void write_facts(struct writing *to, const char *facts)
{
    char fact[32];

    writing_put(to, "[");
    for (const char *at = facts; *at != '\0';) {
        size_t length = strcspn(at, " ");
        snprintf(fact, sizeof fact, "%.*s", (int)length, at);
        writing_put(to, at == facts ? "" : ",");
        writing_string(to, fact);
        at += length + (at[length] == ' ');
    }
    writing_put(to, "]");
}

static void write_link_json(struct writing *to, const struct kept *kept, const struct record *record)
{
    char words[2048];

    writing_put(to, "{\"n\":%llu,\"t\":%llu,\"kind\":\"%s\"", (unsigned long long)record->n,
                (unsigned long long)record->t, record_kind_name((enum record_kind)record->kind));
    if (record->thread != REFERENCE_NONE) {
        writing_put(to, ",\"thread\":");
        writing_string(to, name_words(&kept->names, record->thread, words, sizeof words));
        writing_put(to, ",\"type\":\"%s\"", thread_type_name((enum thread_type)record->type));
    }
    kept_sentence(kept, record, words, sizeof words);
    writing_put(to, ",\"says\":");
    writing_string(to, words);
    if (record->why != WHY_NONE) {
        enum record_why why = (enum record_why)record->why;
        writing_put(to, ",\"why\":\"%s\",\"because\":", record_why_name(why));
        writing_string(to, record_why_sentence(why));
        writing_put(to, ",\"facts\":");
        write_facts(to, record_why_facts(why));
    }
    writing_put(to, "}");
}

bool why_write_json(const struct kept *kept, uint64_t n, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    uint64_t at = n;

    writing_put(&to, "{\"n\":%llu,\"chain\":[", (unsigned long long)n);
    for (const struct record *record = kept_find(kept, n); record != NULL; record = cause_of(kept, record)) {
        writing_put(&to, record->n == n ? "" : ",");
        write_link_json(&to, kept, record);
        at = record->cause;
    }
    writing_put(&to, "],\"whole\":%s}\n", at == 0 ? "true" : "false");
    return !to.failed;
}
