"""Features of behaviour: compliance, disputes, the truce, people, talks, incidents, shocks, what is not known."""

from __future__ import annotations

from typing import Any

from tests.combinations.draft import Acted, Draft, both, either, happened
from tests.combinations.table import feature

SPREAD = {"median": "1 d", "p95": "3 d"}


# ---------------------------------------------------------------- compliance


@feature("Compliance.late", "Compliance.delay", "PartyBehaviour.obligations")
def late(draft: Draft) -> Acted:
    key = draft.late(delay=draft.chance.choice(["1 d", "3 d", SPREAD]))
    return happened("obligation_delayed", key)


@feature("Delay.median", "Delay.p95")
def late_by_a_spread(draft: Draft) -> Acted:
    return happened("obligation_delayed", draft.late(delay=SPREAD))


@feature("Compliance.refused")
def refused(draft: Draft) -> Acted:
    return happened("obligation_refused", draft.refused())


@feature("PartyBehaviour.default")
def late_by_default(draft: Draft) -> Acted:
    party = draft.party()
    draft.habits(party)["default"] = {"late": 0.5, "delay": "1 d"}
    return happened("obligation_delayed", draft.late(draft.anything(party), delay="1 d"))


@feature("PartyBehaviour.kinds")
def late_by_kind(draft: Draft) -> Acted:
    key = draft.duty(after=[])
    kind = draft.deal["obligations"][key]["kind"]
    draft.habits(draft.debtor(key)).setdefault("kinds", {})[kind] = {"late": 1.0, "delay": "1 d"}
    return happened("obligation_delayed", key)


@feature("Compliance.level=flow")
def flow_runs_low(draft: Draft) -> Acted:
    key = draft.owe("flow", due="day 1", after=[])
    draft.comply(key, late=1.0, level=draft.chance.choice([0.0, 0.6, 1.0]), delay="3 d")
    return happened("obligation_delayed", key)


@feature("Compliance.level=units", "Compliance.short")
def units_fall_short(draft: Draft) -> Acted:
    key = draft.owe("arms", units=100, accepted_from=draft.chance.choice([1.0, 0.5]), after=[])
    draft.comply(key, short=1.0, level=draft.chance.choice([0.29, 0.8]))
    return happened("obligation_due", key)


@feature("Compliance.ahead")
def brought_forward(draft: Draft) -> Acted:
    first = draft.owe("release", "a", due="day 2", after=[])
    second = draft.owe("release", "a", due="day 6", after=[])
    draft.comply(first, ahead=1.0)
    return happened("obligation_brought_forward", second)


@feature("Compliance.ahead=same minute")
def ahead_of_what_is_due_at_once(draft: Draft) -> Acted:
    first = draft.owe("release", "a", due="day 2", after=[])
    second = draft.owe("release", "a", due="day 2", after=[])
    draft.comply(first, ahead=1.0)
    return both(happened("handover_began", first), happened("handover_began", second))


# ---------------------------------------------------------------- parties


@feature("PartyBehaviour.latency", "PartyBehaviour.withholds")
def withholds(draft: Draft) -> Acted:
    wrong = draft.late(draft.duty(draft.party(), after=[], due="day 2"), delay="3 d")
    creditor = draft.creditor(wrong)
    draft.habits(creditor).update(withholds=draft.chance.choice([1.0, 0.6]), latency="6 h")
    draft.owe("release" if creditor == "a" else "return", creditor, due="day 3 18:00", after=[])
    return both(happened("obligation_withheld"), happened("obligation_resumed"))


def _capacity(kind: str, by: str) -> None:
    def write(draft: Draft) -> Acted:
        group = draft.group(by, 4)
        key = draft.owe(kind, by, amount={group: 4}, due="day 2", after=[])
        draft.habits(by).setdefault("capacity", {})[kind] = draft.chance.choice([1, 3])
        return lambda history: len(history.minutes("handover_began", key)) > 1

    write.__name__ = f"capacity_{kind}"
    feature(f"PartyBehaviour.capacity={kind}")(write)


_capacity("release", "a")
_capacity("return", "b")


