/* SPDX-License-Identifier: Apache-2.0 */
/* Which characters may be shown to a person as they are. */
#ifndef SIM_HARMLESS_H
#define SIM_HARMLESS_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the character that begins at `text`, of which `left` bytes are there, when it may be shown; 0 when it
 * is no UTF-8, a control character, or one that turns the direction of the text around it or breaks its line. */
size_t harmless_length(const char *text, size_t left);

#endif
