"""Scripted scenarios: everybody complies, at the scenario's usual pace, except where the script says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.document.behaviour import (
    UNWRITTEN,
    Behaviour,
    Compliance,
    Delay,
    IncidentSource,
    KindOfDispute,
    Leaving,
    Mediation,
    PartyBehaviour,
    PowerBehaviour,
    Responses,
    Shock,
    TalksBehaviour,
)
from sim.document.scenario import SCRIPTED_CHOICES, ResolvedScenario, Scripted
from sim.plan.calendar import Calendar
from sim.plan.codes import CHOICE_BITS, OCCURRENCE_BITS, SUBJECT_BITS, Decision
from sim.plan.limits import refuse_over
from sim.plan.names import Names

SUBJECTS = {
    "obligation": Decision.PERFORMANCE,
    "dispute": Decision.DISPUTE,
    "patience": Decision.PATIENCE,
    "talks": Decision.TALKS,
    "incident": Decision.INCIDENT,
    "answer": Decision.ANSWER,
    "shock": Decision.SHOCK,
    "aftermath": Decision.AFTERMATH,
    "power": Decision.POWER,
}
"""Decisions by the word that a document has for them."""
_WORDS = {decision: word for word, decision in SUBJECTS.items()}
SHORT_LEVEL = 0.5
"""The level of a flow that runs short, where the scenario gives none."""


def compliant(scenario: ResolvedScenario) -> Behaviour:
    """The scenario's behaviour with every chance taken out of it: nobody deviates, times are at their median.

    Nobody is searched for and every holder is reached; each party may cause an incident, which a script decides.
    Shocks are kept, but for those that only shift a chance.
    """
    given, deal = scenario.behaviour, scenario.deal
    parties = {actor: given.parties.get(actor, UNWRITTEN) for actor in {**given.parties, **deal.parties}}
    return Behaviour(
        assumption=given.assumption,
        source=given.source,
        parties={actor: _compliant_party(party) for actor, party in parties.items()},
        mediators=_compliant_mediation(given.mediators),
        talks={topic: _usual_talks(talks) for topic, talks in given.talks.items()},
        incidents={party: IncidentSource(by=party) for party in deal.parties},
        powers={key: PowerBehaviour(time=_usual(power.time)) for key, power in given.powers.items()},
        shocks={key: _usual_shock(shock) for key, shock in given.shocks.items() if shock.effect != "shifts"},
    )


def _compliant_mediation(given: Mediation) -> Mediation:
    """Every attempt settles, after its usual time, that of its kind too."""
    return Mediation(
        settles=1.0,
        attempt=_usual(given.attempt),
        lag=_usual(given.lag),
        kinds={
            kind: KindOfDispute(attempt=None if own.attempt is None else _usual(own.attempt))
            for kind, own in given.kinds.items()
        },
        flows_to=given.flows_to,
        redates=given.redates,
        cannot_be_done=given.cannot_be_done,
    )


def _usual_talks(talks: TalksBehaviour) -> TalksBehaviour:
    """When talks open, and open again; that they do, and agree by their deadline, is compliance."""
    resumes = None if talks.resumes is None else _usual(talks.resumes)
    return TalksBehaviour(opens=talks.opens, delay=_usual(talks.delay), resumes=resumes)


def _usual(delay: Delay) -> Delay:
    """The median, without any spread."""
    return delay.model_copy(update={"p95": delay.median})


def _usual_shock(shock: Shock) -> Shock:
    lasts = None if shock.lasts is None else _usual(shock.lasts)
    return shock.model_copy(update={"lasts": lasts, "chance": 1.0})


def _compliant_party(party: PartyBehaviour) -> PartyBehaviour:
    default = _compliant_debtor(party.default)
    if default.level is None:
        default = default.model_copy(update={"level": SHORT_LEVEL})
    return PartyBehaviour(
        default=default,
        kinds={kind: _compliant_debtor(compliance) for kind, compliance in party.kinds.items()},
        obligations={key: _compliant_debtor(compliance) for key, compliance in party.obligations.items()},
        latency=_usual(party.latency),
        capacity=party.capacity,
        tolerance=_usual(party.tolerance),
        patience=_usual(party.patience),
        suspends=_usual(party.suspends),
        leaves=Leaving(latency=_usual(party.leaves.latency)),
        responds=Responses(suspends=_usual(party.responds.suspends)),
    )


def _compliant_debtor(compliance: Compliance) -> Compliance:
    """How long a delay is and how short a flow runs if a script says so; no chance of either."""
    return Compliance(level=compliance.level, delay=None if compliance.delay is None else _usual(compliance.delay))


# ---------------------------------------------------------------- scripts as numbers


def address(decision: Decision, subject: int, occurrence: int) -> int:
    """A decision in one number, as `sim.rules.script.address_of` has it."""
    return ((decision << SUBJECT_BITS | subject) << OCCURRENCE_BITS) + occurrence + (1 << (OCCURRENCE_BITS - 1))


def entry(decision_address: int, choice: int) -> int:
    """One entry of a script: a decision and the choice made in it."""
    return decision_address << CHOICE_BITS | choice


def parts_of(entry: int) -> tuple[Decision, int, int, int]:
    """Decision, subject, occurrence and choice of an entry of a script."""
    where = entry >> CHOICE_BITS
    occurrence = (where & ((1 << OCCURRENCE_BITS) - 1)) - (1 << (OCCURRENCE_BITS - 1))
    kind, subject = divmod(where >> OCCURRENCE_BITS, 1 << SUBJECT_BITS)
    return Decision(kind), subject, occurrence, entry & ((1 << CHOICE_BITS) - 1)


def choice_number(scripted: Scripted) -> int:
    """The number of a choice; 0 is compliance."""
    return 1 + SCRIPTED_CHOICES[scripted.subject].index(scripted.choice)


def choice_word(decision: Decision, choice: int) -> str:
    """The word for a choice, 'complies' for compliance."""
    return SCRIPTED_CHOICES[_WORDS[decision]][choice - 1] if choice else "complies"


def subject_word(decision: Decision) -> str:
    """The key under which a document names what is decided."""
    return _WORDS[decision]


def fill_script(p: Any, script: Sequence[Scripted] | None, names: Names, calendar: Calendar) -> None:
    """What a script names, and the minutes in which its incidents and undated shocks happen; `p` has its shocks."""
    if script is None:
        return
    p["is_scripted"] = 1
    entries = [_entry_of(scripted, names, calendar, p["shock_at"]) for scripted in script]
    stretches = sorted({calendar.minute(s.at, f"scripted.{i}.at") for i, s in enumerate(script) if s.at is not None})
    refuse_over("scripted decisions", len(entries), "MAX_SCRIPT")
    p["n_script"], p["n_stretches"] = len(entries), len(stretches)
    p["script"][: len(entries)], p["stretch"][: len(stretches)] = entries, stretches


def _entry_of(scripted: Scripted, names: Names, calendar: Calendar, shock_at: Sequence[int]) -> int:
    decision, name = SUBJECTS[scripted.subject], getattr(scripted, scripted.subject)
    occurrence = scripted.time - 1 if scripted.at is None else calendar.minute(scripted.at, "scripted.at")
    places = {
        Decision.TALKS: names.topics,
        Decision.INCIDENT: names.sources,
        Decision.ANSWER: names.sources,
        Decision.SHOCK: names.shocks,
        Decision.AFTERMATH: names.shocks,
        Decision.POWER: names.powers,
    }
    subject = places.get(decision, names.obligations)[name]
    if decision in (Decision.SHOCK, Decision.AFTERMATH) and scripted.at is None:
        occurrence = int(shock_at[subject])
    return entry(address(decision, subject, occurrence), choice_number(scripted))