@feature("PartyBehaviour.tolerance")
def tolerance(draft: Draft) -> Acted:
    key = draft.late(draft.duty(after=[]), delay="4 d")
    draft.habits(draft.creditor(key))["tolerance"] = draft.chance.choice(["12 h", SPREAD])
    return happened("obligation_late", key)


@feature("PartyBehaviour.complains")
def complains(draft: Draft) -> Acted:
    key = draft.late(draft.duty(after=[]))
    draft.habits(draft.creditor(key))["complains"] = draft.chance.choice([0.0, 0.5, 0.9])
    return happened("obligation_late", key)


@feature("PartyBehaviour.patience", "PartyBehaviour.suspends")
def patience(draft: Draft) -> Acted:
    key = draft.refused(draft.duty(after=[]))
    draft.habits(draft.creditor(key)).update(patience="18 h", suspends="12 h")
    draft.behaviour["mediators"].update(attempt="2 d")
    return both(happened("dispute_opened", key), happened("truce_suspended"))


@feature("PartyBehaviour.restores")
def restores(draft: Draft) -> Acted:
    draft.habits(draft.party())["restores"] = draft.chance.choice([0.7, 0.9])
    draft.shock("suspends_truce", by=draft.party(), lasts="1 d")
    return happened("truce_suspended")


# ---------------------------------------------------------------- leaving


@feature("Leaving.after_lapse", "Leaving.latency", "PartyBehaviour.leaves")
def leaves_after_a_lapse(draft: Draft) -> Acted:
    draft.lapsing()
    draft.habits("a")["leaves"] = {"after_lapse": 1.0, "latency": draft.chance.choice(["1 d", "0 min"])}
    return either(happened("party_left"), happened("phase_lapsed"))


@feature("Leaving.after_phase")
def leaves_after_a_phase(draft: Draft) -> Acted:
    phase, party = draft.phase(), draft.party()
    draft.habits(party).setdefault("leaves", {})["after_phase"] = {phase: draft.chance.choice([1.0, 0.5])}
    return either(happened("party_left"), happened("phase_ended", phase))


@feature("Leaving.unless")
def stays_while_there_is_a_reason(draft: Draft) -> Acted:
    phase = draft.lapsing()
    _, topic = draft.talks(
        "m", phase=phase, starts_by="phase day 1", concludes_by="day 50", due="phase day 1", after=[]
    )
    for party in ("a", "b"):
        draft.habits(party).setdefault("leaves", {})["unless"] = [f"talks.{topic}.under_way"]
    return happened("phase_lapsed", phase)


# ---------------------------------------------------------------- answers to incidents


@feature("Responses.minor", "Responses.suspends", "PartyBehaviour.responds")
def answers_minor_incidents(draft: Draft) -> Acted:
    source = draft.incidents(by=draft.chance.choice(["a", "h"]), per_day=0.5)
    draft.habits("b").setdefault("responds", {}).update(minor=0.5, suspends="12 h")
    return both(happened("incident_minor", source), happened("truce_suspended"))


@feature("Responses.major", "IncidentSource.major")
def answers_major_incidents(draft: Draft) -> Acted:
    source = draft.incidents(by="b", per_day=0.6, major=0.8)
    draft.habits("a").setdefault("responds", {}).update(major=0.6, suspends=SPREAD)
    return both(happened("incident_major", source), happened("truce_suspended"))


@feature("Responses.strain", "Responses.memory")
def strained_by_recent_incidents(draft: Draft) -> Acted:
    source = draft.incidents(by="b", per_day=0.6)
    draft.habits("a").setdefault("responds", {}).update(minor=0.1, strain=0.5, memory="2 d")
    return happened("incident_minor", source)


@feature("IncidentSource.by", "IncidentSource.per_day", "Behaviour.incidents")
def incidents_strike(draft: Draft) -> Acted:
    return happened("incident_minor", draft.incidents())


@feature("IncidentSource.initial", "IncidentSource.decay")
def first_hours_are_worst(draft: Draft) -> Acted:
    return happened("incident_minor", draft.incidents(per_day=0.0, initial=4.0, decay="6 h"))


