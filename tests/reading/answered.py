"""The answer is read back: every cell and every sentence of it, from the stored replicates."""

from __future__ import annotations

import re
from datetime import timedelta

import numpy as np

from sim.document.lists import lists_of
from sim.document.measured import is_told_in_units
from sim.document.milestones import milestones_of
from sim.outcomes.story import CAUSES
from sim.report.answer.shown import REST
from sim.report.words import EARLY, ENDINGS
from tests.reading.forms import read

COUNT = r"(?:[\d,]+ always|[\d,]+ in [<>]?\d+, [\d,]+ in [<>]?\d+|[\d,]+(?: \([\d,]+-[\d,]+\))?|-)"
RUNS = r"(?:[<>]?\d+|-)"
DAYS = r"d[\d,]+(?: \([\d,]+-[\d,]+\))?"
HEADINGS = {"At the end:": "counts", "Promises broken:": "broken", "Runs of ": "events", "In how many of ": "events"}
CELLS = {"counts": COUNT, "broken": COUNT, "events": f"{RUNS}(?: +{DAYS})?"}
SENTENCES = ("answer always", "answer causes", "answer same", "answer moves")
FEWEST = 20
BEGINNINGS = "At the end:|Promises broken:|Runs of |In how many of "


def numbers(text):
    return [int(part.replace(",", "")) for part in re.findall(r"[\d,]*\d", text)]


def check_runs(words, count, n, exact=False):
    """'66', '<1', '>99': runs of 100, rounded; parts that add up to a whole may be rounded either way."""
    base = min(100, n)
    if words == "<1":
        assert 0 < count * base < n, words
    elif words.startswith(">"):
        assert words == f">{base - 1}", words
        assert (base - 1) * n < count * base < base * n, words
    else:
        assert abs(int(words) - count * base / n) <= (0.5 if exact else 1) + 1e-9, (words, count, n)
        assert (int(words) == 0) <= (count == 0), words


def check_sum(parts, whole):
    """Parts add up to the whole; '<1' is 0 and '>99' is 100."""
    values = {"<1": 0, ">99": 100}
    assert sum(values.get(part) if part in values else int(part) for part in parts) == (values.get(whole) or int(whole))


def check_range(text, values):
    middle, low, high = (int(v) for v in np.quantile(values, [0.5, 0.05, 0.95], method="inverted_cdf"))
    told = numbers(text)
    assert told == ([middle] if low == high else [middle, low, high]), text


def check_count(cell, values):
    n = len(values)
    if cell.endswith(" always"):
        assert set(values) == set(numbers(cell))
    elif " in " in cell:
        for part in cell.split(", "):
            value, _, runs = part.rpartition(" in ")
            check_runs(runs, int(np.sum(values == numbers(value)[0])), n, exact=True)
    else:
        check_range(cell, values)


