"""Compiles the rules and reads the catalogue while the wheel is built, and puts what is made of them into it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# -I and -S: what pip puts into the site of an isolated build would take this source off the path where it is installed
# as editable in the environment that builds; so the path is handed over
_PROGRAM = """
import runpy, sys
sys.dont_write_bytecode = True
n_words, words = int(sys.argv[1]), sys.argv[2:]
sys.argv[1:], sys.path[:] = words[1:n_words], words[n_words:]
runpy.run_module(words[0], run_name="__main__", alter_sys=True)
"""


class CompileRules(BuildHookInterface):
    """What is made goes beside the sources of a checkout that is installed as editable, into the wheel otherwise."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and name the platform: the library is of no Python and of no C library, but of one processor."""
        self._temporary = Path(tempfile.mkdtemp(prefix="ceasefire-build-"))
        folder = Path(self.root, "sim") if version == "editable" else self._temporary
        for part in ("native", "reading"):
            folder.joinpath(part).mkdir(exist_ok=True)
        self._make("rules were not compiled", "sim.native", str(folder / "native"))
        self._make(
            "catalogue was not read", "sim.reading.kept", str(Path(self.root, "scenarios")), str(folder / "reading")
        )
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        for file in self._temporary.glob("*/*"):
            build_data["force_include"][str(file)] = f"sim/{file.parent.name}/{file.name}"

    def _make(self, failure: str, module: str, *arguments: str) -> None:
        words = [str(1 + len(arguments)), module, *arguments, self.root, *filter(None, sys.path)]
        done = subprocess.run([sys.executable, "-I", "-S", "-c", _PROGRAM, *words], cwd=self.root, check=False)
        if done.returncode:
            why = "a build without isolation needs what pyproject.toml lists for the hook of the wheel"
            sys.exit(f"ceasefire-sim: the {failure}, for the reason above ({why})")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Leave nothing behind."""
        shutil.rmtree(self._temporary, ignore_errors=True)
