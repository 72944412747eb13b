"""Make the library: every entry through numba into one module of LLVM, a gate for each, one object, one file.

Run as `python -m sim.native` in a checkout; the hook of the wheel's build does the same. Needs numba, and nothing of
the package that needs more.
"""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from subprocess import CalledProcessError, run
from tempfile import TemporaryDirectory
from typing import Any, cast

import llvmlite.binding as llvm
import numba
import numpy as np
from numba.core import types

import sim.plan.record  # noqa: F401  (which says what plans and states are)
from sim.analysis.deviations import kernel as deviations
from sim.engine.kernel import run_block
from sim.engine.splitting import split_block
from sim.errors import EngineError
from sim.guarantees import begin_following_trace, broken_guarantee, follow_trace, remember
from sim.native.calls import ARRAYS, gate_name
from sim.native.compiler import in_llvm, optimise
from sim.native.entry import Entry
from sim.native.gates import FILL, gate, nothing
from sim.native.library import LIBRARY, PROCESSORS, SOURCES, flags_here, lacking, stamped
from sim.native.link import link
from sim.native.rule import RECORDS
from sim.outcomes.measure import measure, tally
from sim.outcomes.so_far import count_until
from sim.plan.draws import first_uniforms, take_row_once
from sim.plan.sobol import drawn_uniforms
from sim.rules.leads import shares_at
from sim.rules.replicate import fire_clock
from sim.sources import source_digest

ENTRIES: tuple[Entry, ...] = (
    run_block, fire_clock, measure, tally, remember, broken_guarantee, begin_following_trace, follow_trace,
    first_uniforms, drawn_uniforms, split_block, take_row_once, count_until,
    deviations.run_scripts, deviations.further_deviations, deviations.sides_of, shares_at,
)  # fmt: skip
X86 = ("x86_64", "AMD64", "amd64")
_NEVER_CALLED = ("NRT_MemInfo_call_dtor",)
"""What numba names for arrays that it allocated: entries allocate none."""


def numba_types(entry: Entry) -> tuple[Any, ...]:
    """What numba takes an entry's arguments for."""
    records = {kind: numba.typeof(np.zeros(1, dtype)) for kind, dtype in RECORDS.items()}
    arrays = {kind: types.Array(numba.from_dtype(cast(Any, of)), n, "C") for kind, (of, n) in ARRAYS.items()}
    known = {"int": types.int64, "uint": types.uint64} | records | arrays
    return tuple(known[kind] for kind in entry.takes)


def _module_of(text: str, like: Any) -> Any:
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = like.triple, like.data_layout
    return module


def _add(whole: Any, entry: Entry, added: set[Any]) -> str:
    """Link an entry and the rules that it calls into a module, unless they have been before; the entry's name there."""
    made, modules = in_llvm(entry.py_func, numba_types(entry))
    returned = made.signature.return_type
    if isinstance(returned, types.Integer) != entry.returns or not (entry.returns or returned == types.none):
        says = "an int" if entry.returns else "nothing"
        raise EngineError(f"{entry.__name__} returns {returned}, its decorator says {says}")
    for library, module in modules.items():
        if library not in added:
            whole.triple, whole.data_layout = module.triple, module.data_layout
            whole.link_in(module, preserve=True)
            added.add(library)
    name: str = made.fndesc.llvm_func_name
    return name


def compiled(entries: tuple[Entry, ...], sources: str, processor: str) -> bytes:
    """The object code of these entries and of what they call, with a gate for each.

    Raises
    ------
    EngineError
        If a gate is missing from it.
    """
    whole = llvm.parse_assembly("")
    added: set[Any] = set()
    names = {entry: _add(whole, entry, added) for entry in entries}
    for entry, name in names.items():
        whole.link_in(_module_of(gate(entry, name), whole))
    for name in _NEVER_CALLED:
        whole.link_in(_module_of(nothing(name), whole))
    whole.link_in(_module_of(f'@{SOURCES} = constant [64 x i8] c"{sources}"', whole))
    exported = {SOURCES, *(gate_name(entry.__name__) for entry in entries)}
    for part in (*whole.functions, *whole.global_variables):
        if not part.is_declaration and part.name not in exported:
            part.linkage = llvm.Linkage.internal
    triple = llvm.Target.from_triple(whole.triple)
    machine = triple.create_target_machine(cpu=processor, features="", opt=3, reloc="pic", codemodel="default")
    optimise(whole, machine)
    defined = {part.name for part in (*whole.functions, *whole.global_variables) if not part.is_declaration}
    if missing := exported - defined:
        raise EngineError(f"numba made no machine code of {', '.join(sorted(missing))}")
    fill = _module_of(FILL, whole)
    optimise(fill, machine)
    whole.link_in(fill)  # now that all is done: before, nothing calls it, and LLVM would drop it
    code: bytes = machine.emit_object(whole)
    return code


def processor_here() -> str:
    """The newest kind of processor that this machine's is, or `CEASEFIRE_PROCESSOR`, for wheels that others install.

    Raises
    ------
    EngineError
        If the variable names none.
    """
    chosen = os.environ.get("CEASEFIRE_PROCESSOR")
    if chosen and chosen not in PROCESSORS:
        raise EngineError(f"CEASEFIRE_PROCESSOR: unknown processor {chosen!r}; choose from {', '.join(PROCESSORS)}")
    if sysconfig.get_platform().rpartition("-")[2] not in X86:
        return "generic"
    known = PROCESSORS if flags_here() else ()
    return chosen or next((kind for kind in known if not lacking(kind)), "x86-64")


def made() -> bytes:
    """The library for this kind of machine, stamped.

    Raises
    ------
    EngineError
        If it cannot be linked here, or a source is changed meanwhile.
    """
    sources, processor = source_digest("machine code"), processor_here()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    code = compiled(ENTRIES, sources, processor)
    library = link(code) if sysconfig.get_platform() == "linux-x86_64" else _linked(code)
    source_digest.cache_clear()
    if source_digest("machine code") != sources:
        raise EngineError("a rule was changed while the rules were compiled; once more, please")
    return stamped(library, sources, processor)


def _linked(code: bytes) -> bytes:
    """A library by the system's C compiler, where our linker does not know the format."""
    compiler = which("cc") or which("clang") or which("gcc")
    if compiler is None:
        raise EngineError("there is no C compiler here to link the rules with")
    with TemporaryDirectory() as folder:
        whole, part = Path(folder, "rules.so"), Path(folder, "rules.o")
        part.write_bytes(code)
        try:
            run([compiler, "-shared", "-o", str(whole), str(part)], check=True, capture_output=True, text=True)
        except CalledProcessError as error:
            raise EngineError(f"{compiler} could not link the rules: {error.stderr.strip()}") from None
        return whole.read_bytes()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process at a time does this with a folder, on systems that can lock one."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def build_into(folder: Path) -> Path:
    """Write the library into a folder, at once or not at all.

    Returns
    -------
    Path
        The library's file.

    Raises
    ------
    EngineError
        If it cannot be made or written.
    """
    try:
        with _alone(folder):
            target = folder / LIBRARY.name
            unfinished = folder / f".{LIBRARY.name}.unfinished"
            unfinished.touch()  # where nothing can be written that is told before anything is compiled
            try:
                unfinished.write_bytes(made())
                unfinished.chmod(0o644)
                unfinished.replace(target)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise EngineError(f"{folder}: the library cannot be written there: {error.strerror}") from None
    return target
