"""One run of one experiment: a cluster and a crowd of its own, a fault, and the history of it."""

import asyncio
import os
import random
import tempfile

from support.cluster import Cluster
from support.processes import http_status
from support.redis import ask

from .crowd import STOCK, Crowd
from .history import History, read
from .member import Member

# Of these every sample has the sum over their labels.
METRICS = ("switchboard_cluster_missed_total", "switchboard_redis_publications_dropped_total",
           "switchboard_redis_publications_unconfirmed_total", "switchboard_sessions")
QUIET = 1.5  # seconds for what was said last to arrive
EMPTY = 15  # seconds within which the processes must be free of what clients have left


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
        self.pid_folder = tempfile.mkdtemp(prefix="pids-", dir=self.cluster.folder)

    async def go(self):
        """Runs the experiment; returns the records of its history."""
        self.history.record("run", "setting", experiment=self.experiment.key, **vars(self.options))
        watch = None
        try:
            await asyncio.to_thread(self.cluster.start)
            watch = asyncio.create_task(self.watch())
            place = ("127.0.0.1", self.cluster.gateway_port)
            # Clients of Python cannot recover: with a grace their partners would wait for them.
            self.crowd = Crowd(self.options.clients, self.options.period, place, self.history, self.random,
                               stock=0 if self.grace else STOCK)
            await self.look("before")
            await self.crowd.start()
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
        return os.path.join(self.pid_folder, node.name)

    async def watch(self):
        """Notes processes that end."""
        while True:
            for process in [*self.cluster.nodes, self.cluster.gateway, self.cluster.redis]:
                if process.running or process in self.expected:
                    continue
                if process in self.supervised:
                    self.history.record(process.name, "process", event="ended", code=process.child.returncode)
                    self.started(process)
                    self.supervise(self.cluster.nodes.index(process))
                else:
                    self.history.record(process.name, "process", event="exit", code=process.child.returncode)
                    self.expected.add(process)
            await asyncio.sleep(0.05)

    # Samples

    async def look(self, name):
        """Memory, descriptors and counters of all processes, and what Redis has."""
        return await asyncio.to_thread(self.sample, name)

    def sample(self, name):
        spare = 0
        for index, process in enumerate([*self.cluster.nodes, self.cluster.gateway]):
            if process.running:
                metrics = node_metrics(self.cluster.url(index)) if process is not self.cluster.gateway else {}
                fds = len(os.listdir(f"/proc/{process.child.pid}/fd"))
                spare += fds
                self.history.record(process.name, "sample", name=name, rss=memory(process.child.pid), fds=fds,
                                    metrics=metrics)
        if self.cluster.redis.running:
            redis = self.cluster.redis
            queues = [key for key in ask(redis, "KEYS", "*:queue:*")]
            self.history.record("redis", "store", name=name, keys=ask(redis, "DBSIZE"), queue=[
                sid for key in queues for sid in ask(redis, "ZRANGE", key, 0, -1)])
        return spare

    async def look_when_empty(self):
        """The clients are gone; so must be what they took, soon. Polls that were cut end with their heartbeat."""
        deadline = asyncio.get_running_loop().time() + EMPTY
        while self.cluster.sessions() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.2)
        await asyncio.sleep(5)  # connections between gateway and nodes are kept for four seconds
        await self.look("after")
        self.history.mark("left")


def node_metrics(url):
    """Counters of a node by name."""
    status, body = http_status(f"{url}/metrics")
    found = dict.fromkeys(METRICS, 0.0)
    for line in body.decode().splitlines() if status == 200 else []:
        name = line.partition("{")[0].partition(" ")[0]
        if name in found:
            found[name] += float(line.rsplit(" ", 1)[1])
    return found


def memory(pid):
    """Resident memory of a process in bytes."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
