"""Parameter slots: every number of the behaviour has one, found by its path; what is uncertain has quantiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.document.behaviour import Delay
from sim.document.scenario import Posterior, Uncertain
from sim.errors import PlanError
from sim.plan.codes import HALVINGS, QUANTILE_STEPS
from sim.plan.draws import decision_key
from sim.plan.limits import refuse_over
from sim.plan.plan import Drawn
from sim.reading.posterior import rows_taken

CUT_OFF = 0.5 / 257
"""The probability at which a distribution without a lowest or highest value ends."""


@dataclass
class Slots:
    """Parameters by path: the same path is the same slot, so what is shared in the document is shared in the plan."""

    values: list[float] = field(default_factory=list)
    paths: dict[str, int] = field(default_factory=dict)

    def at(self, path: str, value: float) -> int:
        """The slot of a path below `behaviour`, a new one with this value if it is new."""
        if path not in self.paths:
            self.paths[path] = len(self.values)
            self.values.append(float(value))
        return self.paths[path]

    def delay(self, path: str, delay: Delay) -> tuple[int, int]:
        """The slots of a time's median and 95 % quantile."""
        return self.at(f"{path}.median", delay.median), self.at(f"{path}.p95", delay.p95)

    def of(self, path: str, where: str) -> int:
        """The slot that a path into the behaviour has already; an error names `where` as the place.

        Raises
        ------
        PlanError
            If no part of the plan has asked for a number at this path.
        """
        path = path.removeprefix("behaviour.")
        if path not in self.paths:
            raise PlanError(f"{where}: {path!r} is no number of this scenario's behaviour that an obligation uses")
        return self.paths[path]


def fill_parameters(
    p: Any, uncertain: Mapping[str, Uncertain], posterior: Posterior | None, slots: Slots
) -> Drawn | None:
    """The values of all slots, once every other part has asked for its own, and the spread of what is uncertain.

    A number with a column in the table is taken from there, whatever distribution it has.
    """
    columns = [] if posterior is None else posterior.columns or []
    apart = drawn_apart(uncertain, columns)
    for i, path in enumerate(apart):
        spread = uncertain[path]
        p["uncertain_slot"][i] = slots.of(path, f"uncertain.{path}")
        drawn_as = spread.moves_with or path
        p["uncertain_key"][i] = decision_key(f"uncertain {drawn_as.removeprefix('behaviour.')}")
        p["uncertain_quantile"][i] = quantiles_of(spread, probabilities())
    p["n_uncertain"] = len(apart)
    refuse_over("behaviour parameters", len(slots.values), "MAX_PARAMETERS")
    p["n_parameters"] = len(slots.values)
    p["parameter"][: len(slots.values)] = slots.values
    if posterior is None or not columns:
        return None
    return Drawn(np.array([slots.of(path, f"posterior: {path}") for path in columns], np.int64), rows_taken(posterior))


def drawn_apart(uncertain: Iterable[str], columns: Iterable[str]) -> list[str]:
    """Uncertain paths that have no column in a table of draws, in their order in the plan."""
    taken = set(columns)
    return [path for path in uncertain if path.removeprefix("behaviour.") not in taken]


def probabilities() -> np.ndarray[Any, Any]:
    """Of the quantiles in a plan: equal steps from 0 to 1, the first and the last of them halved again and again."""
    halves = 0.5 ** np.arange(HALVINGS, 0, -1) / QUANTILE_STEPS
    inner = np.arange(1, QUANTILE_STEPS) / QUANTILE_STEPS
    return np.concatenate([[0.0], halves, inner, 1 - halves[::-1], [1.0]])


def quantiles_of(uncertain: Uncertain, probabilities: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The distribution's quantiles at these probabilities; a log-normal one is cut off half a 257th from either end."""
    from sim import special

    if uncertain.uniform is not None:
        low, high = uncertain.uniform
        return low + (high - low) * probabilities
    if uncertain.beta is not None:
        return np.asarray(special.betaincinv(*uncertain.beta, probabilities))
    if uncertain.lognormal is not None:
        median, p95 = uncertain.lognormal
        inside = probabilities.clip(CUT_OFF, 1 - CUT_OFF)
        return np.asarray(median * np.exp(np.log(p95 / median) / special.ndtri(0.95) * special.ndtri(inside)))
    given = np.asarray(uncertain.quantiles)
    return np.asarray(np.interp(probabilities, np.linspace(0, 1, len(given)), given))
