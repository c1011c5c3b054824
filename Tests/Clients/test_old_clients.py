"""Clients of Socket.IO 2.x (Engine.IO 3) where the servers allow them: python-socketio 4.x, and a browser over JSONP."""

import asyncio
import json
import os
import shutil
import tempfile

import pytest

from support.cluster import Cluster
from support.old import WAYS, OldClient, socketio
from support.participant import Participant
from support.processes import Process, binary, free_port


class OldServers:
    """Two test servers that allow old clients, one after the other behind a gateway that does not know them."""

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="switchboard-old-clients-")
        self.ports = [free_port(), free_port()]
        self.gateway_port, self.admin_port = free_port(), free_port()
        self.servers = [
            Process(f"testserver-{port}", [
                binary("switchboard-testserver"), "--listen", f"127.0.0.1:{port}", "--allow-eio3", "true", *options,
            ], self.folder) for port in self.ports]
        self.gateway = Process("gateway", [
            binary("switchboard-gateway"), "--listen", f"test=127.0.0.1:{self.gateway_port}", "--admin",
            f"127.0.0.1:{self.admin_port}",
            *[option for port in self.ports for option in ("--node", f"test=127.0.0.1:{port}")],
        ], self.folder)
        self.processes = [*self.servers, self.gateway]
        self.url = f"http://127.0.0.1:{self.ports[0]}"
        self.gateway_url = f"http://127.0.0.1:{self.gateway_port}"

    def start(self):
        for port, server in zip(self.ports, self.servers):
            server.start().wait_ready(f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling")
        self.gateway.start().wait_ready(f"http://127.0.0.1:{self.admin_port}/readyz")
        return self

    def stop(self):
        for process in reversed(self.processes):
            process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def shared():
    servers = OldServers().start()
    yield servers
    servers.stop()


@pytest.fixture
def servers(shared, watched):
    watched.extend(shared.processes)
    for process in watched:
        process.mark_output()
    return shared


class People:
    """The clients of one test, who are all gone at its end."""

    def __init__(self):
        self.members = []

    async def old(self, url, *events, way="websocket", namespace="/"):
        """An old client that watches some events of a namespace, which may have a query."""
        client = OldClient(namespace.split("?")[0], *events)
        self.members.append(client)
        return await client.connect(url, way, namespace)

    async def new(self, url, transport="websocket"):
        client = Participant("new client")
        self.members.append(client)
        return await client.connect(url, transport)

    async def aclose(self):
        await asyncio.gather(*(member.close() for member in self.members))


@pytest.fixture
def people():
    return People()


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


async def test_the_main_namespace_is_joined_unasked_and_the_id_is_known(servers, people, way):
    client = await people.old(servers.url, "auth", way=way)
    await client.expect("connect")
    await client.expect("auth", {})
    assert client.client.transport() == way.split("-")[0].replace("upgrade", "websocket")
    assert (await client.call("whoami"))["id"] == client.client.sid


async def test_texts_and_binary_come_back_in_events_and_acknowledgements(servers, people, way):
    client = await people.old(servers.url, "message-back", way=way)
    await client.expect("connect")
    blob = os.urandom(70_000)
    values = (1, "zwölf €", None, True, [], {"a": [blob, {"b": b"\x00"}]}, 2**53)
    assert await client.call("message-with-ack", *values) == values
    for value in ("x" * 3000, blob, {"inner": blob[:3]}):
        await client.client.emit("message", value)
        await client.expect("message-back", value)


async def test_events_keep_their_order(servers, people, way):
    client = await people.old(servers.url, "message-back", way=way)
    await client.expect("connect")
    for number in range(200):
        await client.client.emit("message", number if number % 10 else bytes([number]))
    for number in range(200):
        await client.expect("message-back", number if number % 10 else bytes([number]))


async def test_old_and_new_clients_are_in_one_room(servers, people, way):
    old = await people.old(servers.url, "b", way=way)
    await old.expect("connect")
    old.client.on("ask", lambda question: question + 1)
    new = await people.new(servers.url)
    assert await new.expect("auth") == {}
    for client in (old, new):
        await client.call("join", "r")
    for value in ({"n": "ä"}, b"\x00\x04\xff"):
        assert await new.call("toroom", "r", value) == "ok"
        await old.expect("b", value)
        assert await new.expect("b") == value
    assert await old.call("others", b"\x01") == "ok"
    assert await new.expect("b") == b"\x01"
    assert await new.call("ask-room", old.client.sid, 41) == (None, [42])


async def test_a_namespace_is_joined_with_a_query(servers, people, way):
    client = await people.old(servers.url, "auth", way=way, namespace="/custom?token=a%20b&x=1")
    await client.expect("connect")
    await client.expect("auth", {"token": "a b", "x": "1"})
    assert (await client.call("whoami"))["id"] == f"/custom#{client.client.sid}"
    assert await client.call("echo", b"\x05") == b"\x05"


@pytest.mark.parametrize("namespace, payload", [
    ("/guarded", "token missing"), ("/guarded?token=x", {"token": "x"}),
    ("/nobody-made-it", {"message": "Invalid namespace"}),
])
async def test_a_namespace_says_why_not(servers, people, namespace, payload):
    client = await people.old(servers.url, namespace=namespace)
    await client.expect("connect_error", payload)
    client.namespace = "/"
    assert await client.call("echo", 1) == 1  # nothing else ends


async def test_the_right_token_opens_the_guarded_namespace(servers, people):
    client = await people.old(servers.url, "auth", namespace="/guarded?token=open+sesame")
    await client.expect("connect")
    await client.expect("auth", {"token": "open sesame"})


async def test_the_server_ends_a_session_and_the_client_sees_it(servers, people, way):
    client = await people.old(servers.url, way=way)
    await client.expect("connect")
    other = await people.new(servers.url)
    assert await other.call("kick", client.client.sid, True) == "ok"
    await client.expect("disconnect")


@pytest.mark.parametrize("way", ["polling", "websocket", "upgrade"])
async def test_the_client_pings_and_so_stays(people, watched, way):
    servers = OldServers("--ping-interval", "200", "--ping-timeout", "200")
    process = servers.servers[0].start()
    watched.append(process)
    try:
        await asyncio.to_thread(process.wait_ready, servers.url + "/socket.io/?EIO=4&transport=polling")
        client = await people.old(servers.url, way=way)
        await client.expect("connect")
        await asyncio.sleep(1)  # five intervals
        assert await client.call("echo", 1) == 1
        client.client.eio.ping_interval = 10
        await client.expect("disconnect")
        await client.close()
    finally:
        servers.stop()


async def test_old_clients_are_refused_unless_they_are_allowed(people, watched):
    folder = tempfile.mkdtemp(prefix="switchboard-old-clients-")
    port = free_port()
    process = Process("testserver", [binary("switchboard-testserver"), "--listen", f"127.0.0.1:{port}"], folder)
    watched.append(process)
    try:
        url = f"http://127.0.0.1:{port}"
        await asyncio.to_thread(process.start().wait_ready, url + "/socket.io/?EIO=4&transport=polling")
        client = OldClient()
        people.members.append(client)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect(url, "polling")
        await client.expect("connect_error", {"code": 5, "message": "Unsupported protocol version"})
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def test_the_gateway_keeps_sessions_on_servers_that_it_does_not_know(servers, people, way):
    owners = set()
    for _ in range(4):
        client = await people.old(servers.gateway_url, "message-back", way=way)
        await client.expect("connect")
        for value in ("é", b"\x04\x00"):
            assert await client.call("echo", value) == value
        owners.add((await client.call("whoami"))["pid"])
    assert owners == {server.child.pid for server in servers.servers}


async def test_old_and_new_clients_meet_through_the_gateway(people, watched):
    cluster = Cluster(3, gateway=True, options=["--allow-eio3", "true"]).start()
    watched.extend(cluster.processes)
    try:
        for way in ("polling", "websocket", "upgrade"):
            old = await people.old(cluster.gateway_url, "waiting", "chatStart", "message", "partnerLeft", way=way)
            await old.expect("connect")
            new = await people.new(cluster.gateway_url)
            await old.emit("findChat")
            await old.expect("waiting")
            await new.emit("findChat")
            await new.expect("waiting")
            started = await new.expect("chatStart")
            assert started["partnerId"] == old.client.sid
            await old.expect("chatStart", {**started, "partnerId": new.id})
            assert await new.call("sendMessage", "Grüße") == {"ok": True}
            assert (await new.expect("message"))["text"] == "Grüße"
            event, message = await old.arrived.get()
            assert (event, message["sender"], message["text"]) == ("message", new.id, "Grüße")
            await old.close()
            assert await new.expect("partnerLeft") == {"partnerId": old.client.sid or started["partnerId"]}
            await new.close()
    finally:
        cluster.stop()


# What a page of a browser without cross-origin requests does: scripts for what it receives, a form for what it sends.
JSONP = r"""
const [address, event, done] = arguments;
let session = "";
const query = () => `${address}/socket.io/?EIO=3&transport=polling&j=0${session}&t=${Math.random()}`;
const receive = () => new Promise((resolve, reject) => {
  window.___eio = [resolve];
  const script = document.createElement("script");
  script.src = query();
  script.onerror = reject;
  document.head.append(script);
});
const send = (text) => new Promise((resolve) => {
  const frame = document.createElement("iframe"), form = document.createElement("form");
  const area = document.createElement("textarea");
  frame.name = form.target = "answer";
  [form.action, form.method, area.name] = [query(), "POST", "d"];
  area.value = text.replace(/\\n/g, "\\\n").replace(/\n/g, "\\n");
  form.append(area);
  document.body.append(frame, form);
  frame.onload = resolve;
  form.submit();
});
(async () => {
  const opened = await receive();
  session = `&sid=${JSON.parse(opened.slice(opened.indexOf("{"))).sid}`;
  const answers = [await receive()];
  const packet = `42${event}`;
  await send(`${packet.length}:${packet}`);
  while (!answers.at(-1).includes("43")) answers.push(await receive());
  done(answers.join(""));
})().catch((error) => done(String(error)));
"""


def test_a_browser_polls_by_scripts_and_forms(servers, browser):
    browser.get(servers.url + "/stats")  # a page of another origin than the gateway
    text = 'quote " backslash \\ newline \n \\n separators \u2028\u2029 beyond 😀'
    arguments = json.dumps([text, "</script>\n"], ensure_ascii=False, separators=(",", ":"))
    answer = browser.execute_async_script(JSONP, servers.gateway_url, '7["echo",' + arguments[1:])
    packet = "437" + arguments
    assert answer.startswith("2:40"), answer
    assert answer.endswith(f"{len(packet.encode('utf-16-le')) // 2}:{packet}"), answer
