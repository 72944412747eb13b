"""Features that failed together once: each of these has to act in one history, whatever else does."""

from __future__ import annotations

TRIPLES: tuple[tuple[str, ...], ...] = (
    ("a_death_before_its_return", "one_is_answered_by_another", "gate_on_a_return"),
    ("returned_in_all", "gate_on_a_return", "one_precedes_another"),
    ("units_fall_short", "gate_on_a_share_of_units", "claim_on_a_share"),
    ("flow_runs_low", "gate_on_a_share_of_a_flow", "claim_on_a_share"),
    ("returned_for_each_person", "gate_on_prisoners", "due_on_gate"),
    ("withholds", "capacity_release", "refused"),
    ("withholds", "capacity_return", "returned_for_each_person"),
    ("ahead_of_what_is_due_at_once", "refused", "brought_forward"),
    ("mediators_by_kind", "capacity_release", "talks_open_on_another_day"),
    ("talks_wait_for_a_gate", "talks_open_late", "due_after_gate"),
    ("stays_while_there_is_a_reason", "leaves_after_a_lapse", "talks_never_open"),
    ("amount_of_nobody", "units_of_nothing", "phase_ends_early"),
    ("exchange_days", "shock_suspends_the_truce", "until"),
    ("units_fall_short", "units", "weight"),
    ("until", "phase_without_length", "kind_flow"),
    ("exchange_days", "claim_on_the_end_collapsed", "kind_flow"),
    ("owed_by_a_third_state", "patience", "refused"),
    ("truce_comes_back_over_an_open_dispute", "patience", "gate_on_a_line"),
    ("shock_redates_all", "refused", "late"),
    ("people_are_looked_for", "truce_comes_back_over_an_open_dispute", "mediators_try"),
    ("phase_before_the_truce", "late", "gate_on_the_truce"),
    ("a_batch_waits_for_the_other_sides_list", "brought_forward", "late"),
    ("flow_settled_in_part", "flow_runs_low", "shock_shifts_a_number"),
    ("deaths_without_a_truce", "incidents_without_a_truce", "remains_are_somebody_elses"),
)
