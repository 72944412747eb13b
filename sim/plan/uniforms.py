"""Which of an address's four uniforms decides what: one table for the rules that draw, and for whoever explains a draw.

An address is a key of the plan, made of a name in the document, and the number of the occurrence; see `sim.plan.draws`.
A new rule takes a uniform that is not listed here, or a new address.
"""

PERFORMS_CHOICE, PERFORMS_DELAY, PERFORMS_PART = 0, 1, 2
"""Of an obligation, each time it falls due: on time, late or refused; how late; whether only a part is done."""
COMPLAINS_WHETHER, COMPLAINS_TOLERANCE, COMPLAINS_PATIENCE = 0, 1, 2
"""Of an obligation, each time it is late: whether its creditor complains, after how long, and its patience."""
MEDIATES_SUCCESS, MEDIATES_ATTEMPT, MEDIATES_LAG = 0, 1, 2
"""Of an obligation, for each attempt to settle a dispute over it: whether it settles; how long it takes; and, of the
number that the next attempt would have, the time to the new date.
"""
WITHHOLDS_WHETHER, WITHHOLDS_LATENCY = 0, 1
"""Of an obligation: whether its debtor holds it back (first occurrence only); each time, the time to resume it."""
SUSPENDS_LENGTH, SUSPENDS_RESTORES, SUSPENDS_SETTLES, SUSPENDS_PATIENCE = 0, 1, 2, 3
"""Of an obligation, each time patience over it ends: how long the truce is suspended, whether it is restored, whether
that settles the dispute, and the patience that starts anew.
"""
AHEAD_WHETHER = 0
"""Of a release: whether its arrival brings the next one forward."""
SEARCH_FOUND, SEARCH_TIME = 0, 1
"""Of a group, for each person: whether they are ever located, and when."""
IDENTIFIES_WRONGLY = 0
"""Of a group, for each body: whether it is somebody else's."""
DIES_THRESHOLD = 0
"""Of a group, for each person: the cumulative hazard that they survive."""
CONTACT_MADE, CONTACT_TIME = 0, 1
"""Of a holder: whether contact is made, and when."""
LEAVES_FIRST, LEAVES_SECOND, LEAVES_FIRST_LATENCY, LEAVES_SECOND_LATENCY = 0, 1, 2, 3
"""Of a phase, as its time is up and as it lapses: whether each party decides to leave, and when it does."""
OPENS_NEVER, OPENS_DELAY, OPENS_FAILS = 0, 1, 2
"""Of a topic of talks: whether they never open, how late they open, whether they can agree at all."""
AGREES_TIME, AGREES_BREAK, AGREES_PAUSE = 0, 1, 3
"""Of a topic, each time talks open: the time to agreement, to being broken off, and from there to opening again."""
ARRIVES_EXCITED, ARRIVES_BASE, ARRIVES_SEVERITY, ARRIVES_ANSWER = 0, 1, 2, 3
"""Of a source, for each incident: its time by what earlier ones provoke and by the base rate, whether it is major, and
whether it is answered.
"""
ANSWER_LENGTH, ANSWER_RESTORES, ANSWER_BREAKS_TALKS = 0, 1, 2
"""Of a source, for each incident: how long the answer suspends the truce, whether it is restored, and whether a
major one breaks off talks.
"""
SHOCK_STRIKES, SHOCK_TIME, SHOCK_LENGTH, SHOCK_RESTORES = 0, 1, 2, 3
"""Of a shock: whether and when it strikes, how long it suspends the truce, and whether the truce is restored."""
USES_WHETHER, USES_TIME = 0, 1
"""Of a power, each time it comes up: whether it is used, and after what time."""
UNCERTAIN_VALUE = 0
"""Of an uncertain number: its quantile in this replicate; of a table of draws: its row."""
