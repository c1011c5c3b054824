"""Nodes of ours and a Node.js server with @socket.io/redis-adapter in one cluster, classic and sharded, both directions."""

import asyncio

import pytest

from support.mixed import MixedServers, adapter_version, missing
from support.testservers import Crowd, quiet

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")

CLUSTERS = {
    "classic": ("classic",),
    "sharded-dynamic": ("sharded", "dynamic"),
    "sharded-static": ("sharded", "static"),
    "sharded-dynamic-private": ("sharded", "dynamic-private"),
}


@pytest.fixture(scope="module", params=CLUSTERS)
def servers(request):
    if request.param == "sharded-dynamic-private" and adapter_version() < (8, 3):
        pytest.skip("dynamic-private came with 8.3.0")
    with MixedServers(*CLUSTERS[request.param]) as servers:
        yield servers


@pytest.fixture
def crowd(servers, watched):
    watched.extend(servers.processes)
    for process in watched:
        process.mark_output()
    return Crowd(servers, "websocket")


async def members_of(crowd):
    """One member on each server, in a cluster that is complete."""
    members = await crowd.members_of(3)
    for member in members:
        await until(lambda: member.call("server-count"), 3)
    return members


async def until(ask, expected):
    """Asks until the answer is the expected one: what concerns other nodes takes its way over Redis."""
    for _ in range(150):
        answer = await ask()
        if answer == expected:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{answer} instead of {expected}")


async def size_of(member, room):
    error, sockets = await member.call("fetch", room)
    assert error is None, error
    return len(sockets)


async def subscribed(sender, receivers, room):
    """Waits until what a server sends to a room arrives: sharded, subscriptions take their way over Redis."""
    for receiver in receivers:
        while True:
            await sender.call("toroom", room, "are you there?")
            try:
                await receiver.until(lambda: receiver.pending(), "an answer", seconds=0.1)
                break
            except AssertionError:
                continue
    await quiet_down(*receivers)


async def quiet_down(*members):
    """Forgets what arrives until nothing more does."""
    while True:
        await asyncio.sleep(0.1)
        if not any(member.pending() for member in members):
            return
        for member in members:
            member.position = len(member.history)


@pytest.mark.parametrize("value", [{"n": [1, None, "ü"]}, b"\x00\xff", {"deep": [b"one", {"two": b""}]}],
                         ids=["json", "binary", "both"])
async def test_broadcasts(crowd, value):
    members = await members_of(crowd)
    for sender in members:
        assert await sender.call("broadcast", value) == "ok"
        for member in members:
            assert await member.expect("b") == value
        assert await sender.call("others", value) == "ok"
        for member in members:
            if member is not sender:
                assert await member.expect("b") == value
    await quiet(*members)


async def test_order_is_kept(crowd):
    members = await members_of(crowd)
    for sender in members:
        for number in range(100):
            await sender.emit("broadcast", number)
        for member in members:
            assert [await member.expect("b") for _ in range(100)] == list(range(100))


async def test_rooms_and_exceptions(crowd):
    members = await members_of(crowd)
    inside, outside = members[1:], members[0]
    for member in inside:
        assert "red" in await member.call("join", "red")
    for sender in members:
        await subscribed(sender, inside, "red")
    for sender in members:
        assert await sender.call("toroom", "red", b"for red") == "ok"
        for member in inside:
            assert await member.expect("b") == b"for red"
        assert await sender.call("except", "red", "for the rest") == "ok"
        assert await outside.expect("b") == "for the rest"
    assert await inside[0].call("leave", "red") == [inside[0].id]
    assert await outside.call("toroom", "red", "for one") == "ok"
    assert await inside[1].expect("b") == "for one"
    await quiet(*members)


