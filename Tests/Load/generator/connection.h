// One TCP connection of a session: written in one piece per event that was handled, read until it is empty.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"

struct Session;

typedef enum { RESPONSES, HANDSHAKE, FRAMES } Expected;  // HTTP responses, the answer to an upgrade, WebSocket frames

typedef struct Connection {
    struct Session *session;
    int descriptor;    // -1 while closed
    int error;         // what a write met; told with the next event
    uint32_t life;     // counts the closings
    uint32_t answers;  // HTTP responses so far
    Expected expected;
    bool busy;     // a request waits for its response
    bool unsent;   // in the list of those to flush
    Bytes input;   // the beginning of what has not come completely
    Bytes output;
} Connection;

/// The traffic of all connections, in bytes.
extern uint64_t bytes_received, bytes_sent;

/// Prepares epoll and the buffer that all connections read into; ends the process if that fails.
void connections_prepare(void);

/// Begins to connect to the session's address. Returns false, with `errno`, if that failed at once.
bool connection_open(Connection *connection);

void connection_close(Connection *connection);

/// Where the next `count` bytes to send go; they leave with `connections_flush`.
uint8_t *connection_extend(Connection *connection, size_t count);

void connection_send(Connection *connection, const void *data, size_t count);

/// Sends what has been written since the last time.
void connections_flush(void);

/// Waits for events until `wake` (nanoseconds of the clock), and handles them.
void connections_wait(uint64_t wake);
