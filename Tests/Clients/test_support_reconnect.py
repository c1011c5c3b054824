"""Acceptance items 163-167: connections of the support chat that end, and come back."""

import asyncio
import os

import pytest

from support.chat import Chat, ChatCluster, chat_token, hears, say
from support.participant import Refused

USERS = int(os.environ.get("SWITCHBOARD_CHAT_USERS", "12"))  # the item says 200


async def test_item_163_what_was_sent_meanwhile_comes_after_connecting(chat):
    desk = await chat.admin()
    ana = await chat.person("ana")
    known = await say(desk, ana.name, "uno")
    await hears(ana, "uno")
    await ana.close()
    for text in ("dos", "tres"):
        await say(desk, ana.name, text)
    back = await chat.person("ana", auth={"ultimoId": known["id"]})
    missed = await back.expect("sincronizacion")
    assert missed["completa"] is True
    assert [message["mensaje"] for message in missed["mensajes"]] == ["dos", "tres"]
    assert all(set(message) == {"id", "de", "para", "mensaje", "fecha"} for message in missed["mensajes"])
    assert [row[3] for row in chat.cluster.messages(ana.name)] == ["uno", "dos", "tres"]


async def test_item_163_administrators_catch_up_on_all_conversations(chat):
    eva = await chat.admin("eva")
    ana, berta = await chat.person("ana"), await chat.person("berta")
    known = await say(ana, "admin", "uno")
    await hears(eva, "uno")
    await eva.close()
    await say(ana, "admin", "dos")
    await say(berta, "admin", "tres")
    back = await chat.admin("eva", auth={"ultimoId": str(known["id"])})
    missed = await back.expect("sincronizacion")
    assert [message["mensaje"] for message in missed["mensajes"]] == ["dos", "tres"]


@pytest.mark.profile("small")
@pytest.mark.transports("websocket")
async def test_item_163_a_long_absence_is_said_to_be_incomplete(chat):
    good = {"cookies": "acceso=" + chat_token("admin", "admin")}
    desk = await chat.connect(**good)
    first = await say(desk, "admin", "0")
    for number in range(1, 5):
        await say(desk, "admin", str(number))
    back = await chat.connect(**good, auth={"ultimoId": first["id"]})
    missed = await back.expect("sincronizacion")
    assert [message["mensaje"] for message in missed["mensajes"]] == ["1", "2", "3"]
    assert missed["completa"] is False


async def test_item_164_on_another_node_the_rooms_are_the_same_and_nothing_comes_twice(chat):
    desk = await chat.admin(node=0)
    eva = await chat.admin("eva", node=1)
    ana = await chat.person("ana", node=0)
    known = await say(ana, "admin", "uno")
    for admin in (desk, eva):
        await hears(admin, "uno")
    for person in (ana, eva):
        await person.close()
    back, eva = (await chat.person("ana", node=2, auth={"ultimoId": known["id"]}),
                 await chat.admin("eva", node=2, auth={"ultimoId": known["id"]}))
    for person in (back, eva):
        assert await person.expect("sincronizacion") == {"mensajes": [], "completa": True}
    await say(desk, back.name, "dos")
    await hears(back, "dos")
    await hears(eva, "dos", "mensaje_admin")
    await say(back, "admin", "tres")
    for admin in (desk, eva):
        await hears(admin, "tres")


async def test_item_164_nothing_is_missed_or_repeated_while_messages_flow(chat):
    desk = await chat.admin(node=0)
    tabs = [await chat.person("ana", node=node) for node in range(3)]
    ana = tabs[0]
    first = await say(desk, ana.name, "m0")
    for tab in tabs:
        await hears(tab, "m0")

    async def write():
        for number in range(1, 60):
            await say(desk, ana.name, f"m{number}")

    writing = asyncio.create_task(write())
    people = []
    while not writing.done():
        people.append(await chat.person("ana", node=len(people), auth={"ultimoId": first["id"]}))
    await writing
    last = (await say(desk, ana.name, "fin"))["id"]
    for person in people:
        await person.until(lambda: person.history and ids(person)[-1] == last, "the last message", 10)
        assert sorted(set(ids(person))) == [row[0] for row in chat.cluster.messages(ana.name)][1:]


def ids(person):
    """Ids of all messages that somebody got, live or by synchronization, in this order."""
    found = []
    for event in person.history:
        payload = event.arguments[0]
        found += [message["id"] for message in payload["mensajes"]] if event.name == "sincronizacion" else [payload["id"]]
    return found


