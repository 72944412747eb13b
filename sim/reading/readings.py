"""Terms that can be read in more than one way: which way they are taken, and how to write the other.

Everything here is a warning: a document that has it runs as it always has.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from sim.document.conditions import Claim, Condition
from sim.document.deal import Deal
from sim.document.measured import COUNTED
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
    yield from _lines_passed_over(deal)


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


def _lines_passed_over(deal: Deal) -> Iterator[Fault]:
    """A line counts as reached once a later one is, though the withdrawal to it was refused."""
    order = list(deal.lines)
    withdrawals = {key: o for key, o in deal.obligations.items() if o.kind == "withdrawal" and o.to_line in order}
    for path, asked in _conditions(deal):
        if asked.line is None:
            continue
        mine = {key: o for key, o in withdrawals.items() if asked.by in (None, o.by)}
        to_it = [key for key, o in mine.items() if o.to_line == asked.line]
        beyond = [
            key for key, o in mine.items()
            if order.index(str(o.to_line)) > order.index(asked.line) and not _waits_for(deal, key, to_it)
        ]  # fmt: skip
        if to_it and beyond:
            message = f"line {asked.line} counts as reached with {beyond[0]} too, whatever becomes of {to_it[0]}"
            hint = f"to ask for the withdrawal itself, write {to_it[0]} in place of line.{asked.line}"
            yield Fault(path, "line-passed-over", message, hint, severity="warning")


def _waits_for(deal: Deal, key: str, wanted: list[str]) -> bool:
    """Whether an obligation comes only after one of these, as far as its gates say so."""
    seen, ahead = set[str](), [key]
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        for condition in deal.obligations[here].after:
            if condition.obligation in wanted and condition.share in (None, 1.0):
                return True
            if condition.line is not None:
                reached = [k for k, o in deal.obligations.items() if o.to_line == condition.line]
                if set(reached) <= set(wanted):
                    return True
                ahead.extend(reached if len(reached) == 1 else [])
            if condition.obligation is not None:
                ahead.append(condition.obligation)
    return False


def _conditions(deal: Deal) -> Iterator[tuple[Path, Condition | Claim]]:
    """Every condition of gates, phases and guarantees, with its place."""
    for key, obligation in deal.obligations.items():
        yield from _inner(("obligations", key, "after"), obligation.after)
    for key, phase in deal.phases.items():
        yield from _inner(("phases", key, "enters_when"), phase.enters_when)
        yield from _inner(("phases", key, "continues_while"), phase.continues_while)
    for key, guarantee in deal.guarantees.items():
        yield from _inner(("guarantees", key), guarantee.claims())
    for key, milestone in (deal.milestones or {}).items():
        yield from _inner(("milestones", key), milestone.when)


def _inner(path: Path, gate: Sequence[Condition | Claim]) -> Iterator[tuple[Path, Condition | Claim]]:
    for condition in gate:
        yield from ((path, asked) for asked in condition.everything() if not asked.parts)
