"""How long a newcomer waits: README's first command, then the tutorial, in fresh clones with empty caches.

Run on purpose: ``python tests/benchmarks/first_hour.py``. Every line is run as it is written, in a shell; documents and
programs are saved under the names that the text gives, and shown output is compared, so a step that the text does not
spell out stops the walk. Packages come from wherever pip is set up to find them.
"""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.examples.test_docs import BLOCK, Reader  # noqa: E402  the readers of the guide's own test

UNWANTED = ("PYTHONPATH", "VIRTUAL_ENV")


class Newcomer(Reader):
    """Somebody with a clone, a shell of 80 columns and Python, and nothing that was kept from before."""

    def __init__(self, folder: Path, cache: Path):
        super().__init__(folder)
        kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        own = {"XDG_CACHE_HOME": str(cache), "PIP_NO_CACHE_DIR": "1", "COLUMNS": "80"}
        self.environment = kept | own
        self.seconds, self.processor_seconds = 0.0, 0.0

    def run(self, command: str) -> None:
        words = shlex.split(command, comments=True)
        if not words:
            return
        activate = "source .venv/bin/activate; " if (self.folder / ".venv").exists() else ""
        begun, processor = time.perf_counter(), _processor_seconds()
        done = subprocess.run(
            ["bash", "-c", activate + command], cwd=self.folder, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"the text is not enough: {command}\n{done.stdout}{done.stderr}")
        seconds, processor = time.perf_counter() - begun, _processor_seconds() - processor
        print(f"{seconds:7.1f} s {processor:7.1f} s of processors  {command[:100]}", flush=True)
        self.seconds, self.processor_seconds = self.seconds + seconds, self.processor_seconds + processor
        self.outputs.append(done.stdout)

    def run_python(self, words: list[str]) -> None:
        self.run(shlex.join(["python", *words]))


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def walk(name: str, text: str) -> None:
    """Follow a text in a fresh clone and say how long it took."""
    print(f"\n{name}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "source")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(source)], check=True)
        os.chdir(source)
        newcomer = Newcomer(source, Path(scratch, "cache"))
        newcomer.read(text)
        os.chdir(ROOT)
    print(f"{newcomer.seconds:7.1f} s {newcomer.processor_seconds:7.1f} s of processors  in all")


def main() -> None:
    """Both walks."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = next(block for block in BLOCK.finditer(readme) if block[1] == "sh")
    walk("README's first command", readme[: first.end()] + "\n")
    walk("The tutorial to its end", (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
