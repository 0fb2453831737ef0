/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing files. An output is written beside its final place and moved there when it is whole. */
#define _POSIX_C_SOURCE 200809L
#include "cli/commands.h"
#include "cli/files.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The temporary file of the output that is open, for the signal handler. */
static char volatile pending[4096];

static bool input_fails(const struct input *input)
{
    say(stderr, "iocpsim: cannot read '%s': %s\n", input->path, strerror(errno));
    return false;
}

bool input_open(struct input *input, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct stat status;

    *input = (struct input){.file = is_stdin ? stdin : fopen(path, "rb"), .path = path};
    if (input->file == NULL) {
        return input_fails(input);
    }
    if (fstat(fileno(input->file), &status) == 0 && S_ISDIR(status.st_mode)) {
        say(stderr, "iocpsim: cannot read '%s': it is a folder\n", path);
        input_close(input);
        return false;
    }
    input->head_length = fread(input->head, 1, sizeof input->head, input->file);
    if (ferror(input->file)) {
        (void)input_fails(input);
        input_close(input);
        return false;
    }
    return true;
}

void input_close(struct input *input)
{
    if (input->file != NULL && input->file != stdin) {
        fclose(input->file);
    }
    input->file = NULL;
}

static bool input_take(void *context, char *bytes, size_t room, size_t *length)
{
    struct input *input = context;
    size_t left = input->head_length - input->head_taken;

    if (left > 0) {
        *length = left < room ? left : room;
        memcpy(bytes, input->head + input->head_taken, *length);
        input->head_taken += *length;
        return true;
    }
    *length = fread(bytes, 1, room, input->file);
    return !ferror(input->file) || input_fails(input);
}

struct iocpsim_source input_source(struct input *input)
{
    return (struct iocpsim_source){input_take, input};
}

char *input_read(struct input *input, size_t *length)
{
    char *bytes = NULL;
    size_t room = 0;

    *length = 0;
    for (;;) {
        size_t got;
        if (room - *length < 2) {
            char *grown;
            room = room == 0 ? 65536 : room * 2;
            grown = realloc(bytes, room);
            if (grown == NULL) {
                say(stderr, "iocpsim: no memory to read '%s'\n", input->path);
                break;
            }
            bytes = grown;
        }
        if (!input_take(input, bytes + *length, room - *length - 1, &got)) {
            break;
        }
        *length += got;
        if (got == 0) {
            bytes[*length] = '\0';
            return bytes;
        }
    }
    free(bytes);
    return NULL;
}

char *file_read(const char *path, size_t *length)
{
    struct input input;
    char *bytes;

    *length = 0;
    if (!input_open(&input, path)) {
        return NULL;
    }
    bytes = input_read(&input, length);
    input_close(&input);
    return bytes;
}

/* Creates the temporary file; no signal comes between its birth and the note of it. */
static void open_temporary(struct output *output)
{
    sigset_t handled;
    sigset_t before;
    int descriptor;

    sigemptyset(&handled);
    sigaddset(&handled, SIGINT);
    sigaddset(&handled, SIGTERM);
    sigaddset(&handled, SIGHUP);
    (void)sigprocmask(SIG_BLOCK, &handled, &before);
    descriptor = mkstemp(output->temporary);
    if (descriptor >= 0) {
        for (size_t i = 0; i <= strlen(output->temporary); i++) {
            pending[i] = output->temporary[i];
        }
        output->file = fdopen(descriptor, "wb");
    }
    if (output->file == NULL) {
        output->error = errno;
        if (descriptor >= 0) {
            (void)close(descriptor);
            output_abandon();
            pending[0] = '\0';
        }
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

bool output_open(struct output *output, const char *path)
{
    struct stat status;

    *output = (struct output){.path = path};
    if (strcmp(path, "-") == 0) {
        output->file = stdout;
        return true;
    }
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        if (S_ISDIR(status.st_mode)) {
            say(stderr, "iocpsim: cannot write '%s': it is a folder\n", path);
            return false;
        }
        output->file = fopen(path, "wb"); /* a device or a pipe */
        output->error = errno;
    } else if (strlen(path) + 8 < sizeof output->temporary) {
        snprintf(output->temporary, sizeof output->temporary, "%s.XXXXXX", path);
        open_temporary(output);
    } else {
        output->error = ENAMETOOLONG;
    }
    if (output->file == NULL) {
        say(stderr, "iocpsim: cannot write '%s': %s\n", path, strerror(output->error));
        return false;
    }
    return true;
}

static bool output_write(void *context, const char *bytes, size_t length)
{
    struct output *output = context;

    if (!output->failed && fwrite(bytes, 1, length, output->file) != length) {
        output->failed = true;
        output->error = errno;
    }
    return !output->failed;
}

struct iocpsim_sink output_sink(struct output *output)
{
    return (struct iocpsim_sink){output_write, output};
}

/* Notes why the output cannot be whole; the first reason stays. */
static void note_failure(struct output *output, bool failed)
{
    if (failed && !output->failed) {
        output->failed = true;
        output->error = errno;
    }
}

bool output_close(struct output *output, bool keep)
{
    bool is_stdout = output->file == stdout;

    note_failure(output, fflush(output->file) != 0);
    if (!is_stdout) {
        note_failure(output, fclose(output->file) != 0);
    }
    if (output->temporary[0] != '\0') {
        if (keep && !output->failed) {
            mode_t mask = umask(0);
            umask(mask);
            (void)chmod(output->temporary, 0666 & ~mask);
            note_failure(output, rename(output->temporary, output->path) != 0);
        }
        if (!keep || output->failed) {
            (void)unlink(output->temporary);
        }
        pending[0] = '\0';
    }
    if (output->failed && !is_stdout) {
        say(stderr, "iocpsim: cannot write '%s': %s\n", output->path, strerror(output->error));
    }
    return !output->failed;
}

void output_abandon(void)
{
    if (pending[0] != '\0') {
        (void)unlink((const char *)(uintptr_t)pending);
    }
}
