"""The rows of the table: what is run, against whom, and what must come out (issue 4)."""

import fnmatch
from dataclasses import dataclass, field

from .subjects import OURS, REFERENCE

CPU, MEMORY, LATENCY, RATE = "µs CPU", "bytes", "µs p99", "/s"


@dataclass
class Row:
    """One line of the table.

    `load` are the generator's arguments. `half` asks for the open loop at half of what the first of the others can do.
    """

    key: str
    title: str
    load: list
    ours: str = OURS
    others: list = field(default_factory=lambda: [REFERENCE])
    unit: str = CPU
    rivals: int = 1  # the ratio is that of the best of so many, the first of the others
    ratio: float | None = None  # goal: the least of other ÷ ours; 1 / 1.2 says that ours may cost 1.2 times as much
    most: float | None = None  # goal: the most of our figure
    least: float | None = None  # goal: the least of our figure
    surplus: float | None = None  # goal: the most by which our figure exceeds the first other
    floor: float | None = None  # goal: the most of ours ÷ the C loop
    half: bool = False
    generators: int = 1  # generators at a time, each against one of the subject's addresses if there are several

    def is_memory(self):
        return self.unit == MEMORY

    def scaled(self, scale):
        """The generator's arguments with a part of the sessions and of the rate: whole rooms, and some of them."""
        load = list(self.load)
        for name, least in (("--sessions", 20), ("--rate", 10)):
            if name in load and scale != 1:
                place = load.index(name) + 1
                load[place] = max(least, int(load[place] * scale) // 10 * 10)
        return load


def option(load, name, default):
    """The value of an option of the generator."""
    return load[load.index(name) + 1] if name in load else default


def operations_per_event(load):
    """How many operations one event of a load makes: a broadcast is delivered to everybody."""
    if load[0] == "broadcast":
        return option(load, "--sessions", 100)
    return option(load, "--room-size", 10) if load[0] == "rooms" else 1


WEBSOCKET_PEERS = [REFERENCE, "python-socketio", "ws", "C loop"]
SOCKETIO_PEERS = [REFERENCE, "python-socketio"]
PROXIES = ["HAProxy", "nginx"]

ECHO = ["echo", "--sessions", 100]
POLLING = ["--transport", "polling"]
CROWD = ["broadcast", "--sessions", 1000]
ROOMS = ["rooms", "--sessions", 1000, "--room-size", 10]
CONNECTS = ["connects", "--sessions", 20, "--sources", 20]
CONNECTS_OPEN = ["connects", "--sessions", 200, "--sources", 20]
EVENTS = ["rooms", "--sessions", 200, "--room-size", 2, "--outsider", "--payload", 200]
# A second after they have connected, our nodes tell all clients how many are online; the reference does not.
MEET = ["match", "--sessions", 1000, "--settle", 1.5]
MATCH = [*MEET, "--messages", 4]
MATCH_ONLY = [*MEET, "--messages", 0]

ROWS = [
    Row("echo", "WebSocket echo, 100 sessions, 1 in flight", ECHO, others=WEBSOCKET_PEERS, ratio=2),
    Row("echo-10", "WebSocket echo, 10 in flight", [*ECHO, "--in-flight", 10], others=WEBSOCKET_PEERS, ratio=6),
    Row("broadcast", "broadcast to 1,000, one at a time", CROWD, others=WEBSOCKET_PEERS, ratio=1.6, floor=1.4),
    Row("broadcast-10", "broadcast to 1,000, publisher faster than the sockets", [*CROWD, "--in-flight", 10],
        others=WEBSOCKET_PEERS, ratio=5),
    Row("broadcast-rate", "broadcast to 1,000, 100 per second", [*CROWD, "--rate", 100]),
    Row("rooms", "rooms of 10, 1,000 sessions, closed loop", ROOMS, others=[*SOCKETIO_PEERS, "C loop"], ratio=2),
    Row("rooms-rate", "rooms of 10, 3,000 publishes per second", [*ROOMS, "--rate", 3000],
        others=[REFERENCE, "C loop"], ratio=3),
    Row("connects", "connect + namespace, WebSocket", CONNECTS, others=SOCKETIO_PEERS, ratio=4),
    Row("connects-polling", "connect + namespace, polling", [*CONNECTS, *POLLING], others=SOCKETIO_PEERS, ratio=3),
    Row("connects-upgrade", "connect + namespace, polling with upgrade",
        ["connects", "--sessions", 100, "--sources", 20, "--transport", "upgrade"], ratio=4),
    Row("polling", "polling echo, 100 sessions, 1 in flight", [*ECHO, *POLLING], others=SOCKETIO_PEERS, ratio=3),
    Row("polling-10", "polling echo, 10 in flight", [*ECHO, *POLLING, "--in-flight", 10], others=SOCKETIO_PEERS,
        ratio=2.5),
    Row("idle", "idle WebSocket session, 10,000 in one process", ["idle", "--sessions", 10000, "--sources", 4],
        unit=MEMORY, most=4096),
    Row("idle-polling", "idle polling session, 5,000 in one process",
        ["idle", "--sessions", 5000, "--sources", 4, *POLLING], unit=MEMORY, most=8192),
    Row("idle-cluster", "idle WebSocket session, 100,000 over 6 nodes", ["idle", "--sessions", 100000, "--sources", 8],
        ours="ours, 6 nodes", others=[], unit=MEMORY, most=4096, generators=6),
    Row("cluster-broadcast-2", "broadcast to 1,000 on 2 nodes through Redis", CROWD, ours="ours, 2 nodes",
        others=[REFERENCE, f"{REFERENCE}, 2 nodes"]),
    Row("cluster-broadcast-3", "broadcast to 1,000 on 3 nodes through Redis", CROWD, ours="ours, 3 nodes",
        others=[REFERENCE, "ours, 3 sharded nodes"]),
    Row("adapter", "event of 200 B through Redis to another node, 20,000 per second, both nodes",
        [*EVENTS, "--rate", 20000], ours="ours, 2 nodes", others=["ours, one node", "ours, 2 sharded nodes"], surplus=3),
    Row("adapter-10", "event of 200 B through Redis to another node, 10 in flight per pair, both nodes",
        [*EVENTS, "--in-flight", 10], ours="ours, 2 nodes",
        others=["ours, one node", "ours, 2 sharded nodes", f"{REFERENCE}, 2 nodes", REFERENCE], surplus=3),
    Row("adapter-p99", "event of 200 B through Redis to another node, 20,000 per second: latency",
        [*EVENTS, "--rate", 20000], ours="ours, 2 nodes", others=[], unit=LATENCY, most=5000),
    Row("match", "match and 8 messages, 1,000 clients, 2 nodes through Redis, both nodes", MATCH,
        ours="ours, 2 meet nodes", ratio=1),
    Row("match-one", "match and 8 messages, 1,000 clients, one process without Redis", MATCH, ours="ours, meet alone",
        ratio=1),
    Row("match-rate", "match and 8 messages, 2 nodes through Redis: chats per second", MATCH,
        ours="ours, 2 meet nodes", unit=RATE, least=5000),
    Row("match-only", "match without messages, 2 nodes through Redis, both nodes", MATCH_ONLY, ours="ours, 2 meet nodes",
        others=[]),
    Row("match-only-rate", "match without messages, 2 nodes through Redis: matches per second", MATCH_ONLY,
        ours="ours, 2 meet nodes", others=[], unit=RATE, least=5000),
    Row("gateway", "gateway, WebSocket echo, 1 in flight", ECHO, ours="ours, gateway", others=PROXIES, rivals=2,
        ratio=1 / 1.2),
    Row("gateway-10", "gateway, WebSocket echo, 10 in flight", [*ECHO, "--in-flight", 10], ours="ours, gateway",
        others=PROXIES, rivals=2, ratio=1 / 1.2),
    Row("p99-echo", "latency at half load: WebSocket echo", ECHO, unit=LATENCY, half=True, ratio=1),
    Row("p99-polling", "latency at half load: polling echo", [*ECHO, *POLLING], unit=LATENCY, half=True, ratio=1),
    Row("p99-broadcast", "latency at half load: broadcast to 1,000", CROWD, unit=LATENCY, half=True, ratio=1),
    Row("p99-rooms", "latency at half load: rooms of 10", ROOMS, unit=LATENCY, half=True, ratio=1),
    Row("p99-connects", "latency at half load: connect + namespace, WebSocket",
        CONNECTS_OPEN, unit=LATENCY, half=True, ratio=1),
    Row("p99-connects-polling", "latency at half load: connect + namespace, polling", [*CONNECTS_OPEN, *POLLING],
        unit=LATENCY, half=True, ratio=1),
    Row("p99-connects-upgrade", "latency at half load: connect + namespace, polling with upgrade",
        [*CONNECTS_OPEN, "--transport", "upgrade"], unit=LATENCY, half=True, ratio=1),
    Row("p99-match", "latency at half load: until the next partner, 2 nodes through Redis", MATCH,
        ours="ours, 2 meet nodes", unit=LATENCY, half=True, ratio=1),
]


def chosen(only):
    """The rows of the given keys or patterns (`p99-*`); all, if there are none."""
    rows = []
    for pattern in only or ["*"]:
        found = [row for row in ROWS if fnmatch.fnmatchcase(row.key, pattern)]
        if not found:
            raise SystemExit(f"no row {pattern}; there are: {', '.join(row.key for row in ROWS)}")
        rows += [row for row in found if row not in rows]
    return rows
