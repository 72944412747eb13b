"""Every sentence and number of `compare`, `report`, `explain` and `study`, read back from the Parquet tables."""

import html.parser
import re

import numpy as np
import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.reading.catalogue import scenarios
from sim.report.words import ENDS, OUTCOMES, list_in_words, outcome_in_words
from sim.results.load import load
from tests.amounts import DEAR, in_turn, is_quick
from tests.cases.deals import ARMS, FLOWS, LISTS, write
from tests.reading.answered import check_answer_of_page, check_printed_answer
from tests.reading.forms import read
from tests.reading.stored import (
    folder_of,
    mean_with_interval,
    same_frequency,
    same_numbers,
    share_with_interval,
)

pytestmark = pytest.mark.usefixtures("without_drawing")
N = 120
COLUMN = {words.lower(): name for name, words in OUTCOMES.items()}
ANSWERS = ("mean", "always", "moves", "undecided", "moves another", "moves nothing", "lasts", "collapses", "goes back")
CURVE_OF = {"hostages_living_released": "hostages_living", "hostages_deceased_returned": "hostages_deceased",
            "prisoners_released": "prisoners", "prisoners_deceased_returned": "prisoners_deceased"}  # fmt: skip


def called(*words):
    result = CliRunner().invoke(main, [str(word) for word in words], env={"COLUMNS": "400"})
    assert result.exit_code in (0, 1), result.output
    return result.stdout


def pairs():
    """Three small deals, and scenarios of the catalogue with the baseline of their deal: a twentieth of them in the
    quick run; in the slow tests those as written of every deal and a sixth of the rest in turn, all before a release.
    """
    for entry in scenarios():
        base, _, name = entry.name.partition("/")
        is_always = name == "as-written" and base not in DEAR
        if is_quick(entry.name, every=20, always=()):
            yield pytest.param((f"{base}/baseline", entry.name), id=entry.name)
        elif is_always or in_turn(entry.name, 6):
            yield pytest.param((f"{base}/baseline", entry.name), id=entry.name, marks=pytest.mark.slow)
    for name in (ARMS, LISTS, FLOWS):
        yield pytest.param(name, id=name)


class Page(html.parser.HTMLParser):
    """Paragraphs and list items by section, and tables as rows of cells."""

    def __init__(self, text):
        super().__init__()
        self.section, self.texts, self.tables, self.open = "", {}, {}, None
        self.caption, self.is_caption = "", False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "section":
            self.section = given["aria-labelledby"]
        elif tag == "caption":
            self.caption, self.is_caption = "", True
        elif tag == "tr":
            self.tables.setdefault(self.caption, []).append([])
        elif tag in ("p", "li", "th", "td") and self.section:
            self.open = []

    def handle_endtag(self, tag):
        if tag == "caption":
            self.is_caption = False
        elif tag in ("p", "li") and self.open is not None:
            self.texts.setdefault(self.section, []).append("".join(self.open))
            self.open = None
        elif tag in ("th", "td") and self.open is not None:
            self.tables[self.caption][-1].append(" ".join("".join(self.open).split()))
            self.open = None

    def handle_data(self, data):
        if self.is_caption:
            self.caption += data
        if self.open is not None:
            self.open.append(data)


def column(words, *scenarios):
    """The column that an outcome in words is, its parts called as the scenarios' deals call them."""
    words = words.lower()
    found = [one.words[words] for one in scenarios if words in one.words] or [COLUMN.get(words)]
    assert found[0] is not None, f"no outcome is called {words!r}"
    return found[0]


def labelled(stored):
    """Scenarios by the names that tables give them."""
    names = [one.called for one in stored]
    told = [
        name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})"
        for place, name in enumerate(names)
    ]
    return dict(zip(told, stored, strict=True))


# ---------------------------------------------------------------- sentences of a report


