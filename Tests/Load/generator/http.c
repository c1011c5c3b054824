#define _GNU_SOURCE
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options.h"
#include "session.h"

enum { HEAD_MAX = 16384 };

static bool named(const char *line, const char *name, const char **value) {
    size_t length = strlen(name);
    if (strncasecmp(line, name, length)) return false;
    *value = line + length + strspn(line + length, " ");
    return true;
}

// The lines of the head that matter. Returns the length of the body, -1 if it is not told.
static long long read_head(const char *head, Response *response) {
    long long length = response->status == 101 || response->status == 204 ? 0 : -1;
    const char *value;
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (named(line + 2, "content-length:", &value)) length = strtoll(value, NULL, 10);
        if (named(line + 2, "connection:", &value)) response->closes = !strncasecmp(value, "close", 5);
    }
    return length;
}

ResponseState http_read(const uint8_t *data, size_t length, Response *response) {
    const uint8_t *end = memmem(data, length, "\r\n\r\n", 4);
    if (!end) return length > HEAD_MAX ? RESPONSE_BROKEN : RESPONSE_INCOMPLETE;
    size_t head_length = (size_t)(end - data) + 4;
    char head[HEAD_MAX + 1];
    if (head_length > HEAD_MAX) return RESPONSE_BROKEN;
    memcpy(head, data, head_length - 2);
    head[head_length - 2] = 0;
    *response = (Response){0};
    if (sscanf(head, "HTTP/1.1 %d", &response->status) != 1) return RESPONSE_BROKEN;
    long long body_length = read_head(head, response);
    if (body_length < 0) return RESPONSE_BROKEN;
    if (length - head_length < (size_t)body_length) return RESPONSE_INCOMPLETE;
    response->body = data + head_length;
    response->length = (size_t)body_length;
    response->total = head_length + response->length;
    return RESPONSE_COMPLETE;
}

// Request line, up to where headers of one kind of request follow.
static int begin(char *text, size_t size, const Session *session, const char *method, const char *transport) {
    return snprintf(
        text, size, "%s %s?EIO=4&transport=%s%s%s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n", method, options.path,
        transport, *session->engine_id ? "&sid=" : "", session->engine_id, session_url(session)->host);
}

void http_get(Connection *connection, bool websocket) {
    char text[1024];
    int length = begin(text, sizeof text, connection->session, "GET", websocket ? "websocket" : "polling");
    // The key of RFC 6455, section 1.3: that servers compute its answer is what others test.
    const char *rest = websocket ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                                 : "Connection: keep-alive\r\n\r\n";
    connection_send(connection, text, (size_t)length);
    connection_send(connection, rest, strlen(rest));
    connection->busy = true;
    connection->expected = websocket ? HANDSHAKE : RESPONSES;
}

void http_post(Connection *connection, const void *body, size_t length) {
    char text[1024];
    int count = begin(text, sizeof text, connection->session, "POST", "polling");
    connection_send(connection, text, (size_t)count);
    count = snprintf(
        text, sizeof text,
        "Connection: keep-alive\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: %zu\r\n\r\n", length);
    connection_send(connection, text, (size_t)count);
    connection_send(connection, body, length);
    connection->busy = true;
}
