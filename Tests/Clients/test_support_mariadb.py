"""Acceptance items 138-147 with MariaDB in place of SQLite, and what happens when it is away."""

import asyncio
import itertools
import os
import time

import pytest

from support.chat import hears, refused, say
from test_support_messages import (  # noqa: F401: the same tests, on nodes with another store
    test_item_138_an_accepted_message_is_a_row,
    test_item_139_the_row_is_there_before_anybody_sees_the_event,
    test_item_141_an_unknown_recipient_is_refused,
    test_item_144_texts_are_stored_and_returned_as_they_are,
    test_item_145_html_is_plain_text,
    test_item_146_the_same_client_id_is_one_message,
    test_item_147_everybody_sees_the_order_of_the_rows,
)

OUTAGE = float(os.environ.get("SWITCHBOARD_DATABASE_OUTAGE", "0"))  # seconds; at least as long as ten refusals take

pytestmark = [pytest.mark.mariadb, pytest.mark.transports("websocket")]


@pytest.mark.deadline(120)
async def test_item_140_the_database_is_away_for_a_while(chat):
    """Issue 6: stopped and started again, nothing is emitted that is not stored, and no restart is needed."""
    server = chat.cluster.database_server
    desk, ana, bea = await chat.admin(), await chat.person("ana"), await chat.person("bea")
    await say(ana, "admin", "antes")
    await hears(desk, "antes")
    server.kill()
    killed = time.monotonic()
    for number in itertools.count():
        for person in (ana, bea):
            began = time.monotonic()
            assert await refused(person, {"para": "admin", "mensaje": f"perdido {number}"}) == "no_guardado"
            assert time.monotonic() - began < 10, "there is a deadline"
        if number >= 4 and time.monotonic() - killed >= OUTAGE:
            break
        if number >= 4:
            await asyncio.sleep(0.2)  # below the rate at which it would be refused for another reason
    await asyncio.to_thread(server.start)
    await asyncio.to_thread(server.wait_ready)
    await until_stored(ana, "después", "c-140")
    await say(bea, "admin", "también")
    await hears(desk, "después")
    await hears(desk, "también")
    assert ana.connected and bea.connected
    assert [row[3] for row in chat.cluster.messages(ana.name)] == ["antes", "después"]
    assert [row[3] for row in chat.cluster.messages(bea.name)] == ["también"]


@pytest.mark.deadline(120)
async def test_item_140_the_database_stands_still(chat):
    server = chat.cluster.database_server
    desk, ana = await chat.admin(), await chat.person("ana")
    await say(ana, "admin", "antes")
    await hears(desk, "antes")
    server.pause()
    try:
        assert await refused(ana, {"para": "admin", "mensaje": "perdido"}) == "no_guardado"
    finally:
        server.resume()
    await until_stored(ana, "después", "c-141")
    await hears(desk, "después")
    texts = [row[3] for row in chat.cluster.messages(ana.name)]
    assert texts == ["antes", "después"], "what was refused was not stored afterwards"


async def test_a_commit_without_an_answer_is_looked_for(chat):
    """With a client id the node finds out that the message is stored, and it is delivered, once."""
    desk, ana = await chat.admin(), await chat.person("ana")
    chat.cluster.cutter.cuts = 1
    answer = await say(ana, "admin", "uno", idCliente="cut-1")
    assert chat.cluster.cutter.cuts == 0
    assert (await hears(desk, "uno"))["id"] == answer["id"]
    assert await say(ana, "admin", "uno", idCliente="cut-1") == answer
    await say(ana, "admin", "dos")
    await hears(desk, "dos")
    assert [row[3] for row in chat.cluster.messages(ana.name)] == ["uno", "dos"]


async def test_a_commit_without_an_answer_and_without_client_id_is_refused(chat):
    """Nobody knows whether it is stored, so nobody is told that it is; the history tells."""
    desk, ana = await chat.admin(), await chat.person("ana")
    chat.cluster.cutter.cuts = 1
    assert await refused(ana, {"para": "admin", "mensaje": "uno"}) == "no_guardado"
    assert chat.cluster.cutter.cuts == 0
    await say(ana, "admin", "dos")
    await hears(desk, "dos")
    assert [row[3] for row in chat.cluster.messages(ana.name)] == ["uno", "dos"]


async def until_stored(person, text, client_id):
    """Sends a message as a client does, again with the same id until it is stored."""
    while True:
        answer = await person.call("mensaje_privado", {"para": "admin", "mensaje": text, "idCliente": client_id})
        if answer["ok"]:
            return answer
        assert answer["codigo"] == "no_guardado", answer
        await asyncio.sleep(0.05)
