"""Generated behaviour: how whoever is in a deal performs, complains, talks, strikes and dies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sim.document.deal import Deal
from sim.reading.checks import topics
from sim.testing.choices import KEPT, counts_of, maybe, one_of, some_of, whole
from sim.testing.drafts import ASSUMED, Draft

FEW = 50
"""People of a group up to which each is looked for, or may die, on their own."""
LONG = 30 * 1440
"""A deal with a longer horizon gets mediators who try every few hours at most, so that its trace stays short."""
Names = tuple[str, ...]
chances: SearchStrategy[float] = one_of(0.0, 1.0, 0.5, 0.15, 0.85)
delays: SearchStrategy[Any] = st.sampled_from(
    [
        "0 min",
        "6 h",
        "1 d",
        "3 d",
        {"median": "6 h", "p95": "2 d"},
        {"median": "1 d", "p95": "12 d"},
        {"median": "30 min", "p95": "90 min"},
    ]
)
# without end, attempts that take no time would fill the trace
quick_attempts = delays.filter(lambda delay: delay != "0 min")
slow_attempts = quick_attempts.filter(lambda delay: delay != {"median": "30 min", "p95": "90 min"})


_stays_while: SearchStrategy[Any] = st.sampled_from(
    [[], ["truce.holds"], [{"not": "day 6"}], ["truce.holds", {"any": ["day 4"]}]]
)
_while_pressed = st.sampled_from([{}, {"half_life": "2 d"}, {"starts": "day 2", "ends": "day 4"}])
_strikes: SearchStrategy[Any] = st.sampled_from([{"at": "day 2"}, {"at": "day 4 08:00"}, {"per_day": 0.3}])
_shapes = st.sampled_from([{"uniform": [0.2, 0.9]}, {"beta": [2, 3]}, {"quantiles": [0.0, 0.5, 1.0]}])


@dataclass(frozen=True)
class Cast:
    """Who and what a behaviour speaks of."""

    parties: list[str]
    holders: list[str]
    others: list[str]
    mediators: list[str]
    phases: list[str]
    groups: list[str]
    searched: list[str]
    mortal: list[str]
    topics: list[str]
    owed: Mapping[str, tuple[str, str]]
    is_long: bool = False
    powers: tuple[str, ...] = ()

    @classmethod
    def of(cls, deal: Deal) -> Cast:
        """The cast of any deal."""
        owed = {key: (obligation.by, obligation.kind) for key, obligation in deal.obligations.items()}
        few = [key for key, group in deal.people.items() if group.count <= FEW]
        return cls(
            list(deal.parties), list(deal.holders), list(deal.others), list(deal.mediators), list(deal.phases),
            list(deal.people), few, few, list(dict.fromkeys(topics(deal))), owed, deal.horizon > LONG,
            tuple(deal.powers),
        )  # fmt: skip

    @classmethod
    def of_draft(cls, draft: Draft) -> Cast:
        """The cast of a deal that is being written."""
        owed = {key: (o["by"], o["kind"]) for key, o in draft.obligations.items()}
        for exchange in draft.exchanges.values():
            owed |= {f"{leg}.2": owed[leg] for leg in exchange["legs"] if exchange["lots"] > 1}
        phases, groups = (
            list(draft.phases),
            [key for key, one in draft.stocks.items() if one["of"] in ("people", "remains")],
        )
        return cls(
            ["a", "b"],
            ["h"],
            ["e"],
            ["m", "n"],
            phases,
            groups,
            groups,
            ["a", "b", "h", *groups],
            draft.topics,
            owed,
            powers=tuple(draft.powers),
        )


@cache
@st.composite
def compliances(draw: DrawFn) -> dict[str, Any]:
    """How a debtor performs."""
    late = draw(chances)
    return {
        "late": late,
        "refused": draw(one_of(0.0, 0.1, 0.4)),
        "delay": draw(delays),
        "level": draw(one_of(0.0, 0.6, 1.0)),
        "ahead": draw(one_of(0.0, 0.0, 0.7)),
        "short": draw(one_of(0.0, 0.0, 0.6)),
    }


@lru_cache(maxsize=KEPT)
@st.composite
def habits(
    draw: DrawFn, phases: tuple[str, ...], obligations: tuple[str, ...], kinds: tuple[str, ...]
) -> dict[str, Any]:
    """How a party performs, complains, withholds, loses patience and leaves."""
    party: dict[str, Any] = {"default": draw(compliances())}
    if obligations and maybe(draw, 3):
        party["obligations"] = {draw(one_of(*obligations)): draw(compliances())}
    if kinds and maybe(draw, 3):
        party["kinds"] = {draw(one_of(*kinds)): {"late": draw(chances)}}
    for name in ("latency", "tolerance", "patience", "suspends"):
        if maybe(draw, 4):
            party[name] = draw(delays)
    for name in ("complains", "withholds", "restores"):
        if maybe(draw, 6):
            party[name] = draw(chances)
    if maybe(draw, 3):
        party["capacity"] = draw(counts_of(("release", "return"), 3))
    leaves: dict[str, Any] = {"after_lapse": draw(chances), "latency": draw(delays)}
    leaves["unless"] = draw(_stays_while)
    if maybe(draw, 2):
        leaves["after_phase"] = {draw(one_of(*phases)): draw(chances)}
    responds = {"minor": draw(one_of(0.0, 0.1)), "major": draw(chances), "suspends": draw(delays)}
    if maybe(draw, 3):
        responds |= {"strain": 0.5, "memory": "2 d"}
    return {**party, "leaves": leaves, "responds": responds}


@cache
@st.composite
def searches(draw: DrawFn) -> dict[str, Any]:
    """How long people are looked for, and how often remains prove to be somebody else's."""
    wrong = draw(one_of(0.0, 0.5))
    return {"found": draw(one_of(1.0, 0.6)), "time": draw(delays), "misidentified": wrong}


