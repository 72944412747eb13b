"""A deal as its documents put it and as a trace has left it so far: who is where, what is owed, which gate is open."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from sim.deal.checks import releases_of
from sim.deal.document import (
    Compliance,
    Condition,
    Delay,
    Obligation,
    PartyBehaviour,
    ResolvedScenario,
    Spread,
    parse_duration,
)

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
    got: float = 0.0
    expected: float = 0.0
    until: int | None = None
    exchange_day: int | None = None

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
        return self.owed if self.release else math.ceil(self.terms.accepted_from * self.full - 1e-9)

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
        elif terms.kind != "talks":
            owed.full = terms.units or 1
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
        owe = {o.debtor for o in self.owed.values() if o.kind == "truce" and o.phase == owed.phase}
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
        for name, otherwise in (("late", 0.0), ("refused", 0.0), ("level", 0.0), ("ahead", 0.0), ("short", 0.0),
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

    def _is_there(self, owed: Owed, share: float) -> bool:
        if owed.status in ("void", "defaulted", "excused") and self.phases[owed.phase].state == "past":
            return True  # the deal has gone on without it
        asked = owed.enough if share == 1 and not owed.release else math.ceil(share * owed.full - 1e-9)
        return owed.delivered >= asked

    def n_open(self, phase: str | None = None) -> int:
        """Obligations that still have to be done, of one phase or of all; flows end with their phase."""
        return sum(
            o.is_open and o.kind != "flow" and (o.owed > 0 if o.release else self.phases[o.phase].state != "ahead")
            for o in self.owed.values()
            if phase in (None, o.phase)
        )
