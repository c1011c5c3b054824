"""Reconnect grace of meet (applications, E.7): who loses the connection keeps chat or place for a while."""

import asyncio
import time

import pytest

from support.cluster import Cluster
from support.meeting import Meeting
from support.participant import Refused
from support.returner import Returner
from support.tokens import token

GRACE = pytest.mark.profile("grace")
BUSY = 3  # seconds that a machine may be late which does much else


async def chat(meet, auth=None):
    """A returner and a python-socketio client, on neighbouring nodes, who chat."""
    first = await Returner.join(meet, auth=auth)
    second = await meet.person()
    start, _ = await meet.join(first, second)
    await expect_chat(first, second)
    return first, second, start["pairId"]


async def expect_chat(*members):
    """Both write, and both read it."""
    for speaker in members:
        assert await speaker.call("sendMessage", "well?") == {"ok": True}
        for member in members:
            assert (await member.expect("message"))["text"] == "well?"
    for member in members:
        member.nothing_pending()


async def test_item_095_without_a_grace_the_partner_of_a_lost_connection_is_left_at_once(meet):
    first, second, _ = await chat(meet)
    assert first.pid is None
    began = time.monotonic()
    await first.lose()
    assert await second.expect("partnerLeft") == {"partnerId": first.id}
    assert time.monotonic() - began < 1


@GRACE
async def test_item_096_a_lost_connection_that_is_back_in_time_interrupts_nothing(meet):
    first, second, pair = await chat(meet)
    sid = first.id
    await first.lose()
    assert await second.expect("partnerAway") == {"partnerId": sid}
    for number in range(20):
        assert await second.call("sendMessage", f"gap {number}") == {"ok": True}
        assert (await second.expect("message"))["text"] == f"gap {number}"
    await first.arrive()
    assert first.resumed and first.id == sid
    for number in range(20):
        message = await first.expect("message")
        assert (message["text"], message["sender"]) == (f"gap {number}", second.id)
    session = await first.expect("session")
    assert session == {"sessionId": sid, "resumed": True, "state": "chatting", "pairId": pair}
    assert await second.expect("partnerBack") == {"partnerId": sid}
    await expect_chat(first, second)
    # And once more.
    await first.lose()
    await second.expect("partnerAway")
    await first.arrive()
    await first.expect("session")
    await second.expect("partnerBack")
    await expect_chat(first, second)


@GRACE
async def test_item_096_what_was_written_offline_reaches_the_partner_and_signals_of_the_gap_arrive_too(meet):
    first, second, _ = await chat(meet)
    await first.lose()
    await second.expect("partnerAway")
    assert await second.call("webrtc-offer", {"offer": {"sdp": "x"}}) == {"ok": True}
    assert await second.call("ice-candidate", {"candidate": {"n": 1}}) == {"ok": True}
    first.buffered = [["sendMessage", "written offline"], ["webrtc-answer", {"answer": {"sdp": "y"}}]]
    await first.arrive()
    assert (await first.expect("webrtc-offer"))["offer"] == {"sdp": "x"}
    assert (await first.expect("ice-candidate"))["candidate"] == {"n": 1}
    await second.expect("partnerBack")
    assert (await second.expect("message"))["text"] == "written offline"
    assert (await second.expect("webrtc-answer"))["answer"] == {"sdp": "y"}


@GRACE
async def test_only_so_much_is_kept_for_who_is_away_and_the_sender_is_told(meet):
    first, second, _ = await chat(meet)
    await first.lose()
    await second.expect("partnerAway")
    answers = [await second.call("sendMessage", f"{number}") for number in range(102)]
    assert all(answer == {"ok": True} for answer in answers[:100])
    assert [answer["code"] for answer in answers[100:]] == ["partner_away"] * 2
    await first.arrive()
    assert [(await first.expect("message"))["text"] for _ in range(100)] == [str(number) for number in range(100)]
    await first.expect("session")
    for _ in range(100):
        await second.expect("message")
    await second.expect("partnerBack")
    await expect_chat(first, second)


@pytest.mark.profile("grace-short")
async def test_item_098_who_is_not_back_in_time_is_left_once_and_told_that_it_is_idle(meet):
    first, second, _ = await chat(meet)
    sid = first.id
    await first.lose()
    await second.expect("partnerAway")
    assert await second.expect("partnerLeft") == {"partnerId": sid}
    await first.arrive()
    assert not first.resumed
    assert await first.expect("session") == {"sessionId": first.id, "resumed": False, "state": "idle"}
    await meet.join(first, second)
    assert [event.name for event in second.history].count("partnerLeft") == 1


