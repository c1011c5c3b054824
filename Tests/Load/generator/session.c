#define _GNU_SOURCE
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "packets.h"
#include "run.h"
#include "scenario.h"
#include "websocket.h"

enum { SEPARATOR = 0x1e };  // between the packets of one payload

Session *sessions;
uint32_t sessions_ready, sessions_connecting;

void sessions_prepare(void) {
    sessions = calloc(options.sessions, sizeof *sessions);
    if (!sessions) {
        perror("load: memory");
        exit(70);
    }
    for (uint32_t index = 0; index < options.sessions; index++) {
        Session *session = &sessions[index];
        session->number = index;
        Connection *all[] = {&session->poll, &session->post, &session->websocket};
        for (int each = 0; each < 3; each++) *all[each] = (Connection){.session = session, .descriptor = -1};
    }
}

const Url *session_url(const Session *session) { return &options.urls[session->number % options.url_count]; }

static void reset(Session *session, SessionState state) {
    connection_close(&session->poll);
    connection_close(&session->post);
    connection_close(&session->websocket);
    bytes_clear(&session->queue);
    bytes_clear(&session->posted);
    if (session->state == READY) sessions_ready--;
    if (session->state == CONNECTING) sessions_connecting--;
    session->life++;
    session->state = state;
    session->upgrade = NOT_UPGRADING;
    session->on_websocket = session->joined = session->upgradable = false;
    session->engine_id[0] = session->socket_id[0] = 0;
    session->max_payload = 1000000;
}

// A session that is leaving is closed whichever way it ends.
static void ended(Session *session, const char *why, int detail) {
    SessionState before = session->state;
    if (before == CLOSED || before == FAILED) return;
    if (before != CLOSING) run_error("%s (%d)", why, detail);
    reset(session, before == CLOSING ? CLOSED : FAILED);
    if (before == CLOSING) scenario->closed(session);
    if (before == CONNECTING) counters.failed++;
    if (before == READY) counters.lost++;
}

static bool open_or_fail(Session *session, Connection *connection) {
    if (connection->descriptor >= 0 || connection_open(connection)) return true;
    ended(session, "connect", errno);
    return false;
}

static void next_poll(Session *session) {
    if (!session->poll.busy && open_or_fail(session, &session->poll)) http_get(&session->poll, false);
}

void session_start(Session *session, uint64_t since) {
    reset(session, CONNECTING);
    sessions_connecting++;
    session->since = since;
    if (options.transport != WEBSOCKET) next_poll(session);
    else if (open_or_fail(session, &session->websocket)) http_get(&session->websocket, true);
}

// MARK: sending

// As much of the queue as one request may carry, cut between two packets.
static void next_post(Session *session) {
    size_t length = bytes_length(&session->queue);
    bool held = session->upgrade == PAUSING || session->on_websocket;
    if (!length || held || session->post.busy || !open_or_fail(session, &session->post)) return;
    size_t part = length;
    if (length > session->max_payload) {
        const uint8_t *cut = memrchr(bytes_first(&session->queue), SEPARATOR, session->max_payload);
        if (cut) part = (size_t)(cut - bytes_first(&session->queue));
    }
    bytes_clear(&session->posted);
    bytes_append(&session->posted, bytes_first(&session->queue), part);
    bytes_consume(&session->queue, part < length ? part + 1 : part);
    http_post(&session->post, bytes_first(&session->posted), part);
}

static void send_packet(Session *session, char type, const void *content, size_t length) {
    if (session->on_websocket) {
        uint8_t packet[1 << 10];
        uint8_t *whole = length < sizeof packet ? packet : malloc(length + 1);
        whole[0] = (uint8_t)type;
        memcpy(whole + 1, content, length);
        websocket_send(&session->websocket, OPCODE_TEXT, whole, length + 1);
        if (whole != packet) free(whole);
        return;
    }
    bool first = !bytes_length(&session->queue);
    uint8_t *target = bytes_extend(&session->queue, length + (first ? 1 : 2));
    if (!first) *target++ = SEPARATOR;
    *target++ = (uint8_t)type;
    memcpy(target, content, length);
    next_post(session);
}

