"""Handlers of events as python-socketio sees them: types, order, errors, listeners."""

import asyncio
import contextlib
import shutil
import tempfile

import pytest
import socketio

from support.participant import Participant
from support.processes import Process, binary, free_port, http_status, wait_until

INTERNAL = {"error": "Internal server error", "code": "internal_error"}


@pytest.fixture(scope="module")
def server():
    folder = tempfile.mkdtemp(prefix="switchboard-handlers-")
    address = f"127.0.0.1:{free_port()}"
    process = Process(
        "testserver",
        [binary("switchboard-testserver"), "--listen", address, "--threads", "2", "--log-level", "debug"], folder)
    process.start()
    try:
        wait_until(lambda: http_status(f"http://{address}/")[0] == 404, process.output)
        process.url = f"http://{address}"
        yield process
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["polling", "websocket", "upgrade"])
def transport(request):
    return request.param


@contextlib.asynccontextmanager
async def joined(server, transport="websocket"):
    participant = Participant()
    try:
        await participant.connect(server.url, transport)
        await participant.expect("auth")
        yield participant
    finally:
        await participant.close()


async def test_payloads_are_decoded_and_results_are_acknowledgements(server, transport):
    async with joined(server, transport) as client:
        assert await client.call("typed-add", 2, 3) == 5
        assert await client.call("typed-add", 2.0, -3) == -1
        line = {"text": "hi", "stars": 4, "tags": {"a": [1, 2], "é": []}, "photo": bytes(range(256))}
        assert await client.call("typed-line", line) == {**line, "text": "HI", "stars": 5}
        assert await client.call("typed-line", {"text": "ß", "stars": None, "tags": {}, "more": [{}]}) == {
            "text": "SS", "stars": 1, "tags": {}}
        # An event without result is acknowledged with nothing.
        assert await client.call("typed-ready") in (None, ())
        assert await client.call("typed-ready", "ignored") in (None, ())


async def test_typed_broadcasts(server):
    async with joined(server) as ann, joined(server, "polling") as bob:
        await ann.emit("typed-move", {"to": {"x": 1, "y": -2}}, 255)
        await ann.emit("typed-move", {"home": {}})
        for client in (ann, bob):
            await client.until(lambda: len(client.pending()) == 2, "two moves")
            assert [event.arguments for event in client.pending()] == [
                ({"to": {"x": 1, "y": -2}}, 255), ({"home": {}}, None)]


@pytest.mark.parametrize("arguments, problem", [
    ((1,), "argument 2: is missing"),
    ((), "argument 1: is missing"),
    (("1", 2), "argument 1: expected a number, found a string"),
    ((1, 2.5), "argument 2: expected a whole number from -9223372036854775808 to 9223372036854775807, "
               "found another number"),
    ((1, b"\x01"), "argument 2: expected a number, found binary content"),
    (({"x": 1}, [2]), "argument 1: expected a number, found an object"),
])
async def test_what_does_not_decode_is_refused(server, arguments, problem):
    async with joined(server) as client:
        assert await client.call("typed-add", *arguments) == {
            "error": f"Invalid arguments: {problem}", "code": "invalid_arguments"}
        # Without a wish for an acknowledgement nothing comes, and the session goes on.
        await client.emit("typed-add", *arguments)
        assert await client.call("typed-add", 1, 1) == 2
        client.nothing_pending()


async def test_the_place_of_a_mistake_is_named_but_not_logged(server):
    async with joined(server) as client:
        answer = await client.call("typed-line", {"text": "x", "tags": {"hush-hush": [1, "secret"]}})
        assert answer["error"] == (
            "Invalid arguments: argument 1, tags.hush-hush[1]: expected a number, found a string")
        assert (await client.call("typed-move", {"fly": {}}))["code"] == "invalid_arguments"
        assert (await client.call("typed-move", {"home": {}}, 256))["error"].endswith(
            "argument 2: expected a whole number from 0 to 255, found another number")
    log = "".join(server.output())
    assert "typed-line" in log and "secret" not in log and "hush-hush" not in log


async def test_thrown_errors_are_acknowledged_without_detail(server, transport):
    async with joined(server, transport) as client:
        assert await client.call("typed-add", 2**63 - 1, 1) == {
            "error": "too large", "code": "overflow", "data": [2**63 - 1]}
        for name in ("fail", "fail-later"):
            assert await client.call(name, 1) == {"error": "refused", "code": "no_arguments"}
            assert await client.call(name) == INTERNAL
            await client.emit(name)
        assert await client.call("typed-add", 1, 1) == 2
        client.nothing_pending()


