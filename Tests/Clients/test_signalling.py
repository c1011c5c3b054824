"""Acceptance items 79-92: WebRTC signalling."""

import pytest

from support.participant import nothing_more

OFFER = {"type": "offer", "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n", "extra": [1, {"a": None}]}
ANSWER = {"type": "answer", "sdp": "v=0\r\n"}
CANDIDATE = {"candidate": "candidate:1 1 UDP 1 127.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


async def video_pair(meet):
    """A video pair, the member with the smaller id first: ids compare by their bytes."""
    return sorted(await meet.pair(None, True), key=lambda member: member.id.encode())


async def test_item_079_smaller_id_ready_first_gets_the_offer_request(meet):
    smaller, larger = await video_pair(meet)
    await smaller.call("ready-to-connect")
    smaller.nothing_pending()
    await larger.call("ready-to-connect")
    assert await smaller.expect("create-offer") is None
    await nothing_more(smaller, larger)


async def test_item_080_larger_id_ready_first_makes_no_difference(meet):
    smaller, larger = await video_pair(meet)
    await larger.call("ready-to-connect")
    await smaller.call("ready-to-connect")
    assert await smaller.expect("create-offer") is None
    await nothing_more(smaller, larger)


async def test_item_081_every_further_ready_asks_the_smaller_again(meet):
    smaller, larger = await video_pair(meet)
    await smaller.call("ready-to-connect")
    await larger.call("ready-to-connect")
    await smaller.expect("create-offer")
    await larger.call("ready-to-connect")
    await smaller.expect("create-offer")
    await smaller.call("ready-to-connect")
    await smaller.expect("create-offer")
    await nothing_more(smaller, larger)


async def test_item_082_ids_are_compared_by_their_bytes(meet):
    for _ in range(12):
        smaller, larger = await video_pair(meet)
        await larger.call("ready-to-connect")
        await smaller.call("ready-to-connect")
        await smaller.expect("create-offer")
        larger.nothing_pending()
        await smaller.close()
        await larger.expect("partnerLeft")


async def test_item_083_ready_while_unpaired_does_not_count(meet):
    first, second = await meet.people(2)
    await first.call("ready-to-connect")
    await second.call("ready-to-connect")
    await meet.join(first, second, None, True)
    await nothing_more(first, second)
    await first.call("ready-to-connect")
    await nothing_more(first, second)


async def test_item_084_readiness_does_not_survive_next(meet):
    smaller, larger = await video_pair(meet)
    await smaller.call("ready-to-connect")
    await larger.call("ready-to-connect")
    await smaller.expect("create-offer")
    await smaller.emit("next")
    await smaller.expect("waiting")
    await larger.expect("partnerLeft")
    await larger.expect("waiting")
    for member in (smaller, larger):
        assert (await member.expect("chatStart"))["withVideo"] is True
    await smaller.call("ready-to-connect")
    await nothing_more(smaller, larger)
    await larger.call("ready-to-connect")
    await smaller.expect("create-offer")


async def test_item_085_a_text_pair_is_never_asked_for_an_offer(meet):
    first, second = await meet.pair()
    for member in (first, second, first):
        await member.call("ready-to-connect")
    await nothing_more(first, second)


async def test_item_086_signalling_is_relayed_unchanged_with_its_sender(meet):
    first, second = await meet.pair(None, True)
    for event, field, value in (
        ("webrtc-offer", "offer", OFFER), ("ice-candidate", "candidate", CANDIDATE),
    ):
        assert await first.call(event, {field: value}) == {"ok": True}
        assert await second.expect(event) == {field: value, "from": first.id}
    assert await second.call("webrtc-answer", {"answer": ANSWER}) == {"ok": True}
    assert await first.expect("webrtc-answer") == {"answer": ANSWER, "from": second.id}
    await nothing_more(first, second)


async def test_item_087_the_end_of_candidates_is_relayed(meet):
    first, second = await meet.pair(None, True)
    await first.emit("ice-candidate", {"candidate": None})
    assert await second.expect("ice-candidate") == {"candidate": None, "from": first.id}


async def test_item_088_unpaired_signalling_goes_nowhere(meet):
    first, second = await meet.pair(None, True)
    idle = await meet.person()
    for event, payload in (
        ("webrtc-offer", {"offer": OFFER}), ("webrtc-answer", {"answer": ANSWER}),
        ("ice-candidate", {"candidate": CANDIDATE}),
    ):
        # An id that the client names itself is never an address.
        answer = await idle.call(event, {**payload, "to": first.id, "partnerId": first.id})
        assert answer["ok"] is False and answer["code"] == "not_paired"
    await nothing_more(first, second, idle)


@pytest.mark.deadline(120)
async def test_item_089_an_offer_never_comes_after_its_candidates(meet):
    tries = 250  # on each size and transport: a thousand together
    first, second = await meet.pair(None, True)
    for number in range(tries):
        sender, receiver = (first, second) if number % 2 else (second, first)
        await sender.emit("webrtc-offer", {"offer": {"number": number}})
        for candidate in range(3):
            await sender.emit("ice-candidate", {"candidate": {"candidate": f"{number} {candidate}"}})
        await receiver.expect("webrtc-offer")
        for candidate in range(3):
            got = await receiver.expect("ice-candidate")
            assert got["candidate"]["candidate"] == f"{number} {candidate}"


async def test_item_090_a_late_callee_gets_the_open_offer_again_and_nothing_after_its_answer(meet):
    caller, callee = await video_pair(meet)
    await caller.call("webrtc-offer", {"offer": OFFER})
    for number in range(2):
        await caller.call("ice-candidate", {"candidate": {"candidate": str(number)}})
    story = ["webrtc-offer", "ice-candidate", "ice-candidate"]
    for name in story:
        await callee.expect(name)
    await callee.call("ready-to-connect")
    again = [await callee.expect(name) for name in story]
    assert again[0] == {"offer": OFFER, "from": caller.id}
    assert [candidate["candidate"]["candidate"] for candidate in again[1:]] == ["0", "1"]
    caller.nothing_pending()
    await callee.call("webrtc-answer", {"answer": ANSWER})
    await caller.expect("webrtc-answer")
    await callee.call("ready-to-connect")
    await caller.call("ready-to-connect")
    await caller.expect("create-offer")
    callee.nothing_pending()


async def test_item_091_what_was_kept_of_a_call_ends_with_its_pair(meet):
    caller, callee = await video_pair(meet)
    await caller.call("webrtc-offer", {"offer": OFFER})
    await callee.expect("webrtc-offer")
    await caller.call("leaveChat")
    await callee.expect("partnerLeft")
    await meet.join(callee, caller, None, True)
    await callee.call("ready-to-connect")
    callee.nothing_pending()
    caller.nothing_pending()


@pytest.mark.parametrize("event", ["webrtc-offer", "webrtc-answer", "ice-candidate"])
async def test_item_092_missing_payloads_are_refused_and_hurt_nobody(meet, event):
    first, second = await meet.pair(None, True)
    for arguments in ((), (None,), ({},), ({"offer": None, "answer": None},), (42,), ("text",), ([],), (True,)):
        answer = await first.call(event, *arguments)
        assert (answer["ok"], answer["code"]) == (False, "invalid_payload"), arguments
    assert await first.call("webrtc-offer", {"offer": OFFER}) == {"ok": True}
    assert await second.expect("webrtc-offer") == {"offer": OFFER, "from": first.id}
    first.nothing_pending()
