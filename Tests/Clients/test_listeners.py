"""Listeners: TLS with certificates that change, unix sockets, the PROXY protocol (by HAProxy and by hand), proxies."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess

import aiohttp
import pytest

from support.deadline import within
from support.participant import Participant
from support.processes import Process, binary, free_port, wait_until
from support.testserver import TestServer, folder, make_identity, serving, stats

TRANSPORTS = ["polling", "websocket", "upgrade"]
# A client of its own address: the loopback network has many.
CLIENT = "127.0.0.2"


@contextlib.asynccontextmanager
async def connected(url, transport="websocket", **options):
    participant = Participant()
    try:
        await participant.connect(url, transport, **options)
        yield participant
    finally:
        await participant.close()


def trusting(certificate):
    return ssl.create_default_context(cafile=certificate)


def from_client(**options):
    return aiohttp.TCPConnector(local_addr=(CLIENT, 0), limit=8, **options)


# TLS


@pytest.fixture(scope="module")
def secured():
    """A server with TLS and the files of its identity, which tests may exchange."""
    with folder() as path:
        certificate, key = make_identity(path, "first")
        with serving("--tls-certificate", certificate, "--tls-key", key, "--head-timeout", "500") as server:
            server.certificate, server.key, server.identities = certificate, key, path
            yield server


def presented(server, newest=ssl.TLSVersion.MAXIMUM_SUPPORTED):
    """The certificate that a new connection is shown, and the protocols outside and inside."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.set_ciphers("ALL:@SECLEVEL=0")  # else the client refuses old versions itself
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    with socket.create_connection((server.host, server.port), timeout=5) as plain:
        with context.wrap_socket(plain) as connection:
            certificate = ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True))
            return certificate, connection.version(), connection.selected_alpn_protocol()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_stock_clients_connect_over_tls(secured, transport):
    connector = aiohttp.TCPConnector(ssl=trusting(secured.certificate))
    async with connected(secured.url("https"), transport, connector=connector) as anna:
        assert (await anna.call("handshake"))["secure"] is True
        text = "x" * 200_000
        assert await anna.call("echo", text, b"\x00\x01") == (text, b"\x00\x01")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_tls_1_2_and_1_3_are_spoken_with_http_1_1_inside(secured):
    assert presented(secured)[1:] == ("TLSv1.3", "http/1.1")
    assert presented(secured, ssl.TLSVersion.TLSv1_2)[1:] == ("TLSv1.2", "http/1.1")

    def failed():
        return stats(secured.url("https"))["cut"].get("tls handshake failed", 0)

    before = failed()
    with pytest.raises(ssl.SSLError, match="(?i)protocol.version"):
        presented(secured, ssl.TLSVersion.TLSv1_1)
    wait_until(lambda: failed() == before + 1, "an old version is counted")
    with socket.create_connection((secured.host, secured.port), timeout=5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        while plain.recv(4096):
            pass
    wait_until(lambda: failed() == before + 2, "plain HTTP is counted")


def test_a_slow_handshake_is_cut(secured):
    with socket.create_connection((secured.host, secured.port), timeout=5) as plain:
        plain.sendall(b"\x16\x03\x01\x02\x00\x01")
        assert plain.recv(1) == b""
    assert stats(secured.url("https"))["cut"]["tls handshake timeout"] >= 1


async def test_sighup_exchanges_the_certificate_and_disturbs_nobody(secured):
    first = open(secured.certificate).read()
    connector = aiohttp.TCPConnector(ssl=trusting(secured.certificate))
    async with connected(secured.url("https"), connector=connector) as anna:
        for source, target in zip(make_identity(secured.identities, "second"), (secured.certificate, secured.key)):
            shutil.copy(source, target)
        assert presented(secured)[0] == first
        secured.child.send_signal(signal.SIGHUP)
        second = open(secured.certificate).read()
        wait_until(lambda: presented(secured)[0] == second, "new connections get the new certificate")
        assert await anna.call("echo", "still here") == "still here"

        with open(secured.certificate, "w") as file:
            file.write("nonsense")
        secured.mark_output()
        secured.child.send_signal(signal.SIGHUP)
        wait_until(lambda: "not reloaded" in secured.output(secured.mark), secured.output)
        assert secured.certificate in secured.output(secured.mark)
        assert presented(secured)[0] == second
        assert await anna.call("echo", "still here") == "still here"
    with open(secured.certificate, "w") as file:
        file.write(second)


@pytest.mark.parametrize("files, named", [
    (["{a}.pem", None], "--tls-key"),
    ([None, "{a}.key"], "--tls-certificate"),
    (["/nonexistent", "{a}.key"], "/nonexistent"),
    (["{a}.pem", "{a}.pem"], "private key"),
    (["{a}.key", "{a}.key"], "certificate"),
    (["{a}.pem", "{b}.key"], "does not belong"),
])
def test_wrong_files_end_the_start(files, named):
    with folder() as path:
        names = {name: f"{path}/{name}" for name in "ab"}
        for name in names:
            make_identity(path, name)
        options = [
            part for option, file in zip(["--tls-certificate", "--tls-key"], files) if file
            for part in (option, file.format(**names))
        ]
        ended = subprocess.run(
            [binary("switchboard-testserver"), "--listen", "127.0.0.1:0", *options], capture_output=True, text=True,
            timeout=20)
        assert ended.returncode == 78, ended.stderr
        lines = ended.stderr.strip().splitlines()
        assert len(lines) == 1 and named in lines[0], ended.stderr


# Unix sockets


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_unix_socket_serves_like_a_port(transport):
    with folder() as path:
        with serving("--trusted-proxies", "1", listen=f"unix:{path}/socket") as server:
            async with connected(
                "http://localhost", transport, connector=aiohttp.UnixConnector(server.path)
            ) as anna:
                assert (await anna.call("handshake"))["address"] == ""
                assert await anna.call("echo", "a") == "a"
            async with connected(
                "http://localhost", transport, connector=aiohttp.UnixConnector(server.path),
                headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
            ) as ben:
                handshake = await ben.call("handshake")
                assert (handshake["address"], handshake["secure"]) == ("192.0.2.7", True)
        assert not os.path.exists(f"{path}/socket")


def test_the_socket_of_a_dead_server_is_replaced_and_that_of_a_living_one_is_not():
    with folder() as path:
        listen = f"unix:{path}/socket"
        dead = TestServer(path, listen=listen).start()
        dead.kill()
        assert os.path.exists(f"{path}/socket")
        with serving(listen=listen) as server:
            other = subprocess.run(
                [binary("switchboard-testserver"), "--listen", listen], capture_output=True, text=True, timeout=20)
            assert other.returncode == 69 and "in use" in other.stderr, other.stderr
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(server.path)
                client.sendall(b"GET /stats HTTP/1.1\r\nHost: x\r\n\r\n")
                assert client.recv(12) == b"HTTP/1.1 200"
        with open(f"{path}/socket", "w") as file:
            file.write("precious")
        other = subprocess.run(
            [binary("switchboard-testserver"), "--listen", listen], capture_output=True, text=True, timeout=20)
        assert other.returncode == 69
        assert open(f"{path}/socket").read() == "precious"


# The PROXY protocol


@contextlib.contextmanager
def haproxy(path, bind, server):
    """HAProxy in front of a server; returns its port."""
    port = free_port()
    with open(f"{path}/haproxy.cfg", "w") as file:
        file.write(
            "defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n"
            f"listen l\n bind 127.0.0.1:{port} {bind}\n server s {server}\n")
    process = Process("haproxy", [shutil.which("haproxy") or "/usr/sbin/haproxy", "-f", f"{path}/haproxy.cfg"], path)
    process.start()

    def accepts():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True

    try:
        wait_until(accepts, process.output)
        yield port
    finally:
        process.stop()


@pytest.fixture(scope="module")
def proxied():
    with serving("--proxy-protocol", "true", "--head-timeout", "500") as server:
        yield server


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("version", ["send-proxy", "send-proxy-v2"])
async def test_haproxy_tells_who_the_client_is(proxied, version, transport):
    with folder() as path, haproxy(path, "", f"{proxied.host}:{proxied.port} {version}") as port:
        async with connected(f"http://127.0.0.1:{port}", transport, connector=from_client()) as anna:
            handshake = await anna.call("handshake")
            assert (handshake["address"], handshake["secure"]) == (CLIENT, False)
            assert await anna.call("echo", "a") == "a"


async def test_haproxy_tells_that_it_ended_tls(proxied):
    with folder() as path:
        certificate, key = make_identity(path, "proxy")
        with open(f"{path}/both.pem", "w") as both:
            both.write(open(certificate).read() + open(key).read())
        with haproxy(
            path, f"ssl crt {path}/both.pem", f"{proxied.host}:{proxied.port} send-proxy-v2-ssl-cn"
        ) as port:
            connector = from_client(ssl=trusting(certificate))
            async with connected(f"https://127.0.0.1:{port}", connector=connector) as anna:
                handshake = await anna.call("handshake")
                assert (handshake["address"], handshake["secure"]) == (CLIENT, True)


async def test_the_header_stands_before_tls_and_on_unix_sockets():
    with folder() as path:
        certificate, key = make_identity(path, "server")
        with serving(
            "--proxy-protocol", "true", "--tls-certificate", certificate, "--tls-key", key,
            listen=f"unix:{path}/socket"
        ) as server, haproxy(path, "", f"unix@{server.path} send-proxy-v2") as port:
            connector = from_client(ssl=trusting(certificate))
            async with connected(f"https://127.0.0.1:{port}", connector=connector) as anna:
                handshake = await anna.call("handshake")
                assert (handshake["address"], handshake["secure"]) == (CLIENT, True)


SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def version_2(command, family, addresses, *extensions):
    block = addresses + b"".join(struct.pack("!BH", kind, len(value)) + value for kind, value in extensions)
    return SIGNATURE + struct.pack("!BBH", command, family, len(block)) + block


V4 = socket.inet_aton("192.0.2.1") + socket.inet_aton("192.0.2.2") + struct.pack("!HH", 1, 2)
V6 = socket.inet_pton(socket.AF_INET6, "2001:db8::1") * 2 + struct.pack("!HH", 1, 2)


@pytest.mark.parametrize("header, address, secure", [
    (b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "192.0.2.1", False),
    (b"PROXY TCP6 2001:db8:0:0::1 ::1 65535 0\r\n", "2001:db8::1", False),
    (b"PROXY UNKNOWN\r\n", "127.0.0.1", False),
    (b"PROXY UNKNOWN anything at all\r\n", "127.0.0.1", False),
    (version_2(0x20, 0x00, b""), "127.0.0.1", False),
    (version_2(0x20, 0x11, V4), "127.0.0.1", False),
    (version_2(0x21, 0x00, b""), "127.0.0.1", False),
    (version_2(0x21, 0x11, V4), "192.0.2.1", False),
    (version_2(0x21, 0x21, V6, (0x04, b"\0" * 5000), (0x20, b"\x01\0\0\0\0"), (0xE0, b"x")), "2001:db8::1", True),
    (version_2(0x21, 0x21, V6, (0x20, b"\x00\0\0\0\0")), "2001:db8::1", False),
    (version_2(0x21, 0x31, b"/x".ljust(216, b"\0")), "", False),
], ids=[
    "TCP4", "TCP6", "UNKNOWN", "UNKNOWN with text", "LOCAL", "LOCAL with addresses", "unspecified", "IPv4",
    "IPv6 with extensions", "no TLS", "unix"])
@pytest.mark.parametrize("piece", [1, 1 << 20], ids=["byte by byte", "at once"])
async def test_every_form_of_the_header(proxied, header, address, secure, piece):
    reader, writer = await asyncio.open_connection(proxied.host, proxied.port)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if len(header) > 1000 and piece == 1:
        piece = 100
    request = header + b"GET /peer HTTP/1.1\r\nHost: x\r\n\r\n"
    for start in range(0, len(request), piece):
        writer.write(request[start:start + piece])
        await asyncio.sleep(0)
    answer = (await within(reader.readuntil(b"}"), 5)).decode()
    writer.close()
    assert f'"address":"{address}"' in answer and f'"secure":{"true" if secure else "false"}' in answer, answer


@pytest.mark.parametrize("header", [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n", b"PROXY TCP4 ::1 ::1 1 2\r\n",
    b"PROXY " + b"x" * 200, SIGNATURE + b"\x11\x11\0\0", SIGNATURE + b"\x21\x11\0\x04abcd",
    SIGNATURE + b"\x21\x11\xff\xff", version_2(0x21, 0x11, V4, (0x20, b"\x01")),
], ids=[
    "none", "too short", "wrong family", "too long", "version 1 in version 2", "too small", "too big", "TLS cut off"])
async def test_a_connection_without_a_good_header_is_closed(proxied, header):
    reader, writer = await asyncio.open_connection(proxied.host, proxied.port)
    writer.write(header)
    with contextlib.suppress(ConnectionError):
        assert await within(reader.read(), 5) == b""
    writer.close()


# Proxies that speak HTTP


@pytest.mark.parametrize("trusted, forwarded, address", [
    (0, ["192.0.2.1"], "127.0.0.1"),
    (1, ["192.0.2.9, 192.0.2.1"], "192.0.2.1"),
    (1, ["192.0.2.9", "192.0.2.1:4711"], "192.0.2.1"),
    (2, ["192.0.2.9", "[2001:db8::1]:4711, 10.0.0.1"], "2001:db8::1"),
    (2, ["192.0.2.9,2001:DB8::1 ,10.0.0.1"], "2001:db8::1"),
    (3, ["192.0.2.1, 10.0.0.1"], "192.0.2.1"),
    (1, ["unknown"], "127.0.0.1"),
    (1, ["192.0.2.9, _hidden"], "127.0.0.1"),
])
async def test_as_many_entries_are_believed_as_proxies_are_trusted(trusted, forwarded, address):
    with serving("--trusted-proxies", str(trusted)) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        lines = "".join(f"X-Forwarded-For: {line}\r\n" for line in forwarded)
        writer.write(f"GET /engine.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        await within(reader.readuntil(b"}"), 5)
        writer.close()
        async with connected(
            server.url(), headers={"X-Forwarded-For": ", ".join(forwarded)}
        ) as anna:
            assert (await anna.call("handshake"))["address"] == address
