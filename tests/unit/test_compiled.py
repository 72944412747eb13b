import importlib
import pkgutil

import numba
import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

import sim
from sim.compiled import _multiply_wide, _Record, entry, multiply_wide, rule
from sim.draws import draw_block, first_uniforms, to_uniform
from sim.plan.layout import Event

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="rules run as plain Python")


@entry
def uniform_of(word):
    return to_uniform(word)


@entry
def first_uniform(replicate):
    return draw_block(np.uint64(0), replicate, np.uint64(1), np.uint64(2))[0]


@entry
def third_uniform(replicate):
    return draw_block(np.uint64(0), replicate, np.uint64(1), np.uint64(0))[2]


def is_entry(function):
    return isinstance(function, Dispatcher) and not function.targetoptions.get("no_cpython_wrapper")


def named_entries(function):
    """Entries among the globals that a compiled function names."""
    names = function.py_func.__code__.co_names
    return [name for name in names if is_entry(function.py_func.__globals__.get(name))]


def compiled_functions():
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        if module.name.split(".")[1] in ("rules", "guarantees", "engine", "deviations", "outcomes", "draws"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Dispatcher):
                    yield value


def test_rules_may_be_called_from_elsewhere_with_the_same_result():
    assert uniform_of(np.uint64(0)) == 0.5 / 2**52
    assert first_uniform(np.uint64(5)) != third_uniform(np.uint64(5))
    first_uniforms(np.uint64(0), np.uint64(1), np.empty(6))
    words = np.random.Philox(key=0, counter=(5 | 1 << 64 | 2 << 128) - 1).random_raw(1)
    assert first_uniform(np.uint64(5)) == ((int(words[0]) >> 12) + 0.5) / 2**52


def test_no_compiled_function_calls_an_entry():
    """An entry's machine code is its own: what it calls is internal to it, so that nothing else can be linked to it."""
    functions = list(compiled_functions())
    assert len(functions) > 150
    assert {f.py_func.__qualname__: named_entries(f) for f in functions if named_entries(f)} == {}


def test_a_call_of_an_entry_is_found():
    @rule
    def wrong(seed):
        return first_uniforms(seed, seed, np.empty(1))

    assert named_entries(wrong) == ["first_uniforms"]


def has_machine_code(function):
    (compiled,) = function.overloads.values()
    return compiled.library._codegen._engine.is_symbol_defined(compiled.fndesc.mangled_name)


def test_a_rule_is_not_made_machine_code_of_and_an_entry_is():
    @rule
    def inner(number):
        return number + 1

    @entry
    def two_more(number):
        return inner(number) + 1

    assert two_more(1) == 3
    assert has_machine_code(two_more)
    assert not has_machine_code(inner)


@entry
def last_of(array):
    return array[-1]


def test_only_rules_give_up_places_counted_from_the_end():
    assert last_of(np.arange(3)) == 2


def test_rules_as_plain_python_refuse_a_place_below_0():
    record = _Record(np.zeros(1, [("wake", np.int64, (4,)), ("events", np.int64, (4, 7))])[0])
    record.wake[3] = record.events[0, 6] = record.events[1][5] = 7
    for reach in (lambda: record.wake[-1], lambda: record.events[0, -1], lambda: record.events[1][np.int64(-2)]):
        with pytest.raises(IndexError, match="count from 0"):
            reach()
    with pytest.raises(IndexError, match="count from 0"):
        record.wake[-1] = 1


def test_wide_products_are_those_of_python():
    for a, b in ((0, 5), (2**64 - 1, 2**64 - 1), (0xD2E7470EE14C6C93, 0x9E3779B97F4A7C15)):
        product = tuple(map(int, wide(np.uint64(a), np.uint64(b))))
        assert product == tuple(map(int, _multiply_wide(a, b))) == divmod(a * b, 2**64)


@entry
def wide(a, b):
    return multiply_wide(a, b)


RECORD = np.dtype([("line", np.int64, 3), ("table", np.float64, (2, 3)), ("marks", np.int8, 4), ("last", np.int64)])


@rule
def move(record, place):
    record.line[place] = record.line[place - 1] + record.table.shape[1]
    record.table[1, place] = record.table[0, 2] + record.line[np.uint64(0)]
    record.marks[4 - place] = record.table[1][place] > 8.0
    record.last = record.line.sum() + len(record.marks)


@entry
def moved(records):
    move(records[0], 1)
    move(records[0], 2)


def test_items_of_arrays_in_records_are_those_that_numpy_finds():
    compiled, plain = np.zeros(1, RECORD), np.zeros(1, RECORD)
    for records in (compiled, plain):
        records["line"], records["table"] = [[5, 6, 7]], [[[0.5, 1.5, 3.5], [0, 0, 0]]]
    moved(compiled)
    for place in (1, 2):
        move.py_func(plain.view(np.recarray)[0], place)
    assert compiled.tobytes() == plain.tobytes()
    assert plain["marks"].tolist() == [[0, 0, 1, 1]]


def test_a_rule_is_compiled_once_for_literals_members_and_whole_numbers():
    @rule
    def one_more(number):
        return number + 1

    @entry
    def sums(number):
        return one_more(3) + one_more(Event.PHASE_ENTERED) + one_more(number)

    assert sums(4) == 4 + int(Event.PHASE_ENTERED) + 1 + 5
    assert [str(argument) for (argument,) in one_more.signatures] == ["int64"]
