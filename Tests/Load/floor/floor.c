// floor: what the kernel charges. A Socket.IO server reduced to reads and writes: one thread, epoll, WebSocket only,
// no checks, no timers, no state but buffers. It acknowledges the events echo and join and sends broadcast on to
// everybody, toroom to the room, with one write per connection for all that came in one read. Its CPU time per
// operation is what a complete server on the same machine can come near to, and it is the cheapest server to put behind
// a gateway that is measured. It is good for nothing else.
//
//   floor: listens on a free port of 127.0.0.1 and prints "floor listens on 127.0.0.1:PORT".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTORS = 65536, CHUNK = 256 << 10 };

typedef struct {
    bool open, upgraded, joined;
    long room;  // the number of its room, and one; 0 is none
    uint8_t *kept;  // an incomplete frame
    size_t kept_length;
} Connection;

typedef struct {
    uint8_t bytes[CHUNK * 2];
    size_t length;
} Output;

static Connection connections[DESCRIPTORS];
static int highest;
static uint8_t input[CHUNK * 2];
static Output replies, casts;  // to the one that is read from, to everybody
static long cast_room;         // of whom casts are for; 0 is everybody

static void put(Output *output, const void *data, size_t length) {
    if (length > sizeof output->bytes - output->length) return;
    memcpy(output->bytes + output->length, data, length);
    output->length += length;
}

static void put_frame(Output *output, const char *head, size_t head_length, const void *rest, size_t rest_length) {
    size_t length = head_length + rest_length;
    uint8_t start[4] = {0x81, (uint8_t)(length < 126 ? length : 126), (uint8_t)(length >> 8), (uint8_t)length};
    put(output, start, length < 126 ? 2 : 4);
    put(output, head, head_length);
    put(output, rest, rest_length);
}

// What a socket does not take at once is lost: a floor does not queue.
static void write_all(int descriptor, const Output *output) {
    for (size_t sent = 0; sent < output->length;) {
        ssize_t count = send(descriptor, output->bytes + sent, output->length - sent, MSG_NOSIGNAL);
        if (count <= 0) return;
        sent += (size_t)count;
    }
}

static void close_connection(int descriptor) {
    free(connections[descriptor].kept);
    connections[descriptor] = (Connection){0};
    close(descriptor);
}

// Rooms are named "room-0" and so on.
static long room_of(const uint8_t *name) { return strtol((const char *)name + sizeof "\"room-" - 1, NULL, 10) + 1; }

static void receive_packet(int descriptor, const uint8_t *packet, size_t length) {
    static const char echo[] = "[\"echo\",", join[] = "[\"join\",", broadcast[] = "42[\"broadcast\",",
                      toroom[] = "42[\"toroom\",";
    const uint8_t *argument;
    if (length >= 2 && !memcmp(packet, "40", 2)) {
        char text[64];
        int count = snprintf(text, sizeof text, "40{\"sid\":\"floor-%d\"}", descriptor);
        connections[descriptor].joined = true;
        put_frame(&replies, text, (size_t)count, "", 0);
    } else if (length > sizeof broadcast && !memcmp(packet, broadcast, sizeof broadcast - 1)) {
        put_frame(&casts, "42[\"b\",", 7, packet + sizeof broadcast - 1, length - sizeof broadcast + 1);
    } else if (length > sizeof toroom && !memcmp(packet, toroom, sizeof toroom - 1)
               && (argument = memchr(packet + sizeof toroom - 1, ',', length - sizeof toroom + 1))) {
        cast_room = room_of(packet + sizeof toroom - 1);
        argument++;
        put_frame(&casts, "42[\"b\",", 7, argument, length - (size_t)(argument - packet));
    } else if (length > 12 && ((argument = memmem(packet, 32 < length ? 32 : length, echo, sizeof echo - 1))
                               || (argument = memmem(packet, 32 < length ? 32 : length, join, sizeof join - 1)))) {
        char head[32] = "43";
        size_t digits = (size_t)(argument - packet) - 2;
        if (digits > sizeof head - 4) return;
        memcpy(head + 2, packet + 2, digits);
        head[2 + digits] = '[';
        if (argument[2] == 'j') connections[descriptor].room = room_of(argument + sizeof join - 1);
        argument += sizeof echo - 1;  // as long as that of join
        put_frame(&replies, head, digits + 3, argument, length - (size_t)(argument - packet));
    }
}

// Returns how much was used of what has come; more than that if the client wants to end.
static size_t receive_frames(int descriptor, uint8_t *data, size_t length) {
    size_t used = 0;
    while (length - used >= 6) {
        uint8_t *frame = data + used;
        size_t payload = frame[1] & 127, head = 6;
        if (payload == 126) {
            payload = (size_t)frame[2] << 8 | frame[3];
            head = 8;
        }
        if (payload == 127 || (frame[0] & 15) == 8) return length + 1;
        if (length - used < head + payload) break;
        const uint8_t *key = frame + head - 4;
        for (size_t index = 0; index < payload; index++) frame[head + index] ^= key[index & 3];
        receive_packet(descriptor, frame + head, payload);
        used += head + payload;
    }
    return used;
}

static void receive_request(int descriptor, const uint8_t *data, size_t length) {
    static const char nothing[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
                      upgraded[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
                      open[] = "0{\"sid\":\"floor\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,"
                               "\"maxPayload\":1000000}";
    if (!memmem(data, length, "transport=websocket", 19)) {
        put(&replies, nothing, sizeof nothing - 1);
        return;
    }
    connections[descriptor].upgraded = true;
    put(&replies, upgraded, sizeof upgraded - 1);
    put_frame(&replies, open, sizeof open - 1, "", 0);
}

static void receive(int descriptor) {
    Connection *connection = &connections[descriptor];
    size_t length = connection->kept_length;
    if (length) memcpy(input, connection->kept, length);
    ssize_t count = recv(descriptor, input + length, CHUNK, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) return close_connection(descriptor);
    length += (size_t)count;
    replies.length = casts.length = 0;
    cast_room = 0;
    size_t used = length;
    if (connection->upgraded) used = receive_frames(descriptor, input, length);
    else receive_request(descriptor, input, length);
    write_all(descriptor, &replies);
    for (int other = 0; casts.length && other <= highest; other++)
        if (connections[other].joined && (!cast_room || connections[other].room == cast_room)) write_all(other, &casts);
    if (used > length) return close_connection(descriptor);
    connection->kept_length = length - used;
    if (used == length) return;
    connection->kept = realloc(connection->kept, CHUNK);
    if (!connection->kept || connection->kept_length > CHUNK) return close_connection(descriptor);
    memcpy(connection->kept, input + used, connection->kept_length);
}

static void accept_all(int listener, int poller) {
    for (int descriptor; (descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
        int on = 1;
        if (descriptor >= DESCRIPTORS || epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event)) {
            close(descriptor);
            continue;
        }
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        connections[descriptor] = (Connection){.open = true};
        if (descriptor > highest) highest = descriptor;
    }
}

static int listen_somewhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)
        || getsockname(listener, (struct sockaddr *)&address, &length)) {
        perror("floor");
        exit(71);
    }
    printf("floor listens on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(void) {
    struct rlimit limit;
    if (!getrlimit(RLIMIT_NOFILE, &limit)) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    int listener = listen_somewhere(), poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poller, events, 256, -1);
        for (int index = 0; index < count; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == listener) accept_all(listener, poller);
            else if (connections[descriptor].open) receive(descriptor);
        }
    }
}
