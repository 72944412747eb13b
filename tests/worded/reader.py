"""An onlooker who reads a trace and knows docs/model.md: what it words has to happen, on its minute, and nothing else.

Shares nothing with `sim.rules`: names instead of places, the documents instead of the plan, draws from numpy. What it
expects of everybody is a minute; a minute that passes without it, or an event that nobody expected, is a breach. Where
what happened within one minute could be read in two ways it judges less, and says so in the code (`is_unsure`,
`knows_…`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.document.conditions import Condition
from sim.document.scenario import ResolvedScenario
from sim.outcomes.columns import columns
from sim.plan.codes import Custody, Event, Status
from sim.plan.plan import Plan
from sim.plan.slots import quantiles_of
from tests.worded.chance import Chance, at_least_once, days, minutes
from tests.worded.world import DAY, PEOPLE, Owed, World

DONE = {Event.OBLIGATION_MET: "met", Event.OBLIGATION_MET_LATE: "met_late", Event.OBLIGATION_CURED: "cured"}
WORTH = {"met": "on_time", "met_late": "late", "cured": "late"}
MOVED = (Event.PEOPLE_MOVED, Event.REMAINS_MOVED)
LANDS = (*MOVED, Event.REMAINS_MISIDENTIFIED)
CLOSES = (
    *LANDS, *DONE, Event.HANDOVER_ARRIVED, Event.OBLIGATION_RESUMED, Event.OBLIGATION_VOID, Event.OBLIGATION_DEFAULTED,
    Event.EXCHANGE_COMPLETE, Event.TRUCE_ENDED,
)  # fmt: skip
"""What happens while a deal is closed."""
NEVER = math.inf
ABOUT_OBLIGATIONS = ("OBLIGATION", "HANDOVER", "DISPUTE", "MEDIATION", "FLOW")


class Row(NamedTuple):
    """One event of a trace."""

    number: int
    minute: int
    event: Event
    subject: int
    actor: int
    cause: int
    before: int
    after: int


class BreachError(AssertionError):
    """What happened is not what the rule says."""


def _put(here: Any, path: list[str], value: float) -> Any:
    """A copy of a part of a document with one number replaced; keys may hold a dot."""
    if not path:
        return value
    if isinstance(here, dict):
        key = next(key for n in range(len(path), 0, -1) if (key := ".".join(path[:n])) in here)
        return {**here, key: _put(here[key], path[key.count(".") + 1 :], value)}
    return here.model_copy(update={path[0]: _put(getattr(here, path[0]), path[1:], value)})


class Reader:
    """Reads one replicate.

    Parameters
    ----------
    plan : Plan
        For its names only.
    seed, replicate : int
    judged : Counter of str
        Counts how often each rule had something to judge.
    """

    def __init__(self, plan: Plan, seed: int, replicate: int, judged: Counter[str]):
        self.plan, self.judged = plan, judged
        self.chance = Chance(seed, replicate)
        self.world = World(self._with_what_is_not_known(plan.scenario))
        self.deal, self.behaviour = self.world.deal, self.world.behaviour
        self.parties = list(self.deal.parties)
        shifted = [str(s.path) for s in self.behaviour.shocks.values() if s.effect == "shifts"]
        self.unknown = {path.removeprefix("behaviour.") for path in shifted}
        # the truce
        self.truce_since, self.truce_minutes, self.before_truce = 0, 0, 0
        self.breaks: list[tuple[int, int, str]] = []
        self.restored_on: int | None = None
        self.restore_at: int | None = None
        self.restores: bool | None = None
        self.suspended_by, self.suspended_over, self._over = "", "", ""
        self.begins_at: int | None = None
        # people
        self.located = {key: self._search(key) for key in self.behaviour.search if key in self.deal.groups}
        self.n_searched = {key: self.deal.groups[key].count for key in self.located}
        self.n_identified: Counter[str] = Counter()
        self.contact = {holder: self._contact(holder) for holder in self.behaviour.holders}
        self.handed_over: Counter[tuple[str, str, int]] = Counter()
        self.fates = {key: self._fates(key) for key in self.deal.groups if self._hazard_of(key) is not None}
        self.borne: Counter[str] = Counter()
        self.died: Counter[str] = Counter()
        self.remains_out: Counter[str] = Counter()
        # who may act at a minute
        self.leaves: dict[str, int] = {}
        self.staying: set[str] = set()
        self.shocks = {key: self._shock(key) for key in self.behaviour.shocks}
        self._began: dict[str, int] = {}
        self._landed = ("", -1)
        self._fails: dict[str, bool] = {}
        self.n_arrivals = Counter({key: int(s.without_truce > 0) for key, s in self.behaviour.incidents.items()})
        self.recent: dict[str, tuple[float, int]] = {}
        self.has_lapsed = False
        self.phase = ""
        self.captive = self.dispute_minutes = 0
        self.counts: Counter[str] = Counter()
        self.now = self.at = 0
        self._voids = False
        self.handlers = self._handlers()

    def _with_what_is_not_known(self, resolved: ResolvedScenario) -> ResolvedScenario:
        """The scenario with the value that each uncertain number has in this replicate, from 257 of its quantiles."""
        behaviour = resolved.behaviour
        for path, uncertain in resolved.uncertain.items():
            drawn_as = (uncertain.moves_with or path).removeprefix("behaviour.")
            place = self.chance.four(f"uncertain {drawn_as}")[0] * 256
            quantiles = quantiles_of(uncertain, np.linspace(0, 1, 257))
            value = float(np.interp(place, np.arange(257), quantiles))
            behaviour = _put(behaviour, path.removeprefix("behaviour.").split("."), value)
        return resolved.model_copy(update={"behaviour": behaviour})

    # ------------------------------------------------------------ the reading

    def read(self, trace: np.ndarray[Any, Any], outcomes: np.ndarray[Any, Any]) -> None:
        """Judge a whole trace, and the account of it.

        Raises
        ------
        BreachError
            Naming the rule, the minute and what is wrong.
        """
        self.rows = [Row(i, row[0], Event(row[1]), *row[2:]) for i, row in enumerate(trace.tolist())]
        self.end = next(row for row in self.rows if Event.DEAL_COMPLETED <= row.event <= Event.DEAL_STANDING)
        self.closing_from = self._begins_to_close()
        self.now = self.rows[0].minute
        for row in self.rows:
            if row.number > self.end.number:
                self._dies_after_the_end(row)
                continue
            if row.minute > self.now:
                self._pass(row.minute)
            self.now, self.at = row.minute, row.number
            if handle := self.handlers.get(row.event):
                handle(row)
            if not self._is_closing:
                self._watch_gates(row)
        self._account(dict(zip(columns(self.plan), outcomes.tolist(), strict=True)))

    def check(self, rule: str, holds: bool, sentence: str) -> None:
        """Fail unless this holds; counted under the rule's name."""
        self.judged[rule] += 1
        if not holds:
            raise BreachError(f"{rule}: minute {self.now}: {sentence}")

    def _handlers(self) -> dict[Event, Callable[[Row], None]]:
        of_obligation = {
            Event.OBLIGATION_DUE: self._due, Event.OBLIGATION_LATE: self._late, Event.DISPUTE_OPENED: self._disputed,
            Event.DISPUTE_SETTLED: self._settled, Event.MEDIATION_FAILED: self._failed,
            Event.OBLIGATION_REDATED: self._redated, Event.OBLIGATION_WITHHELD: self._withheld,
            Event.OBLIGATION_RESUMED: self._resumed, Event.OBLIGATION_MET: self._met,
            Event.OBLIGATION_MET_LATE: self._met, Event.OBLIGATION_CURED: self._met,
            Event.OBLIGATION_VOID: self._undone, Event.OBLIGATION_DEFAULTED: self._undone,
            Event.OBLIGATION_EXCUSED: self._excused,
            Event.OBLIGATION_BROUGHT_FORWARD: self._forward, Event.OBLIGATION_DELAYED: self._delayed,
            Event.HANDOVER_BEGAN: self._sets_out, Event.HANDOVER_ARRIVED: self._arrives,
            Event.PEOPLE_NOT_LOCATED: self._not_located, Event.FLOW_CHANGED: self._flows,
        }  # fmt: skip
        others = {
            Event.PHASE_ENTERED: self._entered, Event.PHASE_CONTINUED: self._continued,
            Event.PHASE_LAPSED: self._lapsed, Event.PHASE_ENDED: self._ended, Event.PARTY_LEFT: self._left,
            Event.TRUCE_BEGAN: self._truce_begins, Event.TRUCE_SUSPENDED: self._truce_suspended,
            Event.TRUCE_RESTORED: self._truce_restored, Event.TRUCE_ENDED: self._truce_ended,
            Event.TALKS_OPENED: self._talks_open, Event.TALKS_AGREED: self._talks_agree,
            Event.TALKS_BROKEN_OFF: self._talks_break_off, Event.TALKS_NOT_OPENED: self._talks_never_open,
            Event.INCIDENT_MINOR: self._incident, Event.INCIDENT_MAJOR: self._incident,
            Event.SHOCK_STRUCK: self._shock_strikes, Event.LINE_REACHED: self._line,
            Event.PEOPLE_MOVED: self._people_move, Event.REMAINS_MOVED: self._people_move,
            Event.PEOPLE_DIED: self._people_die,
            Event.DEAL_COMPLETED: self._deal_ends, Event.DEAL_COLLAPSED: self._deal_ends,
            Event.DEAL_LAPSED: self._deal_ends, Event.DEAL_STANDING: self._deal_ends,
        }  # fmt: skip
        names = self.plan.obligations

        def for_obligation(handle: Callable[[Row, Owed], None]) -> Callable[[Row], None]:
            return lambda row: handle(row, self.world.owed[names[row.subject]])

        return others | {event: for_obligation(handle) for event, handle in of_obligation.items()}

    @property
    def _is_closing(self) -> bool:
        """Whether the deal is being closed: what is on its way arrives, and what is open ends."""
        return self.at >= self.closing_from

    def _begins_to_close(self) -> int:
        """The number of the first event of the close."""
        if self.rows[self.end.cause].event in (Event.PHASE_ENDED, Event.PARTY_LEFT, Event.HORIZON_REACHED):
            return self.end.cause + 1
        first = self.end.number
        while self.rows[first - 1].event in CLOSES and self.rows[first - 1].minute == self.end.minute:
            first -= 1
        return first

    def _next_row(self, row: Row) -> Row | None:
        return self.rows[row.number + 1] if row.number + 1 < len(self.rows) else None

    # ------------------------------------------------------------ minutes that pass

    def _pass(self, to: int) -> None:
        """Everything that was to happen before this minute has happened."""
        self._look_at_leaving(to - 1)
        for owed in self.world.owed.values():
            self._pass_stage(owed, to)
            self._pass_debtor(owed, to)
            self._pass_creditor(owed, to)
            if owed.attempt is not None and owed.attempt < to and owed.status == "disputed":
                self.check("mediation", False, f"no attempt to settle {owed.name} on minute {owed.attempt}")
            if owed.arrives is not None:
                self.check("transit", owed.arrives >= to, f"{owed.name} has not arrived")
            if owed.anew is not None:
                self.check("redated", owed.anew >= to, f"{owed.name} was to fall due anew on minute {owed.anew}")
            if owed.until is not None and owed.is_open:
                self.check("flow", owed.until >= to, f"{owed.name} goes on beyond its last moment")
            self._judge_kept(owed)
        self._pass_talks(to)
        self._pass_phases(to)
        self._pass_others(to)
        self._run_flows(to)
        self._bear_hazards(to)

    def _judge_kept(self, owed: Owed) -> None:
        """What is done in full is met; what was held back is taken up when no complaint is left."""
        if owed.is_open and owed.status != "planned" and owed.kind != "flow" and owed.owed > 0:
            self.check("met", owed.delivered < owed.enough, f"{owed.name} is done, and not met")
        if owed.status == "withheld":
            still = self.world.open_disputes[owed.debtor] > 0
            self.check("withheld", still, f"{owed.name} is held back without a complaint")

    # ------------------------------------------------------------ before it is due

    def _begin(self, owed: Owed) -> None:
        """Its phase has been entered, or a return has come to be owed: its date is known."""
        world = self.world
        owed.date = world.date(owed.terms.due, owed.phase, self.now)
        if owed.release:
            owed.date = max(owed.date, self.now)
        owed.stage, owed.is_unsure = "date", False
        owed.open_since = self.now if world.is_open(owed.terms.after) else None

    def _watch_gates(self, row: Row) -> None:
        """Keep since when each gate has been open."""
        for owed in self.world.owed.values():
            if owed.stage is None:
                continue
            is_open, was_open = self.world.is_open(owed.terms.after), owed.open_since is not None
            if is_open == was_open:
                continue
            if row.event in (Event.OBLIGATION_VOID, Event.OBLIGATION_DEFAULTED):
                owed.is_unsure = True  # nobody is told of what ends undone
            last = {"date": max(owed.date, self.now), "ready": owed.ready, "gate": owed.open_since}[owed.stage]
            waits = self.world.takes(owed) > 0 or self._talks_delay(owed) > 0
            if waits and last == self.now:
                owed.is_unsure = True  # before or after its debtor looked, within one minute
            owed.open_since = self.now if is_open else None
            if owed.stage == "ready" and not is_open:
                owed.stage = "gate"

    def _pass_stage(self, owed: Owed, to: int) -> None:
        takes = self.world.takes(owed)
        if owed.kind == "talks":
            return
        while owed.stage is not None and not owed.is_unsure:
            if owed.stage == "gate":
                if owed.open_since is None or owed.open_since >= to:
                    return
                looks, since = owed.open_since, owed.open_since
            else:
                looks = max(owed.date, self._began[owed.name]) if owed.stage == "date" else owed.ready
                if looks >= to:
                    return
                if owed.open_since is None or owed.open_since > looks:
                    owed.stage = "gate"
                    continue
                since = looks - takes if owed.stage == "ready" else owed.open_since
            owed.stage, owed.ready = "ready", max(looks, since + takes)
            if owed.ready <= looks:
                sentence = f"{owed.name} was to be due on minute {looks}: its date had come, its gate had been open"
                self.check("due", False, f"{sentence} for long enough")
            if owed.ready >= to:
                return

    def _due(self, row: Row, owed: Owed) -> None:
        if owed.anew is not None:
            self.check("redated", owed.anew == self.now, f"{owed.name} is due anew, expected on {owed.anew}")
            owed.anew = None
            self._is_due(row, owed)
            return
        self._falls_due(owed)
        owed.owed_from = self.now
        self._is_due(row, owed)

    def _falls_due(self, owed: Owed) -> None:
        self.check("nothing", not owed.owes_nothing or self._voids, f"{owed.name} is due, and owes nothing")
        self.check("gate", self.world.is_open(owed.terms.after), f"{owed.name} is due, and its gate is shut")
        self.check("due", owed.stage is not None and self.now >= owed.date, f"{owed.name} is due before its date")
        if not owed.is_unsure:
            takes, since = self.world.takes(owed), owed.open_since
            assert since is not None
            looks = max(owed.date, self._began[owed.name])
            on_time = {
                "date": self.now == max(looks, min(since, looks) + takes),
                "ready": self.now == owed.ready,
                "gate": self.now == since and takes == 0,
            }[str(owed.stage)]
            self.check("due", on_time, f"{owed.name} is due too early or too late")

    def _is_due(self, row: Row, owed: Owed) -> None:
        owed.stage, owed.status, owed.due = None, "due", self.now
        owed.watch = ("grace", self.world.grace_ends(owed, self.now))
        owed.knows_watch = True
        self._decide(row, owed)

    def _decide(self, row: Row, owed: Owed) -> None:
        """Refused, late or on time, from one uniform, once for all consignments; anew only for a new timetable."""
        if not owed.choice or owed.decides_afresh:
            self._draw_choice(owed)
        short = self.chance.four(f"performs {owed.name}", max(0, owed.draws["performs"] - 1))[2]
        following = self._next_row(row)
        told = "on time"
        if following is not None and following.cause == row.number:
            if following.event == Event.OBLIGATION_REFUSED:
                told = "refused"
            elif following.event == Event.OBLIGATION_DELAYED and not (
                owed.choice == "on time" and self._is_short(owed, short)
            ):
                told = "late"
        self.check("choice", told == owed.choice, f"{owed.name} is {told}, and {owed.choice} was drawn")
        delay = owed.delay
        if owed.choice == "late" and owed.kind != "flow":
            assert following is not None
            self.check("delay", following.before == delay, f"{owed.name} is {following.before} late, not {delay}")
        owed.draws["delayed"] = 1 if owed.choice == "late" else 0
        if owed.kind == "flow":
            self._flow_begins(owed)
        elif owed.choice != "refused":
            owed.perform = self.now + delay

    def _draw_choice(self, owed: Owed) -> None:
        performs = self.world.performs(owed)
        choice, late, _, _ = self.chance.four(f"performs {owed.name}", owed.draws["performs"])
        owed.draws["performs"] += 1
        assert performs.refused is not None
        assert performs.late is not None
        assert performs.delay is not None
        owed.decides_afresh, owed.choice, owed.delay = False, "on time", 0
        if choice < performs.refused:
            owed.choice = "refused"
        elif choice < performs.refused + performs.late and not (owed.kind == "flow" and performs.level == 1):
            owed.choice = "late"
            owed.delay = 0 if owed.kind == "flow" else minutes(late, performs.delay)

    def _is_short(self, owed: Owed, u: float) -> bool:
        """Whether a debtor who performs does only a part of what is counted in units."""
        chance = self.world.performs(owed).short or 0.0
        counted = owed.kind not in (*PEOPLE, "flow", "talks") and owed.full > 1
        return counted and owed.status in ("due", "late") and u < chance

    def _forward(self, _: Row, owed: Owed) -> None:
        self.check("forward", owed.stage in ("date", "gate", "ready"), f"{owed.name} is brought forward")
        owed.stage, owed.status, owed.due, owed.choice = None, "due", self.now, "on time"
        owed.perform = self.now
        owed.watch = ("grace", self.world.grace_ends(owed, max(self.now, owed.date)))

    # ------------------------------------------------------------ its debtor

    def _pass_debtor(self, owed: Owed, to: int) -> None:
        """Whoever was to perform has, or could not."""
        while owed.perform is not None and owed.perform < to and owed.is_open:
            minute = owed.perform
            if owed.needs_truce and self.world.truce != "holds":
                owed.perform, owed.is_blocked = None, True
                return
            is_silent = owed.kind in PEOPLE
            self.check("performance", is_silent, f"{owed.name} was to be performed on minute {minute}")
            following, missing, is_full = self._next_attempt(owed, minute)
            could_not = missing == 0 and is_full and following > minute
            self.check("people", could_not, f"nobody sets out under {owed.name} on minute {minute}")
            owed.perform, owed.waits_for_people = None if following == NEVER else int(following), True

    def _may_withhold(self, owed: Owed) -> bool:
        between = owed.debtor in self.parties and owed.creditor in self.parties and owed.debtor != owed.creditor
        return between and owed.status in ("due", "late") and self.world.open_disputes[owed.debtor] > 0

    def _holds_back(self, owed: Owed) -> bool:
        """Whether its debtor would hold it back over a complaint: one decision for all of it."""
        return self.chance.four(f"withholds {owed.name}")[0] < self.world.party(owed.debtor).withholds

    def _acts(self, owed: Owed, what: str) -> None:
        """The debtor does something: on its minute, under a truce where one is needed, and not holding back."""
        self.check("performance", owed.perform == self.now, f"{owed.name} {what}, expected on {owed.perform}")
        if owed.needs_truce:
            self.check("truce", self.world.truce == "holds", f"{owed.name} {what} while no truce holds")
        if self._may_withhold(owed) and f"parties.{owed.debtor}.withholds" not in self.unknown:
            self.check("withholding", not self._holds_back(owed), f"{owed.name} {what}, and was to be held back")
        owed.perform = None

    def _delayed(self, _: Row, owed: Owed) -> None:
        if owed.draws["delayed"]:
            owed.draws["delayed"] = 0
            return
        self._acts(owed, "is done in part")
        level = self.world.performs(owed).level or 0.0
        left = owed.full - owed.delivered
        owed.delivered += min(left, math.floor(left * level + 1e-9))

    def _line(self, row: Row) -> None:
        actor, line = self.plan.actors[row.actor], row.subject
        self.check("line", line > self.world.lines[actor], f"{actor} goes back to {self.plan.lines[line]}")
        self.world.lines[actor] = line

    def _met(self, row: Row, owed: Owed) -> None:
        owed.done_at = self.now
        if owed.kind == "flow":
            self._flow_ends(row, owed)
            return
        if owed.kind == "talks":
            self._talks_met(row, owed)
            return
        if owed.kind not in PEOPLE:
            if owed.perform == self.now or not self._was_short(row, owed):
                self._acts(owed, "is met")
            owed.delivered = max(owed.delivered, owed.enough)
        word = "cured" if owed.draws["complains"] else "met_late" if owed.is_late else "met"
        self.check("word", DONE[row.event] == word, f"{owed.name} is {DONE[row.event]}, not {word}")
        self.check("met", owed.delivered >= owed.enough, f"{owed.name} is met, and not done")
        if owed.release:
            self.check("ratio", owed.delivered == owed.owed, f"{owed.name}: {owed.delivered} of {owed.owed} returned")
        self._is_over(owed)
        self._finish(owed, DONE[row.event])
        if owed.kind == "release" and owed.choice == "on time" and owed.status == "met" and not self._is_closing:
            self._next_batch(row, owed)

    def _next_batch(self, row: Row, owed: Owed) -> None:
        """A debtor in time may bring its next batch forward, if that waits for nothing but lists of its own."""
        batches = [
            o for o in self.world.owed.values()
            if o.kind == "release" and o.debtor == owed.debtor and o.phase == owed.phase
        ]  # fmt: skip
        following = next(iter(batches[batches.index(owed) + 1 :]), None)
        if following is None:
            return
        may = following.status == "planned" and following.stage in ("date", "gate") and following.date > self.now
        u = self.chance.four(f"ahead {owed.name}")[0]
        may = may and self._waits_for_lists_only(following) and u < (self.world.performs(owed).ahead or 0.0)
        after = self._next_row(row)
        told = after is not None and after.event == Event.OBLIGATION_BROUGHT_FORWARD and after.cause == row.cause
        is_clear = self.world.takes(following) == 0 or following.date != self.now
        if is_clear:
            self.check("forward", told == may, f"{following.name} is brought forward, or is not")

    def _waits_for_lists_only(self, owed: Owed) -> bool:
        def is_list(condition: Condition) -> bool:
            asked = self.deal.obligations.get(str(condition.obligation))
            return asked is not None and asked.kind == "information" and asked.by == owed.debtor

        return all(
            self.world.holds(condition) or any(map(is_list, condition.any or [condition]))
            for condition in owed.terms.after
        )

    def _was_short(self, row: Row, owed: Owed) -> bool:
        """Whether what was done in part is enough: it is met in the same moment."""
        before = self.rows[row.number - 1]
        same = self.plan.obligations[before.subject] == owed.name if before.subject < len(self.plan.obligations) else 0
        return before.event == Event.OBLIGATION_DELAYED and bool(same) and before.minute == self.now

    def _is_cut_off(self, owed: Owed) -> bool:
        """Whether the end of the deal comes to a flow before it has run its time."""
        up = self.world.phases[owed.phase].up
        has_run = owed.terms.until is None and up is not None and self.now >= up
        return self._is_closing and not has_run

    def _finish(self, owed: Owed, status: str) -> None:
        was_disputed = owed.status == "disputed"
        if owed.kind == "flow" and owed.status != "planned":
            owed.final = self.world.flowed(owed)
        owed.status = status
        owed.stage = owed.perform = owed.watch = owed.attempt = owed.until = owed.anew = None
        owed.is_blocked = owed.waits_for_people = False
        if was_disputed:
            self._close_dispute(owed)

    def _is_over(self, owed: Owed) -> None:
        """A dispute that ends well takes away the cause of the suspension over it."""
        is_cause = self.suspended_over == owed.name and owed.status == "disputed"
        if self.world.truce == "suspended" and is_cause and not self._is_closing:
            self.restore_at, self.restores, self.suspended_over = self.now, True, ""

    def _undone(self, row: Row, owed: Owed) -> None:
        if owed.kind == "flow" and owed.status != "planned" and not self._is_cut_off(owed):
            self._flow_ends(row, owed)
            return
        if owed.owes_nothing and not self._is_closing and self.world.phases[owed.phase].state != "lapsed":
            self._voids = True
            self._falls_due(owed)
            self._voids = False
            owed.delivered = 1
            self._finish(owed, "void")
            return
        word = "defaulted" if owed.is_late or owed.status == "disputed" else "void"
        told = Status(row.after).name.lower()
        if not self._is_closing:
            phase = self.world.phases[owed.phase].state
            over = "lapsed" if owed.kind != "flow" else ("lapsed", "past")
            self.check("void", phase in over, f"{owed.name} is {told} while its phase is {phase}")
            self.check("void", told == word, f"{owed.name} is {told}, not {word}")
        self._finish(owed, told)

    # ------------------------------------------------------------ people

    def _search(self, group: str) -> list[float]:
        """When each person of a group is located."""
        return sorted(self._located(group, person) for person in range(self.deal.groups[group].count))

    def _located(self, group: str, occurrence: int) -> float:
        search = self.behaviour.search[group]
        found, time, _, _ = self.chance.four(f"search {group}", occurrence)
        return NEVER if found >= search.found else minutes(time, search.time)

    def _contact(self, holder: str) -> float:
        made, time, _, _ = self.chance.four(f"contact {holder}")
        behaviour = self.behaviour.holders[holder]
        return minutes(time, behaviour.time) if made < behaviour.contacted else NEVER

    def _n_ready(self, group: str, now: int) -> int:
        if self.contact.get(self.deal.groups[group].held_by, -NEVER) > now:
            return 0
        if group not in self.located:
            return self.world.held[group]
        return sum(minute <= now for minute in self.located[group])

    def _capacity_left(self, owed: Owed, now: int) -> float:
        most = self.world.party(owed.debtor).capacity.get(owed.kind)  # type: ignore[call-overload]
        used = self.handed_over[owed.debtor, owed.kind, self.world.day(now)]
        return NEVER if most is None else max(0, most - used)

    def _next_attempt(self, owed: Owed, now: int) -> tuple[float, int, bool]:
        """When the next people can be handed over, how many are missing now, and whether the day is full."""
        following, missing, is_full = NEVER, 0, False
        for group, entry in owed.entries.items():
            if entry.owed <= entry.delivered:
                continue
            if self._n_ready(group, now) > 0:
                full = self._capacity_left(owed, now) == 0
                is_full = is_full or full
                hours, of_hour = self.deal.due_hour.split(":")
                morning = self.world.midnight_after(now) + int(hours) * 60 + int(of_hour)
                minute: float = morning if full else now
            else:
                missing += entry.owed - entry.delivered
                minute = max(self._ready_next(group), now + 1)
            following = min(following, minute)
        return following, missing, is_full

    def _ready_next(self, group: str) -> float:
        contact = self.contact.get(self.deal.groups[group].held_by, -NEVER)
        if self.world.held[group] == 0:
            return NEVER
        if group not in self.located:
            return contact
        return max(contact, self.located[group][0]) if self.located[group] else NEVER

    def _sets_out(self, row: Row, owed: Owed) -> None:
        self._acts(owed, "sets out")
        wanted = Counter[str]()
        left = self._capacity_left(owed, self.now)
        for group, entry in owed.entries.items():
            count = min(entry.owed - entry.delivered, self._n_ready(group, self.now), left)
            if count > 0:
                wanted[group] += int(count)
                left -= count
        told = Counter[str]()
        for other in self.rows[row.number + 1 :]:
            if other.event not in MOVED or other.cause != row.number:
                break
            told[self.plan.groups[other.subject]] += other.before
        self.check("people", told == wanted, f"{dict(told)} set out under {owed.name}, {dict(wanted)} were ready")
        self.handed_over[owed.debtor, owed.kind, self.world.day(self.now)] += sum(wanted.values())
        owed.arrives, owed.waits_for_people = self.now + owed.terms.transit, False
        self.world.exchange_days.add(self.world.day(self.now))

    def _people_move(self, row: Row) -> None:
        group, owed = self.plan.groups[row.subject], self.world.owed[self.plan.obligations[row.actor]]
        entry, count = owed.entries[group], row.before
        if row.after == Custody.IN_TRANSIT:
            entry.moving += count
            self.world.held[group] -= count
            if group in self.located:
                del self.located[group][:count]
            if row.event == Event.PEOPLE_MOVED:
                self._leave_alive(group, count)
        elif row.after == Custody.HELD:
            entry.moving -= count
            self.world.held[group] += count
            for _ in range(count):
                again = self._located(group, self.n_searched[group]) + self.now
                self.n_searched[group] += 1
                self.located[group].append(again)
            self.located[group].sort()
        else:
            self._come_out(row, owed, group, count)
        self._after_landing(row, owed)

    def _come_out(self, row: Row, owed: Owed, group: str, count: int) -> None:
        before = self.world.released[group]
        self.world.released[group] += count
        owed.entries[group].moving -= count
        owed.entries[group].delivered += count
        owed.delivered += count
        terms = self.deal.groups[group]
        if row.event != Event.PEOPLE_MOVED:
            self.remains_out[group] += count
            following = self._next_row(row)
            more = following is not None and following.event == Event.PEOPLE_MOVED and following.subject == row.subject
            some = self.world.released[group] > self.remains_out[group]
            if some and not more and self.world.released[group] == terms.count:
                for other in self.world.owed.values():
                    if other.release == owed.name and group in other.terms.ratio:
                        self._owe(other, group, terms.count, terms.count)
            return
        if terms.side == "hostages" and terms.condition == "living":
            self.captive += count * max(0, self.now)
        for other in self.world.owed.values():
            if other.release == owed.name and group in other.terms.ratio:
                self._owe(other, group, before, before + count)

    def _owe(self, owed: Owed, group: str, before: int, after: int) -> None:
        """What is owed for those just released, by category; the remainder of a total comes with the last of them."""
        more, was_done = 0, owed.delivered == owed.owed
        for prisoners, number in owed.terms.ratio[group].items():
            earned = self.world.each_of(group, number) * (after - before)
            if after == self.deal.groups[group].count and not isinstance(number, int):
                earned += number.total % max(self.deal.groups[group].count, 1)
            owed.entries[prisoners].owed += earned
            more += earned
        if more == 0 or self._is_closing:
            return
        if not was_done:
            if owed.waits_for_people:
                owed.perform = self.now
            return
        if owed.status in ("void", "defaulted"):
            return
        owed.status = "planned"
        if self.world.phases[owed.phase].state != "ahead":
            self._began[owed.name] = self.now
            self._begin(owed)

    def _arrives(self, row: Row, owed: Owed) -> None:
        if not self._is_closing:
            self.check("transit", owed.arrives == self.now, f"{owed.name} arrives, expected on {owed.arrives}")
        owed.arrives = None
        last = row.number
        while self.rows[last + 1].event in LANDS and self.plan.obligations[self.rows[last + 1].actor] == owed.name:
            last += 1
        self._landed = (owed.name, last)
        self._identify(owed, self.rows[row.number + 1 : last + 1])

    def _identify(self, owed: Owed, landing: list[Row]) -> None:
        """Remains are somebody else's with their chance, one by one."""
        for group, entry in owed.entries.items():
            if group not in self.located or self.deal.groups[group].condition != "deceased" or not entry.moving:
                continue
            chance, wrong = self.behaviour.search[group].misidentified, 0
            for _ in range(entry.moving):
                wrong += self.chance.four(f"identifies {group}", self.n_identified[group])[0] < chance
                self.n_identified[group] += 1
            told = sum(
                row.before for row in landing
                if row.event == Event.REMAINS_MISIDENTIFIED and self.plan.groups[row.subject] == group
            )  # fmt: skip
            self.check("identity", told == wrong, f"{told} of {group} were somebody else's, {wrong} by the draws")

    def _after_landing(self, row: Row, owed: Owed) -> None:
        """When everybody of a consignment has arrived, the rest follows."""
        if self._landed != (owed.name, row.number) or self._is_closing or owed.delivered >= owed.owed:
            return
        if self.world.phases[owed.phase].state == "lapsed":
            return
        if owed.decides_afresh:
            owed.anew = max(self.now, owed.due)
            return
        self._wait_for_people(row, owed)

    def _wait_for_people(self, row: Row, owed: Owed) -> None:
        following, missing, _ = self._next_attempt(owed, self.now)
        told = self._next_row(row) if row.event != Event.PEOPLE_NOT_LOCATED else row
        said = told.before if told is not None and told.event == Event.PEOPLE_NOT_LOCATED else 0
        if told is row or (told is not None and told.cause >= 0):
            self.check("people", said == missing, f"{said} not located for {owed.name}, {missing} are missing")
        owed.perform, owed.waits_for_people = None if following == NEVER else int(following), True

    def _not_located(self, row: Row, owed: Owed) -> None:
        if self._landed == (owed.name, row.number - 1):
            return  # told with the arrival of the others
        self._acts(owed, "has nobody to hand over")
        ready = sum(
            min(e.owed - e.delivered, self._n_ready(g, self.now))
            for g, e in owed.entries.items()
            if e.owed > e.delivered
        )
        full = self._capacity_left(owed, self.now) == 0
        self.check("people", ready == 0 or full, f"nobody sets out under {owed.name}, and {ready} are ready")
        self._wait_for_people(row, owed)

    # ------------------------------------------------------------ deaths in captivity

    def _hazard_of(self, group: str) -> Any:
        terms, deaths = self.deal.groups[group], self.behaviour.deaths
        named = deaths.get(group, deaths.get(terms.held_by))
        return None if terms.condition == "deceased" else named

    def _fates(self, group: str) -> list[float]:
        return [-math.log(1 - self.chance.four(f"dies {group}", i)[0]) for i in range(self.deal.groups[group].count)]

    def _leave_alive(self, group: str, count: int) -> None:
        fates = self.fates.get(group, [])
        for place, fate in enumerate(fates):
            if count > 0 and fate < NEVER:
                fates[place] = NEVER
                count -= 1

    def _bear_hazards(self, to: int) -> None:
        """Each bears a hazard that adds up with time, faster or slower where no truce holds."""
        for group, fates in self.fates.items():
            deaths = self._hazard_of(group)
            rate = deaths.per_day * (1 if self.world.truce == "holds" else deaths.without_truce)
            self.borne[group] += rate * (max(to, 0) - max(self.now, 0)) / DAY
            slack = rate * 2 / DAY + 1e-9
            due = sum(fate < self.borne[group] - slack for fate in fates)
            self.check("deaths", due == 0, f"{due} of {group} have borne their part, and live")

    def _people_die(self, row: Row) -> None:
        group = self.plan.groups[row.subject]
        deaths, fates = self._hazard_of(group), self.fates[group]
        slack = deaths.per_day * max(1.0, deaths.without_truce) * 2 / DAY + 1e-9
        for _ in range(row.before):
            place = min(range(len(fates)), key=fates.__getitem__)
            early = fates[place] > self.borne[group] + slack
            self.check("deaths", not early, f"somebody of {group} dies before having borne their part")
            fates[place] = NEVER
        self.died[group] += row.before
        if self.deal.groups[group].side == "hostages":
            self.captive += row.before * self.now

    def _dies_after_the_end(self, row: Row) -> None:
        """Who is still held when the deal ends goes on dying until the horizon."""
        self.check("deaths", row.event == Event.PEOPLE_DIED, f"{row.event.name} after the end")
        group = self.plan.groups[row.subject]
        self.died[group] += row.before
        if self.deal.groups[group].side == "hostages":
            self.captive += row.before * row.minute

    # ------------------------------------------------------------ flows

    def _flow_begins(self, owed: Owed) -> None:
        level = {"refused": 0.0, "late": self.world.performs(owed).level or 0.0}.get(owed.choice, 1.0)
        owed.level = level
        if owed.choice == "on time":
            owed.watch = None
        if level > 0:
            owed.delivered = 1
        if owed.terms.until is not None and self.world.has_own_end(owed):
            owed.until = max(self.now, self.world.date(owed.terms.until, owed.phase, self.now))

    def _is_running(self, owed: Owed) -> bool:
        return owed.kind == "flow" and owed.status != "planned" and owed.is_open

    def _run_flows(self, to: int) -> None:
        """So much a day, at its level; nothing while it is held back or no truce holds."""
        for owed in self.world.owed.values():
            if not self._is_running(owed):
                continue
            level, minute = 0.0 if self.world.is_paused(owed) else owed.level, self.now
            while minute < to:
                until = min(to, self.world.midnight_after(minute))
                owed.ran[self.world.day(minute)] += until - minute
                owed.kept[self.world.day(minute)] += level * (until - minute)
                minute = until

    def _flows(self, row: Row, owed: Owed) -> None:
        told = row.after / 1000
        self.check("flow", abs(told - owed.level) <= 0.002, f"{owed.name} runs at {told}, not at {owed.level}")

    def _flow_ends(self, row: Row, owed: Owed) -> None:
        share = self.world.share_of_flow(owed)
        word = "defaulted" if share < 0.5 else "cured" if owed.was_disputed else "met_late"
        if share >= 0.95 and not owed.was_disputed and not owed.is_late:
            word = "met"
        told = Status(row.after).name.lower()
        if min(abs(share - 0.95), abs(share - 0.5)) > 1e-6:
            self.check("flow", told == word, f"{owed.name} is {told} at {share:.3f} of what it owed, not {word}")
        self._finish(owed, told)

    # ------------------------------------------------------------ its creditor

    def _was_suspended(self, minute: int) -> bool:
        """Whether the truce was suspended at some time in this minute."""
        is_now = self.world.truce == "suspended" and self.truce_since <= minute
        return is_now or self.restored_on == minute

    def _pass_creditor(self, owed: Owed, to: int) -> None:
        """A creditor acts on its minute; what comes up during a suspension waits for a day after it."""
        while owed.watch is not None and owed.watch[1] < to and owed.is_open:
            what, minute = owed.watch
            if what == "grace" and self.world.waits_for_truce_of_others(owed):
                owed.watch = ("grace", NEVER)
                return
            if what != "grace" and self._was_suspended(minute):
                owed.is_put_off = self.world.truce == "suspended"
                if self.world.truce == "suspended" and self.restored_on == minute:
                    owed.watch, owed.knows_watch = None, False
                    return
                until = self.restore_at if self.world.truce == "suspended" else self.restored_on
                assert until is not None
                owed.watch = (what, until + DAY)
                continue
            is_due = (
                owed.status in {"grace": ("due", "redated"), "tolerance": ("late",), "patience": ("disputed",)}[what]
            )
            self.check(what, not is_due, f"nothing comes of {owed.name} on minute {minute}, when {what} was at an end")
            owed.is_late = owed.is_late or what == "grace"
            owed.watch = None

    def _comes(self, owed: Owed, what: str) -> None:
        """What a creditor does comes on its minute, and not during a suspension."""
        acts = what == "grace" or self.world.truce != "suspended"
        self.check(what, acts, f"{owed.name}: the creditor acts during a suspension")
        owed.is_put_off = False
        if owed.knows_watch:
            self.check(what, owed.watch == (what, self.now), f"{owed.name}: {what} ends, expected {owed.watch}")
        owed.watch = None

    def _late(self, _: Row, owed: Owed) -> None:
        self._comes(owed, "grace")
        self.check("grace", owed.status in ("due", "redated"), f"{owed.name} is late, and was {owed.status}")
        waits = self.world.waits_for_truce_of_others(owed)
        self.check("grace", not waits, f"{owed.name} is late, and waits for a truce that others owe")
        owed.status, owed.is_late = "late", True
        if owed.creditor not in self.parties:
            return
        creditor = self.world.party(owed.creditor)
        complains, waits, _, _ = self.chance.four(f"complains {owed.name}", owed.draws["complains"])
        tolerance = 0 if owed.choice == "refused" else minutes(waits, creditor.tolerance)
        if f"parties.{owed.creditor}.complains" in self.unknown:
            owed.knows_watch = False
        elif complains < creditor.complains:
            owed.watch = ("tolerance", self.now + tolerance)

    def _disputed(self, row: Row, owed: Owed) -> None:
        self._comes(owed, "tolerance")
        self.check("tolerance", owed.status == "late", f"a complaint about {owed.name}, which is {owed.status}")
        _, _, patience, _ = self.chance.four(f"complains {owed.name}", owed.draws["complains"])
        owed.draws["complains"] += 1
        owed.status, owed.dispute, owed.disputed_since = "disputed", row.number, self.now
        owed.was_disputed = True
        self.counts["disputes"] += 1
        self.world.open_disputes[owed.creditor] += 1
        path = f"parties.{owed.creditor}.patience"
        owed.knows_watch = not any(unknown.startswith(path) for unknown in self.unknown)
        if owed.knows_watch:
            owed.watch = ("patience", self.now + minutes(patience, self.world.party(owed.creditor).patience))
        self._try_again(owed)
        self._cut_flows(row, owed.creditor)

    def _cut_flows(self, row: Row, party: str) -> None:
        """A party that complains may at once hold back the flows that it owes."""
        wanted = set()
        for flow in self.world.owed.values():
            between = flow.creditor in self.parties and flow.creditor != party
            if flow.kind != "flow" or flow.debtor != party or not between:
                continue
            if flow.status in ("due", "late") and self._holds_back(flow):
                wanted.add(flow.name)
        told = set()
        for other in self.rows[row.number + 1 :]:
            if other.event != Event.OBLIGATION_WITHHELD or other.cause != row.number:
                break
            told.add(self.plan.obligations[other.subject])
        told = {name for name in told if self.world.owed[name].kind == "flow"}
        self.check("withholding", told == wanted, f"{sorted(told)} held back, {sorted(wanted)} were to be")

    def _withheld(self, _: Row, owed: Owed) -> None:
        has_complaint = self.world.open_disputes[owed.debtor] > 0
        self.check("withholding", has_complaint, f"{owed.name} is held back without a complaint")
        if owed.kind != "flow":
            in_time = owed.perform == self.now
            self.check("withholding", in_time, f"{owed.name} is held back, and was to be done on {owed.perform}")
            if f"parties.{owed.debtor}.withholds" not in self.unknown:
                self.check("withholding", self._holds_back(owed), f"{owed.name} is held back, and was to be done")
            owed.perform, owed.waits_for_people = None, False
        owed.status = "withheld"

    def _resumed(self, row: Row, owed: Owed) -> None:
        if not self._is_closing:
            left = self.world.open_disputes[owed.debtor]
            self.check("withheld", left == 0, f"{owed.name} is taken up again, and {left} complaints are open")
        owed.status = Status(row.after).name.lower()
        if owed.watch == ("grace", self.now) and owed.status == "late":
            owed.is_late, owed.watch = True, None
        self.check("word", owed.is_late == (owed.status == "late"), f"{owed.name} is {owed.status} again")
        if owed.kind == "flow":
            return
        latency = self.chance.four(f"withholds {owed.name}", owed.draws["withholds"])[1]
        owed.draws["withholds"] += 1
        owed.perform = self.now + minutes(latency, self.world.party(owed.debtor).latency)

    # ------------------------------------------------------------ mediators

    def _pressure_on(self, party: str) -> float:
        """The sum over mediators of their strength, each fading by half every half-life; 1 where none is named."""
        pressures = self.behaviour.mediators.pressure
        if not pressures or party not in self.parties:
            return 1.0
        total = 0.0
        for pressure in pressures.values():
            starts = pressure.starts if ":" in pressure.starts else f"{pressure.starts} 00:00"
            age = self.now - self.world.date(starts, self.phase or self.plan.phases[0], 0)
            ends = None if pressure.ends is None else self.world.date(pressure.ends, self.plan.phases[0], 0)
            if age < 0 or (ends is not None and self.now >= ends):
                continue
            fading = 2.0 ** (-age / pressure.half_life) if pressure.half_life else 1.0
            total += pressure.on.get(party, 0.0) * fading
        return total

    def _try_again(self, owed: Owed) -> None:
        mediation, kind = self.behaviour.mediators, self.behaviour.mediators.kinds.get(owed.terms.kind)
        attempt = kind.attempt if kind is not None and kind.attempt is not None else mediation.attempt
        time = self.chance.four(f"mediates {owed.name}", owed.draws["mediates"])[1]
        owed.attempt = self.now + max(1, minutes(time, attempt))

    def _tries(self, owed: Owed, succeeds: bool) -> None:
        """One attempt succeeds with chance 1 - (1 - s)^P, if anybody can be handed over."""
        u = self.chance.four(f"mediates {owed.name}", owed.draws["mediates"])[0]
        owed.draws["mediates"] += 1
        chance = self._chance_of_attempt(owed)
        if chance is not None:
            drawn = u < chance and (self._can_be_performed(owed) or self._excuses)
            self.check("mediation", drawn == succeeds, f"the dispute over {owed.name} is settled, or is not")

    def _chance_of_attempt(self, owed: Owed) -> float | None:
        """The chance that one attempt succeeds now, if it is known."""
        mediation, kind = self.behaviour.mediators, self.behaviour.mediators.kinds.get(owed.terms.kind)
        own = kind is not None and kind.settles is not None
        settles = kind.settles if kind is not None and kind.settles is not None else mediation.settles
        path = f"mediators.kinds.{owed.kind}.settles" if own else "mediators.settles"
        return None if path in self.unknown else at_least_once(settles, self._pressure_on(owed.debtor))

    @property
    def _excuses(self) -> bool:
        return self.behaviour.mediators.cannot_be_done == "excused"

    def _can_be_performed(self, owed: Owed) -> bool:
        """Of people somebody is on the way, or can be handed over now; all else can be."""
        if owed.kind not in PEOPLE or owed.arrives is not None:
            return True
        if self.world.party(owed.debtor).capacity.get(owed.kind) == 0:  # type: ignore[call-overload]
            return False
        return any(e.owed > e.delivered and self._n_ready(g, self.now) > 0 for g, e in owed.entries.items())

    def _excused(self, row: Row, owed: Owed) -> None:
        """What cannot be performed is no longer owed, where the scenario says so."""
        self.check("mediation", self._excuses and owed.status == "disputed", f"{owed.name} is excused")
        self.check("mediation", not self._can_be_performed(owed), f"{owed.name} is excused, and can be done")
        if self.rows[row.cause].event == Event.DISPUTE_OPENED and owed.attempt == self.now:
            self._tries(owed, True)
        self._is_over(owed)
        self._finish(owed, "excused")

    def _failed(self, _: Row, owed: Owed) -> None:
        self.check("mediation", owed.attempt == self.now, f"an attempt at {owed.name}, expected on {owed.attempt}")
        self._tries(owed, False)
        self._try_again(owed)

    def _settled(self, row: Row, owed: Owed) -> None:
        self.check("mediation", owed.status == "disputed", f"{owed.name} is settled, and was {owed.status}")
        cause = self.rows[row.cause].event
        by_all = self.behaviour.mediators.redates == "all_open"
        if cause == Event.DISPUTE_OPENED:
            if owed.attempt == self.now or not by_all:
                self.check("mediation", owed.attempt == self.now, f"{owed.name} is settled, expected on {owed.attempt}")
                if not (by_all and self._is_settled_with_others(row)):
                    self._tries(owed, True)
        elif cause == Event.TRUCE_RESTORED:
            self.check("patience", owed.name == self.suspended_over, f"{owed.name} is settled with the truce")
        else:
            self.check("mediation", cause == Event.SHOCK_STRUCK, f"{owed.name} is settled by {cause.name}")
        if self._timetable(row) is None:
            self.check("mediation", self._can_be_performed(owed), f"{owed.name} is settled, and cannot be done")
        self._is_over(owed)
        owed.status, owed.due = "redated", self.now
        owed.watch = owed.attempt = None
        self._close_dispute(owed)

    def _is_settled_with_others(self, row: Row) -> bool:
        """Whether another dispute was settled just before, and this one with it."""
        return any(
            other.event == Event.DISPUTE_SETTLED and other.minute == row.minute for other in self.rows[: row.number]
        )

    def _close_dispute(self, owed: Owed) -> None:
        self.world.open_disputes[owed.creditor] -= 1
        owed.is_put_off = False
        self.dispute_minutes += self.now - owed.disputed_since
        owed.knows_watch = True

    def _redated(self, row: Row, owed: Owed) -> None:
        """What is settled gets a new date, is performed then or earlier, and is late again after its grace."""
        key = self._timetable(row)
        if key is not None:
            self._has_new_date(row, owed, key)
            return
        lag = self.chance.four(f"mediates {owed.name}", owed.draws["mediates"])[2]
        minute = self.now + minutes(lag, self.behaviour.mediators.lag)
        self.check("redated", row.before == self.world.day(minute), f"{owed.name} is due anew on day {row.before}")
        owed.status, owed.choice, owed.delay = "redated", "on time", 0
        if owed.kind == "flow":
            owed.level = max(owed.level, self.behaviour.mediators.flows_to)
            owed.delivered = 1
            return
        owed.due, owed.watch, owed.knows_watch = minute, ("grace", self.world.grace_ends(owed, minute)), True
        if not owed.is_blocked and owed.arrives is None and owed.anew is None:
            owed.perform = minute if owed.perform is None else min(minute, owed.perform)

    def _timetable(self, row: Row) -> str | None:
        """The shock with a new timetable that something goes back to, at once or over its settlement."""
        cause = self.rows[row.cause]
        if cause.event == Event.DISPUTE_SETTLED:
            cause = self.rows[cause.cause]
        if cause.event != Event.SHOCK_STRUCK:
            return None
        key = self.plan.shocks[cause.subject]
        return key if self.behaviour.shocks[key].effect == "redates_all" else None

    def _lag_of(self, key: str) -> int:
        return minutes(self.chance.four(f"shock {key}")[2], self.behaviour.mediators.lag)

    def _has_new_date(self, row: Row, owed: Owed, key: str) -> None:
        """On the date of a new timetable the debtor decides afresh; a date still ahead moves on."""
        lag = self._lag_of(key)
        if owed.status == "redated" and owed.due > self.now:
            owed.due += lag
            if owed.watch is not None:
                owed.watch = ("grace", self.world.grace_ends(owed, owed.due))
            owed.anew = None if owed.anew is None else owed.anew + lag
            if not owed.is_blocked and not owed.waits_for_people:
                owed.perform = None if owed.perform is None else owed.perform + lag
        else:
            owed.status, owed.due, owed.decides_afresh = "redated", self.now + lag, True
            owed.watch = owed.perform = None
            owed.is_put_off = owed.is_blocked = owed.waits_for_people = False
            owed.anew = owed.due if owed.arrives is None else None
        self.check("redated", row.before == self.world.day(owed.due), f"{owed.name} is due anew on day {row.before}")

    def _new_timetable(self, key: str) -> None:
        """Dates still ahead move; a flow in full runs on."""
        lag, now = self._lag_of(key), self.now
        for owed in self.world.owed.values():
            if owed.stage == "date" and owed.date > now:
                owed.date += lag
            if owed.until is not None and owed.is_open:
                owed.until += lag
        for talks in self.world.talks.values():
            if talks.deadline is not None and talks.deadline > now:
                talks.deadline += lag
            if talks.never and talks.opens is not None and talks.opens > now:
                talks.opens += lag
            owed = self.world.owed[talks.owed]
            if owed.stage == "ready" and owed.ready > now:
                owed.ready += lag
        for phase in self.world.phases.values():
            if phase.state == "ahead":
                continue
            phase.moved += lag
            phase.up = phase.up + lag if phase.up is not None and phase.state == "in_force" else phase.up
            phase.limit = None if phase.limit is None else phase.limit + lag

    # ------------------------------------------------------------ the truce

    def _truce_is_owed(self) -> bool:
        """Whether somebody has still to begin the truce, from the phase in force or an earlier one."""
        entered = [key for key, phase in self.world.phases.items() if phase.state not in ("ahead", "waiting")]
        return any(o.kind == "truce" and o.phase in entered and o.is_open for o in self.world.owed.values())

    def _truce_begins(self, _: Row) -> None:
        if not self._truce_is_owed():
            self.check("truce", self.begins_at == self.now, f"the truce begins, expected on {self.begins_at}")
        self.begins_at = None
        for owed in self.world.owed.values():
            if owed.watch is not None and owed.watch[0] == "grace" and self.world.waits_for_truce_of_others(owed):
                owed.watch = ("grace", self.world.grace_ends(owed, max(self.now, owed.due)))
        self.before_truce = max(0, self.now)
        for source in self.behaviour.incidents:
            self.n_arrivals[source] += 1
        self._truce_holds()

    def _truce_holds(self) -> None:
        """The truce holds from now on: what waited for it goes ahead."""
        self.world.truce, self.truce_since = "holds", self.now
        for owed in self.world.owed.values():
            if owed.is_blocked or (owed.perform is not None and owed.perform <= self.now and owed.needs_truce):
                owed.is_blocked = False
                owed.perform = self.now

    def _truce_suspended(self, row: Row) -> None:
        party, cause = self.plan.actors[row.actor], self.rows[row.cause]
        self.check("suspension", self.world.truce == "holds", "a truce is suspended that does not hold")
        behaviour = self.world.party(party)
        self.suspended_by, self.suspended_over, self._over = party, "", ""
        if cause.event == Event.DISPUTE_OPENED:
            owed = self.world.owed[self.plan.obligations[cause.subject]]
            self._comes(owed, "patience")
            length, restoration, _, _ = self.chance.four(f"suspends {owed.name}", owed.draws["suspends"])
            owed.draws["suspends"] += 1
            lasts, self.suspended_over, self._over = behaviour.suspends, owed.name, owed.name
        elif cause.event == Event.SHOCK_STRUCK:
            shock = self.plan.shocks[cause.subject]
            _, _, length, restoration = self.chance.four(f"shock {shock}")
            given = self.behaviour.shocks[shock].lasts
            assert given is not None
            lasts = given
        else:
            source = self.plan.sources[cause.subject]
            length, restoration, _, _ = self.chance.four(f"answer {source}", self.n_arrivals[source])
            lasts = behaviour.responds.suspends
        self.restore_at = self.now + max(1, minutes(length, lasts))
        self.restores = self._would_restore(party, restoration)
        self.truce_minutes += self.now - self.truce_since
        self.breaks.append((self.now, self.end.minute, party))
        self.counts["suspensions"] += 1
        self.world.truce, self.truce_since = "suspended", self.now
        for key, terms in self.behaviour.incidents.items():
            self.n_arrivals[key] += terms.without_truce > 0

    def _would_restore(self, party: str, u: float) -> bool | None:
        """It comes back with chance 1 - (1 - own)(1 - g), own = 1 - (1 - readiness)^max(1, P)."""
        if {f"parties.{party}.restores", "guarantors.restores"} & self.unknown:
            return None
        own = at_least_once(self.world.party(party).restores, max(1.0, self._pressure_on(party)))
        return u < 1 - (1 - own) * (1 - self.behaviour.guarantors.restores)

    def _truce_restored(self, row: Row) -> None:
        on_time = self.restore_at == self.now
        self.check("suspension", on_time, f"the truce is restored, expected on {self.restore_at}")
        self.check("restoration", self.restores is not False, "the truce is restored, and was not to be")
        self.restored_on, self.restore_at = self.now, None
        since, _, party = self.breaks.pop()
        self.breaks.append((since, self.now, party))
        for source in self.behaviour.incidents:
            self.n_arrivals[source] += 1
        early = self.rows[row.cause].event != Event.TRUCE_SUSPENDED
        self._truce_holds()
        for owed in self.world.owed.values():
            if owed.is_put_off and owed.watch is not None:
                owed.watch, owed.is_put_off = (owed.watch[0], self.now + DAY), False
        over = self.world.owed.get(self.suspended_over)
        self.check("restoration", early == (over is None and bool(self._over)), "what brings the truce back")
        if over is not None and over.status == "disputed":
            self._settled_with_truce(row, over)

    def _settled_with_truce(self, row: Row, over: Owed) -> None:
        """A truce that comes back may settle the dispute, and else patience runs anew."""
        _, _, success, anew = self.chance.four(f"suspends {over.name}", over.draws["suspends"] - 1)
        following = self._next_row(row)
        ends = (Event.DISPUTE_SETTLED, Event.OBLIGATION_EXCUSED)
        told = following is not None and following.event in ends and following.cause == row.number
        chance = self.behaviour.mediators.settles_with_truce
        chance = self._chance_of_attempt(over) if chance is None else chance
        if chance is not None and "mediators.settles_with_truce" not in self.unknown:
            settled = success < chance and (self._can_be_performed(over) or self._excuses)
            self.check("restoration", told == settled, f"the dispute over {over.name} is settled, or is not")
        if not told:
            over.knows_watch = not any(p.startswith(f"parties.{over.creditor}.patience") for p in self.unknown)
            patience = minutes(anew, self.world.party(over.creditor).patience)
            over.watch = ("patience", self.now + max(DAY, patience))

    def _truce_ended(self, _: Row) -> None:
        if self.world.truce == "holds":
            self.truce_minutes += self.now - self.truce_since
        self.world.truce = "ended"

    # ------------------------------------------------------------ incidents and shocks

    def _incident(self, row: Row) -> None:
        """So many are major, and the other side answers with chance 1 - (1 - c)^(1 + strain)."""
        source, party = self.plan.sources[row.subject], self.plan.actors[row.actor]
        terms, other = self.behaviour.incidents[source], self.parties[1 - self.parties.index(party)]
        _, _, severity, answer = self.chance.four(f"arrives {source}", self.n_arrivals[source] - 1)
        is_major = row.event == Event.INCIDENT_MAJOR
        self.check("incident", is_major == (severity < terms.major), f"{source}: a {row.event.name.lower()}")
        self.counts["incidents"] += 1
        responds = self.world.party(other).responds
        level, since = self.recent.get(other, (0.0, 0))
        recent = level * math.exp(-math.log(2) * (self.now - since) / responds.memory)
        self.recent[other] = (recent + 1, self.now)
        strain = 1 + responds.strain * recent
        chance = responds.major if is_major else responds.minor
        answered = answer < min(chance * strain, at_least_once(chance, strain)) and self.world.truce == "holds"
        following = self._next_row(row)
        told = following is not None and following.event == Event.TRUCE_SUSPENDED and following.cause == row.number
        self.check("incident", told == answered, f"an incident ({source}) is answered, or is not")
        if not answered:
            self.n_arrivals[source] += 1

    def _shock(self, key: str) -> int | None:
        """When it strikes, if it does."""
        shock = self.behaviour.shocks[key]
        strikes, when, _, _ = self.chance.four(f"shock {key}")
        if f"shocks.{key}.chance" in self.unknown or strikes >= shock.chance:
            return None
        if shock.at is not None:
            return self.world.date(shock.at, self.plan.phases[0], 0)
        return math.ceil(min(days(when, shock.per_day or 0.0) * DAY, 1e9))

    def _shock_strikes(self, row: Row) -> None:
        key = self.plan.shocks[row.subject]
        expected = self.shocks.pop(key)
        in_time = expected is not None and max(expected, self.rows[0].minute) == self.now
        self.check("shock", in_time, f"{key} strikes, expected on {expected}")
        shock = self.behaviour.shocks[key]
        if shock.effect == "locates":
            self._locate(str(shock.group))
        if shock.effect == "redates_all":
            self._new_timetable(key)

    def _locate(self, group: str) -> None:
        holder = self.deal.groups[group].held_by
        if holder in self.contact:
            self.contact[holder] = min(self.contact[holder], self.now)
        if group in self.located:
            self.located[group] = [min(minute, self.now) for minute in self.located[group]]
        for owed in self.world.owed.values():
            same = any(self.deal.groups[other].held_by == holder for other in owed.entries)
            if same and owed.waits_for_people and owed.is_open:
                owed.perform = self.now

    # ------------------------------------------------------------ talks

    def _talks_begin(self, topic: str) -> None:
        talks, terms = self.world.talks[topic], self.behaviour.talks.get(topic)
        owed = self.world.owed[talks.owed]
        opens = (terms.opens if terms else None) or owed.terms.starts_by or owed.terms.due
        minute = self.world.date(opens, owed.phase, self.now)
        never, _, fails, _ = self.chance.four(f"opens {topic}")
        talks.never = terms is not None and never < terms.never
        self._fails[topic] = terms is not None and fails < terms.fails
        if talks.never:
            talks.opens = max(minute, self.now)
        else:
            owed.stage, owed.date, self._began[owed.name] = "date", minute, self.now
            owed.open_since = self.now if self.world.is_open(owed.terms.after) else None
        if owed.terms.concludes_by is not None:
            talks.deadline = self.world.date(owed.terms.concludes_by, owed.phase, self.now)

    def _talks_delay(self, owed: Owed) -> int:
        """The delay with which talks open once they are ready."""
        topic = str(owed.terms.topic)
        terms = self.behaviour.talks.get(topic)
        return 0 if terms is None else minutes(self.chance.four(f"opens {topic}")[1], terms.delay)

    def _ready_to_talk(self, owed: Owed, looks: int, since: int) -> int:
        """The minute at which talks open: date and gate, the time that they take, and their delay."""
        return max(looks, since + self.world.takes(owed)) + self._talks_delay(owed)

    def _pass_opening(self, topic: str, owed: Owed, to: int) -> None:
        """Talks that have not opened: their date, their gate, their time."""
        while owed.stage is not None and not owed.is_unsure:
            if owed.stage == "gate":
                if owed.open_since is None or owed.open_since >= to:
                    return
                looks = since = owed.open_since
            else:
                looks = max(owed.date, self._began[owed.name]) if owed.stage == "date" else owed.ready
                if looks >= to:
                    return
                if owed.open_since is None or owed.open_since > looks:
                    owed.stage = "gate"
                    continue
                since = owed.open_since
                self.check("talks", owed.stage == "date", f"talks on {topic} were to open on minute {owed.ready}")
            owed.stage, owed.ready = "ready", self._ready_to_talk(owed, looks, since)
            self.check("talks", owed.ready > looks, f"talks on {topic} were to open on minute {looks}")
            if owed.ready >= to:
                return

    def _pass_talks(self, to: int) -> None:
        """Talks open on their minute or when their gate does; they agree or break off, whichever comes first."""
        for topic, talks in self.world.talks.items():
            owed = self.world.owed[talks.owed]
            self._pass_opening(topic, owed, to)
            if talks.opens is not None and talks.opens < to and not owed.is_unsure:
                waits = not self.world.is_open(owed.terms.after) and not talks.never
                self.check("talks", waits, f"talks on {topic} were to open on minute {talks.opens}")
            if talks.turn is not None and talks.turn[1] < to:
                self.check("talks", False, f"talks on {topic} were to be {talks.turn[0]} on minute {talks.turn[1]}")

    def _talks_never_open(self, row: Row) -> None:
        talks = self.world.talks[self.plan.topics[row.subject]]
        self.check("talks", talks.never and talks.opens == self.now, "talks do not open")
        talks.opens = None

    def _talks_open(self, row: Row) -> None:
        topic = self.plan.topics[row.subject]
        talks, terms = self.world.talks[topic], self.behaviour.talks.get(topic)
        owed = self.world.owed[talks.owed]
        self.check("gate", self.world.is_open(owed.terms.after), f"talks on {topic} open, and their gate is shut")
        if talks.state == "broken_off":
            in_time = talks.opens is not None and talks.opens <= self.now
            self.check("talks", in_time, f"talks on {topic} open, expected on {talks.opens}")
        else:
            self._open_first(topic, owed)
        owed.stage, talks.opens, talks.state = None, None, "under_way"
        agrees, breaks, _, _ = self.chance.four(f"agrees {topic}", talks.n_openings)
        talks.n_openings += 1
        if f"talks.{topic}.fails" in self.unknown:
            return
        breaks_after = days(breaks, terms.breaks_off_per_day if terms else 0.0) * DAY
        agrees_after = NEVER if self._fails[topic] else self._agreement(topic, agrees)
        after = min(agrees_after, breaks_after)
        if after < 1e9:
            turn = "agreed" if agrees_after <= breaks_after else "broken off"
            talks.turn = (turn, self.now + math.ceil(after))

    def _open_first(self, topic: str, owed: Owed) -> None:
        """Talks open for the first time: on their minute."""
        self.check("talks", owed.stage is not None, f"talks on {topic} open, and were never to")
        if owed.is_unsure:
            return
        since = owed.open_since
        assert since is not None
        looks = max(owed.date, self._began[owed.name])
        expected = {
            "date": self._ready_to_talk(owed, looks, min(since, looks)),
            "ready": owed.ready,
            "gate": self._ready_to_talk(owed, since, since),
        }[str(owed.stage)]
        self.check("talks", self.now == expected, f"talks on {topic} open, expected on {expected}")

    def _agreement(self, topic: str, u: float) -> float:
        """Minutes to agreement: a hazard, raised within a stretch before the deadline and changed after it."""
        talks, terms = self.world.talks[topic], self.behaviour.talks.get(topic)
        left = NEVER if talks.deadline is None else max(0, talks.deadline - self.now)
        if terms is None or terms.agrees_per_day is None:
            return 0 if left == NEVER else left
        wanted = -math.log(1 - u)
        near = min(left, terms.near_deadline)
        stretches = [
            (left - near if left < NEVER else NEVER, 1.0),
            (near, terms.near_deadline_factor),
            (NEVER, terms.after_deadline_factor),
        ]
        passed = 0.0
        for length, factor in stretches:
            rate = terms.agrees_per_day * factor / DAY
            if rate > 0 and wanted <= rate * length:
                return passed + wanted / rate
            wanted -= rate * length if rate > 0 else 0.0
            passed += length
        return NEVER

    def _turns(self, topic: str, turn: str) -> None:
        talks = self.world.talks[topic]
        self.check("talks", talks.state == "under_way", f"talks on {topic} are {turn}, and were {talks.state}")
        if f"talks.{topic}.fails" not in self.unknown:
            told = talks.turn is not None and talks.turn[0] == turn and abs(talks.turn[1] - self.now) <= 1
            self.check("talks", told, f"talks on {topic} are {turn}, expected {talks.turn}")
        talks.turn = None

    def _talks_agree(self, row: Row) -> None:
        topic = self.plan.topics[row.subject]
        self._turns(topic, "agreed")
        self.world.talks[topic].state = "agreed"

    def _talks_met(self, row: Row, owed: Owed) -> None:
        talks = self.world.talks[str(owed.terms.topic)]
        self.check("talks", talks.state == "agreed", f"{owed.name} is met, and the talks are {talks.state}")
        late = talks.deadline is not None and self.now > self.world.grace_ends(owed, talks.deadline)
        word = "met_late" if late else "met"
        self.check("word", DONE[row.event] == word, f"{owed.name} is {DONE[row.event]}, not {word}")
        owed.delivered = 1
        self._finish(owed, word)

    def _talks_break_off(self, row: Row) -> None:
        topic = self.plan.topics[row.subject]
        talks, terms = self.world.talks[topic], self.behaviour.talks.get(topic)
        if self.rows[row.cause].event in (Event.SHOCK_STRUCK, Event.INCIDENT_MAJOR):
            talks.turn = None
        else:
            self._turns(topic, "broken off")
        talks.state = "broken_off"
        if terms is not None and terms.resumes is not None:
            pause = self.chance.four(f"agrees {topic}", talks.n_openings - 1)[3]
            talks.opens = self.now + max(1, minutes(pause, terms.resumes))

    # ------------------------------------------------------------ phases and ends

    def _entered(self, row: Row) -> None:
        key = self.plan.phases[row.subject]
        terms, phase = self.deal.phases[key], self.world.phases[key]
        self.check("phase", self.world.is_open(terms.enters_when), f"{key} is entered, and its gate is shut")
        before = [self.world.phases[other].state for other, p in self.deal.phases.items() if p.then == key]
        self.check("phase", not before or "past" in before, f"{key} is entered before the phase before it has ended")
        phase.state, phase.since, self.phase = "in_force", max(0, self.now), key
        phase.up = None if terms.lasts is None else phase.since + terms.lasts
        self.has_lapsed, self.leaves, self.staying = False, {}, set()
        by_obligation = self._truce_is_owed()
        if terms.truce and not by_obligation and self.world.truce == "not_begun":
            self.begins_at = max(0, self.now)
        for owed in self.world.owed.values():
            if owed.phase != key:
                continue
            if owed.kind == "talks":
                self._talks_begin(str(owed.terms.topic))
            elif not owed.release or owed.owed > owed.delivered:
                self._began[owed.name] = self.now
                self._begin(owed)

    def _next_may_begin(self, key: str) -> bool:
        following = self.deal.phases[key].then
        return following is None or self.world.is_open(self.deal.phases[following].enters_when)

    def _may_continue(self, key: str) -> bool:
        terms, phase = self.deal.phases[key], self.world.phases[key]
        limit = NEVER if phase.limit is None else phase.limit
        if phase.limit is None and terms.at_most is not None and phase.up is not None:
            limit = phase.up + terms.at_most
        return bool(terms.continues_while) and self.now < limit and self.world.is_open(terms.continues_while)

    def _time_is_up(self, key: str) -> None:
        """When a phase's time is up each party may leave, unless something keeps it."""
        phase, terms = self.world.phases[key], self.deal.phases[key]
        if phase.state != "in_force":
            return
        if phase.up is None:
            self.check("phase", self.world.n_open(key) == 0, f"{key} is over, and something in it is owed")
        else:
            early = terms.ends_early and self.world.n_open(key) == 0 and self._next_may_begin(key)
            self.check("phase", phase.up == self.now or early, f"{key} is over, expected on {phase.up}")
        self._decide_to_leave(key, 0, lambda party: self.world.party(party).leaves.after_phase.get(key))

    def _decide_to_leave(self, key: str, occurrence: int, chance: Callable[[str], float | None]) -> None:
        draws = self.chance.four(f"leaves {key}", occurrence)
        for place, party in enumerate(self.parties):
            leaves, p = self.world.party(party).leaves, chance(party)
            if p is not None and draws[place] < p:
                latency = minutes(draws[2 + place], leaves.latency)
                self.staying.discard(party)
                if latency == 0 and self._stays(party):
                    self.staying.add(party)
                else:
                    self.leaves[party] = self.now + latency

    def _stays(self, party: str) -> bool:
        """Whether a party has a reason to stay."""
        unless = self.world.party(party).leaves.unless
        return bool(unless) and self.world.is_open(unless)

    def _look_at_leaving(self, until: int) -> None:
        """Whoever was to leave by now does, unless it has a reason to stay then; and does once that is gone."""
        for party, minute in list(self.leaves.items()):
            if minute <= until and self._stays(party):
                del self.leaves[party]
                self.staying.add(party)
        for party in self.staying:
            self.check("leaving", self._stays(party), f"{party} was to leave, for nothing keeps it any more")

    def _continued(self, row: Row) -> None:
        key = self.plan.phases[row.subject]
        self._time_is_up(key)
        terms, phase = self.deal.phases[key], self.world.phases[key]
        if not self.leaves:
            if terms.then is None:
                self.check("phase", self.world.n_open() > 0, f"{key} goes on, and everything is done")
            else:
                right = not self._next_may_begin(key) and self._may_continue(key)
                self.check("phase", right, f"{key} goes on, and the next may begin or nothing keeps it")
        phase.state = "continued"
        if terms.at_most is not None and phase.up is not None and terms.then is not None:
            phase.limit = phase.up + terms.at_most

    def _lapsed(self, row: Row) -> None:
        key = self.plan.phases[row.subject]
        self._let_move_on()
        self._time_is_up(key)
        nothing = not self._next_may_begin(key) and not self._may_continue(key) and not self.leaves
        self.check("phase", nothing, f"{key} lapses, and the next may begin or it may go on")
        phase = self.world.phases[key]
        phase.state, phase.limit, self.has_lapsed = "lapsed", None, True
        self._decide_to_leave(key, 1, lambda party: self.world.party(party).leaves.after_lapse)

    def _ended(self, row: Row) -> None:
        key = self.plan.phases[row.subject]
        phase, terms = self.world.phases[key], self.deal.phases[key]
        self._let_move_on()
        if phase.state == "in_force":
            self._time_is_up(key)
        if phase.state != "lapsed":
            self.check("phase", not self.leaves, f"{key} ends while somebody is about to leave")
        self.check("phase", self._next_may_begin(key), f"{key} ends, and the next may not begin")
        if terms.then is None:
            self.check("end", self.world.n_open() == 0, f"{key}, the last phase, ends, and something is owed")
        phase.state, phase.limit = "past", None

    def _pass_phases(self, to: int) -> None:
        for key, phase in self.world.phases.items():
            terms = self.deal.phases[key]
            if phase.state == "in_force" and phase.up is not None:
                self.check("phase", phase.up >= to, f"{key} goes on, its time was up on minute {phase.up}")
            if phase.state != "continued" or self.leaves or terms.then is None:
                continue
            if phase.limit is not None:
                self.check("limit", phase.limit >= to, f"{key} goes on beyond its limit, minute {phase.limit}")
            moves_on = self._next_may_begin(key)
            self.check("phase", not moves_on, f"{key} goes on, and the next may begin")
            goes_on = self._may_continue(key)
            self.check("phase", goes_on, f"{key} goes on, and nothing keeps it")

    def _pass_others(self, to: int) -> None:
        for key, minute in self.shocks.items():
            if minute is not None:
                self.check("shock", minute >= to, f"{key} was to strike on minute {minute}")
        for party, minute in self.leaves.items():
            self.check("leaving", minute >= to, f"{party} was to leave on minute {minute}")
        if self.world.truce == "suspended":
            assert self.restore_at is not None
            self.check("suspension", self.restore_at >= to, f"the suspension was to end on minute {self.restore_at}")
        if self.begins_at is not None:
            self.check("truce", self.begins_at >= to, f"the truce was to begin on minute {self.begins_at}")

    def _let_move_on(self) -> None:
        """Whoever was to leave in this minute and stays no longer holds up the phase."""
        for party, minute in list(self.leaves.items()):
            if minute == self.now and self._stays(party):
                del self.leaves[party]
                self.staying.add(party)

    def _left(self, row: Row) -> None:
        party = self.plan.actors[row.subject]
        expected = self.leaves.get(party) == self.now or party in self.staying
        self.check("leaving", expected, f"{party} leaves, expected on {self.leaves}")
        self.check("leaving", not self._stays(party), f"{party} leaves, and has a reason to stay")

    def _deal_ends(self, row: Row) -> None:
        """How it ends follows from why: a lapse before it, the horizon, patience, or everything done."""
        cause = self.rows[row.cause].event
        if row.event == Event.DEAL_COMPLETED:
            expected = Event.DEAL_COMPLETED
        elif cause == Event.HORIZON_REACHED:
            self.check("end", self.now == self.plan.scenario.horizon, "the horizon is reached too early or too late")
            expected = Event.DEAL_STANDING
        elif cause == Event.PARTY_LEFT:
            expected = Event.DEAL_LAPSED if self.has_lapsed else Event.DEAL_COLLAPSED
        else:
            expected = Event.DEAL_COLLAPSED
            unrestored = cause == Event.TRUCE_SUSPENDED and self.restores is not True and self.restore_at == self.now
            impatient = cause == Event.DISPUTE_OPENED and self._truce_before_end in ("not_begun",)
            self.check("end", unrestored or impatient, f"the deal collapses after {cause.name}")
        self.check("end", row.event == expected, f"{row.event.name}, not {expected.name}")
        if self.world.truce == "holds":
            self.truce_minutes += self.now - self.truce_since

    @property
    def _truce_before_end(self) -> str:
        begun = any(row.event == Event.TRUCE_BEGAN for row in self.rows[: self.end.number])
        return self.world.truce if begun else "not_begun"

    # ------------------------------------------------------------ the account

    def _worth(self, owed: Owed) -> str:
        """On time, late or not met; a truce also by the time for which it was kept, of that for which it was owed."""
        word = WORTH.get(owed.status, "not_met")
        if owed.kind != "truce" or owed.done_at is None or word == "not_met":
            return word
        phase = self.world.phases[owed.phase]
        until = min(self.plan.scenario.horizon if phase.up is None else phase.up, self.end.minute)
        kept = max(0, until - owed.done_at)
        for since, to, party in self.breaks:
            if party == owed.debtor or owed.debtor not in self.parties:
                kept -= max(0, min(to, until) - max(since, owed.done_at))
        share = kept / (until - owed.owed_from) if until > owed.owed_from else 1.0
        return word if share >= 0.95 - 1e-9 else "late" if share >= 0.5 - 1e-9 else "not_met"

    def _account(self, outcomes: dict[str, int]) -> None:
        """The outcomes are those of what happened."""
        held = {key: self.world.held[key] for key, g in self.deal.groups.items() if g.side == "hostages"}
        said: dict[str, float] = {
            "truce_days": self.truce_minutes,
            "dispute_days": self.dispute_minutes,
            "disputes": self.counts["disputes"],
            "incidents": self.counts["incidents"],
            "suspensions": self.counts["suspensions"],
            "hostages_still_held": sum(held.values()),
            "end_day": self.world.day(self.end.minute),
            "end": self.end.event - Event.DEAL_COMPLETED + 1,
            "truce_at_end": int(self.world.truce == "holds"),
            "prisoners_still_held": sum(
                self.world.held[key] for key, g in self.deal.groups.items() if g.side == "prisoners"
            ),
        }
        for party in self.parties:
            ends = Counter(
                self._worth(o) for o in self.world.owed.values()
                if o.debtor == party and o.status != "excused" and not o.owes_nothing
                and not (o.release and o.owed == 0 and o.is_open)
            )  # fmt: skip
            said |= {f"{word}_{party}": ends[word] for word in ("on_time", "late", "not_met")}
        for group, terms in self.deal.groups.items():
            alive = terms.count - self.died[group] - self.world.released[group] + self.remains_out[group]
            if terms.side == "hostages" and terms.condition == "living":
                self.captive += alive * self.plan.scenario.horizon
        said["captive_days"] = self.captive
        for name, value in said.items():
            self.check("account", outcomes[name] == value, f"{name}: {outcomes[name]}, and {value} in the trace")
        flows = [
            o for o in self.world.owed.values()
            if next(iter([*o.terms.each_day, *o.terms.on_exchange_days]), None) == "trucks"
        ]  # fmt: skip
        delivered = sum(int(self.world.flowed(flow)[0] + 1e-6) for flow in flows)
        near = abs(outcomes["aid_delivered"] - delivered) <= len(flows)
        self.check("account", near, f"aid_delivered: {outcomes['aid_delivered']}, and {delivered} by the rules")
