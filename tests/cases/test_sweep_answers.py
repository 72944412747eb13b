"""A sweep answers as a comparison does: what each value comes to, in runs and people, and what moves run for run."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import html5lib
import pytest
from click.testing import CliRunner

import sim
from sim.analysis.compare import Design, compare
from sim.analysis.sweeps import sweep
from sim.analysis.sweeps.stored import stored_sweep
from sim.cli.commands import main
from sim.reading.catalogue import deals, scenarios
from sim.reading.resolve import resolve
from sim.report.answer import answer_of
from sim.report.answer.swept import answer_of_stored, answer_of_sweep, swept_lines
from sim.results.load import load
from tests.amounts import one_quick, slow
from tests.cases.deals import LISTS, write
from tests.cases.folders import plain_figures
from tests.cases.test_answers import check_plain

pytestmark = pytest.mark.usefixtures("without_drawing")

BASELINE = "january-2025/baseline"
SETTLES = "behaviour.mediators.settles"
TOLERANCE = "behaviour.parties.hamas.tolerance"
REFUSES = "behaviour.parties.north.default.refused"
CERTAIN = """
scenario: certain
question: What does a refusal come to?
deal: lists.yaml
behaviour:
  assumption: For a test.
  parties: {north: {default: {late: 0, refused: 0}}, south: {default: {late: 0}}}
  mediators: {settles: 0}
"""


def said(*words, width=80):
    result = CliRunner().invoke(main, [str(word) for word in words], env={"COLUMNS": str(width)})
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


@pytest.mark.case(
    "O9",
    before="a sweep prints means with the error of a mean, tables of effects and of guarantees, and no sentence",
    after="for each value the middle run and where 90 of 100 lie, milestones and ends in runs of 100, then one line",
)
def test_a_sweep_tells_what_each_value_comes_to():
    lines = said("sweep", BASELINE, "--vary", f"{SETTLES}=0.1:0.9:5", "-n", 300)
    text = "\n".join(lines)
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80
    assert "±" not in text
    assert "Guarantees violated" not in text
    assert "not a forecast" in " ".join(lines[:4])
    rows = [line.split() for line in lines if re.match(r"0\.[13579] ", line)]
    assert [row[0] for row in rows] == 2 * ["0.1", "0.3", "0.5", "0.7", "0.9"]
    assert all(len(re.findall(r"[\d,]+ \([\d,]+-[\d,]+\)", " ".join(row))) == 3 for row in rows[:5])
    assert any(line.startswith("Mediators' success 0.9 against 0.1, same chance events:") for line in lines)
    assert lines[-1].endswith("add --all.")


def test_of_a_certain_refusal_a_sweep_tells_what_is_certain(tmp_path):
    """Without a refusal the two who are owed come out on day 2 in each run, with it none: nobody settles."""
    file = write(tmp_path, LISTS)[0].with_name("certain.yaml")
    file.write_text(CERTAIN, encoding="utf-8")
    lines = said("sweep", file, "--vary", f"{REFUSES}=0,1", "-n", 50)
    (people,) = [line for line in lines if line.startswith("Held by North, of 5")]
    assert people.split()[-4:] == ["2", "always", "0", "always"]
    assert [line.split()[-2:] for line in lines if line.startswith("End:")] == [["0", "50"], ["50", "0"]]
    text = " ".join(" ".join(lines).split())
    said_so = (
        "North: chance of refusal 1 against 0, same chance events: Held by North: fewer in 50 of 50 runs, more in 0, "
        "on average -2.0;"
    )
    assert said_so in text


def test_each_column_is_the_one_that_a_comparison_gives():
    found = sweep(BASELINE, {SETTLES: [0.1, 0.5], TOLERANCE: ["0 min", "1 d"]}, n=80, seed=3)
    told = answer_of_sweep(found)
    for place, (settles, tolerance) in enumerate([(0.1, "0 min"), (0.1, "1 d"), (0.5, "0 min"), (0.5, "1 d")]):
        scenario = resolve(BASELINE, {SETTLES: settles, TOLERANCE: tolerance})
        alone = answer_of(compare(Design(scenario, [], n=80, seed=3)))
        assert {row.key: row.cells[place] for row in told.answer.counts} == {r.key: r.cells[0] for r in alone.counts}
        assert {row.key: row.cells[place] for row in told.answer.milestones} == {
            row.key: row.cells[0] for row in alone.milestones
        }
        assert told.answer.scenarios[place].ends == alone.scenarios[0].ends


def test_what_an_axis_moves_is_what_a_comparison_of_its_ends_gives():
    found = sweep(BASELINE, {SETTLES: [0.1, 0.5, 0.9], TOLERANCE: ["0 min", "6 h", "1 d"]}, n=80, seed=3)
    low, high = (resolve(BASELINE, {SETTLES: settles, TOLERANCE: "6 h"}) for settles in (0.1, 0.9))
    expected = {one.key: one for one in answer_of(compare(Design(low, [high], n=80, seed=3))).scenarios[1].moved}
    moved = {one.key: one for one in answer_of_sweep(found).axes[0].moved}
    assert moved == expected
    assert any(one.more for one in moved.values())


@pytest.mark.parametrize("workers", ["a folder", "elsewhere"])
def test_where_it_is_run_changes_nothing(workers, tmp_path):
    axis = {SETTLES: "0.1:0.9:4"}
    plain = answer_of_sweep(sweep(BASELINE, axis, n=70))
    if workers == "a folder":
        assert answer_of_sweep(sweep(BASELINE, axis, n=70, folder=tmp_path / "kept", workers=1)) == plain
        return
    with ThreadPoolExecutor(2) as pool:
        assert answer_of_sweep(sweep(BASELINE, axis, n=70, workers=pool)) == plain


@pytest.mark.parametrize(
    ("vary", "n_rows", "words"),
    [
        slow({SETTLES: "0:0.9:30"}, 12, "Told here: 12 of them, the lowest and the highest included."),
        (
            {SETTLES: "0:0.9:4", TOLERANCE: "0 h:24 h:4"}, 4,
            "Told here: each of them at its lowest and its highest, the others in the middle.",
        ),
    ],
)  # fmt: skip
def test_of_many_cells_some_are_told_and_it_says_which(vary, n_rows, words):
    found = sweep(BASELINE, vary, n=20)
    told = answer_of_sweep(found)
    assert not told.is_whole
    assert len(told.values) == n_rows
    assert words in " ".join(swept_lines(told))
    values = [float(of[0]) for of in told.values]
    assert (min(values), max(values)) == (0, 0.9)


def test_all_tables_follow_with_the_option_and_an_outcome_that_is_asked_for_below():
    words = ["sweep", BASELINE, "--vary", f"{SETTLES}=0.1,0.9", "-n", 60]
    everything = "\n".join(said(*words, "--all", width=120))
    assert everything.index("At the end: middle run") < everything.index("Effect on hostages released, living")
    assert "Guarantees violated" in everything
    asked = "\n".join(said(*words, "--outcome", "disputes"))
    assert "Effect on disputes" in asked
    assert "Guarantees violated" not in asked


def test_json_and_python_hold_the_answer():
    found = sim.sweep(BASELINE, {SETTLES: [0.1, 0.9]}, n=30)
    told = json.loads("\n".join(said("sweep", BASELINE, "--vary", f"{SETTLES}=0.1,0.9", "-n", 30, "--json")))
    assert json.loads(json.dumps(found.answer().as_json())) == told["answer"]
    assert "same chance events in each" in " ".join(found._repr_html_().split())
    assert found.answer().values == (("0.1",), ("0.9",))


@pytest.mark.parametrize("name", one_quick([entry.name for entry in deals()]))
def test_nothing_is_empty_in_the_answer_of_any_sweep(name):
    """A sweep of each deal's patience with mediators, side by side and a line for each value."""
    baseline = f"{name}/baseline"
    for values, width in (([0.1, 0.9], 80), ([0.1, 0.9], 60), ([0, 0.2, 0.5, 0.9], 80)):
        lines = swept_lines(answer_of_sweep(sweep(baseline, {SETTLES: values}, n=30)), width)
        about = [place for place, line in enumerate(lines) if line.startswith(f"{baseline} at")]
        check_plain(lines[: about[0]] + lines[about[0] + 1 :], len(values), width)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [entry.name for entry in scenarios() if re.search("^vary:", entry.path.read_text(encoding="utf-8"), re.MULTILINE)],
)
def test_nothing_is_empty_in_the_answer_of_a_scenarios_own_sweep(name):
    lines = swept_lines(answer_of_sweep(sweep(name, n=30)))
    assert max(map(len, lines)) <= 80
    assert not re.search(r"\bof 0\b", "\n".join(lines))


