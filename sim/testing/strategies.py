"""Hypothesis strategies for deals, behaviours and whole scenarios: valid by construction, shrinking to short YAML.

In a generated deal party `a` and its holder `h` hold the hostages, party `b` the prisoners; `m` and `n` mediate, `e` is
a third state. What an obligation waits for is always listed before it, so every gate can open. Times are short and
round, so that much falls on the same minute.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import assume, note
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sim.document.behaviour import Behaviour
from sim.document.deal import Deal
from sim.document.scenario import ResolvedScenario
from sim.document.values import write_duration
from sim.reading.checks import check_deal, topics
from sim.reading.checks_behaviour import check_behaviour
from sim.reading.store import as_yaml

ASSUMED = {"assumption": "Generated."}
LINES = ("start", "river", "road", "border")
PHASES = ("one", "two", "three")
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
durations: SearchStrategy[str] = st.sampled_from(["0 min", "1 h", "12 h", "1 d", "2 d"])
lives: SearchStrategy[str] = st.sampled_from(["5 d", "3 d", "8 d", "12 d"])


def maybe(draw: DrawFn, chance_in_ten: int = 5) -> bool:
    """Yes so many times in ten; shrinks to no."""
    return draw(st.integers(0, 9)) >= 10 - chance_in_ten


class _Draft:
    """A deal while it is being written: what later obligations may wait for grows with each one added."""

    def __init__(self, draw: DrawFn):
        self.draw = draw
        self.phases: dict[str, Any] = {}
        self.groups: dict[str, Any] = {}
        self.obligations: dict[str, Any] = {}
        self.left: dict[str, int] = {}
        self.topics: list[str] = []
        self.line = 0
        self.has_truce = False

    def add(self, key: str, kind: str, by: str, **terms: Any) -> None:
        to = {"a": "b", "b": "a"}.get(by) or self.draw(st.sampled_from(["a", "b"]))
        self.obligations[key] = {"kind": kind, "by": by, "to": to, **terms, **ASSUMED}

    def phase(self) -> str:
        return self.draw(st.sampled_from(list(self.phases)))

    def due(self, phase: str) -> str:
        """A date; in a phase without an end none that counts from it."""
        draw = self.draw
        dates = ["on gate", "6 h after gate", "day 1", "day 2 08:00", "day 4", "phase day 1 00:00", "phase day 2"]
        if "lasts" in self.phases[phase]:
            dates.append("phase end")
        return draw(st.sampled_from(dates))

    # ------------------------------------------------------------ gates

    def conditions(self, phase: str) -> list[Any]:
        """Everything that an obligation of this phase may wait for now."""
        found: list[Any] = ["truce.holds"] if self.has_truce else []
        found += [{"obligation": key} for key in self.obligations if self.comes_before(key, phase)]
        found += [
            {"obligation": key, "share": 0.5}
            for key, o in self.obligations.items()
            if o["kind"] in ("release", "arms") and self.comes_before(key, phase)
        ]
        released: dict[str, int] = {}
        for key, o in self.obligations.items():
            if not self.comes_before(key, phase):
                continue
            if o["kind"] == "release":
                released = {**released, **{g: released.get(g, 0) + n for g, n in o["amount"].items()}}
            elif o["kind"] == "withdrawal":
                found.append({"line": o["to_line"], "by": "b"})
            elif o["kind"] == "talks":
                found += [{"talks": o["topic"], "state": s} for s in ("started", "under_way", "agreed")]
        for side in ("hostages", "prisoners"):
            total = sum(n for group, n in released.items() if self.groups[group]["side"] == side)
            if total:
                found += [{"released": n, "side": side} for n in sorted({1, (total + 1) // 2, total})]
        if released:
            found.append({"released": released})
        earlier = list(self.phases)[: list(self.phases).index(phase)]
        found += [{"phase": key, "state": "ended"} for key in earlier]
        return [*found, {"phase": phase, "state": "entered"}]

    def comes_before(self, key: str, phase: str) -> bool:
        """Whether an obligation's phase is not after this one."""
        order = list(self.phases)
        return order.index(self.obligations[key]["phase"]) <= order.index(phase)

    def gate(self, phase: str) -> list[Any]:
        draw, possible = self.draw, self.conditions(phase)
        gate = draw(st.lists(st.sampled_from(possible), max_size=2)) if maybe(draw, 5) else []
        if maybe(draw, 1):
            gate = [*gate, {"any": draw(st.lists(st.sampled_from(possible), min_size=1, max_size=2))}]
        return gate

    def terms(self, phase: str | None = None) -> dict[str, Any]:
        """Phase, date and gate of an obligation, and how long it takes."""
        draw = self.draw
        phase = phase or self.phase()
        terms: dict[str, Any] = {"phase": phase, "due": self.due(phase), "after": self.gate(phase)}
        if maybe(draw, 3):
            terms["grace"] = draw(durations)
        if maybe(draw, 2):
            terms["takes"] = draw(durations)
        return terms

    # ------------------------------------------------------------ parts

    def add_phases(self, most: int) -> None:
        draw = self.draw
        keys = PHASES[: draw(st.integers(1, most))]
        for place, key in enumerate(keys):
            phase: dict[str, Any] = dict(ASSUMED)
            if maybe(draw, 8):
                phase["lasts"] = draw(lives)
            if "lasts" in phase and maybe(draw, 2):
                phase["ends_early"] = True
            if place + 1 < len(keys):
                phase["then"] = keys[place + 1]
            self.phases[key] = phase

    def add_groups(self) -> None:
        draw = self.draw
        for n in range(draw(st.integers(1, 8))):
            hostages = n == 0 or draw(st.booleans())
            held_by = draw(st.sampled_from(["a", "a", "h"])) if hostages else "b"
            condition = draw(st.sampled_from(["living", "living", "deceased"]))
            count, key = draw(st.integers(1, 6)), f"g{n}"
            side = "hostages" if hostages else "prisoners"
            self.groups[key] = {"side": side, "held_by": held_by, "condition": condition, "count": count, **ASSUMED}
            self.left[key] = count

    def of_side(self, side: str) -> list[str]:
        return [key for key, group in self.groups.items() if group["side"] == side]

    def add_truce(self) -> None:
        draw = self.draw
        if maybe(draw, 4):
            by = draw(st.sampled_from(["a", "b", "m"]))
            self.add("truce", "truce", by, phase="one", due=draw(st.sampled_from(["on gate", "day 1 18:30", "day 2"])))
            self.has_truce = True
        elif maybe(draw, 9):
            self.has_truce = True
        else:
            for phase in self.phases.values():
                phase["truce"] = False

    def add_talks(self) -> None:
        draw = self.draw
        for topic in ["next", "later"][: draw(st.integers(0, 2))]:
            phase = self.phase()
            terms: dict[str, Any] = {"phase": phase, "after": self.gate(phase) if maybe(draw, 3) else []}
            terms["starts_by"] = draw(st.sampled_from(["phase day 1", "day 2", "phase day 2 08:00"]))
            if maybe(draw, 7):
                terms["concludes_by"] = draw(st.sampled_from(["phase day 3", "day 5", "phase day 4 18:30"]))
            self.add(f"talks_{topic}", "talks", draw(st.sampled_from(["a", "b", "m"])), topic=topic, **terms)
            self.topics.append(topic)

    def add_batch(self, n: int, by: str, side: str) -> None:
        """A batch of people, perhaps with their names before it."""
        draw = self.draw
        groups = [key for key in self.of_side(side) if self.left[key]]
        if not groups:
            return
        terms = self.terms()
        if maybe(draw, 3):
            names = {"phase": terms["phase"], "due": draw(st.sampled_from(["on gate", "day 1", "phase day 1"]))}
            self.add(f"names_{n}", "information", by, **names)
            terms["after"] = [*terms["after"], {"obligation": f"names_{n}"}]
        chosen = draw(st.lists(st.sampled_from(groups), min_size=1, max_size=2, unique=True))
        amount = {key: draw(st.integers(1, self.left[key])) for key in chosen}
        if maybe(draw, 4):
            terms["transit"] = draw(durations)
        self.add(f"batch_{n}", "release", by, amount=amount, **terms)
        for key, count in amount.items():
            self.left[key] -= count

    def add_people(self) -> None:
        draw = self.draw
        for n in range(1, draw(st.integers(1, 5)) + 1):
            self.add_batch(n, "a", "hostages")
        if maybe(draw, 1):
            self.add_batch(9, "b", "prisoners")
        prisoners = self.of_side("prisoners")
        releases = [key for key, o in self.obligations.items() if o["kind"] == "release" and o["by"] == "a"]
        for place in range(draw(st.integers(0, 2)) if prisoners and releases else 0):
            self.add_return(f"return_{place}", releases, prisoners)
        spare = [key for key in prisoners if self.left[key]]
        if spare and maybe(draw, 3):
            key = draw(st.sampled_from(spare))
            self.add("prisoners", "return", "b", amount={key: self.left[key]}, **self.terms())
            self.left[key] = 0

    def add_return(self, key: str, releases: list[str], prisoners: list[str]) -> None:
        """Owed for each release: so many a person, or so many for all of a group."""
        draw = self.draw
        owed = st.one_of(st.integers(0, 3), st.builds(lambda n: {"total": n}, st.integers(0, 7)))
        ratio = {
            group: draw(st.dictionaries(st.sampled_from(prisoners), owed, min_size=1, max_size=2))
            for group in draw(st.lists(st.sampled_from(self.of_side("hostages")), min_size=1, max_size=3, unique=True))
        }
        named = draw(st.lists(st.sampled_from(releases), min_size=1, max_size=2, unique=True))
        some_owed = any(set(self.obligations[name]["amount"]) & set(ratio) for name in releases)
        named_owed = all(set(self.obligations[name]["amount"]) & set(ratio) for name in named)
        if not some_owed:
            return
        for_each: Any = named if named_owed and maybe(draw, 3) else "release"
        dates = st.sampled_from(["same day", "on gate", "12 h after gate", "day 3", "phase day 2"])
        order = list(self.phases)
        earliest = max(order.index(self.obligations[name]["phase"]) for name in releases)
        phase = draw(st.sampled_from(order[earliest:]))
        terms: dict[str, Any] = {"phase": phase, "due": draw(dates)}
        if maybe(draw, 3):
            terms["transit"] = draw(durations)
        self.add(key, "return", "b", ratio=ratio, for_each=for_each, **terms)

    def add_withdrawals(self) -> None:
        for line in LINES[1 : 1 + self.draw(st.integers(0, 3))]:
            terms = self.terms("one" if not self.line else None)
            before = self.obligations.get(f"to_{LINES[self.line]}")
            if before is not None:  # a line is reached after the one before it
                terms = {**terms, "phase": before["phase"], "due": "on gate"}
                terms["after"] = [{"obligation": f"to_{LINES[self.line]}"}]
            self.add(f"to_{line}", "withdrawal", "b", to_line=line, **terms)
            self.line = LINES.index(line)

    def add_others(self) -> None:
        """Flows, crossings, arms and the like."""
        draw = self.draw
        for n in range(draw(st.integers(0, 2))):
            terms = self.terms()
            if maybe(draw, 3):
                terms["until"] = draw(st.sampled_from(["day 4", "phase day 3", "phase day 1 18:30"]))
            if maybe(draw, 3):
                terms["on_exchange_days"] = {"trucks": 300}
            by = draw(st.sampled_from(["b", "a", "e"]))
            self.add(f"flow_{n}", "flow", by, each_day={"trucks": draw(st.sampled_from([600, 50]))}, **terms)
        for kind in draw(st.lists(st.sampled_from(["access", "arms", "handover_of_government", "force_deployment"]),
                                  max_size=2, unique=True)):  # fmt: skip
            terms = self.terms()
            if kind == "arms":
                terms["units"] = draw(st.integers(1, 4))
                terms["accepted_from"] = draw(st.sampled_from([1.0, 0.7]))
            self.add(kind, kind, draw(st.sampled_from(["a", "b", "e", "m"])), **terms)

    def link_phases(self) -> None:
        """What the next phase waits for, and how long one goes on."""
        draw, keys = self.draw, list(self.phases)
        for before, key in itertools.pairwise(keys):
            possible = [c for c in self.conditions(before) if c != {"phase": before, "state": "entered"}]
            if possible and maybe(draw, 6):
                self.phases[key]["enters_when"] = [draw(st.sampled_from(possible))]
            if possible and "lasts" in self.phases[before] and maybe(draw, 4):
                self.phases[before]["continues_while"] = [draw(st.sampled_from([*possible, "phase." + before]))]
                if maybe(draw, 5):
                    self.phases[before]["at_most"] = draw(lives)

    def deal(self) -> dict[str, Any]:
        return {
            "deal": "generated",
            "title": "Generated",
            "starts": self.draw(st.sampled_from(["2025-01-19T00:00+02:00", "2025-01-19T08:30+02:00"])),
            "parties": {"a": "A", "b": "B"},
            "holders": {"h": {"answers_to": "a"}},
            "mediators": {"m": "M", "n": "N"},
            "others": {"e": "E"},
            "groups": self.groups,
            "lines": {line: {} for line in LINES},
            "phases": self.phases,
            "obligations": self.obligations,
        }


