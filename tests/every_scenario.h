/* SPDX-License-Identifier: Apache-2.0 */
/* Every shipped scenario and every fixture that loads, in each of its variants. */
#ifndef TESTS_EVERY_SCENARIO_H
#define TESTS_EVERY_SCENARIO_H

#include "lib/session.h"

#define EVERY_FOLDER 512

/* A prepared run with what it borrows. */
struct every_one {
    char folder[EVERY_FOLDER]; /* where the files are that it names */
    char *bytes;
    struct iocpsim_scenario *scenario;
    struct iocpsim_run *run;
};

/* Reads a scenario and prepares a run of a variant (NULL: the first). False when it does not load. */
bool every_open(struct every_one *one, const char *path, const char *variant);
void every_close(struct every_one *one);

/* Lets a scenario read the files that it names beside its own; `folder` is kept by the caller as long as it. */
void every_give_files(struct iocpsim_scenario *scenario, const char *path, char folder[EVERY_FOLDER]);

/* Prepares a run of each variant of each scenario, in the order of their names, and hands it over; `name` says
 * which it is. What is handed over need not be run. */
void every_scenario(void (*visit)(void *context, struct iocpsim_run *run, const char *name), void *context);

#endif
