"""Connection state recovery: the stock browser client, which implements it, and raw packets for what it never sends.

python-socketio's client does not implement it; here it is the one that sends meanwhile.
"""

import asyncio
import contextlib
import functools
import http.server
import json
import os
import shutil
import tempfile
import threading

import pytest

from support.engine import Engine
from support.participant import Participant
from support.processes import Process, binary, free_port
from support.recovery import Lost, called, expect_new, joined, offset_of

# Long enough for a busy machine; what expires in a test has a server of its own.
DURATION = 20_000


@contextlib.contextmanager
def server(*options):
    port, folder = free_port(), tempfile.mkdtemp(prefix="switchboard-recovery-")
    process = Process(
        "testserver",
        [binary("switchboard-testserver"), "--listen", f"127.0.0.1:{port}", "--threads", "2", *options], folder)
    process.start().wait_ready(f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def address():
    with server("--recovery", str(DURATION)) as address:
        yield address


# --- The stock client


@pytest.fixture(scope="module")
def browser(browser):
    """Chromium on a page that has the stock client."""
    folder = tempfile.mkdtemp(prefix="switchboard-page-")
    shutil.copy(os.environ["SWITCHBOARD_CLIENT_BUNDLE"], f"{folder}/client.js")
    with open(f"{folder}/index.html", "w", encoding="utf-8") as page:
        page.write('<!doctype html><script src="client.js"></script>')
    handler = functools.partial(QuietHandler, directory=folder)
    pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    browser.get(f"http://127.0.0.1:{pages.server_port}/")
    yield browser
    pages.shutdown()
    shutil.rmtree(folder, ignore_errors=True)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def run(browser, script, *arguments):
    """Runs a script that calls done(result) in the end."""
    return browser.execute_async_script("const done = arguments[arguments.length - 1];\n" + script, *arguments)


CONNECT = """
    window.events = [];
    window.socket = io(arguments[0], { transports: arguments[1], reconnection: false, forceNew: true });
    const plain = (value) => value instanceof ArrayBuffer ? ["binary", ...new Uint8Array(value)] : value;
    socket.on("b", (...args) => events.push(args.slice(0, -1).map(plain)));
    socket.on("connect", () => {
      const look = setInterval(() => {
        if (socket.io.engine.transport.name !== arguments[1][arguments[1].length - 1]) return;
        clearInterval(look);
        socket.emit("set-data", { name: "ann" }, () =>
          socket.emit("join", "news", () => done([socket.id, socket.recovered])));
      }, 5);
    });"""

LOSE = """
    socket.once("disconnect", (reason) => done(reason));
    socket.io.engine.close();"""

RETURN = """
    socket.removeAllListeners("connect");
    socket.once("connect", () => {
      const seen = [socket.id, socket.recovered];
      socket.emit("whoami", (me) => done([...seen, me.recovered, me.id, me.rooms, events]));
    });
    socket.connect();"""


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
async def test_the_stock_client_gets_its_socket_back_and_what_it_missed_in_order(browser, address, transports):
    sender = Participant("sender")
    await sender.connect(address)
    sid, recovered = run(browser, CONNECT, address, transports)
    assert recovered is False
    expected = []

    async def send(name, *arguments, reaches=True):
        await sender.call(name, *arguments)
        if reaches:
            expected.append(list(arguments if name in ("broadcast", "others") else arguments[1:]))

    for lost in range(3):
        await send("broadcast", f"before {lost}")
        assert run(browser, LOSE) == "forced close"
        await send("broadcast", f"to all {lost}", {"n": [1.5, None]})
        await send("toroom", "news", f"to the room {lost}")
        await send("toroom", "elsewhere", "not for it", reaches=False)
        await send("except", "news", "not for its room", reaches=False)
        await send("toroom", sid, f"to it alone {lost}")
        await send("volatile", "lost for good", reaches=False)
        for number in range(20):
            await send("others", number)
        id_again, recovered, recovered_there, id_there, rooms, events = run(browser, RETURN)
        assert (id_again, recovered, recovered_there, id_there) == (sid, True, True, sid)
        assert rooms == sorted([sid, "news"])
        assert events == expected
    await send("toroom", sid, "still reaches it")
    sockets = (await sender.call("fetch", "news"))[1]
    assert [(socket["id"], socket["data"]) for socket in sockets] == [(sid, {"name": "ann"})]
    assert run(browser, RETURN.replace("socket.connect();", "") + "done(events);") == expected
    run(browser, "socket.disconnect(); done();")
    await sender.close()


# --- Raw packets


BAD_CLAIMS = {
    "unknown pid": {"pid": "A" * 20},
    "empty pid": {"pid": ""},
    "huge pid": {"pid": "A" * 100_000},
    "pid that is no text": {"pid": 7},
    "offset of another process": {"offset": "AAAAAA.1"},
    "offset that is none": {"offset": ""},
    "huge offset": {"offset": "9" * 100_000},
    "offset of the future": {"offset": lambda lost: lost.offset + "000"},
    "offset beyond 64 bits": {"offset": lambda lost: lost.offset[:7] + "9" * 19},
    "negative offset": {"offset": lambda lost: lost.offset[:7] + "-1"},
    "offset with a leading zero": {"offset": lambda lost: lost.offset[:7] + "01"},
}


@pytest.mark.parametrize("name", BAD_CLAIMS)
async def test_a_claim_that_is_not_right_gives_a_new_socket_and_nothing_is_repeated(address, name):
    lost = await Lost.make(address)
    changes = {key: value(lost) if callable(value) else value for key, value in BAD_CLAIMS[name].items()}
    await expect_new(address, lost, lost.claim(**changes))
    # The true claim is still good, once.
    async with Engine(address, "websocket") as engine:
        _, payload = await joined(engine, lost.claim())
        assert payload == {"sid": lost.sid, "pid": lost.pid}
    async with Engine(address, "websocket") as engine:
        assert (await joined(engine, lost.claim(), "/custom"))[1]["sid"] != lost.sid


async def test_missed_packets_come_first_then_the_same_ids(address):
    lost = await Lost.make(address)
    async with Engine(address, "polling") as sender:
        await joined(sender)
        await called(sender, "toroom", lost.sid, "missed", {"n": 1})
        await called(sender, "toroom", lost.sid, "also")
    async with Engine(address, "websocket") as engine:
        missed, payload = await joined(engine, lost.claim(token="t"))
        assert [json.loads(packet[2:])[:-1] for packet in missed] == [["b", "missed", {"n": 1}], ["b", "also"]]
        assert payload == {"sid": lost.sid, "pid": lost.pid}
        offset = json.loads(missed[0][2:])[-1]
        await offset_of(engine, "auth", lost.claim(token="t"))
    async with Engine(address, "websocket") as engine:
        missed, _ = await joined(engine, lost.claim(offset=offset))
        assert [json.loads(packet[2:])[:2] for packet in missed] == [["b", "also"], ["auth", lost.claim(token="t")]]


async def test_a_client_that_received_nothing_is_restored_by_its_private_id_alone(address):
    lost = await Lost.make(address)
    async with Engine(address, "websocket") as engine:
        missed, payload = await joined(engine, {"pid": lost.pid})
        assert payload["sid"] == lost.sid
        assert [json.loads(packet[2:])[:2] for packet in missed] == [["auth", {}]]


async def test_offsets_stand_behind_placeholders_and_nowhere_where_they_do_not_belong(address):
    async with Engine(address, "websocket") as engine:
        await joined(engine)
        await offset_of(engine, "auth", {})
        await engine.send('451-["message",1,{"_placeholder":true,"num":0}]', b"\x01\x02")
        packet = await engine.receive()
        assert packet.startswith("451-[")
        name, one, placeholder, offset = json.loads(packet[4:])
        assert (name, one, placeholder) == ("message-back", 1, {"_placeholder": True, "num": 0})
        assert isinstance(offset, str)
        assert await engine.receive() == b"\x01\x02"
        assert await called(engine, "echo", 1) == ([1], [])
        answer, before = await called(engine, "volatile", 1)
        assert [json.loads(packet[2:]) for packet in before] == [["b", 1]]
        await engine.send('428["ask-all","?"]')
        packet = await engine.receive()
        assert packet.startswith("42") and packet.endswith('["ask","?"]'), packet


async def test_binary_content_that_was_missed_is_repeated(address):
    lost = await Lost.make(address)
    async with Engine(address, "websocket") as sender:
        await joined(sender)
        await sender.send(
            '451-["toroom",' + json.dumps(lost.sid) + ',{"_placeholder":true,"num":0}]', b"\x07" * 1000)
        await called(sender, "echo")
    async with Engine(address, "polling") as engine:
        missed, _ = await joined(engine, lost.claim())
        assert json.loads(missed[0][4:])[:2] == ["b", {"_placeholder": True, "num": 0}]
        assert len(missed) == 2 and missed[1].startswith("b")


@pytest.mark.parametrize("leaving", ["client", "server"])
async def test_a_socket_that_was_disconnected_on_purpose_does_not_come_back(address, leaving):
    async with Engine(address, "websocket") as engine:
        _, payload = await joined(engine)
        offset = await offset_of(engine, "auth", {})
        if leaving == "client":
            await engine.send("41")
        else:
            await engine.send("42" + json.dumps(["kick", payload["sid"], False]))
            assert await engine.receive() == "41"
        missed, again = await joined(engine, {"pid": payload["pid"], "offset": offset})
        assert missed == [] and again["sid"] != payload["sid"] and again["pid"] != payload["pid"]


async def test_a_client_that_is_back_before_its_loss_was_noticed_gets_its_socket(address):
    async with Engine(address, "websocket") as former:
        _, payload = await joined(former)
        offset = await offset_of(former, "auth", {})
        await called(former, "join", "news")
        async with Engine(address, "websocket") as engine:
            missed, again = await joined(engine, {"pid": payload["pid"], "offset": offset})
            assert (missed, again) == ([], payload)
            await former.expect_closed()
            await offset_of(engine, "auth", {"pid": payload["pid"], "offset": offset})
            assert (await called(engine, "whoami"))[0][0]["rooms"] == sorted([payload["sid"], "news"])


async def test_one_of_two_claims_at_the_same_time_wins(address):
    lost = await Lost.make(address)
    async with Engine(address, "websocket") as first, Engine(address, "websocket") as second:
        answers = await asyncio.gather(joined(first, lost.claim()), joined(second, lost.claim()))
        sids = [payload["sid"] for _, payload in answers]
        # The later one of two that both get it has thrown the earlier one out.
        assert lost.sid in sids
        async with Engine(address, "websocket") as other:
            await joined(other)
            (error, sockets), _ = await called(other, "fetch", lost.sid)
            assert [socket["id"] for socket in sockets] == [lost.sid]


async def test_sockets_are_reached_by_their_ids_on_whichever_event_loop_they_come_back(address):
    """The id names the loop of the former connection; some of these come back on the other one of the two."""
    lost = [await Lost.make(address) for _ in range(12)]
    lost.append(lost.pop(0))  # connections go to the loops in turn
    async with contextlib.AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(Engine(address, "websocket")) for _ in lost]
        for engine, client in zip(engines, lost):
            _, payload = await joined(engine, client.claim())
            assert payload["sid"] == client.sid
            await offset_of(engine, "auth", client.claim())
        loops = {(client.sid[6], engine.sid[6]) for engine, client in zip(engines, lost)}
        assert any(named != actual for named, actual in loops), "all came back on the loop that they had"
        async with Engine(address, "websocket") as sender:
            await joined(sender)
            for number, (engine, client) in enumerate(zip(engines, lost)):
                await called(sender, "toroom", client.sid, number)
                await offset_of(engine, "b", number)
                (error, sockets), _ = await called(sender, "fetch", client.sid)
                assert [socket["id"] for socket in sockets] == [client.sid]
                await called(sender, "kick", client.sid, False)
                assert await engine.receive() == "41"


async def test_a_session_expires_once_and_everybody_can_know(watched):
    with server("--recovery", "400") as address:
        async with Engine(address, "websocket") as witness:
            await joined(witness)
            await offset_of(witness, "auth", {})
            lost = await Lost.make(address)
            kept = await Lost.make(address)
            async with Engine(address, "websocket") as engine:
                await joined(engine, kept.claim())
                await offset_of(witness, "expired", lost.sid, [lost.sid])
                await expect_new(address, lost, lost.claim())
                # The one that came back was not given up; the next is the one that expect_new left behind.
                _, sid, _ = json.loads((await witness.receive())[2:])[:3]
                assert sid not in (lost.sid, kept.sid)
