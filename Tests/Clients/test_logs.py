"""The log as programs read it, and what must not be in it, in either form."""

import json

import pytest

from support.chat import Chat, ChatCluster, refused, say
from support.chat_web import PASSWORD, ChatWeb
from support.participant import Refused
from support.processes import Process, binary, free_port
from support.tokens import token

TEXT = "a text that is nobody else's business"
ADDRESS = "somebody@example.org"


def lines(process):
    """What the process logged, line by line; the other lines are those by which it says where it listens."""
    return [line for line in process.output(limit=1 << 20).splitlines() if " listens on " not in line]


async def everything(cluster):
    """People talk in both applications, log in, fail to; returns what must not be logged."""
    chat = Chat(cluster, "websocket")
    valid = token(userId="user-4711", email=ADDRESS)
    first = await chat.meeting.person(auth={"token": valid})
    second = await chat.meeting.person()
    await chat.meeting.join(first, second, ADDRESS, True)
    assert (await first.call("sendMessage", TEXT))["ok"]
    await first.emit("sendMessage", {TEXT: ADDRESS})
    await first.emit(TEXT, TEXT)
    bad = token(secret="x" * 64, email=ADDRESS)
    with pytest.raises(Refused):
        await chat.meeting.person(auth={"token": bad})

    web = ChatWeb(cluster)
    cookie = await web.account(chat.name("ana"))
    await web.log_in(chat.name("ana"), "a wrong password")
    await web.get("/api/mensajes/mios", cookie)
    await web.aclose()
    user = await chat.connect(cookie)
    await say(user, "admin", TEXT)
    assert await refused(user, {"para": TEXT, "mensaje": TEXT}) == "destino_desconocido"
    with cluster.no_writing():
        assert await refused(user, {"para": "admin", "mensaje": TEXT}) == "no_guardado"
    sessions = [person.engine_id for person in (first, second, user)]
    await chat.aclose()
    return [
        TEXT, ADDRESS, "user-4711", valid, bad, cookie, cookie.split("=")[1], PASSWORD, "a wrong password", "127.0.0.1:5",
        *sessions]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.deadline(40)
async def test_the_log_at_level_info_has_nothing_that_is_private(form):
    cluster = ChatCluster(1, options=["--log-format", form, "--meet-invalid-token", "reject"]).start()
    try:
        private = await everything(cluster)
        log = lines(cluster.nodes[0])
    finally:
        cluster.stop()
    assert any("message not stored" in line for line in log)
    for word in private:
        assert not [line for line in log if word in line], word
    if form == "json":
        for line in map(json.loads, log):
            assert {"time", "level", "logger", "message"} <= set(line) <= {"time", "level", "logger", "message", "metadata"}
            assert line["level"] in ("info", "notice", "warning", "error")
            assert line["metadata"]["node"] == "a" and len(line["metadata"]["tag"]) == 6


@pytest.mark.deadline(40)
async def test_at_level_debug_sockets_are_named_and_texts_are_not():
    cluster = ChatCluster(1, options=["--log-format", "json", "--log-level", "debug"]).start()
    try:
        chat = Chat(cluster, "websocket")
        first, second = await chat.meeting.people(2)
        ids = (first.id, second.id)
        await chat.meeting.join(first, second)
        assert (await first.call("sendMessage", TEXT))["ok"]
        await chat.aclose()
        log = lines(cluster.nodes[0])
    finally:
        cluster.stop()
    made = [line for line in map(json.loads, log) if line["message"] == "pair made"]
    assert [sorted((line["metadata"]["sid"], line["metadata"]["partner"])) for line in made] == [sorted(ids)]
    assert not [line for line in log if TEXT in line]


def test_the_gateway_logs_in_the_same_form(tmp_path):
    port, admin = free_port(), free_port()
    gateway = Process("gateway", [
        binary("switchboard-gateway"), "--listen", f"meet=127.0.0.1:{port}", "--admin", f"127.0.0.1:{admin}",
        "--node", f"meet=127.0.0.1:{free_port()}"], tmp_path, {"SWITCHBOARD_LOG_FORMAT": "json"})
    gateway.start().wait_ready(f"http://127.0.0.1:{admin}/healthz")
    gateway.stop()
    log = [json.loads(line) for line in lines(gateway)]
    assert log and all(line["logger"] == "switchboard-gateway" for line in log)
