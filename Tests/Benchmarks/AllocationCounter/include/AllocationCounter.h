#pragma once
#include <stdint.h>

/// How many times the process has asked for memory so far: `malloc`, `calloc`, `realloc`, `posix_memalign` and
/// `aligned_alloc`, of the Swift runtime too.
uint64_t allocation_count(void);
