"""How much a plan may hold of everything; more is refused in words."""

from __future__ import annotations

from sim.document.sizes import MOST_OBLIGATIONS
from sim.errors import PlanError

MAX_OBLIGATIONS = MOST_OBLIGATIONS
"""As many as a document may name; returns count once for each release."""
MAX_GROUPS = 60
MAX_PHASES = 64
MAX_TOPICS = 16
MAX_ACTORS = 16
MAX_SOURCES = 16
MAX_SHOCKS = 64
MAX_POWERS = 64
MAX_CHANGED = 2000
"""Obligations and phases that powers may give new dates, by power."""
MAX_SEARCHED = 2048
MAX_MORTAL = 3000
MAX_EXCHANGES = 64
MAX_ENTRIES = 6000
MAX_RATIOS = 6000
MAX_CONDITIONS = 6000
MAX_DAYS = 60
"""Different minutes of days that conditions ask for."""
MAX_WATCHES = 12000
MAX_PARAMETERS = 12000
MAX_UNCERTAIN = 64
MAX_EVENTS = 65536
MAX_SCRIPT = 256
MAX_STRETCHES = 2000
MAX_DECISIONS = 16384
MAX_GUARANTEES = 60
MAX_FACTS = 600
MAX_CLAIMS = 3000
MAX_NEWS = 9000
MAX_STEPS = 3000
MAX_RANKED = 64
"""Draws that may be Sobol numbers: as many dimensions as `sim.plan.sobol` has."""
RANKED_SLOTS = 256
"""Places in which they are looked up by address, a power of 2: few enough to stay in the first cache."""


def refuse_over(what: str, size: int, limit: str) -> None:
    """Raise a PlanError where there is more of something than the limit of this name."""
    refuse_all_over([(what, size, limit)])


def refuse_all_over(sizes: list[tuple[str, int, str]]) -> None:
    """Raise one PlanError for all of these that are over their limits: what, how many, and the limit's name."""
    over = [
        f"{what}: {size}, at most {globals()[limit]} ({limit} in sim/plan/limits.py)"
        for what, size, limit in sizes
        if size > globals()[limit]
    ]
    if over:
        raise PlanError("the scenario is larger than the engine takes: " + "; ".join(over))
