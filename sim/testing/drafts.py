"""Generated deals: a draft to which obligations are added one by one, each open to wait for those before it."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sim.testing.choices import KEPT, compound, few_conditions, maybe, one_condition, one_of, some_of, whole

ASSUMED = {"assumption": "Generated."}
LINES = ("start", "river", "road", "border")
PHASES = ("one", "two", "three")
OF_THINGS = ("arms", "withdrawal", "force_deployment", "transfer", "payment", "demobilisation")
OTHERS = ("access", "arms", "handover_of_government", "force_deployment")
WORDS = ("at_least", "up_to", "about")
durations: SearchStrategy[str] = one_of("0 min", "1 h", "12 h", "1 d", "2 d")
lives: SearchStrategy[str] = one_of("5 d", "3 d", "8 d", "12 d")
_TO_A_PERSON, _IN_ALL = st.integers(0, 3), st.builds(lambda n: {"total": n}, st.integers(0, 7))
_RETURNED_ON = one_of("same day", "on gate", "12 h after gate", "day 3", "phase day 2")


@lru_cache(maxsize=KEPT)
def ratios(prisoners: tuple[str, ...]) -> SearchStrategy[dict[str, Any]]:
    """Prisoners owed for somebody of a group, or for all of it."""
    return st.dictionaries(one_of(*prisoners), st.one_of(_TO_A_PERSON, _IN_ALL), min_size=1, max_size=2)


class Draft:
    """A deal while it is being written: what later obligations may wait for grows with each one added."""

    def __init__(self, draw: DrawFn):
        self.draw = draw
        self.phases: dict[str, Any] = {}
        self.stocks: dict[str, Any] = {}
        self.obligations: dict[str, Any] = {}
        self.left: dict[str, int] = {}
        self.topics: list[str] = []
        self.exchanges: dict[str, Any] = {}
        self.powers: dict[str, Any] = {}
        self.line = 0
        self.has_truce = False

    def add(self, key: str, kind: str, by: str, **terms: Any) -> None:
        """Add an obligation; parties owe one another, others owe either of them."""
        to = {"a": "b", "b": "a"}.get(by) or self.draw(one_of("a", "b"))
        self.obligations[key] = {"kind": kind, "by": by, "to": to, **terms, **ASSUMED}

    def phase(self) -> str:
        """Any of the phases."""
        return str(self.draw(one_of(*self.phases)))

    def due(self, phase: str) -> str:
        """A date; in a phase without an end none that counts from it."""
        draw = self.draw
        dates = ["on gate", "6 h after gate", "day 1", "day 2 08:00", "day 4", "phase day 1 00:00", "phase day 2"]
        if "lasts" in self.phases[phase]:
            dates.append("phase end")
        return str(draw(one_of(*dates)))

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
            elif "to_line" in o:
                found.append({"line": o["to_line"], "by": "b"})
            elif o["kind"] == "talks":
                found += [{"talks": o["topic"], "state": s} for s in ("started", "under_way", "agreed")]
        for name in ("hostages", "prisoners"):
            total = sum(n for group, n in released.items() if self.stocks[group]["list"] == name)
            if total:
                found += [{"released": n, "list": name} for n in sorted({1, (total + 1) // 2, total})]
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
        """What an obligation of this phase waits for, often nothing."""
        draw, possible = self.draw, self.conditions(phase)
        gate = few_conditions(draw, possible) if maybe(draw, 5) else []
        if maybe(draw, 1):
            gate = [*gate, {"any": few_conditions(draw, possible, 1)}]
        return [*gate, compound(draw, possible)] if maybe(draw, 1) else gate

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
        """Add phases, each followed by the next."""
        draw = self.draw
        keys = PHASES[: draw(whole(1, most))]
        for place, key in enumerate(keys):
            phase: dict[str, Any] = dict(ASSUMED)
            if maybe(draw, 8):
                phase["lasts"] = draw(lives)
            if "lasts" in phase and maybe(draw, 2):
                phase["ends_early"] = True
            if place + 1 < len(keys):
                phase["then"] = keys[place + 1]
            self.phases[key] = phase

    def add_stocks(self) -> None:
        """Add stocks of people and remains; the first is of hostages."""
        draw = self.draw
        for n in range(draw(whole(1, 8))):
            hostages = n == 0 or draw(st.booleans())
            held_by = draw(one_of("a", "a", "h")) if hostages else "b"
            of = draw(one_of("people", "people", "remains"))
            count, key = draw(whole(1, 6)), f"g{n}"
            name = "hostages" if hostages else "prisoners"
            self.stocks[key] = {"of": of, "held_by": held_by, "count": count, "list": name, **ASSUMED}
            self.left[key] = count

    def on_list(self, name: str) -> list[str]:
        """Stocks on one list."""
        return [key for key, stock in self.stocks.items() if stock["list"] == name]

    def add_truce(self) -> None:
        """Let somebody owe the truce, or all phases have one, or none."""
        draw = self.draw
        if maybe(draw, 4):
            by = draw(one_of("a", "b", "m"))
            self.add("truce", "truce", by, phase="one", due=draw(one_of("on gate", "day 1 18:30", "day 2")))
            self.has_truce = True
        elif maybe(draw, 9):
            self.has_truce = True
        else:
            for phase in self.phases.values():
                phase["truce"] = False

    def add_talks(self) -> None:
        """Add up to two topics of talks."""
        draw = self.draw
        for topic in ["next", "later"][: draw(whole(0, 2))]:
            phase = self.phase()
            terms: dict[str, Any] = {"phase": phase, "after": self.gate(phase) if maybe(draw, 3) else []}
            terms["starts_by"] = draw(one_of("phase day 1", "day 2", "phase day 2 08:00"))
            if maybe(draw, 7):
                terms["concludes_by"] = draw(one_of("phase day 3", "day 5", "phase day 4 18:30"))
            self.add(f"talks_{topic}", "talks", draw(one_of("a", "b", "m")), topic=topic, **terms)
            self.topics.append(topic)

    def add_batch(self, n: int, by: str, name: str) -> None:
        """A batch of people, perhaps with their names before it."""
        draw = self.draw
        stocks = [key for key in self.on_list(name) if self.left[key]]
        if not stocks:
            return
        terms = self.terms()
        if maybe(draw, 3):
            names = {"phase": terms["phase"], "due": draw(one_of("on gate", "day 1", "phase day 1"))}
            self.add(f"names_{n}", "information", by, **names)
            terms["after"] = [*terms["after"], {"obligation": f"names_{n}"}]
        chosen = draw(some_of(tuple(stocks), 1, 2))
        amount = {key: draw(whole(1, self.left[key])) for key in chosen}
        if maybe(draw, 4):
            terms["transit"] = draw(durations)
        self.add(f"batch_{n}", "release", by, amount=amount, **terms)
        for key, count in amount.items():
            self.left[key] -= count

    def add_people(self) -> None:
        """Add batches of people, and returns for them."""
        draw = self.draw
        for n in range(1, draw(whole(1, 5)) + 1):
            self.add_batch(n, "a", "hostages")
        if maybe(draw, 1):
            self.add_batch(9, "b", "prisoners")
        prisoners = self.on_list("prisoners")
        releases = [key for key, o in self.obligations.items() if o["kind"] == "release" and o["by"] == "a"]
        for place in range(draw(whole(0, 2)) if prisoners and releases else 0):
            self.add_return(f"return_{place}", releases, prisoners)
        spare = [key for key in prisoners if self.left[key]]
        if spare and maybe(draw, 3):
            key = draw(one_of(*spare))
            self.add("prisoners", "return", "b", amount={key: self.left[key]}, **self.terms())
            self.left[key] = 0

    def add_return(self, key: str, releases: list[str], prisoners: list[str]) -> None:
        """Owed for each release: so many a person, or so many for all of a group."""
        draw = self.draw
        owed = ratios(tuple(prisoners))
        ratio = {group: draw(owed) for group in draw(some_of(tuple(self.on_list("hostages")), 1, 3))}
        named = draw(some_of(tuple(releases), 1, 2))
        some_owed = any(set(self.obligations[name]["amount"]) & set(ratio) for name in releases)
        named_owed = all(set(self.obligations[name]["amount"]) & set(ratio) for name in named)
        if not some_owed:
            return
        for_each: Any = named if named_owed and maybe(draw, 3) else "release"
        order = list(self.phases)
        earliest = max(order.index(self.obligations[name]["phase"]) for name in releases)
        phase = draw(one_of(*order[earliest:]))
        terms: dict[str, Any] = {"phase": phase, "due": draw(_RETURNED_ON)}
        if maybe(draw, 3):
            terms["transit"] = draw(durations)
        self.add(key, "return", "b", ratio=ratio, for_each=for_each, **terms)

    def add_withdrawals(self) -> None:
        """Add withdrawals from line to line."""
        for line in LINES[1 : 1 + self.draw(whole(0, 3))]:
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
        for n in range(draw(whole(0, 2))):
            terms = self.terms()
            if maybe(draw, 3):
                terms["until"] = draw(one_of("day 4", "phase day 3", "phase day 1 18:30"))
            if maybe(draw, 3):
                terms["on_exchange_days"] = {"trucks": 300}
            by = draw(one_of("b", "a", "e"))
            self.add(f"flow_{n}", "flow", by, each_day={"trucks": draw(one_of(600, 50))}, **terms)
        for kind in draw(some_of(OTHERS, 0, 2)):
            terms = self.terms()
            if kind == "arms":
                terms["units"] = draw(whole(1, 4))
                terms["accepted_from"] = draw(one_of(1.0, 0.7))
            self.add(kind, kind, draw(one_of("a", "b", "e", "m")), **terms)

    def add_exchanges(self) -> None:
        """Add obligations in step, of people, things and what is done or not."""
        draw = self.draw
        for n in range(draw(st.integers(1, 2))):
            phase, lots = self.phase(), draw(st.sampled_from([1, 1, 2, 3]))
            between = draw(st.sampled_from([("a", "b"), ("b", "a"), ("a", "e"), ("m", "b"), ("b", "e", "a")]))
            terms = [self.terms(phase) for _ in between]
            legs = [self.add_leg(f"leg_{n}_{by}", by, lots, mine) for by, mine in zip(between, terms, strict=True)]
            exchange: dict[str, Any] = {"legs": legs, "lots": lots, "lead": draw(st.sampled_from([0.0, 0.0, 0.5, 1.0]))}
            counted = [leg for leg in legs if "amount" in self.obligations[leg]]
            if len(counted) > 1 and maybe(draw, 4):
                exchange["in"] = "number"
            if lots > 1:
                exchange["every"] = draw(durations)
            self.exchanges[f"exchange_{n}"] = {**exchange, "whole": maybe(draw, 3), **ASSUMED}

    def add_leg(self, key: str, by: str, lots: int, terms: dict[str, Any]) -> str:
        """An obligation that is a leg: the people of a stock of its own, things, or something done. Returns its key."""
        draw = self.draw
        kind = draw(st.sampled_from(["release", "arms", "act"] if by in ("a", "b") else ["payment", "act"]))
        if lots > 1 and terms["due"] == "phase end":
            terms["due"] = "phase day 2"
        if kind == "act":
            self.add(key, kind, by, **terms)
            return key
        number, stock = draw(st.integers(lots, 7)), f"of_{key}"
        of = draw(st.sampled_from(["people", "people", "remains"])) if kind == "release" else "weapons"
        held_by = draw(st.sampled_from(["a", "h"])) if by == "a" and kind == "release" else by
        self.stocks[stock] = {"of": of, "held_by": held_by, "count": number, **ASSUMED}
        if kind == "release":
            self.stocks[stock]["list"], self.left[stock] = "hostages" if by == "a" else "prisoners", 0
            if maybe(draw, 3):
                terms["transit"] = draw(durations)
            if by == "b":
                kind = draw(st.sampled_from(["return", "transfer"]))
        self.add(key, kind, by, amount={stock: number}, **terms)
        return key

    def add_amounts(self) -> None:
        """Owe acts and things, of some batches about or up to so many, and of some stocks all that is left."""
        draw = self.draw
        for kind in draw(some_of(("act", *OF_THINGS), 0, 3)):
            terms, by = self.terms(), draw(one_of("a", "b", "e", "m"))
            if kind != "act":
                terms["amount"] = self.things(f"things_{kind}", by)
            self.add(f"more_{kind}", kind, by, **terms)
        by_ratio = [o["ratio"] for o in self.obligations.values() if o.get("ratio")]
        answered = {stock for ratio in by_ratio for stock in ratio}
        owed_by_ratio = {stock for ratio in by_ratio for owed in ratio.values() for stock in owed}
        for key, obligation in self.obligations.items():
            amount = obligation.get("amount", {})
            if key.startswith("leg_"):
                continue
            if obligation["kind"] not in ("release", "return") or len(amount) != 1 or not maybe(draw, 5):
                continue
            [(stock, number)] = amount.items()
            if self.left[stock] and stock not in owed_by_ratio:
                self.left[stock], amount[stock] = 0, "all"
            elif stock not in answered:
                amount[stock] = {draw(one_of(*WORDS)): number}
            if obligation["kind"] == "release" and obligation["by"] == "b" and maybe(draw):
                obligation["kind"] = "transfer"

    def things(self, key: str, by: str) -> dict[str, Any]:
        """An amount of a stock of things: a number, all, or a number with a word beside it."""
        draw = self.draw
        count = draw(whole(1, 12))
        self.stocks[key] = {"of": "weapons", "held_by": by, "count": count, **ASSUMED}
        number = draw(whole(1, count))
        return {key: draw(st.sampled_from([number, "all", *({word: number} for word in WORDS)]))}

    def add_deadlines(self) -> None:
        """Let much be late by its deadline, even while it waits for something else."""
        draw = self.draw
        for obligation in self.obligations.values():
            if obligation["kind"] in ("flow", "talks") or obligation.get("ratio") or not maybe(draw, 7):
                continue
            dates = ["day 3", "day 5 08:00", "phase day 2", "phase day 4 18:30"]
            if "lasts" in self.phases[obligation["phase"]]:
                dates.append("phase end")
            if obligation.get("due", "on gate").endswith("gate"):
                dates += ["2 d after gate", "4 d after gate"]
            obligation["deadline"] = draw(one_of(*dates))

    def add_powers(self) -> None:
        """Let parties and others give new dates to some of what is owed, and phases a later end."""
        draw = self.draw
        legs = {leg for exchange in self.exchanges.values() if exchange["lots"] > 1 for leg in exchange["legs"]}
        dated = [
            key
            for key, o in self.obligations.items()
            if o["kind"] not in ("flow", "talks") and not o.get("ratio") and key not in self.phases
        ]
        dated += [key for key, phase in self.phases.items() if "lasts" in phase]
        for n in range(draw(whole(1, 2)) if dated else 0):
            what = draw(some_of(tuple(dated), 1, 3))
            is_day = not legs & set(what) and maybe(draw, 5)
            date = {"to": draw(one_of("day 5", "day 7 09:00"))} if is_day else {"days": draw(one_of("1 d", "36 h"))}
            after = draw(one_of("day 3", "day 2 18:00"))
            possible = [after, *({"obligation": key} for key in self.obligations)]
            gate = few_conditions(draw, possible, 1) if maybe(draw, 8) else []
            by = draw(st.sampled_from([["a"], ["b"], ["a", "b"], ["m", "e"]]))
            power = {"by": by, "may": "redate", "what": what, **date, "after": gate, "times": draw(whole(1, 3))}
            self.powers[f"power_{n}"] = {**power, **ASSUMED}

    def link_phases(self) -> None:
        """What the next phase waits for, and how long one goes on."""
        draw, keys = self.draw, list(self.phases)
        for before, key in itertools.pairwise(keys):
            possible = [c for c in self.conditions(before) if c != {"phase": before, "state": "entered"}]
            if possible and maybe(draw, 2):
                possible = [compound(draw, possible)]
            if possible and maybe(draw, 6):
                self.phases[key]["enters_when"] = [one_condition(draw, possible)]
            if possible and "lasts" in self.phases[before] and maybe(draw, 4):
                self.phases[before]["continues_while"] = [one_condition(draw, [*possible, "phase." + before])]
                if maybe(draw, 5):
                    self.phases[before]["at_most"] = draw(lives)

    def deal(self) -> dict[str, Any]:
        """The deal as plain data."""
        return {
            "deal": "generated",
            "title": "Generated",
            "starts": self.draw(one_of("2025-01-19T00:00+02:00", "2025-01-19T08:30+02:00")),
            "parties": {"a": "A", "b": "B"},
            "holders": {"h": {"answers_to": "a"}},
            "mediators": {"m": "M", "n": "N"},
            "others": {"e": "E"},
            "stocks": self.stocks,
            "lines": {line: {} for line in LINES},
            "phases": self.phases,
            "obligations": self.obligations,
            **({"exchanges": self.exchanges} if self.exchanges else {}),
            **({"powers": self.powers} if self.powers else {}),
        }


def a_draft(
    draw: DrawFn,
    most_phases: int,
    amounts: bool = False,
    exchanges: bool = False,
    deadlines: bool = False,
    powers: bool = False,
) -> Draft:
    """A draft with all its parts."""
    draft = Draft(draw)
    draft.add_phases(most_phases)
    draft.add_stocks()
    draft.add_truce()
    draft.add_talks()
    draft.add_withdrawals()
    draft.add_people()
    if exchanges:
        draft.add_exchanges()
    draft.add_others()
    draft.link_phases()
    if amounts:
        draft.add_amounts()
    if deadlines:
        draft.add_deadlines()
    if powers:
        draft.add_powers()
    return draft
