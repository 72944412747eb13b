"""Features of deals: kinds, dates, gates, measures, phases."""

from __future__ import annotations

from tests.combinations.draft import DUTIES, Acted, Draft, both, either, happened
from tests.combinations.table import feature

MET = ("obligation_met", "obligation_met_late", "obligation_cured")


def delivered(key: str) -> Acted:
    """That an obligation was met, on time or not."""
    return either(*(happened(event, key) for event in MET))


def due(key: str) -> Acted:
    """That an obligation fell due."""
    return happened("obligation_due", key)


# ---------------------------------------------------------------- kinds


def _kind(kind: str) -> None:
    def write(draft: Draft) -> Acted:
        return delivered(draft.owe(kind))

    write.__name__ = f"kind_{kind}"
    feature(f"Obligation.kind={kind}")(write)


for _duty in DUTIES:
    _kind(_duty)


@feature("Obligation.kind=release", "Obligation.amount", "Stock.list", "Stock.count")
def kind_release(draft: Draft) -> Acted:
    key = draft.owe("release", "a", amount={draft.group("a"): 1, draft.group("a", 3): 2})
    return happened("handover_arrived", key)


@feature("Obligation.kind=return")
def kind_return(draft: Draft) -> Acted:
    return happened("handover_arrived", draft.owe("return", "b", amount={draft.group("b", 5): 5}))


@feature("Obligation.kind=withdrawal", "Obligation.to_line", "Deal.lines")
def kind_withdrawal(draft: Draft) -> Acted:
    key = draft.withdrawal()
    return happened("line_reached", draft.deal["obligations"][key]["to_line"])


@feature("Obligation.kind=flow", "Obligation.each_day")
def kind_flow(draft: Draft) -> Acted:
    return due(draft.owe("flow", draft.chance.choice(["a", "b", "e"]), due="day 1"))


@feature("Obligation.kind=talks", "Obligation.topic", "Obligation.starts_by", "Obligation.concludes_by")
def kind_talks(draft: Draft) -> Acted:
    return happened("talks_agreed", draft.talks()[1])


@feature("Obligation.kind=truce")
def kind_truce(draft: Draft) -> Acted:
    key = draft.owe("truce", draft.chance.choice(["a", "b", "m"]), due="day 1 18:30", after=[])
    return both(delivered(key), happened("truce_began"))


@feature("Stock.of")
def deceased(draft: Draft) -> Acted:
    by = draft.party()
    group = draft.group(by, of="remains")
    draft.owe("release" if by == "a" else "return", by, amount={group: 2})
    return happened("people_moved", group)


@feature("Stock.held_by", "Deal.holders", "Holder.answers_to")
def held_by_a_holder(draft: Draft) -> Acted:
    group = draft.group("a", held_by="h")
    draft.owe("release", "a", amount={group: 2})
    return happened("people_moved", group)


@feature("Obligation.amount=0")
def amount_of_nobody(draft: Draft) -> Acted:
    key = draft.owe("release", "a", amount={draft.group("a"): 0}, after=[])
    return lambda history: any(h.subject == key for h in history.happenings)


# ---------------------------------------------------------------- who, to whom


@feature("Obligation.by=mediator", "Deal.mediators")
def owed_by_a_mediator(draft: Draft) -> Acted:
    return delivered(draft.duty("m"))


@feature("Obligation.by=other", "Deal.others")
def owed_by_a_third_state(draft: Draft) -> Acted:
    return delivered(draft.duty("e"))


@feature("Obligation.to")
def owed_to_a_third_state(draft: Draft) -> Acted:
    return delivered(draft.duty(to="e"))


# ---------------------------------------------------------------- dates


@feature("Deal.due_hour")
def due_hour(draft: Draft) -> Acted:
    draft.deal["due_hour"] = draft.chance.choice(["16:00", "00:00"])
    return due(draft.anything(due="day 3"))


@feature("Obligation.due=hour")
def due_at_an_hour(draft: Draft) -> Acted:
    return due(draft.duty(due=draft.chance.choice(["day 2 00:00", "day 3 23:59"])))


@feature("Obligation.due=phase day", "Obligation.phase")
def due_on_a_phase_day(draft: Draft) -> Acted:
    return due(draft.duty(phase=draft.phase(), due="phase day 2", after=[]))


@feature("Obligation.due=phase end")
def due_at_the_end_of_a_phase(draft: Draft) -> Acted:
    return due(draft.duty(phase=draft.phase(), due="phase end", after=[]))


