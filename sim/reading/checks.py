"""The rules of a deal and of behaviour that need several fields at once. Every rule yields faults and goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar

from sim.document.conditions import Asked, Claim, Condition
from sim.document.dates import written_due
from sim.document.deal import PEOPLE, Deal, Guarantee, Obligation
from sim.document.kinds import OF_PEOPLE, OF_THINGS
from sim.document.measured import COUNTED, list_name
from sim.document.quantities import ALL, word_of
from sim.document.scenario import ResolvedScenario
from sim.document.values import written_duration
from sim.reading.checks_deadlines import check_deadlines
from sim.reading.checks_exchanges import check_deadlock, check_exchanges
from sim.reading.checks_powers import check_powers
from sim.reading.defaults import releases_of
from sim.reading.problem import Fault, Path, nearest
from sim.reading.reach import Reach, first_minute_of, minute_of_day
from sim.reading.unreachable import check_lines, check_reach

# What each kind needs: one of these fields.
NEEDED: dict[str, tuple[str, ...]] = {
    "release": ("amount",),
    "return": ("amount", "ratio"),
    "transfer": ("amount", "units"),
    "payment": ("amount", "units"),
    "demobilisation": ("amount", "units"),
    "withdrawal": ("to_line", "amount"),
    "flow": ("each_day", "on_exchange_days"),
    "talks": ("topic",),
}
# Fields that only these kinds have.
OWN_FIELDS = {
    "amount": (*OF_PEOPLE, *OF_THINGS),
    "ratio": ("return",),
    "for_each": ("return",),
    "to_line": ("withdrawal",),
    "each_day": ("flow",),
    "on_exchange_days": ("flow",),
    "until": ("flow",),
    "topic": ("talks",),
    "starts_by": ("talks",),
    "concludes_by": ("talks",),
    "settled": (*OF_PEOPLE, *OF_THINGS),
    "date_set_by": (*OF_PEOPLE, *OF_THINGS, "act", "information", "access"),
}


def check_deal(deal: Deal) -> Iterator[Fault]:
    """Everything that is wrong with a deal on its own.

    Parameters
    ----------
    deal : Deal
        As written.

    Yields
    ------
    Fault
        With a path into the deal.
    """
    yield from _check_names(deal)
    yield from _check_short_titles(deal)
    yield from _check_sources(deal)
    for key, obligation in deal.obligations.items():
        yield from _check_obligation(deal, key, obligation)
        yield from _check_quantities(deal, key, obligation)
    for path, condition in conditions(deal):
        yield from _check_condition(deal, path, condition)
    yield from check_deadlines(deal)
    yield from check_powers(deal)
    yield from check_exchanges(deal)
    yield from _check_counts(deal)
    reach = Reach(deal)
    yield from _check_owed(reach)
    yield from check_lines(reach)
    yield from check_reach(reach)
    yield from check_deadlock(reach)


def _unknown(
    path: Path, what: str, word: str, words: Iterable[str], code: str = "unknown-reference"
) -> Iterator[Fault]:
    """A fault if the word is none of the words."""
    allowed = list(words)
    if word not in allowed:
        yield Fault(path, code, f"there is no {what} '{word}'", nearest(word, allowed), word)


def unknown_people(deal: Deal, path: Path, key: str) -> Iterator[Fault]:
    """A fault if this is no stock, or one of things, which are not handed over person by person.

    Parameters
    ----------
    deal : Deal
    path : tuple
        Of the stock's name.
    key : str
    """
    if key not in deal.stocks:
        yield from _unknown(path, "stock", key, deal.people, "unknown-stock")
    elif key not in deal.people:
        of = deal.stocks[key].of
        message, hint = f"'{key}' is of {of}, not of people or remains", nearest(of, PEOPLE)
        yield Fault(path, "not-people", message, hint, key)


def actors(deal: Deal) -> list[str]:
    """Everybody who may owe something: parties, mediators, third states and bodies."""
    return [*deal.parties, *deal.mediators, *deal.others]


def topics(deal: Deal) -> list[str]:
    """What the deal's talks are about."""
    return [obligation.topic for obligation in deal.obligations.values() if obligation.topic is not None]


