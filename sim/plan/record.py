"""The flat arrays that engines and rules share: one record for the plan, one for the state of a replicate.

Records have a fixed size, so that compiled rules are independent of the deal and pass by reference at no cost: a
prototype with tuples of arrays spent most of its time counting references. Only the part that a deal uses is touched.
Minutes count from the deal's start and may be negative; -1 stands for 'none' in indices.
"""

from __future__ import annotations

from sim.native.rule import RECORDS
from sim.plan.fields import dtype_of
from sim.plan.plan_fields import PLAN_FIELDS
from sim.plan.state_fields import STATE_FIELDS

PLAN = dtype_of(PLAN_FIELDS)
"""The plan: names have become indices, behaviour has become slots into `parameter`."""
STATE = dtype_of(STATE_FIELDS)
"""The state of one replicate."""
RECORDS.update(plans=PLAN, states=STATE)
