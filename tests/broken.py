"""Engines broken on purpose, each in one way: a check that does not catch its engine checks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sim.engine.reference import ReferenceEngine
from sim.plan.codes import NEVER, NONE, Act, Custody, End, Event, Status, Truce

Break = Callable[[Any, Any], None]
"""Changes the state after an event as a wrong rule would; it takes the records of plan and state."""


@contextmanager
def rules_that(breaks: Break) -> Iterator[None]:
    """Let the reference engine's rules do right, and then what `breaks` does."""
    right = ReferenceEngine._fire

    def wrongly(engine: ReferenceEngine, clock: int, minute: int) -> None:
        right(engine, clock, minute)
        breaks(engine.plans[0], engine.states[0])

    with mock.patch.object(ReferenceEngine, "_fire", wrongly):
        yield


def note(state: Any, event: Event, subject: int, cause: int, before: int = 0, after: int = 0) -> None:
    """Record an event, as the rules do."""
    number = int(state["n_events"])
    state["events"][number] = (state["now"], event, subject, 0, cause, before, after)
    state["n_events"] = number + 1


def nothing(plan: Any, state: Any) -> None:
    """The rules are right, and nothing is broken."""


def lose_somebody(plan: Any, state: Any) -> None:
    """Those who set out are no longer held, and nowhere else either."""
    if state["released"][0] > 0:
        state["held"][0] -= 1


def lose_remains(plan: Any, state: Any) -> None:
    """Somebody died, and is held as if alive."""
    state["died"][0] = 1


def take_somebody_back(plan: Any, state: Any) -> None:
    """Somebody who was released is held again when the deal has ended."""
    if state["end"] != End.NONE:
        state["released"][0] -= 1
        state["held"][0] += 1


def leave_somebody_on_the_way(plan: Any, state: Any) -> None:
    """The carrier stops where the end of the deal finds it."""
    if state["end"] != End.NONE:
        group = int(state["held"][: plan["n_groups"]].argmax())
        state["held"][group] -= 1
        state["in_transit"][group] += 1


def hand_over_after_the_end(plan: Any, state: Any) -> None:
    """Somebody is still released when the deal has ended."""
    if state["end"] != End.NONE:
        group = int(state["held"][: plan["n_groups"]].argmax())
        state["held"][group] -= 1
        state["released"][group] += 1
        note(state, Event.PEOPLE_MOVED, group, int(state["end_event"]), 1, Custody.RELEASED)


def go_back(plan: Any, state: Any) -> None:
    """Forces return to where they stood."""
    if state["truce"] == Truce.HOLDS:
        state["line"][:] = state["line"] // 2


def fall_due_at_once(plan: Any, state: Any) -> None:
    """What still waits for something is due all the same."""
    waiting = (state["act"][: plan["n_obligations"]] == Act.GATE).nonzero()[0]
    if len(waiting):
        obligation = int(waiting[0])
        state["status"][obligation] = Status.DUE
        note(state, Event.OBLIGATION_DUE, obligation, int(state["begin_event"]), Status.PLANNED, Status.DUE)


def set_date_at_once(plan: Any, state: Any) -> None:
    """What still waits for something gets its date all the same."""
    waiting = (state["act"][: plan["n_obligations"]] == Act.GATE).nonzero()[0]
    state["act"][waiting] = Act.DUE


def return_one_more(plan: Any, state: Any) -> None:
    """A return is owed for one person more than was handed over."""
    for entry in range(plan["n_entries"]):
        if plan["is_dynamic"][plan["entry_obligation"][entry]] and state["entry_owed"][entry] > 0:
            state["entry_owed"][entry] += 1
            return


def hand_over_more_than_owed(plan: Any, state: Any) -> None:
    """More people are on their way than were owed."""
    moving = state["entry_delivered"][: plan["n_entries"]].argmax()
    if state["entry_delivered"][moving] > 0:
        state["entry_owed"][moving] -= 1


def end_for_no_reason(plan: Any, state: Any) -> None:
    """The deal ends, and nothing brought it about."""
    if state["end"] != End.NONE:
        state["events"][state["end_event"], 4] = NONE


def never_schedule(plan: Any, state: Any) -> None:
    """Nobody has a scheduled event, the horizon neither."""
    state["scheduled"][: plan["n_clocks"]] = NEVER


def go_on_beyond_the_horizon(plan: Any, state: Any) -> None:
    """Time runs on when it should have stopped."""
    state["now"] = plan["horizon"] + 1
