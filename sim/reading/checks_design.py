"""The rules of a design: its terms, what follows from them, and its outcomes must fit the deal that they change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sim.document.dates import written_due
from sim.document.deal import Deal
from sim.document.design import Designed, Term
from sim.document.expectation import parse_expectation
from sim.document.measured import PEOPLE, is_told_in_units, quantities
from sim.document.scenario import ResolvedScenario
from sim.reading.checks import _unknown
from sim.reading.checks_behaviour import _check_expectation
from sim.reading.paths import NoSuchPathError, known, look_up, split
from sim.reading.problem import Fault, Path
from sim.reading.terms import BadTermError, scale_of

_BY_DAY = re.compile(r"(.*?) by day ([0-9]{1,5})")
_CHANCE = re.compile(r"P\s*\(.*\)")


def check_design(resolved: ResolvedScenario, design: Designed) -> Iterator[Fault]:
    """What a design names that does not exist, and values that its terms cannot take.

    Parameters
    ----------
    resolved : ResolvedScenario
        The deal as it is written, with everything that the scenario changes.
    design : Designed

    Yields
    ------
    Fault
        With a path into the scenario.
    """
    whole = {"deal": resolved.deal.model_dump(mode="json", by_alias=True)}
    taken: dict[str, str] = {}
    for key, term in design.terms.items():
        at: Path = ("design", "terms", key)
        faults = list(_check_term(resolved.deal, whole, at, term))
        yield from faults
        for path in () if faults else paths_of(term):
            if path in taken:
                message = f"'{path}' is set by the term '{taken[path]}' too"
                yield Fault(at, "set-twice", message, "one term says what stands there", path)
            taken.setdefault(path, key)
    yield from _check_follow(resolved, design)
    for text, following in design.derive.items():
        yield from _check_date(whole, ("design", "derive", text), text)
        for place, path in enumerate(following.not_before):
            yield from _check_reference(whole, ("design", "derive", text, "not_before", place), path)
    seen: set[str] = set()
    for place, objective in enumerate(design.outcomes):
        at = ("design", "outcomes", place)
        yield from _check_outcome(resolved, at, objective.outcome)
        if objective.outcome in seen:
            yield Fault(at, "named-twice", f"'{objective.outcome}' is listed twice", value=objective.outcome)
        seen.add(objective.outcome)
    for place, text in enumerate(design.require):
        yield from _check_expectation(resolved, ("design", "require", place), text)


def paths_of(term: Term) -> list[str]:
    """The paths that a term sets.

    Parameters
    ----------
    term : Term
    """
    if term.set is not None:
        return list(term.set)
    of = "due" if term.dates is not None else "amount"
    along = "due" if term.dates is not None else "units"
    owed = [*(term.dates or term.amounts or ())][1 if term.dates is not None else 0 :]
    return [f"deal.obligations.{key}.{of}" for key in owed] + [f"deal.obligations.{key}.{along}" for key in term.along]


def _check_term(deal: Deal, whole: dict[str, Any], at: Path, term: Term) -> Iterator[Fault]:
    if term.set is not None:
        yield from _check_set(whole, at, term)
        return
    keys = term.dates or term.amounts or []
    part = term.kind
    unknown = [fault for place, key in enumerate(keys) for fault in _owed(deal, (*at, part, place), key)]
    unknown += [fault for place, key in enumerate(term.along) for fault in _owed(deal, (*at, "along", place), key)]
    yield from unknown
    if unknown:
        return
    if term.dates is not None:
        for name, several in (("dates", term.dates), ("along", term.along)):
            for place, key in enumerate(several):
                yield from _check_date(whole, (*at, name, place), f"deal.obligations.{key}.due")
        return
    yield from _check_amounts(deal, at, term)


def _check_follow(resolved: ResolvedScenario, design: Designed) -> Iterator[Fault]:
    """Behaviour can follow only where amounts are shared, and as written it stands where it says."""
    for key, what in design.follow.items():
        at: Path = ("design", "follow", key)
        unknown = list(_owed(resolved.deal, at, key))
        yield from unknown
        among = next((term.amounts for term in design.terms.values() if key in (term.amounts or ())), None)
        if unknown or among is None or any(each not in resolved.deal.obligations for each in among):
            if not unknown and among is None:
                message = f"no term shares amounts among '{key}' and others, so that nothing could be followed"
                yield Fault(at, "bad-term", message, "name one of the obligations under `amounts` of a term", key)
            continue
        sizes = {each: sum(resolved.deal.obligations[each].amount.values()) for each in among}
        if what == "heaviest" and sizes[key] < max(sizes.values()):
            heaviest = max(sizes, key=lambda each: sizes[each])
            message = f"as written '{heaviest}' hands over more than '{key}'"
            yield Fault(at, "bad-term", message, "name the one that is the heaviest as written, or write 'last'", key)
        if what == "last" and key != among[-1]:
            message = f"as written '{among[-1]}' is the last, not '{key}'"
            yield Fault(at, "bad-term", message, "name the last one, or write 'heaviest'", key)
        for path in resolved.uncertain:
            if any(f".obligations.{each}." in f".{path}." for each in among):
                message = f"'{path}' is uncertain, and what is drawn stays with its name"
                yield Fault(at, "bad-term", message, "give the obligation a number, or leave out `follow`", key)


def _owed(deal: Deal, at: Path, key: str) -> Iterator[Fault]:
    yield from _unknown(at, "obligation", key, deal.obligations)


def _check_amounts(deal: Deal, at: Path, term: Term) -> Iterator[Fault]:
    assert term.amounts is not None
    total = 0
    for place, key in enumerate(term.amounts):
        numbers = list(deal.obligations[key].amount.values())
        total += int(sum(numbers))
        if not numbers or any(type(number) is not int and not float(number).is_integer() for number in numbers):
            message = f"'{key}' hands over no numbers by stock"
            yield Fault((*at, "amounts", place), "bad-term", message, "name obligations with an amount", key)
    if total < term.least * len(term.amounts):
        message = f"{total} in all are too few for {term.least} in each of {len(term.amounts)}"
        yield Fault((*at, "least"), "bad-term", message, "lower 'least'", term.least)
    for place, key in enumerate(term.along):
        if deal.obligations[key].units is None:
            message = f"'{key}' owes no units"
            yield Fault((*at, "along", place), "bad-term", message, "name obligations with units", key)


def _check_set(whole: dict[str, Any], at: Path, term: Term) -> Iterator[Fault]:
    """Paths into the deal at which the same kind of number stands, which all values are of."""
    assert term.set is not None
    for place, text in enumerate(term.set):
        where: Path = (*at, "set", place)
        if text.split(".")[0] != "deal":
            message = "negotiators choose terms, not behaviour, and behaviour does not answer to them"
            hint = "a path below 'deal.'; compare scenarios to see what support by third parties would do"
            yield Fault(where, "not-a-term", message, hint, text)
            continue
        missing = list(_missing(whole, where, text))
        yield from missing
        if missing:
            continue
        try:
            scale_of(term, value_at(whole, text))
        except BadTermError as error:
            yield Fault(where, "bad-term", str(error), error.hint, text)


def value_at(whole: dict[str, Any], text: str) -> Any:
    """What stands at a path of plain data."""
    return look_up(whole, known(whole, split(text)))


def _missing(whole: dict[str, Any], at: Path, text: str) -> Iterator[Fault]:
    try:
        value_at(whole, text)
    except NoSuchPathError as error:
        yield Fault(at, "unknown-path", "there is nothing at this path", str(error), text)


def _check_date(whole: dict[str, Any], at: Path, text: str) -> Iterator[Fault]:
    missing = list(_missing(whole, at, text))
    yield from missing
    if missing:
        return
    due = written_due(value_at(whole, text))
    if due is None or (due.kind != "day" and at[1] == "terms") or due.kind not in ("day", "gate"):
        yield Fault(at, "bad-term", "what stands there is no day of the deal", "name a date such as 'day 7'", text)


def _check_reference(whole: dict[str, Any], at: Path, text: str) -> Iterator[Fault]:
    """A date, or how many are to be out."""
    missing = list(_missing(whole, at, text))
    yield from missing
    value = None if missing else value_at(whole, text)
    if missing or (text.endswith(".released") and isinstance(value, int | dict)):
        return
    yield from _check_date(whole, at, text)


def counted_by_day(deal: Deal) -> list[str]:
    """What can be asked by the end of a day: people by list and stock, units, obligations done."""
    units = [f"delivered_{key}" for key, owed in deal.obligations.items() if is_told_in_units(deal, owed)]
    steps = [f"steps_done_{party}" for party in deal.parties]
    return [*PEOPLE, *(f"released_{key}" for key in deal.people), *units, "steps_done", *steps]


def _check_outcome(resolved: ResolvedScenario, at: Path, text: str) -> Iterator[Fault]:
    if _CHANCE.fullmatch(text):
        try:
            parse_expectation(f"{text} >= 0")
        except ValueError as error:
            yield Fault(at, "bad-expectation", str(error), value=text)
        else:
            yield from _check_expectation(resolved, at, f"{text} >= 0")
        return
    by_day = _BY_DAY.fullmatch(text)
    words: Iterable[str] = quantities(resolved.deal)
    if by_day is None:
        yield from _unknown(at, "outcome", text, words, "unknown-outcome")
        return
    yield from _unknown(at, "count by day", by_day[1], counted_by_day(resolved.deal), "unknown-outcome")
    if int(by_day[2]) * 1440 > resolved.horizon + 1440:
        yield Fault(at, "out-of-range", f"day {by_day[2]} lies beyond the horizon", value=text)