def check_answer(text, by_name):
    base = next(iter(by_name.values()))
    for form, fields in read(text, ANSWERS):
        if form in ("mean", "always"):
            one, name = by_name[fields["scenario"]], column(fields["outcome"], *by_name.values())
            values = one.rows[name]
            total = one.totals[CURVE_OF[name]] if name in CURVE_OF else 0
            assert fields["of_total"] == (f" of {total:,}" if total else "")
            assert fields["n"] == f"{one.n:,}"
            if form == "always":
                assert values.min() == values.max()
                same_numbers(fields["value"], [values[0]], text)
            else:
                assert values.min() < values.max()
                same_numbers(fields["estimate"], mean_with_interval(values), text)
        elif form == "lasts":
            same_numbers(fields["days"], mean_with_interval(base.rows["truce_days"]), text)
            same_frequency(fields["share"], base.share("completed") + base.share("standing"), text)
        elif form == "collapses":
            told = re.findall(r"([\d,]+ of [\d,]+) runs of “(.+?)”(?=, \d| and \d|$)", fields["shares"])
            assert [name for _, name in told] == list(by_name)
            for frequency, name in told:
                same_frequency(frequency, by_name[name].share("collapsed"), text)
        elif form == "goes back":
            check_cause(fields, base, text)
        else:
            check_difference(form, fields, by_name, text)


def check_cause(fields, base, text):
    found = {}
    for end, cause in zip(base.rows["end"], base.rows["root_cause"], strict=True):
        found[end, cause] = found.get((end, cause), 0) + 1
    (told,) = {cause for end, cause in found if end == fields["end"] and base.cause(cause) == fields["cause"]}
    assert found[fields["end"], told] == max(found.values())
    same_frequency(fields["share"], max(found.values()) / base.n, text)


def check_difference(form, fields, by_name, text):
    base, one = by_name[fields["baseline"]], by_name[fields["variant"]]
    both = [name for name in base.rows if name in one.rows and base.rows[name].dtype.kind in "iuf"]

    def difference(name):
        return one.rows[name].astype(float) - base.rows[name].astype(float)

    if form == "moves nothing":
        assert not any(difference(name).any() for name in OUTCOMES if name in both)
        return
    name = column(fields["outcome"], *by_name.values())
    interval = mean_with_interval(difference(name))
    if form == "moves another":
        assert not difference(name).any()
        other = column(fields["other"], *by_name.values())
        share = float(np.mean(difference(other) != 0))
        assert share == max(float(np.mean(difference(each) != 0)) for each in OUTCOMES if each in both)
        same_frequency(fields["share"], share, text)
        same_numbers(fields["difference"], mean_with_interval(difference(other)), text)
        return
    assert difference(name).any()
    excludes = len(interval) == 3 and (interval[1] > 0 or interval[2] < 0)
    assert form == ("moves" if excludes else "undecided")
    same_numbers(fields["difference"], interval, text)


def check_never(texts, by_name, deals):
    for text in texts:
        ((form, fields),) = read(text, ("never ended", "never more", "never fewer"))
        one = by_name[fields["scenario"]]
        if form == "never ended":
            end = next(end for end, words in ENDS.items() if words.lower() == fields["end"])
            assert one.share(end) == 0
            same_numbers(fields["most"], [10_000 * share_with_interval(0, one.n)[2]], text)
            continue
        curve = next(curve for curve in one.by_day if list_in_words(curve, *deals).lower() == fields["curve"])
        bound = one.by_day[curve].max() if form == "never more" else one.by_day[curve].min()
        assert fields["count"] == f"{bound:,}"
        assert fields["total"] == f"{one.totals[curve]:,}"


# ---------------------------------------------------------------- tables of a report


