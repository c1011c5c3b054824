#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 4096 };

uint8_t *bytes_extend(Bytes *bytes, size_t count) {
    if (bytes->end + count > bytes->capacity && bytes->start) {
        memmove(bytes->data, bytes_first(bytes), bytes_length(bytes));
        bytes->end -= bytes->start;
        bytes->start = 0;
    }
    if (bytes->end + count > bytes->capacity) {
        size_t capacity = bytes->capacity ? bytes->capacity : 128;
        while (capacity < bytes->end + count) capacity *= 2;
        bytes->data = realloc(bytes->data, capacity);
        if (!bytes->data) {
            perror("load: memory");
            exit(70);
        }
        bytes->capacity = capacity;
    }
    bytes->end += count;
    return bytes->data + bytes->end - count;
}

void bytes_append(Bytes *bytes, const void *data, size_t count) {
    if (count) memcpy(bytes_extend(bytes, count), data, count);
}

void bytes_consume(Bytes *bytes, size_t count) {
    bytes->start += count;
    if (bytes->start == bytes->end) bytes_clear(bytes);
}

void bytes_clear(Bytes *bytes) {
    bytes->start = bytes->end = 0;
    if (bytes->capacity > KEPT) {
        free(bytes->data);
        *bytes = (Bytes){0};
    }
}
