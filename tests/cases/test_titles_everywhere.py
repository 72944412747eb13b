"""What people read calls things by their titles, has no row of zeros, no 'of 0' and no sentence without its subject.

Looked at for every scenario, deal and study that is shipped. Paths and expectations are addresses and stay as written;
so are names of obligations in the first columns of `show`, which a scenario has to write.
"""

import html
import re

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.document.names import called
from sim.reading import catalogue
from sim.reading.cases import load_study
from sim.reading.resolve import resolve
from sim.report.axes import axes_called
from sim.report.words import scenarios_called
from tests.amounts import DEAR, in_turn, one_quick, slow
from tests.builders import tiny

pytestmark = pytest.mark.usefixtures("without_drawing")
SCENARIOS = [entry.name for entry in catalogue.scenarios()]
DEALS = [entry.name for entry in catalogue.deals()]
STUDIES = [entry.name for entry in catalogue.studies()]
QUICK = {f"{deal}/{name}" for deal in DEALS for name in ("baseline",) if deal not in DEAR} | {
    "january-2025/ordering-ladder", "october-2025/force-never-comes", "october-2025-talks/strike-on-negotiators",
}  # fmt: skip
LONG = [slow(name) for name in SCENARIOS if name not in QUICK and in_turn(name, 3)]
N, REPLICATE = 20, 3
VERBS = "is|are|was|will be|has|holds|leaves|complains|suspends|differs?|delivers|refuses|moves"
NO_SUBJECT = re.compile(rf"“”|\(\)|\bNone\b|\{{|[.:;]\s+(?:{VERBS})\b")
OF_NONE = re.compile(r"\bof 0\b(?!\.)")
EXPECTATION = re.compile(r"P\(.*?\)|E\(.*?\)", re.DOTALL)


def said(*words) -> str:
    """What a command prints."""
    result = CliRunner().invoke(main, [str(word) for word in words], env={"COLUMNS": "120"})
    assert result.exit_code in (0, 1), result.output
    return EXPECTATION.sub("", result.output)


def deal_of(scenario: str) -> str:
    return scenario.partition("/")[0]


def keys_in(text: str, scenario: str) -> set[str]:
    """Keys of a document that stand in a text though they are no words."""
    resolved = resolve(scenario)
    deal, behaviour = resolved.deal, resolved.behaviour
    parts = (
        deal.stocks, deal.holders, deal.lines, deal.phases, deal.obligations, deal.guarantees, deal.parties,
        deal.mediators, deal.others, behaviour.incidents, behaviour.shocks, behaviour.talks, resolved.guarantees,
    )  # fmt: skip
    keys = {key for part in parts for key in part if "_" in key}
    titled = {**deal.obligations, **deal.phases, **deal.stocks, **behaviour.shocks}
    topics = {obligation.topic for obligation in deal.obligations.values()}
    plain = {key for key in (*titled, *topics) if key and key not in map(str.lower, deal.parties.values())}
    plain -= {key for key, one in titled.items() if called(one, key).lower() == key.replace("_", " ")}
    bracketed = {key for key in plain if f"({key.replace('_', ' ')})" in text or f": {key.replace('_', ' ')}\n" in text}
    return bracketed | {key for key in keys if re.search(rf"(?<![\w./-]){key}(?![\w=])", text)}


def faults(text: str, *scenarios: str, columns: int = 2) -> list[str]:
    """All that should not stand in a text; rows of zeros of tables with so many columns of numbers."""
    keys = sorted(key for scenario in scenarios for key in keys_in(text, scenario))
    found = [match[0].strip() for form in (NO_SUBJECT, OF_NONE) for match in form.finditer(text)]
    rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    zeros = [row[0] for row in rows if all(re.fullmatch("0( / 0)?", cell) for cell in row[1:]) and len(row) > columns]
    return keys + found + zeros


def test_what_is_looked_for_is_found():
    assert faults("batch_1 is met by Hamas", "january-2025/baseline") == ["batch_1"]
    assert faults("Lapsed: talks broken off (phase two)", "january-2025/baseline") == ["phase_two"]
    assert faults("a promise refused (force)", "october-2025/baseline") == ["force"]
    assert faults("remains-slow: 0 of 0 runs", "january-2025/baseline") == ["of 0"]
    assert faults("Prisoners, of 300   0   0", "january-2025/baseline") == ["Prisoners, of 300"]
    assert faults("In short. differs in no run", "january-2025/baseline") == [". differs"]
    assert faults("“” is met by Hamas", "january-2025/baseline") == ["“”"]
    assert not faults("Prisoners, of 300   0 (0-9)   0\nHamas is late", "january-2025/baseline")


