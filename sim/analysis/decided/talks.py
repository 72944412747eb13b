"""Decisions about talks, shocks, leaving and people: how each fell in one history.

What is drawn, which number it is held against and what follows is as in `sim.rules`, with the numbers in force then.
"""

from __future__ import annotations

from sim.analysis.decided.moments import Side
from sim.analysis.decided.questions import (
    AS_SCRIPTED,
    Question,
    day_and_hour,
    debtor,
    is_scripted,
    next_of,
    place_of,
    told,
)
from sim.analysis.decided.verdict import Limit, Verdict, rate, spread
from sim.document.names import actor_called, called, talks_called
from sim.document.values import write_duration
from sim.outcomes.story import quoted
from sim.plan.codes import FIELD_ACTOR, FIELD_BEFORE, FIELD_EVENT, FIELD_MINUTE, NONE, Event
from sim.plan.plan import Plan
from sim.plan.uniforms import (
    AGREES_BREAK,
    AGREES_TIME,
    AHEAD_WHETHER,
    CONTACT_MADE,
    CONTACT_TIME,
    LEAVES_FIRST,
    LEAVES_FIRST_LATENCY,
    LEAVES_SECOND,
    LEAVES_SECOND_LATENCY,
    OPENS_DELAY,
    OPENS_FAILS,
    OPENS_NEVER,
    SEARCH_FOUND,
    SEARCH_TIME,
    SHOCK_STRIKES,
    USES_WHETHER,
)

TALKS_END = (Event.TALKS_AGREED, Event.TALKS_BROKEN_OFF)
OPENS = (Event.TALKS_OPENED, Event.TALKS_NOT_OPENED)


def talks_open(plan: Plan, topic: str) -> Question:
    """Whether and when talks open, and whether they can agree."""

    def fell(side: Side, minute: int) -> Verdict | None:
        t = place_of(side.plan.topics, topic)
        if t is None:
            return None
        if is_scripted(side.plan):
            return Verdict(f"open {next_of(side, (Event.TALKS_OPENED,), t, 0)}", numbers=AS_SCRIPTED)
        # drawn as their phase is entered; no number of it can shift between that and now but by a shock of its own
        moment, p = side.before(_phase_entered(side, t, minute)), side.plan.record[0]
        drawn = moment.uniforms(f"opens {topic}", 0)
        never, delay, fails = drawn[OPENS_NEVER], drawn[OPENS_DELAY], drawn[OPENS_FAILS]
        chance, fail = moment.number(p["talks_never"][t]), moment.number(p["talks_fail"][t])
        if never < chance:
            return Verdict("they never open", never, (Limit("never open", chance),))
        slots = int(p["opens_delay_median"][t]), int(p["opens_delay_p95"][t])
        opened = next_of(side, (Event.TALKS_OPENED,), t, 0)
        numbers = (f"delay {spread(*map(moment.number, slots))}",)
        if fails < fail:
            return Verdict(f"open {opened}, and cannot agree", fails, (Limit("cannot agree", fail),), numbers)
        after = moment.time(delay, *slots)
        wait = f", {write_duration(after)} after they could" if after else ""
        limits = (Limit("never open", chance),)
        more = f"chance that they cannot agree {fail:.4g}"
        return Verdict(f"open {opened}{wait}, and can agree", never, limits, (*numbers, more))

    about = f"whether and when {quoted(talks_called(plan.scenario.deal, topic))} open"
    return Question(f"opens {topic}", "those who talk", about, fell)


def _phase_entered(side: Side, topic: int, minute: int) -> int:
    p = side.plan.record[0]
    phase = int(p["phase"][p["talks_obligation"][topic]])
    entered = side.last((Event.PHASE_ENTERED,), phase, side.end_of(minute))
    return 0 if entered is None else entered


def talks_agree(plan: Plan, topic: str) -> Question:
    """Whether talks agree or are broken off first, and when."""

    def fell(side: Side, minute: int) -> Verdict | None:
        t = place_of(side.plan.topics, topic)
        end = side.end_of(minute)
        turned = None if t is None else side.last(TALKS_END, t, end)
        until = turned - 1 if turned is not None and side.rows[turned][FIELD_MINUTE] == minute else end
        opened = None if t is None else side.last((Event.TALKS_OPENED,), t, until)
        if t is None or opened is None:
            return None
        found = side.first(TALKS_END, t, opened)
        word = (
            "" if found is None else "agreed" if side.rows[found][FIELD_EVENT] == Event.TALKS_AGREED else "broken off"
        )
        result = f"{word} {next_of(side, TALKS_END, t, opened)}".strip() if word else "neither before the end"
        if is_scripted(side.plan):
            return Verdict(result, numbers=AS_SCRIPTED)
        moment, p = side.before(opened), side.plan.record[0]
        occurrence = moment.count("n_openings", t)
        drawn = moment.uniforms(f"agrees {topic}", occurrence)
        agrees, breaks = drawn[AGREES_TIME], drawn[AGREES_BREAK]
        numbers = [f"breaking off {rate(moment.number(p['breaks_per_day'][t]))}"]
        if p["has_hazard"][t]:
            near = moment.number(p["near_factor"][t])
            per_day = rate(moment.number(p["agrees_per_day"][t]))
            numbers.insert(0, f"agreement {per_day}, {near:.4g} times that near its deadline")
        told = f"{agrees:.2f} is drawn for agreement, {breaks:.2f} for breaking off"
        return Verdict(result, numbers=(told, *numbers), occurrence=occurrence)

    about = f"whether {quoted(talks_called(plan.scenario.deal, topic))} agree or are broken off, and when"
    return Question(f"agrees {topic}", "those who talk", about, fell)


