"""The page of *meet* in headless Chromium: two people, on one node and through the gateway on two of three."""

import base64
import hmac
import json
import os
import time

import pytest

from support.accessibility import assert_accessible
from support.browser import MEDIA, chromium, inject, untranslated
from support.cluster import Cluster
from support.meet_page import MeetPage, elsewhere
from support.processes import http_status

HOSTILE = "<img src=x onerror=\"faults.push('script')\"><b>bold</b> &amp; \u202e rtl"

# How often two people with cameras meet; 20 for the acceptance of item 94.
CALLS = int(os.environ.get("SWITCHBOARD_CALLS", "2"))


# Most tests go through the gateway to three nodes; what matters most, to one node as well.
EVERYWHERE = pytest.mark.parametrize("cluster", [["one"], ["three"]], indirect=True, ids=" ".join)


@pytest.fixture
def cluster(request, clusters, watched):
    cluster = clusters.get(*getattr(request, "param", ["three"]))
    watched.extend(cluster.processes)
    for process in watched:
        process.mark_output()
    return cluster


@pytest.fixture
def address(cluster):
    """Where a browser goes: the node itself, or the gateway before three."""
    return cluster.gateway_url if cluster.gateway else cluster.url(0)


@pytest.fixture
def pair(browser, cluster, address):
    """Two pages, idle, where possible on different nodes; afterwards nothing was against the policy."""
    home = browser.window_handles[0]
    browser.switch_to.window(home)  # also after a test that failed with another
    first = MeetPage(browser, address)
    first.until_state("idle")
    if cluster.gateway:
        second = elsewhere(first, lambda: MeetPage(browser, address))
    else:
        second = MeetPage(browser, address)
        second.until_state("idle")
    yield first, second
    for handle in browser.window_handles:
        if handle != home:
            browser.switch_to.window(handle)
            assert browser.execute_script("return window.faults") == []
            browser.close()
    browser.switch_to.window(home)


def meet(first, second):
    first.click("find")
    first.until_state("waiting")
    second.click("find")
    for page in (first, second):
        page.until_state("chatting")


@EVERYWHERE
def test_two_pages_are_paired_chat_and_one_sees_the_other_leave(pair):
    first, second = pair
    for page in pair:
        page.until_text("online", "2")
    meet(first, second)
    for speaker, words in ((first, "hello"), (second, HOSTILE), (first, "how are you?")):
        speaker.say(words)
    for page in pair:
        page.until(lambda page=page: len(page.messages()) == 3, "three messages")
    assert first.messages() == second.messages()
    assert HOSTILE in first.messages(), "text is shown as text"
    assert first.lines("#messages b, #messages img") == []

    first.click("next")
    for page in pair:
        page.until_state("chatting")
        page.until(lambda page=page: page.messages() == [], "an empty list")

    second.click("leave")
    first.until_state("left", "waiting")
    second.until_state("idle")
    first.until_state("waiting")


def test_a_page_that_was_queued_by_the_server_does_not_break_its_next_chat(pair):
    """M-07: the timer that looks for somebody after `partnerLeft` ends with `waiting` and `chatStart`."""
    first, second = pair
    meet(first, second)
    first.click("next")
    for page in pair:
        page.until_state("chatting")
    first.say("still there?")
    second.until(lambda: second.messages() == ["still there?"], "the message")
    # Longer than the timer: a second findChat would have ended the chat.
    first.run("window.over = false; setTimeout(() => { window.over = true; }, 2300)")
    first.until(lambda: first.run("return window.over"), "2.3 s")
    assert (first.state, second.state) == ("chatting", "chatting")
    assert first.messages() == ["still there?"]


def test_a_refused_message_is_given_back(pair):
    first, second = pair
    meet(first, second)
    # The field itself allows no more than 5,000 characters.
    first.run("document.getElementById('text').removeAttribute('maxlength')")
    first.run("document.getElementById('text').value = 'x'.repeat(5001)")
    first.click("send")
    first.until_text("notice", "too long")
    assert len(first.find("text").get_property("value")) == 5001
    first.find("text").clear()
    first.say("short")
    second.until(lambda: second.messages() == ["short"], "the message")
    assert first.text("notice") == ""


