/* SPDX-License-Identifier: Apache-2.0 */
/* The scenarios that come with the program, by name. They lie beside the program in the build tree (../scenarios), or
 * under share/iocpsim where it is installed, wherever that was moved; last where it was configured to be. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

/* Shelves, in the order in which a reader takes them. */
static const char *const shelves[] = {"seed", "lessons", "ports", "operations", "devices", "processors",
                                      "queueing", "queueing/exact"};

#define SHELVES (sizeof shelves / sizeof shelves[0])
#define FOLDER_MAX 3200

static bool is_folder_of_shelves(const char *folder)
{
    char shelf[FOLDER_MAX + 16];

    snprintf(shelf, sizeof shelf, "%s/%s", folder, shelves[0]);
    return access(shelf, R_OK) == 0;
}

/* Finds the folder of the shelves; false when there is none. */
static bool find_folder(char *folder)
{
    static const char *const below[] = {"scenarios", "share/iocpsim/scenarios"};
    char program[FOLDER_MAX - 64];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

    program[length > 0 ? length : 0] = '\0';
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(program, '/');
        if (slash == NULL) {
            break;
        }
        *slash = '\0';
        for (size_t i = 0; i < sizeof below / sizeof below[0]; i++) {
            snprintf(folder, FOLDER_MAX, "%s/%s", program, below[i]);
            if (is_folder_of_shelves(folder)) {
                return true;
            }
        }
    }
    snprintf(folder, FOLDER_MAX, "%s/scenarios", IOCPSIM_DATA_DIRECTORY);
    return is_folder_of_shelves(folder);
}

const char *example_path(const char *name, char *buffer, size_t room)
{
    char folder[FOLDER_MAX];

    if (strchr(name, '/') == NULL && find_folder(folder)) {
        for (size_t i = 0; i < SHELVES; i++) {
            int length = snprintf(buffer, room, "%s/%s/%s.json", folder, shelves[i], name);
            if (length > 0 && (size_t)length < room && access(buffer, R_OK) == 0) {
                return buffer;
            }
        }
    }
    say(stderr, "iocpsim: there is no example '%s'; 'iocpsim help examples' lists them\n", name);
    return NULL;
}

static int is_scenario(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

/* One line: the name, and the title of the scenario. */
static void list_one(const char *shelf, const char *file)
{
    char path[FOLDER_MAX + 300];
    struct opened opened;

    snprintf(path, sizeof path, "%s/%s", shelf, file);
    if (scenario_open(&opened, path) == 0) {
        const char *title = iocpsim_scenario_title(opened.scenario);
        say(stdout, "  %-36.*s %s\n", (int)(strlen(file) - 5), file, title == NULL ? "" : title);
    }
    scenario_close(&opened);
}

int examples_list(void)
{
    char folder[FOLDER_MAX];

    if (!find_folder(folder)) {
        fprintf(stderr, "iocpsim: the scenarios that come with the program are not there\n");
        return EXIT_IO;
    }
    say(stdout, "Scenarios that come with the program, to be run by 'iocpsim run --example NAME'; they lie in\n%s\n", folder);
    for (size_t i = 0; i < SHELVES; i++) {
        char shelf[FOLDER_MAX + 16];
        struct dirent **found;
        int count;

        snprintf(shelf, sizeof shelf, "%s/%s", folder, shelves[i]);
        count = scandir(shelf, &found, is_scenario, by_name);
        if (count < 0) {
            continue;
        }
        printf("\n%s\n", shelves[i]);
        for (int j = 0; j < count; j++) {
            list_one(shelf, found[j]->d_name);
            free(found[j]);
        }
        free(found);
    }
    return EXIT_ALL_AS_EXPECTED;
}