void session_send(Session *session, const void *packet, size_t length) { send_packet(session, '4', packet, length); }

void session_leave(Session *session) {
    sessions_ready--;
    session->state = CLOSING;
    session->since = clock_now;
    uint32_t life = session->life;
    session_send(session, "1", 1);
    if (session->life != life) return;
    if (session->on_websocket) websocket_send(&session->websocket, OPCODE_CLOSE, "\x03\xe8", 2);
    else send_packet(session, '1', "", 0);
}

// MARK: packets

static void ready_if_so(Session *session) {
    if (session->state != CONNECTING || !session->joined) return;
    if (session->upgradable && session->upgrade != UPGRADED) return;
    session->state = READY;
    sessions_connecting--;
    sessions_ready++;
    if (!scenario->reconnects || measured(session->since)) histogram_add(&connect_latency, clock_now - session->since);
    scenario->ready(session);
}

static void opened(Session *session, Text packet) {
    if (!text_string(text_value(packet, "\"sid\""), session->engine_id)) {
        ended(session, "open packet without sid", 0);
        return;
    }
    uint64_t longest = text_number(text_value(packet, "\"maxPayload\""));
    if (longest >= 1000) session->max_payload = longest < (1u << 30) ? (uint32_t)longest : 1u << 30;
    uint32_t life = session->life;
    session_send(session, "0", 1);
    if (session->life != life || options.transport != UPGRADE) return;
    Text upgrades = text_value(packet, "\"upgrades\"");
    const uint8_t *end = memchr(upgrades.first, ']', text_length(upgrades));
    if (!end || !memmem(upgrades.first, (size_t)(end - upgrades.first), "\"websocket\"", 11)) return;
    session->upgradable = true;
    session->upgrade = PROBING;
    if (open_or_fail(session, &session->websocket)) http_get(&session->websocket, true);
}

// The upgrade is complete once no request of polling is under way (Engine.IO protocol, "Upgrade").
static void upgrade_if_quiet(Session *session) {
    if (session->upgrade != PAUSING || session->poll.busy || session->post.busy) return;
    connection_close(&session->poll);
    connection_close(&session->post);
    session->upgrade = UPGRADED;
    session->on_websocket = true;
    websocket_send(&session->websocket, OPCODE_TEXT, "5", 1);
    const uint8_t *packet = bytes_first(&session->queue), *end = packet + bytes_length(&session->queue);
    while (packet < end) {
        const uint8_t *next = memchr(packet, SEPARATOR, (size_t)(end - packet));
        if (!next) next = end;
        websocket_send(&session->websocket, OPCODE_TEXT, packet, (size_t)(next - packet));
        packet = next + 1;
    }
    bytes_clear(&session->queue);
    ready_if_so(session);
}

static void received_message(Session *session, Text message) {
    int type = text_take(&message);
    switch (type) {
    case '0':
        session->joined = text_string(text_value(message, "\"sid\""), session->socket_id);
        if (session->joined) ready_if_so(session);
        else ended(session, "connect packet without sid", 0);
        break;
    case '2': scenario->event(session, message); break;
    case '3': scenario->acknowledged(session, message); break;
    case '1': case '4':
        if (session->state != CLOSING) ended(session, "the namespace was left or refused", type);
        break;
    default: ended(session, "unexpected Socket.IO packet", type);
    }
}

static void received_packet(Session *session, Text packet) {
    int type = text_take(&packet);
    switch (type) {
    case '0': opened(session, packet); break;
    case '1': if (session->state != CLOSING) ended(session, "close packet", 0); break;
    case '2': send_packet(session, '3', packet.first, text_length(packet)); break;
    case '3':
        if (session->upgrade == PROBING) session->upgrade = PAUSING;
        upgrade_if_quiet(session);
        break;
    case '4': counters.messages++; received_message(session, packet); break;
    case '6': break;
    default: ended(session, "unexpected Engine.IO packet", type);
    }
}

