"""What one client of *meet* does all the time, and what it notes of it."""


class Member:
    """Looks for a partner whenever it has none, and writes numbered messages to the one that it has.

    `group` is `pairs`, or `queue` for those who all belong to one account: nobody is paired with itself, so they wait.
    """

    QUEUE_POOL = "queue"

    def __init__(self, name, group, transport, history):
        self.name = name
        self.group = group
        self.transport = transport
        self.history = history
        self.client = None
        self.sid = None
        self.state = "idle"
        self.pair = None
        self.online = None
        self.sent = 0
        history.record(name, "member", group=group, transport=transport)

    def record(self, what, **fields):
        self.history.record(self.name, what, **fields)

    @property
    def is_settled(self):
        """Whether it has what it wants."""
        return self.sid is not None and self.state == ("waiting" if self.group == "queue" else "chatting")

    # What the client tells.

    def connected(self, sid, node, recovered):
        self.sid = sid
        self.record("connect", sid=sid, node=node, recovered=recovered)
        if not recovered:
            self.state, self.pair = "idle", None
            self.find()

    def disconnected(self, reason=None):
        self.sid = None
        self.record("disconnect", reason=reason)

    def refused(self, status, body):
        self.record("refused", status=status, body=body)

    def event(self, name, arguments):
        argument = arguments[0] if arguments else None
        if name == "onlineUsers":
            self.online = argument
            self.record("online", count=argument)
        elif name == "message":
            sender, pair, number = argument["text"].split(" ")
            if sender != self.name:
                self.record("receive", pair=pair, sender=sender, n=int(number))
        elif name == "waiting":
            self.state, self.pair = "waiting", None
            self.record(name)
        elif name == "chatStart":
            self.state, self.pair = "chatting", argument["pairId"]
            self.record(name, pair=self.pair, partner=argument["partnerId"])
        elif name == "partnerLeft":
            self.record(name, pair=self.pair, partner=argument["partnerId"])
            self.state, self.pair = "idle", None
            self.find()
        elif name == "session":
            self.record(name, state=argument["state"], pair=argument.get("pairId"))
            if argument["state"] == "idle":  # what it asked for was lost on the way
                self.state, self.pair = "idle", None
                self.find()
        elif name in ("partnerAway", "partnerBack"):
            self.record(name, pair=self.pair, partner=argument["partnerId"])

    # What it does.

    def find(self):
        wish = {"pool": self.QUEUE_POOL} if self.group == "queue" else {}
        self.client.emit("findChat", wish)

    def speak(self):
        """The next message to the partner, if there is one."""
        if self.sid is None or self.state != "chatting":
            return
        self.sent += 1
        number, pair = self.sent, self.pair
        self.record("send", pair=pair, n=number)
        self.client.emit(
            "sendMessage", f"{self.name} {pair} {number}", {"pairId": pair},
            answered=lambda answer=None: self.answered(number, answer))

    def answered(self, number, answer):
        answer = answer or {}
        self.record("ack", n=number, ok=answer.get("ok") is True, code=answer.get("code"))
