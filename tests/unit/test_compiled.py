import importlib
import pkgutil

import numpy as np
import pytest

import sim
from sim.native.entry import Entry, _Record, entry, way_to_run
from sim.native.rule import Rule, bits_of, multiply_wide, of_bits, rule
from sim.plan import draws
from sim.plan.codes import Event
from sim.plan.draws import draw_block, first_uniforms, to_uniform

numba = pytest.importorskip("numba")
compiler = pytest.importorskip("sim.native.compiler")
pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="rules run as plain Python")


@compiler.entry
def uniform_of(word):
    return to_uniform(word)


WITH_RULES = tuple(
    f"sim.{place}."
    for place in (
        "rules",
        "guarantees",
        "engine",
        "analysis.deviations",
        "outcomes",
        "plan.draws",
        "plan.sobol",
        "native.elementary",
    )
)


@compiler.entry
def first_uniform(replicate):
    return draw_block(np.uint64(0), replicate, np.uint64(1), np.uint64(2))[0]


def named_entries(function):
    """Entries among the globals that a rule or an entry names."""
    names = function.py_func.__code__.co_names
    return [name for name in names if isinstance(function.py_func.__globals__.get(name), Entry)]


def compiled_functions(of=(Rule, Entry)):
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        if f"{module.name}.".startswith(WITH_RULES):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, of):
                    yield value


def test_a_compiled_function_may_call_rules():
    assert uniform_of(np.uint64(0)) == 0.5 / 2**52
    words = np.random.Philox(key=0, counter=(5 | 1 << 64 | 2 << 128) - 1).random_raw(1)
    assert first_uniform(np.uint64(5)) == ((int(words[0]) >> 12) + 0.5) / 2**52


@pytest.mark.parametrize("number", [0, 5, 2**64 - 1])
def test_a_rule_called_from_python_runs_as_python(number):
    assert draw_block(np.uint64(0), np.uint64(number), np.uint64(1), np.uint64(2))[0] == first_uniform(
        np.uint64(number)
    )


def test_no_compiled_function_calls_an_entry():
    """Python alone calls entries: they have gates of their own, which look at what they are given."""
    functions = list(compiled_functions())
    assert len(functions) > 150
    assert {f.py_func.__qualname__: named_entries(f) for f in functions if named_entries(f)} == {}


def test_a_call_of_an_entry_is_found():
    @rule
    def wrong(seed):
        return first_uniforms(seed, seed, np.empty(1))

    assert named_entries(wrong) == ["first_uniforms"]


def test_every_entry_is_in_the_library():
    build = importlib.import_module("sim.native.build")
    assert set(compiled_functions(Entry)) == set(build.ENTRIES)


def test_an_entry_has_a_kind_for_each_argument():
    for function in compiled_functions(Entry):
        assert len(function.takes) == function.py_func.__code__.co_argcount, function


def test_entries_run_from_the_library_where_it_fits():
    assert type(way_to_run()).__name__ == "Library"
    drawn = np.empty(3)
    first_uniforms(np.uint64(7), np.uint64(11), drawn)
    assert drawn.tolist() == [draw_block(np.uint64(7), np.uint64(i), np.uint64(11), np.uint64(0))[0] for i in range(3)]


def has_machine_code(function):
    (compiled,) = function.overloads.values()
    return compiled.library._codegen._engine.is_symbol_defined(compiled.fndesc.mangled_name)


def test_a_rule_is_not_made_machine_code_of_and_an_entry_is():
    @rule
    def inner(number):
        return number + 1

    @compiler.entry
    def two_more(number):
        return inner(number) + 1

    assert two_more(1) == 3
    assert has_machine_code(two_more)
    assert not has_machine_code(compiler._dispatcher(inner.py_func))


@compiler.entry
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


@compiler.entry
def wide(a, b):
    return multiply_wide(a, b)


def test_wide_products_are_those_of_python():
    for a, b in ((0, 5), (2**64 - 1, 2**64 - 1), (0xD2E7470EE14C6C93, 0x9E3779B97F4A7C15)):
        product = tuple(map(int, wide(np.uint64(a), np.uint64(b))))
        assert product == tuple(map(int, multiply_wide(a, b))) == divmod(a * b, 2**64)


@compiler.entry
def there_and_back(number):
    return bits_of(number), of_bits(bits_of(number))


def test_the_bits_of_a_number_are_those_of_its_bytes():
    for x in (0.5, -3.75, 2.0**-1074, np.inf):
        bits = int(np.array([x]).view(np.int64)[0])
        assert there_and_back(x) == (bits_of(x), of_bits(bits_of(x))) == (bits, x)


RECORD = np.dtype([("line", np.int64, 3), ("table", np.float64, (2, 3)), ("marks", np.int8, 4), ("last", np.int64)])


@rule
def move(record, place):
    record.line[place] = record.line[place - 1] + record.table.shape[1]
    record.table[1, place] = record.table[0, 2] + record.line[np.uint64(0)]
    record.marks[4 - place] = record.table[1][place] > 8.0
    record.last = record.line.sum() + len(record.marks)


@compiler.entry
def moved(records):
    move(records[0], 1)
    move(records[0], 2)


def test_items_of_arrays_in_records_are_those_that_numpy_finds():
    compiled, plain = np.zeros(1, RECORD), np.zeros(1, RECORD)
    for records in (compiled, plain):
        records["line"], records["table"] = [[5, 6, 7]], [[[0.5, 1.5, 3.5], [0, 0, 0]]]
    moved(compiled)
    for place in (1, 2):
        move(plain.view(np.recarray)[0], place)
    assert compiled.tobytes() == plain.tobytes()
    assert plain["marks"].tolist() == [[0, 0, 1, 1]]


def test_a_rule_is_compiled_once_for_literals_members_and_whole_numbers():
    @rule
    def one_more(number):
        return number + 1

    @compiler.entry
    def sums(number):
        return one_more(3) + one_more(Event.PHASE_ENTERED) + one_more(number)

    assert sums(4) == 4 + int(Event.PHASE_ENTERED) + 1 + 5
    assert [str(argument) for (argument,) in compiler._dispatcher(one_more.py_func).signatures] == ["int64"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 2, np.empty(3, np.float32)), "a contiguous array of float64 in 1 dimension, got an array of float32"),
        ((1, 2, np.empty((3, 1))), r"got an array of float64 of shape \(3, 1\)"),
        ((1, 2, np.empty(6)[::2]), "not contiguous"),
        ((1, 2, [0.5]), "got list"),
    ],
)
def test_machine_code_is_never_given_an_array_of_another_kind(arguments, message):
    with pytest.raises(TypeError, match=message):
        draws.first_uniforms(*arguments)


def test_machine_code_is_never_given_a_record_of_another_size():
    from sim.outcomes.measure import measure
    from sim.plan.record import PLAN, STATE

    plans, states = np.zeros(1, PLAN), np.zeros(1, STATE)
    for wrong in ((states, states), (plans, plans), (plans, np.zeros(2, STATE)), (plans, np.zeros(1))):
        with pytest.raises(TypeError, match="an array of one record of"):
            measure(*wrong, np.zeros(99, np.int64))
        with pytest.raises(TypeError, match="an array of one record of"):
            measure.on(*wrong)


def test_an_entry_says_what_it_takes():
    made = entry("int ints", returns=True)(lambda number, _: number)
    assert (made.takes, made.returns) == (("int", "ints"), True)
