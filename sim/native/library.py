"""The library of machine code: what it is stamped with, and whether it may be loaded.

It lies beside this file and nowhere else: no variable and no document can name another. Its last line holds a digest
over the sources that it was made of, the kind of machine that it is for, and its own bytes. All of this is looked at
before the library is loaded; afterwards the sources once more, as the library itself has them, in case that the file
has been replaced in between.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import EngineError
from sim.native.calls import bound_call, checked_call
from sim.sources import source_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.native.entry import Entry

LIBRARY = Path(__file__).with_name("rules.so")
SOURCES = "ceasefire_sources"
"""Name by which the library exports the digest of its sources."""
_STAMP = b"\nceasefire-sim "
_V2 = ("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3")
PROCESSORS = {
    "x86-64-v3": (*_V2, "abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"),
    "x86-64-v2": _V2,
}
"""Kinds of processors, the newest first, and what each has, by the names that Linux gives it."""
_FLAGS = Path("/proc/cpuinfo")


class CannotBeUsedError(Exception):
    """The package has no machine code for these sources on this machine.

    Attributes
    ----------
    is_stale : bool
        Whether there is a library of other sources.
    """

    def __init__(self, why: str, *, is_stale: bool = False):
        super().__init__(why)
        self.is_stale = is_stale

    def refusal(self) -> EngineError:
        """The same as an error that ends a command."""
        return EngineError(f"{self}; compile them: {again()}")


@dataclass(frozen=True)
class Stamp:
    """The last line of a library.

    Attributes
    ----------
    sources : str
        Digest of the sources that it was made of.
    system, processor : str
        Where it runs, and what the processor has to have.
    digest : str
        Over all of these and the library's bytes.
    """

    sources: str
    system: str
    processor: str
    digest: str

    @classmethod
    def of(cls, code: bytes, sources: str, system: str, processor: str) -> Stamp:
        """The stamp of this code."""
        digest = hashlib.sha256(f"{sources} {system} {processor} {len(code)}\n".encode() + code).hexdigest()
        return cls(sources, system, processor, digest)


def system_here() -> str:
    """The operating system and processor that this process runs on, such as 'linux-x86_64'."""
    machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "unknown")
    return f"{sys.platform}-{machine}" + ("" if ctypes.sizeof(ctypes.c_void_p) == 8 else "-32-bit")


def again() -> str:
    """The command that makes the library anew: in a checkout, or where the package is installed."""
    is_checkout = LIBRARY.parents[2].joinpath("pyproject.toml").is_file()
    return "python -m sim.native" if is_checkout else "pip install --force-reinstall --no-deps ceasefire-sim"


def stamped(code: bytes, sources: str, processor: str) -> bytes:
    """A library as it lies in its file: the code and its stamp."""
    return code + _STAMP + json.dumps(asdict(Stamp.of(code, sources, system_here(), processor))).encode() + b"\n"


def _stamp_of(content: bytes) -> Stamp:
    """The stamp of a file's content.

    Raises
    ------
    EngineError
        If it is damaged.
    """
    code, _, line = content.rpartition(_STAMP)
    try:
        stamp = Stamp(**json.loads(line))
        is_whole = line.endswith(b"}\n") and stamp == Stamp.of(code, stamp.sources, stamp.system, stamp.processor)
    except (ValueError, TypeError, AttributeError):
        is_whole = False
    if not is_whole:
        raise EngineError(f"{LIBRARY} is damaged: its bytes are not those that were compiled; make it anew: {again()}")
    return stamp


def lacking(processor: str) -> list[str]:
    """What this machine's processor has not, of what a kind of processor has; nothing where that cannot be told."""
    flags = flags_here()
    return [] if flags is None else [name for name in PROCESSORS.get(processor, ()) if name not in flags]


def flags_here() -> list[str] | None:
    """What this machine's processor has, by Linux's names; None where the system does not say."""
    try:
        with _FLAGS.open(encoding="ascii", errors="replace") as lines:
            return next((line.split(":", 1)[1].split() for line in lines if line.startswith("flags")), None)
    except OSError:
        return None


def check() -> None:
    """Whether the library is there, whole, of these sources and for this machine.

    Raises
    ------
    CannotBeUsedError
        If it is not there, or of other sources, or for another kind of machine.
    EngineError
        If it is damaged.
    """
    try:
        content = LIBRARY.read_bytes()
    except FileNotFoundError:
        raise CannotBeUsedError("the rules were not compiled when this package was built") from None
    except OSError as error:
        raise EngineError(f"{LIBRARY} cannot be read: {error.strerror}") from None
    stamp = _stamp_of(content)
    if stamp.system != system_here():
        raise CannotBeUsedError(f"the rules were compiled for {stamp.system}, and this is {system_here()}")
    if missing := lacking(stamp.processor):
        raise CannotBeUsedError(f"the rules were compiled for {stamp.processor}; this processor has no {missing[0]}")
    if stamp.sources != source_digest("machine code"):
        raise CannotBeUsedError("the rules have changed since they were compiled", is_stale=True)


class Library:
    """The package's library, loaded.

    Parameters
    ----------
    freely, held : CDLL
        The library by calls that let other threads run meanwhile, and by calls that do not, which are quicker.
    """

    def __init__(self, freely: ctypes.CDLL, held: ctypes.CDLL):
        self._freely, self._held = freely, held

    @classmethod
    def opened(cls) -> Library:
        """The library of this package.

        Raises
        ------
        CannotBeUsedError
            If there is none for these sources on this machine.
        EngineError
            If it is damaged, or the system does not load it.
        """
        check()
        try:
            library = cls(ctypes.CDLL(str(LIBRARY)), ctypes.PyDLL(str(LIBRARY)))
        except OSError as error:
            raise EngineError(
                f"the system does not load {LIBRARY} ({error}): the folder may be on a mount that forbids execution "
                "(noexec); install the package elsewhere, or set NUMBA_DISABLE_JIT=1 to run the rules as plain Python"
            ) from None
        if library.sources() != source_digest("machine code"):
            raise CannotBeUsedError("the rules were compiled anew a moment ago", is_stale=True)
        return library

    def sources(self) -> str:
        """The digest of its sources, as the library itself has it."""
        digest: bytes = (ctypes.c_char * 64).in_dll(self._freely, SOURCES).value
        return digest.decode("ascii", "replace")

    def call(self, entry: Entry) -> Callable[..., Any]:
        """What runs an entry."""
        return checked_call(self._freely, entry)

    def bind(self, entry: Entry, records: tuple[Any, ...]) -> Callable[..., Any]:
        """What runs an entry on these records, given its other arguments."""
        return bound_call(self._freely, self._held, entry, records)
