"""What can go wrong, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.document.names import obligation_called
from sim.document.scenario import ResolvedScenario
from sim.report.console import plain_table
from sim.report.words import guarantees_called, spaced

if TYPE_CHECKING:
    from rich.console import Console

MOST_SETS = 15
MOST_OBLIGATIONS = 12


def print_check(
    result: dict[str, Any], story: list[tuple[int, str, str]], scenario: ResolvedScenario, console: Console
) -> None:
    """Sets, the shortest as a story, importance and exposure.

    Parameters
    ----------
    result : dict
        As `sim.analysis.deviations.check.Check.as_json` gives it.
    story : list of (int, str, str)
        The shortest set's run as `sim.outcomes.story.story` tells it; empty where the goal is not reached.
    scenario : ResolvedScenario
        Whose titles are used.
    console : Console
    """
    _print_head(result, console)
    _print_sets(result, console)
    if story:
        _print_story(result, story, console)
    _print_importance(result, scenario, console)
    _print_exposure(result, scenario, console)
    _print_guarantees(result, scenario, console)
    console.print("What can happen, not how likely it is.", style="dim")


def _print_head(result: dict[str, Any], console: Console) -> None:
    who = "" if result["by"] is None else f" by {result['by']}"
    console.print(f"{result['scenario']}: can it come to this: {result['goal']}?", style="bold", markup=False)
    extent = "complete" if result["complete"] else "stopped at the limit, so incomplete"
    sizes = ", ".join(f"{count:,} with {size}" for size, count in enumerate(result["explored_by_size"]))
    console.print(
        f"{result['explored']:,} runs with up to {result['deviations']} deviations from compliance{who} "
        f"({sizes}), {result['seconds']:.1f} s, {result['runs_per_second']:,} runs/s: {extent}.",
        markup=False,
    )


def _in_words(found: dict[str, Any]) -> str:
    return "; ".join(deviation["words"] for deviation in found["deviations"]) or "nothing: it comes to it anyway"


def _print_sets(result: dict[str, Any], console: Console) -> None:
    sets = result["minimal_sets"]
    console.print()
    if not sets:
        console.print("No such set of deviations leads there.")
        return
    kinds = by_kind(sets) if len(sets) > MOST_SETS else [[found] for found in sets]
    title = f"Minimal sets of deviations: {len(sets):,}"
    if len(kinds) == len(sets):
        table = plain_table(title, "deviations", "ends", "day")
    else:
        table = plain_table(
            f"{title} of {len(kinds):,} kinds; of each the earliest", "deviations", "sets", "ends", "day"
        )
    for kind in kinds[:MOST_SETS]:
        first = min(kind, key=lambda found: found["end_day"])
        count = [] if len(kinds) == len(sets) else [f"{len(kind):,}"]
        table.add_row(_in_words(first), *count, first["end"], str(first["end_day"]))
    console.print(table)
    if len(kinds) > MOST_SETS:
        console.print(f"… and {len(kinds) - MOST_SETS:,} more kinds, all sets with --json or --out")
    earliest = result["earliest"]
    console.print(f"Earliest end: day {earliest['end_day']}, {_in_words(earliest)}", markup=False)


def by_kind(sets: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Sets of the same deviations of the same parties, at whatever moment and about whatever promise, in the order met.

    Parameters
    ----------
    sets : list of dict
        Minimal sets, as `sim.analysis.deviations.check.Check.as_json` gives them.
    """
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for one in sets:
        kind = tuple((next(iter(d)), d["choice"], *d["by"]) for d in one["deviations"])
        found.setdefault(kind, []).append(one)
    return list(found.values())


def _print_story(result: dict[str, Any], story: list[tuple[int, str, str]], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    first = min((deviation["day"] for deviation in result["shortest"]["deviations"]), default=story[0][0])
    console.print()
    console.print(f"The shortest, from the day of its first deviation: {_in_words(result['shortest'])}", markup=False)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("day", justify="right")
    table.add_column("local time", no_wrap=True)
    table.add_column("what happened")
    for day, when, text in story:
        if day >= first:
            table.add_row(str(day), when, Text(text))
    console.print(table)


def _print_importance(result: dict[str, Any], scenario: ResolvedScenario, console: Console) -> None:
    ranked = [i for i in result["importance"] if i["minimal_sets"] or i["birnbaum"]]
    if not ranked:
        return
    console.print()
    drawn = [importance["birnbaum"] for importance in ranked if importance["birnbaum"] is not None]
    if drawn and not any(birnbaum["low"] or birnbaum["high"] for birnbaum in drawn):
        console.print(
            f"Importance: under the scenario's chances no obligation moves '{result['goal']}' in any run. "
            "Take more runs with -n, or another goal with --goal.",
            markup=False, highlight=False,
        )  # fmt: skip
        return
    ranked = [i for i in ranked if i["minimal_sets"] or i["birnbaum"]["low"] or i["birnbaum"]["high"]]
    table = plain_table(
        "What each obligation means: minimal sets with it; chance of the goal when it deviates less when on time",
        "obligation", "sets", "difference", "95% interval",
    )  # fmt: skip
    for importance in ranked[:MOST_OBLIGATIONS]:
        birnbaum = importance["birnbaum"]
        numbers = ("", "")
        if birnbaum is not None:
            numbers = f"{birnbaum['value']:+.3f}", f"{birnbaum['low']:+.3f} to {birnbaum['high']:+.3f}"
        table.add_row(
            obligation_called(scenario.deal, importance["obligation"]), str(importance["minimal_sets"]), *numbers
        )
    console.print(table)


def _print_exposure(result: dict[str, Any], scenario: ResolvedScenario, console: Console) -> None:
    console.print()
    table = plain_table(
        "How far one delivered share runs ahead while a party complies, in percent of what each side owes",
        "complies", "ahead", "all comply", "at worst", "day", "after",
    )  # fmt: skip
    for exposure in result["exposure"]:
        worst, parties = exposure["worst"], scenario.deal.parties
        after = obligation_called(scenario.deal, worst["after"]) if worst["after"] else ""
        table.add_row(
            parties[exposure["party"]], parties[exposure["ahead"]], f"{100 * exposure['compliant']['lead']:.1f}",
            f"{100 * worst['lead']:.1f}", str(worst["day"] or ""), after,
        )  # fmt: skip
    console.print(table)


def _print_guarantees(result: dict[str, Any], scenario: ResolvedScenario, console: Console) -> None:
    console.print()
    titles = guarantees_called(scenario)
    broken = [guarantee for guarantee in result["guarantees"] if not guarantee["holds"]]
    for guarantee in broken:
        title = titles.get(guarantee["name"], spaced(guarantee["name"]))
        console.print(f"Broken: {title}: {_in_words(guarantee['counterexample'])}", style="red", markup=False)
    if not broken:
        n = len(result["guarantees"])
        console.print(f"All {n} guarantees hold at every step of {result['explored']:,} runs.")
