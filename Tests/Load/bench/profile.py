"""Where the CPU time of a server goes: perf, during one run more."""

import os
import shutil
import subprocess
import sys
import threading

LINES = 45


def profiled(row, subject, generator, load, folder):
    """Samples the first process of a subject during a run of the row, and prints the functions at the top."""
    if not shutil.which("perf"):
        print("profile: perf is not installed (Debian: linux-perf)", file=sys.stderr)
        return
    data = os.path.join(folder, f"{row.key}.perf")
    run = threading.Thread(target=generator.run, args=(load, subject, 0.3))
    run.start()
    subprocess.run(
        [
            "perf", "record", "--event", "cpu-clock", "--freq", "999", "--call-graph", "fp", "--output", data, "--pid",
            str(subject.pids[0]), "--", "sleep", str(generator.options.seconds + 1),
        ], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    run.join()
    report = subprocess.run(
        ["perf", "report", "--stdio", "--no-children", "--call-graph", "none", "--input", data], check=False,
        capture_output=True, text=True)
    lines = [line for line in report.stdout.splitlines() if line.strip() and not line.startswith("#")]
    print(f"profile of {row.key} ({data}; perf report --input shows the callers):", file=sys.stderr)
    print("\n".join(lines[:LINES]), file=sys.stderr)
