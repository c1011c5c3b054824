"""Acceptance items 79-88: WebRTC signalling."""

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
