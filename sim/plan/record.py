"""The flat arrays that engines and rules share: one record for the plan, one for the state of a replicate.

Records have a fixed size, so that compiled rules are independent of the deal and pass by reference at no cost: a
prototype with tuples of arrays spent most of its time counting references. Only the part that a deal uses is touched.
Minutes count from the deal's start and may be negative; -1 stands for 'none' in indices.
"""

from __future__ import annotations

import numpy as np

from sim.native.rule import RECORDS
from sim.plan.codes import (
    CLOCK_BITS,
    DECISION_FIELDS,
    N_HEADINGS,
    N_PARTIES,
    N_TOPS,
    QUANTILE_STEPS,
    TRACE_FIELDS,
    Clock,
)
from sim.plan.limits import (
    MAX_ACTORS,
    MAX_CLAIMS,
    MAX_CONDITIONS,
    MAX_DECISIONS,
    MAX_ENTRIES,
    MAX_EVENTS,
    MAX_FACTS,
    MAX_GROUPS,
    MAX_GUARANTEES,
    MAX_MORTAL,
    MAX_NEWS,
    MAX_OBLIGATIONS,
    MAX_PARAMETERS,
    MAX_PHASES,
    MAX_RATIOS,
    MAX_SCRIPT,
    MAX_SEARCHED,
    MAX_SHOCKS,
    MAX_SOURCES,
    MAX_STEPS,
    MAX_STRETCHES,
    MAX_TOPICS,
    MAX_UNCERTAIN,
    MAX_WATCHES,
)

_I, _F, _U = np.int64, np.float64, np.uint64


def _per(n: int, *names: str, of: type = _I) -> list[tuple[str, type, tuple[int, ...]]]:
    return [(name, of, (n,)) for name in names]


