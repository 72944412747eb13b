"""Commits that renewed the digests of shipped scenarios, with what moved in each and the cases that it names."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "tests/regression/digests.json"
CASE = re.compile(r"\b([REO])(\d+)(?: to \1(\d+))?\b")
FEW = 3
"""So many scenarios are named, of more the number is told."""
HEAD = """| commit | day | moved | came in | cases named | subject |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Renewal:
    """One commit that changed the table of digests.

    Attributes
    ----------
    moved : tuple of str
        Scenarios that were there before, and have another digest.
    added : tuple of str
    is_relaid : bool
        Whether the table was laid out anew, so that digests before and after cannot be compared.
    cases : tuple of str
        Cases that its message names.
    """

    commit: str
    day: str
    subject: str
    moved: tuple[str, ...]
    added: tuple[str, ...]
    is_relaid: bool
    cases: tuple[str, ...]

    def line(self) -> str:
        """Its row of the table."""
        moved = "laid out anew" if self.is_relaid else _told(self.moved)
        cells = (f"`{self.commit}`", self.day, moved, _told(self.added), ", ".join(self.cases), self.subject)
        return "| " + " | ".join(cells) + " |\n"


def _told(scenarios: tuple[str, ...]) -> str:
    return str(len(scenarios)) if len(scenarios) > FEW else ", ".join(f"`{name}`" for name in scenarios)


def named_cases(message: str) -> tuple[str, ...]:
    """The cases that a message names, 'R9 to R13' as five, each once, in the order of their numbers."""
    found = {
        (letter, number)
        for letter, first, last in CASE.findall(message)
        for number in range(int(first), int(last or first) + 1)
    }
    return tuple(f"{letter}{number}" for letter, number in sorted(found))


def renewals(repository: Path, since: str) -> Iterator[Renewal]:
    """What each commit after another one changed in the table, the first one first."""
    form = "--format=%h%x00%ad%x00%s%x00%b%x01"
    log = _git(repository, "log", "--reverse", "--date=short", form, f"{since}..HEAD", "--", FILE)
    for entry in filter(str.strip, log.split("\x01")):
        commit, day, subject, body = entry.strip("\n").split("\0")
        before, after = _table(repository, f"{commit}~"), _table(repository, commit)
        both = [name for name in after if name in before]
        is_relaid = any(_layout(before[name]) != _layout(after[name]) for name in both)
        yield Renewal(
            commit, day, subject.replace("|", "/"),
            () if is_relaid else tuple(name for name in both if before[name] != after[name]),
            tuple(name for name in after if name not in before), is_relaid, named_cases(f"{subject}\n{body}"),
        )  # fmt: skip


def _layout(digest: Any) -> Any:
    return sorted(digest) if isinstance(digest, dict) else type(digest)


def _table(repository: Path, commit: str) -> dict[str, Any]:
    try:
        return dict(json.loads(_git(repository, "show", f"{commit}:{FILE}")))
    except subprocess.CalledProcessError:  # it was not there yet
        return {}


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
