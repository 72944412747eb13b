"""How rules are compiled: once, by numba, and kept in the user's cache folder.

A rule called by another is compiled into it, so a change in one file must throw away what was compiled from others. The
folder is therefore named after everything that the machine code depends on.

Left to itself, numba optimises every rule and makes machine code of it, together with all that it calls, though Python
only ever calls the entries. Here a rule stays in LLVM's language until an entry takes it up (see `_Library`), which
halves the time of compiling and lets LLVM see whole entries: they run a fifth to a half faster.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

_PACKAGE = Path(__file__).parent


def _source_digest() -> str:
    digest = hashlib.blake2b(digest_size=8)
    files = [_PACKAGE / f"{name}.py" for name in ("compiled", "draws", "outcomes")]
    files.append(_PACKAGE / "deal" / "measured.py")
    for stage in ("plan", "rules", "guarantees", "engine"):
        files.extend(_PACKAGE.glob(f"{stage}/*.py"))
    for file in sorted(files):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _user_cache() -> Path:
    """The folder for caches of this user: CEASEFIRE_CACHE if set, else the system's usual place."""
    if folder := os.environ.get("CEASEFIRE_CACHE"):
        return Path(folder)
    if sys.platform == "darwin":
        return Path("~/Library/Caches/ceasefire-sim").expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", "~")).expanduser() / "ceasefire-sim"
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "ceasefire-sim"


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
        folder = _user_cache() / f"compiled-{_source_digest()}"
    except RuntimeError:  # no home folder
        folder = None
    return folder if folder and _usable(folder) else Path(tempfile.mkdtemp(prefix="ceasefire-sim-"))


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(_choose_cache())

import numba  # noqa: E402  (reads its cache folder from the environment when imported)
from llvmlite.binding import Linkage, parse_assembly  # noqa: E402
from llvmlite.ir import IntType  # noqa: E402
from numba.core.codegen import JITCodeLibrary  # noqa: E402
from numba.core.registry import cpu_target  # noqa: E402
from numba.core.types import Record, UniTuple, intp, uint64  # noqa: E402
from numba.extending import intrinsic  # noqa: E402
from numba.np import arrayobj  # noqa: E402

_DISABLE_JIT = bool(getattr(numba.config, "DISABLE_JIT", 0))


def _interpreted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A rule as plain Python: its 64-bit words wrap around in silence, as they do in machine code."""

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        with np.errstate(over="ignore"):
            return function(*arguments)

    return call


_OURS, _CALLED_BY_PYTHON = "_ZN3sim", "_ZN7cpython3sim"
"""How LLVM's names of functions of this package, and of those that Python can call, begin."""


class _Library(JITCodeLibrary):
    """What numba keeps of one compiled function. It does less than usual for rules, and more for entries.

    A rule is neither optimised nor made machine code of. In an entry, all that it calls is internal to it, so that LLVM
    may drop what nobody else can call and put into its caller what is called once. No rule calls an entry.
    """

    def _has(self, prefix: str) -> bool:
        """Whether a function of this name is at home here; what was linked in has another linkage."""
        functions = self._final_module.functions
        return any(
            f.name.startswith(prefix) and not f.is_declaration and f.linkage == Linkage.external for f in functions
        )

    def _is_rule(self) -> bool:
        return self._has(_OURS) and not self._has(_CALLED_BY_PYTHON)

    def _optimize_final_module(self) -> None:
        if self._is_rule():
            return
        if self._has(_CALLED_BY_PYTHON):
            for function in self._final_module.functions:
                if not function.is_declaration and function.linkage == Linkage.linkonce_odr:
                    function.linkage = Linkage.internal
        super()._optimize_final_module()

    def _finalize_final_module(self) -> None:
        if not self._is_rule():
            super()._finalize_final_module()
            return
        self._finalize_dynamic_globals()
        # numba writes to this global of each function, which therefore has to be somewhere
        environments = [str(g) for g in self._final_module.global_variables if g.name.startswith("_ZN08NumbaEnv")]
        self._codegen._add_module(parse_assembly("\n".join(environments)))
        self._finalized = True


_count_from_the_end = arrayobj.fix_integer_index


def _place_as_given(context: Any, builder: Any, index_type: Any, index: Any, size: Any) -> Any:
    """An index as a rule gives it: in rules -1 stands for 'none', and no index counts from the end of an array.

    Finding out for each index whether it does takes a seventh of all instructions. Rules that run as plain Python are
    held to this by `_Places`.
    """
    if builder.function.name.startswith(_OURS):
        return context.cast(builder, index, index_type, intp)
    return _count_from_the_end(context, builder, index_type, index, size)


if not _DISABLE_JIT:
    arrayobj.fix_integer_index = _place_as_given
    cpu_target.target_context.codegen()._library_class = _Library
    # numba writes out all fields of plan and state at every step of compiling: a seventh of the time
    Record.__repr__ = functools.cache(Record.__repr__)  # type: ignore[method-assign]


entry = _interpreted if _DISABLE_JIT else numba.njit(cache=True, error_model="numpy", nogil=True)
"""Decorator of a function that Python calls and no rule: compiled, cached, without the GIL; plain Python with
NUMBA_DISABLE_JIT=1."""

_without_wrappers: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
rule = numba.njit(error_model="numpy", nogil=True, **_without_wrappers)
"""Decorator of a rule, which only other rules and entries call: compiled into each entry, and kept nowhere else."""


def _multiply_wide(a: Any, b: Any) -> tuple[Any, Any]:
    """Upper and lower 64 bits of the product of two uint64."""
    product = int(a) * int(b)
    return np.uint64(product >> 64), np.uint64(product & 0xFFFFFFFFFFFFFFFF)


def _multiply_wide_in_machine_code(typing_context: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    """One instruction of the processor, which Python has no word for."""
    pair = UniTuple(uint64, 2)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        wide = IntType(128)
        product = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        halves = (builder.lshr(product, wide(64)), product)
        return context.make_tuple(builder, pair, [builder.trunc(half, IntType(64)) for half in halves])

    return pair(uint64, uint64), generate


multiply_wide: Any = _multiply_wide if _DISABLE_JIT else intrinsic(_multiply_wide_in_machine_code)
"""Upper and lower 64 bits of the product of two uint64, for rules."""


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
