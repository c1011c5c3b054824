#define _GNU_SOURCE
#include "run.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>

#include "connection.h"
#include "scenario.h"
#include "servers.h"

enum { ERRORS_KEPT = 8 };
static const uint64_t TURN = SECOND / 50;  // longest pause of the loop

typedef enum { GATHERING, SETTLING, WARMING, MEASURING, WAITING, LEAVING, ENDED } Phase;

uint64_t clock_now;
Counters counters;
Histogram latency, connect_latency;

static Phase phase;
static uint64_t phase_began, loaded_from, measured_from = UINT64_MAX, measured_until = UINT64_MAX;
static char error_texts[ERRORS_KEPT][120];
static const char *error_list[ERRORS_KEPT + 1];

uint64_t clock_read(void) {
    static uint64_t start;
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    uint64_t now = (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
    if (!start) start = now;
    return now - start;
}

uint32_t random_next(void) {
    static uint64_t state = 88172645463325252ull;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16);
}

bool measured(uint64_t time) { return time >= measured_from && time < measured_until; }

bool loading(void) { return phase == WARMING || phase == MEASURING; }

double run_seconds(void) { return (double)(measured_until - measured_from) / (double)SECOND; }

void run_error(const char *format, ...) {
    uint64_t index = counters.errors++;
    if (index >= ERRORS_KEPT) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error_texts[index], sizeof error_texts[index], format, arguments);
    va_end(arguments);
    error_list[index] = error_texts[index];
}

const char *const *run_errors(void) { return error_list; }

// MARK: phases

static void enter(Phase next) {
    phase = next;
    phase_began = clock_now;
}

static bool passed(double seconds) { return clock_now >= phase_began + (uint64_t)(seconds * SECOND); }

// Start sessions, as many at a time as are allowed.
static void gather(void) {
    static uint32_t next;
    if (scenario->reconnects) next = options.sessions;
    for (int budget = 64; budget && next < options.sessions && sessions_connecting < options.pending; budget--)
        session_start(&sessions[next++], clock_now);
    if (next < options.sessions || sessions_connecting) return;
    servers_connected();
    enter(SETTLING);
}

static void begin_load(void) {
    enter(WARMING);
    loaded_from = clock_now;
    if (!options.rate) scenario->begin();
}

static void settle(void) {
    bool gathered = !scenario->gathered || scenario->gathered() || passed(options.settle + options.patience);
    if (scenario->reconnects || (gathered && passed(options.settle))) begin_load();
}

// What just-in-time compilers and caches need is time of the server, not of the clock; but not for ever.
static void end_warmup(void) {
    if (!options.warmup || (options.server_count ? servers_worked() >= options.warmup || passed(5 * options.warmup)
                                                 : passed(options.warmup))) {
        enter(MEASURING);
        measured_from = clock_now;
        servers_measure_begin();
    }
}

static void end_measurement(void) {
    if (!passed(options.seconds)) return;
    measured_until = clock_now;
    servers_measure_end();
    enter(WAITING);
}

// Late messages are waited for as long as some arrive.
static void wait_for_the_rest(void) {
    static uint64_t received;
    if (counters.received != received) {
        received = counters.received;
        phase_began = clock_now;
    }
    if (!scenario->settled() && !passed(options.patience)) return;
    enter(LEAVING);
    for (uint32_t index = 0; index < options.sessions; index++)
        if (sessions[index].state == READY) session_leave(&sessions[index]);
}

static void leave(void) {
    uint32_t present = 0;
    for (uint32_t index = 0; index < options.sessions; index++) {
        if (sessions[index].state == READY) session_leave(&sessions[index]);  // it was on its way when the others left
        present += sessions[index].state == CONNECTING || sessions[index].state == CLOSING;
    }
    if (!present || passed(options.patience)) enter(ENDED);
}

static void advance(void) {
    switch (phase) {
    case GATHERING: gather(); break;
    case SETTLING: settle(); break;
    case WARMING: end_warmup(); break;
    case MEASURING: end_measurement(); break;
    case WAITING: wait_for_the_rest(); break;
    case LEAVING: leave(); break;
    case ENDED: break;
    }
}

// Open loop: begins what is due, and counts its latency from when it was due. Returns when the next one is.
static uint64_t pace(void) {
    static uint64_t fired;
    double interval = (double)SECOND / options.rate;
    uint64_t due = loaded_from + (uint64_t)((double)fired * interval);
    for (int budget = 4096; due <= clock_now && budget; budget--) {
        scenario->fire(due);
        due = loaded_from + (uint64_t)((double)++fired * interval);
    }
    return due;
}

static uint64_t turn(void) {
    uint64_t wake = clock_now + TURN;
    static uint64_t checked;
    if (clock_now > checked + SECOND / 4) {
        checked = clock_now;
        sessions_check_deadlines();
    }
    if (phase == GATHERING) wake = clock_now + SECOND / 1000;
    if (!loading()) return wake;
    if (options.rate && scenario->fire) {
        uint64_t due = pace();
        if (due < wake) wake = due;
    }
    if (scenario->turn) scenario->turn();
    return wake;
}

void run(void) {
    prctl(PR_SET_TIMERSLACK, 1000, 0, 0, 0);
    connections_prepare();
    sessions_prepare();
    if (scenario->prepare) scenario->prepare();
    clock_now = clock_read();
    servers_begin();
    enter(GATHERING);
    while (phase != ENDED) {
        clock_now = clock_read();
        advance();
        uint64_t wake = turn();
        connections_flush();
        connections_wait(wake);
    }
}
