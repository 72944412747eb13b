"""What ends go back to, by end, kind and party."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sim.document.scenario import ResolvedScenario
from sim.outcomes.story import CAUSES
from sim.report.words import EARLY, spaced
from sim.statistics.comparison import Summary


@dataclass(frozen=True)
class Cause:
    """A kind of cause of one end.

    Attributes
    ----------
    end : str
        The end, one before the last day.
    kind, words : str
        The event, and what it is called.
    runs : int
        That end so and go back to it.
    by_party : dict of str to int
        By the party whose it is, in the document's order, none left out; empty for what is nobody's.
    """

    end: str
    kind: str
    words: str
    runs: int
    by_party: dict[str, int]


def causes_of(scenario: ResolvedScenario, summary: Summary) -> tuple[Cause, ...]:
    """What the ends of one scenario before the last day go back to, end by end, the most frequent first.

    Parameters
    ----------
    scenario : ResolvedScenario
    summary : Summary
    """
    runs: Counter[tuple[str, str]] = Counter()
    parties: dict[tuple[str, str], Counter[str]] = {}
    for root in summary.root_causes:
        if root.end in EARLY:
            kind, _, subject = root.cause.partition(" ")
            runs[root.end, kind] += root.count
            if (party := _party(scenario, kind, subject)) is not None:
                parties.setdefault((root.end, kind), Counter())[party] += root.count
    names = scenario.deal.parties
    whole = {end: summary.ends[end][0] for end in EARLY}
    return tuple(
        Cause(
            end, kind, CAUSES.get(kind, spaced(kind)), count,
            {name: parties[end, kind][key] for key, name in names.items()}
            if parties.get((end, kind), Counter()).total() == count else {},
        )
        for (end, kind), count in sorted(runs.items(), key=lambda one: (-whole[one[0][0]], one[0][0], -one[1], one[0]))
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
