"""What a design keeps in its folder: what was asked, each generation once done, the front, a deal for each point.

A generation follows from those before it and the seed, so that whatever is cut short is taken up behind the last one
that is whole, and ends in the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import ResultsError
from sim.results.files import TEMPORARY, naming, read_json, write_text
from sim.results.manifest import check_seal, sealed_text

MANIFEST, FRONT, GENERATIONS, DEALS = "design.json", "front.json", "generations", "deals"


class Kept:
    """A folder of one design, begun or continued.

    Parameters
    ----------
    folder : Path
    asked : mapping
        All that its points follow from; plain data.
    resume : bool
        Continue what is there.

    Raises
    ------
    ResultsError
        If something is there and is not to be continued, or was begun with something else.
    """

    def __init__(self, folder: Path, asked: Mapping[str, Any], *, resume: bool):
        self.folder = folder
        place = folder / MANIFEST
        if place.exists():
            if not resume:
                raise ResultsError(
                    f"{folder}: holds a design already; continue it with --resume, or name another folder"
                )
            stored = check_seal(read_json(place), place)
            self._refuse_others(stored, json.loads(json.dumps(asked)))
            return
        if folder.exists() and any(not file.name.endswith(TEMPORARY) for file in folder.iterdir()):
            raise ResultsError(f"{folder}: holds something else; name another folder")
        with naming(folder, "cannot be written"):
            folder.mkdir(parents=True, exist_ok=True)
        write_text(place, sealed_text(asked))

    def _refuse_others(self, stored: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
        differing = [key for key in asked if stored.get(key) != asked[key]]
        if differing:
            raise ResultsError(
                f"{self.folder}: cannot be continued, for it was begun with something else: {', '.join(differing)}"
            )

    def generation(self, number: int) -> dict[str, Any] | None:
        """A generation that has been tried; None if it has not."""
        place = self._place(number)
        return check_seal(read_json(place), place) if place.exists() else None

    def keep(self, number: int, tried: Mapping[str, Any]) -> None:
        """Keep a generation that has been tried."""
        self._write(self._place(number), sealed_text(tried))

    def finish(self, front: Mapping[str, Any], deals: Mapping[str, str]) -> None:
        """Keep what it comes to, and the deals of its points."""
        for name, text in deals.items():
            self._write(self.folder / DEALS / name, text)
        write_text(self.folder / FRONT, sealed_text(front))

    def _write(self, place: Path, text: str) -> None:
        with naming(place.parent, "cannot be written"):
            place.parent.mkdir(exist_ok=True)
        write_text(place, text)

    def _place(self, number: int) -> Path:
        return self.folder / GENERATIONS / f"{number:05d}.json"


def front_of(folder: Path) -> dict[str, Any]:
    """What the design in a folder comes to, as `ceasefire design --json` prints it.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    ResultsError
        If the search has not ended, or the file is not as it was written.
    """
    place = folder / FRONT
    if not place.exists():
        raise ResultsError(f"{folder}: holds a design that has not ended; continue it with --resume")
    found: dict[str, Any] = check_seal(read_json(place), place)
    return found
