"""What can be foreseen before any run: terms that not even the willing can keep, chances that leave no room.

Everything here is a warning. It rests on the earliest minutes of `sim.reading.reach`: if everybody does their part at
once, what comes too late then comes too late always.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from sim.document.behaviour import Compliance
from sim.document.conditions import Claim, Condition
from sim.document.dates import DAY
from sim.document.deal import Deal, Guarantee, Obligation
from sim.document.exchanges import lots_of
from sim.document.kinds import AT_ANY_TIME
from sim.document.measured import counted_by
from sim.document.scenario import ResolvedScenario
from sim.document.values import write_duration as written
from sim.reading.checks import behaviour_conditions
from sim.reading.defaults import phase_of
from sim.reading.delays import cut_delays
from sim.reading.foresight_exchanges import legs_due_apart, lots_too_large
from sim.reading.problem import Fault, Path, first_of_each
from sim.reading.reach import NEVER, Reach
from sim.reading.readings import foresee_lines, foresee_readings


def foresee_deal(deal: Deal) -> Iterator[Fault]:
    """Warnings about the terms of a deal.

    Parameters
    ----------
    deal : Deal
        Sound: every name in it exists, and everything can come about.

    Yields
    ------
    Fault
        With a path into the deal.
    """
    reach, course = Reach(deal), Reach(deal, as_dated=True)
    for key, obligation in deal.obligations.items():
        yield from _due_before_gate(reach, key, obligation)
        yield from _always_late(reach, key, obligation)
        yield from _late_if_all_comply(reach, course, key, obligation)
        yield from _deadline_before_gate(reach, course, key, obligation)
        yield from _dates_reversed(reach, key, obligation)
    yield from legs_due_apart(reach)
    yield from _phases(reach)
    yield from _impossible_claims(reach, deal.guarantees)
    for key, milestone in (deal.milestones or {}).items():
        for place, claim in enumerate(milestone.when):
            yield from _impossible_claim(reach, ("milestones", key, "when", place), claim)
    yield from foresee_readings(deal)


def foresee_scenario(resolved: ResolvedScenario) -> Iterator[Fault]:
    """Warnings about how a scenario lets people behave, and about what it declares.

    Parameters
    ----------
    resolved : ResolvedScenario
        Sound.

    Yields
    ------
    Fault
        With a path into the scenario.
    """
    reach = Reach(resolved.deal)
    for party in resolved.behaviour.parties:
        yield from _capacity(reach, resolved, party)
        yield from lots_too_large(resolved, party)
    yield from first_of_each(_compliance(reach, resolved))
    yield from cut_delays(resolved, reach)
    yield from _talks_and_people(reach, resolved)
    yield from _impossible_claims(reach, resolved.guarantees)
    yield from foresee_lines(resolved.deal, behaviour_conditions(resolved))


def _warning(path: Path, code: str, message: str, hint: str = "", value: Any = None) -> Fault:
    return Fault(path, code, message, hint, value, severity="warning")


# ---------------------------------------------------------------- dates


def _day(reach: Reach, minute: float) -> int:
    start = reach.deal.starts.hour * 60 + reach.deal.starts.minute
    return int((minute + start) // DAY) + 1


def _gate(reach: Reach, obligation: Obligation) -> float:
    """The earliest minute at which an obligation's phase is entered and all that it waits for has come.

    What waits for nothing in the first phase may be owed before the deal's first day.
    """
    entered = reach.entered.get(phase_of(reach.deal, obligation), 0.0)
    return max([entered if entered > 0 else -NEVER, *map(reach.holds, obligation.after)])


def _due_before_gate(reach: Reach, key: str, obligation: Obligation) -> Iterator[Fault]:
    """A date that passes before what the obligation waits for can have come, whoever hurries."""
    if not obligation.due.is_dated:
        return
    date, gate = (
        reach.minute(obligation.due, phase_of(reach.deal, obligation)),
        _gate(reach, obligation) + obligation.takes,
    )
    if gate > -NEVER and max(date, gate) < NEVER and _day(reach, gate) > _day(reach, date):
        message = f"dated day {_day(reach, date)}, but it cannot fall due before day {_day(reach, gate)}"
        hint = "what it waits for comes later than its date"
        yield _warning(("obligations", key, "due"), "due-before-gate", message, hint, obligation.due)


def _always_late(reach: Reach, key: str, obligation: Obligation) -> Iterator[Fault]:
    """People who are longer on the way than the obligation has grace arrive late even from a willing debtor."""
    due = reach.due[key]
    if obligation.transit == 0 or due == NEVER:
        return
    grace = _least_grace(reach, key, obligation)
    if obligation.transit > grace:
        message = f"{written(obligation.transit)} in transit, but late {written(grace)} after it falls due"
        yield _warning(("obligations", key, "transit"), "always-late", message, "give it a longer grace")


def _least_grace(reach: Reach, key: str, obligation: Obligation) -> int:
    """Minutes from falling due to being late: at most so many, if its date does not fix them."""
    if obligation.grace is not None:
        return obligation.grace
    due = reach.due[key]
    is_dated = obligation.due.is_dated and _gate(reach, obligation) <= due - obligation.takes
    return _to_midnight(reach, due) if is_dated else DAY


def _to_midnight(reach: Reach, minute: float) -> int:
    start = reach.deal.starts.hour * 60 + reach.deal.starts.minute
    return int(DAY - (minute + start) % DAY)


def _late_if_all_comply(reach: Reach, course: Reach, key: str, obligation: Obligation) -> Iterator[Fault]:
    """Late where everybody does everything as soon as it is due: for its way, or because the truce begins later."""
    due, phase = course.due[key], reach.deal.phases[phase_of(reach.deal, obligation)]
    if obligation.for_each is not None or obligation.kind in ("flow", "talks") or due == NEVER:
        return
    if obligation.transit > _least_grace(reach, key, obligation):
        return  # always late
    owe_truce = {reach.deal.obligations[name].by for name in reach.within[phase_of(reach.deal, obligation)]
                 if reach.deal.obligations[name].kind == "truce"}  # fmt: skip
    of_others = bool(owe_truce) and obligation.by not in owe_truce  # not late while it waits for their truce
    waits = phase.truce and obligation.kind not in AT_ANY_TIME
    sets_out = max(due, course.truce) if waits else due
    grace_from = sets_out if of_others else due
    late = grace_from + (_to_midnight(reach, grace_from) if obligation.grace is None else obligation.grace)
    if late < sets_out + obligation.transit < NEVER:
        reasons = [f"the truce begins on day {_day(reach, sets_out)} at the earliest"] if sets_out > due else []
        reasons += [f"it is {written(obligation.transit)} in transit"] if sets_out == due or of_others else []
        why = " and ".join(reasons)
        message = f"late though everybody complies: due on day {_day(reach, due)} at the earliest, and {why}"
        yield _warning(("obligations", key, "due"), "late-if-all-comply", message, "give it a longer grace")


def _deadline_before_gate(reach: Reach, course: Reach, key: str, obligation: Obligation) -> Iterator[Fault]:
    """A deadline that passes while everybody does everything as soon as it is due."""
    due, deadline = course.due[key], obligation.deadline
    if deadline is None or not deadline.is_dated or due == NEVER:
        return
    ends = course.minute(deadline, phase_of(reach.deal, obligation))
    late = ends + (_to_midnight(reach, ends) if obligation.grace is None else obligation.grace)
    if late < due:
        message = f"passes before it can fall due, on day {_day(reach, due)}, though everybody complies"
        hint = "what it waits for comes later than its deadline"
        yield _warning(("obligations", key, "deadline"), "deadline-before-gate", message, hint, deadline)


def _dates_reversed(reach: Reach, key: str, obligation: Obligation) -> Iterator[Fault]:
    phase = phase_of(reach.deal, obligation)
    for first, last in (("starts_by", "concludes_by"), ("due", "until"), ("due", "deadline")):
        dates = getattr(obligation, first), getattr(obligation, last)
        if any(date is None or not date.is_dated for date in dates):
            continue
        begins, ends = (reach.minute(date, phase) for date in dates)
        if ends < begins < NEVER:
            message = f"{last} ({dates[1]}) lies before {first} ({dates[0]})"
            yield _warning(("obligations", key, last), "dates-reversed", message, value=dates[1])


# ---------------------------------------------------------------- phases


def _phases(reach: Reach) -> Iterator[Fault]:
    """Phases that end as they begin, and phases that nothing ends."""
    for key, phase in reach.deal.phases.items():
        kinds = {reach.deal.obligations[name].kind for name in reach.within[key]}
        ends = [reach.deal.obligations[name].until for name in reach.within[key]]
        if phase.lasts is None and kinds == {"flow"} and set(ends) <= {None, "phase end"}:
            message = "ends as soon as it is entered: it has no 'lasts', and flows without 'until' do not keep it going"
            yield _warning(("phases", key), "phase-ends-at-once", message, "give it 'lasts'", key)
        following = reach.deal.phases.get(phase.then or "")
        if following is None or not following.enters_when or phase.at_most is not None or phase.note:
            continue
        if phase.continues_while and all(map(_stays_true, phase.continues_while)):
            message = "goes on without end where its successor cannot begin: what it continues for stays true"
            yield _warning(("phases", key, "continues_while"), "phase-without-end", message, "give it 'at_most'")


def _stays_true(condition: Condition) -> bool:
    """Whether a condition that once holds holds for ever."""
    if condition.not_ is not None:
        return False
    if condition.parts:
        return sum(_stays_true(one) for _, one in condition.parts) >= condition.enough
    if condition.talks is not None:
        return condition.state in ("started", "agreed")
    return condition.truce is None


# ---------------------------------------------------------------- guarantees


def _impossible_claims(reach: Reach, guarantees: Mapping[str, Guarantee]) -> Iterator[Fault]:
    """Counts that are never reached, so that a guarantee says nothing or is never kept."""
    for key, guarantee in guarantees.items():
        for field in ("never", "always", "precedes"):
            for place, claim in enumerate(getattr(guarantee, field) or ()):
                yield from _impossible_claim(reach, ("guarantees", key, field, place), claim)
        for side, claims in (("to", "to"), ("with", "with_")):
            for place, claim in enumerate(getattr(guarantee.responds, claims, ())):
                yield from _impossible_claim(reach, ("guarantees", key, "responds", side, place), claim)


def _impossible_claim(reach: Reach, at: Path, claim: Claim) -> Iterator[Fault]:
    if claim.not_ is not None:
        return  # what can never hold never holds, as it says
    for below, one in claim.parts:
        yield from _impossible_claim(reach, (*at, *below), one)
    for name in ("released", "held", "in_transit"):
        wanted = getattr(claim, name)
        if wanted is None:
            continue
        by_stock = [([stock], number) for stock, number in wanted.items()] if isinstance(wanted, dict) else []
        sets = by_stock if isinstance(wanted, dict) else [(counted_by(reach.deal, claim), wanted)]
        for keys, number in sets:
            owed = math.floor(sum(count for _, group, count in reach.handed_over if group in keys) + 1e-6)
            most = sum(reach.deal.stocks[key].count for key in keys)
            most = most if name == "held" else min(most, owed)
            if number > most:
                message = f"can never hold: asks for {number} {name.replace('_', ' ')}, there are at most {most}"
                yield _warning((*at, name), "impossible-claim", message, value=number)


def _capacity(reach: Reach, resolved: ResolvedScenario, party: str) -> Iterator[Fault]:
    """A capacity too small for what falls due on one day, if that is late on the next."""
    for kind, capacity in resolved.behaviour.parties[party].capacity.items():
        by_day: dict[int, float] = defaultdict(float)
        for key, obligation in reach.deal.obligations.items():
            counts = "return" if obligation.kind == "return" else "release"
            if obligation.by == party and counts == kind and reach.deal.hands_over_people(obligation):
                for minute, people in _dues(reach, key, obligation):
                    by_day[_day(reach, minute)] += people
        day = max(by_day, key=lambda day: by_day[day], default=0)
        most = math.floor(by_day[day] + 1e-6)
        if most > capacity:
            days = f"that takes {-(-most // capacity)} days" if capacity else "nobody ever is"
            message = f"{most} people are due on day {day}, {capacity} a day can be handed over: {days}"
            path: Path = ("behaviour", "parties", party, "capacity", kind)
            yield _warning(path, "capacity-too-small", message, "the rest is late", capacity)


def _dues(reach: Reach, key: str, obligation: Obligation) -> Iterator[tuple[float, float]]:
    """Minute and people of each handover that is late the day after; a return of the same day follows its release."""
    if obligation.grace is not None and obligation.grace >= DAY:
        return
    if obligation.for_each is None and reach.due[key] < NEVER:
        yield reach.due[key], float(sum(obligation.amount.values())) / lots_of(reach.deal, key)
    for release in reach.releases(obligation) if obligation.due.kind == "same day" else ():
        if reach.met[release] < NEVER:
            yield reach.met[release], reach.owed_for(obligation, release)


def _blocks(resolved: ResolvedScenario, key: str, obligation: Obligation) -> list[tuple[Path, Compliance]]:
    """The blocks from which an obligation takes its debtor's compliance, the nearest first."""
    party = resolved.behaviour.parties.get(obligation.by)
    if party is None:
        return []
    at: Path = ("behaviour", "parties", obligation.by)
    named = [((*at, "obligations", key), party.obligations.get(key))]
    named.append(((*at, "kinds", obligation.kind), party.kinds.get(obligation.kind)))
    return [*((path, block) for path, block in named if block is not None), ((*at, "default"), party.default)]