def strikes(plan: Plan, shock: str) -> Question:
    """Whether and when something from outside happens."""

    def fell(side: Side, _: int) -> Verdict | None:
        s = place_of(side.plan.shocks, shock)
        if s is None:
            return Verdict("never, for there is no such shock")
        when = next_of(side, (Event.SHOCK_STRUCK,), s, -1)
        if is_scripted(side.plan):
            return Verdict(when, numbers=AS_SCRIPTED)
        moment, p = side.before(0), side.plan.record[0]
        drawn = moment.uniforms(f"shock {shock}", 0)[SHOCK_STRIKES]
        chance = moment.number(p["shock_chance"][s])
        dated = p["shock_at_kind"][s] != NONE
        numbers = () if dated else (rate(moment.number(p["shock_per_day"][s])),)
        return Verdict(when if drawn < chance else "never", drawn, (Limit("strikes", chance),), numbers)

    title = quoted(called(plan.scenario.behaviour.shocks[shock], shock))
    return Question(f"shock {shock}", "chance", f"whether and when {title} strikes", fell)


def uses(plan: Plan, power: str) -> Question:
    """Whether those who have a power use it when it comes up."""

    def fell(side: Side, minute: int) -> Verdict | None:
        w = place_of(side.plan.powers, power)
        if w is None:
            return Verdict("never, for there is no such power")
        after = min(side.end_of(minute) + 1, len(side.rows) - 1)  # what comes up in this minute has come up then
        moment, p = side.before(after), side.plan.record[0]
        occurrence = moment.count("n_occasions", w) - 1
        if occurrence < 0:
            return None
        when = next_of(side, (Event.POWER_USED,), w, -1)
        if is_scripted(side.plan):
            return Verdict(when, numbers=AS_SCRIPTED)
        drawn, chance = moment.uniforms(f"uses {power}", occurrence)[USES_WHETHER], moment.number(p["power_used"][w])
        word = "used" if drawn < chance else "not used"
        return Verdict(word, drawn, (Limit("used", chance),), occurrence=occurrence)

    deal = plan.scenario.deal
    who = " and ".join(actor_called(deal, actor) for actor in deal.powers[power].by)
    return Question(f"uses {power}", who, f"whether to use {quoted(called(deal.powers[power], power))}", fell)


def leaves(plan: Plan, party: str, phase: str, *, after_lapse: bool) -> Question:
    """Whether a party leaves when a phase's time is up, or once it has lapsed."""
    occurrence = int(after_lapse)

    def fell(side: Side, minute: int) -> Verdict | None:
        place, f = place_of(side.plan.parties, party), place_of(side.plan.phases, phase)
        if place is None or f is None or is_scripted(side.plan):
            return None
        moment, p = side.before(side.end_of(minute)), side.plan.record[0]
        slot = int(p["leaves_after_lapse"][place] if after_lapse else p["leaves_after_phase"][place, f])
        uniforms = moment.uniforms(f"leaves {phase}", occurrence)
        drawn, chance = uniforms[(LEAVES_FIRST, LEAVES_SECOND)[place]], 0.0 if slot == NONE else moment.number(slot)
        limits = (Limit("leaves", chance),)
        if drawn >= chance:
            return Verdict("stays", drawn, limits, occurrence=occurrence)
        slots = int(p["leave_median"][place]), int(p["leave_p95"][place])
        after = moment.time(uniforms[(LEAVES_FIRST_LATENCY, LEAVES_SECOND_LATENCY)[place]], *slots)
        numbers = (f"time until then {spread(*map(moment.number, slots))}",)
        left = side.first((Event.PARTY_LEFT,), place, 0)
        result = (
            "and then has a reason to stay"
            if left is None
            else f"leaves on {day_and_hour(side.plan, side.rows[left][FIELD_MINUTE])}"
        )
        return Verdict(f"decides to leave after {write_duration(after)}, {result}", drawn, limits, numbers, occurrence)

    when = "once the phase has lapsed" if after_lapse else "when the phase's time is up"
    return Question(f"leaves {phase}", actor_called(plan.scenario.deal, party), f"whether to leave {when}", fell)


