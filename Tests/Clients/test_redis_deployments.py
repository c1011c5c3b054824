"""Nodes on Redis in its other forms: behind TLS with few rights, under sentinels, as a Redis Cluster; and failovers."""

import asyncio
import re
import time

import pytest

from support.cluster import Cluster
from support.meeting import Meeting
from support.processes import Process, Redis, binary, free_port, http_status, wait_until
from support.redis_servers import RedisCluster, SecureRedis, Sentinels

# What nodes and gateways need, as README.md says it.
RULES = (
    "resetkeys ~{switchboard}* resetchannels &switchboard* &socket.io* &socket.io#/#* &socket.io#/meet#* -@all "
    "+ping +select +client|setname +script|load +eval +evalsha "
    "+publish +subscribe +unsubscribe +psubscribe +punsubscribe +pubsub|numsub "
    "+time +get +set +pexpire +hget +hset +hdel +hgetall +hincrby +hlen +hrandfield +hvals +sadd +srem +smembers "
    "+zadd +zrem +zscore +zrange +zrangebyscore")
# What nodes need where they share what recovery needs.
RECOVERY_RULES = "+xadd +xlen +xrange +xtrim +hsetnx +scard +spop +zcard +memory|usage"
BACK = 5  # seconds after which everything is exact again when Redis is back


def metric(url, name):
    """One number of a node's /metrics."""
    return float(re.search(rf"^{name} (\S+)$", http_status(f"{url}/metrics")[1].decode(), re.M).group(1))


@pytest.mark.deadline(60)
async def test_tls_a_client_certificate_and_a_user_with_few_rights(watched):
    cluster = Cluster(2, gateway=True, discovery=True, redis=lambda folder: SecureRedis(folder, RULES))
    try:
        await asyncio.to_thread(cluster.start)
        watched.extend(cluster.processes)
        meeting = Meeting(cluster, "websocket")
        first, second = await meeting.pair()
        assert await first.call("sendMessage", "through TLS") == {"ok": True}
        assert (await second.expect("message"))["text"] == "through TLS"
        through = await meeting.person(url=cluster.gateway_url)
        for person in (first, second, through):
            await person.expect_online(3)
        await asyncio.gather(*(person.close() for person in meeting.participants))
        for node in cluster.nodes:
            assert "NOPERM" not in node.output(limit=1_000_000)
    finally:
        cluster.stop()


@pytest.mark.parametrize("wrong, line", [
    ({"user": "node:wrong"}, "AUTH was refused: WRONGPASS"),
    ({"options": []}, "TLS handshake failed: CERTIFICATE_VERIFY_FAILED"),
])
async def test_what_redis_refuses_is_one_clear_line(tmp_path, wrong, line):
    redis = SecureRedis(str(tmp_path), RULES).start()
    try:
        redis.wait_ready()
        url = f"rediss://{wrong.get('user', 'node:secret')}@127.0.0.1:{redis.port}"
        node = Process("node", [
            binary("switchboard-node"), "--listen", f"meet=127.0.0.1:{free_port()}", "--redis", url,
            *wrong.get("options", redis.options)], str(tmp_path)).start()
        try:
            wait_until(lambda: line in node.output(), node.output, 10)
            time.sleep(1)  # many attempts later
            assert node.running
            lines = [text for text in node.output().splitlines() if line in text]
            assert len(lines) == 2, "one for each of the two connections"
            assert "secret" not in node.output() and "wrong" not in node.output()
        finally:
            node.kill()
    finally:
        redis.stop()


@pytest.mark.parametrize("options, line", [
    (["--redis", "redis://me:secret@"], "--redis: a Redis URL names a host"),
    (["--redis", "rediss://host", "--redis-ca", "/nowhere"], "/nowhere has no certificates in PEM form"),
    (["--redis", "redis://host", "--redis-ca", "/nowhere"], "--redis-ca and the like are for rediss:// URLs"),
    (["--redis", "redis://host", "--redis-outage", "keep"], "--redis-outage: 'keep' is not drop or keep:BYTES"),
])
def test_options_that_cannot_work_end_the_start(tmp_path, options, line):
    node = Process("node", [binary("switchboard-node"), "--listen", "meet=127.0.0.1:0", *options], str(tmp_path))
    assert node.start().child.wait(10) in (64, 78)
    assert line in node.output() and "secret" not in node.output()


