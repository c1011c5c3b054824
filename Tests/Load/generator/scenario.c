#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#include "run.h"

const Scenario *scenario;

const Scenario *scenario_named(const char *name) {
    static const Scenario *const all[] = {
        &scenario_echo, &scenario_broadcast, &scenario_rooms, &scenario_connects, &scenario_idle, &scenario_match,
    };
    for (size_t index = 0; index < sizeof all / sizeof *all; index++)
        if (!strcmp(all[index]->name, name)) return all[index];
    return NULL;
}

void scenario_ignore(Session *session) { (void)session; }

void scenario_ignore_text(Session *session, Text text) { (void)session, (void)text; }

void scenario_do_nothing(void) {}

bool scenario_expects_nothing(void) { return true; }

const char *payload_text(void) {
    static char *text;
    if (text) return text;
    text = malloc(options.payload + 1);
    if (!text) abort();
    for (uint32_t index = 0; index < options.payload; index++)
        text[index] = "abcdefghijklmnopqrstuvwxyz0123456789"[(index * 7 + index / 36) % 36];
    text[options.payload] = 0;
    return text;
}

void send_event(Session *session, const char *json, size_t length) {
    static Bytes packet;
    packet.start = packet.end = 0;
    bytes_append(&packet, "2", 1);
    bytes_append(&packet, json, length);
    session_send(session, bytes_first(&packet), bytes_length(&packet));
}

Session *next_ready(void) {
    static uint32_t next;
    for (uint32_t tries = 0; tries < options.sessions; tries++) {
        Session *session = &sessions[next++ % options.sessions];
        if (session->state == READY) return session;
    }
    return NULL;
}

// Sessions that only answer pings.
const Scenario scenario_idle = {
    .name = "idle", .operation = "none", .ready = scenario_ignore, .closed = scenario_ignore,
    .begin = scenario_do_nothing, .event = scenario_ignore_text, .acknowledged = scenario_ignore_text,
    .settled = scenario_expects_nothing,
};
