"""Writes docs/development/one-event.md from the code: ``python docs/one_event.py``. A test fails while they differ.

The order within a minute is that of `Clock`; who is called for each clock is read off `fire`; the event that is
followed is run, and every number of it comes from the plan, the draws and the trace.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np

from sim.engine.reference import ReferenceEngine, Replicate
from sim.outcomes.columns import event_name
from sim.plan.codes import CLOCK_BITS, FIELD_EVENT, FIELD_SUBJECT, NONE, Clock, Event
from sim.plan.compile import compile_plan
from sim.plan.draws import draw_block
from sim.plan.plan import Plan
from sim.reading.resolve import resolve

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "development" / "one-event.md"
DISPATCH = "sim/rules/replicate.py"
SCENARIO, SEED, REPLICATE, OBLIGATION = "january-2025/baseline", 0, 12, "prisoners.batch_1"

TEXT = """\
# How one event runs

Written from the code by `python docs/one_event.py`; a test fails while the two differ.

One event of `{scenario}`, replicate {replicate}, followed from the schedule to the trace: Israel owes prisoners for the first
batch, and does not hand them over on the day. To see it in the story: `ceasefire run {scenario} --replicate {replicate}`.

## The schedule

The simulator is event-driven. Each *process* that may act (a debtor, a creditor, the truce, a source of incidents, …) has a
number, its *clock*, and at most one scheduled activation. A rule schedules by calling `schedule(plan, state, kind, index, minute)`
and cancels by calling `cancel` (`sim/rules/schedule.py`). Both write one number, `state.scheduled[clock]`, so a new activation replaces
the old one, and nothing has to be removed from a queue.

The two engines read this schedule in different ways and call the same rules:

| | batch engine (`sim/engine/kernel.py`) | reference engine (`sim/engine/reference.py`) |
|---|---|---|
| next event | `next_clock`: the least key (minute, clock) of four tournament trees | SimPy's queue; the clock's number is the priority |
| event | `step` calls `fire` | a process of its own for each clock calls `fire_clock`, which is `fire` |
| afterwards | `requeue` puts the clock's new key into its tree | `_follow` moves the phase machine, checks the guarantees, interrupts each process whose minute has changed |

A key is minute · {clock_span} + clock, so comparing two keys orders events by minute first and by clock second.

## Who acts first within a minute

Clocks are numbered by kind and, within a kind, by place in the document. The list is printed from `Clock` in `sim/plan/codes.py`
and from `fire` in `sim/rules/replicate.py`:

{order}
There is one clock for each shock, flow, obligation, topic, source, phase and group that can die; there is one for the truce and
one for the horizon. An event that schedules another one for the *same* minute does not go back in time: the other acts later in
that minute, even if its number is lower.

What must not depend on this order waits until the minute is over: the largest lead, and the guarantees that a deal declares.

## The event

The clock of `{obligation}` is {debtor_clock} for its debtor and {creditor_clock} for its creditor.

{steps}
## The trace

`record` has appended these rows (`sim/rules/schedule.py`): minute, event, subject, actor, cause, before, after. Each cause is the number
of an earlier row, so the lateness leads back to the delay, and the delay to the hand-over that the return is owed for.

