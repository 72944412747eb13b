"""What can ever come about: the earliest minute of every obligation and phase if everybody does their part at once.

What has no earliest minute can never fall due. Following what it waits for leads to a cycle or to a condition that
nothing can meet; that is what gets reported, once, and not everything that waits for it in turn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import islice

from sim.document.conditions import Condition
from sim.document.dates import DAY, Due, minutes_of_clock
from sim.document.deal import Deal, Obligation, Phase, Spread
from sim.document.measured import counted_by
from sim.document.values import write_duration
from sim.reading.defaults import phase_of, releases_of
from sim.reading.problem import Fault, Path

NEVER = math.inf
MOST_RINGS = 20  # reported at once

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
            for release in self.releases(obligation):
                self.answered[key, release] = self._due(obligation, release) + takes + obligation.transit
        return before != (self.met, self.entered, self.ended, self.answered)

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
        while key in self.deal.phases and latest[key] == NEVER:
            phase = self.deal.phases[key]
            longer = (NEVER if phase.at_most is None else phase.at_most) if phase.continues_while else 0
            entry = latest[key] = entry + (NEVER if phase.lasts is None else phase.lasts) + longer
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
            handovers += [(key, None, group, count) for group, count in obligation.amount.items()]
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
            return max((self._released(*wanted) for wanted in self._wanted(condition)), default=0.0)
        if condition.phase is not None:
            return (self.ended if condition.state == "ended" else self.entered).get(condition.phase, 0.0)
        if condition.obligation is not None:
            return self._delivered(condition.obligation)
        if condition.truce is not None and self.loosely:
            return 0.0
        sources = self.sources(condition)
        return 0.0 if sources is None else min((self.met[key] for key in sources), default=NEVER)

    def _delivered(self, key: str) -> float:
        met = self.met.get(key, 0.0)
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

    def _wanted(self, condition: Condition) -> list[tuple[frozenset[str], float]]:
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
        return {node: [before for before in self._waits_for(node) if self._is_never(before)] for node in nodes}

    def _is_never(self, node: Node) -> bool:
        times = {"obligations": self.met, "phases": self.entered, "end": self.ended}[node[0]]
        return times.get(node[1]) == NEVER

    def _waits_for(self, node: Node) -> Iterator[Node]:
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
                yield from self._behind(condition)

    def _behind(self, condition: Condition) -> Iterator[Node]:
        """What may bring a condition about; nothing has to for one that is negated, or for a day."""
        if condition.not_ is not None:
            if condition.not_.not_ is not None:
                yield from self._behind(condition.not_.not_)
            return
        for _, one in condition.parts:
            yield from self._behind(one)
        if condition.obligation is not None:
            yield ("obligations", condition.obligation)
        elif condition.phase is not None:
            yield ("end" if condition.state == "ended" else "phases", condition.phase)
        elif condition.released is not None:
            for groups, _ in self._wanted(condition):
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


def check_reach(reach: Reach) -> Iterator[Fault]:
    """Phases that cannot be reached, obligations that can never fall due, and gates that wait for themselves.

    Parameters
    ----------
    reach : Reach
        Of the deal; names that do not exist are taken to hold, and reported elsewhere.
    """
    going_round: set[str] = set()
    for cycle in _phase_cycles(reach.deal):
        going_round.update(cycle)
        ring = " to ".join([*cycle, cycle[0]])
        yield Fault(("phases", cycle[-1], "then"), "phase-cycle", f"phases go round: {ring}", value=cycle[0])
    waiting = reach.never()
    yield from _no_way(reach, waiting)
    yield from _shut_for_good(reach)
    for nodes in islice(_cycles(waiting), MOST_RINGS):
        if not {key for _, key in nodes} <= going_round:
            yield _cycle_fault(reach.deal, nodes)
    yield from _too_late(reach)


def _phase_cycles(deal: Deal) -> Iterator[list[str]]:
    """Phases that lead to themselves, each ring once, from its first in the document."""
    settled: set[str] = set()
    for start in deal.phases:
        chain: list[str] = []
        key: str | None = start
        while key in deal.phases and key not in settled and key not in chain:
            chain.append(key)
            key = deal.phases[key].then
        if key in chain:
            ring = chain[chain.index(key) :]
            first = min(ring, key=list(deal.phases).index)
            yield ring[ring.index(first) :] + ring[: ring.index(first)]
        settled.update(chain)


def _no_way(reach: Reach, waiting: dict[Node, list[Node]]) -> Iterator[Fault]:
    """Those that can never come about though nothing they wait for is missing: a condition that nothing meets."""
    for (part, key), before in waiting.items():
        if part == "phases" and not before and key != reach.deal.first_phase and not reach.before[key]:
            hint = "give another phase 'then: " + key + "'"
            yield Fault(("phases", key), "unreachable-phase", "no phase leads here", hint, key)
        elif part == "phases":
            yield from _unmet(reach, ("phases", key, "enters_when"), "unreachable-phase")
        elif part == "obligations":
            obligation = reach.deal.obligations[key]
            if obligation.for_each is not None and not reach.releases(obligation):
                message = "no release hands over a group that its ratio names"
                yield Fault(("obligations", key, "for_each"), "never-due", message)
            yield from _unmet(reach, ("obligations", key, "after"), "never-due")


def _shut_for_good(reach: Reach) -> Iterator[Fault]:
    """Gates of which some conditions hold only before others, or the date, can come."""
    deal = reach.deal
    gates: list[tuple[Node, str, str, list[Condition]]] = [
        (("obligations", key), "after", "never-due", o.after) for key, o in deal.obligations.items()
    ]
    gates += [
        (("phases", key), "enters_when", "unreachable-phase", phase.enters_when) for key, phase in deal.phases.items()
    ]
    if not any(part.not_ is not None for *_, gate in gates for one in gate for part in one.everything()):
        return
    loose = Reach(deal, loosely=True)
    for node, name, code, gate in gates:
        if not loose._is_never(node) or reach._is_never(node) or any(map(loose._is_never, loose._waits_for(node))):
            continue
        windows = list(map(loose.window, gate))
        never = [place for place, (opens, _) in enumerate(windows) if opens == NEVER]
        for place in never:
            message = "can never hold: part of it holds only before the rest of it can"
            yield Fault((*node, name, place), code, message)
        if not never:
            until = min(shuts for _, shuts in windows)
            message = f"shut for good {_time(until)} after the start, before all else that is asked for can have come"
            yield Fault((*node, name), code, message, "the other conditions and the date have to come before that")


def _unmet(reach: Reach, at: Path, code: str) -> Iterator[Fault]:
    """Conditions of a gate that cannot hold and have nothing behind them that could be put right."""
    part, key, gate = at
    conditions: list[Condition] = getattr(getattr(reach.deal, str(part))[key], str(gate))
    for place, condition in enumerate(conditions):
        if reach.holds(condition) < NEVER or any(map(reach._is_never, reach._behind(condition))):
            continue
        yield Fault((*at, place), code, _why(reach, condition))


def _why(reach: Reach, condition: Condition) -> str:
    if condition.parts and condition.not_ is None:
        reasons = "; ".join(_why(reach, one) for _, one in condition.parts if reach.holds(one) == NEVER)
        few = {1: "none of these can ever hold", len(condition.parts): "not all of these can hold"}
        return f"{few.get(condition.enough, f'fewer than {condition.enough} of these can ever hold')}: {reasons}"
    if condition.line is not None:
        return f"no withdrawal reaches the line '{condition.line}'"
    for groups, number in reach._wanted(condition):
        given = math.floor(sum(count for _, group, count in reach.handed_over if group in groups) + 1e-6)
        if given < number:
            return f"waits for {number} released, all handovers together give {given}"
    return "can never hold"


def _cycles(graph: dict[Node, list[Node]]) -> Iterator[list[Node]]:
    """Rings that have no part in common, each node before the one that it waits for."""
    graph = dict(graph)
    while True:
        try:
            TopologicalSorter({node: [b for b in before if b in graph] for node, before in graph.items()}).prepare()
        except CycleError as error:
            ring: list[Node] = error.args[1][:-1][::-1]
            yield ring
            for node in ring:
                del graph[node]
        else:
            return


def _cycle_fault(deal: Deal, ring: list[Node]) -> Fault:
    order = [*(("obligations", key) for key in deal.obligations), *(("phases", key) for key in deal.phases)]
    first = min((node for node in ring if node[0] != "end"), key=order.index, default=ring[0])
    ring = ring[ring.index(first) :] + ring[: ring.index(first)]
    chain = " waits for ".join(_named(node) for node in [*ring, first])
    if all(part == "obligations" for part, _ in ring):
        return Fault(("obligations", first[1], "after"), "gate-cycle", chain, "take one of these conditions out")
    if first[0] == "obligations":
        return Fault(("obligations", first[1]), "never-due", f"waits for itself: {chain}")
    return Fault(("phases", first[1]), "unreachable-phase", f"waits for itself: {chain}")


def _named(node: Node) -> str:
    part, key = node
    return {"obligations": key, "phases": f"phase {key}", "end": f"the end of phase {key}"}[part]


def _too_late(reach: Reach) -> Iterator[Fault]:
    """Obligations whose date lies beyond the longest that their phase can go on."""
    for key, obligation in reach.deal.obligations.items():
        if obligation.for_each is not None:
            continue  # each of them follows its release, in whatever phase that is
        phase = phase_of(reach.deal, obligation)
        end = reach.latest_end.get(phase, NEVER)
        due = reach.due[key]
        if due < NEVER and due > end:
            message = f"falls due {_time(due)} after the start, when phase {phase} is over ({_time(end)})"
            yield Fault(("obligations", key, "due"), "never-due", message, value=obligation.due)


def _time(minutes: float) -> str:
    return write_duration(int(minutes))


def check_within_horizon(deal: Deal) -> Iterator[Fault]:
    """Obligations that the deal's own horizon cuts off; a scenario may well look at a shorter time.

    Parameters
    ----------
    deal : Deal
        As written.
    """
    for key, due in Reach(deal).due.items():
        if deal.horizon < due < NEVER:
            message = f"falls due {_time(due)} after the start, beyond the horizon of {_time(deal.horizon)}"
            hint = "give the deal a longer horizon"
            yield Fault(("obligations", key, "due"), "never-due", message, hint, deal.obligations[key].due)


def check_lines(reach: Reach) -> Iterator[Fault]:
    """Withdrawals that lead back: to where the party stands at the start, or behind a line it has reached before.

    Parameters
    ----------
    reach : Reach
        Of the deal.
    """
    lines = list(reach.deal.lines)
    moves = [
        (reach.due[key], lines.index(o.to_line), o.by, key)
        for key, o in reach.deal.obligations.items()
        if o.to_line in lines
    ]
    for minute, line, party, key in moves:
        at: Path = ("obligations", key, "to_line")
        before = [name for when, other, by, name in moves if by == party and when < minute < NEVER and other > line]
        if line == 0:
            yield Fault(at, "line-goes-back", f"'{lines[0]}' is where the withdrawing side stands at the start")
        elif before:
            message = f"'{lines[line]}' lies behind the line of '{before[0]}', which is due before"
            yield Fault(at, "line-goes-back", message, value=lines[line])