def _compliance(reach: Reach, resolved: ResolvedScenario) -> Iterator[Fault]:
    """Chances that leave no room, and delays beyond the phase."""
    for key, obligation in resolved.deal.obligations.items():
        blocks = _blocks(resolved, key, obligation)
        yield from _certain(blocks)
        late = next((block.late for _, block in blocks if block.late is not None), 0.0)
        at, delay = next(((path, b.delay) for path, b in blocks if b.delay is not None), ((), None))
        longest = _longest(reach, phase_of(reach.deal, obligation))
        if delay is not None and late > 0 and delay.median > longest and obligation.kind != "flow":
            message = f"a delay of {written(delay.median)} (median) is longer than the phase ({written(int(longest))})"
            hint = f"for instance for {key}; is the unit right?"
            yield _warning((*at, "delay"), "delay-beyond-phase", message, hint)


def _longest(reach: Reach, phase: str) -> float:
    """The longest that a phase can go on, in minutes."""
    terms = reach.deal.phases[phase]
    if terms.lasts is None or (terms.continues_while and terms.at_most is None):
        return NEVER
    return float(terms.lasts + (terms.at_most or 0 if terms.continues_while else 0))


def _certain(blocks: list[tuple[Path, Compliance]]) -> Iterator[Fault]:
    """A refusal that is certain, or chances that add up to 1 or more, in a block without a sentence of its own."""
    chances = {
        name: next(((path, b, getattr(b, name)) for path, b in blocks if getattr(b, name) is not None), None)
        for name in ("refused", "late")
    }
    given = [found for found in chances.values() if found is not None]
    if not given:
        return
    path, block, _ = min(given, key=lambda found: [p for p, _ in blocks].index(found[0]))
    late, refused = (found[2] if found else 0.0 for found in (chances["late"], chances["refused"]))
    if refused == 1.0 and not _is_explained(block):
        yield _explain((*path, "refused"), "refuses for certain")
    elif refused < 1.0 < late + refused:
        message = f"late ({late:g}) and refused ({refused:g}) add up to more than 1: being late is cut short"
        yield _warning(path, "chances-exceed-one", message, value=late)
    elif refused < 1.0 == late + refused and not _is_explained(block):
        yield _explain(path, "is never on time")


