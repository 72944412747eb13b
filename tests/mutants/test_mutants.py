"""The table of mutants fits the sources and the page; what kills each is found by `python tests/mutants/run.py`."""

import ast
from pathlib import Path

import pytest

from tests.mutants.mutant import SUITES
from tests.mutants.patterns import mutated
from tests.mutants.run import SURVIVES, known
from tests.mutants.table import MUTANTS, OF_CASES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", [*MUTANTS, *OF_CASES], ids=lambda mutant: mutant.name)
def test_a_mutant_fits_one_place_of_the_sources_and_changes_what_they_do(mutant):
    file, wrong = mutated(ROOT / "sim", mutant.function, mutant.old, mutant.new, mutant.module)
    assert ast.dump(ast.parse(wrong)) != ast.dump(ast.parse(file.read_text(encoding="utf-8")))


def test_every_mutant_has_a_line_in_the_page_and_none_survives():
    killers = known()
    names = [mutant.name for mutant in (*MUTANTS, *OF_CASES)]
    assert len(set(names)) == len(names) >= 100
    assert list(killers) == names
    assert not [name for name, cells in killers.items() if SURVIVES in cells]


def test_only_suites_of_generated_deals_are_asked_and_the_killers_that_the_page_names_are_among_them():
    assert {suite.split("/")[1] for suite in SUITES} == {"property", "equivalence", "combinations"}
    asked = {test.removeprefix("tests/") for test in (*SUITES, *(mutant.first for mutant in (*MUTANTS, *OF_CASES)))}
    assert {cells.split("`")[1] for cells in known().values()} <= asked
    for suite in SUITES:
        file, _, test = suite.partition("::")
        assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