PLAN = np.dtype(
    [
        ("n_obligations", _I), ("n_groups", _I), ("n_phases", _I), ("n_topics", _I), ("n_actors", _I),
        ("n_sources", _I), ("n_shocks", _I), ("n_parameters", _I), ("n_uncertain", _I), ("n_flows", _I),
        ("n_entries", _I), ("n_mortal", _I), ("n_clocks", _I), ("first_minute", _I),
        ("horizon", _I), ("midnight", _I), ("due_hour", _I),
        ("first_phase", _I), ("redates_all", _I), ("first_clock", _I, (len(Clock) + 1,)),
        *_per(1 << CLOCK_BITS, "clock_kind"),
        # the queue's trees: the node of each clock, and how deep each tree is
        *_per(1 << CLOCK_BITS, "leaf"), *_per(N_TOPS, "tree_depth"),
        # parameters, read through `state.parameter`
        *_per(MAX_PARAMETERS, "parameter", of=_F),
        *_per(MAX_UNCERTAIN, "uncertain_slot"), *_per(MAX_UNCERTAIN, "uncertain_key", of=_U),
        ("uncertain_quantile", _F, (MAX_UNCERTAIN, QUANTILE_STEPS)),
        # obligations
        *_per(
            MAX_OBLIGATIONS, "kind", "debtor", "creditor", "phase", "due_kind", "due_offset", "after_gate", "grace",
            "transit", "owed", "value", "to_line", "topic",
            "until_kind", "until_offset", "next_release", "needs_truce",
            "late", "refused", "delay_median", "delay_p95", "level", "ahead", "short", "enough",
            "settles", "attempt_median", "attempt_p95",
            "is_aid", "may_be_disputed", "first_return", "next_return", "is_dynamic", "release_of",
            "waits_for_truce_of_others",
        ),
        *_per(MAX_OBLIGATIONS, "rate", "exchange_rate", of=_F),
        *_per(
            MAX_OBLIGATIONS, "key_performs", "key_complains", "key_mediates", "key_withholds", "key_suspends",
            "key_ahead", of=_U,
        ),
        *_per(MAX_OBLIGATIONS + 1, "entry_start", "gate_start", "ratio_start"),
        *_per(MAX_ENTRIES, "entry_group", "entry_count", "entry_obligation"),
        *_per(MAX_RATIOS, "ratio_released_group", "ratio_entry", "ratio_each", "ratio_remainder"),
        *_per(MAX_OBLIGATIONS, "flow"),
        # whether an obligation has to be done before its phase is over and the deal completed; those that last
        ("n_lasting", _I), *_per(MAX_OBLIGATIONS, "keeps_open", "lasting"), *_per(N_PARTIES, "lasting_value"),
        # shares that somebody waits for, in increasing order by obligation; flows of which somebody waits for one
        *_per(MAX_OBLIGATIONS + 1, "step_start"), *_per(MAX_STEPS, "step"),
        ("n_watched", _I), *_per(MAX_OBLIGATIONS, "watched", "watched_place"),
        # gates: conditions sorted by the gate's owner; a clause number groups alternatives
        *_per(MAX_CONDITIONS, "test", "subject", "threshold", "clause"),
        *_per(MAX_PHASES, "enter_start", "enter_end", "continue_start", "continue_end"),
        # who waits for a signal: obligations first, then phases (numbered from n_obligations)
        *_per(MAX_OBLIGATIONS + MAX_GROUPS + MAX_ACTORS + MAX_TOPICS + MAX_PHASES + 2, "watch_start"),
        *_per(MAX_WATCHES, "watcher"),
        # groups
        *_per(
            MAX_GROUPS, "count", "is_hostages", "is_deceased", "holder", "searched_start", "is_searched",
            "found", "search_median", "search_p95", "misidentified", "curve",
        ),
        *_per(MAX_GROUPS, "key_search", "key_identifies", of=_U),
        # groups of which people may die in captivity
        *_per(MAX_GROUPS, "mortal", "fate_start", "deaths_per_day", "deaths_without_truce", "remains_curve"),
        *_per(MAX_GROUPS, "key_dies", of=_U),
        *_per(MAX_ACTORS, "contacted", "contact_median", "contact_p95"),
        *_per(MAX_ACTORS, "key_contact", of=_U),
        # phases
        *_per(MAX_PHASES, "lasts", "at_most", "then", "ends_early", "has_truce", "truce_by_obligation"),
        *_per(MAX_PHASES + 1, "phase_obligation_start"),
        *_per(MAX_PHASES, "key_leaves", of=_U),
        *_per(MAX_OBLIGATIONS, "phase_obligation"),
        # actors: the two parties first
        *_per(
            MAX_ACTORS, "latency_median", "latency_p95", "tolerance_median", "tolerance_p95", "complains", "withholds",
            "patience_median", "patience_p95", "suspends_median", "suspends_p95", "restores", "leaves_after_lapse",
            "leave_median", "leave_p95", "responds_minor", "responds_major", "strain", "strain_memory",
            "response_median", "response_p95", "capacity_release", "capacity_return", "party_in_lane",
            "stays_start", "stays_end",
        ),
        ("leaves_after_phase", _I, (MAX_ACTORS, MAX_PHASES)),
        # mediators
        *_per(MAX_ACTORS, "pressure_half_life", "pressure_starts", "pressure_ends"),
        ("pressure", _I, (MAX_ACTORS, N_PARTIES)),
        ("n_pressures", _I), ("flows_to", _I), ("lag_median", _I),
        ("lag_p95", _I), ("guarantors_restore", _I), ("settles_with_truce", _I), ("excuses", _I),
        # talks
        *_per(
            MAX_TOPICS, "talks_obligation", "opens_kind", "opens_offset", "opens_delay_median", "opens_delay_p95",
            "talks_never", "talks_fail", "agrees_per_day", "has_hazard", "deadline_kind", "deadline_offset",
            "near_deadline", "near_factor", "after_factor", "breaks_per_day", "resumes", "resume_median", "resume_p95",
        ),
        *_per(MAX_TOPICS, "key_opens", "key_agrees", of=_U),
        # incidents and shocks
        *_per(MAX_SOURCES, "source_party", "per_day", "initial", "branching", "decay", "major", "without_truce",
              "breaks_off_talks"),
        *_per(MAX_SOURCES, "key_arrives", "key_answer", of=_U),
        *_per(MAX_SHOCKS, "shock_at_kind", "shock_at", "shock_per_day", "shock_chance", "effect", "shock_party",
              "shock_median",
              "shock_p95", "shock_topic", "shock_slot", "shock_group"),
        *_per(MAX_SHOCKS, "shock_value", of=_F),
        *_per(MAX_SHOCKS, "key_shock", of=_U),
        # decisions that are scripted instead of drawn: what departs from compliance, and when incidents may happen
        ("is_scripted", _I), ("n_script", _I), ("n_stretches", _I),
        *_per(MAX_SCRIPT, "script"), *_per(MAX_STRETCHES, "stretch"),
        # declared guarantees: each has two formulas, and a formula clauses of which one fact each must hold
        ("n_guarantees", _I), ("n_facts", _I), *_per(MAX_GUARANTEES, "pattern", "within"),
        # events that guarantees or the histogram follow, one bit each
        ("followed_events", _I),
        *_per(2 * MAX_GUARANTEES + 1, "formula_start"), *_per(MAX_CLAIMS, "claim_fact", "claim_clause"),
        *_per(MAX_FACTS, "fact_subject", "fact_value", "fact_threshold", "fact_start"),
        # guarantees that speak of a fact, and those that ask for an answer, one bit each
        *_per(MAX_FACTS, "fact_guarantees"), ("asks_for_answer", _I),
        # what events do to facts, by heading
        *_per(N_HEADINGS + 1, "news_start"), *_per(MAX_NEWS, "news_fact", "news", "news_field", "news_about"),
    ],
    align=True,
)  # fmt: skip
"""The plan: names have become indices, behaviour has become slots into `parameter`."""


