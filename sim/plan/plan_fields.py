"""What a plan holds; names of the document have become places, and numbers of the behaviour slots into `parameter`."""

from __future__ import annotations

from sim.plan.fields import fields_of

PLAN_FIELDS = fields_of("""
[deal]
n_obligations | obligations as they are run: a return counts once for each release
n_groups | groups
n_phases | phases
n_topics | topics of talks
n_actors | actors: the two parties, then holders, mediators and others
n_sources | sources of incidents
n_shocks | shocks
n_parameters | slots of the behaviour
n_uncertain | uncertain numbers
n_flows | flows
n_entries | entries of people owed
n_mortal | groups of which people may die
n_clocks | clocks
first_minute | minute of the first date, at most 0
horizon | minute of the end
midnight | minute at which the deal's first day began, at most 0
due_hour | minutes from midnight at which things are due that name no hour
first_phase | phase that the deal begins with
redates_all | 1 where one settlement sets new dates for all that is open
[kind of clock and end]
first_clock | number of its first clock
[clock]
clock_kind | a `Clock`
leaf | node of the queue's trees at which it stands
[tree]
tree_depth | levels below its top
[parameter: float]
parameter | number of the behaviour, minutes where it is a time; read through the state's
[uncertain number]
uncertain_slot | slot that it replaces
[uncertain number: uint]
uncertain_key | address of its draw
[uncertain number and step: float]
uncertain_quantile | its quantiles at equal steps of probability
[obligation]
kind | a `Kind`
debtor | actor who owes it
creditor | actor to whom it is owed
phase | its phase
due_kind | what its date counts from, a `DueKind`
due_offset | minutes from there
after_gate | minutes from its gate's opening that it takes at least
grace | minutes after which it is late; -1 to the end of its day
transit | minutes under way
owed | people or units owed; 1 of what is not counted
value | part in what its side delivers, parts per million
to_line | line to withdraw to
topic | topic of talks
until_kind | what its end counts from, a `DueKind`, or -1
until_offset | minutes from there
next_release | next release of the same debtor and phase, or -1
needs_truce | 1 where it is carried out only while the truce holds
late | slot: chance of a delay
refused | slot: chance of a refusal
delay_median | slot: median delay
delay_p95 | slot: its 95th percentile
level | slot: part that is done where it falls short
ahead | slot: chance that the next release comes forward with it
short | slot: chance that only a part is done
enough | people or units that the creditor takes for all of it
settles | slot: chance that an attempt settles a dispute over it
attempt_median | slot: median time of an attempt
attempt_p95 | slot: its 95th percentile
is_aid | 1 where what flows is counted as aid delivered
may_be_disputed | 1 where its creditor may complain
first_return | first return owed for this release, or -1
next_return | next return owed for the same release, or -1
is_dynamic | 1 where it is owed only as releases are made
release_of | release that this return is owed for
waits_for_truce_of_others | 1 where a truce that others owe must begin before it can be late
[obligation: float]
rate | units a day of a flow
exchange_rate | units on days of exchange
[obligation: uint]
key_performs | address: what its debtor does
key_complains | address: complaint, tolerance and patience
key_mediates | address: attempts to settle and new dates
key_withholds | address: being held back
key_suspends | address: suspension over it
key_ahead | address: bringing the next release forward
[obligation and end]
entry_start | its first entry
gate_start | its first condition
ratio_start | its first ratio
[entry]
entry_group | group owed
entry_count | people owed, 0 where it grows with releases
entry_obligation | obligation that it belongs to
[ratio]
ratio_released_group | group released
ratio_entry | entry of the return that grows
ratio_each | people for each person released
ratio_remainder | people left over, one each for the first released
[flow, in order]
flow | obligation
[deal]
n_lasting | obligations that last: truces owed
[obligation]
keeps_open | 1 where its phase and the deal are not complete without it
[obligation that lasts]
lasting | obligation
[party]
lasting_value | part of these in what a party delivers, parts per million
[obligation and end]
step_start | its first share that somebody waits for
[share waited for]
step | share in parts of `WHOLE`, increasing by obligation
[deal]
n_watched | flows of which somebody waits for a share
[flow, in order]
watched | obligation
[obligation]
watched_place | its place among these, or -1
[condition]
test | a `Test`
subject | what it is about; groups as one bit each
threshold | what has to be reached
clause | number of its clause: conditions of one clause are alternatives
[phase]
enter_start | first condition of its entry
enter_end | behind the last of these
continue_start | first condition of going on
continue_end | behind the last of these
[signal and end]
watch_start | its first watcher; signals are of obligations, groups, actors, topics, phases and the truce
[watch]
watcher | who looks again: obligations, then phases, then parties about to leave
[group]
count | people
is_hostages | 1 of hostages, 0 of prisoners
is_deceased | 1 where they were dead before the deal
holder | actor who holds them
searched_start | its first person searched for
is_searched | 1 where its people have to be found
found | slot: chance that a person is ever found
search_median | slot: median time of a search
search_p95 | slot: its 95th percentile
misidentified | slot: chance that a body is somebody else's
curve | list by day that its releases count in
[group: uint]
key_search | address: searches
key_identifies | address: identifications
[mortal group]
mortal | group
[group]
fate_start | its first person who may die
deaths_per_day | slot: hazard per day and person
deaths_without_truce | slot: the same while no truce holds
remains_curve | list by day that remains of its people who died count in, or -1
[group: uint]
key_dies | address: deaths
[actor]
contacted | slot: chance that contact with a holder is made; -1 where it is within reach
contact_median | slot: median time to contact
contact_p95 | slot: its 95th percentile
[actor: uint]
key_contact | address: contact
[phase]
lasts | minutes that it lasts, or -1
at_most | minutes that it may go on beyond, or -1
then | next phase, or -1
ends_early | 1 where it ends once its obligations are met
has_truce | 1 where the truce is to hold in it
truce_by_obligation | 1 where somebody owes the truce in it, or did before
[phase and end]
phase_obligation_start | its first place in `phase_obligation`
[phase: uint]
key_leaves | address: leaving at its end
[place by phase]
phase_obligation | obligation
[actor]
latency_median | slot: median time to resume what was held back
latency_p95 | slot: its 95th percentile
tolerance_median | slot: median time from late to a complaint
tolerance_p95 | slot: its 95th percentile
complains | slot: chance of a complaint
withholds | slot: chance of holding back over a complaint of its own
patience_median | slot: median time from a complaint to a suspension
patience_p95 | slot: its 95th percentile
suspends_median | slot: median length of a suspension
suspends_p95 | slot: its 95th percentile
restores | slot: chance that it restores the truce
leaves_after_lapse | slot: chance of leaving once a phase has lapsed
leave_median | slot: median time from this decision to leaving
leave_p95 | slot: its 95th percentile
responds_minor | slot: chance of answering a minor incident
responds_major | slot: chance of answering a major one
strain | slot: what each recent incident adds to these chances
strain_memory | slot: half-life of a recent incident
response_median | slot: median length of an answer
response_p95 | slot: its 95th percentile
capacity_release | slot: people that it can release a day, or -1
capacity_return | slot: people that it can return a day, or -1
party_in_lane | party whose draws stand at this place
stays_start | first condition that keeps it in the deal
stays_end | behind the last of these
[actor and phase]
leaves_after_phase | slot: chance of leaving at the phase's end, or -1
[mediator]
pressure_half_life | slot: half-life of its pressure, 0 where it does not fade
pressure_starts | minute from which it presses
pressure_ends | minute at which it stops
[mediator and party]
pressure | slot: its pressure on a party
[deal]
n_pressures | mediators who press
flows_to | slot: level to which a settlement brings a flow
lag_median | slot: median time to a new date
lag_p95 | slot: its 95th percentile
guarantors_restore | slot: chance that guarantors restore the truce
settles_with_truce | slot: chance that a restored truce settles the dispute, or -1 for that of an attempt
excuses | 1 where what cannot be done is excused
[topic]
talks_obligation | obligation to hold them
opens_kind | what their opening counts from, a `DueKind`
opens_offset | minutes from there
opens_delay_median | slot: median delay of the opening
opens_delay_p95 | slot: its 95th percentile
talks_never | slot: chance that they never open
talks_fail | slot: chance that they cannot agree
agrees_per_day | slot: hazard of agreement per day
has_hazard | 1 where they agree by a hazard, 0 where at their deadline
deadline_kind | what their deadline counts from, a `DueKind`, or -1
deadline_offset | minutes from there
near_deadline | slot: time before the deadline that is near it
near_factor | slot: factor of the hazard near it
after_factor | slot: factor of the hazard after it
breaks_per_day | slot: hazard per day of being broken off
resumes | 1 where talks that were broken off open again
resume_median | slot: median time until then
resume_p95 | slot: its 95th percentile
[topic: uint]
key_opens | address: their opening
key_agrees | address: their course
[source]
source_party | party who answers for it
per_day | slot: incidents per day while the truce holds
initial | slot: incidents per day in excess of these as the truce begins
branching | slot: incidents that each provokes
decay | slot: mean time within which it does
major | slot: share of major ones
without_truce | slot: incidents per day while no truce holds
breaks_off_talks | slot: chance that a major one breaks off talks
[source: uint]
key_arrives | address: incidents
key_answer | address: what follows from an answer
[shock]
shock_at_kind | `DueKind.DEAL` where it has a date, else -1
shock_at | minute of this date
shock_per_day | slot: hazard per day without a date
shock_chance | slot: chance that it strikes at all
effect | an `Effect`
shock_party | party who suspends, or -1
shock_median | slot: median length of a suspension
shock_p95 | slot: its 95th percentile
shock_topic | topic broken off, or -1 for all
shock_slot | slot that it sets
shock_group | group that it locates, or -1 for all
[shock: float]
shock_value | number that it sets there
[shock: uint]
key_shock | address: the shock
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
[fact]
fact_subject | what it is about
fact_value | state that its subject has to be in
fact_threshold | level from which on it holds
fact_start | level at the start
fact_guarantees | guarantees that speak of it, one bit each
[deal]
asks_for_answer | guarantees that ask for an answer, one bit each
[heading and end]
news_start | its first piece of news; headings are events, moves of a group into a custody, and obligations
[piece of news]
news_fact | fact that changes
news | how, a `News`
news_field | field of the event that is compared
news_about | what it has to be for the fact to change
""")
