"""Features of guarantees: the four patterns, and every state that they may speak of."""

from __future__ import annotations

from typing import Any

from tests.combinations.draft import Acted, Draft, both, happened
from tests.combinations.table import feature


@feature("Guarantee.precedes", "Claim.obligation", "Deal.guarantees")
def one_precedes_another(draft: Draft) -> Acted:
    first, second = draft.anything(), draft.anything()
    draft.guarantee(precedes=[first, second])
    return happened("obligation_due", second)


@feature("Deal.milestones", "Milestone.when")
def something_to_look_for(draft: Draft) -> Acted:
    key = draft.anything()
    draft.deal.setdefault("milestones", {})[draft.key("seen")] = {"title": "Seen", "when": [key]}
    return happened("obligation_due", key)


@feature("Guarantee.responds", "Response.to", "Response.with", "Response.within")
def one_is_answered_by_another(draft: Draft) -> Acted:
    first, second = draft.anything(), draft.anything()
    draft.guarantee(responds={"to": first, "with": second, "within": draft.chance.choice(["0 min", "1 d"])})
    return happened("obligation_due", first)


@feature("Guarantee.always", "Claim.any")
def always_one_of_these(draft: Draft) -> Acted:
    draft.guarantee(always=[{"any": ["truce.holds", "truce.not_begun"]}])
    return happened("truce_began")


@feature("Claim.day", "Claim.not")
def claim_on_a_day(draft: Draft) -> Acted:
    key = draft.anything()
    draft.guarantee(never=["day 3", {"not": key}])
    return both(happened("day_came", "day 3"), happened("obligation_due", key))


@feature("Claim.at_least", "Claim.all")
def claim_on_two_of_three(draft: Draft) -> Acted:
    first, second, third = draft.duty(), draft.duty(), draft.anything()
    draft.guarantee(precedes=[{"at_least": 2, "of": [first, second, {"all": ["truce.holds", third]}]}, third])
    return happened("obligation_due", third)


@feature("Claim.share", "Guarantee.never")
def claim_on_a_share(draft: Draft) -> Acted:
    key = draft.owe("arms", units=100)
    line = draft.withdrawal()
    draft.guarantee(precedes=[{"obligation": key, "share": 0.75}, line])
    draft.guarantee(never=[{"obligation": key, "share": 0.5}])
    return happened("obligation_due", key)


@feature("Claim.released", "Claim.list", "Claim.of")
def claim_on_the_released(draft: Draft) -> Acted:
    draft.owe("release", "a", after=[])
    name, of = draft.chance.choice(["hostages", "prisoners"]), draft.chance.choice(["people", "remains"])
    draft.guarantee(never=[{"released": 1, "list": name, "of": of}])
    return happened("people_moved")


@feature("Claim.held")
def claim_on_the_held(draft: Draft) -> Acted:
    group = draft.group("a")
    draft.owe("release", "a", amount={group: 2})
    draft.guarantee(always=[draft.chance.choice([{"held": 1, "list": "hostages"}, {"held": {group: 1}}])])
    return happened("people_moved", group)


@feature("Claim.in_transit")
def claim_on_those_in_transit(draft: Draft) -> Acted:
    key = draft.owe("release", "a", transit="12 h")
    draft.guarantee(never=[{"in_transit": 1, "list": "hostages"}])
    return happened("handover_arrived", key)


@feature("Claim.line", "Claim.by")
def claim_on_a_line(draft: Draft) -> Acted:
    line = draft.deal["obligations"][draft.withdrawal()]["to_line"]
    draft.guarantee(never=[{"line": line, "by": "b"}])
    return happened("line_reached", line)


def _of_an_obligation(state: str, event: str) -> None:
    def write(draft: Draft) -> Acted:
        key = _in_state(draft, state)
        draft.guarantee(never=[f"obligation.{key}.{state}"])
        return happened(event, key)

    write.__name__ = f"claim_on_an_obligation_{state}"
    feature(f"Claim.state={state}")(write)