@feature("IncidentSource.branching")
def incidents_follow_incidents(draft: Draft) -> Acted:
    source = draft.incidents(branching=0.6)
    return lambda history: len(history.minutes("incident_minor", source)) > 1


@feature("IncidentSource.without_truce")
def incidents_without_a_truce(draft: Draft) -> Acted:
    source = draft.incidents(per_day=0.0, without_truce=6.0)
    draft.shock("suspends_truce", by=draft.party(), lasts="1 d")
    return both(happened("truce_suspended"), happened("incident_minor", source))


@feature("IncidentSource.breaks_off_talks")
def incidents_break_off_talks(draft: Draft) -> Acted:
    _, topic = draft.talks(concludes_by="day 13", after=[])
    draft.incidents(by="a", per_day=2.0, major=0.7, breaks_off_talks=1.0)
    draft.talking(topic, resumes="1 d")
    return happened("talks_broken_off", topic)


# ---------------------------------------------------------------- people


@feature("HolderBehaviour.contacted", "HolderBehaviour.time", "Behaviour.holders")
def holder_out_of_contact(draft: Draft) -> Acted:
    group = draft.group("a", held_by="h")
    draft.owe("release", "a", amount={group: 2}, due="day 2", after=[])
    draft.behaviour.setdefault("holders", {})["h"] = {"contacted": 1.0, "time": draft.chance.choice(["3 d", SPREAD])}
    return happened("people_moved", group)


@feature("Search.time", "Search.found", "Behaviour.search")
def people_are_looked_for(draft: Draft) -> Acted:
    by = draft.party()
    group = draft.group(by, 3, of=draft.chance.choice(["people", "remains"]))
    draft.owe("release" if by == "a" else "return", by, amount={group: 3}, due="day 2", after=[])
    search = {"found": draft.chance.choice([1.0, 0.7]), "time": {"median": "3 d", "p95": "6 d"}}
    draft.behaviour.setdefault("search", {})[group] = search
    return happened("people_moved", group)


@feature("Search.misidentified")
def remains_are_somebody_elses(draft: Draft) -> Acted:
    group = draft.group("a", 4, of="remains")
    draft.owe("release", "a", amount={group: 4}, due="day 2", after=[])
    draft.behaviour.setdefault("search", {})[group] = {"misidentified": 0.6, "time": "6 h"}
    return happened("remains_misidentified", group)


def _deaths(of: str) -> None:
    def write(draft: Draft) -> Acted:
        by = "b" if of == "b" else "a"
        group = draft.group(by, 5, held_by="h" if of == "h" else by)
        key = draft.owe("release" if by == "a" else "return", by, amount={group: 5}, due="day 8", after=[])
        name = group if of == "group" else of
        hazard = {"per_day": 0.1, "without_truce": draft.chance.choice([1.0, 3.0])}
        draft.behaviour.setdefault("deaths", {})[name] = hazard
        return both(happened("people_died", group), happened("handover_began", key))

    write.__name__ = f"deaths_by_{of}"
    feature("Deaths.per_day", "Behaviour.deaths")(write)


for _of in ("group", "a", "b", "h"):
    _deaths(_of)


@feature("Deaths.without_truce")
def deaths_without_a_truce(draft: Draft) -> Acted:
    group = draft.group("a", 6)
    draft.owe("release", "a", amount={group: 6}, due="day 9", after=[])
    draft.behaviour.setdefault("deaths", {})[group] = {"per_day": 0.05, "without_truce": 8.0}
    draft.shock("suspends_truce", by="b", lasts="1 d")
    return both(happened("truce_suspended"), happened("people_died", group))


@feature("death earns a return less")
def a_death_before_its_return(draft: Draft) -> Acted:
    """Somebody dies, and what is owed for each of those who come out alive is waited for."""
    group, prisoners = draft.group("a", 8, held_by="a"), draft.group("b", 40)
    release = draft.owe("release", "a", amount={group: 8}, due="day 6", after=[])
    ratio = {group: {prisoners: draft.chance.choice([3, {"total": 20}])}}
    key = draft.owe("return", "b", ratio=ratio, for_each=[release], due="same day", after=[])
    waits = draft.duty(after=[key], due="day 7")
    draft.behaviour.setdefault("deaths", {})[group] = {"per_day": 0.1}
    return both(happened("people_died", group), happened("obligation_due", waits))


