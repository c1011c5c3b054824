"""Acceptance items 1-13 as far as a client by hand can prove them; items 3 and 11 go on in test_browser.py."""

import asyncio
import json
import os

import aiohttp
import pytest

from support.cluster import LISTED_ORIGIN
from support.engine import SEPARATOR, Engine
from support.participant import Refused
from support.processes import http_status

LIMIT = 1_000_000
FOREIGN = "https://evil.example"
EVENTS = [
    "findChat", "sendMessage", "next", "leaveChat", "ready-to-connect", "webrtc-offer", "webrtc-answer", "ice-candidate",
]
PAYLOADS = {
    "absent": (),
    "null": (None,),
    "number": (-1.5e300,),
    "array": ([[], [None], 1],),
    "deep object": (json.loads('{"a":' * 60 + "1" + "}" * 60),),
    "binary": (os.urandom(1000),),
    "binary inside": ({"offer": os.urandom(10), "answer": [os.urandom(1)], "candidate": {"x": b""}},),
    "large string": ("x" * (LIMIT - 200),),
    "many arguments": tuple(range(50)),
    "strings for objects": ({"offer": "x", "answer": 1, "candidate": True},),
    "large description": ({"offer": {"sdp": "x" * 70_000}, "answer": {"sdp": "x" * 70_000},
                           "candidate": {"candidate": "x" * 5_000}},),
}


def same_node(meet):
    """The node of the first neighbour of `undisturbed`: bad input goes to where it would hurt."""
    return meet.cluster.url(0)


@pytest.mark.transports("polling", "websocket", "upgrade")
async def test_item_001_handshake(meet):
    person = await meet.person()
    assert person.transport == ("polling" if meet.transport == "polling" else "websocket")
    assert (await person.call("findChat"))["ok"] is True
    async with Engine(meet.cluster.url(0), "polling" if meet.transport == "polling" else "websocket") as engine:
        opened = dict(engine.opened)
        assert opened.pop("sid")
        assert opened == {
            "upgrades": ["websocket"] if meet.transport == "polling" else [], "pingInterval": 25000,
            "pingTimeout": 20000, "maxPayload": LIMIT,
        }


async def test_item_002_the_older_protocol_is_refused(meet):
    async with aiohttp.ClientSession() as http:
        for version in ({"EIO": "3"}, {}, {"EIO": "5"}, {"EIO": "four"}):
            query = {**version, "transport": meet.transport}
            if meet.transport == "websocket":
                with pytest.raises((aiohttp.WSServerHandshakeError, aiohttp.ClientError)):
                    await no_session(http, meet, query)
            else:
                async with http.get(f"{meet.cluster.url(0)}/socket.io/", params=query) as answer:
                    assert answer.status == 400
                    assert await answer.json() == {"code": 5, "message": "Unsupported protocol version"}


async def no_session(http, meet, query, headers=None):
    """Opens a websocket and fails like a refused handshake when it is closed without an open packet."""
    async with http.ws_connect(f"{meet.cluster.url(0)}/socket.io/", params=query, headers=headers) as socket:
        message = await socket.receive(timeout=5)
        assert message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        raise aiohttp.ClientConnectionError("closed")


async def test_item_004_events_of_the_same_tick_as_connect_are_all_processed(meet):
    async with Engine(meet.cluster.url(0), meet.transport) as engine:
        # The client library holds them back until CONNECT is answered and then sends them in one go.
        await engine.join()
        await engine.send(*(f'42{number}["findChat"]' for number in range(10)))
        order = []
        while len(order) < 10:
            packet = await engine.receive()
            if packet.startswith("43"):
                order.append(int(packet[2:packet.index("[")]))
            else:
                assert packet.startswith(('42["waiting"]', '42["onlineUsers"')), packet
        assert order == list(range(10))


async def test_item_005_an_oversized_packet_closes_only_its_own_connection(meet):
    async with meet.undisturbed(), Engine(same_node(meet), meet.transport) as engine:
        await engine.join()
        packet = f'42["sendMessage","{"x" * LIMIT}"]'
        if meet.transport == "polling":
            status, _ = await engine.post(packet)
            assert status in (413, 0)
        else:
            await engine.send(packet)
            await engine.expect_closed()


@pytest.mark.parametrize("name", [
    "disconnect", "connect", "connect_error", "disconnecting", "newListener", "removeListener",
])
async def test_item_006_a_reserved_event_name_closes_only_its_own_connection(meet, name):
    async with meet.undisturbed(), Engine(same_node(meet), meet.transport) as engine:
        await engine.join()
        await engine.send(f'42["{name}"]')
        await engine.expect_closed()


