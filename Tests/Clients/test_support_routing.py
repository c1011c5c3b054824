"""Acceptance items 124-137: who gets a message of the support chat, as which event.

That somebody gets nothing is seen from what they get next: a later message to everybody concerned.
"""

import re

import pytest

from support.chat import chat_token, hears, refused, say

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_item_124_to_admin_every_administrator_gets_it_once(chat):
    desk = await chat.admin(node=0)
    eva, again = await chat.admin("eva", node=1), await chat.admin("eva", node=2)
    ana = await chat.person("ana", node=1)
    for text in ("hola", "¿hay alguien?"):
        await say(ana, "admin", text)
        for admin in (desk, eva, again):
            message = await hears(admin, text)
            assert message["de"] == ana.name and message["para"] == "admin"


async def test_item_125_to_an_administrator_by_name_all_get_it_once(chat):
    desk, eva = await chat.admin(node=0), await chat.admin("eva", node=1)
    ana = await chat.person("ana", node=2)
    for text in ("para Eva", "otra"):
        await say(ana, eva.name, text)
        for admin in (desk, eva):
            assert (await hears(admin, text))["para"] == eva.name


async def test_item_126_an_answer_reaches_all_sockets_of_the_user_and_no_administrator_as_received(chat):
    desk, eva = await chat.admin(node=0), await chat.admin("eva", node=1)
    tabs = [await chat.person("ana", node=node) for node in range(3)]
    for text in ("buenas", "dígame"):
        await say(eva, tabs[0].name, text)
        for tab in tabs:
            assert (await hears(tab, text))["de"] == eva.name
    await say(tabs[0], "admin", "gracias")
    await hears(eva, "gracias")
    await desk.until(lambda: len(desk.history) == 3, "two answers of eva and one message of ana")
    received = [event.arguments[0]["mensaje"] for event in desk.history if event.name == "mensaje_recibido"]
    assert received == ["gracias"]


async def test_item_130_the_other_administrators_hear_of_an_answer(chat):
    desk, eva, again = await chat.admin(node=0), await chat.admin("eva", node=1), await chat.admin("eva", node=2)
    ana = await chat.person("ana", node=1)
    for text in ("buenas", "dígame"):
        answer = await say(eva, ana.name, text)
        seen = await hears(desk, text, "mensaje_admin")
        assert seen == {"de": eva.name, "para": ana.name, "mensaje": text, "id": answer["id"],
                        "fecha": answer["fecha"]}
        await hears(again, text, "mensaje_enviado")
    eva.nothing_pending()


async def test_item_127_between_administrators_it_stays_with_the_two(chat):
    desk, eva, luis = [await chat.admin(name) for name in ("admin", "eva", "luis")]
    await say(eva, luis.name, "entre nosotros")
    await hears(luis, "entre nosotros")
    ana = await chat.person("ana")
    await say(ana, "admin", "a todos")
    for admin in (desk, eva, luis):
        await hears(admin, "a todos")


async def test_item_128_users_may_write_to_each_other_and_administrators_read_it(chat):
    desk = await chat.admin()
    ana, berta = await chat.person("ana"), await chat.person("berta")
    for text in ("uno", "dos"):
        await say(ana, berta.name, text)
        await hears(berta, text)
        await hears(desk, text)


@pytest.mark.profile("no-users")
async def test_item_128_unless_that_is_turned_off(chat):
    desk = await chat.admin()
    ana, berta = await chat.person("ana"), await chat.person("berta")
    assert await refused(ana, {"para": berta.name, "mensaje": "x"}) == "destino_no_permitido"
    await say(ana, "admin", "al mostrador")
    await hears(desk, "al mostrador")
    await say(desk, berta.name, "del mostrador")
    await hears(berta, "del mostrador")


async def test_item_129_the_sender_gets_an_acknowledgement_and_its_other_tabs_mensaje_enviado(chat):
    desk = await chat.admin()
    first, second = await chat.person("ana"), await chat.person("ana")
    answer = await say(first, "admin", "hola", idCliente="c1")
    sent = await hears(second, "hola", "mensaje_enviado")
    assert sent == {"para": "admin", "mensaje": "hola", "id": answer["id"], "fecha": answer["fecha"],
                    "idCliente": "c1"}
    await say(desk, first.name, "sí")
    for tab in (first, second):
        await hears(tab, "sí")


async def test_item_131_to_oneself_the_other_tabs_get_it_once(chat):
    first, second = await chat.person("ana"), await chat.person("ana")
    desk = await chat.admin()
    await say(first, first.name, "nota")
    assert (await hears(second, "nota"))["de"] == first.name
    await hears(desk, "nota")
    await say(desk, first.name, "visto")
    for tab in (first, second):
        await hears(tab, "visto")


