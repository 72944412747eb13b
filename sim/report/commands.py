"""Commands as they are printed: each runs as it stands, in the folder in which the one that printed it ran."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.reading.cases import ResolvedStudy
from sim.reading.catalogue import deals, find, scenarios, studies
from sim.reading.model import shown


@dataclass(frozen=True)
class Asked:
    """How scenarios were named on the command line or in Python.

    Attributes
    ----------
    names : tuple of str
        Names of the catalogue or paths, in the order of the scenarios.
    settings : tuple of str
        PATH=VALUE, as `--set` took them.
    draws : str
        As `--draws` takes it, empty where draws are independent.
    """

    names: tuple[str, ...]
    settings: tuple[str, ...] = ()
    draws: str = ""

    def run(self, place: int, seed: int, replicate: int) -> str:
        """The command that tells one replicate of one scenario."""
        return self._command("run", (self.names[place],), seed, replicate)

    def explain(self, place: int, seed: int, replicate: int) -> str:
        """The command that shows where one replicate of a variant parts from the baseline's."""
        return self._command("explain", (self.names[0], self.names[place]), seed, replicate)

    def _command(self, command: str, names: Sequence[str], seed: int, replicate: int) -> str:
        changed = [word for setting in self.settings for word in ("--set", setting)]
        if self.draws:
            changed += ["--draws", self.draws]
        return shlex.join(["ceasefire", command, *names, *changed, "--seed", str(seed), "--replicate", str(replicate)])


def name_of_study(study: ResolvedStudy) -> str:
    """What `ceasefire study` takes: its name in the catalogue, else its file."""
    is_kept = study.document.study in {entry.name for entry in studies() if entry.path.samefile(study.parsed.file)}
    return study.document.study if is_kept else study.parsed.file


def name_of_deal(file: str) -> str:
    """What a command takes for a deal: its name in the catalogue, else its file."""
    return next((entry.name for entry in deals() if entry.path.samefile(file)), file)


def name_of_scenario(name: str, study: ResolvedStudy) -> str:
    """What a command takes for a scenario that a study names: its name in the catalogue, else its file."""
    path = find(name, beside=Path(study.parsed.file))
    is_kept = name in {entry.name for entry in scenarios() if entry.path.samefile(path)}
    return name if is_kept else shown(path)


def option_of(draws: Mapping[str, object] | None) -> str:
    """As `--draws` takes the draws of a comparison."""
    return f"{draws['kind']}:{draws['ranked_for']}" if draws else ""


def asked_of(names: Sequence[str], settings: Mapping[str, object] | None = None, draws: str = "") -> Asked | None:
    """How to name scenarios of which only their own names are known; None where the catalogue lacks one."""
    known = {entry.name for entry in (*scenarios(), *deals())}
    if settings or not all(name in known for name in names):
        return None
    return Asked(tuple(names), (), draws)
