"""Acceptance items 120, 123 and 150-162: the HTTP interface of the support chat, its accounts and logins."""

import asyncio

import pytest
from openapi_spec_validator import validate

from support.chat import ADMIN_PASSWORD, chat_token, hears, say
from support.chat_web import ChatWeb
from support.engine import Engine
from support.participant import Refused

pytestmark = [pytest.mark.profile("http"), pytest.mark.transports("websocket")]

ADMIN = f"token={chat_token('admin', 'admin')}"
PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
MESSAGES, OWN, CONVERSATIONS = "/api/mensajes?con=admin", "/api/mensajes/mios", "/api/usuarios-conversaciones"


@pytest.fixture
def web(chat):
    return ChatWeb(chat.cluster)


def json_error(status, text):
    return status, "application/json", {"error": text}


# MARK: who may ask

GOOD = chat_token("admin", "admin")
HEADERS = [
    None, "a=b", "token", "token=", 'token=""', "token= ", "Token=" + GOOD, "xtoken=" + GOOD, "tokenx=" + GOOD,
    "token=x", "token=" + GOOD[:-2], "token=" + GOOD + "x", "token=" + chat_token("admin", "admin", secret="x" * 40),
    "token=" + chat_token("admin", "admin", expires=-1), "token=" + chat_token("admin", "admin", expires=None),
    "token=" + chat_token("admin", "admin", algorithm="HS512"), "token=" + chat_token("admin", "root"),
    "token=" + chat_token("nobody has this name"), "token=" + chat_token("admin", "user"),
    "token=" + GOOD, "a=b; token=" + GOOD, "csrftoken=zzz; token=" + GOOD, "token=" + GOOD + "; csrftoken=zzz",
    f'token="{GOOD}"', "token=" + GOOD.replace(".", "%2E"), "token=" + GOOD.replace(".", "%2G"),
    f"token={GOOD}; token=bad", f"token=bad; token={GOOD}", f"  token =  {GOOD} ", ";;;token=" + GOOD,
    "token=%00", "token=" + "x" * 9_000,
]


async def test_item_120_http_and_socket_decide_alike(chat, web):
    assert len(HEADERS) >= 30
    statuses = {"No autenticado": 401, "Token no proporcionado": 401, "Token inválido": 403}
    for header in HEADERS:
        answer = await web.get(OWN, header)
        headers = {"Cookie": header} if header else {}
        async with Engine(chat.cluster.chat_url(1), "websocket", headers=headers) as engine:
            joined = await engine.join()
        if joined.startswith("40"):
            assert answer.status == 200, header
        else:
            assert answer.status == statuses[joined.split('"')[3]], (header, joined)


async def test_item_150_administrators_routes_turn_everybody_else_away(chat, web):
    ana = chat.name("ana")
    user = await web.account(ana)
    for path in (MESSAGES, CONVERSATIONS):
        assert (await web.get(path)).line == json_error(403, "Acceso denegado")
        assert (await web.get(path, "other=1")).line == json_error(403, "Acceso denegado")
        assert (await web.get(path, "token=bad")).line == json_error(403, "Token inválido")
        expired = f"token={chat_token('admin', 'admin', expires=-1)}"
        assert (await web.get(path, expired)).line == json_error(403, "Token inválido")
        assert (await web.get(path, user)).line == json_error(403, "Acceso solo para administradores")
        assert (await web.get(path, ADMIN)).status == 200


async def test_item_150_ones_own_messages_are_refused_in_text(web):
    assert (await web.get(OWN)).line == (401, "text/plain", "No autenticado")
    assert (await web.get(OWN, "token=bad")).line == (403, "text/plain", "Token inválido")
    nobody = f"token={chat_token(None, 'user')}"
    assert (await web.get(OWN, nobody)).line == json_error(403, "No autorizado")
    json = {"Accept": "application/json"}
    assert (await web.get(OWN, headers=json)).line == json_error(401, "No autenticado")


async def test_item_150_and_152_con_is_one_name(web):
    for query in ("", "?con=", "?con=a&con=b", "?con[]=a"):
        answer = await web.get("/api/mensajes" + query, ADMIN)
        assert answer.line == json_error(400, "Falta el parámetro ?con=usuario")


# MARK: messages


