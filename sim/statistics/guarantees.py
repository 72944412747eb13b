"""How often declared guarantees are violated, and in which replicate first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.outcomes.columns import VIOLATED
from sim.plan.codes import NONE
from sim.statistics.estimate import CONFIDENCE, Estimate, share_estimate
from sim.statistics.moments import Array
from sim.statistics.scrambles import Scrambles


@dataclass(frozen=True)
class Violation:
    """In how many replicates a guarantee is violated.

    Attributes
    ----------
    name : str
        The guarantee's key.
    count : int
        Replicates that violate it.
    share : Estimate
        With its exact interval.
    replicate : int or None
        The lowest number of a replicate that violates it; None where none does.
    """

    name: str
    count: int
    share: Estimate
    replicate: int | None

    def as_json(self) -> dict[str, Any]:
        """Plain data.

        Returns
        -------
        dict
            As the guarantee stands in `ceasefire compare --json`.
        """
        share = self.share
        violated = {"share": share.value, "low": share.low, "high": share.high, "n": share.n, "count": self.count}
        return {"name": self.name, "violated": violated, "replicate": self.replicate}


class Violations:
    """Counts of violated guarantees; blocks may come, and counts be merged, in any order.

    Parameters
    ----------
    names : tuple of str
        Columns of the outcome rows.
    n_scrambles : int, optional
        As in `sim.statistics.moments.Moments`.
    """

    def __init__(self, names: tuple[str, ...], n_scrambles: int = 0):
        self._columns = {name.removeprefix(VIOLATED): i for i, name in enumerate(names) if name.startswith(VIOLATED)}
        self._found: dict[str, tuple[int, int | None]] = dict.fromkeys(self._columns, (0, None))
        self._scrambles = Scrambles(n_scrambles, len(self._columns))

    def add(self, outcomes: Array, first: int) -> None:
        """Count in consecutive replicates, the first of them number `first`."""
        if len(self._scrambles):
            self._scrambles.add((outcomes[:, [*self._columns.values()]] != NONE).astype(np.int64), first)
        for name, column in self._columns.items():
            violating = (outcomes[:, column] != NONE).nonzero()[0]
            if violating.size:
                self._count(name, int(violating.size), first + int(violating[0]))

    def merge(self, other: Violations) -> None:
        """Count in what another has counted, of other replicates of the same scenario."""
        self._scrambles.merge(other._scrambles)
        for name, (count, replicate) in other._found.items():
            if replicate is not None:
                self._count(name, count, replicate)

    def _count(self, name: str, count: int, replicate: int) -> None:
        before, earliest = self._found[name]
        self._found[name] = before + count, replicate if earliest is None else min(earliest, replicate)

    def found(self, n: int, confidence: float = CONFIDENCE) -> tuple[Violation, ...]:
        """Every guarantee with its share of `n` replicates, in the order in which they are declared."""
        return tuple(
            Violation(name, count, self._share(place, count, n, confidence), replicate)
            for place, (name, (count, replicate)) in enumerate(self._found.items())
        )

    def _share(self, place: int, count: int, n: int, confidence: float) -> Estimate:
        if len(self._scrambles):
            return self._scrambles.share(place, confidence)
        return share_estimate(count, n, confidence)
