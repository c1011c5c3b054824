"""The experiments: what is done to the cluster, and what must hold then."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from support.deadline import within
from support.redis import ask

ROLLING_RESTART = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * 3, "deploy", "rolling-restart")


def percentile(values, share):
    """The value that so many are not above; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


# What is done. A fault returns when it is healed.

async def kill_node(run):
    run.asked(run.node(0))
    run.node(0).kill()


async def stop_node(run):
    run.asked(run.node(0))
    run.node(0).terminate()
    await asyncio.to_thread(run.node(0).child.wait, 30)
    run.ended(run.node(0))


async def rolling_restart(run):
    arguments = []
    for index, node in enumerate(run.cluster.nodes):
        run.supervise(index)
        arguments.append(f"{node.name}={run.cluster.url(index)}")
    script = await asyncio.create_subprocess_exec(
        ROLLING_RESTART, "--restart", f"kill -TERM $(cat {run.pid_folder}/{{}})", "--pause", str(run.options.pause),
        "--gateway", f"http://127.0.0.1:{run.cluster.admin_port}", *arguments, stdout=sys.stderr)
    assert await within(script.wait(), 300) == 0, "the rolling restart failed"


async def freeze_node(run):
    run.node(0).pause()
    await asyncio.sleep(15)
    run.node(0).resume()


async def kill_redis(run):
    redis = run.cluster.redis
    run.asked(redis)
    redis.kill()
    await asyncio.sleep(10)
    run.started(redis)
    await asyncio.to_thread(redis.wait_ready)


async def freeze_redis(run):
    run.cluster.redis.pause()
    await asyncio.sleep(5)
    run.cluster.redis.resume()


async def cut_subscriptions(run):
    for _ in range(5):
        await asyncio.to_thread(ask, run.cluster.redis, "CLIENT", "KILL", "TYPE", "pubsub")
        await asyncio.sleep(2)


async def empty_redis(run):
    await asyncio.to_thread(ask, run.cluster.redis, "FLUSHALL")


async def kill_gateway(run):
    gateway = run.cluster.gateway
    run.asked(gateway)
    gateway.kill()
    await asyncio.sleep(1)
    run.started(gateway)


# What must hold.

@dataclass
class Limit:
    """One line about a run: a figure and, unless it is only told, what it may be at most (or at least)."""

    name: str
    value: float | None
    most: float | None = None
    least: float | None = None
    unit: str = ""

    @property
    def holds(self):
        if self.value is None:
            return False
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


def always(verdict):
    """What is told, and what must hold, of every run."""
    messages = verdict.messages
    return [
        Limit("p99 of messages before", percentile(verdict.latency, 0.99) * 1000, unit="ms"),
        Limit("messages accepted", messages.accepted),
        Limit("lost with a pair whose end was told", messages.announced),
        Limit("lost in silence", messages.silent, most=verdict.counted),
        Limit("processes that ended", len(verdict.exits), most=0),
    ]


def control(verdict):
    return [
        Limit("disconnected", len(verdict.dropped), most=0),
        Limit("lost", verdict.messages.silent + verdict.messages.announced, most=0),
        Limit("unanswered", verdict.messages.unanswered, most=0),
    ]


def served_again(verdict, most):
    back = [time for who, time in verdict.back.items() if who in verdict.dropped]
    return [
        Limit("clients that lost their connection", len(verdict.dropped)),
        Limit("served again, p95", percentile(back, 0.95), most=most, unit="s"),
        Limit("served again, last", max(back, default=0.0), unit="s"),
    ]


def partners_told(verdict, most):
    return [
        Limit("partners elsewhere", len(verdict.survivors)),
        Limit("not told", len(verdict.survivors - set(verdict.told)), most=0),
        Limit("told, last", max(verdict.told.values(), default=0.0), most=most, unit="s"),
    ]


def killed(verdict):
    return [
        *served_again(verdict, 3), *partners_told(verdict, 6),
        Limit("disconnected elsewhere", len(verdict.dropped_elsewhere), most=0),
        Limit("count, pairs and queue exact after", verdict.exact, most=6, unit="s"),
    ]


