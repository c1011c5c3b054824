// What the command line asks for.
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum { URLS_MAX = 64, SERVERS_MAX = 64 };

typedef enum { WEBSOCKET, POLLING, UPGRADE } Transport;

typedef struct {
    struct sockaddr_in address;
    char host[64];  // as in the header of that name
} Url;

typedef struct {
    const char *scenario;
    Transport transport;
    Url urls[URLS_MAX];  // sessions are spread over them in turn
    uint32_t url_count;
    int servers[SERVERS_MAX];  // process ids whose CPU time and memory are read
    uint32_t server_count;
    const char *path;
    uint32_t sessions, in_flight, payload, room_size, messages, pending, sources;
    double rate;     // operations per second in open loop; 0 is closed loop
    double churn;    // sessions per second that leave and come again (echo)
    double seconds;  // what is measured
    double warmup;   // load before it: seconds of CPU time of the servers, or of the clock if no server is named
    double settle;   // pause between the last connect and the load, in seconds
    double patience; // longest wait for a connect, for late messages, for the end, in seconds
    bool outsider;   // rooms: the publisher of a room is not its member
} Options;

extern Options options;

/// Reads the command line; ends the process with code 64 when it is wrong.
void options_read(int count, char **arguments);

const char *transport_name(Transport transport);
