"""The benchmarks run to their end: every scenario of the load generator, rows of every kind, and the soak. No figure
is judged: these are debug builds, on a machine that does other work."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from support.processes import binary, wait_until
from support.testserver import serving, stats

LOAD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Load")
TINY = ["--rounds", "1", "--seconds", "0.2", "--warmup", "0", "--settle", "0.05", "--scale", "0.02"]
FIELDS = {
    "scenario", "transport", "sessions", "in_flight", "rate", "payload", "seconds", "operation", "operations",
    "per_second", "latency", "connect_latency", "sent", "expected", "received", "missing", "wrong", "failed", "lost",
    "retries", "messages", "bytes_received", "bytes_sent", "servers", "cpu_per_operation", "generator_cpu_seconds",
    "generator_busy", "errors", "command", "clean",
}
ACCOUNT = ("expected", "received", "wrong", "failed", "lost", "errors")


def bench(*arguments, timeout=60):
    """Runs the benchmarks with the executables under test."""
    folder = os.path.dirname(binary("switchboard-testserver"))
    command = [sys.executable, "-m", "bench", *TINY, "--bin", folder, *arguments]
    return subprocess.run(
        command, env={**os.environ, "PYTHONPATH": LOAD}, capture_output=True, text=True, timeout=timeout)


@pytest.mark.parametrize(("rows", "options"), [
    ("echo-10,gateway", []),
    ("polling,broadcast-10,rooms-rate,connects,connects-upgrade,idle,p99-connects", ["--ours-only"]),
    ("idle-cluster,adapter,match", ["--ours-only", "--scale", "0.002"]),
])
@pytest.mark.deadline(60)
def test_every_row_measures_and_reports(tmp_path, rows, options):
    run = bench("--only", rows, *options, "--output", str(tmp_path))
    assert run.returncode == 0, run.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert [row["row"] for row in results["rows"]] == rows.split(",")
    for row in results["rows"]:
        assert row["ours"] in row["figures"], run.stderr
        for result in (result for runs in row["runs"].values() for result in runs):
            assert FIELDS <= set(result), row["row"]
            assert result["clean"], (row["row"], {name: result[name] for name in ACCOUNT})
            assert result["received"] > 0 or result["scenario"] == "idle"
    table = (tmp_path / "table.md").read_text()
    assert all(f"\n| {row} | " in table for row in rows.split(","))


def test_a_change_is_compared_with_what_was_before(tmp_path):
    folder = os.path.dirname(binary("switchboard-testserver"))
    run = bench("--only", "echo", "--ours-only", "--before", folder, "--output", str(tmp_path),
                "--server-options=--ping-interval 20000")
    assert run.returncode == 0, run.stderr
    figures = json.loads((tmp_path / "results.json").read_text())["rows"][0]["figures"]
    assert set(figures) == {"ours", "ours, before"}
    assert "| before " in run.stdout and " × ours" in run.stdout


@pytest.mark.deadline(90)
def test_soak_leaves_nothing():
    # Timers of sessions last as long as their pings.
    pings = "--server-options=--ping-interval 2000 --ping-timeout 1000"
    run = bench("soak", "--minutes", "0.05", "--load", "0.1", pings, timeout=90)
    assert "left after all clients went: 0 sessions, +0 descriptors" in run.stdout, run.stdout + run.stderr
    assert run.stdout.count(" 0 wrong, 0 failed, 0 lost") == 3, run.stdout
    awake, before = re.search(r"woken up (\d+) times in 3 seconds, before the first client (\d+) times", run.stdout).groups()
    assert int(awake) <= int(before) + 1, "a timer is left"


@pytest.fixture(scope="module")
def generator():
    """The load generator, compiled."""
    sys.path.insert(0, LOAD)
    from bench.programs import Programs
    return Programs().load


def under_load(server, sessions):
    """Waits until all sessions are there and the measurement has begun, half a second later."""
    wait_until(lambda: stats(server.url())["sessions"] == sessions, "all sessions are there")
    time.sleep(0.6)


def test_latency_counts_from_the_time_an_event_was_due(generator):
    """A server that stands still for half a second is charged for all that was due meanwhile, not for one echo."""
    with serving() as server:
        load = subprocess.Popen(
            [generator, "echo", "--url", server.url(), "--rate", "400", "--seconds", "2", "--warmup", "0.2"],
            stdout=subprocess.PIPE, text=True)
        under_load(server, 100)
        server.child.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        server.child.send_signal(signal.SIGCONT)
        result = json.loads(load.communicate(timeout=20)[0])
    assert load.returncode == 0, result
    assert result["latency"]["max"] >= 400_000
    assert result["latency"]["p90"] >= 200_000  # a quarter of all echoes was due while nobody answered


def test_what_is_lost_is_counted(generator):
    with serving() as server:
        load = subprocess.Popen(
            [generator, "echo", "--url", server.url(), "--seconds", "2", "--patience", "2", "--sessions", "10"],
            stdout=subprocess.PIPE, text=True)
        under_load(server, 10)
        server.kill()
        result = json.loads(load.communicate(timeout=20)[0])
    assert load.returncode == 1
    assert result["lost"] == 10 and result["missing"] == 10, result


def test_only_this_machine_is_loaded(generator):
    run = subprocess.run(
        [generator, "echo", "--url", "http://192.0.2.1:80"], capture_output=True, text=True, timeout=5)
    assert run.returncode == 64 and "not a loopback address" in run.stderr


@pytest.mark.deadline(120)
def test_the_scale_model_is_measured_checked_and_extrapolated(tmp_path):
    run = bench("scale", "--nodes", "1,2", "--seconds", "0.3", "--output", str(tmp_path), timeout=110)
    assert run.returncode == 0, run.stderr
    scale = json.loads((tmp_path / "scale.json").read_text())
    assert [(each["nodes"], each["sharded"]) for each in scale["checks"]] == [
        (1, False), (1, False), (2, False), (2, False), (2, True), (2, True)]
    assert all(each["measured"][0] > 0 for each in scale["checks"])
    assert "| 10,000,000 |" in run.stdout
