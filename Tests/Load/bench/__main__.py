"""The command line of the benchmarks; `scripts/bench --help` shows it."""

import argparse
import os
import shlex
import signal
import sys
import tempfile

from .compare import Comparison
from .generator import Generator
from .processes import Placement
from .programs import OUTPUT, Programs
from .rows import ROWS, chosen
from .scale import scale
from .soak import soak
from .subjects import Subjects
from .table import write


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures our servers beside others on this machine, in alternating runs. "
        "Prints one table and keeps it, with every run, in --output (table.md, results.json).")
    parser.add_argument("what", nargs="?", choices=["compare", "soak", "scale"], default="compare")
    parser.add_argument("--only", help="keys of rows or patterns (p99-*), separated by commas; --list shows them")
    parser.add_argument("--list", action="store_true", help="prints the rows")
    parser.add_argument("--rounds", type=int, default=5, help="alternating runs per server (5)")
    parser.add_argument("--seconds", type=float, default=4, help="measured time of one run (4)")
    parser.add_argument("--warmup", type=float, default=9, 
                        help="most seconds of CPU time of load before it (1.5, then 0.3)")
    parser.add_argument("--settle", type=float, default=0.3, help="pause between connecting and load (0.3)")
    parser.add_argument("--scale", type=float, default=1, help="part of the sessions and rates (1), for a quick look")
    parser.add_argument("--ours-only", action="store_true", help="without the others")
    parser.add_argument("--peer-node", default=os.environ.get("SWITCHBOARD_PEER_NODE"), metavar="DIR",
                        help="folder whose node_modules has socket.io 4 and ws [SWITCHBOARD_PEER_NODE]")
    parser.add_argument("--bin", metavar="DIR", help="executables that are built already (a release build)")
    parser.add_argument("--before", metavar="DIR", help="executables to compare ours with: another column of the table")
    parser.add_argument("--server-options", metavar="TEXT", default="",
                        help="more options for our servers, such as --server-options=\"--per-message-deflate on\"")
    parser.add_argument("--output", metavar="DIR", default=OUTPUT, help="where the results go (.build/bench)")
    parser.add_argument("--server-core", type=int, default=0, help="core of the servers that are measured (0)")
    parser.add_argument("--generator-core", type=int, default=1, help="core of the generator and of what helps (1)")
    parser.add_argument("--realtime", action="store_true",
                        help="real-time priority: for machines that do other work, too")
    parser.add_argument("--lock", metavar="FILE",
                        help="lock for the time of each run: several may measure in turn")
    parser.add_argument("--profile", action="store_true",
                        help="one run more of ours under perf, for every row")
    parser.add_argument("--minutes", type=float, default=30, help="soak: how long (30)")
    parser.add_argument("--load", type=float, default=0.5, help="soak: part of one core for the server (0.5)")
    parser.add_argument("--nodes", default="1,2,4,8", help="scale: sizes of the clusters of the check (1,2,4,8)")
    return parser.parse_args()


def compare(options, subjects, generator):
    summaries = []
    command = shlex.join(["scripts/bench", *sys.argv[1:]])
    os.makedirs(options.output, exist_ok=True)
    failed = False
    for row in chosen(options.only and options.only.split(",")):
        try:
            summaries.append(Comparison(row, subjects, generator, options).run())
        except RuntimeError as error:
            print(f"{row.key}: {error}", file=sys.stderr)
            failed = True
        write(summaries, command, options.output)  # what is measured is kept, whatever comes after
    print(write(summaries, command, options.output))
    return 1 if failed else 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers and generators end with this process
    options = arguments()
    if options.list:
        for row in ROWS:
            print(f"{row.key:22}{row.title}")
        return
    programs = Programs(options.bin, options.peer_node)
    placement = Placement(options.server_core, options.generator_core, options.realtime)
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as folder:
        extra = shlex.split(options.server_options)
        earlier = Subjects(Programs(options.before), placement, folder, extra) if options.before else None
        subjects = Subjects(programs, placement, folder, extra, earlier)
        generator = Generator(programs, placement, options)
        if options.what == "soak":
            sys.exit(soak(options, subjects, generator))
        if options.what == "scale":
            sys.exit(scale(options, subjects, generator))
        sys.exit(compare(options, subjects, generator))


if __name__ == "__main__":
    main()
