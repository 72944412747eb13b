"""The table of mutants fits the sources and the page; what kills each is found by `python tests/mutants/run.py`."""

from pathlib import Path

import pytest

from tests.mutants.run import SURVIVES, known
from tests.mutants.table import MUTANTS, UNTRIED

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", [*MUTANTS, *UNTRIED], ids=lambda mutant: mutant.name)
def test_what_a_mutant_replaces_occurs_exactly_once(mutant):
    assert (ROOT / "sim" / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1
    assert mutant.old != mutant.new


def test_every_mutant_has_a_line_in_the_page_and_none_survives():
    killers = known()
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 25
    assert list(killers) == [mutant.name for mutant in MUTANTS]
    assert SURVIVES not in killers.values()


def test_the_killers_that_the_page_names_exist():
    for killer in known().values():
        file, _, test = killer.strip("`").partition("::")
        assert f"def {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")
