"""What a plan holds; names of the document have become places, and numbers of the behaviour slots into `parameter`."""

from __future__ import annotations

from sim.plan.fields import fields_of

PLAN_FIELDS = fields_of("""
[deal]
n_obligations | obligations as they are run: a return counts once for each release, a leg once for each lot
n_groups | groups
n_phases | phases
n_topics | topics of talks
n_actors | actors: the two parties, then holders, mediators and others
n_sources | sources of incidents
n_shocks | shocks
n_parameters | slots of the behaviour
n_uncertain | uncertain numbers
n_flows | flows
n_entries | entries: people owed, by obligation and group
n_mortal | groups whose people may die in captivity
n_clocks | clocks
first_minute | minute of the earliest date of the deal, at most 0
horizon | minute at which a replicate ends at the latest
midnight | minute at which the deal's first day began, at most 0
due_hour | minutes from midnight at which what a full day put off is handed over; dates have it in their offset
first_phase | phase that the deal begins with
redates_all | 1 where mediators who settle one dispute settle all that are open
[kind of clock and end]
first_clock | number of its first clock
[clock]
clock_kind | a `Clock`
leaf | node of the queue's trees at which it stands
[tree]
tree_depth | levels below its top
[parameter: float]
parameter | number of the behaviour, minutes where it is a time; rules read the state's copy
[uncertain number]
uncertain_slot | slot that it replaces
[uncertain number: uint]
uncertain_key | address of its draw, the same for numbers that move together
[uncertain number and quantile: float]
uncertain_quantile | its quantiles at equal steps of probability, the outermost steps halved again and again
[obligation]
kind | a `Kind`
measured_by | a `Measure`, that of its kind
hands_over | 1 where people or remains are handed over under it
is_in_units | 1 where a column of outcomes says how many units are delivered, one column for all lots of a leg
debtor | actor who owes it
creditor | actor to whom it is owed
phase | its phase
due_kind | what its date counts from, a `DueKind`
due_offset | minutes from there; from a phase, minutes from midnight of the day on which it was entered
after_gate | minutes from its gate's opening that it takes at least
grace | minutes from its due minute, or its deadline, after which it is late; -1 for the end of that day
latest_kind | what its deadline counts from, a `DueKind`, or -1 where it has none
latest_offset | minutes from there, as for `due_offset`; from its gate, minutes after it falls due
transit | minutes that a consignment is under way
owed | people or units owed; 1 of what is not counted; of a return the most that it can come to, without remainders
value | its part of all that its debtor owes, parts per million; 0 of flows and talks
to_line | line to withdraw to, or -1
topic | topic of talks, or -1
until_kind | what the end of a flow counts from, a `DueKind`, or -1 where it ends with its phase
until_offset | minutes from there, as for `due_offset`
next_release | next release of the same debtor and phase in the document, or -1
needs_truce | 1 where it is carried out only while the truce holds
late | slot: chance that it is late, of a flow that it runs short
refused | slot: chance of a refusal
delay_median | slot: median delay
delay_p95 | slot: its 95th percentile
level | slot: level of a flow that runs short; of what is counted, the part that is done where only a part is
ahead | slot: chance that the next release comes forward with it
short | slot: chance that only a part is done
enough | people or units that the creditor takes for all of it
is_up_to | 1 where whatever has come when its grace ends is enough
settles | slot: chance that an attempt settles a dispute over it
attempt_median | slot: median time until an attempt to settle such a dispute
attempt_p95 | slot: its 95th percentile
is_aid | 1 where what flows is counted as aid delivered
may_be_disputed | 1 where its creditor may complain
first_return | first return owed for this release, or -1
next_return | next return owed for the same release, or -1
is_dynamic | 1 of a return for releases: it is owed only as they are made
release_of | release that this return is owed for, without meaning for other obligations
waits_for_truce_of_others | 1 where a truce that others owe must begin before it can be late
[obligation: float]
rate | units a day that a flow owes
exchange_rate | units that it owes on a day on which people are handed over
[obligation: uint]
key_performs | address: what its debtor does, when, and how much of it
key_complains | address: complaint, tolerance and first patience
key_mediates | address: attempts to settle and new dates
key_withholds | address: being held back
key_suspends | address: suspension over it, and settlement or new patience after it
key_ahead | address: bringing the next release forward
[obligation and end]
entry_start | its first entry
gate_start | its first condition
ratio_start | its first ratio
[entry]
entry_group | group owed
entry_count | people owed at the start, 0 where it grows with releases
entry_obligation | obligation that it belongs to
[ratio]
ratio_released_group | group released
ratio_entry | entry of the return that grows
ratio_each | people owed for each person released
ratio_remainder | people owed besides, once the last of the group released has come out
[deal]
n_exchanges | exchanges
n_in_step | legs of exchanges, each lot by itself
[obligation]
exchange | exchange of which it is a leg, or -1
lot | its place among the lots of its leg, from 0
[lot]
in_step | obligation
[exchange]
lots | lots of each leg
is_whole | 1 where a lot goes only as a whole
[exchange: float]
lead | lots by which a leg may go ahead of what the others have ready
[exchange and end]
leg_start | its first leg
[leg]
leg | obligation that is its first lot; the others follow it
[flow, in order]
flow | obligation
[deal]
n_deadlines | obligations with a deadline
n_walked | obligations and phases of which it is asked who keeps them back; 0 where nothing has a deadline
[obligation with a deadline]
deadlined | obligation
[deal]
n_lasting | obligations that last: truces owed
[obligation]
keeps_open | 1 where its phase and the deal are not complete without it
[obligation that lasts]
lasting | obligation
[party]
lasting_value | part of these in all that a party owes, parts per million
[obligation and end]
step_start | its first share that somebody waits for
[share waited for]
step | share in parts of `WHOLE`, more than `WHOLE` where it has to be done; increasing by obligation
[deal]
n_watched | flows of which somebody waits for a share
[flow, in order]
watched | obligation
[obligation]
watched_place | its place among these, or -1
[condition]
test | a `Test`
subject | what it is about: the place of one thing, or groups as one bit each
threshold | what has to be reached: people, units, a line, or a share in parts of `WHOLE`
clause | number of its clause: conditions of one clause are alternatives
negated | 1 where it is asked that this does not hold
[deal]
n_days | days that conditions ask for and that come after the first minute
[day]
day | its minute, in ascending order
[phase]
enter_start | first condition of its entry
enter_end | behind the last of these
continue_start | first condition of going on beyond its time
continue_end | behind the last of these
[signal and end]
watch_start | its first watcher; signals are of obligations, groups, actors, topics, phases, the truce and days
[watch]
watcher | who looks again: obligations by place, then phases, then parties that would leave but for a reason to stay
[group]
count | people
is_hostages | 1 of the list that the columns for hostages count, 0 of any other
is_deceased | 1 of remains: they were dead before the deal
holder | actor who holds them
searched_start | its first place in `located_at`
is_searched | 1 where its people have to be found
found | slot: chance that a person, or remains, are ever found
search_median | slot: median time of a search
search_p95 | slot: its 95th percentile
misidentified | slot: chance that remains are somebody else's
curve | list by day that counts its releases, beside that of its column where several lists share one
[group: uint]
key_search | address: searches
key_identifies | address: identifications
[mortal group]
mortal | group
[group]
fate_start | its first place in `fate`
deaths_per_day | slot: hazard per day and person
deaths_without_truce | slot: factor on this hazard while no truce holds
remains_curve | list by day that counts returned remains of those who died in captivity, or -1
[group: uint]
key_dies | address: deaths
[actor]
contacted | slot: chance that contact with a holder is made; -1 where it is within reach
contact_median | slot: median time to contact, from the deal's start
contact_p95 | slot: its 95th percentile
[actor: uint]
key_contact | address: contact
[phase]
lasts | minutes that it lasts, or -1 without a length
at_most | minutes that it may go on beyond its time, or -1 without a limit
then | next phase, or -1
ends_early | 1 where it ends before its time once its obligations are met and the next phase may begin
has_truce | 1 where the truce is to hold in it
truce_by_obligation | 1 where somebody owes the truce in it or in an earlier phase
[phase and end]
phase_obligation_start | its first place in `phase_obligation`
[phase: uint]
key_leaves | address: who leaves at its end (first occurrence) or after its lapse (second)
[place by phase]
phase_obligation | obligation
[actor]
latency_median | slot: median time from the end of its last complaint to resuming what it held back
latency_p95 | slot: its 95th percentile
tolerance_median | slot: median time from an obligation's being late to a complaint
tolerance_p95 | slot: its 95th percentile
complains | slot: chance of a complaint
withholds | slot: chance of holding back over a complaint of its own
patience_median | slot: median time from a complaint to a suspension
patience_p95 | slot: its 95th percentile
suspends_median | slot: median length of a suspension
suspends_p95 | slot: its 95th percentile
restores | slot: chance that it restores the truce
leaves_after_lapse | slot: chance of leaving once a phase has lapsed
leave_median | slot: median time from this decision, or that at a phase's end, to leaving
leave_p95 | slot: its 95th percentile
responds_minor | slot: chance of answering a minor incident
responds_major | slot: chance of answering a major one
strain | slot: what each recent incident adds to how often these chances are tried, which is once without any
strain_memory | slot: half-life of recent incidents
response_median | slot: median length of a suspension in answer to an incident
response_p95 | slot: its 95th percentile
capacity_release | slot: people that it can release a day, or -1 without a limit
capacity_return | slot: people that it can return a day, or -1 without a limit
party_in_lane | party whose draws and clock of leaving stand at this place
stays_start | first condition that keeps it in the deal
stays_end | behind the last of these
[actor and phase]
leaves_after_phase | slot: chance of deciding at the phase's end to leave, or -1
[mediator]
pressure_half_life | slot: half-life of its pressure, 0 where it does not fade
pressure_starts | minute from which it presses
pressure_ends | minute at which it stops, `NEVER` if it does not
[mediator and party]
pressure | slot: its pressure on a party
[deal]
n_pressures | mediators who press
flows_to | slot: level to which a settlement brings a flow that runs lower
lag_median | slot: median time from a settlement, or a new timetable, to the new date
lag_p95 | slot: its 95th percentile
guarantors_restore | slot: chance that guarantors restore the truce
settles_with_truce | slot: chance that a restored truce settles the dispute, or -1 for that of an attempt
excuses | 1 where a settlement excuses what cannot be done
[topic]
talks_obligation | obligation to hold them
opens_kind | what their opening counts from, a `DueKind`
opens_offset | minutes from there
opens_delay_median | slot: median delay of the opening
opens_delay_p95 | slot: its 95th percentile
talks_never | slot: chance that they never open
talks_fail | slot: chance that they cannot agree
agrees_per_day | slot: hazard of agreement per day
has_hazard | 1 where they agree by a hazard, 0 where at their deadline, or at once without one
deadline_kind | what their deadline counts from, a `DueKind`, or -1
deadline_offset | minutes from there
near_deadline | slot: how long before the deadline the hazard begins to be raised
near_factor | slot: factor on the hazard in this time
after_factor | slot: factor on the hazard after the deadline
breaks_per_day | slot: hazard per day of being broken off
resumes | 1 where talks that were broken off open again
resume_median | slot: median time from the break to the new opening
resume_p95 | slot: its 95th percentile
[topic: uint]
key_opens | address: whether they open and can agree, and the delay
key_agrees | address: agreement, break, and pause after a break
[source]
source_party | party who answers for it
per_day | slot: incidents per day while the truce holds
initial | slot: extra incidents expected as the truce begins, spread in time by `decay`
branching | slot: incidents expected to follow from each
decay | slot: mean time from an incident to one that follows from it
major | slot: share of major ones
without_truce | slot: incidents per day while no truce holds, 0 where the source is silent then
breaks_off_talks | slot: chance that a major one breaks off all talks under way
[source: uint]
key_arrives | address: when the next incident comes, whether it is major, and whether it is answered
key_answer | address: length of the suspension that answers it, whether the truce comes back, whether talks break off
[shock]
shock_at_kind | `DueKind.DEAL` where it has a date, else -1
shock_at | minute of this date, 0 without one
shock_per_day | slot: hazard per day of a shock without a date
shock_chance | slot: chance that it strikes at all
effect | an `Effect`
shock_party | party who suspends, or -1
shock_median | slot: median length of a suspension
shock_p95 | slot: its 95th percentile
shock_topic | topic broken off, or -1 for all
shock_slot | slot that it sets
shock_group | group whose people it locates, or -1 for none
[shock: float]
shock_value | number that it sets there
[shock: uint]
key_shock | address: whether and when it strikes, and the suspension over it
[deal]
n_powers | powers
[power]
power_start | first condition of its gate
power_end | behind the last of these
power_times | how often it may be used
power_by | who has it, one bit each
power_to | minute of the new date, or -1
power_shift | minutes by which it moves dates, 0 where it names a day
power_used | slot: chance that it is used when it comes up
power_median | slot: median time from then to its use
power_p95 | slot: its 95th percentile
[power: uint]
key_uses | address: whether and when it is used
[power and end]
changed_start | its first change
[change by a power]
changed | obligation, or behind these a phase
[deal]
n_ranked | draws that are Sobol numbers; 0 where all are independent
[place of a ranked draw: uint]
ranked_key | address
[place of a ranked draw]
ranked_occurrence | occurrence
is_ranked | 1 where the place is taken
[place and uniform]
dimension | dimension of the uniform, -1 where it is independent
[dimension and bit: uint]
direction | direction number of 32 binary digits
[deal]
is_scripted | 1 where decisions are scripted instead of drawn
n_script | scripted decisions
n_stretches | stretches
[scripted decision]
script | decision and choice in one number
[stretch]
stretch | minute in which scripted incidents and undated shocks may happen
[deal]
n_guarantees | guarantees and milestones followed
n_facts | facts that they speak of
[guarantee]
pattern | a `Pattern`
within | minutes within which an answer is due, or -1
[deal]
followed_events | kinds of event that guarantees or the histogram follow, one bit each
[formula and end]
formula_start | its first claim; each guarantee has two formulas
[claim]
claim_fact | fact
claim_clause | number of its clause: facts of one clause are alternatives
claim_negated | 1 where it is claimed that the fact does not hold
[fact]
fact_subject | what it is about
fact_value | state that its subject has to be in, of people the custody
fact_threshold | level at which it begins to hold
fact_start | level at the start
fact_guarantees | guarantees that speak of it, one bit each
[deal]
asks_for_answer | guarantees that ask for an answer, one bit each
[heading and end]
news_start | its first piece of news; headings are events, moves of a group into a custody, and obligations
[piece of news]
news_fact | fact that changes
news | how, a `News`
news_field | field of the event that is looked at
news_about | what this has to be for the fact to change
""")