# ---------------------------------------------------------------- behaviour


@dataclass(frozen=True)
class _Cast:
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
    def of(cls, deal: Deal) -> _Cast:
        """The cast of any deal."""
        owed = {key: (obligation.by, obligation.kind) for key, obligation in deal.obligations.items()}
        few = [key for key, group in deal.groups.items() if group.count <= FEW]
        return cls(
            list(deal.parties), list(deal.holders), list(deal.others), list(deal.mediators), list(deal.phases),
            list(deal.groups), few, few, list(dict.fromkeys(topics(deal))), owed, deal.horizon > LONG,
        )  # fmt: skip

    @classmethod
    def of_draft(cls, draft: _Draft) -> _Cast:
        """The cast of a deal that is being written."""
        owed = {key: (o["by"], o["kind"]) for key, o in draft.obligations.items()}
        phases, groups = list(draft.phases), list(draft.groups)
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
    leaves["unless"] = draw(st.sampled_from([[], ["truce.holds"]]))
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
def mediations(draw: DrawFn, cast: _Cast) -> dict[str, Any]:
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
def incidents(draw: DrawFn, cast: _Cast) -> dict[str, Any]:
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
def shocks(draw: DrawFn, cast: _Cast) -> dict[str, Any]:
    """Something from outside, dated or random, with one effect."""
    shock: dict[str, Any] = {"chance": draw(st.sampled_from([1.0, 0.5]))}
    shock |= draw(st.sampled_from([{"at": "day 2"}, {"at": "day 4 08:00"}, {"per_day": 0.3}]))
    effects: list[dict[str, Any]] = [{"effect": "redates_all"}, {"effect": "settles_all"}]
    effects += [{"effect": "suspends_truce", "by": by, "lasts": "1 d"} for by in [*cast.parties, *cast.holders]]
    effects += [{"effect": "shifts", "path": f"parties.{cast.parties[-1]}.complains", "to": 0.2}]
    effects += [{"effect": "shifts", "path": "mediators.settles", "to": 0.9}]
    effects += [{"effect": "locates", "group": group} for group in cast.groups]
    effects += [{"effect": "breaks_off_talks", "topic": topic} for topic in cast.topics]
    effects += [{"effect": "breaks_off_talks"}]
    return {**shock, **draw(st.sampled_from(effects))}


