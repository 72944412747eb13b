"""What the state of a replicate holds, and what each field is reset to between replicates."""

from __future__ import annotations

from sim.plan.fields import fields_of

STATE_FIELDS = fields_of("""
[replicate]
now | plan.first_minute | minute in which something happens
[replicate: uint]
replicate | (given) | number of the replicate
seed | (given) | seed of the run
[replicate]
n_events | 0 | lines of the trace so far
fault | 0 | 1 where the trace or the list of decisions is full, 2 where the replicate runs away
end | End.NONE | how it ended, an `End`
end_minute | NEVER | minute of the end
end_event | NONE | event of the end
brought_by | NONE | event that opened the next phase's gate, if it did so after the phase's time was up
is_queued | (engine) | 1 where clocks wait in the queue of the batch engine, 0 under SimPy
acting | NONE | clock that acts now and is put back into the queue afterwards
n_withheld | 0 | obligations held back
truce | Truce.NOT_BEGUN | a `Truce`
truce_since | 0 | minute in which the truce began or came back
truce_minutes | 0 | minutes of truce until then
pre_truce_minutes | max(0, plan.horizon) | minutes before the truce first held
truce_event | NONE | event that the state of the truce goes back to
suspended_by | NONE | actor who suspended it
suspension_restores | 0 | 1 where the truce comes back at the end of the suspension
suspension_obligation | NONE | obligation whose dispute it was suspended over
restored_by | NONE | event that settled this dispute meanwhile
exchange | 0 | an `Exchange`
n_blocked | 0 | obligations that wait for the truce
n_open | 0 | obligations that keep the deal open
n_disputes | 0 | disputes opened so far
dispute_minutes | 0 | minutes of all disputes that are over
n_incidents | 0 | incidents so far
[side]
captive_minutes | 0 | person-minutes in captivity of prisoners (0) and hostages (1) who are out or have died
[replicate]
current_phase | NONE | phase entered last
n_suspensions | 0 | suspensions so far
breaks | NONE | event over which the deal collapses at the end of this action
has_lapsed | 0 | 1 once a phase has lapsed
begin_event | (set) | event of the deal's beginning, which is recorded first
exchange_day | -NEVER | day on which people were last handed over, from 0
lead_minute | plan.first_minute | minute up to which leads were looked at
[parameter: float]
parameter | plan.parameter[i] | number of the behaviour in this replicate, in minutes where it is a time
spread | (kept) | spread of the log-normal time whose median stands in this slot
spread_median | (kept) | median that it was made of, minutes
spread_p95 | (kept) | 95th percentile that it was made of, minutes
[obligation]
status | 0 | a `Status`
act | Act.PHASE | what the debtor waits for, an `Act`
watch | 0 | what the creditor waits for, a `Watch`
choice | 0 | what the debtor has chosen, a `Choice`
due | NEVER | minute in which it fell due
date | (set) | minute for which it is dated, from the phase's entry on
delivered | 0 | people, units, or 1 once done
owed | 0 if plan.is_dynamic[i] else plan.owed[i] | people or units owed by now
was_late | 0 | 1 once it has been late
cause | NONE | event that its standing goes back to
dispute_since | (set) | minute in which the dispute opened
dispute_event | NONE | event that opened the dispute
gate_event | NONE | event that opened its gate
open_since | NEVER | minute since which its gate is open
n_performs | 0 | times its debtor has chosen
n_complaints | 0 | times its creditor has complained
n_mediations | 0 | attempts to settle a dispute over it
n_withholdings | 0 | times it has been resumed after being held back; of a flow 0
n_suspends | 0 | times patience over it has ended
withheld | 0 | 1 while held back
blocked | 0 | 1 while it waits for the truce
credited | 0 | part of it already counted in the debtor's share, parts per million
[flow]
flow_since | 0 | minute up to which it is added up
flow_today | 0 | minutes of this day in which it was owed
[obligation]
is_moving | 0 | event of the handover under way, plus 1; 0 without one
is_stuck | (set) | 1 where it is scripted that no mediation settles the dispute
delay | 0 | minutes by which the debtor will be late
is_put_off | 0 | 1 where its creditor's tolerance or patience ended while the truce was suspended
decides_afresh | 0 | 1 where its debtor chooses anew on a new date
reached | 0 | share delivered that somebody waits for, in parts of `WHOLE`
[obligation that lasts]
owed_from | (set) | minute from which a truce is owed
owed_to | (set) | minute up to which it is owed
kept | 0 | minutes for which it was kept
kept_since | -NEVER | minute since which it is kept; NEVER while it is broken, -NEVER before it is owed
[flow: float]
flow_level | 0.0 | level at which it runs, 1 in full
flow_delivered | 0.0 | amount delivered
flow_expected | 0.0 | amount owed by now
flow_kept_today | 0.0 | minutes of this day, each at its level
[entry]
entry_owed | plan.entry_count[i] | people owed
entry_moving | 0 | people under way
entry_delivered | 0 | people delivered
entry_remains_moving | 0 | of those under way, remains of people who died
entry_remains | 0 | of those delivered, remains of people who died
[group]
held | plan.count[i] | people held
in_transit | 0 | people on the way
released | 0 | people out
n_located | 0 | people searched for who have been located and taken
n_identified | 0 | bodies examined
n_searched | 0 | searches drawn
died | 0 | people who died in captivity
remains_held | 0 | remains of these held
remains_in_transit | 0 | remains of these on the way
remains_returned | 0 | remains of these returned
[group: float]
hazard | (set) | cumulative hazard of each
hazard_rate | (set) | hazard per day now
[group]
hazard_since | (set) | minute up to which it is cumulated
[person who may die: float]
fate | (set) | cumulative hazard that this person survives; infinite once out or dead
[actor]
contact_minute | (set) | minute of contact with a holder; -NEVER where it is within reach
[person searched for]
located_at | (set) | minutes of a group's people in order, drawn when it is first asked for
[phase]
phase_state | PhaseState.AHEAD | a `PhaseState`
phase_since | 0 | minute of entry
phase_event | NONE | event that its state goes back to
n_phase_open | 0 | obligations that keep it open
moved | 0 | minutes by which its dates were moved
end_moved | 0 | minutes by which its end was moved
[actor]
n_open_disputes | 0 | disputes open that it has begun
line | 0 | line behind which its forces are
handed_over_day | -NEVER | day of its last handover, from 0
handed_over_release | (set) | people released on this day
handed_over_return | (set) | people returned on this day
share | 0 | share of what it owes that is delivered, parts per million
largest_lead | 0 | largest lead over the other party, parts per million
lead_at | NONE | minute of this lead
is_leaving | 0 | a `Leaving`
[actor: float]
recent_incidents | 0.0 | incidents against it, each fading
[actor]
recent_since | 0 | minute up to which they have faded
[topic]
talks | 0 | a `Talks`
talks_event | NONE | event that their state goes back to
n_openings | 0 | times they have opened
talks_deadline | NEVER | minute of their deadline
talks_turn | 0 | what comes next: nothing, never, agreement or a break
talks_fail | (set) | 1 where they cannot agree
outlook | (set) | scripted course, an `Outlook`
[source]
n_arrivals | 0 | incidents drawn
intensity_since | 0 | minute up to which the intensity has faded
[source: float]
intensity | 0.0 | incidents per day in excess of the base rate
next_severity | (set) | uniform that decides whether the next one is major
next_answer | (set) | uniform that decides whether it is answered
[clock]
scheduled | NEVER | minute in which it acts next
[node of a tree]
earliest | (queue) | earliest minute and clock at or below it, in one number
[replicate]
followed_events | plan.followed_events | kinds of event that are listed in `to_follow`, one bit each
n_to_follow | 0 | how many are listed
[event]
to_follow | (listed) | event that guarantees or the histogram follow
[replicate]
n_followed | (guarantees) | listed events that declared guarantees have followed
news_minute | (guarantees) | minute of the last of them
[fact]
fact_level | (guarantees) | level of the counter behind a fact
[guarantee]
violated | (guarantees) | minute of its first violation, -1 without one
was_true | (guarantees) | 1 while what asks for an answer holds
answer_by | (guarantees) | minute by which the answer is due
[replicate]
unsettled | (guarantees) | guarantees not violated so far, one bit each
news | (guarantees) | those of them whose facts have changed in this minute, one bit each
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
