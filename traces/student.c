/* SPDX-License-Identifier: Apache-2.0 */
/* For whole degrees of freedom v the probability within -t and t is a finite sum in the angle whose tangent is
 * t / sqrt(v) (Abramowitz and Stegun, 26.7.3 and 26.7.4); it ascends in t, so that halving finds the quantile. */
#include "traces/student.h"

/* Newton's method from above: it descends until it can no more. */
static double root(double square)
{
    double at = square > 1 ? square : 1;
    double next = at;

    if (square <= 0) {
        return 0;
    }
    do {
        at = next;
        next = (at + square / at) / 2;
    } while (next < at);
    return at;
}

/* The angle of a tangent that is not negative: halved until the series converges fast. */
static double angle(double tangent)
{
    double factor = 1;
    double sum = 0;
    double power;

    while (tangent > 0.05) {
        tangent = tangent / (1 + root(1 + tangent * tangent));
        factor *= 2;
    }
    power = tangent;
    for (int i = 1; i <= 15; i += 2) {
        sum += (i % 4 == 1 ? power : -power) / i;
        power *= tangent * tangent;
    }
    return factor * sum;
}

#define PI 3.14159265358979323846

/* The probability of lying within -t and t. */
static double within(double t, unsigned freedom)
{
    double v = freedom;
    double cosine = root(v / (v + t * t));
    double sine = t / root(v + t * t);
    double term = freedom % 2 == 1 ? cosine : 1;
    double sum = 0;

    for (unsigned i = freedom % 2 == 1 ? 1 : 0; i + 2 <= freedom; i += 2) {
        sum += term;
        term *= cosine * cosine * (i + 1) / (i + 2);
    }
    return freedom % 2 == 1 ? (angle(t / root(v)) + sine * sum) * 2 / PI : sine * sum;
}

double student_quantile(double probability, unsigned freedom)
{
    double low = 0;
    double high = 1;

    while (within(high, freedom) < probability && high < 1e15) {
        high *= 2;
    }
    for (int i = 0; i < 200; i++) {
        double middle = low + (high - low) / 2;
        if (within(middle, freedom) < probability) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

struct student student_interval(const double *figure, size_t count, double confidence)
{
    struct student found = {0, 0};
    double squares = 0;

    /* From the first figure: where all are alike nothing is rounded. */
    for (size_t i = 0; i < count; i++) {
        found.mean += (figure[i] - figure[0]) / (double)count;
    }
    found.mean += figure[0];
    for (size_t i = 0; i < count; i++) {
        squares += (figure[i] - found.mean) * (figure[i] - found.mean);
    }
    found.half_width = student_quantile(confidence, (unsigned)(count - 1)) *
                       root(squares / (double)(count - 1) / (double)count);
    return found;
}
