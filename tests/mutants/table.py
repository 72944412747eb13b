"""Rules and clocks made wrong by hand, each in one place; every one has to be caught by the tests."""

from __future__ import annotations

from dataclasses import dataclass

_ORACLE = "tests/property/test_oracle.py"
HAND = f"{_ORACLE}::test_a_deal_by_hand_is_told_alike"
GENERATED = f"{_ORACLE}::test_generated_deals_are_told_alike"
SHIPPED = f"{_ORACLE}::test_a_shipped_scenario_is_told_alike"
_PAIRS = "test_every_pair_of_features_acts_in_one_history_that_the_oracle_tells_alike"
COMBINED = f"tests/combinations/test_combinations.py::{_PAIRS}"
ENGINES = "tests/equivalence/test_engines.py::test_engines_tell_the_same_history_of_generated_deals"
_GUARANTEES, _DECLARED = "tests/property/test_guarantees.py", "tests/property/test_declared_guarantees.py"
STEPS = f"{_GUARANTEES}::test_guarantees_hold_at_every_step_of_generated_deals_that_reach_every_state"
DECLARED = f"{_DECLARED}::test_engines_and_onlooker_agree_on_generated_deals_and_guarantees"
ANSWERS = f"{_DECLARED}::test_an_answer_is_in_time_up_to_its_last_minute"
CONDITIONS = "tests/unit/test_rules_conditions.py"
_WHILE = "test_a_gate_is_open_while_what_it_asks_for_holds"
_NOT_TO_BE = "test_a_batch_does_not_come_forward_once_a_list_is_there_that_was_not_to_be"
_CLAIMS = "test_guarantees_and_milestones_ask_for_days_and_for_what_is_not_so"
SUITES = (HAND, GENERATED, ENGINES, COMBINED, ANSWERS, DECLARED, STEPS, SHIPPED)
"""The tests that are asked, in this order, after the one that a mutant names; they run on generated deals."""


@dataclass(frozen=True)
class Mutant:
    """One wrong place, found by its function and its syntax, as `tests/mutants/patterns.py` says.

    Attributes
    ----------
    name : str
    function : str
        The function, `Class.method` or constant in which it is, somewhere under `sim/`.
    old, new : str
        The pattern that is there, exactly once, and what stands in its place.
    breaks : str
        What is wrong with it.
    first : str, optional
        The test that is asked first.
    module : str, optional
        Where the function is, if several files have one of that name.
    """

    name: str
    function: str
    old: str
    new: str
    breaks: str
    first: str = HAND
    module: str = ""


