// A histogram of durations with bounded relative error (HDR): 128 linear buckets for every power of two of nanoseconds,
// so a value is known to within 0.8 %, from nanoseconds to hours, in constant memory.
#pragma once
#include <stdint.h>

enum {
    HISTOGRAM_BITS = 7,  // buckets of one power of two, as a power of two
    HISTOGRAM_TOP = 45,  // the highest power of two
    HISTOGRAM_BUCKETS = (HISTOGRAM_TOP - HISTOGRAM_BITS + 2) << HISTOGRAM_BITS,
};

typedef struct {
    uint64_t count, highest;
    double sum;
    uint64_t buckets[HISTOGRAM_BUCKETS];
} Histogram;

void histogram_add(Histogram *histogram, uint64_t nanoseconds);

/// The value below or at which the given part (0 to 1) of all values are, in microseconds; 0 if there are none.
double histogram_quantile(const Histogram *histogram, double part);

/// The arithmetic mean in microseconds; 0 if there are no values.
double histogram_mean(const Histogram *histogram);
