"""What reads text of others, each part as one function of bytes: it returns, or an assertion fails.

Hypothesis runs them in `test_bad_input.py`, a coverage-guided fuzzer in `fuzz.py`, and `corpus/` keeps what they found.
"""

from __future__ import annotations

import contextlib
import copy
import json
import math
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.cli.common import parse_settings
from sim.cli.studies import _parse_precision
from sim.deal.document import Clock, Condition, Deal, Due, ResolvedScenario, Scenario, parse_duration, write_duration
from sim.deal.load import Parsed, _Builder, kind_of, parse_bytes, read_deal, read_model
from sim.deal.paths import NoSuchPathError, known, look_up, put, split
from sim.deal.resolve import Documents
from sim.errors import SimError
from sim.results.folder import read_ledger, verify
from sim.results.load import load
from sim.results.manifest import manifest_hash
from sim.sweeps.axes import axes_of

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


TREE = {"deal": {"a": [1, {"b": 2}], "c.d": {"e": None}}, "behaviour": {}, "0": {"1": 2}}


def check_path(text: str) -> None:
    """A path leads somewhere, or a hint says where it stops; setting and removing what is there works."""
    data = copy.deepcopy(TREE)
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


def check_axis(text: str) -> None:
    """An axis has finite numbers, or is refused."""
    axes = refusing(lambda: axes_of(resolved("baseline.yaml"), [text]))
    for axis in axes or ():
        assert all(map(math.isfinite, axis.numbers))
        assert len(axis.numbers) <= 10_000


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
def seeds() -> tuple[Parsed, ...]:
    """The small sound documents, read."""
    return tuple(parse_bytes(path.read_bytes(), "file") for path in sorted(VALID.glob("*.yaml")))


def assert_said(problems: list[Any], document: Any) -> None:
    assert problems or isinstance(document, (Deal, Scenario))
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message
        assert str(problem).isprintable()


def hold_document(parsed: Parsed) -> None:
    """A document read, or problems that say what is wrong with it."""
    if kind_of(parsed) == "scenario":
        document, problems = read_model(parsed, Scenario)
        assert_said(problems, document)
    else:
        deal, problems = read_deal(parsed)
        assert_said(problems, deal)


def check_document(content: bytes) -> None:
    """Any bytes: a document or problems with places."""
    hold_document(parse_bytes(content, "file"))


def check_data(content: bytes) -> None:
    """A sound document with up to four parts replaced: what the YAML reader gives, without the YAML reader."""
    choices = Choices(content)
    parsed = seeds()[choices.below(len(seeds()))]
    data = copy.deepcopy(parsed.data)
    paths = [path for path in parsed.positions if path]
    for _ in range(1 + choices.below(4)):
        path = paths[choices.below(len(paths))]
        kind = choices.below(4)
        value: Any = WORDS[choices.below(len(WORDS))]
        if kind == 1:
            value = copy.deepcopy(look_up(parsed.data, paths[choices.below(len(paths))]))
        elif kind == 2:
            value = choices.text()
        elif kind == 3:
            path, value = (*path[:-1], choices.text() or "a"), copy.deepcopy(WORDS[choices.below(len(WORDS))])
        try:
            put(data, path, copy.deepcopy(value), grow=False)
        except NoSuchPathError:
            continue
    hold_document(Parsed("file", data, parsed.positions))


def check_setting(content: bytes) -> None:
    """A setting of the command line on a sound scenario: a scenario or problems."""
    choices = Choices(content)
    scenario = documents("baseline.yaml")
    if choices.below(2):
        whole = resolved("baseline.yaml").model_dump(mode="json", by_alias=True)
        path = walk(whole, choices)
    else:
        path = choices.text()
    refusing(lambda: scenario.resolve({path: choices.text()}))


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


def check_results(content: bytes) -> None:
    """A results folder whose manifest and ledger are these bytes: read, or refused as text."""
    manifest, _, ledger = content.partition(b"\0\0")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "manifest.json").write_bytes(sealed(manifest))
        (folder / "blocks.jsonl").write_bytes(ledger)
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


CHECKS: dict[str, Callable[[bytes], None]] = {
    "piece": check_piece,
    "axis": lambda content: check_axis(content.decode("utf-8", errors="replace")),
    "document": check_document,
    "data": check_data,
    "setting": check_setting,
    "results": check_results,
}
