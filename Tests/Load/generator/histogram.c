#include "histogram.h"

#include <math.h>

static uint32_t bucket_of(uint64_t value) {
    const uint64_t linear = 1u << HISTOGRAM_BITS;
    if (value < linear) return (uint32_t)value;
    int exponent = 63 - __builtin_clzll(value);
    if (exponent > HISTOGRAM_TOP) return HISTOGRAM_BUCKETS - 1;
    uint32_t within = (uint32_t)(value >> (exponent - HISTOGRAM_BITS)) & (uint32_t)(linear - 1);
    return ((uint32_t)(exponent - HISTOGRAM_BITS + 1) << HISTOGRAM_BITS) + within;
}

static double middle_of(uint32_t bucket) {
    const uint32_t linear = 1u << HISTOGRAM_BITS;
    if (bucket < linear) return bucket;
    int shift = (int)(bucket >> HISTOGRAM_BITS) - 1;
    uint64_t low = (uint64_t)(linear | (bucket & (linear - 1))) << shift;
    return (double)low + (double)(1ull << shift) / 2;
}

void histogram_add(Histogram *histogram, uint64_t nanoseconds) {
    histogram->buckets[bucket_of(nanoseconds)]++;
    histogram->count++;
    histogram->sum += (double)nanoseconds;
    if (nanoseconds > histogram->highest) histogram->highest = nanoseconds;
}

double histogram_quantile(const Histogram *histogram, double part) {
    uint64_t wanted = (uint64_t)ceil(part * (double)histogram->count), seen = 0;
    if (!histogram->count) return 0;
    for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen && seen >= wanted) return fmin(middle_of(bucket), (double)histogram->highest) / 1e3;
    }
    return (double)histogram->highest / 1e3;
}

double histogram_mean(const Histogram *histogram) {
    return histogram->count ? histogram->sum / (double)histogram->count / 1e3 : 0;
}
