/* SPDX-License-Identifier: Apache-2.0 */
/* The queues of pools (facts CLR-40, 41): records name them, and policies say in which order workers look into them. */
#ifndef MODEL_POLICY_WORK_QUEUE_H
#define MODEL_POLICY_WORK_QUEUE_H

enum work_queue_kind {
    WORK_GLOBAL,
    WORK_LOCAL,     /* of a worker */
    WORK_HIGH,
    WORK_UNMANAGED, /* of timers that fire, in the native pool */
    WORK_CONTEXT,   /* of a context, in whose turn items run */
    WORK_QUEUE_KINDS,
};

#endif
