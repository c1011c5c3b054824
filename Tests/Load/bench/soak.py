"""Half load with churn for half an hour: memory must stay flat, and nothing may be left when all clients have gone."""

import json
import time
import urllib.request

from .processes import cpu_seconds, descriptors, memory, wakeups
from .subjects import OURS

SESSIONS = 300  # of each kind, of which --scale takes a part
CHURN = 20  # sessions per second of each kind that leave and come again
KINDS = {
    "websocket": ["echo", "--transport", "websocket"],
    "polling": ["echo", "--transport", "polling"],
    "upgrade": ["echo", "--transport", "upgrade"],
}
SAMPLE = 5  # seconds between two looks at the server
TOLERANCE = 0.05
LEAVING = 60  # seconds until everything must be gone
SILENCE = 3  # seconds in which wake-ups are counted


def soak(options, subjects, generator):
    """Runs it; returns the exit code."""
    count = max(20, int(SESSIONS * options.scale))
    loads = {kind: [*load, "--sessions", count] for kind, load in KINDS.items()}
    with subjects.running(OURS) as server:
        pid, url = server.pids[0], server.urls[0]
        before = descriptors(pid), min(wakeups(pid, SILENCE) for _ in range(2))
        rates = half_load(options, generator, server, loads)
        print(f"soak: {options.minutes:g} minutes, {count} sessions of each kind, {CHURN} of each renewed per second, "
              "echoes per second: " + ", ".join(f"{kind} {rate:.0f}" for kind, rate in rates.items()), flush=True)
        samples, results = watched(options, generator, server, loads, rates)
        good = [report_runs(results), report_memory(options, samples), report_rest(url, pid, before)]
        return 0 if all(good) else 1


def half_load(options, generator, server, loads):
    """The rate of each kind at which it takes its share of the CPU time that the server shall need.

    An echo costs more where fewer meet in one turn of the loop, so what a saturated server does is only a first guess.
    """
    share, rates = options.load / len(KINDS) * 1e6, {}
    warmup, seconds = min(options.warmup, 1), min(options.seconds, 2)
    for kind, load in loads.items():
        guess = share / cost(generator.run(load, server, warmup, seconds))
        paced = [*load, "--rate", max(1, round(guess / 2)), "--churn", CHURN]
        rates[kind] = max(1.0, share / cost(generator.run(paced, server, warmup, seconds)))
    return rates


def cost(result):
    """Microseconds of CPU time per echo; plenty, if the run was too short for any."""
    return result["cpu_per_operation"] or 1000


def watched(options, generator, server, loads, rates):
    """Drives the server; returns (seconds, bytes, descriptors, CPU seconds) again and again, and what the runs say."""
    seconds = options.minutes * 60
    commands = [
        generator.command(
            [*load, "--rate", round(rates[kind]), "--churn", CHURN, "--sources", 8], server.urls, [], 0, seconds)
        for kind, load in loads.items()
    ]
    children = [generator.start(command) for command in commands]
    samples, start, pid = [], time.monotonic(), server.pids[0]
    try:
        while (passed := time.monotonic() - start) < seconds and all(child.poll() is None for child in children):
            samples.append((passed, memory(pid), descriptors(pid), cpu_seconds(pid)))
            time.sleep(min(SAMPLE, seconds / 20))
        return samples, generator.await_all(children, commands)
    finally:
        for child in children:
            child.kill()


def report_memory(options, samples):
    """Whether memory stayed within the tolerance of what it was after the first minutes."""
    settled = min(300, options.minutes * 60 / 6)
    late = [sample for sample in samples if sample[0] >= settled]
    if len(late) < 2:
        print("soak: too short to say anything about memory")
        return False
    first, most = late[0][1], max(sample[1] for sample in late)
    load = (late[-1][3] - late[0][3]) / (late[-1][0] - late[0][0])
    print(f"soak: load {load:.2f} of a core; memory {first / 1e6:.1f} MB after {late[0][0]:.0f} s, at most "
          f"{most / 1e6:.1f} MB, at the end {late[-1][1] / 1e6:.1f} MB; descriptors at most "
          f"{max(sample[2] for sample in samples)}")
    flat = most <= first * (1 + TOLERANCE)
    print(f"soak: memory is {'flat' if flat else 'NOT FLAT'}: {most / first - 1:+.1%}, {TOLERANCE:.0%} are allowed")
    return flat


def report_rest(url, pid, before):
    """Whether the server has forgotten everybody, and its timers, too: it wakes up no more often than before the first
    client, but for one that may fall into a window or not."""
    deadline = time.monotonic() + LEAVING
    while True:
        with urllib.request.urlopen(f"{url}/stats", timeout=5) as answer:
            sessions = json.load(answer)["sessions"]
        open_now, awake = descriptors(pid) - before[0], wakeups(pid, SILENCE)
        clean = sessions == 0 and open_now <= 0 and awake <= before[1] + 1
        if clean or time.monotonic() > deadline:
            break
    print(f"soak: left after all clients went: {sessions} sessions, {open_now:+d} descriptors, {memory(pid) / 1e6:.1f} MB "
          f"of memory; woken up {awake} times in {SILENCE} seconds, before the first client {before[1]} times")
    return clean


def report_runs(results):
    """Whether every echo came, and nobody was lost."""
    for kind, result in zip(KINDS, results, strict=True):
        print(f"soak: {kind}: {result['received']} echoes of {result['expected']}, {result['wrong']} wrong, "
              f"{result['failed']} failed, {result['lost']} lost, p99 {result['latency']['p99']:.0f} µs"
              + "".join(f"; {error}" for error in result["errors"][:3]), flush=True)
    return all(result["clean"] for result in results)
