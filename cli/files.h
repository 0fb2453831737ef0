/* SPDX-License-Identifier: Apache-2.0 */
/* Files: read whole, written so that nothing half-written stays. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "iocpsim.h"

/* Reads a file, or stdin for "-"; the bytes end with a NUL and belong to the caller. NULL, and a sentence on
 * stderr, when it cannot be read. */
char *file_read(const char *path, size_t *length);

/* A file being written. It takes its final name when it is closed well. */
struct output {
    FILE *file;
    const char *path;
    char temporary[4096];
    bool failed;
};

/* Opens an output, stdout for "-". False, and a sentence on stderr, when it cannot be. */
bool output_open(struct output *output, const char *path);

struct iocpsim_sink output_sink(struct output *output);

/* Closes it; with `keep` false, or after a failed write, nothing is left under the final name. False, and a
 * sentence on stderr, when not everything was written. */
bool output_close(struct output *output, bool keep);

/* Removes what an interrupted program would leave; safe in a signal handler. */
void output_abandon(void);

#endif
