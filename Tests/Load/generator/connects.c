// Sessions that connect, join the namespace and leave: again at once (closed loop), or when the next one is due. An
// operation is one session, counted when it is closed; its latency ends when it is ready.
#include <stdlib.h>

#include "run.h"
#include "scenario.h"

// Open loop: the times of those that are due while no session is free.
static uint64_t *waiting;
static size_t waiting_count, waiting_first, waiting_capacity;
static uint32_t *unused, unused_count;

static void prepare(void) {
    unused = calloc(options.sessions, sizeof *unused);
    if (!unused) abort();
    for (uint32_t index = 0; index < options.sessions; index++) unused[unused_count++] = index;
}

static void start(Session *session, uint64_t due) {
    counters.sent++;
    counters.expected++;
    session_start(session, due);
}

static void begin(void) {
    for (uint32_t index = 0; index < options.sessions; index++) start(&sessions[index], clock_now);
}

static void fire(uint64_t due) {
    if (unused_count) {
        start(&sessions[unused[--unused_count]], due);
        return;
    }
    if (waiting_count == waiting_capacity) {
        waiting_capacity = waiting_capacity ? waiting_capacity * 2 : 1024;
        waiting = realloc(waiting, waiting_capacity * sizeof *waiting);
        if (!waiting) abort();
    }
    waiting[waiting_count++] = due;
}

static void ready(Session *session) { session_leave(session); }

static void closed(Session *session) {
    counters.received++;
    counters.operations += measured(clock_now);
    if (!loading()) return;
    if (!options.rate) start(session, clock_now);
    else if (waiting_first < waiting_count) start(session, waiting[waiting_first++]);
    else unused[unused_count++] = session->number;
}

static bool settled(void) { return counters.received >= counters.expected; }

const Scenario scenario_connects = {
    .name = "connects", .operation = "session", .reconnects = true, .prepare = prepare, .ready = ready,
    .closed = closed, .begin = begin, .fire = fire, .event = scenario_ignore_text,
    .acknowledged = scenario_ignore_text, .settled = settled,
};
