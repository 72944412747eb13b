"""How well the steps of one deal were forecast from rows of others: all together, one by one, and how many on time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.calibration.forecast import Learned, by_model
from sim.analysis.calibration.learning import Learning
from sim.analysis.calibration.ordinal import count, joint_log_score
from sim.analysis.history.record import kept_by_day, rows_of
from sim.analysis.history.rows import CLASSES, Step, StepScores, read_rows, shares
from sim.statistics.moments import Array

_KEY = 37


def score_steps(learning: Learning, deal: str) -> StepScores | None:
    """Scores of a deal's steps on people, none of them among those learned from; None if no row is the deal's.

    Parameters
    ----------
    learning : Learning
        From rows of other deals.
    deal : str
    """
    name = rows_of(deal)
    mine = [step for step in read_rows().people if step.deal == name]
    return scores_of(learning.people, mine, learning.pair) if mine else None


def scores_of(learned: Learned, mine: Sequence[Step], pair: str | None) -> StepScores:
    """Scores of these steps of one deal by the model, by base rates and by refitted ones."""
    rivals = {"base_rate": shares(without_daily_records(learned.steps)), "refitted": shares(learned.steps)}
    outcome = np.array([step.outcome for step in mine])
    drawn = by_model(learned, mine, pair, np.random.Generator(np.random.Philox(key=_KEY)))
    chances = np.stack([(drawn == place).mean(axis=0) for place in range(len(CLASSES))], axis=1)
    joint = joint_log_score(learned.theta, learned.counted, count(mine), pair)
    low, middle, high = np.quantile((drawn == 0).sum(axis=1), [0.05, 0.5, 0.95])
    return StepScores(
        n=len(mine),
        log_score={"model": joint, **{name: float(np.log(share[outcome]).sum()) for name, share in rivals.items()}},
        rps={
            "model": ranked(chances, outcome),
            **{name: ranked(np.tile(share, (len(mine), 1)), outcome) for name, share in rivals.items()},
        },
        on_time=int((outcome == 0).sum()),
        on_time_range=(float(low), float(middle), float(high)),
    )


def without_daily_records(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps of deals whose record was not kept day by day: those of the base rates."""
    shipped = kept_by_day()
    return tuple(step for step in steps if step.deal not in shipped)


def ranked(chances: Array, outcome: Array) -> float:
    """Ranked probability score, mean over steps: squared error of the three cumulative chances, their mean."""
    reached = np.arange(len(CLASSES) - 1) >= outcome[:, None]
    return float(np.mean((np.cumsum(chances, axis=1)[:, :-1] - reached) ** 2))