def _is_explained(block: Any) -> bool:
    return bool(block.assumption or block.note)


def _explain(path: Path, what: str) -> Fault:
    return _warning(path, "certain-failure", what, "if this is meant, say why in its own assumption or note")


def _talks_and_people(reach: Reach, resolved: ResolvedScenario) -> Iterator[Fault]:
    """Talks that open too late or never, and people who are never found."""
    behaviour = resolved.behaviour
    for topic, talks in behaviour.talks.items():
        at: Path = ("behaviour", "talks", topic)
        for name, what in (("never", "the talks never open"), ("fails", "the talks can never agree")):
            if getattr(talks, name) == 1.0 and not _is_explained(talks):
                yield _explain((*at, name), what)
        phases = [phase_of(reach.deal, o) for o in resolved.deal.obligations.values() if o.topic == topic]
        longest = max((_longest(reach, phase) for phase in phases), default=NEVER)
        if talks.delay.median > longest:
            message = f"open {written(talks.delay.median)} late (median), the phase lasts {written(int(longest))}"
            yield _warning((*at, "delay"), "delay-beyond-phase", message, "is the unit right?")
    parts = chain(
        ((("behaviour", "search", key, "found"), block, block.found) for key, block in behaviour.search.items()),
        ((("behaviour", "holders", k, "contacted"), block, block.contacted) for k, block in behaviour.holders.items()),
    )
    for path, block, possible in parts:
        if possible == 0.0 and not _is_explained(block):
            yield _explain(path, f"none of {path[2]} ever can be handed over")
