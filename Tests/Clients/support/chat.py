"""Clusters with the support chat beside meet, and the people of one test in it."""

import asyncio
import contextlib
import itertools
import os
import sqlite3
import tempfile
import time

import jwt

from .cluster import Cluster
from .meeting import Meeting
from .participant import Participant
from .processes import Redis, binary, free_port

CHAT_SECRET = "the secret of the support chat in these tests, which nobody else has"
ADMIN_PASSWORD = "the password of the first administrator"

# Options of the nodes by profile name.
CHAT_PROFILES = {
    "default": [],
    "fast": ["--support-message-rate", "none", "--events-per-second", "none"],
    "no-users": ["--support-user-to-user", "false"],
    "auth-token": ["--support-auth-token", "true"],
    "desk": ["--support-desk", "mesa"],
    "small": ["--support-max-text", "10", "--support-catch-up", "3", "--support-cookie", "acceso"],
    "log-compat": ["--support-log-compat", "true", "--meet-log-compat", "true"],
    "sharded": ["--adapter", "sharded"],
    "http": ["--trusted-proxies", "1"],  # so that tests choose their addresses
}


MEMORY = "/dev/shm"


class ChatCluster(Cluster):
    """Nodes with both applications, which share a SQLite file; the gateway has a listener for each."""

    def __init__(self, size, profile="default", gateway=False, options=(), redis=Redis, environment=()):
        # In memory: every message waits for the disk, which may be busy for seconds with what others do.
        self.database_folder = tempfile.TemporaryDirectory(
            prefix="switchboard-clients-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
        self.chat_ports = [free_port() for _ in range(size)]
        self.chat_gateway_port = free_port()
        self.environment = {
            "SWITCHBOARD_SUPPORT_JWT_SECRET": CHAT_SECRET, "SWITCHBOARD_SUPPORT_ADMIN_PASSWORD": ADMIN_PASSWORD,
            **dict(environment),
        }
        options = ["--support-cookie-secure", "false", *CHAT_PROFILES[profile], *options]
        super().__init__(size, gateway=gateway, options=options, redis=redis)
        self.accounts = set()

    @property
    def database(self):
        return os.path.join(self.database_folder.name, "support.db")

    @property
    def store(self):
        """The option --support-store."""
        return f"sqlite:{self.database}"

    def node_process(self, index):
        process = super().node_process(index)
        process.command += [
            "--listen", f"support=127.0.0.1:{self.chat_ports[index]}", "--support-store", self.store]
        process.environment.update(self.environment)
        return process

    def stop(self):
        super().stop()
        self.database_folder.cleanup()

    def gateway_command(self):
        command = super().gateway_command()
        command[1:1] = ["--listen", f"support=127.0.0.1:{self.chat_gateway_port}"]
        for port, chat_port in zip(self.ports, self.chat_ports):
            place = command.index(f"meet=127.0.0.1:{port}")
            command[place] += f",support=127.0.0.1:{chat_port}"
        return command

    def chat_url(self, index):
        """The address of a node's support listener."""
        return f"http://127.0.0.1:{self.chat_ports[index % len(self.chat_ports)]}"

    @property
    def chat_gateway_url(self):
        return f"http://127.0.0.1:{self.chat_gateway_port}"

    @contextlib.contextmanager
    def no_writing(self):
        """Nobody can write to the database meanwhile."""
        database = sqlite3.connect(self.database, timeout=10, isolation_level=None)
        database.execute("BEGIN EXCLUSIVE")
        yield
        database.execute("ROLLBACK")
        database.close()

    def execute(self, statement, *values):
        """One statement on the database, committed; returns its rows."""
        database = sqlite3.connect(self.database, timeout=10)
        try:
            with database:
                return database.execute(statement, values).fetchall()
        finally:
            database.close()

    def add_account(self, name, role="user"):
        if name.lower() not in self.accounts:
            self.accounts.add(name.lower())
            self.execute(
                "INSERT INTO usuarios (usuario, clave, nombre, rol, pass) VALUES (?, ?, ?, ?, '') "
                "ON CONFLICT DO NOTHING", name, name.lower(), name, role)

    def messages(self, name):
        """The rows from and to an account: id, sender, recipient, text."""
        return self.execute(
            "SELECT id, de_usuario, para_usuario, mensaje FROM mensajes WHERE ? IN (de_usuario, para_usuario) "
            "ORDER BY id", name)


def chat_token(user, role="user", /, secret=CHAT_SECRET, expires=3600, algorithm="HS256", **claims):
    """A token of the chat; `expires` in seconds from now, None leaves the claim out; so does None for other claims."""
    claims = {"user": user, "name": user, "rol": role, **claims}
    if expires is not None:
        claims["exp"] = time.time() + expires
    return jwt.encode({key: value for key, value in claims.items() if value is not None}, secret, algorithm=algorithm)


class Chat:
    """Brings people into the support chat, on the nodes in turn, and takes everybody away at the end."""

    numbers = itertools.count(1)

    def __init__(self, cluster, transport):
        self.cluster = cluster
        self.transport = transport
        self.people = []
        self.meeting = Meeting(cluster, transport)  # people in meet, on the same nodes
        self.suffix = next(self.numbers)

    def name(self, name):
        """A name that no other test uses; `admin` stays."""
        return name if name == "admin" else f"{name}-{self.suffix}"

    async def connect(self, cookies=None, node=None, transport=None, auth=None, headers=None, label="", url=None,
                      namespaces=None):
        """Connects with a Cookie header as it is."""
        index = len(self.people) if node is None else node
        person = Participant(f"{label} on node {index}")
        self.people.append(person)
        headers = {**(headers or {}), **({"Cookie": cookies} if cookies is not None else {})}
        return await person.connect(
            url or self.cluster.chat_url(index), transport or self.transport, auth=auth, headers=headers,
            namespaces=namespaces)

    async def person(self, name, role="user", claims=None, **options):
        """Somebody with an account, of their own name unless it was given by `name`."""
        name = self.name(name)
        await asyncio.to_thread(self.cluster.add_account, name, role)
        person = await self.connect(
            f"token={chat_token(name, role, **(claims or {}))}", label=name, **options)
        person.name = name
        return person

    async def admin(self, name="admin", **options):
        return await self.person(name, "admin", **options)

    async def aclose(self):
        await asyncio.gather(*(person.close() for person in self.people + self.meeting.participants))
        await asyncio.to_thread(self.cluster.wait_empty)


async def say(person, recipient, text, **more):
    """Sends a message, which must be accepted; returns its acknowledgement."""
    answer = await person.call("mensaje_privado", {"para": recipient, "mensaje": text, **more}, timeout=60)
    assert answer["ok"] is True, answer
    return answer


async def refused(person, payload):
    """Sends a message, which must be refused; returns the code."""
    answer = await person.call("mensaje_privado", payload)
    assert answer["ok"] is False and set(answer) == {"ok", "codigo", "mensaje"}, answer
    return answer["codigo"]


async def hears(person, text, event="mensaje_recibido"):
    """The next event of this person has this text; returns it."""
    message = await person.expect(event)
    assert message["mensaje"] == text, message
    return message
