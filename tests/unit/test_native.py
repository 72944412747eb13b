"""The library of machine code: what is refused, and in which words."""

from __future__ import annotations

import ctypes
import functools
import importlib
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import numpy as np
import pytest

import sim
from sim.errors import EngineError
from sim.native import library
from sim.native.entry import Entry
from sim.native.library import CannotBeUsedError, Stamp, check, stamped
from sim.sources import source_digest

ROOT = Path(sim.__file__).parent.parent
pytestmark = pytest.mark.skipif(not library.LIBRARY.exists(), reason="no library is built here")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the library that is looked at in its place."""
    file = tmp_path / "rules.so"
    file.write_bytes(library.LIBRARY.read_bytes())
    monkeypatch.setattr(library, "LIBRARY", file)
    return file


def test_the_library_of_these_sources_passes(copy):
    check()


@pytest.mark.parametrize("size", [0, 1, 4096, -1])
def test_a_file_that_was_cut_is_refused(copy, size):
    copy.write_bytes(copy.read_bytes()[:size])
    with pytest.raises(EngineError, match="is damaged"):
        check()


def test_a_library_of_other_sources_is_stale(copy):
    code = copy.read_bytes().rpartition(b"\nceasefire-sim ")[0]
    copy.write_bytes(stamped(code, "0" * 64, "x86-64-v2"))
    with pytest.raises(CannotBeUsedError, match="the rules have changed since they were compiled") as caught:
        check()
    assert caught.value.is_stale
    assert library.again() in str(caught.value.refusal())


def test_a_library_for_another_system_is_left_alone(copy, monkeypatch):
    monkeypatch.setattr(library, "system_here", lambda: "linux-riscv64")
    with pytest.raises(CannotBeUsedError, match="compiled for linux-x86_64, and this is linux-riscv64") as caught:
        check()
    assert not caught.value.is_stale


def test_a_processor_that_lacks_something_is_told(copy, monkeypatch, tmp_path):
    processors = tmp_path / "cpuinfo"
    processors.write_text("processor : 0\nflags : fpu cx16 lahf_lm popcnt pni sse4_1 ssse3\n")
    monkeypatch.setattr(library, "_FLAGS", processors)
    with pytest.raises(CannotBeUsedError, match=r"this processor has no (sse4_2|abm)"):
        check()


def test_without_a_library_the_package_says_so(copy):
    copy.unlink()
    with pytest.raises(CannotBeUsedError, match="were not compiled when this package was built"):
        check()


def test_what_the_system_does_not_load_is_an_error_in_words(copy):
    copy.write_bytes(stamped(b"no library at all", source_digest("machine code"), "x86-64-v2"))
    with pytest.raises(EngineError, match=r"does not load .*noexec.*NUMBA_DISABLE_JIT=1"):
        library.Library.opened()


def test_sources_are_looked_at_once_more_in_the_library_itself(copy):
    content = copy.read_bytes()
    code = content.rpartition(b"\nceasefire-sim ")[0]
    own = source_digest("machine code").encode()
    assert code.count(own) == 1
    copy.write_bytes(stamped(code.replace(own, b"0" * 64), own.decode(), "x86-64-v2"))
    check()
    with pytest.raises(CannotBeUsedError, match="compiled anew a moment ago"):
        library.Library.opened()


def test_the_digest_is_over_sources_target_and_bytes():
    of = Stamp.of(b"code", "sources", "system", "processor").digest
    for other in (("codf", "sources", "system", "processor"), ("code", "source", "system", "processor"),
                  ("code", "sources", "syste", "processor"), ("code", "sources", "system", "process")):  # fmt: skip
        assert Stamp.of(other[0].encode(), *other[1:]).digest != of


def test_the_library_needs_no_other_and_has_no_memory_that_is_written_and_run():
    readelf = subprocess.run(["readelf", "-ldW", library.LIBRARY], capture_output=True, text=True, check=False)
    if readelf.returncode:
        pytest.skip("readelf is not installed")
    assert "NEEDED" not in readelf.stdout
    flags = [line.split() for line in readelf.stdout.splitlines() if line.strip().startswith(("LOAD", "GNU_STACK"))]
    assert len(flags) == 4
    assert not any("W" in "".join(words[6:-1]) and "E" in "".join(words[6:-1]) for words in flags)


def test_an_object_without_a_gate_is_an_error(monkeypatch):
    build = pytest.importorskip("sim.native.build")

    def small(number):
        """Nothing."""

    small = Entry(small, ("int",), False)
    build.llvm.initialize_native_target()
    build.llvm.initialize_native_asmprinter()
    assert build.compiled((small,), "0" * 64, "x86-64-v2")
    monkeypatch.setattr(build, "gate", lambda _, name: f'declare i32 @"{name}"(ptr, ptr, i64)')
    with pytest.raises(EngineError, match="no machine code of ceasefire_small"):
        build.compiled((small,), "0" * 64, "x86-64-v2")


STATUS = """
define i32 @inner(ptr %result, ptr %exception, i64 %number) {
  store i64 42, ptr %result
  %status = trunc i64 %number to i32
  ret i32 %status
}
"""


def test_machine_code_that_raises_ends_in_an_error_not_in_a_number(tmp_path):
    """Of the status that numba's code gives back, 0 and -2 (None) are no exceptions."""
    build, calls = pytest.importorskip("sim.native.build"), pytest.importorskip("sim.native.calls")
    given = Entry(lambda number: number, ("int",), True)
    given.__name__ = "given"
    build.llvm.initialize_native_target()
    build.llvm.initialize_native_asmprinter()
    machine = build.llvm.Target.from_default_triple().create_target_machine(reloc="pic", codemodel="default")
    module = build.llvm.parse_assembly(STATUS)
    module.link_in(build.llvm.parse_assembly(build.gate(given, "inner")))
    file = tmp_path / "given.so"
    file.write_bytes(build.link(machine.emit_object(module)))
    call = calls.checked_call(ctypes.CDLL(str(file)), given)
    assert (call(0), call(-2)) == (42, 42)
    for status in (1, 3, -1):
        with pytest.raises(RuntimeError, match="given: machine code raised an exception"):
            call(status)


