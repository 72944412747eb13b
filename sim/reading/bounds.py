"""How many events a replicate can be expected to hold, from the documents alone; what would run away is refused.

Whatever a document says, a replicate stops at `MOST_EVENTS`; the account drawn up here keeps a scenario from starting
at all if it would come there, and says which line is the reason. It takes the upper end of what is uncertain or may
shift, but for what follows one another many times, attempts of the mediators and handovers after misidentification:
there it takes the middle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.document.behaviour import UNWRITTEN, Delay, IncidentSource, TalksBehaviour
from sim.document.deal import Deal, Obligation
from sim.document.measured import curve_of_stock, place_of_stock
from sim.document.scenario import ResolvedScenario, Uncertain
from sim.document.values import LONGEST_DURATION, MOST_NUMBER, Minutes, write_duration
from sim.reading.posterior import column_faults, distributions
from sim.reading.problem import Fault, Path

MOST_EVENTS = 65_536
"""Events of one replicate; equal to MAX_EVENTS of the engine, which a test compares."""
MOST_CURVE_CELLS = 20_000_000
"""Days times people and obligations of the histogram by day, 8 bytes each."""
MOST_DELIVERED = 10**14
"""Units that all flows together owe up to the horizon; sums of outcomes are exact below 2**47."""
FURTHEST = 1e15
"""The most that a distribution with a long tail may reach; times and rates beyond it mean nothing any more."""
STANDARD_ERRORS = 6.0
EVENTS_OF_AN_OBLIGATION = 12
"""Events in the life of an obligation that falls due once, is disputed, settled and cured."""
EVENTS_OF_A_HANDOVER = 6
EVENTS_OF_AN_INCIDENT = 3
"""The incident, and the suspension and return of the truce that may answer it."""
EVENTS_OF_AN_OPENING = 3
MINUTES_A_DAY = 1440.0


@dataclass(frozen=True)
class Share:
    """What one part of a document adds to the events of a replicate.

    Attributes
    ----------
    path : tuple
        The part.
    what : str
        For a message, for instance 'incidents'.
    mean, variance : float
        Of the number of events.
    hint : str
        The way out.
    """

    path: Path
    what: str
    mean: float
    variance: float
    hint: str


def events_of(resolved: ResolvedScenario) -> list[Share]:
    """What each part of a scenario adds to the events of a replicate, from above.

    Parameters
    ----------
    resolved : ResolvedScenario
        Its names exist.

    Returns
    -------
    list of Share
    """
    upper = _Upper(resolved)
    shares = [_obligations(resolved), _mediation(resolved, upper)]
    shares += [_incidents(resolved, upper, key, source) for key, source in resolved.behaviour.incidents.items()]
    shares += [_talks(resolved, upper, key, talks) for key, talks in resolved.behaviour.talks.items()]
    shares += [_misidentified(resolved, upper, key) for key in resolved.behaviour.search if key in resolved.deal.people]
    return shares


def most_events(resolved: ResolvedScenario) -> float:
    """Events that a replicate practically never exceeds: the mean and six standard errors."""
    shares = events_of(resolved)
    return sum(share.mean for share in shares) + STANDARD_ERRORS * math.sqrt(sum(share.variance for share in shares))


def check_bounds(resolved: ResolvedScenario) -> Iterator[Fault]:
    """Scenarios that could run away, or whose curves would not fit into memory.

    Parameters
    ----------
    resolved : ResolvedScenario
        Its names exist.
    """
    yield from _check_supports(resolved)
    if most_events(resolved) > MOST_EVENTS:
        largest = max(events_of(resolved), key=lambda share: share.mean)
        message = (
            f"about {_rounded(largest.mean)} {largest.what} within {write_duration(resolved.horizon)}; a replicate "
            f"holds at most {MOST_EVENTS} events (MAX_EVENTS in sim/plan/limits.py)"
        )
        yield Fault(largest.path, "too-many-events", message, largest.hint)
    yield from _check_flows(resolved)
    n_days = resolved.horizon // 1440 + 2
    deal = resolved.deal
    n_people = sum(stock.count for stock in deal.people.values())
    n_twice = sum(
        stock.count for key, stock in deal.people.items() if curve_of_stock(deal, key) != place_of_stock(deal, key)
    )
    n_owed = sum(_n_instances(deal, obligation) for obligation in deal.obligations.values())
    n_cells = n_days * (n_people + n_twice + n_owed)
    if n_cells > MOST_CURVE_CELLS:
        message = (
            f"{n_people} people and {n_owed} obligations on {n_days} days make {n_cells} numbers for the curves by "
            f"day; at most {MOST_CURVE_CELLS} are kept (MOST_CURVE_CELLS in sim/reading/bounds.py)"
        )
        yield Fault(("deal", "stocks"), "too-many-people", message, "a shorter horizon, or counts in larger units")


def _check_flows(resolved: ResolvedScenario) -> Iterator[Fault]:
    """Flows that add up to more than is counted exactly."""
    total = 0.0
    for key, obligation in resolved.deal.obligations.items():
        each_day = max(sum(obligation.each_day.values()), sum(obligation.on_exchange_days.values()))
        total += each_day * (resolved.horizon // 1440 + 2)
        if total > MOST_DELIVERED:
            message = (
                f"flows up to here owe about {total:.0e} units within {write_duration(resolved.horizon)}; at most "
                f"{MOST_DELIVERED} are counted (MOST_DELIVERED in sim/reading/bounds.py)"
            )
            at: Path = ("deal", "obligations", key, "each_day")
            yield Fault(at, "out-of-range", message, "a shorter horizon, or amounts in larger units", each_day)
            return


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number < 1e12 else f"{number:.0e}"


# ---------------------------------------------------------------- values that are not one number


def support(uncertain: Uncertain) -> tuple[float, float]:
    """The lowest and the highest value that a distribution gives."""
    if uncertain.uniform is not None:
        return uncertain.uniform
    if uncertain.beta is not None:
        return 0.0, 1.0
    if uncertain.lognormal is not None:
        median, p95 = uncertain.lognormal
        # the quantile half a step inside the last of 257; beyond a computer's numbers it is said to be infinite
        highest = math.log(median) + 1.8 * (math.log(p95) - math.log(median))
        return 0.0, math.exp(highest) if highest < 700 else math.inf
    given = uncertain.quantiles or [0.0]
    return given[0], given[-1]


def middle(uncertain: Uncertain) -> float:
    """The median of a distribution; of a beta distribution its mean."""
    if uncertain.beta is not None:
        return uncertain.beta[0] / sum(uncertain.beta)
    if uncertain.lognormal is not None:
        return uncertain.lognormal[0]
    given = list(uncertain.uniform or uncertain.quantiles or [0.0])
    half = len(given) // 2
    return given[half] if len(given) % 2 else (given[half - 1] + given[half]) / 2


class _Upper:
    """The highest value of each number of the behaviour: as written, as drawn, or after a shock."""

    def __init__(self, resolved: ResolvedScenario) -> None:
        self.resolved = resolved
        self.others: dict[str, float] = {}
        self.shifted: set[str] = set()
        self.drawn = distributions(resolved)
        for path, uncertain in self.drawn.items():
            self._note(path, support(uncertain)[1])
        for shock in resolved.behaviour.shocks.values():
            if shock.effect == "shifts" and shock.path is not None and shock.to is not None:
                self._note(shock.path, shock.to)
                self.shifted.add(shock.path.removeprefix("behaviour."))

    def _note(self, path: str, value: float) -> None:
        path = path.removeprefix("behaviour.")
        self.others[path] = max(value, self.others.get(path, value))

    def at(self, path: str, value: float) -> float:
        return max(value, self.others.get(path, value))

    def usual(self, path: str, value: float) -> float:
        """The middle of what is uncertain; 0 where a shock may shift it to anything."""
        uncertain = self.drawn.get(path)
        if path in self.shifted:
            return 0.0
        return value if uncertain is None else middle(uncertain)

    def handovers_each(self, path: str, chance: float) -> float:
        """How often somebody is handed over who each time turns out with this chance to be somebody else."""
        uncertain = self.drawn.get(path)
        if uncertain is not None and uncertain.beta is not None and uncertain.beta[1] > 1 and path not in self.shifted:
            a, b = uncertain.beta
            return (a + b - 1) / (b - 1)
        chance = self.usual(path, chance) if path not in self.shifted else self.at(path, chance)
        return 1 / (1 - chance) if chance < 1 else math.inf

    def is_certain(self, path: str) -> bool:
        return path not in self.others


def _check_supports(resolved: ResolvedScenario) -> Iterator[Fault]:
    """Distributions and shifts that leave what a chance, a rate or a time can be."""
    given: list[tuple[Path, str, tuple[float, float]]] = []
    for path, uncertain in resolved.uncertain.items():
        given.append((("uncertain", path), path, support(uncertain)))
        yield from _too_large(("uncertain", path), uncertain.values)
    for path, values, _ in column_faults(resolved):
        given.append((("posterior",), path, (values[0], values[-1])))
        yield from _too_large(("posterior",), values)
    for key, shock in resolved.behaviour.shocks.items():
        if shock.effect == "shifts" and shock.path is not None and shock.to is not None:
            given.append((("behaviour", "shocks", key, "to"), shock.path, (shock.to, shock.to)))
            yield from _too_large(("behaviour", "shocks", key, "to"), [shock.to])
    for at, path, (low, high) in given:
        if not (math.isfinite(low) and math.isfinite(high)):
            yield Fault(at, "not-a-number", "must be finite numbers")
        elif high > FURTHEST:
            message = f"reaches {high:.0e}; at most {FURTHEST:.0e} (FURTHEST in sim/reading/bounds.py)"
            yield Fault(at, "out-of-range", message, "a narrower distribution", high)
        elif low < 0:
            yield Fault(at, "out-of-range", "no chance, rate or time lies below 0", value=low)
        elif path.endswith(".branching") and high >= 1:
            message = f"follow-ups of one incident reach {high:g}: incidents would never end"
            yield Fault(at, "out-of-range", message, "keep them below 1", high)


def _too_large(at: Path, values: Sequence[float]) -> Iterator[Fault]:
    """Values beyond what the same number may be where it is written down."""
    for value in values:
        if isinstance(value, Minutes) and value > LONGEST_DURATION:
            yield Fault(
                at, "out-of-range", "at most 20 years (LONGEST_DURATION in sim/document/values.py)", value=value
            )
            return
        if value > MOST_NUMBER:
            yield Fault(
                at, "out-of-range", f"at most {MOST_NUMBER} (MOST_NUMBER in sim/document/values.py)", value=float(value)
            )
            return


# ---------------------------------------------------------------- parts of the account


def _days(resolved: ResolvedScenario) -> float:
    return resolved.horizon / MINUTES_A_DAY


def _obligations(resolved: ResolvedScenario) -> Share:
    """The lives of all obligations: people come out at most one by one, or as many a day as somebody can hand over."""
    n_instances, n_handovers = 0, 0
    for obligation in resolved.deal.obligations.values():
        n = _n_instances(resolved.deal, obligation)
        n_instances += n
        if resolved.deal.hands_over_people(obligation):
            n_handovers += n * _n_handovers(resolved, obligation)
    mean = float(EVENTS_OF_AN_OBLIGATION * n_instances + EVENTS_OF_A_HANDOVER * n_handovers + 100)
    return Share(("deal", "obligations"), "events of obligations", mean, 0.0, "fewer obligations or a larger capacity")


def _n_instances(deal: Deal, obligation: Obligation) -> int:
    if not obligation.ratio:
        return 1
    if isinstance(obligation.for_each, list):
        return len(obligation.for_each)
    return sum(other.kind == "release" for other in deal.obligations.values())


def _n_handovers(resolved: ResolvedScenario, obligation: Obligation) -> int:
    """Parts in which one obligation's people can come out."""
    behaviour = resolved.behaviour
    groups = obligation.amount or {key: 0 for released in obligation.ratio.values() for key in released}
    searched = sum(resolved.deal.stocks[key].count for key in groups if key in behaviour.search)
    party = behaviour.parties.get(obligation.by, UNWRITTEN)
    capacity = party.capacity.get("return" if obligation.kind == "return" else "release")
    by_capacity = 0
    if capacity:
        people = sum(obligation.amount.values()) or sum(resolved.deal.stocks[key].count for key in groups)
        by_capacity = math.ceil(people / capacity)
    return 2 + searched + min(by_capacity, math.ceil(_days(resolved)))


