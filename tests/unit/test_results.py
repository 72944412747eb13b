"""Results folders: what is written is read back exactly, and whatever is wrong with one is said."""

import json
import os
import shutil
import socket
import sys
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.engine.batch import run_blocks
from sim.errors import ResultsError
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.results.folder import SUMMARY, open_folder, verify
from sim.results.ledger import LEDGER, read_ledger
from sim.results.lock import LOCK
from sim.results.manifest import MANIFEST, compare_job, differences, document_of, manifest_hash, packed
from sim.results.replay import replay
from sim.results.summary import accumulator_of, summary_of
from sim.results.tables import connect
from tests.faults.hostile import reseal

BASELINE = "january-2025/baseline"
VARIANT = "january-2025/no-guarantors"
N = 100


@pytest.fixture(scope="module")
def documents():
    return {"baseline": resolve(BASELINE), "never": resolve(VARIANT)}


@pytest.fixture(scope="module")
def plans(documents):
    return {key: compile_plan(document) for key, document in documents.items()}


def job_of(documents, **changes):
    settings = {"seed": 5, "n_replicates": N, "block_size": 40, "command": ["ceasefire", "compare"]} | changes
    return compare_job(documents, **settings)


def write(folder, documents, plans, *, workers=1, resume=False, **changes):
    job = job_of(documents, **changes)
    summary = {}
    with open_folder(folder, job, plans["baseline"], resume=resume) as writer:
        for key, plan in plans.items():
            accumulator = accumulator_of(plan)
            for block in writer.blocks(key, plan, workers):
                accumulator.add(block.outcomes, block.histogram, block.first)
            summary[key] = summary_of(accumulator)
        writer.finish(summary)
    return folder


def bytes_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory, documents, plans):
    """A finished folder, which nobody changes."""
    return write(tmp_path_factory.mktemp("written") / "results", documents, plans)


@pytest.fixture
def folder(tmp_path, written):
    """A copy of it."""
    return Path(shutil.copytree(written, tmp_path / "results"))


def a_block(folder):
    return folder / "replicates" / "never" / "block-000001.parquet"


def test_the_same_job_gives_the_same_bytes_with_any_number_of_workers(tmp_path, folder, documents, plans):
    again = write(tmp_path / "again", documents, plans, workers=3)
    assert bytes_of(again) == bytes_of(folder)
    assert len(bytes_of(folder)) == 2 * 2 * 3 + 3


def test_another_seed_gives_other_bytes(tmp_path, folder, documents, plans):
    other = write(tmp_path / "other", documents, plans, seed=6)
    assert a_block(other).read_bytes() != a_block(folder).read_bytes()


def test_stored_blocks_are_read_back_exactly(folder, plans):
    results = sim.load(folder)
    for key, plan in plans.items():
        runs = list(run_blocks(plan, 5, N))
        stored = list(results.blocks(key))
        assert [block.first for block in stored] == [0, 40, 80]
        np.testing.assert_array_equal(
            np.concatenate([b.outcomes for b in stored]), np.concatenate([b.outcomes for b in runs])
        )
        np.testing.assert_array_equal(sum(b.histogram for b in stored), sum(b.histogram for b in runs))


def test_the_table_speaks_in_published_units_and_keeps_exact_minutes(folder, plans):
    table = sim.load(folder).table()
    assert table.columns[:2] == ["scenario", "replicate"]
    rows = table.order("scenario, replicate").fetchnumpy()
    assert len(rows["replicate"]) == 2 * N
    np.testing.assert_array_equal(rows["truce_minutes"] / 1440, rows["truce_days"])
    raw = np.concatenate([block.outcomes for block in run_blocks(plans["baseline"], 5, N)])
    captive = columns(plans["baseline"]).index("captive_days")
    np.testing.assert_array_equal(rows["captive_minutes"][:N], raw[:, captive])
    assert set(rows["end"]) <= {"completed", "collapsed", "lapsed", "standing"}
    assert set(table.columns) == set(sim.load(folder).manifest["columns"])


