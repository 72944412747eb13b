"""What the program and the second simulator tell of one replicate, brought into one form and compared.

Within a minute events are compared as a set, each with its cause, since their order there is a rule about ties.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from sim.document.measured import COUNTED_BY_DAY, SIDES
from sim.document.milestones import Milestone
from sim.document.scenario import ResolvedScenario
from sim.engine.batch import Block, simulate_block
from sim.engine.reference import ReferenceEngine
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns, event_name, subject_name
from sim.outcomes.trace import records
from sim.plan.codes import Event as Kind
from sim.plan.compile import compile_plan
from sim.plan.plan import Plan
from sim.reading.store import as_data
from tests.oracle.by_day import met_on, out_by_day, out_by_list
from tests.oracle.measured import Key, milestones, not_met, truce_at_end
from tests.oracle.root import root_cause
from tests.oracle.simulate import History, simulate
from tests.oracle.totals import totals
from tests.oracle.world import Event

MOST_FOLLOWED = 30
"""Where a deal has fewer milestones than this, there is room for all of them beside its guarantees."""
SEED = 1
"""Of generated deals that the oracle covers, at least so many are told alike: in the quick run all of them."""
_NUMBERS = ("delay_minutes", "to_day", "missing")
_SUBJECTS = ("power", "group", "phase", "talks", "source", "shock", "line", "who", "date", "obligation")
_MOVES = ("PeopleMoved", "RemainsMoved")
Told = tuple[Any, ...]


def of_program(record: dict[str, Any]) -> Told:
    """One line of a trace: minute, event, about, amount, before, after, cause."""
    subjects = [key for key in _SUBJECTS if key in record]
    about = record[subjects[0]] if subjects else ""
    amount = next(iter(record["people"].values())) if "people" in record else None
    amount = next((record[key] for key in _NUMBERS if key in record), amount)
    amount = tuple(record["held_back_by"]) if "held_back_by" in record else amount
    amount = tuple(record["by"]) if record["event"] == "PowerUsed" else amount
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


def told_by_program(scenario: ResolvedScenario, n: int) -> list[Counter[Told]]:
    """The reference engine's histories of the first replicates."""
    engine = ReferenceEngine(compile_plan(scenario))
    return [history_by(engine, replicate) for replicate in range(n)]


def history_by(engine: ReferenceEngine, replicate: int, seed: int = SEED) -> Counter[Told]:
    """One of them; an engine that is made anew for each takes longer than the history."""
    trace = engine.run(seed, replicate).trace
    return with_causes([of_program(record) for record in records(engine.plan, trace)])


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


def differently(scenario: ResolvedScenario, n: int = 1, seed: int = SEED) -> str:
    """What program and oracle tell or measure differently of the first replicates of a scenario; nothing if they agree.

    Raises
    ------
    NotCovered
        If the oracle does not tell what the scenario says.
    """
    plan, document = compile_plan(scenario), document_of(scenario)
    engine = ReferenceEngine(plan)
    for replicate in range(n):
        oracle = simulate(document, seed, replicate)
        told = with_causes([of_oracle(event) for event in oracle.events])
        if found := difference(history_by(engine, replicate, seed), told):
            return f"replicate {replicate}: {found}"
        block = simulate_block(plan, seed, replicate, 1)
        if measured := measured_otherwise(scenario, plan, block, oracle):
            return f"replicate {replicate}: " + "\n".join(measured)
    return ""


def key_of(scenario: ResolvedScenario, milestone: Milestone) -> Key:
    """What a milestone of the program is about, as the oracle names it."""
    if milestone.kind == "people":
        name, _, state = milestone.of.rpartition("_")
        of = {"living": "people", "deceased": "remains"}[state]
        return ("all" if milestone.key == f"all_{milestone.of}" else "first", name, of)
    if milestone.kind == "line":
        line = next(line for line in scenario.deal.lines if milestone.key == f"line_{line}_{milestone.of}")
        return ("line", line, milestone.of)
    if milestone.kind == "units":
        return ("units", milestone.key.removesuffix(f"_{milestone.of}"), milestone.of)
    return ("phase", milestone.of) if milestone.kind == "phase" else ("truce", milestone.key.removeprefix("truce_"))


def measured_otherwise(scenario: ResolvedScenario, plan: Plan, block: Block, history: History) -> list[str]:
    """What the program measures and counts by day in a block of one replicate, and the oracle's history otherwise."""
    program = dict(zip(columns(plan), block.outcomes[0].tolist(), strict=True))
    told = milestones(history)
    followed = {key_of(scenario, one): program[f"reached_{one.key}"]
                for one in plan.milestones if one.kind != "declared"}  # fmt: skip
    names = [key for key in {**told, **followed} if key in followed or len(plan.milestones) < MOST_FOLLOWED]
    found = [f"{key}: program {followed.get(key)}, oracle {told.get(key)}" for key in names
             if followed.get(key) != told.get(key)]  # fmt: skip
    found += [f"{name}: program {program[name]}, oracle {value}" for name, value in totals(history).items()
              if program[name] != value]  # fmt: skip
    if bool(program["truce_at_end"]) != truce_at_end(history):
        found.append(f"truce at the end: program {program['truce_at_end']}")
    leads = {party: program[f"largest_lead_{party}"] for party in history.world.parties}
    found += [f"largest lead of {party}: program {leads[party]}, oracle {lead}"
              for party, lead in history.world.lead.largest.items() if leads[party] != lead]  # fmt: skip
    for party, counts in not_met(history).items():
        found += [f"{word} by {party}: program {program[f'{word}_{party}']}, oracle {counts[word]}"
                  for word in ("broken", "void", "not_due") if program[f"{word}_{party}"] != counts[word]]  # fmt: skip
    root = root_cause(history)
    kind = Kind(program["root_event"])
    if (event_name(kind), subject_name(plan, kind, program["root_subject"])) != (root.kind, root.about):
        found.append(f"root cause: program {kind.name} {program['root_subject']}, oracle {root.kind} {root.about}")
    return found + by_day_otherwise(plan, block, history)


def by_day_otherwise(plan: Plan, block: Block, history: History) -> list[str]:
    """What the program counts by day in a block of one replicate, and the oracle otherwise."""
    by_day = ByDay.of(plan)
    out = {COUNTED_BY_DAY[SIDES.index(of)]: counts for of, counts in out_by_day(history).items()}
    out |= {f"{name}.{of}": counts for (name, of), counts in out_by_list(history).items()}
    found = []
    for place, name in enumerate(by_day.lists):
        counts = by_day.released(block.histogram, place).argmax(axis=1).tolist()
        if counts != out[name]:
            day = next(day for day, (one, other) in enumerate(zip(counts, out[name], strict=True)) if one != other)
            found.append(f"{name} out by day {day}: program {counts[day]}, oracle {out[name][day]}")
    days_of = dict(zip(by_day.obligations, by_day.met(block.histogram), strict=True))
    met = {name: int(days.argmax()) for name, days in days_of.items() if days.any()}
    told = met_on(history)
    return found + [f"{name} met on day: program {met.get(name)}, oracle {told.get(name)}"
                    for name in {**met, **told} if met.get(name) != told.get(name)]  # fmt: skip
