"""Rules and clocks made wrong by hand, each in one place; every one has to be caught by the tests."""

from __future__ import annotations

from dataclasses import dataclass

_RULES = "tests/property/test_rules_as_worded.py"
WORDED = f"{_RULES}::test_what_happens_is_what_the_rules_say"
LAPSES = f"{_RULES}::test_what_waits_for_a_phase_to_end_waits_beyond_its_lapse"
SHIPPED = f"{_RULES}::test_what_happens_in_shipped_scenarios_is_what_the_rules_say"
ENGINES = "tests/equivalence/test_engines.py::test_engines_tell_the_same_history_of_generated_deals"
_GUARANTEES, _DECLARED = "tests/property/test_guarantees.py", "tests/property/test_declared_guarantees.py"
STEPS = f"{_GUARANTEES}::test_guarantees_hold_at_every_step_of_generated_deals_that_reach_every_state"
DECLARED = f"{_DECLARED}::test_engines_and_onlooker_agree_on_generated_deals_and_guarantees"
ANSWERS = f"{_DECLARED}::test_an_answer_is_in_time_up_to_its_last_minute"
SUITES = (WORDED, LAPSES, ENGINES, ANSWERS, DECLARED, STEPS, SHIPPED)
"""The tests that are asked, in this order, after the one that a mutant names; they run on generated deals."""


@dataclass(frozen=True)
class Mutant:
    """One wrong line.

    Attributes
    ----------
    name : str
    file : str
        Under `sim/`.
    old, new : str
        The text that is there, exactly once, and what stands in its place.
    breaks : str
        What is wrong with it.
    first : str, optional
        The test that is asked first.
    """

    name: str
    file: str
    old: str
    new: str
    breaks: str
    first: str = WORDED


_RESTORED = "    signal_truce(plan, state, state.truce_event)\n\n\n@rule\ndef _unblock"
"""The end of the rule that restores the truce."""


