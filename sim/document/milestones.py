"""Milestones of a deal: what readers look for, each with the minute in which it first comes about.

Those that the document names come first; the others follow from its lists of people, phases, lines, arms, forces and
its truce. Each is a set of claims, in the language of guarantees, that all hold at the end of some minute.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile

from sim.document.conditions import Claim
from sim.document.deal import Deal, Obligation
from sim.document.exchanges import is_for_nothing
from sim.document.lists import PeopleList, lists_of
from sim.document.measured import is_told_in_units
from sim.document.names import actor_called, called, in_words, phase_called

FIRST_PHASES, LAST_PHASES = 6, 2
"""Of so many phases after the first it is asked whether they are entered."""
UNITS = {
    "arms": "Arms given up", "force_deployment": "Forces deployed", "transfer": "Handed over", "payment": "Paid",
    "demobilisation": "Demobilised", "withdrawal": "Withdrawn",
}  # fmt: skip
"""What has come about once a party has done all that it owes in units, by kind."""
WHERE = ("out", "behind", "beyond", "around", "along", "back", "to", "at", "on", "in", "east", "west", "north", "south",
         "over", "across", "off", "inside", "outside")  # fmt: skip
"""Words with which a title of a line says where to, so that it can follow the name of a party."""
_TRUCE = re.compile(r"truce|cease-?fire|halt|pause|cessation|calm", re.IGNORECASE)


@dataclass(frozen=True)
class Milestone:
    """Something that comes about in a run or does not.

    Attributes
    ----------
    key : str
        Its column of outcomes is `reached_` and this.
    title : str
        In words.
    kind : {'declared', 'people', 'phase', 'line', 'units', 'truce'}
        What it follows from.
    claims : tuple of Claim
        All of them hold when it has come about.
    of : str
        What it is about: the list, the phase, the debtor; empty for one that the document names.
    """

    key: str
    title: str
    kind: str
    claims: tuple[Claim, ...]
    of: str = ""


def asks_for_some(deal: Deal) -> bool:
    """Whether a milestone asks for certain people of a list, as those of a phase, which a count does not."""
    return any(one.kind == "people" and not one.key.startswith("all_") for one in milestones_of(deal))


def milestones_of(deal: Deal) -> tuple[Milestone, ...]:
    """The milestones of a deal: those that its document names, then those that follow from it.

    Parameters
    ----------
    deal : Deal

    Returns
    -------
    tuple of Milestone
        One that the document names takes the place of one that follows under the same key.
    """
    declared = {
        key: Milestone(key, one.title, "declared", tuple(one.when)) for key, one in (deal.milestones or {}).items()
    }
    derived = (*_people(deal), *_phases(deal), *_lines(deal), *_units(deal), *_truce(deal))
    return (*declared.values(), *(one for one in derived if one.key not in declared))


# ---------------------------------------------------------------- people


def _people(deal: Deal) -> Iterator[Milestone]:
    """Of each list: those very people whom the first phase that owes some of it owes, then all."""
    for people in lists_of(deal):
        if (first := _first_step(deal, people)) is not None:
            yield first
        whole = {group: deal.stocks[group].count for group in people.groups}
        yield _out(f"all_{people.key}", _all_of(deal, people), people, whole)


def _all_of(deal: Deal, people: PeopleList) -> str:
    """'All 20 living hostages'; of a single person the short title of the stock, 'The captive', where it has one."""
    if people.count > 1:
        return f"All {people.count:,} {people.name}"
    short = next(deal.stocks[key].short_title for key in people.groups if deal.stocks[key].count)
    return f"The {short}" if short else f"The one of the {people.name}"


def _first_step(deal: Deal, people: PeopleList) -> Milestone | None:
    """What the first phase that owes some of a list owes of each of its groups; None where that is the whole list."""
    phase, owed = next(owed_by_phase(deal, people.groups), ("", {}))
    wanted = {group: min(count, deal.stocks[group].count) for group, count in owed.items()}
    total = sum(wanted.values())
    if not 0 < total < people.count:
        return None
    title = f"{total:,} {people.short} of {phase_called(deal, phase)}"
    return _out(f"{phase}_{people.key}", title, people, wanted)


def owed_by_phase(deal: Deal, groups: Collection[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """What each phase that owes any of some groups owes of each of them, as far as that is known beforehand.

    Parameters
    ----------
    deal : Deal
    groups : collection of str

    Yields
    ------
    str, dict of str to int
        The phase, and people owed by group; up to the first phase that owes some of them by a ratio.
    """
    moves = [one for one in deal.obligations.values() if deal.hands_over_people(one)]
    for phase in deal.phases:
        steps = [obligation for obligation in moves if (obligation.phase or deal.first_phase) == phase]
        if any(_ratio_groups(obligation) & set(groups) for obligation in steps):
            return
        owed: Counter[str] = Counter()
        for obligation in steps:
            owed.update({group: count for group, count in obligation.amount.items() if group in groups and count})
        if owed:
            yield phase, dict(owed)


def _ratio_groups(obligation: Obligation) -> set[str]:
    return {group for each in obligation.ratio.values() for group in each}


def _out(key: str, title: str, people: PeopleList, wanted: dict[str, int]) -> Milestone:
    return Milestone(key, title, "people", (Claim(released=wanted),), people.key)


# ---------------------------------------------------------------- phases, lines, units, truce


def _phases(deal: Deal) -> Iterator[Milestone]:
    later = list(deal.phases)[1:]
    told = later if len(later) <= FIRST_PHASES + LAST_PHASES else [*later[:FIRST_PHASES], *later[-LAST_PHASES:]]
    for phase in told:
        title = f"{_capital(phase_called(deal, phase))} entered"
        yield Milestone(f"phase_{phase}", title, "phase", (Claim(phase=phase, state="entered"),), phase)


def _lines(deal: Deal) -> Iterator[Milestone]:
    """The last line that each debtor owes, and the one before."""
    owed = [(o.by, o.to_line) for o in deal.obligations.values() if o.to_line is not None]
    debtors = list(dict.fromkeys(by for by, _ in owed))
    order = list(deal.lines)
    for by in debtors:
        mine = sorted({line for who, line in owed if who == by}, key=order.index)
        for line in reversed(mine[-2:]):
            one = deal.lines[line]
            title = (
                one.title if _says_where_to(one.title) and not _says_where_to(one.short_title) else called(one, line)
            )
            title = whose(title or in_words(line), actor_called(deal, by), is_alone=len(debtors) == 1)
            yield Milestone(f"line_{line}_{by}", title, "line", (Claim(line=line, by=by),), by)


def whose(title: str, actor: str, *, is_alone: bool) -> str:
    """'Israel out of the Strip': a title that says where to follows its party; any other is reached.

    Parameters
    ----------
    title : str
        Of a line.
    actor : str
        Who withdraws to it.
    is_alone : bool
        Whether nobody else withdraws, so that other titles need no brackets.
    """
    if _says_where_to(title):
        return f"{actor} {title[0].lower()}{title[1:]}"
    return f"{_capital(title)} reached" + ("" if is_alone else f" ({actor})")


def _says_where_to(title: str | None) -> bool:
    return title is not None and title.partition(" ")[0].lower() in WHERE


def _units(deal: Deal) -> Iterator[Milestone]:
    """All that one party owes in units, by kind: all arms, all forces."""
    owed = [
        (o.kind, o.by, key)
        for key, o in deal.obligations.items()
        if is_told_in_units(deal, o) and deal.units_of(o) != 0 and not is_for_nothing(deal, key)
    ]
    for (kind, by), steps in groupby(sorted(owed, key=lambda one: one[:2]), key=lambda one: one[:2]):
        keys = [key for _, _, key in steps]
        alike = _all_of_stock(deal, keys) or _common([_titled(deal.obligations[key]) for key in keys])
        title = alike or f"{UNITS[kind]}: {actor_called(deal, by)}"
        claims = tuple(Claim(obligation=key) for key in keys)
        yield Milestone(f"{kind}_{by}", title, "units", claims, by)


def _all_of_stock(deal: Deal, keys: Sequence[str]) -> str:
    """'All 840 weapons', where several duties together owe all of one stock; else empty."""
    amounts = [dict(deal.obligations[key].amount) for key in keys]
    stocks = {stock for amount in amounts for stock in amount}
    if len(keys) < 2 or len(stocks) != 1 or not all(amounts):
        return ""
    (stock,) = stocks
    whole = deal.stocks[stock].count
    is_all = sum(int(amount[stock]) for amount in amounts) == whole
    return f"All {whole:,} {called(deal.stocks[stock], stock)}" if is_all else ""


def _common(titles: Sequence[str]) -> str:
    """What short titles begin with alike, up to a whole word; empty if that says nothing."""
    if len(titles) == 1:
        return titles[0]
    alike = takewhile(lambda words: len(set(words)) == 1, zip(*(title.split() for title in titles), strict=False))
    words = [same[0] for same in alike]
    return " ".join(words).rstrip(",:;") if len(words) > 1 else ""


def _truce(deal: Deal) -> Iterator[Milestone]:
    obligation = next((o for o in deal.obligations.values() if o.kind == "truce"), None)
    if obligation is None and not any(phase.truce for phase in deal.phases.values()):
        return
    title = (obligation.title if obligation is not None else None) or "Truce"
    named = f"{deal.title} {deal.summary or ''} {title}"
    begins, ends = ("Truce begins", "Truce ends") if _TRUCE.search(named) else (f"{title}: begins", f"{title}: ends")
    yield Milestone("truce_begins", begins, "truce", (Claim(truce="holds"),))
    yield Milestone("truce_ends", ends, "truce", (Claim(truce="ended"),))


def _titled(obligation: Obligation) -> str:
    return obligation.short_title or obligation.title or ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
