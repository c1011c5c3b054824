"""What was true at each moment of a history: who is connected, what each client was told, who chats with whom."""

from dataclasses import dataclass, field

COUNT, PAIRS, QUEUE, ABSENT = "online count", "pairs", "queue", "connected"


@dataclass
class Client:
    """One client as its history tells."""

    group: str
    sid: str | None = None
    node: str | None = None
    online: int | None = None
    state: str = "idle"
    pair: str | None = None
    partner: str | None = None


@dataclass
class Tally:
    """How many clients show which count, and how many say that they are in which pair."""

    numbers: dict = field(default_factory=dict)

    def add(self, key, change):
        number = self.numbers.get(key, 0) + change
        if number:
            self.numbers[key] = number
        else:
            del self.numbers[key]

    def of(self, key):
        return self.numbers.get(key, 0)


class Replay:
    """Follows a history record by record; `wrong` says what is not as it should be in the end."""

    def __init__(self):
        self.clients = {}
        self.sids = {}  # who has which socket id
        self.connected = 0
        self.shown = Tally()
        self.pairs = Tally()
        self.lone = 0  # pairs of one member
        self.states = Tally()  # by group and state, of those that are connected

    def follow(self, record):
        """Applies one record; whether anything changed that `wrong` looks at."""
        what = record["what"]
        if what == "member":
            self.clients[record["who"]] = Client(record["group"])
            return True
        client = self.clients.get(record["who"])
        handler = getattr(self, f"on_{what}", None)
        if client is None or handler is None:
            return False
        self.take_out(client)
        handler(client, record)
        self.put_in(client)
        return True

    def take_out(self, client):
        self.count(client, -1)

    def put_in(self, client):
        self.count(client, 1)

    def count(self, client, change):
        if client.sid is not None:
            self.connected += change
            self.shown.add(client.online, change)
            self.states.add((client.group, client.state), change)
        if client.pair is not None:
            before = self.pairs.of(client.pair)
            self.pairs.add(client.pair, change)
            self.lone += (before + change == 1) - (before == 1)

    # What the records say.

    def on_connect(self, client, record):
        if client.sid is not None and self.sids.get(client.sid) is client:
            del self.sids[client.sid]
        client.sid, client.node = record["sid"], record["node"]
        self.sids[client.sid] = client
        if not record["recovered"]:
            client.online = None
            client.state, client.pair, client.partner = "idle", None, None

    def on_disconnect(self, client, record):
        client.sid = None

    def on_online(self, client, record):
        client.online = record["count"]

    def on_waiting(self, client, record):
        client.state, client.pair, client.partner = "waiting", None, None

    def on_chatStart(self, client, record):
        client.state, client.pair, client.partner = "chatting", record["pair"], record["partner"]

    def on_partnerLeft(self, client, record):
        client.state, client.pair, client.partner = "idle", None, None

    def on_session(self, client, record):
        if record["state"] == "idle":
            client.state, client.pair, client.partner = "idle", None, None

    # What should be.

    def wrong(self):
        """How many clients are not as they should be, by what is wrong; empty when everything is exact (I1 to I3)."""
        waiting = self.states.of(("pairs", "waiting"))
        wrong = {
            ABSENT: len(self.clients) - self.connected,
            COUNT: self.connected - self.shown.of(self.connected),
            PAIRS: self.lone,
            QUEUE: self.states.of(("pairs", "idle")) + (waiting if waiting > 1 else 0)
            + self.states.of(("queue", "idle")) + self.states.of(("queue", "chatting")),
        }
        return {name: number for name, number in wrong.items() if number}

    def asymmetric(self):
        """The clients whose partner does not say that they are its partner (I2)."""
        found = []
        for name, client in self.clients.items():
            if client.state == "chatting":
                partner = self.sids.get(client.partner)
                if partner is None or partner.sid is None or partner.pair != client.pair:
                    found.append(name)
        return found
