"""The axes of a sweep: what people write, the numbers behind it, and back to what a document takes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

from sim.document.dates import written_due
from sim.document.scenario import Axis as WrittenAxis
from sim.document.scenario import ResolvedScenario
from sim.document.values import MOST_STEPS, write_duration, written_duration
from sim.reading.paths import NoSuchPathError, look_up, split
from sim.reading.problem import DocumentError, Fault, Place
from sim.reading.upgrade import path_upgraded

Unit = Literal["", "count", "minutes", "day"]
Value = int | float | str
_MOST = "MOST_STEPS in sim/document/values.py"
_DAY = re.compile(r"day (-?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Axis:
    """One path with the values that it takes.

    Attributes
    ----------
    path : str
        Into the scenario: 'behaviour.…', 'deal.…' or 'horizon'.
    unit : {'', 'count', 'minutes', 'day'}
        What its numbers are: plain numbers, whole numbers, minutes, or days of the deal.
    numbers : tuple of float
        The values of a grid, in order; a design between them uses the lowest and the highest.
    is_range : bool
        Whether it was given from-to, so that values in between are meant.
    """

    path: str
    unit: Unit
    numbers: tuple[float, ...]
    is_range: bool

    def at(self, share: float) -> float:
        """The number at a share of the way: in between for a range, else one of the values."""
        if not self.is_range:
            return self.numbers[min(int(share * len(self.numbers)), len(self.numbers) - 1)]
        low, high = min(self.numbers), max(self.numbers)
        return self.rounded(low + share * (high - low))

    @property
    def low(self) -> float:
        """Its lowest number."""
        return min(self.numbers)

    @property
    def high(self) -> float:
        """Its highest number."""
        return max(self.numbers)

    @property
    def centre(self) -> float:
        """Half way for a range, else the middle one of its values."""
        return self.at(0.5) if self.is_range else sorted(self.numbers)[len(self.numbers) // 2]

    def rounded(self, number: float) -> float:
        """The nearest number that the document can hold."""
        return float(round(number)) if self.unit else number

    def written(self, number: float) -> Value:
        """The number as a document takes it."""
        if self.unit == "minutes":
            return write_duration(int(number))
        if self.unit == "day":
            return f"day {int(number)}"
        return int(number) if self.unit == "count" or number.is_integer() else number


def axes_of(scenario: ResolvedScenario, vary: Mapping[str, Any] | Sequence[str]) -> list[Axis]:
    """The axes that a sweep is asked for, or else those of the scenario's own `vary`.

    Parameters
    ----------
    scenario : ResolvedScenario
    vary : mapping or sequence of str
        'lo:hi:k', 'a,b,c' or a list of values by path, or texts 'path=lo:hi:k'. Numbers may carry units:
        '6 h:48 h:5', 'day 4,day 16'.

    Returns
    -------
    list of Axis

    Raises
    ------
    DocumentError
        With everything that is wrong with them.
    """
    asked = _by_path(vary)
    document = scenario.model_dump(mode="json", by_alias=True)
    given: dict[str, WrittenAxis] = {path: _parsed(path, text) for path, text in asked.items()} or dict(scenario.vary)
    if not given:
        raise _wrong("", "no-axes", "a sweep needs an axis", "--vary path=lo:hi:k, or `vary:` in the scenario")
    return [_axis(document, path, axis) for path, axis in given.items()]


def _by_path(vary: Mapping[str, Any] | Sequence[str]) -> dict[str, Any]:
    if isinstance(vary, Mapping):
        return {path_upgraded(path): values for path, values in vary.items()}
    result: dict[str, Any] = {}
    for text in vary:
        written, equals, values = text.partition("=")
        path = path_upgraded(written)
        if not equals or not path or not values:
            raise _wrong(path, "bad-axis", "an axis is written path=lo:hi:k or path=a,b,c", value=text)
        if path in result:
            raise _wrong(path, "bad-axis", "this path is given twice", "list all its values once")
        result[path] = values
    return result


def _parsed(path: str, given: Any) -> WrittenAxis:
    """An axis as text, as a list of its values or as one value."""
    if isinstance(given, str):
        return _parsed_text(path, given)
    values = list(given) if isinstance(given, list | tuple) else [given]
    wrong = [each for each in values if isinstance(each, bool) or not (isinstance(each, str) or _is_finite(each))]
    if wrong or not values:
        raise _wrong(path, "bad-axis", "an axis is a text such as 'lo:hi:k', or a list of numbers and texts")
    if len(values) > MOST_STEPS:
        raise _wrong(path, "bad-axis", f"an axis has at most {MOST_STEPS} values", _MOST, len(values))
    return WrittenAxis(values=[each if isinstance(each, str) else float(each) for each in values])


def _is_finite(value: Any) -> bool:
    return isinstance(value, Real) and math.isfinite(value)


def _parsed_text(path: str, text: str) -> WrittenAxis:
    parts = [part.strip() for part in text.split(":")]
    if "," in text or len(parts) == 1:
        values = [part.strip() for part in text.split(",")]
        if not all(values):
            raise _wrong(path, "bad-axis", "a value is missing", "write a,b,c", text)
        if len(values) > MOST_STEPS:
            raise _wrong(path, "bad-axis", f"an axis has at most {MOST_STEPS} values", _MOST, len(values))
        return WrittenAxis(values=list(values))
    if len(parts) not in (2, 3) or not all(parts):
        raise _wrong(path, "bad-axis", "a range is lo:hi:k, from, to and how many values", value=text)
    steps = parts[2] if len(parts) == 3 else "2"
    if not (re.fullmatch("0*[0-9]{1,5}", steps) and 2 <= int(steps) <= MOST_STEPS):
        raise _wrong(path, "bad-axis", f"a range has 2 to {MOST_STEPS} values, the third part of lo:hi:k", _MOST, steps)
    return WrittenAxis(values=None, low=parts[0], high=parts[1], steps=int(steps))


def _axis(document: Any, path: str, axis: WrittenAxis) -> Axis:
    """An axis in numbers, of the unit that stands at its path."""
    wanted = _unit_at(document, path)
    if axis.values is None and (axis.low is None or axis.high is None):
        raise _wrong(path, "bad-axis", "an axis has values, or low and high")
    ends = axis.values if axis.values is not None else [axis.low, axis.high]
    read = [_number(path, value) for value in ends if value is not None]
    units = {unit for _, unit in read if unit} | ({wanted} if wanted in ("minutes", "day") else set())
    if len(units) > 1 or (units and any(not unit and number for number, unit in read)):
        bare = next((f"{number:g}" for number, unit in read if not unit and number), "")
        both = f" ({bare} min or {bare} d?)" if bare and "minutes" in units else ""
        hint = f"write them as {', '.join(_example(unit) for unit in sorted(units))}{both}"
        raise _wrong(path, "bad-axis", "the values of an axis need one unit, that of its path", hint, ends)
    unit: Unit = next(iter(units), wanted if wanted == "count" else "")
    numbers = [number for number, _ in read]
    if axis.values is None:
        steps = axis.steps or 2
        numbers = [numbers[0] + (numbers[1] - numbers[0]) * i / (steps - 1) for i in range(steps)]
    if unit and axis.values is None:
        numbers = [float(round(number)) for number in numbers]
    return Axis(path, unit, tuple(dict.fromkeys(numbers)), axis.values is None)


def _unit_at(document: Any, path: str) -> Unit | None:
    """The unit of what stands at a path; None where nothing does yet."""
    try:
        value = look_up(document, split(path))
    except NoSuchPathError as error:
        if path.startswith("behaviour."):
            return None  # a part that is left out may be given; resolving the first cell refuses what cannot be
        raise _wrong(path, "unknown-path", "there is nothing at this path", str(error)) from None
    if value is None:
        return None
    if isinstance(value, dict) and "median" in value:
        return "minutes"
    if isinstance(value, str):
        if written_duration(value) is not None:
            return "minutes"
        if (due := written_due(value)) and due.kind != "phase day" and not due.after:
            return "day"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        return "count" if isinstance(value, int) else ""
    raise _wrong(path, "not-numeric", "what stands at this path is no number, duration or day", value=value)


def _number(path: str, value: float | str) -> tuple[float, Unit]:
    """The number behind one value, and the unit that it is written with."""
    if isinstance(value, str):
        if (minutes := written_duration(value)) is not None:
            return float(minutes), "minutes"
        if match := _DAY.fullmatch(value):
            return float(match[1]), "day"
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _wrong(path, "not-numeric", "not a number, a duration ('6 h') or a day ('day 4')", value=value)
    return number, ""


def _example(unit: str) -> str:
    return {"minutes": "'6 h'", "day": "'day 4'"}[unit]


def _wrong(path: str, code: str, message: str, hint: str = "", value: Any = None) -> DocumentError:
    return DocumentError([Fault(split(path) if path else (), code, message, hint, value).at(Place("--vary"))])
