"""The batch engine with one sequential stream of draws for each replicate, in place of a draw at an address.

`python -m tests.statistical.one_stream SCENARIOS SEED N OUT` reads resolved scenarios (a JSON list), and writes the
outcome rows of each to OUT (npz, one array each, in their order). The rules are those of `sim.rules`, compiled with
another `uniforms`: whoever asks takes the next block of four, whatever the decision. Everything else is untouched, and
so is the process of the tests: the change is made in a process of its own, before the rules are imported.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from sim.native.rule import rule
from sim.plan import record
from sim.plan.draws import decision_key, draw_block

ONE_STREAM = np.uint64(decision_key("one stream"))


@rule
def next_uniforms(plan, state, key, occurrence):
    """The next four uniforms of the replicate's stream; what they are for does not matter."""
    if state.stream_of != state.replicate + np.uint64(1):
        state.stream_of = state.replicate + np.uint64(1)
        state.n_drawn = 0
    state.n_drawn += 1
    return draw_block(state.seed, state.replicate, ONE_STREAM, np.uint64(state.n_drawn))


def replace_draws() -> None:
    """Let every rule draw from the stream; to be called before any rule but `sim.rules.chance` is imported."""
    assert "sim.rules.replicate" not in sys.modules
    fields = [(name, record.STATE.fields[name][0]) for name in record.STATE.names]
    record.STATE = np.dtype([*fields, ("n_drawn", np.int64), ("stream_of", np.uint64)], align=True)
    from sim.rules import chance

    chance.uniforms = next_uniforms


def main(scenarios: str, seed: str, n: str, out: str) -> None:
    """Run all scenarios on the stream."""
    replace_draws()
    from sim.engine import batch
    from sim.native.compiler import entry
    from sim.plan.compile import compile_plan
    from sim.reading.store import from_resolved

    batch.run_block = entry(batch.run_block.py_func)
    texts = json.loads(Path(scenarios).read_text())
    plans = [compile_plan(from_resolved(text)) for text in texts]
    np.savez(out, *[batch.simulate_block(plan, int(seed), 0, int(n)).outcomes for plan in plans])


if __name__ == "__main__":
    main(*sys.argv[1:])
