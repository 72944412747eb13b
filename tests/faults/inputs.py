"""What reads text of others, each part as one function of bytes: it returns, or an assertion fails.

Hypothesis runs them in `test_bad_input.py`, a coverage-guided fuzzer in `fuzz.py`, and `corpus/` keeps what they found.
"""

from __future__ import annotations

import atexit
import contextlib
import copy
import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import numpy as np
from pydantic import TypeAdapter, ValidationError

from sim.analysis.deviations.goals import read_goal
from sim.analysis.sweeps import sweep
from sim.analysis.sweeps.axes import axes_of
from sim.cli.common import parse_settings
from sim.cli.studies import _parse_precision
from sim.document.conditions import Condition
from sim.document.dates import Due
from sim.document.deal import Deal
from sim.document.scenario import ResolvedScenario, Scenario
from sim.document.study import Study
from sim.document.values import Clock, parse_duration, write_duration
from sim.engine.workers import parse_workers
from sim.errors import SimError
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.model import kind_of, parse_bytes, read_deal, read_model
from sim.reading.parse import _Builder
from sim.reading.parsed import Parsed
from sim.reading.paths import NoSuchPathError, known, look_up, put, split
from sim.reading.resolve import Documents
from sim.reading.store import from_resolved, resolved_hash
from sim.results.folder import SUMMARY, verify
from sim.results.inside import typical_replicate
from sim.results.ledger import LEDGER, read_ledger
from sim.results.load import load
from sim.results.manifest import MANIFEST, manifest_hash
from sim.results.tables import connect

VALID = Path(__file__).parents[1] / "documents" / "valid"
WORDS: tuple[Any, ...] = (
    None, True, 0, 1, -1, 2, 10**6, 10**18, 10**400, 0.5, 1e308, -0.0, "", "a", "0 min", "1 min", "42 d",
    "9" * 30 + " d",
    "day 1", "day 99999", "day -7", "phase day 3", "on gate", "same day", "phase end", "12 h after gate", "12:00",
    "truce", "release", "return", "flow", "talks", "north", "south", "one", "two", "truce.holds", "talks.x.agreed",
    "phase.one.ended", "line.a", "2025-01-19T08:30+02:00", "release", [], {}, [[]], {"a": {}}, ["north"],
    {"any": ["truce"]}, {"total": 7}, {"median": "1 d", "p95": "0 min"}, "\u2028", "\ud800", "\0",
)  # fmt: skip


LONGEST = 20 * 365 * 1440
"""Minutes of a duration that a document may hold."""


class Choices:
    """A stream of choices made by bytes; zeros when they have run out."""

    def __init__(self, content: bytes) -> None:
        self.content, self.place = content, 0

    def below(self, n: int) -> int:
        """A number in [0, n)."""
        width = 1 if n <= 256 else 2
        part = self.content[self.place : self.place + width]
        self.place += width
        return int.from_bytes(part, "big") % n

    def text(self) -> str:
        """A text of up to 255 bytes."""
        n = self.below(256)
        part = self.content[self.place : self.place + n]
        self.place += n
        return part.decode("utf-8", errors="replace")

    @property
    def is_empty(self) -> bool:
        return self.place >= len(self.content)


# ---------------------------------------------------------------- small parsers


def check_duration(text: str) -> None:
    """A duration is refused with a reason, or is read back from what is written of it."""
    try:
        minutes = parse_duration(text)
    except ValueError:
        return
    if isinstance(minutes, int) and minutes <= LONGEST:
        assert parse_duration(write_duration(minutes)) == minutes


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def check_word(kind: Any, text: str) -> None:
    """A word is refused by its model, or stays as it is."""
    try:
        value = adapter(kind).validate_python(text)
    except ValidationError:
        return
    assert kind is Condition or value == text


def check_scalar(text: str) -> None:
    """A scalar of YAML is nothing, truth, text or a finite number."""
    value = _Builder()._resolve(text, (), (1, 1))
    assert value is None or isinstance(value, (bool, str, int, float))
    assert not isinstance(value, float) or math.isfinite(value)


def tree() -> Any:
    return {"deal": {"a": [1, {"b": 2}], "c.d": {"e": None}}, "behaviour": {}, "0": {"1": 2}}


def check_path(text: str) -> None:
    """A path leads somewhere, or a hint says where it stops; setting and removing what is there works."""
    data = tree()
    path = known(data, split(text))
    for value in (7, None):
        try:
            put(data, path, value, grow=path[:1] == ("behaviour",))
        except NoSuchPathError:
            continue
        if value is not None:
            assert look_up(data, path) == value


