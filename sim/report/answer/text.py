"""The answer as lines of text: at 80 columns, at most 30 lines for three scenarios side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import product

from sim.report.answer.causes import Cause
from sim.report.answer.chosen import MOST_MILESTONES, Chosen, chosen, two_values, worth_saying
from sim.report.answer.columns import side_by_side
from sim.report.answer.drawn import Answer, Counted, CountRow, MilestoneRow, Reached, Told
from sim.report.answer.many import lines_of_many
from sim.report.answer.moves import Moved
from sim.report.numbers import count_range, day_range, in_runs, number, of_runs, parts_in_runs, whole_in_runs
from sim.report.sentences import say
from sim.report.words import EARLY, cut

MOST_LINES = 29
"""Of three scenarios; with the note where the rest is they are 30. Fewer take a line less at least."""
SIDE_BY_SIDE = 3
"""More scenarios than this stand one on a line."""
SHORTEST_LABEL, LONGEST_LABEL = 18, 30
FEWEST_MILESTONES = 3
NAMED_CAUSES = ((3, 3), (3, 2), (2, 2), (2, 1), (1, 1))
"""How many causes are named of the more frequent end before the last day and of the other: as many as leave room."""
WIDEST_PAIR = len("10 in 58, 40 in 42")
Row = tuple[str, list[str]]


def answer_lines(answer: Answer, width: int = 80) -> list[str]:
    """The answer, a string for each line.

    Parameters
    ----------
    answer : Answer
    width : int, optional
        Columns of the terminal.
    """
    told = chosen(answer)
    if len(answer.scenarios) > SIDE_BY_SIDE:
        head = heading_lines(answer, width, first_too=True)
        return [*head, *lines_of_many(answer, told, width), *constant_lines(told, width), *_causes(answer, width)]

    most = MOST_LINES - (len(answer.scenarios) < SIDE_BY_SIDE)

    def whole(n_units: int, n_milestones: int) -> list[str]:
        """Without averages, then with fewer causes, rather than without a row."""
        shown = keys_shown(told, n_milestones)
        above = [
            *heading_lines(answer, width, first_too=True),
            *tables(answer, told, width, n_units, n_milestones),
            *constant_lines(told, width),
        ]
        for named, has_means in product(NAMED_CAUSES, (True, False)):
            causes = _causes(answer, width, named)
            sentences = [run_for_run(answer, one, shown, has_means=has_means) for one in answer.scenarios[1:]]
            below = [line for sentence in sentences for line in wrapped(sentence, width, "  ")]
            if len(above) + len(causes) + len(below) <= most:
                break
        return [*above, *causes, *below]

    return fitting(told, whole, most)


def fitting(told: Chosen, whole: Callable[[int, int], list[str]], most: int = MOST_LINES) -> list[str]:
    """Lines with as many rows of units and of milestones as leave them within so many.

    Parameters
    ----------
    told : Chosen
    whole : callable
        From the number of both to all lines.
    most : int, optional
    """
    for n_units, n_milestones in _fewer(len(told.units)):
        lines = whole(n_units, n_milestones)
        if len(lines) <= most:
            break
    return lines


def keys_shown(told: Chosen, n_milestones: int) -> list[str]:
    """Keys of the rows that are told run for run, in their order on the screen."""
    counts, events = [row.key for row in told.lists], [row.key for row in told.milestones[:n_milestones]]
    return events + counts if told.begins_with_milestones else counts + events


def _fewer(units: int) -> list[tuple[int, int]]:
    """How many rows of units and of milestones are tried, the most first; units go first."""
    return [(n, MOST_MILESTONES) for n in range(min(units, 3), 0, -1)] + [
        (0, n) for n in range(MOST_MILESTONES, FEWEST_MILESTONES - 1, -1)
    ]


# ---------------------------------------------------------------- around the table


def heading_lines(answer: Answer, width: int, *, first_too: bool = False) -> list[str]:
    """What it is about, how many runs, up to which day, what kind of statement; if asked for, what the first one is."""
    each = " each" if len(answer.scenarios) > 1 else ""
    about, short = (
        wrapped(say("answer about", title=title, first=day_in_words(answer.starts)), width)
        for title in (answer.title, answer.short_title)
    )
    return [
        *(about if len(about) == 1 else short),
        *(_baseline_lines(answer, width) if first_too else []),
        *wrapped(
            say("answer kind", n=f"{answer.n:,}", runs=f"run{'s' if answer.n > 1 else ''}{each}",
                last=answer.last_day, date=day_in_words(answer.ends)), width,
        ),
    ]  # fmt: skip


def _baseline_lines(answer: Answer, width: int) -> list[str]:
    """The title of the document of the first scenario, on one line; none where it has no title of its own."""
    first = answer.scenarios[0]
    if not first.is_titled or first.title.casefold() == first.label.casefold():
        return []
    return [cut(say("answer baseline", scenario=_capital(first.label), title=first.title), width)]


def day_in_words(day: date) -> str:
    """'19 Jan 2025'."""
    return f"{day.day} {day:%b} {day.year}"


def constant_lines(told: Chosen, width: int) -> list[str]:
    """People of whom as many are out in every run."""
    sentence = constant_in_words(told)
    return wrapped(sentence, width, "  ") if sentence else []


def constant_in_words(told: Chosen) -> str:
    """A sentence on the people of whom as many are out in every run; empty if there are none."""
    people = [
        f"{row.title[:1].lower()}{row.title[1:]} {cell.middle:,}{f' of {row.total:,}' if row.total else ''}"
        for row in told.constant
        if (cell := next(cell for cell in row.cells if cell is not None))
    ]
    return say("answer always", people="; ".join(people)) if people else ""


def _causes(answer: Answer, width: int, named: tuple[int, ...] = NAMED_CAUSES[0]) -> list[str]:
    sentence = causes_in_words(answer, named)
    return wrapped(sentence, width, "  ") if sentence else []


def causes_in_words(answer: Answer, named: tuple[int, ...] = NAMED_CAUSES[0]) -> str:
    """What the first scenario's ends before the last day go back to, end by end; empty for none.

    The parts add up to the rows of ends. Of each end the most frequent cause is named, and others that one run in 100
    or more goes back to.

    Parameters
    ----------
    answer : Answer
    named : tuple of int, optional
        How many causes of the more frequent end at most, and of the other.
    """
    first, base = answer.scenarios[0], of_runs(answer.n)
    shown = dict(zip(first.ends, parts_in_runs(list(first.ends.values()), answer.n), strict=True))
    ends = [
        _causes_of_end([cause for cause in first.causes if cause.end == end], shown[end], answer.n, most)
        for end, most in zip(dict.fromkeys(cause.end for cause in first.causes), named, strict=False)
        if shown[end] != "<1"
    ]
    if not ends:
        return ""
    return say("answer causes", base=base, runs="runs" if base > 1 else "run", causes="; ".join(ends),
               scenario="the baseline" if first.label == "baseline" else first.label)  # fmt: skip


def _causes_of_end(causes: list[Cause], runs: str, n: int, most: int) -> str:
    """'54 expire: talks broken off 35, talks not open in time 10, others 9'."""
    named = [cause for place, cause in enumerate(causes[:most]) if not place or 100 * cause.runs >= n]
    counts = [cause.runs for cause in named]
    if others := sum(cause.runs for cause in causes[len(named) :]):
        counts.append(others)
    parts = parts_in_runs(counts, n, whole_in_runs(runs, n))
    words = [_cause_in_words(cause, part, n) for cause, part in zip(named, parts, strict=False)]
    words += [f"others {parts[-1]}"] if others else []
    one, several = EARLY[causes[0].end]
    return f"{runs} {one if runs == '1' else several}: {', '.join(words)}"


def _cause_in_words(cause: Cause, runs: str, n: int) -> str:
    """'a major incident 11 (by Israel 9, Hamas 2)', 'a party leaves 9 (Israel)' where all are of one."""
    by_whom = "" if cause.kind == "party_left" else "by "
    whose = [party for party, count in cause.by_party.items() if count]
    if len(whose) == 1:
        return f"{cause.words} {runs} ({by_whom}{whose[0]})"
    if not cause.by_party or runs == "<1":
        return f"{cause.words} {runs}"
    parts = parts_in_runs(list(cause.by_party.values()), n, whole_in_runs(runs, n))
    by = ", ".join(f"{party} {part}" for party, part in zip(cause.by_party, parts, strict=True))
    return f"{cause.words} {runs} ({by_whom}{by})"


def run_for_run(answer: Answer, one: Told, shown: list[str], *, has_means: bool = True) -> str:
    """A sentence on one variant against the first scenario, in the same runs.

    Parameters
    ----------
    answer : Answer
    one : Told
        The variant.
    shown : list of str
        Keys of the rows that are told.
    has_means : bool, optional
        Whether to say by how much counts differ on average.
    """
    found = worth_saying(one.moved, shown, answer.n)
    if not has_means:
        found = [replace(moved, mean=None) for moved in found]
    return against(one.label, answer.scenarios[0].label, found, answer.n)


def against(variant: str, baseline: str, found: Sequence[Moved], n: int) -> str:
    """A sentence on what moves from one to another in the same runs.

    Parameters
    ----------
    variant, baseline : str
        What they are called.
    found : sequence of Moved
        That are worth saying; empty if nothing differs.
    n : int
        Runs of each.
    """
    names = {"variant": _capital(variant), "baseline": baseline}
    if not found:
        return say("answer same", **names)
    return say("answer moves", **names, moves="; ".join(moved_in_words(moved, n) for moved in found))


def moved_in_words(moved: Moved, n: int) -> str:
    """'Living hostages: more in 10 of 100 runs, fewer in 3, on average +1.6'; of what comes about, 'newly in'.

    Parameters
    ----------
    moved : Moved
    n : int
        Runs of each scenario.
    """
    up, down = moved.ways
    parts = [(up, moved.more), (down, moved.fewer)]
    parts.sort(key=lambda part: -part[1])
    if not moved.more and not moved.fewer:
        text = "in the same runs" if moved.kind == "milestone" else "the same in every run"
    else:
        (first, most), (second, least) = parts
        text = f"{first} in {in_runs(most, n)} of {of_runs(n)} runs, {second} in {in_runs(least, n)}"
        if not moved.is_decided:
            text += " (which way is undecided)"
        elif moved.mean is not None:
            text += f", on average {number(moved.mean, signed=True, digits=1)}"
    if moved.later:
        days = "day" if abs(moved.later) == 1 else "days"
        text += f", {abs(moved.later)} {days} {'later' if moved.later > 0 else 'sooner'} where in both"
    return f"{moved.title}: {text}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most this width, all but the first after the indent."""
    return textwrap.wrap(text, width, subsequent_indent=indent, break_on_hyphens=False)


