"""What rows of other deals tell about the steps of one deal: chances and delays, on people and on forces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from sim.analysis.calibration.forecast import Learned, chances, draw_effects, learn
from sim.analysis.calibration.posterior import probabilities
from sim.analysis.history.record import kept_by_day, rows_of
from sim.analysis.history.rows import Rows, Step, read_rows
from sim.document.deal import Deal, Obligation
from sim.statistics.moments import Array

PEOPLE_KINDS = ("release", "return", "transfer")
FORCES_KINDS = ("withdrawal", "access", "arms", "handover_of_government", "force_deployment", "demobilisation")
VARIETIES = {
    "people": (False, False), "people_open": (True, False), "people_one_sided": (False, True),
    "people_open_one_sided": (True, True), "forces": (False, False),
}  # fmt: skip
"""Sorts of steps that differ in their chances, each with whether it is open and whether one side set its date."""
_KEY = 31
_SPREAD = 1.0


@dataclass(frozen=True)
class Told:
    """What the rows tell about one sort of step.

    Attributes
    ----------
    refused, late : ndarray of float64
        Quantiles at `posterior.probabilities()`, both rising with the effect of the deal, so that a draw of both at the
        same probability is a draw of the deal.
    delay : ndarray of float64
        Quantiles of the median delay of a deal's late steps, in minutes: two clusters.
    spread : float
        95th percentile over median within a deal.
    """

    refused: Array
    late: Array
    delay: Array
    spread: float


@dataclass(frozen=True)
class Learning:
    """What is learned for one deal.

    Attributes
    ----------
    rows : Rows
        Those that were read.
    people, forces : Learned
    pair : str or None
        The deal's pair; None for a new one.
    """

    rows: Rows
    people: Learned
    forces: Learned
    pair: str | None

    def of(self, sort: str) -> Learned:
        """The steps of one of `VARIETIES`."""
        return self.forces if sort == "forces" else self.people

    def told(self, sort: str) -> Told:
        """Chances and delays of one of `VARIETIES`."""
        return tell(self.of(sort), self.pair, *VARIETIES[sort])


def sort_of(deal: Deal, obligation: Obligation) -> str | None:
    """The one of `VARIETIES` that an obligation belongs to; None for kinds of which no row tells.

    Open is what the text leaves open (`settled: open`) or what somebody owes who is no party. Where the text's document
    does not say, names count as settled and the date as set by both.
    """
    if obligation.kind in FORCES_KINDS or _hands_over_things(deal, obligation):
        return "forces"
    if obligation.kind not in PEOPLE_KINDS:
        return None
    is_open = obligation.settled == "open" or obligation.by not in deal.parties
    is_one = obligation.date_set_by == "one"
    return next(name for name, flags in VARIETIES.items() if flags == (is_open, is_one))


def _hands_over_things(deal: Deal, obligation: Obligation) -> bool:
    """Whether what it releases, returns or transfers is no people, but things such as weapons."""
    owed = {*obligation.amount, *(key for per_person in obligation.ratio.values() for key in per_person)}
    return obligation.kind in PEOPLE_KINDS and bool(owed or obligation.units) and not owed & set(deal.people)


def counted_with_people(deal: Deal) -> frozenset[str]:
    """Steps whose lateness is in that of a step on people, and which are not late on top.

    Rows measure a step on people from its document's date, whatever held it up. So a list, a withdrawal or a truce that
    gates one is on time, and so is a step on people that waits for another one and has no date of its own.
    """
    people = {key: o for key, o in deal.obligations.items() if o.kind in PEOPLE_KINDS and sort_of(deal, o) != "forces"}
    gates = {condition.obligation for o in people.values() for condition in o.after if condition.obligation}
    held_up = {name for name in gates if name in deal.obligations and name not in people}
    waits = {key for key, o in people.items() if _waits_for_people(o, people)}
    return frozenset(held_up | waits)


def _waits_for_people(obligation: Obligation, people: Mapping[str, Obligation]) -> bool:
    """Whether it follows another step on people, on that one's day."""
    if obligation.for_each is not None:
        return True
    before = [people[name].due for name in (c.obligation or "" for c in obligation.after) if name in people]
    due = obligation.due
    return bool(before) and (due.kind != "day" or due.day in [other.day for other in before])


def rows_for(target: str, named: Sequence[str], folder: Path | None = None) -> Rows:
    """The rows that may tell of one deal: of all deals whose record was not kept day by day, and of those named.

    Parameters
    ----------
    target : str
        Whose rows are left out unless it is named.
    named : sequence of str
        Deals of the catalogue whose records are read.
    folder : Path, optional
        As for `read_rows`.
    """
    unnamed = {rows_of(deal) for deal in (*kept_by_day(), target) if deal not in named}
    return read_rows(folder).without(unnamed)


def learn_for(deal: Deal, rows: Rows, *, is_pair_known: bool = True) -> Learning:
    """Fit the model to rows, for one deal."""
    return Learning(rows, _learned(rows.people), _learned(rows.forces), deal.pair if is_pair_known else None)


@cache
def _learned(steps: tuple[Step, ...]) -> Learned:
    return learn(steps, _KEY)


@cache
def untold(sort: str) -> Told:
    """The prior of one of `VARIETIES`: what no row at all tells."""
    return tell(_learned(()), None, *VARIETIES[sort])


def tell(learned: Learned, pair: str | None, is_open: bool, is_one_sided: bool) -> Told:
    """Chances and delays of one sort of step in a deal of this pair."""
    generator = np.random.Generator(np.random.Philox(key=_KEY + 1))
    theta, at = learned.theta, probabilities()
    effect = draw_effects(learned, pair, generator) + theta[:, 4] * generator.standard_normal(len(theta))
    found = chances(theta, effect, is_open=is_open, is_one_sided=is_one_sided)
    refused = np.quantile(found[:, 3], at)
    # at the upper end the chance of being late falls again, which quantiles cannot; there hardly anything is on time
    late = np.maximum.accumulate(np.maximum(0, np.quantile(1 - found[:, 0], at) - refused))
    near, far = learned.near, learned.far
    beyond = found[:, 2].mean() / (found[:, 1] + found[:, 2]).mean()
    is_far = generator.random(len(theta)) < beyond
    medians = np.where(
        is_far,
        far.medians(generator, len(theta), near.time.sigma),
        near.medians(generator, len(theta), near.time.sigma),
    )
    return Told(refused, late, np.quantile(medians, at), float(np.exp(1.6449 * near.time.sigma)))
