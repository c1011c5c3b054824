"""Redis in its other forms: a Redis Cluster, a master watched by sentinels, and one server behind TLS."""

import os
import shutil
import subprocess

from .processes import Process, Redis, free_port, wait_until


def cli(port, *words):
    """What redis-cli prints."""
    command = [shutil.which("redis-cli"), "-p", str(port), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.strip()


class Server(Redis):
    """One redis-server in a folder of its own, with further options."""

    def __init__(self, folder, name, options=(), prefix=()):
        port = free_port()
        self.home = os.path.join(folder, f"{name}-{port}")
        os.makedirs(self.home)
        super().__init__(self.home, port)
        self.name = f"{name}-{port}"
        program, *rest = self.command
        self.command = [program, *prefix, *rest, *map(str, options)]

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"


class Servers:
    """What a cluster of nodes may use in place of one Redis: several processes that start and end together."""

    processes = ()
    options = ()
    mark = 0

    def start(self):
        raise NotImplementedError

    def wait_ready(self):
        """They are ready when they have started."""
        return self

    @property
    def child(self):
        return self.processes[0].child

    @property
    def running(self):
        """Whether any of them runs: that one of many is killed is what tests do."""
        return any(process.running for process in self.processes)

    def mark_output(self):
        """Their logs are short: all of them are shown."""

    def output(self, since=0, limit=6000):
        return "".join(f"{process.name}: {process.output(limit=1000)}\n" for process in self.processes)

    @property
    def name(self):
        return type(self).__name__

    def stop(self):
        for process in self.processes:
            process.stop()


class RedisCluster(Servers):
    """Three masters, each with a replica. A master that is gone for a second is replaced."""

    def __init__(self, folder):
        self.processes = [
            Server(folder, "redis", [
                "--cluster-enabled", "yes", "--cluster-port", free_port(), "--cluster-node-timeout", "1000",
                "--repl-diskless-sync-delay", "0",
            ]) for _ in range(6)]

    @property
    def url(self):
        return "redis+cluster://" + ",".join(server.address for server in self.processes[:2])

    def start(self):
        for server in self.processes:
            server.start().wait_ready()
        addresses = [server.address for server in self.processes]
        cli(self.processes[0].port, "--cluster", "create", *addresses, "--cluster-replicas", 1, "--cluster-yes")

        def works():
            return all("cluster_state:ok" in cli(server.port, "CLUSTER", "INFO") for server in self.processes) and all(
                "master_link_status:up" in cli(server.port, "INFO", "replication") for server in self.processes[3:])

        wait_until(works, "the Redis Cluster works", 30)
        return self

    def master(self, key="{switchboard}"):
        """The server that owns the slot of a key; None while nobody does."""
        for server in self.processes:
            if not server.running:
                continue
            slot = int(cli(server.port, "CLUSTER", "KEYSLOT", key))
            for line in cli(server.port, "CLUSTER", "NODES").splitlines():
                fields = line.split()
                if "master" not in fields[2] or "fail" in fields[2]:
                    continue
                for part in fields[8:]:
                    first, _, last = part.partition("-")
                    if first.isdigit() and int(first) <= slot <= int(last or first):
                        port = int(fields[1].split("@")[0].rsplit(":", 1)[1])
                        return next(other for other in self.processes if other.port == port)
        return None


class Sentinels(Servers):
    """A master, two replicas and three sentinels. A master that is gone for half a second is replaced."""

    def __init__(self, folder):
        first = Server(folder, "redis")
        replicas = [
            Server(folder, "redis", ["--replicaof", f"127.0.0.1 {first.port}", "--repl-diskless-sync-delay", "0"])
            for _ in range(2)]
        self.servers = [first, *replicas]
        self.sentinels = []
        for number in range(3):
            file = os.path.join(folder, f"sentinel{number}.conf")
            with open(file, "w") as lines:
                lines.write(f"sentinel monitor main 127.0.0.1 {first.port} 2\n"
                            "sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 3000\n")
            self.sentinels.append(Server(folder, "sentinel", prefix=[file, "--sentinel"]))
        self.processes = [*self.sentinels, *self.servers]

    @property
    def url(self):
        return "redis+sentinel://" + ",".join(server.address for server in self.sentinels[:2]) + "/main"

    def start(self):
        for server in [*self.servers, *self.sentinels]:
            server.start().wait_ready()

        def works():
            for sentinel in self.sentinels:
                lines = cli(sentinel.port, "SENTINEL", "MASTER", "main").splitlines()
                told = dict(zip(lines[::2], lines[1::2]))
                if told.get("num-slaves") != "2" or told.get("num-other-sentinels") != "2":
                    return False
            return all("master_link_status:up" in cli(server.port, "INFO", "replication") for server in self.servers[1:])

        wait_until(works, "the sentinels know each other and the replicas", 30)
        return self

    def master(self):
        """The server that the sentinels name."""
        port = int(cli(self.sentinels[0].port, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main").splitlines()[1])
        return next(server for server in self.servers if server.port == port)


def certificate(folder, name, authority=None):
    """A key and a certificate for this machine, signed by an authority or by itself."""
    key, file = os.path.join(folder, f"{name}.key"), os.path.join(folder, f"{name}.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", file, "-days", "2",
               "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    if authority:
        command += ["-CA", authority[0], "-CAkey", authority[1], "-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, capture_output=True)
    return file, key


class SecureRedis(Redis):
    """One server that speaks TLS only, asks for a certificate, and has a user with no more rights than nodes need."""

    def __init__(self, folder, rules, user="node", password="secret"):
        super().__init__(folder)
        self.authority = certificate(folder, "authority")
        self.server_files = certificate(folder, "server", self.authority)
        self.client_files = certificate(folder, "client", self.authority)
        self.socket = os.path.join(folder, "redis.sock")
        self.user, self.password = user, password
        self.command += [
            "--tls-port", self.port, "--port", "0", "--tls-cert-file", self.server_files[0],
            "--tls-key-file", self.server_files[1], "--tls-ca-cert-file", self.authority[0],
            "--unixsocket", self.socket, "--user", user, "on", f">{password}", *rules.split(), "--user", "default", "off",
        ]
        self.command = [str(part) for part in self.command]

    @property
    def url(self):
        return f"rediss://{self.user}:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def options(self):
        return ["--redis-ca", self.authority[0], "--redis-certificate", self.client_files[0],
                "--redis-key", self.client_files[1]]

    def wait_ready(self, url=None, seconds=10):
        wait_until(lambda: os.path.exists(self.socket), lambda: f"redis listens; its output: {self.output()}", seconds)
        return self
