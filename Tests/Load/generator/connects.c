// Sessions that connect, join the namespace and leave: again at once (closed loop), or when the next one is due. An
// operation is one session, counted when it is closed; its latency ends when it is ready.
#include <stdlib.h>

#include "backlog.h"
#include "run.h"
#include "scenario.h"

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
    if (unused_count) start(&sessions[unused[--unused_count]], due);
    else backlog_add(due);
}

static void ready(Session *session) { session_leave(session); }

static void closed(Session *session) {
    counters.received++;
    counters.operations += measured(clock_now);
    if (!loading()) return;
    uint64_t due = clock_now;
    if (!options.rate || backlog_take(&due)) start(session, due);
    else unused[unused_count++] = session->number;
}

static bool settled(void) { return counters.received >= counters.expected; }

const Scenario scenario_connects = {
    .name = "connects", .operation = "session", .reconnects = true, .prepare = prepare, .ready = ready,
    .closed = closed, .begin = begin, .fire = fire, .event = scenario_ignore_text,
    .acknowledged = scenario_ignore_text, .settled = settled,
};
