/* SPDX-License-Identifier: Apache-2.0 */
/* A claim about records needs the kinds that it names; one about state, or with a filter that could match
 * anything, needs all. */
#include "traces/interest.h"

#include "traces/expectation.h"

static void want(struct interest *interest, enum record_kind kind)
{
    interest->kinds[kind / 64] |= UINT64_C(1) << (kind % 64);
}

struct interest interest_both(struct interest a, struct interest b)
{
    return (struct interest){{a.kinds[0] | b.kinds[0], a.kinds[1] | b.kinds[1]}};
}

struct interest interest_all(void)
{
    return (struct interest){{UINT64_MAX, UINT64_MAX}};
}

struct interest interest_of_report(void)
{
    static const uint8_t kinds[] = {
        RECORD_THREAD_CREATE, RECORD_THREAD_RUN, RECORD_THREAD_BLOCK, RECORD_THREAD_UNBLOCK,
        RECORD_THREAD_READY, RECORD_THREAD_PREEMPT, RECORD_THREAD_EXIT, RECORD_PORT_WAIT,
        RECORD_PACKET_RELEASE, RECORD_PORT_TIMEOUT, RECORD_CALLBACK_BEGIN,
        RECORD_LOG, RECORD_RUN_END, RECORD_OBJECT_ACQUIRE, RECORD_OBJECT_RELEASE,
        RECORD_OP_ISSUE, RECORD_OP_IMMEDIATE, RECORD_OP_COMPLETE, RECORD_PACKET_QUEUE,
        RECORD_PACKET_TAKE, RECORD_PACKET_DROP, RECORD_PORT_RUNDOWN, RECORD_THREAD_SUSPEND, RECORD_THREAD_RESUME,
        RECORD_POOL_PARK, RECORD_POOL_UNPARK, RECORD_POOL_RETIRE,
        RECORD_WORK_QUEUE, RECORD_WORK_TAKE, RECORD_WORK_END, RECORD_IO_DRAIN, RECORD_HANDLE_ASSOCIATE,
        RECORD_FRAME_BEGIN, RECORD_FRAME_SUSPEND, RECORD_FRAME_RESUME, RECORD_FRAME_END,
    };
    struct interest interest = {{0, 0}};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        want(&interest, (enum record_kind)kinds[i]);
    }
    return interest;
}

struct interest interest_of_items(void)
{
    struct interest interest = interest_of_report();

    want(&interest, RECORD_ITEM_ARRIVE);
    want(&interest, RECORD_ITEM_END);
    want(&interest, RECORD_CALLBACK_END); /* until then its thread works for the callback's item */
    want(&interest, RECORD_DEVICE_QUEUE);
    want(&interest, RECORD_DEVICE_BEGIN);
    want(&interest, RECORD_DEVICE_END);
    return interest;
}

/* Whether code reads nothing but loads, and the clock: those change with items only. */
static bool is_about_loads(const uint32_t *word, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t what = word[i] >> 9;
        if ((word[i] & 0xff) != FORMULA_READ) {
            continue;
        }
        i++;
        if (what != READ_SERIES && what != READ_AGGREGATE && what != READ_NOW &&
            (what != READ_OBSERVABLE || observable_kind((enum observable)word[i]) != OBJECT_LOAD)) {
            return false;
        }
    }
    return true;
}

static bool formula_is_about_loads(const struct expectation_claims *claims, const struct claim_formula *formula)
{
    const uint32_t *word = formula->own != NULL ? formula->own : claims->word + formula->first;

    return formula->given && (formula->is_constant || is_about_loads(word, formula->count));
}

/* Whether every event of an order is a line or a callback. */
static bool order_is_plain(const struct claim *claim)
{
    for (size_t i = 0; i < claim->event_count; i++) {
        if (claim->event[i].log == NULL && claim->event[i].callback == NULL) {
            return false;
        }
    }
    return true;
}

static struct interest interest_of_claim(const struct expectation_claims *claims, const struct claim *claim)
{
    struct interest interest = {{0, 0}};

    switch (claim->kind) {
    case CLAIM_ends:
        want(&interest, RECORD_RUN_END);
        return interest;
    case CLAIM_callback:
        want(&interest, RECORD_CALLBACK_BEGIN);
        return interest;
    case CLAIM_log:
    case CLAIM_output:
        want(&interest, RECORD_LOG);
        return interest;
    case CLAIM_order:
        want(&interest, RECORD_LOG);
        want(&interest, RECORD_CALLBACK_BEGIN);
        return order_is_plain(claim) ? interest : interest_all();
    case CLAIM_estimate:
    case CLAIM_explore:
        return interest;
    case CLAIM_finally:
    case CLAIM_across:
        return formula_is_about_loads(claims, &claim->condition) ? interest_of_items() : interest_all();
    case CLAIM_when:
    case CLAIM_always:
    case CLAIM_never:
    case CLAIM_eventually:
    case CLAIM_records:
        break;
    }
    return interest_all();
}

struct interest interest_of_claims(const struct expectation_claims *claims)
{
    struct interest interest = {{0, 0}};

    want(&interest, RECORD_RUN_END);
    want(&interest, RECORD_ASSERT);
    want(&interest, RECORD_MISUSE);
    if (claims->gives_count > 0) {
        return interest_all();
    }
    for (size_t i = 0; i < claims->aggregate_count; i++) {
        if (!claim_aggregate_is_asked(claims, &claims->aggregate[i])) {
            continue;
        }
        want(&interest, RECORD_RUN_BEGIN); /* what is reckoned over time begins there */
        if (!formula_is_about_loads(claims, &claims->aggregate[i].argument)) {
            return interest_all();
        }
        interest = interest_both(interest, interest_of_items());
    }
    for (size_t i = 0; i < claims->claim_count; i++) {
        if (claims->claim[i].applies) {
            interest = interest_both(interest, interest_of_claim(claims, &claims->claim[i]));
        }
    }
    return interest;
}