# ---------------------------------------------------------------- mediation


@feature("Mediation.settles", "Mediation.attempt", "Behaviour.mediators")
def mediators_try(draft: Draft) -> Acted:
    draft.behaviour["mediators"].update(settles=0.6, attempt=draft.chance.choice(["6 h", SPREAD]))
    key = draft.late(draft.duty(after=[]), delay="5 d")
    return both(happened("dispute_opened", key), either(happened("dispute_settled"), happened("mediation_failed")))


@feature("Mediation.lag")
def settlement_takes_effect_later(draft: Draft) -> Acted:
    draft.behaviour["mediators"]["lag"] = draft.chance.choice(["12 h", SPREAD])
    return happened("dispute_settled", draft.refused(draft.duty(after=[])))


@feature("Mediation.kinds", "KindOfDispute.settles", "KindOfDispute.attempt")
def mediators_by_kind(draft: Draft) -> Acted:
    key = draft.refused(draft.anything(after=[]))
    kind = draft.deal["obligations"][key]["kind"]
    draft.behaviour["mediators"].setdefault("kinds", {})[kind] = {"settles": 0.9, "attempt": "5 h"}
    return happened("dispute_settled", key)


@feature("Mediation.flows_to")
def flow_settled_in_part(draft: Draft) -> Acted:
    key = draft.owe("flow", due="day 1", grace="1 d", after=[])
    draft.comply(key, late=1.0, level=0.2, delay="20 d")
    draft.behaviour["mediators"]["flows_to"] = 0.6
    return both(happened("dispute_settled", key), happened("flow_changed", key))


@feature("Mediation.redates=all_open")
def one_settlement_for_all(draft: Draft) -> Acted:
    first, second = draft.refused(draft.duty(after=[])), draft.refused(draft.duty(after=[]))
    draft.behaviour["mediators"]["redates"] = "all_open"
    return both(happened("obligation_redated", first), happened("obligation_redated", second))


@feature("Pressure.on", "Mediation.pressure")
def pressure(draft: Draft) -> Acted:
    on = {"a": draft.chance.choice([0.5, 2.0]), "b": draft.chance.choice([1.0, 0.7])}
    draft.behaviour["mediators"].setdefault("pressure", {})["m"] = {"on": on}
    draft.behaviour["mediators"]["settles"] = 0.7
    return happened("dispute_opened", draft.refused(draft.duty(after=[])))


@feature("Pressure.half_life", "Pressure.starts", "Pressure.ends")
def pressure_fades(draft: Draft) -> Acted:
    terms = {"on": {"a": 2.0, "b": 2.0}, "half_life": "3 d", "starts": "day 1", "ends": "day 12"}
    draft.behaviour["mediators"].setdefault("pressure", {})["n"] = terms
    draft.behaviour["mediators"]["settles"] = 0.7
    return happened("dispute_opened", draft.refused(draft.duty(after=[])))


@feature("Guarantors.restores", "Behaviour.guarantors")
def guarantors_bring_the_truce_back(draft: Draft) -> Acted:
    draft.behaviour["guarantors"] = {"restores": 0.8}
    draft.habits(draft.party())["restores"] = 0.5
    draft.shock("suspends_truce", by=draft.party(), lasts="1 d")
    return happened("truce_suspended")


@feature("dispute over a refusal outlasts a suspension")
def truce_comes_back_over_an_open_dispute(draft: Draft) -> Acted:
    key = draft.refused(draft.anything(after=[]))
    draft.habits(draft.creditor(key)).update(patience="1 d", suspends="2 d")
    draft.behaviour["mediators"].update(settles=draft.chance.choice([0.0, 0.6]), attempt="30 h")
    return both(happened("dispute_opened", key), happened("truce_suspended"))