async def test_item_165_who_comes_back_is_asked_for_a_valid_token_again(chat):
    ana = await chat.person("ana", claims={"expires": 1.2})
    name = ana.name
    await ana.expect("sesion_caducada")
    await ana.expect_disconnect()
    with pytest.raises(Refused) as error:
        await chat.connect(f"token={chat_token(name, expires=-1)}", auth={"pid": "x" * 20, "offset": "y"})
    assert error.value.message == "Token inválido"


async def test_item_166_a_message_that_is_sent_again_is_stored_once(chat):
    desk, ana = await chat.admin(), await chat.person("ana", node=0)
    message = {"para": "admin", "mensaje": "en el corte", "idCliente": "c-166"}
    await ana.emit("mensaje_privado", message)
    await ana.close()
    back = await chat.person("ana", node=1)
    answer = await back.call("mensaje_privado", message)
    assert answer["ok"] is True
    await hears(desk, "en el corte")
    await say(back, "admin", "después")
    await hears(desk, "después")
    assert [row[3] for row in chat.cluster.messages(back.name)] == ["en el corte", "después"]


class Faithful:
    """A client that comes back through the gateway as often as it is disconnected, and catches up."""

    def __init__(self, chat, name, role):
        self.chat, self.name, self.role = chat, name, role
        self.lives = []
        self.ended = False

    async def start(self):
        await self.come_back()
        self.watching = asyncio.create_task(self.watch())
        return self

    async def come_back(self):
        seen = self.ids()
        person = await self.chat.person(
            self.name, self.role, url=self.chat.cluster.chat_gateway_url, auth={"ultimoId": max(seen, default=0)})
        self.lives.append(person)

    async def watch(self):
        while True:
            life = self.lives[-1]
            await life.until(lambda: life.disconnects or self.ended, "an end", 300)
            if self.ended:
                return
            while life is self.lives[-1]:
                try:
                    await self.come_back()
                except (Refused, asyncio.TimeoutError, OSError):
                    await asyncio.sleep(0.1)

    def ids(self):
        return [message_id for life in self.lives for message_id in ids(life)]

    async def stop(self):
        self.ended = True
        for life in self.lives:
            life.changed.set()
        await self.watching


@pytest.mark.deadline(180)
async def test_item_167_a_node_is_killed_and_nothing_that_was_acknowledged_is_lost(watched):
    administrators, users, seconds = max(3, USERS // 20), USERS, 30 if USERS >= 200 else 4
    cluster = ChatCluster(3, gateway=True, options=["--lease", "1000", "--support-catch-up", "5000"])
    watched.extend(cluster.nodes)
    await asyncio.to_thread(cluster.start)
    chat = Chat(cluster, "websocket")
    try:
        admins = [await Faithful(chat, f"admin{n}", "admin").start() for n in range(administrators)]
        people = [await Faithful(chat, f"user{n}", "user").start() for n in range(users)]
        acknowledged = []

        async def write(number):
            author = people[number % users]
            message = {"para": "admin", "mensaje": f"m{number}", "idCliente": f"c{number}"}
            while True:
                try:
                    answer = await author.lives[-1].call("mensaje_privado", message, timeout=3)
                except Exception:  # the connection is lost: again, on the next one
                    await asyncio.sleep(0.2)
                    continue
                assert answer["ok"] or answer["codigo"] in ("no_guardado", "demasiados_mensajes"), answer
                if answer["ok"]:
                    return acknowledged.append(answer["id"])

        writers = []
        for number in range(20 * seconds):
            writers.append(asyncio.create_task(write(number)))
            if number == 10 * seconds:
                cluster.nodes[1].kill()
            await asyncio.sleep(0.05)
        await asyncio.gather(*writers)
        stored = {row[0] for row in cluster.execute("SELECT id FROM mensajes")}
        assert len(acknowledged) == len(set(acknowledged)) == 20 * seconds
        assert set(acknowledged) <= stored
        for admin in admins:
            await arrived(admin, set(acknowledged))
        for everybody in admins + people:
            await everybody.stop()
    finally:
        await asyncio.gather(*(person.close() for person in chat.people))
        await asyncio.to_thread(cluster.stop)


async def arrived(admin, expected):
    """An administrator has every message once; what a dead node stored but did not publish comes with a new life."""
    for patience in range(200):
        if set(admin.ids()) >= expected:
            break
        if patience == 100:
            await admin.lives[-1].client.disconnect()
        await asyncio.sleep(0.05)
    assert set(admin.ids()) >= expected
    assert len(admin.ids()) == len(set(admin.ids()))
