"""What Redis itself tells: asked with plain commands over a connection of its own."""

import contextlib
import socket


def ask(redis, *words):
    """One command; returns its reply as text, number, list or None. An error reply fails."""
    with socket.create_connection(("127.0.0.1", redis.port), timeout=5) as connection:
        request = [f"*{len(words)}\r\n".encode()]
        for word in words:
            word = str(word).encode()
            request.append(b"$%d\r\n%s\r\n" % (len(word), word))
        connection.sendall(b"".join(request))
        with contextlib.closing(connection.makefile("rb")) as stream:
            return read(stream)


def read(stream):
    line = stream.readline().rstrip(b"\r\n").decode()
    kind, rest = line[:1], line[1:]
    if kind == "-":
        raise AssertionError(rest)
    if kind == ":":
        return int(rest)
    if kind == "$":
        return None if rest == "-1" else stream.read(int(rest) + 2)[:-2].decode(errors="replace")
    if kind == "*":
        return [read(stream) for _ in range(int(rest))]
    return rest


def calls(redis, command):
    """How often a command was carried out, by clients and by scripts."""
    for line in ask(redis, "INFO", "commandstats").splitlines():
        if line.startswith(f"cmdstat_{command}:calls="):
            return int(line.split("=")[1].split(",")[0])
    return 0


class Publications:
    """Counts what is published, without the echoes by which nodes measure how long it takes."""

    def __init__(self, redis):
        self.redis = redis
        self.seen = 0
        self.connection = socket.create_connection(("127.0.0.1", redis.port), timeout=20)
        self.stream = self.connection.makefile("rb")
        self.connection.sendall(b"PSUBSCRIBE *\r\n")
        read(self.stream)

    def count(self):
        """How many there have been since this object was made."""
        ask(self.redis, "PUBLISH", "count", "now")
        while (channel := read(self.stream)[2]) != "count":
            self.seen += "-echo#" not in channel
        return self.seen

    def close(self):
        self.stream.close()
        self.connection.close()
