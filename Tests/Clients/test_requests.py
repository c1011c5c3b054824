"""What a server does with requests before they are sessions: hooks, header fields, cookie, origins, path, transports."""

import contextlib
import http.server
import os
import shutil
import tempfile
import threading

import aiohttp
import pytest
import socketio

from support.engine import Engine
from support.participant import Participant, Refused
from support.processes import Process, binary, free_port, http_status, wait_until

ECHO = "/engine.io/"


@contextlib.contextmanager
def serving(*options):
    """A test server of one test, by its address."""
    folder = tempfile.mkdtemp(prefix="switchboard-requests-")
    address = f"127.0.0.1:{free_port()}"
    process = Process(
        "testserver", [binary("switchboard-testserver"), "--listen", address, "--threads", "2", *options], folder)
    process.start()
    try:
        wait_until(lambda: http_status(f"http://{address}/")[0] == 404, process.output)
        yield f"http://{address}"
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def connected(url, transport="websocket", **options):
    participant = Participant()
    try:
        await participant.connect(url, transport, **options)
        yield participant
    finally:
        await participant.close()


@pytest.fixture(scope="module")
def hooked():
    with serving("--request-hooks", "true", "--cookie", "io") as url:
        yield url


@pytest.mark.parametrize("transport", ["polling", "websocket", "upgrade"])
async def test_what_allow_request_found_out_is_part_of_the_handshake(hooked, transport):
    async with connected(f"{hooked}?token=user-anna", transport) as anna:
        handshake = await anna.call("handshake")
        assert handshake["user"] == "anna"
        assert handshake["url"].startswith("/socket.io/?token=user-anna&")
    async with connected(hooked, transport, headers={"Cookie": "a=b; token=user-ben"}) as ben:
        assert (await ben.call("handshake"))["user"] == "ben"


async def test_the_stock_client_is_told_why_it_is_refused(hooked):
    with pytest.raises(Refused) as refused:
        await Participant().connect(f"{hooked}?token=bad", "polling")
    assert str(refused.value) == str({"code": 4, "message": "token unknown"})
    with pytest.raises(Refused):
        await Participant().connect(f"{hooked}?token=bad", "websocket")


@pytest.mark.parametrize("token, message", [("bad", "token unknown"), ("hang", "Forbidden")])
@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_refusal_is_answered_with_403_and_its_text(hooked, token, message, transport):
    query = {"EIO": "4", "transport": transport, "token": token}
    headers = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    } if transport == "websocket" else {}
    async with aiohttp.ClientSession() as http, http.get(hooked + ECHO, params=query, headers=headers) as answer:
        assert answer.status == 403
        assert await answer.json() == {"code": 4, "message": message}
        assert answer.headers["X-Middleware"] == "new"


async def test_middleware_and_header_hooks_see_every_response(hooked):
    async with Engine(hooked, "polling", path=ECHO) as engine:
        assert engine.answer_headers.getall("Set-Cookie") == [
            f"io={engine.sid}; Path=/; HttpOnly; SameSite=Lax", "first=polling"]
        assert (engine.answer_headers["X-Middleware"], engine.answer_headers["X-Every"]) == ("new", "1")
        await engine.send("4hello")
        assert await engine.receive() == "4hello"
        assert "Set-Cookie" not in engine.answer_headers
        assert (engine.answer_headers["X-Middleware"], engine.answer_headers["X-Every"]) == ("session", "1")
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(hooked + ECHO, params={"EIO": "4", "transport": "websocket"}) as socket:
            opened = await socket.receive_json(loads=lambda text: text)
            sid = opened.split('"sid":"')[1].split('"')[0]
            response = socket._response.headers
            assert response.getall("Set-Cookie") == [
                f"io={sid}; Path=/; HttpOnly; SameSite=Lax", "first=websocket"]
            assert (response["X-Middleware"], response["X-Every"]) == ("new", "1")
        async with http.get(hooked + ECHO, params={"EIO": "4", "transport": "polling", "tea": ""}) as answer:
            assert (answer.status, answer.headers["X-Middleware"]) == (418, "new")


