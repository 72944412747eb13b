"""A sweep as `import sim` offers it: one that answers, and looks like its answer in a notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

from sim.analysis.sweeps.found import Sweep
from sim.analysis.sweeps.run import sweep as run_sweep
from sim.api import as_html

if TYPE_CHECKING:
    from sim.report.answer.swept import SweptAnswer

P = ParamSpec("P")


@dataclass(frozen=True, repr=False)
class Swept(Sweep):
    """A sweep that answers as a comparison does."""

    def answer(self) -> SweptAnswer:
        """What a hurried reader asks, for each value: counts at the end, milestones, ends; what each axis moves.

        Returns
        -------
        SweptAnswer
            Plain data; `as_json()` has all of it.
        """
        from sim.report.answer.swept import answer_of_sweep

        return answer_of_sweep(self)

    def _repr_html_(self) -> str:
        from sim.report.sweep import print_sweep

        return as_html(lambda console: print_sweep(self, console))


def _answering(run: Callable[P, Sweep]) -> Callable[P, Swept]:
    """The same function, with a sweep that answers."""

    @wraps(run)
    def answering(*args: P.args, **kwargs: P.kwargs) -> Swept:
        found = run(*args, **kwargs)
        return Swept(**{part.name: getattr(found, part.name) for part in fields(found)})

    return answering


sweep = _answering(run_sweep)
"""`sim.analysis.sweeps.run.sweep`, whose sweep answers."""
