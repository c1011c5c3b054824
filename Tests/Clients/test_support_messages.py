"""Acceptance items 138-149: what becomes of a message of the support chat before anybody sees it."""

import asyncio

import pytest

from support.chat import hears, refused, say


async def test_item_138_an_accepted_message_is_a_row(chat):
    ana = await chat.person("ana")
    answer = await say(ana, "admin", "hola")
    assert set(answer) == {"ok", "id", "fecha"}
    assert chat.cluster.messages(ana.name) == [(answer["id"], ana.name, "admin", "hola")]


async def test_item_139_the_row_is_there_before_anybody_sees_the_event(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    seen = []
    desk.client.on(
        "mensaje_recibido", lambda message: seen.append(chat.cluster.messages(ana.name)[-1]), namespace="/")
    for number in range(5):
        answer = await say(ana, "admin", f"m{number}")
        while len(seen) <= number:
            await asyncio.sleep(0.005)
        assert seen[number] == (answer["id"], ana.name, "admin", f"m{number}")


async def test_item_140_what_cannot_be_stored_is_seen_by_nobody(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    with chat.cluster.no_writing():
        assert await refused(ana, {"para": "admin", "mensaje": "perdido", "idCliente": "c-140"}) == "no_guardado"
    await say(ana, "admin", "guardado", idCliente="c-140")
    await hears(desk, "guardado")
    assert [row[3] for row in chat.cluster.messages(ana.name)] == ["guardado"]


async def test_item_141_an_unknown_recipient_is_refused(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    for name in ("nadie", "administradores", "user:admin", "' OR 1=1 --", "%", ana.name + "x"):
        assert await refused(ana, {"para": name, "mensaje": "x"}) == "destino_desconocido"
    assert chat.cluster.messages(ana.name) == []
    await say(ana, "admin", "bien")
    await hears(desk, "bien")


@pytest.mark.profile("desk")
async def test_item_142_admin_is_the_desk_whatever_its_account_is_called(chat):
    eva = await chat.admin("eva")
    ana = await chat.person("ana")
    await say(ana, "admin", "hola")
    assert (await hears(eva, "hola"))["para"] == "mesa"
    assert chat.cluster.messages(ana.name)[0][2] == "mesa"
    await say(eva, "admin", "de una administradora a la cuenta")
    assert chat.cluster.messages(eva.name)[0][2] == "mesa"


BAD = [
    None, 7, True, "texto", [], ["admin", "x"], {}, {"para": "admin"}, {"mensaje": "x"}, {"para": "", "mensaje": "x"},
    {"para": "   ", "mensaje": "x"}, {"para": 7, "mensaje": "x"}, {"para": ["admin"], "mensaje": "x"},
    {"para": {"toString": "admin"}, "mensaje": "x"}, {"para": "x" * 51, "mensaje": "x"},
    {"para": "admin", "mensaje": ""}, {"para": "admin", "mensaje": " \t\n "}, {"para": "admin", "mensaje": "\x00\x01"},
    {"para": "admin", "mensaje": "x" * 5_001}, {"para": "admin", "mensaje": "x" * 900_000},
    {"para": "admin", "mensaje": {"a": "x"}}, {"para": "admin", "mensaje": ["x"]}, {"para": "admin", "mensaje": 7},
    {"para": "admin", "mensaje": b"x"}, {"para": "admin", "mensaje": "x", "idCliente": 7},
    {"para": "admin", "mensaje": "x", "idCliente": "x" * 65}, {"a": [[[[[[{}]]]]]]}, b"bytes",
]


async def test_item_143_bad_data_is_refused_and_nobody_notices(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    for payload in BAD:
        assert await refused(ana, payload) == "datos_invalidos", payload
    answer = await ana.call("mensaje_privado")
    assert answer["codigo"] == "datos_invalidos"
    assert (await ana.call("otro_evento", 1))["codigo"] == "datos_invalidos"
    await ana.emit("mensaje_privado")
    await ana.emit("mensaje_privado", None)
    assert chat.cluster.messages(ana.name) == []
    await say(ana, " admin ", "x" * 5_000)
    await hears(desk, "x" * 5_000)


TEXTS = [
    "'; DROP TABLE mensajes; --", '"', "\\", "\\'", "%s %d %%", "100 %", "${x}", "😀 🇪🇸 👩‍👩‍👧", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "línea\notra\r\n\ttab",
    "  espacios  ", "مرحبا \u202e", "e\u0301 é",
]


async def test_item_145_html_is_plain_text(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    for text in ("<script>alert(1)</script><img src=x onerror=alert(1)>", "&lt;b&gt; & \"x\""):
        await say(ana, "admin", text)
        await hears(desk, text)
        assert chat.cluster.messages(ana.name)[-1][3] == text


async def test_item_144_texts_are_stored_and_returned_as_they_are(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    for text in TEXTS:
        await say(ana, "admin", text)
        await hears(desk, text)
    assert [row[3] for row in chat.cluster.messages(ana.name)] == TEXTS
    await say(ana, "admin", "a\x00b\x1bc\u0085d")
    await hears(desk, "abcd")


async def test_item_146_the_same_client_id_is_one_message(chat):
    desk = await chat.admin()
    tabs = [await chat.person("ana", node=node) for node in (0, 1)]
    message = {"para": "admin", "mensaje": "una vez", "idCliente": "c-1"}
    answers = await asyncio.gather(*(tab.call("mensaje_privado", message) for tab in tabs * 5))
    assert all(answer == answers[0] for answer in answers) and answers[0]["ok"], answers
    assert await tabs[0].call("mensaje_privado", {**message, "mensaje": "otro texto"}) == answers[0]
    await hears(desk, "una vez")
    await say(tabs[0], "admin", "después")
    await hears(desk, "después")
    assert [row[3] for row in chat.cluster.messages(tabs[0].name)] == ["una vez", "después"]
    berta = await chat.person("berta")
    await say(berta, "admin", "de otra cuenta", idCliente="c-1")
    await hears(desk, "de otra cuenta")


@pytest.mark.profile("fast")
@pytest.mark.deadline(90)
async def test_item_147_everybody_sees_the_order_of_the_rows(chat):
    count = 500
    desk, ana = await chat.admin(node=0), await chat.person("ana", node=1)
    watchers = [await chat.admin("eva", node=2), await chat.person("ana", node=0), await chat.admin(node=1)]
    answers = await asyncio.gather(
        *(say(ana, "admin", f"a{number}") for number in range(count)),
        *(say(desk, ana.name, f"d{number}") for number in range(count)))
    rows = chat.cluster.messages(ana.name)
    ids = [row[0] for row in rows]
    assert sorted(answer["id"] for answer in answers) == ids and len(ids) == 2 * count
    for sender in "ad":
        texts = [row[3] for row in rows if row[3][0] == sender]
        assert texts == [f"{sender}{number}" for number in range(count)]
    for watcher in watchers:
        await watcher.until(lambda: len(watcher.history) == 2 * count, "every message", 20)
        assert [event.arguments[0]["id"] for event in watcher.history] == ids


async def test_item_148_who_sends_too_fast_is_refused_over_all_nodes(chat):
    ana, tab = await chat.person("ana", node=0), await chat.person("ana", node=1)
    answers = await asyncio.gather(
        *(person.call("mensaje_privado", {"para": "admin", "mensaje": f"m{number}"}, timeout=20)
          for number in range(150) for person in (ana, tab)))
    accepted = sum(answer["ok"] for answer in answers)
    assert {answer["codigo"] for answer in answers if not answer["ok"]} == {"demasiados_mensajes"}
    assert accepted >= 100
    assert len(chat.cluster.messages(ana.name)) == accepted
    berta = await chat.person("berta")
    await say(berta, "admin", "otra cuenta")
    assert ana.connected and tab.connected


async def test_item_149_what_was_stored_but_not_published_comes_with_the_next_synchronization(chat):
    desk = await chat.admin()
    ana = await chat.person("ana")
    first = await say(desk, ana.name, "uno")
    await hears(ana, "uno")
    # As if a node had ended between committing and publishing.
    chat.cluster.execute(
        "INSERT INTO mensajes (de_usuario, para_usuario, mensaje, fecha) VALUES ('admin', ?, 'dos', ?)", ana.name,
        1_800_000_000_000)
    third = await say(desk, ana.name, "tres")
    await hears(ana, "tres")
    await ana.close()
    back = await chat.person("ana", auth={"ultimoId": first["id"]})
    missed = await back.expect("sincronizacion")
    assert [message["mensaje"] for message in missed["mensajes"]] == ["dos", "tres"] and missed["completa"] is True
    assert missed["mensajes"][1]["id"] == third["id"]
    await say(desk, ana.name, "cuatro")
    await hears(back, "cuatro")
