/* SPDX-License-Identifier: Apache-2.0 */
/* Golden traces: what a scenario's trace was when somebody had read it and found it right. */
#ifndef CLI_GOLDEN_H
#define CLI_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

#include "iocpsim.h"

/* The golden trace of one variant of a scenario, and the trace that is compared with it. */
struct golden {
    bool is_there;
    char path[4096];
    char *bytes, *wanted; /* of this run, and of the golden trace; owned */
    size_t length, room, wanted_length;
};

/* Looks for the golden trace: traces/golden/SHELF/NAME[.VARIANT].jsonl for scenarios/SHELF/NAME.json. An empty
 * file is one that waits to be blessed. */
void golden_find(struct golden *golden, const char *path, const char *variant);
void golden_close(struct golden *golden);

/* Where the run's own trace goes. */
struct iocpsim_sink golden_sink(struct golden *golden);

/* Whether both are the same to the byte. False too when the golden trace cannot be read, which is said. */
bool golden_is_same(struct golden *golden);

/* Writes the run's trace in the place of the golden one when they differ, and says what changed. False, and a
 * sentence on stderr, when it could not be written. */
bool golden_bless(struct golden *golden, const struct iocpsim_run *run);

/* Says for TAP where the run parts from its golden trace: in words, and by the line. */
void golden_tell(const struct golden *golden, const struct iocpsim_run *run);

#endif
