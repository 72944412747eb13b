"""The assumptions behind a scenario with their sources, the most influential first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.document.behaviour import Delay
from sim.document.scenario import ResolvedScenario, Uncertain
from sim.document.values import Part, Source, Sourced, write_amount, write_duration
from sim.reading.posterior import OF_A_COLUMN, distributions
from sim.report.page.contents import MOST_TEXT, Assumption, Link
from sim.report.words import cut
from sim.statistics.estimate import Estimate

MOST_ROWS = 400
_REASONS = ("source", "assumption", "note")


def assumptions(scenario: ResolvedScenario, influence: Mapping[str, str]) -> list[Assumption]:
    """Every part of the behaviour that names a source or an assumption.

    Parameters
    ----------
    scenario : ResolvedScenario
    influence : mapping of str to str
        In words by path (below `behaviour`), the most influential first: these rows come first.

    Returns
    -------
    list of Assumption
        At most `MOST_ROWS`.
    """
    sources = {**scenario.deal.sources, **scenario.sources}
    drawn = {**distributions(scenario), **scenario.uncertain}
    uncertain = {path.removeprefix("behaviour."): part for path, part in drawn.items()}
    known = {path: part for path, part in _parts("", scenario.behaviour) if part.source or part.assumption}
    rows = []
    for path, words in influence.items():
        if path in uncertain:
            rows.append(_row(path, uncertain[path], sources, words))
        else:
            owner = next((path[:end] for end in _ends(path) if path[:end] in known), None)
            rows.append(_axis_row(path, known[owner] if owner is not None else None, sources, words))
    rows += [_row(path, part, sources) for path, part in uncertain.items() if path not in influence]
    rows += [_row(path or "behaviour", part, sources) for path, part in known.items()]
    return rows[:MOST_ROWS]


def _ends(path: str) -> list[int]:
    """Where the path and its parents end, the longest first; the whole behaviour last."""
    return [len(path), *(place for place in range(len(path) - 1, 0, -1) if path[place] == "."), 0]


def _parts(path: str, part: Part) -> Iterator[tuple[str, Sourced]]:
    """All parts below one, itself first, in the order of the document."""
    if isinstance(part, Sourced):
        yield path, part
    for name in type(part).model_fields:
        value = getattr(part, name)
        below = f"{path}.{name}" if path else name
        if isinstance(value, Part):
            yield from _parts(below, value)
        elif isinstance(value, dict):
            for key, item in value.items():
                if isinstance(item, Part):
                    yield from _parts(f"{below}.{key}", item)


def _axis_row(path: str, part: Sourced | None, sources: Mapping[str, Source], influence: str) -> Assumption:
    if part is None:
        return Assumption(path, "an axis of the sweep", (), (), influence)
    row = _row(path, part, sources, influence)
    return Assumption(
        path, f"an axis of the sweep; in its first cell {row.numbers}", row.sources, row.reasons, influence
    )


def _row(path: str, part: Sourced, sources: Mapping[str, Source], influence: str = "") -> Assumption:
    keys = part.source if isinstance(part.source, list) else []
    links = [_link(sources[key]) if key in sources else Link(cut(key, MOST_TEXT)) for key in keys]
    reasons = [cut(text, MOST_TEXT) for text in (part.assumption, part.note) if text]
    return Assumption(cut(path, 140), cut(_numbers(part), MOST_TEXT), links, reasons, influence)


def _link(source: Source) -> Link:
    """A source; only addresses of the web become links, so that no document can bring in a script."""
    url = source.url or ""
    is_web = url.startswith(("https://", "http://")) and len(url) <= 2000
    return Link(cut(source.title, MOST_TEXT), url if is_web else "")


def _numbers(part: Sourced) -> str:
    """The numbers that a part holds itself; parts below it that give reasons of their own have rows of their own."""
    if isinstance(part, Delay):
        return _delay(part)
    if isinstance(part, Uncertain):
        return _distribution(part)
    told = []
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if (
            name not in _REASONS
            and name in part.model_fields_set
            and value != field.get_default(call_default_factory=True)
        ):
            text = _value(value)
            if text:
                told.append(f"{name.replace('_', ' ')} {text}")
    return "; ".join(told)


def _value(value: Any) -> str:
    if isinstance(value, Delay):
        return "" if value.source or value.assumption else _delay(value)
    if isinstance(value, Part) or value is None:
        return ""
    if isinstance(value, dict):
        items = [
            f"{key.replace('_', ' ')} {item}" for key, item in value.items() if isinstance(item, (int, float, str))
        ]
        return ", ".join(items)
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _delay(delay: Delay) -> str:
    median, most = write_duration(delay.median), write_duration(delay.p95)
    return f"median {median}, 95 of 100 within {most}" if delay.p95 > delay.median else f"always {median}"


def _distribution(part: Uncertain) -> str:
    if part.uniform is not None:
        return "drawn evenly from {} to {}".format(*map(_amount, part.uniform))
    if part.beta is not None:
        one, other = part.beta
        return f"drawn from beta({one:g}, {other:g}), whose mean is {one / (one + other):.2g}"
    if part.lognormal is not None:
        return "drawn log-normally, median {}, 95 of 100 below {}".format(*map(_amount, part.lognormal))
    given = list(part.quantiles or ())
    if len(given) == OF_A_COLUMN:
        told = [_amount(given[round(share * (len(given) - 1))]) for share in (0.05, 0.5, 0.95)]
        return "drawn from a column of a table, 5 of 100 below {}, 50 below {}, 95 below {}".format(*told)
    return f"drawn between these quantiles: {', '.join(map(_amount, given))}"


def _amount(value: float) -> str:
    """A number in six digits, a time with its units."""
    written = write_amount(value)
    return written if isinstance(written, str) else f"{written:g}"


def rank_in_words(found: Mapping[str, Estimate]) -> dict[str, str]:
    """Rank correlations in words by path; undecided where the interval contains 0."""
    return {
        path.removeprefix("behaviour."): f"{e.value:+.2f} ({e.low:+.2f} to {e.high:+.2f})"
        + ("" if e.excludes_zero else ", undecided")
        for path, e in found.items()
    }