def test_tables_convert_to_pandas_and_polars(folder):
    results = sim.load(folder)
    assert len(results.to_pandas()) == len(results.to_polars()) == 2 * N


def test_a_missing_pandas_is_said(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ResultsError, match="needs pandas"):
        sim.load(folder).to_pandas()


def test_histograms_count_every_replicate_on_every_day(folder, plans):
    histograms = sim.load(folder).histograms("never")
    assert list(histograms) == ["hostages_living", "hostages_deceased", "prisoners", "prisoners_deceased"]
    total = sum(block.histogram for block in run_blocks(plans["never"], 5, N))
    np.testing.assert_array_equal(histograms["prisoners"], ByDay.of(plans["never"]).released(total, 2))
    assert (histograms["hostages_living"].sum(axis=1) == N).all()


def test_estimates_come_from_the_tables_and_equal_the_summary(folder):
    results = sim.load(folder)
    assert results.is_complete
    assert {key: results.summary[key] for key in results.scenarios} == results.estimates


def test_the_manifest_gives_back_the_documents(folder, documents):
    results = sim.load(folder)
    assert results.document("never") == documents["never"]
    assert results.manifest["versions"]["ceasefire-sim"] == sim.__version__
    assert results.manifest["command"] == ["ceasefire", "compare"]


def test_a_document_kept_as_changes_comes_back_equal(documents):
    entries = {"a": packed(documents["baseline"]), "b": packed(documents["never"], documents["baseline"])}
    assert "document" not in entries["b"]
    stored = json.loads(json.dumps({"documents": entries}))
    assert document_of(stored, "b", Path("manifest.json")) == documents["never"]


def test_the_order_of_what_has_names_comes_back_too(documents):
    before = documents["baseline"]
    turned = before.model_copy(
        update={"deal": before.deal.model_copy(update={"stocks": dict(reversed(before.deal.stocks.items()))})}
    )
    entries = json.loads(json.dumps({"a": packed(before), "b": packed(turned, before)}))
    again = document_of({"documents": entries}, "b", Path("manifest.json"))
    assert list(again.deal.stocks) == list(turned.deal.stocks) != list(before.deal.stocks)


def test_differences_name_paths():
    before, after = {"a": {"b": 1, "c": 2}, "d": [1, 2]}, {"a": {"b": 1, "c": 3}, "d": [1, 4], "e": 5}
    assert dict(differences(before, after)) == {("a", "c"): 3, ("d", 1): 4, ("e",): 5}
    assert dict(differences({"a": 1}, {})) == {("a",): "<absent>"}
    assert dict(differences({"a": 1}, {"a": 1.0})) == {("a",): 1.0}
    turned = {"a": {"c": 2, "b": 1}, "d": 3}
    assert list(differences({"a": {"b": 1, "c": 2}}, turned)) == [(("d",), 3)]
    assert list(differences({"a": {"b": 1, "c": 2}}, turned, in_order=True)) == [
        (("a",), {"c": 2, "b": 1}),
        (("d",), 3),
    ]


# ---------------------------------------------------------------- resuming


def test_resuming_a_finished_folder_changes_nothing(folder, documents, plans):
    before = bytes_of(folder)
    write(folder, documents, plans, resume=True)
    assert bytes_of(folder) == before


def test_a_folder_with_results_is_not_overwritten(folder, documents, plans):
    before = bytes_of(folder)
    with pytest.raises(ResultsError, match="holds results already; continue them with --resume"):
        write(folder, documents, plans)
    assert bytes_of(folder) == before


