"""Measures the constants of the scale model, checks the model against clusters on this machine, and extrapolates."""

import dataclasses
import json
import os
import statistics
import subprocess

from . import model
from .processes import memory

SIZES = (2, 11)  # of the rooms of the check, with their publisher
# One event on its way in each room, as with people: every delivery is a write of its own, what is between nodes is shared.
EVENTS = ["rooms", "--outsider", "--payload", 200, "--in-flight", 1]
ROOMS = 100  # so many events are on their way, in constants and check alike
CROWDS = (10_000, 100_000, 1_000_000, 10_000_000)


def scale(options, subjects, generator):
    """Runs it; returns the exit code."""
    counts = [int(count) for count in options.nodes.split(",")]
    costs = measured_costs(options, subjects, generator)
    lines = ["| constant | measured |", "|---|---|"]
    lines += [f"| {name} | {value:,.2f} |" for name, value in dataclasses.asdict(costs).items()]
    checks = [
        check(count, size, sharded, costs, options, subjects, generator)
        for sharded in (False, True) for count in counts if count > 1 or not sharded for size in SIZES
    ]
    lines += ["", *table_of_checks(checks), "", *table_of_crowds(costs)]
    os.makedirs(options.output, exist_ok=True)
    with open(os.path.join(options.output, "scale.json"), "w") as file:
        json.dump({"costs": dataclasses.asdict(costs), "checks": checks}, file, indent=2)
    print("\n".join(lines))
    return 0


# MARK: constants


def measured_costs(options, subjects, generator):
    """Every constant from a measurement of its own: one node for sessions, the adapter alone for what is between nodes."""
    with subjects.running("ours") as one:
        two = statistics.median(run(one, size_load(2), generator)[0] for _ in range(options.rounds))
        eleven = statistics.median(run(one, size_load(11), generator)[0] for _ in range(options.rounds))
    deliver = (eleven - two) / 9
    narrow, wide = adapter(subjects, generator, 8, "--narrow"), adapter(subjects, generator, 8)
    pair = adapter(subjects, generator, 2)
    receive, drop = (wide[0] - pair[0]) / 6, (narrow[0] - pair[0]) / 6
    subscriber = (wide[1] - pair[1]) / 6
    sharded, sharded_wide = adapter(subjects, generator, 2, "--sharded"), adapter(subjects, generator, 8, "--sharded")
    sharded_receive = (sharded_wide[0] - sharded[0]) / 6
    sharded_subscriber = (sharded_wide[1] - sharded[1]) / 6
    match = adapter(subjects, generator, 2, scenario="matches")
    session, node = idle(options, subjects, generator)
    return model.Costs(
        publish=two - deliver, deliver=deliver, send=pair[0] - receive - drop, receive=receive, drop=drop,
        redis_publish=pair[1] - 2 * subscriber, redis_subscriber=subscriber,
        sharded_send=sharded[0] - sharded_receive, sharded_receive=sharded_receive,
        sharded_redis_publish=sharded[1] - sharded_subscriber, sharded_redis_subscriber=sharded_subscriber,
        match=match[0], redis_match=match[1], session=session, node=node)


def adapter(subjects, generator, nodes, *flags, scenario="events"):
    """CPU time of the nodes and of Redis for one operation of the adapter."""
    runs = [adapter_run(subjects, generator, nodes, scenario, flags) for _ in range(generator.options.rounds)]
    return tuple(
        statistics.median(run[name] for run in runs) for name in ("cpu_us_per_operation", "redis_cpu_us_per_operation"))


def adapter_run(subjects, generator, nodes, scenario, flags):
    program, seconds = subjects.programs.ours("switchboard-adapterbench"), generator.options.seconds
    with generator.alone(), subjects.redis_alone() as url:
        command = [program, scenario, "--redis", url, "--nodes", nodes, "--seconds", seconds, *flags]
        command += ["--window", ROOMS] if scenario == "events" else []
        command = subjects.placement.server([str(part) for part in command])
        done = subprocess.run(command, capture_output=True, text=True, timeout=60 + 2 * seconds)
    if done.returncode:
        raise RuntimeError(f"switchboard-adapterbench: {done.stderr.strip()}")
    return json.loads(done.stdout)


def idle(options, subjects, generator):
    """Bytes of a session, and of a node before the first."""
    count = max(20, int(5000 * options.scale))
    with subjects.running("ours") as one:
        before = memory(one.pids[0])
        result = generator.run(["idle", "--sessions", count, "--sources", 4], one)
    grown = sum(server["memory_end"] - server["memory_before"] for server in result["servers"])
    return grown / max(1, result["sessions"] - result["failed"]), before


# MARK: the check


def size_load(size):
    return [*EVENTS, "--sessions", ROOMS * size, "--room-size", size]


def run(subject, load, generator):
    """CPU time of the nodes and of Redis for one published event."""
    result = generator.run(load, subject, 0.3)
    if not result["clean"]:
        raise RuntimeError(f"{subject.name}: not every event came: {'; '.join(result['errors'])}")
    receivers = load[-1] - 1
    return result["cpu_per_operation"] * receivers, result.get("redis_cpu_per_operation", 0) * receivers


def check(nodes, size, sharded, costs, options, subjects, generator):
    """A cluster of so many nodes on this machine, whose sessions are spread in turn: predicted and measured."""
    name = "ours" if nodes == 1 else f"ours, {nodes} {'sharded ' if sharded else ''}nodes"
    with subjects.running(name) as subject:
        runs = [run(subject, size_load(size), generator) for _ in range(options.rounds)]
    receivers = size - 1
    predicted = model.event(costs, nodes, receivers, min(nodes - 1, receivers), sharded)
    return {
        "nodes": nodes, "sharded": sharded, "receivers": receivers, "predicted": predicted,
        "measured": [statistics.median(values) for values in zip(*runs, strict=True)],
    }


def table_of_checks(checks):
    yield "| nodes | format | receivers | nodes, µs per event: predicted | measured | | Redis: predicted | measured |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in checks:
        (nodes, redis), (real, real_redis) = each["predicted"], each["measured"]
        format = "sharded" if each["sharded"] else "classic" if each["nodes"] > 1 else ""
        yield (f"| {each['nodes']} | {format} | {each['receivers']} | {nodes:.1f} | {real:.1f} | {real / nodes - 1:+.0%} | "
               f"{redis:.1f} | {real_redis:.1f} |")


def table_of_crowds(costs):
    yield "| sessions | nodes, classic | cores of Redis | nodes, sharded | cores of Redis |"
    yield "|---|---|---|---|---|"
    for sessions in CROWDS:
        cells = [f"{sessions:,}"]
        for sharded in (False, True):
            nodes, redis = model.cluster(costs, model.Load(sessions), sharded)
            cells += ["impossible", ""] if nodes is None else [f"{nodes:,}", f"{redis:.1f}"]
        yield f"| {' | '.join(cells)} |"
    limit = model.largest(costs, model.Load(1))
    yield ""
    yield f"One core of Redis carries classic clusters of up to {limit:,} such sessions."
