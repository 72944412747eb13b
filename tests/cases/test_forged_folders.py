"""Results folders changed on purpose, with checksums that fit: words and exit code 2, never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.results.folder import SUMMARY
from sim.results.ledger import LEDGER
from sim.results.manifest import MANIFEST
from sim.results.tables import connect
from tests.amounts import a_share
from tests.cases.folders import COMPARE, OF_SWEEPS, READERS, SWEEP, RefusedError, bytes_of, laid_out, run
from tests.faults.hostile import reseal, sealed

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("without_drawing")]
Change = Callable[[Path], None]
AXIS = "behaviour.parties.south.withholds"
KEYS = ("0-baseline", "1-uncertain")
ROWS, DAYS = ((f"{table}/{KEYS[0]}/block-000000.parquet") for table in ("replicates", "histograms"))


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared") / "results"
    run(*COMPARE, folder)
    return folder, bytes_of(folder)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("swept") / "results"
    run(*SWEEP, folder)
    return folder, bytes_of(folder)


def judged(sound: tuple[Path, dict[str, bytes]], change: Change, readers: Any) -> dict[str, str]:
    """What each reader says of a changed folder: its refusal, or nothing where it has answered."""
    folder, files = sound
    said = {}
    for name, reader in readers.items():
        laid_out(folder, files)
        change(folder)
        try:
            said[name] = "" if reader(folder) else "?"
        except RefusedError as refusal:
            said[name] = str(refusal)
    laid_out(folder, files)
    return said


def rewritten(name: str, query: str) -> Change:
    """A table of the folder written anew by a query over itself, with checksums that fit."""

    def change(folder: Path) -> None:
        path = folder / name
        draft = path.with_suffix(".draft")
        with connect() as connection:
            table = f"(SELECT *, row_number() OVER () AS place FROM '{path}')"
            connection.execute(f"COPY ({query.format(table=table)}) TO '{draft}' (FORMAT parquet)")
        draft.rename(path)
        reseal(folder)

    return change


def swapped(table: str, *, fitting: bool) -> Change:
    def change(folder: Path) -> None:
        one, other = (folder / table / key / "block-000000.parquet" for key in KEYS)
        one.rename(folder / "aside")
        other.rename(one)
        (folder / "aside").rename(other)
        if fitting:
            reseal(folder)

    return change


def with_ledger(change: Callable[[list[bytes]], list[bytes]], *, fitting: bool) -> Change:
    def changed(folder: Path) -> None:
        ledger = folder / LEDGER
        ledger.write_bytes(b"".join(change(ledger.read_bytes().splitlines(keepends=True))))
        if fitting:
            reseal(folder)

    return changed


def with_first_line(before: bytes, after: bytes) -> Change:
    return with_ledger(lambda lines: [lines[0].replace(before, after), *lines[1:]], fitting=True)


def with_data(name: str, change: Callable[[dict[str, Any]], Any]) -> Change:
    return lambda folder: sealed(folder / name, change)


def with_text(name: str, content: bytes) -> Change:
    return lambda folder: (folder / name).write_bytes(content) and None


def at(path: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    """Data with another value at a path; `...` removes it."""

    def change(data: dict[str, Any]) -> dict[str, Any]:
        data = copy.deepcopy(data)
        part: Any = data
        *way, last = [int(word) if word.isdecimal() else word for word in path.split("/")]
        for word in way:
            part = part[word]
        if value is ...:
            del part[last]
        else:
            part[last] = value
        return data

    return change


PLAIN = "SELECT * EXCLUDE (place) FROM {table}"
TABLES: dict[str, Change] = {
    "replicates swapped": swapped("replicates", fitting=True),
    "replicates swapped, nothing else": swapped("replicates", fitting=False),
    "histograms swapped": swapped("histograms", fitting=True),
    "histograms swapped, nothing else": swapped("histograms", fitting=False),
    "no rows": rewritten(ROWS, f"{PLAIN} LIMIT 0"),
    "a row less": rewritten(ROWS, f"{PLAIN} WHERE place > 1"),
    "a row twice": rewritten(ROWS, f"{PLAIN} UNION ALL {PLAIN} WHERE place = 1"),
    "other replicates": rewritten(ROWS, "SELECT * EXCLUDE (place) REPLACE (replicate + 20 AS replicate) FROM {table}"),
    "rows turned": rewritten(ROWS, f"{PLAIN} ORDER BY place DESC"),
    "another scenario": rewritten(ROWS, "SELECT * EXCLUDE (place) REPLACE ('x' AS scenario) FROM {table}"),
    "a null": rewritten(
        ROWS,
        "SELECT * EXCLUDE (place) REPLACE (CASE place WHEN 2 THEN NULL ELSE disputes END AS disputes) FROM {table}",
    ),
    "a column less": rewritten(ROWS, "SELECT * EXCLUDE (place, disputes) FROM {table}"),
    "a column more": rewritten(ROWS, "SELECT * FROM {table}"),
    "words for numbers": rewritten(
        ROWS, "SELECT * EXCLUDE (place) REPLACE (disputes::VARCHAR AS disputes) FROM {table}"
    ),
    "lists for numbers": rewritten(ROWS, "SELECT * EXCLUDE (place) REPLACE ([disputes] AS disputes) FROM {table}"),
    "an unknown end": rewritten(ROWS, "SELECT * EXCLUDE (place) REPLACE ('peace' AS \"end\") FROM {table}"),
    "an unknown cause": rewritten(ROWS, "SELECT * EXCLUDE (place) REPLACE (10**6 AS root_event) FROM {table}"),
    "a cause of nothing": rewritten(ROWS, "SELECT * EXCLUDE (place) REPLACE (-77 AS root_subject) FROM {table}"),
    "a day of ten thousand years": rewritten(
        ROWS, "SELECT * EXCLUDE (place) REPLACE (4000000::BIGINT AS end_day) FROM {table}"
    ),
    "numbers beyond all": rewritten(
        ROWS, "SELECT * EXCLUDE (place) REPLACE (4611686018427387904 AS disputes) FROM {table}"
    ),
    "an outcome that is not a number": rewritten(
        ROWS, "SELECT * EXCLUDE (place) REPLACE ('nan'::DOUBLE AS captive_days) FROM {table}"
    ),
    "a day beyond": rewritten(DAYS, "SELECT * EXCLUDE (place) REPLACE (day + 9999 AS day) FROM {table}"),
    "a day before": rewritten(DAYS, "SELECT * EXCLUDE (place) REPLACE (day - 1 AS day) FROM {table}"),
    "more than there are": rewritten(DAYS, "SELECT * EXCLUDE (place) REPLACE (10**9 AS released) FROM {table}"),
    "replicates less than none": rewritten(DAYS, "SELECT * EXCLUDE (place) REPLACE (-change AS change) FROM {table}"),
    "an unknown curve": rewritten(DAYS, "SELECT * EXCLUDE (place) REPLACE ('peace' AS curve) FROM {table}"),
    "a change less": rewritten(DAYS, f"{PLAIN} WHERE place > 1"),
    "a change twice": rewritten(DAYS, f"{PLAIN} UNION ALL {PLAIN} WHERE place = 1"),
    "no changes": rewritten(DAYS, f"{PLAIN} LIMIT 0"),
}
LEDGERS: dict[str, Change] = {
    "gone": lambda folder: (folder / LEDGER).unlink(),
    "emptied": with_text(LEDGER, b""),
    "cut at the end of a line": with_ledger(lambda lines: lines[:1], fitting=False),
    "emptied, checksums fit": with_ledger(lambda _: [], fitting=True),
    "cut, checksums fit": with_ledger(lambda lines: lines[:1], fitting=True),
    "a block twice": with_ledger(lambda lines: [*lines, lines[0]], fitting=True),
    "a list": with_text(LEDGER, b"[]\n"),
    "null": with_text(LEDGER, b"null\n"),
    "of another scenario": with_first_line(KEYS[0].encode(), b"2-x"),
    "replicates of the middle": with_first_line(b'"first": 0', b'"first": 7'),
    "fewer replicates": with_first_line(b'"count": 20', b'"count": 7'),
    "no replicates": with_first_line(b'"count": 20', b'"count": 0'),
    "a name without a number": with_first_line(b"block-000000", b"block-000009"),
}  # fmt: skip
SUMMARIES: dict[str, Change] = {
    "null": with_text(SUMMARY, b"null\n"),
    "a list": with_text(SUMMARY, b"[]\n"),
    "a text": with_text(SUMMARY, b'"summary"\n'),
    "empty": with_text(SUMMARY, b""),
    "not a number": lambda folder: (folder / SUMMARY).write_bytes(
        (folder / SUMMARY).read_bytes().replace(b'"confidence": 0.95', b'"confidence": NaN')
    ) and None,
    "a list with a checksum": with_data(SUMMARY, lambda summary: [summary]),
    "nothing with a checksum": with_data(SUMMARY, lambda summary: {"ledger_sha256": summary["ledger_sha256"]}),
    "confidence null": with_data(SUMMARY, at("confidence", None)),
    "confidence 7": with_data(SUMMARY, at("confidence", 7)),
    "confidence a list": with_data(SUMMARY, at("confidence", [])),
    "a precision that was not asked for": with_data(SUMMARY, at("precision", {"half_widths": {"x": 1}, "reached": 1})),
    "a precision without widths": with_data(SUMMARY, at("precision", {})),
    "without its ledger": with_data(SUMMARY, at("ledger_sha256", None)),
}  # fmt: skip
MANIFESTS: dict[str, Change] = {
    f"{number}: {path} {str(value)[:20]}": with_data(MANIFEST, at(path, value))
    for number, (path, value) in enumerate([
        ("seed", -1), ("seed", 2**64), ("seed", 1.5), ("seed", True), ("seed", "5"), ("seed", None),
        ("n_replicates", 0), ("n_replicates", 2**80), ("n_replicates", 19), ("block_size", 0), ("block_size", -1),
        ("engine", "other"), ("kind", "other"), ("kind", "sweep"), ("versions", {}), ("versions/ceasefire-sim", 1),
        ("columns", {}), ("columns", {"end": 5}), ("columns", []), ("command", [1]), ("command", None),
        ("extra/example_outcome", "peace"), ("extra/example_outcome", []), ("extra/precision", {"peace": 1}),
        ("extra/precision", {"truce_days": -1}), ("extra/precision", [1]), ("documents", {}),
        (f"documents/{KEYS[0]}", None), (f"documents/{KEYS[0]}", {"sha256": "0", "document": {}}),
        (f"documents/{KEYS[0]}/document", ...), (f"documents/{KEYS[0]}/document", None),
        (f"documents/{KEYS[0]}/document/deal", ...), (f"documents/{KEYS[0]}/document/deal/groups", []),
        (f"documents/{KEYS[1]}", {"sha256": "0" * 64, "changes": [[["x", "y"], 1]]}),
        (f"documents/{KEYS[1]}", {"sha256": "0" * 64, "changes": 5}),
        (f"documents/{KEYS[1]}", {"sha256": "0" * 64, "changes": [[["deal", "groups", 7], 1]]}),
        (f"documents/{KEYS[1]}", ...), ("documents/..", {"sha256": "0", "document": {"a": 1}}), ("format", [1]),
    ])
}  # fmt: skip
SWEEPS: dict[str, Change] = {
    **{
        f"summary: {path} {str(value)[:20]}": with_data(SUMMARY, at(path, value))
        for path, value in [
            ("cells", []), ("cells", None), ("cells/0", ...), ("cells/0/estimates/truce_days", ...),
            ("cells/0/estimates/truce_days/mean", None), ("cells/1/estimates/truce_days/mean", [1]),
            ("cells/1/estimates/truce_days/low", "1"), ("cells/0/ends/collapsed", ...),
            ("cells/0/ends/collapsed/share", 7),
            ("cells/0/ends/collapsed/count", -1), ("cells/0/values", {}), (f"cells/0/values/{AXIS}", 0.3),
            (f"cells/0/values/{AXIS}", [1]), ("cells/0/key", "cell-00001"), ("tornado", None),
            ("tornado/0/path", "horizon"), ("tornado/0/differences", {}), ("tornado/0/low", None), ("axes", []),
            ("axes/0", ...), ("sobol", {"truce_days": {}}), ("sobol", []), ("n", 0), ("n", 7), ("seed", 9),
            ("design", "lhs"), ("scenario", 1),
        ]
    },
    **{
        f"manifest: {path} {str(value)[:20]}": with_data(MANIFEST, at(path, value))
        for path, value in [
            ("extra", {}), ("extra/cells", {}), ("extra/cells/cell-00000", {}), ("extra/cells/cell-00000", None),
            ("extra/axes", []), ("extra/design_cells", ["x"]), ("extra/design", "other"), ("kind", "compare"),
            (f"extra/cells/cell-00000/{AXIS}", "much"),
        ]
    },
    "summary not a number": lambda folder: (folder / SUMMARY).write_bytes(
        (folder / SUMMARY).read_bytes().replace(b'"mean": ', b'"mean": NaN, "was": ', 1)
    ) and None,
    "ledger emptied": with_ledger(lambda _: [], fitting=True),
    "ledger cut": with_ledger(lambda lines: lines[:3], fitting=True),
}  # fmt: skip

CASE = pytest.mark.case(
    "E16",
    before="a ledger that is gone, empty or cut, a summary null or [], and changes with checksums redone: tracebacks",
    after="exit code 2 with words",
)
SWAPPED = pytest.mark.case(
    "E4",
    before="files swapped between scenarios are accepted by load and plot",
    after="refused: not the checksum, or not this scenario's replicates",
)


@CASE
@SWAPPED
@pytest.mark.parametrize("name", a_share(TABLES, 6))
def test_a_table_that_does_not_fit_is_refused_by_whoever_reads_it(compared, name):
    said = judged(compared, TABLES[name], {key: READERS[key] for key in ("load", "plot", "report")})
    assert all(said.values()), said


@CASE
@pytest.mark.parametrize("name", a_share(LEDGERS, 3))
def test_a_ledger_that_does_not_fit_is_refused_by_whoever_reads_it(compared, name):
    said = judged(compared, LEDGERS[name], READERS)
    assert all(words for reader, words in said.items() if reader not in ("resume", "verify")), said


@CASE
@pytest.mark.parametrize("name", a_share(SUMMARIES, 6))
def test_a_summary_that_does_not_fit_is_refused_by_whoever_needs_it(compared, name):
    said = judged(compared, SUMMARIES[name], READERS)
    assert said["plot"], said
    assert said["report"], said
    assert not said["resume"], "a summary follows from the rest, and is made again"


@CASE
@pytest.mark.parametrize("name", a_share(MANIFESTS, 3))
def test_a_manifest_that_no_run_can_have_written_is_refused(compared, name):
    said = judged(compared, MANIFESTS[name], READERS)
    assert all(said[reader] for reader in ("load", "plot", "report", "resume")), said


@CASE
@pytest.mark.parametrize("name", a_share(SWEEPS, 12))
def test_a_sweep_that_does_not_fit_is_refused_by_whoever_shows_it(swept, name):
    said = judged(swept, SWEEPS[name], OF_SWEEPS)
    assert said["tornado"], said
    assert said["report"], said


@CASE
@pytest.mark.parametrize("content", [
    b"null", b"[]", b"{}", b'{"minimal_sets": [{}]}', b'{"minimal_sets": NaN}', b"\xff",
    b'{"minimal_sets": [{"deviations": 5}], "scenario": 1, "goal": 2, "deviations": 1e999}',
])  # fmt: skip
def test_a_file_of_minimal_sets_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "check.json").write_bytes(content)
    for place in (tmp_path, tmp_path / "check.json"):
        with pytest.raises(RefusedError):
            run("plot", place, "--kind", "cutsets", "--out", tmp_path / "a.svg")


def test_what_was_not_changed_is_read(compared, swept):
    assert set(judged(compared, lambda _: None, READERS).values()) == {""}
    assert set(judged(swept, lambda _: None, OF_SWEEPS).values()) == {""}
    assert json.loads((compared[0] / SUMMARY).read_bytes())["confidence"] == 0.95
