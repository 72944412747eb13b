import pytest

from sim.document.deal import Deal
from sim.document.machine import ENDS, PhaseMachine, draw
from sim.errors import EngineError
from sim.reading.catalogue import find
from sim.reading.model import load_deal
from tests.builders import tiny

DEALS = sorted(path.stem for path in (find("january-2025/as-written").parents[1] / "deals").glob("*.yaml"))

TWO_PHASES = """
deal:
  lines: [front, middle, back]
  phases: {one: {lasts: 9 d, then: two}, two: {enters_when: talks.next.agreed, lasts: 9 d}}
  obligations:
    pull: {kind: withdrawal, by: north, to_line: middle, due: day 2}
    talks: {kind: talks, by: envoy, to: north, topic: next, starts_by: day 2, concludes_by: day 5}
    last: {kind: withdrawal, by: north, to_line: back, phase: two, due: phase day 2}
"""


@pytest.fixture
def deal() -> Deal:
    return tiny(TWO_PHASES).deal


def test_every_region_begins_where_nothing_has_happened(deal):
    assert PhaseMachine(deal).where() == {
        "phase": "ahead",
        "truce": "not_begun",
        "exchange": "not_begun",
        "withdrawal.north": "front",
        "talks.next": "not_started",
    }


def test_regions_move_side_by_side(deal):
    machine = PhaseMachine(deal)
    for region, trigger in [("phase", "enter_one"), ("truce", "begin"), ("talks.next", "open"), ("phase", "continue")]:
        machine.move(region, trigger)
    machine.move("withdrawal.north", "reach_back")
    assert machine.where() == {
        "phase": "one_continued",
        "truce": "holds",
        "exchange": "not_begun",
        "withdrawal.north": "back",
        "talks.next": "under_way",
    }


ILLEGAL = [
    ("phase", [], "enter_two", "ahead"),
    ("phase", ["enter_one"], "completed", "one"),
    ("phase", ["enter_one", "enter_two"], "enter_one", "two"),
    ("truce", [], "restore", "not_begun"),
    ("truce", ["begin"], "begin", "holds"),
    ("truce", ["begin", "end"], "restore", "ended"),
    ("exchange", [], "complete", "not_begun"),
    ("withdrawal.north", ["reach_back"], "reach_middle", "back"),
    ("talks.next", ["open", "agree"], "break_off", "agreed"),
    ("talks.next", [], "vanish", "not_started"),
]


@pytest.mark.parametrize(("region", "before", "trigger", "state"), ILLEGAL)
def test_an_illegal_move_raises_and_leaves_the_machine_where_it_stood(deal, region, before, trigger, state):
    machine = PhaseMachine(deal)
    for move in before:
        machine.move(region, move)
    with pytest.raises(EngineError, match=rf"illegal move '{trigger}' of {region} from '{state}'"):
        machine.move(region, trigger)
    assert machine.where()[region] == state


def test_no_move_leads_out_of_an_end(deal):
    machine = PhaseMachine(deal)
    assert set(ENDS) <= set(machine.states("phase"))
    assert not [move for move in machine.moves["phase"] if move.source in ENDS]


def test_a_machine_put_back_stands_where_it_began(deal):
    machine = PhaseMachine(deal)
    before = machine.where()
    machine.move("truce", "begin")
    machine.restart()
    assert machine.where() == before


def test_the_diagram_shows_every_phase_region_and_end(deal):
    text = draw(deal)
    assert text.startswith("stateDiagram-v2\n")
    for state in ("phase_one", "phase_two", "phase_one_continued", *(f"phase_{end}" for end in ENDS)):
        assert f" as {state}\n" in text, state
    for region in PhaseMachine(deal).moves:
        assert f'state "{region}" as {region.replace(".", "_")} {{' in text
    assert text.count("{") == text.count("}")


def test_some_deals_are_shipped():
    assert "january-2025" in DEALS


@pytest.mark.parametrize("name", DEALS)
def test_the_machine_of_every_shipped_deal_builds_and_can_be_drawn(name):
    deal = load_deal(find("january-2025/as-written").parents[1] / "deals" / f"{name}.yaml")
    machine = PhaseMachine(deal)
    machine.move("phase", f"enter_{next(iter(deal.phases))}")
    text = draw(deal)
    assert all(f" as phase_{phase}\n" in text for phase in deal.phases)