async def test_events_to_one_socket(crowd):
    members = await members_of(crowd)
    senders = members
    if crowd.servers.mode == "dynamic" and crowd.servers.adapter == "sharded" and adapter_version() < (8, 3):
        # Before 8.3.0, Node.js published them where nobody had subscribed.
        senders = [members[0], members[2]]
    if crowd.servers.mode == "dynamic-private":
        for sender in members:
            for member in members:
                await subscribed(sender, [member], member.id)
    for sender in senders:
        for member in members:
            assert await sender.call("toroom", member.id, "for you") == "ok"
            assert await member.expect("b") == "for you"
    await quiet(*members)


async def test_sockets_are_described(crowd):
    members = await members_of(crowd)
    for number, member in enumerate(members):
        assert await member.call("set-data", {"number": number}) == "ok"
        assert "described" in await member.call("join", "described")
    for member in members:
        error, sockets = await member.call("fetch", "described")
        assert error is None
        assert {socket["id"]: (socket["rooms"], socket["data"]) for socket in sockets} == {
            other.id: (sorted([other.id, "described"]), {"number": number}) for number, other in enumerate(members)}


async def test_sockets_join_leave_and_are_disconnected(crowd):
    members = await members_of(crowd)
    for asking in members:
        assert await asking.call("sockets-join", None, "everybody") == "ok"
        await until(lambda: size_of(asking, "everybody"), 3)
        assert await asking.call("sockets-leave", None, "everybody") == "ok"
        await until(lambda: size_of(asking, "everybody"), 0)
    # Each sends one away that is on another server: ours the one of Node.js, Node.js one of ours.
    for asking, leaving in ((members[0], members[1]), (members[2], members[0])):
        await leaving.call("join", "out")
        assert await asking.call("kick", "out", False) == "ok"
        await leaving.expect_disconnect()
    again = await crowd.members_of(2)
    await again[0].call("join", "out too")
    assert await again[1].call("kick", "out too", True) == "ok"
    await again[0].expect_disconnect()
    assert members[2].connected and again[1].connected


async def test_events_for_servers(crowd):
    members = await members_of(crowd)
    names = ["from ts0", "from js", "from ts2"]
    for number, member in enumerate(members):
        error, answers = await member.call("sse-ack")
        assert error is None
        assert sorted(answers) == sorted(name for index, name in enumerate(names) if index != number)
    assert await members[0].call("sse", 1, {"a": [True]}) == "ok"
    assert await members[1].expect("server-event") == [1, {"a": [True]}]


@pytest.mark.parametrize("value", ["?", b"\x01\x02"], ids=["json", "binary"])
async def test_acknowledgements_of_all(crowd, value):
    members = await members_of(crowd)
    for number, member in enumerate(members):
        member.client.on("ask", lambda received, number=number: [number, received])
    for member in members:
        error, answers = await member.call("ask-all", value)
        assert error is None, error
        assert sorted(answers, key=lambda answer: answer[0]) == [[0, value], [1, value], [2, value]]


async def test_the_emitter_reaches_everybody(crowd):
    if crowd.servers.adapter != "classic":
        pytest.skip("the emitter knows the classic format only")
    members = await members_of(crowd)
    await members[0].call("join", "red")
    await members[2].call("join", "red")
    crowd.servers.emit(
        ["emit", [], [], "b", {"n": 1}], ["emit", ["red"], [], "b", {"$bytes": [7, 255]}],
        ["emit", [], ["red"], "b", "not red"], ["emit", [members[2].id], [], "b", "for one"],
        ["socketsJoin", ["red"], [], ["blue"]], ["socketsLeave", ["blue"], [], ["red"]])
    for member in members:
        assert await member.expect("b") == {"n": 1}
    for member in (members[0], members[2]):
        assert await member.expect("b") == b"\x07\xff"
    assert await members[1].expect("b") == "not red"
    assert await members[2].expect("b") == "for one"
    await until(lambda: size_of(members[0], "blue"), 2)
    await until(lambda: size_of(members[1], "red"), 0)
    crowd.servers.emit(["disconnectSockets", ["blue"], [], True], ["serverSideEmit", [], [], "hello", "x"])
    for member in (members[0], members[2]):
        await member.expect_disconnect()
    assert await members[1].expect("server-event") == ["x"]
    await quiet(members[1])
