"""Clusters of nodes, with or without Redis and gateway, and the configurations that the tests need."""

import json
import os
import shutil
import tempfile

from .processes import Process, Redis, binary, free_port, http_status, wait_until

SECRET = "a secret that only these tests know and that is 64 bytes long, at least"

# All clients of the tests have one address: what limits addresses would limit them together.
UNLIMITED = ["--meet-message-rate", "none", "--meet-find-rate", "none", "--meet-signal-rate", "none"]

# Options of the nodes by profile name.
PROFILES = {
    "default": [],
    "none": ["--meet-auth", "none"],
    "required": ["--meet-auth", "required"],
    "reject-bad-token": ["--meet-invalid-token", "reject"],
    "requeue-by-server": ["--meet-requeue", "server"],
    "cooldown": ["--meet-rematch", "cooldown:5000"],
    "require-origin": ["--meet-require-origin", "true"],
    "reveal-email": ["--meet-reveal-email", "true"],
    "sharded": ["--adapter", "sharded"],
    "grace": ["--meet-grace", "15000", "--meet-message-rate", "none"],
    "grace-required": ["--meet-grace", "15000", "--meet-auth", "required"],
    "grace-short": ["--meet-grace", "1000"],
    "grace-heartbeat": ["--meet-grace", "15000", "--ping-interval", "300", "--ping-timeout", "300"],
    "heartbeat": ["--ping-interval", "300", "--ping-timeout", "300"],
    "limited": ["--meet-message-rate", "1:5", "--meet-find-rate", "1:6", "--meet-signal-rate", "1:7"],
    "pools": [option for number in range(50) for option in ("--meet-pool", f"pool{number}")],
    "log-compat": ["--meet-log-compat", "true"],
    "log-personal-data": ["--meet-log-compat", "true", "--meet-log-personal-data", "true"],
}

# A page of another origin that may connect.
LISTED_ORIGIN = "http://localhost:5173"


class Cluster:
    """`size` nodes a, b, c …; more than one share a Redis. The gateway, if any, stands before all of them."""

    def __init__(self, size, profile="default", gateway=False, options=(), discovery=False, redis=Redis):
        self.folder = tempfile.mkdtemp(prefix="switchboard-clients-")
        self.options = ["--drain-notice", "0", "--meet-origin", LISTED_ORIGIN, *PROFILES[profile], *options]
        if profile != "limited":
            self.options += UNLIMITED
        self.redis = redis(self.folder) if size > 1 else None
        self.ports = [free_port() for _ in range(size)]
        self.nodes = [self.node_process(index) for index in range(size)]
        self.discovery = discovery  # whether the gateway finds the nodes through Redis
        self.gateway = None
        self.admin_port = None
        self.gateway_port = None
        if gateway:
            self.gateway_port, self.admin_port = free_port(), free_port()
            self.gateway = Process("gateway", self.gateway_command(), self.folder)

    def node_process(self, index):
        name = "abcdefgh"[index]
        command = [
            binary("switchboard-node"), "--listen", f"meet=127.0.0.1:{self.ports[index]}", "--node-name", name,
        ]
        if self.redis:
            command += ["--redis", self.redis.url, *self.redis.options]
        if bundle := os.environ.get("SWITCHBOARD_CLIENT_BUNDLE"):
            command += ["--client-bundle", bundle]
        return Process(f"node-{name}", command + self.options, self.folder, {"SWITCHBOARD_MEET_JWT_SECRET": SECRET})

    def gateway_command(self):
        command = [
            binary("switchboard-gateway"), "--listen", f"meet=127.0.0.1:{self.gateway_port}",
            "--admin", f"127.0.0.1:{self.admin_port}",
        ]
        if self.discovery:
            return command + ["--nodes-from", self.redis.url, *self.redis.options]
        for port in self.ports:
            command += ["--node", f"meet=127.0.0.1:{port}"]
        return command

    def start(self):
        try:
            if self.redis:
                self.redis.start().wait_ready()
            for node in self.nodes:
                node.start()
            for index in range(len(self.nodes)):
                self.wait_ready(index)
            if self.gateway:
                self.gateway.start().wait_ready(f"http://127.0.0.1:{self.admin_port}/readyz")
                self.wait_gateway_sees_all()
        except BaseException:
            self.stop()
            raise
        return self

    def wait_ready(self, index):
        self.nodes[index].wait_ready(f"{self.url(index)}/readyz")

    def stop(self):
        """Ends everybody at once, Redis last: the others say goodbye to it."""
        for process in self.processes:
            if process is not self.redis:
                process.terminate()
        for process in self.processes:
            process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def processes(self):
        """Every process, in the order in which they end."""
        return [process for process in [self.gateway, *self.nodes, self.redis] if process and process.child]

    def url(self, index):
        """The address of a node; indexes wrap around, so neighbours sit on different nodes where there are several."""
        return f"http://127.0.0.1:{self.ports[index % len(self.ports)]}"

    @property
    def gateway_url(self):
        return f"http://127.0.0.1:{self.gateway_port}"

    def wait_gateway_sees_all(self):
        """Waits until the gateway sends new sessions to every node."""

        def all_healthy():
            status, body = http_status(f"http://127.0.0.1:{self.admin_port}/nodes")
            nodes = json.loads(body) if status == 200 else []
            # By their tags: one that was started again is another.
            running = {self.readiness(index)["tag"] for index, node in enumerate(self.nodes) if node.running}
            return {node["tag"] for node in nodes if node["state"] == "healthy"} == running

        wait_until(all_healthy, "the gateway takes all nodes for healthy", 10)

    def readiness(self, index):
        """The JSON of a node's /readyz."""
        status, body = http_status(f"{self.url(index)}/readyz")
        return json.loads(body) if status == 200 else {}

    def sessions(self):
        """Sessions over all running nodes, as the nodes report them to the gateway."""
        return sum(
            self.readiness(index).get("sessions", 0) for index, node in enumerate(self.nodes) if node.running)

    def healthy(self):
        return all(process.running for process in self.processes)

    def wait_empty(self):
        """Waits until no node has a session: what one test leaves must not reach the next."""
        wait_until(lambda: self.sessions() == 0, "all sessions are closed", 10)
