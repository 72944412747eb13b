"""A second simulator in plain Python tells the same history as the program, event by event.

It stands in `tests/oracle/`, knows the documents and the page on the model, and shares no code with the program. Within
a minute events are compared as a set, each with its cause, since their order there is a rule about ties.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed
from ruamel.yaml import YAML

from sim.deal.document import ResolvedScenario
from sim.deal.milestones import Milestone
from sim.deal.resolve import as_data, as_yaml, resolve
from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.outcomes import columns
from sim.plan.compile import compile_plan
from sim.testing import scenarios
from sim.trace import records
from tests.amounts import examples
from tests.builders import tiny
from tests.oracle import chance
from tests.oracle.measured import Key, milestones, not_met, truce_at_end
from tests.oracle.reading import NotCovered
from tests.oracle.simulate import simulate
from tests.oracle.world import DONE, Event

ORACLE = Path(__file__).parents[1] / "oracle"
REPLICATES = 12
MOST_FOLLOWED = 30
"""Where a deal has fewer milestones than this, there is room for all of them beside its guarantees."""
SEED = 1
GENERATED_ALIKE = 0.99
"""Of generated deals that the oracle covers, at least so many are told alike: in the quick run all of them."""
_NUMBERS = ("delay_minutes", "to_day", "missing")
_SUBJECTS = ("group", "phase", "talks", "source", "shock", "line", "who", "obligation")
_MOVES = ("PeopleMoved", "RemainsMoved")
Told = tuple[Any, ...]


def of_program(record: dict[str, Any]) -> Told:
    """One line of a trace: minute, event, about, amount, before, after, cause."""
    subjects = [key for key in _SUBJECTS if key in record]
    about = record[subjects[0]] if subjects else ""
    amount = next(iter(record["people"].values())) if "people" in record else None
    amount = next((record[key] for key in _NUMBERS if key in record), amount)
    after = record["to"] if record["event"] in _MOVES else record.get("after")
    return record["minute"], record["event"], about, amount, record.get("before"), after, record["cause"]


def of_oracle(event: Event) -> Told:
    """The same of one event of the oracle."""
    before, after = event.before, event.after
    if event.kind == "FlowChanged":
        before, after = (max(int(level * 1000 + 0.5), level > 0) / 1000 for level in (before, after))
    return event.minute, event.kind, event.about, event.amount, before, after, event.cause


def with_causes(history: list[Told]) -> Counter[Told]:
    """Events with their causes by what these are, not by their number.

    Of shares only those of flows are compared, which open gates. The program tells those of units, people and returns
    where a guarantee asks for them and for its sake alone: nothing waits for them or has one as its cause.
    """
    flows = {told[2] for told in history if told[1] == "FlowChanged"}
    counts = [told for told in history if told[1] != "ObligationShare" or told[2] in flows]
    return Counter((*told[:6], None if told[6] is None else history[told[6]][:3]) for told in counts)


def told_by_program(scenario: ResolvedScenario, replicate: int) -> Counter[Told]:
    """The reference engine's history of one replicate."""
    plan = compile_plan(scenario)
    trace = ReferenceEngine(plan).run(SEED, replicate).trace
    return with_causes([of_program(record) for record in records(plan, trace)])


def document_of(scenario: ResolvedScenario) -> Any:
    """The resolved scenario as plain data, as `ceasefire show --resolved` writes it."""
    return as_data(scenario)


def told_by_oracle(
    document: Any, replicate: int, tell: Callable[..., Any] = simulate, seed: int = SEED
) -> Counter[Told]:
    """The oracle's history of one replicate."""
    return with_causes([of_oracle(event) for event in tell(document, seed, replicate).events])


def difference(program: Counter[Told], oracle: Counter[Told]) -> str:
    """What the two tell differently in the first minute in which they do; nothing if they agree."""
    if program == oracle:
        return ""
    only_program, only_oracle = program - oracle, oracle - program
    minute = min(told[0] for told in (*only_program, *only_oracle))
    told = [f"oracle: {t}" for t in only_oracle.elements() if t[0] == minute]
    return "\n".join([*told, *(f"program: {t}" for t in only_program.elements() if t[0] == minute)])


def compare(scenario: ResolvedScenario, replicate: int) -> str:
    """What program and oracle tell differently of one replicate of a scenario."""
    return difference(told_by_program(scenario, replicate), told_by_oracle(document_of(scenario), replicate))