@pytest.mark.case(
    "O7",
    before="stories and explanations tell '1 female civilians pij' and 'no_flights is met by Israel'",
    after="titles, short where the document has a short one",
)
@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name in QUICK] + LONG)
def test_one_history_and_its_explanation_are_told_in_titles(scenario):
    story = said("run", scenario, "--replicate", REPLICATE)
    assert "How it ended, followed back" in story
    baseline = f"{deal_of(scenario)}/baseline"
    explained = said("explain", baseline, scenario, "--replicate", REPLICATE)
    told = story.partition("day  local time")[2]  # above it stand the name and the question
    assert not faults(told, scenario)
    lines = [line for line in explained.splitlines() if not line.startswith(("baseline: ", "variant: "))]
    assert not faults("\n".join(lines), baseline, scenario)


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name in QUICK] + LONG)
def test_the_answer_has_titles_and_no_row_of_zeros(scenario):
    baseline = f"{deal_of(scenario)}/baseline"
    told = said("compare", baseline, scenario, "-n", N)
    assert not faults(told, baseline, scenario)


@pytest.mark.slow
def foreign(deal) -> list[str]:
    """Words of deals of another kind: of lists that this one does not have, and of a truce where none belongs to it."""
    text = deal.model_dump_json().lower()
    words = [word for word in ("hostage", "prisoner") if word not in text]
    return [*words, *([] if deal.has_truce else ["truce"])]


def test_words_of_another_kind_are_known():
    assert foreign(resolve("israel-hezbollah-2004/baseline").deal) == ["hostage", "truce"]
    assert foreign(resolve("january-2025/baseline").deal) == []


@pytest.mark.parametrize("deal", [slow(deal) if deal in DEAR else deal for deal in DEALS])
def test_no_word_of_another_kind_of_deal_is_told(deal):
    names = [name for name in SCENARIOS if deal_of(name) == deal]
    told = said("run", f"{deal}/as-written") + said("compare", f"{deal}/baseline", names[-1], "-n", N, "--all")
    told = re.sub(r"[\w-]+/[\w-]+", "", told).lower()
    assert [word for word in foreign(resolve(f"{deal}/baseline").deal) if word in told] == []


@pytest.mark.parametrize("deal", one_quick(DEALS))
def test_tables_report_and_sweep_have_titles(deal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [name for name in SCENARIOS if deal_of(name) == deal][:3]
    said("compare", *names, "-n", N, "--out", "o", "--all")
    said("report", "o", "--out", "page.html")
    page = re.sub(r"<(script|style|svg|pre|code)\b.*?</\1>", "", (tmp_path / "page.html").read_text(encoding="utf-8"),
                  flags=re.DOTALL)  # fmt: skip
    text = EXPECTATION.sub("", html.unescape(re.sub(r"<[^>]+>", "\n", page)))
    assert {key for name in names for key in keys_in(text, name)} == set()
    swept = said("sweep", f"{deal}/baseline", "-n", 10, "--vary", "behaviour.mediators.settles=0.1,0.9")
    assert not faults(swept, f"{deal}/baseline")


@pytest.mark.slow
@pytest.mark.parametrize("study", STUDIES)
def test_a_study_has_titles(study, tmp_path):
    baselines = [f"{deal}/baseline" for deal in DEALS]
    told = said("study", study, "-n", 5, "--out", tmp_path / "o", "--all")
    page = (tmp_path / "o" / "findings.md").read_text(encoding="utf-8")
    texts = [told, re.sub("`[^`]*`", "", page.partition("## Sources")[0])]
    assert {key for name in baselines for text in texts for key in keys_in(text, name)} == set()
    assert not re.search(r"\b(behaviour|deal)\.\w", texts[1])


def numbers_of(part, path):
    """Paths of all numbers and durations below a part of a document."""
    if isinstance(part, dict) and set(part) != {"median", "p95"}:
        for key, value in part.items():
            yield from numbers_of(value, f"{path}.{key}")
    elif isinstance(part, (int, float, dict)) and not isinstance(part, bool):
        yield f"{path}.median" if isinstance(part, dict) else path


@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name in QUICK] + LONG)
def test_every_number_of_a_scenario_has_a_name_as_an_axis(scenario):
    resolved = resolve(scenario)
    data = resolved.model_dump(mode="json", by_alias=True)
    paths = [path for part in ("behaviour", "deal") for path in numbers_of(data[part], part)]
    assert len(paths) >= 15
    assert [name for name in axes_called(paths, resolved) if re.search(r"\w[._]\w|behaviour", name)] == []


