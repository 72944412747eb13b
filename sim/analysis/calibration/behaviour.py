"""A behaviour document for any deal of the catalogue, made of estimates: the same rules for all who owe something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.analysis.calibration.estimate import NEVER_REFUSED, Estimate, history_key
from sim.analysis.calibration.evidence import STEPS, is_loaded
from sim.analysis.calibration.priors import BaseRates
from sim.document.deal import Deal
from sim.document.measured import list_name, places_of_lists
from sim.document.scenario import ResolvedScenario
from sim.document.values import Minutes, Source, write_amount, write_duration
from sim.reading.resolve import resolve
from sim.reading.store import as_data, from_resolved
from sim.reading.write import write_yaml


@dataclass
class _Draft:
    """Behaviour and uncertain parameters as they grow, and where each estimate went."""

    estimates: Mapping[str, Estimate]
    behaviour: dict[str, Any] = field(default_factory=dict)
    uncertain: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, list[tuple[str, float]]] = field(default_factory=dict)

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
        lead = self.places[estimate.name][0][0]
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
    """

    scenario: ResolvedScenario
    document: dict[str, Any]
    places: dict[str, list[tuple[str, float]]]

    def as_yaml(self) -> str:
        """The document as text."""
        return write_yaml(self.document)


def write_behaviour(
    target: str, estimates: Mapping[str, Estimate], rates: BaseRates, evidence_from: tuple[str, ...]
) -> Calibrated:
    """The scenario of a deal with estimated behaviour.

    Parameters
    ----------
    target : str
        A deal of the catalogue. Its terms are taken from its document, nothing from its record.
    estimates : dict of str to Estimate
    rates : BaseRates
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
    terms = resolve(f"{target}/as-written")
    draft = _Draft(estimates)
    _write_all(draft, terms.deal, rates)
    behaviour, uncertain = draft.behaviour, draft.uncertain
    sources = {
        **{history_key(deal): Source(title=f"Dated record of the deal {deal}, scenarios/history/{deal}.csv")
           for deal in evidence_from},
        **rates.sources,
    }  # fmt: skip
    head = {
        "scenario": f"{target}/calibrated",
        "title": "Behaviour estimated from " + (" and ".join(evidence_from) or "base rates alone"),
        "question": "How does the deal run if everybody behaves as in the deals that behaviour was estimated from?",
    }
    cited = {key: source.model_dump(exclude_none=True) for key, source in sources.items()}
    body = {"sources": cited, "behaviour": behaviour, "uncertain": uncertain}
    document = {**head, "deal": target, **body, "notes": NOTES}
    data = {**as_data(terms), **head, **body, "notes": NOTES}
    return Calibrated(from_resolved(data), document, draft.places)


NOTES = [
    "The same rules hold for both sides; what differs between them is what they owe.",
    "Parameters are drawn once for each replicate, those of both sides together.",
    "Nothing is known of who holds people beside a party, or of a search for the living; neither takes any time here.",
]


def _write_all(draft: _Draft, deal: Deal, rates: BaseRates) -> None:
    behaviour = draft.behaviour
    behaviour["assumption"] = (
        "Chances are the mean of their estimate, times the median; evidence stands with each distribution."
    )
    behaviour["parties"] = {actor: _party(draft, deal, actor, rates) for actor in _debtors(deal)}
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
                "delay": _plain(rates, "talks_delay"),
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


def _plain(rates: BaseRates, name: str) -> dict[str, str]:
    delay = rates.fixed[name]
    return {"median": write_duration(delay.median), "p95": write_duration(delay.p95)}


def _party(draft: _Draft, deal: Deal, actor: str, rates: BaseRates) -> dict[str, Any]:
    """How one debtor performs; parties also complain, hold back and answer."""
    owed = _owed(deal, actor)
    is_party = actor in deal.parties
    path = f"parties.{actor}"
    loaded = [key for keys in owed.values() for key in keys if is_loaded(deal, key)]
    kinds = {
        kind: _kind(draft, kind, f"{path}.kinds.{kind}", is_drawn=is_party, all_loaded=set(keys) <= set(loaded))
        for kind, keys in owed.items()
        if kind in STEPS
    }
    party: dict[str, Any] = {"kinds": kinds}
    if "flow" in owed:
        party["kinds"]["flow"] = {
            "late": draft.chance("flow_late", f"{path}.kinds.flow.late"),
            "level": draft.chance("flow_level", f"{path}.kinds.flow.level"),
        }
    apart = {key: kind for kind, keys in owed.items() for key in keys if key in loaded and not set(keys) <= set(loaded)}
    if apart:
        party["obligations"] = {key: _apart(draft, kind, f"{path}.obligations.{key}") for key, kind in apart.items()}
    if is_party:
        party |= _reactions(draft, path, rates)
    return party


def _owed(deal: Deal, actor: str) -> dict[str, list[str]]:
    """What one actor owes, by kind."""
    owed: dict[str, list[str]] = {}
    for key, obligation in deal.obligations.items():
        if obligation.by == actor:
            owed.setdefault(obligation.kind, []).append(key)
    return owed


def _apart(draft: _Draft, kind: str, path: str) -> dict[str, Any]:
    """A step on which refusals fall, with a chance of its own."""
    if kind not in STEPS or kind == NEVER_REFUSED:
        return {}
    return {"refused": draft.chance(f"{kind}.refused_if_loaded", f"{path}.refused", is_drawn=False)}


def _kind(draft: _Draft, kind: str, path: str, *, is_drawn: bool, all_loaded: bool) -> dict[str, Any]:
    """A kind of which nothing was observed is written as a plain value."""

    def observed(name: str) -> bool:
        return is_drawn and draft.estimates[f"{kind}.{name}"].method != "prior"

    compliance: dict[str, Any] = {"late": draft.chance(f"{kind}.late", f"{path}.late", is_drawn=observed("late"))}
    if kind != NEVER_REFUSED:
        name = "refused_if_loaded" if all_loaded else "refused"
        compliance["refused"] = draft.chance(f"{kind}.{name}", f"{path}.refused", is_drawn=observed(name))
    compliance["delay"] = draft.time(f"{kind}.delay", f"{path}.delay", is_drawn=observed("delay"))
    if kind == "release":
        compliance["ahead"] = draft.chance("release.ahead", f"{path}.ahead", is_drawn=observed("ahead"))
    return compliance


def _reactions(draft: _Draft, path: str, rates: BaseRates) -> dict[str, Any]:
    return {
        "tolerance": draft.time("tolerance", f"{path}.tolerance"),
        "complains": draft.chance("complains", f"{path}.complains"),
        "withholds": draft.chance("withholds", f"{path}.withholds"),
        "patience": draft.time("patience", f"{path}.patience"),
        "suspends": _plain(rates, "suspension"),
        "restores": draft.chance("restores", f"{path}.restores"),
        "leaves": {
            "after_lapse": draft.chance("leaves", f"{path}.leaves.after_lapse"),
            "latency": _plain(rates, "leaving"),
        },
        "responds": {
            "major": draft.chance("responds", f"{path}.responds.major"),
            "suspends": _plain(rates, "suspension"),
        },
    }


def _search(draft: _Draft, key: str) -> dict[str, Any]:
    path = f"search.{key}"
    return {
        "found": draft.chance("search.found", f"{path}.found"),
        "time": draft.time("search.time", f"{path}.time"),
        "misidentified": draft.chance("search.misidentified", f"{path}.misidentified"),
    }