# ---------------------------------------------------------------- the table


def tables(answer: Answer, told: Chosen, width: int, n_units: int, n_milestones: int) -> list[str]:
    """One table, or several where not all scenarios fit beside one another."""
    sections = _sections(answer, told, n_units, n_milestones)
    lines: list[str] = []
    first = 0
    while first < len(answer.scenarios):
        last = len(answer.scenarios)
        while last > first + 1 and _label_width(sections, first, last, width) < SHORTEST_LABEL:
            last -= 1
        lines += _table(answer, sections, first, last, width)
        first = last
    return lines


def _sections(answer: Answer, told: Chosen, n_units: int, n_milestones: int) -> list[tuple[str, list[Row]]]:
    base = of_runs(answer.n)
    counts = [_count_row(row, answer.n) for row in [*told.lists, *told.units[:n_units]]]
    events = [_milestone_row(row, told, answer) for row in told.milestones[:n_milestones]]
    has_days = any(cell is not None and cell.middle is not None
                   for row in told.milestones[:n_milestones] for cell in row.cells)  # fmt: skip
    ends = end_rows(answer)
    has_pairs = any(" in " in cell for _, cells in counts for cell in cells)
    at_end = (say("answer counts or pairs", base=base) if has_pairs else say("answer counts"), counts)
    happens = (say("answer events" if has_days else "answer ends", base=base), [*events, *ends])
    rows = [row for row in told.broken if any(cell is not None and cell.high for cell in row.cells)]
    broken = (say("answer broken"), [_count_row(row, answer.n) for row in rows])
    order = [happens, at_end] if told.begins_with_milestones else [at_end, happens]
    return [section for section in [*order, broken] if section[1]]


