/* SPDX-License-Identifier: Apache-2.0 */
/* Records lie in the order of their numbers. Each text is followed by a NUL, so that labels can be lent. */
#include "traces/kept.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

void kept_init(struct kept *kept, const struct record_names *names)
{
    memset(kept, 0, sizeof *kept);
    if (names != NULL) {
        kept->names = *names;
    }
}

void kept_release(struct kept *kept)
{
    free(kept->record);
    free(kept->bytes);
    free(kept->list);
    free(kept->op);
    memset(kept, 0, sizeof *kept);
}

/* Whether the record's span is a list of references, a text, or nothing. */
static enum field_format span_format(const struct record *record)
{
    const uint8_t *own = record_own_fields((enum record_kind)record->kind);

    for (uint32_t i = 0; own[i] != FIELD_NONE; i++) {
        enum field_format format = record_field_format((enum record_field)own[i]);
        if (format == FORMAT_REFERENCES || format == FORMAT_TEXT ||
            (format == FORMAT_VALUE && record->which == VALUE_TEXT)) {
            return format;
        }
    }
    return FORMAT_COUNT;
}

static bool take_text(struct kept *kept, struct record *record, const char *bytes)
{
    void *items = kept->bytes;

    if (!array_reach(&items, &kept->byte_room, kept->byte_count + record->span.length, 1)) {
        kept->failed = true;
        return false;
    }
    kept->bytes = items;
    if (record->span.length > 0) {
        memcpy(kept->bytes + kept->byte_count, bytes + record->span.first, record->span.length);
    }
    record->span.first = (uint32_t)kept->byte_count;
    kept->byte_count += record->span.length;
    kept->bytes[kept->byte_count++] = '\0';
    return true;
}

static bool take_list(struct kept *kept, struct record *record, const reference *list)
{
    void *items = kept->list;

    if (!array_reach(&items, &kept->list_room, kept->list_count + record->span.length, sizeof *kept->list)) {
        kept->failed = true;
        return false;
    }
    kept->list = items;
    if (record->span.length > 0) {
        memcpy(kept->list + kept->list_count, list + record->span.first, record->span.length * sizeof *list);
    }
    record->span.first = (uint32_t)kept->list_count;
    kept->list_count += record->span.length;
    return true;
}

/* Notes where an operation or packet begins. They are numbered as they begin; a broken trace may say otherwise. */
static void note_op(struct kept *kept, const struct record *record)
{
    void *items = kept->op;

    if ((record->kind == RECORD_OP_ISSUE || record->kind == RECORD_PACKET_POST) &&
        (kept->ops == 0 || kept->op[kept->ops - 1].op < record->op)) {
        if (!array_reach(&items, &kept->op_room, kept->ops, sizeof *kept->op)) {
            kept->failed = true;
            return;
        }
        kept->op = items;
        kept->op[kept->ops++] = (struct kept_op){record->op, kept->count - 1};
    }
}

void kept_add(struct kept *kept, const struct record *record, const struct record_batch *batch)
{
    struct record taken = *record;
    void *items = kept->record;
    enum field_format format = span_format(record);
    bool good = true;

    if (kept->failed || !array_reach(&items, &kept->room, kept->count, sizeof taken)) {
        kept->failed = true;
        return;
    }
    kept->record = items;
    if (format == FORMAT_REFERENCES) {
        good = take_list(kept, &taken, batch->list);
    } else if (format != FORMAT_COUNT) {
        good = take_text(kept, &taken, batch->bytes);
    }
    if (good) {
        kept->record[kept->count++] = taken;
        note_op(kept, &taken);
    }
}

void kept_see(void *context, const struct record_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++) {
        kept_add(context, &batch->record[i], batch);
    }
}

const struct record *kept_find(const struct kept *kept, uint64_t n)
{
    size_t first = 0;
    size_t end = kept->count;

    if (n > 0 && n <= kept->count && kept->record[n - 1].n == n) {
        return &kept->record[n - 1];
    }
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (kept->record[middle].n < n) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first < kept->count && kept->record[first].n == n ? &kept->record[first] : NULL;
}

const char *kept_label(const struct kept *kept, uint64_t op)
{
    const struct record *record;
    size_t first = 0;
    size_t end = kept->ops;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (kept->op[middle].op < op) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    if (first == kept->ops || kept->op[first].op != op) {
        return NULL;
    }
    record = &kept->record[kept->op[first].place];
    return record->span.length == 0 ? NULL : kept->bytes + record->span.first;
}

struct record_batch kept_batch(const struct kept *kept)
{
    return (struct record_batch){
        .record = kept->record, .count = (uint32_t)kept->count, .bytes = kept->bytes, .list = kept->list};
}

/* How the sentence asks for a label. */
static const char *label_of(const void *context, uint64_t op)
{
    return kept_label(context, op);
}

void kept_sentence(const struct kept *kept, const struct record *record, char *buffer, size_t room)
{
    struct follow follow = {.names = kept->names, .label = label_of, .label_context = kept};
    struct record_batch batch = kept_batch(kept);
    size_t length = follow_sentence(&follow, record, &batch, buffer, room - 1);

    buffer[length < room - 1 ? length : room - 1] = '\0';
}
