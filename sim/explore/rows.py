"""Sliders in rows: what both sides have stands in one row, so that no list of numbers reads as blame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.document.names import actor_called
from sim.document.scenario import ResolvedScenario
from sim.explore.sliders import Slider
from sim.report.words import cut, spaced

LONGEST = 70


@dataclass(frozen=True)
class Row:
    """One number, of each side that has it.

    Attributes
    ----------
    key : str
        The path with a star in the place of the side; the path itself where only one thing has the number.
    label : str
        Without the side.
    sides : tuple of (str, Slider)
        What each slider is called within the row, in the document's order; empty for what belongs to no side.
    """

    key: str
    label: str
    sides: tuple[tuple[str, Slider], ...]


def rows(scenario: ResolvedScenario, sliders: Sequence[Slider]) -> list[Row]:
    """The sliders of a scenario in rows, in the order of the document.

    Parameters
    ----------
    scenario : ResolvedScenario
    sliders : sequence of Slider
    """
    found: dict[str, list[tuple[str, str, Slider]]] = {}
    for slider in sliders:
        key, side = _key(scenario, slider.path)
        found.setdefault(key, []).append((_label(slider, key), side, slider))
    return [
        Row(key, cut(members[0][0], LONGEST), tuple((side, slider) for _, side, slider in members))
        for key, members in found.items()
    ]


def _key(scenario: ResolvedScenario, path: str) -> tuple[str, str]:
    """The path with a star for its side, and the side's name."""
    deal = scenario.deal
    parts = path.split(".")
    match parts:
        case ["behaviour", "parties", party, *rest] if party in {**deal.parties, **deal.holders}:
            return ".".join(["behaviour", "parties", "*", *rest]), cut(actor_called(deal, party), 40)
        case ["behaviour", "incidents", source, *rest] if _stands_for_its_side(scenario, source):
            side = scenario.behaviour.incidents[source].by
            return ".".join(["behaviour", "incidents", "*", *rest]), cut(actor_called(deal, side), 40)
        case ["behaviour", "mediators", "pressure", mediator, "on", party]:
            return f"behaviour.mediators.pressure.{mediator}.on.*", cut(actor_called(deal, party), 40)
    return path, ""


def _stands_for_its_side(scenario: ResolvedScenario, source: str) -> bool:
    """Whether a source of incidents is the only one of its side, and each side has one."""
    by = [one.by for one in scenario.behaviour.incidents.values()]
    return sorted(by) == sorted(scenario.deal.parties) and source in scenario.behaviour.incidents


def _label(slider: Slider, key: str) -> str:
    """'release: late' under 'Compliance', without the side."""
    if slider.group == "Incidents":
        source, _, what = slider.label.rpartition(": ")
        words = _INCIDENTS.get(what, what)
        return words if ".incidents.*" in key else f"{words} ({source})"
    if ".pressure." in key:
        return f"Pressure of {slider.label.rpartition(' on ')[0]}"
    heading = slider.group.partition(":")[0]
    if heading == "Compliance":
        what, _, how = slider.label.rpartition(": ")
        return f"{what[:1].upper()}{what[1:]}: {_HOW.get(how, how)}"
    if heading == "Talks":
        topic, _, what = slider.label.rpartition(": ")
        return f"{topic}: {_TALKS.get(what, what)}"
    return f"{spaced(slider.label)[:1].upper()}{spaced(slider.label)[1:]}"


_INCIDENTS = {
    "per day": "Incidents a day", "initial": "Incidents a day as it begins",
    "branching": "An incident draws others after it", "major": "Chance that an incident is major",
}  # fmt: skip
_TALKS = {
    "never": "chance that they never open", "delay": "how late they open", "fails": "chance to end without agreement",
    "agrees per day": "agreement, a day", "breaks off per day": "breaking off, a day",
}  # fmt: skip
_HOW = {"late": "chance to be late", "refused": "chance of refusal"}
