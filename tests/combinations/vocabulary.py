"""Everything that a document can say, read off its models: fields, and the values of fields that have a few."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from sim.document.scenario import ResolvedScenario
from sim.document.values import Sourced

SILENT = {
    "Deal.deal": "a name",
    "Deal.title": "a text",
    "Deal.short_title": "a text",
    "Deal.summary": "a text",
    "Deal.pair": "for calibration alone",
    "Deal.starts": "every deal has it; half of the composed ones start in the morning",
    "Deal.horizon": "every deal has it",
    "Deal.sources": "says whence",
    "Deal.parties": "every deal has two",
    "Deal.stocks": "covered by the kinds that move people",
    "Deal.obligations": "every deal has some",
    "Deal.rights": "stated and checked; no rule reads them",
    "Deal.contested": "a text",
    "Deal.amended": "laid on the document before it is compiled: tests/unit/test_amended.py",
    "Amendment.from": "as Deal.amended",
    "Amendment.title": "a text",
    "Amendment.changes": "as Deal.amended",
    "Deal.not_modelled": "a text",
    "Deal.language": "a word",
    "ResolvedScenario.posterior": "a row sets parameters before anything happens, as `uncertain` does",
    "Posterior.file": "a name",
    "Posterior.columns": "names of parameters; no rule knows of a table",
    "Posterior.rows": "read from the file",
    "Posterior.sha256": "a checksum",
    "Source.title": "a text",
    "Source.url": "a text",
    "Stock.title": "a text",
    "Stock.short_title": "a text",
    "Holder.title": "a text",
    "Holder.short_title": "a text",
    "Line.title": "a text",
    "Line.short_title": "a text",
    "Line.share_held": "for tables only",
    "Phase.title": "a text",
    "Phase.short_title": "a text",
    "Phase.clause": "says whence",
    "Obligation.title": "a text",
    "Obligation.short_title": "a text",
    "Obligation.unit": "a text",
    "Obligation.clause": "says whence",
    "Obligation.grade": "says whence",
    "Obligation.contested": "a text",
    "Obligation.settled": "for calibration alone",
    "Obligation.date_set_by": "for calibration alone",
    "Obligation.by": "every obligation has it; mediators and third states are features",
    "Obligation.kind": "covered value by value",
    "Obligation.due": "covered form by form",
    "Obligation.for_each": "covered form by form",
    "Condition.state": "covered value by value",
    "Condition.share": "covered by what is shared",
    "Condition.released": "covered form by form",
    "Condition.of": "covered value by value",
    "Claim.state": "covered value by value",
    "Claim.truce": "covered value by value",
    "Claim.end": "covered value by value",
    "Guarantee.title": "a text",
    "Milestone.title": "a text",
    "Contested.about": "a text",
    "Contested.accounts": "a text",
    "Contested.follows": "a text",
    "Exchange.title": "a text",
    "Exchange.short_title": "a text",
    "Exchange.clause": "says whence",
    "Power.by": "every power has it; nothing but its name in a trace follows from it",
    "Power.may": "one word so far",
    "Power.what": "every power has it",
    "Power.title": "a text",
    "Power.short_title": "a text",
    "Power.clause": "says whence",
    "Power.claimed_by": "says who says so",
    "Power.contested": "a text",
    "Right.by": "no rule reads rights",
    "Right.right": "no rule reads rights",
    "Right.after": "no rule reads rights",
    "Right.claimed_by": "no rule reads rights",
    "Right.contested": "no rule reads rights",
    "Right.title": "no rule reads rights",
    "Right.clause": "no rule reads rights",
    "Compliance.level": "covered by what falls short",
    "PartyBehaviour.capacity": "covered by kind",
    "Behaviour.parties": "covered by the fields of a party",
    "Phase.truce": "true is the default; false is a feature",
    "Mediation.redates": "one obligation is the default; all that are open is a feature",
    "Shock.effect": "covered value by value",
    "Shock.title": "a text",
    "Shock.short_title": "a text",
    "ResolvedScenario.scenario": "a name",
    "ResolvedScenario.title": "a text",
    "ResolvedScenario.short_title": "a text",
    "ResolvedScenario.question": "a text",
    "ResolvedScenario.horizon": "every scenario has it",
    "ResolvedScenario.deal": "the deal",
    "ResolvedScenario.behaviour": "the behaviour",
    "ResolvedScenario.sources": "says whence",
    "ResolvedScenario.uncertain": "covered by the fields of what is uncertain",
    "ResolvedScenario.vary": "axes of a sweep; a run does not read them",
    "ResolvedScenario.guarantees": "like those of the deal",
    "ResolvedScenario.scripted": "replaces every draw; property/test_check_property.py runs scripts of its own",
    "ResolvedScenario.expects": "asked of many replicates",
    "ResolvedScenario.notes": "a text",
    "ResolvedScenario.changed": "a text",
    "Axis.values": "of a sweep",
    "Axis.low": "of a sweep",
    "Axis.high": "of a sweep",
    "Axis.steps": "of a sweep",
    **{
        f"Scripted.{name}": "replaces every draw; property/test_check_property.py runs scripts of its own"
        for name in (
            "obligation", "dispute", "patience", "talks", "incident", "answer", "shock", "aftermath", "power",
            "choice", "at", "time",
        )
    },
}  # fmt: skip
"""Fields that change no history on their own, or are covered in parts, each with the reason."""

VALUES = ("kind", "state", "truce", "end", "effect", "of", "redates")
"""Fields whose values are features of their own."""
DEFAULTS = {
    "Claim.of=people", "Claim.of=remains", "Condition.truce=holds", "Mediation.redates=obligation",
}  # fmt: skip
"""Values that are taken without being written, or that a feature chooses among."""


def models() -> list[type[BaseModel]]:
    """Every model that a resolved scenario can hold."""
    found: dict[str, type[BaseModel]] = {}

    def visit(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind.__name__ not in found:
            found[kind.__name__] = kind
            for field in kind.model_fields.values():
                visit(field.annotation)
        for argument in get_args(kind):
            visit(argument)

    visit(ResolvedScenario)
    return list(found.values())


def _literals(kind: Any) -> Iterator[str]:
    if get_origin(kind) is Literal:
        yield from (value for value in get_args(kind) if isinstance(value, str))
    elif get_origin(kind) in (Union, types.UnionType, Annotated):
        for argument in get_args(kind):
            yield from _literals(argument)


def vocabulary() -> Iterator[str]:
    """`Model.field`, and `Model.field=value` for each value of the fields in `VALUES`."""
    for model in models():
        for name, field in model.model_fields.items():
            if name in Sourced.model_fields:
                continue  # where a number comes from
            yield f"{model.__name__}.{field.alias or name}"
            if name in VALUES:
                for value in _literals(field.annotation):
                    if (word := f"{model.__name__}.{name}={value}") not in DEFAULTS:
                        yield word