@feature("Mediation.settles_with_truce")
def dispute_is_settled_with_the_truce(draft: Draft) -> Acted:
    key = draft.refused(draft.anything(after=[]))
    draft.habits(draft.creditor(key)).update(patience="1 d", suspends="1 d")
    draft.behaviour["mediators"].update(settles_with_truce=draft.chance.choice([1.0, 0.5, 0.0]), attempt="3 d")
    return both(happened("dispute_opened", key), happened("truce_restored"))


@feature("Mediation.cannot_be_done")
def nobody_can_be_handed_over(draft: Draft) -> Acted:
    group = draft.group("a", 1, of="remains", held_by="a")
    key = draft.owe("release", "a", amount={group: 1}, due="day 2", after=[])
    draft.awkward.add(key)
    draft.behaviour.setdefault("search", {})[group] = {"found": 0.0}
    draft.behaviour["mediators"]["cannot_be_done"] = draft.chance.choice(["excused", "disputed"])
    return either(
        happened("obligation_excused", key), both(happened("dispute_opened", key), happened("mediation_failed", key))
    )


# ---------------------------------------------------------------- talks


@feature("TalksBehaviour.never", "Behaviour.talks")
def talks_never_open(draft: Draft) -> Acted:
    _, topic = draft.talks()
    draft.talking(topic, never=1.0)
    return happened("talks_not_opened", topic)


@feature("TalksBehaviour.delay")
def talks_open_late(draft: Draft) -> Acted:
    _, topic = draft.talks()
    draft.talking(topic, delay=draft.chance.choice(["1 d", SPREAD]))
    return happened("talks_opened", topic)


@feature("TalksBehaviour.opens")
def talks_open_on_another_day(draft: Draft) -> Acted:
    _, topic = draft.talks()
    draft.talking(topic, opens="day 4")
    return happened("talks_opened", topic)


@feature("TalksBehaviour.fails")
def talks_cannot_agree(draft: Draft) -> Acted:
    _, topic = draft.talks()
    draft.talking(topic, fails=1.0)
    return happened("talks_opened", topic)


@feature("TalksBehaviour.agrees_per_day")
def talks_agree_at_any_time(draft: Draft) -> Acted:
    _, topic = draft.talks()
    draft.talking(topic, agrees_per_day=1.0)
    return happened("talks_agreed", topic)


@feature("TalksBehaviour.near_deadline", "TalksBehaviour.near_deadline_factor", "TalksBehaviour.after_deadline_factor")
def deadlines_press(draft: Draft) -> Acted:
    _, topic = draft.talks()
    terms = {"agrees_per_day": 0.2, "near_deadline": "2 d", "near_deadline_factor": 4.0, "after_deadline_factor": 3.0}
    draft.talking(topic, **terms)
    return happened("talks_agreed", topic)


@feature("TalksBehaviour.breaks_off_per_day", "TalksBehaviour.resumes")
def talks_break_off_and_resume(draft: Draft) -> Acted:
    _, topic = draft.talks(concludes_by="day 9")
    draft.talking(topic, breaks_off_per_day=1.5, resumes=draft.chance.choice(["6 h", SPREAD]))
    return both(happened("talks_broken_off", topic), lambda history: len(history.minutes("talks_opened", topic)) > 1)


@feature("talks after a gate")
def talks_wait_for_a_gate(draft: Draft) -> Acted:
    names = draft.owe("information", due="day 2", after=[])
    terms: dict[str, Any] = {"after": [names], "due": "2 d after gate"}
    _, topic = draft.talks(**terms)
    del draft.deal["obligations"][list(draft.deal["obligations"])[-1]]["starts_by"]
    draft.talking(topic, delay="1 d")
    return happened("talks_opened", topic)


# ---------------------------------------------------------------- shocks


@feature("Shock.at", "Shock.effect=suspends_truce", "Shock.by", "Shock.lasts", "Behaviour.shocks")
def shock_suspends_the_truce(draft: Draft) -> Acted:
    draft.shock("suspends_truce", by=draft.chance.choice(["a", "b", "h"]), lasts=draft.chance.choice(["1 d", SPREAD]))
    return both(happened("shock_struck"), happened("truce_suspended"))


