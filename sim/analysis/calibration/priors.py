"""What is known before any record is read and has no rows: survival of agreements, and priors for what has no rate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from sim.document.behaviour import Delay
from sim.document.scenario import Uncertain
from sim.document.values import Chance, Duration, Number, Source, Sourced
from sim.reading import catalogue
from sim.reading.model import parse_file, read_model
from sim.reading.problem import refuse

FILE = "priors.yaml"


class Survival(Sourced):
    """Share of agreements still in force on a day."""

    day: Annotated[int, Field(gt=0)]
    share: Annotated[Chance, Field(gt=0, lt=1)]


class Prior(Sourced):
    """A chance that is level between two ends, or a log-normal time."""

    uniform: tuple[float, float] | None = None
    median: Duration | None = None
    p95: Duration | None = None

    @property
    def distribution(self) -> Uncertain:
        """As a scenario writes it, times in minutes."""
        if self.uniform is not None:
            return Uncertain(uniform=self.uniform)
        assert self.median is not None
        assert self.p95 is not None
        return Uncertain(lognormal=(float(self.median), float(self.p95)))


class Spread(Sourced):
    """95th percentile of a time over its median."""

    factor: Annotated[Number, Field(gt=1)]


class SearchPrior(Sourced):
    """Ranges of the median time and of the log-standard deviation, each level on a log scale."""

    median: tuple[Duration, Duration]
    sigma: tuple[float, float]


class Priors(Sourced):
    """The file of priors."""

    sources: dict[str, Source]
    survival: Survival
    priors: dict[str, Prior]
    spread: Spread
    search: SearchPrior
    fixed: dict[str, Delay]


def read_priors(path: Path | None = None) -> Priors:
    """Read the priors.

    Parameters
    ----------
    path : Path, optional
        By default the catalogue's file.

    Returns
    -------
    Priors

    Raises
    ------
    DocumentError
        With everything that is wrong with the file.
    """
    parsed = parse_file(path or catalogue.folder() / "evidence" / FILE)
    priors, problems = read_model(parsed, Priors)
    refuse(problems)
    assert priors is not None
    return priors
