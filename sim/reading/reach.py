"""What can ever come about: the earliest minute of every obligation and phase if everybody does their part at once.

What has no earliest minute can never fall due; `sim.reading.unreachable` reports why.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from sim.document.conditions import Condition
from sim.document.dates import DAY, Due, minutes_of_clock
from sim.document.deal import Deal, Obligation, Phase, Spread
from sim.document.exchanges import Exchange, owed_in_step
from sim.document.measured import counted_by
from sim.reading.defaults import phase_of, releases_of

NEVER = math.inf

# What may come about: ('obligations', id), ('phases', id) for its entry, ('end', id) for its end.
Node = tuple[str, str]


@dataclass
class Reach:
    """Earliest minutes, by fixed point: at first nothing has one; what waits only for things with one gets one."""

    deal: Deal
    as_dated: bool = False
    """The one course of things in which talks open on the date that the text gives for it, though behaviour may let
    them open before, and what takes time after its gate is due once that time is over."""
    loosely: bool = False
    """Nothing is taken to come later than it may: talks may open and releases come forward before their dates, a truce
    may begin by itself, and what a phase leaves undone no longer has to be waited for. What cannot come about even so,
    because its gate has shut for good, is left without a minute."""
    met: dict[str, float] = field(default_factory=dict)
    answered: dict[tuple[str, str], float] = field(default_factory=dict)  # returns, by the release that they follow
    due: dict[str, float] = field(default_factory=dict)
    entered: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)  # legs of exchanges: the first lot, with those of the others
    begun_alone: dict[str, float] = field(default_factory=dict)  # by itself, as far as its lead goes

    def __post_init__(self) -> None:
        obligations, phases = list(self.deal.obligations), list(self.deal.phases)
        self.met, self.due = dict.fromkeys(obligations, NEVER), dict.fromkeys(obligations, NEVER)
        self.entered, self.ended = dict.fromkeys(phases, NEVER), dict.fromkeys(phases, NEVER)
        moving = True
        while moving:
            moving = self._sweep(phases, obligations)
            obligations.reverse()  # so that chains written either way round settle in a few sweeps

    def _sweep(self, phases: list[str], obligations: list[str]) -> bool:
        before = (dict(self.met), dict(self.entered), dict(self.ended), dict(self.answered))
        for key in phases:
            self.entered[key] = self._entry(key, self.deal.phases[key])
            self.ended[key] = self._end(key, self.deal.phases[key])
        for key in obligations:
            obligation = self.deal.obligations[key]
            self.due[key] = self._due(obligation)
            takes = 0 if self.as_dated or self.loosely else obligation.takes
            self.met[key] = self.due[key] + takes + obligation.transit
            if key in self.step:
                self.met[key] = self._in_step(key) + obligation.transit
            for release in self.releases(obligation):
                self.answered[key, release] = self._due(obligation, release) + takes + obligation.transit
        return before != (self.met, self.entered, self.ended, self.answered)

    # ------------------------------------------------------------ exchanges

    @cached_property
    def step(self) -> dict[str, Exchange]:
        """By obligation, the exchange that it is a leg of."""
        return {leg: exchange for exchange in self.deal.exchanges.values() for leg in exchange.legs}

    def lots_take(self, key: str) -> int:
        """Minutes from the first lot of an obligation to the last."""
        return 0 if key not in self.step else (self.step[key].lots - 1) * self.step[key].every

    def _in_step(self, key: str) -> float:
        """When the last lot of a leg may go: with those of all the others."""
        takes = 0 if self.as_dated or self.loosely else 1
        legs = [leg for leg in self.step[key].legs if leg in self.deal.obligations]
        own = self.due[key] + takes * self.deal.obligations[key].takes
        self.begun[key] = max(self.due[leg] + takes * self.deal.obligations[leg].takes for leg in legs)
        self.begun_alone[key] = own
        return self.begun[key] + (0 if self.loosely else self.lots_take(key))

    def in_step_with(self, node: Node) -> list[Node]:
        """The other legs of the exchange of an obligation.

        Parameters
        ----------
        node : (str, str)
        """
        part, key = node
        legs = self.step[key].legs if part == "obligations" and key in self.step else []
        return [("obligations", leg) for leg in legs if leg != key]

    # ------------------------------------------------------------ phases

    @cached_property
    def before(self) -> dict[str, list[str]]:
        """By phase, those that lead to it."""
        leads: dict[str, list[str]] = {key: [] for key in self.deal.phases}
        for key, phase in self.deal.phases.items():
            if phase.then in leads:
                leads[phase.then].append(key)
        return leads

    @cached_property
    def within(self) -> dict[str, list[str]]:
        """By phase, its obligations."""
        found: dict[str, list[str]] = {key: [] for key in self.deal.phases}
        for key, obligation in self.deal.obligations.items():
            found.get(phase_of(self.deal, obligation), []).append(key)
        return found

    def _entry(self, key: str, phase: Phase) -> float:
        after = min((self.ended[before] for before in self.before[key]), default=NEVER)
        start = 0.0 if key == self.deal.first_phase else after
        return self._unless_shut(max([start, *map(self.holds, phase.enters_when)]), phase.enters_when)

    def _unless_shut(self, minute: float, gate: list[Condition]) -> float:
        """The minute, if a gate may still be open then; only asked of the loosest course."""
        if not self.loosely:
            return minute
        shuts = min((self.window(condition)[1] for condition in gate), default=NEVER)
        # before the first minute nothing is told apart
        return NEVER if (minute if minute > 0 else -NEVER) >= shuts else minute

    def _end(self, key: str, phase: Phase) -> float:
        all_met = max([self.entered[key], *(self._over(name, key) for name in self._closing(key))])
        if phase.lasts is None:
            return all_met
        time_up = self.entered[key] + phase.lasts
        return min(time_up, all_met) if phase.ends_early else time_up

    def _over(self, name: str, phase: str) -> float:
        """When an obligation no longer keeps its phase going: once it is met; a flow with an end of its own then."""
        until = self.deal.obligations[name].until
        return self.met[name] if until is None else max(self.met[name], self.minute(until, phase))

    def _closing(self, phase: str) -> list[str]:
        """What has to be met for a phase to be over; of a return for each release, the releases of that phase."""
        names = []
        for name in self.within[phase]:
            releases = self.releases(self.deal.obligations[name])
            names += [key for key in releases if key in self.within[phase]] if releases else [name]
        return names

    @cached_property
    def latest_end(self) -> dict[str, float]:
        """By phase, the last minute at which it can still be going on, whoever delays what."""
        latest = dict.fromkeys(self.deal.phases, NEVER)
        key: str | None = self.deal.first_phase
        entry = NEVER if self.deal.phases[self.deal.first_phase].enters_when else 0.0
        may_be_longer = {name for power in self.deal.powers.values() for name in power.what}
        while key in self.deal.phases and latest[key] == NEVER:
            phase = self.deal.phases[key]
            longer = (NEVER if phase.at_most is None else phase.at_most) if phase.continues_while else 0
            has_end = phase.lasts is not None and key not in may_be_longer
            entry = latest[key] = entry + (phase.lasts or 0 if has_end else NEVER) + longer
            if entry == NEVER:
                break
            key = phase.then
        return latest

    @cached_property
    def truce(self) -> float:
        """When the truce begins: with a phase that has one, or once it is declared where that is owed."""
        begins = []
        for key, phase in self.deal.phases.items():
            declared = [self.met[name] for name in self.within[key] if self.deal.obligations[name].kind == "truce"]
            if phase.truce:
                begins.append(min(declared) if declared else self.entered[key])
        return min(begins, default=NEVER)

    # ------------------------------------------------------------ obligations

    def _due(self, obligation: Obligation, release: str | None = None) -> float:
        """When it may first fall due; of a return all that is owed, or what is owed for one release."""
        phase = phase_of(self.deal, obligation)
        gate = max([self.entered.get(phase, 0.0), *map(self.holds, obligation.after)])
        if obligation.for_each is not None:
            releases = self.releases(obligation) if release is None else [release]
            gate = max([gate, *(self.met[key] for key in releases)]) if releases else NEVER
        if self.as_dated or self.loosely:
            gate += obligation.takes
        return self._unless_shut(self._dated(obligation, phase, gate), obligation.after)

    def _dated(self, obligation: Obligation, phase: str, gate: float) -> float:
        """When it falls due by its date, if its gate has been open for long enough from this minute on."""
        if self.loosely and obligation.kind in ("release", "talks"):
            return gate
        if obligation.due.after:
            return gate + obligation.due.after
        if obligation.due.kind == "phase end" and phase in self.deal.phases:
            lasts = self.deal.phases[phase].lasts
            return max(gate, self.ended[phase] if lasts is None else self.entered[phase] + lasts)
        date = obligation.starts_by if self.as_dated else None
        return max(gate, self.minute(date or obligation.due, phase))

    def minute(self, date: Due, phase: str) -> float:
        """The minute of a date such as 'day 7 16:00' or 'phase day 3'; 0 for dates that only follow a gate."""
        if not date.is_dated:
            return 0.0
        entered = self.entered.get(phase, 0.0) if date.kind == "phase day" else 0.0
        if entered == NEVER:
            return NEVER
        start = self.deal.starts.hour * 60 + self.deal.starts.minute
        midnight = int(entered + start) // DAY * DAY - start
        return float(date.minute(midnight, minutes_of_clock(self.deal.due_hour)))

    def releases(self, obligation: Obligation) -> list[str]:
        """The releases that a return follows."""
        if obligation.for_each is None:
            return []
        return [key for key in releases_of(self.deal, obligation) if key in self.deal.obligations]

    @cached_property
    def handed_over(self) -> list[tuple[str, str, float]]:
        """Obligation, group and number of people, for all that is handed over."""
        return [(key, group, count) for key, _, group, count in self._handovers]

    @cached_property
    def _handovers(self) -> list[tuple[str, str | None, str, float]]:
        """Obligation, the release that it answers, group and number of people, for all that is handed over."""
        handovers: list[tuple[str, str | None, str, float]] = []
        for key, obligation in self.deal.obligations.items():
            owed_now = owed_in_step(self.deal, key)
            handovers += [(key, None, group, count) for group, count in owed_now.items()]
            for release in self.releases(obligation):
                for group, people in self.deal.obligations[release].amount.items():
                    owed = obligation.ratio.get(group, {}).items()
                    handovers += [(key, release, name, self._owed(number, people, group)) for name, number in owed]
        return handovers

    def owed_for(self, obligation: Obligation, release: str) -> float:
        """People that a return owes for one release, handed over in full."""
        return sum(
            self._owed(number, people, group)
            for group, people in self.deal.obligations[release].amount.items()
            for number in obligation.ratio.get(group, {}).values()
        )

    def _owed(self, number: int | Spread, people: int, group: str) -> float:
        if not isinstance(number, Spread):
            return float(number * people)
        held = self.deal.stocks[group].count if group in self.deal.stocks else people
        return number.total * people / held if held else 0.0

    # ------------------------------------------------------------ conditions

    def holds(self, condition: Condition) -> float:
        """The earliest minute at which a condition holds; 0 where it names what does not exist."""
        return self.window(condition)[0]

    def window(self, condition: Condition, *, is_negated: bool = False) -> tuple[float, float]:
        """The earliest minute at which a condition, or its opposite, may hold, and the one from which it never does."""
        if condition.not_ is not None:
            return self.window(condition.not_, is_negated=not is_negated)
        if not condition.parts:
            if not is_negated:
                return self._holds(condition), NEVER
            return 0.0, NEVER if condition.day is None else minute_of_day(self.deal, condition.day)
        windows = [self.window(one, is_negated=is_negated) for _, one in condition.parts]
        needed = len(windows) - condition.enough + 1 if is_negated else condition.enough
        opens = sorted(begins for begins, _ in windows)[needed - 1]
        shuts = sorted((ends if begins < NEVER else -NEVER for begins, ends in windows), reverse=True)[needed - 1]
        return (NEVER, -NEVER) if self.loosely and (opens if opens > 0 else -NEVER) >= shuts else (opens, shuts)

    def _holds(self, condition: Condition) -> float:
        """The earliest minute of a condition that is not made of others."""
        if condition.day is not None:
            return max(0.0, minute_of_day(self.deal, condition.day))
        if condition.released is not None:
            return max((self._released(*wanted) for wanted in self.wanted(condition)), default=0.0)
        if condition.phase is not None:
            return (self.ended if condition.state == "ended" else self.entered).get(condition.phase, 0.0)
        if condition.obligation is not None:
            return self._delivered(condition.obligation, condition.share)
        if condition.truce is not None and self.loosely:
            return 0.0
        sources = self.sources(condition)
        return 0.0 if sources is None else min((self.met[key] for key in sources), default=NEVER)

    def _delivered(self, key: str, share: float | None) -> float:
        met = self.met.get(key, 0.0)
        if key in self.begun and share is not None:
            exchange = self.step[key]
            lots_before = 0 if self.loosely else math.ceil(share * exchange.lots - 1e-9) - 1
            first = self.begun_alone[key] if share <= exchange.lead else self.begun[key]
            met = first + lots_before * exchange.every + self.deal.obligations[key].transit
        if not self.loosely or key not in self.met:
            return met
        return min(met, self.ended.get(phase_of(self.deal, self.deal.obligations[key]), NEVER))

    def sources(self, condition: Condition) -> list[str] | None:
        """The obligations of which one brings about a line, talks or a truce; None where nothing is needed."""
        obligations = self.deal.obligations
        if condition.talks is not None:
            return [key for key, o in obligations.items() if o.topic == condition.talks] or None
        if condition.truce is not None:
            return [key for key, o in obligations.items() if o.kind == "truce"] or None
        lines = list(self.deal.lines)
        if condition.line not in lines or condition.line == lines[0]:
            return None
        beyond = lines[lines.index(condition.line) :]
        withdrawing = [o.by for o in obligations.values() if o.to_line]
        by = condition.by or next(iter(withdrawing), None)
        return [key for key, o in obligations.items() if o.to_line in beyond and o.by == by]

    def wanted(self, condition: Condition) -> list[tuple[frozenset[str], float]]:
        """Stocks and how many of them together have to be released."""
        groups = self.deal.people
        if isinstance(condition.released, dict):
            return [(frozenset([key]), number) for key, number in condition.released.items() if key in groups]
        return [(frozenset(counted_by(self.deal, condition)), condition.released or 0)]

    def _released(self, groups: frozenset[str], number: float) -> float:
        handovers = sorted(
            (self.met[key] if release is None else self.answered.get((key, release), NEVER), count)
            for key, release, group, count in self._handovers
            if group in groups
        )
        so_far = 0.0
        for minute, count in [(0.0, 0.0), *handovers]:
            so_far += count
            if so_far + 1e-6 >= number:
                return minute
        return NEVER

    # ------------------------------------------------------------ why never

    def never(self) -> dict[Node, list[Node]]:
        """All that can never come about, each with what it waits for of the same sort."""
        nodes: list[Node] = [("obligations", key) for key, minute in self.met.items() if minute == NEVER]
        nodes += [("phases", key) for key, minute in self.entered.items() if minute == NEVER]
        nodes += [("end", key) for key, minute in self.ended.items() if minute == NEVER]
        return {node: [before for before in self.waits_for(node) if self.is_never(before)] for node in nodes}

    def is_never(self, node: Node) -> bool:
        """Whether this can never come about.

        Parameters
        ----------
        node : (str, str)
        """
        times = {"obligations": self.met, "phases": self.entered, "end": self.ended}[node[0]]
        return times.get(node[1]) == NEVER

    def waits_for(self, node: Node) -> Iterator[Node]:
        """What this waits for, by its phase, its releases and its gate.

        Parameters
        ----------
        node : (str, str)
        """
        part, key = node
        if part == "end":
            yield ("phases", key)
            if self.deal.phases[key].lasts is None:
                yield from (("obligations", name) for name in self._closing(key))
            return
        if part == "phases":
            yield from (("end", before) for before in self.before[key] if key != self.deal.first_phase)
            gate = self.deal.phases[key].enters_when
        else:
            obligation = self.deal.obligations[key]
            phase = phase_of(self.deal, obligation)
            yield ("phases", phase)
            in_open_phase = phase in self.deal.phases and self.deal.phases[phase].lasts is None
            if obligation.due.kind == "phase end" and in_open_phase:
                yield ("end", phase)
            yield from (("obligations", release) for release in self.releases(obligation))
            gate = obligation.after
        for condition in gate:
            if self.holds(condition) == NEVER:
                yield from self.behind(condition)

    def behind(self, condition: Condition) -> Iterator[Node]:
        """What may bring a condition about; nothing has to for one that is negated, or for a day."""
        if condition.not_ is not None:
            if condition.not_.not_ is not None:
                yield from self.behind(condition.not_.not_)
            return
        for _, one in condition.parts:
            yield from self.behind(one)
        if condition.obligation is not None:
            yield ("obligations", condition.obligation)
        elif condition.phase is not None:
            yield ("end" if condition.state == "ended" else "phases", condition.phase)
        elif condition.released is not None:
            for groups, _ in self.wanted(condition):
                yield from (("obligations", key) for key, group, _ in self.handed_over if group in groups)
        elif condition.day is None and not condition.parts:
            yield from (("obligations", key) for key in self.sources(condition) or ())


def minute_of_day(deal: Deal, day: Due) -> float:
    """The minute of a day of the deal.

    Parameters
    ----------
    deal : Deal
    day : Due
        'day 7' or 'day 7 16:00'.
    """
    return float(day.minute(-(deal.starts.hour * 60 + deal.starts.minute), minutes_of_clock(deal.due_hour)))


def first_minute_of(deal: Deal) -> float:
    """The minute of the first date of what is owed, at most 0.

    Parameters
    ----------
    deal : Deal
    """
    dates = [date for o in deal.obligations.values() for date in (o.due, o.starts_by) if date is not None]
    return min([0.0, *(minute_of_day(deal, date) for date in dates if date.kind == "day")])
