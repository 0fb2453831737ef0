/* SPDX-License-Identifier: Apache-2.0 */
/* Each record names one cause, which has a smaller number, so the chain ends. A trace that was filtered may
 * lack a cause: the chain then says so, and ends there. A rule may rest on a second record, such as the one by which
 * the thread began to wait: it is shown beside the chain, and not followed. */
#include "traces/why.h"

#include <stdio.h>
#include <string.h>

#include "traces/writing.h"

/* The cause of a record; NULL: none, or not in this trace. Only a broken trace has causes that come later. */
static const struct record *cause_of(const struct kept *kept, const struct record *record)
{
    return record->cause < record->n ? kept_find(kept, record->cause) : NULL;
}

/* A tree on its way to a sink: the asked record is its root, and each record's cause hangs under it. */
struct tree {
    struct writing *to;
    const struct kept *kept;
    int width;          /* of the column of numbers: as wide as the greatest, which is the first */
    unsigned depth;
};

static int width_of(uint64_t n)
{
    char digits[24];

    return snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
}

/* How far to the right a record of this depth stands; very long chains stop moving. */
static int indent_of(unsigned depth)
{
    return (int)(depth > 20 ? 20 : depth) * 2;
}

/* When, who and what, behind the number. */
static void write_head(const struct tree *tree, const struct record *record, const char *hook)
{
    char words[2048];

    char name[512] = "";
    size_t length = 0;

    kept_sentence(tree->kept, record, words, sizeof words);
    writing_put(tree->to, "%*llu  %*s%s%s  ", tree->width, (unsigned long long)record->n, indent_of(tree->depth), "", hook,
                span_words(record->t).text);
    if (record->thread != REFERENCE_NONE) {
        const char *type = thread_type_name((enum thread_type)record->type);
        name_words(&tree->kept->names, record->thread, name, sizeof name);
        length = strlen(name);
        if (strncmp(words, name, length) != 0 || words[length] != ' ') {
            writing_put(tree->to, "%s (%s): ", name, type);
            length = 0;
        } else if (words[length + 1] == '(') {
            length = 0; /* the sentence says its type */
        } else {
            writing_put(tree->to, "%s (%s)", name, type);
        }
    }
    writing_put(tree->to, "%s\n", words + length);
}

/* The rule of a record, unless the one above has just told it. */
static void write_rule(const struct tree *tree, const struct record *record, const struct record *above)
{
    enum record_why why = (enum record_why)record->why;
    int indent = tree->width + 4 + indent_of(tree->depth);

    if (why == WHY_NONE) {
        return;
    }
    if (above != NULL && above->why == record->why) {
        writing_put(tree->to, "%*s    by the same rule\n", indent, "");
        return;
    }
    writing_put(tree->to, "%*s    because %s (%s%s%s)\n", indent, "", record_why_sentence(why), record_why_name(why),
                record_why_facts(why)[0] == '\0' ? "" : ": ", record_why_facts(why));
}

/* What a rule rests on beside the cause: how the thread came to wait, or how the slot came free. NULL: nothing more. */
static const struct record *ground_of(const struct kept *kept, const struct record *record)
{
    bool is_end = record->kind == RECORD_PACKET_RELEASE || record->kind == RECORD_THREAD_UNBLOCK ||
                  record->kind == RECORD_PORT_TIMEOUT;
    bool frees = record->why == WHY_SLOT_FREED_BY_BLOCK || record->why == WHY_SLOT_FREED_BY_EXIT ||
                 record->why == WHY_SLOT_FREED_BY_LEAVE;

    for (const struct record *at = record; is_end && at > kept->record;) {
        at--;
        if (frees ? at->object == record->object && (at->kind == RECORD_PORT_BLOCK || at->kind == RECORD_PORT_LEAVE)
                  : at->thread == record->thread && (at->kind == RECORD_PORT_WAIT || at->kind == RECORD_THREAD_BLOCK)) {
            return at->n == record->cause ? NULL : at;
        }
    }
    return NULL;
}

bool why_write(const struct kept *kept, uint64_t n, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    struct tree tree = {&to, kept, width_of(n), 0};
    const struct record *above = NULL;
    uint64_t cause = n;

    writing_put(&to, "Why record %llu? Each record was caused by the one that hangs under it; + is what its rule rests on.\n\n",
                (unsigned long long)n);
    for (const struct record *record = kept_find(kept, n); record != NULL; record = cause_of(kept, record)) {
        const struct record *ground = ground_of(kept, record);
        write_head(&tree, record, above == NULL ? "" : "`-- ");
        tree.depth += above != NULL;
        write_rule(&tree, record, above);
        if (ground != NULL) {
            write_head(&tree, ground, "+-- ");
            tree.depth++;
            write_rule(&tree, ground, NULL);
            tree.depth--;
        }
        above = record;
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