def check_tables(page, by_name):
    seen = set()
    for caption, rows in page.tables.items():
        head, *body = rows
        if caption.startswith("Mean of each outcome"):
            for words, *cells in body:
                for name, cell in zip(head[1:], cells, strict=True):
                    if cell != "-":
                        same_numbers(
                            cell,
                            mean_with_interval(by_name[name].rows[column(words, *by_name.values())]),
                            f"{words}, {name}",
                        )
        elif " minus " in caption:
            check_difference_table(caption, body, by_name)
        elif caption.startswith("How it ends"):
            for words, *cells in body:
                end = next(end for end, told in ENDS.items() if told == words)
                for name, cell in zip(head[1:], cells, strict=True):
                    check_end(cell, end, by_name[name])
        elif caption.startswith("What the ends go back to"):
            check_causes(head, body, by_name)
        else:
            continue
        seen.add(caption.split(" (")[0].split(",")[0])
    assert {"Mean of each outcome", "How it ends", "What the ends go back to"} <= seen


def check_difference_table(caption, body, by_name):
    variant, baseline = caption.split(",")[0].split(" minus ")
    base, one = by_name[baseline], by_name[variant]
    for words, difference, more, fewer, verdict in body:
        moved = one.rows[column(words, *by_name.values())].astype(float) - base.rows[column(words, *by_name.values())]
        interval = mean_with_interval(moved)
        same_numbers(difference, interval, f"{caption}, {words}")
        same_frequency(more, float(np.mean(moved > 0)), words)
        same_frequency(fewer, float(np.mean(moved < 0)), words)
        decided = len(interval) == 3 and (interval[1] > 0 or interval[2] < 0)
        if not moved.any():
            assert verdict == "no difference in any run"
        else:
            way = "higher" if interval[0] > 0 else "lower"
            assert verdict.removesuffix(" *") == (way if decided else "undecided")


def check_end(cell, end, one):
    count = int(np.sum(one.rows["end"] == end))
    share, low, high = share_with_interval(count, one.n)
    match = re.fullmatch(r"(.*?) \((.*?) to (.*?) of 100\); (.*?) of (.*)", cell)
    assert match is not None, cell
    same_frequency(match[1], share, cell)
    same_numbers(f"{match[2]} {match[3]}", [100 * low, 100 * high], cell)
    assert (match[4], match[5]) == (f"{count:,}", f"{one.n:,}")


def check_causes(head, body, by_name):
    for words, *cells in body:
        end, _, cause = words.partition(": ")
        code = next(code for code, name in ENDS.items() if name == end)
        for name, cell in zip(head[1:], cells, strict=True):
            one = by_name[name]
            told = {root for root in set(one.rows["root_cause"]) if one.cause(root) == cause}
            count = int(np.sum((one.rows["end"] == code) & np.isin(one.rows["root_cause"], list(told))))
            assert cell == f"{count:,} of {one.n:,}", words


# ---------------------------------------------------------------- the terminal


def check_terminal(text, by_name):
    """The table of means of `compare`, each number with its half-width."""
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("Mean of each outcome"))
    names = re.split(r"\s{2,}", lines[start + 2].strip())
    for line in lines[start + 4 :]:
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) < 2:
            break
        for name, cell in zip(names, cells[1:], strict=True):
            interval = mean_with_interval(by_name[name].rows[column(cells[0], *by_name.values())])
            half = [(interval[2] - interval[1]) / 2] if len(interval) == 3 else []
            same_numbers(cell, [interval[0], *half], line)


def check_same_for_all(text, by_name, deals):
    """What is said to be the same in every run is, and whatever else there is is not, or is none."""
    match = re.search(r"The same in every run of all scenarios: (.*?)\.\n\n", text, re.DOTALL)
    said = {}
    if match is not None:
        for words, value in re.findall(r"(?:^|, )(\D+?) ([\d,.]+)(?=, [a-z]|$)", " ".join(match[1].split())):
            said[column(words, *by_name.values())] = float(value.replace(",", ""))
    has_truce = any(deal.has_truce for deal in deals)
    for name in COLUMN.values():
        if name == "pre_truce_days" and not has_truce:
            assert name not in said
            continue
        values = np.concatenate([one.rows[name] for one in by_name.values() if name in one.rows])
        if values.min() == values.max() and values[0]:
            assert round(said.pop(name), 2) == pytest.approx(values[0], abs=0.005)
    assert not said


