"""What ends go back to, by kind and by party."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sim.deal.document import ResolvedScenario
from sim.statistics.comparison import Summary

EARLY = ("collapsed", "lapsed")
WORDS = {
    "talks_broken_off": "talks broken off",
    "talks_not_opened": "talks not opened",
    "talks_deadlocked": "talks without agreement",
    "talks_missing": "talks that never came about",
    "obligation_delayed": "a promise late",
    "obligation_refused": "a promise refused",
    "obligation_missing": "a step that was missing",
    "people_not_located": "people not found",
    "remains_misidentified": "remains misidentified",
    "incident_minor": "a minor incident",
    "incident_major": "a major incident",
    "party_left": "a party leaves",
    "shock_struck": "a shock",
}


@dataclass(frozen=True)
class Cause:
    """A kind of cause.

    Attributes
    ----------
    kind, words : str
        The event, and what it is called.
    runs : int
        That end before the last day and go back to it.
    by_party : dict of str to int
        By the party whose it is, in the document's order, none left out; empty for what is nobody's.
    """

    kind: str
    words: str
    runs: int
    by_party: dict[str, int]


def causes_of(scenario: ResolvedScenario, summary: Summary) -> tuple[Cause, ...]:
    """What the ends of one scenario before the last day go back to, the most frequent kind first.

    Parameters
    ----------
    scenario : ResolvedScenario
    summary : Summary
    """
    runs: Counter[str] = Counter()
    parties: dict[str, Counter[str]] = {}
    for root in summary.root_causes:
        if root.end in EARLY:
            kind, _, subject = root.cause.partition(" ")
            runs[kind] += root.count
            if (party := _party(scenario, kind, subject)) is not None:
                parties.setdefault(kind, Counter())[party] += root.count
    names = scenario.deal.parties
    return tuple(
        Cause(
            kind, WORDS.get(kind, kind.replace("_", " ")), count,
            {name: parties[kind][key] for key, name in names.items()}
            if parties.get(kind, Counter()).total() == count else {},
        )
        for kind, count in sorted(runs.items(), key=lambda item: (-item[1], item[0]))
    )  # fmt: skip


def _party(scenario: ResolvedScenario, kind: str, subject: str) -> str | None:
    """The party that a cause is a matter of; None for talks, shocks, third states and what befalls nobody's promise."""
    deal = scenario.deal
    if kind == "party_left":
        actor: str | None = subject
    elif kind.startswith("incident"):
        source = scenario.behaviour.incidents.get(subject)
        actor = None if source is None else source.by
    elif kind.startswith(("obligation", "handover")):
        obligation = deal.obligations.get(subject.partition(".")[0])
        actor = None if obligation is None else obligation.by
    else:
        return None
    holder = deal.holders.get(actor or "")
    actor = actor if holder is None else holder.answers_to
    return actor if actor in deal.parties else None
