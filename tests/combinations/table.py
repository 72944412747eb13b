"""The features of deals and behaviours: every field, kind and value of the documents, and how to tell that it acted.

A feature is a function that writes itself into a draft and returns whether, by the trace, it acted. It names what it
covers: `Model.field`, or `Model.field=value` where a field has a few values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.combinations.draft import Acted, Draft

Write = Callable[[Draft], Acted]


@dataclass(frozen=True)
class Feature:
    """One thing that a document can say.

    Attributes
    ----------
    name : str
    covers : tuple of str
        Fields and values.
    write : callable
        Adds it to a draft and returns whether it acted.
    """

    name: str
    covers: tuple[str, ...]
    write: Write


FEATURES: dict[str, Feature] = {}


def feature(*covers: str) -> Callable[[Write], Write]:
    """Register a function under its own name as the feature that covers these fields and values."""

    def register(write: Write) -> Write:
        name = write.__name__
        assert name not in FEATURES, name
        FEATURES[name] = Feature(name, covers, write)
        return write

    return register