def refusing(work: Callable[[], Any]) -> Any:
    """What work gives, or None where it says what is wrong."""
    with contextlib.suppress(SimError):
        return work()
    return None


def check_options(text: str) -> None:
    """Options of the command line are read, or refused as text."""
    refusing(lambda: parse_settings((text,)))
    refusing(lambda: _parse_precision((text,)))
    refusing(lambda: parse_workers(text))


def check_axis(text: str) -> None:
    """An axis has finite numbers, or is refused."""
    axes = refusing(lambda: axes_of(Dumped(), [text]))
    for axis in axes or ():
        assert all(map(math.isfinite, axis.numbers))
        assert len(axis.numbers) <= 10_000


class Dumped:
    """A scenario that is written out once for all axes."""

    vary: Mapping[str, Any] = MappingProxyType({})

    def model_dump(self, **_: Any) -> Any:
        return written_out()


def check_goal(text: str) -> None:
    """A goal compares outcomes that there are, or is refused."""
    goal = refusing(lambda: read_goal(baseline_plan(), text))
    if goal is not None:
        assert goal.reached(zeros()).shape == (2,)


PIECES: tuple[Callable[[str], None], ...] = (
    check_duration,
    lambda text: check_word(Due, text),
    lambda text: check_word(Clock, text),
    lambda text: check_word(Condition, text),
    check_scalar,
    check_path,
    check_options,
)


def check_piece(content: bytes) -> None:
    """The first byte chooses a parser, the rest is its text."""
    PIECES[content[0] % len(PIECES) if content else 0](content[1:].decode("utf-8", errors="replace"))


# ---------------------------------------------------------------- documents


@cache
def documents(name: str) -> Documents:
    return Documents.of(VALID / name)


@cache
def resolved(name: str) -> ResolvedScenario:
    return documents(name).resolve()


@cache
def written_out() -> Any:
    return resolved("baseline.yaml").model_dump(mode="json", by_alias=True)


@cache
def baseline_plan() -> Plan:
    return compile_plan(resolved("baseline.yaml"))


@cache
def zeros() -> Any:
    return np.zeros((2, len(columns(baseline_plan()))), np.int64)


@cache
def seeds() -> tuple[tuple[Parsed, list[Any], str], ...]:
    """The small sound documents, read; each with its paths, and as text that is quickly read again."""
    read = [parse_bytes(path.read_bytes(), "file") for path in sorted(VALID.glob("*.yaml"))]
    return tuple((parsed, [path for path in parsed.positions if path], json.dumps(parsed.data)) for parsed in read)


def assert_said(problems: list[Any], document: Any) -> None:
    assert problems or isinstance(document, (Deal, Scenario, Study))
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
        assert str(problem).isprintable()


def hold_document(parsed: Parsed) -> None:
    """A document read, or problems that say what is wrong with it."""
    kind = kind_of(parsed)
    if kind in ("scenario", "study"):
        document, problems = read_model(parsed, Scenario if kind == "scenario" else Study)
        assert_said(problems, document)
    else:
        deal, problems = read_deal(parsed)
        assert_said(problems, deal)


def check_document(content: bytes) -> None:
    """Any bytes: a document or problems with places."""
    hold_document(parse_bytes(content, "file"))


def replaced(data: Any, paths: list[Any], choices: Choices, most: int = 4) -> Any:
    """The data with up to so many parts replaced, in place."""
    for _ in range(1 + choices.below(most)):
        path = paths[choices.below(len(paths))]
        kind = choices.below(4)
        value: Any = WORDS[choices.below(len(WORDS))]
        if kind == 1:
            with contextlib.suppress(NoSuchPathError):
                value = look_up(data, paths[choices.below(len(paths))])
        elif kind == 2:
            value = choices.text()
        elif kind == 3:
            path, value = (*path[:-1], choices.text() or "a"), WORDS[choices.below(len(WORDS))]
        with contextlib.suppress(NoSuchPathError):
            put(data, path, copy.deepcopy(value), grow=False)
    return data


def check_data(content: bytes) -> None:
    """A sound document with up to four parts replaced: what the YAML reader gives, without the YAML reader."""
    choices = Choices(content)
    parsed, paths, text = seeds()[choices.below(len(seeds()))]
    hold_document(Parsed("file", replaced(json.loads(text), paths, choices), parsed.positions))


