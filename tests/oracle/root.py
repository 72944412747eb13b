"""What an end goes back to: 'Root cause'."""

from __future__ import annotations

from tests.oracle.missing import is_root
from tests.oracle.simulate import History
from tests.oracle.world import Event


def root_cause(history: History) -> Event:
    """From the end back along the causes, the first decision or mishap; without one what the end follows from."""
    events = history.events
    end = next(event for event in reversed(events) if event.kind == f"Deal{history.end.capitalize()}")
    if history.end == "completed" or end.cause is None:
        return end
    at: int | None = end.cause
    while at is not None:
        if is_root(events, at):
            return events[at]
        at = events[at].cause
    return events[end.cause]