def test_an_axis_is_called_by_what_its_number_is():
    paths = ["behaviour.holders.pij.contacted", "behaviour.talks.phase_two.never", "behaviour.parties.israel.complains",
             "", "behaviour.mediators.pressure.qatar.half_life"]  # fmt: skip
    resolved = resolve("january-2025/baseline")
    line = next(iter(resolved.deal.lines))
    paths[3] = f"deal.lines.{line}.share_held"
    assert axes_called(paths, resolved) == [
        "Palestinian Islamic Jihad: chance of contact", "Talks on phase two: chance that they never open",
        "Israel: chance to complain", f"{called(resolved.deal.lines[line], line)}: share held",
        "pressure of Qatar: half life",
    ]  # fmt: skip


@pytest.mark.parametrize("deal", DEALS)
def test_lists_and_gates_are_told_in_titles(deal):
    assert not keys_in(said("list", deal), f"{deal}/baseline")
    shown = said("show", deal)
    # in the second column keys stand on purpose: a scenario has to write them
    below = "\n".join(line for line in shown.splitlines() if line.startswith(" " * 20))
    waits = any(duty.after for duty in resolve(f"{deal}/baseline").deal.obligations.values())
    assert ("after " in below) == waits
    assert not keys_in(below, f"{deal}/baseline")


def test_every_longer_title_of_a_shipped_deal_has_a_short_one():
    for deal in DEALS:
        document = resolve(f"{deal}/baseline").deal
        for part in (document.stocks, document.lines, document.obligations):
            for key, one in part.items():
                assert one.short_title or len(one.title or "") <= 28, f"{deal}: {key}"


def test_a_return_for_several_releases_is_told_with_each():
    from sim.document.names import obligation_called

    deal = tiny("""
        deal:
          groups:
            a: {side: hostages, held_by: south, count: 2}
            p: {side: prisoners, held_by: north, count: 9}
          obligations:
            first_group: {kind: release, by: south, due: day 2, amount: {a: 2}, title: The first group of two}
            back: {kind: return, by: north, for_each: release, due: same day, ratio: {a: {p: 3}}, title: Returned,
                   short_title: In return}
        """).deal
    assert obligation_called(deal, "back.first_group") == "In return for The first group of two"
    assert obligation_called(deal, "first_group") == "The first group of two"


@pytest.mark.parametrize("names", [DEALS, SCENARIOS])
def test_no_heading_of_a_shipped_document_takes_two_lines(names):
    """A deal with its first day on a line of 80 columns; a scenario above a column of 24, beside two others."""
    for name in names:
        resolved = resolve(name if "/" in name else f"{name}/baseline")
        deal = resolved.deal.short_title or resolved.deal.title
        assert len(f"{deal} (day 1: 30 Dec 2025)") <= 80
        assert len(scenarios_called([(name, resolved)])[0]) <= 24


def test_a_short_title_is_of_the_scenario_that_bears_it(tmp_path):
    """One that builds on it, or a study that runs it under another name, is called by its own name."""
    (tmp_path / "mine.yaml").write_text(
        "scenario: mine-own\nquestion: Why?\nbuilds_on: january-2025/ordering-last-for-last\n", encoding="utf-8"
    )
    assert resolve("january-2025/ordering-last-for-last").short_title == "last for last"
    assert resolve(tmp_path / "mine.yaml").short_title is None
    assert [case.resolved.short_title for case in load_study("orderings").cases] == [None] * 5


def test_a_short_title_that_is_too_long_is_refused(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        f"scenario: mine\nshort_title: {'x' * 25}\nquestion: Why?\nbuilds_on: january-2025/baseline\n", encoding="utf-8"
    )
    result = CliRunner().invoke(main, ["validate", str(tmp_path / "mine.yaml")])
    assert result.exit_code != 0
    assert "mine.yaml:2" in result.output
    assert "24" in result.output


@pytest.mark.parametrize("deal", one_quick(DEALS))
def test_deviations_are_told_in_titles(deal):
    told = said("check", f"{deal}/baseline", "--deviations", 1, "-n", 10, "--goal", "hostages_living_released < 5")
    named = told[told.index("Minimal sets") :] if "Minimal sets" in told else told
    assert not keys_in(named, f"{deal}/baseline")