def _mediation(resolved: ResolvedScenario, upper: _Upper) -> Share:
    """Attempts to settle disputes: until one succeeds, and no more than time allows."""
    mediators = resolved.behaviour.mediators
    every = max(1.0, upper.usual("mediators.attempt.median", float(mediators.attempt.median)))
    most = resolved.horizon / every
    certain = upper.is_certain("mediators.settles") and not mediators.pressure
    until_settled = min(most, 1.0 / mediators.settles) if certain and mediators.settles > 0 else most
    disputes = attempts = 0.0
    for key, obligation in resolved.deal.obligations.items():
        waits = _may_wait_for_people(resolved, obligation)
        over_it = max(_disputes(resolved, upper, key, obligation), float(waits))
        disputes += over_it
        attempts = max(attempts, (most if waits else until_settled) * (over_it > 0))
    hint = "a longer attempt, a larger chance that one settles, or a shorter horizon"
    path: Path = ("behaviour", "mediators", "attempt")
    return Share(path, "attempts of the mediators", disputes * attempts, disputes * attempts**2, hint)


def _may_wait_for_people(resolved: ResolvedScenario, obligation: Obligation) -> bool:
    """Whether mediators may have to wait until somebody can be handed over, or settle it in many parts."""
    if not resolved.deal.hands_over_people(obligation):
        return False
    behaviour, groups = resolved.behaviour, _groups_of(obligation)
    held_by = {resolved.deal.stocks[key].held_by for key in groups}
    party = behaviour.parties.get(obligation.by, UNWRITTEN)
    return bool(set(groups) & set(behaviour.search) or held_by & set(behaviour.holders) or party.capacity)


