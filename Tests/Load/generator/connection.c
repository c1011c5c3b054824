#define _GNU_SOURCE
#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "options.h"
#include "run.h"
#include "session.h"

uint64_t bytes_received, bytes_sent;

static int poller = -1;
static uint8_t *scratch;
static size_t scratch_size = 256 << 10;
static Connection **unsent;
static size_t unsent_count, unsent_capacity;

static void or_die(bool good, const char *what) {
    if (good) return;
    perror(what);
    exit(71);
}

void connections_prepare(void) {
    poller = epoll_create1(EPOLL_CLOEXEC);
    scratch = malloc(scratch_size);
    or_die(poller >= 0 && scratch, "load: start");
}

// Every source address has ports of its own for each server.
static bool bind_source(int descriptor) {
    static uint32_t next;
    if (options.sources < 2) return true;
    int on = 1;
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(0x7f000001u + next++ % options.sources);
    setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    return bind(descriptor, (struct sockaddr *)&source, sizeof source) == 0;
}

static bool begin_connect(int descriptor, Connection *connection) {
    const Url *url = session_url(connection->session);
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection,
    };
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!bind_source(descriptor)) return false;
    if (connect(descriptor, (const struct sockaddr *)&url->address, sizeof url->address) < 0 && errno != EINPROGRESS)
        return false;
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

bool connection_open(Connection *connection) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return false;
    if (!begin_connect(descriptor, connection)) {
        int error = errno;
        close(descriptor);
        errno = error;
        return false;
    }
    connection->descriptor = descriptor;
    return true;
}

void connection_close(Connection *connection) {
    if (connection->descriptor >= 0) close(connection->descriptor);
    connection->descriptor = -1;
    connection->life++;
    connection->error = 0;
    connection->answers = 0;
    connection->busy = false;
    connection->expected = RESPONSES;
    bytes_clear(&connection->input);
    bytes_clear(&connection->output);
}

uint8_t *connection_extend(Connection *connection, size_t count) {
    if (!connection->unsent) {
        if (unsent_count == unsent_capacity) {
            unsent_capacity = unsent_capacity ? unsent_capacity * 2 : 1024;
            unsent = realloc(unsent, unsent_capacity * sizeof *unsent);
            or_die(unsent, "load: memory");
        }
        unsent[unsent_count++] = connection;
        connection->unsent = true;
    }
    return bytes_extend(&connection->output, count);
}

void connection_send(Connection *connection, const void *data, size_t count) {
    memcpy(connection_extend(connection, count), data, count);
}

static void write_out(Connection *connection) {
    while (connection->descriptor >= 0 && !connection->error && bytes_length(&connection->output)) {
        ssize_t count = send(
            connection->descriptor, bytes_first(&connection->output), bytes_length(&connection->output), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            if (errno != EAGAIN && errno != ENOTCONN) connection->error = errno;
            return;
        }
        bytes_sent += (uint64_t)count;
        bytes_consume(&connection->output, (size_t)count);
    }
}

void connections_flush(void) {
    for (size_t index = 0; index < unsent_count; index++) {
        unsent[index]->unsent = false;
        write_out(unsent[index]);
    }
    unsent_count = 0;
}

// Reads once. Returns whether there may be more.
static bool read_in(Connection *connection) {
    size_t kept = bytes_length(&connection->input);
    uint32_t life = connection->life;
    if (kept * 2 > scratch_size) {
        scratch = realloc(scratch, scratch_size *= 2);
        or_die(scratch, "load: memory");
    }
    ssize_t count = recv(connection->descriptor, scratch + kept, scratch_size - kept, 0);
    if (count < 0 && errno == EINTR) return true;
    if (count < 0 && errno == EAGAIN) return false;
    clock_now = clock_read();
    if (count <= 0) {
        session_lost(connection, count < 0 ? errno : connection->error);
        return false;
    }
    bytes_received += (uint64_t)count;
    if (kept) memcpy(scratch, bytes_first(&connection->input), kept);
    size_t length = kept + (size_t)count, used = session_received(connection, scratch, length);
    if (connection->life != life) return false;
    bytes_clear(&connection->input);
    bytes_append(&connection->input, scratch + used, length - used);
    return length == scratch_size;
}

static void handle(Connection *connection, uint32_t events) {
    const uint32_t ending = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    if (events & EPOLLOUT) write_out(connection);
    if (!(events & (EPOLLIN | ending))) return;
    uint32_t life = connection->life;
    bool more = true;
    while (connection->descriptor >= 0 && connection->life == life && (more || events & ending)) {
        uint64_t before = bytes_received;
        more = read_in(connection);
        if (!more && bytes_received == before) return;
    }
}

void connections_wait(uint64_t wake) {
    struct epoll_event events[256];
    uint64_t now = clock_read();
    uint64_t pause = wake > now ? wake - now : 0;
    struct timespec timeout = {(time_t)(pause / SECOND), (long)(pause % SECOND)};
    int count = epoll_pwait2(poller, events, 256, &timeout, NULL);
    // An event of a connection that was closed meanwhile finds nothing to read: that does no harm.
    for (int index = 0; index < count; index++) {
        Connection *connection = events[index].data.ptr;
        if (connection->descriptor < 0) continue;
        handle(connection, events[index].events);
        connections_flush();
    }
}