async def test_item_007_every_event_is_acknowledged_within_a_second(meet):
    idle = await meet.person()
    first, _ = await meet.pair()
    for person in (idle, first):
        for event in EVENTS:
            answer = await person.call(event, timeout=1)
            assert answer["ok"] in (True, False), (event, answer)
            assert answer["ok"] or (answer["code"] and answer["message"]), (event, answer)


async def test_item_008_unknown_events_are_ignored(meet):
    first, second = await meet.pair()
    await first.emit("noSuchEvent", {"a": 1})
    assert (await first.call("noSuchEvent", 1, timeout=1))["ok"] is False
    assert (await first.call("sendMessage", "still here"))["ok"] is True
    for member in (first, second):
        assert (await member.expect("message"))["text"] == "still here"
    assert first.connected


@pytest.mark.parametrize("kind", PAYLOADS)
async def test_item_009_no_payload_of_any_event_disturbs_others(meet, kind):
    async with meet.undisturbed():
        idle = await meet.person(node=0)
        waiting = await meet.person(node=1)
        await waiting.emit("findChat")
        await waiting.expect("waiting")
        for event in EVENTS:
            for person in (idle, waiting):
                answer = await person.call(event, *PAYLOADS[kind])
                assert answer["ok"] in (True, False), (event, answer)
        for person in (idle, waiting):
            assert person.connected
            await person.call("leaveChat")
        first, second = await meet.pair(None, True)
        for event in ("sendMessage", "webrtc-offer", "webrtc-answer", "ice-candidate", "ready-to-connect"):
            answer = await first.call(event, *PAYLOADS[kind])
            assert answer["ok"] in (True, False), (event, answer)
            if event.startswith("webrtc") or event == "sendMessage":
                assert answer["ok"] is False, (event, answer)
        assert await second.call("sendMessage", "unimpressed") == {"ok": True}
        for member in (first, second):
            seen = await member.expect("message")
            assert seen["text"] == "unimpressed"
        await asyncio.gather(first.close(), second.close(), idle.close(), waiting.close())


async def test_item_010_the_process_outlives_everything_a_client_can_send(meet):
    processes = [node.child.pid for node in meet.cluster.nodes]
    async with meet.undisturbed():
        for packets in (
            ['42["webrtc-offer"]'], ['42["webrtc-offer",{"offer":null}]'], ['42["sendMessage",null]'], ["42[]"],
            ["42[null]"], ["42[1]"], ['42["findChat",{"withVideo":[]}]'], ['42["ice-candidate",[]]'], ["43999[]"],
            ["431"], ['42["next",9007199254740993]'], ["41"], ["42"], ['42/nowhere,["findChat"]'],
        ):
            async with Engine(same_node(meet), meet.transport) as engine:
                await engine.join()
                await engine.send(*packets)
    assert [node.child.pid for node in meet.cluster.nodes] == processes
    assert all(node.running for node in meet.cluster.nodes)


async def test_item_011_a_client_that_leaves_a_namespace_keeps_its_transport(meet):
    async with Engine(meet.cluster.url(0), meet.transport) as engine:
        await engine.join()
        await engine.send("41")
        assert (await engine.join("/nowhere")).startswith("44")
        assert (await engine.join()).startswith("40{")


async def test_item_012_an_unclaimed_namespace_is_refused(meet):
    async with Engine(meet.cluster.url(0), meet.transport) as engine:
        assert await engine.join("/nowhere") == '44/nowhere,{"message":"Invalid namespace"}'
        assert (await engine.join()).startswith("40{")


async def test_item_013_a_foreign_origin_is_refused(meet):
    with pytest.raises(Refused):
        await meet.person(headers={"Origin": FOREIGN})
    with pytest.raises(Refused):
        await meet.person(headers={"Origin": "null"})
    async with meet.undisturbed(), aiohttp.ClientSession() as http:
        query = {"EIO": "4", "transport": meet.transport}
        if meet.transport == "websocket":
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await no_session(http, meet, query, {"Origin": FOREIGN})
            assert refused.value.status in (400, 403)
        else:
            async with http.get(f"{same_node(meet)}/socket.io/", params=query, headers={"Origin": FOREIGN}) as answer:
                assert answer.status in (400, 403)
                assert "Access-Control-Allow-Origin" not in answer.headers