def test_the_language_follows_the_choice_and_is_remembered(pair):
    first, _ = pair
    assert untranslated(first, "/resources/meet-words.js") == []
    assert first.text("find") == "Find a stranger"
    first.choose("language", "es")
    assert first.text("find") == "Buscar a alguien"
    assert first.text("status").startswith("Conectado.")
    assert first.run("return document.documentElement.lang") == "es"
    first.driver.refresh()
    first.until_state("idle")
    assert first.text("find") == "Buscar a alguien"
    first.choose("language", "en")


def test_the_page_is_accessible_in_every_state(pair):
    first, second = pair
    assert_accessible(first)
    for page in pair:
        page.click("wish")
    meet(first, second)
    first.say("hello")
    second.until(lambda: second.messages() == ["hello"], "the message")
    for page in pair:
        assert_accessible(page)


def test_the_language_is_that_of_the_browser(address):
    driver = chromium("--lang=es-MX", "--accept-lang=es-MX,es")
    try:
        page = MeetPage(driver, address, new=False)
        page.until_state("idle")
        assert page.text("find") == "Buscar a alguien"
    finally:
        driver.quit()


def test_a_page_says_that_it_is_offline_and_comes_back(pair):
    first, _ = pair
    first.cut()
    first.cut(False)
    first.until_state("idle")


@pytest.mark.parametrize("cluster", [["one", "grace"]], indirect=True, ids=" ".join)
def test_a_chat_outlives_a_short_interruption(pair):
    first, second = pair
    meet(first, second)
    first.say("before")
    second.until(lambda: second.messages() == ["before"], "the message")
    second.cut()
    first.until_text("status", "interrupted")
    first.say("are you there?")
    second.cut(False)
    second.until_state("chatting", seconds=20)
    first.until_text("status", "You are talking")
    second.until(lambda: second.messages() == ["before", "are you there?"], "what was said meanwhile")
    second.say("again")
    first.until(lambda: first.messages() == ["before", "are you there?", "again"], "the answer")


def test_a_chat_that_did_not_survive_an_interruption_is_said_to_be_over(browser):
    home = browser.window_handles[0]
    browser.switch_to.window(home)
    cluster = Cluster(1).start()
    try:
        pages = [MeetPage(browser, cluster.url(0)) for _ in range(2)]
        for page in pages:
            page.until_state("idle")
        meet(*pages)
        cluster.nodes[0].kill()
        for page in pages:
            page.until_state("offline")
        cluster.nodes[0].start()
        cluster.wait_ready(0)
        for page in pages:
            page.until_state("idle", seconds=20)
            page.until_text("notice", "the chat is over")
        for page in pages:
            page.close()
    finally:
        browser.switch_to.window(home)
        cluster.stop()


# --- Video


def test_ice_servers_are_as_configured_with_credentials_for_turn(monkeypatch):
    monkeypatch.setenv("SWITCHBOARD_MEET_TURN_SECRET", "only the TURN servers know")
    servers = ["stun:127.0.0.1:3478", "turn:127.0.0.1:3478?transport=tcp"]
    cluster = Cluster(1, options=[part for url in servers for part in ("--meet-ice-servers", url)]).start()
    try:
        status, body = http_status(f"{cluster.url(0)}/api/ice-servers")
        open_server, guarded = json.loads(body)["iceServers"]
        assert (status, open_server) == (200, {"urls": servers[:1]})
        assert guarded["urls"] == servers[1:]
        code = hmac.digest(b"only the TURN servers know", guarded["username"].encode(), "sha1")
        assert guarded["credential"] == base64.b64encode(code).decode()
        assert 0 < int(guarded["username"].split(":")[0]) - time.time() <= json.loads(body)["ttl"]
        again = json.loads(http_status(f"{cluster.url(0)}/api/ice-servers")[1])["iceServers"][1]
        assert again["username"] != guarded["username"]
    finally:
        cluster.stop()