def _check_names(deal: Deal) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for part in ("parties", "holders", "mediators", "others"):
        for key in getattr(deal, part):
            if key in owners:
                yield Fault((part, key), "name-used-twice", f"'{key}' is already one of the {owners[key]}", value=key)
            owners[key] = part
    for key, holder in deal.holders.items():
        yield from _unknown(("holders", key, "answers_to"), "party", holder.answers_to, deal.parties)
    for key, stock in deal.stocks.items():
        holders = [*deal.parties, *deal.holders] if stock.of in PEOPLE else [*actors(deal), *deal.holders]
        yield from _unknown(("stocks", key, "held_by"), "party or holder", stock.held_by, holders)
    for key, phase in deal.phases.items():
        if phase.then is not None:
            yield from _unknown(("phases", key, "then"), "phase", phase.then, deal.phases)
    for key, right in deal.rights.items():
        yield from _unknown(("rights", key, "by"), "party", right.by, deal.parties)
        for claimant in right.claimed_by or ():
            yield from _unknown(("rights", key, "claimed_by"), "party or body", claimant, actors(deal))


# ---------------------------------------------------------------- titles


def _check_short_titles(deal: Deal) -> Iterator[Fault]:
    """Two parts of one kind under one short title could not be told apart in a table."""
    for part in ("stocks", "holders", "lines", "phases", "obligations", "exchanges", "powers"):
        before: dict[str, str] = {}
        for key, item in getattr(deal, part).items():
            if item.short_title is None:
                continue
            other = before.setdefault(item.short_title, key)
            if other != key:
                message, hint = f"'{other}' has this short title too", "say in what they differ"
                yield Fault((part, key, "short_title"), "same-title", message, hint, item.short_title)


# ---------------------------------------------------------------- sources