async def test_item_151_152_and_155_history_has_both_directions_on_every_node_at_once(chat, web):
    desk, ana = await chat.admin(), await chat.person("ana")
    cookie = f"token={chat_token(ana.name)}"
    expected = []
    for number in range(6):
        sender, recipient = (ana, "admin") if number % 2 else (desk, ana.name)
        answer = await say(sender, recipient, f"<b>{number}</b> 'ñ' 💬")
        expected.append({
            "id": answer["id"], "de_usuario": sender.name, "para_usuario": recipient, "fecha": answer["fecha"],
            "mensaje": f"<b>{number}</b> 'ñ' 💬"})
        for node in range(3):
            own = await web.get(OWN, cookie, node=node)
            assert own.line == (200, "application/json", expected)
    assert all(row["fecha"].endswith("Z") and len(row["fecha"]) == 24 for row in expected)
    for name in (ana.name, ana.name.upper()):
        assert (await web.get(f"/api/mensajes?con={name}", ADMIN)).json == expected


async def test_item_153_conversations_are_those_with_the_desk(chat, web):
    desk, ana = await chat.admin(), await chat.person("ana")
    silent, eva, other = [await chat.person(name) for name in ("calla", "eva", "otra")]
    await chat.admin("jefa")
    await say(ana, "admin", "hola")
    await say(ana, "admin", "otra vez")
    await say(desk, silent.name, "a quien no ha escrito")
    await say(desk, chat.name("jefa"), "entre administradores")
    await say(eva, other.name, "entre usuarias")
    names = (await web.get(CONVERSATIONS, ADMIN)).json
    assert len(names) == len(set(names))
    assert {ana.name, silent.name} <= set(names)
    assert not {"admin", desk.name, chat.name("jefa"), eva.name, other.name} & set(names)


async def read_pages(web, cookie, first, cursor, limit=7):
    """The ids of page after page."""
    pages, query = [], first
    while query is not None:
        answer = await web.get(f"{OWN}?limite={limit}&{query}", cookie)
        assert answer.status == 200, answer.line
        pages.append([row["id"] for row in answer.json])
        following = answer.headers.get("X-Siguiente")
        query = None if following is None else f"{cursor}={following}"
    return pages


async def test_item_154_pages_have_no_gaps_and_no_repeats_while_rows_arrive(chat, web):
    desk, ana = await chat.admin(), await chat.person("ana")
    cookie = f"token={chat_token(ana.name)}"
    ids = [(await say(ana, "admin", f"{number}"))["id"] for number in range(30)]

    async def more():
        return [(await say(desk, ana.name, f"más {number}"))["id"] for number in range(20)]

    later, older, newer = await asyncio.gather(
        more(), read_pages(web, cookie, f"hasta={ids[-1]}", "hasta"), read_pages(web, cookie, "desde=0", "desde"))
    assert sum(reversed(older), []) == ids
    flat = sum(newer, [])
    assert flat == (ids + later)[:len(flat)] and len(flat) >= len(ids)
    assert sum(await read_pages(web, cookie, f"desde={ids[-1]}", "desde"), []) == later
    between = await web.get(f"{OWN}?desde={ids[4]}&hasta={ids[9]}", cookie)
    assert [row["id"] for row in between.json] == ids[5:10] and "X-Siguiente" not in between.headers
    for query in ("limite=0", "limite=x", "desde=-1", "hasta=", "desde=1&desde=2"):
        assert (await web.get(f"{OWN}?{query}", cookie)).status == 400


async def test_item_154_without_a_cursor_the_newest_thousand_come(chat, web):
    ana = await chat.person("ana")
    await asyncio.to_thread(
        chat.cluster.execute,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1005) "
        "INSERT INTO mensajes (de_usuario, para_usuario, mensaje, fecha) SELECT ?, 'admin', i, 1700000000000 FROM n",
        ana.name)
    answer = await web.get(OWN, f"token={chat_token(ana.name)}")
    assert [row["mensaje"] for row in answer.json] == [str(number) for number in range(6, 1006)]
    rest = await web.get(f"{OWN}?hasta={answer.headers['X-Siguiente']}", f"token={chat_token(ana.name)}")
    assert [row["mensaje"] for row in rest.json] == ["1", "2", "3", "4", "5"]


# MARK: logins


