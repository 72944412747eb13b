"""How much is owed of a stock: a number, or a word beside one that says from how much on it is enough."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self, cast

from pydantic import ConfigDict, Field, PlainSerializer, ValidatorFunctionWrapHandler, WrapValidator

from sim.document.broken import broken
from sim.document.values import Count, Part, exactly_one

ALL: Final = "all"
WORDS = ("at_least", "up_to", "about")
Word = Literal["", "all", "at_least", "up_to", "about"]
NEARLY = 0.9
"""Share of an amount of `about` so many from which it is met."""


class Quantity(int):
    """A number of units with the word that stands beside it: what is owed, as whoever counts it reads it.

    Parameters
    ----------
    number : int
        Units that the debtor hands over; of `all`, what the deal works out.
    word : {'all', 'at_least', 'up_to', 'about'}

    Attributes
    ----------
    word : str
    """

    word: Word

    def __new__(cls, number: int, word: Word) -> Self:  # noqa: D102
        quantity = super().__new__(cls, number)
        quantity.word = word
        return quantity

    def __reduce__(self) -> tuple[type[Self], tuple[int, Word]]:
        return type(self), (int(self), self.word)

    @property
    def written(self) -> str | dict[str, int]:
        """As a document has it."""
        return ALL if self.word == ALL else {self.word: int(self)}


class Open(Part):
    """A number that is not exact: exactly one of the three."""

    model_config = ConfigDict(json_schema_extra=exactly_one(*WORDS))

    at_least: Count | None = Field(None, description="Met from this number on; no more than it is handed over.")
    up_to: Count | None = Field(
        None, description="This number is tried; what has come when its grace ends is enough, if anything has."
    )
    about: Count | None = Field(None, description="This number is tried; nine tenths of it are enough.")


def _quantity(value: Any, number: ValidatorFunctionWrapHandler) -> int:
    """A plain number, or a number with its word."""
    if isinstance(value, Quantity):
        return value
    if value == ALL:
        return Quantity(0, ALL)
    if isinstance(value, str) or (isinstance(value, dict) and (len(value) != 1 or next(iter(value)) not in WORDS)):
        message = "an amount is a number, 'all', or one of {at_least: n}, {up_to: n}, {about: n}"
        raise broken("bad-amount", message)
    if not isinstance(value, dict):
        plain: int = number(value)
        return plain
    [(word, given)] = value.items()
    return Quantity(number(given), cast(Word, word))


def _written(value: int) -> int | str | dict[str, int]:
    return value.written if isinstance(value, Quantity) else value


Amount = Annotated[
    Count,
    WrapValidator(_quantity, json_schema_input_type=Count | Literal["all"] | Open),
    PlainSerializer(_written, when_used="always"),
]


def word_of(number: int) -> Word:
    """The word that stands beside a number; empty without one.

    Parameters
    ----------
    number : int
        Of an obligation's amount.
    """
    return number.word if isinstance(number, Quantity) else ""


def in_words(number: int) -> str:
    """'about 6,000', 'up to 10', 'all 20', or '5'.

    Parameters
    ----------
    number : int
        Of an obligation's amount.
    """
    return f"{word_of(number).replace('_', ' ')} {int(number):,}".strip()
