"""A set of deviations as a scenario file that replays it."""

from __future__ import annotations

import os
from pathlib import Path

from sim.analysis.deviations.check import Check, Found
from sim.reading.catalogue import find
from sim.reading.model import kind_of, parse_file
from sim.reading.write import write_yaml


def as_scenario(check: Check, found: Found, base: str, folder: Path | None = None, amended: str | None = None) -> str:
    """A scenario that runs one set of deviations, as YAML.

    Parameters
    ----------
    check : Check
    found : Found
    base : str
        Name or path of the scenario (or deal) that was checked.
    folder : Path, optional
        Where the file will lie; a path to the base is then written relative to it.
    amended : str, optional
        The day by which the deal was taken as amended.

    Returns
    -------
    str
    """
    name = f"{check.scenario.scenario.partition('/')[0]}/counterexample"
    is_deal = kind_of(parse_file(find(base))) == "deal"
    words = "; ".join(deviation.words for deviation in found.deviations) or "nothing departs from compliance"
    return write_yaml(
        {
            "scenario": name,
            "title": f"Everybody complies but for {len(found.deviations)} deviations",
            "question": f"How does the deal come to this: {check.goal.text}?",
            "deal" if is_deal else "builds_on": _reference(base, folder),
            **({} if amended is None else {"amended": amended}),
            "scripted": [deviation.document for deviation in found.deviations],
            "notes": [f"Found by an exhaustive search of up to {check.deviations} deviations: {words}."],
        }
    )


def _reference(base: str, folder: Path | None) -> str:
    """A name of the catalogue as it is; a path, so that it leads on from the folder."""
    path = Path(base)
    if not path.is_file():
        return base
    return str(path.resolve()) if folder is None else Path(os.path.relpath(path, folder)).as_posix()
