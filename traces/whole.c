/* SPDX-License-Identifier: Apache-2.0 */
/* What the fold relies on: a thread where a thread's state changes, a port where its counts do. */
#include "traces/whole.h"

bool record_is_whole(const struct record *record)
{
    uint32_t kind = record->object == REFERENCE_NONE ? OBJECT_UNKNOWN : reference_kind(record->object);
    bool has_thread = record->thread != REFERENCE_NONE;

    switch ((int)record->kind) {
    case RECORD_PORT_JOIN:
    case RECORD_PORT_LEAVE:
    case RECORD_PORT_WAIT:
    case RECORD_PORT_TIMEOUT:
    case RECORD_PACKET_RELEASE:
    case RECORD_PACKET_TAKE:
        return has_thread && kind == OBJECT_PORT;
    case RECORD_PORT_BLOCK:
    case RECORD_PORT_UNBLOCK:
    case RECORD_PORT_CLOSE:
    case RECORD_PACKET_POST:
    case RECORD_PACKET_QUEUE:
        return kind == OBJECT_PORT;
    case RECORD_PACKET_DROP:
        return kind == OBJECT_PORT || kind == OBJECT_HANDLE;
    case RECORD_FRAME_BEGIN:
    case RECORD_FRAME_SUSPEND:
    case RECORD_FRAME_RESUME:
    case RECORD_FRAME_END:
        return has_thread && record->procedure != NAME_NONE &&
               ((record->absent & 1) != 0 || reference_kind(record->which) == OBJECT_TASK);
    case RECORD_CALLBACK_BEGIN:
    case RECORD_CALLBACK_END:
        return has_thread && record->procedure != NAME_NONE;
    case RECORD_OP_ISSUE:
    case RECORD_OP_COMPLETE:
    case RECORD_OP_IMMEDIATE:
    case RECORD_HANDLE_ASSOCIATE:
    case RECORD_IO_ANNOUNCE:
    case RECORD_IO_WITHDRAW:
    case RECORD_IO_DRAIN:
        return kind == OBJECT_HANDLE;
    case RECORD_DEVICE_QUEUE:
    case RECORD_DEVICE_BEGIN:
    case RECORD_DEVICE_END:
        return kind == OBJECT_DEVICE;
    case RECORD_VARIABLE_SET:
        return kind == OBJECT_VARIABLE;
    case RECORD_TASK_CREATE:
    case RECORD_TASK_COMPLETE:
        return (record->absent & 1) == 0 && reference_kind(record->which) == OBJECT_TASK;
    case RECORD_APC_QUEUE:
        return kind == OBJECT_THREAD;
    case RECORD_WORK_QUEUE:
    case RECORD_POOL_REQUEST:
    case RECORD_POOL_TARGET:
        return kind == OBJECT_POOL;
    case RECORD_WORK_TAKE:
    case RECORD_WORK_END:
    case RECORD_POOL_PARK:
    case RECORD_POOL_UNPARK:
    case RECORD_POOL_RETIRE:
    case RECORD_CLIMB:
    case RECORD_GATE_ROUND:
    case RECORD_POOL_LIMITS:
        return has_thread && kind == OBJECT_POOL;
    case RECORD_TIMER_SET:
    case RECORD_TIMER_FIRE:
    case RECORD_TIMER_STOP:
        return kind == OBJECT_TIMER;
    case RECORD_WAIT_REGISTER:
    case RECORD_WAIT_FIRE:
    case RECORD_WAIT_END:
        return kind == OBJECT_REGISTRATION;
    case RECORD_OBJECT_ACQUIRE:
        return has_thread || (kind != OBJECT_MUTEX && kind != OBJECT_UNKNOWN);
    case RECORD_ITEM_ARRIVE:
    case RECORD_ITEM_END:
        return record->item != 0 && (record->absent & 1) == 0 && reference_kind(record->which) == OBJECT_LOAD;
    default:
        return true;
    }
}