async def test_item_013_a_listed_origin_gets_its_headers_and_none_is_allowed(meet):
    assert (await meet.person(headers={"Origin": LISTED_ORIGIN})).connected
    assert (await meet.person()).connected
    async with Engine(meet.cluster.url(0), "polling", headers={"Origin": LISTED_ORIGIN}) as engine:
        assert engine.answer_headers["Access-Control-Allow-Origin"] == LISTED_ORIGIN
        assert engine.answer_headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in engine.answer_headers.get("Vary", "")
        preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        async with engine.http.options(engine.address, params=engine.query, headers=preflight) as answer:
            assert answer.status in (200, 204)
            assert answer.headers["Access-Control-Allow-Origin"] == LISTED_ORIGIN
            assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.profile("require-origin")
async def test_item_013_no_origin_is_refused_when_so_configured(meet):
    with pytest.raises(Refused):
        await meet.person()
    assert (await meet.person(headers={"Origin": LISTED_ORIGIN})).connected


@pytest.mark.transports("polling")
async def test_item_014_health_readiness_and_metrics_answer(meet):
    for index in range(len(meet.cluster.nodes)):
        for path in ("/healthz", "/readyz", "/metrics"):
            status, body = await asyncio.to_thread(http_status, meet.cluster.url(index) + path)
            assert status == 200 and body, path


@pytest.mark.parametrize("packets", [
    ["4abc"], ["42{}"], ["42abc[]"], ['42["findChat"'], ['42["findChat"]]'], ["4"], ["49"], ["45"], ["451-[]"],
    ['4599999999999999999999-["x"]'], ['452-["x",{"_placeholder":true,"num":7}]'], ['42["x",{"_placeholder":true}]x'],
    ['42' + "[" * 20_000], ['42["\\ud800"]'], ["42[\"x\x01\"]"], ["40{"], ["40[]"], ["44"], ["43x[]"],
], ids=lambda packets: packets[0][:24].encode("unicode_escape").decode())
async def test_bad_input_malformed_socketio_packets(meet, packets):
    """Each closes its own connection or is ignored, and never reaches anybody else."""
    async with meet.undisturbed(), Engine(same_node(meet), meet.transport) as engine:
        await engine.join()
        await engine.send(*packets)


@pytest.mark.parametrize("packet", ["abc", "", "9", "7x", "b!!!", "bAAA", "0{}", "2probe", "5", "6"])
async def test_bad_input_malformed_engine_packets(meet, packet):
    async with meet.undisturbed(), Engine(same_node(meet), meet.transport) as engine:
        await engine.join()
        await engine.send(packet)


@pytest.mark.transports("polling")
@pytest.mark.parametrize("query, code", [
    ({"EIO": "4"}, 0),
    ({"EIO": "4", "transport": "carrier-pigeon"}, 0),
    ({"EIO": "4", "transport": "polling", "sid": "nobody"}, 1),
    ({"EIO": "4", "transport": "polling", "sid": "x" * 5000}, 1),
    ({"EIO": "4", "transport": "polling", "sid": "AAAAAAAAAAAAAAAAAAAAAAA"}, 1),
    ({"transport": "polling"}, 5),
])
async def test_bad_input_requests_get_the_documented_error(meet, query, code):
    messages = {0: "Transport unknown", 1: "Session ID unknown", 5: "Unsupported protocol version"}
    async with meet.undisturbed(), aiohttp.ClientSession() as http:
        async with http.get(f"{same_node(meet)}/socket.io/", params=query) as answer:
            assert answer.status == 400
            assert await answer.json() == {"code": code, "message": messages[code]}


@pytest.mark.transports("polling")
async def test_bad_input_a_handshake_by_post_is_refused(meet):
    async with aiohttp.ClientSession() as http:
        for method in (http.post, http.put):
            async with method(
                f"{meet.cluster.url(0)}/socket.io/", params={"EIO": "4", "transport": "polling"}, data="40"
            ) as answer:
                assert answer.status == 400
                assert await answer.json() == {"code": 2, "message": "Bad handshake method"}


@pytest.mark.transports("polling")
async def test_bad_input_a_second_poll_ends_the_session(meet):
    async with meet.undisturbed(), Engine(same_node(meet), "polling") as engine:
        # In no namespace: nothing is sent to it that would answer the first poll.
        first = asyncio.ensure_future(engine.poll())
        await asyncio.sleep(0.1)
        status, _ = await engine.poll()
        assert status in (400, 500)
        assert (await first)[0] == 200
        assert (await engine.poll())[0] == 400


@pytest.mark.transports("polling")
async def test_bad_input_a_payload_of_many_packets_is_answered_or_refused(meet):
    """Half a megabyte of heartbeats and of separators in one body."""
    async with meet.undisturbed():
        for body in (SEPARATOR.join(["3"] * 250_000), SEPARATOR * 500_000, SEPARATOR.join(["40"] * 100_000)):
            async with Engine(same_node(meet), "polling") as engine:
                await engine.join()
                await engine.post(body)
