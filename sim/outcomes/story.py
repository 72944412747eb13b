"""The dated story of a replicate, in sentences, and the chain of causes that its end goes back to."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.document.names import (
    actor_called,
    called,
    in_words,
    obligation_called,
    phase_called,
    source_called,
    talks_called,
)
from sim.document.scenario import ResolvedScenario
from sim.document.values import write_duration
from sim.outcomes.columns import day_of, local_time, subject_name
from sim.outcomes.trace import _MOVES, _about
from sim.plan.codes import (
    FIELD_ACTOR,
    FIELD_BEFORE,
    FIELD_CAUSE,
    FIELD_EVENT,
    FIELD_MINUTE,
    FIELD_SUBJECT,
    NONE,
    STATUS_BITS,
    WHOLE,
    Custody,
    Event,
)
from sim.plan.plan import Plan
from sim.rules.causes import ROOTS

_QUIET = (
    Event.PEOPLE_MOVED, Event.REMAINS_MOVED, Event.HANDOVER_BEGAN, Event.HANDOVER_ARRIVED, Event.OBLIGATION_DUE,
    Event.EXCHANGE_BEGAN, Event.OBLIGATION_VOID, Event.OBLIGATION_EXCUSED, Event.OBLIGATION_REDATED,
    Event.MEDIATION_FAILED, Event.INCIDENT_MINOR, Event.OBLIGATION_SHARE,
)  # fmt: skip
"""Events that the story leaves to the trace; people handed over are told where they arrive."""


SENTENCES = {
    Event.DEAL_BEGAN: "the record begins",
    Event.PHASE_ENTERED: "{about} is entered",
    Event.PHASE_ENDED: "{about} ends",
    Event.PHASE_CONTINUED: "{about} goes on beyond its time",
    Event.PHASE_LAPSED: "{about} lapses: nothing follows it",
    Event.OBLIGATION_DELAYED: "{who} will be {delay} late with {about}",
    Event.OBLIGATION_REFUSED: "{who} refuses {about}",
    Event.OBLIGATION_WITHHELD: "{who} holds back {about}{why}",
    Event.OBLIGATION_RESUMED: "{who} no longer holds back {about}",
    Event.OBLIGATION_LATE: "{who} is late with {about}{through}{why}",
    Event.OBLIGATION_MET: "{about} is met by {who}",
    Event.OBLIGATION_MET_LATE: "{about} is met late by {who}",
    Event.OBLIGATION_CURED: "{about} is met by {who} after a dispute",
    Event.OBLIGATION_DEFAULTED: "{who} leaves {about} undone",
    Event.OBLIGATION_DUE: "{about} is due",
    Event.OBLIGATION_REDATED: "{about} is due anew on day {number}",
    Event.OBLIGATION_EXCUSED: "{about} is no longer owed",
    Event.OBLIGATION_VOID: "{about} falls away, for its phase or the deal has ended",
    Event.OBLIGATION_BROUGHT_FORWARD: "{who} brings {about} forward",
    Event.OBLIGATION_HELD_BACK: "{who} stands ready with {about} and is not late: {others} {hold} it back{why}",
    Event.OBLIGATION_SHARE: "{percent} of {about} is delivered",
    Event.OBLIGATION_MISSING: "{about} is not done",
    Event.HANDOVER_BEGAN: "handover under {about} begins",
    Event.HANDOVER_ARRIVED: "handover under {about} is complete",
    Event.PEOPLE_NOT_LOCATED: "{number} not yet located for {about}",
    Event.REMAINS_MISIDENTIFIED: "misidentified: {number} of the remains handed over ({about})",
    Event.PEOPLE_DIED: "died in captivity: {number} ({about})",
    Event.LINE_REACHED: "{who} has withdrawn to the line {about}",
    Event.FLOW_CHANGED: "{about} runs at {level} of what is owed",
    Event.DISPUTE_OPENED: "{who} complains about {about}{why}",
    Event.MEDIATION_FAILED: "mediators do not settle the dispute over {about}",
    Event.DISPUTE_SETTLED: "the dispute over {about} is settled",
    Event.TRUCE_BEGAN: "the truce begins",
    Event.TRUCE_SUSPENDED: "{who} suspends the truce{why}",
    Event.TRUCE_RESTORED: "the truce is restored",
    Event.TRUCE_ENDED: "the truce is over",
    Event.INCIDENT_MINOR: "minor incident, by {about}",
    Event.INCIDENT_MAJOR: "major incident, by {about}",
    Event.TALKS_OPENED: "talks open: {about}",
    Event.TALKS_AGREED: "talks agree: {about}",
    Event.TALKS_BROKEN_OFF: "talks are broken off: {about}{why}",
    Event.TALKS_NOT_OPENED: "talks do not open: {about}",
    Event.TALKS_DEADLOCKED: "talks are deadlocked from the start: {about}",
    Event.TALKS_MISSING: "there is no agreement: {about}",
    Event.SHOCK_STRUCK: "shock: {about}",
    Event.DAY_CAME: "{about} has come",
    Event.POWER_USED: "{others} {use} a power: {about}",
    Event.PARTY_LEFT: "{about} leaves the deal",
    Event.EXCHANGE_BEGAN: "the exchange begins",
    Event.EXCHANGE_COMPLETE: "everybody to be released or returned has been handed over",
    Event.HORIZON_REACHED: "the horizon is reached",
    Event.DEAL_COMPLETED: "the deal is completed",
    Event.DEAL_COLLAPSED: "the deal collapses",
    Event.DEAL_LAPSED: "the deal has lapsed",
    Event.DEAL_STANDING: "the deal still stands",
}


CAUSES = {
    "talks_broken_off": "talks broken off",
    "talks_not_opened": "talks that never open",
    "talks_deadlocked": "talks without agreement",
    "talks_missing": "talks not open in time",
    "obligation_delayed": "a promise late",
    "obligation_refused": "a promise refused",
    "obligation_missing": "a step that was missing",
    "people_not_located": "people not found",
    "remains_misidentified": "remains misidentified",
    "incident_minor": "a minor incident",
    "incident_major": "a major incident",
    "party_left": "a party leaves",
    "shock_struck": "a shock",
    "deal_completed": "all that is owed is done",
    "horizon_reached": "the last day came",
}
"""What an end goes back to, by the event's name."""
_QUOTED = ("talks", "line", "shock", "power", "obligation")
"""Of these titles stand in quotes within a sentence."""


