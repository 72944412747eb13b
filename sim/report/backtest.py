"""A back-test in the terminal and as a figure."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.history.backtest import FORECASTS, Backtest, CurveTest
from sim.analysis.history.rows import StepScores
from sim.analysis.history.scores import N_RANKS
from sim.report.console import plain_table
from sim.report.figures.picture import COLOUR_OF_RECORD, date_axis, write_figure
from sim.report.figures.releases import panel
from sim.report.words import FOOTER, list_in_words
from sim.results.files import naming, write_text
from sim.statistics.comparison import Curve
from sim.statistics.curves import Bands
from sim.statistics.moments import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from rich.console import Console
    from rich.table import Table

NAMES = {"model": "model", "as_written": "as written", "base_rate": "base rates", "refitted": "refitted"}
DRAWN = FORECASTS[:3]
"""Forecasts in the figure; refitted base rates lie close to the plain ones."""
_RIVALS = (("as_written", "the text"), ("base_rate", "the base rates"), ("refitted", "refitted ones"))
LEGEND = (
    "CRPS: how far a forecast lies from the record, in people, mean over days (0 is best; for the text alone it is the "
    "distance itself). Bias: forecast minus record. In the band: share of days on which the record lies in the range "
    "that holds 50 % and 90 % of replicates; days follow on one another, so they are not so many separate checks."
)


def print_backtest(result: Backtest, console: Console) -> None:
    """Scores of the model, the text and the base rates, and where the model is the worse."""
    console.print(f"{result.scenario} against the record", style="bold", markup=False)
    console.print(f"Days 1 to {result.n_days}; {result.n:,} replicates, seed {result.seed}")
    console.print(result.note, style="yellow")
    console.print()
    console.print(_bands(result))
    console.print()
    console.print(_scores(result))
    console.print()
    for line in [*verdicts(result), *over_all(result), *gaps(result)]:
        console.print(line, markup=False)
    console.print(LEGEND, style="dim")
    console.print(FOOTER, style="dim")


def _called(result: Backtest, curve: str) -> str:
    """What a curve counts, by the deal's own name of the list."""
    return list_in_words(curve, *([result.terms] if result.terms else []))


def _bands(result: Backtest) -> Table:
    table = plain_table(
        f"The model's range on day {result.n_days}, and days with the record in it",
        "", "record", "median (90 %)", "in 50 %", "in 90 %",
    )  # fmt: skip
    for name, test in result.curves.items():
        band, scores = test.bands["model"], test.agreement["model"]
        table.add_row(
            _called(result, name), f"{test.observed[-1]:,}",
            f"{band.median[-1]:,} ({band.low_90[-1]:,} to {band.high_90[-1]:,})",
            f"{100 * scores.coverage_50:.0f} %", f"{100 * scores.coverage_90:.0f} %",
        )  # fmt: skip
    return table


def _scores(result: Backtest) -> Table:
    table = plain_table("Distance from the record, in people: CRPS (bias)", "", *NAMES.values())
    for name, test in result.curves.items():
        found = [test.agreement[key] for key in FORECASTS]
        table.add_row(_called(result, name), *(f"{a.crps:,.2f} ({a.bias:+,.2f})" for a in found))
    return table


def verdicts(result: Backtest) -> list[str]:
    """For each curve, against which of the two others the model is better or worse, and by how much."""
    return [f"{_called(result, name)}: the model is {_verdict(test)}." for name, test in result.curves.items()]


def over_all(result: Backtest) -> list[str]:
    """All curves together, with the pair known and as a new one; the deal's steps, if rows have them."""
    lines = []
    for found in (result, result.pair_unknown):
        if found is None:
            continue
        pair = f", pair of parties {found.pair}" if found.pair else ""
        skills = [(words, found.skill(key)) for key, words in _RIVALS]
        told = ", ".join(f"against {words} {skill:+.2f}" for words, skill in skills if skill is not None)
        lines.append(f"All curves{pair}: off by {found.share:.1%} of the people due; skill {told}.")
    if result.steps is not None:
        lines.append(_steps(result.steps))
    return lines


def _steps(steps: StepScores) -> str:
    """The deal's steps together and one by one."""
    gains = [steps.log_score["model"] - steps.log_score[key] for key in ("base_rate", "refitted")]
    low, middle, high = steps.on_time_range
    return (
        f"Its {steps.n} steps together: {gains[0]:+.2f} nats over base rates, {gains[1]:+.2f} over refitted ones; "
        f"ranked probability score {steps.rps['model']:.3f} (base rates {steps.rps['base_rate']:.3f}); "
        f"{steps.on_time} on time, forecast {middle:.0f} ({low:.0f} to {high:.0f})."
    )


def gaps(result: Backtest) -> list[str]:
    """For each curve, where the model is most wrong, and on how many days the record is at either end of its range."""
    lines = []
    for name, test in result.curves.items():
        behind = test.bands["model"].median - test.observed
        day = int(np.argmax(np.abs(behind)))
        ranks = test.agreement["model"].ranks
        lines.append(
            f"{_called(result, name)}: furthest off on day {day + 1}, with a median of "
            f"{test.bands['model'].median[day]:,} where the record has {test.observed[day]:,}; "
            f"the record lies in the lowest tenth of the range on {ranks[0]} and in the highest on {ranks[-1]} of "
            f"{result.n_days} days."
        )
    return lines


