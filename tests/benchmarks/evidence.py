"""What the model in three levels reaches on deals left out: python tests/benchmarks/evidence.py [--write].

Prints the table of targets, and with --write puts it into docs/development/backtest.md between its marks. Settled
before any score was looked at:

- A deal left out takes all its rows with it, those of its forces too. "Pair unknown" draws a new pair's effect though
  rows of other deals of the pair may be in the data; "pair known" takes the pair's effect after these.
- Base rates are sums of the rows of deals that have no document in the catalogue, refitted ones sums of all rows; from
  both the rows of the deal left out are taken away, and half a step is added to each class. Rivals draw each step for
  itself, with the same delays as the model.
- A curve that is given for some days holds between them, and every day counts the same. Its batches are the rises of
  the text; all that belong to one row share its class and its delay. A rise of a shipped deal's text is a step of its
  own, its names settled and its date set by both.
- Scores are means over curves of a deal, then over deals. A deal's bootstrap weight is its number of places among as
  many deals drawn with replacement.
- Delays: lots and parts of a step as the model has them; medians and spreads of the two clusters from the rows left.
- What follows a day: origins every 7 days, `sim.analysis.history.rolling`, on all curves with the model that forecasts
  steps on the text's dates, pair unknown. Scores in people are taken as shares of those due; means over the targets of
  a curve, then over curves.
"""

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sim.analysis.calibration import forecast  # noqa: E402
from sim.analysis.calibration.forecast import Batch, Learned  # noqa: E402
from sim.analysis.calibration.steps import scores_of, without_daily_records  # noqa: E402
from sim.analysis.history import rolling  # noqa: E402
from sim.analysis.history.backtest import text_and_record  # noqa: E402
from sim.analysis.history.rows import Rows, Step, StepScores, counts, read_rows  # noqa: E402
from sim.analysis.history.scores import crps_of_draws  # noqa: E402
from sim.reading import catalogue  # noqa: E402
from tests.benchmarks.in_page import show  # noqa: E402

PAGE = ROOT / "docs" / "development" / "backtest.md"
MARKS = ("<!-- targets -->", "<!-- end of targets -->")
SHIPPED = ("november-2023", "january-2025", "october-2025")
KEY = 22
BOOTSTRAP = 4000
FAR_OFF = 0.2
EVERY = 7


@dataclass
class Curve:
    """A curve by day: what the text and the record have, its steps and batches."""

    deal: str
    name: str
    text: np.ndarray
    record: np.ndarray
    steps: list[Step]
    batches: list[Batch]

    @property
    def people(self) -> float:
        """People due."""
        return float(self.text.max())


def stored_curves(rows: Rows) -> list[Curve]:
    """Those of scenarios/evidence/curves.csv."""
    step_of = {(step.deal, step.name): step for step in rows.people}
    points: dict[tuple[str, str, str], list[tuple[int, float, float]]] = {}
    with (catalogue.folder() / "evidence" / "curves.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            points.setdefault((row["deal"], row["curve"], row["steps"]), []).append(
                (int(row["day"]), float(row["text"]), float(row["record"]))
            )
    found = []
    for (deal, name, keys), known in points.items():
        day, text, record = (np.array(column) for column in zip(*known, strict=True))
        every = np.arange(day[-1] + 1)
        place = np.searchsorted(day, every, side="right") - 1
        steps = [step_of[deal, key] for key in keys.split()]
        text, record = text[place], record[place]
        found.append(Curve(deal, name, text, record, steps, batches_of(text, steps)))
    return found


def batches_of(text: np.ndarray, steps: list[Step]) -> list[Batch]:
    """Rises of the text; as many steps as rises go one to one, else people go to the steps in turn."""
    days = np.flatnonzero(np.diff(text, prepend=0))
    rises = np.diff(text, prepend=0)[days]
    if len(steps) == 1:
        return [Batch(int(day), float(rise), 0) for day, rise in zip(days, rises, strict=True)]
    if len(steps) == len(days):
        return [Batch(int(day), float(rise), i) for i, (day, rise) in enumerate(zip(days, rises, strict=True))]
    owed = [PLANNED[steps[0].deal, step.name] for step in steps]
    batches, left = [], list(rises)
    for i, people in enumerate(owed):
        at = next(j for j, rise in enumerate(left) if rise > 0)
        batches.append(Batch(int(days[at]), float(people), i))
        left[at] -= people
    return batches


