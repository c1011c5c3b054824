"""The command line of the failover suite; `scripts/failover --help` shows it."""

import argparse
import asyncio
import os
import resource
import signal
import sys
import time

from .checker import check
from .experiments import EXPERIMENTS, always
from .history import read
from .run import NotReady, Run
from .table import HEAD, lines


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/failover", description="Breaks a cluster of three nodes, a gateway and a Redis under load, in one way "
        "after the other, and checks everything that the clients saw. Prints one table; histories are kept in --output.")
    parser.add_argument("--only", help="experiments, separated by commas; --list shows them")
    parser.add_argument("--list", action="store_true", help="prints the experiments")
    parser.add_argument("--clients", type=int, default=3_000, help="how many (3000)")
    parser.add_argument("--period", type=float, default=4, help="seconds in which every client speaks once (4)")
    parser.add_argument("--before", type=float, default=5, help="seconds of load before a fault (5)")
    parser.add_argument("--pause", type=float, default=10, help="E3: seconds from one node to the next (10)")
    parser.add_argument("--grace", type=int, metavar="MS", help="--meet-grace of the nodes (that of the experiment)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (1)")
    parser.add_argument("--bin", metavar="DIR", help="executables that are built already")
    parser.add_argument("--output", metavar="DIR", default=".build/failover", help="where histories go (.build/failover)")
    parser.add_argument("--check", metavar="FILE", help="only judges a history")
    return parser.parse_args()


# If clients and servers stood still for so long, gateways take nodes for dead and leases end: such a run says nothing.
LONGEST_STALL = 1.0
ATTEMPTS = 3


def report(experiment, verdict):
    """Prints the part of the table that is about one run; whether everything holds."""
    limits = [*experiment.limits(verdict), *always(verdict)]
    print("".join(lines(experiment, limits, verdict.violations)), end="", flush=True)
    return holds(experiment, verdict)


def holds(experiment, verdict):
    return not verdict.violations and all(
        limit.holds for limit in [*experiment.limits(verdict), *always(verdict)])


def judged(experiment, options):
    """The verdict on a run. One that fails while the machine had no time for it is void, and repeated."""
    for _ in range(ATTEMPTS):
        path = os.path.join(options.output, f"{experiment.key}.jsonl")
        try:
            verdict = check(asyncio.run(Run(experiment, options, path).go()))
        except NotReady as error:
            sys.exit(f"{experiment.key}: {error}")
        if holds(experiment, verdict) or verdict.stall < LONGEST_STALL:
            break
        print(f"{experiment.key}: void, the machine stood still for {verdict.stall:.1f} s", file=sys.stderr, flush=True)
    return verdict


def chosen(only):
    keys = only.split(",") if only else [experiment.key for experiment in EXPERIMENTS]
    named = {experiment.key: experiment for experiment in EXPERIMENTS}
    if unknown := set(keys) - set(named):
        sys.exit(f"scripts/failover: no such experiment: {', '.join(sorted(unknown))}")
    return [named[key] for key in keys]


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends with this process
    options = arguments()
    if options.list:
        for experiment in EXPERIMENTS:
            print(f"{experiment.key:4} {experiment.title}")
        return
    if options.check:
        records = read(options.check)
        sys.exit(0 if report(chosen(records[0]["experiment"])[0], check(records)) else 1)
    if options.bin:
        os.environ["SWITCHBOARD_BIN"] = os.path.abspath(options.bin)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    os.makedirs(options.output, exist_ok=True)
    print(f"{options.clients} clients, seed {options.seed}, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores\n\n{HEAD}",
          end="", flush=True)
    results = [report(experiment, judged(experiment, options)) for experiment in chosen(options.only)]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
