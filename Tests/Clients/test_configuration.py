"""A wrong setting ends the start with one clear line and the documented exit code."""

import os
import subprocess

import pytest

from support.processes import binary

NODE, GATEWAY = "switchboard-node", "switchboard-gateway"
USAGE, CONFIGURATION = 64, 78
LISTEN = ["--listen", "meet=127.0.0.1:0"]


@pytest.mark.parametrize("program, arguments, environment, code, named", [
    (NODE, [], {}, USAGE, "--listen"),
    (NODE, ["--listen", "nonsense"], {}, USAGE, "nonsense"),
    (NODE, [*LISTEN, "--threads", "0"], {}, USAGE, "--threads"),
    (NODE, [*LISTEN, "--redis", "http://127.0.0.1"], {}, USAGE, "--redis"),
    (NODE, [*LISTEN, "--meet-rematch", "sometimes"], {}, USAGE, "--meet-rematch"),
    (NODE, [*LISTEN, "--meet-origin", "https://*"], {}, USAGE, "--meet-origin"),
    (NODE, ["--listen", "meet=unix:relative"], {}, USAGE, "unix:relative"),
    (NODE, [*LISTEN, "--handshakes-per-address", "often"], {}, USAGE, "--handshakes-per-address"),
    (NODE, [*LISTEN, "--tls-key", "/nonexistent"], {}, CONFIGURATION, "--tls-certificate"),
    (NODE, [*LISTEN, "--tls-certificate", "/nonexistent", "--tls-key", "/nonexistent"], {}, CONFIGURATION,
     "/nonexistent"),
    (NODE, [*LISTEN, "--connections-per-address", "9", "--trusted-proxies", "1"], {}, CONFIGURATION,
     "--trusted-proxies"),
    (NODE, LISTEN, {"SWITCHBOARD_THREADS": "many"}, CONFIGURATION, "SWITCHBOARD_THREADS"),
    (NODE, LISTEN, {"SWITCHBOARD_CONFIG": "/nonexistent"}, CONFIGURATION, "/nonexistent"),
    (NODE, [*LISTEN, "--meet-auth", "required"], {}, CONFIGURATION, "secret"),
    (NODE, [*LISTEN, "--meet-ice-servers", "http://127.0.0.1"], {}, USAGE, "--meet-ice-servers"),
    (NODE, [*LISTEN, "--meet-ice-servers", "turn:127.0.0.1"], {}, CONFIGURATION, "SWITCHBOARD_MEET_TURN_SECRET"),
    (NODE, LISTEN, {"SWITCHBOARD_MEET_TURN_SECRET": "s"}, CONFIGURATION, "turn:"),
    (NODE, [*LISTEN, "--client-bundle", "/nonexistent"], {}, CONFIGURATION, "/nonexistent"),
    (GATEWAY, [], {}, USAGE, "--listen"),
    (GATEWAY, LISTEN, {}, USAGE, "--node"),
    (GATEWAY, ["--listen", "meet=unix:/x"], {}, USAGE, "unix:/x"),
    (GATEWAY, [*LISTEN, "--node", "nonsense"], {}, USAGE, "nonsense"),
    (GATEWAY, [*LISTEN, "--node", "meet=127.0.0.1:1"], {"SWITCHBOARD_PROBE_INTERVAL": "soon"}, CONFIGURATION,
     "SWITCHBOARD_PROBE_INTERVAL"),
])
def test_a_wrong_setting_is_named(program, arguments, environment, code, named):
    ended = subprocess.run(
        [binary(program), *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=20)
    assert ended.returncode == code, ended.stderr
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1 and named in lines[0], ended.stderr
