"""Judges a history: the invariants I1 to I6, and the figures that limits are about."""

import bisect
from dataclasses import dataclass, field

from .messages import Messages
from .replay import ABSENT, COUNT, PAIRS, Replay

# What may be left of descriptors and keys when all clients have gone: connections that are kept idle, keys that expire.
SPARE_DESCRIPTORS, SPARE_KEYS = 16, 16
# Counters of the nodes: events that did not arrive, publications that were dropped or perhaps lost.
LOSSES = ("switchboard_cluster_missed_total", "switchboard_redis_publications_dropped_total",
          "switchboard_redis_publications_unconfirmed_total")


@dataclass
class Verdict:
    """What a history says. Times are seconds from the fault, unless they say otherwise."""

    violations: list = field(default_factory=list)
    clients: int = 0
    hit: set = field(default_factory=set)  # the clients of the nodes that the fault is about
    survivors: set = field(default_factory=set)  # clients elsewhere whose partner is among them
    dropped: dict = field(default_factory=dict)  # who lost the connection first when
    back: dict = field(default_factory=dict)  # who connected last when
    resumed: int = 0  # connects after the fault with the socket recovered
    connects: int = 0
    strays: int = 0  # clients that came to a node of the fault before the heal
    told: dict = field(default_factory=dict)  # when survivors were told
    exact: float | None = None  # since when everything is exact
    exact_after_heal: float | None = None
    unknown_sessions: int = 0
    peak_connects: int = 0  # in one second
    exits: list = field(default_factory=list)
    messages: Messages | None = None
    latency: list = field(default_factory=list)  # sorted, before the fault
    near_latency: list = field(default_factory=list)  # sorted, from fault to heal, within a node
    counted: int = 0  # losses that nodes counted
    memory: dict = field(default_factory=dict)  # growth of processes, in bytes
    took: float | None = None  # from fault to heal
    stall: float = 0.0  # longest time for which the clients themselves stood still

    @property
    def dropped_elsewhere(self):
        return set(self.dropped) - self.hit


