// Pairs of strangers (the application meet): each says findChat, is paired, sends its texts one after the other, and
// when both have everything one of them says next, which puts both back into the queue: at once (closed loop), or when
// the next chat is due. An operation is one chat; its latency is that from findChat or next to chatStart. Without texts
// (--messages 0) a chat is complete when both have seen its chatStart, which names the partner.
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "backlog.h"
#include "run.h"
#include "scenario.h"

typedef enum { OUTSIDE, WAITING_FOR_ONE, CHATTING } State;

typedef struct {
    State state;
    bool complete;       // everything of this chat has come
    int64_t partner;     // its session, known from its first text, or from chatStart; -1 before
    uint64_t pair;       // its number, in chats without texts: the same two may meet again
    uint32_t chat;       // number of the chat
    uint32_t said, own, theirs;  // texts sent, come back, received
    uint64_t since;      // when it asked for a partner, or was to
} Participant;

static Participant *participants;
static Session **by_id;  // sessions by socket id, for chats without texts: open addressing, in a power of two of places
static uint32_t places;
// Open loop: who is to say next in chats that are complete.
static Session **leavers;
static uint32_t leaver_count;

static void prepare(void) {
    participants = calloc(options.sessions, sizeof *participants);
    leavers = calloc(options.sessions, sizeof *leavers);
    for (places = 4; places < options.sessions * 2; places *= 2) {}
    by_id = calloc(places, sizeof *by_id);
    if (!participants || !leavers || !by_id) abort();
}

// Where the session with this socket id is, or could be.
static Session **place(const char *socket_id) {
    uint32_t hash = 2166136261u;
    for (const char *at = socket_id; *at; at++) hash = (hash ^ (uint8_t)*at) * 16777619u;
    uint32_t index = hash & (places - 1);
    while (by_id[index] && strcmp(by_id[index]->socket_id, socket_id)) index = (index + 1) & (places - 1);
    return &by_id[index];
}

static void ask(Session *session, const char *json, uint64_t since) {
    Participant *participant = &participants[session->number];
    participant->state = WAITING_FOR_ONE;
    participant->since = since;
    send_event(session, json, strlen(json));
}

static void begin(void) {
    for (uint32_t index = 0; index < options.sessions; index++) *place(sessions[index].socket_id) = &sessions[index];
    for (uint32_t index = 0; index < options.sessions; index++)
        if (sessions[index].state == READY) ask(&sessions[index], "[\"findChat\",null,false]", clock_now);
}

static void leave(Session *session, uint64_t due) { ask(session, "[\"next\"]", due); }

static void fire(uint64_t due) {
    static bool begun;
    if (!begun) begin();
    begun = true;
    if (leaver_count) leave(leavers[--leaver_count], due);
    else backlog_add(due);
}

static void say(Session *session) {
    Participant *participant = &participants[session->number];
    char json[96];
    int length = snprintf(
        json, sizeof json, "[\"sendMessage\",\"%u %u %u\"]", session->number, participant->chat, participant->said++);
    counters.sent++;
    send_event(session, json, (size_t)length);
}

// Once both have everything, the first of the two goes on; every other chat it is the second.
static void go_on(Session *session) {
    Participant *mine = &participants[session->number];
    mine->complete = mine->own == options.messages && mine->theirs == options.messages;
    if (!mine->complete || mine->partner < 0) return;
    Participant *theirs = &participants[mine->partner];
    if (!theirs->complete || theirs->partner != (int64_t)session->number || theirs->pair != mine->pair) return;
    counters.received++;
    counters.expected++;
    counters.operations += measured(clock_now);
    bool first = mine->partner > (int64_t)session->number;
    Session *leaver = first == (mine->chat % 2 == 0) ? session : &sessions[mine->partner];
    if (!loading()) return;
    uint64_t due = clock_now;
    if (!options.rate || backlog_take(&due)) leave(leaver, due);
    else leavers[leaver_count++] = leaver;
}

static void started(Session *session, Text text) {
    Participant *participant = &participants[session->number];
    counters.wrong += participant->state != WAITING_FOR_ONE;
    if (measured(participant->since)) histogram_add(&latency, clock_now - participant->since);
    *participant = (Participant){
        .state = CHATTING, .partner = -1, .chat = participant->chat + 1, .since = participant->since};
    if (options.messages) return say(session);
    char id[ID_SIZE];
    Session *partner = text_string(text_value(text, "\"partnerId\""), id) ? *place(id) : NULL;
    if (!partner) {
        // After the load sessions go, and are known no more.
        counters.wrong += loading();
        return;
    }
    participant->partner = partner->number;
    if (text_string(text_value(text, "\"pairId\""), id)) participant->pair = strtoull(id, NULL, 10);
    go_on(session);
}

static void said(Session *session, Text text) {
    Participant *participant = &participants[session->number];
    char sender[ID_SIZE], content[ID_SIZE];
    uint32_t author, chat, index;
    bool readable = text_string(text_value(text, "\"sender\""), sender)
        && text_string(text_value(text, "\"text\""), content)
        && sscanf(content, "%u %u %u", &author, &chat, &index) == 3 && author < options.sessions;
    bool mine = readable && author == session->number;
    if (readable && !mine && participant->partner < 0) participant->partner = author;
    uint32_t *count = mine ? &participant->own : &participant->theirs;
    bool right = readable && participant->state == CHATTING && (mine || author == participant->partner)
        && !strcmp(sender, sessions[author].socket_id) && chat == participants[author].chat && index == *count;
    if (!right) {
        counters.wrong++;
        return;
    }
    ++*count;
    if (mine && participant->said < options.messages) say(session);
    go_on(session);
}

static void left(Session *session) {
    Participant *participant = &participants[session->number];
    // Where nobody is left in the load, sessions go and their partners are told so.
    bool due = participant->state == CHATTING && participant->complete;
    counters.wrong += loading() && !due;
    participant->state = WAITING_FOR_ONE;
    // Both wait since one of them was to go on.
    participant->since = due ? participants[participant->partner].since : clock_now;
}

static void event(Session *session, Text text) {
    if (text_event(&text, "message")) said(session, text);
    else if (text_event(&text, "chatStart")) started(session, text);
    else if (text_event(&text, "partnerLeft")) left(session);
}

// A run that was too short for a chat waits for the first.
static bool settled(void) {
    if (!counters.received && options.sessions > 1) return false;
    for (uint32_t index = 0; index < options.sessions; index++)
        if (participants[index].state == CHATTING && !participants[index].complete) return false;
    return true;
}

const Scenario scenario_match = {
    .name = "match", .operation = "chat", .prepare = prepare, .ready = scenario_ignore, .closed = scenario_ignore,
    .begin = begin, .fire = fire, .event = event, .acknowledged = scenario_ignore_text, .settled = settled,
};
