"""Plans of one choice of terms after another: compiled once for each structure, then given other dates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sim.analysis.design.follow import Follows
from sim.document.deal import Obligation
from sim.document.scenario import ResolvedScenario
from sim.errors import DealError, PlanError
from sim.outcomes.asked import asking
from sim.plan.compile import compile_plan
from sim.plan.patched import MOVED, Template
from sim.plan.plan import Plan
from sim.reading.bounds import check_bounds
from sim.reading.checks import check_deal
from sim.reading.checks_design import value_at
from sim.reading.paths import put, split
from sim.reading.problem import DocumentError
from sim.reading.resolve import Documents

MOST_TEMPLATES = 64
"""Structures whose plans are kept, of two megabytes each."""
MOST_OBLIGATIONS = 20_000
"""Obligations with other dates that are kept."""
Fields = dict[str, Any]
"""By path below an obligation, such as 'due' or 'after.0.released', what stands there."""


@dataclass(frozen=True)
class Refused:
    """Why a choice is no deal: the rules that it breaks, each with the words for the first place."""

    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Structure:
    """A compiled choice, and what it sets by obligation where dates stand."""

    template: Template
    scenario: ResolvedScenario
    dated: dict[str, Fields]


class Plans:
    """Plans of the choices of one scenario.

    Parameters
    ----------
    documents : Documents
    names : iterable of str
        Outcomes, of which those by day become columns.
    follows : iterable of Follows, optional
        Behaviour that goes with the heaviest or the last of several obligations.
    """

    def __init__(self, documents: Documents, names: Iterable[str], follows: Iterable[Follows] = ()):
        self.documents = documents
        self._names = tuple(names)
        self._follows = tuple(follows)
        deal = documents.resolve().deal
        self._written = {key: _plain(owed) for key, owed in deal.obligations.items()}
        self._structures: dict[str, _Structure] = {}
        self._obligations: dict[tuple[str, str, str], Obligation | None] = {}

    def followed(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What a choice changes, with the behaviour that goes with it.

        Parameters
        ----------
        settings : mapping
            By path.
        """
        found = dict(settings)
        for follows in self._follows:
            found |= follows.settings(self.documents.resolve().behaviour, self._written, settings)
        return found

    def plan_of(self, settings: Mapping[str, Any]) -> Plan | Refused:
        """The plan of a choice, checked as a document is; or why it is none.

        Parameters
        ----------
        settings : mapping
            By path.
        """
        plan = self.unchecked(settings)
        return plan if isinstance(plan, Refused) or is_sound(plan) else self._compiled(self.followed(settings))

    def unchecked(self, settings: Mapping[str, Any]) -> Plan | Refused:
        """As `plan_of`; but what differs only in dates from a choice before it is not checked.

        Parameters
        ----------
        settings : mapping
            By path.
        """
        settings = self.followed(settings) if self._follows else settings
        rest, dated = parted(settings)
        key = json.dumps(rest, sort_keys=True)
        structure = self._structures.get(key)
        moved = None if structure is None else self._moved(key, structure, dated)
        if moved is not None:
            return moved
        plan = self._compiled(settings)
        if isinstance(plan, Plan) and structure is None and len(self._structures) < MOST_TEMPLATES:
            self._structures[key] = _Structure(Template(plan), plan.scenario, dated)
        return plan

    def _compiled(self, settings: Mapping[str, Any]) -> Plan | Refused:
        try:
            return asking(compile_plan(self.documents.resolve(settings)), self._names)
        except DocumentError as error:
            reasons: dict[str, str] = {}
            for problem in error.problems:
                reasons.setdefault(problem.code, f"{problem.path}: {problem.message}")
            return Refused(tuple(reasons.items()))
        except (DealError, PlanError) as error:
            return Refused((("too-large", str(error)),))

    def _moved(self, structure: str, base: _Structure, dated: dict[str, Fields]) -> Plan | None:
        """The plan of a structure with these dates; None where it has to be compiled."""
        changed: dict[str, Obligation] = {}
        for key in dict.fromkeys([*base.dated, *dated]):
            fields, before = dated.get(key, {}), base.dated.get(key, {})
            if fields == before:
                continue
            back = {name: value_at(self._written[key], name) for name in before if name not in fields}
            obligation = self._obligation(structure, base, key, back | fields)
            if obligation is None:
                return None
            changed[key] = obligation
        deal = base.scenario.deal
        deal = deal.model_copy(update={"obligations": {**deal.obligations, **changed}})
        return base.template.moved(base.scenario.model_copy(update={"deal": deal}), changed)

    def _obligation(self, structure: str, base: _Structure, key: str, fields: Fields) -> Obligation | None:
        """An obligation of a structure with other dates; None if they are none."""
        known = structure, key, json.dumps(fields)
        if known not in self._obligations:
            if len(self._obligations) >= MOST_OBLIGATIONS:
                self._obligations.clear()
            data = {"it": _plain(base.scenario.deal.obligations[key])}
            for name, value in fields.items():
                put(data, ("it", *split(name)), value, grow=False)
            try:
                self._obligations[known] = Obligation.model_validate(data["it"])
            except ValidationError:
                self._obligations[known] = None
        return self._obligations[known]


def is_sound(plan: Plan) -> bool:
    """Whether a deal breaks no rule of documents, if one that differs from it in dates alone breaks none.

    Parameters
    ----------
    plan : Plan
    """
    return not any(check_deal(plan.scenario.deal)) and not any(check_bounds(plan.scenario))


def parted(settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Fields]]:
    """What decides the structure of a choice, and by obligation what moves its dates or numbers in its gate.

    Parameters
    ----------
    settings : mapping
        By path.
    """
    rest: dict[str, Any] = {}
    dated: dict[str, Fields] = {}
    for path, value in settings.items():
        parts = path.split(".")
        if parts[:2] == ["deal", "obligations"] and _is_date(parts[3:], value):
            dated.setdefault(parts[2], {})[".".join(parts[3:])] = value
        else:
            rest[path] = value
    return rest, dated


def _is_date(parts: list[str], value: Any) -> bool:
    if parts[:1] == ["after"]:
        return len(parts) == 3 and parts[2] == "released" and isinstance(value, int)
    return len(parts) == 1 and parts[0] in MOVED and isinstance(value, str)


def _plain(obligation: Obligation) -> dict[str, Any]:
    data: dict[str, Any] = obligation.model_dump(mode="json", by_alias=True)
    return data