def shipped_curves() -> list[Curve]:
    """Those of the catalogue's deals with a record."""
    found = []
    for deal in SHIPPED:
        for name, (text, record) in text_and_record(deal).items():
            days = np.flatnonzero(np.diff(text, prepend=0))
            step = Step(deal, "israel-hamas", deal, "", 0, False, False, None, ())
            batches = [Batch(int(day), float(np.diff(text, prepend=0)[day]), i) for i, day in enumerate(days)]
            found.append(Curve(deal, name, text, record, [step] * len(batches), batches))
    return found


PLANNED: dict[tuple[str, str], float] = {}


def read_planned() -> None:
    """People owed by step."""
    with (catalogue.folder() / "evidence" / "people.csv").open(newline="", encoding="utf-8") as stream:
        PLANNED.update({(r["deal"], r["step"]): float(r["planned"] or 0) for r in csv.DictReader(stream)})


@dataclass
class Scored:
    """One curve: people a day from the record by forecast, and the share of days in the model's band of 90 %."""

    curve: Curve
    crps: dict[str, float]
    held: float
    targets: tuple[rolling.Target, ...]


def score(curve: Curve, learned: Learned, coded: list[Step], pair: str | None, key: int) -> Scored:
    """Of the model, both base rates and the text."""
    generator = np.random.Generator(np.random.Philox(key=key))
    n, days = len(learned.theta), len(curve.text)
    classes = {
        "model": forecast.by_model(learned, curve.steps, pair, generator),
        "base": forecast.by_base_rates(coded, curve.steps, n, generator),
        "refitted": forecast.by_base_rates(learned.steps, curve.steps, n, generator),
    }
    drawn = {name: forecast.curve(learned, found, curve.batches, days, generator) for name, found in classes.items()}
    low, high = np.quantile(drawn["model"], [0.05, 0.95], axis=0)
    held = float(np.mean((low <= curve.record) & (curve.record <= high)))
    found = {name: float(crps_of_draws(values, curve.record).mean()) for name, values in drawn.items()}
    seen = rolling.Seen(*(from_day_0(values) for values in (curve.text, curve.record, drawn["model"])))
    targets = rolling.roll({curve.name: seen}, learned.steps, EVERY)
    return Scored(curve, found | {"text": float(np.abs(curve.text - curve.record).mean())}, held, targets)


def from_day_0(values: np.ndarray) -> np.ndarray:
    """With a day before the first, when nobody is out."""
    return np.concatenate([np.zeros((*values.shape[:-1], 1)), values], axis=-1)


def by_deal(scored: list[Scored], name: str) -> dict[str, float]:
    """Share of people, mean over the curves of each deal."""
    deals = dict.fromkeys(found.curve.deal for found in scored)
    return {
        deal: float(np.mean([s.crps[name] / s.curve.people for s in scored if s.curve.deal == deal])) for deal in deals
    }


def range_of(values: list[float], statistic=np.mean) -> tuple[float, float, float]:
    """A statistic over deals, and its 5 % and 95 % by bootstrap."""
    generator, all_values = np.random.Generator(np.random.Philox(key=KEY)), np.array(values)
    places = generator.integers(len(all_values), size=(BOOTSTRAP, len(all_values)))
    low, high = np.quantile([statistic(all_values[p]) for p in places], [0.05, 0.95])
    return float(statistic(all_values)), float(low), float(high)


def skill(pairs: np.ndarray) -> float:
    """One less the ratio of the two means."""
    return float(1 - pairs[:, 0].mean() / pairs[:, 1].mean())