static void received_payload(Session *session, const uint8_t *data, size_t length) {
    uint32_t life = session->life;
    const uint8_t *end = data + length;
    while (data < end && session->life == life) {
        const uint8_t *next = memchr(data, SEPARATOR, (size_t)(end - data));
        if (!next) next = end;
        received_packet(session, (Text){data, next});
        data = next + 1;
    }
}

// MARK: connections

static void received_response(Session *session, Connection *connection, const Response *response) {
    bool poll = connection == &session->poll;
    uint32_t life = session->life;
    connection->busy = false;
    connection->answers++;
    if (response->closes) connection_close(connection);
    if (poll) received_payload(session, response->body, response->length);
    if (session->life != life) return;
    if (session->upgrade == PAUSING) upgrade_if_quiet(session);
    else if (session->state == CLOSING && !session->poll.busy && !session->post.busy && !bytes_length(&session->queue))
        ended(session, "", 0);
    else if (session->on_websocket) return;
    else if (poll && session->state != CLOSING) next_poll(session);
    else next_post(session);
}

static size_t take_response(Connection *connection, const uint8_t *data, size_t length) {
    Session *session = connection->session;
    Response response;
    switch (http_read(data, length, &response)) {
    case RESPONSE_INCOMPLETE: return 0;
    case RESPONSE_BROKEN: ended(session, "unreadable HTTP response", 0); return length;
    case RESPONSE_COMPLETE: break;
    }
    if (response.status != (connection->expected == HANDSHAKE ? 101 : 200)) {
        ended(session, "HTTP status", response.status);
        return length;
    }
    if (connection->expected == RESPONSES) {
        received_response(session, connection, &response);
        return response.total;
    }
    connection->expected = FRAMES;
    if (options.transport == WEBSOCKET) session->on_websocket = true;
    else websocket_send(connection, OPCODE_TEXT, "2probe", 6);
    return response.total;
}

static size_t take_frame(Connection *connection, const uint8_t *data, size_t length) {
    Session *session = connection->session;
    Frame frame;
    switch (websocket_read(data, length, &frame)) {
    case FRAME_INCOMPLETE: return 0;
    case FRAME_BROKEN: ended(session, "unreadable frame", data[0]); return length;
    case FRAME_COMPLETE: break;
    }
    switch (frame.opcode) {
    case OPCODE_TEXT: received_packet(session, (Text){frame.payload, frame.payload + frame.length}); break;
    case OPCODE_PING: websocket_send(connection, OPCODE_PONG, frame.payload, frame.length); break;
    case OPCODE_PONG: break;
    case OPCODE_CLOSE: if (session->state != CLOSING) ended(session, "close frame", 0); break;
    default: ended(session, "unexpected opcode", frame.opcode);
    }
    return frame.total;
}

size_t session_received(Connection *connection, const uint8_t *data, size_t length) {
    uint32_t life = connection->life;
    size_t done = 0, count = 1;
    while (count && done < length) {
        bool frames = connection->expected == FRAMES;
        count = (frames ? take_frame : take_response)(connection, data + done, length - done);
        if (connection->life != life) return length;
        done += count;
    }
    return done;
}

void session_lost(Connection *connection, int error) {
    Session *session = connection->session;
    bool polling = connection->expected == RESPONSES, busy = connection->busy;
    if (polling && !busy) connection_close(connection);  // it was idle: servers may close it
    else if (polling && connection->answers && session->state != CLOSING) {
        // The server closed the idle connection while the request was on its way: once more on a new one.
        connection_close(connection);
        counters.retries++;
        if (!open_or_fail(session, connection)) return;
        if (connection == &session->poll) http_get(connection, false);
        else http_post(connection, bytes_first(&session->posted), bytes_length(&session->posted));
    } else ended(session, "connection lost", error);
}

void sessions_check_deadlines(void) {
    uint64_t patience = (uint64_t)(options.patience * SECOND);
    for (uint32_t index = 0; index < options.sessions; index++) {
        Session *session = &sessions[index];
        if (session->state != CONNECTING && session->state != CLOSING) continue;
        if (clock_now < session->since + patience) continue;
        if (session->state == CLOSING) run_error("not closed in time (%d)", (int)session->number);
        ended(session, "not connected in time", (int)session->number);
    }
}
