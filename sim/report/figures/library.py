"""Matplotlib, imported when something is drawn, so that it changes nothing of what a user has."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from sim.process import is_command

_FOLDER = "MPLCONFIGDIR"


def matplotlib() -> ModuleType:
    """The library, with what writes images."""
    with contextlib.ExitStack() as meanwhile:
        if "matplotlib" not in sys.modules:
            meanwhile.enter_context(_any_backend())
            if is_command() and not os.environ.get(_FOLDER):
                meanwhile.enter_context(_folder_of_its_own())
        import matplotlib
        import matplotlib.backends.backend_agg
        import matplotlib.figure
    return matplotlib


@contextlib.contextmanager
def _any_backend() -> Iterator[None]:
    """Let it be imported whatever MPLBACKEND says: a name that it does not know would stop figures, too."""
    wanted = os.environ.pop("MPLBACKEND", None)
    try:
        yield
    finally:
        if wanted is not None:
            os.environ["MPLBACKEND"] = wanted
            with contextlib.suppress(ValueError):
                sys.modules["matplotlib"].rcParams["backend"] = wanted


@contextlib.contextmanager
def _folder_of_its_own() -> Iterator[None]:
    """Let the import write its list of fonts into a temporary folder, not into the user's home.

    A list that is there already is taken, which saves looking through all fonts. In a program of the user's own the
    library is theirs, with its folders and settings.
    """
    try:
        folder = tempfile.mkdtemp(prefix="ceasefire-matplotlib-")
    except OSError:
        yield
        return
    try:
        for file in _lists_of_fonts():
            with contextlib.suppress(OSError):
                shutil.copyfile(file, Path(folder, file.name))
        os.environ[_FOLDER] = folder
        yield
    finally:
        os.environ.pop(_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)


def _lists_of_fonts() -> list[Path]:
    caches = os.environ.get("XDG_CACHE_HOME")
    with contextlib.suppress(RuntimeError, OSError):  # nobody's home
        place = Path(caches) if caches else Path.home() / ".cache"
        return [*(place / "matplotlib").glob("fontlist-*.json")]
    return []
