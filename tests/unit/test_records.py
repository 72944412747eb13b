"""Every field of plan and state has a meaning, and nothing of one replicate reaches the next."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from sim.engine.batch import PLAINLY
from sim.engine.kernel import run_block
from sim.native.entry import for_rules
from sim.outcomes.by_day import ByDay
from sim.outcomes.columns import columns
from sim.plan.compile import compile_plan
from sim.plan.fields import PER, fields_of
from sim.plan.plan_fields import PLAN_FIELDS
from sim.plan.record import PLAN, STATE
from sim.plan.state_fields import STATE_FIELDS
from sim.reading.resolve import resolve

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("records", ROOT / "docs/records.py")
records = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(records)


def test_page_and_reset_are_written_from_the_tables():
    renew = "run python docs/records.py"
    assert records.PAGE.read_text() == records.page(), renew
    assert records.RESET.read_text() == records.reset_rules(), renew


@pytest.mark.parametrize(("fields", "record"), [(PLAN_FIELDS, PLAN), (STATE_FIELDS, STATE)], ids=["plan", "state"])
def test_each_field_of_a_record_has_a_meaning(fields, record):
    assert [field.name for field in fields] == list(record.names)
    assert all(field.meaning and field.per in PER for field in fields)


def test_fields_of_a_state_are_reset_or_say_who_sets_them():
    assert all(field.reset for field in STATE_FIELDS)
    setters = {field.reset for field in STATE_FIELDS if not field.is_reset}
    assert setters == {"(given)", "(engine)", "(set)", "(kept)", "(queue)", "(listed)", "(guarantees)"}
    assert not any(field.reset for field in PLAN_FIELDS)


def test_a_table_of_fields_is_read_by_heading():
    of_one, of_many = fields_of("[deal]\na | counts\n[actor: float]\nb | 0.0 | minutes")
    assert (of_one.name, of_one.per, of_one.kind, of_one.is_reset) == ("a", "deal", "int", False)
    assert (of_many.name, of_many.per, of_many.kind, of_many.reset) == ("b", "actor", "float", "0.0")


@pytest.mark.parametrize("dirt", [0x01, 0x7F, 0xFF])
@pytest.mark.parametrize("name", ["january-2025/baseline", "january-2025/deaths-in-captivity", "october-2025/baseline"])
def test_whatever_a_state_held_before_the_outcomes_are_the_same(name, dirt):
    plan = compile_plan(resolve(name))
    assert outcomes(plan, dirt).tobytes() == outcomes(plan, 0).tobytes()


def outcomes(plan, dirt):
    """Rows of replicates run in one state that is full of this byte at first."""
    curves, states = ByDay.of(plan), for_rules(np.full(STATE.itemsize, dirt, np.uint8).view(STATE))
    rows = np.zeros((40, len(columns(plan))), np.int64)
    assert (
        run_block(for_rules(plan.record), states, np.uint64(7), 0, rows, *PLAINLY, *curves.layout(curves.empty())) == -1
    )
    return rows
