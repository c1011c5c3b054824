"""python-socketio 4.x, a client of Socket.IO 2.x (Engine.IO 3), beside the 5.x that the other tests use."""

import asyncio
import importlib
import os
import sys

from .deadline import within

NAMES = ("socketio", "engineio")
FOLDER = os.environ.get("SWITCHBOARD_OLD_CLIENTS") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", ".cache", "old-clients")


def modules():
    return [name for name in sys.modules if name.split(".")[0] in NAMES]


def load():
    """Imports the old packages without hiding the new ones, which have the same names, from anybody else."""
    new = {name: sys.modules.pop(name) for name in modules()}
    sys.path.insert(0, FOLDER)
    try:
        return [importlib.import_module(name) for name in NAMES]
    finally:
        sys.path.remove(FOLDER)
        for name in modules():
            del sys.modules[name]
        sys.modules.update(new)


socketio, engineio = load()
assert (socketio.__version__, engineio.__version__) == ("4.6.1", "3.14.2"), "scripts/venv test installs them"

# The client refuses polling payloads of more than 16 packets by default; a burst may well have more.
engineio.payload.Payload.max_decode_packets = 10_000

# The client itself cannot ask for base64, but it keeps the query of its address.
WAYS = {
    "polling": (["polling"], ""),
    "polling-base64": (["polling"], "?b64=1"),
    "websocket": (["websocket"], ""),
    "websocket-base64": (["websocket"], "?b64=1"),
    "upgrade": (["polling", "websocket"], ""),
}


class OldClient:
    """One connection that keeps every event of some names in one namespace, in order."""

    def __init__(self, namespace="/", *events):
        self.namespace = namespace
        self.arrived = asyncio.Queue()
        self.client = socketio.AsyncClient(reconnection=False)
        for event in ("connect", "disconnect", "connect_error", *events):
            self.client.on(event, self.recorder(event), namespace=namespace)

    def recorder(self, event):
        return lambda *arguments: self.arrived.put_nowait((event, *arguments))

    async def connect(self, url, way="websocket", namespace="/"):
        """Connects, and joins a namespace, which may have a query string."""
        transports, query = WAYS[way]
        await self.client.connect(url + query, transports=transports, namespaces=[namespace])
        return self

    async def expect(self, event, *arguments):
        """The next event is this one."""
        assert await within(self.arrived.get(), 5) == (event, *arguments)

    async def call(self, event, *arguments):
        """Emits and returns the acknowledgement."""
        return await self.client.call(event, arguments, namespace=self.namespace, timeout=5)

    async def emit(self, event, *arguments):
        await self.client.emit(event, arguments, namespace=self.namespace)

    async def close(self):
        engine = self.client.eio
        if engine.state == "connected":
            await self.client.disconnect()
        # Requests that are still under way open another HTTP session when this one is closed.
        loops = {loop for loop in (engine.read_loop_task, engine.write_loop_task) if loop}
        if loops:
            await asyncio.wait(loops, timeout=2)
        if engine.http:
            await engine.http.close()
