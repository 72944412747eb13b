"""Names that are also the program's own words."""

import numpy as np
import pytest

from sim.document.machine import Names, PhaseMachine, draw
from sim.engine.batch import run_blocks
from sim.engine.reference import ReferenceEngine
from sim.report.figures.machine import phase_machine
from sim.results.tables import as_columns, table_columns
from tests.builders import plan_of

WORDS = ("completed", "collapsed", "lapsed", "standing", "ahead", "one_continued", "one_after_lapse", "deal_completed")
PHASES = """
deal:
  phases:
    one: {{lasts: 5 d, then: {name}}}
    {name}: {{lasts: 5 d, then: {other}}}
    {other}: {{lasts: 5 d}}
  obligations: {{pause: {{kind: truce, by: south}}}}
"""
CASE = pytest.mark.case(
    "E8",
    before="a phase named 'completed' was one state with the machine's own end",
    after="the machine's own states have names that no phase has",
)


@CASE
@pytest.mark.parametrize("name", WORDS)
def test_a_phase_named_like_a_state_of_the_machine_is_a_phase(name):
    other = "lapsed" if name == "completed" else "completed"
    plan = plan_of(PHASES.format(name=name, other=other))
    machine = PhaseMachine(plan.scenario.deal)
    names = Names.of(plan.scenario.deal)
    own = [names.ahead, *names.ends.values(), *names.continued.values(), *names.after_lapse.values()]
    assert len(set(own)) == 1 + 4 + 3 + 3
    assert not set(own) & {"one", name, other}
    assert not any(move.source in names.ends.values() for move in machine.moves["phase"]), "an end is left again"
    engine = ReferenceEngine(plan)
    result = engine.run(1, 0)
    (rows,) = (block.outcomes for block in run_blocks(plan, 1, 1, workers=1))
    np.testing.assert_array_equal(result.outcomes, rows[0])
    assert engine.machine.where()["phase"] == names.ends["completed"]


@CASE
def test_diagrams_show_both_the_phase_and_the_end():
    deal = plan_of(PHASES.format(name="completed", other="last")).scenario.deal
    text = draw(deal)
    assert 'state "completed" as phase_completed' in text
    assert 'state "deal completed" as phase_deal_completed' in text
    assert "phase_last --> phase_deal_completed: completed" in text
    assert "completed, completed continued" in phase_machine(deal).alt


def test_where_no_phase_has_such_a_name_the_states_keep_theirs():
    names = Names.of(plan_of("deal: {obligations: {pause: {kind: truce, by: south}}}").scenario.deal)
    assert (names.ahead, names.ends["lapsed"], names.continued["one"]) == ("ahead", "lapsed", "one_continued")


@CASE
@pytest.mark.parametrize("group", ["minutes", "days", "late_minutes", "truce_minutes", "replicate", "scenario", "end"])
def test_a_group_may_be_named_like_a_column(group):
    plan = plan_of(f"""
deal:
  groups: {{{group}: {{side: prisoners, held_by: south, count: 3}}}}
  obligations: {{home: {{kind: return, by: south, amount: {{{group}: 3}}, due: day 3}}}}
""")
    (block,) = run_blocks(plan, 1, 2, workers=1)
    table = as_columns(plan, block, "x")
    assert list(table) == list(table_columns(plan))
    assert table[f"released_{group}"].tolist() == [3, 3]