def check_setting(content: bytes) -> None:
    """Up to three settings of the command line on a sound scenario: a plan or problems."""
    choices = Choices(content)
    settings = {}
    for _ in range(1 + choices.below(3)):
        path = walk(written_out(), choices) if choices.below(2) else choices.text()
        settings[path] = choices.text() if choices.below(2) else str(WORDS[choices.below(len(WORDS))])
    refusing(lambda: compile_plan(documents("baseline.yaml").resolve(settings)))


def walk(data: Any, choices: Choices) -> str:
    """A path that exists."""
    parts: list[str] = []
    while isinstance(data, (dict, list)) and data and not (parts and choices.below(5) == 0):
        keys = list(data) if isinstance(data, dict) else list(range(len(data)))
        key = keys[choices.below(len(keys))]
        parts.append(str(key))
        data = data[key]
    return ".".join(parts)


# ---------------------------------------------------------------- results folders


@cache
def scratch() -> Path:
    """A folder of this process, in memory where there is room for files."""
    memory = Path("/dev/shm")
    name = tempfile.mkdtemp(prefix="ceasefire-inputs-", dir=memory if os.access(memory, os.W_OK) else None)
    atexit.register(shutil.rmtree, name, ignore_errors=True)
    return Path(name)


def check_results(content: bytes) -> None:
    """A results folder whose manifest and ledger are these bytes: read, or refused as text."""
    manifest, _, ledger = content.partition(b"\0\0")
    folder = scratch() / "results"
    folder.mkdir(exist_ok=True)
    (folder / MANIFEST).write_bytes(sealed(manifest))
    (folder / LEDGER).write_bytes(ledger)
    refusing(lambda: load(folder))
    assert all(isinstance(problem, str) for problem in verify(folder))
    entries = refusing(lambda: read_ledger(folder))
    for entry in entries[0] if entries else ():
        assert all(not Path(file).is_absolute() and ".." not in Path(file).parts for file in entry.files)


def sealed(manifest: bytes) -> bytes:
    """The manifest with the checksum that it should have, so that what lies behind it is reached."""
    try:
        data = json.loads(manifest)
        return json.dumps(data | {"sha256": manifest_hash(data)}).encode() if isinstance(data, dict) else manifest
    except (ValueError, RecursionError):
        return manifest


@cache
def sound() -> Mapping[str, bytes]:
    """The files of a small sweep that is whole."""
    folder = scratch() / "sound"
    sweep(
        VALID / "baseline.yaml", {"behaviour.parties.south.withholds": "0.2,0.5"}, n=2, seed=3, folder=folder, workers=1
    )
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@cache
def sound_data() -> tuple[str, list[Any], str, list[Any]]:
    """Manifest and ledger of the sound folder as text, each with its paths."""
    manifest = json.loads(sound()[MANIFEST])
    ledger = [json.loads(line) for line in sound()[LEDGER].splitlines()]
    return json.dumps(manifest), list(paths_of(manifest)), json.dumps(ledger), list(paths_of(ledger))


