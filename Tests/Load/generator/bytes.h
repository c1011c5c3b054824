// A growable buffer that is appended to at its end and consumed from its start.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *data;
    size_t start, end, capacity;
} Bytes;

static inline size_t bytes_length(const Bytes *bytes) { return bytes->end - bytes->start; }
static inline uint8_t *bytes_first(const Bytes *bytes) { return bytes->data + bytes->start; }

/// Makes room for `count` bytes, counts them as written, and returns where they go.
uint8_t *bytes_extend(Bytes *bytes, size_t count);

void bytes_append(Bytes *bytes, const void *data, size_t count);

void bytes_consume(Bytes *bytes, size_t count);

/// Empties the buffer; the storage is kept unless it has become large, so that idle sessions cost little.
void bytes_clear(Bytes *bytes);