def stopped(verdict):
    share = 100 * verdict.resumed / verdict.connects if verdict.connects else 0.0
    return [
        *served_again(verdict, None),
        Limit("recovered", share, least=99, unit="%"),
        Limit("lost", verdict.messages.silent + verdict.messages.announced, most=0),
        Limit("disconnected elsewhere", len(verdict.dropped_elsewhere), most=0),
        Limit("ended after", verdict.took, most=12, unit="s"),
        Limit("most connects in a second", verdict.peak_connects),
        Limit("exact after the end", verdict.exact_after_heal, most=6, unit="s"),
    ]


def rolled(verdict):
    share = 100 * verdict.resumed / verdict.connects if verdict.connects else 0.0
    return [
        Limit("clients that lost their connection", len(verdict.dropped)),
        Limit("recovered", share, least=99, unit="%"),
        Limit("lost", verdict.messages.silent + verdict.messages.announced, most=0),
        Limit("most connects in a second", verdict.peak_connects),
        Limit("took", verdict.took, unit="s"),
        Limit("exact after the end", verdict.exact_after_heal, most=6, unit="s"),
    ]


def frozen_node(verdict):
    cut = [verdict.dropped[who] for who in verdict.hit if who in verdict.dropped]
    return [
        Limit("its clients", len(verdict.hit)),
        Limit("not cut", len(verdict.hit - set(verdict.dropped)), most=0),
        Limit("cut, last", max(cut, default=0.0), most=3, unit="s"),
        Limit("came to it while it was frozen", verdict.strays, most=0),
        *served_again(verdict, 5), *partners_told(verdict, 6),
        Limit("disconnected elsewhere", len(verdict.dropped_elsewhere), most=0),
        Limit("exact after it woke", verdict.exact_after_heal, most=5, unit="s"),
    ]


def without_redis(verdict):
    return [
        Limit("disconnected", len(verdict.dropped), most=0),
        Limit("losses counted by the nodes", verdict.counted),
        Limit("exact after Redis was back", verdict.exact_after_heal, most=5, unit="s"),
    ]


def frozen_redis(verdict):
    return [
        *without_redis(verdict),
        Limit("lost", verdict.messages.silent + verdict.messages.announced, most=0),
        Limit("p99 within a node meanwhile", percentile(verdict.near_latency, 0.99) * 1000, unit="ms"),
    ]


def gateway_killed(verdict):
    return [
        *served_again(verdict, 5),
        Limit("not back", len(set(verdict.dropped) - set(verdict.back)), most=0),
        Limit("served again, all", max(verdict.back.values(), default=0.0), most=5, unit="s"),
        Limit("unknown sessions", verdict.unknown_sessions, most=0),
        Limit("exact after", verdict.exact, unit="s"),
    ]


@dataclass
class Experiment:
    """One experiment. `nodes` are those that the fault is about, `after` the seconds that are watched after the heal."""

    key: str
    title: str
    fault: Callable | None
    limits: Callable
    nodes: tuple = ()
    after: float = 8.0
    grace: int = 0  # milliseconds


EXPERIMENTS = [
    Experiment("E0", "no fault", None, control, after=2.0),
    Experiment("E1", "a node is killed", kill_node, killed, nodes=(0,)),
    Experiment("E2", "a node is stopped", stop_node, stopped, nodes=(0,), grace=10_000),
    Experiment("E3", "all nodes are restarted in turn", rolling_restart, rolled, grace=10_000),
    Experiment("E4", "a node is frozen for 15 s", freeze_node, frozen_node, nodes=(0,)),
    Experiment("E5", "Redis is killed, and back empty after 10 s", kill_redis, without_redis),
    Experiment("E6", "Redis is frozen for 5 s", freeze_redis, frozen_redis),
    Experiment("E7", "subscriptions are cut every 2 s", cut_subscriptions, without_redis),
    Experiment("E8", "Redis is emptied", empty_redis, without_redis),
    Experiment("E11", "the gateway is killed, and back after 1 s", kill_gateway, gateway_killed, after=10.0),
]