# ---------------------------------------------------------------- one replicate of two


def check_explained(text, by_name, replicate):
    """The outcomes that differ, with both values, from the stored rows; the end of each side."""
    base, one = by_name.values()
    first, *lines = text.splitlines()
    ((form, fields),) = read(first, ("equal", "part"))
    assert fields["replicate"] == str(replicate)
    if form == "equal":
        return
    what = lines[: lines.index(next(line for line in lines if line.startswith("baseline: ")))]
    check_otherwise(" ".join(" ".join(what).split()), by_name, replicate)
    ends = [read(line, ("ends",))[0][1] for line in lines if line.startswith("  ends ")]
    assert [(side["end"], side["cause"]) for side in ends] == [
        (side.rows["end"][replicate], side.cause(side.rows["root_cause"][replicate])) for side in (base, one)
    ]
    table = [re.split(r"\s{2,}", line.strip()) for line in lines[lines.index("") + 2 :]] if "" in lines else []
    for words, *numbers in table:
        both = [float(side.rows[column(words, base, one)][replicate]) for side in (base, one)]
        for shown, value in zip(numbers, [*both, both[1] - both[0]], strict=True):
            same_numbers(shown, [value], words)


def check_otherwise(text, by_name, replicate):
    """What fell otherwise has two values that differ; where terms differ instead, they do in the documents."""
    if text.startswith("No decision"):
        assert read(text, ("terms",))[0][1]["terms"]
        return
    asked = r"What fell otherwise, on day (\d+): (.+), decided by (.+)\."
    match = re.fullmatch(rf"{asked} baseline: (.+) variant: (.+)", text)
    assert match is not None, text
    one, other = (told.rpartition("so: ")[2] for told in match.groups()[3:])
    assert one != other
    for told in match.groups()[3:]:
        for drawn, no, limit in re.findall(r"([\d.]+) is (not )?below ([\d.e-]+) \(", told):
            assert (float(drawn) >= float(limit)) == bool(no), told


def check_example(text, by_name):
    """The outcome by which the example was chosen is called what the deal calls it."""
    told = re.findall(r"the first whose '(.+?)' is nearest to the median", text)
    assert told
    assert {words.lower() for words in told} <= {words for one in by_name.values() for words in one.words}


@pytest.mark.parametrize("subject", list(pairs()))
def test_what_is_printed_is_what_is_stored(subject, tmp_path, monkeypatch):
    names = subject if isinstance(subject, tuple) else write(tmp_path, subject)
    monkeypatch.chdir(tmp_path)
    told = called("compare", *names, "-n", N, "--seed", 5, "--all", "--out", "o")
    called("report", "o", "--out", "page.html")
    by_name = labelled(folder_of(tmp_path / "o"))
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    results = load("o")
    deals = [results.document(key).deal for key in results.scenarios]
    for one in by_name.values():
        one.words.update({outcome_in_words(name, *deals).lower(): name for name in one.rows})
    check_printed_answer(told, by_name, deals)
    check_terminal(told, by_name)
    check_same_for_all(told, by_name, deals)
    texts = page.texts["answer"]
    note = next(place for place, text in enumerate(texts) if "Last day: " in text)
    check_answer_of_page(page.tables["The answer, scenario by scenario"][1:], texts[: note + 1], by_name, deals)
    check_answer(" ".join(texts[note + 1 :]), by_name)
    check_never(
        page.texts.get("never", []) if "Every end occurred" not in str(page.texts.get("never")) else [], by_name, deals
    )
    check_tables(page, by_name)
    check_example(str(page.texts), by_name)
    check_explained(called("explain", *names, "--seed", 5, "--replicate", 7), by_name, 7)
