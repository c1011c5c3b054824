// Open loop: the times of operations that were due while nobody was free to begin them, first come, first served.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// Keeps a time.
void backlog_add(uint64_t due);

/// Takes the earliest; false if there is none.
bool backlog_take(uint64_t *due);
