"""The HTTP interface of the support chat, asked as a program or a browser without script asks it."""

import itertools
import json

import aiohttp

PASSWORD = "una contraseña"


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.type = response.content_type
        self.headers = response.headers
        self.body = body
        self.response = response

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def line(self):
        """Status, type and body, to be compared at once."""
        return self.status, self.type, self.json if self.type == "application/json" else self.body

    @property
    def cookie(self):
        """The header that sets or clears the cookie."""
        return self.headers.get("Set-Cookie")

    @property
    def login(self):
        """What a client sends back after a login."""
        return self.cookie.split(";")[0]


class ChatWeb:
    """Requests to the nodes of a cluster in turn, each from an address of its own unless one is given."""

    addresses = itertools.count(1)

    def __init__(self, cluster):
        self.cluster = cluster
        self.http = None  # made inside of the test's loop
        self.turn = itertools.count()
        number = next(self.addresses)
        self.address = f"198.51.{number // 250}.{number % 250 + 1}"

    async def ask(self, method, path, cookie=None, node=None, headers=None, url=None, **options):
        """One request; `node` is a number, and without one the next node is asked."""
        self.http = self.http or aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        url = url or self.cluster.chat_url(next(self.turn) if node is None else node)
        headers = {"X-Forwarded-For": self.address, **({"Cookie": cookie} if cookie else {}), **(headers or {})}
        options = {"allow_redirects": False, "headers": headers, **options}
        async with self.http.request(method, url + path, **options) as response:
            return Answer(response, await response.text())

    async def get(self, path, cookie=None, **options):
        return await self.ask("GET", path, cookie, **options)

    async def log_in(self, name, password=PASSWORD, **options):
        """A login as a program; returns the answer."""
        return await self.ask("POST", "/auth", json={"user": name, "pass": password}, **options)

    async def register(self, user, /, **fields):
        """A registration as a program; returns the answer."""
        form = {"user": user, "name": f"Sra. {user}", "pass": PASSWORD, "email": "a@example.org", "edad": "33"}
        return await self.ask("POST", "/register", data={**form, **fields}, headers={"Accept": "application/json"})

    async def account(self, name):
        """Registers and logs in; returns the cookie."""
        answer = await self.register(name)
        assert answer.status == 201, answer.line
        answer = await self.log_in(name)
        assert answer.status == 200, answer.line
        return answer.login

    async def aclose(self):
        if self.http:
            await self.http.close()
