"""A deal of the catalogue or of a file, carried out as its text has it."""

from __future__ import annotations

from pathlib import Path

from sim.document.scenario import ResolvedScenario
from sim.errors import SimError
from sim.reading import catalogue
from sim.reading.model import kind_of, parse_file
from sim.reading.resolve import resolve, resolve_any


def is_file(deal: str | Path) -> bool:
    """Whether this is a file of one's own and not a name of the catalogue."""
    return str(deal) not in {entry.name for entry in catalogue.deals()}


def as_written(deal: str | Path) -> ResolvedScenario:
    """Everybody does what the text says.

    Parameters
    ----------
    deal : str or Path
        A deal of the catalogue, or a file with a deal.

    Returns
    -------
    ResolvedScenario
        The scenario '<deal>/as-written' of the catalogue; of a file, the deal alone.

    Raises
    ------
    SimError
        If there is no such deal, or the file has a scenario.
    """
    if not is_file(deal):
        return resolve(f"{deal}/as-written")
    kind = kind_of(parse_file(catalogue.find(deal)))
    if kind != "deal":
        raise SimError(f"{deal}: this is a {kind}; name its deal, or a file that begins with 'deal:'")
    return resolve_any(deal)
