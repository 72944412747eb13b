"""What baselines and pages say of past deals are sums of rows: no number of a deal without rows is cited."""

import re
from pathlib import Path

import pytest

from sim.analysis.calibration.steps import without_daily_records
from sim.analysis.history.rows import counts, read_rows
from sim.reading import catalogue

ROOT = Path(__file__).resolve().parents[2]
ROWS = read_rows()
STEPS = {
    "people": without_daily_records(ROWS.people),
    "forces, arms and territory": without_daily_records(ROWS.forces),
}
CITED = re.compile(r"(\d+) of (?:the )?(\d+) dated steps on (people|forces, arms and territory)(.{0,90})")


def texts():
    folder = catalogue.folder()
    for path in sorted([*folder.rglob("*.yaml"), *ROOT.glob("docs/**/*.md"), ROOT / "README.md"]):
        yield path, " ".join(path.read_text(encoding="utf-8").split())


def citations():
    return [(path.stem, *found) for path, text in texts() for found in CITED.findall(text)]


def test_nothing_cites_deals_without_rows():
    for path, text in texts():
        assert "BASE-RATES" not in text, path
        assert not re.search(r"comparable (staged )?deals:|\d+ % (late )?(in|of) comparable|% in comparable", text), (
            path
        )
        assert "14 comparable" not in text, path


@pytest.mark.parametrize("cited", citations(), ids=lambda cited: f"{cited[0]}: {cited[1]} of {cited[2]}")
def test_counts_of_other_deals_are_sums_of_their_rows(cited):
    _, number, whole, of, rest = cited
    _, near, far, never = counts(STEPS[of])
    assert int(whole) == len(STEPS[of])
    is_late = re.match(r" were late", rest)
    is_never = re.match(r"( that)? came in part for good or never", rest)
    assert bool(is_late) != bool(is_never)
    assert int(number) == (near + far if is_late else never)
    for words, expected in ((r", (\d+) of them by over two weeks", far), (r", (\d+) of them up to two weeks", near)):
        assert [int(found) for found in re.findall(words, rest)] in ([], [expected])
    assert re.findall(r" (\d+) came in part", rest) in ([], [str(never)])


def test_baselines_cite_rows():
    assert {cited[0] for cited in citations()} >= {"baseline", "last-for-last"}
    assert len(citations()) >= 9


def test_the_two_clusters_of_forces_are_those_cited():
    late = {name: sorted(step.hours_late for step in STEPS["forces, arms and territory"] if step.outcome == place)
            for place, name in ((1, "near"), (2, "far"))}  # fmt: skip
    medians = [(found[(len(found) - 1) // 2] + found[len(found) // 2]) / 48 for found in late.values()]
    assert [f"{days:.0f}" for days in medians] == ["5", "51"]
    assert sum("by 5 or by 51 days at the median" in text for _, text in texts()) == 2
