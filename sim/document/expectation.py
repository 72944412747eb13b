"""What a scenario is expected to show: a chance or a mean, and the bound that it has to keep.

    P(hostages_living_released >= 20 by day 4) >= 0.9
    P(end = completed) > 0.5
    P(violates names_before_the_truce) <= 0.05
    mean(captive_days) < 9000

One comparison on each side and nothing else: no arithmetic, no names but those of outcomes, ends and guarantees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.document.broken import broken

BOUNDS = (">=", "<=", ">", "<")
COMPARISONS = (*BOUNDS, "=")
ENDS = ("completed", "collapsed", "lapsed", "standing")
LONGEST = 200
_NUMBER = r"-?\d{1,15}(?:\.\d{1,15})?"
_WHOLE = re.compile(r"(?P<what>P|mean)\s*\((?P<inside>[^()]*)\)(?P<rest>.*)")
_BOUND = re.compile(rf"(?P<relation>>=|<=|>|<)\s*(?P<number>{_NUMBER})")
_EVENT = re.compile(
    rf"(?P<outcome>[a-z][a-z0-9_]*)\s*(?P<relation>>=|<=|>|<|=)\s*(?P<number>{_NUMBER})(?:\s+by\s+day\s+(?P<day>\d{{1,5}}))?"
)
_END = re.compile(r"end\s*=\s*(?P<end>[a-z]+)")
_VIOLATES = re.compile(r"violates\s+(?P<guarantee>[a-z][a-z0-9_]*)")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Happening:
    """What a chance is asked of: a comparison, by the end of the deal or of a day; an end; a violated guarantee.

    Attributes
    ----------
    outcome : str
        Empty where an end or a guarantee is named.
    relation : str
        One of `COMPARISONS`.
    number : float
        In the outcome's published unit.
    day : int or None
        By the end of this day of the deal; by default, of the replicate.
    end, violates : str
        An end, or the name of a guarantee; empty where neither is meant.
    """

    outcome: str = ""
    relation: str = "="
    number: float = 0.0
    day: int | None = None
    end: str = ""
    violates: str = ""


@dataclass(frozen=True)
class Expectation:
    """A bound on the chance of something, or on the mean of an outcome.

    Attributes
    ----------
    text : str
        As written.
    happening : Happening or None
        What the chance is of; None for a mean.
    mean_of : str
        The outcome; empty for a chance.
    relation : str
        One of `BOUNDS`.
    bound : float
    """

    text: str
    happening: Happening | None
    mean_of: str
    relation: str
    bound: float


def parse_expectation(text: str) -> Expectation:
    """The expectation that a text states.

    Parameters
    ----------
    text : str
        For instance 'P(end = completed) >= 0.5'.

    Raises
    ------
    ValueError
        If it is none, with what is wrong and an example; names are not looked up.
    """
    whole = _WHOLE.fullmatch(text.strip()[:LONGEST])
    if whole is None:
        raise broken("bad-expectation", "an expectation is 'P(end = completed) >= 0.5' or 'mean(captive_days) < 9000'")
    bound = _BOUND.fullmatch(whole["rest"].strip())
    if bound is None:
        raise broken(
            "bad-expectation", f"an expectation ends with a comparison ({', '.join(BOUNDS)}) and a number: '>= 0.9'"
        )
    number = float(bound["number"])
    if whole["what"] == "P":
        if not 0 <= number <= 1:
            raise broken(
                "bad-expectation", f"an expectation compares a chance with a number from 0 to 1, not {bound['number']}"
            )
        return Expectation(text.strip(), _happening(whole["inside"].strip()), "", bound["relation"], number)
    if not _NAME.fullmatch(whole["inside"].strip()):
        raise broken("bad-expectation", "an expectation of a mean names one outcome: 'mean(captive_days) < 9000'")
    return Expectation(text.strip(), None, whole["inside"].strip(), bound["relation"], number)


def _happening(text: str) -> Happening:
    if match := _VIOLATES.fullmatch(text):
        return Happening(violates=match["guarantee"])
    if match := _END.fullmatch(text):
        if match["end"] not in ENDS:
            raise broken("bad-expectation", f"an expectation knows the ends {', '.join(ENDS)}, not '{match['end']}'")
        return Happening(end=match["end"])
    match = _EVENT.fullmatch(text)
    if match is None:
        raise broken(
            "bad-expectation",
            "an expectation asks for the chance of a comparison such as 'hostages_living_released >= 20 by day 4', "
            "of 'end = completed' or of 'violates NAME'",
        )
    day = None if match["day"] is None else int(match["day"])
    return Happening(match["outcome"], match["relation"], float(match["number"]), day)


def checked(text: str) -> str:
    """The text itself if it states an expectation; raises `ValueError` otherwise."""
    parse_expectation(text)
    return text
