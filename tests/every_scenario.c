/* SPDX-License-Identifier: Apache-2.0 */
/* Folders are read as the program's `test` reads them, so a scenario that is added is looked at by every test
 * that walks through here. */
#define _POSIX_C_SOURCE 200809L
#include "tests/every_scenario.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX (1u << 20)

static bool read_file(void *context, char *bytes, size_t room, size_t *length)
{
    *length = fread(bytes, 1, room, context);
    return ferror((FILE *)context) == 0;
}

static bool open_beside(void *context, const char *path, struct iocpsim_source *source)
{
    char joined[1024];

    snprintf(joined, sizeof joined, "%s%s", (const char *)context, path);
    *source = (struct iocpsim_source){read_file, fopen(joined, "rb")};
    return source->context != NULL;
}

static void close_beside(void *context, struct iocpsim_source *source)
{
    (void)context;
    fclose(source->context);
}

void every_give_files(struct iocpsim_scenario *scenario, const char *path, char folder[EVERY_FOLDER])
{
    struct iocpsim_files files = {open_beside, close_beside, folder};
    const char *end = strrchr(path, '/');

    snprintf(folder, EVERY_FOLDER, "%.*s", end == NULL ? 0 : (int)(end - path) + 1, path);
    iocpsim_scenario_files(scenario, &files);
}

bool every_open(struct every_one *one, const char *path, const char *variant)
{
    struct iocpsim_run_options options = {.variant = variant};
    FILE *file = fopen(path, "rb");
    size_t length;

    memset(one, 0, sizeof *one);
    if (file == NULL) {
        return false;
    }
    one->bytes = calloc(1, BYTES_MAX);
    length = one->bytes == NULL ? 0 : fread(one->bytes, 1, BYTES_MAX - 1, file);
    fclose(file);
    if (iocpsim_scenario_read(&one->scenario, path, one->bytes, length) != IOCPSIM_OK ||
        (every_give_files(one->scenario, path, one->folder),
         iocpsim_run_create(&one->run, one->scenario, &options) != IOCPSIM_OK)) {
        every_close(one);
        return false;
    }
    return true;
}

void every_close(struct every_one *one)
{
    iocpsim_run_destroy(one->run);
    iocpsim_scenario_destroy(one->scenario);
    free(one->bytes);
    memset(one, 0, sizeof *one);
}

/* What is done with each run. */
struct visitor {
    void (*visit)(void *context, struct iocpsim_run *run, const char *name);
    void *context;
};

static void visit_file(const struct visitor *visitor, const char *path)
{
    struct every_one one;
    char name[800];
    char variant[256] = "";

    for (size_t i = 0; every_open(&one, path, variant[0] == '\0' ? NULL : variant); i++) {
        const char *next = iocpsim_scenario_variant(one.scenario, i + 1);
        snprintf(name, sizeof name, "%s [%s]", path, variant);
        snprintf(variant, sizeof variant, "%s", next == NULL ? "" : next);
        visitor->visit(visitor->context, one.run, name);
        every_close(&one);
        if (variant[0] == '\0') {
            return;
        }
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);

    return length > strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The scenarios of one folder, and of those below it. */
static void visit_folder(const struct visitor *visitor, const char *folder, int depth)
{
    struct dirent **entry = NULL;
    int count = depth == 0 ? 0 : scandir(folder, &entry, is_shown, alphasort);

    for (int i = 0; i < count; i++) {
        char path[512];
        snprintf(path, sizeof path, "%.200s/%.255s", folder, entry[i]->d_name);
        if (ends_with(path, ".json") && !ends_with(path, ".schema.json")) {
            visit_file(visitor, path);
        } else if (strchr(entry[i]->d_name, '.') == NULL) {
            visit_folder(visitor, path, depth - 1);
        }
        free(entry[i]);
    }
    free(entry);
}

void every_scenario(void (*visit)(void *context, struct iocpsim_run *run, const char *name), void *context)
{
    struct visitor visitor = {visit, context};

    visit_folder(&visitor, "scenarios", 2); /* what lies deeper is long: scenarios/queueing/exact */
    visit_folder(&visitor, "tests/fixtures", 3);
}
