"""Compares: the subjects of a row are measured in turn, again and again, and medians are taken."""

import contextlib
import statistics
import sys

from .profile import profiled
from .rows import CPU, LATENCY, MEMORY, RATE, operations_per_event
from .subjects import BEFORE, OURS

FIRST_WARMUP, WARMUP = 1.5, 0.3  # seconds of CPU time: what just-in-time compilers need, and what caches need


def figure(row, result):
    """The figure of one run in the unit of its row."""
    if row.unit == CPU:
        return result["cpu_per_operation"]
    if row.unit == RATE:
        return result["per_second"]
    if row.unit == MEMORY:
        grown = sum(server["memory_end"] - server["memory_before"] for server in result["servers"])
        return grown / max(1, result["sessions"] - result["failed"])
    assert row.unit == LATENCY
    return result["connect_latency" if result["scenario"] == "connects" else "latency"]["p99"]


class Comparison:
    """One row: the runs of every subject that is here."""

    def __init__(self, row, subjects, generator, options):
        self.row = row
        self.subjects = subjects
        self.generator = generator
        self.options = options
        self.skipped = {}
        self.runs = {}
        self.load = row.scaled(options.scale)

    def run(self):
        """Measures; returns what the table and the JSON file say about the row."""
        names = []
        before = [self.row.ours + BEFORE] if self.subjects.earlier else []
        for name in [self.row.ours, *before, *self.row.others]:
            if reason := self.subjects.missing(name):
                self.skipped[name] = reason
            elif name.startswith(OURS) or not self.options.ours_only:
                names.append(name)
        if self.row.half:
            self.load = self.at_half_load(names)
        if self.row.ours in names:
            self.measure(names)
        return self.summary()

    def measure(self, names):
        self.runs = {name: [] for name in names}
        with contextlib.ExitStack() as stack:
            kept = {}
            for round in range(self.options.rounds):
                for name in names:
                    self.say(f"{self.row.key}: {name}, round {round + 1} of {self.options.rounds}")
                    if self.row.is_memory():  # what a process has given up once is not measured again
                        with self.subjects.running(name) as subject:
                            self.once(subject, 0)
                        continue
                    if name not in kept:
                        kept[name] = stack.enter_context(self.subjects.running(name))
                    self.once(kept[name], min(self.options.warmup, WARMUP if round else FIRST_WARMUP))
            if self.options.profile and self.row.ours in kept:
                profiled(self.row, kept[self.row.ours], self.generator, self.load, self.options.output)

    def once(self, subject, warmup):
        result = self.generator.run(self.load, subject, warmup, generators=self.row.generators)
        self.runs[subject.name].append(result)
        if not result["clean"]:
            counts = ", ".join(f"{result[name]} {name}" for name in ("missing", "wrong", "failed", "lost"))
            self.say(f"{self.row.key}: {subject.name}: incomplete: {counts}; {'; '.join(result['errors'][:3])}")

    def at_half_load(self, names):
        """The row's load at half the rate of which the CPU time of the reference, or of ours, is one core."""
        name = next((other for other in self.row.others if other in names), self.row.ours)
        with self.subjects.running(name) as subject:
            warmup = min(self.options.warmup, FIRST_WARMUP)
            result = self.generator.run(self.load, subject, warmup, max(1, self.options.seconds))
        if not result["operations"]:
            raise RuntimeError(f"{name} did nothing: {'; '.join(result['errors'])}")
        rate = 0.5e6 / result["cpu_per_operation"] / operations_per_event(self.load)
        self.say(f"{self.row.key}: half load of {name} is {rate:.0f} per second")
        return [*self.load, "--rate", max(1, round(rate))]

    def summary(self):
        row = self.row
        return {
            "row": row.key, "title": row.title, "unit": row.unit, "ours": row.ours, "skipped": self.skipped,
            "figures": {name: spread([figure(row, run) for run in runs]) for name, runs in self.runs.items() if runs},
            "ratio": self.ratio(), "goals": list(self.goals()), "runs": self.runs,
        }

    def medians(self):
        return {
            name: statistics.median(figure(self.row, run) for run in runs) for name, runs in self.runs.items() if runs}

    def ratio(self):
        """The best rival ÷ ours; of rates, the reverse: more than 1 is better than the rival."""
        medians = self.medians()
        ours = medians.pop(self.row.ours, None)
        others = [medians[name] for name in self.row.others[:self.row.rivals] if name in medians]
        if not ours or not others or self.row.surplus:
            return None
        return ours / max(others) if self.row.unit == RATE else min(others) / ours

    def goals(self):
        """Every goal of the row that can be judged: what it says, and whether it is met."""
        row, medians, ratio = self.row, self.medians(), self.ratio()
        ours = medians.get(row.ours)
        if not ours:
            return
        if row.ratio and ratio:
            yield f"other ÷ ours ≥ {row.ratio:.2g}", ratio >= row.ratio
        if row.most:
            yield f"≤ {row.most:g}", ours <= row.most
        if row.least:
            yield f"≥ {row.least:g}", ours >= row.least
        if row.surplus and (other := medians.get(row.others[0])):
            yield f"{ours - other:.1f} more than {row.others[0]}, ≤ {row.surplus:g}", ours - other <= row.surplus
        if row.floor and (floor := medians.get("C loop")):
            yield f"{ours / floor:.2f} × the C loop, ≤ {row.floor:g}", ours <= floor * row.floor

    @staticmethod
    def say(text):
        print(text, file=sys.stderr, flush=True)


def spread(values):
    """Median, lowest and highest."""
    return {"median": statistics.median(values), "lowest": min(values), "highest": max(values), "values": values}
