"""The stock JavaScript client in headless Chromium: what only that client can show."""

import signal
import threading

import pytest

from support.cluster import Cluster
from support.tokens import token


@pytest.fixture(params=["one", "three"])
def address(request, clusters, watched):
    """Where a browser goes: the node itself, or the gateway before three."""
    cluster = clusters.get(request.param)
    watched.extend(cluster.processes)
    for process in watched:
        process.mark_output()
    return cluster.gateway_url if cluster.gateway else cluster.url(0)


def run(browser, address, script, *arguments):
    """Runs a script on the page's origin; the last line of `script` must call done(result) in the end."""
    browser.get(f"{address}/healthz")
    loaded = browser.execute_async_script(
        """const done = arguments[arguments.length - 1];
        const script = document.createElement("script");
        script.src = "/socket.io/socket.io.min.js";
        script.onload = () => done(true);
        script.onerror = () => done(false);
        document.head.append(script);""")
    assert loaded, "the server does not serve the client: SWITCHBOARD_CLIENT_BUNDLE names no file?"
    return browser.execute_async_script(
        "const done = arguments[arguments.length - 1];\n" + script, *arguments)


def test_item_003_the_stock_client_connects_with_default_options(browser, address):
    result = run(browser, address, """
        const socket = io();
        const first = socket.io.engine.transport.name;
        socket.on("connect_error", (error) => done({ error: error.message }));
        const look = setInterval(() => {
          const then = socket.io.engine.transport.name;
          if (!socket.connected || then === first) return;
          clearInterval(look);
          done({ id: socket.id, first, then });
          socket.disconnect();
        }, 10);""")
    assert (result.get("first"), result.get("then")) == ("polling", "websocket"), result
    assert result["id"]


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]])
def test_item_004_what_is_emitted_in_the_tick_of_connect_is_processed_in_order(browser, address, transports):
    answers = run(browser, address, """
        const socket = io({ transports: arguments[0], autoConnect: false });
        const answers = [];
        socket.connect();
        for (let number = 0; number < 10; number++) {
          const event = number % 2 ? "leaveChat" : "findChat";
          socket.emit(event, (answer) => {
            answers.push([number, answer.ok]);
            if (answers.length === 10) { socket.disconnect(); done(answers); }
          });
        }""", transports)
    assert answers == [[number, True] for number in range(10)]


LEAVING = {
    "io client disconnect": "socket.disconnect();",
    # An undecodable Socket.IO packet: the server closes the connection.
    "transport close": """socket.io.engine.write('2["disconnect"]');""",
}


@pytest.mark.parametrize("transport", ["polling", "websocket"])
@pytest.mark.parametrize("reason", LEAVING)
def test_item_011_the_client_sees_the_documented_reason(browser, address, reason, transport):
    assert run(browser, address, """
        const socket = io({ transports: [arguments[0]], reconnection: false });
        socket.on("disconnect", (reason) => done(reason));
        socket.on("connect", () => {""" + LEAVING[reason] + "});", transport) == reason


@pytest.mark.parametrize("size", ["one", "three"])
def test_item_011_a_disconnect_by_the_server_is_named(browser, clusters, size):
    cluster = clusters.get(size, "required")
    result = run(browser, cluster.gateway_url if cluster.gateway else cluster.url(0), """
        const socket = io({ auth: { token: arguments[0] } });
        socket.on("connect_error", (error) => done(error.message));
        socket.on("disconnect", (reason) => done([reason, socket.active]));""", token(userId="u1", expires=3))
    assert result == ["io server disconnect", False]


@pytest.mark.parametrize("transport", ["polling", "websocket"])
@pytest.mark.parametrize("stop, reason", [(signal.SIGTERM, "transport close"), (signal.SIGSTOP, "ping timeout")])
def test_item_011_the_end_of_a_node_is_seen_as_documented(browser, watched, stop, reason, transport):
    """A node that shuts down, and one that freezes: the client knows why and would reconnect by itself."""
    # A client that has just been pinged has no poll open that could be answered with the end.
    pings = ["--ping-interval", "300", "--ping-timeout", "700"] if stop == signal.SIGSTOP else []
    cluster = Cluster(1, options=pings).start()
    watched.extend(cluster.processes)
    process = cluster.nodes[0].child
    try:
        timer = threading.Timer(1, process.send_signal, [stop])
        timer.start()
        assert run(browser, cluster.url(0), """
            const socket = io({ transports: [arguments[0]] });
            socket.on("disconnect", (reason) => { done([reason, socket.active]); socket.disconnect(); });
            """, transport) == [reason, True]
        timer.join()
    finally:
        process.send_signal(signal.SIGCONT)
        cluster.stop()


@pytest.mark.parametrize("size", ["one", "three"])
def test_item_012_the_stock_client_is_told_that_a_namespace_is_invalid(browser, clusters, size):
    cluster = clusters.get(size)
    assert run(browser, cluster.url(0), """
        const socket = io("/nowhere");
        socket.on("connect_error", (error) => { socket.disconnect(); done([error.message, socket.active]); });
        """) == ["Invalid namespace", False]
