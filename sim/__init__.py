"""Ceasefire deals as data, run as discrete events: who comes home, when, and how sure we are."""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """`sim.load` and `sim.replay`, imported when first asked for, so that `import sim` stays light."""
    modules = {"load": "sim.results.load", "replay": "sim.results.replay"}
    if name not in modules:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(modules[name]), name)
    return value