def key_of(scenario: ResolvedScenario, milestone: Milestone) -> Key:
    """What a milestone of the program is about, as the oracle names it."""
    if milestone.kind == "people":
        side, _, condition = milestone.of.rpartition("_")
        return ("all" if milestone.key == f"all_{milestone.of}" else "first", side, condition)
    if milestone.kind == "line":
        line = next(line for line in scenario.deal.lines if milestone.key == f"line_{line}_{milestone.of}")
        return ("line", line, milestone.of)
    if milestone.kind == "units":
        return ("units", milestone.key.removesuffix(f"_{milestone.of}"), milestone.of)
    return ("phase", milestone.of) if milestone.kind == "phase" else ("truce", milestone.key.removeprefix("truce_"))


def measured_otherwise(scenario: ResolvedScenario, replicate: int) -> list[str]:
    """What the batch engine and the oracle measure differently of one replicate."""
    plan = compile_plan(scenario)
    row = simulate_block(plan, SEED, replicate, 1).outcomes[0]
    program = dict(zip(columns(plan), row.tolist(), strict=True))
    history = simulate(document_of(scenario), SEED, replicate)
    told = milestones(history)
    followed = {key_of(scenario, one): program[f"reached_{one.key}"]
                for one in plan.milestones if one.kind != "declared"}  # fmt: skip
    names = [key for key in {**told, **followed} if key in followed or len(plan.milestones) < MOST_FOLLOWED]
    found = [f"{key}: program {followed.get(key)}, oracle {told.get(key)}" for key in names
             if followed.get(key) != told.get(key)]  # fmt: skip
    if bool(program["truce_at_end"]) != truce_at_end(history):
        found.append(f"truce at the end: program {program['truce_at_end']}")
    lasting = {duty.by for duty in history.world.duties if duty.kind == "truce" and duty.status in DONE}
    for party, counts in not_met(history).items():
        words = () if party in lasting else ("broken", "void", "not_due")
        found += [f"{word} by {party}: program {program[f'{word}_{party}']}, oracle {counts[word]}"
                  for word in words if program[f"{word}_{party}"] != counts[word]]  # fmt: skip
    return found


# ---------------------------------------------------------------- what it stands on


def test_the_oracle_imports_nothing_but_itself_and_the_standard_library():
    for path in ORACLE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.split(".")[0]
                assert name.startswith("tests.oracle") or top in sys.stdlib_module_names, f"{path.name}: {name}"


def test_no_file_of_the_oracle_is_longer_than_a_page_can_be_read():
    assert all(len(path.read_text().splitlines()) <= 400 for path in ORACLE.glob("*.py"))


def test_its_generator_is_that_of_numpy():
    counter, key = (3, 2**63 + 11, 5, 0), (7, 0)
    numpy_generator = np.random.Philox(counter=np.array(counter, dtype=np.uint64), key=np.array(key, dtype=np.uint64))
    # NumPy's counter is one ahead of the block that it returns
    assert chance.philox((counter[0] + 1, *counter[1:]), key) == tuple(numpy_generator.random_raw(4).tolist())


def test_it_reads_what_is_printed():
    for name in ALIKE_SO_FAR:
        assert document_of(resolve(name)) == YAML(typ="safe").load(as_yaml(resolve(name)))


# ---------------------------------------------------------------- histories