def _groups_of(obligation: Obligation) -> list[str]:
    """The groups that a release or return hands over."""
    return [*obligation.amount, *(key for returned in obligation.ratio.values() for key in returned)]


def _disputes(resolved: ResolvedScenario, upper: _Upper, key: str, obligation: Obligation) -> float:
    """Expected disputes over one obligation, with its returns for each release."""
    if obligation.kind == "talks":
        return 0.0
    party = resolved.behaviour.parties.get(obligation.by, UNWRITTEN)
    chance = 0.0
    for name in ("late", "refused"):
        layers = {
            f"parties.{obligation.by}.obligations.{key}": party.obligations.get(key),
            f"parties.{obligation.by}.kinds.{obligation.kind}": party.kinds.get(obligation.kind),
            f"parties.{obligation.by}.default": party.default,
        }
        written = {path: getattr(layer, name) for path, layer in layers.items() if layer is not None}
        path, value = next(((p, v) for p, v in written.items() if v is not None), (f"{list(layers)[-1]}", 0.0))
        chance += upper.at(f"{path}.{name}", value)
    own = [c for name, c in party.obligations.items() if name.startswith(f"{key}.")]
    chance = max([chance, *(sum(filter(None, (c.late, c.refused))) for c in own)])
    waits = any(group in resolved.behaviour.search for group in obligation.amount)
    creditor = next((p for p in resolved.deal.parties if p != obligation.by), obligation.by)
    complains = resolved.behaviour.parties.get(obligation.to or creditor, UNWRITTEN).complains
    likely = 1.0 if waits or resolved.behaviour.holders else min(1.0, chance)
    return (
        likely
        * upper.at(f"parties.{obligation.to or creditor}.complains", complains)
        * _n_instances(resolved.deal, obligation)
    )


