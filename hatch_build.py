"""Compiles the rules while the wheel is built, and puts the library into it."""

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
folder, sys.path[:] = sys.argv[1], sys.argv[2:]
sys.argv[1:] = [folder]
runpy.run_module("sim.native", run_name="__main__", alter_sys=True)
"""


class CompileRules(BuildHookInterface):
    """The library goes beside the sources of a checkout that is installed as editable, into the wheel otherwise."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and name the platform: the library is of no Python and of no C library, but of one processor."""
        package = Path(self.root, "sim", "native")
        folder = package if version == "editable" else Path(tempfile.mkdtemp(prefix="ceasefire-build-"))
        self._temporary = None if version == "editable" else folder
        path = [self.root, *filter(None, sys.path)]
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, str(folder), *path], cwd=self.root, check=False
        )
        if done.returncode:
            sys.exit("ceasefire-sim: the rules were not compiled, for the reason above")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        if version != "editable":
            build_data["force_include"].update({str(file): f"sim/native/{file.name}" for file in folder.iterdir()})

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Leave nothing behind."""
        if self._temporary:
            shutil.rmtree(self._temporary, ignore_errors=True)
