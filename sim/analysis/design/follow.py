"""Behaviour that hangs on the name of an obligation, and goes with the heaviest or the last of several.

Behaviour does not answer to terms. But where somebody is likely to refuse the largest release, that is so whatever the
release is called, and a choice of terms should not escape it by another name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.document.behaviour import Behaviour
from sim.document.design import Designed


@dataclass(frozen=True)
class Follows:
    """One obligation whose behaviour goes with others.

    Attributes
    ----------
    key : str
    what : {'heaviest', 'last'}
    among : tuple of str
        Obligations in order.
    """

    key: str
    what: Literal["heaviest", "last"]
    among: tuple[str, ...]

    @classmethod
    def of(cls, design: Designed) -> tuple[Follows, ...]:
        """All of a design that has been checked."""
        sharing = [term.amounts for term in design.terms.values() if term.amounts]
        return tuple(
            cls(key, what, tuple(next(among for among in sharing if key in among)))
            for key, what in design.follow.items()
        )

    def settings(self, behaviour: Behaviour, written: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
        """By path, how behaviour changes places in a choice.

        Parameters
        ----------
        behaviour : Behaviour
            As written.
        written : mapping
            Obligations of the deal as written, as plain data.
        settings : mapping
            By path, what the choice changes.
        """
        sizes = [
            int(sum(settings.get(f"deal.obligations.{each}.amount", written[each]["amount"]).values()))
            for each in self.among
        ]
        other = bearer(self.what, self.among, sizes, self.key)
        if other == self.key:
            return {}
        found: dict[str, Any] = {}
        for party, one in behaviour.parties.items():
            entries = {each: one.obligations.get(each) for each in (self.key, other)}
            for at, entry in ((self.key, entries[other]), (other, entries[self.key])):
                if entry != entries[at]:
                    path = f"behaviour.parties.{party}.obligations.{at}"
                    found[path] = None if entry is None else entry.model_dump(mode="json", exclude_none=True)
        return found


def bearer(what: str, among: Sequence[str], sizes: Sequence[int], key: str) -> str:
    """Which of several obligations is the heaviest, or the last that hands over anything.

    Parameters
    ----------
    what : {'heaviest', 'last'}
    among : sequence of str
        In order.
    sizes : sequence of int
        How much each hands over.
    key : str
        The one that is taken where it is as heavy as any.
    """
    if what == "last":
        return next((each for each, size in reversed(list(zip(among, sizes, strict=True))) if size), key)
    heaviest = [each for each, size in zip(among, sizes, strict=True) if size == max(sizes)]
    return key if key in heaviest else heaviest[0]