class Checker:
    """Reads the records of one run, in order."""

    def __init__(self, records):
        self.records = records
        marks = {record["name"]: record for record in records if record["what"] == "mark"}
        start = marks.get("fault", marks["ready"])
        self.ready, self.fault, self.end = marks["ready"]["t"], start["t"], marks["end"]["t"]
        self.healed = marks.get("healed", start)["t"]
        self.nodes = set(start.get("nodes", ()))
        self.seen = [record for record in records if record["t"] <= self.end]
        self.replay = Replay()
        self.partners = None  # socket ids of the partners at the moment of the fault
        self.verdict = Verdict(took=self.healed - self.fault)

    def check(self):
        verdict = self.verdict
        messages = verdict.messages = Messages(self.records, self.end)
        verdict.violations += messages.violations
        verdict.latency = messages.latencies(self.ready, self.fault if self.fault > self.ready else self.end)
        verdict.near_latency = messages.latencies(self.fault, self.healed, near=True)
        self.follow_clients()
        self.follow_connections()
        self.look_at_store()
        self.look_at_processes()
        verdict.stall = max((record["seconds"] for record in self.seen if record["what"] == "stall"), default=0.0)
        verdict.counted = sum(self.growth(metric) for metric in LOSSES)
        if messages.silent > verdict.counted:
            self.violated("I5", f"{messages.silent} messages lost in silence, {verdict.counted} losses counted")
        return verdict

    def violated(self, invariant, text):
        self.verdict.violations.append(f"{invariant}: {text}")

    # Clients

    def follow_clients(self):
        """I1 to I3: from when on is everything exact until the end? Who is told that its partner is gone, and when?"""
        replay, wrong, wrong_until = self.replay, {}, self.fault
        for record in self.seen:
            if record["t"] >= self.fault and self.partners is None:
                self.take_stock(wrong)
            self.note_told(record)
            if replay.follow(record):
                if wrong:
                    wrong_until = record["t"]
                wrong = replay.wrong()
        self.verdict.clients = len(replay.clients)
        if wrong:
            for name, number in wrong.items():
                self.violated({ABSENT: "I1", COUNT: "I1", PAIRS: "I2"}.get(name, "I3"), f"{name}: wrong for {number} clients")
        else:
            self.verdict.exact = max(0.0, wrong_until - self.fault)
            self.verdict.exact_after_heal = max(0.0, wrong_until - self.healed)
        if lonely := replay.asymmetric():
            self.violated("I2", f"{len(lonely)} chat with nobody: {', '.join(lonely[:5])}")

    def take_stock(self, wrong):
        """The moment of the fault."""
        if wrong:
            self.violated("run", f"not exact before the fault: {wrong}")
        clients, sids = self.replay.clients, self.replay.sids
        self.partners = {name: client.partner for name, client in clients.items() if client.partner}
        self.verdict.hit = {name for name, client in clients.items() if client.node in self.nodes}
        self.verdict.survivors = {
            name for name, partner in self.partners.items()
            if name not in self.verdict.hit and partner in sids and sids[partner].node in self.nodes}

    def note_told(self, record):
        if record["what"] not in ("partnerLeft", "partnerAway"):
            return
        who, client = record["who"], self.replay.clients.get(record["who"])
        if record["what"] == "partnerLeft" and (client is None or client.partner != record["partner"]):
            self.violated("I5", f"{who} was told twice that its partner left, or of somebody else's")
        elif self.partners and who in self.verdict.survivors and record["partner"] == self.partners[who]:
            self.verdict.told.setdefault(who, record["t"] - self.fault)

    def follow_connections(self):
        """Who lost its connection after the fault, and when it was served again."""
        verdict, times = self.verdict, []
        for record in self.seen:
            who, what, time = record["who"], record["what"], record["t"]
            if time < self.fault:
                continue
            if what == "connect":
                times.append(time)
                verdict.back[who] = time - self.fault
                verdict.resumed += record["recovered"]
                verdict.strays += record["node"] in self.nodes and self.fault < time < self.healed
            elif what == "disconnect":
                verdict.dropped.setdefault(who, time - self.fault)
            elif what == "refused" and '"code":1' in record["body"].replace(" ", ""):
                verdict.unknown_sessions += 1
        verdict.connects = len(times)
        verdict.peak_connects = max(
            (bisect.bisect(times, start + 1) - index for index, start in enumerate(times)), default=0)

    # Redis and processes

    def look_at_store(self):
        """I3 and I6: what Redis has when everything is quiet, and when everybody has gone."""
        stores = {record["name"]: record for record in self.records if record["what"] == "store"}
        if "end" in stores:
            queue = stores["end"]["queue"]
            waiting = {client.sid for client in self.replay.clients.values()
                       if client.state == "waiting" and client.sid}
            if len(queue) != len(set(queue)):
                self.violated("I3", "somebody is queued twice")
            if strangers := set(queue) - waiting:
                self.violated("I3", f"{len(strangers)} are queued who do not wait: {', '.join(sorted(strangers)[:5])}")
            if missing := waiting - set(queue):
                self.violated("I3", f"{len(missing)} wait who are not queued: {', '.join(sorted(missing)[:5])}")
        if {"before", "after"} <= set(stores):
            left = stores["after"]["keys"] - stores["before"]["keys"]
            if left > SPARE_KEYS:
                self.violated("I6", f"{left} keys more in Redis than before")

    def look_at_processes(self):
        """I6, and who ended without being asked."""
        restarted = {record["who"] for record in self.records if record["what"] == "process"}
        for record in self.records:
            if record["what"] == "process" and record["event"] == "exit":
                self.verdict.exits.append(record["who"])
                self.violated("run", f"{record['who']} ended with {record['code']}")
        for who, named in self.samples().items():
            if {"before", "after"} <= set(named) and who not in restarted:
                self.verdict.memory[who] = named["after"]["rss"] - named["before"]["rss"]
                left = named["after"]["fds"] - named["before"]["fds"]
                if left > SPARE_DESCRIPTORS:
                    self.violated("I6", f"{left} descriptors more of {who} than before")

    def samples(self):
        found = {}
        for record in self.records:
            if record["what"] == "sample":
                found.setdefault(record["who"], {})[record["name"]] = record
        return found

    def growth(self, metric):
        """How much a counter grew after the clients were there, over the nodes that lived through it."""
        grown = 0
        for named in self.samples().values():
            if {"ready", "end"} <= set(named):
                grown += named["end"]["metrics"].get(metric, 0) - named["ready"]["metrics"].get(metric, 0)
        return round(grown)


def check(records):
    """Judges the records of one run."""
    return Checker(records).check()
