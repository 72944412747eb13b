"""The values that a term of a design can take, as numbers in equal steps, and as a document takes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from sim.document.dates import written_due
from sim.document.design import Term
from sim.document.values import write_duration, written_duration

Unit = Literal["number", "count", "minutes", "day", "tilt", "words"]
MOST_VALUES = 1000
DAY = 1440
_STEPS: dict[Unit, float] = {"day": 1.0, "minutes": 60.0, "count": 1.0}


class BadTermError(ValueError):
    """What is wrong with the values of a term, and the way out."""

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Scale:
    """All values of one term.

    Attributes
    ----------
    unit : {'number', 'count', 'minutes', 'day', 'tilt', 'words'}
        Plain and whole numbers, times, days of the deal, how far amounts lie ahead (1) or behind (-1), and words.
    numbers : tuple of float
        In order; of words their places.
    clock : str
        Of a day: the hour that stands at its path.
    """

    unit: Unit
    numbers: tuple[float, ...]
    clock: str = ""
    words: tuple[str | bool, ...] = ()
    """What may stand there, where it is no number: a key, or yes and no."""

    def at(self, share: float) -> float:
        """The value at a share of the way, of which 1 is the last value too."""
        return self.numbers[min(int(share * len(self.numbers)), len(self.numbers) - 1)]

    def written(self, number: float) -> int | float | str:
        """The number as a document takes it."""
        if self.unit == "words":
            return self.words[int(number)]
        if self.unit == "minutes":
            return write_duration(int(number))
        if self.unit == "day":
            return f"day {int(number)}{self.clock}"
        return int(number) if self.unit == "count" else round(number, 9)


def scale_of(term: Term, value: Any) -> Scale:
    """The values of a term.

    Parameters
    ----------
    term : Term
    value : object
        What stands at the first of its paths, where it sets one; where nothing does, its own values say the unit.

    Raises
    ------
    BadTermError
        If its values are no numbers of the unit that stands there, or there are too few or too many.
    """
    if term.amounts is not None:
        return Scale("tilt", tuple(round(-1 + 0.1 * k, 1) for k in range(21)))
    if term.every is not None:
        return Scale("minutes", _range("minutes", float(term.every[0]), float(term.every[1]), float(DAY)))
    unit, clock = _unit_of(next(iter(term.values or term.range or ())) if value is None else value)
    if unit == "words":
        return _words(term, type(value))
    if term.values is not None:
        numbers = [_number(unit, each) for each in term.values]
        if len(set(numbers)) < len(numbers):
            raise BadTermError("a value is listed twice")
        return Scale(unit, tuple(sorted(numbers)), clock)
    assert term.range is not None
    low, high = (_number(unit, each) for each in term.range)
    step = _STEPS.get(unit, (high - low) / 20) if term.step is None else _step(unit, term.step)
    return Scale(unit, _range(unit, low, high, step), clock)


def _words(term: Term, kind: type) -> Scale:
    """Words in the order in which they are listed; what there is between two of them nobody can say."""
    words = tuple(term.values or ())
    if not words or any(type(word) is not kind for word in words):
        raise BadTermError(f"what stands there is {'yes or no' if kind is bool else 'a word'}", "list its `values`")
    if len(set(words)) < len(words):
        raise BadTermError("a value is listed twice")
    return Scale("words", tuple(map(float, range(len(words)))), words=words)  # type: ignore[arg-type]


def _range(unit: Unit, low: float, high: float, step: float) -> tuple[float, ...]:
    if high < low or (high == low and unit != "minutes") or step <= 0:
        raise BadTermError("a range goes from its lowest to a higher value, in steps above 0")
    n = int((high - low) / step + 1e-9) + 1
    if n > MOST_VALUES:
        hint = f"take a larger step (MOST_VALUES in {__name__.replace('.', '/')}.py)"
        raise BadTermError(f"a term has at most {MOST_VALUES} values, here {n}", hint)
    return tuple(low + step * k for k in range(n))


def _unit_of(value: Any) -> tuple[Unit, str]:
    due = written_due(value)
    if due is not None and due.kind == "day":
        return "day", str(due).removeprefix(f"day {due.day}")
    if due is not None or isinstance(value, dict | list):
        raise BadTermError("what stands there is no number, time, day or word", "choose a path whose value is one")
    if isinstance(value, bool):
        return "words", ""
    if isinstance(value, str):
        return ("words" if written_duration(value) is None else "minutes"), ""
    return ("count" if isinstance(value, int) else "number"), ""


def _number(unit: Unit, value: float | str | bool) -> float:
    if unit == "day":
        due = written_due(value)
        if due is None or due.kind != "day" or due.time is not None:
            raise BadTermError(f"{value!r} is no day of the deal", "write 'day 7'; the hour is that of the path")
        return float(due.day)
    if unit == "minutes":
        minutes = written_duration(value)
        if minutes is None and value != 0:
            raise BadTermError(f"{value!r} is no time with its unit", "write '36 h' or '2 d'")
        return float(minutes or 0)
    if isinstance(value, str | bool) or not math.isfinite(value) or (unit == "count" and value != int(value)):
        raise BadTermError(f"{value!r} is no {'whole ' if unit == 'count' else ''}number")
    return float(value)


def _step(unit: Unit, step: float | str) -> float:
    if unit in ("day", "minutes"):
        minutes = written_duration(step)
        if not minutes or (unit == "day" and minutes % DAY):
            raise BadTermError(f"{step!r} is no step of {'days' if unit == 'day' else 'time'}", "write '2 d'")
        return minutes / DAY if unit == "day" else float(minutes)
    return _number(unit, step)