# The camera takes a while to be ready, or is refused, as the page's address says; the connection can be looked at, and
# taken for broken.
CAMERA = """
const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (ask) navigator.mediaDevices.getUserMedia = async (wish) => {
  const wishes = new URLSearchParams(location.search);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * Number(wishes.get("slowest") ?? 0)));
  if (wishes.has("refused")) throw new DOMException("refused", "NotAllowedError");
  return ask(wish);
};
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration) {
    super(configuration);
    window.connection = this;
  }
  get connectionState() {
    return this.pretended ?? super.connectionState;
  }
  pretend(state) {
    this.pretended = state;
    this.dispatchEvent(new Event("connectionstatechange"));
    this.pretended = undefined;
  }
};
"""


@pytest.fixture(scope="module")
def cameras():
    """Two browsers with cameras of their own."""
    drivers = [chromium(*MEDIA) for _ in range(2)]
    for driver in drivers:
        inject(driver, CAMERA)
    yield drivers
    for driver in drivers:
        driver.quit()


def until_call(*pages):
    for page in pages:
        page.until(lambda page=page: page.find("call").get_attribute("data-state") == "connected", "a call", 25)


@pytest.fixture
def callers(cameras, clusters):
    """Two people with cameras on one node, idle; the second may have wishes in the address of its page."""

    def open_pages(wishes=""):
        address = clusters.get("one").url(0)
        pages = [MeetPage(driver, f"{address}/{query}", new=False) for driver, query in zip(cameras, ["", wishes])]
        for page in pages:
            page.until_state("idle")
        return pages

    yield open_pages
    for driver in cameras:
        assert driver.execute_script("return window.faults") == []
        driver.get("about:blank")


def test_who_wanted_text_sees_the_video_and_may_send_its_own(callers):
    first, second = callers()
    first.click("wish")
    meet(first, second)
    until_call(first, second)
    second.until_frames()
    assert not second.find("own").is_displayed()
    assert first.frames() == 0
    second.click("camera")
    first.until_frames()
    assert second.find("own").is_displayed()
    assert second.find("camera").get_attribute("aria-pressed") == "true"
    second.click("microphone")
    assert second.find("microphone").get_attribute("aria-pressed") == "false"


def test_a_refused_camera_is_said_and_one_sees_the_other_all_the_same(callers):
    first, second = callers("?refused")
    for page in (first, second):
        page.click("wish")
    meet(first, second)
    until_call(first, second)
    second.until_frames()
    second.until_text("notice", "not available")


@pytest.mark.parametrize("who", ["smaller", "larger"])
def test_a_failed_call_is_restarted_by_either_side(callers, who):
    pages = callers()
    for page in pages:
        page.click("wish")
    meet(*pages)
    until_call(*pages)
    ufrag = "return connection.remoteDescription.sdp.match(/ice-ufrag:(.*)/)[1]"
    before = [page.run(ufrag) for page in pages]
    # The one with the smaller id is asked for offers: it is the one that sent the first.
    smaller = next(page for page in pages if page.run("return connection.localDescription.type") == "offer")
    larger = next(page for page in pages if page is not smaller)
    {"smaller": smaller, "larger": larger}[who].run("connection.pretend('failed')")
    for page, old in zip(pages, before):
        page.until(lambda page=page, old=old: page.run(ufrag) != old, "a new connection")
    until_call(*pages)
    for page in pages:
        page.until_frames()


