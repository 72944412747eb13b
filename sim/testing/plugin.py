"""A plugin of pytest: `pytest --deal my-deal.yaml` tests a deal or scenario of your own, or a folder of them.

It is loaded in every run of pytest where the simulator is installed, so nothing is imported here that is not needed
without `--deal`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sim.testing.trials import Trial

_FILES = pytest.StashKey[list[Path]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--deal`, and how much of it to try."""
    group = parser.getgroup("ceasefire", "ceasefire-sim: property tests of deals")
    group.addoption("--deal", action="append", default=[], metavar="FILE", help="deal, scenario or folder; repeatable")
    group.addoption("--deal-examples", type=int, default=50, metavar="N", help="random behaviours of each (default 50)")
    group.addoption("--deal-walks", type=int, default=300, metavar="N", help="walks of each (default 300)")
    group.addoption(
        "--deal-deviations", "--deal-departures", type=int, default=3, metavar="N", help="longest walk (default 3)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """What `--deal` names is collected; without paths of your own, nothing else is."""
    named = config.getoption("--deal")
    if not named:
        return
    files = [file for name in named for file in _files_of(Path(name))]
    config.stash[_FILES] = files
    chosen = config.args if config.args_source == pytest.Config.ArgsSource.ARGS else []
    config.args = list(dict.fromkeys([*chosen, *map(str, files)]))


def _files_of(path: Path) -> list[Path]:
    """The file, or all deals and scenarios in a folder."""
    if path.is_dir():
        files = sorted(file.resolve() for file in path.rglob("*.yaml") if _is_deal(file))
        if not files:
            raise pytest.UsageError(f"--deal {path}: no deal or scenario in this folder")
        return files
    if not path.is_file():
        raise pytest.UsageError(f"--deal {path}: no such file")
    return [path.resolve()]


def _is_deal(file: Path) -> bool:
    from sim.reading.model import kind_of, parse_file

    return kind_of(parse_file(file)) in ("deal", "scenario")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file that `--deal` names."""
    if file_path not in parent.config.stash.get(_FILES, ()):
        return None
    collector: pytest.Collector = DealFile.from_parent(parent, path=file_path)
    return collector


class DealFile(pytest.File):
    """A deal or scenario, with its tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each property that it should have."""
        from sim.testing.trials import Subject, trials

        option = self.config.getoption
        subject = Subject(self.path, option("--deal-examples"), option("--deal-walks"), option("--deal-deviations"))
        for name, trial in trials(subject).items():
            yield DealItem.from_parent(self, name=name, trial=trial)


class DealItem(pytest.Item):
    """One property of one deal."""

    def __init__(self, *, trial: Trial, **rest: Any):
        super().__init__(**rest)
        self.trial = trial

    def runtest(self) -> None:
        """Try it."""
        self.trial()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was found, without the lines of code that found it."""
        from sim.errors import SimError
        from sim.testing.trials import FoundError

        if isinstance(excinfo.value, (FoundError, SimError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands in a report."""
        return self.path, None, f"{self.path.name}: {self.name}"
