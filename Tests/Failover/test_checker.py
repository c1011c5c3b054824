"""The checker finds what is planted in a history that is in order otherwise."""

import copy

import pytest

from failover.checker import check
from failover.experiments import EXPERIMENTS, Limit, always
from failover.table import lines

PAIRS = [("a", "b"), ("c", "d")]
NODES = {"a": "NODE-1", "b": "NODE-2", "c": "NODE-2", "d": "NODE-3", "q": "NODE-3"}
READY, FAULT, HEALED, END = 10, 20, 30, 40


def good():
    """Five clients: two pairs that write to each other every second, and one who waits. Nothing happens to them."""
    records = [record(0, name, "member", group="queue" if name == "q" else "pairs", transport="websocket") for name in NODES]
    for name, node in NODES.items():
        records += [record(1, name, "connect", sid=f"sid-{name}", node=node, recovered=False),
                    record(2, name, "online", count=5), record(2, name, "waiting")]
    for first, second in PAIRS:
        pair = first + second
        records += [record(3, first, "chatStart", pair=pair, partner=f"sid-{second}"),
                    record(3, second, "chatStart", pair=pair, partner=f"sid-{first}")]
        for time in range(READY, END - 2):
            for speaker, listener in ((first, second), (second, first)):
                records += [record(time + 0.1, speaker, "send", pair=pair, n=time),
                            record(time + 0.2, speaker, "ack", n=time, ok=True, code=None),
                            record(time + 0.3, listener, "receive", pair=pair, sender=speaker, n=time)]
    records += [record(READY, "run", "mark", name="ready"), record(FAULT, "run", "mark", name="fault", nodes=["NODE-1"]),
                record(HEALED, "run", "mark", name="healed"), record(END, "run", "mark", name="end")]
    for name, time, queue in (("before", 0.5, []), ("end", END + 0.1, ["sid-q"]), ("after", END + 5, [])):
        records.append(record(time, "redis", "store", name=name, keys=10, queue=queue))
    for name, time in (("before", 0.5), ("ready", READY), ("end", END + 0.1), ("after", END + 5)):
        records.append(record(time, "node-a", "sample", name=name, rss=1000, fds=20, metrics={
            "switchboard_cluster_missed_total": 0}))
    return records


def record(time, who, what, **fields):
    return {"t": time, "who": who, "what": what, **fields}


def judged(change):
    """The verdict on the good history with something changed: records are added, or those that match are dropped."""
    records = copy.deepcopy(good())
    records = change(records) or records
    return check(sorted(records, key=lambda each: each["t"]))


def without(records, **fields):
    return [each for each in records if any(each.get(name) != value for name, value in fields.items())]


def test_a_history_in_order_has_no_violations():
    verdict = judged(lambda records: None)
    assert verdict.violations == []
    assert (verdict.clients, verdict.exact, verdict.exact_after_heal) == (5, 0, 0)
    assert verdict.hit == {"a"} and verdict.survivors == {"b"}
    assert verdict.messages.accepted == 4 * (END - 2 - READY) and verdict.messages.silent == 0
    assert verdict.latency[0] == pytest.approx(0.2)


