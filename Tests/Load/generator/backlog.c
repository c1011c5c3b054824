#include "backlog.h"

#include <stddef.h>
#include <stdlib.h>

static uint64_t *times;
static size_t first, count, capacity;

void backlog_add(uint64_t due) {
    if (count == capacity) {
        capacity = capacity ? capacity * 2 : 1024;
        times = realloc(times, capacity * sizeof *times);
        if (!times) abort();
    }
    times[count++] = due;
}

bool backlog_take(uint64_t *due) {
    if (first == count) return false;
    *due = times[first++];
    return true;
}
