"""Three nodes behind the gateway: every transport reaches the node that owns the session, and strangers meet."""

import asyncio

import aiohttp
import pytest

from support.deadline import within
from support.engine import Engine
from support.participant import Refused

pytestmark = [pytest.mark.sizes("three"), pytest.mark.transports("polling", "websocket", "upgrade")]


def node_of(participant):
    """The tag of the node that owns a session: the first six characters of its id."""
    return participant.engine_id[:6]


async def through_gateway(meet, **options):
    return await meet.person(url=meet.cluster.gateway_url, **options)


async def on_another_node(meet, first):
    """One more participant through the gateway, placed on another node than `first`."""
    for _ in range(12):
        second = await through_gateway(meet)
        if node_of(second) != node_of(first):
            return second
    raise AssertionError("the gateway sends everybody to one node")


async def test_strangers_on_different_nodes_chat_leave_and_come_back(meet):
    first = await through_gateway(meet)
    second = await on_another_node(meet, first)
    assert first.transport == second.transport == ("polling" if meet.transport == "polling" else "websocket")
    await meet.join(first, second)

    for number in range(100):
        speaker = first if number % 2 else second
        await speaker.emit("sendMessage", str(number))
        if number % 20 == 19:
            await asyncio.sleep(0)
    for member in (first, second):
        texts = {first.id: [], second.id: []}
        for _ in range(100):
            message = await member.expect("message")
            texts[message["sender"]].append(int(message["text"]))
        assert texts == {first.id: list(range(1, 100, 2)), second.id: list(range(0, 100, 2))}

    await first.emit("next")
    await first.expect("waiting")
    await second.expect("partnerLeft")
    await second.expect("waiting")
    for member in (first, second):
        await member.expect("chatStart")

    left = first.id
    await first.close()
    assert await second.expect("partnerLeft") == {"partnerId": left}
    returned = await on_another_node(meet, second)
    await meet.join(returned, second)


async def test_new_sessions_spread_over_all_nodes(meet):
    people = await asyncio.gather(*(through_gateway(meet) for _ in range(12)))
    assert len({node_of(person) for person in people}) == 3


async def test_every_participant_hears_one_online_count(meet):
    people = [await through_gateway(meet) for _ in range(6)]
    for person in people:
        await person.expect_online(6)


async def test_item_016_a_poll_that_reaches_a_wrong_node_is_unknown_there_and_routed_by_the_gateway(meet):
    async with Engine(meet.cluster.gateway_url, "polling") as engine:
        query = {"EIO": "4", "transport": "polling", "sid": engine.sid}
        others = [number for number in range(3) if meet.cluster.readiness(number)["tag"] != engine.sid[:6]]
        async with aiohttp.ClientSession() as http:
            for number in others:
                async with http.post(f"{meet.cluster.url(number)}/socket.io/", params=query, data="2") as answer:
                    assert answer.status == 400
                    assert await answer.json() == {"code": 1, "message": "Session ID unknown"}
        assert (await engine.join("/")).startswith('40{"sid":')


async def test_item_016_a_session_of_no_live_node_is_unknown_at_once(meet):
    query = {"EIO": "4", "transport": "polling", "sid": "zzzzzzAAAAAAAAAAAAAAAAA"}
    async with aiohttp.ClientSession() as http:
        for method in (http.get, http.post):
            async with method(f"{meet.cluster.gateway_url}/socket.io/", params=query) as answer:
                assert answer.status == 400
                assert await answer.json() == {"code": 1, "message": "Session ID unknown"}


async def test_the_gateway_passes_refusals_of_the_node_on(meet):
    with pytest.raises(Refused):
        await through_gateway(meet, headers={"Origin": "https://evil.example"})
    async with Engine(meet.cluster.gateway_url, "polling") as engine:
        assert await engine.join("/nowhere") == '44/nowhere,{"message":"Invalid namespace"}'


async def test_the_page_and_the_client_come_through_the_gateway(meet):
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{meet.cluster.gateway_url}/") as answer:
            assert answer.status == 200
            assert answer.content_type == "text/html"


@pytest.mark.parametrize("request_bytes", [
    b"nonsense\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nabc",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"x" * 200_000 + b"\r\n\r\n",
    b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(20_000)) + b"\r\n",
    bytes(range(256)) * 100,
], ids=["nonsense", "version", "negative length", "two lengths", "long header", "long target", "many headers",
        "binary"])
@pytest.mark.transports("websocket")
async def test_bad_input_to_the_gateway_ends_only_its_own_connection(meet, request_bytes):
    first = await through_gateway(meet)
    second = await on_another_node(meet, first)
    await meet.join(first, second)
    reader, writer = await asyncio.open_connection("127.0.0.1", meet.cluster.gateway_port)
    try:
        writer.write(request_bytes)
        await writer.drain()
        answer = await within(reader.read(), 10)
        assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 5")), answer[:200]
    except ConnectionError:
        pass  # Cut off without an answer: allowed.
    finally:
        writer.close()
    await first.emit("sendMessage", "still here")
    for member in (first, second):
        assert (await member.expect("message"))["text"] == "still here"
