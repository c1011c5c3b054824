"""The pages of the support chat in headless Chromium: a user and an administrator, each in a browser of their own."""

import itertools
import os
import urllib.parse
import urllib.request

import pytest

from support.accessibility import assert_accessible
from support.browser import chromium, untranslated
from support.chat import ADMIN_PASSWORD, ChatCluster
from support.support_page import SupportPage

HOSTILE = "<img src=x onerror=\"faults.push('script')\"><b>negrita</b> &amp; <script>faults.push(1)</script>"
PASSWORD = "una contraseña"


# Most tests go through the gateway to three nodes; what is in the list of acceptance, to one node as well.
EVERYWHERE = pytest.mark.parametrize("address", ["one", "three"], indirect=True)


@pytest.fixture
def address(request, clusters, watched):
    """Where a browser goes: the node itself, or the gateway before three."""
    cluster = clusters.get(getattr(request, "param", "three"), kind=ChatCluster)
    watched.extend(cluster.processes)
    for process in watched:
        process.mark_output()
    return cluster.chat_gateway_url if cluster.gateway else cluster.chat_url(0)


@pytest.fixture(scope="module")
def browsers():
    """Two browsers: cookies are those of one account each."""
    drivers = [chromium("--accept-lang=es") for _ in range(2)]
    yield drivers
    for driver in drivers:
        driver.quit()


@pytest.fixture
def window(browsers, address):
    """Opens windows; afterwards none has done anything against its own policy."""
    opened = []
    homes = [driver.current_window_handle for driver in browsers]

    def open_window(place=0):
        page = SupportPage(browsers[place], f"{address}/login")
        opened.append(page)
        return page

    yield open_window
    for page in opened:
        assert page.faults() == []
        page.run("localStorage.clear(); sessionStorage.clear();")
        page.driver.delete_all_cookies()
    for page in opened:
        page.close()
    for driver, home in zip(browsers, homes):
        driver.switch_to.window(home)


numbers = itertools.count(1)


@pytest.fixture
def account(address):
    """Registers a new account; returns its name."""

    def register():
        name = f"persona{next(numbers)}-{os.getpid()}"
        form = {"user": name, "name": "Una Persona", "pass": PASSWORD, "email": "a@example.org", "edad": "30"}
        request = urllib.request.Request(
            f"{address}/register", urllib.parse.urlencode(form).encode(), {"accept": "application/json"})
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 201
        return name

    return register


@pytest.fixture
def pair(window, account):
    """A user and an administrator, both in the chat: (user's page, administrator's page, name of the user)."""
    name = account()
    user, admin = window(0), window(1)
    user.log_in(name, PASSWORD)
    admin.log_in("admin", ADMIN_PASSWORD)
    return user, admin, name


def test_one_registers_logs_in_and_is_in_the_chat(window, address):
    page = window()
    page.driver.get(f"{address}/registro")
    name = f"nueva{next(numbers)}-{os.getpid()}"
    values = {"user": name, "name": "Una Persona", "email": "a@example.org", "edad": "x", "pass": PASSWORD}
    page.run("document.getElementById('form').noValidate = true; document.getElementById('edad').type = 'text';")
    for field, text in values.items():
        page.type(field, text)
    page.run("document.getElementById('form').requestSubmit()")
    page.until_text("problems", "La edad debe ser un número")
    page.choose("language", "en")
    assert page.text("problems") == "The age must be a number"
    page.find("edad").clear()
    page.type("edad", "30")
    page.run("document.getElementById('form').requestSubmit()")
    page.until(lambda: page.driver.current_url.endswith("/login"), "the login page")
    page.type("user", name)
    page.type("pass", "wrong")
    page.run("document.getElementById('form').requestSubmit()")
    page.until_text("problems", "User or password are wrong")
    page.choose("language", "es")
    page.log_in(name, PASSWORD)
    assert page.driver.current_url == f"{address}/soporte"
    assert page.text("me") == name
    page.say("hola")
    page.until_messages("hola")


@EVERYWHERE
def test_item_145_hostile_text_is_text_on_both_sides_live_and_from_the_history(pair):
    user, admin, name = pair
    user.say(HOSTILE)
    admin.choose_conversation(name)
    admin.until_messages(HOSTILE)
    admin.say(HOSTILE)
    for page in (user, admin):
        page.until_messages(HOSTILE, HOSTILE)
    user.open_chat()
    user.until_messages(HOSTILE, HOSTILE)
    admin.open_chat()
    admin.choose_conversation(name)
    admin.until_messages(HOSTILE, HOSTILE)
    for page in (user, admin):
        assert page.lines("#messages b, #messages img, #messages script") == []


