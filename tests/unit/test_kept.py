"""Readings of the catalogue that are kept from the package's build: the same as YAML gives, or none."""

from __future__ import annotations

import random
from functools import cache

import pytest

from sim.reading import catalogue, kept
from sim.reading.kept import reading_of
from sim.reading.parse import parse
from sim.reading.parsed import header_of

BASELINE = catalogue.find("january-2025/baseline").read_text(encoding="utf-8")


def all_texts():
    texts = [path.read_text(encoding="utf-8") for path in catalogue.folder().rglob("*.yaml")]
    return [text for text in (*texts, *map(header_of, texts)) if text]


def as_read(text):
    parsed = parse(text, "")
    assert parsed.problems == ()
    return parsed.data, parsed.positions


def forget():
    kept._lines.cache_clear()
    kept._reader.cache_clear()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    file = tmp_path_factory.mktemp("kept") / "catalogue.kept"
    kept.keep(catalogue.folder(), file)
    return file


@pytest.fixture
def file(made, tmp_path, monkeypatch):
    """Readings of this catalogue in a file of the test's own, in their place."""
    copy = tmp_path / "catalogue.kept"
    copy.write_bytes(made.read_bytes())
    monkeypatch.setattr(kept, "KEPT", copy)
    forget()
    yield copy
    forget()


def test_every_document_is_kept_as_yaml_gives_it(file):
    texts = all_texts()
    assert len(texts) > 100
    for text in texts:
        assert reading_of(text) == as_read(text)


@pytest.mark.parametrize("other", [BASELINE + "\n", BASELINE[:-2], BASELINE.replace("a", "b", 1), ""])
def test_another_text_is_not_kept(file, other):
    assert reading_of(other) is None


def test_a_reading_belongs_to_whoever_asked(file):
    data, places = reading_of(BASELINE)
    data.clear()
    places.clear()
    assert reading_of(BASELINE) == as_read(BASELINE)


def test_readings_of_another_reader_are_not_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "KEPT", tmp_path / "catalogue.kept")
    (tmp_path / "deal.yaml").write_text("deal: a\n")
    kept.keep(tmp_path, kept.KEPT)
    forget()
    assert reading_of("deal: a\n") == as_read("deal: a\n")
    reader = kept._reader()
    assert b"class _Builder" in reader
    monkeypatch.setattr(kept, "_reader", cache(lambda: reader + b"# changed\n"))
    assert reading_of("deal: a\n") is None
    forget()


def test_a_byte_that_is_not_as_it_was_is_never_read(file):
    whole = file.read_bytes()
    start = whole.index(kept._key(BASELINE))
    end = whole.index(b"\n", start)
    chance = random.Random(1)
    right = as_read(BASELINE)
    for place in (start, start + 63, start + 65, start + 129, *chance.sample(range(start, end + 1), 60)):
        content = bytearray(whole)
        content[place] ^= 1 << chance.randrange(8)
        file.write_bytes(content)
        forget()
        assert reading_of(BASELINE) in (None, right)


@pytest.mark.parametrize("content", [b"", b"\n", b"\x00\xff\n" * 9, b"0" * 64])
def test_a_file_without_readings_keeps_none(file, content):
    file.write_bytes(content)
    forget()
    assert reading_of(BASELINE) is None
    assert reading_of("") is None


def test_without_the_file_nothing_is_kept(file):
    file.unlink()
    forget()
    assert reading_of(BASELINE) is None


def test_a_document_with_a_problem_is_not_kept(tmp_path, monkeypatch):
    (tmp_path / "wrong.yaml").write_text("deal: a\ndeal: b\n")
    monkeypatch.setattr(kept, "KEPT", tmp_path / "catalogue.kept")
    kept.keep(tmp_path, kept.KEPT)
    forget()
    assert reading_of("deal: a\ndeal: b\n") is None
    forget()