def _in_state(draft: Draft, state: str) -> str:
    """An obligation that comes to this state."""
    key = draft.duty(after=[])
    if state == "met_late":
        draft.habits(draft.creditor(key))["complains"] = 0.0
    if state in ("late", "disputed", "redated", "cured", "met_late"):
        return draft.late(key)
    if state == "defaulted":
        draft.habits(draft.creditor(key))["complains"] = 0.0
        return draft.refused(key)
    if state == "void":
        waited = draft.refused(draft.duty(after=[]))
        draft.habits(draft.creditor(waited))["complains"] = 0.0
        draft.deal["obligations"][key] |= {"phase": draft.phase(), "after": [waited]}
    if state == "withheld":
        late = draft.late(draft.duty(draft.chance.choice(["a", "b"]), after=[], due="day 2"))
        draft.habits(draft.creditor(late))["withholds"] = 1.0
        draft.behaviour["mediators"]["attempt"] = "3 d"
        draft.deal["obligations"][key] |= {"by": draft.creditor(late), "to": draft.debtor(late), "due": "day 4 06:00"}
    return key


for _state, _event in {
    "due": "obligation_due", "late": "obligation_late", "withheld": "obligation_withheld", "disputed": "dispute_opened",
    "redated": "obligation_redated", "met": "obligation_met", "met_late": "obligation_met_late",
    "cured": "obligation_cured", "defaulted": "obligation_defaulted", "void": "obligation_void",
}.items():  # fmt: skip
    _of_an_obligation(_state, _event)


def _of_talks(state: str, event: str) -> None:
    def write(draft: Draft) -> Acted:
        _, topic = draft.talks()
        if state == "broken_off":
            draft.talking(topic, breaks_off_per_day=20.0)
        draft.guarantee(never=[f"talks.{topic}.{state}"])
        return happened(event, topic)

    write.__name__ = f"claim_on_talks_{state}"
    feature(f"Claim.state={state}", "Claim.talks")(write)


for _state, _event in {
    "started": "talks_opened", "under_way": "talks_opened", "agreed": "talks_agreed", "broken_off": "talks_broken_off",
}.items():  # fmt: skip
    _of_talks(_state, _event)


def _of_a_phase(state: str, event: str) -> None:
    def write(draft: Draft) -> Acted:
        phase = draft.lapsing() if state == "lapsed" else draft.phase()
        if state == "continued":
            draft.deal["phases"][phase] |= {"continues_while": [f"phase.{phase}.entered"], "at_most": "3 d"}
            late = draft.late(draft.duty(phase=phase, due="phase day 1", after=[]), delay="60 h")
            draft.deal["obligations"][late]["grace"] = "3 d"
            draft.phase(enters_when=[late])
        draft.guarantee(never=[f"phase.{phase}.{state}"])
        return happened(event, phase)

    write.__name__ = f"claim_on_a_phase_{state}"
    feature(f"Claim.state={state}", "Claim.phase")(write)


for _state, _event in {
    "entered": "phase_entered", "in_force": "phase_entered", "continued": "phase_continued", "lapsed": "phase_lapsed",
    "ended": "phase_ended",
}.items():  # fmt: skip
    _of_a_phase(_state, _event)


def _of_the_truce(state: str, event: str) -> None:
    def write(draft: Draft) -> Acted:
        if state == "ended":
            _collapses(draft)
        if state == "suspended":
            draft.shock("suspends_truce", by=draft.party(), lasts="6 h")
        draft.guarantee(never=[f"truce.{state}"])
        return happened(event)

    write.__name__ = f"claim_on_the_truce_{state}"
    feature(f"Claim.truce={state}")(write)


for _state, _event in {
    "not_begun": "deal_began", "holds": "truce_began", "suspended": "truce_suspended", "ended": "truce_ended",
}.items():  # fmt: skip
    _of_the_truce(_state, _event)


def _of_the_end(end: str, write_end: Any) -> None:
    def write(draft: Draft) -> Acted:
        write_end(draft)
        draft.guarantee(never=[f"end.{end}"])
        return lambda history: history.end.minute >= 0

    write.__name__ = f"claim_on_the_end_{end}"
    feature(f"Claim.end={end}")(write)


def _collapses(draft: Draft) -> None:
    draft.shock("suspends_truce", per_day=0.1, by="a", lasts="1 d")
    draft.habits("b")["restores"] = 0.0
    draft.habits("a")["restores"] = 0.0


def _lapses(draft: Draft) -> None:
    draft.lapsing()


def _stands(draft: Draft) -> None:
    draft.last["stands"] = {"assumption": "Composed."}
    draft.duty(phase="stands", due="phase day 100", after=[])


_of_the_end("completed", Draft.document)
_of_the_end("collapsed", _collapses)
_of_the_end("lapsed", _lapses)
_of_the_end("standing", _stands)
