"""Where the CPU time of a server goes: perf, during one run more."""

import os
import shutil
import subprocess
import sys

LINES = 45
ATTEMPTS = 3


def profiled(row, subject, generator, load, folder):
    """Samples the first process of a subject during a run of the row, and prints the functions at the top."""
    if not shutil.which("perf"):
        print("profile: perf is not installed (Debian: linux-perf)", file=sys.stderr)
        return
    data = os.path.join(folder, f"{row.key}.perf")
    if not any(recorded(row, subject, generator, load, data) for _ in range(ATTEMPTS)):
        return
    report = subprocess.run(
        ["perf", "report", "--stdio", "--no-children", "--call-graph", "none", "--input", data], check=False,
        capture_output=True, text=True)
    lines = [line for line in report.stdout.splitlines() if line.strip() and not line.startswith("#")]
    names = subprocess.run(
        ["swift", "demangle", "--simplified"], check=False, capture_output=True, text=True,
        input="\n".join(lines[:LINES]))
    print(f"profile of {row.key} ({data}; perf report --input shows the callers):", file=sys.stderr)
    print(names.stdout, file=sys.stderr)


def recorded(row, subject, generator, load, data):
    """Whether perf took samples; it gives up if a thread of the process ends while perf begins."""
    try:
        generator.run(load, subject, 0.3, under=[
            "perf", "record", "--event", "cpu-clock", "--freq", "999", "--call-graph", "fp", "--output", data, "--pid",
            str(subject.pids[0]), "--",
        ])
    except RuntimeError as error:
        print(f"profile of {row.key}: {error}", file=sys.stderr)
        return False
    return True
