"""One run of one experiment: a cluster and a crowd of its own, a fault, and the history of it."""

import asyncio
import os
import random
import tempfile

from support.cluster import Cluster
from support.processes import http_status
from support.redis import ask

from .checker import SPARE_DESCRIPTORS
from .crowd import STOCK, Crowd
from .history import History, read
from .member import Member

# Of these every sample has the sum over their labels.
METRICS = ("switchboard_cluster_missed_total", "switchboard_redis_publications_dropped_total",
           "switchboard_redis_publications_unconfirmed_total")
QUIET = 1.5  # seconds for what was said last to arrive
EMPTY = 15  # seconds within which the processes must be free of what clients have left


class NotReady(Exception):
    """The clients did not get what they wanted before anything was broken."""


class Run:
    """What faults have at hand: `cluster`, `crowd`, `history`, `options`."""

    def __init__(self, experiment, options, path):
        self.experiment = experiment
        self.options = options
        self.history = History(path)
        self.random = random.Random(f"{options.seed} {experiment.key}")
        self.grace = experiment.grace if options.grace is None else options.grace
        self.cluster = Cluster(3, gateway=True, options=[
            "--meet-pool", Member.QUEUE_POOL, "--drain-notice", "1500", "--meet-grace", str(self.grace)])
        self.crowd = None
        self.expected = set()  # processes that end because they were asked to
        self.supervised = set()  # those that are started again when they have ended
        self.descriptors = {}  # that processes had before there were clients
        self.pid_folder = tempfile.mkdtemp(prefix="pids-", dir=self.cluster.folder)

    async def go(self):
        """Runs the experiment; returns the records of its history."""
        self.history.record("run", "setting", experiment=self.experiment.key, **vars(self.options))
        watch = None
        try:
            await asyncio.to_thread(self.cluster.start)
            watch = asyncio.create_task(self.watch())
            self.descriptors = {
                process: descriptors(process) for process in [*self.cluster.nodes, self.cluster.gateway]}
            place = ("127.0.0.1", self.cluster.gateway_port)
            # Clients of Python cannot recover: with a grace their partners would wait for them.
            self.crowd = Crowd(self.options.clients, self.options.period, place, self.history, self.random,
                               stock=0 if self.grace else STOCK)
            await self.look("before")
            try:
                await self.crowd.start()
            except TimeoutError:
                raise NotReady(f"the clients were not ready in time; see {self.history.path}") from None
            self.history.mark("ready")
            await self.look("ready")
            await asyncio.sleep(self.options.before)
            await self.fail()
            await self.crowd.be_quiet()
            await asyncio.sleep(QUIET)
            self.history.mark("end")
            await self.look("end")
            await self.crowd.stop()
            await self.look_when_empty()
        finally:
            if watch:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)
            await asyncio.to_thread(self.cluster.stop)
            self.history.close()
        return read(self.history.path)

    async def fail(self):
        """The fault, and the time after it."""
        nodes = [self.cluster.readiness(index).get("tag") for index in self.experiment.nodes]
        if self.experiment.fault:
            self.history.record("run", "mark", name="fault", nodes=nodes)
            await self.experiment.fault(self)
            self.history.mark("healed")
        await asyncio.sleep(self.experiment.after)

    # Processes

    def node(self, index):
        return self.cluster.nodes[index]

    def asked(self, process):
        """The process ends because of the fault."""
        self.expected.add(process)
        self.history.record(process.name, "process", event="asked")

    def ended(self, process, was_asked=True):
        """Nobody asked for it, or it did not end as it should."""
        if not was_asked or process.child.returncode != 0:
            self.history.record(process.name, "process", event="exit", code=process.child.returncode)

    def started(self, process):
        process.start()
        self.expected.discard(process)
        self.history.record(process.name, "process", event="start")

    def supervise(self, index):
        """The node is started again whenever it has ended, as by the supervisor of a machine; its pid is in a file."""
        node = self.node(index)
        self.supervised.add(node)
        with open(os.path.join(self.pid_folder, node.name), "w") as file:
            file.write(str(node.child.pid))

    async def watch(self):
        """Notes processes that end."""
        while True:
            for process in [*self.cluster.nodes, self.cluster.gateway, self.cluster.redis]:
                if process.running or process in self.expected:
                    continue
                self.ended(process, was_asked=process in self.supervised)
                if process in self.supervised:
                    self.started(process)
                    self.supervise(self.cluster.nodes.index(process))
                else:
                    self.expected.add(process)
            await asyncio.sleep(0.05)

    # Samples

    async def look(self, name):
        """Memory, descriptors and counters of all processes, and what Redis has."""
        await asyncio.to_thread(self.sample, name)

    def sample(self, name):
        for index, process in enumerate([*self.cluster.nodes, self.cluster.gateway]):
            if process.running:
                metrics = node_metrics(self.cluster.url(index)) if process is not self.cluster.gateway else {}
                self.history.record(process.name, "sample", name=name, rss=memory(process), fds=descriptors(process),
                                    metrics=metrics)
        if self.cluster.redis.running:
            redis = self.cluster.redis
            self.history.record("redis", "store", name=name, keys=ask(redis, "DBSIZE"), queue=[
                sid for key in ask(redis, "KEYS", "*:queue:*") for sid in ask(redis, "ZRANGE", key, 0, -1)])

    async def look_when_empty(self):
        """The clients are gone; so must be what they took, soon: connections to nodes are kept for some seconds."""
        deadline = asyncio.get_running_loop().time() + EMPTY
        while not await asyncio.to_thread(self.is_empty) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.2)
        await self.look("after")
        self.history.mark("left")

    def is_empty(self):
        processes = [*self.cluster.nodes, self.cluster.gateway]
        return self.cluster.sessions() == 0 and all(
            descriptors(process) <= self.descriptors.get(process, 0) + SPARE_DESCRIPTORS
            for process in processes if process.running)


def node_metrics(url):
    """Counters of a node by name."""
    status, body = http_status(f"{url}/metrics")
    found = dict.fromkeys(METRICS, 0.0)
    for line in body.decode().splitlines() if status == 200 else []:
        name = line.partition("{")[0].partition(" ")[0]
        if name in found:
            found[name] += float(line.rsplit(" ", 1)[1])
    return found


def memory(process):
    """Resident memory in bytes."""
    with open(f"/proc/{process.child.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors(process):
    """How many descriptors are open."""
    return len(os.listdir(f"/proc/{process.child.pid}/fd"))
