"""What is said of a scenario before it is run: delays that defaults cut, and the behaviour in force."""

import textwrap

import pytest
from click.testing import CliRunner

import sim
from sim.cli.commands import main
from sim.reading.catalogue import scenarios
from sim.reading.delays import cut_delays
from sim.reading.resolve import resolve
from sim.reading.validate import validate_file
from tests.builders import history_of, tiny
from tests.cases.deals import ARMS, write

LATE = """
deal: {obligations: {x: {kind: access, by: north, due: day 2}}}
behaviour: {parties: {north: {default: {late: 1, delay: %s}}%s}%s}
"""


def said(*words):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.case(
    "O3",
    before="late: 1, delay: 5 d is met after 30 h without a word; 2, 4 and 5 d give the same minute",
    after="a warning with the numbers: late at midnight, complained of, settled after 1 d, so after 1 d 12 h",
)
@pytest.mark.parametrize("delay", ["2 d", "4 d", "5 d"])
def test_a_delay_that_a_default_cuts_is_warned_of_with_the_numbers(delay):
    """Due day 2 12:00, late at midnight, settled a day later: 36 h after it fell due, whatever the delay."""
    text = LATE % (delay, "", "")
    (fault,) = cut_delays(tiny(text))
    assert ".".join(map(str, fault.path)) == "behaviour.parties.north.default.delay"
    assert f"a delay of {delay} (median) usually ends after 1 d 12 h" in fault.message
    assert "late 12 h after it falls due" in fault.message
    assert "complains 1, tolerance 0 min, settles 1, attempt 1 d" in fault.hint
    history = history_of(text)
    (met,) = history.minutes("obligation_cured", "x")
    assert met - history.minutes("obligation_due", "x")[0] == 36 * 60


@pytest.mark.parametrize(
    ("delay", "party", "mediators"),
    [
        ("1 d", "", ""),  # over before the settlement
        ("5 d", ", south: {complains: 1, tolerance: 0 min}", ", mediators: {settles: 1, attempt: 1 d}"),  # all chosen
        ("5 d", ", south: {complains: 0.2}", ""),  # seldom complained of
        ("5 d", ", south: {tolerance: 9 d}", ""),
        ("5 d", "", ", mediators: {settles: 0.1}"),
    ],
)
def test_a_delay_that_runs_its_course_or_was_cut_on_purpose_is_not_warned_of(delay, party, mediators):
    assert list(cut_delays(tiny(LATE % (delay, party, mediators)))) == []


@pytest.mark.parametrize("grace", ["0 min", "3 d", "30 h"])
def test_the_warning_counts_the_deals_own_grace(grace):
    hours = {"0 min": 0, "3 d": 72, "30 h": 30}[grace] + 24
    text = (LATE % ("9 d", "", "")).replace("due: day 2", f"due: day 2, grace: {grace}")
    (fault,) = cut_delays(tiny(text))
    days, rest = divmod(hours, 24)
    told = " ".join(part for part in (f"{days} d", f"{rest} h" if rest else "") if part)
    assert f"usually ends after {told}:" in fault.message


@pytest.mark.case("O3", before="nothing is said", after="validate, run and compare say it once, validate with the line")
def test_validate_run_and_compare_say_it_once(tmp_path):
    base, _ = write(tmp_path, ARMS)
    own = tmp_path / "late.yaml"
    own.write_text(
        textwrap.dedent(f"""\
        scenario: late
        question: How late?
        deal: {str(base.parent / "arms.yaml")!r}
        behaviour:
          assumption: For a test.
          parties:
            north: {{kinds: {{arms: {{late: 1, delay: 5 d}}}}}}
        """),
        encoding="utf-8",
    )
    (problem,) = [problem for problem in validate_file(own) if problem.code == "delay-cut"]
    assert (problem.severity, problem.line) == ("warning", 7)
    for words in (("run", own), ("compare", own, own, "-n", 2)):
        assert said(*words).stderr.count("a delay of 5 d (median) usually ends after") == 1


def test_no_delay_of_the_catalogue_is_cut_by_a_default():
    for entry in scenarios():
        assert list(cut_delays(resolve(entry.name))) == [], entry.name


@pytest.mark.case(
    "O3",
    before="show SCENARIO prints the deal, byte for byte",
    after="question, changes with both values, and each number in force with its source or that it is a default",
)
def test_show_tells_a_scenarios_question_changes_and_behaviour_in_force(tmp_path):
    _, firm = write(tmp_path, ARMS)
    told = said("show", firm).stdout
    assert "And if the north refuses less often?" in told
    row = next(line for line in told.splitlines() if "north.default.refused" in line)
    assert row.split()[-2:] == ["0.3", "0.1"]
    in_force = {line.split()[0]: line.split()[1:] for line in told.splitlines() if line.startswith("parties.")}
    assert in_force["parties.south.tolerance"][:2] == ["12", "h"]
    assert in_force["parties.north.tolerance"] == ["0", "min", "default"]
    assert in_force["parties.north.default.refused"][0] == "0.1"
    assert "parties.north.capacity" not in told
    deal = said("show", firm.parent / "arms.yaml").stdout
    assert "arms_1" in deal
    assert "Behaviour in force" not in deal


@pytest.mark.case("O8", before="450,358 characters of plain text for one run", after="one line that says what it is")
def test_results_say_what_they_are_in_one_line():
    run = sim.run("november-2023/baseline")
    compared = sim.compare("november-2023/baseline", n=2)
    explained = sim.explain("november-2023/baseline", "november-2023/as-written", replicate=0)
    for thing in (run, compared, explained, sim.resolve("november-2023/baseline")):
        assert len(repr(thing)) < 200
        assert "november-2023/baseline" in repr(thing)


@pytest.mark.case("O8", before="a result appears twice in Jupyter", after="once, since making its HTML prints nothing")
def test_the_html_of_a_result_prints_nothing_of_itself(monkeypatch, capsys):
    """In Jupyter a console displays what it prints, on top of the HTML that is made of it."""
    shown = []
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setattr("rich.jupyter.display", lambda *parts: shown.append(parts))
    html = sim.run("november-2023/baseline")._repr_html_()
    assert "How it ended, followed back" in html
    assert shown == []
    assert capsys.readouterr().out == ""
