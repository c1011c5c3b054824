// What sessions do, one file each. The loop of a run calls a scenario; a scenario counts operations and latencies.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "packets.h"
#include "session.h"

typedef struct {
    const char *name;
    const char *operation;          // what is counted
    bool reconnects;                // connecting is the load; otherwise it comes before
    void (*prepare)(void);          // before the first connection; may be NULL
    void (*ready)(Session *);       // a session joined its namespace and is upgraded if that was wanted
    void (*closed)(Session *);      // a session that left is closed
    bool (*gathered)(void);         // whether all sessions are where the load needs them; may be NULL
    void (*begin)(void);            // closed loop: the first operations
    void (*fire)(uint64_t due);     // open loop: one operation that was due at a time; NULL where there is none
    void (*turn)(void);             // after every turn of the loop under load; may be NULL
    void (*event)(Session *, Text);         // an event, from its opening bracket
    void (*acknowledged)(Session *, Text);  // an acknowledgement, from its id
    bool (*settled)(void);          // whether nothing more is expected
} Scenario;

extern const Scenario scenario_echo, scenario_broadcast, scenario_rooms, scenario_connects, scenario_idle,
    scenario_match;

/// The scenario of this run.
extern const Scenario *scenario;

/// The scenario of a name, or NULL.
const Scenario *scenario_named(const char *name);

/// For what a scenario has no use of.
void scenario_ignore(Session *session);
void scenario_ignore_text(Session *session, Text text);
void scenario_do_nothing(void);
bool scenario_expects_nothing(void);

/// `options.payload` bytes of text without a character that JSON escapes, and a final zero.
const char *payload_text(void);

/// Sends an event, given its packet from the bracket on.
void send_event(Session *session, const char *json, size_t length);

/// The next session in turn that is ready, or NULL.
Session *next_ready(void);
