"""Engine.IO over long-polling by hand, and as much HTTP as that takes."""

import asyncio
import contextlib
import json

SEPARATOR = "\x1e"


class RefusedRequest(Exception):
    """A request was answered with something else than what was asked for."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


def response_head(head):
    """Status and headers of a response, names in small letters."""
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = (line.split(":", 1) for line in lines)
    return int(first.split(" ", 2)[1]), {name.lower(): value.strip() for name, value in headers}


class Connection:
    """Requests to one address, one after the other, on a connection that is kept."""

    def __init__(self, host, port):
        self.host = host
        self.port = port
        self.reader = self.writer = None

    async def request(self, method, target, body=""):
        """The body of an answer 200; any other raises `RefusedRequest`, a connection that ends `OSError`."""
        content = body.encode()
        head = f"{method} {target} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
        if method == "POST":
            head += f"Content-Type: text/plain;charset=UTF-8\r\nContent-Length: {len(content)}\r\n"
        if self.writer is None or self.reader.at_eof():
            self.close()
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(head.encode() + b"\r\n" + content)
        try:
            status, headers = response_head((await self.reader.readuntil(b"\r\n\r\n"))[:-4])
            text = (await self.reader.readexactly(int(headers.get("content-length", 0)))).decode()
        except (asyncio.IncompleteReadError, OSError) as error:
            self.close()
            raise ConnectionResetError(str(error)) from None
        if headers.get("connection") == "close":
            self.close()
        if status != 200:
            raise RefusedRequest(status, text)
        return text

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Polling:
    """One session: a poll is always under way, and at most one POST. `packet` and `closed` as in `WebSocket`."""

    def __init__(self, host, port, packet, closed):
        self.packet = packet
        self.closed = closed
        self.polls, self.posts = Connection(host, port), Connection(host, port)
        self.target = "/socket.io/?EIO=4&transport=polling"
        self.outgoing = []
        self.written = asyncio.Event()
        self.tasks = []
        self.is_over = False

    @classmethod
    async def open(cls, host, port, packet, closed):
        """Connects; a server that refuses raises `RefusedRequest`, no server `OSError`."""
        self = cls(host, port, packet, closed)
        try:
            first, *rest = (await self.polls.request("GET", self.target)).split(SEPARATOR)
        except BaseException:
            self.polls.close()
            raise
        self.target += "&sid=" + json.loads(first[1:])["sid"]
        self.tasks = [asyncio.create_task(self.poll([first, *rest])), asyncio.create_task(self.post())]
        return self

    async def poll(self, packets):
        async def polls():
            arrived = packets
            while True:
                for packet in arrived:
                    self.packet(packet)
                if self.is_over:
                    return
                arrived = (await self.polls.request("GET", self.target)).split(SEPARATOR)

        await self.until_over(polls())

    async def post(self):
        async def posts():
            while not self.is_over:
                await self.written.wait()
                self.written.clear()
                packets, self.outgoing = self.outgoing, []
                await self.posts.request("POST", self.target, SEPARATOR.join(packets))

        await self.until_over(posts())

    async def until_over(self, work):
        try:
            await work
        except RefusedRequest as error:
            self.end("xhr error", error)
        except OSError:
            self.end("xhr error")

    def send(self, packet):
        self.outgoing.append(packet)
        self.written.set()

    def close(self):
        """Leaves in good order."""
        if self.is_over:
            return
        self.is_over = True
        for task in self.tasks:
            task.cancel()
        self.polls.close()
        self.tasks = [asyncio.create_task(self.say_goodbye())]
        self.closed("client", None)

    async def say_goodbye(self):
        with contextlib.suppress(OSError, RefusedRequest):
            await self.posts.request("POST", self.target, "1")
        self.posts.close()

    def abort(self):
        self.end("client")

    def end(self, reason, refusal=None):
        if self.is_over:
            return
        self.is_over = True
        current = asyncio.current_task()
        for task in self.tasks:
            if task is not current:
                task.cancel()
        self.polls.close()
        self.posts.close()
        self.closed(reason, refusal)
