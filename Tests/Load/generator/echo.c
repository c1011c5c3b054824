// Events that the server acknowledges with their arguments: closed loop with some in flight per session, or open loop;
// with churn, sessions leave and come again meanwhile.
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "scenario.h"

// Events under way, by their id: when each was due. The ids of one session are consecutive.
typedef struct {
    uint64_t *due;
    uint32_t capacity, oldest, next;
    uint32_t outstanding;
    bool leaving;
} Echo;

static Echo *echoes;
static char *packet, *answer;
static size_t answer_length;

static void prepare(void) {
    echoes = calloc(options.sessions, sizeof *echoes);
    packet = malloc(options.payload + 64);
    answer = malloc(options.payload + 64);
    if (!echoes || !packet || !answer) abort();
    answer_length = (size_t)(put_text(put_text(put_text(answer, "[\""), payload_text()), "\"]") - answer);
}

static uint64_t *slot(Echo *echo, uint32_t id) { return &echo->due[id & (echo->capacity - 1)]; }

static void grow(Echo *echo) {
    Echo larger = *echo;
    larger.capacity = echo->capacity ? echo->capacity * 2 : 2;
    larger.due = calloc(larger.capacity, sizeof *larger.due);
    if (!larger.due) abort();
    for (uint32_t id = echo->oldest; id != echo->next; id++) *slot(&larger, id) = *slot(echo, id);
    free(echo->due);
    *echo = larger;
}

static void ask(Session *session, uint64_t due) {
    Echo *echo = &echoes[session->number];
    if (echo->next - echo->oldest == echo->capacity) grow(echo);
    uint32_t id = echo->next++;
    *slot(echo, id) = due;
    echo->outstanding++;
    char *end = put_number(put_text(packet, "2"), id);
    end = put_text(put_text(put_text(end, "[\"echo\",\""), payload_text()), "\"]");
    counters.sent++;
    counters.expected++;
    session_send(session, packet, (size_t)(end - packet));
}

static void leave_if_quiet(Session *session) {
    Echo *echo = &echoes[session->number];
    if (echo->leaving && !echo->outstanding && session->state == READY) session_leave(session);
}

static void acknowledged(Session *session, Text text) {
    Echo *echo = &echoes[session->number];
    uint32_t id = (uint32_t)text_number(text);
    while (text.first < text.end && *text.first != '[') text.first++;
    bool known = id - echo->oldest < echo->next - echo->oldest && *slot(echo, id);
    if (!known || text_length(text) != answer_length || memcmp(text.first, answer, answer_length)) {
        counters.wrong++;
        return;
    }
    uint64_t due = *slot(echo, id);
    *slot(echo, id) = 0;
    echo->outstanding--;
    while (echo->oldest != echo->next && !*slot(echo, echo->oldest)) echo->oldest++;
    counters.received++;
    counters.operations += measured(clock_now);
    if (measured(due)) histogram_add(&latency, clock_now - due);
    if (echo->leaving) leave_if_quiet(session);
    else if (!options.rate && loading()) ask(session, clock_now);
}

static void fill(Session *session) {
    for (uint32_t count = 0; count < options.in_flight && session->state == READY; count++) ask(session, clock_now);
}

static void begin(void) {
    for (uint32_t index = 0; index < options.sessions; index++) fill(&sessions[index]);
}

static void fire(uint64_t due) {
    for (uint32_t tries = 0; tries < options.sessions; tries++) {
        Session *session = next_ready();
        if (!session) return;
        if (echoes[session->number].leaving) continue;
        ask(session, due);
        return;
    }
}

// The next session in turn finishes what it has under way, leaves, and comes again.
static void churn(void) {
    static uint64_t due;
    if (!options.churn) return;
    if (!due) due = clock_now;
    for (; due <= clock_now; due += (uint64_t)(SECOND / options.churn)) {
        Session *session = next_ready();
        if (!session) continue;
        echoes[session->number].leaving = true;
        leave_if_quiet(session);
    }
}

static void ready(Session *session) {
    Echo *echo = &echoes[session->number];
    echo->leaving = false;
    echo->oldest = echo->next;
    echo->outstanding = 0;
    if (!options.rate && loading()) fill(session);
}

static void closed(Session *session) {
    if (loading()) session_start(session, clock_now);
}

static bool settled(void) { return counters.received >= counters.expected && !sessions_connecting; }

const Scenario scenario_echo = {
    .name = "echo", .operation = "echo", .prepare = prepare, .ready = ready, .closed = closed, .begin = begin,
    .fire = fire, .turn = churn, .event = scenario_ignore_text, .acknowledged = acknowledged, .settled = settled,
};
