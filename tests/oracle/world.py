"""The state of a replicate, its history, and the order in which those who may act do: 'Time and chance'."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.amounts import least, plain
from tests.oracle.chance import Chance
from tests.oracle.lots import in_lots
from tests.oracle.reading import Calendar, listed, minutes

_CLOCKS = "day shock power share debtor talks mediator creditor truce incident phase leaving death horizon"
ORDER = tuple(_CLOCKS.split())
"""Of what happens in the same minute."""
DONE = ("met", "met_late", "cured")
CLOSED = (*DONE, "defaulted", "excused", "void")
FOREVER = 10**12


@dataclass(frozen=True)
class Event:
    """One line of the history; `cause` is the number of the event that led to it."""

    minute: int
    kind: str
    about: str
    cause: int | None
    amount: Any = None
    before: Any = None
    after: Any = None


@dataclass
class Duty:
    """One instance: an obligation, or the part of a return that is owed for one release."""

    key: str
    terms: dict[str, Any]
    place: int
    release: str | None = None
    status: str = "planned"
    cause: int | None = None
    """The last that happened to it."""
    entered: int | None = None
    dated_by: int | None = None
    """What has given it another date before it was due."""
    entry: int | None = None
    """The event with which its phase was entered."""
    date: int = 0
    open_since: int | None = None
    opened_by: int | None = None
    due_at: int | None = None
    by_date: int | None = None
    """When it fell due, or for when it was re-dated since."""
    first_due: int = FOREVER
    """Where a new timetable has it fall due anew, when it did first."""
    done_at: int | None = None
    late_at: int | None = None
    was_late: bool = False
    is_late: bool = False
    choice: str = ""
    delay: int = 0
    time: int | None = None
    """When the debtor performs, once it has decided to."""
    new_date: int | None = None
    waits_for_truce: bool = False
    is_settled: bool = False
    decides_anew: bool = False
    waits_for_gate: bool = False
    """Its date by a new timetable has come, but its gate has shut in the meantime."""
    units_done: int = 0
    dispute: int | None = None
    """The event that opened the complaint about it, while it is open."""
    opened_at: int = 0
    disputed_once: bool = False
    complaints: int = 0
    attempts: int = 0
    resumed: int = 0
    patience_ended: int = 0
    stage: str = ""
    """What its creditor waits for: grace, tolerance or patience."""
    is_grace_over: bool = False
    put_off: bool = False
    owed: dict[str, int] = field(default_factory=dict)
    handed: dict[str, int] = field(default_factory=dict)
    arrived: dict[str, int] = field(default_factory=dict)
    on_the_way: dict[str, tuple[int, int]] = field(default_factory=dict)
    handover: int | None = None
    next_try: int | None = None
    level: float = 0.0
    has_run: bool = False
    ends_at: int | None = None
    ran: list[tuple[int, int, float]] = field(default_factory=list)
    since: int = 0
    started: int | None = None
    closed_at: int | None = None
    closed_by: int | None = None
    """How much had happened before it ended."""
    runs_by: int | None = None
    share_told: float = 0.0
    lot: int = 0
    """Its place among the lots of its leg, of so many, and how much later it is due than the first."""
    lots: int = 1
    later: int = 0
    brought: int = 0
    """Units with which its debtor has come, those done included."""
    ready_at: int | None = None
    """Since when its debtor stands ready and the other legs do not."""
    waited: int = 0
    """For how long it has stood so before."""
    is_leg: bool = False
    has_deadline: bool = False
    """Whether it can be late before it is due."""
    latest: int | None = None
    kept_by: frozenset[str] = frozenset()
    """Who keeps its gate shut, and below who did last."""
    last_kept_by: frozenset[str] = frozenset()
    is_held_up: bool = False
    """Whether it is not late since its creditor or nobody keeps it waiting."""
    was_told: bool = False
    """Whether anything was told of it before it was due."""
    late_by: set[str] = field(default_factory=set)
    goes_whole: bool = False

    @property
    def kind(self) -> str:
        return str(self.terms["kind"])

    @property
    def by(self) -> str:
        return str(self.terms["by"])

    @property
    def phase(self) -> str:
        return str(self.terms["phase"])

    @property
    def is_open(self) -> bool:
        """Whether it is due and not closed."""
        return self.status not in ("planned", *CLOSED)

    @property
    def is_ahead(self) -> bool:
        """Whether its phase has been entered and it has yet to fall due, though it may have been late before."""
        if self.entered is None or self.decides_anew:
            return False
        has_not = self.has_deadline and self.due_at is None and self.status not in CLOSED
        return self.status == "planned" or has_not

    @property
    def moves_people(self) -> bool:
        """Whether people or remains are handed over under it."""
        return self.kind in ("release", "return") or bool(self.terms.get("amount"))

    @property
    def is_enough(self) -> bool:
        """Whether it is met by what has come: of up to so many, once grace is over, by anything."""
        came = sum(self.arrived.values()) if self.moves_people else self.units_done
        owed = sum(self.owed.values()) if self.moves_people else int(self.terms["units"])
        if self.terms.get("up_to") and self.is_grace_over:
            return came > 0
        return came >= least(owed, float(self.terms.get("accepted_from") or 1.0))

    @property
    def owes_nothing(self) -> bool:
        """Whether there is nothing to be done, by its terms."""
        if self.terms.get("amount"):
            return not any(self.terms["amount"].values())
        if self.kind in ("talks", "truce"):
            return False
        if self.terms.get("units") is not None and self.kind != "flow":
            return int(self.terms["units"]) == 0
        if self.kind == "flow":
            return not any([*self.terms["each_day"].values(), *(self.terms.get("on_exchange_days") or {}).values()])
        return False


class World:
    """Everything that the rules read and change."""

    people: Any
    truce: Any
    flows: Any
    talks: dict[str, Any]
    sources: list[Any]
    phases: Any
    captivity: dict[str, Any]
    powers: list[Any]
    lead: Any
    over: Callable[[World, int], None]
    """Looks at minutes that are over, before anything happens in a later one."""

    def __init__(self, document: dict[str, Any], seed: int, replicate: int):
        self.document, self.deal = document, plain(document["deal"])
        self.behaviour: dict[str, Any] = document.get("behaviour") or {}
        self.chance = Chance(seed, replicate)
        self.calendar = Calendar.of(self.deal)
        self.horizon = minutes(document.get("horizon") or self.deal.get("horizon", "180 d"))
        self.now = 0
        self.events: list[Event] = []
        self.event_list: dict[tuple[int, int], int] = {}
        self.acts: dict[str, Callable[[World, int], None]] = {}
        self.watchers: list[Callable[[World, int], None]] = []
        self.parties = [str(key) for key in self.deal["parties"]]
        self.duties: list[Duty] = list(_duties(self.deal))
        self.by_key = {duty.key: duty for duty in self.duties}
        self.lines: dict[str, int] = {}
        self.days: list[int] = []
        self.count = {"disputes": 0, "dispute_days": 0, "incidents": 0, "suspensions": 0}
        self.end: str | None = None
        self.shares_asked: dict[str, set[float]] | None = None

    # ------------------------------------------------------------ history

    def tell(self, kind: str, about: str = "", cause: int | None = None, **more: Any) -> int:
        """Write one event and return its number."""
        self.events.append(Event(self.now, kind, about, cause, **more))
        return len(self.events) - 1

    def change(self, duty: Duty, status: str, kind: str, cause: int | None) -> int:
        """An obligation's new state, as an event."""
        before, duty.status = duty.status, status
        return self.tell(kind, duty.key, cause, before=before, after=status)

    def changed(self, event: int) -> None:
        """Whoever waits for something looks whether this event brought it."""
        if self.end is None:
            for watch in self.watchers:
                watch(self, event)

    # ------------------------------------------------------------ time

    def schedule(self, who: str, place: int, minute: float | None) -> None:
        """Schedule the one event of somebody who may act, or cancel it."""
        clock = (ORDER.index(who), place)
        if minute is None or minute >= FOREVER:
            self.event_list.pop(clock, None)
        else:
            self.event_list[clock] = max(int(minute), self.now)

    def scheduled(self, who: str, place: int) -> int | None:
        """When somebody acts next."""
        return self.event_list.get((ORDER.index(who), place))

    def step(self) -> bool:
        """The next one acts; whether anybody was left."""
        events = self.event_list
        if self.end is not None:  # those still held go on dying
            events = {clock: at for clock, at in events.items() if ORDER[clock[0]] == "death" and at < self.horizon}
        if not events:
            return False
        minute, clock = min((minute, clock) for clock, minute in events.items())
        del self.event_list[clock]
        if minute > self.now and self.end is None:
            self.over(self, minute)
        self.now = minute
        self.acts[ORDER[clock[0]]](self, clock[1])
        return True

    # ------------------------------------------------------------ the document

    def habits(self, party: str) -> dict[str, Any]:
        """How a party behaves, as the document says."""
        return (self.behaviour.get("parties") or {}).get(party) or {}

    def compliance(self, duty: Duty, name: str, default: Any) -> Any:
        """A number of how an obligation is performed: its own, its kind's, or the debtor's for everything."""
        habits = self.habits(duty.by)
        named = habits.get("obligations") or {}
        for line in (
            named.get(duty.key),
            named.get(duty.key.split(".")[0]) if duty.release or duty.lots > 1 else None,
            (habits.get("kinds") or {}).get(duty.kind),
            habits.get("default"),
        ):
            if line and line.get(name) is not None:
                return line[name]
        return default

    def creditor(self, duty: Duty) -> str:
        """To whom it is owed: by default the other party."""
        if duty.terms.get("to"):
            return str(duty.terms["to"])
        return next(party for party in self.parties if party != duty.by)

    def side_of(self, key: str) -> str:
        """The party itself, or the one that a holder answers to."""
        holders = self.deal.get("holders") or {}
        return str(holders[key]["answers_to"]) if key in holders else key

    def of_phase(self, phase: str) -> list[Duty]:
        return [duty for duty in self.duties if duty.phase == phase]

    def of_name(self, key: str) -> list[Duty]:
        """The obligation of this name; of a return, its part for each release; of a leg, its lots."""
        return [duty for duty in self.duties
                if duty.key == key or ((duty.release or duty.lots > 1) and duty.key.split(".")[0] == key)]  # fmt: skip


def releases_of(deal: dict[str, Any], terms: dict[str, Any]) -> list[str]:
    """The releases for each of which a return is owed, in the order in which they are named, else in their own."""
    ratio = terms.get("ratio") or {}
    releases = [k for k, o in deal["obligations"].items() if o["kind"] == "release" and set(o["amount"]) & set(ratio)]
    wanted = terms.get("for_each")
    return releases if wanted == "release" else [key for key in listed(wanted) if key in releases]


def _duties(deal: dict[str, Any]) -> Iterator[Duty]:
    first, place = next(iter(deal["phases"])), 0
    for key, given in deal["obligations"].items():
        terms = {**given, "phase": given.get("phase") or first}
        if terms.get("for_each"):
            for release in releases_of(deal, terms):
                yield Duty(f"{key}.{release}", terms, place, release)
                place += 1
        else:
            for name, mine, more in in_lots(deal, key, terms):
                yield Duty(name, mine, place, owed=dict(mine.get("amount") or {}), **more)
                place += 1
