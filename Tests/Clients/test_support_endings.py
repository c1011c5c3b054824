"""Acceptance item 123: what ends a login ends its sockets, on every node."""

import aiohttp
import pytest

from support.chat import chat_token, hears, say
from support.participant import Refused

PASSWORD = "a password of these tests"


async def request(chat, method, path, node=0, cookie=None, **content):
    """One JSON request to the HTTP interface; returns status, body and the cookie that it set."""
    headers = {"Accept": "application/json", **({"Cookie": cookie} if cookie else {})}
    async with aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as http:
        async with http.request(method, chat.cluster.chat_url(node) + path, json=content or None) as answer:
            cookies = answer.cookies.get("token")
            return answer.status, await answer.read(), cookies and f"token={cookies.value}"


async def registered(chat, name):
    name = chat.name(name)
    status, body, _ = await request(
        chat, "POST", "/register", user=name, name=name, email="x@example.org", edad="40", **{"pass": PASSWORD})
    assert status < 300, body
    return name


async def logged_in(chat, name, node=0):
    status, body, cookie = await request(chat, "POST", "/auth", node, user=name, **{"pass": PASSWORD})
    assert status == 200 and cookie, body
    return cookie


async def ended(person):
    assert await person.expect("sesion_caducada") == {}
    await person.expect_disconnect()


async def test_item_123_a_logout_ends_the_sockets_of_that_login_only(chat):
    desk = await chat.admin()
    name = await registered(chat, "nuria")
    cookie, other = await logged_in(chat, name), await logged_in(chat, name, node=1)
    tabs = [await chat.connect(cookie, node=0), await chat.connect(cookie, node=2, namespaces=["/soporte"])]
    phone = await chat.connect(other, node=1)
    status, body, cleared = await request(chat, "POST", "/logout", node=1, cookie=cookie)
    assert status == 200 and cleared == "token=", body
    for tab in tabs:
        await ended(tab)
    with pytest.raises(Refused) as error:
        await chat.connect(cookie)
    assert error.value.message == "Token inválido"
    await say(phone, "admin", "sigo aquí")
    await hears(desk, "sigo aquí")


async def test_item_123_another_role_ends_all_sockets_of_the_account(chat):
    desk = f"token={chat_token('admin', 'admin')}"
    name = await registered(chat, "olga")
    cookie = await logged_in(chat, name)
    tabs = [await chat.connect(cookie, node=node) for node in range(2)]
    status, body, _ = await request(chat, "POST", f"/api/usuarios/{name}/rol", cookie=desk, rol="admin")
    assert status == 200, body
    for tab in tabs:
        await ended(tab)
    with pytest.raises(Refused):
        await chat.connect(cookie)
    promoted = await chat.connect(await logged_in(chat, name))
    ana = await chat.person("ana")
    await say(ana, "admin", "a las administradoras")
    await hears(promoted, "a las administradoras")


async def test_item_123_removing_an_account_ends_its_sockets(chat):
    desk = f"token={chat_token('admin', 'admin')}"
    name = await registered(chat, "pilar")
    cookie = await logged_in(chat, name)
    tabs = [await chat.connect(cookie, node=node) for node in range(2)]
    status, body, _ = await request(chat, "DELETE", f"/api/usuarios/{name}", node=1, cookie=desk)
    assert status == 204, body
    for tab in tabs:
        await ended(tab)
    with pytest.raises(Refused):
        await chat.connect(cookie)