@lru_cache(maxsize=KEPT)
def _pressures(parties: Names) -> SearchStrategy[dict[str, float]]:
    return st.dictionaries(one_of(*parties), one_of(0.0, 0.5, 2.0), min_size=1)


@st.composite
def mediations(draw: DrawFn, cast: Cast) -> dict[str, Any]:
    """How disputes are settled, under whose pressure."""
    attempts = slow_attempts if cast.is_long else quick_attempts
    mediation: dict[str, Any] = {"settles": draw(chances), "attempt": draw(attempts), "lag": draw(delays)}
    if maybe(draw, 2):
        mediation["redates"] = "all_open"
    if maybe(draw, 3):
        kind = draw(one_of("release", "withdrawal", "flow", "arms"))
        mediation["kinds"] = {kind: {"settles": draw(chances), "attempt": draw(attempts)}}
        mediation["flows_to"] = draw(one_of(1.0, 0.5))
    if cast.mediators and maybe(draw, 4):
        on, few = _pressures(tuple(cast.parties)), cast.mediators[: draw(whole(1, 2))]
        mediation["pressure"] = {m: {"on": draw(on), **draw(_while_pressed)} for m in few}
    return mediation


@cache
@st.composite
def negotiations(draw: DrawFn) -> dict[str, Any]:
    """When talks open and how soon they agree, fail or break off."""
    talks: dict[str, Any] = {"delay": draw(delays), "never": draw(one_of(0.0, 0.2))}
    talks["fails"] = draw(one_of(0.0, 0.3))
    if maybe(draw, 5):
        talks |= {"agrees_per_day": 0.4, "near_deadline": "1 d", "near_deadline_factor": 3.0}
        talks["after_deadline_factor"] = draw(one_of(1.0, 0.0))
    if maybe(draw, 5):
        talks["breaks_off_per_day"] = 0.5
    if maybe(draw, 5):
        talks["resumes"] = draw(delays)
    if maybe(draw, 2):
        talks["opens"] = draw(one_of("phase day 2", "day 3"))
    return talks


@cache
@st.composite
def deaths(draw: DrawFn) -> dict[str, Any]:
    """How often people die in captivity, and how much more often while no truce holds."""
    return {"per_day": draw(one_of(0.1, 0.0, 1.5)), "without_truce": draw(one_of(1.0, 0.0, 3.0))}


