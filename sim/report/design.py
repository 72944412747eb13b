"""A design in the terminal: what no choice is better than in everything, and what each costs whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.report.console import plain_table
from sim.report.numbers import plus_minus, with_interval
from sim.report.sweep import estimate_of
from sim.report.words import ENDS, FOOTER, outcome_in_words

if TYPE_CHECKING:
    from rich.console import Console

Content = Mapping[str, Any]
WRITTEN = "as written"


Row = tuple[str, Sequence[str], list[list[str]]]
"""A table: its caption, headings and rows."""


def print_design(content: Content, console: Console) -> None:
    """Print a design.

    Parameters
    ----------
    content : mapping
        As `ceasefire design --json` prints it.
    console : Console
    """

    def say(text: str = "") -> None:
        console.print(text, highlight=False, markup=False)

    say(content["first"])
    say()
    for line in said(content):
        say(line)
    for caption, headings, rows in tables_of(content):
        table = plain_table(caption, *headings)
        for row in rows:
            table.add_row(*row)
        console.print(table)
        console.print()
    say(FOOTER)


def said(content: Content) -> Iterator[str]:
    """What a design comes to, in sentences."""
    refused = content["refused"]
    yield (
        f"{content['points']:,} choices of {len(content['terms'])} terms, {content['n']:,} runs each; "
        f"{refused['n']:,} are no deal{_why(refused)}."
    )
    yield (
        f"{content['candidates']} that nothing tried is better than in everything were run again, {content['again']:,} "
        f"times on other draws: {len(content['front'])} are left, listed by the first outcome, in no order of worth."
    )
    if content["cost"]["stopped"]:
        yield f"{_stopped(content)}."
    yield from _curse_lines(content)


def tables_of(content: Content) -> Iterator[Row]:
    """Every table of a design, both sides' outcomes in the order of the parties' names."""
    if content["front"]:
        yield _points(content)
        yield _terms(content)
        yield _sides(content)
        yield _given_up(content)
        yield from _behaviours(content)
    yield _effects(content)


def words(name: str) -> str:
    """An outcome of a design in words; a chance as it is written."""
    return name if name.startswith("P") else outcome_in_words(name)


def _why(refused: Content) -> str:
    reasons = [f"{one['n']:,} {one['rule']}, such as {one['example']}" for one in refused["reasons"][:3]]
    return f" ({'; '.join(reasons)})" if reasons else ""


def _stopped(content: Content) -> str:
    """Why fewer choices were tried than were asked for."""
    cost = content["cost"]
    return (
        f"The search stopped at {content['points']:,} of {content['asked_points']:,} choices: it may cost as much as "
        f"{cost['allowed']:,} replicates of the deal as written"
    )


def _curse_lines(content: Content) -> list[str]:
    """How much of what the search seemed to gain is left on other draws."""
    return [
        f"{words(name)}: of what {found['points']} points gain on the draws of the search {found['left']:.0%} is left "
        "on others."
        for name, found in content["curse"].items()
        if found["left"] is not None
    ]


def _points(content: Content) -> Row:
    names = [one["outcome"] for one in content["outcomes"]]
    n = content["again"]
    heads = [f"{words(one['outcome'])} ({one['wanted']})" for one in content["outcomes"]]
    rows = [
        [point["point"], *(
            f"{with_interval(estimate_of(point['difference'][name], n), signed=True)} ({point['own'][name]:+.3g})"
            for name in names
        )]
        for point in content["front"]
    ]  # fmt: skip
    return "Difference from the deal as written, in the same runs (own draws of the search)", ("", *heads), rows


def _rows(content: Content) -> list[tuple[str, Content]]:
    """The deal as written, then the points."""
    return [(WRITTEN, content["written"]), *((point["point"], point) for point in content["front"])]


def _terms(content: Content) -> Row:
    keys = list(content["terms"])
    rows = [[point["point"], *(_told(point["terms"][key]) for key in keys)] for point in content["front"]]
    return "Terms", ("", *(content["terms"][key] for key in keys)), rows


def _told(value: Any) -> str:
    """A value of a term; of a choice between two, yes or no."""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _sides(content: Content) -> Row:
    """All outcomes with both sides', ends side by side, and what one departure can do."""
    names = [*(one["outcome"] for one in content["outcomes"]), *content["beside"]]
    n, columns = content["again"], _rows(content)
    rows = [[words(name), *(plus_minus(estimate_of(row["outcomes"][name], n)) for _, row in columns)] for name in names]
    rows += [
        [f"Ends: {ENDS.get(end, end).lower()}", *(f"{row['ends'][end]:.1%}" for _, row in columns)]
        for end in content["written"]["ends"]
    ]
    for name in content["written"]["violated"]:
        shares = [row["violated"][name] for _, row in columns]
        if any(shares):
            rows.append([f"Violated: {name.replace('_', ' ')}", *(f"{share:.1%}" for share in shares)])
    for party in content["parties"]:
        leads = [row["check"]["largest_lead"].get(party) if "check" in row else None for _, row in columns]
        cells = ("" if lead is None else f"{lead:.2f}" for lead in leads)
        rows.append([f"Farthest lead of {content['called'][party]} by one departure", *cells])
    return "Mean of each outcome, both sides", ("", *(name for name, _ in columns)), rows


def _given_up(content: Content) -> Row:
    """For whom each point is harder than the deal as written, change by change."""
    parties, names = content["parties"], content["called"]
    rows = [
        [point["point"], *(_changes(point["gives_up"], party, names) for party in (*parties, None))]
        for point in content["front"]
    ]
    heads = ("", *(names[party] for party in parties), "cannot be told")
    return "Who gives up what: changes that ask more of either side", heads, rows


def _changes(gives_up: Sequence[Content], party: str | None, names: Mapping[str, str]) -> str:
    """Changes that are harder for one side, those of one kind together."""
    mine = [
        one for one in gives_up
        if (one["harder_for"] == party if party else one["harder_for"] is None)
    ]  # fmt: skip
    by_part: dict[str, list[str]] = {}
    for one in mine:
        parts = one["path"].split(".")
        by_part.setdefault(parts[-1], []).append(names.get(parts[2], one["path"]) if len(parts) > 3 else one["path"])
    return "; ".join(f"{part} of {', '.join(keys)}" for part, keys in by_part.items()) or "-"


def _behaviours(content: Content) -> Iterator[Row]:
    names = [one["outcome"] for one in content["outcomes"]]
    for behaviour in content["written"]["behaviours"]:
        rows = []
        for row, found in _rows(content):
            outcomes = found["behaviours"][behaviour].get("outcomes")
            cells = ["no deal"] * len(names) if outcomes is None else [
                plus_minus(estimate_of(outcomes[name], content["again"])) for name in names
            ]  # fmt: skip
            rows.append([row, *cells])
        yield f"Under the behaviour of {behaviour}", ("", *map(words, names)), rows


def _effects(content: Content) -> Row:
    """What each term does alone, from the deal as written."""
    names, rows = [one["outcome"] for one in content["outcomes"]], []
    for row in content["effects"]:
        for end in ("low", "high"):
            found = row[end]
            if "refused" in found:
                cells = [f"no deal ({found['refused'][0][0]})", *[""] * (len(names) - 1)]
            elif found["same"]:
                cells = ["no effect in any run"] * len(names)
            else:
                cells = [
                    with_interval(estimate_of(found["difference"][name], content["again"]), signed=True)
                    for name in names
                ]
            rows.append([content["terms"][row["term"]], _told(found["value"]), *cells])
    return "One term alone, all others as written: difference from it", ("", "value", *map(words, names)), rows
