/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences from the templates of record.def: a {field} is replaced, a part in [brackets] is left out when a
 * field in it is absent. */
#include "traces/follow.h"

#include <stdio.h>
#include <string.h>

#include "traces/cell.h"

/* A sentence as far as it is written. */
struct sentence {
    char *buffer;
    size_t room, length;
};

static void add(struct sentence *sentence, const char *bytes, size_t length)
{
    if (sentence->length < sentence->room) {
        size_t fits = sentence->room - sentence->length;
        memcpy(sentence->buffer + sentence->length, bytes, length < fits ? length : fits);
    }
    sentence->length += length;
}

/* The field of this name, if it holds a duration; else FIELD_NONE. */
static enum record_field duration_of(const char *name)
{
    static const uint8_t fields[] = {FIELD_TIMEOUT, FIELD_LATENCY, FIELD_DUE, FIELD_PERIOD};

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(name, record_field_name((enum record_field)fields[i])) == 0) {
            return (enum record_field)fields[i];
        }
    }
    return FIELD_NONE;
}

/* One field in words; false when it is absent. */
static bool add_field(const struct follow *follow, const struct record *record, const struct record_batch *batch,
                      const char *field, struct sentence *sentence)
{
    struct cell_reader reader = {&follow->names, NULL, follow->label, follow->label_context};
    struct cell absent = {.form = CELL_NULL};
    enum record_field duration = duration_of(field);
    char words[2048];

    if (cell_matches(&reader, record, batch, field, &absent)) {
        return false;
    }
    if (duration != FIELD_NONE) { /* which the trace has in ns */
        words[sim_span_write(record_field_value(record, duration), words, sizeof words - 1)] = '\0';
    } else {
        cell_write(&reader, record, batch, field, words, sizeof words);
    }
    add(sentence, words, strlen(words));
    return true;
}

size_t follow_sentence(const struct follow *follow,
                       const struct record *record,
                       const struct record_batch *batch,
                       char *buffer,
                       size_t room)
{
    const char *template = record_kind_sentence((enum record_kind)record->kind);
    struct sentence sentence = {buffer, room, 0};
    size_t part = 0;      /* where the optional part began */
    uint32_t brackets = 0;
    bool whole = true;    /* no field of the optional part was absent */

    for (const char *at = template; *at != '\0'; at++) {
        char field[32];
        size_t length = strcspn(at, "}");
        if (*at == '[' && brackets++ == 0) {
            part = sentence.length;
            whole = true;
        } else if (*at == ']' && --brackets == 0) {
            sentence.length = whole ? sentence.length : part;
        } else if (*at == '{' && length < sizeof field) {
            memcpy(field, at + 1, length - 1);
            field[length - 1] = '\0';
            whole = add_field(follow, record, batch, field, &sentence) && whole;
            at += length;
        } else {
            add(&sentence, at, 1);
        }
    }
    return sentence.length;
}

void follow_see(void *context, const struct record_batch *batch)
{
    struct follow *follow = context;
    char line[4096];
    char time[40];

    for (uint32_t i = 0; i < batch->count && !follow->failed; i++) {
        const struct record *record = &batch->record[i];
        const char *why = record_why_sentence((enum record_why)record->why);
        size_t length;
        int prefix;

        time[sim_span_write(record->t, time, sizeof time - 1)] = '\0';
        prefix = snprintf(line, sizeof line, "%6llu  %12s  ", (unsigned long long)record->n, time);
        length = (size_t)prefix;
        length += follow_sentence(follow, record, batch, line + length, 2048);
        length = length < 2048 ? length : 2048;
        if (record->why != WHY_NONE) {
            length += (size_t)snprintf(line + length, sizeof line - length, ", because %s", why);
        }
        line[length++] = '\n';
        follow->failed = !follow->sink.write(follow->sink.context, line, length);
    }
}
