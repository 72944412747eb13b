"""What the parts of a deal are called in sentences and narrow tables: their short title, else their title."""

from __future__ import annotations

from typing import Protocol

from sim.document.behaviour import IncidentSource
from sim.document.deal import Deal, Obligation
from sim.document.values import LONGEST_SHORT_TITLE

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Titled(Protocol):
    """A part of a document that may have a title and a short one."""

    @property
    def title(self) -> str | None:
        """What tables and figures call it."""

    @property
    def short_title(self) -> str | None:
        """What sentences and narrow tables call it."""


def called(part: Titled, key: str) -> str:
    """Its short title, else its title, else its key in words.

    Parameters
    ----------
    part : stock, holder, line, phase, obligation or shock
    key : str
    """
    return part.short_title or part.title or in_words(key)


def in_words(key: str) -> str:
    """A key without its underscores."""
    return key.replace("_", " ")


def actor_called(deal: Deal, actor: str) -> str:
    """A party, mediator or third party by its name in the deal, a holder by its title.

    Parameters
    ----------
    deal : Deal
    actor : str
        Its key.
    """
    if actor in deal.holders:
        return called(deal.holders[actor], actor)
    return {**deal.parties, **deal.mediators, **deal.others}[actor]


def obligation_called(deal: Deal, name: str) -> str:
    """An obligation; of a return owed for each release with the release that this one is for, of a lot with its number.

    Parameters
    ----------
    deal : Deal
    name : str
        Its key, `return.release` or `leg.2`.
    """
    key, _, release = name.partition(".")
    words = called(deal.obligations[key], key)
    if release.isdigit():
        return f"{words}, lot {release}"
    return f"{words} for {obligation_called(deal, release)}" if release else words


def phase_called(deal: Deal, key: str) -> str:
    """'phase one', 'day 5': titles of phases are sentences, so that a long one gives way to the key or the number.

    Parameters
    ----------
    deal : Deal
    key : str
    """
    phase = deal.phases[key]
    if phase.short_title:
        return phase.short_title
    if key in NUMBERS:
        return f"phase {key}"
    if phase.title and len(phase.title) <= LONGEST_SHORT_TITLE // 2:
        return phase.title
    words = in_words(key)
    if any(letter.isdigit() for letter in words):
        return words
    return f"phase {NUMBERS[min(list(deal.phases).index(key), len(NUMBERS) - 1)]}"


def talks_called(deal: Deal, topic: str) -> str:
    """Talks, by the obligation to hold them.

    Parameters
    ----------
    deal : Deal
    topic : str
    """
    for key, obligation in deal.obligations.items():
        if obligation.topic == topic:
            return called(obligation, key)
    return in_words(topic)


def source_called(deal: Deal, sources: dict[str, IncidentSource], key: str) -> str:
    """A source of incidents: whose they are, and which where several are of one side; of a script, the party itself.

    Parameters
    ----------
    deal : Deal
    sources : dict of str to IncidentSource
        All of the behaviour.
    key : str
    """
    if key not in sources:
        return actor_called(deal, key)
    by = sources[key].by
    alone = sum(source.by == by for source in sources.values()) == 1
    return actor_called(deal, by) if alone else f"{actor_called(deal, by)}, {in_words(key)}"


def unit_called(deal: Deal, obligation: Obligation) -> str:
    """What an obligation's units are, as a plural: its own word, that of its only stock, else 'units'.

    Parameters
    ----------
    deal : Deal
    obligation : Obligation
    """
    kinds = {deal.stocks[stock].of for stock in obligation.amount}
    return obligation.unit or (in_words(kinds.pop()) if len(kinds) == 1 else "units")
