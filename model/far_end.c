/* SPDX-License-Identifier: Apache-2.0 */
/* Each verb changes the stream, says so, and lets what is pending have what there now is. */
#include "model/far_end.h"

#include "model/handle.h"
#include "model/operand.h"
#include "model/service.h"
#include "model/stream.h"
#include "model/thread.h"

/* The far end has acted on a handle, or could not. */
static enum step_end acted(struct simulation *sim, thread_id thread, handle_id handle, bool could, const uint64_t *bytes)
{
    struct record *record;

    if (!could) {
        misuse(sim, thread, "there is no far end that could do this");
        return STEP_GOES_ON;
    }
    record = emit_verb(sim, RECORD_FAR_END, thread);
    if (record != NULL) {
        record->object = handle_reference(handle);
        record->verb = thread_at(sim, thread)->verb;
        record->bytes = bytes == NULL ? 0 : *bytes;
        record->absent = bytes == NULL ? 2 : 0;
    }
    sim->state.bringer = thread_item(sim, thread);
    service_of_stream(sim, handle_at(sim, handle)->file, sim->state.n);
    sim->state.bringer = 0;
    return STEP_GOES_ON;
}

/* The file object of a verb's handle, open or not: the far end does not know; 0 after a misuse. */
static file_id subject(struct simulation *sim, thread_id thread, uint32_t operand, handle_id *handle)
{
    *handle = operand_subject(sim, thread, operand, OBJECT_HANDLE);
    if (*handle != 0 && handle_at(sim, *handle)->file == 0) {
        misuse(sim, thread, "there is no far end that could do this");
        return 0;
    }
    return *handle == 0 ? 0 : handle_at(sim, *handle)->file;
}

enum step_end far_end_dial(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct dial_operands *operands = (const void *)words;
    handle_id handle;
    file_id file = subject(sim, thread, operands->object, &handle);

    return file == 0 ? STEP_GOES_ON : acted(sim, thread, handle, stream_dial(sim, file, 0), NULL);
}

enum step_end far_end_deliver(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct deliver_operands *operands = (const void *)words;
    uint64_t bytes = 0;
    handle_id handle;
    file_id file = subject(sim, thread, operands->object, &handle);

    if (file == 0 || !operand_size(sim, thread, operands->bytes, &bytes)) {
        return STEP_GOES_ON;
    }
    return acted(sim, thread, handle, stream_deliver(sim, file, bytes), &bytes);
}

enum step_end far_end_consume(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct consume_operands *operands = (const void *)words;
    uint64_t bytes = 0;
    handle_id handle;
    file_id file = subject(sim, thread, operands->object, &handle);

    if (file == 0 || !operand_size(sim, thread, operands->bytes, &bytes)) {
        return STEP_GOES_ON;
    }
    return acted(sim, thread, handle, stream_consume(sim, file, bytes), &bytes);
}

enum step_end far_end_hang_up(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct hang_up_operands *operands = (const void *)words;
    handle_id handle;
    file_id file = subject(sim, thread, operands->object, &handle);

    return file == 0 ? STEP_GOES_ON : acted(sim, thread, handle, stream_hang_up(sim, file), NULL);
}

enum step_end far_end_abort(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct abort_operands *operands = (const void *)words;
    handle_id handle;
    file_id file = subject(sim, thread, operands->object, &handle);

    return file == 0 ? STEP_GOES_ON : acted(sim, thread, handle, stream_abort(sim, file), NULL);
}