async def test_path_and_upgrades_are_what_the_options_say():
    with serving("--path", "/chat/sockets", "--allow-upgrades", "false") as url:
        assert http_status(f"{url}/socket.io/?EIO=4&transport=polling")[0] == 404
        async with Engine(url, "polling", path="/chat/sockets") as engine:
            assert engine.opened["upgrades"] == []
        client = socketio.AsyncClient()
        await client.connect(url, socketio_path="/chat/sockets/", transports=["polling", "websocket"])
        assert client.transport() == "polling"
        assert await client.call("echo", 1) == 1
        await client.disconnect()


@pytest.mark.parametrize("offered, other", [("websocket", "polling"), ("polling", "websocket")])
async def test_a_transport_that_is_not_offered_is_unknown(offered, other):
    with serving("--transports", offered) as url:
        async with aiohttp.ClientSession() as http:
            async with http.get(url + ECHO, params={"EIO": "4", "transport": other}) as answer:
                assert (answer.status, await answer.text()) == (400, '{"code":0,"message":"Transport unknown"}')
        async with connected(url, "upgrade" if offered == "polling" else offered) as participant:
            assert participant.transport == offered


# Pages of another origin


class Pages(http.server.SimpleHTTPRequestHandler):
    """An empty page, and the stock client."""

    def do_GET(self):
        script = self.path == "/socket.io.min.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if script else "text/html")
        self.end_headers()
        if script:
            with open(os.environ["SWITCHBOARD_CLIENT_BUNDLE"], "rb") as bundle:
                shutil.copyfileobj(bundle, self.wfile)
        else:
            self.wfile.write(b'<!doctype html><title>page</title><script src="/socket.io.min.js"></script>')

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def page_port():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def cross_origin():
    with serving(
            "--cookie", "io", "--cors-origin", "http://127.0.0.1:*", "--cors-origin", "https://*.example.com",
            "--cors-credentials", "true") as url:
        yield url


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_a_page_of_another_origin_connects_with_credentials_and_gets_its_cookie_back(
        browser, page_port, cross_origin, transport):
    browser.get(f"http://127.0.0.1:{page_port}/")
    browser.delete_all_cookies()
    first, second = browser.execute_async_script("""
        const [url, transport, done] = arguments;
        const options = {
          transports: [transport], withCredentials: true, forceNew: true, extraHeaders: { "X-Asks-First": "1" } };
        const connect = (then) => {
          const socket = io(url, options);
          socket.on("connect_error", (error) => done([error.message, null]));
          socket.on("connect", () => socket.emit("handshake", ({ cookie }) => {
            const sid = socket.io.engine.id;
            socket.disconnect();
            then({ sid, cookie });
          }));
        };
        connect((first) => connect((second) => done([first, second])));""", cross_origin, transport)
    assert first["cookie"] is None
    assert second["cookie"] == f"io={first['sid']}"
    assert second["sid"] != first["sid"]


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_a_page_of_a_foreign_origin_is_refused(browser, page_port, cross_origin, transport):
    browser.get(f"http://localhost:{page_port}/")
    assert browser.execute_async_script("""
        const [url, transport, done] = arguments;
        const socket = io(url, { transports: [transport], reconnection: false });
        socket.on("connect", () => done("connected"));
        socket.on("connect_error", (error) => done(error.message));""", cross_origin, transport) in (
            "xhr poll error", "websocket error")


@pytest.mark.parametrize("origin, allowed", [
    ("https://www.example.com", True), ("https://a.b.example.com", True), ("https://example.com", False),
    ("https://www.example.com.evil.example", False), ("http://www.example.com", False), ("null", False),
])
async def test_a_pattern_of_origins_holds_on_both_transports(cross_origin, origin, allowed):
    async with aiohttp.ClientSession(headers={"Origin": origin}) as client:
        async with client.get(cross_origin + ECHO, params={"EIO": "4", "transport": "polling"}) as answer:
            assert answer.status == (200 if allowed else 403)
            assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        query = {"EIO": "4", "transport": "websocket"}
        if allowed:
            async with client.ws_connect(cross_origin + ECHO, params=query) as socket:
                assert (await socket.receive()).data.startswith("0{")
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await client.ws_connect(cross_origin + ECHO, params=query)