def _incidents(resolved: ResolvedScenario, upper: _Upper, key: str, source: IncidentSource) -> Share:
    """Incidents of one source, each with its follow-ups; no more than one a minute."""
    path = f"incidents.{key}"
    branching = min(upper.at(f"{path}.branching", source.branching), 1 - 1e-9)
    per_day = max(
        upper.at(f"{path}.{name}", getattr(source, name)) for name in ("per_day", "without_truce")
    )  # a truce holds or does not
    begun = per_day * _days(resolved) + upper.at(f"{path}.initial", source.initial)
    mean = min(begun / (1 - branching), float(resolved.horizon))
    variance = min(mean / (1 - branching) ** 2, mean * resolved.horizon)
    hint = "a lower rate or branching, or a shorter horizon"
    return Share(
        ("behaviour", "incidents", key), "incidents and answers to them", EVENTS_OF_AN_INCIDENT * mean,
        EVENTS_OF_AN_INCIDENT**2 * variance, hint,
    )  # fmt: skip


def _talks(resolved: ResolvedScenario, upper: _Upper, key: str, talks: TalksBehaviour) -> Share:
    """Openings of talks on one topic: as often as they can be broken off and resumed."""
    openings = 1.0
    if talks.resumes is not None:
        path = f"talks.{key}"
        breaks = upper.at(f"{path}.breaks_off_per_day", talks.breaks_off_per_day)
        pause = _least(talks.resumes, upper, f"{path}.resumes")
        openings += _days(resolved) / (1 / breaks + pause / MINUTES_A_DAY) if breaks > 0 else 0.0
    hint = "a lower breaks_off_per_day, or a longer time until they resume"
    mean = EVENTS_OF_AN_OPENING * openings
    return Share(("behaviour", "talks", key), "openings and ends of talks", mean, EVENTS_OF_AN_OPENING * mean, hint)


def _least(delay: Delay, upper: _Upper, path: str) -> float:
    """The median of a time in minutes, 1 where it is not certain."""
    return max(1.0, float(delay.median)) if upper.is_certain(f"{path}.median") else 1.0


def _misidentified(resolved: ResolvedScenario, upper: _Upper, key: str) -> Share:
    """Handovers of remains that turn out to be somebody else's: looked for and handed over again."""
    search, group = resolved.behaviour.search[key], resolved.deal.stocks[key]
    path = f"search.{key}"
    again = 0.0
    chance = upper.at(f"{path}.misidentified", search.misidentified) if group.of == "remains" else 0.0
    if chance > 0:
        transit = min([o.transit for o in resolved.deal.obligations.values() if key in o.amount], default=0)
        cycle = transit + _least(search.time, upper, f"{path}.time") if search.time.median else float(transit)
        by_time = resolved.horizon / cycle if cycle > 0 else math.inf
        again = min(upper.handovers_each(f"{path}.misidentified", search.misidentified), by_time)
    mean = min(EVENTS_OF_A_HANDOVER * group.count * again, 1e15)
    hint = "a smaller chance of misidentifying, or a longer search"
    return Share(("behaviour", "search", key), "handovers after misidentification", mean, mean, hint)
