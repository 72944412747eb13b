"""Ceasefire deals as data, run as discrete events: who comes home, when, and how sure we are.

The commands as functions: `resolve`, `run`, `compare`, `sweep`, `check`, `design`, `discover`, `load`, `replay`,
`explain`, `backtest`, `calibrate`, `leave_one_out`; and `Behaviour` with `run_replicates` for behaviour written in
Python.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.6.0"

if TYPE_CHECKING:
    from sim.analysis.calibration.run import calibrate, leave_one_out
    from sim.analysis.custom_behaviour import Behaviour, View, run_replicates
    from sim.analysis.design.run import design
    from sim.analysis.discover.run import discover
    from sim.analysis.history.backtest import backtest
    from sim.api import check, compare, explain, resolve, run, sweep
    from sim.results.load import load
    from sim.results.replay import replay

_HOMES = {
    "Behaviour": "sim.analysis.custom_behaviour",
    "View": "sim.analysis.custom_behaviour",
    "backtest": "sim.analysis.history.backtest",
    "calibrate": "sim.analysis.calibration.run",
    "check": "sim.api",
    "compare": "sim.api",
    "design": "sim.analysis.design.run",
    "discover": "sim.analysis.discover.run",
    "explain": "sim.api",
    "leave_one_out": "sim.analysis.calibration.run",
    "load": "sim.results.load",
    "replay": "sim.results.replay",
    "resolve": "sim.api",
    "run": "sim.api",
    "run_replicates": "sim.analysis.custom_behaviour",
    "sweep": "sim.api",
}
"""Where each public name lives; imported when first asked for, so that `import sim` stays light."""
__all__ = [
    "Behaviour", "View", "backtest", "calibrate", "check", "compare", "design", "discover", "explain",
    "leave_one_out", "load", "replay", "resolve", "run", "run_replicates", "sweep",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """A public name, from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
