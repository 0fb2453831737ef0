/* SPDX-License-Identifier: Apache-2.0 */
/* What a hot function seldom does stands in a function that stays out of line: inlined, it would make the hot one save
 * registers for it at every call. */
#ifndef SIM_APART_H
#define SIM_APART_H

#define SIM_APART __attribute__((noinline))

#endif
