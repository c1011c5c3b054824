"""The result: one Markdown table, and the same with every run in JSON."""

import datetime
import json
import os
import platform
import statistics

from .rows import CPU, LATENCY, MEMORY
from .subjects import BEFORE

HEAD = """| row | scenario | unit | ours | other | other ÷ ours | goals | |
|---|---|---|---|---|---|---|---|
"""


def number(value):
    """Three digits that count, and never an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def told(figures):
    return f"{number(figures['median'])} ({number(figures['lowest'])}–{number(figures['highest'])})"


def line(summary):
    """One line of the table: the reference stands in a column of its own, the others behind."""
    figures = dict(summary["figures"])
    ours = figures.pop(summary["ours"], None)
    before = figures.pop(summary["ours"] + BEFORE, None)
    first, *rest = figures.items() or [None]
    ratio = summary["ratio"]
    goals = [f"{text}: {'met' if met else '**missed**'}" for text, met in summary["goals"]]
    notes = [f"{name} {told(other)}" for name, other in rest]
    if before:
        notes.insert(0, f"before {told(before)}, {before['median'] / ours['median']:.2f} × ours")
    if redis := [run["redis_cpu_per_operation"] for run in summary["runs"].get(summary["ours"], [])
                 if run.get("redis_cpu_per_operation")]:
        notes.append(f"Redis {number(statistics.median(redis))} µs CPU")
    notes += [f"{name} not here" for name in summary["skipped"]]
    if any(not run["clean"] for runs in summary["runs"].values() for run in runs):
        notes.append("**not everything came**")
    if any(run["operations"] == 0 != run["sent"] for runs in summary["runs"].values() for run in runs):
        notes.append("**a run was too short for a single operation**")
    unit = {CPU: "µs CPU", LATENCY: "µs, p99", MEMORY: "bytes"}.get(summary["unit"], summary["unit"])
    cells = [
        summary["row"], summary["title"], unit, told(ours) if ours else "–",
        f"{first[0]} {told(first[1])}" if first else "–", f"{ratio:.2f}" if ratio else "–",
        "; ".join(goals) or "–", "; ".join(notes),
    ]
    return "| " + " | ".join(cells) + " |\n"


def machine():
    """What the figures hold for."""
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:
        for entry in file:
            if entry.startswith("model name"):
                model = entry.split(":", 1)[1].strip()
                break
    return {
        "processor": model, "cores": os.cpu_count(), "kernel": platform.release(),
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def write(summaries, command, folder):
    """Writes both files into a folder, and returns the Markdown."""
    facts = machine()
    text = f"`{command}`, {facts['date']}, {facts['cores']} cores ({facts['processor']}), Linux {facts['kernel']}.\n"
    text += "Medians (lowest–highest) of alternating runs.\n\n" + HEAD + "".join(map(line, summaries))
    reasons = {name: reason for summary in summaries for name, reason in summary["skipped"].items()}
    text += "".join(f"\n{name} was left out: {reason}.\n" for name, reason in reasons.items())
    with open(os.path.join(folder, "table.md"), "w") as file:
        file.write(text)
    with open(os.path.join(folder, "results.json"), "w") as file:
        json.dump({"machine": facts, "command": command, "rows": summaries}, file, indent=1)
    return text
