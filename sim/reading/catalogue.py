"""The deals, scenarios and studies that come with the simulator, and how a name or path becomes a file."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from sim.errors import DealError
from sim.reading.model import LARGEST_FILE, read_header
from sim.reading.problem import DocumentError, Fault, Place, nearest

NOT_SCENARIOS = ("deals", "evidence", "history", "studies")


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue.

    Attributes
    ----------
    name : str
        What a command takes, for instance 'january-2025/baseline'.
    deal : str
        The deal's name; empty for a study.
    title, question : str
        As the document says; a deal has no question.
    path : Path
        The file.
    """

    name: str
    deal: str
    title: str
    question: str
    path: Path


def folder() -> Path:
    """The catalogue's folder: inside the installed package, else beside it in the repository.

    Raises
    ------
    DealError
        If it is in neither place, as in a package that was not unpacked.
    """
    package = Path(__file__).resolve().parents[1]
    for place in (package / "scenarios", package.parent / "scenarios"):
        if place.is_dir():
            return place
    raise DealError(f"{package}: the catalogue is no folder here; unpack or install the package, as pip does")


def deals() -> list[Entry]:
    """The catalogue's deals, by name; only the head of each file is read."""
    return [_entry(path, path.stem, path.stem) for path in sorted((folder() / "deals").glob("*.yaml"))]


def scenarios() -> list[Entry]:
    """The catalogue's scenarios, by name; only the head of each file is read."""
    return [_entry(path, _name(path), path.parent.name) for path in _scenario_files()]


def studies() -> list[Entry]:
    """The catalogue's studies, by name; only the head of each file is read."""
    return [_entry(path, path.stem, "") for path in _study_files()]


def _study_files() -> list[Path]:
    return sorted((folder() / "studies").glob("*.yaml"))


def _scenario_files() -> list[Path]:
    return sorted(path for path in folder().glob("*/*.yaml") if path.parent.name not in NOT_SCENARIOS)


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def _entry(path: Path, name: str, deal: str) -> Entry:
    with path.open(encoding="utf-8", errors="replace") as stream:
        header = read_header(stream.read(LARGEST_FILE))
    return Entry(name, header.get("deal", deal), header.get("title", ""), header.get("question", ""), path)


def find(name_or_path: str | Path, beside: Path | None = None) -> Path:
    """The file of a catalogue entry or path.

    Parameters
    ----------
    name_or_path : str or Path
        'january-2025/baseline', 'january-2025' or a path to a file.
    beside : Path, optional
        The file that names it: its folder is searched first, and paths are relative to it.

    Returns
    -------
    Path
        A file that exists.

    Raises
    ------
    DocumentError
        If there is none; the nearest names are the hint.
    """
    name = str(name_or_path)
    found = [path for path in _candidates(name, beside) if is_readable(path)]
    others = [path for path in found if beside is None or not _are_same(path, beside)]
    for path in [*others, *found]:  # a document that names itself means another one, if there is one of that name
        return path
    alone = [*(folder() / "deals").glob("*.yaml"), *_study_files()]
    names = [path.stem for path in alone] + [*map(_name, _scenario_files())]
    fault = Fault((), "unknown-name", f"no file and no catalogue entry '{name[:200]}'", _way_out(name, names), name)
    raise DocumentError([fault.at(Place(name[:200] or "''", *((0, 0) if beside is None else (1, 1))))])


def _way_out(name: str, names: list[str]) -> str:
    """The nearest names, else the command that lists all: there are too many to name."""
    close = nearest(name, names)
    return close if close.startswith("did you mean") else "'ceasefire list' shows what there is"


def _candidates(name: str, beside: Path | None) -> list[Path]:
    catalogue = [folder() / place / f"{name}.yaml" for place in ("deals", "studies", "")]
    if beside is None:
        return [Path(name), *catalogue]
    comes_through_a_pipe = is_readable(beside) and not beside.is_file()
    here = Path() if comes_through_a_pipe else beside.parent
    near = [here / name, here / f"{name}.yaml", here / "deals" / f"{name}.yaml"]
    return [*near, here.parent / "deals" / f"{name}.yaml", here.parent / f"{name}.yaml", *catalogue]


def is_readable(path: Path) -> bool:
    """Whether there is something to be read: a file, or a pipe or terminal, as /dev/stdin may be."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # none, a name too long, or with a NUL
        return False
    return stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def _are_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