def _named(draw: DrawFn, prefix: str, items: SearchStrategy[Any], most: int) -> dict[str, Any]:
    return {f"{prefix}_{n}": draw(items) for n in range(draw(st.integers(0, most)))}


def _behaviour(draw: DrawFn, cast: _Cast) -> dict[str, Any]:
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


def _uncertain(draw: DrawFn, behaviour: dict[str, Any]) -> dict[str, Any]:
    paths = ["mediators.settles", "parties.a.complains", "parties.b.restores", "parties.a.patience.median"]
    paths += [f"talks.{topic}.fails" for topic in behaviour["talks"]]
    chosen = draw(st.lists(st.sampled_from(paths), max_size=2, unique=True)) if maybe(draw, 3) else []
    shapes = st.sampled_from([{"uniform": [0.2, 0.9]}, {"beta": [2, 3]}, {"quantiles": [0.0, 0.5, 1.0]}])
    return {path: {"lognormal": ["12 h", "3 d"]} if "patience" in path else draw(shapes) for path in chosen}


def _draft(draw: DrawFn, most_phases: int) -> _Draft:
    draft = _Draft(draw)
    draft.add_phases(most_phases)
    draft.add_groups()
    draft.add_truce()
    draft.add_talks()
    draft.add_withdrawals()
    draft.add_people()
    draft.add_others()
    draft.link_phases()
    return draft


