"""From the first events that only one history has to the decision that they come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.analysis.decided.moments import Side
from sim.analysis.decided.obligations import complains, does_part, patience, performs, withholds
from sim.analysis.decided.questions import INCIDENTS, Question
from sim.analysis.decided.talks import (
    brings_forward,
    dies,
    in_contact,
    leaves,
    located,
    somebody_elses,
    strikes,
    talks_agree,
    talks_open,
    uses,
)
from sim.analysis.decided.truce import (
    answer,
    arrival,
    attempt_succeeds,
    attempt_takes,
    flow_settled,
    severity,
    suspension,
)
from sim.analysis.decided.verdict import Otherwise
from sim.outcomes.columns import day_of
from sim.plan.codes import FIELD_CAUSE, FIELD_EVENT, FIELD_MINUTE, FIELD_SUBJECT, Event

MOST_EVENTS = 12
"""So many of the events of the minute of the parting are asked for what they come from."""
BY_DEBTOR = frozenset({
    Event.OBLIGATION_DELAYED, Event.OBLIGATION_REFUSED, Event.OBLIGATION_WITHHELD, Event.OBLIGATION_LATE,
    Event.OBLIGATION_MET, Event.OBLIGATION_MET_LATE, Event.OBLIGATION_CURED, Event.OBLIGATION_SHARE,
    Event.HANDOVER_BEGAN, Event.PEOPLE_NOT_LOCATED, Event.FLOW_CHANGED,
})  # fmt: skip
BY_MEDIATORS = frozenset({
    Event.MEDIATION_FAILED, Event.DISPUTE_SETTLED, Event.OBLIGATION_REDATED, Event.OBLIGATION_EXCUSED,
})  # fmt: skip
OF_TALKS = (Event.TALKS_OPENED, Event.TALKS_NOT_OPENED, Event.TALKS_DEADLOCKED)
TALKS_TURN = (Event.TALKS_AGREED, Event.TALKS_BROKEN_OFF)


def fell_otherwise(baseline: Side, variant: Side, own: tuple[Sequence[int], Sequence[int]]) -> Otherwise | None:
    """The decision that fell otherwise where two histories part.

    Parameters
    ----------
    baseline, variant : Side
    own : tuple of (sequence of int, sequence of int)
        The events that only one has, in order, of each side.

    Returns
    -------
    Otherwise or None
        None where no decision did: the terms of the deal differ, or what follows from them.
    """
    sides = baseline, variant
    firsts = [side.rows[events[0]][FIELD_MINUTE] for side, events in zip(sides, own, strict=True) if events]
    if not firsts:
        return None
    minute = min(firsts)
    asked: dict[tuple[str, str, str], Question] = {}
    for side, events in zip(reversed(sides), reversed(own), strict=True):
        for event in [number for number in events if side.rows[number][FIELD_MINUTE] == minute][:MOST_EVENTS]:
            for question in behind(side, event):
                asked.setdefault((question.decision, question.who, question.about), question)
    for question in asked.values():
        one, other = (question.fell(side, minute) for side in sides)
        if one is not None and other is not None and one.result != other.result:
            return Otherwise(question.decision, question.who, question.about, day_of(variant.plan, minute), one, other)
    return None


def behind(side: Side, event: int) -> Iterator[Question]:
    """The decisions that an event may come from, the nearest first."""
    plan = side.plan
    _, kind, subject, _, cause, _, _ = side.rows[event]
    of = Event(kind)
    if of in BY_DEBTOR:
        yield from _of_debtor(side, subject)
        if of == Event.FLOW_CHANGED:
            yield flow_settled(plan, plan.obligations[subject])
    elif of in (Event.TRUCE_BEGAN, Event.LINE_REACHED, Event.PEOPLE_MOVED, Event.REMAINS_MOVED):
        yield from _behind_cause(side, event)
    elif of == Event.OBLIGATION_BROUGHT_FORWARD and cause >= 0:
        yield brings_forward(plan, plan.obligations[side.rows[cause][FIELD_SUBJECT]])
    elif of == Event.DISPUTE_OPENED:
        yield complains(plan, plan.obligations[subject])
    elif of in BY_MEDIATORS:
        yield attempt_succeeds(plan, plan.obligations[subject])
        yield attempt_takes(plan, plan.obligations[subject])
    elif of == Event.REMAINS_MISIDENTIFIED:
        yield somebody_elses(plan, plan.groups[subject])
    elif of == Event.PEOPLE_DIED:
        yield dies(plan, plan.groups[subject])
    else:
        yield from _of_all(side, of, subject, cause)


def _of_all(side: Side, of: Event, subject: int, cause: int) -> Iterator[Question]:
    """The decisions behind what concerns truce, incidents, talks, shocks and the deal as a whole."""
    plan = side.plan
    if of in INCIDENTS:
        yield severity(plan, plan.sources[subject])
        yield arrival(plan, plan.sources[subject])
    elif of == Event.TRUCE_SUSPENDED:
        yield from _why_suspended(side, cause)
    elif of in OF_TALKS:
        yield talks_open(plan, plan.topics[subject])
        yield talks_agree(plan, plan.topics[subject])
    elif of in TALKS_TURN:
        yield talks_agree(plan, plan.topics[subject])
    elif of == Event.SHOCK_STRUCK:
        yield strikes(plan, plan.shocks[subject])
    elif of == Event.POWER_USED:
        yield uses(plan, plan.powers[subject])
    elif of == Event.PARTY_LEFT:
        # decided when the phase's time was up, or once it had lapsed: the cause is the same
        for after_lapse in (False, True):
            yield leaves(
                plan, plan.actors[subject], plan.phases[side.rows[cause][FIELD_SUBJECT]], after_lapse=after_lapse
            )
    elif of in (Event.PHASE_ENTERED, Event.PHASE_CONTINUED, Event.PHASE_ENDED, Event.PHASE_LAPSED):
        phase = side.rows[cause][FIELD_SUBJECT] if of == Event.PHASE_ENTERED and cause >= 0 else subject
        for party in plan.parties:
            yield leaves(plan, party, plan.phases[min(phase, len(plan.phases) - 1)], after_lapse=False)
    elif of in (Event.TRUCE_RESTORED, Event.TRUCE_ENDED, Event.DEAL_COLLAPSED, Event.OBLIGATION_DEFAULTED,
                Event.OBLIGATION_VOID):  # fmt: skip
        yield from _of_suspension(side, cause)


def _of_debtor(side: Side, subject: int) -> Iterator[Question]:
    """What a debtor decides of an obligation, and, of people, whether they are within reach."""
    plan, name = side.plan, side.plan.obligations[subject]
    yield performs(plan, name)
    yield does_part(plan, name)
    yield withholds(plan, name)
    p = plan.record[0]
    if not p["hands_over"][subject]:
        return
    for entry in range(int(p["entry_start"][subject]), int(p["entry_start"][subject + 1])):
        group = int(p["entry_group"][entry])
        yield in_contact(plan, plan.actors[int(p["holder"][group])])
        yield located(plan, plan.groups[group])


def _behind_cause(side: Side, event: int) -> Iterator[Question]:
    """What an event that only carries something out comes from: the decision on the obligation that caused it."""
    cause = side.rows[event][FIELD_CAUSE]
    if cause >= 0 and Event(side.rows[cause][FIELD_EVENT]).name.startswith(("OBLIGATION", "HANDOVER")):
        yield from _of_debtor(side, side.rows[cause][FIELD_SUBJECT])


def _why_suspended(side: Side, cause: int) -> Iterator[Question]:
    """What a suspension answers."""
    plan = side.plan
    kind, subject = Event(side.rows[cause][FIELD_EVENT]), side.rows[cause][FIELD_SUBJECT]
    if kind == Event.DISPUTE_OPENED:
        yield patience(plan, plan.obligations[subject])
    elif kind in INCIDENTS:
        yield answer(plan, plan.sources[subject], kind)
        yield severity(plan, plan.sources[subject])
    elif kind == Event.SHOCK_STRUCK:
        yield strikes(plan, plan.shocks[subject])


def _of_suspension(side: Side, cause: int) -> Iterator[Question]:
    """Whether a truce that was suspended comes back."""
    while cause >= 0 and side.rows[cause][FIELD_EVENT] != Event.TRUCE_SUSPENDED:
        cause = side.rows[cause][FIELD_CAUSE]
    if cause >= 0:
        yield suspension(side, cause)
