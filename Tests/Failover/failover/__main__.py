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
from .run import Run
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


def report(experiment, records):
    """Prints the part of the table that is about one run; whether everything holds."""
    verdict = check(records)
    limits = [*experiment.limits(verdict), *always(verdict)]
    print("".join(lines(experiment, limits, verdict.violations)), end="", flush=True)
    return not verdict.violations and all(limit.holds for limit in limits)


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
        sys.exit(0 if report(chosen(records[0]["experiment"])[0], records) else 1)
    if options.bin:
        os.environ["SWITCHBOARD_BIN"] = os.path.abspath(options.bin)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    os.makedirs(options.output, exist_ok=True)
    print(f"{options.clients} clients, seed {options.seed}, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores\n\n{HEAD}",
          end="", flush=True)
    holds = True
    for experiment in chosen(options.only):
        path = os.path.join(options.output, f"{experiment.key}.jsonl")
        holds = report(experiment, asyncio.run(Run(experiment, options, path).go())) and holds
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
