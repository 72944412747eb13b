"""Published names in plain words, with their unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.document.lists import list_called
from sim.document.measured import (
    COUNTED,
    HELD_BACK,
    LATE_BY,
    list_name,
    outcome_of_list,
    places_of_lists,
)
from sim.document.names import actor_called, called, obligation_called
from sim.report.sentences import listed

if TYPE_CHECKING:
    from sim.document.deal import Deal
    from sim.document.scenario import ResolvedScenario
    from sim.statistics.comparison import Summary

OUTCOMES = {
    "hostages_living_released": "Hostages released, living",
    "hostages_deceased_returned": "Hostages returned, deceased",
    "hostages_still_held": "Hostages still held",
    "prisoners_still_held": "Prisoners still held",
    "prisoners_released": "Prisoners released, living",
    "prisoners_deceased_returned": "Prisoners returned, deceased",
    "captive_days": "Days in captivity, living hostages",
    "prisoner_captive_days": "Days in captivity, living prisoners",
    "truce_days": "Days of truce",
    "phase_reached": "Phase reached",
    "line_reached": "Withdrawal line reached",
    "disputes": "Disputes",
    "dispute_days": "Days in dispute",
    "incidents": "Incidents",
    "suspensions": "Suspensions of the truce",
    "aid_delivered": "Aid delivered",
    "implementation_score": "Implementation, percent",
    "end_day": "Day of the end",
    "hostages_died_in_captivity": "Hostages who died in captivity",
    "prisoners_died_in_captivity": "Prisoners who died in captivity",
    "pre_truce_days": "Days before the truce began",
    "truce_at_end": "Truce holds at the end",
}
BY_DAY = {"steps_done": "Obligations done"}
"""What is counted by the end of a day alone."""
PER_PARTY = {
    "on_time_": "Obligations met on time",
    "late_": "Obligations met late",
    "not_met_": "Obligations not met",
    "largest_lead_": "Largest lead in delivered share",
    "broken_": "Obligations broken",
    "void_": "Obligations that fell away",
    "not_due_": "Obligations not due yet",
    "steps_done_": "Obligations done",
}
PER_PART = {
    "released_": "Released", "delivered_": "Units delivered", HELD_BACK: "Days ready and held back by the other side",
    LATE_BY[0]: "Late by its debtor's own doing", LATE_BY[1]: "Late by the doing of others",
    LATE_BY[2]: "Not late, kept waiting by its creditor or by nobody",
}  # fmt: skip
CURVES = {
    "hostages_living": "Hostages released, living",
    "hostages_deceased": "Hostages returned, deceased",
    "prisoners": "Prisoners released",
    "prisoners_deceased": "Prisoners returned, deceased",
}
_OF_LISTS: tuple[dict[str, str], ...] = (
    {
        "hostages_living_released": "{} released, living", "hostages_deceased_returned": "{} returned, deceased",
        "hostages_still_held": "{} still held", "captive_days": "Days in captivity, living {}",
        "hostages_died_in_captivity": "{} who died in captivity",
    },
    {
        "prisoners_released": "{} released, living", "prisoners_deceased_returned": "{} returned, deceased",
        "prisoners_still_held": "{} still held", "prisoner_captive_days": "Days in captivity, living {}",
        "prisoners_died_in_captivity": "{} who died in captivity",
    },
)  # fmt: skip
"""What the columns of either pair of lists are called where a deal's lists have other names."""
ENDS = {"completed": "Completed", "collapsed": "Collapsed", "lapsed": "Lapsed", "standing": "Still standing"}
ENDINGS = {
    "collapsed": "breaks down", "lapsed": "expires unrenewed", "standing": "open on the last day",
    "completed": "carried out",
}  # fmt: skip
"""What a run comes to, in the words of an answer."""
EARLY = {"collapsed": ("breaks down", "break down"), "lapsed": ("expires", "expire")}
"""Ends before the last day, of one run and of several."""
VERDICTS = {"none": "no difference in any run", "undecided": "undecided", "up": "higher", "down": "lower"}
"""What `verdict_on` says of a difference, for those who do not know its terms."""
FOOTER = "Ranges under stated assumptions, not a forecast."


def outcome_in_words(name: str, *deals: Deal) -> str:
    """'Hostages released, living' for `hostages_living_released`; lists, stocks and parties as the deals call them.

    Parameters
    ----------
    name : str
    *deals : Deal
        Without any, lists, stocks, parties and obligations keep their keys.
    """
    if name in OUTCOMES:
        return _of_lists(name, deals[0]) if deals else OUTCOMES[name]
    if name in BY_DAY:
        return BY_DAY[name]
    of, by_day, day = name.partition(" by day ")
    if by_day:
        return f"{outcome_in_words(of, *deals)}, by day {day}"
    for prefix, words in {**PER_PARTY, **PER_PART}.items():
        if name.startswith(prefix):
            return f"{words}: {_part_called(name.removeprefix(prefix), prefix, deals)}"
    return spaced(name).capitalize()


def _of_lists(name: str, deal: Deal) -> str:
    """An outcome of people by the lists that it counts, where they are not those after which it is named."""
    place = next((place for place, names in enumerate(_OF_LISTS) if name in names), None)
    if place is None:
        return OUTCOMES[name]
    lists = [one for one, at in places_of_lists(deal).items() if at == place]
    if not lists or lists == [COUNTED[place]]:
        return OUTCOMES[name]
    form = _OF_LISTS[place][name]
    of = next((of for word, of in (("living", "people"), ("deceased", "remains")) if word in form), None)
    told = [one for one in lists if any(list_name(deal, k) == one and of == s.of for k, s in deal.people.items())]
    words = form.format(listed([list_called(deal, one) for one in told or lists]))
    return words[:1].upper() + words[1:]


