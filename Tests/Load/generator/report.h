// The result of a run.
#pragma once
#include <stdbool.h>

/// Prints one JSON object: times in seconds, latencies and CPU time per operation in microseconds, memory in bytes.
/// Returns whether everything that was expected came, once and right.
bool report(void);
