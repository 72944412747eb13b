"""What can never come about, told with places: phases, obligations and gates that wait for themselves or for nothing.

Following what waits leads to a cycle or to a condition that nothing can meet; that is what gets reported, once, and not
everything that waits for it in turn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import islice

from sim.document.conditions import Condition
from sim.document.deal import Deal
from sim.document.values import write_duration
from sim.reading.defaults import phase_of
from sim.reading.problem import Fault, Path
from sim.reading.reach import NEVER, Node, Reach

MOST_RINGS = 20  # reported at once


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
        if not loose.is_never(node) or reach.is_never(node) or any(map(loose.is_never, loose.waits_for(node))):
            continue
        if loose.due.get(node[1], NEVER) < NEVER and node[0] == "obligations":
            continue  # itself it can fall due: another leg of its exchange cannot
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
        if reach.holds(condition) < NEVER or any(map(reach.is_never, reach.behind(condition))):
            continue
        yield Fault((*at, place), code, _why(reach, condition))


def _why(reach: Reach, condition: Condition) -> str:
    if condition.parts and condition.not_ is None:
        reasons = "; ".join(_why(reach, one) for _, one in condition.parts if reach.holds(one) == NEVER)
        few = {1: "none of these can ever hold", len(condition.parts): "not all of these can hold"}
        return f"{few.get(condition.enough, f'fewer than {condition.enough} of these can ever hold')}: {reasons}"
    if condition.line is not None:
        return f"no withdrawal reaches the line '{condition.line}'"
    for groups, number in reach.wanted(condition):
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
        due = reach.due[key] + reach.lots_take(key)
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
    reach = Reach(deal)
    for key, first in reach.due.items():
        due = first + reach.lots_take(key)
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
