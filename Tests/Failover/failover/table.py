"""What is printed: a line for each figure, and what it may be."""

HEAD = "| experiment | | figure | limit | |\n|---|---|---|---|---|\n"


def number(value, unit):
    if value is None:
        return "never"
    text = f"{value:,.0f}" if isinstance(value, int) or value >= 100 else f"{value:.2f}"
    return f"{text} {unit}".strip()


def bound(limit):
    if limit.most is not None:
        return f"≤ {limit.most:g} {limit.unit}".strip()
    return f"≥ {limit.least:g} {limit.unit}".strip() if limit.least is not None else ""


def lines(experiment, limits, violations):
    """The part of the table that is about one run."""
    first = f"**{experiment.key}** {experiment.title}"
    for limit in limits:
        is_bounded = limit.most is not None or limit.least is not None
        verdict = ("met" if limit.holds else "**missed**") if is_bounded else ""
        yield f"| {first} | {limit.name} | {number(limit.value, limit.unit)} | {bound(limit)} | {verdict} |\n"
        first = ""
    for violation, count in grouped(violations):
        more = f" (and {count - 1} more of this kind)" if count > 1 else ""
        yield f"| | {violation}{more} | | none | **violated** |\n"


def grouped(violations):
    """One violation of each invariant, and how many there are."""
    kinds = {}
    for violation in violations:
        kinds.setdefault(violation.split(":")[0], []).append(violation)
    return [(found[0], len(found)) for found in kinds.values()]