@pytest.mark.parametrize(
    "vary",
    [
        {SETTLES: [0.1, 0.5, 0.9]},
        slow({SETTLES: "0:0.9:30"}),
        slow({SETTLES: "0:0.9:4", TOLERANCE: "0 h:24 h:4"}),
    ],
)
def test_a_folder_gives_the_same_answer_as_the_run_that_wrote_it(vary, tmp_path):
    found = sweep(BASELINE, vary, n=20, folder=tmp_path / "kept", workers=1)
    assert answer_of_stored(stored_sweep(load(tmp_path / "kept"))) == answer_of_sweep(found)


@pytest.mark.case(
    "O9",
    before="the page of a sweep begins with the mean of its main outcome over all cells",
    after="it begins with what each value comes to: middle run and range, milestones by when, ends, then run for run",
)
@pytest.mark.parametrize("values", one_quick(["0.1,0.9", "0.1,0.3,0.5,0.7,0.9"]))
def test_the_page_of_a_sweep_begins_with_the_answer(values, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plain_figures(monkeypatch)
    said("sweep", BASELINE, "--vary", f"{SETTLES}={values}", "-n", 60, "--out", "o")
    said("report", "o", "--out", "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (table,) = [one for one in tree.iter("table") if "The answer, value by value" in "".join(one.itertext())]
    rows = [["".join(cell.itertext()) for cell in row if cell.tag in ("th", "td")] for row in table.iter("tr")]
    if values.count(",") < 4:
        rows = list(map(list, zip(*(row for row in rows if len(row) > 1), strict=True)))  # without headings
    head, *body = rows
    assert head[:2] == ["Mediators' success", "Living hostages, of 49"]
    assert [row[0] for row in body] == values.split(",")
    swept = answer_of_sweep(sweep(BASELINE, {SETTLES: list(map(float, values.split(",")))}, n=60)).answer
    (living,) = [row for row in swept.counts if row.key == "hostages_living_released"]
    (phase,) = [row for row in swept.milestones if row.key == "phase_two"]
    for cell, row in zip(living.cells, body, strict=True):
        assert row[1] == f"{cell.middle} ({cell.low}-{cell.high})"
    for cell, row in zip(phase.cells, body, strict=True):
        assert row[head.index("Phase two entered")].partition(",")[0] == str(cell.runs)
    text = " ".join(page.split())
    assert (
        text.index("The answer, value by value") < text.index("same chance events:") < text.index("The same in means")
    )
    assert "±" not in page[: page.index("The same in means")]