@GRACE
async def test_item_099_who_waits_keeps_its_place_and_is_never_matched_while_away(meet):
    ann = {"token": token(userId="ann")}
    first = await Returner.join(meet, auth=ann)
    await first.emit("findChat")
    await first.expect("waiting")
    await first.lose()
    # Another window of the same person waits behind it, and a stranger in a chat with nobody.
    second = await Returner.join(meet, auth=ann)
    await second.emit("findChat")
    await second.expect("waiting")
    await first.arrive(ann)
    assert first.resumed
    assert (await first.expect("session"))["state"] == "waiting"
    stranger = await meet.person()
    await stranger.emit("findChat")
    await stranger.expect("waiting")
    assert (await stranger.expect("chatStart"))["partnerId"] == first.id
    assert (await first.expect("chatStart"))["partnerId"] == stranger.id
    assert (await second.call("findChat"))["state"] == "waiting"


@GRACE
async def test_item_099_who_comes_back_is_matched_with_who_came_meanwhile(meet):
    first = await Returner.join(meet)
    await first.emit("findChat")
    await first.expect("waiting")
    await first.lose()
    second = await meet.person()
    assert (await second.call("findChat"))["state"] == "waiting"
    await second.expect("waiting")
    await first.arrive()
    assert (await second.expect("chatStart"))["partnerId"] == first.id
    await first.until(lambda: "chatStart" in [event.name for event in first.history], "chatStart")


@GRACE
@pytest.mark.parametrize("way", ["disconnect", "leaveChat", "next"])
async def test_item_100_leaving_is_never_delayed(meet, way):
    first, second, _ = await chat(meet)
    began = time.monotonic()
    await (first.disconnect() if way == "disconnect" else first.emit(way))
    assert await second.expect("partnerLeft") == {"partnerId": first.id}
    assert time.monotonic() - began < 1


@GRACE
@pytest.mark.parametrize("way", ["leaveChat", "next"])
async def test_a_partner_that_leaves_meanwhile_has_left_when_one_is_back(meet, way):
    first, second, _ = await chat(meet)
    await first.lose()
    await second.expect("partnerAway")
    await second.call("sendMessage", "bye")
    assert (await second.call(way))["ok"]
    await first.arrive()
    assert (await first.expect("message"))["text"] == "bye"
    events = {"leaveChat": ["partnerLeft"], "next": ["partnerLeft", "waiting", "chatStart"]}[way]
    await first.until(lambda: len(first.pending()) > len(events), f"{events} and session")
    names = [event.name for event in first.pending()]
    assert sorted(names) == sorted([*events, "session"])
    assert [name for name in names if name != "session"] == events


@pytest.mark.profile("grace-required")
async def test_item_101_an_expired_token_is_refused_on_return_and_a_new_one_of_the_same_person_is_not(meet):
    began, soon = time.time(), {"token": token(userId="ann", expires=5)}
    first = await Returner.join(meet, auth=soon)
    second = await meet.person(auth={"token": token(userId="bob")})
    await meet.join(first, second)
    await first.lose()
    await second.expect("partnerAway")
    await asyncio.sleep(max(0, began + 5.1 - time.time()))
    with pytest.raises(Refused) as refusal:
        await first.arrive(soon)
    assert refusal.value.message == "Authentication failed"
    await first.arrive({"token": token(userId="ann")})
    assert first.resumed
    await second.expect("partnerBack")
    assert (await first.expect("session"))["state"] == "chatting"
    await expect_chat(first, second)


@GRACE
async def test_item_101_a_chat_does_not_go_on_with_somebody_else(meet):
    first, second, _ = await chat(meet, {"token": token(userId="ann")})
    await first.lose()
    await second.expect("partnerAway")
    await first.arrive({"token": token(userId="eve")})
    assert await second.expect("partnerLeft") == {"partnerId": first.id}
    await first.until(lambda: len(first.pending()) == 2, "partnerLeft and session")
    assert {event.name for event in first.pending()} == {"partnerLeft", "session"}


@GRACE
async def test_item_102_what_was_written_offline_never_reaches_a_different_partner(meet):
    first, second, _ = await chat(meet)
    await first.lose()
    await second.expect("partnerAway")
    assert (await second.call("leaveChat"))["ok"]
    stranger = await meet.person()
    await meet.join(second, stranger)
    first.buffered = [["sendMessage", "for the former partner"], ["webrtc-offer", {"offer": {"sdp": "x"}}]]
    await first.arrive()
    assert (await first.call("sendMessage", "is anybody there?"))["code"] == "not_paired"
    await expect_chat(second, stranger)