MUTANTS = [
    # ---------------------------------------------------------------- clocks and ties
    Mutant("queue-takes-the-later", "_put_in_queue", "min($key, $other)", "max($key, $other)",
           "of two clocks the queue takes the later", ENGINES),
    Mutant("day-a-minute-late", "day_of", "day_at(minute, plan.midnight)", "day_at(minute - 1, plan.midnight)",
           "a day begins a minute after midnight", module="rules"),
    Mutant("gate-time-plus-one", "_look_at_gate", "since + plan.after_gate[obligation]",
           "since + plan.after_gate[obligation] + 1", "due a minute late after its gate"),
    Mutant("grace-minus-one", "grace_ends", "due + grace", "due + grace - 1", "late a minute before grace is over"),
    Mutant("suspension-plus-one", "suspend_truce", "state.now + max(1, length)", "state.now + max(1, length) + 1",
           "a suspension lasts a minute longer"),
    Mutant("phase-plus-one", "enter_phase", "state.now + plan.lasts[phase]", "state.now + plan.lasts[phase] + 1",
           "a phase lasts a minute longer"),
    Mutant("creditor-does-not-wait", "restore_truce", "state.now + A_DAY", "state.now + 1",
           "a creditor acts in the minute after the truce has come back"),
    # ---------------------------------------------------------------- gates
    Mutant("delivered-more-than-asked", "_is_so", "state.delivered[subject] >= threshold",
           "state.delivered[subject] > threshold", "a gate opens only beyond what it asks"),
    Mutant("released-more-than-asked", "_is_so", "released_of(plan, state, subject) >= threshold",
           "released_of(plan, state, subject) > threshold", "one release too many is waited for"),
    Mutant("line-beyond-asked", "_is_so", "state.line[subject] >= threshold", "state.line[subject] > threshold",
           "a line has to be passed, not reached"),
    Mutant("last-alternative-counts", "is_open", "met or holds(plan, state, condition)",
           "holds(plan, state, condition)", "of alternatives only the last opens a gate"),
    Mutant("not-is-so", "holds", "_is_so(plan, state, condition) != plan.negated[condition]",
           "_is_so(plan, state, condition)", "what is asked not to be so has to be so"),
    Mutant("day-begins-late", "_is_so", "state.now >= threshold", "state.now > threshold",
           "a day has come a minute after it has"),
    Mutant("day-clock-late", "begin_days", "plan.day[day]", "plan.day[day] + 1", "a day is told a minute late"),
    Mutant("day-goes-unheard", "day_comes", "_signal(plan, state, _truce_signal(plan) + 1, event)", "",
           "nobody who waits for a day hears that it has come"),
    Mutant("day-has-no-cause", "day_comes", "state.begin_event", "NONE", "a day comes out of nowhere"),
    Mutant("undone-is-lacking", "_lacked_by", "plan.negated[condition]", "False",
           "a step that is not to be done is told as missing"),
    Mutant("last-list-counts", "_may_come_forward",
           "met or holds(plan, state, condition) or _is_list_of(plan, condition, plan.debtor[obligation])",
           "holds(plan, state, condition) or _is_list_of(plan, condition, plan.debtor[obligation])",
           "of alternatives only the last lets a batch come forward"),
    Mutant("list-that-is-not-to-be", "_is_list_of",
           "plan.test[condition] != Test.DELIVERED or plan.negated[condition]",
           "plan.test[condition] != Test.DELIVERED",
           "a batch comes forward though a list is there that was not to be", f"{CONDITIONS}::{_NOT_TO_BE}"),
    Mutant("one-too-few", "NormalForm._at_least", "len(left) - needed + 1", "len(left) - needed",
           "one more than asked for has to hold", f"{CONDITIONS}::{_WHILE}"),
    Mutant("not-k-of-n", "NormalForm.of", "len(parts) - asked.enough + 1", "len(parts) - asked.enough",
           "the opposite of so many of several holds too early", f"{CONDITIONS}::{_WHILE}"),
    Mutant("claimed-not-so", "_is_true", "is_so != plan.claim_negated[claim]", "is_so",
           "what a guarantee claims not to be so has to be so", f"{CONDITIONS}::{_CLAIMS}"),
    Mutant("handover-without-truce", "_perform", "state.truce != Truce.HOLDS", "state.truce == Truce.ENDED",
           "people set out while the truce is suspended"),
    # ---------------------------------------------------------------- performance, people, returns
    Mutant("met-only-beyond", "deliver", "state.delivered[obligation] >= $enough",
           "state.delivered[obligation] > $enough", "what is done does not count as met"),
    Mutant("remainder-forgotten", "_owe_returns", "is_last", "False",
           "the remainder of a total is never owed"),
    Mutant("ratio-for-all-so-far", "_owe_returns", "plan.ratio_each[ratio] * alive",
           "plan.ratio_each[ratio] * state.released[group]",
           "each handover earns returns for the earlier ones again"),
    Mutant("capacity-plus-one", "capacity_left", "most_a_day(plan, state, actor, kind) - used",
           "most_a_day(plan, state, actor, kind) - used + 1", "one person a day more than capacity"),
    Mutant("misidentified-not-sought", "_come_back", "state.n_located[group] -= 1", "state.n_located[group] -= 0",
           "remains that were somebody else's are not looked for again"),
    Mutant("carrier-stops", "end_deal", "_let_arrive(plan, state)", "",
           "people stay on the way when the deal ends", STEPS),
    # ---------------------------------------------------------------- disputes
    Mutant("withheld-never-resumed", "_resume_withheld", "state.now + minutes", "plan.horizon + 1440",
           "what was held back is never done, though the complaint is settled"),
    Mutant("mediators-fail-when-able", "mediators_try", "success < _chance_of_attempt(plan, state, obligation)",
           "success >= _chance_of_attempt(plan, state, obligation)", "mediators succeed where they should fail"),
    Mutant("tolerance-for-refusal", "_become_late", "state.choice[obligation] == Choice.REFUSED",
           "state.choice[obligation] == Choice.LATE", "a refusal is tolerated, a delay is not"),
    # ---------------------------------------------------------------- truce, phases, talks, flows, deaths
    Mutant("blocked-for-good", "restore_truce", "_unblock(plan, state)", "",
           "what waited for the truce does not go ahead"),
    Mutant("truce-days-lost", "suspend_truce", "state.truce_minutes += state.now - state.truce_since", "",
           "days of truce before a suspension are not counted"),
    Mutant("continues-beyond-limit", "_may_continue", "state.now < _limit(plan, state, phase)",
           "state.now <= _limit(plan, state, phase)", "a phase continues past its limit"),
    Mutant("leaving-ends-swapped", "party_leaves", "End.LAPSED if state.has_lapsed else End.COLLAPSED",
           "End.COLLAPSED if state.has_lapsed else End.LAPSED", "a collapse counts as a lapse"),
    Mutant("talks-turn-swapped", "_open_talks", "agrees_after <= breaks_after", "agrees_after > breaks_after",
           "talks break off where they would agree"),
    Mutant("agreed-late-same-day", "_agree", "grace_ends(plan, obligation, deadline)",
           "grace_ends(plan, obligation, deadline) - 1440",
           "an agreement on its last day is late"),
    Mutant("withheld-flow-runs", "level_now", "without_truce or state.status[flow] == Status.WITHHELD",
           "without_truce", "a flow that is held back is counted as delivered"),
    Mutant("same-hazard-without-truce", "renew_hazards", "state.parameter[plan.deaths_without_truce[group]]", "1.0",
           "the truce makes no difference to those who are held"),
    # ---------------------------------------------------------------- judging
    Mutant("day-of-the-end", "measure_replicate", "day_of(plan, state.end_minute)",
           "day_of(plan, state.end_minute) - 1", "the deal ends a day earlier"),
    Mutant("a-tree-not-looked-at", "next_key", "FIRST_TOP + N_TOPS", "FIRST_TOP + N_TOPS - 1",
           "the queue leaves out its last clocks", ENGINES),
    Mutant("nobody-watches-grace", "_fall_due", "state.watch[obligation] == Watch.GRACE",
           "state.watch[obligation] == Watch.TOLERANCE", "a creditor does not notice that something is late"),
    Mutant("other-events-followed", "record", "state.followed_events >> event", "state.followed_events >> (event + 1)",
           "guarantees follow the wrong events", DECLARED),
    Mutant("tie-order-reversed", "Activation.__init__", "1 + clock", "4096 - clock",
           "within one minute the last clock acts first", ENGINES),
    Mutant("lapsed-counts-as-ended", "_is_so", "state.phase_state[subject] == PhaseState.PAST",
           "state.phase_state[subject] >= PhaseState.LAPSED", "a phase that lapsed has ended"),
    Mutant("lapse-opens-gates", "is_given_up", "state.phase_state[plan.phase[obligation]] == PhaseState.PAST",
           "state.phase_state[plan.phase[obligation]] >= PhaseState.LAPSED",
           "what a lapse makes void is not waited for by the phase that lapsed"),
    Mutant("gate-skipped-at-due", "_look_again", "not gate_is_open(plan, state, obligation)", "False",
           "what has shut again while an obligation took its time is not looked at"),
    Mutant("late-without-refused", "_drawn_delay", "refused + state.parameter[plan.late[obligation]]",
           "state.parameter[plan.late[obligation]]", "the chance of being late shrinks by that of refusing"),
    Mutant("withheld-resumed-early", "close_dispute", "state.n_open_disputes[creditor] == 0",
           "state.n_open_disputes[creditor] >= 0", "the first of two settlements brings back what was withheld"),
    Mutant("exchange-day-twice", "count_exchange_day", "state.exchange_day == today", "False",
           "two handovers on a day change what a flow owes twice"),
    Mutant("answer-too-strict", "_await_answer", "state.answer_by[guarantee] < minute",
           "state.answer_by[guarantee] <= minute", "an answer in the last minute comes too late", ANSWERS),
    Mutant("never-and-always-swapped", "_look_at", "first == (pattern == Pattern.NEVER)",
           "first != (pattern == Pattern.NEVER)", "a guarantee is violated while it is kept", DECLARED,
           module="guarantees"),
    Mutant("truce-not-restored", "TRUCE", '("restore", "suspended", "holds")', '("restore", "suspended", "ended")',
           "the phase machine takes a restored truce for one that ended", STEPS),
    # ---------------------------------------------------------------- more of each
    Mutant("earlier-clocks-not-queued", "_set_minute", "clock != state.acting", "clock > state.acting",
           "who acts does not queue clocks before its own", ENGINES),
    Mutant("nobody-is-told", "ReferenceEngine._follow", "self._processes[clock].interrupt()", "",
           "a process whose minute has changed waits on", ENGINES),
    Mutant("same-luck-again", "uniforms", "np.uint64(occurrence)", "np.uint64(0)",
           "a decision that comes up again is drawn as the first time"),
    Mutant("pressure-stays", "pressure_on", "exp(-LOG_2 * age / half_life)", "exp(-0.0 * age / half_life)",
           "mediators' pressure does not fade"),
    Mutant("one-attempt-for-all", "chance_under", "1.0 - power(1.0 - chance, strength)", "chance * strength",
           "pressure multiplies the chance of a settlement"),
    Mutant("complaint-at-once", "_become_late", "state.now + tolerance", "state.now",
           "a creditor complains as soon as something is late"),
    Mutant("redated-to-the-later", "redate", "min(minute, $date)", "max(minute, $date)",
           "what is settled is performed on the later of both dates"),
    Mutant("guarantors-idle", "would_restore", "$alone * (1.0 - state.parameter[plan.guarantors_restore])", "$alone",
           "guarantors do not help to bring a truce back"),
    Mutant("strain-forgotten", "_strain_on", "recent + 1.0", "1.0", "only the last incident strains"),
    Mutant("transit-minus-one", "hand_over", "state.now + plan.transit[obligation]",
           "state.now + plan.transit[obligation] - 1", "people arrive a minute early"),
    Mutant("forward-when-unwilling", "_consider_next_batch", "u < state.parameter[plan.ahead[obligation]]",
           "u >= state.parameter[plan.ahead[obligation]]", "a batch comes forward where it would not"),
    Mutant("late-falls-away", "void", "state.was_late[obligation] or was_disputed", "was_disputed",
           "what was late when its phase lapsed is void, not defaulted"),
    Mutant("everybody-leaves", "party_leaves", "_stays(plan, state, party)", "False",
           "a party leaves though something keeps it"),
    Mutant("leaves-at-once", "_prepare_to_leave", "state.now + minutes", "state.now",
           "who has decided to leave leaves at once"),
    Mutant("deadline-does-not-press", "_minutes_to_agreement",
           "per_minute * state.parameter[plan.near_factor[topic]]", "per_minute",
           "talks are no likelier to agree near their deadline"),
    Mutant("talks-resume-at-once", "break_off", "max(np.int64(1), pause)", "1",
           "talks that were broken off open again at once"),
    Mutant("late-counts-as-kept", "_worth", "status == Status.MET",
           "status in (Status.MET, Status.MET_LATE)", "what was met late is counted as on time"),
]  # fmt: skip

