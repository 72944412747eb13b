"""Each check of the machine code and of the readings that come with the package, left out: a test notices it."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import sim
from sim import sources
from sim.native import calls, library
from sim.outcomes.measure import measure
from tests.cases.test_machine_code import test_a_flipped_bit_anywhere_is_refused as flipped
from tests.mutants.patterns import mutated
from tests.unit import test_compiled, test_kept, test_native, test_sources
from tests.unit.test_kept import file, made  # noqa: F401  (fixtures)
from tests.unit.test_native import copy, package  # noqa: F401

PACKAGE = Path(sim.__file__).parent
pytestmark = pytest.mark.skipif(not library.LIBRARY.exists(), reason="no library is built here")
DIGESTED = r'f"{sources} {system} {processor} {len(code)}\n".encode() + code'
ARRAYS, RECORDS = (
    test_compiled.test_machine_code_is_never_given_an_array_of_another_kind,
    test_compiled.test_machine_code_is_never_given_a_record_of_another_size,
)
WRONG_ARRAYS = [
    dict(zip(("arguments", "message"), values, strict=True)) for mark in ARRAYS.pytestmark for values in mark.args[1]
]


@dataclass(frozen=True)
class Check:
    """A check: where it is, what stands there without it, and the test that notices.

    Attributes
    ----------
    module : str
    function : str
        The function, or `Class.method`.
    old, new : str
        As `tests/mutants/patterns.py` takes them.
    test : callable
    given : dict
        Arguments of the test that are no fixtures.
    """

    module: str
    function: str
    old: str
    new: str
    test: Any
    given: dict[str, Any] = field(default_factory=dict)

    def leave_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the function do without the check."""
        _, text = mutated(PACKAGE, self.function, self.old, self.new, self.module.removeprefix("sim."))
        module: Any = import_module(self.module)
        body, owner = ast.parse(text).body, module
        *outer, name = self.function.split(".")
        for part in outer:
            body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == part)
            owner = getattr(owner, part)
        node = next(node for node in body if isinstance(node, ast.FunctionDef) and node.name == name)
        annotations = ast.ImportFrom("__future__", [ast.alias("annotations")], 0)
        tree = ast.fix_missing_locations(ast.Module([annotations, node], []))
        found: dict[str, Any] = {}
        exec(compile(tree, module.__file__, "exec"), vars(module), found)
        without, whole = (
            inspect.unwrap(getattr(each, "__func__", each)) for each in (found[name], getattr(owner, name))
        )
        monkeypatch.setattr(whole, "__code__", without.__code__)  # whoever imported the function has it without, too


def digested(without: str) -> str:
    return DIGESTED.replace(without, "")