STOCK_USER = """
const socket = io();
window.lines = [];
socket.on("mensaje_recibido", ({ de, mensaje }) => lines.push(`${de}: ${mensaje}`));
window.send = (mensaje) => {
  socket.emit("mensaje_privado", { para: "admin", mensaje });
  lines.push(`Tú: ${mensaje}`);
};
socket.on("connect", () => arguments[0]());
"""

STOCK_ADMIN = """
const socket = io();
window.conversations = {};
const file = (name, line) => (conversations[name] ??= []).push(line);
socket.on("mensaje_recibido", ({ de, mensaje }) => file(de, `${de}: ${mensaje}`));
window.send = (para, mensaje) => {
  socket.emit("mensaje_privado", { para, mensaje });
  file(para, `Tú: ${mensaje}`);
};
socket.on("connect", () => arguments[0]());
"""


@EVERYWHERE
def test_item_134_the_handlers_of_the_stock_pages_show_every_message_once(pair, window):
    user, admin, name = pair
    tabs = []
    for script, place in ((STOCK_USER, 0), (STOCK_USER, 0), (STOCK_ADMIN, 1), (STOCK_ADMIN, 1)):
        tab = window(place)
        tab.driver.get(f"{tab.address}/soporte")
        tab.driver.execute_async_script(script)
        tabs.append(tab)
    first, second, desk, other_desk = tabs
    lines = "return window.lines"
    filed = "return window.conversations[arguments[0]] ?? []"
    first.run("send('hola')")
    for tab in (desk, other_desk):
        tab.until(lambda tab=tab: tab.run(filed, name) == [f"{name}: hola"], "the message of the user")
    desk.run("send(arguments[0], 'buenas')", name)
    for tab in (first, second):
        tab.until(lambda tab=tab: "admin: buenas" in tab.run(lines), "the answer")
    # Our own pages have had everything by then; so have these, and nothing twice.
    for page in (user, admin):
        if page is admin:
            page.choose_conversation(name)
        page.until_messages("hola", "buenas")
    assert first.run(lines) == ["Tú: hola", "admin: buenas"]
    assert second.run(lines) == ["admin: buenas"]
    assert desk.run(filed, name) == [f"{name}: hola", "Tú: buenas"]
    assert other_desk.run(filed, name) == [f"{name}: hola"]
    for tab in (desk, other_desk):
        assert tab.run("return Object.keys(conversations)") == [name]


def test_other_tabs_are_in_step(pair, window):
    user, admin, name = pair
    second = window(0)
    second.open_chat()
    second_admin = window(1)
    second_admin.open_chat()
    user.say("desde la primera")
    second.until_messages("desde la primera")
    second.say("desde la segunda")
    user.until_messages("desde la primera", "desde la segunda")
    for page in (admin, second_admin):
        page.choose_conversation(name)
        page.until_messages("desde la primera", "desde la segunda")
    admin.say("respuesta")
    for page in (user, second, admin, second_admin):
        page.until_messages("desde la primera", "desde la segunda", "respuesta")


def test_unread_messages_are_marked_until_they_are_read(pair):
    user, admin, name = pair
    user.say("uno")
    user.until_messages("uno")
    user.say("dos")
    admin.until(lambda: admin.conversations().get(name) == 2, "two unread")
    assert list(admin.conversations())[0] == name
    admin.open_chat()
    admin.until(lambda: admin.conversations().get(name) == 2, "still two unread")
    assert admin.driver.title.startswith("(")
    admin.choose_conversation(name)
    admin.until_messages("uno", "dos")
    assert admin.conversations()[name] == 0
    user.say("tres")
    admin.until_messages("uno", "dos", "tres")
    assert admin.conversations()[name] == 0


def test_the_history_comes_page_by_page_while_messages_arrive(pair):
    user, admin, name = pair
    texts = [f"mensaje {number}" for number in range(120)]
    sent = user.driver.execute_async_script("""
        const [texts, done] = arguments;
        const socket = io({ forceNew: true });
        socket.on("connect", async () => {
          for (const mensaje of texts) {
            let answer;
            do { answer = await socket.emitWithAck("mensaje_privado", { para: "admin", mensaje }); }
            while (answer.codigo === "demasiados_mensajes");
          }
          socket.disconnect();
          done(true);
        });""", texts)
    assert sent
    admin.choose_conversation(name)
    admin.until(lambda: len(admin.messages()) == 50, "the newest page")
    assert admin.messages() == texts[-50:]
    user.open_chat()
    user.until(lambda: len(user.messages()) == 50, "the newest page")
    user.say("el último")
    for length in (101, 121):
        admin.click("older")
        admin.until(lambda length=length: len(admin.messages()) == length, f"{length} messages")
    assert admin.messages() == [*texts, "el último"]
    assert not admin.find("older").is_displayed()