PLANTED = {
    "I1: a count that is wrong in the end": (
        "I1", lambda records: records.append(record(25, "c", "online", count=6))),
    "I1: nobody told those who stayed that one has gone": (
        "I1", lambda records: records.append(record(35, "q", "disconnect", reason="transport close"))),
    "I2: only one of two knows that the pair is over": (
        "I2", lambda records: records.append(record(25, "a", "waiting"))),
    "I2: a chat with somebody who is in another": (
        "I2", lambda records: [
            {**each, "partner": "sid-d"} if each["who"] == "a" and each["what"] == "chatStart" else each
            for each in records]),
    "I3: somebody is queued twice": (
        "I3", lambda records: next(
            each for each in records if each["what"] == "store" and each["name"] == "end")["queue"].append("sid-q")),
    "I3: the dead wait": (
        "I3", lambda records: next(
            each for each in records if each["what"] == "store" and each["name"] == "end")["queue"].append("sid-x")),
    "I3: queued and paired": (
        "I3", lambda records: next(
            each for each in records if each["what"] == "store" and each["name"] == "end")["queue"].append("sid-a")),
    "I3: who waits is not queued": (
        "I3", lambda records: next(
            each for each in records if each["what"] == "store" and each["name"] == "end")["queue"].clear()),
    "I3: somebody is forgotten": (
        "I3", lambda records: records.append(record(25, "q", "session", state="idle", pair=None))),
    "I4: a message comes twice": (
        "I4", lambda records: records.append(record(22.9, "b", "receive", pair="ab", sender="a", n=22))),
    "I4: a message overtakes another": (
        "I4", lambda records: [
            {**each, "t": 24.9} if each["who"] == "b" and each["what"] == "receive" and each["n"] == 22 else each
            for each in records]),
    "I4: a message of another pair": (
        "I4", lambda records: records.append(record(22.9, "c", "receive", pair="cd", sender="a", n=22))),
    "I4: a message that nobody wrote": (
        "I4", lambda records: records.append(record(22.9, "b", "receive", pair="ab", sender="a", n=999))),
    "I5: a message is lost in silence": (
        "I5", lambda records: without(records, who="b", what="receive", n=22)),
    "I5: told twice that the partner left": (
        "I5", lambda records: records.extend(
            [record(25 + offset, "b", "partnerLeft", pair="ab", partner="sid-a") for offset in (0, 1)])),
    "I6: keys are left": (
        "I6", lambda records: next(
            each for each in records if each["what"] == "store" and each["name"] == "after").update(keys=100)),
    "I6: descriptors are left": (
        "I6", lambda records: next(
            each for each in records if each["what"] == "sample" and each["name"] == "after").update(fds=100)),
    "a process ended": (
        "run", lambda records: records.append(record(25, "node-b", "process", event="exit", code=-11))),
    "not exact before the fault": (
        "run", lambda records: records.extend(
            [record(15, "c", "online", count=6), record(25, "c", "online", count=5)])),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_planted_is_found(fault):
    invariant, change = PLANTED[fault]
    verdict = judged(change)
    assert any(violation.startswith(f"{invariant}: ") for violation in verdict.violations), verdict.violations


def test_a_loss_is_no_violation_if_the_end_of_the_pair_was_told():
    def change(records):
        kept = without(records, who="b", what="receive", n=22)
        return [each for each in kept if each["t"] < 22.5 or each["what"] not in ("send", "ack", "receive")] + [
            record(23, "b", "partnerLeft", pair="ab", partner="sid-a"),
            record(23.5, "a", "partnerLeft", pair="ab", partner="sid-b")]

    verdict = judged(change)
    assert (verdict.messages.announced, verdict.messages.silent) == (1, 0)
    assert not any(violation.startswith("I5") for violation in verdict.violations)


def test_a_loss_is_no_violation_if_a_node_has_counted_it():
    def change(records):
        sample = next(each for each in records if each["what"] == "sample" and each["name"] == "end")
        sample["metrics"]["switchboard_cluster_missed_total"] = 1
        return without(records, who="b", what="receive", n=22)

    verdict = judged(change)
    assert verdict.violations == [] and (verdict.messages.silent, verdict.counted) == (1, 1)


def test_who_is_dropped_and_when_it_is_back():
    verdict = judged(lambda records: records.extend([
        record(20.5, "a", "disconnect", reason="transport close"),
        record(21, "a", "refused", status=400, body='{"code":1,"message":"Session ID unknown"}'),
        record(22, "a", "connect", sid="sid-a2", node="NODE-2", recovered=False), record(22, "a", "online", count=5),
        record(22, "a", "waiting"), record(24, "b", "partnerLeft", pair="ab", partner="sid-a"),
        record(24, "b", "waiting"), record(25, "a", "chatStart", pair="ab2", partner="sid-b"),
        record(25, "b", "chatStart", pair="ab2", partner="sid-a2")]))
    assert verdict.dropped == {"a": 0.5} and verdict.back == {"a": 2} and verdict.told == {"b": 4}
    assert verdict.dropped_elsewhere == set() and verdict.unknown_sessions == 1
    assert verdict.exact == 5 and verdict.exact_after_heal == 0
    assert (verdict.connects, verdict.resumed, verdict.strays) == (1, 0, 0)


def test_a_machine_without_time_is_told_apart():
    assert judged(lambda records: None).stall == 0
    assert judged(lambda records: records.append(record(25, "run", "stall", seconds=1.5))).stall == 1.5


def test_every_experiment_has_its_part_of_the_table():
    verdict = judged(lambda records: None)
    for experiment in EXPERIMENTS:
        limits = [*experiment.limits(verdict), *always(verdict)]
        text = "".join(lines(experiment, limits, ["I1: one", "I1: two"]))
        assert text.count("\n") == len(limits) + 1
        assert f"**{experiment.key}** {experiment.title}" in text and "(and 1 more of this kind)" in text


@pytest.mark.parametrize(("limit", "holds"), [
    (Limit("", 3, most=3), True), (Limit("", 3.1, most=3), False), (Limit("", 99, least=99), True),
    (Limit("", 98, least=99), False), (Limit("", 5), True), (Limit("", None, most=5), False),
])
def test_limits(limit, holds):
    assert limit.holds is holds
