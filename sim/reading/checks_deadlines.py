"""The rules of deadlines: which obligations can have one, and from what it may count."""

from __future__ import annotations

from collections.abc import Iterator

from sim.document.dates import Due
from sim.document.deal import Deal, Obligation
from sim.reading.defaults import phase_of
from sim.reading.problem import Fault, Path

_OTHERWISE = {
    "flow": "it ends on its 'until', and is late once its grace is over",
    "talks": "talks have 'concludes_by'",
}
"""What kinds without a deadline have in its place."""


def check_deadlines(deal: Deal) -> Iterator[Fault]:
    """Everything that keeps deadlines from having a meaning.

    Parameters
    ----------
    deal : Deal
    """
    for key, obligation in deal.obligations.items():
        if obligation.deadline is not None:
            yield from _check_deadline(deal, ("obligations", key, "deadline"), obligation, obligation.deadline)


def _check_deadline(deal: Deal, at: Path, obligation: Obligation, deadline: Due) -> Iterator[Fault]:
    kind, due = obligation.kind, obligation.due
    phase = deal.phases.get(phase_of(deal, obligation))
    if kind in _OTHERWISE or obligation.ratio:
        hint = "what it owes comes with its releases: give it a grace" if obligation.ratio else _OTHERWISE[kind]
        yield Fault(at, "foreign-measure", f"this {kind} has no deadline", hint, deadline)
    elif deadline in ("same day", "on gate"):
        hint = "give a day, or so long after its gate"
        yield Fault(at, "bad-deadline", f"'{deadline}' leaves no time at all", hint, deadline)
    elif deadline.kind == "phase end" and phase is not None and phase.lasts is None:
        message = "its phase ends when everything owed in it is done, and so not before this"
        yield Fault(at, "bad-deadline", message, "give a day, or give the phase its 'lasts'", deadline)
    elif deadline.kind == "gate" and due.is_dated:
        message = f"counts from its gate, and its date ({due}) does not, so that it may be late before it is due"
        yield Fault(at, "bad-deadline", message, "give a day, or a date after its gate", deadline)
    elif deadline.kind == "gate" and deadline.after < obligation.takes + due.after:
        message = "comes before what it takes after its gate is over"
        yield Fault(at, "deadline-before-due", message, "give it longer", deadline)
    elif deadline.is_dated and deadline.kind == due.kind and deadline.minute(0, 720) < due.minute(0, 720):
        message = f"deadline ({deadline}) lies before due ({due})"
        yield Fault(at, "deadline-before-due", message, "give a later day", deadline)
