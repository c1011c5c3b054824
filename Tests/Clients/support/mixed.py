"""Two switchboard-testservers and one Node.js server with @socket.io/redis-adapter on one Redis.

The packages are not part of this repository: SWITCHBOARD_JS_ADAPTER names a folder whose node_modules has socket.io,
@socket.io/redis-adapter, @socket.io/redis-emitter and redis.
"""

import json
import os
import shutil
import subprocess

from .processes import Process, free_port
from .testservers import TestServers

PACKAGES = os.environ.get("SWITCHBOARD_JS_ADAPTER")
FOLDER = os.path.dirname(os.path.abspath(__file__))


def missing():
    """Why the Node.js server cannot run here; None if it can."""
    if not PACKAGES:
        return "SWITCHBOARD_JS_ADAPTER is not set: it names a folder with node_modules/@socket.io/redis-adapter"
    if not shutil.which("node"):
        return "there is no node on the PATH"
    for package in ("socket.io", "@socket.io/redis-adapter", "@socket.io/redis-emitter", "redis"):
        if not os.path.isdir(os.path.join(PACKAGES, "node_modules", package)):
            return f"{PACKAGES} has no node_modules/{package}"
    return None


def adapter_version():
    """The version of @socket.io/redis-adapter, as numbers."""
    with open(os.path.join(PACKAGES, "node_modules/@socket.io/redis-adapter/package.json")) as description:
        return tuple(int(part) for part in json.load(description)["version"].split("."))


class MixedServers(TestServers):
    """Server 0 and 2 are ours, server 1 is Node.js: a crowd of three has one member on each."""

    def __init__(self, adapter, mode="dynamic"):
        self.adapter, self.mode = adapter, mode
        options = ["--subscription-mode", mode] if adapter == "sharded" else []
        super().__init__(3, "--adapter", adapter, *options)

    def process(self, index):
        if index != 1:
            return super().process(index)
        return Process(
            "javascript", [
                "node", os.path.join(FOLDER, "javascript_node.cjs"), PACKAGES, self.ports[index], self.redis.url,
                self.adapter, self.mode,
            ], self.folder)

    def emit(self, *steps):
        """Lets the emitter carry out steps; see javascript_emitter.cjs."""
        subprocess.run(
            ["node", os.path.join(FOLDER, "javascript_emitter.cjs"), PACKAGES, self.redis.url, json.dumps(steps)],
            check=True, capture_output=True, timeout=15)
