"""A comparison as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from sim.document.scenario import ResolvedScenario
from sim.outcomes.story import cause_called
from sim.report.commands import Asked, asked_of, option_of
from sim.report.numbers import natural_frequency, number, plus_minus, share_with_interval, verdict_on, with_interval
from sim.report.sentences import say
from sim.report.told import same_for_all, told_of
from sim.report.words import (
    ENDS,
    FOOTER,
    cause_in_words,
    columns_of,
    deals_of,
    guarantees_called,
    list_in_words,
    outcome_in_words,
    spaced,
)
from sim.statistics.comparison import Comparison, Curve, Summary, Variant

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "123456789"
SPARK_WIDTH = 40
MOST_CAUSES = 6
SHORTEST_WORDS = 14
LEGEND = (
    "More / fewer: replicates of 100 in which the variant lies above / below the baseline. Ratio: how many times "
    "pairing has shrunk the variance of the difference. Undecided: the interval contains 0. *: holds after Holm's "
    "adjustment for {} variant(s)."
)


def print_comparison(
    comparison: Comparison, console: Console, *, outcomes: Sequence[str] = (), asked: Asked | None = None
) -> None:
    """Print estimates, paired differences, ends, root causes, release curves and replicates to open.

    Parameters
    ----------
    comparison : Comparison
    console : rich.console.Console
        Its settings decide on colour and width.
    outcomes : sequence of str, optional
        Those to tell, by default all that can vary but those by group and by party.
    asked : Asked, optional
        How the scenarios were named, for the commands that open a replicate; by default as in the catalogue.
    """
    names = columns_of(comparison.summaries)
    told = told_of(comparison, outcomes)
    asked = asked or asked_of([summary.scenario for summary in comparison.summaries], draws=option_of(comparison.draws))
    _print_heading(comparison, names, console)
    _print_means(comparison.summaries, names, console, told)
    if not outcomes and (constant := same_for_all(comparison)):
        deals = deals_of(comparison.summaries)
        told_so = (f"{outcome_in_words(name, *deals).lower()} {number(value)}" for name, value in constant.items())
        console.print(say("same for all", outcomes=", ".join(told_so)), highlight=False, markup=False)
        console.print()
    for name, variant in zip(names[1:], comparison.variants, strict=True):
        _print_differences(name, names[0], variant, console, told)
    if comparison.variants:
        console.print(LEGEND.format(len(comparison.variants)), style="dim", highlight=False)
        console.print()
    _print_ends(comparison.summaries, names, console)
    _print_causes(comparison.summaries, names, console)
    _print_curves(comparison, names, console)
    _print_guarantees(comparison, names, console, asked)
    print_expectations(comparison.summaries, names, console)
    for place, name in enumerate(names[1:], 1):
        _print_examples(name, comparison.variants[place - 1], comparison, console, place, asked)
    console.print(FOOTER, style="dim")


def _print_heading(comparison: Comparison, names: tuple[str, ...], console: Console) -> None:
    against = f" against {', '.join(names[1:])}" if len(names) > 1 else ""
    console.print(f"{names[0]}{against}", style="bold", highlight=False)
    console.print(
        f"{comparison.n:,} replicates of each, seed {comparison.seed}, {comparison.engine} engine; intervals of "
        f"{100 * comparison.confidence:.4g} %",
        highlight=False,
    )
    print_asked_for(comparison, console)


def print_asked_for(comparison: Comparison, console: Console) -> None:
    """Whether the precision that was asked for is reached."""
    if comparison.precision:
        deals = deals_of(comparison.summaries)
        widths = comparison.precision.items()
        asked = ", ".join(f"{outcome_in_words(name, *deals)} ± {width:g}" for name, width in widths)
        console.print(f"Asked for {asked}: {'reached' if comparison.is_precise else 'not reached'}.", highlight=False)


def print_asked(comparison: Comparison, console: Console, outcomes: Sequence[str]) -> None:
    """Means of outcomes that are asked for, and their differences from the first scenario.

    Parameters
    ----------
    comparison : Comparison
    console : rich.console.Console
    outcomes : sequence of str
    """
    names = columns_of(comparison.summaries)
    told = told_of(comparison, outcomes)
    _print_means(comparison.summaries, names, console, told)
    for name, variant in zip(names[1:], comparison.variants, strict=True):
        _print_differences(name, names[0], variant, console, told)
    if comparison.variants:
        console.print(LEGEND.format(len(comparison.variants)), style="dim", highlight=False)


def _table(title: str, *headings: str) -> Table:
    """A table whose first column is text and whose others are numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(headings[0])
    for heading in headings[1:]:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _print_table(table: Table, console: Console) -> None:
    """Print with numbers whole on their line where that leaves room for the words, else wrapped, but never cut."""
    whole = console.measure(table, options=console.options.update_width(10_000)).maximum
    words = max(cell_len(str(cell)) for cell in table.columns[0].cells)
    room = console.width - (whole - words)
    if room < min(words, SHORTEST_WORDS):
        for column in table.columns:
            column.no_wrap = False
    else:
        table.columns[0].max_width = room
    console.print(table)


