"""Acceptance items 111-119, 121 and 122: who may enter the support chat, and how long."""

import aiohttp
import pytest

from support.chat import Chat, chat_token, hears, refused, say
from support.cluster import LISTED_ORIGIN
from support.engine import Engine
from support.participant import Refused
from support.tokens import token, unsigned_token

OTHER_SECRET = "another secret, at least as long as the first one of these tests is"


async def refusal(chat, cookies, **options):
    """The text with which this cookie header is refused."""
    with pytest.raises(Refused) as error:
        await chat.connect(cookies, **options)
    return error.value.message


async def test_item_111_no_cookie_header(chat):
    assert await refusal(chat, None) == "No autenticado"
    assert await refusal(chat, None, auth={"token": chat_token("admin", "admin")}) == "No autenticado"


@pytest.mark.profile("auth-token")
async def test_where_it_is_allowed_a_client_without_the_cookie_says_its_token(chat):
    name = chat.name("ana")
    chat.cluster.add_account(name)
    user = await chat.connect(None, auth={"token": chat_token(name)})
    admin = await chat.connect("other=1", auth={"token": chat_token("admin", "admin")})
    await say(user, "admin", "hola")
    assert (await hears(admin, "hola"))["de"] == name
    # A cookie decides; what is not a text is no token.
    assert await refusal(chat, "token=bad", auth={"token": chat_token("admin", "admin")}) == "Token inválido"
    assert await refusal(chat, None, auth={"token": "bad"}) == "Token inválido"
    for nothing in ("", None, 7, ["x"], {"x": 1}):
        assert await refusal(chat, None, auth={"token": nothing}) == "No autenticado"
    assert await refusal(chat, "other=1", auth={}) == "Token no proporcionado"


async def raw_answer(chat, cookies):
    """The answer to a CONNECT with exactly this header; the stock client takes some apart."""
    async with Engine(chat.cluster.chat_url(0), chat.transport, headers={"Cookie": cookies}) as engine:
        return await engine.join()


@pytest.mark.parametrize("cookies", ["other=1", "token=", "token", 'token=""', "Token=x", "a=token=x"])
async def test_item_112_a_cookie_header_without_the_cookie(chat, cookies):
    assert await raw_answer(chat, cookies) == '44{"message":"Token no proporcionado"}'


@pytest.mark.parametrize("bad", [
    "nonsense", chat_token("admin", "admin", secret=OTHER_SECRET), chat_token("admin", "admin", expires=-1),
    chat_token("admin", "admin", expires=None), chat_token("admin", "admin", algorithm="HS512"),
    unsigned_token(user="admin", rol="admin"),
], ids=["malformed", "bad signature", "expired", "without expiry", "HS512", "alg none"])
async def test_item_113_a_bad_token(chat, bad):
    assert await refusal(chat, f"token={bad}") == "Token inválido"


@pytest.mark.transports("websocket")
async def test_item_114_the_name_is_matched_exactly(chat):
    assert await refusal(chat, f"xtoken={chat_token('admin', 'admin')}") == "Token no proporcionado"


@pytest.mark.parametrize("form", [
    "csrftoken=zzz; token={}", "token={}; csrftoken=zzz", "csrftoken=zzz;   token={}  ;a=b", 'token="{}"',
    "a=b; token={encoded}",
])
async def test_item_115_the_cookie_is_found_among_others(chat, form):
    good = chat_token("admin", "admin")
    person = await chat.connect(form.format(good, encoded=good.replace(".", "%2E").replace("_", "%5F")))
    assert await refused(person, {}) == "datos_invalidos"


async def test_item_116_of_two_cookies_the_first_counts(chat):
    good = chat_token("admin", "admin")
    assert (await raw_answer(chat, f"token={good}; token=bad")).startswith('40{"sid":"')
    assert await raw_answer(chat, f"token=bad; token={good}") == '44{"message":"Token inválido"}'


@pytest.mark.parametrize("claims", [
    {"user": None}, {"user": ""}, {"user": 7}, {"rol": None}, {"rol": "Admin"}, {"rol": "root"}, {"rol": ["admin"]},
    {"user": "nobody has this name"},
], ids=str)
@pytest.mark.transports("websocket")
async def test_item_117_the_claims_must_be_right(chat, claims):
    assert await refusal(chat, f"token={chat_token('admin', 'admin', **claims)}") == "Token inválido"


async def test_item_118_a_token_of_meet_is_refused(chat):
    assert await refusal(chat, f"token={token(userId='u1', email='u1@example.org')}") == "Token inválido"
    assert await refusal(chat, f"token={token(user='admin', rol='admin')}") == "Token inválido"


@pytest.mark.transports("websocket")
async def test_item_119_a_foreign_page_is_refused_before_authentication(chat):
    headers = {"Cookie": f"token={chat_token('admin', 'admin')}", "Origin": "https://evil.example"}
    url = chat.cluster.chat_url(0)
    async with aiohttp.ClientSession(headers=headers) as http:
        for origin in ("https://evil.example", "null", LISTED_ORIGIN):
            async with http.get(f"{url}/socket.io/?EIO=4&transport=polling", headers={"Origin": origin}) as answer:
                assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError) as error:
            await http.ws_connect(f"{url}/socket.io/?EIO=4&transport=websocket")
        assert error.value.status == 403
        async with http.get(f"{url}/socket.io/?EIO=4&transport=polling", headers={"Origin": url}) as answer:
            assert answer.status == 200
            sid = (await answer.text()).split('"')[3]
        await http.post(f"{url}/socket.io/?EIO=4&transport=polling&sid={sid}", data="1", headers={"Origin": url})


async def test_item_119_pages_that_only_meet_lists_may_not_use_the_cookie(chat):
    options = {"url": chat.cluster.url(0), "namespaces": ["/soporte"], "headers": {"Origin": LISTED_ORIGIN}}
    cookies = f"token={chat_token('admin', 'admin')}"
    assert await refusal(chat, cookies, **options) == "Origen no permitido"
    options["headers"] = {"Origin": chat.cluster.url(0)}
    await chat.connect(cookies, **options)


async def test_item_121_after_a_new_login_the_same_client_connects(chat):
    person = await chat.person("ana")
    name = person.name
    await person.close()
    stale = Chat(chat.cluster, chat.transport)
    with pytest.raises(Refused):
        await stale.connect(f"token={chat_token(name, expires=-1)}")
    refused_one = stale.people[0]
    assert not refused_one.client.connected
    good = {"Cookie": f"token={chat_token(name)}"}
    await refused_one.connect(chat.cluster.chat_url(1), chat.transport, headers=good)
    chat.people.append(refused_one)
    admin = await chat.admin()
    await say(refused_one, "admin", "otra vez")
    await hears(admin, "otra vez")


async def test_item_122_at_expiry_the_client_is_told_and_disconnected(chat):
    admin = await chat.admin()
    person = await chat.person("ana", claims={"expires": 1.5})
    await say(person, "admin", "todavía")
    await hears(admin, "todavía")
    assert await person.expect("sesion_caducada") == {}
    await person.expect_disconnect()
    await say(admin, person.name, "ya no está")
    person.nothing_pending()


@pytest.mark.profile("small")
async def test_the_cookie_may_have_another_name(chat):
    good = chat_token("admin", "admin")
    await chat.connect(f"acceso={good}")
    assert await refusal(chat, f"token={good}") == "Token no proporcionado"