def measure() -> str:
    """The whole table and the curves, as Markdown."""
    read_planned()
    rows = read_rows()
    deals = tuple(dict.fromkeys(step.deal for step in rows.people))
    curves = [*stored_curves(rows), *shipped_curves()]
    steps: dict[str, dict[str, StepScores]] = {}
    unknown, known, on_time = [], [], []
    for i, deal in enumerate(deals):
        mine = [step for step in rows.people if step.deal == deal]
        rest = rows.without({deal}).people
        coded = without_daily_records(rest)
        learned = forecast.learn(rest, KEY)
        steps[deal] = {"unknown": scores_of(learned, mine, None)}
        is_pair_known = mine[0].pair in learned.counted.pairs
        if is_pair_known:
            steps[deal]["known"] = scores_of(learned, mine, mine[0].pair)
        for j, one in enumerate(curve for curve in curves if curve.deal == deal):
            unknown.append(score(one, learned, coded, None, 1000 * i + j))
            if is_pair_known:
                known.append(score(one, learned, coded, mine[0].pair, 1000 * i + 500 + j))
        on_time += held_on_time(mine, learned, 1000 * i + 900)
        print(f"{deal}: {gain(steps[deal]['unknown'], 'base_rate'):+.2f}", file=sys.stderr)
    return table(steps, unknown, known, on_time)


def gain(scores: StepScores, rival: str) -> float:
    """Nats of all steps of a deal over a rival."""
    return scores.log_score["model"] - scores.log_score[rival]


def held_on_time(mine: list[Step], learned: Learned, key: int) -> list[tuple[str, int, float, float]]:
    """For each agreement of three steps or more: steps on time, and the 90 % range of their number."""
    found = []
    for name in dict.fromkeys(step.agreement for step in mine):
        steps = [step for step in mine if step.agreement == name]
        if len(steps) >= 3:
            generator = np.random.Generator(np.random.Philox(key=key))
            number = (forecast.by_model(learned, steps, None, generator) == 0).sum(axis=1)
            low, high = np.quantile(number, [0.05, 0.95])
            found.append((name, int(counts(steps)[0]), float(low), float(high)))
    return found


def table(steps, unknown: list[Scored], known: list[Scored], on_time) -> str:
    """Targets, and the curves one by one."""
    lines = ["| | target | measured |", "|---|---|---|"]

    def line(what: str, target: str, measured: str) -> None:
        lines.append(f"| {what} | {target} | {measured} |")

    for name, words, target in (
        ("base_rate", "joint log score a deal over base rates, nats", "+0.7, 5 % bound +0.3"),
        ("refitted", "over refitted base rates, nats", "+0.5"),
    ):
        middle, low, high = range_of([gain(scores["unknown"], name) for scores in steps.values()])
        line(words, target, f"{middle:+.2f} ({low:+.2f} to {high:+.2f})")
    share = {name: by_deal(unknown, name) for name in ("model", "base", "refitted", "text")}
    for name, words, target in (
        ("text", "curves: skill against the text", "+0.15"), ("refitted", "against refitted base rates", "+0.05"),
        ("base", "against base rates", ""),
    ):  # fmt: skip
        pairs = np.array([[share["model"][deal], share[name][deal]] for deal in share["model"]])
        middle, low, high = range_of(list(pairs), skill)
        line(words, target, f"{middle:+.2f} ({low:+.2f} to {high:+.2f})")
    far = [s for s in unknown if s.crps["text"] > FAR_OFF * s.curve.people]
    better = [s for s in far if s.crps["model"] < min(s.crps["text"], s.crps["refitted"])]
    line("curves off by more than 20 % in the text: better than both", "four in five", f"{len(better)} of {len(far)}")
    several = [s for s in unknown if len(s.curve.batches) > 1]
    for words, target, those in (
        ("90 % band holds 80 % of days: curves", "80 %", unknown), ("of those with several batches", "75 %", several),
    ):  # fmt: skip
        held = sum(s.held >= 0.8 for s in those)
        line(words, target, f"{held} of {len(those)} ({held / len(those):.0%})")
    within = sum(low <= number <= high for _, number, low, high in on_time)
    line("number on time in its 90 % range", "10 of 11", f"{within} of {len(on_time)}")
    first = [s.crps["model"] / s.curve.people for s in known if s.curve.deal in SHIPPED]
    line("the three first deals, pair known: mean", "5 % of people", f"{np.mean(first):.1%}")
    prisoners = next(s.crps["model"] for s in known if (s.curve.deal, s.curve.name) == ("october-2025", "prisoners"))
    line("October 2025's prisoners", "20 people", f"{prisoners:.1f} people")
    return "\n\n".join(["\n".join(lines), by_curve(unknown, known), by_step(steps), after_a_day(unknown)])