CHECKS = {
    "bytes of the file": Check("sim.native.library", "_stamp_of",
        "stamp == Stamp.of(code, stamp.sources, stamp.system, stamp.processor)", "True", flipped, {"place": 5000}),
    "its last line as a whole": Check("sim.native.library", "_stamp_of", r'line.endswith(b"}\n")', "True",
        test_native.test_a_file_that_was_cut_is_refused, {"size": -1}),
    "bytes in the digest": Check("sim.native.library", "Stamp.of", DIGESTED, digested(" + code"),
        test_native.test_the_digest_is_over_sources_target_and_bytes),
    "sources in the digest": Check("sim.native.library", "Stamp.of", DIGESTED, digested("{sources} "),
        test_native.test_the_digest_is_over_sources_target_and_bytes),
    "system in the digest": Check("sim.native.library", "Stamp.of", DIGESTED, digested("{system} "),
        test_native.test_the_digest_is_over_sources_target_and_bytes),
    "processor in the digest": Check("sim.native.library", "Stamp.of", DIGESTED, digested("{processor} "),
        test_native.test_the_digest_is_over_sources_target_and_bytes),
    "the look before loading": Check("sim.native.library", "Library.opened", "check()", "pass",
        flipped, {"place": 5000}),
    "the system": Check("sim.native.library", "check", "stamp.system != system_here()", "False",
        test_native.test_a_library_for_another_system_is_left_alone),
    "the processor": Check("sim.native.library", "check", "(missing := lacking(stamp.processor))", "(missing := [])",
        test_native.test_a_processor_that_lacks_something_is_told),
    "the sources": Check("sim.native.library", "check", 'stamp.sources != source_digest("machine code")', "False",
        test_native.test_a_library_of_other_sources_is_stale),
    "the sources once more": Check("sim.native.library", "Library.opened",
        'library.sources() != source_digest("machine code")', "False",
        test_native.test_sources_are_looked_at_once_more_in_the_library_itself),
    "names of sources": Check("sim.sources", "source_digest",
        r'f"{file.relative_to(_PACKAGE).as_posix()} {len(content)}\n"', r'f"{len(content)}\n"',
        test_sources.test_the_digest_is_over_names_and_bytes),
    "bytes of sources": Check("sim.sources", "source_digest",
        r'f"{file.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode() + content',
        r'f"{file.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode()',
        test_sources.test_the_digest_is_over_names_and_bytes),
    "size of a record": Check("sim.native.calls", "_record_words", "record.itemsize != size", "False",
        RECORDS),
    "number of records": Check("sim.native.calls", "_record_words", "record.shape != (1,)", "False",
        RECORDS),
    "what an array holds": Check("sim.native.calls", "_array_words", "array.dtype != dtype", "False",
        ARRAYS, WRONG_ARRAYS[0]),
    "dimensions of an array": Check("sim.native.calls", "_array_words", "array.ndim != n_dimensions", "False",
        ARRAYS, WRONG_ARRAYS[1]),
    "gaps in an array": Check("sim.native.calls", "_array_words", "not array.flags.c_contiguous", "False",
        ARRAYS, WRONG_ARRAYS[2]),
    "exceptions of machine code": Check("sim.native.calls", "_call", "result == FAULT", "False",
        test_native.test_machine_code_that_raises_ends_in_an_error_not_in_a_number),
    "the reader of a reading": Check("sim.reading.kept", "_key", '_reader() + text.encode("utf-8", "surrogatepass")',
        'text.encode("utf-8", "surrogatepass")', test_kept.test_readings_of_another_reader_are_not_taken),
    "bytes of a reading": Check("sim.reading.kept", "reading_of", "sha256(content).hexdigest().encode() != digest",
        "not content", test_kept.test_a_byte_that_is_not_as_it_was_is_never_read),
    "problems of a reading": Check("sim.reading.kept", "_line_of", "if parsed.problems:\n    return b''", "pass",
        test_kept.test_a_document_with_a_problem_is_not_kept),
    "a gate that is missing": Check("sim.native.build", "compiled", "(missing := exported - defined)",
        "(missing := set())", test_native.test_an_object_without_a_gate_is_an_error),
    "rules that change meanwhile": Check("sim.native.build", "made", 'source_digest("machine code") != sources',
        "False", test_native.test_rules_that_change_while_they_are_compiled_are_no_library),
    "what other libraries have": Check("sim.native.link", "_Object.refuse_what_is_left_out",
        "if missing:\n    raise EngineError($words)", "pass",
        test_native.test_an_object_with_references_elsewhere_is_refused),
    "data that is written to": Check("sim.native.link", "_Object.refuse_what_is_left_out",
        "section.flags & _WRITTEN_TO and section.flags & _LOADED and section.size", "False",
        test_native.test_an_object_with_references_elsewhere_is_refused),
    "writing at once": Check("sim.native.build", "build_into", "unfinished.replace(target)",
        "target.write_bytes(unfinished.read_bytes())", test_native.test_a_library_is_written_at_once_or_not_at_all),
}  # fmt: skip
NOTICED = (AssertionError, pytest.fail.Exception, ValueError)
"""What a test ends in that notices; a damaged reading that is taken may not even be JSON."""


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_that_is_left_out_is_noticed(name, request, monkeypatch):
    check = CHECKS[name]
    names = inspect.signature(check.test).parameters
    fixtures = {each: request.getfixturevalue(each) for each in names if each not in check.given}
    if check.module == calls.__name__:
        _never_run_machine_code(monkeypatch, of_call=check.function == "_call")
    check.leave_out(monkeypatch)
    with pytest.raises(NOTICED):
        check.test(**fixtures | check.given)


def test_a_library_that_a_variable_names_is_noticed(package):  # noqa: F811
    test_native.check_what_is_read_and_loaded(package)
    source = package / "sim" / "native" / "library.py"
    text = source.read_text(encoding="utf-8")
    place = 'Path(__file__).with_name("rules.so")'
    assert text.count(place) == 1
    source.write_text(text.replace(place, f'Path(os.environ.get("CEASEFIRE_LIBRARY", {place}))'), encoding="utf-8")
    _belong_to_its_sources(package)
    with pytest.raises(AssertionError, match="CEASEFIRE_LIBRARY"):
        test_native.check_what_is_read_and_loaded(package)


def _belong_to_its_sources(copied):
    """Stamp the copy of the library for the sources beside it, as if it were made of them."""
    program = "from sim.sources import source_digest; print(source_digest('machine code'))"
    there = test_native.run_copy(copied, program).stdout.strip()
    rules, here = copied / "sim" / "native" / "rules.so", sources.source_digest("machine code")
    code = rules.read_bytes().rpartition(b"\nceasefire-sim ")[0]
    assert code.count(here.encode()) == 1 != there.count(here)
    rules.write_bytes(library.stamped(code.replace(here.encode(), there.encode()), there, "x86-64-v2"))


def _never_run_machine_code(monkeypatch, *, of_call):
    """What is wrong must not reach it: it would take other memory for what it was given."""
    for entry in (measure, test_compiled.draws.first_uniforms):
        assert entry._call  # there, to be put back
        monkeypatch.delitem(vars(entry), "_call")
    if not of_call:
        monkeypatch.setattr(calls, "_gate", lambda *_: lambda *_: 0)