STATE = np.dtype(
    [
        ("now", _I), ("replicate", _U), ("seed", _U), ("n_events", _I), ("fault", _I),
        ("end", _I), ("end_minute", _I), ("end_event", _I), ("brought_by", _I),
        ("is_queued", _I), ("acting", _I), ("n_withheld", _I), ("truce", _I),
        ("truce_since", _I), ("truce_minutes", _I), ("pre_truce_minutes", _I),
        ("truce_event", _I), ("suspended_by", _I), ("suspension_restores", _I), ("suspension_obligation", _I),
        ("restored_by", _I),
        ("exchange", _I), ("n_blocked", _I), ("n_open", _I), ("n_disputes", _I), ("dispute_minutes", _I),
        ("n_incidents", _I), ("captive_minutes", _I, (2,)), ("current_phase", _I),
        ("n_suspensions", _I), ("breaks", _I), ("has_lapsed", _I), ("begin_event", _I),
        ("exchange_day", _I), ("lead_minute", _I),
        *_per(MAX_PARAMETERS, "parameter", of=_F),
        # spreads of log-normal times by the slot of their median, with the two parameters that they were made of
        *_per(MAX_PARAMETERS, "spread", "spread_median", "spread_p95", of=_F),
        *_per(
            MAX_OBLIGATIONS, "status", "act", "watch", "choice", "due", "date", "delivered", "owed", "was_late",
            "cause", "dispute_since", "dispute_event", "gate_event", "open_since",
            "n_performs", "n_complaints", "n_mediations", "n_withholdings", "n_suspends", "withheld", "blocked",
            "credited", "flow_since", "flow_today", "is_moving", "is_stuck", "delay", "is_put_off", "decides_afresh",
            "reached", "owed_from", "owed_to", "kept", "kept_since",
        ),
        *_per(MAX_OBLIGATIONS, "flow_level", "flow_delivered", "flow_expected", "flow_kept_today", of=_F),
        *_per(MAX_ENTRIES, "entry_owed", "entry_moving", "entry_delivered", "entry_remains_moving", "entry_remains"),
        *_per(MAX_GROUPS, "held", "in_transit", "released", "n_located", "n_identified", "n_searched"),
        # those of them who died in captivity: remains held, in transit and returned
        *_per(MAX_GROUPS, "died", "remains_held", "remains_in_transit", "remains_returned"),
        *_per(MAX_GROUPS, "hazard", "hazard_rate", of=_F),
        *_per(MAX_GROUPS, "hazard_since"),
        *_per(MAX_MORTAL, "fate", of=_F),
        *_per(MAX_ACTORS, "contact_minute"),
        *_per(MAX_SEARCHED, "located_at"),
        *_per(MAX_PHASES, "phase_state", "phase_since", "phase_event", "n_phase_open", "moved", "end_moved"),
        *_per(MAX_ACTORS, "n_open_disputes", "line", "handed_over_day", "handed_over_release",
              "handed_over_return", "share", "largest_lead", "lead_at", "is_leaving"),
        *_per(MAX_ACTORS, "recent_incidents", of=_F),
        *_per(MAX_ACTORS, "recent_since"),
        *_per(MAX_TOPICS, "talks", "talks_event", "n_openings", "talks_deadline", "talks_turn", "talks_fail",
              "outlook"),
        *_per(MAX_SOURCES, "n_arrivals", "intensity_since"),
        *_per(MAX_SOURCES, "intensity", "next_severity", "next_answer", of=_F),
        # one waking per clock, and the queue: by node of its trees, the earliest (minute, clock) at or below it
        *_per(1 << CLOCK_BITS, "wake"), *_per(2 * N_TOPS << CLOCK_BITS, "earliest"),
        # the numbers of the events that guarantees or the histogram follow, and which kinds of event these are
        ("followed_events", _I), ("n_to_follow", _I), *_per(MAX_EVENTS, "to_follow"),
        # declared guarantees: how many of these they have followed, and what they have seen
        ("n_followed", _I), ("news_minute", _I), *_per(MAX_FACTS, "fact_level"),
        *_per(MAX_GUARANTEES, "violated", "was_true", "answer_by"),
        # guarantees that are not settled, and those of them that are worth a look, one bit each
        ("unsettled", _I), ("news", _I),
        ("events", np.int32, (MAX_EVENTS, TRACE_FIELDS)),
        # decisions of a scripted replicate in order: address, open choices (one bit each), minute, choice
        ("n_decisions", _I), ("decisions", _I, (MAX_DECISIONS, DECISION_FIELDS)),
    ],
    align=True,
)  # fmt: skip
"""The state of one replicate."""

RECORDS.update(plans=PLAN, states=STATE)
