/* SPDX-License-Identifier: Apache-2.0 */
/* Processes are named by the threads, handles and steps that belong to them, and declared nowhere. What ends one
 * must mean one that something belongs to: a misspelt name would end nothing. */
#include <stdio.h>
#include <string.h>

#include "scenarios/load/loader.h"

/* The number of the process of this name, which may be new. */
static uint32_t process_named(struct loader *loader, const char *name)
{
    struct plan *plan = loader->plan;
    uint32_t text = plan_intern(plan, name, strlen(name));
    uint32_t number;

    for (number = 0; number < plan->process_count; number++) {
        if (plan->process[number].name == text) {
            return number;
        }
    }
    number = plan_add_process(plan, 1);
    if (!plan->out_of_memory) {
        plan->process[number] = (struct plan_process){.name = text, .ended_at = NODE_NONE};
    }
    return number;
}

void processes_begin(struct loader *loader)
{
    uint32_t number = process_named(loader, PROCESS_OF_ALL_OTHERS);

    if (!loader->plan->out_of_memory) {
        loader->plan->process[number].has_members = true;
    }
}

uint32_t processes_place(struct loader *loader, node_id node, bool ends)
{
    const char *name = names_word(loader, node);
    uint32_t number;

    if (name == NULL || !names_is_short(loader, node, name)) {
        return OPERAND_ABSENT;
    }
    if (name[0] == '\0') {
        loader_mistake(loader, node, false, NULL, "a process has a name of at least one byte");
        return OPERAND_ABSENT;
    }
    number = process_named(loader, name);
    if (loader->plan->out_of_memory) {
        return OPERAND_ABSENT;
    }
    if (!ends) {
        loader->plan->process[number].has_members = true;
    } else if (loader->plan->process[number].ended_at == NODE_NONE) {
        loader->plan->process[number].ended_at = node;
    }
    return number;
}

/* The hint: the nearest process that has members. */
static void tell_unknown(struct loader *loader, const struct plan_process *process)
{
    const struct plan *plan = loader->plan;
    const char *candidate[32];
    const char *nearest;
    char hint[256];
    size_t count = 0;

    for (uint32_t i = 0; i < plan->process_count && count < sizeof candidate / sizeof candidate[0]; i++) {
        if (plan->process[i].has_members) {
            candidate[count++] = plan_text(plan, plan->process[i].name);
        }
    }
    nearest = suggest_nearest(plan_text(plan, process->name), candidate, count);
    snprintf(hint, sizeof hint, "did you mean '%s'?", nearest == NULL ? "" : nearest);
    loader_mistake(loader, process->ended_at, false,
                   nearest != NULL ? hint : "a thread, a handle, 'start' or 'duplicate' names it as its 'process'",
                   "nothing belongs to the process '%s'", plan_text(plan, process->name));
}

void processes_check(struct loader *loader)
{
    for (uint32_t i = 0; i < loader->plan->process_count && !loader->plan->out_of_memory; i++) {
        const struct plan_process *process = &loader->plan->process[i];
        if (process->ended_at != NODE_NONE && !process->has_members) {
            tell_unknown(loader, process);
        }
    }
}