def test_what_is_said_offline_arrives_once_and_what_was_missed_appears(pair):
    user, admin, name = pair
    user.say("antes")
    admin.choose_conversation(name)
    admin.until_messages("antes")
    user.cut()
    user.say("sin conexión")
    user.until(lambda: "Enviando" in user.text("messages"), "it is on its way")
    admin.say("¿sigues ahí?")
    admin.until_last("¿sigues ahí?")
    # A reload of the page does not lose it either.
    user.cut(False)
    user.driver.refresh()
    user.until_state("connected")
    user.until_messages("antes", "¿sigues ahí?", "sin conexión")
    admin.until_messages("antes", "¿sigues ahí?", "sin conexión")
    assert user.lines("#messages .pending") == []


def test_an_administrator_sees_what_came_while_the_connection_was_gone(pair):
    user, admin, name = pair
    user.say("antes")
    admin.choose_conversation(name)
    admin.until_messages("antes")
    admin.cut()
    user.say("mientras tanto")
    user.until_last("mientras tanto")
    admin.cut(False)
    admin.until_state("connected")
    admin.until_messages("antes", "mientras tanto")


def test_a_refused_message_says_why_and_can_be_discarded(pair):
    user, _, _ = pair
    user.run("document.getElementById('text').removeAttribute('maxlength')")
    user.run("document.getElementById('text').value = 'x'.repeat(5001)")
    user.click("send")
    user.until(lambda: user.lines("#messages .failed .fate") == ["El mensaje no es válido."], "why")
    user.say("corto")
    user.until(lambda: "corto" in user.messages(), "the next one")
    user.run("[...document.querySelectorAll('#messages .failed button')].at(-1).click()")
    user.until_messages("corto")


def test_drafts_are_kept_for_each_conversation(pair, account):
    user, admin, name = pair
    user.say("hola")
    user.until_messages("hola")
    user.type("text", "a medias")
    user.driver.refresh()
    user.until_state("connected")
    assert user.find("text").get_property("value") == "a medias"
    admin.choose_conversation(name)
    admin.type("text", "una respuesta a medias")
    admin.open_chat()
    admin.choose_conversation(name)
    assert admin.find("text").get_property("value") == "una respuesta a medias"


def test_an_ended_session_is_said_and_nothing_written_is_lost(pair, window):
    user, _, name = pair
    user.say("hola")
    user.until_messages("hola")
    user.type("text", "a medias")
    # Logged out in another tab, without its page: as from another device.
    other = window(0)
    other.driver.execute_async_script("""
        const done = arguments[0];
        fetch("/logout", { method: "POST", redirect: "manual" }).then(() => done());""")
    user.until(lambda: user.find("expired").is_displayed(), "the notice")
    assert "Sesión caducada" in user.text("expired")
    user.until_state("expired")
    user.log_in(name, PASSWORD)
    user.until_messages("hola")
    assert user.find("text").get_property("value") == "a medias"


def test_all_pages_are_accessible(pair, address):
    user, admin, name = pair
    user.say("hola")
    admin.until(lambda: admin.conversations().get(name) == 1, "an unread message")
    assert_accessible(admin)
    admin.choose_conversation(name)
    admin.say("hola")
    user.until_messages("hola", "hola")
    for page in (user, admin):
        assert_accessible(page)
    for path in ("/soporte", "/login", "/registro", "/"):
        user.driver.get(address + path)
        assert_accessible(user)
        assert untranslated(user, "/resources/support-words.js") == []


def test_the_chat_speaks_the_chosen_language(pair):
    user, _, _ = pair
    assert user.text("send") == "Enviar"
    user.say("hola")
    user.until_messages("hola")
    user.choose("language", "en")
    assert (user.text("send"), user.text("status")) == ("Send", "Connected.")
    assert user.lines("#messages .author") == ["You"]
    user.driver.refresh()
    user.until_state("connected")
    assert user.text("send") == "Send"