def test_rules_that_change_while_they_are_compiled_are_no_library(monkeypatch):
    build = pytest.importorskip("sim.native.build")
    digests = iter("ab")
    digest = functools.cache(lambda _: next(digests))
    monkeypatch.setattr(build, "source_digest", digest)
    monkeypatch.setattr(build, "compiled", lambda *_: b"")
    monkeypatch.setattr(build, "link", lambda _: b"")
    with pytest.raises(EngineError, match="a rule was changed while the rules were compiled"):
        build.made()


def test_a_library_is_written_at_once_or_not_at_all(tmp_path, monkeypatch):
    build = pytest.importorskip("sim.native.build")
    file = tmp_path / library.LIBRARY.name
    seen = []

    def made():
        seen.append(file.read_bytes() if file.exists() else None)
        return b"another" * 1000

    monkeypatch.setattr(build, "made", made)
    assert build.build_into(tmp_path) == file
    with file.open("rb") as open_before:
        monkeypatch.setattr(build, "made", lambda: b"once more" * 1000)
        build.build_into(tmp_path)
        assert open_before.read() == b"another" * 1000
    assert file.read_bytes() == b"once more" * 1000
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    monkeypatch.setattr(build, "made", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build.build_into(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes() == b"once more" * 1000
    assert seen == [None]


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (["no-such-folder"], {}, "no-such-folder: the library cannot be written there: No such file or directory"),
        (["a-file"], {}, "a-file: the library cannot be written there: Not a directory"),
        (["."], {"CEASEFIRE_PROCESSOR": "z80"}, "CEASEFIRE_PROCESSOR: unknown processor 'z80'; choose from x86-64-v3"),
    ],
)
def test_a_library_that_cannot_be_made_is_said_in_one_line(arguments, variables, words, tmp_path):
    pytest.importorskip("numba")
    (tmp_path / "a-file").touch()
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | variables
    command = [sys.executable, "-m", "sim.native", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 1
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a-file"]


def test_compiling_that_is_interrupted_ends_in_words(tmp_path, monkeypatch, capsys):
    build, command = pytest.importorskip("sim.native.build"), importlib.import_module("sim.native.__main__")

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "made", interrupted)
    monkeypatch.setattr(sys, "argv", ["sim.native", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted; a library that was there is as it was\n"
    assert [*tmp_path.iterdir()] == []


def test_an_object_with_references_elsewhere_is_refused():
    build = pytest.importorskip("sim.native.build")
    link = pytest.importorskip("sim.native.link").link
    build.llvm.initialize_native_target()
    build.llvm.initialize_native_asmprinter()
    machine = build.llvm.Target.from_default_triple().create_target_machine(reloc="pic", codemodel="default")
    text = "declare double @sin(double)\ndefine double @ceasefire_a(double %x) {\n"
    text += "  %y = call double @sin(double %x)\n  ret double %y\n}"
    with pytest.raises(EngineError, match="need what other libraries have: sin"):
        link(machine.emit_object(build.llvm.parse_assembly(text)))
    text = "@kept = global i64 7\ndefine ptr @ceasefire_a() { ret ptr @kept }"
    with pytest.raises(EngineError, match="data that is written to"):
        link(machine.emit_object(build.llvm.parse_assembly(text)))


PROGRAM = "import sim; print(sim.compare('january-2025/baseline', n=3).as_json())"


def run_copy(folder, program=PROGRAM, **variables):
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"} | variables
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)


WITHOUT_NUMBA = """
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "numba" else found(name, *rest)
"""


@pytest.fixture
def package(tmp_path):
    for name in ("sim", "scenarios"):
        copytree(ROOT / name, tmp_path / name, ignore=ignore_patterns("__pycache__"))
    (tmp_path / "pyproject.toml").touch()
    return tmp_path


WHAT_IS_READ = """
import builtins, ctypes, os, sys

def is_ours():
    frame = sys._getframe(2)
    while frame:
        if frame.f_globals.get("__name__", "").startswith(("sim.native", "sim.sources")):
            return True
        frame = frame.f_back
    return False

found = type(os.environ).__getitem__

def reading(environment, name):
    if is_ours():
        print("read", name)
    return found(environment, name)

type(os.environ).__getitem__ = reading
loading = ctypes.CDLL.__init__

def load(library, name, *arguments, **keywords):
    print("loaded", name)
    loading(library, name, *arguments, **keywords)

ctypes.CDLL.__init__ = load
sys.path.insert(0, os.environ["PYTHONPATH"])
from sim.plan.draws import first_uniforms
import numpy as np
drawn = np.empty(1)
first_uniforms(np.uint64(1), np.uint64(2), drawn)
"""


def check_what_is_read_and_loaded(package):
    """One variable is read, which turns machine code off; one file is loaded, that of the package."""
    for place in (package / "other", package / "other" / "sim" / "native", package / "other" / "native"):
        place.mkdir(parents=True, exist_ok=True)
        place.joinpath("rules.so").write_bytes(b"not to be loaded")
    done = run_copy(package, f"import os; os.chdir({str(package / 'other')!r})\n" + WHAT_IS_READ)
    words = [line.split() for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert {name for what, name in words if what == "read"} == {"NUMBA_DISABLE_JIT"}
    assert {name for what, name in words if what == "loaded"} == {str(package / "sim" / "native" / "rules.so")}


def test_no_variable_and_no_folder_names_another_library(package):
    check_what_is_read_and_loaded(package)


@pytest.mark.slow
def test_without_library_and_numba_the_rules_run_as_plain_python_and_say_so(package):
    (package / "sim" / "native" / "rules.so").unlink()
    done = run_copy(package, WITHOUT_NUMBA + PROGRAM)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 1
    assert "they run as plain Python, some hundred times slower (python -m sim.native)" in done.stderr
    assert done.stdout == run_copy(ROOT).stdout


def test_numbers_come_back_from_bound_calls_as_from_checked_ones():
    from sim.guarantees import MEMORY, broken_guarantee
    from sim.plan.record import PLAN, STATE

    records = np.zeros(1, PLAN), np.zeros(1, STATE), np.zeros(1, MEMORY)
    assert broken_guarantee.on(*records)() == broken_guarantee(*records)


def test_without_hatchling_a_build_ends_in_one_sentence():
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import build_backend"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 1
    assert done.stderr.startswith("ceasefire-sim is built by hatchling, which is not installed")
    assert done.stderr.count("\n") == 1
