"""Whether a drawn mutant changes any history: `python tests/mutants/alike.py [NAME...]`, or all that say why not.

Mutants are compiled in a copy of the sources, with a switch, and 20,000 histories of generated deals, deals by hand and
every shipped scenario are run with each of them and without. Where all events and outcomes are equal, and a sentence in
drawn.json says why nothing can tell, the mutant is equivalent, which the command writes there.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


from sim.engine.batch import PLAINLY  # noqa: E402
from sim.engine.kernel import run_block  # noqa: E402
from sim.native.entry import for_rules  # noqa: E402
from sim.outcomes.by_day import ByDay  # noqa: E402
from sim.outcomes.columns import columns  # noqa: E402
from sim.plan.compile import Plan, compile_plan  # noqa: E402
from sim.plan.record import STATE  # noqa: E402
from sim.reading.catalogue import scenarios  # noqa: E402
from sim.reading.resolve import resolve  # noqa: E402
from tests.builders import tiny  # noqa: E402
from tests.mutants.deals import combined, of_strategy  # noqa: E402
from tests.mutants.drawn import EQUIVALENT, KILLED, PAGE, drawn_from, page, read, write  # noqa: E402
from tests.mutants.mutant import Mutant  # noqa: E402
from tests.mutants.run import copy_sources  # noqa: E402
from tests.mutants.switched import FIELD, can_be_switched, write_switched  # noqa: E402
from tests.property import test_oracle as suite  # noqa: E402
from tests.told.by_hand import BY_HAND  # noqa: E402

N_GENERATED, REPLICATES = 1700, 10
"""Generated deals, besides those that combine features, and replicates of each deal."""
OF_SHIPPED = 100
LONGEST = 300
"""Seconds after which histories are said never to end."""
SEED = 7
Deals = list[tuple[str, bytes, int]]
"""Name, plan and number of replicates; plans are packed, since two thousand take gigabytes otherwise."""


def deals() -> Iterator[tuple[str, Plan, int]]:
    """What is run: 20,000 histories of generated deals, those by hand, and every shipped scenario."""
    for kind, (strategy, _) in suite.KINDS.items():
        for number, scenario in enumerate(of_strategy(strategy, N_GENERATED // len(suite.KINDS), SEED)):
            yield f"{kind} {number}", compile_plan(scenario), REPLICATES
    for number, composed in enumerate(combined()):
        yield f"combined {number}", compile_plan(composed.resolved), REPLICATES
    for name, text in BY_HAND.items():
        yield name, compile_plan(tiny(text)), REPLICATES
    for entry in scenarios():
        yield entry.name, compile_plan(resolve(entry.name)), OF_SHIPPED


def histories(told: Deals, number: int = 0) -> dict[tuple[str, int], bytes]:
    """By deal and replicate, a digest of all events and outcomes; with the mutant of this number, or none."""
    found = {}
    for name, packed, n in told:
        plan: Plan = pickle.loads(zlib.decompress(packed))
        states = np.zeros(1, STATE)
        if number:
            states[FIELD] = number
        by_day, in_place = ByDay.of(plan), for_rules(states)
        for replicate in range(n):
            outcomes = np.zeros((1, len(columns(plan))), np.int64)
            layout = by_day.layout(by_day.empty())
            faulty = run_block(
                for_rules(plan.record), in_place, np.uint64(SEED), replicate, outcomes, *PLAINLY, *layout
            )
            trace = states["events"][0, : int(states["n_events"][0])]
            digest = blake2b(trace.tobytes() + outcomes.tobytes() + bytes([faulty >= 0]), digest_size=16)
            found[name, replicate] = digest.digest()
    return found


def compiled(mutants: list[Mutant], folder: Path) -> None:
    """A copy of the sources with all these mutants, compiled."""
    copy_sources(folder)
    write_switched(mutants, folder / "sim")
    subprocess.run([sys.executable, "-m", "sim.native"], cwd=folder, env=_environment(folder), check=True)


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder)}


def all_histories(plans: Path, n: int) -> list[dict[tuple[str, int], bytes] | None]:
    """Histories of the right rules and of each mutant, told in the copy; none where they do not come to an end."""
    told = pickle.loads(plans.read_bytes())
    return [_in_child(told, number) for number in range(n + 1)]


def _in_child(told: Deals, number: int) -> dict[tuple[str, int], bytes] | None:
    """Of a process of its own, since a mutant may write where it should not, or never end."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        signal.alarm(LONGEST)
        with os.fdopen(write_end, "wb") as pipe:
            pickle.dump(histories(told, number), pipe)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(answer) if status == 0 else None


def otherwise(wrong: dict[tuple[str, int], bytes] | None, right: dict[tuple[str, int], bytes]) -> str:
    """The first deal and replicate that a mutant tells otherwise; nothing if it tells all alike."""
    if wrong is None:
        return "histories that do not end"
    assert wrong.keys() == right.keys()
    return next((f"{name}, replicate {n}" for name, n in right if wrong[name, n] != right[name, n]), "")


def main(names: list[str]) -> int:
    """Say of each mutant what it tells otherwise, and write down those of which nothing is; 1 if any is told so."""
    table = {judged.name: judged for judged in read()}
    if unknown := set(names) - set(table):
        sys.exit(f"no such mutants: {sorted(unknown)}")
    asked = [table[name] for name in names] or [one for one in table.values() if one.verdict != KILLED and one.says]
    with tempfile.TemporaryDirectory() as temporary:
        folder, plans = Path(temporary) / "copy", Path(temporary) / "plans"
        folder.mkdir()
        if others := [one.name for one in asked if not can_be_switched(one.mutant, ROOT / "sim")]:
            sys.exit(f"no rule with the state, which has the switch: {others}")
        compiled([one.mutant for one in asked], folder)
        answer = folder / "answer"
        told = [(name, zlib.compress(pickle.dumps(plan), 1), n) for name, plan, n in deals()]
        plans.write_bytes(pickle.dumps(told))
        tell = [sys.executable, "-m", "tests.mutants.alike", "--tell", str(plans), str(answer), str(len(asked))]
        subprocess.run(tell, cwd=folder, env=_environment(folder), check=True)
        right, *wrong = pickle.loads(answer.read_bytes())
        print(f"{len(right)} histories of {len(told)} deals", flush=True)
    found = {one.name: otherwise(its, right) for one, its in zip(asked, wrong, strict=True)}
    for name, first in found.items():
        print(f"{name}: {first or 'all alike'}", flush=True)
        if not first and table[name].says:
            table[name] = replace(table[name], verdict=EQUIVALENT, by="")
    write(list(table.values()), drawn_from())
    PAGE.write_text(page(list(table.values()), drawn_from()), encoding="utf-8")
    return int(any(found.values()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--tell"]:
        deals_of, answer_in, how_many = sys.argv[2:5]
        Path(answer_in).write_bytes(pickle.dumps(all_histories(Path(deals_of), int(how_many))))
    else:
        sys.exit(main(sys.argv[1:]))
