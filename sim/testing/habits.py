"""Generated behaviour: how whoever is in a deal performs, complains, talks, strikes and dies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sim.document.deal import Deal
from sim.reading.checks import topics
from sim.testing.drafts import ASSUMED, Draft, maybe

FEW = 50
"""People of a group up to which each is looked for, or may die, on their own."""
LONG = 30 * 1440
"""A deal with a longer horizon gets mediators who try every few hours at most, so that its trace stays short."""
chances: SearchStrategy[float] = st.sampled_from([0.0, 1.0, 0.5, 0.15, 0.85])
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

    @classmethod
    def of(cls, deal: Deal) -> Cast:
        """The cast of any deal."""
        owed = {key: (obligation.by, obligation.kind) for key, obligation in deal.obligations.items()}
        few = [key for key, group in deal.people.items() if group.count <= FEW]
        return cls(
            list(deal.parties), list(deal.holders), list(deal.others), list(deal.mediators), list(deal.phases),
            list(deal.people), few, few, list(dict.fromkeys(topics(deal))), owed, deal.horizon > LONG,
        )  # fmt: skip

    @classmethod
    def of_draft(cls, draft: Draft) -> Cast:
        """The cast of a deal that is being written."""
        owed = {key: (o["by"], o["kind"]) for key, o in draft.obligations.items()}
        phases, groups = (
            list(draft.phases),
            [key for key, one in draft.stocks.items() if one["of"] in ("people", "remains")],
        )
        return cls(
            ["a", "b"], ["h"], ["e"], ["m", "n"], phases, groups, groups, ["a", "b", "h", *groups], draft.topics, owed
        )


@st.composite
def compliances(draw: DrawFn) -> dict[str, Any]:
    """How a debtor performs."""
    late = draw(chances)
    return {
        "late": late,
        "refused": draw(st.sampled_from([0.0, 0.1, 0.4])),
        "delay": draw(delays),
        "level": draw(st.sampled_from([0.0, 0.6, 1.0])),
        "ahead": draw(st.sampled_from([0.0, 0.0, 0.7])),
        "short": draw(st.sampled_from([0.0, 0.0, 0.6])),
    }


@st.composite
def habits(draw: DrawFn, phases: list[str], obligations: list[str], kinds: list[str]) -> dict[str, Any]:
    """How a party performs, complains, withholds, loses patience and leaves."""
    party: dict[str, Any] = {"default": draw(compliances())}
    if obligations and maybe(draw, 3):
        party["obligations"] = {draw(st.sampled_from(obligations)): draw(compliances())}
    if kinds and maybe(draw, 3):
        party["kinds"] = {draw(st.sampled_from(kinds)): {"late": draw(chances)}}
    for name in ("latency", "tolerance", "patience", "suspends"):
        if maybe(draw, 4):
            party[name] = draw(delays)
    for name in ("complains", "withholds", "restores"):
        if maybe(draw, 6):
            party[name] = draw(chances)
    if maybe(draw, 3):
        party["capacity"] = draw(st.dictionaries(st.sampled_from(["release", "return"]), st.integers(0, 3), min_size=1))
    leaves: dict[str, Any] = {"after_lapse": draw(chances), "latency": draw(delays)}
    leaves["unless"] = draw(
        st.sampled_from([[], ["truce.holds"], [{"not": "day 6"}], ["truce.holds", {"any": ["day 4"]}]])
    )
    if maybe(draw, 2):
        leaves["after_phase"] = {draw(st.sampled_from(phases)): draw(chances)}
    responds = {"minor": draw(st.sampled_from([0.0, 0.1])), "major": draw(chances), "suspends": draw(delays)}
    if maybe(draw, 3):
        responds |= {"strain": 0.5, "memory": "2 d"}
    return {**party, "leaves": leaves, "responds": responds}


@st.composite
def searches(draw: DrawFn) -> dict[str, Any]:
    """How long people are looked for, and how often remains prove to be somebody else's."""
    wrong = draw(st.sampled_from([0.0, 0.5]))
    return {"found": draw(st.sampled_from([1.0, 0.6])), "time": draw(delays), "misidentified": wrong}


@st.composite
def mediations(draw: DrawFn, cast: Cast) -> dict[str, Any]:
    """How disputes are settled, under whose pressure."""
    attempts = slow_attempts if cast.is_long else quick_attempts
    mediation: dict[str, Any] = {"settles": draw(chances), "attempt": draw(attempts), "lag": draw(delays)}
    if maybe(draw, 2):
        mediation["redates"] = "all_open"
    if maybe(draw, 3):
        kind = draw(st.sampled_from(["release", "withdrawal", "flow", "arms"]))
        mediation["kinds"] = {kind: {"settles": draw(chances), "attempt": draw(attempts)}}
        mediation["flows_to"] = draw(st.sampled_from([1.0, 0.5]))
    if cast.mediators and maybe(draw, 4):
        on = st.dictionaries(st.sampled_from(cast.parties), st.sampled_from([0.0, 0.5, 2.0]), min_size=1)
        extras = st.sampled_from([{}, {"half_life": "2 d"}, {"starts": "day 2", "ends": "day 4"}])
        few = cast.mediators[: draw(st.integers(1, 2))]
        mediation["pressure"] = {m: {"on": draw(on), **draw(extras)} for m in few}
    return mediation


