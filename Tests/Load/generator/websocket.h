// Frames of RFC 6455, as a client writes and reads them. Servers under test do not fragment.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "connection.h"

enum { OPCODE_TEXT = 1, OPCODE_BINARY = 2, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

typedef struct {
    int opcode;
    const uint8_t *payload;
    size_t length, total;  // of the payload, and with its head
} Frame;

typedef enum { FRAME_INCOMPLETE, FRAME_COMPLETE, FRAME_BROKEN } FrameState;

/// Reads one frame from the start of what has come.
FrameState websocket_read(const uint8_t *data, size_t length, Frame *frame);

/// Writes one masked frame.
void websocket_send(Connection *connection, int opcode, const void *payload, size_t length);
