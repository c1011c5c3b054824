#define _GNU_SOURCE
#include "packets.h"

#include <string.h>

#include "session.h"

Text text_value(Text text, const char *key) {
    size_t length = strlen(key);
    const uint8_t *found = memmem(text.first, text_length(text), key, length);
    if (!found) return (Text){text.end, text.end};
    text.first = found + length;
    while (text.first < text.end && (*text.first == ':' || *text.first == ' ')) text.first++;
    return text;
}

uint64_t text_number(Text text) {
    uint64_t value = 0;
    while (text.first < text.end && *text.first >= '0' && *text.first <= '9') value = value * 10 + *text.first++ - '0';
    return value;
}

bool text_string(Text text, char *target) {
    if (text_take(&text) != '"') return false;
    const uint8_t *quote = memchr(text.first, '"', text_length(text));
    if (!quote || quote == text.first || quote - text.first >= ID_SIZE) return false;
    size_t length = (size_t)(quote - text.first);
    memcpy(target, text.first, length);
    target[length] = 0;
    return true;
}

bool text_event(Text *text, const char *name) {
    size_t length = strlen(name);
    if (text_length(*text) < length + 3 || text->first[0] != '[' || text->first[1] != '"') return false;
    if (memcmp(text->first + 2, name, length) || text->first[length + 2] != '"') return false;
    text->first += length + 3;
    return true;
}

char *put_number(char *target, uint64_t number) {
    char digits[24];
    int count = 0;
    do digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count) *target++ = digits[--count];
    return target;
}

char *put_text(char *target, const char *text) {
    size_t length = strlen(text);
    memcpy(target, text, length);
    return target + length;
}
