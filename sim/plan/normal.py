"""Conditions in conjunctive normal form: clauses that must all hold, each by one of its alternatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Generic, TypeVar

from sim.document.conditions import Asked

Literal = TypeVar("Literal")
Clause = tuple[Literal, ...]


@dataclass(frozen=True)
class NormalForm(Generic[Literal]):
    """Writes conditions as clauses; no clause at all is true, a clause without alternatives false.

    Parameters
    ----------
    atom : callable
        The clauses of a condition that is not made of others.
    negate : callable
        The opposite of one alternative.
    refuse : callable
        Given how many alternatives there are so far; raises if these are too many, before they explode.
    """

    atom: Callable[[Asked], list[tuple[Literal, ...]]]
    negate: Callable[[Literal], Literal]
    refuse: Callable[[int], None]

    def of(self, asked: Asked, *, is_negated: bool = False) -> list[tuple[Literal, ...]]:
        """The clauses of a condition, or of its opposite."""
        negated = getattr(asked, "not_", None)
        if negated is not None:
            return self.of(negated, is_negated=not is_negated)
        if asked.parts:
            parts = [self.of(one, is_negated=is_negated) for _, one in asked.parts]
            # at least k of n do not hold all the less if n - k + 1 fail
            return self._at_least(len(parts) - asked.enough + 1 if is_negated else asked.enough, parts)
        clauses = self.atom(asked)
        if not is_negated:
            return clauses
        return self._at_least(1, [[(self.negate(one),) for one in clause] for clause in clauses])

    def _at_least(self, needed: int, parts: list[list[tuple[Literal, ...]]]) -> list[tuple[Literal, ...]]:
        """At least so many of these: of every n - k + 1 of them one, each of which is written out in clauses."""
        needed -= sum(not part for part in parts)
        left = [part for part in parts if part and () not in part]
        if needed <= 0:
            return []
        if needed > len(left):
            return [()]
        found: dict[tuple[Literal, ...], None] = {}
        size = 0
        for some in combinations(left, len(left) - needed + 1):
            # a or (b and c) is (a or b) and (a or c): one clause for each way to take a clause of every alternative
            for taken in product(*some):
                clause = tuple(dict.fromkeys(chain.from_iterable(taken)))
                if clause not in found:
                    found[clause] = None
                    size += len(clause)
                    self.refuse(size)
        return list(found)
