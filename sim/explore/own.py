"""What somebody opens beside the catalogue: a scenario or deal of their own, or the scenarios of a results folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import SimError
from sim.reading.catalogue import Entry, deals, find, scenarios
from sim.reading.model import kind_of, parse_text
from sim.reading.resolve import Documents, resolve_any
from sim.reading.store import as_yaml
from sim.reading.template import starting_scenario
from sim.results.manifest import MANIFEST

DESIGN, DEALS = "design.json", "deals"
"""What the folder of a design holds: what was asked, and a scenario for each point."""
NAMED = ("deal", "builds_on", "posterior")
"""Keys of a scenario that name another file."""


@dataclass
class Opened:
    """What the page can choose from, and what it opens with.

    Attributes
    ----------
    start : str
        Name of the scenario to open.
    entries : dict of str to Entry
        Scenarios by name: own ones first, then the catalogue's.
    deals : dict of str to Entry
    files : dict of str to str
        What an own scenario is called on the command line, by name.
    places : dict of str to str
        Documents outside the catalogue that an own scenario names itself: its words for them, and where they lie.
    against : dict of str to str
        What a scenario is set against, where that is not the baseline of its deal.
    """

    start: str
    entries: dict[str, Entry] = field(default_factory=dict)
    deals: dict[str, Entry] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    against: dict[str, str] = field(default_factory=dict)
    n: int | None = None
    seed: int | None = None

    def add(self, name: str, deal: str, title: str, path: Path, file: str) -> None:
        """Put in a scenario that is not the catalogue's."""
        self.entries = {name: Entry(name, deal, title, "", path), **self.entries}
        self.files[name] = file

    def settled(self, text: str) -> str:
        """A scenario's text with the places of the documents that an own one names, line for line the same."""
        for key in NAMED:
            for words, place in self.places.items():
                text = re.sub(
                    rf"(?m)^({key}:[ \t]*)([\"']?){re.escape(words)}\2[ \t]*$", rf"\g<1>{_quoted(place)}", text
                )
        return text


def _quoted(place: str) -> str:
    return "'" + place.replace("'", "''") + "'"


def open_for(start: str, folder: Path) -> Opened:
    """The catalogue, and what lies at `start` if that is no entry of it.

    Parameters
    ----------
    start : str
        A scenario of the catalogue, a file with a scenario or a deal, or a folder of results or of a design.
    folder : Path
        Of the session; scenarios that have no file of their own are written there.

    Raises
    ------
    SimError
        If there is nothing of that kind, or it is not sound.
    """
    opened = Opened(
        start, {entry.name: entry for entry in scenarios()}, {entry.name: entry for entry in deals()}
    )  # fmt: skip
    if start in opened.entries:
        return opened
    if Path(start).is_dir():
        _open_results(opened, Path(start), folder)
    else:
        _open_file(opened, start, folder)
    return opened


def _open_file(opened: Opened, start: str, folder: Path) -> None:
    path = find(start)
    parsed = parse_text(path.read_text(encoding="utf-8", errors="replace"), str(path))
    data = parsed.data if isinstance(parsed.data, dict) else {}
    kind = kind_of(parsed)
    if kind == "deal":
        _open_deal(opened, start, path, folder)
        return
    if kind != "scenario":
        raise SimError(f"{start}: neither a scenario nor a deal; the page opens these and results folders")
    opened.start = _open_scenario(opened, path, start, data)


def _open_scenario(opened: Opened, path: Path, file: str, data: Mapping[str, Any]) -> str:
    """Put in a scenario's file and, if it builds on one of its own kind, that one to be set against; its name."""
    resolved = Documents.of(path).resolve()
    _note_places(opened, data, path)
    builds_on = data.get("builds_on")
    below = builds_on if builds_on in opened.entries else None
    if isinstance(builds_on, str) and below is None:
        ground = Path(opened.places[builds_on])
        below = next((name for name, entry in opened.entries.items() if entry.path == ground), None)
    if isinstance(builds_on, str) and below is None:
        found = parse_text(ground.read_text(encoding="utf-8", errors="replace"), str(ground)).data
        below = _open_scenario(opened, ground, str(ground), found if isinstance(found, dict) else {})
    name = _free(path.stem, opened.entries)
    opened.add(name, resolved.deal.deal, resolved.title or path.stem, path, file)
    opened.deals.setdefault(resolved.deal.deal, Entry(resolved.deal.deal, "", resolved.deal.title, "", path))
    if below is not None:
        opened.against[name] = below
    return name


def _open_deal(opened: Opened, start: str, path: Path, folder: Path) -> None:
    """A deal of one's own, with a scenario to begin with."""
    terms = resolve_any(path).deal
    place = str(path.resolve())
    file = folder / "own" / f"{path.stem}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = starting_scenario(f"{terms.deal}-first"[:60], start, terms)
    opened.places[start] = place
    file.write_text(opened.settled(text), encoding="utf-8")
    name = _free(f"{path.stem}-first", opened.entries)
    resolved = Documents.of(file).resolve()
    opened.add(name, resolved.deal.deal, "a scenario to begin with", file, "explored.yaml")
    opened.deals.setdefault(resolved.deal.deal, Entry(resolved.deal.deal, "", resolved.deal.title, "", path))
    opened.start = name


def _open_results(opened: Opened, place: Path, folder: Path) -> None:
    """The scenarios that a folder holds, as they were run."""
    from sim.results.load import load

    if (place / DESIGN).is_file():
        _open_points(opened, place)
        return
    results = load(place)
    if results.manifest["kind"] != "compare":
        raise SimError(
            f"{place / MANIFEST}: the page opens comparisons; this folder holds a {results.manifest['kind']}"
        )
    (folder / "own").mkdir(parents=True, exist_ok=True)
    names = []
    for key in reversed(results.scenarios):
        resolved = results.document(key)
        file = folder / "own" / f"{key}.yaml"
        file.write_text(as_yaml(resolved), encoding="utf-8")
        name = _free(resolved.scenario.rpartition("/")[2] + " (stored)", opened.entries)
        known = resolved.scenario if resolved.scenario in opened.entries else f"{key}.yaml"
        opened.add(name, resolved.deal.deal, resolved.title or key, file, known)
        opened.deals.setdefault(resolved.deal.deal, Entry(resolved.deal.deal, "", resolved.deal.title, "", file))
        names.append(name)
    names.reverse()
    opened.start = names[min(1, len(names) - 1)]
    opened.against |= dict.fromkeys(names, names[0])
    opened.n, opened.seed = results.manifest["n_replicates"], results.manifest["seed"]


def _open_points(opened: Opened, place: Path) -> None:
    """The points of a design, each set against the deal as written; the first is what the page opens with."""
    files = sorted(place.glob(f"{DEALS}/point-*.yaml"))
    if not files:
        raise SimError(f"{place}: holds a design without points yet; continue it with --resume")
    for file in reversed(files):
        found = parse_text(file.read_text(encoding="utf-8", errors="replace"), str(file)).data
        opened.start = _open_scenario(opened, file, str(file), found if isinstance(found, dict) else {})


def _note_places(opened: Opened, data: Mapping[str, Any], path: Path) -> None:
    for key in NAMED:
        words = data.get(key)
        known = opened.deals if key == "deal" else opened.entries if key == "builds_on" else ()
        if isinstance(words, str) and words not in known:
            place = path.parent / words if key == "posterior" else find(words, beside=path)
            opened.places[words] = str(place.resolve())


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """A name that is not taken."""
    names = [name, *(f"{name} ({number})" for number in range(2, 1000))]
    return next(each for each in names if each not in taken)
