/* SPDX-License-Identifier: Apache-2.0 */
/* Assertions of two levels. The host decides what a failure prints: only it knows scenario and seed. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

/* Called when a check fails, with its text and place; supplied by the host (lib/ or a test program),
 * which prints time, step, seed and scenario, and ends the process with status 70. */
_Noreturn void sim_check_failed(const char *text, const char *file, int line);

/* Cheap pre- and postconditions, on in every build. */
#define SIM_CHECK(condition) \
    ((condition) ? (void)0 : sim_check_failed(#condition, __FILE__, __LINE__))

/* Whole-structure invariants, on in test builds only (-DSIM_ASSERTIONS). */
#ifdef SIM_ASSERTIONS
#define SIM_ASSERT(condition) SIM_CHECK(condition)
#else
#define SIM_ASSERT(condition) ((void)0)
#endif

#endif
