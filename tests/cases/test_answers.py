"""The first screen answers: what may happen and by when, in words, in few lines, with nothing empty in it."""

import re

import pytest
from click.testing import CliRunner

from sim.analysis.compare import Design, compare
from sim.cli.commands import main
from sim.reading.catalogue import deals, scenarios
from sim.reading.resolve import resolve
from sim.report.answer import answer_lines, answer_of
from tests.amounts import DEAR, in_turn, one_quick, slow
from tests.builders import tiny
from tests.cases.deals import ARMS, FLOWS, LISTS, write

JANUARY = ["january-2025/baseline", "january-2025/talks-start-day-4", "january-2025/no-guarantors"]
MIXED = """
deal:
  title: Hostages under a truce
  groups: {a: {side: hostages, held_by: north, count: 10}, b: {side: hostages, held_by: north, count: 30}}
  obligations:
    truce: {kind: truce, by: south, due: day 1}
    first: {kind: release, by: north, amount: {a: 10}, due: day 3}
    last: {kind: release, by: north, amount: {b: 30}, due: day 9, after: first}
behaviour:
  parties: {north: {obligations: {last: {refused: REFUSED}}}}
  mediators: {settles: 0}
"""


def answered(*scenarios, n=400, width=80):
    resolved = [resolve(one) if isinstance(one, str) else one for one in scenarios]
    return answer_lines(answer_of(compare(Design(resolved[0], resolved[1:], n=n, seed=1))), width)


def mixed(refused):
    return tiny(MIXED.replace("REFUSED", str(refused)))


@pytest.mark.case(
    "O5",
    before="the first number is the error of a mean, '24.43 ± 0.15 of 49', which no run has and more runs shrink to 0",
    after="a number that some run has, and the two between which 90 of 100 runs lie; a date for the last day",
)
@pytest.mark.parametrize("n", [60, 2_000])
def test_ranges_are_those_of_the_runs_and_do_not_shrink_with_more_of_them(n):
    lines = answered(mixed(0.5), n=n)
    (row,) = [line for line in lines if line.startswith("Hostages, of 40")]
    value = row.removeprefix("Hostages, of 40").strip()
    found = compare(Design(mixed(0.5), [], n=n, seed=1)).baseline.counts["hostages_living_released"]
    counts = {count for count, ends in enumerate(found.tolist()) if any(ends)}
    assert counts == {10, 40}
    assert re.fullmatch(r"10 in \d\d, 40 in \d\d", value)
    assert "±" not in "".join(lines)
    assert "(day 1: 1 Jan 2025)" in lines[0]
    assert "to day 101 (11 Apr 2025)" in lines[1]


def test_a_range_is_the_middle_run_and_those_between_which_90_of_100_lie():
    text = MIXED.replace("REFUSED", "0.1").replace("count: 10", "count: 4").replace("amount: {a: 10}", "amount: {a: 4}")
    lines = answered(tiny(text), n=400)
    (row,) = [line for line in lines if line.startswith("Hostages, of 34")]
    assert re.search(r" 4 in \d+, 34 in \d+$| 34 \(4-34\)$", row)


@pytest.mark.case(
    "O9",
    before="README's first command prints 257 lines at 80 columns, three scenarios never stand side by side",
    after="30 lines at most with all three side by side, the next phase within twelve, and one line where the rest is",
)
def test_the_first_command_of_the_readme_answers_on_one_screen():
    result = CliRunner().invoke(main, ["compare", *JANUARY, "-n", "300"], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) <= 30
    assert max(map(len, lines)) <= 80
    assert all(name in lines[3] for name in ("baseline", "talks start day 4", "no guarantors"))
    (phase,) = [place for place, line in enumerate(lines) if line.startswith("Phase two entered")]
    assert phase < 12
    assert len(re.findall(r"\d+ +d\d+ \(\d+-\d+\)|\d+(?: |$)", lines[phase])) >= 3
    assert lines[-1].endswith("add --all.")
    assert sum(line.startswith(("Talks start day 4 against", "No guarantors against")) for line in lines) == 2


def test_all_tables_follow_with_the_option():
    result = CliRunner().invoke(main, ["compare", *JANUARY[:2], "-n", "60", "--all"], env={"COLUMNS": "120"})
    assert "Mean of each outcome" in result.stdout
    assert "Replicates to open" in result.stdout
    assert result.stdout.index("At the end: middle run") < result.stdout.index("Mean of each outcome")


def test_an_outcome_that_is_asked_for_is_told_below_the_answer():
    arguments = ["compare", *JANUARY[:2], "-n", "60", "--outcome", "disputes"]
    result = CliRunner().invoke(main, arguments, env={"COLUMNS": "80"})
    assert "Disputes" in result.stdout
    assert "Hostages released, living" not in result.stdout


