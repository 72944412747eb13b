"""The vocabulary of plan, state and trace: what each whole number in them means."""

from __future__ import annotations

from enum import IntEnum

from sim.plan.limits import MAX_ACTORS, MAX_GROUPS, MAX_OBLIGATIONS

QUANTILE_STEPS = 256
"""Equal steps of probability between the quantiles of what is not known."""
HALVINGS = 20
"""How often the outermost of these steps is halved at either end, where quantiles bend most."""
N_QUANTILES = QUANTILE_STEPS + 2 * HALVINGS + 1
N_PARTIES = 2
WHOLE = 1_000_000_000
"""Shares that somebody waits for are counted in parts of this."""
NEVER = 1 << 40
"""A minute that does not come."""
NONE = -1
GRACE_TO_END_OF_DAY = -1
NOBODY = 1 << MAX_ACTORS
"""Among actors, one bit each: time, or nobody who could be named."""
STATUS_BITS = 4
"""In what an event of lateness has before it, the status; above these bits who held it back, one bit each."""
TRACE_FIELDS = 7
FIELD_MINUTE, FIELD_EVENT, FIELD_SUBJECT, FIELD_ACTOR, FIELD_CAUSE, FIELD_BEFORE, FIELD_AFTER = range(TRACE_FIELDS)
"""A line of a trace: when, what happened, to what (an index by the kind of event), who did it, the number of the event
that it follows from, and what was before and is after: people, a state, a custody.
"""
DECISION_FIELDS = 4
DECISION_ADDRESS, DECISION_CHOICES, DECISION_MINUTE, DECISION_CHOICE = range(DECISION_FIELDS)
"""A decision of a scripted replicate: its address, the choices open (one bit each), when, and the choice made."""
CHOICE_BITS = 3
OCCURRENCE_BITS = 36
CLOCK_BITS = 12
FIRST_TOP, N_TOPS = 4, 4
"""The queue's trees: those below node n are 2n and 2n + 1, and its tops stand side by side."""
SUBJECT_BITS = 16


class Kind(IntEnum):
    """Kinds of obligation; a new one also stands in `Kind` of `sim.document.kinds`, under the same name.

    CONTRIBUTING, "A kind of obligation", names the other places, for a kind that moves something.
    """

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
    ACT = 11
    TRANSFER = 12
    PAYMENT = 13
    DEMOBILISATION = 14


class Measure(IntEnum):
    """How an obligation is measured, which is what rules read of its kind (`sim.document.kinds`)."""

    KEEP = 0
    ACT = 1
    AMOUNT = 2
    RATE = 3
    TOPIC = 4


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
    POWER = 8


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
    READY = 11
    """The other legs of an exchange, while it stands ready."""


class Watch(IntEnum):
    """What an obligation's creditor is waiting for."""

    NOTHING = 0
    GRACE = 1
    TOLERANCE = 2
    PATIENCE = 3


class LateBy(IntEnum):
    """Whose doing it is that what has a deadline is late, or not: one bit each, and a column of outcomes each."""

    ITSELF = 1
    OTHERS = 2
    NOT_LATE = 4
    """It would be late, and its creditor or nobody keeps it back."""


class Occasion(IntEnum):
    """How the occasion to use a power stands."""

    NONE = 0
    """It waits for something."""
    DECIDED = 1
    """It has come up, and will be used after a time, or not on this occasion."""
    USED = 2
    """The next occasion is the date that it gave."""


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
    DAY = 10


class Effect(IntEnum):
    """What a shock does."""

    SUSPENDS_TRUCE = 0
    BREAKS_OFF_TALKS = 1
    SHIFTS = 2
    LOCATES = 3
    REDATES_ALL = 4
    SETTLES_ALL = 5


class Clock(IntEnum):
    """Kinds of process, in the order in which they act within one minute: days first, the horizon last.

    Each is a process of SimPy in the reference engine and a place in the queue of the batch engine; within a kind the
    document's order decides. The engine's time is `state.now`.
    """

    DAY = 0
    SHOCK = 1
    POWER = 2
    FLOW = 3
    DEBTOR = 4
    TALKS = 5
    MEDIATORS = 6
    CREDITOR = 7
    TRUCE = 8
    INCIDENTS = 9
    PHASE = 10
    LEAVING = 11
    DEATHS = 12
    HORIZON = 13


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
    DAY_CAME = 54
    OBLIGATION_HELD_BACK = 55
    POWER_USED = 56


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
DONE = (Event.OBLIGATION_MET, Event.OBLIGATION_MET_LATE, Event.OBLIGATION_CURED)
"""Events by which an obligation is met; a return that comes to owe more may be so several times."""
MEETS = sum(1 << event for event in DONE)
"""The same, one bit each."""
N_EVENTS, N_CUSTODIES = len(Event), len(Custody)
FIRST_OF_OBLIGATIONS = N_EVENTS + N_CUSTODIES * MAX_GROUPS
N_HEADINGS = FIRST_OF_OBLIGATIONS + MAX_OBLIGATIONS
"""Who follows events is listed by event, then by group and custody for people who move, then by obligation."""
