"""Every field of a document says what it is, in which unit: the reference page and an editor's hover show it."""

import re
import typing

import pytest
from pydantic import BaseModel, Field

from sim.document import behaviour, conditions, deal, scenario, study, values
from sim.document.values import Chance, Count, Duration, Number, Part, Share
from sim.reading.model import KINDS, schema

MODELS = sorted(
    {
        value
        for module in (behaviour, conditions, deal, scenario, study, values)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseModel) and value is not BaseModel
    },
    key=lambda model: model.__name__,
)
CHANCE = r"chance|share|level"
SAYS = {
    Chance: CHANCE,
    Share: CHANCE,
    Count: "number|so many|released so far",
    Number: "a day|factor|strength|number|relative|times",
    Duration: "time|long|longest|late after|length|half-life|stretch|half of all cases|nineteen of twenty",
}
"""What the description of a number has to say. A time carries its own unit (`36 h`): it says what passes meanwhile."""


def wanting(model):
    """Fields of a model that say nothing of themselves, or hold a number and do not say of what."""
    found = []
    for name, annotation in typing.get_type_hints(model, include_extras=True).items():
        if name in model.model_fields:
            words = model.model_fields[name].description or ""
            units = [SAYS[part] for part in _parts(annotation) if part in SAYS]
            if not words.strip() or not all(re.search(rf"(?i)\b({unit})\b", words) for unit in units):
                found.append(name)
    return found


def _parts(annotation):
    """A type and all that it is made of, as far as the types of numbers, which are not opened."""
    yield annotation
    if annotation not in SAYS:
        for inner in typing.get_args(annotation):
            if not isinstance(inner, str):
                yield from _parts(inner)


def test_there_are_models_to_look_at():
    assert {"Deal", "Scenario", "Study", "ResolvedScenario"} <= {model.__name__ for model in MODELS}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_says_what_it_is_and_in_which_unit(model):
    assert wanting(model) == []


class Wanting(Part):
    """A part whose fields leave something to be said."""

    silent: str
    blank: str = Field(description=" ")
    no_unit: Number = Field(description="How fast it goes.")
    one_of_two: dict[str, Count | Share] = Field(description="A share of the flow.")
    optional: Duration | None = Field(None, description="Of the truce.")
    told: Chance = Field(0.0, description="Chance of rain.")


def test_a_field_that_says_too_little_is_caught():
    assert wanting(Wanting) == ["silent", "blank", "no_unit", "one_of_two", "optional"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_that_editors_read_has_every_description(kind):
    written = schema(kind)
    parts = {kind: written, **written["$defs"]}
    silent = [
        f"{name}.{field}"
        for name, part in parts.items()
        for form in (part, *part.get("anyOf", ()))
        for field, value in form.get("properties", {}).items()
        if not value.get("description")
    ]
    assert silent == []
