"""SciPy's special functions, imported when one is first asked for: `special.ndtri` is that of `scipy.special`.

Most commands need none, and `scipy.special` takes a tenth of a second. It took twice that: it goes through all names of
NumPy, and so through `numpy.f2py`, a translator of Fortran, which nothing here needs. That one is imported later, when
something of it is used, by the loader that Python has for this.
"""

from __future__ import annotations

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from threading import Lock
from typing import Any

import numpy as np

_IMPORTING = Lock()
_LATER = "f2py"


def __getattr__(name: str) -> Any:
    """A function of `scipy.special`."""
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _IMPORTING:
        if "scipy.special" not in sys.modules:
            _import_later(f"{np.__name__}.{_LATER}")
        from scipy import special
    value: Any = getattr(special, name)
    globals()[name] = value
    return value


def _import_later(name: str) -> None:
    """Let a module of NumPy be there without having run: it runs when something of it is asked for."""
    spec = None if name in sys.modules else find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    setattr(np, _LATER, module)
