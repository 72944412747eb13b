"""A study that searches terms of its baseline: its tables and page tell the points, and what is wrong is said."""

import pytest

from sim.analysis.study import run_study
from sim.reading.cases import load_study
from sim.reading.problem import DocumentError
from sim.report.study import tables, write_study
from tests.unit.test_design import NEVER, written

STUDY = """
study: days
title: Days
question: When should the ten come out?
baseline: {title: As agreed, scenario: terms.yaml}
variants: {never: {title: Never, scenario: never.yaml}}
design:
  terms: {when: {title: Day, set: deal.obligations.give.due, range: [day 2, day 12]}}
  keep: nothing
  outcomes: [{minimise: captive_days, step: 1}, {minimise: largest_lead_north, step: 0.01}]
  behaviours: [never.yaml]
search: {points: 24, n: 4, again: 8}
outcomes: [captive_days]
n: 8
not_modelled: [Why anybody would agree.]
"""


def study(folder, text=STUDY):
    written(folder, "")
    written(folder, NEVER, name="never")
    (folder / "study.yaml").write_text(text)
    return load_study(folder / "study.yaml")


def test_a_study_tells_the_points_of_its_terms(tmp_path):
    """Day 2 and day 12 as by the command, with the hours that ten people wait: 15 and 115 days."""
    result = run_study(study(tmp_path), folder=tmp_path / "found", workers=1)
    write_study(result, tmp_path / "found")
    rows = tables(result)["points"]
    waits = {row[0]: row[2] for row in rows if row[1] == "captive_days"}
    assert waits == {"as-written": 75.0, "point-001": 15.0, "point-002": 115.0}
    assert tables(result)["changes"][1:] == [
        ["point-001", "deal.obligations.give.due", "day 8", "day 2", "north", "north"],
        ["point-002", "deal.obligations.give.due", "day 8", "day 12", "north", "south"],
    ]
    page = (tmp_path / "found" / "findings.md").read_text()
    told = page[page.index("## Choices of terms") :]
    assert told.splitlines()[2].startswith("**Behaviour does not answer to terms")
    assert "| point-002 | day 12 |" in told
    assert "Under the behaviour of never.yaml" in told
    assert (tmp_path / "found" / "front.png").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("range: [day 2, day 12]", "range: [2 h, 12 h]"), "is no day of the deal"),
        (("minimise: captive_days,", "minimise: captive_day,"), "there is no outcome 'captive_day'"),
        (("behaviours: [never.yaml]", "behaviours: [nobody.yaml]"), "nobody.yaml"),
        (("scenario: terms.yaml}", "scenario: terms.yaml, assumption: a, changes: {horizon: 50 d}}"), "as it stands"),
    ],
)
def test_what_is_wrong_with_the_terms_of_a_study_is_said(tmp_path, change, said):
    with pytest.raises(DocumentError) as refused:
        study(tmp_path, STUDY.replace(*change))
    assert any(said in f"{problem.message} {problem.value}" for problem in refused.value.problems)


def test_a_search_without_terms_is_refused(tmp_path):
    text = STUDY[: STUDY.index("design:")] + STUDY[STUDY.index("search:") :]
    with pytest.raises(DocumentError, match="there are no terms to search"):
        study(tmp_path, text)
