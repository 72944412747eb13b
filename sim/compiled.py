"""How rules are compiled: once, by numba, and kept in the user's cache folder.

A rule called by another is compiled into it, so a change in one file must throw away what was compiled from others. The
folder is therefore named after everything that the machine code depends on.
"""

from __future__ import annotations

import functools
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from sim.sources import source_digest


def _user_cache() -> Path:
    """The folder for caches of this user: CEASEFIRE_CACHE if set, else the system's usual place."""
    if folder := os.environ.get("CEASEFIRE_CACHE"):
        return Path(folder)
    if sys.platform == "darwin":
        return Path("~/Library/Caches/ceasefire-sim").expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "ceasefire-sim"
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path("~/.cache").expanduser()) / "ceasefire-sim"


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can put code there: numba unpickles what it finds in its cache."""
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    return status.st_uid in (0, os.getuid()) and not status.st_mode & 0o022


def _usable(folder: Path) -> bool:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return _is_ours(folder)
    except (OSError, RuntimeError):
        return False


def _choose_cache() -> Path:
    """The user's cache folder, or a new temporary one where that cannot be written or somebody else can write too."""
    try:
        folder = _user_cache() / f"compiled-{source_digest('machine code')[:16]}"
    except RuntimeError:  # no home folder
        folder = None
    return folder if folder and _usable(folder) else Path(tempfile.mkdtemp(prefix="ceasefire-sim-"))


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(_choose_cache())

import numba  # noqa: E402  (reads its cache folder from the environment when imported)

_DISABLE_JIT = bool(getattr(numba.config, "DISABLE_JIT", 0))


def _interpreted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A rule as plain Python: its 64-bit words wrap around in silence, as they do in machine code."""

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        with np.errstate(over="ignore"):
            return function(*arguments)

    return call


def _multiply_wide(a: Any, b: Any) -> tuple[Any, Any]:
    """Upper and lower 64 bits of the product of two uint64."""
    product = int(a) * int(b)
    return np.uint64(product >> 64), np.uint64(product & 0xFFFFFFFFFFFFFFFF)


if _DISABLE_JIT:
    entry = rule = _interpreted
    multiply_wide = _multiply_wide
else:
    from sim.compiler import entry as entry
    from sim.compiler import multiply_wide as multiply_wide
    from sim.compiler import rule as rule


class _Places(np.ndarray[Any, Any]):
    """An array that takes no index below 0: machine code would reach for what lies before it."""

    def __getitem__(self, index: Any) -> Any:
        _refuse_below_0(index)
        return super().__getitem__(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        _refuse_below_0(index)
        super().__setitem__(index, value)


def _refuse_below_0(index: Any) -> None:
    for place in index if isinstance(index, tuple) else (index,):
        if not isinstance(place, slice) and place < 0:
            raise IndexError(f"index {place} of an array of one of the records, whose places count from 0")


class _Record:
    """One record with its fields as attributes; a recarray would hide fields under its own methods, such as `trace`."""

    def __init__(self, row: Any):
        self.__dict__["_row"] = row
        # arrays are kept: looking a field up by name costs more than most rules do
        self.__dict__.update({name: row[name].view(_Places) for name in row.dtype.names if row.dtype[name].shape})

    def __getattr__(self, name: str) -> Any:
        return self._row[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self._row[name] = value


class _Records:
    """An array of one record for rules that run as plain Python: `[0]` is the record, `['name']` a field."""

    def __init__(self, records: np.ndarray[Any, Any]):
        self._records = records
        self._record = _Record(records[0])

    def __getitem__(self, place: int | str) -> Any:
        return self._record if place == 0 else self._records[place]

    def __setitem__(self, name: str, value: Any) -> None:
        self._records[name] = value


def for_rules(records: Any) -> Any:
    """An array of one record as rules take it: as it is, or with attributes where the rules run as plain Python."""
    return _Records(records) if _DISABLE_JIT else records


@contextmanager
def compiling() -> Iterator[None]:
    """Compile within this: the garbage collector rests, which would look again and again at all the code."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def compile_for(function: Any, *arguments: Any) -> None:
    """Compile an entry for arguments like these, and keep its machine code, without calling it."""
    if not _DISABLE_JIT:
        with compiling():
            function.compile(tuple(map(numba.typeof, arguments)))


def is_compiled(function: Any) -> bool:
    """Whether an entry has been compiled on this machine before, so that its next call starts at once."""
    name = f"*{function.__name__}-*.nbc"
    return _DISABLE_JIT or any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob(name))
