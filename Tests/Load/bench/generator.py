"""Runs the load generator and reads what it measured."""

import contextlib
import fcntl
import json
import subprocess


class Generator:
    """How every run is done: for how long, where, and whether it waits for other measurements on this machine."""

    def __init__(self, programs, placement, options):
        self.programs = programs
        self.placement = placement
        self.options = options

    def command(self, load, urls, pids, warmup, seconds):
        arguments = [
            self.programs.load, "--settle", self.options.settle, *load, "--url", ",".join(urls), "--seconds", seconds,
            "--warmup", warmup,
        ]
        if pids:
            arguments += ["--server-pid", ",".join(map(str, pids))]
        return [str(argument) for argument in arguments]

    def run(self, load, subject, warmup=0.0, seconds=None, generators=1, under=()):
        """One run. Returns the generator's object, to which the command is added; of several generators, their sum.
        `under` is a command that runs the generator."""
        seconds = seconds or self.options.seconds
        if generators == 1:
            pids = subject.pids + ([subject.redis] if subject.redis else [])
            return apart(self.results([self.command(load, subject.urls, pids, warmup, seconds)], under)[0], subject)
        count = load[load.index("--sessions") + 1]
        commands = []
        for index, (url, pid) in enumerate(zip(subject.urls, subject.pids, strict=True)):
            share = list(load)
            share[load.index("--sessions") + 1] = count // generators + (index < count % generators)
            # All sessions are there when the first generator has measured: each waits for the slowest.
            commands.append(self.command(share, [url], [pid], warmup, seconds))
        return combined(self.results(commands))

    def results(self, commands, under=()):
        with self.alone():
            children = [self.start(command, under) for command in commands]
            return self.await_all(children, commands)

    def await_all(self, children, commands):
        """The results of generators that run; whatever interrupts the wait ends them."""
        try:
            return [self.result(child, command) for child, command in zip(children, commands, strict=True)]
        finally:
            for child in children:
                if child.poll() is None:
                    child.kill()

    def start(self, command, under=()):
        return subprocess.Popen(
            [*under, *self.placement.generator(command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def result(child, command):
        output, errors = child.communicate()
        if not output.startswith("{"):
            raise RuntimeError(f"{' '.join(command)}: {errors.strip() or child.returncode}")
        result = json.loads(output)
        result["command"] = ["load", *command[1:]]
        result["clean"] = child.returncode == 0
        return result

    @contextlib.contextmanager
    def alone(self):
        """Holds the lock file of `--lock`, if there is one, for the time of one run."""
        if not self.options.lock:
            yield
            return
        with open(self.options.lock, "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def apart(result, subject):
    """Takes the CPU time of Redis out of that of the servers, into a figure of its own."""
    if subject.redis:
        redis = result["servers"].pop()
        each = redis["cpu_seconds"] * 1e6 / result["operations"] if result["operations"] else 0
        result["redis_cpu_per_operation"] = each
        result["cpu_per_operation"] -= each
    return result


def combined(results):
    """Several generators as one: sums; the latencies are those of the first."""
    whole = dict(results[0])
    for name in ("sessions", "operations", "per_second", "sent", "expected", "received", "missing", "wrong", "failed",
                 "lost"):
        whole[name] = sum(result[name] for result in results)
    whole["servers"] = [server for result in results for server in result["servers"]]
    whole["clean"] = all(result["clean"] for result in results)
    whole["errors"] = [error for result in results for error in result["errors"]]
    return whole