@feature("Obligation.due=on gate")
def due_on_gate(draft: Draft) -> Acted:
    first = draft.anything(due="day 2")
    return due(draft.anything(due="on gate", after=[first]))


@feature("Obligation.due=after gate")
def due_after_gate(draft: Draft) -> Acted:
    first = draft.duty(due="day 2")
    return due(draft.duty(due=draft.chance.choice(["36 h after gate", "1 d after gate"]), after=[first]))


@feature("Obligation.grace")
def grace(draft: Draft) -> Acted:
    key = draft.late(draft.duty(grace="1 d", after=[]), delay="30 h")
    return happened("obligation_late", key)


@feature("Obligation.takes")
def takes(draft: Draft) -> Acted:
    return due(draft.anything(takes="1 d", after=[draft.duty(due="day 2")], due="day 2"))


@feature("Obligation.transit")
def transit(draft: Draft) -> Acted:
    key = draft.owe("release", "a", transit=draft.chance.choice(["6 h", "1 d"]))
    return happened("handover_arrived", key)


@feature("Obligation.weight")
def weight(draft: Draft) -> Acted:
    return delivered(draft.anything(weight=draft.chance.choice([0.0, 5.0])))


# ---------------------------------------------------------------- returns for releases


def _return(draft: Draft, owed: object, **terms: object) -> tuple[str, str, str]:
    """Release, return, and its instance."""
    group, prisoners = draft.group("a", 3), draft.group("b", 30)
    release = draft.owe("release", "a", amount={group: 3}, due="day 2", after=[])
    terms = {"due": "same day", "for_each": [release], **terms}
    key = draft.owe("return", "b", ratio={group: {prisoners: owed}}, after=[], **terms)
    return release, key, f"{key}.{release}"


@feature("Obligation.ratio", "Obligation.for_each=list", "Obligation.due=same day")
def returned_for_each_person(draft: Draft) -> Acted:
    return delivered(_return(draft, draft.chance.choice([1, 10]))[2])


@feature("Spread.total")
def returned_in_all(draft: Draft) -> Acted:
    return delivered(_return(draft, {"total": draft.chance.choice([7, 1])})[2])


@feature("Obligation.for_each=release")
def returned_for_each_release(draft: Draft) -> Acted:
    release, _, instance = _return(draft, 2, for_each="release", due="12 h after gate")
    return both(happened("handover_began", release), delivered(instance))


# ---------------------------------------------------------------- flows, talks, units


@feature("Obligation.on_exchange_days")
def exchange_days(draft: Draft) -> Acted:
    draft.owe("release", "a", due="day 3", after=[])
    key = draft.owe("flow", "b", due="day 1", each_day={"trucks": 100}, on_exchange_days={"trucks": 300}, after=[])
    return both(due(key), happened("handover_began"))


@feature("Obligation.until")
def until(draft: Draft) -> Acted:
    return delivered(draft.owe("flow", due="day 1", until=draft.chance.choice(["day 4", "day 6 18:30"]), after=[]))


@feature("Obligation.units", "Obligation.accepted_from")
def units(draft: Draft) -> Acted:
    return delivered(draft.owe("arms", units=draft.chance.choice([3, 100]), accepted_from=0.29))


@feature("Obligation.units=0")
def units_of_nothing(draft: Draft) -> Acted:
    key = draft.owe("arms", units=0, after=[])
    return lambda history: any(h.subject == key for h in history.happenings)


# ---------------------------------------------------------------- amounts


def _of_things(draft: Draft, number: object, **terms: object) -> str:
    by, kind = draft.chance.choice(["a", "b", "e", "m"]), draft.chance.choice(["arms", "transfer", "demobilisation"])
    return draft.owe(kind, by, amount={draft.things(by): number}, after=[], **terms)


@feature("Obligation.amount=things")
def amount_of_things(draft: Draft) -> Acted:
    return delivered(_of_things(draft, draft.chance.choice([7, 20])))


@feature("Obligation.amount=all")
def amount_of_all(draft: Draft) -> Acted:
    return delivered(_of_things(draft, "all"))


@feature("Obligation.amount=at_least")
def amount_of_at_least(draft: Draft) -> Acted:
    return delivered(_of_things(draft, {"at_least": draft.chance.choice([3, 20])}))


@feature("Obligation.amount=about")
def amount_of_about(draft: Draft) -> Acted:
    """Nine tenths come, and are enough for what waits."""
    key = _of_things(draft, {"about": 20})
    draft.comply(key, short=1.0, level=0.9)
    return both(delivered(key), due(draft.anything(due="on gate", after=[key])))


