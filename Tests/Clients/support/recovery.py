"""Connection state recovery by raw packets: what a client says and hears."""

import json

from .engine import Engine


async def joined(engine, claim=None, namespace="/"):
    """Joins a namespace; returns what came before the answer, and the answer's payload."""
    prefix = "" if namespace == "/" else f"{namespace},"
    await engine.send(f"40{prefix}" + ("" if claim is None else json.dumps(claim)))
    missed = []
    while True:
        packet = await engine.receive()
        assert packet is not None, "closed"
        if isinstance(packet, str) and packet.startswith(f"40{prefix}"):
            return missed, json.loads(packet[2 + len(prefix):])
        missed.append(packet)


async def offset_of(engine, *event):
    """The offset of the next event, whose other arguments must be `event`."""
    packet = await engine.receive()
    assert packet.startswith("42["), packet
    *rest, offset = json.loads(packet[2:])
    assert tuple(rest) == event
    assert isinstance(offset, str)
    return offset


async def called(engine, *event):
    """Sends an event with acknowledgement; returns the answer and the packets that came before it."""
    await engine.send("427" + json.dumps(event))
    before = []
    while not (isinstance(packet := await engine.receive(), str) and packet.startswith("437[")):
        before.append(packet)
    return json.loads(packet[3:]), before


class Lost:
    """A raw client that joined `/`, was told its ids and one event, and lost its connection."""

    @classmethod
    async def make(cls, address, transport="websocket"):
        lost = cls()
        async with Engine(address, transport) as engine:
            _, payload = await joined(engine)
            lost.sid, lost.pid = payload["sid"], payload["pid"]
            lost.offset = await offset_of(engine, "auth", {})
        return lost

    def claim(self, **changes):
        return {"pid": self.pid, "offset": self.offset, **changes}


async def expect_new(address, lost, claim):
    """The claim is refused: a new socket with new ids, to which nothing is repeated."""
    async with Engine(address, "websocket") as engine:
        missed, payload = await joined(engine, claim)
        assert missed == []
        assert payload["sid"] != lost.sid and payload["pid"] not in (lost.pid, claim.get("pid"))
        assert len(payload["sid"]) == len(payload["pid"]) == 20
        await offset_of(engine, "auth", claim)
        assert (await called(engine, "whoami"))[0][0]["recovered"] is False
