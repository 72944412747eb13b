"""Kinds of obligation, and the measure of each: the one thing about a kind that most rules read."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "truce", "information", "release", "return", "withdrawal", "access", "flow", "talks", "arms",
    "handover_of_government", "force_deployment", "act", "transfer", "payment", "demobilisation",
]  # fmt: skip
Measure = Literal["keep", "act", "amount", "rate", "topic"]

MEASURE: dict[str, Measure] = {
    "truce": "keep",
    "information": "act",
    "access": "act",
    "handover_of_government": "act",
    "act": "act",
    "release": "amount",
    "return": "amount",
    "transfer": "amount",
    "withdrawal": "amount",
    "arms": "amount",
    "force_deployment": "amount",
    "payment": "amount",
    "demobilisation": "amount",
    "flow": "rate",
    "talks": "topic",
}
"""Something to keep in force, to do, to do so much of, to do so much of a day, or to talk about."""
OF_PEOPLE = ("release", "return")
"""Kinds that hand over people and remains only; a transfer hands over units of any stock."""
OF_THINGS = tuple(kind for kind, measure in MEASURE.items() if measure == "amount" and kind not in OF_PEOPLE)
"""Kinds that may owe an amount of stocks of things."""
IN_UNITS = tuple(kind for kind in OF_THINGS if kind != "withdrawal")
"""Kinds of which it is told how many units were delivered; a withdrawal to a line is told by the line."""
AT_ANY_TIME = ("truce", "information", "act", "talks", "flow")
"""Kinds that are carried out whether or not the truce holds."""