async def test_item_156_the_first_page_takes_a_worthless_cookie_away(chat, web):
    ana = chat.name("ana")
    out = await web.get("/")
    assert out.status == 200 and "Debe iniciar sesión" in out.body and out.cookie is None
    for cookie in ("token=bad", f"token={chat_token('admin', 'admin', expires=-1)}"):
        answer = await web.get("/", cookie)
        assert answer.status == 200 and "Debe iniciar sesión" in answer.body
        assert answer.cookie.startswith("token=; Max-Age=0; Path=/")
    logged_in = await web.get("/", await web.account(ana))
    assert f"Sra. {ana}" in logged_in.body and "Debe iniciar sesión" not in logged_in.body


async def test_item_157_a_login_sets_the_cookie(chat, web):
    ana = chat.name("ana")
    await web.register(ana)
    credentials = {"user": ana, "pass": "una contraseña"}
    page = await web.ask("POST", "/auth", data=credentials, headers=PAGE)
    assert page.status == 200 and page.type == "text/html"
    assert "Has iniciado sesión correctamente" in page.body
    assert page.cookie.endswith("; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax")
    json = await web.ask("POST", "/auth", data=credentials, headers={"Accept": "application/json"})
    assert json.json == {
        "mensaje": "Has iniciado sesión correctamente", "username": ana, "role": "user", "name": f"Sra. {ana}"}
    session = await web.get("/api/sesion", json.login)
    assert session.json == {"username": ana, "role": "user", "name": f"Sra. {ana}"}
    person = await chat.connect(json.login)
    await say(person, "admin", "con la cookie")
    wrong = {"user": ana, "pass": "otra"}
    assert (await web.log_in(ana, "otra")).line == json_error(401, "El usuario o la contraseña son incorrectos")
    page = await web.ask("POST", "/auth", data=wrong, headers=PAGE)
    assert page.status == 200 and "El usuario o la contraseña son incorrectos" in page.body and page.cookie is None
    assert (await web.log_in(ana, "")).line == json_error(400, "Introduzca su usuario y contraseña")


async def test_item_157_the_first_administrator_is_made_at_start(web):
    answer = await web.log_in("admin", ADMIN_PASSWORD)
    assert answer.json["role"] == "admin"
    assert (await web.get(CONVERSATIONS, answer.login)).status == 200


async def test_item_158_the_fourth_failed_login_is_refused_on_every_node(chat, web):
    ana = chat.name("ana")
    await web.register(ana)
    for node in range(4):
        assert (await web.log_in(ana, node=node)).status == 200
    for node in range(3):
        assert (await web.log_in(ana, "mal", node=node)).status == 401
    for node, password in enumerate(["mal", "una contraseña", "mal"]):
        answer = await web.log_in(ana, password, node=node)
        assert answer.line == json_error(429, "Has superado el límite de intentos. Intenta más tarde.")
        assert 0 < int(answer.headers["Retry-After"]) <= 901
    # Somebody else's address is not concerned.
    assert (await web.log_in(ana, headers={"X-Forwarded-For": "203.0.113.200"})).status == 200


async def test_item_158_many_guesses_at_once_are_no_more_than_one_after_the_other(chat, web):
    ana = chat.name("ana")
    await web.register(ana)
    guesses = [web.log_in(ana, f"mal {number}", node=number) for number in range(12)]
    statuses = {answer.status for answer in await asyncio.gather(*guesses)}
    assert statuses <= {401, 429}
    assert (await web.log_in(ana)).status == 429


async def test_item_159_whoever_registers_becomes_a_user(chat, web):
    ana = chat.name("ana")
    answer = await web.register(ana, rol="admin")
    assert answer.line == (
        201, "application/json", {"username": ana, "mensaje": "El usuario se ha registrado correctamente"})
    assert chat.cluster.execute("SELECT rol FROM usuarios WHERE usuario = ?", ana) == [("user",)]
    for name in (ana, ana.upper(), "admin", "ADMIN"):
        assert (await web.register(name)).line == json_error(409, "El usuario ya existe")
    page = await web.ask("POST", "/register", headers=PAGE, data={
        "user": ana, "name": "Sra. Ana", "pass": "secreto", "email": "a@example.org", "edad": "33"})
    assert page.status == 200 and "El usuario ya existe" in page.body
    invalid = await web.register("abc", name="abc", **{"pass": "abc"}, email="abc", edad="abc")
    assert invalid.json["errores"] == [
        "El usuario debe tener al menos 4 caracteres", "El nombre debe tener al menos 4 caracteres",
        "La contraseña debe tener al menos 4 caracteres", "El email no es valido", "La edad debe ser un número"]


