"""Rules that a part of a document breaks on its own: each known by a code, not by its words or its number."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Code = Literal[
    "bad-amount", "bad-condition", "bad-date", "bad-delay", "bad-distribution", "bad-duration", "bad-expectation",
    "bad-guarantee", "bad-hour", "bad-milestone", "bad-power", "bad-script", "bad-shock", "bad-term", "bad-title",
    "date-without-offset",
    "duplicate-key", "not-a-number", "out-of-range", "too-long",
]  # fmt: skip
CODES: frozenset[str] = frozenset(get_args(Code))
"""None of them is a type of pydantic's own errors, which have underscores for hyphens."""

_KEYWORDS = {
    "string": ("maxLength",),
    "array": ("maxItems",),
    "object": ("maxProperties",),
    "integer": ("maximum",),
    "number": ("maximum",),
}
"""What says so in a JSON Schema; a mapping that may be written as a list of its keys has no one type."""


def broken(code: Code, message: str, hint: str = "") -> PydanticCustomError:
    """The error, a `ValueError`, of a part that breaks a rule.

    Parameters
    ----------
    code : str
        By which programs know the rule.
    message, hint : str
        The rule, and the way out, for people.
    """
    return PydanticCustomError(code, "{message}", {"hint": hint, "message": message})


@dataclass(frozen=True)
class AtMost:
    """A limit on the size of a number, or on how many characters or items there are, which somebody may want to raise.

    Attributes
    ----------
    most : int
    name : str
        Of the constant.
    told : str
        The limit with its unit, for people.
    file : str
        Where the constant stands.
    """

    most: int
    name: str
    told: str
    file: str = "sim/document/values.py"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = handler(schema)
        keywords = _KEYWORDS.get(described.get("type", ""), ("maxItems", "maxProperties"))
        return {**described, **dict.fromkeys(keywords, self.most)}

    def _checked(self, value: Any) -> Any:
        hint = f"at most {self.told} ({self.name} in {self.file})"
        if isinstance(value, Sized):
            if len(value) > self.most:
                raise broken("too-long", f"has more than {self.most} characters or items", hint)
        elif value > self.most:
            raise broken("out-of-range", f"must be less than or equal to {self.most}", hint)
        return value