@st.composite
def documents(draw: DrawFn, most_phases: int = len(PHASES)) -> dict[str, Any]:
    """A resolved scenario as plain data."""
    draft = _draft(draw, most_phases)
    behaviour = _behaviour(draw, _Cast.of_draft(draft))
    return {
        "scenario": "generated",
        "question": "What happens?",
        "horizon": draw(st.sampled_from(["12 d", "4 d", "25 d"])),
        "deal": draft.deal(),
        "behaviour": behaviour,
        "uncertain": _uncertain(draw, behaviour),
    }


@st.composite
def deals(draw: DrawFn, most_phases: int = len(PHASES)) -> Deal:
    """Deals of two parties that `validate` finds no fault with.

    Parameters
    ----------
    most_phases : int, optional
        Phases to have at most, up to 3.

    Returns
    -------
    SearchStrategy of Deal
        It shrinks to one phase and one release.
    """
    deal = Deal.model_validate(_draft(draw, most_phases).deal())
    # only adding up all times shows whether something falls due after its phase
    assume(not any(check_deal(deal)))
    return deal


def behaviours(deal: Deal) -> SearchStrategy[Behaviour]:
    """Ways in which everybody in a deal may behave, from full compliance to refusing, leaving and dying.

    Parameters
    ----------
    deal : Deal
        Any deal, generated or of your own.

    Returns
    -------
    SearchStrategy of Behaviour
        It shrinks to a behaviour in which nothing happens that is not owed.
    """
    cast = _Cast.of(deal)

    @st.composite
    def of_deal(draw: DrawFn) -> Behaviour:
        return Behaviour.model_validate(_behaviour(draw, cast))

    return of_deal()


