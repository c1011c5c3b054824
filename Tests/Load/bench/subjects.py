"""What is measured: servers alone, clusters of ours, and what stands before a server."""

import contextlib
import os
import shutil
import sys
from functools import partial

from .processes import Process, free_port
from .programs import LOAD

OURS, REFERENCE = "ours", "socket.io"
BEFORE = ", before"  # ends the name of a subject whose executables are those of --before


class Subject:
    """Running processes under one name. `urls` are what clients connect to; `pids` are those whose CPU time counts;
    `redis` is the process that it takes besides, which is told apart."""

    def __init__(self, name, urls, pids, redis=None):
        self.name = name
        self.urls = urls
        self.pids = pids
        self.redis = redis


class Subjects:
    """Starts subjects by name, and stops what they consist of. `options` go to our servers; `earlier` starts the same
    subjects with executables of before."""

    def __init__(self, programs, placement, folder, options=(), earlier=None):
        self.programs = programs
        self.options = list(options)
        self.earlier = earlier
        self.placement = placement
        self.folder = folder
        self.starters = {
            OURS: self.testserver, REFERENCE: self.socketio, "ws": self.ws, "python-socketio": self.python_socketio,
            "C loop": self.floor, "HAProxy": self.haproxy, "nginx": self.nginx, "ours, gateway": self.gateway,
            "ours, one node": self.testserver,
            **{f"ours, {count} nodes": partial(self.cluster, count=count) for count in (2, 3, 4, 6, 8)},
            **{
                f"ours, {count} sharded nodes": partial(self.cluster, count=count, options=("--adapter", "sharded"))
                for count in (2, 3, 4, 8)
            },
            f"{REFERENCE}, 2 nodes": partial(self.socketio_cluster, count=2),
            "ours, 2 meet nodes": lambda stack: self.meet(stack, 2),
            "ours, meet alone": lambda stack: self.meet(stack, 1),
        }

    def missing(self, name):
        """Why a subject cannot take part, or None."""
        if name == REFERENCE and not self.programs.peer_module("socket.io"):
            return "no socket.io: --peer-node DIR names a folder with node_modules/socket.io"
        if name == f"{REFERENCE}, 2 nodes":
            for module in ("socket.io", "@socket.io/redis-adapter", "redis"):
                if not self.programs.peer_module(module):
                    return f"no {module}: --peer-node DIR names a folder with node_modules/{module}"
        if name == "ws" and not self.programs.peer_module("ws"):
            return "no ws: --peer-node DIR names a folder with node_modules/ws"
        if name == "HAProxy" and not shutil.which("haproxy"):
            return "haproxy is not installed"
        if name == "nginx" and not shutil.which("nginx"):
            return "nginx is not installed"
        if "nodes" in name and not shutil.which("redis-server"):
            return "redis-server is not installed"
        if name == "python-socketio":
            with contextlib.suppress(ImportError):
                import socketio
                import aiohttp
                return None if socketio and aiohttp else None
            return "python-socketio and aiohttp are not installed"
        return None

    @contextlib.contextmanager
    def running(self, name):
        """A subject for the time of a `with` block."""
        with contextlib.ExitStack() as stack:
            if name.endswith(BEFORE):
                subject = stack.enter_context(self.earlier.running(name.removesuffix(BEFORE)))
            else:
                subject = self.starters[name](stack)
            subject.name = name
            yield subject

    def start(self, stack, name, command, on="server"):
        place = self.placement.server if on == "server" else self.placement.generator
        process = Process(name, place(command), self.folder)
        stack.callback(process.stop)
        return process

    def alone(self, stack, name, command, listener):
        process = self.start(stack, name, command)
        return Subject(name, [f"http://{process.address(listener)}"], [process.pid])

    # MARK: servers alone

    def testserver(self, stack):
        return self.alone(stack, "testserver", self.testserver_command(), "test")

    def testserver_command(self):
        return [
            self.programs.ours("switchboard-testserver"), "--listen", "127.0.0.1:0", "--threads", "1", *self.options,
        ]

    def socketio(self, stack):
        script = os.path.join(LOAD, "peers", "socketio.cjs")
        return self.alone(stack, "socketio", ["node", script, self.programs.peer_node], "peer")

    def ws(self, stack):
        return self.alone(
            stack, "ws", ["node", os.path.join(LOAD, "peers", "ws.cjs"), self.programs.peer_node], "peer")

    def python_socketio(self, stack):
        script = os.path.join(LOAD, "peers", "python_socketio.py")
        return self.alone(stack, "python-socketio", [sys.executable, script], "peer")

    def floor(self, stack):
        return self.alone(stack, "floor", [self.programs.floor], "floor")

    # MARK: clusters

    def redis(self, stack):
        port = free_port()
        process = self.start(
            stack, "redis", [
                "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir",
                self.folder,
            ], on="generator")
        process.wait_port(port)
        return process.pid, f"redis://127.0.0.1:{port}/0"

    @contextlib.contextmanager
    def redis_alone(self):
        """A Redis for the time of a `with` block; its URL."""
        with contextlib.ExitStack() as stack:
            yield self.redis(stack)[1]

    def nodes(self, stack, count, command, listener, redis):
        nodes = [self.start(stack, f"node-{index}", command) for index in range(count)]
        urls = [f"http://{node.address(listener)}" for node in nodes]
        return Subject("", urls, [node.pid for node in nodes], redis)

    def cluster(self, stack, count, options=()):
        redis, url = self.redis(stack)
        return self.nodes(stack, count, [*self.testserver_command(), "--redis", url, *options], "test", redis)

    def socketio_cluster(self, stack, count):
        redis, url = self.redis(stack)
        script = os.path.join(LOAD, "peers", "socketio.cjs")
        return self.nodes(stack, count, ["node", script, self.programs.peer_node, url], "peer", redis)

    def meet(self, stack, count):
        redis, url = self.redis(stack) if count > 1 else (None, None)
        command = [
            self.programs.ours("switchboard-node"), "--listen", "meet=127.0.0.1:0", "--threads", "1",
            "--events-per-second", "none", "--drain-notice", "0", "--drain-over", "0",
            # All clients have one address.
            "--meet-message-rate", "none", "--meet-find-rate", "none", "--meet-signal-rate", "none",
            *(["--redis", url] if url else []), *self.options,
        ]
        return self.nodes(stack, count, command, "meet", redis)

    # MARK: before a server

    def backend(self, stack):
        """The cheapest server there is, beside the generator: what is measured is what stands before it."""
        return self.start(stack, "floor", [self.programs.floor], on="generator").address("floor")

    def gateway(self, stack):
        return self.alone(
            stack, "gateway", [
                self.programs.ours("switchboard-gateway"), "--listen", "meet=127.0.0.1:0", "--threads", "1", "--node",
                f"meet={self.backend(stack)}",
            ], "meet")

    def proxy(self, stack, name, command, text):
        port = free_port()
        path = os.path.join(self.folder, f"{name}.conf")
        with open(path, "w") as file:
            file.write(text.format(port=port, backend=self.backend(stack), folder=self.folder))
        process = self.start(stack, name, [*command, path])
        process.wait_port(port)
        return Subject(name, [f"http://127.0.0.1:{port}"], [process.pid])

    def haproxy(self, stack):
        return self.proxy(stack, "haproxy", ["haproxy", "-db", "-f"], HAPROXY)

    def nginx(self, stack):
        return self.proxy(stack, "nginx", ["nginx", "-e", "stderr", "-c"], NGINX)


# Both with one thread, as the gateway, and nothing but the way to the server.
HAPROXY = """
global
    nbthread 1
    maxconn 4000
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
frontend clients
    bind 127.0.0.1:{port}
    default_backend nodes
backend nodes
    server node {backend}
"""

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://{backend};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
            proxy_set_header Host $host;
            proxy_read_timeout 1h;
        }}
    }}
}}
"""
