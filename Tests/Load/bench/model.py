"""The scale model: what sessions and events cost a cluster, from constants that are measured apart from each other.

Costs are microseconds of CPU time under load, sizes bytes. An event is what a client publishes for a room.
"""

from dataclasses import dataclass


@dataclass
class Costs:
    """The constants of the model."""

    publish: float  # a client's event until it is known whom it is for
    deliver: float  # to one client
    send: float  # encode an event for other nodes and hand it to Redis
    receive: float  # on a node that has members of the room
    drop: float  # on any other node that gets it; on the sender, which gets its own with `classic`
    redis_publish: float  # in Redis
    redis_subscriber: float  # in Redis, for each node that gets it
    sharded_send: float  # the same four with the sharded format
    sharded_receive: float
    sharded_redis_publish: float
    sharded_redis_subscriber: float
    match: float  # in the nodes, a match without what the pair says to each other
    redis_match: float  # in Redis
    session: float  # bytes of an idle WebSocket session
    node: float  # bytes of a node without sessions


@dataclass
class Load:
    """What is asked of a cluster."""

    sessions: int
    interval: float = 10  # seconds between two events of one session
    receivers: int = 9  # members of a room beside the publisher, anywhere in the cluster
    share: float = 0.5  # how much of a core may be used

    def events(self):
        return self.sessions / self.interval


def reached(nodes, receivers):
    """On how many other nodes the receivers of an event are to be expected."""
    return (nodes - 1) * (1 - (1 - 1 / nodes) ** receivers)


def event(costs, nodes, receivers, reached, sharded=False):
    """What one event costs: all nodes together, and Redis. `reached` other nodes have receivers."""
    alone = costs.publish + receivers * costs.deliver
    if nodes == 1:
        return alone, 0.0
    if sharded:
        # The sender gets it, too, if it has a receiver of its own.
        own = max(0.0, min(1.0, receivers - reached))
        cluster = costs.sharded_send + reached * costs.sharded_receive + own * costs.drop
        return alone + cluster, costs.sharded_redis_publish + (reached + own) * costs.sharded_redis_subscriber
    cluster = costs.send + reached * costs.receive + (nodes - reached) * costs.drop
    return alone + cluster, costs.redis_publish + nodes * costs.redis_subscriber


def cluster(costs, load, sharded=False, memory=4e9, sockets=100_000):
    """How many nodes of one event loop a load needs, and how many cores of Redis; `None` nodes if no number does."""
    budget = load.share * 1e6
    nodes = max(1, -(-load.sessions // sockets), int(load.sessions * costs.session / (memory - costs.node)) + 1)
    while nodes < 1_000_000:
        each, redis = event(costs, nodes, load.receivers, reached(nodes, load.receivers), sharded)
        needed = int(load.events() * each / budget) + 1
        if needed <= nodes:
            return nodes, load.events() * redis / budget
        # A node more makes every event dearer: the steps get longer and, beyond the limit, never end.
        nodes = max(needed, nodes + 1)
    return None, None


def largest(costs, load, sharded=False, redis_cores=1.0):
    """How many sessions a cluster can have at most before Redis, or what every node must drop, is the limit."""
    low, high = 1, 1 << 31
    while low < high:
        middle = (low + high + 1) // 2
        nodes, redis = cluster(costs, Load(middle, load.interval, load.receivers, load.share), sharded)
        fits = nodes is not None and redis <= redis_cores
        low, high = (middle, high) if fits else (low, middle - 1)
    return low
