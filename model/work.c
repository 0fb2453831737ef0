/* SPDX-License-Identifier: Apache-2.0 */
/* Work items as programs see them: QueueUserWorkItem, CallbackMayRunLong. */
#include "model/work.h"

#include "model/operand.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/thread.h"

enum step_end work_queue(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct queue_operands *operands = (const void *)words;
    pool_id pool = operand_subject(sim, thread, operands->object, OBJECT_POOL);
    struct operand_with with = {operands->with, operands->callback};
    uint32_t locals = 0;
    work_item_id item;

    if (pool == 0 || !operand_with(sim, thread, with, &locals)) {
        return STEP_GOES_ON;
    }
    item = simulation_create_element(sim, TABLE_WORK_ITEM);
    *work_item_at(sim, item) = (struct work_item){
        .procedure = operands->callback,
        .locals = locals,
        .load_item = thread_item(sim, thread),
        .queue = operands->prefer == WORK_LOCAL ? WORK_LOCAL : WORK_GLOBAL, /* facts CLR-1, 40 */
    };
    pool_queue(sim, pool, item, thread);
    thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    return STEP_GOES_ON;
}

void work_of_item(struct simulation *sim, pool_id pool, const struct item_birth *of)
{
    work_item_id item = simulation_create_element(sim, TABLE_WORK_ITEM);

    *work_item_at(sim, item) = (struct work_item){
        .cause = of->cause,
        .load_item = of->item,
        .procedure = of->procedure,
        .locals = of->locals,
        .is_first = true,
    };
    pool_queue(sim, pool, item, 0);
}

enum step_end work_may_run_long(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct thread *worker = thread_at(sim, thread);

    (void)words;
    thread_at(sim, thread)->subject = REFERENCE_NONE;
    if (worker->worker == 0) {
        misuse(sim, thread, "only a callback of a pool may run long");
    } else if (worker_at(sim, worker->worker)->runs_long) {
        misuse(sim, thread, "a callback says once that it may run long");
    } else {
        pool_runs_long(sim, thread);
    }
    return STEP_GOES_ON;
}
