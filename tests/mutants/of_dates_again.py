"""Mends of new dates that meet something else, undone."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

_AGAIN = "tests/unit/test_dates_again.py::test_"

OF_DATES_AGAIN = [
    Mutant("held-back-for-good", "give_date", "hold_no_longer(state, obligation)", "",
           "what is held back and has a new date is taken up when its complaint ends",
           f"{_AGAIN}what_is_held_back_and_has_a_new_date_is_done_on_that"),
    Mutant("left-behind-for-good", "arrive", "not has_deadline(plan, obligation)", "True",
           "who is left behind on a new date is never late, where there is a deadline",
           f"{_AGAIN}those_left_behind_have_to_follow_by_the_grace_of_the_new_date"),
    Mutant("settlement-forgotten-once-due", "date_ahead", "_is_kept(plan, state, obligation)", "False",
           "what was settled before it was due is decided afresh once it is due",
           f"{_AGAIN}a_settlement_before_the_due_minute_is_kept_under_a_new_timetable"),
    Mutant("ended-counts-as-settled", "_is_kept", "state.watch[obligation] == Watch.GRACE", "True",
           "what was in dispute until now keeps its decision on a later deadline",
           f"{_AGAIN}a_dispute_that_a_power_ends_leaves_nothing_settled"),
    Mutant("dates-move-with-the-end", "_move_phase", "state.lengthened[phase] += later", "state.moved[phase] += later",
           "what comes to be owed in a phase that ends later is due later",
           f"{_AGAIN}what_is_owed_in_a_phase_that_ends_later_keeps_its_dates"),
    Mutant("old-date-hides-the-gate", "_gate_opens", "not state.decides_afresh[obligation]", "True",
           "what opens a gate after a new date is not what its debtor falls due by",
           f"{_AGAIN}a_gate_that_opens_after_a_new_date_is_what_its_debtor_falls_due_by"),
    Mutant("flow-ends-unseen", "end_flow", "look_at_deadlines(plan, state)", "",
           "who keeps a phase going by a flow does so after its end",
           f"{_AGAIN}who_keeps_a_phase_going_by_a_flow_does_so_until_that_ends"),
    Mutant("late-lot-first", "_minute_of", "plan.lot[step] > 0 and _is_open(plan, state, step - 1)", "False",
           "a lot that is late before its turn is missing before the lot that it follows",
           f"{_AGAIN}a_lot_that_is_late_before_its_turn_is_not_missing_before_the_lot_that_it_follows", "rules.causes"),
    Mutant("early-end-put-off", "move_end", "scheduled_at(plan, state, Clock.PHASE, phase) > state.now", "True",
           "a power that comes up with the last step lets a phase go on that may end early",
           f"{_AGAIN}a_phase_that_is_about_to_end_early_is_not_made_to_go_on"),
    Mutant("ends-by-the-timetable", "let_go", "state.gate_event[obligation] if stays else cause", "cause",
           "a flow that ends in the minute of a timetable ends by that",
           f"{_AGAIN}a_flow_that_ends_in_the_minute_of_a_timetable_ends_by_what_it_fell_due_by"),
]  # fmt: skip
