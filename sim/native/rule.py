"""Rules: functions that rules and entries call, and the few instructions that Python has no word for."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

Function = Callable[..., Any]
RECORDS: dict[str, np.dtype[Any]] = {}
"""The records that entries take, by kind; each is entered where it is laid out."""


class Rule:
    """A rule: called from Python it runs as Python, its 64-bit words wrapping around in silence as in machine code."""

    __name__: str

    def __init__(self, function: Function):
        self.py_func = function
        update_wrapper(self, function)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Run it as Python."""
        with np.errstate(over="ignore"):
            return self.py_func(*arguments, **keywords)


class Instruction(Rule):
    """One instruction of the processor, which Python has no word for; `sim.native.compiler` writes it by name."""


rule = Rule
"""Decorator of a function that rules and entries call."""


@Instruction
def multiply_wide(a: Any, b: Any) -> tuple[Any, Any]:
    """Upper and lower 64 bits of the product of two uint64."""
    product = int(a) * int(b)
    return np.uint64(product >> 64), np.uint64(product & 0xFFFFFFFFFFFFFFFF)


@Instruction
def bits_of(number: float) -> int:
    """The 64 bits of a float."""
    return int(np.float64(number).view(np.int64))


@Instruction
def of_bits(bits: int) -> float:
    """The float of these 64 bits."""
    return float(np.int64(bits).view(np.float64))
