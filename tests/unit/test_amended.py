"""What was agreed anew is left out unless its day is asked for; then it is laid on the text before anything else."""

import pytest
from click.testing import CliRunner

from sim.analysis.history.record import read_record
from sim.cli.commands import main
from sim.engine.batch import simulate_block
from sim.outcomes.by_day import ByDay
from sim.plan.compile import compile_plan
from sim.reading.amended import day_of
from sim.reading.problem import DocumentError
from sim.reading.resolve import resolve, resolve_any
from sim.reading.template import starting_deal
from sim.reading.validate import validate_file

AS_WRITTEN = "january-2025/as-written"
RECORD = {1: 3, 7: 7, 12: 10, 14: 13, 21: 16, 28: 19, 35: 25}
"""Living hostages who had come out under the deal of January 2025 by the days on which somebody did."""


def living(amended):
    """Living hostages out by day, everybody complying."""
    plan = compile_plan(resolve(AS_WRITTEN, {} if amended is None else {"amended": amended}))
    by_day = ByDay.of(plan)
    counts = by_day.released(simulate_block(plan, 0, 0, 1).histogram, plan.lists.index("hostages_living"))
    return counts.argmax(axis=1).tolist()


def counts(out, last):
    """The last count of a day on which somebody came out, for each of the days up to the last."""
    return [max([n for day, n in out.items() if day <= each], default=0) for each in range(last + 1)]


def test_january_as_amended_gives_what_came_of_it():
    known = read_record(resolve_any("january-2025").deal).of("hostages_living")
    assert known[:36].tolist() == counts(RECORD, 35)
    for by in (7, 12, 14, 21, 28, 35):
        assert living(by)[: by + 1] == counts(RECORD, by), by
    text = {1: 3, 7: 7, 14: 10, 21: 13, 28: 16, 35: 19, 42: 25}
    assert living(None)[:43] == counts(text, 42)
    assert living(6)[:43] == living(None)[:43]
    # by day 28 the text's last date stands: those of day 35 and 42 are not yet put together
    assert living(28)[:43] == counts({1: 3, 7: 7, 12: 10, 14: 13, 21: 16, 28: 19, 35: 22, 42: 25}, 42)


def test_who_comes_out_follows_the_amendment_and_a_scenarios_own_changes_come_after_it():
    amounts = {key: o.amount for key, o in resolve(AS_WRITTEN, {"amended": "day 14"}).deal.obligations.items()}
    assert amounts["batch_2"] == {"female_soldiers": 4}
    assert amounts["batch_added"] == {"female_civilians_pij": 1, "female_soldiers": 1, "men_over_50": 1}
    assert amounts["batch_4"] == {"men_over_50": 2, "ill_or_wounded": 1}
    for stock, held in (("female_soldiers", 5), ("men_over_50", 5), ("ill_or_wounded", 9), ("long_held", 2)):
        assert sum(amount.get(stock, 0) for amount in amounts.values()) == held
    later = resolve("january-2025/all-in-one-batch", {"amended": "35"})
    assert later.deal.obligations["batch_7"].due == "day 3"
    set_last = resolve(AS_WRITTEN, {"amended": 35, "deal.obligations.batch_7.due": "day 36"})
    assert set_last.deal.obligations["batch_7"].due == "day 36"


def test_it_is_noted_what_was_amended_and_nothing_is_left_to_amend():
    as_amended, as_agreed = resolve(AS_WRITTEN, {"amended": 8}), resolve(AS_WRITTEN)
    told = [note for note in as_amended.notes if note.startswith("As amended")]
    assert told == [
        "As amended on day 7: Four female soldiers come out on day 7, the civilian woman later.",
        "As amended on day 8: A round of three is added on day 12, and those after it move up.",
    ]
    assert as_amended.deal.amended == as_agreed.deal.amended == []
    assert not [note for note in as_agreed.notes if "mended" in note]
    assert "deal.obligations.batch_2.amount" in as_amended.changed


@pytest.mark.parametrize("text", ["8", "day 8", 8, "2025-01-26"])
def test_a_day_is_a_number_a_day_or_a_date(text):
    assert day_of(text, resolve_any("january-2025").deal) == 8
    assert "batch_added" in resolve(AS_WRITTEN, {"amended": text}).deal.obligations


@pytest.mark.parametrize("text", ["soon", "-3", "8.5", "day", ""])
def test_what_is_no_day_is_refused_in_words(text):
    done = CliRunner().invoke(main, ["run", AS_WRITTEN, "--amended", text])
    assert done.exit_code == 2
    assert "not-a-day amended: must be a day of the deal or a date" in done.output


def test_a_deal_without_amendments_says_so():
    with pytest.raises(DocumentError, match="the deal november-2023 has no amendments"):
        resolve("november-2023/as-written", {"amended": 3})


def test_a_scenario_names_the_day_and_the_command_line_comes_before_it(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "scenario: mine/amended\ntitle: T\nquestion: Q?\nbuilds_on: january-2025/as-written\namended: day 8\n"
    )
    assert "batch_added" in resolve(file).deal.obligations
    assert "batch_added" not in resolve(file, {"amended": "day 7"}).deal.obligations
    below = tmp_path / "below.yaml"
    below.write_text(f"scenario: mine/below\ntitle: T\nquestion: Q?\nbuilds_on: {file.name}\n")
    assert "batch_added" in resolve(below).deal.obligations


WRONG = {
    "not-a-day": ("soon", "obligations.batch_1.due: day 3"),
    "unknown-path": ("day 2", "obligations.nothing.due: day 3"),
    "cannot-be-amended": ("day 2", "starts: 2026-01-01T08:00+00:00"),
    "bad-date": ("day 2", "obligations.batch_1.due: soon"),
    "missing-source": ("day 2", None),
}


@pytest.mark.parametrize("code", WRONG)
def test_an_amendment_that_cannot_be_is_told_with_its_place(tmp_path, code):
    since, change = WRONG[code]
    text = (
        starting_deal("mine").rstrip("\n")
        + f"""
amended:
  - from: {since}
    title: Another date
    changes:
      {change or "obligations.batch_1.due: day 3"}
    {"assumption: Of the test." if change else ""}
"""
    )
    file = tmp_path / "deal.yaml"
    file.write_text(text)
    problems = [problem for problem in validate_file(file) if problem.severity == "error"]
    assert problems
    first = text[: text.index("amended:")].count("\n") + 1
    assert all(problem.line > first for problem in problems), problems


@pytest.mark.slow
def test_a_search_keeps_files_that_are_amended_too(tmp_path):
    goal = ["--by", "hamas", "--goal", "implementation_score < 100"]
    words = ["check", AS_WRITTEN, "--deviations", "1", "-n", "0", *goal, "--amended", "8", "--out", str(tmp_path)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    for name in ("counterexample.yaml", "earliest.yaml"):
        assert "batch_added" in resolve(tmp_path / name).deal.obligations