def test_a_unix_domain_socket(tmp_path):
    redis = Redis(str(tmp_path))
    path = tmp_path / "redis.sock"
    redis.command += ["--unixsocket", str(path)]
    redis.start().wait_ready()
    port = free_port()
    node = Process("node", [
        binary("switchboard-node"), "--listen", f"meet=127.0.0.1:{port}", "--redis", f"unix://{path}?db=3"],
        str(tmp_path)).start()
    try:
        node.wait_ready(f"http://127.0.0.1:{port}/readyz")
    finally:
        node.stop()
        redis.stop()


class Stream:
    """Numbered messages from one member of a chat to the other, until it is ended."""

    def __init__(self, speaker, listener):
        self.speaker, self.listener = speaker, listener
        self.sent = 0
        self.task = asyncio.create_task(self.run())

    async def run(self):
        while True:
            await self.speaker.emit("sendMessage", str(self.sent))
            self.sent += 1
            await asyncio.sleep(0.05)

    async def end(self):
        """Ends it with a message that has to arrive."""
        self.task.cancel()
        await self.speaker.emit("sendMessage", "end")
        await self.listener.until(lambda: "end" in self.texts(), "the last message", BACK)

    def texts(self):
        return [event.arguments[0]["text"] for event in self.listener.history
                if event.name == "message" and event.arguments[0]["sender"] == self.speaker.id]

    def check(self):
        """In order, and nothing twice. Returns how many are missing."""
        numbers = [int(text) for text in self.texts() if text != "end"]
        assert numbers == sorted(set(numbers)), "out of order, or twice"
        return self.sent - len(numbers)


@pytest.mark.deadline(120)
@pytest.mark.parametrize("redis", [Sentinels, RedisCluster])
async def test_the_master_is_killed(watched, redis):
    cluster = Cluster(2, gateway=True, discovery=True, redis=redis)
    try:
        await asyncio.to_thread(cluster.start)
        watched.extend(cluster.processes)
        meeting = Meeting(cluster, "websocket")
        across = await meeting.pair()
        local = [await meeting.person(node=0) for _ in range(2)]
        await meeting.join(*local)
        waiting = await meeting.person(node=0)
        await waiting.emit("findChat")
        await waiting.expect("waiting")
        streams = [Stream(*across), Stream(*reversed(across)), Stream(*local)]
        await asyncio.sleep(1)  # the replicas follow

        master = await asyncio.to_thread(cluster.redis.master)
        master.kill()
        await asyncio.to_thread(
            wait_until, lambda: cluster.redis.master() not in (None, master), "another master", 30)

        # Exact again: count, queue, pairs.
        back = time.monotonic()
        late = await meeting.person(node=1)
        for person in meeting.participants:
            await person.expect_online(6, BACK)
        while (await late.call("findChat")).get("ok") is not True:
            assert time.monotonic() < back + BACK, "findChat is refused"
            await asyncio.sleep(0.1)
        await waiting.until(lambda: any(event.name == "chatStart" for event in waiting.pending()), "a pair", BACK)
        assert waiting.pending()[-1].arguments[0]["partnerId"] == late.id
        for stream in streams:
            await stream.end()
        missing = [stream.check() for stream in streams]
        assert missing[2] == 0, "what stays on one node needs no Redis"
        lost = sum(
            metric(cluster.url(index), f"switchboard_redis_publications_{kind}_total")
            for index in range(2) for kind in ("dropped", "unconfirmed"))
        assert sum(missing) == 0 or lost > 0 or redis is RedisCluster, "lost without being counted"
        assert sum(missing) < sum(stream.sent for stream in streams) / 2
        for person in (*across, *local):
            assert not [event for event in person.history if event.name == "partnerLeft"]
            assert person.connected
        for node in cluster.nodes:
            assert node.running, node.output()
        await asyncio.gather(*(person.close() for person in meeting.participants))
    finally:
        cluster.stop()