{trace}
When the replicate has ended, `measure_replicate` (`sim/outcomes/measure.py`) reads the state and the trace and writes one row of
whole numbers; `sim/outcomes/trace.py` turns the rows above into names and dates, and `sim/outcomes/story.py` into sentences.
"""  # noqa: E501

STEPS = """\
| minute | function | what happens |
|---|---|---|
| {arrival} | `sim/rules/owing.py:owe_now` | The three hostages of batch 1 arrive (`land` in `sim/rules/handovers.py`), and the return for them is owed. `schedule` schedules its debtor's clock for this same minute. |
| {arrival} | `sim/rules/obligations.py:_look_at_gate` | The loop comes to that activation: its gate is open, and it is due {after_gate} min after that. `schedule` schedules the clock for minute {due}. |
| {due} | `sim/engine/kernel.py:step` | The least key is {due_key}: minute {due}, clock {debtor_clock}. `fire` finds that this clock is a debtor's. |
| {due} | `sim/rules/obligations.py:debtor_acts` | The debtor was waiting for that minute (`Act.DUE`), and the gate has stayed open: `_fall_due` records `ObligationDue`. |
| {due} | `sim/rules/obligations.py:_drawn_delay` | `uniforms` looks up the block of `performs {obligation}`, occurrence 0. *u₁* = {choice:.4f} lies between the chance of refusing, {refused}, and that of refusing or being late, {refused_or_late:.4f} (the chance of being late is uncertain and is {late:.4f} in this replicate): the debtor will be late. |
| {due} | `sim/rules/chance.py:time_of` | *u₂* = {when:.4f} of a delay with median {median} min and 95th percentile {p95} min is {delay} min. `_fall_due` records `ObligationDelayed`; `_plan_performance` schedules the debtor for minute {performs}. |
| {due} | `sim/rules/calendar.py:grace_ends` | The grace is the rest of the day: `_fall_due` schedules the creditor for midnight, minute {late_minute}. |
| {late_minute} | `sim/rules/disputes.py:creditor_acts` | The least key is {late_key}: minute {late_minute}, clock {creditor_clock}. The creditor was waiting for the end of grace (`Watch`). |
| {late_minute} | `sim/rules/disputes.py:_become_late` | The status is still `DUE`: it becomes `LATE`, and `record` appends `ObligationLate`. *u₁* of `complains {obligation}` is {complains:.4f}, not below {complains_chance}: the creditor does not complain, and schedules nothing more. |
| {performs} | `sim/rules/obligations.py:_perform` | The debtor's activation, set at minute {due}: the truce holds and nothing is withheld, so `hand_over` (`sim/rules/handovers.py`) begins. |
"""  # noqa: E501


def page() -> str:
    """The whole page."""
    plan = compile_plan(resolve(SCENARIO))
    engine = ReferenceEngine(plan)
    told = engine.run(SEED, REPLICATE)
    facts = _facts(plan, told, engine.states["parameter"][0])
    _look_for_functions(STEPS)
    return TEXT.format(
        scenario=SCENARIO,
        replicate=REPLICATE,
        clock_span=f"{1 << CLOCK_BITS:,}",
        order=order_within_a_minute(),
        steps=STEPS.format(**facts),
        trace=_trace(plan, told),
        **{name: facts[name] for name in ("obligation", "debtor_clock", "creditor_clock")},
    )


def order_within_a_minute() -> str:
    """A table of the kinds of process in the order in which they act within one minute.

    Returns
    -------
    str
        Markdown: place, kind, the function that `fire` calls for it with its file, and its first docstring line.
    """
    called, homes = _dispatched(), _imports()
    lines = ["| | clock | function | what it does |", "|---|---|---|---|"]
    for place, kind in enumerate(sorted(Clock), start=1):
        name = called[kind.name]
        home = homes.get(name, DISPATCH)
        lines.append(f"| {place} | `{kind.name}` | `{home}:{name}` | {_first_line(home, name)} |")
    return "\n".join(lines) + "\n"


def _dispatched() -> dict[str, str]:
    """The function that `fire` calls for each kind of clock, read off its source."""
    branch = next(node for node in _function(DISPATCH, "fire").body if isinstance(node, ast.If))
    called: dict[str, str] = {}
    while True:
        assert isinstance(branch.test, ast.Compare), ast.unparse(branch.test)
        called[ast.unparse(branch.test.comparators[0]).removeprefix("Clock.")] = _call(branch.body[0])
        if len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If):
            branch = branch.orelse[0]
            continue
        (left,) = {kind.name for kind in Clock} - called.keys()
        return called | {left: _call(branch.orelse[0])}


def _call(statement: ast.stmt) -> str:
    if isinstance(statement, ast.If):  # called unless something makes it needless
        (statement,) = statement.body
    assert isinstance(statement, ast.Expr), ast.unparse(statement)
    assert isinstance(statement.value, ast.Call), ast.unparse(statement)
    return ast.unparse(statement.value.func)


def _imports() -> dict[str, str]:
    """The file from which each name of the dispatching module is imported."""
    nodes = [node for node in _tree(DISPATCH).body if isinstance(node, ast.ImportFrom)]
    return {name.name: f"{(node.module or '').replace('.', '/')}.py" for node in nodes for name in node.names}


def _tree(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def _function(file: str, name: str) -> ast.FunctionDef:
    return next(node for node in _tree(file).body if isinstance(node, ast.FunctionDef) and node.name == name)


def _first_line(file: str, name: str) -> str:
    return (ast.get_docstring(_function(file, name)) or "").partition("\n")[0]


def _look_for_functions(text: str) -> None:
    """Fail if a function that a step names is not in its file."""
    for part in text.split("`")[1::2]:
        file, _, name = part.partition(":")
        if name and "{" not in name:
            _function(file, name)


def _facts(plan: Plan, told: Replicate, parameter: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The numbers of the followed event."""
    record = plan.record[0]
    o = plan.obligations.index(OBLIGATION)
    rows = [row for row in told.trace.tolist() if row[FIELD_SUBJECT] == o]
    due = next(row for row in rows if row[FIELD_EVENT] == Event.OBLIGATION_DUE)
    delayed = next(row for row in rows if row[FIELD_EVENT] == Event.OBLIGATION_DELAYED)
    late = next(row for row in rows if row[FIELD_EVENT] == Event.OBLIGATION_LATE)
    begun = next(row for row in rows if row[FIELD_EVENT] == Event.HANDOVER_BEGAN)
    debtor_clock, creditor_clock = (int(record["first_clock"][kind]) + o for kind in (Clock.DEBTOR, Clock.CREDITOR))
    choice, when = _uniforms(record["key_performs"][o])[:2]
    refused, chance = (float(parameter[record[name][o]]) for name in ("refused", "late"))
    assert refused <= choice < refused + chance
    assert begun[0] == due[0] + delayed[5]
    assert due[0] == told.trace[due[4]][0] + record["after_gate"][o]
    return {
        "obligation": OBLIGATION,
        "arrival": told.trace[due[4]][0],
        "due": due[0],
        "after_gate": int(record["after_gate"][o]),
        "due_key": f"{(due[0] << CLOCK_BITS) | debtor_clock:,}",
        "late_key": f"{(late[0] << CLOCK_BITS) | creditor_clock:,}",
        "late_minute": late[0],
        "performs": begun[0],
        "delay": delayed[5],
        "debtor_clock": debtor_clock,
        "creditor_clock": creditor_clock,
        "choice": choice,
        "when": when,
        "refused": f"{refused:.4f}",
        "refused_or_late": refused + chance,
        "late": chance,
        "median": f"{parameter[record['delay_median'][o]]:,.0f}",
        "p95": f"{parameter[record['delay_p95'][o]]:,.0f}",
        "complains": _uniforms(record["key_complains"][o])[0],
        "complains_chance": parameter[record["complains"][record["creditor"][o]]],
    }


def _uniforms(key: np.uint64) -> tuple[float, ...]:
    words = draw_block(np.uint64(SEED), np.uint64(REPLICATE), np.uint64(key), np.uint64(0))
    return tuple(float(word) for word in words)


def _trace(plan: Plan, told: Replicate) -> str:
    """The rows of the trace about the followed obligation, up to the hand-over."""
    o = plan.obligations.index(OBLIGATION)
    lines = ["| row | minute | event | subject | actor | cause | before | after |", "|---|---|---|---|---|---|---|---|"]
    for number, row in enumerate(told.trace.tolist()):
        event = Event(row[FIELD_EVENT])
        if row[FIELD_SUBJECT] == o and event_name(event).startswith(("Obligation", "Handover")):
            minute, _, subject, actor, cause, before, after = row
            shown = [number, minute, f"`{event_name(event)}`", subject, actor, "" if cause == NONE else cause]
            lines.append("| " + " | ".join(map(str, [*shown, before, after])) + " |")
        if row[FIELD_SUBJECT] == o and event == Event.HANDOVER_BEGAN:
            break
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
