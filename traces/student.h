/* SPDX-License-Identifier: Apache-2.0 */
/* The mean of a few independent figures, and how far off it may be: Student's t. The same numbers on every machine:
 * nothing but sums, products, quotients and roots that are reckoned here. */
#ifndef TRACES_STUDENT_H
#define TRACES_STUDENT_H

#include <stddef.h>

/* The t such that a variable with so many degrees of freedom (1 or more) lies within -t and t with this
 * probability, which is above 0 and below 1; exact to nine digits. */
double student_quantile(double probability, unsigned freedom);

struct student {
    double mean, half_width; /* of the confidence interval around it */
};

/* Of two figures or more. */
struct student student_interval(const double *figure, size_t count, double confidence);

#endif
