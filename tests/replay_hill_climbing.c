/* SPDX-License-Identifier: Apache-2.0 */
/* replay_hill_climbing [--rows] FILE.csv...: replays tables of hill climbing, and stops at the first that differs.
 *
 * The flavour is the name of the table's folder: native, legacy-2.0, portable or portable-6. Knobs are those that
 * knobs.json beside it lists under the table's name. Status: 0 all replayed, 1 one differs, 2 wrong usage, 65 one is
 * no such table. With --rows it prints what each row gave, real values as their bits: the same bytes everywhere. */
#include <stdio.h>
#include <string.h>

#include "tests/hill_climbing_table.h"

int main(int count, char **argument)
{
    const int first = count > 1 && strcmp(argument[1], "--rows") == 0 ? 2 : 1;
    int status = 0;

    if (first >= count) {
        fprintf(stderr, "usage: replay_hill_climbing [--rows] FILE.csv...\n");
        return 2;
    }
    for (int i = first; i < count && status == 0; i++) {
        struct hill_climbing_replay replay = {.rows = first > 1 ? stdout : NULL};
        enum hill_climbing_verdict verdict = hill_climbing_replay(argument[i], &replay);
        printf("%s: %zu rows, %zu decisions differ, largest relative error %.2g, ", argument[i], replay.row_count,
               replay.decisions, replay.largest_error);
        printf("%zu of %zu values of other bits", replay.values_of_other_bits, replay.values);
        printf(replay.log_count > 0 ? ", %zu entries of the log\n" : "\n", replay.log_count);
        if (verdict != TABLE_IS_REPLAYED) {
            printf("%s: %s\n", argument[i], replay.what);
            status = verdict == TABLE_DIFFERS ? 1 : 65;
        }
    }
    return status;
}
