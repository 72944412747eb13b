"""The flat arrays that engines and rules share: one record for the plan, one for the state of a replicate.

Records have a fixed size, so that compiled rules are independent of the deal and pass by reference at no cost: a
prototype with tuples of arrays spent most of its time counting references. Only the part that a deal uses is touched.
Minutes count from the deal's start and may be negative; -1 stands for 'none' in indices.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from sim.native.decorators import RECORDS

MAX_OBLIGATIONS = 1000
MAX_GROUPS = 60
MAX_PHASES = 64
MAX_TOPICS = 16
MAX_ACTORS = 16
MAX_SOURCES = 16
MAX_SHOCKS = 64
MAX_SEARCHED = 2048
MAX_MORTAL = 3000
MAX_ENTRIES = 6000
MAX_RATIOS = 6000
MAX_CONDITIONS = 6000
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
QUANTILE_STEPS = 257
N_PARTIES = 2
WHOLE = 1_000_000_000
"""Shares that somebody waits for are counted in parts of this."""
NEVER = 1 << 40
"""A minute that does not come."""
NONE = -1
GRACE_TO_END_OF_DAY = -1
TRACE_FIELDS = 7
FIELD_EVENT, FIELD_SUBJECT, FIELD_ACTOR = 1, 2, 3
DECISION_FIELDS = 4
CHOICE_BITS = 3
OCCURRENCE_BITS = 36
CLOCK_BITS = 12
FIRST_TOP, N_TOPS = 4, 4
"""The queue's trees: those below node n are 2n and 2n + 1, and its tops stand side by side."""
SUBJECT_BITS = 16


class Kind(IntEnum):
    """Kinds of obligation."""

    TRUCE = 0
    INFORMATION = 1
    RELEASE = 2
    RETURN = 3
    WITHDRAWAL = 4
    ACCESS = 5
    FLOW = 6
    TALKS = 7
    ARMS = 8
    HANDOVER_OF_GOVERNMENT = 9
    FORCE_DEPLOYMENT = 10


class DueKind(IntEnum):
    """What an obligation's date counts from."""

    DEAL = 0
    PHASE = 1
    GATE = 2
    PHASE_END = 3


class Status(IntEnum):
    """The life of an obligation."""

    PLANNED = 0
    DUE = 1
    LATE = 2
    WITHHELD = 3
    DISPUTED = 4
    REDATED = 5
    MET = 6
    MET_LATE = 7
    CURED = 8
    DEFAULTED = 9
    EXCUSED = 10
    VOID = 11


class Choice(IntEnum):
    """What a debtor decides when an obligation falls due."""

    NONE = 0
    ON_TIME = 1
    LATE = 2
    REFUSED = 3


class Decision(IntEnum):
    """What can be scripted instead of drawn: decisions by what they are about."""

    PERFORMANCE = 0
    DISPUTE = 1
    PATIENCE = 2
    TALKS = 3
    INCIDENT = 4
    ANSWER = 5
    SHOCK = 6
    AFTERMATH = 7


class Performs(IntEnum):
    """Scripted choices of a debtor whose obligation falls due; as for every decision, 0 is compliance."""

    ON_TIME = 0
    WITHIN_GRACE = 1
    LATE = 2
    NEVER = 3
    REFUSED = 4


class Patience(IntEnum):
    """Scripted choices of a creditor whose patience is at an end: to suspend and restore the truce is the rule."""

    RESTORED = 0
    LASTS = 1
    NOT_RESTORED = 2


class Outlook(IntEnum):
    """Scripted courses of talks."""

    AGREED = 0
    NOT_OPENED = 1
    NOT_AGREED = 2
    BROKEN_OFF = 3


class Incident(IntEnum):
    """Scripted incidents in the stretch between two steps."""

    NOTHING = 0
    MINOR = 1
    MAJOR = 2


class Leaving(IntEnum):
    """Whether a party is about to leave."""

    NOT = 0
    DECIDED = 1
    STAYS = 2
    """It would leave, and has a reason to stay."""


class Act(IntEnum):
    """What an obligation's debtor is waiting for."""

    PHASE = 0
    DATE = 1
    GATE = 2
    DUE = 3
    PERFORMANCE = 4
    TRUCE = 5
    ARRIVAL = 6
    UNTIL = 7
    NOTHING = 8
    PEOPLE = 9
    AFRESH = 10
    """A new date, on which it falls due anew."""


class Watch(IntEnum):
    """What an obligation's creditor is waiting for."""

    NOTHING = 0
    GRACE = 1
    TOLERANCE = 2
    PATIENCE = 3


class Truce(IntEnum):
    """Region 'truce' of the phase machine."""

    NOT_BEGUN = 0
    HOLDS = 1
    SUSPENDED = 2
    ENDED = 3


class Exchange(IntEnum):
    """Region 'exchange' of the phase machine."""

    NOT_BEGUN = 0
    UNDER_WAY = 1
    COMPLETE = 2
    ENDED = 3


class Talks(IntEnum):
    """Region 'talks' of the phase machine, one for each topic."""

    NOT_STARTED = 0
    UNDER_WAY = 1
    BROKEN_OFF = 2
    AGREED = 3
    ENDED = 4