async def test_item_159_at_once_on_several_nodes_one_gets_the_name(chat, web):
    ana = chat.name("ana")
    answers = await asyncio.gather(*(web.register(ana) for _ in range(6)))
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409, 409]


async def test_item_160_a_logout_clears_the_cookie_and_closes_the_sockets_of_this_login(chat, web):
    ana = chat.name("ana")
    first = await web.account(ana)
    second = (await web.log_in(ana)).login
    here, there, other = [await chat.connect(cookie) for cookie in (first, first, second)]
    answer = await web.ask("POST", "/logout", first)
    assert answer.status == 302 and answer.headers["Location"] == "/"
    assert answer.cookie.startswith("token=; Max-Age=0; Path=/")
    for person in (here, there):
        assert await person.expect("sesion_caducada") == {}
        await person.expect_disconnect()
    await say(other, "admin", "sigo aquí")
    for node in range(3):
        assert (await web.get(OWN, first, node=node)).line == (403, "text/plain", "Token inválido")
    with pytest.raises(Refused):
        await chat.connect(first)
    assert (await web.get("/logout", second)).status == 302
    await other.expect_disconnect()


async def test_item_123_changes_of_an_account_close_its_sockets_on_every_node(chat, web):
    ana = chat.name("ana")
    cookie = await web.account(ana)
    people = [await chat.connect(cookie, node=node) for node in range(3)]
    answer = await web.ask("POST", f"/api/usuarios/{ana}/rol", ADMIN, json={"rol": "admin"})
    assert answer.json == {"username": ana, "role": "admin"}
    for person in people:
        await person.expect("sesion_caducada")
        await person.expect_disconnect()
    assert (await web.get(OWN, cookie)).status == 403
    again = await chat.connect((await web.log_in(ana)).login)
    assert (await web.ask("DELETE", f"/api/usuarios/{ana}", ADMIN)).status == 204
    await again.expect_disconnect()
    assert (await web.log_in(ana)).status == 401
    assert (await web.ask("DELETE", f"/api/usuarios/{ana}", ADMIN)).status == 404
    assert (await web.ask("DELETE", "/api/usuarios/admin", ADMIN)).status == 409


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Referer": "https://evil.example/"},
], ids=str)
@pytest.mark.sizes("one")
async def test_pages_of_other_sites_change_nothing(chat, web, headers):
    cookie = await web.account(chat.name("ana"))
    for method, path in [("POST", "/logout"), ("GET", "/logout"), ("POST", "/auth"), ("POST", "/register"), ("GET", OWN)]:
        assert (await web.ask(method, path, cookie, headers=headers)).line == json_error(403, "Origen no permitido")
    assert (await web.get(OWN, cookie, headers={"Origin": chat.cluster.chat_url(0)}, node=0)).status == 200


# MARK: files


async def test_item_161_the_stock_client_is_served(web):
    for name in ("socket.io.js", "socket.io.min.js"):
        answer = await web.get(f"/socket.io/{name}")
        assert answer.status == 200 and answer.type == "text/javascript" and "Socket.IO" in answer.body


@pytest.mark.sizes("one")
async def test_item_162_the_interface_is_described_as_openapi(web):
    document = (await web.get("/api-docs/openapi.json")).json
    validate(document)
    assert document["openapi"].startswith("3.")
    assert document["info"] == {**document["info"], "title": "Documentación de la API", "version": "1.0.0"}
    assert {"/api/mensajes", "/api/mensajes/mios", "/api/usuarios-conversaciones", "/auth"} <= set(document["paths"])
    for path, item in document["paths"].items():
        for method, operation in item.items():
            answer = await web.ask(method.upper(), path.replace("{name}", "nadie"))
            assert str(answer.status) in operation["responses"], (method, path, answer.line)
    page = await web.get("/api-docs")
    assert page.status == 200 and page.type == "text/html" and "<script>" not in page.body


async def test_through_the_gateway_a_login_and_its_history_work(chat, web):
    if chat.cluster.gateway is None:
        pytest.skip("one node needs no gateway")
    url = chat.cluster.chat_gateway_url
    desk = await chat.admin()
    cookie = await web.account(chat.name("ana"))
    person = await chat.connect(cookie, url=url)
    for number in range(5):
        await say(person, "admin", f"{number}")
        await hears(desk, f"{number}")
        rows = (await web.get(OWN, cookie, url=url)).json
        assert [row["mensaje"] for row in rows] == [str(other) for other in range(number + 1)]
