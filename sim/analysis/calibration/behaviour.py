"""A behaviour document for any deal of the catalogue, made of estimates: the same rules for all who owe something."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.analysis.calibration.estimate import NEVER_REFUSED, ROWS, Estimate, history_key
from sim.analysis.calibration.evidence import STEPS
from sim.analysis.calibration.learning import counted_with_people, sort_of
from sim.analysis.calibration.priors import Priors
from sim.analysis.history.terms import as_written, is_file
from sim.document.deal import Deal
from sim.document.measured import list_name, places_of_lists
from sim.document.scenario import ResolvedScenario
from sim.document.values import Minutes, Source, write_amount, write_duration
from sim.plan.taken import untaken_in_document
from sim.reading.store import as_data, from_resolved
from sim.reading.write import write_yaml

PUNCTUAL = "punctual"
"""The sort of what is not late on top of a step on people."""


@dataclass
class _Draft:
    """Behaviour and uncertain parameters as they grow, and where each estimate went."""

    estimates: Mapping[str, Estimate]
    behaviour: dict[str, Any] = field(default_factory=dict)
    uncertain: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)

    def chance(self, name: str, path: str, *, is_drawn: bool = True) -> float:
        """The value to write, which is drawn from its distribution if there is one to speak of."""
        estimate = self.estimates[name]
        self.places.setdefault(name, []).append((path, 1.0))
        if is_drawn:
            self._draw(path, estimate, estimate.written)
        return float(f"{estimate.centre:.4g}")

    def time(self, name: str, path: str, *, is_drawn: bool = True) -> dict[str, Any]:
        """Median and 95th percentile; both move together."""
        estimate = self.estimates[name]
        spread = estimate.spread or 1.0
        self.places.setdefault(name, []).extend([(f"{path}.median", 1.0), (f"{path}.p95", spread)])
        if is_drawn:
            self._draw(f"{path}.median", estimate, _with_units(estimate.written))
            self._draw(f"{path}.p95", estimate, _with_units(_times(estimate.written, spread)))
        median = estimate.centre
        return {"median": write_duration(round(median)), "p95": write_duration(round(spread * median))}

    def _draw(self, path: str, estimate: Estimate, written: dict[str, Any]) -> None:
        lead = self.leads.setdefault(estimate.drawn_with or estimate.name, path)
        together = {} if path == lead else {"moves_with": lead}
        self.uncertain[path] = {**written, **together, **_evidence(estimate)}


def _times(written: dict[str, Any], factor: float) -> dict[str, Any]:
    """A distribution of times stretched by a factor."""
    return {name: [float(f"{factor * value:.4g}") for value in values] for name, values in written.items()}


def _with_units(written: dict[str, Any]) -> dict[str, Any]:
    """A distribution of minutes as a document takes it."""
    return {name: [write_amount(Minutes(value)) for value in values] for name, values in written.items()}


def _evidence(estimate: Estimate) -> dict[str, Any]:
    """Source and note, or the assumption where there is no source."""
    if estimate.source:
        return {"source": list(estimate.source), "note": estimate.note}
    return {"assumption": estimate.note}


@dataclass(frozen=True)
class Calibrated:
    """Estimated behaviour, written for one deal.

    Attributes
    ----------
    scenario : ResolvedScenario
    document : dict
        The same as a scenario that `ceasefire run` takes.
    places : dict of str to list of (str, float)
        By estimate: paths below `behaviour`, each with the factor that it is written with.
    table : bytes or None
        Draws of all that is not known, as a CSV file (`sim.reading.posterior`).
    """

    scenario: ResolvedScenario
    document: dict[str, Any]
    places: dict[str, list[tuple[str, float]]]
    table: bytes | None = field(default=None, repr=False)

    def as_yaml(self, folder: Path | None = None, table: str | None = None) -> str:
        """The document as text.

        Parameters
        ----------
        folder : Path, optional
            From which the file of a deal is named, by default the current one.
        table : str, optional
            Name of the file with the table of draws; without it each number is drawn from its own distribution.
        """
        deal = self.document["deal"]
        seen = os.path.relpath(deal, folder or Path()) if is_file(deal) else deal
        named = {} if table is None else {"posterior": table}
        return write_yaml({**self.document, "deal": Path(seen).as_posix(), **named})

    def write(self, path: Path) -> Path | None:
        """Write the document and, beside it, its table; the table's file, if there is one.

        Raises
        ------
        OSError
            If a file cannot be written.
        """
        beside = path.with_suffix(".csv") if self.table is not None else None
        path.write_text(self.as_yaml(path.parent, None if beside is None else beside.name), encoding="utf-8")
        if beside is not None and self.table is not None:
            beside.write_bytes(self.table)
        return beside


def write_behaviour(
    target: str | Path, estimates: Mapping[str, Estimate], priors: Priors, evidence_from: tuple[str, ...]
) -> Calibrated:
    """The scenario of a deal with estimated behaviour.

    Parameters
    ----------
    target : str or Path
        A deal of the catalogue, or a file with a deal. Its terms are taken from its document, nothing from its record.
    estimates : dict of str to Estimate
    priors : Priors
    evidence_from : tuple of str
        Deals whose records were read.

    Returns
    -------
    Calibrated

    Raises
    ------
    SimError
        If there is no such deal.
    """
    terms = as_written(target)
    draft = _Draft(estimates)
    _write_all(draft, terms.deal, priors)
    behaviour, uncertain = draft.behaviour, draft.uncertain
    sources = {
        **{history_key(deal): Source(title=f"Dated record of the deal {deal}, scenarios/history/{deal}.csv")
           for deal in evidence_from},
        ROWS: Source(title="Dated steps of past deals, each with its source, scenarios/evidence"),
        **priors.sources,
    }  # fmt: skip
    head = {
        "scenario": f"{terms.deal.deal}/calibrated",
        "title": "Behaviour estimated from " + (" and ".join(evidence_from) or "rows of other deals"),
        "question": "How does the deal run if everybody behaves as in the deals that behaviour was estimated from?",
    }
    cited = {key: source.model_dump(exclude_none=True) for key, source in sources.items()}
    body = {"sources": cited, "behaviour": behaviour, "uncertain": uncertain}
    document = {**head, "deal": str(target), **body, "notes": NOTES}
    scenario = from_resolved({**as_data(terms), **head, **body, "notes": NOTES})
    _leave_out(uncertain, {str(fault.value) for fault in untaken_in_document(scenario)})
    return Calibrated(from_resolved(as_data(scenario) | {"uncertain": uncertain}), document, draft.places)


def _leave_out(uncertain: dict[str, dict[str, Any]], paths: set[str]) -> None:
    """Leave out what nothing in this deal takes; of what was drawn with it, the first is then drawn for all."""
    gone = {path: uncertain.pop(path) for path in paths}
    new_leads: dict[str, str] = {}
    for path, written in uncertain.items():
        lead = written.get("moves_with")
        if lead in gone:
            if new_leads.setdefault(lead, path) == path:
                del written["moves_with"]
            else:
                written["moves_with"] = new_leads[lead]


NOTES = [
    "The same rules hold for both sides; what differs between them is what they owe.",
    "Parameters are drawn once for each replicate, those of both sides together.",
    "All steps on people share one draw, the effect of the deal; so do all on forces, arms and territory.",
    "What gates a step on people is on time: its lateness is in that of the people, which counts from the date.",
    "Nothing is known of who holds people beside a party, or of a search for the living; neither takes any time here.",
]


def _write_all(draft: _Draft, deal: Deal, priors: Priors) -> None:
    behaviour = draft.behaviour
    behaviour["assumption"] = (
        "Chances are the mean of their estimate, times the median; evidence stands with each distribution."
    )
    behaviour["parties"] = {actor: _party(draft, deal, actor, priors) for actor in _debtors(deal)}
    search = {key: _search(draft, key) for key, group in deal.people.items() if _is_sought(deal, key)}
    if search:
        behaviour["search"] = search
    behaviour["mediators"] = {
        "settles": draft.chance("settles", "mediators.settles"),
        "attempt": draft.time("attempt", "mediators.attempt"),
    }
    topics = [o.topic for o in deal.obligations.values() if o.topic is not None]
    if topics:
        behaviour["talks"] = {
            topic: {
                "fails": draft.chance("talks_fail", f"talks.{topic}.fails"),
                "delay": _plain(priors, "talks_delay"),
            }
            for topic in topics
        }
    behaviour["incidents"] = {
        f"by_{party}": {
            "by": party,
            "per_day": draft.chance("incidents.per_day", f"incidents.by_{party}.per_day"),
            "major": 1.0,
        }
        for party in deal.parties
    }


def _debtors(deal: Deal) -> list[str]:
    """The parties, and all others who owe something."""
    return list(dict.fromkeys([*deal.parties, *(obligation.by for obligation in deal.obligations.values())]))


def _is_sought(deal: Deal, key: str) -> bool:
    """Whether people of a group are remains of hostages, which have to be found."""
    return places_of_lists(deal)[list_name(deal, key)] == 0 and deal.stocks[key].of == "remains"


def _plain(priors: Priors, name: str) -> dict[str, str]:
    delay = priors.fixed[name]
    return {"median": write_duration(delay.median), "p95": write_duration(delay.p95)}


def _party(draft: _Draft, deal: Deal, actor: str, priors: Priors) -> dict[str, Any]:
    """How one debtor performs; parties also complain, hold back and answer."""
    owed = _owed(deal, actor)
    is_party = actor in deal.parties
    path = f"parties.{actor}"
    kinds, apart = {}, {}
    punctual = counted_with_people(deal)
    for kind, keys in owed.items():
        sorts = {
            key: PUNCTUAL if key in punctual else sort_of(deal, deal.obligations[key]) or kind for key in keys
        }  # fmt: skip
        usual = max(dict.fromkeys(sorts.values()), key=list(sorts.values()).count)
        if usual in STEPS or usual != kind:  # flows and talks have no class
            kinds[kind] = _kind(draft, kind, usual, f"{path}.kinds.{kind}", is_drawn=is_party)
        others = {key: sort for key, sort in sorts.items() if sort != usual}
        for key, sort in others.items():
            apart[key] = _sort(draft, sort, f"{path}.obligations.{key}", is_drawn=is_party)
    if "flow" in owed:
        kinds["flow"] = {
            "late": draft.chance("flow_late", f"{path}.kinds.flow.late"),
            "level": draft.chance("flow_level", f"{path}.kinds.flow.level"),
        }
    party = {"kinds": kinds} | ({"obligations": apart} if apart else {})
    return party | (_reactions(draft, path, priors) if is_party else {})


def _owed(deal: Deal, actor: str) -> dict[str, list[str]]:
    """What one actor owes, by kind."""
    owed: dict[str, list[str]] = {}
    for key, obligation in deal.obligations.items():
        if obligation.by == actor:
            owed.setdefault(obligation.kind, []).append(key)
    return owed


def _kind(draft: _Draft, kind: str, sort: str, path: str, *, is_drawn: bool) -> dict[str, Any]:
    """How steps of a kind are carried out, which are of one sort, or of a kind of which records alone tell."""
    compliance = _sort(draft, sort, path, is_drawn=is_drawn)
    if kind == "release":
        is_seen = draft.estimates["release.ahead"].method != "prior"
        compliance["ahead"] = draft.chance("release.ahead", f"{path}.ahead", is_drawn=is_drawn and is_seen)
    return compliance


def _sort(draft: _Draft, sort: str, path: str, *, is_drawn: bool) -> dict[str, Any]:
    """Chances and delay of one sort of step; what nothing tells of is written as a plain value."""

    def observed(name: str) -> bool:
        return is_drawn and draft.estimates[f"{sort}.{name}"].method != "prior"

    if sort == PUNCTUAL:
        return {"refused": 0.0, "late": 0.0}
    compliance: dict[str, Any] = {}
    if sort != NEVER_REFUSED:
        compliance["refused"] = draft.chance(f"{sort}.refused", f"{path}.refused", is_drawn=observed("refused"))
    compliance["late"] = draft.chance(f"{sort}.late", f"{path}.late", is_drawn=observed("late"))
    compliance["delay"] = draft.time(f"{sort}.delay", f"{path}.delay", is_drawn=observed("delay"))
    return compliance


def _reactions(draft: _Draft, path: str, priors: Priors) -> dict[str, Any]:
    return {
        "tolerance": draft.time("tolerance", f"{path}.tolerance"),
        "complains": draft.chance("complains", f"{path}.complains"),
        "withholds": draft.chance("withholds", f"{path}.withholds"),
        "patience": draft.time("patience", f"{path}.patience"),
        "suspends": _plain(priors, "suspension"),
        "restores": draft.chance("restores", f"{path}.restores"),
        "leaves": {
            "after_lapse": draft.chance("leaves", f"{path}.leaves.after_lapse"),
            "latency": _plain(priors, "leaving"),
        },
        "responds": {
            "major": draft.chance("responds", f"{path}.responds.major"),
            "suspends": _plain(priors, "suspension"),
        },
    }


def _search(draft: _Draft, key: str) -> dict[str, Any]:
    path = f"search.{key}"
    return {
        "found": draft.chance("search.found", f"{path}.found"),
        "time": draft.time("search.time", f"{path}.time"),
        "misidentified": draft.chance("search.misidentified", f"{path}.misidentified"),
    }
