"""Phases, and what they, obligations and parties about to leave wait for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np

from sim.document.behaviour import Behaviour
from sim.document.conditions import Asked, Condition
from sim.document.deal import Deal
from sim.document.measured import counted_by
from sim.plan.codes import N_PARTIES, NONE, Measure, Test
from sim.plan.days import Days
from sim.plan.draws import decision_key
from sim.plan.guarantees import step_of
from sim.plan.limits import refuse_over
from sim.plan.names import Names
from sim.plan.normal import NormalForm
from sim.plan.obligations import Owed

Row = tuple[int, int, int, int]
"""Of a condition: test, subject, threshold, and 1 where it is asked that this does not hold."""
FALSE: Row = (Test.RELEASED, 0, 1, 0)
"""Somebody of no group has been released."""


def fill_phases(p: Any, deal: Deal, names: Names, owed: Owed) -> None:
    """How long phases last, what follows, and the obligations of each."""
    order: list[int] = []
    for f, (key, phase) in enumerate(deal.phases.items()):
        p["lasts"][f] = NONE if phase.lasts is None else phase.lasts
        p["at_most"][f] = NONE if phase.at_most is None else phase.at_most
        p["then"][f] = NONE if phase.then is None else names.phases[phase.then]
        p["ends_early"][f] = phase.ends_early
        p["has_truce"][f] = phase.truce
        p["truce_by_obligation"][f] = bool(owed.truce_owed_by[key])
        p["phase_obligation_start"][f] = len(order)
        order.extend(map(int, np.flatnonzero(owed.phase == f)))
        p["key_leaves"][f] = decision_key(f"leaves {key}")
    p["phase_obligation_start"][len(names.phases)] = len(order)
    p["phase_obligation"][: len(order)] = order


def fill_gates(p: Any, deal: Deal, behaviour: Behaviour, names: Names, owed: Owed, days: Days) -> set[tuple[int, int]]:
    """Write every gate, and return the shares of obligations that somebody waits for, as (obligation, step)."""
    gates = _Gates(deal, names, owed, days)
    of_phases, of_parties = len(names.instances), len(names.instances) + len(names.phases)
    for o, instance in enumerate(names.instances):
        p["gate_start"][o] = len(gates.rows)
        gates.add(instance.obligation.after, [o])
    p["gate_start"][len(names.instances)] = len(gates.rows)
    for f, (key, phase) in enumerate(deal.phases.items()):
        before = [of_phases + b for b, other in enumerate(deal.phases.values()) if other.then == key]
        p["enter_start"][f] = len(gates.rows)
        gates.add(phase.enters_when, [of_phases + f, *before])
        p["enter_end"][f] = p["continue_start"][f] = len(gates.rows)
        gates.add(phase.continues_while, [of_phases + f])
        p["continue_end"][f] = len(gates.rows)
    for actor, a in names.actors.items():
        party = behaviour.parties.get(actor)
        p["stays_start"][a] = len(gates.rows)
        if party is not None and a < N_PARTIES:
            gates.add(party.leaves.unless, [of_parties + a])
        p["stays_end"][a] = len(gates.rows)
    for w, power in enumerate(deal.powers.values()):
        p["power_start"][w] = len(gates.rows)
        gates.add(power.after, [of_parties + N_PARTIES + w])
        p["power_end"][w] = len(gates.rows)
    refuse_over("who waits for what", len(gates.watches), "MAX_WATCHES")
    for c, (row, clause) in enumerate(gates.rows):
        p["test"][c], p["subject"][c], p["threshold"][c], p["negated"][c] = row
        p["clause"][c] = clause
    _fill_watchers(p, gates)
    return gates.steps


def rewrite_gate(p: Any, o: int, gate: list[Condition], deal: Deal, names: Names, owed: Owed, days: Days) -> bool:
    """Write the numbers of an obligation's gate anew.

    Parameters
    ----------
    p : numpy record
        With all gates.
    o : int
        The obligation.
    gate : list of Condition
        That it has now.
    deal, names, owed, days
        As in `fill_gates`.

    Returns
    -------
    bool
        False, and nothing is written, if its conditions differ in more than numbers.
    """
    gates = _Gates(deal, names, owed, days)
    gates.add(gate, [o])
    start, end = int(p["gate_start"][o]), int(p["gate_start"][o + 1])
    now = [(*row, clause + start) for row, clause in gates.rows]
    columns = [p[name][start:end].tolist() for name in ("test", "subject", "threshold", "negated", "clause")]
    before = list(zip(*columns, strict=True))
    if [row[:2] + row[3:] for row in now] != [row[:2] + row[3:] for row in before]:
        return False
    p["threshold"][start:end] = [row[2] for row in now]
    return True


def _fill_watchers(p: Any, gates: _Gates) -> None:
    watches = sorted(set(gates.watches))
    signals = np.arange(gates.signals.day + 2)
    p["watch_start"][: len(signals)] = np.searchsorted([signal for signal, _ in watches], signals)
    p["watcher"][: len(watches)] = [watcher for _, watcher in watches]


def withdrawing(deal: Deal, names: Names, asked: Asked) -> int:
    """Whose withdrawal a condition on a line speaks of: the actor named, else the first who owes one."""
    if asked.by is not None:
        return names.actors[asked.by]
    owe = (obligation.by for obligation in deal.obligations.values() if obligation.to_line is not None)
    return names.actors[next(owe, next(iter(deal.parties)))]


class _Signals:
    """Numbers of what can change a condition: obligations, groups, actors, topics, phases, the truce and days."""

    def __init__(self, names: Names):
        sizes = map(len, (names.instances, names.groups, names.actors, names.topics, names.phases))
        self.group, self.actor, self.topic, self.phase, self.truce = accumulate(sizes)
        self.day = self.truce + 1


@dataclass
class _Gates:
    """The conditions of all gates so far, in clauses; who watches which signal; and the shares that are waited for."""

    deal: Deal
    names: Names
    owed: Owed
    days: Days
    rows: list[tuple[Row, int]] = field(default_factory=list)
    """Each with the number of its clause."""
    watches: list[tuple[int, int]] = field(default_factory=list)
    steps: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.signals = _Signals(self.names)

    def add(self, gate: list[Condition], watchers: list[int]) -> None:
        for condition in gate:
            signals: set[int] = set()
            form = NormalForm(partial(self._clauses, signals), _opposite, self._refuse)
            for clause in form.of(condition):
                number = len(self.rows)
                self.rows.extend((row, number) for row in clause or (FALSE,))
            self._refuse(0)
            self.watches.extend((signal, watcher) for signal in signals for watcher in watchers)

    def _refuse(self, more: int) -> None:
        refuse_over("conditions in gates", len(self.rows) + more, "MAX_CONDITIONS")

    def _clauses(self, signals: set[int], condition: Asked) -> list[tuple[Row, ...]]:
        """The rows of one condition, each a clause, and the signals at which it has to be looked at again."""
        found: dict[tuple[Row, ...], None] = {}
        for test, subject, threshold, signal in self._tests(condition):
            found[((test, subject, threshold, 0),)] = None
            signals.add(signal)
        return list(found)

    def _tests(self, condition: Any) -> list[Row]:
        """One condition; a count by group gives one row for each group, a return owed for releases one for each.

        Of each row: test, subject, threshold and signal.
        """
        if condition.day is not None:
            return [(Test.DAY, 0, self.days.minute(condition.day), self.signals.day)]
        if condition.obligation is not None:
            parts = self.names.to_be_delivered(condition.obligation, condition.share, self.owed.owed)
            return [self._delivered(o, share) for o, share in parts]
        if condition.released is not None:
            return self._released(condition)
        if condition.line is not None:
            actor = withdrawing(self.deal, self.names, condition)
            return [(Test.LINE, actor, self.names.lines[condition.line], self.signals.actor + actor)]
        if condition.talks is not None:
            topic = self.names.topics[condition.talks]
            test = {"started": Test.TALKS_STARTED, "agreed": Test.TALKS_AGREED}
            return [(test.get(str(condition.state), Test.TALKS_UNDER_WAY), topic, 0, self.signals.topic + topic)]
        if condition.phase is not None:
            phase = self.names.phases[condition.phase]
            test_of_phase = Test.PHASE_ENDED if condition.state == "ended" else Test.PHASE_ENTERED
            return [(test_of_phase, phase, 0, self.signals.phase + phase)]
        return [(Test.TRUCE_HOLDS, 0, 0, self.signals.truce)]

    def _delivered(self, o: int, share: float | None) -> Row:
        """Delivered in this share of what is owed; without a share, done by the creditor's standard."""
        owed = self.owed
        if owed.is_dynamic[o] or (share is None and self.names.instances[o].obligation.is_up_to and owed.owed[o] > 0):
            return Test.SHARE, o, step_of(share), o
        if share is not None and owed.measure[o] == Measure.RATE and owed.owed[o] > 0:
            self.steps.add((o, step_of(share)))
            return Test.SHARE, o, step_of(share), o
        enough = int(owed.enough[o]) if share is None else int(np.ceil(share * owed.owed[o] - 1e-9))
        return Test.DELIVERED, o, max(1, enough), o

    def _released(self, condition: Condition) -> list[Row]:
        groups, signal = self.names.groups, self.signals.group
        if isinstance(condition.released, dict):
            return [(Test.RELEASED, 1 << groups[g], n, signal + groups[g]) for g, n in condition.released.items()]
        fitting = [groups[key] for key in counted_by(self.deal, condition)]
        mask, wanted = sum(1 << g for g in fitting), int(condition.released or 0)
        return [(Test.RELEASED, mask, wanted, signal + g) for g in fitting] or [(Test.RELEASED, 0, wanted, signal)]


def fill_steps(p: Any, steps: set[tuple[int, int]], owed: Owed) -> int:
    """Shares that somebody waits for, in increasing order by obligation; returns how many flows are among these."""
    ordered = sorted(steps)
    refuse_over("shares that are waited for", len(ordered), "MAX_STEPS")
    p["step_start"][:] = np.searchsorted([o for o, _ in ordered], np.arange(len(p["step_start"])))
    p["step"][: len(ordered)] = [step for _, step in ordered]
    watched = [o for o in dict.fromkeys(o for o, _ in ordered) if owed.measure[o] == Measure.RATE]
    p["n_watched"], p["watched"][: len(watched)], p["watched_place"][:] = len(watched), watched, NONE
    p["watched_place"][watched] = range(len(watched))
    return len(watched)


def _opposite(row: Row) -> Row:
    test, subject, threshold, negated = row
    return test, subject, threshold, 1 - negated
