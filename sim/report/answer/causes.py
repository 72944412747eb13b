"""What ends go back to, by kind and by party."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sim.document.scenario import ResolvedScenario
from sim.outcomes.story import CAUSES
from sim.report.words import spaced
from sim.statistics.comparison import Summary

EARLY = ("collapsed", "lapsed")


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
            kind, CAUSES.get(kind, spaced(kind)), count,
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
