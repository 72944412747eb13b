"""A design in the terminal: what no choice is better than in everything, and what each costs whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.report.console import plain_table
from sim.report.numbers import plus_minus, with_interval
from sim.report.sweep import estimate_of
from sim.report.words import ENDS, FOOTER, outcome_in_words

if TYPE_CHECKING:
    from rich.console import Console

Content = Mapping[str, Any]
WRITTEN = "as written"


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
    refused = content["refused"]
    say(
        f"{content['points']:,} choices of {len(content['terms'])} terms, {content['n']:,} runs each; "
        f"{refused['n']:,} are no deal{_why(refused)}."
    )
    say(
        f"{content['candidates']} that nothing tried is better than in everything were run again, {content['again']:,} "
        f"times on other draws: {len(content['front'])} are left, listed by the first outcome, in no order of worth."
    )
    if content["cost"]["stopped"]:
        say(f"{_stopped(content)}.")
    for line in _curse_lines(content):
        say(line)
    if content["front"]:
        _print_points(content, console)
        _print_terms(content, console)
        _print_sides(content, console)
        _print_given_up(content, console)
        _print_behaviours(content, console)
    _print_effects(content, console)
    say(FOOTER)


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


def _print_points(content: Content, console: Console) -> None:
    names = [one["outcome"] for one in content["outcomes"]]
    n = content["again"]
    heads = [f"{words(one['outcome'])} ({one['wanted']})" for one in content["outcomes"]]
    table = plain_table("Difference from the deal as written, in the same runs (own draws of the search)", "", *heads)
    for point in content["front"]:
        cells = [
            f"{with_interval(estimate_of(point['difference'][name], n), signed=True)} ({point['own'][name]:+.3g})"
            for name in names
        ]
        table.add_row(point["point"], *cells)
    console.print(table)
    console.print()


def _rows(content: Content) -> list[tuple[str, Content]]:
    """The deal as written, then the points."""
    return [(WRITTEN, content["written"]), *((point["point"], point) for point in content["front"])]


def _print_terms(content: Content, console: Console) -> None:
    keys = list(content["terms"])
    table = plain_table("Terms", "", *(content["terms"][key] for key in keys))
    for point in content["front"]:
        table.add_row(point["point"], *(str(point["terms"][key]) for key in keys))
    console.print(table)
    console.print()


def _print_sides(content: Content, console: Console) -> None:
    """All outcomes with both sides', ends side by side, and what one departure can do."""
    names = [*(one["outcome"] for one in content["outcomes"]), *content["beside"]]
    n = content["again"]
    rows = _rows(content)
    table = plain_table("Mean of each outcome, both sides", "", *(name for name, _ in rows))
    for name in names:
        table.add_row(words(name), *(plus_minus(estimate_of(row["outcomes"][name], n)) for _, row in rows))
    for end in content["written"]["ends"]:
        table.add_row(f"Ends: {ENDS.get(end, end).lower()}", *(f"{row['ends'][end]:.1%}" for _, row in rows))
    for name in content["written"]["violated"]:
        shares = [row["violated"][name] for _, row in rows]
        if any(shares):
            table.add_row(f"Violated: {name.replace('_', ' ')}", *(f"{share:.1%}" for share in shares))
    for party in content["parties"]:
        leads = [row["check"]["largest_lead"].get(party) if "check" in row else None for _, row in rows]
        cells = ("" if lead is None else f"{lead:.2f}" for lead in leads)
        table.add_row(f"Farthest lead of {party} by one departure", *cells)
    console.print(table)
    console.print()


def _print_given_up(content: Content, console: Console) -> None:
    """For whom each point is harder than the deal as written, change by change."""
    parties = content["parties"]
    table = plain_table("Who gives up what: changes that ask more of either side", "", *parties, "cannot be told")
    for point in content["front"]:
        cells = [_changes(point["gives_up"], party) for party in (*parties, None)]
        table.add_row(point["point"], *cells)
    console.print(table)
    console.print()


def _changes(gives_up: Sequence[Content], party: str | None) -> str:
    """Changes that are harder for one side, those of one kind together."""
    mine = [
        one for one in gives_up
        if (one["harder_for"] == party if party else one["harder_for"] is None)
    ]  # fmt: skip
    by_part: dict[str, list[str]] = {}
    for one in mine:
        parts = one["path"].split(".")
        by_part.setdefault(parts[-1], []).append(parts[2] if len(parts) > 3 else one["path"])
    return "; ".join(f"{part} of {', '.join(keys)}" for part, keys in by_part.items()) or "-"


def _print_behaviours(content: Content, console: Console) -> None:
    names = [one["outcome"] for one in content["outcomes"]]
    for behaviour in content["written"]["behaviours"]:
        table = plain_table(f"Under the behaviour of {behaviour}", "", *map(words, names))
        for row, found in _rows(content):
            outcomes = found["behaviours"][behaviour].get("outcomes")
            cells = ["no deal"] * len(names) if outcomes is None else [
                plus_minus(estimate_of(outcomes[name], content["again"])) for name in names
            ]  # fmt: skip
            table.add_row(row, *cells)
        console.print(table)
        console.print()


def _print_effects(content: Content, console: Console) -> None:
    """What each term does alone, from the deal as written."""
    names = [one["outcome"] for one in content["outcomes"]]
    table = plain_table("One term alone, all others as written: difference from it", "", "value", *map(words, names))
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
            table.add_row(content["terms"][row["term"]], str(found["value"]), *cells)
    console.print(table)
    console.print()