def _listed(words: tuple[str, ...]) -> str:
    """'release, return or transfer'."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _check_sources(deal: Deal) -> Iterator[Fault]:
    for part in ("stocks", "phases", "obligations", "exchanges", "powers"):
        for key, item in getattr(deal, part).items():
            if not (item.source or item.assumption):
                yield _unsourced((part, key))
    for key, line in deal.lines.items():
        if line.share_held is not None and not (line.source or line.assumption):
            yield _unsourced(("lines", key))
    sourced = (
        "stocks",
        "holders",
        "lines",
        "phases",
        "obligations",
        "exchanges",
        "powers",
        "rights",
        "guarantees",
        "milestones",
    )
    for part in sourced:
        for key, item in (getattr(deal, part) or {}).items():
            for source in item.source or ():
                yield from _unknown((part, key, "source"), "source", source, deal.sources, "unknown-source")


def _unsourced(path: Path) -> Fault:
    return Fault(path, "unsourced", "has neither source nor assumption", "name a source, or say why this value")


def check_sources_given(scenario: Mapping[str, Any]) -> Iterator[Fault]:
    """Parts of a scenario as written that set numbers and say nowhere where these come from.

    Parameters
    ----------
    scenario : mapping
        What was written of it, in its regular form.
    """
    yield from _sourced_below(scenario.get("behaviour", {}), ("behaviour",))
    for key, distribution in scenario.get("uncertain", {}).items():
        yield from _sourced_below(distribution, ("uncertain", key))


def _sets_number(value: Any) -> bool:
    if isinstance(value, list):
        return any(_sets_number(item) for item in value)
    if isinstance(value, str):
        due = written_due(value)
        return written_duration(value) is not None or (due is not None and (due.is_dated or due.after > 0))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _sourced_below(block: Any, path: Path) -> Iterator[Fault]:
    """The outermost blocks that set a number of their own and are not covered; a time counts as a number."""
    if not isinstance(block, dict) or block.get("source") or block.get("assumption"):
        return
    values = [value for key, value in block.items() if key not in ("source", "assumption", "note", "title")]
    if any(_sets_number(value) or _is_bare_delay(value) for value in values):
        yield _unsourced(path)
        return
    for key, value in block.items():
        yield from _sourced_below(value, (*path, key))


def _is_bare_delay(value: Any) -> bool:
    return isinstance(value, dict) and "median" in value and not (value.get("source") or value.get("assumption"))


# ---------------------------------------------------------------- obligations


def _check_obligation(deal: Deal, key: str, obligation: Obligation) -> Iterator[Fault]:
    at: Path = ("obligations", key)
    yield from _unknown((*at, "by"), "party or body", obligation.by, actors(deal))
    if obligation.to is not None:
        yield from _unknown((*at, "to"), "party or body", obligation.to, actors(deal))
        if obligation.to == obligation.by:
            yield Fault((*at, "to"), "owed-to-itself", "nobody owes something to itself", value=obligation.to)
    if obligation.phase is not None:
        yield from _unknown((*at, "phase"), "phase", obligation.phase, deal.phases)
    yield from _check_measure(deal, at, obligation)
    if obligation.to_line is not None:
        yield from _unknown((*at, "to_line"), "line", obligation.to_line, deal.lines)
    for group in obligation.amount:
        yield from _check_owed_of(deal, (*at, "amount", group), group, obligation)
    for group, owed in obligation.ratio.items():
        yield from unknown_people(deal, (*at, "ratio", group), group)
        for prisoners in owed:
            yield from _check_held(deal, (*at, "ratio", group, prisoners), prisoners, obligation)
    yield from _check_for_each(deal, at, obligation)


def _check_measure(deal: Deal, at: Path, obligation: Obligation) -> Iterator[Fault]:
    kind = obligation.kind
    needed = NEEDED.get(kind, ())
    if needed and not any(getattr(obligation, name) is not None and getattr(obligation, name) != {} for name in needed):
        yield Fault(at, "missing-measure", f"a {kind} needs {' or '.join(needed)}", value=kind)
    for name, kinds in OWN_FIELDS.items():
        if kind not in kinds and getattr(obligation, name):
            hint = f"only a {_listed(kinds)} has it"
            yield Fault((*at, name), "foreign-measure", f"a {kind} has no {name}", hint, name)
    is_in_units = bool(obligation.units) or (bool(obligation.amount) and not deal.hands_over_people(obligation))
    if obligation.accepted_from < 1 and not is_in_units:
        hint = "give its units, or let what waits for it ask for a share"
        yield Fault((*at, "accepted_from"), "foreign-measure", f"this {kind} is not counted in units", hint)
    if obligation.units is not None and obligation.amount:
        hint = "give the amount, which names the stock, or plain units"
        yield Fault((*at, "units"), "foreign-measure", f"this {kind} is counted by its amount", hint, obligation.units)
    if kind == "withdrawal" and obligation.to_line is not None and obligation.amount:
        hint = "give one of them; two obligations for both"
        yield Fault((*at, "amount"), "foreign-measure", "a withdrawal to a line has no amount", hint)
    if obligation.unit is not None and obligation.units is None and not is_in_units:
        hint = "give its units, or leave out 'unit'"
        yield Fault((*at, "unit"), "foreign-measure", f"this {kind} is not counted in units", hint, obligation.unit)
    if kind == "return" and bool(obligation.ratio) != (obligation.for_each is not None):
        yield Fault(at, "missing-measure", "ratio and for_each go together", "give both, or a plain amount")
    if obligation.due.kind == "same day" and obligation.for_each is None:
        hint = "only a return with for_each has it"
        yield Fault((*at, "due"), "same-day-without-release", "'same day' needs a release to follow", hint, "same day")


def _check_owed_of(deal: Deal, path: Path, name: str, obligation: Obligation) -> Iterator[Fault]:
    """A stock of an amount: of people or of things, as its kind hands over, and not of both."""
    is_of_people, kind = name in deal.people, obligation.kind
    if kind not in OF_THINGS or name not in deal.stocks:
        yield from _check_held(deal, path, name, obligation)
    elif is_of_people and kind != "transfer":
        message, hint = f"'{name}' is of {deal.stocks[name].of}", "people are owed by a release, a return or a transfer"
        yield Fault(path, "not-things", message, hint, name)
    elif not is_of_people and deal.hands_over_people(obligation):
        message = f"'{name}' is of {deal.stocks[name].of}, and others of this amount are not"
        yield Fault(path, "not-people", message, "owe people and things by an obligation each", name)
    else:
        yield from _check_holder(deal, path, name, obligation)


def _check_held(deal: Deal, path: Path, group: str, obligation: Obligation) -> Iterator[Fault]:
    """A stock can be handed over by who holds it, or by the party that its holder answers to."""
    if group not in deal.people:
        yield from unknown_people(deal, path, group)
        return
    yield from _check_holder(deal, path, group, obligation)


def _check_holder(deal: Deal, path: Path, group: str, obligation: Obligation) -> Iterator[Fault]:
    holder = deal.stocks[group].held_by
    answers_to = deal.holders[holder].answers_to if holder in deal.holders else holder
    if obligation.by not in (holder, answers_to):
        message = f"{group} is held by {holder}, not by {obligation.by}"
        yield Fault(path, "not-held-by-debtor", message, f"owed by {answers_to}?", group)


def _check_quantities(deal: Deal, key: str, obligation: Obligation) -> Iterator[Fault]:
    """Words beside numbers, as far as what is enough can be said with one standard for the whole obligation."""
    for stock, number in obligation.amount.items():
        at, word = ("obligations", key, "amount", stock), word_of(number)
        if word in ("up_to", "about") and len(obligation.amount) > 1:
            message = f"'{word}' beside other stocks does not say how much of each is enough"
            yield Fault(at, "amount-not-alone", message, "owe each stock by an obligation of its own")
        if word and word != ALL and obligation.accepted_from < 1:
            message = f"'{word}' and accepted_from both say from how much it is met"
            yield Fault(at, "amount-not-alone", message, "leave out one of them")
        if word in ("up_to", "about"):
            for name, other in deal.obligations.items():
                if other.ratio and key in releases_of(deal, other):
                    message = f"{name} is owed for each who is released under this, and so has to know how many it is"
                    yield Fault(at, "amount-with-returns", message, "give the number")
        if word == ALL and stock in deal.stocks:
            yield from _check_all(deal, at, stock, number)


def _check_all(deal: Deal, at: Path, stock: str, number: int) -> Iterator[Fault]:
    """All that is left of a stock has to be known beforehand; nothing may be, and is then not owed."""
    others = [key for key, one in deal.obligations.items() if word_of(one.amount.get(stock, 0)) == ALL]
    by_ratio = [key for key, one in deal.obligations.items() if any(stock in each for each in one.ratio.values())]
    if others[0] != at[1]:
        message, hint = f"{others[0]} owes all of {stock} already", "give the number of one of them"
        yield Fault(at, "all-owed-twice", message, hint, ALL)
    elif by_ratio:
        message = f"how many of {stock} are left is not known beforehand: {by_ratio[0]} owes some by a ratio"
        yield Fault(at, "all-of-unknown", message, "give the number", ALL)
    elif number == 0 < deal.stocks[stock].count:
        message = f"nothing is left: other obligations owe every one of {stock}"
        yield Fault(at, "all-of-nothing", message, "leave it out", ALL, severity="warning")


def _check_for_each(deal: Deal, at: Path, obligation: Obligation) -> Iterator[Fault]:
    if isinstance(obligation.for_each, list):
        releases = [key for key, other in deal.obligations.items() if other.kind == "release"]
        for place, name in enumerate(obligation.for_each):
            yield from _unknown((*at, "for_each", place), "release", name, releases)


def _check_counts(deal: Deal) -> Iterator[Fault]:
    """No stock hands over more than it has, in one batch or in all together."""
    used: dict[str, int] = {}
    for key, obligation in deal.obligations.items():
        for group, count in obligation.amount.items():
            if group not in deal.stocks:
                continue
            before, available = used.get(group, 0), deal.stocks[group].count
            used[group] = before + count
            if before <= available < before + count:
                together = f" after {before} owed before" if before else ""
                message = f"{count} of {group}{together}, which has {available}"
                at: Path = ("obligations", key, "amount", group)
                is_least = word_of(count) == "at_least" and group not in deal.people
                severity: Literal["error", "warning"] = "warning" if is_least else "error"
                yield Fault(at, "batch-exceeds-stock", message, value=int(count), severity=severity)


def _check_owed(reach: Reach) -> Iterator[Fault]:
    """A warning where the ratios owe more people than a stock has: no more than all of them can come home."""
    for group, held in reach.deal.people.items():
        owed = [(key, number) for key, name, number in reach.handed_over if name == group]
        total = round(sum(number for _, number in owed))
        by_ratio = [key for key, _ in owed if reach.deal.obligations[key].ratio]
        if by_ratio and total > held.count:
            message = f"{total} of {group} owed in all, which has {held.count}"
            yield Fault(("obligations", by_ratio[0]), "return-exceeds-stock", message, severity="warning")


# ---------------------------------------------------------------- conditions


def conditions(deal: Deal) -> Iterator[tuple[Path, Asked]]:
    """Every condition of a deal with its path, those that others are made of included."""
    for key, phase in deal.phases.items():
        yield from _gate(("phases", key, "enters_when"), phase.enters_when)
        yield from _gate(("phases", key, "continues_while"), phase.continues_while)
    for key, obligation in deal.obligations.items():
        yield from _gate(("obligations", key, "after"), obligation.after)
    for key, power in deal.powers.items():
        yield from _gate(("powers", key, "after"), power.after)
    for key, right in deal.rights.items():
        yield from _gate(("rights", key, "after"), right.after)
    yield from _guarantee_conditions(deal.guarantees)
    for key, milestone in (deal.milestones or {}).items():
        yield from _gate(("milestones", key, "when"), milestone.when)


def behaviour_conditions(resolved: ResolvedScenario) -> Iterator[tuple[Path, Asked]]:
    """Every condition that a scenario adds to those of its deal, with its path."""
    yield from _guarantee_conditions(resolved.guarantees)
    for key, party in resolved.behaviour.parties.items():
        yield from _gate(("behaviour", "parties", key, "leaves", "unless"), party.leaves.unless)


def _guarantee_conditions(guarantees: Mapping[str, Guarantee]) -> Iterator[tuple[Path, Claim]]:
    for key, guarantee in guarantees.items():
        at: Path = ("guarantees", key)
        yield from _gate((*at, "never"), guarantee.never or [])
        yield from _gate((*at, "always"), guarantee.always or [])
        yield from _gate((*at, "precedes"), list(guarantee.precedes or ()))
        if guarantee.responds is not None:
            yield from _gate((*at, "responds", "to"), guarantee.responds.to)
            yield from _gate((*at, "responds", "with"), guarantee.responds.with_)


Anything = TypeVar("Anything", Condition, Claim)


def _gate(path: Path, gate: list[Anything]) -> Iterator[tuple[Path, Anything]]:
    for place, condition in enumerate(gate):
        yield from _within((*path, place), condition)


def _within(path: Path, condition: Asked) -> Iterator[tuple[Path, Any]]:
    yield path, condition
    for below, one in condition.parts:
        yield from _within((*path, *below), one)


def _check_condition(deal: Deal, path: Path, condition: Asked) -> Iterator[Fault]:
    if condition.obligation is not None:
        yield from _unknown((*path, "obligation"), "obligation", condition.obligation, deal.obligations)
        yield from _check_share(deal, path, condition)
    for count in ("released", "held", "in_transit"):
        counted = getattr(condition, count, None)
        for group in counted if isinstance(counted, dict) else ():
            yield from unknown_people(deal, (*path, count, group), group)
    if condition.list is not None:
        names = dict.fromkeys([*(list_name(deal, key) for key in deal.people), *COUNTED])
        yield from _unknown((*path, "list"), "list of people", condition.list, names, "unknown-list")
    if condition.line is not None:
        yield from _unknown((*path, "line"), "line", condition.line, deal.lines)
    if condition.by is not None:
        yield from _unknown((*path, "by"), "party", condition.by, deal.parties)
    if condition.talks is not None:
        yield from _unknown(
            (*path, "talks"), "talks obligation on", condition.talks, topics(deal), "topic-without-talks"
        )
    if condition.phase is not None:
        yield from _unknown((*path, "phase"), "phase", condition.phase, deal.phases)
    yield from _check_past(deal, path, condition)


def _check_past(deal: Deal, path: Path, condition: Asked) -> Iterator[Fault]:
    """Nothing comes before a day on which the deal has begun already."""
    before: Asked | None = getattr(condition, "not_", None)
    if before is None or before.day is None:
        return
    if minute_of_day(deal, before.day) <= first_minute_of(deal):
        message = f"{before.day} has come when the deal begins, so that it is never before it"
        yield Fault((*path, "not"), "never-before", message, "name a later day", before.day)


def _check_share(deal: Deal, path: Path, condition: Asked) -> Iterator[Fault]:
    """A part can be delivered of people, units and flows only; anything else is done or not."""
    obligation = deal.obligations.get(str(condition.obligation))
    if obligation is None or condition.share in (None, 1.0):
        return
    if obligation.kind not in ("release", "return", "flow") and not obligation.amount and obligation.units is None:
        message = f"nothing of '{condition.obligation}' is counted, so no share of it can be delivered"
        hint = f"leave out 'share' to wait until it is done, or give '{condition.obligation}' its 'units'"
        yield Fault((*path, "share"), "share-of-nothing-counted", message, hint, condition.share)


# ---------------------------------------------------------------- behaviour
