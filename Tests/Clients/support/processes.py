"""Real processes under test: started by path, awaited until ready, stopped by process id, their output kept."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

_given = set()


def free_port():
    """A TCP port of the loopback interface that nothing listens on.

    It lies below those that the system gives to connections, so that none of them takes it before it is listened on.
    """
    while True:
        port = random.randrange(10000, 30000)
        with socket.socket() as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                if port not in _given:
                    _given.add(port)
                    return port


def binary(name):
    """The path of an executable of this package: the folder comes from SWITCHBOARD_BIN, or from the package manager."""
    folder = os.environ.get("SWITCHBOARD_BIN")
    if not folder:
        folder = subprocess.run(
            ["swift", "build", "--show-bin-path"], check=True, capture_output=True, text=True,
            cwd=os.path.dirname(os.path.abspath(__file__)),
        ).stdout.strip()
        os.environ["SWITCHBOARD_BIN"] = folder
    return os.path.join(folder, name)


def http_status(url, timeout=2):
    """The status code and body of one GET; status 0 when nothing answered."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def wait_until(condition, what, seconds=20):
    """Polls `condition` until it is true; fails with `what`, a text or what makes it, when the deadline passes."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.02)


class Process:
    """One process with its log file."""

    def __init__(self, name, command, folder, environment=None):
        self.name = name
        self.command = [str(part) for part in command]
        self.log = os.path.join(folder, f"{name}.log")
        self.environment = environment or {}
        self.child = None
        self.mark = 0
        self.asked_to_end = False

    def start(self):
        self.asked_to_end = False
        with open(self.log, "ab") as output:
            self.child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
            )
        return self

    @property
    def running(self):
        return self.child is not None and self.child.poll() is None

    def wait_ready(self, url, seconds=20):
        """Waits for 200 from `url`; a process that ended instead fails at once, with its output."""

        def ready():
            if not self.running:
                raise AssertionError(f"{self.name} ended with {self.child.returncode}: {self.output()}")
            return http_status(url)[0] == 200

        wait_until(ready, lambda: f"{self.name} answers {url}; its output: {self.output()}", seconds)

    def output(self, since=0, limit=6000):
        """The end of what the process printed after byte `since` of its log."""
        try:
            with open(self.log, "rb") as log:
                log.seek(since)
                return log.read().decode(errors="replace")[-limit:]
        except FileNotFoundError:
            return ""

    def mark_output(self):
        """Remembers the present end of the log, so that a failure shows only what came after."""
        self.mark = os.path.getsize(self.log) if os.path.exists(self.log) else 0

    def kill(self):
        """SIGKILL: the process gets no chance to say goodbye."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()

    def pause(self):
        """SIGSTOP: the process is frozen, its connections stay."""
        self.child.send_signal(signal.SIGSTOP)

    def resume(self):
        """SIGCONT: the process goes on, if it was frozen."""
        self.child.send_signal(signal.SIGCONT)

    def terminate(self):
        """SIGTERM: the process is asked to end."""
        if self.running:
            self.asked_to_end = True
            self.child.terminate()

    def stop(self, seconds=10):
        """SIGTERM, and SIGKILL when that does not end the process in time. Returns the exit code."""
        if self.running:
            if not self.asked_to_end:
                self.terminate()
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.child.returncode if self.child else None


class Redis(Process):
    """A private redis-server without persistence. `options` are what processes need to use it, beside its URL."""

    options = ()

    def __init__(self, folder, port=None):
        self.port = port or free_port()
        program = shutil.which("redis-server") or "redis-server"
        super().__init__(
            "redis", [
                program, "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--dir", folder,
            ], folder)

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def wait_ready(self, url=None, seconds=10):
        def answers():
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    connection.sendall(b"PING\r\n")
                    return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

        wait_until(answers, lambda: f"redis answers; its output: {self.output()}", seconds)
