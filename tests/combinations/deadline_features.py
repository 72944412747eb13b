"""Features of deadlines: late while the gate is shut, by whose doing, and time that counts anew."""

from __future__ import annotations

from sim.plan.codes import NOBODY, STATUS_BITS
from tests.builders import History
from tests.combinations.draft import OTHER, Acted, Draft, both, happened
from tests.combinations.table import feature


def _waiting(draft: Draft, by: str, owed_by: str, late: str) -> tuple[str, str]:
    """What somebody owes who is so late with it, and a duty of a party that waits for it beyond its deadline."""
    first = draft.late(draft.duty(owed_by, to=OTHER.get(owed_by, by), due="day 2", after=[]), delay=late)
    waits = draft.duty(by, due="day 2", deadline="day 2", grace="1 d", after=[first])
    draft.awkward |= {first, waits}
    return first, waits


def _late_through_others(key: str) -> Acted:
    def acted(history: History) -> bool:
        return any(h.before >> STATUS_BITS for h in history.all("obligation_late", key))

    return acted


@feature("Obligation.deadline")
def late_by_its_own_doing(draft: Draft) -> Acted:
    by = draft.party()
    return happened("obligation_late", _waiting(draft, by, by, "4 d")[1])


@feature("Obligation.deadline=others")
def late_by_the_doing_of_others(draft: Draft) -> Acted:
    return _late_through_others(_waiting(draft, draft.party(), "e", "4 d")[1])


@feature("Obligation.deadline=creditor")
def kept_waiting_by_its_creditor(draft: Draft) -> Acted:
    by = draft.party()
    waits = _waiting(draft, by, OTHER[by], "3 d")[1]

    def acted(history: History) -> bool:
        return any(h.before & (NOBODY - 1) for h in history.all("obligation_held_back", waits))

    return both(acted, happened("obligation_due", waits))


@feature("Obligation.deadline=gate")
def late_so_long_after_its_gate(draft: Draft) -> Acted:
    first = draft.duty(due="day 2", after=[])
    key = draft.duty(due="on gate", after=[first], deadline="1 d after gate")
    return happened("obligation_late", draft.late(key, delay="4 d"))