class PhaseState(IntEnum):
    """Where one phase stands."""

    AHEAD = 0
    WAITING = 1
    IN_FORCE = 2
    CONTINUED = 3
    LAPSED = 4
    PAST = 5


class End(IntEnum):
    """How a replicate ends."""

    NONE = 0
    COMPLETED = 1
    COLLAPSED = 2
    LAPSED = 3
    STANDING = 4


class Test(IntEnum):
    """What a condition of a gate asks."""

    DELIVERED = 0
    RELEASED = 1
    LINE = 2
    TALKS_STARTED = 3
    TALKS_UNDER_WAY = 4
    TALKS_AGREED = 5
    PHASE_ENTERED = 6
    PHASE_ENDED = 7
    TRUCE_HOLDS = 8
    SHARE = 9


class Effect(IntEnum):
    """What a shock does."""

    SUSPENDS_TRUCE = 0
    BREAKS_OFF_TALKS = 1
    SHIFTS = 2
    LOCATES = 3
    REDATES_ALL = 4
    SETTLES_ALL = 5


class Clock(IntEnum):
    """Kinds of process, in the order in which they act within one minute."""

    SHOCK = 0
    FLOW = 1
    DEBTOR = 2
    TALKS = 3
    MEDIATORS = 4
    CREDITOR = 5
    TRUCE = 6
    INCIDENTS = 7
    PHASE = 8
    LEAVING = 9
    DEATHS = 10
    HORIZON = 11


class Event(IntEnum):
    """Everything that a trace can record."""

    DEAL_BEGAN = 0
    PHASE_ENTERED = 1
    PHASE_ENDED = 2
    PHASE_CONTINUED = 3
    PHASE_LAPSED = 4
    OBLIGATION_DUE = 5
    OBLIGATION_DELAYED = 6
    OBLIGATION_REFUSED = 7
    OBLIGATION_WITHHELD = 8
    OBLIGATION_RESUMED = 9
    OBLIGATION_LATE = 10
    OBLIGATION_REDATED = 11
    OBLIGATION_MET = 12
    OBLIGATION_MET_LATE = 13
    OBLIGATION_CURED = 14
    OBLIGATION_DEFAULTED = 15
    OBLIGATION_EXCUSED = 16
    OBLIGATION_VOID = 17
    OBLIGATION_BROUGHT_FORWARD = 18
    HANDOVER_BEGAN = 19
    PEOPLE_MOVED = 20
    HANDOVER_ARRIVED = 21
    PEOPLE_NOT_LOCATED = 22
    REMAINS_MISIDENTIFIED = 23
    LINE_REACHED = 24
    FLOW_CHANGED = 25
    DISPUTE_OPENED = 26
    MEDIATION_FAILED = 27
    DISPUTE_SETTLED = 28
    TRUCE_BEGAN = 29
    TRUCE_SUSPENDED = 30
    TRUCE_RESTORED = 31
    TRUCE_ENDED = 32
    INCIDENT_MINOR = 33
    INCIDENT_MAJOR = 34
    TALKS_OPENED = 35
    TALKS_AGREED = 36
    TALKS_BROKEN_OFF = 37
    TALKS_NOT_OPENED = 38
    TALKS_DEADLOCKED = 39
    SHOCK_STRUCK = 40
    PARTY_LEFT = 41
    EXCHANGE_BEGAN = 42
    EXCHANGE_COMPLETE = 43
    HORIZON_REACHED = 44
    DEAL_COMPLETED = 45
    DEAL_COLLAPSED = 46
    DEAL_LAPSED = 47
    DEAL_STANDING = 48
    PEOPLE_DIED = 49
    REMAINS_MOVED = 50
    OBLIGATION_SHARE = 51
    OBLIGATION_MISSING = 52
    TALKS_MISSING = 53


class Custody(IntEnum):
    """Where people are."""

    HELD = 0
    IN_TRANSIT = 1
    RELEASED = 2


class Pattern(IntEnum):
    """What a declared guarantee says of its claims."""

    NEVER = 0
    ALWAYS = 1
    PRECEDES = 2
    RESPONDS = 3


class News(IntEnum):
    """What an event does to a fact that guarantees speak of."""

    MORE = 0
    """People come into its custody."""
    FEWER = 1
    """People leave its custody."""
    DELIVERED = 2
    """People arrive under its obligation."""
    BECOMES = 3
    """Its subject is in this state afterwards."""
    REACHED = 4
    """Its actor has come to a line."""
    RUNS = 5
    """A flow runs at some level."""
    TRUE = 6
    FALSE = 7
    OVER = 8
    """No longer true, whatever the event is about."""
    SHARE = 9
    """So much of its obligation is delivered."""


OF_OBLIGATIONS = sum(
    1 << event
    for event in Event
    if event.name.startswith(("OBLIGATION", "HANDOVER", "DISPUTE", "MEDIATION", "FLOW"))
    or event == Event.PEOPLE_NOT_LOCATED
)
"""Events whose subject is an obligation, one bit each."""
N_EVENTS, N_CUSTODIES = len(Event), len(Custody)
FIRST_OF_OBLIGATIONS = N_EVENTS + N_CUSTODIES * MAX_GROUPS
N_HEADINGS = FIRST_OF_OBLIGATIONS + MAX_OBLIGATIONS
"""Who follows events is listed by event, then by group and custody for people who move, then by obligation."""

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