async def test_item_132_the_sender_cannot_be_spoofed(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    await say(ana, "admin", "soy yo", de="admin", de_usuario="admin", user="admin")
    message = await hears(desk, "soy yo")
    assert message["de"] == ana.name
    assert chat.cluster.messages(ana.name)[-1][1] == ana.name


async def test_item_133_the_event_has_five_fields(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    answer = await say(ana, "admin", "hola")
    message = await hears(desk, "hola")
    assert message == {"de": ana.name, "mensaje": "hola", "para": "admin", "id": answer["id"],
                       "fecha": answer["fecha"]}
    assert isinstance(answer["id"], int) and DATE.fullmatch(answer["fecha"])


class StockUserPage:
    """What the original page of users shows: its own messages at once, and every mensaje_recibido."""

    def __init__(self, person):
        self.person = person
        self.shown = []

    async def write(self, text):
        self.shown.append(("Tú", text))
        await self.person.emit("mensaje_privado", {"para": "admin", "mensaje": text})

    def all(self):
        received = [event.arguments[0] for event in self.person.history if event.name == "mensaje_recibido"]
        return self.shown + [(message["de"], message["mensaje"]) for message in received]


class StockAdminPage:
    """What the original page of administrators keeps: conversations by sender, its own messages added at once."""

    def __init__(self, person):
        self.person = person
        self.written = []

    async def write(self, name, text):
        self.written.append((name, "Tú", text))
        await self.person.emit("mensaje_privado", {"para": name, "mensaje": text})

    def conversations(self):
        received = [event.arguments[0] for event in self.person.history if event.name == "mensaje_recibido"]
        lines = self.written + [(message["de"], message["de"], message["mensaje"]) for message in received]
        return {name: [line[1:] for line in lines if line[0] == name] for name in {line[0] for line in lines}}


async def test_item_134_the_stock_pages_show_every_message_once(chat):
    desk, eva, ana = await chat.admin(), await chat.admin("eva"), await chat.person("ana")
    page, desk_page, eva_page = StockUserPage(ana), StockAdminPage(desk), StockAdminPage(eva)
    await page.write("hola")
    for admin in (desk, eva):
        await hears(admin, "hola")
    await desk_page.write(ana.name, "buenas")
    await hears(ana, "buenas")
    await hears(eva, "buenas", "mensaje_admin")
    await page.write("adiós")
    for admin in (desk, eva):
        await hears(admin, "adiós")
    assert page.all() == [("Tú", "hola"), ("Tú", "adiós"), ("admin", "buenas")]
    assert desk_page.conversations() == {ana.name: [("Tú", "buenas"), (ana.name, "hola"), (ana.name, "adiós")]}
    assert eva_page.conversations() == {ana.name: [(ana.name, "hola"), (ana.name, "adiós")]}


@pytest.mark.transports("websocket")
async def test_item_135_an_account_named_admins_gets_nothing_of_the_administrators(chat):
    desk, ana = await chat.admin(), await chat.person("ana")
    chat.cluster.add_account("admins")
    namesake = await chat.connect(f"token={chat_token('admins')}")
    await say(ana, "admin", "secreto")
    await hears(desk, "secreto")
    await say(desk, "admins", "a la cuenta admins")
    await hears(namesake, "a la cuenta admins")


async def test_item_136_letter_case_does_not_matter(chat):
    desk = await chat.admin()
    ana = await chat.person("Ana")
    shouting = await chat.connect(f"token={chat_token(ana.name.upper())}")
    await say(desk, ana.name.lower(), "una")
    for tab in (ana, shouting):
        assert (await hears(tab, "una"))["para"] == ana.name
    await say(shouting, "ADMIN", "dos")
    assert (await hears(desk, "dos"))["de"] == ana.name
    await hears(ana, "dos", "mensaje_enviado")


async def test_item_137_a_third_user_gets_nothing(chat):
    desk, ana, berta, third = [
        await chat.admin(), *[await chat.person(name) for name in ("ana", "berta", "celia")]]
    await say(ana, "admin", "uno")
    await say(desk, ana.name, "dos")
    await say(ana, berta.name, "tres")
    await say(desk, third.name, "para la tercera")
    await hears(third, "para la tercera")


async def test_both_namespaces_and_both_listeners_are_one_chat(chat):
    desk = await chat.admin(namespaces=["/soporte"])
    ana = await chat.person("ana", url=chat.cluster.url(1), namespaces=["/soporte"])
    tab = await chat.person("ana")
    await say(ana, "admin", "por otra puerta")
    await hears(desk, "por otra puerta")
    await hears(tab, "por otra puerta", "mensaje_enviado")
    await say(desk, ana.name, "bienvenida")
    for place in (ana, tab):
        await hears(place, "bienvenida")


@pytest.mark.profile("sharded")
@pytest.mark.sizes("three")
async def test_with_shard_channels_everybody_gets_the_same(chat):
    desk, eva = await chat.admin(node=0), await chat.admin("eva", node=1)
    for number in range(5):
        ana = await chat.person(f"ana{number}", node=2)
        await say(desk, ana.name, "bienvenida")
        await hears(ana, "bienvenida")
        await hears(eva, "bienvenida", "mensaje_admin")
        await say(ana, "admin", "gracias")
        for admin in (desk, eva):
            await hears(admin, "gracias")
