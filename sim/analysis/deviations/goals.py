"""What a search looks for: a comparison over outcomes, written by people, read by a small grammar."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.document.measured import main_outcome
from sim.engine.batch import simulate_block
from sim.errors import GoalError
from sim.outcomes.columns import VIOLATED, columns, is_quantity, published
from sim.plan.codes import NONE, End
from sim.plan.plan import Plan
from sim.reading.problem import nearest

DEFAULT = "end != completed"
"""What is looked for where nothing else is asked."""
PILOT = 200
"""Runs under the scenario's chances by which it is seen whether that can go either way."""
_COMPARISON = re.compile(
    r"\s*([a-z][a-z0-9_]{0,128})\s*(<=|>=|==|!=|=|<|>)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,9})?|[a-z]{1,32})\s*"
)
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "=": operator.eq, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_ENDS = {end.name.lower(): end for end in End if end != End.NONE}


@dataclass(frozen=True)
class Comparison:
    """One outcome against one number, in the outcome's published unit."""

    name: str
    column: int
    symbol: str
    value: float

    def holds(self, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """For each row of outcomes, whether the comparison is true."""
        return np.asarray(_OPERATORS[self.symbol](published(self.name, rows[:, self.column]), self.value))


@dataclass(frozen=True)
class Goal:
    """Comparisons that all have to be true.

    Attributes
    ----------
    text : str
        As asked.
    comparisons : tuple of Comparison
    """

    text: str
    comparisons: tuple[Comparison, ...]

    def reached(self, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """For each row of outcomes as measured, shape (n, n_columns), whether the goal is reached."""
        return np.asarray(np.logical_and.reduce([comparison.holds(rows) for comparison in self.comparisons]))


def usual_goal(scripted: Plan, drawn: Plan, compliant: np.ndarray[Any, Any]) -> Goal:
    """What is looked for where nothing is asked: that the deal is not completed, if that goes either way.

    Parameters
    ----------
    scripted, drawn : Plan
        Of the same scenario; their outcomes are the same.
    compliant : ndarray of int64, shape (1, n_columns)
        Outcomes of the run in which everybody complies.

    Returns
    -------
    Goal
        Where each of `PILOT` runs comes to `DEFAULT`, or the compliant one does: that fewer people of the deal's main
        list come out than if everybody complies, or else that less is implemented; `DEFAULT` where there is neither.
    """
    goal = read_goal(scripted, DEFAULT)
    rows = simulate_block(drawn, 0, 0, PILOT).outcomes
    if not goal.reached(compliant).any() and not read_goal(drawn, DEFAULT).reached(rows).all():
        return goal
    for name in (main_outcome(scripted.scenario.deal), "implementation_score"):
        most = float(published(name, compliant[:, columns(scripted).index(name)])[0])
        other = read_goal(scripted, f"{name} < {most:g}") if most > 0 else goal
        if 0 < read_goal(drawn, other.text).reached(rows).sum() < PILOT:
            return other
    return goal


def read_goal(plan: Plan, text: str = DEFAULT) -> Goal:
    """A goal as people write it.

    Parameters
    ----------
    plan : Plan
        Its outcomes may be named.
    text : str, optional
        'OUTCOME OP NUMBER', with OP one of <, <=, >, >=, =, !=, or 'end = END', several joined by 'and'; or the name of
        a declared guarantee, which the goal then is to violate.

    Returns
    -------
    Goal

    Raises
    ------
    GoalError
        If it is no such comparison, or names no outcome.
    """
    if text.strip() in plan.guarantees:
        column = f"{VIOLATED}{text.strip()}"
        return Goal(text.strip(), (Comparison(column, columns(plan).index(column), "!=", NONE),))
    return Goal(text.strip(), tuple(_comparison(plan, part) for part in re.split(r"\band\b", text)))


def _comparison(plan: Plan, text: str) -> Comparison:
    match = _COMPARISON.fullmatch(text)
    if not match:
        example = f"'{main_outcome(plan.scenario.deal)} < 33' or 'end = collapsed'"
        raise GoalError(f"a goal is a comparison such as {example}, got {text.strip()[:80]!r}")
    name, symbol, value = match.groups()
    names = [column for column in columns(plan) if column == "end" or is_quantity(column)]
    if name not in names:
        raise GoalError(f"no outcome is called {name!r}: {nearest(name, names)}")
    return Comparison(name, columns(plan).index(name), symbol, _value(name, symbol, value))


def _value(name: str, symbol: str, value: str) -> float:
    if name != "end":
        if value[0].isalpha():
            raise GoalError(f"{name} is compared with a number, got {value!r}")
        return float(value)
    if value not in _ENDS:
        raise GoalError(f"an end is one of {', '.join(_ENDS)}, got {value!r}")
    if symbol not in ("=", "==", "!="):
        raise GoalError(f"an end is compared with = or !=, got {symbol!r}")
    return float(_ENDS[value])
