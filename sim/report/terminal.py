"""A comparison as tables for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from sim.report.words import (
    CURVES,
    ENDS,
    FOOTER,
    cause_in_words,
    labels,
    natural_frequency,
    outcome_in_words,
    spaced,
)
from sim.statistics.comparison import Comparison, Curve, Summary, Variant
from sim.statistics.estimate import Estimate
from sim.statistics.paired import PairedDifference

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "123456789"
SPARK_WIDTH = 40
MOST_CAUSES = 6
SHORTEST_WORDS = 14
ALPHA = 0.05
LEGEND = (
    "More / fewer: replicates of 100 in which the variant lies above / below the baseline. Ratio: how many times "
    "pairing has shrunk the variance of the difference. Undecided: the interval contains 0. *: holds after Holm's "
    "adjustment for {} variant(s)."
)
PER_GROUP = ("released_", "on_time_", "late_", "not_met_", "largest_lead_")


def print_comparison(comparison: Comparison, console: Console, *, outcomes: Sequence[str] = ()) -> None:
    """Print estimates, paired differences, ends, root causes, release curves and replicates to open.

    Parameters
    ----------
    comparison : Comparison
    console : rich.console.Console
        Its settings decide on colour and width.
    outcomes : sequence of str, optional
        Those to tell, by default all but those by group and by party.
    """
    names = labels(tuple(summary.scenario for summary in comparison.summaries))
    _print_heading(comparison, names, console)
    _print_means(comparison.summaries, names, console, outcomes)
    for name, variant in zip(names[1:], comparison.variants, strict=True):
        _print_differences(name, names[0], variant, console, outcomes)
    if comparison.variants:
        console.print(LEGEND.format(len(comparison.variants)), style="dim", highlight=False)
        console.print()
    _print_ends(comparison.summaries, names, console)
    _print_causes(comparison.summaries, names, console)
    _print_curves(comparison.summaries, names, console)
    _print_guarantees(comparison, names, console)
    _print_expectations(comparison.summaries, names, console)
    for name, variant in zip(names[1:], comparison.variants, strict=True):
        _print_examples(name, variant, comparison, console)
    console.print(FOOTER, style="dim")


def _print_heading(comparison: Comparison, names: tuple[str, ...], console: Console) -> None:
    against = f" against {', '.join(names[1:])}" if len(names) > 1 else ""
    console.print(f"{names[0]}{against}", style="bold", highlight=False)
    console.print(
        f"{comparison.n:,} replicates of each, seed {comparison.seed}, {comparison.engine} engine; intervals of "
        f"{100 * comparison.confidence:.4g} %",
        highlight=False,
    )
    if comparison.precision:
        asked = ", ".join(f"{outcome_in_words(name)} ± {width:g}" for name, width in comparison.precision.items())
        console.print(f"Asked for {asked}: {'reached' if comparison.is_precise else 'not reached'}.", highlight=False)


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


def _shown(measured: Iterable[str], asked: Sequence[str]) -> list[str]:
    """Outcomes to tell: those asked for, else all but those by group and by party."""
    return [n for n in asked if n in measured] if asked else [n for n in measured if not n.startswith(PER_GROUP)]


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


def _print_means(
    summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console, asked: Sequence[str] = ()
) -> None:
    outcomes = dict.fromkeys(outcome for summary in summaries for outcome in summary.estimates)
    sign = "±" if _is_unicode(console) else "+/-"
    rows = [
        (
            outcome_in_words(outcome),
            [plus_minus(s.estimates[outcome], sign) if outcome in s.estimates else "-" for s in summaries],
        )
        for outcome in _shown(outcomes, asked)
    ]
    _print_by_scenario("Mean of each outcome", rows, names, console)


def _print_differences(name: str, baseline: str, variant: Variant, console: Console, asked: Sequence[str] = ()) -> None:
    table = _table(
        f"Difference within a replicate: {name} minus {baseline}", "", "difference", "more / fewer",
        "ratio", "",
    )  # fmt: skip
    for outcome in _shown(variant.differences, asked):
        difference = variant.differences[outcome]
        ratio = "-" if difference.variance_ratio is None else f"{difference.variance_ratio:.1f}"
        more_or_fewer = f"{100 * difference.share_above:.0f} / {100 * difference.share_below:.0f}"
        verdict = verdict_on(difference, variant.p_holm[outcome])
        style = "dim" if verdict in ("undecided", "none") else ""
        cells = (outcome_in_words(outcome), with_interval(difference.estimate, signed=True), more_or_fewer, ratio)
        table.add_row(*cells, verdict, style=style)
    if table.row_count:
        _print_table(table, console)


def verdict_on(difference: PairedDifference, p_holm: float) -> str:
    """What a difference amounts to, in a word or two.

    Parameters
    ----------
    difference : PairedDifference
    p_holm : float
        Adjusted for the number of variants.

    Returns
    -------
    str
        'none' where no replicate differs, 'undecided' where the interval contains 0, 'up' or 'down' where it doesn't,
        and a star where this holds after Holm's adjustment too.
    """
    if difference.share_above == difference.share_below == 0:
        return "none"
    if not difference.estimate.excludes_zero:
        return "undecided"
    return ("up" if difference.estimate.value > 0 else "down") + (" *" if p_holm < ALPHA else "")


def _print_ends(summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console) -> None:
    rows = [(words, [_share(summary.ends[end][1]) for summary in summaries]) for end, words in ENDS.items()]
    _print_by_scenario("How it ends", rows, names, console)


def _share(share: Estimate) -> str:
    """'31 of 100 (30.2 to 32.0 %)'."""
    percent = Estimate(100 * share.value, 100 * share.low, 100 * share.high, share.n)
    digits = min(2, _digits(percent))
    return f"{natural_frequency(share.value)} ({percent.low:.{digits}f} to {percent.high:.{digits}f} %)"


def _print_causes(summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console) -> None:
    """The most frequent root causes of any of the scenarios."""
    counts = [{(root.end, root.cause): root.count for root in summary.root_causes} for summary in summaries]
    shares = {
        key: [count.get(key, 0) / summary.n for count, summary in zip(counts, summaries, strict=True)]
        for key in dict.fromkeys(key for count in counts for key in count)
    }
    rows = [
        (f"{ENDS[end]}: {cause_in_words(cause)}", [natural_frequency(share) for share in shares[end, cause]])
        for end, cause in sorted(shares, key=lambda key: -max(shares[key]))[:MOST_CAUSES]
    ]
    _print_by_scenario("What the ends go back to", rows, names, console)


def _print_curves(summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console) -> None:
    """Median curves as lines of bars, as wide as the console has room for."""
    bars = BARS if _is_unicode(console) else ASCII_BARS
    last = max(len(summary.curves["prisoners"].bands.median) for summary in summaries) - 1
    texts, shown = [], []
    for curve, words in CURVES.items():
        for place, (name, summary) in enumerate(zip(names, summaries, strict=True)):
            bands = summary.curves[curve].bands
            at_end = f"{bands.median[-1]:,} ({bands.low_90[-1]:,} to {bands.high_90[-1]:,})"
            texts.append(("" if place else words, name, at_end))
            shown.append(summary.curves[curve])
    taken = sum(max(map(len, column)) for column in zip(*texts, strict=True))
    width = max(8, min(SPARK_WIDTH, console.width - taken - 10))
    table = _table(f"Median release by day, day 0 to {last}", "", "", "", "last day, 90 %")
    for column in table.columns[:3]:
        column.justify = "left"
    for (words, name, at_end), curve_shown in zip(texts, shown, strict=True):
        table.add_row(words, name, sparkline(curve_shown, bars, width), at_end)
    _print_table(table, console)


def _print_guarantees(comparison: Comparison, names: tuple[str, ...], console: Console) -> None:
    """How often each declared guarantee is violated, and a replicate of each scenario to open."""
    summaries = comparison.summaries
    found = [{violation.name: violation for violation in summary.guarantees} for summary in summaries]
    rows = [
        (spaced(name), [_share(of[name].share) if name in of else "-" for of in found])
        for name in dict.fromkeys(name for of in found for name in of)
    ]
    if not rows:
        return
    _print_by_scenario("Guarantees violated", rows, names, console)
    for summary in summaries:
        frequent = max(summary.guarantees, key=lambda violation: violation.count, default=None)
        if frequent is not None and frequent.replicate is not None:
            console.print(
                f"  ceasefire run {summary.scenario} --seed {comparison.seed} --replicate {frequent.replicate}   "
                f"violates {spaced(frequent.name)}",
                style="dim", highlight=False, soft_wrap=True,
            )  # fmt: skip
    console.print()


def _print_expectations(summaries: tuple[Summary, ...], names: tuple[str, ...], console: Console) -> None:
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


def _print_examples(name: str, variant: Variant, comparison: Comparison, console: Console) -> None:
    outcome = outcome_in_words(variant.example_outcome)
    console.print(f"Replicates to open: {name}, by difference in '{outcome}'", style="bold", highlight=False)
    for which, example in variant.examples.items():
        value = number(example.difference, signed=True)
        console.print(f"  {which:8}{value:>8}   replicate {example.replicate}", highlight=False)
    widest = max(variant.examples.values(), key=lambda example: abs(example.difference))
    if widest.difference:
        console.print(
            f"  ceasefire explain {comparison.baseline.scenario} {variant.summary.scenario} --seed {comparison.seed} "
            f"--replicate {widest.replicate}",
            style="dim", highlight=False, soft_wrap=True,
        )  # fmt: skip
    console.print()


def plus_minus(estimate: Estimate, sign: str = "±") -> str:
    """'24.27 ± 0.16': a mean and the half-width of its interval; alone where there is none."""
    digits = _digits(estimate)
    value = number(estimate.value, digits=digits)
    if math.isnan(estimate.low) or estimate.half_width == 0:
        return value
    return f"{value} {sign} {number(estimate.half_width, digits=digits)}"


def with_interval(estimate: Estimate, *, signed: bool = False) -> str:
    """'24.3 (24.1 to 24.5)', with as many digits as the interval supports; alone where there is none."""
    digits = _digits(estimate)
    value, low, high = (
        number(bound, signed=signed, digits=digits) for bound in (estimate.value, estimate.low, estimate.high)
    )
    return value if math.isnan(estimate.low) or estimate.half_width == 0 else f"{value} ({low} to {high})"


def _digits(estimate: Estimate) -> int:
    """Decimals such that the half-width shows with two figures, none more than four."""
    if math.isnan(estimate.low) or estimate.half_width == 0:
        return 0 if estimate.value == round(estimate.value) else 2
    return min(4, max(0, 1 - math.floor(math.log10(estimate.half_width))))


def frequency(share: Estimate, of: str = "") -> str:
    """'38 of 100 (37.1 to 38.9)', the interval in runs of 100 as well; `of` follows the count."""
    width = 100 * (share.high - share.low)
    digits = 1 if width >= 0.2 else 2 if width >= 0.02 else 4
    return f"{natural_frequency(share.value)}{of} ({100 * share.low:.{digits}f} to {100 * share.high:.{digits}f})"


def number(value: float, *, signed: bool = False, digits: int | None = None) -> str:
    """A number with thousands marked and, if `signed`, a plus; zero has no sign."""
    if digits is None:
        digits = 0 if value == round(value) else 2
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")
    return text
