"""Which numbers of a behaviour can be moved, how far, and on what each rests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sim.document.behaviour import NO_TIME, UNWRITTEN, Compliance, Delay, PartyBehaviour, TalksBehaviour
from sim.document.deal import Deal
from sim.document.names import actor_called, called, source_called, talks_called
from sim.document.scenario import ResolvedScenario
from sim.document.values import write_duration
from sim.plan.compile import compile_plan
from sim.plan.taken import taken_paths
from sim.report.page.assumptions import assumptions
from sim.report.words import cut, spaced

MOST_SLIDERS = 400
LONGEST_REASON = 900
LONGEST_LABEL = 90
Unit = Literal["chance", "number", "hours"]
_TIMES = {"tolerance": "waits before it complains", "patience": "patience in a dispute"}
_CHANCES = {"complains": "complains", "withholds": "holds back its own", "restores": "lets the truce resume"}
_TALKS: dict[str, Unit] = {
    "never": "chance", "delay": "hours", "fails": "chance", "agrees_per_day": "number", "breaks_off_per_day": "number",
}  # fmt: skip
_INCIDENTS: dict[str, Unit] = {"per_day": "number", "initial": "number", "branching": "chance", "major": "chance"}


@dataclass(frozen=True)
class Slider:
    """One number of the behaviour.

    Attributes
    ----------
    path : str
        As `--set` takes it.
    group, label : str
        Under which heading it stands, and its name there.
    unit : {'chance', 'number', 'hours'}
        A time is moved by its median; its 95th percentile keeps the same ratio to it.
    value, high, step : float
        Where it stands in the scenario, the most it can be moved to (the least is 0), and by how much.
    why : str
        Sources and assumptions, or that the scenario leaves the number at its default.
    spread : float
        Of a time: 95th percentile over median.
    """

    path: str
    group: str
    label: str
    unit: Unit
    value: float
    high: float
    step: float
    why: str
    spread: float = 1.0

    def as_json(self) -> dict[str, Any]:
        """Plain data for the page."""
        return asdict(self)

    def setting(self, value: float) -> str:
        """The text that `--set` would take to move it there."""
        if self.unit != "hours":
            return f"{value:.6g}"
        median = round(60 * value)
        return f"{{median: {write_duration(median)}, p95: {write_duration(round(self.spread * median))}}}"


@dataclass(frozen=True)
class _Spot:
    """A number found in the behaviour, before its reasons are looked up."""

    path: str
    group: str
    label: str
    unit: Unit
    value: float | Delay | None


def sliders(scenario: ResolvedScenario) -> list[Slider]:
    """The sliders of a scenario, in the order of the document.

    Parameters
    ----------
    scenario : ResolvedScenario
        Without any slider moved.

    Returns
    -------
    list of Slider
        Compliance, delays, tolerance, pressure, talks and incidents that something takes; at most `MOST_SLIDERS`.
    """
    reasons = {row.path: row for row in assumptions(scenario, {})}
    drawn = {path.removeprefix("behaviour.").removesuffix(".median") for path in scenario.uncertain}
    taken = taken_paths(compile_plan(scenario))
    found = [
        _slider(spot, _why(spot, reasons, is_drawn=spot.path in drawn))
        for spot in _spots(scenario)
        if _is_taken(spot, taken)
    ]
    order = list(dict.fromkeys(slider.group for slider in found))
    return sorted(found, key=lambda slider: order.index(slider.group))[:MOST_SLIDERS]


def _is_taken(spot: _Spot, taken: frozenset[str]) -> bool:
    """Whether moving a number can move anything; a hazard of agreement that is left out begins to be taken when set."""
    return (
        spot.path in taken or f"{spot.path}.median" in taken or (spot.path.endswith("_per_day") and spot.value is None)
    )


def _slider(spot: _Spot, why: str) -> Slider:
    path, label = f"behaviour.{spot.path}", cut(spot.label, LONGEST_LABEL)
    spread = 1.0
    if spot.unit == "hours":
        time = spot.value if isinstance(spot.value, Delay) else NO_TIME
        value = time.median / 60
        spread = time.p95 / time.median if time.median else 1.0
        high = max(72.0, 4 * value)
        step = 1.0 if high <= 500 else 6.0
    else:
        value = float(spot.value) if isinstance(spot.value, (int, float)) else 0.0
        high = (0.95 if spot.path.endswith("branching") else 1.0) if spot.unit == "chance" else max(1.0, 4 * value)
        step = 0.01 if high <= 2 else high / 100
    return Slider(path, spot.group, label, spot.unit, value, high, step, why, spread)


def _why(spot: _Spot, reasons: dict[str, Any], *, is_drawn: bool) -> str:
    """Sources and assumptions of the nearest part above that gives any."""
    ends = [len(spot.path), *(i for i in range(len(spot.path) - 1, 0, -1) if spot.path[i] == ".")]
    row = next((reasons[spot.path[:end]] for end in ends if spot.path[:end] in reasons), reasons.get("behaviour"))
    if row is None:
        return "The scenario does not set it: this is the default."
    parts = []
    if row.sources:
        parts.append("Source: " + "; ".join(link.title for link in row.sources) + ".")
    parts += [f"Assumption or note: {text}" for text in row.reasons]
    if is_drawn:
        parts.insert(0, "The value is not known and drawn anew for each run; one that you set takes its place.")
    elif row.path != spot.path and row.path not in ("behaviour", spot.path.rpartition(".")[0]):
        parts.insert(0, f"Given for {spaced(row.path)}.")
    return cut(" ".join(parts), LONGEST_REASON)


# ---------------------------------------------------------------- where the numbers stand


def _spots(scenario: ResolvedScenario) -> Iterator[_Spot]:
    behaviour, deal = scenario.behaviour, scenario.deal
    everybody = {key: behaviour.parties.get(key, UNWRITTEN) for key in deal.parties} | behaviour.parties
    for key, party in everybody.items():
        yield from _of_party(deal, key, party, cut(actor_called(deal, key), 40))
    yield from _of_mediators(scenario)
    topics = [o.topic for o in deal.obligations.values() if o.kind == "talks" and o.topic]
    for topic in dict.fromkeys([*behaviour.talks, *topics]):
        talks = behaviour.talks.get(topic, TalksBehaviour())
        for name, unit in _TALKS.items():
            label = f"{talks_called(deal, topic)}: {spaced(name)}"
            yield _Spot(f"talks.{topic}.{name}", "Talks", label, unit, getattr(talks, name))
    for key, source in behaviour.incidents.items():
        for name, unit in _INCIDENTS.items():
            whose = source_called(deal, behaviour.incidents, key)
            path, label = f"incidents.{key}.{name}", f"{whose}: {spaced(name)}"
            yield _Spot(path, "Incidents", label, unit, getattr(source, name))


def _of_party(deal: Deal, key: str, party: PartyBehaviour, name: str) -> Iterator[_Spot]:
    at = f"parties.{key}"
    blocks: list[tuple[str, str, Compliance]] = [
        (f"{at}.kinds.{kind}", kind, block) for kind, block in party.kinds.items()
    ]
    blocks.append((f"{at}.default", "everything else", party.default))
    titles = {one: called(obligation, one) for one, obligation in deal.obligations.items()}
    blocks += [(f"{at}.obligations.{one}", titles.get(one, one), block) for one, block in party.obligations.items()]
    for path, what, block in blocks:
        yield from _of_block(path, what, block, name, is_default=path.endswith(".default"))
    if key in deal.parties:
        for field, words in _TIMES.items():
            yield _Spot(f"{at}.{field}", f"Tolerance: {name}", words, "hours", getattr(party, field))
        for field, words in _CHANCES.items():
            yield _Spot(f"{at}.{field}", f"Tolerance: {name}", words, "chance", getattr(party, field))
        group = f"Answers and leaving: {name}"
        for severity in ("minor", "major"):
            chance = getattr(party.responds, severity)
            yield _Spot(f"{at}.responds.{severity}", group, f"suspends after a {severity} incident", "chance", chance)
        yield _Spot(f"{at}.leaves.after_lapse", group, "leaves after a lapse", "chance", party.leaves.after_lapse)


def _of_block(path: str, what: str, block: Compliance, name: str, *, is_default: bool) -> Iterator[_Spot]:
    """What one block of compliance gives itself; what it inherits is moved where it stands."""
    for field in ("late", "refused"):
        value = getattr(block, field)
        if value is not None or is_default:
            yield _Spot(f"{path}.{field}", f"Compliance: {name}", f"{spaced(what)}: {field}", "chance", value)
    if block.delay is not None or is_default:
        yield _Spot(f"{path}.delay", f"Delays: {name}", f"{spaced(what)}: how late, when late", "hours", block.delay)


def _of_mediators(scenario: ResolvedScenario) -> Iterator[_Spot]:
    mediators, group = scenario.behaviour.mediators, "Pressure and mediation"
    yield _Spot("mediators.settles", group, "one attempt settles a dispute", "chance", mediators.settles)
    yield _Spot("mediators.attempt", group, "time of one attempt", "hours", mediators.attempt)
    yield _Spot("mediators.lag", group, "from settlement to the new date", "hours", mediators.lag)
    for key, pressure in mediators.pressure.items():
        for party, strength in pressure.on.items():
            label = f"{actor_called(scenario.deal, key)} on {actor_called(scenario.deal, party)}"
            yield _Spot(f"mediators.pressure.{key}.on.{party}", group, label, "number", strength)
    guarantors = scenario.behaviour.guarantors.restores
    yield _Spot("guarantors.restores", group, "guarantors bring the truce back", "chance", guarantors)
