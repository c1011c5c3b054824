"""switchboard-testserver with options of a test's own, on a port that the kernel chooses, and what it has counted."""

import contextlib
import json
import shutil
import ssl
import subprocess
import tempfile
import urllib.request

from .processes import Process, binary, wait_until


class TestServer(Process):
    """One server; `host` and `port` are where it listens, `path` where its unix socket is."""

    __test__ = False

    def __init__(self, folder, *options, listen="127.0.0.1:0"):
        super().__init__(
            "testserver", [binary("switchboard-testserver"), "--listen", listen, "--threads", "2", *options], folder)
        self.host = self.port = self.path = None

    def start(self):
        super().start()
        mark = "test listens on "

        def announced():
            assert self.running, f"ended with {self.child.returncode}: {self.output()}"
            return mark in self.output()

        wait_until(announced, lambda: f"the server listens; its output: {self.output()}")
        place = self.output().split(mark)[-1].split("\n")[0]
        if place.startswith("unix:"):
            self.path = place.removeprefix("unix:")
        else:
            self.host, port = place.rsplit(":", 1)
            self.port = int(port)
        return self

    def url(self, scheme="http"):
        return f"{scheme}://{self.host}:{self.port}"


def stats(url):
    """What /stats tells: sessions, closed by reason, cut by reason, refused, handshakesLimited, connections."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"{url}/stats", timeout=5, context=trusting) as answer:
        return json.load(answer)


@contextlib.contextmanager
def folder():
    path = tempfile.mkdtemp(prefix="switchboard-")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def serving(*options, listen="127.0.0.1:0"):
    """A server for the time of one test or module."""
    with folder() as path:
        server = TestServer(path, *options, listen=listen)
        try:
            yield server.start()
        finally:
            server.stop()


def make_identity(path, name):
    """A self-signed certificate for 127.0.0.1 and its key; returns the paths of both files."""
    certificate, key = f"{path}/{name}.pem", f"{path}/{name}.key"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc",
            "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate,
            "-keyout", key,
        ], check=True, capture_output=True)
    return certificate, key
