"""deploy/rolling-restart, with nodes that only say who they are."""

import http.server
import json
import os
import subprocess
import sys
import threading

import pytest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "rolling-restart")


class Node(http.server.ThreadingHTTPServer):
    """Answers /readyz; a GET of /restart makes it another, which is ready after some questions."""

    def __init__(self, name, log):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name, self.log = name, log
        self.life, self.starting, self.comes_back = 1, 0, True
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def tag(self):
        return f"{self.name}-tag{self.life}"[:6] + str(self.life)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        node = self.server
        if self.path == "/restart":
            node.log.append(f"{node.name} restarts")
            node.life, node.starting = node.life + 1, 3
            return self.answer(200, {})
        if self.path == "/nodes":
            node.log.append("gateway asked")
            return self.answer(200, [{"tag": other.tag, "state": "healthy"} for other in node.others])
        node.starting -= node.starting > 0 and node.comes_back
        ready = node.starting == 0
        node.log.append(f"{node.name} is {'ready' if ready else 'not ready'}")
        return self.answer(200 if ready else 503, {"ready": ready, "tag": node.tag, "name": node.name})

    def answer(self, status, value):
        body = json.dumps(value, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def nodes():
    log = []
    nodes = [Node(name, log) for name in "ab"]
    yield nodes
    for node in nodes:
        node.shutdown()


@pytest.fixture
def restart(nodes, tmp_path):
    for node in nodes:
        (tmp_path / node.name).write_text(f"http://{node.address}/restart")
    command = f"""{sys.executable} -c 'import urllib.request as web; web.urlopen(open("{tmp_path}/{{}}").read())'"""
    urls = [f"{node.name}=http://{node.address}" for node in nodes]
    return lambda *options: subprocess.run(
        [SCRIPT, "--restart", command, "--pause", "0", *options, *urls], capture_output=True, text=True, timeout=60)


def test_one_node_after_the_other(nodes, restart):
    run = restart()
    assert run.returncode == 0, run.stderr
    log = nodes[0].log
    assert log.count("a restarts") == log.count("b restarts") == 1
    between = log[log.index("a restarts"):log.index("b restarts")]
    assert "a is not ready" in between and "a is ready" in between
    assert "all 2 nodes were restarted" in run.stdout


def test_gateways_are_asked_too(nodes, restart):
    gateway = Node("g", nodes[0].log)
    gateway.others = nodes
    try:
        run = restart("--gateway", f"http://{gateway.address}")
        assert run.returncode == 0, run.stderr
        assert nodes[0].log.count("gateway asked") == 2
    finally:
        gateway.shutdown()


def test_a_node_that_does_not_come_back_ends_it(nodes, restart):
    nodes[0].comes_back = False
    run = restart("--patience", "1")
    assert run.returncode == 1 and "a does not serve again" in run.stderr
    assert "b restarts" not in nodes[0].log


def test_nothing_is_restarted_while_a_node_is_down(nodes, restart):
    nodes[1].starting, nodes[1].comes_back = 1, False
    run = restart()
    assert run.returncode == 1 and "nothing was restarted" in run.stderr
    assert "a restarts" not in nodes[0].log


def test_without_a_command_or_nodes_it_says_how_it_is_used():
    run = subprocess.run([SCRIPT], capture_output=True, text=True, timeout=10)
    assert run.returncode == 64 and "--restart CMD" in run.stderr
