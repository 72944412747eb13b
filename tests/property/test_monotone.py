"""A party that refuses less often releases no fewer people, with the same draws: where this holds, and where not.

It holds in a deal of one phase where nobody complains, withholds or suspends, no incident or shock strikes, and no gate
that has opened shuts again: then a smaller chance only makes performances come earlier, and these only open gates
earlier. It does not hold in general. A refusal can be answered at once while a delay is waited out, as the last test
shows; talks that open earlier are over earlier, and with them what may happen only while they go on; a phase that
begins earlier lapses earlier.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sim.document.scenario import ResolvedScenario
from sim.engine.batch import simulate_block
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.reading.store import as_data, from_resolved
from sim.testing.strategies import scenarios as resolved_scenarios
from tests.amounts import examples
from tests.conftest import Run

REFUSES = (0.0, 0.1, 0.3, 0.6, 1.0)


def calm(resolved: ResolvedScenario, party: str, refused: float) -> ResolvedScenario:
    """The deal with one party that may refuse or be late, and with nobody who complains, answers or strikes."""
    data = _lasting(as_data(resolved))
    performs = {"refused": refused, "late": 0.3, "delay": {"median": "1 d", "p95": "6 d"}}
    silent: dict[str, Any] = {"complains": 0.0}
    data["behaviour"] = {"parties": {"a": silent, "b": silent} | {party: {**silent, "default": performs}}}
    data["uncertain"] = {}
    return ResolvedScenario.model_validate(data)


def _lasting(value: Any) -> Any:
    """The document with every condition one that, once it holds, goes on holding."""
    if isinstance(value, dict):
        return {key: _lasting(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_lasting(item) for item in value]
    return "started" if value == "under_way" else value


@given(resolved_scenarios(most_phases=1), st.sampled_from(["a", "b"]), st.integers(0, len(REFUSES) - 2))
@examples(40)
def test_fewer_refusals_never_release_fewer_hostages_in_a_calm_deal_of_one_phase(
    resolved: ResolvedScenario, party: str, place: int
) -> None:
    less, more = (compile_plan(calm(resolved, party, refused)) for refused in REFUSES[place : place + 2])
    keeps, breaks = simulate_block(less, 6, 0, 20).outcomes, simulate_block(more, 6, 0, 20).outcomes
    for name in ("hostages_living_released", "hostages_deceased_returned"):
        column = columns(less).index(name)
        assert (keeps[:, column] >= breaks[:, column]).all()


def test_refusals_do_keep_hostages_held(run: Run) -> None:
    keeps = run(compile_plan(from_resolved(with_refusals(0.0, late=0.0, complains=0.0))))
    refuses = run(compile_plan(from_resolved(with_refusals(1.0, late=0.0, complains=0.0))))
    assert (keeps[:, 0] == 3).all()
    assert (refuses[:, 0] == 0).all()


def test_where_a_refusal_is_answered_at_once_and_a_delay_is_waited_out_fewer_refusals_release_fewer(run: Run) -> None:
    """If it did not refuse it would be a month late; its creditor waits for what is late, not for what is refused."""
    refuses = run(compile_plan(from_resolved(with_refusals(1.0, late=1.0, complains=1.0))))
    delays = run(compile_plan(from_resolved(with_refusals(0.0, late=1.0, complains=1.0))))
    assert (refuses[:, 0] == 3).all()
    assert (delays[:, 0] == 0).all()


def with_refusals(refused: float, late: float, complains: float) -> str:
    """One batch of three, due on day 2."""
    return f"""
scenario: one-batch
question: Does a refusal keep people held?
horizon: 10 d
deal:
  deal: one-batch
  title: One batch
  starts: 2025-01-19T08:00+02:00
  parties: {{a: A, b: B}}
  groups: {{hostages: {{side: hostages, held_by: a, count: 3, assumption: Small.}}}}
  phases: {{one: {{lasts: 8 d, assumption: Small.}}}}
  obligations:
    batch: {{kind: release, by: a, to: b, phase: one, due: day 2, amount: {{hostages: 3}}, assumption: Small.}}
behaviour:
  parties:
    a: {{default: {{refused: {refused}, late: {late}, delay: 30 d}}}}
    b: {{complains: {complains}, tolerance: 20 d}}
"""
