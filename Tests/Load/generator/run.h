// One run: connect, warm up, measure, wait for what is late, leave.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"

#define SECOND 1000000000ull

/// The time of the event that is being handled, in nanoseconds.
extern uint64_t clock_now;

/// Reads the clock: nanoseconds since the first reading, so that servers whose numbers are floating point keep them.
uint64_t clock_read(void);

/// A pseudorandom number.
uint32_t random_next(void);

typedef struct {
    uint64_t operations;  // those that count: completed within the measured time
    uint64_t sent, expected, received;  // events, from the first to the last
    uint64_t wrong;       // not what was sent, twice, in the wrong order or at the wrong session
    uint64_t failed, lost;  // sessions that did not get ready; that ended unasked
    uint64_t retries;     // requests repeated because the server had closed an idle connection
    uint64_t messages;    // Engine.IO messages received
    uint64_t errors;
} Counters;

extern Counters counters;

/// Latencies of operations, and of connecting, from the intended time.
extern Histogram latency, connect_latency;

/// Whether a time is within what is measured.
bool measured(uint64_t time);

/// Whether the load is on: no more operations are begun after it.
bool loading(void);

/// Counts an error and keeps its text, if it is among the first.
void run_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// The first errors; the end is NULL.
const char *const *run_errors(void);

/// How long was measured, in seconds.
double run_seconds(void);

/// Runs the scenario from start to end.
void run(void);
