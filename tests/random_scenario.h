/* SPDX-License-Identifier: Apache-2.0 */
/* Random scenarios about ports, and about operations, as JSON: the same text for the same seed and number. */
#ifndef TESTS_RANDOM_SCENARIO_H
#define TESTS_RANDOM_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

/* Room that every scenario fits in. */
#define RANDOM_SCENARIO_ROOM 65536

/* Writes the scenario, with a NUL, to `text`; its length. */
size_t random_scenario_write(char *text, uint64_t seed, uint64_t number);

/* The same of operations, cancels, closes and waits. */
size_t random_operations_write(char *text, uint64_t seed, uint64_t number);

#endif