def _verdict(test: CurveTest) -> str:
    model = test.agreement["model"].crps
    parts = []
    for other, words in _RIVALS:
        gap = model - test.agreement[other].crps
        word = "worse" if gap > 0 else "better"
        parts.append(f"as good as {words}" if gap == 0 else f"{word} than {words} by {abs(gap):,.2g}")
    return ", ".join(parts)


def write_backtest(result: Backtest, folder: Path) -> None:
    """Write backtest.json, backtest.png and backtest.svg to a folder, which is made if need be.

    Raises
    ------
    ResultsError
        If a file cannot be written.
    """
    with naming(folder, "cannot be written"):
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / "backtest.json", json.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n")
        for suffix in ("png", "svg"):
            draw_backtest(result, folder / f"backtest.{suffix}")


def draw_backtest(result: Backtest, path: str | Path) -> None:
    """Write the figure: the record over the model's bands, with the medians of the text and of the base rates.

    Parameters
    ----------
    result : Backtest
    path : str or Path
        Its ending, .png or .svg, chooses the format; the same back-test gives the same bytes.
    """
    inches = (9, 2.2 + 3.0 * len(result.curves))
    write_figure(Path(path), inches, lambda figure: _draw(figure, result))


def _draw(figure: Figure, result: Backtest) -> None:
    grid = figure.subplots(len(result.curves), 2, squeeze=False, width_ratios=(5, 1))
    for (axes, ranks), (name, test) in zip(grid, result.curves.items(), strict=True):
        axes.plot(
            np.arange(result.n_days + 2), _from_day_0(test.observed), drawstyle="steps-post", color=COLOUR_OF_RECORD,
            linewidth=2.4, label="the record", zorder=4,
        )  # fmt: skip
        curves = [Curve(test.total, _bands_from_day_0(test.bands[key])) for key in DRAWN]
        panel(axes, curves, tuple(f"{NAMES[key]}, median" for key in DRAWN), _called(result, name))
        date_axis(axes, result.starts, result.n_days)
        axes.set_xlim(0, result.n_days + 1)
        if axes is not grid[-1, 0]:
            axes.tick_params(axis="x", labelbottom=False)
        _rank_histogram(ranks, test)
    grid[0, 1].set_title("days by tenth", loc="right", fontsize=10)
    figure.align_ylabels(grid[:, 0])
    _margins(figure, grid[0, 0], result)


def _rank_histogram(axes: Axes, test: CurveTest) -> None:
    """Days by tenth of the model's range in which the record lies; level is calibrated."""
    ranks = test.agreement["model"].ranks
    axes.barh(np.arange(1, N_RANKS + 1), ranks, color="#777777", height=0.8)
    axes.axvline(sum(ranks) / N_RANKS, color="#000000", linewidth=0.9, linestyle=(0, (1, 3)))
    axes.set_yticks([1, N_RANKS], ["lowest", "highest"])
    axes.yaxis.tick_right()
    axes.spines["left"].set_visible(False)
    axes.invert_xaxis()
    axes.locator_params(axis="x", nbins=3, integer=True)


def _from_day_0(values: Array) -> Array:
    """Counts from before the deal, when nobody is released, to past the last day, so that its step has a width."""
    return np.concatenate([[0], values, values[-1:]])


def _bands_from_day_0(found: Bands) -> Bands:
    return Bands(**{name: _from_day_0(values) for name, values in asdict(found).items()})


def _margins(figure: Figure, first: Axes, result: Backtest) -> None:
    """Title, how to read the figure, legend and footer, at the same distances in inches for any number of panels."""
    inch = 1 / figure.get_figheight()
    figure.suptitle(
        f"{result.deal}: the record and the model", x=0.09, y=1 - 0.15 * inch, ha="left", fontsize=14,
        fontweight="bold",
    )  # fmt: skip
    whence = (
        "The model's behaviour was set with knowledge of this record: a check of calibration, not a forecast."
        if result.in_sample
        else f"Its behaviour was estimated without this record, from {' and '.join(result.calibrated_on)}."
    )
    reading = (
        "Cumulative releases by day. Shading: where the middle 50 % (dark) and 90 % (light) of the model's replicates "
        "lie.\nOn the right: days by tenth of the model's range in which the record lies; the dotted line is level.\n"
        f"{whence}"
    )
    figure.text(0.09, 1 - 0.48 * inch, reading, ha="left", va="top", color="#444444", linespacing=1.4)
    handles, names = first.get_legend_handles_labels()
    figure.legend(
        handles, names, loc="upper left", bbox_to_anchor=(0.09, 1 - 1.15 * inch), ncols=4, frameon=False,
        handlelength=4, borderpad=0, borderaxespad=0,
    )  # fmt: skip
    figure.text(
        0.09, 0.12 * inch, f"{FOOTER}  n = {result.n:,} replicates, seed {result.seed}.", ha="left", va="bottom",
        fontsize=9, color="#444444",
    )  # fmt: skip
    figure.subplots_adjust(left=0.09, right=0.92, top=1 - 1.7 * inch, bottom=0.95 * inch, hspace=0.2, wspace=0.04)