def describe(plan: Plan, row: list[int], why: str = "") -> str:
    """One event in words.

    Parameters
    ----------
    plan : Plan
    row : list of int
        A row of a trace.
    why : str, optional
        What led to it, in words; added where the sentence has a place for it.

    Returns
    -------
    str
    """
    _, event, subject, actor, _, before, after = row
    kind, deal = Event(event), plan.scenario.deal
    if kind in _MOVES:
        what = "" if kind == Event.PEOPLE_MOVED else "remains of "
        return f"{Custody(after).name.lower().replace('_', ' ')}: {what}{before} ({named(plan, kind, subject)})"
    actor = NONE if kind == Event.REMAINS_MISIDENTIFIED else actor
    sentences = SENTENCES
    if kind == Event.OBLIGATION_DELAYED and before == 0:
        sentences = {kind: "{who} delivers less of {about} than is owed"}
    elif kind == Event.OBLIGATION_DELAYED and before > plan.scenario.horizon:
        sentences = {kind: "{who} does not carry out {about}"}
    elif kind == Event.OBLIGATION_HELD_BACK and after:
        sentences = {kind: "{who} is not late with {about}: {others} {keep} shut what it waits for"}
        if not before:
            sentences = {kind: "{who} is not late with {about}: what it waits for is in nobody's hands"}
    is_before = kind in (Event.OBLIGATION_HELD_BACK, Event.POWER_USED)
    others = held_back_by(plan, before if is_before else _others_in_the_way(row))
    return sentences[kind].format(
        about=named(plan, kind, subject),
        who=actor_called(deal, plan.actors[actor]) if actor != NONE else "nobody",
        delay=write_duration(before) if kind == Event.OBLIGATION_DELAYED else "",
        number=before,
        level=f"{after / 10:.0f}%",
        percent=f"{100 * after / WHOLE:.4g}%",
        why=f" ({why})" if why else "",
        others=" and ".join(others),
        hold="hold" if len(others) > 1 else "holds",
        use="use" if len(others) > 1 else "uses",
        keep="keep" if len(others) > 1 else "keeps",
        through=f", held back by {' and '.join(others)}" if others else "",
    )


