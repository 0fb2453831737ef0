/* SPDX-License-Identifier: Apache-2.0 */
/* The interpreter.
 *
 * A step's code is its verb, the text of its JSON pointer, and its operands. Flow verbs were compiled to
 * jumps, which are no steps: they take no step number. What a thread leaves between two verbs (the end of a
 * callback, the beginning of a batch's next one) belongs to the step of the verb before, or, where the
 * thread was just given the processor, to the step that it then begins with its next verb. */
#include "model/program.h"

#include "model/birth.h"
#include "model/dispatch.h"
#include "model/ending.h"
#include "model/operand.h"
#include "model/queue.h"
#include "model/target.h"
#include "model/thread.h"
#include "model/wait.h"
#include "sim/apart.h"
#include "sim/check.h"

/* How many words an operand structure has. */
#define WORDS(operands) (sizeof(operands) / sizeof(uint32_t))

/* Words of each verb's operands. */
static const uint8_t operand_words[] = {
#define ARGUMENT(member, word, kind, what)
#define NO_ARGUMENTS
#define VERB(name, subject, results, nature, function, what, arguments)                            \
    WORDS(struct name##_operands),
#include "model/verb.def"
#undef VERB
#undef NO_ARGUMENTS
#undef ARGUMENT
};

/* What a callback's record says of it. */
SIM_APART static void record_callback(const struct simulation *sim, struct record *record, thread_id thread)
{
    const struct frame *frame = frame_at(sim, thread_at(sim, thread)->frame);
    const struct packet *packet = packet_at(sim, frame->packet);

    record->step = frame->begun_at;
    if (record->kind == RECORD_CALLBACK_BEGIN) {
        record->cause = frame->called_by;
        record->why = frame->called_why;
    }
    if (frame->packet == 0) {
        record->absent = 0xf;
        if (frame->kind == FRAME_WORK || frame->called_why == WHY_WAITED_FOR) {
            record->object = reference_make(OBJECT_POOL, thread_at(sim, thread)->pool - 1);
        }
        return;
    }
    if ((packet->flags & PACKET_IS_POST) != 0) {
        record_queue(sim, record, packet->queue);
    } else {
        record->object = reference_make(OBJECT_HANDLE, packet->handle - 1);
    }
    record->op = packet->number;
    record->ok = !win32_error_is_failed(packet->error);
    record->error = packet->error;
    record->bytes = packet->bytes;
    record->key = packet->key;
}

static void tell_callback(struct simulation *sim, enum record_kind kind, thread_id thread)
{
    struct record *record = emit_verb(sim, kind, thread);

    if (record != NULL) {
        record_callback(sim, record, thread);
    }
    thread_is_caused(sim, thread);
}

void program_begin_callback(struct simulation *sim, thread_id thread, const struct frame *frame)
{
    frame_push(sim, thread, frame);
    procedure_count_at(sim, frame->procedure)->calls++;
    procedure_count_at(sim, frame->procedure)->running++;
    tell_callback(sim, RECORD_CALLBACK_BEGIN, thread);
}

/* Begins the callback of the next packet that the frame took; false when none is left that has one. */
static bool next_callback(struct simulation *sim, thread_id thread, uint32_t begun_at)
{
    packet_id id;

    while ((id = *thread_taken(sim, thread)) != 0) {
        struct packet *packet = packet_at(sim, id);
        struct frame frame;

        if (packet->task != 0 && (packet->flags & PACKET_HAS_ARRIVED) == 0 &&
            sim->switchboard->packet_arrives(sim, thread, id)) {
            return true; /* and on with the dispatch behind that */
        }
        packet = packet_at(sim, id);
        packet->flags |= PACKET_HAS_ARRIVED;
        frame = (struct frame){
            .bytes = packet->bytes,
            .key = packet->key,
            .operation = packet_as_result(sim, id),
            .error = packet->error,
            .ok = !win32_error_is_failed(packet->error),
            .kind = FRAME_CALLBACK,
            .procedure = packet->procedure,
            .return_pc = thread_at(sim, thread)->pc,
            .locals = packet->locals,
            .packet = id,
            .begun_at = begun_at,
            .called_by = packet->given,
            .item = packet->item,
            .called_why = packet->given_why,
        };

        *thread_taken(sim, thread) = packet->next;
        packet->next = 0;
        if (packet->procedure == PLAN_NONE) {
            packet_drop(sim, id);
            continue;
        }
        packet->locals = 0;
        if (frame.operation != 0) {
            packet_hold(sim, frame.operation);
        }
        program_begin_callback(sim, thread, &frame);
        return true;
    }
    return false;
}

enum step_end program_dispatch(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    (void)words;
    (void)next_callback(sim, thread, thread_at(sim, thread)->step);
    return STEP_GOES_ON;
}

/* Runs the oldest APC that is queued to the thread (fact IOCP-70). */
static void next_apc(struct simulation *sim, thread_id thread)
{
    uint32_t id = thread_at(sim, thread)->first_apc;
    struct apc apc = *apc_at(sim, id);
    struct record *record = emit_verb(sim, RECORD_APC_RUN, thread);
    struct frame frame;

    if (record != NULL) {
        record->procedure = apc.procedure;
        record->cause = apc.queued;
        record->op = apc.packet == 0 ? 0 : packet_at(sim, apc.packet)->number;
        record->why = (uint8_t)apc.why;
        record->item = item_number(sim, apc.item);
    }
    thread_at(sim, thread)->first_apc = apc.next;
    if (apc.next == 0) {
        thread_at(sim, thread)->last_apc = 0;
    }
    block_free(&sim->block, TABLE_APC, id);
    frame = (struct frame){
        .ok = true,
        .kind = FRAME_APC,
        .procedure = apc.procedure,
        .return_pc = thread_at(sim, thread)->pc,
        .locals = apc.locals,
        .packet = apc.packet,
        .begun_at = thread_at(sim, thread)->step,
        .called_by = sim->state.n,
        .item = apc.item,
        .called_why = (uint8_t)apc.why,
    };
    if (apc.packet != 0) {
        const struct packet *packet = packet_at(sim, apc.packet);
        frame.ok = !win32_error_is_failed(packet->error);
        frame.error = packet->error;
        frame.bytes = packet->bytes;
        frame.operation = apc.packet;
        packet_hold(sim, apc.packet);
    }
    program_begin_callback(sim, thread, &frame);
    packet_at(sim, apc.packet)->flags |= PACKET_HAS_ARRIVED;
    if (packet_at(sim, apc.packet)->task != 0) {
        (void)sim->switchboard->packet_arrives(sim, thread, apc.packet);
    }
}

/* A frame has left its thread, which goes on with what called it. */
static void go_on_below(struct simulation *sim, thread_id thread, enum frame_kind kind, uint32_t begun_at)
{
    if (kind == FRAME_CALLBACK) {
        (void)next_callback(sim, thread, begun_at);
    } else if (kind == FRAME_WORK || kind == FRAME_WORK_RESUMED) {
        sim->switchboard->worker_is_done(sim, thread);
    } else if (kind == FRAME_APC) {
        /* The next APC runs under the verb that was alertable, too. */
        thread_at(sim, thread)->step = begun_at;
    }
}

/* The frame's procedure is over. What the end of an asynchronous one makes run comes first: it then returns again. */
static void program_return(struct simulation *sim, thread_id thread)
{
    const struct frame *frame = frame_at(sim, thread_at(sim, thread)->frame);
    enum frame_kind kind = (enum frame_kind)frame->kind;
    uint32_t begun_at = frame->begun_at;

    if (frame->coroutine != 0 && sim->switchboard->frame_ends(sim, thread)) {
        thread_at(sim, thread)->pc--;
        return;
    }
    if (frame_is_callback(kind)) {
        frame = frame_at(sim, thread_at(sim, thread)->frame);
        procedure_count_at(sim, frame->procedure)->running--;
        tell_callback(sim, RECORD_CALLBACK_END, thread);
    }
    if (thread_at(sim, thread)->apc_frame == thread_at(sim, thread)->frame) {
        thread_at(sim, thread)->apc_frame = 0; /* its last step was alertable; another frame may have its number */
    }
    frame_pop(sim, thread);
    go_on_below(sim, thread, kind, begun_at);
}

void program_leave(struct simulation *sim, thread_id thread)
{
    struct frame *frame = frame_at(sim, thread_at(sim, thread)->frame);
    enum frame_kind kind = (enum frame_kind)frame->kind;

    if (frame_is_callback(kind)) {
        tell_callback(sim, RECORD_CALLBACK_END, thread);
    }
    thread_at(sim, thread)->frame = frame->up;
    thread_at(sim, thread)->pc = frame->return_pc;
    frame->up = 0;
    go_on_below(sim, thread, kind, frame->begun_at);
}

enum step_end program_exit(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    (void)words;
    (void)ending_of_itself(sim, thread, WHY_ENDED);
    ending_drop_frames(sim, thread);
    return STEP_STOPS;
}

enum step_end program_stop(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    (void)thread;
    (void)words;
    sim->state.is_over = true;
    sim->state.end = END_STOPPED;
    return STEP_STOPS;
}

/* Tells an assignment to a variable. */
static void
tell_variable(struct simulation *sim, thread_id thread, const struct plan_target *target, struct value value)
{
    const struct plan_object *declared;
    int64_t index = 0;
    struct record *record;

    if (target->form != TARGET_VARIABLE && target->form != TARGET_VARIABLE_ELEMENT) {
        return;
    }
    if (target->form == TARGET_VARIABLE_ELEMENT) {
        (void)operand_number(sim, thread, target->index, &index);
    }
    record = emit_verb(sim, RECORD_VARIABLE_SET, thread);
    if (record == NULL) {
        return;
    }
    record->object = reference_make(OBJECT_VARIABLE, target->slot);
    record->absent = 2;
    if (target->form == TARGET_VARIABLE_ELEMENT) {
        declared = &sim->plan->object[target->slot];
        record->object = reference_make(OBJECT_VARIABLE,
                                        declared->first_slot + (uint32_t)(index - declared->from));
        record->count = (uint32_t)index;
        record->absent = 0;
    }
    record->which = value.type;
    record->amount = value.bits;
    if (value.type == VALUE_NULL) {
        record->absent |= 1;
    } else if (value.type == VALUE_TEXT) {
        const char *text = plan_text(sim->plan, (uint32_t)value.bits);
        emit_text(sim, record, text, strlen(text));
    }
}

/* The most assignments of one let. */
#define LET_MAX 64

enum step_end program_let(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct let_operands *operands = (const void *)words;
    struct plan_span span = sim->plan->span[operands->object];
    struct value value[LET_MAX];

    SIM_CHECK(span.count <= LET_MAX);
    for (uint32_t i = 0; i < span.count; i++) {
        uint32_t formula = sim->plan->binding[span.first + i].formula;
        if (!operand_value(sim, thread, formula, &value[i])) {
            return STEP_GOES_ON;
        }
    }
    for (uint32_t i = 0; i < span.count; i++) {
        uint32_t target = sim->plan->binding[span.first + i].target;
        if (target_store(sim, thread, target, value[i])) {
            tell_variable(sim, thread, &sim->plan->target[target], value[i]);
        }
    }
    return STEP_GOES_ON;
}

/* A value of the frame's own: a loop's counter and how many rounds it has left. */
static struct value *slot_at(const struct simulation *sim, thread_id thread, uint32_t slot)
{
    return local_at(sim, frame_at(sim, thread_at(sim, thread)->frame)->locals + slot);
}

/* Words: count, from, counter slot (rounds left behind it), target, exit, pointer. */
static void flow_repeat(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    int64_t count = 0;
    int64_t from = 0;

    if (!operand_number(sim, thread, words[0], &count) ||
        !operand_number(sim, thread, words[1], &from) || count <= 0) {
        thread_at(sim, thread)->pc = words[4];
        return;
    }
    *slot_at(sim, thread, words[2]) = value_number(from);
    *slot_at(sim, thread, words[2] + 1) = value_number(count);
    if (words[3] != OPERAND_ABSENT) {
        (void)target_store(sim, thread, words[3], value_number(from));
    }
}

/* Words: counter slot, target, body. */
static void flow_again(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    struct value *counter = slot_at(sim, thread, words[0]);
    struct value *left = counter + 1;

    if (left->bits != VALUE_INFINITE && --left->bits == 0) {
        return;
    }
    counter->bits++;
    thread_at(sim, thread)->pc = words[2];
    if (words[1] != OPERAND_ABSENT) {
        (void)target_store(sim, thread, words[1], *counter);
    }
}

/* Words: procedure, with, pointer, target of `as`. */
static void flow_call(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    coroutine_id coroutine = 0;
    uint32_t locals;

    if (operand_with(sim, thread, (struct operand_with){words[1], words[0]}, &locals)) {
        const struct frame *caller = frame_at(sim, thread_at(sim, thread)->frame);
        packet_id packet = caller->packet;
        uint64_t item = caller->item;
        uint8_t notice = caller->notice;
        if (packet != 0) {
            packet_hold(sim, packet);
        }
        if (words[3] != OPERAND_ABSENT) {
            coroutine = sim->switchboard->call_begins(sim, thread, words[3]);
        }
        frame_push(sim, thread,
                   &(struct frame){
                       .ok = true,
                       .kind = FRAME_CALL,
                       .procedure = words[0],
                       .return_pc = thread_at(sim, thread)->pc,
                       .locals = locals,
                       .packet = packet,
                       .item = item,
                       .notice = notice,
                       .coroutine = coroutine,
                   });
    }
}

/* Words: weights or absent, count, where each begins. Without weights this is a choice. */
static void flow_choose(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    uint32_t taken = 0;

    if (words[0] == OPERAND_ABSENT) {
        taken = choose(&sim->choices, CHOICE_CHOOSE, words[1], 0);
    } else {
        struct value value;
        if (operand_value(sim, thread, words[0], &value)) {
            taken = (uint32_t)value.bits;
        }
    }
    thread_at(sim, thread)->pc = words[2 + taken];
}

/* Executes one flow instruction. Those that reckon set the pointer that a misuse is told with. */
static void program_flow(struct simulation *sim, thread_id thread, const uint32_t *word)
{
    static const uint8_t length[] = {2, 4, 7, 4, 5, 1, 2, 0, 1};
    struct thread *running = thread_at(sim, thread);
    const struct frame *frame;
    bool holds = false;

    running->pc += length[word[0] - VERB_COUNT];
    switch ((enum flow)word[0]) {
    case FLOW_JUMP:
        running->pc = word[1];
        break;
    case FLOW_BRANCH:
        sim->state.verbs_now++;
        running->step = word[3];
        if (!operand_flag(sim, thread, word[1], &holds) || !holds) {
            thread_at(sim, thread)->pc = word[2];
        }
        break;
    case FLOW_REPEAT:
        running->step = word[6];
        flow_repeat(sim, thread, word + 1);
        break;
    case FLOW_AGAIN:
        sim->state.verbs_now++;
        flow_again(sim, thread, word + 1);
        break;
    case FLOW_CALL:
        sim->state.verbs_now++;
        running->step = word[3];
        flow_call(sim, thread, word + 1);
        break;
    case FLOW_RETURN:
        program_return(sim, thread);
        break;
    case FLOW_SERVED:
        frame = frame_at(sim, running->frame);
        if (frame->taken == 0 && !frame->ok && frame->error != WIN32_WAIT_IO_COMPLETION) {
            running->pc = word[1];
        }
        break;
    case FLOW_CHOOSE:
        flow_choose(sim, thread, word + 1);
        break;
    case FLOW_BEGIN:
        sim->switchboard->frame_begins(sim, thread);
        break;
    }
}

/* Executes one verb; whether the thread goes on. */
static bool program_verb(struct simulation *sim, thread_id thread, const uint32_t *word)
{
    struct thread *running = thread_at(sim, thread);
    bool goes_on;

    step_begin(sim);
    sim->state.verbs_now++;
    if (running->apc_frame == running->frame) {
        running->apc_frame = 0;
    }
    running->verb = (uint8_t)word[0];
    running->step = word[1];
    running->pc += 2u + operand_words[word[0]];
    goes_on = sim->switchboard->verb[word[0]](sim, thread, word + 2) == STEP_GOES_ON;
    if (sim->dispatcher != NULL) {
        dispatch_settle(sim, thread);
    }
    return goes_on;
}

void program_run(struct simulation *sim, thread_id thread)
{
    const uint64_t livelock_after = sim->plan->livelock_after;

    while (!sim->state.is_over && !sim->out_of_memory) {
        struct thread *running = thread_at(sim, thread);
        const uint32_t *word = sim->plan->code + running->pc;

        if (sim->state.verbs_now > livelock_after) {
            sim->state.is_over = true;
            sim->state.end = END_LIVELOCK;
            sim->state.livelocked = thread;
        } else if (running->bears != 0) {
            if (birth_pay(sim, thread) == STEP_STOPS) {
                return;
            }
        } else if (running->first_inline != 0 && sim->switchboard->goes_inline(sim, thread)) {
            continue;
        } else if (running->frame == 0 && running->pool != 0) {
            if (sim->switchboard->worker_goes_on(sim, thread) == STEP_STOPS) {
                return;
            }
        } else if (running->frame == 0) {
            step_begin(sim);
            (void)ending_of_itself(sim, thread, WHY_ENDED);
            ending_drop_frames(sim, thread);
            return;
        } else if (running->apc_frame == running->frame && running->first_apc != 0) {
            next_apc(sim, thread);
        } else if (word[0] >= VERB_COUNT) {
            program_flow(sim, thread, word);
        } else if (!program_verb(sim, thread, word)) {
            return;
        }
    }
}
