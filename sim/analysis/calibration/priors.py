"""What is known before any record is read: base rates of comparable deals, and priors for what has none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from sim.document.behaviour import Delay
from sim.document.scenario import Uncertain
from sim.document.values import Chance, Count, Duration, Number, Source, Sourced
from sim.reading import catalogue
from sim.reading.model import parse_file, read_model
from sim.reading.problem import refuse

FILE = "base-rates.yaml"


class Lateness(Sourced):
    """Dated obligations of comparable deals by how late they were met."""

    deals: Annotated[int, Field(gt=0)]
    within_a_day: Count
    two_to_fourteen_days: Count
    later: Count
    not_carried_out: Count
    median_of_the_late: Duration
    sigma_of_the_late: Annotated[Number, Field(gt=0)]

    @property
    def on_time_late(self) -> tuple[float, float]:
        """On time or not carried out, and late, scaled down to the number that one of these deals has."""
        late = self.two_to_fourteen_days + self.later
        return (self.within_a_day + self.not_carried_out) / self.deals, late / self.deals

    @property
    def refused_done(self) -> tuple[float, float]:
        """Of the loaded steps, one in each deal: not carried out, and carried out, in steps of one deal."""
        refused = self.not_carried_out / self.deals
        return refused, 1 - refused

    @property
    def plain_refused_done(self) -> tuple[float, float]:
        """Of the other steps, none of which failed; half a failure stands for what so few cannot exclude."""
        steps = self.within_a_day + self.two_to_fourteen_days + self.later + self.not_carried_out - self.deals
        return 0.5 / self.deals, steps / self.deals


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


class BaseRates(Sourced):
    """The file of base rates."""

    sources: dict[str, Source]
    lateness: dict[str, Lateness]
    survival: Survival
    priors: dict[str, Prior]
    spread: Spread
    search: SearchPrior
    fixed: dict[str, Delay]


def read_base_rates(path: Path | None = None) -> BaseRates:
    """Read the base rates.

    Parameters
    ----------
    path : Path, optional
        By default the catalogue's file.

    Returns
    -------
    BaseRates

    Raises
    ------
    DocumentError
        With everything that is wrong with the file.
    """
    parsed = parse_file(path or catalogue.folder() / "history" / FILE)
    rates, problems = read_model(parsed, BaseRates)
    refuse(problems)
    assert rates is not None
    return rates