STOCK = """
const done = arguments[0];
const script = document.createElement("script");
script.src = "/socket.io/socket.io.min.js";
script.onload = () => {
  const socket = io();
  window.state = "idle";
  const video = document.createElement("video");
  Object.assign(video, { id: "remote", autoplay: true, muted: true });
  document.body.append(video);

  // What the original's video component does, once for each chat, after it has the camera.
  async function call() {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    const connection = new RTCPeerConnection();
    let lastOffer, lastAnswer, retries = 0;
    const early = [];
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    connection.ontrack = ({ streams }) => { video.srcObject = streams[0]; };
    connection.onicecandidate = ({ candidate }) => { if (candidate) socket.emit("ice-candidate", { candidate }); };
    connection.onconnectionstatechange = () => {
      window.state = connection.connectionState;
      if (connection.connectionState === "failed" && retries++ < 3) socket.emit("ready-to-connect");
    };
    const take = async (description) => {
      await connection.setRemoteDescription(description);
      for (const candidate of early.splice(0)) await connection.addIceCandidate(candidate);
    };
    socket.on("create-offer", async () => {
      if (connection.signalingState !== "stable") return;
      await connection.setLocalDescription(await connection.createOffer());
      socket.emit("webrtc-offer", { offer: connection.localDescription });
    });
    socket.on("webrtc-offer", async ({ offer }) => {
      if (offer.sdp === lastOffer) return;
      lastOffer = offer.sdp;
      if (connection.signalingState === "have-local-offer") await connection.setLocalDescription({ type: "rollback" });
      await take(offer);
      await connection.setLocalDescription(await connection.createAnswer());
      socket.emit("webrtc-answer", { answer: connection.localDescription });
    });
    socket.on("webrtc-answer", async ({ answer }) => {
      if (answer.sdp === lastAnswer || connection.signalingState !== "have-local-offer") return;
      lastAnswer = answer.sdp;
      await take(answer);
    });
    socket.on("ice-candidate", ({ candidate }) => {
      if (connection.remoteDescription) connection.addIceCandidate(candidate);
      else early.push(candidate);
    });
    setTimeout(() => socket.emit("ready-to-connect"), 1000);
  }

  socket.on("chatStart", () => {
    socket.emit("ready-to-connect"); // At once: no camera, no listener is there yet.
    call();
  });
  socket.on("waiting", () => { window.state = "waiting"; });
  socket.on("connect", () => done(socket.id.slice(0, 6)));
  window.socket = socket;
};
document.head.append(script);
"""


@EVERYWHERE
def test_item_094_stock_front_ends_see_each_other_however_late_their_cameras_are(cluster, address, cameras):
    pages = [MeetPage(driver, f"{address}/healthz?slowest=5000", new=False) for driver in cameras]
    for _ in range(CALLS):
        for page in pages:
            page.driver.get(f"{address}/healthz?slowest=5000")
        first, second = pages
        node = first.driver.execute_async_script(STOCK)
        for _ in range(20):
            second.driver.get(f"{address}/healthz?slowest=5000")
            if second.driver.execute_async_script(STOCK) != node or not cluster.gateway:
                break
        first.run("socket.emit('findChat', null, true)")
        first.until(lambda: first.run("return window.state") == "waiting", "waiting")
        second.run("socket.emit('findChat', null, true)")
        for page in pages:
            page.until(lambda page=page: page.run("return window.state") == "connected", "a call", 25)
            page.until_frames()
    for page in pages:
        page.run("socket.disconnect()")
        assert page.faults() == []


@EVERYWHERE
def test_item_094_two_browsers_see_each_other_however_late_their_cameras_are(cluster, address, cameras):
    one, other = cameras
    first = MeetPage(one, f"{address}/?slowest=5000", new=False)
    first.until_state("idle")
    second = MeetPage(other, f"{address}/?slowest=5000", new=False)
    second.until_state("idle")
    for _ in range(20):
        if not cluster.gateway or second.text("node") != first.text("node"):
            break
        other.refresh()
        second.until_state("idle")
    for page in (first, second):
        page.click("wish")
    for _ in range(CALLS):
        meet(first, second)
        until_call(first, second)
        for page in (first, second):
            page.until_frames()
        # The camera is given back, so that the next call waits for it again.
        for page in (first, second):
            page.click("leave")
            page.until_state("idle")
            assert not page.find("call").is_displayed()
    for page in (first, second):
        assert page.faults() == []