@feature("Obligation.amount=up_to")
def amount_of_up_to(draft: Draft) -> Acted:
    """A part comes, and is enough once grace is over."""
    key = _of_things(draft, {"up_to": 20}, grace="1 d")
    draft.comply(key, short=1.0, level=0.3)
    return both(delivered(key), due(draft.anything(due="on gate", after=[key])))


@feature("Obligation.amount=up to so many people")
def amount_of_up_to_people(draft: Draft) -> Acted:
    """Two can go each day, and four by the end of grace."""
    key = draft.owe("transfer", "a", amount={draft.group("a", 9): {"up_to": 9}}, due="day 3", grace="1 d", after=[])
    draft.habits("a").setdefault("capacity", {})["release"] = 2
    return happened("handover_arrived", key)


@feature("Obligation.amount=about so many people")
def amount_of_about_people(draft: Draft) -> Acted:
    return delivered(draft.owe("release", "a", amount={draft.group("a", 9): {"about": 9}}, due="day 3", after=[]))


# ---------------------------------------------------------------- gates


def _waits(draft: Draft, condition: object) -> Acted:
    """That something that waits for this fell due."""
    return due(draft.anything(due="day 3", after=[condition]))


@feature("Condition.obligation", "Obligation.after")
def gate_on_an_obligation(draft: Draft) -> Acted:
    return _waits(draft, draft.anything(due="day 2"))


@feature("Condition.obligation=return")
def gate_on_a_return(draft: Draft) -> Acted:
    return _waits(draft, _return(draft, draft.chance.choice([2, {"total": 7}]))[1])


@feature("Condition.share=units")
def gate_on_a_share_of_units(draft: Draft) -> Acted:
    key = draft.owe("arms", "a", units=100, due="day 2")
    return _waits(draft, {"obligation": key, "share": 0.75})


@feature("Condition.share=people")
def gate_on_a_share_of_people(draft: Draft) -> Acted:
    key = draft.owe("release", "a", amount={draft.group("a", 4): 4}, due="day 2")
    return _waits(draft, {"obligation": key, "share": 0.5})


@feature("Condition.share=flow")
def gate_on_a_share_of_a_flow(draft: Draft) -> Acted:
    key = draft.owe("flow", "b", due="day 1", after=[])
    return _waits(draft, {"obligation": key, "share": 0.9})


@feature("Condition.released=number")
def gate_on_people_released(draft: Draft) -> Acted:
    draft.owe("release", "a", due="day 2", after=[])
    return _waits(draft, {"released": 1, "list": "hostages"})


@feature("Condition.released=by group")
def gate_on_people_released_by_group(draft: Draft) -> Acted:
    group = draft.group("a")
    draft.owe("release", "a", amount={group: 2}, due="day 2")
    return _waits(draft, {"released": {group: 1}})


@feature("Condition.list")
def gate_on_prisoners(draft: Draft) -> Acted:
    draft.owe("return", "b", due="day 2", after=[])
    return _waits(draft, {"released": 1, "list": "prisoners"})


@feature("Condition.of=people")
def gate_on_the_living(draft: Draft) -> Acted:
    draft.owe("release", "a", due="day 2", after=[])
    return _waits(draft, {"released": 1, "list": "hostages", "of": "people"})


@feature("Condition.of=remains")
def gate_on_the_deceased(draft: Draft) -> Acted:
    draft.owe("release", "a", amount={draft.group("a", of="remains"): 2}, due="day 2", after=[])
    return _waits(draft, {"released": 1, "list": "hostages", "of": "remains"})


@feature("Condition.line", "Condition.by")
def gate_on_a_line(draft: Draft) -> Acted:
    key = draft.withdrawal(due="day 2")
    return due(draft.duty(due="day 3", after=[{"line": draft.deal["obligations"][key]["to_line"], "by": "b"}]))


def _on_talks(state: str) -> None:
    def write(draft: Draft) -> Acted:
        _, topic = draft.talks()
        return _waits(draft, f"talks.{topic}.{state}")

    write.__name__ = f"gate_on_talks_{state}"
    feature(f"Condition.state={state}", "Condition.talks")(write)


for _state in ("started", "under_way", "agreed"):
    _on_talks(_state)


