#include "options.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

Options options = {
    .scenario = "echo", .path = "/socket.io/", .sessions = 100, .in_flight = 1, .payload = 32, .room_size = 10,
    .messages = 4, .pending = 200, .sources = 1, .seconds = 4, .warmup = 0.5, .settle = 0.3, .patience = 10,
};

static const char *const transports[] = {"websocket", "polling", "upgrade"};

const char *transport_name(Transport transport) { return transports[transport]; }

static void usage(void) {
    fputs(
        "load SCENARIO --url http://127.0.0.1:PORT[,…] [options]: drives Socket.IO servers, prints one JSON object\n"
        "  echo         events that the server acknowledges with their arguments\n"
        "  broadcast    one publisher, everybody receives       (event broadcast, comes as b)\n"
        "  rooms        every room has a publisher               (events join, toroom; comes as b)\n"
        "  connects     sessions that join a namespace and leave\n"
        "  idle         sessions that only answer pings\n"
        "  match        findChat, chatStart, messages, next: pairs of strangers\n"
        "  --transport websocket|polling|upgrade   (websocket)\n"
        "  --sessions N         sessions; of connects, how many at a time (100)\n"
        "  --in-flight K        closed loop: events under way per session, room, or in all (1)\n"
        "  --rate R             open loop: operations per second in all, whatever is still under way\n"
        "  --payload BYTES      text in every event (32)\n"
        "  --seconds S          what is measured (4)\n"
        "  --warmup S           load before it: seconds of the servers' CPU time, or of the clock (0.5)\n"
        "  --settle S           pause between connecting and load (0.3)\n"
        "  --churn R            echo: sessions per second that leave and come again\n"
        "  --room-size G, --outsider   rooms: sockets per room (10); the first only publishes\n"
        "  --messages M         match: texts of each participant per chat, 0 for none (4)\n"
        "  --pending P          handshakes under way at a time (200)\n"
        "  --sources K          connect from 127.0.0.1 to 127.0.0.K in turn (1)\n"
        "  --patience S         longest wait for a connect, a late message, the end (10)\n"
        "  --path /socket.io/   --server-pid PID[,…]   whose CPU time and memory to read\n",
        stderr);
    exit(64);
}

static void wrong(const char *what, const char *text) {
    fprintf(stderr, "load: %s: %s\n", what, text);
    exit(64);
}

static double number(const char *text, double lowest, double highest) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= lowest && value <= highest)) wrong("not a number in its range", text);
    return value;
}

static uint32_t whole(const char *text, uint32_t lowest, uint32_t highest) {
    return (uint32_t)number(text, lowest, highest);
}

// Load is for one's own machine: an address that is not of the loopback network is refused.
static void read_urls(char *text) {
    for (char *rest, *item = strtok_r(text, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        if (options.url_count == URLS_MAX) wrong("too many addresses", item);
        Url *url = &options.urls[options.url_count++];
        char host[64];
        unsigned port;
        if (sscanf(item, "http://%63[0-9.]:%u", host, &port) != 2 || port == 0 || port > 65535)
            wrong("not of the form http://127.0.0.1:PORT", item);
        url->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        if (inet_pton(AF_INET, host, &url->address.sin_addr) != 1) wrong("not an address", host);
        if (ntohl(url->address.sin_addr.s_addr) >> 24 != 127) wrong("not a loopback address", host);
        snprintf(url->host, sizeof url->host, "%s", item + strlen("http://"));
        url->host[strcspn(url->host, "/")] = 0;
    }
}

static void read_servers(char *text) {
    for (char *rest, *item = strtok_r(text, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        if (options.server_count == SERVERS_MAX) wrong("too many processes", item);
        options.servers[options.server_count++] = (int)whole(item, 1, 1u << 30);
    }
}

static Transport read_transport(const char *text) {
    for (int index = 0; index < 3; index++)
        if (!strcmp(text, transports[index])) return (Transport)index;
    wrong("not a transport", text);
    return WEBSOCKET;
}

static const struct option names[] = {
    {"url", 1, 0, 'u'},     {"transport", 1, 0, 't'}, {"sessions", 1, 0, 'n'}, {"in-flight", 1, 0, 'k'},
    {"rate", 1, 0, 'r'},    {"payload", 1, 0, 'b'},   {"seconds", 1, 0, 's'},  {"warmup", 1, 0, 'w'},
    {"settle", 1, 0, 'e'},  {"churn", 1, 0, 'c'},     {"room-size", 1, 0, 'g'}, {"outsider", 0, 0, 'o'},
    {"messages", 1, 0, 'm'}, {"pending", 1, 0, 'p'},  {"sources", 1, 0, 'a'},  {"patience", 1, 0, 'y'},
    {"path", 1, 0, 'P'},    {"server-pid", 1, 0, 'i'}, {0},
};

static void read_one(int name, char *text) {
    switch (name) {
    case 'u': read_urls(text); break;
    case 't': options.transport = read_transport(text); break;
    case 'n': options.sessions = whole(text, 1, 1000000); break;
    case 'k': options.in_flight = whole(text, 1, 100000); break;
    case 'r': options.rate = number(text, 0, 1e8); break;
    case 'b': options.payload = whole(text, 0, 900000); break;
    case 's': options.seconds = number(text, 0.01, 1e6); break;
    case 'w': options.warmup = number(text, 0, 1e3); break;
    case 'e': options.settle = number(text, 0, 1e3); break;
    case 'c': options.churn = number(text, 0, 1e5); break;
    case 'g': options.room_size = whole(text, 1, 100000); break;
    case 'o': options.outsider = true; break;
    case 'm': options.messages = whole(text, 0, 1000); break;
    case 'p': options.pending = whole(text, 1, 100000); break;
    case 'a': options.sources = whole(text, 1, 250); break;
    case 'y': options.patience = number(text, 0.1, 1e3); break;
    case 'P': options.path = text; break;
    case 'i': read_servers(text); break;
    default: usage();
    }
}

void options_read(int count, char **arguments) {
    for (int name; (name = getopt_long(count, arguments, "", names, NULL)) != -1;) read_one(name, optarg);
    if (optind + 1 != count || !options.url_count) usage();
    options.scenario = arguments[optind];
    if (!scenario_named(options.scenario)) wrong("not a scenario", options.scenario);
    if (options.outsider && options.room_size < 2) wrong("a room needs a member beside its publisher", "--room-size");
}
