"""What operators and service managers do with the executables beside starting them: `check`, `healthcheck`, `options`,
secrets in files, and the notices of readiness that systemd waits for."""

import contextlib
import os
import signal
import socket
import subprocess

import pytest

from support.processes import Process, binary, free_port
from support.cluster import SECRET

NODE, GATEWAY = "switchboard-node", "switchboard-gateway"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONFIGURATION = 78


def run(program, *arguments, **environment):
    """A command that ends by itself."""
    return subprocess.run(
        [binary(program), *map(str, arguments)], env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=20)


@contextlib.contextmanager
def running(program, folder, *arguments, **environment):
    process = Process(program, [binary(program), *arguments], str(folder), environment).start()
    try:
        yield process
    finally:
        process.stop()


@pytest.fixture
def certificate(tmp_path):
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=example.org", "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key


# -- check


def test_check_names_every_problem_at_once(tmp_path):
    file = tmp_path / "node.conf"
    file.write_text(
        "SWITCHBOARD_LISTEN=meet=127.0.0.1:0 support=127.0.0.1:0\nSWITCHBOARD_THREADS=many\nSWITCHBOARD_THREDS=2\n"
        "SWITCHBOARD_REDIS=http://127.0.0.1\nSWITCHBOARD_MEET_REMATCH=sometimes\nSWITCHBOARD_CLIENT_BUNDLE=/nonexistent\n"
        "SWITCHBOARD_TLS_CERTIFICATE=/nonexistent\nSWITCHBOARD_MEET_JWT_SECRET_FILE=/nonexistent\nnothing\n")
    ended = run(NODE, "check", "--config", file, "--ping-interval", "soon", "--log-format", "xml")
    assert ended.returncode == CONFIGURATION and ended.stdout == ""
    lines = ended.stderr.splitlines()
    for name in ["--ping-interval", "--log-format", "SWITCHBOARD_THREADS", "SWITCHBOARD_THREDS", "redis:",
                 "SWITCHBOARD_MEET_REMATCH",
                 "/nonexistent", "--tls-key", "SWITCHBOARD_MEET_JWT_SECRET_FILE", "line 9", "--support-store"]:
        assert any(name in line for line in lines), (name, lines)
    assert all(line.startswith("switchboard-node: ") for line in lines)


def test_check_of_a_gateway_names_every_problem_at_once():
    ended = run(GATEWAY, "check", "--listen", "nonsense", "--node", "nonsense", "--nodes-from", "http://x",
                SWITCHBOARD_THREADS="0")
    assert ended.returncode == CONFIGURATION
    for name in ["--listen", "--node:", "--nodes-from", "SWITCHBOARD_THREADS"]:
        assert name in ended.stderr, ended.stderr


def test_check_of_right_settings_says_so_and_starts_nothing():
    ended = run(NODE, "--listen", "meet=127.0.0.1:0", "check", "--redis", "redis://user@127.0.0.1:1/0",
                SWITCHBOARD_REDIS_PASSWORD="secret")
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
    assert ended.stdout == "switchboard-node: no problems found\n"


@pytest.mark.parametrize("program, file", [
    (NODE, "node.conf"), (NODE, "node-alone.conf"), (GATEWAY, "gateway.conf")])