@GRACE
async def test_item_102_what_was_written_offline_never_reaches_who_is_met_on_return(meet):
    first, second, _ = await chat(meet)
    await first.lose()
    await second.expect("partnerAway")
    # It goes on: both are queued, and who is away is matched when it is back, with a stranger.
    assert (await second.call("next"))["state"] == "waiting"
    stranger = await meet.person()
    await stranger.emit("findChat")
    await stranger.expect("waiting")
    assert (await stranger.expect("chatStart"))["partnerId"] == second.id
    other = await meet.person()
    assert (await other.call("findChat"))["state"] == "waiting"
    await other.expect("waiting")
    first.buffered = [["sendMessage", "for the former partner"], ["webrtc-offer", {"offer": {"sdp": "x"}}]]
    await first.arrive()
    assert (await other.expect("chatStart"))["partnerId"] == first.id
    await first.until(lambda: "chatStart" in [event.name for event in first.history], "chatStart")
    await expect_chat_with(first, other)
    assert (await second.expect("waiting")) is None
    await second.expect("chatStart")
    await expect_chat(second, stranger)


async def expect_chat_with(first, second):
    """What `second` gets first is what it is sent now."""

    async def answered():
        return (await first.call("sendMessage", "for you")).get("ok")

    while not await answered():
        await asyncio.sleep(0.01)
    assert (await second.expect("message"))["text"] == "for you"


@pytest.mark.profile("grace-heartbeat")
async def test_item_103_a_frozen_client_is_noticed_in_time_and_may_come_back(meet):
    first, second, _ = await chat(meet)
    began = time.monotonic()
    await first.freeze()
    assert await second.expect("partnerAway") == {"partnerId": first.id}
    assert time.monotonic() - began < 0.6 + BUSY
    first.engine, frozen = None, first.engine
    await first.arrive()
    assert first.resumed
    await second.expect("partnerBack")
    await frozen.http.close()


@pytest.mark.profile("heartbeat")
async def test_item_103_without_a_grace_the_partner_of_a_frozen_client_is_left_in_time(meet):
    first, second, _ = await chat(meet)
    began = time.monotonic()
    await first.freeze()
    assert await second.expect("partnerLeft") == {"partnerId": first.id}
    assert time.monotonic() - began < 0.6 + BUSY


@GRACE
async def test_who_is_away_does_not_count(meet):
    first, second, _ = await chat(meet)
    await second.expect_online(2)
    await first.lose()
    await second.expect_online(1)
    await first.arrive()
    await second.expect_online(2)


@GRACE
async def test_who_is_back_before_the_loss_was_noticed_goes_on(meet):
    """As when a telephone changes its network."""
    first, second, _ = await chat(meet)
    await first.stop_reading()
    former = first.engine
    await first.arrive()
    assert first.resumed
    assert (await first.expect("session"))["state"] == "chatting"
    await second.expect("partnerAway")
    await second.expect("partnerBack")
    await expect_chat(first, second)
    await former.http.close()

@GRACE
@pytest.mark.sizes("three")
async def test_item_097_a_lost_connection_may_be_back_on_another_node(meet):
    first, second, pair = await chat(meet)
    sid = first.id
    await first.lose()
    await second.expect("partnerAway")
    for number in range(5):
        assert await second.call("sendMessage", f"gap {number}") == {"ok": True}
        await second.expect("message")
    await first.arrive(url=meet.cluster.url(2))
    assert first.resumed and first.id == sid
    assert [(await first.expect("message"))["text"] for _ in range(5)] == [f"gap {number}" for number in range(5)]
    await first.until(lambda: len(first.pending()) == 2, "session and partnerBack")
    session = next(event.arguments[0] for event in first.pending() if event.name == "session")
    assert session == {"sessionId": sid, "resumed": True, "state": "chatting", "pairId": pair}
    first.position = len(first.history)
    await second.expect("partnerBack")
    await expect_chat(first, second)


@pytest.mark.deadline(60)
async def test_item_097_a_participant_whose_node_was_killed_goes_on_on_another(watched):
    cluster = Cluster(3, "grace", options=["--lease", "1500"]).start()
    watched.extend(cluster.processes)
    try:
        meet = Meeting(cluster, "websocket")
        first, second, _ = await chat(meet)
        sid = first.id
        await first.stop_reading()
        cluster.nodes[0].kill()
        assert await second.expect("partnerAway", seconds=15) == {"partnerId": sid}
        for number in range(5):
            assert await second.call("sendMessage", f"gap {number}") == {"ok": True}
            await second.expect("message")
        await first.leave_engine()
        await first.arrive(url=cluster.url(2))
        assert first.resumed and first.id == sid
        assert [(await first.expect("message"))["text"] for _ in range(5)] == [f"gap {number}" for number in range(5)]
        await first.until(lambda: len(first.pending()) == 2, "session and partnerBack")
        first.position = len(first.history)
        await second.expect("partnerBack")
        await expect_chat(first, second)
        await first.close()
        await second.close()
    finally:
        cluster.stop()