@feature("Shock.per_day", "Shock.chance")
def shock_by_a_hazard(draft: Draft) -> Acted:
    key = draft.shock("settles_all", per_day=0.5, chance=0.9)
    return happened("shock_struck", key)


@feature("Shock.effect=breaks_off_talks", "Shock.topic")
def shock_breaks_off_talks(draft: Draft) -> Acted:
    _, topic = draft.talks(concludes_by="day 8", after=[])
    draft.shock("breaks_off_talks", **draft.chance.choice([{}, {"topic": topic}]))
    return happened("talks_broken_off", topic)


@feature("Shock.effect=shifts", "Shock.path", "Shock.to")
def shock_shifts_a_number(draft: Draft) -> Acted:
    party = draft.party()
    draft.habits(party).setdefault("complains", 1.0)
    return happened("shock_struck", draft.shock("shifts", path=f"parties.{party}.complains", to=0.5))


@feature("Shock.effect=locates", "Shock.stock")
def shock_locates_people(draft: Draft) -> Acted:
    group = draft.group("a", 3, of="remains", held_by="a")
    draft.owe("release", "a", amount={group: 3}, due="day 2", after=[])
    draft.behaviour.setdefault("search", {})[group] = {"time": {"median": "20 d", "p95": "40 d"}}
    draft.shock("locates", stock=group)
    return both(happened("shock_struck"), happened("people_moved", group))


@feature("Shock.effect=redates_all")
def shock_redates_all(draft: Draft) -> Acted:
    key = draft.refused(draft.duty(after=[], due="day 2"))
    draft.behaviour["mediators"].update(attempt="4 d")
    draft.shock("redates_all", at="day 4 09:00")
    return both(happened("shock_struck"), happened("obligation_redated", key))


@feature("Shock.effect=settles_all")
def shock_settles_all(draft: Draft) -> Acted:
    key = draft.refused(draft.duty(after=[], due="day 2"))
    draft.behaviour["mediators"].update(attempt="4 d")
    draft.shock("settles_all", at="day 4 09:00")
    return both(happened("shock_struck"), happened("dispute_settled", key))


# ---------------------------------------------------------------- what is not known


def _uncertain(name: str, distribution: dict[str, Any]) -> None:
    def write(draft: Draft) -> Acted:
        party = draft.party()
        draft.habits(party).setdefault("complains", 0.9)
        draft.uncertain.setdefault(f"parties.{party}.complains", {**distribution, "assumption": "Composed."})
        return happened("dispute_opened", draft.late(draft.duty(draft.party(), after=[]), delay="3 d"))

    write.__name__ = f"uncertain_{name}"
    feature(f"Uncertain.{name}")(write)


_uncertain("uniform", {"uniform": [0.6, 1.0]})
_uncertain("beta", {"beta": [6, 1]})
_uncertain("quantiles", {"quantiles": [0.5, 0.9, 1.0]})


@feature("Uncertain.lognormal")
def uncertain_lognormal(draft: Draft) -> Acted:
    key = draft.late(draft.duty(draft.party(), after=[]), delay="4 d")
    creditor = draft.creditor(key)
    draft.habits(creditor)["tolerance"] = "12 h"
    distribution = {"lognormal": ["12 h", "1 d"], "assumption": "Composed."}
    draft.uncertain[f"parties.{creditor}.tolerance.median"] = distribution
    return happened("obligation_late", key)


@feature("Uncertain.moves_with")
def uncertain_together(draft: Draft) -> Acted:
    for place, party in enumerate(("a", "b")):
        draft.habits(party).setdefault("restores", 0.9)
        distribution: dict[str, Any] = {"uniform": [0.7, 1.0], "assumption": "Composed."}
        draft.uncertain[f"parties.{party}.restores"] = (
            distribution | {"moves_with": "parties.a.restores"} if place else distribution
        )
    draft.shock("suspends_truce", by=draft.party(), lasts="6 h")
    return happened("truce_suspended")