def test_a_folder_with_other_files_is_not_used(tmp_path, documents, plans):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"holds notes.txt but no manifest.json"):
        write(tmp_path, documents, plans, resume=True)
    assert bytes_of(tmp_path) == {"notes.txt": b"mine"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 6}, "seed was 5, is 6"),
        ({"n_replicates": N + 1}, "n_replicates was 100, is 101"),
        ({"block_size": 50}, "block_size was 40, is 50"),
        ({"engine": "reference"}, 'engine was "batch", is "reference"'),
    ],
)
def test_a_changed_job_is_not_continued(folder, documents, plans, changes, said):
    with pytest.raises(ResultsError, match=said):
        write(folder, documents, plans, resume=True, **changes)


def test_a_changed_document_is_not_continued_and_its_path_is_named(folder, documents, plans):
    changed = resolve(BASELINE, {"behaviour.mediators.settles": 0.123})
    with pytest.raises(
        ResultsError, match=r"documents\.baseline\.document\.behaviour\.mediators\.settles was .*, is 0.123"
    ):
        write(folder, documents | {"baseline": changed}, plans, resume=True)


def test_another_version_does_not_continue(folder, documents, plans, monkeypatch):
    monkeypatch.setattr(sim, "__version__", "99.0")
    with pytest.raises(ResultsError, match=r'versions\.ceasefire-sim was ".*", is "99.0"'):
        write(folder, documents, plans, resume=True)


def test_another_command_line_continues(folder, documents, plans):
    write(folder, documents, plans, resume=True, command=["ceasefire", "compare", "--resume"])
    assert sim.load(folder).manifest["command"] == ["ceasefire", "compare"]


# ---------------------------------------------------------------- what can be wrong


def truncate(path):
    path.write_bytes(path.read_bytes()[:-50])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_a_sound_folder_verifies(folder):
    assert verify(folder) == []


@pytest.mark.parametrize("harm", [truncate, flip, Path.unlink])
def test_a_harmed_table_is_named_and_made_again_by_resuming(folder, documents, plans, harm):
    before = bytes_of(folder)
    harm(a_block(folder))
    (problem,) = verify(folder)
    assert str(a_block(folder)) in problem
    write(folder, documents, plans, resume=True)
    assert bytes_of(folder) == before


@pytest.mark.parametrize("harm", [truncate, Path.unlink])
def test_reading_a_harmed_table_names_it(folder, harm):
    harm(a_block(folder))
    with pytest.raises(ResultsError, match=r"block-000001.parquet: (damaged|missing)"):
        list(sim.load(folder).blocks("never"))
    with pytest.raises(ResultsError, match=r"missing|damaged"):
        sim.load(folder).table().fetchall()


def test_a_block_that_cannot_be_made_again_as_it_was_is_refused(folder, documents, plans):
    ledger = folder / LEDGER
    entry = json.loads(ledger.read_text().splitlines()[0])
    wrong = dict.fromkeys(entry["files"], "0" * 64)
    ledger.write_text(json.dumps(entry | {"files": wrong}) + "\n" + ledger.read_text().split("\n", 1)[1])
    with pytest.raises(ResultsError, match="made again, it differs"):
        write(folder, documents, plans, resume=True)


def test_an_edited_manifest_is_refused(folder):
    place = folder / MANIFEST
    manifest = json.loads(place.read_text())
    place.write_text(json.dumps(manifest | {"seed": 6}))
    with pytest.raises(ResultsError, match=r"manifest.json: edited or damaged"):
        sim.load(folder)
    assert "manifest.json: edited or damaged" in verify(folder)[0]


