"""How Python calls an entry's machine code: by gates in C's calling convention, with every argument looked at.

A record goes as its address; an array as its address and its lengths; a number as 64 bits. What does not fit is a
`TypeError`: machine code would take it for what it is not.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.native.rule import RECORDS

if TYPE_CHECKING:
    from sim.native.entry import Entry

FAULT = -(1 << 63)
"""What a gate returns when machine code raised what it never should."""
ARRAYS = {"ints": (np.dtype(np.int64), 1), "floats": (np.dtype(np.float64), 1), "rows": (np.dtype(np.int64), 2)}
"""Kinds of arrays: what they hold, and in how many dimensions."""
_NUMBERS = {"int": ctypes.c_int64, "uint": ctypes.c_uint64}


def gate_name(name: str) -> str:
    """The name of an entry's gate."""
    return f"ceasefire_{name}"


def c_types(kind: str) -> list[Any]:
    """What a gate takes for an argument of this kind."""
    if kind in _NUMBERS:
        return [_NUMBERS[kind]]
    return [ctypes.c_void_p] + [ctypes.c_int64] * (ARRAYS[kind][1] if kind in ARRAYS else 0)


def _gate(library: ctypes.CDLL, entry: Entry) -> Any:
    gate = library[gate_name(entry.__name__)]  # another object than that of any other call, with types of its own
    gate.argtypes = [part for kind in entry.takes for part in c_types(kind)]
    gate.restype = ctypes.c_int64
    return gate


def _record_words(entry: Entry, kind: str, record: Any) -> tuple[int, ...]:
    size = RECORDS[kind].itemsize
    if not isinstance(record, np.ndarray) or record.itemsize != size or record.shape != (1,):
        raise TypeError(f"{entry.__name__}: {kind} is an array of one record of {size} bytes, got {_described(record)}")
    return (record.ctypes.data,)


def _array_words(entry: Entry, kind: str, array: Any) -> tuple[int, ...]:
    dtype, n_dimensions = ARRAYS[kind]
    if (
        not isinstance(array, np.ndarray)
        or array.dtype != dtype
        or array.ndim != n_dimensions
        or not array.flags.c_contiguous
    ):
        wanted = f"a contiguous array of {dtype} in {n_dimensions} dimension{'s' if n_dimensions > 1 else ''}"
        raise TypeError(f"{entry.__name__}: {kind} is {wanted}, got {_described(array)}")
    return (array.ctypes.data, *array.shape)


def _described(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return type(value).__name__
    of = f"records of {value.itemsize} bytes" if value.dtype.names else str(value.dtype)
    return f"an array of {of} of shape {value.shape}" + ("" if value.flags.c_contiguous else ", not contiguous")


def _words(entry: Entry, kind: str, argument: Any) -> tuple[int, ...]:
    if kind in RECORDS:
        return _record_words(entry, kind, argument)
    return (int(argument),) if kind in _NUMBERS else _array_words(entry, kind, argument)


def _call(gate: Any, entry: Entry, kinds: tuple[str, ...], known: tuple[int, ...], *arguments: Any) -> int | None:
    words = [word for kind, argument in zip(kinds, arguments, strict=True) for word in _words(entry, kind, argument)]
    result: int = gate(*known, *words)
    if result == FAULT:
        raise RuntimeError(f"{entry.__name__}: machine code raised an exception")
    return result if entry.returns else None


def checked_call(library: ctypes.CDLL, entry: Entry) -> Callable[..., Any]:
    """What runs an entry: every argument is looked at, other threads run meanwhile."""
    return partial(_call, _gate(library, entry), entry, entry.takes, ())


def bound_call(library: ctypes.CDLL, held: ctypes.CDLL, entry: Entry, records: tuple[Any, ...]) -> Callable[..., Any]:
    """What runs an entry on these records, given its other arguments.

    Where all that is left is numbers, the call is a short one and goes straight to the machine code: looking at
    arguments and letting other threads run would take longer than the rules do.
    """
    kinds = entry.takes[len(records) :]
    known = tuple(word for pair in zip(entry.takes, records, strict=False) for word in _words(entry, *pair))
    if all(kind in _NUMBERS for kind in kinds):
        call = partial(_gate(held, entry), *known)
    else:
        call = partial(_call, _gate(library, entry), entry, kinds, known)
    call.records = records  # type: ignore[attr-defined]  # they live as long as what was told their address
    return call
