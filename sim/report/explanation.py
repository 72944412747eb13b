"""Where two histories part, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from sim.report.numbers import number
from sim.report.sentences import say
from sim.report.words import outcome_in_words

if TYPE_CHECKING:
    from rich.console import Console

    from sim.document.deal import Deal

MOST_FOLLOWING = 12
MOST_TERMS = 5
MOST_DIFFERENCES = 12


def _line(event: dict[str, Any]) -> str:
    return f"day {event['day']:>3}  {event['local_time'].replace('T', ' ')[:16]}  {event['text']}"


def _print_side(title: str, side: dict[str, Any], console: Console) -> None:
    """What one history does from the parting on, and how it ends."""
    console.print(f"{title}: {side['scenario']}", style="bold", markup=False)
    if side["parting"] is not None:
        console.print(f"  {_line(side['parting'])}", markup=False, soft_wrap=True)
    for event in side["follows"][:MOST_FOLLOWING]:
        console.print(f"    {_line(event)}", markup=False, soft_wrap=True)
    more = len(side["follows"]) - MOST_FOLLOWING
    if more > 0:
        console.print(f"    … and {more} more")
    console.print(say("ends", end=side["end"], cause=side["root_in_words"]), markup=False)


def _print_otherwise(otherwise: dict[str, Any] | None, terms: Sequence[str], console: Console) -> None:
    """The decision that fell otherwise, with both values; where there is none, the terms that differ."""
    if otherwise is None:
        shown = list(terms[:MOST_TERMS])
        more = [f"and {len(terms) - MOST_TERMS} more"] if len(terms) > MOST_TERMS else []
        text = say("terms", terms="; ".join([*shown, *more])) if terms else say("no decision")
        console.print(text, markup=False, highlight=False)
        return
    about = {key: otherwise[key] for key in ("who", "about", "day")}
    console.print(say("otherwise", **about), markup=False, highlight=False)
    for name in ("baseline", "variant"):
        side = otherwise[name]
        form = "fell because" if side["why"] else "fell"
        told = say(form, side=name, result=side["result"], why=side["why"])
        for line in wrap(told, console.width, subsequent_indent="    ", break_on_hyphens=False):
            console.print(line, markup=False, highlight=False)


def print_explanation(explanation: dict[str, Any], console: Console, *deals: Deal) -> None:
    """Parting event, what follows on each side, and the differences in outcomes.

    Parameters
    ----------
    explanation : dict
        As `sim.analysis.explain.Explanation.as_json` gives it.
    console : Console
    *deals : Deal
        Of both sides, whose parts are called as they call them.
    """
    from rich.table import Table

    seed, replicate = explanation["seed"], explanation["replicate"]
    if explanation["same"]:
        console.print(say("equal", seed=seed, replicate=replicate))
        return
    console.print(say("part", seed=seed, replicate=replicate))
    _print_otherwise(explanation["otherwise"], explanation["terms"], console)
    _print_side("baseline", explanation["baseline"], console)
    _print_side("variant", explanation["variant"], console)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("outcome")
    for column in ("baseline", "variant", "difference"):
        table.add_column(column, justify="right")
    changed = [(name, row) for name, row in explanation["differences"].items() if row["difference"] != 0]
    for name, row in changed[:MOST_DIFFERENCES]:
        values = [number(row[key], signed=key == "difference") for key in ("baseline", "variant", "difference")]
        table.add_row(outcome_in_words(name, *deals), *values)
    console.print()
    console.print(table)
