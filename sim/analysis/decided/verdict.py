"""How one decision fell on one side, and what is told of it where it fell otherwise on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sim.document.values import write_duration

LEAST_DIGITS, USUAL_DIGITS, MOST_DIGITS = 2, 4, 9


@dataclass(frozen=True)
class Limit:
    """A number below which a draw means something.

    Attributes
    ----------
    what : str
        'late', 'settled': what a draw below it comes to.
    value : float
    """

    what: str
    value: float


@dataclass(frozen=True)
class Verdict:
    """How a decision fell.

    Attributes
    ----------
    result : str
        What was decided, as a clause: 'late by 2 d 4 h'.
    drawn : float or None
        The number that was held against the limits; None where several were, or a time followed from it.
    limits : tuple of Limit
        In increasing order.
    numbers : tuple of str
        Other numbers in force, in words: 'a delay of 2 d, at most 6 d in 95 of 100'.
    occurrence : int
        Of the draw's address.
    """

    result: str
    drawn: float | None = None
    limits: tuple[Limit, ...] = ()
    numbers: tuple[str, ...] = ()
    occurrence: int = 0

    def why(self) -> str:
        """The numbers, in words: '0.31 is not below 0.1 (late)'."""
        parts = list(self.numbers)
        if self.drawn is not None and self.limits:
            parts.insert(0, held_against(self.drawn, self.limits))
        return "; ".join(parts)


@dataclass(frozen=True)
class Otherwise:
    """The decision that fell otherwise.

    Attributes
    ----------
    decision : str
        Its address: 'performs batch_3'.
    who : str
        Who decided; 'chance' where nobody does.
    about : str
        What was decided, as a clause: 'whether to be late with “Third group”'.
    day : int
        Of the deal.
    baseline, variant : Verdict
    """

    decision: str
    who: str
    about: str
    day: int
    baseline: Verdict
    variant: Verdict

    def as_json(self) -> dict[str, Any]:
        """As plain data, with the sentence's parts."""
        sides = {"baseline": self.baseline, "variant": self.variant}
        told = {
            name: {
                "drawn": one.drawn, "occurrence": one.occurrence, "result": one.result, "why": one.why(),
                "limits": [{"what": limit.what, "below": limit.value} for limit in one.limits],
            }
            for name, one in sides.items()
        }  # fmt: skip
        return {"decision": self.decision, "who": self.who, "about": self.about, "day": self.day, **told}


def held_against(drawn: float, limits: Sequence[Limit]) -> str:
    """'0.31 is below 0.4 (late)', or '0.31 is not below 0.1 (late)': the first limit above the draw, else the last."""
    above = [limit for limit in limits if drawn < limit.value]
    limit = above[0] if above else limits[-1]
    digits = next(
        (n for n in range(LEAST_DIGITS, MOST_DIGITS) if all(round(drawn, n) != round(one.value, n) for one in limits)),
        MOST_DIGITS,
    )
    shown = f"{drawn:.{digits}f}"
    return f"{shown} is {'' if above else 'not '}below {limit.value:.{max(digits, USUAL_DIGITS)}g} ({limit.what})"


def spread(median: float, p95: float) -> str:
    """'2 d' of a time that is always that long, else '2 d in the middle, 6 d in 95 of 100'."""
    if p95 <= median:
        return write_duration(int(median))
    return f"median {write_duration(int(median))}, 95 of 100 within {write_duration(int(p95))}"


def rate(per_day: float) -> str:
    """'0.2 a day'."""
    return f"{per_day:.4g} a day"
