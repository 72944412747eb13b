"""Terms that can be read in more than one way: which way they are taken, and how to write the other.

Everything here is a warning: a document that has it runs as it always has.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from sim.document.conditions import Asked
from sim.document.deal import Deal
from sim.document.measured import COUNTED
from sim.reading.checks import conditions
from sim.reading.defaults import phase_of
from sim.reading.problem import Fault, Path


def foresee_readings(deal: Deal) -> Iterator[Fault]:
    """Warnings about the terms of a deal that say less than they seem to.

    Parameters
    ----------
    deal : Deal
        Sound: every name in it exists.

    Yields
    ------
    Fault
        With a path into the deal.
    """
    yield from _owed_to_nobody(deal)
    yield from _truces_of_several(deal)
    yield from _lists_nearly_alike(deal)
    yield from foresee_lines(deal, conditions(deal))


NEARLY_ALIKE = 0.85
"""Of two names, the share of letters that are the same, as `difflib` counts them."""
SHORT = 3
"""Letters of a word that two names may differ in on purpose."""


def _lists_nearly_alike(deal: Deal) -> Iterator[Fault]:
    """A stock alone on a list whose name is nearly that of another may be meant to be on that."""
    on = Counter(stock.list for stock in deal.people.values() if stock.list is not None)
    for key, stock in deal.people.items():
        others = [name for name in on if name != stock.list]
        near = get_close_matches(stock.list or "", others, n=1, cutoff=NEARLY_ALIKE)
        if near and on[str(stock.list)] == 1 and on[near[0]] > 1 and _is_misspelt(str(stock.list), near[0]):
            message = f"{key} is alone on the list '{stock.list}', beside the list '{near[0]}'"
            hint = f"did you mean {near[0]}? else give the two lists names that differ more"
            yield Fault(("stocks", key, "list"), "list-nearly-alike", message, hint, stock.list, "warning")


def _is_misspelt(name: str, other: str) -> bool:
    """Whether they differ in long words only: 'camp_a' and 'camp_b', or 'men' and 'men_2', are meant to differ."""
    words = list(zip(name.split("_"), other.split("_"), strict=False))
    is_as_long = name.count("_") == other.count("_")
    return name not in COUNTED and is_as_long and all(len(word) > SHORT for word, its in words if word != its)


def _owed_to_nobody(deal: Deal) -> Iterator[Fault]:
    """What a third party owes is owed to the first party of the document, unless it says to whom."""
    first, second = deal.parties
    for key, obligation in deal.obligations.items():
        if obligation.to is None and obligation.by not in deal.parties and obligation.kind != "talks":
            message = f"{obligation.by} owes this to nobody in particular: only {first} can complain of it"
            hint = f"write 'to: {first}' or 'to: {second}'; for both, an obligation to each"
            yield Fault(("obligations", key, "to"), "owed-to-nobody", message, hint, severity="warning")


def _truces_of_several(deal: Deal) -> Iterator[Fault]:
    """Of several truces of one phase the first to be performed begins the truce, whatever becomes of the others."""
    of_phase: dict[str, list[str]] = defaultdict(list)
    for key, obligation in deal.obligations.items():
        if obligation.kind == "truce":
            of_phase[phase_of(deal, obligation)].append(key)
    for first, *others in of_phase.values():
        for key in others:
            message = f"the truce begins with the first of {first} and {key}, and holds though the other is refused"
            hint = f"write {key} as kind access, and let the truce wait for it: {first}: {{after: [{key}]}}"
            yield Fault(("obligations", key, "kind"), "truce-of-several", message, hint, severity="warning")


def foresee_lines(deal: Deal, asked: Iterable[tuple[Path, Asked]]) -> Iterator[Fault]:
    """Warnings about conditions on lines: whose line is meant, and what else reaches it.

    Parameters
    ----------
    deal : Deal
        Sound: every name in it exists.
    asked : iterable of tuple of path and Condition or Claim
        Conditions of the deal, or of a scenario of it.

    Yields
    ------
    Fault
        With a path into the deal or the scenario.
    """
    withdrawing = list(dict.fromkeys(o.by for o in deal.obligations.values() if o.to_line))
    for path, condition in asked:
        if condition.line is None or not withdrawing:
            continue
        if condition.by is None and len(withdrawing) > 1:
            yield _line_of_several((*path, "line"), condition.line, withdrawing)
        yield from _line_passed_over(deal, path, condition.line, condition.by or withdrawing[0])


def _line_of_several(path: Path, line: str, withdrawing: list[str]) -> Fault:
    """A line without a party where several withdraw: it means the first of them in the document."""
    first, *_ = withdrawing
    message = f"{' and '.join(withdrawing)} withdraw: without 'by' it means line {line} of {first}"
    each = ", ".join(f"{{line: {line}, by: {party}}}" for party in withdrawing)
    hint = f"write {{line: {line}, by: {first}}}, or for all of them [{each}]"
    return Fault(path, "line-of-several", message, hint, line, "warning")


def _line_passed_over(deal: Deal, path: Path, line: str, by: str) -> Iterator[Fault]:
    """A line counts as reached once a later one is, though the withdrawal to it was refused."""
    order = list(deal.lines)
    mine = {key: o for key, o in deal.obligations.items() if o.to_line in order and o.by == by}
    to_it = [key for key, o in mine.items() if o.to_line == line]
    beyond = [
        key for key, o in mine.items()
        if order.index(str(o.to_line)) > order.index(line) and not _waits_for(deal, key, to_it)
    ]  # fmt: skip
    if to_it and beyond:
        message = f"line {line} counts as reached with {beyond[0]} too, whatever becomes of {to_it[0]}"
        hint = f"to ask for the withdrawal itself, write {to_it[0]} in place of line.{line}"
        yield Fault(path, "line-passed-over", message, hint, severity="warning")


def _waits_for(deal: Deal, key: str, wanted: list[str]) -> bool:
    """Whether an obligation comes only after one of these, as far as its gates say so."""
    withdrawals = {name: o for name, o in deal.obligations.items() if o.to_line}
    seen, ahead = set[str](), [key]
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        for condition in deal.obligations[here].after:
            if condition.obligation in wanted and condition.share in (None, 1.0):
                return True
            if condition.line is not None and withdrawals:
                by = condition.by or next(iter(withdrawals.values())).by
                reached = [name for name, o in withdrawals.items() if (o.to_line, o.by) == (condition.line, by)]
                if reached and set(reached) <= set(wanted):
                    return True
                ahead.extend(reached if len(reached) == 1 else [])
            if condition.obligation is not None:
                ahead.append(condition.obligation)
    return False
