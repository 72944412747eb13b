"""Compile both engines at one go: what their entries have in common is the most of it, and is prepared once."""

from __future__ import annotations

import numpy as np

from sim.compiled import compile_for, is_compiled
from sim.engine.kernel import run_block
from sim.guarantees import MEMORY, begin_following_trace, broken_guarantee, follow_trace, remember
from sim.outcomes import measure, tally
from sim.plan.layout import PLAN, STATE
from sim.rules.replicate import happen


def engines_are_ready() -> bool:
    """Whether both engines have been compiled on this machine before."""
    return is_compiled(run_block) and is_compiled(happen)


def compile_engines() -> None:
    """Compile all that both engines call; nothing is run."""
    trace = plans, states = np.zeros(1, PLAN), np.zeros(1, STATE)
    memories = np.zeros(1, MEMORY)
    row = np.zeros(1, np.int64)
    curves = row, row, 0, row, row
    compile_for(run_block, *trace, np.uint64(0), 0, np.zeros((1, 1), np.int64), *curves)
    compile_for(happen, plans, states, 0, 0)
    compile_for(measure, plans, states, row)
    compile_for(tally, plans, states, *curves)
    for entry in (remember, broken_guarantee):
        compile_for(entry, *trace, memories)
    for entry in (begin_following_trace, follow_trace):
        compile_for(entry, *trace)
