"""What became of every message (I4, I5)."""

from dataclasses import dataclass

# The last moments of a run do not count: what was sent then may still be on its way.
MARGIN = 1.0


@dataclass
class Sent:
    """One message."""

    time: float
    sender: str
    pair: str
    ok: bool | None = None  # `None`: there was no answer
    received: float | None = None
    near: bool = False  # whether both were on one node


class Messages:
    """Every message of a history: arrived, refused, lost with its pair (whose end was told), or lost in silence."""

    def __init__(self, records, end):
        self.violations = []
        self.sent = {}
        self.latest = {}  # number received last, by receiver, pair and sender
        self.ends = {}  # when somebody heard first that a pair is over
        self.members = {}  # the pair that somebody is in
        self.nodes = {}  # the node that somebody is on
        for record in records:
            handler = getattr(self, f"on_{record['what']}", None)
            if handler:
                handler(record)
        accepted = [message for message in self.sent.values() if message.ok and message.time < end - MARGIN]
        lost = [message for message in accepted if message.received is None]
        self.accepted = len(accepted)
        self.refused = sum(message.ok is False for message in self.sent.values())
        self.unanswered = sum(message.ok is None and message.received is None for message in self.sent.values())
        self.announced = sum(message.pair in self.ends for message in lost)
        self.silent = len(lost) - self.announced

    def on_send(self, record):
        self.sent[record["who"], record["n"]] = Sent(record["t"], record["who"], record["pair"])

    def on_ack(self, record):
        message = self.sent.get((record["who"], record["n"]))
        if message:
            message.ok = record["ok"]

    def on_receive(self, record):
        message = self.sent.get((record["sender"], record["n"]))
        if message is None or message.pair != record["pair"]:
            self.violations.append(f"I4: {record['who']} received what nobody sent")
            return
        key = (record["who"], record["pair"], record["sender"])
        latest = self.latest.get(key, 0)
        if record["n"] <= latest:
            fault = "twice" if message.received is not None else "out of order"
            self.violations.append(f"I4: {record['who']} received {record['sender']} {record['n']} {fault}")
        self.latest[key] = max(latest, record["n"])
        message.received = message.received or record["t"]
        message.near = self.nodes.get(record["who"]) == self.nodes.get(record["sender"])

    # A pair is over when a member is told, or has another partner, or comes back as somebody else.

    def on_chatStart(self, record):
        self.leave(record)
        self.members[record["who"]] = record["pair"]

    def on_partnerLeft(self, record):
        self.leave(record)

    def on_waiting(self, record):
        self.leave(record)

    def on_connect(self, record):
        self.nodes[record["who"]] = record["node"]
        if not record["recovered"]:
            self.leave(record)

    def leave(self, record):
        pair = self.members.pop(record["who"], None)
        if pair:
            self.ends.setdefault(pair, record["t"])

    def latencies(self, start, end, near=False):
        """Sorted seconds from `send` to `receive` of the messages sent in a time; only those within a node if `near`."""
        return sorted(message.received - message.time for message in self.sent.values()
                      if message.received is not None and start <= message.time < end and (message.near or not near))
