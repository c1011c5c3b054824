// One client: an Engine.IO 4 session over websocket, polling, or polling with upgrade, that joins the main namespace of
// Socket.IO.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "connection.h"
#include "options.h"

typedef enum { CLOSED, CONNECTING, READY, CLOSING, FAILED } SessionState;
typedef enum { NOT_UPGRADING, PROBING, PAUSING, UPGRADED } UpgradeState;

enum { ID_SIZE = 64 };

typedef struct Session {
    uint32_t number;
    uint32_t life;  // counts the beginnings
    SessionState state;
    UpgradeState upgrade;
    bool on_websocket;  // packets travel over the WebSocket
    bool joined;        // the namespace answered
    bool upgradable;    // the server offers the upgrade that is wanted
    uint64_t since;     // when it was to begin, or began to close
    uint32_t max_payload;
    char engine_id[ID_SIZE], socket_id[ID_SIZE];
    Connection poll, post, websocket;
    Bytes queue;   // polling: packets that no request has taken yet
    Bytes posted;  // the body under way, to be sent again if its connection was closed for being idle
} Session;

/// All sessions: `options.sessions` of them.
extern Session *sessions;

/// How many are ready, and how many are under way to it.
extern uint32_t sessions_ready, sessions_connecting;

/// Allocates the sessions.
void sessions_prepare(void);

const Url *session_url(const Session *session);

/// Begins to connect; `since` is the time that its latency counts from.
void session_start(Session *session, uint64_t since);

/// Sends one Socket.IO packet (without the Engine.IO type).
void session_send(Session *session, const void *packet, size_t length);

/// Leaves the namespace and closes the session; the scenario is told when it is closed.
void session_leave(Session *session);

/// Gives up on sessions that have been connecting or closing for too long.
void sessions_check_deadlines(void);

/// Handles what has come. Returns how much of it is done with.
size_t session_received(Connection *connection, const uint8_t *data, size_t length);

/// A connection has ended, with an error of the system or 0.
void session_lost(Connection *connection, int error);
