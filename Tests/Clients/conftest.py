"""Fixtures: clusters of real processes, started once each and shared by the tests that can share them."""

import asyncio
import inspect

import pytest

from support.browser import chromium
from support.chat import Chat, ChatCluster
from support.cluster import Cluster
from support.deadline import within
from support.mariadb import MariaDBChatCluster
from support.meeting import Meeting

DEADLINE = 30


def pytest_generate_tests(metafunc):
    """Tests of a meeting or a chat run on one node and on three, over websocket and polling, unless their markers say
    less."""
    for fixture in {"meet", "chat"} & set(metafunc.fixturenames):
        markers = {marker.name: marker for marker in reversed(list(metafunc.definition.iter_markers()))}
        sizes = markers["sizes"].args if "sizes" in markers else ("one", "three")
        transports = markers["transports"].args if "transports" in markers else ("websocket", "polling")
        metafunc.parametrize(fixture, [(size, transport) for size in sizes for transport in transports], indirect=True,
                             ids=lambda value: "-".join(value))


def pytest_collection_modifyitems(items):
    """Whatever hangs, also where the deadline of the test does not reach, fails as one test, with every thread's stack:
    starting and ending the processes may take the rest of the time."""
    for item in items:
        if marker := item.get_closest_marker("deadline"):
            item.add_marker(pytest.mark.timeout(marker.args[0] + 90))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Runs a coroutine test in a loop of its own, with a deadline, and closes its fixtures inside that loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    values = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    marker = pyfuncitem.get_closest_marker("deadline")

    async def run():
        try:
            await within(pyfuncitem.obj(**values), marker.args[0] if marker else DEADLINE)
        finally:
            for value in values.values():
                if hasattr(value, "aclose"):
                    await within(value.aclose(), 15)

    asyncio.run(run())
    return True


class Clusters:
    """Clusters by kind, size and profile, each started when a test asks for it. More than a few idle ones would take the
    machine from the tests: whichever has not been asked for for the longest time is ended."""

    LIMIT = 4

    def __init__(self):
        self.running = {}

    def get(self, size, profile="default", kind=Cluster):
        key = (kind, size, profile)
        cluster = self.running.pop(key, None)
        if cluster is None:
            while len(self.running) >= self.LIMIT:
                self.running.pop(next(iter(self.running))).stop()
            cluster = kind({"one": 1, "three": 3}[size], profile, gateway=size == "three").start()
        self.running[key] = cluster
        return cluster

    def drop(self, cluster):
        """Ends a cluster that a failed test left in disorder: the next test gets a new one."""
        self.running = {key: other for key, other in self.running.items() if other is not cluster}
        cluster.stop()

    def stop(self):
        for cluster in self.running.values():
            cluster.stop()


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium."""
    driver = chromium()
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def clusters():
    clusters = Clusters()
    yield clusters
    clusters.stop()


@pytest.fixture
def watched(request):
    """A list of processes; when the test fails, the report shows what they printed meanwhile."""
    processes = []
    request.node.watched_processes = processes
    return processes


def on_cluster(request, clusters, watched, kind, gathering):
    """What a test does on a shared cluster of some kind."""
    size, transport = request.param
    marker = request.node.get_closest_marker("profile")
    cluster = clusters.get(size, marker.args[0] if marker else "default", kind)
    watched.extend(cluster.processes)
    for process in watched:
        process.mark_output()
    yield gathering(cluster, transport)
    if not cluster.healthy() or cluster.sessions() != 0:
        clusters.drop(cluster)


@pytest.fixture
def meet(request, clusters, watched):
    """A meeting on a shared cluster."""
    yield from on_cluster(request, clusters, watched, Cluster, Meeting)


@pytest.fixture
def chat(request, clusters, watched):
    """A support chat on a shared cluster, with SQLite unless the marker `mariadb` says otherwise."""
    kind = MariaDBChatCluster if request.node.get_closest_marker("mariadb") else ChatCluster
    yield from on_cluster(request, clusters, watched, kind, Chat)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for process in getattr(item, "watched_processes", []):
            report.sections.append((f"output of {process.name}", process.output(process.mark)))
    return report
