// The little of HTTP/1.1 that polling and the upgrade to WebSocket need.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "connection.h"

typedef struct {
    int status;
    const uint8_t *body;
    size_t length;     // of the body
    size_t total;      // of head and body
    bool closes;       // the server closes the connection after it
} Response;

typedef enum { RESPONSE_INCOMPLETE, RESPONSE_COMPLETE, RESPONSE_BROKEN } ResponseState;

/// Reads one response from the start of what has come. A response without Content-Length is broken, except 101.
ResponseState http_read(const uint8_t *data, size_t length, Response *response);

/// Writes a GET of the session's poll, or the request that asks for its WebSocket.
void http_get(Connection *connection, bool websocket);

void http_post(Connection *connection, const void *body, size_t length);