def scenarios(deal: Deal | None = None, most_phases: int = len(PHASES)) -> SearchStrategy[ResolvedScenario]:
    """Whole scenarios: a deal and how everybody behaves. A failing test prints the smallest one as YAML.

    Parameters
    ----------
    deal : Deal, optional
        Whose behaviour is to vary; without one the deal is generated too.
    most_phases : int, optional
        Phases that a generated deal has at most, up to 3.

    Returns
    -------
    SearchStrategy of ResolvedScenario
        It shrinks to a small deal in which everybody complies.
    """

    @st.composite
    def generated(draw: DrawFn) -> ResolvedScenario:
        resolved = ResolvedScenario.model_validate(draw(documents(most_phases)))
        assume(not any(check_deal(resolved.deal)))  # as in `deals`
        note(as_yaml(resolved))
        return resolved

    @st.composite
    def of_deal(draw: DrawFn) -> ResolvedScenario:
        assert deal is not None
        resolved = around(deal, draw(behaviours(deal)))
        assume(not any(fault.severity == "error" for fault in check_behaviour(resolved)))
        note(as_yaml(resolved))
        return resolved

    return generated() if deal is None else of_deal()


def around(deal: Deal, behaviour: Behaviour | None = None) -> ResolvedScenario:
    """A scenario of a deal on its own.

    Parameters
    ----------
    deal : Deal
        Any deal, generated or of your own.
    behaviour : Behaviour, optional
        By default everybody complies, and nothing else happens.

    Returns
    -------
    ResolvedScenario
        Of the deal's own horizon.
    """
    behaviour = behaviour or Behaviour.model_validate({"assumption": "Everybody complies."})
    return ResolvedScenario.model_validate(
        {
            "scenario": deal.deal,
            "question": "What can happen?",
            "horizon": write_duration(deal.horizon),
            "deal": deal,
            "behaviour": behaviour,
        }
    )
