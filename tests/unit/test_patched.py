"""A plan that is given other dates is the compiled one, byte for byte, or is not given at all."""

import random
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.design.plans import Plans
from sim.analysis.design.space import Space
from sim.plan.compile import compile_plan
from sim.plan.patched import Template
from sim.reading.problem import DocumentError
from sim.reading.resolve import Documents
from tests.amounts import slow

DEALS = [("november-2023/baseline", 6), slow("november-2023/baseline", 40), slow("january-2025/baseline", 30),
         slow("october-2025/baseline", 30)]  # fmt: skip
"""With lots, phases by gate, returns for each release, talks and conditions on days among them."""


def moved(chance, resolved):
    """Settings that move some dates, times and numbers in gates of a deal, within and beyond what is sound."""
    found = {}
    for key, owed in resolved.deal.obligations.items():
        at = f"deal.obligations.{key}"
        for part in ("due", "starts_by", "concludes_by"):
            due = getattr(owed, part)
            if due is not None and due.kind in ("day", "phase day") and chance.random() < 0.04:
                day = max(1, due.day + chance.randint(-2, 5))
                found[f"{at}.{part}"] = str(due).replace(f"day {due.day}", f"day {day}", 1)
        if chance.random() < 0.1:
            found[f"{at}.grace"] = f"{chance.randint(1, 90)} h"
        if chance.random() < 0.1:
            found[f"{at}.{chance.choice(['takes', 'transit'])}"] = f"{chance.randint(1, 30)} h"
        for place, condition in enumerate(owed.after):
            if isinstance(condition.released, int) and chance.random() < 0.5:
                found[f"{at}.after.{place}.released"] = max(1, condition.released + chance.randint(-3, 3))
    return found


def resolved_or_none(documents, settings):
    try:
        return documents.resolve(settings)
    except DocumentError:
        return None


@pytest.mark.parametrize(("name", "trials"), DEALS)
def test_a_patched_plan_is_the_compiled_one_byte_for_byte(name, trials):
    documents, chance = Documents.of(name), random.Random(5)
    as_written = documents.resolve()
    template = Template(compile_plan(as_written))
    n_patched = 0
    for _ in range(trials):
        now = resolved_or_none(documents, moved(chance, as_written))
        if now is None:
            continue
        before = as_written.deal.obligations
        patched = template.moved(now, [key for key, owed in now.deal.obligations.items() if owed != before[key]])
        if patched is not None:
            n_patched += 1
            compiled = compile_plan(now)
            assert patched.record.tobytes() == compiled.record.tobytes()
            for part in ("scenario", "obligations", "days", "guarantees", "milestones", "parameter_paths", "lists"):
                assert getattr(patched, part) == getattr(compiled, part)
    assert n_patched >= trials / 3


def test_what_more_than_a_date_hangs_on_is_compiled():
    """An obligation due before the deal begins moves the first minute, behind which days of conditions are counted."""
    documents = Documents.of("january-2025/baseline")
    template = Template(compile_plan(documents.resolve()))
    earlier = documents.resolve({"deal.obligations.names_1.due": "day -3"})
    assert template.moved(earlier, ["names_1"]) is None
    other = documents.resolve({"deal.obligations.rashid.after": ["names_1", {"released": 7}]})
    assert template.moved(other, ["rashid"]) is None


@pytest.mark.slow
def test_plans_of_a_design_are_those_of_its_documents():
    """80 choices of nine terms: each has the plan of its document, byte for byte, or is refused for the same rules."""
    path = Path(__file__).parents[1] / "benchmarks" / "nine-terms.yaml"
    documents, chance = Documents.of(path), np.random.default_rng(3)
    space, plans = Space.of(documents.resolve(), documents.design), Plans(documents, ())
    n_refused = 0
    for _ in range(80):
        settings = space.settings(space.at(chance.random(9)))
        found, now = plans.plan_of(settings), resolved_or_none(documents, settings)
        n_refused += now is None
        if now is None:
            assert [code for code, _ in found.reasons] == broken_by(documents, settings)
        else:
            assert found.record.tobytes() == compile_plan(now).record.tobytes()
    assert 0 < n_refused < 8


def broken_by(documents, settings):
    """The rules that a choice breaks, each once."""
    with pytest.raises(DocumentError) as refused:
        documents.resolve(settings)
    return list(dict.fromkeys(problem.code for problem in refused.value.problems))
