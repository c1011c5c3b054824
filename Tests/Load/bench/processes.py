"""Servers as processes: started on a core of their own, awaited, stopped by process id, their output kept in files."""

import os
import re
import shutil
import socket
import subprocess
import time

DEADLINE = 20


class Placement:
    """Which core is the servers' and which the generator's, and whether both go before everything else."""

    def __init__(self, server_core=0, generator_core=1, realtime=False):
        cores = os.cpu_count() or 1
        pinning = cores > 1 and shutil.which("taskset")
        self.server_core = server_core if pinning else None
        self.generator_core = generator_core if pinning else None
        self.realtime = ["chrt", "--rr", "10"] if realtime else []

    def server(self, command):
        return self.on(self.server_core, command)

    def generator(self, command):
        return self.on(self.generator_core, command)

    def on(self, core, command):
        pin = [] if core is None else ["taskset", "--cpu-list", str(core)]
        return [*self.realtime, *pin, *command]


class Process:
    """One server with its log file. `command` may be placed on a core: what is exec'd keeps the process id."""

    def __init__(self, name, command, folder):
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        with open(self.log, "wb") as output:
            self.child = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)

    @property
    def pid(self):
        return self.child.pid

    def output(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def wait(self, condition):
        """Waits until the condition gives something; a process that ended instead fails, with what it printed."""
        deadline = time.monotonic() + DEADLINE
        while not (result := condition()):
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start: {self.output()[-2000:]}")
            time.sleep(0.02)
        return result

    def address(self, listener=""):
        """The address that the process says it listens on."""
        pattern = re.compile(re.escape(listener) + r" listens on (127\.0\.0\.1:\d+)")
        return self.wait(lambda: pattern.search(self.output())).group(1)

    def wait_port(self, port):
        self.wait(lambda: accepts(port))

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(15)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def memory(pid):
    """Resident memory of a process in bytes."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors(pid):
    """How many descriptors a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def cpu_seconds(pid):
    """CPU time of all threads of a process."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def wakeups(pid, seconds):
    """How often threads of a process wake up within so many seconds. If nobody talks to it, its timers are what does it."""
    before = blocked(pid)
    time.sleep(seconds)
    return sum(count - before[task] for task, count in blocked(pid).items() if task in before)


def blocked(pid):
    """How often each thread of a process has waited for something."""
    counts = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/status") as file:
                counts[task] = int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", file.read(), re.MULTILINE).group(1))
        except FileNotFoundError:  # a thread that has ended meanwhile
            continue
    return counts
