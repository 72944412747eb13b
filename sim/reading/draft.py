"""A scenario while it is put together: its layers, one upon another, and where each value came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import eq
from pathlib import Path as FilePath
from typing import Any

from sim.document.behaviour import Behaviour
from sim.document.scenario import Posterior, Scenario, Uncertain
from sim.reading.model import hold
from sim.reading.parsed import Parsed
from sim.reading.paths import NoSuchPathError, exists, known, look_up, merge, put, split, touches
from sim.reading.posterior import read_beside
from sim.reading.problem import Fault, Path, Place, Problem

LEFT = "is set, so it left the table"
"""Of a number with a column in a table of draws."""


@dataclass(frozen=True)
class Layer:
    """One scenario of a chain: its file, its text with places, and what it says."""

    path: FilePath
    parsed: Parsed
    scenario: Scenario
    deal: Parsed | None = None
    """Of a resolved scenario, which holds its deal and says where the terms differ from those agreed."""
    changed: tuple[str, ...] = ()


@dataclass
class Draft:
    """Deal, behaviour and horizon while layers are laid on top of each other, and where each part was written."""

    deal_parsed: Parsed
    top: Parsed
    data: dict[str, Any]
    places: dict[Path, Place] = field(default_factory=dict)
    changes: dict[Path, Place] = field(default_factory=dict)
    removed: dict[Path, bool] = field(default_factory=dict)
    uncertain: dict[Path, tuple[Uncertain, Place]] = field(default_factory=dict)
    led: set[Path] = field(default_factory=set)
    """Draws whose place a value has taken since the last layer."""
    problems: list[Problem] = field(default_factory=list)
    table: tuple[Posterior, dict[Path, str]] | None = None
    """The table of draws, and the column of each path that is still taken from it."""
    left: list[str] = field(default_factory=list)
    """Columns that were set after the table was given."""
    amended: list[str] = field(default_factory=list)
    """What was agreed anew and has been laid on the deal, in words."""

    def locate(self, path: Path) -> Place:
        """Where a part was written last: in a change or setting that touches it, a scenario, or the deal."""
        for change, place in reversed(self.changes.items()):
            beside = path not in self.places and len(path) > 1 and change[:-1] == path[:-1]
            if beside or touches(change, path):
                return place
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return self.deal_parsed.locate(path[1:]) if path[:1] == ("deal",) else self.top.locate(path)

    def lay(self, layer: Layer) -> None:
        """Lay a scenario's behaviour on top, then apply its changes."""
        behaviour = sparse(layer.scenario.behaviour)
        for path in _paths(behaviour, ("behaviour",)):
            self.places[path] = layer.parsed.locate(path)
            self.changes.pop(path, None)
        self.data["behaviour"] = merge(self.data["behaviour"], behaviour)
        self._drop_uncertain(lambda path: exists({"behaviour": behaviour}, path))
        for text, value in layer.scenario.changes.items():
            self.apply(text, value, layer.parsed.locate(("changes", text)))
        if layer.scenario.horizon is not None:
            self.data["horizon"] = layer.scenario.model_dump(mode="json", include={"horizon"})["horizon"]
            self.places[("horizon",)] = layer.parsed.locate(("horizon",))
        for text, distribution in layer.scenario.uncertain.items():
            place = layer.parsed.locate(("uncertain", text))
            path = known(self.data, _behaviour_path(text))
            self._leave_table(partial(eq, path))
            self.uncertain[path] = (distribution, place)
        if layer.scenario.posterior is not None:
            self._take_table(layer.scenario.posterior, layer)
        self.settle()

    def _take_table(self, posterior: Posterior, layer: Layer) -> None:
        """Take all columns of a table, in the place of any other table."""
        table, faults = read_beside(posterior, layer.path)
        self.problems += [layer.parsed.problem(fault) for fault in faults]
        if table is None:
            return
        asked = table.columns if posterior.columns is None else posterior.columns
        missing = [name for name in asked if name not in table.columns]
        if missing:
            message = f"the table has no column {missing[0][:80]!r}"
            self.problems.append(layer.parsed.problem(Fault(("posterior",), "bad-table", message)))
            return
        part = posterior.model_copy(update={"file": FilePath(posterior.file).name, **table.part})
        self.table, self.left = (part, {known(self.data, _behaviour_path(name)): name for name in asked}), []

    def _leave_table(self, is_set: Callable[[Path], bool]) -> None:
        """A value or distribution that is given later takes the place of a column."""
        if self.table is not None:
            gone = [path for path in self.table[1] if is_set(path)]
            self.left += [self.table[1].pop(path) for path in gone]

    @property
    def posterior(self) -> Posterior | None:
        """The table with the columns that are still taken, if any are."""
        if self.table is None or not self.table[1]:
            return None
        return self.table[0].model_copy(update={"columns": list(self.table[1].values())})

    @property
    def notes(self) -> list[str]:
        """What has been amended, and what left the table."""
        if self.table is None or not self.left:
            return self.amended
        file = self.table[0].file
        return [*self.amended, *[f"{path} {LEFT} {file}: its other columns do not move with it." for path in self.left]]

    def apply(self, text: str, value: Any, place: Place) -> None:
        """Make one change."""
        path = known(self.data, split(text))
        try:
            if path != ("horizon",) and (len(path) < 2 or path[0] not in ("deal", "behaviour")):
                raise NoSuchPathError("a path begins with 'deal.' or 'behaviour.', or is 'horizon'")
            if path[0] == "behaviour" and value is not None:
                self._unfold(path)
            put(self.data, path, value, grow=path[0] == "behaviour")
        except NoSuchPathError as error:
            self.problems.append(Fault(path, "unknown-path", "there is nothing at this path", str(error)).at(place))
            return
        self.changes.pop(path, None)
        self.changes[path] = place
        self.removed[path] = value is None
        self._drop_uncertain(lambda other: other[: len(path)] == path)

    def _unfold(self, path: Path) -> None:
        """Write out the default of the outermost block that a change of behaviour reaches into."""
        behaviour, _ = hold(Behaviour, self.data["behaviour"], self.locate, ("behaviour",))
        if behaviour is None:
            return
        whole = {"behaviour": behaviour.model_dump(mode="json", by_alias=True, exclude_none=True)}
        for length in range(2, len(path)):
            block = path[:length]
            if not exists(self.data, block):
                if exists(whole, block):
                    put(self.data, block, look_up(whole, block), grow=True)
                return

    def _drop_uncertain(self, is_set: Callable[[Path], bool]) -> None:
        """A value that is given later takes the place of an earlier distribution."""
        for path in [path for path in self.uncertain if is_set(path)]:
            del self.uncertain[path]
            self.led.add(path)
        self._leave_table(is_set)

    def _lead_on(self) -> None:
        """Where a value has taken the place of a draw that others share, the first of them draws for the others."""
        for gone in self.led - set(self.uncertain):
            name = ".".join(map(str, gone[1:]))
            sharing = [path for path, (given, _) in self.uncertain.items() if given.moves_with == name]
            for path in sharing:
                given, place = self.uncertain[path]
                lead = None if path == sharing[0] else ".".join(map(str, sharing[0][1:]))
                self.uncertain[path] = given.model_copy(update={"moves_with": lead}), place
        self.led.clear()

    def settle(self) -> None:
        """Bring the behaviour into its regular form, or note why it has none; give shared draws another lead."""
        self._lead_on()
        behaviour, problems = hold(Behaviour, self.data["behaviour"], self.locate, ("behaviour",))
        self.problems += problems
        if behaviour is not None:
            self.data["behaviour"] = sparse(behaviour)


def sparse(model: Any) -> dict[str, Any]:
    """What was written of a model, in its regular form."""
    data: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return data


def _paths(data: Any, path: Path) -> Iterator[Path]:
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _paths(value, (*path, key))


def _behaviour_path(text: str) -> Path:
    path = split(text)
    return path if path[0] == "behaviour" else ("behaviour", *path)
