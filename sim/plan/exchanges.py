"""What is in step: the legs of each exchange, and how far one may go ahead."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.document.deal import Deal
from sim.plan.codes import NONE
from sim.plan.limits import refuse_over
from sim.plan.names import Names


def fill_exchanges(p: Any, deal: Deal, names: Names) -> None:
    """Write exchanges; the lots of a leg stand side by side."""
    refuse_over("exchanges", len(deal.exchanges), "MAX_EXCHANGES")
    p["exchange"][:] = NONE
    p["n_exchanges"] = len(deal.exchanges)
    legs: list[int] = []
    for x, exchange in enumerate(deal.exchanges.values()):
        p["leg_start"][x], p["lots"][x] = len(legs), exchange.lots
        p["lead"][x], p["is_whole"][x] = exchange.lead * exchange.lots, exchange.whole
        for key in exchange.legs:
            instances = names.instances_of(key)
            legs.append(instances[0])
            p["exchange"][instances] = x
            p["lot"][instances] = range(len(instances))
    p["leg_start"][len(deal.exchanges)] = len(legs)
    p["leg"][: len(legs)] = legs
    in_step = np.flatnonzero(p["exchange"] != NONE)
    p["n_in_step"], p["in_step"][: len(in_step)] = len(in_step), in_step
