"""Parameters that no line of a record gives: draws from their priors are kept where the releases come close to it.

Approximate Bayesian computation by rejection (Pritchard et al. 1999, doi:10.1093/oxfordjournals.molbev.a026091): each
draw runs every deal once, and the share of draws with the smallest distance is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.analysis.calibration.behaviour import Calibrated
from sim.analysis.calibration.estimate import Estimate
from sim.analysis.calibration.posterior import probabilities
from sim.analysis.history.record import RECORDED, Record
from sim.engine.kernel import run_block
from sim.errors import EngineError
from sim.native.entry import for_rules
from sim.outcomes.asked import NOTHING
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.plan.codes import FIELD_AFTER, FIELD_BEFORE, FIELD_EVENT, FIELD_MINUTE, FIELD_SUBJECT, NONE, Custody, Event
from sim.plan.compile import compile_plan
from sim.plan.plan import NO_TABLE, Plan
from sim.plan.record import STATE
from sim.rules.calendar import day_at
from sim.statistics.moments import Array

KEPT = 0.02
"""Share of draws that is kept."""
_KEY = 41
"""Of the generator of draws; the estimates are the same in every run."""
_SUBSETS = 2000
_LEVEL = 0.05
_MINUTES_PER_DAY = 1440


@dataclass(frozen=True)
class Kept:
    """Draws kept of one parameter, those of a set at one place, and whether they are narrower than blind ones."""

    values: Array
    is_narrower: bool


class Simulator:
    """Releases of one deal by day, one replicate for one set of parameters.

    Parameters
    ----------
    calibrated : Calibrated
        The deal with its estimates; its `places` say where each parameter goes.
    names : sequence of str
        Parameters that `releases` is given.
    last_day : int
        Days to simulate.
    """

    def __init__(self, calibrated: Calibrated, names: Sequence[str], last_day: int):
        starts = calibrated.scenario.deal.starts
        horizon = last_day * _MINUTES_PER_DAY - (starts.hour * 60 + starts.minute)
        places = calibrated.places
        mine = {path for name in names for path, _ in places.get(name, [])}
        uncertain = {path: given for path, given in calibrated.scenario.uncertain.items() if path not in mine}
        scenario = calibrated.scenario.model_copy(update={"horizon": horizon, "uncertain": uncertain})
        self.plan: Plan = compile_plan(scenario)
        self._table = (self.plan.posterior or NO_TABLE).arrays
        slot_of = {path: slot for slot, path in enumerate(self.plan.parameter_paths)}
        self._slots = [
            [(slot_of[path], factor) for path, factor in places.get(name, []) if path in slot_of] for name in names
        ]  # fmt: skip
        self.last_day = last_day
        place_of = [RECORDED.index(name) if name in RECORDED else NONE for name in self.plan.lists]
        self._curve_of = np.array(place_of)[self.plan.record["curve"][0]]
        self._midnight = int(self.plan.record["midnight"][0])
        whole = ByDay.of(self.plan)
        self.totals = np.array([whole.widths[self.plan.lists.index(name)] - 1 for name in RECORDED])
        # every release counts to one day: the curve is read off the events, so no room for days is needed
        on_one_day = replace(whole, starts=np.concatenate([[0], np.cumsum(whole.widths)]), n_days=0)
        self._layout = on_one_day.layout(on_one_day.empty())
        self._states = np.zeros(1, STATE)
        self._outcomes = np.zeros((1, len(columns(self.plan))), np.int64)

    def releases(self, seed: int, replicate: int, values: Array) -> Array:
        """Cumulative counts, shape (3, last_day + 1), with these values of the parameters.

        Raises
        ------
        EngineError
            If the replicate cannot be carried to its end.
        """
        parameter = self.plan.record["parameter"][0]
        for slots, value in zip(self._slots, values, strict=True):
            for slot, factor in slots:
                parameter[slot] = factor * value
        plans, states = for_rules(self.plan.record), for_rules(self._states)
        given = self._outcomes, NOTHING, *self._table, *self._layout
        faulty = run_block(plans, states, np.uint64(seed), replicate, *given)
        if faulty >= 0:
            raise EngineError(f"{self.plan.scenario.scenario}: replicate {replicate} runs away")
        return self._curves()

    def _curves(self) -> Array:
        state = self._states[0]
        events = state["events"][: int(state["n_events"])]
        moved = events[
            (events[:, FIELD_EVENT] == Event.PEOPLE_MOVED) & (events[:, FIELD_AFTER] == Custody.RELEASED)
        ].astype(np.int64)
        curve = self._curve_of[moved[:, FIELD_SUBJECT]]
        day = np.clip(day_at(moved[:, FIELD_MINUTE], self._midnight), 0, self.last_day)
        steps = np.zeros((len(RECORDED), self.last_day + 1), np.int64)
        counted = curve != NONE
        np.add.at(steps, (curve[counted], day[counted]), moved[counted, FIELD_BEFORE])
        return np.cumsum(steps, axis=1)


def distance(released: Array, record: Record, totals: Array) -> float:
    """Mean difference over days in shares of those under the deal, added up over the curves."""
    has_people = totals > 0
    gap = np.abs(released - record.released).mean(axis=1)
    return float(np.sum(gap[has_people] / totals[has_people]))


def draw_parameters(estimates: Mapping[str, Estimate], names: Sequence[str], draws: int) -> Array:
    """Independent draws from the priors, shape (draws, n_names)."""
    uniforms = np.random.Generator(np.random.Philox(key=_KEY)).random((draws, len(names)))
    return np.stack(
        [
            np.interp(uniforms[:, i], probabilities(len(estimates[name].prior)), estimates[name].prior)
            for i, name in enumerate(names)
        ],
        axis=1,
    )


def keep_closest(values: Array, distances: Array, is_time: Sequence[bool]) -> list[Kept]:
    """The draws with the smallest distance, parameter by parameter.

    Parameters
    ----------
    values : ndarray of float64, shape (draws, n_names)
    distances : ndarray of float64, shape (draws,)
    is_time : sequence of bool
        Whether widths are measured on a log scale.

    Returns
    -------
    list of Kept
        Narrower means that its 90 % range is narrower than those of all but a few blind samples: 5 %
        of them, shared out among the parameters.
    """
    n = max(1, round(KEPT * len(values)))
    closest = np.argsort(distances, kind="stable")[:n]
    blind = np.random.Generator(np.random.Philox(key=_KEY + 1))
    samples = np.stack([blind.choice(len(values), n, replace=False) for _ in range(_SUBSETS)])
    kept = []
    for i, logarithmic in enumerate(is_time):
        column = np.log(values[:, i]) if logarithmic else values[:, i]
        limit = np.quantile(_width(column[samples]), _LEVEL / len(is_time))
        kept.append(Kept(values[closest, i], bool(_width(column[closest][None, :])[0] < limit)))
    return kept


def _width(samples: Array) -> Array:
    low, high = np.quantile(samples, [0.05, 0.95], axis=1)
    return np.asarray(high - low)


def reject(
    deals: Sequence[tuple[Calibrated, Record]],
    estimates: Mapping[str, Estimate],
    names: Sequence[str],
    *,
    draws: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Kept]:
    """Estimate parameters by rejection.

    Parameters
    ----------
    deals : sequence of (Calibrated, Record)
        Each deal and its record. A deal is run to the last day of its record.
    estimates : dict of str to Estimate
        With the priors; what counts and times decide is drawn from its own posterior.
    names : sequence of str
        Parameters to estimate.
    draws : int
    seed : int
        Of the replicates.
    progress : callable, optional
        Called with the draws made and those to make.

    Returns
    -------
    dict of str to Kept
    """
    values = draw_parameters(estimates, names, draws)
    simulators = [(Simulator(calibrated, names, record.last_day), record) for calibrated, record in deals]
    distances = np.zeros(draws)
    for i in range(draws):
        for simulator, record in simulators:
            distances[i] += distance(simulator.releases(seed, i, values[i]), record, simulator.totals)
        if progress and i % 256 == 255:
            progress(i + 1, draws)
    kept = keep_closest(values, distances, [estimates[name].spread is not None for name in names])
    return dict(zip(names, kept, strict=True))