OF_CASES = [
    Mutant("r9-held-back-anew", "may_withhold", "uniforms(state, plan.key_withholds[obligation], 0)",
           "uniforms(state, plan.key_withholds[obligation], state.now)", "each consignment is held back or not anew"),
    Mutant("r9-refused-anew", "_delay_of",
           "state.choice[obligation] == Choice.NONE or state.decides_afresh[obligation]", "True",
           "a return is decided on with each handover"),
    Mutant("r10-same-minute-forward", "_consider_next_batch", "state.date[following] <= state.now",
           "state.date[following] < state.now", "a batch of the same minute makes no decision of its own"),
    Mutant("r12-gate-time-forgotten", "_prepare_talks", "since + plan.after_gate[obligation]", "since",
           "talks open without the time that they take after their gate"),
    Mutant("r12-delay-forgotten", "_prepare_talks", "$opens + wait", "$opens",
           "talks open without their delay"),
    Mutant("r12-grace-of-talks", "_agree", "grace_ends(plan, obligation, deadline)",
           "grace_ends(plan, obligation, deadline) - max(0, plan.grace[obligation])", "talks have no grace"),
    Mutant("r13-no-reason-after-lapse", "party_leaves", "_stays(plan, state, party)",
           "not state.has_lapsed and _stays(plan, state, party)", "nothing keeps a party after a lapse"),
    Mutant("r13-stays-for-good", "_signal", "state.is_leaving[party] == Leaving.STAYS", "False",
           "a party stays though its reason is gone"),
    Mutant("r23-restored-and-settled", "settle_with_truce",
           "is_settled = success < _chance_of_attempt(plan, state, obligation)", "is_settled = True",
           "a truce that comes back settles the dispute for certain"),
    Mutant("r23-patience-is-over", "settle_with_truce", "state.watch[obligation] = Watch.PATIENCE", "",
           "patience does not run anew"),
    Mutant("r24-over-nothing", "settle", "take_cause_away(plan, state, obligation, event)", "",
           "a suspension goes on over a dispute that is settled", module="rules"),
    Mutant("r24-put-off-too-long", "restore_truce", "state.now + A_DAY", "state.now + 2 * A_DAY",
           "creditors wait for two days after the truce has come back"),
    Mutant("r25-not-decided-afresh", "_give_date", "state.decides_afresh[obligation] = 1", "",
           "a new timetable leaves the first decision as it was"),
    Mutant("r25-later-dates-stay", "set_new_dates", "state.date[obligation] += lag", "",
           "a new timetable moves no later dates"),
    Mutant("r25-end-stays", "_move_end", "state.moved[phase] += lag", "", "a phase ends as if nothing had moved"),
    Mutant("r27-blamed-for-waiting", "_become_late",
           "plan.waits_for_truce_of_others[obligation] and state.truce == Truce.NOT_BEGUN", "False",
           "who waits for the other side's truce is late"),
    Mutant("r27-suspended-not-late", "creditor_acts", "watch != Watch.GRACE", "True",
           "what is late during a suspension is not"),
    Mutant("r28-settled-without-people", "settle", "not _can_be_performed(plan, state, obligation)", "False",
           "what nobody can perform is settled", module="rules"),
    Mutant("r28-never-late-again", "redate", "state.watch[obligation] = Watch.GRACE", "",
           "what is re-dated is never late again"),
    Mutant("r32-shock-cut-down", "begin_shock", "math.ceil($minutes)", "math.floor($minutes)",
           "a time by a hazard is cut to the minute below"),
    Mutant("r33-without-their-list", "_is_list_of", "plan.debtor[obligation] == debtor", "True",
           "a batch comes forward without the other side's list"),
    # ---------------------------------------------------------------- what the second simulator told otherwise
    Mutant("cause-overwritten", "watch_gate", "state.open_since[obligation] != NEVER", "False",
           "what touches an open gate becomes its cause"),
    Mutant("opened-by-deadlock", "_open_talks", "signal_talks(plan, state, topic, event)",
           "signal_talks(plan, state, topic, state.talks_event[topic])", "a gate is opened by a deadlock"),
    Mutant("begins-without-excitement", "begin_truce", "state.intensity[source] += $extra",
           "state.intensity[source] = $extra", "incidents before the truce excite none after it"),
    Mutant("early-end-not-looked-at", "enter_phase", "plan.lasts[phase] == NONE or plan.ends_early[phase]",
           "plan.lasts[phase] == NONE", "a phase that owes nothing does not end early"),
    Mutant("resumed-after-the-end", "_resume_withheld", "state.n_withheld == 0 or state.end != End.NONE",
           "state.n_withheld == 0", "what was held back is taken up again by the deal's end"),
    Mutant("complaint-that-is-over", "_last_complaint", "state.status[obligation] == Status.DISPUTED",
           "state.n_complaints[obligation] > 0", "what is held back names a complaint that is over"),
    Mutant("settled-flow-held-back", "_open_dispute", "(Status.DUE, Status.LATE)",
           "(Status.DUE, Status.LATE, Status.REDATED)", "settled flows are held back over the next complaint"),
    Mutant("agreed-is-missing", "_lacked_by", "state.talks[subject] != Talks.AGREED", "True",
           "talks that have agreed are told as missing"),
    Mutant("stays-by-the-last-event", "_continue", "next_may_begin(plan, state, phase)", "False",
           "a phase that a party held up ends because of whatever came next"),
    Mutant("delay-of-talks-stays", "_move_talks", "state.now < opens < NEVER",
           "state.now < opens < NEVER and state.act[obligation] == Act.DATE",
           "a new timetable leaves talks alone whose delay runs"),
    Mutant("length-brought-back", "time_is_up_at", "state.end_moved[phase]", "state.moved[phase]",
           "a new timetable brings back the length of a phase that goes on"),
    Mutant("settled-is-on-time", "arrive", "state.status[obligation] == Status.MET", "True",
           "a batch that was settled brings the next one forward"),
    Mutant("truce-by-the-phase", "enter_phase", "not _truce_is_owed(plan, state)", "True",
           "a phase brings a truce that somebody still owes"),
    Mutant("complains-with-the-truce", "creditor_acts", "state.truce_since == state.now and state.n_suspensions > 0",
           "False", "a creditor complains in the minute in which the truce comes back"),
    Mutant("until-forgotten", "wait_for_gate", "runs_until(plan, state, obligation)", "NEVER",
           "a flow whose gate is shut runs on beyond its end"),
    Mutant("ends-now-moved", "_give_date", "_ends_now(plan, state, obligation)", "False",
           "a flow that ends in the minute of a new timetable gets another end"),
    Mutant("lost-before-its-gate", "_fall_due", "add_up_flow(plan, state, obligation)", "",
           "what a flow delivers between its new date and the opening of its gate is lost"),
    Mutant("nothing-is-a-unit", "measure_replicate", "min(state.delivered[obligation], plan.owed[obligation])",
           "state.delivered[obligation]", "no unit owed counts as one delivered"),
    Mutant("waits-for-itself", "_earliest_handover", "obligation != waiting", "True",
           "a release that waits for a release waits for itself"),
    Mutant("located-before-tomorrow", "_wait_for_people",
           "midnight_after(plan, state.now) + plan.due_hour if is_full else state.now",
           "min(minute, midnight_after(plan, state.now) + plan.due_hour) if is_full else state.now",
           "who is located in the morning brings those to act who wait for capacity"),
    Mutant("found-for-everybody", "_locate", "next_found(plan, state, obligation)", "state.now",
           "a stock that is found brings those to act who wait for another"),
    Mutant("earned-before-tomorrow", "_owe_returns", "waits_for_people(plan, state, owing)",
           "state.act[owing] == Act.PEOPLE", "a return that comes to owe more does not wait for tomorrow's capacity"),
    Mutant("never-late-under-way", "_give_date", "state.watch[obligation] = Watch.GRACE", "",
           "a new timetable lets people be under way for ever"),
    Mutant("decided-after-late", "_become_late", "state.decides_afresh[obligation] = 0", "",
           "those left of what was late under way are decided anew"),
    Mutant("line-of-a-part", "_perform",
           "plan.to_line[obligation] != NONE and state.delivered[obligation] + units >= plan.enough[obligation]",
           "plan.to_line[obligation] != NONE", "a part of the forces reaches the line"),
    Mutant("truce-in-parts", "amount_of", '("talks", "truce")', '("talks",)', "a truce is kept in units"),
    Mutant("leaves-later-by-a-lapse", "_lapse", "state.is_leaving[party]", "False",
           "a lapse puts off what a party had decided before"),
    # ---------------------------------------------------------------- amounts
    Mutant("up-to-needs-all", "has_run_out", "plan.is_up_to[obligation] == 1 and is_over", "False",
           "up to so many is met by all of them only"),
    Mutant("up-to-at-once", "has_run_out", "state.watch[obligation] != Watch.GRACE", "True",
           "the first of up to so many are enough before grace ends"),
    Mutant("up-to-before-its-new-date", "has_run_out", "not state.decides_afresh[obligation]", "True",
           "what comes before a new date is enough of up to so many"),
    Mutant("up-to-by-nothing", "is_enough_at_last", "state.delivered[obligation] == 0", "False",
           "nothing is enough of up to so many"),
    Mutant("up-to-held-back", "is_enough_at_last", "state.withheld[obligation]", "False",
           "what is held back when grace ends is let off"),
    Mutant("up-to-under-way", "is_enough_at_last", "not state.is_moving[obligation]", "True",
           "those under way when grace ends never arrive"),
    Mutant("none-of-the-last", "arrive", "has_run_out(plan, state, obligation)", "False",
           "where all under way are somebody else's, up to so many is never met"),
    Mutant("enough-and-more", "arrive", "state.status[obligation] >= Status.MET", "False",
           "more is handed over of what is met with less than was tried"),
    Mutant("gate-of-all-tried", "share_has_come", "plan.is_up_to[obligation] and share > WHOLE", "False",
           "what waits for up to so many waits for all of them"),
    Mutant("exchange-of-all-tried", "_close_exchange", "not plan.is_dynamic[obligation]", "False",
           "an exchange is not complete with what is enough"),
]  # fmt: skip
"""Mends of cases, and of what the second simulator told otherwise, undone."""
