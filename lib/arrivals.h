/* SPDX-License-Identifier: Apache-2.0 */
/* The files that loads name: one instant a line, read as a stream. The model asks for one instant after the other
 * and knows no files. */
#ifndef LIB_ARRIVALS_H
#define LIB_ARRIVALS_H

#include "iocpsim.h"
#include "model/simulation.h"

struct arrivals;

/* For the loads of a plan; what opens files and what is told of mistakes in them are borrowed. NULL when there is no
 * memory. */
struct arrivals *arrivals_create(const struct plan *plan, const struct iocpsim_files *files,
                                 struct iocpsim_file_error *error);
void arrivals_destroy(struct arrivals *arrivals);

struct arrival_source arrivals_source(struct arrivals *arrivals);

/* Why the run was broken off; IOCPSIM_OK: it was not for a file. */
enum iocpsim_status arrivals_status(const struct arrivals *arrivals);

#endif
