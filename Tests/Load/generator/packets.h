// Reading what servers write: just enough JSON to find a value by its key.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *first, *end;
} Text;

static inline size_t text_length(Text text) { return (size_t)(text.end - text.first); }

/// The first byte, which is taken away; 0 if there is none.
static inline int text_take(Text *text) { return text->first < text->end ? *text->first++ : 0; }

/// From the value of a key (given with its quotes) to the end; empty if the key is not there.
Text text_value(Text text, const char *key);

/// The number at the start of a text, 0 if there is none.
uint64_t text_number(Text text);

/// Copies the quoted string at the start of a text, if there is one that fits `ID_SIZE`.
bool text_string(Text text, char *target);

/// Whether an event has this name; if so, the text is set to what follows the name.
bool text_event(Text *text, const char *name);

/// Writes a number in decimal. Returns where it ends.
char *put_number(char *target, uint64_t number);

/// Writes a text. Returns where it ends.
char *put_text(char *target, const char *text);
