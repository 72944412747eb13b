"""Features of powers: used over what is late, what is planned, and the end of a phase; several times."""

from __future__ import annotations

from typing import Any

from tests.builders import History
from tests.combinations.draft import ASSUMED, Acted, Draft, both, happened
from tests.combinations.table import feature


def _power(draft: Draft, what: list[str], time: str = "0 min", **terms: Any) -> str:
    """A power that is used whenever it comes up."""
    key = draft.key("power")
    by = draft.chance.choice([["a"], ["b"], ["a", "b"], ["m", "e"]])
    draft.deal.setdefault("powers", {})[key] = {"by": by, "may": "redate", "what": what, **terms, **ASSUMED}
    draft.behaviour.setdefault("powers", {})[key] = {"used": 1.0, "time": time}
    return key


@feature("Deal.powers", "Power.to", "Behaviour.powers", "PowerBehaviour.used")
def a_new_day_for_what_is_late(draft: Draft) -> Acted:
    late = draft.late(draft.duty(due="day 2", after=[]), delay="20 d")
    power = _power(draft, [late], to="day 6", after=["day 4"])
    draft.awkward.add(late)
    return both(happened("power_used", power), happened("obligation_redated", late))


@feature("Power.days", "Power.after", "PowerBehaviour.time")
def so_much_later_for_what_is_ahead(draft: Draft) -> Acted:
    key = draft.duty(due="phase day 5", after=[])
    power = _power(draft, [key], time="6 h", days="36 h", after=["phase.one"])
    return both(happened("power_used", power), happened("obligation_redated", key))


@feature("Power.times")
def a_phase_ends_later_twice(draft: Draft) -> Acted:
    power = _power(draft, ["one"], days="1 d", after=["day 9"], times=2)

    def acted(history: History) -> bool:
        return len(history.all("power_used", power)) == 2

    return acted
