"""Sentences keep their subject, tell what can vary, and count every list that a deal has."""

import html
import re

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from tests.cases.deals import ARMS, LISTS, write

pytestmark = pytest.mark.usefixtures("without_drawing")


def said(*words):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.output


def answer_of(page):
    """The text of the section 'Answer'."""
    found = re.search(r'id="answer".*?</section>', page, re.DOTALL)
    assert found is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


@pytest.mark.slow
@pytest.mark.case(
    "O1",
    before="the report says 'remains-slow differs in no run' though implementation differs in two runs of three",
    after="it names the outcome that is the same, and the one that differs, with its runs",
)
def test_a_sentence_of_no_difference_keeps_its_subject_and_names_what_differs(tmp_path):
    pair = ("october-2025/baseline", "october-2025/remains-slow")
    for asked, sentence in (
        ((), r"remains slow” moves 'hostages returned, deceased' by -\d"),
        (
            ("--outcome", "hostages_living_released"),
            r"remains slow” has the same 'hostages released, living' in every run; it differs in '[a-z, ]+' in \d+ of",
        ),
    ):
        said("compare", *pair, "-n", 100, "--out", tmp_path / f"o{len(asked)}", *asked)
        said("report", tmp_path / f"o{len(asked)}", "--out", tmp_path / "r.html")
        answer = answer_of((tmp_path / "r.html").read_text(encoding="utf-8"))
        assert re.search(sentence, answer), answer
        assert "differs in no run" not in answer


@pytest.mark.case("O1", before="--outcome is ignored by the report", after="the answer and the tables are about it")
def test_the_report_obeys_the_outcomes_that_were_asked_for(tmp_path):
    said("compare", "october-2025/baseline", "-n", 50, "--outcome", "disputes", "--outcome", "truce_days",
         "--out", tmp_path / "o")  # fmt: skip
    said("report", tmp_path / "o", "--out", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "the mean of 'disputes' is" in answer_of(page)
    assert "the mean of 'days of truce' is" in answer_of(page)
    assert "Hostages released, living</th>" not in page


@pytest.mark.case(
    "O1",
    before="a deal without hostages is answered with '0 of 0' and 'differs in no run'",
    after="the answer is about what varies, and no list that holds nobody is named",
)
def test_a_deal_without_people_is_answered_with_what_varies(tmp_path):
    base, firm = write(tmp_path, ARMS)
    told = said("compare", base, firm, "-n", 60, "--out", tmp_path / "o")
    said("report", tmp_path / "o", "--out", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    answer = answer_of(page)
    for text in (told, answer):
        assert " of 0" not in text
        assert "Hostages" not in text
        assert "Prisoners" not in text
    assert re.search(r"the mean of '(implementation, percent|days of truce|disputes)' is", answer)


@pytest.mark.case("O1", before="a sweep of a deal without hostages tells zeros", after="it tells what can vary")
def test_a_sweep_tells_what_can_vary(tmp_path):
    base, _ = write(tmp_path, ARMS)
    told = said("sweep", base, "--vary", "behaviour.parties.north.default.late=0,1", "-n", 40, "--all")
    assert "Hostages" not in told
    assert "Effect on implementation, percent, from low to high" in told or "Effect on days of truce" in told


@pytest.mark.case(
    "R19",
    before="'Still held: 0' with 26 people in prison",
    after="each list is named with how many of it are out and how many held",
)
def test_each_list_of_a_deal_is_counted_under_its_own_name(tmp_path):
    """Two of five come out on day 2; nobody else is owed: 3 living hostages, 26 prisoners and 4 remains stay."""
    base, _ = write(tmp_path, LISTS)
    told = " ".join(said("run", base).split())
    assert "Released: 2 of 5 living hostages, 0 of 4 deceased hostages, 0 of 26 living prisoners." in told
    assert "Still held: 3 living hostages, 4 deceased hostages, 26 living prisoners." in told
    # 2 x 1.5 d + 3 x 60 d; 26 x 60 d
    assert "Days in captivity, of the living: 183 living hostages, 1,560 living prisoners." in told


@pytest.mark.case(
    "R19",
    before="'the exchange is complete' is printed while weapons and troops are missing",
    after="it says of people that all of them have been handed over, and of nothing else",
)
def test_no_sentence_calls_the_exchange_complete_while_something_is_owed(tmp_path):
    base, _ = write(tmp_path, LISTS)
    told = " ".join(said("run", base).split())
    assert "the exchange is complete" not in told
    assert "everybody to be released or returned has been handed over" in told
