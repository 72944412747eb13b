"""Gates: for each entry a function in C's calling convention, which calls it as numba's code is called.

numba hands over seven words for an array of one dimension, two for what comes back and for exceptions. A gate takes an
array as its address and its lengths, a record as its address, and returns the number, or `sim.native.calls.FAULT` where
the machine code raised an exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.native.calls import ARRAYS, FAULT, gate_name
from sim.native.rule import RECORDS

if TYPE_CHECKING:
    from sim.native.entry import Entry


class _Words:
    """The words of all arguments, as a gate takes them and as it hands them on, and what it works out in between."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.handed: list[str] = ["ptr %result", "ptr %exception"]
        self.steps: list[str] = []

    def number(self, place: int) -> None:
        self.taken.append(f"i64 %a{place}")
        self.handed.append(f"i64 %a{place}")

    def array(self, place: int, size: int, lengths: list[str]) -> None:
        """An array without gaps: who owns it (nobody), how many items of what size, where, lengths, strides."""
        count = lengths[0]
        strides = [str(size)]
        if len(lengths) == 2:
            count, row = f"%count{place}", f"%row{place}"
            self.steps += [f"{count} = mul i64 {lengths[0]}, {lengths[1]}", f"{row} = mul i64 {lengths[1]}, {size}"]
            strides = [row, str(size)]
        self.taken.append(f"ptr %a{place}")
        self.taken += [f"i64 {length}" for length in lengths if length.startswith("%")]
        words = [count, str(size), f"%a{place}", *lengths, *strides]
        kinds = ["i64", "i64", "ptr"] + ["i64"] * (len(lengths) + len(strides))
        self.handed += ["ptr null", "ptr null", *(f"{kind} {word}" for kind, word in zip(kinds, words, strict=True))]


def gate(entry: Entry, name: str) -> str:
    """The gate of an entry, whose machine code has this name."""
    words = _Words()
    for place, kind in enumerate(entry.takes):
        if kind in RECORDS:
            words.array(place, RECORDS[kind].itemsize, ["1"])
        elif kind in ARRAYS:
            dtype, n_dimensions = ARRAYS[kind]
            words.array(place, dtype.itemsize, [f"%n{place}_{i}" for i in range(n_dimensions)])
        else:
            words.number(place)
    kinds = ", ".join(word.split()[0] for word in words.handed)
    steps = "\n  ".join(words.steps)
    value = "load i64, ptr %result" if entry.returns else "add i64 0, 0"
    return f"""
declare i32 @"{name}"({kinds})
define i64 @{gate_name(entry.__name__)}({", ".join(words.taken)}) {{
  %result = alloca i64
  %exception = alloca ptr
  store i64 0, ptr %result
  {steps}
  %status = call i32 @"{name}"({", ".join(words.handed)})
  %ok = icmp eq i32 %status, 0
  %none = icmp eq i32 %status, -2
  %good = or i1 %ok, %none
  %value = {value}
  %answer = select i1 %good, i64 %value, i64 {FAULT}
  ret i64 %answer
}}
"""


def nothing(name: str) -> str:
    """A function that is named and never called."""
    return f"define void @{name}(ptr %0) {{ unreachable }}"


FILL = """
define hidden ptr @memset(ptr %start, i32 %value, i64 %count) "no-builtins" {
begin:
  %byte = trunc i32 %value to i8
  %none = icmp eq i64 %count, 0
  br i1 %none, label %end, label %more
more:
  %i = phi i64 [0, %begin], [%next, %more]
  %here = getelementptr inbounds i8, ptr %start, i64 %i
  store i8 %byte, ptr %here
  %next = add nuw i64 %i, 1
  %done = icmp eq i64 %next, %count
  br i1 %done, label %end, label %more
end:
  ret ptr %start
}
"""
"""What LLVM calls to fill memory: C's `memset`, of our own, so that the library needs no other."""