def _others_in_the_way(row: list[int]) -> int:
    """Who else held back what is late, one bit each."""
    return row[FIELD_BEFORE] >> STATUS_BITS if row[FIELD_EVENT] == Event.OBLIGATION_LATE else 0


def held_back_by(plan: Plan, actors: int) -> list[str]:
    """Who holds an obligation back, as the document calls them.

    Parameters
    ----------
    plan : Plan
    actors : int
        One bit each, as in a row of a trace.
    """
    deal = plan.scenario.deal
    return [actor_called(deal, name) for place, name in enumerate(plan.actors) if actors >> place & 1]


def named(plan: Plan, event: Event, subject: int) -> str:
    """What an event is about, as the document calls it; titles of obligations, lines, talks and shocks in quotes.

    Parameters
    ----------
    plan : Plan
    event : Event
    subject : int
        As in a row of a trace.
    """
    called_so = part_called(plan.scenario, event, subject_name(plan, event, subject))
    return quoted(called_so) if called_so and _about(event) in _QUOTED else called_so


def part_called(scenario: ResolvedScenario, event: Event, key: str) -> str:
    """What an event is about, as the document calls it; empty if it is about nothing.

    Parameters
    ----------
    scenario : ResolvedScenario
    event : Event
    key : str
        As `sim.outcomes.columns.subject_name` has it.
    """
    deal, behaviour, about = scenario.deal, scenario.behaviour, _about(event)
    if not key:
        return ""
    if about == "phase":
        return phase_called(deal, key)
    if about == "who":
        return actor_called(deal, key)
    if about == "group":
        return called(deal.stocks[key], key)
    if about == "source":
        return source_called(deal, behaviour.incidents, key)
    if about == "talks":
        return talks_called(deal, key)
    if about == "line":
        return called(deal.lines[key], key)
    if about == "shock":
        return called(behaviour.shocks[key], key)
    if about == "power":
        return called(deal.powers[key], key)
    if about == "date":
        return key
    return obligation_called(deal, key)


def quoted(title: str) -> str:
    """A title within a sentence."""
    return f"\u201c{title}\u201d"


def story(plan: Plan, trace: np.ndarray[Any, Any]) -> list[tuple[int, str, str]]:
    """One replicate as a dated list.

    Parameters
    ----------
    plan : Plan
    trace : ndarray of int32, shape (n_events, 7)

    Returns
    -------
    list of (int, str, str)
        Day of the deal, date and hour, and what happened; minor incidents and bookkeeping are left to the trace.
    """
    rows = trace.tolist()
    moved = _people_by_event(plan, rows)
    lines = []
    for number, row in enumerate(rows):
        minute, event, subject = row[:FIELD_ACTOR]
        kind = Event(event)
        if kind == Event.HANDOVER_ARRIVED and number in moved:
            text = f"{moved[number]} ({named(plan, kind, subject)})"
        elif kind in _QUIET and not _is_by_power(rows, row):
            continue
        else:
            text = describe(plan, row, _because(plan, rows, row))
        lines.append((day_of(plan, minute), local_time(plan, minute).strftime("%d %b %Y %H:%M"), text))
    return lines


def _people_by_event(plan: Plan, rows: list[list[int]]) -> dict[int, str]:
    """For each arrival, who was released or returned with it: 'released: 3 Women, 1 Men over 50'."""
    moved: dict[int, dict[str, list[str]]] = {}
    deal = plan.scenario.deal
    for _, event, subject, _, cause, count, custody in rows:
        if event in _MOVES and custody == Custody.RELEASED:
            group = plan.groups[subject]
            is_living = event == Event.PEOPLE_MOVED and deal.stocks[group].of == "people"
            verb = "released" if is_living else "returned"
            moved.setdefault(cause, {}).setdefault(verb, []).append(f"{count} {called(deal.stocks[group], group)}")
    return {
        number: "; ".join(f"{verb}: {', '.join(groups)}" for verb, groups in verbs.items())
        for number, verbs in moved.items()
    }


