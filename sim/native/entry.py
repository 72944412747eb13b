"""Entries: functions that Python calls, and how this process runs them."""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable
from functools import partial, update_wrapper
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from sim.native.rule import Function, Rule

_CHOOSING = threading.Lock()


class Entry:
    """A function that Python calls.

    Parameters
    ----------
    function : callable
    takes : sequence of str
        For each argument its kind: `plans`, `states` and `memories` are arrays of one record; `int` and `uint` numbers
        of 64 bits; `ints` and `floats` arrays of those, `rows` of ints in two dimensions.
    returns : bool
        Whether it returns an int, or nothing.
    """

    __name__: str

    def __init__(self, function: Function, takes: tuple[str, ...], returns: bool):
        self.py_func, self.takes, self.returns = function, takes, returns
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        """Run it."""
        return self._call(*arguments)

    @functools.cached_property
    def _call(self) -> Function:
        return way_to_run().call(self)

    def on(self, *records: Any) -> Function:
        """What runs this entry on these records, given its other arguments: for many short calls."""
        return way_to_run().bind(self, records)


def entry(takes: str, *, returns: bool = False) -> Callable[[Function], Entry]:
    """Decorator of a function that Python calls and no rule, with the kinds of its arguments."""
    return lambda function: Entry(function, tuple(takes.split()), returns)


class Way(Protocol):
    """How entries are run in this process."""

    def call(self, entry: Entry) -> Function:
        """What runs an entry."""

    def bind(self, entry: Entry, records: tuple[Any, ...]) -> Function:
        """What runs an entry on these records, given its other arguments."""


class _Plain:
    """As plain Python: slow, but a debugger stops in rules."""

    def call(self, entry: Entry) -> Function:
        return Rule(entry.py_func)

    def bind(self, entry: Entry, records: tuple[Any, ...]) -> Function:
        return partial(self.call(entry), *records)


class _ByNumba:
    """Compiled by numba in this process."""

    def call(self, entry: Entry) -> Function:
        from sim.native.compiler import entry as compiled

        made: Function = compiled(entry.py_func)
        return made

    def bind(self, entry: Entry, records: tuple[Any, ...]) -> Function:
        return partial(entry, *records)


@functools.cache
def _chosen() -> Way:
    from sim.native.library import CannotBeUsedError, Library, again

    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return _Plain()
    try:
        return Library.opened()
    except CannotBeUsedError as why:
        if find_spec("numba"):
            _say(f"{why}; numba compiles them for this process alone, a few seconds each time ({again()} keeps it)")
            return _ByNumba()
        if why.is_stale:
            raise why.refusal() from None
        _say(f"{why}; they run as plain Python, some hundred times slower ({again()})")
        return _Plain()


def way_to_run() -> Way:
    """How entries are run in this process, found out once."""
    with _CHOOSING:
        return _chosen()


def _say(what: str) -> None:
    """One sentence for whoever runs this; not again from each process that it starts."""
    from multiprocessing import parent_process

    if parent_process() is None:
        sys.stderr.write(f"ceasefire: {what}\n")


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
    return _Records(records) if isinstance(way_to_run(), _Plain) else records
