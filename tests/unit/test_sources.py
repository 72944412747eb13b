"""No source that decides is left out: imports are followed, and a changed file changes the digest."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.sources import sources

ROOT = Path(sim.__file__).parent.parent
ENTRIES = (
    "sim.plan.draws",
    "sim.engine.kernel",
    "sim.analysis.deviations.kernel",
    "sim.guarantees",
    "sim.outcomes.measure",
    "sim.rules.replicate",
)
ENGINES = ("sim.engine.batch", "sim.engine.reference")


def file_of(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()), None)


def imported(node: ast.AST) -> set[str]:
    """Modules of this package that a piece of code imports when it is run, wherever it does."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return set()
    if isinstance(node, ast.Import):
        names = {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
        names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    else:
        return {name for child in ast.iter_child_nodes(node) for name in imported(child)}
    return {name for name in names if name.split(".")[0] == "sim"}


def needed_by(modules: tuple[str, ...]) -> set[Path]:
    """Files that are run when these modules are imported and used."""
    waiting, found = set(modules), set()
    while waiting:
        module = waiting.pop()
        file = file_of(module)
        if file and file not in found:
            found.add(file)
            waiting |= imported(ast.parse(file.read_text())) | {module.rpartition(".")[0]} - {""}
    return found


def test_imports_are_followed():
    needed = {file.relative_to(ROOT).as_posix() for file in needed_by(("sim.engine.kernel",))}
    assert {
        "sim/__init__.py",
        "sim/rules/schedule.py",
        "sim/guarantees/declared.py",
        "sim/document/measured.py",
    } <= needed
    assert "sim/plan/compile.py" not in needed  # imported for annotations alone


def test_machine_code_depends_on_all_that_its_entries_import():
    assert needed_by(ENTRIES) <= set(sources("machine code"))


def test_a_replicate_depends_on_all_that_both_engines_import():
    assert needed_by(ENGINES) <= set(sources("replicate"))


def test_what_is_compiled_is_part_of_what_decides_a_replicate():
    assert set(sources("machine code")) < set(sources("replicate")) < set(sources("package"))


def test_entries_import_no_more_than_numba_and_numpy():
    """A wheel is built where the other dependencies are not installed."""
    program = f"import sys, {', '.join(ENTRIES)}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    output = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout
    assert not {"pydantic", "ruamel", "click", "duckdb", "simpy", "transitions"} & set(output.split())
    assert "numpy" in output.split()


@pytest.mark.parametrize(
    "name", ["guarantees/declared.py", "native/entry.py", "document/machine.py", "plan/compile.py"]
)
def test_the_digest_of_the_rules_moves_with_any_source_that_decides(name, tmp_path):
    def digest():
        program = "from sim.sources import source_digest; print(source_digest('replicate'))"
        return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, cwd=tmp_path).stdout

    shutil.copytree(ROOT / "sim", tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    before = digest()
    with (tmp_path / "sim" / name).open("a") as file:
        file.write("# changed\n")
    assert digest() != before


def test_the_digest_is_over_names_and_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(sim.sources, "_PACKAGE", tmp_path)
    file = tmp_path / "draws.py"

    def digest():
        return sim.sources.source_digest.__wrapped__("package")

    file.write_text("a = 1\nb = 2\n")
    before = digest()
    file.write_text("a = 1\nb = 3\n")
    assert digest() != before
    file.write_bytes(b"a = 1\r\nb = 2\r\n")
    assert digest() == before
    file.rename(tmp_path / "drawn.py")
    assert digest() != before
