"""What the state of a replicate holds, and what each field is reset to between replicates."""

from __future__ import annotations

from sim.plan.fields import fields_of

STATE_FIELDS = fields_of("""
[replicate]
now | plan.first_minute | minute of the event that happens now
[replicate: uint]
replicate | (given) | number of the replicate
seed | (given) | seed of the run
branch | 0 | 0, or which of the histories that part from this replicate at a level: see `sim.engine.splitting`
[replicate]
n_events | 0 | lines of the trace so far
fault | 0 | 1 where the trace or the list of decisions is full, 2 where the replicate runs away
end | End.NONE | how it ended, an `End`
end_minute | NEVER | minute of the end
end_event | NONE | event of the end
brought_by | NONE | event that opened the gate of the phase that is waited for, while that gate is open
is_queued | (engine) | 1 where clocks wait in the queue of the batch engine, 0 under SimPy
acting | NONE | clock that acts now and is put back into the queue afterwards
n_withheld | 0 | obligations held back now
truce | Truce.NOT_BEGUN | a `Truce`
truce_since | 0 | minute in which the truce began or came back
truce_minutes | 0 | minutes of truce up to its last suspension, in the end up to the deal's end
pre_truce_minutes | max(0, plan.horizon) | minutes from the deal's start until the truce first held
truce_event | NONE | event that the state of the truce goes back to
suspended_by | NONE | actor who suspended it
suspension_restores | 0 | 1 where the truce comes back at the end of the suspension
suspension_obligation | NONE | obligation whose dispute it was suspended over
restored_by | NONE | event that settled this dispute meanwhile
exchange | 0 | an `Exchange`
n_blocked | 0 | obligations that wait for the truce now
n_open | 0 | obligations begun and not done that keep the deal open
n_disputes | 0 | disputes opened so far
dispute_minutes | 0 | minutes of all disputes that are over
n_incidents | 0 | incidents so far
[side]
captive_minutes | 0 | person-minutes in captivity from the deal's start on; place 1 for groups with `is_hostages`
[replicate]
current_phase | NONE | phase entered last
n_suspensions | 0 | suspensions so far
breaks | NONE | event over which the deal collapses at the end of this action
has_lapsed | 0 | 1 from a phase's lapse until another is entered
begin_event | (set) | event of the deal's beginning, which is recorded first
exchange_day | -NEVER | the deal's day, 1 for the first, on which people last set out
lead_minute | plan.first_minute | minute up to which leads were looked at
[parameter: float]
parameter | plan.parameter[i] | number of the behaviour in this replicate, in minutes where it is a time
spread | (kept) | spread of the log-normal time whose median stands in this slot: standard deviation of its logarithm
spread_median | (kept) | median that it was made of, minutes
spread_p95 | (kept) | 95th percentile that it was made of, minutes
[obligation]
status | 0 | a `Status`
act | Act.PHASE | what the debtor waits for, an `Act`
watch | 0 | what the creditor waits for, a `Watch`
choice | 0 | what the debtor has chosen, a `Choice`
due | NEVER | minute in which it fell due; after that, of the new date that a settlement or a timetable gave it
date | (set) | minute for which it is dated, from the phase's entry on
delivered | 0 | people or units delivered, 1 once done of what is not counted; of a flow 1 once it has run
owed | 0 if plan.is_dynamic[i] else plan.owed[i] | people or units owed by now
was_late | 0 | 1 once it has been late, or its talks have agreed too late
cause | NONE | event that its status goes back to
dispute_since | (set) | minute in which this dispute opened
dispute_event | NONE | event that opened the last dispute over it, none once a new timetable has it decided afresh
gate_event | NONE | event from which its date follows: its phase was entered, its gate opened, or it was re-dated
open_since | NEVER | minute since which its gate is open, NEVER while it is shut
n_performs | 0 | times its debtor has chosen
n_complaints | 0 | times its creditor has complained
n_mediations | 0 | attempts made to settle a dispute over it
n_withholdings | 0 | times it has been resumed after being held back; of a flow 0
n_suspends | 0 | times its creditor's patience has ended
withheld | 0 | 1 while held back
blocked | 0 | 1 while it waits for the truce
credited | 0 | part of it already counted in the debtor's share, parts per million
[flow]
flow_since | 0 | minute up to which it is added up
flow_today | 0 | minutes of this day in which it ran, for flows that owe another amount on days of exchange
[obligation]
is_moving | 0 | event with which the handover under way began, plus 1; 0 without one
is_stuck | (set) | 1 where it is scripted that no mediation settles the dispute
delay | 0 | minutes by which the debtor will be late
is_put_off | 0 | 1 where its creditor's tolerance or patience ended while the truce was suspended
decides_afresh | 0 | 1 where its debtor chooses anew on a new date
reached | 0 | largest share delivered of those that somebody waits for, in parts of `WHOLE`
[obligation with a deadline]
latest | (set) | minute of its deadline, once its phase has been entered; later once an obstacle is gone, and re-dated
kept_by | 0 | who keeps its gate shut, one bit each; 0 where nothing does
last_kept_by | 0 | who did last
is_held_up | 0 | 1 while it is not late although its grace has ended, since its creditor or nobody keeps its gate shut
late_by | 0 | whose doing it was late, a `LateBy` each, or not
[replicate]
n_walks | 0 | times it has been asked who keeps a gate shut
[step of a walk]
walk | (set) | what is being asked about: an obligation, or behind these a phase
walked | 0 | walk in which it was asked, less than 0 while it is
answer | (set) | who keeps it back, one bit each
[lot]
ready_since | NEVER | minute since which it stands ready and waits for other legs, NEVER while it does not
held_back | 0 | minutes for which it stood ready and the others did not
brought | (set) | units with which its debtor stands ready, those delivered included
[leg]
to_move | (set) | people or units of it that go now
[obligation]
[obligation that lasts]
owed_from | NEVER | minute from which a truce is owed
owed_to | (set) | minute up to which it is owed
kept | 0 | minutes for which it was kept, up to `kept_since`
kept_since | -NEVER | minute since which it is kept; NEVER while it is broken, -NEVER before it is owed
[flow: float]
flow_level | 0.0 | level at which it runs, 1 in full
flow_delivered | 0.0 | units delivered
flow_expected | 0.0 | units owed by now
flow_kept_today | 0.0 | these minutes, each at its level
[entry]
entry_owed | plan.entry_count[i] | people owed
entry_moving | 0 | people under way
entry_delivered | 0 | people delivered
entry_remains_moving | 0 | of those under way, remains of people who died
entry_remains | 0 | of those delivered, remains of people who died
[group]
held | plan.count[i] | people held, remains of those who died included
in_transit | 0 | people on the way, these remains included
released | 0 | people out, these remains included
n_located | 0 | people who have set out and not come back: of those searched for, the next one's place in `located_at`
n_identified | 0 | remains examined
n_searched | 0 | searches drawn
died | 0 | people who died in captivity
remains_held | 0 | remains of those who died in captivity that are held
remains_in_transit | 0 | such remains on the way
remains_returned | 0 | such remains returned
[group: float]
hazard | (set) | cumulative hazard that each person held has borne
hazard_rate | (set) | hazard per day of each person now
[group]
hazard_since | (set) | minute up to which it is added up
[person who may die: float]
fate | (set) | cumulative hazard that this person survives; infinite once out or dead
[actor]
contact_minute | (set) | minute of contact with a holder; -NEVER where it is within reach, NEVER where none is made
[person searched for]
located_at | (set) | minutes at which people are located, in order by group; drawn when a group is first asked for
[phase]
phase_state | PhaseState.AHEAD | a `PhaseState`
phase_since | 0 | minute of entry, at least 0
phase_event | NONE | event that its state goes back to
n_phase_open | 0 | obligations begun and not done that keep it open
moved | 0 | minutes by which new timetables have moved its dates and its limit
end_moved | 0 | minutes by which they, and powers, have moved the end of its time
lengthened | 0 | minutes by which powers have moved its limit
[actor]
n_open_disputes | 0 | open disputes over its own complaints
line | 0 | line behind which its forces are
handed_over_day | -NEVER | the deal's day, 1 for the first, whose handovers the next two fields count
handed_over_release | (set) | people that it has released on this day
handed_over_return | (set) | people that it has returned on this day
share | 0 | share delivered of what it owes, but for what lasts, parts per million
largest_lead | 0 | largest lead over the other party, parts per million
lead_at | NONE | minute of this lead
is_leaving | 0 | a `Leaving`
[actor: float]
recent_incidents | 0.0 | incidents against it, each fading with its memory
[actor]
recent_since | 0 | minute up to which they have faded
[topic]
talks | 0 | a `Talks`
talks_event | NONE | event that their state goes back to
n_openings | 0 | times they have opened
talks_deadline | NEVER | minute of their deadline
talks_turn | 0 | what comes next: 0 nothing yet, 1 agreement, 2 a break, 3 that they never open
talks_fail | (set) | 1 where they cannot agree
outlook | (set) | scripted course, an `Outlook`
[power]
occasion | Occasion.NONE | an `Occasion`
n_occasions | 0 | times it has come up
n_used | 0 | times it has been used
power_event | NONE | event with which it came up, or was used
[source]
n_arrivals | 0 | draws of its next incident so far
intensity_since | 0 | minute up to which the intensity has faded
[source: float]
intensity | 0.0 | incidents per day in excess of the base rate
next_severity | (set) | uniform that decides whether the next one is major
next_answer | (set) | uniform that decides whether the next one is answered
[clock]
scheduled | NEVER | minute in which it acts next
[node of a tree]
earliest | (queue) | earliest minute and clock at or below it, in one number
[replicate]
followed_events | plan.followed_events | kinds of event that are listed in `to_follow`, one bit each
n_to_follow | 0 | events listed in `to_follow`
[event]
to_follow | (listed) | event that guarantees or the histogram follow
[replicate]
n_followed | (guarantees) | events of this list that declared guarantees have followed
news_minute | (guarantees) | minute of the last of them
[fact]
fact_level | (guarantees) | level of the counter behind a fact
[guarantee]
violated | (guarantees) | minute of its first violation, -1 without one
was_true | (guarantees) | 1 while what asks for an answer holds
answer_by | (guarantees) | minute by which the answer is due
[replicate]
unsettled | (guarantees) | guarantees whose verdict may still change, one bit each
news | (guarantees) | those of them of which a fact has turned in this minute, one bit each
[event and field: int32]
events | (listed) | the trace, a line for each event: see `FIELD_MINUTE` and those after it
[replicate]
n_decisions | 0 | decisions that a scripted run has come to, compliant ones among them
[decision and field]
decisions | (listed) | these decisions in order: see `DECISION_ADDRESS` and those after it
""")
"""A word in brackets in place of a reset says who sets it: the caller, the engine, the queue, the rule that needs it
before anybody reads it, whoever counts a list, or declared guarantees; '(kept)' is made of parameters alone.
"""