def _count_row(row: CountRow, n: int) -> Row:
    return row.heading, [count_in_words(cell, n) for cell in row.cells]


def count_in_words(cell: Counted | None, n: int) -> str:
    """'25 (16-49)', '49 always', '-' where there is no such thing; '0 in 58, 20 in 42' for two counts.

    Parameters
    ----------
    cell : Counted or None
    n : int
        Runs of the scenario.
    """
    if cell is None:
        return "-"
    if cell.is_constant:
        return f"{cell.middle:,} always"
    pair = two_values(cell, n)
    if pair is not None and pair[0][0] in (cell.low, cell.middle) and cell.low != cell.high:
        words = ", ".join(f"{count:,} in {in_runs(runs, n)}" for count, runs in pair)
        if len(words) <= WIDEST_PAIR:
            return words
    return count_range(cell.middle, cell.low, cell.high)


def _milestone_row(row: MilestoneRow, told: Chosen, answer: Answer) -> Row:
    title = row.title
    if row.kind == "people" and row.key == f"all_{row.of}" and row.of in told.all_or_none:
        title = f"{title}, or none"
    elif row.kind == "people" and row.of in answer.mortal:
        title = f"{title}, or remains"
    return title, [reached_in_words(cell, answer.n) for cell in row.cells]


def reached_in_words(cell: Reached | None, n: int) -> str:
    """'66  d42 (40-44)': runs of 100, and of these the middle day and where 90 of 100 lie.

    Parameters
    ----------
    cell : Reached or None
    n : int
        Runs of the scenario.
    """
    if cell is None:
        return "-"
    runs = in_runs(cell.runs, n)
    if cell.middle is None or cell.low is None or cell.high is None:
        return runs
    return f"{runs:<3} {day_range(cell.middle, cell.low, cell.high)}"


