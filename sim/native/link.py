"""A linker for what LLVM writes of the rules: one object for x86-64 in, one shared library out.

The rules need nothing of any other library, not even C's, so that all there is to do is to lay the object's sections
out in memory, fill in the distances between them, and name what is exported. Every Linux loads the result, whatever its
C library, and it is the same to the byte whether or not the machine has a compiler. Whatever else an object holds is
refused: data that is written to, absolute addresses, names that are defined elsewhere.

References
----------
System V Application Binary Interface, AMD64 Architecture Processor Supplement, version 1.0; ELF-64 Object File Format.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from sim.errors import EngineError

_HEADER, _SECTION, _SYMBOL, _ADDEND = "<16sHHIQQQIHHHHHH", "<IIQQQQIIQQ", "<IBBHQQ", "<QQq"
_SEGMENT, _TAG = "<IIQQQQQQ", "<QQ"
_PAGE = 4096
_WRITTEN_TO, _LOADED = 1, 2
_CODE, _PROGRAM, _SYMBOLS, _RELOCATIONS = 4, 1, 2, 4
_RELATIVE = (2, 4)
"""Distances of 32 bits from where they stand: R_X86_64_PC32 and R_X86_64_PLT32."""
_LOAD, _DYNAMIC, _STACK = 1, 2, 0x6474E551
_READ, _WRITE, _EXECUTE = 4, 2, 1
_HASH_AT, _NAMES_AT, _SYMBOLS_AT, _NAMES_SIZE, _SYMBOL_SIZE, _END = 4, 5, 6, 10, 11, 0


class _Section(NamedTuple):
    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    item: int

    @property
    def is_part(self) -> bool:
        """Whether it is part of the program in memory; tables for unwinding the stack are left out."""
        return bool(self.flags & _LOADED) and self.kind == _PROGRAM and self.size > 0


class _Symbol(NamedTuple):
    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


def _up(place: int, align: int) -> int:
    return -(-place // max(align, 1)) * max(align, 1)


@dataclass
class _Object:
    """An object file, taken apart."""

    code: bytes
    sections: list[_Section]
    symbols: list[_Symbol]
    names: int

    @classmethod
    def of(cls, code: bytes) -> _Object:
        if code[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<HH", code, 16) != (1, 62):
            raise EngineError("the object that numba made is none for x86-64")
        start, (size, n) = struct.unpack_from("<Q", code, 40)[0], struct.unpack_from("<HH", code, 58)
        sections = [_Section(*struct.unpack_from(_SECTION, code, start + size * i)) for i in range(n)]
        table = next(section for section in sections if section.kind == _SYMBOLS)
        places = range(table.offset, table.offset + table.size, struct.calcsize(_SYMBOL))
        symbols = [_Symbol(*struct.unpack_from(_SYMBOL, code, place)) for place in places]
        whole = cls(code, sections, symbols, table.link)
        whole.refuse_what_is_left_out()
        return whole

    def refuse_what_is_left_out(self) -> None:
        if any(section.flags & _WRITTEN_TO and section.flags & _LOADED and section.size for section in self.sections):
            raise EngineError("the rules have data that is written to, which the linker leaves out")
        missing = [self.name_of(symbol) for symbol in self.symbols[1:] if symbol.section == 0]
        if missing:
            raise EngineError(f"the rules need what other libraries have: {', '.join(sorted(missing))}")

    def name_of(self, symbol: _Symbol) -> str:
        start = self.sections[self.names].offset + symbol.name
        return self.code[start : self.code.index(b"\0", start)].decode()

    def exported(self, prefix: str) -> list[_Symbol]:
        return [s for s in self.symbols if s.info >> 4 == 1 and s.section and self.name_of(s).startswith(prefix)]


def link(code: bytes, prefix: str = "ceasefire_") -> bytes:
    """A shared library of an object, which exports what begins with this prefix.

    Parameters
    ----------
    code : bytes
        A relocatable ELF object for x86-64.
    prefix : str, optional

    Returns
    -------
    bytes

    Raises
    ------
    EngineError
        If the object holds what this linker leaves out.
    """
    whole = _Object.of(code)
    exported = whole.exported(prefix)
    n_segments = 5
    names, starts = _listed([whole.name_of(symbol) for symbol in exported])
    symbols_at = _up(struct.calcsize(_HEADER) + n_segments * struct.calcsize(_SEGMENT), 8)
    names_at = symbols_at + struct.calcsize(_SYMBOL) * (1 + len(exported))
    hash_at = _up(names_at + len(names), 8)
    constants_at = hash_at + 4 * (4 + len(exported))
    places, constants_end = _laid_out(whole, constants_at, is_code=False)
    code_at = _up(constants_end, _PAGE)
    code_places, code_end = _laid_out(whole, code_at, is_code=True)
    places |= code_places
    dynamic_at = _up(code_end, _PAGE)
    tags = [
        (_HASH_AT, hash_at), (_NAMES_AT, names_at), (_SYMBOLS_AT, symbols_at), (_NAMES_SIZE, len(names)),
        (_SYMBOL_SIZE, struct.calcsize(_SYMBOL)), (_END, 0),
    ]  # fmt: skip
    end = dynamic_at + len(tags) * struct.calcsize(_TAG)

    out = bytearray(end)
    for number, place in places.items():
        section = whole.sections[number]
        out[place : place + section.size] = code[section.offset : section.offset + section.size]
    _fill_in_distances(whole, places, out)
    for i, (symbol, start) in enumerate(zip(exported, starts, strict=True), 1):
        value = places[symbol.section] + symbol.value
        where = symbols_at + i * struct.calcsize(_SYMBOL)
        struct.pack_into(_SYMBOL, out, where, start, symbol.info, 0, symbol.section, value, symbol.size)
    out[names_at : names_at + len(names)] = names
    _write_hash(out, hash_at, len(exported))
    for i, tag in enumerate(tags):
        struct.pack_into(_TAG, out, dynamic_at + i * struct.calcsize(_TAG), *tag)
    segments = [
        (_LOAD, _READ, 0, constants_end, _PAGE), (_LOAD, _READ | _EXECUTE, code_at, code_end - code_at, _PAGE),
        (_LOAD, _READ | _WRITE, dynamic_at, end - dynamic_at, _PAGE),
        (_DYNAMIC, _READ | _WRITE, dynamic_at, end - dynamic_at, 8), (_STACK, _READ | _WRITE, 0, 0, 16),
    ]  # fmt: skip
    _write_head(out, segments)
    return bytes(out)


def _listed(names: list[str]) -> tuple[bytes, list[int]]:
    """Names one after the other, each with a zero behind it, and where each begins."""
    table, starts = b"\0", []
    for name in names:
        starts.append(len(table))
        table += name.encode() + b"\0"
    return table, starts


def _write_hash(out: bytearray, place: int, n: int) -> None:
    """One bucket, whose chain goes through all symbols: there are a dozen."""
    chain = [1, 1 + n, min(1, n), 0, *range(2, 1 + n), 0][: 4 + n]
    struct.pack_into(f"<{len(chain)}I", out, place, *chain)


def _write_head(out: bytearray, segments: list[tuple[int, int, int, int, int]]) -> None:
    """The header of the file, and a line for each segment: kind, flags, place, size and alignment."""
    struct.pack_into(_HEADER, out, 0, b"\x7fELF\x02\x01\x01", 3, 62, 1, 0, 64, 0, 0, 64, 56, len(segments), 64, 0, 0)
    for i, (kind, flags, place, size, align) in enumerate(segments):
        struct.pack_into(_SEGMENT, out, 64 + 56 * i, kind, flags, place, place, place, size, size, align)


def _laid_out(whole: _Object, place: int, *, is_code: bool) -> tuple[dict[int, int], int]:
    """Where each section of code, or of constants, goes from a place on, and where they end."""
    places = {}
    for number, section in enumerate(whole.sections):
        if section.is_part and bool(section.flags & _CODE) == is_code:
            place = places[number] = _up(place, section.align)
            place += section.size
    return places, place


def _fill_in_distances(whole: _Object, places: dict[int, int], out: bytearray) -> None:
    """Where one piece refers to another, the distance between them."""
    for table in whole.sections:
        if table.kind != _RELOCATIONS or table.info not in places:
            continue
        for at in range(table.offset, table.offset + table.size, struct.calcsize(_ADDEND)):
            offset, info, addend = struct.unpack_from(_ADDEND, whole.code, at)
            target = whole.symbols[info >> 32]
            if info & 0xFFFFFFFF not in _RELATIVE or target.section not in places:
                raise EngineError(f"the rules have a reference of kind {info & 0xFFFFFFFF}, which is left out")
            here = places[table.info] + offset
            struct.pack_into("<i", out, here, places[target.section] + target.value + addend - here)