@pytest.mark.parametrize("n", [1, 7, 400])
def test_causes_add_up_to_the_rows_of_ends_above_them(n):
    """'54 expire: talks broken off 35, talks not open in time 10, others 9': 35 + 10 + 9 are the row's 54."""
    text = " ".join(" ".join(answered(JANUARY[0], n=n)).split())
    rows = {words: re.search(rf"End: {words} (\S+)", text) for words in ("breaks down", "expires unrenewed")}
    why = re.search(rf"Why, in {min(n, 100)} runs? of the baseline \(odds are assumptions\): (.*)\.$", text)
    told = dict(re.findall(r"(\d+) (?:expires?|breaks? down): ([^;]*)", why[1])) if why else {}
    for runs, causes in told.items():
        named = re.findall(r" (\d+)(?: \(|,|$)", re.sub(r"\(.*?\)", "(", causes))
        assert sum(map(int, named)) == int(runs)
    assert sorted(told) == sorted(found[1] for found in rows.values() if found and found[1] != "0")


def test_fewer_causes_are_named_where_a_row_would_have_no_room():
    alone, three = (" ".join(answered(*names)) for names in (JANUARY[:1], JANUARY))
    why = [text[text.index("Why,") :].partition(". ")[0] + "." for text in (alone, three)]
    named_alone, named = (len(re.findall(r"[a-z] \d+(?:,|;|\.| \()", text)) for text in why)
    assert 2 <= named < named_alone <= 8


def test_the_first_scenario_is_told_by_its_title_on_one_line():
    assert answered(JANUARY[0], n=20)[1] == "Baseline: Behaviour in line with the record"
    assert "record" not in " ".join(answered(mixed(0.5), n=20)[:3])
    assert answered(JANUARY[0], n=20, width=40)[2].endswith("…")


def test_two_scenarios_that_differ_in_nothing_are_said_to():
    lines = answered(mixed(0.5), mixed(0.5))
    assert any("nothing above differs in any run." in line for line in lines)


def test_a_difference_within_chance_is_called_undecided():
    lines = " ".join(answered(mixed(0.50), mixed(0.51), n=200))
    assert "(which way is undecided)" in lines
    assert "undecided" not in " ".join(answered(mixed(0.2), mixed(0.8), n=400))


@pytest.mark.parametrize("n", [1, 7])
def test_few_runs_are_counted_as_they_are(n):
    lines = answered(mixed(0.5), n=n)
    assert any(f"Runs of {n} in which it happens" in line for line in lines)


def check_plain(lines, n_scenarios, width=80):
    """Nothing empty: no zero row, no 'of 0', no key, no sentence without its subject, nothing beyond the edge."""
    text = "\n".join(lines)
    assert max(map(len, lines)) <= width, max(lines, key=len)
    assert not re.search(r"\bof 0\b", text), text
    assert "_" not in text, text
    assert not re.search(r"(^|[.:;] )(:|,|against)", " ".join(text.split())), text
    assert not re.search(r"[:;,] *(;|\.|,)", text), text
    nothing = re.compile(rf".*?\S(?: +(?:0 / 0|0 always|0|-)){{{n_scenarios}}}")
    for line in lines if n_scenarios < 4 else ():  # with many scenarios a row is a scenario
        assert line.startswith("In every run") or not nothing.fullmatch(line), f"a row of nothing: {line!r}"


def cheap():
    """Baselines of the catalogue, which are quick, and in turn every other scenario."""
    for entry in scenarios():
        if entry.name.endswith("/baseline") and entry.deal not in DEAR:
            yield entry.name
        elif in_turn(entry.name):
            yield slow(entry.name)


@pytest.mark.parametrize("name", list(cheap()))
def test_nothing_is_empty_in_the_answer_of_any_scenario(name):
    baseline = f"{name.partition('/')[0]}/baseline"
    for names in ([name], [baseline, name]):
        lines = answered(*names, n=60)
        check_plain(lines, len(names))
        assert len(lines) <= 28


@pytest.mark.parametrize("name", one_quick([entry.name for entry in deals()]))
def test_nothing_is_empty_in_the_answer_of_a_deal_with_many_scenarios(name):
    mine = [entry.name for entry in scenarios() if entry.deal == name][:5]
    for width in (60, 80, 120):
        check_plain(answered(*mine, n=20, width=width), len(mine), max(width, 80))


@pytest.mark.parametrize("name", [slow(one.name) if one.name in DEAR else one.name for one in deals()])
def test_three_scenarios_of_any_deal_fit_on_one_screen(name):
    """With the note where the rest is they take 30 lines."""
    mine = [entry.name for entry in scenarios() if entry.deal == name]
    longest = sorted(mine, key=len)[-2:]
    lines = answered(f"{name}/baseline", *longest, n=60)
    check_plain(lines, 3)
    assert len(lines) <= 29


@pytest.mark.parametrize("name", [ARMS, LISTS, FLOWS])
def test_nothing_is_empty_where_there_are_no_hostages(name, tmp_path):
    check_plain(answered(*map(str, write(tmp_path, name)), n=60), 2)


def test_a_variant_that_owes_more_people_is_not_counted_out_of_the_baselines_number():
    """The sixth added day brings 10 hostages more than the 125 of the baseline's deal."""
    lines = answered("november-2023/baseline", "november-2023/ladder-to-ten-days", n=60)
    (row,) = [line for line in lines if line.startswith("Hostages ")]
    assert row.endswith(" 135 always")
    assert any(line.startswith("All hostages ") for line in lines)
    assert "125 hostages" not in "".join(lines)
