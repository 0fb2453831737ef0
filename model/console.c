/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that a program says. A text is pieces: words, and expressions that stood in braces. */
#include "model/console.h"

#include "model/names.h"
#include "model/operand.h"
#include "model/thread.h"
#include "model/wait.h"

/* The longest text: a string of the language, which expressions in it must not blow up. */
#define TEXT_MAX 65536u

/* Composes a text in the scratch: first, since an expression that fails emits a record of its own. */
static bool compose(struct simulation *sim, thread_id thread, uint32_t text)
{
    struct plan_span span = sim->plan->span[text];
    char words[256];

    sim->emission.scratch_count = 0;
    for (uint32_t i = 0; i < span.count; i++) {
        const struct plan_piece *piece = &sim->plan->piece[span.first + i];
        struct value value = value_make(VALUE_TEXT, piece->text);

        if (piece->text == PLAN_NONE && !operand_value(sim, thread, piece->formula, &value)) {
            return false;
        }
        if (value.type == VALUE_TEXT) {
            const char *said = plan_text(sim->plan, (uint32_t)value.bits);
            scratch_add(sim, said, strlen(said));
        } else {
            size_t length = value_write(sim, value, words, sizeof words);
            scratch_add(sim, words, length < sizeof words ? length : sizeof words);
        }
        if (sim->emission.scratch_count > TEXT_MAX) {
            misuse(sim, thread, "a text has more than 65536 bytes");
            return false;
        }
    }
    return true;
}

enum step_end console_log(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct log_operands *operands = (const void *)words;

    if (compose(sim, thread, operands->object)) {
        struct record *record = emit_verb(sim, RECORD_LOG, thread);
        emit_text(sim, record, sim->emission.scratch, sim->emission.scratch_count);
    }
    return STEP_GOES_ON;
}

enum step_end console_read_line(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    struct waiting waiting = {.outside = true, .timeout = SIM_NEVER, .why = WHY_READ_LINE};

    (void)words;
    thread_at(sim, thread)->subject = REFERENCE_NONE;
    return wait_begin(sim, thread, &waiting);
}

enum step_end console_assert(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct assert_operands *operands = (const void *)words;
    bool holds = false;
    struct record *record;

    if (!operand_flag(sim, thread, operands->object, &holds) ||
        !compose(sim, thread, operands->description)) {
        return STEP_GOES_ON;
    }
    record = emit_verb(sim, RECORD_ASSERT, thread);
    emit_text(sim, record, sim->emission.scratch, sim->emission.scratch_count);
    if (record != NULL) {
        record->ok = holds;
    }
    return STEP_GOES_ON;
}
