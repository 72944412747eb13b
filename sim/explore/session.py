"""What the page asks for, answered: scenarios, sliders, runs, single replicates, figures, files to keep."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from sim.document.scenario import ResolvedScenario
from sim.engine.reference import ReferenceEngine
from sim.engine.workers import n_workers
from sim.errors import SimError
from sim.explore.answer import as_answer, outcomes_picture
from sim.explore.own import Opened, open_for
from sim.explore.ranking import FIRST, PILOT, beside, rank, steps_of, stored
from sim.explore.rows import rows
from sim.explore.runs import DRAFT, Latest, Runs, StaleError, kept, side_by_side
from sim.explore.sliders import Slider, sliders
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns, end_name, published
from sim.outcomes.story import chain, story
from sim.plan.compile import compile_plan
from sim.plan.taken import untaken
from sim.reading.catalogue import Entry
from sim.reading.model import kind_of, parse_text, read_value
from sim.reading.posterior import is_kept
from sim.reading.problem import DocumentError, Fault, Place, Problem, nearest
from sim.reading.resolve import Documents
from sim.reading.validate import validate_file
from sim.reading.write import write_yaml
from sim.report import figures
from sim.report.figures import Picture
from sim.report.page.contents import MOST_TEXT, MOST_TITLE, not_modelled, question
from sim.report.words import ENDS, FOOTER, cut, outcome_in_words
from sim.results.replay import Replay, as_written
from sim.statistics.comparison import Comparison

MOST_TEXT_BYTES = 200_000
"""Bytes of a scenario that is edited on the page."""
FEWEST, MOST = 100, 20_000
"""Replicates of each scenario."""
MOST_CELLS = 20_000_000
"""Days times people of the releases by day that the page takes."""
MOST_WRITTEN = 20
"""Edited texts kept as files."""
MOST_LINES = 400
OFFERED = (2_000, 5_000, 10_000, 20_000)
"""Replicates of each scenario that the page offers."""
FILE = "scenario.yaml"
KEPT_AS = "explored.yaml"


class Wish(BaseModel):
    """What the page asks for; anything else is refused before it is looked at.

    Attributes
    ----------
    scenario, baseline : str
        Entries of the catalogue.
    text : str or None
        The scenario as edited, in place of the catalogue's.
    settings : dict of str to float
        Sliders that have been moved, by path.
    n, seed : int
    narrow : bool
        Whether the chart has less than 560 pixels.
    tab : str
        Which window asks: a later wish of the same window makes an earlier one stale.
    """

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    scenario: str = Field(max_length=200)
    baseline: str = Field(max_length=200)
    text: str | None = Field(None, max_length=MOST_TEXT_BYTES)
    settings: dict[str, float] = Field(default_factory=dict, max_length=100)
    n: int = Field(10_000, ge=FEWEST, le=MOST)
    seed: int = Field(0, ge=0, lt=2**53)
    narrow: bool = False
    tab: str = Field("", max_length=64)


class ReplicateWish(Wish):
    """Asks for one replicate, of the scenario or of what it is compared with."""

    replicate: int = Field(ge=0, lt=2**53)
    of: Literal["scenario", "baseline"] = "scenario"


class KindWish(Wish):
    """Asks for a replicate of a kind: one in which a count lies within two bounds."""

    outcome: str = Field(max_length=200)
    low: int = Field(ge=0, lt=2**40)
    high: int = Field(ge=0, lt=2**40)
    of: Literal["scenario", "baseline"] = "scenario"


class FigureWish(Wish):
    """Asks for a figure as a file."""

    figure: Literal["outcomes", "releases", "differences", "timeline"] = "releases"
    format: Literal["svg", "png"] = "svg"
    replicate: int = Field(0, ge=0, lt=2**53)
    of: Literal["scenario", "baseline"] = "scenario"


class Session:
    """All that the page can ask for. Files are written to `folder` alone, and read from there and the catalogue.

    Parameters
    ----------
    folder : Path
        An empty folder of its own.
    start : str
        What the page opens with: an entry of the catalogue, a file with a scenario or a deal, or a results folder.
    """

    def __init__(self, folder: Path, start: str):
        self.folder = folder
        self.own = open_for(start, folder)
        self.entries, self.deals = self.own.entries, self.own.deals
        self.start, self.beside = opening(self.own)
        self.latest = Latest()
        self._pool = ThreadPoolExecutor(n_workers())
        self._running, self._drawing, self._reading = threading.Lock(), threading.Lock(), threading.Lock()
        self._written_last: OrderedDict[str, Path] = OrderedDict()
        self._documents: OrderedDict[str, Documents] = OrderedDict()
        self._sliders_of: OrderedDict[int, tuple[Documents, dict[str, Slider]]] = OrderedDict()
        self._runs: OrderedDict[tuple[Any, ...], Runs] = OrderedDict()

    def _entry(self, name: str) -> Entry:
        if name not in self.entries:
            raise SimError(f"no scenario {name[:200]!r} in the catalogue; {nearest(name, self.entries)}")
        return self.entries[name]

    # ------------------------------------------------------------ documents

    def catalogue(self) -> dict[str, Any]:
        """Deals with their scenarios, and what the page opens with."""
        return {
            "start": self.start,
            "against": self.own.against | ({self.start: self.beside} if self.beside else {}),
            "deals": [{"name": deal.name, "title": cut(deal.title, MOST_TITLE)} for deal in self.deals.values()],
            "scenarios": [
                {"name": entry.name, "deal": entry.deal, "title": cut(entry.title or entry.name, MOST_TITLE)}
                for entry in self.entries.values()
            ],
            "footer": FOOTER,
            "n": self.own.n if self.own.n in OFFERED else None,
            "seed": self.own.seed,
            "limits": {"fewest": FEWEST, "most": MOST, "draft": DRAFT, "bytes": MOST_TEXT_BYTES},
        }

    def open(self, wish: Wish) -> dict[str, Any]:
        """A scenario as the page shows it before anything is moved: its text, its question, its sliders in rows."""
        resolved = self._documents_of(wish).resolve()
        name, title, asked = question(resolved.scenario, resolved)
        found = sliders(resolved)
        return {
            "name": name,
            "title": title,
            "question": asked,
            "deal": cut(resolved.deal.deal, MOST_TITLE),
            "text": self._entry(wish.scenario).path.read_text(encoding="utf-8"),
            "sliders": [slider.as_json() for slider in found],
            "rows": [
                {"key": row.key, "label": row.label, "group": row.sides[0][1].group.partition(":")[0],
                 "sides": [[side, slider.path] for side, slider in row.sides]}
                for row in rows(resolved, found)
            ],
            "ranking": self._ranking(wish, resolved.deal.deal),
            "not_modelled": [{"heading": heading, "texts": texts} for heading, texts in not_modelled(resolved.deal)],
        }  # fmt: skip

    def _ranking(self, wish: Wish, deal: str) -> dict[str, Any]:
        """Which rows stand first, as the catalogue's were ranked; what is somebody's own is still to be."""
        ranked = stored()["deals"].get(deal)
        if ranked is None or wish.text is not None or wish.scenario in self.own.files:
            words = "In the order of the document; a short pilot ranks the numbers in a moment."
            return {"moves": {}, "runs": 1, "first": FIRST, "words": words, "is_to_come": True}
        what = outcome_in_words(ranked["outcome"]).lower()
        words = (
            f"First what moves '{what}' most, ranked in the deal's baseline: in how many runs of 100 that count "
            "changes when a number doubles or halves, for both parties by the same step. Their sliders stand together."
        )
        return {"moves": ranked["rows"], "runs": stored()["runs"], "first": FIRST, "words": words, "is_to_come": False}

    def rank(self, wish: Wish, is_stale: Callable[[], bool]) -> dict[str, Any]:
        """The rows of a scenario that the catalogue does not have, ranked by a short pilot."""
        documents = self._documents_of(wish)
        with self._running:
            ranked, outcome = rank(documents, PILOT, is_stale)
        what = outcome_in_words(outcome).lower()
        words = (
            f"First what moves '{what}' most, by a short pilot of {PILOT} runs for each setting, so roughly: in how "
            "many runs of 100 that count changes when a number doubles or halves, for both parties by the same step."
        )
        found = rows(documents.resolve(), sliders(documents.resolve()))
        steps = {slider.path: max(steps_of(row, slider)) for row in found for _, slider in row.sides}
        return {"moves": dict(ranked), "runs": PILOT, "first": FIRST, "words": words, "steps": steps}

    def find(self, wish: KindWish) -> dict[str, Any]:
        """The first replicate in which a count lies within two bounds; None if there is none.

        Raises
        ------
        SimError
            If no such outcome is measured.
        """
        with self._running:
            runs = self._runs_of(wish if wish.of == "scenario" else _as_baseline(wish))
            if wish.outcome not in runs.names:
                raise SimError(f"no outcome {wish.outcome[:100]!r}; {nearest(wish.outcome, runs.names)}")
            place = runs.names.index(wish.outcome)
            for chunk in runs.chunks(wish.n, self._pool, lambda: False):
                values = np.rint(published(wish.outcome, chunk.rows[:, place]))
                fitting = np.flatnonzero((values >= wish.low) & (values <= wish.high))
                if len(fitting):
                    return {"replicate": chunk.first + int(fitting[0])}
        return {"replicate": None}

    def check(self, text: str) -> list[Problem]:
        """Everything that is wrong with an edited scenario, warnings included."""
        refused = self._refused(text)
        return refused or [as_shown(problem) for problem in validate_file(self._written(text), untaken)]

    def _text(self, wish: Wish) -> str:
        if wish.text is not None:
            return wish.text
        return self._entry(wish.scenario).path.read_text(encoding="utf-8")

    def _refused(self, text: str) -> list[Problem]:
        """Why a text may not be read: it is no scenario, or names anything but an entry of the catalogue."""
        if len(text.encode()) > MOST_TEXT_BYTES:
            message = f"an edited scenario has at most {MOST_TEXT_BYTES:,} bytes here"
            return [Fault((), "file-too-large", message).at(Place(FILE))]
        parsed = parse_text(text, FILE)
        if not isinstance(parsed.data, dict):
            return list(parsed.problems)
        if kind_of(parsed) != "scenario":
            hint = "a scenario begins with 'scenario:'"
            return [
                *parsed.problems,
                parsed.problem(Fault((), "not-a-scenario", "the page takes scenarios only", hint)),
            ]
        problems = []
        for key, known in (("deal", self.deals), ("builds_on", self.entries)):
            name = parsed.data.get(key)
            if isinstance(name, str) and name not in known and name not in self.own.places:
                message = "the page opens entries of the catalogue only, no other file"
                fault = Fault((key,), "not-in-catalogue", message, nearest(name, known), name)
                problems.append(parsed.problem(fault))
        return problems + [parsed.problem(fault) for fault in self._table_refused(parsed.data.get("posterior"))]

    def _table_refused(self, table: Any) -> Iterator[Fault]:
        """No table of draws but one that an opened scenario names, or that has been read already."""
        is_named = isinstance(table, str) and table in self.own.places
        is_read = isinstance(table, dict) and is_kept(str(table.get("sha256")))
        if table is not None and not (is_named or is_read):
            yield Fault(
                ("posterior",), "not-in-catalogue", "the page opens entries of the catalogue only, no other file"
            )

    def _written(self, text: str) -> Path:
        """The file that holds an edited scenario; beside it and above it lies nothing that a name could lead to."""
        digest = hashlib.sha256(text.encode()).hexdigest()[:20]
        file = self.folder / "edited" / digest / FILE
        with self._reading:
            self._written_last[digest] = file
            self._written_last.move_to_end(digest)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.own.settled(text), encoding="utf-8")
            while len(self._written_last) > MOST_WRITTEN:
                shutil.rmtree(self._written_last.popitem(last=False)[1].parent)
        return file

    def _documents_of(self, wish: Wish) -> Documents:
        if wish.text is None:
            return self._read(self._entry(wish.scenario).path)
        if problems := self._refused(wish.text):
            raise DocumentError(problems)
        return self._read(self._written(wish.text))

    def _read(self, path: Path) -> Documents:
        with self._reading:
            return kept(self._documents, str(path), lambda: Documents.of(path))

    def _settings(self, wish: Wish, documents: Documents) -> dict[str, str]:
        """Moved sliders as `--set` takes them; what is no slider, or beyond its end, is refused."""
        if not wish.settings:
            return {}
        known = self._sliders(documents)
        settings = {}
        for path, value in wish.settings.items():
            slider = known.get(path)
            if slider is None:
                raise SimError(f"{path[:200]!r} is no slider of this scenario")
            if not 0 <= value <= slider.high:
                raise SimError(f"{slider.label}: must lie between 0 and {slider.high:g}, got {value:g}")
            settings[path] = slider.setting(value)
        return settings

    def _sliders(self, documents: Documents) -> dict[str, Slider]:
        def found() -> dict[str, Slider]:
            return {slider.path: slider for slider in sliders(documents.resolve())}

        with self._reading:
            return kept(self._sliders_of, id(documents), lambda: (documents, found()))[1]

    # ------------------------------------------------------------ runs

    def run(self, wish: Wish, is_stale: Callable[[], bool]) -> dict[str, Any]:
        """Scenario and baseline on the same draws, as the page draws them.

        Raises
        ------
        StaleError
            If a later request of the same window has come meanwhile; checked before each chunk of replicates.
        """
        answer = as_answer(self._compared(wish, is_stale), narrow=wish.narrow, n_moved=len(wish.settings))
        return answer | {"command": self.command(wish)}

    def _compared(self, wish: Wish, is_stale: Callable[[], bool]) -> Comparison:
        with self._running:
            if is_stale():
                raise StaleError("a later request has taken its place")
            scenario, baseline = self._runs_of(wish), self._runs_of(_as_baseline(wish))
            return side_by_side(baseline, scenario, wish.n, self._pool, is_stale)

    def _runs_of(self, wish: Wish) -> Runs:
        key = (wish.text or wish.scenario, tuple(sorted(wish.settings.items())), wish.seed, wish.text is None)
        return kept(self._runs, key, lambda: self._prepared(wish))

    def _prepared(self, wish: Wish) -> Runs:
        documents = self._documents_of(wish)
        resolved = documents.resolve(self._settings(wish, documents))
        plan = compile_plan(unwatched(resolved))
        cells = len(ByDay.of(plan).empty())
        if cells > MOST_CELLS:
            raise SimError(f"days times people come to {cells:,}; the page takes {MOST_CELLS:,}: shorten the horizon")
        return Runs(resolved, plan, wish.seed)

    # ------------------------------------------------------------ one replicate, files

    def replicate(self, wish: ReplicateWish) -> dict[str, Any]:
        """One replicate as a story, with its timeline as SVG."""
        again = self._replayed(wish, wish.replicate, wish.of)
        told = story(again.plan, again.trace)
        code = int(again.outcomes[columns(again.plan).index("end")])
        with self._drawing:
            picture = figures.timeline(again, as_written(again.plan))
            image = picture.as_svg().decode()
        return {
            "replicate": wish.replicate,
            "of": cut(again.scenario, MOST_TITLE),
            "end": ENDS[end_name(code)].lower(),
            "story": [[day, when, cut(text, MOST_TEXT)] for day, when, text in told[:MOST_LINES]],
            "left_out": max(0, len(told) - MOST_LINES),
            "chain": [cut(text, MOST_TEXT) for text in chain(again.plan, again.trace)],
            "svg": image,
            "alt": picture.alt,
        }

    def _replayed(self, wish: Wish, number: int, of: str) -> Replay:
        with self._running:
            runs = self._runs_of(wish if of == "scenario" else _as_baseline(wish))
        plan = compile_plan(runs.scenario)
        result = ReferenceEngine(plan).run(wish.seed, number)
        no_shares = np.empty((0, 3), np.int64)
        return Replay(plan, runs.scenario.scenario, wish.seed, number, result.outcomes, result.trace, no_shares)

    def figure(self, wish: FigureWish) -> bytes:
        """A figure fit for a briefing, as a file."""
        if wish.figure == "timeline":
            again = self._replayed(wish, wish.replicate, wish.of)
            picture = figures.timeline(again, as_written(again.plan))
        else:
            comparison = self._compared(wish, lambda: False)
            picture = _DRAW[wish.figure](comparison)
        file = self.folder / f"figure.{wish.format}"
        with self._drawing:
            picture.save(file)
            return file.read_bytes()

    def document(self, wish: Wish) -> str:
        """The scenario with what the sliders changed, as a document that other commands take."""
        documents = self._documents_of(wish)
        settings = self._settings(wish, documents)
        documents.resolve(settings)
        if not settings:
            return self._text(wish)
        if wish.text is None:
            asked = documents.resolve().question
            title = f"Explored from {wish.scenario}"
            data: dict[str, Any] = {"scenario": "explored", "title": title, "question": asked}
            is_own = wish.scenario in self.own.files
            data["builds_on"] = str(self._entry(wish.scenario).path.resolve()) if is_own else wish.scenario
        else:
            data = dict(parse_text(wish.text, FILE).data)
        changes = {path: read_value(text) for path, text in settings.items()}
        data["changes"] = _without(data.get("changes", {}), settings) | changes
        data["uncertain"] = _without(data.get("uncertain", {}), settings)
        return write_yaml({key: value for key, value in data.items() if value != {}})

    def command(self, wish: Wish) -> str:
        """The command that makes the same numbers; a scenario that was changed is downloaded first."""
        is_changed = wish.text is not None or bool(wish.settings)
        named = [wish.baseline] if not is_changed and wish.scenario == wish.baseline else [wish.baseline, wish.scenario]
        names = [self.own.files.get(name, name) for name in named]
        if is_changed:
            names = [names[0], KEPT_AS]
        return shlex.join(["ceasefire", "compare", *names, "-n", str(wish.n), "--seed", str(wish.seed)])

    def warm(self) -> None:
        """Have the rules ready before the first request."""
        wish = Wish(scenario=self.start, baseline=self.start, n=FEWEST)
        self._compared(wish, lambda: False)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def unwatched(scenario: ResolvedScenario) -> ResolvedScenario:
    """A scenario without the guarantees of its deal, which change nothing that happens and are not on the page."""
    return scenario.model_copy(update={"deal": scenario.deal.model_copy(update={"guarantees": {}})})


def as_shown(problem: Problem) -> Problem:
    """A problem of an edited text without the folder that it is kept in."""
    return replace(problem, file=FILE) if problem.file.endswith(f"/{FILE}") else problem


_DRAW: dict[str, Callable[[Comparison], Picture]] = {
    "outcomes": outcomes_picture, "releases": figures.release_curves, "differences": figures.differences,
}  # fmt: skip


def opening(own: Opened) -> tuple[str, str]:
    """What the page opens with, and against what: never a scenario against itself where there is another."""
    deal = own.entries[own.start].deal
    usual = f"{deal}/baseline"
    if own.start == usual and (telling := beside(deal)) is not None:
        return telling, usual
    if own.start in own.against:
        return own.start, own.against[own.start]
    return own.start, usual if usual in own.entries else ""


def _as_baseline(wish: Wish) -> Wish:
    return Wish(scenario=wish.baseline, baseline=wish.baseline, n=wish.n, seed=wish.seed, tab=wish.tab)


def _without(given: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    """The entries by path that no setting replaces."""

    def whole(path: str) -> str:
        return path if path.startswith(("behaviour.", "deal.")) else f"behaviour.{path}"

    return {
        path: value
        for path, value in given.items()
        if not any(f"{whole(path)}.".startswith(f"{setting}.") for setting in settings)
    }
