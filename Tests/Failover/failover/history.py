"""The history of one run: everything that clients did and saw, in the order in which it happened.

One line of JSON for each record: `{"t": seconds, "who": name, "what": kind, …}`. The kinds:

| kind | further fields | |
|---|---|---|
| `setting` | `experiment`, `seed`, `clients` … | the first record |
| `mark` | `name` | what the run does: `ready`, `fault`, `healed`, `end`, `left` |
| `member` | `group`, `transport` | there is such a client; group `pairs` or `queue` |
| `connect` | `sid`, `node`, `recovered` | joined the namespace, on the node of this tag |
| `disconnect` | `reason` | lost its connection |
| `refused` | `status`, `body` | a request was answered with an error |
| `waiting`, `chatStart`, `partnerLeft`, `partnerAway`, `partnerBack`, `session` | `pair`, `partner`, `state` | told by the server |
| `online` | `count` | told by the server |
| `send` | `pair`, `n` | wrote the n-th message of its life |
| `ack` | `n`, `ok`, `code` | the answer to it |
| `receive` | `pair`, `sender`, `n` | read a message |
| `process` | `event` | of the process `who`: `asked` to end, `start`, or `exit` with a `code`, unasked or not 0 |
| `sample` | `name`, `rss`, `fds`, `metrics` | of the process `who`, before and after |
| `stall` | `seconds` | all clients stood still: the machine had no time for them |
| `store` | `queue`, `keys` | what Redis has |
"""

import json
import time


class History:
    """Writes the records of a run to a file. All of it happens in one thread, so the lines are in order."""

    def __init__(self, path):
        self.path = path
        self.file = open(path, "w", buffering=1 << 20)

    def record(self, who, what, **fields):
        self.file.write(json.dumps({"t": round(time.monotonic(), 6), "who": who, "what": what, **fields}) + "\n")

    def mark(self, name):
        self.record("run", "mark", name=name)

    def close(self):
        self.file.close()


def read(path):
    """The records of a history file."""
    with open(path) as lines:
        return [json.loads(line) for line in lines]
