"""How the fields of a record are written down: name, per what, how it is reset, and its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.plan import limits
from sim.plan.codes import (
    CLOCK_BITS,
    DECISION_FIELDS,
    N_HEADINGS,
    N_PARTIES,
    N_QUANTILES,
    N_TOPS,
    TRACE_FIELDS,
    Clock,
)

TYPES: dict[str, type] = {"int": np.int64, "float": np.float64, "uint": np.uint64, "int32": np.int32}
PER: dict[str, tuple[int, ...]] = {
    "replicate": (),
    "deal": (),
    "side": (2,),
    "party": (N_PARTIES,),
    "obligation": (limits.MAX_OBLIGATIONS,),
    "obligation that lasts": (limits.MAX_OBLIGATIONS,),
    "obligation with a deadline": (limits.MAX_OBLIGATIONS,),
    "step of a walk": (limits.MAX_OBLIGATIONS + limits.MAX_PHASES,),
    "flow": (limits.MAX_OBLIGATIONS,),
    "flow, in order": (limits.MAX_OBLIGATIONS,),
    "place by phase": (limits.MAX_OBLIGATIONS,),
    "obligation and end": (limits.MAX_OBLIGATIONS + 1,),
    "entry": (limits.MAX_ENTRIES,),
    "ratio": (limits.MAX_RATIOS,),
    "lot": (limits.MAX_OBLIGATIONS,),
    "exchange": (limits.MAX_EXCHANGES,),
    "exchange and end": (limits.MAX_EXCHANGES + 1,),
    "leg": (limits.MAX_OBLIGATIONS,),
    "share waited for": (limits.MAX_STEPS,),
    "condition": (limits.MAX_CONDITIONS,),
    "day": (limits.MAX_DAYS,),
    "signal and end": (
        limits.MAX_OBLIGATIONS + limits.MAX_GROUPS + limits.MAX_ACTORS + limits.MAX_TOPICS + limits.MAX_PHASES + 3,
    ),
    "watch": (limits.MAX_WATCHES,),
    "group": (limits.MAX_GROUPS,),
    "mortal group": (limits.MAX_GROUPS,),
    "person searched for": (limits.MAX_SEARCHED,),
    "person who may die": (limits.MAX_MORTAL,),
    "actor": (limits.MAX_ACTORS,),
    "actor and phase": (limits.MAX_ACTORS, limits.MAX_PHASES),
    "mediator": (limits.MAX_ACTORS,),
    "mediator and party": (limits.MAX_ACTORS, N_PARTIES),
    "phase": (limits.MAX_PHASES,),
    "phase and end": (limits.MAX_PHASES + 1,),
    "topic": (limits.MAX_TOPICS,),
    "source": (limits.MAX_SOURCES,),
    "shock": (limits.MAX_SHOCKS,),
    "power": (limits.MAX_POWERS,),
    "power and end": (limits.MAX_POWERS + 1,),
    "change by a power": (limits.MAX_CHANGED,),
    "parameter": (limits.MAX_PARAMETERS,),
    "uncertain number": (limits.MAX_UNCERTAIN,),
    "uncertain number and quantile": (limits.MAX_UNCERTAIN, N_QUANTILES),
    "kind of clock and end": (len(Clock) + 1,),
    "clock": (1 << CLOCK_BITS,),
    "tree": (N_TOPS,),
    "node of a tree": (2 * N_TOPS << CLOCK_BITS,),
    "scripted decision": (limits.MAX_SCRIPT,),
    "stretch": (limits.MAX_STRETCHES,),
    "guarantee": (limits.MAX_GUARANTEES,),
    "formula and end": (2 * limits.MAX_GUARANTEES + 1,),
    "claim": (limits.MAX_CLAIMS,),
    "fact": (limits.MAX_FACTS,),
    "heading and end": (N_HEADINGS + 1,),
    "place of a ranked draw": (limits.RANKED_SLOTS,),
    "place and uniform": (limits.RANKED_SLOTS, 4),
    "dimension and bit": (limits.MAX_RANKED, 32),
    "piece of news": (limits.MAX_NEWS,),
    "event": (limits.MAX_EVENTS,),
    "event and field": (limits.MAX_EVENTS, TRACE_FIELDS),
    "decision and field": (limits.MAX_DECISIONS, DECISION_FIELDS),
}
"""What a field has one number of each for, and room for how many."""


@dataclass(frozen=True)
class Field:
    """One field of a record.

    Attributes
    ----------
    name : str
    per : str
        What there is one number of each for, a key of `PER`.
    kind : str
        Of number, a key of `TYPES`.
    reset : str
        The value at the start of each replicate, as an expression of `plan` and the place `i`; a word in brackets where
        a rule sets it before anybody reads it, or where it is to be kept; empty in a plan.
    meaning : str
        With its unit; a minute counts from the deal's start, a slot is a place in `parameter`.
    """

    name: str
    per: str
    kind: str
    reset: str
    meaning: str

    @property
    def is_reset(self) -> bool:
        """Whether it has a value at the start of each replicate that does not depend on rules."""
        return bool(self.reset) and not self.reset.startswith("(")


def fields_of(table: str) -> tuple[Field, ...]:
    """Fields from lines 'name | reset | meaning' or 'name | meaning' under headings '[per]' or '[per: kind]'."""
    fields, per, kind = [], "", "int"
    for line in filter(None, map(str.strip, table.splitlines())):
        if line.startswith("["):
            per, _, kind = line.strip("[]").partition(": ")
            continue
        name, *reset, meaning = (cell.strip() for cell in line.split(" | "))
        fields.append(Field(name, per, kind or "int", reset[0] if reset else "", meaning))
    return tuple(fields)


def dtype_of(fields: tuple[Field, ...]) -> np.dtype[Any]:
    """The record of these fields, in this order."""
    return np.dtype([(field.name, TYPES[field.kind], PER[field.per]) for field in fields], align=True)