def test_the_example_files_are_right(program, file, certificate, tmp_path):
    """As they stand, with the paths of this machine: of secrets, certificates and keys."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for index, name in enumerate(["redis-password", "meet-secret", "store-password", "support-secret", "admin-password"]):
        (secrets / name).write_text(f"{index}" * 40 + "\n")
    with open(os.path.join(ROOT, "deploy", "config", file)) as example:
        text = example.read().replace("/etc/switchboard/secrets", str(secrets)).replace(
            "/etc/switchboard/tls", str(certificate[0].parent))
    copy = tmp_path / file
    copy.write_text(text)
    ended = run(program, "check", "--config", copy)
    assert ended.returncode == 0, ended.stderr


# -- healthcheck


def test_health_of_a_node_is_asked_where_its_settings_say(tmp_path):
    port = free_port()
    settings = {"SWITCHBOARD_LISTEN": f"meet=0.0.0.0:{port}"}
    assert run(NODE, "healthcheck", **settings).returncode == 1
    with running(NODE, tmp_path, **settings) as node:
        node.wait_ready(f"http://127.0.0.1:{port}/readyz")
        assert run(NODE, "healthcheck", **settings).returncode == 0
        assert run(NODE, "healthcheck", "--ready", **settings).returncode == 0
        missing = run(NODE, "healthcheck", "--url", f"http://127.0.0.1:{port}/missing")
        assert missing.returncode == 1 and "answers 404" in missing.stderr
        node.pause()
        try:
            frozen = run(NODE, "healthcheck", "--timeout", "300", **settings)
        finally:
            node.resume()
        assert frozen.returncode == 1 and "does not answer in time" in frozen.stderr


def test_health_is_asked_through_tls_a_proxy_header_and_a_unix_socket(certificate, tmp_path):
    path = tmp_path / "meet.socket"
    options = ["--listen", f"meet=unix:{path}", "--tls-certificate", certificate[0], "--tls-key", certificate[1],
               "--proxy-protocol", "true"]
    with running(NODE, tmp_path, *options) as node:
        for _ in range(200):
            ended = run(NODE, "healthcheck", "--ready", *options)
            if ended.returncode == 0 or not node.running:
                break
        assert ended.returncode == 0, ended.stderr + node.output()
        assert run(NODE, "healthcheck", "--url", f"unix:{path}", "--timeout", "500").returncode == 1


def test_health_of_a_gateway_is_asked_at_its_admin_listener(tmp_path):
    admin, port = free_port(), free_port()
    file = tmp_path / "gateway.conf"
    file.write_text(f"SWITCHBOARD_LISTEN=meet=127.0.0.1:{port}\nSWITCHBOARD_ADMIN=127.0.0.1:{admin}\n"
                    f"SWITCHBOARD_NODE=meet=127.0.0.1:{free_port()}\n")
    with running(GATEWAY, tmp_path, "--config", str(file)) as gateway:
        gateway.wait_ready(f"http://127.0.0.1:{admin}/healthz")
        assert run(GATEWAY, "healthcheck", "--config", file).returncode == 0
        unready = run(GATEWAY, "--config", file, "healthcheck", "--ready")
        assert unready.returncode == 1 and "/readyz answers 503" in unready.stderr
    nowhere = run(GATEWAY, "healthcheck", "--listen", f"meet=127.0.0.1:{port}")
    assert nowhere.returncode == 1 and "--admin" in nowhere.stderr


# -- secrets, notices, options


def test_a_secret_in_a_file_is_the_secret(tmp_path):
    port = free_port()
    secret = tmp_path / "secret"
    secret.write_text(SECRET + "\n")
    with running(NODE, tmp_path, "--listen", f"meet=127.0.0.1:{port}", "--meet-auth", "required",
                 SWITCHBOARD_MEET_JWT_SECRET_FILE=str(secret)) as node:
        node.wait_ready(f"http://127.0.0.1:{port}/readyz")
    both = run(NODE, "--listen", "meet=127.0.0.1:0", SWITCHBOARD_MEET_JWT_SECRET_FILE=str(secret),
               SWITCHBOARD_MEET_JWT_SECRET="other")
    assert both.returncode == CONFIGURATION and "both" in both.stderr and SECRET not in both.stderr


@pytest.mark.parametrize("program, options", [
    (NODE, ["--drain-notice", "0", "--listen", "meet=127.0.0.1:0"]),
    (GATEWAY, ["--listen", "meet=127.0.0.1:0", "--node", "meet=127.0.0.1:1"]),
])
def test_the_service_manager_is_told_when_a_process_serves_and_when_it_goes(program, options, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        with running(program, tmp_path, *options, NOTIFY_SOCKET=str(tmp_path / "notify")) as process:
            assert manager.recv(100) == b"READY=1"
            process.child.send_signal(signal.SIGTERM)
            assert manager.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("program", [NODE, GATEWAY])
def test_the_table_of_settings_is_that_of_the_executables(program):
    with open(os.path.join(ROOT, "Documentation", "Configuration.md")) as page:
        table = page.read().split(f"<!-- {program} options -->\n")[1].split("<!-- end -->")[0]
    assert table.strip() == run(program, "options").stdout.strip(), "run scripts/options"


def test_help_shows_the_options_and_the_commands():
    text = run(NODE, "--help").stdout
    for word in ["--listen", "healthcheck", "check"]:
        assert word in text