def _is_unicode(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")


def _print_by_scenario(title: str, rows: list[tuple[str, list[str]]], names: tuple[str, ...], console: Console) -> None:
    """One table with a column for each scenario, or several where the console is too narrow for it."""
    widths = [max(len(name), *(len(cells[i]) for _, cells in rows)) + 3 for i, name in enumerate(names)]
    room = console.width - max(len(words) for words, _ in rows) - 4
    first = 0
    while first < len(names):
        last = first + 1
        while last < len(names) and sum(widths[first : last + 1]) <= room:
            last += 1
        table = _table(title, "", *names[first:last])
        for words, cells in rows:
            table.add_row(words, *cells[first:last])
        _print_table(table, console)
        first = last


def _print_means(summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console, told: Sequence[str]) -> None:
    if not told:
        return
    sign = "±" if _is_unicode(console) else "+/-"
    rows = [
        (
            outcome_in_words(outcome, *deals_of(summaries)),
            [plus_minus(s.estimates[outcome], sign) if outcome in s.estimates else "-" for s in summaries],
        )
        for outcome in told
        if any(outcome in summary.estimates for summary in summaries)
    ]
    _print_by_scenario("Mean of each outcome", rows, names, console)
    few = [outcome for outcome in told if any(outcome in summary.few for summary in summaries)]
    if few:
        words = "; ".join(outcome_in_words(outcome, *deals_of(summaries)) for outcome in few)
        console.print(
            f"Means that rest on few runs, whose intervals cover less than they say: {words}. Take more runs.",
            style="dim", markup=False,
        )  # fmt: skip


def _print_differences(name: str, baseline: str, variant: Variant, console: Console, told: Sequence[str]) -> None:
    table = _table(
        f"Difference within a replicate: {name} minus {baseline}", "", "difference", "more / fewer",
        "ratio", "",
    )  # fmt: skip
    for outcome in (outcome for outcome in told if outcome in variant.differences):
        difference = variant.differences[outcome]
        ratio = "-" if difference.variance_ratio is None else f"{difference.variance_ratio:.1f}"
        more_or_fewer = f"{100 * difference.share_above:.0f} / {100 * difference.share_below:.0f}"
        verdict = verdict_on(difference, variant.p_holm[outcome])
        style = "dim" if verdict in ("undecided", "none") else ""
        words = outcome_in_words(outcome, *deals_of((variant.summary,)))
        cells = (words, with_interval(difference.estimate, signed=True), more_or_fewer, ratio)
        table.add_row(*cells, verdict, style=style)
    if table.row_count:
        _print_table(table, console)


def _print_ends(summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console) -> None:
    """Ends that any run had, and how frequent the others may be all the same."""
    occurring = [end for end in ENDS if any(summary.ends[end][0] for summary in summaries)]
    rows = [(ENDS[end], [share_with_interval(summary.ends[end][1]) for summary in summaries]) for end in occurring]
    _print_by_scenario("How it ends", rows, names, console)
    if absent := [ENDS[end].lower() for end in ENDS if end not in occurring]:
        most = max(summary.ends[end][1].high for summary in summaries for end in ENDS if end not in occurring)
        console.print(say("no end", ends=" or ".join(absent), most=f"{100 * most:.2g}"), style="dim", markup=False)
        console.print()


def _print_causes(summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console) -> None:
    """The most frequent root causes of any of the scenarios."""
    rows = [
        (f"{ENDS[end]}: {cause}", [natural_frequency(count / s.n) for count, s in zip(counts, summaries, strict=True)])
        for (end, cause), counts in causes_by_scenario(summaries)[:MOST_CAUSES]
    ]
    _print_by_scenario("What the ends go back to", rows, names, console)


def causes_by_scenario(summaries: Sequence[Summary]) -> list[tuple[tuple[str, str], list[int]]]:
    """End and root cause in words, with the runs of each scenario; the most frequent in any of them first.

    Parameters
    ----------
    summaries : sequence of Summary
        Of as many runs each.
    """
    found: dict[tuple[str, str], list[int]] = {}
    for place, summary in enumerate(summaries):
        for root in summary.root_causes:
            counts = found.setdefault((root.end, _called(root.cause, summary.document)), [0] * len(summaries))
            counts[place] += root.count
    return sorted(found.items(), key=lambda item: -max(item[1]))


def _called(cause: str, document: ResolvedScenario | None) -> str:
    return cause_in_words(cause) if document is None else cause_called(document, cause)


def _print_curves(comparison: Comparison, names: tuple[str, ...], console: Console) -> None:
    """Median curves as lines of bars, as wide as the console has room for; lists that hold nobody are left out."""
    bars = BARS if _is_unicode(console) else ASCII_BARS
    summaries = comparison.summaries
    last = max(summary.last_day for summary in summaries)
    texts, shown = [], []
    for name in comparison.lists:
        for place, (scenario, summary) in enumerate(zip(names, summaries, strict=True)):
            curve = summary.curve(name)
            bands = curve.bands
            at_end = f"{bands.median[-1]:,} ({bands.low_90[-1]:,} to {bands.high_90[-1]:,})"
            texts.append(("" if place else list_in_words(name, *deals_of(summaries)), scenario, at_end))
            shown.append(curve)
    if not texts:
        return
    taken = sum(max(map(len, column)) for column in zip(*texts, strict=True))
    width = max(8, min(SPARK_WIDTH, console.width - taken - 10))
    table = _table(f"Median release by day, day 0 to {last}", "", "", "", "last day, 90 %")
    for column in table.columns[:3]:
        column.justify = "left"
    for (words, scenario, at_end), curve in zip(texts, shown, strict=True):
        table.add_row(words, scenario, sparkline(curve, bars, width), at_end)
    _print_table(table, console)


def _print_guarantees(comparison: Comparison, names: tuple[str, ...], console: Console, asked: Asked | None) -> None:
    """How often each declared guarantee is violated, and a replicate of each scenario to open."""
    summaries = comparison.summaries
    found = [{violation.name: violation for violation in summary.guarantees} for summary in summaries]
    titles = {name: title for summary in summaries for name, title in guarantees_called(summary.document).items()}
    declared = dict.fromkeys(name for of in found for name in of)
    violated = [name for name in declared if any(name in of and of[name].count for of in found)]
    rows = [
        (titles.get(name, spaced(name)), [share_with_interval(of[name].share) if name in of else "-" for of in found])
        for name in violated
    ]
    if not declared:
        return
    if rows:
        _print_by_scenario("Guarantees violated", rows, names, console)
    if kept := [titles.get(name, spaced(name)) for name in declared if name not in violated]:
        console.print(say("kept", guarantees="; ".join(kept)), highlight=False, markup=False)
    for place, summary in enumerate(summaries):
        frequent = max(summary.guarantees, key=lambda violation: violation.count, default=None)
        if frequent is not None and frequent.replicate is not None:
            title = titles.get(frequent.name, spaced(frequent.name))
            words = f"  {names[place]}, replicate {frequent.replicate}, violates “{title}”"
            command = "" if asked is None else f":\n    {asked.run(place, comparison.seed, frequent.replicate)}"
            console.print(f"{words}{command}", style="dim", highlight=False, markup=False, soft_wrap=True)
    console.print()


def print_expectations(summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console) -> None:
    """What each scenario is expected to show, and whether it does."""
    judged = [(name, one) for name, summary in zip(names, summaries, strict=True) for one in summary.expectations]
    if not judged:
        return
    table = _table("What is expected", "", "estimate", "")
    for name, one in judged:
        style = {"fails": "bold red", "undecided": "dim"}.get(one.verdict, "")
        verdict = f"undecided at n = {one.estimate.n:,}" if one.verdict == "undecided" else one.verdict
        table.add_row(f"{name}: {one.text}", with_interval(one.estimate), verdict, style=style)
    _print_table(table, console)


def sparkline(curve: Curve, bars: str = BARS, width: int = SPARK_WIDTH) -> str:
    """The median of a release curve in one line: empty for none, the last of `bars` for everybody."""
    median = curve.bands.median
    columns = min(width, len(median))
    heights = (int(median[(place + 1) * len(median) // columns - 1]) for place in range(columns))
    return "".join(" " if not h else bars[-(-h * len(bars) // max(curve.total, 1)) - 1] for h in heights)


def _print_examples(
    name: str, variant: Variant, comparison: Comparison, console: Console, place: int, asked: Asked | None
) -> None:
    if not any(example.difference for example in variant.examples.values()):
        return
    outcome = outcome_in_words(variant.example_outcome, *deals_of(comparison.summaries))
    console.print(f"Replicates to open: {name}, by difference in '{outcome}'", style="bold", highlight=False)
    for which, example in variant.examples.items():
        value = number(example.difference, signed=True)
        console.print(f"  {which:8}{value:>8}   replicate {example.replicate}", highlight=False)
    widest = max(variant.examples.values(), key=lambda example: abs(example.difference))
    if asked is not None:
        command = asked.explain(place, comparison.seed, widest.replicate)
        console.print(f"  {command}", style="dim", highlight=False, markup=False, soft_wrap=True)
    console.print()
