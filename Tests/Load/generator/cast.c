// One event to many sessions: broadcast (one publisher, everybody receives) and rooms (a publisher in each). An
// operation is one delivery. Every event carries when it was due and its number, so that losses, duplicates and changes
// of order are seen.
#include <stdlib.h>

#include "run.h"
#include "scenario.h"

// A group of neighbouring sessions; of broadcast there is one with all of them.
typedef struct {
    uint32_t first, count;  // sessions
    uint32_t published;
    uint64_t expected, received;  // deliveries
} Group;

static Group *groups;
static uint32_t group_count, group_size;
static uint32_t *last_number;  // by session
static uint32_t joining;       // acknowledgements of joins that are awaited
static char *packet;

static bool is_rooms(void) { return scenario == &scenario_rooms; }

static void prepare(void) {
    group_size = is_rooms() ? options.room_size : options.sessions;
    group_count = (options.sessions + group_size - 1) / group_size;
    groups = calloc(group_count, sizeof *groups);
    last_number = calloc(options.sessions, sizeof *last_number);
    packet = malloc(options.payload + 256);
    if (!groups || !last_number || !packet) abort();
    for (uint32_t index = 0; index < group_count; index++) {
        uint32_t first = index * group_size, rest = options.sessions - first;
        groups[index] = (Group){.first = first, .count = rest < group_size ? rest : group_size};
    }
}

static char *put_room(char *target, uint32_t room) {
    return put_text(put_number(put_text(target, "\"room-"), room), "\"");
}

static bool is_outsider(const Session *session) { return options.outsider && session->number % group_size == 0; }

static void ready(Session *session) {
    if (!is_rooms() || is_outsider(session)) return;
    char *end = put_text(put_room(put_text(packet, "20[\"join\","), session->number / group_size), "]");
    joining++;
    session_send(session, packet, (size_t)(end - packet));
}

static void acknowledged(Session *session, Text text) {
    (void)session, (void)text;
    joining -= joining > 0;
}

// Who publishes before all have joined would count deliveries that nobody owes.
static bool gathered(void) { return !joining; }

static uint32_t receivers(const Group *group) {
    if (!is_rooms()) return sessions_ready;
    uint32_t count = 0;
    for (uint32_t index = 0; index < group->count; index++) {
        const Session *session = &sessions[group->first + index];
        count += session->state == READY && !is_outsider(session);
    }
    return count;
}

static bool publish(Group *group, uint64_t due) {
    Session *publisher = &sessions[group->first];
    uint32_t room = (uint32_t)(group - groups);
    if (publisher->state != READY) return false;
    char *end = put_text(packet, is_rooms() ? "[\"toroom\"," : "[\"broadcast\",");
    if (is_rooms()) end = put_text(put_room(end, room), ",");
    end = put_number(put_text(end, "{\"t\":"), due);
    end = put_number(put_text(end, ",\"n\":"), ++group->published);
    end = put_number(put_text(end, ",\"r\":"), room);
    end = put_text(put_text(put_text(end, ",\"p\":\""), payload_text()), "\"}]");
    uint32_t count = receivers(group);
    group->expected += count;
    counters.expected += count;
    counters.sent++;
    send_event(publisher, packet, (size_t)(end - packet));
    return count > 0;
}

// Closed loop: as many events under way as are allowed.
static void fill(Group *group) {
    uint64_t allowed = (uint64_t)(options.in_flight - 1) * receivers(group);
    while (group->expected <= group->received + allowed && publish(group, clock_now)) {}
}

static void begin(void) {
    for (uint32_t index = 0; index < group_count; index++) fill(&groups[index]);
}

static void fire(uint64_t due) {
    static uint32_t next;
    publish(&groups[next++ % group_count], due);
}

static void event(Session *session, Text text) {
    if (!text_event(&text, "b")) return;
    Group *group = &groups[session->number / group_size];
    uint64_t due = text_number(text_value(text, "\"t\""));
    Text rest = text_value(text, "\"n\"");
    uint32_t number = (uint32_t)text_number(rest);
    bool stray = text_number(text_value(rest, "\"r\"")) != (uint64_t)(group - groups);
    if (stray || number != last_number[session->number] + 1) counters.wrong++;
    if (stray || number <= last_number[session->number]) return;
    last_number[session->number] = number;
    group->received++;
    counters.received++;
    counters.operations += measured(clock_now);
    if (measured(due)) histogram_add(&latency, clock_now > due ? clock_now - due : 0);
    uint64_t under_way = group->expected - group->received;
    if (!options.rate && loading() && under_way <= (uint64_t)(options.in_flight - 1) * group->count) fill(group);
}

static bool settled(void) { return counters.received >= counters.expected; }

const Scenario scenario_broadcast = {
    .name = "broadcast", .operation = "delivery", .prepare = prepare, .ready = ready, .closed = scenario_ignore,
    .begin = begin, .fire = fire, .event = event, .acknowledged = scenario_ignore_text, .settled = settled,
};

const Scenario scenario_rooms = {
    .name = "rooms", .operation = "delivery", .prepare = prepare, .ready = ready, .closed = scenario_ignore,
    .begin = begin, .fire = fire, .event = event, .acknowledged = acknowledged, .gathered = gathered,
    .settled = settled,
};