@st.composite
def negotiations(draw: DrawFn) -> dict[str, Any]:
    """When talks open and how soon they agree, fail or break off."""
    talks: dict[str, Any] = {"delay": draw(delays), "never": draw(st.sampled_from([0.0, 0.2]))}
    talks["fails"] = draw(st.sampled_from([0.0, 0.3]))
    if maybe(draw, 5):
        talks |= {"agrees_per_day": 0.4, "near_deadline": "1 d", "near_deadline_factor": 3.0}
        talks["after_deadline_factor"] = draw(st.sampled_from([1.0, 0.0]))
    if maybe(draw, 5):
        talks["breaks_off_per_day"] = 0.5
    if maybe(draw, 5):
        talks["resumes"] = draw(delays)
    if maybe(draw, 2):
        talks["opens"] = draw(st.sampled_from(["phase day 2", "day 3"]))
    return talks


@st.composite
def deaths(draw: DrawFn) -> dict[str, Any]:
    """How often people die in captivity, and how much more often while no truce holds."""
    return {"per_day": draw(st.sampled_from([0.1, 0.0, 1.5])), "without_truce": draw(st.sampled_from([1.0, 0.0, 3.0]))}


@st.composite
def incidents(draw: DrawFn, cast: Cast) -> dict[str, Any]:
    """A source of incidents."""
    return {
        "by": draw(st.sampled_from([*cast.parties, *cast.holders])),
        "per_day": draw(st.sampled_from([0.3, 0.0, 2.0])),
        "initial": draw(st.sampled_from([0.0, 1.5])),
        "branching": draw(st.sampled_from([0.0, 0.6])),
        "decay": draw(st.sampled_from(["1 d", "6 h"])),
        "major": draw(st.sampled_from([0.1, 0.5])),
        "without_truce": draw(st.sampled_from([0.0, 0.0, 1.0])),
        "breaks_off_talks": draw(st.sampled_from([0.0, 0.5])),
    }


@st.composite
def shocks(draw: DrawFn, cast: Cast) -> dict[str, Any]:
    """Something from outside, dated or random, with one effect."""
    shock: dict[str, Any] = {"chance": draw(st.sampled_from([1.0, 0.5]))}
    shock |= draw(st.sampled_from([{"at": "day 2"}, {"at": "day 4 08:00"}, {"per_day": 0.3}]))
    effects: list[dict[str, Any]] = [{"effect": "redates_all"}, {"effect": "settles_all"}]
    effects += [{"effect": "suspends_truce", "by": by, "lasts": "1 d"} for by in [*cast.parties, *cast.holders]]
    effects += [{"effect": "shifts", "path": f"parties.{cast.parties[-1]}.complains", "to": 0.2}]
    effects += [{"effect": "shifts", "path": "mediators.settles", "to": 0.9}]
    effects += [{"effect": "locates", "stock": group} for group in cast.groups]
    effects += [{"effect": "breaks_off_talks", "topic": topic} for topic in cast.topics]
    effects += [{"effect": "breaks_off_talks"}]
    return {**shock, **draw(st.sampled_from(effects))}


def _named(draw: DrawFn, prefix: str, items: SearchStrategy[Any], most: int) -> dict[str, Any]:
    return {f"{prefix}_{n}": draw(items) for n in range(draw(st.integers(0, most)))}


def behaviour_of(draw: DrawFn, cast: Cast) -> dict[str, Any]:
    """A behaviour of this cast as plain data."""
    behaviour = dict[str, Any](ASSUMED)
    parties = behaviour["parties"] = {}
    for party in [*cast.parties, *cast.others]:
        mine = {key: kind for key, (by, kind) in cast.owed.items() if by == party}
        parties[party] = {}
        if maybe(draw, 8):
            parties[party] = draw(habits(cast.phases, list(mine), sorted(set(mine.values()))))
    for holder in cast.holders:
        if maybe(draw, 3):
            contact = {"contacted": draw(st.sampled_from([1.0, 0.5])), "time": draw(delays)}
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
    return behaviour


def uncertain_of(draw: DrawFn, behaviour: dict[str, Any]) -> dict[str, Any]:
    """Up to two uncertain numbers of a behaviour."""
    paths = ["mediators.settles", "parties.a.complains", "parties.b.restores", "parties.a.patience.median"]
    paths += [f"talks.{topic}.fails" for topic in behaviour["talks"]]
    chosen = draw(st.lists(st.sampled_from(paths), max_size=2, unique=True)) if maybe(draw, 3) else []
    shapes = st.sampled_from([{"uniform": [0.2, 0.9]}, {"beta": [2, 3]}, {"quantiles": [0.0, 0.5, 1.0]}])
    return {path: {"lognormal": ["12 h", "3 d"]} if "patience" in path else draw(shapes) for path in chosen}
