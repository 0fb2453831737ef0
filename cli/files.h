/* SPDX-License-Identifier: Apache-2.0 */
/* Files: read whole, written so that nothing half-written stays. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "iocpsim.h"

/* A file being read, stdin for "-". Its first bytes tell what it is before the rest is read. */
struct input {
    FILE *file;
    const char *path;
    char head[IOCPSIM_HEAD_BYTES];
    size_t head_length, head_taken;
};

/* Opens a file and reads its head. False, and a sentence on stderr, when it cannot be. */
bool input_open(struct input *input, const char *path);

/* The file as a stream, from its beginning; a sentence on stderr when it cannot be read. */
struct iocpsim_source input_source(struct input *input);

/* The whole of it; as file_read. */
char *input_read(struct input *input, size_t *length);

void input_close(struct input *input);

/* Reads a file, or stdin for "-"; the bytes end with a NUL and belong to the caller. NULL, and a sentence on
 * stderr, when it cannot be read. */
char *file_read(const char *path, size_t *length);

/* A file being written. It takes its final name when it is closed well. */
struct output {
    FILE *file;
    const char *path;
    char temporary[4096];
    bool failed;
    int error; /* errno of the first write that failed */
};

/* Opens an output, stdout for "-". False, and a sentence on stderr, when it cannot be. */
bool output_open(struct output *output, const char *path);

struct iocpsim_sink output_sink(struct output *output);

/* Closes it; with `keep` false, or after a failed write, nothing is left under the final name. False, and a
 * sentence on stderr, when not everything was written; what went wrong with stdout main says. */
bool output_close(struct output *output, bool keep);

/* Removes what an interrupted program would leave; safe in a signal handler. */
void output_abandon(void);

#endif
