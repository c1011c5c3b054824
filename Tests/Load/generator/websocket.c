#include "websocket.h"

#include <string.h>

#include "run.h"

enum { LONGEST = 64 << 20 };

FrameState websocket_read(const uint8_t *data, size_t length, Frame *frame) {
    if (length < 2) return FRAME_INCOMPLETE;
    // Complete, without extension, without mask.
    if ((data[0] & 0xf0) != 0x80 || data[1] & 0x80) return FRAME_BROKEN;
    size_t extended = data[1] == 127 ? 8 : data[1] == 126 ? 2 : 0, head = 2 + extended;
    if (length < head) return FRAME_INCOMPLETE;
    uint64_t payload = extended ? 0 : data[1];
    for (size_t index = 0; index < extended; index++) payload = payload << 8 | data[2 + index];
    if (payload > LONGEST) return FRAME_BROKEN;
    if (length - head < payload) return FRAME_INCOMPLETE;
    *frame = (Frame){data[0] & 15, data + head, (size_t)payload, head + (size_t)payload};
    return FRAME_COMPLETE;
}

static void mask(uint8_t *target, const uint8_t *source, size_t length, uint32_t key) {
    uint64_t wide = (uint64_t)key << 32 | key, part;
    size_t index = 0;
    for (; index + 8 <= length; index += 8) {
        memcpy(&part, source + index, 8);
        part ^= wide;
        memcpy(target + index, &part, 8);
    }
    for (; index < length; index++) target[index] = source[index] ^ (uint8_t)(key >> 8 * (index & 3));
}

void websocket_send(Connection *connection, int opcode, const void *payload, size_t length) {
    size_t extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
    uint8_t *target = connection_extend(connection, 2 + extended + 4 + length);
    uint32_t key = random_next();
    *target++ = (uint8_t)(0x80 | opcode);
    *target++ = (uint8_t)(0x80 | (extended == 0 ? length : extended == 2 ? 126 : 127));
    for (size_t index = extended; index > 0; index--) *target++ = (uint8_t)((uint64_t)length >> 8 * (index - 1));
    memcpy(target, &key, 4);
    mask(target + 4, payload, length, key);
}
