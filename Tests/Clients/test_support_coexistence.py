"""Acceptance items 12 and 168-175: both applications in one process, and what each must not see of the other."""

import asyncio
import os
import shutil
import subprocess
import time

import pytest

from support.chat import ADMIN_PASSWORD, CHAT_SECRET, chat_token, hears, say
from support.participant import Refused
from support.processes import Process, binary, free_port, wait_until
from support.tokens import token

CONFIGURATION, USAGE = 78, 64


async def test_item_012_a_namespace_of_nobody_is_refused(chat):
    for options in ({}, {"url": chat.cluster.url(0)}):
        for namespace in ("/otro", "/support", "/soporte/x"):
            with pytest.raises(Refused) as error:
                await chat.connect(f"token={chat_token('admin', 'admin')}", namespaces=[namespace], **options)
            assert error.value.message == "Invalid namespace"


async def test_item_168_both_run_in_one_process(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    first, second = await chat.meeting.pair()
    assert await first.call("sendMessage", "hello") == {"ok": True}
    await say(ana, "admin", "hola")
    await hears(desk, "hola")
    assert (await second.expect("message"))["text"] == "hello"


async def test_item_168_each_may_be_named_on_the_listener_of_the_other(chat):
    desk = await chat.admin(url=chat.cluster.url(0), namespaces=["/soporte"])
    ana = await chat.person("ana")
    stranger = await chat.connect(namespaces=["/meet"])
    other = await chat.meeting.person()
    await chat.meeting.join(stranger, other)
    await say(ana, "admin", "hola")
    await hears(desk, "hola")


async def test_item_168_and_the_gateway_has_a_listener_for_each(chat):
    if chat.cluster.gateway is None:
        pytest.skip("one node needs no gateway")
    desk = await chat.admin(url=chat.cluster.chat_gateway_url)
    ana = await chat.person("ana", url=chat.cluster.chat_gateway_url, headers={
        "Origin": chat.cluster.chat_gateway_url})
    people = [await chat.meeting.person(url=chat.cluster.gateway_url) for _ in range(2)]
    await chat.meeting.join(*people)
    await say(ana, "admin", "hola")
    await hears(desk, "hola")


HAPROXY = """
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 60s
frontend all
  bind 127.0.0.1:{port}
  use_backend support if {{ hdr(host) -m beg soporte. }}
  default_backend meet
backend meet
  server node {meet}
backend support
  server node {support}
"""


@pytest.fixture
def one_port(chat, tmp_path):
    """The address of a proxy that tells the applications apart by the host that is asked for."""
    port = free_port()
    meet, support = (url.removeprefix("http://") for url in (chat.cluster.url(0), chat.cluster.chat_url(0)))
    (tmp_path / "haproxy.cfg").write_text(HAPROXY.format(port=port, meet=meet, support=support))
    proxy = Process("haproxy", [shutil.which("haproxy") or "/usr/sbin/haproxy", "-f", tmp_path / "haproxy.cfg"], tmp_path)
    proxy.start().wait_ready(f"http://127.0.0.1:{port}/healthz")
    yield f"http://127.0.0.1:{port}"
    proxy.stop()


@pytest.mark.sizes("one")
@pytest.mark.transports("websocket")  # the client names another host in the first request only
async def test_item_168_both_share_a_port_behind_a_proxy(chat, one_port):
    host = {"Host": "soporte.example.org"}
    desk = await chat.admin(url=one_port, headers=host)
    ana = await chat.person("ana", url=one_port, headers={**host, "Origin": "https://soporte.example.org"})
    people = [await chat.meeting.person(url=one_port) for _ in range(2)]
    await chat.meeting.join(*people)
    await say(ana, "admin", "hola")
    await hears(desk, "hola")


async def test_item_035_and_169_events_and_counts_stay_within_an_application(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    first, second = await chat.meeting.people(2)
    await first.expect_online(2)
    answer = await first.call("mensaje_privado", {"para": "admin", "mensaje": "x"})
    assert answer["code"] == "invalid_payload"
    answer = await ana.call("findChat")
    assert answer["codigo"] == "datos_invalidos"
    await chat.meeting.join(first, second)
    await say(ana, "admin", "hola")
    await hears(desk, "hola")
    assert not desk.online and not ana.online
    desk.nothing_pending()
    for person in (first, second):
        person.nothing_pending()


@pytest.mark.transports("websocket")
async def test_item_171_each_has_its_own_texts(chat):
    with pytest.raises(Refused) as error:
        await chat.connect()
    assert error.value.message == "No autenticado"
    # meet ignores cookies, and tokens of the chat count as none there.
    person = await chat.meeting.person(
        auth={"token": chat_token("admin", "admin")}, headers={"Cookie": f"token={token(userId='u')}"})
    assert (await person.call("sendMessage", "x"))["code"] == "not_paired"


@pytest.mark.transports("websocket")
@pytest.mark.deadline(60)
async def test_item_172_a_crowd_in_meet_does_not_keep_the_chat_waiting(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    crowd = await chat.meeting.people(60)
    times = []

    async def push(person):
        for _ in range(5):
            await person.call("findChat", timeout=20)

    async def write():
        for number in range(20):
            start = time.monotonic()
            await say(ana, "admin", f"m{number}")
            times.append(time.monotonic() - start)

    await asyncio.gather(write(), *(push(person) for person in crowd))
    for number in range(20):
        await hears(desk, f"m{number}")
    times.sort()
    print(f"acknowledgements of the chat beside the crowd: median {times[10]:.3f} s, slowest {times[-1]:.3f} s")


@pytest.mark.profile("log-compat")
@pytest.mark.transports("websocket")
async def test_item_173_the_lines_of_the_original_server(chat):
    ana = await chat.person("ana", node=0)
    await say(ana, "admin", "texto secreto")
    await ana.close()
    for cookies in (None, "otra=1", "token=x", f"token={chat_token('admin', 'admin', expires=-1)}",
                    f"token={chat_token('admin', 'admin', secret='x' * 40)}"):
        with pytest.raises(Refused):
            await chat.connect(cookies, node=0)
    log = chat.cluster.nodes[0]
    for line in (
        f"🟢 Usuario conectado: {ana.name} (user)", f"💾 Mensaje guardado: {ana.name} ➡️ admin",
        f"🔴 Usuario desconectado: {ana.name}", "❌ No hay cookies en la conexión de socket",
        "❌ No se encontró el token en las cookies", "❌ Token inválido: jwt malformed",
        "❌ Token inválido: jwt expired", "❌ Token inválido: invalid signature",
    ):
        wait_until(lambda: line in log.output(log.mark), lambda: f"{line} in {log.output(log.mark)}", 5)
    assert "texto secreto" not in log.output(log.mark)


@pytest.mark.transports("websocket")
async def test_item_174_by_default_the_log_names_nobody(chat):
    ana = await chat.person("ana")
    await say(ana, "admin", "texto secreto", idCliente="c-174")
    await ana.close()
    with pytest.raises(Refused):
        await chat.connect(f"token={chat_token(ana.name, expires=-1)}")
    for node in chat.cluster.nodes:
        assert ana.name not in node.output() and "texto secreto" not in node.output()


def start_fails(arguments, environment):
    """The one line with which the node refuses to start, and its exit code."""
    ended = subprocess.run(
        [binary("switchboard-node"), *arguments], env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=20)
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    return ended.returncode, lines[0]


SECRETS = {"SWITCHBOARD_SUPPORT_JWT_SECRET": CHAT_SECRET, "SWITCHBOARD_SUPPORT_ADMIN_PASSWORD": ADMIN_PASSWORD}
LISTEN = ["--listen", "support=127.0.0.1:0"]


def test_item_170_equal_secrets_are_refused(tmp_path):
    store = ["--support-store", f"sqlite:{tmp_path}/support.db"]
    for name in ("SWITCHBOARD_MEET_JWT_SECRET", "SWITCHBOARD_MEET_JWT_PREVIOUS_SECRET"):
        code, line = start_fails([*LISTEN, *store], {**SECRETS, name: CHAT_SECRET})
        assert code == CONFIGURATION and "secret" in line


@pytest.mark.parametrize("arguments, environment, code, named", [
    ([], {"SWITCHBOARD_SUPPORT_JWT_SECRET": ""}, CONFIGURATION, "secret is missing"),
    ([], {"SWITCHBOARD_SUPPORT_JWT_SECRET": "short"}, CONFIGURATION, "32 bytes"),
    (["--support-origin", "any"], {}, USAGE, "--support-origin"),
    (["--support-cookie", "a b"], {}, CONFIGURATION, "cookie"),
    (["--support-max-text", "0"], {}, USAGE, "--support-max-text"),
    (["--support-retention", "never"], {}, USAGE, "--support-retention"),
    (["--support-message-rate", "fast"], {}, USAGE, "--support-message-rate"),
    (["--support-guard", "maybe"], {}, USAGE, "--support-guard"),
    (["--support-password-cost", "3"], {}, USAGE, "--support-password-cost"),
    (["--support-store", "oracle://x"], {}, USAGE, "--support-store"),
    (["--support-store", "sqlite:/nonexistent/folder/file.db"], {}, CONFIGURATION, "/nonexistent"),
    (["--listen", "other=127.0.0.1:0"], {}, USAGE, "other"),
])
def test_item_175_a_wrong_setting_is_named(tmp_path, arguments, environment, code, named):
    store = [] if "--support-store" in arguments else ["--support-store", f"sqlite:{tmp_path}/support.db"]
    ended = start_fails([*LISTEN, *store, *arguments], {**SECRETS, **environment})
    assert ended[0] == code and named in ended[1], ended


def test_item_175_a_store_is_needed():
    code, line = start_fails(LISTEN, SECRETS)
    assert code == CONFIGURATION and "--support-store" in line