def _is_by_power(rows: list[list[int]], row: list[int]) -> bool:
    """Whether an event is a new date that a power has given, by itself or over a dispute."""
    if row[FIELD_EVENT] != Event.OBLIGATION_REDATED:
        return False
    cause = row[FIELD_CAUSE]
    while cause != NONE and rows[cause][FIELD_EVENT] in (Event.DISPUTE_SETTLED, Event.OBLIGATION_REDATED):
        cause = rows[cause][FIELD_CAUSE]
    return cause != NONE and rows[cause][FIELD_EVENT] == Event.POWER_USED


_OF_OBLIGATIONS = frozenset(event for event in Event if event.name.startswith(("OBLIGATION", "DISPUTE")))


def _because(plan: Plan, rows: list[list[int]], row: list[int]) -> str:
    """What an event goes back to, in a few words, where that is worth saying."""
    if row[FIELD_CAUSE] == NONE or Event(row[FIELD_EVENT]) not in (
        Event.OBLIGATION_WITHHELD, Event.OBLIGATION_LATE, Event.OBLIGATION_HELD_BACK, Event.DISPUTE_OPENED,
        Event.TRUCE_SUSPENDED, Event.TALKS_BROKEN_OFF,
    ):  # fmt: skip
        return ""
    cause = rows[row[FIELD_CAUSE]]
    kind = Event(cause[FIELD_EVENT])
    if (
        kind in (Event.OBLIGATION_DUE, Event.TALKS_OPENED, Event.TALKS_DEADLOCKED, Event.OBLIGATION_LATE)
        or cause[FIELD_EVENT:FIELD_ACTOR] == row[FIELD_EVENT:FIELD_ACTOR]
    ):
        return ""
    if (
        Event(row[FIELD_EVENT]) in _OF_OBLIGATIONS
        and kind in _OF_OBLIGATIONS
        and cause[FIELD_SUBJECT] == row[FIELD_SUBJECT]
    ):
        return ""  # told on a line of its own: the debtor will be late, or refuses
    if kind == Event.DISPUTE_OPENED:
        return f"over {named(plan, kind, cause[FIELD_SUBJECT])}"
    if kind in (Event.INCIDENT_MINOR, Event.INCIDENT_MAJOR):
        return f"after an incident, by {named(plan, kind, cause[FIELD_SUBJECT])}"
    return describe(plan, cause)


def chain(plan: Plan, trace: np.ndarray[Any, Any]) -> list[str]:
    """How the replicate ended, followed back to its root: the end first, each line the cause of the one before."""
    rows = trace.tolist()
    number = max(i for i, row in enumerate(rows) if Event.DEAL_COMPLETED <= row[FIELD_EVENT] <= Event.DEAL_STANDING)
    lines = []
    while number != NONE:
        row = rows[number]
        lines.append(f"day {day_of(plan, row[FIELD_MINUTE])}: {describe(plan, row)}")
        if _is_root(rows, row):
            break
        number = row[FIELD_CAUSE]
    return lines


def _is_root(rows: list[list[int]], row: list[int]) -> bool:
    """Whether causes are followed no further, as `sim.rules.causes.is_root` has it."""
    kind = Event(row[FIELD_EVENT])
    if kind == Event.PARTY_LEFT:
        return rows[row[FIELD_CAUSE]][FIELD_EVENT] != Event.PHASE_LAPSED
    return kind in ROOTS or kind == Event.DEAL_COMPLETED


def cause_called(scenario: ResolvedScenario, cause: str) -> str:
    """A root cause as people read it: 'talks broken off (Talks on phase two)'.

    Parameters
    ----------
    scenario : ResolvedScenario
    cause : str
        As `sim.outcomes.columns.root_cause` has it.
    """
    kind, _, key = cause.partition(" ")
    words = CAUSES.get(kind, in_words(kind))
    return f"{words} ({part_called(scenario, Event[kind.upper()], key)})" if key else words
