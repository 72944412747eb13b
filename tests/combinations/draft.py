"""A deal that grows feature by feature: each one adds what it needs, and ties it to what is there already."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.builders import History

ASSUMED = {"assumption": "Composed."}
DUTIES = (
    "access", "information", "act", "arms", "handover_of_government", "force_deployment", "transfer", "payment",
    "demobilisation",
)  # fmt: skip
"""Kinds that have to be done by a day and move nobody."""
HELD_BY = {"a": ("a", "h"), "b": ("b",)}
OTHER = {"a": "b", "b": "a"}
TIED = 0.25
"""How often a new obligation waits for one that is there."""

Acted = Callable[[History], bool]
"""Whether a feature acted, read from the trace of a history."""


@dataclass
class Draft:
    """What has been written so far.

    Attributes
    ----------
    chance : random.Random
        Values, debtors and ties are chosen by it.
    deal, behaviour, uncertain : dict
        As in a document.
    last : dict
        Phases that follow all others.
    """

    chance: random.Random
    deal: dict[str, Any] = field(default_factory=dict)
    behaviour: dict[str, Any] = field(default_factory=lambda: {**ASSUMED, "parties": {}, "mediators": {}})
    uncertain: dict[str, Any] = field(default_factory=dict)
    last: dict[str, Any] = field(default_factory=dict)
    _n: int = 0

    def __post_init__(self) -> None:
        self.deal = {
            "deal": "composed",
            "title": "Composed",
            "starts": self.chance.choice(["2025-01-19T00:00+02:00", "2025-01-19T08:30+02:00"]),
            "horizon": "80 d",
            "parties": {"a": "A", "b": "B"},
            "holders": {"h": {"answers_to": "a", **ASSUMED}},
            "mediators": {"m": "M", "n": "N"},
            "others": {"e": "E"},
            "stocks": {},
            "lines": {"start": dict(ASSUMED)},
            "phases": {"one": {"lasts": "14 d", **ASSUMED}},
            "obligations": {},
            "guarantees": {},
        }

    # ------------------------------------------------------------ names

    def key(self, stem: str) -> str:
        """A name that nothing has yet."""
        self._n += 1
        return f"{stem}_{self._n}"

    def group(self, by: str, count: int = 2, *, of: str = "people", held_by: str | None = None) -> str:
        """A new group of people that this party, or a holder that answers to it, holds."""
        key = self.key("group")
        name = "hostages" if by == "a" else "prisoners"
        held_by = held_by or self.chance.choice(HELD_BY[by])
        group = {"of": of, "held_by": held_by, "count": count, "list": name, **ASSUMED}
        self.deal["stocks"][key] = group
        return key

    def things(self, by: str, count: int = 20) -> str:
        """A new stock of things that somebody has."""
        key = self.key("things")
        self.deal["stocks"][key] = {"of": "weapons", "held_by": by, "count": count, **ASSUMED}
        return key

    def phase(self, **terms: Any) -> str:
        """A new phase at the end of the chain; it lasts two days unless the terms say otherwise."""
        key = self.key("phase")
        self.deal["phases"][key] = {"lasts": "2 d", **terms, **ASSUMED}
        return key

    def lapsing(self) -> str:
        """The phase that lapses, the last but one: what the last waits for is refused in its last hours."""
        if "lapses" not in self.last:
            refused = self.key("access")
            terms = {"kind": "access", "by": self.party(), "phase": "lapses", "due": "phase day 2 06:00"}
            lapses = {"lasts": "2 d", **ASSUMED}
            beyond = {"lasts": "2 d", "enters_when": [refused], **ASSUMED}
            self.last = {"lapses": lapses, "beyond": beyond, **self.last}
            self.deal["obligations"][refused] = {**terms, **ASSUMED}
            self.refused(refused)
        return "lapses"

    # ------------------------------------------------------------ obligations

    def owe(self, kind: str, by: str | None = None, **terms: Any) -> str:
        """A new obligation, by default of a party in the first phase, with what its kind needs."""
        key, by = self.key(kind), by or self.party()
        measure = {} if set(terms) & {"amount", "ratio"} else self._measure(kind, by)
        terms = {"phase": "one", **measure, **terms}
        if by not in OTHER:
            terms.setdefault("to", self.party())
        terms.setdefault("due", self.chance.choice(["day 2", "day 3", "day 3 18:00", "day 4"]))
        if "after" not in terms and self.chance.random() < TIED and (earlier := self.tie()):
            terms["after"] = [earlier]
        self.deal["obligations"][key] = {"kind": kind, "by": by, **terms, **ASSUMED}
        return key

    def _measure(self, kind: str, by: str) -> dict[str, Any]:
        if kind in ("release", "return"):
            return {"amount": {self.group(by): 2}}
        if kind == "flow":
            return {"each_day": {"trucks": self.chance.choice([100, 600])}}
        if kind == "talks":
            return {"topic": self.key("topic")}
        return {"units": 10} if kind in ("arms", "transfer", "payment", "demobilisation") else {}

    def tie(self) -> str | None:
        """An obligation of the first phase that something else may wait for."""
        can_be_met = [
            key
            for key, obligation in self.deal["obligations"].items()
            if obligation["phase"] == "one" and obligation["kind"] not in ("flow", "talks", "truce")
            and not obligation.get("for_each") and key not in self.awkward
        ]  # fmt: skip
        return self.chance.choice(can_be_met) if can_be_met else None

    awkward: set[str] = field(default_factory=set)
    """Obligations that others had better not wait for, since they may never be met."""

    def duty(self, by: str | None = None, **terms: Any) -> str:
        """A new obligation that moves nobody."""
        return self.owe(self.chance.choice(DUTIES), by, **terms)

    def anything(self, by: str | None = None, **terms: Any) -> str:
        """A new obligation of a kind that may be late, refused and disputed."""
        kind = self.chance.choice([*DUTIES, "release", "return", "withdrawal"])
        if kind == "release":
            return self.owe(kind, "a", **terms)
        if kind == "return":
            return self.owe(kind, "b", **terms)
        return self.withdrawal(**terms) if kind == "withdrawal" else self.owe(kind, by, **terms)

    def withdrawal(self, **terms: Any) -> str:
        """A new line that party b withdraws to, after the one before it."""
        line = self.key("line")
        last = next((key for key, o in reversed(self.deal["obligations"].items()) if o["kind"] == "withdrawal"), None)
        self.deal["lines"][line] = dict(ASSUMED)
        if last:
            phase = self.deal["obligations"][last]["phase"]
            terms = {**terms, "after": [*terms.get("after", []), last], "phase": phase}
            terms["due"] = terms.get("due", "on gate")
        return self.owe("withdrawal", "b", to_line=line, **terms)

    def party(self) -> str:
        """One of the two sides."""
        return self.chance.choice(["a", "b"])

    def debtor(self, key: str) -> str:
        """Who owes it."""
        return str(self.deal["obligations"][key]["by"])

    def creditor(self, key: str) -> str:
        """To whom it is owed."""
        obligation = self.deal["obligations"][key]
        return str(obligation.get("to") or OTHER[obligation["by"]])

    # ------------------------------------------------------------ behaviour

    def habits(self, party: str) -> dict[str, Any]:
        """How somebody behaves."""
        found: dict[str, Any] = self.behaviour["parties"].setdefault(party, {})
        return found

    def comply(self, key: str, **terms: Any) -> None:
        """How one obligation is performed; `key` may be the instance of a return."""
        debtor = self.debtor(key.partition(".")[0])
        self.habits(debtor).setdefault("obligations", {}).setdefault(key, {}).update(terms)
        if terms.get("refused"):
            self.awkward.add(key.partition(".")[0])

    def late(self, key: str | None = None, delay: Any = "2 d") -> str:
        """An obligation that its debtor is late with."""
        key = key or self.anything()
        self.comply(key, late=1.0, refused=0.0, delay=delay)
        return key

    def refused(self, key: str | None = None) -> str:
        """An obligation that its debtor refuses."""
        key = key or self.anything()
        self.comply(key, refused=1.0)
        return key

    def talks(self, by: str | None = None, **terms: Any) -> tuple[str, str]:
        """Talks on a topic of their own: the obligation and the topic."""
        by = by or self.chance.choice(["a", "b", "m"])
        key = self.owe("talks", by, **{"starts_by": "day 2", "concludes_by": "day 6", **terms})
        return key, self.deal["obligations"][key]["topic"]

    def talking(self, topic: str, **terms: Any) -> None:
        """How talks on a topic go."""
        self.behaviour.setdefault("talks", {}).setdefault(topic, {}).update(terms)

    def incidents(self, **terms: Any) -> str:
        """A source of incidents that strike often."""
        key = self.key("source")
        source = {"by": self.chance.choice(["a", "b", "h"]), "per_day": 0.4, **terms}
        self.behaviour.setdefault("incidents", {})[key] = source
        return key

    def shock(self, effect: str, **terms: Any) -> str:
        """Something from outside, by default on the third day."""
        key = self.key("shock")
        when = {} if "per_day" in terms else {"at": self.chance.choice(["day 3", "day 4 09:00"])}
        self.behaviour.setdefault("shocks", {})[key] = {"effect": effect, **when, **terms}
        return key

    def guarantee(self, **pattern: Any) -> str:
        """A promise of the deal."""
        key = self.key("promise")
        self.deal["guarantees"][key] = {**pattern, **ASSUMED}
        return key

    # ------------------------------------------------------------ the whole

    def document(self) -> dict[str, Any]:
        """The resolved scenario as plain data."""
        if not self.deal["obligations"]:
            self.duty()
        self.deal["phases"] |= self.last
        for before, key in pairwise(self.deal["phases"]):
            self.deal["phases"][before]["then"] = key
        return {
            "scenario": "composed",
            "question": "What happens?",
            "horizon": self.deal["horizon"],
            "deal": self.deal,
            "behaviour": self.behaviour,
            "uncertain": self.uncertain,
        }


def happened(event: str, subject: str | None = None) -> Acted:
    """That an event stands in the trace."""
    return lambda history: bool(history.all(event, subject))


def both(*acted: Acted) -> Acted:
    """That all of these did."""
    return lambda history: all(one(history) for one in acted)


def either(*acted: Acted) -> Acted:
    """That one of these did."""
    return lambda history: any(one(history) for one in acted)
