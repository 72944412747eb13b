"""Changes of a scenario in words: what a path leads to is called, and its value as a document writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sim.document.names import actor_called
from sim.report.axes import axes_called

if TYPE_CHECKING:
    from sim.document.deal import Deal
    from sim.document.scenario import ResolvedScenario


def changes_in_words(changes: Mapping[str, Any], scenario: ResolvedScenario) -> list[str]:
    """'pressure of Qatar on Israel: 0' for each number, name or date that is changed.

    Parameters
    ----------
    changes : mapping of str to any
        Values by path; a mapping stands for the paths below it.
    scenario : ResolvedScenario
        In which they are made.
    """
    parts = [*_leaves(changes)]
    names = axes_called([path for path, _ in parts], scenario)
    return [f"{name}: {value_in_words(value, scenario.deal)}" for name, (_, value) in zip(names, parts, strict=True)]


def value_in_words(value: Any, deal: Deal) -> str:
    """A value that stands in a document; an actor by its name.

    Parameters
    ----------
    value : any
    deal : Deal
    """
    if value is None:
        return "left out"
    if isinstance(value, list):
        return ", ".join(value_in_words(item, deal) for item in value) or "none"
    if isinstance(value, str) and value in {**deal.parties, **deal.holders, **deal.mediators, **deal.others}:
        return actor_called(deal, value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _leaves(changes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, value in changes.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves({f"{path}.{key}": item for key, item in value.items()})
        else:
            yield path, value