def check_event(cell, minutes, midnight):
    runs, _, days = cell.partition(" ")
    happened = minutes[minutes >= 0]
    check_runs(runs, len(happened), len(minutes), exact=True)
    assert bool(days.strip()) == (len(happened) >= FEWEST), cell
    if days:
        check_range(days.strip(), (happened - midnight) // 1440 + 1)


class Reader:
    """An answer, and the folder of the same run."""

    def __init__(self, text, by_name, deals):
        self.scenarios = list(by_name.values())
        self.names = list(by_name)
        self.deal = deals[0]
        self.midnight = -(self.deal.starts.hour * 60 + self.deal.starts.minute)
        self.people = {one.name.lower(): one.outcome for deal in deals for one in lists_of(deal)}
        self.totals = {one.name.lower(): one.count for deal in deals for one in lists_of(deal)}
        self.same_totals = len({str({one.name: one.count for one in lists_of(deal)}) for deal in deals}) == 1
        self.milestones = {one.title: f"reached_{one.key}" for deal in deals for one in milestones_of(deal)}
        without = {re.sub(r"[\d,]*\d ", "", title): key for title, key in self.milestones.items()}
        self.milestones |= {title[:1].upper() + title[1:]: key for title, key in without.items()}
        self.units = {
            o.title or key.replace("_", " ").capitalize(): f"delivered_{key}"
            for deal in deals for key, o in deal.obligations.items() if is_told_in_units(deal, o)
        }  # fmt: skip
        self.lines = text.splitlines()
        self.n_cells = 0

    def check(self):
        """Fail unless the whole answer is what is stored."""
        at = self.lines.index(REST) if REST in self.lines else self.lines.index("")
        lines = self.lines[:at]
        table = next(place for place, line in enumerate(lines) if re.match(BEGINNINGS, line))
        head = " ".join(lines[:table])
        self.check_heading(head)
        is_sentence = re.compile(r"In every run: |Why, in \d+ runs? of |.* against .*, same chance events: ")
        after = next((p for p in range(table, len(lines)) if is_sentence.match(lines[p])), len(lines))
        if any(cell in head for cell in ("", *self.names)):
            self.check_table(lines[table:after])
        self.check_sentences(" ".join(" ".join(lines[after:]).split()))

    def check_heading(self, head):
        starts = self.deal.starts
        last = max(len(one.rows["end_day"]) and int(one.rows["end_day"].max()) for one in self.scenarios)
        assert f"(day 1: {starts.day} {starts:%b %Y})" in head
        assert f"{self.scenarios[0].n:,} run" in head
        day, date = re.search(r"to day ([\d,]+) \((\d+ \w+ \d+)\)", head).groups()
        assert numbers(day)[0] >= last
        end = starts + timedelta(days=numbers(day)[0] - 1)
        assert date == f"{end.day} {end:%b %Y}"
        assert "under assumptions, not a forecast." in head

    def check_table(self, lines):
        kind, label = "", ""
        for line in lines:
            if heading := re.match(BEGINNINGS, line):
                kind, label = HEADINGS[heading[0]], ""
                continue
            label = f"{label} {line.strip()}".strip()
            pattern = CELLS[kind]
            found = re.fullmatch(rf"(.*?)((?: +{pattern}){{{len(self.scenarios)}}})", label)
            if found is None:
                continue  # a label that goes on
            cells = re.findall(rf" +({pattern})(?= |$)", found[2])
            assert len(cells) == len(self.scenarios), line
            self.check_row(kind, found[1], cells)
            label = ""
        assert not label, f"not a row: {label!r}"

    def check_row(self, kind, label, cells):
        for cell, one in zip(cells, self.scenarios, strict=True):
            self.n_cells += 1
            if kind == "broken":
                party = next(key for key, name in self.deal.parties.items() if label == name)
                check_count(cell, one.rows[f"broken_{party}"])
            elif cell == "-":
                assert not {self.counted(label) if kind == "counts" else self.milestones[event_of(label)]} & set(
                    one.rows
                )
            elif kind == "counts":
                check_count(cell, one.rows[self.counted(label)])
            elif label.startswith("End: "):
                end = next(end for end, words in ENDINGS.items() if words == label.removeprefix("End: "))
                check_runs(cell, int(np.sum(one.rows["end"] == end)), one.n)
            else:
                check_event(cell, one.rows[self.milestones[event_of(label)]], self.midnight)

    def counted(self, label):
        name, _, total = label.partition(", of ")
        if name.lower() in self.people:
            assert numbers(total) == ([self.totals[name.lower()]] if self.same_totals else [])
            return self.people[name.lower()]
        return self.units[max((title for title in self.units if label.startswith(title)), key=len)]

    def check_page(self, rows, texts):
        """Rows of the page's table, and its sentences: the moves of each variant, and below them the note."""
        counts = {*self.people, *map(str.lower, self.units)}
        assert {len(cells) for _, *cells in rows} <= {0, len(self.scenarios)}  # a heading stands alone
        for label, *cells in (row for row in rows if len(row) > 1):
            title = re.sub(r", of [\d,]+$", "", label).lower()  # what comes in units is a milestone too, without "of"
            has_range = any(re.search(r"\([\d,]+-[\d,]+\)", cell) for cell in cells)
            is_count = title in (counts if has_range or title != label.lower() else self.people)
            kind = "counts" if is_count else "events"
            if kind == "events":
                for cell, one in zip(cells, self.scenarios, strict=True):
                    self.check_date(cell)
                    self.n_cells += label.startswith("End: ") or cell == "-" or "middle day" in cell
                    if not label.startswith("End: ") and cell != "-":
                        minutes = one.rows[self.milestones[event_of(label)]]
                        check_reached(cell, minutes, self.midnight)
            if kind == "counts" or label.startswith("End: "):
                self.check_row(kind, label, cells)
        *moves, note = texts
        self.check_sentences(" ".join(moves))
        last = self.deal.starts + timedelta(days=numbers(re.search(r"Last day: ([\d,]+), ", note)[1])[0] - 1)
        assert f", {last.day} {last:%b %Y}." in note
        if always := re.search(r"In every run: .*?\.(?= |$)", note):
            self.check_sentences(always[0])

    def check_date(self, cell):
        """A date beside a day is that of the day."""
        for day, date in re.findall(r"middle day (-?\d+) \((\d+ \w+)\)", cell):
            at = self.deal.starts + timedelta(days=int(day) - 1)
            assert date == f"{at.day} {at:%b}", cell

    def check_sentences(self, text):
        for form, fields in read(text, SENTENCES) if text else ():
            if form == "answer always":
                for part in fields["people"].split("; "):
                    name, value, total = re.fullmatch(r"(.*?) ([\d,]+)(?: of ([\d,]+))?", part).groups()
                    for one in self.scenarios:
                        assert set(one.rows[self.people[name.lower()]]) == set(numbers(value))
                    assert total is None or numbers(total) == [self.totals[name.lower()]]
            elif form == "answer causes":
                self.check_causes(fields)
            else:
                self.check_moves(form, fields)

    def check_causes(self, fields):
        """Parts of each end add up to its row, and each is what is stored, rounded either way."""
        first = self.scenarios[0]
        assert fields["scenario"].removeprefix("the ") == self.names[0]
        kinds = np.array([str(cause).split(" ")[0] for cause in first.rows["root_cause"]])
        for text in fields["causes"].split("; "):
            runs, verb, parts = re.fullmatch(r"([<>]?\d+) (\w+(?: down)?): (.*)", text).groups()
            end = next(end for end, words in EARLY.items() if verb == words[runs != "1"])
            of_end = first.rows["end"] == end
            check_runs(runs, int(np.sum(of_end)), first.n)
            told, found = [], re.findall(r"(\D+?) ([<>]?\d+)(?: \((.*?)\))?(?:, |$)", parts)
            assert found, parts
            assert all(words != "others" for words, _, _ in found[:-1])
            for words, part, by in found:
                is_meant = of_end & ~np.isin(kinds, told)
                if words != "others":
                    told.append(next(kind for kind, called in CAUSES.items() if called == words))
                    is_meant = of_end & (kinds == told[-1])
                check_runs(part, int(np.sum(is_meant)), first.n)
                assert by.startswith("by ") == (bool(by) and told[-1:] != ["party_left"]), text
                by = by.removeprefix("by ")
                if by in self.deal.parties.values():
                    continue
                if by:
                    pieces = [re.fullmatch(r"(.*) ([<>]?\d+)", piece).groups() for piece in by.split(", ")]
                    assert [name for name, _ in pieces] == list(self.deal.parties.values())
                    check_sum([piece for _, piece in pieces], part)
            check_sum([part for _, part, _ in found], runs)

    def check_moves(self, form, fields):
        place = next(i for i, name in enumerate(self.names) if name.lower() == fields["variant"].lower())
        base, one = self.scenarios[0], self.scenarios[place]
        for part in fields["moves"].split("; ") if form == "answer moves" else ():
            title, _, said = part.rpartition(": ")
            before, after = self.values(base, title), self.values(one, title)
            found = dict(re.findall(r"(more|fewer|newly|no longer) in ([<>]?\d+)", said))
            up, down = int(np.sum(after > before)), int(np.sum(after < before))
            if title in self.milestones:
                up, down = int(np.sum((before < 0) & (after >= 0))), int(np.sum((before >= 0) & (after < 0)))
            for words, runs in found.items():
                check_runs(runs, up if words in ("more", "newly") else down, one.n, exact=True)
            if not found:
                assert up == down == 0, part
            if mean := re.search(r"on average ([+-]?[\d,]+\.\d)$", said):
                assert abs(float(mean[1].replace(",", "")) - np.mean(after - before)) < 0.0501, part
            if later := re.search(r"(\d+) days? (later|sooner) where in both", said):
                both = (before >= 0) & (after >= 0)
                days = np.rint((after[both] - before[both]) / 1440)
                middle = np.quantile(days, 0.5, method="inverted_cdf")
                assert middle == int(later[1]) * (1 if later[2] == "later" else -1), part

    def values(self, one, title):
        if title in self.milestones:
            return one.rows[self.milestones[title]]
        name = self.people.get(title.lower()) or self.units[title]
        return one.rows[name]


def event_of(label):
    return label.removesuffix(", or none").removesuffix(", or remains")


def check_reached(cell, minutes, midnight):
    """'66, middle day 42 (1 Mar)': runs of 100, and the day of the middle one of these."""
    runs, _, by = cell.partition(", middle day ")
    happened = minutes[minutes >= 0]
    check_runs(runs, len(happened), len(minutes), exact=True)
    assert bool(by) == (len(happened) >= FEWEST), cell
    if by:
        days = (happened - midnight) // 1440 + 1
        assert int(by.partition(" ")[0]) == np.quantile(days, 0.5, method="inverted_cdf"), cell


def check_answer_of_page(rows, texts, by_name, deals):
    """Fail unless every number of a report's answer is that of the stored replicates.

    Parameters
    ----------
    rows : list of list of str
        Of its table, without the heads.
    texts : list of str
        Its paragraphs, down to the note of the table.
    by_name, deals
        As `check_printed_answer` takes them.
    """
    reader = Reader("", by_name, deals)
    reader.check_page(rows, texts)
    assert reader.n_cells >= len(by_name)


def check_printed_answer(text, by_name, deals):
    """Fail unless every number of a printed answer is that of the stored replicates.

    Parameters
    ----------
    text : str
        What `compare` prints.
    by_name : dict of str to Scenario
        By the name that tables give them.
    deals : list of Deal
    """
    reader = Reader(text, by_name, deals)
    reader.check()
    assert reader.n_cells >= len(by_name)
