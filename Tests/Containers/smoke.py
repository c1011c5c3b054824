"""The stack in containers, under real clients: pairs them through the published port of the gateway, kills the container of
a node, and sees partners told and the count right; scales to five nodes; restarts all of them one by one.

Environment: ENGINE (podman, docker), COMPOSE (docker compose …), PORT, ADMIN_PORT, PROMETHEUS_PORT. The stack runs with three nodes."""

import asyncio
import json
import os
import shlex
import subprocess
import sys
import time

import aiohttp
import socketio

ENGINE = os.environ["ENGINE"]
COMPOSE = shlex.split(os.environ["COMPOSE"])
FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "compose.yaml")
URL = f"http://127.0.0.1:{os.environ['PORT']}"
ADMIN = f"http://127.0.0.1:{os.environ['ADMIN_PORT']}"
PROMETHEUS = f"http://127.0.0.1:{os.environ['PROMETHEUS_PORT']}"
TOLD = 6  # seconds within which partners are told that a node is dead, and the count is right
TAG = 6  # characters of a socket id that name the node


def say(text):
    print(f"smoke: {text}", flush=True)


async def run(*command, **environment):
    """A command that has to succeed; its output."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment})
    output, errors = await asyncio.wait_for(process.communicate(), 180)
    if process.returncode != 0:
        raise AssertionError(f"{shlex.join(command)}: {errors.decode()[-2000:]}")
    return output.decode()


async def eventually(condition, what, seconds):
    """Waits until a condition, or what it awaits, is true. `what` says it, or is what says it."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if await value if asyncio.iscoroutine(value) else value:
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        await asyncio.sleep(0.1)


async def get(url, otherwise):
    """What a URL answers, as JSON; `otherwise` if nothing does."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            async with session.get(url) as answer:
                return await answer.json()
    except (aiohttp.ClientError, TimeoutError):
        return otherwise


async def scraped():
    """How many processes Prometheus reads metrics from."""
    answer = await get(f"{PROMETHEUS}/api/v1/query?query=sum(up)", {})
    return sum(int(sample["value"][1]) for sample in answer.get("data", {}).get("result", []))


async def nodes():
    """The nodes as the gateway sees them, those that are healthy: tags by host."""
    listed = await get(f"{ADMIN}/nodes", [])
    # An address is `meet=10.0.0.5:8001,support=10.0.0.5:8002`.
    return {node["address"].split(",")[0].split("=")[1].rsplit(":", 1)[0]: node["tag"] for node in listed
            if node["state"] == "healthy" and not node["retired"]}


async def containers():
    """The running containers of nodes: names by host."""
    names = (await run(
        ENGINE, "ps", "--quiet", "--filter", "label=com.docker.compose.service=node", "--filter", "status=running")).split()
    found = {}
    for container in json.loads(await run(ENGINE, "inspect", *names)) if names else []:
        for network in container["NetworkSettings"]["Networks"].values():
            found[network["IPAddress"]] = container["Id"]
    return found


class Person:
    """A stock client that looks for a partner, and what it was told."""

    def __init__(self):
        self.client = socketio.AsyncClient(reconnection_delay=0.2, reconnection_delay_max=1)
        self.partner = self.online = None
        self.left = asyncio.Event()
        self.texts = asyncio.Queue()
        self.client.on("chatStart", self.chat_start)
        self.client.on("partnerLeft", self.partner_left)
        self.client.on("onlineUsers", self.online_users)
        self.client.on("message", lambda message: self.texts.put_nowait(message["text"]))

    def chat_start(self, chat):
        self.partner = chat["partnerId"]
        self.left.clear()

    def partner_left(self, _):
        self.partner = None
        self.left.set()

    def online_users(self, count):
        self.online = count

    async def connect(self):
        await self.client.connect(URL, transports=["websocket"], wait_timeout=10)
        return self

    @property
    def id(self):
        return self.client.get_sid()

    @property
    def node(self):
        return (self.id or "")[:TAG]


async def pair(people):
    """Everybody finds somebody, and hears what they say."""
    for person in people:
        person.partner = None
        answer = await person.client.call("findChat", timeout=10)
        assert answer["ok"], answer
    await eventually(lambda: all(person.partner for person in people), "everybody has a partner", 15)
    by_id = {person.id: person for person in people}
    for person in people:
        await person.client.emit("sendMessage", f"hello from {person.id}")
    for person in people:
        heard = {await asyncio.wait_for(person.texts.get(), 10) for _ in range(2)}
        assert heard == {f"hello from {person.id}", f"hello from {person.partner}"}, heard
        assert by_id[person.partner].partner == person.id


async def counted(people):
    """Everybody is told the same, right number of people online."""
    await eventually(
        lambda: all(person.client.connected and person.online == len(people) for person in people),
        lambda: f"everybody is told {len(people)}, and not {[person.online for person in people]}", 30)


async def kill_a_node(people):
    """Kills the container of a node of which at least one pair has only one half."""
    halves = [person for person in people if person.partner and person.partner[:TAG] != person.node]
    assert halves, "all pairs are on one node each"
    dead = halves[0].node
    partners = [person for person in people if person.node != dead and person.partner[:TAG] == dead]
    host = next(host for host, tag in (await nodes()).items() if tag == dead)
    container = (await containers())[host]
    clients = len([person for person in people if person.node == dead])
    began = time.monotonic()
    await run(ENGINE, "kill", "--signal", "KILL", container)
    say(f"killed node {dead} of {clients} clients")
    for person in partners:
        await asyncio.wait_for(person.left.wait(), TOLD + 2)
    took = time.monotonic() - began
    assert took <= TOLD, f"partners were told after {took:.1f} s"
    say(f"{len(partners)} partners were told within {took:.1f} s")
    await counted(people)
    say(f"all {len(people)} are online again, and counted right, {time.monotonic() - began:.1f} s after the kill")


async def roll():
    """Restarts every node, the next one when the one before serves again."""
    for container in list((await containers()).values()):
        before = await nodes()
        restart = ["restart", "--time", "20", container]
        await run(ENGINE, *restart)

        async def is_replaced():
            now = await nodes()
            return len(now) == len(before) and len(set(now.values()) - set(before.values())) == 1

        await eventually(is_replaced, "the restarted node serves again", 60)
    say("all nodes were restarted")


async def main():
    await eventually(lambda: counted_nodes(3), "the gateway sees three nodes", 90)
    people = [await Person().connect() for _ in range(8)]
    await counted(people)
    await pair(people)
    say(f"paired {len(people)} clients on {len({person.node for person in people})} nodes")
    await kill_a_node(people)
    began = time.monotonic()
    await run(*COMPOSE, "--file", FILE, "up", "--detach", "--no-build", "--no-recreate", NODES="5")
    await eventually(lambda: counted_nodes(5), "the gateway sees five nodes", 90)
    say(f"five nodes serve {time.monotonic() - began:.1f} s after they were asked for")
    await eventually(lambda: counted_scraped(6), "Prometheus reads five nodes and the gateway", 60)
    await roll()
    await counted(people)
    for person in people:
        await person.client.call("leaveChat", timeout=10)
    await pair(people)
    say("everybody is back, counted right, and paired again")
    await asyncio.gather(*(person.client.disconnect() for person in people))


async def counted_scraped(number):
    return await scraped() == number


async def counted_nodes(number):
    return len(await nodes()) == number


try:
    asyncio.run(asyncio.wait_for(main(), 600))
except (AssertionError, TimeoutError, socketio.exceptions.SocketIOError) as error:
    sys.exit(f"smoke: failed: {error!r}")
