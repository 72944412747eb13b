"""The page on assumptions against data says what its figures, the baselines and closed forms say."""

import csv
import math
import re
from pathlib import Path

import pytest

from sim.reading import catalogue
from sim.reading.resolve import resolve

PAGE = " ".join((Path(__file__).resolve().parents[2] / "docs" / "assumptions.md").read_text(encoding="utf-8").split())
with (catalogue.folder() / "evidence" / "assumptions.csv").open(newline="", encoding="utf-8") as stream:
    FIGURES = list(csv.DictReader(stream))
BASELINES = {
    name: resolve(f"{name}/baseline").behaviour
    for name in ("january-2025", "november-2023", "october-2025", "october-2025-talks")
}
LOC_SOURCES = [source for name in BASELINES for source in BASELINES[name].incidents.values()]


def told(text):
    """A number as the page may have it, as a pattern: as it stands, or as a share in hundredths."""
    number = float(text)
    shown = {text, f"{number:g}"} | ({f"{100 * number:g} %", f"{100 * number:g}"} if number < 1 else set())
    return "(?:" + "|".join(map(re.escape, sorted(shown, key=len, reverse=True))) + ")"


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure["figure"])
def test_each_figure_is_on_the_page_beside_its_source(figure):
    ends = rf"(?: days)? \({told(figure['low'])} to {told(figure['high'])}\)" if figure["low"] else ""
    cells = [cell for cell in PAGE.split(" | ") if f"[{figure['source']}]" in cell]
    assert any(re.search(rf"(?<![\d.]){told(figure['value'])}{ends}(?!\d)", cell) for cell in cells)
    assert f"| {figure['source']} | " in PAGE


def test_what_baselines_have_is_as_told():
    january, talks = BASELINES["january-2025"].talks["phase_two"], BASELINES["october-2025-talks"].talks
    assert january.near_deadline_factor == 2
    assert january.fails == 0.7
    assert {talk.near_deadline_factor for talk in talks.values()} == {3}
    assert {talk.after_deadline_factor for talk in (january, *talks.values())} == {0.3, 0.5, 1.0}
    assert {source.branching for source in LOC_SOURCES} <= {0.3, 0.4, 0.5}
    assert {source.decay / 1440 for source in LOC_SOURCES} == {1, 2, 3, 5}
    worth = sorted(round(source.initial / source.per_day, 1) for source in LOC_SOURCES)
    assert (worth[0], worth[-2], worth[-1]) == (1.0, 3.0, 10.0)
    for behaviour in BASELINES.values():
        for party in behaviour.parties.values():
            assert "truce" not in party.kinds or party.kinds["truce"].refused == 0


def counts_of_incidents(branching, decay, days):
    """Variance over mean and autocorrelation of counts in windows, of a stationary Hawkes process in closed form.

    Hawkes (1971): its covariance density falls exponentially, at the rate (1 - branching) / decay.
    """
    rate = (1 - branching) / decay
    density = branching * (2 - branching) / (2 * decay * (1 - branching))
    faded = 1 - math.exp(-rate * days)
    ratio = 1 + 2 * density * (1 / rate - faded / (rate**2 * days))
    return ratio, density * faded**2 / rate**2 / (days * ratio)


def test_what_incidents_of_the_model_vary_is_their_closed_form():
    week, month = counts_of_incidents(0.5, 2, 7), counts_of_incidents(0.5, 2, 30)
    assert f"monthly {month[1]:.2f}, weekly variance over mean {week[0]:.1f}, for long at most" in PAGE
    assert counts_of_incidents(0.5, 2, 1e6)[0] == pytest.approx(4, abs=0.01)
    assert "at most 4 (`branching` 0.5, `decay` 2 d)" in PAGE