def end_rows(answer: Answer) -> list[Row]:
    """Ends that occur, in runs of 100 that add up."""
    parts = [dict(zip(one.ends, parts_in_runs(list(one.ends.values()), answer.n), strict=True))
             for one in answer.scenarios]  # fmt: skip
    return [(f"End: {words}", [of[end] for of in parts]) for end, words in answer.endings.items()]


def _label_width(sections: Sequence[tuple[str, list[Row]]], first: int, last: int, width: int) -> int:
    return width - sum(_cell_widths(sections, first, last))


def _cell_widths(sections: Sequence[tuple[str, list[Row]]], first: int, last: int) -> list[int]:
    return [1 + max(len(cells[place]) for _, rows in sections for _, cells in rows) for place in range(first, last)]


def _table(answer: Answer, sections: Sequence[tuple[str, list[Row]]], first: int, last: int, width: int) -> list[str]:
    widths = _cell_widths(sections, first, last)
    longest = max(len(label) for _, rows in sections for label, _ in rows)
    room = max(SHORTEST_LABEL, min(longest + 1, LONGEST_LABEL, width - sum(widths)))
    spare = max(0, width - room - sum(widths)) // len(widths)
    widths = [min(each + spare, max(each, 1 + len(answer.scenarios[place].label)))
              for place, each in enumerate(widths, first)]  # fmt: skip
    lines = []
    if len(answer.scenarios) > 1:
        names = [textwrap.wrap(answer.scenarios[place].label, each - 1) for place, each in enumerate(widths, first)]
        lines += side_by_side([""], names, room, widths)
    for heading, rows in sections:
        lines += wrapped(heading, width, "  ")
        for label, cells in rows:
            label_lines = textwrap.wrap(label, room - 1, subsequent_indent="  ", break_on_hyphens=False)
            lines += side_by_side(label_lines, [[cell] for cell in cells[first:last]], room, widths, at_last=True)
    return lines