def brings_forward(plan: Plan, release: str) -> Question:
    """Whether the next batch comes forward with the arrival of this one."""

    def fell(side: Side, minute: int) -> Verdict | None:
        o = place_of(side.plan.obligations, release)
        if o is None or is_scripted(side.plan):
            return None
        moment = side.before(side.end_of(minute))
        drawn = moment.uniforms(f"ahead {release}", 0)[AHEAD_WHETHER]
        chance = moment.number(side.plan.record[0]["ahead"][o])
        result = "brought forward" if drawn < chance else "on its own date"
        return Verdict(result, drawn, (Limit("brought forward", chance),))

    who = actor_called(plan.scenario.deal, debtor(plan, release))
    return Question(f"ahead {release}", who, f"whether to bring forward what follows {told(plan, release)}", fell)


def located(plan: Plan, group: str) -> Question:
    """How many of a group have been located."""

    def fell(side: Side, minute: int) -> Verdict | None:
        g = place_of(side.plan.groups, group)
        p = side.plan.record[0]
        if g is None or not p["is_searched"][g]:
            return None
        moment, count = side.before(side.end_of(minute)), int(p["count"][g])
        chance, slots = moment.number(p["found"][g]), (int(p["search_median"][g]), int(p["search_p95"][g]))
        draws = [moment.uniforms(f"search {group}", person) for person in range(count)]
        by_now = sum(
            drawn[SEARCH_FOUND] < chance and moment.time(drawn[SEARCH_TIME], *slots) <= minute for drawn in draws
        )
        numbers = (f"chance that one is found at all {chance:.4g}", f"time {spread(*map(moment.number, slots))}")
        return Verdict(f"{by_now:,} of {count:,} located by then", numbers=numbers)

    title = called(plan.scenario.deal.stocks[group], group)
    return Question(f"search {group}", "chance", f"how many are located ({title})", fell)


def in_contact(plan: Plan, holder: str) -> Question:
    """Whether and when contact with a holder is made."""

    def fell(side: Side, minute: int) -> Verdict | None:
        a = place_of(side.plan.actors, holder)
        p = side.plan.record[0]
        if a is None:
            return None
        moment = side.before(side.end_of(minute))
        if p["contacted"][a] == NONE:
            return Verdict("within reach from the start")
        drawn = moment.uniforms(f"contact {holder}", 0)
        whether, when = drawn[CONTACT_MADE], drawn[CONTACT_TIME]
        chance, slots = moment.number(p["contacted"][a]), (int(p["contact_median"][a]), int(p["contact_p95"][a]))
        numbers = (f"time {spread(*map(moment.number, slots))}",)
        result = f"after {write_duration(moment.time(when, *slots))}" if whether < chance else "never"
        return Verdict(result, whether, (Limit("made", chance),), numbers)

    who = actor_called(plan.scenario.deal, holder)
    return Question(f"contact {holder}", "chance", f"whether and when contact with {who} is made", fell)


def somebody_elses(plan: Plan, group: str) -> Question:
    """How many of the remains handed over are somebody else's."""

    def fell(side: Side, minute: int) -> Verdict | None:
        g = place_of(side.plan.groups, group)
        if g is None:
            return None
        p, end = side.plan.record[0], side.end_of(minute)
        chance = side.before(end).number(p["misidentified"][g]) if p["is_searched"][g] else 0.0
        wrong = sum(row[FIELD_BEFORE] for row in side.rows[: end + 1]
                    if row[:FIELD_ACTOR] == [minute, Event.REMAINS_MISIDENTIFIED, g])  # fmt: skip
        return Verdict(f"{wrong:,} of them", numbers=(f"chance of each {chance:.4g}",))

    title = called(plan.scenario.deal.stocks[group], group)
    return Question(f"identifies {group}", "chance", f"how many of the remains are somebody else's ({title})", fell)


def dies(plan: Plan, group: str) -> Question:
    """When the next of a group dies in captivity."""

    def fell(side: Side, minute: int) -> Verdict | None:
        g = place_of(side.plan.groups, group)
        if g is None:
            return None
        p, end = side.plan.record[0], side.end_of(minute)
        moment = side.before(end)
        mortal = g in p["mortal"][: int(p["n_mortal"])]
        each = moment.number(p["deaths_per_day"][g]) if mortal else 0.0
        factor = moment.number(p["deaths_without_truce"][g]) if mortal else 1.0
        before = side.last((Event.PEOPLE_DIED,), g, end)
        since = before - 1 if before is not None and side.rows[before][FIELD_MINUTE] == minute else end
        numbers = (f"{rate(each)} for each person, {factor:.4g} times that without a truce",)
        return Verdict(next_of(side, (Event.PEOPLE_DIED,), g, since), numbers=numbers)

    title = called(plan.scenario.deal.stocks[group], group)
    return Question(f"dies {group}", "chance", f"when the next dies in captivity ({title})", fell)