@feature("Condition.phase", "Condition.state=entered")
def gate_on_a_phase_entered(draft: Draft) -> Acted:
    phase = draft.phase()
    return due(draft.duty(phase=phase, due="day 2", after=[f"phase.{phase}.entered"]))


@feature("Condition.state=ended")
def gate_on_a_phase_ended(draft: Draft) -> Acted:
    return due(draft.duty(phase=draft.phase(), due="on gate", after=["phase.one.ended"]))


@feature("Condition.truce")
def gate_on_the_truce(draft: Draft) -> Acted:
    return _waits(draft, "truce.holds")


@feature("Condition.any")
def gate_on_one_of_two(draft: Draft) -> Acted:
    first, second = draft.duty(due="day 2"), draft.refused(draft.duty(due="day 2"))
    return _waits(draft, {"any": draft.chance.choice([[first, second], [second, first]])})


@feature("Condition.day")
def gate_on_a_day(draft: Draft) -> Acted:
    day = draft.chance.choice(["day 4", "day 3 16:00"])
    return both(_waits(draft, day), happened("day_came", day))


@feature("Condition.not")
def gate_before_a_day(draft: Draft) -> Acted:
    """What it waits for is over before it takes place; then it is not due before something else has come."""
    key = draft.duty(due="day 5", after=[])
    waits = draft.anything(due="day 4", after=[{"any": [{"not": "day 3"}, key]}])
    return both(happened("day_came", "day 3"), due(waits))


@feature("Condition.not=something")
def gate_while_something_is_undone(draft: Draft) -> Acted:
    return _waits(draft, {"not": draft.refused(draft.duty(due="day 2"))})


@feature("Condition.at_least")
def gate_on_two_of_three(draft: Draft) -> Acted:
    among = [draft.duty(due="day 2"), draft.refused(draft.duty(due="day 2")), draft.duty(due="day 3")]
    draft.chance.shuffle(among)
    return _waits(draft, {"at_least": 2, "of": among})


@feature("Condition.all")
def gate_on_both_or_a_third(draft: Draft) -> Acted:
    first, second, third = (draft.duty(due="day 2") for _ in range(3))
    return _waits(draft, {"any": [{"all": [first, second]}, {"not": {"any": [{"not": third}, {"not": "day 3"}]}}]})


@feature("Obligation.ahead over a list")
def a_batch_waits_for_the_other_sides_list(draft: Draft) -> Acted:
    """The next batch may come forward only once the list of the other side is there."""
    names = draft.owe("information", "b", due="day 5", after=[])
    first = draft.owe("release", "a", due="day 3", after=[])
    second = draft.owe("release", "a", due="day 8", after=[names])
    draft.comply(first, ahead=1.0)
    return both(due(names), happened("handover_began", first), happened("handover_began", second))


# ---------------------------------------------------------------- phases


@feature("Deal.phases", "Phase.then", "Phase.lasts")
def next_phase(draft: Draft) -> Acted:
    return happened("phase_entered", draft.phase())


@feature("Phase.enters_when")
def phase_waits(draft: Draft) -> Acted:
    return happened("phase_entered", draft.phase(enters_when=[draft.anything(due="day 4", after=[])]))


@feature("Phase.lasts=open")
def phase_without_length(draft: Draft) -> Acted:
    phase = draft.phase()
    del draft.deal["phases"][phase]["lasts"]
    draft.duty(phase=phase, due="phase day 2", after=[])
    return happened("phase_ended", phase)


@feature("Phase.ends_early")
def phase_ends_early(draft: Draft) -> Acted:
    phase = draft.phase(lasts="6 d", ends_early=True)
    draft.duty(phase=phase, due="phase day 2", after=[])
    return happened("phase_ended", phase)


@feature("Phase.continues_while", "Phase.at_most")
def phase_continues(draft: Draft) -> Acted:
    phase = draft.phase(at_most="5 d")
    late = draft.late(draft.duty(phase=phase, due="phase day 1", after=[]), delay="3 d")
    draft.deal["phases"][phase]["continues_while"] = [f"phase.{phase}.entered"]
    draft.habits(draft.creditor(late))["complains"] = 0.0
    draft.phase(enters_when=[late])
    return happened("phase_continued", phase)


@feature("Phase.truce=false")
def phase_before_the_truce(draft: Draft) -> Acted:
    first = {"lasts": "2 d", "truce": False, "assumption": "Composed."}
    draft.deal["phases"] = {"before": first, **draft.deal["phases"]}
    return both(happened("phase_ended", "before"), happened("truce_began"))