def _part_called(key: str, prefix: str, deals: Sequence[Deal]) -> str:
    """A party, a stock or an obligation."""
    for deal in deals:
        if prefix in PER_PARTY and key in {**deal.parties, **deal.mediators, **deal.others, **deal.holders}:
            return actor_called(deal, key)
        if prefix == "released_" and key in deal.stocks:
            return called(deal.stocks[key], key)
        if prefix in ("delivered_", HELD_BACK, *LATE_BY) and key.partition(".")[0] in deal.obligations:
            return obligation_called(deal, key)
    return spaced(key)


def obligation_in_words(name: str, *deals: Deal) -> str:
    """An obligation as the first deal that has it calls it.

    Parameters
    ----------
    name : str
        Its key, or `return.release`.
    *deals : Deal
    """
    deal = next((deal for deal in deals if name.partition(".")[0] in deal.obligations), None)
    return spaced(name) if deal is None else obligation_called(deal, name)


def list_in_words(name: str, *deals: Deal) -> str:
    """What a curve by day counts: 'Hostages released, living' for `hostages_living`.

    Parameters
    ----------
    name : str
        Of a list of people.
    *deals : Deal
        Whose own lists it counts, by their names.
    """
    own, _, of = name.partition(".")
    if of:
        words = list_called(deals[0], own) if deals else spaced(own)
        return f"{words[:1].upper()}{words[1:]} {'returned, deceased' if of == 'remains' else 'released, living'}"
    outcome = outcome_of_list(name)
    if outcome in OUTCOMES and (told := outcome_in_words(outcome, *deals)) != OUTCOMES[outcome]:
        return told
    return CURVES.get(name) or f"{spaced(name).capitalize()}, out"


def with_unit(name: str, *deals: Deal) -> str:
    """An outcome in words with its unit, where the words do not say it: 'Hostages released, living (people)'.

    Parameters
    ----------
    name : str
    *deals : Deal
        As of `outcome_in_words`.
    """
    words = outcome_in_words(name, *deals)
    if name in ("captive_days", "prisoner_captive_days"):
        return f"{words} (person-days)"
    return f"{words} (people)" if name.startswith(("hostages_", "prisoners_", "released_")) else words


def cause_in_words(cause: str) -> str:
    """A root cause, its subject in brackets: 'talks broken off (phase two)' for `talks_broken_off phase_two`."""
    event, _, subject = cause.partition(" ")
    return f"{spaced(event)} ({spaced(subject)})" if subject else spaced(event)


def spaced(name: str) -> str:
    """A name of a document without underscores."""
    return name.replace("_", " ")


def name_in_words(name: str) -> str:
    """'talks start day 4' for `talks-start-day-4`: the name of a scenario or a case of a study."""
    return spaced(name).replace("-", " ")


def path_in_words(path: str) -> str:
    """A path of a document that can be broken between its parts."""
    return spaced(path).replace(".", " \u203a ")


def short_names(paths: Sequence[str]) -> list[str]:
    """The last parts of each path, as many as tell it from the others.

    Parameters
    ----------
    paths : sequence of str

    Returns
    -------
    list of str
    """
    parts = [path.split(".") for path in paths]

    def short(own: list[str]) -> str:
        others = [other for other in parts if other != own]
        length = next((k for k in range(1, len(own)) if all(own[-k:] != other[-k:] for other in others)), len(own))
        return ".".join(own[-length:])

    return [short(own) for own in parts]


def numbered(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of which equal ones are numbered."""
    return tuple(
        name if names.count(name) == 1 else f"{name} ({names[: place + 1].count(name)})"
        for place, name in enumerate(names)
    )


def deals_of(summaries: Sequence[Summary]) -> tuple[Deal, ...]:
    """The deals of a comparison, as far as its summaries know their documents."""
    return tuple(summary.document.deal for summary in summaries if summary.document is not None)


def guarantees_called(document: ResolvedScenario | None) -> dict[str, str]:
    """What the guarantees of a scenario and its deal are called.

    Parameters
    ----------
    document : ResolvedScenario or None
        None knows none.
    """
    if document is None:
        return {}
    declared = {**document.deal.guarantees, **document.guarantees}
    return {name: one.title or spaced(name) for name, one in declared.items()}


def columns_of(summaries: Sequence[Summary]) -> tuple[str, ...]:
    """What the scenarios of a comparison are called in columns, figures and sentences.

    Parameters
    ----------
    summaries : sequence of Summary
    """
    return scenarios_called([(summary.scenario, summary.document) for summary in summaries])


def scenarios_called(scenarios: Sequence[tuple[str, ResolvedScenario | None]]) -> tuple[str, ...]:
    """Short titles; else names in words, without their deals where they differ without them. Equal ones are numbered.

    Parameters
    ----------
    scenarios : sequence of (str, ResolvedScenario or None)
        Name and document of each.
    """
    names = [name for name, _ in scenarios]
    last = [name.rpartition("/")[2] for name in names]
    own = last if len(set(last)) == len(set(names)) else names
    titles = [None if document is None else document.short_title for _, document in scenarios]
    return numbered(tuple(
        title or name_in_words(name) for title, name in zip(titles, own, strict=True)
    ))  # fmt: skip


def cut(text: str, most: int) -> str:
    """A text that is no longer than this, on one line; what is cut off leaves an ellipsis."""
    short = " ".join(text[: 4 * most].split())
    return short if len(short) <= most and len(text) <= 4 * most else short[: most - 1].rstrip() + "…"
