/* SPDX-License-Identifier: Apache-2.0 */
/* Progress: once a second, for as long as a run lasts, where it is in virtual time. Only on a terminal, on stderr.
 *
 * A timer's signal interrupts the run; so the handler reads two numbers, formats them by itself and writes them,
 * and the run pays nothing for it. */
#define _POSIX_C_SOURCE 200809L
#define _XOPEN_SOURCE 700
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const struct iocpsim_run *volatile watched;
static volatile sig_atomic_t is_shown;

/* Appends digits; where the text then ends. */
static char *put_digits(char *at, uint64_t number)
{
    char digits[20];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *at++ = digits[--count];
    }
    return at;
}

static char *put_words(char *at, const char *words)
{
    size_t length = strlen(words);

    memcpy(at, words, length);
    return at + length;
}

static void tell(int signal)
{
    const struct iocpsim_run *run = watched;
    struct iocpsim_progress progress;
    int error = errno;
    char text[128];
    char *at = text;

    (void)signal;
    if (run != NULL) {
        progress = iocpsim_run_progress(run);
        at = put_words(at, "\r");
        at = put_digits(at, progress.time / 1000000);
        at = put_words(at, "ms of virtual time, ");
        at = put_digits(at, progress.events);
        at = put_words(at, " events\033[K");
        is_shown = write(STDERR_FILENO, text, (size_t)(at - text)) > 0;
    }
    errno = error;
}

/* A run begins, or, with NULL, is over: what was shown of it is wiped away. */
static void watch(void *context, const struct iocpsim_run *run)
{
    static const char wipe[] = "\r\033[K";
    struct itimerval second = {{1, 0}, {1, 0}};
    struct sigaction action = {.sa_handler = tell, .sa_flags = SA_RESTART};
    bool *is_armed = context;

    watched = run;
    if (run != NULL && !*is_armed) {
        *is_armed = sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &second, NULL) == 0;
    } else if (run == NULL && is_shown) {
        is_shown = 0;
        (void)!write(STDERR_FILENO, wipe, sizeof wipe - 1);
    }
}

void progress_watch(struct iocpsim_scenario *scenario)
{
    static bool is_armed;

    if (isatty(STDERR_FILENO)) {
        iocpsim_scenario_watch(scenario, &(struct iocpsim_watch){watch, &is_armed});
    }
}
