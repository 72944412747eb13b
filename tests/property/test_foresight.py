"""What `validate` foresees of a deal comes about, and what is late though everybody complies was foreseen."""

from __future__ import annotations

from collections import Counter

from hypothesis import given

from sim.document.deal import Deal
from sim.plan.codes import Event
from sim.reading.foresight import foresee_deal
from sim.reading.reach import Reach
from sim.testing import Walker, around, deals
from tests.amounts import examples, in_proportion

LATE = ("always-late", "late-if-all-comply")


def foreseen(deal: Deal, *codes: str) -> set[str]:
    """The obligations of which a deal's warnings speak."""
    return {str(fault.path[1]) for fault in foresee_deal(deal) if fault.code in codes}


def minutes(walker: Walker, event: Event) -> dict[str, int]:
    """By obligation, when this first happened to it while everybody complied; returns by release are left out."""
    found: dict[str, int] = {}
    for minute, happened, subject, *_ in walker.walk().trace.tolist():
        if happened == event and walker.plan.obligations[subject] in walker.scenario.deal.obligations:
            found.setdefault(walker.plan.obligations[subject], minute)
    return found


def test_what_is_late_though_everybody_complies_is_foreseen_and_comes_about() -> None:
    seen = Counter[str]()

    @examples(120)
    @given(deals())
    def as_foreseen(deal: Deal) -> None:
        if has_gates_that_shut(deal):
            return  # what they shut out comes later than it could
        walker, told, earliest = Walker(around(deal)), foreseen(deal, *LATE), Reach(deal, as_dated=True).due
        due, late = minutes(walker, Event.OBLIGATION_DUE), minutes(walker, Event.OBLIGATION_LATE)
        assert set(late) <= told, f"late, and not foreseen: {set(late) - told}"
        end = int(walker.walk().trace[-1, 0])
        for key in told & set(due):
            # what falls due later than it could is foreseen for the earliest minute only; the deal may end before that
            if due[key] == earliest[key] and due[key] + deal.obligations[key].transit < end:
                assert key in late, f"{key} was foreseen to be late"
                seen["late"] += 1
        seen["kept"] += not told

    as_foreseen()
    assert seen["late"] >= in_proportion(20)
    assert seen["kept"] >= in_proportion(20)


def test_what_is_dated_before_its_gate_falls_due_on_a_later_day() -> None:
    seen = Counter[str]()

    @examples(100)
    @given(deals())
    def as_foreseen(deal: Deal) -> None:
        told = foreseen(deal, "due-before-gate")
        if not told:
            return
        walker, reach = Walker(around(deal)), Reach(deal)
        midnight = -(deal.starts.hour * 60 + deal.starts.minute)
        due, entered = minutes(walker, Event.OBLIGATION_DUE), entries(walker)
        for key in told & set(due):
            obligation = deal.obligations[key]
            dated = reach.minute(obligation.due, obligation.phase or reach.first)
            if obligation.due.startswith("phase"):  # it counts from the entry that this history had
                phase = obligation.phase or reach.first
                dated += (entered[phase] - midnight) // 1440 * 1440 - (reach.entered[phase] - midnight) // 1440 * 1440
            assert (due[key] - midnight) // 1440 > (dated - midnight) // 1440, f"{key} fell due on its date"
            seen["later"] += 1

    as_foreseen()
    assert seen["later"] >= in_proportion(20)


def has_gates_that_shut(deal: Deal) -> bool:
    """Whether something is asked not to be so."""
    gates = [o.after for o in deal.obligations.values()] + [phase.enters_when for phase in deal.phases.values()]
    return any(part.not_ is not None for gate in gates for condition in gate for part in condition.everything())


def entries(walker: Walker) -> dict[str, int]:
    """When each phase was entered."""
    trace = walker.walk().trace
    entered = trace[trace[:, 1] == Event.PHASE_ENTERED]
    return {walker.plan.phases[row[2]]: max(0, int(row[0])) for row in entered}