def by_curve(unknown: list[Scored], known: list[Scored]) -> str:
    """Shares of people, curve by curve; with the pair known where other deals have it."""
    with_pair = {(s.curve.deal, s.curve.name): s.crps["model"] / s.curve.people for s in known}
    lines = [
        "| curve | people | days | text | model | pair known | refitted | base rates | days off | held by 90 % |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for s in unknown:
        text, model, refitted, base = (
            f"{s.crps[name] / s.curve.people:.1%}" for name in ("text", "model", "refitted", "base")
        )
        days = len(s.curve.text)
        pair = with_pair.get((s.curve.deal, s.curve.name))
        cells = [
            f"{s.curve.deal}: {s.curve.name}", f"{s.curve.people:,.0f}", str(days), text, model,
            "" if pair is None else f"{pair:.1%}", refitted, base,
            f"{days * s.crps['model'] / s.curve.people:.1f}", f"{s.held:.0%}",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def by_step(steps: dict[str, dict[str, StepScores]]) -> str:
    """Steps of each deal: gains in nats, ranked probability scores, how many were on time."""
    lines = [
        "| deal | steps | over base rates | refitted | pair known | RPS | pair known | base rates | on time | told |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for deal, by_pair in steps.items():
        plain, pair = by_pair["unknown"], by_pair.get("known")
        low, middle, high = plain.on_time_range
        cells = [
            deal, str(plain.n), f"{gain(plain, 'base_rate'):+.2f}", f"{gain(plain, 'refitted'):+.2f}",
            "" if pair is None else f"{gain(pair, 'base_rate'):+.2f}", f"{plain.rps['model']:.3f}",
            "" if pair is None else f"{pair.rps['model']:.3f}", f"{plain.rps['base_rate']:.3f}", str(plain.on_time),
            f"{middle:.0f} ({low:.0f} to {high:.0f})",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    means = [np.mean([s["unknown"].rps[name] for s in steps.values()]) for name in ("model", "base_rate")]
    lines.append(f"| mean | | | | | {means[0]:.3f} | | {means[1]:.3f} | | |")
    return "\n".join(lines)


def after_a_day(unknown: list[Scored]) -> str:
    """What follows a day, in shares of people and on a log scale, mean over curves."""
    names = rolling.FORECASTERS
    lines = [f"| days ahead | curves | targets | {' | '.join(names)} |", "|---" * (3 + len(names)) + "|"]
    for horizon in (*rolling.HORIZONS, None):
        those = {
            id(s): [target for target in s.targets if target.horizon == horizon] for s in unknown
        }  # fmt: skip
        used = [s for s in unknown if those[id(s)]]
        cells = []
        for name in names:
            shares_off = [np.mean([t.crps[name] for t in those[id(s)]]) / s.curve.people for s in used]
            logs = [np.mean([t.log_crps[name] for t in those[id(s)]]) for s in used]
            cells.append(f"{np.mean(shares_off):.1%} ({np.mean(logs):.2f})")
        number = sum(len(found) for found in those.values())
        lines.append(f"| {horizon or 'end'} | {len(used)} | {number} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, or write it into its page."""
    show(measure(), PAGE, MARKS)


if __name__ == "__main__":
    main()