BY_HAND = {
    "one release": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 2}}
          obligations: {one: {kind: release, by: north, due: day 2, amount: {a: 2}, transit: 3 h}}
        """,
    "late, disputed, settled": """
        deal:
          obligations:
            duty: {kind: information, by: south, due: day 3}
            step: {kind: access, by: north, due: day 5}
        behaviour:
          mediators: {settles: 0.4, attempt: {median: 1 d, p95: 4 d}, lag: 6 h}
          parties:
            north: {withholds: 1, patience: 40 d, latency: {median: 6 h, p95: 1 d}, tolerance: {median: 6 h, p95: 1 d}}
            south: {default: {late: 0.5, refused: 0.4, delay: {median: 3 d, p95: 20 d}}}
        """,
    "returns by ratio, capacity, search": """
        deal:
          groups:
            a: {side: hostages, held_by: south, count: 3}
            b: {side: hostages, held_by: south, count: 4, condition: deceased}
            p: {side: prisoners, held_by: north, count: 90}
          obligations:
            one: {kind: release, by: south, due: day 2, amount: {a: 1, b: 2}, transit: 1 h}
            two: {kind: release, by: south, due: day 4, amount: {a: 2, b: 2}}
            ret: {kind: return, by: north, for_each: release, due: same day, takes: 2 h, transit: 30 min,
                  ratio: {a: {p: 5}, b: {p: {total: 9}}}}
        behaviour:
          search: {b: {found: 0.9, time: {median: 2 d, p95: 9 d}, misidentified: 0.3}}
          parties: {south: {complains: 0, capacity: {release: 2}}, north: {complains: 0, capacity: {return: 7}}}
        """,
    "deaths in captivity": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 6}, p: {side: prisoners, held_by: south, count: 60}}
          obligations:
            one: {kind: release, by: north, due: day 5, amount: {a: 3}, transit: 1 h}
            two: {kind: release, by: north, due: day 20, amount: {a: 3}, transit: 1 h}
            ret: {kind: return, by: south, due: same day, for_each: release, ratio: {a: {p: 10}}}
        behaviour:
          deaths: {a: {per_day: 0.05, without_truce: 3}}
          shocks: {blow: {at: day 3, effect: suspends_truce, by: south, lasts: 4 d}}
        """,
    "incidents and answers": """
        deal: {obligations: {duty: {kind: information, by: south, due: day 5}}}
        behaviour:
          incidents:
            fire: {by: south, per_day: 0.4, initial: 1, branching: 0.4, decay: 2 d, major: 0.3}
          parties: {north: {responds: {minor: 0.01, major: 0.3, strain: 0.3, suspends: {median: 1 d, p95: 3 d}}}}
        """,
    "talks, and a phase that waits for them": """
        deal:
          phases:
            one: {lasts: 10 d, then: two, continues_while: talks.t}
            two: {lasts: 8 d, enters_when: talks.t.agreed}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 3, concludes_by: day 12}
            last: {kind: information, by: south, phase: two, due: phase day 2}
        behaviour:
          talks:
            t: {never: 0.1, delay: {median: 1 d, p95: 3 d}, fails: 0.2, agrees_per_day: 0.1, near_deadline_factor: 4,
                breaks_off_per_day: 0.2, resumes: {median: 1 d, p95: 3 d}}
          parties: {north: {leaves: {after_lapse: 0.5, latency: {median: 2 d, p95: 5 d}}}}
        """,
    "a flow, short and in full": """
        deal:
          obligations:
            aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 100}, until: day 30}
            water: {kind: flow, by: north, due: day 2, each_day: {litres: 7}}
        behaviour: {parties: {north: {default: {late: 0.5, level: 0.6}}, south: {complains: 0}}}
        """,
    "units in part": """
        deal:
          obligations:
            arms: {kind: arms, by: south, due: day 2, units: 40, accepted_from: 0.8}
            next: {kind: information, by: north, after: {obligation: arms, share: 0.4}}
            more: {kind: information, by: north, after: {obligation: arms, share: 0.525}}
        behaviour: {parties: {south: {default: {short: 0.7, level: 0.5, late: 0.3, delay: 2 d}}}}
        """,
    "a phase before the truce": """
        deal:
          starts: 2025-01-01T14:30+00:00
          phases: {talks: {truce: false, then: one}, one: {lasts: 4 d}}
          obligations:
            ta: {kind: talks, by: south, due: day 2, topic: t, concludes_by: day 7, phase: talks}
            sig: {kind: access, by: north, after: talks.t.agreed, takes: 3 h, due: 2 h after gate, phase: talks}
            l2: {kind: access, by: north, phase: one, due: phase day 2}
            l3: {kind: access, by: north, phase: one, due: phase end}
        behaviour: {talks: {t: {agrees_per_day: 0.3, near_deadline_factor: 2, delay: 1 d}}}
        """,
    "a tolerance that is longer than its percentile": """
        deal: {obligations: {duty: {kind: information, by: south, due: day 2}}}
        behaviour:
          parties:
            south: {default: {refused: 0.2, late: 1, delay: 9 d}}
            north: {tolerance: {median: 12 h, p95: 12 h}}
        uncertain: {parties.north.tolerance.median: {uniform: [11 h, 30 h]}}
        """,
    "an exchange that ends with somebody excused, and without": """
        deal:
          groups:
            a: {side: hostages, held_by: north, count: 2}
            b: {side: hostages, held_by: north, count: 1}
          obligations:
            one: {kind: release, by: north, due: day 2, amount: {a: 2}}
            none: {kind: release, by: north, due: day 2, amount: {a: 0}}
            two: {kind: release, by: north, due: day 3, amount: {b: 1}}
        behaviour: {search: {b: {found: 0.5}}, mediators: {attempt: 1 d, settles: 1, cannot_be_done: excused}}
        """,
    "settled in the minute in which the truce is suspended": """
        deal: {obligations: {arms: {kind: arms, by: south, due: day 2, units: 10}}}
        behaviour:
          mediators: {attempt: 9 d, settles: 1, lag: 0 min}
          shocks:
            envoy: {at: day 4, effect: settles_all}
            blow: {at: day 4, effect: suspends_truce, by: north, lasts: 1 d}
          parties: {south: {default: {refused: 1}}}
        """,
    "a share that falls while the truce is suspended or a flow is held back": """
        deal:
          obligations:
            aid: {kind: flow, by: north, due: day 1, each_day: {trucks: 100}}
            list: {kind: information, by: south, due: day 4}
            step: {kind: access, by: south, due: day 3, after: {obligation: aid, share: 0.9}}
            far: {kind: access, by: south, due: day 3, after: {obligation: aid, share: 0.7}}
        behaviour:
          mediators: {attempt: {median: 2 d, p95: 9 d}, settles: 1}
          shocks: {blow: {at: day 2, effect: suspends_truce, by: south, lasts: {median: 1 d, p95: 3 d}}}
          parties: {north: {withholds: 0.7}, south: {obligations: {list: {refused: 1}}}}
        """,
    "mediators give all disputes a new date, but not what nobody can do": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 1}, b: {side: hostages, held_by: north, count: 1}}
          obligations:
            lost: {kind: release, by: north, due: day 2, amount: {a: 1}}
            gone: {kind: release, by: north, due: day 2, amount: {b: 1}}
            list: {kind: information, by: north, due: day 2}
            line: {kind: access, by: north, due: day 2}
        behaviour:
          search: {a: {found: 0}, b: {found: 0}}
          mediators: {attempt: {median: 2 d, p95: 9 d}, settles: 0.5, redates: all_open}
          parties: {north: {default: {refused: 0.6}}}
        """,
    "mediators give all disputes a new date, and excuse what nobody can do": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 1}, b: {side: hostages, held_by: north, count: 1}}
          obligations:
            lost: {kind: release, by: north, due: day 2, amount: {a: 1}}
            list: {kind: information, by: north, due: day 2}
            gone: {kind: release, by: north, due: day 5, amount: {b: 1}}
            line: {kind: access, by: north, due: day 5}
        behaviour:
          search: {a: {found: 0}, b: {found: 0}}
          mediators: {attempt: {median: 2 d, p95: 9 d}, settles: 0.5, redates: all_open, cannot_be_done: excused}
          shocks: {envoy: {at: day 9, effect: settles_all}}
          parties: {south: {patience: 4 d}, north: {default: {refused: 0.6}}}
        """,
    "a new timetable for what is held back over a later dispute": """
        deal:
          obligations:
            mine: {kind: access, by: north, due: day 3}
            yours: {kind: information, by: south, due: day 2}
            mine_too: {kind: access, by: north, due: day 3}
        behaviour:
          mediators: {attempt: 20 d, lag: {median: 1 d, p95: 3 d}}
          shocks: {table: {at: day 6, effect: redates_all}}
          parties: {north: {withholds: 1, latency: {median: 1 d, p95: 5 d}}, south: {default: {refused: 0.7}}}
        """,
    "units in part, settled, and late again over the truce": """
        deal: {obligations: {arms: {kind: arms, by: south, due: day 2, units: 100}}}
        behaviour:
          mediators: {attempt: 1 d, settles: 1, lag: 1 d}
          shocks: {blow: {at: day 3 18:00, effect: suspends_truce, by: north, lasts: 3 d}}
          parties: {north: {restores: 1, tolerance: 0 min}, south: {default: {short: 1, level: 0.29}}}
        """,
    "units in part, settled, then a new timetable and in part again": """
        deal: {obligations: {arms: {kind: arms, by: south, due: day 2, units: 100}}}
        behaviour:
          mediators: {attempt: 1 d, settles: 1, lag: 1 d}
          shocks:
            blow: {at: day 3 18:00, effect: suspends_truce, by: north, lasts: 3 d}
            table: {at: day 6, effect: redates_all}
          parties: {north: {restores: 1, tolerance: 0 min}, south: {default: {short: 1, level: 0.29}}}
        """,
    "what the next phase waits for is held back": """
        deal:
          phases: {one: {lasts: 8 d, then: two}, two: {lasts: 4 d, enters_when: mine}}
          obligations:
            mine: {kind: access, by: north, due: day 4}
            yours: {kind: information, by: south, due: day 2}
        behaviour:
          mediators: {attempt: 9 d, settles: 0}
          parties:
            north: {withholds: 0.7, patience: 200 d, leaves: {after_lapse: 0.5}}
            south: {default: {refused: 0.7}}
        """,
    "a flow that ended short of what somebody waits for": """
        deal:
          horizon: 60 d
          phases: {one: {lasts: 8 d, then: two}, two: {lasts: 4 d}}
          obligations:
            aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 100}}
            step: {kind: access, by: south, due: day 3, after: {obligation: aid, share: 0.9}}
        behaviour: {parties: {south: {complains: 0}, north: {default: {late: 0.7, level: 0.6}}}}
        """,
    "a new timetable for what has lost its gate": """
        deal:
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2}
            aid: {kind: flow, by: north, after: talks.t.under_way, each_day: {trucks: 9}, until: day 30}
            step: {kind: access, by: south, due: day 2, after: talks.t.under_way, takes: 3 h}
        behaviour:
          mediators: {attempt: 1 d, settles: 0, lag: 1 d}
          talks: {t: {agrees_per_day: 0.02, breaks_off_per_day: 0.5, resumes: {median: 1 d, p95: 3 d}}}
          shocks: {table: {at: day 6, effect: redates_all}}
          parties:
            south: {patience: 90 d, default: {refused: 0.5, late: 0.3, delay: 1 d}}
            north: {patience: 90 d, default: {late: 1, level: 0.4}}
        """,
    "a new timetable for a flow that was settled in part": """
        deal: {obligations: {aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 9}, grace: 1 d}}}
        behaviour:
          mediators: {attempt: {median: 1 d, p95: 2 d}, settles: 1, lag: 2 d, flows_to: 0.6}
          shocks: {table: {at: day 5, effect: redates_all}}
          parties: {south: {tolerance: 0 min}, north: {default: {refused: 0.5, late: 0.5, level: 0.3}}}
        """,
    "who follows tomorrow waits for no truce": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 3}}
          obligations: {one: {kind: release, by: north, due: day 2, amount: {a: 3}, transit: 6 h}}
        behaviour:
          shocks: {blow: {at: day 2 15:00, effect: suspends_truce, by: south, lasts: {median: 4 h, p95: 2 d}}}
          parties: {north: {capacity: {release: 2}}}
        """,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_deal_by_hand_is_told_alike(name: str):
    scenario = tiny(BY_HAND[name])
    for replicate in range(REPLICATES):
        assert not compare(scenario, replicate)


def test_generated_deals_are_told_alike():
    alike: Counter[str] = Counter()
    differences = []

    @seed(20)
    @examples(60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(scenarios())
    def told(scenario: ResolvedScenario) -> None:
        try:
            difference = compare(scenario, 0)
        except NotCovered:
            alike["not covered"] += 1
            return
        alike["otherwise" if difference else "alike"] += 1
        if difference:
            differences.append(difference)

    told()
    covered = alike["alike"] + alike["otherwise"]
    assert alike["alike"] >= GENERATED_ALIKE * covered, f"{alike}: {differences[0]}"
    assert covered >= 0.9 * alike.total(), alike


ALIKE_SO_FAR = (
    "january-2025/as-written",
    "november-2023/as-written",
    "october-2025/as-written",
    "october-2025-talks/as-written",
)


@pytest.mark.parametrize("name", ALIKE_SO_FAR)
def test_a_shipped_scenario_is_told_alike(name: str):
    assert not compare(resolve(name), 0)


@pytest.mark.parametrize("name", BY_HAND)
def test_a_deal_by_hand_is_measured_alike(name: str):
    scenario = tiny(BY_HAND[name])
    for replicate in range(REPLICATES):
        assert not measured_otherwise(scenario, replicate)


@pytest.mark.parametrize("name", ALIKE_SO_FAR)
def test_a_shipped_scenario_is_measured_alike(name: str):
    assert not measured_otherwise(resolve(name), 0)


def test_generated_deals_are_measured_alike():
    counts: Counter[str] = Counter()
    differences = []

    @seed(21)
    @examples(60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(scenarios())
    def measured(scenario: ResolvedScenario) -> None:
        try:
            if compare(scenario, 0):
                return
            found = measured_otherwise(scenario, 0)
        except NotCovered:
            return
        counts["alike" if not found else "otherwise"] += 1
        differences.extend(found)

    measured()
    assert counts["alike"] >= 50, counts
    assert not differences
