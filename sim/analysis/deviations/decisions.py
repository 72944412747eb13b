"""Deviations from compliance in words: as entries of a scenario document, with their dates and whose doing they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.document.names import called, obligation_called, source_called, talks_called
from sim.document.scenario import ResolvedScenario, Scripted
from sim.outcomes.columns import day_of
from sim.plan.codes import CHOICE_BITS, DECISION_ADDRESS, DECISION_CHOICE, NONE, Decision
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.plan.scripted import choice_word, parts_of, subject_word

_AGAIN = (Decision.PERFORMANCE, Decision.DISPUTE, Decision.PATIENCE, Decision.POWER)
"""Decisions that can come up more than once; their occurrence is a number, that of the others a minute."""


def scripted_plan(scenario: ResolvedScenario, script: Sequence[Scripted] = ()) -> Plan:
    """The plan of a scenario in which everybody complies but for these deviations."""
    return compile_plan(scenario.model_copy(update={"scripted": list(script)}))


def subject_of(plan: Plan, entry: int) -> str:
    """The name of what a deviation is about: an obligation, a topic of talks, a party, a shock or a power."""
    decision, subject, _, _ = parts_of(entry)
    names: dict[Decision, tuple[str, ...]] = {
        Decision.TALKS: plan.topics,
        Decision.INCIDENT: plan.sources,
        Decision.ANSWER: plan.sources,
        Decision.SHOCK: plan.shocks,
        Decision.AFTERMATH: plan.shocks,
        Decision.POWER: plan.powers,
    }
    return names.get(decision, plan.obligations)[subject]


def as_document(plan: Plan, entry: int) -> dict[str, Any]:
    """One deviation as an entry of a scenario's `scripted`."""
    decision, subject, occurrence, choice = parts_of(entry)
    document: dict[str, Any] = {
        subject_word(decision): subject_of(plan, entry),
        "choice": choice_word(decision, choice),
    }
    is_dated = decision in (Decision.SHOCK, Decision.AFTERMATH) and plan.record["shock_at_kind"][0, subject] != NONE
    if decision in _AGAIN:
        if occurrence > 0:
            document["time"] = occurrence + 1
    elif decision != Decision.TALKS and not is_dated:
        document["at"] = date_text(plan, occurrence)
    return document


def date_text(plan: Plan, minute: int) -> str:
    """A minute as a document writes it: 'day 3 09:20'."""
    hours, minutes = divmod((minute - int(plan.record["midnight"][0])) % 1440, 60)
    return f"day {day_of(plan, minute)} {hours:02}:{minutes:02}"


def in_words(plan: Plan, entry: int) -> str:
    """One deviation in a few words: 'Release of day 7 refused', 'dispute over Release of day 7 not settled'."""
    decision, _, occurrence, choice = parts_of(entry)
    about, word = _called(plan, decision, subject_of(plan, entry)), choice_word(decision, choice).replace("_", " ")
    again = f" (time {occurrence + 1})" if decision in _AGAIN and occurrence > 0 else ""
    if decision == Decision.PERFORMANCE:
        return f"{about} {word}{again}"
    if decision == Decision.DISPUTE:
        return f"dispute over {about} {word}{again}"
    if decision == Decision.PATIENCE:
        ends = {"lasts": "never ends", "not restored": "ends, truce not restored"}
        return f"patience over {about} {ends[word]}{again}"
    if decision == Decision.TALKS:
        return f"{about} {word}"
    if decision == Decision.POWER:
        return f"power {about} {word}{again}"
    if decision == Decision.SHOCK:
        return f"shock {about} on {date_text(plan, occurrence)}"
    if decision == Decision.AFTERMATH:
        return f"truce not restored after shock {about}"
    if decision == Decision.INCIDENT:
        return f"{word} incident by {about} on {date_text(plan, occurrence)}"
    return f"truce not restored after the incident by {about} on {date_text(plan, occurrence)}"


def _called(plan: Plan, decision: Decision, subject: str) -> str:
    """What a deviation is about, as the document calls it."""
    deal, behaviour = plan.scenario.deal, plan.scenario.behaviour
    if decision == Decision.TALKS:
        return talks_called(deal, subject)
    if decision in (Decision.INCIDENT, Decision.ANSWER):
        return source_called(deal, behaviour.incidents, subject)
    if decision in (Decision.SHOCK, Decision.AFTERMATH):
        return called(behaviour.shocks[subject], subject)
    if decision == Decision.POWER:
        return called(deal.powers[subject], subject)
    return obligation_called(deal, subject)


def never_reached(plan: Plan, states: Any) -> list[str]:
    """Scripted deviations that the run just made did not come to, or could not take, in words."""
    decisions = states["decisions"][0][: int(states["n_decisions"][0])]
    taken = set((decisions[:, DECISION_ADDRESS] << CHOICE_BITS | decisions[:, DECISION_CHOICE]).tolist())
    script = plan.record["script"][0, : int(plan.record["n_script"][0])].tolist()
    return [in_words(plan, entry) for entry in script if entry not in taken]