async def test_a_thousand_events_of_a_slow_handler_keep_their_order(server, transport):
    async with joined(server, transport) as client, joined(server) as other:
        for number in range(1_000):
            await client.emit("slow", number)
        # Another client does not wait behind them.
        assert await other.call("typed-add", 1, 1) == 2
        # A synchronous handler's event does: its answer comes when all have been handled.
        assert await client.call("typed-add", 1, 1, timeout=20) == 2
        await client.until(lambda: len(client.pending()) == 1_000, "all done", 20)
        assert [event.arguments[0] for event in client.pending()] == list(range(1_000))


async def test_a_handler_asks_the_client_that_waits_for_it(server, transport):
    async with joined(server, transport) as client:
        client.client.on("typed-question", lambda line: len(line["text"]) + line["tags"]["n"][0])
        assert await client.call("typed-ask", 10, "abc") == 23
        # A sum that is no number, and none in time.
        client.client.on("typed-question", lambda line: "many")
        assert await client.call("typed-ask", 1, "x") == INTERNAL
        hold = asyncio.Event()

        async def answer(line):
            await hold.wait()
            return 1

        client.client.on("typed-question", answer)
        assert await client.call("typed-ask", 1, "x") == INTERNAL
        hold.set()


async def test_a_broadcast_counts_answers_that_decode(server):
    async with joined(server) as ann, joined(server) as bob, joined(server, "polling") as eve:
        ann.client.on("typed-question", lambda line: 1)
        bob.client.on("typed-question", lambda line: 2)
        eve.client.on("typed-question", lambda line: "none of your business")
        # Answers of a client that was asked before its handler was registered are nobody's.
        assert await ann.call("typed-vote", "tea?") == {"sum": 3, "expected": 3, "missing": 1}


async def test_an_asynchronous_handler_changes_its_socket(server, transport):
    async with joined(server, transport) as client, joined(server) as witness:
        assert await witness.call("join", "salon")
        assert await client.call("enter-slowly", "salon") == "in"
        assert await witness.expect("entered") == client.id
        client.nothing_pending()


async def test_the_disconnect_cancels_the_handler(server):
    async with joined(server) as witness:
        async with joined(server) as client:
            assert await client.call("hang") == "hanging"
            await client.emit("broadcast", "never")
            name = client.id
        assert await witness.expect("cancelled") == name
        await witness.call("echo")
        witness.nothing_pending()


async def test_events_that_wait_are_bounded(server):
    async with joined(server) as client, joined(server) as other:
        assert await client.call("hang") == "hanging"
        with contextlib.suppress(socketio.exceptions.SocketIOError):
            for _ in range(4_097):
                await client.emit("x")
        await client.expect_disconnect()
        assert await other.expect("cancelled")
        assert await other.call("typed-add", 1, 1) == 2


async def test_packet_middleware_refuses_and_tells_the_server(server):
    async with joined(server) as client:
        assert await client.call("guard") == "ok"
        assert await client.call("message", 1) == {"error": "no messages", "code": "guarded"}
        await client.until(lambda: len(client.pending()) == 1, "failed")
        assert client.pending()[0].arguments == ("message", True)
        assert await client.call("typed-add", 1, 1) == 2
        assert await client.call("fail") == INTERNAL
        await client.until(lambda: len(client.pending()) == 2, "failed")
        assert client.pending()[1].arguments == ("fail", False)


async def test_listeners_hear_every_event_in_both_directions(server):
    async with joined(server) as client, joined(server) as other:
        assert await client.call("listen") == "ok"
        assert await client.call("once") == "once"
        assert await client.call("message", 1, 2) == "ok"
        assert await other.call("broadcast", 1) == "ok"
        await client.until(lambda: len(client.pending()) == 2, "the broadcast")
        assert await other.call("toroom", other.id, 1) == "ok"
        assert await client.call("heard") == [
            "first once", "any once",
            "first message", "any message", "out message-back 2",
            "out b 1",
            "first heard", "any heard",
        ]
        # The second time nobody answers `once`, and nobody listens any more.
        with pytest.raises(socketio.exceptions.TimeoutError):
            await client.call("once", timeout=0.2)
        assert await client.call("heard") == []
