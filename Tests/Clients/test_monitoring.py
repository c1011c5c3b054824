"""A real Prometheus watches a cluster to which everything happens that dashboard and alerts of deploy/ are about."""

import asyncio
import socket
import subprocess

import pytest

from support.chat import Chat, ChatCluster, refused, say
from support.chat_web import ChatWeb
from support.monitoring import (
    RULE_TESTS, RULES, Prometheus, alert_expressions, dashboard_expressions, documented, names)
from support.participant import Refused
from support.processes import Process, binary, free_port, http_status, wait_until
from support.redis import ask

# What a cluster cannot be made to do from outside, and which test counts it.
ELSEWHERE = {
    "switchboard_messages_dropped_total",  # EngineServerTests: neither application sends anything volatile
    "switchboard_events_failed_total",  # SocketServerTests: no handler of ours fails
    "switchboard_metrics_refused_total",  # MonitoringTests: the routes are not that many
    "process_max_fds",  # a limit, which stays what it is
}


def test_the_alerts_do_what_their_tests_say():
    for command in (["promtool", "check", "rules", RULES], ["promtool", "test", "rules", RULE_TESTS]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_a_test_for_every_alert():
    with open(RULE_TESTS) as file:
        text = file.read()
    assert f"value: {len(alert_expressions())}}}" in text
    assert [name for name in names(alert_expressions().values()) if name not in text] == []


@pytest.fixture
def cluster():
    cluster = ChatCluster(2, gateway=True, options=[
        "--meet-invalid-token", "reject", "--head-timeout", "300", "--redis-outage", "keep:2000",
    ]).start()
    yield cluster
    cluster.stop()


@pytest.fixture
def prometheus(cluster):
    prometheus = Prometheus(
        cluster.folder, {"switchboard-node": cluster.ports, "switchboard-gateway": [cluster.admin_port]})
    prometheus.start().wait_ready()
    wait_until(lambda: len(prometheus.query("up == 1")) == 3, "everything is scraped")
    yield prometheus
    prometheus.stop()


def value(cluster, index, name):
    """A figure of a node, its labels ignored."""
    lines = http_status(f"{cluster.url(index)}/metrics")[1].decode().splitlines()
    return sum(float(line.split(" ")[-1]) for line in lines if line.split("{")[0].split(" ")[0] == name)


async def meet(cluster, chat):
    """Pairs over both nodes, over every transport; one waits for a while. Returns a pair that goes on."""
    meeting = chat.meeting
    waiting = await meeting.person(node=0, transport="polling")
    await waiting.call("findChat")
    await waiting.expect("waiting")
    await asyncio.sleep(1.1)
    other = await meeting.person(node=1, transport="upgrade")
    await other.call("findChat")
    await waiting.expect("chatStart")
    assert (await waiting.call("ready-to-connect"))["ok"]
    assert (await waiting.call("webrtc-offer", {"offer": {"sdp": "x"}}))["ok"]
    assert not (await waiting.call("sendMessage", 7))["ok"]
    for _ in range(70):  # one event of 64 is measured
        assert (await other.call("sendMessage", "hello"))["ok"]
    for transport in ("polling", "upgrade"):
        await meeting.person(transport=transport, url=cluster.gateway_url)
    http_status(f"{cluster.gateway_url}/socket.io/?EIO=4&transport=polling&sid=nobody-knows-it")
    with pytest.raises(Refused):
        await meeting.person(auth={"token": "nonsense"})
    http_status(f"{cluster.url(0)}/socket.io/?EIO=9&transport=polling")
    with socket.create_connection(("127.0.0.1", cluster.ports[0])) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        await asyncio.to_thread(slow.recv, 1000)
    return waiting, other


async def support(cluster, chat):
    """Messages, logins, and a database that cannot be written to."""
    web = ChatWeb(cluster)
    await web.account(chat.name("ana"))
    assert (await web.log_in(chat.name("ana"), "wrong")).status != 200
    await web.aclose()
    user, admin = await chat.person("luis", node=0), await chat.admin(node=1)
    await say(user, "admin", "hola", idCliente="1")
    await say(user, "admin", "hola", idCliente="1")
    await admin.expect("mensaje_recibido")
    with pytest.raises(Refused):
        await chat.connect("token=nonsense", node=0)
    with cluster.no_writing():
        assert await refused(user, {"para": "admin", "mensaje": "tarde"}) == "no_guardado"
        await asyncio.sleep(0.6)
    await say(user, "admin", "otra vez")


async def trouble(cluster, pair):
    """Everything that may happen to Redis, then a node dies and comes back before Redis does."""
    first, second = pair
    before = value(cluster, 0, "switchboard_cluster_missed_total")
    while value(cluster, 0, "switchboard_cluster_missed_total") == before:
        ask(cluster.redis, "CLIENT", "KILL", "TYPE", "pubsub")
        for _ in range(5):
            await second.emit("sendMessage", "is anybody there?")
        await asyncio.sleep(0.1)
    # What it has been sent and has not answered is neither sent nor lost.
    cluster.redis.pause()
    await first.emit("sendMessage", "hello?")
    await asyncio.sleep(0.1)
    cluster.redis.kill()
    for _ in range(20):
        await first.emit("sendMessage", "a text that waits for Redis " * 10)
    await asyncio.to_thread(cluster.nodes[1].kill)
    await asyncio.sleep(1.1)
    cluster.nodes[1].start()
    await asyncio.to_thread(
        wait_until, lambda: http_status(f"{cluster.url(1)}/healthz")[0] == 200, "the node answers")
    await asyncio.sleep(1.1)
    cluster.redis.start().wait_ready()
    await asyncio.to_thread(cluster.wait_ready, 1)
    await asyncio.sleep(1.5)


@pytest.mark.deadline(60)
async def test_every_metric_of_dashboard_and_alerts_exists_and_moves(cluster, prometheus):
    chat = Chat(cluster, "websocket")
    pair = await meet(cluster, chat)
    await support(cluster, chat)
    await trouble(cluster, pair)
    for person in chat.people + chat.meeting.participants:
        await person.close()
    await asyncio.sleep(1.1)

    expressions = dashboard_expressions() + list(alert_expressions().values())
    unmoved = {name for name in names(expressions) if not prometheus.moves(name, 120)}
    assert unmoved <= ELSEWHERE, unmoved - ELSEWHERE
    for name in ELSEWHERE:
        assert prometheus.query(name), name
    for expression in expressions:
        prometheus.query(expression)
    assert [name for name in prometheus.series() if name not in documented()] == []
    for group in prometheus.ask("rules")["groups"]:
        assert [rule["name"] for rule in group["rules"] if rule["health"] == "err"] == []


def test_metrics_move_to_a_listener_of_their_own(tmp_path):
    node_port, gateway_port, admin_port, node_metrics, gateway_metrics = (free_port() for _ in range(5))
    node = Process("node", [
        binary("switchboard-node"), "--listen", f"meet=127.0.0.1:{node_port}",
        "--metrics", f"127.0.0.1:{node_metrics}"], tmp_path)
    gateway = Process("gateway", [
        binary("switchboard-gateway"), "--listen", f"meet=127.0.0.1:{gateway_port}",
        "--admin", f"127.0.0.1:{admin_port}", "--node", f"meet=127.0.0.1:{node_port}"], tmp_path,
        {"SWITCHBOARD_METRICS": f"127.0.0.1:{gateway_metrics}"})
    try:
        node.start().wait_ready(f"http://127.0.0.1:{node_port}/readyz")
        gateway.start().wait_ready(f"http://127.0.0.1:{admin_port}/readyz")
        for port, name in ((node_metrics, b"switchboard_sessions"), (gateway_metrics, b"switchboard_gateway_nodes")):
            status, body = http_status(f"http://127.0.0.1:{port}/metrics")
            assert status == 200 and name in body and b"process_resident_memory_bytes" in body
            assert http_status(f"http://127.0.0.1:{port}/readyz")[0] == 404
            done = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, timeout=20)
            assert done.returncode == 0, done.stderr
        for port in (node_port, admin_port):
            assert http_status(f"http://127.0.0.1:{port}/metrics")[0] == 404
    finally:
        gateway.stop()
        node.stop()
