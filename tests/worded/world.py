"""A deal as its documents put it and as a trace has left it so far: who is where, what is owed, which gate is open."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from sim.document.behaviour import Compliance, Delay, PartyBehaviour
from sim.document.conditions import Condition
from sim.document.deal import Obligation, Spread
from sim.document.scenario import ResolvedScenario
from sim.document.values import parse_duration
from sim.reading.defaults import releases_of

DAY = 1440
FINISHED = ("met", "met_late", "cured", "defaulted", "excused", "void")
PEOPLE = ("release", "return")
A_DAY = Delay.model_validate("1 d")


@dataclass
class Entry:
    """People of one group under one obligation."""

    owed: int
    delivered: int = 0
    moving: int = 0


@dataclass
class Owed:
    """One obligation: what the document says of it, and how it stands.

    Attributes
    ----------
    stage : {None, 'date', 'gate', 'ready'}
        What it waits for before it is due: its date, its gate, or the time that it takes once its gate is open.
    perform : int, optional
        The minute at which its debtor is to act next.
    watch : (str, int), optional
        What its creditor waits for ('grace', 'tolerance', 'patience'), and until when.
    """

    name: str
    key: str
    terms: Obligation
    creditor: str
    phase: str
    needs_truce: bool
    release: str | None = None
    full: int = 1
    entries: dict[str, Entry] = field(default_factory=dict)
    status: str = "planned"
    delivered: int = 0
    is_late: bool = False
    draws: Counter[str] = field(default_factory=Counter)
    choice: str = ""
    delay: int = 0
    decides_afresh: bool = False
    anew: int | None = None
    # before it is due
    stage: str | None = None
    date: int = 0
    ready: int = 0
    open_since: int | None = None
    is_unsure: bool = False
    # its debtor
    due: int = 0
    perform: int | None = None
    is_blocked: bool = False
    waits_for_people: bool = False
    arrives: int | None = None
    # its creditor, and mediators
    watch: tuple[str, int] | None = None
    knows_watch: bool = True
    is_put_off: bool = False
    dispute: int | None = None
    disputed_since: int = 0
    attempt: int | None = None
    # a flow
    level: float = 0.0
    ran: Counter[int] = field(default_factory=Counter)
    kept: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    final: tuple[float, float] | None = None
    until: int | None = None
    was_disputed: bool = False
    # a truce
    owed_from: int = 0
    done_at: int | None = None

    @property
    def kind(self) -> str:
        return self.terms.kind

    @property
    def debtor(self) -> str:
        return self.terms.by

    @property
    def owed(self) -> int:
        """People, units, or 1; of a return for releases what these have earned so far."""
        return sum(entry.owed for entry in self.entries.values()) if self.release else self.full

    @property
    def enough(self) -> int:
        """From how much on it counts as met."""
        return self.owed if self.release else max(1, math.ceil(self.terms.accepted_from * self.full - 1e-9))

    @property
    def owes_nothing(self) -> bool:
        """An amount of 0, 0 units, a flow of 0 a day."""
        return self.full == 0 and not self.release

    @property
    def is_open(self) -> bool:
        """Whether it has begun and is not finished."""
        return self.status not in FINISHED


@dataclass
class PhaseNow:
    state: str = "ahead"
    since: int = 0
    up: int | None = None
    limit: int | None = None
    moved: int = 0


@dataclass
class TalksNow:
    state: str = "not_started"
    owed: str = ""
    opens: int | None = None
    turn: tuple[str, int] | None = None
    deadline: int | None = None
    never: bool = False
    n_openings: int = 0


class World:
    """Documents, and what has become of them."""

    def __init__(self, resolved: ResolvedScenario):
        self.resolved, self.deal, self.behaviour = resolved, resolved.deal, resolved.behaviour
        starts = self.deal.starts
        self.midnight = -(starts.hour * 60 + starts.minute)
        self.owed: dict[str, Owed] = {}
        for key, terms in self.deal.obligations.items():
            for release in releases_of(self.deal, terms) if terms.ratio else [None]:
                self._add(key, terms, release)
        self.phases = {key: PhaseNow() for key in self.deal.phases}
        self.talks = {o.terms.topic: TalksNow(owed=o.name) for o in self.owed.values() if o.terms.topic}
        self.truce = "not_begun"
        self.exchange_days: set[int] = set()
        self.lines: Counter[str] = Counter()
        self.held = {key: group.count for key, group in self.deal.groups.items()}
        self.released: Counter[str] = Counter()
        self.open_disputes: Counter[str] = Counter()
        self._performs: dict[str, Compliance] = {}

    def _add(self, key: str, terms: Obligation, release: str | None) -> None:
        name = f"{key}.{release}" if release else key
        parties = list(self.deal.parties)
        actors = [*parties, *self.deal.holders, *self.deal.mediators, *self.deal.others]
        other = parties[1 - parties.index(terms.by)] if terms.by in parties else parties[0]
        creditor = terms.to if terms.to in actors else other
        phase = terms.phase
        if phase is None and release:
            phase = self.deal.obligations[release].phase
        phase = phase or next(iter(self.deal.phases))
        has_truce = self.deal.phases[phase].truce
        needs = has_truce and terms.kind not in ("truce", "information", "talks", "flow")
        owed = Owed(name, key, terms, str(creditor), phase, needs, release)
        if release:
            amount, owed.full = self.deal.obligations[release].amount, 0
            for group, returned in terms.ratio.items():
                if group not in amount:
                    continue
                for prisoners, number in returned.items():
                    owed.entries.setdefault(prisoners, Entry(0))
                    owed.full += self.each_of(group, number) * amount[group]
        elif terms.kind in PEOPLE:
            owed.entries = {group: Entry(count) for group, count in terms.amount.items()}
            owed.full = sum(terms.amount.values())
        elif terms.kind == "flow":
            owed.full = int(any([*terms.each_day.values(), *terms.on_exchange_days.values()]))
        elif terms.kind != "talks" and terms.units is not None:
            owed.full = terms.units
        self.owed[name] = owed

    def each_of(self, group: str, number: int | Spread) -> int:
        """Owed for each person of a group: the number, or a total spread evenly, rounded down."""
        if isinstance(number, Spread):
            return number.total // max(self.deal.groups[group].count, 1)
        return number

    # ------------------------------------------------------------ the calendar

    def day(self, minute: int) -> int:
        """The deal's day, from the calendar."""
        starts = self.deal.starts
        return ((starts + timedelta(minutes=minute)).date() - starts.date()).days + 1

    def midnight_after(self, minute: int) -> int:
        """The minute at which this minute's day is over."""
        return self.midnight + self.day(minute) * DAY

    def date(self, due: str, phase: str, now: int) -> int:
        """The minute that a date means, once its phase has been entered."""
        since = self.phases[phase].since
        if due == "phase end":
            lasts = self.deal.phases[phase].lasts
            assert lasts is not None
            return since + lasts + self.phases[phase].moved
        words = due.split()
        if words[0] not in ("day", "phase") or due.endswith("gate"):
            return now
        base = self.midnight_after(since) - DAY if words[0] == "phase" else self.midnight
        number, *clock = words[words.index("day") + 1 :]
        hours, of_hour = (clock[0] if clock else self.deal.due_hour).split(":")
        minute = base + (int(number) - 1) * DAY + int(hours) * 60 + int(of_hour)
        if due == "day 1":  # without an hour not before the start
            minute = max(minute, 0)
        return minute + self.phases[phase].moved

    def waits_for_truce_of_others(self, owed: Owed) -> bool:
        """Whether it waits for a truce that is owed, and not by its own debtor."""
        so_far = list(self.phases)[: list(self.phases).index(owed.phase) + 1]
        owe = {o.debtor for o in self.owed.values() if o.kind == "truce" and o.phase in so_far}
        return owed.needs_truce and self.truce == "not_begun" and bool(owe) and owed.debtor not in owe

    def takes(self, owed: Owed) -> int:
        """For how long its gate has to be open."""
        due = owed.terms.due
        if owed.kind == "talks":
            talks = self.behaviour.talks.get(str(owed.terms.topic))
            due = (talks.opens if talks else None) or owed.terms.starts_by or due
        after = int(parse_duration(due.removesuffix(" after gate"))) if due.endswith(" after gate") else 0
        return owed.terms.takes + after

    def grace_ends(self, owed: Owed, due: int) -> int:
        """The minute from which it is late: its grace, a week for a flow, else the end of its day."""
        if owed.terms.grace is not None:
            return due + owed.terms.grace
        return due + 7 * DAY if owed.kind == "flow" else self.midnight_after(due)

    # ------------------------------------------------------------ behaviour

    def party(self, actor: str) -> PartyBehaviour:
        """How somebody behaves."""
        return self.behaviour.parties.get(actor, PartyBehaviour())

    def performs(self, owed: Owed) -> Compliance:
        """How a debtor performs: by obligation, else by kind, else as always."""
        if owed.name in self._performs:
            return self._performs[owed.name]
        party = self.party(owed.debtor)
        layers = [party.obligations.get(owed.name), party.obligations.get(owed.key), party.kinds.get(owed.terms.kind)]
        found: dict[str, float | Delay] = {}
        for name, otherwise in (("late", 0.0), ("refused", 0.0), ("level", 0.5), ("ahead", 0.0), ("short", 0.0),
                                ("delay", A_DAY)):  # fmt: skip
            given = (getattr(layer, name) for layer in (*layers, party.default) if layer is not None)
            found[name] = next((value for value in given if value is not None), otherwise)
        self._performs[owed.name] = Compliance.model_validate(found)
        return self._performs[owed.name]

    # ------------------------------------------------------------ gates

    def is_open(self, gate: list[Condition]) -> bool:
        """Whether all that a gate waits for has come."""
        return all(self.holds(condition) for condition in gate)

    def holds(self, condition: Condition) -> bool:
        """Whether one condition is met."""
        if condition.any is not None:
            return any(self.holds(one) for one in condition.any)
        if condition.obligation is not None:
            asked = [o for o in self.owed.values() if condition.obligation in (o.key, o.name)]
            return all(self._is_there(owed, condition.share) for owed in asked)
        if isinstance(condition.released, dict):
            return all(self.released[group] >= number for group, number in condition.released.items())
        if condition.released is not None:
            groups = [
                key for key, group in self.deal.groups.items()
                if group.side == condition.side and condition.condition in (None, group.condition)
            ]  # fmt: skip
            return sum(self.released[group] for group in groups) >= condition.released
        if condition.line is not None:
            withdrawing = (o.by for o in self.deal.obligations.values() if o.kind == "withdrawal")
            by = condition.by or next(withdrawing, next(iter(self.deal.parties)))
            return self.lines[by] >= list(self.deal.lines).index(condition.line)
        if condition.talks is not None:
            state = self.talks[condition.talks].state
            return state != "not_started" if condition.state == "started" else state == (condition.state or "under_way")
        if condition.phase is not None:
            state = self.phases[condition.phase].state
            return state == "past" if condition.state == "ended" else state != "ahead"
        return self.truce == "holds"

    def _is_there(self, owed: Owed, share: float | None) -> bool:
        if self._is_given_up(owed):
            return True  # the deal has gone on without it
        if owed.release:
            return self._is_returned(owed, 1.0 if share is None else share)
        if owed.kind == "flow" and share is not None and not owed.owes_nothing:
            return owed.status != "planned" and self.share_of_flow(owed) >= share - 1e-9
        asked = owed.enough if share is None else max(1, math.ceil(share * owed.full - 1e-9))
        return owed.delivered >= asked

    def _is_given_up(self, owed: Owed) -> bool:
        return owed.status in ("void", "defaulted", "excused") and self.phases[owed.phase].state == "past"

    def _is_returned(self, owed: Owed, share: float) -> bool:
        """Whether a return has come, of what it owes and of what it may still come to owe."""
        release, may_earn = self.owed[str(owed.release)], 0
        is_over = self._is_given_up(release) or release.delivered >= release.owed
        for group, returned in owed.terms.ratio.items():
            entry = release.entries.get(group)
            left = 0 if entry is None or is_over else entry.owed - entry.delivered
            for number in returned.values():
                rest = number.total % max(self.deal.groups[group].count, 1) if isinstance(number, Spread) else 0
                may_earn += left * self.each_of(group, number) + (rest if left else 0)
        whole = owed.owed + may_earn
        return is_over if whole == 0 else owed.delivered >= math.ceil(share * whole - 1e-9)

    # ------------------------------------------------------------ flows

    def is_paused(self, owed: Owed) -> bool:
        """Whether a flow delivers nothing now."""
        without_truce = self.deal.phases[owed.phase].truce and self.truce != "holds"
        return without_truce or owed.status == "withheld"

    def flowed(self, owed: Owed) -> tuple[float, float]:
        """What a flow has delivered and what it owed so far: day by day, another amount on days with a handover."""
        if owed.final is not None:
            return owed.final
        measure = next(iter([*owed.terms.each_day, *owed.terms.on_exchange_days]))
        usual = owed.terms.each_day.get(measure, 0.0)
        on_exchange = owed.terms.on_exchange_days.get(measure, usual)
        got = expected = 0.0
        for day, minutes in owed.ran.items():
            rate = on_exchange if day in self.exchange_days else usual
            got, expected = got + rate * owed.kept[day] / DAY, expected + rate * minutes / DAY
        return got, expected

    def share_of_flow(self, owed: Owed) -> float:
        """Delivered over owed so far; its level before it owes anything."""
        got, expected = self.flowed(owed)
        return got / expected if expected > 0 else 0.0 if self.is_paused(owed) else owed.level

    def has_own_end(self, owed: Owed) -> bool:
        """All but flows that end with their phase."""
        until, lasts = owed.terms.until, self.deal.phases[owed.phase].lasts
        return owed.kind != "flow" or not (until is None or (until == "phase end" and lasts is None))

    def n_open(self, phase: str | None = None) -> int:
        """Obligations that still have to be done, of one phase or of all; flows without an own end go with theirs."""
        return sum(
            o.is_open
            and self.has_own_end(o)
            and not o.owes_nothing
            and (o.owed > 0 if o.release else self.phases[o.phase].state != "ahead")
            for o in self.owed.values()
            if phase in (None, o.phase)
        )
