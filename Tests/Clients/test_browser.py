"""The stock JavaScript client in headless Chromium: the page of the node, and what only that client can show."""

import signal
import threading

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

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


class Page:
    """One window with the page of *meet*."""

    def __init__(self, driver, address):
        self.driver = driver
        driver.switch_to.new_window("tab")
        self.window = driver.current_window_handle
        driver.get(address)

    def show(self):
        self.driver.switch_to.window(self.window)

    def text(self, element):
        self.show()
        return self.driver.find_element(By.ID, element).text

    def until(self, condition, what):
        self.show()
        WebDriverWait(self.driver, 10, poll_frequency=0.05).until(lambda _: condition(), what)

    def wait_state(self, state):
        self.until(
            lambda: self.driver.find_element(By.TAG_NAME, "body").get_attribute("data-state") == state,
            f"state {state}")

    def click(self, element):
        self.show()
        self.driver.find_element(By.ID, element).click()

    def say(self, text):
        self.show()
        self.driver.find_element(By.ID, "text").send_keys(text)
        self.click("send")

    def messages(self):
        self.show()
        return [line.text for line in self.driver.find_elements(By.CSS_SELECTOR, "#messages > *")]

    def close(self):
        self.show()
        self.driver.close()


def test_two_pages_are_paired_chat_and_one_sees_the_other_leave(browser, address, request):
    first = Page(browser, address)
    home = browser.window_handles[0]
    pages = [first]
    first.wait_state("idle")
    for _ in range(10):
        second = Page(browser, address)
        pages.append(second)
        second.wait_state("idle")
        if "one" in request.node.name or second.text("node") != first.text("node"):
            break
        second.close()
        pages.remove(second)
    else:
        raise AssertionError("both pages are always on the same node")
    for page in pages:
        page.until(lambda page=page: page.text("online") == "2", "online count 2")

    first.click("find")
    first.wait_state("waiting")
    second.click("find")
    for page in pages:
        page.wait_state("chatting")
    for speaker, words in ((first, "hello"), (second, "<b>hi</b>"), (first, "how are you?")):
        speaker.say(words)
    for page in pages:
        page.until(lambda page=page: len(page.messages()) == 3, "three messages")
    assert sorted(first.messages()) == sorted(second.messages()) == ["<b>hi</b>", "hello", "how are you?"]

    first.click("next")
    for page in pages:
        page.wait_state("chatting")
        page.until(lambda page=page: page.messages() == [], "an empty list")

    second.close()
    first.until(
        lambda: browser.find_element(By.TAG_NAME, "body").get_attribute("data-state") in ("left", "waiting"), "left")
    first.until(lambda: first.text("online") == "1", "online count 1")
    first.close()
    browser.switch_to.window(home)


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
