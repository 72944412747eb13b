"""All that is wrong with a file, without running it."""

from __future__ import annotations

from pathlib import Path as FilePath

from sim.reading.amended import check_amended
from sim.reading.foresight import foresee_deal
from sim.reading.model import kind_of, no_kind, parse_file, read_deal
from sim.reading.pipes import reading_pipes_once
from sim.reading.problem import Problem, in_order
from sim.reading.resolve import NO_SETTINGS, Also, _draft, _has_errors, _lay, _read


@reading_pipes_once()
def validate_file(path: str | FilePath, also: Also | None = None) -> list[Problem]:
    """Everything that is wrong with a deal, scenario or study, with all it refers to; never raises for bad input.

    Parameters
    ----------
    path : str or Path
        The file.
    also : callable, optional
        What later stages find wrong with a scenario that is sound so far.

    Returns
    -------
    list of Problem
        In order; empty for a sound document. Warnings are among them.
    """
    parsed = parse_file(FilePath(path))
    kind = kind_of(parsed)
    if kind == "scenario":
        return _lay(_read(FilePath(path)), NO_SETTINGS, also, foresee=True)[1]
    if kind == "study":
        from sim.reading.cases import read_study  # a study resolves scenarios

        return read_study(parsed, FilePath(path), also)[1]
    if kind is None:
        return in_order(parsed.problems or [no_kind(parsed)])
    deal, problems = read_deal(parsed)
    if deal is not None and not _has_errors(problems):
        problems += [parsed.problem(fault) for fault in foresee_deal(deal)]
        problems += check_amended(deal, parsed, lambda: _draft(parsed, parsed, deal))
    return in_order(problems)
