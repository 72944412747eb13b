"""From a choice of terms to the values that a document takes, with the dates that follow."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import numpy as np

from sim.document.dates import DAY, minutes_of_clock, written_due
from sim.document.design import Designed, Term
from sim.document.scenario import ResolvedScenario
from sim.document.values import written_duration
from sim.reading.checks_design import paths_of, value_at
from sim.reading.paths import known, look_up, split
from sim.reading.terms import Scale, scale_of

Point = tuple[float, ...]
STEEPNESS = 1.2
"""How far the first amount lies above the middle one at a tilt of 1, as a logarithm."""
_UNDATED = -(10**9)


@dataclass(frozen=True)
class Space:
    """All choices of the terms of a design.

    Attributes
    ----------
    design : Designed
    whole : dict
        The deal as written, as plain data.
    scales : tuple of Scale
        The values of each term.
    """

    design: Designed
    whole: dict[str, Any]
    scales: tuple[Scale, ...]
    points: dict[bytes, Point] = field(default_factory=dict, repr=False, compare=False)
    """Those that have been asked for."""
    written: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """By path, what stands there as written, as far as it has been asked for."""

    @classmethod
    def of(cls, resolved: ResolvedScenario, design: Designed) -> Space:
        """The choices of a design that has been checked against this deal."""
        whole = {"deal": resolved.deal.model_dump(mode="json", by_alias=True)}
        scales = tuple(
            scale_of(term, value_at(whole, term.set[0]) if term.set else None) for term in design.terms.values()
        )
        return cls(design, whole, scales)

    @property
    def n_choices(self) -> float:
        """How many choices there are."""
        return float(np.prod([float(len(scale.numbers)) for scale in self.scales]))

    def every(self) -> np.ndarray[Any, Any]:
        """All choices, as places of the unit cube, the last term fastest."""
        ways = [(np.arange(len(scale.numbers)) + 0.5) / len(scale.numbers) for scale in self.scales]
        return np.stack(np.meshgrid(*ways, indexing="ij"), axis=-1).reshape(-1, len(ways))

    def at(self, shares: Sequence[float] | np.ndarray[Any, Any]) -> Point:
        """The choice at a place of the unit cube."""
        return tuple(scale.at(float(share)) for scale, share in zip(self.scales, shares, strict=True))

    def key(self, shares: np.ndarray[Any, Any]) -> Point:
        """The same as `at`, known again: a search asks for each of its points with every generation."""
        known = self.points.get(shares.tobytes())
        if known is None:
            known = self.points[shares.tobytes()] = self.at(shares)
        return known

    def told(self, point: Point) -> dict[str, int | float | str]:
        """By term, its value as a document takes it; of amounts how far they lie ahead (1) or behind (-1)."""
        written = (scale.written(number) for scale, number in zip(self.scales, point, strict=True))
        return dict(zip(self.design.terms, written, strict=True))

    def settings(self, point: Point) -> dict[str, Any]:
        """By path, what a choice changes in the deal as written."""
        return self._settings(list(zip(self.design.terms.values(), self.scales, point, strict=True)))

    def alone(self, place: int, number: float) -> dict[str, Any]:
        """By path, what one term by itself changes, with the dates that follow from it."""
        return self._settings([(list(self.design.terms.values())[place], self.scales[place], number)])

    def _settings(self, chosen: Sequence[tuple[Term, Scale, float]]) -> dict[str, Any]:
        data, paths = self.whole, []
        for term, scale, number in chosen:
            for path, value in self._of_term(term, scale, number).items():
                data = _with(data, known(data, split(path)), value)
                paths.append(path)
        for path, following in self.design.derive.items():
            earliest = max((_minute_of(data, each) for each in following.not_before), default=_UNDATED)
            if (date := _not_before(data, path, earliest + following.plus)) is not None:
                data = _with(data, known(data, split(path)), date)
                paths.append(path)
        values = {path: look_up(data, known(data, split(path))) for path in dict.fromkeys(paths)}
        return {path: value for path, value in values.items() if value != self._written(path)}

    def _written(self, path: str) -> Any:
        if path not in self.written:
            self.written[path] = value_at(self.whole, path)
        return self.written[path]

    def _of_term(self, term: Term, scale: Scale, number: float) -> dict[str, Any]:
        if term.set is not None:
            return {path: self._at_its_hour(path, scale.written(number)) for path in term.set}
        if term.dates is not None:
            return self._dates(term, int(number) // DAY)
        return self._amounts(term, number)

    def _at_its_hour(self, path: str, value: int | float | str) -> int | float | str:
        """A day at the hour that stands at this path, which may be another than at the first of a term."""
        given, there = written_due(value), written_due(self._written(path))
        if given is None or there is None or given.kind != "day" or there.kind != "day":
            return value
        return _dated(there, given.day)

    def _dates(self, term: Term, every: int) -> dict[str, Any]:
        """The first date stays, the others follow, and what goes along keeps its distance in days."""
        keys, latest = term.dates or [], None if term.latest is None else term.latest.day
        first = self._due(keys[0]).day
        days = [first + every * place for place in range(len(keys))]
        days = days if latest is None else [min(day, max(latest, first)) for day in days]
        found = {
            f"deal.obligations.{key}.due": _dated(self._due(key), day) for key, day in zip(keys, days, strict=True)
        }
        for key, (other, day) in zip(term.along, cycle(zip(keys, days, strict=True)), strict=False):
            due = self._due(key)
            found[f"deal.obligations.{key}.due"] = _dated(due, due.day + day - self._due(other).day)
        return found

    def _due(self, key: str) -> Any:
        return written_due(self.whole["deal"]["obligations"][key]["due"])

    def _amounts(self, term: Term, tilt: float) -> dict[str, Any]:
        """So many for each, from one queue of units in the order in which the deal hands them over."""
        keys, obligations = term.amounts or [], self.whole["deal"]["obligations"]
        queue = [stock for key in keys for stock, n in obligations[key]["amount"].items() for _ in range(int(n))]
        sizes = spread(len(queue), len(keys), tilt, term.least)
        found: dict[str, Any] = {}
        for key, size in zip(keys, sizes, strict=True):
            handed, queue = queue[:size], queue[size:]
            found[f"deal.obligations.{key}.amount"] = {stock: handed.count(stock) for stock in dict.fromkeys(handed)}
        return found | {
            f"deal.obligations.{key}.units": size for key, size in zip(term.along, cycle(sizes), strict=False)
        }


def _with(data: Any, path: Sequence[str | int], value: Any) -> Any:
    """The same data with another value at a path; what does not lie on the way is shared."""
    if not path:
        return value
    found = copy.copy(data)
    found[path[0]] = _with(data[path[0]], path[1:], value)
    return found


def spread(total: int, n: int, tilt: float, least: int) -> list[int]:
    """A total in n whole parts that add up to it: equal at a tilt of 0, the first largest at 1, the last at -1.

    Parameters
    ----------
    total, n : int
    tilt : float
    least : int
        Of each part; `least * n` is not above the total.

    Returns
    -------
    list of int
        That of the opposite tilt is the same backwards, up to where remainders go.
    """
    weights = np.exp(STEEPNESS * tilt * np.linspace(1, -1, n)) if n > 1 else np.ones(1)
    exact = least + (total - least * n) * weights / weights.sum()
    parts = np.floor(exact + 1e-9).astype(int)
    for place in np.argsort(-(exact - parts), kind="stable")[: total - int(parts.sum())]:
        parts[place] += 1
    return [int(part) for part in parts]


def _dated(due: Any, day: int) -> str:
    return f"day {day}" + str(due).removeprefix(f"day {due.day}")


def _hour(data: Mapping[str, Any], due: Any) -> int:
    return minutes_of_clock(data["deal"]["due_hour"]) if due.time is None else int(due.time)


def _minute_of(data: dict[str, Any], path: str) -> int:
    """When a date comes, in minutes from the midnight of day 0; of a number of people, when so many are to be out."""
    value = value_at(data, path)
    if path.endswith(".released"):
        return _out_by(data, value_at(data, path.removesuffix(".released")))
    due = written_due(value)
    return _UNDATED if due is None or due.kind != "day" else due.day * DAY + _hour(data, due)


def _out_by(data: dict[str, Any], condition: Mapping[str, Any]) -> int:
    """The minute in which what a condition asks for is out by the dates of the deal; undated if it never is."""
    stocks, wanted = data["deal"]["stocks"], condition["released"]
    arrivals = []
    for owed in data["deal"]["obligations"].values():
        due = written_due(owed["due"])
        if owed["kind"] in ("release", "return") and owed["amount"] and due is not None and due.kind == "day":
            arrivals.append(
                (due.day * DAY + _hour(data, due) + (written_duration(owed["transit"]) or 0), owed["amount"])
            )
    if isinstance(wanted, int):
        counted = [
            key for key, stock in stocks.items()
            if (stock["list"] or key) == condition["list"] and condition.get("of") in (None, stock["of"])
        ]  # fmt: skip
        sets = [(counted, wanted)]
    else:
        sets = [([stock], number) for stock, number in wanted.items()]
    return max(_reached(arrivals, keys, number) for keys, number in sets)


def _reached(arrivals: Sequence[tuple[int, Mapping[str, Any]]], stocks: Sequence[str], wanted: int) -> int:
    out = 0
    for minute, amount in sorted(arrivals, key=lambda arrival: arrival[0]):
        out += int(sum(number for stock, number in amount.items() if stock in stocks))
        if out >= wanted:
            return minute
    return _UNDATED


def _not_before(data: dict[str, Any], path: str, earliest: int) -> str | None:
    """The date at a path put off to a minute, at its own hour; None if it does not lie before."""
    if earliest < 0:
        return None
    due = written_due(value_at(data, path))
    assert due is not None
    hour = _hour(data, due)
    if due.kind == "day" and due.day * DAY + hour >= earliest:
        return None
    day = -(-(earliest - hour) // DAY)
    return _dated(due, day) if due.kind == "day" else f"day {day}"


def all_paths(design: Designed) -> list[str]:
    """Every path that a choice may change, each once, in the order of the terms and then of what follows.

    Parameters
    ----------
    design : Designed
    """
    return list(dict.fromkeys([*(path for term in design.terms.values() for path in paths_of(term)), *design.derive]))