def paths_of(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all parts of plain data."""
    if path:
        yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from paths_of(value, (*path, key))


REWRITTEN = (
    "* EXCLUDE ({column})", "* REPLACE (NULL AS {column})", "* REPLACE ({number} AS {column})", "*, 1 AS extra",
    "* REPLACE ('{word}' AS {column})", "* REPLACE (CAST({column} AS VARCHAR) AS {column})", "{column}",
    "* REPLACE ([1] AS {column})",
)  # fmt: skip


def spoiled_table(content: bytes, choices: Choices) -> bytes:
    """A table with other columns or values, or with other bytes."""
    kind = choices.below(3)
    if kind == 0:
        place = choices.below(min(len(content), 60_000))
        return content[:place] + choices.text().encode() + content[place + choices.below(64) :]
    before, after = scratch() / "before.parquet", scratch() / "after.parquet"
    before.write_bytes(content)
    names = [row[0] for row in connection().execute(f"DESCRIBE SELECT * FROM '{before}'").fetchall()]
    column = '"' + names[choices.below(len(names))] + '"'
    number = (0, -1, 2**40, 2**62, 0.5, 1e300, "'nan'::DOUBLE")[choices.below(7)]
    word = ("", "a", "aid", "2")[choices.below(4)]
    chosen = REWRITTEN[choices.below(len(REWRITTEN))].format(column=column, number=number, word=word)
    rows = ("", " LIMIT 0", " LIMIT 1", f" UNION ALL SELECT * FROM '{before}'")[choices.below(4)]
    with contextlib.suppress(duckdb.Error):
        connection().execute(f"COPY (SELECT {chosen} FROM '{before}'{rows}) TO '{after}' (FORMAT parquet)")
        return after.read_bytes()
    return content


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return connect()


def check_folder(content: bytes) -> None:
    """A sound results folder with parts replaced, its checksums made to fit: read whole, or refused as text."""
    choices = Choices(content)
    manifest, manifest_paths, ledger, ledger_paths = sound_data()
    files = dict(sound())
    what = choices.below(4)
    if what == 0:
        data = replaced(json.loads(manifest), manifest_paths, choices, most=3)
        files[MANIFEST] = sealed(json.dumps(with_fitting_documents(data)).encode())
    elif what == 1:
        files[SUMMARY] = sealed(json.dumps(replaced({"a": [1], "blocks": 2}, [("a",), ("a", 0)], choices)).encode())
    else:
        entries = json.loads(ledger)
        if what == 2:
            entries = replaced(entries, ledger_paths, choices, most=3)
        else:
            name = sorted(name for name in files if name.endswith(".parquet"))[choices.below(4)]
            files[name] = spoiled_table(files[name], choices)
            digest = hashlib.sha256(files[name]).hexdigest()
            for entry in entries:
                entry["files"].update({name: digest} if name in entry["files"] else {})
        files[LEDGER] = "".join(json.dumps(entry) + "\n" for entry in entries).encode()
    read_whole(laid_out(files))


def with_fitting_documents(manifest: Any) -> Any:
    """The manifest with the checksums of its documents, where they can be read."""
    documents = manifest.get("documents")
    for entry in documents.values() if isinstance(documents, dict) else ():
        if isinstance(entry, dict) and isinstance(entry.get("document"), dict):
            found = refusing(lambda entry=entry: from_resolved(entry["document"]))
            entry["sha256"] = resolved_hash(found) if found is not None else entry.get("sha256")
    return manifest


def laid_out(files: Mapping[str, bytes]) -> Path:
    """The folder of these files; those that are there already stay."""
    folder = scratch() / "folder"
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_bytes() != content:
            place.write_bytes(content)
    return folder


def read_whole(folder: Path) -> None:
    """All that is ever read of a results folder."""
    assert all(isinstance(problem, str) for problem in verify(folder))
    results = refusing(lambda: load(folder))
    if results is None:
        return
    vars(results)["_connection"] = connection()  # of this process, for speed
    with contextlib.suppress(duckdb.Error):  # the table is lazy: what asks for its rows hears from DuckDB itself
        refusing(lambda: results.table().fetchall())
    refusing(lambda: results.summary)
    refusing(lambda: results.estimates)
    key = results.scenarios[-1]
    refusing(lambda: results.histograms(key))
    refusing(lambda: typical_replicate(results, key, "truce_days"))


def of_text(check: Callable[[str], None]) -> Callable[[bytes], None]:
    return lambda content: check(content.decode("utf-8", errors="replace"))


def first_inputs(check: str) -> list[bytes]:
    """What a coverage-guided run of a check begins with."""
    if check == "results":
        return [sound()[MANIFEST] + b"\0\0" + sound()[LEDGER]]
    if check == "document":
        return [path.read_bytes() for path in sorted(VALID.glob("*.yaml"))]
    if check == "piece":
        words = [word for word in WORDS if isinstance(word, str) and word.isprintable()]
        more = ["deal.a.1.b=2", "truce_days=0.5", "dask://host:8786", "local:2", "at least 3 of one", "1.5e3", "0x1f"]
        return [bytes([piece]) + word.encode() for piece in range(len(PIECES)) for word in [*words, *more]]
    return [text.encode() for text in FIRST.get(check, ())]


FIRST = {
    "axis": ("horizon=30 d:60 d:3", "behaviour.mediators.settles=0:1:5", "deal.obligations.batch_1.due=day 1,day 4"),
    "goal": ("end != completed", "hostages_living_released < 33", "truce_days >= 1.5 and end = collapsed"),
}
CHECKS: dict[str, Callable[[bytes], None]] = {
    "piece": check_piece,
    "axis": of_text(check_axis),
    "goal": of_text(check_goal),
    "document": check_document,
    "data": check_data,
    "setting": check_setting,
    "results": check_results,
    "folder": check_folder,
}