@st.composite
def incidents(draw: DrawFn, cast: Cast) -> dict[str, Any]:
    """A source of incidents."""
    return {
        "by": draw(one_of(*cast.parties, *cast.holders)),
        "per_day": draw(one_of(0.3, 0.0, 2.0)),
        "initial": draw(one_of(0.0, 1.5)),
        "branching": draw(one_of(0.0, 0.6)),
        "decay": draw(one_of("1 d", "6 h")),
        "major": draw(one_of(0.1, 0.5)),
        "without_truce": draw(one_of(0.0, 0.0, 1.0)),
        "breaks_off_talks": draw(one_of(0.0, 0.5)),
    }


@st.composite
def shocks(draw: DrawFn, cast: Cast) -> dict[str, Any]:
    """Something from outside, dated or random, with one effect."""
    shock: dict[str, Any] = {"chance": draw(one_of(1.0, 0.5))}
    shock |= draw(_strikes)
    effects = _effects(tuple(cast.parties), tuple(cast.holders), tuple(cast.groups), tuple(cast.topics))
    return {**shock, **draw(effects)}


@lru_cache(maxsize=KEPT)
def _effects(parties: Names, holders: Names, groups: Names, topics: Names) -> SearchStrategy[dict[str, Any]]:
    effects: list[dict[str, Any]] = [{"effect": "redates_all"}, {"effect": "settles_all"}]
    effects += [{"effect": "suspends_truce", "by": by, "lasts": "1 d"} for by in (*parties, *holders)]
    effects += [{"effect": "shifts", "path": f"parties.{parties[-1]}.complains", "to": 0.2}]
    effects += [{"effect": "shifts", "path": "mediators.settles", "to": 0.9}]
    effects += [{"effect": "locates", "stock": group} for group in groups]
    effects += [{"effect": "breaks_off_talks", "topic": topic} for topic in topics]
    return st.sampled_from([*effects, {"effect": "breaks_off_talks"}])


def _named(draw: DrawFn, prefix: str, items: SearchStrategy[Any], most: int) -> dict[str, Any]:
    return {f"{prefix}_{n}": draw(items) for n in range(draw(whole(0, most)))}


def behaviour_of(draw: DrawFn, cast: Cast) -> dict[str, Any]:
    """A behaviour of this cast as plain data."""
    behaviour = dict[str, Any](ASSUMED)
    parties = behaviour["parties"] = {}
    for party in [*cast.parties, *cast.others]:
        mine = {key: kind for key, (by, kind) in cast.owed.items() if by == party}
        parties[party] = {}
        if maybe(draw, 8):
            parties[party] = draw(habits(tuple(cast.phases), tuple(mine), tuple(sorted(set(mine.values())))))
    for holder in cast.holders:
        if maybe(draw, 3):
            contact = {"contacted": draw(one_of(1.0, 0.5)), "time": draw(delays)}
            behaviour.setdefault("holders", {})[holder] = contact
    for group in cast.searched:
        if maybe(draw, 3):
            behaviour.setdefault("search", {})[group] = draw(searches())
    for held_by in cast.mortal:
        if maybe(draw, 1):
            behaviour.setdefault("deaths", {})[held_by] = draw(deaths())
    behaviour["mediators"] = draw(mediations(cast))
    behaviour["guarantors"] = {"restores": draw(chances)}
    behaviour["talks"] = {topic: draw(negotiations()) for topic in cast.topics if maybe(draw, 8)}
    behaviour["incidents"] = _named(draw, "incidents", incidents(cast), 2)
    behaviour["shocks"] = _named(draw, "shock", shocks(cast), 2)
    if cast.powers:
        used = st.fixed_dictionaries({"used": one_of(1.0, 0.5, 0.0), "time": delays})
        behaviour["powers"] = {power: draw(used) for power in cast.powers}
    return behaviour


def uncertain_of(draw: DrawFn, behaviour: dict[str, Any]) -> dict[str, Any]:
    """Up to two uncertain numbers of a behaviour."""
    paths = ["mediators.settles", "parties.a.complains", "parties.b.restores", "parties.a.patience.median"]
    paths += [f"talks.{topic}.fails" for topic in behaviour["talks"]]
    chosen = draw(some_of(tuple(paths), 0, 2)) if maybe(draw, 3) else []
    return {path: {"lognormal": ["12 h", "3 d"]} if "patience" in path else draw(_shapes) for path in chosen}
