"""What commands import before they do anything: nothing that they do not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import sim

ROOT = Path(sim.__file__).parent.parent
RUN = """
import sys
from sim.cli.commands import main
main(sys.argv[1:], standalone_mode=False)
print(*sorted(sys.modules), file=sys.stderr)
"""
LATER = "numpy.f2py.crackfortran"
"""The largest part of what `scipy.special` would bring with it."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A copy of the package with its catalogue read, as a wheel has it."""
    folder = tmp_path_factory.mktemp("installed")
    for name in ("sim", "scenarios"):
        copytree(ROOT / name, folder / name, ignore=ignore_patterns("__pycache__"))
    keep = [sys.executable, "-m", "sim.reading.kept", "scenarios", "sim/reading"]
    subprocess.run(keep, check=True, cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)})
    return folder


def python(folder, program, *arguments):
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=environment)


def imported(folder, *arguments):
    return set(python(folder, RUN, *arguments).stderr.split())


UNNEEDED = {LATER, "ruamel.yaml", "sim.reading.parse", "scipy.stats", "matplotlib", "numba", "llvmlite"}


def test_a_run_without_quantiles_imports_no_scipy(installed):
    modules = imported(installed, "run", "january-2025/as-written")
    assert {"numpy", "sim.reading.kept", "sim.engine.reference"} <= modules
    assert not UNNEEDED & modules
    assert "scipy" not in modules


@pytest.mark.parametrize("command", [("run",), ("compare", "-n", "20", "--json")])
def test_a_command_imports_of_scipy_what_it_needs(installed, command):
    modules = imported(installed, *command, "january-2025/baseline")
    assert "scipy.special" in modules
    assert not UNNEEDED & modules


@pytest.mark.slow
def test_a_document_of_ones_own_says_the_same_by_way_of_yaml(installed, tmp_path):
    own = tmp_path / "baseline.yaml"
    own.write_text(installed.joinpath("scenarios/january-2025/baseline.yaml").read_text() + "# of my own\n")
    command = ["compare", "-n", "20", "--json"]
    kept, read = (python(installed, RUN, *command, name) for name in ("january-2025/baseline", str(own)))
    assert "ruamel.yaml" in read.stderr.split()
    assert read.stdout == kept.stdout


def test_what_was_put_off_is_there_when_it_is_used():
    program = f"""
import sys
from sim import special
print(special.ndtri(0.5), "{LATER}" in sys.modules)
import numpy.f2py
print(numpy.f2py.main.__module__, "{LATER}" in sys.modules)
"""
    assert python(ROOT, program).stdout == "0.0 False\nnumpy.f2py.f2py2e True\n"


@pytest.mark.parametrize("before", ["import scipy.special", "import numpy.f2py", "import numpy; numpy.f2py"])
def test_what_others_imported_before_is_left_as_it_is(before):
    program = f"""
{before}
import sys
from sim import special
import scipy.special
print(special.ndtri is scipy.special.ndtri, type(sys.modules["numpy.f2py"]).__name__)
"""
    assert python(ROOT, program).stdout == "True module\n"


def test_a_function_that_there_is_not_is_told():
    from sim import special

    with pytest.raises(AttributeError, match="no_such_function"):
        special.no_such_function  # noqa: B018
