"""Writes docs/development/cases.md, the results that were wrong once, from the marks of their tests.

Run ``python docs/cases.py``; a test fails while page and marks differ (``tests/cases/test_page.py``).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[1]
PAGE = Path(__file__).parent / "development" / "cases.md"
EXPECTED = (
    *(f"R{number}" for number in range(1, 34)),
    *(f"E{number}" for number in range(1, 19)),
    *(f"O{number}" for number in (*range(1, 7), *range(8, 18))),
)
"""The cases that are known: rules, environment, what people read."""

HEAD = """# Results that were wrong once

Each case was found from outside: by closed forms, by brute force, by other people's deals and machines. R is a rule, E
the environment (files, machines, other programs), O what people read. A case stands here with the test that keeps it
away; `python docs/cases.py` writes this page from the marks of the tests, and `pytest -m case` runs them.
"""


@dataclass(frozen=True)
class Case:
    """One mark of one test.

    Attributes
    ----------
    name : str
        The case, such as `R9`.
    before, after : str
        What was seen, and what is right and seen now.
    test : str
        File and function, from the project's root.
    """

    name: str
    before: str
    after: str
    test: str


class _Collector:
    """A pytest plugin that keeps the marks of what is collected."""

    def __init__(self) -> None:
        self.cases: dict[tuple[str, str], Case] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for mark in item.iter_markers("case"):
                case = _case_of(mark, item.nodeid.partition("[")[0])
                self.cases[case.name, case.test] = case


def _case_of(mark: pytest.Mark, test: str) -> Case:
    """The case that a mark names; every mark says what was seen before and after."""
    name, before, after = (*mark.args, *mark.kwargs.values())
    return Case(name, before, after, test)


def collect() -> list[Case]:
    """All cases that tests name, in the order of their names."""
    collector = _Collector()
    files = sorted(str(file) for file in (ROOT / "tests").rglob("test_*.py") if "mark.case(" in file.read_text())
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--import-mode=importlib"]
    ended = pytest.main([*options, "--rootdir", str(ROOT), *files], plugins=[collector])
    if ended != pytest.ExitCode.OK:
        raise RuntimeError(f"the tests could not be collected: {ended!r}")
    return sorted(collector.cases.values(), key=lambda case: (_place(case.name), case.test))


def _place(name: str) -> tuple[int, str, int]:
    letter, number = re.fullmatch(r"([A-Z])(\d+).*", name).groups()  # type: ignore[union-attr]
    return "REOL".index(letter), letter, int(number)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def page(cases: Iterable[Case]) -> str:
    """The page as it should stand."""
    cases = list(cases)
    named = {case.name for case in cases}
    missing = [name for name in EXPECTED if name not in named]
    rows = [f"| {c.name} | {_cell(c.before)} | {_cell(c.after)} | `{c.test}` |" for c in cases]
    total = (
        f"{len(EXPECTED) - len(missing)} of {len(EXPECTED)} cases have a test; open: {', '.join(missing) or 'none'}."
    )
    return "\n".join([HEAD, total, "", "| case | before | after | test |", "|---|---|---|---|", *rows, ""])


def main() -> int:
    """Write the page."""
    cases = collect()
    PAGE.write_text(page(cases))
    click.echo(f"{PAGE.name}: {len({case.name for case in cases})} cases, {len(cases)} tests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
