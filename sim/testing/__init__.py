"""Property tests of deals: strategies for Hypothesis, a walk through any deal's phases, and a plugin of pytest.

Strategies and walk need Hypothesis, which comes with the extra `test`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.testing.machine import DealWalk
    from sim.testing.strategies import around, behaviours, deals, scenarios
    from sim.testing.walk import Walked, Walker

_HOMES = {
    "DealWalk": "sim.testing.machine",
    "Walked": "sim.testing.walk",
    "Walker": "sim.testing.walk",
    "around": "sim.testing.strategies",
    "behaviours": "sim.testing.strategies",
    "deals": "sim.testing.strategies",
    "scenarios": "sim.testing.strategies",
}
"""Where each public name lives; imported when first asked for, since the plugin is loaded in every run of pytest."""
__all__ = ["DealWalk", "Walked", "Walker", "around", "behaviours", "deals", "scenarios"]


def __getattr__(name: str) -> object:
    """A public name, from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim.testing' has no attribute {name!r}")
    try:
        return getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise ImportError("sim.testing needs Hypothesis: pip install 'ceasefire-sim[test]'") from error
