"""switchboard-testserver as one or more processes, and the participants of a test on them."""

import asyncio
import shutil
import tempfile

from .participant import Participant
from .processes import Process, Redis, binary, free_port


class TestServers:
    """A number of servers; more than one share a Redis. `options` go to each."""

    __test__ = False

    def __init__(self, count, *options):
        self.options = list(options)
        self.folder = tempfile.mkdtemp(prefix="switchboard-testserver-")
        self.redis = Redis(self.folder) if count > 1 else None
        self.ports = [free_port() for _ in range(count)]
        self.processes = [self.process(index) for index in range(count)]

    def process(self, index):
        command = [
            binary("switchboard-testserver"), "--listen", f"127.0.0.1:{self.ports[index]}", "--node-name", f"ts{index}",
        ]
        if self.redis:
            command += ["--redis", self.redis.url]
        return Process(f"testserver-{index}", command + self.options, self.folder)

    def url(self, index):
        return f"http://127.0.0.1:{self.ports[index % len(self.ports)]}"

    def start(self):
        if self.redis:
            self.redis.start().wait_ready()
        for index, process in enumerate(self.processes):
            process.start().wait_ready(f"{self.url(index)}/socket.io/?EIO=4&transport=polling")
        return self

    def stop(self):
        for process in self.processes:
            process.stop()
        if self.redis:
            self.redis.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop()


class Crowd:
    """Participants of one test, on the servers in turn; all are gone at its end."""

    def __init__(self, servers, transport):
        self.servers = servers
        self.transport = transport
        self.members = []

    async def member(self, auth=None):
        participant = Participant(f"member {len(self.members)}")
        url = self.servers.url(len(self.members))
        self.members.append(participant)
        await participant.connect(url, self.transport, auth=auth)
        assert await participant.expect("auth") == (auth or {})
        return participant

    async def members_of(self, count):
        return [await self.member() for _ in range(count)]

    async def aclose(self):
        await asyncio.gather(*(member.close() for member in self.members))


async def quiet(*members):
    """A round trip of everybody: what was sent to them before has arrived by then."""
    for member in members:
        await member.call("echo")
    for member in members:
        member.nothing_pending()
