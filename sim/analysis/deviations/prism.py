"""A deal's decision skeleton in the PRISM language, for anyone to audit with a model checker.

One module, a Markov decision process without probabilities: days pass one by one, and whatever somebody decides is a
nondeterministic choice. What is left out, and how days stand for minutes, is said at the head of the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.document.scenario import ResolvedScenario
from sim.plan.codes import GRACE_TO_END_OF_DAY, N_PARTIES, NONE, DueKind, End, Measure, Test
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.rules.calendar import day_at
from sim.rules.sides import counterpart

PLANNED, READY, MET, DELAYED, DISPUTED, SUSPENDED, UNDONE, VOID = range(8)
NOT_STARTED, UNDER_WAY, AGREED, BROKEN_OFF, NEVER_OPENED = range(5)
AHEAD, IN_FORCE, CONTINUED, LAPSED, PAST = range(5)
_HEAD = """\
// The decision skeleton of {name}, written by ceasefire-sim. Nothing is drawn: every decision is a choice.
//
// Days stand for minutes: what happens on one day happens in any order, durations are rounded up to days, a day that a
// condition asks for comes at its midnight. Left out:
// parts of handovers, capacity, people who are not located, what is held back in a dispute, minor incidents, shocks,
// when talks open after their date or gate, talks that open again, the level to which settlements bring flows.
// A leg of an exchange goes on the day on which the others stand ready with what they owe of it, lot by lot; parts of
// lots and a lead of less than one are left out.
// Deadlines are left out: what waits for its gate is not late, whoever keeps that shut, and grace runs from the date.
// Powers are left out: nobody uses one.
// A party that lets patience run out suspends the truce, once in a dispute; then the truce is restored, and the dispute
// settled or not, or the deal collapses. A dispute settled during the suspension is not shown.
// end: 0 none, 1 completed, 2 collapsed, 3 lapsed, 4 standing at the horizon.
mdp
"""


def _all(parts: Iterable[str]) -> str:
    """A conjunction; true where nothing is asked."""
    return " & ".join(dict.fromkeys(part for part in parts if part != "true")) or "true"


def _any(parts: Iterable[str]) -> str:
    """A disjunction; false where nothing is offered."""
    found = list(dict.fromkeys(parts))
    if "true" in found:
        return "true"
    return "(" + " | ".join(found) + ")" if found else "false"


def _days(minutes: int) -> int:
    return math.ceil(minutes / 1440)


def _identifier(*parts: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", "_".join(parts))


def _identifiers(prefix: str, names: Iterable[str]) -> list[str]:
    """One for each name; `x.1` is told from `x_1` by an underscore more."""
    found: dict[str, None] = {}
    for name in names:
        identifier = _identifier(prefix, name)
        while identifier in found:
            identifier += "_"
        found[identifier] = None
    return list(found)


@dataclass
class _Writer:
    """Writes one plan; commands are collected with the guards that must be dealt with before the day can pass."""

    plan: Plan
    variables: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    urgent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.p = self.plan.record[0]
        self.first, self.last = self.day(int(self.p["first_minute"])), self.day(int(self.p["horizon"]))
        self.obligation = _identifiers("o", self.plan.obligations)
        self.phase = [_identifier("p", name) for name in self.plan.phases]
        self.topic = [_identifier("t", name) for name in self.plan.topics]

    # ------------------------------------------------------------ numbers of the plan

    def day(self, minute: int) -> int:
        """The day in which a minute falls."""
        return int(day_at(minute, int(self.p["midnight"])))

    def slot(self, name: str, of: int | None = None) -> int:
        """A time of the behaviour in minutes, at its median."""
        place = self.p[name] if of is None else self.p[name][of]
        return int(self.p["parameter"][place])

    def date(self, kind: int, offset: int, phase: int) -> str:
        """A date as a condition on the day."""
        since = f"since_{self.phase[phase]}"
        if kind == DueKind.DEAL:
            return f"day>={self.day(offset)}"
        if kind == DueKind.PHASE:
            return f"day>={since}+{offset // 1440}"
        if kind == DueKind.PHASE_END:
            return f"day>={since}+{_days(int(self.p['lasts'][phase]))}"
        return "true"

    def gate(self, start: int, end: int) -> str:
        """Conditions of a gate: all clauses, of each clause one."""
        clauses: dict[int, list[str]] = {}
        for condition in range(start, end):
            clauses.setdefault(int(self.p["clause"][condition]), []).append(self.condition(condition))
        return _all(map(_any, clauses.values()))

    def condition(self, condition: int) -> str:
        """One condition of a gate; of one that is negated, that what it asks about does not hold."""
        asked = self.asked(condition)
        return f"!({asked})" if self.p["negated"][condition] else asked

    def asked(self, condition: int) -> str:
        """What a condition asks about."""
        test, subject, threshold = (int(self.p[name][condition]) for name in ("test", "subject", "threshold"))
        if test in (Test.DELIVERED, Test.SHARE):
            return self.delivered(subject)
        if test == Test.RELEASED:
            terms = [f"({done}?{n}:0)" for done, n in self.amounts(subject)]
            return f"{'+'.join(terms) or '0'}>={threshold}"
        if test == Test.LINE:
            withdrawals = [o for o in self.debts(subject) if self.p["to_line"][o] >= max(threshold, 1)]
            return "true" if threshold <= 0 else _any(f"{self.obligation[o]}={MET}" for o in withdrawals)
        if test in (Test.PHASE_ENTERED, Test.PHASE_ENDED):
            return (
                f"{self.phase[subject]}>={IN_FORCE}" if test == Test.PHASE_ENTERED else f"{self.phase[subject]}={PAST}"
            )
        if test == Test.TALKS_STARTED:
            return f"({self.topic[subject]}>={UNDER_WAY} & {self.topic[subject]}<={BROKEN_OFF})"
        if test in (Test.TALKS_UNDER_WAY, Test.TALKS_AGREED):
            return f"{self.topic[subject]}={UNDER_WAY if test == Test.TALKS_UNDER_WAY else AGREED}"
        return f"day>={self.day(threshold)}" if test == Test.DAY else "truce=1"

    def debts(self, actor: int) -> list[int]:
        """What an actor owes."""
        return [o for o in range(len(self.obligation)) if self.p["debtor"][o] == actor]

    def delivered(self, o: int) -> str:
        """Done, or left behind undone with a phase that lapsed; a return that owes nothing with its release."""
        name, phase = self.obligation[o], self.phase[int(self.p["phase"][o])]
        done = f"{name}={MET}"
        if self.p["is_dynamic"][o] and not self.earned(o):
            done = f"{self.obligation[int(self.p['release_of'][o])]}={MET}"
        return f"({done} | {name}={VOID} & {phase}={PAST})"

    def earned(self, o: int) -> list[tuple[int, str, int]]:
        """By group of people, what a return by ratio owes: once it is done, or once all of the released are out."""
        p, release = self.p, int(self.p["release_of"][o])
        rows = range(int(p["ratio_start"][o]), int(p["ratio_start"][o + 1]))
        entries = range(int(p["entry_start"][release]), int(p["entry_start"][release + 1]))
        found: list[tuple[int, str, int]] = []
        for r in rows:
            released, group = int(p["ratio_released_group"][r]), int(p["entry_group"][p["ratio_entry"][r]])
            people = sum(int(p["entry_count"][e]) for e in entries if p["entry_group"][e] == released)
            out = [self.obligation[other] for other in self.handing_over(released)]
            last = _all(f"{name}={MET}" for name in (self.obligation[o], *out))
            found.append((group, f"{self.obligation[o]}={MET}", int(p["ratio_each"][r]) * people))
            # the remainder of a total comes with the last of the group, under whichever release that is
            if len(out) == 1 or self.obligation[release] == out[-1]:
                found.append((group, last, int(p["ratio_remainder"][r])))
        return [(group, done, n) for group, done, n in found if n]

    def handing_over(self, group: int) -> list[int]:
        """The obligations that hand over people of a group by their amount."""
        entries = [e for e in range(int(self.p["n_entries"])) if self.p["entry_group"][e] == group]
        return [int(self.p["entry_obligation"][e]) for e in entries if self.p["entry_count"][e]]

    def amounts(self, groups: int) -> list[tuple[str, int]]:
        """How many people of a set of groups come out, each number with what has to have been done for it."""
        found: dict[str, int] = {}
        for o in range(len(self.obligation)):
            entries = range(int(self.p["entry_start"][o]), int(self.p["entry_start"][o + 1]))
            owed = [(int(self.p["entry_group"][e]), f"{self.obligation[o]}={MET}", int(self.p["entry_count"][e]))
                    for e in entries]  # fmt: skip
            for group, done, n in self.earned(o) if self.p["is_dynamic"][o] else owed:
                if groups >> group & 1 and n:
                    found[done] = found.get(done, 0) + n
        return list(found.items())

    # ------------------------------------------------------------ parts of the module

    def must(self, guard: str, update: str) -> None:
        """A command that is dealt with before the day can pass."""
        name = f"now_{len(self.urgent)}"
        self.formulas.append(f"formula {name} = end=0 & {guard};")
        self.urgent.append(name)
        self.commands.append(f"[] {name} -> {update};")

    def choose(self, guard: str, *updates: str) -> None:
        """A decision: one command for each choice."""
        name = f"now_{len(self.urgent)}"
        self.formulas.append(f"formula {name} = end=0 & {guard};")
        self.urgent.append(name)
        self.commands.extend(f"[] {name} -> {update};" for update in dict.fromkeys(updates))

    def write(self) -> str:
        """The whole file."""
        self.variables = [
            f"day : [{self.first}..{self.last}] init {self.first};",
            "end : [0..4] init 0;",
            "truce : [0..2] init 0; // not begun, holds, suspended",
            f"truce_until : [{self.first}..{self.last + 1}] init {self.first};",
            "fails : bool init false; // the suspension under way will not end in the truce being restored",
            "struck : bool init false; // a major incident today",
            f"leaves : [{self.first}..{self.last + 2}] init {self.last + 2}; // when a party leaves over a lapse",
        ]
        self.end_of_suspension()
        for phase in range(len(self.phase)):
            self.phases(phase)
        for o in range(len(self.obligation)):
            if self.p["measured_by"][o] == Measure.TOPIC:
                self.talks(o)
            else:
                self.debt(o)
        self.incidents()
        self.passing_of_days()
        labels = [f'label "{end.name.lower()}" = end={int(end)};' for end in End if end != End.NONE]
        body = "\n".join(["", *(f"  {line}" for line in self.variables), "", *(f"  {line}" for line in self.commands)])
        module = f"\nmodule deal{body}\nendmodule\n\n"
        head = _HEAD.format(name=self.plan.scenario.scenario)
        return head + "\n" + "\n".join(self.formulas) + "\n" + module + "\n".join(labels) + "\n"

    def end_of_suspension(self) -> None:
        self.must("truce=2 & day>=truce_until & fails", f"(end'={int(End.COLLAPSED)})")
        self.must("truce=2 & day>=truce_until & !fails", "(truce'=1)")

    def suspend(self, days: int) -> tuple[str, str]:
        """The two ways in which a suspension can end, as updates."""
        begins = f"(truce'=2) & (truce_until'=min(day+{days},{self.last + 1}))"
        return f"{begins} & (fails'=false)", f"{begins} & (fails'=true)"

    def phases(self, f: int) -> None:
        """A phase: entered, run out, continued, over or lapsed."""
        p, name = self.p, self.phase[f]
        self.variables.append(f"{name} : [0..{PAST}] init {AHEAD};")
        self.variables.append(f"since_{name} : [{self.first}..{self.last}] init {self.first};")
        following, lasts = int(p["then"][f]), int(p["lasts"][f])
        if f == p["first_phase"]:
            start = self.gate(int(p["enter_start"][f]), int(p["enter_end"][f]))
            self.must(f"{name}={AHEAD} & {start}", self.entering(f))
        mine = [o for o in range(len(self.obligation)) if p["phase"][o] == f]
        done = _all(self.is_done(o) for o in mine)
        is_up = done if lasts == NONE else f"day>=since_{name}+{_days(lasts)}"
        everything = _all(self.is_done(o) for o in range(len(self.obligation)))
        if following == NONE:
            self.must(f"{name}={IN_FORCE} & {is_up} & !({everything})", f"({name}'={CONTINUED})")
            self.must(
                f"({name}={IN_FORCE} & {is_up} | {name}={CONTINUED}) & {everything}", f"(end'={int(End.COMPLETED)})"
            )
            return
        opens = self.gate(int(p["enter_start"][following]), int(p["enter_end"][following]))
        early = done if p["ends_early"][f] else "false"
        moves = f"({name}={IN_FORCE} & (({is_up}) | ({early})) | {name}={CONTINUED} | {name}={LAPSED}) & {opens}"
        self.must(moves, f"({name}'={PAST}) & {self.entering(following)}")
        goes_on = self.goes_on(f)
        self.must(f"{name}={IN_FORCE} & {is_up} & !({opens}) & {goes_on}", f"({name}'={CONTINUED})")
        lapses = f"({name}={IN_FORCE} & {is_up} | {name}={CONTINUED}) & !({opens}) & !({goes_on})"
        self.choose(lapses, *(f"({name}'={LAPSED}) & {leaves}" for leaves in self.leaving()))
        self.must(f"{name}={LAPSED} & !({opens}) & day>=leaves", f"(end'={int(End.LAPSED)})")

    def leaving(self) -> list[str]:
        """When the first party leaves after a lapse: each for certain, never, or as it likes, after its latency."""
        never, days = self.last + 2, [self.last + 2]
        for party in range(N_PARTIES):
            chance = float(self.p["parameter"][self.p["leaves_after_lapse"][party]])
            latency = _days(self.slot("leave_median", party))
            stays = days if chance < 1 else []
            goes = [min(day, latency) for day in days] if chance > 0 else []
            days = sorted({*stays, *goes})
        return [f"(leaves'={never if day == never else f'min(day+{day},{never})'})" for day in days]

    def goes_on(self, f: int) -> str:
        """Whether a phase continues beyond its time."""
        p, start, end = self.p, int(self.p["continue_start"][f]), int(self.p["continue_end"][f])
        if start == end:
            return "false"
        limit = ""
        if p["at_most"][f] != NONE and p["lasts"][f] != NONE:
            limit = f"day<since_{self.phase[f]}+{_days(int(p['lasts'][f] + p['at_most'][f]))}"
        return "(" + _all([self.gate(start, end), limit or "true"]) + ")"

    def entering(self, f: int) -> str:
        """A phase is entered, and with it the truce where it is not owed as a step of its own."""
        begins = f"({self.phase[f]}'={IN_FORCE}) & (since_{self.phase[f]}'=max(day,1))"
        by_itself = self.p["has_truce"][f] and not self.p["truce_by_obligation"][f]
        return f"{begins} & (truce'=truce=0?1:truce)" if by_itself else begins

    def is_done(self, o: int) -> str:
        """Whether an obligation no longer keeps the deal from being completed."""
        p, phase = self.p, self.phase[int(self.p["phase"][o])]
        if not p["keeps_open"][o]:
            return "true"
        if p["measured_by"][o] == Measure.RATE:
            until = self.date(int(p["until_kind"][o]), int(p["until_offset"][o]), int(p["phase"][o]))
            return f"({phase}={AHEAD} | {until})"
        met = (
            f"{self.topic[int(p['topic'][o])]}={AGREED}"
            if p["measured_by"][o] == Measure.TOPIC
            else f"({self.obligation[o]}={MET} | {self.obligation[o]}={VOID})"
        )
        is_owed = f"{self.obligation[int(p['release_of'][o])]}!={MET}" if p["is_dynamic"][o] else f"{phase}={AHEAD}"
        return f"({is_owed} | {met})"

    def talks(self, o: int) -> None:
        """Talks open and agree, end without agreement, are broken off, or never open."""
        p, t = self.p, int(self.p["topic"][o])
        name, phase = self.topic[t], int(p["phase"][o])
        self.variables.append(f"{name} : [0..{NEVER_OPENED}] init {NOT_STARTED};")
        self.variables.append(f"turn_{name} : [0..2] init 0; // will agree, will not, will be broken off")
        opens = self.date(int(p["opens_kind"][t]), int(p["opens_offset"][t]), phase)
        gate = self.gate(int(p["gate_start"][o]), int(p["gate_start"][o + 1]))
        begin = _all([f"{name}={NOT_STARTED}", f"{self.phase[phase]}>={IN_FORCE}", opens, gate])
        turns = [f"({name}'={UNDER_WAY}) & (turn_{name}'={turn})" for turn in range(3)]
        self.choose(begin, *turns, f"({name}'={NEVER_OPENED})")
        deadline = "true"
        if p["deadline_kind"][t] != NONE:
            deadline = self.date(int(p["deadline_kind"][t]), int(p["deadline_offset"][t]), phase)
        for turn, after in ((0, AGREED), (2, BROKEN_OFF)):
            self.must(_all([f"{name}={UNDER_WAY}", f"turn_{name}={turn}", deadline]), f"({name}'={after})")

    def debt(self, o: int) -> None:
        """An obligation from planned to met, in dispute or undone."""
        p, name = self.p, self.obligation[o]
        self.variables.append(f"{name} : [0..{VOID}] init {PLANNED};")
        self.variables.append(f"wait_{name} : [{self.first}..{self.last + 1}] init {self.first};")
        phase = int(p["phase"][o])
        is_owed = [f"{self.phase[phase]}>={IN_FORCE} & {self.phase[phase]}!={LAPSED}"]
        self.must(f"{self.phase[phase]}={LAPSED} & {name}!={MET} & {name}!={VOID}", f"({name}'={VOID})")
        if p["is_dynamic"][o]:
            is_owed.append(f"{self.obligation[int(p['release_of'][o])]}={MET}")
        date = self.date(int(p["due_kind"][o]), int(p["due_offset"][o]), phase)
        gate = self.gate(int(p["gate_start"][o]), int(p["gate_start"][o + 1]))
        if p["measured_by"][o] == Measure.RATE:  # flows end with their phase
            is_owed = [f"{self.phase[phase]}>={IN_FORCE} & {self.phase[phase]}<={CONTINUED}"]
        if p["owed"][o] == 0 and not p["is_dynamic"][o]:  # nothing is owed, and nothing decided
            self.must(_all([f"{name}={PLANNED}", *is_owed, date, gate]), f"({name}'={MET})")
            return
        self.choose(_all([f"{name}={PLANNED}", *is_owed, date, gate]), *self.performance(o))
        able = "truce=1" if p["needs_truce"][o] else "true"
        met = f"({name}'={MET})"
        if p["measured_by"][o] == Measure.KEEP:
            met += " & (truce'=truce=0?1:truce)"
        others = self.others_ready(o)
        self.must(_all([f"{name}={READY}", able, others]), met)
        self.must(_all([f"{name}={DELAYED}", f"day>=wait_{name}", able, others]), met)
        if self.may_be_disputed(o):
            self.patience(o)
            if p["needs_truce"][o] and not p["waits_for_truce_of_others"][o]:
                waits = _all([f"{name}={READY} & truce=0 & day>=wait_{name}", others])
                self.must(waits, f"({name}'={DISPUTED})")

    def others_ready(self, o: int) -> str:
        """Whether the other legs of an exchange have given, or stand ready with, what this lot of one goes with."""
        p, x = self.p, int(self.p["exchange"][o])
        if x == NONE:
            return "true"
        lot = int(p["lot"][o]) - math.floor(p["lead"][x] + 1e-9)
        legs = [int(p["leg"][place]) for place in range(int(p["leg_start"][x]), int(p["leg_start"][x + 1]))]
        mine = int(o - p["lot"][o])
        return _all(self.is_at_hand(leg + lot) for leg in legs if leg != mine and lot >= 0)

    def is_at_hand(self, o: int) -> str:
        """Whether a lot is done, or its debtor stands ready with it."""
        name, able = self.obligation[o], " & truce=1" if self.p["needs_truce"][o] else ""
        ready = f"({name}={READY} | {name}={DELAYED} & day>=wait_{name}){able}"
        return f"({name}={MET} | {ready})"

    def may_be_disputed(self, o: int) -> bool:
        """Whether its creditor can complain."""
        return bool(self.p["may_be_disputed"][o]) and int(self.p["creditor"][o]) < N_PARTIES

    def times(self, o: int) -> tuple[int, int, int]:
        """Minutes from the due date: to a complaint, from it to the settled date, and to the end of patience."""
        p, creditor = self.p, int(self.p["creditor"][o])
        grace = 1440 if p["grace"][o] == GRACE_TO_END_OF_DAY else int(p["grace"][o])
        complaint = grace + self.slot("tolerance_median", creditor)
        settled = self.slot("attempt_median", o) + self.slot("lag_median")
        return complaint, settled, self.slot("patience_median", creditor)

    def performance(self, o: int) -> list[str]:
        """What a debtor may do on the day: perform, be late, or not do it, with the dispute settled or not."""
        name = self.obligation[o]
        complaint, settled, patience = self.times(o)
        late = complaint + max(1440, self.slot("delay_median", o))

        def moved(status: int, minutes: int) -> str:
            return f"({name}'={status}) & (wait_{name}'=min(day+{_days(minutes)},{self.last + 1}))"

        choices = [moved(READY, complaint + patience), moved(DELAYED, late)]
        if self.may_be_disputed(o):
            choices += [moved(DELAYED, complaint + settled), moved(DISPUTED, complaint + patience)]
        else:
            choices.append(moved(UNDONE, 0))
        return choices

    def patience(self, o: int) -> None:
        """A dispute that is not settled: patience lasts, or the truce is suspended over it, or never begins."""
        name, creditor = self.obligation[o], int(self.p["creditor"][o])
        restored, not_restored = self.suspend(max(1, _days(self.slot("suspends_median", creditor))))
        runs_out = f"{name}={DISPUTED} & day>=wait_{name}"
        over = f"({name}'={SUSPENDED})"
        self.choose(f"{runs_out} & truce=1", f"({name}'={UNDONE})", f"{over} & {restored}", f"{over} & {not_restored}")
        self.choose(f"{runs_out} & truce=0", f"({name}'={UNDONE})", f"(end'={int(End.COLLAPSED)})")
        lag = _days(self.slot("lag_median"))
        settled = f"({name}'={DELAYED}) & (wait_{name}'=min(day+{lag},{self.last + 1}))"
        self.choose(f"{name}={SUSPENDED} & truce=1", settled, f"({name}'={UNDONE})")

    def incidents(self) -> None:
        """A major incident on any day on which the truce holds: the other side suspends it for a time, or for good."""
        for party in range(N_PARTIES):
            days = max(1, _days(self.slot("response_median", counterpart(party))))
            for update in self.suspend(days):
                self.commands.append(f"[] end=0 & truce=1 & !struck -> {update} & (struck'=true);")

    def passing_of_days(self) -> None:
        """A day passes once everything that is up has been dealt with."""
        self.formulas.append(f"formula busy = {_any(self.urgent)};")
        self.commands += [
            f"[] end=0 & !busy & day<{self.last} -> (day'=day+1) & (struck'=false);",
            f"[] end=0 & !busy & day={self.last} -> (end'={int(End.STANDING)});",
            "[] end>0 -> true;",
        ]


def as_prism(scenario: ResolvedScenario) -> str:
    """The decision skeleton of a deal in the PRISM language.

    Parameters
    ----------
    scenario : ResolvedScenario
        A deal on its own, or a scenario, whose behaviour gives how long things usually take.

    Returns
    -------
    str
        An MDP without probabilities, with a label for each end.
    """
    return _Writer(compile_plan(scenario.model_copy(update={"scripted": []}))).write()