MUTANTS = [
    # ---------------------------------------------------------------- clocks and ties
    Mutant("queue-takes-the-later", "rules/waking.py", "key = min(key, state.earliest[node ^ 1])",
           "key = max(key, state.earliest[node ^ 1])", "of two clocks the queue takes the later", ENGINES),
    Mutant("day-a-minute-late", "rules/people.py", "return (minute - plan.midnight) // 1440 + 1",
           "return (minute - plan.midnight - 1) // 1440 + 1", "a day begins a minute after midnight"),
    Mutant("gate-time-plus-one", "rules/obligations.py", "ready = since + plan.after_gate[obligation]",
           "ready = since + plan.after_gate[obligation] + 1", "due a minute late after its gate"),
    Mutant("grace-minus-one", "rules/obligations.py", "GRACE_TO_END_OF_DAY else due + grace",
           "GRACE_TO_END_OF_DAY else due + grace - 1", "late a minute before grace is over"),
    Mutant("suspension-plus-one", "rules/truce.py", "state.now + max(1, length))", "state.now + max(1, length) + 1)",
           "a suspension lasts a minute longer"),
    Mutant("phase-plus-one", "rules/phases.py", "state.now + plan.lasts[phase])", "state.now + plan.lasts[phase] + 1)",
           "a phase lasts a minute longer"),
    Mutant("creditor-does-not-wait", "rules/disputes.py", "obligation, resumes + 1440)", "obligation, resumes + 1)",
           "a creditor acts in the minute after the truce has come back"),
    # ---------------------------------------------------------------- gates
    Mutant("delivered-more-than-asked", "rules/gates.py", "state.delivered[subject] >= threshold",
           "state.delivered[subject] > threshold", "a gate opens only beyond what it asks"),
    Mutant("released-more-than-asked", "rules/gates.py", "return released_of(plan, state, subject) >= threshold",
           "return released_of(plan, state, subject) > threshold", "one release too many is waited for"),
    Mutant("line-beyond-asked", "rules/gates.py", "return state.line[subject] >= threshold",
           "return state.line[subject] > threshold", "a line has to be passed, not reached"),
    Mutant("last-alternative-counts", "rules/gates.py", "met = met or holds(plan, state, condition)",
           "met = holds(plan, state, condition)", "of alternatives only the last opens a gate"),
    Mutant("handover-without-truce", "rules/obligations.py",
           "if plan.needs_truce[obligation] and state.truce != Truce.HOLDS:",
           "if plan.needs_truce[obligation] and state.truce == Truce.ENDED:",
           "people set out while the truce is suspended"),
    # ---------------------------------------------------------------- performance, people, returns
    Mutant("met-only-beyond", "rules/obligations.py", "if state.delivered[obligation] >= _enough(",
           "if state.delivered[obligation] > _enough(", "what is done does not count as met"),
    Mutant("remainder-forgotten", "rules/obligations.py", "if after == plan.count[group]:",
           "if after > plan.count[group]:", "the remainder of a total is never owed"),
    Mutant("ratio-for-all-so-far", "rules/obligations.py", "plan.ratio_each[ratio] * (after - before)",
           "plan.ratio_each[ratio] * after", "each handover earns returns for the earlier ones again"),
    Mutant("capacity-plus-one", "rules/people.py", "np.int64(state.parameter[slot]) - used)",
           "np.int64(state.parameter[slot]) - used + 1)", "one person a day more than capacity"),
    Mutant("misidentified-not-sought", "rules/people.py", "state.n_located[group] -= 1", "state.n_located[group] -= 0",
           "remains that were somebody else's are not looked for again"),
    Mutant("carrier-stops", "rules/ending.py", "    state.end = end\n    _let_arrive(plan, state)\n",
           "    state.end = end\n", "people stay on the way when the deal ends", STEPS),
    # ---------------------------------------------------------------- disputes
    Mutant("withheld-never-resumed", "rules/disputes.py",
           "wake_at(plan, state, Clock.DEBTOR, obligation, state.now + minutes)",
           "wake_at(plan, state, Clock.DEBTOR, obligation, plan.horizon + 1440)",
           "what was held back is never done, though the complaint is settled"),
    Mutant("mediators-fail-when-able", "rules/disputes.py", "if success < chance_under(", "if success >= chance_under(",
           "mediators succeed where they should fail"),
    Mutant("tolerance-for-refusal", "rules/disputes.py", "if state.choice[obligation] == Choice.REFUSED:",
           "if state.choice[obligation] == Choice.LATE:", "a refusal is tolerated, a delay is not"),
    # ---------------------------------------------------------------- truce, phases, talks, flows, deaths
    Mutant("blocked-for-good", "rules/truce.py", f"    _unblock(plan, state)\n{_RESTORED}", _RESTORED,
           "what waited for the truce does not go ahead"),
    Mutant("truce-days-lost", "rules/truce.py",
           "    state.truce_minutes += state.now - state.truce_since\n    state.truce = Truce.SUSPENDED",
           "    state.truce = Truce.SUSPENDED", "days of truce before a suspension are not counted"),
    Mutant("continues-beyond-limit", "rules/phases.py", "state.now < _limit(plan, state, phase) and is_open",
           "state.now <= _limit(plan, state, phase) and is_open", "a phase continues past its limit"),
    Mutant("leaving-ends-swapped", "rules/phases.py", "End.LAPSED if state.has_lapsed else End.COLLAPSED, event)",
           "End.COLLAPSED if state.has_lapsed else End.LAPSED, event)", "a collapse counts as a lapse"),
    Mutant("talks-turn-swapped", "rules/talks.py", "if agrees_after <= breaks_after else",
           "if agrees_after > breaks_after else", "talks break off where they would agree"),
    Mutant("agreed-late-same-day", "rules/talks.py", "state.now >= midnight_after(plan, deadline)",
           "state.now >= midnight_after(plan, deadline) - 1440", "an agreement on its last day is late"),
    Mutant("withheld-flow-runs", "rules/flows.py",
           "paused = without_truce or state.status[flow] == Status.WITHHELD", "paused = without_truce",
           "a flow that is held back is counted as delivered"),
    Mutant("same-hazard-without-truce", "rules/deaths.py",
           "rate *= state.parameter[plan.deaths_without_truce[group]]", "rate *= 1.0",
           "the truce makes no difference to those who are held"),
    # ---------------------------------------------------------------- judging
    Mutant("day-of-the-end", "outcomes.py", "row[15] = (state.end_minute - plan.midnight) // 1440 + 1",
           "row[15] = (state.end_minute - plan.midnight) // 1440", "the deal ends a day earlier"),
    Mutant("a-tree-not-looked-at", "rules/waking.py", "range(FIRST_TOP + 1, FIRST_TOP + N_TOPS)",
           "range(FIRST_TOP + 1, FIRST_TOP + N_TOPS - 1)", "the queue leaves out its last clocks", ENGINES),
    Mutant("nobody-watches-grace", "rules/obligations.py",
           "if state.watch[obligation] == Watch.GRACE:  # not met at once",
           "if state.watch[obligation] == Watch.TOLERANCE:  # not met at once",
           "a creditor does not notice that something is late"),
    Mutant("other-events-followed", "rules/waking.py", "(state.followed_events >> event) & 1",
           "(state.followed_events >> (event + 1)) & 1", "guarantees follow the wrong events", DECLARED),
    Mutant("tie-order-reversed", "engine/reference.py", "priority: Any = 1 + clock", "priority: Any = 4096 - clock",
           "within one minute the last clock acts first", ENGINES),
    Mutant("lapsed-counts-as-ended", "rules/gates.py", "return state.phase_state[subject] == PhaseState.PAST",
           "return state.phase_state[subject] >= PhaseState.LAPSED", "a phase that lapsed has ended", LAPSES),
    Mutant("lapse-opens-gates", "rules/gates.py",
           "return state.phase_state[plan.phase[obligation]] == PhaseState.PAST",
           "return state.phase_state[plan.phase[obligation]] >= PhaseState.LAPSED",
           "what a lapse makes void is not waited for by the phase that lapsed"),
    Mutant("gate-skipped-at-due", "rules/obligations.py",
           "elif act == Act.DUE:\n        if gate_is_open(plan, state, obligation):",
           "elif act == Act.DUE:\n        if plan.n_obligations > 0:",
           "what has shut again while an obligation took its time is not looked at"),
    Mutant("late-without-refused", "rules/obligations.py",
           "elif choice < refused + state.parameter[plan.late[obligation]]:",
           "elif choice < state.parameter[plan.late[obligation]]:",
           "the chance of being late shrinks by that of refusing"),
    Mutant("withheld-resumed-early", "rules/disputes.py", "if state.n_open_disputes[creditor] == 0:",
           "if state.n_open_disputes[creditor] >= 0:", "the first of two settlements brings back what was withheld"),
    Mutant("exchange-day-twice", "rules/flows.py", " and state.exchange_day[flow] != day:", ":",
           "two handovers on a day change what a flow owes twice"),
    Mutant("answer-too-strict", "guarantees/declared.py", "if state.answer_by[guarantee] < minute:",
           "if state.answer_by[guarantee] <= minute:", "an answer in the last minute comes too late", ANSWERS),
    Mutant("never-and-always-swapped", "guarantees/declared.py", "elif first == (pattern == Pattern.NEVER):",
           "elif first != (pattern == Pattern.NEVER):", "a guarantee is violated while it is kept", DECLARED),
    Mutant("truce-not-restored", "machine.py", '("restore", "suspended", "holds")', '("restore", "suspended", "ended")',
           "the phase machine takes a restored truce for one that ended", STEPS),
    # ---------------------------------------------------------------- more of each
    Mutant("earlier-clocks-not-queued", "rules/waking.py", "if state.is_queued and clock != state.acting:",
           "if state.is_queued and clock > state.acting:", "who acts does not queue clocks before its own", ENGINES),
    Mutant("nobody-is-told", "engine/reference.py", "self._processes[clock].interrupt()", "pass",
           "a process whose minute has changed sleeps on", ENGINES),
    Mutant("same-luck-again", "rules/chance.py", "key, np.uint64(occurrence))", "key, np.uint64(0))",
           "a decision that comes up again is drawn as the first time"),
    Mutant("pressure-stays", "rules/chance.py", "2.0 ** (-age / half_life)", "1.0 ** (-age / half_life)",
           "mediators' pressure does not fade"),
    Mutant("one-attempt-for-all", "rules/chance.py", "1.0 - math.pow(1.0 - chance, strength)", "chance * strength",
           "pressure multiplies the chance of a settlement"),
    Mutant("complaint-at-once", "rules/disputes.py", "obligation, state.now + tolerance)", "obligation, state.now)",
           "a creditor complains as soon as something is late"),
    Mutant("redated-to-the-later", "rules/disputes.py",
           "obligation, min(minute, wakes_at(plan, state, Clock.DEBTOR, obligation)))",
           "obligation, max(minute, wakes_at(plan, state, Clock.DEBTOR, obligation)))",
           "what is settled is performed on the later of both dates"),
    Mutant("guarantors-asleep", "rules/truce.py", " * (1.0 - state.parameter[plan.guarantors_restore])", "",
           "guarantors do not help to bring a truce back"),
    Mutant("strain-forgotten", "rules/truce.py", "state.recent_incidents[party] = recent + 1.0",
           "state.recent_incidents[party] = 1.0", "only the last incident strains"),
    Mutant("transit-minus-one", "rules/obligations.py", "state.now + plan.transit[obligation])",
           "state.now + plan.transit[obligation] - 1)", "people arrive a minute early"),
    Mutant("forward-when-unwilling", "rules/obligations.py", "if u < state.parameter[plan.ahead[obligation]]:",
           "if u >= state.parameter[plan.ahead[obligation]]:", "a batch comes forward where it would not"),
    Mutant("late-falls-away", "rules/obligations.py", "if state.was_late[obligation] or was_disputed:",
           "if was_disputed:", "what was late when its phase lapsed is void, not defaulted"),
    Mutant("everybody-leaves", "rules/phases.py", " and not _stays(plan, state, party):", ":",
           "a party leaves though something keeps it"),
    Mutant("leaves-at-once", "rules/phases.py", "Clock.LEAVING, lane, state.now + minutes)",
           "Clock.LEAVING, lane, state.now)", "who has decided to leave leaves at once"),
    Mutant("deadline-does-not-press", "rules/talks.py",
           "raised = per_minute * state.parameter[plan.near_factor[topic]]", "raised = per_minute",
           "talks are no likelier to agree near their deadline"),
    Mutant("talks-resume-at-once", "rules/talks.py", "state.now + max(np.int64(1), pause))", "state.now + 1)",
           "talks that were broken off open again at once"),
    Mutant("late-counts-as-kept", "outcomes.py", "met = 0 if status == Status.MET else",
           "met = 0 if status in (Status.MET, Status.MET_LATE) else", "what was met late is counted as on time"),
]  # fmt: skip