def test_a_manifest_of_another_format_is_refused(folder):
    place = folder / MANIFEST
    manifest = json.loads(place.read_text()) | {"format": 99}
    place.write_text(json.dumps(manifest | {"sha256": manifest_hash(manifest)}))
    with pytest.raises(ResultsError, match="results of format 99; this version reads format 1"):
        sim.load(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_a_manifest_that_is_none_is_refused(folder, content):
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(ResultsError, match=r"manifest.json: damaged"):
        sim.load(folder)


def test_a_folder_without_results_is_said(tmp_path):
    with pytest.raises(ResultsError, match=r"manifest.json: missing"):
        sim.load(tmp_path)


def test_a_damaged_ledger_names_its_line(folder):
    ledger = folder / LEDGER
    lines = ledger.read_text().splitlines()
    ledger.write_text("\n".join([lines[0], "nonsense", *lines[2:]]) + "\n")
    with pytest.raises(ResultsError, match=r"blocks.jsonl:2: damaged"):
        sim.load(folder)


def test_a_ledger_line_cut_short_is_done_again(folder, documents, plans):
    before = bytes_of(folder)
    truncate(folder / LEDGER)
    (folder / SUMMARY).unlink()
    assert len(sim.load(folder).entries) == 5
    write(folder, documents, plans, resume=True)
    assert bytes_of(folder) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere")
def test_an_unwritable_folder_is_said(tmp_path, documents, plans):
    tmp_path.chmod(0o500)
    with pytest.raises(ResultsError, match="cannot be written"):
        write(tmp_path / "results", documents, plans)


def test_a_file_in_place_of_the_folder_is_said(tmp_path, documents, plans):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(ResultsError, match="results: cannot be written"):
        write(tmp_path / "results", documents, plans)


def test_a_full_disk_is_said_and_the_folder_resumes(tmp_path, documents, plans, monkeypatch):
    def no_space(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sim.results.files.os.fsync", no_space)
        with pytest.raises(ResultsError, match="No space left on device"):
            write(tmp_path / "results", documents, plans)
    write(tmp_path / "results", documents, plans, resume=True)
    assert bytes_of(tmp_path / "results") == bytes_of(write(tmp_path / "whole", documents, plans))


def test_two_writers_cannot_share_one_folder(tmp_path, documents, plans):
    with (
        open_folder(tmp_path, job_of(documents), plans["baseline"]),
        pytest.raises(ResultsError, match=rf"process {os.getpid()} on .* is writing here and holds .*{LOCK}"),
    ):
        write(tmp_path, documents, plans)
    write(tmp_path, documents, plans, resume=True)
    assert verify(tmp_path) == []
    assert not (tmp_path / LOCK).exists()


def test_a_lock_that_a_process_left_behind_holds_nobody_up(tmp_path, documents, plans):
    (tmp_path / LOCK).write_text(json.dumps({"host": socket.gethostname(), "pid": os.getppid()}))
    write(tmp_path, documents, plans)
    assert verify(tmp_path) == []


def test_a_file_system_without_locks_is_named(tmp_path, documents, plans, monkeypatch):
    def unsupported(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", unsupported)
    with pytest.raises(ResultsError, match=r"\.lock: this file system has no locks \(Operation not supported\)"):
        write(tmp_path, documents, plans)


def test_a_key_that_leaves_the_folder_is_refused(tmp_path, documents, plans):
    with pytest.raises(ResultsError, match="cannot name a folder"):
        write(tmp_path / "results", {"../outside": documents["baseline"]}, plans)


# ---------------------------------------------------------------- replay


def test_a_replay_has_the_stored_outcome_and_a_trace(folder, plans):
    told = replay(folder, 57, "never")
    (row,) = (block.outcomes[0] for block in run_blocks(plans["never"], 5, 1, first=57))
    np.testing.assert_array_equal(told.outcomes, row)
    assert len(told.trace) > 10


def test_a_replay_of_an_edited_row_names_the_column(folder, plans):
    path = folder / "replicates" / "baseline" / "block-000000.parquet"
    draft = path.with_suffix(".draft")
    with connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (disputes + 1 AS disputes) FROM '{path}') TO '{draft}' (FORMAT parquet)"
        )
    draft.rename(path)
    with pytest.raises(ResultsError, match=r"block-000000\.parquet: damaged: not the checksum"):
        replay(folder, 3)
    reseal(folder)
    with pytest.raises(ResultsError, match=r"replicate 3 of baseline: disputes is stored as \d+, replayed as \d+$"):
        replay(folder, 3)


@pytest.mark.parametrize("number", [-1, N, 10**9])
def test_a_replicate_that_is_not_stored_is_said(folder, number):
    with pytest.raises(ResultsError, match=rf"no replicate {number} of baseline; it has 0 to 99"):
        replay(folder, number)


def test_an_unknown_scenario_is_said(folder):
    with pytest.raises(ResultsError, match="no scenario or cell 'nobody'; it has baseline, never"):
        replay(folder, 0, "nobody")


ELSEWHERE = {"replicates/a/block-000000.parquet": "0" * 64, "histograms/a/block-000000.parquet": "0" * 64}


@pytest.mark.parametrize(
    "change",
    [
        {"files": {"../../etc/passwd": "0" * 64, "histograms/a/block-000000.parquet": "0" * 64}},
        {"files": {"/etc/passwd": "0" * 64, "histograms/a/block-000000.parquet": "0" * 64}},
        {"files": {"replicates/b/block-000000.parquet": "0" * 64, "histograms/a/block-000000.parquet": "0" * 64}},
        {"files": ELSEWHERE | {"replicates/a/block-000001.parquet": "0" * 64}},
        {"files": dict.fromkeys(ELSEWHERE, "no checksum")},
        {"scenario": "../a"},
        {"first": -1},
        {"count": True},
        {"more": 1},
    ],
)
def test_a_ledger_that_names_other_files_is_refused(tmp_path, change):
    sound = {"scenario": "a", "first": 0, "count": 1, "files": ELSEWHERE}
    (tmp_path / LEDGER).write_text(json.dumps(sound) + "\n")
    assert len(read_ledger(tmp_path)[0]) == 1
    (tmp_path / LEDGER).write_text(json.dumps(sound | change) + "\n")
    with pytest.raises(ResultsError, match=r"blocks\.jsonl:1: damaged: this is no entry of a ledger"):
        read_ledger(tmp_path)


def test_a_link_that_leads_out_of_the_folder_is_neither_read_nor_written(tmp_path, folder, documents, plans):
    (folder / "replicates" / "never").rename(tmp_path / "outside")
    (folder / "replicates" / "never").symlink_to(tmp_path / "outside")
    before = bytes_of(tmp_path / "outside")
    with pytest.raises(
        ResultsError, match=r"replicates/never: is a link, and no link inside a results folder is followed"
    ):
        sim.load(folder).table()
    with pytest.raises(ResultsError, match="is a link"):
        write(folder, documents, plans, resume=True)
    assert any("is a link" in problem for problem in verify(folder))
    assert bytes_of(tmp_path / "outside") == before


def test_a_folder_named_like_a_pattern_is_read_alone(tmp_path, documents, plans):
    write(tmp_path / "runs-1", documents, plans, seed=6)
    table = sim.load(write(tmp_path / "runs-?", documents, plans)).table()
    assert len(table) == 2 * N


@pytest.mark.parametrize("missing", ["documents", "seed", "extra"])
def test_a_manifest_without_a_part_is_refused(folder, missing):
    place = folder / MANIFEST
    manifest = json.loads(place.read_text())
    del manifest[missing]
    place.write_text(json.dumps(manifest | {"sha256": manifest_hash(manifest)}))
    with pytest.raises(ResultsError, match=f"damaged: '{missing}' is missing"):
        sim.load(folder)


@pytest.mark.parametrize("name", [SUMMARY, LEDGER, MANIFEST])
def test_every_byte_of_a_finished_folder_is_checked(folder, name):
    content = (folder / name).read_bytes()
    for place in range(0, len(content), max(1, len(content) // 40)):
        (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert verify(folder) != [], f"byte {place} of {name}"
    (folder / name).write_bytes(content)
    assert verify(folder) == []
